"""Certificates over HTTP: lost and reissued (scenario 25), found, declared void, and numbered as the province says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.encoding import sha256_b64url
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import CERTIFICATE_QUERY, CERTIFICATES_QUERY, SCHEME_QUERY
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.test_acts import CASES

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

REPORTED = {"form": "WRITTEN", "givenOn": "2025-03-03", "evidenceSha256": sha256_b64url(b"report")}

ASKED = {"relationStartedOn": "2025-03-01", "consent": {**REPORTED, "givenOn": "2025-03-02"}}


def numbered(number: str, province: str = "31") -> Json:
    return {"provinceCode": province, "number": number}


def reissue(member_id: str, number: str = "000101", **changes: object) -> Json:
    return {"memberId": member_id, "certificate": numbered(number), "reason": "LOST", "fee": 0, **changes}


async def pulled(stage: Stage, number: str, **changes: object) -> Json:
    """Ask for M1 by a certificate as U2, and give the answer."""
    asked = inputs.asking(MEMBERS["M1"], **{**ASKED, "certificate": numbered(number), **changes})
    u2 = stage["U2"]
    return await u2.submit("requestHandoff", await u2.drafted("requestHandoff", asked))


@pytest.mark.scenario(25)
@pytest.mark.article("NX-7", "N5")
async def test_a_lost_certificate_proves_nothing_and_is_reissued_free_of_charge(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    lost = await u1.act("recordLoss", {"memberId": m1, "consent": REPORTED})
    assert (lost["state"], lost["number"]["number"]) == ("LOST", "000001")

    refusal = await pulled(stage, "000001")
    assert (refusal["code"], refusal["articles"]) == (Code.CERTIFICATE_NOT_VALID, ["NX-7"])
    charged = await u1.refused("reissueCertificate", reissue(m1, fee=10))
    assert (charged["code"], charged["articles"]) == (Code.FEE_NOT_ALLOWED, ["N5"])
    new = await u1.act("reissueCertificate", reissue(m1))

    assert (new["state"], new["number"], new["supersedes"]) == ("VALID", numbered("000101"), numbered("000001"))
    assert new["personPage"] == {
        "name": "张一",
        "sex": "1",
        "ethnicGroup": inputs.ETHNIC_GROUP,
        "birthMonth": "1988-05",
        "politicalStatus": inputs.POLITICAL_STATUS,
        "joinedOn": "2012-07-01",
        "issuingUnion": UNIONS["U1"].name,
    }
    seen = await u1.ask(CERTIFICATES_QUERY, id=m1)
    assert [(one["number"]["number"], one["state"]) for one in seen["certificates"]] == [
        ("000001", "SUPERSEDED"),
        ("000101", "VALID"),
    ]
    assert seen["joinedOn"] == "2012-07-01"
    assert (await pulled(stage, "000001"))["code"] == Code.CERTIFICATE_NOT_VALID
    assert (await pulled(stage, "000101"))["state"] == "REQUESTED"


@pytest.mark.article("NX-7", "NX-3")
async def test_the_new_holder_reissues_and_the_column_is_carried_over(stage: Stage) -> None:
    u1, u2, m1 = stage["U1"], stage["U2"], stage.member("M1")
    await u1.act("recordLoss", {"memberId": m1, "consent": REPORTED})
    handoff = await stage.moved()
    assert handoff["card"]["certificate"] is None
    before = await u2.ask(CERTIFICATE_QUERY, id=m1)
    assert (before["number"]["number"], len(before["transferColumn"])) == ("000001", 1)
    assert await u1.ask(CERTIFICATES_QUERY, id=m1) is None
    new = await u2.act("reissueCertificate", reissue(m1))
    assert (new["issuingUnion"], new["transferColumn"]) == (UNIONS["U2"].name, before["transferColumn"])
    assert new["supersedes"] == numbered("000001")


@pytest.mark.article("N6")
async def test_a_member_with_a_card_alone_gets_a_certificate_from_who_holds(stage: Stage) -> None:
    """The union that enrolled is reminded, whoever holds may issue, and it says who did (A12, N6)."""
    u1, u2 = stage["U1"], stage["U2"]
    _, asked = await CASES["joinMember"].prepared(stage)
    bare = {name: value for name, value in asked.items() if "ertificate" not in name}
    member = await u1.act("joinMember", bare)
    seen = await u1.ask(CERTIFICATES_QUERY, id=member["id"])
    assert (seen["certificate"], seen["certificates"]) == (None, [])
    assert [warning["code"] for warning in seen["warnings"]] == [Code.CERTIFICATE_NOT_ISSUED]
    released = await u1.act("releaseMember", inputs.release(member["id"]))
    await u2.act("acceptHandoff", inputs.acceptance(released["id"]))
    assert (await u2.ask(CERTIFICATES_QUERY, id=member["id"]))["warnings"] == []

    issued = await u2.act("issueCertificate", {"memberId": member["id"], "certificate": numbered("000555")})

    assert (issued["state"], issued["issuingUnion"], issued["issuedOn"]) == ("VALID", UNIONS["U2"].name, "2025-03-03")
    assert issued["personPage"]["joinedOn"] == asked["joinedOn"]
    assert len(issued["transferColumn"]) == 1
    refusal = await u2.refused("issueCertificate", {"memberId": member["id"], "certificate": numbered("000556")})
    assert refusal["code"] == Code.STEP_NOT_ALLOWED


@pytest.mark.article("N2")
async def test_a_province_numbers_from_a_day_on_and_everybody_may_read_how(stage: Stage) -> None:
    u1, u10, m1 = stage["U1"], stage["U10"], stage.member("M1")
    assert await u1.ask(SCHEME_QUERY, provinceCode="31", on="2025-03-03") is None
    scheme = {"provinceCode": "31", "pattern": "31\\d{6}", "check": "LUHN"}
    answer = await u10.act("setNumberingScheme", scheme)
    assert {name: answer[name] for name in scheme} == scheme
    assert answer["fromOn"] == "2025-03-03"
    for party in (u1, stage["U15"]):
        found = await party.ask(SCHEME_QUERY, provinceCode="31", on="2025-03-03")
        assert found == {**scheme, "fromOn": "2025-03-03"}
    assert await u1.ask(SCHEME_QUERY, provinceCode="31", on="2025-03-02") is None
    refusal = await u1.refused("reissueCertificate", reissue(m1, "000101", reason="FULL"))
    assert refusal["code"] == Code.CERTIFICATE_NUMBER_FORMAT
    assert (await u1.act("reissueCertificate", reissue(m1, "31000011", reason="FULL")))["state"] == "VALID"


async def test_a_found_certificate_is_good_again_and_one_declared_void_is_not(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    await u1.act("recordLoss", {"memberId": m1, "consent": REPORTED})
    assert (await u1.act("recoverCertificate", {"memberId": m1}))["state"] == "VALID"
    void = await u1.act("voidCertificate", {"memberId": m1})
    assert (void["state"], void["endedAt"] is None) == ("VOIDED", False)
    assert (await u1.ask(CERTIFICATE_QUERY, id=m1))["number"] == numbered("000001")
    refusal = await u1.refused("voidCertificate", {"memberId": m1, "certificate": numbered("000001")})
    assert refusal["code"] == Code.STEP_NOT_ALLOWED
