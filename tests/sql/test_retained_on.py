"""Retained by a release, placed by a restoration, guarded by SQL alone: both or neither (A13, A19)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.transfers.ledger.retaining import RECORD_PLACING, RECORD_RETENTION, PlacingRecord
from hub.transfers.ledger.winding import RECORD_PUSHED_IN_LIEU
from tests.sql.direct import NOON, a_release, call, custody_of
from tests.sql.test_retaining import a_retention, onward
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

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


async def a_placing(world: World, superuser: Any, ref: str, **changes: Any) -> PlacingRecord:
    """The restoration of M3, whom a union has retained, into a placement."""
    holder, member = world.actors[ref].caller.union_id, world.members["M3"]
    await superuser.execute("update hub.memberships set holder_union = $1 where membership_id = $2", holder, member)
    async with connected(world.app_dsn, "hub_app") as app:
        assert await app.fetchval(RECORD_RETENTION, *a_retention(await custody_of(superuser, member)))
    custody = await custody_of(superuser, member)
    placed = {"holding_basis": "PLACEMENT", "at": NOON + timedelta(hours=1), **changes}
    employer = placed.pop("awaiting_employer", EMPLOYERS["新店"])
    return PlacingRecord(*onward(custody, **placed), employer)


@pytest.mark.article("A13")
@pytest.mark.parametrize("ref", ["U5", "U9"])
async def test_a_union_of_an_area_places_whom_it_has_retained(world: World, app: Any, superuser: Any, ref: str) -> None:
    record = await a_placing(world, superuser, ref)
    assert await app.fetchval(RECORD_PLACING, *record)
    custody = await custody_of(superuser, record.membership_id)
    assert (custody["status"], custody["holding_basis"]) == ("ACTIVE", "PLACEMENT")
    assert (custody["employer_uscc"], custody["custody_version"]) == (record.awaiting_employer, 1)
    place = "select residence, (place).jurisdiction from hub.read_place_of_holder(true, $1, $2, $3, null)"
    asked = (record.membership_id, record.awaiting_employer)
    assert await app.fetchval(place, record.union_id, *asked) is not None
    assert await app.fetch(place, world.actors["U1"].caller.union_id, *asked) == []


@pytest.mark.parametrize(
    ("ref", "changes"),
    [
        ("U1", {}),
        ("U5", {"awaiting_employer": EMPLOYERS["乙"]}),
        ("U5", {"holding_basis": "ORDINARY"}),
        ("U5", {"act": "annul", "to_state": "ANNULLED", "restored_on": None}),
        ("U5", {"data_version": 1}),
        ("U5", {"custody_version": 2}),
        ("U5", {"union_id": uuid4()}),
    ],
)
async def test_nobody_else_is_placed_so(
    world: World, app: Any, superuser: Any, ref: str, changes: dict[str, Any]
) -> None:
    record = await a_placing(world, superuser, ref, **changes)
    before = await everything(superuser)
    assert not await app.fetchval(RECORD_PLACING, *record)
    assert differing(before, await everything(superuser)) == set()


@pytest.mark.parametrize("state", ["custody", "active", "wound up"])
async def test_nor_from_another_state(world: World, app: Any, superuser: Any, state: str) -> None:
    record = await a_placing(world, superuser, "U5")
    if state == "wound up":
        await set_state(superuser, "WINDING_UP", UNIONS["U5"].uri)
    else:
        changed = {"custody": "holding_basis = 'CUSTODIAL'", "active": "status = 'ACTIVE'"}[state]
        await superuser.execute(f"update hub.memberships set {changed} where member_id = $1", record.member_id)
    before = await everything(superuser)
    assert not await app.fetchval(RECORD_PLACING, *record)
    assert differing(before, await everything(superuser)) == set()
