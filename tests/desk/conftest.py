"""The desk's acts on a founded world, and what every refusal has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code, Refusal
from tests.desk.pairs import ON_PAPER
from tests.worlds import differing, everything

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.ready import Ready
    from tests.world import Actor, World

    Refused = Callable[[Ready], Coroutine[Any, Any, Refusal]]


@pytest.fixture
def u1(world: World) -> Actor:
    return world.actors["U1"]


@pytest.fixture
def u2(world: World) -> Actor:
    return world.actors["U2"]


@pytest.fixture
def m1(world: World) -> UUID:
    """Held by U1."""
    return world.members["M1"]


@pytest.fixture
async def second(world: World, u2: Actor) -> MemberView:
    """M1 once more, as U2 has it on paper: a suspected duplicate."""
    return await world.bring_in(u2, ON_PAPER)


def said(refusal: Refusal) -> tuple[Any, ...]:
    """Give all that a refusal tells its reader."""
    return (
        refusal.code,
        refusal.articles,
        refusal.message,
        refusal.message_en,
        refusal.next_step,
        refusal.path,
        refusal.retryable,
        refusal.possible_from,
    )


@pytest.fixture
def refused(world: World, superuser: Any) -> Refused:
    """Send a statement that must be refused: as its draft said, with both sentences, and leaving nothing behind."""

    async def check(ready: Ready) -> Refusal:
        before = await everything(superuser)
        refusal = await ready.refused(world.hub)
        logged = {"disclosures"} if refusal.code is Code.ALREADY_MEMBER_USE_TRANSFER else set[str]()
        assert differing(before, await everything(superuser)) <= logged
        if ready.refusals:
            assert said(refusal) == said(ready.refusals[0])
        assert all(said(refusal)[2:5])
        return refusal

    return check


@pytest.fixture
def foretold(refused: Refused) -> Refused:
    """Send a statement that must be refused, and whose draft said so: the draft's words are the act's (`refused`)."""

    async def check(ready: Ready) -> Refusal:
        assert ready.refusals, "its draft says nothing against it"
        return await refused(ready)

    return check
