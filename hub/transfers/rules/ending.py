"""How a membership ends (A22, A23, N6), and the one way back. Losing it is read strictly: every condition, every step.

A step that was made in the wrong order was not made.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus
from hub.transfers.machines import EXPULSION, OPEN_STATES, START, ExpulsionState, HandoffState, Side
from hub.transfers.rules.columns import check_not_in_future, check_printed_date
from hub.transfers.rules.days import day_of, month_of, months_after
from hub.transfers.words import in_chinese, status_in_chinese

if TYPE_CHECKING:
    from datetime import datetime

    from federation import acts_ending as acts
    from federation.acts_certificates import CertificateCollection
    from hub.transfers.facts_ending import EndedFacts, EndingFacts, FilingFacts, ProposalFacts
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

    AnEnd = acts.Withdrawal | acts.DeemedWithdrawal | acts.Expulsion | acts.Death

__all__ = [
    "PAPERS",
    "OnEnding",
    "check_annulled",
    "check_certificate_taken_back",
    "check_collected_after_filing",
    "check_committee_decided",
    "check_conditions_of_deemed_withdrawal",
    "check_custody",
    "check_day_of_the_opinion",
    "check_drops_the_proposed",
    "check_ended_when_printed",
    "check_expelled",
    "check_filed_with_the_next_above",
    "check_filing_dates",
    "check_lies_with_signer",
    "check_names_the_decision",
    "check_names_the_filing",
    "check_no_open_case",
    "check_no_other_membership",
    "check_no_release_is_open",
    "check_opinion_is_the_proposed",
    "check_owes_dues",
    "check_papers",
    "check_punished",
    "check_requested",
    "check_step_of_a_proposal",
    "check_steps_of_withdrawal",
    "ended_on",
    "first_unpaid",
    "meets_dues_half",
    "unpaid_months",
]

#: What the union above may miss in a filing (A23).
PAPERS = frozenset({"JUDGMENT", "GROUP_OPINION", "COMMITTEE_DECISION"})

#: A22: so many months in a row.
_MONTHS = 6


@dataclass(frozen=True, slots=True)
class OnEnding:
    """An act on the end of a membership before the rules."""

    facts: EndingFacts

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The holder's, in force at that time."""
        return self.facts.signer.policy


def ended_on(claims: AnEnd) -> date | None:
    """Give the legal date of an end, as the act states it. Source: A22, A23."""
    names = {"withdraw": "announced_on", "deem_withdrawn": "resolved_on", "expel": "decided_on"}
    found: date | None = getattr(claims, names.get(claims.act, "died_on"))
    return found


def first_unpaid(dues_paid_through: str, restored_on: date | None) -> str:
    """Give the first month that is owed: after the one last paid, and after retention. Source: A21."""
    after = months_after(dues_paid_through, 1)
    return after if restored_on is None else max(after, month_of(restored_on))


def unpaid_months(status: str, dues_paid_through: str, restored_on: date | None, today: date) -> int:
    """Count the months that are over and were not paid. Who is not active owes none. Source: A21, A22."""
    if status != MembershipStatus.ACTIVE:
        return 0
    first, this = first_unpaid(dues_paid_through, restored_on), month_of(today)
    return max(0, (int(this[:4]) - int(first[:4])) * 12 + int(this[5:]) - int(first[5:]))


def meets_dues_half(months: int) -> bool:
    """Whether so much is unpaid as one of A22's two conditions asks for; of the other the hub knows nothing.

    Source: A22
    """
    return months >= _MONTHS


def check_no_release_is_open(question: OnEnding, membership: EndedFacts) -> Refusals:
    """Who has released a member recalls that first; a request is no bar. Source: HUB-P04, domain 3.2."""
    standing = membership.standing(question.now)
    if standing is not None and standing.state is HandoffState.RELEASED:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_custody(membership: EndedFacts, custody_version: int, path: tuple[str, str]) -> Refusals:
    """The statement names custody as it stands. Source: HUB-P17."""
    if custody_version != membership.custody_version:
        yield Refusal(Code.STALE_VERSION, path=path)


def check_requested(claims: acts.Withdrawal) -> Refusals:
    """A member leaves by the member's own request. Source: A22."""
    for name in ("requested_on", "request_sha256"):
        if getattr(claims, name) is None:
            yield Refusal(Code.WITHDRAWAL_NOT_REQUESTED_BY_MEMBER, path=(claims.object_name, name))
            return


def check_steps_of_withdrawal(claims: acts.Withdrawal) -> Refusals:
    """The member is talked to, insists, the union discusses it and announces it: one after the other. Source: A22."""
    before = claims.requested_on
    for name in ("persuaded_on", "discussed_on", "announced_on"):
        day: date | None = getattr(claims, name)
        if day is None or (before is not None and day < before):
            yield Refusal(Code.WITHDRAWAL_STEPS_INCOMPLETE, path=(claims.object_name, name))
            return
        before = day


def check_ended_when_printed(claims: AnEnd, question: OnEnding, membership: EndedFacts) -> Refusals:
    """A membership ends on a day lately past, not before it came to this holder. A death may be learnt of late.

    Source: NX-3, HUB-P06
    """
    day = ended_on(claims)
    if day is None:
        return
    names = {"withdraw": "announced_on", "deem_withdrawn": "resolved_on", "expel": "decided_on"}
    path = (claims.object_name, names.get(claims.act, "died_on"))
    if claims.act == "record_death":
        yield from check_not_in_future(day, question.today, path=path)
        since = membership.joined_on
    else:
        yield from check_printed_date(day, question.today, policy=question.policy, path=path)
        since = membership.since_on
    if day < since:
        yield _invalid(path, "终止日期早于入会或转入日期", "the end is before the day of joining, or of the intake")


def check_certificate_taken_back(
    claims: acts.Withdrawal | acts.DeemedWithdrawal, question: OnEnding, membership: EndedFacts
) -> Refusals:
    """The certificate is taken back once the membership has ended, if there is one. Source: A22, N6."""
    day, path = claims.collected_on, (claims.object_name, "collected_on")
    if day is None:
        return
    yield from check_not_in_future(day, question.today, path=path)
    ended = ended_on(claims)
    if ended is not None and day < ended:
        yield _invalid(path, "收回日期早于会籍终止日期", "collected before the membership had ended")
    if not membership.has_certificate:
        yield _no_certificate(path)


def check_owes_dues(membership: EndedFacts) -> Refusals:
    """Who is retained owes nothing, and so can't have failed to pay. Source: A21, A22."""
    if membership.status == MembershipStatus.RETAINED:
        since = membership.dues_paid_through if membership.retained_on is None else month_of(membership.retained_on)
        yield Refusal(Code.DUES_EXEMPT_IN_RETENTION, exempt_from=months_after(since, 1))


def check_no_open_case(question: OnEnding, membership: EndedFacts) -> Refusals:
    """Whose transfer is under way has a proper reason not to take part. Source: A22."""
    standing = membership.standing(question.now)
    if standing is not None and standing.state in OPEN_STATES:
        yield Refusal(Code.DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET)


def check_conditions_of_deemed_withdrawal(
    claims: acts.DeemedWithdrawal, question: OnEnding, membership: EndedFacts
) -> Refusals:
    """Six months in a row both unpaid and absent, for no proper reason, admonished in vain. All of it. Source: A22."""
    reasonless = claims.proper_reason is None
    admonished, resolved = claims.admonished_on, claims.resolved_on
    if not reasonless:
        path = "proper_reason"
    elif claims.absent_since is None:
        path = "absent_since"
    elif _six_months_over(_both_since(claims, claims.absent_since, question, membership)) >= resolved:
        path = "unpaid_since"
    elif admonished is None or not claims.absent_since <= admonished <= resolved:
        path = "admonished_on"
    elif not claims.refused_to_correct:
        path = "refused_to_correct"
    else:
        return
    yield Refusal(Code.DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET, path=(claims.object_name, path))


def _both_since(claims: acts.DeemedWithdrawal, absent: date, question: OnEnding, membership: EndedFacts) -> date:
    """Since when both conditions have held without a break: no month counts in which a handoff was open."""
    unpaid = max(first_unpaid(membership.dues_paid_through, membership.restored_on), claims.unpaid_since or "")
    days = [_first_of(unpaid), absent, membership.joined_on]
    standing = membership.standing(question.now)
    lapsed = None if standing is None or not standing.passed else standing.passed[-1].at
    days += [
        _first_of(months_after(month_of(day_of(closed)), 1))
        for closed in (membership.case_closed_at, lapsed)
        if closed is not None
    ]
    return max(days)


def _first_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _six_months_over(since: date) -> date:
    """Give the last day of six months that begin on a day: that before the same day, or the last of a shorter month."""
    month = months_after(month_of(since), _MONTHS)
    year, number = int(month[:4]), int(month[5:])
    days = calendar.monthrange(year, number)[1]
    return date(year, number, days) if since.day > days else date(year, number, since.day) - timedelta(days=1)


def check_punished(claims: acts.Expulsion, question: OnEnding) -> Refusals:
    """A crime alone is not enough: a judgment has taken effect, by the time of the decision. Source: A23."""
    effective = claims.effective_on
    latest = question.today if claims.decided_on is None else claims.decided_on
    if claims.judgment_sha256 is None:
        yield Refusal(Code.EXPULSION_NO_CRIMINAL_PUNISHMENT, path=(claims.object_name, "judgment_sha256"))
    elif effective is None or effective > latest:
        yield Refusal(Code.EXPULSION_NO_CRIMINAL_PUNISHMENT, path=(claims.object_name, "effective_on"))


def check_committee_decided(claims: acts.Expulsion) -> Refusals:
    """The group gives its opinion, if there is one, and then the committee decides. Source: A23."""
    opinion, decided = claims.opinion_on, claims.decided_on
    if not claims.has_no_group and claims.opinion_sha256 is None:
        name = "opinion_sha256"
    elif not claims.has_no_group and opinion is None:
        name = "opinion_on"
    elif claims.decision_sha256 is None:
        name = "decision_sha256"
    elif decided is None:
        name = "decided_on"
    elif opinion is not None and opinion > decided:
        name = "opinion_on"
    else:
        return
    yield Refusal(Code.EXPULSION_STEPS_INCOMPLETE, path=(claims.object_name, name))


def check_step_of_a_proposal(proposed: ProposalFacts | None, act: str) -> Refusals:
    """Proposed is what isn't yet, dropped what is. Source: A23."""
    try:
        EXPULSION.step(START if proposed is None else ExpulsionState.PROPOSED, act, Side.HOLDER)
    except Refusal as refusal:
        yield refusal


def check_day_of_the_opinion(claims: acts.ExpulsionProposal, question: OnEnding) -> Refusals:
    """The group has given its opinion. Source: A23, NX-3."""
    yield from check_not_in_future(claims.opinion_on, question.today, path=(claims.object_name, "opinion_on"))


def check_drops_the_proposed(claims: acts.ExpulsionDrop, question: OnEnding, proposed: ProposalFacts) -> Refusals:
    """What is dropped is the statement of the proposal, after the opinion. Source: A23, NX-3, HUB-P17."""
    path = (claims.object_name, "dropped_on")
    if proposed.sha256 is None or claims.proposal_sha256 != b64url(proposed.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "proposal_sha256"))
    yield from check_not_in_future(claims.dropped_on, question.today, path=path)
    if proposed.opinion_on is not None and claims.dropped_on < proposed.opinion_on:
        yield _invalid(path, "日期早于小组提出意见之日", "dropped before the group gave its opinion")


def check_opinion_is_the_proposed(claims: acts.Expulsion, proposed: ProposalFacts | None) -> Refusals:
    """The committee decides on the opinion that the group has proposed, if it has. Source: A23."""
    if proposed is None or proposed.opinion_sha256 is None:
        return
    if claims.opinion_sha256 != b64url(proposed.opinion_sha256):
        yield Refusal(Code.EXPULSION_STEPS_INCOMPLETE, path=(claims.object_name, "opinion_sha256"))


def check_expelled(membership: EndedFacts, act: str) -> Refusals:
    """Filed, collected after and reversed is an expulsion, and in its order. Source: A23, N6."""
    if membership.status != MembershipStatus.EXPELLED or membership.expulsion_state is None:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=membership.status, state_zh=status_in_chinese(membership.status))
        return
    # Of one that stands, the machine takes either act wherever it has come to.
    step = EXPULSION.step(membership.expulsion_state, act, Side.HOLDER)
    if act == "file" and step.source == step.target and membership.mark != "RETURNED_FOR_PAPERS":
        # What the union above has not sent back is not filed twice.
        yield Refusal(Code.STEP_NOT_ALLOWED, state=step.source, state_zh=in_chinese(step.source))


def check_names_the_decision(claims: acts.ExpulsionFiling | acts.ExpulsionReversal, membership: EndedFacts) -> Refusals:
    """What is filed, or reversed, is the statement of the decision. Source: HUB-P17."""
    if membership.ended_sha256 is None or claims.expulsion_sha256 != b64url(membership.ended_sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "expulsion_sha256"))


def check_filed_with_the_next_above(claims: acts.ExpulsionFiling, parent_uri: str | None) -> Refusals:
    """A decision is filed with the next-higher union. Source: A23."""
    if claims.filed_with != parent_uri:
        yield Refusal(Code.FILING_TO_WRONG_LEVEL, path=(claims.object_name, "filed_with"))


def check_filing_dates(claims: acts.ExpulsionFiling, question: OnEnding, membership: EndedFacts) -> Refusals:
    """What is filed was decided (I13). Source: A23, NX-3, HUB-P06."""
    path = (claims.object_name, "filed_on")
    yield from check_printed_date(claims.filed_on, question.today, policy=question.policy, path=path)
    if membership.ended_on is not None and claims.filed_on < membership.ended_on:
        yield _invalid(path, "备案日期早于决定日期", "filed before it was decided")


def check_collected_after_filing(
    claims: CertificateCollection, status: str, ended_on: date | None, filed_on: date | None
) -> Refusals:
    """After an expulsion: first it is filed, then the certificate is collected (I13). Source: N6."""
    day, path = claims.collected_on, (claims.object_name, "collected_on")
    if status == MembershipStatus.EXPELLED and (filed_on is None or day < filed_on):
        yield Refusal(Code.CERTIFICATE_COLLECTED_BEFORE_FILING, path=path)
    elif ended_on is not None and day < ended_on:
        yield _invalid(path, "收回日期早于会籍终止日期", "collected before the membership had ended")


def check_no_other_membership(membership: EndedFacts) -> Refusals:
    """Who has joined again meanwhile is somebody's member: the two are merged, not both in force. Source: A3, A8."""
    if membership.is_live_elsewhere:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)


def check_annulled(claims: acts.ExpulsionReversal, question: OnEnding) -> Refusals:
    """The annulling judgment is there. Source: A23, NX-3."""
    yield from check_not_in_future(claims.annulled_on, question.today, path=(claims.object_name, "annulled_on"))


def check_lies_with_signer(facts: FilingFacts) -> Refusals:
    """A filing is marked by the union that it was made with; to anyone else there is none. Source: HUB-P02, A23."""
    if facts.state is None:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_names_the_filing(
    claims: acts.FilingAcknowledgement | acts.FilingReturn, facts: FilingFacts, state: str
) -> Refusals:
    """The latest filing is marked, once: what was returned waits to be filed again. Source: A23, HUB-P17."""
    try:
        EXPULSION.step(state, claims.act, Side.HIGHER)
    except Refusal as refusal:
        yield refusal
    if facts.mark is not None:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=facts.mark, state_zh=in_chinese(facts.mark))
    if facts.sha256 is None or claims.filing_sha256 != b64url(facts.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "filing_sha256"))


def check_papers(claims: acts.FilingReturn) -> Refusals:
    """What is missed are the papers of A23, by name. Source: A23, HUB-P17."""
    if not claims.papers or len(set(claims.papers)) != len(claims.papers) or not PAPERS.issuperset(claims.papers):
        allowed = ", ".join(sorted(PAPERS))
        yield _invalid((claims.object_name, "papers"), f"可填：{allowed}", f"one or more of: {allowed}")


def _no_certificate(path: tuple[str, ...]) -> Refusal:
    return _invalid(path, "该会员未颁发会员证", "no certificate was issued to this member")


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
