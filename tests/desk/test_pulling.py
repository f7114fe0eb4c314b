"""The pull: a union asks, the holder answers, objects or lets it lie, the union above decides. By the clock alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import acts
from federation.encoding import sha256_b64url
from federation.proof import verify_proof
from hub.errors import Code, Refusal
from hub.transfers.certificate import entry_of_transfer
from hub.transfers.desk import drafting_pulls, pulling, releasing
from hub.transfers.desk.explaining import explain
from hub.transfers.desk.proving import proofs
from hub.transfers.ledger import reads
from hub.transfers.machines import HandoffState, Side
from hub.transfers.rules.days import day_of
from hub.transfers.rules.policy import LIMITS
from tests.desk.conftest import said
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS, sign, sign_act
from tests.worlds import START, differing, everything

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from hub.transfers.views import HandoffView
    from tests.world import Actor, World

S = HandoffState
#: From a request on 2025-03-03: fifteen working days, then thirty over Qingming and Labour Day.
ESCALATES = datetime(2025, 3, 24, 16, tzinfo=UTC)
LAPSES = datetime(2025, 5, 8, 16, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def u13(world: World) -> Actor:
    """The union above U1."""
    return world.actors["U13"]


@pytest.fixture
async def asked(world: World, u2: Actor) -> HandoffView:
    """U2's request for M1, held by U1."""
    return await world.request(u2, "M1")


async def refusal_of(act: Awaitable[Any]) -> Refusal:
    with pytest.raises(Refusal) as found:
        await act
    return found.value


async def seen(world: World, actor: Actor, handoff_id: UUID) -> HandoffView | None:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.handoffs(reading, [handoff_id])).get(handoff_id)


async def docket(world: World, actor: Actor, side: Side, *states: HandoffState) -> list[HandoffView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return await reads.docket_page(reading, sides=[side], states=list(states) or list(S), after=None, limit=50)


async def request_of(world: World, actor: Actor, **changes: Any) -> str:
    """Give a signed request, whatever speaks against it."""
    return sign(await world.draft_request(actor, "M1", **changes), actor)


class TestRequest:
    @pytest.mark.article("A12", "HUB-P15")
    async def test_it_opens_a_case_that_the_holder_sees_and_the_requester_knows_no_holder_of(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        assert (asked.state, asked.side, asked.deadline) == (S.REQUESTED, Side.RECEIVER, ESCALATES)
        assert await seen(world, u2, asked.handoff_id) == asked
        (held,) = await docket(world, u1, Side.HOLDER, S.REQUESTED)
        assert (held.handoff_id, held.counterpart) == (asked.handoff_id, u2.caller.union_id)
        assert await docket(world, u13, Side.HIGHER) == []
        assert await seen(world, u13, asked.handoff_id) is None
        await assert_whole(superuser)

    @pytest.mark.parametrize(
        "proof",
        [
            {"certificate": None, "id_type": "RESIDENT_ID", "id_number": MEMBERS["M1"].id_number},
            {"certificate": {"province_code": "31", "number": " ０00001 "}},
        ],
        ids=["id", "spelling"],
    )
    async def test_it_is_proved_by_any_form(self, world: World, u2: Actor, proof: dict[str, Any]) -> None:
        assert (await world.request(u2, "M1", **proof)).state is S.REQUESTED

    @pytest.mark.attack("Z05")
    @pytest.mark.article("A12")
    async def test_whatever_does_not_match_is_told_in_the_same_words(
        self, world: World, superuser: Any, u2: Actor
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", world.members["M2"]
        )
        m2 = MEMBERS["M2"]
        told, drafts = set(), set()
        for wrong in (
            {"name": "张二"},
            {"birth_month": "1988-06"},
            {"certificate": {"province_code": "31", "number": "999999"}},
            {"certificate": {"province_code": "32", "number": "000001"}},
            {"certificate": {"province_code": "31", "number": "not a number"}},
            {"certificate": None, "id_type": "RESIDENT_ID", "id_number": MEMBERS["M2"].id_number},
            {"certificate": None, "member_card": "000001"},
            {  # ended
                "certificate": {"province_code": "31", "number": m2.certificate[1]},
                "name": m2.name,
                "birth_month": "1995-11",
            },
        ):
            draft = await world.draft_request(u2, "M1", **wrong)
            drafts.add((draft.typ, draft.card, draft.refusals, len(draft.claims or "")))
            refusal = await refusal_of(pulling.request(world.hub, u2.caller, sign(draft, u2)))
            assert refusal.code is Code.PROOF_OF_MEMBERSHIP_MISMATCH
            told.add(said(refusal))
        right = await world.draft_request(u2, "M1")
        drafts.add((right.typ, right.card, right.refusals, len(right.claims or "")))
        assert (len(told), len(drafts)) == (1, 1)

    @pytest.mark.attack("Z05")
    async def test_a_match_is_its_drawers_own_and_for_a_while(self, world: World, superuser: Any, u2: Actor) -> None:
        u3 = world.actors["U3"]
        draft = await world.draft_request(u2, "M1")
        mine = sign(draft, u2)
        sub = UUID(await superuser.fetchval("select match_id::text from hub.matches"))
        claims = _claims_of(draft)
        others = sign_act(claims, u3, sub=sub, now=await world.now())
        never = sign_act(claims, u2, sub=uuid4(), now=await world.now())
        before = await everything(superuser)
        for actor, statement in ((u3, others), (u2, never)):
            refusal = await refusal_of(pulling.request(world.hub, actor.caller, statement))
            assert refusal.code is Code.PROOF_OF_MEMBERSHIP_MISMATCH
        await world.set_clock(START + timedelta(minutes=LIMITS.match_minutes, seconds=30))
        refusal = await refusal_of(pulling.request(world.hub, u2.caller, mine))
        assert refusal.code is Code.PROOF_OF_MEMBERSHIP_MISMATCH
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.article("HUB-P15")
    @pytest.mark.parametrize("given_on", [None, date(2025, 1, 31), date(2025, 3, 4)])
    async def test_consent_is_asked_for_before_the_match(self, world: World, u2: Actor, given_on: date | None) -> None:
        consent = given_on and {"form": "WRITTEN", "given_on": given_on, "evidence_sha256": sha256_b64url(b"c")}
        told = []
        for name in ("张一", "李四"):
            draft = await world.draft_request(u2, "M1", consent=consent, name=name)
            refusal = await refusal_of(pulling.request(world.hub, u2.caller, sign(draft, u2)))
            assert said(refusal) == said(draft.refusals[0])
            told.append(said(refusal))
        assert told[0][0] is Code.MEMBER_CONSENT_REQUIRED
        assert told[0] == told[1]

    @pytest.mark.article("A12")
    async def test_no_proof_at_all_is_told(self, world: World, u2: Actor) -> None:
        draft = await world.draft_request(u2, "M1", certificate=None)
        refusal = await refusal_of(pulling.request(world.hub, u2.caller, sign(draft, u2)))
        assert refusal.code is Code.PROOF_OF_MEMBERSHIP_MISSING
        assert said(refusal) == said(draft.refusals[0])

    async def test_two_proofs_are_one_too_many(self, world: World, u2: Actor) -> None:
        draft = await world.draft_request(u2, "M1", member_card="1")
        assert (draft.claims, draft.refusals[0].code) == (None, Code.INPUT_INVALID)

    @pytest.mark.attack("Z05")
    async def test_how_often_one_may_look_is_bounded_for_hit_and_miss_alike(
        self, world: World, superuser: Any, u2: Actor
    ) -> None:
        number = {"province_code": "31", "number": "888888"}
        for certificate in ({"province_code": "31", "number": "000001"}, number):
            drafts = [
                await world.draft_request(u2, "M1", certificate=certificate)
                for _ in range(LIMITS.matches_of_target_per_day_max + 1)
            ]
            assert [d.refusals for d in drafts[:-1]] == [()] * LIMITS.matches_of_target_per_day_max
            assert (drafts[-1].claims, drafts[-1].refusals[0].code) == (None, Code.RATE_LIMITED)
        counted = await superuser.fetchval("select count(*) from hub.matches")
        assert counted == 2 * LIMITS.matches_of_target_per_day_max
        await world.set_clock(START + timedelta(days=1, minutes=1))
        assert (await world.draft_request(u2, "M1")).refusals == ()

    @pytest.mark.article("HUB-P04")
    async def test_a_second_one_is_told_of_the_first(self, world: World, u2: Actor, asked: HandoffView) -> None:
        for actor in (u2, world.actors["U3"]):
            refusal = await refusal_of(world.request(actor, "M1"))
            assert refusal.code is Code.HANDOFF_ALREADY_OPEN

    async def test_the_holder_need_not_ask(self, world: World, u1: Actor) -> None:
        refusal = await refusal_of(world.request(u1, "M1"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"),
        [
            ("U3a", Code.ISSUER_IS_JOINT_UNION),
            ("U4", Code.ISSUER_IS_GRASSROOTS_UNION),
            ("U9", Code.RECEIVER_CANNOT_HOLD),
            ("U5", Code.RECEIVER_CANNOT_HOLD),
        ],
    )
    async def test_who_may_not_hold_may_not_ask(self, world: World, ref: str, code: Code) -> None:
        actor = world.actors[ref]
        for name in ("张一", "李四"):
            draft = await world.draft_request(actor, "M1", name=name)
            refusal = await refusal_of(pulling.request(world.hub, actor.caller, sign(draft, actor)))
            assert (refusal.code, said(refusal)) == (code, said(draft.refusals[0]))

    async def test_the_same_again_gives_the_same(self, world: World, superuser: Any, u2: Actor) -> None:
        statement = await request_of(world, u2)
        first = await pulling.request(world.hub, u2.caller, statement)
        before = await everything(superuser)
        assert await pulling.request(world.hub, u2.caller, statement) == first
        assert await everything(superuser) == before


class TestAnswer:
    @pytest.mark.article("A12")
    async def test_the_holder_releases_and_the_member_moves(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        released = await world.answer(u1, asked.handoff_id, u2.uri)
        assert (released.state, released.handoff_id, released.request_sha256) == (
            S.RELEASED,
            asked.handoff_id,
            asked.request_sha256,
        )
        assert await seen(world, u1, asked.handoff_id) == released
        await assert_whole(superuser)
        accepted = await world.accept(u2, asked.handoff_id)
        assert accepted.state is S.ACCEPTED
        assert await seen(world, u2, asked.handoff_id) == accepted
        await world.set_clock(LAPSES)
        assert await docket(world, u13, Side.HIGHER) == []
        assert await superuser.fetchval("select count(*) from hub.dockets where side = 'HIGHER'") == 0
        await assert_whole(superuser)

    async def test_a_push_to_who_asked_answers_the_request(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        assert (await world.release(u1, m1, u2.uri)).handoff_id == asked.handoff_id

    async def test_a_push_to_another_ends_the_request_and_who_asked_is_told_no_more(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        released = await world.release(u1, m1, world.actors["U3"].uri)
        assert released.handoff_id != asked.handoff_id
        closed = await seen(world, u2, asked.handoff_id)
        assert closed is not None
        assert (closed.state, closed.ground) == (S.CANCELLED, None)
        own = await seen(world, u1, asked.handoff_id)
        assert own is not None
        assert own.ground == "SUPERSEDED_BY_RELEASE"
        await assert_whole(superuser)

    async def test_a_release_drafted_before_the_request_came_is_drafted_anew(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        early = sign(await world.draft_release(u1, m1, u2.uri), u1)
        await world.request(u2, "M1")
        assert (await refusal_of(releasing.release(world.hub, u1.caller, early))).code is Code.STALE_VERSION

    async def test_an_answer_to_a_request_that_was_cancelled_comes_too_late(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        late = sign(await world.draft_release(u1, m1, u2.uri), u1)
        await world.cancel(u2, asked.handoff_id)
        refusal = await refusal_of(releasing.release(world.hub, u1.caller, late))
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "CANCELLED")

    @pytest.mark.article("HUB-P02")
    async def test_late_by_the_holder_writes_the_escalation_first(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        await world.set_clock(ESCALATES + timedelta(hours=20))
        assert (await world.answer(u1, asked.handoff_id, u2.uri)).state is S.RELEASED
        steps = await superuser.fetch(
            "select act, to_state, side, at from hub.steps where handoff_id = $1 order by step_no", asked.handoff_id
        )
        assert [tuple(row)[:3] for row in steps] == [
            ("request", "REQUESTED", "RECEIVER"),
            ("escalate", "ESCALATED", "HUB"),
            ("release", "RELEASED", "HOLDER"),
        ]
        assert steps[1]["at"] == ESCALATES
        await assert_whole(superuser)

    async def test_a_puller_that_pushes_is_told_that_it_holds_not(
        self, world: World, u2: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        draft = await world.draft_release(u2, m1, world.actors["U3"].uri)
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_HOLDER]


class TestObjection:
    @pytest.mark.article("A12")
    async def test_on_a_listed_ground_it_closes_the_case(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        view = await world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES")
        assert (view.state, view.ground) == (S.OBJECTED, "RELATION_CONTINUES")
        assert await seen(world, u1, asked.handoff_id) == view
        told = await seen(world, u2, asked.handoff_id)
        assert told is not None
        assert (told.state, told.ground) == (S.OBJECTED, "RELATION_CONTINUES")
        await assert_whole(superuser)

    @pytest.mark.article("A17", "A12")
    @pytest.mark.parametrize(
        ("ground", "articles"),
        [("RETIRED_RETENTION", ("A17",)), ("IN_MILITARY_SERVICE", ("A20",)), ("MEMBERSHIP_ENDED", ("A22", "A23"))],
    )
    async def test_of_a_ground_in_the_status_the_requester_is_told_the_article_alone(
        self, world: World, u1: Actor, u2: Actor, asked: HandoffView, ground: str, articles: tuple[str, ...]
    ) -> None:
        await world.object_to(u1, asked.handoff_id, ground)
        told = await seen(world, u2, asked.handoff_id)
        assert told is not None
        assert (told.ground, told.ground_articles) == ("NOT_TRANSFERABLE", articles)
        explained = await explain(world.hub, u2.caller, asked.handoff_id)
        assert explained is not None
        assert ground not in explained.summary + explained.summary_en
        assert articles[0] in explained.summary_en

    @pytest.mark.parametrize(
        ("ground", "code"),
        [
            ("ARREARS", Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED),
            ("NO_CONTRACT", Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED),
            ("RELIGION", Code.DISCRIMINATORY_GROUND),
        ],
    )
    async def test_on_any_other_ground_it_is_refused(
        self, world: World, u1: Actor, asked: HandoffView, ground: str, code: Code
    ) -> None:
        given = {"handoff_id": asked.handoff_id, "ground": ground}
        draft = await drafting_pulls.draft_objection(world.hub, u1.caller, given)
        refusal = await refusal_of(pulling.object_to(world.hub, u1.caller, sign(draft, u1)))
        assert (refusal.code, said(refusal)) == (code, said(draft.refusals[0]))

    async def test_once_it_is_escalated_the_holder_objects_no_more(
        self, world: World, u1: Actor, asked: HandoffView
    ) -> None:
        await world.set_clock(ESCALATES)
        refusal = await refusal_of(world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES"))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "ESCALATED")

    @pytest.mark.article("HUB-P13")
    async def test_an_appeal_in_time_goes_to_the_union_above_at_once(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        await world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES")
        appeal = await world.request(u2, "M1", appeals=asked.handoff_id)
        assert appeal.state is S.ESCALATED
        (case,) = await docket(world, u13, Side.HIGHER, S.ESCALATED)
        assert (case.handoff_id, case.name_masked) == (appeal.handoff_id, "张*")
        await assert_whole(superuser)
        dismissed = await world.dismiss(u13, appeal.handoff_id, "RELATION_CONTINUES")
        assert dismissed.state is S.DISMISSED
        assert await seen(world, u13, appeal.handoff_id) == dismissed
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P13")
    async def test_an_appeal_too_late_is_a_request_like_the_first(
        self, world: World, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        await world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES")
        await world.set_clock(START + timedelta(days=31))
        assert (await world.request(u2, "M1", appeals=asked.handoff_id)).state is S.REQUESTED

    @pytest.mark.parametrize("ended", ["objected", "lapsed"])
    async def test_what_an_earlier_holder_did_is_no_appeal_against_the_present_one(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, asked: HandoffView, ended: str
    ) -> None:
        if ended == "objected":
            await world.object_to(u1, asked.handoff_id, "RELATION_CONTINUES")
        else:
            await world.set_clock(LAPSES)
        today, u7 = day_of(await world.now()), world.actors["U7"]
        released = await world.release(u1, m1, u7.uri, out_date=today, new_employer_uscc=EMPLOYERS["丙"])
        await world.accept(u7, released.handoff_id, in_date=today, employer_uscc=EMPLOYERS["丙"])
        again = await world.request(u2, "M1", appeals=asked.handoff_id)
        assert again.state is S.REQUESTED
        above = await superuser.fetchval(
            "select higher_union from hub.handoffs where handoff_id = $1", again.handoff_id
        )
        assert above == world.actors["U16"].caller.union_id

    async def test_what_is_no_objection_of_the_case_cannot_be_cited(
        self, world: World, u2: Actor, asked: HandoffView
    ) -> None:
        await world.cancel(u2, asked.handoff_id)
        for cited in (asked.handoff_id, uuid4()):
            draft = await world.draft_request(u2, "M1", appeals=cited)
            refusal = await refusal_of(pulling.request(world.hub, u2.caller, sign(draft, u2)))
            assert (refusal.code, said(refusal)) == (Code.DOCUMENT_TAMPERED, said(draft.refusals[0]))


class TestSilence:
    """No job runs here: what dates do is read, and recorded by whoever acts next."""

    @pytest.mark.article("HUB-P02")
    async def test_the_union_above_knows_nothing_until_the_time_is_up(
        self, world: World, superuser: Any, u13: Actor, asked: HandoffView
    ) -> None:
        before = await everything(superuser)
        told = []
        for instant, handoff_id in (
            (START, asked.handoff_id),
            (START, uuid4()),
            (ESCALATES - SECOND * 2, asked.handoff_id),
        ):
            await world.set_clock(instant)
            draft = await world.draft_in_lieu(u13, handoff_id)
            assert draft.claims is None
            told.append([said(refusal) for refusal in draft.refusals])
            assert await docket(world, u13, Side.HIGHER) == []
        assert told[0][0][0] is Code.NO_CASE_FOR_HIGHER_UNION
        assert told[0] == told[1] == told[2]
        assert await everything(superuser) == before

    async def test_then_it_releases_in_lieu_and_the_column_says_so(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u13: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        await world.set_clock(ESCALATES)
        for actor, side in ((u1, Side.HOLDER), (u2, Side.RECEIVER), (u13, Side.HIGHER)):
            (case,) = await docket(world, actor, side, S.ESCALATED)
            assert (case.handoff_id, case.deadline) == (asked.handoff_id, LAPSES)
            assert await docket(world, actor, side, S.REQUESTED) == []
        released = await world.release_in_lieu(u13, asked.handoff_id)
        assert (released.state, released.is_in_lieu, released.side) == (S.RELEASED, True, Side.HIGHER)
        assert await seen(world, u13, asked.handoff_id) == released
        custody = await superuser.fetchrow("select * from hub.memberships where membership_id = $1", m1)
        assert custody["holder_union"] == u1.caller.union_id
        await assert_whole(superuser)
        refusal = await refusal_of(world.recall(u1, asked.handoff_id))
        assert refusal.code is Code.STEP_NOT_ALLOWED
        await world.accept(u2, asked.handoff_id, in_date=date(2025, 3, 25))
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            (transfer,) = (await reads.transfers(reading, [m1]))[m1]
            text = (await proofs(world.hub, [world.hub.receipt_key.public], reading, [asked.handoff_id]))[
                asked.handoff_id
            ]
        entry = entry_of_transfer(transfer)
        assert entry.releasing_seal == "奉贤区总工会（代甲机械厂工会）"
        assert entry.line.splitlines()[0].endswith("奉贤区总工会（代甲机械厂工会）（盖章）")
        key = world.hub.receipt_key.public
        proved = verify_proof(text, {key.kid: key})
        assert (proved.releasing_union, proved.state) == (u1.uri, "ACCEPTED")
        assert [step.act for step in proved.steps] == ["request", "release_in_lieu", "accept"]
        assert isinstance(proved.release, acts.InLieuRelease)
        assert list(proved.release.articles) == ["HUB-P02"]
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P02")
    async def test_nobody_else_releases_in_lieu(self, world: World, u1: Actor, u2: Actor, asked: HandoffView) -> None:
        await world.set_clock(ESCALATES)
        told = []
        for actor in (u1, u2, world.actors["U9"], world.actors["U10"], world.actors["U0"]):
            draft = await world.draft_in_lieu(actor, asked.handoff_id)
            assert (draft.claims, draft.refusals[0].code) == (None, Code.NO_CASE_FOR_HIGHER_UNION)
            told.append(said(draft.refusals[0]))
            given = {"handoff_id": asked.handoff_id, "ground": "NOT_OUR_MEMBER", "evidence_sha256": None}
            other = await drafting_pulls.draft_dismissal(world.hub, actor.caller, given)
            told.append(said(other.refusals[0]))
        assert len(set(told)) == 1

    async def test_what_nobody_decides_lapses_and_the_next_request_goes_a_level_up(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        await world.set_clock(LAPSES)
        before = await everything(superuser)
        for actor, side in ((u1, Side.HOLDER), (u2, Side.RECEIVER), (u13, Side.HIGHER)):
            (case,) = await docket(world, actor, side, S.LAPSED)
            assert (case.closed_at, case.deadline) == (LAPSES, None)
            assert await docket(world, actor, side, S.REQUESTED, S.ESCALATED) == []
        refusal = await refusal_of(world.release_in_lieu(u13, asked.handoff_id))
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "LAPSED")
        assert await everything(superuser) == before

        again = await world.request(u2, "M1", appeals=asked.handoff_id)
        assert again.state is S.ESCALATED
        steps = await superuser.fetch(
            "select act, at from hub.steps where handoff_id = $1 order by step_no", asked.handoff_id
        )
        assert [tuple(row) for row in steps][1:] == [("escalate", ESCALATES), ("lapse", LAPSES)]
        (case,) = await docket(world, world.actors["U10"], Side.HIGHER)
        assert case.handoff_id == again.handoff_id
        assert [case.handoff_id for case in await docket(world, u13, Side.HIGHER)] == [asked.handoff_id]
        released = await world.release_in_lieu(world.actors["U10"], again.handoff_id)
        assert released.state is S.RELEASED
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P14")
    async def test_a_push_after_the_lapse_records_it(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, asked: HandoffView
    ) -> None:
        await world.set_clock(LAPSES + timedelta(days=1))
        await world.release(u1, m1, world.actors["U3"].uri, out_date=date(2025, 5, 9))
        own = await seen(world, u1, asked.handoff_id)
        assert own is not None
        assert (own.state, own.closed_at, own.passed) == (S.LAPSED, LAPSES, ())
        await assert_whole(superuser)

    async def test_of_an_acceptance_overdue_the_union_above_the_receiver_is_told_and_may_do_nothing(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        u9 = world.actors["U9"]
        case = await world.release(u1, m1, u2.uri)
        assert await docket(world, u9, Side.HIGHER) == []
        await world.set_clock(ESCALATES)
        (told,) = await docket(world, u9, Side.HIGHER, S.RELEASED)
        assert (told.handoff_id, told.counterpart, told.name_masked) == (case.handoff_id, u2.caller.union_id, None)
        assert not told.is_above_holder
        draft = await world.draft_in_lieu(u9, case.handoff_id)
        assert draft.refusals[0].code is Code.NO_CASE_FOR_HIGHER_UNION
        assert (await world.accept(u2, case.handoff_id)).state is S.ACCEPTED
        await assert_whole(superuser)


class TestExplanation:
    async def test_each_side_is_told_who_may_do_what_and_by_when(
        self, world: World, u1: Actor, u2: Actor, u13: Actor, asked: HandoffView
    ) -> None:
        explained = await explain(world.hub, u1.caller, asked.handoff_id)
        assert explained is not None
        assert {(act.act, act.rule, act.deadline) for act in explained.next} == {
            ("releaseMember", "HUB-P02", ESCALATES),
            ("objectToRequest", "HUB-P02", ESCALATES),
            ("cancelRequest", "HUB-P02", ESCALATES),
        }
        assert explained.missing
        assert {(act.act, act.side, act.possible_from) for act in explained.later} == {
            ("releaseInLieu", Side.HIGHER, ESCALATES),
            ("dismissRequest", Side.HIGHER, ESCALATES),
        }
        assert "2025-03-24" in explained.summary
        mine = await explain(world.hub, u2.caller, asked.handoff_id)
        assert mine is not None
        assert {act.union_id for act in mine.next} == {None, u2.caller.union_id}
        await world.set_clock(ESCALATES)
        above = await explain(world.hub, u13.caller, asked.handoff_id)
        assert above is not None
        assert {act.act for act in above.next} == {"releaseMember", "releaseInLieu", "dismissRequest", "cancelRequest"}
        assert {act.rule for act in above.next} == {"HUB-P14"}
        assert [(act.act, act.possible_from) for act in above.later] == [("requestHandoff", LAPSES)]
        await world.set_clock(LAPSES)
        lapsed = await explain(world.hub, u2.caller, asked.handoff_id)
        assert lapsed is not None
        assert [(act.act, act.rule) for act in lapsed.next] == [("requestHandoff", "HUB-P14")]
        assert lapsed.later == ()

    async def test_of_a_release_both_are_told_from_when_they_could_begin_anew(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        for actor in (u1, u2):
            told = await explain(world.hub, actor.caller, case.handoff_id)
            assert told is not None
            assert [(act.act, act.union_id, act.possible_from) for act in told.later] == [
                ("releaseMember", u1.caller.union_id, case.deadline),
                ("requestHandoff", u2.caller.union_id, case.deadline),
            ]


def _claims_of(draft: Any) -> acts.Request:
    import orjson

    from federation.claims import parse

    return parse(acts.Request, orjson.loads(draft.claims)["request"], ("request",))
