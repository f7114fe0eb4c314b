"""Retention (A17–A21): why a membership is kept, what that reason asks for, and how it ends.

Retention is no placement (A13): who is retained pays no dues, has no vote, and is not counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import HoldingBasis, RetentionReason
from hub.transfers.machines import RETENTION, START, HandoffState, RetentionState, Side
from hub.transfers.rules.columns import check_printed_date
from hub.transfers.rules.days import end_of, exempt_from, month_of
from hub.transfers.words import in_chinese, listed_in_chinese

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
    from hub.transfers.facts import RetainedFacts
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Amendment, OnRetention, Refusals

__all__ = [
    "CHANGES",
    "INADMISSIBLE_RETENTIONS",
    "Entered",
    "basis_after",
    "check_change_dates",
    "check_changed_reason",
    "check_dues_not_exempt",
    "check_employed_here",
    "check_names_the_entry",
    "check_no_release_is_open",
    "check_placed_here",
    "check_restoration_dates",
    "check_retained_custody",
    "check_retention_dates",
    "check_retention_facts",
    "check_retention_reason",
    "check_retention_stands",
    "check_service_is_over",
    "ground_of_retention",
]

R = RetentionReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A retention that a release enters, as the checks of one that has a statement of its own see it (A19)."""

    reason: str
    retained_on: date
    relation_ended_on: date | None
    new_employer_uscc: str | None
    retired_on: date | None = None
    early: bool | None = None
    enlisted_on: date | None = None
    object_name: str = "retention"


#: What people do state, and the article that answers.
INADMISSIBLE_RETENTIONS: dict[str, Code] = {
    "INTERNAL_RETIREMENT": Code.INTERNAL_RETIREMENT_NO_CHANGE,
    "PLACED_WITHOUT_LOCAL_UNION": Code.PLACEMENT_IS_NOT_RETENTION,
    "AWAITING_POST": Code.AWAITING_POST_NO_CHANGE,
    "OFF_JOB_STUDY": Code.STUDY_LEAVE_NO_CHANGE,
}

#: For which other reason a retention may go on. From retirement there is none (A17).
CHANGES: dict[RetentionReason, frozenset[RetentionReason]] = {
    R.RETIREMENT: frozenset(),
    R.UNEMPLOYMENT: frozenset({R.RETIREMENT}),
    R.MILITARY_SERVICE: frozenset({R.UNEMPLOYMENT}),
}

#: The facts that a statement may give, and the reason that each belongs to.
_BELONGS_TO = {
    "retired_on": R.RETIREMENT,
    "early": R.RETIREMENT,
    "relation_ended_on": R.UNEMPLOYMENT,
    "new_employer_uscc": R.UNEMPLOYMENT,
    "enlisted_on": R.MILITARY_SERVICE,
}

#: On which ground the request that is open ends, when its member retires or enlists (A12, domain 3.2).
_GROUNDS = {R.RETIREMENT: "RETIRED_RETENTION", R.MILITARY_SERVICE: "IN_MILITARY_SERVICE"}


def ground_of_retention(reason: str) -> str | None:
    """Give the ground on which an open request is objected to by a retention; None where it stays open (A19)."""
    return _GROUNDS.get(RetentionReason(reason))


def basis_after(act: str, membership: RetainedFacts, *, is_placed: bool) -> str:
    """Give the basis on which the union holds afterwards. Who was placed is kept by the residence union (A13).

    Takes: `is_placed`, by a restoration, with the union that has kept the member.
    """
    if act == "record" and membership.holding_basis == HoldingBasis.PLACEMENT:
        return HoldingBasis.RESIDENCE_RETENTION.value
    if is_placed:
        return HoldingBasis.PLACEMENT.value
    if act == "annul" and membership.prior_basis is not None:
        return membership.prior_basis
    return membership.holding_basis


def check_retention_stands(membership: RetainedFacts, act: str) -> Refusals:
    """One is retained once at a time, and what is not retained is neither restored nor annulled. Source: A17, A19."""
    state = START if membership.retention_no is None else RetentionState.RECORDED
    try:
        RETENTION.step(state, act, Side.HOLDER)
    except Refusal as refusal:
        yield Refusal(refusal.code, state=membership.status, state_zh=in_chinese(membership.status))


def check_no_release_is_open(question: OnRetention, membership: RetainedFacts) -> Refusals:
    """A release is bound to what the member was: it is recalled first. Source: HUB-P04, domain 3.2."""
    standing = membership.standing(question.now)
    if standing is not None and standing.state is HandoffState.RELEASED:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_retained_custody(question: OnRetention, membership: RetainedFacts) -> Refusals:
    """The statement names custody as it stands. Source: HUB-P17."""
    if question.claims.custody_version != membership.custody_version:
        yield Refusal(Code.STALE_VERSION, path=(question.claims.object_name, "custody_version"))


def check_retention_reason(claims: Retention | ReasonChange | Entered, allowed: Iterable[RetentionReason]) -> Refusals:
    """A membership is retained for a listed reason; of what people state besides, the article tells.

    Source: A3, A13, A14, A17, A18, A19, A20
    """
    reason: str = claims.reason
    open_here = sorted(allowed)
    if reason not in open_here:
        yield Refusal(
            INADMISSIBLE_RETENTIONS.get(reason, Code.REASON_NOT_ALLOWED),
            path=(claims.object_name, "reason"),
            allowed=", ".join(open_here),
            allowed_zh=listed_in_chinese(open_here),
        )


def check_changed_reason(claims: ReasonChange, membership: RetainedFacts) -> Refusals:
    """After the service without work; from unemployment into retirement; from there to nothing. Source: A17, A20."""
    if membership.reason is None:
        return
    if membership.reason == R.RETIREMENT:
        yield Refusal(Code.REHIRED_RETIREE_NO_TRANSFER, path=("change", "reason"))
    else:
        yield from check_retention_reason(claims, CHANGES[R(membership.reason)])


def check_retention_facts(claims: Retention | Entered, joined_on: date) -> Refusals:
    """Each reason has its own fact, and that alone is stated. Source: A3, A13, A17, A19, A20."""
    reason: str = claims.reason
    for name, owner in _BELONGS_TO.items():
        if getattr(claims, name) is not None and owner != reason:
            yield _invalid((claims.object_name, name), "与保留会籍的原因不符", "this does not go with the reason")
    if reason == R.RETIREMENT:
        yield from _check_by_then(claims.object_name, "retired_on", claims.retired_on, claims.retained_on)
    elif reason == R.UNEMPLOYMENT:
        ended = claims.relation_ended_on
        if ended is None or ended > claims.retained_on:
            yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("retention", "relation_ended_on"))
        if claims.new_employer_uscc is not None:
            yield Refusal(Code.REEMPLOYED_USE_TRANSFER, path=("retention", "new_employer_uscc"))
    elif reason == R.MILITARY_SERVICE:
        yield from _check_by_then(claims.object_name, "enlisted_on", claims.enlisted_on, claims.retained_on)
        if claims.enlisted_on is not None and claims.enlisted_on < joined_on:
            path = (claims.object_name, "enlisted_on")
            yield _invalid(path, "入伍前尚未入会", "the member enlisted before having joined")


def check_retention_dates(
    claims: Retention | Entered, today: date, joined_on: date, restored_on: date | None, *, policy: Policy
) -> Refusals:
    """The printed month is of a day lately past, within the membership, after the restoration of all earlier ones.

    Source: NX-4, NX-3, HUB-P06
    """
    path = (claims.object_name, "retained_on")
    yield from check_printed_date(claims.retained_on, today, policy=policy, path=path)
    if claims.retired_on is not None:
        yield from check_printed_date(claims.retired_on, today, policy=policy, path=(claims.object_name, "retired_on"))
    if claims.retained_on < joined_on:
        yield _invalid(path, "保留会籍日期早于入会时间", "retained before having joined")
    if restored_on is not None and claims.retained_on < restored_on:
        yield _invalid(path, "保留会籍日期早于上次恢复会籍", "retained before the last restoration")


def check_change_dates(question: OnRetention, claims: ReasonChange, membership: RetainedFacts) -> Refusals:
    """A discharge, or a retirement, has come by then, and not before the retention began. Source: A17, A20, HUB-P06."""
    reason: str = claims.reason
    if reason == R.UNEMPLOYMENT:
        yield from _check_discharged(claims, claims.changed_on, membership)
    elif reason == R.RETIREMENT:
        yield from _check_by_then(claims.object_name, "retired_on", claims.retired_on, claims.changed_on)
    for name, owner in (("discharged_on", R.UNEMPLOYMENT), ("retired_on", R.RETIREMENT), ("early", R.RETIREMENT)):
        if getattr(claims, name) is not None and owner != reason:
            yield _invalid((claims.object_name, name), "与保留会籍的原因不符", "this does not go with the reason")
    yield from _check_follows(question, "changed_on", claims.changed_on, membership)
    if claims.retired_on is not None:
        yield from check_printed_date(
            claims.retired_on, question.today, policy=question.policy, path=(claims.object_name, "retired_on")
        )


def check_service_is_over(claims: Restoration, membership: RetainedFacts) -> Refusals:
    """A retiree stays retained, whoever hires him; a soldier until the discharge. Source: A17, A20."""
    if membership.reason == R.RETIREMENT:
        yield Refusal(Code.REHIRED_RETIREE_NO_TRANSFER)
    elif membership.reason == R.MILITARY_SERVICE:
        yield from _check_discharged(claims, claims.restored_on, membership)
    elif claims.discharged_on is not None:
        path = (claims.object_name, "discharged_on")
        yield _invalid(path, "与保留会籍的原因不符", "this does not go with the reason")


def check_employed_here(claims: Restoration, membership: RetainedFacts, employers: Iterable[str]) -> Refusals:
    """The member works for an employer of this union, or as flexibly as before; whoever else hires, has the member.

    Source: A7, A13, A19, A20
    """
    if membership.holding_basis == HoldingBasis.FLEXIBLE_DIRECT and claims.employer_uscc is None:
        return
    if membership.holding_basis == HoldingBasis.CUSTODIAL:
        # In custody one is retained, and nothing else (HUB-P09).
        yield Refusal(Code.REEMPLOYED_USE_TRANSFER, path=("restoration", "employer_uscc"))
        return
    if claims.employer_uscc is None:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("restoration", "employer_uscc"))
    elif claims.employer_uscc not in {*employers, membership.employer_uscc}:
        yield Refusal(Code.REEMPLOYED_USE_TRANSFER, path=("restoration", "employer_uscc"))
    if claims.relation_started_on is None or claims.relation_started_on > claims.restored_on:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("restoration", "relation_started_on"))


def check_placed_here(claims: Restoration, membership: RetainedFacts) -> Refusals:
    """Who is placed by a restoration works for the employer named, since then at the latest. Source: A13, A19.

    In custody one is retained, and nothing else (HUB-P09).
    """
    assert claims.placement is not None, "asked of a placement alone"
    if membership.holding_basis == HoldingBasis.CUSTODIAL:
        yield Refusal(Code.REEMPLOYED_USE_TRANSFER, path=("restoration", "placement"))
        return
    if claims.employer_uscc is None:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("restoration", "employer_uscc"))
    elif claims.employer_uscc != claims.placement.awaiting_employer_uscc:
        path = ("restoration", "placement", "awaiting_employer_uscc")
        yield _invalid(path, "待建工会的单位应为用人单位", "the employer awaited is the one that the member works for")
    if claims.relation_started_on is None or claims.relation_started_on > claims.restored_on:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("restoration", "relation_started_on"))


def check_restoration_dates(question: OnRetention, claims: Restoration, membership: RetainedFacts) -> Refusals:
    """The printed month is of a day lately past, not before the retention. Source: NX-4, HUB-P06."""
    yield from _check_follows(question, "restored_on", claims.restored_on, membership)


def check_names_the_entry(claims: Annulment, membership: RetainedFacts) -> Refusals:
    """What is annulled is the statement by which the retention was entered. Source: HUB-P17."""
    if membership.entered_sha256 is None or claims.retention_sha256 != b64url(membership.entered_sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("annulment", "retention_sha256"))


def check_dues_not_exempt(question: Amendment) -> Refusals:
    """No month of a retention is paid, and none is in arrears: from the one after its own to the restored one.

    Source: A21
    """
    dues = question.claims.dues_paid_through
    if dues is None:
        return
    for retained_on, restored_on in question.facts.exempt:
        since = exempt_from(retained_on)
        if dues >= since and (restored_on is None or dues < month_of(restored_on)):
            path = ("amendment", "dues_paid_through")
            yield Refusal(Code.DUES_EXEMPT_IN_RETENTION, path=path, exempt_from=since)


def _check_by_then(under: str, name: str, day: date | None, on: date) -> Refusals:
    if day is None or day > on:
        yield _invalid((under, name), "未填写，或晚于办理日期", "it is missing, or later than the day of the entry")


def _check_discharged(claims: ReasonChange | Restoration, on: date, membership: RetainedFacts) -> Refusals:
    discharged, path = claims.discharged_on, (claims.object_name, "discharged_on")
    if discharged is None:
        yield Refusal(Code.IN_MILITARY_SERVICE, path=path)
    elif discharged > on:
        yield Refusal(Code.IN_MILITARY_SERVICE, path=path, possible_from=end_of(discharged - timedelta(days=1)))
    elif membership.retained_on is not None and discharged < membership.retained_on:
        yield _invalid(path, "退役日期早于保留会籍", "discharged before having been retained")


def _check_follows(question: OnRetention, name: str, day: date, membership: RetainedFacts) -> Refusals:
    path = (question.claims.object_name, name)
    yield from check_printed_date(day, question.today, policy=question.policy, path=path)
    if membership.retained_on is not None and day < membership.retained_on:
        yield _invalid(path, "早于保留会籍日期", "this is before the retention began")


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
