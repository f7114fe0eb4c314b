"""Where a run takes place: a loop of its own, a copy of the founded hub for each run, an empty one for its replay."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import asyncpg

from tests.databases import TEMPLATE, WORKER
from tests.random.replay import NOT_REBUILT, replay, tables_of
from tests.random.stage import Stage
from tests.world import World
from tests.worlds import START

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from pathlib import Path

    from tests.databases import Cluster
    from tests.random.kinds import Kind
    from tests.worlds import Founded

__all__ = ["Setting"]

_RUN, _AGAIN = f"hub_random_{WORKER}", f"hub_replay_{WORKER}"


class Setting:
    """Gives the machine its stages, and counts what was done on them."""

    def __init__(self, cluster: Cluster, founded: Founded, keys: Path) -> None:
        self._cluster, self._founded, self._keys = cluster, founded, keys
        self._loop = asyncio.new_event_loop()
        self.steps = Counter[str]()
        self.runs = self.replayed = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(work)

    def end(self) -> None:
        self._loop.close()

    def report(self) -> str:
        """Tell how much was done, and what came of it."""
        acts = sum(count for name, count in self.steps.items() if not name.startswith("("))
        told = [f"\n{self.runs} runs, {acts} acts, {self.replayed} statements replayed"]
        return "\n".join([*told, *(f"{count:8} {name}" for name, count in sorted(self.steps.items()))]) + "\n"

    def open(self) -> Stage:
        stage: Stage = self.run(self._open())
        return stage

    async def _open(self) -> Stage:
        world, superuser = await self._world(_RUN, self._founded.database)
        world.actors.update(self._founded.actors)
        world.members.update(self._founded.members)
        await world.set_clock(START)
        stage = await Stage.open(world, superuser)
        await stage.look("U1")
        return stage

    async def _world(self, name: str, template: str) -> tuple[World, Any]:
        await self._cluster.fresh(name, template=template)
        world = await World.open(self._cluster.dsn("hub_app", name), self._cluster.dsn("hub_owner", name), self._keys)
        return world, await asyncpg.connect(self._cluster.dsn("hub", name), server_settings={"jit": "off"})

    def close(self, stage: Stage, kinds: Iterable[Kind], *, failed: bool) -> None:
        """End a run: look as every union, prove every case, replay it all (unless it has failed already)."""
        self.run(self._close(stage, kinds, failed=failed))

    async def _close(self, stage: Stage, kinds: Iterable[Kind], *, failed: bool) -> None:
        try:
            if not failed:
                await stage.tick()
                await stage.look()
                await stage.look_at_proofs()
                await self._replay(stage, kinds)
                self.steps += stage.steps
                self.runs += 1
        finally:
            await stage.superuser.close()
            await stage.world.close()

    async def _replay(self, stage: Stage, kinds: Iterable[Kind]) -> None:
        world, superuser = await self._world(_AGAIN, TEMPLATE)
        try:
            self.replayed += await replay(world, stage.superuser, superuser, kinds)
            first, second = await tables_of(stage.world, stage.superuser), await tables_of(world, superuser)
            for table in first.keys() - NOT_REBUILT.keys():
                assert second[table] == first[table], f"I18: {table} is not rebuilt"
        finally:
            await superuser.close()
            await world.close()
