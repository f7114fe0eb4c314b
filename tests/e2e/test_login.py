"""The token endpoint, what a token opens and for how long, and the documents by which a client finds its way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest

from federation.keys import PrivateKey
from tests.e2e.documents import HANDOFF_QUERY, VIEWER_QUERY
from tests.e2e.forging import common_claims
from tests.e2e.stage import TODAY
from tests.e2e.wire import ASSERTION_TYPE, claims_of, compact, header_of, sha256_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

TYP = "client-authentication+jwt"
FORM = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, "client_assertion": "a.b.c"}


def assertion(by: Party, *, key: PrivateKey | None = None, header: Json | None = None, **claims: Any) -> str:
    """Make an assertion by hand; what is given as None is left out."""
    signer = key or by.login
    common = common_claims(by, by.uri)
    issued: int = claims.get("iat") or common["iat"]
    given = {**common, "exp": issued + 300, **claims}
    head = {"alg": signer.alg, "kid": signer.kid, "typ": TYP, **(header or {})}
    return compact(_without_none(head), _without_none(given), key=signer)


def _without_none(members: Json) -> Json:
    return {name: value for name, value in members.items() if value is not None}


def _at(by: Party, seconds: int) -> int:
    return int(by.clock.now().timestamp()) + seconds


#: Each fault alone, in an assertion that is good otherwise.
FAULTS: dict[str, Callable[[Stage], str]] = {
    "no text of a JWS": lambda _: "not a token",
    "two segments": lambda s: assertion(s["U1"]).rpartition(".")[0],
    "padded": lambda s: assertion(s["U1"]) + "==",
    "longer than 16 KiB": lambda s: assertion(s["U1"], jti="x" * 17_000),
    "a signature of other bytes": lambda s: compact(header_of(a := assertion(s["U1"])), claims_of(a), bytes(64)),
    "no signature": lambda s: compact(
        {"alg": "none", "kid": s["U1"].login.kid, "typ": TYP}, claims_of(assertion(s["U1"]))
    ),
    "another key's name": lambda s: assertion(s["U1"], header={"kid": s["U2"].login.kid}),
    "an unknown key": lambda s: assertion(s["U1"], key=PrivateKey.generate()),
    "the signing key": lambda s: assertion(s["U1"], key=s["U1"].signing),
    "another union's key": lambda s: assertion(s["U1"], key=s["U13"].login),
    "an unknown union": lambda s: assertion(
        s["U1"], iss="urn:union:81310117MC1D25256C", sub="urn:union:81310117MC1D25256C"
    ),
    "no union": lambda s: assertion(s["U1"], iss="urn:union:1", sub="urn:union:1"),
    "another alg": lambda s: assertion(s["U1"], header={"alg": "ES256"}),
    "the typ of a statement": lambda s: assertion(s["U1"], header={"typ": "unionhub.release+jwt"}),
    "the plain typ": lambda s: assertion(s["U1"], header={"typ": "JWT"}),
    "no typ": lambda s: assertion(s["U1"], header={"typ": None}),
    "no kid": lambda s: assertion(s["U1"], header={"kid": None}),
    "a member more in the header": lambda s: assertion(s["U1"], header={"jku": "https://x.test"}),
    "iss alone": lambda s: assertion(s["U1"], sub=s["U2"].uri),
    "sub alone": lambda s: assertion(s["U1"], iss=s["U2"].uri),
    "the audience with a slash": lambda s: assertion(s["U1"], aud=s.hub + "/"),
    "the audience in capitals": lambda s: assertion(s["U1"], aud=s.hub.upper()),
    "the token endpoint as audience": lambda s: assertion(s["U1"], aud=s.hub + "/oauth2/token"),
    "a list of audiences": lambda s: assertion(s["U1"], aud=[s.hub]),
    "longer than five minutes": lambda s: assertion(s["U1"], exp=_at(s["U1"], 301)),
    "expired": lambda s: assertion(s["U1"], iat=_at(s["U1"], -200), exp=_at(s["U1"], -65)),
    "from the future": lambda s: assertion(s["U1"], iat=_at(s["U1"], 70)),
    "ended before it began": lambda s: assertion(s["U1"], exp=_at(s["U1"], -1)),
    "times as texts": lambda s: assertion(s["U1"], exp=str(_at(s["U1"], 300))),
    "a claim more": lambda s: assertion(s["U1"], nbf=_at(s["U1"], 0)),
    "no jti": lambda s: assertion(s["U1"], jti=None),
    "an empty jti": lambda s: assertion(s["U1"], jti=""),
    "a number for a jti": lambda s: assertion(s["U1"], jti=7),
    "no exp": lambda s: assertion(s["U1"], exp=None),
}


async def test_an_assertion_earns_a_bearer_token_for_five_minutes(stage: Stage) -> None:
    for ref in ("U0", "U1", "U2"):  # of both algorithms
        response = await stage[ref].ask_for_token(assertion(stage[ref]))
        answer = response.json()
        assert response.status_code == 200
        assert answer.keys() == {"access_token", "token_type", "expires_in"}
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 300)
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("fault", FAULTS)
async def test_any_fault_in_an_assertion_gets_the_same_body(stage: Stage, fault: str) -> None:
    response = await stage["U1"].ask_for_token(FAULTS[fault](stage))
    assert (response.status_code, response.content) == (401, b'{"error":"invalid_client"}')


async def test_a_minute_of_difference_is_given(stage: Stage) -> None:
    u1 = stage["U1"]
    for iat, exp in ((50, 350), (-240, -50)):
        response = await u1.ask_for_token(assertion(u1, iat=_at(u1, iat), exp=_at(u1, exp)))
        assert response.status_code == 200


@pytest.mark.attack("J26")
async def test_an_assertion_is_good_for_one_use(stage: Stage) -> None:
    once = assertion(stage["U1"])
    assert (await stage["U1"].ask_for_token(once)).status_code == 200
    again = await stage["U1"].ask_for_token(once)
    assert (again.status_code, again.content) == (401, b'{"error":"invalid_client"}')
    # The same jti is another union's to use.
    jti = claims_of(once)["jti"]
    assert (await stage["U2"].ask_for_token(assertion(stage["U2"], jti=jti))).status_code == 200
    assert (await stage["U1"].ask_for_token(assertion(stage["U1"], jti=jti))).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {},
        {name: value for name, value in FORM.items() if name != "grant_type"},
        {name: value for name, value in FORM.items() if name != "client_assertion"},
        {name: value for name, value in FORM.items() if name != "client_assertion_type"},
        FORM | {"grant_type": "authorization_code"},
        FORM | {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"},
        FORM | {"client_assertion": ""},
        FORM | {"scope": "all"},
        {**FORM, "client_assertion": ["a.b.c", "d.e.f"]},
    ],
)
async def test_a_malformed_form_is_400(stage: Stage, form: Json) -> None:
    response = await stage.http.post("/oauth2/token", data=form)
    assert response.status_code == 400
    assert response.json()["error"] in {"invalid_request", "unsupported_grant_type"}


async def test_a_form_is_posted_as_one(stage: Stage) -> None:
    assert (await stage.http.post("/oauth2/token", json=FORM)).status_code == 400
    got = await stage.http.get("/oauth2/token", params=FORM)
    assert (got.status_code, got.headers["allow"]) == (405, "POST")


async def test_a_token_opens_graphql_until_it_expires(stage: Stage) -> None:
    u1 = stage["U1"]
    token = await u1.token()
    for seconds, status in ((0, 200), (295, 200), (301, 401), (3600, 401)):
        await stage.let_it_be(TODAY + timedelta(seconds=seconds))
        response = await _view(stage, token)
        assert response.status_code == status
    assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer x.y.z", "Basic dTpw", "Bearer a b"])
async def test_without_a_good_token_there_is_nothing(stage: Stage, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    response = await stage.http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)
    assert response.status_code == 401
    assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["UNAUTHENTICATED"]
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_assertion_opens_nothing_by_itself(stage: Stage) -> None:
    assert (await _view(stage, assertion(stage["U1"]))).status_code == 401


async def test_the_viewer_is_the_union_and_its_key(stage: Stage) -> None:
    for ref in ("U1", "U3a"):
        viewer = await stage[ref].ask(VIEWER_QUERY)
        assert (viewer["kid"], viewer["union"]["uri"]) == (stage[ref].login.kid, stage[ref].uri)
        uses = {key["kid"]: key["use"] for key in viewer["union"]["keys"]}
        assert uses == {stage[ref].login.kid: "LOGIN", stage[ref].signing.kid: "SIGNING"}


async def test_the_metadata_name_the_hub_and_its_endpoints(stage: Stage) -> None:
    metadata = (await stage.http.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == stage.hub
    assert metadata["token_endpoint"] == stage.hub + "/oauth2/token"
    assert metadata["jwks_uri"] == stage.hub + "/.well-known/jwks.json"
    assert metadata["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert set(metadata["token_endpoint_auth_signing_alg_values_supported"]) == {"EdDSA", "ES256"}
    assert metadata["grant_types_supported"] == ["client_credentials"]


async def test_a_receipt_verifies_under_the_published_keys(stage: Stage) -> None:
    """With a library of the union's own choice, and nothing of ours."""
    released = await stage.released()
    seen = await stage["U1"].ask(HANDOFF_QUERY, id=released["id"])
    statement, receipt = seen["steps"][0]["statement"], seen["steps"][0]["receipt"]
    jwks = (await stage.http.get("/.well-known/jwks.json")).json()
    assert jwks["keys"]
    assert all("d" not in key for key in jwks["keys"])
    key = {key["kid"]: key for key in jwks["keys"]}[header_of(receipt)["kid"]]

    claims = jwt.decode(
        receipt,
        jwt.PyJWK(key, algorithm=header_of(receipt)["alg"]),
        algorithms=[header_of(receipt)["alg"]],
        issuer=stage.hub,
        options={"verify_aud": False, "verify_iat": False},
    )

    assert header_of(receipt)["typ"] == "unionhub.receipt+jwt"
    told = claims["receipt"]
    assert told["statement_sha256"] == told["release_sha256"] == sha256_of(statement)
    assert (told["typ"], told["signer"]) == ("unionhub.release+jwt", stage["U1"].uri)
    assert told["received_at"] == seen["releasedAt"]
    assert (told["handoff_id"], told["state_after"]) == (seen["handoffId"], "RELEASED")
    assert told["custody_version_after"] == 1


async def _view(stage: Stage, token: str) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    content = json.dumps({"query": "{ viewer { kid } }"})
    return await stage.http.post("/graphql", content=content, headers=headers)
