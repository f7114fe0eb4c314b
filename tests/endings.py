"""The acts on the end of a membership, drafted and signed as a holder does. The clock stands at 2025-03-03."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from federation.acts_certificates import CertificateCollection
from federation.encoding import sha256_b64url
from hub.transfers.desk import certifying, drafting_certificates, drafting_ending, ending, filing, proposing
from hub.transfers.ledger import reads_ending
from tests.ready import Ready, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import Draft
    from hub.transfers.views_ending import EndingView
    from tests.world import Actor, World

__all__ = ["ACTS", "GIVEN", "act", "draft", "endings_of", "ready_act"]

HASH = sha256_b64url(b"a paper")


async def _draft_collection(hub: Hub, caller: Caller, given: dict[str, Any]) -> Draft:
    return await drafting_certificates.draft_certificate(hub, caller, given, CertificateCollection)


async def _collect(hub: Hub, caller: Caller, jws: str) -> certifying.Shown:
    return await certifying.certify(hub, caller, jws, CertificateCollection)


#: What each act is, and what is asked for where nothing else is said.
ACTS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "withdraw": (drafting_ending.draft_withdrawal, ending.withdraw),
    "deem": (drafting_ending.draft_deemed_withdrawal, ending.deem_withdrawn),
    "expel": (drafting_ending.draft_expulsion, ending.expel),
    "propose": (drafting_ending.draft_proposal, proposing.propose),
    "drop": (drafting_ending.draft_drop, proposing.drop),
    "death": (drafting_ending.draft_death, ending.record_death),
    "file": (drafting_ending.draft_filing, filing.file),
    "acknowledge": (drafting_ending.draft_acknowledgement, filing.acknowledge),
    "return": (drafting_ending.draft_filing_return, filing.return_for_papers),
    "collect": (_draft_collection, _collect),
    "reverse": (drafting_ending.draft_reversal, ending.reverse),
}
GIVEN: dict[str, dict[str, Any]] = {
    "withdraw": {
        "requested_on": date(2025, 2, 10),
        "request_sha256": HASH,
        "persuaded_on": date(2025, 2, 17),
        "discussed_on": date(2025, 2, 28),
        "announced_on": date(2025, 3, 1),
        "collected_on": None,
    },
    "deem": {
        "unpaid_since": None,
        "absent_since": date(2024, 8, 15),
        "proper_reason": None,
        "admonished_on": date(2025, 2, 20),
        "refused_to_correct": True,
        "resolved_on": date(2025, 3, 1),
        "collected_on": None,
    },
    "expel": {
        "judgment_sha256": HASH,
        "effective_on": date(2024, 5, 20),
        "opinion_sha256": sha256_b64url(b"the group's"),
        "opinion_on": date(2025, 2, 20),
        "has_no_group": False,
        "decision_sha256": sha256_b64url(b"the committee's"),
        "decided_on": date(2025, 2, 25),
    },
    "propose": {"opinion_sha256": sha256_b64url(b"the group's"), "opinion_on": date(2025, 2, 20)},
    "drop": {"dropped_on": date(2025, 3, 1)},
    "death": {"died_on": date(2025, 2, 27), "evidence_sha256": None},
    "file": {"filed_on": date(2025, 3, 1), "filed_with": None},
    "acknowledge": {},
    "return": {"papers": ["JUDGMENT"]},
    "collect": {"collected_on": date(2025, 3, 2)},
    "reverse": {"annulment_sha256": sha256_b64url(b"annulled"), "annulled_on": date(2025, 3, 2)},
}


async def draft(world: World, name: str, actor: Actor, membership_id: UUID, **given: Any) -> Draft:
    asked = {"membership_id": membership_id, **GIVEN[name], **given}
    made: Draft = await ACTS[name][0](world.hub, actor.caller, asked)
    return made


async def ready_act(world: World, name: str, actor: Actor, membership_id: UUID, **given: Any) -> Ready:
    return ready(ACTS[name][1], actor, await draft(world, name, actor, membership_id, **given))


async def act(world: World, name: str, actor: Actor, membership_id: UUID, **given: Any) -> Any:
    """Do it: nothing may speak against it."""
    made = await ready_act(world, name, actor, membership_id, **given)
    assert made.refusals == (), made.refusals
    return await made.send(world.hub)


async def endings_of(world: World, actor: Actor, membership_id: UUID) -> tuple[EndingView, ...]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads_ending.endings(reading, [membership_id]))[membership_id].endings
