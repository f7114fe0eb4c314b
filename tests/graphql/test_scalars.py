"""Dates, instants, months and UUIDs: one spelling each, and an error that names the place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.schema.scalars import SCALARS, print_date_time, read_date, read_date_time

if TYPE_CHECKING:
    from tests.graphql.conftest import SmallClient

WINDOW = "query ($w: Window!) {window(input: $w)}"


BAD: dict[str, tuple[Any, ...]] = {
    "opensOn": (
        "2026-02-30",
        "2026-02-29",
        "2026-13-01",
        "2026-00-10",
        "9999-12-31",
        "1899-12-31",
        "2200-01-01",
        "0000-00-00",
        "20261122",
        "2026-W47-1",
        "2026-11-22T00:00:00Z",
        " 2026-11-22",
        "2026-11-22\n",
        "２０２６-11-22",
        "-026-11-22",
        "",
        20261122,
        1.5,
        True,
        ["2026-11-22"],
        {},
    ),
    "closesAt": (
        "2026-11-22T23:59:60Z",
        "2026-11-22T24:00:00Z",
        "2026-02-30T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "2026-11-22",
        "2026-11-22T10:00Z",
        "2026-11-22T10:00:00",
        "2026-11-22T10:00:00+08:00",
        "2026-11-22T10:00:00+00:00",
        "2026-11-22t10:00:00z",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00:00.1234567Z",
        1_800_000_000,
    ),
    "month": ("2026-13", "2026-00", "2026-1", "202601", "2026-01-01", "9999-12", 202601),
}


async def test_good_values_pass(hub: SmallClient) -> None:
    window = {"opensOn": "2024-02-29", "closesAt": "2026-11-22T23:59:59.5Z", "month": "2026-12"}

    data = await hub.data(WINDOW, {"w": window})

    assert data == {"window": "2024-02-29 2026-11-22 23:59:59.500000+00:00 2026-12"}


@pytest.mark.attack("G12")
@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
async def test_bad_values_are_refused_naming_the_field(hub: SmallClient, field: str, value: Any) -> None:
    code, message = await hub.refused(WINDOW, {"w": {"opensOn": "2026-11-22", field: value}})

    assert code == "BAD_USER_INPUT"
    assert message.startswith(f"Variable '$w' has invalid value at .{field}: ")
    assert " must be " in message


@pytest.mark.attack("G12")
@pytest.mark.parametrize(
    ("literal", "place"),
    [
        ('{opensOn: "2026-02-30"}', ".opensOn"),
        ('{opensOn: "9999-12-31"}', ".opensOn"),
        ('{opensOn: "2026-01-01", closesAt: "2026-11-22T23:59:60Z"}', ".closesAt"),
        ("{opensOn: 20260101}", ".opensOn"),
    ],
)
async def test_literals_name_argument_and_field_as_well(hub: SmallClient, literal: str, place: str) -> None:
    code, message = await hub.refused(f"{{window(input: {literal})}}")

    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert message.startswith(f"Argument 'input' has invalid value at {place}: ")


@pytest.mark.attack("G12")
@pytest.mark.parametrize("value", [2**31, -(2**31) - 1, 2**63, 1e10, 0.5, "1", True, [1, 2]])
async def test_ints_are_32_bits(hub: SmallClient, value: Any) -> None:
    code, message = await hub.refused("query ($n: Int!) {add(to: $n)}", {"n": value})

    assert code == "BAD_USER_INPUT"
    assert message.startswith("Variable '$n' has invalid value: Int cannot represent")


@pytest.mark.attack("G12")
@pytest.mark.parametrize("literal", ["2147483648", "1e400", "1.5", "9" * 4000])
async def test_int_literals_are_32_bits(hub: SmallClient, literal: str) -> None:
    code, message = await hub.refused(f"{{add(to: {literal})}}")

    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert message.startswith("Argument 'to' has invalid value: Int cannot represent")


@pytest.mark.attack("G12")
async def test_minus_zero_is_zero(hub: SmallClient) -> None:
    assert await hub.data("{add(to: -0)}") == {"add": 0}
    code, message = await hub.refused("{chapters(first: -0) {pageInfo {hasNextPage}}}")
    assert (code, message) == ("BAD_USER_INPUT", "`first` must be from 1 to 100.")


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("00000000-0000-4000-8000-00000000abcd", "00000000-0000-4000-8000-00000000abcd"),
        ("00000000-0000-4000-8000-00000000ABCD", "00000000-0000-4000-8000-00000000abcd"),
    ],
)
async def test_uuids_are_shown_in_lower_case(hub: SmallClient, given_: str, shown: str) -> None:
    assert await hub.data("query ($u: UUID!) {uuid(value: $u)}", {"u": given_}) == {"uuid": shown}


@pytest.mark.parametrize(
    "value",
    [
        "{00000000-0000-4000-8000-00000000abcd}",
        "urn:uuid:00000000-0000-4000-8000-00000000abcd",
        "0000000000004000800000000000abcd",
        "00000000-0000-4000-8000-00000000abc",
        7,
    ],
)
async def test_other_spellings_of_uuids_are_refused(hub: SmallClient, value: Any) -> None:
    code, message = await hub.refused("query ($u: UUID!) {uuid(value: $u)}", {"u": value})

    assert code == "BAD_USER_INPUT"
    assert "$u" in message


async def test_instants_are_shown_in_utc_with_z(hub: SmallClient) -> None:
    query = "query ($t: DateTime!) {instant(value: $t)}"

    assert await hub.data(query, {"t": "2026-11-22T10:00:00Z"}) == {"instant": "2026-11-22T10:00:00Z"}
    assert print_date_time(datetime(2026, 11, 22, 18, tzinfo=timezone(timedelta(hours=8)))) == "2026-11-22T10:00:00Z"
    with pytest.raises(TypeError):
        print_date_time(datetime(2026, 11, 22))  # noqa: DTZ001


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_of_the_range_is_read_as_it_is_written(day: date) -> None:
    assert read_date(day.isoformat()) == day


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_every_instant_of_the_range_is_read_as_it_is_written(instant: datetime) -> None:
    assert read_date_time(print_date_time(instant)) == instant


def test_every_scalar_is_described_in_both_languages() -> None:
    for scalar in SCALARS.values():
        chinese, english = (scalar.description or "").split("\n")
        assert any("一" <= character <= "龥" for character in chinese)
        assert english.endswith(".")
