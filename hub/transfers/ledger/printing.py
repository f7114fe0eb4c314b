"""Every SQL call about what a province prints (N2–N5): facts, records, and what it and the national one read."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from hub.transfers.facts_printing import LoanFacts, PrintingFacts, ReportFacts, RunFacts, SampleFacts
from hub.transfers.ledger.rows import function, under_policy
from hub.transfers.ledger.singles import Singles, signer_of
from hub.transfers.rules.numbering import Scheme
from hub.transfers.views_printing import LoanView, LossView, RunView, SampleView

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.database.pool import Reading
    from hub.transfers.facts_printing import AskedOfPrinting
    from hub.transfers.ledger.records import Signing

__all__ = [
    "AcknowledgementRecord",
    "LoanRecord",
    "LossRecord",
    "PrinterRecord",
    "Printing",
    "ReportRecord",
    "RunRecord",
    "SampleApprovalRecord",
    "SampleRecord",
    "SealStepRecord",
    "loans",
    "losses",
    "printed",
    "reports",
    "runs",
    "samples",
    "total_issued",
]

F = TypeVar("F", SampleFacts, LoanFacts, ReportFacts)

FACTS_FOR_PRINTING: Final = under_policy(function("facts_for_printing", 14))
RECORD_SAMPLE: Final = function("record_sample", 12)
RECORD_SAMPLE_APPROVAL: Final = function("record_sample_approval", 9)
RECORD_PRINTER: Final = function("record_printer", 12)
RECORD_SEAL_LOAN: Final = function("record_seal_loan", 10)
RECORD_SEAL_STEP: Final = function("record_seal_step", 14)
RECORD_PRINT_RUN: Final = function("record_print_run", 16)
RECORD_STOCK_LOSS: Final = function("record_stock_loss", 14)
RECORD_PRINT_REPORT: Final = function("record_print_report", 15)
RECORD_ACKNOWLEDGEMENT: Final = function("record_print_acknowledgement", 12)
READ_SAMPLES: Final = "select * from hub.read_samples($1)"
READ_SEAL_LOANS: Final = "select * from hub.read_seal_loans($1)"
READ_PRINT_RUNS: Final = "select * from hub.read_print_runs($1)"
READ_STOCK_LOSSES: Final = "select * from hub.read_stock_losses($1)"
READ_ISSUED: Final = "select hub.read_issued()"
READ_PRINT_REPORTS: Final = "select * from hub.read_print_reports()"
READ_PRINTED: Final = "select * from hub.read_printed($1)"


class SampleRecord(NamedTuple):
    """The parameters of `record_sample`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    sample_id: UUID
    printer_uscc: str
    charter_version: str
    layout_sha256: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class SampleApprovalRecord(NamedTuple):
    """The parameters of `record_sample_approval`, in order."""

    at: datetime
    union_id: UUID
    sample_id: UUID
    approved_on: date
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class PrinterRecord(NamedTuple):
    """The parameters of `record_printer`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    sample_id: UUID
    chosen_on: date
    publicised_on: date
    decision_sha256: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class LoanRecord(NamedTuple):
    """The parameters of `record_seal_loan`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    loan_id: UUID
    application_sha256: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class SealStepRecord(NamedTuple):
    """The parameters of `record_seal_step`, in order."""

    at: datetime
    union_id: UUID
    loan_id: UUID
    step_no: int
    from_state: str
    act: str
    to_state: str
    day: date
    custodian_sha256: bytes | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class RunRecord(NamedTuple):
    """The parameters of `record_print_run`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    run_id: UUID
    sample_id: UUID
    loan_id: UUID
    first_number: str
    last_number: str
    has_check: bool
    printed_count: int
    printed_on: date
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class LossRecord(NamedTuple):
    """The parameters of `record_stock_loss`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    run_id: UUID
    act: str
    to_state: str
    first_number: str
    last_number: str
    lost_count: int
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ReportRecord(NamedTuple):
    """The parameters of `record_print_report`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    year: int
    version: int
    printed_count: int
    step_no: int
    from_state: str
    act: str
    to_state: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class AcknowledgementRecord(NamedTuple):
    """The parameters of `record_print_acknowledgement`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    year: int
    version: int
    step_no: int
    state: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


_SQL: Final[dict[type[Any], str]] = {
    SampleRecord: RECORD_SAMPLE,
    SampleApprovalRecord: RECORD_SAMPLE_APPROVAL,
    PrinterRecord: RECORD_PRINTER,
    LoanRecord: RECORD_SEAL_LOAN,
    SealStepRecord: RECORD_SEAL_STEP,
    RunRecord: RECORD_PRINT_RUN,
    LossRecord: RECORD_STOCK_LOSS,
    ReportRecord: RECORD_PRINT_REPORT,
    AcknowledgementRecord: RECORD_ACKNOWLEDGEMENT,
}


class Printing(Singles):
    """The calls of the acts."""

    async def facts(self, signing: Signing, asked: AskedOfPrinting) -> PrintingFacts:
        """Give the facts for any of these acts."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_PRINTING, *self._clock, *signing, *asked)
        return PrintingFacts(
            signer=signer_of(row),
            province_code=row["province_code"],
            sample=_facts(SampleFacts, row["sample"]),
            loan=_facts(LoanFacts, row["loan"]),
            last_chosen_on=row["last_chosen_on"],
            last_printed_on=row["last_printed_on"],
            printing_sample=row["printing_sample"],
            run_taken=row["run_taken"],
            overlaps=row["overlaps"],
            run=None if row["of_run"] is None else RunFacts(row["of_run"], row["of_run_checked"]),
            lost_as=row["lost_as"],
            is_issued=row["is_issued"],
            scheme=None if row["pattern"] is None else Scheme(row["pattern"], row["check_rule"]),
            report=_facts(ReportFacts, row["report"]),
            recorded_count=int(row["recorded_count"]),
        )

    async def record(self, record: NamedTuple) -> bool:
        """Do an act. False: overtaken. Raises: Claimed."""
        return await self._single(_SQL[type(record)], record)


def _facts(kind: type[F], row: Any) -> F | None:
    """Give the row of a table as facts. Where there is none it comes as a row of nulls."""
    return None if row["state"] is None else kind(*(row[field.name] for field in fields(kind)))


async def samples(reading: Reading, only: UUID | None = None) -> list[SampleView]:
    """Give the samples that the union may read, the latest first, a hundred at most."""
    return [SampleView(**row) for row in await reading.connection.fetch(READ_SAMPLES, only)]


async def loans(reading: Reading, only: UUID | None = None) -> list[LoanView]:
    """Give the loans of the seal that the union may read, the latest first, a hundred at most."""
    return [LoanView(**row) for row in await reading.connection.fetch(READ_SEAL_LOANS, only)]


async def runs(reading: Reading, only: UUID | None = None) -> list[RunView]:
    """Give the union's own print runs, the latest first."""
    return [RunView(**row) for row in await reading.connection.fetch(READ_PRINT_RUNS, only)]


async def losses(reading: Reading, only: UUID | None = None) -> list[LossView]:
    """Give what the union has declared spoiled or missing, the latest first, a hundred at most."""
    return [LossView(**row) for row in await reading.connection.fetch(READ_STOCK_LOSSES, only)]


async def total_issued(reading: Reading) -> int:
    """Give how many numbers of the union's province were ever given out."""
    found: int = await reading.connection.fetchval(READ_ISSUED)
    return found


async def reports(reading: Reading) -> list[Any]:
    """Give each version that was filed; of a province that has filed nothing, a row without one."""
    found: list[Any] = await reading.connection.fetch(READ_PRINT_REPORTS)
    return found


async def printed(reading: Reading, before: datetime) -> dict[tuple[str, int], int]:
    """Give what was printed, by province and year, as recorded up to an instant."""
    rows = await reading.connection.fetch(READ_PRINTED, before)
    return {(row["province_code"], row["year"]): row["printed_count"] for row in rows}
