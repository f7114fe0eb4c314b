"""Login: RFC 7523 `private_key_jwt` at /oauth2/token, and what clients discover it by (RFC 8414, RFC 7517).

A union shows an assertion signed with a LOGIN key and gets an access token for five minutes. Whatever is wrong with the
assertion, the answer is the same 401: which unions and keys exist is not to be learnt here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qsl

import orjson
import structlog
from starlette.routing import Route

from federation.assertions import read_client_assertion, verify_client_assertion
from federation.errors import KeyNotUsable, StatementError
from federation.jws import LEEWAY_SECONDS
from federation.keys import ALGS, KeyDates, PrivateKey, PublicKey
from hub import bodies, correlation
from hub.authz.tokens import LIFETIME_SECONDS, Caller, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from starlette.types import Receive, Scope, Send

TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105
METADATA_PATH: Final = "/.well-known/oauth-authorization-server"
JWKS_PATH: Final = "/.well-known/jwks.json"
#: An assertion of 16 KiB, every character of it escaped, would be a forgery; a real one has half a KiB.
BODY_BYTES_MAX: Final = 32_768

_GRANT_TYPE: Final = "client_credentials"
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PARAMETERS: Final = {"grant_type", "client_assertion_type", "client_assertion"}
_FORM: Final = b"application/x-www-form-urlencoded"
_NO_STORE: Final = ((b"cache-control", b"no-store"), (b"pragma", b"no-cache"))
_PUBLIC: Final = ((b"cache-control", b"public, max-age=300"),)
_RETRY_AFTER: Final = (b"retry-after", b"2")
#: Against which a signature is checked when there is no such key: the same work, and never the same outcome.
_DECOYS: Final[dict[str, PublicKey]] = {alg: PrivateKey.generate(alg).public for alg in ALGS}

_log: structlog.stdlib.BoundLogger = structlog.get_logger("hub.authz")


class LoginLedger(Protocol):
    """The two statements of a login."""

    async def facts_for_login(self, union_uri: str, kid: str) -> Any:
        """Give union_id, alg, jwk, not_before, retired_at, revoked_at and now, by name; all None but `now` for none."""

    async def record_login(self, now: datetime, union_id: UUID, jti: str, expires_at: datetime) -> bool:
        """Spend an assertion. False: it was used before."""


class InvalidClient(Exception):  # noqa: N818
    """The assertion proves nothing. The text is for the log."""


class _InvalidForm(Exception):  # noqa: N818
    """Not the form that the contract describes; `error` is RFC 6749's word for it."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


def oauth_routes(
    *,
    ledger: LoginLedger,
    tokens: Tokens,
    hub: str,
    jwks: Mapping[str, Any],
    unavailable: tuple[type[BaseException], ...] = (ConnectionError, TimeoutError),
    body_seconds_max: float = bodies.SECONDS_MAX,
) -> list[Route]:
    """Give the token endpoint, the metadata and the hub's public receipt keys.

    Takes: `hub`, the origin as configured, which every link names whatever Host was sent (H05); `jwks`, the JWK Set of
    the keys that sign receipts; `unavailable`, the exceptions that mean "the database can't be reached": 503.
    """
    metadata = {
        "issuer": hub,
        "token_endpoint": hub + TOKEN_PATH,
        "jwks_uri": hub + JWKS_PATH,
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": list(ALGS),
        "grant_types_supported": [_GRANT_TYPE],
        "response_types_supported": [],
    }
    return [
        Route(TOKEN_PATH, _TokenEndpoint(ledger, tokens, hub, unavailable, body_seconds_max)),
        Route(METADATA_PATH, _Document(metadata)),
        Route(JWKS_PATH, _Document(jwks)),
    ]


async def log_in(assertion_text: str, *, ledger: LoginLedger, tokens: Tokens, hub: str) -> str:
    """Give the access token that a client assertion earns.

    1. form  2. the key, by union and kid  3. signature, times and audience, with a decoy where there is no key
    4. the key is in force at the database's time  5. single use

    Refuses: InvalidClient
    """
    # 1.
    try:
        assertion = read_client_assertion(assertion_text)
    except StatementError as error:
        raise InvalidClient(str(error)) from None
    # 2.
    facts = await ledger.facts_for_login(assertion.union, assertion.kid)
    now = facts["now"]
    # 3.
    if facts["union_id"] is None:
        _DECOYS[assertion.alg].verifies(assertion.signing_input, assertion.signature)
        raise InvalidClient("no such key")
    try:
        key = PublicKey.stored(assertion.kid, facts["alg"], facts["jwk"])
        verify_client_assertion(assertion, key, hub, now)
    except (StatementError, KeyNotUsable) as error:
        raise InvalidClient(str(error)) from None
    # 4.
    dates = KeyDates(not_before=facts["not_before"], retired_at=facts["retired_at"], revoked_at=facts["revoked_at"])
    if not dates.in_force(now):
        raise InvalidClient("key not in force")
    # 5. It is acceptable until its end and the leeway; so long, it must be known as used.
    expires_at = datetime.fromtimestamp(assertion.claims["exp"] + LEEWAY_SECONDS, UTC)
    if not await ledger.record_login(now, facts["union_id"], assertion.jti, expires_at):
        raise InvalidClient("used before")
    return tokens.issue(Caller(union_id=facts["union_id"], union=assertion.union, kid=assertion.kid), now)


class _TokenEndpoint:
    def __init__(
        self,
        ledger: LoginLedger,
        tokens: Tokens,
        hub: str,
        unavailable: tuple[type[BaseException], ...],
        body_seconds_max: float,
    ) -> None:
        self._ledger = ledger
        self._tokens = tokens
        self._hub = hub
        self._unavailable = unavailable
        self._body_seconds_max = body_seconds_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request for a token."""
        headers = list(_NO_STORE)
        body = bodies.Body(receive)
        try:
            assertion = await self._assertion(scope, body)
            token = await log_in(assertion, ledger=self._ledger, tokens=self._tokens, hub=self._hub)
        except bodies.ClientGone:
            return
        except bodies.BodyRefused as refused:
            status, answer = refused.status, _error("invalid_request")
            headers.append(bodies.CLOSE)
        except _InvalidForm as invalid:
            status, answer = invalid.status, _error(invalid.error)
            headers += [(b"allow", b"POST"), bodies.CLOSE] if status == 405 else [bodies.CLOSE]  # noqa: PLR2004
        except InvalidClient as invalid:
            _log.info("login_refused", correlation_id=correlation.current(), why=str(invalid))
            status, answer = 401, _error("invalid_client")
        except self._unavailable:
            status, answer = 503, _error("temporarily_unavailable")
            headers.append(_RETRY_AFTER)
        else:
            status = 200
            answer = {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME_SECONDS}
        await _send(send, status, orjson.dumps(answer), headers)
        if status != 200:  # noqa: PLR2004
            await body.drain()

    async def _assertion(self, scope: Scope, body: bodies.Body) -> str:
        """Read the form. Refuses: _InvalidForm, BodyRefused, ClientGone."""
        if scope["method"] != "POST":
            raise _InvalidForm("invalid_request", 405)
        headers = dict(scope["headers"])
        content_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if content_type != _FORM:
            raise _InvalidForm("invalid_request")
        bodies.check_headers(headers, BODY_BYTES_MAX)
        return _assertion_of(await body.read(BODY_BYTES_MAX, self._body_seconds_max))


def _assertion_of(body: bytes) -> str:
    """Give the assertion of a form that has each of the three parameters once and no other. Refuses: _InvalidForm."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=16
        )
    except ValueError:
        raise _InvalidForm("invalid_request") from None
    form = dict(pairs)
    if len(form) != len(pairs) or not form.get("grant_type"):
        raise _InvalidForm("invalid_request")
    if form["grant_type"] != _GRANT_TYPE:
        # Another grant has other parameters: that it is not served is the answer.
        raise _InvalidForm("unsupported_grant_type")
    if form.keys() != _PARAMETERS or form["client_assertion_type"] != _ASSERTION_TYPE or not form["client_assertion"]:
        raise _InvalidForm("invalid_request")
    return form["client_assertion"]


class _Document:
    """An application that serves one JSON document."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._body = orjson.dumps(content)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve it."""
        if scope["method"] in {"GET", "HEAD"}:
            await _send(send, 200, self._body, _PUBLIC, bodiless=scope["method"] == "HEAD")
        else:
            await _send(send, 405, orjson.dumps(_error("invalid_request")), [(b"allow", b"GET, HEAD"), bodies.CLOSE])


def _error(error: str) -> dict[str, Any]:
    return {"error": error}


async def _send(
    send: Send, status: int, body: bytes, headers: Iterable[tuple[bytes, bytes]], *, bodiless: bool = False
) -> None:
    given = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *headers]
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": b"" if bodiless else body})
