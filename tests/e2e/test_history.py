"""Lines of before the hub over HTTP (A25), dues (NX-6), and who votes (A21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.errors import ProofError
from federation.history import verify_history
from federation.keys import read_jwks
from federation.proof import verify_proof
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.busy import id_number
from tests.e2e.documents import CERTIFICATE_QUERY, DUES, HANDOFF_QUERY, HISTORY_QUERY, MEMBER_QUERY, ROLL_QUERY
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.test_duplicates import client
from tests.e2e.test_headcount import own, union_id

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

#: M1's earlier lines, as the certificate prints them.
TRANSFERS = [
    (
        "2014年5月6日因（以原会员证为准）工会组织关系转出，会费交至2014年4月。沪东造船厂工会（盖章）\n"
        "2014年6月1日工会组织关系转入。奉贤纺织厂工会委员会（盖章）"
    ),
    (
        "2018年3月1日因调动工会组织关系转出，会费交至2018年2月。奉贤纺织厂工会委员会（盖章）\n"
        "2018年3月9日工会组织关系转入。甲机械厂工会（盖章）"
    ),
]
KEPT = "2016年2月因失业保留会籍。奉贤纺织厂工会委员会（盖章）\n2017年1月恢复会籍。奉贤纺织厂工会委员会（盖章）"
#: A person whom nobody has enrolled yet.
SOMEBODY = {"name": "钱七", "idNumber": id_number("99010119800101001"), "birthMonth": "1980-01"}


def retained(**changes: object) -> Json:
    """Give the import of somebody who has retired long ago."""
    given = {
        "certificate": {"provinceCode": "31", "number": "000077"},
        "status": "RETAINED",
        "retention": {"reason": "RETIREMENT", "fromDate": "2019-06-30"},
        "duesPaidThrough": "2019-06",
        "employerUscc": inputs.EMPLOYERS["甲"],
    }
    return inputs.on_paper(MEMBERS["M1"], of=SOMEBODY, **given | changes)


@pytest.mark.article("A25", "NX-3")
async def test_an_imported_member_moves_on_and_the_paper_s_lines_go_first(stage: Stage) -> None:
    """Imported with two transfers and a retention, moved on, read back as the certificate prints them, and proved."""
    u1, u2 = stage["U1"], stage["U2"]
    asked = inputs.on_paper(
        MEMBERS["M1"],
        of=SOMEBODY,
        certificate={"provinceCode": "31", "number": "000077"},
        employerUscc=inputs.EMPLOYERS["甲"],
    )
    member = (await u1.act("importMember", asked))["id"]
    await u1.act("importHistory", inputs.history(member))
    handoff = await u1.act("releaseMember", inputs.release(member))
    assert await u2.ask(HISTORY_QUERY, id=member) is None
    await u2.act("acceptHandoff", inputs.acceptance(handoff["id"]))

    seen = await u2.ask(HISTORY_QUERY, id=member)

    column = seen["certificate"]["transferColumn"]
    seals = UNIONS["U1"].name, UNIONS["U2"].name
    assert [entry["line"] for entry in column] == [
        *TRANSFERS,
        f"2025年3月3日因调动工会组织关系转出，会费交至2025年2月。{seals[0]}（盖章）\n2025年3月3日工会组织关系转入。{seals[1]}（盖章）",
    ]
    assert [(entry["isLegacy"], entry["unverifiedCounterparty"]) for entry in column] == [
        (True, True),
        (True, True),
        (False, False),
    ]
    (kept,) = seen["certificate"]["retentionColumn"]
    assert (kept["line"], kept["isLegacy"], kept["unverifiedCounterparty"]) == (KEPT, True, True)
    plain = (await u2.ask(CERTIFICATE_QUERY, id=member))["transferColumn"]
    assert [entry["line"] for entry in plain] == [entry["line"] for entry in column]
    assert await u1.ask(HISTORY_QUERY, id=member) is None

    told = seen["history"]
    assert (told["version"], told["by"]["uri"]) == (1, u1.uri)
    hub_keys = read_jwks((await stage.http.get("/.well-known/jwks.json")).text)
    proved = verify_history(told["proof"], hub_keys, hub=stage.hub)
    assert (proved.told_by, proved.counterparties, proved.is_flagged) == (u1.uri, "UNVERIFIED", False)
    assert proved.statement_sha256 == told["statementSha256"]
    assert [line.out_date.isoformat() for line in proved.history.transfers] == [e["outDate"] for e in column[:2]]
    with pytest.raises(ProofError):
        verify_proof(told["proof"], hub_keys)  # it proves no handoff
    with pytest.raises(ProofError):
        verify_history(told["proof"], hub_keys, hub="https://another.test")
    proof = (await u2.ask(HANDOFF_QUERY, id=handoff["id"]))["proof"]
    assert verify_proof(proof, hub_keys).acceptance is not None
    with pytest.raises(ProofError):
        verify_history(proof, hub_keys)


@pytest.mark.article("A25")
async def test_a_later_holder_corrects_nothing_and_the_first_one_corrects_its_own(stage: Stage) -> None:
    u1, u2, m1 = stage["U1"], stage["U2"], stage.member("M1")
    await u1.act("importHistory", inputs.history(m1))
    await u1.act("importHistory", inputs.history(m1, retentions=None))
    seen = await u1.ask(HISTORY_QUERY, id=m1)
    assert (seen["history"]["version"], seen["certificate"]["retentionColumn"]) == (2, [])
    await stage.moved()
    assert (await u2.refused("importHistory", inputs.history(m1)))["code"] == Code.NOT_FIRST_HOLDER
    assert (await u2.ask(HISTORY_QUERY, id=m1))["history"]["version"] == 2


@pytest.mark.article("A21")
async def test_who_has_retired_before_the_hub_is_retained_in_it(stage: Stage) -> None:
    u1 = stage["U1"]
    before = await own(stage, "U1", "2025-03-03")
    member = await u1.act("importMember", retained())
    assert (member["status"], member["duesExempt"], member["votingRights"]["vote"]) == ("RETAINED", True, False)
    assert (member["retention"]["retainedMonth"], member["retention"]["exemptFrom"]) == ("2019-06", "2019-07")
    (entry,) = (await u1.ask(HISTORY_QUERY, id=member["id"]))["certificate"]["retentionColumn"]
    assert (entry["line"], entry["isLegacy"]) == (f"2019年6月因退休保留会籍。{UNIONS['U1'].name}（盖章）", True)
    assert await own(stage, "U1", "2025-03-03") == before
    refusal = await u1.ask(ROLL_QUERY, memberId=member["id"])
    assert (refusal["__typename"], refusal["code"]) == ("Refusal", Code.VOTING_SUSPENDED)


@pytest.mark.article("NX-6")
async def test_dues_go_on_month_by_month(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    member = await u1.act("recordDues", {"memberId": m1, "paidThrough": "2025-03"})
    assert member["duesPaidThrough"] == "2025-03"
    await stage.let_it_be(day(6, 2))
    await u1.act("recordDues", {"memberId": m1, "paidThrough": "2025-06"})
    seen = await u1.ask(HISTORY_QUERY, id=m1)
    assert [(one["paidFrom"], one["paidThrough"], one["by"]["uri"]) for one in seen["duesRecords"]] == [
        ("2025-03", "2025-03", u1.uri),
        ("2025-04", "2025-06", u1.uri),
    ]


@pytest.mark.article("A9")
async def test_the_host_union_collects_where_the_agreement_says_so(stage: Stage) -> None:
    u7, u8, m5 = stage["U7"], stage["U8"], stage.member("M5")
    asked = {"memberId": m5, "paidThrough": "2025-03"}
    await stage.entrusted(duesCollection={"responsible": "HOST", "text": "会费由用工单位工会代收。"})
    draft = await u8.draft("recordDues", asked)
    assert draft["refusals"] == []
    answer = await u8.ask(DUES, statement=u8.sign(draft))
    assert (answer["__typename"], answer["paidThrough"], answer["by"]["uri"]) == ("DuesRecord", "2025-03", u8.uri)
    assert (await u7.ask(MEMBER_QUERY, id=m5))["duesPaidThrough"] == "2025-03"
    assert await u8.ask(HISTORY_QUERY, id=m5) is None
    async with client(stage, "U8") as of_host:
        said = await of_host.record_dues({"memberId": m5, "paidThrough": "2025-04"})
    assert (said["paidFrom"], said["paidThrough"]) == ("2025-04", "2025-04")


@pytest.mark.article("A21")
async def test_the_electoral_roll_is_the_holder_s_own(stage: Stage) -> None:
    u1, u2, m1 = stage["U1"], stage["U2"], stage.member("M1")
    roll = await u1.ask(ROLL_QUERY, unionId=await union_id(stage, "U1"), first=3)
    names = [edge["node"]["member"]["name"] for edge in roll["edges"]]
    rest = await u1.ask(ROLL_QUERY, unionId=await union_id(stage, "U1"), first=3, after=roll["pageInfo"]["endCursor"])
    names += [edge["node"]["member"]["name"] for edge in rest["edges"]]
    assert sorted(names) == sorted(MEMBERS[ref].name for ref in ("M1", "M2", "M3", "M4"))
    assert (roll["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    (edge,) = (await u1.ask(ROLL_QUERY, memberId=m1))["edges"]
    assert edge["node"]["member"]["name"] == MEMBERS["M1"].name
    assert await u2.ask(ROLL_QUERY, unionId=await union_id(stage, "U1")) is None
    assert await u2.ask(ROLL_QUERY, memberId=m1) is None


async def test_of_a_day_to_come_there_is_no_roll(stage: Stage) -> None:
    answer = await stage["U1"].post(ROLL_QUERY, {"asOf": "2025-03-04"})
    assert answer.code == "BAD_USER_INPUT"
    assert answer.json["errors"][0]["extensions"]["refusal"] == Code.DATE_IN_FUTURE
