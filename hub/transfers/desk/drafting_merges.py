"""Drafts of an import and of a merge: the same facts and the same rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation import acts
from federation.forms import Sha256
from hub.transfers.desk.drafting import NO_HASH, NOBODY, draft_enrolment
from hub.transfers.desk.merging import merge_hash, merge_question
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.rules import order
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input

__all__ = ["draft_import", "draft_merge"]


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
