"""Drafts of acts on unions and keys. One code path with the acts; nothing is changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from federation import acts
from federation.encoding import EncodingError, loads
from hub.errors import Refusal
from hub.transfers.desk.drafting import Input, plain
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, input_claims, require_login
from hub.transfers.desk.registering import Named, facts_for, kid_of, proof_is_good, wrong_codes
from hub.transfers.rules import order
from hub.transfers.rules.questions import Registration
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from federation.acts import Act
    from hub.authz.tokens import Caller
    from hub.transfers.facts import UnionFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["draft_key", "draft_key_retirement", "draft_key_revocation", "draft_union"]


async def draft_union(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the registration of a union beneath the caller. Source: domain 4.1, 5.1, A15."""
    units = given.get("member_units")
    members = {
        **{name: plain(given.get(name)) for name in _UNION_MEMBERS},
        "kind": _word(given["kind"]),
        "employer_usccs": given.get("employer_usccs"),
        "member_units": None if units is None else [_unit(unit) for unit in units],
        "contains": given.get("contains"),
    }

    def rules(claims: acts.UnionRegistration, facts: UnionFacts) -> Refusals:
        return order.union_registration(Registration(claims, facts), claims, wrong_codes=wrong_codes(claims))

    listed = tuple(given.get("contains") or ())
    return await _draft(
        hub, caller, acts.UnionRegistration, members, rules, about=_uri(given), named=Named(listed=listed)
    )


_UNION_MEMBERS = ("uscc", "local_code", "name", "province_code", "jurisdiction_code", "established_on")


def _unit(unit: Mapping[str, Any]) -> dict[str, object]:
    stated = {"employer_uscc": unit["employer_uscc"], "from": plain(unit.get("from") or unit.get("from_"))}
    return stated if unit.get("until") is None else {**stated, "until": plain(unit["until"])}


async def draft_key(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the registration of a key. `jwk` is its public half as JSON text. Source: NX-7, domain 5.1."""
    union: str = given["union"]
    members = {
        "use": _word(given["use"]),
        "jwk": _object_in(given["jwk"]),
        "not_before": given.get("not_before"),
        "proof": given["proof"],
    }

    def rules(claims: acts.KeyRegistration, facts: UnionFacts) -> Refusals:
        good = proof_is_good(hub, claims, union, facts.signer.now)
        return order.key_registration(Registration(claims, facts, proof_is_good=good))

    named = Named(use=_word(given["use"]), kid=kid_of(members["jwk"]))
    return await _draft(hub, caller, acts.KeyRegistration, members, rules, about=union, named=named)


async def draft_key_retirement(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the retirement of a key, `at` which it ends. Source: NX-7, domain 5.1."""
    members = {"kid": given["kid"], "use": _word(given["use"]), "retired_at": given["at"]}
    return await _draft_key_end(hub, caller, acts.KeyRetirement, given, members)


async def draft_key_revocation(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the revocation of a key, not to be trusted since `at`. Source: NX-7, domain 3.9 (I17), 5.1."""
    members = {
        "kid": given["kid"],
        "use": _word(given["use"]),
        "reason": given.get("reason") or _NO_REASON_STATED,
        "invalid_from": given["at"],
    }
    return await _draft_key_end(hub, caller, acts.KeyRevocation, given, members)


_NO_REASON_STATED = "UNSPECIFIED"


async def _draft_key_end(
    hub: Hub, caller: Caller, act: type[acts.KeyRetirement | acts.KeyRevocation], given: Input, members: dict[str, Any]
) -> Draft:
    def rules(claims: acts.KeyRetirement | acts.KeyRevocation, facts: UnionFacts) -> Refusals:
        invalid_from = claims.invalid_from if isinstance(claims, acts.KeyRevocation) else None
        return order.key_end(Registration(claims, facts), invalid_from=invalid_from)

    named = Named(use=members["use"], kid=given["kid"])
    return await _draft(hub, caller, act, members, rules, about=given["union"], named=named)


async def _draft(
    hub: Hub,
    caller: Caller,
    act: type[Act],
    members: dict[str, Any],
    rules: Callable[[Any, UnionFacts], Refusals],
    *,
    about: str | None,
    named: Named,
) -> Draft:
    facts = await facts_for(hub, drafting_of(caller), about or "", named)
    require_login(facts.signer)
    if "not_before" in members and members["not_before"] is None:
        members["not_before"] = facts.signer.now
    try:
        claims = input_claims(act, {name: _json(value) for name, value in members.items()})
    except Refusal as refusal:
        return Draft(act.typ, None, None, (refusal,))
    refusals = every(rules(claims, facts))
    sub = claims.uri if isinstance(claims, acts.UnionRegistration) else about
    if sub is None:
        return Draft(act.typ, None, None, refusals)
    return Draft(act.typ, claims_text(hub, caller, claims, sub=sub, now=facts.signer.now), None, refusals)


def _json(value: object) -> object:
    """Write a value of an input as JSON has it; an instant in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else plain(value)


def _word(value: object) -> str:
    """Give the word of an enum's value, or the text itself."""
    return str(getattr(value, "value", value))


def _object_in(text: str) -> object:
    """Read a JWK; what is no JSON is left to the schema to refuse."""
    try:
        return loads(text)
    except EncodingError:
        return text


def _uri(given: Input) -> str | None:
    """Give the name of the union that the codes make; None where they make none."""
    if given.get("uscc"):
        return f"urn:union:{given['uscc']}"
    if given.get("local_code") and given.get("province_code"):
        return f"urn:union:local:{given['province_code']}:{given['local_code']}"
    return None
