"""Entrustment over HTTP (A9): scenarios 16 to 18, what the host union sees, and that it sees nothing afterwards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from hub.errors import Code
from hub.schema.ids import encode_id
from tests.e2e import inputs
from tests.e2e.documents import (
    AGREEMENT_QUERY,
    AGREEMENTS_QUERY,
    COVERED_MEMBER_QUERY,
    MEMBER_QUERY,
    RESPONSIBILITIES_QUERY,
)
from tests.e2e.forging import made_up_release
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.test_headcount import EXPLAIN, own, union_id

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

NAME = MEMBERS["M5"].name


@pytest.mark.scenario(16)
@pytest.mark.article("A9", "A16")
async def test_entrustment(stage: Stage) -> None:
    agreement = await stage.entrusted()
    assert agreement["state"] == "IN_FORCE"
    member = await stage["U7"].ask(COVERED_MEMBER_QUERY, id=stage.member("M5"))
    assert [holding["union"]["uri"] for holding in member["holdings"]] == [stage["U7"].uri]
    assert (member["status"], member["coverage"]["state"], member["coverage"]["isLive"]) == ("ACTIVE", "COVERED", True)
    assert await stage["U8"].ask(MEMBER_QUERY, id=stage.member("M5")) is None
    assert (await own(stage, "U7", "2025-03-03"), await own(stage, "U8", "2025-03-03")) == (1, 0)
    (line,) = (await stage["U8"].ask(AGREEMENT_QUERY, id=agreement["id"]))["roster"]["edges"]
    assert (line["node"]["memberName"], line["node"]["hostPost"]) == (NAME, "总装车间")
    assert (line["node"]["sex"], line["node"]["birthMonth"]) == (None, None)
    recorded = await stage["U8"].act("recordActivity", inputs.care(stage.member("M5")))
    assert recorded["recordedBy"]["uri"] == stage["U8"].uri
    await stage["U8"].act("recordRightsCase", inputs.care(stage.member("M5"), kind="SAFETY"))
    records = (await stage["U7"].ask(COVERED_MEMBER_QUERY, id=stage.member("M5")))["careRecords"]
    assert [record["act"] for record in records] == ["record_activity", "record_rights_case"]
    duties = {d["duty"]: d for d in await stage["U8"].ask(RESPONSIBILITIES_QUERY, id=stage.member("M5"))}
    assert duties["MEMBERSHIP"]["union"]["uri"] == stage["U7"].uri
    assert duties["ACTIVITIES"]["union"]["uri"] == stage["U8"].uri
    assert (duties["RELIEF"]["union"], duties["RELIEF"]["isUnassigned"]) == (None, True)


@pytest.mark.scenario(17)
@pytest.mark.article("A9")
async def test_missing_clause(stage: Stage) -> None:
    asked = inputs.entrustment(inputs.entry(stage.member("M5")), rightsProtection=None)
    refusal = await stage["U7"].refused("proposeEntrustment", asked)
    assert refusal["code"] == Code.ENTRUSTMENT_CLAUSE_MISSING


@pytest.mark.scenario(18)
@pytest.mark.article("A9", "A16")
async def test_host_acts_on_entrusted_member(stage: Stage) -> None:
    await stage.entrusted()
    membership = stage.members["M5"]["membershipId"]
    draft = await stage["U8"].draft("releaseMember", inputs.release(stage.member("M5")))
    assert [refusal["code"] for refusal in draft["refusals"]] == [Code.ENTRUSTED_HOST_CANNOT_ACT]
    jws = made_up_release(stage["U8"], membership, UNIONS["U2"].uri)
    assert (await stage["U8"].submit("releaseMember", jws))["code"] == Code.ENTRUSTED_HOST_CANNOT_ACT
    retiring = inputs.retaining(stage.member("M5"))
    draft = await stage["U8"].draft("recordRetention", retiring)
    assert [refusal["code"] for refusal in draft["refusals"]] == [Code.ENTRUSTED_HOST_CANNOT_ACT]
    # A stranger is told the same of M5 as of nobody, byte for byte.
    answers = [
        (await stage["U2"].hand_in("releaseMember", made_up_release(stage["U2"], who, UNIONS["U3"].uri))).body
        for who in (membership, str(uuid4()))
    ]
    assert answers[0] == answers[1]


@pytest.mark.article("A9", "A16")
async def test_the_host_union_is_told_that_it_does_not_count_the_member(stage: Stage) -> None:
    agreement = await stage.entrusted()
    asked = {"union": await union_id(stage, "U8"), "member": stage.member("M5"), "asOf": "2025-03-03"}
    told = await stage["U8"].ask(EXPLAIN, **asked)
    assert (told["isCounted"], told["refusal"]["code"]) == (False, Code.COUNTED_BY_DISPATCH_UNION)
    assert await stage["U2"].ask(EXPLAIN, **asked | {"union": await union_id(stage, "U2")}) is None
    await stage["U7"].act("terminateEntrustment", {"agreementId": agreement["id"]})
    assert await stage["U8"].ask(EXPLAIN, **asked) is None


@pytest.mark.attack("Z05")
async def test_the_day_after_its_end_the_host_union_reads_nobody(stage: Stage) -> None:
    agreement = await stage.entrusted()
    host = stage["U8"]
    opened = await host.ask(AGREEMENT_QUERY, id=agreement["id"], first=1)
    assert opened["roster"]["edges"][0]["node"]["memberName"] == NAME
    await stage.let_it_be(day(6, 30, hour=23))
    assert NAME in json.dumps(await host.ask(AGREEMENT_QUERY, id=agreement["id"]), ensure_ascii=False)
    await stage.let_it_be(day(7, 1, hour=0))
    for query, variables in (
        (AGREEMENT_QUERY, {"id": agreement["id"]}),
        (AGREEMENT_QUERY, {"id": agreement["id"], "first": 1, "after": None}),
        (AGREEMENTS_QUERY, {}),
        (RESPONSIBILITIES_QUERY, {"id": stage.member("M5")}),
    ):
        assert NAME not in json.dumps(await host.ask(query, **variables), ensure_ascii=False)
    ended = await host.ask(AGREEMENT_QUERY, id=agreement["id"])
    assert (ended["state"], ended["roster"]["edges"][0]["node"]["endReason"]) == ("EXPIRED", "AGREEMENT_ENDED")
    assert await host.ask(RESPONSIBILITIES_QUERY, id=stage.member("M5")) == []
    draft = await host.draft("recordActivity", inputs.care(stage.member("M5"), agreementId=agreement["id"]))
    assert [refusal["code"] for refusal in draft["refusals"]] == [Code.ENTRUSTMENT_NOT_IN_FORCE]


async def test_no_other_union_sees_an_agreement(stage: Stage) -> None:
    agreement = await stage.entrusted()
    unknown = encode_id("EntrustmentAgreement", uuid4())
    for ref in ("U1", "U2", "U16", "U0"):
        for query in (AGREEMENT_QUERY, "query ($id: ID!) { answer: node(id: $id) { id } }"):
            seen, none = [await stage[ref].post(query, {"id": i}) for i in (agreement["id"], unknown)]
            assert seen.body == none.body
        assert (await stage[ref].ask(AGREEMENTS_QUERY))["edges"] == []
        assert await stage[ref].ask(RESPONSIBILITIES_QUERY, id=stage.member("M5")) == []
        for mutation in ("signEntrustment", "terminateEntrustment", "withdrawEntrustment"):
            drafts = [await stage[ref].draft(mutation, {"agreementId": i}) for i in (agreement["id"], unknown)]
            assert drafts[0] == drafts[1]


async def test_who_is_put_on_the_roster_is_acknowledged_or_declined(stage: Stage) -> None:
    agreement = await stage["U7"].act("proposeEntrustment", inputs.entrustment())
    for ref in ("U8", "U7"):
        await stage[ref].act("signEntrustment", {"agreementId": agreement["id"]})
    change = {"agreementId": agreement["id"], "add": [inputs.entry(stage.member("M5"))]}
    answer = {"agreementId": agreement["id"], "memberIds": [stage.member("M5")]}
    for mutation, state in (("declineCoverage", "DECLINED"), ("acknowledgeCoverage", "COVERED")):
        await stage["U7"].act("amendRoster", change)
        await stage["U8"].act(mutation, answer)
        lines = (await stage["U8"].ask(AGREEMENT_QUERY, id=agreement["id"]))["roster"]["edges"]
        assert state in {line["node"]["state"] for line in lines}
    removal = {"memberId": stage.member("M5"), "reason": "DISPATCH_ENDED"}
    await stage["U7"].act("amendRoster", {"agreementId": agreement["id"], "remove": [removal]})
    assert NAME not in json.dumps(await stage["U8"].ask(AGREEMENT_QUERY, id=agreement["id"]), ensure_ascii=False)


async def test_sex_and_birth_month_for_a_named_purpose(stage: Stage) -> None:
    rights = {"responsible": "HOST", "text": "维护权益。", "purpose": "女职工特殊保护"}
    agreement = await stage.entrusted(rightsProtection=rights)
    before = await stage.count("disclosures")
    (line,) = (await stage["U8"].ask(AGREEMENT_QUERY, id=agreement["id"]))["roster"]["edges"]
    assert (line["node"]["sex"], line["node"]["birthMonth"]) == ("2", "2001-08")
    assert await stage.count("disclosures") == before + 1
    (line,) = (await stage["U7"].ask(AGREEMENT_QUERY, id=agreement["id"]))["roster"]["edges"]
    assert (line["node"]["sex"], line["node"]["memberName"]) == (None, NAME)


async def test_a_draft_is_withdrawn_and_its_receipt_read_again(stage: Stage) -> None:
    agreement = await stage["U8"].act("proposeEntrustment", inputs.entrustment())
    assert (await stage["U8"].act("withdrawEntrustment", {"agreementId": agreement["id"]}))["state"] == "WITHDRAWN"
