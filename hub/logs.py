"""The hub's log: one JSON object a line on standard output, for machines first.

No line has personal data, variables, headers, query strings or a driver's message: what may be logged of an error is
its class, its place in our code and a correlation id.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, Final

import orjson
import structlog

#: How many places of a failure are logged, innermost last.
_PLACES_MAX: Final = 12
_LIBRARIES: Final = "site-packages/"


def configure(level: str = "info") -> None:
    """Set up structlog for this process; `level` is debug, info, warning or error."""
    # The driver logs the server's messages, which may quote a row; what matters of them reaches us as errors.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )


def describe(error: BaseException) -> dict[str, Any]:
    """Give what may be logged of an exception: its class and where it passed, in our code and where it was raised.

    Its message is left out, since a driver's may quote a row; a database error's state and constraint are our names.
    """
    frames = traceback.extract_tb(error.__traceback__)
    passed = [frame for frame in frames if _LIBRARIES not in frame.filename or frame is frames[-1]]
    return {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "sqlstate": getattr(error, "sqlstate", None),
        "constraint": getattr(error, "constraint_name", None),
        "places": [f"{frame.filename.rpartition(_LIBRARIES)[2]}:{frame.lineno} {frame.name}" for frame in passed][
            -_PLACES_MAX:
        ],
    }


def _dumps(event: Any, **_options: Any) -> bytes:
    return orjson.dumps({name: value for name, value in event.items() if value is not None}, default=str)
