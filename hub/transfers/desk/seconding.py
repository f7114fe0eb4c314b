"""The acts on a secondment (A14): recorded, changed and ended by the home union; extended and converted by both.

Custody moves by none of them: a member goes to the host, and comes home, by a handoff like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from federation.acts_secondment import (
    Conversion,
    EarlyEnd,
    Extension,
    HomeRelationEnd,
    Secondment,
    SecondmentTerm,
    conversion_sha256,
    extension_sha256,
)
from federation.acts_winding import SecondmentRetargeting
from hub.errors import Code, Refusal
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
)
from hub.transfers.desk.releasing import custody_time
from hub.transfers.kinds import HoldingBasis
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.reads_secondment import secondments_of_members
from hub.transfers.ledger.seconding import RetargetingRecord, SecondmentRecord
from hub.transfers.machines import HANDOFF, OPEN_STATES, SECONDMENT, START, HandoffState, Side
from hub.transfers.rules import order_secondment
from hub.transfers.rules.questions_secondment import OnSecondment
from hub.transfers.rules.standing import Passed
from hub.transfers.terms import answer_term
from hub.transfers.views_secondment import SecondmentView
from hub.transfers.workdays import CALENDAR

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_secondment import SecondmentActFacts, SecondmentFacts, SecondmentMembership
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "change_term",
    "convert",
    "document_of",
    "end_early",
    "end_home_relation",
    "extend",
    "lies_above_from",
    "record",
    "retarget",
]

C = TypeVar("C", Secondment, SecondmentTerm, EarlyEnd, Extension, Conversion, HomeRelationEnd)


@dataclass(frozen=True, slots=True)
class _Course:
    """What an act makes of a secondment."""

    act: str
    host_employer_uscc: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    ended_early_on: date | None = None
    holding_basis: str | None = None
    ground: str | None = None  #: on which a return that is open ends with it


async def record(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Record that a member works elsewhere for a time. The membership stays where it is.

    Refuses: what `open_statement` and `order_secondment.secondment` do
    Source: A14
    """
    statement = read_statement(jws, Secondment)

    def course(claims: Secondment) -> _Course:
        return _Course("record", claims.host_employer_uscc, claims.starts_on, claims.ends_on)

    return await _act(hub, caller, statement, order_secondment.secondment, course)


async def change_term(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Change the term of a secondment for which the membership has not moved.

    Refuses: what `open_statement` and `order_secondment.term_change` do
    Source: A14
    """
    statement = read_statement(jws, SecondmentTerm)

    def course(claims: SecondmentTerm) -> _Course:
        return _Course("change_term", starts_on=claims.starts_on, ends_on=claims.ends_on)

    return await _act(hub, caller, statement, order_secondment.term_change, course)


async def end_early(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """End a secondment before its term. A member with the host is to come back from now on.

    Refuses: what `open_statement` and `order_secondment.early_end` do
    Source: A14
    """
    statement = read_statement(jws, EarlyEnd)
    return await _act(
        hub,
        caller,
        statement,
        order_secondment.early_end,
        lambda claims: _Course("end_early", ended_early_on=claims.ended_on),
    )


async def extend(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Sign a longer term. With the other union's word over the same it counts, and a return that is open ends.

    Refuses: what `open_statement` and `order_secondment.extension` do
    Source: A14
    """
    statement = read_statement(jws, Extension)

    def course(claims: Extension) -> _Course:
        return _Course("extend", ends_on=claims.ends_on, ground="SECONDMENT_EXTENDED")

    return await _act(hub, caller, statement, order_secondment.extension, course)


async def convert(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Sign that the member stays with the host. With the other union's word it holds as any employer's union does.

    Refuses: what `open_statement` and `order_secondment.conversion` do
    Source: A12, A14
    """
    statement = read_statement(jws, Conversion)
    course = _Course("convert", holding_basis=HoldingBasis.ORDINARY.value, ground="SECONDMENT_CONVERTED")
    return await _act(hub, caller, statement, order_secondment.conversion, lambda _: course)


async def end_home_relation(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Sign the right to have the member back away: it has left its home employer.

    Refuses: what `open_statement` and `order_secondment.home_relation_end` do
    Source: A12, A14, HUB-P02
    """
    statement = read_statement(jws, HomeRelationEnd)
    course = _Course("end_home", holding_basis=HoldingBasis.ORDINARY.value, ground="HOME_RELATION_ENDED")

    def rules(question: OnSecondment, claims: HomeRelationEnd) -> Refusals:
        return order_secondment.home_relation_end(question, claims, lies_above_from(question.facts))

    return await _act(hub, caller, statement, rules, lambda _: course)


def lies_above_from(facts: SecondmentActFacts) -> datetime | None:
    """Give from when on the union above the home union may sign in its stead. Source: HUB-P02."""
    secondment = None if facts.membership is None else facts.membership.secondment
    return None if secondment is None else answer_term(CALENDAR, secondment.due_on, facts.home_policy).at


def document_of(
    membership_id: UUID, secondment: SecondmentFacts | None, act: str, ends_on: date | None
) -> bytes | None:
    """Give the hash of what both unions sign over; None where one signs alone, or there is nothing to sign of."""
    if secondment is None or secondment.host_uri is None:
        return None
    of = (membership_id, secondment.home_uri, secondment.host_uri, secondment.starts_on)
    if act == Extension.act and ends_on is not None:
        return digest_of(extension_sha256(*of, ends_on))
    return digest_of(conversion_sha256(*of)) if act == Conversion.act else None


async def _act(
    hub: Hub,
    caller: Caller,
    statement: Statement[C],
    rules: Callable[[OnSecondment, C], Refusals],
    course_of: Callable[[C], _Course],
) -> SecondmentView:
    """What the six share. Takes the rules, and what the act makes of the secondment."""
    membership_id, host = UUID(statement.sub), text_in(statement, "host_union")
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_secondment(signing_of(statement, caller), membership_id, host=host)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await _as_it_is_now(hub, caller, membership_id, facts)
        document = document_of(membership_id, _secondment(facts), claims.act, getattr(claims, "ends_on", None))
        question = OnSecondment(claims, facts, document)
        first(rules(question, claims))
        record = _record(hub, caller, statement, question, course_of(claims))
        try:
            if await hub.ledger.record_secondment(record):
                return await _as_it_is_now(hub, caller, membership_id, facts)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _secondment(facts: SecondmentActFacts) -> SecondmentFacts | None:
    return None if facts.membership is None else facts.membership.secondment


async def retarget(hub: Hub, caller: Caller, jws: str) -> SecondmentView:
    """Name the union to which the member comes back instead of the home union, which is wound up.

    Refuses: what `open_statement` and `order_secondment.retargeting` do
    Source: A14, HUB-P09
    """
    statement = read_statement(jws, SecondmentRetargeting)
    membership_id, named = UUID(statement.sub), text_in(statement, "home_union")
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_secondment(signing_of(statement, caller), membership_id, host=named)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return _told_above(membership_id, facts)
        question = OnSecondment(claims, facts)
        first(order_secondment.retargeting(question, claims))
        record = _retargeting_record(hub, caller, statement, question)
        try:
            if await hub.ledger.record_retargeting(record):
                told = _told_above(membership_id, facts)
                return replace(told, home_union=record.home_union)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _told_above(membership_id: UUID, facts: SecondmentActFacts) -> SecondmentView:
    """Give the union above what it was told by its case: the secondment, and no person."""
    secondment = _secondment(facts)
    if secondment is None:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    return SecondmentView.of_facts(membership_id, secondment, secondment.state, facts.home_policy)


def _retargeting_record(
    hub: Hub, caller: Caller, statement: Statement[SecondmentRetargeting], question: OnSecondment
) -> RetargetingRecord:
    held, secondment, home = question.membership, question.secondment, question.facts.host_union
    assert held is not None, "the rules let nobody pass who has no part in it"
    assert secondment is not None, "nor without a secondment"
    assert home is not None, "nor to an unknown union"
    received_at = custody_time(question.now, held.held_since)
    return RetargetingRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        secondment_no=secondment.secondment_no,
        step_no=secondment.step_no,
        state=secondment.state,
        home_union=home,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub, statement, received_at, state_after=secondment.state, custody_version_after=held.custody_version
        ),
    )


async def _as_it_is_now(hub: Hub, caller: Caller, membership_id: UUID, facts: SecondmentActFacts) -> SecondmentView:
    """Give the secondment as it stands for whoever signed; to the union above, what it was told by its case."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = (await secondments_of_members(reading, [membership_id])).get(membership_id, ())
    if found:
        return found[-1]
    secondment = _secondment(facts)
    if secondment is None:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    state = SECONDMENT.step(secondment.state, "end_home", Side.HIGHER).target if not secondment.is_over else None
    return SecondmentView.of_facts(membership_id, secondment, state or secondment.state, facts.home_policy)


def _record(
    hub: Hub, caller: Caller, statement: Statement[C], question: OnSecondment, course: _Course
) -> SecondmentRecord:
    held, secondment = question.membership, question.secondment
    assert held is not None, "the rules let nobody pass who has no part in it"
    received_at = custody_time(question.now, held.held_since, held.open_requested_at)
    going_on = None if secondment is None or secondment.is_over else secondment
    state = START if going_on is None else going_on.state
    step = SECONDMENT.step(state, course.act, question.side)
    is_first = question.document is not None and not _other_has_signed(question, held, course.act)
    passed = () if is_first or course.ground is None else _end_of_return(held, question.now, received_at)
    return SecondmentRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        open_handoff=held.open_handoff,
        open_step=held.open_step,
        secondment_no=None if going_on is None else going_on.secondment_no,
        step_no=0 if going_on is None else going_on.step_no,
        act=course.act,
        from_state=state,
        to_state=step.target,
        side=question.side.value,
        host_union=question.facts.host_union if going_on is None else None,
        host_employer_uscc=course.host_employer_uscc,
        starts_on=course.starts_on,
        ends_on=course.ends_on,
        ended_early_on=course.ended_early_on,
        document=question.document,
        is_first=is_first,
        holding_basis=None if is_first else course.holding_basis,
        case_id=held.open_handoff if passed else None,
        passed=passed_json(passed),
        ground=course.ground if passed and passed[-1].act == "void" else None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            received_at,
            state_after=state if is_first else step.target,
            custody_version_after=held.custody_version,
        ),
    )


def _other_has_signed(question: OnSecondment, held: SecondmentMembership, act: str) -> bool:
    secondment = question.secondment
    assert secondment is not None, "what two sign is of a secondment"
    other = secondment.host_union if question.side is Side.HOME else secondment.home_union
    return any(
        (word.act, word.document) == (act, question.document) and UUID(str(word.union_id)) == other
        for word in held.words
    )


def _end_of_return(held: SecondmentMembership, now: datetime, at: datetime) -> tuple[Passed, ...]:
    """Give the last steps of the return that is open; none where there is none."""
    standing = held.standing(now)
    if standing is None or held.open_reason != "SECONDMENT_RETURN":
        return ()
    if standing.state not in OPEN_STATES:
        return standing.passed
    step = HANDOFF.step(standing.state, "void", Side.HUB)
    return (*standing.passed, Passed(step.act, standing.state, HandoffState(step.target), at))
