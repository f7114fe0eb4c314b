"""Drafts of the acts on entrustments (A9): the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID, uuid4

from federation.claims import parse
from federation.encoding import b64url
from federation.entrusting import (
    ActivityRecord,
    CoverageAcknowledgement,
    EntrustmentProposal,
    EntrustmentSignature,
    EntrustmentTermination,
    EntrustmentText,
    EntrustmentWithdrawal,
    Roster,
    RosterAmendment,
    document_sha256,
    document_text,
)
from federation.errors import StatementError
from federation.forms import Sha256
from hub.errors import Code, Refusal
from hub.transfers.desk.drafting import NO_HASH, NOBODY, claims_of, plain, storable
from hub.transfers.desk.entrusting import facts_of_text, named_in, question_of
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.ledger import entrusting as ledger
from hub.transfers.ledger import reads
from hub.transfers.rules import order_entrusting
from hub.transfers.rules.entrusting import Entrustment
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts_entrusting import EntrustmentFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "draft_answer",
    "draft_care",
    "draft_proposal",
    "draft_roster",
    "draft_signature",
    "draft_termination",
    "draft_withdrawal",
]

T = TypeVar("T")
_CLAUSES = ("activities", "rights_protection", "dues_collection", "voting", "relief")
_PLAIN = (
    "agency_uscc",
    "host_uscc",
    "agreement_no",
    "term_from",
    "term_until",
    "information",
    "disputes",
    "termination",
)


async def draft_proposal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an agreement, or another text in the place of one not yet signed by both. Source: A9."""
    agreement_id, replaces = given.get("agreement_id"), None
    names = dict.fromkeys((given["dispatch_union"], given["host_union"]), "—")
    async with hub.database.as_union(caller.union_id, caller.kid) as reading:
        for uri in names:
            view = await reads.union_by_code(reading.connection, uri=storable(uri), uscc=None)
            names[uri] = names[uri] if view is None else view.name
        if agreement_id is not None:
            found = (await ledger.agreements(reading, [agreement_id])).get(agreement_id)
            replaces = NO_HASH if found is None else b64url(found.sha256)
    unread: list[Refusal] = []
    text = _document(EntrustmentText, _text_of(given, names), unread)
    facts = await facts_of_text(hub, drafting_of(caller), agreement_id, text)
    require_login(facts.signer)
    if text is None:
        return Draft(EntrustmentProposal.typ, None, None, every(order_entrusting.before(facts.signer)) or tuple(unread))
    sha256 = document_sha256(text)
    claims = EntrustmentProposal(
        agreement_id=agreement_id or uuid4(),
        agreement_sha256=sha256,
        replaces_sha256=None if replaces is None else Sha256(replaces),
    )
    refusals = every(order_entrusting.proposal(Entrustment(facts, text, sha256), claims))
    return _draft(hub, caller, claims, facts, refusals, document=document_text(text))


async def draft_signature(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a signature over the text as it stands. Source: A9."""
    return await _of_agreement(hub, caller, given, EntrustmentSignature, order_entrusting.signature, None)


async def draft_withdrawal(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a withdrawal. Source: A9."""
    return await _of_agreement(hub, caller, given, EntrustmentWithdrawal, order_entrusting.withdrawal, ())


async def draft_termination(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a termination. Source: A9."""
    return await _of_agreement(hub, caller, given, EntrustmentTermination, order_entrusting.termination, ())


async def draft_answer(hub: Hub, caller: Caller, given: Input, act: type[CoverageAcknowledgement]) -> Draft:
    """Draft the host union's word on members of the roster, one way or the other. Source: A9."""
    members = [NOBODY if member is None else member for member in given["member_ids"]]
    more = {"members": [str(member) for member in members]}
    return await _of_agreement(hub, caller, given, act, order_entrusting.answer, members, more)


async def draft_roster(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a change of the roster. Source: A9."""
    unread: list[Refusal] = []
    stated = {
        "add": [_entry(entry) for entry in given.get("add") or ()],
        "remove": [
            {"membership_id": str(entry["membership_id"] or NOBODY), "reason": entry["reason"]}
            for entry in given.get("remove") or ()
        ],
    }
    change = _document(Roster, stated, unread)
    agreement_id = given.get("agreement_id") or NOBODY
    facts = await hub.ledger.entrustments.facts(drafting_of(caller), agreement_id, members=named_in(change))
    require_login(facts.signer)
    refused: list[Refusal] = []
    question = _question(facts, RosterAmendment, refused)
    if question is None or change is None:
        return Draft(RosterAmendment.typ, None, None, tuple(refused or unread))
    sha256 = document_sha256(change)
    claims = RosterAmendment(
        agreement_id=agreement_id,
        agreement_sha256=Sha256(question.text_sha256),
        roster_version=facts.agreement.roster_version if facts.agreement is not None else 0,  # type: ignore[arg-type]
        roster_sha256=sha256,
    )
    refusals = every(order_entrusting.roster(question, claims, change, sha256))
    return _draft(hub, caller, claims, facts, refusals, document=document_text(change))


async def draft_care(hub: Hub, caller: Caller, given: Input, act: type[ActivityRecord]) -> Draft:
    """Draft a record of an activity or a rights case. Who covers the member need not name the agreement. Source: A9."""
    membership_id = given.get("membership_id") or NOBODY
    agreement_id = given.get("agreement_id")
    unread: list[Refusal] = []
    facts = await hub.ledger.entrustments.facts_for_care(drafting_of(caller), membership_id, agreement_id)
    require_login(facts.signer)
    if agreement_id is None and facts.covered_by is not None:
        agreement_id = facts.covered_by
        facts = await hub.ledger.entrustments.facts_for_care(drafting_of(caller), membership_id, agreement_id)
    names = ("kind", "occurred_on", "evidence_sha256")
    claims = claims_of(act, {**{n: plain(given.get(n)) for n in names}, "agreement_id": plain(agreement_id)}, unread)
    if claims is None:
        return Draft(act.typ, None, None, every(order_entrusting.before(facts.signer)) or tuple(unread))
    refusals = every(order_entrusting.care(facts, claims))
    if facts.member_id is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)


async def _of_agreement(
    hub: Hub,
    caller: Caller,
    given: Input,
    act: type[Any],
    rules: Callable[[Entrustment, Any], Refusals],
    members: Sequence[UUID] | None,
    more: Mapping[str, object] | None = None,
) -> Draft:
    """What the drafts on an agreement share: it is named by its id, and bound by the hash of its text."""
    agreement_id = given.get("agreement_id") or NOBODY
    facts = await hub.ledger.entrustments.facts(drafting_of(caller), agreement_id, members=members)
    require_login(facts.signer)
    refused: list[Refusal] = []
    question = _question(facts, act, refused)
    if question is None:
        return Draft(act.typ, None, None, tuple(refused))
    stated = {"agreement_id": str(agreement_id), "agreement_sha256": question.text_sha256, **(more or {})}
    claims = claims_of(act, stated, refused)
    if claims is None:
        return Draft(act.typ, None, None, tuple(refused))
    return _draft(hub, caller, claims, facts, every(rules(question, claims)))


def _question(facts: EntrustmentFacts, act: type[Any], refused: list[Refusal]) -> Entrustment | None:
    try:
        return question_of(facts, act.act)
    except Refusal as refusal:
        refused.append(refusal)
        return None


def _draft(
    hub: Hub,
    caller: Caller,
    claims: Act,
    facts: EntrustmentFacts,
    refusals: tuple[Refusal, ...],
    *,
    document: str | None = None,
) -> Draft:
    signed = claims_text(hub, caller, claims, sub=None, now=facts.signer.now)
    return Draft(claims.typ, signed, None, refusals, document)


def _text_of(given: Input, names: Mapping[str, str]) -> dict[str, Any]:
    """Write the input as the text of an agreement."""
    supersedes = given.get("supersedes")
    stated: dict[str, Any] = {
        "dispatch_union": given["dispatch_union"],
        "dispatch_union_name": names[given["dispatch_union"]],
        "host_union": given["host_union"],
        "host_union_name": names[given["host_union"]],
        **{name: plain(given.get(name)) for name in _PLAIN},
        **{name: _without_nothing(given.get(name)) for name in _CLAUSES},
        "supersedes": None if supersedes is None else str(supersedes),
        "roster": [_entry(entry) for entry in given.get("roster") or ()],
    }
    return {name: value for name, value in stated.items() if value is not None}


def _without_nothing(clause: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if clause is None else {name: value for name, value in clause.items() if value is not None}


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value or NOBODY if name == "membership_id" else value) for name, value in entry.items()}


def _document(kind: type[T], members: Mapping[str, Any], unread: list[Refusal]) -> T | None:
    """Read the input as a document. What makes none is told in `unread`: INPUT_INVALID, with the place."""
    try:
        return parse(kind, dict(members), ("document",))
    except StatementError as error:
        unread.append(Refusal(Code.INPUT_INVALID, path=error.path, why_zh="格式或取值不正确", why_en=error.detail))
        return None
