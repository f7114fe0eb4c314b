"""Six months by the calendar (A14): the corresponding day, the month's end, and both days counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies

from hub.transfers.rules.policy import NATIONAL, Policy
from hub.transfers.rules.seconding import is_half_a_year, last_day, remind_on

DAYS = strategies.dates(date(2000, 1, 1), date(2099, 1, 1))


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        ("2025-01-15", "2025-07-14"),
        ("2025-03-31", "2025-09-30"),
        ("2025-08-28", "2026-02-27"),
        ("2025-08-29", "2026-02-28"),
        ("2027-08-29", "2028-02-28"),
        ("2025-08-30", "2026-02-28"),
        ("2025-08-31", "2026-02-28"),
        ("2027-08-30", "2028-02-29"),
        ("2027-08-31", "2028-02-29"),
        ("2025-01-01", "2025-06-30"),
        ("2025-07-01", "2025-12-31"),
    ],
)
def test_the_last_of_six_months(starts_on: str, ends_on: str) -> None:
    start, end = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    assert last_day(start) == end
    assert is_half_a_year(start, end)
    assert not is_half_a_year(start, end - timedelta(days=1))


@given(DAYS)
def test_six_months_are_two_times_three_or_a_month_end_apart(start: date) -> None:
    end = last_day(start)
    assert 181 - 1 <= (end - start).days + 1 <= 184
    # Whoever starts later never ends sooner.
    assert last_day(start + timedelta(days=1)) >= end


def test_both_are_reminded_thirty_days_before_or_as_the_home_province_has_it() -> None:
    assert remind_on(date(2025, 12, 31), NATIONAL) == date(2025, 12, 1)
    assert remind_on(date(2025, 12, 31), Policy(secondment_reminder_days=10)) == date(2025, 12, 21)
