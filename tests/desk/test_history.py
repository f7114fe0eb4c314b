"""Lines of before the hub (A25): whose word they are, what they may say, and that the certificate prints them first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation import statements
from federation.acts_history import History
from hub.errors import Code
from hub.transfers.desk import history
from tests.desk.conftest import said
from tests.history import RETENTIONS, TRANSFERS, columns_of, draft_history, history_of, ready_history
from tests.ready import Ready, altered, ready, ready_acceptance, ready_release
from tests.retaining import retain
from tests.sql.wholeness import assert_whole
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

PRINTED = [
    (
        "*2014年5月6日因（以原会员证为准）工会组织关系转出，会费交至2014年4月。沪东造船厂工会（盖章）\n"
        "2014年6月1日工会组织关系转入。奉贤纺织厂工会委员会（盖章）"
    ),
    (
        "*2018年3月1日因调动工会组织关系转出，会费交至2018年2月。奉贤纺织厂工会委员会（盖章）\n"
        "2018年3月9日工会组织关系转入。甲机械厂工会（盖章）"
    ),
]
KEPT = ["*2016年2月因失业保留会籍。奉贤纺织厂工会委员会（盖章）\n2017年1月恢复会籍。奉贤纺织厂工会委员会（盖章）"]


def changed(lines: list[dict[str, Any]], index: int, **changes: Any) -> list[dict[str, Any]]:
    """Give lines with one of them told otherwise."""
    return [line | changes if number == index else line for number, line in enumerate(lines)]


class TestImport:
    async def test_the_first_holder_brings_them_in(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        act = await ready_history(world, u1, m1)
        assert act.refusals == ()
        view = await act.send(world.hub)
        assert (view.membership_id, view.data_version, view.custody_version) == (m1, 2, 1)
        told = await history_of(world, u1, m1)
        assert told is not None
        assert (told.version, told.seal, told.at >= START) == (1, "甲机械厂工会", True)
        assert await columns_of(world, u1, m1) == (PRINTED, KEPT)
        before = await everything(superuser)
        assert (await act.send(world.hub)).data_version == view.data_version
        assert before == await everything(superuser)
        await assert_whole(superuser)

    async def test_they_move_with_the_member_and_stand_first(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await (await ready_history(world, u1, m1)).send(world.hub)
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        assert await history_of(world, u2, m1) is None  # before the acceptance it is none of the receiver's
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        transfers, retentions = await columns_of(world, u2, m1)
        assert (transfers[:2], retentions) == (PRINTED, KEPT)
        assert [line.startswith("*") for line in transfers] == [True, True, False]
        assert await history_of(world, u1, m1) is None

    async def test_a_correction_is_a_new_version_over_the_old(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_history(world, u1, m1)
        await act.send(world.hub)
        again = await ready_history(world, u1, m1, transfers=TRANSFERS[1:], retentions=None)
        assert again.refusals == ()
        await again.send(world.hub)
        told = await history_of(world, u1, m1)
        assert told is not None
        assert told.version == 2
        assert statements.read(told.jws, History).claims["history"]["corrects_sha256"] == act.sha256
        assert await columns_of(world, u1, m1) == (PRINTED[1:], [])
        await assert_whole(superuser)

    async def test_what_the_hub_itself_has_follows(self, world: World, u1: Actor, m1: UUID) -> None:
        await (await ready_history(world, u1, m1)).send(world.hub)
        await retain(world, u1, m1)
        _, retentions = await columns_of(world, u1, m1)
        assert retentions == [*KEPT, "2025年2月因失业保留会籍。甲机械厂工会（盖章）"]

    async def test_beside_an_open_release(self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID) -> None:
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        await (await ready_history(world, u1, m1)).send(world.hub)
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        assert (await columns_of(world, u2, m1))[0][:2] == PRINTED
        await assert_whole(superuser)


class TestWho:
    @pytest.mark.article("A25")
    async def test_a_later_holder_is_not_the_first(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        refusal = await refused(await ready_history(world, u2, m1))
        assert refusal.code is Code.NOT_FIRST_HOLDER

    @pytest.mark.article("A12")
    async def test_nor_is_the_first_one_the_holder_then(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        drafted = await draft_history(world, u1, m1)
        handoff = await (await ready_release(world, u1, m1, u2)).send(world.hub)
        await (await ready_acceptance(world, u2, handoff.handoff_id)).send(world.hub)
        refusal = await refused(ready(history.import_history, u1, altered(drafted)))
        assert refusal.code is Code.NOT_HOLDER

    @pytest.mark.article("A11")
    async def test_a_stranger_learns_nothing(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, refused: Refused
    ) -> None:
        drafted = await draft_history(world, u1, m1)
        told = []
        for member in (m1, uuid4()):
            draft = await draft_history(world, u2, member)
            assert draft.claims is None
            statement = altered(drafted, top={"iss": u2.uri, "sub": str(member)})
            told.append(
                (said(await refused(ready(history.import_history, u2, statement))), list(map(said, draft.refusals)))
            )
        assert told[0] == told[1]
        assert told[0][0][0] is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("A15")
    async def test_nor_does_a_branch(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        u3a = world.actors["U3a"]
        statement = altered(await draft_history(world, u1, m1), top={"iss": u3a.uri})
        assert (await refused(ready(history.import_history, u3a, statement))).code is Code.ISSUER_IS_JOINT_UNION

    async def test_of_the_form_a_stranger_is_told_nothing_either(self, world: World, u2: Actor, m1: UUID) -> None:
        draft = await draft_history(world, u2, m1, paper_sha256="short")
        assert [refusal.code for refusal in draft.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]


class TestWhatTheyMaySay:
    @pytest.mark.parametrize(
        ("name", "value"), [("custody_version", 2), ("data_version", 7), ("corrects_sha256", "A" * 43)]
    )
    async def test_they_name_what_stands(
        self, world: World, u1: Actor, m1: UUID, refused: Refused, name: str, value: Any
    ) -> None:
        drafted = altered(await draft_history(world, u1, m1), **{name: value})
        refusal = await refused(ready(history.import_history, u1, drafted))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("history", name))

    async def test_nothing_is_brought_in_twice(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        drafted = await draft_history(world, u1, m1)
        await ready(history.import_history, u1, drafted).send(world.hub)
        refusal = await refused(ready(history.import_history, u1, altered(drafted, data_version=2)))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("history", "corrects_sha256"))

    @pytest.mark.parametrize(
        ("index", "changes", "code", "name"),
        [
            (0, {"reason_code": "GONE"}, Code.REASON_NOT_ALLOWED, "reason_code"),
            (0, {"out_date": date(2012, 6, 30)}, Code.INPUT_INVALID, "out_date"),
            (1, {"out_date": date(2014, 5, 31)}, Code.INPUT_INVALID, "out_date"),
            (1, {"in_date": date(2018, 2, 28)}, Code.IN_DATE_BEFORE_OUT_DATE, "in_date"),
            (1, {"in_date": date(2025, 3, 4)}, Code.INPUT_INVALID, "in_date"),
            (0, {"dues_paid_through": "2012-05"}, Code.DUES_MONTH_IMPLAUSIBLE, "dues_paid_through"),
            (0, {"dues_paid_through": "2015-06"}, Code.DUES_MONTH_IMPLAUSIBLE, "dues_paid_through"),
        ],
    )
    async def test_a_transfer_can_be_printed(
        self,
        world: World,
        u1: Actor,
        m1: UUID,
        refused: Refused,
        index: int,
        changes: dict[str, Any],
        code: Code,
        name: str,
    ) -> None:
        refusal = await refused(await ready_history(world, u1, m1, transfers=changed(TRANSFERS, index, **changes)))
        assert (refusal.code, refusal.path) == (code, ("history", "transfers", str(index), name))

    @pytest.mark.parametrize(
        ("changes", "code", "name"),
        [
            ({"reason": "LEGACY"}, Code.REASON_NOT_ALLOWED, "reason"),
            ({"retained_month": "2012-06"}, Code.INPUT_INVALID, "retained_month"),
            ({"restored_month": "2016-01"}, Code.INPUT_INVALID, "restored_month"),
            ({"restored_month": "2025-04"}, Code.INPUT_INVALID, "restored_month"),
        ],
    )
    async def test_so_can_a_retention(
        self, world: World, u1: Actor, m1: UUID, refused: Refused, changes: dict[str, Any], code: Code, name: str
    ) -> None:
        refusal = await refused(await ready_history(world, u1, m1, retentions=changed(RETENTIONS, 0, **changes)))
        assert (refusal.code, refusal.path) == (code, ("history", "retentions", "0", name))

    async def test_one_that_the_hub_has_comes_after(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        await retain(world, u1, m1)  # on 2025-02-28
        refusal = await refused(
            await ready_history(world, u1, m1, retentions=changed(RETENTIONS, 0, restored_month="2025-03"))
        )
        assert (refusal.code, refusal.path[-1]) == (Code.INPUT_INVALID, "restored_month")

    async def test_they_are_in_order_of_time(self, world: World, u1: Actor, m1: UUID, refused: Refused) -> None:
        twice = [RETENTIONS[0], RETENTIONS[0] | {"retained_month": "2016-12", "restored_month": "2017-02"}]
        refusal = await refused(await ready_history(world, u1, m1, retentions=twice))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("history", "retentions", "1", "retained_month"))

    @pytest.mark.article("A17")
    @pytest.mark.parametrize(("month", "stands"), [("2016-12", True), ("2017-01", False)])
    async def test_no_retiree_is_restored_since_the_measures_are_in_force(
        self, world: World, u1: Actor, m1: UUID, refused: Refused, month: str, *, stands: bool
    ) -> None:
        lines = changed(RETENTIONS, 0, reason="RETIREMENT", restored_month=month)
        act = await ready_history(world, u1, m1, retentions=lines)
        if stands:
            await act.send(world.hub)
            assert (await columns_of(world, u1, m1))[1][0].startswith("*2016年2月因退休保留会籍。")
        else:
            assert (await refused(act)).code is Code.REHIRED_RETIREE_NO_TRANSFER

    async def test_up_to_the_day_of_the_entry(self, world: World, u1: Actor, m1: UUID) -> None:
        lines = changed(TRANSFERS, 1, in_date=date(2025, 3, 3))
        assert (await ready_history(world, u1, m1, transfers=lines)).refusals == ()

    async def test_twelve_lines_at_most(self, world: World, u1: Actor, m1: UUID) -> None:
        first = date(2013, 1, 1)
        lines = [
            TRANSFERS[0]
            | {
                "dues_paid_through": "2012-12",
                "out_date": first + timedelta(days=number),
                "in_date": first + timedelta(days=number),
            }
            for number in range(13)
        ]
        assert (await draft_history(world, u1, m1, transfers=lines[:12])).refusals == ()
        draft = await draft_history(world, u1, m1, transfers=lines)
        assert draft.claims is None
        assert [(one.code, one.path) for one in draft.refusals] == [(Code.INPUT_INVALID, ("history", "transfers"))]

    @pytest.mark.article("A5")
    async def test_what_has_ended_stays_as_it_was(
        self, world: World, superuser: Any, u1: Actor, m1: UUID, refused: Refused
    ) -> None:
        act: Ready = await ready_history(world, u1, m1)
        await superuser.execute("update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m1)
        assert (await refused(Ready(act.act, act.actor, act.jws))).code is Code.NOT_A_MEMBER
