"""Acts on an open case that was released: the receiver accepts or refuses, the holder recalls (A12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar
from uuid import UUID

from federation import acts
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
    uuid_in,
)
from hub.transfers.desk.releasing import as_it_is_now, custody_time
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import AcceptanceRecord, ClosureRecord
from hub.transfers.machines import HANDOFF, HandoffState, Side
from hub.transfers.rules import order
from hub.transfers.rules.labour import employer_after
from hub.transfers.rules.questions import Case
from hub.transfers.rules.reasons import EMPLOYER_ORGANISED_MEANWHILE, REASONS, Receiver, ground_told
from hub.transfers.rules.seconding import last_day
from hub.transfers.views import HandoffView

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import CaseFacts, HandoffFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "NO_HANDOFF",
    "accept",
    "accept_for_external",
    "accepted_view",
    "close_case",
    "judge_acceptance",
    "recall",
    "refuse",
    "unless_voided",
]

#: The acts whose ground a receiver is told as far as it may know it.
_OBJECTING = frozenset({acts.Objection.act, acts.Dismissal.act})
#: The handoff id of a statement that names none: no case has it, and the schema refuses the statement afterwards.
NO_HANDOFF = UUID(int=0)

A = TypeVar("A", acts.Acceptance, acts.ExternalAcceptance)
C = TypeVar(
    "C",
    acts.Acceptance,
    acts.ExternalAcceptance,
    acts.Refusal,
    acts.Recall,
    acts.Objection,
    acts.Cancellation,
    acts.Dismissal,
)


async def accept(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the named receiver's signed acceptance, line 2 of the column. The membership moves at this instant.

    The facts are checked a second time. Where they no longer bear the release the handoff is VOIDED, and the
    acceptance, though stored with its receipt, is answered with the refusal, now and whenever it comes again.

    Refuses: what `open_statement`, `order.acceptance` and `order.second_check` do
    Source: A3, A12, NX-3, domain 3.0
    """
    return await _accept(hub, caller, read_statement(jws, acts.Acceptance))


async def accept_for_external(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record that a receiver outside the hub took the member in on paper, by the union that has released it.

    The membership moves at this instant, to what stands for that union. All else as of an acceptance.
    Refuses: what `open_statement`, `order.external_acceptance` and `order.second_check` do
    Source: A3, A12, A25, NX-3
    """
    return await _accept(hub, caller, read_statement(jws, acts.ExternalAcceptance))


async def _accept(hub: Hub, caller: Caller, statement: Statement[A]) -> HandoffView:
    for _ in range(TRIES):
        facts = await _facts(hub, caller, statement)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return unless_voided(await as_it_is_now(hub, caller, uuid_in(statement, "handoff_id")), facts)
        record, failed = judge_acceptance(hub, caller, statement, claims, facts)
        try:
            if isinstance(record, AcceptanceRecord):
                if await hub.ledger.record_acceptance(record):
                    return accepted_view(caller, statement, facts, record)
            elif await hub.ledger.record_closure(record):
                assert failed is not None, "a second check that fails says why"
                raise failed
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def judge_acceptance(
    hub: Hub, caller: Caller, statement: Statement[A], claims: A, facts: CaseFacts
) -> tuple[AcceptanceRecord | ClosureRecord, Refusal | None]:
    """Put an acceptance before the rules, and give what is to be recorded of it.

    Where the facts no longer bear the release that is the end of the case, with the refusal to answer by.
    Refuses: what `order.acceptance` does, or `order.external_acceptance`
    """
    question = Case(claims, facts)
    if isinstance(claims, acts.ExternalAcceptance):
        first(order.external_acceptance(question, claims))
    else:
        first(order.acceptance(question, claims))
    failed = next(order.second_check(_party(facts), question.today), None)
    if failed is None:
        return _acceptance_record(hub, caller, statement, claims, facts), None
    ground = _GROUNDS.get(failed.code, failed.code.value)
    return _closure_record(hub, caller, statement, facts, act="void", by=Side.HUB, ground=ground), failed


def accepted_view(caller: Caller, statement: Statement[A], facts: CaseFacts, record: AcceptanceRecord) -> HandoffView:
    """Give the case after an acceptance, from what was recorded: no further look at the database."""
    return _closed(caller, statement, _party(facts), HandoffState.ACCEPTED, record.at, in_date=record.in_date)


async def refuse(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the named receiver's refusal, on a ground that the reason allows. Custody does not move.

    Refuses: what `open_statement` and `order.refusal` do
    Source: A12, A4, A7
    """
    statement = read_statement(jws, acts.Refusal)
    return await close_case(hub, caller, statement, Side.RECEIVER, order.refusal, lambda claims: claims.ground)


async def recall(hub: Hub, caller: Caller, jws: str) -> HandoffView:
    """Record the holder's recall of its release, before any acceptance. A new release may follow at once.

    Refuses: what `open_statement` and `order.recall` do
    Source: A12
    """
    statement = read_statement(jws, acts.Recall)
    return await close_case(hub, caller, statement, Side.HOLDER, order.recall, lambda _: None)


async def close_case(
    hub: Hub,
    caller: Caller,
    statement: Statement[C],
    side: Side,
    rules: Callable[[Case, C], Refusals],
    ground_of: Callable[[C], str | None],
) -> HandoffView:
    """What every act shares by which a case closes and nothing moves.

    Takes: the side whose act it is, the rules, and what gives the ground stated, if any.
    """
    for _ in range(TRIES):
        facts = await _facts(hub, caller, statement)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await as_it_is_now(hub, caller, uuid_in(statement, "handoff_id"))
        first(rules(Case(claims, facts), claims))
        ground = ground_of(claims)
        record = _closure_record(hub, caller, statement, facts, act=claims.act, by=side, ground=ground)
        try:
            if await hub.ledger.record_closure(record):
                return _closed(
                    caller, statement, _party(facts), HandoffState(record.to_state), record.at, ground=ground
                )
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def _facts(hub: Hub, caller: Caller, statement: Statement[C]) -> CaseFacts:
    handoff_id = uuid_in(statement, "handoff_id") or NO_HANDOFF
    return await hub.ledger.facts_for_case(signing_of(statement, caller), UUID(statement.sub), handoff_id)


def _party(facts: CaseFacts) -> HandoffFacts:
    assert facts.handoff is not None, "the rules let nobody but a party pass"
    return facts.handoff


def _time_of_receipt(facts: CaseFacts) -> datetime:
    handoff = _party(facts)
    return custody_time(facts.signer.now, handoff.held_since, handoff.requested_at, handoff.released_at)


#: Under what name a second check that fails is kept, where it is not that of its code.
_GROUNDS: Final = {Code.EMPLOYER_HAS_UNION: EMPLOYER_ORGANISED_MEANWHILE}
_CODES: Final = {ground: code for code, ground in _GROUNDS.items()}
#: Of a union that has been closed since.
_SOME_UNION = "该单位工会 (the employer's union)"


def unless_voided(view: HandoffView, facts: CaseFacts) -> HandoffView:
    """Give the case, or refuse again with what voided it: an acceptance that comes again gets its first answer."""
    if view.state is HandoffState.VOIDED and view.ground is not None:
        place = _party(facts).place
        code = _CODES.get(view.ground) or Code(view.ground)
        union = place.employer_union if code is Code.EMPLOYER_HAS_UNION else place.host_union
        raise Refusal(code, union=union or _SOME_UNION, last_day=_six_months_end(_party(facts)))
    return view


def _six_months_end(handoff: HandoffFacts) -> str:
    starts_on = handoff.stated.starts_on
    return "" if starts_on is None else last_day(starts_on).isoformat()


def _acceptance_record(
    hub: Hub, caller: Caller, statement: Statement[A], claims: A, facts: CaseFacts
) -> AcceptanceRecord:
    handoff = _party(facts)
    received_at = _time_of_receipt(facts)
    receipt = receipt_for(
        hub,
        statement,
        received_at,
        handoff_id=claims.handoff_id,
        state_after=HandoffState.ACCEPTED.value,
        custody_version_after=handoff.custody_version + 1,
        release_sha256=claims.release_sha256,
        acceptance_sha256=statement.sha256,
    )
    return AcceptanceRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=handoff.member_id,
        membership_id=UUID(statement.sub),
        handoff_id=claims.handoff_id,
        step_no=handoff.step_no,
        in_date=claims.in_date,
        holding_basis=claims.holding_basis,
        employer_uscc=employer_after(claims, handoff),
        member_unit=handoff.prior_unit
        if REASONS[handoff.reason_code].receiver in {Receiver.BEFORE, Receiver.HOME}
        else None,
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt,
        status_after=MembershipStatus.ACTIVE.value if handoff.stated.restores else None,
        unorganised=handoff.stated.new_employer if REASONS[handoff.reason_code].awaits_union else None,
    )


def _closure_record(
    hub: Hub, caller: Caller, statement: Statement[C], facts: CaseFacts, *, act: str, by: Side, ground: str | None
) -> ClosureRecord:
    handoff = _party(facts)
    standing = handoff.standing(facts.signer.now)
    step = HANDOFF.step(standing.state, act, by)
    told, articles = (ground, ()) if act not in _OBJECTING else ground_told(ground)
    handoff_id = uuid_in(statement, "handoff_id")
    assert handoff_id is not None, "the facts were asked by it"
    received_at = _time_of_receipt(facts)
    receipt = receipt_for(
        hub,
        statement,
        received_at,
        handoff_id=handoff_id,
        state_after=step.target,
        custody_version_after=handoff.custody_version,
    )
    return ClosureRecord(
        at=received_at,
        union_id=caller.union_id,
        side=handoff.side,
        member_id=handoff.member_id,
        membership_id=UUID(statement.sub),
        handoff_id=handoff_id,
        step_no=handoff.step_no,
        passed=passed_json(standing.passed),
        act=act,
        step_side=by.value,
        to_state=step.target,
        ground=ground,
        ground_told=told,
        ground_articles=" ".join(articles) or None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt,
    )


def _closed(
    caller: Caller,
    statement: Statement[C],
    handoff: HandoffFacts,
    state: HandoffState,
    at: datetime,
    *,
    in_date: date | None = None,
    ground: str | None = None,
) -> HandoffView:
    """Give the case as it stands after an act that closed it, from the facts: no further look at the database."""
    handoff_id = uuid_in(statement, "handoff_id")
    assert handoff_id is not None
    return HandoffView(
        handoff_id=handoff_id,
        membership_id=UUID(statement.sub),
        own_union=caller.union_id,
        side=Side(handoff.side),
        state=state,
        counterpart=handoff.counterpart,
        reason_code=handoff.reason_code,
        out_date=handoff.out_date,
        in_date=in_date,
        valid_until=handoff.valid_until,
        dues_paid_through=handoff.dues_paid_through,
        ground=ground,
        deadline=None,
        opened_at=handoff.requested_at or handoff.released_at or at,
        requested_at=handoff.requested_at,
        released_at=handoff.released_at,
        closed_at=at,
        is_in_lieu=handoff.is_in_lieu,
        from_union=handoff.from_union,
        to_union=handoff.to_union,
        overdue_at=handoff.overdue_at,
        overdue_tentative=handoff.overdue_tentative,
        name_masked=handoff.name_masked,
        request_sha256=handoff.request_sha256,
        objection_sha256=digest_of(statement.sha256) if statement.act is acts.Objection else None,
    )
