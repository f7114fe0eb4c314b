"""A union outside the hub in the tests (A25): named by a county federation, known by its papers alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation.encoding import sha256_b64url
from hub.transfers.desk import cases, drafting, drafting_pulls, drafting_unions, registering, releasing
from tests.ready import Ready, ready
from tests.world import EMPLOYERS, sign

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft, HandoffView
    from tests.world import Actor, World

__all__ = [
    "EMPLOYER",
    "FAR",
    "FAR_USCC",
    "PAPER",
    "away",
    "draft_accept_for",
    "draft_release_for",
    "given_union",
    "ready_accept_for",
    "ready_release_for",
    "register",
]

FAR_USCC: Final = "81320500MC0X10018E"
FAR: Final = f"urn:union:{FAR_USCC}"
#: Where the members work whom it takes in.
EMPLOYER: Final = "91320500MA9X10017X"
PAPER: Final = sha256_b64url(b"a scanned paper")


def given_union(**changes: Any) -> dict[str, Any]:
    return {
        "uscc": FAR_USCC,
        "local_code": None,
        "name": "外省纺织厂工会",
        "kind": "EXTERNAL",
        "jurisdiction_code": None,
        "employer_usccs": None,
        "member_units": None,
        "contains": None,
        "established_on": date(2005, 1, 1),
        **changes,
    }


async def register(world: World, by: Actor, **changes: Any) -> UUID:
    """Name it, by a federation."""
    draft = await drafting_unions.draft_union(world.hub, by.caller, given_union(**changes))
    assert draft.refusals == (), draft.refusals
    return await registering.register_union(world.hub, by.caller, sign(draft, by))


async def draft_accept_for(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Draft:
    given = {
        "handoff_id": handoff_id,
        "in_date": date(2025, 3, 3),
        "holding_basis": "ORDINARY",
        "employer_uscc": EMPLOYER,
        "relation_started_on": date(2025, 3, 1),
        "intake_register_no": None,
        "form_received": True,
        "paper_sha256": PAPER,
        **changes,
    }
    return await drafting.draft_acceptance_for_external(world.hub, actor.caller, given)


async def draft_release_for(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Draft:
    given = {
        "handoff_id": handoff_id,
        "releasing_union": FAR,
        "out_date": date(2025, 3, 3),
        "dues_paid_through": "2025-02",
        "relation_ended_on": date(2025, 2, 28),
        "new_employer_uscc": EMPLOYERS["乙"],
        "form_custody": None,
        "paper_sha256": PAPER,
        **changes,
    }
    return await drafting_pulls.draft_release_for_external(world.hub, actor.caller, given)


async def ready_accept_for(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Ready:
    return ready(cases.accept_for_external, actor, await draft_accept_for(world, actor, handoff_id, **changes))


async def ready_release_for(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Ready:
    return ready(releasing.release_for_external, actor, await draft_release_for(world, actor, handoff_id, **changes))


async def away(world: World, actor: Actor, membership_id: UUID, **changes: Any) -> HandoffView:
    """Let a member go to it: released, and taken in by its paper."""
    released = await world.release(actor, membership_id, FAR, new_employer_uscc=EMPLOYER, **changes)
    made = await ready_accept_for(world, actor, released.handoff_id)
    assert made.refusals == (), made.refusals
    moved: HandoffView = await made.send(world.hub)
    return moved
