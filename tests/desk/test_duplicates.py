"""A second membership of one person (A3): how it comes in, that it stands still, and what its two holders are shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation import acts, statements
from hub.errors import Code
from hub.transfers.desk import merging, pulling
from hub.transfers.desk.merging import duplicates_of
from hub.transfers.desk.revealing import reveal_id_number
from tests.desk.conftest import said
from tests.desk.pairs import ON_PAPER, found_by_number, status_of
from tests.ready import (
    altered,
    person,
    ready,
    ready_import,
    ready_release,
)
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


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

    @pytest.mark.parametrize("status", ["WITHDRAWN", "DUPLICATE_SUSPECTED", "LEGACY"])
    async def test_nothing_but_an_active_or_a_retained_one(
        self, world: World, refused: Refused, u2: Actor, status: str
    ) -> None:
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
