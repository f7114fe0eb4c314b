"""What an operator and his machines ask: does the process live, can it serve, how much has it done.

/healthz says only that this process answers. /readyz runs the checks it was given, all at once and within a time, and
names those that fail, but not why: that is for the log and `unionhub doctor`. /metrics adds up all worker processes
where `hub.server` started them.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response
from starlette.routing import Route

from hub import correlation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

HEALTH_PATH: Final = "/healthz"
READY_PATH: Final = "/readyz"
METRICS_PATH: Final = "/metrics"
CHECK_SECONDS_MAX: Final = 3.0

_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_NO_STORE: Final = {"cache-control": "no-store"}

_requests = Counter("hub_http_requests_total", "Answers, by route, method and status.", ("route", "method", "status"))
_seconds = Histogram(
    "hub_http_request_seconds",
    "Time from a request's head to the end of its answer.",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
_log: structlog.stdlib.BoundLogger = structlog.get_logger("hub.health")


def health_routes(checks: Mapping[str, Callable[[], Awaitable[Any]]]) -> list[Route]:
    """Give /healthz, /readyz and /metrics.

    Takes: `checks`, by a name that may be shown; a check fails by raising, or by taking longer than
    `CHECK_SECONDS_MAX`.
    """

    async def live(_request: Request) -> Response:
        return _json(200, {"status": "ok"})

    async def ready(_request: Request) -> Response:
        outcomes = await asyncio.gather(*(_passes(name, check) for name, check in checks.items()))
        failing = [name for name, passes in zip(checks, outcomes, strict=True) if not passes]
        return _json(503 if failing else 200, {"status": "failing" if failing else "ok", "failing": failing})

    async def metrics(_request: Request) -> Response:
        return Response(generate_latest(_registry()), 200, _NO_STORE, media_type=CONTENT_TYPE_LATEST)

    return [Route(HEALTH_PATH, live), Route(READY_PATH, ready), Route(METRICS_PATH, metrics)]


def count(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer. `route` must come from a closed list: each value is a time series."""
    counter, histogram = _series(route, method if method in _METHODS else "other", status)
    counter.inc()
    histogram.observe(seconds)


@lru_cache(maxsize=1024)
def _series(route: str, method: str, status: int) -> tuple[Counter, Histogram]:
    """Give the two time series, found once: prometheus-client looks them up under a lock."""
    return _requests.labels(route, method, status), _seconds.labels(route)


async def _passes(name: str, check: Callable[[], Awaitable[Any]]) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS_MAX):
            await check()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a reason not to be sent requests
        _log.warning("not_ready", check=name, error=type(error).__qualname__, correlation_id=correlation.current())
        return False
    return True


def _registry() -> CollectorRegistry:
    """Give the numbers of all workers, where they keep them in shared files, else this process's."""
    registry = CollectorRegistry()
    try:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    except ValueError:
        return REGISTRY
    return registry


def _json(status: int, content: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(content), status, _NO_STORE, media_type="application/json")
