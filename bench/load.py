"""A client that costs little: keep-alive connections that send requests written beforehand. A process of its own.

Reads from standard input a pickled (host, port, [requests], connections, expected bytes), writes as JSON the seconds from
the first byte to the last and the answers' times.
"""

from __future__ import annotations

import asyncio
import json
import pickle
import sys
import time

import uvloop

Requests = list[bytes]


async def _connection(host: str, port: int, queue: Requests, expected: bytes, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while queue:
        request = queue.pop()
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        body = await reader.readexactly(length)
        took.append(time.perf_counter() - began)
        if expected not in body:
            raise SystemExit(f"not what was expected: {body[:500]!r}")
    writer.close()


async def _run(host: str, port: int, queue: Requests, connections: int, expected: bytes) -> dict[str, object]:
    took: list[float] = []
    queue.reverse()
    began = time.perf_counter()
    await asyncio.gather(*(_connection(host, port, queue, expected, took) for _ in range(connections)))
    return {"seconds": time.perf_counter() - began, "took": sorted(took)}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_run(*pickle.load(sys.stdin.buffer)))))
