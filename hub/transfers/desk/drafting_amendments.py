"""Drafts of amendments. One code path with the acts; nothing is changed."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any

from federation import acts
from federation.encoding import b64url, sha256_b64url
from hub.errors import Refusal
from hub.transfers.card import Card
from hub.transfers.desk.amending import hash_of_changes
from hub.transfers.desk.amending_unions import union_rules
from hub.transfers.desk.drafting import NOBODY, Input, claims_of, numbered, plain, storable
from hub.transfers.desk.joining import note_hit
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.person import changes_json, changes_of
from hub.transfers.rules import order
from hub.transfers.rules.amending import STATED
from hub.transfers.rules.days import day_of
from hub.transfers.rules.questions import Amendment
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.authz.tokens import Caller

__all__ = ["draft_amendment", "draft_union_amendment"]


async def draft_amendment(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an amendment of a member's data. The card is what is amended of the person's, with a salt.

    `amendMember` takes its text beside the statement. Where a number turns out to be another person's, that is told
    and entered in the disclosure log (domain 5.3). Source: A3, A5, A8, A11, A15, N2, NX-3
    """
    membership_id = given.get("membership_id") or NOBODY
    certificate, asked = given.get("certificate"), _given(given.get("person") or {})
    unread, changes = list[Refusal](), dict[str, Any]()
    try:
        changes = changes_of(asked, date.max)
    except Refusal as refusal:
        unread.append(refusal)
    hashed = hash_of_changes(hub, changes)
    number = None if certificate is None else (storable(certificate["province_code"]), storable(certificate["number"]))
    facts = await hub.ledger.facts_for_amendment(drafting_of(caller), membership_id, hashed, number)
    require_login(facts.signer)
    held = facts.membership
    text = changes_json(changes, b64url(secrets.token_bytes(24))) if changes else None
    stated = {name: plain(given.get(name)) for name in STATED - {"certificate"}}
    if certificate is not None:
        stated["certificate"] = numbered(certificate, given.get("certificate_issued_on"))
    named = [name for name in (*changes, *sorted(STATED)) if name in changes or stated.get(name) is not None]
    claims = claims_of(
        acts.MemberAmendment,
        {
            **stated,
            "custody_version": 0 if held is None else held.custody_version,
            "data_version": 0 if held is None else held.data_version,
            "is_correction": given["is_correction"],
            "fields": [*named, *(given.get("emptied") or ())],
            "id_change": given.get("id_change"),
            "card_sha256": None if text is None else sha256_b64url(text.encode()),
        },
        unread,
    )
    if unread:
        # The input has no right form, so that the rules can't be asked; but who may not ask learns nothing by it.
        return Draft(acts.MemberAmendment.typ, None, None, every(order.before_an_amendment(facts)) or tuple(unread))
    try:
        changes_of(asked, day_of(facts.signer.now))
    except Refusal as refusal:
        unread.append(refusal)
    question = Amendment(claims, changes, facts, hashed)
    refusals = every(order.amendment(question))
    for found in refusals:
        await note_hit(hub, caller, facts.known_membership, facts.signer.now, found)
    if held is None:
        return Draft(acts.MemberAmendment.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    card = None if text is None else _card(text, question)
    return Draft(acts.MemberAmendment.typ, signed, card, (*unread, *refusals))


def _given(person: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in person.items() if value is not None}


def _card(text: str, question: Amendment) -> Card:
    """Give the member as it will be, to show the signer; what is bound is the text alone."""
    shown = {name: _shown(question, name) for name in ("name", "sex", "birth_month", "joined_on", "dues_paid_through")}
    certificate, held = question.claims.certificate, question.membership
    assert held is not None, "nobody else is shown anything"
    return Card(
        json=text,
        **shown,
        certificate_province=held.certificate_province if certificate is None else certificate.province_code,
        certificate_number=held.certificate_number if certificate is None else certificate.number,
        issuing_union=question.claims.issuing_union or held.issuing_union,
    )


def _shown(question: Amendment, name: str) -> Any:
    after = question.after(name)
    return getattr(question.membership, name) if after is None else after


async def draft_union_amendment(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an amendment of a union beneath the caller. Source: domain 4.1, 5.1, A15."""
    union: str = given["union"]
    units, contains = given.get("member_units"), given.get("contains")
    listed = [storable(part["union"]) for part in contains or ()]
    facts = await hub.ledger.facts_for_union_amendment(drafting_of(caller), storable(union), listed=listed)
    require_login(facts.signer)
    unread = list[Refusal]()
    claims = claims_of(
        acts.UnionAmendment,
        {
            "version": facts.version,
            "name": given.get("name"),
            "jurisdiction_code": given.get("jurisdiction_code"),
            "employer_usccs": given.get("employer_usccs"),
            "member_units": None if units is None else [_spanned(unit, "employer_uscc") for unit in units],
            "contains": None if contains is None else [_spanned(part, "union") for part in contains],
        },
        unread,
    )
    if claims is None:
        return Draft(acts.UnionAmendment.typ, None, None, tuple(unread))
    refusals = every(union_rules(claims, facts))
    if facts.about_union is None:
        return Draft(acts.UnionAmendment.typ, None, None, refusals)
    return Draft(
        acts.UnionAmendment.typ, claims_text(hub, caller, claims, sub=union, now=facts.signer.now), None, refusals
    )


def _spanned(part: Mapping[str, Any], name: str) -> dict[str, object]:
    stated = {name: part[name], "from": plain(part["from"])}
    return stated if part.get("until") is None else {**stated, "until": plain(part["until"])}
