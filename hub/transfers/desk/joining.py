"""The join: a first holding (A5). A person's data enter here and nowhere else, beside the statement that binds them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID, uuid4

from federation import acts
from federation.encoding import sha256_b64url
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    look_up_text,
    open_statement,
    read_statement,
    receipt_for,
    signing_of,
    text_in,
)
from hub.transfers.ledger import reads
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import JoinRecord
from hub.transfers.person import Person, read_person
from hub.transfers.rules import order
from hub.transfers.rules.days import day_of
from hub.transfers.rules.questions import Join
from hub.transfers.views import MemberView
from hub.vault import mask_id_number, mask_mobile

if TYPE_CHECKING:
    from federation.statements import Statement
    from hub.authz.tokens import Caller

__all__ = [
    "check_bound",
    "hash_for_look_up",
    "id_hash",
    "join",
    "join_record",
    "joined",
    "member_now",
    "note_hit",
    "stated_in",
]

J = TypeVar("J", acts.Join, acts.Import)


async def join(hub: Hub, caller: Caller, jws: str, person_text: str) -> MemberView:
    """Record that the signing union has approved a person as its member.

    Takes: `person_text`, the exact text (the draft's `card.json`) whose SHA-256 the statement signs.
    Refuses: what `open_statement`, `read_person` and `order.join` do; DOCUMENT_TAMPERED for another text
    Source: A2–A9, A11, N2
    """
    statement = read_statement(jws, acts.Join)
    membership_id = UUID(statement.sub)
    stated = stated_in(statement)
    hashed = hash_for_look_up(hub, person_text)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_join(signing_of(statement, caller), membership_id, hashed, *stated)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        check_bound(claims, person_text)
        person = read_person(person_text, day_of(facts.signer.now))
        question = Join(claims, person, facts)
        try:
            first(order.join(question))
        except Refusal as refusal:
            await note_hit(hub, caller, facts.live_membership, facts.signer.now, refusal)
            raise
        record = join_record(hub, caller, statement, question, person_text)
        try:
            if await hub.ledger.record_join(record):
                return joined(record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def check_bound(claims: acts.Join, person_text: str) -> None:
    """Refuse data that are not those whose hash was signed: DOCUMENT_TAMPERED. Source: HUB-P17."""
    if sha256_b64url(person_text.encode("utf-8", "surrogatepass")) != claims.card_sha256:
        raise Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "card_sha256"))


async def note_hit(hub: Hub, caller: Caller, membership_id: UUID | None, now: datetime, refusal: Refusal) -> None:
    """Enter in the disclosure log that the caller has learned that this person is a member. Source: A11, domain 5.3."""
    if refusal.code is Code.ALREADY_MEMBER_USE_TRANSFER and membership_id is not None:
        await hub.ledger.record_already_member(caller.union_id, now, uuid4(), membership_id)


def id_hash(hub: Hub, person: Person) -> bytes | None:
    """Give the keyed hash by which a person is found; None for who has no number."""
    return None if person.id_number is None else hub.vault.blind_index(person.id_type, person.id_number)


def hash_for_look_up(hub: Hub, person_text: str) -> bytes | None:
    """Read the data as far as the look-up needs; what is wrong with them is told after the signature is known."""
    try:
        return id_hash(hub, read_person(person_text, date.max))
    except Refusal:
        return None


def stated_in(statement: Statement[J]) -> tuple[str | None, tuple[str, str] | None]:
    """Give the employer's USCC and the certificate that a join names, before its schema is checked."""
    claims = statement.claims.get(statement.act.object_name)
    certificate = claims.get("certificate") if isinstance(claims, dict) else None
    number = None
    if isinstance(certificate, dict):
        parts = certificate.get("province_code"), certificate.get("number")
        if all(look_up_text(part) for part in parts):
            number = (str(parts[0]), str(parts[1]))
    return text_in(statement, "employer_uscc"), number


def join_record(
    hub: Hub,
    caller: Caller,
    statement: Statement[J],
    question: Join,
    person_text: str,
    *,
    status: str = "ACTIVE",
) -> JoinRecord:
    """Give the row of a first holding, with its receipt: of a person known from an earlier one, or of a new person."""
    claims, person, facts = question.claims, question.person, question.facts
    membership_id = UUID(statement.sub)
    # A suspected duplicate has a person's row of its own: data belong to their holder.
    known = facts.known_person if facts.live_membership is None else None
    member_id = known or hub.vault.derive_uuid("person", membership_id)
    vault, certificate = hub.vault, claims.certificate
    return JoinRecord(
        at=facts.signer.now,
        union_id=caller.union_id,
        member_id=member_id,
        membership_id=membership_id,
        is_known_person=known is not None,
        name=person.name,
        sex=person.sex,
        birth_month=person.birth_month,
        ethnic_group=person.ethnic_group,
        political_status=person.political_status,
        id_type=person.id_type,
        id_number_masked=None if person.id_number is None else mask_id_number(person.id_number),
        id_sealed=None if person.id_number is None else vault.seal("person_ids", "sealed", member_id, person.id_number),
        id_hash=id_hash(hub, person),
        mobile_masked=None if person.mobile is None else mask_mobile(person.mobile),
        mobile_sealed=None if person.mobile is None else vault.seal("persons", "mobile", member_id, person.mobile),
        residence_division_code=person.residence_division_code,
        is_rural_migrant=person.is_rural_migrant,
        employment_form=person.employment_form,
        holding_basis=claims.holding_basis,
        joined_on=claims.joined_on,
        dues_paid_through=claims.dues_paid_through,
        employer_uscc=claims.employer_uscc,
        member_unit=claims.member_unit,
        card_salt=vault.derive_salt("card", statement.sha256),
        certificate_province=None if certificate is None else certificate.province_code,
        certificate_number=None if certificate is None else certificate.number,
        certificate_issued_on=None if certificate is None else certificate.issued_on,
        # N6: the union that enrols issues the certificate, unless the statement names another.
        issuing_union=claims.issuing_union or (None if certificate is None else facts.signer.name),
        card_sealed=vault.seal("join_cards", "sealed", member_id, person_text),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now, state_after=status, custody_version_after=1),
    )


def joined(record: JoinRecord, *, status: str = "ACTIVE", pair_id: UUID | None = None) -> MemberView:
    """Give the member as it stands after its record, with no further look at the database."""
    told = {"status", "custody_version", "data_version", "open_handoff", "open_duplicate"}
    fields = MemberView.__dataclass_fields__.keys() - told
    return MemberView(
        **{name: getattr(record, name) for name in fields},
        status=status,
        custody_version=1,
        data_version=1,
        open_handoff=None,
        open_duplicate=pair_id,
    )


async def member_now(hub: Hub, caller: Caller, membership_id: UUID) -> MemberView:
    """Give a member as it stands now. Refuses: NOT_HOLDER."""
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        found = await reads.members(reading, [membership_id])
    if membership_id not in found:
        # It has moved on meanwhile. Whoever held it then is its ex-holder now, and is told no more than that.
        raise Refusal(Code.NOT_HOLDER)
    return found[membership_id]
