"""An example of each act on a certificate, and of what a province lays down."""

from __future__ import annotations

from datetime import date

from federation import acts
from federation.forms import Amount, CertificateNumber, Code, NumberPattern, ProvinceCode, Version
from tests.federation.parties import a_hash

__all__ = ["certificate_acts"]


def _numbered(number: str, issued_on: date | None = None) -> acts.Certificate:
    return acts.Certificate(province_code=ProvinceCode("31"), number=CertificateNumber(number), issued_on=issued_on)


def certificate_acts() -> dict[str, acts.Act]:
    """Give one of each, by the word in its `typ`; the last two are about a union."""
    versions = {"custody_version": Version(1), "data_version": Version(3)}
    old, new = _numbered("000001"), _numbered("000101", date(2025, 3, 3))
    report = acts.Consent(form=Code("WRITTEN"), given_on=date(2025, 3, 2), evidence_sha256=a_hash("report"))
    return {
        "certificate-issue": acts.CertificateIssue(**versions, certificate=new, fee=Amount(0)),
        "certificate-loss": acts.CertificateLoss(**versions, certificate=old, consent=report),
        "certificate-recovery": acts.CertificateRecovery(**versions, certificate=old),
        "certificate-reissue": acts.CertificateReissue(
            **versions, certificate=new, supersedes=old, reason=Code("LOST"), fee=Amount(0)
        ),
        "certificate-collection": acts.CertificateCollection(
            **versions, certificate=old, collected_on=date(2025, 3, 3)
        ),
        "certificate-voiding": acts.CertificateVoiding(**versions, certificate=old),
        "numbering-scheme": acts.NumberingScheme(
            province_code=ProvinceCode("31"),
            pattern=NumberPattern(r"31\d{10}"),
            check=Code("LUHN"),
            from_on=date(2025, 3, 3),
        ),
        "policy": acts.PolicyChange(
            effective_from=date(2025, 6, 1),
            evidence_sha256=a_hash("resolved"),
            release_valid_days=Amount(60),
            closure_holder=Code("HIGHER_LEVEL"),
        ),
    }
