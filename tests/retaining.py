"""The acts on a retention, drafted and signed as a holder does; and what is seen of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from hub.transfers.desk import drafting_retention, retaining
from hub.transfers.ledger import reads
from tests.ready import Ready, ready
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hub.transfers.views import Draft, MemberView, RetentionView
    from tests.world import Actor, World

__all__ = ["ACTS", "FACTS", "draft", "held", "ready_act", "retain", "retentions_of"]

#: What each act is, and what is asked for where nothing else is said. The clock stands at 2025-03-03.
ACTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "record": (drafting_retention.draft_retention, retaining.record),
    "change": (drafting_retention.draft_reason_change, retaining.change_reason),
    "restore": (drafting_retention.draft_restoration, retaining.restore),
    "annul": (drafting_retention.draft_annulment, retaining.annul),
}
#: What each reason for a retention asks for.
FACTS: dict[str, dict[str, Any]] = {
    "RETIREMENT": {"retired_on": date(2025, 2, 28), "early": True},
    "UNEMPLOYMENT": {"relation_ended_on": date(2025, 2, 20)},
    "MILITARY_SERVICE": {"enlisted_on": date(2025, 2, 27)},
}
_GIVEN: dict[str, dict[str, Any]] = {
    "record": {"retained_on": date(2025, 2, 28)},
    "change": {"changed_on": date(2025, 3, 2)},
    "restore": {
        "restored_on": date(2025, 3, 3),
        "employer_uscc": EMPLOYERS["甲"],
        "relation_started_on": date(2025, 3, 1),
    },
    "annul": {},
}


async def draft(world: World, act: str, actor: Actor, membership_id: UUID | None, **given: Any) -> Draft:
    """Draft an act. Of a retention its reason's facts come by themselves."""
    facts = FACTS.get(given.get("reason", ""), {}) if act == "record" else {}
    asked = {"membership_id": membership_id, **_GIVEN[act], **facts, **given}
    made: Draft = await ACTS[act][0](world.hub, actor.caller, asked)
    return made


async def ready_act(world: World, act: str, actor: Actor, membership_id: UUID, **given: Any) -> Ready:
    return ready(ACTS[act][1], actor, await draft(world, act, actor, membership_id, **given))


async def retain(
    world: World, actor: Actor, membership_id: UUID, reason: str = "UNEMPLOYMENT", **given: Any
) -> MemberView:
    """Have a member retained."""
    made = await ready_act(world, "record", actor, membership_id, reason=reason, **given)
    assert made.refusals == (), made.refusals
    view: MemberView = await made.send(world.hub)
    return view


async def held(world: World, actor: Actor, membership_id: UUID) -> MemberView | None:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.members(reading, [membership_id])).get(membership_id)


async def retentions_of(world: World, actor: Actor, membership_id: UUID) -> list[RetentionView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.retentions(reading, [membership_id]))[membership_id]
