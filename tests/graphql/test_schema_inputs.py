"""What drafts are asked with, as the desk takes it: snake_case, plain values, None where nothing was given."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from strawberry import ID, UNSET

from hub.schema.enums import EmploymentForm, HoldingBasis, IdType, UnionKind
from hub.schema.faults import BadUserInput
from hub.schema.ids import encode_id
from hub.schema.scalars import YearMonth
from hub.schema.types.inputs import (
    CertificateInput,
    GroundDraft,
    HandoffDraft,
    JoinMemberDraft,
    MemberUnitInput,
    PersonInput,
    ReleaseMemberDraft,
    UnionDraft,
    given_of,
    plain_text,
)

KEY = UUID("00000000-0000-4000-8000-000000000007")


def a_release(**changes: object) -> ReleaseMemberDraft:
    asked = ReleaseMemberDraft(
        receiving_union="urn:union:x",
        reason_code="CHANGE_OF_EMPLOYER",
        out_date=date(2025, 3, 3),
        dues_paid_through=YearMonth("2025-02"),
    )
    for name, value in changes.items():
        setattr(asked, name, value)
    return asked


def test_what_is_absent_is_none() -> None:
    assert given_of(a_release()) == {
        "membership_id": None,
        "handoff_id": None,
        "receiving_union": "urn:union:x",
        "reason_code": "CHANGE_OF_EMPLOYER",
        "out_date": date(2025, 3, 3),
        "dues_paid_through": "2025-02",
        "relation_ended_on": None,
        "new_employer_uscc": None,
        "form_custody": None,
        "host_employer_uscc": None,
        "closure": None,
        "retention": None,
        "secondment": None,
        "restores": None,
        "consent": None,
        "placement": None,
    }


def test_a_global_id_becomes_the_ledgers() -> None:
    assert given_of(a_release(member_id=ID(encode_id("Member", KEY))))["membership_id"] == KEY
    assert given_of(HandoffDraft(handoff_id=ID(encode_id("Handoff", KEY)))) == {"handoff_id": KEY}


@pytest.mark.attack("Z09")
@pytest.mark.parametrize("forged", ["", "x", encode_id("Handoff", KEY), str(KEY), encode_id("Member", KEY) + "A"])
def test_an_id_of_another_type_or_none_names_nothing(forged: str) -> None:
    assert given_of(a_release(member_id=ID(forged)))["membership_id"] is None


def test_nested_inputs_become_dictionaries_and_enumerations_words() -> None:
    person = PersonInput(
        name="张一",
        sex="1",
        birth_month=YearMonth("1988-05"),
        id_type=IdType.PASSPORT,
        employment_form=EmploymentForm.FULL,
    )
    asked = JoinMemberDraft(
        person=person,
        channel="ORAL",
        joined_on=date(2025, 3, 3),
        holding_basis=HoldingBasis.ORDINARY,
        certificate=CertificateInput(province_code="31", number="000001"),
        dues_paid_through=YearMonth("2025-02"),
    )
    given = given_of(asked)
    assert given["certificate"] == {"province_code": "31", "number": "000001"}
    assert given["person"]["id_number"] is None
    words = (given["holding_basis"], given["person"]["id_type"], given["person"]["employment_form"])
    assert words == ("ORDINARY", "PASSPORT", "FULL")
    assert {type(word) for word in words} == {str}


def test_from_is_from() -> None:
    unit = MemberUnitInput(employer_uscc="x", from_=date(2010, 1, 1))
    asked = UnionDraft(
        name="松江", kind=UnionKind.GRASSROOTS_JOINT, established_on=date(2010, 1, 1), member_units=[unit]
    )
    assert given_of(asked)["member_units"] == [{"employer_uscc": "x", "from": date(2010, 1, 1), "until": None}]


def test_a_nul_is_refused_wherever_it_stands() -> None:
    with pytest.raises(BadUserInput):
        given_of(GroundDraft(handoff_id=ID("x"), ground="A\0"))
    with pytest.raises(BadUserInput):
        given_of(GroundDraft(handoff_id=ID("x"), ground="A", fields=["name", "\0"]))
    with pytest.raises(BadUserInput):
        plain_text("\0")


def test_a_text_that_was_not_given_is_none() -> None:
    assert plain_text(UNSET) is None
    assert plain_text(None) is None
    assert plain_text("工会") == "工会"
