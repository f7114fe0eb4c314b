"""Retention (A17–A21): what each act does to status, basis, case and column, and what a holder reads of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.ledger import reads
from hub.transfers.machines import RetentionState
from hub.transfers.retention_column import entries_of, last_retention
from hub.transfers.rules.days import exempt_from
from tests.ready import ready_amendment
from tests.retaining import draft, held, ready_act, retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import Actor, World


async def statuses_of(superuser: Any, membership_id: UUID) -> list[tuple[str, bool]]:
    """Give the statuses through time, and whether each lasts."""
    rows = await superuser.fetch(
        "select status, upper_inf(during) as lasts from hub.statuses where membership_id = $1 order by status_no",
        membership_id,
    )
    return [(row["status"], row["lasts"]) for row in rows]


class TestWhatItDoes:
    @pytest.mark.article("A17")
    async def test_a_retiree_is_retained_where_the_membership_is(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        view = await retain(world, u1, m1, "RETIREMENT")
        assert (view.status, view.holding_basis, view.data_version) == ("RETAINED", "ORDINARY", 2)
        assert view == await held(world, u1, m1)
        (kept,) = await retentions_of(world, u1, m1)
        assert (kept.state, kept.reason, kept.retained_on, kept.restored_on) == (
            RetentionState.RECORDED,
            "RETIREMENT",
            date(2025, 2, 28),
            None,
        )
        assert exempt_from(kept.retained_on) == "2025-03"
        (entry,) = entries_of([kept])
        assert entry.line == f"2025年2月因退休保留会籍。{u1.fixture.name}（盖章）"
        assert await statuses_of(superuser, m1) == [("ACTIVE", False), ("RETAINED", True)]
        await assert_whole(superuser)

    @pytest.mark.article("A20")
    async def test_a_soldier_who_comes_back_without_work_and_finds_it_later(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        changed = await ready_act(
            world, "change", u1, m1, reason="UNEMPLOYMENT", discharged_on=date(2025, 3, 1), changed_on=None
        )
        assert changed.refusals == ()
        assert (await changed.send(world.hub)).status == "RETAINED"
        restored = await ready_act(world, "restore", u1, m1)
        assert (await restored.send(world.hub)).status == "ACTIVE"
        (kept,) = await retentions_of(world, u1, m1)
        assert [(step.act, step.to_state, step.reason) for step in kept.steps] == [
            ("record", RetentionState.RECORDED, "MILITARY_SERVICE"),
            ("change_reason", RetentionState.RECORDED, "UNEMPLOYMENT"),
            ("restore", RetentionState.RESTORED, "UNEMPLOYMENT"),
        ]
        assert kept.restored_on == date(2025, 3, 3)
        (entry,) = entries_of([kept])
        name = u1.fixture.name
        # What was sealed stays as it was sealed.
        assert entry.line == f"2025年2月因服兵役保留会籍。{name}（盖章）\n2025年3月恢复会籍。{name}（盖章）"
        assert await statuses_of(superuser, m1) == [("ACTIVE", False), ("RETAINED", False), ("ACTIVE", True)]
        await assert_whole(superuser)

    @pytest.mark.article("A17", "A19")
    async def test_who_is_unemployed_may_retire(self, world: World, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        retired = await ready_act(world, "change", u1, m1, reason="RETIREMENT", early=False)
        assert retired.refusals == ()
        await retired.send(world.hub)
        (kept,) = await retentions_of(world, u1, m1)
        assert (kept.reason, kept.state) == ("RETIREMENT", RetentionState.RECORDED)

    @pytest.mark.article("A21")
    async def test_a_wrong_entry_is_annulled_and_printed_nowhere(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, "RETIREMENT")
        annulled = await ready_act(world, "annul", u1, m1)
        assert annulled.refusals == ()
        assert (await annulled.send(world.hub)).status == "ACTIVE"
        kept = await retentions_of(world, u1, m1)
        assert [view.state for view in kept] == [RetentionState.ANNULLED]
        assert (entries_of(kept), last_retention(kept)) == ([], None)
        # The dues of the months between are owed, and may be paid again.
        assert (await world.amend(u1, m1, dues_paid_through="2025-04")).dues_paid_through == "2025-04"
        await retain(world, u1, m1)
        assert [view.state.value for view in await retentions_of(world, u1, m1)] == ["ANNULLED", "RECORDED"]
        await assert_whole(superuser)

    @pytest.mark.article("A13")
    async def test_who_was_placed_is_kept_by_the_residence_union(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await superuser.execute("update hub.memberships set holding_basis = 'PLACEMENT' where membership_id = $1", m1)
        assert (await retain(world, u1, m1)).holding_basis == "RESIDENCE_RETENTION"
        annulled = await ready_act(world, "annul", u1, m1)
        assert (await annulled.send(world.hub)).holding_basis == "PLACEMENT"

    async def test_the_same_again_acts_no_second_time(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        act = await ready_act(world, "record", u1, m1, reason="RETIREMENT")
        first = await act.send(world.hub)
        before = await everything(superuser)
        assert await act.send(world.hub) == first
        assert await everything(superuser) == before

    async def test_one_day_may_be_given_for_the_other(self, world: World, u1: Actor, m1: UUID) -> None:
        """Where the day of the retirement is that of the entry, one of the two will do."""
        for given in ({"retained_on": None}, {"retired_on": None}):
            made = await draft(world, "record", u1, m1, reason="RETIREMENT", **given)
            assert made.refusals == ()
            assert '"retired_on":"2025-02-28"' in (made.claims or "")
            assert '"retained_on":"2025-02-28"' in (made.claims or "")

    async def test_nobody_but_the_holder_reads_it(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        for actor in (u2, world.actors["U13"], world.actors["U15"]):
            assert await retentions_of(world, actor, m1) == []


class TestWhileACaseIsOpen:
    @pytest.mark.article("HUB-P04")
    @pytest.mark.parametrize("reason", ["RETIREMENT", "UNEMPLOYMENT", "MILITARY_SERVICE"])
    async def test_a_release_is_recalled_first(self, world: World, refused: Any, m1: UUID, reason: str) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        released = await world.release(u1, m1, u2.uri)
        refusal = await refused(await ready_act(world, "record", u1, m1, reason=reason))
        assert (refusal.code, refusal.possible_from) == (Code.HANDOFF_ALREADY_OPEN, released.deadline)
        await world.recall(u1, released.handoff_id)
        assert (await retain(world, u1, m1, reason)).status == "RETAINED"

    @pytest.mark.article("A17", "A20")
    @pytest.mark.parametrize(
        ("reason", "ground", "article"),
        [("RETIREMENT", "RETIRED_RETENTION", "A17"), ("MILITARY_SERVICE", "IN_MILITARY_SERVICE", "A20")],
    )
    async def test_a_request_is_objected_to_by_itself(
        self, world: World, superuser: Any, m1: UUID, reason: str, ground: str, article: str
    ) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        asked = await world.request(u2, "M1")
        view = await retain(world, u1, m1, reason)
        assert view.open_handoff is None
        seen = {}
        for actor in (u1, u2):
            async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
                seen[actor.uri] = (await reads.handoffs(reading, [asked.handoff_id]))[asked.handoff_id]
                steps = (await reads.steps(reading, [asked.handoff_id]))[asked.handoff_id]
        own, theirs = seen[u1.uri], seen[u2.uri]
        assert (own.state, own.ground, own.closed_at) == ("OBJECTED", ground, steps[-1].at)
        assert (theirs.state, theirs.ground, theirs.ground_articles) == ("OBJECTED", "NOT_TRANSFERABLE", (article,))
        assert [(step.act, step.to_state.value, step.by_union) for step in steps][1:] == [("retain", "OBJECTED", None)]
        assert await superuser.fetchval("select count(*) from hub.dockets where side = 'HIGHER'") == 0
        await assert_whole(superuser)

    @pytest.mark.article("A17")
    async def test_so_is_one_that_has_gone_up_and_the_union_above_is_told(
        self, world: World, superuser: Any, m1: UUID
    ) -> None:
        u1, u2, u13 = world.actors["U1"], world.actors["U2"], world.actors["U13"]
        asked = await world.request(u2, "M1")
        await world.set_clock(START + timedelta(days=30))
        day = date(2025, 4, 1)
        await retain(world, u1, m1, "RETIREMENT", retained_on=day, retired_on=day)
        async with world.hub.database.as_union(u13.caller.union_id, u13.caller.kid) as reading:
            above = (await reads.handoffs(reading, [asked.handoff_id]))[asked.handoff_id]
            steps = (await reads.steps(reading, [asked.handoff_id]))[asked.handoff_id]
        assert (above.state, above.ground) == ("OBJECTED", "RETIRED_RETENTION")
        assert [step.act for step in steps] == ["request", "escalate", "retain"]
        await assert_whole(superuser)

    @pytest.mark.article("A19")
    async def test_of_the_unemployed_it_stays_open(self, world: World, superuser: Any, m1: UUID) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        asked = await world.request(u2, "M1")
        assert (await retain(world, u1, m1)).open_handoff == asked.handoff_id
        # … until the member retires.
        await (await ready_act(world, "change", u1, m1, reason="RETIREMENT")).send(world.hub)
        view = await held(world, u1, m1)
        assert view is not None
        assert view.open_handoff is None
        await assert_whole(superuser)

    async def test_a_date_that_nobody_has_recorded_is_recorded_first(
        self, world: World, superuser: Any, m1: UUID
    ) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        released = await world.release(u1, m1, u2.uri)
        await world.set_clock(START + timedelta(days=100))
        day = date(2025, 6, 10)
        await retain(world, u1, m1, "RETIREMENT", retained_on=day, retired_on=day)
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            case = (await reads.handoffs(reading, [released.handoff_id]))[released.handoff_id]
        assert (case.state, case.ground, case.closed_at) == ("EXPIRED", None, released.deadline)
        await assert_whole(superuser)


class TestWhoIsRetained:
    @pytest.mark.article("A21")
    async def test_pays_no_dues_for_the_months_between(self, world: World, refused: Any, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        for month in ("2025-03", "2025-09"):
            refusal = await refused(await ready_amendment(world, u1, m1, dues_paid_through=month))
            assert (refusal.code, refusal.facts["exempt_from"]) == (Code.DUES_EXEMPT_IN_RETENTION, "2025-03")
        # The month of the retention itself may be paid, and all else goes on.
        view = await world.amend(u1, m1, dues_paid_through="2025-02", person={"sex": "9"})
        assert (view.dues_paid_through, view.status) == ("2025-02", "RETAINED")

    @pytest.mark.article("A21")
    async def test_nor_ever_afterwards_for_them(self, world: World, refused: Any, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1, retained_on=date(2025, 1, 31), relation_ended_on=date(2025, 1, 31))
        await (await ready_act(world, "restore", u1, m1)).send(world.hub)
        late = await ready_amendment(world, u1, m1, dues_paid_through="2025-02")
        assert (await refused(late)).code == Code.DUES_EXEMPT_IN_RETENTION
        assert (await world.amend(u1, m1, dues_paid_through="2025-03")).dues_paid_through == "2025-03"

    async def test_is_known_when_somebody_joins_with_the_same_number(self, world: World, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        made = await world.draft_join(
            world.actors["U2"], MEMBERS["M1"], certificate=None, employer_uscc=EMPLOYERS["乙"]
        )
        assert [refusal.code for refusal in made.refusals] == [Code.ALREADY_MEMBER_USE_TRANSFER]

    @pytest.mark.article("A3")
    async def test_and_merged_away_ends_with_the_membership(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, second: Any
    ) -> None:
        await retain(world, u1, m1)
        await world.merge(u1, m1, survivor=False)
        await world.merge(u2, second.membership_id, survivor=True)
        (kept,) = await retentions_of(world, u1, m1)
        assert [(step.act, step.by_union) for step in kept.steps][1:] == [("end", None)]
        assert kept.state is RetentionState.ENDED
        assert len(entries_of([kept])) == 1
        assert await statuses_of(superuser, m1) == [("ACTIVE", False), ("RETAINED", False), ("DUPLICATE_MERGED", True)]
        assert await statuses_of(superuser, second.membership_id) == [("DUPLICATE_SUSPECTED", False), ("ACTIVE", True)]
        await assert_whole(superuser)
