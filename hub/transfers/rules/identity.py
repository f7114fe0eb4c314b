"""Numbers of identity documents: one spelling per number, so that one person is found once (A3, A4).

Whoever works in China may be a member, so there are five kinds of document (A4). The kind is stated, never guessed
from the number. What a genuine document may show is never refused: an abolished county in a citizen's number, a sex
that does not fit its parity, are doubts for the officer. No error repeats a number.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import StrEnum

from hub.transfers.kinds import IdType
from hub.transfers.rules.codes import InvalidValue, is_province_code, to_ascii

__all__ = [
    "BirthDateImpossible",
    "CheckCharacterWrong",
    "Doubt",
    "IdTypeUnknown",
    "NumberMalformed",
    "NumberMissing",
    "birth_date",
    "doubts",
    "normalise",
]

NUMBER_CHARACTERS_MAX = 40
FIRST_YEAR = 1900

_CITIZEN = re.compile("[0-9]{17}[0-9X]")
_OLD_CITIZEN = re.compile("[0-9]{15}")
#: Until 2023: the nationality in letters and twelve digits. It has no known check digit.
_OLD_FOREIGN_PR = re.compile("[A-Z]{3}[0-9]{12}")
_PASSPORT = re.compile("(?=.*[0-9])[A-Z0-9]{5,20}")
_CHECK_CHARACTERS = "10X98765432"
_HMT_PROVINCES = ("81", "82", "83")
_SEX_OF_PARITY = ("2", "1")  # GB/T 2261.1, by the remainder of the 17th digit


class IdTypeUnknown(InvalidValue):
    """The kind of document is none of the five."""


class NumberMissing(InvalidValue):
    """Only a document of kind OTHER may be without a number."""


class NumberMalformed(InvalidValue):
    """Length or characters are not those of this kind of document."""


class BirthDateImpossible(InvalidValue):
    """The date in the number is in no calendar, before 1900, or after the day of receipt."""


class CheckCharacterWrong(InvalidValue):
    """The last character does not follow from the others: a slip of the pen."""


class Doubt(StrEnum):
    """What an officer should look at; never a ground to refuse."""

    SEX_DIFFERS = "SEX_DIFFERS"
    BIRTH_MONTH_DIFFERS = "BIRTH_MONTH_DIFFERS"
    REGION_UNKNOWN = "REGION_UNKNOWN"


def normalise(id_type: str, number: str | None, today: date) -> str | None:
    """Give the one spelling of a number: plain capitals, 18 digits for a citizen's; None for OTHER without a number.

    Takes: `today`, the Shanghai day of receipt.
    Refuses: IdTypeUnknown, NumberMissing, NumberMalformed, BirthDateImpossible, CheckCharacterWrong.
    Source: A4; GB 11643; domain 5.4.
    """
    if id_type not in IdType.__members__:
        raise IdTypeUnknown("id_type", "证件类型不在列表中", "no such kind of identity document")
    text = unicodedata.normalize("NFC", to_ascii(number or "")).strip()
    if not text:
        if id_type == IdType.OTHER:
            return None
        raise NumberMissing("id_number", "须填写证件号码", "the number of the document is missing")
    if id_type == IdType.OTHER:
        return _other(text)
    plain = "".join(text.split()).upper()
    if id_type == IdType.PASSPORT:
        return _matching(_PASSPORT, plain.replace("-", ""))
    if id_type == IdType.FOREIGN_PR:
        if _OLD_FOREIGN_PR.fullmatch(plain):
            return plain
        if not plain.startswith("9"):
            raise _malformed()
    elif id_type == IdType.RESIDENT_ID and _OLD_CITIZEN.fullmatch(plain):
        longer = f"{plain[:6]}19{plain[6:]}"
        plain = longer + _check_character(longer)
    return _checked(_matching(_CITIZEN, plain), today)


def birth_date(id_type: str, number: str) -> date | None:
    """Read the date of birth from a normalised number; None where the kind has none in it."""
    if id_type in {IdType.RESIDENT_ID, IdType.HMT_RESIDENCE, IdType.FOREIGN_PR} and _CITIZEN.fullmatch(number):
        return _calendar_date(number)
    return None


def doubts(id_type: str, number: str | None, *, sex: str, birth_month: str) -> list[Doubt]:
    """List what does not go together in a person's data, for the officer to look at.

    Takes: a normalised number; `sex` by GB/T 2261.1 (0 and 9 say nothing); `birth_month` as YYYY-MM.
    """
    born_on = birth_date(id_type, number) if number is not None else None
    if number is None or born_on is None:
        return []
    found = []
    stated = _SEX_OF_PARITY[int(number[16]) % 2]
    if sex in _SEX_OF_PARITY and id_type != IdType.FOREIGN_PR and sex != stated:
        found.append(Doubt.SEX_DIFFERS)
    if birth_month != f"{born_on.year:04}-{born_on.month:02}":
        found.append(Doubt.BIRTH_MONTH_DIFFERS)
    known = number.startswith(_HMT_PROVINCES) if id_type == IdType.HMT_RESIDENCE else is_province_code(number[:2])
    if not known and id_type != IdType.FOREIGN_PR:
        found.append(Doubt.REGION_UNKNOWN)
    return found


def _other(text: str) -> str:
    """Any document there is: visible characters, single spaces, capitals."""
    plain = " ".join(text.split()).upper()
    seen = all(character == " " or unicodedata.category(character)[0] in "LMNPS" for character in plain)
    if not seen or len(plain) > NUMBER_CHARACTERS_MAX or not any(character.isalnum() for character in plain):
        raise _malformed()
    return plain


def _matching(form: re.Pattern[str], text: str) -> str:
    if not form.fullmatch(text):
        raise _malformed()
    return text


def _malformed() -> NumberMalformed:
    return NumberMalformed(
        "id_number", "证件号码的位数或字符与证件类型不符", "length or characters do not fit this kind of document"
    )


def _checked(number: str, today: date) -> str:
    """Check date and check character; the region is nobody's business: counties come and go."""
    born_on = _calendar_date(number)
    if born_on is None or not born_on.year >= FIRST_YEAR or born_on > today:
        raise BirthDateImpossible(
            "id_number", "证件号码中的出生日期不正确", "the date of birth in the number is not possible"
        )
    if number[17] != _check_character(number[:17]):
        raise CheckCharacterWrong("id_number", "证件号码校验位不符", "the check character of the number is wrong")
    return number


def _calendar_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _check_character(digits: str) -> str:
    """ISO 7064 MOD 11-2 over 17 digits."""
    return _CHECK_CHARACTERS[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11]
