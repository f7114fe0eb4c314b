"""What an operator does with the owner's connection, no union's act: the root, and the test clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from federation.keys import PublicKey

__all__ = ["found_root", "master_key_of", "read_root", "reset_clock", "set_clock"]

_ROOT: Final = """
select u.union_id, u.uri, u.name, k.use, k.kid, k.jwk from hub.unions u
  left join hub.union_keys k on k.union_id = u.union_id and k.sha256 is null
 where u.parent_union is null"""

_FOUND: Final = """
insert into hub.unions (union_id, uri, uscc, name, kind, established_on, registered_at)
values ($1, $2, $3, $4, 'NATIONAL_FEDERATION', $5, $6)"""

_KEY: Final = """
insert into hub.union_keys (union_id, use, kid, alg, jwk, not_before, registered_at)
values ($1, $2, $3, $4, $5, $6, $6)"""

_INSTALL: Final = "insert into hub.installation (master_key) values ($1)"

_MASTER_KEY: Final = "select master_key from hub.installation"

_SET_CLOCK: Final = """
insert into hub.clock (set_to, set_at) values ($1, clock_timestamp())
on conflict (only_row) do update set set_to = excluded.set_to, set_at = excluded.set_at"""


async def read_root(connection: Any) -> list[Any]:
    """Give the root, one row for each of its keys from bootstrap; empty without a root."""
    return list(await connection.fetch(_ROOT))


async def found_root(
    connection: Any,
    *,
    union_id: UUID,
    uscc: str,
    name: str,
    established_on: date,
    now: datetime,
    keys: dict[str, PublicKey],
    master_key: str,
) -> None:
    """Enter the root, its keys (by use) and the master keys' fingerprint. The database refuses a second root."""
    async with connection.transaction():
        await connection.execute(_INSTALL, master_key)
        await connection.execute(_FOUND, union_id, f"urn:union:{uscc}", uscc, name, established_on, now)
        for use, key in keys.items():
            await connection.execute(_KEY, union_id, use, key.kid, key.alg, key.jwk_text, now)


async def master_key_of(connection: Any) -> str | None:
    """Give the fingerprint of the master keys that the database was founded with; None before bootstrap."""
    found: str | None = await connection.fetchval(_MASTER_KEY)
    return found


async def set_clock(connection: Any, instant: datetime) -> None:
    """Let the test clock read this instant, and run on from there."""
    await connection.execute(_SET_CLOCK, instant)


async def reset_clock(connection: Any) -> None:
    """End the test clock: now is the database's own time."""
    await connection.execute("delete from hub.clock")
