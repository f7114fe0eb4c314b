"""The join (A5): who may enrol whom, once in a life, and what of a person is told to nobody."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation.encoding import sha256_b64url
from hub.errors import Code
from hub.transfers.desk import joining
from hub.transfers.desk.revealing import reveal_id_number
from hub.transfers.kinds import IdType
from tests import endings
from tests.desk.conftest import said
from tests.ready import altered, person, ready, ready_join
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START

if TYPE_CHECKING:
    from tests.desk.conftest import Refused
    from tests.ready import Ready
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
TOMORROW = date(2025, 3, 4)


async def changed(world: World, actor: Actor, **changes: Any) -> Ready:
    """Sign a join whose claims the draft would not have written."""
    draft = await world.draft_join(actor, person(1))
    assert draft.card is not None
    return ready(joining.join, actor, altered(draft, **changes), draft.card.json)


@pytest.mark.article("A5")
async def test_a_join_is_a_first_holding(world: World, superuser: Any, u1: Actor) -> None:
    act = await ready_join(world, u1, person(1))
    assert act.refusals == ()
    view = await act.send(world.hub)
    assert (view.status, view.custody_version, view.joined_on) == ("ACTIVE", 1, date(2012, 7, 1))
    assert (view.certificate_province, view.certificate_number, view.issuing_union) == ("31", "900001", u1.fixture.name)
    custody = await custody_of(superuser, view.membership_id)
    assert (custody["holder_union"], custody["status"]) == (u1.caller.union_id, "ACTIVE")
    await assert_whole(superuser)


class TestWhoMayEnrol:
    @pytest.mark.article("A15")
    async def test_the_branch_of_a_member_unit_never_does(self, world: World, refused: Refused) -> None:
        act = await ready_join(world, world.actors["U3a"], person(1, employer="小店甲"))
        assert (await refused(act)).code == Code.ISSUER_IS_JOINT_UNION

    @pytest.mark.article("A5", "A2")
    @pytest.mark.parametrize(
        ("ref", "basis"),
        [("U9", "ORDINARY"), ("U10", "ORDINARY"), ("U0", "FLEXIBLE_DIRECT"), ("U4", "ORDINARY"), ("U5", "ORDINARY"),
         ("U6", "DISPATCH_UNION"), ("U1", "PRE_ESTABLISHMENT"), ("U4", "PRE_ESTABLISHMENT")],
    )  # fmt: skip
    async def test_only_a_union_that_may_hold_on_that_basis(
        self, world: World, refused: Refused, ref: str, basis: str
    ) -> None:
        act = await ready_join(world, world.actors[ref], person(1, employer="新店"), holding_basis=basis)
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.JOIN_NOT_APPROVED_BY_UNION, ("join", "holding_basis"))

    @pytest.mark.article("A7")
    @pytest.mark.parametrize("ref", ["U1", "U3", "U4", "U5", "U6"])
    async def test_a_flexible_worker_joins_which_union_he_will(self, world: World, ref: str) -> None:
        joiner = person(1, holding_basis="FLEXIBLE_DIRECT")
        act = await ready_join(world, world.actors[ref], joiner, employer_uscc=None)
        assert act.refusals == ()
        assert (await act.send(world.hub)).holding_basis == "FLEXIBLE_DIRECT"

    @pytest.mark.parametrize("basis", ["PLACEMENT", "SECONDMENT", "CUSTODIAL", "RESIDENCE_RETENTION"])
    async def test_nobody_joins_on_a_basis_of_transfers(
        self, world: World, refused: Refused, u1: Actor, basis: str
    ) -> None:
        refusal = await refused(await ready_join(world, u1, person(1), holding_basis=basis))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "holding_basis"))

    async def test_nor_on_one_that_there_is_not(self, world: World, refused: Refused, u1: Actor) -> None:
        refusal = await refused(await changed(world, u1, holding_basis="FRIENDSHIP"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "holding_basis"))

    @pytest.mark.parametrize("state", ["WINDING_UP", "CLOSED"])
    async def test_a_union_that_is_being_wound_up_takes_nobody_in(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, state: str
    ) -> None:
        await set_state(superuser, state, u1.uri)
        refusal = await refused(await ready_join(world, u1, person(1)))
        assert (refusal.code, refusal.articles) == (Code.UNION_NOT_ACTIVE, ("HUB-P09",))


class TestOnceInALife:
    @pytest.mark.article("A3", "A8")
    @pytest.mark.invariant("I3")
    async def test_a_member_elsewhere_is_transferred(
        self, world: World, superuser: Any, refused: Refused, u2: Actor
    ) -> None:
        m2 = MEMBERS["M2"]
        act = await ready_join(world, u2, replace(m2, employer="乙", certificate=("31", "777")))
        refusal = await refused(act)
        assert refusal.code == Code.ALREADY_MEMBER_USE_TRANSFER
        told = " ".join(map(str, said(refusal)))
        assert world.actors["U1"].fixture.name not in told
        assert world.actors["U1"].uri not in told
        assert m2.name not in told
        logged = await superuser.fetch("select union_id, kind, membership_id, purpose from hub.disclosures")
        # Once for the draft, once for the act; each names the membership of which the asker has learned that it is.
        assert {(row["union_id"], row["kind"], row["purpose"]) for row in logged} == {
            (u2.caller.union_id, "ALREADY_MEMBER", None)
        }
        assert len(logged) == 2
        assert {row["membership_id"] for row in logged} == {world.members["M2"]}

    @pytest.mark.article("A3", "A8")
    async def test_also_one_of_one_s_own(self, world: World, refused: Refused, u1: Actor) -> None:
        act = await ready_join(world, u1, replace(MEMBERS["M2"], certificate=("31", "777")))
        assert (await refused(act)).code == Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.article("A3", "A8")
    async def test_a_person_is_found_by_any_of_several_ids(
        self, world: World, superuser: Any, refused: Refused, u2: Actor
    ) -> None:
        passport = person(1, employer="乙")
        changes = {"person": {"id_type": "PASSPORT", "id_number": "E12345678"}}
        m2 = await custody_of(superuser, world.members["M2"])
        hashed = world.hub.vault.blind_index("PASSPORT", "E12345678")
        await superuser.execute("set role hub_mover")
        await superuser.execute("insert into hub.identity_claims values ($1, $2)", hashed, m2["member_id"])
        await superuser.execute(
            "insert into hub.person_ids values ($1, 2, 'PASSPORT', '\\x00', $2, now())", m2["member_id"], hashed
        )
        await superuser.execute("reset role")
        for act in (
            await ready_join(world, u2, passport, **changes),
            await ready_join(world, u2, replace(MEMBERS["M2"], employer="乙", certificate=("31", "777"))),
        ):
            assert (await refused(act)).code == Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.article("A3")
    async def test_one_number_of_two_kinds_is_two_persons(self, world: World, u1: Actor) -> None:
        for number, kind in enumerate(("PASSPORT", "OTHER")):
            act = await ready_join(world, u1, person(number), person={"id_type": kind, "id_number": "E12345678"})
            assert (await act.send(world.hub)).id_type == kind

    @pytest.mark.article("A5")
    @pytest.mark.parametrize(
        ("spelling", "same"),
        [("99010119880512001６", "990101198805120016"), ("99010119650228003x", "99010119650228003X")],
    )
    async def test_another_spelling_of_a_number_is_the_same_person(
        self, world: World, u2: Actor, spelling: str, same: str
    ) -> None:
        draft = await world.draft_join(u2, person(1, employer="乙"), person={"id_number": spelling})
        assert draft.refusals[0].code.value == "ALREADY_MEMBER_USE_TRANSFER"
        assert draft.card is not None
        assert json.loads(draft.card.json)["id_number"] == same

    @pytest.mark.article("A3")
    async def test_who_withdrew_joins_anew_as_the_same_person(self, world: World, superuser: Any, u2: Actor) -> None:
        m2 = await custody_of(superuser, world.members["M2"])
        await endings.act(world, "withdraw", world.actors["U1"], world.members["M2"])
        again = replace(MEMBERS["M2"], name="李新", employer="乙", certificate=("31", "777"), joined_on=TODAY)
        view = await (await ready_join(world, u2, again)).send(world.hub)
        assert view.membership_id != world.members["M2"]
        custody = await custody_of(superuser, view.membership_id)
        assert custody["member_id"] == m2["member_id"]
        assert await superuser.fetchval("select name from hub.persons where member_id = $1", m2["member_id"]) == "李新"
        await assert_whole(superuser)

    async def test_asking_too_often_is_stopped_for_a_day(
        self, world: World, superuser: Any, refused: Refused, u2: Actor
    ) -> None:
        member = replace(MEMBERS["M2"], employer="乙", certificate=("31", "777"))
        await superuser.execute(
            """insert into hub.disclosures select $1, $2::timestamptz - make_interval(secs => n), gen_random_uuid(),
                      'ALREADY_MEMBER', gen_random_uuid(), null from generate_series(1, 199) n""",
            u2.caller.union_id,
            START,
        )
        allowed = await world.draft_join(u2, member)
        assert allowed.refusals[0].code.value == "ALREADY_MEMBER_USE_TRANSFER"  # the 200th
        act = await ready_join(world, u2, member)
        refusal = await refused(act)
        assert (refusal.code, refusal.articles, refusal.retryable) == (Code.RATE_LIMITED, ("HUB-P17",), True)
        # Whether the person is a member is no longer told either way; another union's asking is not counted.
        nobody = await refused(await ready_join(world, u2, person(1, employer="乙")))
        assert said(nobody) == said(refusal)
        other = await world.draft_join(world.actors["U8"], replace(member, employer="丁"))
        assert other.refusals[0].code.value == "ALREADY_MEMBER_USE_TRANSFER"
        await world.set_clock(START + timedelta(days=1, minutes=1))
        later = await world.draft_join(u2, member)
        assert later.refusals[0].code.value == "ALREADY_MEMBER_USE_TRANSFER"

    async def test_its_id_is_a_new_one(self, world: World, refused: Refused, u1: Actor) -> None:
        refusal = await refused(await changed(world, u1, top={"sub": str(world.members["M2"])}))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))


class TestEmployer:
    @pytest.mark.article("A6")
    @pytest.mark.parametrize(("employer", "named"), [("乙", "U2"), ("小店甲", "U3")])
    async def test_before_there_is_a_union_means_before_there_is_one(
        self, world: World, refused: Refused, employer: str, named: str
    ) -> None:
        joiner = person(1, employer=employer, holding_basis="PRE_ESTABLISHMENT")
        refusal = await refused(await ready_join(world, world.actors["U5"], joiner))
        assert (refusal.code, refusal.path) == (Code.EMPLOYER_HAS_UNION, ("join", "employer_uscc"))
        assert world.actors[named].fixture.name in refusal.next_step
        assert world.actors[named].uri in refusal.next_step

    @pytest.mark.article("A6")
    async def test_an_employer_without_one_is_helped_by_the_area_s(self, world: World) -> None:
        joiner = person(1, employer="新店", holding_basis="PRE_ESTABLISHMENT")
        view = await (await ready_join(world, world.actors["U5"], joiner)).send(world.hub)
        assert (view.holding_basis, view.employer_uscc) == ("PRE_ESTABLISHMENT", EMPLOYERS["新店"])

    async def test_it_is_named(self, world: World, refused: Refused) -> None:
        joiner = person(1, holding_basis="PRE_ESTABLISHMENT")
        refusal = await refused(await ready_join(world, world.actors["U5"], joiner, employer_uscc=None))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "employer_uscc"))

    async def test_a_member_unit_is_the_joint_union_s_own(self, world: World, refused: Refused) -> None:
        u3 = world.actors["U3"]
        refusal = await refused(await ready_join(world, u3, person(1, employer="小店甲", member_unit="乙")))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "member_unit"))
        act = await ready_join(world, u3, person(1, employer="小店甲", member_unit="小店甲"))
        assert (await act.send(world.hub)).member_unit == EMPLOYERS["小店甲"]


class TestDates:
    @pytest.mark.article("NX-3")
    @pytest.mark.parametrize("name", ["joined_on", "relation_started_on"])
    async def test_none_lies_in_the_future(self, world: World, refused: Refused, u1: Actor, name: str) -> None:
        changes = {name: TOMORROW, "certificate_issued_on": None}
        refusal = await refused(await ready_join(world, u1, person(1), **changes))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("join", name))

    @pytest.mark.article("NX-3")
    async def test_no_certificate_will_have_been_issued(self, world: World, refused: Refused, u1: Actor) -> None:
        joiner = person(1, certificate=("31", "000777"))
        refusal = await refused(await ready_join(world, u1, joiner, certificate_issued_on=TOMORROW))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("join", "certificate", "issued_on"))

    async def test_nobody_joins_before_being_born(self, world: World, refused: Refused, u1: Actor) -> None:
        unborn = {"person": {"birth_month": "2012-08"}}
        refusal = await refused(await ready_join(world, u1, person(1), **unborn))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "joined_on"))

    @pytest.mark.article("NX-3")
    @pytest.mark.parametrize("month", ["2012-05", "2026-04"])
    async def test_the_dues_month_is_possible(self, world: World, refused: Refused, u1: Actor, month: str) -> None:
        refusal = await refused(await ready_join(world, u1, person(1), dues_paid_through=month))
        assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("join", "dues_paid_through"))

    @pytest.mark.parametrize("channel", ["ORAL", "WRITTEN", "ONLINE"])
    @pytest.mark.article("A5")
    async def test_one_applies_by_word_of_mouth_in_writing_or_online(
        self, world: World, u1: Actor, channel: str
    ) -> None:
        assert (await ready_join(world, u1, person(1), channel=channel)).refusals == ()

    async def test_and_in_no_other_way(self, world: World, refused: Refused, u1: Actor) -> None:
        refusal = await refused(await ready_join(world, u1, person(1), channel="PIGEON"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "channel"))


class TestCertificate:
    @pytest.mark.article("N2")
    async def test_its_number_is_unique_in_its_province(self, world: World, refused: Refused, u1: Actor) -> None:
        refusal = await refused(await ready_join(world, u1, person(1, certificate=("31", "000002"))))
        assert (refusal.code, refusal.path) == (Code.CERTIFICATE_NUMBER_DUPLICATE, ("join", "certificate", "number"))
        act = await ready_join(world, u1, person(1, certificate=("32", "000002")))
        assert (await act.send(world.hub)).certificate_province == "32"

    @pytest.mark.article("N2")
    @pytest.mark.parametrize(
        "certificate",
        [("99", "1"), ("00", "1"), ("31", "12 34"), ("31", "ab12"), ("31", "１２"), ("31", "-1"), ("31", "1%")],
    )
    async def test_it_has_a_province_and_a_number(
        self, world: World, refused: Refused, u1: Actor, certificate: tuple[str, str]
    ) -> None:
        refusal = await refused(await ready_join(world, u1, person(1, certificate=certificate)))
        assert (refusal.code, refusal.path) == (Code.CERTIFICATE_NUMBER_FORMAT, ("join", "certificate"))

    async def test_it_is_not_older_than_the_membership(self, world: World, refused: Refused, u1: Actor) -> None:
        act = await ready_join(world, u1, person(1), certificate_issued_on=date(2012, 6, 30))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "certificate", "issued_on"))

    @pytest.mark.article("A5")
    async def test_it_may_follow_later(self, world: World, u1: Actor) -> None:
        act = await ready_join(world, u1, person(1), certificate=None, certificate_issued_on=None)
        view = await act.send(world.hub)
        assert (view.certificate_number, view.issuing_union) == (None, None)


class TestPerson:
    """A person's data enter beside the statement, bound by hash."""

    async def test_another_text_than_the_one_signed_is_refused(self, world: World, refused: Refused, u1: Actor) -> None:
        act = await ready_join(world, u1, person(1))
        forged = act.more[0].replace("某人", "他人")
        refusal = await refused(replace(act, more=(forged,), refusals=()))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("join", "card_sha256"))

    @pytest.mark.parametrize(
        ("text", "path"),
        [
            ("nothing", ()),
            ("[]", ()),
            ("{}", ("salt",)),
            ('{"salt": "x"}', ("birth_month",)),
            ('{"salt": "x", "name": "某人", "sex": "1", "birth_month": "1990-01", "id_type": "CARD"}', ("id_type",)),
            ('{"salt": "x", "name": "某人", "sex": "1", "birth_month": "1990-01", "religion": "x"}', ("?",)),
            ('{"salt": "x", "name": "1某", "sex": "1", "birth_month": "1990-01", "id_type": "OTHER"}', ("name",)),
            ('{"salt": "x", "name": "某人", "sex": "3", "birth_month": "1990-01", "id_type": "OTHER"}', ("sex",)),
            (
                '{"salt": "x", "name": "某人", "sex": "1", "birth_month": "2025-04", "id_type": "OTHER"}',
                ("birth_month",),
            ),
            ('{"salt": "x", "name": 7, "sex": "1", "birth_month": "1990-01", "id_type": "OTHER"}', ("name",)),
            ('{"salt": "x", "salt": "y"}', ()),
        ],
        ids=range(11),
    )
    async def test_what_is_no_person_is_refused_where_it_is_wrong(
        self, world: World, refused: Refused, u1: Actor, text: str, path: tuple[str, ...]
    ) -> None:
        act = await changed(world, u1, card_sha256=sha256_b64url(text.encode()))
        refusal = await refused(replace(act, more=(text,)))
        assert (refusal.code, refusal.path[:1]) == (Code.INPUT_INVALID, ("person",))
        assert refusal.path[1:] == path

    @pytest.mark.article("A4")
    @pytest.mark.parametrize(
        ("id_type", "number", "shown"),
        [
            (IdType.RESIDENT_ID, "990101850312001", "**************0010"),
            (IdType.HMT_RESIDENCE, "810000199001010019", "**************0019"),
            (IdType.FOREIGN_PR, "USA123456789012", "***********9012"),
            (IdType.PASSPORT, "e1234567", "****4567"),
            (IdType.OTHER, "驻华 42", "***42"),
            (IdType.OTHER, None, None),
        ],
    )
    async def test_every_kind_of_document_will_do(
        self, world: World, u1: Actor, id_type: IdType, number: str | None, shown: str | None
    ) -> None:
        act = await ready_join(world, u1, person(1), person={"id_type": id_type.value, "id_number": number})
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.id_type, view.id_number_masked) == (id_type, shown)

    @pytest.mark.article("A4")
    @pytest.mark.parametrize("name", ["𠮷野", "阿卜杜拉·买买提", "Jean-Luc d’Arc", "ئەخمەت", "䶮", "O"])
    async def test_names_are_taken_as_they_are_written(
        self, world: World, superuser: Any, u1: Actor, name: str
    ) -> None:
        view = await (await ready_join(world, u1, person(1, name=name))).send(world.hub)
        assert view.name == name
        assert await superuser.fetchval("select count(*) from hub.persons where name = $1", name) == 1

    async def test_what_is_left_out_stays_unknown(self, world: World, u1: Actor) -> None:
        optional = ("ethnic_group", "political_status", "mobile", "residence_division_code", "is_rural_migrant",
                    "employment_form")  # fmt: skip
        view = await (await ready_join(world, u1, person(1), person=dict.fromkeys(optional))).send(world.hub)
        assert [view.ethnic_group, view.political_status, view.mobile_masked, view.residence_division_code] == [
            None
        ] * 4
        assert [view.is_rural_migrant, view.employment_form] == [None] * 2

    @pytest.mark.parametrize("known", [True, False])
    async def test_a_wrong_number_is_told_alike_whoever_has_it(self, world: World, u1: Actor, *, known: bool) -> None:
        number = MEMBERS["M1"].id_number if known else person(1).id_number
        wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
        draft = await world.draft_join(u1, person(2), person={"id_number": wrong})
        assert [(found.code.value, found.path) for found in draft.refusals] == [
            ("INPUT_INVALID", ("person", "id_number"))
        ]
        assert draft.claims is None


class TestReveal:
    @pytest.mark.article("A11")
    async def test_the_holder_reads_the_full_number_and_leaves_an_entry(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        found = await reveal_id_number(world.hub, u1.caller, m1, "  办理 接转手续 ")
        assert found == ("RESIDENT_ID", MEMBERS["M1"].id_number)
        (entry,) = await superuser.fetch("select * from hub.disclosures")
        assert (entry["union_id"], entry["kind"], entry["membership_id"]) == (u1.caller.union_id, "ID_NUMBER", m1)
        assert entry["purpose"] == "办理 接转手续"

    @pytest.mark.article("A11")
    @pytest.mark.parametrize("purpose", ["", " ", "x", "一", "x" * 201, "for \x00 nothing", "bell\x07"])
    async def test_not_without_a_purpose(self, world: World, superuser: Any, u1: Actor, m1: UUID, purpose: str) -> None:
        with pytest.raises(Exception, match=Code.PURPOSE_REQUIRED.value):
            await reveal_id_number(world.hub, u1.caller, m1, purpose)
        assert await superuser.fetchval("select count(*) from hub.disclosures") == 0

    @pytest.mark.article("A11")
    @pytest.mark.parametrize("subject", ["M1", "unknown", "none"])
    async def test_nobody_else_is_told_anything(self, world: World, superuser: Any, u2: Actor, subject: str) -> None:
        asked = {"M1": world.members["M1"], "unknown": uuid4(), "none": None}[subject]
        with pytest.raises(Exception, match=Code.MEMBER_NOT_FOUND_OR_NOT_HELD.value):
            await reveal_id_number(world.hub, u2.caller, asked, "why not")
        assert await superuser.fetchval("select count(*) from hub.disclosures") == 0

    @pytest.mark.article("A11")
    async def test_a_member_without_a_number_is_told_of_like_nobody(self, world: World, u1: Actor) -> None:
        act = await ready_join(world, u1, person(1), person={"id_type": "OTHER", "id_number": None})
        view = await act.send(world.hub)
        with pytest.raises(Exception, match=Code.MEMBER_NOT_FOUND_OR_NOT_HELD.value):
            await reveal_id_number(world.hub, u1.caller, view.membership_id, "to see")
