"""Numbers of identity documents (A4): genuine ones pass, slips are seen, and one number has one spelling."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.transfers.kinds import IdType
from hub.transfers.rules import identity
from hub.transfers.rules.codes import InvalidValue
from hub.transfers.rules.identity import Doubt, doubts, normalise

TODAY = date(2025, 3, 3)
MEMBERS = {
    "990101198805120016": "1",
    "990101199511030247": "2",
    "99010119650228003X": "1",
    "990101197912310160": "2",
    "990101200108170421": "2",
    "990101199010100091": "1",
}


def with_check(digits: str) -> str:
    """Append the MOD 11-2 check character by the definition: the weighted sum of all 18 is 1 modulo 11."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(digits))
    return digits + next(c for c in "0123456789X" if (total + (10 if c == "X" else int(c))) % 11 == 1)


def refused(kind: type[InvalidValue], id_type: str, number: str | None, today: date = TODAY) -> InvalidValue:
    with pytest.raises(kind) as found:
        normalise(id_type, number, today)
    assert type(found.value) is kind
    assert not number or number not in str(found.value)
    return found.value


@pytest.mark.article("A4")
@pytest.mark.parametrize(("number", "sex"), MEMBERS.items())
def test_the_fixtures_are_right(number: str, sex: str) -> None:
    assert normalise("RESIDENT_ID", number, TODAY) == number
    assert doubts("RESIDENT_ID", number, sex=sex, birth_month=f"{number[6:10]}-{number[10:12]}") == [
        Doubt.REGION_UNKNOWN  # 99 is no province, so that no fixture is a person
    ]


@pytest.mark.article("A4")
@pytest.mark.parametrize("region", ["131128", "440307", "510226", "830000", "611700", "110000", "999999"])
@pytest.mark.parametrize("born", ["19650101", "19901231"])
def test_the_region_never_refuses(region: str, born: str) -> None:
    """Counties come and go; python-stdnum 2.2 refuses or breaks on these."""
    number = with_check(f"{region}{born}000")
    assert normalise("RESIDENT_ID", number, TODAY) == number


@given(st.sampled_from(list(MEMBERS)), st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_seen(number: str, at: int, character: str) -> None:
    changed = number[:at] + character + number[at + 1 :]
    if changed == number:
        assert normalise("RESIDENT_ID", changed, TODAY) == number
    else:
        with pytest.raises(InvalidValue):
            normalise("RESIDENT_ID", changed, TODAY)


@given(st.sampled_from(list(MEMBERS)), st.integers(0, 16))
def test_two_swapped_characters_are_always_seen(number: str, at: int) -> None:
    swapped = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if swapped != number:
        with pytest.raises(InvalidValue):
            normalise("RESIDENT_ID", swapped, TODAY)


@pytest.mark.parametrize(
    "written",
    ["99010119650228003x", "９９０１０１１９６５０２２８００３Ｘ", " 990101 19650228 003X ", "990101　19650228003ｘ"],
)
def test_one_number_has_one_spelling(written: str) -> None:
    assert normalise("RESIDENT_ID", written, TODAY) == "99010119650228003X"


def test_an_old_number_is_the_same_person_as_the_new_one() -> None:
    assert normalise("RESIDENT_ID", "990101650228003", TODAY) == "99010119650228003X"
    assert normalise("RESIDENT_ID", "９９０１０１８８０５１２００１", TODAY) == "990101198805120016"
    refused(identity.BirthDateImpossible, "RESIDENT_ID", "990101650230003")


@pytest.mark.parametrize("day", ["18991231", "19000229", "20230229", "19901301", "19900001", "19900431", "20250304"])
def test_a_date_that_cannot_be_is_refused(day: str) -> None:
    found = refused(identity.BirthDateImpossible, "RESIDENT_ID", with_check(f"990101{day}001"))
    assert found.field == "id_number"


@pytest.mark.parametrize("day", ["19000101", "20000229", "20240229", "20250303"])
def test_a_date_that_can_be_is_accepted(day: str) -> None:
    assert normalise("RESIDENT_ID", with_check(f"990101{day}001"), TODAY)


def test_the_day_of_receipt_decides_what_lies_in_the_future() -> None:
    number = with_check("99010120250304001")
    refused(identity.BirthDateImpossible, "RESIDENT_ID", number)
    assert normalise("RESIDENT_ID", number, date(2025, 3, 4)) == number


def test_a_wrong_check_character_is_told_apart() -> None:
    refused(identity.CheckCharacterWrong, "RESIDENT_ID", "990101198805120017")


@pytest.mark.parametrize(
    "number",
    [
        "99010119880512001",
        "9901011988051200160",
        "X90101198805120016",
        "99010119880512001Y",
        "990101-19880512-0016",
        "٩90101198805120016",
        "990101198805120016\u200b",
        "99010119880512001６０",
        "0" * 14,
        "0" * 16,
    ],
)
def test_what_has_another_form_is_refused(number: str) -> None:
    refused(identity.NumberMalformed, "RESIDENT_ID", number)


@pytest.mark.article("A4")
@pytest.mark.parametrize("prefix", ["810000", "820000", "830000"])
def test_residents_of_hong_kong_macao_and_taiwan(prefix: str) -> None:
    number = with_check(f"{prefix}19990101000")
    assert normalise("HMT_RESIDENCE", number, TODAY) == number
    assert doubts("HMT_RESIDENCE", number, sex="2", birth_month="1999-01") == []
    refused(identity.CheckCharacterWrong, "HMT_RESIDENCE", number[:17] + ("0" if number[17] != "0" else "1"))


def test_a_permit_of_another_region_is_a_doubt() -> None:
    number = with_check("99000019990101001")
    assert normalise("HMT_RESIDENCE", number, TODAY) == number
    assert doubts("HMT_RESIDENCE", number, sex="1", birth_month="1999-01") == [Doubt.REGION_UNKNOWN]


def test_fifteen_digits_are_a_citizens_only() -> None:
    refused(identity.NumberMalformed, "HMT_RESIDENCE", "810000990101001")
    refused(identity.NumberMalformed, "FOREIGN_PR", "931084199010100")


@pytest.mark.article("A4")
def test_foreigners_with_permanent_residence() -> None:
    card = with_check("99984019900101001")  # since 2023: 9, region, nationality, birth, number
    assert normalise("FOREIGN_PR", card, TODAY) == card
    assert normalise("FOREIGN_PR", card.lower(), TODAY) == card
    assert doubts("FOREIGN_PR", card, sex="2", birth_month="1990-01") == []
    assert doubts("FOREIGN_PR", card, sex="2", birth_month="1990-02") == [Doubt.BIRTH_MONTH_DIFFERS]
    assert normalise("FOREIGN_PR", "xxx990100010112", TODAY) == "XXX990100010112"  # the older card stays valid
    assert doubts("FOREIGN_PR", "XXX990100010112", sex="1", birth_month="1990-01") == []
    refused(identity.NumberMalformed, "FOREIGN_PR", with_check("81000019900101000"))
    refused(identity.CheckCharacterWrong, "FOREIGN_PR", card[:17] + ("0" if card[17] != "0" else "1"))
    refused(identity.BirthDateImpossible, "FOREIGN_PR", with_check("99984019900231001"))
    refused(identity.NumberMalformed, "FOREIGN_PR", "XX9901000101123")


@pytest.mark.article("A4")
def test_passports() -> None:
    assert normalise("PASSPORT", " e 1234-5678 ", TODAY) == "E12345678"
    assert normalise("PASSPORT", "Ｇ１２３４５６７８", TODAY) == "G12345678"
    for wrong in ("ABCDEFGH", "A123", "A" * 20 + "1", "Ä1234567", "护照12345", "E1234/5678"):
        refused(identity.NumberMalformed, "PASSPORT", wrong)
    assert doubts("PASSPORT", "E12345678", sex="1", birth_month="1990-01") == []


def test_other_documents_with_and_without_a_number() -> None:
    assert normalise("OTHER", None, TODAY) is None
    assert normalise("OTHER", "  ", TODAY) is None
    assert normalise("OTHER", " 军 字第　１２３  号a ", TODAY) == "军 字第 123 号A"
    for wrong in ("///", "a\x00b", "a\u202eb", "1" * 41):
        refused(identity.NumberMalformed, "OTHER", wrong)
    assert doubts("OTHER", None, sex="1", birth_month="1990-01") == []


@pytest.mark.parametrize("id_type", [kind for kind in IdType if kind is not IdType.OTHER])
@pytest.mark.parametrize("number", [None, "", "   ", "　"])
def test_every_other_document_has_a_number(id_type: str, number: str | None) -> None:
    assert refused(identity.NumberMissing, id_type, number).field == "id_number"


@pytest.mark.parametrize("id_type", ["", "resident_id", "DRIVING_LICENCE"])
def test_an_unknown_kind_is_refused(id_type: str) -> None:
    assert refused(identity.IdTypeUnknown, id_type, "990101198805120016").field == "id_type"


def test_the_kind_is_never_inferred_from_the_number() -> None:
    number = with_check("83000019900101000")
    assert normalise("RESIDENT_ID", number, TODAY) == number
    refused(identity.NumberMalformed, "FOREIGN_PR", number)


def test_doubts_are_told_and_nothing_is_refused() -> None:
    number = with_check("31010119900101000")  # the number 000 is given to nobody
    assert doubts("RESIDENT_ID", number, sex="2", birth_month="1990-01") == []
    assert doubts("RESIDENT_ID", number, sex="1", birth_month="1990-02") == [
        Doubt.SEX_DIFFERS,
        Doubt.BIRTH_MONTH_DIFFERS,
    ]
    assert doubts("RESIDENT_ID", number, sex="0", birth_month="1990-01") == []
    assert doubts("RESIDENT_ID", number, sex="9", birth_month="1990-01") == []


@given(st.sampled_from(list(IdType)), st.text(max_size=45))
def test_whatever_comes_is_normalised_once_or_refused(id_type: IdType, text: str) -> None:
    try:
        number = normalise(id_type, text, TODAY)
    except InvalidValue:
        return
    if number is not None:
        assert normalise(id_type, number, TODAY) == number
