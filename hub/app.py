"""The composition root: settings and keys in, the application out. Everything is put together here and nowhere else.

`unionhub serve` names `create` to the server, which calls it in each worker. A worker gets the address of its database
from HUB_DATABASE_URL, also that of the embedded one, which its parent has started.
"""

from __future__ import annotations

import gc
import hashlib
import hmac
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from federation import documents
from hub import failpoints, logs, readiness
from hub.access import Access
from hub.authz.oauth import oauth_routes
from hub.authz.tokens import OutOfTime, Tokens
from hub.database.pool import Database, DatabaseUnavailable
from hub.health import health_routes
from hub.keyfiles import load_master_keys, load_receipt_keys
from hub.schema.connections import Cursors
from hub.schema.context import Context
from hub.schema.documents import by_hash
from hub.schema.http import UNAVAILABLE, graphql_endpoint, graphql_route
from hub.schema.schema import LIMITS, make_schema, sdl
from hub.settings import Clock, Environment, Settings, SettingsError, load
from hub.transfers.desk.opening import Hub
from hub.transfers.ledger.acts import Ledger
from hub.vault import Vault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from hub.authz.tokens import Caller

__all__ = ["SCHEMA_PATH", "create", "create_app"]

SCHEMA_PATH: Final = "/schema.graphql"

_UNAVAILABLE: Final = (*UNAVAILABLE, DatabaseUnavailable)


class _Running:
    """What is there between start and stop of one process: the database, and the hub over it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._master = load_master_keys(settings.master_key_file, may_create=False)
        self._receipts = load_receipt_keys(settings.key_file, may_create=False)
        self._vault = Vault(self._master)
        self._hub: Hub | None = None
        #: How far the hub's clock, which is the database's, is ahead of this machine's.
        self._ahead = timedelta()
        self.tokens = Tokens(key=self._secret("access tokens"), hub=settings.origin)
        self.cursors = Cursors(self._secret("cursors"))
        self.hub_keys = tuple(key.public for key in self._receipts.keys)
        self.jwks = self._receipts.jwks()

    @property
    def hub(self) -> Hub:
        """The hub, once the application has started."""
        assert self._hub is not None, "the server has not run the application's start"
        return self._hub

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """Open the database, serve, close it."""
        settings = self._settings
        assert settings.database_url is not None, "create_app has looked"
        database = await Database.connect(settings.database_url, test_clock=settings.clock is Clock.TEST)
        ledger = Ledger(database)
        self._hub = Hub(settings.origin, database, ledger, self._vault, self._receipts.signing)
        # What has been made up to here lives as long as the process: the collector need not look at it again.
        gc.collect()
        gc.freeze()
        try:
            yield
        finally:
            self._hub = None
            await ledger.close()
            await database.close()

    async def authenticate(self, token: str) -> Caller:
        """Give the caller of a token, by the hub's clock, whatever this machine's says. Refuses: Unauthenticated.

        The database is asked for the time when a token seems to be out of it, and each time where tests move the clock.
        """
        if self._settings.clock is Clock.TEST:
            await self._look_at_the_clock()
        try:
            return self.tokens.verify(token, datetime.now(UTC) + self._ahead)
        except OutOfTime:
            await self._look_at_the_clock()
            return self.tokens.verify(token, datetime.now(UTC) + self._ahead)

    async def _look_at_the_clock(self) -> None:
        async with self.hub.database.connection() as connection:
            now = await connection.fetchval("select hub.hub_now($1)", self._settings.clock is Clock.TEST)
        self._ahead = now - datetime.now(UTC)

    def context(self, caller: Caller, _request: Request) -> Context:
        """Give what one request's resolvers work with."""
        return Context(self.hub, caller, self.cursors, self.hub_keys)

    async def facts_for_login(self, union_uri: str, kid: str) -> Any:
        """Give what a login is judged by: see `LoginLedger`."""
        return await self.hub.ledger.facts_for_login(union_uri, kid)

    async def record_login(self, now: datetime, union_id: UUID, jti: str, expires_at: datetime) -> bool:
        """Spend an assertion: see `LoginLedger`."""
        return await self.hub.ledger.record_login(now, union_id, jti, expires_at)

    def _secret(self, purpose: str) -> bytes:
        """Derive a key of its own for each purpose, the same in every process."""
        return hmac.digest(self._master.token, f"unionhub {purpose} 1".encode(), hashlib.sha512)


def create() -> ASGIApp:
    """Give the application by the settings of the environment. Refuses: SettingsError, KeyFileError."""
    settings = load()
    logs.configure(settings.log_level.value)
    failpoints.arm(settings.failpoint)
    return create_app(settings)


def create_app(settings: Settings) -> ASGIApp:
    """Give the application of these settings. Refuses: SettingsError without a database, KeyFileError without keys."""
    if settings.database_url is None:
        raise SettingsError(
            ["HUB_DATABASE_URL is not set: `unionhub serve` starts the embedded database and sets it for its workers."]
        )
    running = _Running(settings)
    schema = make_schema()
    endpoint = graphql_endpoint(
        schema,
        authenticate=running.authenticate,
        context_factory=running.context,
        limits=LIMITS,
        trusted=by_hash(documents.ALL),
        introspection=settings.env is not Environment.PROD,
        unavailable=_UNAVAILABLE,
    )
    text = sdl(schema)

    async def schema_text(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(text, headers={"cache-control": "public, max-age=300"})

    routes = [
        graphql_route(endpoint),
        *oauth_routes(
            ledger=running,
            tokens=running.tokens,
            hub=settings.origin,
            jwks=running.jwks,
            unavailable=_UNAVAILABLE,
        ),
        *health_routes(readiness.checks(settings, lambda: running.hub.database)),
        Route(SCHEMA_PATH, schema_text),
    ]
    return Access(Starlette(routes=routes, lifespan=running.lifespan), routes=[route.path for route in routes])
