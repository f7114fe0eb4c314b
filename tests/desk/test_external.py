"""Unions outside the hub (A25, domain 3.2): one side signs what the paper of the other says, and nobody acts as it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation import acts
from federation.forms import KeyUse
from federation.proof import verify_proof
from hub.demo.fixtures import NEW_SHOP
from hub.errors import Code, Refusal
from hub.transfers.certificate import entry_of_transfer
from hub.transfers.desk import (
    amending_unions,
    cases,
    counting,
    drafting_unions,
    explaining,
    pulling,
    registering,
    releasing,
)
from hub.transfers.desk.proving import proofs
from hub.transfers.ledger import reads
from hub.transfers.retention_column import entries_of
from hub.transfers.rules.days import day_of
from tests.desk.conftest import said
from tests.desk.test_registering import ready_key
from tests.desk.test_winding_in_lieu import push
from tests.governing import set_policy
from tests.outside import (
    EMPLOYER,
    FAR,
    PAPER,
    away,
    draft_accept_for,
    draft_release_for,
    given_union,
    ready_accept_for,
    ready_release_for,
    register,
)
from tests.ready import altered, ready
from tests.retaining import retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.winding import ready_winding, set_state, wind_up
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

U2 = UNIONS["U2"].uri


@pytest.fixture
def u13(world: World) -> Actor:
    """The county federation above U1."""
    return world.actors["U13"]


@pytest.fixture
async def far(world: World, u13: Actor) -> UUID:
    return await register(world, u13)


async def released_to_far(world: World, u1: Actor, m1: UUID) -> HandoffView:
    return await world.release(u1, m1, FAR, new_employer_uscc=EMPLOYER)


async def holder_of(superuser: Any, membership_id: UUID) -> Any:
    return await superuser.fetchval("select holder_union from hub.memberships where membership_id = $1", membership_id)


class TestNaming:
    @pytest.mark.article("HUB-P17")
    async def test_a_federation_names_it_and_it_has_no_key(
        self, world: World, superuser: Any, far: UUID, u1: Actor, u13: Actor, refused: Refused
    ) -> None:
        row = await superuser.fetchrow("select kind, parent_union from hub.unions where union_id = $1", far)
        assert tuple(row) == ("EXTERNAL", u13.caller.union_id)
        act = await ready_key(world, u13, FAR, u1.login, use=KeyUse.LOGIN)
        assert [refusal.code for refusal in act.refusals] == [Code.INPUT_INVALID]
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))

    @pytest.mark.article("A25")
    async def test_the_database_gives_it_no_key_either(self, world: World, superuser: Any, far: UUID) -> None:
        parent = await superuser.fetchval("select parent_union from hub.unions where union_id = $1", far)
        given = (START, parent, far, "LOGIN", "kid", "EdDSA", "{}", START, uuid4(), bytes(32), "typ", "jws", "receipt")
        sql = f"select hub.record_key({', '.join(f'${n}' for n in range(1, 14))})"
        assert await superuser.fetchval(sql, *given) is False
        assert await superuser.fetchval("select count(*) from hub.union_keys where union_id = $1", far) == 0

    @pytest.mark.article("HUB-P17")
    async def test_it_organises_nobody(self, world: World, u13: Actor, far: UUID, refused: Refused) -> None:
        asked = given_union(employer_usccs=[EMPLOYER])
        draft = await drafting_unions.draft_union(world.hub, u13.caller, {**asked, "uscc": NEW_SHOP.uscc})
        refusal = await refused(ready(registering.register_union, u13, draft))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "employer_usccs"))
        amended = await world.draft_union_amendment(u13, FAR, employer_usccs=[EMPLOYER])
        refusal = await refused(ready(amending_unions.amend_union, u13, amended))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "employer_usccs"))

    @pytest.mark.article("HUB-P17")
    async def test_it_is_not_wound_up_and_succeeds_nobody(
        self, world: World, far: UUID, u13: Actor, refused: Refused
    ) -> None:
        refusal = await refused(await ready_winding(world, u13, FAR))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))
        refusal = await refused(await ready_winding(world, u13, UNIONS["U1"].uri, successor_union=FAR))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "successor_union"))

    @pytest.mark.article("HUB-P09")
    async def test_its_parent_may_be_closed(self, world: World, superuser: Any, far: UUID, u13: Actor) -> None:
        left = await superuser.fetchrow("select (hub.left_with($1, $2)).*", START, u13.caller.union_id)
        assert left["unions"] == sum(1 for union in UNIONS.values() if union.parent == "U13")


class TestGoingThere:
    @pytest.mark.article("A3", "A25")
    async def test_the_membership_moves_by_the_word_of_who_released(
        self, world: World, superuser: Any, far: UUID, u1: Actor, m1: UUID
    ) -> None:
        moved = await away(world, u1, m1)
        assert (moved.state, moved.side, moved.counterpart) == ("ACCEPTED", "HOLDER", far)
        assert await holder_of(superuser, m1) == far
        assert (
            await superuser.fetchval(
                "select p.holder_union from hub.persons p join hub.memberships m "
                "using (member_id) where m.membership_id = $1",
                m1,
            )
            == far
        )
        steps = await superuser.fetch("select act, side, union_id from hub.steps order by step_no")
        assert [tuple(step) for step in steps] == [
            ("release", "HOLDER", u1.caller.union_id),
            ("accept_for_external", "HOLDER", u1.caller.union_id),
        ]
        assert [
            row["iss"]
            for row in await superuser.fetch("select iss from hub.statements where handoff_id = $1", moved.handoff_id)
        ] == [u1.caller.union_id] * 2
        await assert_whole(superuser)

    @pytest.mark.article("NX-3", "A25")
    async def test_its_proof_says_that_one_side_is_unverified(
        self, world: World, far: UUID, u1: Actor, m1: UUID
    ) -> None:
        moved = await away(world, u1, m1)
        async with world.hub.database.as_union(u1.caller.union_id, u1.caller.kid) as reading:
            text = (await proofs(world.hub, [world.hub.receipt_key.public], reading, [moved.handoff_id]))[
                moved.handoff_id
            ]
        key = world.hub.receipt_key.public
        proved = verify_proof(text, {key.kid: key})
        assert (proved.state, proved.releasing_union, proved.is_unverified) == ("ACCEPTED", u1.uri, True)
        assert isinstance(proved.acceptance, acts.ExternalAcceptance)
        assert (proved.acceptance.paper_sha256, proved.release.receiving_union) == (PAPER, FAR)

    @pytest.mark.article("A12")
    async def test_only_to_where_the_release_names_a_union_outside(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        released = await world.release(u1, m1, U2)
        act = await ready_accept_for(world, u1, released.handoff_id, employer_uscc=EMPLOYERS["乙"])
        assert (await refused(act)).code is Code.RECEIVER_MISMATCH
        act = await ready_accept_for(world, u2, released.handoff_id, employer_uscc=EMPLOYERS["乙"])
        assert (await refused(act)).code is Code.NOT_HOLDER

    @pytest.mark.article("A11")
    async def test_a_stranger_is_told_as_of_nothing(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID
    ) -> None:
        released = await released_to_far(world, u1, m1)
        there, nowhere = [await draft_accept_for(world, u2, case) for case in (released.handoff_id, uuid4())]
        assert there.claims is None is nowhere.claims
        assert [said(r) for r in there.refusals] == [said(r) for r in nowhere.refusals]
        assert there.refusals[0].code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("NX-3")
    async def test_its_paper_is_held_to_the_rules_of_an_acceptance(
        self, world: World, u1: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        released = await released_to_far(world, u1, m1)
        for changes, code in (
            ({"in_date": date(2025, 3, 2)}, Code.IN_DATE_BEFORE_OUT_DATE),
            ({"in_date": date(2025, 3, 4)}, Code.DATE_IN_FUTURE),
            ({"employer_uscc": None}, Code.NO_LABOUR_RELATION_YET),
            ({"holding_basis": "PLACEMENT"}, Code.INPUT_INVALID),
        ):
            act = await ready_accept_for(world, u1, released.handoff_id, **changes)
            assert (await refused(act)).code is code
        draft = await draft_accept_for(world, u1, released.handoff_id)
        wrong = ready(cases.accept_for_external, u1, altered(draft, release_sha256=PAPER))
        assert (await refused(wrong)).code is Code.DOCUMENT_TAMPERED

    @pytest.mark.article("HUB-P06")
    async def test_its_date_lies_back_as_far_as_the_releasing_unions_policy_says(
        self, world: World, u1: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        released = await world.release(u1, m1, FAR, new_employer_uscc=EMPLOYER, out_date=date(2025, 3, 1))
        await set_policy(world, world.actors["U10"], backdate_days_max=1)
        dated = {"in_date": date(2025, 3, 1), "relation_started_on": date(2025, 3, 1)}
        refusal = await refused(await ready_accept_for(world, u1, released.handoff_id, **dated))
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("acceptance", "in_date"))

    @pytest.mark.article("HUB-P01")
    async def test_nothing_moves_after_the_last_day(
        self, world: World, u1: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        released = await released_to_far(world, u1, m1)
        act = await ready_accept_for(world, u1, released.handoff_id)
        assert released.deadline is not None
        await world.set_clock(released.deadline)
        assert (await refused(ready(act.act, u1, await draft_accept_for(world, u1, released.handoff_id)))).code is (
            Code.RELEASE_EXPIRED
        )
        again = await released_to_far_on(world, u1, m1, day_of(released.deadline))
        assert again.state == "RELEASED"

    @pytest.mark.article("A15")
    async def test_of_a_union_that_is_wound_up_by_itself_alone(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, far: UUID, u13: Actor, refused: Refused
    ) -> None:
        await wind_up(world, u13, u1.uri)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYER}
        refusal = await refused(await push(world, u13, m1, FAR, **given))
        assert (refusal.code, refusal.path) == (Code.RECEIVER_CANNOT_HOLD, ("release", "receiving_union"))
        assert (await away(world, u1, m1)).state == "ACCEPTED"
        await assert_whole(superuser)

    @pytest.mark.article("A15")
    @pytest.mark.parametrize("reason", ["RETIREMENT", "MILITARY_SERVICE", "UNEMPLOYMENT"])
    async def test_nobody_goes_there_who_stays_retained(
        self, world: World, u1: Actor, m1: UUID, far: UUID, refused: Refused, reason: str
    ) -> None:
        await retain(world, u1, m1, reason)
        await world.set_clock(START + timedelta(days=1))
        given = {"reason_code": "EMPLOYER_REORGANISED", "new_employer_uscc": EMPLOYER, "out_date": date(2025, 3, 4)}
        draft = await world.draft_release(u1, m1, FAR, **given)
        refusal = await refused(ready(releasing.release, u1, draft))
        assert (refusal.code, refusal.path) == (Code.RECEIVER_CANNOT_HOLD, ("release", "receiving_union"))

    @pytest.mark.article("HUB-P03", "A11")
    async def test_who_named_it_is_told_of_no_case(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, far: UUID, u13: Actor
    ) -> None:
        released = await released_to_far(world, u1, m1)
        await world.set_clock(START + timedelta(days=60))
        assert await superuser.fetch("select * from hub.dockets where side = 'HIGHER'") == []
        assert await explaining.explain(world.hub, u13.caller, released.handoff_id) is None

    async def test_the_same_statement_again_and_two_at_once(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, far: UUID
    ) -> None:
        released = await released_to_far(world, u1, m1)
        one, two = [await ready_accept_for(world, u1, released.handoff_id) for _ in range(2)]
        told = await asyncio.gather(one.send(world.hub), two.send(world.hub), return_exceptions=True)
        (lost,) = [answer for answer in told if isinstance(answer, Refusal)]
        assert lost.code is Code.HANDOFF_NOT_OPEN
        won = one if not isinstance(told[0], Refusal) else two
        assert (await won.send(world.hub)).state == "ACCEPTED"
        assert await holder_of(superuser, m1) == far
        await assert_whole(superuser)

    @pytest.mark.article("A12")
    async def test_its_statement_is_no_acceptance_of_the_other_kind(
        self, world: World, u1: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        released = await released_to_far(world, u1, m1)
        plain = ready(cases.accept, u1, await world.draft_acceptance(u1, released.handoff_id, employer_uscc=EMPLOYER))
        assert (await refused(plain)).code is Code.RECEIVER_MISMATCH

    @pytest.mark.article("A13", "A15")
    async def test_what_is_a_fact_of_the_hub_takes_nobody_there(
        self, world: World, u1: Actor, m1: UUID, far: UUID
    ) -> None:
        for reason, changes in (
            ("SECONDMENT", {"secondment": {"starts_on": date(2025, 3, 3), "ends_on": date(2026, 3, 3)}}),
            ("PLACEMENT", {}),
            ("DISPATCH_ENDED", {}),
        ):
            draft = await world.draft_release(u1, m1, FAR, reason_code=reason, new_employer_uscc=EMPLOYER, **changes)
            assert {r.code for r in draft.refusals} & {
                Code.RECEIVER_CANNOT_HOLD,
                Code.NOT_RESIDENCE_AREA,
                Code.RECEIVER_KIND_NOT_ALLOWED,
            }, reason

    @pytest.mark.article("NX-4", "A25")
    async def test_who_was_retained_is_restored_by_it(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, far: UUID
    ) -> None:
        await retain(world, u1, m1)
        await world.set_clock(START + timedelta(days=1))
        today = date(2025, 3, 4)
        await world.release(
            u1, m1, FAR, reason_code="REEMPLOYMENT_FROM_RETENTION", new_employer_uscc=EMPLOYER, out_date=today
        )
        case = await superuser.fetchval("select open_handoff from hub.memberships where membership_id = $1", m1)
        act = await ready_accept_for(world, u1, case, in_date=today)
        assert act.refusals == ()
        await act.send(world.hub)
        row = await superuser.fetchrow("select status, holder_union from hub.memberships where membership_id = $1", m1)
        assert tuple(row) == ("ACTIVE", far)
        await back(world, world.actors["U2"], out_date=today, in_date=today)
        kept = await retentions_of(world, world.actors["U2"], m1)
        assert [view.state for view in kept] == ["RESTORED"]
        (entry,) = entries_of(kept)
        assert (entry.restored_month, entry.restoration_seal) == ("2025-03", "甲机械厂工会")
        await assert_whole(superuser)


class TestComingBack:
    @pytest.mark.article("A12", "A25")
    async def test_who_asks_signs_what_the_paper_says_and_accepts(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, far: UUID
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        act = await ready_release_for(world, u2, asked.handoff_id)
        assert act.refusals == ()
        released = await act.send(world.hub)
        assert (released.state, released.side, released.counterpart) == ("RELEASED", "RECEIVER", far)
        assert await act.send(world.hub) == await seen(world, u2, asked.handoff_id)
        assert (await seen(world, u2, asked.handoff_id)) == released
        await world.accept(u2, asked.handoff_id)
        assert await holder_of(superuser, m1) == u2.caller.union_id
        steps = await superuser.fetch(
            "select act, side from hub.steps where handoff_id = $1 order by step_no", asked.handoff_id
        )
        assert [tuple(step) for step in steps] == [
            ("request", "RECEIVER"),
            ("release_for_external", "RECEIVER"),
            ("accept", "RECEIVER"),
        ]
        await assert_whole(superuser)

    @pytest.mark.article("NX-3", "A25")
    async def test_the_column_bears_the_seals_of_the_papers(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID
    ) -> None:
        await away(world, u1, m1)
        case = await back(world, u2)
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            out, home = [entry_of_transfer(found) for found in (await reads.transfers(reading, [m1]))[m1]]
            text = (await proofs(world.hub, [world.hub.receipt_key.public], reading, [case]))[case]
        assert (out.releasing_seal, out.receiving_seal) == ("甲机械厂工会", "外省纺织厂工会")
        assert (home.releasing_seal, home.receiving_seal) == ("外省纺织厂工会", UNIONS["U2"].name)
        assert out.is_unverified
        assert home.is_unverified
        key = world.hub.receipt_key.public
        proved = verify_proof(text, {key.kid: key})
        assert (proved.state, proved.releasing_union, proved.is_unverified) == ("ACCEPTED", FAR, True)
        assert isinstance(proved.release, acts.ExternalRelease)
        assert proved.release.paper_sha256 == PAPER

    @pytest.mark.article("A11")
    async def test_a_holder_in_the_hub_releases_by_itself(
        self, world: World, u2: Actor, far: UUID, refused: Refused
    ) -> None:
        asked = await world.request(u2, "M1")
        here, nowhere = [await draft_release_for(world, u2, case) for case in (asked.handoff_id, uuid4())]
        assert here.claims is None is nowhere.claims
        assert [said(r) for r in here.refusals] == [said(r) for r in nowhere.refusals]
        assert here.refusals[0].code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("A11")
    async def test_who_has_not_asked_has_nothing_to_sign(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, far: UUID, u13: Actor, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        draft = await draft_release_for(world, u2, asked.handoff_id)
        told = []
        for actor in (u1, u13, world.actors["U9"]):
            act = ready(releasing.release_for_external, actor, altered(draft, top={"iss": actor.uri}))
            told.append(said(await refused(act)))
        assert {code for code, *_ in told} == {Code.MEMBER_NOT_FOUND_OR_NOT_HELD}

    @pytest.mark.article("HUB-P17")
    async def test_it_answers_the_request_and_names_both(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        draft = await draft_release_for(world, u2, asked.handoff_id)
        named: dict[str, Any] = {
            "request_sha256": PAPER,
            "in_lieu_of": u1.uri,
            "receiving_union": u1.uri,
            "reason_code": "FLEXIBLE_CHOICE",
            "articles": ["A12"],
        }
        for name, value in named.items():
            act = ready(releasing.release_for_external, u2, altered(draft, **{name: value}))
            refusal = await refused(act)
            assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", name)), name
        stated: dict[str, tuple[Any, Code]] = {
            "custody_version": (7, Code.STALE_VERSION),
            "prev_sha256": (PAPER, Code.DOCUMENT_TAMPERED),
            "reason_text": ("其他", Code.STATEMENT_MALFORMED),
            "card_sha256": (PAPER, Code.DOCUMENT_TAMPERED),
            "out_date": ("2025-03-04", Code.DATE_IN_FUTURE),
        }
        for name, (value, code) in stated.items():
            act = ready(releasing.release_for_external, u2, altered(draft, **{name: value}))
            assert (await refused(act)).code is code, name

    @pytest.mark.article("HUB-P02")
    async def test_nobody_is_above_it_and_late_is_not_too_late(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, far: UUID, u13: Actor, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        assert asked.deadline is not None
        await world.set_clock(asked.deadline)
        assert (await seen(world, u2, asked.handoff_id)).state == "ESCALATED"
        assert (
            await superuser.fetchval("select higher_union from hub.handoffs where handoff_id = $1", asked.handoff_id)
            is None
        )
        above = await world.draft_in_lieu(u13, asked.handoff_id)
        assert (above.claims, above.refusals[0].code) == (None, Code.NO_CASE_FOR_HIGHER_UNION)
        act = await ready_release_for(world, u2, asked.handoff_id, out_date=day_of(asked.deadline))
        assert (await act.send(world.hub)).state == "RELEASED"
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P04")
    async def test_a_request_that_lapsed_is_asked_anew(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        await world.set_clock(START + timedelta(days=90))
        lapsed = await seen(world, u2, asked.handoff_id)
        assert lapsed.state == "LAPSED"
        draft = await draft_release_for(world, u2, asked.handoff_id)
        assert [r.code for r in draft.refusals][:1] == [Code.HANDOFF_NOT_OPEN]
        again = await world.request(u2, "M1", appeals=asked.handoff_id)
        assert again.state == "ESCALATED"
        act = await ready_release_for(
            world, u2, again.handoff_id, out_date=day_of(START + timedelta(days=90)), dues_paid_through="2025-05"
        )
        assert (await act.send(world.hub)).state == "RELEASED"

    @pytest.mark.article("HUB-P09")
    async def test_who_is_wound_up_takes_nobody_in(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        draft = await draft_release_for(world, u2, asked.handoff_id)
        for state in ("WINDING_UP", "CLOSED"):
            await set_state(superuser, state, u2.uri)
            act = ready(releasing.release_for_external, u2, draft)
            assert (await refused(act)).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("A15")
    async def test_a_branch_and_a_federation_that_has_not_asked_never_sign(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        await away(world, u1, m1)
        asked = await world.request(u2, "M1")
        draft = await draft_release_for(world, u2, asked.handoff_id)
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            actor = world.actors[ref]
            act = ready(releasing.release_for_external, actor, altered(draft, top={"iss": actor.uri}))
            assert (await refused(act)).code is code, ref

    @pytest.mark.article("A12", "A25")
    async def test_a_mistaken_intake_goes_back_there(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, far: UUID
    ) -> None:
        await away(world, u1, m1)
        await back(world, u2)
        given = {"reason_code": "CORRECTION", "relation_ended_on": None, "new_employer_uscc": None}
        released = await world.release(u2, m1, FAR, **given)
        act = await ready_accept_for(world, u2, released.handoff_id, employer_uscc=None, relation_started_on=None)
        assert act.refusals == ()
        await act.send(world.hub)
        assert await holder_of(superuser, m1) == far
        await assert_whole(superuser)

    @pytest.mark.article("A12", "A25")
    async def test_who_was_sent_there_by_mistake_is_asked_back(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, far: UUID
    ) -> None:
        before = await superuser.fetchrow("select * from hub.memberships where membership_id = $1", m1)
        await away(world, u1, m1)
        employer = {"employer_uscc": EMPLOYERS["甲"], "relation_started_on": date(2012, 7, 1)}
        asked = await world.request(u1, "M1", reason_code="CORRECTION", **employer)
        given = {"relation_ended_on": None, "new_employer_uscc": None}
        act = await ready_release_for(world, u1, asked.handoff_id, **given)
        assert act.refusals == ()
        await act.send(world.hub)
        await world.accept(u1, asked.handoff_id, employer_uscc=None, relation_started_on=None)
        after = await superuser.fetchrow("select * from hub.memberships where membership_id = $1", m1)
        for name in ("holder_union", "status", "holding_basis", "employer_uscc", "dues_paid_through"):
            assert after[name] == before[name], name
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P17")
    async def test_by_who_had_the_member_before_and_of_nobody_in_the_hub(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID, refused: Refused
    ) -> None:
        asked = await world.draft_request(u2, "M1", reason_code="CORRECTION")
        assert asked.refusals == ()
        assert (await refused(ready(pulling.request, u2, asked))).code is Code.REASON_NOT_ALLOWED
        await away(world, u1, m1)
        case = await world.request(u2, "M1", reason_code="CORRECTION")
        given = {"relation_ended_on": None, "new_employer_uscc": None}
        act = await ready_release_for(world, u2, case.handoff_id, **given)
        assert (await refused(act)).code is Code.REASON_NOT_ALLOWED


class TestBeingThere:
    @pytest.mark.article("A16")
    async def test_nobody_above_counts_who_is_there(
        self, world: World, u1: Actor, m1: UUID, far: UUID, u13: Actor
    ) -> None:
        async def counted() -> tuple[int, int]:
            found = await counting.headcount(world.hub, u13.caller, u13.caller.union_id, date(2025, 3, 3))
            there = await counting.headcount(world.hub, u13.caller, far, date(2025, 3, 3))
            assert found is not None
            assert there is not None
            return found.subtree, there.own

        before, nobody = await counted()
        await away(world, u1, m1)
        await world.set_clock(START + timedelta(seconds=1))
        assert await counted() == (before - 1, 1)
        assert nobody == 0

    @pytest.mark.article("A11")
    async def test_nobody_reads_the_person(self, world: World, u1: Actor, m1: UUID, far: UUID, u13: Actor) -> None:
        await away(world, u1, m1)
        for actor in (u1, u13, world.actors["U10"]):
            async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
                assert await reads.members(reading, [m1]) == {}

    @pytest.mark.article("A25")
    async def test_what_is_explained_names_the_act_that_is_open(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, far: UUID
    ) -> None:
        released = await released_to_far(world, u1, m1)
        told = await explaining.explain(world.hub, u1.caller, released.handoff_id)
        assert told is not None
        assert {act.act for act in told.next} == {"acceptForExternal", "recallHandoff"}
        assert "平台外工会" in told.summary
        assert "outside the hub" in told.summary_en
        assert "paper" in told.missing[0]
        await (await ready_accept_for(world, u1, released.handoff_id)).send(world.hub)
        asked = await world.request(u2, "M1")
        told = await explaining.explain(world.hub, u2.caller, asked.handoff_id)
        assert told is not None
        assert {act.act for act in told.next} == {"releaseForExternal", "cancelRequest"}
        assert told.later == ()
        assert ("outside the hub" in told.summary_en, "union above" in told.summary_en) == (True, False)
        assert "paper" in told.missing[0]
        assert asked.deadline is not None
        await world.set_clock(asked.deadline)
        late = await explaining.explain(world.hub, u2.caller, asked.handoff_id)
        assert late is not None
        assert (late.handoff.state, {act.act for act in late.next}) == (
            "ESCALATED",
            {"releaseForExternal", "cancelRequest"},
        )
        assert (late.missing[0].count("paper"), "union above" in late.summary_en) == (1, False)


async def released_to_far_on(world: World, u1: Actor, m1: UUID, day: date) -> HandoffView:
    return await world.release(u1, m1, FAR, new_employer_uscc=EMPLOYER, out_date=day)


async def back(
    world: World, actor: Actor, *, out_date: date = date(2025, 3, 3), in_date: date = date(2025, 3, 3)
) -> UUID:
    """Have M1 back from there."""
    asked = await world.request(actor, "M1")
    act = await ready_release_for(world, actor, asked.handoff_id, out_date=out_date)
    assert act.refusals == (), act.refusals
    await act.send(world.hub)
    await world.accept(actor, asked.handoff_id, in_date=in_date)
    return asked.handoff_id


async def seen(world: World, actor: Actor, handoff_id: UUID) -> HandoffView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.handoffs(reading, [handoff_id]))[handoff_id]
