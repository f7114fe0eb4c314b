"""How large a document may be: counted before validation, in time linear in the document, each fragment once.

Depth, aliases and the rest are properties of the text. What a list multiplies depends on the variables as well, and is
the business of `hub.schema.costs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.schema.faults import LimitExceeded

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Sums of repeated fragments grow exponentially: they stop here.
_SATURATED: Final = 10**6
#: Fragments nest without adding depth; so far may they, with fields, before a walk over them would recurse too deep.
_NESTING_MAX: Final = 60
INTROSPECTION_FIELDS: Final = frozenset({"__schema", "__type"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What one request may ask for. Fields count once for every place in which a fragment repeats them."""

    tokens: int = 2000
    comments: int = 200
    depth: int = 15
    aliases: int = 40
    fields: int = 300
    root_fields: int = 20
    operations: int = 5
    fragments: int = 40
    directives: int = 40
    #: Fields resolved, at most: `first`, list arguments and assumed list sizes multiplied out.
    cost: int = 20_000
    #: How long a list is assumed to be that has no `first`.
    list_size: int = 10
    #: Better known lengths, by "Type.field".
    list_sizes: Mapping[str, int] = field(default_factory=dict)
    #: Fields that are worth more than one, by "Type.field": a signed document weighs more than a date.
    weights: Mapping[str, int] = field(default_factory=dict)


class _Size(NamedTuple):
    """What one selection set holds, its fragments spread."""

    depth: int
    aliases: int
    fields: int
    root_fields: int
    directives: int


def check_limits(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that is larger than the limits. Refuses: LimitExceeded, naming the first limit passed."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    _check("operations", len(operations), limits.operations)
    _check("fragments", len(document.definitions) - len(operations), limits.fragments)
    walk = _Walk(fragments, limits.depth, _Walk(fragments, _NESTING_MAX, None))
    total = [0, 0, 0, 0]
    for node in operations:
        size = walk.measure(node.selection_set, 1, 1)
        variables = node.variable_definitions or ()
        directives = len(node.directives or ()) + sum(len(variable.directives or ()) for variable in variables)
        for index, number in enumerate((size.aliases, size.fields, size.root_fields, size.directives + directives)):
            total[index] += number
    # A fragment that nothing spreads is refused by validation, which is spent on it all the same.
    for fragment in fragments.values():
        total[3] += len(fragment.directives or ())
        walk.measure_fragment(fragment, 1, 1)
    for name, number in zip(("aliases", "fields", "root_fields", "directives"), total, strict=True):
        _check(name, number, getattr(limits, name))


def _check(limit: str, number: int, most: int) -> None:
    if number > most:
        raise exceeded(limit, most)


def exceeded(limit: str, most: int) -> LimitExceeded:
    """Give the error for a limit passed, by its name in `Limits`."""
    return LimitExceeded(
        f"The request exceeds the limit of {most} for {limit.replace('_', ' ')}.", limit=limit, max=most
    )


class _Walk:
    """One walk over a document: measures each fragment once, and never recurses deeper than `_NESTING_MAX`."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], depth_max: int, meta: _Walk | None) -> None:
        self._fragments = fragments
        self._depth_max = depth_max
        #: What measures below `__schema` and `__type`; None in that walk itself.
        self._meta = meta
        self._measured: dict[str, _Size] = {}
        self._open: set[str] = set()

    def measure(self, selections: SelectionSetNode, depth: int, nesting: int) -> _Size:
        """Measure a selection set that stands at this depth. Refuses: LimitExceeded for the depth alone."""
        if depth > self._depth_max or nesting > _NESTING_MAX:
            raise exceeded("depth", self._depth_max)
        sizes = []
        directives = 0
        for node in selections.selections:
            directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                sizes.append(self._measure_field(node, depth, nesting))
            elif isinstance(node, InlineFragmentNode):
                sizes.append(self.measure(node.selection_set, depth, nesting + 1))
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments.get(node.name.value)
                # Unknown and circular fragments are for validation to refuse.
                if fragment is not None and node.name.value not in self._open:
                    sizes.append(self.measure_fragment(fragment, depth, nesting + 1))
        sums = (min(sum(numbers), _SATURATED) for numbers in zip(*(size[1:] for size in sizes), strict=True))
        aliases, fields, root_fields, below = sums if sizes else (0, 0, 0, 0)
        return _Size(max((size.depth for size in sizes), default=0), aliases, fields, root_fields, directives + below)

    def measure_fragment(self, fragment: FragmentDefinitionNode, depth: int, nesting: int) -> _Size:
        """Measure a fragment spread at this depth. Refuses: LimitExceeded for the depth alone."""
        name = fragment.name.value
        size = self._measured.get(name)
        if size is None:
            self._open.add(name)
            size = self._measured[name] = self.measure(fragment.selection_set, depth, nesting)
            self._open.discard(name)
        elif depth + size.depth - 1 > self._depth_max:
            raise exceeded("depth", self._depth_max)
        return size

    def _measure_field(self, node: FieldNode, depth: int, nesting: int) -> _Size:
        aliases = int(node.alias is not None)
        if node.selection_set is None:
            return _Size(1, aliases, 1, 1, 0)
        if self._meta is not None and node.name.value in INTROSPECTION_FIELDS:
            # How deep introspection goes is for graphql-core's own rule; its fields are the schema's, not data.
            below = self._meta.measure(node.selection_set, 1, nesting + 1)
            return _Size(1, aliases + below.aliases, 1, 1, below.directives)
        below = self.measure(node.selection_set, depth + 1, nesting + 1)
        return _Size(1 + below.depth, aliases + below.aliases, 1 + below.fields, 1, below.directives)
