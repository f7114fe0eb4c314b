"""Amending a member's data: the holder puts them right, or up to date (A11, domain 5.1).

Nothing personal stands in the statement: the person's data come beside it, as in a join, and are bound by hash.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from federation import acts
from federation.encoding import sha256_b64url
from hub.errors import Code, Refusal
from hub.transfers.desk.joining import member_now, note_hit
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
)
from hub.transfers.kinds import IdChange
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import AmendmentRecord
from hub.transfers.person import read_changes
from hub.transfers.rules import order
from hub.transfers.rules.amending import ON_RELEASE
from hub.transfers.rules.days import day_of
from hub.transfers.rules.questions import Amendment
from hub.transfers.views import MemberView
from hub.vault import mask_id_number, mask_mobile

if TYPE_CHECKING:
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import HeldFacts

__all__ = ["amend_member", "hash_of_changes"]


async def amend_member(hub: Hub, caller: Caller, jws: str, person_text: str | None) -> MemberView:
    """Put a member's data right. What stood there before is told to nobody; the names of the fields are kept.

    Takes: `person_text`, the exact text (the draft's `card.json`) whose SHA-256 the statement signs; None if no
    personal data are amended.
    Refuses: what `open_statement`, `read_changes` and `order.amendment` do; DOCUMENT_TAMPERED for another text
    Source: A11, domain 4.2, 5.1
    """
    statement = read_statement(jws, acts.MemberAmendment)
    membership_id = UUID(statement.sub)
    hashed, number = _hash_for_look_up(hub, person_text), _number_stated(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_amendment(signing_of(statement, caller), membership_id, hashed, number)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        bound = None if person_text is None else sha256_b64url(person_text.encode("utf-8", "surrogatepass"))
        if bound != claims.card_sha256:
            raise Refusal(Code.DOCUMENT_TAMPERED, path=("amendment", "card_sha256"))
        changes = {} if person_text is None else read_changes(person_text, day_of(facts.signer.now))
        question = Amendment(claims, changes, facts, hashed)
        try:
            first(order.amendment(question))
        except Refusal as refusal:
            await note_hit(hub, caller, facts.known_membership, facts.signer.now, refusal)
            raise
        record = _record(hub, caller, statement, question, person_text)
        try:
            if await hub.ledger.record_amendment(record):
                return await _as_amended(hub, caller, record, question)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def hash_of_changes(hub: Hub, changes: dict[str, Any]) -> bytes | None:
    """Give the keyed hash of a document that is given; None where none is."""
    number = changes.get("id_number")
    return None if number is None else hub.vault.blind_index(changes["id_type"], number)


def _hash_for_look_up(hub: Hub, person_text: str | None) -> bytes | None:
    """Read the data as far as the look-up needs; what is wrong with them is told after the signature is known."""
    try:
        return None if person_text is None else hash_of_changes(hub, read_changes(person_text, date.max))
    except Refusal:
        return None


def _number_stated(statement: Statement[acts.MemberAmendment]) -> tuple[str, str] | None:
    """Give the certificate that an amendment names, before its schema is checked."""
    claims = statement.claims.get("amendment")
    certificate = claims.get("certificate") if isinstance(claims, dict) else None
    if not isinstance(certificate, dict):
        return None
    province, number = look_up_text(certificate.get("province_code")), look_up_text(certificate.get("number"))
    return None if province is None or number is None else (province, number)


def _held(question: Amendment) -> HeldFacts:
    assert question.membership is not None, "the rules let no amendment pass without a membership"
    return question.membership


class _Document(NamedTuple):
    """What an amendment does with documents, in the record's terms, and which one is shown afterwards."""

    id_type: str
    id_number_masked: str | None
    document_type: str | None = None
    document_sealed: bytes | None = None
    document_hash: bytes | None = None
    id_no: int | None = None
    replaces: bool = False
    kept_no: int | None = None
    claims_id: bool = False
    freed: bytes | None = None


def _document(hub: Hub, question: Amendment) -> _Document:
    held, changes, change = _held(question), question.changes, question.claims.id_change
    if "id_type" not in changes:
        return _Document(held.id_type, held.id_number_masked)
    id_type, number, hashed = changes["id_type"], changes["id_number"], question.id_hash
    if number is None or hashed is None:
        return _Document(id_type, None)  # the rules let it pass where there is no number yet
    is_shown = not held.ids or change != IdChange.FURTHER.value
    is_renewed = bool(held.ids) and change == IdChange.RENEWED.value
    is_corrected = bool(held.ids) and change == IdChange.CORRECTED.value
    is_other = hashed != held.id_hash
    return _Document(
        id_type=id_type if is_shown else held.id_type,
        id_number_masked=mask_id_number(number) if is_shown else held.id_number_masked,
        document_type=id_type,
        document_sealed=hub.vault.seal("person_ids", "sealed", held.member_id, number),
        document_hash=hashed,
        id_no=1 if is_shown else held.ids + 1,
        replaces=is_renewed or is_corrected,
        kept_no=held.ids + 1 if is_renewed else None,
        claims_id=is_other,
        freed=held.id_hash if is_corrected and is_other else None,
    )


class _Certificate(NamedTuple):
    certificate_province: str | None
    certificate_number: str | None
    certificate_issued_on: date | None
    issuing_union: str | None
    claims_number: bool
    freed_province: str | None
    freed_number: str | None


def _certificate(question: Amendment) -> _Certificate:
    held, claims = _held(question), question.claims
    province, number, issued_on = held.certificate_province, held.certificate_number, held.certificate_issued_on
    issuer = question.after("issuing_union")
    if "certificate" in claims.fields:
        given = claims.certificate
        province, number = (None, None) if given is None else (given.province_code, given.number)
        issued_on = None if given is None else given.issued_on
        if "issuing_union" not in claims.fields and given is None:
            issuer = None
        elif "issuing_union" not in claims.fields and held.certificate_number is None:
            issuer = question.facts.signer.name  # HUB-P19: the holder may issue one, and is then who issued it
    is_other = (province, number) != (held.certificate_province, held.certificate_number)
    return _Certificate(
        certificate_province=province,
        certificate_number=number,
        certificate_issued_on=issued_on,
        issuing_union=issuer,
        claims_number=is_other and number is not None,
        freed_province=held.certificate_province if is_other else None,
        freed_number=held.certificate_number if is_other else None,
    )


#: What is kept in the words in which it is given.
_AS_GIVEN = (
    *("name", "sex", "birth_month", "ethnic_group", "political_status", "residence_division_code", "is_rural_migrant"),
    *("employment_form", "joined_on", "dues_paid_through", "employer_uscc", "member_unit"),
)


def _record(
    hub: Hub, caller: Caller, statement: Statement[acts.MemberAmendment], question: Amendment, person_text: str | None
) -> AmendmentRecord:
    held, claims, vault, after = _held(question), question.claims, hub.vault, question.after
    mobile_masked, mobile_sealed = held.mobile_masked, held.mobile_sealed
    if "mobile" in claims.fields:
        mobile = after("mobile")
        mobile_masked = None if mobile is None else mask_mobile(mobile)
        mobile_sealed = None if mobile is None else vault.seal("persons", "mobile", held.member_id, mobile)
    # A release fits the card of now alone: what it shows, or was judged by, is shown under another salt.
    shows_another = not ON_RELEASE.isdisjoint(claims.fields)
    return AmendmentRecord(
        at=question.now,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        data_version=held.data_version,
        open_handoff=held.open_handoff,
        open_step=held.open_step,
        fields=" ".join(claims.fields),
        sealed=None if person_text is None else vault.seal("amendments", "sealed", statement.jti, person_text),
        **{name: after(name) for name in _AS_GIVEN},
        mobile_masked=mobile_masked,
        mobile_sealed=mobile_sealed,
        card_salt=vault.derive_salt("card", statement.sha256) if shows_another else held.card_salt,
        **_document(hub, question)._asdict(),
        **_certificate(question)._asdict(),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            question.now,
            state_after=held.status,
            custody_version_after=held.custody_version,
        ),
    )


async def _as_amended(hub: Hub, caller: Caller, record: AmendmentRecord, question: Amendment) -> MemberView:
    """Give the member as read now: one of a pair may have come free. If it has moved on since: as it was amended."""
    try:
        return await member_now(hub, caller, record.membership_id)
    except Refusal:
        held = _held(question)
        fields = set(MemberView.__dataclass_fields__) & set(AmendmentRecord._fields) - {"data_version"}
        return MemberView(
            **{name: getattr(record, name) for name in fields},
            status=held.status,
            holding_basis=held.holding_basis,
            data_version=record.data_version + 1,
        )
