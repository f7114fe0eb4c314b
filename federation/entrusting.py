"""Entrustment (A9): the agreement of a dispatch union and a host union, its roster, and the acts on both.

The text of an agreement and its roster are documents: a statement binds each by the SHA-256 of its RFC 8785 form, so
both unions sign over the same. No statement of an agreement has a `sub`: it names the agreement among its own claims.
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from federation import encoding
from federation.act import Act, Subject
from federation.claims import dump, parse
from federation.errors import StatementCode, StatementError
from federation.forms import ClauseText, Code, RegisterNo, Sha256, UnionName, UnionUri, Uscc, Version

__all__ = [
    "ENTRUSTMENT_ACTS",
    "ActivityRecord",
    "Clause",
    "CoverageAcknowledgement",
    "CoverageDeclining",
    "EntrustmentProposal",
    "EntrustmentSignature",
    "EntrustmentTermination",
    "EntrustmentText",
    "EntrustmentWithdrawal",
    "RightsCaseRecord",
    "RightsClause",
    "Roster",
    "RosterAmendment",
    "RosterEntry",
    "RosterRemoval",
    "document_sha256",
    "document_text",
    "read_document",
]

_OBJECT = "entrustment"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """A clause of the agreement: which of the two unions bears the duty, and the words."""

    #: DISPATCH or HOST; whether it is one of them is the hub's to say.
    responsible: Code
    text: ClauseText


@dataclass(frozen=True, kw_only=True, slots=True)
class RightsClause(Clause):
    """The clause on the protection of rights. With a purpose, the host union may read sex and birth month for it."""

    purpose: ClauseText | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterEntry:
    """A member whom the agreement covers: where posted, and for how long, both days included."""

    membership_id: UUID
    host_post: UnionName
    dispatch_from: date
    dispatch_to: date
    coverage_from: date
    coverage_to: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRemoval:
    """A member taken off the roster, and why."""

    membership_id: UUID
    reason: Code


@dataclass(frozen=True, kw_only=True, slots=True)
class Roster:
    """A change of the roster: a version of the annex."""

    add: tuple[RosterEntry, ...]
    remove: tuple[RosterRemoval, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EntrustmentText:
    """The text of an agreement. Which clauses must be there is the hub's to say, with the article."""

    dispatch_union: UnionUri
    dispatch_union_name: UnionName
    host_union: UnionUri
    host_union_name: UnionName
    #: The agency that employs, and the enterprise that uses the labour.
    agency_uscc: Uscc
    host_uscc: Uscc
    agreement_no: RegisterNo
    term_from: date
    term_until: date
    activities: Clause | None = None
    rights_protection: RightsClause | None = None
    dues_collection: Clause | None = None
    voting: Clause | None = None
    relief: Clause | None = None
    information: ClauseText | None = None
    disputes: ClauseText | None = None
    termination: ClauseText | None = None
    #: An agreement of the same two unions that this one takes the place of.
    supersedes: UUID | None = None
    roster: tuple[RosterEntry, ...]


D = TypeVar("D")


def document_text(document: object) -> str:
    """Write a document in its RFC 8785 form: it has only ASCII names, texts, whole numbers, lists and objects."""
    return json.dumps(dump(document), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def document_sha256(document: object) -> Sha256:
    """Give the hash by which statements bind a document."""
    return Sha256(encoding.sha256_b64url(document_text(document).encode()))


def read_document(kind: type[D], text: str, path: tuple[str, ...]) -> D:
    """Read a document, however its JSON is written. Refuses: STATEMENT_MALFORMED, under the path given."""
    try:
        value: Any = encoding.loads(text)
    except encoding.EncodingError as error:
        raise StatementError(StatementCode.STATEMENT_MALFORMED, path, str(error)) from error
    return parse(kind, value, path)


@dataclass(frozen=True, kw_only=True, slots=True)
class EntrustmentProposal(Act):
    """One of the two unions puts a text before the other: a new one, or another one in the place of `replaces`."""

    typ: ClassVar[str] = "unionhub.entrustment-proposal+jwt"
    object_name: ClassVar[str] = _OBJECT
    act: ClassVar[str] = "propose"
    subject: ClassVar[Subject] = "none"

    agreement_id: UUID
    agreement_sha256: Sha256
    replaces_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _OnAgreement(Act):
    """An act on an agreement, by the hash of its text."""

    object_name: ClassVar[str] = _OBJECT
    subject: ClassVar[Subject] = "none"

    agreement_id: UUID
    agreement_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class EntrustmentSignature(_OnAgreement):
    """One of the two unions agrees. With the second signature over the same text the agreement is made."""

    typ: ClassVar[str] = "unionhub.entrustment+jwt"
    act: ClassVar[str] = "sign"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntrustmentWithdrawal(_OnAgreement):
    """What is not yet signed by both is taken back."""

    typ: ClassVar[str] = "unionhub.entrustment-withdrawal+jwt"
    act: ClassVar[str] = "withdraw"


@dataclass(frozen=True, kw_only=True, slots=True)
class EntrustmentTermination(_OnAgreement):
    """One of the two unions ends the agreement."""

    typ: ClassVar[str] = "unionhub.entrustment-termination+jwt"
    act: ClassVar[str] = "terminate"


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterAmendment(_OnAgreement):
    """The dispatch union puts members on the roster, or takes them off it."""

    typ: ClassVar[str] = "unionhub.roster+jwt"
    act: ClassVar[str] = "amend_roster"

    #: That of the roster as it stands: of two amendments drafted at once the second is void.
    roster_version: Version
    roster_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageAcknowledgement(_OnAgreement):
    """The host union takes the duties for members who were put on the roster."""

    typ: ClassVar[str] = "unionhub.coverage-acknowledgement+jwt"
    act: ClassVar[str] = "acknowledge"

    members: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverageDeclining(CoverageAcknowledgement):
    """The host union does not take them."""

    typ: ClassVar[str] = "unionhub.coverage-declining+jwt"
    act: ClassVar[str] = "decline"


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityRecord(Act):
    """A member took part in an activity of the union, by a listed kind and a hash; no words."""

    typ: ClassVar[str] = "unionhub.activity+jwt"
    object_name: ClassVar[str] = "record"
    act: ClassVar[str] = "record_activity"

    #: Absent where the holder itself records.
    agreement_id: UUID | None = None
    kind: Code
    occurred_on: date
    evidence_sha256: Sha256 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RightsCaseRecord(ActivityRecord):
    """A case in which a member's rights were protected."""

    typ: ClassVar[str] = "unionhub.rights-case+jwt"
    act: ClassVar[str] = "record_rights_case"


ENTRUSTMENT_ACTS: tuple[type[Act], ...] = (
    *(EntrustmentProposal, EntrustmentSignature, EntrustmentWithdrawal, EntrustmentTermination),
    *(RosterAmendment, CoverageAcknowledgement, CoverageDeclining, ActivityRecord, RightsCaseRecord),
)
