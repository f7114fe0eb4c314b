"""Ranges of numbers, and the year of a report to its last instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.transfers.facts_printing import ReportFacts
from hub.transfers.rules.printing import deadline_of, report_act
from hub.transfers.rules.stock import COUNT_MAX, range_of

ONE_TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("first", "last", "has_check", "count"),
    [
        ("000101", "000600", False, 500),
        ("000101", "000101", False, 1),
        ("31A00001", "31A00010", False, 10),
        ("310000000000000000000000000000-1", "310000000000000000000000000000-9", False, 9),
        ("31000011", "31000037", True, 3),
        ("3100001X", "31000020", True, 2),
        ("A1", "A100000000", False, None),
        ("000101", "000100", False, None),
        ("A00101", "B00101", False, None),
        ("31-A", "31-B", False, None),
        ("1", "2", True, None),
        ("", "", False, None),
        ("000000000", f"{COUNT_MAX:09}", False, None),
        ("000000001", f"{COUNT_MAX:09}", False, COUNT_MAX),
    ],
)
def test_a_range_is_of_numbers_that_differ_by_their_serial(
    first: str, last: str, *, has_check: bool, count: int | None
) -> None:
    found = range_of(first, last, has_check=has_check)
    assert (None if found is None else found.count) == count


@pytest.mark.article("N4")
def test_the_day_itself_is_still_the_years() -> None:
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert deadline_of(2025) == midnight
    filed = ReportFacts(1, "FILED", 1, b"", None)
    for now, first, later in (
        (midnight - ONE_TICK, "file", "file"),
        (midnight, "file_late", "correct"),
    ):
        assert (report_act(None, 2025, now), report_act(filed, 2025, now)) == (first, later)
