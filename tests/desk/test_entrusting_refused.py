"""What else an entrustment is refused for (A9): the rest of each act's checks, one by one."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import statements
from federation.encoding import b64url
from federation.entrusting import ActivityRecord
from hub.errors import Code
from hub.transfers.desk import drafting_entrustments, entrusting
from tests.entrusting import (
    ON_AGREEMENT,
    coverages,
    draft_proposal,
    entry,
    everything_entrusted,
    in_force,
    proposed,
    ready_answer,
    ready_care,
    ready_on,
    ready_proposal,
    ready_roster,
)
from tests.ready import Ready, altered, ready
from tests.winding import set_state
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

NO_HASH = b64url(bytes(32))
LATER = datetime(2025, 6, 30, 16, tzinfo=UTC)


@pytest.fixture
def u7(world: World) -> Actor:
    return world.actors["U7"]


@pytest.fixture
def u8(world: World) -> Actor:
    return world.actors["U8"]


@pytest.fixture
def m5(world: World) -> UUID:
    return world.members["M5"]


async def pending(world: World, u7: Actor, u8: Actor, m5: UUID) -> tuple[UUID, dict[str, Ready]]:
    """Give an agreement in force with M5 waiting on its roster, and every act that may be done under it."""
    view = await in_force(world, roster=[])
    await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
    removal = [{"membership_id": m5, "reason": "DISPATCH_ENDED"}]
    return view.agreement_id, {
        "terminate": await ready_on(world, "terminate", u7, view.agreement_id),
        "roster": await ready_roster(world, u7, view.agreement_id, remove=removal),
        "acknowledge": await ready_answer(world, u8, view.agreement_id, m5),
        "decline": await ready_answer(world, u8, view.agreement_id, m5, decline=True),
    }


def bent(act: Ready, world: World, by: Actor | None = None, **changes: Any) -> Ready:
    """Sign an act's claims once more, with changes, perhaps as another union."""
    read = statements.read_any(act.jws)
    actor = by or act.actor
    claims = {**read.claims, "iss": actor.uri, "jti": str(uuid4()), "entrustment": read.claims["entrustment"] | changes}
    return Ready(act.act, actor, statements.sign_claims(json.dumps(claims), read.typ, actor.signing), act.more)


@pytest.mark.parametrize("name", ["terminate", "roster", "acknowledge", "decline"])
class TestUnderAnAgreement:
    async def test_it_names_the_text_that_stands(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, name: str, refused: Refused
    ) -> None:
        _, acts = await pending(world, u7, u8, m5)
        refusal = await refused(bent(acts[name], world, agreement_sha256=NO_HASH))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("entrustment", "agreement_sha256"))

    async def test_who_signs_nothing_is_told_that_first(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, name: str, refused: Refused
    ) -> None:
        _, acts = await pending(world, u7, u8, m5)
        for ref, code in (("U4", Code.ISSUER_IS_GRASSROOTS_UNION), ("U3a", Code.ISSUER_IS_JOINT_UNION)):
            assert (await refused(bent(acts[name], world, world.actors[ref]))).code is code
        assert (await refused(bent(acts[name], world, world.actors["U1"]))).code is Code.ENTRUSTMENT_PARTY_INVALID

    async def test_a_closed_union_does_nothing(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID, name: str, refused: Refused
    ) -> None:
        _, acts = await pending(world, u7, u8, m5)
        await set_state(superuser, "CLOSED", acts[name].actor.caller.union_id)
        assert (await refused(acts[name])).code is Code.UNION_NOT_ACTIVE


class TestText:
    async def test_another_text_comes_in_the_place_of_the_one_it_names(
        self, world: World, u7: Actor, u8: Actor, refused: Refused
    ) -> None:
        view = await proposed(world)
        draft = await draft_proposal(world, u8, agreement_id=view.agreement_id, agreement_no="2号")
        other = ready(entrusting.propose, u8, altered(draft, replaces_sha256=NO_HASH), str(draft.document))
        refusal = await refused(other)
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("entrustment", "replaces_sha256"))
        unknown = ready(entrusting.propose, u8, altered(draft, agreement_id=str(uuid4())), str(draft.document))
        assert (await refused(unknown)).code is Code.ENTRUSTMENT_PARTY_INVALID
        changed = await ready(entrusting.propose, u8, draft, str(draft.document)).send(world.hub)
        assert (changed.agreement_no, changed.author_union) == ("2号", u8.caller.union_id)

    async def test_the_two_unions_stay_the_same(
        self, world: World, superuser: Any, u7: Actor, refused: Refused
    ) -> None:
        view, u2 = await proposed(world), world.actors["U2"]
        await superuser.execute(
            "insert into hub.union_employers values ($1, '91320505MC0X20208P', false, '2020-01-01')", u2.caller.union_id
        )
        with_another = await ready_proposal(world, u7, agreement_id=view.agreement_id, host_union=u2.uri)
        assert (await refused(with_another)).code is Code.ENTRUSTMENT_PARTY_INVALID

    @pytest.mark.article("A9")
    async def test_an_agency_dispatches_to_another_employer(self, world: World, u7: Actor, refused: Refused) -> None:
        refusal = await refused(await ready_proposal(world, u7, host_uscc=EMPLOYERS["丙"]))
        assert (refusal.code, refusal.path) == (Code.ENTRUSTMENT_PARTY_INVALID, ("entrustment", "host_uscc"))

    @pytest.mark.article("HUB-P09")
    @pytest.mark.parametrize("ref", ["U7", "U8"])
    async def test_both_unions_are_active(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, ref: str, refused: Refused
    ) -> None:
        view = await proposed(world)
        union_id = world.actors[ref].caller.union_id
        await set_state(superuser, "WINDING_UP", union_id)
        assert (await refused(await ready_on(world, "sign", u8, view.agreement_id))).code is Code.UNION_NOT_ACTIVE
        assert (await refused(await ready_proposal(world, u7))).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("A9")
    async def test_a_draft_whose_term_is_over_is_signed_no_more(
        self, world: World, u7: Actor, refused: Refused
    ) -> None:
        view = await proposed(world)
        await world.set_clock(LATER)
        assert (
            await refused(await ready_on(world, "sign", u7, view.agreement_id))
        ).code is Code.ENTRUSTMENT_NOT_IN_FORCE

    @pytest.mark.parametrize("act", ["sign", "withdraw"])
    async def test_what_is_signed_or_withdrawn_is_the_text_that_stands(
        self, world: World, u7: Actor, act: str, refused: Refused
    ) -> None:
        view = await proposed(world)
        made = await ready_on(world, act, u7, view.agreement_id)
        assert (await refused(bent(made, world, agreement_sha256=NO_HASH))).code is Code.DOCUMENT_TAMPERED
        for ref, code in (("U4", Code.ISSUER_IS_GRASSROOTS_UNION), ("U3a", Code.ISSUER_IS_JOINT_UNION)):
            assert (await refused(bent(made, world, world.actors[ref]))).code is code
        assert set(ON_AGREEMENT) == {"sign", "withdraw", "terminate"}

    async def test_each_of_the_two_signs_once(self, world: World, u7: Actor, refused: Refused) -> None:
        view = await proposed(world)
        first = await ready_on(world, "sign", u7, view.agreement_id)
        await first.send(world.hub)
        assert (await refused(first.again())).code is Code.STEP_NOT_ALLOWED

    async def test_what_a_new_version_supersedes_must_be_in_force_when_it_is_signed(
        self, world: World, u7: Actor, u8: Actor, refused: Refused
    ) -> None:
        old = await in_force(world)
        new = await proposed(world, supersedes=old.agreement_id, roster=[])
        await (await ready_on(world, "terminate", u8, old.agreement_id)).send(world.hub)
        assert (
            await refused(await ready_on(world, "sign", u7, new.agreement_id))
        ).code is Code.ENTRUSTMENT_NOT_IN_FORCE


class TestRoster:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            ("DUPLICATE_SUSPECTED", Code.ALREADY_MEMBER_USE_TRANSFER),
            ("WITHDRAWN", Code.NOT_A_MEMBER),
            ("RETAINED", Code.COVERAGE_OUTSIDE_DISPATCH),
        ],
    )
    async def test_who_is_put_on_it_is_a_member_at_work(
        self, world: World, superuser: Any, u7: Actor, m5: UUID, status: str, code: Code
    ) -> None:
        await superuser.execute("update hub.memberships set status = $1 where membership_id = $2", status, m5)
        refusal = await (await ready_proposal(world, u7)).refused(world.hub)
        assert refusal.code is code

    async def test_between_the_signatures_the_holder_may_lose_the_member(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        view, u2 = await proposed(world), world.actors["U2"]
        await (await ready_on(world, "sign", u7, view.agreement_id)).send(world.hub)
        await world.accept(u2, (await world.release(u7, m5, u2.uri)).handoff_id)
        refusal = await refused(await ready_on(world, "sign", u8, view.agreement_id))
        assert refusal.code is Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION

    async def test_the_roster_handed_in_is_the_one_signed(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        _, acts = await pending(world, u7, u8, m5)
        refusal = await refused(bent(acts["roster"], world, roster_sha256=NO_HASH))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("entrustment", "roster_sha256"))

    async def test_nobody_is_taken_off_twice_by_one_change(
        self, world: World, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        agreement_id, _ = await pending(world, u7, u8, m5)
        removal = {"membership_id": m5, "reason": "DISPATCH_ENDED"}
        twice = await ready_roster(world, u7, agreement_id, remove=[removal, removal])
        assert (await refused(twice)).code is Code.INPUT_INVALID

    async def test_one_change_may_put_other_days_in_the_place_of_the_first(
        self, world: World, u7: Actor, u8: Actor, m5: UUID
    ) -> None:
        agreement_id, _ = await pending(world, u7, u8, m5)
        change = await ready_roster(
            world,
            u7,
            agreement_id,
            remove=[{"membership_id": m5, "reason": "DISPATCH_ENDED"}],
            add=[entry(m5, coverage_to=date(2025, 5, 31))],
        )
        assert (await change.send(world.hub)).roster_version == 2

    async def test_the_unions_still_organise_both_employers(
        self, world: World, superuser: Any, u7: Actor, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        _, acts = await pending(world, u7, u8, m5)
        await superuser.execute("delete from hub.union_employers where union_id = $1", u8.caller.union_id)
        assert (await refused(acts["roster"])).code is Code.ENTRUSTMENT_PARTY_INVALID


class TestCare:
    @pytest.mark.article("A15")
    async def test_a_branch_records_nothing(self, world: World, u8: Actor, m5: UUID, refused: Refused) -> None:
        await everything_entrusted(world)
        made = await drafting_entrustments.draft_care(
            world.hub,
            world.actors["U3a"].caller,
            {"membership_id": m5, "agreement_id": None, "kind": "TRAINING", "occurred_on": date(2025, 3, 1)},
            ActivityRecord,
        )
        assert made.refusals[0].code is Code.ISSUER_IS_JOINT_UNION

    async def test_a_closed_union_records_nothing(
        self, world: World, superuser: Any, u8: Actor, m5: UUID, refused: Refused
    ) -> None:
        await everything_entrusted(world)
        made = await ready_care(world, u8, m5)
        await set_state(superuser, "CLOSED", u8.caller.union_id)
        assert (await refused(made)).code is Code.UNION_NOT_ACTIVE


class TestRetention:
    async def test_who_was_retained_is_not_covered_again(
        self, world: World, superuser: Any, u8: Actor, m5: UUID
    ) -> None:
        """A retention that came and went, as the spans of status tell it."""
        view = await in_force(world)
        since, until = await world.now(), LATER - timedelta(days=90)
        await superuser.execute(
            "update hub.statuses set during = tstzrange(lower(during), $2) where membership_id = $1", m5, since
        )
        for number, status, begins, ends in ((2, "RETAINED", since, until), (3, "ACTIVE", until, None)):
            await superuser.execute(
                "insert into hub.statuses select member_id, membership_id, $2, $3, tstzrange($4, $5)"
                "  from hub.memberships where membership_id = $1",
                m5,
                number,
                status,
                begins,
                ends,
            )
        await world.set_clock(until + timedelta(days=1))
        assert [(c.state, c.end_reason) for c in await coverages(world, u8, view.agreement_id)] == [
            ("ENDED", "RETAINED")
        ]
