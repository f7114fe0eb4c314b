"""How a test lets a federation set its policy: drafted, signed and sent as any act."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from federation.encoding import sha256_b64url
from hub.transfers.desk import governing
from tests.ready import Ready, ready
from tests.world import sign

if TYPE_CHECKING:
    from hub.transfers.views import Draft
    from hub.transfers.views_policy import PolicyVersionView
    from tests.world import Actor, World

__all__ = ["RESOLVED", "draft_policy", "ready_policy", "set_policy", "tomorrow_begins"]

#: The hash of the document by which a federation has resolved what it sets.
RESOLVED = sha256_b64url(b"resolved")


async def draft_policy(world: World, actor: Actor, **given: Any) -> Draft:
    """From today on, unless told otherwise."""
    return await governing.draft_policy(world.hub, actor.caller, {"evidence_sha256": RESOLVED, **given})


async def set_policy(world: World, actor: Actor, **given: Any) -> PolicyVersionView:
    draft = await draft_policy(world, actor, **given)
    assert draft.refusals == ()
    return await governing.set_policy(world.hub, actor.caller, sign(draft, actor))


async def ready_policy(world: World, actor: Actor, **given: Any) -> Ready:
    return ready(governing.set_policy, actor, await draft_policy(world, actor, **given))


async def tomorrow_begins(world: World) -> None:
    """Let it be the first second of the next day in Shanghai."""
    now = await world.now()
    midnight = (now + timedelta(hours=8)).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(hours=8)
    await world.set_clock(midnight + timedelta(days=1, seconds=1))
