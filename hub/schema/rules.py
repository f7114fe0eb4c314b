"""The validation rules of the hub: graphql-core's, Strawberry's two, and what production leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import (
    SKIP,
    ArgumentNode,
    ASTValidationRule,
    FieldNode,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    ValidationRule,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    specified_rules,
)
from graphql.pyutils import print_path_list
from graphql.utilities import validate_input_literal
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

if TYPE_CHECKING:
    from graphql import GraphQLInputType, ValueNode, VisitorAction


class ValuesNamedRule(ValuesOfCorrectTypeRule):
    """graphql-core's rule, but an error names the argument and the field in it, as that of a variable does (G12)."""

    _place = ""

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: Any) -> None:
        """Remember whose default value follows."""
        self._place = f"Variable '${node.variable.name.value}'"

    def enter_argument(self, node: ArgumentNode, *_args: Any) -> None:
        """Remember whose value follows."""
        self._place = f"Argument '{node.name.value}'"

    def is_valid_value_node(self, node: ValueNode, input_type: GraphQLInputType | None) -> VisitorAction:
        """Report each value that is not of the type expected where it stands."""
        if input_type:

            def report(error: GraphQLError, path: list[str | int]) -> None:
                message = f"{self._place} has invalid value{print_path_list(path)}: {error.message}"
                self.report_error(GraphQLError(message, error.nodes or node))

            validate_input_literal(node, input_type, report, None, None, self.context.hide_suggestions)
        return SKIP


class NoServiceRule(ValidationRule):
    """Refuse federation's `_service`, which holds the whole SDL, as introspection is refused."""

    def enter_field(self, node: FieldNode, *_args: Any) -> None:
        """Report the field."""
        if node.name.value == "_service":
            self.report_error(GraphQLError("`_service` is not served here.", node))


_ALWAYS: Final[tuple[type[ASTValidationRule], ...]] = (
    *(ValuesNamedRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)


def rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    """Give the rules with introspection on (development) or off (production)."""
    return _ALWAYS if introspection else (*_ALWAYS, NoSchemaIntrospectionCustomRule, NoServiceRule)
