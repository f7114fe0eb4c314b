"""The oracle's own count of days: it reads the published arrangements, and nothing of the hub's code."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from importlib import resources

__all__ = ["end_of_term", "month_later", "today_of"]

_SHANGHAI = timezone(timedelta(hours=8))
_ONE = timedelta(days=1)


def today_of(instant: datetime) -> date:
    """The day that it is in Shanghai."""
    return instant.astimezone(_SHANGHAI).date()


def _days_named(which: str) -> set[date]:
    found: set[date] = set()
    for file in resources.files("hub.transfers.workdays").iterdir():
        if file.name.endswith(".json"):
            for span in json.loads(file.read_text(encoding="utf-8"))[which]:
                first, _, last = span.partition("/")
                begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
                found |= {begin + timedelta(days=n) for n in range((end - begin).days + 1)}
    return found


_HOLIDAYS, _MADE_UP = _days_named("off"), _days_named("made_up")


def _is_at_work(day: date) -> bool:
    return day in _MADE_UP or (day.isoweekday() <= 5 and day not in _HOLIDAYS)


def end_of_term(day: date, *, working: int = 0, plain: int = 0) -> datetime:
    """24:00 of the day that lies so many (working) days after this one."""
    day += timedelta(days=plain)
    while working:
        day += _ONE
        working -= _is_at_work(day)
    return datetime.combine(day + _ONE, time(), _SHANGHAI).astimezone(UTC)


def month_later(month: str, months: int) -> str:
    """The month that lies so many after (before) this one: of a `YYYY-MM`, or of a day."""
    years, index = divmod(int(month[:4]) * 12 + int(month[5:7]) - 1 + months, 12)
    return f"{years:04}-{index + 1:02}"
