"""Two holders do not become one over a merge: in time, the union above decides, and nobody else (A3, HUB-P02)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hub.errors import Code
from hub.transfers.desk.deciding import merge_cases
from hub.transfers.desk.explaining import explain
from hub.transfers.desk.merging import duplicates_of
from tests.desk.conftest import said
from tests.desk.pairs import DECIDABLE, decided_by_hand, found_by_number, status_of
from tests.ready import (
    ready_decision,
)
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


NO_CASE = Code.NO_CASE_FOR_HIGHER_UNION


class TestTheUnionAboveDecides:
    """U1 stands below U13, U2 below U9; both below U10, and that below the root."""

    async def test_in_time_and_over_what_one_of_them_has_signed(
        self, world: World, superuser: Any, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u9 = world.actors["U9"]
        await world.merge(u2, second.membership_id, survivor=True)
        shown = (await duplicates_of(world.hub, u2.caller, [second.membership_id]))[second.membership_id]
        assert shown.decide_from == DECIDABLE
        assert await merge_cases(world.hub, u9.caller) == []
        await world.set_clock(DECIDABLE)
        (case,) = await merge_cases(world.hub, u9.caller)
        assert (case.membership_id, case.other_membership) == (second.membership_id, m1)
        assert (case.kept_by_holder, case.kept_by_other) == (True, None)
        assert case.name_masked is not None
        assert MEMBERS["M1"].name not in case.name_masked
        act = await ready_decision(world, u9, second.membership_id)
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert view.membership_id == second.membership_id
        assert await status_of(superuser, second.membership_id) == ("ACTIVE", date(2009, 5, 4))
        assert (await custody_of(superuser, m1))["status"] == "DUPLICATE_MERGED"
        assert await merge_cases(world.hub, u9.caller) == []
        assert await act.send(world.hub) == view  # the same statement, the same receipt
        stated = await superuser.fetchrow("select * from hub.statements where typ like '%decision+jwt'")
        assert (stated["iss"], stated["receipt"]) == (u9.caller.union_id, view.receipt)
        assert await found_by_number(world, u2, MEMBERS["M1"].id_number) == [second.membership_id]
        await assert_whole(superuser)

    async def test_the_time_runs_from_the_first_word_whoever_s_it_is(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(START + timedelta(days=4))
        await world.merge(u1, m1, survivor=True)
        await world.set_clock(DECIDABLE)
        cases = [await merge_cases(world.hub, world.actors[ref].caller) for ref in ("U9", "U13")]
        assert [(case.membership_id, case.kept_by_holder, case.kept_by_other) for (case,) in cases] == [
            (second.membership_id, True, False),
            (m1, True, False),
        ]

    async def test_one_whose_day_has_passed_takes_its_open_case_with_it(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE)
        await (await ready_decision(world, world.actors["U9"], second.membership_id)).send(world.hub)
        seen = await explain(world.hub, u3.caller, case.handoff_id)
        assert seen is not None
        assert (seen.handoff.state, seen.handoff.ground) == ("VOIDED", "MEMBERSHIP_ENDED")
        await assert_whole(superuser)

    @pytest.mark.parametrize("ref", ["U13", "U10", "U0", "U15", "U3"])
    async def test_no_other_union_does_alike_for_unknown_ids(
        self, world: World, superuser: Any, u2: Actor, m1: UUID, second: MemberView, ref: str
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE)
        actor, before = world.actors[ref], await everything(superuser)
        assert await merge_cases(world.hub, actor.caller) == []
        told = []
        for membership_id in (second.membership_id, m1, uuid4()):
            draft = await world.draft_decision(actor, membership_id)
            assert draft.claims is None
            refusal = await (await decided_by_hand(world, actor, membership_id)).refused(world.hub)
            assert said(draft.refusals[0]) == said(refusal)
            told.append(said(refusal))
        assert told[0][0] is Code.NO_CASE_FOR_HIGHER_UNION
        assert told == [told[0]] * 3
        assert await everything(superuser) == before

    async def test_nor_before_the_time_nor_of_the_one_that_nobody_has_named(
        self, world: World, refused: Refused, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u9, u13 = world.actors["U9"], world.actors["U13"]
        assert (await refused(await decided_by_hand(world, u9, second.membership_id))).code is NO_CASE
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE - timedelta(seconds=30))
        assert (await refused(await decided_by_hand(world, u9, second.membership_id))).code is NO_CASE
        await world.set_clock(DECIDABLE)
        assert (await refused(await decided_by_hand(world, u13, m1))).code is NO_CASE

    async def test_nor_over_a_word_that_holds_no_more(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        await world.set_clock(DECIDABLE)
        assert await merge_cases(world.hub, world.actors["U9"].caller) == []
        assert (await refused(await decided_by_hand(world, world.actors["U9"], second.membership_id))).code is NO_CASE
        # The new holder has its own time: a word after the move is a first one again.
        await world.merge(u2, second.membership_id, survivor=True)
        shown = (await duplicates_of(world.hub, u2.caller, [second.membership_id]))[second.membership_id]
        assert shown.decide_from is not None
        assert shown.decide_from > DECIDABLE + timedelta(days=14)

    async def test_nor_over_another_document(
        self, world: World, refused: Refused, u2: Actor, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE)
        refusal = await refused(await decided_by_hand(world, world.actors["U9"], second.membership_id))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("decision", "merge_sha256"))

    async def test_never_the_national_federation(
        self, world: World, superuser: Any, u2: Actor, second: MemberView
    ) -> None:
        await superuser.execute(
            "update hub.unions set parent_union = (select union_id from hub.unions where parent_union is null) "
            "where uri = $1",
            u2.uri,
        )
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE)
        u0 = world.actors["U0"]
        assert await merge_cases(world.hub, u0.caller) == []
        act = await decided_by_hand(world, u0, second.membership_id)
        assert (await act.refused(world.hub)).code is NO_CASE

    @pytest.mark.article("A15")
    async def test_who_never_signs_does_not_decide(self, world: World, refused: Refused, second: MemberView) -> None:
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            act = await decided_by_hand(world, world.actors[ref], second.membership_id)
            assert (await refused(act)).code is code

    async def test_a_closed_union_decides_nothing(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        await world.set_clock(DECIDABLE)
        act = await ready_decision(world, world.actors["U9"], second.membership_id)
        await set_state(superuser, "CLOSED", world.actors["U9"].uri)
        assert (await refused(replace(act, refusals=()))).code is Code.UNION_NOT_ACTIVE
