"""The forms that a claim can have: one per kind of value, each with one way to read it and one to write it.

A reader gets what JSON gave and answers with the typed value or `FormError`. No reader guesses: a boolean is no
integer, a date that is not in the calendar is no date, and a text that could be written in two ways is refused in all
but one.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NewType
from uuid import UUID

from federation import encoding
from federation.errors import KeyNotUsable
from federation.keys import PublicKey

UnionUri = NewType("UnionUri", str)
Uscc = NewType("Uscc", str)
LocalCode = NewType("LocalCode", str)
ProvinceCode = NewType("ProvinceCode", str)
DivisionCode = NewType("DivisionCode", str)
Sha256 = NewType("Sha256", str)
Month = NewType("Month", str)
Code = NewType("Code", str)
Kid = NewType("Kid", str)
Typ = NewType("Typ", str)
Article = NewType("Article", str)
FieldName = NewType("FieldName", str)
AlgName = NewType("AlgName", str)
CompactJws = NewType("CompactJws", str)
ShortJws = NewType("ShortJws", str)
HubOrigin = NewType("HubOrigin", str)
ProofFormat = NewType("ProofFormat", str)
HistoryFormat = NewType("HistoryFormat", str)
UnionName = NewType("UnionName", str)
CertificateNumber = NewType("CertificateNumber", str)
RegisterNo = NewType("RegisterNo", str)
ReasonText = NewType("ReasonText", str)
ClauseText = NewType("ClauseText", str)
NumberPattern = NewType("NumberPattern", str)
Version = NewType("Version", int)
LeafCount = NewType("LeafCount", int)
Amount = NewType("Amount", int)


class KeyUse(StrEnum):
    """What a key is for; a key has one use."""

    SIGNING = "SIGNING"
    LOGIN = "LOGIN"


class FormError(ValueError):
    """A value that hasn't the form of its kind. `path` leads into it, if it has parts."""

    def __init__(self, detail: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.path = path


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are read from JSON and written to it."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


#: How many members one manifest moves at most.
LEAVES_MAX = 20_000

_USCC = "[0-9A-HJ-NPQRTUWXY]{18}"  # GB 32100: no I O S V Z; the check digit is the hub's business
_YEAR = "(?:19|2[0-9])[0-9]{2}"
_DATE = f"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?"
_OFFSET = "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"

_DATE_FORM = re.compile(_DATE)
_INSTANT_FORM = re.compile(f"{_DATE}T{_CLOCK}{_OFFSET}")
_NIL = "00000000-0000-0000-0000-000000000000"
_UUID_FORM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNION_FORM = re.compile(f"urn:union:(?:{_USCC}|local:[0-9]{{2}}:{_USCC}-[0-9]{{2}})")
_ARTICLE_FORM = re.compile("[A-Z][A-Z0-9]{0,15}(?:-[A-Z0-9]{1,8}){0,3}")

# Controls, line and paragraph separators, byte order mark, halves of surrogate pairs, and what turns the direction of
# writing: none of them can be seen on a certificate, each can make one name look like another.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff]"
)


def is_union_uri(value: object) -> bool:
    """Whether this is `urn:union:<uscc>` or `urn:union:local:<province>:<local code>`, by form alone."""
    return isinstance(value, str) and _UNION_FORM.fullmatch(value) is not None


def is_uuid(value: object) -> bool:
    """Whether this is a UUID in its canonical text: lower case, with hyphens; not the nil one, which names nothing."""
    return isinstance(value, str) and _UUID_FORM.fullmatch(value) is not None and value != _NIL


def _same(value: Any) -> Any:
    return value


def _matching(pattern: str | re.Pattern[str], what: str) -> Form:
    fullmatch = re.compile(pattern).fullmatch

    def read(value: Any) -> str:
        if isinstance(value, str) and fullmatch(value):
            return value
        raise FormError(f"not {what}")

    return Form(read, _same)


def _text(length_max: int, *, lines: bool = False) -> Form:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= length_max:
            raise FormError(f"not a text of 1 to {length_max} characters")
        seen = value.replace("\n", "") if lines else value
        if value != value.strip() or _UNSEEN.search(seen) or not unicodedata.is_normalized("NFC", value):
            raise FormError("not a plain text: NFC, no spaces at its ends, no unseen characters")
        return value

    return Form(read, _same)


def _read_uuid(value: Any) -> UUID:
    if is_uuid(value):
        return UUID(value)
    raise FormError("not a UUID in its canonical text")


def _read_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise FormError("not true or false")


def _read_version(value: Any) -> int:
    if type(value) is int and 0 <= value <= encoding.INTEGER_MAX:  # a boolean is an int to isinstance
        return value
    raise FormError("not a whole number")


def _read_leaf_count(value: Any) -> int:
    if type(value) is int and 1 <= value <= LEAVES_MAX:
        return value
    raise FormError(f"not a whole number from 1 to {LEAVES_MAX}")


def _read_date(value: Any) -> date:
    if isinstance(value, str) and _DATE_FORM.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:  # the 30th of February
            pass
    raise FormError("not a calendar date, YYYY-MM-DD, from 1900 to 2999")


def _read_instant(value: Any) -> datetime:
    if isinstance(value, str) and _INSTANT_FORM.fullmatch(value):
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except ValueError:
            pass
    raise FormError("not an RFC 3339 instant with its offset")


def _write_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_key_use(value: Any) -> KeyUse:
    if isinstance(value, str) and value in KeyUse.__members__:
        return KeyUse(value)
    raise FormError("neither SIGNING nor LOGIN")


def _read_jwk(value: Any) -> PublicKey:
    if not isinstance(value, dict):
        raise FormError("not a JWK object")
    try:
        return PublicKey.from_jwk(value)
    except KeyNotUsable as error:
        raise FormError(error.detail, error.path) from error


#: The form of each type that a field of an act can have.
FORMS: dict[Any, Form] = {
    UUID: Form(_read_uuid, str),
    bool: Form(_read_boolean, _same),
    Version: Form(_read_version, _same),
    LeafCount: Form(_read_leaf_count, _same),
    Amount: Form(_read_version, _same),
    date: Form(_read_date, date.isoformat),
    datetime: Form(_read_instant, _write_instant),
    KeyUse: Form(_read_key_use, str),
    PublicKey: Form(_read_jwk, lambda key: key.jwk),
    UnionUri: _matching(_UNION_FORM, "the URI of a union"),
    Uscc: _matching(_USCC, "a unified social credit code"),
    LocalCode: _matching(f"{_USCC}-[0-9]{{2}}", "a local code"),
    ProvinceCode: _matching("[0-9]{2}", "a province code"),
    DivisionCode: _matching("[0-9]{2,12}", "a division code"),
    Sha256: _matching("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]", "a SHA-256 in base64url"),
    Month: _matching(f"{_YEAR}-(?:0[1-9]|1[0-2])", "a month, YYYY-MM, from 1900 to 2999"),
    Code: _matching("[A-Z][A-Z0-9_]{0,63}", "a code"),
    Kid: _matching("[A-Za-z0-9_-]{1,64}", "the name of a key"),
    Typ: _matching(r"unionhub\.[a-z-]{1,40}\+jwt", "the typ of a statement"),
    Article: _matching(_ARTICLE_FORM, "an article"),
    FieldName: _matching("[A-Za-z][A-Za-z0-9_]{0,63}", "the name of a field"),
    AlgName: _matching("EdDSA|ES256", "an algorithm of the federation"),
    CompactJws: _matching("[A-Za-z0-9_.~-]{1,16384}", "a compact JWS, or a leaf of a manifest"),
    ShortJws: _matching("[A-Za-z0-9_.-]{1,2048}", "a compact JWS of at most 2048 characters"),
    HubOrigin: _matching(r"https?://[^\s/?#@\x00-\x1f\x7f]{1,255}", "the origin of a hub"),
    ProofFormat: _matching("unionhub-proof/1", "a proof of this format"),
    HistoryFormat: _matching("unionhub-history/1", "a history of this format"),
    UnionName: _text(100),
    CertificateNumber: _text(32),
    NumberPattern: _matching(r"[A-Z0-9a-z\[\]{},\\-]{1,100}", "the pattern of a number"),
    RegisterNo: _text(40),
    ReasonText: _text(100),
    ClauseText: _text(4000, lines=True),
}
