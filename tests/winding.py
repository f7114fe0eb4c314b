"""Winding up in the tests: by the union above, drafted and signed; and a state that only an administrator could set."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from hub.transfers.desk import drafting_winding, winding
from tests.ready import Ready, ready

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft
    from tests.world import Actor, World

__all__ = ["close", "draft_closing", "draft_winding", "ready_closing", "ready_winding", "set_state", "wind_up"]

TODAY = date(2025, 3, 3)


async def draft_winding(world: World, actor: Actor, union: str, **given: Any) -> Draft:
    asked = {"union": union, "decided_on": TODAY, "successor_union": None, **given}
    return await drafting_winding.draft_winding_up(world.hub, actor.caller, asked)


async def draft_closing(world: World, actor: Actor, union: str, **given: Any) -> Draft:
    asked = {"union": union, "closed_on": TODAY, **given}
    return await drafting_winding.draft_closing(world.hub, actor.caller, asked)


async def ready_winding(world: World, actor: Actor, union: str, **given: Any) -> Ready:
    return ready(winding.wind_up_union, actor, await draft_winding(world, actor, union, **given))


async def ready_closing(world: World, actor: Actor, union: str, **given: Any) -> Ready:
    return ready(winding.close_union, actor, await draft_closing(world, actor, union, **given))


async def wind_up(world: World, actor: Actor, union: str, **given: Any) -> UUID:
    made = await ready_winding(world, actor, union, **given)
    assert made.refusals == (), made.refusals
    union_id: UUID = await made.send(world.hub)
    return union_id


async def close(world: World, actor: Actor, union: str, **given: Any) -> UUID:
    made = await ready_closing(world, actor, union, **given)
    assert made.refusals == (), made.refusals
    union_id: UUID = await made.send(world.hub)
    return union_id


async def set_state(superuser: Any, state: str, *unions: str | UUID) -> None:
    """Put unions into a state, whatever they hold: what only a broken administrator could do."""
    async with superuser.transaction():
        await superuser.execute("set local session_replication_role = replica")  # past the keys that bar it
        await superuser.execute(
            "update hub.unions set state = $1 where uri = any ($2::text[]) or union_id::text = any ($2::text[])",
            state,
            [str(union) for union in unions],
        )
