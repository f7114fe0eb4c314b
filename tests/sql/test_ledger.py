"""An act is two statements, alone or among others; and whatever becomes of the connection, done once or not at all."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.database.pool import DatabaseUnavailable
from hub.errors import Code, Refusal
from tests.ready import (
    Ready,
    person,
    ready_acceptance,
    ready_join,
    ready_recall,
    ready_refusal,
    ready_release,
)
from tests.sql.wholeness import assert_whole
from tests.world import MEMBERS
from tests.worlds import differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.world import World

ACTS: Final = ("join", "release", "accept", "refuse", "recall")


@pytest.fixture
def world(world_apart: World) -> World:
    """A database of its own: its connections are counted and ended."""
    return world_apart


@asynccontextmanager
async def sent(world: World) -> AsyncIterator[list[str]]:
    """Collect what the hub sends to its database: the name of each function called."""
    pool: Any = world.hub.database._pool
    # All are opened first: one that the pool lets go when nobody uses it would be opened anew, and not be heard.
    for holder in pool._holders:
        if holder._con is None:
            await holder.connect()
    connections = [holder._con for holder in pool._holders]
    texts: list[str] = []

    def log(query: Any) -> None:
        # asyncpg learns each type once, and resets a connection that comes back to the pool.
        if not any(word in query.query for word in ("typeinfo", "'jit'", "RESET ALL")):
            texts.append(query.query)

    for connection in connections:
        connection.add_query_logger(log)
    names: list[str] = []
    try:
        yield names
    finally:
        for connection in connections:
            connection.remove_query_logger(log)
        assert [holder._con for holder in pool._holders] == connections
        # A text may hold a key, or look at something besides: it is named by what it is for.
        for text in texts:
            called = re.findall(r"hub\.(\w+)\(", text)
            names.append(next((name for name in called if name.startswith(("facts_for_", "record_"))), called[-1]))


async def prepare(world: World, act: str) -> Ready:
    """Draft and sign an act of this name that will be applied."""
    u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
    if act == "join":
        return await ready_join(world, u1, person(1))
    if act == "release":
        return await ready_release(world, u1, m1, u2)
    handoff_id = (await world.release(u1, m1, u2.uri)).handoff_id
    if act == "accept":
        return await ready_acceptance(world, u2, handoff_id)
    if act == "refuse":
        return await ready_refusal(world, u2, handoff_id)
    return await ready_recall(world, u1, handoff_id)


async def crowd(world: World, count: int) -> list[UUID]:
    """Let U1 enrol that many people."""
    acts = [await ready_join(world, world.actors["U1"], person(number)) for number in range(100, 100 + count)]
    return [member.membership_id for member in await asyncio.gather(*(act.send(world.hub) for act in acts))]


class TestStatements:
    @pytest.mark.parametrize("act", ACTS)
    async def test_an_act_is_two(self, world: World, act: str) -> None:
        ready = await prepare(world, act)
        async with sent(world) as calls:
            await ready.send(world.hub)
        record = {"accept": "acceptance", "refuse": "closure", "recall": "closure"}.get(act, act)
        facts = "case" if act in {"accept", "refuse", "recall"} else act
        assert calls == [f"facts_for_{facts}", f"record_{record}"]

    @pytest.mark.parametrize("act", ACTS)
    async def test_a_refused_act_is_one(self, world: World, act: str) -> None:
        ready = await prepare(world, act)
        await ready.send(world.hub)
        if act == "join":
            ready = await ready_join(world, world.actors["U2"], person(1, employer="乙"))
        else:  # the same once more, under another jti
            ready = ready.again()
        async with sent(world) as calls:
            await ready.refused(world.hub)
        assert [call for call in calls if call != "record_disclosure"] == [calls[0]]
        assert calls[0].startswith("facts_for_")

    async def test_those_that_come_together_share_them(self, world: World) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        members = await crowd(world, 32)
        releases = [await ready_release(world, u1, member, u2) for member in members]
        async with sent(world) as calls:
            cases = await asyncio.gather(*(release.send(world.hub) for release in releases))
        assert calls == ["facts_for_release", "record_release"]
        acceptances = [await ready_acceptance(world, u2, case.handoff_id) for case in cases]
        async with sent(world) as calls:
            await asyncio.gather(*(acceptance.send(world.hub) for acceptance in acceptances))
        assert calls == ["facts_for_case", "record_acceptance"]

    async def test_acts_of_many_unions_share_them_too(self, world: World) -> None:
        releases = [
            await ready_release(world, world.actors[MEMBERS[ref].holder], world.members[ref], world.actors["U2"])
            for ref in ("M1", "M5", "M6")
        ]
        async with sent(world) as calls:
            views = await asyncio.gather(*(release.send(world.hub) for release in releases))
        assert calls == ["facts_for_release", "record_release"]
        assert [view.own_union for view in views] == [release.actor.caller.union_id for release in releases]

    async def test_a_login_is_two(self, world: World) -> None:
        u1 = world.actors["U1"]
        async with sent(world) as calls:
            facts = await world.hub.ledger.facts_for_login(u1.uri, u1.login.kid)
            assert await world.hub.ledger.record_login(facts["now"], facts["union_id"], "jti", facts["now"])
            assert not await world.hub.ledger.record_login(facts["now"], facts["union_id"], "jti", facts["now"])
        assert calls == ["facts_for_login", "record_login", "record_login"]


class TestEachItsOwnOutcome:
    async def test_among_good_ones_each_bad_one_gets_its_own_refusal(self, world: World, superuser: Any) -> None:
        u1, u2, u8 = (world.actors[ref] for ref in ("U1", "U2", "U8"))
        members = await crowd(world, 6)
        good = [await ready_release(world, u1, member, u2) for member in members[:3]]
        taken = await ready_release(world, u1, members[3], u2)
        await taken.send(world.hub)
        late = taken.again()
        conflict = await ready_release(world, u1, members[4], u2)
        others_jti = (await ready_release(world, u1, members[5], u2)).again(taken.jti)
        stranger = Ready(conflict.act, u8, conflict.jws)
        outcomes = await asyncio.gather(
            *(act.send(world.hub) for act in (good[0], late, good[1], others_jti, stranger, good[2], conflict)),
            return_exceptions=True,
        )
        codes = [outcome.code if isinstance(outcome, Refusal) else type(outcome).__name__ for outcome in outcomes]
        assert codes == [
            "HandoffView", Code.HANDOFF_ALREADY_OPEN, "HandoffView", Code.IDEMPOTENCY_CONFLICT,
            Code.SIGNER_IS_NOT_CALLER, "HandoffView", "HandoffView",
        ]  # fmt: skip
        await assert_whole(superuser)

    async def test_two_with_one_jti_at_once_are_one_and_a_conflict(self, world: World, superuser: Any) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        first = await ready_release(world, u1, world.members["M1"], u2)
        second = (await ready_release(world, u1, world.members["M2"], u2)).again(first.jti)
        outcomes = await asyncio.gather(first.send(world.hub), second.send(world.hub), return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
        assert [refusal.code for refusal in refused] == [Code.IDEMPOTENCY_CONFLICT]
        assert await superuser.fetchval("select count(*) from hub.handoffs") == 1
        await assert_whole(superuser)

    async def test_a_bug_in_the_database_stays_with_its_own_act(self, world: World, superuser: Any) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        cases = [await world.release(u1, world.members[ref], u2.uri) for ref in ("M1", "M2", "M3")]
        acceptances = [await ready_acceptance(world, u2, case.handoff_id) for case in cases]
        await superuser.execute("delete from hub.holdings where membership_id = $1", world.members["M2"])
        outcomes = await asyncio.gather(*(act.send(world.hub) for act in acceptances), return_exceptions=True)
        assert [getattr(outcome, "sqlstate", None) for outcome in outcomes] == [None, "HB500", None]
        held = await superuser.fetch("select 1 from hub.memberships where holder_union = $1", u2.caller.union_id)
        assert len(held) == 2


class TestConnectionLost:
    @pytest.mark.attack("F05")
    @pytest.mark.parametrize("act", ["release", "accept", "refuse", "recall"])
    async def test_under_an_act_nothing_is_half_done_and_it_may_come_again(
        self, world: World, superuser: Any, act: str
    ) -> None:
        ready = await prepare(world, act)
        before = await everything(superuser)
        async with superuser.transaction():
            await superuser.execute(
                "select 1 from hub.memberships where membership_id = $1 for update", world.members["M1"]
            )
            waiting = asyncio.ensure_future(ready.send(world.hub))
            pid = None
            while pid is None:
                pid = await superuser.fetchval(
                    """select l.pid from pg_locks l join pg_stat_activity a using (pid)
                        where not l.granted and a.usename = 'hub_app'"""
                )
                await asyncio.tasks.sleep(0)
            await superuser.execute("select pg_terminate_backend($1)", pid)
            with pytest.raises(DatabaseUnavailable):
                await waiting
        assert await everything(superuser) == before
        await ready.send(world.hub)
        assert "memberships" in differing(before, await everything(superuser))
        await assert_whole(superuser)

    @pytest.mark.attack("F05")
    async def test_after_an_act_the_same_statement_tells_what_became_of_it(self, world: World, superuser: Any) -> None:
        ready = await prepare(world, "release")
        view = await ready.send(world.hub)
        before = await everything(superuser)
        await superuser.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
                where usename = 'hub_app' and datname = current_database()"""
        )
        tries = 0
        while True:  # each connection finds out once that it is gone
            tries += 1
            with suppress(DatabaseUnavailable):
                assert await ready.send(world.hub) == view
                break
        assert tries <= 10
        assert await everything(superuser) == before
