"""How provinces number their certificates (N2): a pattern, and how the last character follows from the others.

A pattern is a small part of a regular expression: single characters and classes of them, each with a fixed count, and
one of them at most with a range. So whatever a province lays down is read in one pass over a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stdnum import luhn
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_11_10

if TYPE_CHECKING:
    from datetime import date

__all__ = ["CHECK_RULES", "Scheme", "is_pattern"]

_ITEM: Final = r"(?:[A-Z0-9-]|\\d|\[(?:[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Z0-9])+\])"
_FIXED: Final = rf"{_ITEM}(?:\{{[1-9][0-9]?\}})?"
_RANGED: Final = rf"{_ITEM}\{{[1-9][0-9]?,[1-9][0-9]?\}}"
_PATTERN: Final = re.compile(rf"(?:{_FIXED})*(?:{_RANGED})?(?:{_FIXED})*")

_RULES: Final = {"LUHN": luhn, "MOD_11_2": mod_11_2, "MOD_11_10": mod_11_10}
#: The rules of the last character that the hub knows.
CHECK_RULES: Final = frozenset(_RULES)


def is_pattern(text: str) -> bool:
    """Whether a province may lay down this: it says something, in the hub's part of the language, and can be met."""
    if not text or not _PATTERN.fullmatch(text):
        return False
    try:
        re.compile(text, re.ASCII)
    except re.error:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a province numbers."""

    pattern: str
    check_rule: str | None = None
    from_on: date | None = None  #: from which day on

    def covers(self, issued_on: date | None) -> bool:
        """Whether it is to be asked of a certificate of this day: earlier ones stand, of unknown ones it says nothing.

        Source: N4
        """
        return issued_on is not None and self.from_on is not None and issued_on >= self.from_on

    def fits(self, number: str) -> bool:
        """Whether a number has the form, and the last character that it must have."""
        if not re.fullmatch(self.pattern, number, re.ASCII):
            return False
        if self.check_rule is None:
            return True
        try:
            return bool(_RULES[self.check_rule].validate(number))
        except ValidationError:
            return False
