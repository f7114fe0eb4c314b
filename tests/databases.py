"""The server that the tests of a worker share, and its databases: empty, migrated, or copies of another."""

from __future__ import annotations

import os

import asyncpg

from hub.database import embedded, migrate

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
#: Migrated, with nothing in it.
TEMPLATE = f"hub_template_{WORKER}"


class Cluster:
    """The server of this run: the embedded one, or a real one that TEST_DATABASE_SUPERUSER_URL names."""

    def __init__(self, superuser_dsn: str) -> None:
        self._superuser_dsn = superuser_dsn

    def dsn(self, role: str, database: str) -> str:
        before, _, after = self._superuser_dsn.partition("@")
        host = after.partition("/")[2].partition("?")[2]
        scheme = before.partition("//")[0]
        return f"{scheme}//{role}@/{database}?{host}"

    async def fresh(self, name: str, *, template: str | None = None) -> None:
        """Make a database, empty or as a copy."""
        connection = await asyncpg.connect(self.dsn("hub", "postgres"))
        try:
            await connection.execute(f'drop database if exists "{name}" with (force)')
            copy = "" if template is None else f' template "{template}" strategy wal_log'
            await connection.execute(f'create database "{name}" owner hub_owner{copy}')
        finally:
            await connection.close()

    async def migrated(self, name: str) -> None:
        """Make a database as an operator would: roles by the superuser, then the migrations by the owner."""
        await self.fresh(name)
        await embedded.apply_roles(self.dsn("hub", name))
        await migrate.upgrade(self.dsn("hub_owner", name))
