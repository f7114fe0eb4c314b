"""The rows that `facts_for_…` and `record_…` take: each class is the columns of one function, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

__all__ = [
    "AcceptanceRecord",
    "ClosureRecord",
    "JoinRecord",
    "KeyEndRecord",
    "KeyRecord",
    "ReleaseRecord",
    "Signing",
    "UnionRecord",
]


class Signing(NamedTuple):
    """Who acts, and what the statement says of itself; for a draft there is no key and no jti."""

    union_id: UUID
    login_kid: str
    iss: str
    kid: str | None
    jti: UUID | None


class ReleaseRecord(NamedTuple):
    """The columns of `record_release`, in order. `lapsed…`: the handoff that its date has ended, to be closed first."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    custody_version: int
    receiving_union: UUID
    reason_code: str
    out_date: date
    dues_paid_through: str
    valid_until: date
    deadline: datetime
    lapsed: UUID | None
    lapsed_step: int | None
    lapsed_at: datetime | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    card: str


class AcceptanceRecord(NamedTuple):
    """The columns of `record_acceptance`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    step_no: int
    in_date: date
    holding_basis: str
    employer_uscc: str | None
    card_salt: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ClosureRecord(NamedTuple):
    """The columns of `record_closure`, in order: refused, recalled or voided."""

    at: datetime
    union_id: UUID
    side: str
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    step_no: int
    act: str
    step_side: str
    to_state: str
    ground: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class JoinRecord(NamedTuple):
    """The columns of `record_join`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    is_known_person: bool
    name: str
    sex: str
    birth_month: str
    ethnic_group: str | None
    political_status: str | None
    id_type: str
    id_number_masked: str | None
    id_sealed: bytes | None
    id_hash: bytes | None
    mobile_masked: str | None
    mobile_sealed: bytes | None
    residence_division_code: str | None
    is_rural_migrant: bool | None
    employment_form: str | None
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
    card_sealed: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class UnionRecord(NamedTuple):
    """The parameters of `record_union`, in order."""

    at: datetime
    by_union: UUID
    union_id: UUID
    uri: str
    uscc: str | None
    local_code: str | None
    name: str
    kind: str
    province_code: str | None
    jurisdiction_code: str | None
    established_on: date
    employers: list[str]
    are_member_units: list[bool]
    organised_from: list[date]
    organised_until: list[date | None]
    contains: list[UUID]
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class KeyRecord(NamedTuple):
    """The parameters of `record_key`, in order."""

    at: datetime
    by_union: UUID
    union_id: UUID
    use: str
    kid: str
    alg: str
    jwk: str
    not_before: datetime
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class KeyEndRecord(NamedTuple):
    """The parameters of `record_key_end`, in order: retired at a time, or revoked for a reason from a time on."""

    at: datetime
    by_union: UUID
    union_id: UUID
    use: str
    kid: str
    retired_at: datetime | None
    reason: str | None
    invalid_from: datetime | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
