"""Amending a union: the one directly above puts right what is registered of it (domain 4.1, 5.1). All is public."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation import acts
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
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import UnionAmendmentRecord
from hub.transfers.rules import codes, order
from hub.transfers.rules.days import day_of

if TYPE_CHECKING:
    from uuid import UUID

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import UnionAmendmentFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["amend_union", "union_rules"]

_AMENDABLE = ("name", "jurisdiction_code", "employer_usccs", "member_units", "contains")


async def amend_union(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Put right what is registered of a union beneath the one that signs. Gives its id.

    Refuses: what `open_statement` and `order.union_amendment` do
    Source: domain 4.1, 5.1, A15
    """
    statement = read_statement(jws, acts.UnionAmendment)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_union_amendment(
            signing_of(statement, caller), statement.sub, listed=_listed(statement)
        )
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return _about(facts)
        first(union_rules(claims, facts))
        record = _record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.record_union_amendment(record):
                return record.union_id
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def union_rules(claims: acts.UnionAmendment, facts: UnionAmendmentFacts) -> Refusals:
    """Put an amendment of a union before its rules, with what it amends and which of its codes are wrong."""
    units = [unit.employer_uscc for unit in claims.member_units or ()]
    found = {
        "jurisdiction_code": claims.jurisdiction_code is None or codes.is_jurisdiction_code(claims.jurisdiction_code),
        "employer_usccs": all(map(codes.is_uscc, claims.employer_usccs or ())),
        "member_units": all(map(codes.is_uscc, units)),
    }
    wrong = tuple(name for name, is_right in found.items() if not is_right)
    return order.union_amendment(claims, facts, amended=_amended(claims), wrong_codes=wrong)


def _amended(claims: acts.UnionAmendment) -> tuple[str, ...]:
    return tuple(name for name in _AMENDABLE if getattr(claims, name) is not None)


def _about(facts: UnionAmendmentFacts) -> UUID:
    assert facts.about_union is not None, "the rules let no amendment of an unknown union pass"
    return facts.about_union


def _listed(statement: Statement[acts.UnionAmendment]) -> list[str]:
    """Give the unions that an amendment lists, before its schema is checked."""
    claims = statement.claims.get("union")
    contains = claims.get("contains") if isinstance(claims, dict) else None
    parts = contains if isinstance(contains, list) else []
    uris = [look_up_text(part.get("union")) for part in parts if isinstance(part, dict)]
    return [uri for uri in uris if uri is not None]


def _record(
    hub: Hub,
    caller: Caller,
    statement: Statement[acts.UnionAmendment],
    claims: acts.UnionAmendment,
    facts: UnionAmendmentFacts,
) -> UnionAmendmentRecord:
    units, contains = claims.member_units, claims.contains
    return UnionAmendmentRecord(
        at=facts.signer.now,
        by_union=caller.union_id,
        union_id=_about(facts),
        version=claims.version,
        fields=" ".join(_amended(claims)),
        today=day_of(facts.signer.now),
        name=claims.name,
        jurisdiction_code=claims.jurisdiction_code,
        employers=None if claims.employer_usccs is None else list(claims.employer_usccs),
        units=None if units is None else [unit.employer_uscc for unit in units],
        units_from=None if units is None else [unit.from_ for unit in units],
        units_until=None if units is None else [unit.until for unit in units],
        contained=None if contains is None else [facts.listed[part.union] for part in contains],
        contained_from=None if contains is None else [part.from_ for part in contains],
        contained_until=None if contains is None else [part.until for part in contains],
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now),
    )
