"""The id by which an answer, its log lines and a question to the operator are tied together.

It is the `x-request-id` that the client or the proxy sent, if it has the form of one, or else a new one. It never
carries meaning: a client's value is only repeated, after its alphabet and length are checked.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

HEADER: Final = b"x-request-id"

_FORM = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

request_id: ContextVar[str] = ContextVar("request_id")


def adopt(given: bytes | None) -> str:
    """Set the current request's id: the one given, if it has the form, else a new one."""
    value = given.decode("ascii") if given is not None and _FORM.fullmatch(given) else uuid4().hex
    request_id.set(value)
    return value


def current() -> str:
    """Give the current request's id; outside of a request, a new one each time."""
    return request_id.get(None) or uuid4().hex
