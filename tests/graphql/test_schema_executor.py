"""The short way for plain fields gives what graphql-core gives: the same data, the same errors in the same places."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import ExecutionResult, execute_sync, parse
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from hub.schema.executor import plain_executor, plain_fields
from hub.schema.scalars import SCALARS, YearMonth


@strawberry.enum
class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


@strawberry.type
class Thing:
    id: strawberry.ID
    name: str
    word: str | None
    number: int
    maybe: int | None
    truth: bool
    size: float
    day: date
    instant: datetime
    month: YearMonth
    key: UUID
    colour: Colour
    other_colour: Colour | None
    words: list[str]
    renamed: str = strawberry.field(name="called")

    @strawberry.field
    def asked(self, times: int = 2) -> str:
        return self.name * times


GOOD: dict[str, Any] = {
    "id": "a",
    "name": "张一",
    "word": None,
    "number": 7,
    "maybe": None,
    "truth": True,
    "size": 1.5,
    "day": date(2025, 3, 3),
    "instant": datetime(2025, 3, 3, 2, 0, 0, 5, tzinfo=UTC),
    "month": "2025-03",
    "key": UUID(int=7),
    "colour": Colour.RED,
    "other_colour": None,
    "words": ["x", "y"],
    "renamed": "z",
}
CURRENT: list[Any] = []


@strawberry.type
class Query:
    @strawberry.field
    def thing(self) -> Thing | None:
        return CURRENT[-1]  # type: ignore[no-any-return]


EXECUTOR = plain_executor()
SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(scalar_map=SCALARS), execution_context_class=EXECUTOR)._schema
EXECUTOR.plains = plain_fields(SCHEMA)
ALL = parse(
    "{ thing { __typename id name word number maybe truth size day instant month key colour otherColour words called "
    "again: name asked three: asked(times: 3) } }"
)


def both(thing: Any) -> tuple[ExecutionResult, ExecutionResult]:
    CURRENT[:] = [thing]
    results = []
    for executor in (StrawberryGraphQLCoreExecutionContext, EXECUTOR):
        result = execute_sync(SCHEMA, ALL, executor_class=executor)
        assert isinstance(result, ExecutionResult)
        results.append(result)
    return results[0], results[1]


def test_the_same_data() -> None:
    slow, quick = both(Thing(**GOOD))
    assert quick.errors is None
    assert quick == slow
    assert quick.data is not None
    assert list(quick.data["thing"]) == list(slow.data["thing"])  # type: ignore[index]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": None},
        {"number": 2**31},
        {"number": "7"},
        {"maybe": 1.5},
        {"truth": 2},
        {"day": "2025-03-03"},
        {"instant": datetime(2025, 3, 3)},  # noqa: DTZ001 - a time without a zone is a bug, and must be told as one
        {"colour": "GREEN"},
        {"other_colour": "BLUE"},
        {"key": None, "colour": None},
        {"word": ["x"]},
    ],
)
def test_the_same_errors_in_the_same_places(wrong: dict[str, Any]) -> None:
    thing = Thing(**GOOD)
    for name, value in wrong.items():
        setattr(thing, name, value)
    slow, quick = both(thing)
    assert quick.data == slow.data
    assert [error.formatted for error in quick.errors or ()] == [error.formatted for error in slow.errors or ()]


def test_only_attributes_that_are_scalars_or_enumerations_are_plain() -> None:
    plain = plain_fields(SCHEMA)["Thing"]
    assert plain.keys() == {
        *("id", "name", "word", "number", "maybe", "truth", "size", "day", "instant", "month", "key"),
        *("colour", "otherColour", "called"),
    }
    assert plain["called"].attribute == "renamed"
    assert not plain_fields(SCHEMA)["Query"]
