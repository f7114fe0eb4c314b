"""Login: what earns a token, what does not, and that nobody learns why."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest

from federation import encoding
from federation.assertions import client_assertion
from federation.jws import sign_payload
from federation.keys import PrivateKey
from hub.authz.oauth import BODY_BYTES_MAX
from hub.authz.tokens import LIFETIME_SECONDS, Caller, Tokens, Unauthenticated
from tests.graphql import small_hub
from tests.graphql.small_hub import HUB, UNION, MemoryLedger

if TYPE_CHECKING:
    from collections.abc import MutableMapping

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEY = PrivateKey.generate(kid="login-1")
P256 = PrivateKey.generate("ES256", kid="login-2")
TYP = "client-authentication+jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture
def ledger() -> MemoryLedger:
    return MemoryLedger({"login-1": KEY, "login-2": P256}, NOW)


def an_assertion(key: PrivateKey = KEY, typ: str = TYP, without: str = "", **changed: Any) -> str:
    seconds = int(NOW.timestamp())
    claims = {"iss": UNION, "sub": UNION, "aud": HUB, "jti": str(uuid4()), "iat": seconds, "exp": seconds + 60}
    claims = {name: value for name, value in (claims | changed).items() if name != without}
    return sign_payload(encoding.dumps(claims).encode(), typ, key)


def a_form(assertion: str, **changed: str) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return form | changed


async def send(ledger: MemoryLedger, content: bytes | str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(small_hub.application(ledger))
    async with httpx.AsyncClient(transport=transport, base_url=HUB) as http:
        given = {"content-type": "application/x-www-form-urlencoded"} | headers
        return await http.post("/oauth2/token", content=content, headers=given)


async def log_in(ledger: MemoryLedger, assertion: str) -> httpx.Response:
    return await send(ledger, urlencode(a_form(assertion)))


@pytest.mark.parametrize("key", [KEY, P256], ids=["EdDSA", "ES256"])
async def test_an_assertion_earns_a_token_for_five_minutes(ledger: MemoryLedger, key: PrivateKey) -> None:
    response = await log_in(ledger, client_assertion(key, union=UNION, aud=HUB, iat=NOW))

    assert response.status_code == 200
    answer = response.json()
    token = answer.pop("access_token")
    assert answer == {"token_type": "Bearer", "expires_in": 300}
    assert response.headers["cache-control"] == "no-store"
    caller = small_hub.TOKENS.verify(token, NOW + timedelta(seconds=299))
    assert caller == Caller(union_id=small_hub.UNION_ID, union=UNION, kid=key.kid)


async def test_the_token_opens_the_endpoint() -> None:
    ledger = MemoryLedger({"login-1": KEY})
    now = datetime.now(UTC)
    response = await log_in(ledger, client_assertion(KEY, union=UNION, aud=HUB, iat=now))
    token = response.json()["access_token"]

    transport = httpx.ASGITransport(small_hub.application(ledger))
    async with httpx.AsyncClient(transport=transport, base_url=HUB) as http:
        answer = await http.post("/graphql", json={"query": "{whoami}"}, headers={"authorization": f"bearer {token}"})
    assert answer.json() == {"data": {"whoami": UNION}}


async def test_the_faulty_assertions_differ_from_a_good_one_in_one_thing(ledger: MemoryLedger) -> None:
    assert (await log_in(ledger, an_assertion())).status_code == 200


BEFORE = int(NOW.timestamp()) - 400
INVALID = {
    "lifetime over five minutes": an_assertion(exp=int(NOW.timestamp()) + 301),
    "ten years": an_assertion(exp=int(NOW.timestamp()) + 315_360_000),
    "another hub": an_assertion(aud="https://other.example"),
    "audience with a slash": an_assertion(aud=HUB + "/"),
    "the token endpoint as audience": an_assertion(aud=HUB + "/oauth2/token"),
    "a list as audience": an_assertion(aud=[HUB]),
    "two audiences": an_assertion(aud=[HUB, "https://other.example"]),
    "expired": an_assertion(iat=BEFORE, exp=BEFORE + 60),
    "from the future": an_assertion(iat=int(NOW.timestamp()) + 61, exp=int(NOW.timestamp()) + 120),
    "times as text": an_assertion(exp=str(int(NOW.timestamp()) + 60)),
    "ends before it begins": an_assertion(exp=int(NOW.timestamp()) - 1),
    "another subject": an_assertion(sub="urn:union:local:11:99110000MC00000010-02"),
    "no jti": an_assertion(without="jti"),
    "jti a number": an_assertion(jti=7),
    "jti empty": an_assertion(jti=""),
    "jti too long": an_assertion(jti="x" * 1000),
    "a claim too many": an_assertion(nbf=0),
    "typ of a statement": an_assertion(typ="unionhub.release+jwt"),
    "typ JWT": an_assertion(typ="JWT"),
    "unknown union": an_assertion(
        iss="urn:union:local:11:99110000MC00000010-02", sub="urn:union:local:11:99110000MC00000010-02"
    ),
    "unknown key": an_assertion(PrivateKey.generate(kid="login-9")),
    "another key of that name": an_assertion(PrivateKey.generate(kid="login-1")),
    "another algorithm under that name": an_assertion(PrivateKey.generate("ES256", kid="login-1")),
    "no signature": an_assertion().rpartition(".")[0] + ".",
    "not a JWS": "x",
    "too long": an_assertion(jti="x" * 17_000),
    "kid a path": sign_payload(b"{}", TYP, KEY).replace("login", "../x"),
}


@pytest.mark.attack("J26")
@pytest.mark.parametrize("assertion", INVALID.values(), ids=INVALID.keys())
async def test_any_fault_in_the_assertion_is_the_same_401(
    ledger: MemoryLedger, assertion: str, log: list[MutableMapping[str, Any]]
) -> None:
    response = await log_in(ledger, assertion)

    assert response.status_code == 401
    assert response.content == b'{"error":"invalid_client"}'
    assert ledger.used == set()
    assert [line["event"] for line in log] == ["login_refused", "request"]
    assert assertion not in str(log)


@pytest.mark.attack("J26")
async def test_an_assertion_is_good_for_one_use(ledger: MemoryLedger) -> None:
    assertion = an_assertion()

    assert (await log_in(ledger, assertion)).status_code == 200
    again = await log_in(ledger, assertion)
    assert (again.status_code, again.content) == (401, b'{"error":"invalid_client"}')


@pytest.mark.attack("J26")
async def test_a_used_assertion_is_remembered_as_long_as_it_would_pass(ledger: MemoryLedger) -> None:
    # MemoryLedger refuses, as the database would forget, what has expired: at the edge of the leeway it has not.
    seconds = int(NOW.timestamp())
    edge = an_assertion(iat=seconds - 100, exp=seconds - 59)

    assert (await log_in(ledger, edge)).status_code == 200
    assert (await log_in(ledger, edge)).status_code == 401


@pytest.mark.attack("J26")
@pytest.mark.parametrize(
    ("ended", "at"),
    [("not_before", timedelta(seconds=1)), ("retired_at", timedelta()), ("revoked_at", timedelta(seconds=-1))],
)
async def test_a_key_out_of_force_logs_nobody_in(ledger: MemoryLedger, ended: str, at: timedelta) -> None:
    setattr(ledger, ended, NOW + at)
    response = await log_in(ledger, an_assertion())

    assert (response.status_code, response.content) == (401, b'{"error":"invalid_client"}')
    assert ledger.used == set()


GOOD_FORM = urlencode(a_form("x.y.z"))
MALFORMED = {
    "empty": "",
    "no pairs": "hello",
    "JSON": json.dumps(a_form("x.y.z")),
    "assertion missing": urlencode({k: v for k, v in a_form("").items() if k != "client_assertion"}),
    "assertion empty": urlencode(a_form("")),
    "assertion twice": GOOD_FORM + "&client_assertion=x",
    "grant type twice": GOOD_FORM + "&grant_type=client_credentials",
    "grant type missing": urlencode({k: v for k, v in a_form("x").items() if k != "grant_type"}),
    "a parameter too many": GOOD_FORM + "&scope=all",
    "assertion type missing": urlencode({k: v for k, v in a_form("x").items() if k != "client_assertion_type"}),
    "another assertion type": urlencode(a_form("x", client_assertion_type="urn:x")),
    "a secret": urlencode({"grant_type": "client_credentials", "client_id": UNION, "client_secret": "x"}),
    "bad escapes": "grant_type=client_credentials&client_assertion=%ff&client_assertion_type=x",
    "many": "&".join(f"a{number}=1" for number in range(2000)),
    "bytes": b"\xff\xfe=1",
}


@pytest.mark.parametrize("form", MALFORMED.values(), ids=MALFORMED.keys())
async def test_a_malformed_form_is_400(ledger: MemoryLedger, form: str | bytes) -> None:
    response = await send(ledger, form)

    assert response.status_code == 400
    assert response.content == b'{"error":"invalid_request"}'
    assert ledger.looked_up == []


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
async def test_only_forms_are_read(ledger: MemoryLedger, content_type: str) -> None:
    response = await send(ledger, urlencode(a_form(an_assertion())), **{"content-type": content_type})

    assert (response.status_code, response.content) == (400, b'{"error":"invalid_request"}')


@pytest.mark.parametrize(
    "grant_type", ["password", "authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
)
async def test_another_grant_is_400(ledger: MemoryLedger, grant_type: str) -> None:
    for form in (a_form("x.y.z", grant_type=grant_type), {"grant_type": grant_type, "assertion": "x"}):
        response = await send(ledger, urlencode(form))

        assert (response.status_code, response.content) == (400, b'{"error":"unsupported_grant_type"}')


async def test_a_charset_does_no_harm(ledger: MemoryLedger) -> None:
    content_type = "application/x-www-form-urlencoded; charset=UTF-8"
    response = await send(ledger, urlencode(a_form(an_assertion())), **{"content-type": content_type})

    assert response.status_code == 200


async def test_bodies_are_bounded(ledger: MemoryLedger) -> None:
    response = await send(ledger, "a=" + "x" * BODY_BYTES_MAX)
    assert response.status_code == 413

    response = await send(ledger, b"", **{"content-encoding": "gzip"})
    assert response.status_code == 415


async def test_only_post(ledger: MemoryLedger) -> None:
    transport = httpx.ASGITransport(small_hub.application(ledger))
    async with httpx.AsyncClient(transport=transport, base_url=HUB) as http:
        response = await http.get("/oauth2/token")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


async def test_database_away_is_503() -> None:
    class Away(MemoryLedger):
        async def facts_for_login(self, union_uri: str, kid: str) -> dict[str, Any]:
            raise ConnectionRefusedError(small_hub.SECRET)

    response = await log_in(Away({}, NOW), an_assertion())

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    assert response.content == b'{"error":"temporarily_unavailable"}'


async def test_metadata_and_keys_are_served() -> None:
    transport = httpx.ASGITransport(small_hub.application())
    async with httpx.AsyncClient(transport=transport, base_url=HUB) as http:
        metadata = (await http.get("/.well-known/oauth-authorization-server")).json()
        keys = await http.get("/.well-known/jwks.json")
        head = await http.head("/.well-known/jwks.json")
        posted = await http.post("/.well-known/jwks.json")

    assert metadata == {
        "issuer": HUB,
        "token_endpoint": f"{HUB}/oauth2/token",
        "jwks_uri": f"{HUB}/.well-known/jwks.json",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["EdDSA", "ES256"],
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
    }
    assert keys.json() == {"keys": []}
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "11")
    assert posted.status_code == 405


def test_a_token_is_an_at_jwt_with_the_claims_of_the_caller() -> None:
    token = small_hub.TOKENS.issue(small_hub.CALLER, NOW)
    header, claims = (json.loads(urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])

    assert header == {"alg": "HS256", "typ": "at+jwt"}
    assert claims.pop("jti")
    assert claims == {
        "iss": HUB,
        "aud": HUB,
        "sub": UNION,
        "client_id": UNION,
        "uid": str(small_hub.UNION_ID),
        "kid": "login-1",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + LIFETIME_SECONDS,
    }


@pytest.mark.parametrize(
    ("seconds", "good"), [(-61, False), (-59, True), (0, True), (299, True), (300, False), (100_000, False)]
)
def test_a_token_lives_five_minutes(seconds: int, good: bool) -> None:  # noqa: FBT001
    token = small_hub.TOKENS.issue(small_hub.CALLER, NOW)
    moment = NOW + timedelta(seconds=seconds)
    if good:
        assert small_hub.TOKENS.verify(token, moment) == small_hub.CALLER
    else:
        with pytest.raises(Unauthenticated):
            small_hub.TOKENS.verify(token, moment)


def forged(header: dict[str, Any] | bytes, claims: dict[str, Any] | bytes, key: bytes = b"t" * 32) -> str:
    parts = [
        part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
        for part in (header, claims)
    ]
    signed = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    mac = urlsafe_b64encode(hmac.digest(key, signed, "sha256")).rstrip(b"=")
    return (signed + b"." + mac).decode()


HEADER = {"alg": "HS256", "typ": "at+jwt"}
CLAIMS = {
    "iss": HUB,
    "aud": HUB,
    "sub": UNION,
    "client_id": UNION,
    "uid": str(small_hub.UNION_ID),
    "kid": "login-1",
    "jti": "x",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
}
GOOD = forged(HEADER, CLAIMS)
FORGED = {
    "empty": "",
    "dots": "..",
    "another key": forged(HEADER, CLAIMS, b"u" * 32),
    "no signature": GOOD.rpartition(".")[0] + ".",
    "padded signature": GOOD + "=",
    "a segment more": GOOD + ".x",
    "typ JWT": forged(HEADER | {"typ": "JWT"}, CLAIMS),
    "alg none": forged(HEADER | {"alg": "none"}, CLAIMS),
    "crit": forged(HEADER | {"crit": ["exp"]}, CLAIMS),
    "kid in the header": forged(HEADER | {"kid": "x"}, CLAIMS),
    "members in another order": forged({"typ": "at+jwt", "alg": "HS256"}, CLAIMS),
    "another hub": forged(HEADER, CLAIMS | {"iss": "https://other.example"}),
    "audience in a list": forged(HEADER, CLAIMS | {"aud": [HUB]}),
    "a claim more": forged(HEADER, CLAIMS | {"nbf": 0}),
    "a claim less": forged(HEADER, {name: value for name, value in CLAIMS.items() if name != "exp"}),
    "exp as text": forged(HEADER, CLAIMS | {"exp": str(CLAIMS["exp"])}),
    "ten years": forged(HEADER, CLAIMS | {"exp": int(NOW.timestamp()) + 315_360_000}),
    "not JSON": forged(HEADER, b"x"),
    "an array": forged(HEADER, b"[]"),
    "too long": GOOD + "x" * 5000,
    "not ASCII": GOOD + "é",
}


def test_the_forgeries_differ_from_a_good_token_in_one_thing() -> None:
    assert small_hub.TOKENS.verify(GOOD, NOW) == small_hub.CALLER


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
def test_a_forged_token_names_nobody(token: str) -> None:
    with pytest.raises(Unauthenticated):
        small_hub.TOKENS.verify(token, NOW)


@pytest.mark.attack("J26")
def test_an_assertion_is_no_access_token() -> None:
    with pytest.raises(Unauthenticated):
        small_hub.TOKENS.verify(an_assertion(), NOW)


def test_a_short_key_is_no_key() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(key=b"short", hub=HUB)
