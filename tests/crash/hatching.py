"""The tests' side of the hatchery: servers that are there in a moment, and are killed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from tests.e2e.serving import a_free_port

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

_READY_SECONDS_MAX: Final = 30.0
_MOMENT: Final = 0.005


@dataclass(frozen=True)
class Hatched:
    """A server of the hub, in a process of its own."""

    pid: int
    address: str


class Hatchery:
    """The process that forks them. Leave the context to end it, and whatever it has hatched."""

    def __init__(self, settings: Mapping[str, str], log: Path) -> None:
        self._settings = settings
        self.log = log

    def __enter__(self) -> Self:
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.hatchery"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env=self._settings,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def said(self) -> str:
        """All that its servers have printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    async def hatch(self, failpoint: str = "") -> Hatched:
        """Give a server that takes requests; with a failpoint, armed."""
        port = str(a_free_port())
        pid = self._asked(environment={"HUB_PORT": port, "HUB_FAILPOINT": failpoint})
        hatched = Hatched(pid, f"http://127.0.0.1:{port}")
        async with httpx.AsyncClient(base_url=hatched.address, trust_env=False) as http:
            until = time.monotonic() + _READY_SECONDS_MAX
            while time.monotonic() < until:
                with suppress(httpx.HTTPError):
                    if (await http.get("/healthz")).status_code == httpx.codes.OK:
                        return hatched
                await asyncio.sleep(_MOMENT)
        raise AssertionError(f"no server:\n{self.said[-3000:]}")

    def ended(self, hatched: Hatched) -> int:
        """Wait for a server's end, and give its exit code."""
        return self._asked(ended=hatched.pid)

    def _asked(self, **line: Any) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(line) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())
