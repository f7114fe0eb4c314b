"""The head count over HTTP (A16): who counts whom, on any day, and what a figure opens into."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import UNION_QUERY
from tests.e2e.inputs import EMPLOYERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

HEADCOUNT = (
    "query ($union: ID!, $asOf: Date!) { answer: headcount(unionId: $union, asOf: $asOf) "
    "{ asOf own subtree unassigned subtreeUnassigned union { uri } } }"
)
COUNTED = (
    "query ($asOf: Date!, $first: Int, $after: String) { answer: "
    "countedMembers(asOf: $asOf, first: $first, after: $after) { "
    "edges { node { membershipId member { name } } } pageInfo { hasNextPage endCursor } } }"
)
EXPLAIN = (
    "query ($union: ID!, $member: ID!, $asOf: Date!) { answer: "
    "explainCount(unionId: $union, memberId: $member, asOf: $asOf) { "
    "isCounted county refusal { code articles message messageEn nextStep } } }"
)


async def union_id(stage: Stage, ref: str) -> str:
    answer: str = (await stage[ref].ask(UNION_QUERY, uri=UNIONS[ref].uri))["id"]
    return answer


async def figures(stage: Stage, asks: str, about: str, as_of: str) -> Any:
    return await stage[asks].ask(HEADCOUNT, union=await union_id(stage, about), asOf=as_of)


async def own(stage: Stage, ref: str, as_of: str) -> int:
    count: int = (await figures(stage, ref, ref, as_of))["own"]
    return count


@pytest.mark.article("A16")
async def test_who_holds_at_a_day_s_end_counts_and_a_past_day_s_figure_stays(stage: Stage) -> None:
    at_first = {ref: await own(stage, ref, "2025-03-03") for ref in ("U1", "U2")}
    released = await stage.released("M1")
    await stage.let_it_be(day(3, 10))
    await stage["U2"].act("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-03-10"))
    for as_of, moved in (("2025-03-03", 0), ("2025-03-09", 0), ("2025-03-10", 1)):
        assert await own(stage, "U1", as_of) == at_first["U1"] - moved, as_of
        assert await own(stage, "U2", as_of) == at_first["U2"] + moved, as_of
    assert await own(stage, "U1", "2011-01-01") == 0


@pytest.mark.article("A16")
async def test_who_is_retained_is_not_counted_and_is_told_why(stage: Stage) -> None:
    u1, m3 = stage["U1"], stage.member("M3")
    before = await own(stage, "U1", "2025-03-03")
    await stage.let_it_be(day(3, 4))
    await u1.act("recordRetention", inputs.retaining(m3))
    assert (await own(stage, "U1", "2025-03-03"), await own(stage, "U1", "2025-03-04")) == (before, before - 1)

    asked = {"union": await union_id(stage, "U1"), "member": m3}
    assert (await u1.ask(EXPLAIN, **asked, asOf="2025-03-03"))["isCounted"] is True
    told = await u1.ask(EXPLAIN, **asked, asOf="2025-03-04")
    assert (told["isCounted"], told["refusal"]["code"]) == (False, Code.COUNT_EXCLUDES_RETAINED)
    assert told["refusal"]["articles"] == ["A16"]


@pytest.mark.article("A16")
async def test_figures_go_up_the_primary_line_and_nowhere_else(stage: Stage) -> None:
    as_of = "2025-03-03"
    sums = {ref: await figures(stage, "U0", ref, as_of) for ref in UNIONS if ref in stage.parties}
    for ref, found in sums.items():
        below = [other for other in sums if UNIONS[other].parent == ref]
        assert found["subtree"] == found["own"] + sum(sums[other]["subtree"] for other in below), ref
    assert sums["U13"]["subtree"] == sums["U1"]["own"] > 0
    # Those above are given sums; those beside, below and in a federation with it nothing.
    assert (await figures(stage, "U13", "U1", as_of))["own"] == sums["U1"]["own"]
    for stranger in ("U2", "U9", "U11", "U4"):
        assert await figures(stage, stranger, "U1", as_of) is None
    assert await figures(stage, "U1", "U13", as_of) is None


@pytest.mark.article("A16")
async def test_a_figure_opens_into_its_members_for_who_counted_them(stage: Stage) -> None:
    u1, as_of = stage["U1"], "2025-03-03"
    count, seen, after = await own(stage, "U1", as_of), list[str](), None
    while True:
        page = await u1.ask(COUNTED, asOf=as_of, first=2, after=after)
        seen += [edge["node"]["membershipId"] for edge in page["edges"]]
        assert all(edge["node"]["member"]["name"] for edge in page["edges"])
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert (len(seen), len(set(seen))) == (count, count)
    released = await stage.released("M1")
    await stage.let_it_be(day(3, 10))
    await stage["U2"].act("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-03-10"))
    gone = [edge["node"] for edge in (await u1.ask(COUNTED, asOf=as_of, first=100))["edges"]]
    assert sorted(node["membershipId"] for node in gone) == sorted(seen), "the past stays"
    assert [node["member"] for node in gone].count(None) == 1, "whom it holds no more it reads no more"


@pytest.mark.article("A16")
async def test_a_migrant_is_counted_where_the_work_is(stage: Stage) -> None:
    """M4 is held in Fengxian, works in Songjiang and lives in Suzhou; then at home where the holder is."""
    u1, m4 = stage["U1"], stage.member("M4")
    before = await own(stage, "U1", "2025-03-03")
    asked = {"memberId": m4, "isCorrection": True, "employerUscc": EMPLOYERS["乙"]}
    away = {"isRuralMigrant": True, "residenceDivisionCode": "320505001001"}
    await stage.let_it_be(day(3, 4))
    await u1.act("amendMember", {**asked, "person": away})

    assert (await own(stage, "U1", "2025-03-03"), await own(stage, "U1", "2025-03-04")) == (before, before - 1)
    found = await figures(stage, "U9", "U9", "2025-03-04")
    assert (found["unassigned"], found["subtreeUnassigned"]) == (1, 1)
    assert (await figures(stage, "U10", "U10", "2025-03-04"))["subtreeUnassigned"] == 1
    assert (await figures(stage, "U13", "U13", "2025-03-04"))["unassigned"] == 0
    told = await u1.ask(EXPLAIN, union=await union_id(stage, "U1"), member=m4, asOf="2025-03-04")
    assert (told["isCounted"], told["county"], told["refusal"]) == (False, "310117", None)
    # Every active member once: by a holder, or by the county of the work (I9).
    top = await figures(stage, "U0", "U0", "2025-03-04")
    assert top["subtree"] + top["subtreeUnassigned"] == await stage.count("memberships")

    await stage.let_it_be(day(3, 5))
    await u1.act(
        "amendMember", {"memberId": m4, "isCorrection": True, "person": {"residenceDivisionCode": "310120001001"}}
    )
    assert (await own(stage, "U1", "2025-03-04"), await own(stage, "U1", "2025-03-05")) == (before - 1, before)


@pytest.mark.article("NX-3")
async def test_a_day_to_come_has_no_figure(stage: Stage) -> None:
    for query, variables in (
        (HEADCOUNT, {"union": await union_id(stage, "U1")}),
        (COUNTED, {}),
        (EXPLAIN, {"union": await union_id(stage, "U1"), "member": stage.member("M1")}),
    ):
        answer = await stage["U1"].post(query, {**variables, "asOf": "2025-03-04"})
        (error,) = answer.json["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert error["extensions"]["refusal"] == Code.DATE_IN_FUTURE


@pytest.mark.article("A16")
async def test_strangers_explain_nothing(stage: Stage) -> None:
    m1, u1, u2 = stage.member("M1"), await union_id(stage, "U1"), await union_id(stage, "U2")
    assert await stage["U2"].ask(EXPLAIN, union=u1, member=m1, asOf="2025-03-03") is None
    assert await stage["U2"].ask(EXPLAIN, union=u2, member=m1, asOf="2025-03-03") is None
