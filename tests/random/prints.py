"""What the model knows of printing: each province's samples, printers, loans, runs, losses and reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Loan", "Prints", "Report", "Run", "Sample"]


@dataclass
class Sample:
    id: str
    owner: str
    sha256: str
    approved_on: date | None = None


@dataclass
class Loan:
    id: str
    owner: str
    sha256: str
    state: str = "REQUESTED"
    days: list[date] = field(default_factory=list)  #: approved, received, returned


@dataclass(frozen=True)
class Run:
    owner: str
    first: str
    last: str
    printed_on: date


@dataclass
class Report:
    """The latest version of a year's."""

    version: int
    state: str
    sha256: str
    is_read: bool = False


@dataclass
class Prints:
    samples: list[Sample] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)
    #: Per province: whose sample was chosen on which day.
    chosen: dict[tuple[str, date], str] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    lost: dict[tuple[str, str], str] = field(default_factory=dict)  #: province and number: SPOILED or MISSING
    reports: dict[tuple[str, int], Report] = field(default_factory=dict)

    def printer(self, owner: str, on: date) -> str | None:
        days = [day for whose, day in self.chosen if whose == owner and day <= on]
        return self.chosen[owner, max(days)] if days else None

    def run_of(self, owner: str, first: str, last: str) -> Run | None:
        return next((run for run in self.runs if run.owner == owner and run.first <= first and last <= run.last), None)
