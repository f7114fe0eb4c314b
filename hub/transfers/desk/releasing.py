"""The release: the holder lets a member go to the union that it names (A12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from federation import acts
from federation.encoding import sha256_b64url
from hub.errors import Code, Refusal
from hub.transfers.card import card_of
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
    text_in,
    uuid_in,
)
from hub.transfers.ledger import reads
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import ReleaseRecord
from hub.transfers.machines import HandoffState, Side
from hub.transfers.rules import order
from hub.transfers.rules.days import end_of
from hub.transfers.rules.questions import Release
from hub.transfers.views import HandoffView

if TYPE_CHECKING:
    from datetime import datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import ReleaseFacts

__all__ = ["as_it_is_now", "custody_time", "release", "release_question"]

_TICK = timedelta(microseconds=1)


def custody_time(now: datetime, held_since: datetime) -> datetime:
    """Give the time of receipt of an act on custody: it goes forward for each membership, whatever the clock does."""
    return max(now, held_since + _TICK)


async def as_it_is_now(hub: Hub, caller: Caller, handoff_id: UUID | None) -> HandoffView:
    """Give a case whose statement was received before. Refuses: MEMBER_NOT_FOUND_OR_NOT_HELD."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = await reads.handoffs(reading, [] if handoff_id is None else [handoff_id])
    if handoff_id is None or handoff_id not in found:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    return found[handoff_id]


async def release(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the holder's signed release to the union that it names: line 1 of the column.

    Refuses: what `open_statement` and `order.release` do
    Source: A3, A12, A15, NX-3, HUB-P01, HUB-P04
    """
    statement = read_statement(jws, acts.Release)
    membership_id, handoff_id = UUID(statement.sub), uuid_in(statement, "handoff_id")
    receiver = text_in(statement, "receiving_union") or ""
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_release(signing_of(statement, caller), membership_id, handoff_id, receiver)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, handoff_id)
        question = release_question(claims, facts)
        first(order.release(question))
        record = _release_record(hub, caller, statement, question)
        try:
            if await hub.ledger.record_release(record):
                return _released(record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def release_question(claims: acts.Release, facts: ReleaseFacts) -> Release:
    """Put a release before the rules, with the hash of the card as the facts give it."""
    held = facts.membership
    card = None if held is None else sha256_b64url(card_of(held, claims.dues_paid_through).json.encode())
    return Release(claims, facts, card)


def _release_record(hub: Hub, caller: Caller, statement: Statement[acts.Release], question: Release) -> ReleaseRecord:
    claims, held, receiver = question.claims, question.membership, question.facts.receiver
    assert held is not None, "the rules let no release pass without a membership"
    assert receiver is not None, "nor without a receiver"
    received_at = custody_time(question.now, held.held_since)
    has_lapsed = held.open_handoff is not None
    return ReleaseRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        handoff_id=claims.handoff_id,
        custody_version=held.custody_version,
        receiving_union=receiver.union_id,
        reason_code=claims.reason_code,
        out_date=claims.out_date,
        dues_paid_through=claims.dues_paid_through,
        valid_until=claims.valid_until,
        deadline=end_of(claims.valid_until),
        lapsed=held.open_handoff,
        lapsed_step=held.open_step if has_lapsed else None,
        lapsed_at=held.open_deadline if has_lapsed else None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            received_at,
            handoff_id=claims.handoff_id,
            state_after=HandoffState.RELEASED.value,
            custody_version_after=held.custody_version,
            release_sha256=statement.sha256,
        ),
        card=card_of(held, claims.dues_paid_through).json,
    )


def _released(record: ReleaseRecord) -> HandoffView:
    return HandoffView(
        handoff_id=record.handoff_id,
        membership_id=record.membership_id,
        own_union=record.union_id,
        side=Side.HOLDER,
        state=HandoffState.RELEASED,
        counterpart=record.receiving_union,
        reason_code=record.reason_code,
        out_date=record.out_date,
        in_date=None,
        valid_until=record.valid_until,
        dues_paid_through=record.dues_paid_through,
        ground=None,
        deadline=record.deadline,
        opened_at=record.at,
        requested_at=None,
        released_at=record.at,
        closed_at=None,
    )
