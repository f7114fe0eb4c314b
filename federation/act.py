"""What the claims of every act have in common, and the parts that several acts state."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, TypeAlias

from federation.forms import CertificateNumber, Code, ProvinceCode, Sha256

__all__ = ["Act", "Certificate", "Consent", "Subject"]

#: What `sub` of a statement names. An act on an agreement has none: the agreement is among its own claims.
Subject: TypeAlias = Literal["membership", "union", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """The claims of one act."""

    #: The `typ` of the statement's header.
    typ: ClassVar[str]
    #: The claim that holds the object.
    object_name: ClassVar[str]
    #: The name of the step that the act makes.
    act: ClassVar[str]
    subject: ClassVar[Subject] = "membership"


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """The number of a 工会会员证 (N2)."""

    province_code: ProvinceCode
    number: CertificateNumber
    issued_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """The member's own consent, as the union that acts on it states it: its text is bound by hash."""

    form: Code
    given_on: date
    evidence_sha256: Sha256
