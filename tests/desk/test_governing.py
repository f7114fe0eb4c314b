"""A province sets its policy: who may, from when on, within which bounds; and what it changes, for whom, since when."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.demo.fixtures import NEW_SHOP, UnionFixture
from hub.errors import Code
from hub.transfers.desk import cases, governing, pulling, releasing
from hub.transfers.desk.deadlines import recompute
from hub.transfers.desk.explaining import explain
from hub.transfers.ledger import reads
from hub.transfers.machines import HandoffState
from hub.transfers.rules.days import day_of, end_of
from hub.transfers.rules.policy import PARAMETERS
from hub.transfers.terms import term_of
from hub.transfers.views import Term
from hub.transfers.workdays import CALENDAR
from tests.governing import RESOLVED, draft_policy, ready_policy, set_policy, tomorrow_begins
from tests.ready import altered, ready
from tests.world import DAY, EMPLOYERS, UNIONS
from tests.worlds import differing, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

#: In the last year whose days off are published.
_BEFORE_AN_UNKNOWN_YEAR = datetime(max(CALENDAR.published), 12, 21, 2, tzinfo=UTC)
TODAY = date(2025, 3, 3)


@pytest.fixture
def u10(world: World) -> Actor:
    """Shanghai's federation."""
    return world.actors["U10"]


async def _told(world: World, actor: Actor, ref: str, day: date | None = None) -> dict[str, tuple[str, int, date]]:
    """Give what is set for a union on a day, as this actor reads it."""
    union_id = world.actors[ref].caller.union_id
    view = await governing.policy_on(world.hub, actor.caller, union_id=union_id, province_code=None, day=day)
    assert view is not None
    return {name: (v.value, v.version, v.effective_from) for name, v in view.values.items()}


class TestSetting:
    async def test_it_holds_from_its_day_on_in_the_whole_province_and_in_no_other(
        self, world: World, superuser: Any, u1: Actor, u10: Actor
    ) -> None:
        before = await everything(superuser)
        made = await set_policy(
            world, u10, effective_from=TODAY + timedelta(days=2), release_valid_days=30, closure_holder="HIGHER_LEVEL"
        )
        assert differing(before, await everything(superuser)) == {
            "policies", "policy_values", "statement_claims", "union_statements",
        }  # fmt: skip
        assert (made.version, made.names, made.set_to) == (
            1, ["closure_holder", "release_valid_days"], ["HIGHER_LEVEL", "30"],
        )  # fmt: skip
        assert await _told(world, u1, "U1") == {}
        day = TODAY + timedelta(days=2)
        for ref in ("U1", "U2", "U3a", "U5", "U9", "U10"):
            assert await _told(world, world.actors["U7"], ref, day) == {
                "closure_holder": ("HIGHER_LEVEL", 1, day),
                "release_valid_days": ("30", 1, day),
            }
        for ref in ("U0", "U7", "U11", "U12"):
            assert await _told(world, u1, ref, day) == {}

    async def test_a_second_one_for_the_same_day_is_another_version_and_the_first_stays(
        self, world: World, u1: Actor, u10: Actor
    ) -> None:
        first = await set_policy(world, u10, release_valid_days=30, appeal_days=10)
        second = await set_policy(world, u10, release_valid_days=40)
        assert (first.version, second.version) == (1, 2)
        assert await _told(world, u1, "U1") == {
            "release_valid_days": ("40", 2, TODAY),
            "appeal_days": ("10", 1, TODAY),
        }
        found = await governing.versions_of(
            world.hub, u1.caller, union_id=None, province_code="31", before=None, limit=10
        )
        assert found == [second, first]
        assert (
            await governing.versions_of(world.hub, u1.caller, union_id=None, province_code="31", before=2, limit=1)
        ) == [first]
        assert found[1].at < found[0].at

    async def test_what_is_announced_for_a_later_day_holds_from_then_on_whatever_was_said_since(
        self, world: World, u1: Actor, u10: Actor
    ) -> None:
        await set_policy(world, u10, effective_from=TODAY + timedelta(days=5), release_valid_days=50)
        await set_policy(world, u10, release_valid_days=40)
        days = (TODAY, TODAY + timedelta(days=4), TODAY + timedelta(days=5))
        assert [(await _told(world, u1, "U1", day))["release_valid_days"][0] for day in days] == ["40", "40", "50"]

    async def test_the_same_again_gives_the_same(self, world: World, superuser: Any, u10: Actor) -> None:
        statement = await ready_policy(world, u10, release_valid_days=30)
        first = await statement.send(world.hub)
        before = await everything(superuser)
        assert await statement.send(world.hub) == first
        assert await everything(superuser) == before

    @pytest.mark.parametrize("kind", ["NATIONAL_INDUSTRIAL_UNION", "CENTRAL_ORGAN_FEDERATION"])
    async def test_an_industrial_union_sets_what_holds_below_it_wherever_that_lies(
        self, world: World, u1: Actor, u10: Actor, kind: str
    ) -> None:
        """And what the province sets does not reach it (domain 3.0)."""
        code = f"{UNIONS['U0'].uscc}-01"
        await world.found(
            UnionFixture("I", "某产业工会", kind, "U0", None, {"province_code": "31", "local_code": code}),
            UnionFixture("I1", "某厂工会", "GRASSROOTS_INDEPENDENT", "I", NEW_SHOP.uscc, {"province_code": "31"}),
        )
        await tomorrow_begins(world)
        await set_policy(world, u10, release_valid_days=30)
        await set_policy(world, world.actors["I"], release_valid_days=200)
        day = TODAY + timedelta(days=1)
        assert await _told(world, u1, "I1", day) == {"release_valid_days": ("200", 1, day)}
        assert await _told(world, world.actors["I1"], "U1", day) == {"release_valid_days": ("30", 1, day)}


class TestRefused:
    @pytest.mark.article("N4")
    @pytest.mark.parametrize("ref", ["U0", "U1", "U4", "U5", "U9", "U3a"])
    async def test_nobody_but_the_federation_that_keeps_a_record(
        self, world: World, refused: Refused, ref: str
    ) -> None:
        act = await ready_policy(world, world.actors[ref], release_valid_days=30)
        refusal = await refused(act)
        assert refusal.code is Code.NOT_PROVINCIAL_FEDERATION

    @pytest.mark.article("N4")
    @pytest.mark.parametrize("about", ["U11", "U9", "U1"])
    async def test_nor_for_another_union(self, world: World, refused: Refused, u10: Actor, about: str) -> None:
        draft = altered(await draft_policy(world, u10, release_valid_days=30), top={"sub": world.actors[about].uri})
        refusal = await refused(ready(governing.set_policy, u10, draft))
        assert refusal.code is Code.NOT_PROVINCIAL_FEDERATION

    @pytest.mark.article("HUB-P09")
    async def test_a_federation_that_is_closed_sets_nothing(
        self, world: World, superuser: Any, refused: Refused, u10: Actor
    ) -> None:
        await superuser.execute("update hub.unions set state = 'WINDING_UP' where uri = $1", u10.uri)
        assert (await refused(await ready_policy(world, u10, release_valid_days=30))).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("HUB-P17")
    async def test_nothing_is_set_for_a_day_that_is_over(self, world: World, refused: Refused, u10: Actor) -> None:
        act = await ready_policy(world, u10, effective_from=TODAY - timedelta(days=1), release_valid_days=30)
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("policy", "effective_from"))

    @pytest.mark.article("HUB-P17")
    async def test_a_day_that_was_today_when_it_was_drafted(self, world: World, refused: Refused, u10: Actor) -> None:
        act = await ready_policy(world, u10, release_valid_days=30)
        await world.set_clock(DAY.replace(hour=16, minute=0, second=1))
        assert (await act.refused(world.hub)).path == ("policy", "effective_from")

    @pytest.mark.article("HUB-P17")
    async def test_something_must_be_set(self, world: World, refused: Refused, u10: Actor) -> None:
        refusal = await refused(await ready_policy(world, u10))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("policy",))

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("name", PARAMETERS)
    async def test_each_value_has_its_bounds(self, world: World, refused: Refused, u10: Actor, name: str) -> None:
        parameter = PARAMETERS[name]
        wrong: Any = "NOBODY"
        if parameter.choices is None:
            assert parameter.most is not None
            wrong = parameter.most + 1
        refusal = await refused(await ready_policy(world, u10, **{name: wrong}))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("policy", name))
        assert parameter.rule in refusal.message_en
        right: list[Any] = [choice.value for choice in parameter.choices or ()] or [parameter.least, parameter.most]
        for value in right:
            assert (await draft_policy(world, u10, **{name: value})).refusals == ()

    async def test_all_is_told_at_once(self, world: World, u1: Actor) -> None:
        draft = await draft_policy(world, u1, effective_from=TODAY - timedelta(days=1), release_valid_days=1)
        assert [refusal.code for refusal in draft.refusals] == [
            Code.NOT_PROVINCIAL_FEDERATION, Code.INPUT_INVALID, Code.INPUT_INVALID,
        ]  # fmt: skip
        assert draft.claims is not None


async def _of(world: World, actor: Actor, handoff_id: UUID) -> HandoffView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.handoffs(reading, [handoff_id]))[handoff_id]


class TestTerms:
    """Whose policy, and of which day (domain 3.0): U1 and U2 are Shanghai's, U8 is Jiangsu's."""

    async def test_a_request_is_answered_by_the_holders_policy_of_the_day_on_which_it_came(
        self, world: World, u1: Actor, u2: Actor, u10: Actor
    ) -> None:
        """P02, P14. What is open keeps its deadline; other provinces' have theirs."""
        u8, u11 = world.actors["U8"], world.actors["U11"]
        before = await world.request(u2, "M1")
        await set_policy(world, u11, request_working_days=80)  # whoever asks: it does not count
        await set_policy(
            world, u10, effective_from=TODAY + timedelta(days=1), request_working_days=5, escalation_working_days=4
        )
        today = await world.request(u8, "M2", employer_uscc=EMPLOYERS["丁"])
        await tomorrow_begins(world)
        after = await world.request(u8, "M3", employer_uscc=EMPLOYERS["丁"])
        assert [case.deadline for case in (before, today, after)] == [
            end_of(date(2025, 3, 24)), end_of(date(2025, 3, 24)), end_of(date(2025, 3, 11)),
        ]  # fmt: skip
        assert await _of(world, u2, before.handoff_id) == before
        elsewhere = await world.request(u2, "M5", employer_uscc=EMPLOYERS["乙"])
        assert elsewhere.deadline is not None
        assert elsewhere.deadline > end_of(date(2025, 6, 1))
        await world.set_clock(end_of(date(2025, 3, 11)))
        escalated = await _of(world, u8, after.handoff_id)
        assert (escalated.state, escalated.deadline) == (HandoffState.ESCALATED, end_of(date(2025, 3, 17)))
        assert (await _of(world, u1, before.handoff_id)).state is HandoffState.REQUESTED

    @pytest.mark.article("HUB-P17")
    async def test_a_release_is_good_for_as_long_as_the_holders_province_says(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, u10: Actor
    ) -> None:
        """P01 shortened from tomorrow on: what was drafted today is too long then, and its new draft says how long."""
        await set_policy(world, u10, effective_from=TODAY + timedelta(days=1), release_valid_days=30)
        await set_policy(world, world.actors["U11"], release_valid_days=10)
        draft = await world.draft_release(u1, m1, u2.uri)
        assert draft.refusals == ()
        open_already = await world.release(u1, world.members["M2"], u2.uri)
        await tomorrow_begins(world)
        refusal = await ready(releasing.release, u1, draft).refused(world.hub)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "valid_until"))
        assert "2025-04-03" in refusal.message_en
        released = await world.release(u1, m1, u2.uri)
        assert (released.valid_until, released.deadline) == (date(2025, 4, 3), end_of(date(2025, 4, 3)))
        kept = await _of(world, u1, open_already.handoff_id)
        assert (kept.valid_until, kept.deadline) == (date(2025, 6, 1), end_of(date(2025, 6, 1)))
        u7 = world.actors["U7"]
        there = await world.release(u7, world.members["M5"], u2.uri, dues_paid_through="2025-02")
        assert there.valid_until == date(2025, 3, 14)

    async def test_the_receiver_has_its_own_provinces_time_to_accept(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, u10: Actor
    ) -> None:
        """P03."""
        u8 = world.actors["U8"]
        await set_policy(world, u10, acceptance_working_days=5)
        await set_policy(world, world.actors["U11"], acceptance_working_days=10)
        at_home = await world.release(u1, m1, u2.uri)
        abroad = await world.release(u1, world.members["M2"], u8.uri, new_employer_uscc=EMPLOYERS["丁"])
        assert (at_home.overdue_at, abroad.overdue_at) == (end_of(date(2025, 3, 10)), end_of(date(2025, 3, 17)))

    @pytest.mark.article("HUB-P06")
    async def test_how_far_back_a_date_may_lie_is_the_holders_province_to_say(
        self, world: World, refused: Refused, u1: Actor, u10: Actor, m1: UUID
    ) -> None:
        """Of line 1, and of line 2, which the receiver signs in another province."""
        u8 = world.actors["U8"]
        early = {"out_date": date(2025, 2, 10), "relation_ended_on": date(2025, 2, 10)}
        asked = {"new_employer_uscc": EMPLOYERS["丁"], **early}
        released = await world.release(u1, m1, u8.uri, **asked)
        await set_policy(world, world.actors["U11"], backdate_days_max=0)
        assert (await world.draft_acceptance(u8, released.handoff_id, in_date=date(2025, 2, 20))).refusals == ()
        await set_policy(world, u10, backdate_days_max=5)
        draft = await world.draft_acceptance(u8, released.handoff_id, in_date=date(2025, 2, 20))
        act = ready(cases.accept, u8, draft)
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("acceptance", "in_date"))
        assert "5" in refusal.message_en
        act = ready(releasing.release, u1, await world.draft_release(u1, world.members["M2"], u8.uri, **asked))
        assert (await refused(act)).path == ("release", "out_date")

    @pytest.mark.article("NX-3")
    async def test_dues_are_paid_as_far_ahead_as_the_holders_province_allows(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, u10: Actor, m1: UUID
    ) -> None:
        """P10 lengthened: the same act on both sides of the day."""
        asked = {"dues_paid_through": "2026-09"}
        await set_policy(world, u10, effective_from=TODAY + timedelta(days=1), prepaid_months_max=24)
        refusal = await refused(ready(releasing.release, u1, await world.draft_release(u1, m1, u2.uri, **asked)))
        assert refusal.code is Code.DUES_MONTH_IMPLAUSIBLE
        await tomorrow_begins(world)
        assert (await world.release(u1, m1, u2.uri, **asked)).dues_paid_through == "2026-09"
        u7 = world.actors["U7"]
        draft = await world.draft_release(u7, world.members["M5"], u2.uri, **asked)
        assert Code.DUES_MONTH_IMPLAUSIBLE in {refusal.code for refusal in draft.refusals}

    @pytest.mark.article("HUB-P15")
    async def test_a_consent_is_as_old_as_the_province_of_who_acts_on_it_allows(
        self, world: World, refused: Refused, u10: Actor
    ) -> None:
        u8 = world.actors["U8"]
        consent = {"form": "WRITTEN", "given_on": date(2025, 2, 20), "evidence_sha256": RESOLVED}
        asked = {"consent": consent, "employer_uscc": EMPLOYERS["丁"]}
        await set_policy(world, u10, consent_days_max=5)
        assert (await world.draft_request(u8, "M1", **asked)).refusals == ()
        await set_policy(world, world.actors["U11"], consent_days_max=5)
        draft = await world.draft_request(u8, "M1", **asked)
        refusal = await refused(ready(pulling.request, u8, draft))
        assert (refusal.code, refusal.path[-1]) == (Code.MEMBER_CONSENT_REQUIRED, "given_on")

    async def test_an_appeal_is_in_time_by_the_policy_of_who_appeals_on_the_day_of_the_objection(
        self, world: World, u1: Actor, u2: Actor, u10: Actor
    ) -> None:
        """P13. A province that shortens it takes nothing from who was objected to before."""
        first = await world.request(u2, "M1")
        closed = await world.object_to(u1, first.handoff_id, "RELATION_CONTINUES")
        assert closed.objection_sha256 is not None
        await set_policy(world, u10, appeal_days=5)
        second = await world.object_to(u1, (await world.request(u2, "M2")).handoff_id, "RELATION_CONTINUES")
        told = [await explain(world.hub, u2.caller, case.handoff_id) for case in (first, second)]
        by = [view.next[0] for view in told if view is not None]
        assert [(act.deadline, act.rule, act.term) for act in by] == [
            (end_of(date(2025, 4, 2)), "HUB-P13", Term(30, in_working_days=False)),
            (end_of(date(2025, 3, 8)), "HUB-P13", Term(5, in_working_days=False)),
        ]
        await world.set_clock(end_of(date(2025, 3, 20)))
        appeals = [
            await world.request(u2, who, appeals=case.handoff_id) for who, case in (("M1", first), ("M2", second))
        ]
        assert [appeal.state for appeal in appeals] == [HandoffState.ESCALATED, HandoffState.REQUESTED]

    async def test_what_is_tentative_is_computed_again_by_the_policy_of_its_own_day(
        self, world: World, u2: Actor, u10: Actor
    ) -> None:
        await world.set_clock(_BEFORE_AN_UNKNOWN_YEAR)
        await set_policy(world, u10, request_working_days=20)
        case = await world.request(u2, "M1")
        assert case.deadline_tentative
        await set_policy(world, u10, request_working_days=5)
        year = _BEFORE_AN_UNKNOWN_YEAR.year + 1
        known = CALENDAR.with_year(year, json.dumps({"off": [f"{year}-01-01/{year}-01-03"], "made_up": []}))
        changed = await world.as_owner(lambda owner: recompute(owner, test_clock=True, calendar=known))
        again = await _of(world, u2, case.handoff_id)
        assert (changed, again.deadline) == (1, known.due_after(day_of(_BEFORE_AN_UNKNOWN_YEAR), 20).at)
        assert not again.deadline_tentative

    async def test_a_deadline_names_the_days_that_it_left(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, u10: Actor
    ) -> None:
        await set_policy(
            world, u10, release_valid_days=40, request_working_days=7, acceptance_working_days=6,
            escalation_working_days=9,
        )  # fmt: skip
        case = await world.request(u2, "M1")
        released = await world.release(u1, world.members["M2"], u2.uri)
        assert (term_of(case), term_of(released)) == (Term(7, in_working_days=True), Term(40, in_working_days=False))
        view = await explain(world.hub, u2.caller, released.handoff_id)
        assert view is not None
        by = {act.act: (act.rule, act.term) for act in view.next}
        assert by["acceptHandoff"] == ("HUB-P03", Term(6, in_working_days=True))
        assert case.deadline is not None
        await world.set_clock(case.deadline)
        assert term_of(await _of(world, u2, case.handoff_id)) == Term(9, in_working_days=True)
