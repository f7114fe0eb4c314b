"""A secondment as one of its unions sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.transfers.machines import SecondmentState

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts_secondment import SecondmentFacts
    from hub.transfers.rules.policy import Policy

__all__ = ["LASTING", "SecondmentStepView", "SecondmentView"]

X = SecondmentState
#: A secondment that has not come to its end.
LASTING = frozenset({X.RECORDED, X.OFFERED, X.AT_HOST, X.RETURN_DUE})


@dataclass(frozen=True, slots=True)
class SecondmentStepView:
    """What was done about a secondment: by whom (None: a date, or the end of the membership, did)."""

    act: str
    to_state: SecondmentState
    side: str
    by_union: UUID | None
    at: datetime
    ends_on: date  #: the term from then on
    sha256: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondmentView:
    """A secondment. Of the person only to whoever may know (5.2): the holder, and the home union till the return."""

    membership_id: UUID
    secondment_no: int
    side: str | None  #: HOME or HOST, of the reader; None for the union above
    state: SecondmentState
    home_union: UUID
    host_union: UUID | None
    host_employer_uscc: str | None
    starts_on: date
    ends_on: date
    ended_early_on: date | None
    member_name: str | None = None
    sex: str | None = None
    birth_month: str | None = None
    in_date: date | None = None
    is_live: bool | None = None
    return_handoff: UUID | None = None
    policy: Policy  #: the home union's, in force when the term was set

    @classmethod
    def of_facts(cls, membership_id: UUID, facts: SecondmentFacts, state: str, policy: Policy) -> SecondmentView:
        """Give what the union above the home union is told: the case, and no person."""
        return cls(
            membership_id=membership_id,
            secondment_no=facts.secondment_no,
            side=None,
            state=SecondmentState(state),
            home_union=facts.home_union,
            host_union=facts.host_union,
            host_employer_uscc=facts.host_employer_uscc,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
            ended_early_on=facts.ended_early_on,
            policy=policy,
        )

    @property
    def due_on(self) -> date:
        """The day after which the member is to come back."""
        return self.ends_on if self.ended_early_on is None else min(self.ends_on, self.ended_early_on)
