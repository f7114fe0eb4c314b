"""`make bench`: acts over HTTP against the floor, list pages by size, memory, and the way from an empty directory.

Everything in one run on one machine, three times; what counts are the ratios. Nothing is asserted: figures on a shared
machine are for people to read.
"""

from __future__ import annotations

import asyncio
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import psutil

from bench import floor, pages
from bench.logins import Logins
from bench.world import World, dsn
from hub.demo.host import DemoHub
from hub.settings import default_workers

if TYPE_CHECKING:
    from bench.world import Move, Union

RUNS = 3
MOVES = 1500
CONNECTIONS = 16
_MUTATION = (
    "mutation Act($statement: String!) {{ answer: {name}(statement: $statement) {{ __typename ... on Handoff {{ id handoffId state "
    "reasonCode side outDate validUntil duesPaidThrough }} ... on Refusal {{ code messageEn }} }} }}"
)


async def main() -> None:
    """Measure and print."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="unionhub-bench-") as folder:
        workers = default_workers()
        with DemoHub(Path(folder), clock="real", workers=workers) as host:
            print(f"hub with {workers} workers, {CONNECTIONS} connections, 64 unions, fsync on, {MOVES} moves a run")
            print(f"empty directory to a hub that answers: {time.perf_counter() - began:.1f} s")
            world = await World.of(host)
            tokens = Logins(host)
            await _warm_up(host, world, tokens)
            ratios = [await _run(host, world, tokens, number) for number in range(1, RUNS + 1)]
            print(f"ratio hub / floor: {_spread(ratios, '.2f')}")
            _print_memory(host)
            await pages.measure(host, world, tokens)
            await world.close()


async def _warm_up(host: DemoHub, world: World, tokens: Logins) -> None:
    moves = await world.moves(200)
    await _over_http(host, tokens, moves, "release")
    await _over_http(host, tokens, moves, "acceptance")


async def _run(host: DemoHub, world: World, tokens: Logins, number: int) -> float:
    moves = await world.moves(MOVES)
    of_floor = await world.moves(MOVES)
    floor_seconds = sum(await floor.run(world, dsn(host.data_dir, "hub_app"), of_floor, CONNECTIONS))
    released = await _over_http(host, tokens, moves, "release")
    accepted = await _over_http(host, tokens, moves, "acceptance")
    hub_seconds = released["seconds"] + accepted["seconds"]
    took = sorted(released["took"] + accepted["took"])
    hub_rate, floor_rate = float(2 * MOVES / hub_seconds), 2 * MOVES / floor_seconds
    print(
        f"run {number}: hub {hub_rate:,.0f} acts/s (p50 {took[len(took) // 2] * 1e3:.1f} ms, "
        f"p99 {took[len(took) * 99 // 100] * 1e3:.1f} ms), floor {floor_rate:,.0f} acts/s, ratio {hub_rate / floor_rate:.2f}"
    )
    return hub_rate / floor_rate


async def _over_http(host: DemoHub, tokens: Logins, moves: list[Move], act: str) -> dict[str, Any]:
    queue = []
    for move in moves:
        union, jws = (move.holder, move.release) if act == "release" else (move.receiver, move.acceptance)
        name = "releaseMember" if act == "release" else "acceptHandoff"
        queue.append(_request(host, tokens, union, _MUTATION.format(name=name), {"statement": jws}))
    expected = b'"state":"RELEASED"' if act == "release" else b'"state":"ACCEPTED"'
    return await load(host, queue, expected)


async def load(host: DemoHub, queue: list[bytes], expected: bytes, connections: int = CONNECTIONS) -> dict[str, Any]:
    """Send prepared requests from a process of its own, and give what it measured."""
    address = host.origin.removeprefix("http://").split(":")
    job = pickle.dumps((address[0], int(address[1]), queue, connections, expected))
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-m", "bench.load"], input=job, capture_output=True, check=True
    )
    measured: dict[str, Any] = orjson.loads(done.stdout)
    return measured


def _request(host: DemoHub, tokens: Logins, union: Union, query: str, variables: dict[str, Any]) -> bytes:
    return pages.request(host, tokens, union, query, variables)


def _print_memory(host: DemoHub) -> None:
    for process in psutil.Process(host.pid).children(recursive=True):
        if "python" in process.name():
            print(f"memory of a worker (PSS): {process.memory_full_info().pss / 1e6:.0f} MB")


def _spread(values: list[float], form: str) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"median {middle:{form}} ({low:{form}}–{high:{form}})"


if __name__ == "__main__":
    asyncio.run(main())
