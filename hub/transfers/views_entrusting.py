"""What is read of entrustments (A9), as values for the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.kinds import Duty

__all__ = ["AgreementStepView", "AgreementView", "CareView", "CoverageView", "DutyView", "RevealedView", "TieView"]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """An agreement as it stands, for one of its two unions."""

    agreement_id: UUID
    dispatch_union: UUID
    host_union: UUID
    author_union: UUID
    agreement_no: str
    starts_on: date
    ends_on: date
    sha256: bytes
    document: str
    supersedes: UUID | None
    roster_version: int
    state: str
    dispatch_signed_at: datetime | None
    host_signed_at: datetime | None
    in_force_from: datetime | None
    ended_at: datetime | None
    proposed_at: datetime


@dataclass(frozen=True, slots=True)
class AgreementStepView:
    """One step of an agreement."""

    agreement_id: UUID
    step_no: int
    act: str
    to_state: str
    side: str
    by_union: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CoverageView:
    """A member's coverage as it stands. The name is None where the reader is not to have it."""

    coverage_id: UUID
    membership_id: UUID
    agreement_id: UUID
    dispatch_union: UUID
    host_union: UUID
    host_post: str
    dispatch_from: date
    dispatch_to: date
    coverage_from: date
    coverage_to: date
    state: str
    end_reason: str | None
    is_live: bool
    added_at: datetime
    covered_at: datetime | None
    ended_at: datetime | None
    member_name: str | None


@dataclass(frozen=True, slots=True)
class TieView:
    """What a union that holds or covers a member is told of the member's ties: the holder, and a coverage, if any."""

    membership_id: UUID
    holder_union: UUID
    coverage: CoverageView | None
    document: str | None
    agreement_state: str | None


@dataclass(frozen=True, slots=True)
class RevealedView:
    """What the host union may read of a covered member for the purpose that the agreement names."""

    coverage_id: UUID
    sex: str
    birth_month: str


@dataclass(frozen=True, slots=True)
class CareView:
    """A record of an activity or a rights case."""

    membership_id: UUID
    record_id: UUID
    act: str
    kind: str
    occurred_on: date
    evidence_sha256: bytes | None
    union_id: UUID
    agreement_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class DutyView:
    """Which union owes a duty to a member today; None: neither of the two."""

    duty: Duty
    union_id: UUID | None
    agreement_id: UUID | None
