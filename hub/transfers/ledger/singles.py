"""Act functions that are called for one act at a time, on a connection of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg

from hub import failpoints
from hub.transfers.facts import SignerFacts
from hub.transfers.kinds import UnionKind, UnionState
from hub.transfers.ledger.groups import CONFLICTS, Claimed, under_its_key
from hub.transfers.ledger.rows import policy_of

if TYPE_CHECKING:
    from typing import NamedTuple

    from hub.database.pool import Database

__all__ = ["Singles", "kind_of", "record_one", "signer_of"]


class Singles:
    """One act, one call."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clock = (database.test_clock,)

    async def _single(self, sql: str, record: NamedTuple) -> bool:
        async with self._database.connection() as connection:
            done = await record_one(connection, sql, record)
        failpoints.reach(failpoints.Point.AFTER_COMMIT)
        return done


async def record_one(connection: Any, sql: str, record: NamedTuple) -> bool:
    """Record one act, under its key. False: overtaken. Raises: Claimed."""
    failpoints.reach(failpoints.Point.BETWEEN_STATEMENTS)
    try:
        return bool(await connection.fetchval(under_its_key(sql, type(record), sets=False), *record))
    except asyncpg.PostgresError as fault:
        if fault.sqlstate in CONFLICTS:
            raise Claimed from fault
        raise


def kind_of(kind: str | None) -> UnionKind | None:
    """Give what a union is; None of one that is not registered."""
    return None if kind is None else UnionKind(kind)


def signer_of(row: Any) -> SignerFacts:
    """Give who acts, and under which policy, from a row of facts (see `under_policy`)."""
    now, login_in_force, uri, name, kind, state, *rest = row["signer"]
    of_key = (*rest, policy_of(row["policy"]))
    return SignerFacts(now, login_in_force, uri, name, UnionKind(kind), UnionState(state), *of_key)
