"""Placement over HTTP (A6, A9, A13): scenarios 8 to 11 and 19, and who is told what of one who waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import AWAITED_QUERY, EXPLAIN_QUERY, HANDOFF_QUERY, MEMBER_QUERY, PLACEMENTS_QUERY
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

NEW_SHOP: Final = EMPLOYERS["新店"]


def placing(stage: Stage, ref: str = "M3", **changes: Any) -> Json:
    """Give the release of scenario 8."""
    given = {"receivingUnion": UNIONS["U5"].uri, "reasonCode": "PLACEMENT", "newEmployerUscc": NEW_SHOP}
    return inputs.release(stage.member(ref), **given | changes)


def taking_in(handoff_id: str, **changes: Any) -> Json:
    """Give the acceptance of scenario 8."""
    given = {"holdingBasis": "PLACEMENT", "employerUscc": None, "relationStartedOn": None}
    return inputs.acceptance(handoff_id, **given | changes)


async def placed(stage: Stage, **changes: Any) -> Json:
    """Have M3 placed with U5; gives the member as U5 sees it."""
    released = await stage["U1"].act("releaseMember", placing(stage, **changes))
    await stage["U5"].act("acceptHandoff", taking_in(released["id"]))
    found: Json = await stage["U5"].ask(MEMBER_QUERY, id=stage.member("M3"))
    return found


async def due(stage: Stage, state: str | None = "EXIT_DUE") -> list[Json]:
    page = await stage["U5"].ask(PLACEMENTS_QUERY, state=state)
    return [edge["node"] for edge in page["edges"]]


@pytest.mark.scenario(8)
@pytest.mark.article("A13")
async def test_placement(stage: Stage) -> None:
    member = await placed(stage)
    assert (member["status"], member["holdingBasis"], member["employerUscc"]) == ("ACTIVE", "PLACEMENT", NEW_SHOP)
    assert member["placement"].pop("nextStep")
    assert member["placement"] == {
        "state": "PLACED",
        "awaitingEmployerUscc": NEW_SHOP,
        "since": member["holdings"][-1]["from"],
        "exitDueSince": None,
        "remindAt": None,
        "exitReasonCode": None,
        "exitTo": None,
    }
    assert member["certificate"]["transferColumn"][0]["outReasonText"] == "再就业单位未建工会"
    assert await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M3")) is None


@pytest.mark.scenario(9)
@pytest.mark.article("A13", "A19")
async def test_wrong_area(stage: Stage) -> None:
    refusal = await stage["U1"].refused("releaseMember", placing(stage, "M1"))
    assert (refusal["code"], refusal["articles"]) == (Code.NOT_RESIDENCE_AREA, ["A13", "A19"])


@pytest.mark.scenario(10)
@pytest.mark.article("A6", "A13")
async def test_employer_already_organised(stage: Stage) -> None:
    units = [{"employerUscc": EMPLOYERS[name], "from": "2020-01-01"} for name in ("小店甲", "小店乙")]
    units.append({"employerUscc": NEW_SHOP, "from": "2025-03-01"})
    await stage["U9"].act("amendUnion", {"union": UNIONS["U3"].uri, "memberUnits": units})
    refusal = await stage["U1"].refused("releaseMember", placing(stage))
    assert (refusal["code"], refusal["articles"]) == (Code.EMPLOYER_HAS_UNION, ["A6", "A13"])
    assert UNIONS["U3"].uri in refusal["nextStep"]


@pytest.mark.scenario(11)
@pytest.mark.article("A13")
async def test_placement_exit(stage: Stage) -> None:
    await placed(stage)
    assert await due(stage) == []
    await stage.let_it_be(day(3, 10))
    u14 = await stage.found("U14")

    (waiting,) = await due(stage)
    assert (waiting["state"], waiting["exitReasonCode"], waiting["exitTo"]["uri"]) == (
        "EXIT_DUE",
        "PLACEMENT_EXIT",
        u14.uri,
    )
    assert waiting["member"]["membershipId"] == stage.members["M3"]["membershipId"]
    assert waiting["exitDueSince"].startswith("2025-03-10")
    assert waiting["remindAt"].startswith("2025-04-09")
    (told,) = await u14.ask(AWAITED_QUERY)
    assert (told["employerUscc"], told["members"], told["union"]["uri"]) == (NEW_SHOP, 1, UNIONS["U5"].uri)

    leaving = inputs.release(
        stage.member("M3"),
        receivingUnion=u14.uri,
        reasonCode=waiting["exitReasonCode"],
        outDate="2025-03-10",
        relationEndedOn=None,
        newEmployerUscc=None,
    )
    released = await stage["U5"].act("releaseMember", leaving)
    taken = inputs.acceptance(released["id"], employerUscc=NEW_SHOP, inDate="2025-03-10")
    await u14.act("acceptHandoff", taken)
    member = await u14.ask(MEMBER_QUERY, id=stage.member("M3"))
    assert (member["holdingBasis"], member["placement"]) == ("ORDINARY", None)
    reasons = [entry["outReasonText"] for entry in member["certificate"]["transferColumn"]]
    assert reasons == ["再就业单位未建工会", "所在单位建立工会"]
    assert await due(stage, None) == []
    assert await u14.ask(AWAITED_QUERY) == []


@pytest.mark.scenario(19)
@pytest.mark.article("A9")
async def test_agency_without_union(stage: Stage) -> None:
    dispatched = placing(stage, "M6", newEmployerUscc=EMPLOYERS["己"], hostEmployerUscc=EMPLOYERS["丁"])
    refusal = await stage["U3"].refused("releaseMember", dispatched)
    assert (refusal["code"], refusal["articles"]) == (Code.DISPATCH_MUST_JOIN_HOST, ["A9"])
    assert UNIONS["U8"].uri in refusal["nextStep"]


@pytest.mark.article("A13", "A19")
async def test_the_other_places_that_are_refused(stage: Stage) -> None:
    u1 = stage["U1"]
    idle = await u1.refused("releaseMember", placing(stage, newEmployerUscc=None))
    assert idle["code"] == Code.NOT_REEMPLOYED_USE_RETENTION
    county = await u1.refused("releaseMember", placing(stage, receivingUnion=UNIONS["U9"].uri))
    assert county["code"] == Code.RECEIVER_KIND_NOT_ALLOWED


@pytest.mark.article("A6", "A13")
async def test_the_workplace_instead_of_the_residence(stage: Stage) -> None:
    u1 = stage["U1"]
    elsewhere = placing(stage, "M1", reasonCode="WORKPLACE_AREA", newEmployerUscc=EMPLOYERS["己"])
    refusal = await u1.refused("releaseMember", elsewhere)
    assert refusal["code"] == Code.NOT_WORKPLACE_AREA
    near = placing(stage, "M1", reasonCode="WORKPLACE_AREA", placement={"residenceRefusedByMember": True})
    assert (await u1.act("releaseMember", near))["state"] == "RELEASED"


@pytest.mark.article("A6", "A13")
async def test_a_union_founded_before_the_acceptance_voids_it(stage: Stage) -> None:
    u1, u5 = stage["U1"], stage["U5"]
    released = await u1.act("releaseMember", placing(stage))
    statement = await u5.drafted("acceptHandoff", taking_in(released["id"]))
    u14 = await stage.found("U14")
    refusal = await u5.submit("acceptHandoff", statement)
    assert refusal["code"] == Code.EMPLOYER_HAS_UNION
    assert u14.uri in refusal["nextStep"]
    case = await u1.ask(HANDOFF_QUERY, id=released["id"])
    assert (case["state"], case["ground"]) == ("VOIDED", "EMPLOYER_ORGANISED_MEANWHILE")
    told = await u1.ask(EXPLAIN_QUERY, id=released["id"])
    assert u14.uri in told["summary"]
    assert u14.uri in told["summaryEn"]
    direct = placing(stage, receivingUnion=u14.uri, reasonCode="CHANGE_OF_EMPLOYER")
    assert (await u1.act("releaseMember", direct))["state"] == "RELEASED"
    assert await u5.submit("acceptHandoff", statement) == refusal


@pytest.mark.article("A13")
async def test_an_amended_union_is_awaited_no_more_and_then_again(stage: Stage) -> None:
    await placed(stage)
    employers = [EMPLOYERS["乙"], NEW_SHOP]
    await stage["U9"].act("amendUnion", {"union": UNIONS["U2"].uri, "employerUsccs": employers})
    (waiting,) = await due(stage)
    assert waiting["exitTo"]["uri"] == UNIONS["U2"].uri
    await stage["U9"].act("amendUnion", {"union": UNIONS["U2"].uri, "employerUsccs": employers[:1]})
    assert await due(stage) == []
    assert [entry["state"] for entry in await due(stage, "PLACED")] == ["PLACED"]


@pytest.mark.article("A11")
@pytest.mark.invariant("I16")
async def test_who_waits_is_told_to_the_holder_alone(stage: Stage) -> None:
    await placed(stage)
    await stage.found("U14")
    for ref in ("U1", "U2", "U6", "U9", "U14"):
        page = await stage[ref].ask(PLACEMENTS_QUERY)
        assert page["edges"] == [], ref
        assert await stage[ref].ask(MEMBER_QUERY, id=stage.member("M3")) is None
    for ref in ("U1", "U2", "U5", "U9"):
        assert await stage[ref].ask(AWAITED_QUERY) == []
    answer = await stage["U14"].post(AWAITED_QUERY)
    assert MEMBERS["M3"].name.encode() not in answer.body
    assert stage.members["M3"]["membershipId"].encode() not in answer.body
