"""What a union reads: values between the ledger and the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from hub.transfers.machines import Side

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.errors import Refusal
    from hub.transfers.card import Card
    from hub.transfers.machines import HandoffState, PlacementState, RetentionState
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.standing import Passed

__all__ = [
    "AmendmentView",
    "AwaitedView",
    "DecisionView",
    "Draft",
    "DuplicateView",
    "ExplanationView",
    "HandoffView",
    "HoldingView",
    "KeyEndView",
    "KeyView",
    "MemberView",
    "MergeCaseView",
    "NextActView",
    "PlacementView",
    "RetentionStepView",
    "RetentionView",
    "StepView",
    "Term",
    "TransferView",
    "UnionView",
    "seal_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffView:
    """A case as one of its parties sees it, at one time."""

    handoff_id: UUID
    membership_id: UUID
    own_union: UUID
    side: Side
    state: HandoffState
    counterpart: UUID | None
    reason_code: str
    out_date: date | None
    in_date: date | None
    valid_until: date | None
    dues_paid_through: str | None
    ground: str | None
    deadline: datetime | None
    opened_at: datetime
    requested_at: datetime | None
    released_at: datetime | None
    closed_at: datetime | None
    deadline_tentative: bool = False
    ground_articles: tuple[str, ...] = ()  #: where the ground itself is not told
    overdue_at: datetime | None = None  #: P03: from then on the union above the receiver is told
    overdue_tentative: bool = False
    is_in_lieu: bool = False  #: released by the union above the holder
    from_union: UUID | None = None  #: for a union above: the two parties
    to_union: UUID | None = None
    name_masked: str | None = None  #: for a union above, of an escalated case
    request_sha256: bytes | None = None
    objection_sha256: bytes | None = None
    passed: tuple[Passed, ...] = ()  #: steps that dates have made, and nobody has recorded

    @property
    def releasing_union(self) -> UUID | None:
        """The union that holds, or held, the membership."""
        return {Side.HOLDER: self.own_union, Side.RECEIVER: self.counterpart}.get(self.side, self.from_union)

    @property
    def receiving_union(self) -> UUID | None:
        """The union that is to take the member in."""
        return {Side.HOLDER: self.counterpart, Side.RECEIVER: self.own_union}.get(self.side, self.to_union)

    @property
    def is_above_holder(self) -> bool:
        """Whether the reader is the union above the holder, which may act; the one above the receiver may not."""
        return self.side is Side.HIGHER and self.counterpart == self.from_union


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a case, with the statement that made it (None: a date did)."""

    act: str
    side: Side
    to_state: HandoffState
    by_union: UUID | None
    by_uri: str | None
    at: datetime
    sha256: bytes | None
    jws: str | None
    receipt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView:
    """A member, as the holder sees it."""

    membership_id: UUID
    name: str
    sex: str
    birth_month: str
    ethnic_group: str | None
    political_status: str | None
    id_type: str
    id_number_masked: str | None
    mobile_masked: str | None
    residence_division_code: str | None
    is_rural_migrant: bool | None
    employment_form: str | None
    employer_uscc: str | None
    member_unit: str | None
    joined_on: date
    status: str
    holding_basis: str
    custody_version: int
    data_version: int
    dues_paid_through: str
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    open_handoff: UUID | None
    open_duplicate: UUID | None = None  #: the pair of which it is one, as long as the two are not merged


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """The other one of two memberships of a person, as the holder of this one is shown it (A3)."""

    membership_id: UUID
    union_id: UUID
    joined_on: date
    kept_by_us: bool | None  #: whether, by our statement, ours goes on; None: nothing signed that still holds
    kept_by_other: bool | None
    decide_from: datetime | None  #: from then on the union above may decide


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeCaseView:
    """A pair whose holders have not become one, as the union above the holder of the one named sees it (A3)."""

    membership_id: UUID
    union_id: UUID
    joined_on: date
    other_membership: UUID
    other_union: UUID
    other_joined_on: date
    name_masked: str | None
    decide_from: datetime
    kept_by_holder: bool | None  #: whether, by its statement, the one named goes on; None: nothing that still holds
    kept_by_other: bool | None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision that was recorded: the membership that goes on, and the receipt."""

    membership_id: UUID
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementView:
    """One who waits for the employer's union, as the union sees it that holds (A6, A13)."""

    membership_id: UUID
    state: PlacementState
    basis: str
    awaiting_employer_uscc: str | None
    since: datetime  #: held by this union
    exit_to: UUID | None  #: the union awaited, once it is there
    exit_due_since: datetime | None
    policy: Policy  #: the holder's, in force when the exit came due


@dataclass(frozen=True, slots=True)
class AwaitedView:
    """How many wait, with another union, for the one that reads; no person is named (A11)."""

    employer_uscc: str
    holder_union: UUID
    members: int
    since: datetime


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment of a member's data, or of a union: which version it made, and the names of what was amended."""

    version: int
    at: datetime
    sha256: bytes
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldingView:
    """Who held, from when to when (half-open)."""

    holder_union: UUID
    from_at: datetime
    until_at: datetime | None


def seal_of(name: str, in_lieu_of: str | None) -> str:
    """Give the releasing seal: the name of the union that signed, and of the one in whose stead. Source: HUB-P02."""
    return name if in_lieu_of is None else f"{name}（代{in_lieu_of}）"


@dataclass(frozen=True, slots=True)
class TransferView:
    """One entry of the certificate's transfer column (NX-3): its two signed statements and the names of both seals."""

    handoff_id: UUID
    release_jws: str
    releasing_seal: str  #: with whom it stands for, where it was in lieu
    acceptance_jws: str | None
    receiving_seal: str | None


@dataclass(frozen=True, slots=True)
class RetentionStepView:
    """What was done about a retention: by whom (None: the membership ended), under which seal, by which statement."""

    act: str
    to_state: RetentionState
    reason: str  #: from then on
    by_union: UUID | None
    seal: str | None
    at: datetime
    sha256: bytes | None
    jws: str | None


@dataclass(frozen=True, slots=True)
class RetentionView:
    """A retention, with all that was done about it, the earliest first."""

    state: RetentionState
    reason: str
    retained_on: date
    restored_on: date | None
    steps: tuple[RetentionStepView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnionView:
    """A union. Public."""

    union_id: UUID
    uri: str
    uscc: str | None
    name: str
    kind: str
    parent_union: UUID | None
    province_code: str | None
    jurisdiction_code: str | None
    established_on: date
    closed_on: date | None
    state: str
    wound_up_on: date | None
    successor_union: UUID | None
    version: int
    former_names: list[str]  #: with `former_until`, the earliest first
    former_until: list[datetime]

    def name_at(self, instant: datetime) -> str:
        """Give the name that it bore at an instant: what its seal says of that day. Source: NX-3."""
        for name, until_at in zip(self.former_names, self.former_until, strict=True):
            if instant < until_at:
                return name
        return self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A union's key, with the statement that registered it (None for the root's, from bootstrap). Public."""

    union_id: UUID
    use: str
    kid: str
    alg: str
    jwk: str
    not_before: datetime
    registered_at: datetime
    retired_at: datetime | None
    revoked_at: datetime | None
    reason: str | None
    invalid_from: datetime | None
    registered_by: UUID | None
    jws: str | None
    receipt: str | None


@dataclass(frozen=True, slots=True)
class KeyEndView:
    """A statement by which a key was retired or revoked. Public."""

    union_id: UUID  #: whose key it was
    by_union: UUID
    typ: str
    jws: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a union would sign: the claims as text, the card to show the signer, and all that speaks against it."""

    typ: str
    claims: str | None
    card: Card | None
    refusals: tuple[Refusal, ...]
    document: str | None = None  #: what is handed in beside the statement, which binds it by its hash


class Term(NamedTuple):
    """How many days a deadline left."""

    days: int
    in_working_days: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActView:
    """An act that may be done now, or from a date on: by whom, by when, and what happens otherwise."""

    act: str  #: the name of the mutation
    side: Side
    union_id: UUID | None
    deadline: datetime | None
    rule: str  #: HUB-P…; empty without a deadline, and so is what follows
    consequence: str
    term: Term | None = None  #: of the deadline
    articles: tuple[str, ...]
    tentative: bool = False
    possible_from: datetime | None = None  #: refused before; None: open now


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationView:
    """Where a case stands, in words, for the side that asks."""

    handoff: HandoffView
    summary: str
    summary_en: str
    missing: tuple[str, ...]
    next: tuple[NextActView, ...]
    later: tuple[NextActView, ...]
