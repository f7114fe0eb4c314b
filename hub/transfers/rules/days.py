"""Days and months as the regulation counts them: Asia/Shanghai, which has been +08:00 without a break since 1991."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

__all__ = ["SHANGHAI", "day_of", "end_of", "exempt_from", "last_day_of", "month_of", "months_after"]

SHANGHAI = timezone(timedelta(hours=8))


def day_of(instant: datetime) -> date:
    """Give the Shanghai day on which an (aware) instant lies."""
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Give the instant at which a Shanghai day is over (its 24:00), in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def last_day_of(end: datetime) -> date:
    """Give the Shanghai day whose end an instant is."""
    return day_of(end - timedelta(microseconds=1))


def month_of(day: date) -> str:
    """Give the month of a day as `YYYY-MM`."""
    return f"{day.year:04}-{day.month:02}"


def exempt_from(retained_on: date) -> str:
    """Give the first month for which no dues are owed: the one after that of the retention. Source: A21."""
    return months_after(month_of(retained_on), 1)


def months_after(month: str, months: int) -> str:
    """Give the month that lies so many months after (before, if negative) a `YYYY-MM`."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + months
    return f"{count // 12:04}-{count % 12 + 1:02}"
