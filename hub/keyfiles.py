"""The hub's own secrets on disk: the keys that sign receipts, and the keys that protect personal data.

Two JSON files that only their owner can read. They are made once, beside a new embedded database, and never again:
a database without its keys is not readable, so a hub that finds the one and not the other does not start. Keys are
added, never removed: an old receipt and an old row need the key of their day.
"""

import fcntl
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.encoding import EncodingError, b64url, b64url_decode, loads
from federation.errors import KeyNotUsable
from federation.keys import PrivateKey

__all__ = [
    "KeyFileError",
    "MasterKeys",
    "ReceiptKeys",
    "add_data_key",
    "add_receipt_key",
    "load_master_keys",
    "load_receipt_keys",
]

SECRET_BYTES = 32
RECEIPT_FORMAT = "unionhub-receipt-keys/1"
MASTER_FORMAT = "unionhub-master-keys/1"


class KeyFileError(Exception):
    """A key file with which the hub does not start: one sentence, and what to do."""


@dataclass(frozen=True, repr=False)
class ReceiptKeys:
    """The keys that sign receipts: one signs, all verify."""

    signing: PrivateKey
    #: All of them, oldest first, the signing one included.
    keys: tuple[PrivateKey, ...]

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public halves as /.well-known/jwks.json serves them, so that every old receipt verifies."""
        return {"keys": [key.public.jwk for key in self.keys]}

    def __repr__(self) -> str:
        return f"ReceiptKeys(signing={self.signing.kid!r}, keys={len(self.keys)})"


@dataclass(frozen=True, repr=False)
class MasterKeys:
    """The keys for personal data, 32 bytes each."""

    #: The version that new rows are sealed with.
    current: int
    #: By version; old ones open old rows.
    data: Mapping[int, bytes]
    #: For blind indexes and derived ids: it has no versions, every row hangs on it.
    index: bytes
    #: For the hub's own tokens and cursors.
    token: bytes

    def __repr__(self) -> str:
        return f"MasterKeys(current={self.current}, versions={sorted(self.data)})"


def load_receipt_keys(path: Path, *, may_create: bool) -> ReceiptKeys:
    """Read the receipt keys. `may_create`: only beside an embedded database that doesn't exist yet.

    Refuses: KeyFileError, when the file is absent, readable by others, or no key file.
    """
    if may_create:
        _create(path, lambda: _receipt_document((PrivateKey.generate(),)))
    return _receipt_keys(path, _read(path, RECEIPT_FORMAT, "HUB_KEY_FILE"))


def load_master_keys(path: Path, *, may_create: bool) -> MasterKeys:
    """Read the keys for personal data. `may_create`: only beside an embedded database that doesn't exist yet.

    Refuses: KeyFileError, when the file is absent, readable by others, or no key file.
    """
    if may_create:
        _create(path, _new_master_document)
    return _master_keys(path, _read(path, MASTER_FORMAT, "HUB_MASTER_KEY_FILE"))


def add_receipt_key(path: Path) -> ReceiptKeys:
    """Make a new key that signs from the next start on; the earlier ones stay for what they signed."""
    with _alone(path):
        keys = _receipt_keys(path, _read(path, RECEIPT_FORMAT, "HUB_KEY_FILE"))
        _replace(path, _receipt_document((*keys.keys, PrivateKey.generate())))
    return load_receipt_keys(path, may_create=False)


def add_data_key(path: Path) -> MasterKeys:
    """Make a new version that seals from the next start on; the earlier ones open what they sealed."""
    with _alone(path):
        document = _read(path, MASTER_FORMAT, "HUB_MASTER_KEY_FILE")
        version = max(_master_keys(path, document).data) + 1
        data = document["data"] | {str(version): _new_secret()}
        _replace(path, document | {"current": version, "data": data})
    return load_master_keys(path, may_create=False)


def _receipt_document(keys: tuple[PrivateKey, ...]) -> dict[str, Any]:
    return {"format": RECEIPT_FORMAT, "current": keys[-1].kid, "keys": [key.jwk for key in keys]}


def _receipt_keys(path: Path, document: Mapping[str, Any]) -> ReceiptKeys:
    try:
        keys = tuple(PrivateKey.from_jwk(jwk) for jwk in document["keys"])
        by_kid = {key.kid: key for key in keys}
        if len(by_kid) != len(keys):
            raise _not_whole(path)
        return ReceiptKeys(signing=by_kid[document["current"]], keys=keys)
    except (KeyError, TypeError, AttributeError, KeyNotUsable):
        raise _not_whole(path) from None


def _new_master_document() -> dict[str, Any]:
    return {
        "format": MASTER_FORMAT,
        "current": 1,
        "data": {"1": _new_secret()},
        "index": _new_secret(),
        "token": _new_secret(),
    }


def _master_keys(path: Path, document: Mapping[str, Any]) -> MasterKeys:
    try:
        data = {int(version): _secret(text) for version, text in document["data"].items()}
        keys = MasterKeys(document["current"], data, _secret(document["index"]), _secret(document["token"]))
    except (KeyError, TypeError, AttributeError, ValueError):
        raise _not_whole(path) from None
    distinct = {*keys.data.values(), keys.index, keys.token}
    if keys.current not in keys.data or min(keys.data) < 1 or len(distinct) != len(keys.data) + 2:
        raise _not_whole(path)
    return keys


def _new_secret() -> str:
    return b64url(secrets.token_bytes(SECRET_BYTES))


def _secret(text: str) -> bytes:
    secret = b64url_decode(text)
    if len(secret) != SECRET_BYTES:
        raise ValueError("not 32 bytes")
    return secret


def _not_whole(path: Path) -> KeyFileError:
    return KeyFileError(f"The key file {path} is damaged or of another kind. Put back a good copy of it.")


def _read(path: Path, form: str, variable: str) -> dict[str, Any]:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        raise KeyFileError(
            f"The key file {path} is missing, and the database cannot be read without it. "
            f"Put back a copy of it, or set {variable} to where it is."
        ) from None
    except OSError as error:
        raise KeyFileError(f"The key file {path} cannot be read: {error.strerror}.") from None
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        raise KeyFileError(f"The key file {path} is not a file. Set {variable} to one.")
    with os.fdopen(descriptor, "rb") as file:
        if found.st_mode & 0o077:
            raise KeyFileError(f"The key file {path} can be read by other users. Run: chmod 600 '{path}'.")
        if found.st_uid not in {0, os.geteuid()}:
            raise KeyFileError(
                f"The key file {path} belongs to another user, who could change it. Give it to this one."
            )
        text = file.read()
    try:
        document = loads(text)
    except EncodingError:
        raise _not_whole(path) from None
    if not isinstance(document, dict) or document.get("format") != form:
        raise _not_whole(path)
    return document


def _create(path: Path, document: Callable[[], dict[str, Any]]) -> None:
    """Make the file if there is none; of two who try, one wins and both read its file."""
    if path.exists():
        return
    with _written(path, document()) as fresh:
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            return


def _replace(path: Path, document: Mapping[str, Any]) -> None:
    with _written(path, document) as fresh:
        fresh.replace(path)


@contextmanager
def _written(path: Path, document: Mapping[str, Any]) -> Iterator[Path]:
    """Write a file beside the place, on disk and complete, and sync the folder once it was moved there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # 0600
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2) + "\n")
            file.flush()
            os.fsync(descriptor)
        yield fresh
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Let one rotation at a time read and replace the file."""
    try:
        descriptor = os.open(path.parent, os.O_RDONLY)
    except FileNotFoundError:
        raise KeyFileError(f"There is no folder {path.parent}: is this the hub whose keys you mean?") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
