"""The real server on a loopback port: clients that idle, dawdle and flood, and how it stops."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from hub import server
from hub.schema.requests import BODY_BYTES_MAX
from tests.graphql import small_hub

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
#: What the attack list allows a socket that does nothing useful.
CLOSED_SECONDS_MAX = 15.0
START_ATTEMPTS_MAX = 300
GROWTH_BYTES_MAX = 20 * 1024 * 1024


class Running:
    """A server process with its workers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def workers(self) -> list[int]:
        """Give the processes that the server started (one of them is Python's own tracker of shared resources)."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split()]

    def resident_bytes(self) -> int:
        """Give the memory of the workers together."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) for pid in self.workers())
        return pages * os.sysconf("SC_PAGE_SIZE")

    def http(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {small_hub.a_token()}"}
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, trust_env=False)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(workers: int = 1) -> Iterator[Running]:
    port = a_free_port()
    call = f"serve('tests.graphql.small_hub:create', host='127.0.0.1', port={port}, workers={workers})"
    command = [sys.executable, "-c", f"from hub.server import serve; {call}"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        for _ in range(START_ATTEMPTS_MAX):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            # Waits for the process to fail, for a moment: it is alive while it starts.
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"the server ended with {process.wait(0.1)}")
        yield Running(process, port)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def hub() -> Iterator[Running]:
    with running() as started:
        yield started


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    """Give all that the server sends until it closes, within what is allowed."""
    async with asyncio.timeout(CLOSED_SECONDS_MAX):
        received = b""
        while chunk := await reader.read(65_536):
            received += chunk
            assert len(received) < 65_536
        return received


async def exchange(port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    await writer.drain()
    received = await until_closed(reader)
    writer.close()
    return received


async def drip(port: int) -> bytes:
    """Send the beginning of a header, then a byte whenever some time has passed without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    closed = asyncio.create_task(until_closed(reader))
    for _ in range(8):
        done, _ = await asyncio.wait([closed], timeout=2)
        if done or writer.is_closing():
            break
        writer.write(b"a")
    received = await closed
    writer.close()
    return received


async def served_meanwhile(hub: Running, requests: int) -> float:
    """Give the longest that a normal client waited for an answer."""
    clock = asyncio.get_running_loop().time
    longest = 0.0
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{hub.port}", trust_env=False) as client:
        for _ in range(requests):
            started = clock()
            response = await client.post(
                "/graphql", json={"query": "{ping}"}, headers={"authorization": f"Bearer {small_hub.a_token()}"}
            )
            assert response.json() == {"data": {"ping": "pong"}}
            longest = max(longest, clock() - started)
    return longest


def head(*lines: str, path: str = "/graphql") -> bytes:
    given = [
        f"POST {path} HTTP/1.1",
        "Host: x",
        f"Authorization: Bearer {small_hub.a_token()}",
        "Content-Type: application/json",
        *lines,
    ]
    return "\r\n".join(given).encode() + b"\r\n\r\n"


@pytest.mark.attack("H01")
@pytest.mark.attack("H02")
async def test_slow_clients_are_cut_off_and_others_served(hub: Running) -> None:
    form = head("Content-Length: 1000", path="/oauth2/token").replace(
        b"application/json", b"application/x-www-form-urlencoded"
    )
    outcomes = asyncio.gather(
        asyncio.gather(*(drip(hub.port) for _ in range(200))),
        exchange(hub.port, b""),
        exchange(hub.port, head("Content-Length: 1000") + b"{"),
        exchange(hub.port, form + b"g"),
        exchange(hub.port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"),
    )
    assert await served_meanwhile(hub, 200) < 2

    dripped, silent, graphql, token, health = await outcomes
    assert set(dripped) == {b""}
    assert silent == b""
    assert graphql.startswith(b"HTTP/1.1 408 ")
    assert b'"code":"BAD_USER_INPUT"' in graphql
    assert token.startswith(b"HTTP/1.1 408 ")
    assert health.startswith(b"HTTP/1.1 200 ")


async def flood(port: int, chunks_max: int) -> tuple[bytes, int]:
    """Send a chunked body without end, and give the answer and how many chunks of 64 KiB it took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head("Transfer-Encoding: chunked"))
    answer = asyncio.create_task(until_closed(reader))
    chunks = 0
    with suppress(ConnectionError):
        while chunks < chunks_max and not answer.done():
            writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
            await writer.drain()
            chunks += 1
    received = b""
    with suppress(ConnectionError):
        # The connection is reset when more was sent than the server would read.
        received = await answer
    writer.close()
    return received, chunks


@pytest.mark.attack("H03")
async def test_bodies_without_end_are_cut_off_at_the_cap(hub: Running) -> None:
    await flood(hub.port, 2000)
    before = hub.resident_bytes()

    for announced in (str(BODY_BYTES_MAX + 1), "10000000000", "9" * 30):
        answer = await exchange(hub.port, head(f"Content-Length: {announced}") + b"{")
        assert answer.startswith(b"HTTP/1.1 413 ") or (len(announced) == 30 and answer.startswith(b"HTTP/1.1 400 "))
    answers = await asyncio.gather(*(flood(hub.port, 2000) for _ in range(20)))
    assert all(chunks < 2000 for _, chunks in answers)
    assert {answer[:13] for answer, _ in answers if answer} == {b"HTTP/1.1 413 "}
    answer = await exchange(hub.port, head("Content-Encoding: gzip", "Content-Length: 2") + b"\x1f\x8b")
    assert answer.startswith(b"HTTP/1.1 415 ")

    assert hub.resident_bytes() - before < GROWTH_BYTES_MAX
    assert await served_meanwhile(hub, 10) < 2


@pytest.mark.attack("G07")
def test_a_client_that_sends_two_megabytes_reads_its_413(hub: Running) -> None:
    query = "#" + "x" * 2_000_000 + "\n{ping}"
    with hub.http() as client:
        announced = client.post("/graphql", json={"query": query})
        chunked = client.post(
            "/graphql",
            content=(b"x" * 50_000 for _ in range(40)),
            headers={"content-type": "application/json"},
        )
        client.headers["authorization"] = "Bearer x"
        stranger = client.post("/graphql", json={"query": query[:200_000]})

    assert (announced.status_code, chunked.status_code, stranger.status_code) == (413, 413, 401)


@pytest.mark.attack("H06")
def test_an_upgrade_to_a_websocket_is_answered_as_a_plain_request(hub: Running) -> None:
    upgrade = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
    }
    with hub.http() as client:
        del client.headers["authorization"]
        response = client.get("/graphql", headers=upgrade)

    assert response.status_code == 401


def test_an_oversized_head_is_refused(hub: Running) -> None:
    with hub.http() as client:
        response = client.get("/graphql", headers={"x-large": "x" * (server.HEADER_BYTES_MAX + 1000)})

    assert 400 <= response.status_code < 500


def test_two_workers_count_together() -> None:
    with running(workers=2) as hub:
        for _ in range(40):
            with hub.http() as client:  # a new connection each time, so that both workers get some
                assert client.post("/graphql", json={"query": "{ping}"}).status_code == 200
        with hub.http() as client:
            counted = client.get("/metrics").text

    assert 'hub_http_requests_total{method="POST",route="/graphql",status="200"} 40.0' in counted


async def test_what_has_begun_is_finished_before_it_stops() -> None:
    with running() as hub:
        body = b'{"query": "{ping}"}'
        reader, writer = await asyncio.open_connection("127.0.0.1", hub.port)
        writer.write(head(f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close"))
        # The server says so when the endpoint asks for the body: by then the request has begun.
        assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10) == b"HTTP/1.1 100 Continue\r\n\r\n"

        hub.process.send_signal(signal.SIGTERM)
        writer.write(body)
        answer = await until_closed(reader)
        writer.close()

        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b'{"data":{"ping":"pong"}}')
        assert hub.process.wait(30) == 0


def test_workers_end_with_a_server_that_was_killed() -> None:
    with running(workers=2) as hub:
        workers = [os.pidfd_open(pid) for pid in hub.workers()]
        hub.process.kill()
        hub.process.wait(30)

        for worker in workers:
            ended, _, _ = select.select([worker], [], [], 30)
            os.close(worker)
            assert ended


def test_a_taken_port_is_refused_at_once(hub: Running) -> None:
    with pytest.raises(OSError, match="in use"):
        server.serve("tests.graphql.small_hub:create", host="127.0.0.1", port=hub.port)
