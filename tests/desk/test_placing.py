"""Placement and the other reasons that ask for a place (A6, A7, A9, A13): each rule by its refusal."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.encoding import sha256_b64url
from hub.errors import Code
from hub.transfers.desk import pulling, releasing
from hub.transfers.machines import HandoffState
from tests.ready import ABSENT, altered, person, ready, ready_acceptance, ready_refusal, ready_release
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

NEW_SHOP: Final = EMPLOYERS["新店"]
PLACED: Final[dict[str, Any]] = {"reason_code": "PLACEMENT", "new_employer_uscc": NEW_SHOP}
TAKEN_IN: Final[dict[str, Any]] = {"holding_basis": "PLACEMENT", "employer_uscc": None, "relation_started_on": None}
CONSENT: Final = {"form": "WRITTEN", "given_on": date(2025, 3, 1), "evidence_sha256": sha256_b64url(b"consent")}


@pytest.fixture
def u3(world: World) -> Actor:
    return world.actors["U3"]


@pytest.fixture
def u5(world: World) -> Actor:
    """The street union where M3 lives."""
    return world.actors["U5"]


@pytest.fixture
def u6(world: World) -> Actor:
    """The village union where M3 lives."""
    return world.actors["U6"]


@pytest.fixture
def m3(world: World) -> UUID:
    """Held by U1."""
    return world.members["M3"]


async def membership(superuser: Any, membership_id: UUID) -> Any:
    return await superuser.fetchrow("select * from hub.memberships where membership_id = $1", membership_id)


async def place(world: World, member: UUID, receiver: Actor, **changes: Any) -> HandoffView:
    """Let U1 release a member to a union of the area, which takes it in."""
    case = await world.release(world.actors["U1"], member, receiver.uri, **{**PLACED, **changes})
    await world.accept(receiver, case.handoff_id, **TAKEN_IN)
    return case


async def let_retained(superuser: Any, membership_id: UUID) -> None:
    """Retain a member behind the hub: how one is retained is another chapter's."""
    await superuser.execute("update hub.memberships set status = 'RETAINED' where membership_id = $1", membership_id)


class TestPlacement:
    @pytest.mark.article("A13")
    @pytest.mark.scenario(8)
    async def test_a_placed_member_is_active_with_the_residence_union(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        act = await ready_release(world, u1, m3, u5, **PLACED)
        assert act.refusals == ()
        case = await act.send(world.hub)
        taking = await ready_acceptance(world, u5, case.handoff_id, **TAKEN_IN)
        assert taking.refusals == ()
        await taking.send(world.hub)
        found = await membership(superuser, m3)
        assert (found["holder_union"], found["status"], found["holding_basis"], found["employer_uscc"]) == (
            u5.caller.union_id,
            "ACTIVE",
            "PLACEMENT",
            NEW_SHOP,
        )

    @pytest.mark.article("A13")
    @pytest.mark.parametrize("receiver", ["U5", "U6"])
    async def test_street_or_village_is_the_members_choice(
        self, world: World, superuser: Any, m3: UUID, receiver: str
    ) -> None:
        await place(world, m3, world.actors[receiver])
        assert (await membership(superuser, m3))["holder_union"] == world.actors[receiver].caller.union_id

    @pytest.mark.article("A13", "A19")
    async def test_who_works_nowhere_is_retained(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, u5, reason_code="PLACEMENT", new_employer_uscc=None))
        assert (refusal.code, refusal.path) == (
            Code.NOT_REEMPLOYED_USE_RETENTION,
            ("release", "new_employer_uscc"),
        )

    @pytest.mark.article("A3")
    async def test_the_old_relation_has_ended(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, u5, **PLACED, relation_ended_on=None))
        assert refusal.code is Code.LABOUR_RELATION_UNCHANGED

    @pytest.mark.article("A13")
    @pytest.mark.scenario(10)
    async def test_an_employer_with_a_union_has_it_named(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        units = [{"employer_uscc": NEW_SHOP, "from": date(2025, 1, 1), "until": None}]
        await world.amend_union(world.actors["U9"], UNIONS["U3"].uri, member_units=units)
        refusal = await refused(await ready_release(world, u1, m3, u5, **PLACED))
        assert refusal.code is Code.EMPLOYER_HAS_UNION
        assert UNIONS["U3"].uri in refusal.next_step
        assert UNIONS["U3"].name in refusal.next_step

    @pytest.mark.article("A9")
    @pytest.mark.scenario(19)
    async def test_a_dispatched_worker_whose_agency_has_no_union_joins_the_hosts(
        self, world: World, refused: Refused, u3: Actor, u5: Actor
    ) -> None:
        dispatched = {**PLACED, "new_employer_uscc": EMPLOYERS["己"], "host_employer_uscc": EMPLOYERS["丁"]}
        refusal = await refused(await ready_release(world, u3, world.members["M6"], u5, **dispatched))
        assert (refusal.code, refusal.path) == (Code.DISPATCH_MUST_JOIN_HOST, ("release", "host_employer_uscc"))
        assert UNIONS["U8"].uri in refusal.next_step

    @pytest.mark.article("A9")
    async def test_nor_is_he_taken_in_by_anybody_elses_union(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m3: UUID
    ) -> None:
        dispatched = {"new_employer_uscc": EMPLOYERS["己"], "host_employer_uscc": EMPLOYERS["丁"]}
        refusal = await refused(await ready_release(world, u1, m3, u2, **dispatched))
        assert refusal.code is Code.DISPATCH_MUST_JOIN_HOST
        assert (await ready_release(world, u1, m3, world.actors["U8"], **dispatched)).refusals == ()

    @pytest.mark.article("A9")
    async def test_where_neither_has_a_union_he_is_placed(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await place(world, m3, u5, new_employer_uscc=EMPLOYERS["己"], host_employer_uscc=NEW_SHOP)
        assert (await membership(superuser, m3))["employer_uscc"] == EMPLOYERS["己"]

    @pytest.mark.article("A13", "A19")
    @pytest.mark.scenario(9)
    async def test_another_area_is_none(self, world: World, refused: Refused, u1: Actor, u5: Actor) -> None:
        refusal = await refused(await ready_release(world, u1, world.members["M1"], u5, **PLACED))
        assert (refusal.code, refusal.path) == (Code.NOT_RESIDENCE_AREA, ("release", "receiving_union"))

    @pytest.mark.article("A13", "A19")
    async def test_nor_is_one_of_a_member_whose_residence_is_not_on_file(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await superuser.execute("update hub.persons set residence_division_code = null where membership_id = $1", m3)
        refusal = await refused(await ready_release(world, u1, m3, u5, **PLACED))
        assert refusal.code is Code.NOT_RESIDENCE_AREA

    @pytest.mark.article("A13", "A19")
    @pytest.mark.parametrize("receiver", ["U9", "U2", "U3"])
    async def test_others_stand_back_behind_street_and_village(
        self, world: World, refused: Refused, u1: Actor, m3: UUID, receiver: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, world.actors[receiver], **PLACED))
        assert (refusal.code, refusal.path) == (Code.RECEIVER_KIND_NOT_ALLOWED, ("release", "receiving_union"))

    @pytest.mark.article("A15")
    @pytest.mark.parametrize("receiver", ["U4", "U3a"])
    async def test_a_federation_or_a_branch_holds_nobody_placed(
        self, world: World, refused: Refused, u1: Actor, m3: UUID, receiver: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, world.actors[receiver], **PLACED))
        assert refusal.code is Code.RECEIVER_CANNOT_HOLD

    @pytest.mark.article("A13")
    async def test_a_county_union_takes_in_where_there_is_neither(
        self, world: World, superuser: Any, u1: Actor
    ) -> None:
        u13, m1 = world.actors["U13"], world.members["M1"]
        await place(world, m1, u13)
        assert (await membership(superuser, m1))["holder_union"] == u13.caller.union_id

    async def test_the_employer_awaited_is_the_new_one(self, world: World, u1: Actor, u5: Actor, m3: UUID) -> None:
        draft = await world.draft_release(
            u1, m3, u5.uri, **PLACED, placement={"awaiting_employer_uscc": EMPLOYERS["己"]}
        )
        assert [(refusal.code, refusal.path[-1]) for refusal in draft.refusals] == [
            (Code.INPUT_INVALID, "awaiting_employer_uscc")
        ]
        moved = await world.draft_release(
            u1, m3, world.actors["U2"].uri, placement={"awaiting_employer_uscc": NEW_SHOP}
        )
        assert [(refusal.code, refusal.path) for refusal in moved.refusals] == [
            (Code.INPUT_INVALID, ("release", "placement"))
        ]

    @pytest.mark.article("A13")
    async def test_a_release_without_the_object_rests_on_its_new_employer(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        draft = altered(await world.draft_release(u1, m3, u5.uri, **PLACED), placement=ABSENT)
        case = await ready(releasing.release, u1, draft).send(world.hub)
        await world.accept(u5, case.handoff_id, **TAKEN_IN)
        assert (await membership(superuser, m3))["employer_uscc"] == NEW_SHOP


class TestWorkplace:
    @pytest.mark.article("A6")
    async def test_who_will_not_go_to_the_residence_goes_to_the_workplace(
        self, world: World, superuser: Any, u1: Actor, u5: Actor
    ) -> None:
        m1 = world.members["M1"]
        await place(world, m1, u5, reason_code="WORKPLACE_AREA")
        found = await membership(superuser, m1)
        assert (found["holder_union"], found["holding_basis"]) == (u5.caller.union_id, "PLACEMENT")

    @pytest.mark.article("A6", "A13")
    async def test_another_area_is_not_the_workplaces(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        elsewhere = {**PLACED, "reason_code": "WORKPLACE_AREA", "new_employer_uscc": EMPLOYERS["己"]}
        refusal = await refused(await ready_release(world, u1, m3, u5, **elsewhere))
        assert refusal.code is Code.NOT_WORKPLACE_AREA

    @pytest.mark.article("A13", "A19")
    async def test_a_county_union_is_none_of_a_workplace(
        self, world: World, refused: Refused, u1: Actor, m3: UUID
    ) -> None:
        given = {**PLACED, "reason_code": "WORKPLACE_AREA"}
        refusal = await refused(await ready_release(world, u1, m3, world.actors["U9"], **given))
        assert refusal.code is Code.RECEIVER_KIND_NOT_ALLOWED

    @pytest.mark.article("A13", "A19")
    async def test_without_the_members_refusal_the_residence_comes_first(
        self, world: World, refused: Refused, u1: Actor, u5: Actor
    ) -> None:
        given = {**PLACED, "reason_code": "WORKPLACE_AREA", "placement": {"residence_refused_by_member": False}}
        refusal = await refused(await ready_release(world, u1, world.members["M1"], u5, **given))
        assert refusal.code is Code.NOT_RESIDENCE_AREA


class TestSecondCheck:
    @pytest.fixture
    async def case(self, world: World, u1: Actor, u5: Actor, m3: UUID) -> HandoffView:
        """M3's open release to U5."""
        return await world.release(u1, m3, u5.uri, **PLACED)

    @pytest.mark.article("A13")
    async def test_a_union_founded_meanwhile_voids_it(
        self, world: World, superuser: Any, u5: Actor, m3: UUID, case: HandoffView
    ) -> None:
        act = await ready_acceptance(world, u5, case.handoff_id, **TAKEN_IN)
        await world.found("U14")
        refusal = await act.refused(world.hub)
        assert refusal.code is Code.EMPLOYER_HAS_UNION
        assert world.actors["U14"].uri in refusal.next_step
        docket = await superuser.fetch("select state, ground from hub.dockets where handoff_id = $1", case.handoff_id)
        assert {(row["state"], row["ground"]) for row in docket} == {("VOIDED", "EMPLOYER_ORGANISED_MEANWHILE")}
        assert (await membership(superuser, m3))["holder_union"] == world.actors["U1"].caller.union_id
        again = await act.refused(world.hub)
        assert (again.code, again.next_step) == (refusal.code, refusal.next_step)
        drafted = await world.draft_release(world.actors["U1"], m3, world.actors["U14"].uri, new_employer_uscc=NEW_SHOP)
        assert drafted.refusals == ()

    @pytest.mark.article("A13", "A19")
    async def test_the_residence_now_on_file_counts(
        self, world: World, superuser: Any, u5: Actor, m3: UUID, case: HandoffView
    ) -> None:
        await superuser.execute(
            "update hub.persons set residence_division_code = '310120001001' where membership_id = $1", m3
        )
        act = await ready_acceptance(world, u5, case.handoff_id, **TAKEN_IN)
        assert [refusal.code for refusal in act.refusals] == [Code.NOT_RESIDENCE_AREA]
        assert (await act.refused(world.hub)).code is Code.NOT_RESIDENCE_AREA
        assert (await act.refused(world.hub)).code is Code.NOT_RESIDENCE_AREA
        state = await superuser.fetchval("select state from hub.handoffs where handoff_id = $1", case.handoff_id)
        assert state == "VOIDED"

    @pytest.mark.article("HUB-P09")
    async def test_the_receiver_is_active(self, world: World, superuser: Any, u5: Actor, case: HandoffView) -> None:
        act = await ready_acceptance(world, u5, case.handoff_id, **TAKEN_IN)
        await set_state(superuser, "WINDING_UP", u5.uri)
        assert (await act.refused(world.hub)).code is Code.UNION_NOT_ACTIVE

    async def test_the_employer_is_that_of_the_release(self, world: World, u5: Actor, case: HandoffView) -> None:
        other = await world.draft_acceptance(u5, case.handoff_id, **{**TAKEN_IN, "employer_uscc": EMPLOYERS["己"]})
        assert [(refusal.code, refusal.path) for refusal in other.refusals] == [
            (Code.INPUT_INVALID, ("acceptance", "employer_uscc"))
        ]
        same = await world.draft_acceptance(u5, case.handoff_id, **{**TAKEN_IN, "employer_uscc": NEW_SHOP})
        assert same.refusals == ()

    @pytest.mark.article("HUB-P17")
    async def test_nobody_is_placed_on_another_basis(
        self, world: World, refused: Refused, u5: Actor, case: HandoffView
    ) -> None:
        act = await ready_acceptance(world, u5, case.handoff_id, **{**TAKEN_IN, "holding_basis": "ORDINARY"})
        assert (await refused(act)).path == ("acceptance", "holding_basis")

    @pytest.mark.article("A12")
    async def test_want_of_a_labour_relation_is_no_ground(
        self, world: World, refused: Refused, u5: Actor, case: HandoffView
    ) -> None:
        refusal = await refused(await ready_refusal(world, u5, case.handoff_id, "NO_LABOUR_RELATION_HERE"))
        assert refusal.code is Code.REFUSAL_GROUND_NOT_ALLOWED
        view = await (await ready_refusal(world, u5, case.handoff_id, "NOT_RESIDENT_HERE")).send(world.hub)
        assert view.state is HandoffState.REFUSED


class TestExit:
    @pytest.mark.article("A13")
    @pytest.mark.scenario(11)
    async def test_a_placed_member_goes_to_the_union_that_was_awaited(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        await place(world, m3, u5)
        await world.found("U14")
        u14 = world.actors["U14"]
        act = await ready_release(
            world, u5, m3, u14, reason_code="PLACEMENT_EXIT", relation_ended_on=None, new_employer_uscc=None
        )
        assert act.refusals == ()
        case = await act.send(world.hub)
        await world.accept(u14, case.handoff_id, employer_uscc=NEW_SHOP)
        found = await membership(superuser, m3)
        assert (found["holder_union"], found["holding_basis"]) == (u14.caller.union_id, "ORDINARY")

    @pytest.mark.article("A15")
    async def test_and_to_no_other(self, world: World, refused: Refused, u2: Actor, u5: Actor, m3: UUID) -> None:
        await place(world, m3, u5)
        leaving = {"reason_code": "PLACEMENT_EXIT", "relation_ended_on": None, "new_employer_uscc": None}
        assert (await refused(await ready_release(world, u5, m3, u2, **leaving))).code is Code.RECEIVER_CANNOT_HOLD

    @pytest.mark.article("HUB-P17")
    async def test_another_employer_is_a_change_of_employer(
        self, world: World, refused: Refused, u2: Actor, u5: Actor, m3: UUID
    ) -> None:
        await place(world, m3, u5)
        leaving = {"reason_code": "PLACEMENT_EXIT", "new_employer_uscc": EMPLOYERS["乙"]}
        refusal = await refused(await ready_release(world, u5, m3, u2, **leaving))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "new_employer_uscc"))
        assert (await ready_release(world, u5, m3, u2)).refusals == ()

    @pytest.mark.article("A3", "A13")
    async def test_the_union_awaited_may_ask(self, world: World, superuser: Any, u5: Actor, m3: UUID) -> None:
        await place(world, m3, u5)
        await world.found("U14")
        u14 = world.actors["U14"]
        case = await world.request(u14, "M3", reason_code="PLACEMENT_EXIT", employer_uscc=NEW_SHOP)
        answer = {"reason_code": "PLACEMENT_EXIT", "relation_ended_on": None, "new_employer_uscc": None}
        await world.answer(u5, case.handoff_id, u14.uri, **answer)
        await world.accept(u14, case.handoff_id, employer_uscc=NEW_SHOP)
        assert (await membership(superuser, m3))["holder_union"] == u14.caller.union_id

    @pytest.mark.article("HUB-P17")
    async def test_nobody_asks_for_the_exit_of_one_who_was_never_placed(self, world: World, u2: Actor) -> None:
        draft = await world.draft_request(u2, "M3", reason_code="PLACEMENT_EXIT")
        assert draft.refusals == ()
        refusal = await ready(pulling.request, u2, draft).refused(world.hub)
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("request", "reason_code"))

    @pytest.mark.article("A6")
    async def test_who_joined_before_there_was_a_union_goes_to_it(
        self, world: World, superuser: Any, u5: Actor
    ) -> None:
        waiting = {"holding_basis": "PRE_ESTABLISHMENT", "employer_uscc": NEW_SHOP}
        member = (await world.join(u5, person(70), **waiting)).membership_id
        await world.found("U14")
        u14 = world.actors["U14"]
        leaving = {"reason_code": "PRE_ESTABLISHMENT_EXIT", "relation_ended_on": None, "new_employer_uscc": NEW_SHOP}
        case = await world.release(u5, member, u14.uri, **leaving)
        await world.accept(u14, case.handoff_id, employer_uscc=NEW_SHOP)
        assert (await membership(superuser, member))["holding_basis"] == "ORDINARY"


class TestResidenceMove:
    MOVING: Final[dict[str, Any]] = {
        "reason_code": "RESIDENCE_MOVE",
        "relation_ended_on": None,
        "new_employer_uscc": None,
    }

    @pytest.mark.article("A13")
    async def test_who_moves_house_stays_placed(
        self, world: World, superuser: Any, u5: Actor, u6: Actor, m3: UUID
    ) -> None:
        await place(world, m3, u5)
        case = await world.release(u5, m3, u6.uri, **self.MOVING)
        await world.accept(u6, case.handoff_id, **TAKEN_IN)
        found = await membership(superuser, m3)
        assert (found["holder_union"], found["holding_basis"], found["employer_uscc"]) == (
            u6.caller.union_id,
            "PLACEMENT",
            NEW_SHOP,
        )

    @pytest.mark.article("A13", "A19")
    async def test_to_a_union_of_where_he_lives(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        await place(world, m3, u5)
        refusal = await refused(await ready_release(world, u5, m3, world.actors["U13"], **self.MOVING))
        assert refusal.code is Code.NOT_RESIDENCE_AREA

    async def test_the_basis_stays_what_it_was(self, world: World, u5: Actor, u6: Actor, m3: UUID) -> None:
        await place(world, m3, u5)
        case = await world.release(u5, m3, u6.uri, **self.MOVING)
        draft = await world.draft_acceptance(
            u6, case.handoff_id, **{**TAKEN_IN, "holding_basis": "RESIDENCE_RETENTION"}
        )
        assert [refusal.path for refusal in draft.refusals] == [("acceptance", "holding_basis")]


class TestRestoring:
    async def test_a_placement_of_one_retained_restores(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await let_retained(superuser, m3)
        draft = await world.draft_release(u1, m3, u5.uri, **PLACED)
        assert '"restores":true' in (draft.claims or "")
        assert draft.refusals == ()

    async def test_who_is_not_retained_is_not_restored(self, world: World, u1: Actor, u5: Actor, m3: UUID) -> None:
        draft = await world.draft_release(u1, m3, u5.uri, **PLACED, restores=True)
        assert [(refusal.code, refusal.path) for refusal in draft.refusals] == [
            (Code.INPUT_INVALID, ("release", "restores"))
        ]

    async def test_nobody_is_placed_and_retained(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await let_retained(superuser, m3)
        draft = await world.draft_release(u1, m3, u5.uri, **PLACED, restores=False)
        assert draft.refusals[-1].path == ("release", "restores")


class TestFlexible:
    CHOSEN: Final[dict[str, Any]] = {
        "reason_code": "FLEXIBLE_CHOICE",
        "relation_ended_on": None,
        "new_employer_uscc": None,
    }
    BY_CHOICE: Final[dict[str, Any]] = {**TAKEN_IN, "holding_basis": "FLEXIBLE_DIRECT"}

    @pytest.mark.article("A7")
    @pytest.mark.parametrize("receiver", ["U2", "U5", "U4"])
    async def test_the_member_chooses_a_federation_too(
        self, world: World, superuser: Any, u1: Actor, m3: UUID, receiver: str
    ) -> None:
        chosen = world.actors[receiver]
        case = await world.release(u1, m3, chosen.uri, **self.CHOSEN)
        act = await ready_acceptance(world, chosen, case.handoff_id, **self.BY_CHOICE)
        assert act.refusals == ()
        await act.send(world.hub)
        found = await membership(superuser, m3)
        assert (found["holder_union"], found["holding_basis"]) == (chosen.caller.union_id, "FLEXIBLE_DIRECT")

    @pytest.mark.article("A15")
    async def test_but_none_that_holds_nobody(self, world: World, refused: Refused, u1: Actor, m3: UUID) -> None:
        refusal = await refused(await ready_release(world, u1, m3, world.actors["U10"], **self.CHOSEN))
        assert refusal.code is Code.RECEIVER_CANNOT_HOLD

    @pytest.mark.article("A7")
    async def test_a_contract_is_not_asked_for(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        case = await world.release(u1, m3, u5.uri, **self.CHOSEN)
        refusal = await refused(await ready_refusal(world, u5, case.handoff_id, "NO_LABOUR_RELATION_HERE"))
        assert refusal.code is Code.CONTRACT_NOT_REQUIRED
        view = await (await ready_refusal(world, u5, case.handoff_id, "OPTION_DECLINED")).send(world.hub)
        assert view.state is HandoffState.REFUSED

    @pytest.mark.article("A7")
    async def test_a_federation_asks_for_who_has_chosen_it(self, world: World, superuser: Any, m3: UUID) -> None:
        u4 = world.actors["U4"]
        case = await world.request(u4, "M3", reason_code="FLEXIBLE_CHOICE")
        await world.answer(world.actors["U1"], case.handoff_id, u4.uri, **self.CHOSEN)
        await world.accept(u4, case.handoff_id, **self.BY_CHOICE)
        assert (await membership(superuser, m3))["holder_union"] == u4.caller.union_id

    @pytest.mark.article("A15")
    async def test_and_for_nobody_else(self, world: World) -> None:
        draft = await world.draft_request(world.actors["U4"], "M3")
        assert draft.refusals[0].code is Code.ISSUER_IS_GRASSROOTS_UNION


class TestDispatch:
    @pytest.mark.article("A9")
    async def test_the_member_may_choose_the_hosts_union(self, world: World, superuser: Any) -> None:
        u7, u8, m5 = world.actors["U7"], world.actors["U8"], world.members["M5"]
        chosen = {"reason_code": "DISPATCH_CHOICE", "relation_ended_on": None, "new_employer_uscc": None}
        case = await world.release(u7, m5, u8.uri, **chosen, consent=CONSENT)
        await world.accept(u8, case.handoff_id, holding_basis="DISPATCH_HOST_JOINED", employer_uscc=EMPLOYERS["丙"])
        assert (await membership(superuser, m5))["holding_basis"] == "DISPATCH_HOST_JOINED"
        ended = {"reason_code": "DISPATCH_ENDED", "relation_ended_on": None, "new_employer_uscc": None}
        back = await world.release(u8, m5, u7.uri, **ended)
        await world.accept(u7, back.handoff_id, holding_basis="DISPATCH_UNION", employer_uscc=EMPLOYERS["丙"])
        assert (await membership(superuser, m5))["holding_basis"] == "DISPATCH_UNION"

    @pytest.mark.article("HUB-P15")
    @pytest.mark.parametrize(
        "consent", [None, {**CONSENT, "form": "HEARSAY"}, {**CONSENT, "given_on": date(2025, 1, 1)}]
    )
    async def test_it_is_the_members_own_choice(self, world: World, refused: Refused, consent: Any) -> None:
        u7, u8, m5 = world.actors["U7"], world.actors["U8"], world.members["M5"]
        chosen = {"reason_code": "DISPATCH_CHOICE", "relation_ended_on": None, "consent": consent}
        refusal = await refused(await ready_release(world, u7, m5, u8, **chosen))
        assert refusal.code is Code.MEMBER_CONSENT_REQUIRED

    @pytest.mark.article("A3")
    async def test_a_reorganised_employer_moves_its_members(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m3: UUID
    ) -> None:
        merged = {"reason_code": "EMPLOYER_REORGANISED", "relation_ended_on": None}
        case = await world.release(u1, m3, u2.uri, **merged)
        await world.accept(u2, case.handoff_id)
        assert (await membership(superuser, m3))["holder_union"] == u2.caller.union_id

    @pytest.mark.article("A3")
    async def test_an_end_that_is_stated_has_come(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m3: UUID
    ) -> None:
        merged = {"reason_code": "EMPLOYER_REORGANISED", "relation_ended_on": date(2025, 3, 4)}
        assert (await refused(await ready_release(world, u1, m3, u2, **merged))).code is Code.LABOUR_RELATION_UNCHANGED


class TestAsking:
    @pytest.mark.article("A6", "A13")
    async def test_a_street_union_asks_for_who_works_where_there_is_no_union(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        case = await world.request(u5, "M3", reason_code="PLACEMENT", employer_uscc=NEW_SHOP)
        await world.answer(u1, case.handoff_id, u5.uri, **PLACED)
        await world.accept(u5, case.handoff_id, **TAKEN_IN)
        assert (await membership(superuser, m3))["holding_basis"] == "PLACEMENT"

    @pytest.mark.article("A6", "A13")
    async def test_not_for_one_whose_employer_has_its_union(self, world: World, u5: Actor) -> None:
        draft = await world.draft_request(u5, "M3", reason_code="PLACEMENT")
        assert [refusal.code for refusal in draft.refusals] == [Code.EMPLOYER_HAS_UNION]
        assert (await ready(pulling.request, u5, draft).refused(world.hub)).code is Code.EMPLOYER_HAS_UNION

    @pytest.mark.article("A13", "A19")
    async def test_nor_for_one_who_lives_elsewhere(self, world: World, refused: Refused, u5: Actor) -> None:
        draft = await world.draft_request(u5, "M1", reason_code="PLACEMENT", employer_uscc=NEW_SHOP)
        assert draft.refusals == ()
        assert (await ready(pulling.request, u5, draft).refused(world.hub)).code is Code.NOT_RESIDENCE_AREA

    @pytest.mark.article("A13", "A19")
    async def test_nor_does_an_employers_union(self, world: World, u2: Actor) -> None:
        draft = await world.draft_request(u2, "M3", reason_code="PLACEMENT", employer_uscc=NEW_SHOP)
        assert draft.refusals[0].code is Code.RECEIVER_KIND_NOT_ALLOWED

    @pytest.mark.article("A6", "A13")
    async def test_after_the_holder_let_it_lie_the_union_above_releases(
        self, world: World, superuser: Any, u5: Actor, m3: UUID
    ) -> None:
        case = await world.request(u5, "M3", reason_code="PLACEMENT", employer_uscc=NEW_SHOP)
        await world.set_clock(START + timedelta(days=40))
        u13 = world.actors["U13"]
        await world.release_in_lieu(u13, case.handoff_id, new_employer_uscc=NEW_SHOP)
        today = (START + timedelta(days=40)).date()
        await world.accept(u5, case.handoff_id, **TAKEN_IN, in_date=today)
        found = await membership(superuser, m3)
        assert (found["holding_basis"], found["employer_uscc"]) == ("PLACEMENT", NEW_SHOP)
