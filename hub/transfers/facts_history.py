"""What the database tells the rules of imported history (A25) and of dues (NX-6), as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.transfers.rules.standing import standing_at

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import HeldFacts, SignerFacts
    from hub.transfers.rules.standing import Standing

__all__ = ["DuesFacts", "HistoryFacts"]


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """For an import of earlier lines. `membership` is None unless the signer holds it."""

    signer: SignerFacts
    membership: HeldFacts | None
    is_party: bool
    is_first_holder: bool  #: the signer, of this membership, in the hub
    version: int  #: of the lines that stand; 0: none were brought in yet
    stands_sha256: bytes | None  #: the statement that brought them in
    retained_on: date | None  #: the day of the earliest retention that the hub itself has


@dataclass(frozen=True, slots=True)
class DuesFacts:
    """For a record of dues. `member_id` is None unless held here, or covered by the agreement named."""

    signer: SignerFacts
    agreement_state: str | None  #: None: no agreement in which the signer is the host union
    member_id: UUID | None
    status: str | None
    covered_by: UUID | None  #: where none was named: the agreement under which the signer covers the member
    is_party: bool
    custody_version: int | None
    joined_on: date | None
    paid_through: str | None
    retained_on: date | None  #: of the retention that goes on
    restored_on: date | None  #: the latest
    open_handoff: UUID | None
    open_step: int | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None
    document: str | None  #: the agreement's text

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open handoff stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)
