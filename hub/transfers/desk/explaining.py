"""Where a case stands, in words, for the side that asks: who must act, by when, and what happens otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from hub.authz.disclosure import sees_releasing_union
from hub.transfers.desk.opening import reading_as
from hub.transfers.kinds import LIVE, UnionKind
from hub.transfers.ledger import policies, reads
from hub.transfers.ledger.placements import union_of_release
from hub.transfers.machines import HANDOFF, OPEN_STATES, START, HandoffState, Side, Step
from hub.transfers.rules.days import day_of, end_of, last_day_of
from hub.transfers.rules.policy import NATIONAL
from hub.transfers.rules.reasons import EMPLOYER_ORGANISED_MEANWHILE, ON_MERGE, REASONS
from hub.transfers.terms import overdue_term_of, term_of
from hub.transfers.views import ExplanationView, HandoffView, NextActView, Term
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from datetime import datetime

    from hub.authz.tokens import Caller
    from hub.database.pool import Reading
    from hub.transfers.desk.opening import Hub
    from hub.transfers.rules.policy import Policy

__all__ = ["CONSEQUENCES", "MUTATIONS", "explain", "later_acts", "next_acts"]

#: Which mutation makes a step of the machine.
MUTATIONS: dict[str, str] = {
    "request": "requestHandoff",
    "appeal": "requestHandoff",
    "release": "releaseMember",
    "release_in_lieu": "releaseInLieu",
    "release_for_external": "releaseForExternal",
    "object": "objectToRequest",
    "cancel": "cancelRequest",
    "dismiss": "dismissRequest",
    "accept": "acceptHandoff",
    "accept_for_external": "acceptForExternal",
    "refuse": "refuseHandoff",
    "recall": "recallHandoff",
}

#: The rule that sets the deadline of each open state, and what follows when it has passed.
CONSEQUENCES: Final[dict[HandoffState, tuple[str, str]]] = {
    HandoffState.REQUESTED: (
        "HUB-P02",
        (
            "逾期由会籍所在工会的上一级工会处理，可代为转出；平台外工会没有上一级可代为办理。 "
            "After it the case lies with the union above the holder, which may release in the holder's stead; above "
            "one outside the hub there is nobody."
        ),
    ),
    HandoffState.ESCALATED: (
        "HUB-P14",
        (
            "逾期请求失效；再次请求并注明本次请求的，由更上一级工会处理；平台外工会除外。 "
            "After it the request has lapsed; the next one that cites it goes one level further up, if there is one."
        ),
    ),
    HandoffState.RELEASED: (
        "HUB-P01",
        (
            "逾期转出凭证失效，会籍仍由原工会管理，可重新办理转出。 "
            "After it the release has expired; the releasing union still holds the membership and may release again."
        ),
    ),
}

_TOLD_ABOVE = (
    "逾期告知接收工会的上一级工会，由其催办；会籍不变。 "
    "After it the union above the receiver is told, and may urge; nothing else changes."
)

#: After these the holder, who still holds, may release again.
_RELEASED_AGAIN = frozenset({HandoffState.REFUSED, HandoffState.RECALLED, HandoffState.EXPIRED, HandoffState.VOIDED})
#: After these the union that asked may ask again.
_ASKED_AGAIN = frozenset({HandoffState.OBJECTED, HandoffState.LAPSED, HandoffState.CANCELLED, HandoffState.DISMISSED})

#: What is refused in an open state and becomes possible when its deadline has passed.
_LATER: Final = {
    HandoffState.REQUESTED: (("release_in_lieu", Side.HIGHER), ("dismiss", Side.HIGHER)),
    HandoffState.ESCALATED: (("appeal", Side.RECEIVER),),
    HandoffState.RELEASED: (("release", Side.HOLDER), ("request", Side.RECEIVER)),
}

_SUMMARY: dict[HandoffState, tuple[str, str]] = {
    HandoffState.REQUESTED: (
        "接收工会已提出接转请求，会籍所在工会应于 {by}（含当日）前转出或提出异议；会籍未动。",
        "Requested: the union that holds the membership is to release or to object by {by}. Nothing has moved.",
    ),
    HandoffState.ESCALATED: (
        "已由会籍所在工会的上一级工会处理，其可于 {by}（含当日）前代为转出或不予支持；会籍所在工会仍可转出。会籍未动。",
        (
            "Escalated: the union above the holder may release in its stead, or dismiss, by {by}; the holder still may "
            "release. Nothing has moved."
        ),
    ),
    HandoffState.OBJECTED: (
        "会籍所在工会提出异议（{ground_zh}），请求终结，会籍未动；请求方可在期限内向其上一级工会申诉。",
        "The holder objected ({ground}): the request is closed and nothing has moved. Who asked may appeal in time.",
    ),
    HandoffState.CANCELLED: (
        "请求已终结，会籍未动。",
        "The request is closed; nothing has moved.",
    ),
    HandoffState.DISMISSED: (
        "上一级工会不予支持（{ground_zh}），请求终结，会籍未动。",
        "The union above the holder dismissed the request ({ground}); nothing has moved.",
    ),
    HandoffState.LAPSED: (
        "逾期无人处理，请求失效，会籍未动；再次请求并注明本次请求的，由更上一级工会处理。",
        (
            "Nobody decided in time: the request has lapsed and nothing has moved. The next request that cites it goes "
            "one level further up."
        ),
    ),
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

#: Of a case that ended with its membership: as its two sides are told.
_ENDED = (
    "会籍已终止（{ground_zh}），本次接转作废。",
    "Voided: the membership has ended ({ground}).",
)

#: What a placement turns into whose employer was organised before its acceptance (domain 3.3).
_INSTEAD = (
    "请以调动（CHANGE_OF_EMPLOYER）直接转入 {union}，转出内容照旧。",
    " Release the member to {union}, as a CHANGE_OF_EMPLOYER; all else is as it was.",
)

_IN_LIEU = (
    "（由上一级工会代为转出。）",
    " It was released by the union above, in the holder's stead.",
)


#: Which acts there are none of where a side is outside the hub, and which one takes their place (A25).
_BY_PAPER: Final = {
    Side.HOLDER: (frozenset({Side.HOLDER, Side.HIGHER}), "release_for_external"),
    Side.RECEIVER: (frozenset({Side.RECEIVER}), "accept_for_external"),
}
#: What is said, and what is missing, where that side has to act: by when, {by} or {until}.
_ON_PAPER: Final = {
    Side.HOLDER: (
        (
            "已提出接转请求；会籍由平台外工会管理，由提出请求的工会凭其纸质凭证登记转出（未经核实），"
            "至 {by}（含当日）。会籍未动。"
        ),
        (
            "Requested: the membership is held outside the hub. Who has asked records what the holder's paper says, "
            "unverified, by {by}. Nothing has moved."
        ),
        ("平台外工会的纸质转出凭证（{by} 前，含当日）。 The release of the holder outside the hub, on paper, by {by}."),
    ),
    Side.RECEIVER: (
        (
            "已转出；接收方为平台外工会，由转出工会凭其纸质凭证登记接收（未经核实），"
            "至 {until}（含当日）；接收前会籍仍由转出工会管理。"
        ),
        (
            "Released to a union outside the hub: who released records what its paper says, unverified, by {until}. "
            "Until then the releasing union holds the membership."
        ),
        (
            "平台外工会的纸质接收凭证（{until} 前，含当日）。 "
            "The acceptance of the receiver outside the hub, on paper, by {until}."
        ),
    ),
}
_WAITED_FOR: Final = {
    HandoffState.REQUESTED: Side.HOLDER,
    HandoffState.ESCALATED: Side.HOLDER,
    HandoffState.RELEASED: Side.RECEIVER,
}


async def _outside(reading: Reading, view: HandoffView) -> Side | None:
    """Give the side that is outside the hub, if one is."""
    sides = {Side.HOLDER: view.releasing_union, Side.RECEIVER: view.receiving_union}
    unions = await reads.unions(reading.connection, [union_id for union_id in sides.values() if union_id is not None])
    found = (s for s, u in sides.items() if u is not None and unions[u].kind == UnionKind.EXTERNAL)
    return next(found, None)


async def explain(hub: Hub, caller: Caller, handoff_id: UUID | None) -> ExplanationView | None:
    """Tell a party where a case stands; None to anyone else. Source: domain 3.2."""
    if handoff_id is None:
        handoff_id = UUID(int=0)
    async with reading_as(hub, caller) as reading:
        view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
        if view is None:
            return None
        may_release, now = await _may_release(reading, view), reading.now
        outside = await _outside(reading, view)
        policy = NATIONAL
        if view.state is HandoffState.OBJECTED and view.closed_at is not None:
            policy = await policies.in_force(reading.connection, view.own_union, view.closed_at)
        organised = view.ground == EMPLOYER_ORGANISED_MEANWHILE and may_release
        instead = await union_of_release(reading, handoff_id) if organised else None
    zh, en = _ENDED if view.state is HandoffState.VOIDED and view.ground in ON_MERGE else _SUMMARY[view.state]
    ground = view.ground or ""
    words = {
        "until": "" if view.valid_until is None else view.valid_until.isoformat(),
        "by": "" if view.deadline is None else _last_day(view.deadline),
        "ground": " ".join((ground, *view.ground_articles)),
        "ground_zh": " ".join((in_chinese(ground), *view.ground_articles)),
    }
    also = _IN_LIEU if view.is_in_lieu else ("", "")
    missing = _missing(view)
    if outside is not None and _WAITED_FOR.get(view.state) is outside:
        zh, en, awaited = _ON_PAPER[outside]
        missing = (awaited.format_map(words),)
    if instead is not None:
        also = (_INSTEAD[0].format(union=instead), _INSTEAD[1].format(union=instead))
    return ExplanationView(
        handoff=view,
        summary=zh.format_map(words) + also[0],
        summary_en=en.format_map(words) + also[1],
        missing=missing,
        next=(*next_acts(view, now, policy, outside), *((_new_release(view),) if may_release else ())),
        later=later_acts(view, outside),
    )


async def _may_release(reading: Reading, view: HandoffView) -> bool:
    """Whether the caller, whose release came to nothing, still holds the member, with no other handoff open."""
    if view.state not in _RELEASED_AGAIN or view.side is not Side.HOLDER:
        return False
    held = (await reads.members(reading, [view.membership_id])).get(view.membership_id)
    if held is None or held.status not in LIVE:
        return False
    if held.open_handoff is None:
        return True
    other = (await reads.handoffs(reading, [held.open_handoff])).get(held.open_handoff)
    return other is not None and other.state not in OPEN_STATES


def next_acts(view: HandoffView, now: datetime, policy: Policy, outside: Side | None = None) -> tuple[NextActView, ...]:
    """Give the acts that are open from a case's state, each with its deadline, as the machine lists them.

    Takes: `policy`, the reader's, in force when the case was closed; `outside`, the side outside the hub, if any.
    """
    silent, instead = _BY_PAPER[outside] if outside is not None else (frozenset[Side](), None)
    on_paper = {act for _, act in _BY_PAPER.values()}
    found = [
        _next(view, step, now)
        for step in HANDOFF.steps
        if step.source == view.state
        and step.act in MUTATIONS
        and not (step.act == "recall" and view.is_in_lieu)
        and (step.act == instead or (step.side not in silent and step.act not in on_paper))
    ]
    if view.state in _ASKED_AGAIN and view.side is Side.RECEIVER:
        found.append(_ask_again(view, policy.appeal_days))
    return tuple(found)


def later_acts(view: HandoffView, outside: Side | None = None) -> tuple[NextActView, ...]:
    """Give the acts that an open case bars today, each with the earliest time at which it would be possible.

    That is when nobody has acted by the deadline. Source: HUB-P01, HUB-P02, HUB-P14
    """
    if view.deadline is None:
        return ()
    rule, consequence = CONSEQUENCES.get(view.state, ("", ""))
    return tuple(
        NextActView(
            act=MUTATIONS[act],
            side=side,
            union_id=_union_of(view, side),
            deadline=None,
            rule=rule,
            consequence=consequence,
            articles=(rule,),
            tentative=view.deadline_tentative,
            possible_from=view.deadline,
        )
        for act, side in _LATER.get(view.state, ())
        if outside is None or side not in _BY_PAPER[outside][0]
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


def _next(view: HandoffView, step: Step, now: datetime) -> NextActView:
    by = _by(view, step, now)
    return NextActView(
        act=MUTATIONS[step.act],
        side=step.side,
        union_id=_union_of(view, step.side),
        deadline=by.at,
        rule=by.rule,
        consequence=by.consequence,
        term=by.term,
        articles=REASONS[view.reason_code].articles if step.act == "accept" else (step.article,),
        tentative=by.tentative,
    )


class _By(NamedTuple):
    at: datetime | None
    rule: str
    consequence: str
    tentative: bool
    term: Term | None


def _by(view: HandoffView, step: Step, now: datetime) -> _By:
    """Give by when an act is due. An acceptance has two dates: the earlier one moves nothing (HUB-P03)."""
    if step.act == "accept" and view.overdue_at is not None and now < view.overdue_at < (view.deadline or now):
        return _By(view.overdue_at, "HUB-P03", _TOLD_ABOVE, view.overdue_tentative, overdue_term_of(view))
    rule, consequence = CONSEQUENCES[view.state]
    return _By(view.deadline, rule, consequence, view.deadline_tentative, term_of(view))


def _union_of(view: HandoffView, side: Side) -> UUID | None:
    """Give whose act a step is, as far as the reader may know it."""
    if side is Side.RECEIVER:
        return view.receiving_union
    if side is Side.HOLDER:
        return view.releasing_union if sees_releasing_union(view) else None
    return view.own_union if view.is_above_holder else None


def _ask_again(view: HandoffView, appeal_days: int) -> NextActView:
    """Give the request that may follow one that was closed: as an appeal, one level up, or anew."""
    act, side = MUTATIONS["request"], Side.RECEIVER
    if view.state is HandoffState.OBJECTED and view.closed_at is not None:
        return NextActView(
            act=act,
            side=side,
            union_id=view.own_union,
            deadline=end_of(day_of(view.closed_at) + timedelta(days=appeal_days)),
            rule="HUB-P13",
            term=Term(appeal_days, in_working_days=False),
            consequence="逾期只能重新提出一般请求。 After it one can only ask anew, as if for the first time.",
            articles=(HANDOFF.step(START, "appeal", side).article,),
        )
    consequence = "可随时重新提出请求。 A new request may follow at any time."
    rule = "HUB-P14" if view.state is HandoffState.LAPSED else "A12"
    return NextActView(
        act=act, side=side, union_id=view.own_union, deadline=None, rule=rule, consequence=consequence, articles=(rule,)
    )


def _last_day(deadline: datetime) -> str:
    return last_day_of(deadline).isoformat()


def _missing(view: HandoffView) -> tuple[str, ...]:
    """Name what the case still waits for."""
    if view.state not in OPEN_STATES:
        return ()
    by = "" if view.deadline is None else _last_day(view.deadline)
    if view.state is HandoffState.REQUESTED:
        return (f"会籍所在工会的转出或异议（{by} 前，含当日）。 The holder's release, or its objection, by {by}.",)
    if view.state is HandoffState.ESCALATED:
        return (
            (
                f"会籍所在工会的转出，或其上一级工会的代为转出（{by} 前，含当日）。 "
                f"The holder's release, or one in its stead by the union above, by {by}."
            ),
        )
    until = "" if view.valid_until is None else view.valid_until.isoformat()
    return (f"接收工会签署的接收（{until} 前，含当日）。 The receiving union's signed acceptance, by {until}.",)
