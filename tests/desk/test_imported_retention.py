"""A membership that is retained already when it is brought in (A25): what follows from it, alone and beside another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.desk.pairs import ON_PAPER, status_of
from tests.history import columns_of, ready_dues, ready_retained
from tests.ready import person, ready_amendment, ready_import, ready_merge
from tests.retaining import held, ready_act, retentions_of
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


class TestAlone:
    async def test_it_is_retained_from_the_start(self, world: World, superuser: Any, u1: Actor) -> None:
        act = await ready_import(world, u1, person(1), **ready_retained())
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.status, view.holding_basis, view.dues_paid_through) == ("RETAINED", "ORDINARY", "2024-02")
        (kept,) = await retentions_of(world, u1, view.membership_id)
        assert (kept.reason, kept.retained_on, kept.steps[0].act) == ("UNEMPLOYMENT", date(2024, 2, 20), "import")
        assert (await columns_of(world, u1, view.membership_id))[1] == [
            "*2024年2月因失业保留会籍。甲机械厂工会（盖章）"
        ]
        statuses = await superuser.fetch("select status from hub.statuses where membership_id = $1", view.membership_id)
        assert [row["status"] for row in statuses] == ["RETAINED"]
        assert (await act.send(world.hub)).status == "RETAINED"
        await assert_whole(superuser)

    @pytest.mark.article("A21")
    async def test_no_dues_are_owed(self, world: World, u1: Actor, refused: Refused) -> None:
        view = await (await ready_import(world, u1, person(1), **ready_retained())).send(world.hub)
        refusal = await refused(await ready_dues(world, u1, view.membership_id, "2024-03"))
        assert (refusal.code, refusal.facts["exempt_from"]) == (Code.DUES_EXEMPT_IN_RETENTION, "2024-03")

    async def test_it_is_restored_as_any_other(self, world: World, superuser: Any, u1: Actor) -> None:
        view = await (await ready_import(world, u1, person(1), **ready_retained())).send(world.hub)
        await (await ready_act(world, "restore", u1, view.membership_id)).send(world.hub)
        assert (await columns_of(world, u1, view.membership_id))[1] == [
            "*2024年2月因失业保留会籍。甲机械厂工会（盖章）\n2025年3月恢复会籍。甲机械厂工会（盖章）"
        ]
        paid = await (await ready_dues(world, u1, view.membership_id, "2025-04")).send(world.hub)
        assert paid.paid_from == "2025-03"
        await assert_whole(superuser)

    async def test_or_annulled(self, world: World, superuser: Any, u1: Actor) -> None:
        view = await (await ready_import(world, u1, person(1), **ready_retained())).send(world.hub)
        await (await ready_act(world, "annul", u1, view.membership_id)).send(world.hub)
        member = await held(world, u1, view.membership_id)
        assert member is not None
        assert (member.status, await columns_of(world, u1, view.membership_id)) == ("ACTIVE", ([], []))
        await assert_whole(superuser)

    async def test_a_union_of_the_residence_may_hold_it(self, world: World, superuser: Any) -> None:
        u5 = world.actors["U5"]
        member = person(1, residence="310117001005")
        given = {**ready_retained(), "holding_basis": "RESIDENCE_RETENTION", "employer_uscc": None}
        view = await (await ready_import(world, u5, member, **given)).send(world.hub)
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        await assert_whole(superuser)

    @pytest.mark.parametrize("status", [None, "RETAINED"])
    async def test_no_union_of_an_employer_and_nobody_active(
        self, world: World, u1: Actor, refused: Refused, status: str | None
    ) -> None:
        given = {**(ready_retained() if status else {}), "holding_basis": "RESIDENCE_RETENTION"}
        actor = u1 if status else world.actors["U5"]
        refusal = await refused(await ready_import(world, actor, person(1), **given))
        expected = Code.JOIN_NOT_APPROVED_BY_UNION if status else Code.INPUT_INVALID
        assert (refusal.code, refusal.path) == (expected, ("import", "holding_basis"))


class TestWhatItSays:
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"status": "RETAINED"}, ("retention",)),
            ({**ready_retained(), "status": None}, ("retention",)),
            ({**ready_retained(), "status": "EXPELLED"}, ("status",)),
            (ready_retained(since=date(2012, 6, 30)), ("retention", "from_date")),
        ],
    )
    async def test_what_does_not_fit(
        self, world: World, u1: Actor, refused: Refused, given: dict[str, Any], path: tuple[str, ...]
    ) -> None:
        refusal = await refused(await ready_import(world, u1, person(1), **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("import", *path))

    async def test_not_of_a_day_to_come(self, world: World, u1: Actor, refused: Refused) -> None:
        refusal = await refused(await ready_import(world, u1, person(1), **ready_retained(since=date(2025, 3, 4))))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("import", "retention", "from_date"))

    @pytest.mark.article("A21")
    async def test_dues_to_its_month_at_most(self, world: World, u1: Actor, refused: Refused) -> None:
        given = {**ready_retained(), "dues_paid_through": "2024-03"}
        refusal = await refused(await ready_import(world, u1, person(1), **given))
        assert (refusal.code, refusal.path) == (Code.DUES_EXEMPT_IN_RETENTION, ("import", "dues_paid_through"))

    @pytest.mark.article("A18")
    async def test_internal_retirement_is_no_reason(self, world: World, u1: Actor, refused: Refused) -> None:
        refusal = await refused(await ready_import(world, u1, person(1), **ready_retained("INTERNAL_RETIREMENT")))
        assert refusal.code is Code.INTERNAL_RETIREMENT_NO_CHANGE

    async def test_nor_is_any_other(self, world: World, u1: Actor, refused: Refused) -> None:
        refusal = await refused(await ready_import(world, u1, person(1), **ready_retained("LEGACY")))
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("import", "retention", "reason"))


class TestBesideAnother:
    @pytest.fixture
    async def kept(self, world: World, u2: Actor) -> MemberView:
        """M1 once more, as U2 has him on paper: retired."""
        view: MemberView = await (await ready_import(world, u2, ON_PAPER, **ready_retained("RETIREMENT"))).send(
            world.hub
        )
        return view

    async def test_it_stands_still(self, world: World, superuser: Any, u2: Actor, kept: MemberView) -> None:
        assert kept.status == "DUPLICATE_SUSPECTED"
        assert len(await retentions_of(world, u2, kept.membership_id)) == 1
        await assert_whole(superuser)

    @pytest.mark.invariant("I10")
    async def test_where_it_goes_on_it_is_retained(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, kept: MemberView
    ) -> None:
        await (await ready_merge(world, u1, m1, survivor=False)).send(world.hub)
        view = await (await ready_merge(world, u2, kept.membership_id, survivor=True)).send(world.hub)
        assert view.status == "RETAINED"
        assert (await status_of(superuser, m1))[0] == "DUPLICATE_MERGED"
        statuses = await superuser.fetch(
            "select status from hub.statuses where membership_id = $1 order by status_no", kept.membership_id
        )
        assert [row["status"] for row in statuses] == ["DUPLICATE_SUSPECTED", "RETAINED"]
        await assert_whole(superuser)

    async def test_where_the_other_goes_on_it_ends(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, kept: MemberView
    ) -> None:
        await (await ready_merge(world, u2, kept.membership_id, survivor=False)).send(world.hub)
        view = await (await ready_merge(world, u1, m1, survivor=True)).send(world.hub)
        assert (view.status, view.joined_on) == ("ACTIVE", ON_PAPER.joined_on)
        assert await superuser.fetchval("select state from hub.retentions") == "ENDED"
        await assert_whole(superuser)

    async def test_where_the_two_are_two_persons(
        self, world: World, superuser: Any, u2: Actor, m1: UUID, kept: MemberView
    ) -> None:
        other = {"id_type": "RESIDENT_ID", "id_number": person(7).id_number}
        act = await ready_amendment(
            world, u2, kept.membership_id, is_correction=True, id_change="CORRECTED", person=other
        )
        assert (await act.send(world.hub)).status == "RETAINED"
        assert (await status_of(superuser, m1))[0] == "ACTIVE"
        await assert_whole(superuser)

    async def test_it_is_told_as_a_join_is(self, world: World, u2: Actor, refused: Refused, kept: MemberView) -> None:
        third = replace(ON_PAPER, certificate=("31", "700002"))
        refusal = await refused(await ready_import(world, u2, third, **ready_retained("RETIREMENT")))
        assert (refusal.code, kept.status) == (Code.ALREADY_MEMBER_USE_TRANSFER, "DUPLICATE_SUSPECTED")
