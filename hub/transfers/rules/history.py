"""What comes from paper (A25): earlier lines of a certificate, and a membership that is retained already.

The earlier lines import without the rules of a transfer: the hub has seen none of their signatures. What is checked is
that they are of before the hub and can be printed. The one rule that goes by date is article 17: since the measures
are in force nobody who has retired is restored.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus, RetentionReason
from hub.transfers.rules import columns
from hub.transfers.rules.days import day_of, exempt_from, month_of
from hub.transfers.rules.reasons import REASONS
from hub.transfers.rules.retaining import INADMISSIBLE_RETENTIONS
from hub.transfers.words import listed_in_chinese

if TYPE_CHECKING:
    from federation import acts_history as acts
    from federation.acts import Import
    from hub.transfers.facts import HeldFacts
    from hub.transfers.facts_history import HistoryFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "IN_FORCE",
    "LEGACY",
    "OnHistory",
    "check_entry_versions",
    "check_first_holder",
    "check_imported_retention",
    "check_imported_status",
    "check_retention_lines",
    "check_transfer_lines",
]

#: A25: the day on which the measures came into force.
IN_FORCE: Final = date(2016, 12, 12)
#: The reason of a line whose paper gives none of article 12's.
LEGACY: Final = "LEGACY"


@dataclass(frozen=True, slots=True)
class OnHistory:
    """An import of earlier lines before the rules."""

    claims: acts.History
    facts: HistoryFacts


def check_first_holder(facts: HistoryFacts) -> Refusals:
    """The union that brought the membership into the hub answers for what the paper says, and no other. Source: A25."""
    if not facts.is_first_holder:
        yield Refusal(Code.NOT_FIRST_HOLDER)


def check_entry_versions(claims: acts.History, facts: HistoryFacts, membership: HeldFacts) -> Refusals:
    """Custody, data and the lines that stand are named: nothing is brought in twice but as a new version.

    Source: HUB-P17
    """
    stands = None if facts.stands_sha256 is None else b64url(facts.stands_sha256)
    for name, now in (
        ("custody_version", membership.custody_version),
        ("data_version", membership.data_version),
        ("corrects_sha256", stands),
    ):
        if getattr(claims, name) != now:
            yield Refusal(Code.STALE_VERSION, path=("history", name))
            return


def check_transfer_lines(claims: acts.History, facts: HistoryFacts, membership: HeldFacts) -> Refusals:
    """The lines follow one another between the joining and the entry into the hub, and can be printed.

    Their reasons are article 12's, or LEGACY; their dues a month that can be.
    Source: A25, NX-3
    """
    entered_on, after = day_of(membership.held_from), membership.joined_on
    for index, line in enumerate(claims.transfers):
        path = ("history", "transfers", str(index))
        reason: str = line.reason_code
        if reason != LEGACY and reason not in REASONS:
            yield _reason_not_listed((*path, "reason_code"), [*REASONS, LEGACY])
        if line.out_date < after:
            yield _invalid(
                (*path, "out_date"),
                "早于入会时间或上一次转入",
                "this is before the joining, or before the line above it",
            )
        if line.in_date < line.out_date:
            yield Refusal(Code.IN_DATE_BEFORE_OUT_DATE, path=(*path, "in_date"))
        elif line.in_date > entered_on:
            yield _of_the_hub((*path, "in_date"))
        yield from columns.check_dues_month(
            line.dues_paid_through,
            joined_on=membership.joined_on,
            today=line.out_date,
            policy=facts.signer.policy,
            path=(*path, "dues_paid_through"),
        )
        after = max(line.in_date, after)


def check_retention_lines(claims: acts.History, facts: HistoryFacts, membership: HeldFacts) -> Refusals:
    """Each was restored before the next one, and before what the hub itself has.

    Since article 17 is in force nobody who has retired is restored. Source: A17, A25, NX-4
    """
    days = [day_of(membership.held_from), *([] if facts.retained_on is None else [facts.retained_on])]
    until, after = month_of(min(days)), month_of(membership.joined_on)
    for index, line in enumerate(claims.retentions):
        path = ("history", "retentions", str(index))
        if line.reason not in RetentionReason.__members__:
            yield _reason_not_listed((*path, "reason"), [*RetentionReason])
        if line.retained_month < after:
            yield _invalid(
                (*path, "retained_month"),
                "早于入会时间或上一次恢复",
                "this is before the joining, or before the line above it",
            )
        if line.restored_month < line.retained_month:
            yield _invalid((*path, "restored_month"), "早于保留会籍的年月", "this is before the retention")
        elif line.restored_month > until:
            yield _of_the_hub((*path, "restored_month"))
        elif line.reason == RetentionReason.RETIREMENT.value and line.restored_month > month_of(IN_FORCE):
            yield Refusal(Code.REHIRED_RETIREE_NO_TRANSFER, path=(*path, "restored_month"))
        after = max(line.restored_month, after)


def check_imported_status(claims: Import) -> Refusals:
    """A membership is brought in as active or as retained, and then with why and since when. Source: A25."""
    if claims.status not in {None, MembershipStatus.ACTIVE.value, MembershipStatus.RETAINED.value}:
        yield _invalid(
            ("import", "status"),
            "只能导入状态为 ACTIVE 或 RETAINED 的会籍",
            "only a membership that is ACTIVE or RETAINED can be brought in",
        )
    elif (claims.status == MembershipStatus.RETAINED.value) != (claims.retention is not None):
        yield _invalid(
            ("import", "retention"),
            "状态为 RETAINED 的须注明保留原因和日期，其他的不填",
            "say of one that is RETAINED why and since when, and of no other",
        )


def check_imported_retention(claims: Import, today: date) -> Refusals:
    """It is for a listed reason and of a day between the joining and today; dues are paid to its month at most.

    Source: A17, A19, A20, A21, A25
    """
    retention, path = claims.retention, ("import", "retention")
    if retention is None:
        return
    reason: str = retention.reason
    if reason not in RetentionReason.__members__:
        yield _reason_not_listed((*path, "reason"), [*RetentionReason], reason)
    yield from columns.check_not_in_future(retention.from_date, today, path=(*path, "from_date"))
    if retention.from_date < claims.joined_on:
        yield _invalid((*path, "from_date"), "早于入会时间", "this is before the joining")
    since = exempt_from(retention.from_date)
    if claims.dues_paid_through >= since:
        yield Refusal(Code.DUES_EXEMPT_IN_RETENTION, path=("import", "dues_paid_through"), exempt_from=since)


def _reason_not_listed(path: tuple[str, ...], allowed: list[str], reason: str = "") -> Refusal:
    return Refusal(
        INADMISSIBLE_RETENTIONS.get(reason, Code.REASON_NOT_ALLOWED),
        path=path,
        allowed=", ".join(sorted(allowed)),
        allowed_zh=listed_in_chinese(allowed),
    )


def _of_the_hub(path: tuple[str, ...]) -> Refusal:
    return _invalid(
        path,
        "晚于会籍进入本系统的时间，应由各工会在本系统办理",
        "this is after the entry into the hub: each union signs it here",
    )


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
