"""The acts on a retention: the holder enters one, changes its reason, restores the member, or annuls it (A17–A21).

Status, dues and votes follow at the receipt; what is printed is what the union signed (NX-4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar
from uuid import UUID

from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
from hub.errors import Code, Refusal
from hub.transfers.desk.joining import member_now
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    look_up_text,
    open_statement,
    passed_json,
    read_statement,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import custody_time, with_entrustment
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import NOWHERE, Place
from hub.transfers.ledger.retaining import PlacingRecord, RetentionRecord
from hub.transfers.machines import HANDOFF, OPEN_STATES, RETENTION, START, HandoffState, RetentionState, Side
from hub.transfers.rules import order_retention
from hub.transfers.rules.questions import OnRetention
from hub.transfers.rules.reasons import ground_told
from hub.transfers.rules.retaining import basis_after, ground_of_retention
from hub.transfers.rules.standing import Passed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import RetainedFacts
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.views import MemberView

__all__ = ["annul", "change_reason", "record", "restore"]

C = TypeVar("C", Retention, ReasonChange, Restoration, Annulment)


async def record(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Retain a member who has retired, lost work or enlisted. A request that is open ends by the first and the last.

    Refuses: what `open_statement` and `order_retention.retention` do
    Source: A13, A17, A19, A20, A21, NX-4
    """
    statement = read_statement(jws, Retention)
    return await _act(hub, caller, statement, order_retention.retention, _entered)


async def change_reason(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Let a retention go on for another reason: after the service without work, or into retirement.

    Refuses: what `open_statement` and `order_retention.reason_change` do
    Source: A17, A20
    """
    statement = read_statement(jws, ReasonChange)
    return await _act(hub, caller, statement, order_retention.reason_change, _changed)


async def restore(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Restore a retained member who works again and stays with the union: placed, where the employer has none.

    Refuses: what `open_statement` and `order_retention.restoration` do
    Source: A13, A19, A20, NX-4
    """
    statement = read_statement(jws, Restoration)
    return await _act(hub, caller, statement, order_retention.restoration, _restored)


async def annul(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Annul a retention that was entered by mistake: the member is active, and held as before.

    Refuses: what `open_statement` and `order_retention.annulment` do
    Source: A21, domain 3.6
    """
    statement = read_statement(jws, Annulment)
    return await _act(hub, caller, statement, order_retention.annulment, _annulled)


class _Course(NamedTuple):
    """What an act makes of a retention."""

    act: str
    reason: str
    retained_on: date
    restored_on: date | None
    status: MembershipStatus
    awaiting: str | None = None  #: the employer for whose union one waits who is placed by a restoration


def _entered(claims: Retention, _: RetainedFacts) -> _Course:
    return _Course("record", claims.reason, claims.retained_on, None, MembershipStatus.RETAINED)


def _changed(claims: ReasonChange, held: RetainedFacts) -> _Course:
    return _Course("change_reason", claims.reason, _since(held), None, MembershipStatus.RETAINED)


def _restored(claims: Restoration, held: RetainedFacts) -> _Course:
    awaited = None if claims.placement is None else claims.placement.awaiting_employer_uscc
    return _Course("restore", _reason(held), _since(held), claims.restored_on, MembershipStatus.ACTIVE, awaited)


def _annulled(_: Annulment, held: RetainedFacts) -> _Course:
    return _Course("annul", _reason(held), _since(held), None, MembershipStatus.ACTIVE)


def _since(held: RetainedFacts) -> date:
    assert held.retained_on is not None, "the rules let nothing pass without a retention"
    return held.retained_on


def _reason(held: RetainedFacts) -> str:
    assert held.reason is not None
    return held.reason


async def _act(
    hub: Hub,
    caller: Caller,
    statement: Statement[C],
    rules: Callable[[OnRetention, C], Refusals],
    course_of: Callable[[C, RetainedFacts], _Course],
) -> MemberView:
    """What the four share. Takes the rules, and what the act makes of the retention."""
    membership_id, place = UUID(statement.sub), _place_in(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_retention(signing_of(statement, caller), membership_id, place)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        facts = await with_entrustment(hub, caller, membership_id, facts)
        first(rules(OnRetention(claims, facts), claims))
        held = facts.membership
        assert held is not None, "the rules let nobody but the holder pass"
        course = course_of(claims, held)
        try:
            if await _recorded(hub, course, _record(hub, caller, statement, held, course, facts.signer.now)):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _place_in(statement: Statement[C]) -> Place:
    """Give what the facts of a restoration into a placement are asked for besides, before its form is checked."""
    claims = statement.claims.get(statement.act.object_name)
    stated = claims.get("placement") if isinstance(claims, dict) else None
    if not isinstance(stated, dict):
        return NOWHERE
    names = ("awaiting_employer_uscc", "host_employer_uscc")
    return Place(True, *(look_up_text(stated.get(name)) for name in names))


async def _recorded(hub: Hub, course: _Course, record: RetentionRecord) -> bool:
    if course.awaiting is None:
        return await hub.ledger.record_retention(record)
    return await hub.ledger.record_placing(PlacingRecord(*record, course.awaiting))


def _record(
    hub: Hub, caller: Caller, statement: Statement[C], held: RetainedFacts, course: _Course, now: datetime
) -> RetentionRecord:
    received_at = custody_time(now, held.held_since, held.changed_at, held.open_requested_at)
    step = RETENTION.step(START if held.retention_no is None else RetentionState.RECORDED, course.act, Side.HOLDER)
    passed, ground = _end_of_case(held, course, now, received_at)
    told, articles = ground_told(ground)
    return RetentionRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        data_version=held.data_version,
        open_handoff=held.open_handoff,
        open_step=held.open_step,
        retention_no=held.retention_no,
        step_no=held.retention_step or 0,
        act=course.act,
        to_state=step.target,
        reason=course.reason,
        retained_on=course.retained_on,
        restored_on=course.restored_on,
        status=course.status.value,
        holding_basis=basis_after(course.act, held, is_placed=course.awaiting is not None),
        prior_basis=held.holding_basis if held.prior_basis is None else held.prior_basis,
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        case_id=held.open_handoff if passed else None,
        passed=passed_json(passed),
        ground=ground,
        ground_told=told,
        ground_articles=" ".join(articles) or None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            received_at,
            state_after=course.status.value,
            custody_version_after=held.custody_version,
        ),
    )


def _end_of_case(
    held: RetainedFacts, course: _Course, now: datetime, at: datetime
) -> tuple[tuple[Passed, ...], str | None]:
    """Give the last steps of the open case where it ends, and on which ground; none where it goes on (domain 3.2)."""
    standing = held.standing(now)
    if standing is None:
        return (), None
    if standing.state not in OPEN_STATES:
        return standing.passed, None
    ground = ground_of_retention(course.reason) if course.status is MembershipStatus.RETAINED else None
    if ground is None:
        return (), None
    step = HANDOFF.step(standing.state, "retain", Side.HUB)
    return (*standing.passed, Passed(step.act, standing.state, HandoffState(step.target), at)), ground
