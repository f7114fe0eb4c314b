"""Drafts of the acts of a pull. That of a request looks for a person, and tells nobody what it found (domain 5.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from federation import acts
from federation.encoding import b64url, b64url_decode
from hub.errors import Code, Refusal
from hub.transfers.desk.drafting import (
    FORM_CUSTODY,
    NO_HASH,
    NOBODY,
    SOME_REASON,
    claims_of,
    custody_claims,
    draft_of_case,
    place_of_input,
    plain,
    stated_claims,
    storable,
)
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, reading_as, require_login
from hub.transfers.desk.releasing import release_question
from hub.transfers.facts import CitedFacts, OpenRequest, PlaceFacts
from hub.transfers.ledger import reads
from hub.transfers.ledger.records import Search
from hub.transfers.machines import HandoffState, Side
from hub.transfers.rules import codes, identity, order
from hub.transfers.rules.days import day_of
from hub.transfers.rules.policy import LIMITS
from hub.transfers.rules.questions import Request
from hub.transfers.rules.reasons import REASONS
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.database.pool import Reading
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts import CaseFacts
    from hub.transfers.views import HandoffView

__all__ = [
    "draft_cancellation",
    "draft_dismissal",
    "draft_objection",
    "draft_release_for_external",
    "draft_release_in_lieu",
    "draft_request",
]

_REQUEST_MEMBERS = ("reason_code", "employer_uscc", "relation_started_on")
_RELEASE_MEMBERS = (
    "out_date",
    "dues_paid_through",
    "relation_ended_on",
    "new_employer_uscc",
    "ground",
    "evidence_sha256",
)
#: What the paper of a union outside the hub says.
_PAPER_MEMBERS = ("out_date", "dues_paid_through", "relation_ended_on", "new_employer_uscc", "paper_sha256")


#: Of the right form, where nobody is found.
_SOME_CODE = "0" * 18


class _Proof(NamedTuple):
    """What a request proves the membership by, as the look-up takes it; an unknown number finds nobody."""

    target: UUID
    province: str | None = None
    number: str | None = None
    id_hash: bytes | None = None
    is_given: bool = True


async def draft_request(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a request, and look for the member whom proof, name and birth month mean.

    The look-up is kept under the `match` that the draft carries as its subject, whether or not it found anybody, and
    the draft is the same for both. It counts toward the limits of the caller and of the number looked for.
    Source: A12, A19, HUB-P15, domain 5.3
    """
    if given["reason_code"] == "SECONDMENT_RETURN" and given.get("membership_id") is not None:
        return await _draft_return(hub, caller, given)
    unread = list[Refusal]()
    async with reading_as(hub, caller) as reading:
        cited = await _cited(reading, given.get("appeals"))
        place = await _place(reading, given)
    proof = _proof(hub, given, unread)
    for name in ("name", "birth_month"):
        if given.get(name) is None:
            unread.append(Refusal(Code.INPUT_INVALID, path=("request", name), why_zh="未填写", why_en="it is missing"))
    claims = claims_of(
        acts.Request,
        {
            **{name: plain(given.get(name)) for name in _REQUEST_MEMBERS},
            "handoff_id": str(uuid4()),
            "consent": _consent(given),
            "appeals_sha256": None if given.get("appeals") is None else _cited_hash(cited),
        },
        unread,
    )
    if claims is None or unread:
        return Draft(acts.Request.typ, None, None, tuple(unread))
    match_id = uuid4()
    facts = await hub.ledger.record_match(
        Search(
            union_id=caller.union_id,
            login_kid=caller.kid,
            match_id=match_id,
            target=proof.target,
            province=proof.province,
            number=proof.number,
            id_hash=proof.id_hash,
            name=_name(given["name"]) if proof.is_given else None,
            birth_month=given["birth_month"],
            minutes=LIMITS.match_minutes,
            union_max=LIMITS.matches_per_day_max,
            target_max=LIMITS.matches_of_target_per_day_max,
        )
    )
    require_login(facts.signer)
    facts = replace(facts, place=place)
    question = Request(claims, facts)
    refusals = every(order.request_as_drafted(question, facts, _as_facts(cited), is_proved=proof.is_given))
    if facts.is_limited:
        return Draft(acts.Request.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(match_id), now=facts.signer.now)
    return Draft(acts.Request.typ, signed, None, refusals)


async def _draft_return(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the home union's request for its member: the subject is the membership. Source: A14, domain 4.5."""
    membership_id, unread = given["membership_id"], list[Refusal]()
    signer, secondment, employer = await hub.ledger.record_return_match(
        drafting_of(caller), membership_id, LIMITS.match_minutes
    )
    require_login(signer)
    async with reading_as(hub, caller) as reading:
        cited = await _cited(reading, given.get("appeals"))
    host = None if secondment is None else secondment.host_employer_uscc
    claims = claims_of(
        acts.Request,
        {
            "reason_code": given["reason_code"],
            "handoff_id": str(uuid4()),
            "employer_uscc": given.get("employer_uscc") or employer or host or _SOME_CODE,
            "relation_started_on": plain(given.get("relation_started_on"))
            or plain(day_of(signer.now) if secondment is None else secondment.starts_on),
            "appeals_sha256": None if given.get("appeals") is None else _cited_hash(cited),
        },
        unread,
    )
    if claims is None:
        return Draft(acts.Request.typ, None, None, tuple(unread))
    appeals = None if claims.appeals_sha256 is None else b64url_decode(claims.appeals_sha256)
    facts = await hub.ledger.facts_for_request(drafting_of(caller), membership_id, None, appeals)
    refusals = every(order.request(Request(claims, facts), facts))
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=signer.now)
    return Draft(acts.Request.typ, None if facts.target is None else signed, None, refusals)


async def _place(reading: Reading, given: Input) -> PlaceFacts:
    """Give who organises the employer named, where the reason asks for it. Public."""
    place = place_of_input(given["reason_code"], {"new_employer_uscc": given.get("employer_uscc")})
    if not place.is_asked or place.employer_uscc is None:
        return PlaceFacts()
    return PlaceFacts(await reads.union_of_employer(reading, storable(place.employer_uscc)))


def _proof(hub: Hub, given: Input, unread: list[Refusal]) -> _Proof:
    """Read the one proof given. More than one is refused, and none is told by the rules."""
    certificate, card, number = given.get("certificate"), given.get("member_card"), given.get("id_number")
    if sum(form is not None for form in (certificate, card, number)) > 1:
        unread.append(
            Refusal(
                Code.INPUT_INVALID,
                path=("request", "proof"),
                why_zh="会员证、会员卡、证件号码只填一项",
                why_en="give one of certificate, card and ID number",
            )
        )
    if certificate is not None:
        province, text = certificate["province_code"], _certificate_number(certificate["number"])
        return _Proof(hub.vault.derive_uuid("pull", "certificate", province, text), province, text)
    if number is not None and given.get("id_type") is not None:
        known = _id_number(given["id_type"], number)
        hashed = hub.vault.blind_index(given["id_type"], known)
        return _Proof(hub.vault.derive_uuid("pull", "id", hashed), id_hash=hashed)
    if card is not None:
        # No card numbers are on file yet: it looks for nobody, in the same way.
        return _Proof(hub.vault.derive_uuid("pull", "card", card))
    return _Proof(uuid4(), is_given=False)


def _certificate_number(text: str) -> str:
    try:
        return codes.normalise_certificate_number(text)
    except codes.InvalidValue:
        return text  # nobody's


def _id_number(id_type: str, text: str) -> str:
    try:
        return identity.normalise(id_type, text, date.max) or text
    except codes.InvalidValue:
        return text  # nobody's


def _name(text: str) -> str:
    try:
        return codes.normalise_name(text)
    except codes.InvalidValue:
        return ""  # nobody's


def _consent(given: Input) -> dict[str, object] | None:
    consent = given.get("consent")
    return None if consent is None else {name: plain(value) for name, value in consent.items()}


async def _cited(reading: Reading, handoff_id: UUID | None) -> HandoffView | None:
    """Give the caller's own request that is cited: objected to, or lapsed."""
    if handoff_id is None:
        return None
    view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
    return view if view is not None and view.side is Side.RECEIVER else None


def _cited_hash(cited: HandoffView | None) -> str:
    digest = None
    if cited is not None:
        digest = cited.objection_sha256 if cited.state is HandoffState.OBJECTED else cited.request_sha256
    return NO_HASH if digest is None else b64url(digest)


def _as_facts(cited: HandoffView | None) -> CitedFacts | None:
    if cited is None:
        return None
    by_objection = cited.state is HandoffState.OBJECTED
    return CitedFacts(cited.state, None, None, cited.closed_at, by_objection=by_objection, higher_union=None)


async def draft_objection(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an objection. Source: A12, A4."""

    def members(_: CaseFacts) -> dict[str, object]:
        return {"ground": given["ground"]}

    return await draft_of_case(hub, caller, acts.Objection, given, members, order.objection)


async def draft_cancellation(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a cancellation. Source: A12."""
    return await draft_of_case(hub, caller, acts.Cancellation, given, lambda _: {}, order.cancellation)


async def draft_dismissal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a dismissal. Source: A12, HUB-P02."""

    def members(_: CaseFacts) -> dict[str, object]:
        return {"ground": given["ground"], "evidence_sha256": given.get("evidence_sha256")}

    no_case = Code.NO_CASE_FOR_HIGHER_UNION
    return await draft_of_case(hub, caller, acts.Dismissal, given, members, order.dismissal, otherwise=no_case)


async def draft_release_in_lieu(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a release in the stead of a holder below. The card is bound by its hash, and not shown.

    With a handoff it answers that request; without one it is of a member whose holder is wound up.
    Source: HUB-P02, HUB-P09
    """
    is_pushed = given.get("handoff_id") is None and given.get("membership_id") is not None
    handoff_id = uuid4() if is_pushed else given.get("handoff_id") or NOBODY
    async with reading_as(hub, caller) as reading:
        view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
        to_union = NOBODY if view is None else view.receiving_union or NOBODY
        receiver = (await reads.unions(reading.connection, [to_union])).get(to_union)
    membership_id = NOBODY if view is None else view.membership_id
    receiving_union = caller.union if receiver is None else receiver.uri
    asked_for = "" if view is None else view.reason_code
    if is_pushed:
        membership_id = given["membership_id"]
        receiving_union = storable(given.get("receiving_union") or "") or caller.union
        asked_for = given.get("reason_code") or "EMPLOYER_CLOSURE"
    place = place_of_input(asked_for, given)
    facts = await hub.ledger.facts_for_release(
        drafting_of(caller), membership_id, handoff_id, receiving_union, place, side=Side.HIGHER
    )
    require_login(facts.signer)
    held, unread = facts.membership, list[Refusal]()
    named = None if held is None else held.named
    reason_code = "CHANGE_OF_EMPLOYER" if named is None or named.reason_code is None else named.reason_code
    reason_code = asked_for if is_pushed else reason_code
    reason = REASONS.get(reason_code)
    claims = claims_of(
        acts.InLieuRelease,
        {
            **{name: plain(given.get(name)) for name in _RELEASE_MEMBERS},
            **stated_claims(reason_code, given, held, facts.holder_uri or caller.union),
            **custody_claims(held, given["dues_paid_through"]),
            "handoff_id": str(handoff_id),
            "receiving_union": receiving_union,
            "reason_code": reason_code,
            "reason_text": reason.text if reason else SOME_REASON,
            "articles": ["HUB-P09" if is_pushed else "HUB-P02"],
            "valid_until": plain(day_of(facts.signer.now) + timedelta(days=facts.holder_policy.release_valid_days)),
            "form_custody": given.get("form_custody") or FORM_CUSTODY,
            "request_sha256": _request_hash(named, is_pushed=is_pushed),
            "in_lieu_of": facts.holder_uri or caller.union,
        },
        unread,
    )
    if claims is None:
        tie = every(order.before_a_release_in_lieu(facts))
        return Draft(acts.InLieuRelease.typ, None, None, tie or tuple(unread))
    refusals = every(order.release_in_lieu(release_question(claims, facts), claims))
    if held is None:
        return Draft(acts.InLieuRelease.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(acts.InLieuRelease.typ, signed, None, refusals)


async def draft_release_for_external(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft what the paper of a holder outside the hub says, for a request of the caller's. The card is not shown yet.

    Whose paper it is the caller reads off it: the draft does not tell who holds.
    Source: A12, A25, NX-3, domain 5.3
    """
    handoff_id = given.get("handoff_id") or NOBODY
    async with reading_as(hub, caller) as reading:
        view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
    membership_id = NOBODY if view is None else view.membership_id
    place = place_of_input("" if view is None else view.reason_code, given)
    facts = await hub.ledger.facts_for_release(
        drafting_of(caller), membership_id, handoff_id, caller.union, place, side=Side.RECEIVER
    )
    require_login(facts.signer)
    held, unread = facts.membership, list[Refusal]()
    named = None if held is None else held.named
    reason_code = "CHANGE_OF_EMPLOYER" if named is None or named.reason_code is None else named.reason_code
    reason = REASONS[reason_code]
    claims = claims_of(
        acts.ExternalRelease,
        {
            **{name: plain(given.get(name)) for name in _PAPER_MEMBERS},
            **stated_claims(reason_code, given, held, caller.union),
            **custody_claims(held, given["dues_paid_through"]),
            "handoff_id": str(handoff_id),
            "receiving_union": caller.union,
            "reason_code": reason_code,
            "reason_text": reason.text,
            "articles": ["A25"],
            "valid_until": plain(day_of(facts.signer.now) + timedelta(days=facts.holder_policy.release_valid_days)),
            "form_custody": given.get("form_custody") or FORM_CUSTODY,
            "request_sha256": _request_hash(named, is_pushed=False),
            "in_lieu_of": given["releasing_union"],
        },
        unread,
    )
    if claims is None:
        tie = every(order.before_an_external_release(facts))
        return Draft(acts.ExternalRelease.typ, None, None, tie or tuple(unread))
    refusals = every(order.external_release(release_question(claims, facts), claims))
    if held is None:
        return Draft(acts.ExternalRelease.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(acts.ExternalRelease.typ, signed, None, refusals)


def _request_hash(named: OpenRequest | None, *, is_pushed: bool) -> str | None:
    if is_pushed:
        return None
    return NO_HASH if named is None or named.request_sha256 is None else b64url(named.request_sha256)
