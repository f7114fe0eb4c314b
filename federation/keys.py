"""Ed25519 and P-256 keys: made, read, written and named; the cryptography is PyJWT's.

A JWK that leaves room for doubt (a private part, another use, a point of small order or off the curve) is refused where
it enters, so nothing later need ask.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal, Self, cast

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, get_default_algorithms
from jwt.exceptions import InvalidKeyError

from federation import curves, encoding
from federation.errors import KeyNotUsable

Alg = Literal["EdDSA", "ES256"]
#: What a statement may be signed with.
ALGS: Final[tuple[Alg, ...]] = ("EdDSA", "ES256")

_Secret = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
_Point = Ed25519PublicKey | ec.EllipticCurvePublicKey

_EDDSA = cast("OKPAlgorithm", get_default_algorithms()["EdDSA"])
_ES256 = cast("ECAlgorithm", get_default_algorithms()["ES256"])

_CURVES: tuple[tuple[str, str, Alg], ...] = (("OKP", "Ed25519", "EdDSA"), ("EC", "P-256", "ES256"))
_COORDINATES: dict[Alg, tuple[str, ...]] = {"EdDSA": ("x",), "ES256": ("x", "y")}
_COORDINATE_BYTES = 32
_KID_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_KID_LENGTH_MAX = 64
_KEYS_CACHED = 16_384


def is_kid(text: object) -> bool:
    """Whether this can name a key: 1 to 64 characters of A–Z a–z 0–9 _ -."""
    return isinstance(text, str) and 0 < len(text) <= _KID_LENGTH_MAX and _KID_CHARACTERS.issuperset(text)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key that was checked when it entered."""

    kid: str
    alg: Alg
    #: The 32 bytes of each coordinate, base64url: x, and y for P-256.
    coordinates: tuple[str, ...]
    _point: _Point = field(repr=False, compare=False)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any], *, kid: str | None = None) -> Self:
        """Read a JWK; its name is `kid`, or the JWK's own, or else its RFC 7638 thumbprint.

        Refuses: KeyNotUsable, with the member at fault.
        """
        alg = next((alg for kty, crv, alg in _CURVES if (kty, crv) == (jwk.get("kty"), jwk.get("crv"))), None)
        if alg is None:
            raise KeyNotUsable("neither an Ed25519 nor a P-256 key", ("crv" if "crv" in jwk else "kty",))
        _check_members(jwk, alg)
        coordinates = tuple(_coordinate(jwk, name) for name in _COORDINATES[alg])
        name = kid if kid is not None else jwk.get("kid", _thumbprint(alg, coordinates))
        if not is_kid(name):
            raise KeyNotUsable("not 1 to 64 characters of A-Z a-z 0-9 _ -", ("kid",))
        return cls(name, alg, coordinates, _point_at(alg, coordinates))

    @classmethod
    def stored(cls, kid: str, alg: str, jwk: str) -> "PublicKey":
        """Give the key of a stored row; each text is parsed once per process. Refuses: KeyNotUsable."""
        return _stored(kid, alg, jwk)

    @property
    def jwk(self) -> dict[str, str]:
        """The JWK with every member that says what the key is, and no other."""
        return {**_required_members(self.alg, self.coordinates), "kid": self.kid, "alg": self.alg, "use": "sig"}

    @property
    def jwk_text(self) -> str:
        """The JWK as it is stored, served and compared."""
        return encoding.dumps(self.jwk)

    @property
    def thumbprint(self) -> str:
        """The RFC 7638 name of the key itself, whatever its kid."""
        return _thumbprint(self.alg, self.coordinates)

    def verifies(self, signing_input: bytes, signature: bytes) -> bool:
        """Whether this key made the signature over these bytes."""
        # Asking for the point's type is asking PyJWT for exactly one algorithm: the key's, never the header's.
        if isinstance(self._point, Ed25519PublicKey):
            return _EDDSA.verify(signing_input, self._point, signature)
        return _ES256.verify(signing_input, self._point, signature)


@dataclass(frozen=True, slots=True, repr=False)
class PrivateKey:
    """A key that signs. It is never shown by `repr` or in an error."""

    public: PublicKey
    _secret: _Secret = field(compare=False)

    def __repr__(self) -> str:
        return f"PrivateKey(kid={self.kid!r}, alg={self.alg!r})"

    @property
    def kid(self) -> str:
        """The name under which the public half is registered."""
        return self.public.kid

    @property
    def alg(self) -> Alg:
        """The one algorithm that this key signs with."""
        return self.public.alg

    @classmethod
    def generate(cls, alg: Alg = "EdDSA", *, kid: str | None = None) -> Self:
        """Make a new key from the system's randomness."""
        secret = Ed25519PrivateKey.generate() if alg == "EdDSA" else ec.generate_private_key(ec.SECP256R1())
        return cls._of(secret, kid)

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, Any], *, kid: str | None = None) -> Self:
        """Read a private JWK: the public one's members and `d`. Refuses: KeyNotUsable."""
        public = PublicKey.from_jwk({name: value for name, value in jwk.items() if name != "d"}, kid=kid)
        members = {**_required_members(public.alg, public.coordinates), "d": _coordinate(jwk, "d")}
        try:
            if public.alg == "EdDSA":
                return cls(public, cast("Ed25519PrivateKey", _EDDSA.from_jwk(members)))
            return cls(public, cast("ec.EllipticCurvePrivateKey", _ES256.from_jwk(members)))
        except (InvalidKeyError, ValueError) as error:
            raise KeyNotUsable("the private part doesn't belong to the public one", ("d",)) from error

    @classmethod
    def from_pem(cls, pem: bytes, *, kid: str | None = None, password: bytes | None = None) -> Self:
        """Read a PKCS #8 (or SEC 1) key as `openssl genpkey` writes it. Refuses: KeyNotUsable."""
        try:
            secret = serialization.load_pem_private_key(pem, password=password)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyNotUsable("not a PEM private key, or another password") from error
        p256 = isinstance(secret, ec.EllipticCurvePrivateKey) and isinstance(secret.curve, ec.SECP256R1)
        if not p256 and not isinstance(secret, Ed25519PrivateKey):
            raise KeyNotUsable("neither an Ed25519 nor a P-256 key")
        return cls._of(cast("_Secret", secret), kid)

    @classmethod
    def from_file(cls, path: Path, *, kid: str | None = None, password: bytes | None = None) -> Self:
        """Read a key file, JWK or PEM. Refuses: KeyNotUsable, OSError."""
        document = path.read_bytes()
        if document.lstrip().startswith(b"-----BEGIN"):
            return cls.from_pem(document, kid=kid, password=password)
        return cls.from_jwk(_object_of(document), kid=kid)

    @property
    def jwk(self) -> dict[str, str]:
        """The private JWK. A secret."""
        to_jwk = _EDDSA.to_jwk if self.alg == "EdDSA" else _ES256.to_jwk
        return {**self.public.jwk, "d": cast("Any", to_jwk)(self._secret, as_dict=True)["d"]}

    @property
    def pem(self) -> bytes:
        """The private key as unencrypted PKCS #8 PEM. A secret."""
        return self._secret.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def to_file(self, path: Path) -> None:
        """Write the private JWK to a new file that only its owner can read. Refuses: FileExistsError, OSError."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.jwk, indent=2) + "\n")

    def sign(self, signing_input: bytes) -> bytes:
        """Sign these bytes as JOSE does: 64 bytes in either algorithm."""
        if isinstance(self._secret, Ed25519PrivateKey):
            return _EDDSA.sign(signing_input, self._secret)
        return _ES256.sign(signing_input, self._secret)

    @classmethod
    def _of(cls, secret: _Secret, kid: str | None) -> Self:
        to_jwk = _EDDSA.to_jwk if isinstance(secret, Ed25519PrivateKey) else _ES256.to_jwk
        return cls(PublicKey.from_jwk(cast("Any", to_jwk)(secret.public_key(), as_dict=True), kid=kid), secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDates:
    """When a registered key may be used; instants, aware, half-open intervals."""

    not_before: datetime
    retired_at: datetime | None = None
    #: When the hub recorded the revocation; `invalid_from` is the instant, mostly earlier, since when it is void.
    revoked_at: datetime | None = None
    invalid_from: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether a statement received at this instant may bear the key's signature."""
        ends = (self.retired_at, self.revoked_at, self.invalid_from)
        return self.not_before <= at and all(end is None or at < end for end in ends)


def read_jwks(text: str | bytes) -> dict[str, PublicKey]:
    """Read a JWK Set, such as a hub serves, by kid. Refuses: KeyNotUsable, also on a kid given twice."""
    entries = _object_of(text).get("keys")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise KeyNotUsable("not a JWK Set", ("keys",))
    keys: dict[str, PublicKey] = {}
    for entry in entries:
        key = PublicKey.from_jwk(entry)
        if key.kid in keys:
            raise KeyNotUsable("two keys of one name", ("keys", key.kid))
        keys[key.kid] = key
    return keys


@lru_cache(maxsize=_KEYS_CACHED)
def _stored(kid: str, alg: str, jwk: str) -> PublicKey:
    key = PublicKey.from_jwk(_object_of(jwk), kid=kid)
    if key.alg != alg:
        raise KeyNotUsable("the stored algorithm is not the key's", ("alg",))
    return key


def _object_of(text: str | bytes) -> dict[str, Any]:
    try:
        members = encoding.loads(text)
    except encoding.EncodingError as error:
        raise KeyNotUsable(str(error)) from error
    if not isinstance(members, dict):
        raise KeyNotUsable("not a JSON object")
    return members


def _check_members(jwk: Mapping[str, Any], alg: Alg) -> None:
    """Refuse members that contradict a public signing key; `ext` is what browsers add."""
    unknown = jwk.keys() - {"kty", "crv", *_COORDINATES[alg], "kid", "alg", "use", "key_ops", "ext"}
    if "d" in unknown:
        raise KeyNotUsable("a private key", ("d",))
    if unknown:
        raise KeyNotUsable("a member that no key of this kind has")
    if "alg" in jwk and jwk["alg"] != alg:
        raise KeyNotUsable(f"a key of this curve is for {alg}", ("alg",))
    if "use" in jwk and jwk["use"] != "sig":
        raise KeyNotUsable("not a key for signing", ("use",))
    operations = jwk.get("key_ops", ["verify"])
    if operations not in (["verify"], ["sign", "verify"], ["verify", "sign"]):
        raise KeyNotUsable("not a key that verifies", ("key_ops",))


def _coordinate(jwk: Mapping[str, Any], name: str) -> str:
    text = jwk.get(name)
    try:
        if isinstance(text, str) and len(encoding.b64url_decode(text)) == _COORDINATE_BYTES:
            return text
    except encoding.EncodingError:
        pass
    raise KeyNotUsable("not 32 bytes in canonical base64url", (name,))


def _point_at(alg: Alg, coordinates: tuple[str, ...]) -> _Point:
    if alg == "EdDSA" and (fault := curves.fault_of_ed25519(encoding.b64url_decode(coordinates[0]))):
        raise KeyNotUsable(fault, ("x",))
    members = _required_members(alg, coordinates)
    try:
        return cast("_Point", _EDDSA.from_jwk(members) if alg == "EdDSA" else _ES256.from_jwk(members))
    except (InvalidKeyError, ValueError) as error:
        raise KeyNotUsable("not a point of the curve", ("x",)) from error


def _required_members(alg: Alg, coordinates: tuple[str, ...]) -> dict[str, str]:
    # In the order of RFC 7638: alphabetical.
    if alg == "EdDSA":
        return {"crv": "Ed25519", "kty": "OKP", "x": coordinates[0]}
    return {"crv": "P-256", "kty": "EC", "x": coordinates[0], "y": coordinates[1]}


def _thumbprint(alg: Alg, coordinates: tuple[str, ...]) -> str:
    return encoding.sha256_b64url(encoding.dumps(_required_members(alg, coordinates)).encode())
