"""What is put before the rules: an act's own claims, the facts, and the day of receipt. Values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from hub.errors import Refusal
from hub.transfers.machines import Side
from hub.transfers.rules.days import day_of
from hub.transfers.rules.leaving import goes_into_custody

if TYPE_CHECKING:
    from datetime import date, datetime

    from federation import acts
    from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
    from hub.transfers.facts import (
        AmendmentFacts,
        CaseFacts,
        DecisionFacts,
        HandoffFacts,
        HeldFacts,
        JoinFacts,
        MatchFacts,
        MembershipFacts,
        MergeFacts,
        ReleaseFacts,
        RequestFacts,
        RetainedFacts,
        RetentionFacts,
        UnionFacts,
    )
    from hub.transfers.person import Person
    from hub.transfers.rules.policy import Policy

__all__ = [
    "Amendment",
    "Case",
    "Join",
    "Merge",
    "MergeDecision",
    "OnRetention",
    "Refusals",
    "Registration",
    "Release",
    "Request",
]

#: A check yields the refusals that it finds; an act stops at the first, a draft gives all, in the order of domain 2.4.
Refusals: TypeAlias = Iterator[Refusal]


@dataclass(frozen=True, slots=True)
class Release:
    """A release before the rules."""

    claims: acts.Release
    facts: ReleaseFacts
    card_sha256: str | None  #: of the card as the facts give it; None without a membership

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The holder's, in force at that time."""
        return self.facts.holder_policy

    @property
    def membership(self) -> MembershipFacts | None:
        """The membership, for its holder."""
        return self.facts.membership

    @property
    def goes_into_custody(self) -> bool:
        """Whether the union above the holder is to have the member in custody (HUB-P09)."""
        held, receiver = self.membership, self.facts.receiver
        if held is None or receiver is None:
            return False
        return goes_into_custody(str(self.claims.reason_code), held, receiver, self.policy)


@dataclass(frozen=True, slots=True)
class Case:
    """An act on an open case: acceptance, refusal, recall; objection, cancellation, dismissal."""

    claims: acts.Acceptance | acts.Refusal | acts.Recall | acts.Objection | acts.Cancellation | acts.Dismissal
    facts: CaseFacts

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The releasing union's, in force at that time: it binds the receiver too, and who signs for one (A25)."""
        handoff = self.facts.handoff
        own = handoff is not None and handoff.side == Side.HOLDER
        return self.facts.signer.policy if own else self.facts.holder_policy

    @property
    def handoff(self) -> HandoffFacts | None:
        """The case, for a party to it."""
        return self.facts.handoff


@dataclass(frozen=True, slots=True)
class Request:
    """A request before the rules; of a draft, without what its look-up found."""

    claims: acts.Request
    facts: RequestFacts | MatchFacts

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The signer's, in force at that time; the holder's is told to nobody who asks for anybody."""
        return self.facts.signer.policy


@dataclass(frozen=True, slots=True)
class Join:
    """A join, or an import, before the rules, with the person's data that came beside it."""

    claims: acts.Join
    person: Person
    facts: JoinFacts

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The signer's, in force at that time."""
        return self.facts.signer.policy


@dataclass(frozen=True, slots=True)
class Amendment:
    """An amendment of a member's data before the rules, with the person's that came beside it."""

    claims: acts.MemberAmendment
    changes: Mapping[str, Any]
    facts: AmendmentFacts
    id_hash: bytes | None  #: of the number given

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The holder's, in force at that time."""
        return self.facts.signer.policy

    @property
    def membership(self) -> HeldFacts | None:
        """The membership, for its holder."""
        return self.facts.membership

    def after(self, name: str) -> Any:
        """Give what a field holds afterwards: what is given, nothing where it is emptied, or what it held."""
        if name in self.claims.fields:
            return self.changes.get(name, getattr(self.claims, name, None))
        return getattr(self.facts.membership, name)


@dataclass(frozen=True, slots=True)
class OnRetention:
    """An act on a retention before the rules."""

    claims: Retention | ReasonChange | Restoration | Annulment
    facts: RetentionFacts

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def policy(self) -> Policy:
        """The holder's, in force at that time."""
        return self.facts.signer.policy

    @property
    def membership(self) -> RetainedFacts | None:
        """The membership, for its holder."""
        return self.facts.membership


@dataclass(frozen=True, slots=True)
class Merge:
    """A holder's word on a pair, and the document that it would have to be over (None: there is no pair)."""

    claims: acts.Merge
    facts: MergeFacts
    merge_sha256: str | None


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """A decision between two holders, and the document that it would have to be over (None: no case for the signer)."""

    claims: acts.MergeDecision
    facts: DecisionFacts
    merge_sha256: str | None


@dataclass(frozen=True, slots=True)
class Registration:
    """An act on a union or a key."""

    claims: acts.UnionRegistration | acts.KeyRegistration | acts.KeyRetirement | acts.KeyRevocation
    facts: UnionFacts
    proof_is_good: bool = True  #: of a key: that the union possesses it

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.facts.signer.now)
