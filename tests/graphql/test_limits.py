"""What is too large is refused before a resolver runs, and finding out costs no more than reading the text."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from graphql import build_schema, get_introspection_query, parse

from hub.schema.costs import compile_costs
from hub.schema.documents import CACHED_LENGTH_MAX, DOCUMENTS_MAX, DocumentRefused, Documents
from hub.schema.faults import LimitExceeded
from hub.schema.limits import Limits, check_limits
from tests.graphql import small_hub
from tests.graphql.conftest import client


async def refusal(query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
    """Give code and message of the one error, having seen that no resolver ran."""
    runs: list[str] = []
    async with client(context_factory=lambda caller, _request: small_hub.Context(caller, runs)) as hub:
        outcome = await hub.refused(query, variables)
    assert runs == []
    return outcome


def nested(field: str, leaf: str, depth: int) -> str:
    return "{" + f"{field} {{" * (depth - 1) + leaf + "}" * depth


@pytest.mark.attack("G01")
async def test_ten_thousand_aliases_are_refused() -> None:
    code, _ = await refusal("{" + " ".join(f"a{number}: ping" for number in range(10_000)) + "}")
    assert code == "LIMIT_EXCEEDED"

    code, message = await refusal("{children {" + " ".join(f"a{number}: number" for number in range(41)) + "}}")
    assert code == "LIMIT_EXCEEDED"
    assert "40 for aliases" in message


@pytest.mark.attack("G02")
async def test_ten_thousand_times_the_same_field_is_refused() -> None:
    code, _ = await refusal("{" + "ping " * 10_000 + "}")
    assert code == "LIMIT_EXCEEDED"

    code, message = await refusal("{children {" + "number " * 300 + "}}")
    assert code == "LIMIT_EXCEEDED"
    assert "300 for fields" in message

    code, message = await refusal("{" + "ping " * 21 + "}")
    assert code == "LIMIT_EXCEEDED"
    assert "20 for root fields" in message


@pytest.mark.attack("G03")
@pytest.mark.parametrize("depth", [16, 150, 199, 201, 2000])
async def test_deep_documents_are_refused_without_a_word_of_python(depth: int) -> None:
    code, message = await refusal(nested("children", "number", depth))

    assert code == "LIMIT_EXCEEDED"
    assert message == "The request exceeds the limit of 15 for depth."


@pytest.mark.attack("G03")
async def test_depth_hides_in_no_fragment() -> None:
    spread = "".join(f"fragment F{number} on Chapter {{children {{...F{number + 1}}}}} " for number in range(14))
    code, message = await refusal(f"{{children {{...F0}}}} {spread} fragment F14 on Chapter {{number}}")
    assert (code, message) == ("LIMIT_EXCEEDED", "The request exceeds the limit of 15 for depth.")

    # Inline fragments add no depth, but recursion.
    code, _ = await refusal("{" + "... {" * 100 + "ping" + "}" * 101)
    assert code == "LIMIT_EXCEEDED"

    # Input values nest as well.
    code, _ = await refusal('{window(input: {opensOn: "2026-01-01", closesAt: ' + "[" * 201 + "]" * 201 + "})}")
    assert code == "LIMIT_EXCEEDED"


@pytest.mark.attack("G04")
async def test_nested_lists_are_refused_by_cost() -> None:
    code, message = await refusal(nested("children", "number", 6))

    assert code == "LIMIT_EXCEEDED"
    assert "20000 for cost" in message


@pytest.mark.attack("G04")
async def test_cost_counts_first_whether_it_stands_in_the_text_or_in_a_variable() -> None:
    inner = "chapters(first: $n) {edges {node {chapters(first: $n) {edges {node {number}}}}}}"
    query = f"query ($n: Int = 100) {{chapters(first: $n) {{edges {{node {{{inner}}}}}}}}}"

    for variables in ({"n": 100}, {"n": 28}, {}, {"n": 10_000}):
        code, message = await refusal(query, variables)
        assert code == "LIMIT_EXCEEDED"
        assert "cost" in message
    code, _ = await refusal(query.replace("= 100", "").replace("$n)", "100)").replace("query ($n: Int )", "query"))
    assert code == "LIMIT_EXCEEDED"

    async with client() as hub:
        data = await hub.data(query, {"n": 3})
        assert len(data["chapters"]["edges"]) == 3


@pytest.mark.attack("G04")
async def test_cost_counts_list_arguments() -> None:
    query = "query ($ids: [ID!]!) {chaptersById(ids: $ids) {children {number}}}"
    code, _ = await refusal(query, {"ids": ["x"] * 2000})
    assert code == "LIMIT_EXCEEDED"

    async with client() as hub:
        await hub.data(query, {"ids": ["x"] * 20})


@pytest.mark.attack("G05")
async def test_ten_thousand_directives_are_refused() -> None:
    code, _ = await refusal("{ping " + "@skip(if: false) " * 10_000 + "}")
    assert code == "LIMIT_EXCEEDED"

    code, message = await refusal("query @skip(if: false) {" + "ping @skip(if: false) @include(if: true) " * 20 + "}")
    assert code == "LIMIT_EXCEEDED"
    assert "40 for directives" in message


@pytest.mark.attack("G05")
async def test_three_hundred_overlapping_fragments_are_refused() -> None:
    spreads = " ".join(f"...F{number}" for number in range(300))
    fragments = " ".join(f"fragment F{number} on Chapter {{number}}" for number in range(300))
    code, _ = await refusal(f"{{children {{{spreads}}}}} {fragments}")
    assert code == "LIMIT_EXCEEDED"

    fragments = " ".join(f"fragment F{number} on Chapter {{number}}" for number in range(41))
    code, message = await refusal(f"{{children {{...F0}}}} {fragments}")
    assert code == "LIMIT_EXCEEDED"
    assert "40 for fragments" in message


@pytest.mark.attack("G05")
async def test_fragments_that_double_at_each_level_are_counted_once_each() -> None:
    # Spread out, these are 2^38 fields: whoever walks each spread does not come back.
    chain = "".join(f"fragment F{n} on Chapter {{...F{n + 1} ...F{n + 1}}} " for n in range(38))
    code, message = await refusal(f"{{children {{...F0}}}} {chain} fragment F38 on Chapter {{number}}")

    assert code == "LIMIT_EXCEEDED"
    assert "fields" in message


@pytest.mark.attack("G06")
@pytest.mark.parametrize(
    "fragments",
    [
        "fragment A on Chapter {...A}",
        "fragment A on Chapter {number ...B} fragment B on Chapter {children {...A}}",
        "fragment A on Chapter {...B ...B} fragment B on Chapter {...C ...C} fragment C on Chapter {...A ...B}",
    ],
)
async def test_circular_fragments_are_a_validation_error(fragments: str) -> None:
    async with client() as hub:
        response = await hub.ask(f"{{children {{...A}}}} {fragments}")

    assert response.status_code == 400
    errors = response.json()["errors"]
    assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}
    assert "within itself" in errors[0]["message"]


async def test_comments_and_operations_are_counted() -> None:
    code, message = await refusal("# x\n" * 201 + "{ping}")
    assert (code, "comments" in message) == ("LIMIT_EXCEEDED", True)

    code, message = await refusal(" ".join(f"query Q{number} {{ping}}" for number in range(6)))
    assert (code, "operations" in message) == ("LIMIT_EXCEEDED", True)


async def test_the_usual_introspection_fits_but_not_many_times() -> None:
    async with client(introspection=True) as hub:
        await hub.data(get_introspection_query())
        many = " ".join(f"s{number}: __schema {{types {{name}}}}" for number in range(11))
        code, _ = await hub.refused(f"{{{many}}}")
        assert code == "LIMIT_EXCEEDED"


SCHEMA = build_schema("""
    type Query {a: Int  t: T  l: [T!]!  c(first: Int): TConnection!  named: N}
    interface N {l: [T!]!}
    type T implements N {a: Int  l: [T!]!  c(first: Int = 5): TConnection!}
    type TConnection {edges: [TEdge!]!}
    type TEdge {node: T}
""")


def cost_of(text: str, variables: dict[str, Any] | None = None, limits: Limits | None = None) -> int:
    [cost] = compile_costs(SCHEMA, parse(text), limits or Limits()).values()
    return cost.under(variables or {})


@pytest.mark.parametrize(
    ("text", "variables", "cost"),
    [
        ("{a}", {}, 1),
        ("{t {a}}", {}, 2),
        ("{l {a}}", {}, 1 + 10 * 1),
        ("{c {edges {node {a}}}}", {}, 1 + 20 * 3),
        ("{c(first: 7) {edges {node {a}}}}", {}, 1 + 7 * 3),
        ("{c(first: 1000) {edges {node {a}}}}", {}, 1 + 100 * 3),
        ("{c(first: -1) {edges {node {a}}}}", {}, 1),
        ("query ($n: Int) {c(first: $n) {edges {node {a}}}}", {}, 1 + 20 * 3),
        ("query ($n: Int) {c(first: $n) {edges {node {a}}}}", {"n": None}, 1 + 20 * 3),
        ("query ($n: Int) {c(first: $n) {edges {node {a}}}}", {"n": 4}, 1 + 4 * 3),
        ("query ($n: Int) {c(first: $n) {edges {node {a}}}}", {"n": "x"}, 1 + 1 * 3),
        ("query ($n: Int = 3) {c(first: $n) {edges {node {a}}}}", {}, 1 + 3 * 3),
        ("{named {... on T {l {a}} l {a}}}", {}, 1 + (1 + 10) + (1 + 10)),
        ("query ($n: Int) {t {...F} l {...F}} fragment F on T {c(first: $n) {edges {node {a}}}}", {"n": 2}, 79),
    ],
)
def test_cost_is_fields_with_lists_multiplied_out(text: str, variables: dict[str, Any], cost: int) -> None:
    assert cost_of(text, variables) == cost


def test_known_list_sizes_replace_the_assumed_one() -> None:
    assert cost_of("{l {a}}", limits=Limits(list_sizes={"Query.l": 3})) == 4


def test_limits_are_inclusive() -> None:
    check_limits(parse("{" + "a " * 300 + "}"), Limits(root_fields=300))
    with pytest.raises(LimitExceeded):
        check_limits(parse("{" + "a " * 301 + "}"), Limits(root_fields=400))


def test_a_document_is_read_once_and_then_found() -> None:
    documents = Documents(SCHEMA)

    assert documents.by_text("{a}") is documents.by_text("{a}")


def test_the_cache_forgets_the_least_recently_used() -> None:
    documents = Documents(SCHEMA)
    first, second = documents.by_text("{a}"), documents.by_text("{b: a}")
    for number in range(DOCUMENTS_MAX - 1):
        assert documents.by_text("{a}") is first
        documents.by_text(f"{{a{number}: a}}")

    assert documents.by_text("{a}") is first
    assert documents.by_text("{b: a}") is not second


def test_long_documents_do_not_drive_others_out() -> None:
    documents = Documents(SCHEMA)
    short = documents.by_text("{a}")
    long = f"# {'x' * CACHED_LENGTH_MAX}\n{{a}}"
    read = documents.by_text(long)

    assert documents.by_text(long) is not read
    assert documents.by_text("{a}") is short


def test_failures_are_remembered_as_bytes_and_not_shared() -> None:
    documents = Documents(SCHEMA)
    answers = []
    for _ in range(2):
        with pytest.raises(DocumentRefused) as refused:
            documents.by_text("{nope}")
        answers.append(refused.value)

    assert answers[0] is not answers[1]
    assert answers[0].errors is answers[1].errors
    [error] = orjson.loads(answers[0].errors)
    assert error["extensions"] == {"code": "GRAPHQL_VALIDATION_FAILED"}
    assert error["locations"] == [{"line": 1, "column": 2}]


def test_a_trusted_document_that_the_schema_refuses_stops_the_start() -> None:
    with pytest.raises(DocumentRefused):
        Documents(SCHEMA, trusted={"0" * 64: "{nope}"})
