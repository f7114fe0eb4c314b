"""A hub as seen from outside, where a union's world ends: it answers over HTTP what a test has it say.

Logins it verifies in earnest. What it was asked is kept for the test to look at.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx

from federation import assertions, encoding
from federation.acts import Act
from federation.claims import dump
from federation.client import HubClient
from tests.federation.parties import HUB, NOW, U1, a_key, a_uuid

LOGIN_KEY = a_key("U1 login", kid="u1-login")
SIGNING_KEY = a_key("U1 signing", kid="u1-signing")
CARD = '{"name":"张一","sex":"1","salt":"c2FsdA"}'

Answer = httpx.Response | Exception
Says = Callable[[dict[str, Any]], Any]


@dataclass
class FakeHub:
    """Answers each operation by its name with what `says` holds; `before` is answered first, one a request."""

    says: dict[str, Says] = field(default_factory=dict)
    before: list[Answer] = field(default_factory=list)
    before_login: list[Answer] = field(default_factory=list)
    before_keys: list[Answer] = field(default_factory=list)
    expires_in: int = 300
    logins: list[str] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)

    @property
    def asked(self) -> list[tuple[str, dict[str, Any]]]:
        """Every operation that came in, with its variables."""
        bodies = [json.loads(request.content) for request in self.requests]
        return [(body["query"].split("(")[0].split()[1], body["variables"]) for body in bodies]

    def client(self, **options: Any) -> HubClient:
        said: dict[str, Any] = {"now": lambda: NOW, "retry_seconds": (0, 0, 0)} | options
        return HubClient(HUB, U1, LOGIN_KEY, SIGNING_KEY, transport=httpx.MockTransport(self.answer), **said)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            return self._log_in(request)
        if request.url.path == "/.well-known/jwks.json":
            if self.before_keys:
                return _given(self.before_keys.pop(0))
            return httpx.Response(200, json={"keys": [a_key("hub").public.jwk]})
        self.requests.append(request)
        if self.before:
            return _given(self.before.pop(0))
        if request.headers["authorization"].removeprefix("Bearer ") not in self.tokens:
            return failed("UNAUTHENTICATED", 401)
        name, variables = self.asked[-1]
        return httpx.Response(200, json={"data": {"answer": self.says[name](variables)}})

    def _log_in(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        login = assertions.read_client_assertion(form["client_assertion"])
        assertions.verify_client_assertion(login, LOGIN_KEY.public, HUB, NOW)
        self.logins.append(login.jti)
        if self.before_login:
            return _given(self.before_login.pop(0))
        token = f"token-{len(self.logins)}"
        self.tokens.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        return httpx.Response(200, json=answer)


def _given(answer: Answer) -> httpx.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer


def failed(code: str, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json={"errors": [{"message": "no", "extensions": {"code": code}}]})


def a_refusal_answer(code: str = "REASON_NOT_ALLOWED", **facts: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": code,
        "articles": ["A12"],
        "message": "不予办理。",
        "messageEn": "Not so.",
        "nextStep": "…",
        "path": ["release", "reason_code"],
        "retryable": False,
        "possibleFrom": None,
    }
    return said | facts


def claims_text(claims: Act, *, sub: str | UUID | None = None, iat: datetime = NOW, **changes: Any) -> str:
    """Write claims as a hub's draft does, with spaces of its own."""
    common: dict[str, Any] = {
        "iss": U1,
        "aud": HUB,
        "sub": str(sub or a_uuid("membership of M1")),
        "jti": str(a_uuid("draft")),
        "iat": int(iat.timestamp()),
        "exp": int((iat + timedelta(minutes=10)).timestamp()),
        claims.object_name: dump(claims),
    }
    return json.dumps(common | changes, ensure_ascii=False)


def a_draft(act: Act, /, **facts: Any) -> dict[str, Any]:
    """Give the answer to a draft query."""
    said: dict[str, Any] = {"typ": act.typ, "claims": claims_text(act), "card": None, "refusals": []}
    return said | facts


def the_card() -> dict[str, Any]:
    return {"json": CARD}


CARD_SHA256 = encoding.sha256_b64url(CARD.encode())
