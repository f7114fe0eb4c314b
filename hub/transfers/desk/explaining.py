"""Where a case stands, in words, for the side that asks: who must act, by when, and what happens otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import reads
from hub.transfers.machines import HANDOFF, OPEN_STATES, HandoffState, Side
from hub.transfers.rules.reasons import REASONS
from hub.transfers.views import ExplanationView, HandoffView, NextActView
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.database.pool import Reading
    from hub.transfers.desk.opening import Hub

__all__ = ["CONSEQUENCE_OF_EXPIRY", "MUTATIONS", "explain", "next_acts"]

#: Which mutation makes a step of the machine.
MUTATIONS: dict[str, str] = {
    "release": "releaseMember",
    "accept": "acceptHandoff",
    "refuse": "refuseHandoff",
    "recall": "recallHandoff",
}

CONSEQUENCE_OF_EXPIRY = (
    "逾期转出凭证失效，会籍仍由原工会管理，可重新办理转出。 "
    "After it the release has expired; the releasing union still holds the membership and may release again."
)

#: After these the holder, who still holds, may release again.
_RELEASED_AGAIN = frozenset({HandoffState.REFUSED, HandoffState.RECALLED, HandoffState.EXPIRED, HandoffState.VOIDED})

_SUMMARY: dict[HandoffState, tuple[str, str]] = {
    HandoffState.RELEASED: (
        "转出工会已签署转出凭证，接收工会应于 {until}（含当日）前接收；接收前会籍仍由转出工会管理。",
        "Released: the receiving union is to accept by {until}. Until then the releasing union holds the membership.",
    ),
    HandoffState.ACCEPTED: (
        "接收工会已签署接收，会籍随即转入接收工会。",
        "Accepted: the membership moved to the receiving union.",
    ),
    HandoffState.REFUSED: (
        "接收工会已退回（理由：{ground_zh}），会籍未作变动。",
        "Refused on the ground {ground}: the membership did not move.",
    ),
    HandoffState.RECALLED: (
        "转出工会已撤回转出凭证，会籍未作变动。",
        "Recalled by the releasing union: the membership did not move.",
    ),
    HandoffState.EXPIRED: (
        "转出凭证已超过有效期，无人接收，会籍未作变动。",
        "Expired: nobody accepted in time, and the membership did not move.",
    ),
    HandoffState.VOIDED: (
        "接收时复核未通过（{ground_zh}），本次接转作废，会籍未作变动。",
        "Voided by the second check at acceptance ({ground}): the membership did not move.",
    ),
}


async def explain(hub: Hub, caller: Caller, handoff_id: UUID | None) -> ExplanationView | None:
    """Tell a party where a case stands; None to anyone else. Source: domain 3.2."""
    if handoff_id is None:
        handoff_id = UUID(int=0)
    async with reading_as(hub, caller) as reading:
        view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
        if view is None:
            return None
        may_release = await _may_release(reading, view)
    zh, en = _SUMMARY[view.state]
    ground = view.ground or ""
    words = {
        "until": "" if view.valid_until is None else view.valid_until.isoformat(),
        "ground": ground,
        "ground_zh": in_chinese(ground),
    }
    return ExplanationView(
        handoff=view,
        summary=zh.format_map(words),
        summary_en=en.format_map(words),
        missing=_missing(view),
        next=(*next_acts(view), *((_new_release(view),) if may_release else ())),
    )


async def _may_release(reading: Reading, view: HandoffView) -> bool:
    """Whether the caller, whose release came to nothing, still holds the member, with no other handoff open."""
    if view.state not in _RELEASED_AGAIN or view.side is not Side.HOLDER:
        return False
    held = (await reads.members(reading, [view.membership_id])).get(view.membership_id)
    if held is None or held.open_handoff is None:
        return held is not None
    other = (await reads.handoffs(reading, [held.open_handoff])).get(held.open_handoff)
    return other is not None and other.state not in OPEN_STATES


def next_acts(view: HandoffView) -> tuple[NextActView, ...]:
    """Give the acts that are open from a case's state, each with its deadline, as the machine lists them."""
    return tuple(
        NextActView(
            act=MUTATIONS[step.act],
            side=step.side,
            union_id=view.own_union if step.side is view.side else view.counterpart,
            deadline=view.deadline,
            rule="HUB-P01",
            consequence=CONSEQUENCE_OF_EXPIRY,
            articles=REASONS[view.reason_code].articles if step.act == "accept" else (step.article,),
        )
        for step in HANDOFF.steps
        if step.source == view.state and step.act in MUTATIONS
    )


def _new_release(view: HandoffView) -> NextActView:
    return NextActView(
        act=MUTATIONS["release"],
        side=Side.HOLDER,
        union_id=view.own_union,
        deadline=None,
        rule="",
        consequence="",
        articles=("A12",),
    )


def _missing(view: HandoffView) -> tuple[str, ...]:
    """Name what the case still waits for."""
    if view.state is not HandoffState.RELEASED:
        return ()
    until = "" if view.valid_until is None else view.valid_until.isoformat()
    return (f"接收工会签署的接收（{until} 前，含当日）。 The receiving union's signed acceptance, by {until}.",)
