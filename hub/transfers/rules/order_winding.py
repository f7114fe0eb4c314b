"""The rules of winding up and closing, in their order (domain 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.transfers.rules import columns, registration, winding
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from federation.acts_winding import UnionClosing, UnionWindingUp
    from hub.transfers.facts_winding import WindingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["before", "closing", "winding_up"]


def before(facts: WindingFacts) -> Refusals:
    """Whether the signer may act on this union at all. Source: HUB-P09, domain 5.1."""
    yield from registration.check_union_known(facts)
    yield from winding.check_by_next_higher(facts)


def winding_up(facts: WindingFacts, claims: UnionWindingUp) -> Refusals:
    """Rules of the winding up of a union. Source: HUB-P09."""
    yield from before(facts)
    if facts.about_union is None:
        return
    yield from winding.check_is_of_the_hub(facts)
    yield from winding.check_successor_is_new(facts)
    yield from winding.check_version(claims, facts)
    yield from columns.check_printed_date(
        claims.decided_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("union", "decided_on")
    )
    yield from winding.check_successor(claims, facts)


def closing(facts: WindingFacts, claims: UnionClosing) -> Refusals:
    """Rules of the closing of a union. Source: HUB-P09."""
    yield from before(facts)
    if facts.about_union is None:
        return
    yield from winding.check_union_step(facts, claims.act)
    yield from winding.check_version(claims, facts)
    yield from columns.check_printed_date(
        claims.closed_on, day_of(facts.signer.now), policy=facts.signer.policy, path=("union", "closed_on")
    )
    yield from winding.check_closing_follows_decision(claims, facts)
    yield from winding.check_nothing_is_left(facts)
