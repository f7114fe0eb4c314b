"""Whom a holder doesn't count (A16): a migrant is counted where the work is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.transfers.desk import counting
from hub.transfers.rules.days import day_of
from tests.world import EMPLOYERS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import Actor, World

#: Lives in Suzhou.
MIGRANT = {"is_rural_migrant": True, "residence_division_code": "320505001001"}


@pytest.mark.article("A16")
async def test_a_migrant_is_counted_by_the_county_of_the_work_as_long_as_that_lasts(
    world: World, superuser: Any, u1: Actor, m1: UUID
) -> None:
    async def unassigned() -> list[tuple[Any, ...]]:
        rows = await superuser.fetch("select county, upper_inf(during) from hub.unassigned order by since")
        return [tuple(row) for row in rows]

    county = world.actors["U9"]
    found = await counting.headcount(world.hub, county.caller, county.caller.union_id, day_of(START))
    assert (found and found.unassigned, await unassigned()) == (0, [])
    await world.amend(u1, m1, is_correction=True, employer_uscc=EMPLOYERS["乙"], person=MIGRANT)
    assert await unassigned() == [("310117", True)]
    await world.set_clock(START + timedelta(days=1))
    found = await counting.headcount(world.hub, county.caller, county.caller.union_id, day_of(START))
    assert found is not None
    assert found.unassigned == 1
    await world.amend(u1, m1, is_correction=True, employer_uscc=EMPLOYERS["甲"])
    assert await unassigned() == [("310117", False)]
