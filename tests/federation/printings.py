"""An example of each act on what a province prints; none has a `sub`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from federation import acts_printing as acts
from federation.forms import Amount, CertificateNumber, ProvinceCode, RegisterNo, Uscc, Version
from tests.federation.parties import a_hash, a_uuid

if TYPE_CHECKING:
    from federation.act import Act

__all__ = ["PRINTING_ACTS"]

_DAY = date(2025, 3, 3)
_SAMPLE, _LOAN = {"sample_id": a_uuid("sample")}, {"loan_id": a_uuid("loan")}
_NUMBERS = {"first_number": CertificateNumber("000101"), "last_number": CertificateNumber("000600")}

PRINTING_ACTS: list[Act] = [
    acts.SampleSubmission(
        **_SAMPLE,
        printer_uscc=Uscc("91310117MC0B20021X"),
        charter_version=RegisterNo("2023"),
        layout_sha256=a_hash("layout"),
    ),
    acts.SampleApproval(**_SAMPLE, sample_sha256=a_hash("submission"), approved_on=_DAY),
    acts.PrinterChoice(**_SAMPLE, publicised_on=_DAY, chosen_on=_DAY, decision_sha256=a_hash("minutes")),
    acts.SealLoanRequest(**_LOAN, application_sha256=a_hash("application")),
    acts.SealLoanApproval(**_LOAN, request_sha256=a_hash("request"), approved_on=_DAY),
    acts.SealCustody(**_LOAN, received_on=_DAY, custodian_sha256=a_hash("custodian")),
    acts.SealReturn(**_LOAN, returned_on=_DAY),
    acts.PrintRun(
        run_id=a_uuid("run"),
        loan_id=a_uuid("loan"),
        first_number=CertificateNumber("000101"),
        last_number=CertificateNumber("000600"),
        printed_count=Amount(500),
        printed_on=_DAY,
    ),
    acts.SpoiledNumbers(**_NUMBERS, lost_count=Amount(500)),
    acts.MissingNumbers(**_NUMBERS, lost_count=Amount(500)),
    acts.PrintReport(year=Version(2025), version=Version(1), printed_count=Amount(500)),
    acts.PrintReportAcknowledgement(
        province_code=ProvinceCode("31"), year=Version(2025), report_sha256=a_hash("report")
    ),
]
