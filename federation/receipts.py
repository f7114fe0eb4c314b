"""Receipts: the hub's signed word that a statement came, when, from whom, and what holds after it.

A receipt lasts for ever, so it has no `exp`. Its `jti` follows from the statement, and Ed25519 is deterministic: the
hub writes the same receipt over the same facts byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from federation import encoding, jws
from federation.acts import Receipt
from federation.claims import dump, parse
from federation.errors import StatementCode, StatementError
from federation.forms import is_union_uri, is_uuid
from federation.keys import PrivateKey, PublicKey

TYP: Final = "unionhub.receipt+jwt"
_CLAIMS = frozenset(("iss", "aud", "sub", "jti", "iat", "receipt"))


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """A receipt whose signature was verified."""

    jws: str
    kid: str
    #: The hub that signed.
    hub: str
    #: The `sub` of the statement; empty where it has none.
    sub: str
    receipt: Receipt


def sign_receipt(receipt: Receipt, *, key: PrivateKey, hub: str, sub: str) -> str:
    """Write and sign a receipt. Takes the hub's name and the statement's `sub`, empty if it has none."""
    payload = {
        "iss": hub,
        "aud": receipt.signer,
        **({"sub": sub} if sub else {}),
        "jti": str(uuid5(NAMESPACE_URL, f"{hub}/receipts/{receipt.statement_sha256}")),
        "iat": int(receipt.received_at.timestamp()),
        "receipt": dump(receipt),
    }
    return jws.sign_payload(encoding.dumps(payload).encode(), TYP, key)


def read_receipt(text: str, *, keys: Mapping[str, PublicKey], hub: str) -> SignedReceipt:
    """Open a receipt and verify that this hub signed it.

    Takes the hub's public keys by kid: those that the reader trusts, not those that come along with the receipt.

    1. The strict opening of any signed document.  2. The key is one of the hub's, and the signature is by it.
    3. The claims are exactly a receipt's, by this hub.  4. Audience and `iat` repeat the receipt's signer and time.
    Refuses: STATEMENT_MALFORMED, SIGNATURE_INVALID.
    """
    # 1. opening
    envelope = jws.open_envelope(text, (TYP,))
    # 2. signature
    key = keys.get(envelope.kid)
    if key is None:
        raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "kid"), "not a key of the hub")
    jws.check_signature(envelope, key)
    # 3. claims
    claims = envelope.claims
    jws.check_members(claims, _CLAIMS if "sub" in claims else _CLAIMS - {"sub"})
    if claims["iss"] != hub:
        raise jws.malformed(("iss",), "not this hub")
    if not is_uuid(claims["jti"]):
        raise jws.malformed(("jti",), "not a UUID in its canonical text")
    sub = claims.get("sub", "")
    if "sub" in claims and not (is_uuid(sub) or is_union_uri(sub)):
        raise jws.malformed(("sub",), "neither a membership nor a union")
    receipt = parse(Receipt, claims["receipt"], ("receipt",))
    # 4. agreement
    if claims["aud"] != receipt.signer:
        raise jws.malformed(("aud",), "not the signer of the statement")
    if claims["iat"] != int(receipt.received_at.timestamp()):
        raise jws.malformed(("iat",), "not the second of receipt")
    return SignedReceipt(text, envelope.kid, hub, sub, receipt)
