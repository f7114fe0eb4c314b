"""Races, with two hubs on one database: whoever loses gets what a latecomer would, and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.errors import Code
from hub.transfers.desk import drafting_unions, registering
from hub.transfers.views import HandoffView
from tests.ready import (
    Ready,
    person,
    ready,
    ready_acceptance,
    ready_join,
    ready_recall,
    ready_refusal,
    ready_release,
)
from tests.sql.racing import ROUNDS, hubs, members_of, prepared, race, races, told
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, Actor
from tests.worlds import everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import MemberView
    from tests.world import World

__all__ = ["hubs"]

ACCEPTERS: Final = 16


@pytest.mark.attack("F01")
async def test_of_sixteen_acceptances_one_wins_two_hundred_times(world: World, hubs: list[Hub], superuser: Any) -> None:
    sides = [(world.actors["U1"], EMPLOYERS["甲"]), (world.actors["U2"], EMPLOYERS["乙"])]
    for number in range(ROUNDS):
        (holder, _), (receiver, employer) = sides[number % 2], sides[(number + 1) % 2]
        case = await world.release(holder, world.members["M1"], receiver.uri, new_employer_uscc=employer)
        first = await ready_acceptance(world, receiver, case.handoff_id, employer_uscc=employer)
        answers, refused = await race(hubs, *(first.again() for _ in range(ACCEPTERS)))
        assert [answer.state for answer in answers] == ["ACCEPTED"]
        assert {(r.code, r.facts["state"]) for r in refused} == {(Code.HANDOFF_NOT_OPEN, "ACCEPTED")}
        assert len(refused) == ACCEPTERS - 1
        assert len(told(refused)) == 1
    count = await superuser.fetchval("select count(*) from hub.holdings where membership_id = $1", world.members["M1"])
    assert count == ROUNDS + 1
    await assert_whole(superuser)


@pytest.mark.attack("F02")
@pytest.mark.invariant("I4")
async def test_of_two_releases_one_is_opened(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1 = world.actors["U1"]

    async def releases(member: MemberView) -> list[Ready]:
        return [await ready_release(world, u1, member.membership_id, world.actors[ref]) for ref in ("U2", "U3")]

    outcomes = await races(hubs, await prepared(releases, await members_of(world, "U1", ROUNDS)))
    assert all(isinstance(answer, HandoffView) for answer, _ in outcomes)
    assert {refusal.code for _, (refusal,) in outcomes} == {Code.HANDOFF_ALREADY_OPEN}
    assert len(told([refusal for _, (refusal,) in outcomes])) == 1
    assert {answer.counterpart for answer, _ in outcomes} == {world.actors[r].caller.union_id for r in ("U2", "U3")}
    assert await superuser.fetchval("select count(*) from hub.handoffs where is_open") == ROUNDS
    await assert_whole(superuser)


@pytest.mark.attack("F02")
@pytest.mark.parametrize("against", ["recall", "refuse"])
async def test_an_acceptance_or_its_contrary_wins_and_the_other_is_late(
    world: World, hubs: list[Hub], superuser: Any, against: str
) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]

    async def acceptance_and_contrary(member: MemberView) -> list[Ready]:
        case = await world.release(u1, member.membership_id, u2.uri)
        contrary = (
            await ready_recall(world, u1, case.handoff_id)
            if against == "recall"
            else await ready_refusal(world, u2, case.handoff_id)
        )
        return [await ready_acceptance(world, u2, case.handoff_id), contrary]

    outcomes = await races(hubs, await prepared(acceptance_and_contrary, await members_of(world, "U1", ROUNDS)))
    final = Counter(answer.state for answer, _ in outcomes)
    assert final.keys() == {"ACCEPTED", {"recall": "RECALLED", "refuse": "REFUSED"}[against]}
    for answer, (refusal,) in outcomes:
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, answer.state)
    holders = "select count(*) from hub.holdings where holder_union = $1 and custody_version = 2"
    assert await superuser.fetchval(holders, u2.caller.union_id) == final["ACCEPTED"]
    await assert_whole(superuser)


AFTER_ITS_KEY = """
    select count(*) from hub.statements s
      join hub.union_keys k on k.union_id = s.iss and k.kid = hub.kid_of(s.jws)
     where k.use = 'SIGNING' and s.received_at >= least(k.revoked_at, k.retired_at)"""


def _some_ms_later(count: int) -> Any:
    async def revoke(hub: Hub, caller: Caller, jws: str) -> UUID:
        await asyncio.sleep(count / 1000)
        return await registering.revoke_key(hub, caller, jws)

    return revoke


@pytest.mark.invariant("I17")
async def test_a_release_is_before_the_revocation_of_its_key_or_is_not(
    world: World, hubs: list[Hub], superuser: Any
) -> None:
    u1 = world.actors["U1"]

    async def release_and_revocation(member: MemberView) -> tuple[Ready, Ready]:
        key = PrivateKey.generate()
        await world.register_key(u1, u1.uri, KeyUse.SIGNING, key)
        by_it = Actor(u1.fixture, u1.caller, key, u1.login)
        release = await ready_release(world, by_it, member.membership_id, world.actors["U2"])
        given = {"union": u1.uri, "use": KeyUse.SIGNING, "kid": key.kid, "reason": "COMPROMISED"}
        draft = await drafting_unions.draft_key_revocation(world.hub, u1.caller, given | {"at": await world.now()})
        return release, ready(registering.revoke_key, u1, draft)

    pairs = await prepared(release_and_revocation, await members_of(world, "U1", ROUNDS))

    async def outcome(numbered: tuple[int, tuple[Ready, Ready]]) -> Code | str:
        number, (release, revocation) = numbered
        # The revocation is the quicker one: it comes later by up to what a release takes.
        late = Ready(_some_ms_later(number % 8), revocation.actor, revocation.jws)
        _, refused = await race(hubs[:: 1 - 2 * (number % 2)], release, late)
        assert {refusal.code for refusal in refused} <= {Code.SIGNING_KEY_NOT_VALID}
        # The revocation is never refused. The release stands for ever or never was: sent again, it is told the same.
        if refused:
            again = await release.refused(hubs[0])
            assert told([again]) == told(refused)
            return again.code
        return str((await release.send(hubs[0])).state)

    outcomes = Counter(await prepared(outcome, enumerate(pairs)))
    assert outcomes.keys() == {"RELEASED", Code.SIGNING_KEY_NOT_VALID}
    assert await superuser.fetchval("select count(*) from hub.handoffs") == outcomes["RELEASED"]
    assert await superuser.fetchval("select count(*) from hub.union_keys where reason = 'COMPROMISED'") == ROUNDS
    # The receipts' times say which came first, too: else a proof, or a replay, would refuse what stands.
    assert await superuser.fetchval(AFTER_ITS_KEY) == 0
    await assert_whole(superuser)


@pytest.mark.attack("F04")
@pytest.mark.parametrize("act", ["join", "release", "accept"])
async def test_one_statement_fifty_times_at_once_is_one_act(
    world: World, hubs: list[Hub], superuser: Any, act: str
) -> None:
    u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
    if act == "join":
        one = await ready_join(world, u1, person(1))
    elif act == "release":
        one = await ready_release(world, u1, m1, u2)
    else:
        one = await ready_acceptance(world, u2, (await world.release(u1, m1, u2.uri)).handoff_id)
    answers, refused = await race(hubs, *[one] * 50)
    assert refused == []
    assert len(set(answers)) == 1
    rows = await superuser.fetch("select receipt from hub.statements where jti = $1", one.jti)
    assert len(rows) == 1
    before = await everything(superuser)
    assert await one.send(hubs[1]) == answers[0]
    assert await everything(superuser) == before
    await assert_whole(superuser)


@pytest.mark.attack("F04")
@pytest.mark.invariant("I3")
async def test_of_two_joins_of_one_person_one_enters(world: World, hubs: list[Hub], superuser: Any) -> None:
    async def joins(number: int) -> list[Ready]:
        return [
            await ready_join(world, world.actors["U1"], person(number)),
            await ready_join(
                world, world.actors["U2"], person(number, employer="乙", certificate=("31", f"8{number:05}"))
            ),
        ]

    outcomes = await races(hubs, await prepared(joins, range(ROUNDS)))
    assert {refusal.code for _, (refusal,) in outcomes} == {Code.ALREADY_MEMBER_USE_TRANSFER}
    await assert_whole(superuser)


async def test_of_two_joins_with_one_certificate_one_enters(world: World, hubs: list[Hub], superuser: Any) -> None:
    acts = [await ready_join(world, world.actors["U1"], person(number, certificate=("31", "777"))) for number in (1, 2)]
    answers, refused = await race(hubs, *acts)
    assert len(answers) == 1
    assert [refusal.code for refusal in refused] == [Code.CERTIFICATE_NUMBER_DUPLICATE]
    await assert_whole(superuser)


async def test_of_releases_after_a_lapse_one_is_opened(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, m1 = world.actors["U1"], world.members["M1"]
    first = await world.release(u1, m1, world.actors["U2"].uri)
    assert first.deadline is not None
    await world.set_clock(first.deadline + timedelta(hours=1))
    dates = {"out_date": first.deadline.date(), "relation_ended_on": first.deadline.date()}
    acts = [await ready_release(world, u1, m1, world.actors[ref], **dates) for ref in ("U2", "U3", "U8", "U12")]
    answers, refused = await race(hubs, *acts)
    assert len(answers) == 1
    assert {refusal.code for refusal in refused} == {Code.HANDOFF_ALREADY_OPEN}
    states = await superuser.fetch("select state from hub.handoffs order by opened_at")
    assert [row["state"] for row in states] == ["EXPIRED", "RELEASED"]
    await assert_whole(superuser)
