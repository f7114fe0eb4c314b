"""Codes and names as the national standards write them: pure checks, one right spelling of each value.

`is_…` answers, `normalise_…` gives the one spelling or raises `InvalidValue`, which a caller turns into INPUT_INVALID.
Months and days are in `days`, numbers of identity documents in `identity`.
"""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc as gb32100

__all__ = [
    "ETHNIC_GROUPS",
    "POLITICAL_STATUSES",
    "SEXES",
    "InvalidValue",
    "covers",
    "is_division_code",
    "is_jurisdiction_code",
    "is_local_code",
    "is_province_code",
    "is_union_uscc",
    "is_uscc",
    "normalise_certificate_number",
    "normalise_mobile",
    "normalise_name",
    "to_ascii",
]

#: GB/T 2261.1: unknown, male, female, not stated.
SEXES = ("0", "1", "2", "9")
#: GB/T 3304: the 56, other (97), Chinese citizens of foreign descent (98). A foreigner has none.
ETHNIC_GROUPS = (*(f"{number:02}" for number in range(1, 57)), "97", "98")
#: GB/T 4762. A foreigner has none.
POLITICAL_STATUSES = tuple(f"{number:02}" for number in range(1, 14))

NAME_CHARACTERS_MAX = 50
CERTIFICATE_CHARACTERS_MAX = 32
DOT = "·"
#: What is typed for the dot between the parts of a name.
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･", DOT))
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

_USCC = re.compile("[0-9A-HJ-NPQRTUWXY]{18}")
_LOCAL_CODE = re.compile("([0-9A-HJ-NPQRTUWXY]{18})-[0-9]{2}")
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#: GB/T 2260: the provinces, Taiwan, Hong Kong, Macao.
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")
_DIVISION = re.compile("[0-9]{6}(?:[0-9]{3}(?:[0-9]{3})?)?")
_JURISDICTION = re.compile("[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[0-9]{3}(?:[0-9]{3})?)?)?)?")
_CERTIFICATE = re.compile(f"[0-9A-Z](?:[0-9A-Z-]{{0,{CERTIFICATE_CHARACTERS_MAX - 2}}}[0-9A-Z])?")
_MOBILE = re.compile(r"\+[1-9][0-9]{7,14}")
_CHINESE_MOBILE = re.compile("1[3-9][0-9]{9}")
#: Between the letters of a name.
_IN_NAMES = frozenset(" -'’.") | {DOT}
#: Letters of Hangul by their category, blank by their look.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
#: Planes 2 and 3 hold rare Han characters only; Python's tables end at those of its own year.
_RARE_HAN = range(0x20000, 0x3FFFE)


class InvalidValue(ValueError):  # noqa: N818 - the fact; the caller makes a Refusal of it
    """A value that is not what its field holds. Says why in both languages, and never repeats the value."""

    def __init__(self, field: str, why_zh: str, why_en: str) -> None:
        super().__init__(why_en)
        self.field = field
        self.why_zh = why_zh
        self.why_en = why_en


def to_ascii(text: str) -> str:
    """Turn full-width letters, digits and spaces into the plain ones."""
    return text.translate(_FULL_WIDTH)


def is_uscc(text: str) -> bool:
    """Whether this is a unified social credit code: its own check digit (GB 32100) and the inner one (GB 11714)."""
    return _USCC.fullmatch(text) is not None and gb32100.is_valid(text) and _is_organisation_code(text[8:17])


def is_union_uscc(text: str) -> bool:
    """Whether this is a union's: 8 are unions, 81 grassroots ones and 89 the others."""
    return text.startswith(("81", "89")) and is_uscc(text)


def is_local_code(text: str) -> bool:
    """Whether this names a union that is no legal person: the code of the union above it, and two digits."""
    found = _LOCAL_CODE.fullmatch(text)
    return found is not None and is_union_uscc(found[1])


def is_province_code(text: str) -> bool:
    """Whether these are two digits of GB/T 2260."""
    return _PROVINCE.fullmatch(text) is not None


def is_division_code(text: str) -> bool:
    """Whether this is a county's code, or one of a township (9 digits) or village (12) in it."""
    return _DIVISION.fullmatch(text) is not None


def is_jurisdiction_code(text: str) -> bool:
    """Whether this is the code of an area: of a province (2 digits) down to a village (12)."""
    return _JURISDICTION.fullmatch(text) is not None


def covers(jurisdiction: str, division: str) -> bool:
    """Whether a division lies in an area. 310100 stands for 3101, 310117001000 for 310117001."""
    return division.startswith(_significant(jurisdiction))


def normalise_certificate_number(text: str, *, field: str = "number") -> str:
    """Give a certificate number in its general form: up to 32 capitals, digits and hyphens (N2: provinces narrow it).

    Refuses: InvalidValue. No other characters: the number stands in statements, which hold no free text.
    """
    number = "".join(to_ascii(text).split()).upper()
    if not _CERTIFICATE.fullmatch(number):
        raise InvalidValue(
            field, "会员证编号只能含字母、数字和连字符", "a certificate number has letters, digits, hyphens"
        )
    return number


def normalise_name(text: str, *, field: str = "name") -> str:
    """Give a person's name in NFC, its parts joined by `·` or single spaces: 1 to 50 characters of any script.

    Refuses: InvalidValue, on signs, emoji, private characters, and everything that cannot be seen. Digits may follow a
    letter: some registers tell namesakes apart by them.
    """
    name = re.sub(" +", " ", unicodedata.normalize("NFC", to_ascii(text).translate(_DOTS))).strip(" ")
    if not 0 < len(name) <= NAME_CHARACTERS_MAX:
        raise InvalidValue(field, "姓名应为 1 至 50 个字符", "a name has 1 to 50 characters")
    last = name[-1]
    begins_and_ends = _is_letter(name[0]) and (_is_letter(last) or _is_mark(last) or last == "." or last.isdecimal())
    if not begins_and_ends or not all(_is_letter(c) or _is_mark(c) or c in _IN_NAMES or c.isdecimal() for c in name):
        raise InvalidValue(field, "姓名含有不能使用的字符", "a name has characters that no name has")
    return name


def normalise_mobile(text: str, *, field: str = "mobile") -> str:
    """Give a mobile number as E.164; eleven digits that begin with 1 are Chinese. Refuses: InvalidValue."""
    number = re.sub(r"[\s()-]", "", to_ascii(text))
    if _CHINESE_MOBILE.fullmatch(number):
        number = f"+86{number}"
    if number.startswith("+86") and not _CHINESE_MOBILE.fullmatch(number[3:]):
        number = ""
    if not _MOBILE.fullmatch(number):
        raise InvalidValue(
            field, "手机号码格式不正确", "not a mobile number in international form, like +8613800000000"
        )
    return number


def _is_organisation_code(text: str) -> bool:
    """GB 11714: eight characters and a check character over them."""
    if not all(character in _ORGANISATION_ALPHABET for character in text):
        return False
    values = (_ORGANISATION_ALPHABET.index(character) for character in text[:8])
    total = sum(weight * value for weight, value in zip(_ORGANISATION_WEIGHTS, values, strict=True))
    return text[8] == "0123456789X0"[11 - total % 11]


def _significant(code: str) -> str:
    """Drop the zeros that stand for "all of it", level by level from the smallest."""
    for length, digits in ((12, 3), (9, 3), (6, 2), (4, 2)):
        if len(code) == length and code.endswith("0" * digits):
            code = code[:-digits]
    return code


def _is_letter(character: str) -> bool:
    if character in _FILLERS:
        return False
    return unicodedata.category(character)[0] == "L" or character == "〇" or ord(character) in _RARE_HAN


def _is_mark(character: str) -> bool:
    """Accents, vowel signs, and the selectors of a variant of a Han character."""
    return unicodedata.category(character)[0] == "M"
