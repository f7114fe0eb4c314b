"""What must not come of a pair: a number that two live members have, a stranger's end, and looking for people by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.desk.pairs import ON_PAPER, found_by_number, status_of
from tests.ready import person, ready_import, ready_merge
from tests.sql.wholeness import assert_whole
from tests.world import MEMBERS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

ANOTHER_NUMBER = person(77).id_number


async def corrected(world: World, actor: Actor, membership_id: UUID) -> None:
    """Let the holder say that the number was another one's."""
    document = {"id_type": "RESIDENT_ID", "id_number": ANOTHER_NUMBER}
    await world.amend(actor, membership_id, person=document, id_change="CORRECTED", is_correction=True)


@pytest.mark.invariant("I3")
async def test_a_number_corrected_away_does_not_come_back_by_a_merge(
    world: World, superuser: Any, u1: Actor, m1: UUID
) -> None:
    own = await world.bring_in(u1, replace(ON_PAPER, employer="甲"))
    await corrected(world, u1, m1)
    joined = await world.join(
        world.actors["U3"], replace(MEMBERS["M1"], employer="小店甲", certificate=("31", "700002"))
    )
    refusal = await (await ready_merge(world, u1, own.membership_id, survivor=True)).refused(world.hub)
    assert refusal.code is Code.STALE_VERSION
    assert [(await status_of(superuser, one))[0] for one in (m1, own.membership_id, joined.membership_id)] == [
        "ACTIVE",
        "DUPLICATE_SUSPECTED",
        "ACTIVE",
    ]
    await assert_whole(superuser)


@pytest.mark.invariant("I3")
async def test_who_is_somebody_else_by_now_is_merged_with_nobody(
    world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
) -> None:
    await corrected(world, u2, second.membership_id)
    await world.merge(u2, second.membership_id, survivor=True)
    refusal = await (await ready_merge(world, u1, m1, survivor=False)).refused(world.hub)
    assert refusal.code is Code.STALE_VERSION
    assert (await status_of(superuser, m1))[0] == "ACTIVE"
    assert await found_by_number(world, u1, MEMBERS["M1"].id_number) == [m1]
    await assert_whole(superuser)


@pytest.mark.article("A3", "A8")
@pytest.mark.parametrize("wrong", [{"name": "王五"}, {"birth_month": "1960-01"}], ids=["name", "birth month"])
async def test_a_number_alone_makes_no_pair(
    world: World, superuser: Any, refused: Refused, u2: Actor, m1: UUID, wrong: dict[str, str]
) -> None:
    refusal = await refused(await ready_import(world, u2, ON_PAPER, person=wrong))
    assert refusal.code is Code.ALREADY_MEMBER_USE_TRANSFER
    assert (await status_of(superuser, m1))[0] == "ACTIVE"
    logged = await superuser.fetch("select union_id, kind from hub.disclosures where membership_id = $1", m1)
    assert {tuple(row) for row in logged} == {(u2.caller.union_id, "ALREADY_MEMBER")}


async def test_the_other_s_further_numbers_find_nobody(
    world: World, u1: Actor, u2: Actor, m1: UUID, second: MemberView
) -> None:
    passport = {"id_type": "PASSPORT", "id_number": "E12345678"}
    await world.amend(u1, m1, person=passport, id_change="FURTHER")
    assert await found_by_number(world, u2, "E12345678") == []
    assert await found_by_number(world, u2, MEMBERS["M1"].id_number) == [second.membership_id]
