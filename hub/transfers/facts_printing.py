"""What the database tells the rules of what a province prints (N2–N5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.rules.numbering import Scheme

__all__ = ["AskedOfPrinting", "LoanFacts", "PrintingFacts", "ReportFacts", "RunFacts", "SampleFacts"]


class AskedOfPrinting(NamedTuple):
    """What an act names, by which its facts are asked; None: it names none such."""

    sample_id: UUID | None = None
    loan_id: UUID | None = None
    run_id: UUID | None = None
    printed_on: date | None = None
    first_number: str | None = None
    last_number: str | None = None
    province_code: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """A sample, to its province and to the national federation."""

    sample_id: UUID
    state: str
    sha256: bytes  #: of the submission
    approved_on: date | None


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """A loan of the seal impression, to its province and to the national federation."""

    loan_id: UUID
    state: str
    step_no: int
    sha256: bytes  #: of the request
    approved_on: date | None
    received_on: date | None
    returned_on: date | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The print run in which a whole range of numbers lies."""

    run_id: UUID
    has_check: bool


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """The latest version of a year's report."""

    version: int
    state: str
    step_no: int
    sha256: bytes
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class PrintingFacts:
    """For any act on what a province prints. `sample`, `loan`, `report`: those named, if the signer may see them."""

    signer: SignerFacts
    province_code: str | None  #: of which the signer is the federation
    sample: SampleFacts | None
    loan: LoanFacts | None
    last_chosen_on: date | None  #: when a printer was chosen last
    last_printed_on: date | None  #: by any printer
    printing_sample: UUID | None  #: whose printer it is that prints on the day named
    run_taken: bool
    overlaps: bool  #: whether a number of the range is in a run already
    run: RunFacts | None
    lost_as: str | None  #: SPOILED or MISSING, if a number of the range is declared so
    is_issued: bool  #: whether a number of the range was ever given out
    scheme: Scheme | None  #: how the province numbers on the day named
    report: ReportFacts | None
    recorded_count: int  #: printed in the year named, by the runs that are recorded
