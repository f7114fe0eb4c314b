"""What a request would cost: the fields that it resolves, with every list multiplied out.

Depth and alias limits do not stop five nested lists of ten (G04). A list counts `first` (or its default), or the length
of its list argument, or an assumed length; since these may come in variables, a document is compiled once into a small
sum, which each request evaluates with its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLList,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)

from hub.schema.connections import FIRST_DEFAULT, FIRST_MAX
from hub.schema.limits import INTROSPECTION_FIELDS, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, GraphQLCompositeType, GraphQLField, ValueNode

#: The whole schema is walked for it, whatever is selected.
_INTROSPECTION_COST: Final = 2000
_SATURATED: Final = 10**9


class Length(NamedTuple):
    """How long a list gets, where a variable says so: `first`, or a list argument's length."""

    variable: str
    #: When the request leaves the variable out.
    default: int

    def among(self, variables: Mapping[str, Any]) -> int:
        """Give the length under these variables, as they came: what coercion will refuse counts as little or much."""
        value = variables.get(self.variable)
        if isinstance(value, list):
            return len(value)
        if isinstance(value, (int, float)):
            return int(min(max(value, 0), FIRST_MAX))
        return self.default if value is None else 1


class Cost:
    """A sum: what costs the same in every request, and terms that a variable multiplies."""

    __slots__ = ("fixed", "terms")

    def __init__(self, fixed: int, terms: tuple[tuple[int | Length, Cost], ...] = ()) -> None:
        self.fixed = min(fixed, _SATURATED)
        self.terms = terms

    def under(self, variables: Mapping[str, Any], known: dict[int, int] | None = None) -> int:
        """Give the number of fields that these variables would have resolved, at most `_SATURATED`.

        Takes: `known`, the sums found so far: a fragment spread in many places is one object, evaluated once.
        """
        if not self.terms:
            return self.fixed
        known = {} if known is None else known
        total = known.get(id(self))
        if total is None:
            total = self.fixed
            for length, cost in self.terms:
                times = length if isinstance(length, int) else length.among(variables)
                total += times * cost.under(variables, known)
            total = known[id(self)] = min(total, _SATURATED)
        return total


def compile_costs(schema: GraphQLSchema, document: DocumentNode, limits: Limits) -> dict[str | None, Cost]:
    """Give the cost of each operation of a valid document, by its name (None for the one without)."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    costs: dict[str | None, Cost] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            root = schema.get_root_type(node.operation)
            if root is not None:
                compiler = _Compiler(schema, fragments, node, limits)
                costs[node.name.value if node.name else None] = compiler.compile(node.selection_set, root)
    return costs


class _Compiler:
    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: dict[str, FragmentDefinitionNode],
        operation: OperationDefinitionNode,
        limits: Limits,
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._limits = limits
        self._compiled: dict[str, Cost] = {}
        self._defaults = {
            variable.variable.name.value: variable.default_value
            for variable in operation.variable_definitions or ()
            if variable.default_value is not None
        }

    def compile(self, selections: SelectionSetNode, parent: GraphQLCompositeType) -> Cost:
        """Sum the selections of a parent's type; both sides of a union count, since either may come."""
        fixed = 0
        terms: list[tuple[int | Length, Cost]] = []
        for node in selections.selections:
            length: int | Length = 1
            if isinstance(node, FieldNode):
                fixed += self._limits.weights.get(f"{parent.name}.{node.name.value}", 1)
                if node.selection_set is None:
                    continue
                if node.name.value in INTROSPECTION_FIELDS:
                    fixed += _INTROSPECTION_COST
                    continue
                field = self._schema.get_field(parent, node.name.value)
                length, cost = self._compile_field(node, field, parent) if field else (0, Cost(0))
            elif isinstance(node, InlineFragmentNode):
                name = node.type_condition.name.value if node.type_condition else parent.name
                cost = self._compile_on(node.selection_set, name)
            else:
                cost = self._compile_spread(node) if isinstance(node, FragmentSpreadNode) else Cost(0)
            if isinstance(length, int) and not cost.terms:
                fixed += length * cost.fixed
            else:
                terms.append((length, cost))
        return Cost(fixed, tuple(terms))

    def _compile_field(
        self, node: FieldNode, field: GraphQLField, parent: GraphQLCompositeType
    ) -> tuple[int | Length, Cost]:
        below = get_named_type(field.type)
        if node.selection_set is None or not is_composite_type(below):
            return 0, Cost(0)
        return self._length(node, field, parent), self.compile(node.selection_set, below)

    def _compile_spread(self, node: FragmentSpreadNode) -> Cost:
        name = node.name.value
        if name not in self._compiled:
            fragment = self._fragments[name]
            self._compiled[name] = self._compile_on(fragment.selection_set, fragment.type_condition.name.value)
        return self._compiled[name]

    def _compile_on(self, selections: SelectionSetNode, type_name: str) -> Cost:
        type_ = self._schema.get_type(type_name)
        return self.compile(selections, type_) if is_composite_type(type_) else Cost(0)

    def _length(self, node: FieldNode, field: GraphQLField, parent: GraphQLCompositeType) -> int | Length:
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if "first" in field.args:
            return self._length_by(given.get("first"), FIRST_DEFAULT)
        if not isinstance(get_nullable_type(field.type), GraphQLList) or parent.name.endswith("Connection"):
            # `edges` and `nodes` have the length that `first` gave their connection.
            return 1
        for name, argument in field.args.items():
            if isinstance(get_nullable_type(argument.type), GraphQLList):
                return self._length_by(given.get(name), 0)
        return self._limits.list_sizes.get(f"{parent.name}.{node.name.value}", self._limits.list_size)

    def _length_by(self, value: ValueNode | None, default: int) -> int | Length:
        if isinstance(value, VariableNode):
            name = value.name.value
            fallback = self._length_by(self._defaults.get(name), default)
            return Length(name, fallback if isinstance(fallback, int) else default)
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, IntValueNode):
            # Validation has checked that it fits 32 bits; what is out of range is refused by the field itself.
            return min(max(int(value.value), 0), FIRST_MAX)
        return default if value is None or isinstance(value, NullValueNode) else 1
