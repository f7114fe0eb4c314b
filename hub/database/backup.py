"""Backup and restore of a whole hub by PostgreSQL's own pg_dump and pg_restore, embedded or not.

A backup is one file in pg_dump's custom format: readable by PostgreSQL's tools without the hub. It is made from one
snapshot, while the hub serves. The key files are *not* in it: whoever has both can read every personal number, so they
are kept apart, and a restored hub needs them.

A restore fills an empty database, in one transaction: it is all there or nothing is. Roles must exist (`roles.sql`).
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from alembic.script import ScriptDirectory

from hub.database.binaries import BARE_ENVIRONMENT, Binaries, find
from hub.database.cluster import last_lines
from hub.database.failure import BackupError

__all__ = ["Backup", "BackupError", "backup", "known_revisions", "not_included", "restore", "still_needed"]

#: Servers before 17 do not know this line of the script.
_NEWER_SETTING = b"SET transaction_timeout = 0;\n"
_NEWER_SETTING_SINCE = 170000
#: The owner may hand a function to hub_mover only while hub_mover may create in its schema: while the script runs.
_SCHEMA = b"CREATE SCHEMA hub;\n"
_LEND = b"GRANT CREATE ON SCHEMA hub TO hub_mover;\n"
_TAKE_BACK = b"REVOKE CREATE ON SCHEMA hub FROM hub_mover;\n"
_ROWS_BEGIN = b"COPY "
_COUNT_WHAT_IS_THERE = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
   and not exists (
       select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
"""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """What a file holds."""

    file: Path
    #: The revision of the schema (Alembic).
    revision: str
    size_bytes: int


def not_included(key_file: Path, master_key_file: Path) -> str:
    """Tell what a backup lacks."""
    return (
        f"Not in the backup: the key files {key_file} (receipts) and {master_key_file} (personal data). Keep copies of "
        "them, apart from the backup: without the second one nobody can read the members' numbers again."
    )


def still_needed(key_file: Path, master_key_file: Path) -> str:
    """Tell what a restored database lacks until it is there, or what of it is there already."""
    there, missing = ([str(f) for f in (key_file, master_key_file) if f.is_file() is is_there] for is_there in (1, 0))
    if missing:
        return f"Before serving put the copies of the key files back: {', '.join(missing)}."
    return f"The key files are there: {', '.join(there)}. `unionhub doctor` tells whether they belong to this database."


def known_revisions() -> frozenset[str]:
    """List the revisions of the schema that this version of the hub can run on or upgrade."""
    scripts = ScriptDirectory(str(Path(__file__).parent / "migrations"))
    return frozenset(script.revision for script in scripts.walk_revisions())


def backup(dsn: str, file: Path, *, programs: Binaries | None = None) -> Backup:
    """Write a backup of the database to a new file that only its owner can read.

    Takes: `dsn` of a role that reads all rows: hub_backup.
    Refuses: BackupError, when the file exists, the role is bound by row-level security, or pg_dump gives up.
    """
    programs = programs or find()
    if file.exists():
        raise BackupError(f"The file {file} exists.", "Give another name, or move it away.")
    url, environment = _without_password(dsn)
    try:
        descriptor, growing = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # 0600
    except OSError as error:
        raise BackupError(f"No file can be made in {file.parent}: {error.strerror}.", "Give another place.") from None
    os.close(descriptor)
    fresh = Path(growing)
    # Not by its standard output: then pg_dump 18 appends its table of contents instead of replacing it.
    command = [
        programs.program("pg_dump"), "--format=custom", "--no-password", f"--file={fresh}", f"--dbname={url}"
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
        if done.returncode != 0:
            raise _explained(done.stderr)
        found = _revision_in(fresh, programs)
        if found is None:
            raise BackupError("The database holds no hub yet.", "Run `unionhub migrate` first, or check the URL.")
        file.hardlink_to(fresh)  # unlike a rename it never replaces a file
    except FileExistsError:
        raise BackupError(f"The file {file} exists.", "Give another name, or move it away.") from None
    finally:
        fresh.unlink(missing_ok=True)
    return Backup(file=file, revision=found, size_bytes=file.stat().st_size)


def restore(dsn: str, file: Path, *, programs: Binaries | None = None, known: Collection[str] | None = None) -> Backup:
    """Fill an empty database from a backup. The caller migrates it then: the backup may be older than this hub.

    Takes: `dsn` of the owner: hub_owner.
    Refuses: BackupError, when the file is no backup of a hub or of a newer one, or the database is not empty.
    """
    programs = programs or find()
    if not file.is_file():
        raise BackupError(f"There is no file {file}.", "Check the name.")
    found = _revision_in(file, programs)
    if found is None:
        raise BackupError(f"The file {file} is no backup of a hub.", "Give one that `unionhub backup` made.")
    if found not in (known_revisions() if known is None else known):
        raise BackupError(
            f"The backup has the schema {found} of a newer version of the hub.", "Install that version, then restore."
        )
    tables = int(_ask(dsn, _COUNT_WHAT_IS_THERE, programs))
    if tables:
        raise BackupError(
            f"The database is not empty ({tables} tables and views are in it).",
            "Restore into an empty one: another HUB_DATA_DIR, or a new database on your server.",
        )
    _fill(dsn, file, programs)
    _ask(dsn, "analyze", programs)
    return Backup(file=file, revision=found, size_bytes=file.stat().st_size)


def _fill(dsn: str, file: Path, programs: Binaries) -> None:
    """Let pg_restore write SQL and psql run it: so lines can be left out and added, and no superuser is needed."""
    is_older = int(_ask(dsn, "show server_version_num", programs)) < _NEWER_SETTING_SINCE
    url, environment = _without_password(dsn)
    write = [programs.program("pg_restore"), "--file=-", str(file)]
    # Terse: a row that does not fit is not repeated on the screen.
    run = [
        programs.program("psql"), "--no-psqlrc", "--quiet", "--no-password", "--output=/dev/null",
        "--set=ON_ERROR_STOP=1", "--set=VERBOSITY=terse", "--set=SHOW_CONTEXT=never",
        "--single-transaction", "--file=-", f"--dbname={url}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as said_by_writer, tempfile.TemporaryFile() as said_by_runner:
        writer = subprocess.Popen(write, stdout=subprocess.PIPE, stderr=said_by_writer, env=environment)  # noqa: S603
        runner = subprocess.Popen(run, stdin=subprocess.PIPE, stderr=said_by_runner, env=environment)  # noqa: S603
        assert writer.stdout is not None
        assert runner.stdin is not None
        is_whole = _pass_on(writer, writer.stdout, runner.stdin, is_older=is_older)
        if not is_whole:
            runner.kill()  # before its input ends: an end would commit the half that it has
        try:
            runner.stdin.close()
        except BrokenPipeError:
            is_whole = False
        if runner.wait() != 0 or not is_whole:
            for said in (said_by_runner, said_by_writer):
                said.seek(0)
            raise _explained((said_by_runner.read() or said_by_writer.read()).decode(errors="replace"))


def _pass_on(writer: "subprocess.Popen[bytes]", script: IO[bytes], into: IO[bytes], *, is_older: bool) -> bool:
    """Give the script to psql; tell whether all of it was written and taken."""
    try:
        for line in iter(script.readline, b""):
            if not (is_older and line == _NEWER_SETTING):
                into.write(line)
            if line == _SCHEMA:
                into.write(_LEND)
            if line.startswith(_ROWS_BEGIN):
                break  # what follows is never looked at
        shutil.copyfileobj(script, into)
        into.write(_TAKE_BACK)
        into.flush()
    except BrokenPipeError:
        script.close()
        writer.wait()
        return False
    script.close()
    return writer.wait() == 0


def _revision_in(file: Path, programs: Binaries) -> str | None:
    """Read the one row of Alembic's table out of the file."""
    command = [programs.program("pg_restore"), "--data-only", "--table=alembic_version", "--file=-", str(file)]
    read = subprocess.run(command, capture_output=True, text=True, check=False, env=BARE_ENVIRONMENT)  # noqa: S603
    if "unsupported version" in read.stderr:
        raise BackupError(
            f"The file {file} was made by a newer pg_dump than {programs.folder} can read.",
            "Set HUB_PG_BIN to the bin folder of a newer PostgreSQL.",
        )
    row = re.search(r"^COPY \S*alembic_version .*;\n(.+)\n\\\.$", read.stdout, re.MULTILINE)
    return row[1] if row else None


def _ask(dsn: str, query: str, programs: Binaries) -> str:
    url, environment = _without_password(dsn)
    command = [programs.program("psql"), "--no-psqlrc", "-Atq", "--no-password", f"--dbname={url}", "-c", query]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if done.returncode != 0:
        raise _explained(done.stderr)
    return done.stdout.strip()


def _without_password(dsn: str) -> tuple[str, Mapping[str, str]]:
    """Take the password out of the URL, which everybody on the machine can read in the list of processes."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    password = options.pop("password", unquote(parts.password or ""))
    netloc = parts.netloc
    if parts.password is not None:
        netloc = f"{parts.username or ''}@{netloc.rpartition('@')[2]}"
    url = urlunsplit(parts._replace(netloc=netloc, query=urlencode(options, quote_via=quote)))
    return url, {**BARE_ENVIRONMENT, **({"PGPASSWORD": password} if password else {})}


def _explained(said: str) -> BackupError:
    """Turn what PostgreSQL's programs say into a sentence and what to do."""
    for mark, wrong, remedy in (
        (
            "row-level security",
            "The role may not read all rows, so a backup would lack some.",
            "Connect as hub_backup (HUB_DATABASE_BACKUP_URL).",
        ),
        (
            "server version mismatch",
            "The database server is newer than the pg_dump that was found.",
            "Set HUB_PG_BIN to the bin folder of PostgreSQL as new as the server.",
        ),
        (
            "SSL support is not compiled in",
            "The URL asks for TLS, which PostgreSQL's programs of the wheel cannot do.",
            "Set HUB_PG_BIN to the bin folder of your system's PostgreSQL.",
        ),
    ):
        if mark in said:
            return BackupError(wrong, remedy)
    return BackupError(f"PostgreSQL said: {last_lines(said)}.", "Nothing was changed; mend that and try again.")
