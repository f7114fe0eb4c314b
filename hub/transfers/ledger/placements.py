"""Who waits for an employer's union: for the holder one by one, for the union awaited by number alone (A6, A13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.transfers.ledger.reads import LEAST
from hub.transfers.ledger.rows import policy_of
from hub.transfers.machines import PlacementState
from hub.transfers.rules.awaiting import placement_state
from hub.transfers.views import AwaitedView, PlacementView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["awaited", "placement_page", "placements", "union_of_release"]

#: With the union that organises the employer today ($2), and since when it does, as far as the hub knows.
_PLACEMENT: Final = """
select m.membership_id, m.employer_uscc, m.holding_basis, m.held_since, x.union_id as exit_to,
       greatest(x.since, m.held_since) as exit_due_since,
       case when x.union_id is not null then hub.policy_in_force(m.holder_union, greatest(x.since, m.held_since)) end
       as policy
  from hub.memberships m
  left join lateral (
    select n.union_id, greatest(n.registered_at, e.from_on::timestamp at time zone 'Asia/Shanghai') as since
      from hub.union_employers e join hub.unions n on n.union_id = e.union_id
     where e.employer_uscc = m.employer_uscc and n.union_id <> m.holder_union and n.state = 'ACTIVE'
       and e.from_on <= ($2 at time zone 'Asia/Shanghai')::date
       and (e.until_on is null or e.until_on > ($2 at time zone 'Asia/Shanghai')::date)
     order by e.is_member_unit, n.uri limit 1) x on true
 where m.holder_union = $1 and m.status = 'ACTIVE' and m.holding_basis in ('PLACEMENT', 'PRE_ESTABLISHMENT')"""

PLACEMENTS: Final = f"{_PLACEMENT} and m.membership_id = any ($3::uuid[])"

PLACEMENT_PAGE: Final = f"""{_PLACEMENT}
   and ($3::boolean is null or (x.union_id is not null) = $3)
   and m.membership_id > coalesce($4, '{LEAST}'::uuid)
 order by m.membership_id limit $5"""

AWAITED: Final = "select employer_uscc, holder_union, members, since from hub.read_awaited($1)"

UNION_OF_RELEASE: Final = """
select n.name || ' (' || n.uri || ')'
  from hub.dockets d
  join hub.union_employers e on e.employer_uscc = d.terms ->> 'new_employer_uscc'
  join hub.unions n on n.union_id = e.union_id
 where d.union_id = $1 and d.handoff_id = $3 and n.state = 'ACTIVE'
   and e.from_on <= ($2 at time zone 'Asia/Shanghai')::date
   and (e.until_on is null or e.until_on > ($2 at time zone 'Asia/Shanghai')::date)
 order by e.is_member_unit, n.uri limit 1"""


async def placements(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, PlacementView]:
    """Give where these members stand who wait with the union for another one; of others nothing."""
    rows = await reading.connection.fetch(PLACEMENTS, reading.union_id, reading.now, membership_ids)
    return {row["membership_id"]: _placement(row) for row in rows}


async def placement_page(
    reading: Reading, *, state: PlacementState | None, after: UUID | None, limit: int
) -> list[PlacementView]:
    """Give a page of those who wait with the union, in the order of their ids."""
    is_due = None if state is None else state is PlacementState.EXIT_DUE
    rows = await reading.connection.fetch(PLACEMENT_PAGE, reading.union_id, reading.now, is_due, after, limit)
    return [_placement(row) for row in rows]


async def awaited(reading: Reading) -> list[AwaitedView]:
    """Give how many wait, with which unions, for the one that reads: five hundred lines at most."""
    return [AwaitedView(**row) for row in await reading.connection.fetch(AWAITED, reading.now)]


async def union_of_release(reading: Reading, handoff_id: UUID) -> str | None:
    """Give who organises the new employer that a release of the union's names, as a sentence names it."""
    found: str | None = await reading.connection.fetchval(UNION_OF_RELEASE, reading.union_id, reading.now, handoff_id)
    return found


def _placement(row: Any) -> PlacementView:
    is_due = row["exit_to"] is not None
    return PlacementView(
        membership_id=row["membership_id"],
        state=placement_state(is_organised=is_due),
        basis=row["holding_basis"],
        awaiting_employer_uscc=row["employer_uscc"],
        since=row["held_since"],
        exit_to=row["exit_to"],
        exit_due_since=row["exit_due_since"] if is_due else None,
        policy=policy_of(row["policy"]),
    )
