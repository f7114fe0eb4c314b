"""Drafts of the acts on the end of a membership: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation import acts_ending as acts
from federation.encoding import b64url
from hub.errors import Refusal
from hub.transfers.desk.drafting import NO_HASH, NOBODY, claims_of, plain
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.desk.releasing import with_entrustment
from hub.transfers.rules import order_ending
from hub.transfers.rules.ending import OnEnding, first_unpaid
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts_ending import EndingFacts, FilingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "draft_acknowledgement",
    "draft_death",
    "draft_deemed_withdrawal",
    "draft_drop",
    "draft_expulsion",
    "draft_filing",
    "draft_filing_return",
    "draft_proposal",
    "draft_reversal",
    "draft_withdrawal",
]

#: The URI of no union: for the claims of who is answered that there is no such member.
_NO_UNION = "urn:union:000000000000000000"


async def draft_withdrawal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a withdrawal. Source: A22."""
    return await _draft(hub, caller, acts.Withdrawal, given, _custody, order_ending.withdrawal)


async def draft_deemed_withdrawal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a deemed withdrawal; since when is unpaid goes by what is on file, if nothing is stated. Source: A22."""

    def known(facts: EndingFacts) -> dict[str, object]:
        held = facts.membership
        unpaid = None if held is None else first_unpaid(held.dues_paid_through, held.restored_on)
        return {**_custody(facts), "unpaid_since": given.get("unpaid_since") or unpaid}

    return await _draft(hub, caller, acts.DeemedWithdrawal, given, known, order_ending.deemed_withdrawal)


async def draft_expulsion(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the decision to expel, on the opinion that was proposed if none is stated. Source: A23."""

    def known(facts: EndingFacts) -> dict[str, object]:
        proposed = facts.open_proposal
        opinion: dict[str, object] = {}
        if proposed is not None and proposed.opinion_sha256 is not None and given.get("opinion_sha256") is None:
            opinion = {"opinion_sha256": b64url(proposed.opinion_sha256), "opinion_on": plain(proposed.opinion_on)}
        return {**_custody(facts), "has_no_group": bool(given.get("has_no_group")), **opinion}

    return await _draft(hub, caller, acts.Expulsion, given, known, order_ending.expulsion)


async def draft_proposal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft what the union group proposes. Source: A23."""
    return await _draft(hub, caller, acts.ExpulsionProposal, given, _custody, order_ending.proposal)


async def draft_drop(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft that what is proposed is dropped. Source: A23."""

    def known(facts: EndingFacts) -> dict[str, object]:
        proposed = facts.open_proposal
        sha256 = None if proposed is None else proposed.sha256
        return {**_custody(facts), "proposal_sha256": NO_HASH if sha256 is None else b64url(sha256)}

    return await _draft(hub, caller, acts.ExpulsionDrop, given, known, order_ending.drop)


async def draft_death(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the record of a death. Source: HUB-P17."""
    return await _draft(hub, caller, acts.Death, given, _custody, order_ending.death)


async def draft_filing(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the filing of an expulsion, with the next-higher union if no other is named. Source: A23."""

    def known(facts: EndingFacts) -> dict[str, object]:
        return {**_decision(facts), "filed_with": given.get("filed_with") or facts.parent_uri or _NO_UNION}

    return await _draft(hub, caller, acts.ExpulsionFiling, given, known, order_ending.filing)


async def draft_reversal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the reversal of an expulsion. Source: A23."""

    def known(facts: EndingFacts) -> dict[str, object]:
        return _custody(facts) | _decision(facts)

    return await _draft(hub, caller, acts.ExpulsionReversal, given, known, order_ending.reversal)


def _custody(facts: EndingFacts) -> dict[str, object]:
    return {"custody_version": 1 if facts.membership is None else facts.membership.custody_version}


def _decision(facts: EndingFacts) -> dict[str, object]:
    decided = None if facts.membership is None else facts.membership.ended_sha256
    return {"expulsion_sha256": NO_HASH if decided is None else b64url(decided)}


def _stated(act: type[Act], given: Input) -> dict[str, object]:
    return {name: plain(given.get(name)) for name in act.__dataclass_fields__}


async def _draft(
    hub: Hub,
    caller: Caller,
    act: type[Act],
    given: Input,
    known: Callable[[EndingFacts], dict[str, object]],
    rules: Callable[[OnEnding, Any], Refusals],
) -> Draft:
    membership_id = given.get("membership_id") or NOBODY
    facts = await hub.ledger.endings.facts(drafting_of(caller), membership_id)
    require_login(facts.signer)
    facts = await with_entrustment(hub, caller, membership_id, facts)
    unread = list[Refusal]()
    claims = claims_of(act, {**_stated(act, given), **known(facts)}, unread)
    if claims is None:
        # The input has no right form, so that the rules can't be asked; but who may not ask learns nothing by it.
        return Draft(act.typ, None, None, every(order_ending.before_an_ending(facts)) or tuple(unread))
    refusals = every(rules(OnEnding(facts), claims))
    if facts.membership is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)


async def draft_acknowledgement(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the acknowledgement of a filing, by the membership that it is about. Source: A23."""
    return await _draft_mark(hub, caller, acts.FilingAcknowledgement, given, order_ending.acknowledgement)


async def draft_filing_return(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the return of a filing for papers. Source: A23."""
    return await _draft_mark(hub, caller, acts.FilingReturn, given, order_ending.filing_return)


async def _draft_mark(
    hub: Hub, caller: Caller, act: type[Act], given: Input, rules: Callable[[FilingFacts, Any], Refusals]
) -> Draft:
    membership_id = given["membership_id"]
    facts = await hub.ledger.endings.facts_for_filing(drafting_of(caller), membership_id)
    require_login(facts.signer)
    unread = list[Refusal]()
    filed = NO_HASH if facts.sha256 is None else b64url(facts.sha256)
    claims = claims_of(act, {**_stated(act, given), "filing_sha256": filed}, unread)
    if claims is None:
        return Draft(act.typ, None, None, every(order_ending.before_a_mark(facts)) or tuple(unread))
    refusals = every(rules(facts, claims))
    if facts.state is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)
