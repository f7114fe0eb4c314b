"""Drafts of manifests: the leaves of many members, and the manifest over those that nothing speaks against.

A union that moves more than one draft gives puts the leaves of several drafts in one tree and writes the manifest
itself (`federation.leaves`): a leaf is good in any tree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import orjson

from federation import acts
from federation.encoding import b64url
from federation.leaves import canonical, root_of
from hub.authz.disclosure import sees_card
from hub.errors import Code, Refusal
from hub.transfers.card import card_of, read_card
from hub.transfers.desk.drafting import (
    NOBODY,
    Input,
    acceptance_members,
    acceptance_rules,
    asked_by_receiver,
    claims_of,
    place_of_input,
    release_claims,
    storable,
)
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, input_claims, reading_as, require_login
from hub.transfers.desk.releasing import release_question
from hub.transfers.kinds import LIVE, WAITING, HoldingBasis, MembershipStatus
from hub.transfers.ledger import reads
from hub.transfers.ledger.reads_manifests import cases_to_accept, members_to_release
from hub.transfers.ledger.records import NOWHERE
from hub.transfers.machines import Side
from hub.transfers.rules import order
from hub.transfers.rules.awaiting import exit_reason
from hub.transfers.rules.labour import bases_open, states_employer
from hub.transfers.rules.questions import Case
from hub.transfers.rules.reasons import REASONS
from hub.transfers.views_manifests import LeafDraft, ManifestDraft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from federation.acts import Act
    from hub.authz.tokens import Caller
    from hub.transfers.card import Card
    from hub.transfers.facts import CaseFacts, HandoffFacts, ReleaseFacts

__all__ = ["draft_acceptance_manifest", "draft_release_manifest"]

#: Of a member out of reach: a month of the right form.
_SOME_MONTH: Final = "2000-01"
_NOTHING: Final[Mapping[str, Any]] = {}


async def draft_release_manifest(hub: Hub, caller: Caller, given: Input) -> ManifestDraft:
    """Draft the release of many members for one reason: those named, or a page of those whom the reason concerns.

    Source: A3, A6, A12, A13, A19
    """
    reason_code, named = given["reason_code"], _named(given)
    basis = next((b for b in WAITING if exit_reason(b) == reason_code), None)
    async with reading_as(hub, caller) as reading:
        rows = await members_to_release(
            reading,
            statuses=_statuses(given) if named is None else list(MembershipStatus),
            basis=basis if named is None else None,
            awaiting=storable(given.get("receiving_union") or "") if named is None and basis else None,
            after=given.get("after"),
            named=None if named is None else list(named),
            limit=given["limit"] + 1,
        )
    dues = {row["membership_id"]: row["dues_paid_through"] for row in rows[: given["limit"]]}
    common = {"dues_paid_through": given.get("dues_paid_through"), "receiving_union": given.get("receiving_union")}
    asked = [
        {
            **given,
            "membership_id": membership_id,
            **{name: own.get(name) or common[name] for name in common},
        }
        for membership_id, own in (dict.fromkeys(dues, _NOTHING) if named is None else named).items()
    ]
    for one in asked:
        one["dues_paid_through"] = one["dues_paid_through"] or dues.get(one["membership_id"], _SOME_MONTH)
        one["receiving_union"] = one["receiving_union"] or ""
    facts = await _facts_for_releases(hub, caller, asked)
    drawn = [_leaf_of_release(hub, caller, one, *found) for one, found in zip(asked, facts, strict=True)]
    receivers = {one["receiving_union"] for one in asked}
    more = {"receiving_union": receivers.pop()} if len(receivers) == 1 else {}
    follows = named is None and len(rows) > given["limit"]
    return _drafted(hub, caller, given, acts.ReleaseManifest, drawn, more, follows=follows)


async def draft_acceptance_manifest(hub: Hub, caller: Caller, given: Input) -> ManifestDraft:
    """Draft the acceptance of many cases of one reason: those named, or a page of those that wait for the caller.

    Source: A3, A12, A13, A19
    """
    named: list[UUID] | None = given.get("handoff_ids")
    async with reading_as(hub, caller) as reading:
        rows = await cases_to_accept(
            reading,
            reason_code=given["reason_code"],
            releasing=given.get("releasing_union") and storable(given["releasing_union"]),
            after=given.get("after"),
            named=named,
            limit=given["limit"] + 1,
        )
        found = {row["handoff_id"]: row["membership_id"] for row in rows[: given["limit"]]}
        views = await reads.handoffs(reading, list(found))
        cards = await reads.cards(reading, [handoff_id for handoff_id, view in views.items() if sees_card(view)])
    asked = list(found) if named is None else list(dict.fromkeys(named))
    signing = drafting_of(caller)
    rows_asked = [(*signing, found.get(handoff_id, NOBODY), handoff_id) for handoff_id in (NOBODY, *asked)]
    own, *facts = await hub.ledger.manifests.facts_for_cases(rows_asked)
    require_login(own.signer)
    drawn = [
        _leaf_of_acceptance(
            hub, caller, {**given, "handoff_id": handoff_id}, case, found.get(handoff_id, NOBODY), cards
        )
        for handoff_id, case in zip(asked, facts, strict=True)
    ]
    follows = named is None and len(rows) > given["limit"]
    return _drafted(hub, caller, given, acts.AcceptanceManifest, drawn, {}, follows=follows)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A leaf before it has its place."""

    key: UUID  #: by which its list goes on
    membership_id: UUID
    handoff_id: UUID | None
    leaf: str | None
    card: Card | None
    refusals: tuple[Refusal, ...]
    now: datetime


def _named(given: Input) -> dict[UUID, Mapping[str, Any]] | None:
    """Give the members named, each once; None where none are."""
    if given.get("members") is None:
        return None
    return {one["membership_id"] or NOBODY: one for one in given["members"]}


def _statuses(given: Input) -> list[str]:
    """Give the statuses that a reason concerns (A19, HUB-P09); whether it stands, the rules say of each."""
    reason_code: str = given["reason_code"]
    if reason_code == "EMPLOYER_CLOSURE" and given.get("retention") is None:
        return [MembershipStatus.RETAINED.value]
    return sorted(LIVE) if reason_code == "EMPLOYER_REORGANISED" else [MembershipStatus.ACTIVE.value]


async def _facts_for_releases(
    hub: Hub, caller: Caller, asked: Sequence[Input]
) -> list[tuple[ReleaseFacts, UUID | None]]:
    """Give the facts of each release, with the request that it answers, if its receiver has one open."""
    signing = drafting_of(caller)

    def row(one: Input, answered: UUID | None) -> tuple[Any, ...]:
        place = place_of_input(one["reason_code"], one)
        receiver = storable(one["receiving_union"])
        return (*signing, Side.HOLDER.value, one["membership_id"], answered, receiver, *place)

    nobody = (*signing, Side.HOLDER.value, NOBODY, None, "", *NOWHERE)
    own, *facts = await hub.ledger.manifests.facts_for_releases([nobody, *(row(one, None) for one in asked)])
    require_login(own.signer)
    answered = [asked_by_receiver(found) for found in facts]
    if any(answered):
        # The leaves will name these requests: they are to be judged by the same facts.
        rows = [row(one, request) for one, request in zip(asked, answered, strict=True)]
        facts = await hub.ledger.manifests.facts_for_releases(rows)
    others = [one["membership_id"] for one, found in zip(asked, facts, strict=True) if found.membership is None]
    entrusted = await hub.ledger.manifests.entrusted_among(caller.union_id, others) if others else frozenset[UUID]()
    return [
        (replace(found, is_entrusted_host=one["membership_id"] in entrusted), request)
        for one, found, request in zip(asked, facts, answered, strict=True)
    ]


def _leaf_of_release(hub: Hub, caller: Caller, given: Input, facts: ReleaseFacts, answered: UUID | None) -> _Drawn:
    unread, membership_id, now = list[Refusal](), given["membership_id"], facts.signer.now
    claims = release_claims(given, facts, answered, unread)
    if claims is None:
        refusals = every(order.before_a_release(facts)) or tuple(unread)
        return _Drawn(membership_id, membership_id, None, None, None, refusals, now)
    refusals, held = every(order.release(release_question(claims, facts))), facts.membership
    leaf = None if held is None else _leaf(hub, caller, claims, membership_id, now)
    card = None if held is None else card_of(held, claims.dues_paid_through)
    return _Drawn(membership_id, membership_id, claims.handoff_id, leaf, card, refusals, now)


def _leaf_of_acceptance(
    hub: Hub, caller: Caller, given: Input, facts: CaseFacts, membership_id: UUID, cards: Mapping[UUID, str]
) -> _Drawn:
    unread, handoff, now = list[Refusal](), facts.handoff, facts.signer.now
    handoff_id: UUID = given["handoff_id"]
    card = read_card(cards[handoff_id]) if handoff_id in cards else None
    stated = acceptance_members({**given, **_as_the_case_has_it(given, handoff)}, facts)
    digest = b64url((handoff and handoff.release_sha256) or bytes(32))
    claims = claims_of(acts.Acceptance, {**stated, "handoff_id": str(handoff_id), "release_sha256": digest}, unread)
    if claims is None:
        refusals = every(order.before_a_case(facts)) or tuple(unread)
        return _Drawn(handoff_id, membership_id, handoff_id, None, card, refusals, now)
    refusals = every(acceptance_rules(Case(claims, facts), claims))
    if handoff is not None and handoff.reason_code != given["reason_code"]:
        refusals = (*refusals, Refusal(Code.DOCUMENT_TAMPERED, path=("manifest", "reason_code")))
    leaf = None if handoff is None else _leaf(hub, caller, claims, membership_id, now)
    return _Drawn(handoff_id, membership_id, handoff_id, leaf, card, refusals, now)


def _as_the_case_has_it(given: Input, handoff: HandoffFacts | None) -> dict[str, object]:
    """Give what need not be entered for each: the basis on which one is held already, and whom one waits for."""
    if handoff is None:
        return {"holding_basis": given.get("holding_basis") or HoldingBasis.ORDINARY}
    bases, reason = bases_open(handoff), REASONS[handoff.reason_code]
    usual = next((b for b in (handoff.holding_basis, HoldingBasis.ORDINARY) if b in bases), min(bases))
    employed = states_employer(handoff)
    awaited = handoff.employer_uscc if reason.to_awaited else None
    return {
        "holding_basis": given.get("holding_basis") or usual,
        "employer_uscc": (given.get("employer_uscc") or awaited) if employed else None,
        "relation_started_on": given.get("relation_started_on") if employed else None,
    }


def _leaf(hub: Hub, caller: Caller, claims: Act, membership_id: UUID, now: datetime) -> str:
    return canonical(orjson.loads(claims_text(hub, caller, claims, sub=str(membership_id), now=now)))


def _drafted(
    hub: Hub,
    caller: Caller,
    given: Input,
    act: type[acts.ReleaseManifest | acts.AcceptanceManifest],
    drawn: Sequence[_Drawn],
    more: Mapping[str, object],
    *,
    follows: bool,
) -> ManifestDraft:
    """Give the leaves their places, and write the manifest over those that nothing speaks against."""
    good = [one for one in drawn if one.leaf is not None and not one.refusals]
    places = {one.key: place for place, one in enumerate(good)}
    claims = None
    if good:
        texts = [one.leaf for one in good if one.leaf is not None]
        stated = {
            "batch_id": str(given.get("batch_id") or uuid4()),
            "size": len(texts),
            "root_sha256": root_of(texts),
            "reason_code": given["reason_code"],
            **more,
        }
        claims = claims_text(hub, caller, input_claims(act, stated), sub=None, now=good[0].now)
    return ManifestDraft(
        typ=act.typ,
        claims=claims,
        leaves=tuple(
            LeafDraft(one.membership_id, one.handoff_id, places.get(one.key), one.leaf, one.card, one.refusals)
            for one in drawn
        ),
        after=drawn[-1].key if follows and drawn else None,
    )
