"""Custody of two memberships of one person, guarded by SQL alone: what no call of ours would send is refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.sql.direct import (
    NOON,
    a_decision,
    a_first_word,
    a_merge,
    a_release,
    a_suspected,
    call,
    call_single,
    custody_of,
    expired,
    passed,
)
from tests.sql.wholeness import assert_whole
from tests.world import MEMBERS
from tests.worlds import START, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

OVER: Final = bytes(range(32))
_BY_ANOTHER: Final = "update hub.duplicates set said_by = $1 where said_by is not null"
UNKNOWN: Final = UUID(int=7)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@dataclass
class Pair:
    """M1 of U1, live, and M1 of U2, suspected: their rows."""

    live: Any
    suspected: Any


@pytest.fixture
async def pair(world: World, superuser: Any) -> Pair:
    paper = replace(MEMBERS["M1"], employer="乙", certificate=("31", "700001"), joined_on=date(2009, 5, 4))
    second = await world.bring_in(world.actors["U2"], paper)
    return Pair(await custody_of(superuser, world.members["M1"]), await custody_of(superuser, second.membership_id))


async def hash_of(superuser: Any, member: str, world: World) -> bytes:
    found: bytes = await superuser.fetchval(
        "select i.id_hash from hub.person_ids i join hub.memberships m using (member_id) where m.membership_id = $1",
        world.members[member],
    )
    return found


async def unheard(app: Any, superuser: Any, record: Any) -> None:
    """Send what is refused, and see that it left nothing."""
    before = await everything(superuser)
    if type(record).__name__ == "SuspectedRecord":
        assert await call(app, record) == []
    else:
        assert await call_single(app, record) is False
    assert differing(before, await everything(superuser)) == set()


class TestASecondOne:
    async def test_stands_still_beside_the_live_one(self, world: World, app: Any, superuser: Any) -> None:
        live = await custody_of(superuser, world.members["M3"])
        record = a_suspected(
            world.actors["U2"].caller.union_id, live, await hash_of(superuser, "M3", world), certificate_province="31",
            certificate_number="7",
        )  # fmt: skip
        assert await call(app, record) == [1]
        assert (await custody_of(superuser, record.membership_id))["status"] == "DUPLICATE_SUSPECTED"
        await assert_whole(superuser)

    @pytest.mark.invariant("I3")
    async def test_of_two_at_once_of_one_person_one_comes_in(self, world: World, app: Any, superuser: Any) -> None:
        live = await custody_of(superuser, world.members["M3"])
        u2, number = world.actors["U2"].caller.union_id, await hash_of(superuser, "M3", world)
        assert len(await call(app, *(a_suspected(u2, live, number) for _ in range(2)))) == 1
        await unheard(app, superuser, a_suspected(u2, live, number))
        await assert_whole(superuser)

    @pytest.mark.parametrize(
        "changes",
        [{"other_membership": UNKNOWN}, {"other_member": UNKNOWN}, {"union_id": None}, {"id_hash": bytes(32)}],
        ids=str,
    )
    async def test_is_beside_the_one_that_has_its_number_or_none(
        self, world: World, app: Any, superuser: Any, changes: dict[str, Any]
    ) -> None:
        live = await custody_of(superuser, world.members["M3"])
        number = await hash_of(superuser, "M3", world)
        record = a_suspected(world.actors["U2"].caller.union_id, live, number)
        await unheard(app, superuser, record._replace(**changes))

    async def test_is_not_beside_another_person_s(self, world: World, app: Any, superuser: Any) -> None:
        other = await custody_of(superuser, world.members["M4"])
        number = await hash_of(superuser, "M3", world)
        await unheard(app, superuser, a_suspected(world.actors["U2"].caller.union_id, other, number))

    async def test_nor_by_what_is_sent_beside_it(self, world: World, app: Any, superuser: Any) -> None:
        third, fourth = [await custody_of(superuser, world.members[ref]) for ref in ("M3", "M4")]
        u2, before = world.actors["U2"].caller.union_id, await everything(superuser)
        crossed = (
            a_suspected(u2, third, await hash_of(superuser, "M4", world)),
            a_suspected(u2, fourth, await hash_of(superuser, "M3", world)),
        )
        assert await call(app, *crossed) == []
        assert differing(before, await everything(superuser)) == set()
        record = a_suspected(u2, third, await hash_of(superuser, "M3", world))
        await unheard(app, superuser, record._replace(other_membership=fourth["membership_id"]))

    async def test_nor_beside_one_that_has_ended(self, world: World, app: Any, superuser: Any) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", world.members["M3"]
        )
        live = await custody_of(superuser, world.members["M3"])
        record = a_suspected(world.actors["U2"].caller.union_id, live, await hash_of(superuser, "M3", world))
        await unheard(app, superuser, record)

    async def test_with_a_number_or_a_jti_that_is_taken_nothing_comes_in(
        self, world: World, app: Any, superuser: Any
    ) -> None:
        live = await custody_of(superuser, world.members["M3"])
        u2, number = world.actors["U2"].caller.union_id, await hash_of(superuser, "M3", world)
        used = uuid4()
        first = a_suspected(
            u2, await custody_of(superuser, world.members["M4"]), await hash_of(superuser, "M4", world), jti=used
        )
        assert await call(app, first) == [1]
        before = await everything(superuser)
        for changes in (
            {"jti": used},
            {"membership_id": world.members["M1"]},
            {"certificate_province": "31", "certificate_number": "000001"},
        ):
            with pytest.raises(asyncpg.PostgresError) as fault:
                await call(app, a_suspected(u2, live, number, **changes))
            assert fault.value.sqlstate in {"HB409", "23505"}
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.invariant("I4")
    async def test_is_not_released(self, world: World, app: Any, superuser: Any, pair: Pair) -> None:
        before = await everything(superuser)
        assert await call(app, a_release(pair.suspected, world.actors["U3"].caller.union_id)) == []
        assert await everything(superuser) == before


class TestAMerge:
    async def said(self, app: Any, pair: Pair, over: bytes = OVER) -> None:
        """Let the holder of the live one say that the other goes on."""
        first = a_first_word(pair.live, pair.suspected, over, survives=False)
        assert await call_single(app, first) is True

    async def test_needs_both_words_over_one_document(self, app: Any, superuser: Any, pair: Pair) -> None:
        word = a_merge(pair.suspected, pair.live, OVER)
        await unheard(app, superuser, word)
        await self.said(app, pair, token_bytes(32))
        await unheard(app, superuser, word)
        await self.said(app, pair)
        await unheard(app, superuser, word._replace(completes=False))
        assert await call_single(app, word) is True
        assert (await custody_of(superuser, pair.live["membership_id"]))["status"] == "DUPLICATE_MERGED"
        await assert_whole(superuser)
        await unheard(app, superuser, word._replace(jti=uuid4(), sha256=token_bytes(32)))

    async def test_and_that_of_who_holds_now(self, world: World, app: Any, superuser: Any, pair: Pair) -> None:
        await self.said(app, pair)
        await superuser.execute(_BY_ANOTHER, world.actors["U3"].caller.union_id)
        await unheard(app, superuser, a_merge(pair.suspected, pair.live, OVER))

    @pytest.mark.parametrize(
        "changes",
        [
            {"union_id": None}, {"pair_id": UNKNOWN}, {"other_holder": UNKNOWN}, {"member_id": UNKNOWN},
            {"membership_id": UNKNOWN}, {"other_member": UNKNOWN}, {"other_membership": UNKNOWN},
            {"joined_on": date(2012, 7, 1)}, {"at": START - timedelta(days=400)}, {"case_id": UNKNOWN, "case_step": 1},
        ],
        ids=str,
    )  # fmt: skip
    async def test_is_of_this_pair_as_it_stands(
        self, app: Any, superuser: Any, pair: Pair, changes: dict[str, Any]
    ) -> None:
        await self.said(app, pair)
        await unheard(app, superuser, a_merge(pair.suspected, pair.live, OVER, **changes))

    async def test_nor_is_the_first_word_of_one_that_another_union_holds(
        self, app: Any, superuser: Any, pair: Pair
    ) -> None:
        for changes in ({"other_holder": UNKNOWN}, {"union_id": UNKNOWN}, {"pair_id": UNKNOWN}):
            await unheard(app, superuser, a_first_word(pair.suspected, pair.live, OVER, **changes))

    async def test_is_no_stranger_s_nor_the_other_holder_s(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        await self.said(app, pair)
        for ref in ("U1", "U3", "U0"):
            word = a_merge(pair.suspected, pair.live, OVER, union_id=world.actors[ref].caller.union_id)
            await unheard(app, superuser, word)

    async def test_is_not_of_one_with_itself(self, app: Any, superuser: Any, pair: Pair) -> None:
        for own in (pair.live, pair.suspected):
            await unheard(app, superuser, a_merge(own, own, OVER))

    async def test_ends_the_open_case_by_its_steps_or_does_nothing(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        u3 = world.actors["U3"]
        case = await world.release(world.actors["U1"], pair.live["membership_id"], u3.uri)
        live = await custody_of(superuser, pair.live["membership_id"])
        await self.said(app, pair)
        void = passed(("void", "RELEASED", "VOIDED", NOON))
        for changes in (
            {"passed": "[]"},
            {"passed": void, "case_step": 2},
            {"passed": void, "case_id": uuid4()},
            {"passed": void, "case_id": None, "case_step": None},
        ):
            await unheard(app, superuser, a_merge(pair.suspected, live, OVER, **changes))
        word = a_merge(
            pair.suspected, live, OVER, passed=void, ground="DUPLICATE_MERGED", ground_told="MEMBERSHIP_ENDED"
        )
        assert await call_single(app, word) is True
        rows = await superuser.fetch(
            "select side, state, ground from hub.dockets where handoff_id = $1", case.handoff_id
        )
        assert {tuple(row) for row in rows if row["side"] != "HIGHER"} == {
            ("HOLDER", "VOIDED", "DUPLICATE_MERGED"),
            ("RECEIVER", "VOIDED", "MEMBERSHIP_ENDED"),
        }
        await assert_whole(superuser)

    async def test_with_an_illegal_step_nothing_is_done(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        await world.release(world.actors["U1"], pair.live["membership_id"], world.actors["U3"].uri)
        live = await custody_of(superuser, pair.live["membership_id"])
        await self.said(app, pair)
        before = await everything(superuser)
        for steps in (passed(("void", "REQUESTED", "ACCEPTED", NOON)), passed(("take", "RELEASED", "VOIDED", NOON))):
            with pytest.raises(asyncpg.ForeignKeyViolationError):
                await call_single(app, a_merge(pair.suspected, live, OVER, passed=steps))
        assert await everything(superuser) == before

    async def test_a_jti_that_is_spent_undoes_it(self, app: Any, superuser: Any, pair: Pair) -> None:
        await self.said(app, pair)
        word = a_merge(pair.suspected, pair.live, OVER)
        await superuser.execute(
            "insert into hub.statement_claims (jti, iss, sha256) values ($1, $2, $3)", word.jti, word.union_id, b"other"
        )
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as fault:
            await call_single(app, word)
        assert fault.value.sqlstate == "HB409"
        assert await everything(superuser) == before

    @pytest.mark.parametrize(
        "harm",
        ["update hub.holdings set custody_version = 9",
         "delete from hub.dockets where side = 'RECEIVER'"],
    )  # fmt: skip
    async def test_what_is_not_whole_beforehand_is_not_merged(
        self, world: World, app: Any, superuser: Any, pair: Pair, harm: str
    ) -> None:
        await world.release(world.actors["U1"], pair.live["membership_id"], world.actors["U3"].uri)
        live = await custody_of(superuser, pair.live["membership_id"])
        await self.said(app, pair)
        await superuser.execute(harm)
        before = await everything(superuser)
        word = a_merge(pair.suspected, live, OVER, passed=passed(("void", "RELEASED", "VOIDED", NOON)))
        with pytest.raises(asyncpg.PostgresError) as fault:
            await call_single(app, word)
        assert fault.value.sqlstate == "HB500"
        assert await everything(superuser) == before

    async def test_of_one_union_one_word_is_both(self, world: World, app: Any, superuser: Any) -> None:
        u1 = world.actors["U1"]
        second = await world.bring_in(u1, replace(MEMBERS["M3"], certificate=("31", "700009")))
        own = await custody_of(superuser, second.membership_id)
        live = await custody_of(superuser, world.members["M3"])
        await unheard(app, superuser, a_merge(live, own, OVER, completes=False))
        assert await call_single(app, a_merge(live, own, OVER)) is True
        assert (await custody_of(superuser, second.membership_id))["status"] == "DUPLICATE_MERGED"
        await assert_whole(superuser)

    async def test_a_case_that_a_date_has_ended_is_closed_by_it(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        case = await world.release(world.actors["U1"], pair.live["membership_id"], world.actors["U3"].uri)
        assert case.deadline is not None
        live = await custody_of(superuser, pair.live["membership_id"])
        await self.said(app, pair)
        word = a_merge(pair.suspected, live, OVER, at=case.deadline + timedelta(days=1), passed=expired(case.deadline))
        assert await call_single(app, word) is True
        assert (
            await superuser.fetchval("select state from hub.handoffs where handoff_id = $1", case.handoff_id)
            == "EXPIRED"
        )
        await assert_whole(superuser)


class TestADecision:
    @pytest.fixture
    async def waiting(self, app: Any, pair: Pair) -> Pair:
        """The holder of the suspected one has said, over OVER, that its own goes on; the time is up at noon."""
        word = a_first_word(pair.suspected, pair.live, OVER)
        assert await call_single(app, word) is True
        return pair

    def decision(self, world: World, pair: Pair, ref: str = "U9", **changes: Any) -> Any:
        by = world.actors[ref].caller.union_id
        return a_decision(by, pair.suspected, pair.live, OVER, **changes)

    async def test_merges_the_two(self, world: World, app: Any, superuser: Any, waiting: Pair) -> None:
        assert await call_single(app, self.decision(world, waiting)) is True
        assert (await custody_of(superuser, waiting.suspected["membership_id"]))["status"] == "ACTIVE"
        await assert_whole(superuser)
        await unheard(app, superuser, self.decision(world, waiting))

    @pytest.mark.parametrize("ref", ["U13", "U10", "U0", "U1", "U2", "U3"])
    async def test_is_that_of_the_union_above_the_holder_alone(
        self, world: World, app: Any, superuser: Any, waiting: Pair, ref: str
    ) -> None:
        await unheard(app, superuser, self.decision(world, waiting, ref))

    async def test_never_that_of_the_national_federation(
        self, world: World, app: Any, superuser: Any, waiting: Pair
    ) -> None:
        await superuser.execute(
            "update hub.unions set parent_union = $1 where uri = $2",
            world.actors["U0"].caller.union_id, world.actors["U2"].uri,
        )  # fmt: skip
        await unheard(app, superuser, self.decision(world, waiting, "U0"))

    @pytest.mark.parametrize(
        "changes",
        [
            {"at": NOON - timedelta(seconds=1)}, {"pair_id": UNKNOWN}, {"holder": UNKNOWN}, {"other_holder": UNKNOWN},
            {"member_id": UNKNOWN}, {"membership_id": UNKNOWN}, {"other_member": UNKNOWN},
            {"other_membership": UNKNOWN}, {"joined_on": date(2012, 7, 1)},
            {"merge_sha256": bytes(32)}, {"case_id": UNKNOWN, "case_step": 1},
            {"by_union": None},
        ],
        ids=str,
    )  # fmt: skip
    async def test_is_of_this_pair_in_its_time_over_what_was_signed(
        self, world: World, app: Any, superuser: Any, waiting: Pair, changes: dict[str, Any]
    ) -> None:
        await unheard(app, superuser, self.decision(world, waiting, **changes))

    async def test_over_the_word_of_one_who_holds_no_more_there_is_none(
        self, world: World, app: Any, superuser: Any, waiting: Pair
    ) -> None:
        await superuser.execute(_BY_ANOTHER, world.actors["U3"].caller.union_id)
        await unheard(app, superuser, self.decision(world, waiting))

    async def test_the_other_holder_s_word_is_as_good(self, world: World, app: Any, superuser: Any, pair: Pair) -> None:
        word = a_merge(
            pair.live,
            pair.suspected,
            OVER,
            survives=False,
            completes=False,
            decide_from=NOON,
            case_id=None,
            case_step=None,
        )
        assert await call_single(app, word) is True
        assert await call_single(app, self.decision(world, pair)) is True
        await assert_whole(superuser)

    async def test_a_jti_that_is_spent_undoes_it(self, world: World, app: Any, superuser: Any, waiting: Pair) -> None:
        word = self.decision(world, waiting)
        await superuser.execute(
            "insert into hub.statement_claims (jti, iss, sha256) values ($1, $2, $3)", word.jti, word.by_union, b"other"
        )
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as fault:
            await call_single(app, word)
        assert fault.value.sqlstate == "HB409"
        assert await everything(superuser) == before


class TestReading:
    async def test_each_holder_is_shown_the_other_one_and_it_is_logged(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        both = [pair.live["membership_id"], pair.suspected["membership_id"]]
        reveal = "select * from hub.reveal_duplicates(true, $1, $2, $3)"
        for ref, own, other in (("U1", *both), ("U2", *reversed(both))):
            (row,) = await app.fetch(reveal, world.actors[ref].caller.union_id, both, [uuid4(), uuid4()])
            assert (row["membership_id"], row["other_membership"]) == (own, other)
        assert await superuser.fetchval("select count(*) from hub.disclosures where kind = 'DUPLICATE'") == 2
        before = await everything(superuser)
        for ref in ("U3", "U9", "U0"):
            assert await app.fetch(reveal, world.actors[ref].caller.union_id, both, [uuid4(), uuid4()]) == []
        assert await everything(superuser) == before

    async def test_cases_are_told_to_the_union_above_and_in_time(
        self, world: World, app: Any, superuser: Any, pair: Pair
    ) -> None:
        u9 = world.actors["U9"].caller.union_id
        word = a_merge(
            pair.suspected,
            pair.live,
            OVER,
            completes=False,
            decide_from=NOON,
            higher_union=u9,
            case_id=None,
            case_step=None,
        )
        assert await call_single(app, word) is True
        seen = {}
        for ref in ("U9", "U13", "U1", "U2", "U0"):
            for at in (NOON - timedelta(seconds=1), NOON):
                async with app.transaction():
                    await app.fetchrow("select * from hub.hub_begin($1, '', true)", world.actors[ref].caller.union_id)
                    seen[ref, at] = len(await app.fetch("select * from hub.read_merge_cases($1)", at))
        assert [key for key, rows in seen.items() if rows] == [("U9", NOON)]
        # Once the one named has moved below another union, it is no case of this one.
        await superuser.execute(
            "update hub.unions set parent_union = $1 where uri = $2",
            world.actors["U13"].caller.union_id, world.actors["U2"].uri,
        )  # fmt: skip
        async with app.transaction():
            await app.fetchrow("select * from hub.hub_begin($1, '', true)", u9)
            assert await app.fetch("select * from hub.read_merge_cases($1)", NOON) == []
