"""Acts that arrive together are sent together: a call of one SQL function carries up to 32 items, of many unions.

A worker takes what is queued and waits for nothing: one item alone goes at once, and while it is on its way the next
ones gather. In one call each person stands at most once (the second would be overtaken by the first) and the items are
sorted by person, so that two calls never lock each other out. Every item has its own outcome.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import asyncpg
import structlog

from hub import failpoints, logs
from hub.database.pool import CONNECTION_FAULTS, DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from hub.database.pool import Database

__all__ = ["CONFLICTS", "GROUP_MAX", "Call", "Claimed", "Groups", "under_its_key"]

GROUP_MAX: Final = 32

#: How long what is queued may take when the process stops.
_CLOSE_SECONDS: Final = 10

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: A claim was taken meanwhile (HB409), or a constraint saw what two calls did at once.
CONFLICTS: Final = ("HB409", "23505", "23P01", "23503", "40P01", "40001")


class Claimed(Exception):  # noqa: N818
    """Somebody else's act came first and took what this one needs: ask for the facts again."""


@dataclass(frozen=True, slots=True)
class Call:
    """One SQL function over sets. `sql` takes an array per column; with `shared`, those parameters first."""

    name: str
    sql: str
    shared: tuple[Any, ...] = ()


@dataclass(slots=True, eq=False)
class _Item:
    call: Call
    row: tuple[Any, ...]
    person: UUID | None
    outcome: asyncio.Future[Any] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


def under_its_key(sql: str, record: type[NamedTuple], *, sets: bool = True) -> str:
    """Put before a record that its statement's key is in force, and stays so until the record is in (I17).

    Takes: `record`, the columns of `sql`'s parameters; without `sets`, each of them is one value.
    """
    place = {name: f"${number}" for number, name in enumerate(record._fields, 1)}
    found = [place["at"], place.get("by_union") or place["union_id"], place["jws"]]
    if not sets:
        found = [f"array[{one}::{cast}]" for one, cast in zip(found, ("timestamptz", "uuid", "text"), strict=True)]
    return f"select case when hub.hold_keys({', '.join(found)}) then ({sql}) end"


class Groups:
    """Some connections, each held by a worker that sends what is queued."""

    def __init__(self, database: Database, *, connections: int = 2) -> None:
        self._database = database
        self._queue: deque[_Item] = deque()
        self._awake = asyncio.Event()
        self._closing = False
        self._workers = [asyncio.create_task(self._work()) for _ in range(connections)]

    async def close(self) -> None:
        """Let the workers finish what is queued, and stop them. Who still waits is told that the outcome is unknown."""
        self._closing = True
        self._awake.set()
        await asyncio.wait(self._workers, timeout=_CLOSE_SECONDS)
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        for item in self._queue:
            _fail(item, DatabaseUnavailable())

    async def ask(self, call: Call, row: tuple[Any, ...], *, person: UUID | None = None) -> Any:
        """Send one item. Gives the row of its ordinal from a `facts_for_…`, or whether a `record_…` applied it.

        Raises: Claimed, DatabaseUnavailable
        """
        item = _Item(call, row, person)
        self._queue.append(item)
        self._awake.set()
        return await item.outcome

    async def _work(self) -> None:
        while not self._closing:
            try:
                async with self._database.connection() as connection:
                    while group := await self._next_group():
                        await self._send(connection, group)
            except DatabaseUnavailable:
                # The items in flight have been told. The next one is the first to find out whether the server is back.
                await self._answer_unavailable()
            except Exception as fault:  # noqa: BLE001 - whatever it is, the queue is served
                # A worker that ended would leave its queue waiting for ever: it goes on, with another connection.
                _log.error("group_not_sent", **logs.describe(fault))

    async def _answer_unavailable(self) -> None:
        if not await self._something_to_do():
            return
        try:
            async with self._database.connection():
                return
        except DatabaseUnavailable:
            while self._queue:
                _fail(self._queue.popleft(), DatabaseUnavailable())

    async def _something_to_do(self) -> bool:
        """Wait until an item is queued. False: the groups are closing, and nothing is left."""
        while not self._queue:
            if self._closing:
                return False
            self._awake.clear()
            await self._awake.wait()
        return True

    async def _next_group(self) -> list[_Item]:
        """Wait for the next group. Empty only when the groups close."""
        group: list[_Item] = []
        while not group and await self._something_to_do():
            group = self._take()
        return group

    def _take(self) -> list[_Item]:
        call = self._queue[0].call
        group: list[_Item] = []
        left: list[_Item] = []
        persons: set[UUID] = set()
        while self._queue and len(group) < GROUP_MAX:
            item = self._queue.popleft()
            if item.outcome.done():
                continue  # its client has gone
            if item.call is not call or item.person in persons:
                left.append(item)
                continue
            if item.person is not None:
                persons.add(item.person)
            group.append(item)
        self._queue.extendleft(reversed(left))
        return sorted(group, key=lambda item: item.person.bytes if item.person else b"")

    async def _send(self, connection: Any, group: list[_Item]) -> None:
        try:
            outcomes = await _call(connection, group)
        except BaseException as fault:
            if not isinstance(fault, asyncpg.PostgresError) or isinstance(fault, CONNECTION_FAULTS):
                _fail_all(group, DatabaseUnavailable())
                connection.terminate()  # a call may still be on its way: nobody is to wait for it
                raise
            if len(group) == 1:
                _fail_all(group, Claimed() if fault.sqlstate in CONFLICTS else fault)
            else:
                # One item's conflict, or its bug, rolled the whole call back: the others don't suffer for it.
                await self._send_singly(connection, group)
        else:
            for item, outcome in zip(group, outcomes, strict=True):
                if not item.outcome.done():
                    item.outcome.set_result(outcome)

    async def _send_singly(self, connection: Any, group: list[_Item]) -> None:
        for place, item in enumerate(group):
            try:
                await self._send(connection, [item])
            except BaseException:
                _fail_all(group[place:], DatabaseUnavailable())
                raise


async def _call(connection: Any, group: Sequence[_Item]) -> list[Any]:
    call = group[0].call
    columns = [list(column) for column in zip(*(item.row for item in group), strict=True)]
    if call.name.startswith("record_"):
        failpoints.reach(failpoints.Point.BETWEEN_STATEMENTS, len(group))
        applied = set(await connection.fetchval(call.sql, *call.shared, *columns))
        failpoints.reach(failpoints.Point.AFTER_COMMIT, len(group))
        return [ordinal in applied for ordinal in range(1, len(group) + 1)]
    rows = {row["ord"]: row for row in await connection.fetch(call.sql, *call.shared, *columns)}
    return [rows[ordinal] for ordinal in range(1, len(group) + 1)]


def _fail(item: _Item, fault: BaseException) -> None:
    if not item.outcome.done():
        item.outcome.set_exception(fault)


def _fail_all(group: Sequence[_Item], fault: BaseException) -> None:
    for item in group:
        _fail(item, fault)
