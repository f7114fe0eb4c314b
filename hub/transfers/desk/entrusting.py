"""Entrustment (A9): a dispatch union and a host union agree who answers for what. The membership never moves by it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from federation.encoding import b64url, b64url_decode
from federation.entrusting import (
    ActivityRecord,
    CoverageAcknowledgement,
    CoverageDeclining,
    EntrustmentProposal,
    EntrustmentSignature,
    EntrustmentTermination,
    EntrustmentText,
    EntrustmentWithdrawal,
    RightsCaseRecord,
    Roster,
    RosterAmendment,
    RosterEntry,
    document_sha256,
    document_text,
    read_document,
)
from federation.errors import StatementError
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    read_statement,
    receipt_for,
    refusal_of,
    signing_of,
    uuid_in,
)
from hub.transfers.desk.releasing import custody_time
from hub.transfers.ledger import entrusting as ledger
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import ENTRUSTMENT, START, EntrustmentState, Side
from hub.transfers.rules import entrusting, order_entrusting
from hub.transfers.rules.days import end_of
from hub.transfers.rules.entrusting import Entrustment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_entrusting import AgreementFacts, EntrustmentFacts
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.views_entrusting import AgreementView, CareView

__all__ = [
    "acknowledge_coverage",
    "amend_roster",
    "decline_coverage",
    "facts_of_text",
    "named_in",
    "propose",
    "question_of",
    "read_text",
    "record_activity",
    "record_rights_case",
    "sign",
    "terminate",
    "withdraw",
]

OnAgreement = TypeVar("OnAgreement", EntrustmentSignature, EntrustmentWithdrawal, EntrustmentTermination)
Answer = TypeVar("Answer", CoverageAcknowledgement, CoverageDeclining)
Care = TypeVar("Care", ActivityRecord, RightsCaseRecord)
D = TypeVar("D")

_DAY = timedelta(days=1)
NOBODY_ENTERS = ledger.Entering([], [], [], [], [], [], [], [], [])


async def propose(hub: Hub, caller: Caller, jws: str, agreement_text: str) -> AgreementView:
    """Put a text before the other union, or another one in its place, whose signature is dropped then.

    Takes: the text of the agreement, whose hash is signed
    Refuses: what `open_statement`, `read_text` and `order_entrusting.proposal` do
    Source: A9
    """
    statement = read_statement(jws, EntrustmentProposal)
    agreement_id = uuid_in(statement, "agreement_id")
    for _ in range(TRIES):
        text = _text_or_none(agreement_text)
        facts = await facts_of_text(hub, signing_of(statement, caller), agreement_id, text)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, agreement_id)
        if text is None:
            text = read_text(EntrustmentText, agreement_text)
        question = Entrustment(facts, text, document_sha256(text))
        first(order_entrusting.proposal(question, claims))
        record = _proposal_record(caller, claims, question)
        stated = _stated(hub, statement, record.at, EntrustmentState.DRAFT)
        try:
            if await hub.ledger.entrustments.record_proposal(record, stated):
                return await as_it_is_now(hub, caller, claims.agreement_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def sign(hub: Hub, caller: Caller, jws: str) -> AgreementView:
    """Record a union's signature. With the second one over the same text it is in force, or scheduled for its start.

    One that is suspended goes on with the signature of the successor of the party that is wound up (HUB-P09).

    Refuses: what `open_statement` and `order_entrusting.signature` do
    Source: A9
    """
    return await _act(hub, caller, read_statement(jws, EntrustmentSignature), order_entrusting.signature, None)


async def withdraw(hub: Hub, caller: Caller, jws: str) -> AgreementView:
    """Take back a draft, or a signature that the other union has not answered yet.

    Refuses: what `open_statement` and `order_entrusting.withdrawal` do
    Source: A9
    """
    return await _act(hub, caller, read_statement(jws, EntrustmentWithdrawal), order_entrusting.withdrawal, ())


async def terminate(hub: Hub, caller: Caller, jws: str) -> AgreementView:
    """End an agreement, and with it all that the host union may read and do. Holder and status are as before.

    One that is suspended is ended by the union above the party that is wound up, too (HUB-P09).

    Refuses: what `open_statement` and `order_entrusting.termination` do
    Source: A9
    """
    return await _act(hub, caller, read_statement(jws, EntrustmentTermination), order_entrusting.termination, ())


async def amend_roster(hub: Hub, caller: Caller, jws: str, roster_text: str) -> AgreementView:
    """Put members on the roster, who wait for the host union's word, and take others off it, at once.

    Refuses: what `open_statement`, `read_text` and `order_entrusting.roster` do
    Source: A9
    """
    statement = read_statement(jws, RosterAmendment)
    agreement_id = uuid_in(statement, "agreement_id")
    for _ in range(TRIES):
        change = _roster_or_none(roster_text)
        named = named_in(change)
        facts = await hub.ledger.entrustments.facts(signing_of(statement, caller), agreement_id, members=named)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, agreement_id)
        if change is None:
            change = read_text(Roster, roster_text)
        question = question_of(facts, claims.act)
        first(order_entrusting.roster(question, claims, change, document_sha256(change)))
        at, agreement = _time_of_receipt(facts), _party(facts)
        record = _roster_record(caller, claims, change, question, at)
        try:
            if await hub.ledger.entrustments.record_roster(
                record,
                _entering(hub, facts, change.add, statement.sha256),
                _stated(hub, statement, at, agreement.state),
            ):
                return await as_it_is_now(hub, caller, claims.agreement_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def acknowledge_coverage(hub: Hub, caller: Caller, jws: str) -> AgreementView:
    """Take the duties for members who were put on the roster: they are covered from now on.

    Refuses: what `open_statement` and `order_entrusting.answer` do
    Source: A9
    """
    return await _answer(hub, caller, read_statement(jws, CoverageAcknowledgement), entrusting.COVERED)


async def decline_coverage(hub: Hub, caller: Caller, jws: str) -> AgreementView:
    """Take no duties for members who were put on the roster.

    Refuses: what `open_statement` and `order_entrusting.answer` do
    Source: A9
    """
    return await _answer(hub, caller, read_statement(jws, CoverageDeclining), "DECLINED")


async def record_activity(hub: Hub, caller: Caller, jws: str) -> CareView:
    """Record that a member took part in an activity.

    Refuses: what `open_statement` and `order_entrusting.care` do
    Source: A9, A11
    """
    return await _care(hub, caller, read_statement(jws, ActivityRecord))


async def record_rights_case(hub: Hub, caller: Caller, jws: str) -> CareView:
    """Record a case in which a member's rights were protected.

    Refuses: what `open_statement` and `order_entrusting.care` do
    Source: A9, A11
    """
    return await _care(hub, caller, read_statement(jws, RightsCaseRecord))


async def as_it_is_now(hub: Hub, caller: Caller, agreement_id: UUID | None) -> AgreementView:
    """Give an agreement after an act on it. Refuses: ENTRUSTMENT_PARTY_INVALID."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = await ledger.agreements(reading, [] if agreement_id is None else [agreement_id])
    if agreement_id is None or agreement_id not in found:
        raise Refusal(Code.ENTRUSTMENT_PARTY_INVALID)
    return found[agreement_id]


def read_text(kind: type[D], text: str) -> D:
    """Read an agreement's text or a roster, which travels beside its statement. Refuses: STATEMENT_MALFORMED."""
    try:
        return read_document(kind, text, ("document",))
    except StatementError as error:
        raise refusal_of(error) from None


def named_in(change: Roster | None) -> list[UUID]:
    """Give the members whom a change of a roster names."""
    if change is None:
        return []
    return [entry.membership_id for entry in change.add] + [removal.membership_id for removal in change.remove]


async def facts_of_text(
    hub: Hub, signing: Any, agreement_id: UUID | None, text: EntrustmentText | None
) -> EntrustmentFacts:
    """Give the facts for a text that is proposed; of one that can't be read, those for nobody."""
    if text is None:
        return await hub.ledger.entrustments.facts(signing, agreement_id, members=())
    return await hub.ledger.entrustments.facts(
        signing,
        agreement_id,
        parties=(text.dispatch_union, text.host_union, text.agency_uscc, text.host_uscc),
        supersedes=text.supersedes,
        members=[entry.membership_id for entry in text.roster],
    )


def question_of(facts: EntrustmentFacts, act: str) -> Entrustment:
    """Put an agreement as it stands before the rules. Refuses: ENTRUSTMENT_PARTY_INVALID, alike for none and another's.

    Who signs nothing at all is told that first.
    """
    first(order_entrusting.before(facts.signer))
    first(entrusting.check_is_party(facts.agreement, act))
    agreement = _party(facts)
    return Entrustment(facts, read_text(EntrustmentText, agreement.document), b64url(agreement.sha256))


async def _act(
    hub: Hub,
    caller: Caller,
    statement: Statement[OnAgreement],
    rules: Callable[[Entrustment, OnAgreement], Refusals],
    members: Sequence[UUID] | None,
) -> AgreementView:
    """What signature, withdrawal and termination share. Takes: `members` to be looked at, None for the text's own."""
    agreement_id = uuid_in(statement, "agreement_id")
    for _ in range(TRIES):
        facts = await hub.ledger.entrustments.facts(signing_of(statement, caller), agreement_id, members=members)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, agreement_id)
        question = question_of(facts, claims.act)
        first(rules(question, claims))
        act = entrusting.act_of_signature(question) if isinstance(claims, EntrustmentSignature) else claims.act
        if _is_for_another(facts):
            try:
                if await _recorded_for_another(hub, caller, statement, question, act):
                    return await as_it_is_now(hub, caller, claims.agreement_id)
            except Claimed:
                pass
            continue
        record = _act_record(caller, question, act)
        enters = bool(record.in_force_from)
        entering = _entering(hub, facts, question.text.roster, statement.sha256) if enters else NOBODY_ENTERS
        stated = _stated(hub, statement, record.at, record.to_state)
        try:
            if await hub.ledger.entrustments.record_act(record, entering, stated):
                return await as_it_is_now(hub, caller, claims.agreement_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def _answer(hub: Hub, caller: Caller, statement: Statement[Answer], to_state: str) -> AgreementView:
    agreement_id = uuid_in(statement, "agreement_id")
    for _ in range(TRIES):
        named = _members_in(statement)
        facts = await hub.ledger.entrustments.facts(signing_of(statement, caller), agreement_id, members=named)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, agreement_id)
        first(order_entrusting.answer(question_of(facts, claims.act), claims))
        at, answered = _time_of_receipt(facts), [facts.members[membership] for membership in claims.members]
        record = ledger.AnswerRecord(
            at=at,
            union_id=caller.union_id,
            agreement_id=claims.agreement_id,
            to_state=to_state,
            coverage_ids=[member.coverage_id for member in answered if member.coverage_id is not None],
            member_ids=[member.member_id for member in answered],
        )
        try:
            if await hub.ledger.entrustments.record_answer(record, _stated(hub, statement, at, _party(facts).state)):
                return await as_it_is_now(hub, caller, claims.agreement_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def _care(hub: Hub, caller: Caller, statement: Statement[Care]) -> CareView:
    membership_id, agreement_id = UUID(statement.sub), uuid_in(statement, "agreement_id")
    record_id = hub.vault.derive_uuid("record", statement.sha256)
    for _ in range(TRIES):
        facts = await hub.ledger.entrustments.facts_for_care(signing_of(statement, caller), membership_id, agreement_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await _recorded(hub, caller, membership_id, record_id)
        first(order_entrusting.care(facts, claims))
        assert facts.member_id is not None, "the rules let nobody but the holder and the host union pass"
        record = ledger.CareRecord(
            at=facts.signer.now,
            union_id=caller.union_id,
            member_id=facts.member_id,
            membership_id=membership_id,
            agreement_id=claims.agreement_id,
            record_id=record_id,
            act=claims.act,
            kind=claims.kind,
            occurred_on=claims.occurred_on,
            evidence_sha256=None if claims.evidence_sha256 is None else b64url_decode(claims.evidence_sha256),
        )
        try:
            if await hub.ledger.entrustments.record_care(record, _stated(hub, statement, record.at, None)):
                return await _recorded(hub, caller, membership_id, record_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def _recorded(hub: Hub, caller: Caller, membership_id: UUID, record_id: UUID) -> CareView:
    """Give a record after the act. Who may read it no more is told as of nobody."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = (await ledger.care_of(reading, [membership_id])).get(membership_id, [])
    record = next((record for record in found if record.record_id == record_id), None)
    if record is None:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    return record


def _party(facts: EntrustmentFacts) -> AgreementFacts:
    assert facts.agreement is not None, "the rules let nobody but a party pass"
    return facts.agreement


def _time_of_receipt(facts: EntrustmentFacts) -> datetime:
    return custody_time(facts.signer.now, None if facts.agreement is None else facts.agreement.last_at)


def _text_or_none(text: str) -> EntrustmentText | None:
    """Read a text for the look-up; one that can't be read is refused after the statement has been opened."""
    try:
        return read_document(EntrustmentText, text, ())
    except StatementError:
        return None


def _roster_or_none(text: str) -> Roster | None:
    try:
        return read_document(Roster, text, ())
    except StatementError:
        return None


def _members_in(statement: Statement[Answer]) -> list[UUID]:
    """Give the members that an answer names, before its schema is checked."""
    claims = statement.claims.get(statement.act.object_name)
    named = claims.get("members") if isinstance(claims, dict) else None
    found = []
    for text in named if isinstance(named, list) else ():
        try:
            found.append(UUID(text))
        except (ValueError, AttributeError, TypeError):
            continue
    return found


def _proposal_record(caller: Caller, claims: EntrustmentProposal, question: Entrustment) -> ledger.ProposalRecord:
    facts, text = question.facts, question.text
    dispatch, host, side = facts.dispatch, facts.host, question.side
    assert dispatch is not None, "the rules let no unknown union pass"
    assert host is not None, "the rules let no unknown union pass"
    assert side is not None, "the rules let nobody but a party pass"
    agreement = facts.agreement
    return ledger.ProposalRecord(
        at=_time_of_receipt(facts),
        union_id=caller.union_id,
        agreement_id=claims.agreement_id,
        step_no=0 if agreement is None else agreement.step_no,
        from_state=START if agreement is None else agreement.state,
        side=side.value,
        dispatch_union=dispatch.union_id,
        host_union=host.union_id,
        agreement_no=text.agreement_no,
        starts_on=text.term_from,
        ends_on=text.term_until,
        document_sha256=digest_of(question.text_sha256),
        document=document_text(text),
        purpose=None if text.rights_protection is None else text.rights_protection.purpose,
        supersedes=text.supersedes,
    )


def _is_for_another(facts: EntrustmentFacts) -> bool:
    """Whether the signer acts for a party that is wound up: as its successor, or as the union above it (HUB-P09)."""
    agreement = _party(facts)
    return agreement.succeeds or agreement.side == Side.HIGHER


async def _recorded_for_another(
    hub: Hub, caller: Caller, statement: Statement[Any], question: Entrustment, act: str
) -> bool:
    agreement, at = _party(question.facts), _time_of_receipt(question.facts)
    step = ENTRUSTMENT.step(agreement.state, act, Side(agreement.side))
    record = ledger.SuspendedRecord(
        at=at,
        union_id=caller.union_id,
        agreement_id=agreement.agreement_id,
        step_no=agreement.step_no,
        act=act,
        side=agreement.side,
        to_state=step.target,
    )
    return await hub.ledger.entrustments.record_on_suspended(record, _stated(hub, statement, at, step.target))


def _act_record(caller: Caller, question: Entrustment, act: str) -> ledger.AgreementActRecord:
    agreement, at = _party(question.facts), _time_of_receipt(question.facts)
    step = ENTRUSTMENT.step(agreement.state, act, Side(agreement.side))
    is_made = step.target in {EntrustmentState.IN_FORCE, EntrustmentState.SCHEDULED}
    ends = step.target in {EntrustmentState.TERMINATED, EntrustmentState.WITHDRAWN}
    old = question.facts.superseded if is_made else None
    return ledger.AgreementActRecord(
        at=at,
        union_id=caller.union_id,
        agreement_id=agreement.agreement_id,
        step_no=agreement.step_no,
        from_state=agreement.state,
        act=act,
        side=agreement.side,
        to_state=step.target,
        in_force_from=max(at, _beginning_of(question.text.term_from)) if is_made else None,
        closed_at=at if ends else None,
        superseded=None if old is None else old.agreement_id,
        superseded_step=None if old is None else old.step_no,
    )


def _beginning_of(day: date) -> datetime:
    """Give midnight at which a day begins in Shanghai."""
    return end_of(day - _DAY)


def _roster_record(
    caller: Caller, claims: RosterAmendment, change: Roster, question: Entrustment, at: datetime
) -> ledger.RosterRecord:
    agreement = _party(question.facts)
    removed = [question.facts.members[removal.membership_id] for removal in change.remove]
    return ledger.RosterRecord(
        at=at,
        union_id=caller.union_id,
        agreement_id=agreement.agreement_id,
        step_no=agreement.step_no,
        version=agreement.roster_version,
        roster_sha256=digest_of(claims.roster_sha256),
        document=document_text(change),
        removed=[member.coverage_id for member in removed if member.coverage_id is not None],
        removed_members=[member.member_id for member in removed],
        reasons=[removal.reason for removal in change.remove],
    )


def _entering(hub: Hub, facts: EntrustmentFacts, entries: Iterable[RosterEntry], sha256: str) -> ledger.Entering:
    """Give the columns of members who come under an agreement, sorted by person so that two acts never lock each other.

    An entry whose holding is not the dispatch union's any more was refused by the rules.
    """
    found = [(facts.members[entry.membership_id], entry) for entry in entries]
    found.sort(key=lambda pair: pair[0].member_id.bytes)
    return ledger.Entering(
        coverage_ids=[hub.vault.derive_uuid("coverage", sha256, member.membership_id) for member, _ in found],
        member_ids=[member.member_id for member, _ in found],
        membership_ids=[member.membership_id for member, _ in found],
        custody_versions=[member.custody_version for member, _ in found],
        host_posts=[entry.host_post for _, entry in found],
        dispatch_from=[entry.dispatch_from for _, entry in found],
        dispatch_to=[entry.dispatch_to for _, entry in found],
        coverage_from=[entry.coverage_from for _, entry in found],
        coverage_to=[entry.coverage_to for _, entry in found],
    )


def _stated(hub: Hub, statement: Statement[Any], at: datetime, state: str | None) -> ledger.Stated:
    after = {} if state is None else {"state_after": state}
    return ledger.Stated(
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, at, **after),
    )
