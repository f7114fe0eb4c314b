"""Manifests drafted, signed and handed in by the desk, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from federation import acts, leaves, statements
from federation.claims import parse
from federation.encoding import dumps
from hub.errors import Refusal
from hub.transfers.desk import drafting_manifests, manifests

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from federation.leaves import Page
    from hub.transfers.views_manifests import BatchView, ManifestDraft
    from tests.world import Actor, World

__all__ = ["Batch", "accepting", "altered_leaf", "manifest_over", "ready_batch", "releasing", "text_of"]

_RELEASED: dict[str, Any] = {
    "reason_code": "CHANGE_OF_EMPLOYER",
    "receiving_union": None,
    "relation_ended_on": None,
    "limit": 100,
}


@dataclass(frozen=True)
class Batch:
    """A manifest with the leaves that it was signed over."""

    act: Callable[..., Coroutine[Any, Any, BatchView]]
    actor: Actor
    jws: str
    leaves: tuple[str, ...]

    def pages(self, length: int = 500) -> list[Page]:
        return leaves.pages_of(self.leaves, length=length)

    async def send(self, world: World, page: Page | None = None) -> BatchView:
        return await self.act(world.hub, self.actor.caller, self.jws, page or self.pages()[0])

    async def refused(self, world: World, page: Page | None = None) -> Refusal:
        try:
            view = await self.send(world, page)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"not refused: {view}")


async def releasing(world: World, actor: Actor, **given: Any) -> ManifestDraft:
    """Draft a release of many. `members`: their ids, or dictionaries with more."""
    asked = dict(given)
    if asked.get("members") is not None:
        asked["members"] = [one if isinstance(one, dict) else {"membership_id": one} for one in asked["members"]]
    return await drafting_manifests.draft_release_manifest(world.hub, actor.caller, {**_RELEASED, **asked})


async def accepting(world: World, actor: Actor, **given: Any) -> ManifestDraft:
    asked = {"reason_code": "CHANGE_OF_EMPLOYER", "form_received": True, "limit": 100, **given}
    return await drafting_manifests.draft_acceptance_manifest(world.hub, actor.caller, asked)


def ready_batch(actor: Actor, draft: ManifestDraft) -> Batch:
    """Sign a draft's manifest as it is."""
    assert draft.claims is not None, [[refusal.code for refusal in leaf.refusals] for leaf in draft.leaves]
    act = manifests.release_manifest if draft.typ == acts.ReleaseManifest.typ else manifests.accept_manifest
    jws = statements.sign_claims(draft.claims, draft.typ, actor.signing)
    return Batch(act, actor, jws, tuple(leaf.leaf for leaf in draft.leaves if leaf.index is not None and leaf.leaf))


def manifest_over(batch: Batch, texts: Sequence[str], *, top: dict[str, Any] | None = None, **changes: Any) -> Batch:
    """Sign another manifest over these leaves, with other claims of its own, or other common ones (`top`)."""
    statement = statements.read_any(batch.jws)
    stated = {**statement.claims["manifest"], "size": len(texts), "root_sha256": leaves.root_of(texts), **changes}
    claims = {**statement.claims, "jti": str(uuid4()), "manifest": stated, **(top or {})}
    jws = statements.sign_claims(dumps(claims), statement.typ, batch.actor.signing)
    return replace(batch, jws=jws, leaves=tuple(texts))


def altered_leaf(leaf: str, *, top: dict[str, Any] | None = None, **changes: Any) -> str:
    """Give a leaf with other claims of its own, or other common ones."""
    claims = json.loads(leaf)
    name = next(name for name, value in claims.items() if isinstance(value, dict))
    return leaves.canonical({**claims, name: {**claims[name], **changes}, **(top or {})})


def text_of(batch: Batch, place: int) -> str:
    """Give a leaf as the text that shows it by itself."""
    statement = statements.read_any(batch.jws)
    manifest: Any = parse(statement.act, statement.claims["manifest"], ("manifest",))
    return leaves.leaf_texts(batch.jws, manifest, batch.pages()[0])[place]
