"""What the endpoint tells: who is let in, what a fault looks like from outside, and that production shows no schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.authz.tokens import Caller
from tests.graphql import small_hub
from tests.graphql.conftest import client, only_error

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from tests.graphql.conftest import SmallClient

JSON = "application/json"


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Basic eDp5", "Bearer not.a.token"])
async def test_without_a_good_token_401_before_anything_is_read(hub: SmallClient, authorization: str | None) -> None:
    headers = {"accept": JSON, "content-type": JSON}
    if authorization is None:
        del hub.http.headers["authorization"]
    else:
        headers["authorization"] = authorization
    # A body that is no JSON at all: had it been read, the answer were 400.
    response = await hub.http.post("/graphql", content=b"{", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert only_error(response)["extensions"]["code"] == "UNAUTHENTICATED"


async def test_an_expired_token_is_401() -> None:
    old = small_hub.TOKENS.issue(small_hub.CALLER, datetime.now(UTC) - timedelta(seconds=301))
    async with client(token=old) as hub:
        response = await hub.ask("{ping}")

    assert response.status_code == 401


async def test_authorization_given_twice_is_400(hub: SmallClient) -> None:
    token = small_hub.a_token(
        Caller(union_id=small_hub.OTHER_UNION_ID, union="urn:union:local:11:99110000MC00000010-02", kid="k")
    )
    headers = [*hub.http.headers.raw, (b"authorization", f"Bearer {token}".encode())]
    response = await hub.http.post("/graphql", json={"query": "{whoami}"}, headers=headers)

    assert response.status_code == 400


async def test_a_resolver_that_finds_the_login_ended_makes_it_401(hub: SmallClient) -> None:
    response = await hub.ask("{ping ended}")

    assert response.status_code == 401
    assert only_error(response)["extensions"]["code"] == "UNAUTHENTICATED"
    assert small_hub.SECRET not in response.text


async def test_database_away_is_503_and_may_be_tried_again(hub: SmallClient) -> None:
    response = await hub.ask("{unreachable}")
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    extensions = only_error(response)["extensions"]
    assert extensions["code"] == "INTERNAL"
    assert extensions["retryable"] is True

    # What was answered is not thrown away.
    response = await hub.ask("{ping unreachable}")
    assert response.status_code == 200
    assert response.json()["data"] == {"ping": "pong", "unreachable": None}


async def test_database_away_before_any_field_is_told_the_same(hub: SmallClient) -> None:
    """Who the caller is may be asked of the database, too."""

    def away(_caller: Caller, _request: object) -> small_hub.Context:
        raise ConnectionError(small_hub.SECRET)

    inside = only_error(await hub.ask("{unreachable}"))
    async with client(context_factory=away) as other:
        response = await other.ask("{ping}")

    assert response.status_code == 503
    outside = only_error(response)
    assert (outside["message"], outside["extensions"]["retryable"]) == (inside["message"], True)
    assert outside["extensions"].keys() == inside["extensions"].keys()


async def test_throttled_says_when(hub: SmallClient) -> None:
    error = (await hub.ask("{throttled}")).json()["errors"][0]

    assert error["extensions"] == {"code": "THROTTLED", "retryAfter": 7}


@pytest.mark.attack("G16")
@pytest.mark.parametrize("query", ["{boom}", "{unreachable}", "{ended}"])
async def test_a_fault_tells_a_correlation_id_and_nothing_else(
    hub: SmallClient, query: str, log: list[MutableMapping[str, Any]]
) -> None:
    response = await hub.ask(query, {"idNumber": "990000200001010000"})

    shown = response.text + str(log)
    for told in ("select", "members", "db.internal", "张三", "Traceback", 'small_hub.py"', "990000200001010000"):
        assert told not in shown
    assert "Error" not in response.text
    if query != "{ended}":
        correlation_id = response.json()["errors"][0]["extensions"]["correlationId"]
        assert correlation_id == response.headers["x-request-id"]
        failed = [line for line in log if line["event"] == "field_failed"]
        assert [line["correlation_id"] for line in failed] == [correlation_id]
        assert failed[0]["error"].startswith("builtins.")


@pytest.mark.attack("G16")
async def test_a_fault_outside_of_fields_is_masked_too(log: list[MutableMapping[str, Any]]) -> None:
    def broken(_caller: Caller, _request: object) -> small_hub.Context:
        raise RuntimeError(small_hub.SECRET)

    async with client(context_factory=broken) as hub:
        response = await hub.ask("{ping}")

    assert response.status_code == 500
    assert only_error(response)["extensions"]["code"] == "INTERNAL"
    assert small_hub.SECRET not in response.text + str(log)


@pytest.mark.attack("G09")
@pytest.mark.parametrize(
    "query",
    [
        "{__schema {types {name}}}",
        '{__type(name: "Query") {name}}',
        "{_service {sdl}}",
        "{...F} fragment F on Query {a: __schema {queryType {name}}}",
    ],
)
async def test_production_shows_no_schema(hub: SmallClient, query: str) -> None:
    response = await hub.ask(query)
    assert response.status_code == 400
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {"GRAPHQL_VALIDATION_FAILED"}

    async with client(introspection=True) as developing:
        await developing.data(query)


@pytest.mark.attack("G09")
@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("{pong}", None),
        ("{chapters(frist: 1) {pageInfo {hasNextPage}}}", None),
        ("{chapters {pageinfo {hasNextPage}}}", None),
        ("{...F} fragment F on Quary {ping}", None),
        ('{window(input: {opensOm: "2026-01-01"})}', None),
        ("query ($w: Window!) {window(input: $w)}", {"w": {"opensOm": "2026-01-01"}}),
        ("query ($w: Windw!) {window(input: $w)}", None),
        ("{ping @skp(if: true)}", None),
    ],
)
async def test_no_name_of_the_schema_is_suggested(
    hub: SmallClient, query: str, variables: dict[str, Any] | None
) -> None:
    response = await hub.ask(query, variables)

    assert response.status_code == 400
    assert "mean" not in response.text
    assert not any(f"'{name}'" in response.text for name in ("ping", "first", "pageInfo", "skip"))


async def test_typename_is_always_allowed(hub: SmallClient) -> None:
    assert await hub.data("{__typename}") == {"__typename": "Query"}
