"""Where a case stands at a time: read off its dates, whether or not anybody recorded that they passed (domain 3.0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.transfers.machines import LAPSES, HandoffState

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Passed", "Standing", "standing_at"]


@dataclass(frozen=True, slots=True)
class Passed:
    """A step that a date has made: true at its instant, recorded by the next act that meets it."""

    act: str
    source: HandoffState
    target: HandoffState
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The state, the steps that dates have made since it was recorded, and when the present state ends by itself."""

    state: HandoffState
    passed: tuple[Passed, ...]
    deadline: datetime | None


def standing_at(state: str, deadline: datetime | None, then_deadline: datetime | None, now: datetime) -> Standing:
    """Give where a case stands, from the state recorded, the deadline that ends it and the one that ends the next."""
    current, passed = HandoffState(state), list[Passed]()
    ahead = [date for date in (deadline, then_deadline) if date is not None]
    while ahead and ahead[0] <= now and current in LAPSES:
        step = LAPSES[current]
        passed.append(Passed(step.act, current, HandoffState(step.target), ahead.pop(0)))
        current = HandoffState(step.target)
    return Standing(current, tuple(passed), ahead[0] if ahead and current in LAPSES else None)
