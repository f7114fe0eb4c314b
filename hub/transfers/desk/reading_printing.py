"""What is read of printing: by a province its own, by the national federation what it approves and is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hub.transfers.desk.counting import before_of
from hub.transfers.desk.opening import reading_as
from hub.transfers.kinds import PrintReportState
from hub.transfers.ledger import printing as ledger
from hub.transfers.rules.days import day_of
from hub.transfers.rules.printing import FIRST_YEAR, deadline_of
from hub.transfers.views_printing import ReportView, StockView

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views_printing import LoanView, LossView, RunView, SampleView

__all__ = ["loan_list", "loss_list", "report_list", "run_list", "sample_list", "stock_of"]


async def sample_list(hub: Hub, caller: Caller, only: UUID | None = None) -> list[SampleView]:
    """Give samples: a province its own, the national federation all. Source: N4."""
    async with reading_as(hub, caller) as reading:
        return await ledger.samples(reading, only)


async def loan_list(hub: Hub, caller: Caller, only: UUID | None = None) -> list[LoanView]:
    """Give loans of the seal: a province its own, the national federation all. Source: N3."""
    async with reading_as(hub, caller) as reading:
        return await ledger.loans(reading, only)


async def run_list(hub: Hub, caller: Caller, only: UUID | None = None) -> list[RunView]:
    """Give a province its print runs. Source: N2."""
    async with reading_as(hub, caller) as reading:
        return await ledger.runs(reading, only)


async def loss_list(hub: Hub, caller: Caller, only: UUID | None = None) -> list[LossView]:
    """Give a province what it has declared spoiled or missing. Source: N2."""
    async with reading_as(hub, caller) as reading:
        return await ledger.losses(reading, only)


async def stock_of(hub: Hub, caller: Caller) -> StockView:
    """Give a province its figures; to anybody else they are nothing. Source: N4."""
    async with reading_as(hub, caller) as reading:
        runs, losses = await ledger.runs(reading), await ledger.losses(reading)
        return StockView(tuple(runs), tuple(losses), await ledger.total_issued(reading))


async def report_list(hub: Hub, caller: Caller, as_of: date | None, year: int | None) -> list[ReportView]:
    """Give reports as they stood at a day's end (None: now), and what was due: of a province, or of all.

    A year is due from its beginning, once the province is in the hub or prints. Refuses: DATE_IN_FUTURE
    Source: N4 (ruling 20)
    """
    async with reading_as(hub, caller) as reading:
        before = _before(as_of, reading.now)
        rows = await ledger.reports(reading)
        printed = await ledger.printed(reading, before)
    found: list[ReportView] = []
    for _, of_province in groupby(rows, key=lambda row: row["union_id"]):
        found += _of_province(list(of_province), printed, before)
    return [view for view in found if year is None or view.year == year]


def _before(as_of: date | None, now: datetime) -> datetime:
    """Give the instant before which all counts that is asked for: the end of a day that is over, or right after now."""
    end = now if as_of is None else before_of(as_of, now)
    return end if end < now else now + timedelta(microseconds=1)


def _of_province(rows: Sequence[Any], printed: dict[tuple[str, int], int], before: datetime) -> list[ReportView]:
    one, this_year = rows[0], _last_year(before)
    begun = [day_of(one["registered_at"]).year]
    if one["first_printed_on"] is not None:
        begun.append(one["first_printed_on"].year)
    filed = {row["year"]: row for row in rows if row["year"] is not None and row["at"] < before}
    years = {*range(max(FIRST_YEAR, min(begun)), this_year + 1), *filed}
    return [
        _of_year(one, year, filed.get(year), printed.get((one["province_code"], year), 0), before)
        for year in sorted(years, reverse=True)
    ]


def _last_year(before: datetime) -> int:
    """Give the latest year that had begun: at the 24:00 of a 31 December the next one has not."""
    year = day_of(before).year
    return year - 1 if year > FIRST_YEAR and before == deadline_of(year - 1) else year


def _of_year(province: Any, year: int, latest: Any, recorded: int, before: datetime) -> ReportView:
    due_at = deadline_of(year)
    view = ReportView(
        province_code=province["province_code"],
        union_id=province["union_id"],
        year=year,
        state=PrintReportState.DUE if latest is None else PrintReportState(latest["state"]),
        due_at=due_at,
        is_overdue=latest is None and before > due_at,
        recorded_count=recorded,
    )
    if latest is None:
        return view
    read_at = latest["acknowledged_at"]
    return ReportView(
        **{name: getattr(view, name) for name in _SHARED},
        version=latest["version"],
        printed_count=latest["printed_count"],
        filed_at=latest["at"],
        sha256=latest["sha256"],
        acknowledged_at=read_at if read_at is not None and read_at < before else None,
    )


_SHARED = ("province_code", "union_id", "year", "state", "due_at", "is_overdue", "recorded_count")
