"""The rules of the acts on a retention, in their order (domain 2.4); what is said of the others holds here too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.kinds import RetentionReason
from hub.transfers.rules import custody, labour, placing, retaining, seconding
from hub.transfers.rules.stated import Stated

if TYPE_CHECKING:
    from federation.acts_retention import Annulment, ReasonChange, Restoration, RestoredPlacement, Retention
    from hub.transfers.facts import RetainedFacts, RetentionFacts
    from hub.transfers.rules.questions import OnRetention, Refusals

__all__ = ["annulment", "before_a_retention", "reason_change", "restoration", "retention"]


def before_a_retention(facts: RetentionFacts) -> Refusals:
    """Whether the signer may act on this membership at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(
        facts.membership, is_party=facts.is_party, is_entrusted_host=facts.is_entrusted_host
    )


def _where_it_stands(question: OnRetention, membership: RetainedFacts, act: str) -> Refusals:
    yield from custody.check_membership_has_not_ended(membership.status)
    yield from custody.check_membership_is_live(membership.status)
    yield from retaining.check_retention_stands(membership, act)
    yield from retaining.check_no_release_is_open(question, membership)
    yield from retaining.check_retained_custody(question, membership)


def retention(question: OnRetention, claims: Retention) -> Refusals:
    """Rules of a retention. Source: A3, A13, A17, A18, A19, A20, NX-4."""
    membership = question.membership
    yield from before_a_retention(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "record")
    yield from seconding.check_return_comes_first(membership.holding_basis, "record")
    faulty = tuple(retaining.check_retention_reason(claims, RetentionReason))
    if faulty:
        # What is to be shown hangs on the reason: what would follow speaks of nothing.
        yield from faulty
        return
    yield from retaining.check_retention_facts(claims, membership.joined_on)
    yield from labour.check_employer_code(claims.new_employer_uscc, path=("retention", "new_employer_uscc"))
    yield from retaining.check_retention_dates(
        claims, question.today, membership.joined_on, membership.restored_on, policy=question.policy
    )


def reason_change(question: OnRetention, claims: ReasonChange) -> Refusals:
    """Rules of a change of reason. Source: A17, A18, A20."""
    membership = question.membership
    yield from before_a_retention(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "change_reason")
    faulty = tuple(retaining.check_changed_reason(claims, membership))
    if faulty:
        yield from faulty
        return
    yield from retaining.check_change_dates(question, claims, membership)


def restoration(question: OnRetention, claims: Restoration) -> Refusals:
    """Rules of a restoration by the union that holds the member already, were it into a placement.

    Source: A9, A13, A17, A19, A20, NX-4, HUB-P09
    """
    membership = question.membership
    yield from before_a_retention(question.facts)
    if claims.placement is not None:
        yield from custody.check_signer_takes_in(question.facts.signer)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "restore")
    yield from retaining.check_service_is_over(claims, membership)
    if claims.placement is None:
        yield from retaining.check_employed_here(claims, membership, question.facts.employers)
    else:
        yield from retaining.check_placed_here(claims, membership)
        yield from _of_the_place(question, claims.placement)
    yield from labour.check_employer_code(claims.employer_uscc, path=("restoration", "employer_uscc"))
    yield from retaining.check_restoration_dates(question, claims, membership)


#: Where in a restoration stands what the checks of a place ask about.
_PLACES = {
    "host_employer_uscc": ("restoration", "placement", "host_employer_uscc"),
    "new_employer_uscc": ("restoration", "placement", "awaiting_employer_uscc"),
    "receiving_union": ("restoration", "placement"),
}


def _of_the_place(question: OnRetention, placement: RestoredPlacement) -> Refusals:
    """What any placement asks: the employer has no union, and the holder is one of the residence. Source: A9, A13."""
    facts, host = question.facts, placement.host_employer_uscc
    ground = placing.Ground(
        "PLACEMENT",
        Stated(new_employer=placement.awaiting_employer_uscc, host_employer=host),
        facts.place,
        facts.residence,
        facts.signer.kind,
        facts.employers,
        ("restoration",),
    )
    for check in (placing.check_employer_unorganised, placing.check_area):
        for refusal in check(ground):
            refusal.path = _PLACES[refusal.path[-1]]
            yield refusal
    yield from labour.check_employer_code(host, path=_PLACES["host_employer_uscc"])


def annulment(question: OnRetention, claims: Annulment) -> Refusals:
    """Rules of the annulment of a retention that was entered by mistake. Source: A21, HUB-P17."""
    membership = question.membership
    yield from before_a_retention(question.facts)
    if membership is None:
        return
    yield from _where_it_stands(question, membership, "annul")
    yield from retaining.check_names_the_entry(claims, membership)
