"""Drafts of the acts on a certificate: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation import acts_certificates as acts
from hub.errors import Code, Refusal
from hub.transfers.desk.drafting import NOBODY, claims_of, numbered, plain, storable
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.machines import CertificateState
from hub.transfers.rules.certificates import Certifying
from hub.transfers.rules.order_certificates import before_a_certificate, certificate_rules
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.authz.tokens import Caller
    from hub.transfers.certificates import CertificateFacts
    from hub.transfers.desk.drafting import Input

__all__ = ["draft_certificate"]

S = CertificateState
#: Which of a member's certificates an act is on, where none is named.
_MEANT: Mapping[type[acts.CertificateAct], tuple[CertificateState, ...]] = {
    acts.CertificateLoss: (S.VALID, S.LOST),
    acts.CertificateRecovery: (S.LOST, S.SUPERSEDED),
    acts.CertificateReissue: (S.VALID, S.LOST),
    acts.CertificateCollection: (S.VALID, S.LOST),
    acts.CertificateVoiding: (S.VALID, S.LOST),
}
_ISSUING = frozenset({acts.CertificateIssue, acts.CertificateReissue})


async def draft_certificate(hub: Hub, caller: Caller, given: Input, act: type[acts.CertificateAct]) -> Draft:
    """Draft an act on a certificate. Where none is named it is on the one that the member has, or had last.

    Source: N2, N5, N6, NX-7, HUB-P19
    """
    membership_id, certificate = given.get("membership_id") or NOBODY, given.get("certificate")
    issued = certificate if act in _ISSUING else None
    number = None if issued is None else (storable(issued["province_code"]), storable(issued["number"]))
    facts = await hub.ledger.certificates.facts(drafting_of(caller), membership_id, number)
    require_login(facts.signer)
    held, unread = facts.membership, list[Refusal]()
    stated: dict[str, Any] = {
        "custody_version": 0 if held is None else held.custody_version,
        "data_version": 0 if held is None else held.data_version,
        **_numbers(act, given, facts, unread),
        **({"fee": 0} if act in _ISSUING else {}),
        **{name: plain(given[name]) for name in ("fee", "reason", "collected_on") if given.get(name) is not None},
    }
    if given.get("consent") is not None:
        stated["consent"] = {name: plain(value) for name, value in given["consent"].items()}
    claims = None if unread else claims_of(act, stated, unread)
    if claims is None:
        # Who may not act learns nothing by the form of the input.
        return Draft(act.typ, None, None, every(before_a_certificate(facts)) or tuple(unread))
    refusals = every(certificate_rules(Certifying(claims, facts)))
    if held is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)


def _numbers(
    act: type[acts.CertificateAct], given: Input, facts: CertificateFacts, unread: list[Refusal]
) -> dict[str, Any]:
    """Give the certificate that the act issues, and the one that it is on: as given, or as meant."""
    issued: dict[str, Any] = {}
    if act in _ISSUING:
        issued["certificate"] = numbered(given["certificate"], given.get("certificate_issued_on"))
    if act is acts.CertificateIssue:
        return issued
    name = "supersedes" if act is acts.CertificateReissue else "certificate"
    asked, meant = given.get(name), facts.latest(*_MEANT[act])
    if asked is not None:
        return {**issued, name: numbered(asked, None)}
    if meant is not None:
        return {**issued, name: {"province_code": meant[0], "number": meant[1]}}
    unread.append(
        Refusal(
            Code.INPUT_INVALID,
            path=(act.object_name, name),
            why_zh="该会员没有此会员证",
            why_en="this member has no such certificate",
        )
    )
    return issued
