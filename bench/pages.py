"""List pages, with the caller's own union growing along: ten thousand, a hundred thousand and a million members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import asyncpg
import orjson

from bench.world import dsn

if TYPE_CHECKING:
    from bench.logins import Logins
    from bench.world import Union, World
    from hub.demo.host import DemoHub

SIZES: Final = (10_000, 100_000, 1_000_000)
_REQUESTS: Final = 200
_QUERIES: Final = {
    "members": "{ members(first: 50) { edges { cursor node { id name joinedOn status } } pageInfo { hasNextPage endCursor } } }",
    "members by name": '{ members(first: 50, filter: {name: "会员5"}) { edges { node { id name } } pageInfo { endCursor } } }',
    "docket": "{ docket(first: 50, states: [RELEASED]) { edges { node { state handoff { id outDate } } } } }",
}

#: Rows straight into the tables, by the owner's superuser: what is measured is reading.
_FILL: Final = """
with given as (select gen_random_uuid() as member_id, gen_random_uuid() as membership_id, g from generate_series($2::int, $3::int) g),
 person as (
    insert into hub.persons (member_id, membership_id, holder_union, name, sex, birth_month, id_type)
    select member_id, membership_id, $1, '会员' || g, '1', '1980-01', 'OTHER' from given returning 1),
 membership as (
    insert into hub.memberships (member_id, membership_id, holder_union, held_since, held_by_sha256, status, holding_basis, joined_on,
                                 dues_paid_through, card_salt)
    select member_id, membership_id, $1, now(), '', 'ACTIVE', 'ORDINARY', '2020-01-01', '2026-01', 'x' from given returning 1),
 handoff as (
    insert into hub.handoffs (member_id, handoff_id, membership_id, from_union, to_union, reason_code, state, step_no, custody_version,
                              opened_at, is_open)
    select member_id, membership_id, membership_id, $1, $4, 'CHANGE_OF_EMPLOYER', 'ACCEPTED', 2, 1, now(), false from given returning 1)
insert into hub.dockets (member_id, handoff_id, union_id, side, membership_id, state, step_no, counterpart, reason_code, custody_version,
                         opened_at)
select member_id, membership_id, $1, 'HOLDER', membership_id, 'ACCEPTED', 2, $4, 'CHANGE_OF_EMPLOYER', 1, now() - g * interval '1 second'
  from given"""


async def measure(host: DemoHub, world: World, tokens: Logins) -> None:
    """Print the median time of a page for each size of the caller's union."""
    union, other = world.unions[0], world.unions[1]
    connection = await asyncpg.connect(dsn(host.data_dir, "hub"))
    filled = 0
    try:
        await connection.execute("set session_replication_role = replica")
        for size in SIZES:
            for start in range(filled, size, 100_000):
                until = min(start + 100_000, size)
                await connection.execute(
                    _FILL, union.caller.union_id, start + 1, until, other.caller.union_id, timeout=600
                )
            filled = size
            await connection.execute("vacuum analyze hub.persons, hub.memberships, hub.dockets", timeout=600)
            await _print_pages(host, tokens, union, size)
    finally:
        await connection.close()


async def _print_pages(host: DemoHub, tokens: Logins, union: Union, size: int) -> None:
    from bench.__main__ import load  # noqa: PLC0415 - the two call each other

    for name, query in _QUERIES.items():
        queue = [request(host, tokens, union, query, {})] * _REQUESTS
        took = (await load(host, queue, b'"edges"', connections=1))["took"]
        middle, late = took[len(took) // 2] * 1e3, took[len(took) * 99 // 100] * 1e3
        print(f"page of 50, {name}, own union of {size:>9,}: p50 {middle:.1f} ms, p99 {late:.1f} ms")


def request(host: DemoHub, tokens: Logins, union: Union, query: str, variables: dict[str, Any]) -> bytes:
    """Write an HTTP request whole, with a fresh token."""
    body = orjson.dumps({"query": query, "variables": variables})
    token = tokens.token(union)
    head = (
        f"POST /graphql HTTP/1.1\r\nhost: {host.origin.removeprefix('http://')}\r\nauthorization: Bearer {token}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
