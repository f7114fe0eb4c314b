"""What a province and the national federation state of printing (N2–N5): sample, printer, seal, run, stock, report.

None of these statements has a `sub`: each names what it is about among its own claims.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from federation.act import Act, Subject
from federation.forms import Amount, CertificateNumber, ProvinceCode, RegisterNo, Sha256, Uscc, Version

__all__ = [
    "PRINTING_ACTS",
    "MissingNumbers",
    "PrintReport",
    "PrintReportAcknowledgement",
    "PrintRun",
    "PrinterChoice",
    "SampleApproval",
    "SampleSubmission",
    "SealCustody",
    "SealLoanApproval",
    "SealLoanRequest",
    "SealReturn",
    "SpoiledNumbers",
    "StockLoss",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleSubmission(Act):
    """A province puts before the national federation what a printer made of the certificate (N4)."""

    typ: ClassVar[str] = "unionhub.sample+jwt"
    object_name: ClassVar[str] = "sample"
    act: ClassVar[str] = "submit_sample"
    subject: ClassVar[Subject] = "none"

    sample_id: UUID
    printer_uscc: Uscc
    #: The charter that the layout has the members' rights and duties of (N3).
    charter_version: RegisterNo
    layout_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleApproval(Act):
    """The national federation agrees to a sample: its printer may be chosen (N4)."""

    typ: ClassVar[str] = "unionhub.sample-approval+jwt"
    object_name: ClassVar[str] = "approval"
    act: ClassVar[str] = "approve_sample"
    subject: ClassVar[Subject] = "none"

    sample_id: UUID
    #: The submission.
    sample_sha256: Sha256
    approved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterChoice(Act):
    """A province settles, after publicity, on the one printer whose sample was approved (N5)."""

    typ: ClassVar[str] = "unionhub.printer+jwt"
    object_name: ClassVar[str] = "printer"
    act: ClassVar[str] = "choose_printer"
    subject: ClassVar[Subject] = "none"

    sample_id: UUID
    publicised_on: date
    chosen_on: date
    #: The minutes of the decision.
    decision_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class SealLoanRequest(Act):
    """A province asks for the seal impression of the national department, in writing (N3)."""

    typ: ClassVar[str] = "unionhub.seal-loan+jwt"
    object_name: ClassVar[str] = "seal_loan"
    act: ClassVar[str] = "request_seal_loan"
    subject: ClassVar[Subject] = "none"

    loan_id: UUID
    application_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class SealLoanApproval(Act):
    """The national federation lends it (N3)."""

    typ: ClassVar[str] = "unionhub.seal-loan-approval+jwt"
    object_name: ClassVar[str] = "approval"
    act: ClassVar[str] = "approve_seal_loan"
    subject: ClassVar[Subject] = "none"

    loan_id: UUID
    #: The request.
    request_sha256: Sha256
    approved_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SealCustody(Act):
    """It is in the hands of the custodian whom the province has named (N3)."""

    typ: ClassVar[str] = "unionhub.seal-custody+jwt"
    object_name: ClassVar[str] = "custody"
    act: ClassVar[str] = "receive_seal"
    subject: ClassVar[Subject] = "none"

    loan_id: UUID
    received_on: date
    #: The paper that names the custodian: no name stands in a statement.
    custodian_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class SealReturn(Act):
    """It has been sent back after use (N3)."""

    typ: ClassVar[str] = "unionhub.seal-return+jwt"
    object_name: ClassVar[str] = "seal_return"
    act: ClassVar[str] = "return_seal"
    subject: ClassVar[Subject] = "none"

    loan_id: UUID
    returned_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintRun(Act):
    """Certificates were printed: a range of numbers, which are in stock from now on (N2, N3)."""

    typ: ClassVar[str] = "unionhub.print-run+jwt"
    object_name: ClassVar[str] = "run"
    act: ClassVar[str] = "record_print_run"
    subject: ClassVar[Subject] = "none"

    run_id: UUID
    #: Under which the seal was printed in.
    loan_id: UUID
    first_number: CertificateNumber
    last_number: CertificateNumber
    printed_count: Amount
    printed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class StockLoss(Act):
    """Numbers that are in stock no more, and were not issued: one, or a range."""

    object_name: ClassVar[str] = "loss"
    subject: ClassVar[Subject] = "none"

    first_number: CertificateNumber
    last_number: CertificateNumber
    lost_count: Amount


@dataclass(frozen=True, kw_only=True, slots=True)
class SpoiledNumbers(StockLoss):
    """Certificates in stock are spoiled (N2)."""

    typ: ClassVar[str] = "unionhub.spoiled+jwt"
    act: ClassVar[str] = "record_spoiled"


@dataclass(frozen=True, kw_only=True, slots=True)
class MissingNumbers(StockLoss):
    """Certificates are missing from stock (N2)."""

    typ: ClassVar[str] = "unionhub.missing+jwt"
    act: ClassVar[str] = "record_missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintReport(Act):
    """A province files how many certificates it has printed in a year (N4)."""

    typ: ClassVar[str] = "unionhub.print-report+jwt"
    object_name: ClassVar[str] = "report"
    act: ClassVar[str] = "file_print_report"
    subject: ClassVar[Subject] = "none"

    year: Version
    #: 1, or one more than the version whose place it takes.
    version: Version
    printed_count: Amount


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintReportAcknowledgement(Act):
    """The national federation has read the latest version of a report: a filing, no approval (N4)."""

    typ: ClassVar[str] = "unionhub.print-report-acknowledgement+jwt"
    object_name: ClassVar[str] = "acknowledgement"
    act: ClassVar[str] = "acknowledge_print_report"
    subject: ClassVar[Subject] = "none"

    province_code: ProvinceCode
    year: Version
    report_sha256: Sha256


PRINTING_ACTS: tuple[type[Act], ...] = (
    *(SampleSubmission, SampleApproval, PrinterChoice),
    *(SealLoanRequest, SealLoanApproval, SealCustody, SealReturn),
    *(PrintRun, SpoiledNumbers, MissingNumbers, PrintReport, PrintReportAcknowledgement),
)
