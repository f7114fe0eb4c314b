"""The head count (A16): who is counted where, on any day that has been. Figures alone leave the union that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import counting
from hub.transfers.rules.days import day_of, end_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.ledger.counting import Count, Counted

__all__ = ["Explained", "counted_members", "explain_count", "headcount"]


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether a member was counted by who held him; else the refusal that says why not, or the county that counts."""

    is_counted: bool
    refusal: Refusal | None = None
    county: str | None = None


def before_of(as_of: date, now: datetime) -> datetime:
    """Give the instant before which a day's state is looked at: its 24:00, and for the present day what is now.

    Refuses: DATE_IN_FUTURE. Source: A16, domain 3.0
    """
    if as_of > day_of(now):
        raise Refusal(Code.DATE_IN_FUTURE, path=("asOf",))
    return min(end_of(as_of), now)


async def headcount(hub: Hub, caller: Caller, union_id: UUID, as_of: date) -> Count | None:
    """Count a union's members, and those of all unions below it, as they stood at a day's end.

    None for who is neither that union nor above it. Refuses: DATE_IN_FUTURE
    Source: A16
    """
    async with reading_as(hub, caller) as reading:
        return await counting.headcount(reading, union_id, before_of(as_of, reading.now))


async def counted_members(
    hub: Hub, caller: Caller, as_of: date, *, after: UUID | None, limit: int
) -> Sequence[Counted]:
    """List whom the caller counted at a day's end, which its own figure opens into.

    Refuses: DATE_IN_FUTURE
    Source: A16
    """
    async with reading_as(hub, caller) as reading:
        return await counting.counted(reading, before_of(as_of, reading.now), after=after, limit=limit)


async def explain_count(hub: Hub, caller: Caller, membership_id: UUID, as_of: date) -> Explained | None:
    """Tell the union that held a member at a day's end whether he was counted, and why not; None for anyone else.

    The union that is entrusted with a member (A9) is told that the dispatch union counts.

    Refuses: DATE_IN_FUTURE
    Source: A9, A16
    """
    async with reading_as(hub, caller) as reading:
        found = await counting.counted(reading, before_of(as_of, reading.now), only=[membership_id], limit=1)
    if not found:
        # Who is entrusted with the member now is told who counts, whatever the day asked for.
        is_host = await hub.ledger.entrustments.is_host_of(caller.union_id, membership_id)
        return Explained(is_counted=False, refusal=Refusal(Code.COUNTED_BY_DISPATCH_UNION)) if is_host else None
    if found[0].status == "RETAINED":
        return Explained(is_counted=False, refusal=Refusal(Code.COUNT_EXCLUDES_RETAINED))
    is_counted = found[0].status == "ACTIVE" and found[0].county is None
    return Explained(is_counted=is_counted, county=found[0].county)
