"""Ranges of certificate numbers: a serial between what all of them share, and how many they are (N2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

__all__ = ["COUNT_MAX", "NumberRange", "range_of"]

#: A run of more numbers than this is a slip.
COUNT_MAX: Final = 100_000_000

_SERIAL: Final = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class NumberRange:
    """From one number to another, both included."""

    first: str
    last: str
    count: int


def range_of(first: str, last: str, *, has_check: bool) -> NumberRange | None:
    """Give the range of two numbers; None where they differ in more than a serial, or run backwards.

    Takes: `has_check`, whether the last character follows from the others and so counts nothing. The serial is the
    digits at the end of the rest.
    """
    parts = [_SERIAL.fullmatch(number[:-1] if has_check else number) for number in (first, last)]
    if len(first) != len(last) or parts[0] is None or parts[1] is None or parts[0][1] != parts[1][1]:
        return None
    count = int(parts[1][2]) - int(parts[0][2]) + 1
    return NumberRange(first, last, count) if 0 < count <= COUNT_MAX and first <= last else None
