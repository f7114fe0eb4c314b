"""Dues, month by month (NX-6): who records them, from which month on, and that retention owes none (A21)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hub.errors import Code
from hub.transfers.desk import history
from hub.transfers.ledger import history as ledger
from hub.transfers.rules import dues as rules
from tests.desk.conftest import said
from tests.entrusting import CLAUSES, in_force, ready_on
from tests.history import draft_dues, ready_dues
from tests.ready import altered, ready, ready_acceptance, ready_recall, ready_release
from tests.retaining import held, ready_act, retain
from tests.sql.wholeness import assert_whole
from tests.worlds import everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views_entrusting import AgreementView
    from hub.transfers.views_history import DuesView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

COLLECTED = {**CLAUSES, "dues_collection": {"responsible": "HOST", "text": "会费由用工单位工会代收。"}}


async def recorded(world: World, actor: Actor, membership_id: UUID) -> list[DuesView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await ledger.dues_of(reading, [membership_id]))[membership_id]


class TestHolder:
    @pytest.mark.article("NX-6")
    async def test_it_records_from_the_first_month_owed(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_dues(world, u1, m1, "2025-05")
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.membership_id, view.paid_from, view.paid_through) == (m1, "2025-03", "2025-05")
        member = await held(world, u1, m1)
        assert member is not None
        assert (member.dues_paid_through, member.data_version) == ("2025-05", 2)
        before = await everything(superuser)
        assert await act.send(world.hub) == view
        assert before == await everything(superuser)
        await (await ready_dues(world, u1, m1, "2025-06")).send(world.hub)
        assert [(one.paid_from, one.paid_through) for one in await recorded(world, u1, m1)] == [
            ("2025-03", "2025-05"),
            ("2025-06", "2025-06"),
        ]
        await assert_whole(superuser)

    async def test_the_receiver_reads_them_after_the_move_and_the_releasing_union_no_more(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)
        handoff = await (await ready_release(world, u1, m1, u2, dues_paid_through="2025-03")).send(world.hub)
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        assert len(await recorded(world, u2, m1)) == 1
        assert await recorded(world, u1, m1) == []

    async def test_a_release_that_was_drafted_before_fits_no_more(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        release = await ready_release(world, u1, m1, u2)
        await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)
        assert (await refused(replace(release, refusals=()))).path == ("release", "card_sha256")

    @pytest.mark.article("NX-3")
    @pytest.mark.parametrize(("month", "stands"), [("2025-02", False), ("2026-03", True), ("2026-04", False)])
    async def test_forward_alone_and_a_year_ahead_at_most(
        self, world: World, u1: Actor, m1: UUID, refused: Refused, month: str, *, stands: bool
    ) -> None:
        act = await ready_dues(world, u1, m1, month)
        if stands:
            assert act.refusals == ()
        else:
            refusal = await refused(act)
            assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("dues", "paid_through"))
            assert (refusal.facts["earliest"], refusal.facts["latest"]) == ("2025-03", "2026-03")

    async def test_of_two_drafted_at_once_the_second_is_void(
        self, world: World, u1: Actor, m1: UUID, refused: Refused
    ) -> None:
        first, second = [await ready_dues(world, u1, m1, month) for month in ("2025-03", "2025-04")]
        await first.send(world.hub)
        refusal = await refused(second)
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("dues", "paid_from"))

    async def test_a_release_is_recalled_first(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        assert (await refused(await ready_dues(world, u1, m1, "2025-03"))).code is Code.HANDOFF_ALREADY_OPEN
        await (await ready_recall(world, u1, handoff.handoff_id)).send(world.hub)
        await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)

    async def test_a_request_bars_nothing(self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID) -> None:
        request = await world.request(u2, "M1")
        await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)
        await world.answer(u1, request.handoff_id, u2.uri, dues_paid_through="2025-03")
        await assert_whole(superuser)


class TestRetention:
    @pytest.mark.article("A21")
    async def test_who_is_retained_owes_none(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_dues(world, u1, m1, "2025-03"))
        assert (refusal.code, refusal.facts["exempt_from"]) == (Code.DUES_EXEMPT_IN_RETENTION, "2025-03")

    async def test_after_it_the_restored_month_is_the_first(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await (await ready_act(world, "record", u1, m1, reason="UNEMPLOYMENT")).send(world.hub)
        # Since long before: the months between are neither paid nor owed.
        await superuser.execute("update hub.memberships set dues_paid_through = '2024-11' where membership_id = $1", m1)
        await (await ready_act(world, "restore", u1, m1)).send(world.hub)
        view = await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)
        assert (view.paid_from, view.paid_through) == ("2025-03", "2025-03")

    def test_the_first_month_owed(self) -> None:
        assert rules.first_month_owed("2024-12", None) == "2025-01"
        assert rules.first_month_owed("2024-12", date(2025, 3, 1)) == "2025-03"
        assert rules.first_month_owed("2025-04", date(2025, 3, 1)) == "2025-05"


class TestHost:
    @pytest.fixture
    async def agreement(self, world: World) -> AgreementView:
        """U8 collects the dues of M5 for U7."""
        return await in_force(world, **COLLECTED)

    async def test_it_records_of_whom_it_covers(self, world: World, superuser: Any, agreement: AgreementView) -> None:
        u7, u8, m5 = world.actors["U7"], world.actors["U8"], world.members["M5"]
        act = await ready_dues(world, u8, m5, "2025-03")
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.union_id, view.paid_through) == (u8.caller.union_id, "2025-03")
        member = await held(world, u7, m5)
        assert member is not None
        assert member.dues_paid_through == "2025-03"
        assert [one.union_id for one in await recorded(world, u7, m5)] == [u8.caller.union_id]
        assert await recorded(world, u8, m5) == []
        assert await superuser.fetchval("select agreement_id from hub.dues") == agreement.agreement_id
        await assert_whole(superuser)

    @pytest.mark.article("A9")
    async def test_not_where_the_agreement_is_silent(self, world: World, refused: Refused) -> None:
        u8, m5 = world.actors["U8"], world.members["M5"]
        agreement = await in_force(world)
        draft = await draft_dues(world, u8, m5, "2025-03")
        assert draft.claims is None  # to which month dues are paid is not told
        assert [refusal.code for refusal in draft.refusals] == [Code.ENTRUSTED_HOST_CANNOT_ACT]
        by_hand = altered(
            await draft_dues(world, world.actors["U7"], m5, "2025-03"),
            agreement_id=str(agreement.agreement_id),
            top={"iss": u8.uri},
        )
        refusal = await refused(ready(history.record_dues, u8, by_hand))
        assert refusal.code is Code.ENTRUSTED_HOST_CANNOT_ACT

    @pytest.mark.article("A9")
    async def test_nor_without_naming_it(self, world: World, refused: Refused, agreement: AgreementView) -> None:
        u8, m5 = world.actors["U8"], world.members["M5"]
        assert agreement.agreement_id
        by_hand = altered(await draft_dues(world, world.actors["U7"], m5, "2025-03"), top={"iss": u8.uri})
        refusal = await refused(ready(history.record_dues, u8, by_hand))
        assert refusal.code is Code.ENTRUSTED_HOST_CANNOT_ACT

    @pytest.mark.article("A9")
    async def test_nor_once_it_has_ended(self, world: World, refused: Refused, agreement: AgreementView) -> None:
        u8, m5 = world.actors["U8"], world.members["M5"]
        drafted = await draft_dues(world, u8, m5, "2025-03")
        await (await ready_on(world, "terminate", u8, agreement.agreement_id)).send(world.hub)
        refusal = await refused(ready(history.record_dues, u8, altered(drafted)))
        assert refusal.code is Code.ENTRUSTMENT_NOT_IN_FORCE

    @pytest.mark.article("A11")
    async def test_nor_of_another_s_member(
        self, world: World, m1: UUID, refused: Refused, agreement: AgreementView
    ) -> None:
        u8 = world.actors["U8"]
        drafted = await draft_dues(world, u8, world.members["M5"], "2025-03")
        assert agreement.agreement_id
        told = [
            said(await refused(ready(history.record_dues, u8, altered(drafted, top={"sub": str(member)}))))
            for member in (m1, uuid4())
        ]
        assert told[0] == told[1]
        assert told[0][0] is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    async def test_the_holder_still_may(self, world: World, agreement: AgreementView) -> None:
        u7, m5 = world.actors["U7"], world.members["M5"]
        assert agreement.agreement_id
        assert (await ready_dues(world, u7, m5, "2025-03")).refusals == ()


class TestOthers:
    @pytest.mark.article("A11")
    async def test_a_stranger_learns_nothing(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        drafted = await draft_dues(world, u1, m1, "2025-03")
        told = []
        for member in (m1, uuid4()):
            assert (await draft_dues(world, u2, member, "2025-03")).claims is None
            statement = altered(drafted, top={"iss": u2.uri, "sub": str(member)})
            told.append(said(await refused(ready(history.record_dues, u2, statement))))
        assert told[0] == told[1]
        assert told[0][0] is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("A12")
    async def test_the_union_before_is_told_that_it_holds_no_more(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        drafted = await draft_dues(world, u1, m1, "2025-03")
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        assert (await refused(ready(history.record_dues, u1, altered(drafted)))).code is Code.NOT_HOLDER

    @pytest.mark.article("A15")
    async def test_a_branch_signs_nothing(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        u3a = world.actors["U3a"]
        statement = altered(await draft_dues(world, u1, m1, "2025-03"), top={"iss": u3a.uri})
        assert (await refused(ready(history.record_dues, u3a, statement))).code is Code.ISSUER_IS_JOINT_UNION

    @pytest.mark.article("A5")
    async def test_who_has_left_owes_nothing(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, refused: Refused
    ) -> None:
        drafted = await draft_dues(world, u1, m1, "2025-03")
        await superuser.execute("update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m1)
        assert (await refused(ready(history.record_dues, u1, altered(drafted)))).code is Code.NOT_A_MEMBER
