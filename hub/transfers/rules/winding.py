"""Winding up and closing (HUB-P09): by the union above, in that order, and with nobody left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import UnionKind, UnionState
from hub.transfers.machines import UNION, Side
from hub.transfers.words import union_state_in_chinese

if TYPE_CHECKING:
    from federation.acts_winding import UnionClosing, UnionWindingUp
    from hub.transfers.facts_winding import WindingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_by_next_higher",
    "check_closing_follows_decision",
    "check_is_of_the_hub",
    "check_nothing_is_left",
    "check_successor",
    "check_successor_is_new",
    "check_union_step",
    "check_version",
]


def check_by_next_higher(facts: WindingFacts) -> Refusals:
    """A union is ended by the one directly above it, which may be wound up itself: those beneath it go first.

    Source: HUB-P09, HUB-P17, domain 5.1
    """
    if not facts.is_next_higher:
        yield Refusal(Code.NOT_NEXT_HIGHER_UNION)
    if UnionState.CLOSED in {facts.signer.state, facts.state}:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_is_of_the_hub(facts: WindingFacts) -> Refusals:
    """What stands for a union outside the hub is nobody's to end: it may hold members still. Source: A25."""
    if facts.kind is UnionKind.EXTERNAL:
        yield _invalid(("sub",), "平台外工会不在平台注销", "a union outside the hub is not wound up in it")


def check_union_step(facts: WindingFacts, act: str) -> Refusals:
    """A union is wound up, then closed, and neither is taken back. Source: HUB-P09."""
    assert facts.state is not None, "an unknown union is refused before"
    try:
        UNION.step(facts.state, act, Side.HIGHER)
    except Refusal as refusal:
        yield Refusal(refusal.code, state=facts.state, state_zh=union_state_in_chinese(facts.state))


def check_version(claims: UnionWindingUp | UnionClosing, facts: WindingFacts) -> Refusals:
    """The statement names the union as it stands: of two drafted at once the second is void. Source: HUB-P17."""
    if claims.version != facts.version:
        yield Refusal(Code.STALE_VERSION, path=("union", "version"))


def check_successor(claims: UnionWindingUp, facts: WindingFacts) -> Refusals:
    """Who succeeds is registered, another union, active, and acts in the hub. Source: HUB-P09, HUB-P17, A25."""
    path = ("union", "successor_union")
    if claims.successor_union is None:
        return
    if facts.successor is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=path)
    elif facts.successor == facts.about_union:
        yield _invalid(path, "承接工会不能是被注销的工会", "no union succeeds itself")
    elif facts.successor_kind is UnionKind.EXTERNAL:
        yield _invalid(path, "平台外工会不能承接", "a union outside the hub succeeds nobody in it")
    elif facts.successor_state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=path)


def check_successor_is_new(facts: WindingFacts) -> Refusals:
    """Who is wound up already is only given another successor, or none. Source: HUB-P09."""
    if facts.state == UnionState.WINDING_UP and facts.successor == facts.named:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_closing_follows_decision(claims: UnionClosing, facts: WindingFacts) -> Refusals:
    """No union is closed before the day on which its winding up was decided. Source: HUB-P09."""
    if facts.wound_up_on is not None and claims.closed_on < facts.wound_up_on:
        yield _invalid(
            ("union", "closed_on"), "注销日期早于决定注销的日期", "it is closed before its winding up was decided"
        )


def check_nothing_is_left(facts: WindingFacts) -> Refusals:
    """A union is closed once it holds nobody and nothing of it goes on. Told in numbers: nobody is named.

    Source: HUB-P09
    """
    left = facts.left
    if left is not None and facts.state == UnionState.WINDING_UP and not left.is_nothing:
        yield Refusal(
            Code.UNION_STILL_HOLDS_MEMBERS,
            members=left.members,
            handoffs=left.handoffs,
            agreements=left.agreements,
            reversions=left.reversions,
            unions=left.unions,
        )


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
