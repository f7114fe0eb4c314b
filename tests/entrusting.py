"""An entrustment between U7 (丙, a dispatch agency's union) and U8 (丁, its host's), with M5 on the roster."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from federation.entrusting import ActivityRecord, CoverageAcknowledgement, CoverageDeclining, RightsCaseRecord
from hub.transfers.desk import drafting_entrustments, entrusting
from hub.transfers.ledger import entrusting as ledger
from tests.ready import Ready, ready
from tests.world import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft
    from hub.transfers.views_entrusting import AgreementView, CoverageView
    from tests.world import Actor, World

__all__ = [
    "CLAUSES",
    "ON_AGREEMENT",
    "coverages",
    "draft_care",
    "draft_proposal",
    "entry",
    "everything_entrusted",
    "in_force",
    "proposed",
    "ready_answer",
    "ready_care",
    "ready_on",
    "ready_proposal",
    "ready_roster",
]

CLAUSES: Final[dict[str, Any]] = {
    "activities": {"responsible": "HOST", "text": "会员的组织活动由用工单位工会安排。"},
    "rights_protection": {"responsible": "HOST", "text": "会员的权益维护由用工单位工会承担。", "purpose": None},
    "dues_collection": None,
    "voting": None,
    "relief": None,
}


def entry(membership_id: UUID | None, **changes: Any) -> dict[str, Any]:
    """M5's line of the roster: dispatched for two years, covered for the term of the agreement."""
    return {
        "membership_id": membership_id,
        "host_post": "总装车间",
        "dispatch_from": date(2024, 7, 1),
        "dispatch_to": date(2026, 6, 30),
        "coverage_from": date(2025, 1, 1),
        "coverage_to": date(2025, 6, 30),
        **changes,
    }


async def draft_proposal(world: World, actor: Actor, **changes: Any) -> Draft:
    given = {
        "agreement_id": None,
        "dispatch_union": UNIONS["U7"].uri,
        "host_union": UNIONS["U8"].uri,
        "agency_uscc": EMPLOYERS["丙"],
        "host_uscc": EMPLOYERS["丁"],
        "agreement_no": "委管〔2025〕1号",
        "term_from": date(2025, 1, 1),
        "term_until": date(2025, 6, 30),
        **CLAUSES,
        "roster": [entry(world.members["M5"])],
        **changes,
    }
    return await drafting_entrustments.draft_proposal(world.hub, actor.caller, given)


def proposal_of(actor: Actor, draft: Draft) -> Ready:
    assert draft.document is not None
    return ready(entrusting.propose, actor, draft, draft.document)


async def ready_proposal(world: World, actor: Actor, **changes: Any) -> Ready:
    return proposal_of(actor, await draft_proposal(world, actor, **changes))


ON_AGREEMENT: Final[dict[str, tuple[Any, Any]]] = {
    "sign": (entrusting.sign, drafting_entrustments.draft_signature),
    "withdraw": (entrusting.withdraw, drafting_entrustments.draft_withdrawal),
    "terminate": (entrusting.terminate, drafting_entrustments.draft_termination),
}


async def ready_on(world: World, act: str, actor: Actor, agreement_id: UUID) -> Ready:
    """An act on an agreement: sign, withdraw, terminate."""
    desk, draft = ON_AGREEMENT[act]
    return ready(desk, actor, await draft(world.hub, actor.caller, {"agreement_id": agreement_id}))


async def ready_roster(
    world: World,
    actor: Actor,
    agreement_id: UUID,
    *,
    add: list[dict[str, Any]] | None = None,
    remove: list[dict[str, Any]] | None = None,
) -> Ready:
    given = {"agreement_id": agreement_id, "add": add, "remove": remove}
    draft = await drafting_entrustments.draft_roster(world.hub, actor.caller, given)
    assert draft.document is not None, [refusal.code for refusal in draft.refusals]
    return ready(entrusting.amend_roster, actor, draft, draft.document)


async def ready_answer(world: World, actor: Actor, agreement_id: UUID, *members: UUID, decline: bool = False) -> Ready:
    act = CoverageDeclining if decline else CoverageAcknowledgement
    desk = entrusting.decline_coverage if decline else entrusting.acknowledge_coverage
    given = {"agreement_id": agreement_id, "member_ids": list(members)}
    return ready(desk, actor, await drafting_entrustments.draft_answer(world.hub, actor.caller, given, act))


async def draft_care(world: World, actor: Actor, membership_id: UUID, *, rights: bool = False, **changes: Any) -> Draft:
    given = {
        "membership_id": membership_id,
        "agreement_id": None,
        "kind": "SAFETY" if rights else "TRAINING",
        "occurred_on": date(2025, 3, 1),
        "evidence_sha256": None,
        **changes,
    }
    act = RightsCaseRecord if rights else ActivityRecord
    return await drafting_entrustments.draft_care(world.hub, actor.caller, given, act)


async def ready_care(world: World, actor: Actor, membership_id: UUID, *, rights: bool = False, **changes: Any) -> Ready:
    desk = entrusting.record_rights_case if rights else entrusting.record_activity
    return ready(desk, actor, await draft_care(world, actor, membership_id, rights=rights, **changes))


async def proposed(world: World, actor: Actor | None = None, **changes: Any) -> AgreementView:
    """Put an agreement before the other union; by the dispatch union unless told."""
    made = await ready_proposal(world, actor or world.actors["U7"], **changes)
    view: AgreementView = await made.send(world.hub)
    return view


async def in_force(world: World, **changes: Any) -> AgreementView:
    """Have an agreement signed by both, the host union last."""
    view = await proposed(world, **changes)
    for ref in ("U7", "U8"):
        view = await (await ready_on(world, "sign", world.actors[ref], view.agreement_id)).send(world.hub)
    return view


async def coverages(world: World, actor: Actor, agreement_id: UUID) -> list[CoverageView]:
    """Read a roster as a union."""
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        page = partial(ledger.coverage_page, reading, agreement_id)
        return await page(states=None, after=None, limit=100)


async def everything_entrusted(world: World) -> AgreementView:
    """Have a row in every table of entrustment: M5 is covered and was cared for. Gives the agreement in force."""
    u7, u8, m5 = world.actors["U7"], world.actors["U8"], world.members["M5"]
    view = await in_force(world, roster=[])
    await (await ready_roster(world, u7, view.agreement_id, add=[entry(m5)])).send(world.hub)
    await (await ready_answer(world, u8, view.agreement_id, m5)).send(world.hub)
    await (await ready_care(world, u8, m5)).send(world.hub)
    return view
