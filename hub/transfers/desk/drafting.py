"""Drafts of acts on members: typed input in, the exact claims to sign out, and everything that speaks against the act.

One code path with the act itself: the same facts, the same rules, in the same order. Nothing is changed.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID, uuid4

from federation import acts
from federation.encoding import b64url, sha256_b64url
from hub.authz.disclosure import sees_card
from hub.errors import Code, Refusal
from hub.transfers.card import Card, card_of, read_card
from hub.transfers.desk.joining import id_hash, note_hit
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, input_claims, require_login
from hub.transfers.desk.releasing import place_for, release_question, with_entrustment
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger import reads
from hub.transfers.machines import HandoffState, Side
from hub.transfers.person import Person, person_json, person_of
from hub.transfers.rules import order
from hub.transfers.rules.columns import next_dues_month
from hub.transfers.rules.days import day_of, exempt_from
from hub.transfers.rules.leaving import RESTORING
from hub.transfers.rules.questions import Case, Join
from hub.transfers.rules.reasons import REASONS, Area
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from federation.acts import Act
    from hub.authz.tokens import Caller
    from hub.transfers.facts import CaseFacts, HandoffFacts, JoinFacts, MembershipFacts, ReleaseFacts
    from hub.transfers.ledger.records import Place
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "FORM_CUSTODY",
    "NOBODY",
    "NO_HASH",
    "SOME_REASON",
    "Input",
    "acceptance_members",
    "acceptance_rules",
    "asked_by_receiver",
    "claims_of",
    "custody_claims",
    "draft_acceptance",
    "draft_acceptance_for_external",
    "draft_enrolment",
    "draft_join",
    "draft_of_case",
    "draft_recall",
    "draft_refusal",
    "draft_release",
    "numbered",
    "place_of_input",
    "plain",
    "release_claims",
    "stated_claims",
    "storable",
]

#: A draft's input by the snake_case names of the schema's input type; None where nothing was given.
Input: TypeAlias = "Mapping[str, Any]"

#: An id that is none: what an input names that can't be an id of ours.
NOBODY = UUID(int=0)
#: A12: the registration form follows the personnel file.
FORM_CUSTODY = "WITH_PERSONNEL_FILE"
#: What a draft says of one out of reach: something of the right form.
NO_HASH = b64url(bytes(32))
#: Printed nowhere: a draft whose reason is not listed is refused for that.
SOME_REASON = "调动"
#: Of the right form, where there is nothing to tell.
_SOME_MONTH = "2000-01"


async def draft_join(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a join. The card is the person's data with a salt: `joinMember` takes it beside the statement.

    Tells whether the person is a member already, and enters that in the disclosure log (domain 5.3).
    Source: A2–A9, A11, N2
    """
    return await draft_enrolment(hub, caller, given, acts.Join, hub.ledger.facts_for_join, lambda q, _: order.join(q))


async def draft_enrolment(
    hub: Hub,
    caller: Caller,
    given: Input,
    act: type[acts.Join],
    facts_for: Callable[..., Coroutine[Any, Any, JoinFacts]],
    rules: Callable[[Join, Any], Refusals],
) -> Draft:
    """What the drafts of a join and of an import share: the data read, the look-up, the claims, the card."""
    membership_id = uuid4()
    certificate = given.get("certificate")
    unread: list[Refusal] = []
    person = None
    try:
        person = person_of({k: v for k, v in given["person"].items() if v is not None}, date.max)
    except Refusal as refusal:
        unread.append(refusal)
    number = None if certificate is None else (certificate["province_code"], certificate["number"])
    hashed = None if person is None else id_hash(hub, person)
    facts = await facts_for(drafting_of(caller), membership_id, hashed, given.get("employer_uscc"), number)
    require_login(facts.signer)
    text = None if person is None else person_json(person, b64url(secrets.token_bytes(24)))
    claims = claims_of(
        act,
        {
            **{name: plain(given.get(name)) for name in _JOIN_MEMBERS},
            **({"status": given["status"]} if given.get("status") else {}),
            **({"retention": {n: plain(v) for n, v in given["retention"].items()}} if given.get("retention") else {}),
            "certificate": certificate and numbered(certificate, given.get("certificate_issued_on")),
            "card_sha256": sha256_b64url((text or "").encode()),
        },
        unread,
    )
    if claims is None or person is None or text is None:
        return Draft(act.typ, None, None, tuple(unread))
    try:
        person_of({k: v for k, v in given["person"].items() if v is not None}, day_of(facts.signer.now))
    except Refusal as refusal:
        unread.append(refusal)
    refusals = (*unread, *every(rules(Join(claims, person, facts), claims)))
    for found in refusals:
        await note_hit(hub, caller, facts.live_membership, facts.signer.now, found)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, _join_card(text, person, claims, facts.signer.name), refusals)


_JOIN_MEMBERS = (
    "channel",
    "joined_on",
    "holding_basis",
    "employer_uscc",
    "member_unit",
    "relation_started_on",
    "dues_paid_through",
)


async def draft_release(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a release, with the card that its receiver would see.

    It answers the request named by `handoff_id`, or one that its receiver has open with the member. Source: A3, A12,
    A15, NX-3.
    """
    receiver, answered = given["receiving_union"], given.get("handoff_id")
    membership_id = given.get("membership_id")
    if membership_id is None and answered is not None:
        async with hub.database.as_union(caller.union_id, caller.kid) as reading:
            view = (await reads.handoffs(reading, [answered])).get(answered)
        membership_id = view.membership_id if view is not None and view.side is Side.HOLDER else None
    membership_id = membership_id or NOBODY
    signing, place = drafting_of(caller), place_of_input(given["reason_code"], given)
    facts = await hub.ledger.facts_for_release(signing, membership_id, answered, storable(receiver), place)
    require_login(facts.signer)
    if answered is None and (answered := asked_by_receiver(facts)) is not None:
        # The act will name this request: its draft is to be judged by the same facts.
        facts = await hub.ledger.facts_for_release(signing, membership_id, answered, storable(receiver), place)
    facts = await with_entrustment(hub, caller, membership_id, facts)
    held, unread = facts.membership, list[Refusal]()
    claims = release_claims(given, facts, answered, unread)
    if claims is None:
        # The input has no right form, so that the rules can't be asked; but who may not ask learns nothing by it.
        tie = every(order.before_a_release(facts))
        return Draft(acts.Release.typ, None, None, tie or tuple(unread))
    refusals = every(order.release(release_question(claims, facts)))
    if held is None:
        return Draft(acts.Release.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(acts.Release.typ, signed, card_of(held, claims.dues_paid_through), refusals)


def release_claims(given: Input, facts: ReleaseFacts, answered: UUID | None, unread: list[Refusal]) -> Any:
    """Give the claims of a release that an input makes by these facts, or None and, in `unread`, why it makes none."""
    reason, held = REASONS.get(given["reason_code"]), facts.membership
    return claims_of(
        acts.Release,
        {
            **{name: plain(given.get(name)) for name in _RELEASE_MEMBERS},
            **stated_claims(given["reason_code"], given, held, facts.signer.uri),
            **custody_claims(held, given["dues_paid_through"]),
            **_answering(facts, answered),
            "reason_text": reason.text if reason else SOME_REASON,
            "articles": list(reason.articles) if reason else ["A12"],
            "valid_until": plain(day_of(facts.signer.now) + timedelta(days=facts.holder_policy.release_valid_days)),
            "form_custody": given.get("form_custody") or FORM_CUSTODY,
        },
        unread,
    )


def asked_by_receiver(facts: ReleaseFacts) -> UUID | None:
    """Give the request that the receiver has open with the member, if there is one."""
    held, receiver = facts.membership, facts.receiver
    asked = None if held is None else held.asked(facts.signer.now)
    return held.open_handoff if held and asked and receiver and asked.to_union == receiver.union_id else None


def _answering(facts: ReleaseFacts, answered: UUID | None) -> dict[str, object]:
    """Give the handoff that a release is of: the one it answers, or a new one."""
    if answered is None or facts.membership is None or facts.membership.named is None:
        return {"handoff_id": str(uuid4())}
    request = facts.membership.named.request_sha256
    return {"handoff_id": str(answered), "request_sha256": None if request is None else b64url(request)}


_RELEASE_MEMBERS = (
    "receiving_union",
    "out_date",
    "reason_code",
    "dues_paid_through",
    "relation_ended_on",
    "new_employer_uscc",
)


def place_of_input(reason_code: str, given: Input) -> Place:
    """Give what the facts of a release that is drafted are asked for besides."""
    employer, host = given.get("new_employer_uscc"), given.get("host_employer_uscc")
    return place_for(reason_code, employer and storable(employer), host and storable(host))


def stated_claims(reason_code: str, given: Input, held: MembershipFacts | None, home: str) -> dict[str, object]:
    """Give what a release states besides the column. What the reason and the employer tell need not be entered.

    Source: A13 (who is placed awaits the new employer's union; who was retained is restored), domain 4.4
    """
    reason, consent, placement = REASONS.get(reason_code), given.get("consent"), given.get("placement") or {}
    awaits = reason is not None and reason.awaits_union
    awaited = placement.get("awaiting_employer_uscc") or (given.get("new_employer_uscc") if awaits else None)
    refused = placement.get("residence_refused_by_member")
    if refused is None and reason is not None and reason.area is Area.WORKPLACE:
        refused = True
    restores = given.get("restores")
    if restores is None and reason_code in RESTORING and held is not None and held.status == MembershipStatus.RETAINED:
        restores = True
    closure, retention = given.get("closure"), given.get("retention")
    since = None if held is None else held.retained_on
    if since is None and retention is not None:
        since = retention["from_date"]
    return {
        "host_employer_uscc": given.get("host_employer_uscc"),
        "restores": restores,
        "dues_exempt_since": None if since is None else exempt_from(since),
        "closure": None if closure is None else {name: plain(value) for name, value in closure.items()},
        "retention": None if retention is None else {name: plain(value) for name, value in retention.items()},
        "consent": None if consent is None else {name: plain(value) for name, value in consent.items()},
        "secondment": _term(reason_code, given, home),
        "placement": None
        if awaited is None
        else {
            "awaiting_employer_uscc": awaited,
            **({} if refused is None else {"residence_refused_by_member": refused}),
        },
    }


def _term(reason_code: str, given: Input, home: str) -> dict[str, object] | None:
    """Give the term of a secondment as a release has it; its home union is whoever releases."""
    stated = given.get("secondment")
    if stated is None:
        return {"home": home} if reason_code == "SECONDMENT" else None
    days = {name: plain(stated.get(name)) for name in ("starts_on", "ends_on")}
    return {"home": home, **{name: day for name, day in days.items() if day is not None}}


def custody_claims(held: MembershipFacts | None, dues: str) -> dict[str, object]:
    """Give what a release says of the custody as it stands; of one out of reach, something of the right form."""
    if held is None:
        return {"custody_version": 1, "prev_sha256": NO_HASH, "card_sha256": NO_HASH}
    return {
        "custody_version": held.custody_version,
        "prev_sha256": b64url(held.held_by_sha256),
        "card_sha256": sha256_b64url(card_of(held, dues).json.encode()),
    }


def _is_released(handoff: HandoffFacts, now: datetime) -> bool:
    return handoff.standing(now).state is HandoffState.RELEASED


async def draft_acceptance(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an acceptance, with the card that its release shows. Source: A3, A12, NX-3."""

    def members(facts: CaseFacts) -> dict[str, object]:
        return acceptance_members(given, facts)

    return await draft_of_case(hub, caller, acts.Acceptance, given, members, acceptance_rules)


async def draft_acceptance_for_external(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft what the paper of a receiver outside the hub says. Source: A3, A12, A25, NX-3."""

    def members(facts: CaseFacts) -> dict[str, object]:
        return {**acceptance_members(given, facts), "paper_sha256": given["paper_sha256"]}

    def rules(question: Case, claims: acts.ExternalAcceptance) -> Refusals:
        yield from order.external_acceptance(question, claims)
        if question.handoff is not None:
            yield from order.second_check(question.handoff, question.today)

    return await draft_of_case(hub, caller, acts.ExternalAcceptance, given, members, rules)


def acceptance_members(given: Input, facts: CaseFacts) -> dict[str, object]:
    """Give what an acceptance says by an input and by these facts."""
    handoff = facts.handoff
    is_open = handoff is not None and _is_released(handoff, facts.signer.now)
    # Of a case that has closed the receiver reads the dues no more (I16), not even a month later than they are.
    dues = (handoff is not None and is_open and handoff.dues_paid_through) or _SOME_MONTH
    return {
        **{name: plain(given.get(name)) for name in _ACCEPTANCE_MEMBERS},
        "next_dues_month": next_dues_month(dues, given["in_date"] if handoff and handoff.stated.restores else None),
        "form_received": given["form_received"],
    }


def acceptance_rules(question: Case, claims: acts.Acceptance) -> Refusals:
    """All rules of an acceptance, those of the second check too."""
    yield from order.acceptance(question, claims)
    if question.handoff is not None:
        yield from order.second_check(question.handoff, question.today)


_ACCEPTANCE_MEMBERS = ("in_date", "employer_uscc", "relation_started_on", "holding_basis", "intake_register_no")


async def draft_refusal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a refusal. Source: A12, A4, A7."""

    def members(_: CaseFacts) -> dict[str, object]:
        return {"ground": given["ground"], "fields": given.get("fields")}

    return await draft_of_case(hub, caller, acts.Refusal, given, members, order.refusal)


async def draft_recall(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a recall. Source: A12."""
    return await draft_of_case(hub, caller, acts.Recall, given, lambda _: {}, order.recall)


async def draft_of_case(
    hub: Hub,
    caller: Caller,
    act: type[Any],
    given: Input,
    members: Callable[[CaseFacts], dict[str, object]],
    rules: Callable[[Case, Any], Refusals],
    *,
    otherwise: Code = Code.MEMBER_NOT_FOUND_OR_NOT_HELD,
) -> Draft:
    """What the drafts on an open case share: the caller's docket finds the case, a hash binds its last document."""
    handoff_id = given.get("handoff_id") or NOBODY
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        view = (await reads.handoffs(reading, [handoff_id])).get(handoff_id)
        # A date that nobody has recorded yet leaves the receiver's copy in its place: it is no more to be shown.
        shown = [handoff_id] if view is not None and sees_card(view) else []
        card = (await reads.cards(reading, shown)).get(handoff_id)
    membership_id = NOBODY if view is None else view.membership_id
    facts = await hub.ledger.facts_for_case(drafting_of(caller), membership_id, handoff_id)
    require_login(facts.signer)
    handoff, unread = facts.handoff, list[Refusal]()
    bound = "release_sha256" if "release_sha256" in act.__dataclass_fields__ else "request_sha256"
    digest = (handoff and getattr(handoff, bound)) or bytes(32)
    stated = {**members(facts), "handoff_id": str(handoff_id), bound: b64url(digest)}
    claims = claims_of(act, stated, unread)
    if claims is None:
        tie = every(order.before_a_case(facts, otherwise=otherwise))
        return Draft(act.typ, None, None, tie or tuple(unread))
    refusals = every(rules(Case(claims, facts), claims))
    if handoff is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None if card is None else read_card(card), refusals)


def claims_of(act: type[Act], members: Mapping[str, Any], unread: list[Refusal]) -> Any:
    """Give the claims that the input makes, or None and, in `unread`, why it makes none."""
    try:
        return input_claims(act, members)
    except Refusal as refusal:
        unread.append(refusal)
        return None


def plain(value: object) -> object:
    """Write a value of an input as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def storable(text: str) -> str:
    """Give a text that PostgreSQL can compare; one with a NUL names nothing."""
    return "" if "\x00" in text else text


def numbered(certificate: Mapping[str, Any], issued_on: date | None) -> dict[str, object]:
    """Write a certificate of an input as a statement has it."""
    stated = {"province_code": certificate["province_code"], "number": certificate["number"]}
    return stated if issued_on is None else {**stated, "issued_on": issued_on.isoformat()}


def _join_card(text: str, person: Person, claims: acts.Join, signer_name: str) -> Card:
    """Give the person's data as a card to show the signer; what is bound is the text alone."""
    certificate = claims.certificate
    return Card(
        json=text,
        name=person.name,
        sex=person.sex,
        birth_month=person.birth_month,
        joined_on=claims.joined_on,
        certificate_province=None if certificate is None else certificate.province_code,
        certificate_number=None if certificate is None else certificate.number,
        issuing_union=claims.issuing_union or (None if certificate is None else signer_name),
        dues_paid_through=claims.dues_paid_through,
    )
