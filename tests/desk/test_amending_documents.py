"""Identity documents amended: a further one, a renewed one, a corrected one; and whose a number is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from hub.errors import Code
from hub.transfers.desk.revealing import reveal_id_number
from hub.transfers.ledger import reads
from hub.transfers.rules.policy import LIMITS
from tests.desk.conftest import said
from tests.desk.test_amending import NUMBER, held
from tests.ready import person, ready_amendment, ready_join
from tests.sql.direct import custody_of
from tests.sql.wholeness import assert_whole
from tests.world import MEMBERS
from tests.worlds import START

if TYPE_CHECKING:
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


async def found_by(world: World, actor: Actor, id_type: str, number: str) -> list[UUID]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        hashed = world.hub.vault.blind_index(id_type, number)
        return await reads.find_held(reading, id_hashes=[hashed], certificate=None)


class TestDocuments:
    async def shown(self, world: World, actor: Actor, membership_id: UUID) -> tuple[str, str | None]:
        return await reveal_id_number(world.hub, actor.caller, membership_id, "核对")

    async def test_a_further_one_stands_beside_the_one_shown(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        before = await held(world, u1, m1)
        view = await world.amend(u1, m1, person={"id_type": "PASSPORT", "id_number": "E12345678"}, id_change="FURTHER")
        assert (view.id_type, view.id_number_masked) == (before.id_type, before.id_number_masked)
        assert await found_by(world, u1, "PASSPORT", "E12345678") == [m1]
        assert await found_by(world, u1, "RESIDENT_ID", MEMBERS["M1"].id_number) == [m1]
        rows = await superuser.fetch(
            "select id_no, id_type from hub.person_ids where member_id = $1 order by 1",
            (await custody_of(superuser, m1))["member_id"],
        )
        assert [tuple(row) for row in rows] == [(1, "RESIDENT_ID"), (2, "PASSPORT")]
        assert await self.shown(world, u1, m1) == ("RESIDENT_ID", MEMBERS["M1"].id_number)

    async def test_a_renewed_one_is_shown_and_the_former_still_names_the_person(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        changes = {"id_type": "FOREIGN_PR", "id_number": "CHN310000000001"}
        view = await world.amend(u1, m1, person=changes, id_change="RENEWED")
        assert (view.id_type, view.id_number_masked) == ("FOREIGN_PR", "***********0001")
        assert await self.shown(world, u1, m1) == ("FOREIGN_PR", "CHN310000000001")
        for kind, number in (("FOREIGN_PR", "CHN310000000001"), ("RESIDENT_ID", MEMBERS["M1"].id_number)):
            assert await found_by(world, u1, kind, number) == [m1]
        member = (await custody_of(superuser, m1))["member_id"]
        rows = await superuser.fetch("select id_no, sealed from hub.person_ids where member_id = $1 order by 1", member)
        opened = [world.hub.vault.open_sealed("person_ids", "sealed", member, row["sealed"]) for row in rows]
        assert opened == ["CHN310000000001", MEMBERS["M1"].id_number]

    async def test_a_corrected_one_frees_the_number_for_whom_it_belongs_to(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        changes = {"id_type": "RESIDENT_ID", "id_number": NUMBER}
        await world.amend(u1, m1, person=changes, id_change="CORRECTED", is_correction=True)
        assert await self.shown(world, u1, m1) == ("RESIDENT_ID", NUMBER)
        assert await found_by(world, u1, "RESIDENT_ID", NUMBER) == [m1]
        assert await found_by(world, u1, "RESIDENT_ID", MEMBERS["M1"].id_number) == []
        other = await ready_join(world, u1, person(5), person={"id_number": MEMBERS["M1"].id_number})
        assert (await other.send(world.hub)).membership_id != m1
        await assert_whole(superuser)

    async def test_the_kind_of_the_same_number_is_corrected(
        self, world: World, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        number = MEMBERS["M1"].id_number
        before = await superuser.fetchval("select count(*) from hub.identity_claims")
        view = await world.amend(
            u1, m1, person={"id_type": "HMT_RESIDENCE", "id_number": number}, id_change="CORRECTED"
        )
        assert view.id_type == "HMT_RESIDENCE"
        assert await self.shown(world, u1, m1) == ("HMT_RESIDENCE", number)
        assert await superuser.fetchval("select count(*) from hub.identity_claims") == before

    @pytest.mark.parametrize("change", ["FURTHER", "RENEWED", "CORRECTED"])
    async def test_who_had_none_has_one_then(self, world: World, u1: Actor, change: str) -> None:
        joiner = await ready_join(world, u1, person(3), person={"id_type": "OTHER", "id_number": None})
        member = (await joiner.send(world.hub)).membership_id
        renamed = await world.amend(u1, member, person={"id_type": "OTHER"}, id_change=change)
        assert (renamed.id_type, renamed.id_number_masked) == ("OTHER", None)
        view = await world.amend(u1, member, person={"id_type": "RESIDENT_ID", "id_number": NUMBER}, id_change=change)
        assert (view.id_type, view.id_number_masked) == ("RESIDENT_ID", "*" * 14 + NUMBER[-4:])
        assert await self.shown(world, u1, member) == ("RESIDENT_ID", NUMBER)

    @pytest.mark.article("A3", "A8")
    @pytest.mark.invariant("I3")
    @pytest.mark.parametrize("change", ["FURTHER", "RENEWED", "CORRECTED"])
    async def test_another_person_s_number_is_refused_logged_and_told_of_nobody(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID, change: str
    ) -> None:
        m5 = MEMBERS["M5"]
        changes = {"id_type": "RESIDENT_ID", "id_number": m5.id_number}
        refusal = await refused(await ready_amendment(world, u1, m1, person=changes, id_change=change))
        assert refusal.code == Code.ALREADY_MEMBER_USE_TRANSFER
        told = " ".join(map(str, said(refusal)))
        assert world.actors["U7"].fixture.name not in told
        assert world.actors["U7"].uri not in told
        logged = await superuser.fetch("select union_id, kind, membership_id from hub.disclosures")
        assert [tuple(row) for row in logged] == [(u1.caller.union_id, "ALREADY_MEMBER", world.members["M5"])] * 2

    @pytest.mark.article("HUB-P17")
    async def test_who_has_asked_too_often_is_told_nothing_more_that_day(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        for _ in range(LIMITS.member_hits_per_day_max):
            await world.hub.ledger.record_already_member(u1.caller.union_id, START, uuid4(), world.members["M5"])
        for number in (MEMBERS["M5"].id_number, NUMBER):
            changes = {"id_type": "RESIDENT_ID", "id_number": number}
            refusal = await refused(await ready_amendment(world, u1, m1, person=changes, id_change="FURTHER"))
            assert refusal.code == Code.RATE_LIMITED
        await world.amend(u1, m1, person={"sex": "9"})

    @pytest.mark.parametrize("change", ["FURTHER", "RENEWED"])
    async def test_one_s_own_number_is_recorded_once(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, change: str
    ) -> None:
        passport = {"id_type": "PASSPORT", "id_number": "E12345678"}
        await world.amend(u1, m1, person=passport, id_change="FURTHER")
        for changes in (passport, {"id_type": "RESIDENT_ID", "id_number": MEMBERS["M1"].id_number}):
            refusal = await refused(await ready_amendment(world, u1, m1, person=changes, id_change=change))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("person", "id_number"))
        corrected = await ready_amendment(world, u1, m1, person=passport, id_change="CORRECTED")
        assert (await refused(corrected)).path == ("person", "id_number")

    @pytest.mark.parametrize("change", [None, "LOST"])
    async def test_one_says_what_becomes_of_the_others(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, change: str | None
    ) -> None:
        changes = {"id_type": "RESIDENT_ID", "id_number": NUMBER}
        refusal = await refused(await ready_amendment(world, u1, m1, person=changes, id_change=change))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("amendment", "id_change"))
        alone = await ready_amendment(world, u1, m1, person={"sex": "9"}, id_change="RENEWED")
        assert (await refused(alone)).path == ("amendment", "id_change")

    async def test_a_number_is_not_taken_away(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        act = await ready_amendment(world, u1, m1, person={"id_type": "OTHER"}, id_change="CORRECTED")
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("person", "id_number"))
