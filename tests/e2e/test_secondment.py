"""Secondment and return over HTTP (A14): scenarios 12 to 15, and what both unions see and sign meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import CERTIFICATE_QUERY, MEMBER_QUERY, SECONDMENTS_QUERY
from tests.e2e.inputs import EMPLOYERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from typing import Any

    from tests.e2e.stage import Stage


async def nodes(stage: Stage, ref: str, side: str, **asked: Any) -> list[Any]:
    return [edge["node"] for edge in (await stage[ref].ask(SECONDMENTS_QUERY, side=side, **asked))["edges"]]


async def lent(stage: Stage, **changes: Any) -> str:
    """Lend M4 to U12; give its global id."""
    m4 = stage.member("M4")
    offered = await stage["U1"].act("releaseMember", inputs.offering(m4, **changes))
    await stage["U12"].act("acceptHandoff", inputs.taking(offered["id"], "2025-03-03", "SECONDMENT"))
    return m4


@pytest.mark.scenario(12)
@pytest.mark.article("A14")
async def test_short_secondment(stage: Stage) -> None:
    term = {"startsOn": "2025-01-15", "endsOn": "2025-04-14"}
    refusal = await stage["U1"].refused("releaseMember", inputs.offering(stage.member("M4"), secondment=term))
    assert (refusal["code"], refusal["articles"]) == (Code.SECONDMENT_TOO_SHORT, ["A14"])
    assert "2025-07-14" in refusal["message"]
    member = await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M4"))
    assert (member["custodyVersion"], member["secondment"]) == (1, None)


@pytest.mark.scenario(13)
@pytest.mark.article("A14")
async def test_host_without_union(stage: Stage) -> None:
    term = {"startsOn": "2025-01-15", "endsOn": "2026-01-14"}
    asked = inputs.offering(stage.member("M4"), secondment=term, newEmployerUscc=EMPLOYERS["新店"])
    u14 = "urn:union:81310117MC1D25256C"  # not founded yet
    for receiver in (UNIONS["U12"].uri, UNIONS["U5"].uri, u14):
        refusal = await stage["U1"].refused("releaseMember", {**asked, "receivingUnion": receiver})
        assert (refusal["code"], refusal["articles"]) == (Code.SECONDMENT_HOST_HAS_NO_UNION, ["A14"]), receiver


@pytest.mark.scenario(14)
@pytest.mark.article("A14")
async def test_secondment_and_return(stage: Stage) -> None:
    u1, u12 = stage["U1"], stage["U12"]
    m4 = await lent(stage)
    member = await u12.ask(MEMBER_QUERY, id=m4)
    assert (member["holdingBasis"], member["secondment"]["state"]) == ("SECONDMENT", "AT_HOST")
    # The home union reads the person no more, but for its limited view.
    assert await u1.ask(MEMBER_QUERY, id=m4) is None
    (seen,) = await nodes(stage, "U1", "HOME", states=["AT_HOST"])
    assert (seen["memberId"], seen["memberName"], seen["isLive"], seen["remindOn"]) == (m4, "赵四", True, "2025-12-01")
    assert (seen["hostUnion"]["uri"], seen["inDate"]) == (u12.uri, "2025-03-03")

    await stage.let_it_be(day(1, 1, year=2026))
    for ref, side in (("U1", "HOME"), ("U12", "HOST")):
        assert [node["state"] for node in await nodes(stage, ref, side)] == ["RETURN_DUE"]
    assert (await u12.ask(MEMBER_QUERY, id=m4))["custodyVersion"] == 2

    back = await u12.act("releaseMember", inputs.returning(m4, "2026-01-01"))
    (seen,) = await nodes(stage, "U1", "HOME")
    assert seen["returnHandoff"] == {"id": back["id"], "state": "RELEASED"}
    accepted = await u1.act("acceptHandoff", inputs.taking(back["id"], "2026-01-01"))
    assert accepted["state"] == "ACCEPTED"
    member = await u1.ask(MEMBER_QUERY, id=m4)
    assert (member["holdingBasis"], member["employerUscc"], member["secondment"]) == ("ORDINARY", EMPLOYERS["甲"], None)
    assert [held["union"]["uri"] for held in member["holdings"]] == [u1.uri, u12.uri, u1.uri]
    column = (await u1.ask(CERTIFICATE_QUERY, id=m4))["transferColumn"]
    assert [entry["outReasonText"] for entry in column] == ["借调", "借调期满"]
    # … and the host's view of the person ends with it.
    (left,) = await nodes(stage, "U12", "HOST")
    assert [left[name] for name in ("state", "memberName", "sex", "birthMonth", "isLive")] == ["RETURNED", *[None] * 4]
    assert await u12.ask(MEMBER_QUERY, id=m4) is None


@pytest.mark.scenario(15)
@pytest.mark.article("A14")
async def test_off_job_study(stage: Stage) -> None:
    asked = inputs.release(
        stage.member("M2"), reasonCode="OFF_JOB_STUDY", receivingUnion=UNIONS["U15"].uri, relationEndedOn=None
    )
    refusal = await stage["U1"].refused("releaseMember", asked)
    assert (refusal["code"], refusal["articles"]) == (Code.STUDY_LEAVE_NO_CHANGE, ["A14"])


@pytest.mark.article("HUB-P04")
async def test_an_extension_signed_late_by_both_voids_the_return(stage: Stage) -> None:
    u1, u12 = stage["U1"], stage["U12"]
    m4 = await lent(stage)
    await stage.let_it_be(day(1, 5, year=2026))
    back = await u12.act("releaseMember", inputs.returning(m4, "2026-01-05"))
    asked = {"memberId": m4, "endsOn": "2026-06-30"}
    one = await u12.act("extendSecondment", asked)
    assert (one["state"], one["endsOn"]) == ("RETURN_DUE", "2025-12-31")
    both = await u1.act("extendSecondment", asked)
    assert (both["state"], both["endsOn"], both["returnHandoff"]) == ("AT_HOST", "2026-06-30", None)
    refusal = await u1.refused("acceptHandoff", inputs.taking(back["id"], "2026-01-05"))
    assert refusal["code"] == Code.HANDOFF_NOT_OPEN


async def test_the_home_union_asks_and_the_host_answers(stage: Stage) -> None:
    u1, u12 = stage["U1"], stage["U12"]
    m4 = await lent(stage)
    await u1.act("endSecondmentEarly", {"memberId": m4, "endedOn": "2025-03-03"})
    asked = await u1.act("requestHandoff", {"memberId": m4, "reasonCode": "SECONDMENT_RETURN"})
    assert (asked["state"], asked["reasonCode"]) == ("REQUESTED", "SECONDMENT_RETURN")
    given = inputs.returning(m4, "2025-03-03", duesPaidThrough="2025-02", memberId=None, handoffId=asked["id"])
    assert (await u12.act("releaseMember", given))["id"] == asked["id"]
    await u1.act("acceptHandoff", inputs.taking(asked["id"], "2025-03-03"))
    assert [node["state"] for node in await nodes(stage, "U1", "HOME")] == ["RETURNED"]


async def test_a_record_a_conversion_and_the_end_of_the_relation(stage: Stage) -> None:
    u1, u12 = stage["U1"], stage["U12"]
    m2 = stage.member("M2")
    record = {"memberId": m2, "hostEmployerUscc": EMPLOYERS["戊"], "startsOn": "2025-03-01", "endsOn": "2025-05-31"}
    recorded = await u1.act("recordSecondment", record)
    assert (recorded["state"], recorded["hostUnion"], recorded["side"]) == ("RECORDED", None, "HOME")
    changed = await u1.act("changeSecondmentTerm", {"memberId": m2, "endsOn": "2025-06-30"})
    assert (changed["startsOn"], changed["endsOn"]) == ("2025-03-01", "2025-06-30")
    assert await nodes(stage, "U12", "HOST") == []

    m4 = await lent(stage)
    assert (await u1.act("convertSecondment", {"memberId": m4}))["state"] == "AT_HOST"
    assert (await u12.act("convertSecondment", {"memberId": m4}))["state"] == "CONVERTED"
    assert (await u12.ask(MEMBER_QUERY, id=m4))["holdingBasis"] == "ORDINARY"
    (gone,) = await nodes(stage, "U1", "HOME", states=["CONVERTED"])
    assert (gone["memberName"], gone["isLive"]) == (None, None)
