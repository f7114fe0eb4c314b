"""Working days as the State Council arranges them (HUB-P12): a small file per year, with the days made up for.

A year whose arrangement is not published yet has its weekends and nothing more; a deadline that such a day went into is
tentative. To publish a year is to add its file; `unionhub migrate` then computes the tentative deadlines again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Final

from hub.transfers.rules.days import end_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CALENDAR", "Calendar", "Due"]

_ONE: Final = timedelta(days=1)
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Due:
    """When the time is up. `tentative`: the arrangement of one of its years was not published."""

    day: date  #: the last day of the term
    at: datetime  #: its end
    tentative: bool


@dataclass(frozen=True, slots=True)
class _Year:
    off: frozenset[date]
    made_up: frozenset[date]


def _read(text: str) -> _Year:
    content = json.loads(text)
    off: set[date] = set()
    for span in content["off"]:
        day, last = map(date.fromisoformat, span.split("/"))
        while day <= last:
            off.add(day)
            day += _ONE
    return _Year(frozenset(off), frozenset(map(date.fromisoformat, content["made_up"])))


class Calendar:
    """The years whose arrangement is known."""

    def __init__(self, files: Mapping[int, str]) -> None:
        self._files = dict(files)
        self._years = {year: _read(text) for year, text in files.items()}

    @property
    def published(self) -> frozenset[int]:
        """The years."""
        return frozenset(self._years)

    def with_year(self, year: int, text: str) -> Calendar:
        """Give a calendar that knows one year more, by the text of its file."""
        return Calendar({**self._files, year: text})

    def is_working_day(self, day: date) -> bool:
        """Whether unions are at work on a day (Asia/Shanghai)."""
        year = self._years.get(day.year)
        if year is not None and day in year.made_up:
            return True
        return day.weekday() < _SATURDAY and (year is None or day not in year.off)

    def days_between(self, day: date, last: date) -> int:
        """Count the working days after a day, up to another one."""
        return sum(self.is_working_day(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))

    def due_after(self, day: date, days: int) -> Due:
        """Give the end of the so many-th working day after a day (that of receipt). Source: HUB-P12."""
        years = {day.year}
        left = days
        while left:
            day += _ONE
            years.add(day.year)
            left -= self.is_working_day(day)
        return Due(day, end_of(day), tentative=not years <= self.published)


#: As this version of the hub knows it.
CALENDAR: Final = Calendar(
    {
        int(file.name[:4]): file.read_text(encoding="utf-8")
        for file in resources.files(__name__).iterdir()
        if file.name.endswith(".json")
    }
)
