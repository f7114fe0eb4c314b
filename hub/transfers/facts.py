"""What the database tells the rules, as values. One class per composite row of `facts_for_…`, in the same order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.merging import MergeSide
from hub.transfers.machines import HandoffState
from hub.transfers.rules.policy import NATIONAL
from hub.transfers.rules.standing import Standing, standing_at
from hub.transfers.rules.stated import NOTHING, Stated

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts_secondment import SecondmentFacts
    from hub.transfers.kinds import UnionKind, UnionState
    from hub.transfers.rules.numbering import Scheme
    from hub.transfers.rules.policy import Policy

__all__ = [
    "AmendmentFacts",
    "CaseFacts",
    "CitedFacts",
    "DecisionFacts",
    "HandoffFacts",
    "HeldFacts",
    "JoinFacts",
    "MatchFacts",
    "MembershipFacts",
    "MergeFacts",
    "MergeRecordFacts",
    "OpenRequest",
    "PlaceFacts",
    "ReceiverFacts",
    "ReleaseFacts",
    "RequestFacts",
    "RetainedFacts",
    "RetentionFacts",
    "SignerFacts",
    "TargetFacts",
    "UnionAmendmentFacts",
    "UnionFacts",
]


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """The acting union, the key that the statement names (None: no such key), and an earlier use of its (iss, jti)."""

    now: datetime  #: the hub's clock: the time of receipt
    login_in_force: bool
    uri: str
    name: str
    kind: UnionKind
    state: UnionState
    key_alg: str | None
    key_jwk: str | None
    key_not_before: datetime | None
    key_retired_at: datetime | None
    key_revoked_at: datetime | None
    earlier_sha256: bytes | None
    earlier_receipt: str | None
    policy: Policy  #: in force for it at the time of receipt


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What A6, A9 and A13 ask of an employer and a receiver, today."""

    employer_union: str | None = None  #: who organises the new employer, as a sentence names it
    host_union: str | None = None  #: the same, of the host enterprise
    jurisdiction: str | None = None  #: of the receiver
    areas: frozenset[str] = frozenset()  #: of the street and village unions near, for a receiver that stands back


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A case as the parties' rows have it: what a release may answer."""

    state: str  #: as stored
    deadline: datetime | None
    then_deadline: datetime | None
    request_sha256: bytes | None
    to_union: UUID | None
    reason_code: str | None = None


@dataclass(frozen=True, slots=True)
class MembershipFacts:
    """A membership as its holder may see it, with its open handoff, if any, and the one that a release names."""

    member_id: UUID
    custody_version: int
    held_since: datetime
    held_by_sha256: bytes
    status: str
    joined_on: date
    dues_paid_through: str
    employer_uscc: str | None
    card_salt: str
    certificate_province: str | None
    certificate_number: str | None
    issuing_union: str | None
    name: str
    sex: str
    birth_month: str
    open_handoff: UUID | None
    open_state: str | None
    open_step: int | None
    open_deadline: datetime | None
    open_then: datetime | None = None
    open_to: UUID | None = None
    open_request: bytes | None = None
    open_requested_at: datetime | None = None
    holder_union: UUID | None = None
    named: OpenRequest | None = None
    previous_union: UUID | None = None  #: from whom the holder took the member over
    holding_basis: str | None = None
    residence: str | None = None  #: the code of the division
    retained_for: str | None = None  #: why, if it is retained
    retained_on: date | None = None
    restored_on: date | None = None  #: the day on which the last retention ended
    changed_at: datetime | None = None  #: since when the status is what it is
    is_back: bool = False  #: from the union of a host, to whom it was lent

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open handoff stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)

    def asked(self, now: datetime) -> OpenRequest | None:
        """Give the request that is open: nobody has released, and no date has ended it."""
        standing = self.standing(now)
        if standing is None or standing.state not in {HandoffState.REQUESTED, HandoffState.ESCALATED}:
            return None
        return OpenRequest(standing.state, standing.deadline, None, self.open_request, self.open_to)


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """The union that a release names."""

    union_id: UUID
    kind: UnionKind
    state: UnionState
    employers: frozenset[str]  #: USCCs of the employers that it organises today
    is_above_holder: bool = False  #: directly


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """For a release. `membership` is None unless the signer holds it, or is the union above in an escalated case.

    `is_party`: 5.3 (a) names the signer.
    """

    signer: SignerFacts
    membership: MembershipFacts | None
    is_party: bool
    handoff_taken: bool
    receiver: ReceiverFacts | None
    overdue_union: UUID | None = None  #: the one above the receiver, which P03 tells
    holder_uri: str | None = None  #: whom a release in lieu passes over
    is_entrusted_host: bool = False  #: the signer is entrusted with the member by the holder, now (A9)
    place: PlaceFacts = PlaceFacts()  #: of a reason that asks for one
    secondment: SecondmentFacts | None = None  #: the latest one
    holder_policy: Policy = NATIONAL
    receiver_policy: Policy = NATIONAL
    successor: UUID | None = None  #: of a holder that is wound up

    def succeeds(self, reason_code: str) -> bool:
        """Whether a release for this reason is to the union that takes the holder's place (HUB-P09)."""
        named = None if self.receiver is None else self.receiver.union_id
        return reason_code == "EMPLOYER_REORGANISED" and named is not None and named == self.successor


@dataclass(frozen=True, slots=True)
class HandoffFacts:
    """A case as the signer's own docket has it, and the membership's gate."""

    member_id: UUID
    side: str
    state: str  #: as stored: a deadline that has passed shows only in `deadline`
    step_no: int
    reason_code: str
    case_version: int
    release_sha256: bytes | None
    out_date: date | None
    dues_paid_through: str | None
    deadline: datetime | None
    counterpart: UUID
    valid_until: date | None
    requested_at: datetime | None
    released_at: datetime | None
    receiver_kind: UnionKind
    receiver_state: UnionState
    custody_version: int
    held_since: datetime
    status: str
    open_handoff: UUID | None
    employer_uscc: str | None
    then_deadline: datetime | None = None
    request_sha256: bytes | None = None
    is_in_lieu: bool = False
    from_union: UUID | None = None  #: of the union above alone: the two parties
    to_union: UUID | None = None
    overdue_at: datetime | None = None
    overdue_tentative: bool = False
    name_masked: str | None = None
    prior_basis: str | None = None  #: of a receiver that held before the releasing union did: how it held
    prior_employer: str | None = None
    prior_unit: str | None = None
    holding_basis: str | None = None  #: on which the holder holds
    residence: str | None = None
    stated: Stated = NOTHING  #: by the release
    place: PlaceFacts = PlaceFacts()  #: for the receiver

    def standing(self, now: datetime) -> Standing:
        """Give where the case stands."""
        return standing_at(self.state, self.deadline, self.then_deadline, now)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """For an act on an open case. `handoff` is None for whoever is no party to it."""

    signer: SignerFacts
    holds: bool
    handoff: HandoffFacts | None
    holder_policy: Policy = NATIONAL  #: of the releasing union, for the receiver


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The one live membership that a match found."""

    member_id: UUID
    membership_id: UUID
    holder_union: UUID
    custody_version: int
    held_since: datetime
    employer_uscc: str | None
    name: str
    open_handoff: UUID | None
    open_state: str | None
    open_step: int | None
    open_deadline: datetime | None
    open_then: datetime | None
    is_held_here: bool = False  #: by the signer itself
    holding_basis: str | None = None
    residence: str | None = None
    retained_for: str | None = None


@dataclass(frozen=True, slots=True)
class CitedFacts:
    """The earlier case of the signer's, with this member, that a request cites."""

    state: str
    deadline: datetime | None
    then_deadline: datetime | None
    closed_at: datetime | None
    by_objection: bool  #: the hash cited is the objection's, else the request's
    higher_union: UUID | None
    is_of_this_custody: bool = True  #: the union that objected, or let it lie, is the holder still
    appeal_days: int = NATIONAL.appeal_days  #: P13 of the signer, when the case was closed


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """For a request. `target` is None for whatever did not match, is not the signer's draft, or is too old."""

    signer: SignerFacts
    outcome: str  #: of the look-up: ONE, NONE, MISSING; FROZEN, a suspected duplicate
    target: TargetFacts | None
    cited: CitedFacts | None
    handoff_taken: bool
    employers: frozenset[str]
    higher_union: UUID | None  #: the union above the holder
    further_union: UUID | None  #: the one above whoever let the cited request lapse
    place: PlaceFacts = PlaceFacts()
    secondment: SecondmentFacts | None = None  #: of a member that the signer lent
    holder_is_wound_up: bool = False
    holder_is_external: bool = False  #: outside the hub: nobody is above it there
    holder_policy: Policy = NATIONAL


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """For the draft of a request: nothing of whom it looked for."""

    signer: SignerFacts
    employers: frozenset[str]
    is_limited: bool
    place: PlaceFacts = PlaceFacts()  #: of the employer alone


@dataclass(frozen=True, slots=True)
class JoinFacts:
    """For a join."""

    signer: SignerFacts
    membership_taken: bool
    known_person: UUID | None  #: the person whom the ID names, from an earlier membership
    live_membership: UUID | None  #: the person's, whoever holds it: for the rule and the log, for no answer
    certificate_taken: bool
    employers: frozenset[str]  #: employers that the signer organises
    employer_union_uri: str | None  #: the union of the employer named, if it has one
    employer_union_name: str | None
    hits_today: int  #: persons found to be members elsewhere, within a day, by this union
    is_paired: bool = False  #: for an import: the live membership is one of a pair that is not settled yet
    live_person: tuple[str, str] | None = (
        None  #: for an import: name and birth month of the live one, for the rule alone
    )
    scheme: Scheme | None = None  #: how the province of the certificate numbers today
    stock: str | None = None  #: SPOILED or MISSING, where the province has declared the number so


@dataclass(frozen=True, slots=True)
class MergeRecordFacts:
    """One of the two memberships of a pair, with the case that is open, if any, and what its holder has signed."""

    member_id: UUID
    membership_id: UUID
    holder_union: UUID
    holder_uri: str
    status: str
    joined_on: date
    custody_version: int
    held_since: datetime
    open_handoff: UUID | None
    open_step: int | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None
    said_by: UUID | None
    said_sha256: bytes | None
    decide_from: datetime | None

    @property
    def side(self) -> MergeSide:
        """Give what the document of the merge says of it."""
        return MergeSide(self.membership_id, self.holder_uri, self.joined_on)

    def says(self, over: bytes) -> bool:
        """Whether the one who holds it now has signed this document."""
        return self.said_by == self.holder_union and self.said_sha256 == over


@dataclass(frozen=True, slots=True)
class MergeFacts:
    """For a merge. `own` is None unless the signer holds it; `other`, unless it is one of a pair."""

    signer: SignerFacts
    own: MergeRecordFacts | None
    is_party: bool
    pair_id: UUID | None
    other: MergeRecordFacts | None
    member_name: str | None = None
    own_decider: UUID | None = None  #: the union that may decide that the signer's own goes on, if the holders don't
    other_decider: UUID | None = None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """For a decision between two holders. `survivor` is None unless the case lies with the signer, in time."""

    signer: SignerFacts
    pair_id: UUID | None
    survivor: MergeRecordFacts | None
    loser: MergeRecordFacts | None


@dataclass(frozen=True, slots=True)
class HeldFacts:
    """A membership with the person's data, as its holder may see and amend them."""

    member_id: UUID
    custody_version: int
    data_version: int
    held_from: datetime  #: when the first holding began
    status: str
    holding_basis: str
    joined_on: date
    dues_paid_through: str
    employer_uscc: str | None
    member_unit: str | None
    card_salt: str
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    name: str
    sex: str
    birth_month: str
    ethnic_group: str | None
    political_status: str | None
    id_type: str
    id_number_masked: str | None
    mobile_masked: str | None
    mobile_sealed: bytes | None
    residence_division_code: str | None
    is_rural_migrant: bool | None
    employment_form: str | None
    id_hash: bytes | None  #: of the document that is shown
    ids: int  #: how many documents there are
    open_handoff: UUID | None
    open_step: int | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open handoff stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)


@dataclass(frozen=True, slots=True)
class AmendmentFacts:
    """For an amendment of a member's data. `membership` is None unless the signer holds it."""

    signer: SignerFacts
    membership: HeldFacts | None
    is_party: bool
    known_person: UUID | None  #: whose the number given is already
    known_membership: UUID | None  #: that person's, for the log
    certificate_taken: bool
    employers: frozenset[str]
    hits_today: int
    scheme: Scheme | None = None  #: how the province of the certificate numbers today
    stock: str | None = None  #: SPOILED or MISSING, where the province has declared the number so
    exempt: tuple[tuple[date, date | None], ...] = ()  #: from when to when the member was retained; the last may go on


@dataclass(frozen=True, slots=True)
class RetainedFacts:
    """A membership with its open case and its open retention, if any, for the acts on one."""

    member_id: UUID
    custody_version: int
    data_version: int
    held_since: datetime
    status: str
    holding_basis: str
    joined_on: date
    employer_uscc: str | None
    changed_at: datetime  #: since when the status is what it is
    open_handoff: UUID | None
    open_step: int | None
    open_state: str | None
    open_deadline: datetime | None
    open_then: datetime | None
    open_requested_at: datetime | None
    retention_no: int | None
    retention_step: int | None
    reason: str | None
    retained_on: date | None
    entered_sha256: bytes | None  #: the statement that entered the retention
    prior_basis: str | None  #: how the member was held before it
    restored_on: date | None  #: the day on which the last retention ended

    def standing(self, now: datetime) -> Standing | None:
        """Give where the open handoff stands; None if there is none."""
        if self.open_handoff is None or self.open_state is None:
            return None
        return standing_at(self.open_state, self.open_deadline, self.open_then, now)


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """For an act on a retention. `membership` is None unless the signer holds it."""

    signer: SignerFacts
    membership: RetainedFacts | None
    is_party: bool
    employers: frozenset[str]  #: USCCs of the employers that the signer organises today
    is_entrusted_host: bool = False  #: the signer is entrusted with the member by the holder, now (A9)
    place: PlaceFacts = PlaceFacts()  #: of a restoration into a placement, for the signer
    residence: str | None = None  #: the same: the code of the member's division


@dataclass(frozen=True, slots=True)
class UnionAmendmentFacts:
    """For an amendment of a union."""

    signer: SignerFacts
    about_union: UUID | None
    is_next_higher: bool
    kind: UnionKind | None
    state: UnionState | None
    version: int
    employers: frozenset[str]  #: what it organises today or is going to
    units: frozenset[str]
    listed: dict[str, UUID]  #: the unions found among those that the statement lists, by URI


@dataclass(frozen=True, slots=True)
class UnionFacts:
    """For an act on a union or a key."""

    signer: SignerFacts
    about_union: UUID | None
    is_self: bool
    is_next_higher: bool
    kind: UnionKind | None
    key_registered: bool
    key_revoked: bool
    key_retired_at: datetime | None
    listed: dict[str, UUID]  #: the unions found among those that the statement lists, by URI
