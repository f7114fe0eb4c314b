"""Base64url, SHA-256 and JSON in the one form in which statements use them.

Every value has one text: what decodes here encodes again to the same characters. So a hash names a document, not
one of several spellings of it, and nobody can smuggle a second reading past a check.
"""

import base64
import binascii
import hashlib
import json
import re
from typing import Any, NoReturn

#: Integers beyond this are not the same number in every language (RFC 8785, I-JSON).
INTEGER_MAX = 2**53
#: Statements nest four deep, proofs six.
NESTING_MAX = 16
_INTEGER_DIGITS_MAX = 17

# A string is one token, closed or not, so that the walk over brackets is linear whatever the text is.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class EncodingError(ValueError):
    """A text that is not in its one right form."""


def b64url(raw: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Decode base64url without padding, and only its canonical text. Refuses: EncodingError."""
    try:
        encoded = text.encode("ascii")
        raw = base64.urlsafe_b64decode(encoded + b"=" * (-len(encoded) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise EncodingError("not base64url") from error
    # The library skips strange characters and ignores spare bits; only the canonical text comes out again.
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != encoded:
        raise EncodingError("not canonical base64url")
    return raw


def sha256_b64url(document: bytes) -> str:
    """Give the hash by which statements, cards and evidence are named."""
    return b64url(hashlib.sha256(document).digest())


def dumps(document: object) -> str:
    """Write JSON without spaces, in UTF-8 characters, members in the order given."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def loads(text: str | bytes) -> Any:
    """Read JSON that every reader reads alike.

    Refuses: EncodingError on bytes that are not UTF-8, a member named twice, a number that is not an integer within
    2^53, a literal that JSON doesn't have, nesting beyond `NESTING_MAX`.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8")
        if text.count("[") + text.count("{") > NESTING_MAX:
            _check_nesting(text)
        return _DECODER.decode(text)
    except EncodingError:
        raise
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError
        raise EncodingError("not JSON") from error


def _check_nesting(text: str) -> None:
    depth = 0
    for piece in _TOKENS.findall(text):
        if piece in "[{":
            depth += 1
            if depth > NESTING_MAX:
                raise EncodingError("nested too deeply")
        elif piece in "]}":
            depth -= 1


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EncodingError("a member is named twice")
    return members


def _integer(digits: str) -> int:
    # Length first: turning 5000 digits into a number is the attack.
    if len(digits) > _INTEGER_DIGITS_MAX or digits == "-0":
        raise EncodingError("an integer out of range")
    number = int(digits)
    if not -INTEGER_MAX <= number <= INTEGER_MAX:
        raise EncodingError("an integer out of range")
    return number


def _no_such_number(_literal: str) -> NoReturn:
    raise EncodingError("a number that is not an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique_members,
    parse_int=_integer,
    parse_float=_no_such_number,
    parse_constant=_no_such_number,
)
