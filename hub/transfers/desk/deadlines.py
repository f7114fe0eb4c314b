"""Deadlines that were tentative, computed again by a calendar that knows more than the one by which they were set."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from hub.transfers.ledger import deadlines
from hub.transfers.machines import HandoffState
from hub.transfers.rules.days import day_of, end_of
from hub.transfers.terms import acceptance_term, answer_term, decision_term
from hub.transfers.workdays import CALENDAR, Due

if TYPE_CHECKING:
    from datetime import datetime

    from hub.transfers.ledger.deadlines import Dates, Tentative
    from hub.transfers.workdays import Calendar

__all__ = ["dates_by", "recompute"]

_TICK: Final = timedelta(microseconds=1)


async def recompute(connection: Any, *, test_clock: bool, calendar: Calendar = CALENDAR) -> int:
    """Compute every tentative deadline again, on the owner's connection. Gives how many cases have other dates now.

    Source: HUB-P12
    """
    now = await deadlines.now(connection, test_clock=test_clock)
    found = [(case, dates_by(calendar, case, now)) for case in await deadlines.read_tentative(connection)]
    changed = [(case, dates) for case, dates in found if dates != case.dates]
    return await deadlines.record_deadlines(connection, changed) if changed else 0


def dates_by(calendar: Calendar, case: Tentative, now: datetime) -> Dates:
    """Give the times of a case by this calendar. What has come to pass stays: a lapse is true at its instant."""
    was = case.dates
    if case.state == HandoffState.RELEASED:
        assert case.released_at is not None, "a release has its time"
        overdue = acceptance_term(calendar, day_of(case.released_at), case.receiver_policy)
        overdue = _again(overdue, was.overdue_at, now, tentative=was.overdue_tentative)
        return was._replace(overdue_at=overdue.at, overdue_tentative=overdue.tentative)
    assert case.requested_at is not None, "what is not released was asked for"
    asked = day_of(case.requested_at)
    if case.state == HandoffState.ESCALATED:  # from the start, by an appeal
        decision = _again(
            decision_term(calendar, asked, case.holder_policy), was.deadline, now, tentative=was.deadline_tentative
        )
        return was._replace(deadline=decision.at, deadline_tentative=decision.tentative)
    answer = _again(
        answer_term(calendar, asked, case.holder_policy), was.deadline, now, tentative=was.deadline_tentative
    )
    decision = _again(
        decision_term(calendar, answer, case.holder_policy), was.then_deadline, now, tentative=was.then_tentative
    )
    return was._replace(
        deadline=answer.at,
        deadline_tentative=answer.tentative,
        then_deadline=decision.at,
        then_tentative=decision.tentative,
    )


def _again(due: Due, was: datetime | None, now: datetime, *, tentative: bool) -> Due:
    """Give the new end of a term that was tentative; nobody is told of it when it is over already."""
    assert was is not None, "an open case has the deadline that ends it"
    if not tentative or was <= now:
        return Due(day_of(was - _TICK), was, tentative=False)
    if due.at <= now:
        return Due(day_of(now), end_of(day_of(now)), tentative=due.tentative)
    return due
