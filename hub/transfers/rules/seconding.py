"""Secondment (A14): when the membership may move to the host's union, and that from there it goes home.

The test is of the agreed term, both days included: six months or more, by the corresponding day (Civil Code 202).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import HoldingBasis, MembershipStatus, UnionState
from hub.transfers.machines import OPEN_STATES, SECONDMENT, START, HandoffState, SecondmentState, Side
from hub.transfers.rules.columns import check_printed_date
from hub.transfers.rules.days import end_of
from hub.transfers.rules.reasons import CORRECTION, REASONS, RECEIVER_KINDS, Receiver, Relation
from hub.transfers.words import in_chinese, listed_in_chinese, status_in_chinese

if TYPE_CHECKING:
    from datetime import datetime

    from federation import acts
    from federation.acts_secondment import Conversion, EarlyEnd, Extension, HomeRelationEnd, Secondment, SecondmentTerm
    from federation.acts_winding import SecondmentRetargeting
    from hub.transfers.facts import PlaceFacts, ReceiverFacts, ReleaseFacts
    from hub.transfers.facts_secondment import SecondmentFacts, SecondmentMembership
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.rules.questions_secondment import OnSecondment
    from hub.transfers.rules.stated import Stated

__all__ = [
    "check_custody",
    "check_document",
    "check_end_date",
    "check_extension",
    "check_goes_home",
    "check_home_is_wound_up",
    "check_in_lieu",
    "check_lasts_still",
    "check_lies_above",
    "check_may_be_asked_back",
    "check_names_employer",
    "check_new_home",
    "check_no_open_release",
    "check_offer",
    "check_recorded_host",
    "check_relation_goes_on",
    "check_return_comes_first",
    "check_step",
    "check_term",
    "is_half_a_year",
    "last_day",
    "remind_on",
]

_MONTHS = 6
_LASTING = frozenset({SecondmentState.AT_HOST, SecondmentState.RETURN_DUE})


def last_day(starts_on: date, months: int = _MONTHS) -> date:
    """Give the last day of a term of so many months: before the corresponding day, or the month's last without one.

    Source: A14, Civil Code 202
    """
    count = starts_on.year * 12 + starts_on.month - 1 + months
    year, month = count // 12, count % 12 + 1
    days = monthrange(year, month)[1]
    if starts_on.day > days:
        return date(year, month, days)
    return date(year, month, starts_on.day) - timedelta(days=1)


def is_half_a_year(starts_on: date, ends_on: date) -> bool:
    """Whether a term is of six months or more: 以上 includes the number. Source: A14, Civil Code 1259."""
    return ends_on >= last_day(starts_on)


def remind_on(due_on: date, policy: Policy) -> date:
    """Give the day on which both unions are reminded of the return, by the home union's policy. Source: HUB-P05."""
    return due_on - timedelta(days=policy.secondment_reminder_days)


def check_goes_home(claims: acts.Release, facts: ReleaseFacts, custody_version: int) -> Refusals:
    """The host releases a seconded member to the home union, and for that reason alone; or to its own successor.

    Source: A14, HUB-P09 (I12)
    """
    secondment, receiver = facts.secondment, facts.receiver
    if secondment is None:
        return
    if facts.succeeds(claims.reason_code) and receiver is not None and receiver.union_id != secondment.home_union:
        return
    if secondment.state in _LASTING:
        if claims.reason_code != "SECONDMENT_RETURN":
            yield Refusal(Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST, path=("release", "reason_code"))
        elif receiver is None or receiver.union_id != secondment.home_union:
            yield Refusal(Code.REVERSION_ONLY_TO_HOME, path=("release", "receiving_union"))
    elif (
        claims.reason_code == CORRECTION
        and secondment.state == SecondmentState.RETURNED
        and secondment.host_version == custody_version - 1
    ):
        # A return is undone by nobody: who is lent once more is offered once more.
        others = REASONS.keys() - {CORRECTION}
        yield Refusal(
            Code.REASON_NOT_ALLOWED,
            path=("release", "reason_code"),
            allowed=", ".join(sorted(others)),
            allowed_zh=listed_in_chinese(others),
        )


def check_offer(
    claims: acts.Release, receiver: ReceiverFacts | None, place: PlaceFacts, holder_uri: str, today: date
) -> Refusals:
    """An offer states its term, of six months or more and still running, and goes to the host's union. Source: A14."""
    term, path = claims.secondment, ("release", "secondment")
    if claims.reason_code != "SECONDMENT":
        if term is not None:
            yield _invalid(path, "该转出原因不注明借调", "this reason says nothing of a secondment")
        return
    if term is not None and term.home != holder_uri:
        yield _invalid((*path, "home"), "所在单位工会应为转出工会", "the home union is the releasing union")
    yield from _check_agreed(None if term is None else term.starts_on, None if term is None else term.ends_on, today)
    employer = place.employer_union if claims.new_employer_uscc is not None else place.host_union
    is_named = claims.new_employer_uscc is not None or claims.host_employer_uscc is not None
    if receiver is None or (is_named and employer is None):
        yield Refusal(Code.SECONDMENT_HOST_HAS_NO_UNION, path=("release", "receiving_union"))


def _check_agreed(starts_on: date | None, ends_on: date | None, today: date) -> Refusals:
    path = ("release", "secondment")
    if starts_on is None or ends_on is None:
        yield Refusal(Code.SECONDMENT_TERM_MISSING, path=(*path, "starts_on" if starts_on is None else "ends_on"))
    elif not is_half_a_year(starts_on, ends_on):
        yield Refusal(Code.SECONDMENT_TOO_SHORT, path=(*path, "ends_on"), last_day=last_day(starts_on).isoformat())
    elif ends_on < today:
        # A term that is over is none to be lent for.
        yield Refusal(Code.SECONDMENT_TERM_MISSING, path=(*path, "ends_on"))


def check_lasts_still(stated: Stated, today: date) -> Refusals:
    """The second check, at the acceptance: the term has not run out, and is of six months still. Source: A14."""
    yield from _check_agreed(stated.starts_on, stated.ends_on, today)


def check_relation_goes_on(claims: acts.Release) -> Refusals:
    """Who is lent, and who comes back, is employed at home all the while. Source: A14."""
    reason = REASONS.get(claims.reason_code)
    if reason is not None and reason.relation is Relation.CONTINUES and claims.relation_ended_on is not None:
        yield _invalid(
            ("release", "relation_ended_on"), "借调期间原劳动（工作）关系存续", "the relation at home goes on"
        )


def check_return_comes_first(holding_basis: str, act: str) -> Refusals:
    """Who retires, enlists or loses work while lent goes home first: the home union retains. Source: A14, A17."""
    if act == "record" and holding_basis == HoldingBasis.SECONDMENT:
        yield Refusal(Code.SECONDMENT_RETURN_FIRST)


def check_no_open_release(question: OnSecondment, membership: SecondmentMembership, act: str) -> Refusals:
    """What is released is bound to what it was: an offer that is open is recalled first; no entry beside an open case.

    Source: HUB-P04, domain 3.2
    """
    standing = membership.standing(question.now)
    if standing is None:
        return
    barred = {"record": OPEN_STATES, "change_term": {HandoffState.RELEASED}, "end_early": {HandoffState.RELEASED}}
    lasts = membership.secondment is not None and membership.secondment.state in _LASTING
    if not lasts and standing.state in barred.get(act, ()):
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_custody(question: OnSecondment, membership: SecondmentMembership) -> Refusals:
    """The statement names custody as it stands. Source: HUB-P17."""
    if question.claims.custody_version != membership.custody_version:
        yield Refusal(Code.STALE_VERSION, path=(question.claims.object_name, "custody_version"))


def check_step(question: OnSecondment, membership: SecondmentMembership, act: str) -> Refusals:
    """The machine takes the act where the secondment stands, of the side whose act it is. Source: A14."""
    secondment = membership.secondment
    state = START if secondment is None or secondment.is_over else secondment.state
    if act == "record" and membership.status != MembershipStatus.ACTIVE:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=membership.status, state_zh=status_in_chinese(membership.status))
    try:
        SECONDMENT.step(state, act, question.side)
    except Refusal as refusal:
        told = membership.status if state == START else state
        yield Refusal(refusal.code, state=told, state_zh=in_chinese(told))


def check_term(claims: Secondment | SecondmentTerm) -> Refusals:
    """A term ends on or after the day on which it starts. Source: A14."""
    if claims.ends_on < claims.starts_on:
        yield _invalid(
            (claims.object_name, "ends_on"), "借调期满日期早于开始日期", "the term ends before it has started"
        )


def check_names_employer(claims: Secondment, employer_uscc: str | None) -> Refusals:
    """One is lent to another employer. Source: A14."""
    if claims.host_employer_uscc == employer_uscc:
        path = (claims.object_name, "host_employer_uscc")
        yield _invalid(path, "借调单位就是所在单位", "the host is the home employer itself")


def check_recorded_host(question: OnSecondment, claims: Secondment) -> Refusals:
    """The host's union, where one is named, is registered, another, and active. Source: A14, HUB-P09, HUB-P17."""
    facts, path = question.facts, (claims.object_name, "host_union")
    if claims.host_union is None:
        return
    if facts.host_union is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=path)
    elif claims.host_union == facts.signer.uri:
        yield _invalid(path, "借调单位工会就是所在单位工会", "the host union is the home union itself")
    elif facts.host_state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=path)


def check_extension(claims: Extension, secondment: SecondmentFacts, today: date) -> Refusals:
    """An extension goes beyond the term as it is, and is not over before it is signed. Source: A14."""
    if claims.ends_on <= secondment.ends_on and secondment.ended_early_on is None:
        yield _invalid(
            ("extension", "ends_on"), "延长后的期满日期应晚于原期满日期", "it ends no later than the term does"
        )
    elif not is_half_a_year(secondment.starts_on, claims.ends_on):
        yield Refusal(
            Code.SECONDMENT_TOO_SHORT,
            path=("extension", "ends_on"),
            last_day=last_day(secondment.starts_on).isoformat(),
        )
    elif claims.ends_on < today:
        yield Refusal(Code.SECONDMENT_TERM_MISSING, path=("extension", "ends_on"))


def check_document(claims: Extension | Conversion, document: bytes) -> Refusals:
    """Both unions sign the hash of one document. Source: HUB-P17."""
    name = f"{claims.object_name}_sha256"
    if getattr(claims, name) != b64url(document):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, name))


def check_end_date(claims: EarlyEnd | HomeRelationEnd, day: date, name: str, question: OnSecondment) -> Refusals:
    """What is over was over by the day of receipt, and lately. Source: HUB-P06."""
    yield from check_printed_date(
        day, question.today, policy=question.facts.signer.policy, path=(claims.object_name, name)
    )


def check_lies_above(question: OnSecondment, possible_from: datetime | None) -> Refusals:
    """The case lies with the union above once the home union has let the return lie, or is wound up.

    Source: HUB-P02, HUB-P09
    """
    if question.facts.home_is_wound_up:
        return
    if possible_from is None or question.now < possible_from:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_in_lieu(question: OnSecondment, claims: HomeRelationEnd | SecondmentRetargeting) -> Refusals:
    """Who signs in the stead of the home union says so, and nobody else does. Source: HUB-P02, HUB-P17."""
    secondment = question.secondment
    if secondment is not None and claims.in_lieu_of != (secondment.home_uri if question.side is Side.HIGHER else None):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "in_lieu_of"))


def check_home_is_wound_up(question: OnSecondment) -> Refusals:
    """A member comes back to another union where the home union is wound up, and not otherwise. Source: HUB-P09."""
    if question.side is Side.HIGHER and not question.facts.home_is_wound_up:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_new_home(question: OnSecondment) -> Refusals:
    """Who succeeds the home union is registered, active, of a kind that may hold, and neither it nor the host.

    Source: A14, HUB-P09, HUB-P17
    """
    facts, secondment, path = question.facts, question.secondment, ("retargeting", "home_union")
    if facts.host_union is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=path)
    elif secondment is not None and facts.host_union == secondment.host_union:
        yield _invalid(path, "借调单位工会不能作为转回的工会", "one does not come back to where one is")
    elif facts.host_state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=path)
    elif facts.host_kind not in RECEIVER_KINDS[Receiver.HOME]:
        yield Refusal(Code.RECEIVER_CANNOT_HOLD, path=path)


def check_may_be_asked_back(secondment: SecondmentFacts | None, signer_uri: str) -> Refusals:
    """The home union asks for its member once the secondment is over. Source: A14, domain 4.5."""
    if secondment is None or secondment.home_uri != signer_uri or secondment.state not in _LASTING:
        yield Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    elif secondment.state != SecondmentState.RETURN_DUE:
        yield Refusal(
            Code.STEP_NOT_ALLOWED,
            state=secondment.state,
            state_zh=in_chinese(secondment.state),
            possible_from=end_of(secondment.ends_on),
        )


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
