"""Secondment and return (A14): what each act does, what dates make of it, and who sees what of it meanwhile."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from hub.errors import Code
from hub.transfers.machines import SecondmentState
from tests.desk.test_retaining import statuses_of
from tests.seconding import TERM, act, at_host, noon, offer, page, ready_act, ready_return, secondment_of
from tests.retaining import held
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from tests.world import Actor, World

X = SecondmentState


@pytest.fixture
def m4(world: World) -> UUID:
    """Held by U1, to be lent to U12."""
    return world.members["M4"]


@pytest.fixture
def u12(world: World) -> Actor:
    return world.actors["U12"]


@pytest.mark.scenario(14)
@pytest.mark.article("A14")
async def test_a_member_is_lent_and_comes_back(world: World, superuser: Any, u1: Actor, u12: Actor, m4: UUID) -> None:
    offered = await offer(world, m4)
    (seen,) = await page(world, u1, "HOME")
    assert (seen.state, seen.member_name, await page(world, u12, "HOST")) == (X.OFFERED, "赵四", [])
    await world.accept(
        u12,
        offered.handoff_id,
        holding_basis="SECONDMENT",
        employer_uscc=EMPLOYERS["戊"],
        relation_started_on=date(2025, 1, 15),
    )
    member = await held(world, u12, m4)
    assert member is not None
    assert (member.holding_basis, member.status, member.employer_uscc) == ("SECONDMENT", "ACTIVE", EMPLOYERS["戊"])
    await assert_whole(superuser)
    for actor, side in ((u1, "HOME"), (u12, "HOST")):
        (view,) = await page(world, actor, side)
        assert (view.state, view.member_name, view.is_live, view.in_date) == (
            X.AT_HOST,
            "赵四",
            True,
            date(2025, 3, 3),
        )

    await world.set_clock(noon(2025, 12, 31))
    assert (await page(world, u1, "HOME"))[0].state is X.AT_HOST
    await world.set_clock(noon(2026, 1, 1))
    assert [(await page(world, *side))[0].state for side in ((u1, "HOME"), (u12, "HOST"))] == [X.RETURN_DUE] * 2
    assert await held(world, u12, m4) is not None

    back = await (await ready_return(world, m4, date(2026, 1, 1))).send(world.hub)
    assert (await page(world, u1, "HOME"))[0].return_handoff == back.handoff_id
    await world.accept(
        u1,
        back.handoff_id,
        in_date=date(2026, 1, 1),
        holding_basis="ORDINARY",
        employer_uscc=None,
        relation_started_on=None,
    )
    member = await held(world, u1, m4)
    assert member is not None
    assert (member.holding_basis, member.employer_uscc) == ("ORDINARY", EMPLOYERS["甲"])
    (view,) = await page(world, u1, "HOME")
    assert view.state is X.RETURNED
    (view,) = await page(world, u12, "HOST")
    assert (view.state, view.member_name, view.sex, view.birth_month, view.is_live) == (X.RETURNED, *[None] * 4)
    assert await statuses_of(superuser, m4) == [("ACTIVE", True)]
    await assert_whole(superuser)
