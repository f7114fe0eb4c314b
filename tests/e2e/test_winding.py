"""A union ends (HUB-P09), over HTTP: nobody comes any more, everybody goes where he belongs, then it is closed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import AGREEMENT_QUERY, HANDOFF_QUERY, MEMBER_QUERY, UNION_QUERY
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

CLOSURE = {"kind": "CLOSED", "decidedOn": "2025-02-20", "evidenceSha256": inputs.EVIDENCE}
NO_WORK = {"employerUscc": None, "relationStartedOn": None}


async def _wound_up(stage: Stage, ref: str, by: str, **more: str) -> Json:
    return await stage[by].act("windUpUnion", {"union": stage[ref].uri, "decidedOn": "2025-03-03", **more})


@pytest.mark.article("HUB-P09")
async def test_without_a_successor_everybody_goes_somewhere_and_the_union_is_closed(stage: Stage) -> None:
    u1, u5, u12, u13 = (stage[ref] for ref in ("U1", "U5", "U12", "U13"))
    m1, m2, m3, m4 = (stage.member(ref) for ref in ("M1", "M2", "M3", "M4"))
    lent = await u1.act("releaseMember", inputs.offering(m4))
    await u12.act("acceptHandoff", inputs.taking(lent["id"], "2025-03-03", "SECONDMENT"))
    unknown = {"memberId": m1, "isCorrection": True, "emptied": ["residence_division_code"]}
    await u1.act("amendMember", unknown)
    for member, reason in ((m1, "UNEMPLOYMENT"), (m2, "MILITARY_SERVICE"), (m3, "RETIREMENT")):
        await u1.act("recordRetention", inputs.retaining(member, reason))

    union = await _wound_up(stage, "U1", "U13")
    assert (union["state"], union["woundUpOn"], union["closedOn"]) == ("WINDING_UP", "2025-03-03", None)
    closing = {"union": u1.uri, "closedOn": "2025-03-03"}
    refused = await u13.refused("closeUnion", closing)
    assert (refused["code"], refused["articles"]) == (Code.UNION_STILL_HOLDS_MEMBERS, ["HUB-P09"])
    assert "3" in refused["message"]
    assert not any(member.name in json.dumps(refused, ensure_ascii=False) for member in MEMBERS.values())

    # The soldier by the union itself, the retiree by the one above in its stead, each to where they live.
    asked = inputs.release(
        m2, receivingUnion=u5.uri, reasonCode="EMPLOYER_CLOSURE", newEmployerUscc=None, closure=CLOSURE
    )
    soldier = await u1.act("releaseMember", asked)
    retiree = await u13.act(
        "releaseInLieu",
        {
            "memberId": m3,
            "receivingUnion": u5.uri,
            "reasonCode": "EMPLOYER_CLOSURE",
            "closure": CLOSURE,
            "outDate": "2025-03-03",
            "duesPaidThrough": "2025-02",
            "relationEndedOn": "2025-02-28",
            "ground": "HOLDER_WOUND_UP",
            "evidenceSha256": inputs.EVIDENCE,
        },
    )
    for case in (soldier, retiree):
        taken = inputs.acceptance(case["id"], holdingBasis="RESIDENCE_RETENTION", **NO_WORK)
        await u5.act("acceptHandoff", taken)
    for member, reason in ((m2, "服兵役"), (m3, "退休")):
        seen = await u5.ask(MEMBER_QUERY, id=member)
        assert (seen["status"], seen["holdingBasis"]) == ("RETAINED", "RESIDENCE_RETENTION")
        assert seen["certificate"]["retentionColumn"][0]["reasonText"] == reason
    column = (await u5.ask(MEMBER_QUERY, id=m3))["certificate"]["transferColumn"]
    assert UNIONS["U13"].name in column[-1]["releasingSeal"]
    assert UNIONS["U1"].name in column[-1]["releasingSeal"]

    # Whose residence nobody knows goes into the custody of the union above.
    asked = inputs.release(
        m1, receivingUnion=u13.uri, reasonCode="EMPLOYER_CLOSURE", newEmployerUscc=None, closure=CLOSURE
    )
    case = await u1.act("releaseMember", asked)
    await u13.act("acceptHandoff", inputs.acceptance(case["id"], holdingBasis="CUSTODIAL", **NO_WORK))
    kept = await u13.ask(MEMBER_QUERY, id=m1)
    assert (kept["status"], kept["holdingBasis"]) == ("RETAINED", "CUSTODIAL")

    # One who is lent is still to come back: until that right is signed away the union isn't closed.
    refused = await u13.refused("closeUnion", closing)
    assert refused["code"] == Code.UNION_STILL_HOLDS_MEMBERS
    ended = await u13.act("endHomeRelation", {"memberId": m4, "relationEndedOn": "2025-03-03"})
    assert (ended["state"], ended["memberName"]) == ("RELEASED_FROM_HOME", None)
    assert (await u12.ask(MEMBER_QUERY, id=m4))["holdingBasis"] == "ORDINARY"

    union = await u13.act("closeUnion", closing)
    assert (union["state"], union["closedOn"]) == ("CLOSED", "2025-03-03")
    assert [one["fields"] for one in union["amendments"]] == [["state", "wound_up_on"], ["state", "closed_on"]]
    late = await u1.draft("joinMember", inputs.joining(MEMBERS["M6"]))
    assert late["refusals"][0]["code"] == Code.UNION_NOT_ACTIVE


@pytest.mark.article("HUB-P09")
async def test_what_is_on_its_way_goes_back_and_both_are_told_why(stage: Stage) -> None:
    u1, u2 = stage["U1"], stage["U2"]
    released = await stage.released()
    await stage.let_it_be(day(4, 2))
    requested = await u2.act("requestHandoff", inputs.asking(MEMBERS["M2"]))
    await _wound_up(stage, "U2", "U9")
    for case, state in ((released, "VOIDED"), (requested, "CANCELLED")):
        for party in (u1, u2):
            seen = await party.ask(HANDOFF_QUERY, id=case["id"])
            assert (seen["state"], seen["ground"]) == (state, "RECEIVER_CLOSED")
            told = await party.ask("query ($id: ID!) { answer: explain(handoffId: $id) { summary } }", id=case["id"])
            assert told["summary"]
    draft = await u2.draft("acceptHandoff", inputs.acceptance(released["id"]))
    assert draft["refusals"][0]["code"] == Code.UNION_NOT_ACTIVE
    again = await u1.draft("releaseMember", inputs.release(stage.member("M1"), receivingUnion=u2.uri))
    assert Code.UNION_NOT_ACTIVE in {refusal["code"] for refusal in again["refusals"]}
    assert (await u1.act("releaseMember", inputs.release(stage.member("M1"), receivingUnion=stage["U3"].uri)))["id"]


@pytest.mark.article("HUB-P09")
async def test_with_a_successor_the_seconded_come_back_to_it(stage: Stage) -> None:
    u1, u2, u12, u13, m4 = stage["U1"], stage["U2"], stage["U12"], stage["U13"], stage.member("M4")
    lent = await u1.act("releaseMember", inputs.offering(m4))
    await u12.act("acceptHandoff", inputs.taking(lent["id"], "2025-03-03", "SECONDMENT"))
    await _wound_up(stage, "U1", "U13", successorUnion=u2.uri)
    union = await u12.ask(UNION_QUERY, uri=u1.uri)
    assert (union["state"], union["successorUnion"]["uri"]) == ("WINDING_UP", u2.uri)
    told = await u13.act("retargetSecondment", {"memberId": m4, "homeUnion": u2.uri})
    assert (told["homeUnion"]["uri"], told["memberName"]) == (u2.uri, None)
    seen = await u12.ask(MEMBER_QUERY, id=m4)
    assert seen["secondment"]["state"] == "AT_HOST"
    await stage.let_it_be(day(3, 10))
    back = await u12.act("releaseMember", inputs.returning(m4, "2025-03-10", receivingUnion=u2.uri))
    await u2.act("acceptHandoff", inputs.taking(back["id"], "2025-03-10"))
    assert await u2.ask(MEMBER_QUERY, id=m4)


@pytest.mark.article("HUB-P09")
async def test_an_agreement_of_a_union_that_is_wound_up_is_suspended(stage: Stage) -> None:
    agreement = await stage.entrusted()
    u7, u8, u16 = stage["U7"], stage["U8"], stage["U16"]
    name = MEMBERS["M5"].name
    assert name in json.dumps(await u8.ask(AGREEMENT_QUERY, id=agreement["id"]), ensure_ascii=False)
    await _wound_up(stage, "U8", "U16")
    for party in (u7, u8):
        seen = await party.ask(AGREEMENT_QUERY, id=agreement["id"])
        assert (seen["state"], seen["steps"][-1]["act"]) == ("SUSPENDED", "suspend")
    assert name not in json.dumps(await u8.ask(AGREEMENT_QUERY, id=agreement["id"]), ensure_ascii=False)
    care = await u8.draft("recordActivity", inputs.care(stage.member("M5"), agreementId=agreement["id"]))
    assert [refusal["code"] for refusal in care["refusals"]] == [Code.ENTRUSTMENT_NOT_IN_FORCE]
    closing = {"union": u8.uri, "closedOn": "2025-03-03"}
    assert (await u16.refused("closeUnion", closing))["code"] == Code.UNION_STILL_HOLDS_MEMBERS
    ended = await u7.act("terminateEntrustment", {"agreementId": agreement["id"]})
    assert ended["state"] == "TERMINATED"
    assert (await u16.act("closeUnion", closing))["state"] == "CLOSED"


@pytest.mark.article("A9", "HUB-P09")
async def test_and_goes_on_with_the_successor_that_signs_it(stage: Stage) -> None:
    agreement = await stage.entrusted()
    u2, u8, u16 = stage["U2"], stage["U8"], stage["U16"]
    name = MEMBERS["M5"].name
    assert await u2.ask(AGREEMENT_QUERY, id=agreement["id"]) is None
    await _wound_up(stage, "U8", "U16", successorUnion=u2.uri)
    for above in (u2, u16):
        seen = await above.ask(AGREEMENT_QUERY, id=agreement["id"])
        assert seen["state"] == "SUSPENDED"
        assert name not in json.dumps(seen, ensure_ascii=False)
    resumed = await u2.act("signEntrustment", {"agreementId": agreement["id"]})
    assert (resumed["state"], resumed["hostUnion"]["uri"]) == ("IN_FORCE", u2.uri)
    assert name in json.dumps(await u2.ask(AGREEMENT_QUERY, id=agreement["id"]), ensure_ascii=False)
    assert await u8.ask(AGREEMENT_QUERY, id=agreement["id"]) is None
    assert await u16.ask(AGREEMENT_QUERY, id=agreement["id"]) is None
    assert (await u16.act("closeUnion", {"union": u8.uri, "closedOn": "2025-03-03"}))["state"] == "CLOSED"


@pytest.mark.article("HUB-P09")
async def test_or_is_ended_by_the_union_above(stage: Stage) -> None:
    agreement = await stage.entrusted()
    u7, u8, u16 = stage["U7"], stage["U8"], stage["U16"]
    await _wound_up(stage, "U8", "U16")
    ended = await u16.act("terminateEntrustment", {"agreementId": agreement["id"]})
    assert (ended["state"], ended["steps"][-1]["act"]) == ("TERMINATED", "terminate")
    assert (await u7.ask(AGREEMENT_QUERY, id=agreement["id"]))["state"] == "TERMINATED"
    assert (await u16.act("closeUnion", {"union": u8.uri, "closedOn": "2025-03-03"}))["state"] == "CLOSED"
