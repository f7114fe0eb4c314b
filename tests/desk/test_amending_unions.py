"""Amending a union: by the one above it alone, with its history; what was sealed bears the name of its day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.ledger import reads
from tests.ready import altered, person, ready, ready_union_amendment
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import UnionView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
U1, U2, U3, U4, U5 = (UNIONS[ref].uri for ref in ("U1", "U2", "U3", "U4", "U5"))


@pytest.fixture
def u9(world: World) -> Actor:
    """The county federation above U2, U3, U4 and U5."""
    return world.actors["U9"]


async def union_of(world: World, ref: str) -> UnionView:
    actor = world.actors[ref]
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.unions(reading.connection, [actor.caller.union_id]))[actor.caller.union_id]


async def organised(superuser: Any, world: World, ref: str) -> set[tuple[str, bool, date, date | None]]:
    rows = await superuser.fetch(
        "select employer_uscc, is_member_unit, from_on, until_on from hub.union_employers where union_id = $1",
        world.actors[ref].caller.union_id,
    )
    return {tuple(row) for row in rows}


def unit(employer: str, since: date, until: date | None = None) -> dict[str, Any]:
    return {"employer_uscc": EMPLOYERS[employer], "from": since, "until": until}


class TestWhatChanges:
    async def test_name_and_area_with_version_and_history(self, world: World, superuser: Any, u9: Actor) -> None:
        before = await union_of(world, "U5")
        assert (before.version, before.former_names) == (1, [])
        union_id = await world.amend_union(u9, U5, name="岳阳街道工会联合会", jurisdiction_code="310117002")
        assert union_id == world.actors["U5"].caller.union_id
        await world.set_clock(START + timedelta(days=2))
        await world.amend_union(u9, U5, name="岳阳街道总工会（新）")
        view = await union_of(world, "U5")
        assert (view.version, view.name, view.jurisdiction_code) == (3, "岳阳街道总工会（新）", "310117002")
        assert view.former_names == [before.name, "岳阳街道工会联合会"]
        assert view.name_at(START) == before.name
        assert view.name_at(START + timedelta(days=1)) == "岳阳街道工会联合会"
        assert view.name_at(START + timedelta(days=3)) == view.name
        async with world.hub.database.as_union(u9.caller.union_id, u9.caller.kid) as reading:
            told = (await reads.union_amendments(reading.connection, [union_id]))[union_id]
        assert [(one.version, one.fields) for one in told] == [(2, ("name", "jurisdiction_code")), (3, ("name",))]
        stored = await superuser.fetch(
            "select sha256 from hub.union_statements where typ = 'unionhub.union-amendment+jwt' order by received_at"
        )
        assert [row["sha256"] for row in stored] == [one.sha256 for one in told]

    async def test_the_same_name_again_is_no_former_one(self, world: World, u9: Actor) -> None:
        await world.amend_union(u9, U5, name=UNIONS["U5"].name)
        view = await union_of(world, "U5")
        assert (view.version, view.former_names) == (2, [])

    async def test_employers_of_today_take_the_place_of_those_before(
        self, world: World, superuser: Any, u9: Actor
    ) -> None:
        founded = date(2005, 1, 1)
        await world.amend_union(u9, U2, employer_usccs=[EMPLOYERS["乙"], EMPLOYERS["新店"]])
        assert await organised(superuser, world, "U2") == {
            (EMPLOYERS["乙"], False, founded, None),
            (EMPLOYERS["新店"], False, TODAY, None),
        }
        await world.set_clock(START + timedelta(days=1))
        await world.amend_union(u9, U2, employer_usccs=[EMPLOYERS["丁"]])
        assert await organised(superuser, world, "U2") == {
            (EMPLOYERS["乙"], False, founded, date(2025, 3, 4)),
            (EMPLOYERS["新店"], False, TODAY, date(2025, 3, 4)),
            (EMPLOYERS["丁"], False, date(2025, 3, 4), None),
        }
        await world.amend_union(u9, U2, employer_usccs=[])  # what began today never was
        assert {row[3] for row in await organised(superuser, world, "U2")} == {date(2025, 3, 4)}

    async def test_member_units_are_dated_and_those_left_out_end(self, world: World, superuser: Any, u9: Actor) -> None:
        before = {row[0]: row for row in await organised(superuser, world, "U3")}
        since = before[EMPLOYERS["小店甲"]][2]
        await world.amend_union(u9, U3, member_units=[unit("小店甲", since, date(2025, 6, 1)), unit("新店", TODAY)])
        assert await organised(superuser, world, "U3") == {
            (EMPLOYERS["小店甲"], True, since, date(2025, 6, 1)),
            (EMPLOYERS["小店乙"], True, before[EMPLOYERS["小店乙"]][2], TODAY),
            (EMPLOYERS["新店"], True, TODAY, None),
        }
        # Another first day: the one of before was wrong; what has ended stays.
        await world.amend_union(u9, U3, member_units=[unit("小店甲", date(2020, 2, 1))])
        assert await organised(superuser, world, "U3") == {
            (EMPLOYERS["小店甲"], True, date(2020, 2, 1), None),
            (EMPLOYERS["小店乙"], True, before[EMPLOYERS["小店乙"]][2], TODAY),
        }

    async def test_and_so_are_the_unions_of_a_federation(self, world: World, superuser: Any, u9: Actor) -> None:
        rows = "select u.uri, f.from_on, f.until_on from hub.union_federations f join hub.unions u using (union_id)"
        assert {row["uri"] for row in await superuser.fetch(rows)} == {U2}
        first = await superuser.fetchval("select from_on from hub.union_federations")
        await world.amend_union(u9, U4, contains=[{"union": U1, "from": date(2025, 1, 1), "until": date(2026, 1, 1)}])
        assert {tuple(row) for row in await superuser.fetch(rows)} == {
            (U2, first, TODAY), (U1, date(2025, 1, 1), date(2026, 1, 1)),
        }  # fmt: skip
        await world.amend_union(u9, U4, contains=[{"union": U1, "from": date(2025, 2, 1)}])
        assert {tuple(row) for row in await superuser.fetch(rows)} == {(U2, first, TODAY), (U1, date(2025, 2, 1), None)}

    async def test_what_ended_stays_and_what_was_to_come_is_called_off(
        self, world: World, superuser: Any, u9: Actor
    ) -> None:
        since = {row[0]: row[2] for row in await organised(superuser, world, "U3")}
        kept, to_come = unit("小店甲", since[EMPLOYERS["小店甲"]]), date(2025, 6, 1)
        tomorrow = date(2025, 3, 4)
        await world.amend_union(u9, U3, member_units=[kept, unit("新店", to_come)])
        federated = [{"union": U2, "from": date(2005, 1, 1)}, {"union": U1, "from": to_come}]
        await world.amend_union(u9, U4, contains=federated)
        await world.set_clock(START + timedelta(days=1))
        await world.amend_union(u9, U3, member_units=[kept, unit("小店乙", tomorrow)])
        assert await organised(superuser, world, "U3") == {
            (EMPLOYERS["小店甲"], True, since[EMPLOYERS["小店甲"]], None),
            (EMPLOYERS["小店乙"], True, since[EMPLOYERS["小店乙"]], TODAY),
            (EMPLOYERS["小店乙"], True, tomorrow, None),
        }
        await world.amend_union(u9, U4, contains=[])
        await world.amend_union(u9, U4, contains=[{"union": U2, "from": tomorrow}])
        rows = "select u.uri, f.from_on, f.until_on from hub.union_federations f join hub.unions u using (union_id)"
        assert {tuple(row) for row in await superuser.fetch(rows)} == {
            (U2, date(2005, 1, 1), tomorrow), (U2, tomorrow, None),
        }  # fmt: skip

    async def test_an_employer_that_comes_back_begins_anew(self, world: World, superuser: Any, u9: Actor) -> None:
        await world.amend_union(u9, U2, employer_usccs=[])
        await world.set_clock(START + timedelta(days=2))
        await world.amend_union(u9, U2, employer_usccs=[EMPLOYERS["乙"]])
        assert await organised(superuser, world, "U2") == {
            (EMPLOYERS["乙"], False, date(2005, 1, 1), TODAY),
            (EMPLOYERS["乙"], False, date(2025, 3, 5), None),
        }

    async def test_one_list_leaves_the_others_alone(self, world: World, superuser: Any, u9: Actor) -> None:
        units = await organised(superuser, world, "U3")
        await world.amend_union(u9, U3, employer_usccs=[EMPLOYERS["新店"]])
        assert await organised(superuser, world, "U3") == {*units, (EMPLOYERS["新店"], False, TODAY, None)}
        await world.amend_union(u9, U3, member_units=[])
        assert {row for row in await organised(superuser, world, "U3") if row[3] is None} == {
            (EMPLOYERS["新店"], False, TODAY, None)
        }
        await world.amend_union(u9, U4, name="松江物流工会联合会")
        assert await superuser.fetchval("select count(*) from hub.union_federations where until_on is null") == 1

    async def test_a_new_unit_counts_at_once(self, world: World, u9: Actor) -> None:
        u3 = world.actors["U3"]
        draft = await world.draft_join(u3, person(1, employer="新店"), member_unit=EMPLOYERS["新店"])
        assert [refusal.path for refusal in draft.refusals] == [("join", "member_unit")]
        await world.amend_union(u9, U3, member_units=[unit("新店", TODAY)])
        assert (await world.join(u3, person(1, employer="新店"), member_unit=EMPLOYERS["新店"])).member_unit

    async def test_the_same_again_acts_no_second_time(self, world: World, superuser: Any, u9: Actor) -> None:
        act = await ready_union_amendment(world, u9, U2, name="乙公司工会")
        first = await act.send(world.hub)
        before = await everything(superuser)
        assert await act.send(world.hub) == first
        assert await everything(superuser) == before


class TestSeals:
    @pytest.mark.article("NX-3")
    async def test_a_column_keeps_the_names_of_its_day(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        handoff = await world.release(u1, m1, u2.uri)
        await world.set_clock(START + timedelta(days=1))
        await world.amend_union(world.actors["U13"], U1, name="甲集团工会")
        await world.amend_union(world.actors["U9"], U2, name="乙集团工会")
        await world.accept(u2, handoff.handoff_id, in_date=date(2025, 3, 4))
        await world.set_clock(START + timedelta(days=2))
        await world.amend_union(world.actors["U9"], U2, name="乙控股工会")
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            (entry,) = (await reads.transfers(reading, [m1]))[m1]
        assert (entry.releasing_seal, entry.receiving_seal) == (UNIONS["U1"].name, "乙集团工会")

    @pytest.mark.article("HUB-P02")
    async def test_so_does_who_was_passed_over(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        asked = await world.request(u2, "M1")
        await world.set_clock(START + timedelta(days=30))
        u13 = world.actors["U13"]
        await world.release_in_lieu(u13, asked.handoff_id)
        await world.accept(u2, asked.handoff_id, in_date=date(2025, 4, 2))
        await world.set_clock(START + timedelta(days=31))
        await world.amend_union(u13, U1, name="甲集团工会")
        await world.amend_union(world.actors["U10"], u13.uri, name="奉贤总工会")
        async with world.hub.database.as_union(u2.caller.union_id, u2.caller.kid) as reading:
            (entry,) = (await reads.transfers(reading, [m1]))[m1]
        assert entry.releasing_seal == f"{UNIONS['U13'].name}（代{UNIONS['U1'].name}）"


class TestWhoMay:
    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("ref", ["U2", "U1", "U10", "U0", "U13", "U4"])
    async def test_nobody_but_the_next_higher_union_not_even_itself(
        self, world: World, refused: Refused, ref: str
    ) -> None:
        act = await ready_union_amendment(world, world.actors[ref], U2, name="乙公司工会")
        assert (await refused(act)).code == Code.NOT_NEXT_HIGHER_UNION

    async def test_nor_the_root_itself(self, world: World, refused: Refused) -> None:
        u0 = world.actors["U0"]
        assert (await refused(await ready_union_amendment(world, u0, u0.uri, name="总工会"))).code == (
            Code.NOT_NEXT_HIGHER_UNION
        )

    @pytest.mark.article("HUB-P17")
    async def test_a_union_that_there_is_not(self, world: World, refused: Refused, u9: Actor) -> None:
        draft = await world.draft_union_amendment(u9, "urn:union:81310117MC0B20022Y", name="乙公司工会")
        assert draft.claims is None
        assert [refusal.code for refusal in draft.refusals] == [Code.UNION_NOT_FOUND, Code.NOT_NEXT_HIGHER_UNION]
        known = await world.draft_union_amendment(u9, U2, name="乙公司工会")
        act = ready(
            (await ready_union_amendment(world, u9, U2, name="x")).act,
            u9,
            altered(known, top={"sub": "urn:union:81310117MC0B20022Y"}),
        )
        assert (await refused(act)).code == Code.UNION_NOT_FOUND

    @pytest.mark.article("HUB-P09")
    @pytest.mark.parametrize(("ref", "state"), [("U9", "WINDING_UP"), ("U9", "CLOSED"), ("U2", "CLOSED")])
    async def test_neither_is_closed(
        self, world: World, superuser: Any, refused: Refused, u9: Actor, ref: str, state: str
    ) -> None:
        await set_state(superuser, state, world.actors[ref].uri)
        act = await ready_union_amendment(world, u9, U2, name="乙公司工会")
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE


class TestRules:
    @pytest.mark.article("HUB-P17")
    async def test_of_two_officers_the_second_drafts_again(self, world: World, refused: Refused, u9: Actor) -> None:
        first = await ready_union_amendment(world, u9, U2, name="乙公司工会")
        second = await ready_union_amendment(world, u9, U2, employer_usccs=[EMPLOYERS["丁"]])
        await first.send(world.hub)
        refusal = await refused(second)
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("union", "version"))

    async def test_something_is_amended(self, world: World, refused: Refused, u9: Actor) -> None:
        refusal = await refused(await ready_union_amendment(world, u9, U2))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union",))

    @pytest.mark.parametrize(
        ("ref", "changes", "path"),
        [
            ("U2", {"employer_usccs": ["91310117MC0Q15154A"]}, "employer_usccs"),
            ("U3", {"member_units": [{"employer_uscc": "91310117MC0Q15154A", "from": TODAY}]}, "member_units"),
            ("U5", {"jurisdiction_code": "31011700"}, "jurisdiction_code"),
            ("U2", {"member_units": [unit("乙", TODAY)]}, "member_units"),
            ("U2", {"contains": [{"union": U1, "from": TODAY}]}, "contains"),
            ("U3", {"member_units": [unit("新店", TODAY, TODAY)]}, "member_units"),
            ("U4", {"contains": [{"union": U1, "from": TODAY, "until": TODAY}]}, "contains"),
            ("U2", {"employer_usccs": [EMPLOYERS["乙"]] * 2}, "employer_usccs"),
            ("U3", {"member_units": [unit("新店", TODAY), unit("新店", date(2020, 1, 1))]}, "employer_usccs"),
            ("U3", {"employer_usccs": [EMPLOYERS["小店甲"]]}, "employer_usccs"),
            ("U4", {"contains": [{"union": U1, "from": TODAY}] * 2}, "contains"),
        ],
    )
    async def test_what_a_union_is_made_of_goes_with_its_kind(
        self, world: World, refused: Refused, u9: Actor, ref: str, changes: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_union_amendment(world, u9, world.actors[ref].uri, **changes))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", path))

    async def test_who_changes_lists_leaves_the_one_first(self, world: World, superuser: Any, u9: Actor) -> None:
        kept = unit("小店乙", date(2020, 1, 1))
        await world.amend_union(u9, U3, member_units=[kept])
        await world.amend_union(u9, U3, employer_usccs=[EMPLOYERS["小店甲"]])
        draft = await world.draft_union_amendment(u9, U3, member_units=[kept, unit("小店甲", TODAY)])
        assert [refusal.path for refusal in draft.refusals] == [("union", "employer_usccs")]
        assert (EMPLOYERS["小店甲"], False, TODAY, None) in await organised(superuser, world, "U3")

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("uri", ["urn:union:81310117MC0B20022Y", U4])
    async def test_what_a_federation_contains_is_registered_and_is_not_itself(
        self, world: World, refused: Refused, u9: Actor, uri: str
    ) -> None:
        act = await ready_union_amendment(world, u9, U4, contains=[{"union": uri, "from": TODAY}])
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.UNION_NOT_FOUND, ("union", "contains"))

    async def test_what_has_no_right_form_makes_no_draft(self, world: World, u9: Actor) -> None:
        draft = await world.draft_union_amendment(u9, U2, name=" 乙 ")
        assert draft.claims is None
        assert [(refusal.code, refusal.path) for refusal in draft.refusals] == [(Code.INPUT_INVALID, ("union", "name"))]

    async def test_code_kind_and_parent_are_no_part_of_it(self, world: World, refused: Refused, u9: Actor) -> None:
        draft = await world.draft_union_amendment(u9, U2, name="乙公司工会")
        act = (await ready_union_amendment(world, u9, U2, name="x")).act
        for name, value in (("uscc", "81310117MC0B20021Y"), ("kind", "GRASSROOTS_JOINT"), ("parent", U1)):
            claims: dict[str, Any] = {name: value}
            refusal = await refused(ready(act, u9, altered(draft, **claims)))
            assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("union", name))
        assert json.loads(draft.claims or "")["sub"] == U2
