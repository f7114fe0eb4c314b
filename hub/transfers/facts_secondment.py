"""What the database tells the rules of a secondment (A14), as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.transfers.kinds import UnionState
from hub.transfers.rules.standing import Standing, standing_at
from hub.transfers.views_secondment import LASTING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.rules.policy import Policy

__all__ = ["SecondmentActFacts", "SecondmentFacts", "SecondmentMembership", "SecondmentWord"]


@dataclass(frozen=True, slots=True)
class SecondmentFacts:
    """The latest secondment of a membership, as it stands today."""

    secondment_no: int
    step_no: int
    stored_state: str
    state: str  #: with what dates have made of it
    home_union: UUID
    home_uri: str
    host_union: UUID | None
    host_uri: str | None
    host_employer_uscc: str | None
    starts_on: date
    ends_on: date
    ended_early_on: date | None
    host_version: int | None

    @property
    def is_over(self) -> bool:
        """Whether nothing of it goes on."""
        return self.state not in LASTING

    @property
    def due_on(self) -> date:
        """The day after which the member is to come back."""
        return self.ends_on if self.ended_early_on is None else min(self.ends_on, self.ended_early_on)


@dataclass(frozen=True, slots=True)
class SecondmentWord:
    """What one of the two unions has signed."""

    act: str
    document: bytes
    union_id: UUID


@dataclass(frozen=True, slots=True)
class SecondmentMembership:
    """A membership with its open case and its latest secondment, for whoever may act on that."""

    member_id: UUID
    custody_version: int
    held_since: datetime
    status: str
    holding_basis: str
    joined_on: date
    employer_uscc: str | None
    open_handoff: UUID | None
    open_step: int | None
    open_reason: str | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None
    open_requested_at: datetime | None
    secondment: SecondmentFacts | None
    words: tuple[SecondmentWord, ...] = ()

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open handoff stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)


@dataclass(frozen=True, slots=True)
class SecondmentActFacts:
    """For an act on a secondment. `membership` is None for whoever has no part in it."""

    signer: SignerFacts
    tie: str | None  #: HOLDER, HOST, HOME, HIGHER, PARTY
    membership: SecondmentMembership | None
    host_union: UUID | None
    host_state: str | None
    home_policy: Policy  #: of the home union, as the secondment came due
    host_kind: str | None = None
    home_state: str | None = None  #: of the union to which the member is to come back

    @property
    def home_is_wound_up(self) -> bool:
        """Whether nobody can be taken back where the member is to come back to."""
        return self.home_state not in {None, UnionState.ACTIVE}
