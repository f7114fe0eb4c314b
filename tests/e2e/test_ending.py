"""Withdrawal and expulsion over HTTP, from the first step to the last, and the way back (A22, A23, N6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import inputs
from tests.e2e.documents import (
    ENDED_QUERY,
    EXPLAIN_QUERY,
    FILINGS_QUERY,
    HANDOFF_QUERY,
    MEMBER_QUERY,
    OVERDUE_QUERY,
    PROPOSAL_QUERY,
)
from tests.e2e.inputs import MEMBERS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Party


@pytest.mark.scenario(23)
async def test_a_withdrawal_takes_all_its_steps(stage: Stage) -> None:
    u1, m2 = stage["U1"], stage.member("M2")
    asked = inputs.withdrawing(m2, persuadedOn=None, discussedOn=None)
    assert (await u1.refused("recordWithdrawal", asked))["code"] == "WITHDRAWAL_STEPS_INCOMPLETE"
    assert (await u1.ask(ENDED_QUERY, id=m2))["status"] == "ACTIVE"

    member = await u1.act("recordWithdrawal", inputs.withdrawing(m2))

    assert member["status"] == "WITHDRAWN"
    ended = (await u1.ask(ENDED_QUERY, id=m2))["ending"]
    assert (ended["status"], ended["endedOn"]) == ("WITHDRAWN", "2025-03-01")
    assert (ended["certificateCollectedOn"], ended["certificateOutstanding"]) == (None, True)
    assert ended["warnings"] == ["CERTIFICATE_NOT_COLLECTED"]
    assert (await u1.act("collectCertificate", {"memberId": m2, "collectedOn": "2025-03-03"}))["state"] == "COLLECTED"
    ended = (await u1.ask(ENDED_QUERY, id=m2))["ending"]
    assert (ended["certificateCollectedOn"], ended["warnings"]) == ("2025-03-03", [])


@pytest.mark.scenario(24)
async def test_an_expulsion_is_decided_filed_and_then_the_certificate_collected(stage: Stage) -> None:
    u1, u13, m1 = stage["U1"], stage["U13"], stage.member("M1")
    await stage.let_it_be(day(6, 5))
    decided = inputs.expelling(m1, effectiveOn="2025-05-20", opinionOn="2025-06-02", decidedOn="2025-06-05")
    assert (await u1.act("decideExpulsion", decided))["status"] == "EXPELLED"
    ended = (await u1.ask(ENDED_QUERY, id=m1))["ending"]
    assert (ended["endedOn"], ended["expulsionState"], ended["filingOverdue"]) == ("2025-06-05", "DECIDED", True)

    await stage.let_it_be(day(6, 6))
    elsewhere = {"memberId": m1, "filedOn": "2025-06-06", "filedWith": stage["U10"].uri}
    assert (await u1.refused("fileExpulsion", elsewhere))["code"] == "FILING_TO_WRONG_LEVEL"
    assert await _page(u13, FILINGS_QUERY) == ([], None)
    filed = await u1.act("fileExpulsion", elsewhere | {"filedWith": u13.uri})
    assert (filed["expulsionState"], filed["filedOn"], filed["filingOverdue"]) == ("FILED", "2025-06-06", False)
    assert filed["filedWith"]["uri"] == u13.uri

    await stage.let_it_be(day(6, 7))
    early = {"memberId": m1, "collectedOn": "2025-06-05"}
    assert (await u1.refused("collectCertificate", early))["code"] == "CERTIFICATE_COLLECTED_BEFORE_FILING"
    assert (await u1.act("collectCertificate", {"memberId": m1, "collectedOn": "2025-06-07"}))["state"] == "COLLECTED"
    ended = (await u1.ask(ENDED_QUERY, id=m1))["ending"]
    assert (ended["expulsionState"], ended["certificateCollectedOn"]) == ("COLLECTED", "2025-06-07")

    (shown,), _ = await _page(u13, FILINGS_QUERY)
    assert MEMBERS["M1"].name not in str(shown)
    assert (shown["decidedOn"], shown["effectiveOn"], shown["filingMark"]) == ("2025-06-05", "2025-05-20", None)
    assert await _page(stage["U10"], FILINGS_QUERY) == ([], None)
    assert await u13.ask(MEMBER_QUERY, id=m1) is None
    await u13.act("acknowledgeFiling", {"membershipId": shown["membershipId"]})
    assert (await u1.ask(ENDED_QUERY, id=m1))["ending"]["filingMark"] == "ACKNOWLEDGED"


@pytest.mark.article("A23")
async def test_what_a_group_proposes_changes_nothing_until_the_committee_decides(stage: Stage) -> None:
    u1, m1, m2 = stage["U1"], stage.member("M1"), stage.member("M2")
    for member in (m1, m2):
        before = await u1.ask(MEMBER_QUERY, id=member)
        opinion = {"memberId": member, "opinionSha256": inputs.EVIDENCE, "opinionOn": "2025-02-20"}
        assert await u1.act("proposeExpulsion", opinion) == {"__typename": "Member", **before}
        assert (await u1.refused("proposeExpulsion", opinion))["code"] == "STEP_NOT_ALLOWED"
    proposed = (await u1.ask(PROPOSAL_QUERY, id=m1))["expulsionProposal"]
    assert (proposed["state"], proposed["opinionOn"]) == ("PROPOSED", "2025-02-20")
    other = inputs.expelling(m1, opinionSha256="A" * 43)
    assert (await u1.refused("decideExpulsion", other))["code"] == "EXPULSION_STEPS_INCOMPLETE"

    assert (await u1.act("decideExpulsion", inputs.expelling(m1, opinionSha256=None)))["status"] == "EXPELLED"
    assert (await u1.ask(PROPOSAL_QUERY, id=m1))["expulsionProposal"] is None
    dropped = {"memberId": m2, "droppedOn": "2025-03-01"}
    assert (await u1.act("dropExpulsion", dropped))["status"] == "ACTIVE"
    assert (await u1.ask(PROPOSAL_QUERY, id=m2))["expulsionProposal"] is None
    assert (await u1.refused("dropExpulsion", dropped))["code"] == "STEP_NOT_ALLOWED"


@pytest.mark.article("A23")
async def test_what_is_decided_and_not_filed_is_listed_until_it_is(stage: Stage) -> None:
    u1, u13 = stage["U1"], stage["U13"]
    m1, m2 = stage.member("M1"), stage.member("M2")
    earlier = {"effectiveOn": "2025-01-20", "opinionOn": "2025-02-02", "decidedOn": "2025-02-05"}
    for member, days in ((m1, {}), (m2, earlier)):
        await u1.act("decideExpulsion", inputs.expelling(member, **days))
    listed, cursor = await _page(u1, OVERDUE_QUERY, first=1)
    assert [(one["member"]["id"], one["filingOverdue"]) for one in listed] == [(m2, True)]
    rest, end = await _page(u1, OVERDUE_QUERY, first=1, after=cursor)
    assert ([one["member"]["id"] for one in rest], end) == ([m1], None)
    for other in (u13, stage["U2"]):
        assert await _page(other, OVERDUE_QUERY) == ([], None)

    for member in (m1, m2):
        await u1.act("fileExpulsion", {"memberId": member, "filedOn": "2025-03-03", "filedWith": u13.uri})
    assert await _page(u1, OVERDUE_QUERY) == ([], None)
    first, cursor = await _page(u13, FILINGS_QUERY, first=1)
    second, end = await _page(u13, FILINGS_QUERY, first=1, after=cursor)
    assert {one["decidedOn"] for one in (*first, *second)} == {"2025-02-05", listed[0]["endedOn"], rest[0]["endedOn"]}
    assert end is None

    await u13.act("returnFiling", {"membershipId": listed[0]["membershipId"], "papers": ["JUDGMENT"]})
    (back,), _ = await _page(u1, OVERDUE_QUERY)
    assert (back["membershipId"], back["missingPapers"]) == (listed[0]["membershipId"], ["JUDGMENT"])
    await u1.act("reverseExpulsion", {"memberId": m2, "annulmentSha256": inputs.EVIDENCE, "annulledOn": "2025-03-03"})
    assert await _page(u1, OVERDUE_QUERY) == ([], None)


async def _page(union: Party, query: str, **variables: Any) -> tuple[list[Any], str | None]:
    """Give the nodes of a page, and the cursor after which more follow."""
    page = await union.ask(query, **variables)
    info = page["pageInfo"]
    return [edge["node"] for edge in page["edges"]], info["endCursor"] if info["hasNextPage"] else None


async def test_a_judgment_that_is_annulled_takes_the_expulsion_with_it(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    await u1.act("decideExpulsion", inputs.expelling(m1))
    annulled = {"memberId": m1, "annulmentSha256": inputs.EVIDENCE, "annulledOn": "2025-03-03"}
    member = await u1.act("reverseExpulsion", annulled)
    assert (member["status"], member["joinedOn"], member["custodyVersion"]) == ("ACTIVE", "2012-07-01", 2)
    assert len(member["holdings"]) == 2
    assert member["holdings"][0]["until"] < member["holdings"][1]["from"]
    shown = await u1.ask(ENDED_QUERY, id=m1)
    assert shown["ending"] is None
    assert [one["expulsionState"] for one in shown["endings"]] == ["REVERSED"]
    assert (await stage.moved())["state"] == "ACCEPTED"


async def test_who_was_to_receive_the_member_is_told_the_end_and_no_reason(stage: Stage) -> None:
    u1, u2, m1 = stage["U1"], stage["U2"], stage.member("M1")
    handoff = (await stage.released())["id"]
    assert (await u1.refused("recordWithdrawal", inputs.withdrawing(m1)))["code"] == "HANDOFF_ALREADY_OPEN"
    await u1.act("decideExpulsion", inputs.expelling(m1))
    seen = await u2.ask(HANDOFF_QUERY, id=handoff)
    assert (seen["state"], seen["ground"], seen["card"]) == ("VOIDED", "MEMBERSHIP_ENDED", None)
    told = await u2.ask(EXPLAIN_QUERY, id=handoff)
    assert "A23" not in str(told)
    assert "EXPELLED" not in str(seen) + str(told)
    assert (await u2.refused("acceptHandoff", inputs.acceptance(handoff)))["code"] == "HANDOFF_NOT_OPEN"


async def test_the_hub_flags_who_owes_half_a_year_and_a_union_decides(stage: Stage) -> None:
    u1, m1 = stage["U1"], stage.member("M1")
    shown = await u1.ask(ENDED_QUERY, id=m1)
    assert (shown["unpaidMonths"], shown["meetsDuesHalf"]) == (0, False)
    await u1.act("amendMember", {"memberId": m1, "isCorrection": True, "duesPaidThrough": "2024-09"})
    shown = await u1.ask(ENDED_QUERY, id=m1)
    assert (shown["unpaidMonths"], shown["meetsDuesHalf"]) == (5, False)
    await stage.let_it_be(day(4, 1, hour=0))
    shown = await u1.ask(ENDED_QUERY, id=m1)
    assert (shown["status"], shown["unpaidMonths"], shown["meetsDuesHalf"]) == ("ACTIVE", 6, True)
    asked = inputs.deeming(m1, absentSince="2024-10-01", resolvedOn="2025-03-31")
    assert (await u1.refused("recordDeemedWithdrawal", asked))["code"] == "DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET"
    assert (await u1.act("recordDeemedWithdrawal", asked | {"resolvedOn": "2025-04-01"}))[
        "status"
    ] == "DEEMED_WITHDRAWN"
    assert (await u1.ask(ENDED_QUERY, id=m1))["unpaidMonths"] == 0
