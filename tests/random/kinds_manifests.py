"""A release, or an acceptance, as the one leaf of a manifest: told and done as the same act signed alone."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts, leaves, statements
from federation.claims import parse
from hub.transfers.desk import manifests
from tests.random.kinds import AGAIN, Ask, Drawn, Kind, Sent
from tests.random.kinds_cases import Accept
from tests.random.kinds_releases import Release

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from tests.random.model import Model
    from tests.random.stage import Stage

__all__ = ["AcceptByManifest", "ReleaseByManifest", "hand_in_leaf"]

_HANDED_IN = {
    acts.ReleaseManifest.typ: manifests.release_manifest,
    acts.AcceptanceManifest.typ: manifests.accept_manifest,
}


async def hand_in_leaf(hub: Hub, caller: Caller, text: str) -> None:
    """Hand in a leaf under its manifest, as a page of its own. Refuses: as the leaf is."""
    jws, page = leaves.page_of(text)
    view = await _HANDED_IN[statements.read_any(jws).typ](hub, caller, jws, page)
    (outcome,) = view.outcomes
    if outcome.refusal is not None:
        raise outcome.refusal


class _ByManifest(Kind):
    inner: ClassVar[Kind]
    wrongs: ClassVar[tuple[str, ...]] = ("another reason",)
    #: The manifest and its leaf.
    stored = 2

    @staticmethod
    async def desk(hub: Hub, caller: Caller, jws: str, text: str) -> None:
        await hand_in_leaf(hub, caller, "~".join((jws, *text.split("~")[1:])))

    def owner(self, model: Model, ask: Ask) -> str:
        return self.inner.owner(model, ask)

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        return await self.inner.draw_up(stage, ask, by)

    async def make(self, stage: Stage, ask: Ask) -> Sent | None:
        """Let the act be signed alone, and put what was signed in a tree."""
        alone = await self.inner.make(stage, ask)
        if alone is None:
            return None
        claims, name = alone.read.claims, alone.read.act.object_name
        leaf = leaves.canonical(claims)
        case = stage.model.case(claims[name]["handoff_id"])
        reason = claims[name].get("reason_code") or ("CHANGE_OF_EMPLOYER" if case is None else case.reason)
        manifest = {
            "batch_id": stage.new_id(),
            "size": 1,
            "root_sha256": leaves.root_of([leaf]),
            "reason_code": "EMPLOYER_CLOSURE" if ask.wrong == "another reason" else reason,
        }
        common = {member: value for member, value in claims.items() if member not in {"sub", name}}
        signed = json.dumps({**common, "jti": stage.new_id(), "manifest": manifest}, ensure_ascii=False)
        jws = statements.sign_claims(signed, self.act.typ, stage.ring[alone.read.kid])
        body: Any = parse(self.act, manifest, ("manifest",))
        (text,) = leaves.leaf_texts(jws, body, leaves.Page(0, (leaf,), ()))
        if not alone.is_sound:
            head, payload, seal = jws.split(".")
            jws = f"{head}.{payload}.{('A' if seal[0] != 'A' else 'B') + seal[1:]}"
        return replace(alone, kind=self, jws=jws, more=(text,))

    @staticmethod
    def has_its_reason(model: Model, sent: Sent, inner: Sent) -> bool:
        case = model.case(inner.claims["handoff_id"])
        reason = inner.claims.get("reason_code") or (None if case is None else case.reason)
        return bool(sent.claims["reason_code"] == reason)

    def leaf(self, sent: Sent) -> Sent:
        """Give the leaf as if it had been handed in alone."""
        return replace(sent, kind=self.inner, jws=sent.more[0])

    def refused(self, model: Model, sent: Sent) -> str | None:
        inner = self.leaf(sent)
        earlier, agrees = model.received.get((sent.sender, inner.read.jti)), self.has_its_reason(model, sent, inner)
        if earlier is not None:
            return AGAIN if earlier == inner.read.sha256 else "IDEMPOTENCY_CONFLICT"
        if not agrees and isinstance(self.inner, Release):
            return "DOCUMENT_TAMPERED"
        code = self.inner.refused(model, inner)
        return "DOCUMENT_TAMPERED" if not agrees and self.inner.is_kept(code) else code

    def done(self, model: Model, sent: Sent) -> None:
        inner = self.leaf(sent)
        model.received[sent.sender, inner.read.jti] = inner.read.sha256
        self.inner.done(model, inner)

    def again(self, model: Model, sent: Sent) -> str | None:
        return self.inner.again(model, self.leaf(sent))

    def is_kept(self, code: str | None) -> bool:
        return self.inner.is_kept(code)


class ReleaseByManifest(_ByManifest):
    act: ClassVar[type[acts.ReleaseManifest]] = acts.ReleaseManifest
    inner = Release()


class AcceptByManifest(_ByManifest):
    act: ClassVar[type[acts.AcceptanceManifest]] = acts.AcceptanceManifest
    inner = Accept()
