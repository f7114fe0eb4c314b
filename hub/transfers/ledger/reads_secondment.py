"""What home, host and holder read of secondments: each through a function that asks who acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.transfers.ledger.rows import policy_of
from hub.transfers.machines import SecondmentState
from hub.transfers.views_secondment import SecondmentStepView, SecondmentView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["secondment_page", "secondment_steps", "secondments_of_members"]

#: With the policy of the home union as it was when the term was set for the last time.
SECONDMENTS: Final = """
with s as materialized (select * from hub.read_secondments($1, $2, $3, $4, $5, $6, $7)),
     t as materialized (
         select x.membership_id, x.secondment_no, max(x.at) as at
           from hub.read_secondment_steps(array(select s.membership_id from s)) x
          where x.act in ('record', 'offer', 'change_term', 'extend', 'end_early')
          group by x.membership_id, x.secondment_no)
select s.*, hub.policy_in_force(s.home_union, t.at) as policy
  from s left join t on t.membership_id = s.membership_id and t.secondment_no = s.secondment_no
 order by s.membership_id, s.secondment_no"""

SECONDMENT_STEPS: Final = "select * from hub.read_secondment_steps($1)"


def _view(row: Any) -> SecondmentView:
    return SecondmentView(**{**dict(row), "state": SecondmentState(row["state"]), "policy": policy_of(row["policy"])})


async def secondments_of_members(
    reading: Reading, membership_ids: Sequence[UUID]
) -> dict[UUID, tuple[SecondmentView, ...]]:
    """Give the secondments of these members, the earliest first, to their holder and their home union."""
    rows = await reading.connection.fetch(SECONDMENTS, reading.now, None, None, membership_ids, None, None, None)
    found: dict[UUID, tuple[SecondmentView, ...]] = dict.fromkeys(membership_ids, ())
    for row in rows:
        found[row["membership_id"]] = (*found[row["membership_id"]], _view(row))
    return found


async def secondment_page(
    reading: Reading,
    *,
    side: str,
    states: Sequence[SecondmentState],
    after: tuple[UUID, int] | None,
    limit: int,
) -> list[SecondmentView]:
    """Give a page of the union's secondments on one side, in order of membership."""
    after_id, after_no = after or (None, None)
    wanted = [state.value for state in states]
    rows = await reading.connection.fetch(SECONDMENTS, reading.now, side, wanted, None, after_id, after_no, limit)
    return [_view(row) for row in rows]


async def secondment_steps(
    reading: Reading, membership_ids: Sequence[UUID]
) -> dict[UUID, list[tuple[int, SecondmentStepView]]]:
    """Give what was done about the secondments of these members, each with the number of its secondment."""
    found: dict[UUID, list[tuple[int, SecondmentStepView]]] = {membership_id: [] for membership_id in membership_ids}
    for row in await reading.connection.fetch(SECONDMENT_STEPS, membership_ids):
        step = SecondmentStepView(
            row["act"],
            SecondmentState(row["to_state"]),
            row["side"],
            row["union_id"],
            row["at"],
            row["ends_on"],
            row["sha256"],
        )
        found[row["membership_id"]].append((row["secondment_no"], step))
    return found
