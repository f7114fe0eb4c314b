"""The embedded PostgreSQL: started by the process that owns it, reachable through one private socket, gone with it.

One long-lived process per data directory starts the server (not the workers that it forks), holds `hub.lock`, and
stops it. The server is a child told by the kernel to shut down cleanly when its starter ends, kill -9 included. It
listens on no TCP port: its only door is a socket in a 0700 folder of its own, and local connections are trusted, so
that folder is the guard. A server that dies while its owner lives is started again, on the same socket.

As root the server runs as another user, see `account`; how that user reaches the data below a 0700 parent: `cluster`;
how it reaches the programs: `binaries`.
"""

import asyncio
import ctypes
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import asyncpg

from hub.database import binaries
from hub.database.account import Account, account_for
from hub.database.cluster import SUPERUSER, Cluster, last_lines, version_of
from hub.database.datalock import NAME as LOCK_NAME
from hub.database.datalock import AlreadyLocked, DataLock, holder
from hub.database.failure import EmbeddedError

__all__ = ["Address", "EmbeddedError", "EmbeddedServer", "apply_roles", "has_database", "running", "start"]

DATABASE = "hub"
#: After kill -9 orphaned backends hold the shared memory for a moment: how long a start is tried again.
RETRY_SECONDS = 10.0
#: A long crash recovery is no failure: how long a living server may take to get ready.
READY_SECONDS = 600.0
#: Between two starts of a server that has ended and does not start.
PAUSE_SECONDS = 2.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
#: A socket's path is limited to 107 bytes by the system; this leaves room for the socket's own name.
SOCKET_FOLDER_BYTES = 80
LOG_BYTES = 10_000_000
PRIVATE_FOLDER = 0o040700
SHM = Path("/dev/shm")  # noqa: S108 - memory, for data that is thrown away
SHM_BYTES = 512 * 1024 * 1024
PREFIX = "hubpg-"

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)
_TRY_AGAIN = ("is still in use", '"postmaster.pid" already exists')

#: Read when the module is: a process may give up its rights to the hub's own files afterwards.
_ROLES = resources.files("hub.database").joinpath("roles.sql").read_text("utf-8")

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Address:
    """Where a running embedded server is reached."""

    socket_folder: Path

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """Give a URL for asyncpg and libpq. Roles: hub_app, hub_owner, hub_backup, and the superuser hub."""
        return f"postgresql://{role}@/{database}?host={quote(str(self.socket_folder))}&port=5432"


def has_database(data_dir: Path) -> bool:
    """Tell whether a data directory holds a database already (its keys must then exist, too)."""
    return version_of(data_dir / "postgres") is not None


def running(data_dir: Path) -> Address | None:
    """Find the server that another process runs on this data directory, for commands beside `unionhub serve`."""
    note = holder(data_dir)
    return Address(Path(note["socket"])) if note and "socket" in note else None


def start(
    data_dir: Path | None = None,
    *,
    throwaway: bool = False,
    pg_bin: Path | None = None,
    shared: Path = binaries.SHARED,
) -> "EmbeddedServer":
    """Start the server on a data directory (made if absent), its roles and the database `hub` ready for migrations.

    Takes: `throwaway`, for tests: nothing is synced, and without `data_dir` the data lies in memory (/dev/shm, where
    512 MB are free) and is deleted at the stop. `shared`, where root copies programs that are out of reach.
    Refuses: EmbeddedError, with what to do, among others when another process has the directory, or another version of
    PostgreSQL made it.
    """
    if data_dir is None and not throwaway:
        raise ValueError("a database that is kept needs a data directory")
    server = EmbeddedServer(data_dir, throwaway=throwaway, pg_bin=pg_bin, shared=shared)
    server.start()
    return server


class EmbeddedServer:
    """A server that this process owns; leave the context, or call `stop`, to shut it down cleanly."""

    def __init__(self, data_dir: Path | None, *, throwaway: bool, pg_bin: Path | None, shared: Path) -> None:
        self.data_dir = data_dir.absolute() if data_dir is not None else _throwaway_folder()
        self._is_ours_to_delete = data_dir is None
        self._throwaway = throwaway
        self._pg_bin = pg_bin
        self._shared = shared
        self._owner_pid = os.getpid()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper: threading.Thread | None = None
        self._lock: DataLock | None = None
        self._cluster: Cluster | None = None
        self._address: Address | None = None

    @property
    def address(self) -> Address:
        """Where it is reached; the same after the server was started again."""
        if self._address is None:
            raise RuntimeError("the server is not started")
        return self._address

    @property
    def postgres_pid(self) -> int:
        """The server's process number now."""
        assert self._process is not None
        return self._process.pid

    def dsn(self, role: str, database: str = DATABASE) -> str:
        """Give a URL for asyncpg and libpq. Roles: hub_app, hub_owner, hub_backup, and the superuser hub."""
        return self.address.dsn(role, database)

    def start(self) -> None:
        """Take the directory, make what is missing, start, and prepare roles and database."""
        try:
            self._lock = self._take_directory()
            self._open()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Shut down: connections are closed, what is committed is on disk. A second call does nothing."""
        if os.getpid() != self._owner_pid:
            return  # a forked worker inherits this object, not the server
        self._stopping.set()
        if self._process is not None:
            _end(self._process, signal.SIGQUIT if self._is_ours_to_delete else signal.SIGINT)
        if self._keeper is not None:
            self._keeper.join(STOP_SECONDS)
        if self._address is not None and self._cluster is not None:
            _remove_socket_folder(self._address.socket_folder, self._cluster.account.uid)
        if self._lock is not None:
            self._lock.release()
        if self._is_ours_to_delete:
            shutil.rmtree(self.data_dir, ignore_errors=True)
        self._process = self._keeper = self._lock = self._address = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _take_directory(self) -> DataLock:
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            return DataLock(self.data_dir)
        except AlreadyLocked as locked:
            raise EmbeddedError(
                f"Another process (number {locked.note.get('pid', 'unknown')}, since "
                f"{locked.note.get('since', 'an unknown time')}) uses the data directory {self.data_dir}.",
                "Stop that one first, or set HUB_DATA_DIR to another folder.",
            ) from None
        except OSError as error:
            raise EmbeddedError(
                f"The data directory {self.data_dir} cannot be used: {error.strerror}.",
                "Set HUB_DATA_DIR to a folder that you may write.",
            ) from error

    def _open(self) -> None:
        assert self._lock is not None
        note = {"pid": self._owner_pid, "since": datetime.now(UTC).isoformat(timespec="seconds")}
        left_behind = self._lock.previous.get("socket")
        self._lock.write(note)
        found = binaries.find(self._pg_bin)
        account = account_for(self.data_dir / "postgres")
        if left_behind:
            _remove_socket_folder(Path(left_behind), account.uid)
        found = binaries.reachable(found, account, shared=self._shared)
        self._cluster = cluster = Cluster(folder=self.data_dir / "postgres", account=account, binaries=found)
        if version_of(cluster.folder) is None:
            cluster.create(throwaway=self._throwaway)
        cluster.check_version()
        self._address = Address(_new_socket_folder(account))
        cluster.configure(self._address.socket_folder, throwaway=self._throwaway)
        ready: Future[None] = Future()
        # The kernel's signal at our end comes when the *thread* that forked the server ends: this one lives as long.
        self._keeper = threading.Thread(target=self._keep, args=(ready,), name="embedded-postgres", daemon=True)
        self._keeper.start()
        ready.result()
        self._lock.write(note | {"socket": str(self._address.socket_folder)})

    def _keep(self, ready: "Future[None]") -> None:
        """Start the server, wait for its end, and start it again as long as nobody asked for the end."""
        try:
            process = self._launch()
            asyncio.run(_prepare(self.address))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            ready.set_exception(error)
            return
        ready.set_result(None)
        while True:
            code = process.wait()
            if self._stopping.is_set():
                return
            _log.error("The embedded PostgreSQL ended by itself (%s); starting it again", code)
            again = self._launch_again()
            if again is None:
                return
            process = again

    def _launch_again(self) -> "subprocess.Popen[bytes] | None":
        """Start PostgreSQL as soon as it can be: what keeps it down, a full disk, may be over by and by."""
        while True:
            try:
                return self._launch()
            except EmbeddedError as error:
                if self._stopping.is_set():
                    return None
                _log.error("%s Trying again in %s seconds.", error, PAUSE_SECONDS)
            if self._stopping.wait(PAUSE_SECONDS):
                return None

    def _launch(self) -> "subprocess.Popen[bytes]":
        """Start PostgreSQL and wait until it takes connections."""
        assert self._cluster is not None
        log_file = self.data_dir / "postgres.log"
        give_up_at = time.monotonic() + RETRY_SECONDS
        while True:
            self._cluster.drop_stale_pid_file()
            log_starts_at = _fit(log_file)
            self._process = process = self._spawn(self._cluster, log_file)
            if self._is_ready(process):
                return process
            _end(process, signal.SIGINT)
            with log_file.open("rb") as log:
                log.seek(log_starts_at)
                said = log.read().decode(errors="replace")
            may_pass = any(mark in said for mark in _TRY_AGAIN) and time.monotonic() < give_up_at
            if self._stopping.is_set() or not may_pass:
                raise EmbeddedError(
                    f"PostgreSQL did not start: {last_lines(said)}.", f"More is in {log_file}, if this does not help."
                )
            time.sleep(POLL_SECONDS * 10)

    def _spawn(self, cluster: Cluster, log_file: Path) -> "subprocess.Popen[bytes]":
        descriptor = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            with cluster.as_seen(cluster.folder) as (seen, child):
                return subprocess.Popen(  # noqa: S603
                    [cluster.binaries.program("postgres"), "-D", seen],
                    stdin=subprocess.DEVNULL,
                    stdout=descriptor,
                    stderr=descriptor,
                    # Ctrl-C in the terminal is for the hub, which stops the server last.
                    start_new_session=True,
                    preexec_fn=_end_with(os.getpid()),  # noqa: PLW1509 - two system calls, resolved beforehand
                    **child,
                )
        finally:
            os.close(descriptor)

    def _is_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        assert self._cluster is not None
        give_up_at = time.monotonic() + READY_SECONDS
        while process.poll() is None and time.monotonic() < give_up_at and not self._stopping.is_set():
            lines = self._cluster.pid_lines()
            if lines[:1] == [str(process.pid)] and lines[7:8] and lines[7].strip() == "ready":
                return True
            time.sleep(POLL_SECONDS)
        return False


async def _prepare(address: Address) -> None:
    connection = await asyncpg.connect(address.dsn(SUPERUSER, "postgres"))
    try:
        if not await connection.fetchval("select count(*) from pg_database where datname = $1", DATABASE):
            await connection.execute(f'create database "{DATABASE}"')
    finally:
        await connection.close()
    await apply_roles(address.dsn(SUPERUSER, DATABASE))


async def apply_roles(superuser_dsn: str) -> None:
    """Run roles.sql in the database of this URL: what an operator does by hand on a server of his own."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute(_ROLES)
    finally:
        await connection.close()


def _end_with(owner_pid: int) -> Callable[[], None]:
    """Make the hook that runs in the child, after it changed its user: SIGINT (a fast, clean stop) when we end."""
    prctl = getattr(_LIBC, "prctl", None)  # Linux; elsewhere the server outlives a killed owner until the next start

    def hook() -> None:
        if prctl is not None:
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != owner_pid:
            os._exit(1)  # the owner ended before the kernel knew

    return hook


def _end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    for sign, seconds in ((how, STOP_SECONDS), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        process.send_signal(sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _new_socket_folder(account: Account) -> Path:
    """Make the private folder of the socket. Its name is short whatever the data directory's is."""
    for parent in (tempfile.gettempdir() if not account.changes_user else "/tmp", "/tmp"):  # noqa: S108
        if len(os.fsencode(parent)) < SOCKET_FOLDER_BYTES:
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))  # 0700
            if account.changes_user:
                os.chown(folder, account.uid, account.gid)
            return folder
    raise EmbeddedError("There is no temporary folder with a short name.", "Set TMPDIR to one.")


def _remove_socket_folder(folder: Path, uid: int) -> None:
    """Remove a socket's folder; the name may be years old, so only if it is as we made it and holds nothing else."""
    with suppress(OSError):
        found = folder.lstat()
        if folder.name.startswith(PREFIX) and found.st_uid == uid and found.st_mode == PRIVATE_FOLDER:
            for left in folder.glob(".s.PGSQL.*"):
                left.unlink()
            folder.rmdir()


def _throwaway_folder() -> Path:
    """Make a folder in memory if there is room, else on disk; remove what killed processes of ours left there."""
    roomy = SHM.is_dir() and os.access(SHM, os.W_OK) and shutil.disk_usage(SHM).free >= SHM_BYTES
    parent = SHM if roomy else Path(tempfile.gettempdir())
    for left in parent.glob(f"{PREFIX}data-*"):
        with suppress(OSError, AlreadyLocked):
            # Without a lock file it is just being made; a lock that we can have means that its owner is gone.
            if left.lstat().st_uid == os.geteuid() and (left / LOCK_NAME).exists():
                lock = DataLock(left)
                with suppress(KeyError, OSError):
                    _remove_socket_folder(Path(lock.previous["socket"]), (left / "postgres").stat().st_uid)
                shutil.rmtree(left, ignore_errors=True)
                lock.release()
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}data-", dir=parent))


def _fit(log_file: Path) -> int:
    """Keep the log small: one old file. Gives where the next line goes."""
    if not log_file.exists():
        return 0
    size = log_file.stat().st_size
    if size < LOG_BYTES:
        return size
    log_file.replace(log_file.with_name(f"{log_file.name}.1"))
    return 0
