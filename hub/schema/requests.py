"""GraphQL over HTTP, the request: what the headers allow, the body within its bounds, and its parts in their types.

What the headers alone forbid is refused before the token is looked at, and the body is read only for a caller.
"""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl

import orjson

from hub import bodies
from hub.schema.faults import FaultCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import Scope

JSON: Final = "application/json"
GRAPHQL_JSON: Final = "application/graphql-response+json"
#: In the order of preference where the client has none.
MEDIA_TYPES: Final = (JSON, GRAPHQL_JSON)

#: A page of 500 leaves of a manifest fits.
BODY_BYTES_MAX: Final = 1_048_576
_QUERY_PARAMETERS_MAX: Final = 8
_SHA256_DIGITS: Final = 64
_LISTS: Final = frozenset({b"accept"})
_HEADERS: Final = frozenset({b"accept", b"authorization", b"content-type", b"content-length", b"content-encoding"})


class Refused(Exception):  # noqa: N818
    """A request that HTTP itself ends: a status, and one error to go with it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: FaultCode = FaultCode.BAD_USER_INPUT,
        headers: Iterable[tuple[bytes, bytes]] = (),
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = tuple(headers)
        self.errors = [{"message": message, "extensions": {"code": code.value, **facts}}]


class GraphQLRequest(NamedTuple):
    """The parts of a request, of the right types. One of `query` and `sha256` is there."""

    query: str | None
    sha256: str | None
    operation_name: str | None
    variables: Mapping[str, Any]


class Head(NamedTuple):
    """What the headers say."""

    method: str
    media_type: str
    token: str | None


def read_head(scope: Scope) -> Head:
    """Read the request line and headers. Refuses: 405, 406, 413, 415 and, for a header given twice, 400."""
    method: str = scope["method"]
    if method not in {"GET", "POST"}:
        raise Refused(405, "Only GET and POST are served here.", headers=[(b"allow", b"GET, POST")])
    headers: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        if name in _HEADERS:
            if name in headers and name not in _LISTS:
                raise Refused(400, f"The header {name.decode()} was sent twice.")
            headers[name] = headers[name] + b"," + value if name in headers else value
    media_type = negotiate(headers.get(b"accept", b""))
    if media_type is None:
        raise Refused(406, f"Answers are {GRAPHQL_JSON} or {JSON}.")
    if method == "POST":
        _check_body_headers(headers)
    return Head(method, media_type, _bearer(headers.get(b"authorization", b"")))


def media_type_of(scope: Scope) -> str:
    """Give the media type for an answer to a request whose head was refused."""
    accept = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return negotiate(accept) or JSON


@lru_cache(maxsize=256)
def negotiate(accept: bytes) -> str | None:
    """Give the media type to answer in, or None. No preference means application/json, which every client reads."""
    if not accept.strip():
        return JSON
    ranges = [_media_range(part) for part in accept.decode("latin-1").split(",")]
    best: tuple[float, int, int] | None = None
    chosen = None
    for media_type in MEDIA_TYPES:
        # RFC 9110: the most specific range that matches a type gives its weight.
        matches = [
            (specificity, weight, -place)
            for place, (name, weight) in enumerate(ranges)
            if (specificity := _specificity(name, media_type))
        ]
        if matches:
            specificity, weight, place = max(matches)
            if weight > 0 and (best is None or (weight, specificity, place) > best):
                best, chosen = (weight, specificity, place), media_type
    return chosen


def _media_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                return name, 0.0
            return name, weight if 0 <= weight <= 1 else 0.0
    return name, 1.0


def _specificity(range_: str, media_type: str) -> int:
    return {media_type: 3, "application/*": 2, "*/*": 1}.get(range_, 0)


def _check_body_headers(headers: Mapping[bytes, bytes]) -> None:
    if not _is_json(headers.get(b"content-type", b"")):
        raise Refused(415, f"A POST body is {JSON} in UTF-8.", headers=[bodies.CLOSE, (b"accept-post", JSON.encode())])
    try:
        bodies.check_headers(headers, BODY_BYTES_MAX)
    except bodies.BodyRefused as refused:
        raise _of_body(refused) from None


@lru_cache(maxsize=64)
def _is_json(content_type: bytes) -> bool:
    name, *parameters = (part.strip().lower() for part in content_type.decode("latin-1").split(";"))
    charsets = [
        value.strip().strip('"')
        for key, _, value in (part.partition("=") for part in parameters)
        if key.strip() == "charset"
    ]
    return name == JSON and all(charset in {"utf-8", "utf8"} for charset in charsets)


def _of_body(refused: bodies.BodyRefused) -> Refused:
    code = (
        FaultCode.LIMIT_EXCEEDED if refused.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else FaultCode.BAD_USER_INPUT
    )
    return Refused(refused.status, refused.message, code=code, headers=[bodies.CLOSE])


def _bearer(authorization: bytes) -> str | None:
    scheme, _, token = authorization.partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else None


async def read_body(body: bodies.Body, seconds_max: float) -> bytes:
    """Read the body, counting what comes. Refuses: 413 once it is over the cap, 408 when it dawdles; ClientGone."""
    try:
        return await body.read(BODY_BYTES_MAX, seconds_max)
    except bodies.BodyRefused as refused:
        raise _of_body(refused) from None


def read_post(body: bytes) -> GraphQLRequest:
    """Read a POST's body. Refuses: 400, also for a batch, which the hub does not take."""
    parts = _json(body, "The body")
    if isinstance(parts, list):
        raise Refused(400, "Batches are not taken: send one request at a time.")
    if not isinstance(parts, dict):
        raise Refused(400, "The body is a JSON object.")
    return _request(parts)


def read_get(query_string: bytes) -> GraphQLRequest:
    """Read a GET's parameters; `variables` and `extensions` are JSON. Refuses: 400."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_QUERY_PARAMETERS_MAX,
        )
    except ValueError:
        raise Refused(400, "The query string is not application/x-www-form-urlencoded UTF-8.") from None
    parts: dict[str, Any] = dict(pairs)
    if len(parts) != len(pairs):
        raise Refused(400, "A parameter was given twice.")
    for name in ("variables", "extensions"):
        if parts.get(name):
            parts[name] = _json(parts[name].encode(), f"`{name}`")
        else:
            parts.pop(name, None)
    if not parts.get("operationName"):
        parts.pop("operationName", None)
    return _request(parts)


def _json(text: bytes, what: str) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        # Bad UTF-8, lone surrogates, nesting over 1024, and numbers beyond a double are in this as well.
        raise Refused(400, f"{what} is not JSON.") from None


def _request(parts: Mapping[str, Any]) -> GraphQLRequest:
    query, name = parts.get("query"), parts.get("operationName")
    variables, extensions = parts.get("variables"), parts.get("extensions")
    for part, value, kind in (
        ("query", query, str),
        ("operationName", name, str),
        ("variables", variables, dict),
        ("extensions", extensions, dict),
    ):
        if value is not None and not isinstance(value, kind):
            raise Refused(400, f"`{part}` is a JSON {'object' if kind is dict else 'string'}.")
    sha256 = _sha256(extensions) if extensions else None
    if not query and sha256 is None:
        raise Refused(400, "`query` is missing.")
    return GraphQLRequest(query or None, sha256, name, variables or {})


def _sha256(extensions: Mapping[str, Any]) -> str | None:
    """Give the hash by which a trusted document is named (Apollo's form), if one is. Refuses: 400."""
    persisted = extensions.get("persistedQuery")
    if persisted is None:
        return None
    digest = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if not isinstance(digest, str) or len(digest) != _SHA256_DIGITS:
        raise Refused(400, "`extensions.persistedQuery` is {version: 1, sha256Hash: 64 hexadecimal digits}.")
    return digest
