"""A process that has made the hub's application and forks servers of it: a kill costs a fork, not a start.

Each child arms its failpoint by the settings, opens its own database connections and serves over HTTP by the server
that `unionhub serve` has, in one process. What a fork saves is the start of Python, its imports, and the making of the
schema; tests/crash/test_workers.py kills the workers of the real command.

On stdin, one line of JSON each: {"environment": {…}} forks, and is answered with the child's number; {"ended": number}
waits for its end, and is answered with its exit code, a signal as a negative one. The end of stdin ends all.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any, NoReturn

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.embed import Server

from hub import failpoints
from hub.app import create
from hub.settings import load


def main() -> None:
    """Do as stdin says, until it ends."""
    application = create()
    children: set[int] = set()
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        if "ended" in asked:
            _, status = os.waitpid(asked["ended"], 0)
            children.discard(asked["ended"])
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _serve(application, asked["environment"])
            children.add(answer)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    for child in children:
        os.kill(child, signal.SIGKILL)


def _serve(application: Any, environment: dict[str, str]) -> NoReturn:
    os.close(0)
    os.close(1)
    os.environ.update(environment)
    failpoints.arm(load().failpoint)
    server = Server(
        application,
        address="127.0.0.1",
        port=int(environment["HUB_PORT"]),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
    )
    try:
        uvloop.run(server.serve())
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
