"""Migrations: forward only, plain SQL, run as the owner of the schema (never as hub_app)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

T = TypeVar("T")

__all__ = ["head", "run_sql_files", "stamped", "statements_of", "upgrade"]

_MIGRATIONS = Path(__file__).parent / "migrations"
_DISTRIBUTE = "distribute.sql"
_DOLLAR_QUOTE = re.compile(r"\$[a-z_]*\$")


def statements_of(sql: str) -> Iterator[str]:
    """Give a file's statements one by one, as Citus wants them: they end in `;` at a line's end."""
    lines: list[str] = []
    quoted = False
    for line in sql.splitlines():
        lines.append(line)
        if len(_DOLLAR_QUOTE.findall(line)) % 2:
            quoted = not quoted
        if not quoted and line.split("--", 1)[0].rstrip().endswith(";"):
            yield "\n".join(lines).strip()
            lines = []
    assert not "".join(line.split("--", 1)[0] for line in lines).strip(), "a statement without its end"


def run_sql_files(revision: str) -> None:
    """Run the SQL files of a revision in order; on Citus, its `distribute.sql` between the tables and their guards."""
    bind = op.get_bind()
    folder = _MIGRATIONS / "sql" / revision
    # The first revision's also sets the roles up, and lies beside roles.sql.
    distribute = _MIGRATIONS.parent / _DISTRIBUTE if revision == "0001" else folder / _DISTRIBUTE
    for file in sorted(file for file in folder.glob("*.sql") if file.name != _DISTRIBUTE):
        for statement in statements_of(file.read_text(encoding="utf-8")):
            bind.exec_driver_sql(statement)
        on_citus = bind.exec_driver_sql("select 1 from pg_extension where extname = 'citus'").first()
        if file.name.startswith("1_") and on_citus is not None and distribute.exists():
            for statement in statements_of(distribute.read_text(encoding="utf-8")):
                bind.exec_driver_sql(statement)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def head() -> str:
    """Give the newest revision that this code knows."""
    found = ScriptDirectory.from_config(_config()).get_current_head()
    assert found is not None
    return found


async def upgrade(owner_dsn: str, revision: str = "head") -> None:
    """Bring the database of the owner's DSN (`postgresql://…`) to a revision. Running it again changes nothing."""

    def run(connection: Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    await _with_connection(owner_dsn, run)


async def stamped(owner_dsn: str) -> str | None:
    """Give the revision that a database stands at, or None where no migration has run."""

    def read(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    return await _with_connection(owner_dsn, read)


async def _with_connection(owner_dsn: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(owner_dsn.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()
