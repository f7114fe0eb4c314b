"""An agreement of a union that is wound up (domain 3.5): it stands still, goes on with a successor, or is ended."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import statements
from hub.errors import Code
from hub.transfers.desk.drafting import NO_HASH
from hub.transfers.ledger import entrusting as ledger
from tests.entrusting import coverages, in_force, ready_answer, ready_care, ready_on
from tests.ready import Ready, ready_acceptance
from tests.sql.wholeness import assert_whole
from tests.winding import close, set_state, wind_up
from tests.world import UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from hub.transfers.views_entrusting import AgreementView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

U2, U7, U8 = (UNIONS[ref].uri for ref in ("U2", "U7", "U8"))


@pytest.fixture
def u7(world: World) -> Actor:
    """The dispatch agency's union, beneath U16."""
    return world.actors["U7"]


@pytest.fixture
def u8(world: World) -> Actor:
    """The host's union, beneath U16."""
    return world.actors["U8"]


@pytest.fixture
def u16(world: World) -> Actor:
    return world.actors["U16"]


async def suspended(world: World, union: str = U8, **given: Any) -> AgreementView:
    """Have the agreement in force, and one of its two unions wound up, to which U2 succeeds."""
    view = await in_force(world)
    await wind_up(world, world.actors["U16"], union, successor_union=U2, **given)
    return view


async def seen(world: World, actor: Actor, agreement_id: UUID) -> AgreementView | None:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        page = await ledger.agreement_page(reading, after=None, limit=10)
        found = (await ledger.agreements(reading, [agreement_id])).get(agreement_id)
        assert [view.agreement_id for view in page] == ([] if found is None else [agreement_id])
    return found


def forged(made: Ready, actor: Actor, **changes: Any) -> Ready:
    """The same act, signed by another union over claims of its own."""
    statement = statements.read_any(made.jws)
    claims = {**statement.claims, "iss": actor.uri, "jti": str(uuid4())}
    claims["entrustment"] = {**claims["entrustment"], **changes}
    jws = statements.sign_claims(json.dumps(claims, ensure_ascii=False), statement.typ, actor.signing)
    return Ready(made.act, actor, jws)


class TestStandsStill:
    @pytest.mark.article("A9")
    async def test_the_host_neither_reads_nor_acts(self, world: World, superuser: Any, u8: Actor) -> None:
        member = world.members["M5"]
        view = await in_force(world)
        care = await ready_care(world, u8, member, agreement_id=view.agreement_id)
        answer = await ready_answer(world, u8, view.agreement_id, member)
        await wind_up(world, world.actors["U16"], U7)
        (covered,) = await coverages(world, u8, view.agreement_id)
        assert (covered.is_live, covered.member_name) == (False, None)
        assert (await care.refused(world.hub)).code == Code.ENTRUSTMENT_NOT_IN_FORCE
        assert not await world.hub.ledger.entrustments.is_host_of(u8.caller.union_id, member)
        assert (await answer.refused(world.hub)).code == Code.ENTRUSTMENT_NOT_IN_FORCE
        await assert_whole(superuser)

    @pytest.mark.article("A9")
    async def test_a_party_ends_it(self, world: World, superuser: Any, u7: Actor) -> None:
        view = await suspended(world)
        ended = await (await ready_on(world, "terminate", u7, view.agreement_id)).send(world.hub)
        assert ended.state == "TERMINATED"
        await assert_whole(superuser)


class TestEndedFromAbove:
    @pytest.mark.article("HUB-P09")
    async def test_by_the_union_above_the_party(self, world: World, superuser: Any, u7: Actor, u16: Actor) -> None:
        view = await suspended(world)
        act = await ready_on(world, "terminate", u16, view.agreement_id)
        assert act.refusals == ()
        ended = await act.send(world.hub)
        assert ended.state == "TERMINATED"
        assert (await act.send(world.hub)).state == "TERMINATED"
        row = await superuser.fetchrow("select * from hub.entrustment_steps order by step_no desc limit 1")
        assert (row["act"], row["side"], row["union_id"]) == ("terminate", "HIGHER", u16.caller.union_id)
        mine = await seen(world, u7, view.agreement_id)
        assert mine is not None
        assert mine.state == "TERMINATED"
        await close(world, u16, U8)
        await assert_whole(superuser)

    @pytest.mark.article("A9")
    async def test_of_one_that_is_in_force_it_knows_nothing(self, world: World, refused: Refused, u16: Actor) -> None:
        view = await in_force(world)
        made = await ready_on(world, "terminate", world.actors["U7"], view.agreement_id)
        assert (await refused(forged(made, u16))).code == Code.ENTRUSTMENT_PARTY_INVALID
        assert await seen(world, u16, view.agreement_id) is None

    @pytest.mark.article("A9")
    async def test_it_does_nothing_else(self, world: World, refused: Refused, u16: Actor) -> None:
        view = await suspended(world)
        made = await ready_on(world, "sign", world.actors["U2"], view.agreement_id)
        assert (await refused(forged(made, u16))).code == Code.ENTRUSTMENT_PARTY_INVALID
        assert await coverages(world, u16, view.agreement_id) == []

    @pytest.mark.article("A9")
    async def test_not_after_its_term(self, world: World, refused: Refused, u16: Actor) -> None:
        view = await suspended(world)
        await world.set_clock(START + timedelta(days=150))
        late = await ready_on(world, "terminate", u16, view.agreement_id)
        assert (await refused(late)).code == Code.ENTRUSTMENT_NOT_IN_FORCE


class TestSucceeded:
    @pytest.mark.article("A9", "HUB-P09")
    async def test_to_the_host(self, world: World, superuser: Any, u2: Actor, u7: Actor, u8: Actor) -> None:
        view = await suspended(world)
        known = await seen(world, u2, view.agreement_id)
        assert known is not None
        assert known.state == "SUSPENDED"
        assert await coverages(world, u2, view.agreement_id) == []
        act = await ready_on(world, "sign", u2, view.agreement_id)
        assert act.refusals == ()
        resumed = await act.send(world.hub)
        assert (resumed.state, resumed.host_union) == ("IN_FORCE", u2.caller.union_id)
        assert (await act.send(world.hub)).state == "IN_FORCE"
        (covered,) = await coverages(world, u2, view.agreement_id)
        assert (covered.is_live, covered.member_name) == (True, (await name_of(superuser, world.members["M5"])))
        assert await world.hub.ledger.entrustments.is_host_of(u2.caller.union_id, world.members["M5"])
        await (await ready_care(world, u2, world.members["M5"], agreement_id=view.agreement_id)).send(world.hub)
        # Who was the host reads it no more.
        assert await seen(world, u8, view.agreement_id) is None
        assert await coverages(world, u8, view.agreement_id) == []
        await close(world, world.actors["U16"], U8)
        await assert_whole(superuser)

    @pytest.mark.article("A9", "HUB-P09")
    async def test_to_the_dispatch_union_with_whom_it_has_taken_over(
        self, world: World, superuser: Any, u2: Actor, u7: Actor, u8: Actor
    ) -> None:
        member = world.members["M5"]
        view = await suspended(world, U7)
        case = await world.release(
            u7, member, U2, reason_code="EMPLOYER_REORGANISED", relation_ended_on=None, new_employer_uscc=None
        )
        await (await ready_acceptance(world, u2, case.handoff_id, holding_basis="ORDINARY")).send(world.hub)
        await world.set_clock(START + timedelta(days=1))
        resumed = await (await ready_on(world, "sign", u2, view.agreement_id)).send(world.hub)
        assert (resumed.state, resumed.dispatch_union) == ("IN_FORCE", u2.caller.union_id)
        (covered,) = await coverages(world, u8, view.agreement_id)
        assert (covered.state, covered.is_live) == ("COVERED", True)
        # It goes on as the dispatch union: whom it takes off the roster is covered no more.
        ended = await (await ready_on(world, "terminate", u2, view.agreement_id)).send(world.hub)
        assert ended.state == "TERMINATED"
        await assert_whole(superuser)

    async def test_one_that_has_yet_to_begin_is_scheduled_again(self, world: World, superuser: Any, u2: Actor) -> None:
        view = await in_force(world, term_from=date(2025, 4, 1), roster=[])
        assert view.state == "SCHEDULED"
        await wind_up(world, world.actors["U16"], U8, successor_union=U2)
        resumed = await (await ready_on(world, "sign", u2, view.agreement_id)).send(world.hub)
        assert resumed.state == "SCHEDULED"
        await world.set_clock(START + timedelta(days=40))
        later = await seen(world, u2, view.agreement_id)
        assert later is not None
        assert later.state == "IN_FORCE"
        await assert_whole(superuser)

    @pytest.mark.article("A9")
    async def test_by_nobody_who_is_not_named(self, world: World, refused: Refused, u1: Actor) -> None:
        view = await suspended(world)
        made = await ready_on(world, "sign", world.actors["U2"], view.agreement_id)
        assert (await refused(forged(made, u1))).code == Code.ENTRUSTMENT_PARTY_INVALID

    @pytest.mark.article("A9")
    async def test_by_no_union_of_an_area(self, world: World, refused: Refused) -> None:
        view, u5 = await in_force(world), world.actors["U5"]
        await wind_up(world, world.actors["U16"], U8, successor_union=u5.uri)
        made = await ready_on(world, "sign", u5, view.agreement_id)
        assert (await refused(made)).code == Code.ENTRUSTMENT_PARTY_INVALID

    @pytest.mark.article("A9")
    async def test_the_successor_only_signs(self, world: World, refused: Refused, u2: Actor) -> None:
        view = await suspended(world)
        made = await ready_on(world, "terminate", world.actors["U7"], view.agreement_id)
        assert (await refused(forged(made, u2))).code == Code.ENTRUSTMENT_PARTY_INVALID

    async def test_a_party_does_not_sign_it_on(self, world: World, refused: Refused, u7: Actor) -> None:
        view = await suspended(world)
        assert (await refused(await ready_on(world, "sign", u7, view.agreement_id))).code == Code.STEP_NOT_ALLOWED

    async def test_over_the_same_text(self, world: World, refused: Refused, u2: Actor) -> None:
        view = await suspended(world)
        made = await ready_on(world, "sign", u2, view.agreement_id)
        bent = forged(made, u2, agreement_sha256=NO_HASH)
        assert (await refused(bent)).code == Code.DOCUMENT_TAMPERED

    @pytest.mark.article("HUB-P09")
    @pytest.mark.parametrize("whose", [U2, U7])
    async def test_while_it_and_the_other_party_go_on(
        self, world: World, refused: Refused, superuser: Any, u2: Actor, whose: str
    ) -> None:
        view = await suspended(world)
        act = await ready_on(world, "sign", u2, view.agreement_id)
        await set_state(superuser, "WINDING_UP", whose)
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE

    @pytest.mark.article("A9")
    async def test_not_after_its_term(self, world: World, refused: Refused, u2: Actor) -> None:
        view = await suspended(world)
        await world.set_clock(START + timedelta(days=150))
        late = await ready_on(world, "sign", u2, view.agreement_id)
        assert (await refused(late)).code == Code.ENTRUSTMENT_NOT_IN_FORCE


async def name_of(superuser: Any, membership_id: UUID) -> str:
    name: str = await superuser.fetchval(
        "select p.name from hub.persons p join hub.memberships m using (member_id) where m.membership_id = $1",
        membership_id,
    )
    return name
