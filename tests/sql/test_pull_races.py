"""Races around a request, with two hubs on one database: one act wins, the other is told what a latecomer is."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from hub.transfers.desk import drafting_pulls, pulling, releasing
from tests.ready import person, ready
from tests.sql.racing import ROUNDS, hubs, members_of, prepared, races
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import HandoffView
    from tests.ready import Ready
    from tests.world import World

__all__ = ["hubs"]

ESCALATED: Final = datetime(2025, 3, 25, 2, tzinfo=UTC)


async def asked(world: World) -> list[HandoffView]:
    """People of U1's, each asked for by U2."""
    await members_of(world, "U1", ROUNDS)
    return await prepared(lambda number: world.request(world.actors["U2"], person(number)), range(ROUNDS))


@pytest.mark.invariant("I4")
async def test_of_two_requests_one_is_opened(world: World, hubs: list[Hub], superuser: Any) -> None:
    await members_of(world, "U1", ROUNDS)

    async def requests(number: int) -> list[Ready]:
        actors = [world.actors[ref] for ref in ("U2", "U3")]
        return [ready(pulling.request, actor, await world.draft_request(actor, person(number))) for actor in actors]

    outcomes = await races(hubs, await prepared(requests, range(ROUNDS)))
    assert {answer.state for answer, _ in outcomes} == {"REQUESTED"}
    assert {refusal.code for _, (refusal,) in outcomes} == {Code.HANDOFF_ALREADY_OPEN}
    assert {answer.own_union for answer, _ in outcomes} == {world.actors[ref].caller.union_id for ref in ("U2", "U3")}
    assert await superuser.fetchval("select count(*) from hub.handoffs") == ROUNDS
    await assert_whole(superuser)


async def test_a_cancellation_or_the_release_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]

    async def cancellation_and_release(case: HandoffView) -> list[Ready]:
        given = {"handoff_id": case.handoff_id}
        cancel = ready(pulling.cancel, u2, await drafting_pulls.draft_cancellation(world.hub, u2.caller, given))
        draft = await world.draft_release(u1, None, u2.uri, handoff_id=case.handoff_id)
        return [cancel, ready(releasing.release, u1, draft)]

    outcomes = await races(hubs, await prepared(cancellation_and_release, await asked(world)))
    late = {
        "CANCELLED": (Code.HANDOFF_NOT_OPEN, "CANCELLED"),
        "RELEASED": (Code.STEP_NOT_ALLOWED, "RELEASED"),
    }
    for answer, (refusal,) in outcomes:
        assert (refusal.code, refusal.facts["state"]) == late[answer.state]
    assert {answer.state for answer, _ in outcomes} == late.keys()
    await assert_whole(superuser)


@pytest.mark.invariant("I4")
async def test_a_release_in_lieu_or_the_late_release_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2, u13 = (world.actors[ref] for ref in ("U1", "U2", "U13"))

    async def late_and_in_lieu(case: HandoffView) -> list[Ready]:
        late = await world.draft_release(u1, None, u2.uri, handoff_id=case.handoff_id, out_date=date(2025, 3, 25))
        return [
            ready(releasing.release, u1, late),
            ready(releasing.release_in_lieu, u13, await world.draft_in_lieu(u13, case.handoff_id)),
        ]

    cases = await asked(world)
    await world.set_clock(ESCALATED)
    outcomes = await races(hubs, await prepared(late_and_in_lieu, cases))
    for answer, (refusal,) in outcomes:
        assert answer.state == "RELEASED"
        assert refusal.code is (Code.HANDOFF_ALREADY_OPEN if answer.is_in_lieu else Code.STEP_NOT_ALLOWED)
    winners = Counter(answer.is_in_lieu for answer, _ in outcomes)
    assert winners.keys() == {True, False}
    acts = await superuser.fetch("select act, count(*) from hub.steps where to_state = 'RELEASED' group by act")
    assert dict(acts) == {"release": winners[False], "release_in_lieu": winners[True]}
    await assert_whole(superuser)
