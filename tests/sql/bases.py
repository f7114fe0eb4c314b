"""Databases as an earlier revision left them, as JSON: what the migrations after it must carry over.

Before a new revision is written, `python -m tests.sql.bases` stores the one that is head then.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from hub.database import embedded, migrate
from tests.databases import TEMPLATE, Cluster
from tests.world import World
from tests.worlds import connected

if TYPE_CHECKING:
    from uuid import UUID

FOLDER: Final = Path(__file__).parent / "bases"

_TABLES: Final = """
select relname from pg_class where relnamespace = 'hub'::regnamespace and relkind = 'r' order by 1"""

_STORED: Final = """
select attname from pg_attribute
 where attrelid = ('hub.' || $1)::regclass and attnum > 0 and not attisdropped and attgenerated = ''"""


async def fill(world: World) -> UUID:
    """Let there be something of everything: cases in every state, amendments. Gives the open case."""
    if not world.members:
        await world.enrol("M1", "M2", "M3", "M4")
    await world.found("U2")
    u1, u2 = world.actors["U1"], world.actors["U2"]
    await world.accept(u2, (await world.release(u1, world.members["M2"], u2.uri)).handoff_id)
    await world.refuse(u2, (await world.release(u1, world.members["M3"], u2.uri)).handoff_id, "DOCUMENT_DEFECT")
    await world.recall(u1, (await world.release(u1, world.members["M4"], u2.uri)).handoff_id)
    await world.request(u2, "M4")
    await world.amend(u1, world.members["M3"], person={"sex": "9"})
    await world.amend_union(world.actors["U9"], u2.uri, name="乙电子集团工会")
    return (await world.release(u1, world.members["M1"], u2.uri)).handoff_id


async def dump(superuser: Any) -> str:
    """Give every row of every table."""
    tables = [row[0] for row in await superuser.fetch(_TABLES)]
    rows = {
        table: json.loads(await superuser.fetchval(f"select coalesce(json_agg(t), '[]') from hub.{table} t"))
        for table in tables
    }
    return json.dumps(rows, ensure_ascii=False, indent=1)


async def load(superuser: Any, text: str) -> None:
    """Put the rows of a base into a database of its revision."""
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")  # in whatever order
        for table, rows in json.loads(text).items():
            await superuser.execute(f"delete from hub.{table}")
            names = ", ".join(row[0] for row in await superuser.fetch(_STORED, table))  # what is generated makes itself
            await superuser.execute(
                f"insert into hub.{table} ({names}) select {names} "
                f"from json_populate_recordset(null::hub.{table}, $1::json)",
                json.dumps(rows),
            )


async def _store(cluster: Cluster, keys: Path) -> Path:
    await cluster.migrated(TEMPLATE)
    world = await World.open(cluster.dsn("hub_app", TEMPLATE), cluster.dsn("hub_owner", TEMPLATE), keys)
    try:
        await fill(world)
    finally:
        await world.close()
    async with connected(cluster.dsn("hub", TEMPLATE), "hub") as superuser:
        text = await dump(superuser)
    file = FOLDER / f"{migrate.head()}.json"
    FOLDER.mkdir(exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
    return file


if __name__ == "__main__":
    with embedded.start(throwaway=True) as server, TemporaryDirectory() as folder:
        print(asyncio.run(_store(Cluster(server.dsn("hub", "postgres")), Path(folder))))  # noqa: T201
