"""What each act says: the claims of its own that a statement carries in one object.

The classes are the schema, which `federation.claims` reads and writes by. A field's type is its form, `| None` means
that it may be absent, and there is nothing besides. Words and dates are checked for form only; whether they are lawful
is the hub's to say, with an article.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import ClassVar
from uuid import UUID

from federation.act import Act, Certificate, Consent, Subject
from federation.acts_certificates import (
    CertificateCollection,
    CertificateIssue,
    CertificateLoss,
    CertificateRecovery,
    CertificateReissue,
    CertificateVoiding,
    NumberingScheme,
)
from federation.acts_ending import (
    Death,
    DeemedWithdrawal,
    Expulsion,
    ExpulsionDrop,
    ExpulsionFiling,
    ExpulsionProposal,
    ExpulsionReversal,
    FilingAcknowledgement,
    FilingReturn,
    Withdrawal,
)
from federation.acts_history import DuesRecord, History, ImportedRetention
from federation.acts_manifests import MANIFEST_ACTS, AcceptanceManifest, ReleaseManifest
from federation.acts_policy import PolicyChange
from federation.acts_printing import PRINTING_ACTS
from federation.acts_retention import Annulment, ClosingRetention, ReasonChange, Restoration, Retention
from federation.acts_secondment import (
    Conversion,
    EarlyEnd,
    Extension,
    HomeRelationEnd,
    Secondment,
    SecondmentTerm,
    Term,
)
from federation.acts_winding import SecondmentRetargeting, UnionClosing, UnionWindingUp
from federation.entrusting import ENTRUSTMENT_ACTS
from federation.forms import (
    Article,
    Code,
    DivisionCode,
    FieldName,
    KeyUse,
    Kid,
    LocalCode,
    Month,
    ProvinceCode,
    ReasonText,
    RegisterNo,
    Sha256,
    ShortJws,
    Typ,
    UnionName,
    UnionUri,
    Uscc,
    Version,
)
from federation.keys import PublicKey

__all__ = [
    "ACTS",
    "Acceptance",
    "AcceptanceManifest",
    "Act",
    "Annulment",
    "Cancellation",
    "Certificate",
    "CertificateCollection",
    "CertificateIssue",
    "CertificateLoss",
    "CertificateRecovery",
    "CertificateReissue",
    "CertificateVoiding",
    "ClosingRetention",
    "Closure",
    "Consent",
    "ContainedUnion",
    "Conversion",
    "Death",
    "DeemedWithdrawal",
    "Dismissal",
    "DuesRecord",
    "EarlyEnd",
    "Expulsion",
    "ExpulsionDrop",
    "ExpulsionFiling",
    "ExpulsionProposal",
    "ExpulsionReversal",
    "Extension",
    "ExternalAcceptance",
    "ExternalRelease",
    "FilingAcknowledgement",
    "FilingReturn",
    "History",
    "HomeRelationEnd",
    "Import",
    "ImportedRetention",
    "InLieuRelease",
    "Join",
    "KeyRegistration",
    "KeyRetirement",
    "KeyRevocation",
    "MemberAmendment",
    "MemberUnit",
    "Merge",
    "MergeDecision",
    "NumberingScheme",
    "Objection",
    "PolicyChange",
    "ReasonChange",
    "Recall",
    "Receipt",
    "Refusal",
    "Release",
    "ReleaseManifest",
    "Request",
    "Restoration",
    "Retention",
    "Secondment",
    "SecondmentTerm",
    "Term",
    "UnionAmendment",
    "UnionRegistration",
    "Withdrawal",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Join(Act):
    """A union takes in a person who was nobody's member (A5)."""

    typ: ClassVar[str] = "unionhub.join+jwt"
    object_name: ClassVar[str] = "join"
    act: ClassVar[str] = "join"

    channel: Code
    joined_on: date
    holding_basis: Code
    employer_uscc: Uscc | None = None
    #: The employer, within a joint union, whose member this is (A15).
    member_unit: Uscc | None = None
    relation_started_on: date | None = None
    certificate: Certificate | None = None
    #: The name of the union that issued the certificate, as it stands on it.
    issuing_union: UnionName | None = None
    dues_paid_through: Month
    card_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberAmendment(Act):
    """The holder puts a member's data right, or up to date. The person's own travel beside it, as in a join.

    What `fields` names and nothing gives a value is emptied.
    """

    typ: ClassVar[str] = "unionhub.member-amendment+jwt"
    object_name: ClassVar[str] = "amendment"
    act: ClassVar[str] = "amend_member"

    custody_version: Version
    #: That of the data as they stand: of two amendments drafted at once the second is void.
    data_version: Version
    #: A mistake is corrected; else the world has changed. Dues go back by a correction alone.
    is_correction: bool
    #: The names of all that is amended, the person's data among them.
    fields: tuple[FieldName, ...]
    #: Of a document given: whether it stands beside the one shown, follows it, or replaces one that was wrong.
    id_change: Code | None = None
    joined_on: date | None = None
    employer_uscc: Uscc | None = None
    member_unit: Uscc | None = None
    relation_started_on: date | None = None
    certificate: Certificate | None = None
    issuing_union: UnionName | None = None
    dues_paid_through: Month | None = None
    #: Of the person's data; none if they stay as they are.
    card_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Import(Join):
    """A union brings in a membership of before the hub, which it holds on paper (A3, A25).

    Where the person has a live one already, this one stands still until both holders have merged the two.
    """

    typ: ClassVar[str] = "unionhub.import+jwt"
    object_name: ClassVar[str] = "import"
    act: ClassVar[str] = "import"

    #: That of the membership as it is brought in; if absent, ACTIVE.
    status: Code | None = None
    #: Of one that is RETAINED: why, and since when.
    retention: ImportedRetention | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge(Act):
    """The holder of one of two memberships of a person says which of them goes on (A3).

    `sub` is its own. It counts with the other holder's over the same document (`federation.merging`); where one union
    holds both, by itself.
    """

    typ: ClassVar[str] = "unionhub.merge+jwt"
    object_name: ClassVar[str] = "merge"
    act: ClassVar[str] = "merge"

    merge_sha256: Sha256
    #: Whether the signer's own record goes on.
    survivor: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MergeDecision(Act):
    """Two holders have not become one: the union above the holder of the one that goes on decides (A3, HUB-P02).

    `sub` is the membership that goes on, the document one that its holder, or the other, has signed.
    """

    typ: ClassVar[str] = "unionhub.merge-decision+jwt"
    object_name: ClassVar[str] = "decision"
    act: ClassVar[str] = "decide_merge"

    merge_sha256: Sha256
    evidence_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request(Act):
    """A union asks for a member: one who has come to work with its employer, or has chosen it (A7, A12, A19).

    `sub` is the draft's `match`: nothing in the statement says who the person is.
    """

    typ: ClassVar[str] = "unionhub.request+jwt"
    object_name: ClassVar[str] = "request"
    act: ClassVar[str] = "request"

    handoff_id: UUID
    reason_code: Code
    employer_uscc: Uscc
    relation_started_on: date
    consent: Consent | None = None
    #: The objection appealed against, or the request that lapsed.
    appeals_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """What a release says of one who waits, with a union of the area, for the employer's own (A6, A13)."""

    awaiting_employer_uscc: Uscc
    #: The member would not go to the union of the residence: the area is that of the workplace.
    residence_refused_by_member: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Closure:
    """That an employer was closed, or went bankrupt: by whose decision, bound by its hash (A19)."""

    kind: Code
    decided_on: date
    evidence_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Release(Act):
    """The holder lets a member go to the union that it names: line 1 of the certificate's column (A12, NX-3)."""

    typ: ClassVar[str] = "unionhub.release+jwt"
    object_name: ClassVar[str] = "release"
    act: ClassVar[str] = "release"

    handoff_id: UUID
    #: That of the membership as it stands: once custody has moved the release is void.
    custody_version: Version
    #: The statement by which the holder came to hold: a join or an acceptance.
    prev_sha256: Sha256
    receiving_union: UnionUri
    out_date: date
    reason_code: Code
    reason_text: ReasonText
    articles: tuple[Article, ...]
    dues_paid_through: Month
    relation_ended_on: date | None = None
    valid_until: date
    form_custody: Code
    card_sha256: Sha256
    new_employer_uscc: Uscc | None = None
    #: Where the new employer dispatches the member to (A9).
    host_employer_uscc: Uscc | None = None
    request_sha256: Sha256 | None = None
    #: A retained member has all rights again from the acceptance on (A19, A20).
    restores: bool | None = None
    #: Where the reason asks for the member's own, and no request has brought it (A9).
    consent: Consent | None = None
    placement: Placement | None = None
    secondment: Term | None = None
    #: Of a retained member: the first month without dues (A21).
    dues_exempt_since: Month | None = None
    #: Why the union of the residence takes over who was retained (A19).
    closure: Closure | None = None
    #: Of who is not retained yet: this release does it too, and both or neither come to be (A19).
    retention: ClosingRetention | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class InLieuRelease(Release):
    """A holder has let a request lie, or is wound up: the union above releases in its stead. The column names both."""

    typ: ClassVar[str] = "unionhub.in-lieu-release+jwt"
    act: ClassVar[str] = "release_in_lieu"

    #: The request that it answers; of a holder that is wound up anybody may be released, asked for or not.
    request_sha256: Sha256 | None = None
    #: The holder, who has not acted.
    in_lieu_of: UnionUri
    ground: Code
    evidence_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Acceptance(Act):
    """The named union takes the member in: line 2 of the column (A12, NX-3)."""

    typ: ClassVar[str] = "unionhub.acceptance+jwt"
    object_name: ClassVar[str] = "acceptance"
    act: ClassVar[str] = "accept"

    handoff_id: UUID
    release_sha256: Sha256
    in_date: date
    employer_uscc: Uscc | None = None
    relation_started_on: date | None = None
    holding_basis: Code
    intake_register_no: RegisterNo | None = None
    next_dues_month: Month
    form_received: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalRelease(Release):
    """A union outside the hub lets a member go on paper: the union that asked signs what the paper says (A25)."""

    typ: ClassVar[str] = "unionhub.external-release+jwt"
    act: ClassVar[str] = "release_for_external"

    #: The request that it answers, the signer's own.
    request_sha256: Sha256
    #: The holder outside the hub, whose seal the paper bears.
    in_lieu_of: UnionUri
    #: Of the paper as it was scanned.
    paper_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalAcceptance(Acceptance):
    """A union outside the hub took a member in on paper: the releasing union signs what the paper says (A25)."""

    typ: ClassVar[str] = "unionhub.external-acceptance+jwt"
    act: ClassVar[str] = "accept_for_external"

    #: Of the paper as it was scanned.
    paper_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal(Act):
    """The named union sends a release back, on a ground that its reason allows (A12)."""

    typ: ClassVar[str] = "unionhub.refusal+jwt"
    object_name: ClassVar[str] = "refusal"
    act: ClassVar[str] = "refuse"

    handoff_id: UUID
    release_sha256: Sha256
    ground: Code
    #: The names of the defective fields.
    fields: tuple[FieldName, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recall(Act):
    """The holder takes its release back before anyone has accepted it."""

    typ: ClassVar[str] = "unionhub.recall+jwt"
    object_name: ClassVar[str] = "recall"
    act: ClassVar[str] = "recall"

    handoff_id: UUID
    release_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Objection(Act):
    """The holder objects to a request, on one of the listed grounds (A12)."""

    typ: ClassVar[str] = "unionhub.objection+jwt"
    object_name: ClassVar[str] = "objection"
    act: ClassVar[str] = "object"

    handoff_id: UUID
    request_sha256: Sha256
    ground: Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancellation(Act):
    """The union that asked takes its request back."""

    typ: ClassVar[str] = "unionhub.cancellation+jwt"
    object_name: ClassVar[str] = "cancellation"
    act: ClassVar[str] = "cancel"

    handoff_id: UUID
    request_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Dismissal(Act):
    """The union above the holder finds that a ground to object stands."""

    typ: ClassVar[str] = "unionhub.dismissal+jwt"
    object_name: ClassVar[str] = "dismissal"
    act: ClassVar[str] = "dismiss"

    handoff_id: UUID
    request_sha256: Sha256
    ground: Code
    evidence_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberUnit:
    """An employer organised by a joint union, for a half-open span of days."""

    employer_uscc: Uscc
    from_: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionRegistration(Act):
    """The next-higher union brings a union into the federation."""

    typ: ClassVar[str] = "unionhub.union+jwt"
    object_name: ClassVar[str] = "union"
    act: ClassVar[str] = "register_union"
    subject: ClassVar[Subject] = "union"

    uscc: Uscc | None = None
    #: Where the union has no code of its own, being no legal person.
    local_code: LocalCode | None = None
    name: UnionName
    kind: Code
    province_code: ProvinceCode | None = None
    jurisdiction_code: DivisionCode | None = None
    employer_usccs: tuple[Uscc, ...] | None = None
    member_units: tuple[MemberUnit, ...] | None = None
    #: The grassroots unions inside a regional or sectoral federation (A15).
    contains: tuple[UnionUri, ...] | None = None
    established_on: date

    @property
    def uri(self) -> UnionUri | None:
        """The name of the union so described; None if the codes don't give exactly one."""
        if self.uscc is not None and self.local_code is None:
            return UnionUri(f"urn:union:{self.uscc}")
        if self.uscc is None and self.local_code is not None and self.province_code is not None:
            return UnionUri(f"urn:union:local:{self.province_code}:{self.local_code}")
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContainedUnion:
    """A union inside a federation, for a half-open span of days."""

    union: UnionUri
    from_: date
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionAmendment(Act):
    """The next-higher union puts right what is registered of a union. What is not named stays as it is.

    A list takes the place of what is in force or to come: what it leaves out ends that day.
    """

    typ: ClassVar[str] = "unionhub.union-amendment+jwt"
    object_name: ClassVar[str] = "union"
    act: ClassVar[str] = "amend_union"
    subject: ClassVar[Subject] = "union"

    #: That of the union as it stands: of two amendments drafted at once the second is void.
    version: Version
    name: UnionName | None = None
    jurisdiction_code: DivisionCode | None = None
    employer_usccs: tuple[Uscc, ...] | None = None
    member_units: tuple[MemberUnit, ...] | None = None
    contains: tuple[ContainedUnion, ...] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRegistration(Act):
    """A union's new key, vouched for from above or by a key in force, and proved to be in the union's hands."""

    typ: ClassVar[str] = "unionhub.key+jwt"
    object_name: ClassVar[str] = "key"
    act: ClassVar[str] = "register_key"
    subject: ClassVar[Subject] = "union"

    use: KeyUse
    jwk: PublicKey
    not_before: datetime
    #: See `federation.assertions.key_proof`.
    proof: ShortJws


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRetirement(Act):
    """A key signs nothing from `retired_at` on; what it signed before stands for ever."""

    typ: ClassVar[str] = "unionhub.key-retirement+jwt"
    object_name: ClassVar[str] = "key"
    act: ClassVar[str] = "retire_key"
    subject: ClassVar[Subject] = "union"

    kid: Kid
    use: KeyUse
    retired_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRevocation(Act):
    """A key is not to be trusted, from `invalid_from` on."""

    typ: ClassVar[str] = "unionhub.key-revocation+jwt"
    object_name: ClassVar[str] = "key"
    act: ClassVar[str] = "revoke_key"
    subject: ClassVar[Subject] = "union"

    kid: Kid
    use: KeyUse
    reason: Code
    invalid_from: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """The hub's word on a statement: that it came, when, from whom, and what holds after it."""

    statement_sha256: Sha256
    #: That of the statement, not the receipt's own.
    typ: Typ
    signer: UnionUri
    received_at: datetime
    handoff_id: UUID | None = None
    state_after: Code | None = None
    custody_version_after: Version | None = None
    release_sha256: Sha256 | None = None
    acceptance_sha256: Sha256 | None = None


_ALL: tuple[type[Act], ...] = (
    *(Join, MemberAmendment, Import, Merge, MergeDecision),
    *(Request, Release, InLieuRelease, Acceptance, Refusal, Recall, Objection, Cancellation, Dismissal),
    *(ExternalRelease, ExternalAcceptance),
    *(UnionRegistration, UnionAmendment, KeyRegistration, KeyRetirement, KeyRevocation),
    *(Retention, ReasonChange, Restoration, Annulment),
    *(History, DuesRecord),
    *(CertificateIssue, CertificateLoss, CertificateRecovery, CertificateReissue),
    *(CertificateCollection, CertificateVoiding, NumberingScheme),
    *(Withdrawal, DeemedWithdrawal, Expulsion, Death, ExpulsionProposal, ExpulsionDrop),
    *(ExpulsionFiling, FilingAcknowledgement, FilingReturn, ExpulsionReversal),
    *(Secondment, SecondmentTerm, EarlyEnd, Extension, Conversion, HomeRelationEnd),
    *(UnionWindingUp, UnionClosing, SecondmentRetargeting),
    PolicyChange,
    *ENTRUSTMENT_ACTS,
    *MANIFEST_ACTS,
    *PRINTING_ACTS,
)
#: Every act that a union can sign, by the `typ` of its statement.
ACTS: Mapping[str, type[Act]] = MappingProxyType({act.typ: act for act in _ALL})
