"""What follows an expulsion: it is filed with the union next above, which marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from federation import acts_ending as acts
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    read_statement,
    reading_as,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import with_entrustment
from hub.transfers.ledger import reads_ending
from hub.transfers.ledger.ending import FilingRecord, MarkRecord
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import EXPULSION, Side
from hub.transfers.rules import order_ending
from hub.transfers.rules.ending import OnEnding
from hub.transfers.views_ending import EndingView, FilingMarkView, FilingView
from hub.vault import mask_name

if TYPE_CHECKING:
    from datetime import date, datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_ending import EndedFacts, EndingFacts, FilingFacts

__all__ = ["acknowledge", "file", "filings", "overdue_filings", "return_for_papers"]

M = TypeVar("M", acts.FilingAcknowledgement, acts.FilingReturn)

#: What the union above makes of a filing, by its act.
_MARKS = {"acknowledge": "ACKNOWLEDGED", "return": "RETURNED_FOR_PAPERS"}


async def file(hub: Hub, caller: Caller, jws: str) -> EndingView:
    """File an expulsion with the next-higher union. That it was received is enough: nothing waits for its answer.

    Refuses: what `open_statement` and `order_ending.filing` do
    Source: A23
    """
    statement = read_statement(jws, acts.ExpulsionFiling)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.endings.facts(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await _ending_now(hub, caller, membership_id)
        facts = await with_entrustment(hub, caller, membership_id, facts)
        first(order_ending.filing(OnEnding(facts), claims))
        try:
            if await hub.ledger.endings.record_filing(_filing(hub, caller, statement, claims, facts)):
                return await _ending_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _last_holders(facts: EndingFacts) -> EndedFacts:
    assert facts.membership is not None, "the rules let nobody but the last holder pass"
    return facts.membership


def _filing(
    hub: Hub,
    caller: Caller,
    statement: Statement[acts.ExpulsionFiling],
    claims: acts.ExpulsionFiling,
    facts: EndingFacts,
) -> FilingRecord:
    held = _last_holders(facts)
    assert held.expulsion_state is not None, "the rules let nothing pass but an expulsion"
    assert held.expulsion_step is not None
    target = EXPULSION.step(held.expulsion_state, "file", Side.HOLDER).target
    return FilingRecord(
        at=facts.signer.now,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        ending_no=held.ending_no,
        step_no=held.expulsion_step,
        from_state=held.expulsion_state,
        to_state=target,
        filed_on=claims.filed_on,
        name_masked=mask_name(held.name),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now, state_after=target),
    )


async def acknowledge(hub: Hub, caller: Caller, jws: str) -> FilingMarkView:
    """Mark a filing as read, as the union above.

    Refuses: what `open_statement` and `order_ending.acknowledgement` do
    Source: A23
    """
    statement = read_statement(jws, acts.FilingAcknowledgement)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.endings.facts_for_filing(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated as repeated:
            return FilingMarkView(membership_id, repeated.receipt)
        first(order_ending.acknowledgement(facts, claims))
        if found := await _mark(hub, caller, statement, facts, None):
            return found
    raise Refusal(Code.STALE_VERSION)


async def return_for_papers(hub: Hub, caller: Caller, jws: str) -> FilingMarkView:
    """Send a filing back for papers, as the union above. What was decided stands, and may be filed again.

    Refuses: what `open_statement` and `order_ending.filing_return` do
    Source: A23
    """
    statement = read_statement(jws, acts.FilingReturn)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.endings.facts_for_filing(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated as repeated:
            return FilingMarkView(membership_id, repeated.receipt)
        first(order_ending.filing_return(facts, claims))
        if found := await _mark(hub, caller, statement, facts, " ".join(claims.papers)):
            return found
    raise Refusal(Code.STALE_VERSION)


async def _mark(
    hub: Hub,
    caller: Caller,
    statement: Statement[M],
    facts: FilingFacts,
    papers: str | None,
) -> FilingMarkView | None:
    """Record a mark. None: overtaken."""
    assert facts.state is not None, "the rules let nobody pass but the union above"
    assert facts.member_id is not None
    assert facts.ending_no is not None
    assert facts.step_no is not None
    assert facts.sha256 is not None
    act = statement.act.act
    target = EXPULSION.step(facts.state, act, Side.HIGHER).target
    record = MarkRecord(
        at=facts.signer.now,
        union_id=caller.union_id,
        member_id=facts.member_id,
        membership_id=UUID(statement.sub),
        ending_no=facts.ending_no,
        step_no=facts.step_no,
        from_state=facts.state,
        act=act,
        to_state=target,
        mark=_MARKS[act],
        papers=papers,
        filing_sha256=facts.sha256,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now, state_after=_MARKS[act]),
    )
    try:
        done = await hub.ledger.endings.record_mark(record)
    except Claimed:
        return None
    return FilingMarkView(record.membership_id, record.receipt) if done else None


async def _ending_now(hub: Hub, caller: Caller, membership_id: UUID) -> EndingView:
    """Give the latest ending of a membership, as it stands now. Refuses: NOT_HOLDER."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = (await reads_ending.endings(reading, [membership_id]))[membership_id].endings
    if not found:
        # It goes on, and has moved on: whoever ended it once is its ex-holder now.
        raise Refusal(Code.NOT_HOLDER)
    return found[-1]


async def filings(
    hub: Hub, caller: Caller, *, after: tuple[datetime, UUID, int] | None = None, limit: int
) -> list[FilingView]:
    """Give the filings that were made with the caller, the latest first. Source: A23, domain 5.2."""
    async with reading_as(hub, caller) as reading:
        return await reads_ending.filings(reading, after=after, limit=limit)


async def overdue_filings(
    hub: Hub, caller: Caller, *, after: tuple[date, UUID, int] | None = None, limit: int
) -> list[EndingView]:
    """Give the expulsions that the caller has decided and not filed, or has to file again with papers. Source: A23."""
    async with reading_as(hub, caller) as reading:
        return await reads_ending.overdue_filings(reading, after=after, limit=limit)
