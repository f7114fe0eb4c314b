"""What the database tells the rules of entrustment (A9), as values. In the order of the columns of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts

__all__ = ["AgreementFacts", "CareFacts", "EntrustmentFacts", "PartyFacts", "RosterFacts"]


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """One of the two unions that the text names."""

    union_id: UUID
    kind: str
    state: str
    organises: bool  #: the employer that the text names for it, today


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """An agreement as one of its two unions may see it; or, suspended, who acts for one that is wound up.

    `side`: DISPATCH or HOST; HIGHER for the union above a party that is wound up.
    """

    agreement_id: UUID
    side: str
    dispatch_union: UUID
    host_union: UUID
    author_union: UUID
    starts_on: date
    ends_on: date
    sha256: bytes
    document: str
    supersedes: UUID | None
    roster_version: int
    stored_state: str
    state: str  #: what the dates have made of it
    step_no: int
    dispatch_signed: bool
    host_signed: bool
    in_force_from: datetime | None
    last_at: datetime
    succeeds: bool = False  #: to be the party that is wound up, whose place is `side`

    @property
    def signed_here(self) -> bool:
        """Whether the acting union has signed the text as it stands."""
        return self.dispatch_signed if self.side == "DISPATCH" else self.host_signed

    @property
    def is_signed_by_either(self) -> bool:
        """Whether there is a signature under the text as it stands."""
        return self.dispatch_signed or self.host_signed


@dataclass(frozen=True, slots=True)
class RosterFacts:
    """A member of a roster whom the dispatch union holds, and what else covers the member, from when to when."""

    membership_id: UUID
    member_id: UUID
    custody_version: int
    status: str
    is_released: bool
    coverage_id: UUID | None  #: the latest under the agreement at hand
    coverage_state: str | None
    taken_by: list[UUID]
    taken_from: list[date]
    taken_to: list[date]


@dataclass(frozen=True, slots=True)
class EntrustmentFacts:
    """For the acts on an agreement. `agreement` is None for whoever is no party to it, as for none."""

    signer: SignerFacts
    is_taken: bool
    agreement: AgreementFacts | None
    dispatch: PartyFacts | None
    host: PartyFacts | None
    superseded: AgreementFacts | None
    members: dict[UUID, RosterFacts]


@dataclass(frozen=True, slots=True)
class CareFacts:
    """For a record of an activity or a rights case. `member_id` is None unless held here, or covered as stated."""

    signer: SignerFacts
    agreement_state: str | None  #: None: no agreement in which the signer is the host union
    member_id: UUID | None
    status: str | None
    covered_by: UUID | None  #: where none was named: the agreement under which the signer covers the member
