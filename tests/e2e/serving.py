"""`unionhub`, as an operator runs it: commands that end, and `unionhub serve`, a process that is asked over HTTP."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType
    from typing import Self

COMMAND = (sys.executable, "-m", "hub")
READY_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 30.0
COMMAND_SECONDS_MAX = 60.0


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(**settings: str) -> dict[str, str]:
    """Give the environment of a hub with these settings (`data_dir`, `port`, …) and none of the caller's own."""
    programs = os.environ.get("TEST_PG_BIN")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    ours = {} if programs is None else {"HUB_PG_BIN": programs}
    return {**kept, **ours, **{f"HUB_{name.upper()}": value for name, value in settings.items()}}


def run(settings: Mapping[str, str], *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of `unionhub` to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        env=settings,
        timeout=COMMAND_SECONDS_MAX,
    )


class Serving:
    """A hub that serves. Leave the context to stop it as an operator would, by SIGINT."""

    def __init__(self, settings: Mapping[str, str], log: Path, *, within: Sequence[str] = ()) -> None:
        """Take `within`: a command that runs the hub's own, which comes after it, in the same process."""
        self._settings = settings
        self._command = [*within, *COMMAND, "serve"]
        self.log = log
        self.port = int(settings["HUB_PORT"])
        self.origin = settings.get("HUB_ORIGIN", f"http://127.0.0.1:{self.port}")
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self._settings
            )
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[int]:
        """Give its child processes: the workers, and the embedded PostgreSQL."""
        assert self.process is not None
        pid = self.process.pid
        threads = Path(f"/proc/{pid}/task").iterdir()
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]

    def stop(self) -> int:
        """Stop it, and give its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                return self.process.wait(STOP_SECONDS_MAX)
            self.process.kill()
        return self.process.wait()

    def kill(self) -> None:
        """Kill it without a warning."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def _wait_until_ready(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_SECONDS_MAX
        with httpx.Client(base_url=self.address, trust_env=False) as http:
            while time.monotonic() < until:
                # Waits for the process to fail, for a moment: it is alive while it starts.
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(0.05)
                    break
                with suppress(httpx.HTTPError):
                    if http.get("/readyz", timeout=5).status_code == httpx.codes.OK:
                        return
        raise AssertionError(f"the hub did not start:\n{self.said[-3000:]}")
