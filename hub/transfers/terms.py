"""The terms in working days, one function each: for an act that sets them, and for setting the tentative ones again.

And back from a deadline that stands to the days that it left, whatever the policy has become since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.machines import HandoffState
from hub.transfers.rules.days import day_of, last_day_of
from hub.transfers.views import Term
from hub.transfers.workdays import CALENDAR, Due

if TYPE_CHECKING:
    from datetime import date

    from hub.transfers.rules.policy import Policy
    from hub.transfers.views import HandoffView
    from hub.transfers.workdays import Calendar

__all__ = ["acceptance_term", "answer_term", "decision_term", "merge_term", "overdue_term_of", "term_of"]


def answer_term(calendar: Calendar, asked: date, policy: Policy) -> Due:
    """Give the holder's time to answer a request, by its own policy. Source: HUB-P02."""
    return calendar.due_after(asked, policy.request_working_days)


def decision_term(calendar: Calendar, since: date | Due, policy: Policy) -> Due:
    """Give the time of the union above to decide, since the day of an appeal or the end of the holder's term.

    It is no more certain than that end. The policy is the holder's. Source: HUB-P14
    """
    if not isinstance(since, Due):
        return calendar.due_after(since, policy.escalation_working_days)
    due = calendar.due_after(since.day, policy.escalation_working_days)
    return Due(due.day, due.at, tentative=since.tentative or due.tentative)


def acceptance_term(calendar: Calendar, released: date, policy: Policy) -> Due:
    """Give the receiver's time to accept, by its own policy, before the union above it is told. Source: HUB-P03."""
    return calendar.due_after(released, policy.acceptance_working_days)


def merge_term(calendar: Calendar, said: date, policy: Policy) -> Due:
    """Give the time of two holders to become one over a merge, since the first word, by the policy of who said it.

    Source: A3, HUB-P02
    """
    return calendar.due_after(said, policy.request_working_days)


def term_of(case: HandoffView) -> Term | None:
    """Give the days that the deadline of an open case left. Source: HUB-P01, HUB-P02, HUB-P14."""
    if case.deadline is None:
        return None
    if case.state is HandoffState.RELEASED:
        assert case.released_at is not None, "a release has its time"
        return Term((last_day_of(case.deadline) - day_of(case.released_at)).days, in_working_days=False)
    since = last_day_of(case.passed[-1].at) if case.passed else day_of(case.opened_at)
    return Term(CALENDAR.days_between(since, last_day_of(case.deadline)), in_working_days=True)


def overdue_term_of(case: HandoffView) -> Term | None:
    """Give the days that a receiver has before the union above it is told. Source: HUB-P03."""
    if case.overdue_at is None or case.released_at is None:
        return None
    return Term(CALENDAR.days_between(day_of(case.released_at), last_day_of(case.overdue_at)), in_working_days=True)
