"""GraphQL over HTTP, the endpoint: one request in, one answer out, and graphql-core called with a known document.

The order: 1. head  2. token  3. body  4. document  5. operation and its cost  6. execution  7. answer. Nothing of
the document is read for a stranger. Strawberry makes the schema and its resolvers; its view and its `execute`, which
parse, validate and build extensions for each request, are not used.

A statement that got no answer may be sent again: 503 and 408 are never the end of it.
"""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import orjson
from graphql import ExecutionResult, execute
from starlette.requests import Request
from starlette.routing import Route
from strawberry.execution import optimized_is_awaitable

from hub import bodies, failpoints
from hub.authz.tokens import Caller, Unauthenticated
from hub.schema.answers import RETRY_AFTER_SECONDS, masked, tell, unreachable
from hub.schema.documents import Document, DocumentRefused, Documents
from hub.schema.faults import BadUserInput, Fault, FaultCode, Throttled
from hub.schema.limits import Limits, exceeded
from hub.schema.requests import (
    GRAPHQL_JSON,
    JSON,
    GraphQLRequest,
    Head,
    Refused,
    media_type_of,
    read_body,
    read_get,
    read_head,
    read_post,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    import strawberry
    from starlette.types import ASGIApp, Receive, Scope, Send

Context = TypeVar("Context")

#: What the driver raises when the database can't be reached; the composition adds its own classes.
UNAVAILABLE: Final[tuple[type[BaseException], ...]] = (ConnectionError, TimeoutError)

_CONTENT_TYPE: Final = {media: (b"content-type", f"{media}; charset=utf-8".encode()) for media in (JSON, GRAPHQL_JSON)}
_ALWAYS: Final = ((b"cache-control", b"no-store"), (b"vary", b"accept"), (b"x-content-type-options", b"nosniff"))
_CHALLENGE: Final = (b"www-authenticate", b"Bearer")


def graphql_endpoint(
    schema: strawberry.Schema,
    *,
    authenticate: Callable[[str], Awaitable[Caller]],
    context_factory: Callable[[Caller, Request], Context],
    limits: Limits | None = None,
    introspection: bool = False,
    trusted: Mapping[str, str] | None = None,
    unavailable: tuple[type[BaseException], ...] = UNAVAILABLE,
    body_seconds_max: float = bodies.SECONDS_MAX,
) -> ASGIApp:
    """Give the endpoint of a schema as an ASGI application.

    Takes: `authenticate`, from a bearer token to its caller, raising Unauthenticated; `context_factory`, what resolvers
    see as `info.context`, made once a request; `introspection`, off in production, `_service` with it; `trusted`, the
    documents that may be named by hash (`documents.by_hash`); `unavailable`, the exceptions that mean "the
    database can't be reached": 503 and Retry-After if nothing was answered.
    """
    documents = Documents(schema._schema, limits=limits, introspection=introspection, trusted=trusted)  # noqa: SLF001
    return _Endpoint(schema, documents, authenticate, context_factory, unavailable, body_seconds_max)


def graphql_route(endpoint: ASGIApp, path: str = "/graphql") -> Route:
    """Give the route; the endpoint itself answers for every method."""
    return Route(path, endpoint)


class _Answer:
    """What is sent: a status, a JSON body, and headers beyond those that every answer has."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.status = status
        self.body = body
        self.headers = headers


class _Endpoint(Generic[Context]):
    def __init__(
        self,
        schema: strawberry.Schema,
        documents: Documents,
        authenticate: Callable[[str], Awaitable[Caller]],
        context_factory: Callable[[Caller, Request], Context],
        unavailable: tuple[type[BaseException], ...],
        body_seconds_max: float,
    ) -> None:
        self._schema = schema._schema  # noqa: SLF001
        self._executor = schema.execution_context_class
        self._documents = documents
        self._authenticate = authenticate
        self._context_factory = context_factory
        self._unavailable = unavailable
        self._body_seconds_max = body_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        media_type = JSON
        body = bodies.Body(receive)
        try:
            # 1.
            head = read_head(scope)
            media_type = head.media_type
            answer = await self._answer(head, scope, body)
        except Refused as refused:
            media_type = media_type_of(scope)
            answer = _Answer(refused.status, _errors(refused.errors), refused.headers)
        except Unauthenticated:
            answer = _unauthenticated()
        except bodies.ClientGone:
            return
        except self._unavailable as error:
            answer = _retry_later([unreachable(error)])
        except Exception as error:  # noqa: BLE001 - the border: what is not told here would be a stack trace
            answer = _Answer(500, _errors([masked(error)]))
        headers = [_CONTENT_TYPE[media_type], (b"content-length", b"%d" % len(answer.body)), *_ALWAYS, *answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
        if answer.status >= HTTPStatus.BAD_REQUEST:
            await body.drain()

    async def _answer(self, head: Head, scope: Scope, body: bodies.Body) -> _Answer:
        # 2.
        if head.token is None:
            raise Unauthenticated("no bearer token")
        caller = await self._authenticate(head.token)
        # 3.
        if head.method == "POST":
            request = read_post(await read_body(body, self._body_seconds_max))
        else:
            request = read_get(scope["query_string"])
        try:
            # 4.
            document = self._document(request)
            # 5.
            operation = document.operation(request.operation_name)
            if head.method == "GET" and operation.kind != "query":
                raise Refused(405, "A mutation is sent by POST.", headers=[(b"allow", b"POST")])
            if operation.kind == "subscription":
                raise BadUserInput("Subscriptions are not served over plain HTTP.")
            if operation.cost.under(request.variables) > self._documents.cost_max:
                raise exceeded("cost", self._documents.cost_max)
            context = self._context_factory(caller, Request(scope))
        except DocumentRefused as refused:
            return _request_error(head, b'{"errors":' + refused.errors + b"}")
        except Throttled as fault:
            return _Answer(429, _errors([_entry(fault)]), [(b"retry-after", b"%d" % fault.retry_after_seconds)])
        except Fault as fault:
            return _request_error(head, _errors([_entry(fault)]))
        # 6.
        result: Any = execute(
            self._schema,
            document.node,
            context_value=context,
            variable_values=request.variables,  # type: ignore[arg-type]
            operation_name=operation.name,
            executor_class=self._executor,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            hide_suggestions=True,
        )
        # 7.
        answer = self._told(head, await result if isawaitable(result) else result)
        if operation.kind == "mutation":
            failpoints.reach(failpoints.Point.BEFORE_ANSWER)
        return answer

    def _document(self, request: GraphQLRequest) -> Document:
        """Give the document of a request. Refuses: DocumentRefused, BadUserInput."""
        if request.sha256 is None:
            assert request.query is not None
            return self._documents.by_text(request.query)
        if request.query is None:
            return self._documents.by_sha256(request.sha256)
        if hashlib.sha256(request.query.encode()).hexdigest() != request.sha256.lower():
            raise BadUserInput("`extensions.persistedQuery.sha256Hash` is not the hash of `query`.")
        return self._documents.by_text(request.query)

    def _told(self, head: Head, result: ExecutionResult) -> _Answer:
        if not result.errors:
            return _Answer(200, orjson.dumps({"data": result.data}))
        told = tell(result.errors, self._unavailable)
        if told.unauthenticated:
            return _unauthenticated()
        if told.unavailable and not any(value is not None for value in (result.data or {}).values()):
            return _retry_later(told.errors)
        if result.data is None and all(error.path is None for error in result.errors):
            # Variables that don't fit: execution never began, so there is no `data`.
            return _request_error(head, _errors(told.errors))
        return _Answer(200, orjson.dumps({"errors": told.errors, "data": result.data}))


def _request_error(head: Head, body: bytes) -> _Answer:
    """Answer a request that was never executed: 400, but 200 to clients that know only application/json."""
    return _Answer(400 if head.media_type == GRAPHQL_JSON else 200, body)


def _unauthenticated() -> _Answer:
    message = "A bearer token from /oauth2/token is needed, for a login key in force."
    entry = {"message": message, "extensions": {"code": FaultCode.UNAUTHENTICATED.value}}
    return _Answer(401, _errors([entry]), [_CHALLENGE])


def _retry_later(errors: list[dict[str, Any]]) -> _Answer:
    return _Answer(503, _errors(errors), [(b"retry-after", b"%d" % RETRY_AFTER_SECONDS)])


def _entry(fault: Fault) -> dict[str, Any]:
    return {"message": fault.message, "extensions": fault.extensions}


def _errors(errors: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({"errors": errors})
