"""One owner per data directory: a file lock that dies with its holder, and the note in it that tells who holds it."""

import fcntl
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

NAME = "hub.lock"

#: Descriptors of the locks that this process holds: a forked child must not keep a lock alive after us.
_held: set[int] = set()


def _let_go_in_child() -> None:
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)


class AlreadyLocked(Exception):  # noqa: N818 - a fact, not a fault
    """Another process holds the directory; `note` is what it wrote about itself."""

    def __init__(self, note: dict[str, Any]) -> None:
        super().__init__("the data directory is in use")
        self.note = note


class DataLock:
    """The exclusive hold on one directory. `previous` is the note of the last holder, for cleaning up after it."""

    def __init__(self, folder: Path) -> None:
        """Take the lock at once, or raise AlreadyLocked."""
        self._descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note = _read(self._descriptor)
            os.close(self._descriptor)
            raise AlreadyLocked(note) from None
        _held.add(self._descriptor)
        self.previous = _read(self._descriptor)

    def write(self, note: dict[str, Any]) -> None:
        """Tell others who we are."""
        text = json.dumps(note).encode()
        os.pwrite(self._descriptor, text, 0)
        os.ftruncate(self._descriptor, len(text))

    def release(self) -> None:
        """Give the directory up."""
        _held.discard(self._descriptor)
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def holder(folder: Path) -> dict[str, Any] | None:
    """Read the note of the process that holds this directory now; None if nobody does."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> dict[str, Any]:
    try:
        note = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}
