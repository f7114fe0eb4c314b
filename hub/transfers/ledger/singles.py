"""Act functions that are called for one act at a time, on a connection of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from hub import failpoints
from hub.transfers.facts import SignerFacts
from hub.transfers.kinds import UnionKind, UnionState
from hub.transfers.ledger.groups import CONFLICTS, Claimed

if TYPE_CHECKING:
    from hub.database.pool import Database

__all__ = ["Singles", "signer_of"]


class Singles:
    """One act, one call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clock = (database.test_clock,)

    async def _single(self, sql: str, record: tuple[Any, ...]) -> bool:
        async with self._database.connection() as connection:
            try:
                failpoints.reach(failpoints.Point.BETWEEN_STATEMENTS)
                done = bool(await connection.fetchval(sql, *record))
            except asyncpg.PostgresError as fault:
                if fault.sqlstate in CONFLICTS:
                    raise Claimed from fault
                raise
        failpoints.reach(failpoints.Point.AFTER_COMMIT)
        return done


def signer_of(row: Any) -> SignerFacts:
    """Give who acts, from the columns of `hub.signer`."""
    now, login_in_force, uri, name, kind, state, *rest = row
    return SignerFacts(now, login_in_force, uri, name, UnionKind(kind), UnionState(state), *rest)
