"""The J rows of the attack list on headers and signatures, as far as a signed document alone shows them.

What has the wrong form must not get as far as a look-up.
"""

import hashlib
import hmac
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from federation import acts, assertions, encoding, statements
from federation.errors import StatementCode, StatementError
from federation.keys import ALGS, Alg, PrivateKey
from tests.federation.books import (
    ATTACKER,
    CLAIMS,
    ES256_KEY,
    KEY,
    MALFORMED,
    SIGNATURE,
    VALID,
    Books,
    header,
    opened,
    refused,
)
from tests.federation.parties import HUB, NOW, U1, U2, a_key, a_release, a_statement, an_acceptance, claims_of, forged

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_release_that_is_attacked_below_is_in_order() -> None:
    assert opened(VALID) == a_release()
    assert opened(a_statement(a_release(), ES256_KEY)) == a_release()


@pytest.mark.attack("J01")
@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", ""])
def test_no_algorithm_is_no_signature(alg: str) -> None:
    for signature in (b"", KEY.sign(b"x")):
        error = refused(forged(header(alg=alg), CLAIMS, signature=signature), looked_up=False)
        assert (error.code, error.path) == (SIGNATURE, ("header", "alg"))
    assert refused(forged({"alg": alg}, CLAIMS), looked_up=False).code == MALFORMED
    assert refused(VALID.rpartition(".")[0] + ".", looked_up=True).code == SIGNATURE


@pytest.mark.attack("J02")
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_mac_made_with_the_public_key_is_no_signature(alg: str) -> None:
    jwk = KEY.public.jwk
    pem = serialization.load_pem_private_key(KEY.pem, None).public_key()
    texts = [
        pem.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        KEY.public.jwk_text.encode(),
        encoding.b64url_decode(jwk["x"]),
    ]
    for text in texts:
        signing_input = forged(header(alg=alg), CLAIMS).rpartition(".")[0]
        mac = hmac.new(text, signing_input.encode(), alg.replace("HS", "sha")).digest()
        error = refused(forged(header(alg=alg), CLAIMS, signature=mac), looked_up=False)
        assert (error.code, error.path) == (SIGNATURE, ("header", "alg"))
        # The same under an algorithm that we have: it is the key that says which.
        mac64 = hmac.new(text, signing_input.encode(), hashlib.sha512).digest()
        assert refused(forged(header(), CLAIMS, signature=mac64), looked_up=True).code == SIGNATURE


@pytest.mark.attack("J03")
@pytest.mark.parametrize(("alg", "key"), [("ES256", KEY), ("EdDSA", ES256_KEY)])
def test_the_algorithm_is_the_keys_not_the_headers(alg: str, key: PrivateKey) -> None:
    error = refused(forged(header(alg=alg, kid=key.kid), CLAIMS, key), looked_up=True)
    assert (error.code, error.path) == (SIGNATURE, ("header", "alg"))


@pytest.mark.attack("J03")
@pytest.mark.parametrize("alg", ["Ed25519", "eddsa", "ES384", "ES256K", "RS256", "PS256", "ES256 ", "SM2SM3"])
def test_only_the_algorithms_of_the_federation_have_keys(alg: str) -> None:
    assert refused(forged(header(alg=alg), CLAIMS, KEY), looked_up=False).code == SIGNATURE


@pytest.mark.attack("J03")
@pytest.mark.parametrize("alg", [None, 5, True, ["EdDSA"], {"alg": "EdDSA"}, ...])
def test_an_algorithm_is_a_text(alg: Any) -> None:
    error = refused(forged(header(alg=alg), CLAIMS, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", "alg"))


@pytest.mark.attack("J04")
def test_a_login_is_not_taken_for_a_release() -> None:
    login = assertions.client_assertion(KEY, union=U1, aud=HUB, iat=NOW)
    error = refused(login, looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", "typ"))
    # Nor with a release inside, properly signed.
    dressed = forged(header(typ=assertions.CLIENT_ASSERTION_TYP), CLAIMS, KEY)
    assert refused(dressed, looked_up=False).path == ("header", "typ")
    with pytest.raises(StatementError):
        assertions.read_client_assertion(dressed)


@pytest.mark.attack("J05")
@pytest.mark.parametrize(
    "typ",
    [
        ...,
        "JWT",
        "UNIONHUB.RELEASE+JWT",
        "application/unionhub.release+jwt",
        "unionhub.release+JWT",
        "unionhub.release+jwt ",
        "unionhub.release+jwt\u0000",
        "unionhub.release",
        "unionhub.rele\u0430se+jwt",
        "",
        None,
        5,
        ["unionhub.release+jwt"],
        {"typ": "unionhub.release+jwt"},
        True,
    ],
)
def test_the_typ_is_compared_byte_for_byte(typ: Any) -> None:
    jws = forged(header(typ=typ), CLAIMS, KEY)
    error = refused(jws, looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", "typ"))
    with pytest.raises(StatementError):
        statements.read_any(jws)


@pytest.mark.attack("J06")
def test_an_acceptance_is_not_a_release_nor_the_reverse() -> None:
    acceptance = a_statement(an_acceptance(), KEY)
    assert refused(acceptance, looked_up=False).path == ("header", "typ")
    with pytest.raises(StatementError) as caught:
        opened(VALID, act=acts.Acceptance)
    assert caught.value.path == ("header", "typ")
    # With the other's typ the claims don't fit.
    assert refused(forged(header(), claims_of(acceptance), KEY), looked_up=True).path == ("acceptance",)


@pytest.mark.attack("J07")
@pytest.mark.parametrize(
    "kid",
    [
        "../../etc/passwd",
        "' OR 1=1--",
        "k" * 65,
        "\u0000",
        "u1-signing\u0000",
        "u1-signing ",
        "ｕ1-signing",
        "",
        7,
        None,
        True,
        ["u1-signing"],
        {"kid": "u1-signing"},
        ...,
    ],
)
def test_a_kid_is_a_name_before_it_is_looked_up(kid: Any) -> None:
    error = refused(forged(header(kid=kid), CLAIMS, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", "kid"))


@pytest.mark.attack("J07")
def test_a_kid_of_a_megabyte_is_not_even_read() -> None:
    error = refused(forged(header(kid="k" * 1_000_000), CLAIMS, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("statement",))


@pytest.mark.attack("J08")
def test_another_unions_key_signs_nothing_for_this_one() -> None:
    books = Books()
    stranger = a_key("U2", kid="u2-signing")
    books.keys[U2, "u2-signing"] = stranger
    error = refused(forged(header(kid="u2-signing"), CLAIMS, stranger), looked_up=True, books=books)
    assert error.code == SIGNATURE
    assert books.asked == [(U1, "u2-signing")]
    # Nor does the key itself, when it is asked under another's name.
    with pytest.raises(StatementError) as caught:
        statements.verify_signature(statements.read(VALID, acts.Release), stranger.public)
    assert caught.value.code == SIGNATURE
    # In its own name the stranger's signature is good, but the caller is U1.
    own = forged(header(kid="u2-signing"), claims_of(VALID, {"iss": U2}), stranger)
    assert refused(own, looked_up=True, books=books).code == StatementCode.SIGNER_IS_NOT_CALLER


@pytest.fixture
def listener() -> Iterator[tuple[str, list[Any]]]:
    """A server on the loopback that would see whoever follows a link, and the connections that it saw."""
    seen: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                connection, peer = server.accept()
                connection.close()
                if peer == closing:
                    return
                seen.append(peer)

        port = server.getsockname()[1]
        thread = threading.Thread(target=listen)
        goodbye = socket.socket()
        goodbye.bind(("127.0.0.1", 0))
        closing = goodbye.getsockname()
        thread.start()
        yield f"http://127.0.0.1:{port}/keys", seen
        # Whatever came before this connection has been accepted before it.
        goodbye.connect(("127.0.0.1", port))
        thread.join()
        goodbye.close()
        assert seen == []


@pytest.mark.attack("J09")
@pytest.mark.parametrize("member", ["jku", "x5u"])
def test_no_link_in_a_header_is_followed(listener: tuple[str, list[Any]], member: str) -> None:
    url, _seen = listener
    error = refused(forged(header(**{member: url}), CLAIMS, ATTACKER), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", member))
    with pytest.raises(StatementError):
        assertions.read_client_assertion(
            forged(header(typ=assertions.CLIENT_ASSERTION_TYP, **{member: url}), {}, ATTACKER)
        )


@pytest.mark.attack("J10")
@pytest.mark.parametrize(
    ("member", "value"),
    [("jwk", ATTACKER.public.jwk), ("x5c", ["MIIBszCCAVmgAwIBAgIU"]), ("x5t", "AAAA"), ("x5t#S256", "AAAA")],
)
def test_no_key_comes_with_the_document(member: str, value: Any) -> None:
    for key in (ATTACKER, KEY):
        assert refused(forged(header(**{member: value}), CLAIMS, key), looked_up=False).code == MALFORMED


@pytest.mark.attack("J11")
@pytest.mark.parametrize(
    "changes",
    [
        {"crit": ["exp"]},
        {"crit": ["foo"], "foo": 1},
        {"crit": []},
        {"crit": "b64"},
        {"b64": False},
        {"b64": False, "crit": ["b64"]},
        {"zip": "DEF"},
        {"cty": "JWT"},
        {"enc": "A128GCM"},
    ],
)
def test_nothing_critical_and_nothing_else_is_in_a_header(changes: dict[str, Any]) -> None:
    error = refused(forged(header(**changes), CLAIMS, KEY), looked_up=False)
    assert (error.code, error.path) == (MALFORMED, ("header", next(iter(changes))))


@pytest.mark.attack("J15")
@pytest.mark.parametrize("r", [0, 1, P256_ORDER, P256_ORDER - 1, 2**256 - 1])
@pytest.mark.parametrize("s", [0, 1, P256_ORDER, P256_ORDER - 1, 2**256 - 1])
def test_a_psychic_signature_is_none(r: int, s: int) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    forgery = forged(header(alg="ES256", kid=ES256_KEY.kid), CLAIMS, signature=signature)
    assert refused(forgery, looked_up=True).code == SIGNATURE


@pytest.mark.attack("J15")
@pytest.mark.parametrize("length", [0, 1, 63, 65, 70, 72, 128])
@pytest.mark.parametrize("alg", ALGS)
def test_a_signature_has_64_bytes(length: int, alg: Alg) -> None:
    kid = KEY.kid if alg == "EdDSA" else ES256_KEY.kid
    for filling in (b"\x00", b"\x30", b"\xff"):
        forgery = forged(header(alg=alg, kid=kid), CLAIMS, signature=filling * length)
        assert refused(forgery, looked_up=True).code == SIGNATURE


@pytest.mark.attack("J16")
def test_an_ed25519_signature_is_not_reduced_for_anybody() -> None:
    signing_input, _, text = VALID.rpartition(".")
    signature = encoding.b64url_decode(text)
    grown = int.from_bytes(signature[32:], "little") + ED25519_ORDER
    again = f"{signing_input}.{encoding.b64url(signature[:32] + grown.to_bytes(32, 'little'))}"
    assert refused(again, looked_up=True).code == SIGNATURE


@pytest.mark.attack("J16")
def test_a_key_of_small_order_is_not_registered() -> None:
    for x in ("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"):
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
        key = {"use": "SIGNING", "jwk": jwk, "not_before": "2025-03-10T00:00:00Z", "proof": "e30.e30.AAAA"}
        claims = claims_of(VALID, {"release": ..., "key": key, "sub": U1})
        registration = forged(header(typ=acts.KeyRegistration.typ), claims, KEY)
        with pytest.raises(StatementError) as caught:
            opened(registration, act=acts.KeyRegistration)
        assert (caught.value.code, caught.value.path) == (MALFORMED, ("key", "jwk", "x"))
