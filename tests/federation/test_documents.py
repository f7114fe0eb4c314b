"""The GraphQL texts of the client: each is one operation, and whatever varies is a variable."""

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, parse, validate, visit
from graphql.language import ValueNode, VariableNode, Visitor

from federation import acts, documents
from federation.documents import ActDocuments
from hub.schema.schema import make_schema

ACTS = [value for value in vars(documents).values() if isinstance(value, ActDocuments)]
READS = [value for value in vars(documents).values() if isinstance(value, str) and value.startswith("query ")]
TEXTS = [text for act in ACTS for text in (act.draft, act.submit)] + [*READS, documents.REVEAL_ID_NUMBER]


def test_all_of_them_are_listed() -> None:
    assert sorted(documents.ALL) == sorted(TEXTS)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return make_schema()._schema


@pytest.mark.parametrize("text", TEXTS)
def test_the_hubs_schema_takes_a_document(text: str, schema: GraphQLSchema) -> None:
    assert validate(schema, parse(text)) == []


class Literals(Visitor):
    """Collects values that stand in a document: a hub that caches documents by their text wants none."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[ValueNode] = []

    def enter_argument(self, node: object, *_: object) -> None:
        value = getattr(node, "value", None)
        if isinstance(value, ValueNode) and not isinstance(value, VariableNode):
            self.found.append(value)


@pytest.mark.parametrize("text", TEXTS)
def test_a_document_is_one_operation_with_variables_only(text: str) -> None:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    (root,) = operation.selection_set.selections
    assert getattr(root, "alias", None) is not None
    literals = Literals()
    visit(operation, literals)
    assert literals.found == []


def test_every_act_has_its_documents() -> None:
    assert {act.act for act in ACTS} == set(acts.ACTS.values())
    for act in ACTS:
        assert f"{act.mutation}(statement: $statement" in act.submit
        assert ("$document" in act.submit) == (act in documents.WITH_DOCUMENT)
        assert ("$person" in act.submit) == (act.act in {acts.Join, acts.Import, acts.MemberAmendment})
    assert len(set(TEXTS)) == len(TEXTS)
