"""Plain fields, executed plainly: an attribute, read and written as its scalar or enumeration says.

Most fields of the schema are attributes of what an act has just given. For each graphql-core builds a resolver's
`info`, looks for arguments and completes the value through several calls, a tenth of what an act costs. Here a table,
made once from the schema, tells which fields are such. Anything else, and anything that goes wrong, is left to
graphql-core, so that errors are its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeAlias

from graphql import GraphQLEnumType, GraphQLObjectType, get_nullable_type, is_leaf_type
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLField, GraphQLSchema

__all__ = ["PlainExecutor", "plain_executor", "plain_fields"]


class Plain(NamedTuple):
    """A field that is an attribute of its object: its Python name, and how a value of it is written."""

    attribute: str
    write: Callable[[Any], Any]


Plains: TypeAlias = "Mapping[str, Mapping[str, Plain]]"


class PlainExecutor(StrawberryGraphQLCoreExecutionContext):
    """graphql-core's executor, with a short way for plain fields."""

    #: By the names of type and field.
    plains: ClassVar[Plains] = {}

    def execute_field(
        self, parent_type: GraphQLObjectType, source: Any, field_details_list: Any, path: Any, position_context: Any
    ) -> Any:
        """Give the value of a plain field; all others as graphql-core does."""
        plain = self.plains[parent_type.name].get(field_details_list[0].node.name.value)
        if plain is not None:
            try:
                value = getattr(source, plain.attribute)
                if value is not None:
                    return plain.write(value)
            except Exception:  # noqa: BLE001, S110 - below the same comes to pass, and is told with its place
                pass
        return super().execute_field(parent_type, source, field_details_list, path, position_context)


def plain_executor() -> type[PlainExecutor]:
    """Give an executor of its own for one schema, whose `plains` are set when the schema is there."""
    return type("SchemaExecutor", (PlainExecutor,), {})


def plain_fields(schema: GraphQLSchema) -> Plains:
    """List the plain fields of every object type."""
    return {
        type_.name: {
            name: Plain(attribute, _writer(field))
            for name, field in type_.fields.items()
            if (attribute := _attribute_of(field)) is not None
        }
        for type_ in schema.type_map.values()
        if isinstance(type_, GraphQLObjectType)
    }


def _attribute_of(field: GraphQLField) -> str | None:
    """Give the attribute that a field shows; None if a method answers, it has arguments or is no scalar or enum."""
    definition = field.extensions.get("strawberry-definition")
    if definition is None or not definition.is_basic_field or field.args:
        return None
    return str(definition.python_name) if is_leaf_type(get_nullable_type(field.type)) else None


def _writer(field: GraphQLField) -> Callable[[Any], Any]:
    leaf: Any = get_nullable_type(field.type)
    if isinstance(leaf, GraphQLEnumType):
        # By value: a StrEnum's member is equal to its value, and what is neither raises.
        return {value.value: name for name, value in leaf.values.items()}.__getitem__
    writer: Callable[[Any], Any] = leaf.coerce_output_value
    return writer
