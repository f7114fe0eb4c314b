"""Reorganisation (A3, A17, A20, HUB-P09): the union that takes another's place takes over everybody, as he is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.machines import HandoffState, SecondmentState
from tests.manifests import accepting, ready_batch, releasing
from tests.ready import ready_acceptance, ready_release
from tests.retaining import held, retain, retentions_of
from tests.seconding import act as second
from tests.seconding import at_host, offer, secondment_of
from tests.sql.wholeness import assert_whole
from tests.winding import close, wind_up
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
MERGED = {"reason_code": "EMPLOYER_REORGANISED", "relation_ended_on": None, "new_employer_uscc": None}
TAKEN_IN = {
    "reason_code": "EMPLOYER_REORGANISED",
    "in_date": TODAY,
    "employer_uscc": EMPLOYERS["乙"],
    "relation_started_on": date(2025, 3, 1),
}


@pytest.fixture
async def wound_up(world: World, u1: Actor, u2: Actor) -> Actor:
    """U1, in whose place U2 comes."""
    await wind_up(world, world.actors["U13"], u1.uri, successor_union=u2.uri)
    return u1


async def moved(world: World, by: Actor, to: Actor, **given: Any) -> None:
    """Let everybody go from one union to the other, by a manifest of each."""
    out = await releasing(world, by, receiving_union=to.uri, out_date=TODAY, **{**MERGED, **given})
    assert [leaf.refusals for leaf in out.leaves] == [()] * len(out.leaves)
    await ready_batch(by, out).send(world)
    taking = await accepting(world, to, releasing_union=by.uri, **TAKEN_IN)
    assert [leaf.refusals for leaf in taking.leaves] == [()] * len(out.leaves)
    view = await ready_batch(to, taking).send(world)
    assert [outcome.refusal for outcome in view.outcomes] == [None] * len(out.leaves)


@pytest.mark.article("HUB-P09")
async def test_everybody_goes_the_retiree_and_the_soldier_too(
    world: World, superuser: Any, u1: Actor, u2: Actor
) -> None:
    m1, m2, m3, m4 = (world.members[ref] for ref in ("M1", "M2", "M3", "M4"))
    await retain(world, u1, m2, "RETIREMENT")
    await retain(world, u1, m3, "MILITARY_SERVICE")
    await retain(world, u1, m4, "UNEMPLOYMENT")
    await wind_up(world, world.actors["U13"], u1.uri, successor_union=u2.uri)
    await moved(world, u1, u2)
    after = [await held(world, u2, member) for member in (m1, m2, m3, m4)]
    assert [view and (view.status, view.holding_basis) for view in after] == [
        ("ACTIVE", "ORDINARY"),
        *[("RETAINED", "ORDINARY")] * 3,
    ]
    # Of who works nowhere the employer stays what it was.
    assert [view and view.employer_uscc for view in after] == [EMPLOYERS["乙"], *[EMPLOYERS["甲"]] * 3]
    reasons = [(await retentions_of(world, u2, member))[-1].reason for member in (m2, m3, m4)]
    assert reasons == ["RETIREMENT", "MILITARY_SERVICE", "UNEMPLOYMENT"]
    await close(world, world.actors["U13"], u1.uri)
    await assert_whole(superuser)


@pytest.mark.article("A17")
async def test_a_retiree_goes_by_a_single_release_too(world: World, u1: Actor, u2: Actor) -> None:
    m2 = world.members["M2"]
    await retain(world, u1, m2, "RETIREMENT")
    case = await world.release(u1, m2, u2.uri, **MERGED)
    await world.accept(u2, case.handoff_id, employer_uscc=None, relation_started_on=None)
    after = await held(world, u2, m2)
    assert after is not None
    assert (after.status, after.employer_uscc) == ("RETAINED", EMPLOYERS["甲"])


async def test_who_works_is_taken_in_with_the_employer(world: World, wound_up: Actor, u2: Actor) -> None:
    case = await world.release(wound_up, world.members["M1"], u2.uri, **MERGED)
    draft = await accepting(world, u2, **{**TAKEN_IN, "employer_uscc": None})
    assert [refusal.code for refusal in draft.leaves[0].refusals] == [Code.NO_LABOUR_RELATION_YET]
    assert case.state is HandoffState.RELEASED


class TestSecondment:
    @pytest.mark.article("HUB-P09")
    async def test_a_host_s_successor_hosts_on(self, world: World, superuser: Any, u1: Actor) -> None:
        m4, host, next_host = world.members["M4"], world.actors["U12"], world.actors["U8"]
        await at_host(world, m4)
        await wind_up(world, world.actors["U17"], host.uri, successor_union=next_host.uri)
        await moved(world, host, next_host)
        after = await held(world, next_host, m4)
        assert after is not None
        assert (after.status, after.holding_basis, after.employer_uscc) == ("ACTIVE", "SECONDMENT", EMPLOYERS["戊"])
        lent = await secondment_of(world, u1, m4)
        assert lent is not None
        assert (lent.state, lent.host_union) == (SecondmentState.AT_HOST, next_host.caller.union_id)
        back = {"reason_code": "SECONDMENT_RETURN", "relation_ended_on": None, "new_employer_uscc": None}
        case = await world.release(next_host, m4, u1.uri, **back)
        home = await world.accept(u1, case.handoff_id, employer_uscc=None, relation_started_on=None)
        assert home.state is HandoffState.ACCEPTED
        await assert_whole(superuser)

    @pytest.mark.article("A14")
    async def test_without_a_successor_the_host_releases_home_alone(self, world: World, refused: Refused) -> None:
        m4, host, other = world.members["M4"], world.actors["U12"], world.actors["U8"]
        await at_host(world, m4)
        for winding in (None, {"successor_union": None}):
            if winding is not None:
                await wind_up(world, world.actors["U17"], host.uri, **winding)
            act = await ready_release(world, host, m4, other, **MERGED)
            assert (await refused(act)).code == Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST

    @pytest.mark.article("A14")
    async def test_to_a_successor_only_as_what_it_is(self, world: World, refused: Refused) -> None:
        m4, host, successor = world.members["M4"], world.actors["U12"], world.actors["U8"]
        await at_host(world, m4)
        await wind_up(world, world.actors["U17"], host.uri, successor_union=successor.uri)
        for to, reason in ((successor, "CHANGE_OF_EMPLOYER"), (world.actors["U2"], "EMPLOYER_REORGANISED")):
            act = await ready_release(world, host, m4, to, **{**MERGED, "reason_code": reason})
            assert (await refused(act)).code == Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST

    @pytest.mark.article("A14")
    async def test_a_successor_that_is_the_home_union_has_its_member_back(
        self, world: World, refused: Refused, u1: Actor
    ) -> None:
        m4, host = world.members["M4"], world.actors["U12"]
        await at_host(world, m4)
        await wind_up(world, world.actors["U17"], host.uri, successor_union=u1.uri)
        act = await ready_release(world, host, m4, u1, **MERGED)
        assert (await refused(act)).code == Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST

    @pytest.mark.article("HUB-P09")
    @pytest.mark.parametrize("is_offered", [False, True])
    async def test_what_the_home_union_recorded_goes_on(
        self, world: World, u1: Actor, u2: Actor, superuser: Any, *, is_offered: bool
    ) -> None:
        m4 = world.members["M4"]
        if is_offered:
            case = await offer(world, m4)
            await world.recall(u1, case.handoff_id)
        else:
            await second(world, "record", u1, m4)
        await wind_up(world, world.actors["U13"], u1.uri, successor_union=u2.uri)
        await moved(world, u1, u2)
        lent = await secondment_of(world, u2, m4)
        assert lent is not None
        assert (lent.state, lent.home_union) == (SecondmentState.RECORDED, u2.caller.union_id)
        await assert_whole(superuser)


class TestAreas:
    @pytest.fixture
    async def placed(self, world: World, u1: Actor) -> UUID:
        u5, m3 = world.actors["U5"], world.members["M3"]
        away = {"reason_code": "PLACEMENT", "new_employer_uscc": EMPLOYERS["新店"]}
        case = await world.release(u1, m3, u5.uri, **away)
        await world.accept(u5, case.handoff_id, holding_basis="PLACEMENT", employer_uscc=None, relation_started_on=None)
        return m3

    @pytest.mark.article("HUB-P09")
    async def test_who_is_placed_waits_on_with_the_successor(self, world: World, superuser: Any, placed: UUID) -> None:
        u5, u6 = world.actors["U5"], world.actors["U6"]
        await wind_up(world, world.actors["U9"], u5.uri, successor_union=u6.uri)
        await moved(world, u5, u6)
        after = await held(world, u6, placed)
        assert after is not None
        assert (after.status, after.holding_basis, after.employer_uscc) == ("ACTIVE", "PLACEMENT", EMPLOYERS["新店"])
        await assert_whole(superuser)

    @pytest.mark.article("A15")
    async def test_a_union_of_another_sort_holds_none_of_them(
        self, world: World, refused: Refused, placed: UUID
    ) -> None:
        u5 = world.actors["U5"]
        await wind_up(world, world.actors["U9"], u5.uri, successor_union=world.actors["U10"].uri)
        act = await ready_release(world, u5, placed, world.actors["U10"], **MERGED)
        assert (await refused(act)).code == Code.RECEIVER_CANNOT_HOLD

    @pytest.mark.article("A15")
    async def test_no_union_of_an_area_but_the_successor(self, world: World, refused: Refused, placed: UUID) -> None:
        act = await ready_release(world, world.actors["U5"], placed, world.actors["U6"], **MERGED)
        assert (await refused(act)).code == Code.RECEIVER_CANNOT_HOLD

    async def test_another_employer_is_a_move_of_its_own(self, world: World, refused: Refused, placed: UUID) -> None:
        u5, u6 = world.actors["U5"], world.actors["U6"]
        await wind_up(world, world.actors["U9"], u5.uri, successor_union=u6.uri)
        case = await world.release(u5, placed, u6.uri, **MERGED)
        act = await ready_acceptance(
            world,
            u6,
            case.handoff_id,
            holding_basis="PLACEMENT",
            employer_uscc=EMPLOYERS["乙"],
            relation_started_on=TODAY,
        )
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "employer_uscc"))
