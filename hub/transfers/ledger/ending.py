"""The calls of the acts on the end of a membership, one act each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.transfers.facts_ending import EndedFacts, EndingFacts, FilingFacts, ProposalFacts
from hub.transfers.ledger.rows import under_policy
from hub.transfers.ledger.singles import Singles, signer_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.ledger.records import Signing

__all__ = ["EndingRecord", "Endings", "FilingRecord", "MarkRecord", "ProposalRecord", "ReversalRecord"]


class EndingRecord(NamedTuple):
    """The columns of `record_ending`, in order. `passed`: the last steps of the open case."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    from_state: str
    act: str
    to_state: str
    ended_on: date
    open_handoff: UUID | None
    open_step: int | None
    passed: str
    ground: str | None
    pair_id: UUID | None
    ending_no: int
    collected_on: date | None
    card_salt: str
    expulsion_state: str | None
    effective_on: date | None
    judgment_sha256: bytes | None
    opinion_sha256: bytes | None
    decision_sha256: bytes | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class FilingRecord(NamedTuple):
    """The columns of `record_filing`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    ending_no: int
    step_no: int
    from_state: str
    to_state: str
    filed_on: date
    name_masked: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class MarkRecord(NamedTuple):
    """The columns of `record_filing_mark`, in order: what the union above makes of a filing."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    ending_no: int
    step_no: int
    from_state: str
    act: str
    to_state: str
    mark: str
    papers: str | None
    filing_sha256: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ProposalRecord(NamedTuple):
    """The columns of `record_proposal`, in order: what a union group proposes, or that it is dropped."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    step_no: int
    from_state: str
    act: str
    to_state: str
    opinion_sha256: bytes
    opinion_on: date
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ReversalRecord(NamedTuple):
    """The columns of `record_reversal`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    ending_no: int
    step_no: int
    from_state: str
    to_state: str
    card_salt: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


#: With the proposal to expel the member, for the holder.
FACTS_FOR_ENDING: Final = under_policy(
    "select f.*, (select p from hub.facts_for_proposal($2, $7) p) as proposal "
    f"from ({_function('facts_for_ending', 7)}) f"
)
FACTS_FOR_FILING: Final = under_policy(_function("facts_for_filing", 7))
RECORD_ENDING: Final = _function("record_ending", len(EndingRecord._fields))
RECORD_FILING: Final = _function("record_filing", len(FilingRecord._fields))
RECORD_MARK: Final = _function("record_filing_mark", len(MarkRecord._fields))
RECORD_PROPOSAL: Final = _function("record_proposal", len(ProposalRecord._fields))
RECORD_REVERSAL: Final = _function("record_reversal", len(ReversalRecord._fields))


class Endings(Singles):
    """The acts on the end of a membership."""

    async def facts(self, signing: Signing, membership_id: UUID) -> EndingFacts:
        """Give the facts for every act of the (last) holder."""
        row = await self._facts(FACTS_FOR_ENDING, signing, membership_id)
        return EndingFacts(
            signer=signer_of(row),
            membership=EndedFacts(*row["membership"]) if row["tie"] == "HOLDER" else None,
            proposal=None if row["proposal"] is None else ProposalFacts(*row["proposal"]),
            is_party=row["tie"] == "PARTY",
            parent_uri=row["parent_uri"],
        )

    async def facts_for_filing(self, signing: Signing, membership_id: UUID) -> FilingFacts:
        """Give the facts for a mark on a filing."""
        row = await self._facts(FACTS_FOR_FILING, signing, membership_id)
        _, *rest, _ = row
        return FilingFacts(signer_of(row), *rest)

    async def _facts(self, sql: str, signing: Signing, membership_id: UUID) -> Any:
        async with self._database.connection() as connection:
            return await connection.fetchrow(sql, *self._clock, *signing, membership_id)

    async def record_ending(self, record: EndingRecord) -> bool:
        """End a membership. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_ENDING, record)

    async def record_proposal(self, record: ProposalRecord) -> bool:
        """Enter a proposal, or that it is dropped. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_PROPOSAL, record)

    async def record_filing(self, record: FilingRecord) -> bool:
        """File an expulsion with the union above. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_FILING, record)

    async def record_mark(self, record: MarkRecord) -> bool:
        """Mark a filing, as the union above. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_MARK, record)

    async def record_reversal(self, record: ReversalRecord) -> bool:
        """Put a membership in force again. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_REVERSAL, record)
