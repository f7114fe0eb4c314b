"""Secondment and return (A14): what each act does, what dates make of it, and who sees what of it meanwhile."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from hub.errors import Code, Refusal
from hub.transfers.desk import drafting_pulls, pulling
from hub.transfers.ledger import reads
from hub.transfers.machines import HandoffState, SecondmentState
from tests.desk.conftest import said
from tests.desk.test_retaining import statuses_of
from tests.ready import ready, ready_acceptance
from tests.retaining import held
from tests.seconding import ACTS, TERM, act, at_host, draft, noon, offer, page, ready_act, ready_return, secondment_of
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS
from tests.worlds import everything

if TYPE_CHECKING:
    from typing import Any

    from tests.world import Actor, World

X = SecondmentState


@pytest.fixture
def m4(world: World) -> UUID:
    """Held by U1, to be lent to U12."""
    return world.members["M4"]


@pytest.fixture
def u12(world: World) -> Actor:
    return world.actors["U12"]


@pytest.mark.scenario(14)
@pytest.mark.article("A14")
async def test_a_member_is_lent_and_comes_back(world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID) -> None:
    offered = await offer(world, m4)
    (seen,) = await page(world, u1, "HOME")
    assert (seen.state, seen.member_name, await page(world, u12, "HOST")) == (X.OFFERED, "赵四", [])
    await world.accept(
        u12,
        offered.handoff_id,
        holding_basis="SECONDMENT",
        employer_uscc=EMPLOYERS["戊"],
        relation_started_on=date(2025, 1, 15),
    )
    member = await held(world, u12, m4)
    assert member is not None
    assert (member.holding_basis, member.status, member.employer_uscc) == ("SECONDMENT", "ACTIVE", EMPLOYERS["戊"])
    await assert_whole(superuser)
    for actor, side in ((u1, "HOME"), (u12, "HOST")):
        (view,) = await page(world, actor, side)
        assert (view.state, view.member_name, view.is_live, view.in_date) == (
            X.AT_HOST,
            "赵四",
            True,
            date(2025, 3, 3),
        )

    await world.set_clock(noon(2025, 12, 31))
    assert (await page(world, u1, "HOME"))[0].state is X.AT_HOST
    await world.set_clock(noon(2026, 1, 1))
    assert [(await page(world, *side))[0].state for side in ((u1, "HOME"), (u12, "HOST"))] == [X.RETURN_DUE] * 2
    assert await held(world, u12, m4) is not None

    back = await (await ready_return(world, m4, date(2026, 1, 1))).send(world.hub)
    assert (await page(world, u1, "HOME"))[0].return_handoff == back.handoff_id
    await world.accept(
        u1,
        back.handoff_id,
        in_date=date(2026, 1, 1),
        holding_basis="ORDINARY",
        employer_uscc=None,
        relation_started_on=None,
    )
    member = await held(world, u1, m4)
    assert member is not None
    assert (member.holding_basis, member.employer_uscc) == ("ORDINARY", EMPLOYERS["甲"])
    (view,) = await page(world, u1, "HOME")
    assert view.state is X.RETURNED
    (view,) = await page(world, u12, "HOST")
    assert (view.state, view.member_name, view.sex, view.birth_month, view.is_live) == (X.RETURNED, *[None] * 4)
    assert await statuses_of(superuser, m4) == [("ACTIVE", True)]
    await assert_whole(superuser)


async def test_a_record_moves_nothing_and_ends_with_its_term(world: World, superuser: Any, u1: Actor, m4: UUID) -> None:
    view = await act(world, "record", u1, m4, ends_on=date(2025, 4, 14))
    assert (view.state, view.side, view.host_union, view.ends_on) == (X.RECORDED, "HOME", None, date(2025, 4, 14))
    changed = await act(world, "change", u1, m4, ends_on=date(2025, 5, 1))
    assert (changed.starts_on, changed.ends_on) == (TERM["starts_on"], date(2025, 5, 1))
    member = await held(world, u1, m4)
    assert member is not None
    assert (member.holding_basis, member.custody_version) == ("ORDINARY", 1)
    await world.set_clock(noon(2025, 5, 2))
    assert [view.state for view in await page(world, u1, "HOME")] == [X.ENDED]
    # There is room for another one.
    again = await act(world, "record", u1, m4, ends_on=date(2026, 5, 1))
    assert (again.secondment_no, again.state) == (2, X.RECORDED)
    assert [view.state for view in await page(world, u1, "HOME")] == [X.ENDED, X.RECORDED]
    ended = await act(world, "end", u1, m4, ended_on=date(2025, 5, 2))
    assert ended.state is X.ENDED
    await assert_whole(superuser)


async def test_what_was_recorded_is_what_is_offered(
    world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID
) -> None:
    await act(world, "record", u1, m4, host_union=u12.uri, ends_on=date(2025, 4, 14))
    offered = await offer(world, m4)
    (view,) = await page(world, u1, "HOME")
    assert (view.secondment_no, view.state, view.ends_on) == (1, X.OFFERED, TERM["ends_on"])
    await world.refuse(u12, offered.handoff_id, "OPTION_DECLINED")
    (view,) = await page(world, u1, "HOME")
    assert (view.state, await page(world, u12, "HOST")) == (X.RECORDED, [])
    await act(world, "change", u1, m4, ends_on=date(2026, 1, 31))
    await at_host(world, m4)
    steps = await superuser.fetch("select act, to_state from hub.secondment_steps order by step_no")
    assert [tuple(step) for step in steps] == [
        ("record", "RECORDED"),
        ("offer", "OFFERED"),
        ("fall_back", "RECORDED"),
        ("change_term", "RECORDED"),
        ("offer", "OFFERED"),
        ("accept", "AT_HOST"),
    ]
    await assert_whole(superuser)


class TestWhatBothSign:
    @pytest.mark.parametrize("order", ["home first", "host first"])
    async def test_an_extension_counts_at_the_second_word(
        self, world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID, order: str
    ) -> None:
        await at_host(world, m4)
        await world.set_clock(noon(2026, 1, 5))
        back = await (await ready_return(world, m4, date(2026, 1, 5))).send(world.hub)
        one, other = (u1, u12) if order == "home first" else (u12, u1)
        view = await act(world, "extend", one, m4)
        assert (view.state, view.ends_on, view.return_handoff) == (X.RETURN_DUE, TERM["ends_on"], back.handoff_id)
        view = await act(world, "extend", other, m4)
        assert (view.state, view.ends_on, view.return_handoff) == (X.AT_HOST, date(2026, 6, 30), None)
        async with world.hub.database.as_union(u1.caller.union_id, u1.caller.kid) as reading:
            case = (await reads.handoffs(reading, [back.handoff_id]))[back.handoff_id]
        assert (case.state, case.ground) == (HandoffState.VOIDED, "SECONDMENT_EXTENDED")
        await world.set_clock(noon(2026, 7, 1))
        assert (await page(world, u12, "HOST"))[0].state is X.RETURN_DUE
        await assert_whole(superuser)

    async def test_the_same_again_counts_once(self, world: World, superuser: Any, u1: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        one = await ready_act(world, "extend", u1, m4)
        first = await one.send(world.hub)
        before = await everything(superuser)
        assert await one.send(world.hub) == first
        assert await everything(superuser) == before
        # Signed once more by the same union, it is still one word.
        assert (await (await ready_act(world, "extend", u1, m4)).send(world.hub)).ends_on == TERM["ends_on"]

    async def test_two_at_once_are_two_words(
        self, world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        words = [await ready_act(world, "extend", actor, m4) for actor in (u1, u12)]
        await asyncio.gather(*(word.send(world.hub) for word in words))
        (view,) = await page(world, u1, "HOME")
        assert (view.state, view.ends_on) == (X.AT_HOST, date(2026, 6, 30))
        await assert_whole(superuser)

    async def test_an_extension_and_the_acceptance_of_a_return_at_once(
        self, world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        await world.set_clock(noon(2026, 1, 5))
        back = await (await ready_return(world, m4, date(2026, 1, 5))).send(world.hub)
        await act(world, "extend", u12, m4)
        second = await ready_act(world, "extend", u1, m4)
        accepts = await ready_acceptance(
            world, u1, back.handoff_id, in_date=date(2026, 1, 5), employer_uscc=None, relation_started_on=None
        )
        outcomes = await asyncio.gather(second.send(world.hub), accepts.send(world.hub), return_exceptions=True)
        assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1, outcomes
        (view,) = await page(world, u1, "HOME")
        assert view.state is (X.RETURNED if isinstance(outcomes[0], Refusal) else X.AT_HOST)
        await assert_whole(superuser)

    @pytest.mark.article("A12")
    async def test_a_conversion_leaves_an_ordinary_member_of_the_host(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        assert (await act(world, "convert", u12, m4)).state is X.AT_HOST
        view = await act(world, "convert", u1, m4)
        # From this instant on the home union is a stranger to the person (I16).
        assert (view.state, view.member_name, view.is_live) == (X.CONVERTED, None, None)
        member = await held(world, u12, m4)
        assert member is not None
        assert (member.holding_basis, member.custody_version) == ("ORDINARY", 2)
        moved = await world.release(u12, m4, u2.uri)
        assert moved.state is HandoffState.RELEASED
        await assert_whole(superuser)


class TestTheEndOfTheRelationAtHome:
    async def test_the_host_is_free_to_release_and_an_open_return_ends(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        await (await ready_return(world, m4, date(2025, 3, 3))).send(world.hub)
        view = await act(world, "end_home", u1, m4)
        assert (view.state, view.member_name) == (X.RELEASED_FROM_HOME, None)
        assert (await world.release(u12, m4, u2.uri)).state is HandoffState.RELEASED
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P02")
    async def test_the_union_above_signs_once_the_home_union_has_let_it_lie(
        self, world: World, superuser: Any, u12: Actor, m4: UUID
    ) -> None:
        u13 = world.actors["U13"]
        await at_host(world, m4, secondment={**TERM, "ends_on": date(2025, 7, 14)})
        for day in (noon(2025, 7, 14), noon(2025, 7, 15)):
            await world.set_clock(day)
            early = await draft(world, "end_home", u13, m4, relation_ended_on=date(2025, 7, 14))
            assert early.refusals[0].code in {Code.NO_CASE_FOR_HIGHER_UNION, Code.MEMBER_NOT_FOUND_OR_NOT_HELD}
        await world.set_clock(noon(2025, 8, 20))
        signed = await ready_act(world, "end_home", u13, m4, relation_ended_on=date(2025, 7, 14))
        assert signed.refusals == ()
        view = await signed.send(world.hub)
        assert (view.state, view.member_name) == (X.RELEASED_FROM_HOME, None)
        assert await signed.send(world.hub) == view
        member = await held(world, u12, m4)
        assert member is not None
        assert member.holding_basis == "ORDINARY"
        await assert_whole(superuser)


async def test_an_early_end_is_due_at_once_and_the_home_union_asks(
    world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID
) -> None:
    await at_host(world, m4)
    asking = {"membership_id": m4, "reason_code": "SECONDMENT_RETURN"}
    early = await drafting_pulls.draft_request(world.hub, u1.caller, asking)
    assert [refusal.code for refusal in early.refusals] == [Code.STEP_NOT_ALLOWED]
    view = await act(world, "end", u1, m4)
    assert (view.state, view.due_on) == (X.RETURN_DUE, date(2025, 3, 3))
    asked = ready(pulling.request, u1, await drafting_pulls.draft_request(world.hub, u1.caller, asking))
    assert asked.refusals == ()
    requested = await asked.send(world.hub)
    assert (requested.state, requested.reason_code) == (HandoffState.REQUESTED, "SECONDMENT_RETURN")
    back = await (await ready_return(world, m4, date(2025, 3, 3), handoff_id=requested.handoff_id)).send(world.hub)
    assert back.handoff_id == requested.handoff_id
    await world.accept(u1, back.handoff_id, employer_uscc=None, relation_started_on=None)
    assert (await page(world, u1, "HOME"))[0].state is X.RETURNED
    await assert_whole(superuser)


@pytest.mark.article("HUB-P02")
async def test_a_silent_host_is_passed_over_by_the_union_above_it(
    world: World, superuser: Any, u1: Actor, m4: UUID
) -> None:
    await at_host(world, m4, secondment={**TERM, "ends_on": date(2025, 7, 14)})
    await world.set_clock(noon(2025, 7, 15))
    asking = {"membership_id": m4, "reason_code": "SECONDMENT_RETURN"}
    asked = await ready(pulling.request, u1, await drafting_pulls.draft_request(world.hub, u1.caller, asking)).send(
        world.hub
    )
    await world.set_clock(noon(2025, 8, 20))
    u17 = world.actors["U17"]
    await world.release_in_lieu(
        u17,
        asked.handoff_id,
        out_date=date(2025, 8, 20),
        relation_ended_on=None,
        new_employer_uscc=None,
        dues_paid_through="2025-07",
    )
    await world.accept(u1, asked.handoff_id, in_date=date(2025, 8, 20), employer_uscc=None, relation_started_on=None)
    assert (await page(world, u1, "HOME"))[0].state is X.RETURNED
    await assert_whole(superuser)


async def test_a_stranger_sees_none_and_is_told_what_of_nobody(world: World, u2: Actor, u12: Actor, m4: UUID) -> None:
    await at_host(world, m4)
    assert await page(world, u2, "HOME") == await page(world, u2, "HOST") == await page(world, u12, "HOME") == []
    assert await secondment_of(world, u2, m4) is None
    for name in ACTS:
        asked = {"host_union": None}
        (known, unknown) = [
            [said(refusal) for refusal in (await draft(world, name, u2, sub, **asked)).refusals]
            for sub in (m4, UUID(int=5))
        ]
        assert known == unknown
        assert [code for code, *_ in known] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
