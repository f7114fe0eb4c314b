"""Codes and names: check digits over the fixtures' codes, and one spelling of each value."""

import random
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as gb32100

from hub.transfers.rules import codes
from hub.transfers.rules.codes import (
    InvalidValue,
    normalise_certificate_number,
    normalise_mobile,
    normalise_name,
)

UNIONS = [
    "81310120MC0A10017G",
    "81310117MC0B20021Y",
    "81310117MC0C30036R",
    "89310117MC0D40040R",
    "89310117MC0E50055L",
    "81310117MC0F6006X3",
    "81320505MC0G70074D",
    "81320505MC0H800898",
    "89310117MC0J90094Y",
    "89310120MC0N1313X8",
    "89310000MC0K101046",
    "89320000MC0L11116B",
    "89110000MC1E26268D",
    "81110108MC0M12128C",
    "81310117MC1D25256C",
    "81310117MC1F2727X9",
    "89320505MC1B23232X",
    "89110108MC1C242444",
    "89100000MC1G282819",
]
EMPLOYERS = [
    "91310120MC0P141427",
    "91310117MC0Q15154X",
    "91310117MC0R16166Y",
    "91310117MC0T171793",
    "91310117MC0U181802",
    "91320505MC0W19193J",
    "91320505MC0X20208P",
    "91320505MC0Y2121XK",
    "91110108MC1A22220R",
]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@pytest.mark.parametrize("code", [*UNIONS, *EMPLOYERS])
def test_every_code_of_the_fixtures_is_right(code: str) -> None:
    assert codes.is_uscc(code)
    assert codes.is_union_uscc(code) == (code in UNIONS)


@given(st.sampled_from([*UNIONS, *EMPLOYERS]), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_seen(code: str, at: int, character: str) -> None:
    changed = code[:at] + character + code[at + 1 :]
    assert codes.is_uscc(changed) == (changed == code)


@pytest.mark.parametrize("code", UNIONS)
def test_two_changed_places_are_always_seen(code: str) -> None:
    for at in range(17):
        swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
        assert codes.is_uscc(swapped) == (swapped == code)


def test_the_inner_check_digit_is_checked_by_itself() -> None:
    """The outer digit can be right over a wrong organisation code: python-stdnum alone would let it pass."""
    code = UNIONS[0]
    inner_wrong = f"{code[:16]}{'1' if code[16] != '1' else '2'}"
    total = sum(ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(inner_wrong))
    outer_right = inner_wrong + ALPHABET[(31 - total % 31) % 31]
    assert gb32100.is_valid(outer_right)
    assert not codes.is_uscc(outer_right)


@pytest.mark.parametrize(
    "text", ["", "81310120MC0A10017", "81310120mc0a10017g", " 81310120MC0A10017G", "８1310120MC0A10017G"]
)
def test_a_code_has_one_spelling(text: str) -> None:
    assert not codes.is_uscc(text)


def test_a_union_without_legal_person_is_named_below_the_union_above() -> None:
    assert codes.is_local_code("81310117MC0C30036R-01")
    for wrong in ("81310117MC0C30036R", "81310117MC0C30036R-1", "81310117MC0C30036X-01", "91310120MC0P141427-01"):
        assert not codes.is_local_code(wrong)


def test_division_codes_by_length() -> None:
    assert [code for code in ("310117", "310117001", "310117001005") if codes.is_division_code(code)] == [
        "310117",
        "310117001",
        "310117001005",
    ]
    assert not any(codes.is_division_code(code) for code in ("", "31", "3101", "31011", "3101170010", "31011a"))
    assert all(codes.is_jurisdiction_code(code) for code in ("31", "3101", "310117", "310117001", "310117001005"))
    assert not any(codes.is_jurisdiction_code(code) for code in ("", "3", "310", "31011700100", "3101170010051"))
    assert codes.is_province_code("31")
    assert not any(codes.is_province_code(code) for code in ("", "99", "16", "3", "310"))


@pytest.mark.parametrize(
    ("jurisdiction", "division", "lies_in_it"),
    [
        ("310117001", "310117001005", True),
        ("310117001", "310117002005", False),
        ("310117001", "310117", False),
        ("310117001005", "310117001005", True),
        ("310117", "310117001005", True),
        ("310117", "310120001001", False),
        ("31", "310120001001", True),
        ("310000", "310120001001", True),
        ("320500", "320505001001", True),
        ("320500", "320105001001", False),
        ("310117001000", "310117001005", True),
    ],
)
def test_an_area_covers_what_begins_as_it_does(jurisdiction: str, division: str, lies_in_it: bool) -> None:  # noqa: FBT001
    assert codes.covers(jurisdiction, division) is lies_in_it


@pytest.mark.article("N2")
def test_certificate_numbers_have_one_spelling() -> None:
    assert normalise_certificate_number("000001") == "000001"
    assert normalise_certificate_number(" ａ-0001２ ") == "A-00012"
    assert normalise_certificate_number("A" * 32) == "A" * 32
    for wrong in ("", " ", "-1", "1-", "沪000001", "00/01", "A" * 33, "00\x0001", "00\u200b01"):
        with pytest.raises(InvalidValue) as refused:
            normalise_certificate_number(wrong)
        assert refused.value.field == "number"


@pytest.mark.article("A4")
@pytest.mark.parametrize(
    "name",
    [
        "张一",
        "㐀𠮷",  # Ext A and B
        "\U0002ebf0\U00031350\U000323b0",  # Ext I, H, J: newer than Python's own tables
        "葛\U000e0100",  # with a selector of its variant
        "刘〇",
        "阿卜杜拉·买买提",
        "Anna-María O'Neill Jr.",
        "Nguyễn Văn An",
        "محمد",
        "O’Neill",
        "王" * 50,
        "𠮷" * 50,
        "A",
    ],
)
def test_names_of_all_peoples_are_names(name: str) -> None:
    assert normalise_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "王" * 51,
        "张\n一",
        "张\t一",
        "张\x00一",
        "张\u200b一",
        "张\u202e一",
        "张\ufeff一",
        "张\u00a0一",
        "1张",
        "１张",
        "张😀",
        "张\ue000",  # private: another computer shows another character
        "张\ud800",
        "⿰氵一",
        "·张",
        "张·",
        "-",
        "\u0301a",
        "<b>",
        "a,b",
    ],
)
def test_what_no_name_has_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        normalise_name(name)
    assert refused.value.field == "name"
    assert name.strip() == "" or name not in str(refused.value)


def test_names_have_one_spelling() -> None:
    assert normalise_name("Mari\u0301a") == "María"
    assert normalise_name("  李　四 ") == "李 四"
    assert {normalise_name(f"阿卜杜拉{dot}买买提") for dot in "·•‧∙⋅・･"} == {"阿卜杜拉·买买提"}
    assert normalise_name("Ａｎｎａ") == "Anna"
    assert normalise_name("\uf900") == "\u8c48"  # a compatibility character is its twin


@given(st.text(max_size=60))
def test_a_normalised_name_stays_as_it_is(text: str) -> None:
    try:
        name = normalise_name(text)
    except InvalidValue:
        return
    assert normalise_name(name) == name
    assert 0 < len(name) <= 50
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in name)


def test_mobile_numbers_are_international() -> None:
    assert normalise_mobile("13800000000") == "+8613800000000"
    assert normalise_mobile("+86 138-0000-0000") == "+8613800000000"
    assert normalise_mobile("＋８６１３８００００００００") == "+8613800000000"
    assert normalise_mobile("+85291234567") == "+85291234567"
    for wrong in ("", "12345", "+8612800000000", "+0123456789", "2380000000", "+86138000000000", "1380000000x"):
        with pytest.raises(InvalidValue):
            normalise_mobile(wrong)


def test_the_standard_lists() -> None:
    assert codes.SEXES == ("0", "1", "2", "9")
    assert len(codes.ETHNIC_GROUPS) == 58
    assert {"01", "56", "97", "98"} < set(codes.ETHNIC_GROUPS)
    assert "57" not in codes.ETHNIC_GROUPS
    assert (codes.POLITICAL_STATUSES[0], codes.POLITICAL_STATUSES[-1], len(codes.POLITICAL_STATUSES)) == (
        "01",
        "13",
        13,
    )


def test_random_texts_are_no_codes() -> None:
    chance = random.Random(7)
    texts = ["".join(chance.choices(string.printable, k=18)) for _ in range(2000)]
    assert not any(codes.is_uscc(text) for text in texts)
