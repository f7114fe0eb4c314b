"""One throwaway PostgreSQL per run, one database per worker, through the roles that production uses."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import pytest

from hub.database import embedded, migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing them")


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--golden"))


class Cluster:
    """The server of this run: of the wheel, or of the programs that TEST_PG_BIN names (.ci/run: Debian's 15)."""

    def __init__(self, superuser_dsn: str) -> None:
        self._superuser_dsn = superuser_dsn

    def dsn(self, role: str, database: str) -> str:
        return self._superuser_dsn.replace("//hub@/postgres?", f"//{role}@/{database}?")

    async def fresh(self, name: str, *, template: str | None = None) -> None:
        """Make a database, empty or as a copy."""
        connection = await asyncpg.connect(self.dsn("hub", "postgres"))
        try:
            await connection.execute(f'drop database if exists "{name}" with (force)')
            copy = "" if template is None else f' template "{template}" strategy wal_log'
            await connection.execute(f'create database "{name}" owner hub_owner{copy}')
        finally:
            await connection.close()


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Start the server that all tests of this worker share, and make the migrated template."""
    programs = os.environ.get("TEST_PG_BIN")
    with embedded.start(throwaway=True, pg_bin=None if programs is None else Path(programs)) as server:
        made = Cluster(server.dsn("hub", "postgres"))
        asyncio.run(_prepare(made))
        yield made


TEMPLATE = f"hub_template_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


async def _prepare(made: Cluster) -> None:
    await made.fresh(TEMPLATE)
    await embedded.apply_roles(made.dsn("hub", TEMPLATE))
    await migrate.upgrade(made.dsn("hub_owner", TEMPLATE))


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of the hubs under test lie."""
    return tmp_path_factory.mktemp("keys")
