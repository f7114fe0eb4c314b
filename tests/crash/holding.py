"""Commits held back: in this test's own database, whatever records a statement waits at its very end, at its commit.

A deferred trigger runs when everything is written and nothing is committed. It waits for a lock that the test holds.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

__all__ = ["Held", "held", "install"]

_LOCK: Final = 20_170_911
_PATIENCE_SECONDS: Final = 30.0
_MOMENT: Final = 0.005

_INSTALL: Final = f"""
create function public.wait_for_the_test() returns trigger language plpgsql as
$$begin perform pg_advisory_xact_lock_shared({_LOCK}); return null; end$$;
create constraint trigger held_back after insert on hub.statements deferrable initially deferred
    for each row execute function public.wait_for_the_test();
create constraint trigger held_back after insert on hub.union_statements deferrable initially deferred
    for each row execute function public.wait_for_the_test()"""

_WAITING: Final = """
select pid from pg_stat_activity where datname = current_database() and wait_event = 'advisory'"""


_END: Final = f"select pid, pg_terminate_backend(pid) from ({_WAITING}) w"


async def install(superuser: Any) -> None:
    """Make the triggers. They let everything through while no test holds commits back."""
    await superuser.execute(_INSTALL)


class Held:
    """The backends that wait at their commit."""

    def __init__(self, superuser: Any) -> None:
        self._superuser = superuser

    async def some(self) -> list[int]:
        """Wait until there are some: that the point is reached. Gives their process numbers."""
        return await self._until(lambda found: len(found) > 0)

    async def end_all(self) -> None:
        """Let none of them commit, nor one that comes meanwhile."""
        await self._until(lambda found: not found, _END)

    async def _until(self, enough: Callable[[list[int]], bool], ask: str = _WAITING) -> list[int]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until:
            found = [row["pid"] for row in await self._superuser.fetch(ask)]
            if enough(found):
                return found
            await asyncio.sleep(_MOMENT)
        raise AssertionError(f"held back: {found}")


@asynccontextmanager
async def held(superuser: Any) -> AsyncIterator[Held]:
    """Hold all commits back. Those that still wait in the end go on, and are waited for."""
    await superuser.execute(f"select pg_advisory_lock({_LOCK})")
    holding = Held(superuser)
    try:
        yield holding
    finally:
        await superuser.execute(f"select pg_advisory_unlock({_LOCK})")
        # Whoever waited has committed when this lock, which none may share, is had once more.
        await superuser.execute(f"select pg_advisory_lock({_LOCK}), pg_advisory_unlock({_LOCK})")
