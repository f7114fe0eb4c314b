"""The terms in working days, one function each: for an act that sets them, and for setting the tentative ones again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.rules.policy import POLICY
from hub.transfers.workdays import Due

if TYPE_CHECKING:
    from datetime import date

    from hub.transfers.workdays import Calendar

__all__ = ["acceptance_term", "answer_term", "decision_term", "merge_term"]


def answer_term(calendar: Calendar, asked: date) -> Due:
    """Give the holder's time to answer a request. Source: HUB-P02."""
    return calendar.due_after(asked, POLICY.request_working_days)


def decision_term(calendar: Calendar, since: date | Due) -> Due:
    """Give the time of the union above to decide, since the day of an appeal or the end of the holder's term.

    It is no more certain than that end. Source: HUB-P14
    """
    if not isinstance(since, Due):
        return calendar.due_after(since, POLICY.escalation_working_days)
    due = calendar.due_after(since.day, POLICY.escalation_working_days)
    return Due(due.day, due.at, tentative=since.tentative or due.tentative)


def acceptance_term(calendar: Calendar, released: date) -> Due:
    """Give the receiver's time to accept before the union above it is told. Source: HUB-P03."""
    return calendar.due_after(released, POLICY.acceptance_working_days)


def merge_term(calendar: Calendar, said: date) -> Due:
    """Give the time of two holders to become one over a merge, since the first word. Source: A3, HUB-P02."""
    return calendar.due_after(said, POLICY.request_working_days)
