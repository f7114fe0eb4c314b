"""Drafts of the acts on a secondment: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.acts_secondment import (
    Conversion,
    EarlyEnd,
    Extension,
    HomeRelationEnd,
    Secondment,
    SecondmentTerm,
)
from federation.acts_winding import SecondmentRetargeting
from federation.encoding import b64url
from hub.errors import Refusal
from hub.transfers.desk.drafting import NO_HASH, NOBODY, claims_of, plain, storable
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.desk.seconding import document_of, lies_above_from
from hub.transfers.rules import order_secondment
from hub.transfers.rules.questions_secondment import OnSecondment
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts_secondment import SecondmentActFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "draft_conversion",
    "draft_early_end",
    "draft_extension",
    "draft_home_relation_end",
    "draft_retargeting",
    "draft_secondment",
    "draft_term",
]


async def draft_secondment(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the entry of a secondment. Source: A14."""
    return await _draft(hub, caller, Secondment, given, order_secondment.secondment)


async def draft_term(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a change of the term; a day that is not given stays as it is. Source: A14."""
    return await _draft(hub, caller, SecondmentTerm, given, order_secondment.term_change)


async def draft_early_end(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an end before the term. Source: A14."""
    return await _draft(hub, caller, EarlyEnd, given, order_secondment.early_end)


async def draft_extension(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft one union's word on a longer term. Source: A14."""
    return await _draft(hub, caller, Extension, given, order_secondment.extension)


async def draft_conversion(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft one union's word that the member stays with the host. Source: A12, A14."""
    return await _draft(hub, caller, Conversion, given, order_secondment.conversion)


async def draft_home_relation_end(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the end of the home union's right. Source: A12, A14, HUB-P02."""

    def rules(question: OnSecondment, claims: HomeRelationEnd) -> Refusals:
        return order_secondment.home_relation_end(question, claims, lies_above_from(question.facts))

    return await _draft(hub, caller, HomeRelationEnd, given, rules, before=order_secondment.before_an_end)


async def draft_retargeting(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the naming of the union to which a member comes back instead. Source: A14, HUB-P09."""
    return await _draft(
        hub,
        caller,
        SecondmentRetargeting,
        {**given, "host_union": given.get("home_union")},
        order_secondment.retargeting,
        before=order_secondment.before_an_end,
    )


async def _draft(
    hub: Hub,
    caller: Caller,
    act: type[Act],
    given: Input,
    rules: Callable[[OnSecondment, Any], Refusals],
    *,
    before: Callable[[SecondmentActFacts], Refusals] = order_secondment.before_a_secondment,
) -> Draft:
    membership_id, host = given.get("membership_id") or NOBODY, given.get("host_union")
    named = None if host is None else storable(host)
    facts = await hub.ledger.facts_for_secondment(drafting_of(caller), membership_id, host=named)
    require_login(facts.signer)
    document = _document(membership_id, facts, act, given.get("ends_on"))
    unread = list[Refusal]()
    claims = claims_of(act, {**_stated(act, given, facts), **_bound(act, facts, document)}, unread)
    if claims is None:
        # The input has no right form, so that the rules can't be asked; but who may not ask learns nothing by it.
        return Draft(act.typ, None, None, every(before(facts)) or tuple(unread))
    refusals = every(rules(OnSecondment(claims, facts, document), claims))
    if facts.membership is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)


def _document(membership_id: Any, facts: SecondmentActFacts, act: type[Act], ends_on: date | None) -> bytes | None:
    secondment = None if facts.membership is None else facts.membership.secondment
    return document_of(membership_id, secondment, act.act, ends_on)


def _stated(act: type[Act], given: Input, facts: SecondmentActFacts) -> dict[str, object]:
    stated = {name: plain(given.get(name)) for name in sorted(act.__dataclass_fields__)}
    secondment = None if facts.membership is None else facts.membership.secondment
    if act is SecondmentRetargeting:
        stated["in_lieu_of"] = facts.signer.uri if secondment is None else secondment.home_uri
    if secondment is None:
        return stated
    if act is SecondmentTerm:
        for name in ("starts_on", "ends_on"):
            stated[name] = stated[name] or plain(getattr(secondment, name))
    if act is HomeRelationEnd and facts.tie == "HIGHER":
        stated["in_lieu_of"] = secondment.home_uri
    return stated


def _bound(act: type[Act], facts: SecondmentActFacts, document: bytes | None) -> dict[str, object]:
    version = 1 if facts.membership is None else facts.membership.custody_version
    digest = NO_HASH if document is None else b64url(document)
    name = f"{act.object_name}_sha256"
    return {"custody_version": version, **({name: digest} if name in act.__dataclass_fields__ else {})}
