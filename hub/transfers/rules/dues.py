"""Dues, month by month (NX-6): who records them, from which month on, and how far ahead (HUB-P10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus
from hub.transfers.machines import HandoffState
from hub.transfers.rules import custody
from hub.transfers.rules.days import day_of, exempt_from, month_of, months_after

if TYPE_CHECKING:
    from datetime import date

    from federation.acts_history import DuesRecord
    from hub.transfers.facts_history import DuesFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "OnDues",
    "check_collects",
    "check_months",
    "check_no_release",
    "check_owes_dues",
    "check_paid_from",
    "first_month_owed",
]


@dataclass(frozen=True, slots=True)
class OnDues:
    """A record of dues before the rules."""

    claims: DuesRecord
    facts: DuesFacts
    is_delegated: bool  #: by the agreement: the host union collects


def first_month_owed(paid_through: str, restored_on: date | None) -> str:
    """Give the first month owed: after the last one paid, or, after a retention, that of the restoration (A21)."""
    after = months_after(paid_through, 1)
    return after if restored_on is None else max(after, month_of(restored_on))


def check_collects(question: OnDues) -> Refusals:
    """The holder records of its members; the host union of whom it covers, if the agreement has given it the duty.

    Source: A9, A11, A12
    """
    facts = question.facts
    if facts.member_id is None and facts.covered_by is not None:
        yield Refusal(Code.ENTRUSTED_HOST_CANNOT_ACT)
    elif facts.member_id is None:
        yield Refusal(Code.NOT_HOLDER if facts.is_party else Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    elif question.claims.agreement_id is not None and not question.is_delegated:
        yield Refusal(Code.ENTRUSTED_HOST_CANNOT_ACT)


def check_owes_dues(facts: DuesFacts) -> Refusals:
    """Who has left owes nothing, and who is retained is exempt; a suspected duplicate stands still.

    Source: A3, A5, A21
    """
    assert facts.status is not None, "whose dues may be recorded has a status"
    yield from custody.check_membership_has_not_ended(facts.status)
    yield from custody.check_membership_is_live(facts.status)
    if facts.status == MembershipStatus.RETAINED and facts.retained_on is not None:
        yield Refusal(
            Code.DUES_EXEMPT_IN_RETENTION, path=("dues", "paid_through"), exempt_from=exempt_from(facts.retained_on)
        )


def check_no_release(facts: DuesFacts) -> Refusals:
    """A release states to which month dues are paid: it is recalled first. Source: HUB-P04, NX-3."""
    standing = facts.standing(facts.signer.now)
    if standing is not None and standing.state is HandoffState.RELEASED:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=facts.open_deadline)


def check_paid_from(claims: DuesRecord, facts: DuesFacts) -> Refusals:
    """What is paid follows on what was: of two records drafted at once the second is void. Source: HUB-P17, NX-6."""
    assert facts.paid_through is not None
    if claims.paid_from != first_month_owed(facts.paid_through, facts.restored_on):
        yield Refusal(Code.STALE_VERSION, path=("dues", "paid_from"))


def check_months(claims: DuesRecord, facts: DuesFacts) -> Refusals:
    """Dues go forward, month by month, and at most P10 ahead; what was entered wrongly an amendment corrects.

    Source: NX-3, NX-6, HUB-P10
    """
    assert facts.paid_through is not None
    earliest = first_month_owed(facts.paid_through, facts.restored_on)
    latest = months_after(month_of(day_of(facts.signer.now)), facts.signer.policy.prepaid_months_max)
    if not earliest <= claims.paid_through <= latest:
        yield Refusal(
            Code.DUES_MONTH_IMPLAUSIBLE, path=("dues", "paid_through"), earliest=earliest, latest=max(earliest, latest)
        )
