"""`kill -9` at each place of an act: what was acknowledged stays, what was not is done once when it is sent again.

CRASH_SEEDS says how many kills there are at each place: a few in `make test`, fifty in `make soak`. A seed draws how
many acts are in flight, of which kinds, and which of them ends the process.
"""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from hub.failpoints import Point
from tests.crash import holding
from tests.crash.playing import Troupe
from tests.e2e.documents import MEMBERS_QUERY, RECEIPT_QUERY
from tests.e2e.wire import Clock
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.crash.hatching import Hatched, Hatchery
    from tests.crash.playing import Sent
    from tests.world import World

SEEDS: Final = int(os.environ.get("CRASH_SEEDS", "5"))
IN_FLIGHT_MAX: Final = 8
#: Late enough for the union above to act on what was asked for on the first day.
ESCALATED: Final = datetime(2025, 3, 25, 2, tzinfo=UTC)
#: What these answer is the whole union, which another act of the same round may change.
OF_THE_UNION: Final = {"registerKey", "revokeKey"}


@pytest.fixture
async def troupe(world: World) -> AsyncIterator[Troupe]:
    """Everybody, late in March, with some requests that have lain for too long."""
    clock = Clock()
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        troupe = Troupe(world, http, clock)
        asked = await troupe.ask(2 * SEEDS // 3)
        await world.set_clock(ESCALATED)
        clock.let_it_be(ESCALATED)
        troupe.escalated(asked)
        yield troupe


@pytest.mark.attack("F05")
@pytest.mark.invariant("I5")
@pytest.mark.parametrize("point", Point)
async def test_killed_there_the_hub_has_lost_nothing_and_done_nothing_by_halves(
    hatchery: Hatchery, troupe: Troupe, superuser: Any, point: Point
) -> None:
    fresh = await hatchery.hatch()
    for seed in range(SEEDS):
        chance = Random(f"{point} {seed}")
        acts = await _made_ready(troupe, fresh, chance)
        end_of(hatchery, fresh)

        doomed = await hatchery.hatch(f"{point}:{chance.randint(1, len(acts))}")
        troupe.http.base_url = doomed.address
        await asyncio.gather(*(troupe.send(sent) for sent in acts))

        assert hatchery.ended(doomed) == -signal.SIGKILL
        assert hatchery.said.count(f"failpoint {point} reached") == seed + 1
        fresh = await hatchery.hatch()
        troupe.http.base_url = fresh.address
        await nothing_is_lost(troupe, acts, superuser)


@pytest.mark.attack("F05")
async def test_killed_before_the_commit_an_act_is_done_or_is_not(
    hatchery: Hatchery, troupe: Troupe, superuser: Any
) -> None:
    """The database decides: it commits for a client that is gone, or ends the statement without."""
    await holding.install(superuser)
    fresh = await hatchery.hatch()
    for seed in range(SEEDS):
        chance = Random(f"before commit {seed}")
        acts = await _made_ready(troupe, fresh, chance)
        async with holding.held(superuser) as held:
            sending = [asyncio.ensure_future(troupe.send(sent)) for sent in acts]
            assert await held.some()
            end_of(hatchery, fresh)
            await asyncio.gather(*sending)
            if seed % 2:
                await held.end_all()
        assert not any(sent.is_acknowledged for sent in acts)
        # What waited is done, or undone; what the hub had sent besides may still come to its commit.
        done = await _count_done(superuser, acts)
        assert done < len(acts) if seed % 2 else done > 0

        fresh = await hatchery.hatch()
        troupe.http.base_url = fresh.address
        await nothing_is_lost(troupe, acts, superuser)


async def _made_ready(troupe: Troupe, server: Hatched, chance: Random) -> list[Sent]:
    troupe.http.base_url = server.address
    await troupe.log_in()
    return await troupe.prepare(chance, chance.randint(1, IN_FLIGHT_MAX))


def end_of(hatchery: Hatchery, hatched: Hatched) -> None:
    """Kill a server that has nothing in hand."""
    os.kill(hatched.pid, signal.SIGKILL)
    assert hatchery.ended(hatched) == -signal.SIGKILL


async def nothing_is_lost(troupe: Troupe, acts: list[Sent], superuser: Any) -> None:
    """Read; find all that was acknowledged; send everything again, twice; look for halves."""
    page = await troupe.parties["U1"].ask(MEMBERS_QUERY, first=20)
    assert len(page["edges"]) > 0
    await assert_whole(superuser)
    for sent in acts:
        party, sha256 = troupe.party(sent), sent.ready.sha256
        before = await party.ask(RECEIPT_QUERY, sha256=sha256)
        if sent.answer is not None:
            assert sent.answer.data["answer"]["__typename"] != "Refusal"
            assert before is not None, "acknowledged, and lost"
        first = await party.hand_in(sent.mutation, sent.ready.jws, *sent.ready.more)
        assert first.data["answer"]["__typename"] != "Refusal", first
        if sent.answer is not None and sent.mutation not in OF_THE_UNION:
            assert first == sent.answer
        receipt = await party.ask(RECEIPT_QUERY, sha256=sha256)
        assert before in {None, receipt}
        assert await party.hand_in(sent.mutation, sent.ready.jws, *sent.ready.more) == first
        assert await party.ask(RECEIPT_QUERY, sha256=sha256) == receipt
    assert await _count_done(superuser, acts) == len(acts)
    await assert_whole(superuser)


async def _count_done(superuser: Any, acts: list[Sent]) -> int:
    count: int = await superuser.fetchval(
        "select count(*) from hub.statement_claims where jti = any ($1)", [sent.ready.jti for sent in acts]
    )
    return count
