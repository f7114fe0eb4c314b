"""Request bodies, read within a size and a time, counting what comes and not what was announced."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive

SECONDS_MAX: Final = 10.0
DRAIN_SECONDS_MAX: Final = 2.0
DRAIN_BYTES_MAX: Final = 16_777_216
#: For an answer given while part of a body may still come: that connection can't be used again.
CLOSE: Final = (b"connection", b"close")


class BodyRefused(Exception):  # noqa: N818
    """A body that is not read to its end: 413 too large, 408 too slow, 415 encoded."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class ClientGone(Exception):  # noqa: N818
    """The client closed the connection before its body was whole: there is nobody to answer."""


def check_headers(headers: Mapping[bytes, bytes], bytes_max: int) -> None:
    """Refuse, before a byte of it is read, a body that is compressed or announced as too large."""
    if headers.get(b"content-encoding", b"identity").strip().lower() not in {b"identity", b""}:
        # A bomb of 1:1000 is told by no length.
        raise BodyRefused(415, "A body is sent without Content-Encoding.")
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > len(str(bytes_max)) or int(length) > bytes_max:
        raise _too_large(bytes_max)


class Body:
    """The body of one request, unread at first."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._more = True

    async def read(self, bytes_max: int, seconds_max: float = SECONDS_MAX) -> bytes:
        """Give the whole body. Refuses: BodyRefused once it is over the size or the time; ClientGone."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(seconds_max):
                while self._more:
                    chunk = await self._next()
                    size += len(chunk)
                    if size > bytes_max:
                        raise _too_large(bytes_max)
                    chunks.append(chunk)
        except TimeoutError:
            self._more = False  # It has had its time.
            raise BodyRefused(408, f"The body did not come within {seconds_max:g} seconds.") from None
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def drain(self) -> None:
        """After an early answer, read and drop what still comes, within a bound; nothing if all was read.

        A socket that is closed over unread bytes is reset, and the reset can overtake the answer: a client that sends
        2 MB would see a broken connection instead of its 413.
        """
        dropped = 0
        with suppress(TimeoutError, ClientGone):
            async with asyncio.timeout(DRAIN_SECONDS_MAX):
                while self._more and dropped < DRAIN_BYTES_MAX:
                    dropped += len(await self._next())

    async def _next(self) -> bytes:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._more = False
            raise ClientGone
        self._more = message.get("more_body", False)
        chunk: bytes = message.get("body", b"")
        return chunk


def _too_large(bytes_max: int) -> BodyRefused:
    return BodyRefused(413, f"A body has at most {bytes_max} bytes.")
