"""How a retained member leaves (A13, A17, A19, A20): restored by an acceptance, or retained on by another union."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation import statements
from federation.encoding import sha256_b64url
from hub.errors import Code
from hub.transfers.desk import releasing
from hub.transfers.machines import RetentionState
from hub.transfers.retention_column import entries_of
from tests.ready import ABSENT, altered, ready, ready_acceptance, ready_in_lieu, ready_release, ready_request
from tests.retaining import held, ready_act, retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

REEMPLOYED: Final[dict[str, Any]] = {"reason_code": "REEMPLOYMENT_FROM_RETENTION"}
CLOSED: Final[dict[str, Any]] = {
    "reason_code": "EMPLOYER_CLOSURE",
    "new_employer_uscc": None,
    "closure": {"kind": "BANKRUPT", "decided_on": date(2025, 2, 10), "evidence_sha256": sha256_b64url(b"ruling")},
}
TAKEN_OVER: Final[dict[str, Any]] = {
    "holding_basis": "RESIDENCE_RETENTION",
    "employer_uscc": None,
    "relation_started_on": None,
}


@pytest.fixture
def m3(world: World) -> UUID:
    """Of U1, living where U5 is."""
    return world.members["M3"]


@pytest.fixture
def u5(world: World) -> Actor:
    return world.actors["U5"]


class TestReemployed:
    @pytest.mark.article("A19", "A20")
    async def test_who_works_again_is_restored_by_the_acceptance(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, retained_on=date(2025, 1, 15), relation_ended_on=date(2025, 1, 10))
        case = await world.release(u1, m1, u2.uri, **REEMPLOYED, dues_paid_through="2025-01")
        view = await held(world, u1, m1)
        assert view is not None
        assert view.status == "RETAINED"  # until the acceptance
        draft = await world.draft_acceptance(u2, case.handoff_id)
        assert '"next_dues_month":"2025-03"' in (draft.claims or "")
        await (await ready_acceptance(world, u2, case.handoff_id)).send(world.hub)
        view = await held(world, u2, m1)
        assert view is not None
        assert (view.status, view.holding_basis, view.dues_paid_through) == ("ACTIVE", "ORDINARY", "2025-01")
        (kept,) = await retentions_of(world, u2, m1)
        assert (kept.state, kept.restored_on) == (RetentionState.RESTORED, date(2025, 3, 3))
        assert [step.act for step in kept.steps] == ["record", "accept"]
        (entry,) = entries_of([kept])
        # Both lines bear the seal of the union that kept the membership; the month is that of the intake.
        name = u1.fixture.name
        assert entry.line == f"2025年1月因失业保留会籍。{name}（盖章）\n2025年3月恢复会籍。{name}（盖章）"
        await assert_whole(superuser)

    @pytest.mark.article("A19")
    async def test_who_is_asked_for_is_released_for_the_reason_asked_for(
        self, world: World, superuser: Any, m1: UUID
    ) -> None:
        """The union of the new employer does not know of the retention, nor need it."""
        u1, u2 = world.actors["U1"], world.actors["U2"]
        asked = await world.request(u2, "M1")
        await retain(world, u1, m1)
        case = await world.answer(u1, asked.handoff_id, u2.uri)
        await (await ready_acceptance(world, u2, case.handoff_id)).send(world.hub)
        view = await held(world, u2, m1)
        assert view is not None
        assert view.status == "ACTIVE"
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P17")
    async def test_the_reason_is_that_of_who_was_retained(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, **REEMPLOYED))
        assert (refusal.code, refusal.facts["allowed"]) == (Code.REASON_NOT_ALLOWED, "CHANGE_OF_EMPLOYER")
        await retain(world, u1, m1)
        for reason in ("CHANGE_OF_EMPLOYER", "CORRECTION", "DISPATCH_CHOICE"):
            none = {"relation_ended_on": None, "new_employer_uscc": None} if reason == "CORRECTION" else {}
            refusal = await refused(await ready_release(world, u1, m1, u2, reason_code=reason, **none))
            assert refusal.code == Code.REASON_NOT_ALLOWED
            assert "REEMPLOYMENT_FROM_RETENTION" in refusal.facts["allowed"]  # type: ignore[operator]

    @pytest.mark.article("A13", "A20")
    async def test_there_is_an_employer(self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        act = await ready_release(world, u1, m1, u2, **REEMPLOYED, new_employer_uscc=None)
        assert (await refused(act)).code == Code.NO_LABOUR_RELATION_YET

    async def test_it_says_that_it_restores_and_since_when_no_dues_are_owed(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        made = await world.draft_release(u1, m1, u2.uri, **REEMPLOYED)
        assert made.refusals == ()
        for changes, path in (
            ({"restores": ABSENT}, "restores"),
            ({"restores": False}, "restores"),
            ({"dues_exempt_since": ABSENT}, "dues_exempt_since"),
            ({"dues_exempt_since": "2025-04"}, "dues_exempt_since"),
        ):
            given: dict[str, Any] = changes
            refusal = await refused(ready(releasing.release, u1, altered(made, **given)))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", path))

    async def test_nobody_leaves_before_having_been_retained(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_release(world, u1, m1, u2, **REEMPLOYED, out_date=date(2025, 2, 27),
                                                    relation_ended_on=date(2025, 2, 20)))  # fmt: skip
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "out_date"))

    @pytest.mark.article("A21")
    async def test_no_dues_are_counted_for_the_months_between(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_release(world, u1, m1, u2, **REEMPLOYED, dues_paid_through="2025-03"))
        assert (refusal.code, refusal.path) == (Code.DUES_EXEMPT_IN_RETENTION, ("release", "dues_paid_through"))

    @pytest.mark.article("A13")
    async def test_where_the_new_employer_has_no_union_the_member_is_placed(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await retain(world, u1, m3)
        placed = {"reason_code": "PLACEMENT", "new_employer_uscc": EMPLOYERS["新店"]}
        case = await world.release(u1, m3, u5.uri, **placed)
        await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER | {"holding_basis": "PLACEMENT"})).send(
            world.hub
        )
        view = await held(world, u5, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("ACTIVE", "PLACEMENT")
        await assert_whole(superuser)


class TestWhoStays:
    @pytest.mark.article("A17")
    async def test_a_retiree_goes_nowhere(self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID) -> None:
        await retain(world, u1, m1, "RETIREMENT")
        for reason in ("REEMPLOYMENT_FROM_RETENTION", "CHANGE_OF_EMPLOYER", "FLEXIBLE_CHOICE"):
            act = await ready_release(world, u1, m1, u2, reason_code=reason)
            assert (await refused(act)).code == Code.REHIRED_RETIREE_NO_TRANSFER
        assert (await refused(await ready_request(world, u2, "M1"))).code == Code.REHIRED_RETIREE_NO_TRANSFER

    @pytest.mark.article("A20")
    async def test_a_soldier_not_before_the_discharge(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        assert (await refused(await ready_release(world, u1, m1, u2, **REEMPLOYED))).code == Code.IN_MILITARY_SERVICE
        assert (await refused(await ready_request(world, u2, "M1"))).code == Code.IN_MILITARY_SERVICE
        changed = await ready_act(world, "change", u1, m1, reason="UNEMPLOYMENT", discharged_on=date(2025, 3, 1))
        await changed.send(world.hub)
        act = await ready_release(world, u1, m1, u2, **REEMPLOYED)
        await act.send(world.hub)
        # What the member was retained for stands in no statement that another union reads.
        assert "MILITARY" not in act.jws

    @pytest.mark.article("HUB-P17")
    async def test_one_asks_for_who_is_retained_for_the_reason_of_who_works(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_request(world, u2, "M1", **REEMPLOYED)
        assert (await refused(act)).code == Code.REASON_NOT_ALLOWED
        await retain(world, u1, m1)
        act = await ready_request(world, u2, "M1", reason_code="EMPLOYER_REORGANISED")
        assert (await refused(act)).code == Code.REASON_NOT_ALLOWED
        asked = await world.request(u2, "M1", **REEMPLOYED)
        case = await world.answer(u1, asked.handoff_id, u2.uri, **REEMPLOYED)
        assert case.state == "RELEASED"


class TestClosure:
    @pytest.mark.article("A19")
    @pytest.mark.parametrize("reason", ["UNEMPLOYMENT", "RETIREMENT", "MILITARY_SERVICE"])
    async def test_who_was_retained_goes_to_the_union_of_the_residence_and_stays_retained(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID, reason: str
    ) -> None:
        await retain(world, u1, m3, reason)
        case = await world.release(u1, m3, u5.uri, **CLOSED)
        await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER)).send(world.hub)
        view = await held(world, u5, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        (kept,) = await retentions_of(world, u5, m3)
        assert [(step.act, step.by_union) for step in kept.steps] == [
            ("record", u1.caller.union_id),
            ("move", u5.caller.union_id),
        ]
        assert (kept.state, kept.reason) == (RetentionState.RECORDED, reason)
        await assert_whole(superuser)

    @pytest.mark.article("A19")
    @pytest.mark.parametrize(
        "closure",
        [
            None,
            {"kind": "RENAMED", "decided_on": date(2025, 2, 1), "evidence_sha256": sha256_b64url(b"x")},
            {"kind": "CLOSED", "decided_on": date(2025, 3, 4), "evidence_sha256": sha256_b64url(b"x")},
        ],
    )
    async def test_not_while_the_employer_goes_on(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID, closure: Any
    ) -> None:
        await retain(world, u1, m3)
        refusal = await refused(await ready_release(world, u1, m3, u5, **CLOSED | {"closure": closure}))
        assert (refusal.code, refusal.path) == (Code.EMPLOYER_NOT_CLOSED, ("release", "closure"))

    @pytest.mark.article("A13", "A19")
    async def test_first_the_retention_is_recorded(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, u5, **CLOSED))
        assert refusal.code == Code.NOT_REEMPLOYED_USE_RETENTION

    @pytest.mark.article("A13", "A19")
    async def test_to_no_other_area_and_no_other_kind(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m1: UUID, m3: UUID
    ) -> None:
        await retain(world, u1, m1)
        await retain(world, u1, m3)
        assert (await refused(await ready_release(world, u1, m1, u5, **CLOSED))).code == Code.NOT_RESIDENCE_AREA
        zone = await ready_release(world, u1, m3, world.actors["U9"], **CLOSED)
        assert (await refused(zone)).code in {Code.RECEIVER_KIND_NOT_ALLOWED, Code.NOT_RESIDENCE_AREA}

    async def test_another_reason_says_nothing_of_it(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_release(world, u1, m1, u2, closure=CLOSED["closure"])
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "closure"))

    @pytest.mark.article("A19")
    async def test_and_from_there_to_work(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u5: Actor, m3: UUID
    ) -> None:
        await retain(world, u1, m3)
        case = await world.release(u1, m3, u5.uri, **CLOSED)
        await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER)).send(world.hub)
        # Taken over by mistake it would go back as it came; else for work alone.
        back = await world.draft_release(
            u5, m3, u1.uri, reason_code="CORRECTION", relation_ended_on=None, new_employer_uscc=None
        )
        assert back.refusals == ()
        await world.set_clock(START + timedelta(days=1))
        onward = await world.release(u5, m3, u2.uri, **REEMPLOYED)
        await (await ready_acceptance(world, u2, onward.handoff_id)).send(world.hub)
        (kept,) = await retentions_of(world, u2, m3)
        assert [step.act for step in kept.steps] == ["record", "move", "accept"]
        (entry,) = entries_of([kept])
        assert (entry.retention_seal, entry.restoration_seal) == (u1.fixture.name, u5.fixture.name)
        await assert_whole(superuser)


async def test_a_release_drafted_before_the_retention_fits_it_no_more(
    world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
) -> None:
    """What the card shows is shown under another salt since: whoever reads facts of before is overtaken."""
    made = await world.draft_release(u1, m1, u2.uri)
    await retain(world, u1, m1)
    await (await ready_act(world, "annul", u1, m1)).send(world.hub)
    assert (await refused(ready(releasing.release, u1, altered(made)))).path == ("release", "card_sha256")


@pytest.mark.article("A17")
async def test_a_release_in_lieu_restores_as_the_holder_s_would_and_moves_no_retiree(
    world: World, refused: Refused, superuser: Any, m1: UUID
) -> None:
    u1, u2, u13 = world.actors["U1"], world.actors["U2"], world.actors["U13"]
    asked = await world.request(u2, "M1")
    await retain(world, u1, m1)
    await world.set_clock(START + timedelta(days=30))
    act = await ready_in_lieu(world, u13, asked.handoff_id)
    assert act.refusals == ()
    assert statements.read_any(act.jws).claims["release"]["restores"] is True
    day = date(2025, 4, 1)
    await (await ready_act(world, "change", u1, m1, reason="RETIREMENT", changed_on=day)).send(world.hub)
    assert (await refused(act.again())).code == Code.REHIRED_RETIREE_NO_TRANSFER
    await assert_whole(superuser)
