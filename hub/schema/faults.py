"""Top-level errors of a GraphQL answer: authentication, limits, bad input and bugs, never a lawful "no".

What the law refuses is data (`Refusal`, a member of the answer's union). What stands here stops a request, or a field,
and carries exactly one code of the contract's closed list in `extensions.code`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from graphql import GraphQLError


class FaultCode(StrEnum):
    """The closed list of `extensions.code`. A client may switch over it; nothing else is ever sent."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"
    THROTTLED = "THROTTLED"
    INTERNAL = "INTERNAL"


class Fault(GraphQLError):  # noqa: N818
    """An error that is meant for the client: its message and extensions are sent as they are, so no secret in them."""

    code: ClassVar[FaultCode] = FaultCode.BAD_USER_INPUT

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message, extensions={"code": self.code.value, **facts})


class BadUserInput(Fault):
    """An argument has a value that it may not have; the message names the argument."""


class LimitExceeded(Fault):
    """The document, or what it would cost with these variables, is larger than the hub does in one request."""

    code = FaultCode.LIMIT_EXCEEDED


class Throttled(Fault):
    """The caller asked too often; `extensions.retryAfter` says in how many whole seconds it may ask again."""

    code = FaultCode.THROTTLED

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        super().__init__(message, retryAfter=retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds
