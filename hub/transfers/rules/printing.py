"""What a province prints, and who agrees to it: sample, printer, seal, run, stock, the year's report (N2–N5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import PrintReportState, StockState, UnionKind, UnionState
from hub.transfers.machines import (
    PRINT_REPORT,
    SAMPLE,
    SEAL_LOAN,
    START,
    STOCK,
    CertificateState,
    Machine,
    Side,
)
from hub.transfers.rules.codes import InvalidValue, normalise_certificate_number
from hub.transfers.rules.days import day_of, end_of
from hub.transfers.rules.stock import range_of
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from federation import acts_printing as acts
    from hub.transfers.facts_printing import LoanFacts, PrintingFacts, ReportFacts, RunFacts, SampleFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "FIRST_YEAR",
    "Filed",
    "check_count",
    "check_id_is_new",
    "check_in_stock",
    "check_is_national",
    "check_is_province",
    "check_lies_with_national",
    "check_loan_approved_by",
    "check_loan_order",
    "check_loan_step",
    "check_names_the_report",
    "check_names_the_request",
    "check_names_the_sample",
    "check_not_issued_nor_lost",
    "check_numbers",
    "check_numbers_are_new",
    "check_of_one_run",
    "check_printer",
    "check_printing_sample",
    "check_report_version",
    "check_reported_count",
    "check_sample_approved",
    "check_year",
    "deadline_of",
    "report_act",
    "report_state",
]

#: The notice is of 22 March 2017: no year before it is filed.
FIRST_YEAR: Final = 2017
REPORTED_MAX: Final = 1_000_000_000


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)


def _step(machine: Machine, state: str, act: str, side: Side) -> Refusals:
    try:
        machine.step(state, act, side)
    except Refusal as refusal:
        yield refusal


# Who.


def check_is_province(facts: PrintingFacts) -> Refusals:
    """Printing is the province's, by its own federation. Source: N2, N4."""
    if facts.signer.kind != UnionKind.PROVINCIAL_FEDERATION or facts.province_code is None:
        yield Refusal(Code.NOT_PROVINCIAL_FEDERATION)
    if facts.signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_is_national(facts: PrintingFacts) -> Refusals:
    """What is agreed to, or taken note of, is so by the national federation. Source: N2, N3, N4."""
    if facts.signer.kind != UnionKind.NATIONAL_FEDERATION:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)
    if facts.signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_lies_with_national(found: SampleFacts | LoanFacts | ReportFacts | None) -> Refusals:
    """There is such a case. Source: N3, N4."""
    if found is None:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_id_is_new(found: object, path: tuple[str, ...]) -> Refusals:
    """A sample, loan or run has an id of its own. Source: HUB-P17."""
    if found:
        yield _invalid(path, "编号已被使用", "this id is taken")


# Sample and printer.


def check_names_the_sample(claims: acts.SampleApproval, sample: SampleFacts) -> Refusals:
    """The submission is agreed to, once. Source: N4, HUB-P17."""
    yield from _step(SAMPLE, sample.state, "approve", Side.NATIONAL)
    if claims.sample_sha256 != b64url(sample.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("approval", "sample_sha256"))


def check_sample_approved(sample: SampleFacts | None, chosen_on: date) -> Refusals:
    """A printer is chosen whose sample was approved by then. Source: N4."""
    if sample is None or sample.approved_on is None:
        yield Refusal(Code.SAMPLE_NOT_APPROVED, path=("printer", "sample_id"))
    elif chosen_on < sample.approved_on:
        yield Refusal(Code.SAMPLE_NOT_APPROVED, path=("printer", "chosen_on"))


def check_printer(claims: acts.PrinterChoice, facts: PrintingFacts) -> Refusals:
    """It is chosen after it was publicised, and takes the place of the one before: a province has one. Source: N5."""
    if claims.publicised_on > claims.chosen_on:
        yield _invalid(("printer", "publicised_on"), "应先公示后确定", "publicity comes before the choice")
    taken = [day for day in (facts.last_chosen_on, facts.last_printed_on) if day is not None]
    if taken and claims.chosen_on <= max(taken):
        yield _invalid(
            ("printer", "chosen_on"),
            f"一省只确定一家承印单位：截至 {max(taken)} 已有承印单位，另行确定须在其后",
            f"a province has one printer: another one printed until {max(taken)}, and is followed after that day",
        )


# The seal.


def check_names_the_request(claims: acts.SealLoanApproval, loan: LoanFacts) -> Refusals:
    """The request is what is agreed to. Source: N3, HUB-P17."""
    if claims.request_sha256 != b64url(loan.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("approval", "request_sha256"))


def check_loan_step(loan: LoanFacts | None, act: str, side: Side, path: tuple[str, ...]) -> Refusals:
    """Approved, received, returned: in this order (4.7). Source: N3, HUB-P17."""
    if loan is None:
        yield _invalid(path, "没有此次印模借用", "there is no such loan")
    else:
        yield from _step(SEAL_LOAN, loan.state, act, side)


def check_loan_order(day: date, before: date | None, path: tuple[str, ...]) -> Refusals:
    """No step of a loan is dated before the one that it follows. Source: N3."""
    if before is not None and day < before:
        yield _invalid(path, f"不得早于 {before}", f"not before {before}")


# The run and the stock.


def check_printing_sample(facts: PrintingFacts) -> Refusals:
    """On the day of printing a printer had been chosen, whose sample was approved. Source: N4, N5."""
    if facts.printing_sample is None:
        yield Refusal(Code.SAMPLE_NOT_APPROVED, path=("run", "printed_on"))


def check_loan_approved_by(loan: LoanFacts | None, printed_on: date) -> Refusals:
    """The seal was lent by then, and had not gone back. Source: N3."""
    path = ("run", "loan_id")
    if loan is None or loan.approved_on is None:
        yield Refusal(Code.PRINT_NOT_AUTHORISED, path=path)
    elif printed_on < loan.approved_on or (loan.returned_on is not None and printed_on > loan.returned_on):
        yield Refusal(Code.PRINT_NOT_AUTHORISED, path=("run", "printed_on"))


def check_numbers(claims: acts.PrintRun, facts: PrintingFacts) -> Refusals:
    """Both ends have the form that the province prescribes on the day of printing. Source: N2."""
    for name, number in (("first_number", claims.first_number), ("last_number", claims.last_number)):
        try:
            well_formed = normalise_certificate_number(number) == number
        except InvalidValue:
            well_formed = False
        if not well_formed or (facts.scheme is not None and not facts.scheme.fits(number)):
            yield Refusal(Code.CERTIFICATE_NUMBER_FORMAT, path=("run", name))


def check_count(first: str, last: str, stated: int, path: tuple[str, ...], *, has_check: bool) -> Refusals:
    """A range is of numbers that differ by a serial, and is as long as it is said to be. Source: N2, HUB-P17."""
    found = range_of(first, last, has_check=has_check)
    if found is None:
        yield _invalid(
            (path[0], "last_number"),
            "起止编号须等长，只有流水号不同，且先小后大",
            "both ends are of one length and differ by their serial alone, the smaller one first",
        )
    elif found.count != stated:
        yield _invalid(path, f"起止编号之间共 {found.count} 个", f"from the first to the last they are {found.count}")


def check_numbers_are_new(facts: PrintingFacts) -> Refusals:
    """No number is printed twice in a province. Source: N2."""
    if facts.overlaps:
        yield Refusal(Code.CERTIFICATE_NUMBER_DUPLICATE, path=("run", "first_number"))


def check_of_one_run(run: RunFacts | None) -> Refusals:
    """What is lost was in stock: it lies in one of the province's print runs. Source: N2, HUB-P17."""
    if run is None:
        yield _invalid(
            ("loss", "first_number"),
            "不在本省任何一批印制的编号之内",
            "these numbers lie in no print run of the province",
        )


def check_not_issued_nor_lost(claims: acts.StockLoss, facts: PrintingFacts) -> Refusals:
    """Only what is in stock becomes spoiled or missing (3.7). Source: N2, HUB-P17."""
    state = CertificateState.VALID if facts.is_issued else facts.lost_as or StockState.IN_STOCK
    yield from _step(STOCK, state, claims.act, Side.PROVINCE)


def check_in_stock(state: str | None, path: tuple[str, ...]) -> Refusals:
    """A number that its province has declared spoiled or missing is issued to nobody; one of no run may be.

    Takes: SPOILED, MISSING, or None for any other number. Source: NX-7, N4
    """
    try:
        STOCK.step(state or START, "issue", Side.HOLDER)
    except Refusal:
        yield Refusal(Code.CERTIFICATE_NOT_VALID, path=path)


# The report of a year.


@dataclass(frozen=True, slots=True)
class Filed:
    """A version of a report as it was received."""

    version: int
    printed_count: int
    state: PrintReportState
    at: datetime


def deadline_of(year: int) -> datetime:
    """Give the instant at which a year's report is late: when its 31 December is over. Source: N4 (ruling 20)."""
    return end_of(date(year, 12, 31)).astimezone(UTC)


def report_act(report: ReportFacts | None, year: int, now: datetime) -> str:
    """Give the step that a version makes: filed in its year, late, or a correction. Source: N4."""
    if now < deadline_of(year):
        return "file"
    return "file_late" if report is None else "correct"


def report_state(report: ReportFacts | None) -> str:
    """Give where a year's report stands."""
    return PrintReportState.DUE if report is None else report.state


def check_year(year: int, now: datetime, province_code: str | None) -> Refusals:
    """A year is filed that has begun, and none of before the notice. Source: N4."""
    if province_code is None:
        return  # no province's: said
    if year > day_of(now).year:
        yield Refusal(Code.DATE_IN_FUTURE, path=("report", "year"))
    if year < FIRST_YEAR:
        yield _invalid(("report", "year"), "2017 年起报备", "what is filed begins with 2017")


def check_reported_count(claims: acts.PrintReport) -> Refusals:
    """Nobody prints more than a certificate for everybody: what is beyond is a slip. Source: N4, HUB-P17."""
    if claims.printed_count > REPORTED_MAX:
        yield _invalid(("report", "printed_count"), f"不超过 {REPORTED_MAX}", f"no more than {REPORTED_MAX}")


def check_report_version(claims: acts.PrintReport, report: ReportFacts | None) -> Refusals:
    """A year is filed once; what takes the place of a report says so by its version. Source: N4."""
    latest = 0 if report is None else report.version
    if claims.version <= latest:
        yield Refusal(Code.PRINT_REPORT_EXISTS, path=("report", "version"))
    elif claims.version != latest + 1:
        yield Refusal(Code.STALE_VERSION, path=("report", "version"))


def check_names_the_report(claims: acts.PrintReportAcknowledgement, report: ReportFacts) -> Refusals:
    """The latest version is taken note of, once. Source: N4, HUB-P17."""
    yield from _step(PRINT_REPORT, report.state, "acknowledge", Side.NATIONAL)
    if report.acknowledged_at is not None:
        state = "ACKNOWLEDGED"
        yield Refusal(Code.STEP_NOT_ALLOWED, state=state, state_zh=in_chinese(state))
    if claims.report_sha256 != b64url(report.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("acknowledgement", "report_sha256"))
