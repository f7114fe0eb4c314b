"""A union of the residence restores whom it has retained, and places him: no handoff, the same holder (A13, A19)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation import statements
from hub.errors import Code
from hub.transfers.desk import retaining
from hub.transfers.ledger import placements
from hub.transfers.machines import PlacementState, RetentionState
from hub.transfers.retention_column import entries_of
from tests.desk.test_closing_retention import BOTH
from tests.desk.test_leaving import TAKEN_OVER
from tests.ready import ABSENT, altered, ready, ready_acceptance, ready_release
from tests.retaining import draft, held, ready_act, retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import PlacementView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

NEW_SHOP: Final = EMPLOYERS["新店"]
DAY: Final = date(2025, 3, 4)
PLACED: Final[dict[str, Any]] = {
    "restored_on": DAY,
    "employer_uscc": NEW_SHOP,
    "relation_started_on": DAY,
    "placement": {"awaiting_employer_uscc": NEW_SHOP},
}


@pytest.fixture
def u5(world: World) -> Actor:
    """The street union where M3 lives."""
    return world.actors["U5"]


@pytest.fixture
async def m3(world: World, u1: Actor, u5: Actor) -> UUID:
    """Of U1, whose employer was closed: retained, and with the street union by now."""
    member = world.members["M3"]
    case = await world.release(u1, member, u5.uri, **BOTH)
    await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER)).send(world.hub)
    await world.set_clock(START + timedelta(days=1))
    return member


async def waiting(world: World, actor: Actor) -> list[PlacementView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return await placements.placement_page(reading, state=None, after=None, limit=10)


class TestPlaced:
    @pytest.mark.article("A13", "A19")
    async def test_the_member_waits_as_one_who_came_by_a_handoff(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        act = await ready_act(world, "restore", u5, m3, **PLACED)
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.status, view.holding_basis) == ("ACTIVE", "PLACEMENT")
        row = await superuser.fetchrow("select * from hub.memberships where membership_id = $1", m3)
        assert (row["employer_uscc"], row["custody_version"]) == (NEW_SHOP, 2)
        assert await superuser.fetchval("select count(*) from hub.handoffs where membership_id = $1", m3) == 1
        (kept,) = await retentions_of(world, u5, m3)
        assert (kept.state, kept.restored_on) == (RetentionState.RESTORED, DAY)
        assert [step.act for step in kept.steps] == ["record", "move", "restore"]
        (entry,) = entries_of([kept])
        assert (entry.restored_month, entry.restoration_seal) == ("2025-03", u5.fixture.name)
        (placed,) = await waiting(world, u5)
        assert (placed.state, placed.awaiting_employer_uscc) == (PlacementState.PLACED, NEW_SHOP)
        await assert_whole(superuser)
        assert (await act.send(world.hub)).membership_id == view.membership_id

    @pytest.mark.article("A13")
    async def test_once_the_employer_has_its_union_the_exit_is_due(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await (await ready_act(world, "restore", u5, m3, **PLACED)).send(world.hub)
        await world.set_clock(START + timedelta(days=2))
        await world.found("U14")
        u14 = world.actors["U14"]
        (placed,) = await waiting(world, u5)
        assert (placed.state, placed.exit_to) == (PlacementState.EXIT_DUE, u14.caller.union_id)
        async with world.hub.database.as_union(u14.caller.union_id, u14.caller.kid) as reading:
            (line,) = await placements.awaited(reading)
        assert (line.employer_uscc, line.holder_union, line.members) == (NEW_SHOP, u5.caller.union_id, 1)
        exits = {"reason_code": "PLACEMENT_EXIT", "relation_ended_on": None, "new_employer_uscc": None}
        case = await world.release(u5, m3, u14.uri, **exits)
        went = {"employer_uscc": NEW_SHOP, "relation_started_on": DAY, "in_date": date(2025, 3, 5)}
        await (await ready_acceptance(world, u14, case.handoff_id, **went)).send(world.hub)
        view = await held(world, u14, m3)
        assert view is not None
        assert view.holding_basis == "ORDINARY"
        await assert_whole(superuser)

    @pytest.mark.article("A19")
    async def test_who_loses_that_work_is_retained_again(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await (await ready_act(world, "restore", u5, m3, **PLACED)).send(world.hub)
        await world.set_clock(START + timedelta(days=2))
        day = date(2025, 3, 5)
        view = await retain(world, u5, m3, retained_on=day, relation_ended_on=day)
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        await assert_whole(superuser)

    @pytest.mark.article("A20")
    async def test_a_soldier_too_once_discharged(self, world: World, refused: Refused, u1: Actor, u5: Actor) -> None:
        member = world.members["M3"]
        placed = await ready_release(world, u1, member, u5, reason_code="PLACEMENT", new_employer_uscc=NEW_SHOP)
        case = await placed.send(world.hub)
        await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER | {"holding_basis": "PLACEMENT"})).send(
            world.hub
        )
        await world.set_clock(START + timedelta(days=1))
        await retain(world, u5, member, "MILITARY_SERVICE", retained_on=DAY, enlisted_on=DAY)
        serving = await ready_act(world, "restore", u5, member, **PLACED)
        assert (await refused(serving)).code == Code.IN_MILITARY_SERVICE
        view = await (await ready_act(world, "restore", u5, member, **PLACED, discharged_on=DAY)).send(world.hub)
        assert (view.status, view.holding_basis) == ("ACTIVE", "PLACEMENT")

    async def test_whom_one_waits_for_is_whom_one_works_for(self, world: World, u5: Actor, m3: UUID) -> None:
        changes: tuple[dict[str, Any], ...] = ({"placement": {}}, {"employer_uscc": None})
        for given in changes:
            made = await ready_act(world, "restore", u5, m3, **PLACED | given)
            stated = statements.read_any(made.jws).claims["restoration"]
            assert (stated["employer_uscc"], stated["placement"]) == (NEW_SHOP, {"awaiting_employer_uscc": NEW_SHOP})


class TestRefused:
    @pytest.mark.article("A13")
    async def test_where_the_employer_has_a_union(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        uscc = EMPLOYERS["乙"]
        given = PLACED | {"employer_uscc": uscc, "placement": {"awaiting_employer_uscc": uscc}}
        refusal = await refused(await ready_act(world, "restore", u5, m3, **given))
        path = ("restoration", "placement", "awaiting_employer_uscc")
        assert (refusal.code, refusal.path) == (Code.EMPLOYER_HAS_UNION, path)
        assert UNIONS["U2"].uri in str(refusal.facts["union"])

    @pytest.mark.article("A9")
    async def test_where_the_host_of_a_dispatch_has_one(
        self, world: World, refused: Refused, u5: Actor, m3: UUID
    ) -> None:
        given = PLACED | {"placement": {"awaiting_employer_uscc": NEW_SHOP, "host_employer_uscc": EMPLOYERS["乙"]}}
        refusal = await refused(await ready_act(world, "restore", u5, m3, **given))
        path = ("restoration", "placement", "host_employer_uscc")
        assert (refusal.code, refusal.path) == (Code.DISPATCH_MUST_JOIN_HOST, path)

    async def test_where_the_code_of_the_host_is_wrong(
        self, world: World, refused: Refused, u5: Actor, m3: UUID
    ) -> None:
        wrong = EMPLOYERS["乙"][:-1] + "0"
        given = PLACED | {"placement": {"awaiting_employer_uscc": NEW_SHOP, "host_employer_uscc": wrong}}
        refusal = await refused(await ready_act(world, "restore", u5, m3, **given))
        path = ("restoration", "placement", "host_employer_uscc")
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, path)

    @pytest.mark.article("A13", "A19")
    async def test_by_a_union_of_no_area(self, world: World, refused: Refused, u1: Actor) -> None:
        member = world.members["M1"]
        await retain(world, u1, member)
        await world.set_clock(START + timedelta(days=1))
        refusal = await refused(await ready_act(world, "restore", u1, member, **PLACED))
        assert (refusal.code, refusal.path) == (Code.RECEIVER_KIND_NOT_ALLOWED, ("restoration", "placement"))

    @pytest.mark.article("A13", "A19")
    async def test_by_a_union_of_another_area(
        self, world: World, refused: Refused, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await superuser.execute("update hub.persons set residence_division_code = '310120001001'")
        refusal = await refused(await ready_act(world, "restore", u5, m3, **PLACED))
        assert (refusal.code, refusal.path) == (Code.NOT_RESIDENCE_AREA, ("restoration", "placement"))

    async def test_of_who_is_not_retained(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        await (await ready_act(world, "restore", u5, m3, **PLACED)).send(world.hub)
        refusal = await refused(await ready_act(world, "restore", u5, m3, **PLACED))
        assert refusal.code == Code.STEP_NOT_ALLOWED

    @pytest.mark.article("A13", "A19")
    async def test_of_who_is_in_custody(
        self, world: World, refused: Refused, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await superuser.execute("update hub.memberships set holding_basis = 'CUSTODIAL' where membership_id = $1", m3)
        assert (await refused(await ready_act(world, "restore", u5, m3, **PLACED))).code == Code.REEMPLOYED_USE_TRANSFER

    @pytest.mark.article("A17")
    async def test_of_a_retiree(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        changed = await ready_act(world, "change", u5, m3, reason="RETIREMENT", changed_on=DAY)
        await changed.send(world.hub)
        refusal = await refused(await ready_act(world, "restore", u5, m3, **PLACED))
        assert refusal.code == Code.REHIRED_RETIREE_NO_TRANSFER

    @pytest.mark.article("A13", "A20")
    @pytest.mark.parametrize("started", [None, DAY + timedelta(days=1)])
    async def test_of_who_does_not_work_yet(
        self, world: World, refused: Refused, u5: Actor, m3: UUID, started: date | None
    ) -> None:
        given = PLACED | {"relation_started_on": started}
        refusal = await refused(await ready_act(world, "restore", u5, m3, **given))
        assert refusal.code == Code.NO_LABOUR_RELATION_YET

    @pytest.mark.article("A13", "A20")
    async def test_of_who_is_said_to_work_nowhere(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        made = await draft(world, "restore", u5, m3, **PLACED)
        refusal = await refused(ready(retaining.restore, u5, altered(made, employer_uscc=ABSENT)))
        assert (refusal.code, refusal.path) == (Code.NO_LABOUR_RELATION_YET, ("restoration", "employer_uscc"))

    async def test_waiting_for_another_than_the_employer(
        self, world: World, refused: Refused, u5: Actor, m3: UUID
    ) -> None:
        given = PLACED | {"employer_uscc": EMPLOYERS["甲"]}
        refusal = await refused(await ready_act(world, "restore", u5, m3, **given))
        path = ("restoration", "placement", "awaiting_employer_uscc")
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, path)

    @pytest.mark.article("HUB-P09")
    async def test_by_a_union_that_is_wound_up(
        self, world: World, refused: Refused, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        act = await ready_act(world, "restore", u5, m3, **PLACED)
        await set_state(superuser, "WINDING_UP", u5.uri)
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE

    async def test_what_is_no_placement_at_all(self, world: World, u5: Actor, m3: UUID, refused: Refused) -> None:
        made = await draft(world, "restore", u5, m3, **PLACED)
        for stated in ("x", {}, {"awaiting_employer_uscc": 1}):
            refusal = await refused(ready(retaining.restore, u5, altered(made, placement=stated)))
            assert refusal.code == Code.STATEMENT_MALFORMED
