"""Winding up and closing against those who arrive or leave, on two hubs: nobody is left, nobody arrives after."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from tests.history import ready_retained
from tests.ready import person, ready_acceptance, ready_import, ready_join, ready_release
from tests.sql.racing import hubs, members_of, race
from tests.sql.wholeness import assert_whole
from tests.winding import ready_closing, ready_winding, wind_up
from tests.world import UNIONS

if TYPE_CHECKING:
    from hub.transfers.desk.opening import Hub
    from tests.ready import Ready
    from tests.world import World

__all__ = ["hubs"]

ROUNDS: Final = 8
U2: Final = UNIONS["U2"].uri
#: Whether the hub waits for somebody else's transaction.
_WAITING: Final = """
select count(*) > 0 from pg_locks l join pg_stat_activity a on a.pid = l.pid
 where not l.granted and a.usename = 'hub_app' and a.datname = current_database()"""
#: What has gone on to a union that takes nobody in, or is held by one that is closed.
_LEFT: Final = """
select (select count(*) from hub.handoffs h join hub.unions n on n.union_id = h.to_union
         where h.is_open and n.state <> 'ACTIVE')
     + (select count(*) from hub.memberships m join hub.unions n on n.union_id = m.holder_union
         where n.state = 'CLOSED' and m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED'))"""


async def arriving(world: World, count: int) -> list[Ready]:
    """Give releases to U2 and joins there, each of a person of its own."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    members = await members_of(world, "U1", count)
    made = [await ready_release(world, u1, member.membership_id, u2) for member in members]
    return [*made, *[await ready_join(world, u2, person(1000 + n, holder="U2", employer="乙")) for n in range(count)]]


@pytest.mark.invariant("I4")
async def test_a_release_is_recorded_before_or_not_at_all(world: World, hubs: list[Hub], superuser: Any) -> None:
    u9 = world.actors["U9"]
    acts = await arriving(world, ROUNDS)
    answers, refused = await race(hubs, *acts[:ROUNDS], await ready_winding(world, u9, U2), *acts[ROUNDS:])
    assert len(answers) + len(refused) == len(acts) + 1
    assert {refusal.code for refusal in refused} <= {Code.UNION_NOT_ACTIVE, Code.STALE_VERSION}
    if await superuser.fetchval("select state from hub.unions where uri = $1", U2) == "ACTIVE":
        await wind_up(world, u9, U2)  # overtaken too often: once more, alone
    assert await superuser.fetchval(_LEFT) == 0
    sent_back = await superuser.fetch("select distinct state from hub.handoffs where not is_open")
    assert {row["state"] for row in sent_back} <= {"VOIDED"}
    await assert_whole(superuser)


@pytest.mark.invariant("I1")
async def test_an_acceptance_moves_the_member_or_goes_back(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2, u9 = (world.actors[ref] for ref in ("U1", "U2", "U9"))
    accepting = []
    for member in await members_of(world, "U1", ROUNDS):
        case = await world.release(u1, member.membership_id, U2)
        accepting.append(await ready_acceptance(world, u2, case.handoff_id))
    winding = await ready_winding(world, u9, U2)
    answers, refused = await race(hubs, *accepting[:4], winding, *accepting[4:])
    assert {refusal.code for refusal in refused} <= {Code.UNION_NOT_ACTIVE, Code.STALE_VERSION}
    if await superuser.fetchval("select state from hub.unions where uri = $1", U2) == "ACTIVE":
        await wind_up(world, u9, U2)
    moved = await superuser.fetchval("select count(*) from hub.handoffs where state = 'ACCEPTED'")
    held = await superuser.fetchval(
        "select count(*) from hub.memberships where holder_union = $1 and status = 'ACTIVE'", u2.caller.union_id
    )
    assert moved == held
    assert len([answer for answer in answers if getattr(answer, "state", None) == "ACCEPTED"]) == moved
    assert await superuser.fetchval(_LEFT) == 0
    await assert_whole(superuser)


@pytest.mark.invariant("I1")
async def test_nobody_is_left_with_one_that_is_closed(world: World, hubs: list[Hub], superuser: Any) -> None:
    """Joins drawn up and read while it was active meet the winding up and the closing."""
    u2, u9 = world.actors["U2"], world.actors["U9"]
    joins = [await ready_join(world, u2, person(2000 + n, holder="U2", employer="乙")) for n in range(ROUNDS)]
    await race(hubs, *joins[:4], await ready_winding(world, u9, U2), *joins[4:])
    state = await superuser.fetchval("select state from hub.unions where uri = $1", U2)
    if state == "ACTIVE":
        await wind_up(world, u9, U2)
    late = [join.again() for join in joins]
    closing = await ready_closing(world, u9, U2)
    _, refused = await race(hubs, *late[:4], closing, *late[4:])
    held = await superuser.fetchval("select count(*) from hub.memberships where live_holder = $1", u2.caller.union_id)
    closed = await superuser.fetchval("select state from hub.unions where uri = $1", U2) == "CLOSED"
    assert closed == (held == 0)
    assert Code.UNION_STILL_HOLDS_MEMBERS in {refusal.code for refusal in refused} or closed
    assert await superuser.fetchval(_LEFT) == 0
    await assert_whole(superuser)


@pytest.mark.parametrize("given", [{}, ready_retained()], ids=["active", "retained"])
async def test_nobody_comes_in_between_the_facts_and_the_record(
    world: World, superuser: Any, given: dict[str, Any]
) -> None:
    """The facts found U2 active; it is wound up before the record is in, which waits for that and sees it."""
    u2 = world.actors["U2"]
    act = await ready_import(world, u2, person(1, holder="U2", employer="乙"), **given)
    async with superuser.transaction():
        await superuser.execute("update hub.unions set state = 'WINDING_UP' where uri = $1", U2)
        coming = asyncio.create_task(act.refused(world.hub))
        while not await superuser.fetchval(_WAITING):
            await asyncio.sleep(0.01)
            assert not coming.done()
    assert (await coming).code is Code.UNION_NOT_ACTIVE
    assert (
        await superuser.fetchval("select count(*) from hub.memberships where holder_union = $1", u2.caller.union_id)
        == 0
    )


@pytest.mark.parametrize(
    "statement",
    [
        "update hub.unions set state = 'CLOSED' where uri = $1",
        "update hub.unions set state = 'WINDING_UP' where uri = $1",
    ],
)
async def test_the_tables_alone_hold_it(world: World, superuser: Any, statement: str) -> None:
    """Whoever has the tables and none of our code is refused as well."""
    await world.release(world.actors["U1"], world.members["M1"], U2)
    with pytest.raises(Exception, match="handoffs_open_go_to_an_active_union"):
        await superuser.execute(statement, U2)
    with pytest.raises(Exception, match="memberships_are_held_by_a_standing_union"):
        await superuser.execute("update hub.unions set state = 'CLOSED' where uri = $1", UNIONS["U1"].uri)
