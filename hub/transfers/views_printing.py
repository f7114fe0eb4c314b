"""What a province and the national federation read of printing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.kinds import PrintReportState

__all__ = ["LoanView", "LossView", "ReportView", "RunView", "SampleView", "StockView", "StockYear"]


@dataclass(frozen=True, slots=True)
class SampleView:
    """A sample, and whether its printer was chosen: when, and when that was publicised, the last time."""

    sample_id: UUID
    province_code: str
    union_id: UUID
    printer_uscc: str
    charter_version: str
    layout_sha256: bytes
    state: str
    submitted_at: datetime
    sha256: bytes
    approved_on: date | None
    chosen_on: date | None
    publicised_on: date | None


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan of the seal impression."""

    loan_id: UUID
    province_code: str
    union_id: UUID
    state: str
    application_sha256: bytes
    requested_at: datetime
    sha256: bytes
    approved_on: date | None
    received_on: date | None
    custodian_sha256: bytes | None
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A print run, and what has become of its numbers."""

    run_id: UUID
    sample_id: UUID
    loan_id: UUID
    charter_version: str
    first_number: str
    last_number: str
    printed_count: int
    printed_on: date
    at: datetime
    issued: int
    spoiled: int
    missing: int

    @property
    def in_stock(self) -> int:
        """How many are still to be issued."""
        return self.printed_count - self.issued - self.spoiled - self.missing


@dataclass(frozen=True, slots=True)
class LossView:
    """Numbers declared spoiled or missing."""

    loss_id: UUID
    run_id: UUID
    state: str
    first_number: str
    last_number: str
    lost_count: int
    at: datetime
    sha256: bytes


@dataclass(frozen=True, slots=True)
class StockYear:
    """What was printed in a year, and what has become of it."""

    year: int
    printed: int
    issued: int
    spoiled: int
    missing: int

    @classmethod
    def of(cls, year: int, runs: Sequence[RunView]) -> StockYear:
        """Sum up the runs of a year."""
        return cls(
            year,
            sum(run.printed_count for run in runs),
            sum(run.issued for run in runs),
            sum(run.spoiled for run in runs),
            sum(run.missing for run in runs),
        )

    @property
    def in_stock(self) -> int:
        """How many are still to be issued."""
        return self.printed - self.issued - self.spoiled - self.missing


@dataclass(frozen=True, slots=True)
class StockView:
    """The figures of a province. `issued`: all numbers ever given out, those of no recorded run among them."""

    runs: tuple[RunView, ...]
    losses: tuple[LossView, ...]
    issued: int

    @property
    def years(self) -> list[StockYear]:
        """The same by the year of printing, the latest first."""
        found = sorted({run.printed_on.year for run in self.runs}, reverse=True)
        return [StockYear.of(year, [run for run in self.runs if run.printed_on.year == year]) for year in found]

    @property
    def total(self) -> StockYear:
        """All years together."""
        return StockYear.of(0, self.runs)

    @property
    def exceeds_printed(self) -> bool:
        """Whether more were given out than were printed, as far as the hub knows: older stock is valid. Source: N4."""
        return self.issued > self.total.printed


@dataclass(frozen=True, slots=True)
class ReportView:
    """A year of a province as of an instant: its report, or that it is due."""

    province_code: str
    union_id: UUID
    year: int
    state: PrintReportState
    due_at: datetime
    is_overdue: bool
    recorded_count: int  #: of the runs of that year, as recorded by then
    version: int | None = None
    printed_count: int | None = None
    filed_at: datetime | None = None
    sha256: bytes | None = None
    acknowledged_at: datetime | None = None
