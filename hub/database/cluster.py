"""One PostgreSQL data folder on disk: made whole or not at all, opened only by the version that made it.

Root never hands PostgreSQL a path. The service user could not walk through a 0700 parent, and no parent's mode is
changed: root opens the folder, the child inherits the descriptor, and PostgreSQL is told /proc/self/fd/N, a link that
the kernel resolves without looking at the parents. So the data stays where HUB_DATA_DIR says, whatever lies above it.
(The working folder, /proc/self/cwd, would do from PostgreSQL 16 on; 15 changes it while it starts.)
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.database.account import Account
from hub.database.binaries import BARE_ENVIRONMENT, Binaries, installed
from hub.database.failure import EmbeddedError

#: The cluster's superuser: makes roles and databases at each start, and backups; the hub never serves as it.
SUPERUSER = "hub"
AUTO_CONF = "postgresql.auto.conf"

#: What holds at every start, whatever anybody set: no TCP, and no row or parameter in the server's log.
GUARDS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "logging_collector": "off",
    "log_destination": "stderr",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
#: Set once, when the cluster is made; ALTER SYSTEM may change them.
DEFAULTS = {
    "shared_buffers": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A data folder, the programs for it and the user who runs them."""

    folder: Path
    account: Account
    binaries: Binaries

    @contextmanager
    def as_seen(self, folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
        """Give the path by which PostgreSQL reaches the folder, and the arguments of subprocess for such a child."""
        if not self.account.changes_user:
            yield str(folder), {"env": BARE_ENVIRONMENT, "cwd": "/"}
            return
        if not Path("/proc/self/fd").is_dir():
            raise EmbeddedError(
                "As root the embedded database needs Linux with /proc mounted.", "Start the hub as an ordinary user."
            )
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            inherited = {"pass_fds": (descriptor,), "env": BARE_ENVIRONMENT, "cwd": "/"}
            yield f"/proc/self/fd/{descriptor}", inherited | self.account.popen()
        finally:
            os.close(descriptor)

    def create(self, *, throwaway: bool) -> None:
        """Make the cluster beside its place and move it there when it is complete and on disk."""
        growing = self.folder.with_name(f"{self.folder.name}.new")
        if growing.exists():  # a start that was killed; nobody else is here, the data directory is locked
            shutil.rmtree(growing)
        growing.mkdir(mode=0o700)
        if self.account.changes_user:
            os.chown(growing, self.account.uid, self.account.gid)
        self._initdb(growing, checksums=not throwaway)
        self._write_settings(growing, DEFAULTS)
        if not throwaway:
            _sync_tree(growing)
        growing.rename(self.folder)
        if not throwaway:
            _sync(self.folder.parent)

    def _initdb(self, folder: Path, *, checksums: bool) -> None:
        with self.as_seen(folder) as (seen, child):
            command = [
                self.binaries.program("initdb"), "-D", seen, "-U", SUPERUSER, "-E", "UTF8", "--no-locale",
                "--auth-local=trust", "--auth-host=reject", "--no-sync", "--no-instructions",
            ]  # fmt: skip
            if checksums:
                command.append("--data-checksums")
            done = subprocess.run(command, capture_output=True, text=True, check=False, **child)  # noqa: S603
        if done.returncode != 0:
            raise EmbeddedError(
                f"PostgreSQL could not make its data folder: {last_lines(done.stderr)}.",
                "Look at free space and rights of HUB_DATA_DIR, or set HUB_DATABASE_URL to a database server.",
            )

    def check_version(self) -> None:
        """Refuse a folder made by another major version: PostgreSQL cannot open it."""
        made_by = version_of(self.folder)
        if made_by == self.binaries.major:
            return
        theirs = next((found for found in installed() if found.major == made_by), None)
        where = f"HUB_PG_BIN={theirs.folder}" if theirs else f"HUB_PG_BIN=<bin folder of PostgreSQL {made_by}>"
        raise EmbeddedError(
            f"The database in {self.folder} was made by PostgreSQL {made_by}; "
            f"the programs found are PostgreSQL {self.binaries.version} ({self.binaries.folder}).",
            f"Dump and restore: with {where} run `unionhub backup FILE`, move {self.folder} away, "
            "then without it run `unionhub restore FILE`.",
        )

    def configure(self, socket_folder: Path, *, throwaway: bool) -> None:
        """Write what must hold at this start; what an operator set by ALTER SYSTEM besides is kept."""
        durability = THROWAWAY if throwaway else DURABLE
        self._write_settings(
            self.folder, GUARDS | durability | {"unix_socket_directories": str(socket_folder)}, sync=not throwaway
        )

    def _write_settings(self, folder: Path, settings: Mapping[str, str], *, sync: bool = False) -> None:
        """Replace the file, never write through it: the folder is the service user's, and we may be root."""
        inside = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            kept = [line for line in _lines(AUTO_CONF, inside) if line.partition("=")[0].strip() not in settings]
            ours = [f"{name} = '{value}'" for name, value in settings.items()]
            fresh = f"{AUTO_CONF}.hub"
            with suppress(FileNotFoundError):
                os.unlink(fresh, dir_fd=inside)
            new = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=inside)
            with os.fdopen(new, "w") as file:
                file.write("\n".join([*kept, *ours]) + "\n")
                file.flush()
                if self.account.changes_user:
                    os.fchown(new, self.account.uid, self.account.gid)
                if sync:
                    os.fsync(new)
            os.rename(fresh, AUTO_CONF, src_dir_fd=inside, dst_dir_fd=inside)
        finally:
            os.close(inside)

    def drop_stale_pid_file(self) -> None:
        """Remove the mark of a dead server whose number another program carries now (a restarted container).

        PostgreSQL would take that program for itself. A server of ours cannot be alive unseen: it is named postgres.
        """
        pid_file = self.folder / "postmaster.pid"
        lines = self.pid_lines()
        if not lines or not lines[0].isdigit():
            return
        with suppress(OSError):
            if Path(f"/proc/{lines[0]}/comm").read_text().strip() != "postgres":
                pid_file.unlink()

    def pid_lines(self) -> list[str]:
        """Read postmaster.pid: the server's number first, its status last."""
        inside = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            return _lines("postmaster.pid", inside)
        finally:
            os.close(inside)


def version_of(folder: Path) -> int | None:
    """Tell the major version that made a data folder; None if there is no cluster in it."""
    try:
        return int((folder / "PG_VERSION").read_text().strip())
    except (OSError, ValueError):
        return None


def last_lines(log: str, count: int = 4) -> str:
    """Give the end of a log in one line: what went wrong stands there."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    return " / ".join(lines[-count:]).rstrip(".") or "no reason given"


def _lines(name: str, inside: int) -> list[str]:
    try:
        with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=inside)) as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


def _sync_tree(folder: Path) -> None:
    """Put everything below on disk, once, instead of initdb's own syncing."""
    for parent, _, files in os.walk(folder):
        for name in files:
            path = Path(parent) / name
            if not path.is_symlink():
                _sync(path)
        _sync(Path(parent))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
