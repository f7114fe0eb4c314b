"""Earlier lines of a certificate (A25), dues (NX-6), and who votes (A21)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from federation.acts_history import DuesRecord, History
from federation.claims import parse
from federation.entrusting import EntrustmentText
from hub.errors import Code, Refusal
from hub.transfers.desk.counting import before_of
from hub.transfers.desk.entrusting import read_text
from hub.transfers.desk.joining import member_now
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
    uuid_in,
)
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger import history as ledger
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import Side
from hub.transfers.rules.days import day_of
from hub.transfers.rules.dues import OnDues
from hub.transfers.rules.history import OnHistory
from hub.transfers.rules.order_history import dues_record, history_import
from hub.transfers.views_history import DuesView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_history import DuesFacts, HistoryFacts
    from hub.transfers.ledger.history import Elector
    from hub.transfers.views import MemberView

__all__ = ["electoral_roll", "import_history", "is_delegated", "record_dues"]


async def import_history(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Bring in the lines of a member's certificate of before the hub, or another version of them.

    They rest on the word of the signer alone, the first holder in the hub.
    Refuses: what `open_statement` and `order_history.history_import` do
    Source: A25, NX-3, NX-4
    """
    statement = read_statement(jws, History)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.histories.facts(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        first(history_import(OnHistory(claims, facts)))
        try:
            if await hub.ledger.histories.record(_history_record(hub, caller, statement, facts)):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _history_record(
    hub: Hub, caller: Caller, statement: Statement[History], facts: HistoryFacts
) -> ledger.HistoryRecord:
    held, now = facts.membership, facts.signer.now
    assert held is not None, "the rules let nobody but the holder pass"
    return ledger.HistoryRecord(
        at=now,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        data_version=held.data_version,
        version=facts.version + 1,
        corrects_sha256=facts.stands_sha256,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, now, state_after=held.status, custody_version_after=held.custody_version),
    )


async def record_dues(hub: Hub, caller: Caller, jws: str) -> DuesView:
    """Record that a member has paid, by the holder, or by the host union to which an agreement gives the collection.

    Refuses: what `open_statement` and `order_history.dues_record` do
    Source: NX-6, A9, A21, NX-3, HUB-P10
    """
    statement = read_statement(jws, DuesRecord)
    membership_id, agreement_id = UUID(statement.sub), uuid_in(statement, "agreement_id")
    for _ in range(TRIES):
        facts = await hub.ledger.histories.facts_for_dues(signing_of(statement, caller), membership_id, agreement_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            stated = statement.claims[DuesRecord.object_name]
            return _dues_view(caller, statement, parse(DuesRecord, stated, (DuesRecord.object_name,)))
        first(dues_record(OnDues(claims, facts, is_delegated(facts))))
        try:
            if await hub.ledger.histories.record_dues(_dues_entry(hub, caller, statement, claims, facts)):
                return _dues_view(caller, statement, claims)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _dues_view(caller: Caller, statement: Statement[DuesRecord], claims: DuesRecord) -> DuesView:
    sha256 = digest_of(statement.sha256)
    return DuesView(UUID(statement.sub), caller.union_id, claims.paid_from, claims.paid_through, sha256)


def is_delegated(facts: DuesFacts) -> bool:
    """Whether the agreement gives the collection of dues to the host union; where it is silent the holder collects."""
    if facts.document is None:
        return False
    clause = read_text(EntrustmentText, facts.document).dues_collection
    return clause is not None and clause.responsible == Side.HOST.value


def _dues_entry(
    hub: Hub, caller: Caller, statement: Statement[DuesRecord], claims: DuesRecord, facts: DuesFacts
) -> ledger.DuesEntry:
    assert facts.member_id is not None, "the rules let nobody but the holder and the host union pass"
    assert facts.paid_through is not None
    now = facts.signer.now
    return ledger.DuesEntry(
        at=now,
        union_id=caller.union_id,
        member_id=facts.member_id,
        membership_id=UUID(statement.sub),
        agreement_id=claims.agreement_id,
        paid_before=facts.paid_through,
        paid_from=claims.paid_from,
        paid_through=claims.paid_through,
        open_handoff=facts.open_handoff,
        open_step=facts.open_step,
        # A release fits the card of now alone, and the card shows to which month dues are paid.
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, now, state_after=facts.status),
    )


async def electoral_roll(
    hub: Hub, caller: Caller, as_of: date | None, *, only: UUID | None, after: UUID | None, limit: int
) -> Sequence[Elector] | None:
    """List who may elect, be elected and vote with the caller at a day's end: those whom it held as active.

    With `only`, that member alone; None if the caller did not hold the membership then.
    Refuses: DATE_IN_FUTURE; VOTING_SUSPENDED for one retained, ALREADY_MEMBER_USE_TRANSFER for one that stands still
    Source: A21, NX-5
    """
    async with reading_as(hub, caller) as reading:
        day = day_of(reading.now) if as_of is None else as_of
        before = before_of(day, reading.now)
        found = await ledger.electors(reading, before, after=None if only else after, only=only, limit=limit)
    if only is None:
        return found
    if not found:
        return None
    status = found[0].status
    if status == MembershipStatus.RETAINED:
        raise Refusal(Code.VOTING_SUSPENDED, path=("memberId",))
    if status == MembershipStatus.DUPLICATE_SUSPECTED:
        raise Refusal(Code.ALREADY_MEMBER_USE_TRANSFER, path=("memberId",))
    return found
