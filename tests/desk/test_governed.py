"""What a policy changes besides the terms of a handoff: reminders, closures, merges, and what lies above a union."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk.deciding import merge_cases
from hub.transfers.ledger.placements import placements
from hub.transfers.machines import HandoffState, SecondmentState
from hub.transfers.rules.awaiting import remind_at
from hub.transfers.rules.days import end_of
from hub.transfers.rules.seconding import remind_on
from tests.desk.test_leaving import CLOSED
from tests.desk.test_placing import place
from tests.governing import set_policy, tomorrow_begins
from tests.ready import ready_merge, ready_refusal
from tests.retaining import retain
from tests.seconding import TERM, act, at_host, draft, secondment_of

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView, PlacementView
    from hub.transfers.views_secondment import SecondmentView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


@pytest.fixture
def u10(world: World) -> Actor:
    """Shanghai's federation."""
    return world.actors["U10"]


@pytest.fixture
def u18(world: World) -> Actor:
    """Beijing's."""
    return world.actors["U18"]


def _reminded(view: SecondmentView | None) -> date:
    assert view is not None
    return remind_on(view.due_on, view.policy)


class TestSecondment:
    async def test_both_are_reminded_as_the_home_province_had_it_when_the_term_was_set(
        self, world: World, u1: Actor, u10: Actor, u18: Actor
    ) -> None:
        """P05: Beijing's host reads the same day as Shanghai's home union; a new term is set under what holds then."""
        m4, u12 = world.members["M4"], world.actors["U12"]
        await set_policy(world, u18, secondment_reminder_days=7)
        await at_host(world, m4)
        await set_policy(world, u10, secondment_reminder_days=10)
        for actor in (u1, u12):
            assert _reminded(await secondment_of(world, actor, m4)) == date(2025, 12, 1)
        for actor in (u1, u12):
            await act(world, "extend", actor, m4)
        for actor in (u1, u12):
            assert _reminded(await secondment_of(world, actor, m4)) == date(2026, 6, 20)

    @pytest.mark.article("HUB-P02")
    async def test_the_case_lies_above_by_the_home_provinces_policy_as_it_came_due(
        self, world: World, u1: Actor, u10: Actor, u18: Actor
    ) -> None:
        m4, u13 = world.members["M4"], world.actors["U13"]
        await at_host(world, m4, secondment={**TERM, "ends_on": date(2025, 7, 14)})
        await set_policy(world, u18, request_working_days=90)
        await set_policy(world, u10, effective_from=date(2025, 7, 14), request_working_days=4)
        await set_policy(world, u10, effective_from=date(2025, 7, 16), request_working_days=40)
        await world.set_clock(end_of(date(2025, 7, 18)) - timedelta(minutes=1))
        early = await draft(world, "end_home", u13, m4, relation_ended_on=date(2025, 7, 14))
        assert [refusal.code for refusal in early.refusals] == [Code.NO_CASE_FOR_HIGHER_UNION]
        await world.set_clock(end_of(date(2025, 7, 18)))
        view = await act(world, "end_home", u13, m4, relation_ended_on=date(2025, 7, 14))
        assert view.state is SecondmentState.RELEASED_FROM_HOME


class TestPlacement:
    async def test_the_holder_is_reminded_of_an_exit_by_the_policy_of_the_founding(
        self, world: World, u10: Actor
    ) -> None:
        """P08."""
        u5, m3 = world.actors["U5"], world.members["M3"]
        await place(world, m3, u5)
        await set_policy(world, u10, exit_reminder_days=60)
        await tomorrow_begins(world)
        await world.found("U14")
        await set_policy(world, u10, exit_reminder_days=5)
        view = await _placement(world, u5, m3)
        assert view.exit_due_since is not None
        assert remind_at(view.exit_due_since, view.policy) == view.exit_due_since + timedelta(days=60)


async def _placement(world: World, actor: Actor, membership_id: UUID) -> PlacementView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await placements(reading, [membership_id]))[membership_id]


class TestClosure:
    @pytest.mark.article("A12")
    async def test_a_residence_union_declines_where_the_closed_employers_province_leaves_it_the_choice(
        self, world: World, refused: Refused, u1: Actor, u10: Actor, u18: Actor
    ) -> None:
        """P16: a duty, unless that province says otherwise; that of any other counts for nothing."""
        u5, m3 = world.actors["U5"], world.members["M3"]
        await retain(world, u1, m3)
        case = await world.release(u1, m3, u5.uri, **CLOSED)
        await set_policy(world, u18, closure_intake="OPTION")
        refusal = await refused(await ready_refusal(world, u5, case.handoff_id, "OPTION_DECLINED"))
        assert refusal.code is Code.REFUSAL_GROUND_NOT_ALLOWED
        await set_policy(world, u10, closure_intake="OPTION")
        act_now = await ready_refusal(world, u5, case.handoff_id, "OPTION_DECLINED")
        assert act_now.refusals == ()
        assert (await act_now.send(world.hub)).state is HandoffState.REFUSED

    @pytest.mark.article("A12")
    async def test_and_of_no_other_reason(self, world: World, refused: Refused, u10: Actor) -> None:
        u5, m3 = world.actors["U5"], world.members["M3"]
        await set_policy(world, u10, closure_intake="OPTION")
        case = await world.release(
            world.actors["U1"], m3, u5.uri, reason_code="PLACEMENT", new_employer_uscc="91310117MC0U181802"
        )
        refusal = await refused(await ready_refusal(world, u5, case.handoff_id, "OPTION_DECLINED"))
        assert refusal.code is Code.REFUSAL_GROUND_NOT_ALLOWED


class TestMerge:
    async def test_two_holders_have_the_time_that_the_first_word_began(
        self, world: World, u1: Actor, u2: Actor, u10: Actor, second: MemberView
    ) -> None:
        """P02."""
        await set_policy(world, u10, request_working_days=5)
        await (await ready_merge(world, u2, second.membership_id, survivor=True)).send(world.hub)
        await set_policy(world, u10, request_working_days=20)
        above: Any = world.actors["U9"]
        for at, cases in ((end_of(date(2025, 3, 10)) - timedelta(minutes=1), 0), (end_of(date(2025, 3, 10)), 1)):
            await world.set_clock(at)
            assert len(await merge_cases(world.hub, above.caller)) == cases
