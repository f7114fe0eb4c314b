"""What must not come of a pair: a number that two live members have, a stranger's end, and looking for people by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.machines import HandoffState
from tests.desk.pairs import ON_PAPER, found_by_number, status_of
from tests.ready import person, ready_import, ready_join, ready_merge
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

ANOTHER_NUMBER = person(77).id_number


async def corrected(world: World, actor: Actor, membership_id: UUID) -> MemberView:
    """Let the holder say that the number was another one's."""
    document = {"id_type": "RESIDENT_ID", "id_number": ANOTHER_NUMBER}
    return await world.amend(actor, membership_id, person=document, id_change="CORRECTED", is_correction=True)


@pytest.mark.invariant("I3")
async def test_a_number_corrected_away_belongs_to_the_one_who_has_it(
    world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
) -> None:
    own = await world.bring_in(u1, replace(ON_PAPER, employer="甲"))
    merge = await ready_merge(world, u1, own.membership_id, survivor=True)
    amended = await corrected(world, u1, m1)
    assert amended.open_duplicate is None
    assert [(await status_of(superuser, one))[0] for one in (m1, own.membership_id)] == ["ACTIVE", "ACTIVE"]
    assert (await refused(merge)).code is Code.INPUT_INVALID
    assert await found_by_number(world, u1, MEMBERS["M1"].id_number) == [own.membership_id]
    assert await found_by_number(world, u1, ANOTHER_NUMBER) == [m1]
    again = await ready_join(
        world, world.actors["U3"], replace(MEMBERS["M1"], employer="小店甲", certificate=("31", "700002"))
    )
    assert (await refused(again)).code is Code.ALREADY_MEMBER_USE_TRANSFER
    await assert_whole(superuser)


@pytest.mark.invariant("I3")
async def test_who_is_somebody_else_by_now_goes_on_as_that(
    world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID, second: MemberView
) -> None:
    merge = await ready_merge(world, u1, m1, survivor=False)
    await world.merge(u2, second.membership_id, survivor=True)
    amended = await corrected(world, u2, second.membership_id)
    assert (amended.status, amended.open_duplicate) == ("ACTIVE", None)
    assert (await refused(merge)).code is Code.INPUT_INVALID
    assert (await status_of(superuser, m1))[0] == "ACTIVE"
    assert await found_by_number(world, u1, MEMBERS["M1"].id_number) == [m1]
    assert await found_by_number(world, u2, ANOTHER_NUMBER) == [second.membership_id]
    # Nothing of the pair is left open, for either of them or for who decides.
    assert await superuser.fetchval("select count(*) from hub.duplicates where closed_at is null") == 0
    released = await world.release(u2, second.membership_id, u1.uri, new_employer_uscc=EMPLOYERS["甲"])
    assert released.state is HandoffState.RELEASED
    await assert_whole(superuser)


@pytest.mark.article("A3")
async def test_as_long_as_a_number_is_shared_the_pair_stays(
    world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
) -> None:
    passport = {"id_type": "PASSPORT", "id_number": "E12345678"}
    amended = await world.amend(u1, m1, person=passport, id_change="FURTHER")
    assert amended.open_duplicate is not None, "an amendment answers with the pair"
    await world.amend(
        u2, second.membership_id, person={"id_type": "PASSPORT", "id_number": "E87654321"}, id_change="FURTHER"
    )
    assert (await status_of(superuser, second.membership_id))[0] == "DUPLICATE_SUSPECTED"
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
