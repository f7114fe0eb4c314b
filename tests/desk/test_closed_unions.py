"""A closed union signs nothing any more (HUB-P09): each kind of act meets it, whatever was drafted before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk import numbering
from tests.endings import ACTS as ENDING
from tests.endings import act as end
from tests.endings import draft as draft_end
from tests.history import ready_dues, ready_history
from tests.ready import altered, ready, ready_cancellation, ready_objection
from tests.seconding import ACTS as SECONDING
from tests.seconding import act as lend
from tests.seconding import at_host
from tests.seconding import draft as draft_lending
from tests.winding import set_state, wind_up
from tests.world import UNIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.ready import Ready
    from tests.world import Actor, World

    Closed = Callable[[Ready], Coroutine[Any, Any, None]]

pytestmark = pytest.mark.article("HUB-P09")


@pytest.fixture
def closed(superuser: Any, refused: Refused) -> Closed:
    """Close the union that signed an act, which must be refused for that."""

    async def send(made: Ready) -> None:
        await set_state(superuser, "CLOSED", made.actor.uri)
        assert (await refused(made)).code is Code.UNION_NOT_ACTIVE

    return send


@pytest.mark.parametrize("name", ["withdraw", "deem", "expel", "death", "file", "reverse"])
async def test_it_ends_no_membership(world: World, u1: Actor, m1: UUID, name: str, closed: Closed) -> None:
    if name in {"file", "reverse"}:
        await end(world, "expel", u1, m1)
    await closed(ready(ENDING[name][1], u1, altered(await draft_end(world, name, u1, m1))))


@pytest.mark.parametrize("name", ["acknowledge", "return"])
async def test_it_marks_no_filing(world: World, u1: Actor, m1: UUID, name: str, closed: Closed) -> None:
    u13 = world.actors["U13"]
    await end(world, "expel", u1, m1)
    await end(world, "file", u1, m1)
    await closed(ready(ENDING[name][1], u13, await draft_end(world, name, u13, m1)))


@pytest.mark.parametrize("name", ["record", "change", "end", "extend", "convert", "end_home"])
async def test_it_lends_nobody(world: World, u1: Actor, name: str, closed: Closed) -> None:
    m4 = world.members["M4"]
    if name != "record":
        await lend(world, "record", u1, m4)
    await closed(ready(SECONDING[name][1], u1, altered(await draft_lending(world, name, u1, m4))))


@pytest.mark.parametrize("name", ["end_home", "retarget"])
async def test_nor_speaks_for_who_has_lent_somebody(world: World, name: str, closed: Closed) -> None:
    u13, m4 = world.actors["U13"], world.members["M4"]
    await at_host(world, m4)
    await wind_up(world, u13, UNIONS["U1"].uri)
    await closed(ready(SECONDING[name][1], u13, await draft_lending(world, name, u13, m4)))


async def test_it_objects_to_no_request(world: World, u1: Actor, u2: Actor, closed: Closed) -> None:
    asked = await world.request(u2, "M1")
    await closed(await ready_objection(world, u1, asked.handoff_id))


async def test_it_cancels_none(world: World, u2: Actor, closed: Closed) -> None:
    asked = await world.request(u2, "M1")
    await closed(await ready_cancellation(world, u2, asked.handoff_id))


async def test_it_brings_in_no_earlier_lines(world: World, u1: Actor, m1: UUID, closed: Closed) -> None:
    await closed(await ready_history(world, u1, m1))


async def test_it_records_no_dues(world: World, u1: Actor, m1: UUID, closed: Closed) -> None:
    await closed(await ready_dues(world, u1, m1, "2025-03"))


@pytest.mark.parametrize("state", ["WINDING_UP", "CLOSED"])
async def test_a_province_numbers_as_long_as_it_is_active(
    world: World, superuser: Any, refused: Refused, state: str
) -> None:
    u10 = world.actors["U10"]
    drafted = await numbering.draft_numbering_scheme(
        world.hub, u10.caller, {"province_code": "31", "pattern": r"\d{6}"}
    )
    await set_state(superuser, state, u10.uri)
    refusal = await refused(ready(numbering.set_numbering_scheme, u10, drafted))
    assert refusal.code is Code.UNION_NOT_ACTIVE
