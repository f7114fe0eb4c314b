"""The handoff back after a mistaken acceptance: no undo, but a handoff of its own, to the union before (A12)."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.ledger import reads
from tests.ready import person, ready_acceptance, ready_refusal, ready_release, ready_request
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

BACK: dict[str, Any] = {"reason_code": "CORRECTION", "relation_ended_on": None, "new_employer_uscc": None}
AS_BEFORE: dict[str, Any] = {"employer_uscc": None, "relation_started_on": None}


@pytest.fixture
async def taken(world: World, u1: Actor, u2: Actor, m1: UUID) -> UUID:
    """M1, whom U2 has taken over by mistake."""
    await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
    return m1


async def column(world: World, actor: Actor, membership_id: UUID) -> list[str]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        entries = (await reads.transfers(reading, [membership_id]))[membership_id]
    return [entry.releasing_seal for entry in entries]


@pytest.mark.article("A12")
async def test_the_member_goes_back_and_is_held_as_before(
    world: World, superuser: Any, u1: Actor, u2: Actor, taken: UUID
) -> None:
    act = await ready_release(world, u2, taken, u1, **BACK)
    assert act.refusals == ()
    claims = json.loads((await world.draft_release(u2, taken, u1.uri, **BACK)).claims or "")["release"]
    assert (claims["reason_text"], claims["articles"]) == ("更正", ["A12"])
    assert "relation_ended_on" not in claims
    back = await act.send(world.hub)
    await world.accept(u1, back.handoff_id, **AS_BEFORE)
    async with world.hub.database.as_union(u1.caller.union_id, u1.caller.kid) as reading:
        member = (await reads.members(reading, [taken]))[taken]
    assert (member.custody_version, member.employer_uscc, member.holding_basis) == (3, EMPLOYERS["甲"], "ORDINARY")
    assert await column(world, u1, taken) == [u1.fixture.name, u2.fixture.name]
    await assert_whole(superuser)


async def test_as_amended_before_and_with_unit_and_basis(world: World, superuser: Any, u2: Actor) -> None:
    u3, m6 = world.actors["U3"], world.members["M6"]
    await world.amend(u3, m6, member_unit=EMPLOYERS["小店乙"], employer_uscc=EMPLOYERS["小店乙"])
    await world.accept(u2, (await world.release(u3, m6, u2.uri)).handoff_id)
    assert (await custody_of(superuser, m6))["member_unit"] is None
    await world.accept(u3, (await world.release(u2, m6, u3.uri, **BACK)).handoff_id, **AS_BEFORE)
    row = await custody_of(superuser, m6)
    assert (row["employer_uscc"], row["member_unit"]) == (EMPLOYERS["小店乙"], EMPLOYERS["小店乙"])


async def test_also_to_an_area_union_on_its_own_basis(
    world: World, superuser: Any, refused: Refused, u2: Actor
) -> None:
    u5 = world.actors["U5"]
    waiting = await world.join(u5, person(1, employer="新店", holding_basis="PRE_ESTABLISHMENT"))
    sub = waiting.membership_id
    await world.accept(u2, (await world.release(u5, sub, u2.uri)).handoff_id)
    back = await world.release(u2, sub, u5.uri, **BACK)
    refusal = await refused(await ready_acceptance(world, u5, back.handoff_id, **AS_BEFORE))
    assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "holding_basis"))
    await world.accept(u5, back.handoff_id, holding_basis="PRE_ESTABLISHMENT", **AS_BEFORE)
    row = await custody_of(superuser, sub)
    assert (row["holding_basis"], row["employer_uscc"]) == ("PRE_ESTABLISHMENT", EMPLOYERS["新店"])


async def test_and_once_more_the_other_way(world: World, superuser: Any, u1: Actor, u2: Actor, taken: UUID) -> None:
    await world.accept(u1, (await world.release(u2, taken, u1.uri, **BACK)).handoff_id, **AS_BEFORE)
    await world.accept(u2, (await world.release(u1, taken, u2.uri, **BACK)).handoff_id, **AS_BEFORE)
    row = await custody_of(superuser, taken)
    assert (row["holder_union"], row["employer_uscc"]) == (u2.caller.union_id, EMPLOYERS["乙"])
    await assert_whole(superuser)


async def test_what_no_holding_has_kept_the_receiver_states(
    world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, taken: UUID
) -> None:
    """From before the hub kept it: any basis on which a union of the kind may hold, and no employer."""
    await superuser.execute("update hub.holdings set holding_basis = null, employer_uscc = null")
    back = await world.release(u2, taken, u1.uri, **BACK)
    for basis in ("PRE_ESTABLISHMENT", "PLACEMENT"):
        act = await ready_acceptance(world, u1, back.handoff_id, holding_basis=basis, **AS_BEFORE)
        assert (await refused(act)).path == ("acceptance", "holding_basis")
    await world.accept(u1, back.handoff_id, holding_basis="DISPATCH_UNION", **AS_BEFORE)
    row = await custody_of(superuser, taken)
    assert (row["holding_basis"], row["employer_uscc"]) == ("DISPATCH_UNION", None)


class TestToWhom:
    @pytest.mark.article("HUB-P17")
    async def test_only_to_whom_the_member_was_taken_from(
        self, world: World, refused: Refused, u2: Actor, taken: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u2, taken, world.actors["U15"], **BACK))
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("release", "reason_code"))
        assert "CHANGE_OF_EMPLOYER" in refusal.next_step
        assert "CORRECTION" not in refusal.next_step

    async def test_the_last_one_not_one_before(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, taken: UUID
    ) -> None:
        u15 = world.actors["U15"]
        await world.accept(u15, (await world.release(u2, taken, u15.uri, new_employer_uscc=None)).handoff_id)
        assert (await refused(await ready_release(world, u15, taken, u1, **BACK))).code == Code.REASON_NOT_ALLOWED
        await world.release(u15, taken, u2.uri, **BACK)

    async def test_nobody_where_the_holder_enrolled_the_member(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        assert (await refused(await ready_release(world, u1, m1, u2, **BACK))).code == Code.REASON_NOT_ALLOWED

    @pytest.mark.article("A7")
    async def test_a_federation_that_the_member_had_joined_itself(self, world: World, u2: Actor) -> None:
        u4 = world.actors["U4"]
        joiner = await world.join(u4, person(1, holding_basis="FLEXIBLE_DIRECT"), employer_uscc=None)
        await world.accept(u2, (await world.release(u4, joiner.membership_id, u2.uri)).handoff_id)
        case = await world.release(u2, joiner.membership_id, u4.uri, **BACK)
        as_before = {**AS_BEFORE, "holding_basis": "FLEXIBLE_DIRECT"}
        act = await ready_acceptance(world, u4, case.handoff_id, **as_before)
        assert act.refusals == ()
        await act.send(world.hub)

    @pytest.mark.article("HUB-P09")
    async def test_nobody_that_is_being_wound_up(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, taken: UUID
    ) -> None:
        await set_state(superuser, "WINDING_UP", u1.uri)
        assert (await refused(await ready_release(world, u2, taken, u1, **BACK))).code == Code.UNION_NOT_ACTIVE


class TestForm:
    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize(
        ("name", "value"), [("relation_ended_on", date(2025, 2, 28)), ("new_employer_uscc", EMPLOYERS["甲"])]
    )
    async def test_the_old_relation_goes_on(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, taken: UUID, name: str, value: Any
    ) -> None:
        refusal = await refused(await ready_release(world, u2, taken, u1, **{**BACK, name: value}))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", name))

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize(
        ("name", "value"), [("relation_started_on", date(2025, 2, 28)), ("employer_uscc", EMPLOYERS["甲"])]
    )
    async def test_and_is_not_stated_anew(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, taken: UUID, name: str, value: Any
    ) -> None:
        back = await world.release(u2, taken, u1.uri, **BACK)
        act = await ready_acceptance(world, u1, back.handoff_id, **{**AS_BEFORE, name: value})
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", name))

    @pytest.mark.article("A12")
    @pytest.mark.parametrize("ground", ["NO_LABOUR_RELATION_HERE", "WRONG_UNION_LEVEL", "ARREARS"])
    async def test_it_is_refused_on_two_grounds_alone(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, taken: UUID, ground: str
    ) -> None:
        back = await world.release(u2, taken, u1.uri, **BACK)
        refusal = await refused(await ready_refusal(world, u1, back.handoff_id, ground))
        assert refusal.code == Code.REFUSAL_GROUND_NOT_ALLOWED
        assert "身份或会员证明不符" in refusal.next_step
        await world.refuse(u1, back.handoff_id, "IDENTITY_OR_PROOF_MISMATCH")
        again = await world.release(u2, taken, u1.uri, **BACK)
        await world.refuse(u1, again.handoff_id, "DOCUMENT_DEFECT")

    @pytest.mark.article("HUB-P17")
    async def test_nobody_asks_for_one_of_a_union_of_the_hub(
        self, world: World, u1: Actor, taken: UUID, refused: Refused
    ) -> None:
        act = await ready_request(world, u1, "M1", reason_code="CORRECTION", employer_uscc=EMPLOYERS["甲"])
        refusal = await refused(act)
        assert refusal.code is Code.REASON_NOT_ALLOWED
        assert "CORRECTION" not in refusal.next_step

    async def test_a_release_waits_as_any_other(self, world: World, u1: Actor, u2: Actor, taken: UUID) -> None:
        back = await world.release(u2, taken, u1.uri, **BACK)
        assert back.deadline is not None
        assert back.deadline > START
        assert (await world.recall(u2, back.handoff_id)).state == "RECALLED"
