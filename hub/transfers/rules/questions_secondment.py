"""An act on a secondment as it is put before the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hub.transfers.machines import Side
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from federation.acts_secondment import (
        Conversion,
        EarlyEnd,
        Extension,
        HomeRelationEnd,
        Secondment,
        SecondmentTerm,
    )
    from federation.acts_winding import SecondmentRetargeting
    from hub.transfers.facts_secondment import SecondmentActFacts, SecondmentFacts, SecondmentMembership

__all__ = ["OnSecondment"]

#: Whose act it is, by the tie to the member. Who holds and is no host is, or may become, the home union.
_SIDES: Final[Mapping[str, Side]] = {
    "HOLDER": Side.HOME,
    "HOME": Side.HOME,
    "HOST": Side.HOLDER,
    "HIGHER": Side.HIGHER,
}


@dataclass(frozen=True, slots=True)
class OnSecondment:
    """An act on a secondment before the rules."""

    claims: Secondment | SecondmentTerm | EarlyEnd | Extension | Conversion | HomeRelationEnd | SecondmentRetargeting
    facts: SecondmentActFacts
    document: bytes | None = None  #: the hash of what both unions sign; None where one signs alone

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def side(self) -> Side:
        """Whose act it is."""
        return _SIDES[self.facts.tie or "HOLDER"]

    @property
    def membership(self) -> SecondmentMembership | None:
        """The membership, for whoever has a part in its secondment."""
        return self.facts.membership

    @property
    def secondment(self) -> SecondmentFacts | None:
        """The latest secondment."""
        return None if self.facts.membership is None else self.facts.membership.secondment
