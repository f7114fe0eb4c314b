"""From what went wrong to what is told: every error gets a code, and a bug tells nothing but where to ask.

A fault (`hub.schema.faults`) was written for the client and is sent as it is. graphql-core's complaints about variables
and arguments are the client's to mend and are sent too. Anything else is masked: the answer has a correlation id, the
log has the exception's class and the lines it passed through, and neither has a value, since a driver's message may
quote a row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import structlog
from graphql import GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from hub import correlation, logs
from hub.authz.tokens import Unauthenticated
from hub.schema.faults import Fault, FaultCode

if TYPE_CHECKING:
    from collections.abc import Sequence

RETRY_AFTER_SECONDS: Final = 2

_log: structlog.stdlib.BoundLogger = structlog.get_logger("hub.schema")


@dataclass(slots=True)
class Told:
    """The errors of one answer, and what they mean for the answer as a whole."""

    errors: list[dict[str, Any]] = field(default_factory=list)
    #: Some resolver found that the caller's login has ended.
    unauthenticated: bool = False
    #: Some resolver could not reach the database.
    unavailable: bool = False


def tell(errors: Sequence[GraphQLError], unavailable: tuple[type[BaseException], ...]) -> Told:
    """Give the errors in the form of an answer.

    Takes: `unavailable`, the exceptions by which the database driver says that it cannot be reached.
    """
    told = Told()
    for error in errors:
        cause = _cause(error)
        if isinstance(cause, Unauthenticated):
            told.unauthenticated = True
            continue
        entry: dict[str, Any] = {"message": error.message}
        if error.locations:
            entry["locations"] = [location.formatted for location in error.locations]
        if error.path is not None:
            entry["path"] = error.path
        if isinstance(cause, Fault):
            entry["extensions"] = cause.extensions
        elif isinstance(cause, unavailable):
            told.unavailable = True
            entry.update(unreachable(cause))
        elif _is_of_input(error, cause):
            entry["extensions"] = {"code": FaultCode.BAD_USER_INPUT.value}
        else:
            entry.update(_masked(cause, "Something is wrong in the hub."))
        told.errors.append(entry)
    return told


def masked(error: BaseException) -> dict[str, Any]:
    """Give the entry for an exception that no resolver's field contains."""
    return _masked(error, "Something is wrong in the hub.")


def unreachable(error: BaseException) -> dict[str, Any]:
    """Give the entry for an exception that means that the database can't be reached."""
    return _masked(error, "The hub cannot reach its database; send the same again.", retryable=True)


def _cause(error: GraphQLError) -> BaseException:
    """Give what was raised, under the locations that graphql-core wrapped around it."""
    cause: BaseException = error
    while isinstance(cause, GraphQLError) and not isinstance(cause, Fault) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _is_of_input(error: GraphQLError, cause: BaseException) -> bool:
    """Whether graphql-core speaks of the request: of a variable, before any field, or of a field's argument.

    Its other errors during execution speak of our own mistakes and may quote what a resolver gave.
    """
    if error.path is None or isinstance(cause, StrawberryInputCoercionError):
        return True
    return isinstance(cause, GraphQLError) and cause.message.startswith("Argument ")


def _masked(error: BaseException, message: str, **facts: object) -> dict[str, Any]:
    correlation_id = correlation.current()
    _log.error("field_failed", correlation_id=correlation_id, **logs.describe(error))
    return {
        "message": message,
        "extensions": {"code": FaultCode.INTERNAL.value, "correlationId": correlation_id, **facts},
    }
