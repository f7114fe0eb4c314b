"""What a union group proposes before a decision to expel (A23): nothing changes by it, and it goes with custody."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from federation.encoding import sha256_b64url
from hub.errors import Code
from hub.transfers.ledger import reads_ending
from tests.endings import ACTS, act, draft, endings_of, ready_act
from tests.ready import altered, ready
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.worlds import differing, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

OTHER = sha256_b64url(b"another's")


async def proposed(world: World, actor: Actor, membership_id: UUID) -> list[str]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        found = await reads_ending.proposals(reading, [membership_id])
    return [str(one.opinion_on) for one in found.values()]


async def test_a_proposal_leaves_the_membership_as_it_is(
    world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
) -> None:
    before, custody = await everything(superuser), await custody_of(superuser, m1)
    view = await act(world, "propose", u1, m1)
    assert (view.status, view.custody_version) == ("ACTIVE", 1)
    assert differing(before, await everything(superuser)) == {"expulsion_proposals", "statements", "statement_claims"}
    assert await custody_of(superuser, m1) == custody
    assert await proposed(world, u1, m1) == ["2025-02-20"]
    assert await proposed(world, u2, m1) == await proposed(world, world.actors["U13"], m1) == []
    assert await endings_of(world, u1, m1) == ()
    await assert_whole(superuser)


@pytest.mark.article("A23")
async def test_the_committee_decides_on_the_opinion_that_was_proposed(
    world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
) -> None:
    await act(world, "propose", u1, m1)
    refusal = await refused(await ready_act(world, "expel", u1, m1, opinion_sha256=OTHER))
    assert (refusal.code, refusal.path) == (Code.EXPULSION_STEPS_INCOMPLETE, ("expulsion", "opinion_sha256"))
    await act(world, "expel", u1, m1, opinion_sha256=None, opinion_on=None)
    (ended,) = await endings_of(world, u1, m1)
    assert ended.expulsion_state == "DECIDED"
    assert await proposed(world, u1, m1) == []
    rows = await superuser.fetch("select act, from_state, to_state from hub.expulsion_proposals order by step_no")
    assert [tuple(row) for row in rows] == [("propose", "-", "PROPOSED"), ("decide", "PROPOSED", "DECIDED")]
    for name in ("propose", "drop"):
        assert (await refused(await ready_act(world, name, u1, m1))).code == Code.NOT_A_MEMBER
    await assert_whole(superuser)


async def test_what_is_dropped_may_be_proposed_anew_or_decided_at_once(
    world: World, superuser: Any, foretold: Refused, u1: Actor, m1: UUID
) -> None:
    assert (await foretold(await ready_act(world, "drop", u1, m1))).code == Code.STEP_NOT_ALLOWED
    await act(world, "propose", u1, m1)
    assert (await foretold(await ready_act(world, "propose", u1, m1))).code == Code.STEP_NOT_ALLOWED
    await act(world, "drop", u1, m1)
    assert (await foretold(await ready_act(world, "drop", u1, m1))).code == Code.STEP_NOT_ALLOWED
    await act(world, "propose", u1, m1, opinion_sha256=OTHER)
    await act(world, "drop", u1, m1)
    await act(world, "expel", u1, m1)
    await assert_whole(superuser)


async def test_days_and_hashes_are_looked_at(world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
    ahead = date(2025, 3, 4)
    refusal = await refused(await ready_act(world, "propose", u1, m1, opinion_on=ahead))
    assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("proposal", "opinion_on"))
    await act(world, "propose", u1, m1)
    for day, code in ((ahead, Code.DATE_IN_FUTURE), (date(2025, 2, 19), Code.INPUT_INVALID)):
        refusal = await refused(await ready_act(world, "drop", u1, m1, dropped_on=day))
        assert (refusal.code, refusal.path) == (code, ("drop", "dropped_on"))
    before = await ready_act(world, "drop", u1, m1)
    await act(world, "drop", u1, m1)
    await act(world, "propose", u1, m1, opinion_sha256=OTHER)
    assert (await refused(before)).code == Code.DOCUMENT_TAMPERED


async def test_each_names_custody_as_it_stands(world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
    made = await draft(world, "propose", u1, m1)
    refusal = await refused(ready(ACTS["propose"][1], u1, altered(made, custody_version=2)))
    assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("proposal", "custody_version"))
    await act(world, "propose", u1, m1)
    made = await draft(world, "drop", u1, m1)
    refusal = await refused(ready(ACTS["drop"][1], u1, altered(made, custody_version=2)))
    assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("drop", "custody_version"))


async def test_it_goes_with_custody_and_is_the_holders_alone(
    world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID
) -> None:
    await act(world, "propose", u1, m1)
    stale = await ready_act(world, "drop", u1, m1)
    for other in (u2, world.actors["U13"]):
        made = await draft(world, "propose", other, m1)
        assert [refusal.code for refusal in made.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
        assert made.claims is None
    moved = await world.release(u1, m1, u2.uri)
    await world.accept(u2, moved.handoff_id)
    assert await proposed(world, u2, m1) == await proposed(world, u1, m1) == []
    assert (await refused(stale)).code == Code.NOT_HOLDER
    assert (await refused(await ready_act(world, "drop", u2, m1))).code == Code.STEP_NOT_ALLOWED
    await act(world, "propose", u2, m1, opinion_on=date(2025, 3, 3))
    assert await proposed(world, u2, m1) == ["2025-03-03"]
    await assert_whole(superuser)
