"""Members of a union that is wound up (HUB-P09): the union above releases them at once, asked for or not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk import drafting_pulls, releasing
from hub.transfers.ledger import reads
from tests.desk.test_leaving import CLOSED, TAKEN_OVER
from tests.ready import Ready, altered, ready, ready_in_lieu
from tests.retaining import held, retain
from tests.seconding import at_host
from tests.sql.wholeness import assert_whole
from tests.winding import TODAY, close, wind_up
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

U1, U2, U5 = (UNIONS[ref].uri for ref in ("U1", "U2", "U5"))


@pytest.fixture
def u13(world: World) -> Actor:
    """The county federation above U1."""
    return world.actors["U13"]


async def draft_push(world: World, actor: Actor, membership_id: UUID | None, receiver: str, **given: Any) -> Draft:
    asked = {
        "handoff_id": None,
        "membership_id": membership_id,
        "receiving_union": receiver,
        "out_date": TODAY,
        "dues_paid_through": "2025-02",
        "relation_ended_on": TODAY - timedelta(days=3),
        "new_employer_uscc": None,
        "form_custody": None,
        "ground": "HOLDER_WOUND_UP",
        "evidence_sha256": CLOSED["closure"]["evidence_sha256"],
        **given,
    }
    return await drafting_pulls.draft_release_in_lieu(world.hub, actor.caller, asked)


async def push(world: World, actor: Actor, membership_id: UUID, receiver: str, **given: Any) -> Ready:
    return ready(releasing.release_in_lieu, actor, await draft_push(world, actor, membership_id, receiver, **given))


class TestAskedFor:
    @pytest.mark.article("HUB-P02")
    async def test_what_was_asked_before_lies_with_it_at_once(
        self, world: World, superuser: Any, u2: Actor, u13: Actor, refused: Refused
    ) -> None:
        case = await world.request(u2, "M2")
        early = await world.draft_in_lieu(u13, case.handoff_id)
        assert early.refusals[0].code is Code.NO_CASE_FOR_HIGHER_UNION
        await wind_up(world, u13, U1)
        act = await ready_in_lieu(world, u13, case.handoff_id)
        assert act.refusals == ()
        assert (await act.send(world.hub)).state == "RELEASED"
        steps = await superuser.fetch("select act, side from hub.steps order by step_no")
        assert [tuple(step) for step in steps] == [
            ("request", "RECEIVER"),
            ("escalate", "HUB"),
            ("release_in_lieu", "HIGHER"),
        ]
        assert (await world.accept(u2, case.handoff_id)).state == "ACCEPTED"
        await assert_whole(superuser)

    async def test_and_what_is_asked_for_afterwards(self, world: World, u2: Actor, u13: Actor) -> None:
        await wind_up(world, u13, U1)
        case = await world.request(u2, "M2")
        await world.set_clock(START + timedelta(minutes=1))
        async with world.hub.database.as_union(u13.caller.union_id, u13.caller.kid) as reading:
            seen = (await reads.handoffs(reading, [case.handoff_id]))[case.handoff_id]
        assert seen.state == "ESCALATED"
        assert (await (await ready_in_lieu(world, u13, case.handoff_id)).send(world.hub)).state == "RELEASED"

    async def test_the_holder_may_still_answer(
        self, world: World, u1: Actor, u2: Actor, u13: Actor, refused: Refused
    ) -> None:
        case = await world.request(u2, "M2")
        await wind_up(world, u13, U1)
        late = await ready_in_lieu(world, u13, case.handoff_id)
        assert (await world.answer(u1, case.handoff_id, U2)).state == "RELEASED"
        refusal = await refused(late)
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "RELEASED")


class TestUnasked:
    @pytest.mark.article("HUB-P09")
    async def test_a_retiree_goes_where_he_lives(self, world: World, superuser: Any, u1: Actor, u13: Actor) -> None:
        m3, u5 = world.members["M3"], world.actors["U5"]
        await retain(world, u1, m3, "RETIREMENT")
        await wind_up(world, u13, U1)
        act = await push(world, u13, m3, U5, closure=CLOSED["closure"])
        assert act.refusals == ()
        case = await act.send(world.hub)
        assert (case.state, case.side, case.is_in_lieu) == ("RELEASED", "HIGHER", True)
        assert (await act.send(world.hub)).handoff_id == case.handoff_id
        await world.accept(u5, case.handoff_id, **TAKEN_OVER)
        view = await held(world, u5, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        row = await superuser.fetchrow("select * from hub.steps where act = 'release_in_lieu'")
        assert (row["from_state"], row["side"], row["union_id"]) == ("-", "HIGHER", u13.caller.union_id)
        assert {tuple(row) for row in await superuser.fetch("select union_id, side from hub.dockets")} == {
            (u1.caller.union_id, "HOLDER"),
            (u5.caller.union_id, "RECEIVER"),
            (u13.caller.union_id, "HIGHER"),
        }
        await assert_whole(superuser)

    async def test_and_who_works_elsewhere_goes_there(
        self, world: World, superuser: Any, u2: Actor, u13: Actor
    ) -> None:
        """One whom another has asked for as well: its request ends by it."""
        m2 = world.members["M2"]
        asked = await world.request(world.actors["U3"], "M2", employer_uscc=EMPLOYERS["小店甲"])
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        case = await (await push(world, u13, m2, U2, **given)).send(world.hub)
        told = await superuser.fetchrow(
            "select state, ground from hub.dockets where handoff_id = $1 and side = 'HOLDER'", asked.handoff_id
        )
        assert tuple(told) == ("CANCELLED", "SUPERSEDED_BY_RELEASE")
        assert (await world.accept(u2, case.handoff_id)).state == "ACCEPTED"
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P09")
    async def test_nobody_is_left_though_the_union_does_nothing_itself(
        self, world: World, superuser: Any, u2: Actor, u13: Actor
    ) -> None:
        await wind_up(world, u13, U1)
        for ref in ("M1", "M2", "M3", "M4"):
            given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
            case = await (await push(world, u13, world.members[ref], U2, **given)).send(world.hub)
            await world.accept(u2, case.handoff_id)
        await close(world, u13, U1)
        await assert_whole(superuser)

    @pytest.mark.article("HUB-P02")
    async def test_not_while_the_union_is_active(self, world: World, u13: Actor, m1: UUID) -> None:
        refused = (await draft_push(world, u13, m1, U2)).refusals
        assert [refusal.code for refusal in refused] == [Code.NO_CASE_FOR_HIGHER_UNION]

    @pytest.mark.article("HUB-P02")
    @pytest.mark.parametrize("ref", ["U2", "U9", "U10", "U1"])
    async def test_by_the_union_directly_above_alone(self, world: World, u13: Actor, m1: UUID, ref: str) -> None:
        await wind_up(world, u13, U1)
        made = await draft_push(world, world.actors[ref], m1, U5)
        assert [refusal.code for refusal in made.refusals] == [Code.NO_CASE_FOR_HIGHER_UNION]
        assert made.claims is None

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"articles": ["HUB-P02"]}, Code.DOCUMENT_TAMPERED, "articles"),
            ({"in_lieu_of": U2}, Code.DOCUMENT_TAMPERED, "in_lieu_of"),
            ({"custody_version": 4}, Code.STALE_VERSION, "custody_version"),
            ({"reason_code": "AWAITING_POST"}, Code.AWAITING_POST_NO_CHANGE, "reason_code"),
            ({"reason_text": "闭店"}, Code.STATEMENT_MALFORMED, "reason_text"),
            (
                {"reason_code": "PLACEMENT_EXIT", "reason_text": "所在单位建立工会"},
                Code.REASON_NOT_ALLOWED,
                "reason_code",
            ),
            ({"ground": "ETHNICITY"}, Code.DISCRIMINATORY_GROUND, "ground"),
        ],
    )
    async def test_what_it_states(
        self, world: World, u13: Actor, m1: UUID, refused: Refused, changes: dict[str, Any], code: Code, path: str
    ) -> None:
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        made = altered(await draft_push(world, u13, m1, U2, **given), **changes)
        refusal = await refused(ready(releasing.release_in_lieu, u13, made))
        assert (refusal.code, refusal.path) == (code, ("release", path))

    async def test_a_handoff_has_an_id_of_its_own(self, world: World, u13: Actor, m1: UUID, refused: Refused) -> None:
        other = await world.release(world.actors["U1"], world.members["M2"], U2)
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        made = altered(await draft_push(world, u13, m1, U2, **given), handoff_id=str(other.handoff_id))
        refusal = await refused(ready(releasing.release_in_lieu, u13, made))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "handoff_id"))

    async def test_a_correction_goes_back_to_whom_the_member_came_from(
        self, world: World, u13: Actor, m1: UUID, foretold: Refused
    ) -> None:
        await wind_up(world, u13, U1)
        act = await push(world, u13, m1, U2, reason_code="CORRECTION", relation_ended_on=None)
        refusal = await foretold(act)
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("release", "reason_code"))

    @pytest.mark.article("HUB-P15")
    async def test_what_the_member_chooses_has_the_consent(self, world: World, foretold: Refused) -> None:
        u16 = world.actors["U16"]
        await wind_up(world, u16, UNIONS["U7"].uri)
        given = {"reason_code": "DISPATCH_CHOICE", "new_employer_uscc": None, "host_employer_uscc": EMPLOYERS["丁"]}
        act = await push(world, u16, world.members["M5"], UNIONS["U8"].uri, **given)
        refusal = await foretold(act)
        assert (refusal.code, refusal.path) == (Code.MEMBER_CONSENT_REQUIRED, ("release", "consent"))

    @pytest.mark.article("A14")
    async def test_who_is_lent_goes_home(self, world: World, u13: Actor, foretold: Refused) -> None:
        m4, u17 = world.members["M4"], world.actors["U17"]
        await at_host(world, m4)
        await wind_up(world, u17, UNIONS["U12"].uri)
        act = await push(world, u17, m4, U2, reason_code="CHANGE_OF_EMPLOYER", new_employer_uscc=EMPLOYERS["乙"])
        refusal = await foretold(act)
        assert refusal.code is Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST

    @pytest.mark.article("HUB-P04")
    async def test_not_beside_an_open_release(
        self, world: World, u1: Actor, u13: Actor, m1: UUID, refused: Refused
    ) -> None:
        await world.release(u1, m1, UNIONS["U3"].uri)
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        act = await push(world, u13, m1, U2, **given)
        assert (await refused(act)).code is Code.HANDOFF_ALREADY_OPEN

    async def test_who_has_asked_is_answered(self, world: World, u2: Actor, u13: Actor, refused: Refused) -> None:
        await world.request(u2, "M2")
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        act = await push(world, u13, world.members["M2"], U2, **given)
        assert (await refused(act)).code is Code.STALE_VERSION

    async def test_the_holder_does_not_recall_it(self, world: World, u1: Actor, u13: Actor, m1: UUID) -> None:
        await wind_up(world, u13, U1)
        given = {"reason_code": "CHANGE_OF_EMPLOYER", "new_employer_uscc": EMPLOYERS["乙"]}
        case = await (await push(world, u13, m1, U2, **given)).send(world.hub)
        with pytest.raises(Exception, match="STEP_NOT_ALLOWED"):
            await world.recall(u1, case.handoff_id)

    async def test_into_ones_own_custody(self, world: World, superuser: Any, u1: Actor, u13: Actor, m1: UUID) -> None:
        """Who releases in its stead is here who takes the member in: two statements all the same."""
        await superuser.execute("update hub.persons set residence_division_code = null where membership_id = $1", m1)
        await retain(world, u1, m1)
        await wind_up(world, u13, U1)
        case = await (await push(world, u13, m1, u13.uri, closure=CLOSED["closure"])).send(world.hub)
        await world.accept(u13, case.handoff_id, **{**TAKEN_OVER, "holding_basis": "CUSTODIAL"})
        assert await held(world, u13, m1) is not None
        await assert_whole(superuser)
