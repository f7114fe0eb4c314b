"""Refusal by the receiver, recall by the holder, expiry by its date: a handoff that closes without a move."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.encoding import b64url
from hub.errors import Code
from hub.transfers.desk import cases, drafting
from hub.transfers.ledger import reads
from hub.transfers.machines import HandoffState, Side
from tests.desk.conftest import said
from tests.ready import altered, ready, ready_acceptance, ready_recall, ready_refusal, ready_release
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.worlds import everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft, HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

OTHER_HASH = b64url(bytes(31) + b"\x01")


@pytest.fixture
async def case(world: World, u1: Actor, u2: Actor, m1: UUID) -> HandoffView:
    """M1's open release to U2."""
    return await world.release(u1, m1, u2.uri)


async def draft_refusal(world: World, actor: Actor, handoff_id: UUID) -> Draft:
    given = {"handoff_id": handoff_id, "ground": "DOCUMENT_DEFECT", "fields": ["out_date"]}
    return await drafting.draft_refusal(world.hub, actor.caller, given)


async def draft_recall(world: World, actor: Actor, handoff_id: UUID) -> Draft:
    return await drafting.draft_recall(world.hub, actor.caller, {"handoff_id": handoff_id})


class TestRefusal:
    @pytest.mark.article("A12", "A3")
    @pytest.mark.parametrize(
        "ground", ["NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"]
    )
    async def test_on_a_listed_ground_it_closes_the_case_and_a_new_release_may_follow(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView, ground: str
    ) -> None:
        view = await world.refuse(u2, case.handoff_id, ground)
        assert (view.state, view.ground, view.side) == (HandoffState.REFUSED, ground, Side.RECEIVER)
        assert (await world.release(u1, m1, u2.uri)).state == HandoffState.RELEASED
        await assert_whole(superuser)

    @pytest.mark.article("A4")
    @pytest.mark.parametrize("ground", ["ETHNICITY", "RACE", "SEX", "OCCUPATION", "RELIGION", "EDUCATION"])
    async def test_on_one_of_the_six_it_is_discrimination(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, ground: str
    ) -> None:
        refusal = await refused(await ready_refusal(world, u2, case.handoff_id, ground))
        assert (refusal.code, refusal.path) == (Code.DISCRIMINATORY_GROUND, ("refusal", "ground"))

    @pytest.mark.article("A7")
    async def test_a_written_contract_is_no_condition(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        refusal = await refused(await ready_refusal(world, u2, case.handoff_id, "NO_CONTRACT"))
        assert refusal.code == Code.CONTRACT_NOT_REQUIRED

    @pytest.mark.article("A12")
    @pytest.mark.parametrize(
        "ground",
        ["ARREARS", "UNRETURNED_ITEMS", "AGE", "HUKOU", "PART_TIME", "NO_QUOTA", "OTHER", "OPTION_DECLINED", "WHIM",
         "NOT_RESIDENT_HERE", "EMPLOYER_HAS_UNION_ALREADY"],
    )  # fmt: skip
    async def test_on_any_other_ground_it_is_refused_and_the_case_stays_open(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, case: HandoffView, ground: str
    ) -> None:
        refusal = await refused(await ready_refusal(world, u2, case.handoff_id, ground))
        assert (refusal.code, refusal.path) == (Code.REFUSAL_GROUND_NOT_ALLOWED, ("refusal", "ground"))
        assert "DOCUMENT_DEFECT" in refusal.next_step
        assert await superuser.fetchval("select state from hub.handoffs") == "RELEASED"

    async def test_it_names_defective_fields(self, world: World, u2: Actor, case: HandoffView) -> None:
        act = ready(cases.refuse, u2, await draft_refusal(world, u2, case.handoff_id))
        assert (await act.send(world.hub)).ground == "DOCUMENT_DEFECT"

    async def test_it_binds_the_release(self, world: World, refused: Refused, u2: Actor, case: HandoffView) -> None:
        draft = altered(await draft_refusal(world, u2, case.handoff_id), release_sha256=OTHER_HASH)
        refusal = await refused(ready(cases.refuse, u2, draft))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("refusal", "release_sha256"))

    @pytest.mark.article("A12")
    async def test_the_releasing_union_does_not_refuse(
        self, world: World, refused: Refused, u1: Actor, case: HandoffView
    ) -> None:
        assert (await refused(await ready_refusal(world, u1, case.handoff_id))).code == Code.RECEIVER_MISMATCH


class TestRecall:
    @pytest.mark.article("A12")
    async def test_before_an_acceptance_the_holder_takes_its_release_back(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView
    ) -> None:
        view = await world.recall(u1, case.handoff_id)
        assert (view.state, view.ground, view.side) == (HandoffState.RECALLED, None, Side.HOLDER)
        assert (await world.release(u1, m1, u2.uri)).state == HandoffState.RELEASED
        await assert_whole(superuser)

    @pytest.mark.article("A12")
    async def test_the_receiver_does_not_recall(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        assert (await refused(await ready_recall(world, u2, case.handoff_id))).code == Code.NOT_HOLDER

    async def test_it_binds_the_release(self, world: World, refused: Refused, u1: Actor, case: HandoffView) -> None:
        draft = altered(await draft_recall(world, u1, case.handoff_id), release_sha256=OTHER_HASH)
        refusal = await refused(ready(cases.recall, u1, draft))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("recall", "release_sha256"))

    async def test_after_an_acceptance_it_is_too_late(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, case: HandoffView
    ) -> None:
        act = await ready_recall(world, u1, case.handoff_id)
        await world.accept(u2, case.handoff_id)
        refusal = await refused(act)
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "ACCEPTED")

    @pytest.mark.article("A15")
    async def test_a_federation_recalls_what_it_has_released(self, world: World, superuser: Any, u2: Actor) -> None:
        u4 = world.actors["U4"]
        member = await held_by_a_federation(world)
        case = await world.release(u4, member, u2.uri)
        assert (await world.recall(u4, case.handoff_id)).state == HandoffState.RECALLED
        await assert_whole(superuser)


async def held_by_a_federation(world: World) -> UUID:
    from tests.ready import person, ready_join

    joiner = person(1, holder="U4", holding_basis="FLEXIBLE_DIRECT")
    view = await (await ready_join(world, world.actors["U4"], joiner, employer_uscc=None)).send(world.hub)
    found: UUID = view.membership_id
    return found


@pytest.mark.parametrize("act", ["refuse", "recall"])
class TestBoth:
    async def _draft(self, world: World, act: str, actor: Actor, handoff_id: UUID) -> Draft:
        return await (draft_refusal if act == "refuse" else draft_recall)(world, actor, handoff_id)

    @pytest.mark.article("A11")
    async def test_of_others_cases_a_stranger_learns_nothing(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, case: HandoffView, act: str
    ) -> None:
        u8, own = world.actors["U8"], u2 if act == "refuse" else u1
        answers = []
        for handoff, sub in ((case.handoff_id, case.membership_id), (uuid4(), uuid4())):
            draft = await self._draft(world, act, own, case.handoff_id)
            claims = altered(draft, handoff_id=str(handoff), top={"iss": u8.uri, "sub": str(sub)})
            refusal = await refused(ready(getattr(cases, act), u8, claims))
            assert refusal.code == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
            asked = await self._draft(world, act, u8, handoff)
            answers.append((said(refusal), asked.claims, asked.card, [said(found) for found in asked.refusals]))
        assert answers[0] == answers[1]

    @pytest.mark.article("A15")
    async def test_a_branch_and_a_federation_never_sign(
        self, world: World, u1: Actor, u2: Actor, case: HandoffView, act: str
    ) -> None:
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            for handoff in (case.handoff_id, uuid4()):
                draft = await self._draft(world, act, world.actors[ref], handoff)
                assert draft.refusals[0].code == code

    async def test_a_closed_union_acts_no_more(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, case: HandoffView, act: str
    ) -> None:
        own = u2 if act == "refuse" else u1
        sent = ready(getattr(cases, act), own, await self._draft(world, act, own, case.handoff_id))
        await set_state(superuser, "CLOSED", own.uri)
        assert (await refused(sent)).code == Code.UNION_NOT_ACTIVE

    async def test_after_its_day_the_case_is_closed(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, case: HandoffView, act: str
    ) -> None:
        own = u2 if act == "refuse" else u1
        assert case.deadline is not None
        await world.set_clock(case.deadline)
        refusal = await refused(ready(getattr(cases, act), own, await self._draft(world, act, own, case.handoff_id)))
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "EXPIRED")


class TestExpiry:
    """No job runs in these tests: a date closes a case by itself, and the next act to meet it writes it down first."""

    async def test_until_its_last_moment_it_may_be_accepted(self, world: World, u2: Actor, case: HandoffView) -> None:
        assert case.deadline is not None
        await world.set_clock(case.deadline - timedelta(minutes=1))
        assert (await world.accept(u2, case.handoff_id, in_date=date(2025, 6, 1))).state == HandoffState.ACCEPTED

    @pytest.mark.parametrize("late", [timedelta(0), timedelta(days=30)])
    async def test_after_it_an_acceptance_is_told_so(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, late: timedelta
    ) -> None:
        assert case.deadline is not None
        await world.set_clock(case.deadline + late)
        act = await ready_acceptance(world, u2, case.handoff_id, in_date=date(2025, 6, 1))
        refusal = await refused(act)
        assert (refusal.code, refusal.articles) == (Code.RELEASE_EXPIRED, ("HUB-P01",))

    async def test_both_sides_see_it_expired(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, case: HandoffView
    ) -> None:
        assert case.deadline is not None
        await world.set_clock(case.deadline + timedelta(days=1))
        for actor in (u1, u2):
            async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
                view = (await reads.handoffs(reading, [case.handoff_id]))[case.handoff_id]
                (listed,) = await reads.docket_page(
                    reading, sides=list(Side)[:2], states=[HandoffState.EXPIRED], after=None, limit=9
                )
            assert view == listed
            assert (view.state, view.deadline, view.closed_at) == (HandoffState.EXPIRED, None, case.deadline)
        assert await superuser.fetchval("select state from hub.handoffs") == "RELEASED"  # nobody has written it yet

    @pytest.mark.attack("Z04")
    @pytest.mark.invariant("I16")
    async def test_its_receiver_is_shown_the_card_no_more(
        self, world: World, u1: Actor, u2: Actor, case: HandoffView
    ) -> None:
        assert (await world.draft_acceptance(u2, case.handoff_id)).card is not None
        assert case.deadline is not None
        await world.set_clock(case.deadline)
        for draft in (
            await world.draft_acceptance(u2, case.handoff_id),
            await draft_refusal(world, u2, case.handoff_id),
        ):
            assert draft.card is None
        assert (await draft_recall(world, u1, case.handoff_id)).card is not None

    @pytest.mark.invariant("I4")
    async def test_the_next_release_writes_the_lapse_first_dated_at_the_deadline(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView
    ) -> None:
        assert case.deadline is not None
        await world.set_clock(case.deadline + timedelta(days=10))
        dates = {"out_date": date(2025, 6, 11), "relation_ended_on": date(2025, 6, 11)}
        again = await world.release(u1, m1, world.actors["U3"].uri, **dates)
        assert again.state == HandoffState.RELEASED
        step = await superuser.fetchrow(
            "select * from hub.steps where handoff_id = $1 and step_no = 2", case.handoff_id
        )
        assert tuple(step)[4:8] == ("RELEASED", "expire", "EXPIRED", "HUB")
        assert (step["at"], step["union_id"], step["sha256"]) == (case.deadline, None, None)
        dockets = await superuser.fetch(
            "select union_id, state, closed_at, deadline from hub.dockets where handoff_id = $1", case.handoff_id
        )
        assert {tuple(row) for row in dockets} == {
            # Both parties, and the union above the receiver, which P03 had told.
            (actor.caller.union_id, "EXPIRED", case.deadline, None)
            for actor in (u1, u2, world.actors["U9"])
        }
        await assert_whole(superuser)
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            steps = (await reads.steps(reading, [case.handoff_id]))[case.handoff_id]
        assert [(step.act, step.side, step.by_union) for step in steps] == [
            ("release", Side.HOLDER, u1.caller.union_id),
            ("expire", Side.HUB, None),
        ]

    async def test_a_refused_release_writes_no_lapse(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID, case: HandoffView
    ) -> None:
        assert case.deadline is not None
        await world.set_clock(case.deadline + timedelta(days=10))
        before = await everything(superuser)
        act = await ready_release(world, u1, m1, world.actors["U9"], out_date=date(2025, 6, 11))
        assert (await refused(act)).code == Code.RECEIVER_CANNOT_HOLD
        assert await everything(superuser) == before

    async def test_a_release_that_has_lapsed_can_lapse_again(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView
    ) -> None:
        for _ in range(3):
            assert case.deadline is not None
            day = case.deadline.date() + timedelta(days=1)
            await world.set_clock(case.deadline + timedelta(hours=20))
            case = await world.release(u1, m1, u2.uri, out_date=day, relation_ended_on=day)
        states = await superuser.fetch("select state from hub.handoffs order by opened_at")
        assert [row["state"] for row in states] == ["EXPIRED", "EXPIRED", "EXPIRED", "RELEASED"]
        await assert_whole(superuser)
