"""What is refused of a pull, check by check: to the statement, and to its draft in the same words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk import drafting_pulls, pulling, releasing
from tests.desk.conftest import said
from tests.ready import (
    altered,
    ready,
    ready_cancellation,
    ready_dismissal,
    ready_in_lieu,
    ready_objection,
    ready_request,
)
from tests.winding import set_state
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

#: A request of 2025-03-03 that nobody answers is with the union above from here on.
ESCALATED = datetime(2025, 3, 24, 16, tzinfo=UTC)


@pytest.fixture
def u13(world: World) -> Actor:
    """The union above U1."""
    return world.actors["U13"]


@pytest.fixture
async def asked(world: World, u2: Actor) -> HandoffView:
    """U2's request for M1, held by U1."""
    return await world.request(u2, "M1")


class TestRequest:
    async def test_a_handoff_has_an_id_of_its_own(
        self, world: World, refused: Refused, u2: Actor, asked: HandoffView
    ) -> None:
        draft = altered(await world.draft_request(u2, "M2"), handoff_id=str(asked.handoff_id))
        refusal = await refused(ready(pulling.request, u2, draft))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("request", "handoff_id"))

    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("OFF_JOB_STUDY", Code.STUDY_LEAVE_NO_CHANGE),
            ("AWAITING_POST", Code.AWAITING_POST_NO_CHANGE),
            ("HOMESICKNESS", Code.REASON_NOT_ALLOWED),
        ],
    )
    async def test_it_has_a_listed_reason(
        self, world: World, refused: Refused, u2: Actor, reason: str, code: Code
    ) -> None:
        act = await ready_request(world, u2, "M1", reason_code=reason)
        assert [refusal.code for refusal in act.refusals] == [code]
        assert (await refused(act)).path == ("request", "reason_code")

    async def test_the_new_employer_has_a_code(self, world: World, refused: Refused, u2: Actor) -> None:
        right = EMPLOYERS["乙"]
        act = await ready_request(world, u2, "M1", employer_uscc=right[:-1] + ("0" if right[-1] != "0" else "1"))
        assert [refusal.code for refusal in act.refusals] == [Code.INPUT_INVALID]
        assert (await refused(act)).path == ("request", "employer_uscc")

    @pytest.mark.article("A20", "A13")
    async def test_the_work_has_begun(self, world: World, refused: Refused, u2: Actor) -> None:
        act = await ready_request(world, u2, "M1", relation_started_on=date(2025, 3, 4))
        assert len(act.refusals) == 1
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.NO_LABOUR_RELATION_YET, ("request", "relation_started_on"))
        assert refusal.possible_from == datetime(2025, 3, 3, 16, tzinfo=UTC)

    @pytest.mark.article("A3")
    async def test_the_employer_is_another_than_before(self, world: World, refused: Refused, u2: Actor) -> None:
        # The draft does not tell: it would say for whom a person works.
        act = await ready_request(world, u2, "M1", employer_uscc=EMPLOYERS["甲"])
        assert act.refusals == ()
        assert (await refused(act)).code is Code.LABOUR_RELATION_UNCHANGED

    @pytest.mark.article("HUB-P09")
    async def test_a_closed_union_asks_for_nobody(
        self, world: World, superuser: Any, refused: Refused, u2: Actor
    ) -> None:
        act = await ready_request(world, u2, "M1")
        await set_state(superuser, "CLOSED", u2.uri)
        assert (await refused(act)).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("HUB-P15")
    async def test_consent_is_given_in_one_of_three_forms(self, world: World, refused: Refused, u2: Actor) -> None:
        by_nod = {"form": "BY_NOD", "given_on": date(2025, 3, 2), "evidence_sha256": "A" * 43}
        act = await ready_request(world, u2, "M1", consent=by_nod)
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.MEMBER_CONSENT_REQUIRED, ("request", "consent", "form"))


class TestOnARequest:
    async def test_an_answer_is_bound_to_the_request_it_answers(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        draft = altered(await world.draft_release(u1, m1, u2.uri), request_sha256="A" * 43)
        refusal = await refused(ready(releasing.release, u1, draft))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", "request_sha256"))

    @pytest.mark.article("HUB-P17")
    async def test_an_answer_states_the_reason_that_was_asked_for(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        asked = await world.request(u1, "M1", employer_uscc=EMPLOYERS["甲"])
        other = {"reason_code": "CORRECTION", "relation_ended_on": None, "new_employer_uscc": None}
        for named in ({"handoff_id": asked.handoff_id}, {}):  # by its id, or found as the receiver's open one
            draft = await world.draft_release(u2, None if named else m1, u1.uri, **named, **other)
            foretold = draft.refusals[0]
            refusal = await refused(ready(releasing.release, u2, draft))
            assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", "reason_code"))
            assert (foretold.code, foretold.path) == (refusal.code, refusal.path)

    @pytest.mark.article("A11")
    async def test_of_anothers_a_stranger_is_told_nothing(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        u3, given = world.actors["U3"], {"handoff_id": asked.handoff_id, "ground": "RELATION_CONTINUES"}
        for act, actor, draft_of in (
            (pulling.object_to, u1, drafting_pulls.draft_objection),
            (pulling.cancel, u2, drafting_pulls.draft_cancellation),
        ):
            forged = altered(await draft_of(world.hub, actor.caller, given), top={"iss": u3.uri})
            refusal = await refused(ready(act, u3, forged))
            assert refusal.code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    async def test_the_holder_alone_objects(
        self, world: World, refused: Refused, u2: Actor, asked: HandoffView
    ) -> None:
        assert (await refused(await ready_objection(world, u2, asked.handoff_id))).code is Code.NOT_HOLDER

    async def test_who_asked_alone_cancels(self, world: World, refused: Refused, u1: Actor, asked: HandoffView) -> None:
        assert (await refused(await ready_cancellation(world, u1, asked.handoff_id))).code is Code.RECEIVER_MISMATCH

    async def test_what_is_closed_is_told_by_its_state(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        await world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES")
        appeal = await world.request(u2, "M1", appeals=asked.handoff_id)
        dismissal = await ready_dismissal(world, u13, appeal.handoff_id)
        await world.cancel(u2, appeal.handoff_id)
        late = [
            (await ready_objection(world, u1, asked.handoff_id), "OBJECTED"),
            (await ready_cancellation(world, u2, appeal.handoff_id), "CANCELLED"),
        ]
        for act, state in late:
            assert len(act.refusals) == 1
            refusal = await refused(act)
            assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, state)
        refusal = await refused(dismissal)
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "CANCELLED")

    async def test_a_release_is_no_longer_a_request(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        await world.set_clock(ESCALATED)
        before = [
            await ready_dismissal(world, u13, asked.handoff_id),
            await ready_cancellation(world, u2, asked.handoff_id),
        ]
        await world.release_in_lieu(u13, asked.handoff_id)
        after = [
            await ready_objection(world, u1, asked.handoff_id),
            await ready_cancellation(world, u2, asked.handoff_id),
            await ready_dismissal(world, u13, asked.handoff_id),
        ]
        assert [[refusal.code for refusal in act.refusals] for act in after] == [[Code.STEP_NOT_ALLOWED]] * 3
        for act in (*before, *after):
            assert (await refused(act)).code is Code.STEP_NOT_ALLOWED

    async def test_the_request_is_bound_by_its_hash(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        given: dict[str, Any] = {"handoff_id": asked.handoff_id, "ground": "RELATION_CONTINUES"}
        for act, actor, draft_of in (
            (pulling.object_to, u1, drafting_pulls.draft_objection),
            (pulling.cancel, u2, drafting_pulls.draft_cancellation),
            (pulling.dismiss, u13, drafting_pulls.draft_dismissal),
        ):
            if actor is u13:
                await world.set_clock(ESCALATED)
            draft = altered(await draft_of(world.hub, actor.caller, given), request_sha256="A" * 43)
            refusal = await refused(ready(act, actor, draft))
            assert (refusal.code, refusal.path[1:]) == (Code.DOCUMENT_TAMPERED, ("request_sha256",))

    @pytest.mark.parametrize(
        ("ground", "code"),
        [("ARREARS", Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED), ("ETHNICITY", Code.DISCRIMINATORY_GROUND)],
    )
    async def test_it_is_dismissed_on_the_grounds_of_an_objection(
        self, world: World, refused: Refused, u13: Actor, asked: HandoffView, ground: str, code: Code
    ) -> None:
        await world.set_clock(ESCALATED)
        refusal = await refused(await ready_dismissal(world, u13, asked.handoff_id, ground))
        assert (refusal.code, refusal.path) == (code, ("dismissal", "ground"))


class TestInLieu:
    @pytest.fixture
    async def escalated(self, world: World, asked: HandoffView) -> UUID:
        await world.set_clock(ESCALATED)
        return asked.handoff_id

    @pytest.mark.article("HUB-P09")
    async def test_a_closed_union_releases_nobody(
        self, world: World, superuser: Any, refused: Refused, u13: Actor, escalated: UUID
    ) -> None:
        act = await ready_in_lieu(world, u13, escalated)
        await set_state(superuser, "CLOSED", u13.uri)
        assert (await refused(act)).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"), [("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)]
    )
    async def test_who_never_signs_is_told_so_of_any_case(
        self, world: World, refused: Refused, u13: Actor, escalated: UUID, ref: str, code: Code
    ) -> None:
        actor, draft = world.actors[ref], await world.draft_in_lieu(u13, escalated)
        told = await refused(ready(releasing.release_in_lieu, actor, altered(draft, top={"iss": actor.uri})))
        assert told.code is code
        assert said(told) == said((await world.draft_in_lieu(actor, escalated)).refusals[0])

    @pytest.mark.article("A3")
    async def test_a_suspected_duplicate_is_frozen(
        self, world: World, superuser: Any, refused: Refused, u13: Actor, m1: UUID, escalated: UUID
    ) -> None:
        act = await ready_in_lieu(world, u13, escalated)
        await superuser.execute(
            "update hub.memberships set status = 'DUPLICATE_SUSPECTED' where membership_id = $1", m1
        )
        assert (await refused(act)).code is Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"ground": "RELIGION"}, Code.DISCRIMINATORY_GROUND, ("release", "ground")),
            ({"custody_version": 7}, Code.STALE_VERSION, ("release", "custody_version")),
            ({"prev_sha256": "A" * 43}, Code.DOCUMENT_TAMPERED, ("release", "prev_sha256")),
            ({"reason_text": "离家"}, Code.STATEMENT_MALFORMED, ("release", "reason_text")),
            ({"request_sha256": "A" * 43}, Code.DOCUMENT_TAMPERED, ("release", "request_sha256")),
            ({"articles": ["A12"]}, Code.DOCUMENT_TAMPERED, ("release", "articles")),
            ({"card_sha256": "A" * 43}, Code.DOCUMENT_TAMPERED, ("release", "card_sha256")),
        ],
        ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
    )
    async def test_every_claim_is_what_the_case_says(
        self, world: World, refused: Refused, u13: Actor, escalated: UUID,
        changes: dict[str, Any], code: Code, path: tuple[str, ...],
    ) -> None:  # fmt: skip
        draft = altered(await world.draft_in_lieu(u13, escalated), **changes)
        refusal = await refused(ready(releasing.release_in_lieu, u13, draft))
        assert (refusal.code, refusal.path) == (code, path)

    async def test_it_names_the_holder_passed_over_and_who_asked(
        self, world: World, refused: Refused, u13: Actor, escalated: UUID
    ) -> None:
        for name in ("in_lieu_of", "receiving_union"):
            another: dict[str, Any] = {name: world.actors["U3"].uri}
            draft = altered(await world.draft_in_lieu(u13, escalated), **another)
            refusal = await refused(ready(releasing.release_in_lieu, u13, draft))
            assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", name))

    @pytest.mark.article("HUB-P02")
    async def test_not_before_it_is_escalated(
        self, world: World, refused: Refused, u13: Actor, asked: HandoffView
    ) -> None:
        await world.set_clock(ESCALATED)
        act = await ready_in_lieu(world, u13, asked.handoff_id)
        await world.set_clock(ESCALATED - timedelta(seconds=30))
        assert (await refused(act)).code is Code.NO_CASE_FOR_HIGHER_UNION
