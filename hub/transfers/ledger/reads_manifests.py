"""Whom a manifest may be about: the members whom a reason concerns, and the cases that a receiver has before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.transfers.ledger.reads import LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["cases_to_accept", "members_to_release"]

#: Named ($6), or after the last one ($5): of these statuses, held on a basis ($3) for an employer of that union ($4).
MEMBERS_TO_RELEASE: Final = f"""
select m.membership_id, m.dues_paid_through from hub.memberships m
 where m.holder_union = $1 and ($6::uuid[] is null or m.membership_id = any ($6)) and m.status = any ($2::text[])
   and ($3::text is null or m.holding_basis = $3)
   and ($4::text is null or exists (
        select from hub.union_employers e join hub.unions n on n.union_id = e.union_id
         where n.uri = $4 and e.employer_uscc = m.employer_uscc and e.from_on <= ($8 at time zone 'Asia/Shanghai')::date
           and (e.until_on is null or e.until_on > ($8 at time zone 'Asia/Shanghai')::date)))
   and m.membership_id > coalesce($5, '{LEAST}'::uuid)
 order by m.membership_id limit $7"""

CASES_TO_ACCEPT: Final = f"""
select d.handoff_id, d.membership_id from hub.dockets d left join hub.unions n on n.union_id = d.counterpart
 where d.union_id = $1 and d.side = 'RECEIVER'
   and (($5::uuid[] is not null and d.handoff_id = any ($5))
     or ($5::uuid[] is null and d.state = 'RELEASED' and d.reason_code = $2 and (d.deadline is null or d.deadline > $7)
         and ($3::text is null or n.uri = $3)))
   and d.handoff_id > coalesce($4, '{LEAST}'::uuid)
 order by d.handoff_id limit $6"""


async def members_to_release(
    reading: Reading,
    *,
    statuses: Sequence[str],
    basis: str | None,
    awaiting: str | None,
    after: UUID | None,
    named: Sequence[UUID] | None,
    limit: int,
) -> list[Any]:
    """Give id and dues month of the union's own members: those named, or those whom a reason concerns, in order."""
    found: list[Any] = await reading.connection.fetch(
        MEMBERS_TO_RELEASE, reading.union_id, statuses, basis, awaiting, after, named, limit, reading.now
    )
    return found


async def cases_to_accept(
    reading: Reading,
    *,
    reason_code: str,
    releasing: str | None,
    after: UUID | None,
    named: Sequence[UUID] | None,
    limit: int,
) -> list[Any]:
    """Give handoff and membership of the cases before the receiver: those named, or those of a reason, in order."""
    found: list[Any] = await reading.connection.fetch(
        CASES_TO_ACCEPT, reading.union_id, reason_code, releasing, after, named, limit, reading.now
    )
    return found
