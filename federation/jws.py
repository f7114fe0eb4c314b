"""The strict opening of a compact JWS, and the checks on the claims that every signed document has.

PyJWT's own decoding takes any `typ`, members named twice, padded base64, numbers as text and ten megabytes. So the
opening is ours and refuses all but one form; only the signature is left to the library (`PublicKey.verifies`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from federation import encoding
from federation.claims import shown
from federation.errors import StatementCode, StatementError
from federation.keys import ALGS, PrivateKey, PublicKey, is_kid

#: Of a whole compact JWS. What is longer is bound by hash.
MAX_BYTES: Final = 16_384
#: How far the signer's clock and ours may differ, either way.
LEEWAY_SECONDS: Final = 60

_SEGMENTS = 3
_HEADER = frozenset(("alg", "kid", "typ"))


@dataclass(frozen=True, slots=True, eq=False)
class Envelope:
    """A JWS that has the right form. Who signed it, and whether, is not known yet."""

    jws: str
    alg: str
    kid: str
    typ: str
    claims: dict[str, Any]
    signing_input: bytes
    signature: bytes


def malformed(path: tuple[str, ...], detail: str) -> StatementError:
    """Give the error for a document that has not the form that it must have."""
    return StatementError(StatementCode.STATEMENT_MALFORMED, path, detail)


def open_envelope(jws: str, typs: Collection[str]) -> Envelope:
    """Open a compact JWS whose `typ` is one of these.

    The steps, of the order in `federation.statements`:
    1. It is no longer than `MAX_BYTES`.  2. It has three segments in canonical base64url.  3. Header and payload are
    JSON objects in which nothing is named twice.  4. The header is exactly alg, kid, typ; `typ` is the expected one
    byte for byte, `alg` one of ours.  5. `kid` can be the name of a key.
    Refuses: STATEMENT_MALFORMED; SIGNATURE_INVALID for an `alg` that no key has.
    """
    # 1. size, before anything is decoded
    if len(jws) > MAX_BYTES:
        raise malformed(("statement",), f"longer than {MAX_BYTES} bytes")
    # 2. segments
    segments = jws.split(".")
    if len(segments) != _SEGMENTS:
        raise malformed(("statement",), "not three segments")
    try:
        header_json, payload, signature = map(encoding.b64url_decode, segments)
    except encoding.EncodingError as error:
        raise malformed(("statement",), str(error)) from error
    # 3. JSON
    header = _object(header_json, "header")
    claims = _object(payload, "payload")
    # 4. header, typ and alg
    check_members(header, _HEADER, ("header",))
    alg, kid, typ = header["alg"], header["kid"], header["typ"]
    if not isinstance(typ, str) or typ not in typs:
        raise malformed(("header", "typ"), "not the typ of this act")
    if not isinstance(alg, str):
        raise malformed(("header", "alg"), "not a text")
    if alg not in ALGS:
        raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "alg"), "not an algorithm of the federation")
    # 5. kid
    if not is_kid(kid):
        raise malformed(("header", "kid"), "not the name of a key")
    signing_input = jws[: -len(segments[2]) - 1].encode("ascii")
    return Envelope(jws, alg, kid, typ, claims, signing_input, signature)


def check_signature(envelope: Envelope, key: PublicKey) -> None:
    """Refuse, with SIGNATURE_INVALID, what this key didn't sign. The key says by which algorithm, the header agrees."""
    if envelope.kid != key.kid:
        raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "kid"), "another key's name")
    if envelope.alg != key.alg:
        raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "alg"), "not the key's algorithm")
    if not key.verifies(envelope.signing_input, envelope.signature):
        raise StatementError(StatementCode.SIGNATURE_INVALID, ("statement",), "the signature doesn't verify")


def check_members(members: dict[str, Any], names: frozenset[str], path: tuple[str, ...] = ()) -> None:
    """Refuse, with STATEMENT_MALFORMED, an object that has not exactly these members."""
    if members.keys() == names:
        return
    for name in members:
        if name not in names:
            raise malformed((*path, shown(name)), "an unknown member")
    raise malformed((*path, min(names - members.keys())), "missing")


def check_times(claims: dict[str, Any], now: datetime, lifetime_seconds_max: int) -> None:
    """Refuse a document that is not current at `now`, which is the receiver's.

    Refuses: STATEMENT_MALFORMED for times that are no integers or span too much, CLOCK_SKEW, STATEMENT_EXPIRED.
    """
    issued = _time(claims, "iat")
    expires = _time(claims, "exp")
    if not 0 < expires - issued <= lifetime_seconds_max:
        raise malformed(("exp",), f"not 1 to {lifetime_seconds_max} seconds after iat")
    instant = now.timestamp()
    if issued > instant + LEEWAY_SECONDS:
        raise StatementError(StatementCode.CLOCK_SKEW, ("iat",), "issued in the future")
    if expires < instant - LEEWAY_SECONDS:
        raise StatementError(StatementCode.STATEMENT_EXPIRED, ("exp",), "expired")


def check_audience(claims: dict[str, Any], audience: str) -> None:
    """Refuse, with STATEMENT_MALFORMED, a document that is not for exactly this hub."""
    if claims.get("aud") != audience:
        raise malformed(("aud",), "not this hub")


def sign_payload(payload: bytes, typ: str, key: PrivateKey) -> str:
    """Sign these bytes as they are, and give the compact JWS."""
    header = encoding.dumps({"alg": key.alg, "kid": key.kid, "typ": typ})
    signing_input = f"{encoding.b64url(header.encode())}.{encoding.b64url(payload)}"
    return f"{signing_input}.{encoding.b64url(key.sign(signing_input.encode()))}"


def _object(document: bytes, name: str) -> dict[str, Any]:
    try:
        members = encoding.loads(document)
    except encoding.EncodingError as error:
        raise malformed((name,), str(error)) from error
    if not isinstance(members, dict):
        raise malformed((name,), "not a JSON object")
    return members


def _time(claims: dict[str, Any], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int:  # a boolean is an int to isinstance
        raise malformed((name,), "not a whole number of seconds")
    return value
