"""The checks of an import of earlier lines and of a record of dues, in the order of domain 2.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.rules import amending, custody, dues, entrusting, history

if TYPE_CHECKING:
    from hub.transfers.facts_history import HistoryFacts
    from hub.transfers.rules.dues import OnDues
    from hub.transfers.rules.history import OnHistory
    from hub.transfers.rules.questions import Refusals

__all__ = ["before_a_history", "dues_record", "history_import"]


def before_a_history(facts: HistoryFacts) -> Refusals:
    """Whether the signer may bring in lines of this membership at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(facts.membership, is_party=facts.is_party)


def history_import(question: OnHistory) -> Refusals:
    """Rules of an import of earlier lines. Source: A11, A12, A15, A17, A25, NX-3, NX-4."""
    claims, facts, membership = question.claims, question.facts, question.facts.membership
    yield from before_a_history(facts)
    if membership is None:
        return
    yield from amending.check_not_ended(membership)
    yield from history.check_first_holder(facts)
    yield from history.check_entry_versions(claims, facts, membership)
    yield from history.check_transfer_lines(claims, facts, membership)
    yield from history.check_retention_lines(claims, facts, membership)


def dues_record(question: OnDues) -> Refusals:
    """Rules of a record of dues, by the holder or by whom an agreement has given the duty.

    Source: A3, A5, A9, A11, A12, A15, A21, NX-3, NX-6, HUB-P10
    """
    claims, facts = question.claims, question.facts
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.member_id is not None)
    yield from custody.check_signer_is_active(facts.signer)
    if claims.agreement_id is not None:
        refused = tuple(entrusting.check_in_force(facts.agreement_state))
        if refused:
            # Before the member is looked up: an agreement that is not in force opens no question about anybody.
            yield from refused
            return
    may_not = tuple(dues.check_collects(question))
    if may_not:
        # To which month dues are paid is for who collects them: what would follow tells it.
        yield from may_not
        return
    yield from dues.check_owes_dues(facts)
    yield from dues.check_no_release(facts)
    yield from dues.check_paid_from(claims, facts)
    yield from dues.check_months(claims, facts)
