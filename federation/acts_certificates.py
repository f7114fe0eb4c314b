"""The acts on a certificate (N2, N5, N6, NX-7): issue, loss, recovery, reissue, collection, voiding; numbering."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from federation.act import Act, Certificate, Consent
from federation.forms import Amount, Code, NumberPattern, ProvinceCode, Version

__all__ = [
    "CertificateAct",
    "CertificateCollection",
    "CertificateIssue",
    "CertificateLoss",
    "CertificateRecovery",
    "CertificateReissue",
    "CertificateVoiding",
    "NumberingScheme",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateAct(Act):
    """What the acts of a holder on a member's certificate have in common."""

    object_name: ClassVar[str] = "certificate_act"

    custody_version: Version
    #: That of the data as they stand: of two acts drafted at once the second is void.
    data_version: Version
    #: The one that the act is on; of an issue and a reissue the new one.
    certificate: Certificate


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateIssue(CertificateAct):
    """The holder issues a certificate to a member who has none (N6; to one with a card alone: HUB-P19)."""

    typ: ClassVar[str] = "unionhub.certificate-issue+jwt"
    object_name: ClassVar[str] = "issue"
    act: ClassVar[str] = "issue_certificate"

    #: What the member pays for it: nothing (N5).
    fee: Amount


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateLoss(CertificateAct):
    """The holder records that the member has reported the certificate lost: it proves nothing from now on (NX-7)."""

    typ: ClassVar[str] = "unionhub.certificate-loss+jwt"
    object_name: ClassVar[str] = "loss"
    act: ClassVar[str] = "record_loss"

    #: The member's report.
    consent: Consent | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateRecovery(CertificateAct):
    """A lost certificate is found: good again, or, if another was issued meanwhile, void (NX-7)."""

    typ: ClassVar[str] = "unionhub.certificate-recovery+jwt"
    object_name: ClassVar[str] = "recovery"
    act: ClassVar[str] = "recover_certificate"


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateReissue(CertificateAct):
    """The present holder issues another one in the place of one that is lost, damaged, full or wrong (NX-7)."""

    typ: ClassVar[str] = "unionhub.certificate-reissue+jwt"
    object_name: ClassVar[str] = "reissue"
    act: ClassVar[str] = "reissue_certificate"

    #: The one that it takes the place of: no member has two (I15).
    supersedes: Certificate
    reason: Code
    fee: Amount


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateCollection(CertificateAct):
    """The last holder takes back the certificate of a membership that has ended (N6, A22, A23)."""

    typ: ClassVar[str] = "unionhub.certificate-collection+jwt"
    object_name: ClassVar[str] = "collection"
    act: ClassVar[str] = "collect_certificate"

    collected_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateVoiding(CertificateAct):
    """The holder declares a certificate void: it can be neither found nor collected, or nobody bears it any more."""

    typ: ClassVar[str] = "unionhub.certificate-voiding+jwt"
    object_name: ClassVar[str] = "voiding"
    act: ClassVar[str] = "void_certificate"


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberingScheme(Act):
    """A province lays down how the certificates that are issued in it from a day on are numbered (N2)."""

    typ: ClassVar[str] = "unionhub.numbering-scheme+jwt"
    object_name: ClassVar[str] = "scheme"
    act: ClassVar[str] = "set_numbering_scheme"
    #: The provincial federation itself.
    subject: ClassVar[Literal["membership", "union"]] = "union"

    province_code: ProvinceCode
    pattern: NumberPattern
    #: How the last character follows from the others, if it does.
    check: Code | None = None
    from_on: date
