"""Acts made ready to be sent: drafted, signed, perhaps altered in between; and people who don't exist."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from federation import statements
from hub.errors import Refusal
from hub.transfers.desk import (
    amending,
    amending_unions,
    cases,
    deciding,
    drafting,
    drafting_pulls,
    joining,
    merging,
    pulling,
    releasing,
)
from tests.world import EMPLOYERS, MemberFixture

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import Draft
    from tests.world import Actor, World

#: Takes a claim away.
ABSENT: Final = "(left out)"


@dataclass(frozen=True)
class Ready:
    """A statement with the act that takes it, and the union that sends it."""

    act: Callable[..., Coroutine[Any, Any, Any]]
    actor: Actor
    jws: str
    more: tuple[str, ...] = ()
    #: What its draft said against it.
    refusals: tuple[Refusal, ...] = ()

    async def send(self, hub: Hub) -> Any:
        return await self.act(hub, self.actor.caller, self.jws, *self.more)

    async def refused(self, hub: Hub) -> Refusal:
        """Send it, and give the refusal that it gets."""
        try:
            answer = await self.send(hub)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"not refused: {answer}")

    def again(self, jti: UUID | None = None) -> Ready:
        """Sign the same claims once more, under another jti."""
        statement = statements.read_any(self.jws)
        claims = json.dumps({**statement.claims, "jti": str(jti or uuid4())}, ensure_ascii=False)
        return replace(self, jws=statements.sign_claims(claims, statement.typ, self.actor.signing))

    @property
    def jti(self) -> UUID:
        return statements.read_any(self.jws).jti

    @property
    def sha256(self) -> str:
        return statements.read_any(self.jws).sha256


def altered(draft: Draft, *, jti: UUID | None = None, top: dict[str, Any] | None = None, **changes: Any) -> Draft:
    """Give a draft with other claims of its own (`ABSENT` takes one away), or other common ones (`top`)."""
    assert draft.claims is not None
    claims: dict[str, Any] = json.loads(draft.claims)
    name = next(name for name, value in claims.items() if isinstance(value, dict))
    claims[name] = {key: value for key, value in (claims[name] | changes).items() if value is not ABSENT}
    claims |= {"jti": str(jti or uuid4())} | (top or {})
    return replace(draft, claims=json.dumps(claims, ensure_ascii=False), refusals=())


def ready(act: Callable[..., Coroutine[Any, Any, Any]], actor: Actor, draft: Draft, *more: str) -> Ready:
    """Sign a draft's claims as they are."""
    assert draft.claims is not None, [refusal.code for refusal in draft.refusals]
    return Ready(act, actor, statements.sign_claims(draft.claims, draft.typ, actor.signing), more, draft.refusals)


async def ready_join(world: World, actor: Actor, member: MemberFixture, **changes: Any) -> Ready:
    draft = await world.draft_join(actor, member, **changes)
    assert draft.card is not None
    return ready(joining.join, actor, draft, draft.card.json)


async def ready_amendment(world: World, actor: Actor, membership_id: UUID, **changes: Any) -> Ready:
    return amendment_of(actor, await world.draft_amendment(actor, membership_id, **changes))


def amendment_of(actor: Actor, draft: Draft) -> Ready:
    more = () if draft.card is None else (draft.card.json,)
    return ready(_amend, actor, draft, *more)


async def _amend(hub: Hub, caller: Any, jws: str, person_text: str | None = None) -> Any:
    return await amending.amend_member(hub, caller, jws, person_text)


async def ready_union_amendment(world: World, actor: Actor, union: str, **changes: Any) -> Ready:
    draft = await world.draft_union_amendment(actor, union, **changes)
    return ready(amending_unions.amend_union, actor, draft)


async def ready_import(world: World, actor: Actor, member: MemberFixture, **changes: Any) -> Ready:
    draft = await world.draft_import(actor, member, **changes)
    assert draft.card is not None
    return ready(merging.import_member, actor, draft, draft.card.json)


async def ready_merge(world: World, actor: Actor, membership_id: UUID, *, survivor: bool) -> Ready:
    return ready(merging.merge, actor, await world.draft_merge(actor, membership_id, survivor=survivor))


async def ready_decision(world: World, actor: Actor, membership_id: UUID) -> Ready:
    return ready(deciding.decide_merge, actor, await world.draft_decision(actor, membership_id))


async def ready_release(world: World, actor: Actor, membership_id: UUID, receiver: Actor, **changes: Any) -> Ready:
    draft = await world.draft_release(actor, membership_id, receiver.uri, **changes)
    return ready(releasing.release, actor, draft)


async def ready_acceptance(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Ready:
    return ready(cases.accept, actor, await world.draft_acceptance(actor, handoff_id, **changes))


async def ready_refusal(world: World, actor: Actor, handoff_id: UUID, ground: str = "DOCUMENT_DEFECT") -> Ready:
    given = {"handoff_id": handoff_id, "ground": ground, "fields": None}
    return ready(cases.refuse, actor, await drafting.draft_refusal(world.hub, actor.caller, given))


async def ready_recall(world: World, actor: Actor, handoff_id: UUID) -> Ready:
    return ready(cases.recall, actor, await drafting.draft_recall(world.hub, actor.caller, {"handoff_id": handoff_id}))


def person(number: int, *, holder: str = "U1", employer: str = "甲", **changes: Any) -> MemberFixture:
    """One of many people, each with an ID number of its own (prefix 99, right check character)."""
    digits = f"990101199001{number // 1000 % 28 + 1:02}{number % 1000:03}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    check = next(c for c in "0123456789X" if (total + (10 if c == "X" else int(c))) % 11 == 1)
    given = {
        "ref": f"P{number}",
        "name": "某人",
        "id_number": digits + check,
        "sex": "1",
        "residence": "310120001001",
        "certificate": ("31", f"9{number:05}"),
    }
    assert employer in EMPLOYERS
    return MemberFixture(**{**given, "holder": holder, "employer": employer, **changes})


async def ready_request(world: World, actor: Actor, who: str, **changes: Any) -> Ready:
    return ready(pulling.request, actor, await world.draft_request(actor, who, **changes))


async def ready_objection(world: World, actor: Actor, handoff_id: UUID, ground: str = "RELATION_CONTINUES") -> Ready:
    given = {"handoff_id": handoff_id, "ground": ground}
    return ready(pulling.object_to, actor, await drafting_pulls.draft_objection(world.hub, actor.caller, given))


async def ready_cancellation(world: World, actor: Actor, handoff_id: UUID) -> Ready:
    given = {"handoff_id": handoff_id}
    return ready(pulling.cancel, actor, await drafting_pulls.draft_cancellation(world.hub, actor.caller, given))


async def ready_dismissal(world: World, actor: Actor, handoff_id: UUID, ground: str = "NOT_OUR_MEMBER") -> Ready:
    given = {"handoff_id": handoff_id, "ground": ground, "evidence_sha256": None}
    return ready(pulling.dismiss, actor, await drafting_pulls.draft_dismissal(world.hub, actor.caller, given))


async def ready_in_lieu(world: World, actor: Actor, handoff_id: UUID, **changes: Any) -> Ready:
    return ready(releasing.release_in_lieu, actor, await world.draft_in_lieu(actor, handoff_id, **changes))
