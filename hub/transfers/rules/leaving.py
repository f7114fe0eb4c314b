"""How a retained member leaves the union that holds the membership (A13, A17, A19, A20): restored, or retained on.

A retiree stays for good, a soldier until the discharge: neither stands against a closure or a reorganisation, which
leave nobody behind (HUB-P09). Why a member was retained is told to no other union.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import CUSTODIAN_KINDS, HoldingBasis, MembershipStatus, RetentionReason
from hub.transfers.rules import retaining
from hub.transfers.rules.days import exempt_from, months_after
from hub.transfers.rules.policy import ClosureHolder
from hub.transfers.rules.reasons import CORRECTION, REASONS, REORGANISED
from hub.transfers.words import in_chinese, listed_in_chinese

if TYPE_CHECKING:
    from datetime import date

    from federation import acts
    from hub.transfers.facts import MembershipFacts, ReceiverFacts, TargetFacts
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "CLOSURE",
    "RESTORING",
    "check_closure",
    "check_exempt_since",
    "check_leaves_after_retention",
    "check_may_be_asked_for",
    "check_may_leave",
    "check_restored",
    "check_retains",
    "goes_into_custody",
    "retained_since",
]

REEMPLOYED, CLOSURE, CHANGED = "REEMPLOYMENT_FROM_RETENTION", "EMPLOYER_CLOSURE", "CHANGE_OF_EMPLOYER"
#: The reasons of who works again; the one of a change alone as the answer to a union that could not know.
RESTORING = frozenset({REEMPLOYED, CHANGED, "PLACEMENT", "WORKPLACE_AREA", "FLEXIBLE_CHOICE"})
#: The reasons by which the holder changes, and the retention goes along.
_STAYING = frozenset({CLOSURE, "RESIDENCE_MOVE", REORGANISED, CORRECTION})
#: What leaves nobody behind, whatever the member is retained for.
_OF_ALL = frozenset({CLOSURE, REORGANISED})
_STAYS = {
    RetentionReason.RETIREMENT: Code.REHIRED_RETIREE_NO_TRANSFER,
    RetentionReason.MILITARY_SERVICE: Code.IN_MILITARY_SERVICE,
}
_KINDS = frozenset({"CLOSED", "BANKRUPT"})


def check_may_leave(claims: acts.Release, membership: MembershipFacts) -> Refusals:
    """A retiree and a soldier stay; who was unemployed leaves for work, or with the employer's end.

    Who is not retained by then may be so by the release itself, and nobody twice.

    Source: A13, A17, A19, A20
    """
    path, reason_code = ("release", "reason_code"), str(claims.reason_code)
    if membership.status != MembershipStatus.RETAINED:
        if reason_code == REEMPLOYED:
            yield _not_allowed(path, {CHANGED})
        elif reason_code == CLOSURE and claims.retention is None:
            yield Refusal(Code.NOT_REEMPLOYED_USE_RETENTION, path=path)
        return
    if claims.retention is not None:
        state = MembershipStatus.RETAINED.value
        yield Refusal(Code.STEP_NOT_ALLOWED, path=("release", "retention"), state=state, state_zh=in_chinese(state))
    stays = _STAYS.get(RetentionReason(membership.retained_for)) if membership.retained_for else None
    open_here = _open_to(membership, is_answer=claims.request_sha256 is not None)
    if stays is not None and reason_code not in _OF_ALL:
        yield Refusal(stays, path=path)
    elif reason_code in REASONS and reason_code not in open_here:
        yield _not_allowed(path, open_here)
    elif reason_code == REEMPLOYED and claims.new_employer_uscc is None:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("release", "new_employer_uscc"))


def check_may_be_asked_for(claims: acts.Request, target: TargetFacts) -> Refusals:
    """Who asks for a retiree or a soldier is told the article; who was unemployed may be asked for, as anybody.

    Source: A17, A19, A20
    """
    stays = _STAYS.get(RetentionReason(target.retained_for)) if target.retained_for else None
    if stays is not None:
        yield Refusal(stays)
    elif target.retained_for is None and claims.reason_code == REEMPLOYED:
        yield _not_allowed(("request", "reason_code"), {CHANGED})
    elif target.retained_for is not None and claims.reason_code in REASONS.keys() - RESTORING:
        yield _not_allowed(("request", "reason_code"), RESTORING)


def check_restored(claims: acts.Release, membership: MembershipFacts) -> Refusals:
    """Who works again is restored by the acceptance; with whom the retention goes along, is not. Source: A19, A20."""
    if membership.status != MembershipStatus.RETAINED:
        return
    if bool(claims.restores) != (claims.reason_code in RESTORING):
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "restores"),
            why_zh="再就业的应注明恢复会籍，其他原因不恢复",
            why_en="who works again is restored by the acceptance, nobody else",
        )


def check_closure(claims: acts.Release) -> Refusals:
    """The former employer was closed, or is bankrupt, by a decision that has been made. Source: A19."""
    closure, path = claims.closure, ("release", "closure")
    if claims.reason_code != CLOSURE:
        for name in ("closure", "retention"):
            if getattr(claims, name) is not None:
                yield Refusal(
                    Code.INPUT_INVALID,
                    path=("release", name),
                    why_zh="该转出原因不注明单位关闭",
                    why_en="this reason says nothing of a closure",
                )
    elif closure is None or closure.kind not in _KINDS or closure.decided_on > claims.out_date:
        yield Refusal(Code.EMPLOYER_NOT_CLOSED, path=path)


def check_retains(claims: acts.Release, membership: MembershipFacts, today: date, policy: Policy) -> Refusals:
    """Who is retained by the release itself is so for want of work, by the checks of any retention.

    One who has retired or enlisted is retained by a statement of its own, which tells nobody else why (A17, A20).
    Source: A19, NX-4
    """
    stated = claims.retention
    if stated is None or claims.reason_code != CLOSURE or membership.status == MembershipStatus.RETAINED:
        return
    entered = retaining.Entered(
        reason=stated.reason,
        retained_on=stated.from_date,
        relation_ended_on=claims.relation_ended_on,
        new_employer_uscc=claims.new_employer_uscc,
    )
    for refusal in _of_entry(entered, membership, today, policy):
        refusal.path = _PLACES[refusal.path[-1]]
        yield refusal


def _of_entry(entered: retaining.Entered, membership: MembershipFacts, today: date, policy: Policy) -> Refusals:
    faulty = tuple(retaining.check_retention_reason(entered, {RetentionReason.UNEMPLOYMENT}))
    if faulty:
        yield from faulty
        return
    if entered.relation_ended_on is not None:  # that it has ended at all, every release is asked
        yield from retaining.check_retention_facts(entered, membership.joined_on)
    yield from retaining.check_retention_dates(
        entered, today, membership.joined_on, membership.restored_on, policy=policy
    )


#: Where in a release stands what a retention says.
_PLACES = {
    "reason": ("release", "retention", "reason"),
    "retained_on": ("release", "retention", "from_date"),
    "relation_ended_on": ("release", "relation_ended_on"),
    "new_employer_uscc": ("release", "new_employer_uscc"),
}


def retained_since(claims: acts.Release, membership: MembershipFacts) -> date | None:
    """Give the day on which the member was retained, were it by this release; None for one who is not. Source: A19."""
    if claims.retention is not None and membership.status != MembershipStatus.RETAINED:
        return claims.retention.from_date
    return membership.retained_on


def goes_into_custody(reason_code: str, membership: MembershipFacts, receiver: ReceiverFacts, policy: Policy) -> bool:
    """Whether the union above the holder has the member in custody: where the residence is not known, or by policy.

    Takes: `policy`, the holder's.
    Source: HUB-P07, HUB-P09, A19
    """
    return (
        reason_code == CLOSURE
        and receiver.is_above_holder
        and receiver.kind in CUSTODIAN_KINDS
        and (membership.residence is None or policy.closure_holder is ClosureHolder.HIGHER_LEVEL)
    )


def check_leaves_after_retention(claims: acts.Release, membership: MembershipFacts) -> Refusals:
    """Nobody leaves before having been retained: line after line of both columns. Source: NX-4."""
    since = retained_since(claims, membership)
    if since is not None and claims.out_date < since:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "out_date"),
            why_zh="转出日期早于保留会籍",
            why_en="the date of release is before that of the retention",
        )


def check_exempt_since(claims: acts.Release, membership: MembershipFacts) -> Refusals:
    """Of a retained member the release says since when no dues are owed, and counts none paid for it. Source: A21."""
    retained_on = retained_since(claims, membership)
    since = None if retained_on is None else exempt_from(retained_on)
    if claims.dues_exempt_since != since:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "dues_exempt_since"),
            why_zh="免交会费的首月与保留会籍的登记不符",
            why_en="the first month without dues is not that of the retention",
        )
    elif since is not None and max(months_after(since, -1), membership.dues_paid_through) < claims.dues_paid_through:
        yield Refusal(Code.DUES_EXEMPT_IN_RETENTION, path=("release", "dues_paid_through"), exempt_from=since)


def _open_to(membership: MembershipFacts, *, is_answer: bool) -> frozenset[str]:
    open_here = RESTORING | _STAYING
    if not is_answer:
        open_here -= {CHANGED}
    # What was taken over by mistake goes back as it came: retained, by a union of the residence.
    if membership.holding_basis != HoldingBasis.RESIDENCE_RETENTION:
        open_here -= {CORRECTION}
    return open_here


def _not_allowed(path: tuple[str, ...], allowed: frozenset[str] | set[str]) -> Refusal:
    return Refusal(
        Code.REASON_NOT_ALLOWED, path=path, allowed=", ".join(sorted(allowed)), allowed_zh=listed_in_chinese(allowed)
    )
