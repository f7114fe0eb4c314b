"""What the database tells the rules of winding up and closing (HUB-P09), as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.kinds import UnionKind, UnionState

__all__ = ["LeftWith", "WindingFacts"]


@dataclass(frozen=True, slots=True)
class LeftWith:
    """How much is left with a union. In the order of the columns of its row."""

    members: int
    handoffs: int
    agreements: int
    reversions: int
    unions: int

    @property
    def is_nothing(self) -> bool:
        """Whether it may be closed."""
        return not any((self.members, self.handoffs, self.agreements, self.reversions, self.unions))


@dataclass(frozen=True, slots=True)
class WindingFacts:
    """For the winding up and the closing of a union."""

    signer: SignerFacts
    about_union: UUID | None
    is_next_higher: bool
    state: UnionState | None
    version: int
    wound_up_on: date | None
    named: UUID | None  #: the successor that was named before
    successor: UUID | None
    successor_state: UnionState | None
    left: LeftWith | None  #: for the union above alone
    kind: UnionKind | None = None
    successor_kind: UnionKind | None = None
