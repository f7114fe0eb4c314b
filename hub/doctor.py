"""`unionhub doctor`: what is wrong with a set-up, in words, and what to do about it. Changes nothing."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import httpx

from hub import readiness
from hub.authz.oauth import METADATA_PATH
from hub.database import binaries, embedded
from hub.database.failure import EmbeddedError
from hub.keyfiles import KeyFileError, load_master_keys, load_receipt_keys
from hub.runtime import Dsns, databases
from hub.transfers.ledger.founding import master_key_of
from hub.vault import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.settings import Settings

__all__ = ["Finding", "examine"]

_SKEW_SECONDS_MAX = 5
_ANSWER_SECONDS_MAX = 3


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is in order, what was seen, and what to do if it is not."""

    name: str
    is_good: bool
    seen: str
    todo: str = ""


async def examine(settings: Settings) -> list[Finding]:
    """Look at keys, port, database, roles, row-level security, migrations and clock."""
    findings = [_keys(settings, "receipt keys"), _keys(settings, "master keys"), _port(settings)]
    if settings.database_url is None:
        findings.append(_programs(settings))
        if not embedded.has_database(settings.data_dir):
            seen = f"no database below {settings.data_dir} yet"
            findings.append(Finding("database", is_good=True, seen=seen, todo="`unionhub serve` makes it."))
            return findings
    try:
        with databases(settings) as dsns:
            findings += await _database(settings, dsns)
    except EmbeddedError as error:
        findings.append(Finding("database", is_good=False, seen=str(error)))
    return findings


def _keys(settings: Settings, name: str) -> Finding:
    receipts = name == "receipt keys"
    path = settings.key_file if receipts else settings.master_key_file
    new = settings.database_url is None and not embedded.has_database(settings.data_dir)
    if new and not path.exists():
        return Finding(name, is_good=True, seen=f"none yet at {path}", todo="Made at the first `unionhub serve`.")
    try:
        (load_receipt_keys if receipts else load_master_keys)(path, may_create=False)
    except KeyFileError as error:
        return Finding(name, is_good=False, seen=str(error))
    return Finding(name, is_good=True, seen=str(path))


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if _is_this_hub(settings):
                return Finding("port", is_good=True, seen=f"{settings.host}:{settings.port}: this hub serves there")
            seen = f"{settings.host}:{settings.port}: {error.strerror}"
            todo = "Stop the other program, or set HUB_PORT (and HUB_HOST)."
            return Finding("port", is_good=False, seen=seen, todo=todo)
    return Finding("port", is_good=True, seen=f"{settings.host}:{settings.port} is free")


def _is_this_hub(settings: Settings) -> bool:
    """Whether who listens there calls itself by this hub's name."""
    try:
        url = httpx.URL(scheme="http", host=settings.host, port=settings.port, path=METADATA_PATH)
        with httpx.Client(timeout=_ANSWER_SECONDS_MAX, trust_env=False) as client:
            metadata = client.get(url).json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False
    return isinstance(metadata, dict) and metadata.get("issuer") == settings.origin


def _programs(settings: Settings) -> Finding:
    try:
        found = binaries.find(settings.pg_bin)
    except EmbeddedError as error:
        return Finding("PostgreSQL", is_good=False, seen=str(error))
    return Finding("PostgreSQL", is_good=True, seen=f"programs in {found.folder}")


@contextlib.asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn, timeout=5)
    try:
        yield connection
    finally:
        await connection.close()


async def _database(settings: Settings, dsns: Dsns) -> list[Finding]:
    try:
        async with _connected(dsns.app) as connection:
            seen = await connection.fetchval("select split_part(version(), ',', 1)")
            database, schema = Finding("database", is_good=True, seen=seen), await _schema(connection)
            if not schema[0].is_good:
                return [database, *schema]  # the rest is asked of what an older schema, or none, may not have
            return [
                database,
                await _role(connection),
                *schema,
                await _installation(connection, settings),
                await _clock(connection, settings),
            ]
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        seen = f"not reachable: {type(error).__name__}: {error}"
        todo = "Check HUB_DATABASE_URL, and that the server runs and lets role hub_app in."
        return [Finding("database", is_good=False, seen=seen, todo=todo)]


async def _role(connection: Any) -> Finding:
    if await connection.fetchval(readiness.IS_HUB_APP):
        return Finding("role", is_good=True, seen="hub_app, bound by row-level security")
    seen = f"connected as {await connection.fetchval('select current_user')}, which is not hub_app or may do too much"
    todo = "HUB_DATABASE_URL must log in as hub_app, with the rights of roles.sql and no more."
    return Finding("role", is_good=False, seen=seen, todo=todo)


async def _schema(connection: Any) -> list[Finding]:
    has_schema = await connection.fetchval("select to_regclass('hub.memberships') is not null")
    revision = await connection.fetchval("select max(version_num) from public.alembic_version") if has_schema else None
    if (revision or "") < readiness.REVISION:
        seen = f"at {revision or 'nothing'}, this hub needs {readiness.REVISION}"
        todo = "Run `unionhub migrate` (with HUB_DATABASE_OWNER_URL on your own server)."
        return [Finding("migrations", is_good=False, seen=seen, todo=todo)]
    off = await connection.fetchval(readiness.UNGUARDED, readiness.PUBLIC_TABLES)
    rows = Finding("row-level security", is_good=True, seen="active on every table of member data")
    if off:
        seen = f"off for {', '.join(off)}: any union could read everybody"
        todo = "Stop the hub; as the owner `alter table hub.… enable row level security`, and `force` it."
        rows = Finding("row-level security", is_good=False, seen=seen, todo=todo)
    return [Finding("migrations", is_good=True, seen=f"at {revision}"), rows]


async def _installation(connection: Any, settings: Settings) -> Finding:
    """Whether the master keys are those that the database's rows hang on."""
    try:
        ours = Vault(load_master_keys(settings.master_key_file, may_create=False)).fingerprint
        theirs = await master_key_of(connection)
    except (KeyFileError, asyncpg.UndefinedTableError):
        return Finding(
            "master keys and database", is_good=False, seen="can't be compared", todo="Mend the above first."
        )
    if theirs is None:
        return Finding("root", is_good=True, seen="no root union yet", todo="`unionhub bootstrap` makes it.")
    if ours != theirs:
        todo = f"Put the file back that this database was founded with: {settings.master_key_file} is another's."
        return Finding("master keys and database", is_good=False, seen="they don't belong together", todo=todo)
    return Finding("master keys and database", is_good=True, seen="belong together")


async def _clock(connection: Any, settings: Settings) -> Finding:
    theirs = await connection.fetchval("select clock_timestamp()")
    skew = abs((datetime.now(UTC) - theirs).total_seconds())
    stored = await connection.fetchval("select set_to from hub.clock")
    if skew > _SKEW_SECONDS_MAX:
        seen = f"this machine and the database differ by {skew:.0f} s"
        return Finding("clock", is_good=False, seen=seen, todo="Let both follow the same time server.")
    if stored is not None and settings.clock.value == "real":
        seen = "a test clock is stored; it is not used, since HUB_CLOCK is real"
        return Finding("clock", is_good=True, seen=seen, todo="`unionhub clock real` removes it.")
    return Finding("clock", is_good=True, seen="test clock" if settings.clock.value == "test" else "in step")
