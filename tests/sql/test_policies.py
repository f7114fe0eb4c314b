"""A policy in SQL alone: who may set it, within which bounds, never for a day that is over; and what held when."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hub.transfers.rules.days import SHANGHAI
from hub.transfers.rules.policy import NATIONAL, PARAMETERS, POLICY_KINDS
from tests.governing import set_policy
from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

TODAY = date(2025, 3, 3)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


async def record(world: World, app: Any, ref: str = "U10", **changes: Any) -> Any:
    """Set a policy past all rules of the code."""
    given = {
        "version": 1, "on": TODAY, "names": ["release_valid_days"], "values": ["60"], **changes,
    }  # fmt: skip
    return await app.fetchval(
        "select hub.record_policy($1, $2, $3, $4, $5, $6, 'x', $7, $8, 'x', 'x', 'x')",
        given.get("at") or await world.now(),
        world.actors[ref].caller.union_id,
        *(given[name] for name in ("version", "on", "names", "values")),
        uuid4(),
        uuid4().bytes * 2,
    )


async def in_force(app: Any, union_id: UUID, at: datetime) -> dict[str, str]:
    found = await app.fetchval("select hub.policy_in_force($1, $2)", union_id, at)
    return {} if found is None else dict(json.loads(found))


async def test_what_may_be_set_is_what_the_code_says(superuser: Any) -> None:
    rows = await superuser.fetch("select * from hub.policy_parameters")
    assert {row["name"]: tuple(row)[1:] for row in rows} == {
        name: (
            parameter.rule,
            str(getattr(NATIONAL, name)),
            parameter.least,
            parameter.most,
            None if parameter.choices is None else [choice.value for choice in parameter.choices],
        )
        for name, parameter in PARAMETERS.items()
    }


class TestRecording:
    async def test_a_federation_sets_its_own(self, world: World, app: Any) -> None:
        assert await record(world, app)
        assert await record(world, app, version=2, on=date(2026, 1, 1))
        assert await record(world, app, "U11")

    @pytest.mark.parametrize("ref", ["U0", "U1", "U4", "U5", "U9"])
    async def test_nobody_else_has_a_record(self, world: World, app: Any, superuser: Any, ref: str) -> None:
        before = await everything(superuser)
        assert not await record(world, app, ref)
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"on": TODAY - timedelta(days=1)},
            {"version": 2},
            {"version": 0},
            {"names": [], "values": []},
            {"names": ["another"]},
            {"values": [None]},
            {"values": ["9"]},
            {"values": ["367"]},
            {"values": ["060"]},
            {"values": ["+60"]},
            {"values": ["60.5"]},
            {"values": ["9999999999"]},
            {"names": ["closure_holder"]},
            {"names": ["closure_holder"], "values": ["NOBODY"]},
            {"names": ["release_valid_days", "closure_holder"], "values": ["60", "NOBODY"]},
        ],
        ids=str,
    )
    async def test_what_is_out_of_bounds_is_not_recorded(
        self, world: World, app: Any, superuser: Any, wrong: dict[str, Any]
    ) -> None:
        before = await everything(superuser)
        assert not await record(world, app, **wrong)
        assert differing(before, await everything(superuser)) == set()

    async def test_nor_what_a_closed_federation_sets(self, world: World, app: Any, superuser: Any) -> None:
        await superuser.execute("update hub.unions set state = 'CLOSED' where uri = $1", world.actors["U10"].uri)
        assert not await record(world, app)

    async def test_nor_a_version_received_before_the_last_one(self, world: World, app: Any) -> None:
        """The clock of another process that goes behind: versions follow the times of their receipts."""
        assert await record(world, app)
        early = await world.now() - timedelta(minutes=1)
        assert not await record(world, app, version=2, at=early)

    @pytest.mark.attack("F04")
    async def test_two_at_once_make_two_versions(self, world: World, app: Any) -> None:
        """The second is told that it was overtaken, and comes again with the next number."""
        u10 = world.actors["U10"]
        first = await set_policy(world, u10, release_valid_days=30)
        assert not await record(world, app, version=first.version)
        assert (await set_policy(world, u10, release_valid_days=40)).version == 2


class TestReading:
    async def test_everybody_reads_and_nobody_writes(self, world: World, app: Any) -> None:
        """Without any acting union set: these tables are public (S0), as whom they bind is."""
        await set_policy(world, world.actors["U10"], release_valid_days=30)
        for table in ("policies", "policy_values", "policy_parameters"):
            assert await app.fetchval(f"select count(*) from hub.{table}") >= 1

    async def test_it_holds_from_its_receipt_on_and_never_before(self, world: World, app: Any) -> None:
        u1, u10 = world.actors["U1"].caller.union_id, world.actors["U10"]
        first = await set_policy(world, u10, release_valid_days=30, appeal_days=9)
        second = await set_policy(world, u10, release_valid_days=40)
        third = await set_policy(world, u10, effective_from=TODAY + timedelta(days=1), release_valid_days=50)
        tick = timedelta(microseconds=1)
        midnight = datetime(2025, 3, 4, tzinfo=SHANGHAI)
        held = [
            (first.at - tick, {}),
            (first.at, {"release_valid_days": "30", "appeal_days": "9"}),
            (second.at - tick, {"release_valid_days": "30", "appeal_days": "9"}),
            (second.at, {"release_valid_days": "40", "appeal_days": "9"}),
            (third.at, {"release_valid_days": "40", "appeal_days": "9"}),
            (midnight - tick, {"release_valid_days": "40", "appeal_days": "9"}),
            (midnight, {"release_valid_days": "50", "appeal_days": "9"}),
        ]
        assert [(at, await in_force(app, u1, at)) for at, _ in held] == held

    async def test_whose_record_it_is(self, world: World, app: Any, superuser: Any) -> None:
        ids = {ref: actor.caller.union_id for ref, actor in world.actors.items()}
        expected = {"U0": None, "U10": "U10", "U9": "U10", "U1": "U10", "U3a": "U10", "U6": "U10", "U7": "U11"}
        for ref, record_of in expected.items():
            found = await app.fetchval("select hub.policy_record_of($1)", ids[ref])
            assert found == (None if record_of is None else ids[record_of]), ref
        for kind in POLICY_KINDS:
            await superuser.execute("update hub.unions set kind = $1 where union_id = $2", kind.value, ids["U9"])
            assert await app.fetchval("select hub.policy_record_of($1)", ids["U6"]) == ids["U9"]
        assert await app.fetchval("select hub.policy_record_of($1)", uuid4()) is None
