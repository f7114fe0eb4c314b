"""The proof of a handoff: everything that shows, without the hub, that a member moved, by whose hand and when.

It holds the two parties' statements, the hub's receipt for each, and the keys with the statements that brought them
in. Who trusts the hub's public keys and nothing else can verify all of it offline, also when the hub is long gone.

It tells what had happened when it was written. Of what came later (a recall, a key found to be stolen) it knows
nothing, and whoever passes it on can leave its last step out, so that it proves less; never more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar
from uuid import UUID

from federation import encoding, statements
from federation.acts import (
    Acceptance,
    Act,
    ExternalAcceptance,
    ExternalRelease,
    InLieuRelease,
    Recall,
    Receipt,
    Refusal,
    Release,
    Request,
)
from federation.claims import dump, parse
from federation.errors import ProofError, StatementError
from federation.forms import Code, HubOrigin, ProofFormat, UnionUri, Version
from federation.keychain import HubWord, KeyChain, KeyEntry, Receipted
from federation.keys import PublicKey

FORMAT: Final = ProofFormat("unionhub-proof/1")
MAX_CHARACTERS: Final = 1_048_576

__all__ = [
    "FORMAT",
    "JwkSet",
    "KeyEntry",
    "Proof",
    "ProvedHandoff",
    "ProvedStep",
    "Receipted",
    "opened",
    "verify_proof",
    "write",
]

# What the hub may say of the handoff after each act. VOIDED: the second check of an acceptance found against it.
_STATES_AFTER: dict[type[Act], tuple[str, ...]] = {
    Request: ("REQUESTED", "ESCALATED"),
    Release: ("RELEASED",),
    InLieuRelease: ("RELEASED",),
    ExternalRelease: ("RELEASED",),
    Acceptance: ("ACCEPTED", "VOIDED"),
    ExternalAcceptance: ("ACCEPTED", "VOIDED"),
    Refusal: ("REFUSED",),
    Recall: ("RECALLED",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class JwkSet:
    """Public keys as a hub serves them."""

    keys: tuple[PublicKey, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The document itself: `Handoff.proof` in the hub's schema."""

    format: ProofFormat = FORMAT
    hub: HubOrigin
    handoff_id: UUID
    membership_id: UUID
    #: In the order of receipt.
    statements: tuple[Receipted, ...]
    #: Every key that a statement in here was signed with, and those that vouch for it, up to the root's.
    keys: tuple[KeyEntry, ...]
    #: For the reader's convenience; to trust them is the reader's decision, and not made from here.
    hub_keys: JwkSet


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvedStep:
    """One act of the handoff, with what the hub said of it."""

    act: str
    signer: UnionUri
    kid: str
    received_at: datetime
    statement_sha256: str
    state_after: Code
    claims: Act
    #: Whether a later revocation says that the key was not to be trusted then: the step stands, somebody should look.
    is_flagged: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvedHandoff:
    """What a proof proves. `acceptance` is None unless the member has moved, `request` unless it was asked for."""

    hub: HubOrigin
    handoff_id: UUID
    membership_id: UUID
    #: The holder that let the member go, or in whose stead another union signed (`release` then says so).
    releasing_union: UnionUri
    #: One side is outside the hub: the other has signed for both, and for its paper by the hash alone (A25).
    is_unverified: bool = False
    request: Request | None = None
    release: Release
    acceptance: Acceptance | None
    #: The hub's last word; a release may since have ended by its dates.
    state: Code
    custody_version: Version
    steps: tuple[ProvedStep, ...]


def write(proof: Proof) -> str:
    """Write a proof as the text that `verify_proof` reads."""
    return encoding.dumps(dump(proof))


def verify_proof(
    text: str,
    hub_keys: Mapping[str, PublicKey],
    *,
    hub: str | None = None,
    root_keys: Mapping[str, PublicKey] | None = None,
) -> ProvedHandoff:
    """Verify a proof and tell what it proves.

    Takes the hub's public keys by kid (`keys.read_jwks`), and, if the reader cares, the hub's name and the root's
    signing keys; all three from a source that the reader trusts, not from the proof.

    1. The document has the form of a proof, by this hub.  2. The keys are verified from the root's down (`KeyChain`).
    3. Each statement has the hub's receipt, and verifies at the time of receipt under a key of its signer in force.
    4. All are of this handoff and this membership, in order of time: the request, if there was one, the release, and
    the act that closes the handoff, if any.  5. Each binds the hash of the one before and is by the union whose act it
    is.  6. The receipts bind the same hashes, and tell the state and the custody version that follow.
    Refuses: ProofError.
    """
    # 1. form, 2. keys
    proof, word, chain = opened(text, Proof, hub_keys, hub=hub, root_keys=root_keys)
    # 3. statements and receipts
    steps = [_verified(document, index, word, chain, proof) for index, document in enumerate(proof.statements)]
    # 4. order
    request, opening, close = _in_order(steps)
    release = opening.step.claims
    assert isinstance(release, Release), "the order has been checked"
    # 5. binding
    _check_request(request, opening, release)
    if close is not None:
        _check_close(opening, release, close, str(len(steps) - 1))
    # 6. receipts
    for index, received in enumerate(steps):
        _check_receipt(received, opening, release, ("statements", str(index), "receipt"))
    last = steps[-1].step
    accepted = last.claims if isinstance(last.claims, Acceptance) and last.state_after == "ACCEPTED" else None
    return ProvedHandoff(
        hub=proof.hub,
        handoff_id=proof.handoff_id,
        membership_id=proof.membership_id,
        releasing_union=_releasing(opening, release),
        is_unverified=isinstance(release, ExternalRelease) or isinstance(last.claims, ExternalAcceptance),
        request=None if request is None else _as_request(request),
        release=release,
        acceptance=accepted,
        state=last.state_after,
        custody_version=Version(release.custody_version + (accepted is not None)),
        steps=tuple(received.step for received in steps),
    )


@dataclass(frozen=True, slots=True)
class _Received:
    step: ProvedStep
    receipt: Receipt


class ProofDocument(Protocol):
    """What every proof has, whatever it is of."""

    @property
    def hub(self) -> HubOrigin: ...
    @property
    def keys(self) -> tuple[KeyEntry, ...]: ...
    @property
    def hub_keys(self) -> JwkSet: ...


P = TypeVar("P", bound=ProofDocument)


def opened(
    text: str,
    kind: type[P],
    hub_keys: Mapping[str, PublicKey],
    *,
    hub: str | None,
    root_keys: Mapping[str, PublicKey] | None,
) -> tuple[P, HubWord, KeyChain]:
    """Give a proof that has its form, what the hub's receipts are verified with, and its keys, verified.

    Takes what `verify_proof` does, and the kind of the document. Refuses: ProofError.
    """
    if len(text) > MAX_CHARACTERS:
        raise ProofError(("proof",), f"longer than {MAX_CHARACTERS} characters")
    try:
        proof = parse(kind, encoding.loads(text), ())
    except encoding.EncodingError as error:
        raise ProofError(("proof",), str(error)) from error
    except StatementError as error:
        raise ProofError(error.path or ("proof",), error.detail) from error
    if hub is not None and proof.hub != hub:
        raise ProofError(("hub",), "another hub's proof")
    if any(hub_keys.get(key.kid, key) != key for key in proof.hub_keys.keys):
        raise ProofError(("hub_keys",), "not the hub's keys as the reader knows them")
    word = HubWord(proof.hub, hub_keys)
    chain = KeyChain(proof.keys, word)
    chain.verify(root_keys)
    return proof, word, chain


def _verified(document: Receipted, index: int, word: HubWord, chain: KeyChain, proof: Proof) -> _Received:
    """Give one step, its statement and receipt verified, of this handoff and membership. Refuses: ProofError."""
    where = ("statements", str(index))
    try:
        statement = statements.read_any(document.statement)
        receipt = word.receipt_for(statement, document.receipt)
        claims = chain.verify_statement(statement, receipt)
    except StatementError as error:
        raise ProofError((*where, *error.path), error.detail) from error
    if type(claims) not in _STATES_AFTER:
        raise ProofError(where, "no act of a handoff")
    if getattr(claims, "handoff_id", None) != proof.handoff_id or receipt.handoff_id != proof.handoff_id:
        raise ProofError(where, "of another handoff")
    # A request names nobody: its `sub` is the hub's match. The receipt says of which handoff it is.
    if not isinstance(claims, Request) and statement.sub != str(proof.membership_id):
        raise ProofError(where, "of another membership")
    if receipt.state_after is None or receipt.state_after not in _STATES_AFTER[type(claims)]:
        raise ProofError((*where, "receipt"), "not a state that this act leads to")
    step = ProvedStep(
        act=claims.act,
        signer=statement.iss,
        kid=statement.kid,
        received_at=receipt.received_at,
        statement_sha256=statement.sha256,
        state_after=receipt.state_after,
        claims=claims,
        is_flagged=chain.flags(statement, receipt),
    )
    return _Received(step, receipt)


def _in_order(steps: Sequence[_Received]) -> tuple[_Received | None, _Received, _Received | None]:
    """Give request, release and closing act of steps that are these, in this order and in order of time, as 4."""
    left = list(steps)
    request = left.pop(0) if left and isinstance(left[0].step.claims, Request) else None
    if not 1 <= len(left) <= len(("release", "close")):
        raise ProofError(("statements",), "not a release and at most one act that closes it")
    where = len(steps) - len(left)
    if not isinstance(left[0].step.claims, Release):
        raise ProofError(("statements", str(where)), "not a release")
    for index in range(1, len(steps)):
        if steps[index].step.received_at < steps[index - 1].step.received_at:
            before = "release" if index > where else "request"
            raise ProofError(("statements", str(index)), f"received before the {before}")
    return request, left[0], left[1] if len(left) > 1 else None


def _as_request(received: _Received) -> Request:
    assert isinstance(received.step.claims, Request), "the order has been checked"
    return received.step.claims


def _releasing(opening: _Received, release: Release) -> UnionUri:
    return release.in_lieu_of if isinstance(release, InLieuRelease | ExternalRelease) else opening.step.signer


def _check_request(request: _Received | None, opening: _Received, release: Release) -> None:
    """Check, as 5, that a release answers the request beside it, and that this was its receiver's."""
    where = ("statements", "0" if request is None else "1")
    asked = None if request is None else request.step.statement_sha256
    if release.request_sha256 != asked:
        raise ProofError((*where, "release", "request_sha256"), "of another request")
    if request is not None and request.step.signer != release.receiving_union:
        raise ProofError(("statements", "0", "iss"), "not the union that the release names")
    signer = opening.step.signer
    if (isinstance(release, InLieuRelease) and signer in {release.in_lieu_of, release.receiving_union}) or (
        isinstance(release, ExternalRelease) and (signer != release.receiving_union or signer == release.in_lieu_of)
    ):
        raise ProofError((*where, "iss"), "not the union whose act this is")


def _check_close(opening: _Received, release: Release, close: _Received, index: str) -> None:
    """Check, as 4 and 5, that the last act closes this release and is by the union that may."""
    where = ("statements", index)
    claims = close.step.claims
    if not isinstance(claims, Acceptance | Refusal | Recall):
        raise ProofError(where, "not an act that closes a release")
    if claims.release_sha256 != opening.step.statement_sha256:
        raise ProofError((*where, claims.object_name, "release_sha256"), "of another release")
    # What was signed in the holder's stead nobody takes back, nor signs for the other side too.
    is_releasing = isinstance(claims, Recall | ExternalAcceptance)
    by = opening.step.signer if is_releasing else release.receiving_union
    if close.step.signer != by or (is_releasing and isinstance(release, InLieuRelease | ExternalRelease)):
        raise ProofError((*where, "iss"), "not the union whose act this is")


def _check_receipt(received: _Received, opening: _Received, release: Release, where: tuple[str, ...]) -> None:
    """Check, as 6, that a receipt binds what was signed. An acceptance's must bind it all."""
    accepted = received.step.state_after == "ACCEPTED"
    acceptance = received.step.statement_sha256 if isinstance(received.step.claims, Acceptance) else None
    bound = {
        "release_sha256": None if isinstance(received.step.claims, Request) else opening.step.statement_sha256,
        "acceptance_sha256": acceptance,
        "custody_version_after": release.custody_version + accepted,
    }
    for name, value in bound.items():
        said = getattr(received.receipt, name)
        if said != value and (accepted or said is not None):
            raise ProofError((*where, name), "not what was signed")
