"""Winding up and closing (HUB-P09): by the union above, in that order, and with nobody left behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code, Refusal
from hub.transfers.ledger import reads
from tests.desk.test_amending_unions import union_of
from tests.ready import altered, ready, ready_acceptance, ready_join, ready_release, ready_request
from tests.winding import TODAY, close, draft_closing, draft_winding, ready_closing, ready_winding, wind_up
from tests.world import MEMBERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

U1, U2, U5, U13 = (UNIONS[ref].uri for ref in ("U1", "U2", "U5", "U13"))


@pytest.fixture
def u9(world: World) -> Actor:
    """The county federation above U2, U3, U4 and U5."""
    return world.actors["U9"]


@pytest.fixture
def u13(world: World) -> Actor:
    """The county federation above U1."""
    return world.actors["U13"]


async def case_of(world: World, actor: Actor, handoff_id: UUID) -> HandoffView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.handoffs(reading, [handoff_id]))[handoff_id]


class TestWindingUp:
    @pytest.mark.article("HUB-P09")
    async def test_state_day_and_successor(self, world: World, u13: Actor, u2: Actor) -> None:
        union_id = await wind_up(world, u13, U1, successor_union=U2)
        view = await union_of(world, "U1")
        assert (view.state, view.wound_up_on, view.successor_union) == ("WINDING_UP", TODAY, u2.caller.union_id)
        assert (view.closed_on, view.version) == (None, 2)
        async with world.hub.database.as_union(u13.caller.union_id, u13.caller.kid) as reading:
            (told,) = (await reads.union_amendments(reading.connection, [union_id]))[union_id]
        assert told.fields == ("state", "wound_up_on", "successor_union")

    async def test_the_same_statement_again(self, world: World, u13: Actor) -> None:
        act = await ready_winding(world, u13, U1)
        assert await act.send(world.hub) == await act.send(world.hub)
        assert (await union_of(world, "U1")).version == 2

    async def test_another_successor_later_and_none(
        self, world: World, u13: Actor, u2: Actor, refused: Refused
    ) -> None:
        await wind_up(world, u13, U1)
        assert (await refused(await ready_winding(world, u13, U1))).code is Code.UNION_NOT_ACTIVE
        await wind_up(world, u13, U1, successor_union=U2)
        assert (await union_of(world, "U1")).successor_union == u2.caller.union_id
        await wind_up(world, u13, U1, successor_union=None)
        assert (await union_of(world, "U1")).successor_union is None

    @pytest.mark.article("HUB-P09")
    async def test_what_is_released_to_it_goes_back(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u9: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, U2)
        await wind_up(world, u9, U2)
        for actor in (u1, u2):
            seen = await case_of(world, actor, case.handoff_id)
            assert (seen.state, seen.ground) == ("VOIDED", "RECEIVER_CLOSED")
            assert seen.closed_at is not None
        assert await superuser.fetchval("select count(*) from hub.cards where side = 'RECEIVER'") == 0
        other = await world.release(u1, m1, UNIONS["U12"].uri)
        assert other.state == "RELEASED"

    @pytest.mark.article("HUB-P09")
    async def test_what_it_has_asked_for_is_cancelled(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u9: Actor
    ) -> None:
        case = await world.request(u2, "M2")
        await wind_up(world, u9, U2)
        for actor in (u1, u2):
            seen = await case_of(world, actor, case.handoff_id)
            assert (seen.state, seen.ground) == ("CANCELLED", "RECEIVER_CLOSED")
        steps = await superuser.fetch("select act, to_state from hub.steps order by step_no")
        assert [tuple(step) for step in steps] == [("request", "REQUESTED"), ("wind_up", "CANCELLED")]
        assert await superuser.fetchval("select count(*) from hub.dockets where side = 'HIGHER'") == 0

    @pytest.mark.parametrize(
        ("days", "steps"),
        [
            (40, ["request", "escalate", "wind_up"]),
            (120, ["request", "escalate", "lapse"]),
        ],
    )
    async def test_what_dates_have_made_of_a_request_comes_first(
        self, world: World, superuser: Any, u2: Actor, u9: Actor, days: int, steps: list[str]
    ) -> None:
        case = await world.request(u2, "M2")
        await world.set_clock(START + timedelta(days=days))
        await wind_up(world, u9, U2, decided_on=(START + timedelta(days=days)).date())
        rows = await superuser.fetch("select act, at from hub.steps order by step_no")
        assert [row["act"] for row in rows] == steps
        assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
        seen = await case_of(world, u2, case.handoff_id)
        assert seen.state == ("CANCELLED" if "wind_up" in steps else "LAPSED")

    async def test_an_expired_release_has_expired(
        self, world: World, u1: Actor, u2: Actor, u9: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, U2)
        await world.set_clock(START + timedelta(days=100))
        await wind_up(world, u9, U2, decided_on=date(2025, 6, 1))
        seen = await case_of(world, u2, case.handoff_id)
        assert (seen.state, seen.ground) == ("EXPIRED", None)

    @pytest.mark.article("HUB-P09")
    async def test_it_takes_nobody_in(
        self, world: World, u1: Actor, u2: Actor, u9: Actor, m1: UUID, refused: Refused
    ) -> None:
        case = await world.release(u1, m1, U2)
        acceptance = await ready_acceptance(world, u2, case.handoff_id)
        joining = await ready_join(world, u2, MEMBERS["M6"])
        asking = await ready_request(world, u2, "M2")
        await wind_up(world, u9, U2)
        for act in (acceptance, joining, asking):
            refusal = await refused(ready_as_it_was(act))
            assert (refusal.code, refusal.articles) == (Code.UNION_NOT_ACTIVE, ("HUB-P09",))
        refusal = await refused(await ready_release(world, u1, m1, u2))
        assert (refusal.code, refusal.path) == (Code.UNION_NOT_ACTIVE, ("release", "receiving_union"))

    async def test_its_own_members_may_leave(self, world: World, u1: Actor, u2: Actor, u13: Actor, m1: UUID) -> None:
        await wind_up(world, u13, U1)
        case = await world.release(u1, m1, U2)
        assert (await world.accept(u2, case.handoff_id)).state == "ACCEPTED"


def ready_as_it_was(act: Any) -> Any:
    """Give an act without what its draft said: things have changed since."""
    return act.__class__(act.act, act.actor, act.jws, act.more)


class TestWhoMayWindUp:
    @pytest.mark.parametrize("ref", ["U1", "U9", "U10", "U2"])
    async def test_the_union_directly_above_alone(self, world: World, refused: Refused, ref: str) -> None:
        act = await ready_winding(world, world.actors[ref], U1)
        refusal = await refused(act)
        assert (refusal.code, refusal.articles) == (Code.NOT_NEXT_HIGHER_UNION, ("HUB-P17",))
        assert Code.UNION_STILL_HOLDS_MEMBERS not in {found.code for found in act.refusals}

    async def test_nobody_else_is_told_what_is_left(self, world: World, u9: Actor, u13: Actor) -> None:
        await wind_up(world, u13, U1)
        draft = await draft_closing(world, u9, U1)
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_NEXT_HIGHER_UNION]

    async def test_an_unknown_union(self, world: World, u13: Actor) -> None:
        draft = await draft_winding(world, u13, "urn:union:nobody")
        assert [refusal.code for refusal in draft.refusals][:1] == [Code.UNION_NOT_FOUND]
        assert draft.claims is None

    async def test_one_that_is_wound_up_itself(self, world: World, u13: Actor) -> None:
        """It ends those beneath it before it is closed."""
        await wind_up(world, world.actors["U10"], U13)
        await wind_up(world, u13, U1)
        assert (await ready_closing(world, u13, U1)).refusals[0].code is Code.UNION_STILL_HOLDS_MEMBERS

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"version": 9}, Code.STALE_VERSION, "version"),
            ({"decided_on": "2025-03-04"}, Code.DATE_IN_FUTURE, "decided_on"),
            ({"decided_on": "2024-01-01"}, Code.BACKDATE_TOO_FAR, "decided_on"),
            ({"successor_union": U1}, Code.INPUT_INVALID, "successor_union"),
            ({"successor_union": "urn:union:81310117MC1D25256C"}, Code.UNION_NOT_FOUND, "successor_union"),
        ],
    )
    async def test_what_it_states(
        self, world: World, u13: Actor, refused: Refused, changes: dict[str, Any], code: Code, path: str
    ) -> None:
        act = (await ready_winding(world, u13, U1)).act
        draft = altered(await draft_winding(world, u13, U1, successor_union=U2), **changes)
        refusal = await refused(ready(act, u13, draft))
        assert (refusal.code, refusal.path) == (code, ("union", path))

    async def test_a_successor_that_is_wound_up(self, world: World, u9: Actor, u13: Actor, refused: Refused) -> None:
        await wind_up(world, u9, U2)
        refusal = await refused(await ready_winding(world, u13, U1, successor_union=U2))
        assert (refusal.code, refusal.path) == (Code.UNION_NOT_ACTIVE, ("union", "successor_union"))


class TestClosing:
    @pytest.mark.article("HUB-P09")
    async def test_nobody_is_left_behind(
        self, world: World, u2: Actor, u1: Actor, u13: Actor, foretold: Refused
    ) -> None:
        refusal = await foretold(await ready_closing(world, u13, U1))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "ACTIVE")
        await wind_up(world, u13, U1)
        held = [world.members[ref] for ref in ("M1", "M2", "M3", "M4")]
        for left, membership_id in zip(range(4, 0, -1), held, strict=True):
            refusal = await foretold(await ready_closing(world, u13, U1))
            assert (refusal.code, refusal.articles) == (Code.UNION_STILL_HOLDS_MEMBERS, ("HUB-P09",))
            assert (refusal.facts["members"], refusal.facts["handoffs"]) == (left, 0)
            case = await world.release(u1, membership_id, U2)
            assert (await ready_closing(world, u13, U1)).refusals[0].facts["handoffs"] == 1
            await world.accept(u2, case.handoff_id)
        await close(world, u13, U1)
        view = await union_of(world, "U1")
        assert (view.state, view.closed_on, view.version) == ("CLOSED", TODAY, 3)

    @pytest.mark.article("HUB-P09")
    async def test_what_is_closed_stays_so(self, world: World, u9: Actor, u2: Actor, refused: Refused) -> None:
        await wind_up(world, u9, U2)
        await close(world, u9, U2)
        for act in (await ready_winding(world, u9, U2), await ready_closing(world, u9, U2)):
            assert (await refused(act)).code is Code.UNION_NOT_ACTIVE
        act = await ready_join(world, u2, MEMBERS["M6"])
        assert act.refusals[0].code is Code.UNION_NOT_ACTIVE

    async def test_unions_beneath_it_are_closed_first(self, world: World, u9: Actor) -> None:
        await wind_up(world, u9, U5)
        draft = await draft_closing(world, u9, U5)
        assert [refusal.code for refusal in draft.refusals] == [Code.UNION_STILL_HOLDS_MEMBERS]
        assert draft.refusals[0].facts["unions"] == 1
        u5 = world.actors["U5"]
        await wind_up(world, u5, UNIONS["U6"].uri)
        await close(world, u5, UNIONS["U6"].uri)
        await close(world, u9, U5)

    async def test_not_before_its_winding_up_was_decided(self, world: World, u9: Actor, refused: Refused) -> None:
        await wind_up(world, u9, U2)
        refusal = await refused(await ready_closing(world, u9, U2, closed_on=TODAY - timedelta(days=1)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "closed_on"))

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"version": 9}, Code.STALE_VERSION, "version"),
            ({"closed_on": "2025-03-04"}, Code.DATE_IN_FUTURE, "closed_on"),
            ({"closed_on": "2024-01-01"}, Code.BACKDATE_TOO_FAR, "closed_on"),
        ],
    )
    async def test_what_it_states(
        self, world: World, u9: Actor, refused: Refused, changes: dict[str, Any], code: Code, path: str
    ) -> None:
        await wind_up(world, u9, U2)
        act = (await ready_closing(world, u9, U2)).act
        refusal = await refused(ready(act, u9, altered(await draft_closing(world, u9, U2), **changes)))
        assert (refusal.code, refusal.path) == (code, ("union", path))


async def test_a_refusal_counts_and_names_nobody(world: World, u13: Actor) -> None:
    await wind_up(world, u13, U1)
    (refusal,) = (await draft_closing(world, u13, U1)).refusals
    told = f"{refusal.message} {refusal.message_en} {refusal.next_step}"
    assert "4" in told
    assert not any(member.name in told for member in MEMBERS.values())
    assert isinstance(refusal, Refusal)
