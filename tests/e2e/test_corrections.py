"""Mistakes put right over HTTP: a member given back, data amended, a union renamed; what was sealed stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import (
    CERTIFICATE_QUERY,
    EXPLAIN_QUERY,
    HANDOFF_QUERY,
    MEMBER_QUERY,
    MEMBERS_QUERY,
    UNION_QUERY,
)
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.wire import claims_of, sha256_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json


def back(member_id: str) -> Json:
    """Give the release by which U2 gives a member back to U1."""
    return inputs.release(
        member_id,
        receivingUnion=UNIONS["U1"].uri,
        reasonCode="CORRECTION",
        outDate="2025-03-12",
        relationEndedOn=None,
        newEmployerUscc=None,
    )


@pytest.mark.article("HUB-P17")
async def test_an_acceptance_by_mistake_is_put_right_by_a_handoff_back(stage: Stage) -> None:
    """There is no undo: the column gets two entries, and each holding has its time."""
    u1, u2, m1 = stage["U1"], stage["U2"], stage.member("M1")
    await stage.moved()
    await stage.let_it_be(day(3, 12))
    elsewhere = await u2.draft("releaseMember", back(m1) | {"receivingUnion": UNIONS["U3"].uri})
    assert [refusal["code"] for refusal in elsewhere["refusals"]] == [Code.REASON_NOT_ALLOWED]
    released = await u2.act("releaseMember", back(m1))
    assert (released["state"], released["reasonCode"]) == ("RELEASED", "CORRECTION")
    told = await u1.ask(EXPLAIN_QUERY, id=released["id"])
    assert {step["act"] for step in told["next"]} >= {"acceptHandoff", "refuseHandoff"}
    lawful = {"inDate": "2025-03-12", "employerUscc": None, "relationStartedOn": None}
    stated = await u1.draft("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-03-12"))
    assert [refusal["path"][-1] for refusal in stated["refusals"]] == ["employer_uscc", "relation_started_on"]

    accepted = await u1.act("acceptHandoff", inputs.acceptance(released["id"], **lawful))

    assert accepted["state"] == "ACCEPTED"
    member = await u1.ask(MEMBER_QUERY, id=m1)
    assert (member["custodyVersion"], member["holdingBasis"]) == (3, "ORDINARY")
    assert (member["employerUscc"], member["joinedOn"]) == (EMPLOYERS["甲"], "2012-07-01")
    assert [holding["union"]["uri"] for holding in member["holdings"]] == [u1.uri, u2.uri, u1.uri]
    column = member["certificate"]["transferColumn"]
    assert [(entry["outReasonText"], entry["releasingSeal"], entry["receivingSeal"]) for entry in column] == [
        ("调动", UNIONS["U1"].name, UNIONS["U2"].name),
        ("更正", UNIONS["U2"].name, UNIONS["U1"].name),
    ]
    assert column[1]["line"].startswith("2025年3月12日因更正工会组织关系转出")
    assert await u2.ask(MEMBER_QUERY, id=m1) is None


@pytest.mark.article("HUB-P04", "HUB-P17")
async def test_a_member_is_amended_and_found_as_amended(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    asked = {
        "memberId": m1,
        "isCorrection": True,
        "person": {"name": "章一", "idType": "RESIDENT_ID", "idNumber": "990101198805120104"},
        "idChange": "CORRECTED",
        "joinedOn": "2012-06-01",
        "emptied": ["member_unit"],
    }
    statement = await u1.drafted("amendMember", {**asked, "person": {"sex": "9"}, "idChange": None})
    member = await u1.act("amendMember", asked)
    assert (member["name"], member["joinedOn"], member["dataVersion"]) == ("章一", "2012-06-01", 2)
    (amended,) = member["amendments"]
    assert (amended["version"], set(amended["fields"])) == (
        2,
        {"name", "id_type", "id_number", "joined_on", "member_unit"},
    )
    for number, found in (("990101198805120104", [m1]), (MEMBERS["M1"].id_number, [])):
        page = await u1.ask(MEMBERS_QUERY, filter={"idNumber": number})
        assert [edge["node"]["id"] for edge in page["edges"]] == found
    late = await u1.submit("amendMember", statement, None)
    assert late["code"] == Code.DOCUMENT_TAMPERED  # without what it binds
    # While a release is open its card is bound.
    released = await stage.released()
    refusal = await u1.refused("amendMember", {"memberId": m1, "isCorrection": False, "person": {"name": "张一"}})
    assert (refusal["code"], refusal["possibleFrom"]) == (Code.HANDOFF_ALREADY_OPEN, "2025-06-01T16:00:00Z")
    card = (await stage["U2"].ask(HANDOFF_QUERY, id=released["id"]))["card"]
    assert (card["name"], card["joinedOn"]) == ("章一", "2012-06-01")


@pytest.mark.article("HUB-P17")
async def test_a_union_is_renamed_and_no_old_column_is(stage: Stage) -> None:
    u2, u9, m1 = stage["U2"], stage["U9"], stage.member("M1")
    moved = await stage.moved()
    await stage.let_it_be(day(3, 10))
    asked = {"union": u2.uri, "name": "乙集团工会"}
    draft = await u9.draft("amendUnion", asked)
    statement = u9.sign(draft)
    renamed = await u9.submit("amendUnion", statement)
    assert (renamed["name"], renamed["version"]) == ("乙集团工会", 2)
    assert [(one["version"], one["fields"], one["statementSha256"]) for one in renamed["amendments"]] == [
        (2, ["name"], sha256_of(statement))
    ]
    assert claims_of(statement)["sub"] == u2.uri
    # Public, as what is registered is.
    assert (await stage["U15"].ask(UNION_QUERY, uri=u2.uri))["amendments"] == renamed["amendments"]
    (entry,) = (await u2.ask(CERTIFICATE_QUERY, id=m1))["transferColumn"]
    assert entry["receivingSeal"] == UNIONS["U2"].name
    seen = await stage["U1"].ask(HANDOFF_QUERY, id=moved["id"])
    assert (seen["transferEntry"], seen["receivingUnion"]["name"]) == (entry, "乙集团工会")
    # What is sealed from now on bears the new name.
    await stage.let_it_be(day(3, 12))
    onward = await u2.act("releaseMember", back(m1))
    assert onward["transferEntry"]["releasingSeal"] == "乙集团工会"
    refusal = await u2.refused("amendUnion", asked)
    assert refusal["code"] == Code.NOT_NEXT_HIGHER_UNION
