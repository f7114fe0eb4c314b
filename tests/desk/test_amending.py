"""Amending a member's data: by the holder, beside a statement that holds none of them, counted and told by name."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import statements
from hub.errors import Code, Refusal
from hub.transfers.ledger import reads
from hub.transfers.person import changes_of
from tests.desk.conftest import said
from tests.ready import ABSENT, altered, amendment_of, person, ready_amendment, ready_release
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.ready import Ready
    from tests.world import Actor, World

#: Of nobody in the fixtures.
NUMBER = person(77).id_number
ALL = {
    "person": {
        "name": "张伊",
        "sex": "2",
        "birth_month": "1988-06",
        "ethnic_group": "11",
        "political_status": "01",
        "id_type": "RESIDENT_ID",
        "id_number": NUMBER,
        "mobile": "+8613911112222",
        "residence_division_code": "310117001005",
        "is_rural_migrant": True,
        "employment_form": "PART_TIME",
    },
    "id_change": "CORRECTED",
    "is_correction": True,
    "joined_on": date(2012, 6, 1),
    "employer_uscc": EMPLOYERS["乙"],
    "relation_started_on": date(2012, 5, 1),
    "certificate": {"province_code": "31", "number": "700001"},
    "certificate_issued_on": date(2012, 7, 2),
    "issuing_union": "甲厂工会",
    "dues_paid_through": "2025-01",
}


async def held(world: World, actor: Actor, membership_id: UUID) -> MemberView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.members(reading, [membership_id]))[membership_id]


async def changed(world: World, actor: Actor, membership_id: UUID, **changes: Any) -> Ready:
    """Sign an amendment of the mobile number with claims that the draft would not have written."""
    draft = await world.draft_amendment(actor, membership_id, person={"mobile": "+8613911112222"})
    return amendment_of(actor, altered(draft, **changes))


class TestWhatChanges:
    @pytest.mark.article("A11")
    async def test_all_that_may_be_amended_at_once(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        act = await ready_amendment(world, u1, m1, **ALL)
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert view == await held(world, u1, m1)
        assert (view.custody_version, view.data_version, view.status) == (1, 2, "ACTIVE")
        given = ALL["person"]
        assert isinstance(given, dict)
        for name in given.keys() - {"id_number", "mobile"}:
            assert getattr(view, name) == given[name], name
        assert (view.id_number_masked, view.mobile_masked) == ("*" * 14 + NUMBER[-4:], "**********2222")
        for name in ("joined_on", "employer_uscc", "issuing_union", "dues_paid_through", "certificate_issued_on"):
            assert getattr(view, name) == ALL[name], name
        assert (view.certificate_province, view.certificate_number) == ("31", "700001")
        await assert_whole(superuser)

    @pytest.mark.article("A11")
    async def test_what_is_not_named_stays_as_it_was(self, world: World, u1: Actor, m1: UUID) -> None:
        before = await held(world, u1, m1)
        after = await world.amend(u1, m1, person={"residence_division_code": "310117001005"})
        differing = {name for name in before.__dataclass_fields__ if getattr(before, name) != getattr(after, name)}
        assert differing == {"residence_division_code", "data_version"}
        assert after == await held(world, u1, m1)

    async def test_what_may_be_empty_is_emptied(self, world: World, u1: Actor, m1: UUID) -> None:
        names = ["ethnic_group", "political_status", "mobile", "residence_division_code", "is_rural_migrant"]
        names += ["employment_form", "employer_uscc", "member_unit", "certificate"]
        view = await world.amend(u1, m1, emptied=names)
        kept = {"mobile": "mobile_masked", "certificate": "certificate_number"}
        assert {name: getattr(view, kept.get(name, name)) for name in names} == dict.fromkeys(names)
        assert (view.certificate_issued_on, view.issuing_union) == (None, None)
        assert view == await held(world, u1, m1)
        # The number is free again, and the next certificate is the holder's own.
        again = await world.amend(u1, m1, certificate={"province_code": "31", "number": "000001"})
        assert (again.certificate_number, again.issuing_union) == ("000001", u1.fixture.name)

    @pytest.mark.attack("Z07")
    async def test_nothing_personal_stands_in_the_statement_nor_any_old_value_in_the_history(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_amendment(world, u1, m1, **ALL)
        await act.send(world.hub)
        stored = await superuser.fetchval("select jws from hub.statements where typ like '%amendment%'")
        claims = json.dumps(statements.read_any(stored).claims, ensure_ascii=False)
        given = ALL["person"]
        assert isinstance(given, dict)
        for value in (NUMBER, "张伊", "1988-06", "+8613911112222", "310117001005", "PART_TIME"):
            assert value not in claims
        rows = await superuser.fetch("select data_version, fields, sealed, union_id, at from hub.amendments")
        assert [(row["data_version"], row["union_id"], row["at"] >= START) for row in rows] == [
            (2, u1.caller.union_id, True)
        ]
        assert set(rows[0]["fields"].split()) == (ALL.keys() | given.keys()) - {
            *("person", "id_change", "is_correction", "certificate_issued_on")
        }
        opened = world.hub.vault.open_sealed("amendments", "sealed", act.jti, rows[0]["sealed"])
        assert opened == act.more[0]

    async def test_each_is_counted_and_told_to_the_holder_alone(self, world: World, u1: Actor, m1: UUID) -> None:
        u2 = world.actors["U2"]
        await world.amend(u1, m1, person={"mobile": "+8613911112222"})
        await world.amend(u1, m1, person={"sex": "9"}, emptied=["employer_uscc"])
        for actor, seen in ((u1, [(2, ("mobile",)), (3, ("sex", "employer_uscc"))]), (u2, [])):
            async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
                told = (await reads.amendments(reading, [m1]))[m1]
                assert [(view.version, view.fields) for view in told] == seen

    async def test_the_new_holder_reads_and_goes_on_from_where_it_stands(self, world: World, m1: UUID) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        await world.amend(u1, m1, person={"sex": "9"})
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        view = await world.amend(u2, m1, person={"sex": "1"})
        assert (view.custody_version, view.data_version) == (2, 3)

    async def test_the_same_again_acts_no_second_time(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        act = await ready_amendment(world, u1, m1, person={"sex": "9"})
        first = await act.send(world.hub)
        before = await everything(superuser)
        assert await act.send(world.hub) == first
        assert await everything(superuser) == before

    async def test_and_the_ex_holder_that_sends_it_again_is_told_no_more(self, world: World, m1: UUID) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        act = await ready_amendment(world, u1, m1, person={"sex": "9"})
        await act.send(world.hub)
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        assert (await act.refused(world.hub)).code == Code.NOT_HOLDER


class TestWhoMay:
    @pytest.mark.article("A11")
    async def test_strangers_are_told_as_of_nobody(self, world: World, refused: Refused, m1: UUID) -> None:
        u15 = world.actors["U15"]
        draft = await world.draft_amendment(world.actors["U1"], m1, person={"sex": "9"})
        assert draft.claims is not None
        told = []
        for sub in (m1, uuid4()):
            claims = json.loads(draft.claims) | {"iss": u15.uri}
            theirs = altered(draft, top=claims | {"sub": str(sub), "amendment": claims["amendment"]})
            told.append(said(await refused(amendment_of(u15, theirs))))
            drafted = await world.draft_amendment(u15, sub, person={"sex": "9"})
            assert (drafted.claims, drafted.card) == (None, None)
            told.append(said(drafted.refusals[0]))
        assert told[0][0] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert len(set(told)) == 1

    @pytest.mark.attack("Z01")
    async def test_a_stranger_learns_of_no_number_and_no_certificate(
        self, world: World, superuser: Any, m1: UUID
    ) -> None:
        u15 = world.actors["U15"]
        for member in ("M5", "M1"):
            changes = {"id_type": "RESIDENT_ID", "id_number": MEMBERS[member].id_number}
            draft = await world.draft_amendment(
                u15, m1, person=changes, id_change="FURTHER", certificate={"province_code": "32", "number": "000005"}
            )
            assert [refusal.code for refusal in draft.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
        assert await superuser.fetchval("select count(*) from hub.disclosures") == 0

    async def test_malformed_input_tells_a_stranger_nothing(self, world: World, m1: UUID) -> None:
        for sub in (m1, uuid4()):
            draft = await world.draft_amendment(world.actors["U15"], sub, person={"sex": "male"})
            assert [refusal.code for refusal in draft.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
        own = await world.draft_amendment(world.actors["U1"], m1, person={"sex": "male"})
        assert [(refusal.code, refusal.path) for refusal in own.refusals] == [(Code.INPUT_INVALID, ("person", "sex"))]

    @pytest.mark.article("A12")
    async def test_the_ex_holder_and_the_receiver_of_an_open_release_are_told_who_may(
        self, world: World, m1: UUID
    ) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        open_case = await world.release(u1, m1, u2.uri)
        draft = await world.draft_amendment(u2, m1, person={"sex": "9"})
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_HOLDER]
        await world.accept(u2, open_case.handoff_id)
        draft = await world.draft_amendment(u1, m1, person={"sex": "9"})
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_HOLDER]

    @pytest.mark.article("A15")
    async def test_a_branch_and_a_federation_are_told_so_before_anybody_is_looked_up(
        self, world: World, m1: UUID
    ) -> None:
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            for sub in (m1, uuid4()):
                draft = await world.draft_amendment(world.actors[ref], sub, person={"sex": "9"})
                assert draft.refusals[0].code == code

    @pytest.mark.article("A15")
    async def test_a_federation_amends_whom_it_holds(self, world: World) -> None:
        u4 = world.actors["U4"]
        joiner = await world.join(u4, person(1, holding_basis="FLEXIBLE_DIRECT"), employer_uscc=None)
        assert (await world.amend(u4, joiner.membership_id, person={"sex": "9"})).sex == "9"

    @pytest.mark.article("HUB-P09")
    async def test_a_closed_union_acts_no_more(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await set_state(superuser, "CLOSED", u1.uri)
        act = await ready_amendment(world, u1, m1, person={"sex": "9"})
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE

    @pytest.mark.article("A5")
    @pytest.mark.parametrize("status", ["WITHDRAWN", "DEEMED_WITHDRAWN", "EXPELLED", "DUPLICATE_MERGED", "DECEASED"])
    async def test_what_has_ended_stays_as_it_was(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID, status: str
    ) -> None:
        await superuser.execute("update hub.memberships set status = $1 where membership_id = $2", status, m1)
        act = await ready_amendment(world, u1, m1, person={"sex": "9"})
        assert (await refused(act)).code == Code.NOT_A_MEMBER

    @pytest.mark.parametrize("status", ["RETAINED", "DUPLICATE_SUSPECTED"])
    async def test_what_is_retained_or_suspected_may_be_put_right(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, status: str
    ) -> None:
        await superuser.execute("update hub.memberships set status = $1 where membership_id = $2", status, m1)
        view = await world.amend(u1, m1, person={"sex": "9"})
        assert (view.status, view.sex) == (status, "9")


class TestOpenHandoffs:
    @pytest.mark.article("HUB-P04")
    @pytest.mark.parametrize(
        "changes",
        [{"person": {"name": "张伊"}}, {"person": {"sex": "9"}}, {"person": {"birth_month": "1988-06"}},
         {"joined_on": date(2012, 6, 1)}, {"dues_paid_through": "2025-03"}, {"issuing_union": "甲厂工会"},
         {"certificate": {"province_code": "31", "number": "700001"}}, {"emptied": ["certificate"]}],
    )  # fmt: skip
    async def test_the_card_of_an_open_release_is_bound(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, changes: dict[str, Any]
    ) -> None:
        released = await world.release(u1, m1, u2.uri)
        refusal = await refused(await ready_amendment(world, u1, m1, **changes))
        assert (refusal.code, refusal.possible_from) == (Code.HANDOFF_ALREADY_OPEN, released.deadline)
        await world.recall(u1, released.handoff_id)
        await world.amend(u1, m1, **changes)

    async def test_what_the_card_does_not_show_may_change_and_the_release_stands(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        released = await world.release(u1, m1, u2.uri)
        changes = {"residence_division_code": "310117001005", "mobile": "+8613911112222"}
        await world.amend(u1, m1, person=changes, employer_uscc=EMPLOYERS["丙"])
        await world.accept(u2, released.handoff_id)
        assert (await held(world, u2, m1)).residence_division_code == "310117001005"
        await assert_whole(superuser)

    async def test_a_release_that_has_run_out_bars_nothing(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        await world.release(u1, m1, u2.uri)
        await world.set_clock(START + timedelta(days=91))
        assert (await world.amend(u1, m1, person={"name": "张伊"})).name == "张伊"

    async def test_nor_does_a_request_and_its_answer_shows_the_card_of_now(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        asked = await world.request(u2, "M1")
        await world.amend(u1, m1, person={"name": "张伊"})
        await world.answer(u1, asked.handoff_id, u2.uri)
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            card = (await reads.cards(reading, [asked.handoff_id]))[asked.handoff_id]
        assert json.loads(card)["name"] == "张伊"

    @pytest.mark.article("HUB-P17")
    async def test_a_release_drafted_before_binds_a_card_that_is_no_more(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        release = await ready_release(world, u1, m1, u2)
        other = await ready_release(world, u1, world.members["M2"], u2)
        await world.amend(u1, m1, person={"name": "张伊"})
        await world.amend(u1, world.members["M2"], person={"mobile": "+8613911112222"})
        assert (await refused(release)).code == Code.DOCUMENT_TAMPERED
        await other.send(world.hub)  # its card shows nothing of what was amended


class TestVersions:
    @pytest.mark.article("HUB-P17")
    async def test_of_two_officers_the_second_drafts_again(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        first = await ready_amendment(world, u1, m1, person={"sex": "9"})
        second = await ready_amendment(world, u1, m1, person={"name": "张伊"})
        await first.send(world.hub)
        refusal = await refused(second)
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("amendment", "data_version"))

    @pytest.mark.article("HUB-P17")
    async def test_custody_has_a_version_too(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        refusal = await refused(await changed(world, u1, m1, custody_version=2))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("amendment", "custody_version"))


class TestForm:
    @pytest.mark.parametrize(
        "changes",
        [{"fields": []}, {"fields": ["mobile", "mobile"]}, {"fields": ["mobile", "salary"]}, {"fields": ["sex"]},
         {"dues_paid_through": "2025-03"}, {"fields": ["mobile", "name"]}, {"fields": ["mobile", "joined_on"]},
         {"fields": ["mobile", "dues_paid_through"]}, {"fields": ["mobile", "id_type"]}],
    )  # fmt: skip
    async def test_all_that_is_amended_is_named_once_and_nothing_else(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, changes: dict[str, Any]
    ) -> None:
        refusal = await refused(await changed(world, u1, m1, **changes))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", "fields"))

    async def test_a_draft_of_nothing_says_so(self, world: World, u1: Actor, m1: UUID) -> None:
        draft = await world.draft_amendment(u1, m1)
        assert [refusal.path for refusal in draft.refusals] == [("amendment", "fields")]

    @pytest.mark.article("HUB-P17")
    async def test_the_text_is_the_one_that_is_signed(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_amendment(world, u1, m1, person={"sex": "9"})
        for more in ((act.more[0].replace('"9"', '"1"'),), (act.more[0] + " ",), ()):
            refusal = await refused(type(act)(act.act, act.actor, act.jws, more))
            assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("amendment", "card_sha256"))
        unbound = await changed(world, u1, m1, card_sha256=ABSENT)
        assert (await refused(unbound)).code == Code.DOCUMENT_TAMPERED

    @pytest.mark.parametrize(
        ("changes", "path"),
        [({"sex": "male"}, "sex"), ({"name": ""}, "name"), ({"birth_month": "2025-13"}, "birth_month"),
         ({"ethnic_group": "99"}, "ethnic_group"), ({"mobile": "12"}, "mobile"), ({"id_number": NUMBER}, "id_type"),
         ({"id_type": "PASSPORT", "id_number": "!"}, "id_number"),
         ({"residence_division_code": "3"}, "residence_division_code")],
    )  # fmt: skip
    async def test_what_is_given_is_looked_at_as_in_a_join(
        self, world: World, u1: Actor, m1: UUID, changes: dict[str, Any], path: str
    ) -> None:
        draft = await world.draft_amendment(u1, m1, person=changes, id_change="FURTHER")
        assert (draft.refusals[0].code, draft.refusals[0].path) == (Code.INPUT_INVALID, ("person", path))

    async def test_a_null_is_no_value(self, world: World, u1: Actor, m1: UUID) -> None:
        with pytest.raises(Refusal) as caught:
            changes_of({"mobile": None}, date(2025, 3, 3))
        assert caught.value.path == ("person", "mobile")

    async def test_a_date_that_is_possible_only_later_is_refused_today(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_amendment(world, u1, m1, person={"birth_month": "2026-01"})
        assert act.refusals[0].path == ("person", "birth_month")
        assert (await refused(act)).path == ("person", "birth_month")


class TestFacts:
    @pytest.mark.article("NX-3")
    async def test_joining_lies_between_birth_and_the_first_holding(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        for changes, path in (
            ({"joined_on": date(1988, 4, 30), "dues_paid_through": "2025-02"}, "joined_on"),
            ({"person": {"birth_month": "2012-08"}}, "joined_on"),
        ):
            refusal = await refused(await ready_amendment(world, u1, m1, **changes))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", path))
        act = await ready_amendment(world, u1, m1, joined_on=date(2025, 3, 4))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("amendment", "joined_on"))

    async def test_nobody_joins_after_having_been_held(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.set_clock(START + timedelta(days=30))
        refusal = await refused(await ready_amendment(world, u1, m1, joined_on=date(2025, 3, 5)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", "joined_on"))

    @pytest.mark.article("NX-3")
    @pytest.mark.invariant("I8")
    async def test_dues_go_back_by_a_correction_alone(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await ready_amendment(world, u1, m1, dues_paid_through="2025-01"))
        assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("amendment", "dues_paid_through"))
        view = await world.amend(u1, m1, dues_paid_through="2025-01", is_correction=True)
        assert view.dues_paid_through == "2025-01"
        assert (await world.amend(u1, m1, dues_paid_through="2025-04")).dues_paid_through == "2025-04"

    @pytest.mark.article("NX-3")
    @pytest.mark.invariant("I8")
    @pytest.mark.parametrize(
        "changes",
        [{"dues_paid_through": "2012-05"}, {"dues_paid_through": "2026-04"},
         {"joined_on": date(2025, 3, 2), "dues_paid_through": "2025-01"}],
    )  # fmt: skip
    async def test_and_never_before_the_joining_nor_too_far_ahead(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, changes: dict[str, Any]
    ) -> None:
        refusal = await refused(await ready_amendment(world, u1, m1, is_correction=True, **changes))
        assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("amendment", "dues_paid_through"))

    async def test_employers_have_right_codes_and_units_are_the_joint_union_s_own(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        wrong = EMPLOYERS["乙"][:-1] + ("0" if EMPLOYERS["乙"][-1] != "0" else "1")
        for changes, path in (
            ({"employer_uscc": wrong}, "employer_uscc"),
            ({"member_unit": EMPLOYERS["小店甲"]}, "member_unit"),
        ):
            refusal = await refused(await ready_amendment(world, u1, m1, **changes))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", path))
        u3 = world.actors["U3"]
        view = await world.amend(u3, world.members["M6"], member_unit=EMPLOYERS["小店乙"])
        assert view.member_unit == EMPLOYERS["小店乙"]  # A15: between two units there is no handoff

    @pytest.mark.article("HUB-P17")
    async def test_who_waits_for_an_employer_s_union_keeps_the_employer(self, world: World, refused: Refused) -> None:
        u5 = world.actors["U5"]
        waiting = await world.join(u5, person(1, employer="新店", holding_basis="PRE_ESTABLISHMENT"))
        refusal = await refused(await ready_amendment(world, u5, waiting.membership_id, emptied=["employer_uscc"]))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", "employer_uscc"))

    async def test_a_relation_has_begun(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        refusal = await refused(await ready_amendment(world, u1, m1, relation_started_on=date(2025, 3, 4)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("amendment", "relation_started_on"))
        await world.amend(u1, m1, relation_started_on=date(2025, 3, 3))

    @pytest.mark.article("N2")
    @pytest.mark.parametrize(
        ("certificate", "code"),
        [(("00", "700001"), Code.CERTIFICATE_NUMBER_FORMAT), (("31", "70 0001"), Code.CERTIFICATE_NUMBER_FORMAT),
         (("31", "000002"), Code.CERTIFICATE_NUMBER_DUPLICATE)],
    )  # fmt: skip
    async def test_a_certificate_has_a_number_of_its_own(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, certificate: tuple[str, str], code: Code
    ) -> None:
        province, number = certificate
        given = {"province_code": province, "number": number}
        assert (await refused(await ready_amendment(world, u1, m1, certificate=given))).code == code

    async def test_the_number_that_was_wrong_is_free_again(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await world.amend(u1, m1, certificate={"province_code": "31", "number": "700001"})
        m2 = world.members["M2"]
        view = await world.amend(u1, m2, certificate={"province_code": "31", "number": "000001"})
        assert (view.certificate_number, view.issuing_union) == ("000001", u1.fixture.name)
        claims = await superuser.fetch(
            "select number from hub.certificate_claims where membership_id = any ($1) order by 1", [m1, m2]
        )
        assert [row[0] for row in claims] == ["000001", "700001"]

    @pytest.mark.parametrize(
        ("day", "code"), [(date(2012, 6, 30), Code.INPUT_INVALID), (date(2025, 3, 4), Code.DATE_IN_FUTURE)]
    )
    async def test_it_was_issued_after_the_joining_and_before_today(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, day: date, code: Code
    ) -> None:
        given = {"province_code": "31", "number": "000001"}
        refusal = await refused(await ready_amendment(world, u1, m1, certificate=given, certificate_issued_on=day))
        assert (refusal.code, refusal.path) == (code, ("amendment", "certificate", "issued_on"))


async def test_the_same_number_may_be_given_again_with_another_day(world: World, u1: Actor, m1: UUID) -> None:
    given = {"province_code": "31", "number": "000001"}
    view = await world.amend(u1, m1, certificate=given, certificate_issued_on=date(2013, 1, 1))
    assert (view.certificate_number, view.certificate_issued_on) == ("000001", date(2013, 1, 1))
