"""What every act begins with: the statement is opened (federation.statements, in its numbered order), the rules run."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID, uuid4

import orjson

from federation import leaves, statements
from federation.acts import Act, Receipt
from federation.claims import dump, parse
from federation.encoding import EncodingError, b64url_decode
from federation.errors import StatementCode, StatementError
from federation.jws import malformed
from federation.keys import KeyDates, PublicKey
from federation.receipts import sign_receipt
from hub import failpoints
from hub.authz.tokens import Unauthenticated
from hub.errors import Code, Refusal
from hub.transfers.ledger.records import Signing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
    from datetime import datetime

    from federation.keys import PrivateKey
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.database.pool import Database, Reading
    from hub.transfers.facts import SignerFacts
    from hub.transfers.ledger.acts import Ledger
    from hub.transfers.rules.standing import Passed
    from hub.vault import Vault

__all__ = [
    "TRIES",
    "Hub",
    "Repeated",
    "claims_text",
    "every",
    "first",
    "hash_in",
    "input_claims",
    "look_up_text",
    "open_leaf",
    "open_statement",
    "passed_json",
    "read_statement",
    "reading_as",
    "receipt_for",
    "uuid_in",
]

#: How often an act that lost a race asks for the facts again. A latecomer's answer is found at the second try.
TRIES: Final = 4
#: From a draft to the last moment at which it may be handed in.
_DRAFT_SECONDS = 24 * 3600
_LOOK_UP_CHARACTERS = 100

A = TypeVar("A", bound=Act)


@dataclass(frozen=True, slots=True)
class Hub:
    """What an act works with: the hub's name, its database and its keys."""

    origin: str
    database: Database
    ledger: Ledger
    vault: Vault
    receipt_key: PrivateKey


class Repeated(Exception):  # noqa: N818
    """The same statement was received before: its receipt stands, and the answer is the object as it is now."""

    def __init__(self, receipt: str) -> None:
        super().__init__("received before")
        self.receipt = receipt


def read_statement(jws: str, act: type[A]) -> Statement[A]:
    """Open a statement as far as its form goes (steps 1 to 5). Refuses: STATEMENT_MALFORMED, SIGNATURE_INVALID.

    A leaf of a manifest comes with its manifest, never by itself.
    """
    try:
        if leaves.is_leaf(jws):
            raise malformed(("statement",), "a leaf of a manifest, which is handed in as a page")
        return statements.read(jws, act)
    except StatementError as error:
        raise refusal_of(error) from None


def signing_of(statement: Statement[A], caller: Caller) -> Signing:
    """Give what the facts are asked by."""
    return Signing(caller.union_id, caller.kid, statement.iss, statement.kid, statement.jti)


def drafting_of(caller: Caller) -> Signing:
    """Give what a draft's facts are asked by: nobody has signed yet."""
    return Signing(caller.union_id, caller.kid, caller.union, None, None)


def open_statement(statement: Statement[A], signer: SignerFacts, caller: Caller, audience: str) -> A:
    """Verify a statement against the facts (steps 6 to 14) and give the act's own claims.

    Refuses: SIGNATURE_INVALID, SIGNER_IS_NOT_CALLER, IDEMPOTENCY_CONFLICT, STATEMENT_MALFORMED, CLOCK_SKEW,
        STATEMENT_EXPIRED, SIGNING_KEY_NOT_VALID. Raises: Repeated, Unauthenticated
    """
    failpoints.reach(failpoints.Point.BEFORE_VERIFICATION)
    require_login(signer)
    try:
        # (6) the key by (iss, kid)
        if signer.key_alg is None or signer.key_jwk is None or signer.key_not_before is None:
            raise StatementError(StatementCode.SIGNATURE_INVALID, ("header", "kid"), "no such key")
        # (7) (8)
        statements.verify_signature(statement, PublicKey.stored(statement.kid, signer.key_alg, signer.key_jwk))
        # (9)
        statements.verify_signer(statement, caller.union)
        # (10) to (14)
        return _open_on(statement, signer, audience)
    except StatementError as error:
        raise refusal_of(error, signer.now) from None


def open_leaf(statement: Statement[A], signer: SignerFacts, audience: str) -> A:
    """Verify a leaf whose manifest's signature has been verified (steps 10 to 14), and give the act's own claims.

    Refuses: IDEMPOTENCY_CONFLICT, STATEMENT_MALFORMED, CLOCK_SKEW, STATEMENT_EXPIRED, DOCUMENT_TAMPERED,
        SIGNING_KEY_NOT_VALID. Raises: Repeated
    """
    try:
        return _open_on(statement, signer, audience)
    except StatementError as error:
        raise refusal_of(error, signer.now) from None


def _open_on(statement: Statement[A], signer: SignerFacts, audience: str) -> A:
    # (10)
    if signer.earlier_sha256 is not None and signer.earlier_receipt is not None:
        if digest_of(statement.sha256) == signer.earlier_sha256:
            raise Repeated(signer.earlier_receipt)
        raise Refusal(Code.IDEMPOTENCY_CONFLICT, path=("jti",))
    # (11) (12) (13)
    claims = statements.verify_claims(statement, audience, signer.now)
    # (14)
    assert signer.key_not_before is not None, "there is such a key: its signature was verified"
    dates = KeyDates(
        not_before=signer.key_not_before, retired_at=signer.key_retired_at, revoked_at=signer.key_revoked_at
    )
    statements.verify_key_in_force(dates, signer.now)
    return claims


def require_login(signer: SignerFacts) -> None:
    """End a session whose login key has been retired or revoked meanwhile. Raises: Unauthenticated."""
    if not signer.login_in_force:
        raise Unauthenticated("the login key has ended")


@asynccontextmanager
async def reading_as(hub: Hub, caller: Caller) -> AsyncIterator[Reading]:
    """Read as the caller, whose login key must still be in force. Raises: Unauthenticated, DatabaseUnavailable."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        if not reading.login_in_force:
            raise Unauthenticated("the login key has ended")
        yield reading


def refusal_of(error: StatementError, now: datetime | None = None) -> Refusal:
    """Give the hub's refusal of a document that is not in order."""
    return Refusal(Code(error.code.value), path=error.path, now="" if now is None else now.isoformat())


def first(refusals: Iterator[Refusal]) -> None:
    """Stop an act at the first refusal, in the order of domain 2.4."""
    refusal = next(refusals, None)
    if refusal is not None:
        raise refusal


def every(refusals: Iterator[Refusal]) -> tuple[Refusal, ...]:
    """Give all that speaks against an act: what its draft answers."""
    return tuple(refusals)


def receipt_for(hub: Hub, statement: Statement[A], received_at: datetime, **after: Any) -> str:
    """Sign the hub's receipt of a statement: when it came, and what holds after it."""
    receipt = Receipt(
        statement_sha256=statement.sha256,  # type: ignore[arg-type]
        typ=statement.typ,  # type: ignore[arg-type]
        signer=statement.iss,
        received_at=received_at,
        **after,
    )
    return sign_receipt(receipt, key=hub.receipt_key, hub=hub.origin, sub=statement.sub)


def uuid_in(statement: Statement[A], name: str) -> UUID | None:
    """Give a UUID that the act's object names, if it does: for the look-up, before the schema is checked."""
    found = text_in(statement, name)
    try:
        return None if found is None else UUID(found)
    except ValueError:
        return None


def text_in(statement: Statement[A], name: str) -> str | None:
    """Give a short text that the act's object names, if it does: for the look-up, before the schema is checked."""
    claims = statement.claims.get(statement.act.object_name)
    found = claims.get(name) if isinstance(claims, dict) else None
    return look_up_text(found)


def look_up_text(value: object) -> str | None:
    """Give a text by which the database may be asked before the schema is checked: short, ASCII, as all names are."""
    short = isinstance(value, str) and len(value) <= _LOOK_UP_CHARACTERS and value.isascii() and "\x00" not in value
    return str(value) if short else None


def hash_in(statement: Statement[A], name: str) -> bytes | None:
    """Give a hash that the act's object names, if it does: for the look-up, before the schema is checked."""
    found = text_in(statement, name)
    try:
        return None if found is None else b64url_decode(found)
    except EncodingError:
        return None


def passed_json(passed: Iterable[Passed]) -> str:
    """Write steps that dates have made as the act functions take them."""
    return orjson.dumps(
        [{"act": p.act, "from": p.source, "to": p.target, "at": p.at.isoformat()} for p in passed]
    ).decode()


def input_claims(act: type[A], members: Mapping[str, Any]) -> A:
    """Read a draft's input as the claims that it would become. Refuses: INPUT_INVALID, with the claim's path."""
    try:
        return parse(act, {name: value for name, value in members.items() if value is not None}, (act.object_name,))
    except StatementError as error:
        raise Refusal(Code.INPUT_INVALID, path=error.path, why_zh="格式或取值不正确", why_en=error.detail) from None


def claims_text(hub: Hub, caller: Caller, claims: Act, *, sub: str | None, now: datetime) -> str:
    """Give the exact text to sign, jti, iat and exp included; `sub` None where the act has none."""
    issued = int(now.timestamp())
    return orjson.dumps(
        {
            "iss": caller.union,
            "aud": hub.origin,
            **({} if sub is None else {"sub": sub}),
            "jti": str(uuid4()),
            "iat": issued,
            "exp": issued + _DRAFT_SECONDS,
            claims.object_name: dump(claims),
        }
    ).decode()


def digest_of(sha256: str) -> bytes:
    """Give the 32 bytes of a hash written in base64url."""
    return b64url_decode(sha256)
