"""The acts on a member's certificate, by the union that holds the membership (N2–N6, NX-7, HUB-P19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from federation import acts_certificates as acts
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
)
from hub.transfers.ledger.certificates import CertificateRecord
from hub.transfers.ledger.groups import Claimed
from hub.transfers.rules.certificates import Certifying, target_of
from hub.transfers.rules.order_certificates import certificate_rules

if TYPE_CHECKING:
    from datetime import date

    from federation.act import Certificate
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import HeldFacts

__all__ = ["Shown", "certify"]

A = TypeVar("A", bound=acts.CertificateAct)

#: A membership, and the province and number of the certificate that an act's answer shows.
Shown = tuple[UUID, tuple[str, str]]
#: Where an act on a certificate names the one that it issues.
_ISSUED: Final = "certificate"


async def certify(hub: Hub, caller: Caller, jws: str, act: type[A]) -> Shown:
    """Record an act on a certificate. Gives which one to show: of a reissue the new one.

    Refuses: what `open_statement` and `certificate_rules` do
    Source: N2, N5, N6, NX-7, HUB-P19
    """
    statement = read_statement(jws, act)
    membership_id, number = UUID(statement.sub), _number_stated(statement)
    for _ in range(TRIES):
        facts = await hub.ledger.certificates.facts(signing_of(statement, caller), membership_id, number)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            stated = statement.claims[act.object_name][_ISSUED]
            return membership_id, (stated["province_code"], stated["number"])
        question = Certifying(claims, facts)
        first(certificate_rules(question))
        try:
            if await hub.ledger.certificates.record(_record(hub, caller, statement, question)):
                return membership_id, (claims.certificate.province_code, claims.certificate.number)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _number_stated(statement: Statement[A]) -> tuple[str, str] | None:
    """Give the number that an act is to issue, before its schema is checked; one that issues none asks for none."""
    if statement.act not in {acts.CertificateIssue, acts.CertificateReissue}:
        return None
    claims = statement.claims.get(statement.act.object_name)
    stated = claims.get(_ISSUED) if isinstance(claims, dict) else None
    if not isinstance(stated, dict):
        return None
    province, number = look_up_text(stated.get("province_code")), look_up_text(stated.get("number"))
    return None if province is None or number is None else (province, number)


def _held(question: Certifying) -> HeldFacts:
    assert question.facts.membership is not None, "the rules let nobody but the holder pass"
    return question.facts.membership


def _issued(question: Certifying, certificate: Certificate | None) -> dict[str, Any]:
    names = ("new_province", "new_number", "new_issued_on", "new_issuer")
    if certificate is None:
        return dict.fromkeys(names)
    # HUB-P19: who issues it is whose name stands on it.
    signer = question.facts.signer
    issued_on: date = certificate.issued_on or question.today
    return dict(zip(names, (certificate.province_code, certificate.number, issued_on, signer.name), strict=True))


def _record(hub: Hub, caller: Caller, statement: Statement[A], question: Certifying) -> CertificateRecord:
    held, claims, now = _held(question), question.claims, question.facts.signer.now
    province, number = question.subject
    return CertificateRecord(
        at=now,
        union_id=caller.union_id,
        member_id=held.member_id,
        membership_id=UUID(statement.sub),
        custody_version=held.custody_version,
        data_version=held.data_version,
        open_handoff=held.open_handoff,
        open_step=held.open_step,
        act=claims.act,
        province_code=province,
        number=number,
        from_state=question.state,
        to_state=target_of(question),
        **_issued(question, question.issued),
        reason=claims.reason if isinstance(claims, acts.CertificateReissue) else None,
        collected_on=claims.collected_on if isinstance(claims, acts.CertificateCollection) else None,
        # A release fits the card of now alone, and the card shows the number.
        card_salt=hub.vault.derive_salt("card", statement.sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, now, state_after=held.status, custody_version_after=held.custody_version),
    )
