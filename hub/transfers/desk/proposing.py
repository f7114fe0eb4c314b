"""What a union group proposes, or that it is dropped: before a decision to expel, and nothing changes by it (A23)."""

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
    read_statement,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import custody_time, with_entrustment
from hub.transfers.ledger.ending import ProposalRecord
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import EXPULSION, START, ExpulsionState, Side
from hub.transfers.rules import order_ending
from hub.transfers.rules.ending import OnEnding

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_ending import EndingFacts
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.views import MemberView

__all__ = ["drop", "propose"]

C = TypeVar("C", acts.ExpulsionProposal, acts.ExpulsionDrop)


async def propose(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record what the union group proposes. The membership stays as it is.

    Refuses: what `open_statement` and `order_ending.proposal` do
    Source: A23, domain 3.8
    """
    return await _step(hub, caller, read_statement(jws, acts.ExpulsionProposal), order_ending.proposal)


async def drop(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record that what the group proposed is not followed. It may propose anew.

    Refuses: what `open_statement` and `order_ending.drop` do
    Source: A23, domain 3.8
    """
    return await _step(hub, caller, read_statement(jws, acts.ExpulsionDrop), order_ending.drop)


async def _step(
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
        try:
            if await hub.ledger.endings.record_proposal(_record(hub, caller, statement, claims, facts)):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _record(
    hub: Hub,
    caller: Caller,
    statement: Statement[C],
    claims: acts.ExpulsionProposal | acts.ExpulsionDrop,
    facts: EndingFacts,
) -> ProposalRecord:
    held, before, proposed = facts.membership, facts.proposal, facts.open_proposal
    assert held is not None, "the rules let nobody but the holder pass"
    received_at = custody_time(facts.signer.now, held.held_since, held.ended_at, None if before is None else before.at)
    step = EXPULSION.step(START if proposed is None else ExpulsionState.PROPOSED, claims.act, Side.HOLDER)
    if isinstance(claims, acts.ExpulsionProposal):
        opinion_sha256, opinion_on = digest_of(claims.opinion_sha256), claims.opinion_on
    else:
        assert proposed is not None, "the rules let nothing be dropped but what is proposed"
        assert proposed.opinion_sha256 is not None
        assert proposed.opinion_on is not None
        opinion_sha256, opinion_on = proposed.opinion_sha256, proposed.opinion_on
    return ProposalRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        step_no=0 if before is None else before.step_no,
        from_state=step.source,
        act=step.act,
        to_state=step.target,
        opinion_sha256=opinion_sha256,
        opinion_on=opinion_on,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub, statement, received_at, state_after=step.target, custody_version_after=held.custody_version
        ),
    )
