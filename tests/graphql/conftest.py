"""The small hub in this process, and the log that it writes."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import structlog

from tests.graphql import small_hub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, MutableMapping


CODES = {
    "UNAUTHENTICATED",
    "BAD_USER_INPUT",
    "GRAPHQL_PARSE_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
    "LIMIT_EXCEEDED",
    "THROTTLED",
    "INTERNAL",
}


def only_error(response: httpx.Response) -> dict[str, Any]:
    answer = response.json()
    assert set(answer) == {"errors"}, "a request that was not executed has no `data`"
    assert len(answer["errors"]) == 1
    error: dict[str, Any] = answer["errors"][0]
    assert error["extensions"]["code"] in CODES
    return error


class SmallClient:
    """Sends to the small hub as its one union."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def ask(self, query: str, variables: dict[str, Any] | None = None, **parts: Any) -> httpx.Response:
        """Send a document by POST, accepting the media type whose statuses say something."""
        headers = {"accept": "application/graphql-response+json"}
        return await self.http.post("/graphql", json={"query": query, "variables": variables, **parts}, headers=headers)

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
        """Give the data of an answer that has no errors."""
        response = await self.ask(query, variables)
        answer: dict[str, Any] = response.json()
        assert response.status_code == 200, answer
        assert "errors" not in answer, answer
        data: dict[str, Any] = answer["data"]
        return data

    async def refused(self, query: str, variables: dict[str, Any] | None = None) -> tuple[str, str]:
        """Give code and message of the one error of a request that was not executed, or of its one null field."""
        answer = (await self.ask(query, variables)).json()
        assert len(answer["errors"]) == 1, answer
        assert not any((answer.get("data") or {}).values()), answer
        error = answer["errors"][0]
        return error["extensions"]["code"], error["message"]


@asynccontextmanager
async def client(**options: Any) -> AsyncIterator[SmallClient]:
    """Give a client of a small hub with these options; `token` is what it shows."""
    headers = {"authorization": f"Bearer {options.pop('token', None) or small_hub.a_token()}"}
    transport = httpx.ASGITransport(small_hub.application(**options))
    async with httpx.AsyncClient(transport=transport, base_url=small_hub.HUB, headers=headers) as http:
        yield SmallClient(http)


@pytest.fixture
async def hub() -> AsyncIterator[SmallClient]:
    async with client() as small:
        yield small


@pytest.fixture
def log() -> Iterator[list[MutableMapping[str, Any]]]:
    """Give the log lines of the test."""
    with structlog.testing.capture_logs() as lines:
        yield lines
