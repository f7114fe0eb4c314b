"""Full ID numbers: for the holder, for a stated purpose, and never without an entry in the disclosure log (A11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import MEMBERS_QUERY, REVEAL
from tests.e2e.forging import NO_MEMBER
from tests.e2e.inputs import EMPLOYERS, MEMBERS

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Party

LOGGED = """select d.kind, d.purpose, d.membership_id::text, u.uri, d.at from hub.disclosures d
  join hub.unions u using (union_id) order by d.at"""


async def reveal(party: Party, member_id: str, purpose: str = "核对身份") -> Any:
    return await party.ask(REVEAL, memberId=member_id, purpose=purpose)


async def test_the_holder_reads_it_for_a_purpose_and_it_is_logged(stage: Stage) -> None:
    answer = await reveal(stage["U1"], stage.member("M3"), "  办理  社保 ")
    assert answer == {"__typename": "IdNumber", "idType": "RESIDENT_ID", "idNumber": MEMBERS["M3"].id_number}
    (entry,) = await stage.superuser.fetch(LOGGED)
    membership_id = stage.members["M3"]["membershipId"]
    assert tuple(entry)[:4] == ("ID_NUMBER", "办理 社保", membership_id, stage["U1"].uri)
    assert abs((entry["at"] - stage.clock.now()).total_seconds()) < 5
    # Each reading is one entry, and no other read is any.
    await reveal(stage["U1"], stage.member("M3"))
    await stage["U1"].ask(MEMBERS_QUERY, filter={"idNumber": MEMBERS["M3"].id_number})
    assert await stage.count("disclosures") == 2


@pytest.mark.parametrize("purpose", ["", " ", "x", "x" * 201, "核对\u200e身份", "核对\x07", "\u3000\u3000"])
async def test_without_a_purpose_it_is_refused_and_nothing_is_logged(stage: Stage, purpose: str) -> None:
    answer = await reveal(stage["U1"], stage.member("M1"), purpose)
    assert (answer["code"], answer["path"]) == (Code.PURPOSE_REQUIRED, ["purpose"])
    assert await stage.count("disclosures") == 0


@pytest.mark.article("A11")
async def test_nobody_else_reads_it_neither_before_nor_after_holding(stage: Stage) -> None:
    await stage.moved("M1")
    await stage.released("M2")
    for ref, member in (("U1", "M1"), ("U2", "M2"), ("U15", "M1"), ("U13", "M2"), ("U0", "M6"), ("U3a", "M6")):
        party = stage[ref]
        variables = {"memberId": stage.member(member), "purpose": "核对身份"}
        held = await party.post(REVEAL, variables)
        unknown = await party.post(REVEAL, variables | {"memberId": NO_MEMBER})
        assert held.data["answer"]["code"] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert held == unknown
    assert await stage.count("disclosures") == 0
    assert (await reveal(stage["U2"], stage.member("M1")))["idNumber"] == MEMBERS["M1"].id_number


async def test_who_has_no_number_has_none_to_reveal(stage: Stage) -> None:
    person = {"name": "孙八", "idType": "OTHER", "idNumber": None}
    asked = inputs.joining(MEMBERS["M1"], of=person, certificate=None, certificateIssuedOn=None)
    joined = await stage["U1"].act("joinMember", asked)
    assert (await reveal(stage["U1"], joined["id"]))["code"] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD


async def test_a_draft_of_a_join_logs_what_it_told_and_nothing_where_it_told_nothing(stage: Stage) -> None:
    """The one draft that leaves something: a union has learned that somebody is a member elsewhere (domain 5.3)."""
    u2 = stage["U2"]
    known = inputs.joining(MEMBERS["M2"], employerUscc=EMPLOYERS["乙"], certificate=None, certificateIssuedOn=None)
    await u2.draft("joinMember", known)
    (entry,) = await stage.superuser.fetch(LOGGED)
    assert (entry["kind"], entry["uri"], entry["purpose"]) == ("ALREADY_MEMBER", u2.uri, None)
    nobody = {"name": "郑甲", "idType": "OTHER", "idNumber": None}
    await u2.draft("joinMember", known | {"person": inputs.person(MEMBERS["M2"], **nobody)})
    assert await stage.count("disclosures") == 1


async def test_a_person_is_found_whatever_the_case_of_the_number(stage: Stage) -> None:
    """One person, one membership: a lower-case x makes no second person."""
    number = MEMBERS["M3"].id_number
    for spelled in (number.lower(), number):
        asked = inputs.joining(MEMBERS["M3"], of={"idNumber": spelled}, certificate=None, certificateIssuedOn=None)
        draft = await stage["U2"].draft("joinMember", asked)
        assert draft["refusals"][0]["code"] == Code.ALREADY_MEMBER_USE_TRANSFER
