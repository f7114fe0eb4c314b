"""Races, with two hubs on one database: whoever loses gets what a latecomer would, and nothing is done twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.database.pool import Database
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import Hub
from hub.transfers.ledger.acts import Ledger
from hub.transfers.views import HandoffView
from tests.ready import (
    person,
    ready_acceptance,
    ready_join,
    ready_recall,
    ready_refusal,
    ready_release,
)
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, HUB
from tests.worlds import everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.ready import Ready
    from tests.world import World

ROUNDS: Final = 200
ACCEPTERS: Final = 16


@pytest.fixture
async def hubs(world: World) -> AsyncIterator[list[Hub]]:
    """The world's hub, and another process's on the same database."""
    database = await Database.connect(world.app_dsn, test_clock=True)
    second = Hub(HUB, database, Ledger(database), world.hub.vault, world.hub.receipt_key)
    yield [world.hub, second]
    await second.ledger.close()
    await database.close()


async def race(hubs: list[Hub], *acts: Ready) -> tuple[list[Any], list[Refusal]]:
    """Send all at once, in turn to each hub. Gives the answers and the refusals; anything else is raised."""
    outcomes = await asyncio.gather(
        *(act.send(hubs[number % len(hubs)]) for number, act in enumerate(acts)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    answers = [outcome for outcome in outcomes if not isinstance(outcome, Refusal)]
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return answers, refused


def told(refusals: list[Refusal]) -> set[tuple[Any, ...]]:
    """Give what these refusals say, each once."""
    return {(r.code, r.articles, r.message, r.message_en, r.next_step, r.path, r.possible_from) for r in refusals}


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
    for number in range(20):
        member = await (await ready_join(world, u1, person(number))).send(world.hub)
        acts = [await ready_release(world, u1, member.membership_id, world.actors[ref]) for ref in ("U2", "U3")]
        answers, refused = await race(hubs, *acts)
        assert [refusal.code for refusal in refused] == [Code.HANDOFF_ALREADY_OPEN]
        assert isinstance(answers[0], HandoffView)
    await assert_whole(superuser)


@pytest.mark.attack("F02")
@pytest.mark.parametrize("against", ["recall", "refuse"])
async def test_an_acceptance_or_its_contrary_wins_and_the_other_is_late(
    world: World, hubs: list[Hub], superuser: Any, against: str
) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]
    final: set[str] = set()
    for number in range(20):
        member = await (await ready_join(world, u1, person(number))).send(world.hub)
        case = await world.release(u1, member.membership_id, u2.uri)
        acceptance = await ready_acceptance(world, u2, case.handoff_id)
        contrary = (
            await ready_recall(world, u1, case.handoff_id)
            if against == "recall"
            else await ready_refusal(world, u2, case.handoff_id)
        )
        pair = (acceptance, contrary) if number % 2 else (contrary, acceptance)
        (answer,), (refusal,) = await race(hubs, *pair)
        assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, answer.state)
        final.add(answer.state)
    assert "ACCEPTED" in final
    await assert_whole(superuser)


@pytest.mark.attack("F04")
@pytest.mark.parametrize("act", ["join", "release", "accept"])
async def test_one_statement_fifty_times_at_once_is_one_act(
    world: World, hubs: list[Hub], superuser: Any, act: str
) -> None:
    u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
    if act == "join":
        ready = await ready_join(world, u1, person(1))
    elif act == "release":
        ready = await ready_release(world, u1, m1, u2)
    else:
        ready = await ready_acceptance(world, u2, (await world.release(u1, m1, u2.uri)).handoff_id)
    answers, refused = await race(hubs, *[ready] * 50)
    assert refused == []
    assert len(set(answers)) == 1
    rows = await superuser.fetch("select receipt from hub.statements where jti = $1", ready.jti)
    assert len(rows) == 1
    before = await everything(superuser)
    assert await ready.send(hubs[1]) == answers[0]
    assert await everything(superuser) == before
    await assert_whole(superuser)


@pytest.mark.attack("F04")
@pytest.mark.invariant("I3")
async def test_of_two_joins_of_one_person_one_enters(world: World, hubs: list[Hub], superuser: Any) -> None:
    for number in range(20):
        acts = [
            await ready_join(world, world.actors["U1"], person(number)),
            await ready_join(
                world, world.actors["U2"], person(number, employer="乙", certificate=("31", f"8{number:05}"))
            ),
        ]
        answers, refused = await race(hubs, *acts)
        assert len(answers) == 1
        assert [refusal.code for refusal in refused] == [Code.ALREADY_MEMBER_USE_TRANSFER]
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
