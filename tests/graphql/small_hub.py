"""A schema of a few fields behind the real endpoints: what the hub's shell does is the same under any schema.

`create` is also the application that the tests of the server start in a process of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import strawberry
from starlette.applications import Starlette
from strawberry.schema.config import StrawberryConfig

from hub.access import Access
from hub.authz.oauth import oauth_routes
from hub.authz.tokens import Caller, Tokens, Unauthenticated
from hub.health import health_routes
from hub.schema.connections import Connection, Cursors, connect
from hub.schema.faults import BadUserInput, Throttled
from hub.schema.http import graphql_endpoint, graphql_route
from hub.schema.ids import decode_id, encode_id
from hub.schema.scalars import SCALARS, YearMonth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp

    from federation.keys import PrivateKey

HUB = "http://127.0.0.1:8000"
UNION = "urn:union:local:11:99110000MC00000010-01"
UNION_ID = UUID("00000000-0000-4000-8000-000000000001")
OTHER_UNION_ID = UUID("00000000-0000-4000-8000-000000000002")
CALLER = Caller(union_id=UNION_ID, union=UNION, kid="login-1")
TOKENS = Tokens(key=b"t" * 32, hub=HUB)
CURSORS = Cursors(b"c" * 32)
#: What no answer and no log line may hold.
SECRET = "select id_number from members where name = '张三' -- db.internal:5432"
CHAPTERS = 250


@dataclass
class Context:
    caller: Caller
    #: How often a resolver ran: a refused request must leave it alone.
    runs: list[str] = field(default_factory=list)


Info = strawberry.Info[Context, None]


@strawberry.enum
class State(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"


@strawberry.type
class Chapter:
    id: strawberry.ID
    number: int
    founded_on: date

    @strawberry.field
    def chapters(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Chapter]:
        return _chapters(info, first, after, "")

    @strawberry.field
    def children(self, info: Info) -> list[Chapter]:
        info.context.runs.append("children")
        return [_chapter(number) for number in range(10)]


@strawberry.type
class Case:
    id: strawberry.ID
    case_id: UUID
    state: State
    reason_code: str
    opened_at: datetime
    out_date: date | None
    dues_paid_through: YearMonth
    side: str


@strawberry.type
class Denial:
    code: str
    articles: list[str]


class Denied(Exception):  # noqa: N818
    pass


class DeniedHandler(strawberry.ExceptionHandler[Denied, Denial]):
    def handle(self, exception: Denied, *, field: Any, info: Any) -> Denial:
        return Denial(code="NOT_HOLDER", articles=["A12"])


CaseResult = Annotated[Case | Denial, strawberry.union("CaseResult")]


@strawberry.input
class Window:
    opens_on: date
    closes_at: datetime | None = None
    month: YearMonth | None = None


def _chapter(number: int) -> Chapter:
    return Chapter(id=strawberry.ID(encode_id("Chapter", UUID(int=number))), number=number, founded_on=date(2026, 1, 1))


def _chapters(info: Info, first: int | None, after: str | None, name: str) -> Connection[Chapter]:
    page = CURSORS.page(
        union_id=info.context.caller.union_id,
        list_name="chapters",
        narrowed_by=name,
        kinds=(int, UUID),
        first=first,
        after=after,
    )
    info.context.runs.append("chapters")
    start = 0 if page.after is None else page.after[0] + 1  # type: ignore[operator]
    rows = [_chapter(number) for number in range(start, min(CHAPTERS, start + page.limit))]
    connection: Connection[Chapter] = connect(
        page, rows, key=lambda row: (row.number, UUID(int=row.number)), node=lambda row: row
    )
    return connection


@strawberry.type
class Query:
    @strawberry.field
    def ping(self, info: Info) -> str:
        info.context.runs.append("ping")
        return "pong"

    @strawberry.field
    def whoami(self, info: Info) -> str:
        return info.context.caller.union

    @strawberry.field
    def add(self, to: int, of: int = 0) -> int:
        return to + of

    @strawberry.field
    def window(self, input: Window) -> str:  # noqa: A002
        return f"{input.opens_on} {input.closes_at} {input.month}"

    @strawberry.field
    def uuid(self, value: UUID) -> UUID:
        return value

    @strawberry.field
    def instant(self, value: datetime) -> datetime:
        return value

    @strawberry.field
    def chapters(
        self, info: Info, first: int | None = None, after: str | None = None, name: str = ""
    ) -> Connection[Chapter]:
        return _chapters(info, first, after, name)

    @strawberry.field
    def other_chapters(self, info: Info, after: str) -> int:
        """Another list of the same shape: cursors of `chapters` are none of its."""
        CURSORS.page(
            union_id=info.context.caller.union_id,
            list_name="otherChapters",
            kinds=(int, UUID),
            first=None,
            after=after,
        )
        return 1

    @strawberry.field
    def chapter(self, id: strawberry.ID) -> Chapter | None:  # noqa: A002
        key = decode_id(id, "Chapter")
        return None if key is None or key.int >= CHAPTERS else _chapter(key.int)

    @strawberry.field
    def chapters_by_id(self, info: Info, ids: list[strawberry.ID]) -> list[Chapter]:
        info.context.runs.append("chapters_by_id")
        return [_chapter(0) for _ in ids]

    @strawberry.field
    def children(self, info: Info) -> list[Chapter]:
        info.context.runs.append("children")
        return [_chapter(number) for number in range(10)]

    @strawberry.field
    def boom(self) -> str | None:
        raise RuntimeError(SECRET)

    @strawberry.field
    def unreachable(self) -> str | None:
        raise ConnectionRefusedError(SECRET)

    @strawberry.field
    def ended(self) -> str | None:
        raise Unauthenticated(SECRET)

    @strawberry.field
    def throttled(self) -> str | None:
        raise Throttled("Too many requests of this kind.", retry_after_seconds=7)

    @strawberry.field
    def picky(self, name: str) -> str | None:
        raise BadUserInput("`name` may not be this.", argument="name")


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def release(self, info: Info, statement: str) -> CaseResult:
        info.context.runs.append("release")
        if statement == "denied":
            raise Denied
        return Case(
            id=strawberry.ID(encode_id("Case", UUID(int=7))),
            case_id=UUID(int=7),
            state=State.OPEN,
            reason_code="CHANGE_OF_EMPLOYER",
            opened_at=datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
            out_date=None,
            dues_paid_through=YearMonth("2026-10"),
            side="HOLDER",
        )


def schema() -> strawberry.federation.Schema:
    return strawberry.federation.Schema(
        Query,
        Mutation,
        config=StrawberryConfig(scalar_map=SCALARS),
        exception_handlers=[DeniedHandler()],
        federation_version="2.9",
    )


class MemoryLedger:
    """The two statements of a login, over one union with its keys: what the database will do, in a dictionary."""

    def __init__(self, keys: Mapping[str, PrivateKey], now: datetime | None = None) -> None:
        self.keys = keys
        self.now = now
        self.not_before = datetime(2026, 1, 1, tzinfo=UTC)
        self.retired_at: datetime | None = None
        self.revoked_at: datetime | None = None
        self.used: set[tuple[UUID, str]] = set()
        self.looked_up: list[tuple[str, str]] = []

    async def facts_for_login(self, union_uri: str, kid: str) -> dict[str, Any]:
        self.looked_up.append((union_uri, kid))
        now = self.now or datetime.now(UTC)
        key = self.keys.get(kid) if union_uri == UNION else None
        if key is None:
            names = ("union_id", "alg", "jwk", "not_before", "retired_at", "revoked_at")
            return {**dict.fromkeys(names), "now": now}
        return {
            "union_id": UNION_ID,
            "alg": key.alg,
            "jwk": key.public.jwk_text,
            "not_before": self.not_before,
            "retired_at": self.retired_at,
            "revoked_at": self.revoked_at,
            "now": now,
        }

    async def record_login(self, now: datetime, union_id: UUID, jti: str, expires_at: datetime) -> bool:
        fresh = (union_id, jti) not in self.used and expires_at > now
        self.used.add((union_id, jti))
        return fresh


async def authenticate(token: str) -> Caller:
    return TOKENS.verify(token, datetime.now(UTC))


def a_token(caller: Caller = CALLER) -> str:
    return TOKENS.issue(caller, datetime.now(UTC))


def application(ledger: MemoryLedger | None = None, **options: Any) -> ASGIApp:
    """Give the small hub: every route that the shell has, around the small schema."""
    context_factory = options.pop("context_factory", lambda caller, _request: Context(caller))
    endpoint = graphql_endpoint(schema(), authenticate=authenticate, context_factory=context_factory, **options)
    routes = [
        graphql_route(endpoint),
        *oauth_routes(ledger=ledger or MemoryLedger({}), tokens=TOKENS, hub=HUB, jwks={"keys": []}),
        *health_routes({}),
    ]
    return Access(Starlette(routes=routes), routes=[route.path for route in routes])


def create() -> ASGIApp:
    """Give the small hub to the server."""
    return application()
