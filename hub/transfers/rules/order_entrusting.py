"""The rules of each act on an entrustment in their order (domain 2.4), as `rules.order` has those of the others.

On an agreement that there is, the desk asks `before` and who is a party first: without an answer to both there is no
question to be put (`desk.entrusting.question_of`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.machines import EntrustmentState
from hub.transfers.rules import columns, custody, entrusting
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from federation import entrusting as claims_of
    from hub.transfers.facts import SignerFacts
    from hub.transfers.facts_entrusting import CareFacts
    from hub.transfers.rules.entrusting import Entrustment
    from hub.transfers.rules.questions import Refusals

__all__ = ["answer", "before", "care", "proposal", "roster", "signature", "termination", "withdrawal"]


def before(signer: SignerFacts) -> Refusals:
    """Whether the signer signs anything. Source: A15, HUB-P09."""
    yield from custody.check_signer_may_sign(signer, holds=False)
    yield from custody.check_signer_is_active(signer)


def proposal(question: Entrustment, claims: claims_of.EntrustmentProposal) -> Refusals:
    """Rules of a proposal. Source: A9, A15."""
    yield from before(question.facts.signer)
    refused = tuple(entrusting.check_parties(question))
    if refused:
        # Whose agreement it would be is not known: what would follow speaks of nothing.
        yield from refused
        return
    yield from entrusting.check_text_may_change(question, claims.replaces_sha256)
    yield from entrusting.check_clauses(question)
    yield from entrusting.check_term(question)
    yield from entrusting.check_superseded(question)
    yield from entrusting.check_roster(question, question.text.roster)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)


def signature(question: Entrustment, claims: claims_of.EntrustmentSignature) -> Refusals:
    """Rules of a signature. Source: A9, A15."""
    agreement = question.facts.agreement
    assert agreement is not None, "who is no party is refused before there is a question"
    yield from entrusting.check_signature_is_due(question, agreement)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)
    yield from entrusting.check_parties(question)
    yield from entrusting.check_superseded(question)
    yield from entrusting.check_roster(question, question.text.roster)


def withdrawal(question: Entrustment, claims: claims_of.EntrustmentWithdrawal) -> Refusals:
    """Rules of a withdrawal. Source: A9, A15."""
    agreement = question.facts.agreement
    assert agreement is not None, "who is no party is refused before there is a question"
    yield from entrusting.check_mine_to_withdraw(agreement)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)


def termination(question: Entrustment, claims: claims_of.EntrustmentTermination) -> Refusals:
    """Rules of a termination. Source: A9, A15."""
    agreement = question.facts.agreement
    assert agreement is not None, "who is no party is refused before there is a question"
    # What a new version has superseded ends on its day, whatever day that is.
    is_superseded = agreement.stored_state == EntrustmentState.SUPERSEDED
    yield from entrusting.check_in_force(None if is_superseded else agreement.state, terminating=True)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)


def roster(question: Entrustment, claims: claims_of.RosterAmendment, change: claims_of.Roster, sha256: str) -> Refusals:
    """Rules of a change of the roster. Source: A9, A15, HUB-P04, HUB-P18."""
    agreement = question.facts.agreement
    assert agreement is not None, "who is no party is refused before there is a question"
    yield from entrusting.check_in_force(agreement.state)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)
    refused = tuple(entrusting.check_roster_bound(question, agreement, claims, sha256))
    if refused:
        yield from refused
        return
    yield from entrusting.check_parties(question)
    yield from entrusting.check_roster_is_some(is_empty=not change.add and not change.remove)
    yield from entrusting.check_removals(question, change.remove)
    removed = frozenset[object](removal.membership_id for removal in change.remove)
    yield from entrusting.check_roster(question, change.add, removed=removed)


def answer(question: Entrustment, claims: claims_of.CoverageAcknowledgement) -> Refusals:
    """Rules of the host union's word on members of the roster. Source: A9, A15."""
    agreement = question.facts.agreement
    assert agreement is not None, "who is no party is refused before there is a question"
    yield from entrusting.check_in_force(agreement.state)
    yield from entrusting.check_text_bound(question, claims.agreement_sha256)
    yield from entrusting.check_answered_members(question, claims)


def care(facts: CareFacts, claims: claims_of.ActivityRecord) -> Refusals:
    """Rules of a record of an activity or a rights case. Source: A9, A11, A15."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.member_id is not None)
    yield from custody.check_signer_is_active(facts.signer)
    if claims.agreement_id is not None:
        refused = tuple(entrusting.check_in_force(facts.agreement_state))
        if refused:
            # Before the member is looked up: an agreement that is not in force opens no question about anybody.
            yield from refused
            return
    yield from entrusting.check_care_is_covered(facts, claims)
    if facts.member_id is not None:
        path = (claims.object_name, "occurred_on")
        yield from columns.check_not_in_future(claims.occurred_on, day_of(facts.signer.now), path=path)
