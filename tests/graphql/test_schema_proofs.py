"""`Handoff.proof`: what the hub writes, `federation` verifies offline, whatever has become of case and keys (NX-7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from federation.forms import KeyUse
from federation.keys import PrivateKey
from federation.proof import ProvedHandoff, verify_proof
from hub.transfers.desk import drafting_unions, registering
from tests.graphql.asking import case_id, data_of
from tests.world import HUB, Actor, sign
from tests.worlds import START

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from tests.world import World

pytestmark = pytest.mark.article("NX-7")

PROOF = "query ($id: ID!) { handoff(id: $id) { state proof } }"


async def proved(world: World, union: str, handoff_id: UUID) -> ProvedHandoff:
    """Give what the proof that a union gets of a case proves, to who trusts the hub's key and the root's."""
    answer = (await data_of(world, world.actors[union], PROOF, id=case_id(handoff_id)))["handoff"]
    hub_key, root = world.hub.receipt_key.public, world.actors["U0"].signing.public
    return verify_proof(answer["proof"], {hub_key.kid: hub_key}, hub=HUB, root_keys={root.kid: root})


async def rotated(world: World, ref: str) -> Actor:
    """Let a union register a new signing key by its old one, and retire the old one."""
    old, key = world.actors[ref], PrivateKey.generate("ES256")
    await world.register_key(old, old.uri, KeyUse.SIGNING, key)
    new = Actor(old.fixture, old.caller, key, old.login)
    await end(world, new, old, retire=await world.now())
    world.actors[ref] = new
    return new


async def end(
    world: World, by: Actor, of: Actor, *, retire: datetime | None = None, invalid_from: datetime | None = None
) -> None:
    """Retire or revoke a union's signing key."""
    given = {"union": of.uri, "kid": of.signing.kid, "use": KeyUse.SIGNING, "at": retire or invalid_from}
    if retire is not None:
        draft = await drafting_unions.draft_key_retirement(world.hub, by.caller, given)
        await registering.retire_key(world.hub, by.caller, sign(draft, by))
    else:
        draft = await drafting_unions.draft_key_revocation(world.hub, by.caller, given | {"reason": "COMPROMISED"})
        await registering.revoke_key(world.hub, by.caller, sign(draft, by))


@pytest.fixture
async def released(world: World) -> UUID:
    """M1's release by U1 to U2."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    return (await world.release(u1, world.members["M1"], u2.uri)).handoff_id


async def test_a_release_is_proved_to_both_sides(world: World, released: UUID) -> None:
    for union in ("U1", "U2"):
        found = await proved(world, union, released)
        assert (found.state, found.handoff_id, found.membership_id) == ("RELEASED", released, world.members["M1"])
        assert (found.acceptance, found.custody_version) == (None, 1)


async def test_an_acceptance_is_proved_to_both_sides(world: World, released: UUID) -> None:
    await world.accept(world.actors["U2"], released)
    for union in ("U1", "U2"):
        found = await proved(world, union, released)
        assert (found.state, found.custody_version) == ("ACCEPTED", 2)
        assert [step.signer for step in found.steps] == [world.actors["U1"].uri, world.actors["U2"].uri]


async def test_a_refusal_and_a_recall_are_proved(world: World, released: UUID) -> None:
    await world.refuse(world.actors["U2"], released, "NO_LABOUR_RELATION_HERE")
    assert (await proved(world, "U2", released)).state == "REFUSED"
    again = await world.release(world.actors["U1"], world.members["M1"], world.actors["U2"].uri)
    await world.recall(world.actors["U1"], again.handoff_id)
    assert (await proved(world, "U1", again.handoff_id)).state == "RECALLED"


async def test_an_expired_release_is_proved_as_far_as_it_was_signed(world: World, released: UUID) -> None:
    await world.set_clock(START + timedelta(days=200))
    state = (await data_of(world, world.actors["U1"], PROOF, id=case_id(released)))["handoff"]["state"]
    found = await proved(world, "U1", released)
    assert (state, found.state, len(found.steps)) == ("EXPIRED", "RELEASED", 1)


async def test_what_was_signed_with_keys_that_have_been_retired_since_is_proved(world: World, released: UUID) -> None:
    await world.accept(await rotated(world, "U2"), released)
    await rotated(world, "U1")
    await rotated(world, "U13")
    assert (await proved(world, "U1", released)).state == "ACCEPTED"


async def test_what_was_signed_with_a_key_of_the_third_generation_is_proved(world: World) -> None:
    for _ in range(3):
        u1 = await rotated(world, "U1")
    case = await world.release(u1, world.members["M1"], world.actors["U2"].uri)
    assert (await proved(world, "U2", case.handoff_id)).state == "RELEASED"


async def test_a_key_that_is_to_retire_is_in_force_till_then(world: World, released: UUID) -> None:
    u1, now = world.actors["U1"], await world.now()
    await end(world, world.actors["U13"], u1, retire=now + timedelta(days=30))
    assert (await proved(world, "U1", released)).state == "RELEASED"


async def test_what_was_signed_before_a_key_was_revoked_is_proved(world: World, released: UUID) -> None:
    await end(world, world.actors["U13"], world.actors["U1"], invalid_from=await world.now())
    assert (await proved(world, "U2", released)).state == "RELEASED"


@pytest.mark.parametrize("act", ["retire", "invalid_from"])
async def test_a_key_may_say_the_last_word_on_itself(world: World, released: UUID, act: str) -> None:
    u1 = world.actors["U1"]
    await end(world, u1, u1, **{act: await world.now()})
    assert (await proved(world, "U2", released)).state == "RELEASED"
