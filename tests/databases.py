"""The server that the tests of a worker share, and its databases: empty, migrated, or copies of another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import asyncpg

from hub.database import embedded, migrate

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Whose databases these are, where several share a server: those of a worker of pytest, or of a copy of the tree.
WORKER = os.environ.get("TEST_DATABASES_OF") or os.environ.get("PYTEST_XDIST_WORKER", "main")
#: Migrated, with nothing in it.
TEMPLATE = f"hub_template_{WORKER}"

#: The columns of a table that are stored: what is generated makes itself.
_STORED = """
select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
 where attrelid = ('hub.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""


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


class Snapshot:
    """All rows of the hub's tables, kept beside them to be put back: a fresh start on connections that are warm."""

    @classmethod
    async def taken(cls, superuser: Any, tables: Sequence[str]) -> Snapshot:
        """Keep the rows, and make the function that puts them back: its plans are made once on a connection."""
        await superuser.execute("create schema kept")
        steps = []
        for table in tables:
            names = await superuser.fetchval(_STORED, table)
            await superuser.execute(f"create unlogged table kept.{table} as select {names} from hub.{table}")
            back = f"insert into hub.{table} ({names}) overriding system value select * from kept.{table};"
            is_empty = await superuser.fetchval(f"select count(*) = 0 from kept.{table}")
            steps.append(f"delete from hub.{table}; {'' if is_empty else back}")
        await superuser.execute(
            f"create function kept.put_back() returns void language plpgsql as $$begin {' '.join(steps)} end$$"
        )
        return cls()

    async def put_back(self, superuser: Any) -> None:
        async with superuser.transaction():
            # Foreign keys hold in the whole; table by table they would ask for an order.
            await superuser.execute("set local session_replication_role = replica")
            await superuser.fetchval("select kept.put_back()")
