"""Acceptance scenarios 1–7, 20 and 21 as the domain document tells them, played over HTTP on the test clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import (
    CERTIFICATE_QUERY,
    DOCKET_QUERY,
    EXPLAIN_QUERY,
    HANDOFF_QUERY,
    MEMBER_QUERY,
    MEMBERS_QUERY,
)
from tests.e2e.forging import NO_MEMBER, made_up_release
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.wire import claims_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

SHANGHAI = ZoneInfo("Asia/Shanghai")


def holder_on(member: Json, on: date) -> str:
    """Give who held a member on a day: the holder at its end, 24:00 in Shanghai; intervals are half-open."""
    end = datetime.combine(on + timedelta(days=1), datetime.min.time(), SHANGHAI)
    instant = end - timedelta(microseconds=1)
    held = [
        holding["union"]["uri"]
        for holding in member["holdings"]
        if _instant(holding["from"]) <= instant and (holding["until"] is None or instant < _instant(holding["until"]))
    ]
    assert len(held) == 1, member["holdings"]
    holder: str = held[0]
    return holder


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.scenario(1)
@pytest.mark.article("A12", "NX-3")
async def test_push_transfer(stage: Stage) -> None:
    u1, u2 = stage["U1"], stage["U2"]
    await stage.let_it_be(day(3, 3))
    released = await u1.act("releaseMember", inputs.release(stage.member("M1")))
    assert released["state"] == "RELEASED"
    await stage.let_it_be(day(3, 5))
    assert holder_on(await u1.ask(MEMBER_QUERY, id=stage.member("M1")), date(2025, 3, 5)) == u1.uri
    await stage.let_it_be(day(3, 10))

    accepted = await u2.act("acceptHandoff", inputs.acceptance(released["id"], inDate="2025-03-10"))

    assert accepted["state"] == "ACCEPTED"
    member = await u2.ask(MEMBER_QUERY, id=stage.member("M1"))
    assert holder_on(member, date(2025, 3, 5)) == u1.uri
    assert holder_on(member, date(2025, 3, 9)) == u1.uri
    assert holder_on(member, date(2025, 3, 10)) == u2.uri
    assert member["holdings"][0]["until"] == member["holdings"][1]["from"]
    assert member["employerUscc"] == EMPLOYERS["乙"]
    certificate = await u2.ask(CERTIFICATE_QUERY, id=stage.member("M1"))
    assert certificate["number"] == {"provinceCode": "31", "number": "000001"}
    assert certificate["transferColumn"] == [
        {
            "outDate": "2025-03-03",
            "outReasonText": "调动",
            "duesPaidThrough": "2025-02",
            "releasingSeal": "甲机械厂工会",
            "inDate": "2025-03-10",
            "receivingSeal": "乙电子公司工会",
            "line": "2025年3月3日因调动工会组织关系转出，会费交至2025年2月。甲机械厂工会（盖章）\n"
            "2025年3月10日工会组织关系转入。乙电子公司工会（盖章）",
        }
    ]
    assert accepted["transferEntry"] == certificate["transferColumn"][0]


@pytest.mark.scenario(2)
@pytest.mark.article("A11", "NX-2")
async def test_pre_acceptance_view(stage: Stage) -> None:
    released = await stage.released()
    u2 = stage["U2"]

    handoff = await u2.ask(HANDOFF_QUERY, id=released["id"])

    card = handoff["card"]
    assert card.pop("json")
    assert card == {
        "name": "张一",
        "sex": "1",
        "birthMonth": "1988-05",
        "joinedOn": "2012-07-01",
        "certificate": {"provinceCode": "31", "number": "000001"},
        "issuingUnion": "甲机械厂工会",
        "duesPaidThrough": "2025-02",
    }
    assert handoff["member"] is None
    assert await u2.ask(MEMBER_QUERY, id=stage.member("M1")) is None
    denied = "{ ethnicGroup politicalStatus idType idNumberMasked mobileMasked }"
    for path in (
        "handoff(id: $id) { member %s }",
        "explain(handoffId: $id) { handoff { member %s } }",
        "nodes(ids: [$id]) { ... on Handoff { member %s } }",
    ):
        answer = await u2.post(f"query ($id: ID!) {{ answer: {path % denied} }}", {"id": released["id"]})
        assert b'"member":null' in answer.body


@pytest.mark.scenario(3)
@pytest.mark.article("A11")
async def test_only_the_holder_releases(stage: Stage) -> None:
    u2, receiver = stage["U2"], UNIONS["U3"].uri
    before = await stage.everything()

    held = await u2.hand_in("releaseMember", made_up_release(u2, stage.members["M1"]["membershipId"], receiver))
    unknown = await u2.hand_in("releaseMember", made_up_release(u2, str(uuid4()), receiver))

    assert held.data["answer"]["code"] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
    assert held.data["answer"]["articles"] == ["A11"]
    assert held == unknown
    drafts = [
        await u2.post(
            "query ($input: ReleaseMemberDraft!) { answer: draftReleaseMember(input: $input) "
            "{ typ claims card { json } refusals { code message messageEn nextStep path possibleFrom } } }",
            {"input": inputs.release(member_id, receivingUnion=receiver)},
        )
        for member_id in (stage.member("M1"), NO_MEMBER)
    ]
    assert drafts[0] == drafts[1]
    assert drafts[0].data["answer"]["claims"] is None
    assert await stage.everything() == before


@pytest.mark.scenario(4)
@pytest.mark.article("A3", "A8")
async def test_no_second_joining(stage: Stage) -> None:
    u2 = stage["U2"]
    asked = inputs.joining(
        MEMBERS["M2"], employerUscc=EMPLOYERS["乙"], certificate=None, certificateIssuedOn=None, joinedOn="2025-03-03"
    )
    draft = await u2.draft("joinMember", asked)
    answer = await u2.hand_in("joinMember", u2.sign(draft), draft["card"]["json"])

    for refusal in (draft["refusals"][0], answer.data["answer"]):
        assert refusal["code"] == Code.ALREADY_MEMBER_USE_TRANSFER
        assert refusal["articles"] == ["A3", "A8"]
    told = answer.body.decode() + str(draft["refusals"])
    for name in (UNIONS["U1"].name, UNIONS["U1"].uri, str(UNIONS["U1"].uscc), "甲"):
        assert name not in told
    assert (await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M2")))["custodyVersion"] == 1


@pytest.mark.scenario(5)
@pytest.mark.article("A12", "HUB-P15")
async def test_pull(stage: Stage) -> None:
    u1, u2 = stage["U1"], stage["U2"]
    await stage.let_it_be(day(4, 2))
    asked = await u2.act("requestHandoff", inputs.asking(MEMBERS["M2"]))
    assert (asked["state"], asked["releasingUnion"], asked["card"], asked["member"]) == ("REQUESTED", None, None, None)
    assert asked["nextDeadline"]["rule"] == "HUB-P02"
    assert _instant(asked["nextDeadline"]["at"]) == day(4, 25, hour=0)
    # The holder sees who asks; who asks does not see who holds, by whatever way it looks.
    (entry,) = (await u1.ask(DOCKET_QUERY, states=["REQUESTED"]))["edges"]
    assert entry["node"]["counterpart"]["uri"] == u2.uri
    for query, variables in (
        (HANDOFF_QUERY, {"id": asked["id"]}),
        (EXPLAIN_QUERY, {"id": asked["id"]}),
        (DOCKET_QUERY, {}),
    ):
        body = (await u2.post(query, variables)).body.decode()
        assert u1.uri not in body
        assert "甲机械厂工会" not in body
        assert "李二" not in body

    await stage.let_it_be(day(4, 7))
    released = await u1.act(
        "releaseMember",
        inputs.release(
            stage.member("M2"), memberId=None, handoffId=asked["id"], outDate="2025-04-07", relationEndedOn="2025-03-31"
        ),
    )
    assert (released["id"], released["state"]) == (asked["id"], "RELEASED")
    accepted = await u2.act(
        "acceptHandoff", inputs.acceptance(asked["id"], inDate="2025-04-07", relationStartedOn="2025-04-01")
    )
    assert accepted["state"] == "ACCEPTED"
    assert accepted["releasingUnion"]["uri"] == u1.uri
    assert [step["act"] for step in accepted["steps"]] == ["request", "release", "accept"]
    (held,) = (await u2.ask(MEMBERS_QUERY, filter={"name": "李二"}))["edges"]
    assert holder_on(held["node"], date(2025, 4, 7)) == u2.uri
    assert holder_on(held["node"], date(2025, 4, 6)) == u1.uri


@pytest.mark.scenario(6)
@pytest.mark.article("A12")
async def test_refusal_for_arrears(stage: Stage) -> None:
    released = await stage.released(duesPaidThrough="2024-06")
    before = await stage.everything()

    refusal = await stage["U2"].refused("refuseHandoff", {"handoffId": released["id"], "ground": "ARREARS"})

    assert refusal["code"] == Code.REFUSAL_GROUND_NOT_ALLOWED
    assert refusal["articles"] == ["A12"]
    for party in (stage["U1"], stage["U2"]):
        assert (await party.ask(HANDOFF_QUERY, id=released["id"]))["state"] == "RELEASED"
    assert await stage.everything() == before


@pytest.mark.scenario(7)
@pytest.mark.article("A3", "A12")
async def test_lawful_refusal(stage: Stage) -> None:
    released = await stage.released()

    closed = await stage["U2"].act("refuseHandoff", {"handoffId": released["id"], "ground": "NO_LABOUR_RELATION_HERE"})

    assert (closed["state"], closed["ground"]) == ("REFUSED", "NO_LABOUR_RELATION_HERE")
    member = await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M1"))
    assert [(h["union"]["uri"], h["until"]) for h in member["holdings"]] == [(stage["U1"].uri, None)]
    assert member["openHandoff"] is None
    again = await stage.released()
    assert (again["state"], again["id"] != released["id"]) == ("RELEASED", True)


@pytest.mark.scenario(20)
@pytest.mark.article("A15")
async def test_joint_union_signs(stage: Stage) -> None:
    branch, joint, u2 = stage["U3a"], stage["U3"], stage["U2"]
    member = stage.members["M6"]
    assert member["memberUnit"] == EMPLOYERS["小店甲"]

    answer = await branch.submit("releaseMember", made_up_release(branch, member["membershipId"], u2.uri))

    assert (answer["code"], answer["articles"]) == (Code.ISSUER_IS_JOINT_UNION, ["A15"])
    draft = await branch.draft("releaseMember", inputs.release(stage.member("M6")))
    assert draft["refusals"][0]["code"] == Code.ISSUER_IS_JOINT_UNION
    released = await joint.act("releaseMember", inputs.release(stage.member("M6")))
    assert released["state"] == "RELEASED"
    assert released["releasingUnion"]["uri"] == joint.uri


@pytest.mark.scenario(21)
@pytest.mark.article("A15")
async def test_federation_does_not_sign(stage: Stage) -> None:
    await stage.moved()
    u4, receiver = stage["U4"], UNIONS["U3"].uri
    membership_id = stage.members["M1"]["membershipId"]
    before = await stage.everything()

    held = await u4.hand_in("releaseMember", made_up_release(u4, membership_id, receiver))
    unknown = await u4.hand_in("releaseMember", made_up_release(u4, str(uuid4()), receiver))

    assert held.data["answer"]["code"] == Code.ISSUER_IS_GRASSROOTS_UNION
    assert held.data["answer"]["articles"] == ["A15"]
    assert held == unknown
    assert await stage.everything() == before


async def test_the_release_made_up_above_is_in_order(stage: Stage) -> None:
    """What is refused above is refused for who signs it: the holder's own, with the same claims, is stored."""
    u1, draft = stage["U1"], await stage["U1"].draft("releaseMember", inputs.release(stage.member("M1")))
    drafted = claims_of(u1.sign(draft))
    bound = {name: drafted["release"][name] for name in ("prev_sha256", "card_sha256", "custody_version")}
    made_up = made_up_release(u1, drafted["sub"], stage["U2"].uri, **bound)
    assert claims_of(made_up)["release"].keys() == drafted["release"].keys()
    assert (await u1.submit("releaseMember", made_up))["state"] == "RELEASED"
