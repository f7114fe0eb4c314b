"""The texts that count. The functions know by `hub.acting` for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["Count", "Counted", "counted", "headcount"]

HEADCOUNT: Final = "select * from hub.read_headcount($1, $2)"

COUNTED: Final = "select * from hub.read_counted($1, $2, $3, $4)"


class Count(NamedTuple):
    """The columns of `read_headcount`, in order."""

    own: int
    subtree: int  #: its own among them
    unassigned: int  #: who work in the county of this federation and are counted by no holder
    subtree_unassigned: int


class Counted(NamedTuple):
    """The columns of `read_counted`, in order."""

    membership_id: UUID
    status: str
    county: str | None  #: the one that counts instead of the holder


async def headcount(reading: Reading, union_id: UUID, before: datetime) -> Count | None:
    """Count before an instant, for a union itself or one above it; None for another."""
    row = await reading.connection.fetchrow(HEADCOUNT, union_id, before)
    return None if row is None else Count(*row)


async def counted(
    reading: Reading,
    before: datetime,
    *,
    after: UUID | None = None,
    only: Sequence[UUID] | None = None,
    limit: int,
) -> list[Counted]:
    """List whom the reader counted before an instant; with `only`, those of them that it held, counted or not."""
    return [Counted(*row) for row in await reading.connection.fetch(COUNTED, before, after, only, limit)]
