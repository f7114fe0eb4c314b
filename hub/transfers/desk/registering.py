"""Unions and keys: every one enters by a statement of its next-higher union (or, for a key, of the union itself)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from federation import acts
from federation.assertions import verify_key_proof
from federation.errors import KeyNotUsable, StatementError
from federation.keys import PublicKey
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
from hub.transfers.ledger.records import KeyEndRecord, KeyRecord, UnionRecord
from hub.transfers.rules import codes, order
from hub.transfers.rules.questions import Registration

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import UnionFacts
    from hub.transfers.ledger.records import Signing

__all__ = [
    "facts_for",
    "kid_of",
    "proof_is_good",
    "register_key",
    "register_union",
    "retire_key",
    "revoke_key",
    "wrong_codes",
]

R = TypeVar("R", acts.UnionRegistration, acts.KeyRegistration, acts.KeyRetirement, acts.KeyRevocation)
End = TypeVar("End", acts.KeyRetirement, acts.KeyRevocation)


class Named(NamedTuple):
    """What a statement about a union names besides it: a key, or the unions that a federation contains."""

    use: str | None = None
    kid: str | None = None
    listed: tuple[str, ...] = ()


async def register_union(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Enter a union beneath the one that signs. Gives its id.

    Refuses: what `open_statement` and `order.union_registration` do
    Source: domain 4.1, 5.1, A15
    """
    statement = read_statement(jws, acts.UnionRegistration)
    for _ in range(TRIES):
        facts = await facts_for(hub, signing_of(statement, caller), statement.sub, _named(statement))
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return _about(facts)
        first(order.union_registration(Registration(claims, facts), claims, wrong_codes=wrong_codes(claims)))
        record = _union_record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.record_union(record):
                return record.union_id
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def register_key(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Enter a union's new key, vouched for by the union above or by a key in force, and proved to be the union's.

    Gives the union's id. Refuses: what `open_statement` and `order.key_registration` do
    Source: NX-7, domain 5.1
    """
    statement = read_statement(jws, acts.KeyRegistration)
    for _ in range(TRIES):
        facts = await facts_for(hub, signing_of(statement, caller), statement.sub, _named(statement))
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return _about(facts)
        good = proof_is_good(hub, claims, statement.sub, facts.signer.now)
        first(order.key_registration(Registration(claims, facts, proof_is_good=good)))
        record = KeyRecord(
            at=facts.signer.now,
            by_union=caller.union_id,
            union_id=_about(facts),
            use=claims.use.value,
            kid=claims.jwk.kid,
            alg=claims.jwk.alg,
            jwk=claims.jwk.jwk_text,
            not_before=claims.not_before,
            jti=statement.jti,
            sha256=digest_of(statement.sha256),
            typ=statement.typ,
            jws=statement.jws,
            receipt=receipt_for(hub, statement, facts.signer.now),
        )
        try:
            if await hub.ledger.record_key(record):
                return record.union_id
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


async def retire_key(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Record from when on a key signs no more. What it signed before stands for ever. Gives the union's id.

    Refuses: what `open_statement` and `order.key_end` do
    Source: NX-7, domain 5.1
    """
    return await _end_key(hub, caller, read_statement(jws, acts.KeyRetirement))


async def revoke_key(hub: Hub, caller: Caller, jws: str) -> UUID:
    """Record that a key is not to be trusted: at once, and by its own word since `invalid_from`. Gives the union's id.

    Refuses: what `open_statement` and `order.key_end` do
    Source: NX-7, domain 3.9 (I17), 5.1
    """
    return await _end_key(hub, caller, read_statement(jws, acts.KeyRevocation))


async def _end_key(hub: Hub, caller: Caller, statement: Statement[End]) -> UUID:
    key = (_named(statement).use, _named(statement).kid)
    union_id: UUID | None = None

    def judge(facts: UnionFacts) -> KeyEndRecord:
        nonlocal union_id
        union_id = facts.about_union
        claims = open_statement(statement, facts.signer, caller, hub.origin)
        invalid_from = claims.invalid_from if isinstance(claims, acts.KeyRevocation) else None
        first(order.key_end(Registration(claims, facts), invalid_from=invalid_from))
        return KeyEndRecord(
            at=facts.signer.now,
            by_union=caller.union_id,
            union_id=_about(facts),
            use=claims.use.value,
            kid=claims.kid,
            retired_at=claims.retired_at if isinstance(claims, acts.KeyRetirement) else None,
            reason=None if isinstance(claims, acts.KeyRetirement) else claims.reason,
            invalid_from=invalid_from,
            jti=statement.jti,
            sha256=digest_of(statement.sha256),
            typ=statement.typ,
            jws=statement.jws,
            receipt=receipt_for(hub, statement, facts.signer.now),
        )

    for _ in range(TRIES):
        try:
            if not await hub.ledger.end_key(signing_of(statement, caller), statement.sub, key, judge):
                continue
        except Claimed:
            continue
        except Repeated:
            pass  # its receipt stands
        assert union_id is not None, "the rules let no act on an unknown union pass"
        return union_id
    raise Refusal(Code.STALE_VERSION)


async def facts_for(hub: Hub, signing: Signing, about: str, named: Named) -> UnionFacts:
    """Give the facts for an act on a union (`about`, its URI) or its key."""
    return await hub.ledger.facts_for_union(signing, about, use=named.use, kid=named.kid, listed=list(named.listed))


def proof_is_good(hub: Hub, claims: acts.KeyRegistration, union: str, now: datetime) -> bool:
    """Whether the new key itself has signed that the union has it."""
    try:
        verify_key_proof(claims.proof, key=claims.jwk, union=union, audience=hub.origin, now=now)
    except StatementError:
        return False
    return True


def wrong_codes(claims: acts.UnionRegistration) -> tuple[str, ...]:
    """Name the claims whose codes have wrong check digits or are of no such kind (GB 32100, GB 11714, GB/T 2260)."""
    units = [unit.employer_uscc for unit in claims.member_units or ()]
    found = {
        "uscc": claims.uscc is None or codes.is_union_uscc(claims.uscc),
        "local_code": claims.local_code is None or codes.is_local_code(claims.local_code),
        "province_code": claims.province_code is None or codes.is_province_code(claims.province_code),
        "jurisdiction_code": claims.jurisdiction_code is None or codes.is_jurisdiction_code(claims.jurisdiction_code),
        "employer_usccs": all(map(codes.is_uscc, claims.employer_usccs or ())),
        "member_units": all(map(codes.is_uscc, units)),
    }
    return tuple(name for name, is_right in found.items() if not is_right)


def _about(facts: UnionFacts) -> UUID:
    assert facts.about_union is not None, "the rules let no act on an unknown union pass"
    return facts.about_union


def _named(statement: Statement[R]) -> Named:
    """Read what the look-up needs, before the schema is checked."""
    claims = statement.claims.get(statement.act.object_name)
    if not isinstance(claims, dict):
        return Named()
    jwk, contains = claims.get("jwk"), claims.get("contains")
    kid = claims.get("kid", kid_of(jwk))
    texts = [uri for uri in contains if isinstance(uri, str)] if isinstance(contains, list) else []
    return Named(look_up_text(claims.get("use")), look_up_text(kid), tuple(filter(None, map(look_up_text, texts))))


def kid_of(jwk: object) -> str | None:
    """Give the name of a key: its own, or its thumbprint; None for what is no key."""
    try:
        return PublicKey.from_jwk(jwk).kid if isinstance(jwk, dict) else None
    except KeyNotUsable:
        return None


def _union_record(
    hub: Hub,
    caller: Caller,
    statement: Statement[acts.UnionRegistration],
    claims: acts.UnionRegistration,
    facts: UnionFacts,
) -> UnionRecord:
    organised: list[tuple[str, bool, date, date | None]] = [
        (uscc, False, claims.established_on, None) for uscc in dict.fromkeys(claims.employer_usccs or ())
    ]
    organised += [(unit.employer_uscc, True, unit.from_, unit.until) for unit in claims.member_units or ()]
    return UnionRecord(
        at=facts.signer.now,
        by_union=caller.union_id,
        union_id=hub.vault.derive_uuid("union", statement.sub),
        uri=statement.sub,
        uscc=claims.uscc,
        local_code=claims.local_code,
        name=claims.name,
        kind=claims.kind,
        province_code=claims.province_code,
        jurisdiction_code=claims.jurisdiction_code,
        established_on=claims.established_on,
        employers=[uscc for uscc, *_ in organised],
        are_member_units=[is_unit for _, is_unit, *_ in organised],
        organised_from=[since for *_, since, _ in organised],
        organised_until=[until for *_, until in organised],
        contains=[facts.listed[uri] for uri in dict.fromkeys(claims.contains or ())],
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, facts.signer.now),
    )
