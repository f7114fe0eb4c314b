"""What a date has ended, told as a step, whether or not anybody has recorded it yet (domain 3.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.machines import HandoffState, Side
from hub.transfers.views import StepView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.transfers.views import HandoffView

__all__ = ["steps_as_they_stand"]


def steps_as_they_stand(case: HandoffView, steps: Sequence[StepView]) -> list[StepView]:
    """Give the steps of a case as it stands now: one that has expired ends in its lapse, dated at its deadline.

    The lapse that the next act on the membership records is this very step. Source: HUB-P01
    """
    shown = list(steps)
    if case.state is HandoffState.EXPIRED and case.closed_at is not None and all(s.act != "expire" for s in shown):
        shown.append(StepView("expire", Side.HUB, HandoffState.EXPIRED, None, None, case.closed_at, None, None, None))
    return shown
