"""Places at which the process ends as by `kill -9`, for the tests of crashes; nothing is armed but in development.

HUB_FAILPOINT names one place and the act that ends there: with `between_statements:3` the third act to come there ends
its process. What is said last, on stderr, proves that the place was reached. Between the writes of a record and its
commit the process only waits: that place is the database's, and the tests hold it there.
"""

from __future__ import annotations

import os
import re
import signal
from enum import StrEnum
from typing import Final

__all__ = ["FORM", "Point", "arm", "reach"]


class Point(StrEnum):
    """Where an act may end."""

    BEFORE_VERIFICATION = "before_verification"  #: the facts are there, the signature has not been looked at
    BETWEEN_STATEMENTS = "between_statements"  #: the rules have let it pass, nothing is recorded
    AFTER_COMMIT = "after_commit"  #: it is recorded, and only the database knows
    BEFORE_ANSWER = "before_answer"  #: the answer is written, and not sent


#: How a place is set: its name, a colon, and the act that ends there, counted from 1.
FORM: Final = re.compile(rf"({'|'.join(Point)}):([1-9][0-9]{{0,3}})")

#: How many acts each armed place waits for.
_left: Final[dict[str, int]] = {}


def arm(setting: str | None) -> None:
    """Arm the place that the setting names (`FORM`), or none."""
    _left.clear()
    found = None if setting is None else FORM.fullmatch(setting)
    if found is not None:
        _left[found[1]] = int(found[2])


def reach(point: Point, acts: int = 1) -> None:
    """Pass a place with so many acts. Ends the process at once where it is armed for one of them."""
    if not _left or point not in _left:
        return
    _left[point] -= acts
    if _left[point] <= 0:
        os.write(2, f"failpoint {point.value} reached\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)
