"""The acts by which a membership ends, and what follows an expulsion (A22, A23): the last holder's, but for two.

A step that was not made is left out: that the law refuses, not the schema. Papers of a court are named by hash alone.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from federation.act import Act
from federation.forms import Code, Month, Sha256, UnionUri, Version

__all__ = [
    "Death",
    "DeemedWithdrawal",
    "Expulsion",
    "ExpulsionDrop",
    "ExpulsionFiling",
    "ExpulsionProposal",
    "ExpulsionReversal",
    "FilingAcknowledgement",
    "FilingReturn",
    "Withdrawal",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawal(Act):
    """A member asks to leave, is talked to, and insists: the union has discussed it and announces it (A22)."""

    typ: ClassVar[str] = "unionhub.withdrawal+jwt"
    object_name: ClassVar[str] = "withdrawal"
    act: ClassVar[str] = "withdraw"

    custody_version: Version
    #: The member's own request, and its text by hash.
    requested_on: date | None = None
    request_sha256: Sha256 | None = None
    persuaded_on: date | None = None
    discussed_on: date | None = None
    #: The day on which the membership ends.
    announced_on: date | None = None
    #: When the certificate was taken back, if it was.
    collected_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeemedWithdrawal(Act):
    """For half a year a member neither pays nor takes part, and won't mend: the committee resolves it (A22)."""

    typ: ClassVar[str] = "unionhub.deemed-withdrawal+jwt"
    object_name: ClassVar[str] = "deemed_withdrawal"
    act: ClassVar[str] = "deem_withdrawn"

    custody_version: Version
    #: The first month without dues. What is on file counts where that is later.
    unpaid_since: Month | None = None
    #: The first day of taking no part.
    absent_since: date | None = None
    #: Illness, say, or nobody who collected: whoever has one is not deemed to have left.
    proper_reason: Code | None = None
    admonished_on: date | None = None
    refused_to_correct: bool
    #: The day on which the membership ends.
    resolved_on: date
    collected_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Expulsion(Act):
    """A member was punished for a serious crime: the group has given its opinion, the committee decides (A23)."""

    typ: ClassVar[str] = "unionhub.expulsion+jwt"
    object_name: ClassVar[str] = "expulsion"
    act: ClassVar[str] = "expel"

    custody_version: Version
    judgment_sha256: Sha256 | None = None
    #: The day on which the judgment took effect.
    effective_on: date | None = None
    opinion_sha256: Sha256 | None = None
    opinion_on: date | None = None
    #: A small union may have no group: its minutes say so.
    has_no_group: bool
    decision_sha256: Sha256 | None = None
    #: The day on which the membership ends.
    decided_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpulsionProposal(Act):
    """The union group has given its opinion, and the committee has yet to decide. Nothing changes by it (A23)."""

    typ: ClassVar[str] = "unionhub.expulsion-proposal+jwt"
    object_name: ClassVar[str] = "proposal"
    act: ClassVar[str] = "propose"

    custody_version: Version
    opinion_sha256: Sha256
    opinion_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpulsionDrop(Act):
    """What the group proposed is not followed: there is no decision to expel (A23)."""

    typ: ClassVar[str] = "unionhub.expulsion-drop+jwt"
    object_name: ClassVar[str] = "drop"
    act: ClassVar[str] = "drop"

    custody_version: Version
    #: The statement of the proposal.
    proposal_sha256: Sha256
    dropped_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpulsionFiling(Act):
    """The decision is filed with the union next above. That is no approval: nothing waits for an answer (A23)."""

    typ: ClassVar[str] = "unionhub.expulsion-filing+jwt"
    object_name: ClassVar[str] = "filing"
    act: ClassVar[str] = "file"

    #: The statement of the decision.
    expulsion_sha256: Sha256
    filed_on: date
    filed_with: UnionUri


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingAcknowledgement(Act):
    """The union above has read a filing (A23)."""

    typ: ClassVar[str] = "unionhub.filing-acknowledgement+jwt"
    object_name: ClassVar[str] = "acknowledgement"
    act: ClassVar[str] = "acknowledge"

    filing_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingReturn(Act):
    """The union above misses papers in a filing. What was decided stands (A23)."""

    typ: ClassVar[str] = "unionhub.filing-return+jwt"
    object_name: ClassVar[str] = "filing_return"
    act: ClassVar[str] = "return"

    filing_sha256: Sha256
    papers: tuple[Code, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpulsionReversal(Act):
    """The judgment was annulled: the membership is in force again, as of the day of joining that it had (A23)."""

    typ: ClassVar[str] = "unionhub.expulsion-reversal+jwt"
    object_name: ClassVar[str] = "reversal"
    act: ClassVar[str] = "reverse"

    custody_version: Version
    #: The statement of the decision.
    expulsion_sha256: Sha256
    #: The judgment that annuls the other one.
    annulment_sha256: Sha256
    annulled_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Death(Act):
    """A member has died. No article says so: what has no bearer ends."""

    typ: ClassVar[str] = "unionhub.death+jwt"
    object_name: ClassVar[str] = "death"
    act: ClassVar[str] = "record_death"

    custody_version: Version
    #: The day on which the membership ends.
    died_on: date
    evidence_sha256: Sha256 | None = None
