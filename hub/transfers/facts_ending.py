"""What the database tells the rules of how a membership ends. One class per composite row, in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.transfers.rules.standing import Standing, standing_at

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts

__all__ = ["EndedFacts", "EndingFacts", "FilingFacts", "ProposalFacts"]


@dataclass(frozen=True, slots=True)
class EndedFacts:
    """A membership as its holder, or last holder, may see it, with its open case and its latest ending, if any."""

    member_id: UUID
    custody_version: int
    held_since: datetime
    status: str
    joined_on: date
    since_on: date  #: the last legal date that custody has: of joining, or of the intake
    dues_paid_through: str
    has_certificate: bool
    case_closed_at: datetime | None  #: when the latest of its handoffs closed
    open_handoff: UUID | None
    open_step: int | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None
    open_since: datetime | None
    pair_id: UUID | None
    name: str
    ending_no: int  #: of the latest ending; 0: there was none
    ended_at: datetime | None
    ended_on: date | None
    ended_sha256: bytes | None
    collected_on: date | None
    expulsion_state: str | None
    expulsion_step: int | None
    filed_on: date | None
    mark: str | None  #: of the union above, on the filing
    is_live_elsewhere: bool  #: for the rule of a reversal: the person is somebody's member by now
    retained_on: date | None  #: of the retention that lasts
    restored_on: date | None  #: of the latest retention that ended by a restoration

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open case stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """The last step of the proposals to expel a member; what it proposed, if that is open still."""

    step_no: int
    at: datetime
    sha256: bytes | None  #: the statement of the open proposal; None: none is open
    opinion_sha256: bytes | None
    opinion_on: date | None


@dataclass(frozen=True, slots=True)
class EndingFacts:
    """For an act on the end of a membership. `membership` is None unless the signer holds it, or held it last."""

    signer: SignerFacts
    membership: EndedFacts | None
    is_party: bool
    parent_uri: str | None
    is_entrusted_host: bool = False
    proposal: ProposalFacts | None = None  #: None: there never was one

    @property
    def open_proposal(self) -> ProposalFacts | None:
        """Give the proposal that is neither decided nor dropped, in this custody."""
        return None if self.proposal is None or self.proposal.sha256 is None else self.proposal


@dataclass(frozen=True, slots=True)
class FilingFacts:
    """For a mark on a filing. All but the signer is None unless it was made with the signer."""

    signer: SignerFacts
    member_id: UUID | None
    ending_no: int | None
    step_no: int | None
    state: str | None
    sha256: bytes | None
    mark: str | None
    last_at: datetime | None  #: of the expulsion's last step
