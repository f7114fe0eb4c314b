"""What a union reads: values between the ledger and the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.errors import Refusal
    from hub.transfers.card import Card
    from hub.transfers.machines import HandoffState, Side

__all__ = [
    "Draft",
    "ExplanationView",
    "HandoffView",
    "HoldingView",
    "KeyEndView",
    "KeyView",
    "MemberView",
    "NextActView",
    "StepView",
    "TransferView",
    "UnionView",
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
    dues_paid_through: str
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    open_handoff: UUID | None


@dataclass(frozen=True, slots=True)
class HoldingView:
    """Who held, from when to when (half-open)."""

    holder_union: UUID
    from_at: datetime
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """One entry of the certificate's transfer column (NX-3): its two signed statements and the names of both seals."""

    handoff_id: UUID
    release_jws: str
    releasing_seal: str
    acceptance_jws: str | None
    receiving_seal: str | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NextActView:
    """An act that may be done now: by whom, by when, and what happens otherwise."""

    act: str  #: the name of the mutation
    side: Side
    union_id: UUID | None
    deadline: datetime | None
    rule: str  #: HUB-P…; empty without a deadline, and so is what follows
    consequence: str
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationView:
    """Where a case stands, in words, for the side that asks."""

    handoff: HandoffView
    summary: str
    summary_en: str
    missing: tuple[str, ...]
    next: tuple[NextActView, ...]
