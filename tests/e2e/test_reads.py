"""Reads over HTTP: whom and what a union finds, page by page, and what it is told of where a case stands."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import inputs
from tests.e2e.documents import (
    CERTIFICATE_QUERY,
    DOCKET_QUERY,
    EXPLAIN_QUERY,
    MEMBERS_QUERY,
    UNION_QUERY,
    UNIONS_QUERY,
)
from tests.e2e.forging import NO_HANDOFF, NO_MEMBER, NO_UNION
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import TODAY, day

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def members(party: Party, **given: Any) -> list[str]:
    """Give the names of the members found on one page."""
    found = await party.ask(MEMBERS_QUERY, filter=given)
    return [edge["node"]["name"] for edge in found["edges"]]


async def walked(party: Party, query: str, first: int, **given: Any) -> list[Json]:
    """Follow a list to its end, a page at a time."""
    nodes: list[Json] = []
    after = None
    while True:
        page = await party.ask(query, first=first, after=after, **given)
        assert 0 < len(page["edges"]) <= first
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        nodes += [edge["node"] for edge in page["edges"]]
        after = page["edges"][-1]["cursor"]
        assert page["pageInfo"]["endCursor"] == after
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


class TestMembers:
    async def test_a_union_lists_those_whom_it_holds(self, stage: Stage) -> None:
        assert sorted(await members(stage["U1"])) == sorted(MEMBERS[ref].name for ref in ("M1", "M2", "M3", "M4"))
        assert await members(stage["U3"]) == ["刘六"]
        assert await members(stage["U2"]) == []
        await stage.moved()
        assert await members(stage["U2"]) == ["张一"]
        assert len(await members(stage["U1"])) == 3

    async def test_by_the_beginning_of_a_name(self, stage: Stage) -> None:
        u1 = stage["U1"]
        for name, found in (("张", ["张一"]), ("张一", ["张一"]), ("一", []), ("刘", []), ("%", []), ("_", [])):
            assert await members(u1, name=name) == found

    async def test_by_id_number_of_whatever_case_and_kind(self, stage: Stage) -> None:
        u1 = stage["U1"]
        number = MEMBERS["M3"].id_number
        assert number.endswith("X")
        assert await members(u1, idNumber=number) == ["王三"]
        assert await members(u1, idNumber=number.lower()) == ["王三"]
        for absent in (number[:17], "990101190001010002", MEMBERS["M6"].id_number, "", "x" * 300):
            assert await members(u1, idNumber=absent) == []

    async def test_by_certificate(self, stage: Stage) -> None:
        u1 = stage["U1"]
        assert await members(u1, certificate={"provinceCode": "31", "number": "000002"}) == ["李二"]
        for province, number in (("32", "000002"), ("31", "2"), ("31", "000006"), ("32", "000005")):
            assert await members(u1, certificate={"provinceCode": province, "number": number}) == []

    async def test_all_that_is_given_must_fit(self, stage: Stage) -> None:
        u1, first = stage["U1"], {"provinceCode": "31", "number": "000001"}
        assert await members(u1, name="张", idNumber=MEMBERS["M1"].id_number, certificate=first) == ["张一"]
        assert await members(u1, name="李", certificate=first) == []
        assert await members(u1, idNumber=MEMBERS["M2"].id_number, certificate=first) == []

    async def test_pages_follow_one_another(self, stage: Stage) -> None:
        for first in (1, 2, 3, 4, 100):
            found = await walked(stage["U1"], MEMBERS_QUERY, first)
            assert sorted(node["id"] for node in found) == sorted(stage.member(ref) for ref in ("M1", "M2", "M3", "M4"))

    @pytest.mark.attack("Z10")
    async def test_there_is_no_other_filter_and_no_order(self, stage: Stage) -> None:
        u1 = stage["U1"]
        for arguments in (
            'where: {member: {idNo: {startsWith: "9901"}}}',
            "orderBy: idNumber",
            'filter: {idNumber: {startsWith: "9901"}}',
            'filter: {idNumberStartsWith: "9901"}',
            'filter: {politicalStatus: "01"}',
            "last: 3",
        ):
            answer = await u1.post(f"{{ members({arguments}) {{ edges {{ cursor }} }} }}")
            assert (answer.status, answer.code) == (400, "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.attack("G14")
class TestCursors:
    @pytest.mark.parametrize("first", [0, -1, 101, 1_000_000])
    async def test_a_page_has_1_to_100(self, stage: Stage, first: int) -> None:
        for query in (MEMBERS_QUERY, UNIONS_QUERY, DOCKET_QUERY):
            answer = await stage["U1"].post(query, {"first": first})
            assert answer.code == "BAD_USER_INPUT"

    async def test_a_cursor_is_this_unions_for_this_list_and_filter(self, stage: Stage) -> None:
        u1 = stage["U1"]
        await stage.released()
        of_members = (await u1.ask(MEMBERS_QUERY, first=1))["pageInfo"]["endCursor"]
        of_zhang = (await u1.ask(MEMBERS_QUERY, first=1, filter={"name": "张"}))["pageInfo"]["endCursor"]
        of_unions = (await u1.ask(UNIONS_QUERY, first=1))["pageInfo"]["endCursor"]
        of_docket = (await u1.ask(DOCKET_QUERY, first=1))["pageInfo"]["endCursor"]
        of_another = (await stage["U3"].ask(MEMBERS_QUERY, first=1))["pageInfo"]["endCursor"]
        forged = of_members[:-2] + ("AA" if of_members[-2:] != "AA" else "BB")
        wrong = [of_zhang, of_unions, of_docket, of_another, forged, "", "x", "0", "b2Zmc2V0OjE", "é" * 9, "A" * 5000]
        for after in wrong:
            assert (await u1.post(MEMBERS_QUERY, {"after": after})).code == "BAD_USER_INPUT"
        for query, variables in (
            (MEMBERS_QUERY, {"after": of_members, "filter": {"name": "张"}}),
            (UNIONS_QUERY, {"after": of_members}),
            (DOCKET_QUERY, {"after": of_docket, "side": "HOLDER"}),
            (DOCKET_QUERY, {"after": of_docket, "states": ["RELEASED"]}),
        ):
            assert (await u1.post(query, variables)).code == "BAD_USER_INPUT"

    async def test_a_cursor_shows_nothing_of_its_row(self, stage: Stage) -> None:
        cursor = (await stage["U1"].ask(MEMBERS_QUERY, first=1, filter={"name": "张"}))["edges"][0]["cursor"]
        assert stage.member("M1") not in cursor
        assert len(cursor) > 40

    async def test_an_old_cursor_shows_only_what_is_held_now(self, stage: Stage) -> None:
        u1 = stage["U1"]
        page = await u1.ask(MEMBERS_QUERY, first=1)
        following = await u1.ask(MEMBERS_QUERY, first=1, after=page["pageInfo"]["endCursor"])
        moving = following["edges"][0]["node"]["id"]
        handoff = await u1.act("releaseMember", inputs.release(moving))
        await stage["U2"].act("acceptHandoff", inputs.acceptance(handoff["id"]))
        later = await u1.ask(MEMBERS_QUERY, first=100, after=page["pageInfo"]["endCursor"])
        assert moving not in [edge["node"]["id"] for edge in later["edges"]]
        assert len(later["edges"]) == 2


async def _accepted(stage: Stage, ref: str) -> None:
    await stage.moved(ref)


async def _refused(stage: Stage, ref: str) -> None:
    handoff = await stage.released(ref)
    await stage["U2"].act("refuseHandoff", {"handoffId": handoff["id"], "ground": "WRONG_UNION_LEVEL"})


async def _voided(stage: Stage, ref: str) -> None:
    handoff = await stage.released(ref)
    statement = await stage["U2"].drafted("acceptHandoff", inputs.acceptance(handoff["id"]))
    kind = "update hub.unions set kind = $2 where uri = $1"
    await stage.superuser.execute(kind, UNIONS["U2"].uri, "COUNTY_FEDERATION")
    assert (await stage["U2"].submit("acceptHandoff", statement))["code"] == "RECEIVER_CANNOT_HOLD"
    await stage.superuser.execute(kind, UNIONS["U2"].uri, UNIONS["U2"].kind)


async def _recalled(stage: Stage, ref: str) -> None:
    await stage["U1"].act("recallHandoff", {"handoffId": (await stage.released(ref))["id"]})


class TestDocket:
    async def test_each_party_has_its_own_row_of_a_case(self, stage: Stage) -> None:
        released = await stage.released()
        for ref, side, counterpart in (("U1", "HOLDER", "U2"), ("U2", "RECEIVER", "U1")):
            (edge,) = (await stage[ref].ask(DOCKET_QUERY))["edges"]
            node = edge["node"]
            assert (node["side"], node["state"], node["counterpart"]["uri"]) == (
                side,
                "RELEASED",
                UNIONS[counterpart].uri,
            )
            assert node["handoff"]["id"] == released["id"]
            assert node["nextDeadline"]["rule"] == "HUB-P01"
        for ref in ("U13", "U9", "U15", "U0"):
            assert (await stage[ref].ask(DOCKET_QUERY))["edges"] == []

    async def test_by_side_and_state_the_expired_by_date(self, stage: Stage) -> None:
        await stage.released("M4")
        await stage.let_it_be(day(6, 5))
        later = {"outDate": "2025-06-05"}
        accepted = await stage.released("M1", **later)
        await stage["U2"].act("acceptHandoff", inputs.acceptance(accepted["id"], inDate="2025-06-05"))
        refused = await stage.released("M2", **later)
        await stage["U2"].act("refuseHandoff", {"handoffId": refused["id"], "ground": "WRONG_UNION_LEVEL"})
        await stage["U1"].act("recallHandoff", {"handoffId": (await stage.released("M3", **later))["id"]})
        await stage.released("M3", **later)
        expected = {
            "EXPIRED": 1,
            "ACCEPTED": 1,
            "REFUSED": 1,
            "RECALLED": 1,
            "RELEASED": 1,
            "VOIDED": 0,
            "REQUESTED": 0,
        }
        assert await stage.superuser.fetchval("select count(*) from hub.dockets where state = 'EXPIRED'") == 0

        for ref, side, other in (("U1", "HOLDER", "RECEIVER"), ("U2", "RECEIVER", "HOLDER")):
            party = stage[ref]
            for state, number in expected.items():
                found = (await party.ask(DOCKET_QUERY, states=[state]))["edges"]
                assert [edge["node"]["state"] for edge in found] == [state] * number
                assert [edge["node"]["handoff"]["state"] for edge in found] == [state] * number
            assert len((await party.ask(DOCKET_QUERY, side=side))["edges"]) == 5
            assert (await party.ask(DOCKET_QUERY, side=other))["edges"] == []
            closed = await party.ask(DOCKET_QUERY, states=["EXPIRED", "REFUSED", "EXPIRED"], side=side)
            assert {edge["node"]["state"] for edge in closed["edges"]} == {"EXPIRED", "REFUSED"}
            assert (await party.ask(DOCKET_QUERY, states=[]))["edges"] == []

    async def test_the_newest_stands_first_and_pages_follow(self, stage: Stage) -> None:
        opened = []
        for number, ref in enumerate(("M1", "M2", "M3", "M4")):
            await stage.let_it_be(TODAY + timedelta(minutes=number))
            opened.append((await stage.released(ref))["id"])
        for first in (1, 2, 3):
            found = await walked(stage["U2"], DOCKET_QUERY, first)
            assert [node["handoff"]["id"] for node in found] == opened[::-1]


class TestExplain:
    @pytest.mark.parametrize(
        ("brought_about", "state", "holder", "receiver"),
        [
            (
                lambda stage, ref: stage.released(ref),
                "RELEASED",
                {"recallHandoff", "acceptHandoff", "refuseHandoff"},
                None,
            ),
            (_accepted, "ACCEPTED", set(), set()),
            (_refused, "REFUSED", {"releaseMember"}, set()),
            (_recalled, "RECALLED", {"releaseMember"}, set()),
            (_voided, "VOIDED", {"releaseMember"}, set()),
        ],
    )
    async def test_each_state_in_both_languages_with_who_acts_next(
        self,
        stage: Stage,
        brought_about: Callable[[Stage, str], Awaitable[Any]],
        state: str,
        holder: set[str],
        receiver: set[str] | None,
    ) -> None:
        await brought_about(stage, "M1")
        for ref, acts in (("U1", holder), ("U2", holder if receiver is None else receiver)):
            (edge,) = (await stage[ref].ask(DOCKET_QUERY))["edges"]
            told = await stage[ref].ask(EXPLAIN_QUERY, id=edge["node"]["handoff"]["id"])
            assert told["handoff"]["state"] == state
            self._look_at(told)
            assert {act["act"] for act in told["next"]} == acts
            for act in told["next"]:
                of = {"HOLDER": "U1", "RECEIVER": "U2"}[act["side"]]
                assert act["union"]["uri"] == UNIONS[of].uri
                assert act["articles"]

    async def test_an_expired_one_too(self, stage: Stage) -> None:
        released = await stage.released()
        await stage.let_it_be(day(6, 2))
        for ref, acts in (("U1", {"releaseMember"}), ("U2", set())):
            told = await stage[ref].ask(EXPLAIN_QUERY, id=released["id"])
            assert told["handoff"]["state"] == "EXPIRED"
            self._look_at(told)
            assert {act["act"] for act in told["next"]} == acts
            assert told["steps"][-1]["act"] == "expire"

    async def test_a_released_one_says_what_is_missing_and_by_when(self, stage: Stage) -> None:
        told = await stage["U2"].ask(EXPLAIN_QUERY, id=(await stage.released())["id"])
        assert len(told["missing"]) == 1
        assert "2025-06-01" in told["summary"]
        assert "2025-06-01" in told["summaryEn"]
        deadlines = {act["act"]: (act["by"]["rule"], act["by"]["at"]) for act in told["next"]}
        # An acceptance is due earlier than the release ends: then the union above the receiver is told.
        assert deadlines.pop("acceptHandoff") == ("HUB-P03", "2025-03-24T16:00:00Z")
        assert set(deadlines.values()) == {("HUB-P01", "2025-06-01T16:00:00Z")}

    @staticmethod
    def _look_at(told: Json) -> None:
        assert CHINESE.search(told["summary"])
        assert told["summaryEn"]
        assert not CHINESE.search(told["summaryEn"])
        assert "{" not in told["summary"] + told["summaryEn"]


class TestUnions:
    async def test_by_code_and_by_uri(self, stage: Stage) -> None:
        u15, u2 = stage["U15"], UNIONS["U2"]
        for given in ({"uri": u2.uri}, {"uscc": u2.uscc}, {"uri": u2.uri, "uscc": u2.uscc}):
            found = await u15.ask(UNION_QUERY, **given)
            assert (found["name"], found["uscc"], found["kind"]) == (u2.name, u2.uscc, u2.kind)
        branch = await u15.ask(UNION_QUERY, uri=UNIONS["U3a"].uri)
        assert (branch["name"], branch["uscc"]) == ("小店甲分会", None)
        for given in (
            {"uri": "urn:union:81310117MC1D25256C"},
            {"uscc": "81310117MC1D25256C"},
            {"uri": u2.uri, "uscc": UNIONS["U3"].uscc},
            {"uri": "' or 1=1 --"},
        ):
            assert await u15.ask(UNION_QUERY, **given) is None
        assert (await u15.post(UNION_QUERY)).code == "BAD_USER_INPUT"

    async def test_by_a_part_of_the_name(self, stage: Stage) -> None:
        async def names(text: str | None) -> list[str]:
            found = await walked(stage["U15"], UNIONS_QUERY, 3, nameContains=text)
            return [node["name"] for node in found]

        assert await names("联合会") == ["松江区物流行业工会联合会"]
        assert set(await names("上海")) == {"上海市总工会"}
        assert await names(None) == sorted((u.name for u in UNIONS.values()), key=lambda name: name.encode())
        assert (await stage["U15"].ask(UNIONS_QUERY, nameContains="%"))["edges"] == []

    async def test_up_the_line_to_the_root(self, stage: Stage) -> None:
        up = "name parentUnion { name parentUnion { name parentUnion { name parentUnion { name } } } }"
        found = await stage["U15"].ask(f'{{ answer: union(uri: "{UNIONS["U2"].uri}") {{ {up} }} }}')
        names = []
        while found is not None:
            names.append(found["name"])
            found = found["parentUnion"]
        assert names == ["乙电子公司工会", "松江区总工会", "上海市总工会", "全国总工会"]


class TestNodes:
    QUERY = """query ($ids: [ID!]!) { answer: nodes(ids: $ids) { __typename id
        ... on Member { name } ... on Handoff { state } ... on Union { uri } } }"""

    async def test_each_id_in_its_place_and_null_for_what_is_not_to_be_seen(self, stage: Stage) -> None:
        handoff = (await stage.released())["id"]
        union = (await stage["U1"].ask(UNION_QUERY, uri=UNIONS["U2"].uri))["id"]
        ids = [
            union,
            NO_MEMBER,
            stage.member("M1"),
            handoff,
            "nonsense",
            stage.member("M6"),
            union,
            NO_HANDOFF,
            NO_UNION,
        ]
        found = await stage["U1"].ask(self.QUERY, ids=ids)
        assert [node and node["__typename"] for node in found] == [
            "Union", None, "Member", "Handoff", None, None, "Union", None, None,
        ]  # fmt: skip
        assert [node["id"] for node in found if node] == [union, stage.member("M1"), handoff, union]
        as_receiver = await stage["U2"].ask(self.QUERY, ids=ids)
        assert [node and node["__typename"] for node in as_receiver][:4] == ["Union", None, None, "Handoff"]

    async def test_one_by_one(self, stage: Stage) -> None:
        query = "query ($id: ID!) { answer: node(id: $id) { __typename id } }"
        for given in (stage.member("M1"), (await stage.released())["id"]):
            assert (await stage["U1"].ask(query, id=given))["id"] == given
            assert await stage["U15"].ask(query, id=given) is None

    async def test_a_hundred_at_most(self, stage: Stage) -> None:
        assert len(await stage["U15"].ask(self.QUERY, ids=[NO_MEMBER] * 100)) == 100
        assert (await stage["U15"].post(self.QUERY, {"ids": [NO_MEMBER] * 101})).code == "BAD_USER_INPUT"

    async def test_an_id_is_of_one_type(self, stage: Stage) -> None:
        member, handoff = stage.member("M1"), (await stage.released())["id"]
        assert await stage["U1"].ask("query ($id: ID!) { answer: handoff(id: $id) { id } }", id=member) is None
        assert await stage["U1"].ask("query ($id: ID!) { answer: member(id: $id) { id } }", id=handoff) is None
        assert await stage["U1"].ask(CERTIFICATE_QUERY, id=handoff) is None
        assert await stage["U1"].ask(EXPLAIN_QUERY, id=member) is None


async def test_a_member_without_a_certificate_has_none(stage: Stage) -> None:
    person = {"name": "孙八", "idType": "OTHER", "idNumber": None}
    asked = inputs.joining(MEMBERS["M1"], of=person, certificate=None, certificateIssuedOn=None)
    joined = await stage["U1"].act("joinMember", asked)
    assert joined["certificate"] is None
    assert (joined["idType"], joined["idNumberMasked"]) == ("OTHER", None)
    assert await stage["U1"].ask(CERTIFICATE_QUERY, id=joined["id"]) is None
    assert joined["employerUscc"] == EMPLOYERS["甲"]
