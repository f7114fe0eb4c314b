"""The rows that `facts_for_…` and `record_…` take: each class is the columns of one function, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

__all__ = [
    "NOWHERE",
    "AcceptanceRecord",
    "AmendmentRecord",
    "AnswerRecord",
    "ClosureRecord",
    "DecisionRecord",
    "JoinRecord",
    "KeyEndRecord",
    "KeyRecord",
    "MergeRecord",
    "Place",
    "ReleaseRecord",
    "RequestRecord",
    "Search",
    "Signing",
    "SuspectedRecord",
    "UnionAmendmentRecord",
    "UnionRecord",
]


class Signing(NamedTuple):
    """Who acts, and what the statement says of itself; for a draft there is no key and no jti."""

    union_id: UUID
    login_kid: str
    iss: str
    kid: str | None
    jti: UUID | None


class Place(NamedTuple):
    """What facts are asked for besides: whether the reason asks for a place, and the employers named."""

    is_asked: bool = False
    employer_uscc: str | None = None
    host_uscc: str | None = None


NOWHERE = Place()


class Search(NamedTuple):
    """What `record_match` takes besides the clock, in order: who looks for whom, by what, and the limits."""

    union_id: UUID
    login_kid: str
    match_id: UUID
    target: UUID
    province: str | None
    number: str | None
    id_hash: bytes | None
    name: str | None  #: None where no proof was given at all
    birth_month: str
    minutes: int
    union_max: int
    target_max: int


class ReleaseRecord(NamedTuple):
    """The columns of `record_release`, in order.

    `lapsed…`: the case that ends first, by its dates or because the release goes elsewhere; `passed` its last steps.
    `retains`: what it makes of a member whom it retains too (A19), as JSON: reason, retained_on, and the card's salt.
    """

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
    overdue_union: UUID | None
    overdue_at: datetime | None
    overdue_tentative: bool
    lapsed: UUID | None
    lapsed_step: int | None
    passed: str
    lapsed_ground: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    card: str
    terms: str | None
    retains: str | None = None


class RequestRecord(NamedTuple):
    """The columns of `record_request`, in order. `union_id` asks, `lapsed…` as of a release.

    `employer_uscc`, `residence`: as the facts had them.
    """

    at: datetime
    union_id: UUID
    match_id: UUID
    member_id: UUID
    membership_id: UUID
    holder_union: UUID
    handoff_id: UUID
    custody_version: int
    act: str
    to_state: str
    reason_code: str
    deadline: datetime
    deadline_tentative: bool
    then_deadline: datetime | None
    then_tentative: bool
    higher_union: UUID | None
    visible_from: datetime
    name_masked: str
    lapsed: UUID | None
    lapsed_step: int | None
    passed: str
    lapsed_ground: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    employer_uscc: str | None
    residence: str | None


class AnswerRecord(NamedTuple):
    """The columns of `record_answer`, in order: a release that answers the open request, by `side`."""

    at: datetime
    union_id: UUID
    side: str
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    custody_version: int
    step_no: int
    request_sha256: bytes
    passed: str
    reason_code: str
    out_date: date
    dues_paid_through: str
    valid_until: date
    deadline: datetime
    overdue_union: UUID | None
    overdue_at: datetime | None
    overdue_tentative: bool
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    card: str
    terms: str | None


class AcceptanceRecord(NamedTuple):
    """The columns of `record_acceptance`, in order.

    `status_after`: what becomes of the membership's (None: nothing); `unorganised`: the employer without a union.
    """

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    step_no: int
    in_date: date
    holding_basis: str
    employer_uscc: str | None
    member_unit: str | None
    card_salt: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
    status_after: str | None
    unorganised: str | None


class ClosureRecord(NamedTuple):
    """The columns of `record_closure`, in order: refused, recalled, objected to, cancelled, dismissed or voided.

    `ground_told`, `ground_articles`: what the receiver is told of the ground.
    """

    at: datetime
    union_id: UUID
    side: str
    member_id: UUID
    membership_id: UUID
    handoff_id: UUID
    step_no: int
    passed: str
    act: str
    step_side: str
    to_state: str
    ground: str | None
    ground_told: str | None
    ground_articles: str | None
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


class AmendmentRecord(NamedTuple):
    """The columns of `record_amendment`, in order: all data as they are to be, and what happens to documents."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    data_version: int
    open_handoff: UUID | None
    open_step: int | None
    fields: str
    sealed: bytes | None
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
    document_type: str | None
    document_sealed: bytes | None
    document_hash: bytes | None
    id_no: int | None
    replaces: bool
    kept_no: int | None
    claims_id: bool
    freed: bytes | None
    joined_on: date
    dues_paid_through: str
    employer_uscc: str | None
    member_unit: str | None
    card_salt: str
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    claims_number: bool
    freed_province: str | None
    freed_number: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class UnionAmendmentRecord(NamedTuple):
    """The parameters of `record_union_amendment`, in order. None: stays as it is."""

    at: datetime
    by_union: UUID
    union_id: UUID
    version: int
    fields: str
    today: date
    name: str | None
    jurisdiction_code: str | None
    employers: list[str] | None
    units: list[str] | None
    units_from: list[date] | None
    units_until: list[date | None] | None
    contained: list[UUID] | None
    contained_from: list[date] | None
    contained_until: list[date | None] | None
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


class SuspectedRecord(NamedTuple):
    """The columns of `record_suspected`, in order: a second membership (`pair_id` with `other_…`) of a person."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    pair_id: UUID
    other_member: UUID
    other_membership: UUID
    disclosure_id: UUID
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


class MergeRecord(NamedTuple):
    """The parameters of `record_merge`, in order: one holder's word on a pair.

    `completes`: the other's lies over the same document, or one union holds both. `decide_from`, `higher_union`: until
    when they are to be one, and who decides then. `case_…`: the loser's, that ends with it, `passed` its last steps.
    """

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    pair_id: UUID
    other_member: UUID
    other_membership: UUID
    other_holder: UUID
    survives: bool
    joined_on: date
    merge_sha256: bytes
    completes: bool
    decide_from: datetime | None
    higher_union: UUID | None
    name_masked: str
    case_id: UUID | None
    case_step: int | None
    passed: str
    ground: str | None
    ground_told: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class DecisionRecord(NamedTuple):
    """The parameters of `record_decision`, in order: the union above the holder of the one that goes on decides."""

    at: datetime
    by_union: UUID
    member_id: UUID
    membership_id: UUID
    pair_id: UUID
    other_member: UUID
    other_membership: UUID
    holder: UUID
    other_holder: UUID
    joined_on: date
    merge_sha256: bytes
    case_id: UUID | None
    case_step: int | None
    passed: str
    ground: str | None
    ground_told: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str
