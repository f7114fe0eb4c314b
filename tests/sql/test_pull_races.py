"""Races around a request, with two hubs on one database: one act wins, the other is told what a latecomer is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from hub.transfers.desk import drafting_pulls, pulling, releasing
from tests.ready import person, ready, ready_join
from tests.sql.test_races import hubs, race
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import HandoffView
    from tests.world import World

__all__ = ["hubs"]

ROUNDS: Final = 200
ESCALATED: Final = datetime(2025, 3, 25, 2, tzinfo=UTC)


async def asked(world: World, number: int) -> HandoffView:
    """A person of U1's whom U2 has asked for."""
    member = person(number)
    await (await ready_join(world, world.actors["U1"], member)).send(world.hub)
    return await world.request(world.actors["U2"], member)


async def test_of_two_requests_one_is_opened(world: World, hubs: list[Hub], superuser: Any) -> None:
    winners = set()
    for number in range(ROUNDS):
        member = person(number)
        await (await ready_join(world, world.actors["U1"], member)).send(world.hub)
        acts = [
            ready(pulling.request, world.actors[ref], await world.draft_request(world.actors[ref], member))
            for ref in (("U2", "U3") if number % 2 else ("U3", "U2"))
        ]
        (answer,), (refusal,) = await race(hubs, *acts)
        assert (answer.state, refusal.code) == ("REQUESTED", Code.HANDOFF_ALREADY_OPEN)
        winners.add(answer.own_union)
    assert len(winners) == 2
    await assert_whole(superuser)


async def test_a_cancellation_or_the_release_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]
    final = set()
    for number in range(ROUNDS):
        case = await asked(world, number)
        given = {"handoff_id": case.handoff_id}
        cancel = ready(pulling.cancel, u2, await drafting_pulls.draft_cancellation(world.hub, u2.caller, given))
        draft = await world.draft_release(u1, None, u2.uri, handoff_id=case.handoff_id)
        release = ready(releasing.release, u1, draft)
        (answer,), (refusal,) = await race(hubs, *((cancel, release) if number % 2 else (release, cancel)))
        late = {
            "CANCELLED": (Code.HANDOFF_NOT_OPEN, "CANCELLED"),
            "RELEASED": (Code.STEP_NOT_ALLOWED, "RELEASED"),
        }
        assert (refusal.code, refusal.facts["state"]) == late[answer.state]
        final.add(answer.state)
    assert final == {"CANCELLED", "RELEASED"}
    await assert_whole(superuser)


@pytest.mark.invariant("I4")
async def test_a_release_in_lieu_or_the_late_release_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2, u13 = (world.actors[ref] for ref in ("U1", "U2", "U13"))
    cases = [await asked(world, number) for number in range(ROUNDS)]
    await world.set_clock(ESCALATED)
    winners = set()
    for number, case in enumerate(cases):
        late = await world.draft_release(u1, None, u2.uri, handoff_id=case.handoff_id, out_date=date(2025, 3, 25))
        acts = [
            ready(releasing.release, u1, late),
            ready(releasing.release_in_lieu, u13, await world.draft_in_lieu(u13, case.handoff_id)),
        ]
        (answer,), (refusal,) = await race(hubs, *(acts if number % 2 else reversed(acts)))
        assert answer.state == "RELEASED"
        assert refusal.code is (Code.HANDOFF_ALREADY_OPEN if answer.is_in_lieu else Code.STEP_NOT_ALLOWED)
        winners.add(answer.is_in_lieu)
    assert winners == {True, False}
    released = "select count(*) from hub.steps where act in ('release', 'release_in_lieu')"
    assert await superuser.fetchval(released) == ROUNDS
    await assert_whole(superuser)
