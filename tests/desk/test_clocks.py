"""Clocks that are wrong, and days that end: the signer's, the hub's, midnight in Shanghai, a year not yet arranged."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from hub.transfers.desk import releasing
from hub.transfers.desk.deadlines import recompute
from hub.transfers.ledger import reads
from hub.transfers.rules.days import end_of
from hub.transfers.workdays import CALENDAR, Calendar
from tests.ready import altered, ready, ready_acceptance, ready_recall, ready_release
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

TEN_MINUTES: Final = timedelta(minutes=10)
HOUR: Final = timedelta(hours=1)
NOON: Final = datetime(2025, 3, 3, 4, tzinfo=UTC)
#: A Monday before a year that nobody has arranged.
DECEMBER: Final = datetime(2026, 12, 21, 2, tzinfo=UTC)


def last_instant(day: date) -> datetime:
    """Give the last second of a day in Shanghai."""
    return datetime(day.year, day.month, day.day, 15, 59, 59, tzinfo=UTC)


async def as_seen(world: World, actor: Actor, handoff_id: UUID) -> HandoffView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.handoffs(reading, [handoff_id]))[handoff_id]


@pytest.mark.attack("F09")
class TestSigner:
    async def test_whose_clock_is_ten_minutes_fast_is_told_the_hubs_time(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        draft = await world.draft_release(u1, m1, u2.uri)
        fast = int((await world.now() + TEN_MINUTES).timestamp())
        early = ready(releasing.release, u1, altered(draft, top={"iat": fast, "exp": fast + 3600}))
        refusal = await refused(early)
        assert (refusal.code, refusal.path, refusal.retryable) == (Code.CLOCK_SKEW, ("iat",), True)
        assert (await world.now()).isoformat()[:15] in refusal.message_en
        # It waits, and hands in the same.
        await world.set_clock(await world.now() + TEN_MINUTES)
        assert (await early.send(world.hub)).state == "RELEASED"

    async def test_whose_clock_is_ten_minutes_slow_loses_nothing_but_time(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        draft = await world.draft_release(u1, m1, u2.uri)
        slow = int((await world.now() - TEN_MINUTES).timestamp())
        view = await ready(releasing.release, u1, altered(draft, top={"iat": slow, "exp": slow + 3600})).send(world.hub)
        assert view.released_at is not None
        assert view.released_at.timestamp() >= slow + TEN_MINUTES.total_seconds()


@pytest.mark.attack("F09")
class TestHub:
    async def test_an_hour_back_an_acceptance_comes_after_its_release(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.set_clock(NOON)
        case = await world.release(u1, m1, u2.uri)
        await world.set_clock(NOON - HOUR)
        accepted = await world.accept(u2, case.handoff_id)
        assert accepted.closed_at is not None
        assert case.released_at is not None
        assert accepted.closed_at > case.released_at
        # So does the next one, whose member is held since a time to come.
        onward = await world.release(u2, m1, u1.uri, new_employer_uscc=EMPLOYERS["甲"])
        assert onward.released_at is not None
        assert onward.released_at > accepted.closed_at
        await _steps_go_forward(superuser)
        await assert_whole(superuser)

    async def test_an_hour_back_a_request_is_answered_after_it_was_made_and_a_recall_after_the_release(
        self, world: World, superuser: Any, u1: Actor, u2: Actor
    ) -> None:
        await world.set_clock(NOON)
        asked = await world.request(u2, "M1")
        await world.set_clock(NOON - HOUR)
        released = await world.answer(u1, asked.handoff_id, u2.uri)
        assert released.requested_at is not None
        assert released.released_at is not None
        assert released.released_at > released.requested_at
        recalled = await (await ready_recall(world, u1, released.handoff_id)).send(world.hub)
        assert recalled.closed_at > released.released_at
        await _steps_go_forward(superuser)
        await assert_whole(superuser)

    async def test_an_hour_ahead_and_back_an_end_that_was_recorded_stays(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        assert case.deadline is not None
        await world.set_clock(case.deadline - HOUR / 2)
        late = await ready_acceptance(world, u2, case.handoff_id, in_date=date(2025, 5, 31))
        await world.set_clock(case.deadline + HOUR / 2)
        assert (await refused(late)).code is Code.RELEASE_EXPIRED
        dates = {"out_date": date(2025, 6, 1), "relation_ended_on": date(2025, 5, 31)}
        again = await (await ready_release(world, u1, m1, u2, **dates)).send(world.hub)
        await world.set_clock(case.deadline - HOUR / 2)
        assert (await refused(late)).code is Code.RELEASE_EXPIRED
        assert (await as_seen(world, u2, case.handoff_id)).state == "EXPIRED"
        assert (await as_seen(world, u2, again.handoff_id)).state == "RELEASED"
        await assert_whole(superuser)


class TestMidnight:
    async def test_a_release_is_good_to_the_end_of_its_last_day(
        self, world: World, refused: Refused, superuser: Any, u1: Actor, u2: Actor
    ) -> None:
        cases = [await world.release(u1, world.members[ref], u2.uri) for ref in ("M1", "M2")]
        last = cases[0].valid_until
        assert last is not None
        await world.set_clock(last_instant(last))
        in_time, late = [await ready_acceptance(world, u2, case.handoff_id, in_date=last) for case in cases]
        await world.set_clock(last_instant(last))
        assert (await in_time.send(world.hub)).state == "ACCEPTED"
        await world.set_clock(last_instant(last) + timedelta(seconds=1))
        assert (await refused(late)).code is Code.RELEASE_EXPIRED
        await assert_whole(superuser)

    async def test_a_date_is_in_the_future_until_midnight_in_shanghai(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.set_clock(last_instant(date(2025, 3, 3)) - timedelta(seconds=20))
        tomorrow = await ready_release(world, u1, m1, u2, out_date=date(2025, 3, 4))
        refusal = await refused(tomorrow)
        assert refusal.code is Code.DATE_IN_FUTURE
        await world.set_clock(last_instant(date(2025, 3, 3)) + timedelta(seconds=1))
        assert (await tomorrow.send(world.hub)).out_date == date(2025, 3, 4)

    async def test_a_term_counts_from_the_day_in_shanghai(self, world: World, u2: Actor) -> None:
        """On a Thursday at 23:59:40 the first working day is the Friday; at 00:00:10 it is the Monday."""
        await world.set_clock(last_instant(date(2025, 3, 6)) - timedelta(seconds=20))
        before = await world.request(u2, "M1")
        await world.set_clock(last_instant(date(2025, 3, 6)) + timedelta(seconds=10))
        after = await world.request(u2, "M2")
        assert before.deadline == last_instant(date(2025, 3, 27)) + timedelta(seconds=1)
        assert after.deadline == last_instant(date(2025, 3, 28)) + timedelta(seconds=1)


def knowing(off: list[str], made_up: list[str]) -> Calendar:
    """Suppose that 2027 is arranged, with these days off and these Saturdays worked."""
    return CALENDAR.with_year(2027, json.dumps({"off": off, "made_up": made_up}))


#: A year in which New Year's Day is off, as ever: what was counted without it ends a day later.
LATER: Final = knowing(["2027-01-01/2027-01-03", "2027-02-06/2027-02-12"], ["2027-01-30"])
#: One in which two Saturdays are worked: what was counted without them ends a working day or two earlier.
EARLIER: Final = knowing([], ["2027-01-09", "2027-01-16"])


class TestTurnOfTheYear:
    """December 2026: a term into 2027 counts weekends alone, and says so until somebody has arranged the year."""

    @pytest.fixture
    async def asked(self, world: World, u2: Actor) -> HandoffView:
        await world.set_clock(DECEMBER)
        return await world.request(u2, "M1")

    async def published(self, world: World, calendar: Calendar = LATER) -> int:
        count: int = await world.as_owner(lambda c: recompute(c, test_clock=True, calendar=calendar))
        return count

    async def test_a_term_into_it_is_tentative_and_set_again_once_it_is_known(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        assert (asked.deadline, asked.deadline_tentative) == (end_of(date(2027, 1, 11)), True)
        assert await world.as_owner(lambda c: recompute(c, test_clock=True)) == 0
        assert await self.published(world) == 1
        for actor in (u1, u2):
            seen = await as_seen(world, actor, asked.handoff_id)
            assert (seen.deadline, seen.deadline_tentative) == (end_of(date(2027, 1, 12)), False)
        then = await superuser.fetchval("select then_deadline from hub.handoffs")
        assert then == LATER.due_after(date(2027, 1, 12), 30).at
        assert await self.published(world) == 0
        await assert_whole(superuser)

    async def test_sql_and_the_rules_agree_on_the_new_end(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        """Between the old end and the new one the request is still the holder's, and nobody above knows of it."""
        u13, old = world.actors["U13"], asked.deadline
        assert await self.published(world) == 1
        new = (await as_seen(world, u2, asked.handoff_id)).deadline
        assert old is not None
        assert new is not None
        await world.set_clock(new - timedelta(seconds=30))
        assert old < await world.now()
        assert await self._seen_above(world, u13, asked.handoff_id) == []
        assert (await as_seen(world, u1, asked.handoff_id)).state == "REQUESTED"
        await world.set_clock(new)
        assert await self._seen_above(world, u13, asked.handoff_id) == [asked.handoff_id]
        assert (await as_seen(world, u1, asked.handoff_id)).state == "ESCALATED"
        dates = {"dues_paid_through": "2026-12", "relation_ended_on": date(2026, 12, 18)}
        assert (await world.release_in_lieu(u13, asked.handoff_id, **dates)).is_in_lieu
        escalated = "select at from hub.steps where act = 'escalate'"
        assert await superuser.fetchval(escalated) == new
        await assert_whole(superuser)

    async def test_the_holder_may_object_until_the_new_end(
        self, world: World, superuser: Any, u1: Actor, asked: HandoffView
    ) -> None:
        await self.published(world)
        await world.set_clock(end_of(date(2027, 1, 12)) - timedelta(seconds=30))
        objected = await world.object_to(u1, asked.handoff_id, "IDENTITY_OR_PROOF_MISMATCH")
        assert objected.state == "OBJECTED"
        acts = await superuser.fetch("select act from hub.steps order by step_no")
        assert [row["act"] for row in acts] == ["request", "object"]
        await assert_whole(superuser)

    async def test_what_has_come_to_pass_stays(
        self, world: World, superuser: Any, u1: Actor, asked: HandoffView
    ) -> None:
        assert asked.deadline is not None
        await world.set_clock(asked.deadline + HOUR)
        assert (await as_seen(world, u1, asked.handoff_id)).state == "ESCALATED"
        assert await self.published(world) == 1
        seen = await as_seen(world, u1, asked.handoff_id)
        assert (seen.state, seen.deadline_tentative) == ("ESCALATED", False)
        assert seen.deadline == LATER.due_after(date(2027, 1, 11), 30).at
        assert seen.passed[0].at == asked.deadline
        assert await superuser.fetchval("select deadline from hub.handoffs") == asked.deadline

    async def test_no_term_is_over_before_anybody_was_told(self, world: World, u1: Actor, asked: HandoffView) -> None:
        """The year is known when the new end has passed already: the holder has the rest of the day."""
        assert asked.deadline == end_of(date(2027, 1, 11))
        await world.set_clock(end_of(date(2027, 1, 8)) + HOUR)
        await self.published(world, knowing([], ["2027-01-02", "2027-01-03"]))
        seen = await as_seen(world, u1, asked.handoff_id)
        assert (seen.state, seen.deadline) == ("REQUESTED", end_of(date(2027, 1, 9)))
        await world.set_clock(end_of(date(2027, 1, 9)))
        assert (await as_seen(world, u1, asked.handoff_id)).state == "ESCALATED"

    async def test_a_term_may_end_earlier(self, world: World, u2: Actor, asked: HandoffView) -> None:
        assert await self.published(world, EARLIER) == 1
        assert (await as_seen(world, u2, asked.handoff_id)).deadline == end_of(date(2027, 1, 9))

    async def test_so_are_an_appeals_term_and_the_receivers(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, asked: HandoffView
    ) -> None:
        await world.object_to(u1, asked.handoff_id, "IDENTITY_OR_PROOF_MISMATCH")
        appeal = await world.request(u2, "M1", appeals=asked.handoff_id)
        dates = {
            "out_date": date(2026, 12, 21),
            "relation_ended_on": date(2026, 12, 18),
            "dues_paid_through": "2026-12",
        }
        release = await world.release(u1, world.members["M2"], u2.uri, **dates)
        assert (appeal.deadline_tentative, release.overdue_tentative) == (True, True)
        assert await self.published(world) == 2
        decision = await as_seen(world, u2, appeal.handoff_id)
        expected = LATER.due_after(date(2026, 12, 21), 30).at
        assert (decision.deadline, decision.deadline_tentative) == (expected, False)
        overdue = await as_seen(world, u2, release.handoff_id)
        expected = LATER.due_after(date(2026, 12, 21), 15).at
        assert (overdue.overdue_at, overdue.overdue_tentative) == (expected, False)
        assert overdue.deadline == release.deadline
        seen_from = "select visible_from from hub.dockets where side = 'HIGHER' and handoff_id = $1"
        assert await superuser.fetchval(seen_from, release.handoff_id) == expected
        await assert_whole(superuser)

    async def _seen_above(self, world: World, u13: Actor, handoff_id: UUID) -> list[UUID]:
        async with world.hub.database.as_union(u13.caller.union_id, u13.caller.kid) as reading:
            return list(await reads.handoffs(reading, [handoff_id]))


async def _steps_go_forward(superuser: Any) -> None:
    """Ask of all steps: each is later than the one before it."""
    back = """
        select s.handoff_id from hub.steps s join hub.steps p on p.member_id = s.member_id
           and p.handoff_id = s.handoff_id and p.step_no = s.step_no - 1 where s.at <= p.at"""
    assert await superuser.fetch(back) == []
