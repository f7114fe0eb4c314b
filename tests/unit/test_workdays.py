"""Working days: the State Council's arrangement, with days made up for; weekends alone where a year has none yet."""

from datetime import UTC, date, datetime

import pytest

from hub.transfers.workdays import CALENDAR


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 3, 3), True),  # a Monday
        (date(2025, 3, 1), False),  # a Saturday
        (date(2025, 1, 28), False),  # the eve of the Spring Festival, a Tuesday
        (date(2025, 2, 4), False),
        (date(2025, 2, 8), True),  # a Saturday made up for
        (date(2025, 4, 27), True),  # a Sunday made up for
        (date(2025, 10, 8), False),
        (date(2024, 2, 18), True),
        (date(2024, 10, 12), True),
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),  # a Sunday
        (date(2026, 2, 23), False),
        (date(2030, 10, 1), True),  # a Tuesday of a year that nobody has arranged yet
        (date(2030, 10, 5), False),
    ],
)
def test_a_day_is_as_arranged(day: date, *, works: bool) -> None:
    assert CALENDAR.is_working_day(day) is works


@pytest.mark.parametrize(
    ("received", "days", "last"),
    [
        (date(2025, 4, 2), 15, date(2025, 4, 24)),  # over Qingming
        (date(2025, 3, 3), 1, date(2025, 3, 4)),
        (date(2025, 2, 28), 1, date(2025, 3, 3)),  # a Friday
        (date(2025, 3, 1), 1, date(2025, 3, 3)),  # a Saturday
        (date(2025, 1, 24), 1, date(2025, 1, 26)),  # the Sunday made up for counts
        (date(2025, 9, 26), 5, date(2025, 10, 10)),  # 28, 29, 30, then the National Day week, 9, 10
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # over the turn of the year
    ],
)
def test_a_term_ends_with_its_last_working_day(received: date, days: int, last: date) -> None:
    due = CALENDAR.due_after(received, days)
    assert (due.day, due.tentative) == (last, False)
    assert due.at == datetime(last.year, last.month, last.day, 16, tzinfo=UTC)  # 24:00 in Shanghai


def test_a_term_into_a_year_that_is_not_arranged_is_tentative() -> None:
    assert {2024, 2025, 2026} == CALENDAR.published
    assert not CALENDAR.due_after(date(2026, 12, 1), 15).tentative
    assert CALENDAR.due_after(date(2026, 12, 25), 15).tentative
    assert CALENDAR.due_after(date(2027, 3, 1), 15).tentative
