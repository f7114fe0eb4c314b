"""Short-lived words of a union about itself: the login at a hub (RFC 7523) and the proof that a new key is its own.

Both are opened as strictly as statements. Both name the union twice, as `iss` and `sub`, and one hub as `aud`; neither
can stand for the other, nor for a statement, since `typ` is compared byte for byte.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from federation import encoding, jws
from federation.errors import StatementCode, StatementError
from federation.forms import UnionUri, is_union_uri
from federation.keys import PrivateKey, PublicKey

CLIENT_ASSERTION_TYP: Final = "client-authentication+jwt"
KEY_PROOF_TYP: Final = "unionhub.key-proof+jwt"
#: RFC 7523 as the hub takes it: from `iat` to `exp` of a login.
CLIENT_ASSERTION_SECONDS_MAX: Final = 300
#: A proof stands inside a statement, and may wait as long.
KEY_PROOF_SECONDS_MAX: Final = 7 * 24 * 3600

_CLIENT_ASSERTION_SECONDS = 60
_KEY_PROOF_SECONDS = 3600
_CLAIMS = frozenset(("iss", "sub", "aud", "jti", "iat", "exp"))
# RFC 7519 leaves `jti` to its maker; the hub needs only that it can be stored and compared.
_JTI_FORM = re.compile("[!-~]{1,128}")


@dataclass(frozen=True, slots=True, eq=False)
class ClientAssertion(jws.Envelope):
    """A login that has the right form; who made it is not known before `verify_client_assertion`."""

    union: UnionUri
    #: One use: the hub keeps (union, jti) until the assertion has expired.
    jti: str


def client_assertion(key: PrivateKey, *, union: str, aud: str, iat: datetime) -> str:
    """Sign a login at the hub `aud` with a LOGIN key."""
    return _sign(key, CLIENT_ASSERTION_TYP, union, aud, iat, _CLIENT_ASSERTION_SECONDS)


def read_client_assertion(text: str) -> ClientAssertion:
    """Open a login as far as the look-up of its key needs. Refuses: STATEMENT_MALFORMED, SIGNATURE_INVALID."""
    envelope = jws.open_envelope(text, (CLIENT_ASSERTION_TYP,))
    union, jti = _about_itself(envelope)
    return ClientAssertion(
        jws=envelope.jws,
        alg=envelope.alg,
        kid=envelope.kid,
        typ=envelope.typ,
        claims=envelope.claims,
        signing_input=envelope.signing_input,
        signature=envelope.signature,
        union=union,
        jti=jti,
    )


def verify_client_assertion(assertion: ClientAssertion, key: PublicKey, audience: str, now: datetime) -> None:
    """Verify a login by the union's LOGIN key of that kid.

    That the key is in force (`statements.verify_key_in_force`) and the jti new is for the hub to see.
    Refuses: SIGNATURE_INVALID, STATEMENT_MALFORMED, CLOCK_SKEW, STATEMENT_EXPIRED; to the caller all are one.
    """
    jws.check_signature(assertion, key)
    jws.check_times(assertion.claims, now, CLIENT_ASSERTION_SECONDS_MAX)
    jws.check_audience(assertion.claims, audience)


def key_proof(key: PrivateKey, *, union: str, aud: str, iat: datetime) -> str:
    """Sign, with a new key, that it is in this union's hands: the `proof` of a key's registration."""
    return _sign(key, KEY_PROOF_TYP, union, aud, iat, _KEY_PROOF_SECONDS)


def verify_key_proof(text: str, key: PublicKey, *, union: str, audience: str, now: datetime) -> None:
    """Verify that the holder of this new key offers it for this union at this hub. Refuses: KEY_PROOF_INVALID."""
    try:
        envelope = jws.open_envelope(text, (KEY_PROOF_TYP,))
        named, _ = _about_itself(envelope)
        jws.check_signature(envelope, key)
        jws.check_times(envelope.claims, now, KEY_PROOF_SECONDS_MAX)
        jws.check_audience(envelope.claims, audience)
    except StatementError as error:
        raise _unproved(f"{'.'.join(error.path)}: {error.detail}") from error
    if named != union:
        raise _unproved("iss: not the union of the key")


def _unproved(detail: str) -> StatementError:
    return StatementError(StatementCode.KEY_PROOF_INVALID, ("key", "proof"), detail)


def _about_itself(envelope: jws.Envelope) -> tuple[UnionUri, str]:
    """Check that the claims are a union's about itself, and give the union and the jti."""
    claims = envelope.claims
    jws.check_members(claims, _CLAIMS)
    if not is_union_uri(claims["iss"]):
        raise jws.malformed(("iss",), "not the URI of a union")
    if claims["sub"] != claims["iss"]:
        raise jws.malformed(("sub",), "not the union that signs")
    if not isinstance(claims["jti"], str) or not _JTI_FORM.fullmatch(claims["jti"]):
        raise jws.malformed(("jti",), "not 1 to 128 plain characters")
    return UnionUri(claims["iss"]), claims["jti"]


def _sign(key: PrivateKey, typ: str, union: str, aud: str, iat: datetime, seconds: int) -> str:
    issued = int(iat.timestamp())
    claims = {"iss": union, "sub": union, "aud": aud, "jti": str(uuid4()), "iat": issued, "exp": issued + seconds}
    return jws.sign_payload(encoding.dumps(claims).encode(), typ, key)
