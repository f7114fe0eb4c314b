"""Logins and proofs of possession: a union about itself, at one hub, for a short while."""

from datetime import timedelta
from typing import Any

import pytest

from federation.assertions import (
    CLIENT_ASSERTION_TYP,
    KEY_PROOF_TYP,
    client_assertion,
    key_proof,
    read_client_assertion,
    verify_client_assertion,
    verify_key_proof,
)
from federation.errors import StatementCode, StatementError
from federation.keys import ALGS, Alg
from tests.federation.parties import BRANCH, HUB, NOW, U1, U2, a_key, claims_of, forged, header_of

KEY = a_key("U1 login", kid="u1-login")
LOGIN = client_assertion(KEY, union=U1, aud=HUB, iat=NOW)
PROOF = key_proof(KEY, union=U1, aud=HUB, iat=NOW)


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("union", [U1, BRANCH])
def test_a_login_is_read_and_verified(alg: Alg, union: str) -> None:
    key = a_key("login", alg)
    login = read_client_assertion(client_assertion(key, union=union, aud=HUB, iat=NOW))
    assert (login.union, login.kid, login.alg) == (union, key.kid, alg)
    assert login.claims.keys() == {"iss", "sub", "aud", "jti", "iat", "exp"}
    verify_client_assertion(login, key.public, HUB, NOW + timedelta(seconds=30))


@pytest.mark.parametrize("jti", ["x", "0" * 128, "urn:uuid:7f1a4f3e-0d1b-5c55-9d0a-2f4c1a9be001", "a/b+c=="])
def test_a_logins_name_is_its_makers_choice(jti: str) -> None:
    jws = forged(header_of(KEY, CLIENT_ASSERTION_TYP), claims_of(LOGIN, {"jti": jti}), KEY)
    assert read_client_assertion(jws).jti == jti


@pytest.mark.parametrize(
    "changes",
    [
        {"sub": U2},
        {"sub": ...},
        {"iss": ...},
        {"iss": "client", "sub": "client"},
        {"jti": ""},
        {"jti": "x" * 129},
        {"jti": "a b"},
        {"jti": 5},
        {"jti": ...},
        {"aud": ...},
        {"exp": ...},
        {"iat": ...},
        {"nbf": int(NOW.timestamp())},
        {"scope": "all"},
    ],
)
def test_a_login_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(StatementError) as caught:
        read_client_assertion(forged(header_of(KEY, CLIENT_ASSERTION_TYP), claims_of(LOGIN, changes), KEY))
    assert caught.value.code == StatementCode.STATEMENT_MALFORMED


def test_five_minutes_are_the_longest_login() -> None:
    for seconds, good in ((300, True), (301, False)):
        claims = claims_of(LOGIN, {"exp": int(NOW.timestamp()) + seconds})
        login = read_client_assertion(forged(header_of(KEY, CLIENT_ASSERTION_TYP), claims, KEY))
        if good:
            verify_client_assertion(login, KEY.public, HUB, NOW)
        else:
            with pytest.raises(StatementError):
                verify_client_assertion(login, KEY.public, HUB, NOW)


@pytest.mark.attack("J26")
def test_a_login_at_another_hub_by_another_key_or_too_late_is_refused() -> None:
    login = read_client_assertion(LOGIN)
    verify_client_assertion(login, KEY.public, HUB, NOW)
    for key, hub, now in (
        (a_key("other", kid=KEY.kid), HUB, NOW),
        (a_key("U1 login", "ES256", kid=KEY.kid), HUB, NOW),
        (KEY, "https://other.example", NOW),
        (KEY, HUB + "/", NOW),
        (KEY, HUB, NOW + timedelta(minutes=3)),
        (KEY, HUB, NOW - timedelta(minutes=2)),
    ):
        with pytest.raises(StatementError):
            verify_client_assertion(login, key.public, hub, now)


@pytest.mark.parametrize("alg", ALGS)
def test_a_new_key_proves_that_it_is_in_the_unions_hands(alg: Alg) -> None:
    key = a_key("new", alg)
    proof = key_proof(key, union=U1, aud=HUB, iat=NOW)
    verify_key_proof(proof, key.public, union=U1, audience=HUB, now=NOW + timedelta(minutes=30))


def refused(proof: str, **changes: Any) -> None:
    expected: dict[str, Any] = {"union": U1, "audience": HUB, "now": NOW} | changes
    with pytest.raises(StatementError) as caught:
        verify_key_proof(proof, expected.pop("key", KEY).public, **expected)
    assert (caught.value.code, caught.value.path) == (StatementCode.KEY_PROOF_INVALID, ("key", "proof"))


def test_a_proof_for_anything_else_proves_nothing() -> None:
    verify_key_proof(PROOF, KEY.public, union=U1, audience=HUB, now=NOW)
    refused(PROOF, union=U2)
    refused(PROOF, audience="https://other.example")
    refused(PROOF, key=a_key("other", kid=KEY.kid))
    refused(PROOF, key=a_key("U1 login"))
    refused(PROOF, now=NOW + timedelta(hours=2))
    refused(PROOF, now=NOW - timedelta(minutes=2))
    refused(LOGIN)
    refused("")
    for changes in ({"sub": U2}, {"iss": U2}, {"aud": [HUB]}, {"exp": int(NOW.timestamp()) + 8 * 86_400}, {"x": 1}):
        refused(forged(header_of(KEY, KEY_PROOF_TYP), claims_of(PROOF, changes), KEY))
    refused(forged(header_of(KEY, KEY_PROOF_TYP), claims_of(PROOF), a_key("other")))


@pytest.mark.attack("J04")
def test_a_proof_is_no_login() -> None:
    with pytest.raises(StatementError) as caught:
        read_client_assertion(PROOF)
    assert caught.value.path == ("header", "typ")
