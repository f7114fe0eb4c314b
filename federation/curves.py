"""The one check on Ed25519 keys that the library leaves out: whether a point is fit to be somebody's key.

OpenSSL takes any 32 bytes for a key and finds out at the first signature, or, for a point of small order, never: under
such a key one signature fits many messages. Keys are checked here once, when they enter.
"""

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P


def fault_of_ed25519(point: bytes) -> str | None:
    """Give what is wrong with the 32 bytes of a public key (RFC 8032, 5.1.3), or None."""
    y = int.from_bytes(point, "little") & (2**255 - 1)
    if y >= _P:
        return "not the canonical encoding of a point"
    if pow(_x_squared(y), (_P - 1) // 2, _P) == _P - 1:
        return "not a point of the curve"
    for _ in range(3):  # the order divides 8 exactly if three doublings end at the neutral point
        y = _doubled(y)
    return "a point of small order" if y == 1 else None


def _x_squared(y: int) -> int:
    # From the curve's equation; the divisor is never 0, since -1/d is no square.
    return (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P


def _doubled(y: int) -> int:
    x_squared = _x_squared(y)
    return (y * y + x_squared) * pow(1 - _D * x_squared * y * y, -1, _P) % _P
