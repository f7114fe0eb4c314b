"""The release (A12): each rule by the refusal that it gives, from its draft and from the act."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation.encoding import b64url
from hub.errors import Code
from hub.transfers.desk import releasing
from hub.transfers.machines import HandoffState
from tests.desk.conftest import said
from tests.ready import altered, person, ready, ready_join, ready_release
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.desk.conftest import Refused
    from tests.ready import Ready
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
OTHER_HASH = b64url(bytes(31) + b"\x01")


async def changed(world: World, u1: Actor, m1: UUID, u2: Actor, **changes: Any) -> Ready:
    """Sign a release whose claims the draft would not have written."""
    return ready(releasing.release, u1, altered(await world.draft_release(u1, m1, u2.uri), **changes))


def codes(ready: Ready) -> Sequence[Code]:
    return [refusal.code for refusal in ready.refusals]


@pytest.mark.article("A12")
@pytest.mark.invariant("I5")
async def test_a_release_opens_a_handoff_and_moves_nothing(
    world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
) -> None:
    act = await ready_release(world, u1, m1, u2)
    assert act.refusals == ()
    view = await act.send(world.hub)
    assert (view.state, view.side, view.own_union) == (HandoffState.RELEASED, "HOLDER", u1.caller.union_id)
    assert (view.counterpart, view.out_date, view.reason_code) == (u2.caller.union_id, TODAY, "CHANGE_OF_EMPLOYER")
    assert view.valid_until == TODAY + timedelta(days=90)
    holder = await superuser.fetchval("select holder_union from hub.memberships where membership_id = $1", m1)
    assert holder == u1.caller.union_id
    await assert_whole(superuser)


class TestWhoMayRelease:
    @pytest.mark.article("A15")
    @pytest.mark.parametrize("ref", ["M6", "M1", None])
    async def test_the_branch_of_a_member_unit_never_signs(
        self, world: World, refused: Refused, u2: Actor, ref: str | None
    ) -> None:
        subject = world.members[ref] if ref else uuid4()
        draft = await world.draft_release(world.actors["U3a"], subject, u2.uri)
        assert draft.refusals[0].code == Code.ISSUER_IS_JOINT_UNION
        # Nobody's claims are drafted for a stranger; it signs some of its own making.
        claims = altered(await world.draft_release(world.actors["U3"], world.members["M6"], u2.uri), top=_by("U3a"))
        refusal = await refused(ready(releasing.release, world.actors["U3a"], claims))
        assert said(refusal) == said(draft.refusals[0])

    @pytest.mark.article("A15")
    async def test_a_federation_never_signs_for_others_members(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        u4 = world.actors["U4"]
        answers = []
        for subject in (world.members["M1"], uuid4()):
            draft = await world.draft_release(u4, subject, u2.uri)
            top = {**_by("U4"), "sub": str(subject)}
            claims = altered(await world.draft_release(u1, world.members["M2"], u2.uri), top=top)
            refusal = await refused(ready(releasing.release, u4, claims))
            assert refusal.code == Code.ISSUER_IS_GRASSROOTS_UNION
            assert said(refusal) == said(draft.refusals[0])
            answers.append((said(refusal), draft.claims, [said(found) for found in draft.refusals]))
        assert answers[0] == answers[1]

    @pytest.mark.article("A7")
    async def test_a_federation_signs_for_whom_it_holds_itself(self, world: World, u2: Actor) -> None:
        u4 = world.actors["U4"]
        joiner = person(1, holder="U4", holding_basis="FLEXIBLE_DIRECT")
        member = await (await ready_join(world, u4, joiner, employer_uscc=None)).send(world.hub)
        assert (await world.release(u4, member.membership_id, u2.uri)).state == HandoffState.RELEASED

    async def test_a_closed_union_acts_no_more(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await set_state(superuser, "CLOSED", u1.uri)
        refusal = await refused(await ready_release(world, u1, m1, u2))
        assert (refusal.code, refusal.articles) == (Code.UNION_NOT_ACTIVE, ("HUB-P09",))

    async def test_a_union_that_is_being_wound_up_lets_its_members_go(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await set_state(superuser, "WINDING_UP", u1.uri)
        assert (await world.release(u1, m1, u2.uri)).state == HandoffState.RELEASED

    @pytest.mark.article("A11")
    @pytest.mark.attack("Z01")
    async def test_of_a_stranger_nothing_is_told(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        u8 = world.actors["U8"]
        answers = []
        for subject in (m1, uuid4()):
            draft = await world.draft_release(u8, subject, u2.uri)
            top = {**_by("U8"), "sub": str(subject)}
            claims = altered(await world.draft_release(u1, world.members["M2"], u2.uri), top=top)
            refusal = await refused(ready(releasing.release, u8, claims))
            assert refusal.code == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
            assert (draft.claims, draft.card) == (None, None)
            answers.append((said(refusal), [said(found) for found in draft.refusals]))
        assert answers[0] == answers[1]
        assert answers[0] == (answers[0][0], [answers[0][0]])

    @pytest.mark.article("A12")
    async def test_the_ex_holder_is_told_that_it_is_no_longer_the_holder(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        draft = await world.draft_release(u1, m1, world.actors["U3"].uri)
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_HOLDER]
        assert draft.claims is None

    @pytest.mark.article("A12")
    async def test_so_is_the_receiver_of_an_open_release_and_of_no_other(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        draft = await world.draft_release(u2, m1, world.actors["U3"].uri)
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_HOLDER]
        await world.recall(u1, case.handoff_id)
        draft = await world.draft_release(u2, m1, world.actors["U3"].uri)
        assert [refusal.code.value for refusal in draft.refusals] == ["MEMBER_NOT_FOUND_OR_NOT_HELD"]


def _by(ref: str) -> dict[str, str]:
    return {"iss": UNIONS[ref].uri}


class TestCustody:
    @pytest.mark.article("A3", "A8")
    async def test_a_suspected_duplicate_stands_still(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'DUPLICATE_SUSPECTED' where membership_id = $1", m1
        )
        refusal = await refused(await ready_release(world, u1, m1, u2))
        assert refusal.code == Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.invariant("I4")
    async def test_a_second_one_waits_for_the_first(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        first = await world.release(u1, m1, u2.uri)
        refusal = await refused(await ready_release(world, u1, m1, world.actors["U3"]))
        assert (refusal.code, refusal.articles) == (Code.HANDOFF_ALREADY_OPEN, ("HUB-P04",))
        assert refusal.possible_from == first.deadline
        await world.recall(u1, first.handoff_id)
        assert (await world.release(u1, m1, u2.uri)).state == HandoffState.RELEASED

    async def test_of_another_version_it_is_stale(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await changed(world, u1, m1, u2, custody_version=2))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("release", "custody_version"))

    @pytest.mark.parametrize("claim", ["prev_sha256", "card_sha256"])
    async def test_a_bound_hash_is_that_of_what_is_on_file(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, claim: str
    ) -> None:
        refusal = await refused(await changed(world, u1, m1, u2, **{claim: OTHER_HASH}))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", claim))

    async def test_its_handoff_id_is_a_new_one(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        other = await world.release(u1, world.members["M2"], u2.uri)
        refusal = await refused(await changed(world, u1, m1, u2, handoff_id=str(other.handoff_id)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "handoff_id"))


class TestReason:
    @pytest.mark.article("A14")
    async def test_off_job_study_moves_nobody(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        act = await ready_release(
            world, u1, m1, world.actors["U15"], reason_code="OFF_JOB_STUDY", relation_ended_on=None
        )
        assert (await refused(act)).code == Code.STUDY_LEAVE_NO_CHANGE
        assert list(codes(act)) == [Code.STUDY_LEAVE_NO_CHANGE, Code.LABOUR_RELATION_UNCHANGED]

    @pytest.mark.article("A3")
    async def test_awaiting_a_post_moves_nobody(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_release(world, u1, m1, u2, reason_code="AWAITING_POST")
        assert (await refused(act)).code == Code.AWAITING_POST_NO_CHANGE

    @pytest.mark.parametrize(
        "reason",
        [
            "SECONDMENT_RETURN",
            "CORRECTION",
            "DISPATCH_CHOICE",
            "PLACEMENT_EXIT",
            "RESIDENCE_MOVE",
            "A_WHIM",
        ],
    )
    async def test_a_reason_that_is_not_listed_is_none(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, reason: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, reason_code=reason))
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("release", "reason_code"))
        assert "CHANGE_OF_EMPLOYER" in refusal.next_step

    @pytest.mark.parametrize(
        ("claim", "value"),
        [("reason_text", "高就"), ("articles", ["A13"]), ("articles", []), ("articles", ["A12", "A3"])],
    )
    async def test_no_free_text_stands_in_it(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, claim: str, value: Any
    ) -> None:
        refusal = await refused(await changed(world, u1, m1, u2, **{claim: value}))
        assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("release", claim))

    @pytest.mark.article("A3")
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"relation_ended_on": None}, "relation_ended_on"),
            ({"relation_ended_on": date(2025, 3, 4)}, "relation_ended_on"),
            ({"relation_ended_on": date(2025, 3, 2), "out_date": date(2025, 3, 1)}, "relation_ended_on"),
            ({"new_employer_uscc": EMPLOYERS["甲"]}, "new_employer_uscc"),
        ],
        ids=str,
    )
    async def test_while_the_relation_goes_on_membership_stays(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, changes: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, **changes))
        assert (refusal.code, refusal.path) == (Code.LABOUR_RELATION_UNCHANGED, ("release", path))

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("name", ["new_employer_uscc", "host_employer_uscc"])
    async def test_an_employer_has_a_code(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, name: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, **{name: EMPLOYERS["丁"][:-1] + "0"}))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", name))

    @pytest.mark.article("A12")
    @pytest.mark.parametrize("changes", [{"relation_ended_on": TODAY}, {"new_employer_uscc": None}], ids=str)
    async def test_one_that_has_just_ended_and_an_employer_unnamed_will_do(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, changes: dict[str, Any]
    ) -> None:
        assert (await world.release(u1, m1, u2.uri, **changes)).state == HandoffState.RELEASED


class TestReceiver:
    async def test_it_is_a_registered_union(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        unknown = "urn:union:81310117MC1D25256C"
        act = ready(releasing.release, u1, await world.draft_release(u1, m1, unknown))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.UNION_NOT_FOUND, ("release", "receiving_union"))

    async def test_it_is_another_union(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u1))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "receiving_union"))

    @pytest.mark.article("A15")
    @pytest.mark.parametrize("ref", ["U0", "U10", "U9", "U4", "U3a", "U5", "U6"])
    async def test_it_may_hold_for_this_reason(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, ref: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, world.actors[ref]))
        assert (refusal.code, refusal.path) == (Code.RECEIVER_CANNOT_HOLD, ("release", "receiving_union"))

    @pytest.mark.article("A15")
    async def test_an_area_union_holds_for_an_employer_that_it_organises(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        u5 = world.actors["U5"]
        await superuser.execute(
            "insert into hub.union_employers values ($1, $2, false, '2020-01-01', null)",
            u5.caller.union_id,
            EMPLOYERS["新店"],
        )
        act = await ready_release(world, u1, m1, u5, new_employer_uscc=None)
        assert (await refused(act)).code == Code.RECEIVER_CANNOT_HOLD
        view = await world.release(u1, m1, u5.uri, new_employer_uscc=EMPLOYERS["新店"])
        assert view.state == HandoffState.RELEASED

    @pytest.mark.parametrize("state", ["WINDING_UP", "CLOSED"])
    async def test_it_is_not_being_wound_up(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, m1: UUID, state: str
    ) -> None:
        await set_state(superuser, state, u2.uri)
        refusal = await refused(await ready_release(world, u1, m1, u2))
        assert (refusal.code, refusal.path) == (Code.UNION_NOT_ACTIVE, ("release", "receiving_union"))


class TestColumn:
    @pytest.mark.article("NX-3")
    async def test_its_date_is_not_in_the_future(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, out_date=date(2025, 3, 4)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("release", "out_date"))
        assert refusal.possible_from is not None
        assert refusal.possible_from.isoformat() == "2025-03-03T16:00:00+00:00"  # midnight in Shanghai

    async def test_its_date_is_the_shanghai_day(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        await world.set_clock(START.replace(hour=16, minute=0))
        view = await world.release(u1, m1, u2.uri, out_date=date(2025, 3, 4))
        assert view.valid_until == date(2025, 6, 2)

    async def test_it_is_not_dated_back_beyond_p06(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        dates = {"relation_ended_on": date(2024, 10, 1)}
        refusal = await refused(await ready_release(world, u1, m1, u2, out_date=date(2024, 12, 2), **dates))
        assert (refusal.code, refusal.articles) == (Code.BACKDATE_TOO_FAR, ("HUB-P06",))
        assert (await world.release(u1, m1, u2.uri, out_date=date(2024, 12, 3), **dates)).out_date == date(2024, 12, 3)

    @pytest.mark.invariant("I7")
    async def test_nobody_leaves_before_having_joined(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        joiner = person(1, joined_on=date(2025, 3, 2))
        member = await (await ready_join(world, u1, joiner)).send(world.hub)
        dates = {"out_date": date(2025, 3, 1), "relation_ended_on": date(2025, 3, 1)}
        refusal = await refused(await ready_release(world, u1, member.membership_id, u2, **dates))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "out_date"))

    @pytest.mark.parametrize("day", ["2025-03-02", "2025-06-02"])
    async def test_it_is_valid_for_a_day_at_least_and_for_p01_at_most(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, day: str
    ) -> None:
        refusal = await refused(await changed(world, u1, m1, u2, valid_until=day))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "valid_until"))

    async def test_it_may_be_valid_for_today_alone(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        view = await (await changed(world, u1, m1, u2, valid_until="2025-03-03")).send(world.hub)
        assert view.deadline.isoformat() == "2025-03-03T16:00:00+00:00"

    @pytest.mark.article("NX-3")
    @pytest.mark.parametrize("month", ["2012-05", "2026-04"])
    async def test_its_dues_month_is_possible(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, month: str
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m1, u2, dues_paid_through=month))
        assert (refusal.code, refusal.path) == (Code.DUES_MONTH_IMPLAUSIBLE, ("release", "dues_paid_through"))
        assert "2012-06" in refusal.next_step
        assert "2026-03" in refusal.next_step

    @pytest.mark.article("A12")
    @pytest.mark.parametrize("month", ["2012-06", "2024-06", "2026-03"])
    async def test_arrears_hold_nobody_back(self, world: World, u1: Actor, u2: Actor, m1: UUID, month: str) -> None:
        assert (await world.release(u1, m1, u2.uri, dues_paid_through=month)).dues_paid_through == month
