"""Drafts of winding up and closing: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.acts_winding import UnionClosing, UnionWindingUp
from hub.errors import Refusal
from hub.transfers.desk.drafting import claims_of, plain, storable
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.rules import order_winding
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts_winding import WindingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["draft_closing", "draft_winding_up"]


async def draft_winding_up(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the winding up of a union beneath the caller. Source: HUB-P09."""
    return await _draft(hub, caller, UnionWindingUp, given, order_winding.winding_up)


async def draft_closing(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the closing of a union beneath the caller. Source: HUB-P09."""
    return await _draft(hub, caller, UnionClosing, given, order_winding.closing)


async def _draft(
    hub: Hub, caller: Caller, act: type[Act], given: Input, rules: Callable[[WindingFacts, Any], Refusals]
) -> Draft:
    union: str = given["union"]
    successor = given.get("successor_union")
    facts = await hub.ledger.windings.facts(
        drafting_of(caller), storable(union), successor=None if successor is None else storable(successor)
    )
    require_login(facts.signer)
    unread = list[Refusal]()
    stated = {name: plain(given.get(name)) for name in sorted(act.__dataclass_fields__)}
    claims = claims_of(act, {**stated, "version": facts.version}, unread)
    if claims is None:
        return Draft(act.typ, None, None, every(order_winding.before(facts)) or tuple(unread))
    refusals = every(rules(facts, claims))
    if facts.about_union is None:
        return Draft(act.typ, None, None, refusals)
    return Draft(act.typ, claims_text(hub, caller, claims, sub=union, now=facts.signer.now), None, refusals)
