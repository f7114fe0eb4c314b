"""The proof of earlier lines: that a union has signed them for a member, and when the hub received them. No more.

Of what the lines tell, releases and intakes and retentions of before the hub, no other union's signature is known.
They rest on the word of the one union that brought the membership into the hub.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from federation import encoding, statements
from federation.acts_history import History
from federation.claims import dump
from federation.errors import ProofError, StatementError
from federation.forms import HistoryFormat, HubOrigin, UnionUri
from federation.keychain import KeyEntry, Receipted
from federation.keys import PublicKey
from federation.proof import JwkSet, opened

FORMAT: Final = HistoryFormat("unionhub-history/1")

__all__ = ["FORMAT", "HistoryProof", "ProvedHistory", "verify_history", "write"]


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryProof:
    """The document itself: `History.proof` in the hub's schema."""

    format: HistoryFormat = FORMAT
    hub: HubOrigin
    membership_id: UUID
    statement: Receipted
    #: The key that it was signed with, and those that vouch for it, up to the root's.
    keys: tuple[KeyEntry, ...]
    #: For the reader's convenience; to trust them is the reader's decision, and not made from here.
    hub_keys: JwkSet


@dataclass(frozen=True, kw_only=True, slots=True)
class ProvedHistory:
    """What it proves: that `told_by` has said so. Of the counterparties in the lines nobody is verified."""

    hub: HubOrigin
    membership_id: UUID
    told_by: UnionUri
    received_at: datetime
    statement_sha256: str
    history: History
    #: Whether a later revocation says that the key was not to be trusted then.
    is_flagged: bool
    counterparties: Literal["UNVERIFIED"] = "UNVERIFIED"


def write(proof: HistoryProof) -> str:
    """Write a proof as the text that `verify_history` reads."""
    return encoding.dumps(dump(proof))


def verify_history(
    text: str,
    hub_keys: Mapping[str, PublicKey],
    *,
    hub: str | None = None,
    root_keys: Mapping[str, PublicKey] | None = None,
) -> ProvedHistory:
    """Verify who has told of a member's earlier lines, and give them.

    Takes what `verify_proof` does, from a source that the reader trusts.

    1. The document has the form of such a proof, by this hub.  2. The keys are verified from the root's down.  3. The
    statement has the hub's receipt, verifies under its signer's key in force then, and is of this membership.
    Refuses: ProofError.
    """
    # 1. form, 2. keys
    proof, word, chain = opened(text, HistoryProof, hub_keys, hub=hub, root_keys=root_keys)
    # 3. the statement
    try:
        statement = statements.read(proof.statement.statement, History)
        receipt = word.receipt_for(statement, proof.statement.receipt)
        claims = chain.verify_statement(statement, receipt)
    except StatementError as error:
        raise ProofError(("statement", *error.path), error.detail) from error
    if statement.sub != str(proof.membership_id):
        raise ProofError(("statement", "sub"), "of another membership")
    return ProvedHistory(
        hub=proof.hub,
        membership_id=proof.membership_id,
        told_by=statement.iss,
        received_at=receipt.received_at,
        statement_sha256=statement.sha256,
        history=claims,
        is_flagged=chain.flags(statement, receipt),
    )
