"""How memberships ended, for who held them last; and the filings that were made with a union."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hub.transfers.machines import ExpulsionState
from hub.transfers.views_ending import EndingsView, EndingView, FilingView, ProposalView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["endings", "filings", "overdue_filings", "proposals"]

ENDINGS: Final = "select * from hub.read_endings($1)"

OVERDUE_FILINGS: Final = "select * from hub.read_overdue_filings($1, $2, $3, $4)"

PROPOSALS: Final = "select * from hub.read_expulsion_proposals($1)"

FILINGS: Final = """
select membership_id, ending_no, union_id, name_masked, effective_on, decided_on, filed_on, filed_at, judgment_sha256,
       opinion_sha256, decision_sha256, sha256, mark, papers, marked_at
  from hub.filings
 where higher_union = $1 and ($2::timestamptz is null or (filed_at, membership_id, ending_no) < ($2, $3, $4))
 order by filed_at desc, membership_id desc, ending_no desc limit $5"""


async def endings(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, EndingsView]:
    """Give how these memberships ended, the earliest ending first, to the (last) holder."""
    rows: dict[UUID, list[Any]] = {membership_id: [] for membership_id in membership_ids}
    for row in await reading.connection.fetch(ENDINGS, membership_ids):
        rows[row["membership_id"]].append(row)
    return {
        membership_id: EndingsView(
            tuple(
                _ending(row, next((later["at"] for later in found[place + 1 :]), None))
                for place, row in enumerate(found)
                if row["act"] != "reverse"
            ),
            reading.now,
        )
        for membership_id, found in rows.items()
    }


def _ending(row: Any, reversed_at: Any) -> EndingView:
    state, papers = row["expulsion_state"], row["papers"]
    return EndingView(
        membership_id=row["membership_id"],
        ending_no=row["ending_no"],
        status=row["to_state"],
        ended_on=row["ended_on"],
        at=row["at"],
        sha256=row["sha256"],
        has_certificate=row["has_certificate"],
        collected_on=row["collected_on"],
        expulsion_state=None if state is None else ExpulsionState(state),
        filed_on=row["filed_on"],
        higher_union=row["higher_union"],
        mark=row["mark"],
        papers=() if papers is None else tuple(papers.split()),
        marked_at=row["marked_at"],
        reversed_at=reversed_at,
    )


async def proposals(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, ProposalView]:
    """Give what is proposed of these members and not decided yet, to the holder."""
    rows = await reading.connection.fetch(PROPOSALS, membership_ids)
    return {row["membership_id"]: ProposalView(**row) for row in rows}


async def overdue_filings(reading: Reading, *, after: tuple[date, UUID, int] | None, limit: int) -> list[EndingView]:
    """Give the expulsions that the union has still to file, the earliest decision first."""
    rows = await reading.connection.fetch(OVERDUE_FILINGS, *(after or (None, None, None)), limit)
    return [_ending(row, None) for row in rows]


async def filings(reading: Reading, *, after: tuple[datetime, UUID, int] | None, limit: int) -> list[FilingView]:
    """Give the filings that were made with the union, the latest first."""
    rows = await reading.connection.fetch(FILINGS, reading.union_id, *(after or (None, None, None)), limit)
    return [FilingView(**row) for row in rows]
