"""The release: the holder lets a member go to the union that it names, unasked or in answer to a request (A12)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import orjson

from federation import acts
from federation.claims import dump
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
    passed_json,
    read_statement,
    receipt_for,
    signing_of,
    text_in,
    uuid_in,
)
from hub.transfers.ledger import reads
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import AnswerRecord, Place, ReleaseRecord
from hub.transfers.machines import HandoffState, Side
from hub.transfers.rules import order
from hub.transfers.rules.days import day_of, end_of
from hub.transfers.rules.questions import Release
from hub.transfers.rules.reasons import REASONS
from hub.transfers.rules.standing import Passed
from hub.transfers.terms import acceptance_term
from hub.transfers.views import HandoffView
from hub.transfers.workdays import CALENDAR
from hub.vault import mask_name

if TYPE_CHECKING:
    from datetime import datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import MembershipFacts, ReceiverFacts, ReleaseFacts, RetentionFacts
    from hub.transfers.facts_ending import EndingFacts

__all__ = [
    "SUPERSEDED",
    "as_it_is_now",
    "custody_time",
    "judge_release",
    "place_for",
    "place_in",
    "release",
    "release_for_external",
    "release_in_lieu",
    "release_question",
    "released_view",
    "with_entrustment",
]

_TICK = timedelta(microseconds=1)
#: The ground on which a request ends when the holder releases to another union.
SUPERSEDED = "SUPERSEDED_BY_RELEASE"

#: What a case keeps of its release besides, as the statement has it; a reason that asks for more adds its object here.
_KEPT = ("new_employer_uscc", "host_employer_uscc", "restores", "placement", "secondment")

R = TypeVar("R", acts.Release, acts.InLieuRelease, acts.ExternalRelease)
HoldersFacts = TypeVar("HoldersFacts", "ReleaseFacts", "RetentionFacts", "EndingFacts")


def custody_time(now: datetime, *before: datetime | None) -> datetime:
    """Give the time of receipt of an act on custody: after those before it, whatever the clock does.

    Takes: since when the membership is held, and the times of the case's steps so far.
    """
    return max([now, *(instant + _TICK for instant in before if instant is not None)])


async def as_it_is_now(hub: Hub, caller: Caller, handoff_id: UUID | None) -> HandoffView:
    """Give a case whose statement was received before. Refuses: MEMBER_NOT_FOUND_OR_NOT_HELD."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = await reads.handoffs(reading, [] if handoff_id is None else [handoff_id])
    if handoff_id is None or handoff_id not in found:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    return found[handoff_id]


async def release(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the holder's signed release to the union that it names: line 1 of the column.

    It answers a request of that union, if one is open; a request of another one ends by it.
    Refuses: what `open_statement` and `order.release` do
    Source: A3, A12, A15, NX-3, HUB-P01, HUB-P04
    """
    statement = read_statement(jws, acts.Release)
    membership_id, handoff_id = UUID(statement.sub), uuid_in(statement, "handoff_id")
    receiver, place = text_in(statement, "receiving_union") or "", place_in(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_release(
            signing_of(statement, caller), membership_id, handoff_id, receiver, place
        )
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, handoff_id)
        facts = await with_entrustment(hub, caller, membership_id, facts)
        question, record = judge_release(hub, caller, statement, claims, facts)
        try:
            if isinstance(record, AnswerRecord):
                if await hub.ledger.record_answer(record):
                    return _answered(question, record)
            elif await hub.ledger.record_release(record):
                return _released(record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def judge_release(
    hub: Hub, caller: Caller, statement: Statement[acts.Release], claims: acts.Release, facts: ReleaseFacts
) -> tuple[Release, ReleaseRecord | AnswerRecord]:
    """Put a release before the rules, and give what is to be recorded of it. Refuses: what `order.release` does."""
    question = release_question(claims, facts)
    first(order.release(question))
    if claims.request_sha256 is not None:
        return question, _answer_record(hub, caller, statement, question, Side.HOLDER)
    return question, _release_record(hub, caller, statement, question)


def released_view(question: Release, record: ReleaseRecord | AnswerRecord) -> HandoffView:
    """Give the case after a release, from what was recorded: no further look at the database."""
    return _answered(question, record) if isinstance(record, AnswerRecord) else _released(record)


async def with_entrustment(hub: Hub, caller: Caller, membership_id: UUID | None, facts: HoldersFacts) -> HoldersFacts:
    """Add to the facts whether the signer, if it doesn't hold the member, is entrusted with it. Source: A9."""
    if facts.membership is not None:
        return facts
    return replace(facts, is_entrusted_host=await hub.ledger.entrustments.is_host_of(caller.union_id, membership_id))


async def release_in_lieu(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record a release by the union above a holder that has let a request lie. Custody stays until the acceptance.

    Of a holder that is wound up it may release anybody, asked for or not.
    Refuses: what `open_statement` and `order.release_in_lieu` do
    Source: HUB-P02, HUB-P09, A12, NX-3
    """
    statement = read_statement(jws, acts.InLieuRelease)
    membership_id, handoff_id = UUID(statement.sub), uuid_in(statement, "handoff_id")
    receiver, place = text_in(statement, "receiving_union") or "", place_in(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_release(
            signing_of(statement, caller), membership_id, handoff_id, receiver, place, side=Side.HIGHER
        )
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, handoff_id)
        question = release_question(claims, facts)
        first(order.release_in_lieu(question, claims))
        try:
            if claims.request_sha256 is None:
                pushed = _release_record(hub, caller, statement, question)
                if await hub.ledger.windings.record_pushed_in_lieu(pushed):
                    return _pushed_in_lieu(question, pushed)
            else:
                record = _answer_record(hub, caller, statement, question, Side.HIGHER)
                if await hub.ledger.record_answer(record):
                    return _answered(question, record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def release_for_external(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record what the paper of a holder outside the hub says, by the union that has asked. Custody stays where it is.

    Refuses: what `open_statement` and `order.external_release` do
    Source: A12, A25, NX-3
    """
    statement = read_statement(jws, acts.ExternalRelease)
    membership_id, handoff_id = UUID(statement.sub), uuid_in(statement, "handoff_id")
    receiver, place = text_in(statement, "receiving_union") or "", place_in(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_release(
            signing_of(statement, caller), membership_id, handoff_id, receiver, place, side=Side.RECEIVER
        )
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, handoff_id)
        question = release_question(claims, facts)
        first(order.external_release(question, claims))
        record = _answer_record(hub, caller, statement, question, Side.RECEIVER)
        try:
            if await hub.ledger.record_answer(record):
                return _answered(question, record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def place_for(reason_code: str | None, employer_uscc: str | None, host_uscc: str | None) -> Place:
    """Give what the facts of a release are asked for besides: a place, where its reason or a dispatch needs one."""
    reason = REASONS.get(reason_code or "")
    is_asked = (
        reason is not None and (reason.area is not None or reason_code == "SECONDMENT")
    ) or host_uscc is not None
    return Place(is_asked, employer_uscc, host_uscc)


def place_in(statement: Statement[R]) -> Place:
    """Give what the facts of a signed release are asked for besides."""
    names = ("reason_code", "new_employer_uscc", "host_employer_uscc")
    return place_for(*(text_in(statement, name) for name in names))


def _stated_json(question: Release) -> str | None:
    """Write what a case keeps of its release; None if there is nothing. `area` tells the facts to look at the place."""
    claims = question.claims
    written = dump(claims)
    kept = {name: written[name] for name in _KEPT if name in written}
    reason = REASONS.get(claims.reason_code)
    if reason is not None and reason.area is not None:
        kept["area"] = reason.area.value
    if question.goes_into_custody:
        kept["in_custody"] = True
    return orjson.dumps(kept).decode() if kept else None


def _retains_json(hub: Hub, statement: Statement[R], claims: acts.Release) -> str | None:
    """Write what is recorded of who is retained by the release itself; None of anybody else. Source: A19."""
    if claims.retention is None:
        return None
    retained = {
        "reason": claims.retention.reason,
        "retained_on": claims.retention.from_date.isoformat(),
        "salt": hub.vault.derive_salt("card", statement.sha256),
    }
    return orjson.dumps(retained).decode()


def release_question(claims: acts.Release, facts: ReleaseFacts) -> Release:
    """Put a release before the rules, with the hash of the card as the facts give it."""
    held = facts.membership
    card = None if held is None else sha256_b64url(card_of(held, claims.dues_paid_through).json.encode())
    return Release(claims, facts, card)


def _parties(question: Release) -> tuple[MembershipFacts, ReceiverFacts]:
    held, receiver = question.membership, question.facts.receiver
    assert held is not None, "the rules let no release pass without a membership"
    assert receiver is not None, "nor without a receiver"
    return held, receiver


def _line_one(
    hub: Hub, caller: Caller, statement: Statement[R], question: Release, received_at: datetime
) -> dict[str, Any]:
    """Give what is recorded of every release, whoever signed it."""
    claims = question.claims
    held, _ = _parties(question)
    overdue = acceptance_term(CALENDAR, day_of(received_at), question.facts.receiver_policy)
    return {
        "at": received_at,
        "union_id": caller.union_id,
        "member_id": held.member_id,
        "membership_id": UUID(statement.sub),
        "handoff_id": claims.handoff_id,
        "custody_version": held.custody_version,
        "reason_code": claims.reason_code,
        "out_date": claims.out_date,
        "dues_paid_through": claims.dues_paid_through,
        "valid_until": claims.valid_until,
        "deadline": end_of(claims.valid_until),
        "overdue_union": question.facts.overdue_union,
        "overdue_at": overdue.at,
        "overdue_tentative": overdue.tentative,
        "jti": statement.jti,
        "sha256": digest_of(statement.sha256),
        "typ": statement.typ,
        "jws": statement.jws,
        "receipt": receipt_for(
            hub,
            statement,
            received_at,
            handoff_id=claims.handoff_id,
            state_after=HandoffState.RELEASED.value,
            custody_version_after=held.custody_version,
            release_sha256=statement.sha256,
        ),
        "card": card_of(held, claims.dues_paid_through).json,
        "terms": _stated_json(question),
    }


def _release_record(hub: Hub, caller: Caller, statement: Statement[R], question: Release) -> ReleaseRecord:
    held, receiver = _parties(question)
    retains = question.claims.retention is not None
    received_at = custody_time(
        question.now, held.held_since, held.open_requested_at, held.changed_at if retains else None
    )
    standing, asked = held.standing(question.now), held.asked(question.now)
    passed: tuple[Passed, ...] = () if standing is None else standing.passed
    if asked is not None and standing is not None:
        # The member's later wish: the request goes no further (domain 3.2).
        passed = (*passed, Passed("supersede", standing.state, HandoffState.CANCELLED, received_at))
    return ReleaseRecord(
        **_line_one(hub, caller, statement, question, received_at),
        receiving_union=receiver.union_id,
        lapsed=held.open_handoff,
        lapsed_step=held.open_step,
        passed=passed_json(passed),
        lapsed_ground=None if asked is None else SUPERSEDED,
        retains=_retains_json(hub, statement, question.claims),
    )


def _answer_record(hub: Hub, caller: Caller, statement: Statement[R], question: Release, side: Side) -> AnswerRecord:
    held, _ = _parties(question)
    standing = held.standing(question.now)
    assert standing is not None, "the rules let no answer pass without an open request"
    assert held.open_request is not None, "which has its hash"
    assert held.open_step is not None, "and its step"
    received_at = custody_time(question.now, held.held_since, held.open_requested_at)
    return AnswerRecord(
        **_line_one(hub, caller, statement, question, received_at),
        side=side.value,
        step_no=held.open_step,
        request_sha256=held.open_request,
        passed=passed_json(standing.passed),
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
        overdue_at=record.overdue_at,
        overdue_tentative=record.overdue_tentative,
    )


def _pushed_in_lieu(question: Release, record: ReleaseRecord) -> HandoffView:
    held, _ = _parties(question)
    return replace(
        _released(record),
        side=Side.HIGHER,
        counterpart=held.holder_union,
        dues_paid_through=None,
        is_in_lieu=True,
        from_union=held.holder_union,
        to_union=record.receiving_union,
    )


def _answered(question: Release, record: AnswerRecord) -> HandoffView:
    held, receiver = _parties(question)
    above, by_holder = record.side == Side.HIGHER, record.side == Side.HOLDER
    return HandoffView(
        handoff_id=record.handoff_id,
        membership_id=record.membership_id,
        own_union=record.union_id,
        side=Side(record.side),
        state=HandoffState.RELEASED,
        counterpart=receiver.union_id if by_holder else held.holder_union,
        reason_code=record.reason_code,
        out_date=record.out_date,
        in_date=None,
        valid_until=record.valid_until,
        dues_paid_through=None if above else record.dues_paid_through,
        ground=None,
        deadline=record.deadline,
        opened_at=held.open_requested_at or record.at,
        requested_at=held.open_requested_at,
        released_at=record.at,
        closed_at=None,
        overdue_at=record.overdue_at,
        overdue_tentative=record.overdue_tentative,
        is_in_lieu=above,
        from_union=held.holder_union if above else None,
        to_union=receiver.union_id if above else None,
        name_masked=mask_name(held.name) if above else None,
        request_sha256=record.request_sha256,
    )
