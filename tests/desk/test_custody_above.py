"""Retained members of whom nobody knows where they live: the union above has them in custody (HUB-P07, HUB-P09)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from tests.desk.test_leaving import CLOSED, REEMPLOYED, TAKEN_OVER
from tests.governing import set_policy
from tests.ready import ready_acceptance, ready_refusal, ready_release
from tests.retaining import held, ready_act, retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.winding import close, wind_up
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

IN_CUSTODY: Final[dict[str, Any]] = {**TAKEN_OVER, "holding_basis": "CUSTODIAL"}


@pytest.fixture
def u13(world: World) -> Actor:
    """The county federation above U1."""
    return world.actors["U13"]


@pytest.fixture
async def unknown(world: World, superuser: Any, u1: Actor, m1: UUID) -> UUID:
    """M1, unemployed, whose residence nobody knows."""
    await superuser.execute("update hub.persons set residence_division_code = null where membership_id = $1", m1)
    await retain(world, u1, m1)
    return m1


@pytest.fixture
async def released(world: World, u1: Actor, u13: Actor, unknown: UUID) -> HandoffView:
    return await world.release(u1, unknown, u13.uri, **CLOSED)


@pytest.mark.article("HUB-P09", "A19")
async def test_the_union_above_has_the_member_retained(
    world: World, superuser: Any, u1: Actor, u13: Actor, unknown: UUID, released: HandoffView
) -> None:
    await (await ready_acceptance(world, u13, released.handoff_id, **IN_CUSTODY)).send(world.hub)
    view = await held(world, u13, unknown)
    assert view is not None
    assert (view.status, view.holding_basis) == ("RETAINED", "CUSTODIAL")
    (kept,) = await retentions_of(world, u13, unknown)
    assert [step.act for step in kept.steps] == ["record", "move"]
    await assert_whole(superuser)


async def test_on_no_other_basis(world: World, u13: Actor, released: HandoffView, refused: Refused) -> None:
    act = await ready_acceptance(world, u13, released.handoff_id, **TAKEN_OVER)
    assert (await refused(act)).path == ("acceptance", "holding_basis")


async def test_where_the_member_lives_is_no_ground(
    world: World, u13: Actor, released: HandoffView, refused: Refused
) -> None:
    act = await ready_refusal(world, u13, released.handoff_id, "NOT_RESIDENT_HERE")
    refusal = await refused(act)
    assert refusal.code is Code.REFUSAL_GROUND_NOT_ALLOWED
    assert "NOT_RESIDENT_HERE" not in str(refusal.facts["allowed"])


async def test_from_there_to_work_and_to_the_union_of_the_residence(
    world: World, superuser: Any, u2: Actor, u13: Actor, unknown: UUID, released: HandoffView, refused: Refused
) -> None:
    await (await ready_acceptance(world, u13, released.handoff_id, **IN_CUSTODY)).send(world.hub)
    here = await ready_act(world, "restore", u13, unknown, employer_uscc=EMPLOYERS["甲"])
    assert (await refused(here)).code is Code.REEMPLOYED_USE_TRANSFER
    await superuser.execute(
        "update hub.persons set residence_division_code = '310117001005' where membership_id = $1", unknown
    )
    home = await world.draft_release(u13, unknown, UNIONS["U5"].uri, **CLOSED)
    assert home.refusals == ()
    await world.set_clock(START + timedelta(days=1))
    onward = await world.release(u13, unknown, u2.uri, **REEMPLOYED)
    assert (await world.accept(u2, onward.handoff_id)).state == "ACCEPTED"


@pytest.mark.article("A19")
async def test_whose_residence_is_known_goes_there(world: World, u1: Actor, u13: Actor, refused: Refused) -> None:
    m3 = world.members["M3"]
    await retain(world, u1, m3)
    assert (await refused(await ready_release(world, u1, m3, u13, **CLOSED))).code is Code.NOT_RESIDENCE_AREA


async def test_or_by_policy_to_the_union_above(world: World, u1: Actor, u13: Actor) -> None:
    await set_policy(world, world.actors["U10"], closure_holder="HIGHER_LEVEL")
    m3 = world.members["M3"]
    await retain(world, u1, m3, "RETIREMENT")
    case = await world.release(u1, m3, u13.uri, **CLOSED)
    assert (await world.accept(u13, case.handoff_id, **IN_CUSTODY)).state == "ACCEPTED"


@pytest.mark.parametrize("ref", ["U9", "U10", "U17"])
async def test_to_no_other_union_above(world: World, u1: Actor, unknown: UUID, refused: Refused, ref: str) -> None:
    act = await ready_release(world, u1, unknown, world.actors[ref], **CLOSED)
    assert (await refused(act)).code in {Code.NOT_RESIDENCE_AREA, Code.RECEIVER_KIND_NOT_ALLOWED}


async def test_for_no_other_reason(world: World, u1: Actor, unknown: UUID, u13: Actor, refused: Refused) -> None:
    act = await ready_release(
        world, u1, unknown, u13, reason_code="RESIDENCE_MOVE", new_employer_uscc=None, relation_ended_on=None
    )
    assert (await refused(act)).code in {Code.REASON_NOT_ALLOWED, Code.NOT_RESIDENCE_AREA}


@pytest.mark.article("HUB-P09")
async def test_a_federation_has_those_of_a_union_beneath_it(world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
    """It signs for nobody but whom it holds, and takes nobody in but by choice, or into custody (A7, A15)."""
    u4 = world.actors["U4"]
    await superuser.execute(
        "update hub.unions set parent_union = $1 where union_id = $2", u4.caller.union_id, u1.caller.union_id
    )
    await superuser.execute("update hub.persons set residence_division_code = null where membership_id = $1", m1)
    await retain(world, u1, m1)
    case = await world.release(u1, m1, u4.uri, **CLOSED)
    assert (await world.accept(u4, case.handoff_id, **IN_CUSTODY)).state == "ACCEPTED"


@pytest.mark.article("HUB-P09")
async def test_and_so_a_union_without_a_successor_is_closed(
    world: World, superuser: Any, u1: Actor, u13: Actor, unknown: UUID, released: HandoffView
) -> None:
    """A retiree and a soldier go where they live, the third into custody, the last one to work."""
    await wind_up(world, u13, u1.uri)
    await world.accept(u13, released.handoff_id, **IN_CUSTODY)
    for ref, reason in (("M3", "RETIREMENT"), ("M2", "MILITARY_SERVICE")):
        await retain(world, u1, world.members[ref], reason)
        case = await world.release(u1, world.members[ref], UNIONS["U5"].uri, **CLOSED)
        await world.accept(world.actors["U5"], case.handoff_id, **TAKEN_OVER)
    case = await world.release(u1, world.members["M4"], UNIONS["U2"].uri)
    await world.accept(world.actors["U2"], case.handoff_id)
    await close(world, u13, u1.uri, closed_on=date(2025, 3, 3))
    await assert_whole(superuser)
