"""Groups on SQL of the test's own: what is sent together, and that nobody suffers for another."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import pytest

from hub.database.pool import DatabaseUnavailable
from hub.transfers.ledger.groups import CONFLICTS, GROUP_MAX, Call, Claimed, Groups
from tests.worlds import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Cluster
    from tests.world import World

#: Gives each value back, with how many were sent in the call and by which connection. Shared first: a lock to pass.
ECHO: Final = Call(
    "facts_for_echo",
    """select u.ord, u.value, u.value::integer as number, count(*) over () as together, pg_backend_pid() as pid
         from unnest($1::text[]) with ordinality u (value, ord)""",
)
OTHER: Final = Call(ECHO.name, ECHO.sql)
LOCKED: Final = Call(
    "facts_for_lock",
    """select u.ord, pg_advisory_lock_shared(u.value::bigint), pg_advisory_unlock_shared(u.value::bigint), u.value
         from unnest($1::text[]) with ordinality u (value, ord)""",
)
SHORT: Final = Call(
    "facts_for_few", "select u.ord from unnest($1::text[]) with ordinality u (value, ord) where ord > 1"
)
PROBE: Final = Call("record_probe", "select * from hub.probe($1)")

#: Applies even numbers, and fails with the SQLSTATE that stands there instead of a number.
_PROBE_FUNCTION: Final = """
create function hub.probe(p_value text[]) returns integer[] language plpgsql as $$
declare v text;
begin
    foreach v in array p_value loop
        if v !~ '^[0-9]{1,3}$' then raise exception 'as asked' using errcode = v; end if;
    end loop;
    return array(select u.ord::integer from unnest(p_value) with ordinality u (value, ord)
                  where u.value::integer % 2 = 0);
end$$"""


@pytest.fixture
def world(world_apart: World) -> World:
    """A database of its own: these tests close it."""
    return world_apart


@pytest.fixture
async def groups(world: World) -> AsyncIterator[Groups]:
    """One worker on one connection."""
    one = Groups(world.hub.database, connections=1)
    yield one
    await one.close()


async def together(groups: Groups, *values: str, call: Call = ECHO, **more: Any) -> list[Any]:
    """Ask for all of these at once."""
    return await asyncio.gather(*(groups.ask(call, (value,), **more) for value in values), return_exceptions=True)


class TestWhatIsSentTogether:
    async def test_what_is_queued_goes_in_calls_of_32_at_most(self, groups: Groups) -> None:
        rows = await together(groups, *map(str, range(70)))
        assert [row["number"] for row in rows] == list(range(70))
        assert [row["together"] for row in rows] == [GROUP_MAX] * 32 + [GROUP_MAX] * 32 + [6] * 6

    async def test_one_alone_goes_at_once(self, groups: Groups) -> None:
        (row,) = await together(groups, "7")
        assert (row["number"], row["together"]) == (7, 1)

    async def test_two_functions_are_two_calls(self, groups: Groups) -> None:
        rows = await asyncio.gather(*(groups.ask((ECHO, OTHER)[n % 2], (str(n),)) for n in range(10)))
        assert [(row["number"], row["together"]) for row in rows] == [(n, 5) for n in range(10)]

    async def test_a_person_stands_once_in_a_call(self, groups: Groups) -> None:
        rows = await together(groups, "1", "2", "3", person=UUID(int=5))
        assert [row["together"] for row in rows] == [1, 1, 1]
        rows = await asyncio.gather(*(groups.ask(ECHO, (str(n),), person=UUID(int=n % 2)) for n in range(4)))
        assert [row["together"] for row in rows] == [2, 2, 2, 2]

    async def test_items_are_sorted_by_person(self, groups: Groups) -> None:
        persons = [UUID(int=n) for n in (9, 3, 7, 1)]
        rows = await asyncio.gather(*(groups.ask(ECHO, (str(p.int),), person=p) for p in persons))
        assert [(row["number"], row["ord"]) for row in rows] == [(9, 4), (3, 2), (7, 3), (1, 1)]

    async def test_whose_client_has_gone_is_not_sent(self, groups: Groups) -> None:
        gone = asyncio.ensure_future(groups.ask(ECHO, ("1",)))
        stays = asyncio.ensure_future(groups.ask(ECHO, ("2",)))
        await asyncio.tasks.sleep(0)  # both are queued; the worker has not run yet
        gone.cancel()
        assert (await stays)["together"] == 1


class TestOutcomes:
    async def test_each_item_is_told_whether_it_was_applied(self, groups: Groups, superuser: Any) -> None:
        await superuser.execute(_PROBE_FUNCTION)
        assert await together(groups, "2", "3", "4", "5", call=PROBE) == [True, False, True, False]

    @pytest.mark.parametrize("code", CONFLICTS)
    async def test_who_came_second_is_told_so_and_the_others_are_applied(
        self, groups: Groups, superuser: Any, code: str
    ) -> None:
        await superuser.execute(_PROBE_FUNCTION)
        found = await together(groups, "2", code, "4", call=PROBE)
        assert [found[0], found[2]] == [True, True]
        assert isinstance(found[1], Claimed)

    @pytest.mark.parametrize("code", ["HB500", "22012", "42P01"])
    async def test_a_bug_is_told_to_its_own_item(self, groups: Groups, superuser: Any, code: str) -> None:
        await superuser.execute(_PROBE_FUNCTION)
        found = await together(groups, "2", code, "3", call=PROBE)
        assert [found[0], found[2]] == [True, False]
        assert isinstance(found[1], asyncpg.PostgresError)
        assert found[1].sqlstate == code

    @pytest.mark.parametrize("text", ["\x00", "nine", "\ud800"])
    async def test_a_text_that_cannot_be_sent_harms_nobody_else(self, groups: Groups, text: str) -> None:
        found = await together(groups, "1", text, "3")
        assert [found[0]["number"], found[2]["number"]] == [1, 3]
        assert isinstance(found[1], asyncpg.PostgresError | ValueError)
        assert (await together(groups, "4"))[0]["number"] == 4

    async def test_a_row_that_is_missing_does_not_end_the_worker(self, groups: Groups) -> None:
        found = await together(groups, "1", call=SHORT)
        assert isinstance(found[0], DatabaseUnavailable)
        assert (await together(groups, "2"))[0]["number"] == 2


class TestConnectionLost:
    async def _block(self, groups: Groups, superuser: Any) -> tuple[asyncio.Future[Any], int]:
        """Send an item that waits for a lock which the superuser holds. Gives it, and the connection that waits."""
        await superuser.execute("select pg_advisory_lock(1)")
        waiting = asyncio.ensure_future(groups.ask(LOCKED, ("1",)))
        pid = None
        while pid is None:
            pid = await superuser.fetchval("select pid from pg_locks where locktype = 'advisory' and not granted")
            await asyncio.tasks.sleep(0)
        return waiting, pid

    async def test_in_flight_is_told_that_nobody_knows_and_the_next_is_served(
        self, groups: Groups, superuser: Any
    ) -> None:
        waiting, pid = await self._block(groups, superuser)
        queued = asyncio.ensure_future(groups.ask(ECHO, ("5",)))
        await superuser.execute("select pg_terminate_backend($1)", pid)
        with pytest.raises(DatabaseUnavailable):
            await waiting
        row = await queued
        assert row["number"] == 5
        assert row["pid"] != pid

    async def test_without_a_server_who_asks_is_told_at_once(
        self, groups: Groups, cluster: Cluster, superuser: Any
    ) -> None:
        assert (await together(groups, "1"))[0]["number"] == 1
        database = await superuser.fetchval("select current_database()")
        async with connected(cluster.dsn("hub", "postgres"), "hub") as elsewhere:
            await elsewhere.execute(f'alter database "{database}" allow_connections false')
            await elsewhere.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", database
            )
            found = [*(await together(groups, "2")), *(await together(groups, "3"))]
            assert [type(fault) for fault in found] == [DatabaseUnavailable, DatabaseUnavailable]
            await elsewhere.execute(f'alter database "{database}" allow_connections true')
        assert (await together(groups, "4"))[0]["number"] == 4

    async def test_closing_lets_what_is_queued_finish(self, groups: Groups) -> None:
        queued = asyncio.gather(*(groups.ask(ECHO, (str(n),)) for n in range(40)))
        await asyncio.tasks.sleep(0)
        await groups.close()
        assert [row["number"] for row in await queued] == list(range(40))

    async def test_closing_tells_who_waits_too_long(
        self, groups: Groups, superuser: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hub.transfers.ledger.groups._CLOSE_SECONDS", 0.01)
        waiting, _ = await self._block(groups, superuser)
        queued = asyncio.ensure_future(groups.ask(ECHO, ("5",)))
        await asyncio.tasks.sleep(0)
        await groups.close()
        outcomes = await asyncio.gather(waiting, queued, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [DatabaseUnavailable, DatabaseUnavailable]
