"""The floor: the very SQL text that the hub runs and the same verification, on the driver alone: no HTTP, no GraphQL.

The rows to record are made beforehand, receipts included, so that what is timed is one look-up, one verification and one
record for each act, over as many connections as the HTTP client has.
"""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from federation import acts, statements
from federation.keys import PublicKey
from hub.transfers.card import card_of
from hub.transfers.desk import opening
from hub.transfers.facts import MembershipFacts
from hub.transfers.ledger import acts as ledger
from hub.transfers.ledger.records import AcceptanceRecord, ReleaseRecord
from hub.transfers.rules.days import end_of

if TYPE_CHECKING:
    from bench.world import Move, World


async def run(world: World, dsn: str, moves: list[Move], connections: int) -> tuple[float, float]:
    """Give the seconds that all releases took, and all acceptances."""
    pool = await asyncpg.create_pool(dsn, min_size=connections, max_size=connections, reset=_no_reset)
    try:
        releases = [await _release_row(world, pool, move) for move in moves]
        first = await _timed(
            pool,
            [(move.release, acts.Release, row) for move, row in zip(moves, releases, strict=True)],
            moves,
            connections,
        )
        acceptances = [_acceptance_row(world, move, row) for move, row in zip(moves, releases, strict=True)]
        second = await _timed(
            pool,
            [(move.acceptance, acts.Acceptance, row) for move, row in zip(moves, acceptances, strict=True)],
            moves,
            connections,
        )
    finally:
        await pool.close()
    return first, second


async def _no_reset(_connection: Any) -> None:
    """Leave the connection as it is: nothing is set on it."""


async def _timed(pool: asyncpg.Pool, work: list[Any], moves: list[Move], connections: int) -> float:
    queue = list(zip(work, moves, strict=True))

    async def worker() -> None:
        async with pool.acquire() as connection:
            while queue:
                (jws, act, row), move = queue.pop()
                await _act(connection, jws, act, row, move)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(connections)))
    return time.perf_counter() - began


async def _act(connection: Any, jws: str, act: Any, row: Any, move: Move) -> None:
    statement = statements.read(jws, act)
    union = move.holder if act is acts.Release else move.receiver
    signing = (
        [union.caller.union_id],
        [union.caller.kid],
        [statement.iss],
        [statement.kid],
        [statement.jti],
        [move.membership_id],
    )
    if act is acts.Release:
        found = await connection.fetch(
            ledger.FACTS_FOR_RELEASE,
            False,
            *signing[:-1],
            ["HOLDER"],
            signing[-1],
            [row.handoff_id],
            [move.receiver.caller.union],
            [False],
            [None],
            [None],
        )
    else:
        found = await connection.fetch(ledger.FACTS_FOR_CASE, False, *signing, [row.handoff_id])
    signer = found[0]["signer"]
    statements.verify_signature(statement, PublicKey.stored(statement.kid, signer["key_alg"], signer["key_jwk"]))
    sql = ledger.RECORD_RELEASE if act is acts.Release else ledger.RECORD_ACCEPTANCE
    applied = await connection.fetchval(sql, *([value] for value in row))
    assert applied == [1]


async def _release_row(world: World, pool: asyncpg.Pool, move: Move) -> ReleaseRecord:
    statement = statements.read(move.release, acts.Release)
    stated = statement.claims["release"]
    caller = move.holder.caller
    async with pool.acquire() as connection:
        (found,) = await connection.fetch(
            ledger.FACTS_FOR_RELEASE, False, [caller.union_id], [caller.kid], [statement.iss], [statement.kid], [statement.jti],
            ["HOLDER"], [move.membership_id], [UUID(stated["handoff_id"])], [move.receiver.caller.union],
            [False], [None], [None],
        )  # fmt: skip
    held = MembershipFacts(*tuple(found["membership"])[2:26])
    at = datetime.now(UTC) + timedelta(seconds=1)
    until = date.fromisoformat(stated["valid_until"])
    return ReleaseRecord(
        at, caller.union_id, held.member_id, move.membership_id, UUID(stated["handoff_id"]), held.custody_version,
        move.receiver.caller.union_id, stated["reason_code"], date.fromisoformat(stated["out_date"]), stated["dues_paid_through"],
        until, end_of(until), found["overdue_union"], at + timedelta(days=21), False, None, None, "[]", None, statement.jti, opening.digest_of(statement.sha256), statement.typ, statement.jws,
        opening.receipt_for(world.hub, statement, at), card_of(held, stated["dues_paid_through"]).json,
        json.dumps({name: stated[name] for name in ("new_employer_uscc",) if name in stated}),
    )  # fmt: skip


def _acceptance_row(world: World, move: Move, released: ReleaseRecord) -> AcceptanceRecord:
    statement = statements.read(move.acceptance, acts.Acceptance)
    stated = statement.claims["acceptance"]
    at = datetime.now(UTC) + timedelta(seconds=1)
    return AcceptanceRecord(
        at, move.receiver.caller.union_id, released.member_id, move.membership_id, released.handoff_id, 1,
        date.fromisoformat(stated["in_date"]), stated["holding_basis"], stated["employer_uscc"], None,
        world.hub.vault.derive_salt("card", statement.sha256), statement.jti, opening.digest_of(statement.sha256), statement.typ,
        statement.jws, opening.receipt_for(world.hub, statement, at), None, None,
    )  # fmt: skip
