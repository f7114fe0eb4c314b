"""Codes of unions that don't exist, with right check digits, as many as a measurement needs."""

from __future__ import annotations

from stdnum.cn import uscc

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def union_code(number: int) -> str:
    """Give the `number`-th code of a grassroots union in an impossible division."""
    return _code("81990000", f"MC{number:06}")


def province_code() -> str:
    """Give the code of their province's federation."""
    return _code("89990000", "MC999999")


def _code(prefix: str, organisation: str) -> str:
    total = sum(weight * _ALPHABET.index(c) for weight, c in zip(_WEIGHTS, organisation, strict=True))
    body = prefix + organisation + "0123456789X0"[11 - total % 11]
    return body + uscc.calc_check_digit(body)


def id_number(number: int) -> str:
    """Give the `number`-th citizen's number with the impossible prefix 99 and a right check character."""
    body = f"99{number // 1000 % 10000:04}19800101{number % 1000:03}"
    return body + "10X98765432"[sum(int(d) * 2 ** (17 - i) for i, d in enumerate(body)) % 11]
