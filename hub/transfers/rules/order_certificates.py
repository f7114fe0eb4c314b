"""The rules of each act on certificates in their order (domain 2.4), as `order` has those of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.rules import certificates, columns, custody, ending, printing
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from federation import acts_certificates as acts
    from hub.transfers.certificates import CertificateFacts
    from hub.transfers.facts import SignerFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["before_a_certificate", "certificate_rules", "numbering"]


def before_a_certificate(facts: CertificateFacts) -> Refusals:
    """Whether the signer may act on this member's certificate at all. Source: A11, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(facts.membership, is_party=facts.is_party)


def certificate_rules(question: certificates.Certifying) -> Refusals:
    """Rules of every act on a certificate, in their order. Source: N2, N5, N6, NX-7, HUB-P19."""
    claims, membership = question.claims, question.facts.membership
    yield from before_a_certificate(question.facts)
    if membership is None:
        return
    yield from certificates.check_status(claims, membership)
    yield from certificates.check_card_is_not_released(question, membership)
    yield from certificates.check_versions(claims, membership)
    if certificates.is_reissue(claims):
        yield from certificates.check_reason_of_reissue(claims)
    yield from certificates.check_is_the_members(question)
    yield from certificates.check_step(question, membership)
    if certificates.is_loss(claims):
        yield from certificates.check_report(claims, question.today, policy=question.policy)
    if certificates.is_collection(claims):
        path, facts = (claims.object_name, "collected_on"), question.facts
        yield from ending.check_collected_after_filing(claims, membership.status, facts.ended_on, facts.filed_on)
        yield from columns.check_printed_date(claims.collected_on, question.today, policy=question.policy, path=path)
    if question.issued is not None:
        yield from certificates.check_day_of_issue(question, question.issued, membership)
        yield from certificates.check_no_fee(claims)
        yield from certificates.check_number(question, question.issued)
        yield from printing.check_in_stock(question.facts.stock, (claims.object_name, "certificate", "number"))


def numbering(claims: acts.NumberingScheme, signer: SignerFacts, *, is_self: bool, province: str | None) -> Refusals:
    """Rules of a numbering scheme: the province's federation lays it down, for its own province. Source: N2, N4."""
    yield from certificates.check_is_the_province(claims, signer, is_self=is_self, province=province)
    yield from certificates.check_scheme(claims, day_of(signer.now))
