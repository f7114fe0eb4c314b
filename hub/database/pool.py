"""The hub's connections to PostgreSQL: asyncpg's own pool, since it resets a connection that comes back (see docs/adr).

Every connection is `hub_app`'s. Acts call functions that take the acting union as an argument; reads go through
`as_union`, where row-level security sees `hub.acting` until the transaction ends and not after.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import asyncpg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

__all__ = ["CONNECTION_FAULTS", "Database", "DatabaseUnavailable", "Reading"]

#: What asyncpg raises when the server is gone, going or not yet there: the outcome of the statement is unknown.
CONNECTION_FAULTS: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
    asyncpg.DiskFullError,
    ConnectionError,
    TimeoutError,
    OSError,
)

_CONNECT_SECONDS = 10
_COMMAND_SECONDS = 30


class DatabaseUnavailable(Exception):  # noqa: N818
    """The database did not answer. What was sent may have been applied: the same statement again tells."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A transaction in which row-level security shows one union's rows, at one time."""

    connection: Any
    union_id: UUID
    now: datetime
    login_in_force: bool


class Database:
    """A pool of hub_app's connections."""

    def __init__(self, pool: asyncpg.Pool, *, test_clock: bool) -> None:
        self._pool = pool
        self.test_clock = test_clock

    @classmethod
    async def connect(cls, dsn: str, *, test_clock: bool, size: int = 8) -> Database:
        """Open the pool. `jit` off: asyncpg's look-up of types would be compiled anew on each connection."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=_CONNECT_SECONDS,
            command_timeout=_COMMAND_SECONDS,
            server_settings={"jit": "off", "application_name": "unionhub", "timezone": "UTC"},
        )
        return cls(pool, test_clock=test_clock)

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.close()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend a connection with no acting union set: it reads public data and calls functions, and sees no person."""
        try:
            connection = await self._pool.acquire()
        except (asyncpg.PostgresError, *CONNECTION_FAULTS) as fault:
            # Whatever keeps us out, a database closed to connections or a password changed: nobody is served.
            raise DatabaseUnavailable from fault
        try:
            try:
                yield connection
            finally:
                await self._pool.release(connection)
        except CONNECTION_FAULTS as fault:
            raise DatabaseUnavailable from fault

    @asynccontextmanager
    async def as_union(self, union_id: UUID, login_kid: str) -> AsyncIterator[Reading]:
        """Open a transaction that reads as this union."""
        async with self.connection() as connection, connection.transaction(readonly=True):
            begun = await connection.fetchrow(
                "select now, login_in_force from hub.hub_begin($1, $2, $3)", union_id, login_kid, self.test_clock
            )
            yield Reading(connection, union_id, begun["now"], begun["login_in_force"])
