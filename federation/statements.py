"""Statements: an act by which a union changes something about a member, a union or a key, as one signed document.

The opening follows one order, and the numbers of `read` and of the `verify_…` functions are places in it:

 1. size  2. three canonical segments  3. JSON without duplicate members  4. header and `typ`  5. `kid`
 6. the key by (iss, kid): the caller looks it up  7. `alg` is the key's  8. the signature  9. the signer is the caller
10. seen before, by (iss, jti): the caller looks it up  11. times  12. `aud`  13. the act's schema
14. the key is in force at receipt

A leaf of a manifest (`federation.leaves`) is a statement too: 1 to 5 are then its own steps, 7 and 8 are of the
manifest, and 11 to 13 are asked of both.

A hub stands between the steps: it brings the key for 6, and at 10 answers with the receipt that it gave before. Who
has nothing to look up in between calls `verify`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from federation import encoding, jws, leaves
from federation.acts import ACTS, Act, UnionRegistration
from federation.claims import dump, parse
from federation.errors import StatementCode, StatementError
from federation.forms import UnionUri, is_union_uri, is_uuid
from federation.jws import MAX_BYTES
from federation.keys import KeyDates, PrivateKey, PublicKey

__all__ = [
    "LIFETIME_SECONDS_MAX",
    "MAX_BYTES",
    "Statement",
    "check_claims",
    "read",
    "read_any",
    "sign",
    "sign_claims",
    "verify",
    "verify_claims",
    "verify_key_in_force",
    "verify_signature",
    "verify_signer",
]

#: From `iat` to `exp`.
LIFETIME_SECONDS_MAX: Final = 7 * 24 * 3600
_LIFETIME_SECONDS = 600
_COMMON = frozenset(("iss", "aud", "sub", "jti", "iat", "exp"))

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True, eq=False)
class Statement(jws.Envelope, Generic[A]):
    """A statement that has the right form; nothing in it is to be believed before its `verify_…` has passed."""

    act: type[A]
    iss: UnionUri
    #: A membership's UUID, or the URI of the union acted on; empty where the act is about neither.
    sub: str
    jti: UUID
    #: Of the signing input, or of the leaf: the name by which other statements and the receipt bind this one.
    sha256: str
    #: What a leaf's manifest says, all of it; None of a statement that was signed alone.
    manifest: dict[str, Any] | None = None


def read(text: str, act: type[A]) -> Statement[A]:
    """Open a statement of this act: steps 1 to 5, and the form of the names that the look-ups of 6 and 10 need.

    Refuses: STATEMENT_MALFORMED; SIGNATURE_INVALID for an `alg` that no key has.
    """
    if leaves.is_leaf(text):
        return _named_leaf(text, leaves.open_leaf(text, (act.typ,)), act)
    return _named(jws.open_envelope(text, (act.typ,)), act)


def read_any(text: str) -> Statement[Act]:
    """Open a statement of whatever act its `typ` says, as `read` does."""
    if leaves.is_leaf(text):
        leaf = leaves.open_leaf(text, ACTS)
        return _named_leaf(text, leaf, leaf.act)
    envelope = jws.open_envelope(text, ACTS)
    return _named(envelope, ACTS[envelope.typ])


def verify_signature(statement: Statement[A], key: PublicKey) -> None:
    """Check steps 7 and 8. Takes the key that (iss, kid) names. Refuses: SIGNATURE_INVALID."""
    jws.check_signature(statement, key)


def verify_signer(statement: Statement[A], caller: str) -> None:
    """Check step 9: a union hands in its own statements only. Refuses: SIGNER_IS_NOT_CALLER."""
    if statement.iss != caller:
        raise StatementError(StatementCode.SIGNER_IS_NOT_CALLER, ("iss",), "signed by another union than the caller")


def verify_claims(statement: Statement[A], audience: str, now: datetime) -> A:
    """Check steps 11 to 13 and give the act's own claims. Takes the hub's name and its clock.

    Refuses: STATEMENT_MALFORMED, CLOCK_SKEW, STATEMENT_EXPIRED.
    """
    claims = check_claims(statement.claims, statement.act, audience, now)
    if statement.manifest is not None:
        manifest_act = leaves.manifest_of(statement.act)
        manifest = check_claims(statement.manifest, manifest_act, audience, now)
        leaves.check_agrees(claims, manifest)
    return claims


def check_claims(claims: dict[str, Any], act: type[A], audience: str, now: datetime) -> A:
    """Check claims as `verify_claims` does, also before they are signed: a union looks at what it signs."""
    # 11. times
    jws.check_times(claims, now, LIFETIME_SECONDS_MAX)
    # 12. audience
    jws.check_audience(claims, audience)
    # 13. schema, and that `sub` is what the act is about
    common = _COMMON - {"sub"} if act.subject == "none" else _COMMON
    jws.check_members(claims, common | {act.object_name})
    body = parse(act, claims[act.object_name], (act.object_name,))
    if isinstance(body, UnionRegistration) and body.uri != claims["sub"]:
        raise jws.malformed(("sub",), "not the union that the codes give")
    return body


def verify_key_in_force(key: KeyDates, now: datetime) -> None:
    """Check step 14, by the hub's clock: `iat` is only what the signer says. Refuses: SIGNING_KEY_NOT_VALID."""
    if not key.in_force(now):
        raise StatementError(StatementCode.SIGNING_KEY_NOT_VALID, ("header", "kid"), "the key is not in force")


def verify(statement: Statement[A], *, key: PublicKey, dates: KeyDates, caller: str, audience: str, now: datetime) -> A:
    """Check steps 7 to 14 without 10: for whoever keeps no record of earlier statements."""
    verify_signature(statement, key)
    verify_signer(statement, caller)
    claims = verify_claims(statement, audience, now)
    verify_key_in_force(dates, now)
    return claims


def sign(
    claims: Act,
    *,
    key: PrivateKey,
    iss: str,
    aud: str,
    sub: str | UUID | None,
    iat: datetime,
    lifetime_seconds: int = _LIFETIME_SECONDS,
    jti: UUID | None = None,
) -> str:
    """Write and sign a statement of these claims; `sub` is None where the act has none.

    A union mostly signs a draft's text instead: `sign_claims`.
    """
    issued = int(iat.timestamp())
    payload = {
        "iss": iss,
        "aud": aud,
        **({} if sub is None else {"sub": str(sub)}),
        "jti": str(jti or uuid4()),
        "iat": issued,
        "exp": issued + lifetime_seconds,
        claims.object_name: dump(claims),
    }
    return jws.sign_payload(encoding.dumps(payload).encode(), claims.typ, key)


def sign_claims(claims_text: str, typ: str, key: PrivateKey) -> str:
    """Sign a draft's `claims` exactly as the hub wrote them."""
    return jws.sign_payload(claims_text.encode(), typ, key)


def _names_subject(claims: dict[str, Any], act: type[A]) -> bool:
    """Whether `sub` names what the act is about; an act that is about neither member nor union has none at all."""
    if act.subject == "none":
        return "sub" not in claims
    return is_uuid(claims.get("sub")) if act.subject == "membership" else is_union_uri(claims.get("sub"))


def _named(envelope: jws.Envelope, act: type[A]) -> Statement[A]:
    iss, sub, jti = _names(envelope.claims, act)
    return Statement(
        jws=envelope.jws,
        alg=envelope.alg,
        kid=envelope.kid,
        typ=envelope.typ,
        claims=envelope.claims,
        signing_input=envelope.signing_input,
        signature=envelope.signature,
        act=act,
        iss=iss,
        sub=sub,
        jti=jti,
        sha256=encoding.sha256_b64url(envelope.signing_input),
    )


def _named_leaf(text: str, leaf: leaves.Leaf, act: type[A]) -> Statement[A]:
    iss, sub, jti = _names(leaf.claims, act)
    if leaf.envelope.claims.get("iss") != iss:
        raise jws.malformed(("iss",), "not the union whose manifest this is")
    return Statement(
        jws=text,
        alg=leaf.envelope.alg,
        kid=leaf.envelope.kid,
        typ=act.typ,
        claims=leaf.claims,
        signing_input=leaf.envelope.signing_input,
        signature=leaf.envelope.signature,
        act=act,
        iss=iss,
        sub=sub,
        jti=jti,
        sha256=encoding.sha256_b64url(leaf.text),
        manifest=leaf.envelope.claims,
    )


def _names(claims: dict[str, Any], act: type[A]) -> tuple[UnionUri, str, UUID]:
    """Give signer, subject and jti, by which the look-ups go."""
    iss, sub, jti = claims.get("iss"), claims.get("sub"), claims.get("jti")
    if not is_union_uri(iss):
        raise jws.malformed(("iss",), "not the URI of a union")
    if not _names_subject(claims, act):
        raise jws.malformed(("sub",), f"not the name of a {act.subject}")
    if not is_uuid(jti):
        raise jws.malformed(("jti",), "not a UUID in its canonical text")
    return UnionUri(str(iss)), "" if sub is None else str(sub), UUID(jti)
