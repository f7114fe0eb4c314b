"""Manifests: many releases and acceptances under one signature, each leaf with its own outcome (domain 4.7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import statements
from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.desk import releasing as desk_releasing
from hub.transfers.machines import HandoffState
from tests.manifests import Batch, accepting, altered_leaf, manifest_over, ready_batch, releasing, text_of
from tests.ready import person, ready_join
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS
from tests.worlds import START, differing, everything

if TYPE_CHECKING:
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
MOVED = {"out_date": TODAY, "relation_ended_on": date(2025, 2, 28), "new_employer_uscc": EMPLOYERS["乙"]}
TAKEN_IN = {"in_date": TODAY, "employer_uscc": EMPLOYERS["乙"], "relation_started_on": date(2025, 3, 1)}


@pytest.fixture
async def batch(world: World, u1: Actor, u2: Actor) -> Batch:
    """The four members of U1, to be released to U2."""
    draft = await releasing(world, u1, receiving_union=u2.uri, **MOVED)
    assert [leaf.refusals for leaf in draft.leaves] == [()] * 4
    return ready_batch(u1, draft)


def codes(view: Any) -> list[str | None]:
    return [None if outcome.refusal is None else outcome.refusal.code.value for outcome in view.outcomes]


class TestBothSides:
    @pytest.mark.article("A12")
    async def test_a_batch_goes_out_and_comes_in(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, batch: Batch
    ) -> None:
        released = await batch.send(world)
        assert codes(released) == [None] * 4
        assert {outcome.handoff.state for outcome in released.outcomes if outcome.handoff} == {HandoffState.RELEASED}
        assert released.receipt is not None
        draft = await accepting(world, u2, releasing_union=u1.uri, **TAKEN_IN)
        accepted = await ready_batch(u2, draft).send(world)
        assert codes(accepted) == [None] * 4
        held = await superuser.fetch(
            "select holder_union from hub.memberships where membership_id = any ($1)",
            [outcome.membership_id for outcome in released.outcomes],
        )
        assert {row["holder_union"] for row in held} == {u2.caller.union_id}
        await assert_whole(superuser)

    @pytest.mark.article("A12")
    async def test_a_leaf_is_accepted_by_itself_too(self, world: World, u1: Actor, u2: Actor, batch: Batch) -> None:
        view = await batch.send(world)
        handoff = view.outcomes[0].handoff
        assert handoff is not None
        moved = await world.accept(u2, handoff.handoff_id)
        assert moved.state is HandoffState.ACCEPTED

    async def test_the_same_page_again_gives_the_same_and_changes_nothing(
        self, world: World, superuser: Any, batch: Batch
    ) -> None:
        first = await batch.send(world)
        before = await everything(superuser)
        again = await batch.send(world)
        assert differing(before, await everything(superuser)) == set()
        assert again.receipt == first.receipt
        assert [(o.index, o.membership_id, o.refusal) for o in again.outcomes] == [
            (o.index, o.membership_id, o.refusal) for o in first.outcomes
        ]
        assert [o.handoff and o.handoff.handoff_id for o in again.outcomes] == [
            o.handoff and o.handoff.handoff_id for o in first.outcomes
        ]

    async def test_pages_come_in_any_order(self, world: World, batch: Batch) -> None:
        pages = batch.pages(3)
        assert [len(page.leaves) for page in pages] == [3, 1]
        last = await batch.send(world, pages[1])
        assert [outcome.index for outcome in last.outcomes] == [3]
        first = await batch.send(world, pages[0])
        assert codes(first) == [None] * 3
        assert first.receipt == last.receipt

    async def test_what_stands_against_one_stands_against_no_other(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, batch: Batch
    ) -> None:
        mine = UUID(statements.read_any(text_of(batch, 1)).sub)
        await world.release(u1, mine, u2.uri)
        view = await batch.send(world)
        assert codes(view) == [None, "HANDOFF_ALREADY_OPEN", None, None]
        assert view.outcomes[1].membership_id == mine
        await assert_whole(superuser)

    async def test_a_leaf_refused_goes_through_later(self, world: World, u1: Actor, u2: Actor, batch: Batch) -> None:
        mine = UUID(statements.read_any(text_of(batch, 1)).sub)
        case = await world.release(u1, mine, u2.uri)
        await batch.send(world)
        await world.recall(u1, case.handoff_id)
        assert codes(await batch.send(world)) == [None] * 4

    async def test_the_same_member_twice_is_released_once(self, world: World, batch: Batch) -> None:
        twice = altered_leaf(batch.leaves[0], top={"jti": str(uuid4())}, handoff_id=str(uuid4()))
        view = await manifest_over(batch, [batch.leaves[0], twice]).send(world)
        assert codes(view) == [None, "HANDOFF_ALREADY_OPEN"]

    async def test_one_jti_is_good_for_one_leaf(self, world: World, batch: Batch) -> None:
        other = altered_leaf(batch.leaves[1], top={"jti": statements.read_any(text_of(batch, 0)).claims["jti"]})
        view = await manifest_over(batch, [batch.leaves[0], other]).send(world)
        assert codes(view) == [None, "IDEMPOTENCY_CONFLICT"]

    async def test_an_acceptance_whose_facts_fail_voids_that_case_alone(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, batch: Batch
    ) -> None:
        released = await batch.send(world)
        taking = ready_batch(u2, await accepting(world, u2, **TAKEN_IN))
        first = UUID(statements.read_any(text_of(taking, 0)).sub)
        await superuser.execute(
            "update hub.memberships set custody_version = custody_version + 1 where membership_id = $1", first
        )
        view = await taking.send(world)
        assert codes(view) == ["STALE_VERSION", None, None, None]
        assert codes(await taking.send(world)) == ["STALE_VERSION", None, None, None]
        assert len(released.outcomes) == 4


class TestOfTheWholePage:
    async def check(self, world: World, superuser: Any, batch: Batch, page: Any = None) -> Refusal:
        before = await everything(superuser)
        refusal = await batch.refused(world, page)
        assert differing(before, await everything(superuser)) == set()
        return refusal

    async def test_no_leaves_and_too_many(self, world: World, superuser: Any, batch: Batch) -> None:
        page = batch.pages()[0]
        none = await self.check(world, superuser, batch, replace(page, leaves=()))
        assert (none.code, none.path) == (Code.INPUT_INVALID, ("page", "leaves"))
        many = await self.check(world, superuser, batch, replace(page, leaves=page.leaves * 126))
        assert (many.code, many.path) == (Code.INPUT_INVALID, ("page", "leaves"))

    async def test_beyond_the_size(self, world: World, superuser: Any, batch: Batch) -> None:
        page = batch.pages()[0]
        for first in (-1, 1):
            refusal = await self.check(world, superuser, batch, replace(page, first=first))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("page", "first"))

    async def test_a_leaf_that_is_not_in_the_tree(self, world: World, superuser: Any, batch: Batch) -> None:
        page = batch.pages()[0]
        other = altered_leaf(page.leaves[0], out_date="2025-03-02")
        refusal = await self.check(world, superuser, batch, replace(page, leaves=(other, *page.leaves[1:])))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("manifest", "root_sha256"))

    async def test_leaves_in_another_order_or_place(self, world: World, superuser: Any, batch: Batch) -> None:
        page = batch.pages(2)[0]
        for changed in (
            replace(page, leaves=page.leaves[::-1]),
            replace(page, first=2),
            replace(page, hashes=()),
            replace(page, hashes=(*page.hashes, b64url(bytes(32)))),
            replace(page, hashes=(b64url(bytes(32)),)),
            replace(page, hashes=("not base64url!",)),
        ):
            assert (await self.check(world, superuser, batch, changed)).code == Code.DOCUMENT_TAMPERED

    async def test_a_page_of_another_manifest(self, world: World, superuser: Any, batch: Batch) -> None:
        other = manifest_over(batch, batch.leaves[:2])
        refusal = await self.check(world, superuser, other, batch.pages(2)[0])
        assert refusal.code == Code.DOCUMENT_TAMPERED

    async def test_another_size(self, world: World, superuser: Any, batch: Batch) -> None:
        wrong = manifest_over(batch, batch.leaves, size=5)
        assert (await self.check(world, superuser, wrong)).code == Code.DOCUMENT_TAMPERED
        for size in (0, 20_001):
            none = manifest_over(batch, batch.leaves, size=size)
            refusal = await self.check(world, superuser, none)
            assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("manifest", "size"))

    async def test_another_union_s_signature(self, world: World, superuser: Any, u2: Actor, batch: Batch) -> None:
        forged = replace(batch, actor=replace(batch.actor, signing=u2.signing))
        other = manifest_over(forged, batch.leaves)
        assert (await self.check(world, superuser, other)).code == Code.SIGNATURE_INVALID

    async def test_handed_in_by_another_union(self, world: World, superuser: Any, u2: Actor, batch: Batch) -> None:
        refusal = await self.check(world, superuser, replace(batch, actor=u2))
        assert refusal.code == Code.SIGNER_IS_NOT_CALLER

    async def test_one_jti_is_good_for_one_manifest(self, world: World, superuser: Any, batch: Batch) -> None:
        await batch.send(world)
        jti = statements.read_any(batch.jws).claims["jti"]
        other = manifest_over(batch, batch.leaves[:1], top={"jti": jti})
        assert (await self.check(world, superuser, other)).code == Code.IDEMPOTENCY_CONFLICT

    async def test_out_of_time(self, world: World, superuser: Any, batch: Batch) -> None:
        await world.set_clock(START + timedelta(days=2))
        assert (await self.check(world, superuser, batch)).code == Code.STATEMENT_EXPIRED

    async def test_a_leaf_is_no_statement_of_its_own(self, world: World, batch: Batch) -> None:
        with pytest.raises(Refusal) as caught:
            await desk_releasing.release(world.hub, batch.actor.caller, text_of(batch, 0))
        assert caught.value.code == Code.STATEMENT_MALFORMED


class TestOfALeaf:
    async def outcome(self, world: World, superuser: Any, batch: Batch, leaf: str) -> Refusal:
        """Give the refusal of a leaf among others, which go through."""
        view = await manifest_over(batch, [batch.leaves[0], leaf, batch.leaves[2]]).send(world)
        assert codes(view)[::2] == [None, None]
        refusal = view.outcomes[1].refusal
        assert refusal is not None
        await assert_whole(superuser)
        return refusal

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"out_date": "2025-03-04"}, Code.DATE_IN_FUTURE, ("release", "out_date")),
            ({"custody_version": 2}, Code.STALE_VERSION, ("release", "custody_version")),
            ({"card_sha256": b64url(bytes(32))}, Code.DOCUMENT_TAMPERED, ("release", "card_sha256")),
            (
                {"receiving_union": "urn:union:81310117MC1D25256C"},
                Code.DOCUMENT_TAMPERED,
                ("manifest", "receiving_union"),
            ),
            ({"reason_code": "PLACEMENT"}, Code.DOCUMENT_TAMPERED, ("manifest", "reason_code")),
            ({"out_date": "soon"}, Code.STATEMENT_MALFORMED, ("release", "out_date")),
        ],
    )
    async def test_its_own_claims(
        self, world: World, superuser: Any, batch: Batch, changes: dict[str, Any], code: Code, path: tuple[str, ...]
    ) -> None:
        refusal = await self.outcome(world, superuser, batch, altered_leaf(batch.leaves[1], **changes))
        assert (refusal.code, refusal.path) == (code, path)

    @pytest.mark.parametrize(
        ("top", "code", "path"),
        [
            ({"iss": "urn:union:81310117MC0B20021Y"}, Code.STATEMENT_MALFORMED, ("iss",)),
            ({"aud": "https://other.test"}, Code.STATEMENT_MALFORMED, ("aud",)),
            ({"sub": "somebody"}, Code.STATEMENT_MALFORMED, ("sub",)),
            ({"jti": "1"}, Code.STATEMENT_MALFORMED, ("jti",)),
            ({"exp": 1}, Code.STATEMENT_MALFORMED, ("exp",)),
            ({"sub": "8f0ad6c5-4a2e-4d6b-9a33-2f6f1f0f9b11"}, Code.MEMBER_NOT_FOUND_OR_NOT_HELD, ()),
        ],
    )
    async def test_its_common_claims(
        self, world: World, superuser: Any, batch: Batch, top: dict[str, Any], code: Code, path: tuple[str, ...]
    ) -> None:
        refusal = await self.outcome(world, superuser, batch, altered_leaf(batch.leaves[1], top=top))
        assert (refusal.code, refusal.path) == (code, path)

    async def test_its_form(self, world: World, superuser: Any, batch: Batch) -> None:
        spaced = batch.leaves[1].replace(":", ": ", 1)
        refusal = await self.outcome(world, superuser, batch, spaced)
        assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("leaf",))

    @pytest.mark.article("A12")
    async def test_an_ex_holder_s(self, world: World, superuser: Any, u1: Actor, u2: Actor, batch: Batch) -> None:
        mine = UUID(statements.read_any(text_of(batch, 1)).sub)
        case = await world.release(u1, mine, u2.uri)
        await world.accept(u2, case.handoff_id)
        refusal = await self.outcome(world, superuser, batch, batch.leaves[1])
        assert refusal.code == Code.NOT_HOLDER

    async def test_a_case_of_another_reason_is_not_taken_in(
        self, world: World, superuser: Any, u2: Actor, batch: Batch
    ) -> None:
        await batch.send(world)
        taking = ready_batch(u2, await accepting(world, u2, **TAKEN_IN))
        view = await manifest_over(taking, taking.leaves, reason_code="PLACEMENT").send(world)
        assert codes(view) == ["DOCUMENT_TAMPERED"] * 4
        assert view.receipt is None
        await assert_whole(superuser)


class TestDrafts:
    async def test_what_speaks_against_one_leaves_it_out(self, world: World, u1: Actor, u2: Actor) -> None:
        case = await world.release(u1, world.members["M2"], u2.uri)
        draft = await releasing(world, u1, receiving_union=u2.uri, **MOVED)
        by_member = {leaf.membership_id: leaf for leaf in draft.leaves}
        open_one = by_member[world.members["M2"]]
        assert (open_one.index, [r.code for r in open_one.refusals]) == (None, [Code.HANDOFF_ALREADY_OPEN])
        assert sorted(leaf.index for leaf in draft.leaves if leaf.index is not None) == [0, 1, 2]
        assert case.state is HandoffState.RELEASED
        assert codes(await ready_batch(u1, draft).send(world)) == [None] * 3

    async def test_members_named_with_their_own(self, world: World, u1: Actor, u2: Actor) -> None:
        named = [
            {"membership_id": world.members["M1"], "receiving_union": None, "dues_paid_through": "2024-06"},
            {"membership_id": uuid4(), "receiving_union": None, "dues_paid_through": None},
            {"membership_id": world.members["M6"], "receiving_union": world.actors["U3"].uri},
        ]
        draft = await releasing(world, u1, members=named, receiving_union=u2.uri, **MOVED)
        mine, nobody, other = draft.leaves
        assert (mine.index, mine.card and mine.card.dues_paid_through) == (0, "2024-06")
        assert [[r.code for r in leaf.refusals] for leaf in (nobody, other)] == [
            [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
        ] * 2
        assert (nobody.leaf, other.leaf) == (None, None)

    async def test_page_by_page(self, world: World, u1: Actor, u2: Actor) -> None:
        found, after = [], None
        while True:
            draft = await releasing(world, u1, receiving_union=u2.uri, limit=3, after=after, **MOVED)
            found += [leaf.membership_id for leaf in draft.leaves]
            after = draft.after
            if after is None:
                break
        assert sorted(found) == sorted(world.members[ref] for ref in ("M1", "M2", "M3", "M4"))

    async def test_a_draft_that_says_nothing_is_followed_by_an_act(self, world: World, u1: Actor, u2: Actor) -> None:
        world.members["P1"] = (await (await ready_join(world, u1, person(1))).send(world.hub)).membership_id
        draft = await releasing(world, u1, receiving_union=u2.uri, **MOVED)
        view = await ready_batch(u1, draft).send(world)
        assert len(view.outcomes) == 5
        assert codes(view) == [None] * 5

    async def test_leaves_of_several_drafts_in_one_tree(self, world: World, u1: Actor, u2: Actor) -> None:
        one = await releasing(world, u1, members=[world.members["M1"]], receiving_union=u2.uri, **MOVED)
        two = await releasing(world, u1, members=[world.members["M2"]], receiving_union=u2.uri, **MOVED)
        texts = [leaf.leaf for draft in (one, two) for leaf in draft.leaves if leaf.leaf]
        assert codes(await manifest_over(ready_batch(u1, one), texts).send(world)) == [None] * 2
