"""A plugin for pytest: writes down which tests meet each refusal, by the line and the function that make it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub import errors

if TYPE_CHECKING:
    from types import FrameType

    import pytest

_made: dict[str, list[str]] = {}
_current: list[str] = [""]
_init = errors.Refusal.__init__


def _noticed(self: errors.Refusal, *given: Any, **facts: Any) -> None:
    frame: FrameType | None = sys._getframe(1)
    # A chapter may word its refusals in a helper, or pass on a machine's: the line that counts is the check's.
    while frame and not frame.f_code.co_name.startswith("check_") and frame.f_back and _is_rules(frame.f_back):
        frame = frame.f_back
    # Above it, suspended in a `yield from`, are the orders that led there.
    while frame and _is_rules(frame):
        for place in (frame.f_lineno, frame.f_code.co_name):
            tests = _made.setdefault(f"{frame.f_code.co_filename}:{place}", [])
            if _current[0] not in tests:
                tests.append(_current[0])
        frame = frame.f_back
    _init(self, *given, **facts)


def _is_rules(frame: FrameType) -> bool:
    return "/hub/transfers/rules/" in frame.f_code.co_filename


def pytest_configure(config: pytest.Config) -> None:
    errors.Refusal.__init__ = _noticed  # type: ignore[method-assign]


def pytest_runtest_logstart(nodeid: str, location: Any) -> None:
    _current[0] = nodeid.partition("[")[0]


def pytest_sessionfinish(session: pytest.Session) -> None:
    root = f"{session.config.rootpath}/"
    found = {place.removeprefix(root): tests for place, tests in _made.items()}
    Path(os.environ["NOTICED"]).write_text(json.dumps(found), encoding="utf-8")
