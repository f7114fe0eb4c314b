"""Acts made ready in a world, to be handed in over HTTP while the hub dies: of each kind, each about its own person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from federation.assertions import key_proof
from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.transfers.desk import cases, drafting_pulls, drafting_unions, joining, pulling, registering, releasing
from tests.e2e.wire import Clock, Party
from tests.ready import person, ready, ready_acceptance, ready_join, ready_recall, ready_refusal, ready_release
from tests.sql.racing import prepared
from tests.world import HUB

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from random import Random
    from uuid import UUID

    from tests.e2e.wire import Answer
    from tests.ready import Ready
    from tests.world import World

__all__ = ["Sent", "Troupe"]

#: By which mutation a statement is handed in.
MUTATIONS: Final = {
    joining.join: "joinMember",
    releasing.release: "releaseMember",
    releasing.release_in_lieu: "releaseInLieu",
    pulling.request: "requestHandoff",
    pulling.cancel: "cancelRequest",
    pulling.object_to: "objectToRequest",
    pulling.dismiss: "dismissRequest",
    cases.accept: "acceptHandoff",
    cases.refuse: "refuseHandoff",
    cases.recall: "recallHandoff",
    registering.register_key: "registerKey",
    registering.revoke_key: "revokeKey",
}


@dataclass
class Sent:
    """A statement on its way, and what came back for it: nothing, if the hub died first."""

    ready: Ready
    answer: Answer | None = None

    @property
    def mutation(self) -> str:
        return MUTATIONS[self.ready.act]

    @property
    def is_acknowledged(self) -> bool:
        return self.answer is not None


class Troupe:
    """Unions that act over HTTP on a world whose set-up goes by the desk."""

    def __init__(self, world: World, http: httpx.AsyncClient, clock: Clock) -> None:
        self.world = world
        self.http = http
        self._number = 0
        self._escalated: list[UUID] = []
        self.parties = {
            ref: Party(http, clock, HUB, actor.uri, signing=actor.signing, login=actor.login)
            for ref, actor in world.actors.items()
            if ref in {"U1", "U2", "U13"}
        }

    async def log_in(self) -> None:
        """Get each a token that will do for the next round."""
        for party in self.parties.values():
            await party.token()

    async def ask(self, count: int) -> list[UUID]:
        """Let U2 ask for so many people of U1's; gives the cases."""

        async def one(_: int) -> UUID:
            number = await self._enrolled()
            return (await self.world.request(self.world.actors["U2"], person(number))).handoff_id

        return await prepared(one, range(count))

    def escalated(self, handoff_ids: list[UUID]) -> None:
        """Take note that these requests have lain for too long."""
        self._escalated = handoff_ids

    async def prepare(self, chance: Random, count: int) -> list[Sent]:
        """Make so many acts ready, of kinds that chance has drawn."""
        kinds = chance.choices(list(self._kinds), k=count)
        return [Sent(await self._kinds[kind](self)) for kind in kinds]

    async def send(self, sent: Sent) -> None:
        """Hand it in; the hub may die of it."""
        party = next(party for party in self.parties.values() if party.uri == sent.ready.actor.uri)
        try:
            sent.answer = await party.hand_in(sent.mutation, sent.ready.jws, *sent.ready.more)
        except httpx.TransportError:
            sent.answer = None

    def party(self, sent: Sent) -> Party:
        return next(party for party in self.parties.values() if party.uri == sent.ready.actor.uri)

    # The kinds

    async def _enrolled(self) -> int:
        self._number += 1
        number = self._number
        await (await ready_join(self.world, self.world.actors["U1"], person(number))).send(self.world.hub)
        return number

    async def _member(self) -> UUID:
        self._number += 1
        act = await ready_join(self.world, self.world.actors["U1"], person(self._number))
        found: UUID = (await act.send(self.world.hub)).membership_id
        return found

    async def _released(self) -> UUID:
        world = self.world
        return (await world.release(world.actors["U1"], await self._member(), world.actors["U2"].uri)).handoff_id

    async def _join(self) -> Ready:
        self._number += 1
        return await ready_join(self.world, self.world.actors["U1"], person(self._number))

    async def _release(self) -> Ready:
        return await ready_release(self.world, self.world.actors["U1"], await self._member(), self.world.actors["U2"])

    async def _accept(self) -> Ready:
        return await ready_acceptance(self.world, self.world.actors["U2"], await self._released())

    async def _refuse(self) -> Ready:
        return await ready_refusal(self.world, self.world.actors["U2"], await self._released())

    async def _recall(self) -> Ready:
        return await ready_recall(self.world, self.world.actors["U1"], await self._released())

    async def _request(self) -> Ready:
        u2 = self.world.actors["U2"]
        draft = await self.world.draft_request(u2, person(await self._enrolled()))
        return ready(pulling.request, u2, draft)

    async def _answer(self) -> Ready:
        u1, (case,) = self.world.actors["U1"], await self.ask(1)
        draft = await self.world.draft_release(u1, None, self.world.actors["U2"].uri, handoff_id=case)
        return ready(releasing.release, u1, draft)

    async def _cancel(self) -> Ready:
        u2, (case,) = self.world.actors["U2"], await self.ask(1)
        draft = await drafting_pulls.draft_cancellation(self.world.hub, u2.caller, {"handoff_id": case})
        return ready(pulling.cancel, u2, draft)

    async def _object(self) -> Ready:
        u1, (case,) = self.world.actors["U1"], await self.ask(1)
        given = {"handoff_id": case, "ground": "IDENTITY_OR_PROOF_MISMATCH"}
        draft = await drafting_pulls.draft_objection(self.world.hub, u1.caller, given)
        return ready(pulling.object_to, u1, draft)

    async def _in_lieu(self) -> Ready:
        if not self._escalated:
            return await self._answer()
        u13 = self.world.actors["U13"]
        return ready(releasing.release_in_lieu, u13, await self.world.draft_in_lieu(u13, self._escalated.pop()))

    async def _dismiss(self) -> Ready:
        if not self._escalated:
            return await self._object()
        u13 = self.world.actors["U13"]
        given = {"handoff_id": self._escalated.pop(), "ground": "IDENTITY_OR_PROOF_MISMATCH", "evidence_sha256": None}
        return ready(pulling.dismiss, u13, await drafting_pulls.draft_dismissal(self.world.hub, u13.caller, given))

    async def _register_key(self) -> Ready:
        u1, key = self.world.actors["U1"], PrivateKey.generate()
        proof = key_proof(key, union=u1.uri, aud=HUB, iat=await self.world.now())
        given = {"union": u1.uri, "use": KeyUse.SIGNING, "jwk": json.dumps(key.public.jwk), "proof": proof}
        draft = await drafting_unions.draft_key(self.world.hub, u1.caller, {**given, "not_before": None})
        return ready(registering.register_key, u1, draft)

    async def _revoke_key(self) -> Ready:
        u1, key = self.world.actors["U1"], PrivateKey.generate()
        await self.world.register_key(u1, u1.uri, KeyUse.SIGNING, key)
        given = {"union": u1.uri, "use": KeyUse.SIGNING, "kid": key.kid, "at": await self.world.now()}
        draft = await drafting_unions.draft_key_revocation(self.world.hub, u1.caller, {**given, "reason": "LOST"})
        return ready(registering.revoke_key, u1, draft)

    _kinds: Final[dict[str, Callable[[Any], Coroutine[Any, Any, Ready]]]] = {
        "join": _join,
        "release": _release,
        "accept": _accept,
        "refuse": _refuse,
        "recall": _recall,
        "request": _request,
        "answer": _answer,
        "cancel": _cancel,
        "object": _object,
        "in_lieu": _in_lieu,
        "dismiss": _dismiss,
        "register_key": _register_key,
        "revoke_key": _revoke_key,
    }
