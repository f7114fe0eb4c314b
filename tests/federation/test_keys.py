"""Keys: one right form, and nobody's key with a flaw gets in."""

import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from federation import encoding
from federation.errors import KeyNotUsable
from federation.keys import ALGS, Alg, KeyDates, PrivateKey, PublicKey, is_kid, read_jwks
from tests.federation.parties import NOW, a_key

P = 2**255 - 19
#: RFC 8037, appendix A: a public key and its thumbprint.
RFC_8037_X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
RFC_8037_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"

both_algs = pytest.mark.parametrize("alg", ALGS)


@both_algs
def test_a_key_signs_and_its_public_half_verifies(alg: Alg) -> None:
    key, other = PrivateKey.generate(alg), PrivateKey.generate(alg)
    signature = key.sign(b"document")
    assert len(signature) == 64
    assert key.public.verifies(b"document", signature)
    assert not key.public.verifies(b"Document", signature)
    assert not other.public.verifies(b"document", signature)
    assert not key.public.verifies(b"document", signature[:-1])
    assert not key.public.verifies(b"document", b"")


@both_algs
def test_a_private_key_is_read_back_from_jwk_pem_and_file(alg: Alg, tmp_path: Path) -> None:
    key = a_key("U1", alg, kid="u1-2025")
    key.to_file(tmp_path / "key.jwk")
    (tmp_path / "key.pem").write_bytes(key.pem)
    read = [
        PrivateKey.from_jwk(key.jwk),
        PrivateKey.from_pem(key.pem, kid="u1-2025"),
        PrivateKey.from_file(tmp_path / "key.jwk"),
        PrivateKey.from_file(tmp_path / "key.pem", kid="u1-2025"),
    ]
    assert all(again.public == key.public and again.jwk == key.jwk for again in read)
    assert all(key.public.verifies(b"x", again.sign(b"x")) for again in read)
    assert key.public == PublicKey.from_jwk(json.loads(key.public.jwk_text))


def test_a_key_file_is_its_owners_and_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key.jwk"
    a_key("U1").to_file(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        a_key("U2").to_file(path)
    assert PrivateKey.from_file(path).public == a_key("U1").public


@both_algs
def test_a_private_key_is_not_shown(alg: Alg) -> None:
    key = a_key("U1", alg)
    assert key.jwk["d"] not in repr(key) + str(key) + f"{[key]}"


def test_a_key_without_a_name_is_named_by_its_thumbprint() -> None:
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": RFC_8037_X}
    assert PublicKey.from_jwk(jwk).kid == RFC_8037_THUMBPRINT
    assert PublicKey.from_jwk(jwk, kid="mine").thumbprint == RFC_8037_THUMBPRINT
    assert PublicKey.from_jwk(jwk | {"kid": "theirs"}).kid == "theirs"
    assert PublicKey.from_jwk(jwk | {"kid": "theirs"}, kid="mine").kid == "mine"


def test_a_browsers_jwk_is_taken() -> None:
    jwk = a_key("officer", "ES256").public.jwk
    exported = {"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"], "ext": True, "key_ops": ["verify"]}
    assert PublicKey.from_jwk(exported).alg == "ES256"


@pytest.mark.parametrize(
    ("alg", "changes", "path"),
    [
        ("EdDSA", {"d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}, ("d",)),
        ("EdDSA", {"use": "enc"}, ("use",)),
        ("EdDSA", {"key_ops": ["encrypt"]}, ("key_ops",)),
        ("EdDSA", {"key_ops": ["verify", "encrypt"]}, ("key_ops",)),
        ("EdDSA", {"key_ops": ["sign"]}, ("key_ops",)),
        ("EdDSA", {"key_ops": []}, ("key_ops",)),
        ("EdDSA", {"key_ops": "verify"}, ("key_ops",)),
        ("EdDSA", {"alg": "ES256"}, ("alg",)),
        ("ES256", {"alg": "EdDSA"}, ("alg",)),
        ("ES256", {"alg": "ES384"}, ("alg",)),
        ("EdDSA", {"alg": None}, ("alg",)),
        ("EdDSA", {"crv": "Ed448"}, ("crv",)),
        ("EdDSA", {"crv": "X25519"}, ("crv",)),
        ("EdDSA", {"crv": "P-256"}, ("crv",)),
        ("EdDSA", {"crv": ["Ed25519"]}, ("crv",)),
        ("EdDSA", {"kty": "EC"}, ("crv",)),
        ("EdDSA", {"crv": ...}, ("kty",)),
        ("ES256", {"crv": "secp256k1"}, ("crv",)),
        ("ES256", {"crv": "P-384"}, ("crv",)),
        ("ES256", {"y": ...}, ("y",)),
        ("EdDSA", {"y": RFC_8037_X}, ()),
        ("EdDSA", {"x": RFC_8037_X + "="}, ("x",)),
        ("EdDSA", {"x": RFC_8037_X[:-1] + "p"}, ("x",)),
        ("EdDSA", {"x": RFC_8037_X[:-4]}, ("x",)),
        ("EdDSA", {"x": 5}, ("x",)),
        ("ES256", {"x": RFC_8037_X}, ("x",)),
        ("EdDSA", {"x5c": ["MIIB"]}, ()),
        ("EdDSA", {"jku": "https://attacker.example/keys"}, ()),
        ("EdDSA", {"kid": "../../etc/passwd"}, ("kid",)),
        ("EdDSA", {"kid": ""}, ("kid",)),
        ("EdDSA", {"kid": 7}, ("kid",)),
        ("EdDSA", {"kid": "k" * 65}, ("kid",)),
    ],
)
def test_a_jwk_that_leaves_room_for_doubt_is_refused(alg: Alg, changes: dict[str, Any], path: tuple[str, ...]) -> None:
    jwk = {name: value for name, value in (a_key("U1", alg).public.jwk | changes).items() if value is not ...}
    with pytest.raises(KeyNotUsable) as caught:
        PublicKey.from_jwk(jwk)
    assert caught.value.path == path


def torsion_points() -> list[bytes]:
    """Give every encoding of the eight points of small order, found by adding one of order 8 to itself."""
    d = -121665 * pow(121666, -1, P) % P

    def add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        product = d * a[0] * b[0] * a[1] * b[1] % P
        x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + product, -1, P)
        y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P)
        return x % P, y % P

    # The y of a point of order 8 solves d·y⁴ + 2·y² − 1 = 0: doubling it must end at y = 0.
    root = pow(1 + d, (P + 3) // 8, P)
    root = root if root * root % P == (1 + d) % P else root * pow(2, (P - 1) // 4, P) % P
    y_squared = next(s for s in ((root - 1) * pow(d, -1, P) % P, (-root - 1) * pow(d, -1, P) % P) if is_square(s))
    y = square_root(y_squared)
    x = square_root((y_squared - 1) * pow(d * y_squared + 1, -1, P) % P)
    points = [(0, 1)]
    while len(points) < 8:
        points.append(add(points[-1], (x, y)))
    assert add(points[-1], (x, y)) == (0, 1)
    assert len(set(points)) == 8
    canonical = [(y | (x & 1) << 255).to_bytes(32, "little") for x, y in points]
    # −0 and what is not reduced: texts that a lax reader takes for the same points.
    odd = [(1 | 1 << 255), (P - 1 | 1 << 255), P, P | 1 << 255, P + 1, P + 1 | 1 << 255]
    return canonical + [number.to_bytes(32, "little") for number in odd]


def is_square(number: int) -> bool:
    return pow(number, (P - 1) // 2, P) in (0, 1)


def square_root(number: int) -> int:
    root = pow(number, (P + 3) // 8, P)
    return root if root * root % P == number else root * pow(2, (P - 1) // 4, P) % P


@pytest.mark.attack("J16")
@pytest.mark.parametrize("point", torsion_points(), ids=bytes.hex)
def test_a_point_of_small_order_is_no_key(point: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(point)  # the library takes it
    with pytest.raises(KeyNotUsable) as caught:
        PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": encoding.b64url(point)})
    assert caught.value.path == ("x",)


@pytest.mark.attack("J16")
@pytest.mark.parametrize("number", [P + 3, 2**255 - 1, 2**256 - 1, 2, 7])
def test_what_is_not_the_canonical_text_of_a_point_is_no_key(number: int) -> None:
    """The first three are not reduced; y = 2 and y = 7 have no x."""
    with pytest.raises(KeyNotUsable):
        PublicKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": encoding.b64url(number.to_bytes(32, "little"))})


def test_a_point_off_p256_is_no_key() -> None:
    jwk = a_key("U1", "ES256").public.jwk
    other = a_key("U2", "ES256").public.jwk
    for x, y in [(jwk["x"], other["y"]), (jwk["y"], jwk["x"]), ("A" * 43, "A" * 43), ("_" * 42 + "8", jwk["y"])]:
        with pytest.raises(KeyNotUsable):
            PublicKey.from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})


@both_algs
def test_a_private_part_of_another_key_is_refused(alg: Alg) -> None:
    jwk = a_key("U1", alg).jwk | {"d": a_key("U2", alg).jwk["d"]}
    with pytest.raises(KeyNotUsable) as caught:
        PrivateKey.from_jwk(jwk)
    assert caught.value.path == ("d",)
    with pytest.raises(KeyNotUsable):
        PrivateKey.from_jwk(a_key("U1", alg).public.jwk)


def test_pem_keys_of_other_kinds_are_refused(tmp_path: Path) -> None:
    pkcs8 = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for secret in (
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
    ):
        with pytest.raises(KeyNotUsable):
            PrivateKey.from_pem(secret.private_bytes(*pkcs8))
    for document in (b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"[]", b"no key", b"\xff"):
        (tmp_path / "key").write_bytes(document)
        with pytest.raises(KeyNotUsable):
            PrivateKey.from_file(tmp_path / "key")


def test_an_encrypted_pem_opens_with_its_password(tmp_path: Path) -> None:
    secret = ec.derive_private_key(7, ec.SECP256R1())
    pem = secret.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"correct horse"),
    )
    (tmp_path / "key.pem").write_bytes(pem)
    assert PrivateKey.from_file(tmp_path / "key.pem", password=b"correct horse").alg == "ES256"
    for password in (b"battery staple", None):
        with pytest.raises(KeyNotUsable):
            PrivateKey.from_pem(pem, password=password)


@both_algs
def test_a_stored_key_must_be_of_the_stored_algorithm(alg: Alg) -> None:
    text = a_key("U1", alg).public.jwk_text
    assert PublicKey.stored("u1", alg, text).kid == "u1"
    assert PublicKey.stored("u1", alg, text) is PublicKey.stored("u1", alg, text)
    other = "ES256" if alg == "EdDSA" else "EdDSA"
    for wrong in (other, "none", "HS256", ""):
        with pytest.raises(KeyNotUsable):
            PublicKey.stored("u1", wrong, text)


def test_a_jwk_set_names_each_key_once() -> None:
    first, second = a_key("hub 1").public, a_key("hub 2", "ES256").public
    keys = read_jwks(json.dumps({"keys": [first.jwk, second.jwk]}))
    assert keys == {first.kid: first, second.kid: second}
    assert read_jwks('{"keys":[]}') == {}
    for document in (
        json.dumps({"keys": [first.jwk, second.jwk | {"kid": first.kid}]}),
        '{"keys":{}}',
        '{"keys":["x"]}',
        "{}",
        "[]",
        '{"keys":[],"keys":[]}',
    ):
        with pytest.raises(KeyNotUsable):
            read_jwks(document)


def test_a_key_is_in_force_from_its_first_instant_to_before_its_last() -> None:
    second = timedelta(seconds=1)
    assert KeyDates(not_before=NOW).in_force(NOW)
    assert not KeyDates(not_before=NOW + second).in_force(NOW)
    for end in ("retired_at", "revoked_at", "invalid_from"):
        assert KeyDates(not_before=NOW, **{end: NOW + second}).in_force(NOW)
        assert not KeyDates(not_before=NOW - second, **{end: NOW}).in_force(NOW)


def test_names_of_keys() -> None:
    assert is_kid("a")
    assert is_kid("A-z_09" * 10)
    for name in ("", "k" * 65, "a b", "a/b", "é", "a\n", "\u0000", "' OR 1=1--", None, 5, ["a"]):
        assert not is_kid(name)
