"""A page of a manifest in as many statements as one act: the act functions take sets, and this hands them one.

What a page records is in under its key (I17) and, in the same statement, the manifest that its leaves are of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

import asyncpg

from hub import failpoints
from hub.transfers.ledger.groups import CONFLICTS, under_its_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from hub.database.pool import Database
    from hub.transfers.facts import CaseFacts, ReleaseFacts

__all__ = ["FactsOf", "ManifestRecord", "Manifests"]

F = TypeVar("F")

#: Which of these memberships a union is entrusted with: one statement for all of them.
ENTRUSTED_AMONG: Final = """
select u.membership_id from unnest($3::uuid[]) u (membership_id) where hub.is_entrusted_host($1, $2, u.membership_id)"""


class ManifestRecord(NamedTuple):
    """What is entered of a manifest with the first leaf of it that is applied."""

    at: datetime
    union_id: UUID
    batch_id: UUID
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


@dataclass(frozen=True, slots=True)
class FactsOf(Generic[F]):
    """The text that brings facts for sets, its shared parameters, and what makes a value of a row."""

    sql: str
    shared: tuple[Any, ...]
    read: Callable[[Any], F]


class Manifests:
    """Facts and records of whole pages."""

    def __init__(
        self,
        database: Database,
        releases: FactsOf[ReleaseFacts],
        cases: FactsOf[CaseFacts],
        records: Mapping[type[NamedTuple], str],
    ) -> None:
        self._database = database
        self._releases = releases
        self._cases = cases
        self._records = {record: _with_manifest(sql, record) for record, sql in records.items()}

    async def facts_for_releases(self, rows: Sequence[tuple[Any, ...]]) -> list[ReleaseFacts]:
        """Give the facts of many releases. Takes: signing, side, membership, handoff, receiver and place of each."""
        return await self._facts(self._releases, rows)

    async def facts_for_cases(self, rows: Sequence[tuple[Any, ...]]) -> list[CaseFacts]:
        """Give the facts of many acts on cases. Takes: signing, membership and handoff of each."""
        return await self._facts(self._cases, rows)

    async def entrusted_among(self, union_id: UUID, membership_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Give those of these memberships with which the union is entrusted now (A9)."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(ENTRUSTED_AMONG, self._database.test_clock, union_id, membership_ids)
        return frozenset(row["membership_id"] for row in rows)

    async def record(self, records: Sequence[Any], manifest: ManifestRecord) -> list[bool]:
        """Record acts of one kind, each a person's only one among them; tell of each whether it was applied.

        One whose claim was taken meanwhile is found by halves, and the others do not suffer for it.
        Raises: DatabaseUnavailable
        """
        places = sorted(range(len(records)), key=lambda place: records[place].member_id.bytes)
        done = await self._applied([records[place] for place in places], manifest)
        return [applied for _, applied in sorted(zip(places, done, strict=True))]

    async def _facts(self, of: FactsOf[F], rows: Sequence[tuple[Any, ...]]) -> list[F]:
        async with self._database.connection() as connection:
            found = await connection.fetch(of.sql, *of.shared, *map(list, zip(*rows, strict=True)))
        return [of.read(row) for row in sorted(found, key=lambda row: int(row["ord"]))]

    async def _applied(self, records: Sequence[Any], manifest: ManifestRecord) -> list[bool]:
        failpoints.reach(failpoints.Point.BETWEEN_STATEMENTS, len(records))
        columns = map(list, zip(*records, strict=True))
        try:
            async with self._database.connection() as connection:
                done = set(await connection.fetchval(self._records[type(records[0])], *columns, *manifest))
        except asyncpg.PostgresError as fault:
            if fault.sqlstate not in CONFLICTS:
                raise
            if len(records) == 1:
                return [False]
            middle = len(records) // 2
            return await self._applied(records[:middle], manifest) + await self._applied(records[middle:], manifest)
        failpoints.reach(failpoints.Point.AFTER_COMMIT, len(records))
        return [place in done for place in range(1, len(records) + 1)]


def _with_manifest(sql: str, record: type[NamedTuple]) -> str:
    """Give the text that records a set under its key and, if any of it is applied, enters the manifest."""
    ahead = len(record._fields)
    more = ", ".join(f"${number}" for number in range(ahead + 1, ahead + 1 + len(ManifestRecord._fields)))
    return under_its_key(f"select hub.enter_manifest(({sql}), {more})", record)
