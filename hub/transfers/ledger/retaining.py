"""The pair of SQL functions of the acts on a retention, each called for one act at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.transfers.facts import PlaceFacts, RetainedFacts, RetentionFacts
from hub.transfers.ledger.records import NOWHERE, Place
from hub.transfers.ledger.rows import under_policy
from hub.transfers.ledger.singles import Singles, signer_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.ledger.records import Signing

__all__ = ["PlacingRecord", "RetentionActs", "RetentionRecord"]


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


class PlacingRecord(NamedTuple):
    """The columns of `record_placing`, in order: a restoration's, and the employer that the member waits for."""

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
    awaiting_employer: str


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


#: With what a placement asks of the place, where one is asked for: $8 the employer, $9 the host.
FACTS_FOR_RETENTION: Final = under_policy(
    "select f.*, p.place, p.residence from hub.facts_for_retention($1, $2, $3, $4, $5, $6, $7) f "
    "left join lateral hub.read_place_of_holder($1, $2, $7, $8, $9) p on true"
)
RECORD_RETENTION: Final = _function("record_retention", len(RetentionRecord._fields))
RECORD_PLACING: Final = _function("record_placing", len(PlacingRecord._fields))


class RetentionActs(Singles):
    """The acts on a retention."""

    async def facts_for_retention(
        self, signing: Signing, membership_id: UUID, place: Place = NOWHERE
    ) -> RetentionFacts:
        """Give the facts for every act on a retention: the signer's own member, and of a placement its place."""
        asked = (membership_id, place.employer_uscc, place.host_uscc)
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_RETENTION, *self._clock, *signing, *asked)
        return RetentionFacts(
            signer=signer_of(row),
            membership=RetainedFacts(*row["membership"]) if row["tie"] == "HOLDER" else None,
            is_party=row["tie"] == "PARTY",
            employers=frozenset(row["employers"]),
            place=_place(row["place"]),
            residence=row["residence"],
        )

    async def record_retention(self, record: RetentionRecord) -> bool:
        """Enter an act on a retention. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_RETENTION, record)

    async def record_placing(self, record: PlacingRecord) -> bool:
        """Enter the restoration of one who is placed by it. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_PLACING, record)


def _place(row: Any) -> PlaceFacts:
    return PlaceFacts() if row is None else PlaceFacts(**{**dict(row), "areas": frozenset(row["areas"] or ())})
