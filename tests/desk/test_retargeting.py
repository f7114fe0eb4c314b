"""Seconded members of a home union that is wound up (HUB-P09): they come back to another, or stay for good."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.ready import altered, ready
from tests.seconding import ACTS, act, at_host, draft, noon, page, ready_act, ready_return
from tests.winding import close, draft_closing, wind_up
from tests.world import UNIONS

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

U1, U2 = UNIONS["U1"].uri, UNIONS["U2"].uri


@pytest.fixture
async def m4(world: World) -> UUID:
    """Lent by U1 to U12."""
    await at_host(world, world.members["M4"])
    return world.members["M4"]


@pytest.fixture
def u13(world: World) -> Actor:
    """The county federation above U1."""
    return world.actors["U13"]


@pytest.mark.article("HUB-P09")
async def test_the_member_comes_back_to_the_successor(world: World, u1: Actor, u2: Actor, u13: Actor, m4: UUID) -> None:
    await wind_up(world, u13, U1, successor_union=U2)
    told = await act(world, "retarget", u13, m4)
    assert (told.home_union, told.state, told.member_name) == (u2.caller.union_id, "AT_HOST", None)
    assert await page(world, u1, "HOME") == []
    (seen,) = await page(world, u2, "HOME")
    assert (seen.state, seen.member_name) == ("AT_HOST", "赵四")
    await world.set_clock(noon(2026, 1, 2))
    home = await (await ready_return(world, m4, date(2026, 1, 2), u2)).send(world.hub)
    taken = await world.accept(
        u2,
        home.handoff_id,
        in_date=date(2026, 1, 2),
        holding_basis="ORDINARY",
        employer_uscc=None,
        relation_started_on=None,
    )
    assert taken.state == "ACCEPTED"
    assert [view.state for view in await page(world, u2, "HOME")] == ["RETURNED"]


async def test_without_a_successor_the_right_is_signed_away_at_once(
    world: World, u1: Actor, u13: Actor, m4: UUID
) -> None:
    before = await draft(world, "end_home", u13, m4)
    assert [refusal.code for refusal in before.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
    await wind_up(world, u13, U1)
    told = await act(world, "end_home", u13, m4)
    assert told.state == "RELEASED_FROM_HOME"
    (seen,) = await page(world, world.actors["U12"], "HOST")
    assert seen.state == "RELEASED_FROM_HOME"


async def test_a_right_to_come_back_bars_the_closing(world: World, u1: Actor, u2: Actor, u13: Actor, m4: UUID) -> None:
    await wind_up(world, u13, U1)
    for ref in ("M1", "M2", "M3"):
        case = await world.release(u1, world.members[ref], U2)
        await world.accept(u2, case.handoff_id)
    (refusal,) = (await draft_closing(world, u13, U1)).refusals
    assert (refusal.facts["members"], refusal.facts["reversions"]) == (0, 1)
    await act(world, "retarget", u13, m4)
    await close(world, u13, U1)


@pytest.mark.article("HUB-P02")
async def test_not_while_the_home_union_is_active(world: World, u13: Actor, m4: UUID, refused: Refused) -> None:
    await world.set_clock(noon(2026, 3, 2))
    assert (await refused(await ready_act(world, "retarget", u13, m4))).code is Code.NO_CASE_FOR_HIGHER_UNION


@pytest.mark.parametrize("ref", ["U1", "U12"])
async def test_by_the_union_above_alone(world: World, u13: Actor, m4: UUID, refused: Refused, ref: str) -> None:
    await wind_up(world, u13, U1)
    assert (await refused(await ready_act(world, "retarget", world.actors[ref], m4))).code is Code.NOT_HOLDER


@pytest.mark.article("A11")
@pytest.mark.parametrize("ref", ["U2", "U9", "U17"])
async def test_nobody_else_learns_of_it(world: World, u13: Actor, m4: UUID, ref: str) -> None:
    await wind_up(world, u13, U1)
    made = await draft(world, "retarget", world.actors[ref], m4)
    assert [refusal.code for refusal in made.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
    assert made.claims is None


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"custody_version": 9}, Code.STALE_VERSION, "custody_version"),
        ({"home_union": UNIONS["U12"].uri}, Code.INPUT_INVALID, "home_union"),
        ({"home_union": "urn:union:81310117MC1D25256C"}, Code.UNION_NOT_FOUND, "home_union"),
        ({"home_union": UNIONS["U10"].uri}, Code.RECEIVER_CANNOT_HOLD, "home_union"),
        ({"home_union": U1}, Code.UNION_NOT_ACTIVE, "home_union"),
        ({"in_lieu_of": U2}, Code.DOCUMENT_TAMPERED, "in_lieu_of"),
    ],
)
async def test_what_it_states(
    world: World, u13: Actor, m4: UUID, refused: Refused, changes: dict[str, Any], code: Code, path: str
) -> None:
    await wind_up(world, u13, U1)
    made = altered(await draft(world, "retarget", u13, m4), **changes)
    refusal = await refused(ready(ACTS["retarget"][1], u13, made))
    assert (refusal.code, refusal.path) == (code, ("retargeting", path))


async def test_the_same_statement_again(world: World, u13: Actor, m4: UUID) -> None:
    await wind_up(world, u13, U1)
    made = await ready_act(world, "retarget", u13, m4)
    first = await made.send(world.hub)
    assert (await made.send(world.hub)).home_union == first.home_union
