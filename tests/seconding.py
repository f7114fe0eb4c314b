"""Secondments in the tests: M4, lent by U1 to U12, drafted and signed as each union does; and what is seen of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from hub.transfers.desk import drafting_secondment, releasing, seconding
from hub.transfers.ledger.reads_secondment import secondment_page, secondments_of_members
from hub.transfers.machines import SecondmentState
from tests.ready import Ready, ready
from tests.world import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hub.transfers.views import Draft, HandoffView
    from hub.transfers.views_secondment import SecondmentView
    from tests.world import Actor, World

__all__ = [
    "ACTS",
    "TERM",
    "act",
    "at_host",
    "draft",
    "everything_seconded",
    "noon",
    "offer",
    "page",
    "ready_act",
    "ready_offer",
    "ready_return",
]

TERM = {"starts_on": date(2025, 1, 15), "ends_on": date(2025, 12, 31)}
ACTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "record": (drafting_secondment.draft_secondment, seconding.record),
    "change": (drafting_secondment.draft_term, seconding.change_term),
    "end": (drafting_secondment.draft_early_end, seconding.end_early),
    "extend": (drafting_secondment.draft_extension, seconding.extend),
    "convert": (drafting_secondment.draft_conversion, seconding.convert),
    "end_home": (drafting_secondment.draft_home_relation_end, seconding.end_home_relation),
    "retarget": (drafting_secondment.draft_retargeting, seconding.retarget),
}
_GIVEN: dict[str, dict[str, Any]] = {
    "record": {"host_employer_uscc": EMPLOYERS["戊"], **TERM},
    "change": {},
    "end": {"ended_on": date(2025, 3, 3)},
    "extend": {"ends_on": date(2026, 6, 30)},
    "convert": {},
    "end_home": {"relation_ended_on": date(2025, 3, 3)},
    "retarget": {"home_union": UNIONS["U2"].uri},
}


def noon(year: int, month: int, day: int) -> datetime:
    """Give noon in Shanghai."""
    return datetime(year, month, day, 4, tzinfo=UTC)


async def draft(world: World, name: str, actor: Actor, membership_id: UUID | None, **given: Any) -> Draft:
    made: Draft = await ACTS[name][0](
        world.hub, actor.caller, {"membership_id": membership_id, **_GIVEN[name], **given}
    )
    return made


async def ready_act(world: World, name: str, actor: Actor, membership_id: UUID, **given: Any) -> Ready:
    return ready(ACTS[name][1], actor, await draft(world, name, actor, membership_id, **given))


async def act(world: World, name: str, actor: Actor, membership_id: UUID, **given: Any) -> SecondmentView:
    made = await ready_act(world, name, actor, membership_id, **given)
    assert made.refusals == (), made.refusals
    view: SecondmentView = await made.send(world.hub)
    return view


def _offering(**changes: Any) -> dict[str, Any]:
    given = {"reason_code": "SECONDMENT", "relation_ended_on": None, "new_employer_uscc": None, "secondment": TERM}
    return {**given, **changes}


def _returning(today: date, **changes: Any) -> dict[str, Any]:
    given = {"reason_code": "SECONDMENT_RETURN", "relation_ended_on": None, "new_employer_uscc": None}
    return {**given, "out_date": today, **changes}


async def ready_offer(world: World, membership_id: UUID, **changes: Any) -> Ready:
    home, host = world.actors["U1"], world.actors["U12"]
    return ready(
        releasing.release, home, await world.draft_release(home, membership_id, host.uri, **_offering(**changes))
    )


async def offer(world: World, membership_id: UUID, **changes: Any) -> HandoffView:
    view: HandoffView = await (await ready_offer(world, membership_id, **changes)).send(world.hub)
    return view


async def at_host(world: World, membership_id: UUID, **changes: Any) -> HandoffView:
    """Lend a member of U1 to U12."""
    offered = await offer(world, membership_id, **changes)
    return await world.accept(
        world.actors["U12"],
        offered.handoff_id,
        holding_basis="SECONDMENT",
        employer_uscc=EMPLOYERS["戊"],
        relation_started_on=date(2025, 1, 15),
    )


async def ready_return(
    world: World, membership_id: UUID, today: date, to: Actor | None = None, **changes: Any
) -> Ready:
    host, home = world.actors["U12"], to or world.actors["U1"]
    return ready(
        releasing.release,
        host,
        await world.draft_release(host, membership_id, home.uri, **_returning(today, **changes)),
    )


async def page(world: World, actor: Actor, side: str, *states: SecondmentState) -> list[SecondmentView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return await secondment_page(reading, side=side, states=states or list(SecondmentState), after=None, limit=10)


async def secondment_of(world: World, actor: Actor, membership_id: UUID) -> SecondmentView | None:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        found = (await secondments_of_members(reading, [membership_id]))[membership_id]
    return found[-1] if found else None


async def everything_seconded(world: World) -> None:
    """Let there be a secondment with its steps, and one word of two on it: M6, lent by U3 to U12."""
    u3, u12, m6 = world.actors["U3"], world.actors["U12"], world.members["M6"]
    offered = await world.release(u3, m6, u12.uri, **_offering())
    await world.accept(
        u12, offered.handoff_id, holding_basis="SECONDMENT", employer_uscc=None, relation_started_on=None
    )
    await act(world, "extend", u12, m6)
