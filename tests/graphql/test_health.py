"""The outermost layer: health, numbers, correlation ids, and a log that tells nothing about anyone."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
import structlog
from starlette.applications import Starlette
from starlette.routing import Route

from hub import health, logs
from hub.access import Access
from tests.graphql import small_hub

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, MutableMapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tests.graphql.conftest import SmallClient


async def get(path: str, checks: dict[str, Callable[[], Awaitable[Any]]], **headers: str) -> httpx.Response:
    async def broken(_request: Request) -> Response:
        raise RuntimeError(small_hub.SECRET)

    routes = [*health.health_routes(checks), Route("/broken", broken)]
    app = Access(Starlette(routes=routes), routes=["/healthz", "/readyz", "/metrics", "/broken"])
    # Starlette's own last resort sends a plain 500 and raises on; the log line is what remains to be seen.
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=small_hub.HUB) as http:
        return await http.get(path, headers=headers)


async def passing() -> None:
    return None


async def failing() -> None:
    raise ConnectionRefusedError(small_hub.SECRET)


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_the_process_lives_whatever_fails() -> None:
    response = await get("/healthz", {"database": failing})

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_when_all_checks_pass() -> None:
    response = await get("/readyz", {"database": passing, "keys": passing})

    assert (response.status_code, response.json()) == (200, {"status": "ok", "failing": []})
    assert response.headers["cache-control"] == "no-store"


async def test_not_ready_names_what_fails_but_not_why(
    log: list[MutableMapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS_MAX", 0.05)
    response = await get("/readyz", {"database": failing, "keys": passing, "clock": hanging})

    assert response.status_code == 503
    assert response.json() == {"status": "failing", "failing": ["database", "clock"]}
    assert small_hub.SECRET not in response.text + str(log)
    assert [line["error"] for line in log if line["event"] == "not_ready"] == ["ConnectionRefusedError", "TimeoutError"]


async def test_numbers_are_by_route_and_never_by_path(hub: SmallClient) -> None:
    await hub.http.get("/members/990000200001010000")
    await hub.http.request("BREW", "/graphql")
    metrics = (await hub.http.get("/metrics")).text

    assert 'route="other",status="404"' in metrics
    assert 'method="other",route="/graphql",status="405"' in metrics
    assert "990000200001010000" not in metrics
    assert "BREW" not in metrics


@pytest.mark.parametrize("given", ["7f3b1c52-demo", "a" * 64, "Trace.1_2-3abc"])
async def test_a_good_request_id_is_kept(given: str) -> None:
    response = await get("/healthz", {}, **{"x-request-id": given})

    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, "with space in it", "{json:injection}", "-leading-dash", "é" * 9]
)
async def test_any_other_request_id_is_replaced(given: str) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(small_hub.application()), base_url=small_hub.HUB
    ) as http:
        response = await http.get("/healthz", headers=[(b"x-request-id", given.encode())])

    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


async def test_one_line_a_request_with_the_route_alone(log: list[MutableMapping[str, Any]]) -> None:
    await get("/healthz?name=张三&id=990000200001010000", {}, **{"x-request-id": "request-0001", "x-name": "zhangsan"})

    [line] = log
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "correlation_id": "request-0001",
        "route": "/healthz",
        "method": "GET",
        "status": 200,
    }


@pytest.mark.attack("G16")
async def test_an_exception_that_nobody_caught_is_masked(log: list[MutableMapping[str, Any]]) -> None:
    response = await get("/broken", {}, **{"x-request-id": "request-0002"})

    assert response.status_code == 500
    assert small_hub.SECRET not in response.text + str(log)
    assert [(line["event"], line["correlation_id"]) for line in log] == [
        ("request_failed", "request-0002"),
        ("request", "request-0002"),
    ]
    assert log[0]["error"] == "builtins.RuntimeError"
    assert any("test_health.py" in place for place in log[0]["places"])


@pytest.mark.attack("G16")
async def test_an_application_that_raises_before_it_answers_gives_500(log: list[MutableMapping[str, Any]]) -> None:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise RuntimeError(small_hub.SECRET)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(Access(app, routes=[])), base_url=small_hub.HUB) as http:
        response = await http.get("/", headers={"x-request-id": "request-0003"})

    assert response.status_code == 500
    assert response.json() == {"error": "internal", "correlationId": "request-0003"}
    assert small_hub.SECRET not in str(log)


@pytest.mark.attack("H06")
async def test_a_websocket_is_closed_before_it_is_accepted() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    await small_hub.application()({"type": "websocket", "path": "/graphql", "headers": []}, receive, send)

    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.fixture
def _logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("_logs")
def test_the_log_is_json_lines_from_its_level_up(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    logs.configure("warning")
    log = structlog.get_logger("test")
    log.info("unseen")
    log.warning("seen", name="张三", nothing=None)

    [line] = capsysbinary.readouterr().out.splitlines()
    entry = orjson.loads(line)
    assert entry.pop("timestamp").endswith("Z")
    assert entry == {"event": "seen", "level": "warning", "name": "张三"}
