"""Asking the real schema over a real database, as a logged-in union, and seeing what it asks of the database."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final

from graphql import ExecutionResult, execute, parse, validate
from strawberry.execution import optimized_is_awaitable

from hub.database.pool import Database
from hub.schema.connections import Cursors
from hub.schema.context import Context
from hub.schema.ids import encode_id
from hub.schema.schema import make_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from tests.world import Actor, World

SCHEMA: Final = make_schema()
CURSORS: Final = Cursors(b"c" * 32)


class WatchedDatabase(Database):
    """The world's own pool, with a note of every statement that a read sends (what acts send goes by the ledger's)."""

    def __init__(self, pool: Any) -> None:
        super().__init__(pool, test_clock=True)
        self.sent: list[str] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        async with super().connection() as connection:
            yield _Watched(connection, self.sent)


class _Watched:
    def __init__(self, connection: Any, sent: list[str]) -> None:
        self._connection = connection
        self._sent = sent

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._connection, name)
        if name not in {"fetch", "fetchrow", "fetchval", "execute"}:
            return found

        async def send(sql: str, *arguments: Any) -> Any:
            self._sent.append(" ".join(sql.split()))
            return await found(sql, *arguments)

        return send


@dataclass
class Asked:
    """What came of a document."""

    data: dict[str, Any] | None
    errors: list[Any]
    #: The statements that it took, acts' own left out.
    sent: list[str] = field(default_factory=list)


async def ask(world: World, actor: Actor, text: str, **variables: Any) -> Asked:
    """Execute a document as a union."""
    schema = SCHEMA._schema
    document = parse(text)
    assert validate(schema, document) == []
    database = WatchedDatabase(world.hub.database._pool)
    hub = replace(world.hub, database=database)
    result: Any = execute(
        schema,
        document,
        context_value=Context(hub, actor.caller, CURSORS, (hub.receipt_key.public,)),
        variable_values=variables,
        executor_class=SCHEMA.execution_context_class,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    if isawaitable(result):
        result = await result
    assert isinstance(result, ExecutionResult)
    return Asked(result.data, result.errors or [], database.sent)


async def data_of(world: World, actor: Actor, text: str, **variables: Any) -> dict[str, Any]:
    """Give the data of a document that executes without an error."""
    asked = await ask(world, actor, text, **variables)
    assert asked.errors == []
    assert asked.data is not None
    return asked.data


def member_id(membership_id: UUID) -> str:
    return encode_id("Member", membership_id)


def case_id(handoff_id: UUID) -> str:
    return encode_id("Handoff", handoff_id)
