"""A membership ends: what it leaves behind, whom it is told to, and what can still be done (A22, A23)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk.filing import filings
from tests.desk.pairs import ON_PAPER, found_by_number, status_of
from tests.endings import act, endings_of, ready_act
from tests.ready import ready_amendment, ready_join, ready_release
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.world import MEMBERS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

ENDS = {"withdraw": "WITHDRAWN", "expel": "EXPELLED", "death": "DECEASED"}


class TestAnEnd:
    @pytest.mark.parametrize("name", ENDS)
    async def test_it_ends_status_and_holding_and_nothing_else_is_done_with_it(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID, name: str
    ) -> None:
        view = await act(world, name, u1, m1)
        assert (view.status, view.custody_version) == (ENDS[name], 1)
        (ended,) = await endings_of(world, u1, m1)
        day = {"withdraw": date(2025, 3, 1), "expel": date(2025, 2, 25), "death": date(2025, 2, 27)}[name]
        assert (ended.status, ended.ended_on, ended.collected_on) == (ENDS[name], day, None)
        assert ended.is_certificate_outstanding is (name != "death")
        assert await endings_of(world, u2, m1) == ()
        custody = await custody_of(superuser, m1)
        assert custody["status"] == ENDS[name]
        for other in ("withdraw", "deem", "expel", "death"):
            assert (await refused(await ready_act(world, other, u1, m1))).code == Code.NOT_A_MEMBER
        assert (await refused(await ready_release(world, u1, m1, u2))).code == Code.NOT_A_MEMBER
        assert (await refused(await ready_amendment(world, u1, m1, person={"sex": "9"}))).code == Code.NOT_A_MEMBER
        await assert_whole(superuser)

    async def test_a_deemed_withdrawal_asks_for_six_unpaid_months(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-08")
        view = await act(world, "deem", u1, m1, collected_on=date(2025, 3, 2))
        assert view.status == "DEEMED_WITHDRAWN"
        (ended,) = await endings_of(world, u1, m1)
        assert (ended.ended_on, ended.collected_on) == (date(2025, 3, 1), date(2025, 3, 2))
        assert not ended.is_certificate_outstanding
        await assert_whole(superuser)

    async def test_who_has_left_may_join_again_as_a_new_member(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await act(world, "withdraw", u1, m1)
        certificate = {"province_code": "31", "number": "000099"}
        view = await (
            await ready_join(
                world, u2, MEMBERS["M1"], joined_on=date(2025, 3, 3), certificate=certificate, employer_uscc=None,
                certificate_issued_on=None, relation_started_on=None, holding_basis="FLEXIBLE_DIRECT",
            )
        ).send(world.hub)  # fmt: skip
        assert view.membership_id != m1
        assert (view.joined_on, view.status) == (date(2025, 3, 3), "ACTIVE")
        assert await found_by_number(world, u2, MEMBERS["M1"].id_number) == [view.membership_id]
        await assert_whole(superuser)

    @pytest.mark.parametrize("name", ENDS)
    async def test_the_same_statement_again_changes_nothing(self, world: World, u1: Actor, m1: UUID, name: str) -> None:
        made = await ready_act(world, name, u1, m1)
        assert await made.send(world.hub) == await made.send(world.hub)


class TestAPair:
    async def test_the_partner_goes_on_as_itself_with_the_number(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        await act(world, "withdraw", u1, m1)
        assert (await status_of(superuser, second.membership_id))[0] == "ACTIVE"
        assert await found_by_number(world, u2, ON_PAPER.id_number) == [second.membership_id]
        await assert_whole(superuser)

    async def test_the_suspected_one_ends_by_death_alone(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, m1: UUID, second: MemberView
    ) -> None:
        for name in ("withdraw", "deem", "expel"):
            refusal = await refused(await ready_act(world, name, u2, second.membership_id))
            assert refusal.code == Code.ALREADY_MEMBER_USE_TRANSFER
        assert (await act(world, "death", u2, second.membership_id)).status == "DECEASED"
        assert (await custody_of(superuser, m1))["status"] == "ACTIVE"
        await assert_whole(superuser)


class TestAnExpulsion:
    async def test_is_filed_marked_collected_after(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        u13 = world.actors["U13"]
        await act(world, "expel", u1, m1)
        (decided,) = await endings_of(world, u1, m1)
        assert (decided.expulsion_state, decided.is_unfiled) == ("DECIDED", True)
        assert await filings(world.hub, u13.caller, limit=9) == []
        await act(world, "file", u1, m1)
        (shown,) = await filings(world.hub, u13.caller, limit=9)
        assert (shown.membership_id, shown.union_id) == (m1, u1.caller.union_id)
        assert MEMBERS["M1"].name not in shown.name_masked
        assert await filings(world.hub, world.actors["U10"].caller, limit=9) == []
        await act(world, "return", u13, m1)
        (returned,) = await endings_of(world, u1, m1)
        assert (returned.mark, returned.papers, returned.is_unfiled) == ("RETURNED_FOR_PAPERS", ("JUDGMENT",), True)
        await act(world, "collect", u1, m1)
        await act(world, "file", u1, m1, filed_on=date(2025, 3, 3))
        await act(world, "acknowledge", u13, m1)
        (done,) = await endings_of(world, u1, m1)
        assert (done.mark, done.filed_on, done.collected_on) == ("ACKNOWLEDGED", date(2025, 3, 1), date(2025, 3, 2))
        assert (done.expulsion_state, done.is_unfiled, done.is_certificate_outstanding) == ("COLLECTED", False, False)
        await assert_whole(superuser)

    async def test_reversed_it_is_in_force_again_as_it_was(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await act(world, "expel", u1, m1)
        await act(world, "file", u1, m1)
        await act(world, "collect", u1, m1)
        view = await act(world, "reverse", u1, m1)
        assert (view.status, view.joined_on, view.custody_version) == ("ACTIVE", MEMBERS["M1"].joined_on, 2)
        assert view.certificate_number is None
        (ended,) = await endings_of(world, u1, m1)
        assert ended.reversed_at is not None
        await assert_whole(superuser)
        handoff = await world.release(u1, m1, u2.uri)
        await world.accept(u2, handoff.handoff_id)
        await assert_whole(superuser)
