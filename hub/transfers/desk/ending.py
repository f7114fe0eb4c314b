"""A membership ends: by the member's wish, by long silence, by expulsion, by death; and the one way back (A22, A23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from federation import acts_ending as acts
from hub.errors import Code, Refusal
from hub.transfers.desk.joining import member_now
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    passed_json,
    read_statement,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import custody_time, with_entrustment
from hub.transfers.ledger.ending import EndingRecord, ReversalRecord
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import EXPULSION, HANDOFF, MEMBERSHIP, OPEN_STATES, START, HandoffState, Side
from hub.transfers.rules import order_ending
from hub.transfers.rules.ending import OnEnding, ended_on
from hub.transfers.rules.reasons import ENDED
from hub.transfers.rules.standing import Passed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_ending import EndedFacts, EndingFacts
    from hub.transfers.rules.ending import AnEnd
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.views import MemberView

__all__ = ["deem_withdrawn", "expel", "record_death", "reverse", "withdraw"]

C = TypeVar("C", acts.Withdrawal, acts.DeemedWithdrawal, acts.Expulsion, acts.Death)


async def withdraw(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record that a member has left at the member's own request. A request for the member is voided.

    Refuses: what `open_statement` and `order_ending.withdrawal` do
    Source: A22
    """
    return await _end(hub, caller, read_statement(jws, acts.Withdrawal), order_ending.withdrawal)


async def deem_withdrawn(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record the committee's resolution that a member is deemed to have left.

    Refuses: what `open_statement` and `order_ending.deemed_withdrawal` do
    Source: A22
    """
    return await _end(hub, caller, read_statement(jws, acts.DeemedWithdrawal), order_ending.deemed_withdrawal)


async def expel(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record the committee's decision to expel: it ends the membership, and is still to be filed.

    Refuses: what `open_statement` and `order_ending.expulsion` do
    Source: A23
    """
    return await _end(hub, caller, read_statement(jws, acts.Expulsion), order_ending.expulsion)


async def record_death(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record that a member has died.

    Refuses: what `open_statement` and `order_ending.death` do
    Source: HUB-P17
    """
    return await _end(hub, caller, read_statement(jws, acts.Death), order_ending.death)


async def _end(
    hub: Hub, caller: Caller, statement: Statement[C], rules: Callable[[OnEnding, C], Refusals]
) -> MemberView:
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.endings.facts(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        facts = await with_entrustment(hub, caller, membership_id, facts)
        first(rules(OnEnding(facts), claims))
        record = _record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.endings.record_ending(record):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _record(hub: Hub, caller: Caller, statement: Statement[C], claims: AnEnd, facts: EndingFacts) -> EndingRecord:
    held = facts.membership
    assert held is not None, "the rules let nobody but the holder pass"
    proposed_at = None if facts.proposal is None else facts.proposal.at
    received_at = custody_time(facts.signer.now, held.held_since, held.open_since, held.ended_at, proposed_at)
    step = MEMBERSHIP.step(held.status, claims.act, Side.HOLDER)
    passed, is_voided = _end_of_case(held, received_at)
    day = ended_on(claims)
    assert day is not None, "the rules let no end pass without its day"
    expulsion = claims if isinstance(claims, acts.Expulsion) else None
    collected_on = claims.collected_on if isinstance(claims, acts.Withdrawal | acts.DeemedWithdrawal) else None
    return EndingRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        from_state=held.status,
        act=claims.act,
        to_state=step.target,
        ended_on=day,
        open_handoff=held.open_handoff,
        open_step=held.open_step,
        passed=passed_json(passed),
        ground=ENDED if is_voided else None,
        pair_id=held.pair_id,
        ending_no=held.ending_no + 1,
        collected_on=collected_on,
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        expulsion_state=None if expulsion is None else EXPULSION.step(START, "decide", Side.HOLDER).target,
        effective_on=None if expulsion is None else expulsion.effective_on,
        judgment_sha256=None if expulsion is None else _digest(expulsion.judgment_sha256),
        opinion_sha256=None if expulsion is None else _digest(expulsion.opinion_sha256),
        decision_sha256=None if expulsion is None else _digest(expulsion.decision_sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub, statement, received_at, state_after=step.target, custody_version_after=held.custody_version
        ),
    )


def _digest(sha256: str | None) -> bytes | None:
    return None if sha256 is None else digest_of(sha256)


def _end_of_case(held: EndedFacts, at: datetime) -> tuple[tuple[Passed, ...], bool]:
    """Give the last steps of the open case: what its dates made, then the voiding."""
    standing = held.standing(at)
    if standing is None:
        return (), False
    if standing.state not in OPEN_STATES:
        return standing.passed, False
    step = HANDOFF.step(standing.state, "void", Side.HUB)
    return (*standing.passed, Passed(step.act, standing.state, HandoffState(step.target), at)), True


async def reverse(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Put a membership in force again whose expulsion rested on a judgment that was annulled.

    Its day of joining is what it was; from the expulsion to here nobody held it.
    Refuses: what `open_statement` and `order_ending.reversal` do
    Source: A23, A3, domain 3.8
    """
    statement = read_statement(jws, acts.ExpulsionReversal)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.endings.facts(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        facts = await with_entrustment(hub, caller, membership_id, facts)
        first(order_ending.reversal(OnEnding(facts), claims))
        assert facts.membership is not None, "the rules let nobody but the last holder pass"
        record = _reversal(hub, caller, statement, facts.membership, facts.signer.now)
        try:
            if await hub.ledger.endings.record_reversal(record):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _reversal(
    hub: Hub, caller: Caller, statement: Statement[acts.ExpulsionReversal], held: EndedFacts, now: datetime
) -> ReversalRecord:
    assert held.expulsion_state is not None, "the rules let nothing pass but an expulsion"
    assert held.expulsion_step is not None
    received_at = custody_time(now, held.ended_at)
    step = MEMBERSHIP.step(held.status, "reverse", Side.HOLDER)
    return ReversalRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        ending_no=held.ending_no,
        step_no=held.expulsion_step,
        from_state=held.expulsion_state,
        to_state=EXPULSION.step(held.expulsion_state, "reverse", Side.HOLDER).target,
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub, statement, received_at, state_after=step.target, custody_version_after=held.custody_version + 1
        ),
    )
