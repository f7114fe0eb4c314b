"""The object of an act's claims: what is written is read, and nothing else."""

import dataclasses
import types
import typing
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation import acts, encoding, forms
from federation.acts_winding import UnionClosing, UnionWindingUp
from federation.claims import dump, parse, shown
from federation.errors import StatementCode, StatementError
from federation.keys import PublicKey
from tests.federation.certifying import certificate_acts
from tests.federation.endings import ENDING_ACTS
from tests.federation.histories import HISTORY_ACTS
from tests.federation.parties import (
    a_join,
    a_key,
    a_key_registration,
    a_key_retirement,
    a_key_revocation,
    a_member_amendment,
    a_recall,
    a_refusal,
    a_release,
    a_union_amendment,
    a_union_registration,
    agreement_acts,
    an_acceptance,
    care_acts,
)
from tests.federation.printings import PRINTING_ACTS
from tests.federation.retentions import RETENTION_ACTS
from tests.federation.secondments import SECONDMENT_ACTS
from tests.federation.windings import WINDING_ACTS

_USCC = "[0-9A-HJ-NPQRTUWXY]{18}"
_PLAIN = st.characters(categories=["L", "Nd", "Pd"], include_characters=" ·（）")


def plain_text(length_max: int) -> st.SearchStrategy[str]:
    def tidied(text: str) -> str:
        return unicodedata.normalize("NFC", text).strip()[:length_max].strip()

    return st.text(_PLAIN, min_size=1, max_size=length_max).map(tidied).filter(bool)


def matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


#: For each form, values of its kind.
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    bool: st.booleans(),
    forms.Version: st.integers(0, encoding.INTEGER_MAX),
    forms.LeafCount: st.integers(1, forms.LEAVES_MAX),
    forms.Amount: st.integers(0, encoding.INTEGER_MAX),
    forms.NumberPattern: matching(r"[A-Z0-9a-z\[\]{},\\-]{1,100}"),
    date: st.dates(date(1900, 1, 1), date(2999, 12, 31)),
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    forms.KeyUse: st.sampled_from(forms.KeyUse),
    PublicKey: st.sampled_from([a_key("a").public, a_key("b", "ES256").public, a_key("c", kid="c").public]),
    forms.UnionUri: matching(f"urn:union:({_USCC}|local:[0-9]{{2}}:{_USCC}-[0-9]{{2}})"),
    forms.Uscc: matching(_USCC),
    forms.LocalCode: matching(f"{_USCC}-[0-9]{{2}}"),
    forms.ProvinceCode: matching("[0-9]{2}"),
    forms.DivisionCode: matching("[0-9]{2,12}"),
    forms.Sha256: st.binary(min_size=32, max_size=32).map(encoding.b64url),
    forms.Month: matching("(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])"),
    forms.Code: matching("[A-Z][A-Z0-9_]{0,63}"),
    forms.Kid: matching("[A-Za-z0-9_-]{1,64}"),
    forms.Typ: matching(r"unionhub\.[a-z-]{1,40}\+jwt"),
    forms.Article: st.sampled_from(["A12", "NX-3", "HUB-P17", "N6"]),
    forms.FieldName: st.sampled_from(["dues_paid_through", "birthMonth"]),
    forms.ShortJws: st.just("e30.e30.AAAA"),
    forms.UnionName: plain_text(100),
    forms.CertificateNumber: plain_text(32),
    forms.RegisterNo: plain_text(40),
    forms.ReasonText: plain_text(100),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return st.one_of(*(st.none() if o is types.NoneType else values_of(o) for o in typing.get_args(hint)))
    if typing.get_origin(hint) is tuple:
        return st.lists(values_of(typing.get_args(hint)[0]), max_size=5).map(tuple)
    if hint in VALUES:
        return VALUES[hint]
    return objects_of(hint)


def objects_of(cls: type[Any]) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(cls)
    return st.builds(
        cls, **{name: values_of(hints[name]) for name in (field.name for field in dataclasses.fields(cls))}
    )


@pytest.mark.parametrize("cls", [*acts.ACTS.values(), acts.Receipt], ids=lambda cls: cls.__name__)
def test_claims_are_read_as_they_were_written(cls: type[Any]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(objects_of(cls))
    def holds(claims: Any) -> None:
        written = dump(claims)
        assert None not in written.values()
        assert parse(cls, encoding.loads(encoding.dumps(written)), ("it",)) == claims
        assert dump(parse(cls, written, ())) == written

    holds()


EXAMPLES: list[acts.Act] = [
    *RETENTION_ACTS,
    *ENDING_ACTS,
    *SECONDMENT_ACTS,
    *WINDING_ACTS,
    *HISTORY_ACTS,
    a_join(),
    a_member_amendment(),
    a_union_amendment(),
    a_release(),
    an_acceptance(),
    a_refusal(),
    a_recall(),
    a_union_registration(),
    a_key_registration(a_key("new"), "e30.e30.AAAA"),
    a_key_retirement("old"),
    a_key_revocation("old"),
    *agreement_acts(),
    *care_acts(),
    *certificate_acts().values(),
    *PRINTING_ACTS,
]
OPTIONAL = {
    "join": "employer_uscc member_unit relation_started_on certificate issuing_union",
    "release": "relation_ended_on new_employer_uscc request_sha256",
    "acceptance": "employer_uscc relation_started_on intake_register_no",
    "refusal": "fields",
    "entrustment": "replaces_sha256",
    "record": "agreement_id evidence_sha256",
    "loss": "consent",
    "history": "corrects_sha256",
    "dues": "agreement_id",
    "scheme": "check",
    "policy": "release_valid_days closure_holder",
    "withdrawal": "requested_on request_sha256 persuaded_on discussed_on announced_on collected_on",
    "deemed_withdrawal": "unpaid_since absent_since proper_reason admonished_on collected_on",
    "expulsion": "judgment_sha256 effective_on opinion_sha256 opinion_on decision_sha256 decided_on",
    "death": "evidence_sha256",
    "retention": "retired_on early relation_ended_on new_employer_uscc enlisted_on",
    "change": "discharged_on retired_on early",
    "restoration": "employer_uscc relation_started_on discharged_on",
    "unionhub.secondment+jwt": "host_union",
    "end": "in_lieu_of",
    "amendment": "id_change joined_on employer_uscc member_unit relation_started_on certificate issuing_union "
    "dues_paid_through card_sha256",
    UnionWindingUp.typ: "successor_union",
    UnionClosing.typ: "",
    acts.UnionAmendment.typ: "name jurisdiction_code employer_usccs member_units contains",
    "union": "uscc local_code province_code jurisdiction_code employer_usccs member_units contains",
}

each_act = pytest.mark.parametrize("claims", EXAMPLES, ids=lambda claims: claims.typ)


def refusal_of(cls: type[Any], value: Any) -> tuple[str, ...]:
    with pytest.raises(StatementError) as caught:
        parse(cls, value, (cls.object_name,))
    assert caught.value.code == StatementCode.STATEMENT_MALFORMED
    return caught.value.path


@each_act
def test_every_claim_is_needed_save_those_that_the_contract_lets_be_absent(claims: acts.Act) -> None:
    name = claims.object_name
    for claim in dump(claims):
        without = {other: value for other, value in dump(claims).items() if other != claim}
        if claim in OPTIONAL.get(claims.typ, OPTIONAL.get(name, "")).split():
            parse(type(claims), without, (name,))
        else:
            assert refusal_of(type(claims), without) == (name, claim)


@each_act
def test_no_claim_may_be_null_or_of_another_type(claims: acts.Act) -> None:
    name = claims.object_name
    for claim, value in dump(claims).items():
        for wrong in (None, 5, 5.5, [5], {"x": 5}, "", not value if isinstance(value, bool) else True):
            is_number = type(wrong) is int and type(value) is int
            if not (isinstance(value, bool) and isinstance(wrong, bool)) and not is_number:
                assert refusal_of(type(claims), dump(claims) | {claim: wrong})[:2] == (name, claim)


@each_act
def test_nothing_unknown_is_let_in(claims: acts.Act) -> None:
    name = claims.object_name
    assert refusal_of(type(claims), dump(claims) | {"note": "x"}) == (name, "note")
    assert refusal_of(type(claims), dump(claims) | {"": "x"}) == (name, "?")
    for value in ([dump(claims)], "x", None, 5, True):
        assert refusal_of(type(claims), value) == (name,)


WRONG: list[tuple[acts.Act, str, list[Any]]] = [
    (
        a_release(),
        "out_date",
        [
            "2026-02-30",
            "2025-02-29",
            "2025-2-3",
            "20250203",
            "2025-W06-1",
            "1899-12-31",
            "3000-01-01",
            "2025-00-10",
            "2025-02-03T00:00:00Z",
            "２025-02-03",
            "2025-02-03\n",
            20250203,
        ],
    ),
    (a_release(), "dues_paid_through", ["2025-13", "2025-00", "2025-2", "2025-02-01", "202502"]),
    (a_release(), "custody_version", [-1, True, "1", 2**53 + 1, 1.0]),
    (a_release(), "prev_sha256", ["A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "=", "+" * 43]),
    (
        a_release(),
        "receiving_union",
        [
            "81310117MC0B20021Y",
            "urn:union:81310117MC0B20021y",
            "urn:union:81310117MC0B20021",
            "URN:UNION:81310117MC0B20021Y",
            "urn:union:81310117MC0B2002IY",
            "urn:union:local:31:81310117MC0C30036R",
            "urn:union:local:3:81310117MC0C30036R-01",
            "urn:union:local:31:81310117MC0C30036R-1",
            " urn:union:81310117MC0B20021Y",
            "urn:union:81310117MC0B20021Y\n",
        ],
    ),
    (a_release(), "reason_code", ["change_of_employer", "", "_X", "1X", "X" * 65, "调动", "A B"]),
    (a_release(), "reason_text", ["", " 调动", "调动\u200f", "调\n动", "调" * 101, "e\u0301", "\ud800", "\ufeffx"]),
    (a_release(), "articles", ["A12", ["a12"], ["A12", None], ["A" + "1" * 20], ["A12"] * 21, {"0": "A12"}]),
    (
        a_release(),
        "handoff_id",
        [
            "7F1A4F3E-0D1B-5C55-9D0A-2F4C1A9BE001",
            "{7f1a4f3e-0d1b-5c55-9d0a-2f4c1a9be001}",
            "7f1a4f3e0d1b5c559d0a2f4c1a9be001",
            "urn:uuid:7f1a4f3e-0d1b-5c55-9d0a-2f4c1a9be001",
            "x",
            0,
        ],
    ),
    (an_acceptance(), "form_received", [0, 1, "true", "false"]),
    (an_acceptance(), "intake_register_no", ["", "x" * 41, "a\tb"]),
    (a_join(), "issuing_union", ["", "x" * 101, "甲\u202e乙", "甲\u2028乙"]),
    (a_refusal(), "fields", [["a b"], ["x"] * 21, [""], "ab", ["调"], [5]]),
    (
        a_key_retirement("k"),
        "retired_at",
        [
            "2025-03-10T23:59:60Z",
            "2025-03-10T24:00:00Z",
            "2025-03-10 10:00:00Z",
            "2025-03-10T10:00:00",
            "2025-03-10T10:00Z",
            "2025-03-10t10:00:00z",
            "2025-03-10T10:00:00.1234567Z",
            "2025-03-10T10:00:00+0800",
            "2025-03-10T10:00:00+24:00",
            "2025-02-30T10:00:00Z",
            "2025-03-10",
            "2025-03-10T10:00:00+08:60",
            1741572000,
        ],
    ),
    (a_key_retirement("k"), "use", ["signing", "BOTH", "", None]),
    (a_key_retirement("k"), "kid", ["", "a b", "k" * 65, "../x"]),
    (a_key_registration(a_key("n"), "e30.e30.AAAA"), "proof", ["", "a b", "x" * 2049]),
    (a_union_registration(), "jurisdiction_code", ["3", "31011700100500", "31-01"]),
    (a_union_registration(), "member_units", [[{}], [{"employer_uscc": "91310117MC0R16166Y"}], {}]),
    (a_union_registration(), "local_code", ["81310117MC0C30036R", "81310117MC0C30036R-1"]),
]


@pytest.mark.parametrize(
    ("claims", "claim", "value"), [(claims, claim, value) for claims, claim, values in WRONG for value in values]
)
def test_a_value_that_has_not_the_form_of_its_claim_is_refused(claims: acts.Act, claim: str, value: Any) -> None:
    assert refusal_of(type(claims), dump(claims) | {claim: value})[:2] == (claims.object_name, claim)


def test_a_fault_inside_is_named_where_it_is() -> None:
    join = dump(a_join())
    assert refusal_of(acts.Join, join | {"certificate": {"province_code": "31"}}) == ("join", "certificate", "number")
    certificate = {"province_code": "31", "number": "000001 "}
    assert refusal_of(acts.Join, join | {"certificate": certificate}) == ("join", "certificate", "number")
    assert refusal_of(acts.Join, join | {"certificate": {}}) == ("join", "certificate", "province_code")
    union = dump(a_union_registration())
    units = [*union["member_units"], union["member_units"][0] | {"from": "2025-02-30"}]
    assert refusal_of(acts.UnionRegistration, union | {"member_units": units}) == ("union", "member_units", "2", "from")
    assert refusal_of(acts.UnionRegistration, union | {"contains": [5]}) == ("union", "contains", "0")
    key = dump(a_key_registration(a_key("n"), "e30.e30.AAAA"))
    assert refusal_of(acts.KeyRegistration, key | {"jwk": key["jwk"] | {"d": "A" * 43}}) == ("key", "jwk", "d")


def test_an_instant_is_read_with_any_offset_and_written_in_utc() -> None:
    key = dump(a_key_retirement("k"))
    read = parse(acts.KeyRetirement, key | {"retired_at": "2025-03-10T10:00:00.5+08:00"}, ())
    assert read.retired_at == datetime(2025, 3, 10, 2, 0, 0, 500_000, tzinfo=UTC)
    assert dump(read)["retired_at"] == "2025-03-10T02:00:00.500000Z"
    shanghai = timezone(timedelta(hours=8))
    moved = acts.KeyRetirement(kid=read.kid, use=read.use, retired_at=datetime(2025, 3, 10, 10, tzinfo=shanghai))
    assert dump(moved)["retired_at"] == "2025-03-10T02:00:00Z"


def test_what_is_refused_is_not_repeated() -> None:
    """A stranger's text never gets into a path, and so not into a log or an answer."""
    assert shown("out_date") == "out_date"
    for name in ("\ud800", "x" * 65, "<script>", "a b", "张一", "", "__"):
        assert shown(name) == "?"


def test_every_word_may_be_tried_whatever_the_hub_says_of_it() -> None:
    """An unknown ground or reason is refused by its article, never by its form."""
    for code in ("ARREARS", "ETHNICITY", "NO_SUCH_GROUND"):
        assert parse(acts.Refusal, dump(a_refusal()) | {"ground": code}, ()).ground == code
        assert parse(acts.Release, dump(a_release()) | {"reason_code": code}, ()).reason_code == code


def test_a_union_is_named_by_its_codes() -> None:
    union = a_union_registration()
    local = {"local_code": "81310117MC0C30036R-01", "name": "小店甲分会", "kind": "MEMBER_UNIT_BRANCH"}
    day = {"established_on": "2020-01-01"}
    branch = parse(acts.UnionRegistration, local | day | {"province_code": "31"}, ())
    assert union.uri == "urn:union:81310117MC0C30036R"
    assert branch.uri == "urn:union:local:31:81310117MC0C30036R-01"
    assert parse(acts.UnionRegistration, local | day, ()).uri is None
    assert parse(acts.UnionRegistration, dump(union) | local, ()).uri is None
    assert parse(acts.UnionRegistration, {"name": "x", "kind": "X"} | day, ()).uri is None
