"""Date, DateTime, YearMonth and UUID: one spelling each, strictly read, so that what is signed is what was meant.

A value that cannot be read is an input error which says what was expected; the message around it names the variable
or argument and the field. Dates lie between 1900 and 2199: a date outside is a slip of the keyboard, and the far ends
of Python's calendar overflow in arithmetic.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, NewType, TypeVar
from uuid import UUID

import strawberry
from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from strawberry.types.scalar import ScalarDefinition

#: A month, "2026-11". Dues are counted in months of Asia/Shanghai.
YearMonth = NewType("YearMonth", str)

YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2199

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z", re.ASCII)
_YEAR_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)

T = TypeVar("T")


def _strict(name: str, form: str, read: Callable[[str], T]) -> Callable[[Any], T]:
    """Give a parser whose every failure is one typed error: `<name> must be <form>`. The value is not repeated."""

    def parse(value: Any) -> T:
        try:
            if isinstance(value, str):
                return read(value)
        except ValueError:
            pass
        raise GraphQLError(f"{name} must be {form}.", extensions={"code": "BAD_USER_INPUT"})

    return parse


def _in_range(year: int) -> None:
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise ValueError(year)


def read_date(text: str) -> date:
    """Read "2026-11-22". Refuses with ValueError: any other spelling, a day that is not in the calendar or range."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    day = date.fromisoformat(text)
    _in_range(day.year)
    return day


def read_date_time(text: str) -> datetime:
    """Read "2026-11-22T15:59:59Z", fractions allowed, UTC only. Refuses with ValueError, a leap second included."""
    if not _DATE_TIME.fullmatch(text):
        raise ValueError(text)
    instant = datetime.fromisoformat(text)
    _in_range(instant.year)
    return instant


def read_year_month(text: str) -> YearMonth:
    """Read "2026-11". Refuses with ValueError."""
    match = _YEAR_MONTH.fullmatch(text)
    if match is None:
        raise ValueError(text)
    _in_range(int(match[1]))
    return YearMonth(text)


def read_uuid(text: str) -> UUID:
    """Read a UUID with its hyphens; braces, `urn:uuid:` and bare digits are other spellings. Refuses: ValueError."""
    if not _UUID.fullmatch(text):
        raise ValueError(text)
    return UUID(text)


def print_date_time(instant: datetime) -> str:
    """Give RFC 3339 in UTC with Z. A time without a zone is a bug and raises."""
    if instant.tzinfo is None:
        raise TypeError("a DateTime needs a time zone")
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


DATE: Final[ScalarDefinition] = strawberry.scalar(
    name="Date",
    description="日期，按北京时间的日历日，格式 YYYY-MM-DD，1900–2199 年。\n"
    "A calendar day in Asia/Shanghai, YYYY-MM-DD, years 1900 to 2199.",
    serialize=date.isoformat,
    parse_value=_strict("Date", f"a calendar day written YYYY-MM-DD, {YEAR_MIN} to {YEAR_MAX}", read_date),
)
DATE_TIME: Final[ScalarDefinition] = strawberry.scalar(
    name="DateTime",
    description="时刻，协调世界时，RFC 3339 格式，以 Z 结尾。\nAn instant in UTC, RFC 3339 ending in Z.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
    serialize=print_date_time,
    parse_value=_strict(
        "DateTime", f"an instant in UTC written YYYY-MM-DDThh:mm:ssZ, {YEAR_MIN} to {YEAR_MAX}", read_date_time
    ),
)
YEAR_MONTH: Final[ScalarDefinition] = strawberry.scalar(
    name="YearMonth",
    description="月份，格式 YYYY-MM，如会费交至的月份。\nA month, YYYY-MM, such as the last for which dues are paid.",
    serialize=str,
    parse_value=_strict("YearMonth", f"a month written YYYY-MM, {YEAR_MIN} to {YEAR_MAX}", read_year_month),
)
UUID_SCALAR: Final[ScalarDefinition] = strawberry.scalar(
    name="UUID",
    description="通用唯一标识符，小写带连字符。\nA UUID, lower case, with hyphens.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
    serialize=str,
    parse_value=_strict("UUID", "written as 8-4-4-4-12 hexadecimal digits", read_uuid),
)

#: For `StrawberryConfig(scalar_map=SCALARS)`. Another NewType for a month goes in beside `YearMonth`.
SCALARS: Final[Mapping[object, ScalarDefinition]] = {
    date: DATE,
    datetime: DATE_TIME,
    YearMonth: YEAR_MONTH,
    UUID: UUID_SCALAR,
}
