"""Entrustment (A9): the agreement and its two signatures, whom it covers, and what it gives the host union."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hub.errors import Code
from hub.transfers.desk import duties, entrusting, releasing
from hub.transfers.ledger import entrusting as ledger
from tests import endings
from tests.entrusting import (
    CLAUSES,
    ON_AGREEMENT,
    coverages,
    draft_care,
    draft_proposal,
    entry,
    in_force,
    proposed,
    ready_answer,
    ready_care,
    ready_on,
    ready_proposal,
    ready_roster,
)
from tests.ready import ABSENT, altered, ready, ready_release
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

#: Midnight in Shanghai at which the agreement of the fixtures is over.
TERM_OVER = datetime(2025, 6, 30, 16, tzinfo=UTC)


@pytest.fixture
def u7(world: World) -> Actor:
    return world.actors["U7"]


@pytest.fixture
def u8(world: World) -> Actor:
    return world.actors["U8"]


@pytest.fixture
def m5(world: World) -> UUID:
    return world.members["M5"]


async def states(world: World, actor: Actor, agreement_id: UUID) -> list[tuple[str, str | None, str | None]]:
    return [(c.state, c.end_reason, c.member_name) for c in await coverages(world, actor, agreement_id)]


class TestAgreement:
    @pytest.mark.parametrize("order", [("U7", "U8"), ("U8", "U7")])
    async def test_both_sign_one_text_and_it_is_in_force(
        self, world: World, superuser: Any, m5: UUID, order: tuple[str, str]
    ) -> None:
        before = await custody_of(superuser, m5)
        view = await proposed(world, world.actors[order[1]])
        assert view.state == "DRAFT"
        first = await ready_on(world, "sign", world.actors[order[0]], view.agreement_id)
        assert (await first.send(world.hub)).state == "SIGNED_BY_ONE"
        assert await coverages(world, world.actors["U7"], view.agreement_id) == []
        second = await ready_on(world, "sign", world.actors[order[1]], view.agreement_id)
        made = await second.send(world.hub)
        assert made.state == "IN_FORCE"
        assert made.in_force_from is not None
        assert made.in_force_from >= max(made.dispatch_signed_at, made.host_signed_at)
        assert await states(world, world.actors["U8"], view.agreement_id) == [("COVERED", None, "陈五")]
        assert dict(await custody_of(superuser, m5)) == dict(before)
        await assert_whole(superuser)
        # The same again is the same, with no second coverage.
        assert (await second.send(world.hub)).state == "IN_FORCE"
        assert len(await coverages(world, world.actors["U8"], view.agreement_id)) == 1

    async def test_both_signing_at_once_make_it_once(self, world: World, u7: Actor, u8: Actor) -> None:
        view = await proposed(world)
        signatures = [await ready_on(world, "sign", actor, view.agreement_id) for actor in (u7, u8)]
        await asyncio.gather(*(signature.send(world.hub) for signature in signatures))
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]

    async def test_the_second_signature_over_another_text_makes_nothing(
        self, world: World, u7: Actor, u8: Actor, refused: Refused
    ) -> None:
        view = await proposed(world)
        late = await ready_on(world, "sign", u8, view.agreement_id)
        await (await ready_on(world, "sign", u7, view.agreement_id)).send(world.hub)
        changed = await (await ready_proposal(world, u7, agreement_id=view.agreement_id, agreement_no="2号")).send(
            world.hub
        )
        assert (changed.state, changed.dispatch_signed_at) == ("DRAFT", None)
        refusal = await refused(late)
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("entrustment", "agreement_sha256"))

    async def test_one_whose_term_begins_later_is_scheduled(self, world: World, u7: Actor, u8: Actor, m5: UUID) -> None:
        line = entry(m5, coverage_from=date(2025, 4, 1))
        view = await in_force(world, term_from=date(2025, 4, 1), roster=[line])
        assert (view.state, view.in_force_from) == ("SCHEDULED", datetime(2025, 3, 31, 16, tzinfo=UTC))
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, None)]
        await world.set_clock(datetime(2025, 3, 31, 16, tzinfo=UTC))
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]
        # What the date made of it is recorded first.
        ended = await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        assert ended.state == "TERMINATED"
        async with world.hub.database.as_union(u8.caller.union_id, u8.caller.kid) as reading:
            steps = (await ledger.agreement_steps(reading, [view.agreement_id]))[view.agreement_id]
        assert [step.act for step in steps] == ["propose", "sign", "schedule", "start", "terminate"]

    async def test_it_expires_at_midnight_in_shanghai(self, world: World, u8: Actor, m5: UUID) -> None:
        view = await in_force(world)
        await world.set_clock(TERM_OVER - timedelta(seconds=30))
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]
        await world.set_clock(TERM_OVER)
        assert await states(world, u8, view.agreement_id) == [("ENDED", "AGREEMENT_ENDED", None)]
        assert (await draft_care(world, u8, m5)).refusals[0].code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.parametrize("act", ["sign", "withdraw", "terminate"])
    async def test_who_is_no_party_is_told_as_of_none(
        self, world: World, u7: Actor, act: str, refused: Refused
    ) -> None:
        view = await proposed(world)
        desk, drafted = ON_AGREEMENT[act]
        known = await drafted(world.hub, u7.caller, {"agreement_id": view.agreement_id})
        for agreement_id in (view.agreement_id, uuid4()):
            draft = altered(known, agreement_id=str(agreement_id), top={"iss": world.actors["U1"].uri})
            refusal = await refused(ready(desk, world.actors["U1"], draft))
            assert refusal.code is Code.ENTRUSTMENT_PARTY_INVALID

    async def test_a_draft_is_withdrawn_by_its_author_and_a_signature_by_its_signer(
        self, world: World, u7: Actor, u8: Actor, refused: Refused
    ) -> None:
        view = await proposed(world)
        assert (await refused(await ready_on(world, "withdraw", u8, view.agreement_id))).code is (
            Code.ENTRUSTMENT_PARTY_INVALID
        )
        await (await ready_on(world, "sign", u8, view.agreement_id)).send(world.hub)
        assert (await refused(await ready_on(world, "withdraw", u7, view.agreement_id))).code is (
            Code.ENTRUSTMENT_PARTY_INVALID
        )
        assert (await (await ready_on(world, "withdraw", u8, view.agreement_id)).send(world.hub)).state == "WITHDRAWN"
        refusal = await refused(await ready_on(world, "sign", u7, view.agreement_id))
        assert refusal.code is Code.STEP_NOT_ALLOWED

    async def test_what_one_has_signed_lapses_with_its_term(
        self, world: World, u7: Actor, u8: Actor, refused: Refused
    ) -> None:
        view = await proposed(world)
        await (await ready_on(world, "sign", u7, view.agreement_id)).send(world.hub)
        await world.set_clock(TERM_OVER)
        refusal = await refused(await ready_on(world, "sign", u8, view.agreement_id))
        assert refusal.message.count("已失效") == 1


class TestProposal:
    @pytest.mark.article("A9")
    @pytest.mark.parametrize("clause", ["activities", "rights_protection"])
    async def test_both_mandatory_clauses_must_stand_in_it(
        self, world: World, u7: Actor, clause: str, refused: Refused
    ) -> None:
        refusal = await refused(await ready_proposal(world, u7, **{clause: None}))
        assert (refusal.code, refusal.path) == (Code.ENTRUSTMENT_CLAUSE_MISSING, ("entrustment", clause))

    @pytest.mark.article("A9")
    @pytest.mark.parametrize(
        "changes",
        [
            {"agency_uscc": EMPLOYERS["丁"]},
            {"host_union": UNIONS["U7"].uri},
            {"dispatch_union": UNIONS["U8"].uri, "host_union": UNIONS["U7"].uri},
            {"host_union": UNIONS["U2"].uri},
            {"host_union": UNIONS["U5"].uri},
        ],
        ids=["one employer", "one union", "the wrong way round", "of another employer", "no grassroots union"],
    )
    async def test_the_parties_are_the_two_unions_of_both_employers(
        self, world: World, u7: Actor, changes: dict[str, Any], refused: Refused
    ) -> None:
        assert (await refused(await ready_proposal(world, u7, **changes))).code is Code.ENTRUSTMENT_PARTY_INVALID

    @pytest.mark.article("A9")
    async def test_a_third_union_proposes_nothing_for_two_others(self, world: World, refused: Refused) -> None:
        refusal = await refused(await ready_proposal(world, world.actors["U2"]))
        assert refusal.code is Code.ENTRUSTMENT_PARTY_INVALID

    async def test_an_unknown_union_is_no_party(self, world: World, u7: Actor, refused: Refused) -> None:
        unknown = await ready_proposal(world, u7, host_union="urn:union:81310120MC0A10017Q")
        assert (await refused(unknown)).code is Code.UNION_NOT_FOUND

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"term_until": date(2024, 12, 31)}, ("term_until",)),
            ({"term_from": date(2024, 1, 1), "term_until": date(2025, 3, 2)}, ("term_until",)),
            ({"activities": {"responsible": "BOTH", "text": "双方"}}, ("activities", "responsible")),
            ({"host_uscc": "91320505MC0X20208Q"}, ("host_union",)),
        ],
        ids=["ends before it begins", "over", "nobody's", "a wrong code"],
    )
    async def test_what_it_says_makes_sense(
        self, world: World, u7: Actor, changes: dict[str, Any], path: tuple[str, ...], refused: Refused
    ) -> None:
        refusal = await refused(await ready_proposal(world, u7, **changes))
        assert refusal.path == ("entrustment", *path)

    async def test_an_id_is_used_once(self, world: World, u7: Actor, refused: Refused) -> None:
        view = await proposed(world)
        draft = await draft_proposal(world, u7)
        again = ready(entrusting.propose, u7, altered(draft, agreement_id=str(view.agreement_id)), str(draft.document))
        assert (await refused(again)).code is Code.INPUT_INVALID

    @pytest.mark.article("HUB-P17")
    async def test_another_text_than_the_one_signed_is_none(self, world: World, u7: Actor, refused: Refused) -> None:
        draft, other = await draft_proposal(world, u7), await draft_proposal(world, u7, agreement_no="2号")
        assert (await refused(ready(entrusting.propose, u7, draft, str(other.document)))).code is Code.DOCUMENT_TAMPERED
        malformed = await refused(ready(entrusting.propose, u7, draft, "{}"))
        assert malformed.code is Code.STATEMENT_MALFORMED

    async def test_a_text_that_both_have_signed_is_changed_by_a_new_one_alone(
        self, world: World, u7: Actor, refused: Refused
    ) -> None:
        view = await in_force(world)
        refusal = await refused(await ready_proposal(world, u7, agreement_id=view.agreement_id, roster=[]))
        assert refusal.code is Code.STEP_NOT_ALLOWED
        assert (await refused(await ready_on(world, "sign", u7, view.agreement_id))).code is Code.STEP_NOT_ALLOWED

    @pytest.mark.article("A15")
    async def test_a_branch_and_a_federation_sign_none(self, world: World, refused: Refused) -> None:
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            assert (await refused(await ready_proposal(world, world.actors[ref]))).code is code


class TestRoster:
    @pytest.mark.article("A9")
    @pytest.mark.parametrize("who", ["M1", "nobody"])
    async def test_a_member_of_another_union_is_not_covered(
        self, world: World, u7: Actor, who: str, refused: Refused
    ) -> None:
        line = entry(world.members.get(who, uuid4()))
        refusal = await refused(await ready_proposal(world, u7, roster=[line]))
        assert refusal.code is Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION
        assert refusal.path == ("entrustment", "roster", "0")

    async def test_the_host_union_learns_of_nobody_by_proposing(self, world: World, u8: Actor) -> None:
        """Of a roster that the holder has not signed nothing is said: ids can't be tried out by it."""
        for who in (world.members["M5"], world.members["M1"], uuid4()):
            assert (await draft_proposal(world, u8, roster=[entry(who)])).refusals == ()

    @pytest.mark.article("A9")
    @pytest.mark.parametrize(
        "days",
        [
            {"dispatch_to": date(2025, 5, 31)},
            {"dispatch_from": date(2025, 1, 2)},
            {"coverage_to": date(2025, 7, 1)},
            {"coverage_from": date(2024, 12, 31)},
            {"coverage_to": date(2025, 3, 2)},
            {"coverage_from": date(2025, 6, 30), "coverage_to": date(2025, 6, 29)},
        ],
    )
    async def test_a_coverage_lies_within_dispatch_and_term(
        self, world: World, u7: Actor, m5: UUID, days: dict[str, date], refused: Refused
    ) -> None:
        refusal = await refused(await ready_proposal(world, u7, roster=[entry(m5, **days)]))
        assert refusal.code is Code.COVERAGE_OUTSIDE_DISPATCH

    async def test_one_member_stands_on_it_once(self, world: World, u7: Actor, m5: UUID, refused: Refused) -> None:
        refusal = await refused(await ready_proposal(world, u7, roster=[entry(m5), entry(m5)]))
        assert refusal.code is Code.INPUT_INVALID

    @pytest.mark.article("HUB-P18")
    async def test_nobody_is_entrusted_twice(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        await in_force(world)
        refusal = await refused(await ready_proposal(world, u7))
        assert refusal.code is Code.ALREADY_ENTRUSTED
        # Other days are another thing; the days of two agreements may follow one another.
        later = [entry(m5, coverage_from=date(2025, 7, 1), coverage_to=date(2025, 12, 31))]
        view = await in_force(world, term_from=date(2025, 7, 1), term_until=date(2025, 12, 31), roster=later)
        assert view.state == "SCHEDULED"

    @pytest.mark.article("HUB-P18")
    async def test_of_two_agreements_signed_at_once_one_covers(self, world: World, u7: Actor, u8: Actor) -> None:
        views = [await proposed(world), await proposed(world, agreement_no="2号")]
        for view in views:
            await (await ready_on(world, "sign", u7, view.agreement_id)).send(world.hub)
        seconds = [await ready_on(world, "sign", u8, view.agreement_id) for view in views]
        outcomes = await asyncio.gather(*(s.send(world.hub) for s in seconds), return_exceptions=True)
        assert sorted(getattr(o, "code", "made") for o in outcomes) == ["ALREADY_ENTRUSTED", "made"]

    @pytest.mark.article("HUB-P04")
    async def test_who_is_being_handed_over_is_not_put_on_it(
        self, world: World, u7: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world, roster=[])
        await (await ready_release(world, u7, m5, world.actors["U2"])).send(world.hub)
        refusal = await refused(await ready_roster(world, u7, view.agreement_id, add=[entry(m5)]))
        assert refusal.code is Code.HANDOFF_ALREADY_OPEN

    async def test_who_is_put_on_it_waits_for_the_host_unions_word(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world, roster=[])
        stale = await ready_roster(world, u7, view.agreement_id, add=[entry(m5, host_post="涂装车间")])
        added = await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        assert added.roster_version == 1
        assert (await refused(stale)).code is Code.STALE_VERSION
        assert await states(world, u8, view.agreement_id) == [("PENDING", None, None)]
        assert (await draft_care(world, u8, m5)).refusals[0].code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        await (await ready_answer(world, u8, view.agreement_id, m5)).send(world.hub)
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]
        again = await refused(await ready_answer(world, u8, view.agreement_id, m5))
        assert again.code is Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION
        await assert_whole(superuser)

    async def test_the_host_union_may_decline(self, world: World, u7: Actor, u8: Actor, m5: UUID) -> None:
        view = await in_force(world, roster=[])
        await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        await (await ready_answer(world, u8, view.agreement_id, m5, decline=True)).send(world.hub)
        assert await states(world, u7, view.agreement_id) == [("DECLINED", "DECLINED", "陈五")]
        assert await states(world, u8, view.agreement_id) == [("DECLINED", "DECLINED", None)]
        await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        assert [state for state, *_ in await states(world, u7, view.agreement_id)].count("PENDING") == 1

    async def test_who_is_taken_off_it_is_covered_no_more_at_once(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world)
        removal = [{"membership_id": m5, "reason": "MOVED_TO_OTHER_HOST"}]
        await (await ready_roster(world, u7, view.agreement_id, remove=removal)).send(world.hub)
        assert await states(world, u8, view.agreement_id) == [("ENDED", "MOVED_TO_OTHER_HOST", None)]
        gone = await refused(await ready_roster(world, u7, view.agreement_id, remove=removal))
        assert gone.code is Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION
        empty = await refused(await ready_roster(world, u7, view.agreement_id))
        assert empty.code is Code.INPUT_INVALID

    async def test_a_removal_has_a_listed_reason(self, world: World, u7: Actor, m5: UUID, refused: Refused) -> None:
        view = await in_force(world)
        removal = [{"membership_id": m5, "reason": "NO_REASON"}]
        refusal = await refused(await ready_roster(world, u7, view.agreement_id, remove=removal))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("entrustment", "remove", "0"))

    @pytest.mark.article("A9")
    async def test_each_side_does_its_own_part(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world, roster=[])
        by_host = await ready_roster(world, u8, view.agreement_id, add=[entry(m5)])
        assert (await refused(by_host)).code is Code.ENTRUSTMENT_PARTY_INVALID
        await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        by_dispatch = await ready_answer(world, u7, view.agreement_id, m5)
        assert (await refused(by_dispatch)).code is Code.ENTRUSTMENT_PARTY_INVALID
        nobody = await refused(await ready_answer(world, u8, view.agreement_id))
        assert nobody.code is Code.INPUT_INVALID

    @pytest.mark.article("A9")
    async def test_nothing_is_done_under_one_that_is_not_in_force(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world, roster=[])
        await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        roster = await ready_roster(
            world, u7, view.agreement_id, remove=[{"membership_id": m5, "reason": "DISPATCH_ENDED"}]
        )
        answer = await ready_answer(world, u8, view.agreement_id, m5)
        end = await ready_on(world, "terminate", u8, view.agreement_id)
        await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        # What waited for an answer dies with the agreement.
        assert await states(world, u7, view.agreement_id) == [("ENDED", "AGREEMENT_ENDED", "陈五")]
        for late in (roster, answer, end):
            assert (await refused(late)).code is Code.ENTRUSTMENT_NOT_IN_FORCE


class TestCoverage:
    async def test_it_ends_when_the_member_moves(self, world: World, u7: Actor, u8: Actor, m5: UUID) -> None:
        view, u2 = await in_force(world), world.actors["U2"]
        handoff = await world.release(u7, m5, u2.uri)
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]
        await world.accept(u2, handoff.handoff_id)
        assert await states(world, u8, view.agreement_id) == [("ENDED", "TRANSFERRED", None)]
        # Back again is not covered again: it was of that holding.
        back = await world.release(u2, m5, u7.uri, new_employer_uscc=EMPLOYERS["丙"])
        await world.accept(u7, back.handoff_id, holding_basis="DISPATCH_UNION", employer_uscc=EMPLOYERS["丙"])
        assert await states(world, u7, view.agreement_id) == [("ENDED", "TRANSFERRED", "陈五")]
        await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
        assert sorted(state for state, *_ in await states(world, u7, view.agreement_id)) == ["ENDED", "PENDING"]

    @pytest.mark.parametrize(
        ("status", "reason"),
        [("RETAINED", "RETAINED"), ("WITHDRAWN", "MEMBERSHIP_ENDED"), ("DUPLICATE_MERGED", "MERGED")],
    )
    async def test_it_ends_with_the_status(
        self, world: World, superuser: Any, u8: Actor, m5: UUID, status: str, reason: str
    ) -> None:
        view = await in_force(world)
        await superuser.execute("update hub.memberships set status = $1 where membership_id = $2", status, m5)
        assert await states(world, u8, view.agreement_id) == [("ENDED", reason, None)]

    async def test_of_several_ends_the_first_one_counts(self, world: World, u7: Actor, u8: Actor, m5: UUID) -> None:
        view, u2 = await in_force(world), world.actors["U2"]
        await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        await world.accept(u2, (await world.release(u7, m5, u2.uri)).handoff_id)
        assert await states(world, u8, view.agreement_id) == [("ENDED", "AGREEMENT_ENDED", None)]

    async def test_it_ends_with_its_days(self, world: World, u8: Actor, m5: UUID) -> None:
        view = await in_force(world, roster=[entry(m5, dispatch_to=date(2025, 3, 9), coverage_to=date(2025, 3, 9))])
        await world.set_clock(datetime(2025, 3, 9, 15, 59, tzinfo=UTC))
        assert await states(world, u8, view.agreement_id) == [("COVERED", None, "陈五")]
        await world.set_clock(datetime(2025, 3, 9, 16, tzinfo=UTC))
        assert await states(world, u8, view.agreement_id) == [("ENDED", "DISPATCH_ENDED", None)]

    async def test_a_new_version_carries_whom_it_does_not_name(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID
    ) -> None:
        old = await in_force(world)
        new = await in_force(
            world, supersedes=old.agreement_id, roster=[], term_until=date(2025, 12, 31), agreement_no="2号"
        )
        assert await states(world, u8, new.agreement_id) == [("COVERED", None, "陈五")]
        assert await states(world, u8, old.agreement_id) == [("ENDED", "AGREEMENT_ENDED", None)]
        async with world.hub.database.as_union(u8.caller.union_id, u8.caller.kid) as reading:
            views = await ledger.agreements(reading, [old.agreement_id, new.agreement_id])
        assert (views[old.agreement_id].state, views[new.agreement_id].state) == ("SUPERSEDED", "IN_FORCE")
        assert (await coverages(world, u8, new.agreement_id))[0].coverage_to == date(2025, 12, 31)

    async def test_a_new_version_of_a_later_day_leaves_the_old_one_until_then(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        old = await in_force(world)
        line = entry(m5, coverage_from=date(2025, 4, 1), coverage_to=date(2025, 12, 31))
        new = await in_force(
            world,
            supersedes=old.agreement_id,
            roster=[line],
            term_from=date(2025, 4, 1),
            term_until=date(2025, 12, 31),
        )
        assert await states(world, u8, old.agreement_id) == [("COVERED", None, "陈五")]
        assert await states(world, u8, new.agreement_id) == [("COVERED", None, None)]
        refusal = await refused(await ready_on(world, "terminate", u7, old.agreement_id))
        assert refusal.code is Code.ENTRUSTMENT_NOT_IN_FORCE
        await world.set_clock(datetime(2025, 3, 31, 16, tzinfo=UTC))
        assert await states(world, u8, old.agreement_id) == [("ENDED", "AGREEMENT_ENDED", None)]
        assert await states(world, u8, new.agreement_id) == [("COVERED", None, "陈五")]

    @pytest.mark.article("A9")
    async def test_one_supersedes_what_is_in_force_between_the_same_two(
        self, world: World, u7: Actor, refused: Refused
    ) -> None:
        old = await in_force(world)
        await (await ready_on(world, "terminate", u7, old.agreement_id)).send(world.hub)
        refusal = await refused(await ready_proposal(world, u7, supersedes=old.agreement_id, roster=[]))
        assert refusal.code is Code.ENTRUSTMENT_NOT_IN_FORCE
        unknown = await refused(await ready_proposal(world, u7, supersedes=uuid4(), roster=[]))
        assert unknown.code is Code.ENTRUSTMENT_PARTY_INVALID


class TestHostUnion:
    @pytest.mark.article("A9", "A16")
    async def test_it_ends_no_membership_and_the_end_ends_its_part(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world)
        for name in ("withdraw", "expel", "death"):
            slip = await endings.draft(world, name, u8, m5)
            assert slip.refusals[0].code is Code.ENTRUSTED_HOST_CANNOT_ACT
            forged = altered(await endings.draft(world, name, u7, m5), top={"iss": u8.uri})
            assert (await refused(ready(endings.ACTS[name][1], u8, forged))).code is Code.ENTRUSTED_HOST_CANNOT_ACT
        await endings.act(world, "death", u7, m5)
        ((state, _, told),) = await states(world, u8, view.agreement_id)
        assert (state, told) == ("ENDED", None)

    @pytest.mark.article("A9", "A16")
    async def test_it_releases_nobody_whom_it_is_entrusted_with(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world)
        assert (await world.draft_release(u8, m5, UNIONS["U2"].uri)).refusals[0].code is Code.ENTRUSTED_HOST_CANNOT_ACT
        drafted = await world.draft_release(u7, m5, UNIONS["U2"].uri)
        forged = ready(releasing.release, u8, altered(drafted, top={"iss": u8.uri}))
        assert (await refused(forged)).code is Code.ENTRUSTED_HOST_CANNOT_ACT
        await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        assert (await refused(forged)).code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    async def test_activities_and_rights_cases_are_recorded_and_read_by_the_holder(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID
    ) -> None:
        view = await in_force(world)
        activity = await ready_care(world, u8, m5)
        record = await activity.send(world.hub)
        assert await activity.send(world.hub) == record
        await (await ready_care(world, u8, m5, rights=True)).send(world.hub)
        await (await ready_care(world, u7, m5)).send(world.hub)
        assert [(r.act, r.union_id) for r in await _care(world, u7, m5)] == [
            ("record_activity", u8.caller.union_id),
            ("record_rights_case", u8.caller.union_id),
            ("record_activity", u7.caller.union_id),
        ]
        assert len(await _care(world, u8, m5)) == 2
        assert await _care(world, world.actors["U1"], m5) == []
        await assert_whole(superuser)
        await (await ready_on(world, "terminate", u8, view.agreement_id)).send(world.hub)
        assert await _care(world, u8, m5) == []

    async def test_it_records_under_an_agreement_in_force_and_of_whom_it_covers(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view = await in_force(world)
        good = await draft_care(world, u8, m5)
        assert good.claims is not None
        stranger = ready(entrusting.record_activity, u8, altered(good, top={"sub": str(world.members["M1"])}))
        unknown = ready(entrusting.record_activity, u8, altered(good, top={"sub": str(uuid4())}))
        bare = ready(entrusting.record_activity, u8, altered(good, agreement_id=ABSENT))
        ahead = await ready_care(world, u8, m5, occurred_on=date(2025, 3, 4))
        assert (await refused(stranger)).code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert (await refused(unknown)).code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert (await refused(bare)).code is Code.NOT_HOLDER
        assert (await refused(ahead)).code is Code.DATE_IN_FUTURE
        late = await ready_care(world, u8, m5)
        await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        # Alike for whoever is named: the member isn't looked up.
        for act in (late, stranger, unknown):
            assert (await refused(act)).code is Code.ENTRUSTMENT_NOT_IN_FORCE

    async def test_nothing_is_recorded_of_a_membership_that_has_ended(
        self, world: World, superuser: Any, u7: Actor, m5: UUID, refused: Refused
    ) -> None:
        await superuser.execute("update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m5)
        assert (await refused(await ready_care(world, u7, m5))).code is Code.NOT_A_MEMBER

    async def test_sex_and_birth_month_are_read_for_a_named_purpose_and_logged(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID
    ) -> None:
        rights = {**CLAUSES["rights_protection"], "purpose": "女职工特殊保护"}
        view = await in_force(world, rights_protection=rights)
        (covered,) = await coverages(world, u8, view.agreement_id)
        for reader, shown in ((u8, 1), (u7, 0), (world.actors["U1"], 0)):
            found = await world.hub.ledger.entrustments.reveal(reader.caller.union_id, [covered.coverage_id])
            assert len(found) == shown
        logged = await superuser.fetch("select union_id, purpose from hub.disclosures where kind = 'ENTRUSTED'")
        assert [tuple(row) for row in logged] == [(u8.caller.union_id, "女职工特殊保护")]
        await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        assert await world.hub.ledger.entrustments.reveal(u8.caller.union_id, [covered.coverage_id]) == {}

    async def test_without_a_purpose_they_are_not(self, world: World, u8: Actor) -> None:
        view = await in_force(world)
        (covered,) = await coverages(world, u8, view.agreement_id)
        assert await world.hub.ledger.entrustments.reveal(u8.caller.union_id, [covered.coverage_id]) == {}


class TestDuties:
    async def test_each_is_one_unions_and_what_is_nobodys_shows(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID
    ) -> None:
        holder, host = u7.caller.union_id, u8.caller.union_id
        alone = await _duties(world, u7, m5)
        assert set(alone.values()) == {holder}
        assert await _duties(world, u8, m5) == {}
        view = await in_force(world, dues_collection={"responsible": "DISPATCH", "text": "会费由派遣单位工会收缴。"})
        shared = {
            "MEMBERSHIP": holder,
            "ACTIVITIES": host,
            "RIGHTS_PROTECTION": host,
            "DUES_COLLECTION": holder,
            "VOTING": holder,
            "RELIEF": None,
        }
        assert await _duties(world, u7, m5) == shared
        assert await _duties(world, u8, m5) == shared
        await superuser.execute("update hub.entrustments set state = 'SUSPENDED'")
        assert await _duties(world, u7, m5) == {**shared, "ACTIVITIES": None, "RIGHTS_PROTECTION": None}
        assert await _duties(world, u8, m5) == {}
        assert (await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)).state == "TERMINATED"
        assert await _duties(world, u7, m5) == alone
        assert await _duties(world, world.actors["U1"], m5) == {}


async def _care(world: World, actor: Actor, membership_id: UUID) -> list[Any]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await ledger.care_of(reading, [membership_id])).get(membership_id, [])


async def _duties(world: World, actor: Actor, membership_id: UUID) -> dict[str, UUID | None]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        found = (await duties.duties_of(reading, [membership_id])).get(membership_id, [])
    return {duty.duty: duty.union_id for duty in found}
