"""Which union owes which duty to a member today (A9): the holder, unless an agreement in force has given it away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.entrusting import Clause, EntrustmentText
from hub.transfers.desk.entrusting import read_text
from hub.transfers.kinds import Duty
from hub.transfers.ledger import entrusting as ledger
from hub.transfers.machines import EntrustmentState, Side
from hub.transfers.views_entrusting import DutyView, TieView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from hub.database.pool import Reading

__all__ = ["DUTIES", "duties_of"]

#: The duties that an agreement may give to the host union, by its clauses.
DUTIES: Final = (Duty.ACTIVITIES, Duty.RIGHTS_PROTECTION, Duty.DUES_COLLECTION, Duty.VOTING, Duty.RELIEF)
#: Domain 4.6: where the text is silent, members vote and attend congresses with the union that holds them.
_AT_THE_HOLDER = frozenset({Duty.VOTING})


async def duties_of(reading: Reading, membership_ids: Sequence[UUID]) -> Mapping[UUID, list[DutyView]]:
    """Give the duties owed to members whom the acting union holds, or covers now.

    The membership is the holder's, always. Under a coverage each other duty is the one's whom the agreement names; of
    which it says nothing, nobody's. Without one they are all the holder's.
    Source: A9
    """
    found = await ledger.ties(reading, membership_ids)
    return {membership_id: _duties(ties) for membership_id, ties in found.items()}


def _duties(ties: Sequence[TieView]) -> list[DutyView]:
    holder = ties[0].holder_union
    tie = next((tie for tie in ties if _stands(tie)), None)
    owed = [DutyView(Duty.MEMBERSHIP, holder, None)]
    if tie is None or tie.coverage is None or tie.document is None:
        return owed + [DutyView(duty, holder, None) for duty in DUTIES]
    text = read_text(EntrustmentText, tie.document)
    return owed + [_duty(duty, tie, getattr(text, duty.lower())) for duty in DUTIES]


def _duty(duty: Duty, tie: TieView, clause: Clause | None) -> DutyView:
    coverage = tie.coverage
    assert coverage is not None, "asked of coverages alone"
    if clause is None:
        return DutyView(duty, tie.holder_union if duty in _AT_THE_HOLDER else None, coverage.agreement_id)
    if clause.responsible == Side.DISPATCH.value:
        return DutyView(duty, coverage.dispatch_union, coverage.agreement_id)
    # Suspended, the host union may do nothing, and the other one has given the duty away: neither has it.
    is_theirs = coverage.is_live
    return DutyView(duty, coverage.host_union if is_theirs else None, coverage.agreement_id)


def _stands(tie: TieView) -> bool:
    """Whether a coverage says who owes what today: it is live, or would be, were its agreement not suspended."""
    if tie.coverage is None:
        return False
    return tie.coverage.is_live or (
        tie.coverage.state == "COVERED" and tie.agreement_state == EntrustmentState.SUSPENDED
    )
