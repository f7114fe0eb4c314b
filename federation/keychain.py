"""The keys of a proof: which key was whose, and when, shown by receipted statements from the root's keys down.

What an entry says of a key counts only as far as statements with the hub's receipt say the same. An entry without a
registration is the root's, made when the hub was founded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from federation import assertions, statements
from federation.acts import Act, KeyRegistration, KeyRetirement, KeyRevocation, Receipt
from federation.errors import ProofError, StatementError
from federation.forms import AlgName, Code, CompactJws, HubOrigin, KeyUse, Kid, UnionUri
from federation.keys import KeyDates, PublicKey
from federation.receipts import read_receipt
from federation.statements import Statement

A = TypeVar("A", bound=Act)
Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipted:
    """A statement and the hub's receipt for it."""

    statement: CompactJws
    receipt: CompactJws


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyEntry:
    """A union's key as a proof tells it: the facts, and the statements that say them."""

    union: UnionUri
    kid: Kid
    use: KeyUse
    alg: AlgName
    jwk: PublicKey
    not_before: datetime
    registered_at: datetime
    #: The registration and its receipt; absent for a key of the root's bootstrap.
    statement: CompactJws | None = None
    receipt: CompactJws | None = None
    retired_at: datetime | None = None
    retirement: Receipted | None = None
    revoked_at: datetime | None = None
    reason: Code | None = None
    invalid_from: datetime | None = None
    revocation: Receipted | None = None


@dataclass(frozen=True, slots=True)
class HubWord:
    """The hub whose receipts count, and the keys by which the reader knows them."""

    hub: HubOrigin
    keys: Mapping[str, PublicKey]

    def receipt_for(self, statement: Statement[A], text: str) -> Receipt:
        """Give the verified receipt for this statement. Refuses: StatementError, ProofError."""
        signed = read_receipt(text, keys=self.keys, hub=self.hub)
        said = (signed.receipt.statement_sha256, signed.receipt.typ, signed.receipt.signer, signed.sub)
        if said != (statement.sha256, statement.typ, statement.iss, statement.sub):
            raise ProofError(("receipt",), "not the receipt of this statement")
        return signed.receipt


class KeyChain:
    """The keys of one proof. All of them are verified, whether or not a step needs them."""

    def __init__(self, entries: Sequence[KeyEntry], word: HubWord) -> None:
        self._word = word
        self._entries = {(entry.union, entry.use, entry.kid): entry for entry in entries}
        if len(self._entries) != len(entries):
            raise ProofError(("keys",), "a key is given twice")

    def verify(self, root_keys: Mapping[str, PublicKey] | None) -> None:
        """Verify every key. Takes the root's keys by kid, if the reader knows them of old.

        1. One union, the root, has the keys that nobody vouches for; they are those that the reader knows.
        2. Each other key was registered by a statement of a key in force, and was in its union's hands.
        3. From each key the registrations lead up to the root.  4. A retirement or revocation is a statement too.
        Refuses: ProofError, which names the key.
        """
        # 1. root
        roots = [entry for entry in self._entries.values() if entry.statement is None]
        if len({entry.union for entry in roots}) != 1:
            raise ProofError(("keys",), "not exactly one union whose keys nobody vouches for")
        if root_keys is not None and any(root_keys.get(entry.kid) != entry.jwk for entry in roots):
            raise ProofError(("keys",), "not the root's keys as the reader knows them")
        # 2. registrations
        vouched_by = {entry: self._verify_registration(entry) for entry in self._entries.values()}
        # 3. up to the root
        for entry in self._entries.values():
            above, steps = vouched_by[entry], 0
            while above is not None:
                above, steps = vouched_by[above], steps + 1
                if steps > len(vouched_by):
                    raise ProofError(("keys", entry.kid), "vouched for by itself")
        # 4. ends
        for entry in self._entries.values():
            self._verify_retirement(entry)
            self._verify_revocation(entry)

    def verify_statement(self, statement: Statement[A], receipt: Receipt, *, ends: KeyEntry | None = None) -> A:
        """Give the claims of a statement whose signer's key is in the proof and was in force at receipt.

        Takes `ends`, the key whose end the statement is: a key may say the last word on itself, and that word is not
        void by what it says.
        Refuses: ProofError, StatementError.
        """
        entry = self._signer(statement)
        ends_itself = entry is ends
        # Known only since it was registered, however far back the registration dates it.
        not_before = max(entry.not_before, entry.registered_at)
        dates = KeyDates(
            not_before=not_before,
            retired_at=None if ends_itself and statement.act is KeyRetirement else self._retired_from(entry),
            revoked_at=None if ends_itself and statement.act is KeyRevocation else entry.revoked_at,
        )
        return statements.verify(
            statement,
            key=entry.jwk,
            dates=dates,
            caller=statement.iss,
            audience=self._word.hub,
            now=receipt.received_at,
        )

    def flags(self, statement: Statement[A], receipt: Receipt) -> bool:
        """Whether a later revocation says that the signer's key was not to be trusted when this statement came.

        The statement stands, and what it moved stays moved; somebody should look at it (I17).
        """
        invalid_from = self._signer(statement).invalid_from
        return invalid_from is not None and invalid_from <= receipt.received_at

    def _retired_from(self, entry: KeyEntry) -> datetime | None:
        """Give the instant from which a retired key signs no more.

        Never before the hub heard of it, whatever the statement says: what was signed before stands for ever.
        """
        if entry.retired_at is None or entry.retirement is None:
            return entry.retired_at
        signed = read_receipt(entry.retirement.receipt, keys=self._word.keys, hub=self._word.hub)
        return max(entry.retired_at, signed.receipt.received_at)

    def _signer(self, statement: Statement[A]) -> KeyEntry:
        entry = self._entries.get((statement.iss, KeyUse.SIGNING, Kid(statement.kid)))
        if entry is None:
            raise ProofError(("keys",), "the key of a signer is not in the proof")
        return entry

    def _received(self, document: Receipted, act: type[A], entry: KeyEntry) -> tuple[Statement[A], A, Receipt]:
        """Give a statement on a key, verified, with its receipt. Refuses: ProofError."""
        try:
            statement = statements.read(document.statement, act)
            receipt = self._word.receipt_for(statement, document.receipt)
            claims = self.verify_statement(statement, receipt, ends=entry)
        except StatementError as error:
            raise ProofError(("keys", entry.kid, *error.path), error.detail) from error
        if statement.sub != entry.union:
            raise ProofError(("keys", entry.kid), "a statement on another union's key")
        return statement, claims, receipt

    def _verify_registration(self, entry: KeyEntry) -> KeyEntry | None:
        """Give the key that vouches for this one; None for the root's."""
        if entry.jwk.kid != entry.kid or entry.jwk.alg != entry.alg:
            raise ProofError(("keys", entry.kid), "the key has another name or algorithm")
        if entry.statement is None or entry.receipt is None:
            if entry.statement != entry.receipt:
                raise ProofError(("keys", entry.kid), "a registration without its receipt")
            return None
        document = Receipted(statement=entry.statement, receipt=entry.receipt)
        statement, claims, receipt = self._received(document, KeyRegistration, entry)
        said = (claims.use, claims.jwk, claims.not_before, receipt.received_at)
        if said != (entry.use, entry.jwk, entry.not_before, entry.registered_at):
            raise ProofError(("keys", entry.kid), "not the key that was registered")
        try:
            assertions.verify_key_proof(
                claims.proof, entry.jwk, union=entry.union, audience=self._word.hub, now=receipt.received_at
            )
        except StatementError as error:
            raise ProofError(("keys", entry.kid, *error.path), error.detail) from error
        return self._signer(statement)

    def _verify_retirement(self, entry: KeyEntry) -> None:
        said: tuple[object, ...] = (entry.kid, entry.use, None)
        if entry.retirement is not None:
            _, claims, _ = self._received(entry.retirement, KeyRetirement, entry)
            said = (claims.kid, claims.use, claims.retired_at)
        if said != (entry.kid, entry.use, entry.retired_at):
            raise ProofError(("keys", entry.kid, "retired_at"), "not what a statement says")

    def _verify_revocation(self, entry: KeyEntry) -> None:
        said: tuple[object, ...] = (entry.kid, entry.use, None, None, None)
        if entry.revocation is not None:
            _, claims, receipt = self._received(entry.revocation, KeyRevocation, entry)
            said = (claims.kid, claims.use, claims.reason, claims.invalid_from, receipt.received_at)
        if said != (entry.kid, entry.use, entry.reason, entry.invalid_from, entry.revoked_at):
            raise ProofError(("keys", entry.kid, "revoked_at"), "not what a statement says")
