"""The schema as a text: golden, told in two languages, and without names that it should not have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
    parse,
    validate,
)

import hub
from federation import documents
from federation.documents import ActDocuments
from hub.schema import enums
from hub.schema.documents import Documents
from hub.schema.schema import LIMITS, make_schema, sdl
from hub.transfers import machines

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN: Final = Path(hub.__path__[0]) / "schema" / "hub.graphql"
SCHEMA: Final = make_schema()._schema

CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile("[A-Za-z]{2}")


def test_the_schema_is_as_it_stands_in_the_golden_file(*, golden: bool) -> None:
    text = sdl()
    if golden:
        GOLDEN.write_text(text, encoding="utf-8")
    assert text.splitlines() == GOLDEN.read_text(encoding="utf-8").splitlines(), "make golden, and read the diff"


def described() -> Iterator[tuple[str, str | None]]:
    """Give everything that a client can read of, with what is said of it."""
    for type_ in SCHEMA.type_map.values():
        # `_Service`, `link__Import` and their kin are the federation's, not ours.
        if (
            "__" in type_.name
            or type_.name.startswith("_")
            or is_introspection_type(type_)
            or is_specified_scalar_type(type_)
        ):
            continue
        yield type_.name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{type_.name}.{name}", value.description) for name, value in type_.values.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            fields: dict[str, Any] = type_.fields
            for name, field in fields.items():
                if not name.startswith("_"):
                    yield f"{type_.name}.{name}", field.description
                    for argument_name, argument in getattr(field, "args", {}).items():
                        yield f"{type_.name}.{name}({argument_name}:)", argument.description


@pytest.mark.parametrize(("name", "description"), list(described()))
def test_everything_is_described_in_chinese_first_and_in_english(name: str, description: str | None) -> None:
    assert description is not None, name
    zh, _, en = description.partition("\n")
    assert CHINESE.search(zh), name
    assert ENGLISH.search(en), name
    assert not CHINESE.search(en) or name.startswith("RefusalCode"), name


def test_everything_is_told_of_once() -> None:
    names = [name for name, _ in described()]
    assert len(names) == len(set(names))
    assert len(names) > 300


def test_the_hub_is_no_side() -> None:
    assert list(_enum("Side").values) == ["HOLDER", "RECEIVER", "HIGHER"]
    assert "HUB" not in re.findall(r"\b[A-Z]+\b", re.sub(r'"""[\s\S]*?"""', "", sdl()))
    # Nor have handoffs the sides of an entrustment or of what is printed, or the home union of a secondment.
    others = {machines.Side.HUB, machines.Side.DISPATCH, machines.Side.HOST, machines.Side.HOME}
    assert enums.SIDES.keys() == set(machines.Side) - others - {machines.Side.PROVINCE, machines.Side.NATIONAL}


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("HandoffState", enums.HandoffState),
        ("KeyUse", enums.KeyUse),
        ("RefusalCode", enums.RefusalCode),
        ("UnionKind", enums.UnionKind),
        ("HoldingBasis", enums.HoldingBasis),
        ("MembershipStatus", enums.MembershipStatus),
        ("IdType", enums.IdType),
        ("EmploymentForm", enums.EmploymentForm),
    ],
)
def test_enumerations_are_the_domains_own(name: str, domain: Any) -> None:
    assert list(_enum(name).values) == [member.value for member in domain]


def test_every_act_has_its_draft() -> None:
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    acts = {name for name, field in SCHEMA.mutation_type.fields.items() if "statement" in field.args}
    drafts = {name.removeprefix("draft") for name in SCHEMA.query_type.fields if name.startswith("draft")}
    assert {name[0].upper() + name[1:] for name in acts} == drafts


def test_optional_arguments_and_inputs_print_no_default() -> None:
    assert not re.search(r"^\s*\w+(\(.*\))?: .* = ", sdl(), re.MULTILINE)


def client_documents() -> Iterator[tuple[str, str]]:
    for name, value in vars(documents).items():
        if isinstance(value, ActDocuments):
            yield f"{name}.draft", value.draft
            yield f"{name}.submit", value.submit
        elif isinstance(value, str) and value.startswith(("query ", "mutation ")):
            yield name, value


@pytest.mark.parametrize(("name", "text"), list(client_documents()))
def test_the_clients_documents_are_documents_of_this_schema(name: str, text: str) -> None:
    assert validate(SCHEMA, parse(text)) == [], name


@pytest.mark.parametrize(("name", "text"), list(client_documents()))
def test_the_clients_documents_are_within_the_limits(name: str, text: str) -> None:
    document = Documents(SCHEMA, limits=LIMITS).by_text(text)
    largest_page = {"first": 100}
    assert all(operation.cost.under(largest_page) <= LIMITS.cost for operation in document.operations.values()), name


def test_assumed_list_lengths_are_of_fields_that_there_are() -> None:
    for name in LIMITS.list_sizes:
        type_name, field_name = name.split(".")
        type_ = SCHEMA.get_type(type_name)
        assert isinstance(type_, GraphQLObjectType)
        assert field_name in type_.fields


def _enum(name: str) -> GraphQLEnumType:
    found = SCHEMA.get_type(name)
    assert isinstance(found, GraphQLEnumType)
    return found
