"""The rules of the acts on the end of a membership, in their order (domain 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.rules import custody, ending

if TYPE_CHECKING:
    from federation import acts_ending as acts
    from hub.transfers.facts_ending import EndedFacts, EndingFacts, FilingFacts
    from hub.transfers.rules.ending import OnEnding
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "acknowledgement",
    "before_a_mark",
    "before_an_ending",
    "death",
    "deemed_withdrawal",
    "drop",
    "expulsion",
    "filing",
    "filing_return",
    "proposal",
    "reversal",
    "withdrawal",
]


def before_an_ending(facts: EndingFacts) -> Refusals:
    """Whether the signer may act on this membership at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(
        facts.membership, is_party=facts.is_party, is_entrusted_host=facts.is_entrusted_host
    )


def _where_it_stands(membership: EndedFacts, *, even_suspected: bool = False) -> Refusals:
    yield from custody.check_membership_has_not_ended(membership.status)
    if not even_suspected:
        yield from custody.check_membership_is_live(membership.status)


def withdrawal(question: OnEnding, claims: acts.Withdrawal) -> Refusals:
    """Rules of a withdrawal. Source: A22, NX-3, HUB-P04, HUB-P06."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership)
    yield from ending.check_no_release_is_open(question, membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_requested(claims)
    yield from ending.check_steps_of_withdrawal(claims)
    yield from ending.check_ended_when_printed(claims, question, membership)
    yield from ending.check_certificate_taken_back(claims, question, membership)


def deemed_withdrawal(question: OnEnding, claims: acts.DeemedWithdrawal) -> Refusals:
    """Rules of a deemed withdrawal. Source: A21, A22, NX-3, HUB-P06."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership)
    yield from ending.check_owes_dues(membership)
    yield from ending.check_no_open_case(question, membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_conditions_of_deemed_withdrawal(claims, question, membership)
    yield from ending.check_ended_when_printed(claims, question, membership)
    yield from ending.check_certificate_taken_back(claims, question, membership)


def expulsion(question: OnEnding, claims: acts.Expulsion) -> Refusals:
    """Rules of an expulsion. Source: A23, NX-3, HUB-P06."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_punished(claims, question)
    yield from ending.check_committee_decided(claims)
    yield from ending.check_opinion_is_the_proposed(claims, question.facts.open_proposal)
    yield from ending.check_ended_when_printed(claims, question, membership)


def proposal(question: OnEnding, claims: acts.ExpulsionProposal) -> Refusals:
    """Rules of what a union group proposes. Source: A23, NX-3, HUB-P06."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_step_of_a_proposal(question.facts.open_proposal, claims.act)
    yield from ending.check_day_of_the_opinion(claims, question)


def drop(question: OnEnding, claims: acts.ExpulsionDrop) -> Refusals:
    """Rules of the end of a proposal without a decision. Source: A23, NX-3."""
    membership, proposed = question.facts.membership, question.facts.open_proposal
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_step_of_a_proposal(proposed, claims.act)
    if proposed is not None:
        yield from ending.check_drops_the_proposed(claims, question, proposed)


def death(question: OnEnding, claims: acts.Death) -> Refusals:
    """Rules of the record of a death. Source: HUB-P17, NX-3."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(membership, even_suspected=True)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_ended_when_printed(claims, question, membership)


def filing(question: OnEnding, claims: acts.ExpulsionFiling) -> Refusals:
    """Rules of the filing of an expulsion. Source: A23, NX-3, HUB-P06."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from ending.check_expelled(membership, "file")
    yield from ending.check_names_the_decision(claims, membership)
    yield from ending.check_filed_with_the_next_above(claims, question.facts.parent_uri)
    yield from ending.check_filing_dates(claims, question, membership)


def reversal(question: OnEnding, claims: acts.ExpulsionReversal) -> Refusals:
    """Rules of the reversal of an expulsion: the sole exit from an end. Source: A3, A23, NX-3."""
    membership = question.facts.membership
    yield from before_an_ending(question.facts)
    if membership is None:
        return
    yield from ending.check_expelled(membership, "reverse")
    yield from ending.check_no_other_membership(membership)
    yield from ending.check_custody(membership, claims.custody_version, (claims.object_name, "custody_version"))
    yield from ending.check_names_the_decision(claims, membership)
    yield from ending.check_annulled(claims, question)


def before_a_mark(facts: FilingFacts) -> Refusals:
    """Whether a filing lies with the signer: whoever stands above, a federation too. Source: A23, HUB-P09."""
    yield from custody.check_signer_is_active(facts.signer)
    yield from ending.check_lies_with_signer(facts)


def acknowledgement(facts: FilingFacts, claims: acts.FilingAcknowledgement) -> Refusals:
    """Rules of the acknowledgement of a filing. Source: A23."""
    yield from before_a_mark(facts)
    if facts.state is not None:
        yield from ending.check_names_the_filing(claims, facts, facts.state)


def filing_return(facts: FilingFacts, claims: acts.FilingReturn) -> Refusals:
    """Rules of the return of a filing for papers. Source: A23."""
    yield from before_a_mark(facts)
    if facts.state is not None:
        yield from ending.check_names_the_filing(claims, facts, facts.state)
        yield from ending.check_papers(claims)
