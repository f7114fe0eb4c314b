"""The electoral roll (A21): the holder's active members of a day, and why one is not among them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from hub.errors import Code, Refusal
from hub.transfers.desk.history import electoral_roll
from tests.ready import ready_acceptance, ready_release
from tests.retaining import retain
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)


async def roll(
    world: World,
    actor: Actor,
    as_of: date | None = None,
    *,
    only: UUID | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[UUID] | None:
    found = await electoral_roll(world.hub, actor.caller, as_of, only=only, after=after, limit=limit)
    return None if found is None else [row.membership_id for row in found]


async def test_who_is_active_votes_with_the_holder(world: World, u1: Actor, u2: Actor) -> None:
    held = sorted(world.members[ref] for ref in ("M1", "M2", "M3", "M4"))
    assert await roll(world, u1) == held
    assert await roll(world, u1, limit=3) == held[:3]
    assert await roll(world, u1, after=held[2]) == held[3:]
    assert await roll(world, u2) == []


@pytest.mark.article("A21")
async def test_who_is_retained_does_not(world: World, u1: Actor, m1: UUID) -> None:
    await retain(world, u1, m1)
    found = await roll(world, u1)
    assert found is not None
    assert m1 not in found
    assert len(found) == 3
    with pytest.raises(Refusal) as refused:
        await roll(world, u1, only=m1)
    assert refused.value.code is Code.VOTING_SUSPENDED


async def test_nor_who_stands_still(world: World, u2: Actor, second: MemberView) -> None:
    assert await roll(world, u2) == []
    with pytest.raises(Refusal) as refused:
        await roll(world, u2, only=second.membership_id)
    assert refused.value.code is Code.ALREADY_MEMBER_USE_TRANSFER


async def test_of_another_s_member_and_of_nobody_nothing_is_said(world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
    assert await roll(world, u1, only=m1) == [m1]
    assert await roll(world, u2, only=m1) is None
    assert await roll(world, u2, only=uuid4()) is None


async def test_of_a_day_that_was(world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
    await world.set_clock(START + timedelta(days=1))
    handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
    await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
    assert (await roll(world, u2), await roll(world, u2, TODAY)) == ([m1], [])
    assert m1 in (await roll(world, u1, TODAY) or [])
    assert m1 not in (await roll(world, u1) or [])


async def test_not_of_a_day_to_come(world: World, u1: Actor) -> None:
    with pytest.raises(Refusal) as refused:
        await roll(world, u1, TODAY + timedelta(days=1))
    assert refused.value.code is Code.DATE_IN_FUTURE
