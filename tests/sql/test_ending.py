"""The end of a membership in SQL alone: what is stored, for whom it is seen, and which of two acts at once wins."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import asyncpg
import pytest

from hub.errors import Code
from hub.transfers.ledger.certificates import RECORD_CERTIFICATE, CertificateRecord
from hub.transfers.ledger.ending import (
    RECORD_ENDING,
    RECORD_FILING,
    RECORD_MARK,
    RECORD_REVERSAL,
    EndingRecord,
    FilingRecord,
    MarkRecord,
    ReversalRecord,
)
from tests.desk.pairs import ON_PAPER
from tests.endings import act, ready_act
from tests.ready import (
    ready_acceptance,
    ready_merge,
    ready_release,
)
from tests.sql.direct import NOON, TODAY, custody_of
from tests.sql.racing import hubs, members_of, prepared, race, races, told
from tests.sql.wholeness import assert_whole
from tests.worlds import as_union, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from hub.transfers.desk.opening import Hub
    from tests.world import Actor, World

__all__ = ["hubs"]

ROUNDS: Final = 60
HASH: Final = bytes(range(32))


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def u1(world: World) -> Actor:
    return world.actors["U1"]


@pytest.fixture
def m1(world: World) -> UUID:
    return world.members["M1"]


def _statement() -> dict[str, Any]:
    return {"jti": uuid4(), "sha256": uuid4().bytes * 2, "typ": "unionhub.x+jwt", "jws": "e30.e30.e30", "receipt": "r"}


def an_ending(custody: Any, **changes: Any) -> EndingRecord:
    """An expulsion by the holder, as custody stands."""
    given = {
        "at": NOON,
        "union_id": custody["holder_union"],
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "custody_version": custody["custody_version"],
        "from_state": custody["status"],
        "act": "expel",
        "to_state": "EXPELLED",
        "ended_on": date(2025, 2, 25),
        "open_handoff": custody["open_handoff"],
        "open_step": custody["open_step"],
        "passed": "[]",
        "ground": None,
        "pair_id": custody["open_duplicate"],
        "ending_no": 1,
        "collected_on": None,
        "card_salt": "another",
        "expulsion_state": "DECIDED",
        "effective_on": date(2025, 2, 1),
        "judgment_sha256": HASH,
        "opinion_sha256": None,
        "decision_sha256": HASH,
        **_statement(),
    }
    return EndingRecord(**{**given, **changes})


def _after(custody: Any, **more: Any) -> dict[str, Any]:
    """What the acts after an expulsion share."""
    return {
        "at": NOON + timedelta(hours=1),
        "union_id": custody["holder_union"],
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "ending_no": 1,
        "step_no": 1,
        **more,
        **_statement(),
    }


async def ask(connection: Any, sql: str, record: Any) -> bool:
    return bool(await connection.fetchval(sql, *record))


class TestTheRecord:
    @pytest.mark.parametrize(
        "changes",
        [
            {"custody_version": 2},
            {"from_state": "RETAINED"},
            {"ending_no": 2},
            {"at": NOON - timedelta(days=400)},
            {"open_handoff": uuid4(), "open_step": 1},
            {"pair_id": uuid4()},
            {"membership_id": uuid4()},
        ],
    )
    async def test_takes_no_end_but_from_where_it_stands(
        self, app: Any, superuser: Any, m1: UUID, changes: dict[str, Any]
    ) -> None:
        before = await everything(superuser)
        record = an_ending(await custody_of(superuser, m1), **changes)
        assert not await ask(app, RECORD_ENDING, record)
        assert differing(before, await everything(superuser)) == set()

    async def test_takes_none_by_another_union(self, world: World, app: Any, superuser: Any, m1: UUID) -> None:
        record = an_ending(await custody_of(superuser, m1), union_id=world.actors["U2"].caller.union_id)
        assert not await ask(app, RECORD_ENDING, record)

    @pytest.mark.invariant("I13")
    @pytest.mark.parametrize(
        ("changes", "constraint"),
        [
            ({"decision_sha256": None}, "endings_by_expulsion_are_decided"),
            ({"judgment_sha256": None}, "endings_by_expulsion_are_decided"),
            ({"effective_on": date(2025, 2, 26)}, "endings_by_expulsion_are_decided"),
            ({"expulsion_state": None}, "endings_by_expulsion_are_decided"),
            ({"collected_on": date(2025, 2, 26)}, "endings_are_collected_once_filed"),
            ({"ended_on": None}, "endings_end_on_a_day"),
            ({"act": "withdraw"}, "endings_are_legal"),
            ({"to_state": "DECEASED", "expulsion_state": None}, "endings_are_legal"),
            ({"expulsion_state": "FILED"}, "expulsion_steps_are_legal"),
        ],
    )
    async def test_takes_none_that_is_not_lawful(
        self, app: Any, superuser: Any, m1: UUID, changes: dict[str, Any], constraint: str
    ) -> None:
        before = await everything(superuser)
        with pytest.raises(asyncpg.IntegrityConstraintViolationError) as found:
            await ask(app, RECORD_ENDING, an_ending(await custody_of(superuser, m1), **changes))
        assert found.value.constraint_name == constraint
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.parametrize("to_state", ["ACTIVE", "DUPLICATE_MERGED"])
    async def test_is_of_an_end(self, app: Any, superuser: Any, m1: UUID, to_state: str) -> None:
        record = an_ending(await custody_of(superuser, m1), to_state=to_state)
        with pytest.raises(asyncpg.PostgresError, match="no end of a membership"):
            await ask(app, RECORD_ENDING, record)

    async def test_closes_the_open_case_or_nothing(
        self, world: World, app: Any, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await world.release(u1, m1, world.actors["U2"].uri)
        custody = await custody_of(superuser, m1)
        assert not await ask(app, RECORD_ENDING, an_ending(custody))
        step = [{"act": "void", "from": "RELEASED", "to": "VOIDED", "at": NOON.isoformat()}]
        record = an_ending(custody, passed=json.dumps(step), ground="MEMBERSHIP_ENDED")
        assert await ask(app, RECORD_ENDING, record)
        rows = await superuser.fetch("select state, ground, closed_at from hub.dockets where membership_id = $1", m1)
        assert {tuple(row) for row in rows} == {("VOIDED", "MEMBERSHIP_ENDED", NOON)}
        await assert_whole(superuser)

    async def test_what_has_ended_holds_nothing_open(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        await act(world, "withdraw", u1, m1)
        with pytest.raises(asyncpg.CheckViolationError, match="memberships_ended_have_nothing_open"):
            await superuser.execute(
                "update hub.memberships set open_handoff = gen_random_uuid(), open_step = 1 where membership_id = $1",
                m1,
            )


class TestAfterAnExpulsion:
    @pytest.fixture
    async def custody(self, app: Any, superuser: Any, m1: UUID) -> Any:
        held = await custody_of(superuser, m1)
        assert await ask(app, RECORD_ENDING, an_ending(held))
        return held

    def _filing(self, custody: Any, **changes: Any) -> FilingRecord:
        given = _after(custody, from_state="DECIDED", to_state="FILED", filed_on=TODAY, name_masked="张*")
        return FilingRecord(**{**given, **changes})

    @pytest.mark.invariant("I16")
    async def test_the_union_above_sees_it_from_the_filing_on(
        self, world: World, app: Any, custody: Any, superuser: Any
    ) -> None:
        u13, u10 = world.actors["U13"].caller.union_id, world.actors["U10"].caller.union_id
        for union in (u13, u10):
            async with as_union(app, union):
                assert await app.fetch("select * from hub.filings") == []
        record = self._filing(custody)
        assert await ask(app, RECORD_FILING, record)
        async with as_union(app, u13):
            (row,) = await app.fetch("select * from hub.filings")
            assert (row["name_masked"], row["judgment_sha256"], row["sha256"]) == ("张*", HASH, record.sha256)
            for table in ("persons", "memberships", "statements", "dockets"):
                assert await app.fetch(f"select * from hub.{table}") == []
            assert await app.fetch("select * from hub.read_endings($1)", [custody["membership_id"]]) == []
        for union in (u10, custody["holder_union"], world.actors["U9"].caller.union_id):
            async with as_union(app, union):
                assert await app.fetch("select * from hub.filings") == []

    @pytest.mark.invariant("I13")
    async def test_what_is_unfiled_is_read_by_its_holder_alone(self, world: World, app: Any, custody: Any) -> None:
        async def read(ref: str) -> list[Any]:
            async with as_union(app, world.actors[ref].caller.union_id):
                rows = await app.fetch("select * from hub.read_overdue_filings(null, null, null, 9)")
            return [row["membership_id"] for row in rows]

        assert await read("U1") == [custody["membership_id"]]
        for ref in ("U2", "U13", "U10", "U9"):
            assert await read(ref) == []
        assert await app.fetch("select * from hub.read_overdue_filings(null, null, null, 9)") == []
        assert await ask(app, RECORD_FILING, self._filing(custody))
        assert await read("U1") == []

    @pytest.mark.parametrize("name", ["union_id", "step_no", "ending_no", "from_state", "membership_id"])
    async def test_it_is_filed_by_its_union_in_its_turn(
        self, world: World, app: Any, custody: Any, superuser: Any, name: str
    ) -> None:
        other = {
            "union_id": world.actors["U2"].caller.union_id,
            "step_no": 2,
            "ending_no": 2,
            "from_state": "FILED",
            "membership_id": uuid4(),
        }
        before = await everything(superuser)
        assert not await ask(app, RECORD_FILING, self._filing(custody, **{name: other[name]}))
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.invariant("I13")
    async def test_not_before_it_was_decided(self, app: Any, custody: Any) -> None:
        with pytest.raises(asyncpg.CheckViolationError, match="endings_are_filed_once_decided"):
            await ask(app, RECORD_FILING, self._filing(custody, filed_on=date(2025, 2, 24)))

    @pytest.mark.parametrize("name", ["union_id", "filing_sha256", "step_no", "membership_id"])
    async def test_a_filing_is_marked_by_the_union_above_and_once(
        self, world: World, app: Any, custody: Any, superuser: Any, name: str
    ) -> None:
        filing = self._filing(custody)
        await ask(app, RECORD_FILING, filing)

        def mark(**changes: Any) -> MarkRecord:
            return MarkRecord(
                **{
                    **_after(custody, from_state="FILED", act="acknowledge", to_state="FILED", mark="ACKNOWLEDGED"),
                    "union_id": world.actors["U13"].caller.union_id,
                    "step_no": 2,
                    "papers": None,
                    "filing_sha256": filing.sha256,
                    **changes,
                }
            )

        other = {
            "union_id": world.actors["U10"].caller.union_id,
            "filing_sha256": HASH,
            "step_no": 1,
            "membership_id": uuid4(),
        }
        before = await everything(superuser)
        if name == "step_no":
            with pytest.raises(asyncpg.PostgresError, match="overtaken"):
                await ask(app, RECORD_MARK, mark(step_no=1))
        else:
            assert not await ask(app, RECORD_MARK, mark(**{name: other[name]}))
        assert differing(before, await everything(superuser)) == set()
        assert await ask(app, RECORD_MARK, mark())
        assert not await ask(app, RECORD_MARK, mark(step_no=3))

    @pytest.mark.invariant("I13")
    async def test_the_certificate_is_collected_after_the_filing(
        self, world: World, app: Any, custody: Any, superuser: Any
    ) -> None:
        def collection(**changes: Any) -> CertificateRecord:
            given = {
                **dict.fromkeys(CertificateRecord._fields),
                **{name: custody[name] for name in ("member_id", "membership_id", "custody_version", "data_version")},
                **_statement(),
                "at": NOON + timedelta(hours=2),
                "union_id": custody["holder_union"],
                "act": "collect_certificate",
                "province_code": custody["certificate_province"],
                "number": custody["certificate_number"],
                "from_state": "VALID",
                "to_state": "COLLECTED",
                "collected_on": TODAY,
                "card_salt": "yet another",
            }
            return CertificateRecord(**{**given, **changes})

        with pytest.raises(asyncpg.CheckViolationError, match="endings_are_collected_once_filed"):
            await ask(app, RECORD_CERTIFICATE, collection())
        await ask(app, RECORD_FILING, self._filing(custody))
        assert not await ask(app, RECORD_CERTIFICATE, collection(union_id=world.actors["U2"].caller.union_id))
        with pytest.raises(asyncpg.CheckViolationError, match="endings_are_collected_once_filed"):
            await ask(app, RECORD_CERTIFICATE, collection(collected_on=date(2025, 2, 1)))
        assert await ask(app, RECORD_CERTIFICATE, collection())
        assert not await ask(app, RECORD_CERTIFICATE, collection())
        ended = await superuser.fetchrow("select * from hub.endings where membership_id = $1", custody["membership_id"])
        assert (ended["expulsion_state"], ended["collected_on"]) == ("COLLECTED", TODAY)

    @pytest.mark.invariant("I2")
    async def test_a_reversal_begins_another_holding(
        self, world: World, app: Any, custody: Any, superuser: Any
    ) -> None:
        def reversal(**changes: Any) -> ReversalRecord:
            given = _after(custody, from_state="DECIDED", to_state="REVERSED", custody_version=1, card_salt="another")
            return ReversalRecord(**{**given, **changes})

        before = await everything(superuser)
        for changes in (
            {"union_id": world.actors["U2"].caller.union_id},
            {"custody_version": 2},
            {"ending_no": 2},
            {"step_no": 2},
            {"from_state": "FILED"},
            {"at": NOON},
        ):
            assert not await ask(app, RECORD_REVERSAL, reversal(**changes)), changes
        assert differing(before, await everything(superuser)) == set()
        assert await ask(app, RECORD_REVERSAL, reversal())
        after = await custody_of(superuser, custody["membership_id"])
        assert (after["status"], after["custody_version"], after["joined_on"]) == ("ACTIVE", 2, custody["joined_on"])
        assert after["certificate_number"] == custody["certificate_number"]
        assert not await ask(app, RECORD_REVERSAL, reversal())


class TestAtOnce:
    async def test_two_ends_at_once_are_one(self, world: World, hubs: list[Hub], superuser: Any, u1: Actor) -> None:
        members = await members_of(world, "U1", ROUNDS)

        async def both(view: Any) -> list[Any]:
            return [await ready_act(world, name, u1, view.membership_id) for name in ("withdraw", "death")]

        for _, refused in await races(hubs, await prepared(both, members)):
            assert {one[0] for one in told(refused)} == {Code.NOT_A_MEMBER}
        await assert_whole(superuser)

    async def test_a_release_or_the_end(self, world: World, hubs: list[Hub], superuser: Any, u1: Actor) -> None:
        members = await members_of(world, "U1", ROUNDS)

        async def both(view: Any) -> list[Any]:
            release = await ready_release(world, u1, view.membership_id, world.actors["U2"])
            return [await ready_act(world, "withdraw", u1, view.membership_id), release]

        codes = {one[0] for _, refused in await races(hubs, await prepared(both, members)) for one in told(refused)}
        assert codes <= {Code.NOT_A_MEMBER, Code.HANDOFF_ALREADY_OPEN}
        await assert_whole(superuser)

    @pytest.mark.invariant("I1")
    async def test_an_acceptance_or_the_expulsion(
        self, world: World, hubs: list[Hub], superuser: Any, u1: Actor
    ) -> None:
        u2 = world.actors["U2"]
        members = await members_of(world, "U1", ROUNDS)

        async def both(view: Any) -> list[Any]:
            handoff = await (await ready_release(world, u1, view.membership_id, u2)).send(world.hub)
            accept = await ready_acceptance(world, u2, handoff.handoff_id)
            return [await ready_act(world, "expel", u1, view.membership_id), accept]

        codes = {one[0] for _, refused in await races(hubs, await prepared(both, members)) for one in told(refused)}
        assert codes <= {Code.NOT_HOLDER, Code.HANDOFF_NOT_OPEN}
        await assert_whole(superuser)

    @pytest.mark.invariant("I3")
    async def test_the_end_of_one_of_a_pair_and_its_merge(
        self, world: World, hubs: list[Hub], superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        u2 = world.actors["U2"]
        second = await world.bring_in(u2, ON_PAPER)
        await world.merge(u2, second.membership_id, survivor=True)
        merge = await ready_merge(world, u1, m1, survivor=False)
        end = await ready_act(world, "death", u2, second.membership_id)
        answers, refused = await race(hubs, merge, end)
        assert answers
        assert {one.code for one in refused} <= {Code.INPUT_INVALID, Code.NOT_A_MEMBER}
        await assert_whole(superuser)
