"""Two memberships of one person, over HTTP: an import meets a live one, both see the other's, and merge (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from federation.client import HubClient
from federation.errors import Refused
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import CERTIFICATE_QUERY, DUPLICATE_QUERY, MEMBER_QUERY, MERGE_CASES_QUERY
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

#: M1 as U3's papers have it.
ON_PAPER = inputs.on_paper(MEMBERS["M1"], employerUscc=EMPLOYERS["小店甲"], memberUnit=EMPLOYERS["小店甲"])


def client(stage: Stage, ref: str) -> HubClient:
    """Give a union's own client of the hub, with its keys, on the hub's clock."""
    party = stage[ref]
    return HubClient(stage.hub, party.uri, party.login, party.signing, now=stage.clock.now)


@pytest.mark.article("A5")
async def test_two_of_one_person_are_shown_to_both_holders_and_merged(stage: Stage) -> None:
    u2, u3, m1 = stage["U2"], stage["U3"], stage.member("M1")
    await stage.moved()  # from U1 to U2: an entry of the column
    second = await u3.act("importMember", ON_PAPER)
    assert second["status"] == "DUPLICATE_SUSPECTED"

    here, there = await u2.ask(DUPLICATE_QUERY, id=m1), await u3.ask(DUPLICATE_QUERY, id=second["id"])
    assert (here["status"], there["status"]) == ("ACTIVE", "DUPLICATE_SUSPECTED")
    told = [(side["duplicate"]["union"]["uri"], side["duplicate"]["joinedOn"]) for side in (here, there)]
    assert told == [(UNIONS["U3"].uri, "2009-05-04"), (UNIONS["U2"].uri, "2012-07-01")]

    async with client(stage, "U3") as with_paper, client(stage, "U2") as with_live:
        said = await with_paper.merge_memberships(second["id"], survivor=False)
        assert said["status"] == "DUPLICATE_SUSPECTED"
        proposed = await with_live.duplicate(m1)
        assert proposed is not None
        assert (proposed["keptByUs"], proposed["keptByOther"]) == (None, True)
        merged = await with_live.merge_memberships(m1, survivor=True)
        assert (merged["status"], merged["joinedOn"]) == ("ACTIVE", "2009-05-04")
        assert await with_live.duplicate(m1) is None
        with pytest.raises(Refused) as refused:
            await with_paper.merge_memberships(second["id"], survivor=True)
        assert refused.value.code == Code.NOT_A_MEMBER

    (entry,) = (await u2.ask(CERTIFICATE_QUERY, id=m1))["transferColumn"]
    assert (entry["releasingSeal"], entry["receivingSeal"]) == (UNIONS["U1"].name, UNIONS["U2"].name)
    # The one that has ended stays readable to who held it last, and its interval has its end.
    ended: Json = await u3.ask(MEMBER_QUERY, id=second["id"])
    assert ended["status"] == "DUPLICATE_MERGED"
    assert ended["holdings"][-1]["until"] is not None
    assert (await u2.ask(MEMBER_QUERY, id=m1))["holdings"][-1]["until"] is None


@pytest.mark.article("A3")
async def test_who_releases_it_meanwhile_is_told_that_it_stands_still(stage: Stage) -> None:
    second = await stage["U3"].act("importMember", ON_PAPER)
    asked = inputs.release(second["id"])
    assert (await stage["U3"].refused("releaseMember", asked))["code"] == Code.ALREADY_MEMBER_USE_TRANSFER


async def test_the_release_of_the_one_that_ends_is_closed_for_its_receiver_too(stage: Stage) -> None:
    handoff = await stage.released()
    second = await stage["U3"].act("importMember", ON_PAPER)
    await stage["U1"].act("mergeMemberships", {"memberId": stage.member("M1"), "survivor": False})
    await stage["U3"].act("mergeMemberships", {"memberId": second["id"], "survivor": True})
    query = (
        "query ($id: ID!) { answer: explain(handoffId: $id) { summary summaryEn handoff { state ground "
        "card { name } steps { act } } next { act } } }"
    )
    for ref, ground in (("U1", "DUPLICATE_MERGED"), ("U2", "MEMBERSHIP_ENDED")):
        seen = await stage[ref].ask(query, id=handoff["id"])
        assert (seen["handoff"]["state"], seen["handoff"]["ground"]) == ("VOIDED", ground)
        assert [step["act"] for step in seen["handoff"]["steps"]] == ["release", "void"]
        assert seen["next"] == []
        assert "会籍已终止" in seen["summary"]
        assert (seen["handoff"]["card"] is None) is (ref == "U2")
    refusal = await stage["U2"].refused("acceptHandoff", inputs.acceptance(handoff["id"]))
    assert refusal["code"] == Code.HANDOFF_NOT_OPEN


@pytest.mark.article("HUB-P02")
async def test_of_two_who_do_not_become_one_the_union_above_decides(stage: Stage) -> None:
    second = await stage["U3"].act("importMember", ON_PAPER)
    await stage["U3"].act("mergeMemberships", {"memberId": second["id"], "survivor": True})
    await stage["U1"].act("mergeMemberships", {"memberId": stage.member("M1"), "survivor": True})
    assert await stage["U9"].ask(MERGE_CASES_QUERY) == []
    await stage.let_it_be(day(3, 25, hour=0))
    async with client(stage, "U9") as above:
        (case,) = await above.merge_cases()
        assert (case["membershipId"], case["union"]["uri"]) == (second["membershipId"], UNIONS["U3"].uri)
        assert (case["keptByHolder"], case["keptByOther"]) == (True, False)
        assert MEMBERS["M1"].name not in str(case)
        decided = await above.decide_merge(case, inputs.EVIDENCE)
        assert decided["membershipId"] == second["membershipId"]
        assert await above.merge_cases() == []
        with pytest.raises(Refused) as refused:
            await above.decide_merge(case)
        assert refused.value.code == Code.NO_CASE_FOR_HIGHER_UNION
    assert (await stage["U3"].ask(MEMBER_QUERY, id=second["id"]))["status"] == "ACTIVE"
    assert (await stage["U1"].ask(MEMBER_QUERY, id=stage.member("M1")))["status"] == "DUPLICATE_MERGED"
