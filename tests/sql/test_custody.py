"""Custody by SQL alone: the act functions are called past Python, and move what is lawful and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.direct import (
    NOON,
    SECOND,
    a_closure,
    a_join,
    a_release,
    an_acceptance,
    call,
    custody_of,
    expired,
)
from tests.sql.wholeness import assert_whole
from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hub.transfers.ledger.records import ReleaseRecord
    from tests.world import World

pytestmark = pytest.mark.invariant("I5")


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    """A connection as hub_app, with no acting union."""
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def union(world: World) -> Callable[[str], UUID]:
    return lambda ref: world.actors[ref].caller.union_id


@pytest.fixture
async def m1(world: World, superuser: Any) -> Any:
    """The membership of M1, held by U1."""
    return await custody_of(superuser, world.members["M1"])


@pytest.fixture
async def released(app: Any, m1: Any, union: Callable[[str], UUID]) -> ReleaseRecord:
    """M1's open release to U2."""
    release = a_release(m1, union("U2"))
    assert await call(app, release) == [1]
    return release


async def does_nothing(app: Any, superuser: Any, *records: Any) -> None:
    """Send records that the gate lets none of pass: nothing is applied and nothing is written."""
    before = await everything(superuser)
    assert await call(app, *records) == []
    assert await everything(superuser) == before


async def fails(app: Any, superuser: Any, sqlstate: str, *records: Any) -> None:
    """Send records that end in this error, after which everything is as it was."""
    before = await everything(superuser)
    with pytest.raises(asyncpg.PostgresError) as found:
        await call(app, *records)
    assert found.value.sqlstate == sqlstate
    assert await everything(superuser) == before


class TestRelease:
    async def test_opens_the_one_handoff(self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]) -> None:
        before = await everything(superuser)
        release = a_release(m1, union("U2"))
        assert await call(app, release) == [1]
        after = await everything(superuser)
        written = {"handoffs", "handoff_claims", "steps", "statements", "statement_claims", "dockets", "cards"}
        assert differing(before, after) == {"memberships", *written}
        custody = await custody_of(superuser, m1["membership_id"])
        assert (custody["open_handoff"], custody["open_step"]) == (release.handoff_id, 1)
        assert (custody["holder_union"], custody["custody_version"]) == (union("U1"), 1)
        await assert_whole(superuser)

    @pytest.mark.parametrize("ref", ["U2", "U8", "U13", "U0"])
    async def test_by_another_than_the_holder_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID], ref: str
    ) -> None:
        await does_nothing(app, superuser, a_release(m1, union("U3"), union_id=union(ref)))
        await does_nothing(app, superuser, a_release(m1, union("U3"), union_id=None))

    @pytest.mark.parametrize("version", [0, 2, None])
    async def test_of_another_version_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID], version: int | None
    ) -> None:
        await does_nothing(app, superuser, a_release(m1, union("U2"), custody_version=version))

    async def test_of_another_membership_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        await does_nothing(app, superuser, a_release(m1, union("U2"), membership_id=uuid4()))
        await does_nothing(app, superuser, a_release(m1, union("U2"), member_id=uuid4()))

    async def test_not_after_the_holding_began_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        await does_nothing(app, superuser, a_release(m1, union("U2"), at=m1["held_since"]))

    @pytest.mark.parametrize("status", ["DUPLICATE_SUSPECTED", "WITHDRAWN", "EXPELLED", "DECEASED"])
    async def test_of_a_membership_that_is_not_live_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID], status: str
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = $1 where membership_id = $2", status, m1["membership_id"]
        )
        await does_nothing(app, superuser, a_release(m1, union("U2")))

    @pytest.mark.invariant("I4")
    async def test_beside_an_open_one_does_nothing(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        later = released.at + SECOND
        await does_nothing(app, superuser, a_release(m1, union("U3"), at=later))
        for lapsed, step in ((uuid4(), 1), (released.handoff_id, 2), (None, 1), (released.handoff_id, None)):
            other = a_release(m1, union("U3"), at=later, lapsed=lapsed, lapsed_step=step, passed=expired(later))
            await does_nothing(app, superuser, other)

    async def test_that_closes_a_lapsed_one_which_is_not_there_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        other = a_release(m1, union("U3"), lapsed=uuid4(), lapsed_step=1, passed=expired(NOON))
        await does_nothing(app, superuser, other)

    @pytest.mark.invariant("I4")
    async def test_records_first_what_its_date_has_ended(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        anew = a_release(
            m1,
            union("U3"),
            at=released.deadline + timedelta(days=3),
            lapsed=released.handoff_id,
            lapsed_step=1,
            passed=expired(released.deadline),
        )
        assert await call(app, anew) == [1]
        old = await superuser.fetchrow("select * from hub.handoffs where handoff_id = $1", released.handoff_id)
        assert (old["state"], old["is_open"], old["step_no"]) == ("EXPIRED", False, 2)
        step = await superuser.fetchrow(
            "select * from hub.steps where handoff_id = $1 and step_no = 2", released.handoff_id
        )
        assert (step["act"], step["side"], step["union_id"], step["at"]) == ("expire", "HUB", None, released.deadline)
        await assert_whole(superuser)

    @pytest.mark.attack("Z13")
    async def test_from_a_union_to_itself_does_nothing(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        await does_nothing(app, superuser, a_release(m1, union("U1")))

    async def test_to_no_union_is_refused(self, app: Any, superuser: Any, m1: Any) -> None:
        await fails(app, superuser, "23503", a_release(m1, uuid4()))
        await does_nothing(app, superuser, a_release(m1, uuid4(), receiving_union=None))

    async def test_with_a_used_jti_or_handoff_id_is_rolled_back(
        self, app: Any, world: World, superuser: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        m2 = await custody_of(superuser, world.members["M2"])
        await fails(app, superuser, "HB409", a_release(m2, union("U2"), jti=released.jti))
        await fails(app, superuser, "HB409", a_release(m2, union("U2"), handoff_id=released.handoff_id))

    async def test_with_a_jti_that_another_union_used_is_recorded(
        self, app: Any, world: World, superuser: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        m5 = await custody_of(superuser, world.members["M5"])
        assert await call(app, a_release(m5, union("U2"), jti=released.jti)) == [1]


class TestAcceptance:
    async def test_moves_everything_at_one_instant(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        acceptance = an_acceptance(released)
        assert await call(app, acceptance) == [1]
        custody = await custody_of(superuser, m1["membership_id"])
        assert (custody["holder_union"], custody["custody_version"]) == (union("U2"), 2)
        assert (custody["held_since"], custody["held_by_sha256"]) == (acceptance.at, acceptance.sha256)
        assert (custody["open_handoff"], custody["open_step"]) == (None, None)
        held = await superuser.fetch(
            """select holder_union, lower(during), upper(during) from hub.holdings
                where membership_id = $1 order by custody_version""",
            m1["membership_id"],
        )
        assert [tuple(row) for row in held] == [
            (union("U1"), m1["held_since"], acceptance.at),
            (union("U2"), acceptance.at, None),
        ]
        await assert_whole(superuser)

    @pytest.mark.attack("Z13")
    @pytest.mark.parametrize("ref", ["U1", "U3", "U9", None])
    async def test_by_another_than_the_named_union_does_nothing(
        self, app: Any, superuser: Any, released: ReleaseRecord, union: Callable[[str], UUID], ref: str | None
    ) -> None:
        by = None if ref is None else union(ref)
        await does_nothing(app, superuser, an_acceptance(released, union_id=by))

    @pytest.mark.parametrize(
        "change",
        [{"step_no": 2}, {"step_no": None}, {"handoff_id": UUID(int=7)}, {"membership_id": UUID(int=7)}],
        ids=str,
    )
    async def test_of_another_case_or_step_does_nothing(
        self, app: Any, superuser: Any, released: ReleaseRecord, change: dict[str, Any]
    ) -> None:
        await does_nothing(app, superuser, an_acceptance(released, **change))

    async def test_of_a_closed_release_does_nothing_though_another_is_open(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        assert await call(app, a_closure(released, "refuse")) == [1]
        again = a_release(m1, union("U3"), at=released.at + timedelta(hours=2))
        assert await call(app, again) == [1]
        await does_nothing(app, superuser, an_acceptance(released, at=again.at + SECOND))
        await does_nothing(app, superuser, a_closure(released, "refuse", at=again.at + SECOND))

    async def test_at_the_deadline_does_nothing_and_a_moment_before_it_moves(
        self, app: Any, superuser: Any, released: ReleaseRecord
    ) -> None:
        await does_nothing(app, superuser, an_acceptance(released, at=released.deadline))
        assert await call(app, an_acceptance(released, at=released.deadline - timedelta(microseconds=1))) == [1]

    async def test_not_after_the_holding_began_does_nothing(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord
    ) -> None:
        await does_nothing(app, superuser, an_acceptance(released, at=m1["held_since"]))

    @pytest.mark.parametrize("column", ["holder_union", "custody_version"])
    async def test_of_a_release_that_custody_has_left_behind_does_nothing(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, union: Callable[[str], UUID], column: str
    ) -> None:
        # No act leaves a case open over a move; should one ever, the release is void all the same.
        moved = union("U3") if column == "holder_union" else 5
        await superuser.execute(
            f"update hub.memberships set {column} = $1 where membership_id = $2", moved, m1["membership_id"]
        )
        await does_nothing(app, superuser, an_acceptance(released))

    @pytest.mark.parametrize(
        "lost",
        [
            "delete from hub.holdings where member_id = $1",
            "delete from hub.dockets where member_id = $1 and side = 'HOLDER'",
        ],
    )
    async def test_that_would_leave_something_behind_is_rolled_back(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, lost: str
    ) -> None:
        await superuser.execute(lost, m1["member_id"])
        await fails(app, superuser, "HB500", an_acceptance(released))

    async def test_that_finds_no_person_is_rolled_back(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord
    ) -> None:
        async with superuser.transaction():
            await superuser.execute("set local session_replication_role = replica")  # past the foreign keys
            await superuser.execute("delete from hub.persons where member_id = $1", m1["member_id"])
        await fails(app, superuser, "HB500", an_acceptance(released))

    async def test_with_a_used_jti_is_rolled_back(
        self, app: Any, world: World, superuser: Any, released: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        m2 = await custody_of(superuser, world.members["M2"])
        other = a_release(m2, union("U2"))
        first = an_acceptance(other)
        assert await call(app, other) == [1]
        assert await call(app, first) == [1]
        await fails(app, superuser, "HB409", an_acceptance(released, jti=first.jti))

    async def test_after_an_acceptance_nothing_is_open(self, app: Any, superuser: Any, released: ReleaseRecord) -> None:
        first = an_acceptance(released)
        assert await call(app, first) == [1]
        later = first.at + SECOND
        await does_nothing(app, superuser, an_acceptance(released, at=later))
        await does_nothing(app, superuser, an_acceptance(released, at=later, step_no=2))
        await does_nothing(app, superuser, a_closure(released, "recall", at=later))


class TestAmongEarlierCases:
    """Between the same two unions, at the same custody version: only the case that is named is closed."""

    @pytest.fixture
    async def third(self, app: Any, m1: Any, union: Callable[[str], UUID]) -> ReleaseRecord:
        """M1's open release to U2, after two that U2 refused."""
        at = NOON
        # In whatever order rows are found, by id or by age, the open one is found last.
        for dues, handoff_id in (("2024-01", UUID(int=1)), ("2024-02", UUID(int=2))):
            earlier = a_release(m1, union("U2"), at=at, dues_paid_through=dues, handoff_id=handoff_id)
            assert await call(app, earlier) == [1]
            assert await call(app, a_closure(earlier, "refuse")) == [1]
            at += timedelta(hours=3)
        release = a_release(m1, union("U2"), at=at, handoff_id=UUID(int=2**128 - 1))
        assert await call(app, release) == [1]
        return release

    async def _states(self, superuser: Any) -> list[str]:
        return [row["state"] for row in await superuser.fetch("select state from hub.handoffs order by opened_at")]

    async def test_by_an_acceptance(self, app: Any, superuser: Any, m1: Any, third: ReleaseRecord) -> None:
        assert await call(app, an_acceptance(third)) == [1]
        custody = await custody_of(superuser, m1["membership_id"])
        assert custody["dues_paid_through"] == third.dues_paid_through
        assert await self._states(superuser) == ["REFUSED", "REFUSED", "ACCEPTED"]
        await assert_whole(superuser)

    @pytest.mark.parametrize(("act", "state"), [("refuse", "REFUSED"), ("recall", "RECALLED")])
    async def test_by_a_closure(self, app: Any, superuser: Any, third: ReleaseRecord, act: str, state: str) -> None:
        assert await call(app, a_closure(third, act)) == [1]
        assert await self._states(superuser) == ["REFUSED", "REFUSED", state]
        await assert_whole(superuser)

    async def test_by_its_lapse(
        self, app: Any, superuser: Any, m1: Any, third: ReleaseRecord, union: Callable[[str], UUID]
    ) -> None:
        assert third.deadline is not None
        lapse = {"lapsed": third.handoff_id, "lapsed_step": 1, "passed": expired(third.deadline)}
        assert await call(app, a_release(m1, union("U2"), at=third.deadline + SECOND, **lapse)) == [1]
        assert await self._states(superuser) == ["REFUSED", "REFUSED", "EXPIRED", "RELEASED"]
        await assert_whole(superuser)


class TestClosure:
    @pytest.mark.parametrize(("act", "state"), [("refuse", "REFUSED"), ("recall", "RECALLED")])
    async def test_closes_and_moves_nothing(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord, act: str, state: str
    ) -> None:
        assert await call(app, a_closure(released, act)) == [1]
        assert await custody_of(superuser, m1["membership_id"]) == m1
        assert {row["state"] for row in await superuser.fetch("select state from hub.dockets")} == {state}
        assert [row["side"] for row in await superuser.fetch("select side from hub.cards")] == ["HOLDER"]
        await assert_whole(superuser)

    @pytest.mark.parametrize(
        ("ref", "side"),
        [
            ("U2", "HOLDER"),
            ("U1", "RECEIVER"),
            ("U3", "HOLDER"),
            ("U3", "RECEIVER"),
            ("U1", "HIGHER"),
            ("U1", None),
            (None, "HOLDER"),
        ],
    )
    async def test_by_a_union_that_is_not_that_side_does_nothing(
        self,
        app: Any,
        superuser: Any,
        released: ReleaseRecord,
        union: Callable[[str], UUID],
        ref: str | None,
        side: str | None,
    ) -> None:
        by = None if ref is None else union(ref)
        await does_nothing(app, superuser, a_closure(released, "refuse", union_id=by, side=side))

    @pytest.mark.parametrize(
        "change",
        [{"step_no": 2}, {"step_no": None}, {"handoff_id": UUID(int=7)}, {"membership_id": UUID(int=7)}],
        ids=str,
    )
    async def test_of_another_case_or_step_does_nothing(
        self, app: Any, superuser: Any, released: ReleaseRecord, change: dict[str, Any]
    ) -> None:
        await does_nothing(app, superuser, a_closure(released, "recall", **change))

    async def test_a_recall_of_what_was_released_in_lieu_does_nothing(
        self, app: Any, superuser: Any, released: ReleaseRecord
    ) -> None:
        await superuser.execute("update hub.handoffs set in_lieu = true")
        await does_nothing(app, superuser, a_closure(released, "recall"))
        assert await call(app, a_closure(released, "refuse")) == [1]

    async def test_before_the_union_above_is_told_is_not_told_to_it_ever(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        release = a_release(m1, union("U2"), overdue_union=union("U9"), overdue_at=NOON + timedelta(hours=2))
        assert await call(app, release) == [1]
        told = "select union_id, state from hub.dockets where side = 'HIGHER'"
        assert [tuple(row) for row in await superuser.fetch(told)] == [(union("U9"), "RELEASED")]
        early = a_closure(release, "refuse", at=NOON + timedelta(hours=1))
        assert await call(app, early) == [1]
        assert await superuser.fetch(told) == []

    async def test_after_the_union_above_is_told_is_told_to_it_too(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        release = a_release(m1, union("U2"), overdue_union=union("U9"), overdue_at=NOON + timedelta(hours=2))
        assert await call(app, release) == [1]
        assert await call(app, a_closure(release, "refuse", at=NOON + timedelta(hours=3))) == [1]
        told = await superuser.fetch("select union_id, state from hub.dockets where side = 'HIGHER'")
        assert [tuple(row) for row in told] == [(union("U9"), "REFUSED")]

    async def test_at_the_deadline_does_nothing_and_a_moment_before_it_closes(
        self, app: Any, superuser: Any, released: ReleaseRecord
    ) -> None:
        await does_nothing(app, superuser, a_closure(released, "refuse", at=released.deadline))
        assert await call(app, a_closure(released, "refuse", at=released.deadline - timedelta(microseconds=1))) == [1]

    @pytest.mark.parametrize(
        ("act", "state"), [("recall", "ACCEPTED"), ("recall", "REFUSED"), ("recall", "VOIDED"), ("recall", "RELEASED")]
    )
    async def test_by_an_illegal_step_is_refused(
        self, app: Any, superuser: Any, released: ReleaseRecord, act: str, state: str
    ) -> None:
        await fails(app, superuser, "23503", a_closure(released, act)._replace(to_state=state))

    @pytest.mark.parametrize(
        ("side", "act", "step_side", "state"),
        [
            ("RECEIVER", "accept", "RECEIVER", "ACCEPTED"),
            ("HOLDER", "refuse", "HOLDER", "REFUSED"),
            ("RECEIVER", "recall", "RECEIVER", "RECALLED"),
            ("HOLDER", "void", "HUB", "VOIDED"),
            ("RECEIVER", "refuse", "HUB", "REFUSED"),
            ("HOLDER", "expire", "HUB", "EXPIRED"),
        ],
    )
    async def test_by_a_step_that_is_no_closing_of_that_side_does_nothing(
        self, app: Any, superuser: Any, released: ReleaseRecord, side: str, act: str, step_side: str, state: str
    ) -> None:
        union_id = released.receiving_union if side == "RECEIVER" else released.union_id
        closure = a_closure(released, act, union_id=union_id, side=side, step_side=step_side, to_state=state)
        await does_nothing(app, superuser, closure)

    async def test_that_would_reach_one_side_only_is_rolled_back(
        self, app: Any, superuser: Any, m1: Any, released: ReleaseRecord
    ) -> None:
        await superuser.execute("delete from hub.dockets where member_id = $1 and side = 'HOLDER'", m1["member_id"])
        await fails(app, superuser, "HB500", a_closure(released, "refuse"))

    async def test_with_a_used_jti_is_rolled_back(self, app: Any, superuser: Any, released: ReleaseRecord) -> None:
        await fails(app, superuser, "HB409", a_closure(released, "recall", jti=released.jti))


class TestJoin:
    async def test_enters_a_first_holding(self, app: Any, superuser: Any, union: Callable[[str], UUID]) -> None:
        join = a_join(union("U1"), certificate_province="31", certificate_number="77")
        assert await call(app, join) == [1]
        custody = await custody_of(superuser, join.membership_id)
        assert (custody["holder_union"], custody["custody_version"], custody["status"]) == (union("U1"), 1, "ACTIVE")
        await assert_whole(superuser)

    @pytest.mark.parametrize("claim", ["membership_id", "jti", "id_hash", "certificate"])
    async def test_with_a_claim_that_is_taken_is_rolled_back(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], claim: str
    ) -> None:
        number = {"certificate_province": "31", "certificate_number": "77"}
        first = a_join(union("U1"), **number)
        assert await call(app, first) == [1]
        taken = number if claim == "certificate" else {claim: getattr(first, claim)}
        await fails(app, superuser, "HB409", a_join(union("U1"), **taken))

    @pytest.mark.invariant("I3")
    async def test_of_a_person_who_is_a_member_is_refused(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        again = a_join(union("U2"), member_id=m1["member_id"], is_known_person=True)
        await fails(app, superuser, "23505", again)

    async def test_of_a_person_who_was_a_member_is_a_new_membership(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m1["membership_id"]
        )
        again = a_join(union("U2"), member_id=m1["member_id"], is_known_person=True)
        with pytest.raises(asyncpg.PostgresError) as found:  # known by what? no such id is the person's
            await call(app, again)
        assert found.value.sqlstate == "HB409"
        id_hash = await superuser.fetchval("select id_hash from hub.person_ids where member_id = $1", m1["member_id"])
        assert await call(app, again._replace(id_hash=id_hash)) == [1]
        count = await superuser.fetchval("select count(*) from hub.person_ids where member_id = $1", m1["member_id"])
        assert count == 1

    @pytest.mark.invariant("I3")
    async def test_of_persons_whose_ids_were_exchanged_is_rolled_back(
        self, app: Any, superuser: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        await superuser.execute("update hub.memberships set status = 'WITHDRAWN'")
        rows = await superuser.fetch("select member_id, id_hash from hub.person_ids order by 1 limit 2")
        known = [(rows[0]["member_id"], rows[1]["id_hash"]), (rows[1]["member_id"], rows[0]["id_hash"])]
        crossed = [
            a_join(union("U2"), member_id=person, id_hash=found, is_known_person=True) for person, found in known
        ]
        await fails(app, superuser, "HB409", *crossed)

    @pytest.mark.invariant("I3")
    async def test_of_a_known_person_as_a_new_one_is_refused(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m1["membership_id"]
        )
        id_hash = await superuser.fetchval("select id_hash from hub.person_ids where member_id = $1", m1["member_id"])
        await fails(app, superuser, "23505", a_join(union("U2"), member_id=m1["member_id"], id_hash=id_hash))


class TestTogether:
    async def test_one_bad_item_does_not_hold_up_the_others(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        rows = [await custody_of(superuser, world.members[ref]) for ref in ("M1", "M2", "M3", "M4", "M5")]
        stranger = a_release(rows[1], union("U2"), union_id=union("U8"))
        stale = a_release(rows[3], union("U2"), custody_version=9)
        good = [a_release(rows[n], union("U2")) for n in (0, 2, 4)]
        assert await call(app, good[0], stranger, good[1], stale, good[2]) == [1, 3, 5]
        opened = await superuser.fetch("select handoff_id from hub.handoffs")
        assert {row["handoff_id"] for row in opened} == {release.handoff_id for release in good}
        await assert_whole(superuser)

    @pytest.mark.invariant("I4")
    async def test_the_same_member_twice_in_a_call_is_applied_once(
        self, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
    ) -> None:
        applied = await call(app, a_release(m1, union("U2")), a_release(m1, union("U3")))
        assert len(applied) == 1
        await assert_whole(superuser)
        (release,) = await superuser.fetch("select * from hub.handoffs")
        open_release = a_release(m1, release["to_union"], handoff_id=release["handoff_id"])
        assert len(await call(app, an_acceptance(open_release), an_acceptance(open_release))) == 1
        await assert_whole(superuser)

    async def test_a_call_takes_a_thousand(self, app: Any, superuser: Any, union: Callable[[str], UUID]) -> None:
        joins = [a_join(union("U1")) for _ in range(1000)]
        assert len(await call(app, *joins)) == 1000
        rows = await superuser.fetch(
            "select * from hub.memberships where membership_id = any ($1)", [join.membership_id for join in joins]
        )
        releases = [a_release(row, union("U2")) for row in rows]
        for bad in range(0, 1000, 100):
            releases[bad] = releases[bad]._replace(custody_version=3)
        good = [number for number in range(1, 1001) if number % 100 != 1]
        assert await call(app, *releases) == good
        assert await call(app, *(an_acceptance(release) for release in releases)) == good
        moved = await superuser.fetchval("select count(*) from hub.memberships where holder_union = $1", union("U2"))
        assert moved == 990
        await assert_whole(superuser)
