"""GraphQL over HTTP: what the endpoint takes, what it answers, and that it tells nothing it should not."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from hub.schema.documents import by_hash
from hub.schema.requests import BODY_BYTES_MAX, negotiate
from tests.graphql import small_hub
from tests.graphql.conftest import client, only_error

if TYPE_CHECKING:
    from tests.graphql.conftest import SmallClient

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (b"", JSON),
        (b"*/*", JSON),
        (b"application/*", JSON),
        (b"application/json", JSON),
        (b"application/graphql-response+json", GRAPHQL_JSON),
        (b"application/graphql-response+json; charset=utf-8, application/json; q=0.9", GRAPHQL_JSON),
        (b"application/graphql-response+json;q=0.5, application/json", JSON),
        (b"application/json, application/graphql-response+json", JSON),
        (b"application/graphql-response+json, application/json", GRAPHQL_JSON),
        (b"application/json;q=0, */*", GRAPHQL_JSON),
        (b"APPLICATION/JSON", JSON),
        (b"text/html, */*;q=0.8", JSON),
        (b"text/html", None),
        (b"text/event-stream", None),
        (b"application/json;q=0", None),
        (b"application/json;q=nan", None),
        (b"application/json;q=x", None),
    ],
)
def test_media_type_is_negotiated(accept: bytes, media_type: str | None) -> None:
    assert negotiate(accept) == media_type


async def test_answer_has_the_negotiated_type_and_is_not_stored(hub: SmallClient) -> None:
    response = await hub.ask("{ping}")

    assert response.status_code == 200
    assert response.headers["content-type"] == f"{GRAPHQL_JSON}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["vary"] == "accept"
    assert response.json() == {"data": {"ping": "pong"}}


async def test_unacceptable_is_406(hub: SmallClient) -> None:
    response = await hub.http.post("/graphql", json={"query": "{ping}"}, headers={"accept": "text/html"})

    assert response.status_code == 406
    assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", None, "GRAPHQL_PARSE_FAILED"),
        ("{nope}", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($x: Int!) {add(to: $x)}", {"x": "one"}, "BAD_USER_INPUT"),
        ("query A {ping} query B {ping}", None, "BAD_USER_INPUT"),
        ("{" + "ping " * 301 + "}", None, "LIMIT_EXCEEDED"),
    ],
)
async def test_request_errors_have_no_data_and_400_only_where_the_type_allows(
    hub: SmallClient, query: str, variables: dict[str, Any] | None, code: str
) -> None:
    body = {"query": query, "variables": variables}
    response = await hub.http.post("/graphql", json=body, headers={"accept": GRAPHQL_JSON})
    assert response.status_code == 400
    assert only_error(response)["extensions"]["code"] == code

    # Clients of application/json take any other status for a fault of some proxy.
    response = await hub.http.post("/graphql", json=body, headers={"accept": JSON})
    assert response.status_code == 200
    assert only_error(response)["extensions"]["code"] == code


async def test_field_error_keeps_data_and_200(hub: SmallClient) -> None:
    response = await hub.ask('{ping picky(name: "x")}')

    assert response.status_code == 200
    answer = response.json()
    assert answer["data"] == {"ping": "pong", "picky": None}
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "argument": "name"}
    assert answer["errors"][0]["path"] == ["picky"]


async def test_expected_refusal_is_data(hub: SmallClient) -> None:
    data = await hub.data('mutation {release(statement: "denied") {... on Denial {code articles}}}')

    assert data == {"release": {"code": "NOT_HOLDER", "articles": ["A12"]}}


async def test_operation_is_chosen_by_name(hub: SmallClient) -> None:
    document = "query A {ping} query B {whoami}"
    response = await hub.ask(document, operationName="B")
    assert response.json() == {"data": {"whoami": small_hub.UNION}}

    response = await hub.ask(document, operationName="C")
    assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"


async def test_query_by_get(hub: SmallClient) -> None:
    parameters = {"query": "query ($x: Int!) {add(to: $x)}", "variables": '{"x": 4}', "operationName": ""}
    response = await hub.http.get("/graphql", params=parameters)

    assert response.status_code == 200
    assert response.json() == {"data": {"add": 4}}


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query=%7Bping%7D&query=%7Bping%7D",
        "query=%7Bping%7D&variables=%7B",
        "query=%FF",
        "query=%7Bping%7D&variables=[1]",
    ],
)
async def test_malformed_get_is_400(hub: SmallClient, query_string: str) -> None:
    response = await hub.http.get(f"/graphql?{query_string}", headers={"accept": JSON})

    assert response.status_code == 400
    assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.attack("G10")
async def test_mutation_by_get_is_405_and_changes_nothing() -> None:
    runs: list[str] = []
    async with client(context_factory=lambda caller, _request: small_hub.Context(caller, runs)) as hub:
        query = urlencode({"query": 'mutation {release(statement: "x") {__typename}}'})
        response = await hub.http.get(f"/graphql?{query}")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    only_error(response)
    assert runs == []


@pytest.mark.attack("G10")
@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        "application/graphql",
        "",
    ],
)
async def test_only_json_bodies_are_read(hub: SmallClient, content_type: str) -> None:
    body = b'{"query": "mutation {release(statement: \\"x\\") {__typename}}"}'
    response = await hub.http.post("/graphql", content=body, headers={"content-type": content_type})

    assert response.status_code == 415
    only_error(response)


@pytest.mark.attack("G10")
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods_are_405_with_allow(hub: SmallClient, method: str) -> None:
    response = await hub.http.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"
    assert not any(name.startswith("access-control-") for name in response.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'"x"',
        b"1",
        b"null",
        b"true",
        b"{",
        b"\xff\xfe",
        b'{"query": "\xff"}',
        b'{"query": "{ping}", "variables": NaN}',
        b"[" * 5000 + b"]" * 5000,
        b'{"query": "{ping}", "variables": {"x": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
        b'{"query": "{ping}", "variables": {"x": ' + b"9" * 5000 + b"}}",
        b'{"query": "{ping}", "variables": {"x": 1e400}}',
        b'{"query": "\\ud800"}',
        b"{}",
        b'{"query": null}',
        b'{"query": ""}',
        b'{"query": 1}',
        b'{"query": {}}',
        b'{"query": "{ping}", "operationName": 1}',
        b'{"query": "{ping}", "variables": "x"}',
        b'{"query": "{ping}", "variables": [1]}',
        b'{"query": "{ping}", "variables": 0}',
        b'{"query": "{ping}", "extensions": "x"}',
        b'{"query": "{ping}", "extensions": {"persistedQuery": 1}}',
        b'{"query": "{ping}", "extensions": {"persistedQuery": {"version": 2, "sha256Hash": "x"}}}',
    ],
)
async def test_malformed_bodies_are_400_in_either_type(hub: SmallClient, body: bytes) -> None:
    for accept in (JSON, GRAPHQL_JSON):
        response = await hub.http.post("/graphql", content=body, headers={"content-type": JSON, "accept": accept})

        assert response.status_code == 400
        assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize("part", ["operationName", "variables", "extensions"])
async def test_null_parts_are_absent_parts(hub: SmallClient, part: str) -> None:
    response = await hub.http.post("/graphql", json={"query": "{ping}", part: None, "strange": 1})

    assert response.json() == {"data": {"ping": "pong"}}


@pytest.mark.attack("G08")
@pytest.mark.parametrize("size", [0, 1, 1000])
async def test_batches_are_400(hub: SmallClient, size: int) -> None:
    response = await hub.http.post("/graphql", json=[{"query": "{ping}"}] * size)

    assert response.status_code == 400
    assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.attack("G07")
async def test_body_over_the_cap_is_413_before_it_is_parsed(hub: SmallClient) -> None:
    query = "#" + "x" * 2_000_000 + "\n{ping}"
    response = await hub.http.post("/graphql", json={"query": query}, headers={"accept": GRAPHQL_JSON})

    assert response.status_code == 413
    assert only_error(response)["extensions"]["code"] == "LIMIT_EXCEEDED"


@pytest.mark.attack("G07")
async def test_body_at_the_cap_is_read(hub: SmallClient) -> None:
    head, tail = b'{"query": "#', b'\\n{ping}"}'
    filling = b"x" * (BODY_BYTES_MAX - len(head) - len(tail))
    response = await hub.http.post("/graphql", content=head + filling + tail, headers={"content-type": JSON})
    assert response.json() == {"data": {"ping": "pong"}}

    response = await hub.http.post("/graphql", content=head + filling + b"x" + tail, headers={"content-type": JSON})
    assert response.status_code == 413


@pytest.mark.attack("H03")
async def test_compressed_bodies_are_415(hub: SmallClient) -> None:
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    response = await hub.http.post("/graphql", content=b"\x1f\x8b", headers=headers)

    assert response.status_code == 415
    only_error(response)


async def test_trusted_documents_are_named_by_their_hash() -> None:
    trusted = by_hash(["query Whoami {whoami}\n"])
    [(digest, text)] = trusted.items()
    assert digest == hashlib.sha256(text.encode()).hexdigest()

    async with client(trusted=trusted) as hub:
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
        response = await hub.http.post("/graphql", json={"extensions": extensions})
        assert response.json() == {"data": {"whoami": small_hub.UNION}}

        response = await hub.ask(text, extensions=extensions)
        assert response.json() == {"data": {"whoami": small_hub.UNION}}

        response = await hub.ask("{ping}", extensions=extensions)
        assert only_error(response)["extensions"]["code"] == "BAD_USER_INPUT"

        unknown = {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}
        response = await hub.http.post("/graphql", json={"extensions": unknown})
        error = only_error(response)
        assert error["message"] == "PersistedQueryNotFound"
        assert error["extensions"] == {"code": "BAD_USER_INPUT", "reason": "PERSISTED_QUERY_NOT_FOUND"}


@pytest.mark.attack("H05")
async def test_a_forged_host_changes_no_link(hub: SmallClient) -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-for": "10.0.0.1"}
    response = await hub.http.get("/.well-known/oauth-authorization-server", headers=headers)

    assert response.json()["issuer"] == small_hub.HUB
    assert response.json()["token_endpoint"] == f"{small_hub.HUB}/oauth2/token"
    assert "evil" not in response.text + str(response.headers)
