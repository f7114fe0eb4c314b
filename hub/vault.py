"""Personal data at rest: sealed per row and column, found by keyed hash only, shown masked.

A sealed value opens only where it was put: table, column, row and key version are part of what is authenticated, so a
ciphertext copied to another row, cut short or given another version does not open. There is no key here that leaves
the process.
"""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from federation.encoding import b64url
from hub.keyfiles import MasterKeys

__all__ = ["SealBroken", "Vault", "mask_id_number", "mask_mobile", "mask_name"]

#: First byte of every sealed value: how the rest is to be read.
FORM: Final = b"\x01"
VERSION_BYTES: Final = 4
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
HEADER_BYTES: Final = len(FORM) + VERSION_BYTES
SHOWN: Final = 4
SEPARATOR: Final = b"\x1f"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_GB_11643 = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_NUMBER_SPACE = "GB_11643"


class SealBroken(Exception):  # noqa: N818 - the fact, as a refusal is named; whoever meets it records it
    """A sealed value that was changed, moved or made with a key that we do not have. Never says which row's data."""


@dataclass(frozen=True, repr=False)
class Vault:
    """What seals and finds personal data."""

    keys: MasterKeys

    def seal(self, table: str, column: str, row_id: UUID, plaintext: str) -> bytes:
        """Encrypt a value for one column of one row.

        Gives: form (1 byte), key version (4), nonce (12, random), ciphertext and tag: 33 bytes more than the value.
        """
        version = self.keys.current
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher(version).encrypt(nonce, plaintext.encode(), _place(table, column, row_id, version))
        return FORM + version.to_bytes(VERSION_BYTES, "big") + nonce + sealed

    def open_sealed(self, table: str, column: str, row_id: UUID, sealed: bytes) -> str:
        """Decrypt a value from the place that it was sealed for.

        Refuses: SealBroken; the caller records it, since somebody has been at the rows.
        """
        if len(sealed) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES or sealed[:1] != FORM:
            raise SealBroken("not a sealed value")
        version = key_version(sealed)
        nonce, ciphertext = sealed[HEADER_BYTES : HEADER_BYTES + NONCE_BYTES], sealed[HEADER_BYTES + NONCE_BYTES :]
        try:
            opened = self._cipher(version).decrypt(nonce, ciphertext, _place(table, column, row_id, version))
        except InvalidTag:
            raise SealBroken("a sealed value does not belong where it was found") from None
        return opened.decode()

    def blind_index(self, id_type: str, number: str) -> bytes:
        """Give the 32 bytes by which an id is looked up: HMAC-SHA-256 over number space and normalised number.

        The number must come from `rules.identity.normalise`: two spellings would be two persons.
        """
        if not id_type.isascii() or not id_type.isupper():
            raise ValueError("an id type is a name in capitals")  # the other uses of this key begin in small letters
        # Citizens', residents' and foreigners' numbers of 18 digits are one number space (GB 11643): a wrong choice of
        # document, or one typed as a passport, must not make a second person of the same number (A3).
        space = _NUMBER_SPACE if _GB_11643.fullmatch(number) else id_type
        return self._keyed(space.encode() + SEPARATOR + number.encode())

    def derive_uuid(self, label: str, *parts: str | bytes | int | UUID) -> UUID:
        """Give an id that is always the same for the same parts and tells nobody what they are (looks like version 4).

        Takes: `label` names the kind of id, in small letters.
        """
        return UUID(bytes=self._derived("uuid", label, parts)[:16], version=4)

    def derive_salt(self, label: str, *parts: str | bytes | int | UUID) -> str:
        """Give 32 bytes, base64url, that are always the same for the same parts and that nobody else can compute."""
        return b64url(self._derived("salt", label, parts))

    @property
    def fingerprint(self) -> str:
        """Name the index key without telling it: a database made with another one is not ours to write to."""
        return b64url(self._derived("fingerprint", "vault", ())[:12])

    def _cipher(self, version: int) -> AESGCM:
        key = self.keys.data.get(version)
        if key is None:
            raise SealBroken(f"no data key of version {version}")
        return AESGCM(key)

    def _derived(self, kind: str, label: str, parts: tuple[str | bytes | int | UUID, ...]) -> bytes:
        """Hash kind, label and parts, each after its length, so that no two lists of parts are the same bytes."""
        if not _NAME.fullmatch(label):
            raise ValueError("a label is a name in small letters")
        message = kind.encode()
        for part in (label, *parts):
            raw = part if isinstance(part, bytes) else str(part).encode()
            message += len(raw).to_bytes(4, "big") + raw
        return self._keyed(message)

    def _keyed(self, message: bytes) -> bytes:
        return hmac.digest(self.keys.index, message, hashlib.sha256)


def key_version(sealed: bytes) -> int:
    """Read which key sealed a value: re-sealing goes through the rows by it."""
    return int.from_bytes(sealed[len(FORM) : HEADER_BYTES], "big")


def mask_id_number(number: str) -> str:
    """Show the last four characters and no more: region and birth date would leave a few hundred people."""
    return _mask(number)


def mask_mobile(number: str) -> str:
    """Show the last four digits."""
    return _mask(number)


def mask_name(name: str) -> str:
    """Show the first character of a name of several, and how long it is."""
    return (name[0] if len(name) > 1 else "*") + "*" * (len(name) - 1)


def _mask(text: str) -> str:
    """Short texts lose at least half of their characters too."""
    shown = min(SHOWN, len(text) // 2)
    return "*" * (len(text) - shown) + text[len(text) - shown :]


def _place(table: str, column: str, row_id: UUID, version: int) -> bytes:
    if not _NAME.fullmatch(table) or not _NAME.fullmatch(column):
        raise ValueError("table and column are names in small letters")
    return f"{table}|{column}|{row_id}|{version}".encode()
