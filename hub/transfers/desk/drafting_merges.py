"""Drafts of an import, a merge and a decision: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation import acts
from federation.forms import Sha256
from hub.transfers.desk.deciding import decision_hash
from hub.transfers.desk.drafting import NO_HASH, NOBODY, claims_of, draft_enrolment
from hub.transfers.desk.merging import merge_hash, merge_question
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.rules import order
from hub.transfers.rules.questions import MergeDecision
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from uuid import UUID

    from hub.authz.tokens import Caller
    from hub.errors import Refusal
    from hub.transfers.desk.drafting import Input

__all__ = ["draft_decision", "draft_import", "draft_merge"]


async def draft_import(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an import. That the person has a live membership already only the signed act tells, and logs.

    Source: A3, A25
    """
    return await draft_enrolment(hub, caller, given, acts.Import, hub.ledger.facts_for_import, order.importing)


async def draft_merge(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft one holder's word on a pair, with the hash of the document that both sign. Source: A3."""
    membership_id = given.get("membership_id") or NOBODY
    facts = await hub.ledger.facts_for_merge(drafting_of(caller), membership_id)
    require_login(facts.signer)
    over = merge_hash(facts, survives=given["survivor"])
    claims = acts.Merge(merge_sha256=Sha256(over or NO_HASH), survivor=given["survivor"])
    refusals = every(order.merge(merge_question(claims, facts)))
    if facts.own is None:
        return Draft(acts.Merge.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(acts.Merge.typ, signed, None, refusals)


async def draft_decision(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a decision between two holders, by the membership that is to go on. Source: A3, HUB-P02."""
    membership_id: UUID = given["membership_id"]
    unread: list[Refusal] = []
    facts = await hub.ledger.facts_for_decision(drafting_of(caller), membership_id)
    require_login(facts.signer)
    over = decision_hash(facts)
    stated = {"merge_sha256": over or NO_HASH, "evidence_sha256": given.get("evidence_sha256")}
    claims = claims_of(acts.MergeDecision, stated, unread)
    if claims is None:
        # Who has no case learns nothing by the form of the input.
        bare = acts.MergeDecision(merge_sha256=Sha256(over or NO_HASH))
        tie = every(order.merge_decision(MergeDecision(bare, facts, over)))
        return Draft(acts.MergeDecision.typ, None, None, tie or tuple(unread))
    refusals = every(order.merge_decision(MergeDecision(claims, facts, over)))
    if over is None:
        return Draft(acts.MergeDecision.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(acts.MergeDecision.typ, signed, None, refusals)
