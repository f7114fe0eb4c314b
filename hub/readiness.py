"""Whether this process can serve: what /readyz asks, each a short look at the database or the disk.

A hub whose role owns its tables, or for whom row-level security is off, must not serve, however well it answers.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hub.keyfiles import load_master_keys, load_receipt_keys

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from hub.database.pool import Database
    from hub.settings import Settings

__all__ = ["IS_HUB_APP", "PUBLIC_TABLES", "REVISION", "UNGUARDED", "NotReady", "checks"]

_VERSIONS: Final = Path(__file__).parent / "database" / "migrations" / "versions"

#: The newest revision that this code needs. Read from the files' names: Alembic itself is too much for a worker.
REVISION: Final = max(file.name[:4] for file in _VERSIONS.glob("[0-9]*.py"))

#: The closed list of what row-level security does not cover: public organisational data, and what is no union's.
PUBLIC_TABLES: Final = (
    "clock",
    "installation",
    "legal_steps",
    "numbering_schemes",
    "policies",
    "policy_parameters",
    "policy_values",
    "union_amendments",
    "union_employers",
    "union_federations",
    "union_former_names",
    "union_keys",
    "union_statements",
    "unions",
)

UNGUARDED: Final = """
select coalesce(array_agg(c.relname::text order by c.relname), '{}')
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'hub' and c.relkind in ('r', 'p') and c.relname <> all ($1::text[])
   and not row_security_active(c.oid)"""

IS_HUB_APP: Final = """
select r.rolname = 'hub_app' and not (r.rolsuper or r.rolbypassrls or r.rolcreaterole or r.rolcreatedb)
       and not pg_has_role(r.oid, n.nspowner, 'member')
  from pg_roles r, pg_namespace n where r.rolname = current_user and n.nspname = 'hub'"""

_REVISION: Final = "select max(version_num) from public.alembic_version"


class NotReady(Exception):  # noqa: N818 - the fact; its name is all that is logged
    """A check found that the hub must not serve."""


def checks(settings: Settings, database: Callable[[], Database]) -> Mapping[str, Callable[[], Awaitable[Any]]]:
    """Give the checks by the names that /readyz shows. Takes `database`, which gives it once there is one."""

    async def ask(sql: str, *arguments: Any) -> Any:
        async with database().connection() as connection:
            return await connection.fetchval(sql, *arguments)

    async def answers() -> None:
        await ask("select 1")

    async def rows_are_guarded() -> None:
        if await ask(UNGUARDED, PUBLIC_TABLES):
            raise NotReady("row-level security is off")

    async def role_is_ours() -> None:
        if await ask(IS_HUB_APP) is not True:
            raise NotReady("not hub_app, or hub_app may do too much")

    async def schema_is_new_enough() -> None:
        # A newer one is no fault: migrations go first, and each is such that the code before it still runs.
        if (await ask(_REVISION) or "") < REVISION:
            raise NotReady("migrations are behind")

    async def keys_are_there() -> None:
        await asyncio.to_thread(load_receipt_keys, settings.key_file, may_create=False)
        await asyncio.to_thread(load_master_keys, settings.master_key_file, may_create=False)

    return {
        "database": answers,
        "row_level_security": rows_are_guarded,
        "role": role_is_ours,
        "migrations": schema_is_new_enough,
        "keys": keys_are_there,
    }
