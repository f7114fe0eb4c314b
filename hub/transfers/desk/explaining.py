"""Where a case stands, in words, for the side that asks: who must act, by when, and what happens otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import reads
from hub.transfers.machines import HANDOFF, HandoffState, Side
from hub.transfers.rules.days import day_of
from hub.transfers.rules.reasons import REASONS
from hub.transfers.views import ExplanationView, HandoffView, NextActView

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
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
        "转出工会已签署转出凭证，等待接收工会在 {until} 前接收；接收前会籍仍由转出工会管理。",
        "Released: the receiving union is to accept by {until}. Until then the releasing union holds the membership.",
    ),
    HandoffState.ACCEPTED: (
        "接收工会已签署接收，会籍已转入接收工会。",
        "Accepted: the receiving union holds the membership.",
    ),
    HandoffState.REFUSED: (
        "接收工会已退回（理由：{ground}），会籍仍由转出工会管理，可重新办理转出。",
        "Refused on the ground {ground}: the releasing union still holds the membership and may release again at once.",
    ),
    HandoffState.RECALLED: (
        "转出工会已撤回转出凭证，会籍仍由其管理。",
        "Recalled: the releasing union holds the membership and may release again.",
    ),
    HandoffState.EXPIRED: (
        "转出凭证已超过有效期，会籍仍由转出工会管理，可重新办理转出。",
        "Expired: nobody accepted in time; the releasing union still holds the membership and may release again.",
    ),
    HandoffState.VOIDED: (
        "接收时复核未通过（{ground}），本次接转作废，会籍仍由转出工会管理。",
        "Voided by the second check at acceptance ({ground}): the releasing union still holds the membership.",
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
    zh, en = _SUMMARY[view.state]
    words = {"until": "" if view.valid_until is None else view.valid_until.isoformat(), "ground": view.ground or ""}
    return ExplanationView(
        handoff=view,
        summary=zh.format_map(words),
        summary_en=en.format_map(words),
        missing=_missing(view),
        next=next_acts(view),
    )


def next_acts(view: HandoffView) -> tuple[NextActView, ...]:
    """Give the acts that are open from a case's state, each with its deadline, as the machine lists them."""
    found = []
    for step in HANDOFF.steps:
        if step.source != view.state or step.act not in MUTATIONS:
            continue
        union_id = view.own_union if step.side is view.side else view.counterpart
        found.append(
            NextActView(
                act=MUTATIONS[step.act],
                side=step.side,
                union_id=union_id,
                deadline=view.deadline,
                rule="HUB-P01",
                consequence=CONSEQUENCE_OF_EXPIRY,
                articles=REASONS[view.reason_code].articles if step.act == "accept" else (step.article,),
            )
        )
    if view.state in _RELEASED_AGAIN and view.side is Side.HOLDER:
        found.append(
            NextActView(
                act=MUTATIONS["release"],
                side=Side.HOLDER,
                union_id=view.own_union,
                deadline=None,
                rule="A12",
                consequence="可随时重新办理转出。 A new release may follow at any time.",
                articles=("A12",),
            )
        )
    return tuple(found)


def _missing(view: HandoffView) -> tuple[str, ...]:
    """Name what the case still waits for."""
    if view.state is not HandoffState.RELEASED:
        return ()
    day = "" if view.deadline is None else day_of(view.deadline).isoformat()
    return (f"acceptance: 接收工会的签署 the receiving union's signed acceptance (before {day})",)
