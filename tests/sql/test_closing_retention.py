"""A release that retains, guarded by SQL alone: for a closure, of who is active, and both or neither (A19)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import pytest

from hub.transfers.ledger.winding import RECORD_PUSHED_IN_LIEU
from tests.sql.direct import a_release, call, custody_of
from tests.sql.wholeness import assert_whole
from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from hub.transfers.ledger.records import ReleaseRecord
    from tests.world import World

RETAINS: Final = json.dumps({"reason": "UNEMPLOYMENT", "retained_on": "2025-03-01", "salt": "another salt"})
LAST_RETENTION: Final = "select * from hub.read_last_retention($1, $2)"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def m1(world: World) -> UUID:
    return world.members["M1"]


async def release_of(world: World, superuser: Any, membership_id: UUID, **changes: Any) -> ReleaseRecord:
    given = {"reason_code": "EMPLOYER_CLOSURE", "retains": RETAINS, **changes}
    custody = await custody_of(superuser, membership_id)
    return a_release(custody, world.actors["U5"].caller.union_id, **given)


async def test_both_come_to_be(world: World, app: Any, superuser: Any, m1: UUID) -> None:
    release = await release_of(world, superuser, m1)
    assert await call(app, release) == [1]
    custody = await custody_of(superuser, m1)
    assert (custody["status"], custody["open_handoff"]) == ("RETAINED", release.handoff_id)
    assert (custody["card_salt"], custody["data_version"], custody["custody_version"]) == ("another salt", 2, 1)
    kept = await superuser.fetchrow("select * from hub.retentions")
    assert (kept["prior_basis"], kept["sha256"]) == ("ORDINARY", release.sha256)
    row = await app.fetchrow(LAST_RETENTION, release.union_id, m1)
    assert (row["reason"], row["changed_at"]) == ("UNEMPLOYMENT", release.at)
    assert await app.fetch(LAST_RETENTION, release.receiving_union, m1) == []
    await assert_whole(superuser)


async def test_of_many_those_alone_that_it_is_said_of(world: World, app: Any, superuser: Any) -> None:
    first = await release_of(world, superuser, world.members["M1"])
    second = await release_of(world, superuser, world.members["M2"], retains=None, reason_code="CHANGE_OF_EMPLOYER")
    third = await release_of(world, superuser, world.members["M3"], custody_version=2)
    assert await call(app, second, first, third) == [1, 2]
    rows = await superuser.fetch("select membership_id from hub.memberships where status = 'RETAINED'")
    assert [row["membership_id"] for row in rows] == [world.members["M1"]]
    await assert_whole(superuser)


@pytest.mark.parametrize("case", ["another reason", "retained already"])
async def test_or_neither(world: World, app: Any, superuser: Any, m1: UUID, case: str) -> None:
    changes: dict[str, Any] = {"reason_code": "CHANGE_OF_EMPLOYER"} if case == "another reason" else {}
    if case == "retained already":
        await superuser.execute("update hub.memberships set status = 'RETAINED' where membership_id = $1", m1)
    before = await everything(superuser)
    release = await release_of(world, superuser, m1, **changes)
    with pytest.raises(asyncpg.PostgresError) as caught:
        await call(app, release)
    assert caught.value.sqlstate == "HB409"
    assert differing(before, await everything(superuser)) == set()


async def test_nobody_does_it_in_the_stead_of_a_holder_that_goes_on(
    world: World, app: Any, superuser: Any, m1: UUID
) -> None:
    release = await release_of(world, superuser, m1, union_id=world.actors["U13"].caller.union_id)
    before = await everything(superuser)
    assert not await app.fetchval(RECORD_PUSHED_IN_LIEU, *release)
    assert await call(app, release) == []
    assert differing(before, await everything(superuser)) == set()


async def test_its_part_is_no_door(app: Any) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app.execute("select hub.retain_released('{}', '{}', 'HOLDER', '{}', '{}', '{}', '{}', '{}', '{}')")
