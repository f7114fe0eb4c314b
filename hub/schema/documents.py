"""Documents, parsed and validated once: half the time of a small mutation would go into reading the same text again.

Kept are the good ones, by their text, least recently used out first, within a number and a total length. Of bad ones
only the answer is kept, as bytes: an error object shared between requests would gather their tracebacks. The hub's own
clients may send the SHA-256 of a document instead of its text; those are read at start and never dropped.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)

from hub.schema.costs import Cost, compile_costs
from hub.schema.faults import BadUserInput, Fault, FaultCode
from hub.schema.limits import Limits, check_limits, exceeded
from hub.schema.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

DOCUMENTS_MAX: Final = 512
#: Of text; the parsed form is larger by a factor.
TEXT_LENGTH_MAX: Final = 1_048_576
#: A longer one is read anew each time, so that one client cannot empty the cache with a few requests.
CACHED_LENGTH_MAX: Final = 32_768
FAILURES_MAX: Final = 128
FAILURES_LENGTH_MAX: Final = 131_072
#: Of the errors of one document, so many are told.
ERRORS_MAX: Final = 10

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a valid document."""

    name: str | None
    #: "query" or "mutation".
    kind: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document, ready to execute. Nothing in it is ever changed."""

    node: DocumentNode
    operations: Mapping[str | None, Operation]

    def operation(self, name: str | None) -> Operation:
        """Give the operation to execute. Refuses: BadUserInput."""
        if name is None:
            if len(self.operations) > 1:
                raise BadUserInput("`operationName` is needed: the document has several operations.")
            return next(iter(self.operations.values()))
        operation = self.operations.get(name)
        if operation is None:
            raise BadUserInput("`operationName` is not an operation of the document.")
        return operation


class DocumentRefused(Exception):  # noqa: N818
    """A document that is not executed; `errors` is the JSON array to answer with."""

    def __init__(self, errors: bytes) -> None:
        super().__init__(errors)
        self.errors = errors


class Documents:
    """The documents of one schema."""

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: Limits | None = None,
        introspection: bool = False,
        trusted: Mapping[str, str] | None = None,
    ) -> None:
        self._schema = schema
        self._limits = limits or Limits()
        self._rules = rules(introspection=introspection)
        self._good: _Cache[Document] = _Cache(DOCUMENTS_MAX, TEXT_LENGTH_MAX)
        self._bad: _Cache[bytes] = _Cache(FAILURES_MAX, FAILURES_LENGTH_MAX)
        #: A trusted document that the schema refuses stops the start.
        self._trusted = {digest: self._read(text) for digest, text in (trusted or {}).items()}

    @property
    def cost_max(self) -> int:
        """What one operation may cost."""
        return self._limits.cost

    def by_text(self, text: str) -> Document:
        """Give the document of this text. Refuses: DocumentRefused."""
        document = self._good.get(text)
        if document is not None:
            return document
        errors = self._bad.get(text)
        if errors is not None:
            raise DocumentRefused(errors)
        try:
            document = self._read(text)
        except DocumentRefused as refused:
            if len(text) <= CACHED_LENGTH_MAX:
                self._bad.put(text, refused.errors, len(text) + len(refused.errors))
            raise
        if len(text) <= CACHED_LENGTH_MAX:
            self._good.put(text, document, len(text))
        return document

    def by_sha256(self, digest: str) -> Document:
        """Give the trusted document of this SHA-256 (hexadecimal). Refuses: BadUserInput."""
        document = self._trusted.get(digest.lower())
        if document is None:
            # The message is the one by which Apollo's clients know that they must send the text.
            raise BadUserInput("PersistedQueryNotFound", reason="PERSISTED_QUERY_NOT_FOUND")
        return document

    def _read(self, text: str) -> Document:
        """Parse, measure and validate a document. Refuses: DocumentRefused."""
        try:
            node = self._parse(text)
            check_limits(node, self._limits)
        except GraphQLSyntaxError as error:
            raise DocumentRefused(_told([error], FaultCode.GRAPHQL_PARSE_FAILED)) from None
        except Fault as fault:
            raise DocumentRefused(_told([fault], fault.code)) from None
        errors = validate(self._schema, node, self._rules, max_errors=ERRORS_MAX, hide_suggestions=True)
        if errors:
            raise DocumentRefused(_told(errors, FaultCode.GRAPHQL_VALIDATION_FAILED))
        costs = compile_costs(self._schema, node, self._limits)
        return Document(
            node=node,
            operations={
                name: Operation(name, definition.operation.value, costs[name])
                for definition in node.definitions
                if isinstance(definition, OperationDefinitionNode)
                and (name := definition.name.value if definition.name else None) in costs
            },
        )

    def _parse(self, text: str) -> DocumentNode:
        limits = self._limits
        try:
            return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
        except GraphQLSyntaxError as error:
            # graphql-core has one class for what is no GraphQL and for what is too much of it.
            if error.message.endswith(f"more than {limits.tokens} tokens. Parsing aborted."):
                raise exceeded("tokens", limits.tokens) from None
            if error.message.endswith(f"more than {limits.comments} comments. Parsing aborted."):
                raise exceeded("comments", limits.comments) from None
            if error.message.endswith("nested too deeply. Parsing aborted."):
                raise exceeded("depth", limits.depth) from None
            raise


def by_hash(texts: Iterable[str]) -> dict[str, str]:
    """Give texts by the hexadecimal SHA-256 of each."""
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def _told(errors: Sequence[GraphQLError], code: FaultCode) -> bytes:
    """Write errors as the JSON array of an answer, each with its code."""
    return orjson.dumps(
        [{**error.formatted, "extensions": {**(error.extensions or {}), "code": code.value}} for error in errors]
    )


class _Cache(Generic[V]):
    """Values by text, the least recently used out first, within a number of entries and a sum of their sizes."""

    def __init__(self, entries_max: int, size_max: int) -> None:
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()
        self._entries_max = entries_max
        self._size_max = size_max
        self._size = 0

    def get(self, text: str) -> V | None:
        entry = self._entries.get(text)
        if entry is None:
            return None
        self._entries.move_to_end(text)
        return entry[0]

    def put(self, text: str, value: V, size: int) -> None:
        self._entries[text] = (value, size)
        self._size += size
        while len(self._entries) > self._entries_max or self._size > self._size_max:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._size -= dropped
