"""Province policy over HTTP: set by the federation, read by everybody, and counted from its day on, for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from federation.encoding import sha256_b64url
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import HANDOFF_QUERY, POLICY_QUERY, POLICY_VERSIONS_QUERY
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.wire import claims_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

RESOLVED = sha256_b64url(b"resolved")
CONSENT = {"form": "WRITTEN", "givenOn": "2025-03-02", "evidenceSha256": RESOLVED}
ASKED = {"relationStartedOn": "2025-03-01", "consent": CONSENT}


def policy(**values: Any) -> Json:
    return {"evidenceSha256": RESOLVED, **values}


async def values(party: Party, **asked: Any) -> dict[str, Json]:
    found = await party.ask(POLICY_QUERY, **asked)
    return {value["name"]: value for value in found["values"]}


async def test_a_province_changes_its_terms_from_a_day_on_and_what_is_open_keeps_its_own(stage: Stage) -> None:
    """P01 and P02 shorter, P10 longer: the same acts on both sides of the day."""
    u1, u2, u10 = stage["U1"], stage["U2"], stage["U10"]
    made = await u10.act(
        "setPolicy",
        policy(effectiveFrom="2025-03-05", releaseValidDays=30, requestWorkingDays=5, prepaidMonthsMax=24),
    )
    assert (made["version"], made["effectiveFrom"], made["setBy"]["uri"]) == (1, "2025-03-05", u10.uri)
    assert [(one["rule"], one["name"], one["value"]) for one in made["settings"]] == [
        ("HUB-P01", "releaseValidDays", "30"),
        ("HUB-P02", "requestWorkingDays", "5"),
        ("HUB-P10", "prepaidMonthsMax", "24"),
    ]
    m2, m4 = stage.member("M2"), stage.member("M4")
    ahead = {"duesPaidThrough": "2026-09"}
    refusal = await u1.refused("releaseMember", inputs.release(m4, **ahead))
    assert (refusal["code"], refusal["articles"]) == (Code.DUES_MONTH_IMPLAUSIBLE, ["NX-3"])
    before = await u1.act("releaseMember", inputs.release(m2))
    asked = await u2.act("requestHandoff", inputs.asking(MEMBERS["M1"], **ASKED))
    assert before["nextDeadline"] == {
        **before["nextDeadline"], "rule": "HUB-P01", "days": 90, "inWorkingDays": False,
    }  # fmt: skip
    assert (asked["nextDeadline"]["rule"], asked["nextDeadline"]["days"]) == ("HUB-P02", 15)

    await stage.let_it_be(day(3, 5))

    after = await u1.act("releaseMember", inputs.release(m4, **ahead))
    assert (after["validUntil"], after["nextDeadline"]["days"]) == ("2025-04-04", 30)
    again = await u2.act("requestHandoff", inputs.asking(MEMBERS["M3"], **ASKED))
    assert (again["nextDeadline"]["at"], again["nextDeadline"]["days"]) == ("2025-03-12T16:00:00Z", 5)
    for party, case in ((u1, before), (u2, asked)):
        kept = await party.ask(HANDOFF_QUERY, id=case["id"])
        assert (kept["nextDeadline"], kept["validUntil"]) == (case["nextDeadline"], case["validUntil"])
    # Jiangsu's unions have what the nation has.
    u7 = await u7_releases(stage)
    assert u7["nextDeadline"]["days"] == 90


async def u7_releases(stage: Stage) -> Json:
    released: Json = await stage["U7"].act("releaseMember", inputs.release(stage.member("M5")))
    return released


async def test_who_set_what_and_when_is_everybodys_to_read(stage: Stage) -> None:
    u1, u10, u15 = stage["U1"], stage["U10"], stage["U15"]
    first = await u10.act("setPolicy", policy(closureHolder="HIGHER_LEVEL", appealDays=20))
    second = await u10.act("setPolicy", policy(appealDays=25))
    later = await u10.act("setPolicy", policy(effectiveFrom="2025-06-01", appealDays=40, closureIntake="OPTION"))
    for party, asked in ((u1, {"provinceCode": "31"}), (u15, {"unionId": (await _id(u15, "U2"))})):
        now = await values(party, **asked)
        assert len(now) == 14
        assert now["appealDays"] == {
            "rule": "HUB-P13", "name": "appealDays", "value": "25", "unit": "DAYS", "source": "PROVINCE",
            "version": 2, "effectiveFrom": "2025-03-03", "nationalValue": "30", "minimum": 5, "maximum": 366,
            "choices": [],
        }  # fmt: skip
        assert (now["closureHolder"]["value"], now["closureHolder"]["version"]) == ("HIGHER_LEVEL", 1)
        assert (now["releaseValidDays"]["source"], now["releaseValidDays"]["version"]) == ("NATIONAL", None)
        assert (await values(party, **asked, asOf="2025-03-02"))["appealDays"]["value"] == "30"
        assert (await values(party, **asked, asOf="2025-06-01"))["appealDays"]["value"] == "40"
    for asked in ({"provinceCode": "32"}, {"unionId": await _id(u1, "U7")}, {"unionId": await _id(u1, "U0")}, {}):
        assert {value["source"] for value in (await values(u1, **asked)).values()} == {"NATIONAL"}
    found = await u1.ask(POLICY_QUERY, unionId=await _id(u1, "U1"))
    assert (found["recordOf"]["uri"], found["asOf"]) == (u10.uri, "2025-03-03")
    page = await u15.ask(POLICY_VERSIONS_QUERY, provinceCode="31", first=2)
    assert [edge["node"]["receipt"] for edge in page["edges"]] == [later["receipt"], second["receipt"]]
    rest = await u15.ask(POLICY_VERSIONS_QUERY, provinceCode="31", first=2, after=page["pageInfo"]["endCursor"])
    assert [{"__typename": "PolicyVersion", **edge["node"]} for edge in rest["edges"]] == [first]
    assert claims_of(first["statement"])["policy"]["appeal_days"] == 20
    assert (await u15.ask(POLICY_VERSIONS_QUERY))["edges"] == []


async def test_what_is_no_union_has_no_policy(stage: Stage) -> None:
    u1 = stage["U1"]
    for asked in ({"provinceCode": "99"}, {"unionId": stage.member("M1")}, {"unionId": "nothing"}):
        assert await u1.ask(POLICY_QUERY, **asked) is None
        assert (await u1.ask(POLICY_VERSIONS_QUERY, **asked))["edges"] == []
    answer = await u1.post(POLICY_QUERY, {"provinceCode": "31", "unionId": await _id(u1, "U1")})
    assert answer.code == "BAD_USER_INPUT"


@pytest.mark.article("N4")
async def test_no_municipal_union_sets_one(stage: Stage) -> None:
    for ref in ("U9", "U1", "U0"):
        refusal = await stage[ref].refused("setPolicy", policy(releaseValidDays=30))
        assert (refusal["code"], refusal["articles"]) == (Code.NOT_PROVINCIAL_FEDERATION, ["N4"])


@pytest.mark.article("HUB-P17")
async def test_it_is_not_backdated_and_has_its_bounds(stage: Stage) -> None:
    u10 = stage["U10"]
    for asked, path in (
        ({"effectiveFrom": "2025-03-02", "releaseValidDays": 30}, ["policy", "effective_from"]),
        ({"releaseValidDays": 0}, ["policy", "release_valid_days"]),
        ({"requestWorkingDays": 1000}, ["policy", "request_working_days"]),
        ({}, ["policy"]),
    ):
        refusal = await u10.refused("setPolicy", policy(**asked))
        assert (refusal["code"], refusal["path"]) == (Code.INPUT_INVALID, path)


async def _id(party: Party, ref: str) -> str:
    found = await party.ask("query ($uri: String) { answer: union(uri: $uri) { id } }", uri=UNIONS[ref].uri)
    return str(found["id"])
