"""Global ids: opaque to clients, a type and a UUID to us.

An id that is not one of ours, or of another type, reads as None. The caller then answers as for an object that does
not exist, so that a forged id is never told apart from an unknown one (Z09), and nothing here raises.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

_UUID_BYTES = 16
#: Longest type name 32, a colon and a UUID, in base64.
_LENGTH_MAX = 68


def encode_id(type_name: str, key: UUID) -> str:
    """Give the global id of an object: base64url without padding over the type's name, a colon and 16 bytes."""
    return urlsafe_b64encode(type_name.encode("ascii") + b":" + key.bytes).rstrip(b"=").decode("ascii")


def decode_id(global_id: str, type_name: str) -> UUID | None:
    """Give the key of an id of this type, or None: malformed and of another type are both "not there"."""
    opened = open_id(global_id)
    return opened[1] if opened is not None and opened[0] == type_name else None


def open_id(global_id: str) -> tuple[str, UUID] | None:
    """Give an id's type and key, for `node(id:)`; None when it is none of ours. One id has one spelling."""
    if len(global_id) > _LENGTH_MAX or not global_id.isascii():
        return None
    try:
        raw = urlsafe_b64decode(global_id + "=" * (-len(global_id) % 4))
    except (ValueError, binascii.Error):
        return None
    name, key = raw[: -_UUID_BYTES - 1], raw[-_UUID_BYTES:]
    if not name.isalpha() or raw[-_UUID_BYTES - 1 : -_UUID_BYTES] != b":" or not name.isascii():
        return None
    type_name = name.decode("ascii")
    opened = UUID(bytes=key)
    # Base64 has spare bits and decoders skip foreign characters: only the canonical spelling is the id.
    return (type_name, opened) if encode_id(type_name, opened) == global_id else None
