"""The rules of each act on what a province prints, in their order (domain 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.machines import Side
from hub.transfers.rules import columns, labour, printing
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from federation import acts_printing as acts
    from hub.transfers.facts_printing import PrintingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "acknowledgement",
    "custody",
    "loan_approval",
    "loan_request",
    "loss",
    "printer",
    "report",
    "run",
    "sample",
    "sample_approval",
    "seal_return",
]


def sample(facts: PrintingFacts, claims: acts.SampleSubmission) -> Refusals:
    """Rules of the submission of a sample. Source: N2, N4."""
    yield from printing.check_is_province(facts)
    yield from printing.check_id_is_new(facts.sample, ("sample", "sample_id"))
    yield from labour.check_employer_code(claims.printer_uscc, path=("sample", "printer_uscc"))


def sample_approval(facts: PrintingFacts, claims: acts.SampleApproval) -> Refusals:
    """Rules of the approval of a sample. Source: N2, N4, HUB-P06."""
    yield from printing.check_is_national(facts)
    yield from printing.check_lies_with_national(facts.sample)
    if facts.sample is not None:
        yield from printing.check_names_the_sample(claims, facts.sample)
    yield from columns.check_printed_date(
        claims.approved_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("approval", "approved_on")
    )


def printer(facts: PrintingFacts, claims: acts.PrinterChoice) -> Refusals:
    """Rules of the choice of the printer. Source: N4, N5, HUB-P06."""
    yield from printing.check_is_province(facts)
    yield from printing.check_sample_approved(facts.sample, claims.chosen_on)
    yield from printing.check_printer(claims, facts)
    yield from columns.check_printed_date(
        claims.chosen_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("printer", "chosen_on")
    )


def loan_request(facts: PrintingFacts, _: acts.SealLoanRequest) -> Refusals:
    """Rules of the request of the seal impression. Source: N3."""
    yield from printing.check_is_province(facts)
    yield from printing.check_id_is_new(facts.loan, ("seal_loan", "loan_id"))


def loan_approval(facts: PrintingFacts, claims: acts.SealLoanApproval) -> Refusals:
    """Rules of the approval of a loan. Source: N3, HUB-P06."""
    yield from printing.check_is_national(facts)
    yield from printing.check_lies_with_national(facts.loan)
    if facts.loan is not None:
        yield from printing.check_loan_step(facts.loan, "approve", Side.NATIONAL, ("approval", "loan_id"))
        yield from printing.check_names_the_request(claims, facts.loan)
    yield from columns.check_printed_date(
        claims.approved_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("approval", "approved_on")
    )


def custody(facts: PrintingFacts, claims: acts.SealCustody) -> Refusals:
    """Rules of the record that the custodian has the seal. Source: N3, HUB-P06."""
    path = ("custody", "received_on")
    yield from printing.check_is_province(facts)
    yield from printing.check_loan_step(facts.loan, "receive", Side.PROVINCE, ("custody", "loan_id"))
    yield from printing.check_loan_order(
        claims.received_on, None if facts.loan is None else facts.loan.approved_on, path
    )
    yield from columns.check_printed_date(
        claims.received_on, day_of(facts.signer.now), policy=facts.signer.policy, path=path
    )


def seal_return(facts: PrintingFacts, claims: acts.SealReturn) -> Refusals:
    """Rules of the record that the seal has gone back. Source: N3, HUB-P06."""
    path = ("seal_return", "returned_on")
    yield from printing.check_is_province(facts)
    yield from printing.check_loan_step(facts.loan, "return", Side.PROVINCE, ("seal_return", "loan_id"))
    yield from printing.check_loan_order(
        claims.returned_on, None if facts.loan is None else facts.loan.received_on, path
    )
    yield from columns.check_printed_date(
        claims.returned_on, day_of(facts.signer.now), policy=facts.signer.policy, path=path
    )


def run(facts: PrintingFacts, claims: acts.PrintRun) -> Refusals:
    """Rules of a print run: sample before printer before run, under a loan. Source: N2, N3, N4, N5, HUB-P06."""
    yield from printing.check_is_province(facts)
    yield from printing.check_id_is_new(facts.run_taken, ("run", "run_id"))
    yield from printing.check_printing_sample(facts)
    yield from printing.check_loan_approved_by(facts.loan, claims.printed_on)
    yield from columns.check_printed_date(
        claims.printed_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("run", "printed_on")
    )
    yield from printing.check_numbers(claims, facts)
    has_check = facts.scheme is not None and facts.scheme.check_rule is not None
    ends = (claims.first_number, claims.last_number)
    yield from printing.check_count(*ends, claims.printed_count, ("run", "printed_count"), has_check=has_check)
    yield from printing.check_numbers_are_new(facts)


def loss(facts: PrintingFacts, claims: acts.StockLoss) -> Refusals:
    """Rules of numbers that are spoiled or missing. Source: N2."""
    yield from printing.check_is_province(facts)
    yield from printing.check_of_one_run(facts.run)
    ends = (claims.first_number, claims.last_number)
    has_check = facts.run is not None and facts.run.has_check
    yield from printing.check_count(*ends, claims.lost_count, ("loss", "lost_count"), has_check=has_check)
    if facts.run is not None:
        yield from printing.check_not_issued_nor_lost(claims, facts)


def report(facts: PrintingFacts, claims: acts.PrintReport) -> Refusals:
    """Rules of a year's report: late or not, it is received. Source: N4."""
    yield from printing.check_is_province(facts)
    yield from printing.check_year(claims.year, facts.signer.now, facts.province_code)
    yield from printing.check_report_version(claims, facts.report)
    yield from printing.check_reported_count(claims)


def acknowledgement(facts: PrintingFacts, claims: acts.PrintReportAcknowledgement) -> Refusals:
    """Rules of the acknowledgement of a report. Source: N4."""
    yield from printing.check_is_national(facts)
    yield from printing.check_lies_with_national(facts.report)
    if facts.report is not None:
        yield from printing.check_names_the_report(claims, facts.report)
