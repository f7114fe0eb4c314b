"""The tentative deadlines of open cases, on the owner's connection: read as a set, set again as a set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.transfers.ledger.rows import policy_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from hub.transfers.rules.policy import Policy

__all__ = ["Dates", "Tentative", "now", "read_tentative", "record_deadlines"]


class Dates(NamedTuple):
    """What a docket row says of the times of a case."""

    deadline: datetime | None
    deadline_tentative: bool
    then_deadline: datetime | None
    then_tentative: bool
    overdue_at: datetime | None
    overdue_tentative: bool


class Tentative(NamedTuple):
    """An open case of which some time is tentative."""

    member_id: UUID
    handoff_id: UUID
    step_no: int
    state: str  #: as recorded
    requested_at: datetime | None
    released_at: datetime | None
    dates: Dates
    holder_policy: Policy  #: in force when it was asked for
    receiver_policy: Policy  #: in force when it was released


#: The receiver has a row in every case. By the policy of the day on which the step came in: the calendar alone is new.
_TENTATIVE: Final = """
select d.member_id, d.handoff_id, d.step_no, d.state, d.requested_at, d.released_at, d.deadline, d.deadline_tentative,
       d.then_deadline, d.then_tentative, d.overdue_at, d.overdue_tentative,
       hub.policy_in_force(h.from_union, d.requested_at) as holder_policy,
       hub.policy_in_force(h.to_union, d.released_at) as receiver_policy
  from hub.dockets d join hub.handoffs h on h.member_id = d.member_id and h.handoff_id = d.handoff_id
 where h.is_open and d.side = 'RECEIVER' and (d.deadline_tentative or d.then_tentative or d.overdue_tentative)
 order by d.member_id"""

#: How many columns come before the dates.
_FIRST: Final = 6

#: An act that came meanwhile has made another step, or closed the case: then its dates are not those any more. A union
#: above knows of a case from one of these times on, and from the same one when it moves.
_RECORD: Final = """
with given as (
    select * from unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::timestamptz[], $5::boolean[], $6::timestamptz[],
                         $7::boolean[], $8::timestamptz[], $9::boolean[])
        u (member_id, handoff_id, step_no, deadline, deadline_tentative, then_deadline, then_tentative, overdue_at,
           overdue_tentative)),
moved as (
    update hub.handoffs h set deadline = g.deadline, then_deadline = g.then_deadline
      from given g
     where h.member_id = g.member_id and h.handoff_id = g.handoff_id and h.is_open and h.step_no = g.step_no
    returning g.*),
told as (
    update hub.dockets d set deadline = m.deadline, deadline_tentative = m.deadline_tentative,
           then_deadline = m.then_deadline, then_tentative = m.then_tentative,
           overdue_at = m.overdue_at, overdue_tentative = m.overdue_tentative,
           visible_from = case d.visible_from when d.deadline then m.deadline when d.overdue_at then m.overdue_at
                          else d.visible_from end
      from moved m where d.member_id = m.member_id and d.handoff_id = m.handoff_id
    returning 1)
select count(*) from moved, (select count(*) from told) every"""


async def now(connection: Any, *, test_clock: bool) -> datetime:
    """Give the hub's time."""
    found: datetime = await connection.fetchval("select hub.hub_now($1)", test_clock)
    return found


async def read_tentative(connection: Any) -> list[Tentative]:
    """Give every open case of which some time is tentative."""
    return [
        Tentative(*(*row[:_FIRST], Dates(*row[_FIRST:-2]), *(policy_of(text) for text in row[-2:])))
        for row in map(tuple, await connection.fetch(_TENTATIVE))
    ]


async def record_deadlines(connection: Any, changed: Sequence[tuple[Tentative, Dates]]) -> int:
    """Set the dates of these cases again. Gives how many: not those that an act has moved meanwhile."""
    rows = [(case.member_id, case.handoff_id, case.step_no, *dates) for case, dates in changed]
    count: int = await connection.fetchval(_RECORD, *(list(column) for column in zip(*rows, strict=True)))
    return count
