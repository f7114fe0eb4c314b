"""Patterns that a province may lay down, and the numbers that fit them: in one pass, whatever the pattern."""

import pytest

from hub.transfers.rules.numbering import CHECK_RULES, Scheme, is_pattern


@pytest.mark.parametrize(
    "pattern",
    [r"\d", r"31\d{10}", "[A-Z]{2}[0-9]{6,10}", "[A-F0-9]{8}-X", r"\d{1,9}", r"A{2}\d{1,2}B", "Q", r"[AB]\d{12}[0-9]"],
)
def test_what_may_be_laid_down(pattern: str) -> None:
    assert is_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("", r"\w{6}", "a{6}", ".*", r"\d+", r"\d*", "(A|B)", "A|B", "[^A]", "[9-0]", "[Z-A]", r"\d{0,4}", r"\d{9,1}"),
        *(r"\d{1,9}\d{1,9}", r"[A-Z]{1,9}B\d{2,3}", r"\d{100}", r"\d{2}{3}", "[]", "[A", "A{", "^A$", r"\D", r"\x41"),
    ],
)
def test_what_may_not(pattern: str) -> None:
    """What the hub can't apply in one pass, or nobody can meet."""
    assert not is_pattern(pattern)


@pytest.mark.article("N2")
@pytest.mark.parametrize(
    ("scheme", "fitting", "others"),
    [
        (Scheme(r"31\d{4}"), ["310000", "319999"], ["31000", "3100000", "32000A", "A310000", "310000 ", "31٠٠٠٠"]),
        (Scheme("[A-F]{1,2}X"), ["AX", "FFX"], ["X", "GX", "AAAX", "ax"]),
        (Scheme(r"\d{8}", "LUHN"), ["31000011"], ["31000010", "31000018"]),
        (Scheme(r"\d{2,9}[0-9X]", "MOD_11_2"), ["07940", "079X"], ["079 X", "07941", "0790"]),
        (Scheme(r"\d{3,9}", "MOD_11_10"), ["794623"], ["794620"]),
    ],
)
def test_a_number_fits_its_provinces_scheme(scheme: Scheme, fitting: list[str], others: list[str]) -> None:
    assert is_pattern(scheme.pattern)
    assert [number for number in fitting if not scheme.fits(number)] == []
    assert [number for number in others if scheme.fits(number)] == []


def test_a_long_pattern_takes_no_time_to_fail() -> None:
    """One item varies in length: there is one way back for each of its lengths, and no more."""
    pattern = "[A-Z0-9]{16}[A-Z]{1,16}[A-Z0-9]{4}9"
    assert is_pattern(pattern)
    assert not Scheme(pattern).fits("A" * 32)


def test_the_rules_of_the_last_character() -> None:
    assert {"LUHN", "MOD_11_2", "MOD_11_10"} == CHECK_RULES
