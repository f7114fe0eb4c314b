"""What a union signs is what it asked for."""

from datetime import date, timedelta
from typing import Any

import pytest

from federation.acts import Act
from federation.acts_secondment import Term
from federation.drafts import Draft, check_draft
from federation.errors import StatementCode, StatementError
from federation.forms import Sha256, UnionUri
from tests.federation.hubs import CARD, CARD_SHA256, a_draft, claims_text, the_card
from tests.federation.parties import (
    HUB,
    NOW,
    U1,
    U2,
    U3,
    a_join,
    a_key,
    a_key_registration,
    a_member_amendment,
    a_release,
    a_union_amendment,
    a_union_registration,
    an_acceptance,
    changed,
)
from tests.federation.test_client import RELEASE_INPUT, UNION_INPUT

RELEASE = changed(a_release(), card_sha256=Sha256(CARD_SHA256))
NEW_KEY = a_key("U1 new")


def checked(act: Act, asked: dict[str, Any], /, *, sub: str | None = None, **facts: Any) -> Act:
    """Check a draft of these claims; facts are the draft's own, or changes to its common claims."""
    own = {name: facts.pop(name) for name in ("typ", "card", "claims") if name in facts}
    draft = a_draft(act, **({"card": the_card(), "claims": claims_text(act, sub=sub, **facts)} | own))
    return check_draft(Draft.from_answer(draft), type(act), asked, union=U1, hub=HUB, now=NOW)


def refused(act: Act, asked: dict[str, Any], /, **facts: Any) -> tuple[StatementCode, tuple[str, ...]]:
    with pytest.raises(StatementError) as caught:
        checked(act, asked, **facts)
    return caught.value.code, caught.value.path


def test_a_draft_that_says_what_was_asked_may_be_signed() -> None:
    assert checked(RELEASE, RELEASE_INPUT) == RELEASE
    assert checked(RELEASE, {}) == RELEASE
    assert checked(RELEASE, RELEASE_INPUT | {"handoffId": None, "relationEndedOn": None}) == RELEASE
    assert checked(a_union_registration(), UNION_INPUT, sub=U3) == a_union_registration()


@pytest.mark.parametrize(
    ("name", "value", "claim"),
    [
        ("receivingUnion", U3, "receiving_union"),
        ("receivingUnion", U2[10:-1] + "X", "receiving_union"),
        ("reasonCode", "DISMISSAL", "reason_code"),
        ("outDate", "2025-03-04", "out_date"),
        ("duesPaidThrough", "2025-01", "dues_paid_through"),
        ("relationEndedOn", "2025-02-27", "relation_ended_on"),
        ("newEmployerUscc", "91310117MC0R16166Y", "new_employer_uscc"),
        ("formCustody", "BY_HAND", "form_custody"),
        ("outDate", "3 March", "out_date"),
    ],
)
def test_a_draft_that_differs_in_anything_asked_is_not_signed(name: str, value: str, claim: str) -> None:
    assert refused(RELEASE, RELEASE_INPUT | {name: value}) == (StatementCode.DOCUMENT_TAMPERED, ("release", claim))


def test_of_a_part_what_was_asked_stands_in_it_and_the_rest_is_the_hub_s() -> None:
    lent = Term(home=UnionUri(U1), starts_on=date(2025, 3, 3), ends_on=date(2025, 12, 31))
    offer = changed(RELEASE, secondment=lent)
    asked = RELEASE_INPUT | {"secondment": {"startsOn": "2025-03-03", "endsOn": "2025-12-31"}}
    assert checked(offer, asked) == offer
    other = RELEASE_INPUT | {"secondment": {"startsOn": "2025-03-03", "endsOn": "2026-12-31"}}
    assert refused(offer, other) == (StatementCode.DOCUMENT_TAMPERED, ("release", "secondment"))


def test_what_was_asked_must_not_be_left_out() -> None:
    assert refused(changed(RELEASE, new_employer_uscc=None), RELEASE_INPUT)[1] == ("release", "new_employer_uscc")


def test_a_union_may_be_asked_for_by_its_code() -> None:
    assert checked(RELEASE, RELEASE_INPUT | {"receivingUnion": "81310117MC0B20021Y"}) == RELEASE


def test_names_are_compared_as_they_are_signed() -> None:
    union = changed(a_union_registration(), name="Café 工会")
    assert checked(union, {"name": " Cafe\u0301 工会"}, sub=U3) == union


def test_nested_inputs_are_compared_too() -> None:
    join = changed(a_join(), card_sha256=Sha256(CARD_SHA256))
    certificate = {"provinceCode": "31", "number": "000001"}
    assert checked(join, {"certificate": certificate, "certificateIssuedOn": "2012-07-02"}) == join
    assert refused(join, {"certificate": certificate | {"number": "000002"}})[1] == ("join", "certificate")
    units = [{"employerUscc": "91310117MC0R16166Y", "from": "2020-01-01"}]
    assert refused(a_union_registration(), {"memberUnits": units}, sub=U3)[1] == ("union", "member_units")
    acceptance = an_acceptance()
    assert refused(acceptance, {"formReceived": False})[1] == ("acceptance", "form_received")


AMENDMENT_INPUT: dict[str, Any] = {
    "memberId": "TWVtYmVyOjE=",
    "isCorrection": True,
    "person": {"name": "张伊", "idType": "RESIDENT_ID", "idNumber": "990101198805120016"},
    "idChange": "CORRECTED",
    "joinedOn": "2012-07-01",
    "employerUscc": "91310120MC0P141427",
    "memberUnit": "91310120MC0P141427",
    "relationStartedOn": "2012-06-01",
    "certificate": {"provinceCode": "31", "number": "000001"},
    "certificateIssuedOn": "2012-07-02",
    "issuingUnion": "甲机械厂工会",
    "duesPaidThrough": "2025-02",
}
AMENDMENT = changed(a_member_amendment(), card_sha256=Sha256(CARD_SHA256))


def test_an_amendment_says_what_was_asked_and_nothing_more() -> None:
    assert checked(AMENDMENT, AMENDMENT_INPUT) == AMENDMENT
    for name, claim in (("joinedOn", "joined_on"), ("idChange", "id_change"), ("issuingUnion", "issuing_union")):
        asked = {given: value for given, value in AMENDMENT_INPUT.items() if given != name}
        assert refused(AMENDMENT, asked) == (StatementCode.DOCUMENT_TAMPERED, ("amendment", claim))
    person = {name: value for name, value in AMENDMENT_INPUT["person"].items() if name != "name"}
    assert refused(AMENDMENT, AMENDMENT_INPUT | {"person": person})[1] == ("amendment", "name")
    assert refused(AMENDMENT, AMENDMENT_INPUT | {"isCorrection": False})[1] == ("amendment", "is_correction")
    emptied = changed(AMENDMENT, fields=(*AMENDMENT.fields, "mobile"))
    assert checked(emptied, AMENDMENT_INPUT | {"emptied": ["mobile"]}) == emptied
    assert refused(emptied, AMENDMENT_INPUT)[1] == ("amendment", "mobile")
    alone = changed(AMENDMENT, card_sha256=None)
    assert checked(alone, AMENDMENT_INPUT, card=None) == alone


def test_an_amendment_of_a_union_too() -> None:
    amendment = a_union_amendment()
    asked: dict[str, Any] = {
        "union": U3,
        "name": "松江小微企业工会联合会",
        "jurisdictionCode": "310117",
        "employerUsccs": ["91310117MC0Q15154X"],
        "memberUnits": [{"employerUscc": "91310117MC0R16166Y", "from": "2020-01-01"}],
        "contains": [
            {"union": "urn:union:local:31:81310117MC0C30036R-01", "from": "2020-01-01", "until": "2025-01-01"}
        ],
    }
    assert checked(amendment, asked, sub=U3) == amendment
    assert refused(amendment, asked | {"union": U2}, sub=U3)[1] == ("sub",)
    for name, claim in (("name", "name"), ("memberUnits", "member_units"), ("contains", "contains")):
        less = {given: value for given, value in asked.items() if given != name}
        assert refused(amendment, less, sub=U3) == (StatementCode.DOCUMENT_TAMPERED, ("union", claim))


def test_a_key_is_the_one_offered_for_the_union_named() -> None:
    claims = a_key_registration(NEW_KEY, "e30.e30.AAAA")
    asked = {"union": U2, "use": "SIGNING", "jwk": NEW_KEY.public.jwk_text, "proof": "e30.e30.AAAA"}
    assert checked(claims, asked, sub=U2) == claims
    assert checked(claims, asked | {"union": "81310117MC0B20021Y"}, sub=U2) == claims
    assert refused(claims, asked, sub=U3) == (StatementCode.DOCUMENT_TAMPERED, ("sub",))
    assert refused(claims, asked | {"jwk": a_key("x").public.jwk_text}, sub=U2)[1] == ("key", "jwk")
    assert refused(claims, asked | {"jwk": "no jwk"}, sub=U2)[1] == ("key", "jwk")
    assert refused(claims, asked | {"use": "LOGIN"}, sub=U2)[1] == ("key", "use")
    assert refused(claims, asked | {"notBefore": NOW.isoformat()}, sub=U2)[1] == ("key", "not_before")


def test_the_card_is_the_one_that_is_bound() -> None:
    assert refused(RELEASE, RELEASE_INPUT, card={"json": CARD + " "})[1] == ("release", "card_sha256")
    assert refused(RELEASE, RELEASE_INPUT, card=None)[1] == ("release", "card_sha256")
    assert checked(an_acceptance(), {}, card=None) == an_acceptance()


def test_a_draft_is_this_unions_at_this_hub_for_this_act_and_now() -> None:
    assert refused(RELEASE, {}, iss=U2) == (StatementCode.SIGNER_IS_NOT_CALLER, ("iss",))
    assert refused(RELEASE, {}, aud="https://other.example")[1] == ("aud",)
    assert refused(RELEASE, {}, typ="unionhub.recall+jwt")[1] == ("header", "typ")
    assert refused(RELEASE, {}, claims=None)[1] == ("header", "typ")
    assert refused(RELEASE, {}, claims="{")[1] == ("payload",)
    assert refused(RELEASE, {}, claims="[]")[1] == ("iss",)
    assert refused(RELEASE, {}, note="x")[1] == ("note",)
    assert refused(RELEASE, {}, iat=NOW + timedelta(hours=1))[0] == StatementCode.CLOCK_SKEW
    long = int(NOW.timestamp()) + 8 * 86_400
    assert refused(RELEASE, {}, exp=long)[1] == ("exp",)
