"""Manifests: many releases, or many acceptances, under one signature, a page of leaves at a time (domain 4.7).

Each leaf goes the way of a single act: the same facts, rules, records and receipts, with its own outcome. A page takes
as many statements as one act, however many leaves it has. What a page has done it does not do again, so that any page
may be handed in again, whenever, and a batch that was broken off goes on where it stood.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar
from uuid import UUID

from federation import acts, leaves, statements
from federation.claims import parse
from federation.errors import StatementError
from federation.leaves import PAGE_MAX, Page
from hub.errors import Code, Refusal
from hub.transfers.desk.cases import NO_HANDOFF, accepted_view, judge_acceptance, unless_voided
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    open_leaf,
    open_statement,
    read_statement,
    reading_as,
    receipt_for,
    refusal_of,
    signing_of,
    text_in,
    uuid_in,
)
from hub.transfers.desk.releasing import judge_release, place_in, released_view
from hub.transfers.ledger import reads
from hub.transfers.ledger.manifests import ManifestRecord
from hub.transfers.ledger.records import NOWHERE, AcceptanceRecord
from hub.transfers.machines import Side
from hub.transfers.views_manifests import BatchView, LeafOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from federation.acts_manifests import Manifest
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import CaseFacts, ReleaseFacts
    from hub.transfers.views import HandoffView

__all__ = ["accept_manifest", "release_manifest"]

#: After so many leaves others are let in: a page is some hundredths of a second of work.
_LEAVES_AT_ONCE: Final = 50
#: What no membership has for its id, by which the manifest itself is asked for among its leaves.
_NOBODY: Final = UUID(int=0)

F = TypeVar("F", bound="ReleaseFacts | CaseFacts")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A leaf that the rules let pass: what is to be recorded, and how it is answered when it has been."""

    record: Any
    answer: Callable[[], HandoffView]


@dataclass(frozen=True, slots=True)
class _Side(Generic[F]):
    """What the leaves of a manifest are, and how they are asked about and judged."""

    manifest: type[Manifest]
    leaf: type[acts.Release | acts.Acceptance]
    #: The manifest's own facts first, for the sake of its signer.
    facts: Callable[[Hub, Caller, Statement[Any], Sequence[Statement[Any]]], Coroutine[Any, Any, list[F]]]
    judge: Callable[[Hub, Caller, Statement[Any], Any, F], _Judged]
    #: The answer to one that was received before.
    again: Callable[[HandoffView, F], HandoffView]


@dataclass(slots=True)
class _Work(Generic[F]):
    """A page in hand."""

    hub: Hub
    caller: Caller
    side: _Side[F]
    statement: Statement[Any]
    manifest: Manifest
    leaves: dict[int, Statement[Any]]
    outcomes: dict[int, LeafOutcome]
    #: Received before, with the facts of now.
    repeated: dict[int, F] = field(default_factory=dict)

    def waiting(self) -> list[int]:
        return [place for place in self.leaves if place not in self.outcomes and place not in self.repeated]

    def refuse(self, place: int, refusal: Refusal) -> None:
        found = self.leaves.get(place)
        self.outcomes[place] = LeafOutcome(place, None if found is None else UUID(found.sub), None, refusal)

    def answer(self, place: int, view: Callable[[], HandoffView]) -> None:
        try:
            self.outcomes[place] = LeafOutcome(place, UUID(self.leaves[place].sub), view(), None)
        except Refusal as refusal:  # an acceptance that voided its case is stored, and refused
            self.refuse(place, refusal)


async def release_manifest(hub: Hub, caller: Caller, jws: str, page: Page) -> BatchView:
    """Release the members of a page of leaves, each as `desk.releasing.release` would.

    Refuses, of the whole page: what `open_statement` does, of the manifest; INPUT_INVALID for a page of no leaves, of
    too many, or beyond the tree; DOCUMENT_TAMPERED where its leaves are not those of the tree. Of a leaf: what a
    release is refused for
    Source: A3, A12, A13, A19, HUB-P09
    """
    return await _hand_in(hub, caller, jws, page, _RELEASING)


async def accept_manifest(hub: Hub, caller: Caller, jws: str, page: Page) -> BatchView:
    """Take in the members of a page of leaves, each as `desk.cases.accept` would.

    Refuses: as `release_manifest`; of a leaf, what an acceptance is refused for
    Source: A3, A12, A13, A19, HUB-P09
    """
    return await _hand_in(hub, caller, jws, page, _ACCEPTING)


async def _hand_in(hub: Hub, caller: Caller, jws: str, page: Page, side: _Side[F]) -> BatchView:
    work = _opened(hub, caller, read_statement(jws, side.manifest), page, side)
    for _ in range(TRIES):
        waiting = work.waiting()
        own, *facts = await side.facts(hub, caller, work.statement, [work.leaves[place] for place in waiting])
        with suppress(Repeated):
            open_statement(work.statement, own.signer, caller, hub.origin)
        found: dict[int, F] = dict(zip(waiting, facts, strict=True))
        judged = await _judged(work, found)
        for kind in {type(one.record) for one in judged.values()}:
            await _record(work, {place: one for place, one in judged.items() if type(one.record) is kind})
        if not work.waiting():
            break
    for place in work.waiting():
        work.refuse(place, Refusal(Code.STALE_VERSION))
    return await _answered(work)


def _opened(hub: Hub, caller: Caller, statement: Statement[Any], page: Page, side: _Side[F]) -> _Work[F]:
    """Open the manifest and its page, as far as their form goes. A leaf that has none is refused by itself."""
    try:
        manifest = parse(side.manifest, statement.claims.get("manifest"), ("manifest",))
        _check_page(page, manifest)
        texts = leaves.leaf_texts(statement.jws, manifest, page)
    except StatementError as error:
        raise refusal_of(error) from None
    work = _Work(hub, caller, side, statement, manifest, {}, {})
    for place, text in enumerate(texts, page.first):
        try:
            work.leaves[place] = statements.read(text, side.leaf)
        except StatementError as error:
            work.refuse(place, refusal_of(error))
    return work


def _check_page(page: Page, manifest: Manifest) -> None:
    if not 1 <= len(page.leaves) <= PAGE_MAX:
        raise Refusal(
            Code.INPUT_INVALID,
            path=("page", "leaves"),
            why_zh=f"每页 1 至 {PAGE_MAX} 份",
            why_en=f"a page has from 1 to {PAGE_MAX} leaves",
        )
    if page.first < 0 or page.first + len(page.leaves) > manifest.size:
        raise Refusal(
            Code.INPUT_INVALID,
            path=("page", "first"),
            why_zh="超出清册所列份数",
            why_en="these leaves lie beyond the size of the manifest",
        )


async def _judged(work: _Work[F], facts: Mapping[int, F]) -> dict[int, _Judged]:
    """Give the leaves that may be recorded together: of one person, handoff or jti the first alone."""
    judged, taken = dict[int, _Judged](), set[UUID]()
    for count, (place, found) in enumerate(facts.items(), 1):
        statement = work.leaves[place]
        try:
            claims: Any = open_leaf(statement, found.signer, work.hub.origin)
            one = work.side.judge(work.hub, work.caller, statement, claims, found)
        except Repeated:
            work.repeated[place] = found
        except Refusal as refusal:
            work.refuse(place, refusal)
        else:
            names = {one.record.member_id, one.record.handoff_id, one.record.jti}
            if taken.isdisjoint(names):
                taken |= names
                judged[place] = one
        if count % _LEAVES_AT_ONCE == 0:
            await asyncio.sleep(0)
    return judged


async def _record(work: _Work[F], judged: Mapping[int, _Judged]) -> None:
    at, statement = min(one.record.at for one in judged.values()), work.statement
    manifest = ManifestRecord(
        at=at,
        union_id=work.caller.union_id,
        batch_id=work.manifest.batch_id,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(work.hub, statement, at),
    )
    done = await work.hub.ledger.manifests.record([one.record for one in judged.values()], manifest)
    for (place, one), applied in zip(judged.items(), done, strict=True):
        if applied:
            work.answer(place, one.answer)


async def _answered(work: _Work[F]) -> BatchView:
    """Give the page's outcomes: of leaves received before, the case as it is now."""
    handoff_ids = {place: uuid_in(work.leaves[place], "handoff_id") or NO_HANDOFF for place in work.repeated}
    async with reading_as(work.hub, work.caller) as reading:
        found = await reads.handoffs(reading, list(handoff_ids.values())) if handoff_ids else {}
        receipt = await reads.own_receipt(reading, digest_of(work.statement.sha256))
    for place, facts in work.repeated.items():
        view = found.get(handoff_ids[place])
        if view is None:
            work.refuse(place, Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD))
        else:
            work.answer(place, partial(work.side.again, view, facts))
    manifest = work.manifest
    return BatchView(
        batch_id=manifest.batch_id,
        size=manifest.size,
        root_sha256=manifest.root_sha256,
        reason_code=manifest.reason_code,
        receipt=receipt,
        outcomes=tuple(work.outcomes[place] for place in sorted(work.outcomes)),
    )


async def _facts_for_releases(
    hub: Hub, caller: Caller, manifest: Statement[Any], leaf_statements: Sequence[Statement[acts.Release]]
) -> list[ReleaseFacts]:
    rows: list[tuple[Any, ...]] = [(*signing_of(manifest, caller), Side.HOLDER.value, _NOBODY, None, "", *NOWHERE)]
    rows += [
        (
            *signing_of(statement, caller),
            Side.HOLDER.value,
            UUID(statement.sub),
            uuid_in(statement, "handoff_id"),
            text_in(statement, "receiving_union") or "",
            *place_in(statement),
        )
        for statement in leaf_statements
    ]
    own, *facts = await hub.ledger.manifests.facts_for_releases(rows)
    others = [UUID(s.sub) for s, found in zip(leaf_statements, facts, strict=True) if found.membership is None]
    entrusted = await hub.ledger.manifests.entrusted_among(caller.union_id, others) if others else frozenset[UUID]()
    return [
        own,
        *(
            replace(found, is_entrusted_host=True) if UUID(statement.sub) in entrusted else found
            for statement, found in zip(leaf_statements, facts, strict=True)
        ),
    ]


async def _facts_for_cases(
    hub: Hub, caller: Caller, manifest: Statement[Any], leaf_statements: Sequence[Statement[acts.Acceptance]]
) -> list[CaseFacts]:
    rows: list[tuple[Any, ...]] = [(*signing_of(manifest, caller), _NOBODY, NO_HANDOFF)]
    for statement in leaf_statements:
        handoff_id = uuid_in(statement, "handoff_id") or NO_HANDOFF
        rows.append((*signing_of(statement, caller), UUID(statement.sub), handoff_id))
    return await hub.ledger.manifests.facts_for_cases(rows)


def _judge_release(hub: Hub, caller: Caller, statement: Statement[Any], claims: Any, facts: ReleaseFacts) -> _Judged:
    question, record = judge_release(hub, caller, statement, claims, facts)
    return _Judged(record, lambda: released_view(question, record))


def _judge_acceptance(hub: Hub, caller: Caller, statement: Statement[Any], claims: Any, facts: CaseFacts) -> _Judged:
    record, failed = judge_acceptance(hub, caller, statement, claims, facts)
    handoff, reason = facts.handoff, statement.manifest["manifest"]["reason_code"] if statement.manifest else None
    if handoff is not None and handoff.reason_code != reason:
        raise Refusal(Code.DOCUMENT_TAMPERED, path=("manifest", "reason_code"))

    def answer() -> HandoffView:
        if isinstance(record, AcceptanceRecord):
            return accepted_view(caller, statement, facts, record)
        assert failed is not None, "a second check that fails says why"
        raise failed

    return _Judged(record, answer)


_RELEASING: Final = _Side(acts.ReleaseManifest, acts.Release, _facts_for_releases, _judge_release, lambda view, _: view)
_ACCEPTING: Final = _Side(acts.AcceptanceManifest, acts.Acceptance, _facts_for_cases, _judge_acceptance, unless_voided)
