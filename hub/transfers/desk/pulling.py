"""The pull: a union asks for a member who has come to work with it; the holder objects, the union above decides (A12).

Who the member is the hub found at the draft, and keeps: the statement names a match, and no person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from federation import acts
from hub.errors import Code, Refusal
from hub.transfers.desk.cases import close_case
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    hash_in,
    open_statement,
    passed_json,
    read_statement,
    receipt_for,
    signing_of,
    text_in,
    uuid_in,
)
from hub.transfers.desk.releasing import as_it_is_now, custody_time, place_for
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import RequestRecord
from hub.transfers.machines import HANDOFF, START, HandoffState, Side
from hub.transfers.rules import order
from hub.transfers.rules.days import day_of
from hub.transfers.rules.pulling import opens_escalated
from hub.transfers.rules.questions import Request
from hub.transfers.rules.standing import Passed, standing_at
from hub.transfers.terms import answer_term, decision_term
from hub.transfers.views import HandoffView
from hub.transfers.workdays import CALENDAR, Due
from hub.vault import mask_name

if TYPE_CHECKING:
    from datetime import datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import RequestFacts, TargetFacts

__all__ = ["cancel", "dismiss", "object_to", "request"]


async def request(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the new employer's union's request for the member whom its draft's match found.

    It opens in REQUESTED; with an objection appealed against in time, or a request that lapsed, in ESCALATED.
    Refuses: what `open_statement` and `order.request` do
    Source: A3, A12, A19, HUB-P02, HUB-P09, HUB-P13, HUB-P14, HUB-P15
    """
    statement = read_statement(jws, acts.Request)
    handoff_id, appeals = uuid_in(statement, "handoff_id"), hash_in(statement, "appeals_sha256")
    place = place_for(text_in(statement, "reason_code"), text_in(statement, "employer_uscc"), None)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_request(
            signing_of(statement, caller), UUID(statement.sub), handoff_id, appeals, place
        )
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, handoff_id)
        first(order.request(Request(claims, facts), facts))
        record = _request_record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.record_request(record):
                return _requested(record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def object_to(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the holder's objection to a request. It is final; the union that asked may appeal.

    Refuses: what `open_statement` and `order.objection` do
    Source: A12, A4
    """
    statement = read_statement(jws, acts.Objection)
    return await close_case(hub, caller, statement, Side.HOLDER, order.objection, lambda claims: claims.ground)


async def cancel(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record that the union that asked takes its request back.

    Refuses: what `open_statement` and `order.cancellation` do
    Source: A12
    """
    statement = read_statement(jws, acts.Cancellation)
    return await close_case(hub, caller, statement, Side.RECEIVER, order.cancellation, lambda _: None)


async def dismiss(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record that the union above the holder finds a ground to object.

    Refuses: what `open_statement` and `order.dismissal` do
    Source: A12, HUB-P02
    """
    statement = read_statement(jws, acts.Dismissal)
    return await close_case(hub, caller, statement, Side.HIGHER, order.dismissal, lambda claims: claims.ground)


@dataclass(frozen=True, slots=True)
class _Course:
    """How a request opens, and what its dates will make of it."""

    act: str
    deadline: Due
    then: Due | None
    higher_union: UUID | None
    visible_from: datetime


def _course(claims: acts.Request, facts: RequestFacts, received_at: datetime) -> _Course:
    day, policy = day_of(received_at), facts.holder_policy
    if not opens_escalated(claims, facts.cited, received_at):
        answer = answer_term(CALENDAR, day, policy)
        if facts.holder_is_wound_up:
            # It lies with the union above at once: the holder has no time to answer (HUB-P09).
            answer = Due(day, received_at, tentative=False)
            return _Course("request", answer, decision_term(CALENDAR, day, policy), facts.higher_union, received_at)
        return _Course("request", answer, decision_term(CALENDAR, answer, policy), _above(facts), answer.at)
    assert facts.cited is not None, "an appeal cites a case"
    # After a lapse the next one up: who let the request lie is not asked again.
    above = _above(facts) if facts.cited.by_objection else facts.further_union
    return _Course("appeal", decision_term(CALENDAR, day, policy), None, above, received_at)


def _above(facts: RequestFacts) -> UUID | None:
    """Give the union above the holder; who registered one that is outside the hub is none: it can't release (A25)."""
    return None if facts.holder_is_external else facts.higher_union


def _request_record(
    hub: Hub, caller: Caller, statement: Statement[acts.Request], claims: acts.Request, facts: RequestFacts
) -> RequestRecord:
    target = _target(facts)
    received_at = custody_time(facts.signer.now, target.held_since)
    course = _course(claims, facts, received_at)
    step = HANDOFF.step(START, course.act, Side.RECEIVER)
    passed: tuple[Passed, ...] = ()
    if target.open_state is not None:
        passed = standing_at(target.open_state, target.open_deadline, target.open_then, facts.signer.now).passed
    return RequestRecord(
        at=received_at,
        union_id=caller.union_id,
        match_id=UUID(statement.sub),
        member_id=target.member_id,
        membership_id=target.membership_id,
        holder_union=target.holder_union,
        handoff_id=claims.handoff_id,
        custody_version=target.custody_version,
        act=step.act,
        to_state=step.target,
        reason_code=claims.reason_code,
        deadline=course.deadline.at,
        deadline_tentative=course.deadline.tentative,
        then_deadline=None if course.then is None else course.then.at,
        then_tentative=course.then is not None and course.then.tentative,
        higher_union=course.higher_union,
        visible_from=course.visible_from,
        name_masked=mask_name(target.name),
        lapsed=target.open_handoff,
        lapsed_step=target.open_step,
        passed=passed_json(passed),
        lapsed_ground=None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            received_at,
            handoff_id=claims.handoff_id,
            state_after=step.target,
            custody_version_after=target.custody_version,
        ),
        employer_uscc=target.employer_uscc,
        residence=target.residence,
    )


def _target(facts: RequestFacts) -> TargetFacts:
    assert facts.target is not None, "the rules let no request pass that found nobody"
    return facts.target


def _requested(record: RequestRecord) -> HandoffView:
    return HandoffView(
        handoff_id=record.handoff_id,
        membership_id=record.membership_id,
        own_union=record.union_id,
        side=Side.RECEIVER,
        state=HandoffState(record.to_state),
        counterpart=record.holder_union,
        reason_code=record.reason_code,
        out_date=None,
        in_date=None,
        valid_until=None,
        dues_paid_through=None,
        ground=None,
        deadline=record.deadline,
        opened_at=record.at,
        requested_at=record.at,
        released_at=None,
        closed_at=None,
        deadline_tentative=record.deadline_tentative,
        request_sha256=record.sha256,
    )
