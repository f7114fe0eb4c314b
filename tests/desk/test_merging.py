"""Two memberships of one person become one (A3): both holders over one document, and what is left of the other."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.encoding import b64url, b64url_decode
from federation.merging import MergeSide, merge_sha256
from hub.errors import Code, Refusal
from hub.transfers.desk import merging, pulling
from hub.transfers.desk.deciding import merge_cases
from hub.transfers.desk.explaining import explain
from hub.transfers.desk.merging import duplicates_of
from tests.desk.conftest import said
from tests.desk.pairs import DECIDABLE, ON_PAPER, forged, found_by_number, status_of
from tests.ready import (
    altered,
    person,
    ready,
    ready_acceptance,
    ready_join,
    ready_merge,
    ready_release,
)
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, as_union

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


class TestMerge:
    @pytest.mark.parametrize("suspected_stays", [True, False])
    async def test_both_over_one_document_and_it_is_done(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView, *, suspected_stays: bool
    ) -> None:
        first = await ready_merge(world, u2, second.membership_id, survivor=suspected_stays)
        assert (await first.send(world.hub)).status == "DUPLICATE_SUSPECTED"
        await assert_whole(superuser)
        done = await ready_merge(world, u1, m1, survivor=not suspected_stays)
        view = await done.send(world.hub)
        stays, ends = (second.membership_id, m1) if suspected_stays else (m1, second.membership_id)
        assert view.status == ("DUPLICATE_MERGED" if suspected_stays else "ACTIVE")
        assert await status_of(superuser, stays) == ("ACTIVE", date(2009, 5, 4))
        assert (await custody_of(superuser, ends))["status"] == "DUPLICATE_MERGED"
        open_now = await superuser.fetch("select membership_id from hub.holdings where upper_inf(during)")
        assert {row[0] for row in open_now} & {stays, ends} == {stays}
        await assert_whole(superuser)
        # Each statement once: the same again answers with the object as it is, and there is nothing left to merge.
        again = await first.send(world.hub)
        assert again.status == ("ACTIVE" if suspected_stays else "DUPLICATE_MERGED")
        assert await duplicates_of(world.hub, u1.caller, [m1]) == {}
        # The number leads to the one that goes on, and a join is refused for it.
        number = MEMBERS["M1"].id_number
        assert await found_by_number(world, u2, number) == [second.membership_id]
        assert await found_by_number(world, u1, number) == [m1]
        joining = await ready_join(
            world, world.actors["U3"], replace(ON_PAPER, employer="小店甲", certificate=("31", "7"))
        )
        assert (await joining.refused(world.hub)).code is Code.ALREADY_MEMBER_USE_TRANSFER

    async def test_the_receipts_tell_what_holds_after(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        one = await ready_merge(world, u2, second.membership_id, survivor=True)
        await one.send(world.hub)
        two = await ready_merge(world, u1, m1, survivor=False)
        await two.send(world.hub)
        told = []
        for act in (one, two):
            async with world.hub.database.as_union(act.actor.caller.union_id, act.actor.caller.kid) as reading:
                receipt = await reading.connection.fetchval(
                    "select receipt from hub.statements where sha256 = $1", b64url_decode(act.sha256)
                )
            told.append(json.loads(b64url_decode(receipt.split(".")[1]))["receipt"]["state_after"])
        assert told == ["DUPLICATE_SUSPECTED", "DUPLICATE_MERGED"]

    async def test_of_one_union_one_statement_suffices(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        own = await world.bring_in(u1, replace(ON_PAPER, employer="甲"))
        view = await world.merge(u1, own.membership_id, survivor=False)
        assert view.status == "DUPLICATE_MERGED"
        assert await status_of(superuser, m1) == ("ACTIVE", date(2009, 5, 4))
        await assert_whole(superuser)

    async def test_two_minds_merge_nothing_until_they_are_one(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        assert (await world.merge(u1, m1, survivor=True)).status == "ACTIVE"
        assert await status_of(superuser, second.membership_id) == ("DUPLICATE_SUSPECTED", date(2009, 5, 4))
        view = await world.merge(u2, second.membership_id, survivor=False)
        assert view.status == "DUPLICATE_MERGED"
        assert await status_of(superuser, m1) == ("ACTIVE", date(2009, 5, 4))
        await assert_whole(superuser)

    async def test_the_word_of_who_held_before_counts_for_nothing(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        stale = await ready_merge(world, u2, second.membership_id, survivor=False)
        await world.merge(u1, m1, survivor=True)
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        refusal = await stale.refused(world.hub)
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("merge", "merge_sha256"))
        assert (await world.merge(u2, second.membership_id, survivor=False)).status == "DUPLICATE_SUSPECTED"
        assert (await world.merge(u3, m1, survivor=True)).status == "ACTIVE"
        assert (await status_of(superuser, second.membership_id))[0] == "DUPLICATE_MERGED"
        await assert_whole(superuser)

    async def test_the_open_case_of_the_one_that_ends_is_voided(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        late = await ready_acceptance(world, u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        await assert_whole(superuser)
        assert (await late.refused(world.hub)).code is Code.HANDOFF_NOT_OPEN
        told = {}
        for actor in (u1, u3):
            seen = await explain(world.hub, actor.caller, case.handoff_id)
            assert seen is not None
            assert seen.handoff.state == "VOIDED"
            assert seen.next == ()
            told[actor.uri] = (seen.handoff.ground, seen.summary, seen.summary_en)
        assert told[u1.uri][0] == "DUPLICATE_MERGED"
        assert told[u3.uri][0] == "MEMBERSHIP_ENDED"
        assert "会籍已终止" in told[u3.uri][1]
        assert "membership has ended" in told[u3.uri][2]
        assert await superuser.fetch("select 1 from hub.cards where union_id = $1", u3.caller.union_id) == []

    async def test_of_a_case_that_a_date_has_ended_the_date_is_recorded(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.set_clock(START + timedelta(days=100))
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        steps = await superuser.fetch(
            "select act, at from hub.steps where handoff_id = $1 order by step_no", case.handoff_id
        )
        assert [row["act"] for row in steps] == ["release", "expire"]
        assert steps[1]["at"] == case.deadline
        ground = await superuser.fetch("select distinct ground from hub.dockets where handoff_id = $1", case.handoff_id)
        assert [row[0] for row in ground] == [None]
        await assert_whole(superuser)

    async def test_a_request_for_it_is_voided_too(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        case = await world.request(world.actors["U3"], "M1")
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        state = await superuser.fetchval("select state from hub.handoffs where handoff_id = $1", case.handoff_id)
        above = await superuser.fetchval(
            "select count(*) from hub.dockets where handoff_id = $1 and side = 'HIGHER'", case.handoff_id
        )
        assert (state, above) == ("VOIDED", 0)  # who was to be told later is told of nothing
        await assert_whole(superuser)

    async def test_the_survivor_s_own_case_goes_on(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.merge(u2, second.membership_id, survivor=False)
        await world.merge(u1, m1, survivor=True)
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        assert (await custody_of(superuser, m1))["holder_union"] == u3.caller.union_id
        await assert_whole(superuser)

    async def test_afterwards_a_third_may_come_and_the_survivor_moves(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        u3 = world.actors["U3"]
        third = await world.bring_in(u3, replace(ON_PAPER, employer="小店甲", certificate=("31", "700003")))
        assert third.status == "DUPLICATE_SUSPECTED"
        case = await world.request(u1, ON_PAPER, employer_uscc=EMPLOYERS["甲"])
        assert case.membership_id == second.membership_id
        await world.cancel(u1, case.handoff_id)
        # What was settled before leaves no trace in the next one: neither in what is shown nor in what is signed.
        shown = (await duplicates_of(world.hub, u2.caller, [second.membership_id]))[second.membership_id]
        assert (shown.membership_id, shown.kept_by_us, shown.kept_by_other) == (third.membership_id, None, None)
        await world.merge(u3, third.membership_id, survivor=False)
        await world.set_clock(DECIDABLE)
        (case_above,) = await merge_cases(world.hub, world.actors["U9"].caller)
        assert (case_above.membership_id, case_above.other_membership) == (second.membership_id, third.membership_id)
        assert (await world.merge(u2, second.membership_id, survivor=True)).status == "ACTIVE"
        assert (await status_of(superuser, third.membership_id))[0] == "DUPLICATE_MERGED"
        await assert_whole(superuser)

    @pytest.mark.invariant("I3")
    async def test_who_was_merged_twice_is_known_by_each_document(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        passport = {"id_type": "PASSPORT", "id_number": "E12345678"}
        await world.amend(u2, second.membership_id, person=passport, id_change="FURTHER")
        await world.merge(u1, m1, survivor=True)
        await world.merge(u2, second.membership_id, survivor=False)
        u7 = world.actors["U7"]
        third = await world.bring_in(u7, replace(ON_PAPER, employer="丙", certificate=("32", "700002")))
        await world.merge(u1, m1, survivor=False)
        await world.merge(u7, third.membership_id, survivor=True)
        once_more = replace(ON_PAPER, certificate=("31", "700003"))
        with pytest.raises(Refusal) as refused:
            await world.join(u2, once_more, person=passport)
        assert refused.value.code is Code.ALREADY_MEMBER_USE_TRANSFER
        await assert_whole(superuser)

    @pytest.mark.article("A5")
    async def test_nothing_is_done_with_the_one_that_has_ended(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        assert (await refused(await ready_release(world, u1, m1, u2))).code is Code.NOT_A_MEMBER
        assert (await refused(await ready_merge(world, u1, m1, survivor=True))).code is Code.NOT_A_MEMBER
        refusal = await refused(await ready_merge(world, u2, second.membership_id, survivor=True))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))
        # Its certificate proves nothing, and stays taken.
        asked = await world.draft_request(world.actors["U3"], "M1")
        act = ready(pulling.request, world.actors["U3"], asked)
        assert (await act.refused(world.hub)).code is Code.PROOF_OF_MEMBERSHIP_MISMATCH
        taken = await ready_join(world, u2, replace(person(5), certificate=MEMBERS["M1"].certificate, employer="乙"))
        assert (await refused(taken)).code is Code.CERTIFICATE_NUMBER_DUPLICATE

    async def test_its_last_holder_still_reads_it(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView, superuser: Any
    ) -> None:
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        async with as_union(superuser, u1.caller.union_id):
            holdings = await superuser.fetch("select * from hub.read_holdings($1)", [m1])
        assert [row["holder_union"] for row in holdings] == [u1.caller.union_id]
        assert holdings[0]["until_at"] is not None


class TestWhoMayMerge:
    @pytest.mark.article("A11")
    @pytest.mark.parametrize("ref", ["U3", "U13", "U0"])
    async def test_a_stranger_is_told_what_of_nobody(
        self, world: World, refused: Refused, m1: UUID, second: MemberView, ref: str
    ) -> None:
        actor = world.actors[ref]
        told = []
        for membership_id in (m1, second.membership_id, uuid4()):
            draft = await world.draft_merge(actor, membership_id, survivor=True)
            assert draft.claims is None
            refusal = await refused(await forged(world, actor, membership_id))
            assert said(draft.refusals[0]) == said(refusal)
            told.append(said(refusal))
        assert told[0][0] is Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert told == [told[0]] * 3

    @pytest.mark.article("A12")
    async def test_the_ex_holder_and_the_receiver_are_told_who_may(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        assert (await refused(await forged(world, u3, m1))).code is Code.NOT_HOLDER
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        assert (await refused(await forged(world, u1, m1))).code is Code.NOT_HOLDER
        assert second.status == "DUPLICATE_SUSPECTED"

    async def test_nor_one_holder_for_the_other(
        self, world: World, refused: Refused, u1: Actor, second: MemberView
    ) -> None:
        refusal = await refused(await forged(world, u1, second.membership_id))
        assert refusal.code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"), [("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)]
    )
    async def test_by_structure_before_any_member_is_looked_at(
        self, world: World, refused: Refused, m1: UUID, ref: str, code: Code
    ) -> None:
        for membership_id in (m1, uuid4()):
            assert (await refused(await forged(world, world.actors[ref], membership_id))).code is code

    async def test_a_closed_union_merges_nothing(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, second: MemberView
    ) -> None:
        await set_state(superuser, "CLOSED", u2.uri)
        refusal = await refused(await ready_merge(world, u2, second.membership_id, survivor=True))
        assert refusal.code is Code.UNION_NOT_ACTIVE

    async def test_where_there_is_one_alone_nothing_is_merged(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await ready_merge(world, u1, m1, survivor=True))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))

    async def test_another_document_is_none(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        sides = (
            MergeSide(m1, u1.uri, date(2012, 7, 1)),
            MergeSide(second.membership_id, u2.uri, date(2009, 5, 4)),
        )
        draft = await world.draft_merge(u1, m1, survivor=True)
        assert draft.claims is not None
        stated = json.loads(draft.claims)["merge"]
        assert stated == {"merge_sha256": merge_sha256(*sides, m1), "survivor": True}
        assert stated["merge_sha256"] == merge_sha256(sides[1], sides[0], m1)
        for wrong in (merge_sha256(*sides, second.membership_id), b64url(bytes(32))):
            refusal = await refused(ready(merging.merge, u1, altered(draft, merge_sha256=wrong)))
            assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("merge", "merge_sha256"))
