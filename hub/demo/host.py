"""A hub to try things on: `unionhub serve` as a process of its own, on the embedded PostgreSQL and a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import asyncpg
import httpx

from hub.database import embedded
from hub.keyfiles import load_master_keys
from hub.transfers.desk.founding import bootstrap
from hub.transfers.ledger import founding
from hub.vault import Vault

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from federation.keys import PublicKey

__all__ = ["DemoHub", "DidNotStart"]

_READY_SECONDS = 90
_STOP_SECONDS = 30


class DidNotStart(Exception):  # noqa: N818
    """The hub's process ended, or did not answer in time: the end of its log says why."""


class DemoHub:
    """A hub over HTTP. Leave the context to stop it."""

    def __init__(self, folder: Path, *, clock: str = "test", workers: int = 1) -> None:
        self._folder = folder
        self._log = folder / "hub.log"
        port = _free_port()
        self.origin = f"http://127.0.0.1:{port}"
        ours = {
            "HUB_DATA_DIR": str(self.data_dir),
            "HUB_PORT": str(port),
            "HUB_WORKERS": str(workers),
            "HUB_CLOCK": clock,
            "HUB_LOG_LEVEL": "warning",
        }
        # What the caller has set for a hub of his own is not for this one.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        self._environment = {**kept, **ours}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "hub", "serve"]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment
            )
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.origin}/readyz", timeout=2).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise DidNotStart(self._log.read_text(errors="replace")[-2000:])

    def _stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def data_dir(self) -> Path:
        """Where its database and keys lie."""
        return self._folder / "data"

    @property
    def pid(self) -> int:
        """The process that serves; its workers and its database are below it."""
        assert self._process is not None
        return self._process.pid

    async def bootstrap(self, *, name: str, uscc: str, signing: PublicKey, login: PublicKey) -> None:
        """Make the root, as `unionhub bootstrap` does."""
        vault = Vault(load_master_keys(self.data_dir / "master-keys.json", may_create=False))
        connection = await self._owner()
        try:
            await bootstrap(connection, vault, name=name, uscc=uscc, signing=signing, login=login, test_clock=True)
        finally:
            await connection.close()

    async def set_clock(self, instant: datetime) -> None:
        """Let it be this instant at the hub, as `unionhub clock set` does."""
        connection = await self._owner()
        try:
            await founding.set_clock(connection, instant)
        finally:
            await connection.close()

    async def _owner(self) -> asyncpg.Connection:
        address = embedded.running(self.data_dir)
        assert address is not None, "the hub runs, so its database does"
        return await asyncpg.connect(address.dsn("hub_owner"))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
