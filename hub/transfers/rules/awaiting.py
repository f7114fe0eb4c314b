"""Where one stands who waits for the employer's union (A6, A13): read off who organises it now, never stored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hub.transfers.machines import PLACEMENT, PlacementState, Side
from hub.transfers.rules.reasons import REASONS

if TYPE_CHECKING:
    from datetime import datetime

    from hub.transfers.rules.policy import Policy

__all__ = ["exit_reason", "placement_state", "remind_at"]


def placement_state(*, is_organised: bool) -> PlacementState:
    """Give the state of a placement that stands. To disband the union takes it back. Source: A13, domain 3.3."""
    if not is_organised:
        return PlacementState.PLACED
    return PlacementState(PLACEMENT.step(PlacementState.PLACED, "organise", Side.HIGHER).target)


def remind_at(due_since: datetime | None, policy: Policy) -> datetime | None:
    """Give when the holder of one whose exit is due is reminded of it; nothing follows by itself. Source: HUB-P08."""
    return None if due_since is None else due_since + timedelta(days=policy.exit_reminder_days)


def exit_reason(basis: str) -> str:
    """Give the reason for which one held on this basis is released to the union awaited. Source: A6, A13."""
    return next(name for name, reason in REASONS.items() if reason.to_awaited and basis in (reason.held_on or ()))
