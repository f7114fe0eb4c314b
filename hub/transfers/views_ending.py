"""How a membership ended, as its last holder and the union above see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.machines import ExpulsionState

__all__ = ["EndingView", "EndingsView", "FilingMarkView", "FilingView", "ProposalView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingView:
    """How a membership ended, and what is still to be done about it."""

    membership_id: UUID
    ending_no: int
    status: str
    ended_on: date
    at: datetime
    sha256: bytes
    has_certificate: bool
    collected_on: date | None
    expulsion_state: ExpulsionState | None
    filed_on: date | None
    higher_union: UUID | None
    mark: str | None
    papers: tuple[str, ...]
    marked_at: datetime | None
    reversed_at: datetime | None

    @property
    def is_certificate_outstanding(self) -> bool:
        """Whether there is a certificate that was to be collected, and was not."""
        return (
            self.has_certificate
            and self.collected_on is None
            and self.status != "DECEASED"
            and self.reversed_at is None
        )

    @property
    def is_unfiled(self) -> bool:
        """Whether an expulsion is still to be filed, for the first time or once more. Source: A23."""
        awaits = self.expulsion_state == "DECIDED" or self.mark == "RETURNED_FOR_PAPERS"
        return awaits and self.reversed_at is None


@dataclass(frozen=True, slots=True)
class EndingsView:
    """The endings of a membership, the earliest first, and the time at which they were read."""

    endings: tuple[EndingView, ...]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalView:
    """A union group's proposal to expel a member, on which the committee has yet to decide."""

    membership_id: UUID
    at: datetime
    sha256: bytes
    opinion_sha256: bytes
    opinion_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingView:
    """A filing, as the union above sees it: nothing of the person but the name, masked."""

    membership_id: UUID
    ending_no: int
    union_id: UUID
    name_masked: str
    effective_on: date
    decided_on: date
    filed_on: date
    filed_at: datetime
    judgment_sha256: bytes
    opinion_sha256: bytes | None
    decision_sha256: bytes
    sha256: bytes
    mark: str | None
    papers: str | None
    marked_at: datetime | None


@dataclass(frozen=True, slots=True)
class FilingMarkView:
    """A mark that was recorded: on whose filing, and the receipt."""

    membership_id: UUID
    receipt: str
