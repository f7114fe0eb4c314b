"""Access tokens: who calls, proved by the hub's own MAC, for five minutes and without a look at the database.

A token is a compact JWT (RFC 9068, `at+jwt`, HS256) that the hub makes and only the hub reads. There is nothing to
negotiate: the header is one constant, compared byte for byte, so no `alg`, `kid` or `crit` of a client's is ever
read. A login key that is revoked meanwhile ends its tokens where an act looks the key up.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import orjson

if TYPE_CHECKING:
    from datetime import datetime

LIFETIME_SECONDS: Final = 300
#: How far ahead of this process the clock that issued a token may run.
LEEWAY_SECONDS: Final = 60
#: Far above what a token needs, far below what a header may carry.
LENGTH_MAX: Final = 2048

_KEY_BYTES_MIN: Final = 32
_CLAIMS: Final = frozenset({"iss", "aud", "sub", "client_id", "uid", "kid", "jti", "iat", "exp"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A union that has logged in."""

    #: The hub's own key of the union.
    union_id: UUID
    #: `urn:union:…`, which the `iss` of its statements must equal.
    union: str
    #: The LOGIN key that it used.
    kid: str


class Unauthenticated(Exception):  # noqa: N818
    """No good token, or its login key has ended: HTTP 401, code UNAUTHENTICATED. The text is for the log only."""


class OutOfTime(Unauthenticated):
    """A token of ours that has ended, or is yet to be issued: unless the clock that it was looked at by is wrong."""


class Tokens:
    """Issues and verifies access tokens under one key of at least 32 bytes, the same in every process of the hub."""

    def __init__(self, *, key: bytes, hub: str) -> None:
        if len(key) < _KEY_BYTES_MIN:
            raise ValueError(f"the token key must have at least {_KEY_BYTES_MIN} bytes")
        self._key = key
        self._hub = hub

    def issue(self, caller: Caller, now: datetime) -> str:
        """Give a token for this caller, good for `LIFETIME_SECONDS` from now (aware, UTC)."""
        issued_at = int(now.timestamp())
        claims = {
            "iss": self._hub,
            "aud": self._hub,
            "sub": caller.union,
            "client_id": caller.union,
            "uid": str(caller.union_id),
            "kid": caller.kid,
            "jti": str(uuid4()),
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
        }
        signed = _HEADER + b"." + _b64url(orjson.dumps(claims))
        return (signed + b"." + self._mac(signed)).decode("ascii")

    def verify(self, token: str, now: datetime) -> Caller:
        """Give the caller whom a token names.

        1. size  2. header, the one that we write  3. MAC  4. claims, exactly ours  5. issuer and audience  6. times

        Refuses: Unauthenticated, OutOfTime
        """
        # 1.
        if len(token) > LENGTH_MAX or not token.isascii():
            raise Unauthenticated("size")
        # 2.
        signed, _, signature = token.encode("ascii").rpartition(b".")
        header, _, payload = signed.partition(b".")
        if header != _HEADER:
            raise Unauthenticated("header")
        # 3. Compared as text: one signature has one spelling.
        if not hmac.compare_digest(self._mac(signed), signature):
            raise Unauthenticated("signature")
        # 4. Only the hub can have written what follows; a wrong shape means an older version or the key's misuse.
        claims = _claims(payload)
        # 5.
        if claims["iss"] != self._hub or claims["aud"] != self._hub:
            raise Unauthenticated("audience")
        # 6. The database's clock wrote the times: as this process knows it, a token may seem to come from ahead.
        moment = now.timestamp()
        issued_at, expires = claims["iat"], claims["exp"]
        if type(issued_at) is not int or type(expires) is not int or not 0 < expires - issued_at <= LIFETIME_SECONDS:
            raise Unauthenticated("times")
        if moment >= expires or moment + LEEWAY_SECONDS < issued_at:
            raise OutOfTime("expired")
        return Caller(union_id=UUID(claims["uid"]), union=claims["sub"], kid=claims["kid"])

    def _mac(self, signed: bytes) -> bytes:
        return _b64url(hmac.digest(self._key, signed, "sha256"))


def _claims(payload: bytes) -> dict[str, Any]:
    """Read the payload. Refuses: Unauthenticated, unless the members are exactly ours."""
    try:
        claims = orjson.loads(urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    except (ValueError, binascii.Error):
        raise Unauthenticated("payload") from None
    if not isinstance(claims, dict) or claims.keys() != _CLAIMS:
        raise Unauthenticated("claims")
    return claims


def _b64url(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")


_HEADER: Final = _b64url(b'{"alg":"HS256","typ":"at+jwt"}')
