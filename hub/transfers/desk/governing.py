"""How a province sets its policy, and what everybody reads of it (domain 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.acts_policy import POLICY_VALUES, PolicyChange
from hub.errors import Code, Refusal
from hub.transfers.desk.drafting import claims_of, plain
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    claims_text,
    digest_of,
    drafting_of,
    every,
    first,
    open_statement,
    read_statement,
    reading_as,
    receipt_for,
    require_login,
    signing_of,
)
from hub.transfers.ledger import policies
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.policies import PolicyRecord
from hub.transfers.rules.days import day_of
from hub.transfers.rules.governing import policy_change
from hub.transfers.views import Draft
from hub.transfers.views_policy import PolicyVersionView, PolicyView

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.ledger.policies import PolicyFacts

__all__ = ["draft_policy", "policy_on", "set_policy", "versions_of"]


async def set_policy(hub: Hub, caller: Caller, jws: str) -> PolicyVersionView:
    """Record what a federation sets from a day on. Gives the version that it made.

    Refuses: what `open_statement` and `policy_change` do
    Source: HUB-P01 to P16, domain 5.1
    """
    statement = read_statement(jws, PolicyChange)
    for _ in range(TRIES):
        facts = await hub.ledger.policies.facts(signing_of(statement, caller), statement.sub)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await _version(hub, caller, statement)
        first(policy_change(claims, facts.signer, is_self=facts.is_self))
        record = _record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.policies.record(record):
                return _made(record)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def draft_policy(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a change of policy; if no day is given, from today. Source: HUB-P01 to P16."""
    facts = await hub.ledger.policies.facts(drafting_of(caller), caller.union)
    require_login(facts.signer)
    unread = list[Refusal]()
    stated = {name: plain(given.get(name)) for name in (*POLICY_VALUES, "evidence_sha256")}
    effective_from = given.get("effective_from") or day_of(facts.signer.now)
    claims = claims_of(PolicyChange, {**stated, "effective_from": plain(effective_from)}, unread)
    if claims is None:
        return Draft(PolicyChange.typ, None, None, tuple(unread))
    signed = claims_text(hub, caller, claims, sub=caller.union, now=facts.signer.now)
    return Draft(PolicyChange.typ, signed, None, every(policy_change(claims, facts.signer, is_self=facts.is_self)))


async def policy_on(
    hub: Hub, caller: Caller, *, union_id: UUID | None, province_code: str | None, day: date | None
) -> PolicyView | None:
    """Give what holds for a union, for a province, or where there is no record; None for a union that there is not.

    Takes: `day`; None is today.
    """
    async with reading_as(hub, caller) as reading:
        on = day or day_of(reading.now)
        if union_id is None and province_code is None:
            return PolicyView(on, None, {})
        return await policies.policy_on(reading.connection, union_id, province_code, on)


async def versions_of(
    hub: Hub, caller: Caller, *, union_id: UUID | None, province_code: str | None, before: int | None, limit: int
) -> list[PolicyVersionView]:
    """Give a page of the versions of the record that holds for a union or a province, the latest first."""
    async with reading_as(hub, caller) as reading:
        found = await policies.policy_on(reading.connection, union_id, province_code, day_of(reading.now))
        if found is None or found.record is None:
            return []
        return await policies.version_page(reading.connection, found.record, before=before, limit=limit)


def _record(
    hub: Hub, caller: Caller, statement: Statement[PolicyChange], claims: PolicyChange, facts: PolicyFacts
) -> PolicyRecord:
    return PolicyRecord(
        at=facts.signer.now,
        union_id=caller.union_id,
        version=facts.version + 1,
        effective_from=claims.effective_from,
        names=list(claims.changes),
        values=[str(value) for value in claims.changes.values()],
        evidence_sha256=digest_of(claims.evidence_sha256),
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now),
    )


def _made(record: PolicyRecord) -> PolicyVersionView:
    settings = sorted(zip(record.names, record.values, strict=True))
    return PolicyVersionView(
        union_id=record.union_id,
        version=record.version,
        effective_from=record.effective_from,
        at=record.at,
        evidence_sha256=record.evidence_sha256,
        sha256=record.sha256,
        names=[name for name, _ in settings],
        set_to=[value for _, value in settings],
        jws=record.jws,
        receipt=record.receipt,
    )


async def _version(hub: Hub, caller: Caller, statement: Statement[PolicyChange]) -> PolicyVersionView:
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        return await policies.version_of_statement(reading.connection, caller.union_id, digest_of(statement.sha256))
