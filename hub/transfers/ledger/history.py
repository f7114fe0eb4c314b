"""The calls of what comes from paper and of dues, one act each; and what is read of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.transfers.facts import HeldFacts
from hub.transfers.facts_history import DuesFacts, HistoryFacts
from hub.transfers.ledger.reads import unions
from hub.transfers.ledger.rows import function, under_policy
from hub.transfers.ledger.singles import Singles, signer_of
from hub.transfers.machines import Side
from hub.transfers.views_history import DuesView, HistoryView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.database.pool import Reading
    from hub.transfers.ledger.records import Signing

__all__ = [
    "DuesEntry",
    "Elector",
    "Histories",
    "HistoryRecord",
    "RetainedImportRecord",
    "dues_of",
    "electors",
    "histories",
]


class HistoryRecord(NamedTuple):
    """The parameters of `record_history`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    data_version: int
    version: int
    corrects_sha256: bytes | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class DuesEntry(NamedTuple):
    """The parameters of `record_dues`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    agreement_id: UUID | None
    paid_before: str
    paid_from: str
    paid_through: str
    open_handoff: UUID | None
    open_step: int | None
    card_salt: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class RetainedImportRecord(NamedTuple):
    """The parameters of `record_retained_import`, in order: a join's, and the retention; a pair's, if it makes one."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    is_known_person: bool
    name: str
    sex: str
    birth_month: str
    ethnic_group: str | None
    political_status: str | None
    id_type: str
    id_number_masked: str | None
    id_sealed: bytes | None
    id_hash: bytes | None
    mobile_masked: str | None
    mobile_sealed: bytes | None
    residence_division_code: str | None
    is_rural_migrant: bool | None
    employment_form: str | None
    holding_basis: str
    joined_on: date
    dues_paid_through: str
    employer_uscc: str | None
    member_unit: str | None
    card_salt: str
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    card_sealed: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    reason: str
    from_date: date
    pair_id: UUID | None
    other_member: UUID | None
    other_membership: UUID | None
    disclosure_id: UUID | None


class Elector(NamedTuple):
    """The columns of `read_electors`, in order."""

    membership_id: UUID
    status: str


FACTS_FOR_HISTORY: Final = under_policy(function("facts_for_history", 7))
FACTS_FOR_DUES: Final = under_policy(function("facts_for_dues", 8))
RECORD_HISTORY: Final = function("record_history", len(HistoryRecord._fields))
RECORD_DUES: Final = function("record_dues", len(DuesEntry._fields))
#: Who is wound up meanwhile takes nobody in (HUB-P09).
RECORD_RETAINED_IMPORT: Final = (
    "select hub.still_active(array[("
    + function("record_retained_import", len(RetainedImportRecord._fields))
    + ")::integer], array[$2]) = '{1}'"
)
HISTORIES: Final = "select * from hub.read_histories($1)"
DUES: Final = "select * from hub.read_dues($1)"
ELECTORS: Final = "select * from hub.read_electors($1, $2, $3, $4)"


class Histories(Singles):
    """The acts."""

    async def facts(self, signing: Signing, membership_id: UUID) -> HistoryFacts:
        """Give the facts for an import of earlier lines."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_HISTORY, *self._clock, *signing, membership_id)
        case = row["membership"]
        return HistoryFacts(
            signer=signer_of(row),
            membership=HeldFacts(*tuple(case)[2:]) if case is not None and case["tie"] == Side.HOLDER else None,
            is_party=case is not None and case["tie"] == "PARTY",
            is_first_holder=bool(row["is_first_holder"]),
            version=row["version"] or 0,
            stands_sha256=row["sha256"],
            retained_on=row["retained_on"],
        )

    async def facts_for_dues(self, signing: Signing, membership_id: UUID, agreement_id: UUID | None) -> DuesFacts:
        """Give the facts for a record of dues."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_DUES, *self._clock, *signing, membership_id, agreement_id)
        _, *rest, _ = row  # the signer, and the policy in force for it
        return DuesFacts(signer_of(row), *rest)

    async def record(self, record: HistoryRecord) -> bool:
        """Enter earlier lines. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_HISTORY, record)

    async def record_dues(self, record: DuesEntry) -> bool:
        """Enter months paid. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_DUES, record)

    async def record_retained_import(self, record: RetainedImportRecord) -> bool:
        """Enter a membership that is retained already. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_RETAINED_IMPORT, record)


async def histories(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, HistoryView]:
    """Give the earlier lines that stand of these members, to the holder."""
    rows = await reading.connection.fetch(HISTORIES, membership_ids)
    # The first signer is the only one: a later version is the same union's.
    by_id = await unions(reading.connection, list({row["union_id"] for row in rows}))
    return {
        row["membership_id"]: HistoryView(
            membership_id=row["membership_id"],
            version=row["version"],
            union_id=row["union_id"],
            seal=by_id[row["union_id"]].name_at(row["at"]),
            at=row["at"],
            sha256=row["sha256"],
            jws=row["jws"],
            receipt=row["receipt"],
        )
        for row in rows  # the last version comes last
    }


async def dues_of(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[DuesView]]:
    """Give the months recorded as paid of these members, the earliest first, to the holder."""
    found: dict[UUID, list[DuesView]] = {membership_id: [] for membership_id in membership_ids}
    for row in await reading.connection.fetch(DUES, membership_ids):
        found[row["membership_id"]].append(DuesView(*row))
    return found


async def electors(
    reading: Reading, before: datetime, *, after: UUID | None, only: UUID | None, limit: int
) -> list[Elector]:
    """List whom the reader held as active before an instant; with `only`, that one, as whatever it held it."""
    return [Elector(*row) for row in await reading.connection.fetch(ELECTORS, before, after, only, limit)]
