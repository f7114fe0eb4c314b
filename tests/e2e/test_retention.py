"""Retention over HTTP (A17–A21): scenario 22, and the ways on from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import CERTIFICATE_QUERY, HANDOFF_QUERY, MEMBER_QUERY, RECEIPT_QUERY
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.wire import claims_of, sha256_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

NO_RIGHTS = {"elect": False, "beElected": False, "vote": False}
ALL_RIGHTS = {"elect": True, "beElected": True, "vote": True}


@pytest.mark.scenario(22)
@pytest.mark.article("A17", "NX-4")
async def test_retirement(stage: Stage) -> None:
    u1, m3 = stage["U1"], stage.member("M3")
    await stage.let_it_be(day(2, 28))
    asked = {"memberId": m3, "reason": "RETIREMENT", "retiredOn": "2025-02-28", "early": True}
    draft = await u1.draft("recordRetention", asked)
    assert draft["refusals"] == []
    statement = u1.sign(draft)

    member = await u1.submit("recordRetention", statement)

    assert (member["status"], member["duesExempt"], member["votingRights"]) == ("RETAINED", True, NO_RIGHTS)
    retention = member["retention"]
    assert (retention["reason"], retention["state"]) == ("RETIREMENT", "RECORDED")
    assert (retention["retainedOn"], retention["retainedMonth"]) == ("2025-02-28", "2025-02")
    assert (retention["exemptFrom"], retention["restoredOn"]) == ("2025-03", None)
    (entry,) = (await u1.ask(CERTIFICATE_QUERY, id=m3))["retentionColumn"]
    assert (entry["retainedMonth"], entry["reasonText"]) == ("2025-02", "退休")
    assert entry["retentionSeal"] == UNIONS["U1"].name
    assert (entry["restoredMonth"], entry["restorationSeal"]) == (None, None)
    assert entry["line"] == f"2025年2月因退休保留会籍。{UNIONS['U1'].name}（盖章）"
    # What is kept of it: the statement's receipt, and what was done, by the hash.
    assert await u1.ask(RECEIPT_QUERY, sha256=sha256_of(statement))
    assert [step["statementSha256"] for step in member["retentions"][0]["steps"]] == [sha256_of(statement)]
    assert claims_of(statement)["retention"]["early"] is True
    # The member keeps the certificate, and everything else of the membership.
    assert member["certificate"]["number"]["number"] == MEMBERS["M3"].certificate[1]
    assert (member["holdingBasis"], member["duesPaidThrough"]) == ("ORDINARY", "2025-02")


@pytest.mark.article("A20")
async def test_a_soldier_comes_back_to_the_same_employer(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    await u1.act("recordRetention", inputs.retaining(m1, "MILITARY_SERVICE"))
    await stage.let_it_be(day(5, 6))
    early = await u1.refused("restoreMembership", inputs.restoring(m1, restoredOn="2025-05-06"))
    assert early["code"] == Code.IN_MILITARY_SERVICE
    member = await u1.act(
        "restoreMembership",
        inputs.restoring(m1, restoredOn="2025-05-06", relationStartedOn="2025-05-06", dischargedOn="2025-04-30"),
    )
    assert (member["status"], member["duesExempt"], member["votingRights"]) == ("ACTIVE", False, ALL_RIGHTS)
    retention = member["retention"]
    assert (retention["state"], retention["restoredOn"], retention["restoredMonth"]) == (
        "RESTORED",
        "2025-05-06",
        "2025-05",
    )
    (entry,) = member["certificate"]["retentionColumn"]
    seal = UNIONS["U1"].name
    assert entry["line"] == f"2025年2月因服兵役保留会籍。{seal}（盖章）\n2025年5月恢复会籍。{seal}（盖章）"
    # The months between are neither paid nor in arrears; dues go on from the restored one.
    for month, code in (("2025-04", Code.DUES_EXEMPT_IN_RETENTION), ("2025-05", None)):
        asked = {"memberId": m1, "isCorrection": False, "duesPaidThrough": month}
        draft = await u1.draft("amendMember", asked)
        assert [refusal["code"] for refusal in draft["refusals"]] == ([] if code is None else [code])


@pytest.mark.article("A17")
async def test_who_asks_for_a_member_that_retires_is_told_the_article_and_no_more(stage: Stage) -> None:
    u1, u2, m2 = stage["U1"], stage["U2"], stage.member("M2")
    await stage.let_it_be(day(4, 2))
    asked = await u2.act("requestHandoff", inputs.asking(MEMBERS["M2"]))
    await u1.act("recordRetention", inputs.retaining(m2, retainedOn="2025-04-02", retiredOn="2025-04-02"))
    seen = {ref: await stage[ref].ask(HANDOFF_QUERY, id=asked["id"]) for ref in ("U1", "U2")}
    assert (seen["U1"]["state"], seen["U1"]["ground"]) == ("OBJECTED", "RETIRED_RETENTION")
    assert (seen["U2"]["state"], seen["U2"]["ground"]) == ("OBJECTED", "NOT_TRANSFERABLE")
    assert seen["U2"]["closedAt"] == seen["U2"]["steps"][-1]["at"]
    # … and not by what it ended.
    assert [seen[ref]["steps"][-1]["act"] for ref in ("U1", "U2")] == ["retain", "object"]
    assert seen["U2"]["steps"][-1]["statement"] is None
    assert await u2.ask(MEMBER_QUERY, id=m2) is None


@pytest.mark.article("HUB-P17")
async def test_a_wrong_entry_is_annulled_by_a_statement_that_names_it(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    statement = await u1.drafted("recordRetention", inputs.retaining(m1))
    await u1.submit("recordRetention", statement)
    refusal = await u1.refused("releaseMember", inputs.release(m1))
    assert refusal["code"] == Code.REHIRED_RETIREE_NO_TRANSFER
    refusal = await u1.refused("recordRetention", inputs.retaining(m1))
    assert (refusal["code"], "已保留会籍" in refusal["message"]) == (Code.STEP_NOT_ALLOWED, True)
    draft = await u1.draft("annulRetention", {"memberId": m1})
    annulment = u1.sign(draft)
    assert claims_of(annulment)["annulment"]["retention_sha256"] == sha256_of(statement)
    member = await u1.submit("annulRetention", annulment)
    assert (member["status"], member["retention"], member["certificate"]["retentionColumn"]) == ("ACTIVE", None, [])
    (kept,) = member["retentions"]
    assert (kept["state"], [step["act"] for step in kept["steps"]]) == ("ANNULLED", ["record", "annul"])
    assert (await u1.act("releaseMember", inputs.release(m1)))["state"] == "RELEASED"


@pytest.mark.article("A19", "NX-5")
async def test_a_closed_employer_s_member_goes_to_the_residence_and_from_there_to_work(stage: Stage) -> None:
    u1, u2, u5, m3 = stage["U1"], stage["U2"], stage["U5"], stage.member("M3")
    await u1.act("recordRetention", inputs.retaining(m3, "UNEMPLOYMENT"))
    closure = {"kind": "CLOSED", "decidedOn": "2025-02-20", "evidenceSha256": inputs.EVIDENCE}
    asked = inputs.release(
        m3, receivingUnion=u5.uri, reasonCode="EMPLOYER_CLOSURE", newEmployerUscc=None, closure=closure
    )
    case = await u1.act("releaseMember", asked)
    assert (await u5.ask(HANDOFF_QUERY, id=case["id"]))["reasonCode"] == "EMPLOYER_CLOSURE"
    taken_over = {"holdingBasis": "RESIDENCE_RETENTION", "employerUscc": None, "relationStartedOn": None}
    await u5.act("acceptHandoff", inputs.acceptance(case["id"], **taken_over))
    member = await u5.ask(MEMBER_QUERY, id=m3)
    assert (member["status"], member["holdingBasis"]) == ("RETAINED", "RESIDENCE_RETENTION")
    assert (member["duesExempt"], member["votingRights"]) == (True, NO_RIGHTS)
    assert await u1.ask(MEMBER_QUERY, id=m3) is None

    await stage.let_it_be(day(4, 2))
    onward = inputs.release(m3, outDate="2025-04-02", reasonCode="REEMPLOYMENT_FROM_RETENTION")
    statement = await u5.drafted("releaseMember", onward)
    released = await u5.submit("releaseMember", statement)
    assert claims_of(statement)["release"]["restores"] is True
    assert claims_of(statement)["release"]["dues_exempt_since"] == "2025-03"
    accepted = inputs.acceptance(released["id"], inDate="2025-04-02", relationStartedOn="2025-04-01")
    draft = await u2.draft("acceptHandoff", accepted)
    assert json.loads(draft["claims"])["acceptance"]["next_dues_month"] == "2025-04"
    await u2.act("acceptHandoff", accepted)
    member = await u2.ask(MEMBER_QUERY, id=m3)
    assert (member["status"], member["duesExempt"], member["votingRights"]) == ("ACTIVE", False, ALL_RIGHTS)
    (entry,) = member["certificate"]["retentionColumn"]
    assert (entry["retentionSeal"], entry["restorationSeal"]) == (UNIONS["U1"].name, UNIONS["U5"].name)
    assert (entry["retainedMonth"], entry["restoredMonth"]) == ("2025-02", "2025-04")
    column = member["certificate"]["transferColumn"]
    assert [one["outReasonText"] for one in column] == ["原单位关闭（破产）", "重新就业"]


@pytest.mark.article("A19")
async def test_one_statement_retains_and_releases_a_closed_employer_s_member(stage: Stage) -> None:
    u1, u5, m3 = stage["U1"], stage["U5"], stage.member("M3")
    closure = {"kind": "CLOSED", "decidedOn": "2025-02-20", "evidenceSha256": inputs.EVIDENCE}
    asked = inputs.release(
        m3, receivingUnion=u5.uri, reasonCode="EMPLOYER_CLOSURE", newEmployerUscc=None, closure=closure
    )
    alone = await u1.draft("releaseMember", asked)
    assert [refusal["code"] for refusal in alone["refusals"]] == [Code.NOT_REEMPLOYED_USE_RETENTION]
    both = {**asked, "retention": {"reason": "UNEMPLOYMENT", "fromDate": "2025-02-28"}}
    statement = await u1.drafted("releaseMember", both)
    assert claims_of(statement)["release"]["retention"] == {"reason": "UNEMPLOYMENT", "from_date": "2025-02-28"}
    assert claims_of(statement)["release"]["dues_exempt_since"] == "2025-03"
    case = await u1.submit("releaseMember", statement)
    assert case["state"] == "RELEASED"
    member = await u1.ask(MEMBER_QUERY, id=m3)
    assert (member["status"], member["duesExempt"], member["votingRights"]) == ("RETAINED", True, NO_RIGHTS)
    assert [step["statementSha256"] for step in member["retentions"][0]["steps"]] == [sha256_of(statement)]
    (entry,) = member["certificate"]["retentionColumn"]
    assert entry["line"] == f"2025年2月因失业保留会籍。{UNIONS['U1'].name}（盖章）"
    await u1.act("recallHandoff", {"handoffId": case["id"]})
    assert (await u1.ask(MEMBER_QUERY, id=m3))["status"] == "RETAINED"


@pytest.mark.article("A13", "A19")
async def test_who_works_again_without_a_union_there_is_placed_where_he_is(stage: Stage) -> None:
    u1, u5, m3 = stage["U1"], stage["U5"], stage.member("M3")
    closure = {"kind": "CLOSED", "decidedOn": "2025-02-20", "evidenceSha256": inputs.EVIDENCE}
    retention = {"reason": "UNEMPLOYMENT", "fromDate": "2025-02-28"}
    asked = inputs.release(
        m3, receivingUnion=u5.uri, reasonCode="EMPLOYER_CLOSURE", newEmployerUscc=None, closure=closure
    )
    case = await u1.act("releaseMember", {**asked, "retention": retention})
    taken_over = {"holdingBasis": "RESIDENCE_RETENTION", "employerUscc": None, "relationStartedOn": None}
    await u5.act("acceptHandoff", inputs.acceptance(case["id"], **taken_over))
    await stage.let_it_be(day(4, 2))
    new_shop = inputs.EMPLOYERS["新店"]
    works = {"restoredOn": "2025-04-02", "employerUscc": new_shop, "relationStartedOn": "2025-04-01"}
    plain = await u5.refused("restoreMembership", inputs.restoring(m3, **works))
    assert plain["code"] == Code.REEMPLOYED_USE_TRANSFER
    placed = {"awaitingEmployerUscc": new_shop}
    member = await u5.act("restoreMembership", inputs.restoring(m3, **works, placement=placed))
    assert (member["status"], member["holdingBasis"]) == ("ACTIVE", "PLACEMENT")
    assert (member["duesExempt"], member["votingRights"]) == (False, ALL_RIGHTS)
    (entry,) = member["certificate"]["retentionColumn"]
    assert (entry["restoredMonth"], entry["restorationSeal"]) == ("2025-04", UNIONS["U5"].name)
