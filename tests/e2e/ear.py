"""Listens, in PostgreSQL's own log, to what the hub asks it: there the hub itself is not asked."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

#: The number of times that the server is asked whether it has read its settings anew.
_ATTEMPTS_MAX = 10_000
_SETTINGS = {"log_statement": "'all'", "log_line_prefix": "'%u|%a|'", "log_parameter_max_length": "0"}
_EXECUTED = re.compile(r"^hub_app\|unionhub\|LOG:  (?:execute [^:]*|statement): (.*)$", re.MULTILINE)

#: What the driver says for itself, at whatever time: when a connection comes back, and when it first meets a type.
_DRIVERS_OWN = (
    "SELECT pg_advisory_unlock_all()",
    "SELECT current_setting('jit')",
    "SELECT set_config('jit'",
    "WITH RECURSIVE typeinfo_tree",
)


@asynccontextmanager
async def listening(superuser: Any) -> AsyncIterator[list[str]]:
    """Give a list that holds, once the context is left, the SQL texts that the hub sent meanwhile, in order."""
    heard: list[str] = []
    log = await log_of(superuser)
    for name, value in _SETTINGS.items():
        await superuser.execute(f"alter system set {name} = {value}")
    await _reload(superuser, "all")
    begins = _size_of(log)
    yield heard
    heard += _texts_in(log, begins)
    for name in _SETTINGS:
        await superuser.execute(f"alter system reset {name}")
    await _reload(superuser, "none")


async def log_of(superuser: Any) -> Path:
    """Give the log of the server. Where it runs as another user it knows its folder by a descriptor alone."""
    folder, pid = await superuser.fetchrow("select current_setting('data_directory'), pg_backend_pid()")
    return _beside(Path(folder.replace("/proc/self", f"/proc/{pid}")))


def _beside(data_directory: Path) -> Path:
    return data_directory.resolve().parent / "postgres.log"


def _size_of(log: Path) -> int:
    return log.stat().st_size


def _texts_in(log: Path, begins: int) -> list[str]:
    said = log.read_bytes()[begins:].decode(errors="replace")
    # A statement of several lines goes on after a tab.
    heard = [" ".join(text.split()) for text in _EXECUTED.findall(said.replace("\n\t", " "))]
    return [text for text in heard if not text.startswith(_DRIVERS_OWN)]


async def _reload(superuser: Any, wanted: str) -> None:
    await superuser.execute("select pg_reload_conf()")
    for _ in range(_ATTEMPTS_MAX):
        if await superuser.fetchval("select current_setting('log_statement')") == wanted:
            return
    raise AssertionError("the server does not read its settings anew")
