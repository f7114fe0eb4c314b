"""The pair of SQL functions of winding up and closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.transfers.facts_winding import LeftWith, WindingFacts
from hub.transfers.kinds import UnionState
from hub.transfers.ledger.records import ReleaseRecord
from hub.transfers.ledger.rows import under_policy
from hub.transfers.ledger.singles import Singles, kind_of, signer_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.ledger.records import Signing

__all__ = ["ClosingRecord", "WindingRecord", "Windings"]


class WindingRecord(NamedTuple):
    """The parameters of `record_winding`, in order."""

    at: datetime
    by_union: UUID
    union_id: UUID
    version: int
    fields: str
    decided_on: date
    successor: UUID | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ClosingRecord(NamedTuple):
    """The parameters of `record_closing`, in order."""

    at: datetime
    by_union: UUID
    union_id: UUID
    version: int
    fields: str
    closed_on: date
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


FACTS_FOR_WINDING: Final = under_policy(
    f"select f.*, b.kind, s.kind as successor_kind from ({_function('facts_for_winding', 8)}) f "
    "left join hub.unions b on b.union_id = f.about_union left join hub.unions s on s.union_id = f.successor"
)
RECORD_PUSHED_IN_LIEU: Final = _function("record_pushed_in_lieu", len(ReleaseRecord._fields))
RECORD_WINDING: Final = _function("record_winding", len(WindingRecord._fields))
RECORD_CLOSING: Final = _function("record_closing", len(ClosingRecord._fields))


class Windings(Singles):
    """The acts that end a union."""

    async def facts(self, signing: Signing, about: str, *, successor: str | None = None) -> WindingFacts:
        """Give the facts for winding up or closing a union (`about`, its URI)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_WINDING, *self._clock, *signing, about, successor)
        left, state, successor_state = row["left_with"], row["state"], row["successor_state"]
        return WindingFacts(
            signer=signer_of(row),
            about_union=row["about_union"],
            is_next_higher=row["is_next_higher"],
            state=None if state is None else UnionState(state),
            version=row["version"] or 0,
            wound_up_on=row["wound_up_on"],
            named=row["named"],
            successor=row["successor"],
            successor_state=None if successor_state is None else UnionState(successor_state),
            left=None if left is None or left["members"] is None else LeftWith(*left),
            kind=kind_of(row["kind"]),
            successor_kind=kind_of(row["successor_kind"]),
        )

    async def record_winding(self, record: WindingRecord) -> bool:
        """Wind a union up. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_WINDING, record)

    async def record_closing(self, record: ClosingRecord) -> bool:
        """Close a union. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_CLOSING, record)

    async def record_pushed_in_lieu(self, record: ReleaseRecord) -> bool:
        """Release a member of a union that is wound up, in its stead. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_PUSHED_IN_LIEU, record)
