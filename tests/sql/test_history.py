"""Imported history and dues where Python's checks are missing or late: the functions themselves, and two at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import asyncpg
import pytest

from hub.errors import Code
from tests.entrusting import in_force, ready_on
from tests.history import everything_imported, ready_dues, ready_history, ready_retained
from tests.ready import person, ready_import, ready_release
from tests.retaining import retain
from tests.sql.direct import custody_of
from tests.sql.racing import hubs, race
from tests.sql.wholeness import assert_whole
from tests.worlds import as_union, connected, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.transfers.desk.opening import Hub
    from tests.world import World

__all__ = ["hubs"]

#: The parameters of the two records, in order.
_HISTORY: Final = (
    *("at", "union_id", "member_id", "membership_id", "custody", "data", "version", "corrects"),
    *("jti", "sha", "typ", "jws", "receipt"),
)
_DUES: Final = (
    *("at", "union_id", "member_id", "membership_id", "agreement", "before", "paid_from", "through", "open"),
    *("open_step", "salt", "jti", "sha", "typ", "jws", "receipt"),
)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


async def record(world: World, app: Any, superuser: Any, name: str, ref: str = "M1", **changes: Any) -> bool:
    """Call a record as U1, or as somebody else, with no check before it."""
    columns = {"record_history": _HISTORY, "record_dues": _DUES}[name]
    custody = await custody_of(superuser, world.members[ref])
    given: dict[str, Any] = {
        "at": await world.now(),
        "union_id": world.actors["U1"].caller.union_id,
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "custody": 1,
        "data": 1,
        "version": 1,
        "before": "2025-02",
        "paid_from": "2025-03",
        "through": "2025-03",
        "salt": "salt",
        "jti": uuid4(),
        "sha": uuid4().bytes * 2,
        **dict.fromkeys(("typ", "jws", "receipt"), "x"),
        **changes,
    }
    call = f"select hub.{name}({', '.join(f'${n + 1}' for n in range(len(columns)))})"
    done: bool = await app.fetchval(call, *(given.get(column) for column in columns))
    return done


class TestTheFunctionsAlone:
    @pytest.mark.parametrize("name", ["record_history", "record_dues"])
    async def test_they_do_what_they_are_for(self, world: World, app: Any, superuser: Any, name: str) -> None:
        assert await record(world, app, superuser, name) is True

    @pytest.mark.attack("Z15")
    @pytest.mark.parametrize("name", ["record_history", "record_dues"])
    @pytest.mark.parametrize("ref", ["U2", "U13", "U3a"])
    async def test_a_stranger_enters_nothing(self, world: World, app: Any, superuser: Any, name: str, ref: str) -> None:
        before = await everything(superuser)
        stranger = world.actors[ref].caller.union_id
        assert await record(world, app, superuser, name, union_id=stranger) is False
        assert await everything(superuser) == before

    @pytest.mark.parametrize("changes", [{"custody": 2}, {"data": 2}])
    async def test_nor_does_an_act_on_what_has_changed(
        self, world: World, app: Any, superuser: Any, changes: dict[str, Any]
    ) -> None:
        assert await record(world, app, superuser, "record_history", **changes) is False

    async def test_nor_a_version_over_none(self, world: World, app: Any, superuser: Any) -> None:
        with pytest.raises(asyncpg.PostgresError) as fault:
            await record(world, app, superuser, "record_history", corrects=b"another")
        assert fault.value.sqlstate == "HB409"

    async def test_nor_a_later_holder(self, world: World, app: Any, superuser: Any) -> None:
        u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        found = await custody_of(superuser, m1)
        as_held = {"union_id": u2.caller.union_id, "custody": 2, "data": found["data_version"]}
        assert await record(world, app, superuser, "record_history", **as_held) is False

    @pytest.mark.parametrize(
        "changes", [{"before": "2025-01"}, {"through": "2025-02"}, {"through": "2025-01"}, {"agreement": uuid4()}]
    )
    async def test_dues_go_forward_from_what_was_paid(
        self, world: World, app: Any, superuser: Any, changes: dict[str, Any]
    ) -> None:
        assert await record(world, app, superuser, "record_dues", **changes) is False

    async def test_none_are_recorded_in_retention(self, world: World, app: Any, superuser: Any) -> None:
        await retain(world, world.actors["U1"], world.members["M1"])
        assert await record(world, app, superuser, "record_dues") is False

    async def test_nor_beside_another_case_than_was_seen(self, world: World, app: Any, superuser: Any) -> None:
        await world.release(world.actors["U1"], world.members["M1"], world.actors["U2"].uri)
        assert await record(world, app, superuser, "record_dues") is False

    async def test_the_host_records_as_long_as_it_covers(self, world: World, app: Any, superuser: Any) -> None:
        u8 = world.actors["U8"]
        agreement = await in_force(world)
        as_host = {"union_id": u8.caller.union_id, "agreement": agreement.agreement_id}
        assert await record(world, app, superuser, "record_dues", "M5", **as_host) is True
        await (await ready_on(world, "terminate", u8, agreement.agreement_id)).send(world.hub)
        again = {"before": "2025-03", "paid_from": "2025-04", "through": "2025-04"}
        assert await record(world, app, superuser, "record_dues", "M5", **as_host, **again) is False

    async def test_what_is_read_is_the_holder_s(self, world: World, app: Any) -> None:
        m1 = await everything_imported(world)
        for ref, rows in (("U1", 1), ("U2", 0), ("U13", 0), ("U0", 0)):
            async with as_union(app, world.actors[ref].caller.union_id):
                for call in ("read_histories", "read_dues"):
                    assert len(await app.fetch(f"select * from hub.{call}($1)", [m1])) == rows, (ref, call)
                roll = await app.fetch("select * from hub.read_electors(now() + '9999 days', null, $1, 10)", m1)
                assert len(roll) == rows, ref

    async def test_neither_is_ever_altered(self, world: World, app: Any) -> None:
        await everything_imported(world)
        for table in ("histories", "dues"):
            for verb in (
                f"delete from hub.{table}",
                f"update hub.{table} set at = now()",
                f"select 1 from hub.{table}",
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await app.execute(verb)


class TestAtOnce:
    async def test_of_two_histories_one_is_entered(self, world: World, superuser: Any, hubs: list[Hub]) -> None:
        u1, m1 = world.actors["U1"], world.members["M1"]
        made = [await ready_history(world, u1, m1), await ready_history(world, u1, m1, retentions=None)]
        answers, refused = await race(hubs, *made)
        assert (len(answers), [refusal.code for refusal in refused]) == (1, [Code.STALE_VERSION])
        assert await superuser.fetchval("select count(*) from hub.histories") == 1
        await assert_whole(superuser)

    async def test_of_two_records_of_one_month_one_is_entered(
        self, world: World, superuser: Any, hubs: list[Hub]
    ) -> None:
        u1, m1 = world.actors["U1"], world.members["M1"]
        made = [await ready_dues(world, u1, m1, month) for month in ("2025-03", "2025-04")]
        answers, refused = await race(hubs, *made)
        assert (len(answers), [refusal.code for refusal in refused]) == (1, [Code.STALE_VERSION])
        assert await superuser.fetchval("select count(*) from hub.dues") == 1
        await assert_whole(superuser)

    async def test_dues_and_a_release_go_one_after_the_other(
        self, world: World, superuser: Any, hubs: list[Hub]
    ) -> None:
        u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
        made = [await ready_dues(world, u1, m1, "2025-03"), await ready_release(world, u1, m1, u2)]
        answers, (refusal,) = await race(hubs, *made)
        assert len(answers) == 1
        assert refusal.code in {Code.DOCUMENT_TAMPERED, Code.HANDOFF_ALREADY_OPEN}
        await assert_whole(superuser)

    async def test_of_two_retained_imports_of_one_person_the_second_stands_still(
        self, world: World, superuser: Any, hubs: list[Hub]
    ) -> None:
        given = ready_retained(since=date(2020, 3, 1))
        other = person(1, employer="乙", certificate=("31", "900099"))
        made = [
            await ready_import(world, world.actors["U1"], person(1), **given),
            await ready_import(world, world.actors["U2"], other, **given),
        ]
        answers, refused = await race(hubs, *made)
        assert ({view.status for view in answers}, refused) == ({"RETAINED", "DUPLICATE_SUSPECTED"}, [])
        assert await superuser.fetchval("select count(*) from hub.retentions where state = 'RECORDED'") == 2
        await assert_whole(superuser)
