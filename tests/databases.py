"""The server that the tests of a worker share, and its databases: empty, migrated, or copies of another."""

from __future__ import annotations

import os

import asyncpg

from hub.database import embedded, migrate

#: Whose databases these are, where several share a server: those of a worker of pytest, or of a copy of the tree.
WORKER = os.environ.get("TEST_DATABASES_OF") or os.environ.get("PYTEST_XDIST_WORKER", "main")
#: Migrated, with nothing in it.
TEMPLATE = f"hub_template_{WORKER}"


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
            if template is not None:  # a copy has everything but the rights on the database itself (roles.sql)
                await connection.execute(f'revoke all on database "{name}" from public')
                await connection.execute(f'grant connect on database "{name}" to hub_app, hub_backup')
        finally:
            await connection.close()

    async def migrated(self, name: str) -> None:
        """Make a database as an operator would: roles by the superuser, then the migrations by the owner."""
        await self.fresh(name)
        await embedded.apply_roles(self.dsn("hub", name))
        await migrate.upgrade(self.dsn("hub_owner", name))
