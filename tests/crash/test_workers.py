"""The workers of `unionhub serve` itself, killed in the midst of an act: replaced, and nothing is lost."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from hub.failpoints import Point
from tests.crash.playing import Troupe
from tests.crash.test_kills import SEEDS, nothing_is_lost
from tests.e2e.documents import MEMBERS_QUERY
from tests.e2e.serving import Serving, a_free_port, environment
from tests.e2e.wire import Clock
from tests.world import HUB
from tests.worlds import START

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.world import World

_PATIENCE_SECONDS: Final = 30
IN_FLIGHT: Final = 4
#: Two of the places each time, all of them in `make soak`.
POINTS: Final = tuple(Point) if SEEDS >= 50 else (Point.BETWEEN_STATEMENTS, Point.BEFORE_ANSWER)


@pytest.mark.attack("F05")
async def test_a_worker_killed_in_an_act_is_replaced_and_nothing_is_lost(
    world: World, superuser: Any, key_folder: Path, tmp_path: Path
) -> None:
    """Armed ones, one after the other, beside one that lives: as two machines on one database."""

    def serving(failpoint: str) -> Serving:
        settings = environment(
            database_url=world.app_dsn,
            origin=HUB,
            port=str(a_free_port()),
            workers="1",
            key_file=str(key_folder / "receipts.json"),
            master_key_file=str(key_folder / "master.json"),
            clock="test",
            log_level="warning",
            failpoint=failpoint,
        )
        return Serving(settings, tmp_path / f"{failpoint or 'other'}.log")

    clock = Clock()
    await world.set_clock(START)
    clock.let_it_be(START)
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        troupe = Troupe(world, http, clock)
        with serving("") as other:
            for point in POINTS:
                with serving(f"{point}:1") as armed:
                    troupe.http.base_url = armed.address
                    await troupe.log_in()
                    acts = await troupe.prepare(Random(point), IN_FLIGHT)
                    await asyncio.gather(*(troupe.send(sent) for sent in acts))
                    assert not all(sent.is_acknowledged for sent in acts)
                    assert armed.said.count(f"failpoint {point} reached") == 1
                    await _reads_go_on(troupe)
                    armed.kill()
                troupe.http.base_url = other.address
                await nothing_is_lost(troupe, acts, superuser)


async def _reads_go_on(troupe: Troupe) -> None:
    """At the same address, by a worker that has taken the place of the dead one."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            try:
                page = await troupe.parties["U1"].ask(MEMBERS_QUERY, first=1)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                assert len(page["edges"]) == 1
                return
