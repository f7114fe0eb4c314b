"""The pair of SQL functions of the acts on a retention, each called for one act at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.transfers.facts import RetainedFacts, RetentionFacts
from hub.transfers.ledger.rows import under_policy
from hub.transfers.ledger.singles import Singles, signer_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.ledger.records import Signing

__all__ = ["RetentionActs", "RetentionRecord"]


class RetentionRecord(NamedTuple):
    """The columns of `record_retention`, in order.

    `retention_no`, `step_no`: the open one, if any, and its last step. `case_id`: the open
    case that ends first, `passed` its last steps.
    """

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    data_version: int
    open_handoff: UUID | None
    open_step: int | None
    retention_no: int | None
    step_no: int
    act: str
    to_state: str
    reason: str
    retained_on: date
    restored_on: date | None
    status: str
    holding_basis: str
    prior_basis: str
    card_salt: str
    case_id: UUID | None
    passed: str
    ground: str | None
    ground_told: str | None
    ground_articles: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


FACTS_FOR_RETENTION: Final = under_policy(_function("facts_for_retention", 7))
RECORD_RETENTION: Final = _function("record_retention", len(RetentionRecord._fields))


class RetentionActs(Singles):
    """The acts on a retention."""

    async def facts_for_retention(self, signing: Signing, membership_id: UUID) -> RetentionFacts:
        """Give the facts for every act on a retention: the signer's own member."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_RETENTION, *self._clock, *signing, membership_id)
        return RetentionFacts(
            signer=signer_of(row),
            membership=RetainedFacts(*row["membership"]) if row["tie"] == "HOLDER" else None,
            is_party=row["tie"] == "PARTY",
            employers=frozenset(row["employers"]),
        )

    async def record_retention(self, record: RetentionRecord) -> bool:
        """Enter an act on a retention. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_RETENTION, record)
