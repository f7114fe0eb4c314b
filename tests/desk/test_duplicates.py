"""Two memberships of one person (A3): the second stands still, both holders merge the two, one goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation import acts, statements
from federation.encoding import b64url, b64url_decode
from federation.merging import MergeSide, merge_sha256
from hub.errors import Code
from hub.transfers.desk import deciding, merging, pulling
from hub.transfers.desk.deciding import merge_cases
from hub.transfers.desk.explaining import explain
from hub.transfers.desk.finding import find_members
from hub.transfers.desk.merging import duplicates_of
from hub.transfers.desk.revealing import reveal_id_number
from tests.desk.conftest import said
from tests.ready import (
    Ready,
    altered,
    person,
    ready,
    ready_acceptance,
    ready_decision,
    ready_import,
    ready_join,
    ready_merge,
    ready_release,
)
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, as_union, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

#: M1 as U2's papers have it: enrolled before U1's did, with another certificate.
ON_PAPER = replace(MEMBERS["M1"], employer="乙", certificate=("31", "700001"), joined_on=date(2009, 5, 4))
NO_CASE = Code.NO_CASE_FOR_HIGHER_UNION
#: Fifteen working days after 2025-03-03 have passed: the end of 2025-03-24, in Shanghai.
DECIDABLE = datetime(2025, 3, 24, 16, tzinfo=UTC)


@pytest.fixture
async def second(world: World, u2: Actor) -> MemberView:
    """M1 once more, brought in by U2."""
    return await world.bring_in(u2, ON_PAPER)


async def status_of(superuser: Any, membership_id: UUID) -> tuple[str, date]:
    custody = await custody_of(superuser, membership_id)
    return custody["status"], custody["joined_on"]


async def found_by_number(world: World, actor: Actor, number: str) -> list[UUID]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        views = await find_members(
            world.hub, reading, name=None, id_number=number, certificate=None, after=None, limit=10
        )
    return [view.membership_id for view in views]


class TestImport:
    async def test_who_is_nobody_s_member_is_active(self, world: World, superuser: Any, u1: Actor) -> None:
        act = await ready_import(world, u1, person(1), status="ACTIVE")
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.status, view.joined_on, view.certificate_number) == ("ACTIVE", date(2012, 7, 1), "900001")
        assert (await act.send(world.hub)).membership_id == view.membership_id
        receipt = statements.read_any(
            await superuser.fetchval("select jws from hub.statements where membership_id = $1", view.membership_id)
        )
        assert receipt.typ == acts.Import.typ
        await assert_whole(superuser)

    @pytest.mark.invariant("I3")
    async def test_a_member_elsewhere_is_a_suspected_duplicate(
        self, world: World, superuser: Any, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_import(world, u2, ON_PAPER)
        assert act.refusals == ()  # the draft does not tell that there is another
        view = await act.send(world.hub)
        assert (view.status, view.joined_on, view.name) == ("DUPLICATE_SUSPECTED", date(2009, 5, 4), ON_PAPER.name)
        assert (await status_of(superuser, m1)) == ("ACTIVE", date(2012, 7, 1))
        again = await act.send(world.hub)
        assert replace(again, open_duplicate=None) == replace(view, open_duplicate=None)
        hit = await superuser.fetchrow("select * from hub.disclosures where union_id = $1", u2.caller.union_id)
        assert (hit["kind"], hit["membership_id"]) == ("ALREADY_MEMBER", m1)
        await assert_whole(superuser)

    async def test_so_is_one_of_the_same_union(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        view = await world.bring_in(u1, replace(ON_PAPER, employer="甲"))
        assert view.status == "DUPLICATE_SUSPECTED"
        held = await duplicates_of(world.hub, u1.caller, [m1, view.membership_id])
        assert {key: value.membership_id for key, value in held.items()} == {
            m1: view.membership_id,
            view.membership_id: m1,
        }
        await assert_whole(superuser)

    async def test_its_holder_finds_it_and_reads_its_number(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        number = MEMBERS["M1"].id_number
        assert await found_by_number(world, u2, number) == [second.membership_id]
        assert await found_by_number(world, u1, number) == [m1]
        assert await found_by_number(world, world.actors["U3"], number) == []
        told = await reveal_id_number(world.hub, u2.caller, second.membership_id, "核对")
        assert told == ("RESIDENT_ID", number)

    @pytest.mark.article("A3", "A8")
    async def test_a_third_is_refused_while_two_are_open(
        self, world: World, refused: Refused, second: MemberView
    ) -> None:
        third = replace(ON_PAPER, employer="小店甲", certificate=("31", "700002"))
        refusal = await refused(await ready_import(world, world.actors["U3"], third))
        assert refusal.code is Code.ALREADY_MEMBER_USE_TRANSFER
        assert "乙" not in " ".join(map(str, said(refusal)))
        assert second.status == "DUPLICATE_SUSPECTED"

    async def test_who_has_met_too_many_is_told_nothing_more(
        self, world: World, superuser: Any, refused: Refused, u2: Actor
    ) -> None:
        await superuser.execute(
            "insert into hub.disclosures (union_id, at, disclosure_id, kind, membership_id) "
            "select $1, $2, gen_random_uuid(), 'ALREADY_MEMBER', gen_random_uuid() from generate_series(1, 200)",
            u2.caller.union_id,
            START,
        )
        assert (await refused(await ready_import(world, u2, ON_PAPER))).code is Code.RATE_LIMITED

    @pytest.mark.parametrize("status", ["RETAINED", "DUPLICATE_SUSPECTED", "LEGACY"])
    async def test_nothing_but_an_active_one_yet(self, world: World, refused: Refused, u2: Actor, status: str) -> None:
        refusal = await refused(await ready_import(world, u2, ON_PAPER, status=status))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("import", "status"))

    @pytest.mark.parametrize(("day", "code"), [(3, Code.INPUT_INVALID), (4, Code.DATE_IN_FUTURE)])
    async def test_it_is_of_before_this_day(
        self, world: World, refused: Refused, u2: Actor, day: int, code: Code
    ) -> None:
        joined = date(2025, 3, day)
        act = await ready_import(
            world, u2, ON_PAPER, joined_on=joined, relation_started_on=None, certificate_issued_on=None
        )
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (code, ("import", "joined_on"))

    @pytest.mark.article("A5", "A2")
    async def test_who_may_not_enrol_may_not_import(self, world: World, refused: Refused) -> None:
        refusal = await refused(await ready_import(world, world.actors["U9"], ON_PAPER))
        assert (refusal.code, refusal.path) == (Code.JOIN_NOT_APPROVED_BY_UNION, ("import", "holding_basis"))

    @pytest.mark.parametrize(
        ("changes", "path"),
        [({"channel": "PIGEON"}, "channel"), ({"member_unit": EMPLOYERS["小店甲"]}, "member_unit"),
         ({"employer_uscc": "91310117MC0Q151540"}, "employer_uscc"),
         ({"dues_paid_through": "2001-01"}, "dues_paid_through")],
    )  # fmt: skip
    async def test_the_rest_is_as_of_a_join(
        self, world: World, refused: Refused, u2: Actor, changes: dict[str, Any], path: str
    ) -> None:
        assert (await refused(await ready_import(world, u2, ON_PAPER, **changes))).path == ("import", path)

    async def test_a_number_taken_and_an_id_taken(self, world: World, refused: Refused, u2: Actor, m1: UUID) -> None:
        taken = replace(ON_PAPER, certificate=MEMBERS["M2"].certificate)
        refusal = await refused(await ready_import(world, u2, taken))
        assert (refusal.code, refusal.path) == (Code.CERTIFICATE_NUMBER_DUPLICATE, ("import", "certificate", "number"))
        draft = await world.draft_import(u2, ON_PAPER)
        assert draft.card is not None
        other = altered(draft, top={"sub": str(m1)})
        refusal = await refused(ready(merging.import_member, u2, other, draft.card.json))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))

    async def test_other_data_than_those_signed(self, world: World, refused: Refused, u2: Actor) -> None:
        draft = await world.draft_import(u2, ON_PAPER)
        assert draft.card is not None
        other = draft.card.json.replace(ON_PAPER.name, "张二")
        refusal = await refused(ready(merging.import_member, u2, draft, other))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("import", "card_sha256"))


class TestStandingStill:
    @pytest.mark.article("A3", "A8")
    async def test_it_is_not_released(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, second: MemberView
    ) -> None:
        act = await ready_release(world, u2, second.membership_id, u1, new_employer_uscc=EMPLOYERS["甲"])
        assert (await refused(act)).code is Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.article("A3", "A8")
    async def test_nor_asked_for_by_its_certificate(self, world: World, superuser: Any, second: MemberView) -> None:
        u3 = world.actors["U3"]
        draft = await world.draft_request(u3, ON_PAPER)
        assert draft.refusals == ()
        before = await everything(superuser)
        act = ready(pulling.request, u3, draft)
        assert (await act.refused(world.hub)).code is Code.ALREADY_MEMBER_USE_TRANSFER
        assert await everything(superuser) == before
        wrong = await world.draft_request(u3, replace(ON_PAPER, name="张二"))
        refusal = await ready(pulling.request, u3, wrong).refused(world.hub)
        assert refusal.code is Code.PROOF_OF_MEMBERSHIP_MISMATCH
        assert second.status == "DUPLICATE_SUSPECTED"

    async def test_the_other_one_moves_as_before(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, second: MemberView
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        other = await duplicates_of(world.hub, world.actors["U2"].caller, [second.membership_id])
        assert other[second.membership_id].union_id == u3.caller.union_id
        await assert_whole(superuser)


class TestWhatEachIsShown:
    async def test_the_other_s_union_and_day_and_it_is_logged(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        for actor, own, other, union, day in (
            (u1, m1, second.membership_id, u2, date(2009, 5, 4)),
            (u2, second.membership_id, m1, u1, date(2012, 7, 1)),
        ):
            seen = await duplicates_of(world.hub, actor.caller, [own, uuid4()])
            view = seen.pop(own)
            assert seen == {}
            assert (view.membership_id, view.union_id, view.joined_on) == (other, union.caller.union_id, day)
            assert (view.kept_by_us, view.kept_by_other) == (None, None)
            logged = await superuser.fetch(
                "select * from hub.disclosures where union_id = $1 and kind = 'DUPLICATE'", actor.caller.union_id
            )
            assert [row["membership_id"] for row in logged] == [other]

    @pytest.mark.parametrize("ref", ["U3", "U9", "U13", "U0"])
    async def test_nobody_else_anything(
        self, world: World, superuser: Any, m1: UUID, second: MemberView, ref: str
    ) -> None:
        before = await everything(superuser)
        assert await duplicates_of(world.hub, world.actors[ref].caller, [m1, second.membership_id]) == {}
        assert await everything(superuser) == before

    async def test_what_each_has_signed_as_long_as_it_holds(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await world.merge(u2, second.membership_id, survivor=True)
        here = (await duplicates_of(world.hub, u2.caller, [second.membership_id]))[second.membership_id]
        there = (await duplicates_of(world.hub, u1.caller, [m1]))[m1]
        assert (here.kept_by_us, here.kept_by_other) == (True, None)
        assert (there.kept_by_us, there.kept_by_other) == (None, False)
        u3 = world.actors["U3"]
        case = await world.release(u1, m1, u3.uri, new_employer_uscc=EMPLOYERS["小店甲"])
        await world.accept(u3, case.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        moved = (await duplicates_of(world.hub, u3.caller, [m1]))[m1]
        assert (moved.kept_by_us, moved.kept_by_other) == (None, None)


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
        await superuser.execute("update hub.unions set state = 'CLOSED' where uri = $1", u2.uri)
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
        await superuser.execute("update hub.unions set state = 'CLOSED' where uri = $1", world.actors["U9"].uri)
        assert (await refused(replace(act, refusals=()))).code is Code.UNION_NOT_ACTIVE


async def decided_by_hand(world: World, actor: Actor, membership_id: UUID) -> Ready:
    """Sign a decision over some document."""
    claims = acts.MergeDecision(merge_sha256=merge_sha256(*_SIDES, _SIDES[0].membership_id))
    jws = statements.sign(
        claims, key=actor.signing, iss=actor.uri, aud=world.hub.origin, sub=membership_id, iat=await world.now()
    )
    return Ready(deciding.decide_merge, actor, jws)


async def forged(world: World, actor: Actor, membership_id: UUID) -> Ready:
    """Sign a merge of somebody else's."""
    claims = acts.Merge(merge_sha256=merge_sha256(*_SIDES, _SIDES[0].membership_id), survivor=True)
    jws = statements.sign(
        claims, key=actor.signing, iss=actor.uri, aud=world.hub.origin, sub=membership_id, iat=await world.now()
    )
    return Ready(merging.merge, actor, jws)


_SIDES = (
    MergeSide(uuid4(), "urn:union:81310120MC0A10017G", date(2012, 7, 1)),
    MergeSide(uuid4(), "urn:union:81310117MC0B20021Y", date(2009, 5, 4)),
)
