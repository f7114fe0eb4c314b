"""Races on two hubs over one database: many rounds, each on a person of its own, several of them at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.database.pool import Database
from hub.errors import Refusal
from hub.transfers.desk.opening import Hub
from hub.transfers.ledger.acts import Ledger
from tests.ready import person, ready_join
from tests.world import HUB

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
    from typing import TypeVar

    from hub.transfers.views import MemberView
    from tests.ready import Ready
    from tests.world import World

    T = TypeVar("T")
    V = TypeVar("V")

__all__ = ["ROUNDS", "hubs", "members_of", "prepared", "race", "races", "told"]

ROUNDS: Final = 200
#: How many rounds are prepared, or raced, at once: the acts of all of them meet in the groups.
AT_ONCE: Final = 8


@pytest.fixture
async def hubs(world: World) -> AsyncIterator[list[Hub]]:
    """The world's hub, and another process's on the same database."""
    database = await Database.connect(world.app_dsn, test_clock=True)
    second = Hub(HUB, database, Ledger(database), world.hub.vault, world.hub.receipt_key)
    yield [world.hub, second]
    await second.ledger.close()
    await database.close()


async def prepared(make: Callable[[V], Awaitable[T]], given: Iterable[V]) -> list[T]:
    """Make each of many things ready, some at once, in order."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(value: V) -> T:
        async with few:
            return await make(value)

    return list(await asyncio.gather(*(one(value) for value in given)))


async def members_of(world: World, ref: str, count: int) -> list[MemberView]:
    """Enrol so many people with a union."""

    async def enrol(number: int) -> MemberView:
        member: MemberView = await (await ready_join(world, world.actors[ref], person(number))).send(world.hub)
        return member

    return await prepared(enrol, range(count))


async def race(hubs: Sequence[Hub], *acts: Ready) -> tuple[list[Any], list[Refusal]]:
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


async def races(hubs: Sequence[Hub], rounds: Sequence[Sequence[Ready]]) -> list[tuple[Any, list[Refusal]]]:
    """Race every round, some at once, with each hub and each place in the queue in turn. One act of a round wins.

    Gives its answer, and what the losers were told.
    """

    async def one(numbered: tuple[int, Sequence[Ready]]) -> tuple[Any, list[Refusal]]:
        number, acts = numbered
        ordered = acts if number // 2 % 2 else acts[::-1]
        answers, refused = await race(hubs if number % 2 else hubs[::-1], *ordered)
        assert len(answers) == 1, answers
        assert len(refused) == len(acts) - 1
        return answers[0], refused

    return await prepared(one, enumerate(rounds))


def told(refusals: list[Refusal]) -> set[tuple[Any, ...]]:
    """Give what these refusals say, each once."""
    return {(r.code, r.articles, r.message, r.message_en, r.next_step, r.path, r.possible_from) for r in refusals}
