"""What dates have made of a case, told as steps, whether or not anybody has recorded them yet (domain 3.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.machines import Side
from hub.transfers.views import StepView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.transfers.views import HandoffView

__all__ = ["steps_as_they_stand"]


def steps_as_they_stand(case: HandoffView, steps: Sequence[StepView]) -> list[StepView]:
    """Give the steps of a case as it stands now: those recorded, and those that dates have made since.

    The next act on the membership records these very steps. Source: HUB-P01, HUB-P02, HUB-P14
    """
    made = [StepView(p.act, Side.HUB, p.target, None, None, p.at, None, None, None) for p in case.passed]
    return [*steps, *made]
