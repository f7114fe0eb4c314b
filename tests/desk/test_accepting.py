"""The acceptance (A12): each rule by its refusal, the second check, and what it voids."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.encoding import b64url
from hub.errors import Code
from hub.transfers.desk import cases
from hub.transfers.machines import HandoffState
from tests.desk.conftest import said
from tests.ready import altered, ready, ready_acceptance, ready_refusal
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.ready import Ready
    from tests.world import Actor, World

OTHER_HASH = b64url(bytes(31) + b"\x01")


@pytest.fixture
async def case(world: World, u1: Actor, u2: Actor, m1: UUID) -> HandoffView:
    """M1's open release to U2."""
    return await world.release(u1, m1, u2.uri)


async def changed(world: World, u2: Actor, case: HandoffView, **changes: Any) -> Ready:
    """Sign an acceptance whose claims the draft would not have written."""
    return ready(cases.accept, u2, altered(await world.draft_acceptance(u2, case.handoff_id), **changes))


async def of_another(world: World, actor: Actor, case: HandoffView, by: Actor, *, sub: UUID | None = None) -> Ready:
    """Sign, as another union, what the receiver would."""
    top = {"iss": actor.uri, "sub": str(sub or case.membership_id)}
    return ready(cases.accept, actor, altered(await world.draft_acceptance(by, case.handoff_id), top=top))


@pytest.mark.article("A12")
@pytest.mark.invariant("I5")
async def test_an_acceptance_moves_the_membership(
    world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView
) -> None:
    act = await ready_acceptance(world, u2, case.handoff_id)
    assert act.refusals == ()
    view = await act.send(world.hub)
    assert (view.state, view.in_date, view.deadline) == (HandoffState.ACCEPTED, date(2025, 3, 3), None)
    membership = await superuser.fetchrow("select * from hub.memberships where membership_id = $1", m1)
    assert (membership["holder_union"], membership["custody_version"]) == (u2.caller.union_id, 2)
    assert (membership["employer_uscc"], membership["dues_paid_through"]) == (EMPLOYERS["乙"], "2025-02")
    await assert_whole(superuser)


@pytest.mark.article("A12")
async def test_a_member_goes_on_and_comes_back(world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID) -> None:
    for giving, taking, employer in (
        (u1, u2, "乙"),
        (u2, world.actors["U3"], "小店甲"),
        (world.actors["U3"], u1, "甲"),
    ):
        open_case = await world.release(giving, m1, taking.uri, new_employer_uscc=EMPLOYERS[employer])
        await world.accept(taking, open_case.handoff_id, employer_uscc=EMPLOYERS[employer])
    held = await superuser.fetch("select custody_version from hub.holdings where membership_id = $1", m1)
    assert len(held) == 4
    await assert_whole(superuser)


class TestWhoMayAccept:
    @pytest.mark.article("A15")
    @pytest.mark.parametrize("known", [True, False])
    async def test_the_branch_of_a_member_unit_never_signs(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, *, known: bool
    ) -> None:
        act = await of_another(world, world.actors["U3a"], case, u2, sub=None if known else uuid4())
        assert (await refused(act)).code == Code.ISSUER_IS_JOINT_UNION
        draft = await world.draft_acceptance(world.actors["U3a"], case.handoff_id if known else uuid4())
        assert draft.refusals[0].code == Code.ISSUER_IS_JOINT_UNION

    @pytest.mark.article("A15")
    @pytest.mark.parametrize("known", [True, False])
    async def test_a_federation_never_signs_for_whom_it_does_not_hold(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, *, known: bool
    ) -> None:
        act = await of_another(world, world.actors["U4"], case, u2, sub=None if known else uuid4())
        assert (await refused(act)).code == Code.ISSUER_IS_GRASSROOTS_UNION

    async def test_a_closed_union_acts_no_more(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        act = await ready_acceptance(world, u2, case.handoff_id)
        await set_state(superuser, "CLOSED", u2.uri)
        refusal = await refused(act)
        assert (refusal.code, refusal.articles) == (Code.UNION_NOT_ACTIVE, ("HUB-P09",))

    @pytest.mark.article("A11")
    @pytest.mark.attack("Z13")
    async def test_of_others_cases_a_stranger_learns_nothing(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        u8 = world.actors["U8"]
        known = await refused(await of_another(world, u8, case, u2))
        assert known.code == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        unknown = await refused(await of_another(world, u8, case, u2, sub=uuid4()))
        drafts = [await world.draft_acceptance(u8, handoff) for handoff in (case.handoff_id, uuid4())]
        assert said(known) == said(unknown) == said(drafts[0].refusals[0]) == said(drafts[1].refusals[0])
        assert [(draft.claims, draft.card, len(draft.refusals)) for draft in drafts] == [(None, None, 1)] * 2

    @pytest.mark.article("A12")
    @pytest.mark.attack("Z13")
    async def test_the_releasing_union_is_not_the_receiver(
        self, world: World, refused: Refused, u1: Actor, case: HandoffView
    ) -> None:
        act = await ready_acceptance(world, u1, case.handoff_id)
        assert (await refused(act)).code == Code.RECEIVER_MISMATCH


class TestCase:
    @pytest.mark.parametrize("end", ["accept", "refuse", "recall"])
    async def test_a_closed_one_takes_no_act(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, case: HandoffView, end: str
    ) -> None:
        act = await ready_acceptance(world, u2, case.handoff_id)
        if end == "accept":
            await world.accept(u2, case.handoff_id)
        elif end == "refuse":
            await world.refuse(u2, case.handoff_id, "DOCUMENT_DEFECT")
        else:
            await world.recall(u1, case.handoff_id)
        refusal = await refused(act)
        state = {"accept": "ACCEPTED", "refuse": "REFUSED", "recall": "RECALLED"}[end]
        assert (refusal.code, refusal.articles) == (Code.HANDOFF_NOT_OPEN, ("HUB-P04",))
        assert state in refusal.message_en
        assert {"ACCEPTED": "已接收", "REFUSED": "已退回", "RECALLED": "已撤回"}[state] in refusal.message
        again = await ready_acceptance(world, u2, case.handoff_id)
        assert said(await refused(again)) == said(refusal)

    async def test_the_release_is_the_one_that_its_hash_binds(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        refusal = await refused(await changed(world, u2, case, release_sha256=OTHER_HASH))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("acceptance", "release_sha256"))

    @pytest.mark.article("A11")
    async def test_a_case_is_not_found_under_another_membership(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        act = await of_another(world, u2, case, u2, sub=world.members["M2"])
        assert (await refused(act)).code == Code.MEMBER_NOT_FOUND_OR_NOT_HELD


class TestRelation:
    @pytest.mark.article("A13")
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"employer_uscc": None}, "employer_uscc"),
            ({"relation_started_on": None}, "relation_started_on"),
            ({"relation_started_on": date(2025, 3, 4)}, "relation_started_on"),
        ],
        ids=str,
    )
    async def test_the_member_works_for_the_employer_already(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, changes: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_acceptance(world, u2, case.handoff_id, **changes))
        assert (refusal.code, refusal.path) == (Code.NO_LABOUR_RELATION_YET, ("acceptance", path))

    @pytest.mark.parametrize(
        "basis", ["PLACEMENT", "SECONDMENT", "FLEXIBLE_DIRECT", "RESIDENCE_RETENTION", "CUSTODIAL"]
    )
    async def test_the_basis_is_one_of_the_reason(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, basis: str
    ) -> None:
        refusal = await refused(await ready_acceptance(world, u2, case.handoff_id, holding_basis=basis))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "holding_basis"))

    @pytest.mark.article("A9")
    @pytest.mark.parametrize("basis", ["DISPATCH_UNION", "DISPATCH_HOST_JOINED"])
    async def test_a_dispatched_worker_may_be_held_by_either_union(
        self, world: World, u2: Actor, case: HandoffView, basis: str
    ) -> None:
        assert (await world.accept(u2, case.handoff_id, holding_basis=basis)).state == HandoffState.ACCEPTED


class TestColumn:
    @pytest.mark.article("NX-3")
    async def test_its_date_is_not_in_the_future(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        refusal = await refused(await ready_acceptance(world, u2, case.handoff_id, in_date=date(2025, 3, 4)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("acceptance", "in_date"))

    async def test_it_is_not_dated_back_beyond_p06(self, world: World, refused: Refused, u1: Actor, u2: Actor) -> None:
        dates = {"out_date": date(2024, 12, 3), "relation_ended_on": date(2024, 12, 1)}
        case = await world.release(u1, world.members["M1"], u2.uri, **dates)
        await world.set_clock(case.opened_at + timedelta(days=1))
        act = await ready_acceptance(world, u2, case.handoff_id, in_date=date(2024, 12, 3))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("acceptance", "in_date"))
        assert (await world.accept(u2, case.handoff_id, in_date=date(2024, 12, 4))).in_date == date(2024, 12, 4)

    @pytest.mark.article("NX-3")
    @pytest.mark.invariant("I7")
    async def test_its_second_line_is_not_dated_before_its_first(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        refusal = await refused(await ready_acceptance(world, u2, case.handoff_id, in_date=date(2025, 3, 2)))
        assert (refusal.code, refusal.path) == (Code.IN_DATE_BEFORE_OUT_DATE, ("acceptance", "in_date"))

    @pytest.mark.article("NX-3")
    @pytest.mark.parametrize("month", ["2025-02", "2025-04"])
    async def test_dues_go_on_where_they_ended(
        self, world: World, refused: Refused, u2: Actor, case: HandoffView, month: str
    ) -> None:
        refusal = await refused(await changed(world, u2, case, next_dues_month=month))
        assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("acceptance", "next_dues_month"))
        assert "2025-03" in refusal.next_step


class TestSecondCheck:
    """What has changed since the release voids it; the acceptance is stored with its receipt, and refused each time."""

    @pytest.mark.invariant("I18")
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (
                "update hub.unions set kind = 'COUNTY_FEDERATION' where uri = $2 and $1::uuid is not null",
                "RECEIVER_CANNOT_HOLD",
            ),
            (
                """update hub.memberships set status = 'DUPLICATE_SUSPECTED'
                    where membership_id = $1 and $2::text is not null""",
                "ALREADY_MEMBER_USE_TRANSFER",
            ),
            (
                "update hub.memberships set custody_version = 4 where membership_id = $1 and $2::text is not null",
                "STALE_VERSION",
            ),
        ],
        ids=["another-kind", "duplicate", "moved"],
    )
    async def test_voids_the_handoff_and_is_answered_so_each_time(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView, change: str, code: str
    ) -> None:
        act = await ready_acceptance(world, u2, case.handoff_id)
        assert act.refusals == ()
        await superuser.execute(change, m1, u2.uri)
        warned = await world.draft_acceptance(u2, case.handoff_id)
        first = await act.refused(world.hub)
        assert first.code == Code(code)
        assert said(warned.refusals[0]) == said(first)

        handoff = await superuser.fetchrow("select * from hub.handoffs where handoff_id = $1", case.handoff_id)
        assert (handoff["state"], handoff["is_open"], handoff["step_no"]) == ("VOIDED", False, 2)
        step = await superuser.fetchrow(
            "select * from hub.steps where handoff_id = $1 and step_no = 2", case.handoff_id
        )
        assert (step["act"], step["side"], step["union_id"]) == ("void", "HUB", u2.caller.union_id)
        stored = await superuser.fetchrow("select * from hub.statements where jti = $1", act.jti)
        assert (stored["jws"], stored["sha256"]) == (act.jws, step["sha256"])
        assert stored["receipt"].count(".") == 2
        assert {row["ground"] for row in await superuser.fetch("select ground from hub.dockets")} == {code}
        assert [row["side"] for row in await superuser.fetch("select side from hub.cards")] == ["HOLDER"]
        holder = await superuser.fetchval("select holder_union from hub.memberships where membership_id = $1", m1)
        assert holder == u1.caller.union_id

        before = await everything(superuser)
        assert said(await act.refused(world.hub)) == said(first)
        assert await everything(superuser) == before
        late = await (await ready_acceptance(world, u2, case.handoff_id)).refused(world.hub)
        assert (late.code, late.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "VOIDED")

    @pytest.mark.article("A12")
    async def test_what_does_not_move_is_not_checked_twice(
        self, world: World, superuser: Any, refused: Refused, u2: Actor, case: HandoffView
    ) -> None:
        await superuser.execute("update hub.unions set kind = 'COUNTY_FEDERATION' where uri = $1", u2.uri)
        act = await ready_refusal(world, u2, case.handoff_id, "ARREARS")
        assert (await refused(act)).code == Code.REFUSAL_GROUND_NOT_ALLOWED
        closed = await world.refuse(u2, case.handoff_id, "DOCUMENT_DEFECT")
        assert closed.state == HandoffState.REFUSED

    async def test_after_a_voiding_the_holder_may_release_again(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, case: HandoffView
    ) -> None:
        act = await ready_acceptance(world, u2, case.handoff_id)
        await superuser.execute("update hub.unions set kind = 'COUNTY_FEDERATION' where uri = $1", u2.uri)
        await act.refused(world.hub)
        again = await world.release(u1, m1, UNIONS["U3"].uri)
        assert again.state == HandoffState.RELEASED
        await assert_whole(superuser)
