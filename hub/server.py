"""The HTTP server: granian, set so that idle, slow and greedy clients cost little.

- HTTP/1.1 alone: with HTTP/2 on, a socket that never says a word stays open.
- Headers come within `HEADER_SECONDS_MAX`; the deadline of a body is the endpoint's (`hub.bodies`).
- Each worker holds at most `CONNECTIONS_MAX` connections; more wait in the kernel's queue.
- No WebSocket: an upgrade is answered as the plain request that it is.
- Workers are spawned, not forked: none inherits a lock, a descriptor or a key of the process that started it. They
  share the port, and end when that process has ended, however it did.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import socket
import tempfile
import threading
import time
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER_SECONDS_MAX: Final = 8
#: Of request line and headers together; a GET's query stands in it.
HEADER_BYTES_MAX: Final = 65_536
CONNECTIONS_MAX: Final = 4096
BACKLOG: Final = 1024
#: How long a worker may take to finish what it has begun, when told to stop.
STOP_SECONDS_MAX: Final = 20
#: Files beside connections: the database's sockets, logs, libraries.
_FILES_SPARE: Final = 256


def serve(
    target: str,
    *,
    host: str,
    port: int,
    workers: int = 1,
    connections_max: int = CONNECTIONS_MAX,
    on_free: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGINT or SIGTERM, then let the workers finish what they have begun.

    Takes: `target`, "module:name" of a function without arguments that gives the ASGI application. It is called in
    each worker, a new process, which has its settings from the environment. `on_free` is called once the address is
    known to be ours.
    Refuses: OSError for an address that is taken or not ours.
    """
    _check_free(host, port)
    on_free()
    multiprocessing.set_start_method("spawn", force=True)
    with tempfile.TemporaryDirectory(prefix="unionhub-metrics-") as counts:
        # Read by prometheus-client when a worker imports it: there the workers keep their numbers, for one sum.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts
        server = Granian(
            target,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            workers=workers,
            loop=Loops.uvloop,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=_affordable(connections_max),
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_SECONDS_MAX * 1000, max_buffer_size=HEADER_BYTES_MAX
            ),
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_SECONDS_MAX,
        )
        server.serve(target_loader=partial(_load, target), wrap_loader=False)


def _affordable(connections: int) -> int:
    """Raise the limit of open files to what the system allows, and give as many connections as fit below it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _FILES_SPARE
    files = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(1, files - _FILES_SPARE)


def _check_free(host: str, port: int) -> None:
    """Refuse, with OSError, an address on which someone listens: workers would share the port with a stranger."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # What closed connections leave behind is no listener.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _load(target: str) -> Any:
    """Make the application. Granian's own loader would put the working directory before every installed package."""
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    module, _, name = target.partition(":")
    return getattr(import_module(module), name)()


def _end_with_parent() -> None:
    """Stop this worker when the process that started it is gone: a killed one can't tell its workers."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    for _ in range(STOP_SECONDS_MAX):
        # Again and again: granian loses a signal that comes while the worker is starting.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)
    os._exit(1)
