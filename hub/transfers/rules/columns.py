"""What the certificate's transfer column prints: dates and dues (NX-3), within HUB-P06 and HUB-P10."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.rules.days import end_of, month_of, months_after

if TYPE_CHECKING:
    from datetime import date

    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_dues_month",
    "check_intake_follows_release",
    "check_next_dues_month",
    "check_printed_date",
    "check_release_follows_joining",
    "check_valid_until",
    "next_dues_month",
]


def check_printed_date(day: date, today: date, *, policy: Policy, path: tuple[str, ...]) -> Refusals:
    """A date printed is neither in the future nor further back than P06. Source: NX-3, HUB-P06."""
    if day > today:
        yield Refusal(Code.DATE_IN_FUTURE, path=path, possible_from=end_of(day - timedelta(days=1)))
    elif day < today - timedelta(days=policy.backdate_days_max):
        yield Refusal(Code.BACKDATE_TOO_FAR, path=path, days=policy.backdate_days_max)


def check_not_in_future(day: date | None, today: date, *, path: tuple[str, ...]) -> Refusals:
    """What is stated has happened. Source: NX-3."""
    if day is not None and day > today:
        yield Refusal(Code.DATE_IN_FUTURE, path=path, possible_from=end_of(day - timedelta(days=1)))


def check_release_follows_joining(out_date: date, joined_on: date) -> Refusals:
    """Nobody leaves before having joined (I7). Source: NX-3."""
    if out_date < joined_on:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "out_date"),
            why_zh="转出日期早于入会时间",
            why_en="the date of release is before that of joining",
        )


def check_intake_follows_release(in_date: date, out_date: date | None) -> Refusals:
    """Line 2 of the column is never dated before line 1 (I7). Source: NX-3."""
    if out_date is not None and in_date < out_date:
        yield Refusal(Code.IN_DATE_BEFORE_OUT_DATE, path=("acceptance", "in_date"))


def check_valid_until(valid_until: date, today: date, *, policy: Policy) -> Refusals:
    """A release is good for a day at least and for P01 at most. Source: HUB-P01."""
    latest = today + timedelta(days=policy.release_valid_days)
    if not today <= valid_until <= latest:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "valid_until"),
            why_zh=f"有效期应在 {today} 至 {latest} 之间",
            why_en=f"the last day of validity lies between {today} and {latest}",
        )


def check_dues_month(dues: str, *, joined_on: date, today: date, policy: Policy, path: tuple[str, ...]) -> Refusals:
    """Dues are paid to no month before that of joining less one, and to none beyond P10. Source: NX-3, HUB-P10."""
    earliest = months_after(month_of(joined_on), -1)
    latest = months_after(month_of(today), policy.prepaid_months_max)
    if not earliest <= dues <= latest:
        yield Refusal(Code.DUES_MONTH_IMPLAUSIBLE, path=path, earliest=earliest, latest=latest)


def next_dues_month(dues_paid_through: str, restored_on: date | None) -> str:
    """Give the month from which the receiver collects: after the last one paid, or that of a restoration (A21)."""
    return months_after(dues_paid_through, 1) if restored_on is None else month_of(restored_on)


def check_next_dues_month(next_month: str, dues_paid_through: str, restored_on: date | None) -> Refusals:
    """The receiver collects from the month after the last one paid, or of the restoration. Source: NX-3, A21."""
    due = next_dues_month(dues_paid_through, restored_on)
    if next_month != due:
        yield Refusal(Code.DUES_MONTH_IMPLAUSIBLE, path=("acceptance", "next_dues_month"), earliest=due, latest=due)
