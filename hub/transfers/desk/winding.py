"""Winding up and closing: the union directly above ends one, and nobody is left behind (HUB-P09)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from federation.acts_winding import UnionClosing, UnionWindingUp
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    read_statement,
    receipt_for,
    signing_of,
    text_in,
)
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.winding import ClosingRecord, WindingRecord
from hub.transfers.machines import UNION, Side
from hub.transfers.rules import order_winding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any
    from uuid import UUID

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_winding import WindingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["close_union", "wind_up_union"]

C = TypeVar("C", UnionWindingUp, UnionClosing)


async def wind_up_union(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Wind up a union beneath the one that signs: what is on its way to it goes back, its agreements are suspended.

    Gives its id. Refuses: what `open_statement` and `order_winding.winding_up` do
    Source: HUB-P09
    """
    statement = read_statement(jws, UnionWindingUp)

    def record(claims: UnionWindingUp, facts: WindingFacts) -> Awaitable[bool]:
        fields = ["state", "wound_up_on", *(["successor_union"] if facts.successor != facts.named else [])]
        told = WindingRecord(
            fields=" ".join(fields),
            decided_on=claims.decided_on,
            successor=facts.successor,
            **_common(hub, caller, statement, facts),
        )
        return hub.ledger.windings.record_winding(told)

    return await _act(hub, caller, statement, order_winding.winding_up, record)


async def close_union(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Close a union beneath the one that signs, with which nothing is left. Gives its id.

    Refuses: what `open_statement` and `order_winding.closing` do
    Source: HUB-P09
    """
    statement = read_statement(jws, UnionClosing)

    def record(claims: UnionClosing, facts: WindingFacts) -> Awaitable[bool]:
        told = ClosingRecord(
            fields="state closed_on", closed_on=claims.closed_on, **_common(hub, caller, statement, facts)
        )
        return hub.ledger.windings.record_closing(told)

    return await _act(hub, caller, statement, order_winding.closing, record)


async def _act(
    hub: Hub,
    caller: Caller,
    statement: Statement[C],
    rules: Callable[[WindingFacts, C], Refusals],
    record: Callable[[C, WindingFacts], Awaitable[bool]],
) -> UUID:
    successor = text_in(statement, "successor_union")
    for _ in range(TRIES):
        facts = await hub.ledger.windings.facts(signing_of(statement, caller), statement.sub, successor=successor)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return _about(facts)
        first(rules(facts, claims))
        try:
            if await record(claims, facts):
                return _about(facts)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _about(facts: WindingFacts) -> UUID:
    assert facts.about_union is not None, "the rules let no act on an unknown union pass"
    return facts.about_union


def _common(hub: Hub, caller: Caller, statement: Statement[C], facts: WindingFacts) -> dict[str, Any]:
    assert facts.state is not None, "the rules let no act on an unknown union pass"
    after = UNION.step(facts.state, statement.act.act, Side.HIGHER).target
    return {
        "at": facts.signer.now,
        "by_union": caller.union_id,
        "union_id": _about(facts),
        "version": facts.version,
        "jti": statement.jti,
        "sha256": digest_of(statement.sha256),
        "typ": statement.typ,
        "jws": statement.jws,
        "receipt": receipt_for(hub, statement, facts.signer.now, state_after=after),
    }
