"""How a province numbers its certificates, laid down by its federation (N2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from federation import acts_certificates as acts
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
    receipt_for,
    require_login,
    signing_of,
)
from hub.transfers.ledger.certificates import SchemeRecord
from hub.transfers.ledger.groups import Claimed
from hub.transfers.rules.days import day_of
from hub.transfers.rules.order_certificates import numbering
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.ledger.certificates import SchemeFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["draft_numbering_scheme", "set_numbering_scheme"]


async def set_numbering_scheme(hub: Hub, caller: Caller, jws: str) -> tuple[str, date]:
    """Record how a province numbers from a day on. Gives the province and that day.

    Refuses: what `open_statement` and `numbering` do
    Source: N2, N4
    """
    statement = read_statement(jws, acts.NumberingScheme)
    for _ in range(TRIES):
        facts = await hub.ledger.certificates.facts_for_scheme(signing_of(statement, caller), statement.sub)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            stated = statement.claims[acts.NumberingScheme.object_name]
            return stated["province_code"], date.fromisoformat(stated["from_on"])
        first(_rules(claims, facts))
        record = SchemeRecord(
            at=facts.signer.now,
            union_id=caller.union_id,
            province_code=claims.province_code,
            pattern=claims.pattern,
            check_rule=claims.check,
            from_on=claims.from_on,
            jti=statement.jti,
            sha256=digest_of(statement.sha256),
            typ=statement.typ,
            jws=statement.jws,
            receipt=receipt_for(hub, statement, facts.signer.now),
        )
        try:
            if await hub.ledger.certificates.record_scheme(record):
                return claims.province_code, claims.from_on
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def draft_numbering_scheme(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft how a province numbers from a day on; if no day is given, from today. Source: N2, N4."""
    facts = await hub.ledger.certificates.facts_for_scheme(drafting_of(caller), caller.union)
    require_login(facts.signer)
    unread = list[Refusal]()
    stated = {name: plain(given.get(name)) for name in ("province_code", "pattern", "check")}
    from_on = given.get("from_on") or day_of(facts.signer.now)
    claims = claims_of(acts.NumberingScheme, {**stated, "from_on": plain(from_on)}, unread)
    if claims is None:
        return Draft(acts.NumberingScheme.typ, None, None, tuple(unread))
    signed = claims_text(hub, caller, claims, sub=caller.union, now=facts.signer.now)
    return Draft(acts.NumberingScheme.typ, signed, None, every(_rules(claims, facts)))


def _rules(claims: acts.NumberingScheme, facts: SchemeFacts) -> Refusals:
    return numbering(claims, facts.signer, is_self=facts.is_self, province=facts.province)
