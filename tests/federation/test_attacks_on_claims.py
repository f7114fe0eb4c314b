"""The J rows of the attack list on claims, sizes and times, as far as a signed document alone shows them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from federation import acts, assertions, statements
from federation.errors import StatementCode, StatementError
from federation.keys import KeyDates
from tests.federation.books import CLAIMS, KEY, MALFORMED, VALID, Books, header, opened, refused
from tests.federation.parties import (
    HUB,
    NOW,
    U1,
    U2,
    a_key,
    a_release,
    a_statement,
    a_uuid,
    claims_of,
    forged,
    header_of,
    in_force,
)


@pytest.mark.attack("J18")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"iat": 61, "exp": 120}, StatementCode.CLOCK_SKEW),
        ({"iat": 86_400, "exp": 90_000}, StatementCode.CLOCK_SKEW),
        ({"iat": -600, "exp": -61}, StatementCode.STATEMENT_EXPIRED),
        ({"iat": -90_000, "exp": -86_400}, StatementCode.STATEMENT_EXPIRED),
        ({"iat": 0, "exp": 7 * 86_400 + 1}, MALFORMED),
        ({"iat": 0, "exp": 0}, MALFORMED),
        ({"iat": 30, "exp": 29}, MALFORMED),
    ],
)
def test_a_statement_is_current_within_a_minute(changes: dict[str, int], code: StatementCode) -> None:
    now = int(NOW.timestamp())
    times = {name: now + offset for name, offset in changes.items()}
    assert refused(forged(header(), CLAIMS | times, KEY), looked_up=True).code == code


@pytest.mark.attack("J18")
@pytest.mark.parametrize(("iat", "exp"), [(59, 120), (-600, -59), (60, 61), (-600, -60), (0, 7 * 86_400), (0, 1)])
def test_a_minute_either_way_is_given(iat: int, exp: int) -> None:
    now = int(NOW.timestamp())
    assert opened(forged(header(), CLAIMS | {"iat": now + iat, "exp": now + exp}, KEY)) == a_release()


@pytest.mark.attack("J18")
@pytest.mark.parametrize("name", ["iat", "exp"])
@pytest.mark.parametrize("value", ["1741572000", 1741572000.5, None, True, [], {}, -1, ..., 10**30])
def test_a_time_is_a_whole_number(name: str, value: Any) -> None:
    payload = claims_of(VALID, {name: value})
    text = json.dumps(payload).encode()
    error = refused(forged(header(), text, KEY), looked_up=value not in (1741572000.5, 10**30))
    assert error.code == MALFORMED


@pytest.mark.attack("J18")
@pytest.mark.parametrize("nbf", [0, int(NOW.timestamp()), int(NOW.timestamp()) + 3600, None])
def test_nbf_is_an_unknown_claim(nbf: Any) -> None:
    error = refused(forged(header(), CLAIMS | {"nbf": nbf}, KEY), looked_up=True)
    assert (error.code, error.path) == (MALFORMED, ("nbf",))


@pytest.mark.attack("J19")
@pytest.mark.parametrize(
    "aud",
    [
        [HUB],
        [HUB, "https://other.example"],
        HUB[:-1],
        HUB + "/",
        HUB.upper(),
        HUB + ":443",
        HUB + "\u0000",
        " " + HUB,
        HUB + "/graphql",
        "https://other.example",
        "*",
        "",
        None,
        {HUB: 1},
        ...,
    ],
)
def test_the_audience_is_this_hub_in_one_exact_text(aud: Any) -> None:
    error = refused(forged(header(), claims_of(VALID, {"aud": aud}), KEY), looked_up=True)
    assert (error.code, error.path) == (MALFORMED, ("aud",))


@pytest.mark.attack("J20")
@pytest.mark.parametrize(
    "jti",
    ["", 5, None, ..., [], True, "x", str(a_uuid("jti")).upper(), "{" + str(a_uuid("jti")) + "}", a_uuid("j").hex],
)
def test_a_jti_is_a_uuid(jti: Any) -> None:
    error = refused(forged(header(), claims_of(VALID, {"jti": jti}), KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("jti",))


@pytest.mark.attack("J20")
def test_a_jti_of_a_megabyte_is_not_even_read() -> None:
    assert refused(forged(header(), CLAIMS | {"jti": "j" * 1_000_000}, KEY), looked_up=False).path == ("statement",)


@pytest.mark.attack("J20")
def test_the_same_jti_tells_the_same_bytes_from_others() -> None:
    """What a hub compares: one name, and the hash of what was signed under it."""
    first, again = statements.read(VALID, acts.Release), statements.read(VALID, acts.Release)
    other = statements.read(a_statement(a_release(), KEY, lifetime_seconds=601), acts.Release)
    elsewhere = statements.read(a_statement(a_release(), a_key("U2"), iss=U2), acts.Release)
    assert (first.iss, first.jti, first.sha256) == (again.iss, again.jti, again.sha256)
    assert (first.iss, first.jti) == (other.iss, other.jti)
    assert first.sha256 != other.sha256
    assert first.jti == elsewhere.jti
    assert first.iss != elsewhere.iss


@pytest.mark.attack("J22")
@pytest.mark.parametrize(
    "payload",
    [
        b'{"x":"' + b"x" * 10_000_000 + b'"}',
        b"[" * 100_000,
        b'{"iat":' + b"9" * 20_000 + b"}",
    ],
    ids=["10 MB", "100k deep", "20k digits"],
)
def test_what_is_too_long_is_refused_for_its_length(payload: bytes) -> None:
    error = refused(forged(header(), payload, KEY), looked_up=False)
    assert (error.code, error.path, error.detail) == (MALFORMED, ("statement",), "longer than 16384 bytes")


@pytest.mark.attack("J22")
@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 5_000 + b"]" * 5_000,
        b'{"release":' * 900 + b"1" + b"}" * 900,
        b'{"iat":' + b"9" * 5000 + b"}",
        b'{"iat":-' + b"9" * 5000 + b"}",
        b'{"iat":1e5000}',
        b'{"iat":NaN}',
        b'{"iss":"a","iss":"b"}',
        b'{"release":{"out_date":1,"out_date":2}}',
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
    ],
    ids=range(14),
)
def test_a_payload_that_readers_would_read_differently_is_refused(payload: bytes) -> None:
    error = refused(forged(header(), payload, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("payload",))


@pytest.mark.attack("J22")
def test_sixteen_kibibytes_are_the_limit() -> None:
    bare = len(forged(header(), CLAIMS | {"x": ""}, KEY))
    filling = "x" * ((statements.MAX_BYTES - bare) // 4 * 3)
    while len(forged(header(), CLAIMS | {"x": filling}, KEY)) < statements.MAX_BYTES:
        filling += "x"
    fits = forged(header(), CLAIMS | {"x": filling}, KEY)
    assert len(fits) == statements.MAX_BYTES
    assert refused(fits, looked_up=True).path == ("x",)
    assert refused(fits + "A", looked_up=False).path == ("statement",)


@pytest.mark.attack("J23")
def test_a_key_is_judged_when_the_hub_receives_not_when_the_signer_says() -> None:
    second = timedelta(seconds=1)
    early = a_statement(a_release(), KEY, iat=NOW - timedelta(minutes=10), lifetime_seconds=1200)
    assert opened(early) == a_release()
    for ends in (
        {"revoked_at": NOW - second},
        {"revoked_at": NOW + second, "invalid_from": NOW - second},
        {"retired_at": NOW - second},
        {"retired_at": NOW},
    ):
        error = refused(early, looked_up=True, books=Books(dates=in_force(**ends)))
        assert (error.code, error.path) == (StatementCode.SIGNING_KEY_NOT_VALID, ("header", "kid"))
    not_yet = Books(dates=KeyDates(not_before=NOW + second))
    assert refused(early, looked_up=True, books=not_yet).code == StatementCode.SIGNING_KEY_NOT_VALID


@pytest.mark.attack("J26")
def test_a_login_is_short_for_this_hub_and_named_for_one_use() -> None:
    key = a_key("U1 login", kid="u1-login")
    login = assertions.read_client_assertion(assertions.client_assertion(key, union=U1, aud=HUB, iat=NOW))
    assertions.verify_client_assertion(login, key.public, HUB, NOW)
    # Replayed, it has the same name, by which a hub knows it.
    again = assertions.read_client_assertion(login.jws)
    assert (again.union, again.jti) == (login.union, login.jti)
    other = assertions.read_client_assertion(assertions.client_assertion(key, union=U1, aud=HUB, iat=NOW))
    assert other.jti != login.jti
    claims = login.claims
    for changes, code in (
        ({"exp": claims["iat"] + 301}, MALFORMED),
        ({"aud": "https://other.example"}, MALFORMED),
        ({"aud": [HUB]}, MALFORMED),
        ({"iat": claims["iat"] - 1000, "exp": claims["iat"] - 800}, StatementCode.STATEMENT_EXPIRED),
        ({"iat": claims["iat"] + 1000, "exp": claims["iat"] + 1200}, StatementCode.CLOCK_SKEW),
        ({"exp": str(claims["exp"])}, MALFORMED),
    ):
        made = forged(header_of(key, assertions.CLIENT_ASSERTION_TYP), claims | changes, key)
        with pytest.raises(StatementError) as caught:
            assertions.verify_client_assertion(assertions.read_client_assertion(made), key.public, HUB, NOW)
        assert caught.value.code == code


def test_the_form_of_the_whole_is_one() -> None:
    header_text, payload, signature = VALID.split(".")
    for jws in (
        "",
        ".",
        "..",
        "...",
        f"{header_text}.{payload}",
        f"{VALID}.",
        f"{VALID}.{signature}",
        f"{header_text}=.{payload}.{signature}",
        f"{VALID}=",
        f"{VALID}\n",
        f" {VALID}",
        f"{VALID[:-1]}é",
        VALID.replace("-", "+").replace("_", "/") if {"-", "_"} & set(VALID) else VALID + "+",
        f"{header_text}.{payload[:-1]}.{signature}",
        '{"payload":"","signatures":[]}',
    ):
        assert refused(jws, looked_up=False).code == MALFORMED


def test_a_name_twice_in_the_header_is_refused() -> None:
    twice = b'{"alg":"none","alg":"EdDSA","kid":"u1-signing","typ":"unionhub.release+jwt"}'
    error = refused(forged(twice, CLAIMS, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header",))


@pytest.mark.parametrize("name", ["iss", "sub"])
@pytest.mark.parametrize("value", [None, 5, "", "urn:union:x", [U1], ...])
def test_names_are_read_before_they_are_looked_up(name: str, value: Any) -> None:
    error = refused(forged(header(), claims_of(VALID, {name: value}), KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, (name,))
