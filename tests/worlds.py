"""Fixtures: a hub with the scenarios' unions and members in it, founded once and copied for each test."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from hub.transfers.ledger import founding as ledger_founding
from tests.databases import TEMPLATE, WORKER, Snapshot
from tests.world import DAY, MEMBERS, UNIONS, Actor, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from uuid import UUID

    from tests.databases import Cluster

__all__ = [
    "Founded",
    "as_union",
    "connected",
    "differing",
    "everything",
    "founded",
    "standing",
    "superuser",
    "world",
    "world_apart",
]

#: When the copies begin: after the keys of all unions have come into force.
START = DAY + timedelta(minutes=5)

APART = f"hub_world_{WORKER}"
#: Shared by the tests of a worker, one after another.
STANDING = f"hub_standing_{WORKER}"


@dataclass(frozen=True)
class Founded:
    """A database with every union and member of the scenarios, and what only their owners know: their keys."""

    database: str
    actors: dict[str, Actor]
    members: dict[str, UUID]


@dataclass(frozen=True)
class Standing:
    """A founded database, whose rows are put back before each test that takes it."""

    world: World
    superuser: Any
    snapshot: Snapshot


@pytest.fixture(scope="session")
async def founded(cluster: Cluster, key_folder: Path) -> Founded:
    """Register the scenarios' unions and members, once per worker."""
    name = f"hub_founded_{WORKER}"
    await cluster.fresh(name, template=TEMPLATE)
    first = await World.open(cluster.dsn("hub_app", name), cluster.dsn("hub_owner", name), key_folder)
    try:
        await first.found(*UNIONS)
        await first.enrol(*MEMBERS)
    finally:
        await first.close()
    return Founded(name, first.actors, first.members)


@asynccontextmanager
async def copy_of(founded: Founded, cluster: Cluster, keys: Path, name: str) -> AsyncIterator[World]:
    """Give a hub of its own over a copy of what was founded."""
    await cluster.fresh(name, template=founded.database)
    copy = await World.open(cluster.dsn("hub_app", name), cluster.dsn("hub_owner", name), keys)
    try:
        copy.actors.update(founded.actors)
        copy.members.update(founded.members)
        await copy.set_clock(START)
        yield copy
    finally:
        await copy.close()


@pytest.fixture(scope="session")
async def standing(cluster: Cluster, founded: Founded, key_folder: Path) -> AsyncIterator[Standing]:
    """Keep one founded database per worker, and connections to it: a copy for each test is slower than most tests."""
    async with (
        copy_of(founded, cluster, key_folder, STANDING) as world,
        connected(cluster.dsn("hub", STANDING), "hub") as superuser,
    ):
        await world.hub.ledger.close()  # each test's hub has its own, which keeps half the pool to itself
        tables = await superuser.fetch(
            "select relname from pg_class where relnamespace = 'hub'::regnamespace and relkind = 'r'"
        )
        yield Standing(world, superuser, await Snapshot.taken(superuser, [table["relname"] for table in tables]))


@pytest.fixture
async def world(standing: Standing) -> AsyncIterator[World]:
    """A hub for this test alone, over the founded rows, put back."""
    await standing.snapshot.put_back(standing.superuser)
    await ledger_founding.set_clock(standing.superuser, START)  # it has gone on since the snapshot
    fresh = standing.world.anew()
    try:
        yield fresh
    finally:
        await fresh.hub.ledger.close()


@pytest.fixture
async def world_apart(cluster: Cluster, founded: Founded, key_folder: Path) -> AsyncIterator[World]:
    """A hub and a database for this test alone: what is done to its tables, functions or connections ends with it."""
    async with copy_of(founded, cluster, key_folder, APART) as copy:
        yield copy


@pytest.fixture
async def superuser(world: World, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """A connection to the world's database that no policy binds: what only a broken administrator has."""
    if world.app_dsn.endswith(f"/{STANDING}?{world.app_dsn.partition('?')[2]}"):
        connection = request.getfixturevalue("standing").superuser  # it has its plans already
        yield connection
        await connection.reset()
        await connection.execute("reset session authorization; reset role")  # which `reset` leaves
        return
    async with connected(world.app_dsn.replace("//hub_app@", "//hub@"), "hub") as connection:
        yield connection


@asynccontextmanager
async def connected(dsn: str, role: str) -> AsyncIterator[Any]:
    """Connect, and make sure as whom."""
    connection = await asyncpg.connect(dsn)
    try:
        assert await connection.fetchval("select current_user") == role
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def as_union(connection: Any, union_id: UUID | None) -> AsyncIterator[Any]:
    """Let a connection read as a union, for one transaction."""
    async with connection.transaction():
        await connection.fetchrow("select * from hub.hub_begin($1, '', true)", union_id)
        yield connection


#: Every table but the clock. A text of the counts and digests: equal before and after means that nothing was written.
_EVERY_TABLE: Final = """
select string_agg(format(
           'select %L as name, count(*) as rows, md5(string_agg(t::text, ''|'' order by t::text)) as digest
              from hub.%I t', c.relname, c.relname), ' union all ' order by c.relname)
  from pg_class c where c.relnamespace = 'hub'::regnamespace and c.relkind = 'r' and c.relname <> 'clock'"""


_AT: Final = "select concat(current_database(), ' ', pg_postmaster_start_time(), ' ', pg_current_snapshot())"
#: Where and when everything was looked at last, and what there was.
_seen: dict[str, dict[str, tuple[int, str | None]]] = {}


async def everything(superuser: Any) -> dict[str, tuple[int, str | None]]:
    """Give the number of rows of every table and a digest of them.

    Nothing is written without a transaction id: as long as none has come or gone, all is as it was seen last.
    """
    at = await superuser.fetchval(_AT)
    if at not in _seen or superuser.is_in_transaction():
        found = await _everything(superuser)
        _seen.clear()
        _seen[at] = found
    return _seen[at]


async def _everything(superuser: Any) -> dict[str, tuple[int, str | None]]:
    rows = await superuser.fetch(await superuser.fetchval(_EVERY_TABLE))
    return {row["name"]: (row["rows"], row["digest"]) for row in rows}


def differing(before: dict[str, tuple[int, str | None]], after: dict[str, tuple[int, str | None]]) -> set[str]:
    """Name the tables that are not as they were."""
    return {name for name in after if before[name] != after[name]}
