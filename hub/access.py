"""The outermost layer: a correlation id, one log line and one count for every request, and no upgrade to a WebSocket.

A line has the route, not the path, and neither query string nor headers, since a client may put anything there.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Final

import orjson
import structlog

from hub import correlation, health, logs

if TYPE_CHECKING:
    from collections.abc import Collection

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OTHER: Final = "other"

_log: structlog.stdlib.BoundLogger = structlog.get_logger("hub.access")


class Access:
    """Wraps the whole application. `routes` are the paths that are told apart; all others are one."""

    def __init__(self, app: ASGIApp, *, routes: Collection[str]) -> None:
        self._app = app
        self._routes = frozenset(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection of the server's."""
        if scope["type"] == "websocket":
            # Before it is accepted: the server answers the upgrade with 403.
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        given = next((value for name, value in scope["headers"] if name == correlation.HEADER), None)
        correlation_id = correlation.adopt(given)
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message.get("headers", ()), (correlation.HEADER, correlation_id.encode("ascii"))]
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, send_named)
        except Exception as error:  # noqa: BLE001 - nothing stands above: the server would print the exception
            _log.error("request_failed", correlation_id=correlation_id, **logs.describe(error))
            if not status:
                await _fail(send_named, correlation_id)
        route = scope["path"] if scope["path"] in self._routes else _OTHER
        seconds = perf_counter() - started
        health.count(route, scope["method"], status, seconds)
        _log.info(
            "request",
            correlation_id=correlation_id,
            route=route,
            method=scope["method"],
            status=status,
            ms=round(seconds * 1000, 2),
        )


async def _fail(send: Send, correlation_id: str) -> None:
    body = orjson.dumps({"error": "internal", "correlationId": correlation_id})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
