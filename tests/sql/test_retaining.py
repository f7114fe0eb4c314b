"""Retention guarded by SQL alone: what no call of ours would send is refused, and what a status was is one look-up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.transfers.desk import pulling
from hub.transfers.ledger.retaining import RECORD_RETENTION, RetentionRecord
from tests.ready import person, ready, ready_join
from tests.retaining import ready_act, retain
from tests.sql.direct import NOON, a_join, call, custody_of, passed
from tests.sql.racing import hubs, race
from tests.sql.wholeness import assert_whole
from tests.worlds import START, as_union, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.transfers.desk.opening import Hub
    from tests.world import Actor, World

__all__ = ["hubs"]

DAY = date(2025, 2, 28)
UNKNOWN = UUID(int=7)
EXEMPT_SPANS = "select * from hub.read_exempt_spans($1, $2)"
STATUS_AT = "select status from hub.statuses where member_id = $1 and membership_id = $2 and during @> $3::timestamptz"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def u1(world: World) -> Actor:
    return world.actors["U1"]


@pytest.fixture
def u2(world: World) -> Actor:
    return world.actors["U2"]


@pytest.fixture
def m1(world: World) -> UUID:
    return world.members["M1"]


def a_retention(custody: Any, **changes: Any) -> RetentionRecord:
    """The entry of a retention by the holder of a membership (its row)."""
    given = {
        "at": NOON,
        "union_id": custody["holder_union"],
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "custody_version": custody["custody_version"],
        "data_version": custody["data_version"],
        "open_handoff": custody["open_handoff"],
        "open_step": custody["open_step"],
        "retention_no": None,
        "step_no": 0,
        "act": "record",
        "to_state": "RECORDED",
        "reason": "UNEMPLOYMENT",
        "retained_on": DAY,
        "restored_on": None,
        "status": "RETAINED",
        "holding_basis": custody["holding_basis"],
        "prior_basis": custody["holding_basis"],
        "card_salt": "another salt",
        "case_id": None,
        "passed": "[]",
        "ground": None,
        "ground_told": None,
        "ground_articles": None,
        "jti": uuid4(),
        "sha256": token_bytes(32),
        "typ": "unionhub.retention+jwt",
        "jws": "e30.e30.x",
        "receipt": "receipt",
    }
    return RetentionRecord(**{**given, **changes})


def onward(custody: Any, **changes: Any) -> RetentionRecord:
    """A restoration of who was retained first."""
    given = {"retention_no": 1, "step_no": 1, "act": "restore", "to_state": "RESTORED", "status": "ACTIVE"}
    return a_retention(custody, **given | {"restored_on": date(2025, 3, 3)} | changes)


async def record(app: Any, given: RetentionRecord) -> bool:
    return bool(await app.fetchval(RECORD_RETENTION, *given))


async def unheard(app: Any, superuser: Any, given: RetentionRecord) -> None:
    """Send what is refused, and see that it left nothing."""
    before = await everything(superuser)
    assert not await record(app, given)
    assert differing(before, await everything(superuser)) == set()


class TestTheGate:
    async def test_lets_the_holder_s_own_pass(self, app: Any, superuser: Any, m1: UUID) -> None:
        assert await record(app, a_retention(await custody_of(superuser, m1)))
        assert await record(app, onward(await custody_of(superuser, m1), at=NOON + timedelta(hours=1)))
        await assert_whole(superuser)

    @pytest.mark.parametrize(
        "changes",
        [
            {"union_id": UNKNOWN},
            {"member_id": UNKNOWN},
            {"membership_id": UNKNOWN},
            {"custody_version": 2},
            {"data_version": 2},
            {"open_handoff": UNKNOWN, "open_step": 1},
            {"at": START - timedelta(days=400)},
            {"status": "ACTIVE"},
            {"status": "WITHDRAWN"},
            {"act": "restore", "status": "ACTIVE"},
            {"act": "annul", "status": "ACTIVE"},
            {"act": "change_reason"},
            {"case_id": UNKNOWN},
        ],
        ids=str,
    )
    async def test_and_nobody_else_s(self, app: Any, superuser: Any, m1: UUID, changes: dict[str, Any]) -> None:
        await unheard(app, superuser, a_retention(await custody_of(superuser, m1), **changes))

    async def test_nor_of_what_is_no_live_membership(self, app: Any, superuser: Any, m1: UUID) -> None:
        for status in ("DUPLICATE_SUSPECTED", "WITHDRAWN", "RETAINED"):
            await superuser.execute("update hub.memberships set status = $2 where membership_id = $1", m1, status)
            await unheard(app, superuser, a_retention(await custody_of(superuser, m1)))

    async def test_a_release_is_recalled_first(self, world: World, app: Any, superuser: Any, m1: UUID) -> None:
        await world.release(world.actors["U1"], m1, world.actors["U2"].uri)
        custody = await custody_of(superuser, m1)
        await unheard(app, superuser, a_retention(custody))
        await unheard(app, superuser, a_retention(custody, case_id=custody["open_handoff"]))
        await unheard(app, superuser, a_retention(custody, open_handoff=None, open_step=None))
        await unheard(app, superuser, a_retention(custody, open_step=2))
        # None but the open one ends by it.
        lapse = passed(("expire", "RELEASED", "EXPIRED", NOON))
        await unheard(app, superuser, a_retention(custody, case_id=UNKNOWN, passed=lapse))

    async def test_what_is_given_of_a_retention_is_as_it_stands(self, app: Any, superuser: Any, m1: UUID) -> None:
        assert await record(app, a_retention(await custody_of(superuser, m1)))
        custody = await custody_of(superuser, m1)
        before = await everything(superuser)
        for changes in ({"retention_no": 2}, {"step_no": 2}, {"retained_on": DAY + timedelta(days=1)}):
            with pytest.raises(asyncpg.PostgresError) as found:
                await record(app, onward(custody, at=NOON + timedelta(hours=1), **changes))
            assert found.value.sqlstate == "HB500"
        assert await everything(superuser) == before

    async def test_a_retiree_is_restored_by_nobody(self, app: Any, superuser: Any, m1: UUID) -> None:
        assert await record(app, a_retention(await custody_of(superuser, m1), reason="RETIREMENT"))
        custody = await custody_of(superuser, m1)
        with pytest.raises(asyncpg.CheckViolationError, match="retentions_of_retirement_last"):
            await record(app, onward(custody, at=NOON + timedelta(hours=1), reason="RETIREMENT"))

    async def test_a_step_that_is_none_is_taken_by_nobody(self, app: Any, superuser: Any, m1: UUID) -> None:
        custody = await custody_of(superuser, m1)
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="retention_steps_are_legal"):
            await record(app, a_retention(custody, to_state="ENDED"))

    async def test_a_jti_is_spent_once(self, app: Any, superuser: Any, m1: UUID) -> None:
        first = a_retention(await custody_of(superuser, m1))
        assert await record(app, first)
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as found:
            await record(app, onward(await custody_of(superuser, m1), at=NOON + timedelta(hours=1), jti=first.jti))
        assert found.value.sqlstate == "HB409"
        assert await everything(superuser) == before

    async def test_the_end_of_a_case_reaches_both_sides(self, world: World, app: Any, superuser: Any, m1: UUID) -> None:
        asked = await world.request(world.actors["U2"], "M1")
        await superuser.execute("delete from hub.dockets where handoff_id = $1 and side = 'RECEIVER'", asked.handoff_id)
        custody = await custody_of(superuser, m1)
        ended = passed(("retain", "REQUESTED", "OBJECTED", NOON))
        with pytest.raises(asyncpg.PostgresError) as found:
            await record(app, a_retention(custody, case_id=custody["open_handoff"], passed=ended))
        assert found.value.sqlstate == "HB500"


class TestWhatAStatusWas:
    async def test_on_any_day_is_one_look_up(self, world: World, superuser: Any, m1: UUID) -> None:
        u1 = world.actors["U1"]
        await world.set_clock(datetime(2025, 3, 10, 2, tzinfo=UTC))
        await retain(world, u1, m1)
        await world.set_clock(datetime(2025, 3, 20, 2, tzinfo=UTC))
        await (await ready_act(world, "restore", u1, m1)).send(world.hub)
        member = (await custody_of(superuser, m1))["member_id"]
        # A day's end is 24:00 in Shanghai; what was signed for an earlier day changes no figure of that day.
        for day, status in ((9, "ACTIVE"), (10, "RETAINED"), (19, "RETAINED"), (20, "ACTIVE"), (27, "ACTIVE")):
            end = datetime(2025, 3, day, 16, tzinfo=UTC)
            assert await superuser.fetchval(STATUS_AT, member, m1, end) == status, day
        assert await superuser.fetchval(STATUS_AT, member, m1, datetime(2024, 1, 1, tzinfo=UTC)) is None

    async def test_of_all_that_join_together_each_has_its_own(self, world: World, app: Any, superuser: Any) -> None:
        joins = [a_join(world.actors["U1"].caller.union_id) for _ in range(3)]
        assert await call(app, *joins) == [1, 2, 3]
        await assert_whole(superuser)

    async def test_an_instant_that_comes_twice_is_moved_on(self, app: Any, superuser: Any, m1: UUID) -> None:
        assert await record(app, a_retention(await custody_of(superuser, m1)))
        assert await record(app, onward(await custody_of(superuser, m1)))
        spans = await superuser.fetch(
            "select lower(during) as since from hub.statuses where membership_id = $1 order by 1", m1
        )
        assert [row["since"] - NOON for row in spans][1:] == [timedelta(), timedelta(microseconds=1)]
        await assert_whole(superuser)


class TestWhoReads:
    async def test_the_holder_of_now_and_nobody_else(
        self, world: World, app: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        for actor, seen in ((u1, 1), (u2, 0), (world.actors["U13"], 0), (world.actors["U0"], 0)):
            async with as_union(app, actor.caller.union_id) as reading:
                assert len(await reading.fetch("select * from hub.read_retentions($1)", [m1])) == seen
            assert len(await app.fetch(EXEMPT_SPANS, actor.caller.union_id, m1)) == seen
        async with as_union(app, u1.caller.union_id) as reading:
            assert await reading.fetch("select * from hub.read_retentions($1)", [world.members["M2"]]) == []

    async def test_what_was_annulled_exempts_nobody(self, world: World, app: Any, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        await (await ready_act(world, "annul", u1, m1)).send(world.hub)
        assert await app.fetch(EXEMPT_SPANS, u1.caller.union_id, m1) == []

    async def test_and_each_membership_by_itself(self, world: World, app: Any, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        assert await app.fetch(EXEMPT_SPANS, u1.caller.union_id, world.members["M2"]) == []


async def test_of_two_retentions_at_once_one_is_entered(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1 = world.actors["U1"]
    for number in range(40):
        view = await (await ready_join(world, u1, person(number))).send(world.hub)
        acts = [
            await ready_act(world, "record", u1, view.membership_id, reason=r) for r in ("RETIREMENT", "UNEMPLOYMENT")
        ]
        answers, refused = await race(hubs, *acts)
        assert (len(answers), [refusal.code.value for refusal in refused]) == (1, ["STEP_NOT_ALLOWED"])
    await assert_whole(superuser)


async def test_a_request_that_comes_at_once_with_a_retirement_is_objected_to_or_refused(
    world: World, hubs: list[Hub], superuser: Any
) -> None:
    """Or refused, where it came second; and no case is lost between the two."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    for number in range(40):
        view = await (await ready_join(world, u1, person(number))).send(world.hub)
        acts = [
            await ready_act(world, "record", u1, view.membership_id, reason="RETIREMENT"),
            ready(pulling.request, u2, await world.draft_request(u2, person(number))),
        ]
        answers, refused = await race(hubs, *(acts if number % 2 else reversed(acts)))
        told = frozenset(refusal.code.value for refusal in refused)
        assert (len(answers), told) in {(2, frozenset()), (1, frozenset({"REHIRED_RETIREE_NO_TRANSFER"}))}
    await assert_whole(superuser)
