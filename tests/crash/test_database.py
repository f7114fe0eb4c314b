"""The database is killed, or has no room left, under a hub that serves: it says so, loses nothing, and goes on."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import httpx
import pytest

from federation.encoding import b64url
from hub.database import embedded
from tests.crash.load import Client, Unavailable, member_is_read, nothing_is_lost
from tests.e2e.serving import Serving, a_free_port, environment
from tests.e2e.stage import TODAY, Stage, bootstrap
from tests.e2e.wire import Clock, sha256_of
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

CLIENTS: Final = 8
#: Of what was acknowledged under load every so many-th is sent again; whether it is there is asked of all.
SAMPLE: Final = 4
RESTARTS: Final = 3
PATIENCE_SECONDS: Final = 60
#: Room for the cluster, its log and little more.
DISK_BYTES: Final = 160 * 2**20


class Place:
    """A set-up of an operator's: the hub with its embedded database below a folder, which may be a disk of its own."""

    def __init__(self, folder: Path, within: Sequence[str] = ()) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.settings = environment(
            data_dir=str(self.data_dir), port=str(a_free_port()), workers="2", clock="test", log_level="warning"
        )
        self.serving = Serving(self.settings, folder.with_suffix(".log"), within=within)

    @property
    def seen(self) -> Path:
        """The data directory from outside: the disk is mounted for the hub's process alone."""
        assert self.serving.process is not None
        return Path(f"/proc/{self.serving.process.pid}/root{self.data_dir}")

    @property
    def postgres_pid(self) -> int:
        return int((self.seen / "postgres" / "postmaster.pid").read_text().split()[0])

    @asynccontextmanager
    async def superuser(self) -> AsyncIterator[Any]:
        address = embedded.running(self.seen)
        assert address is not None
        connection = await asyncpg.connect(address.dsn("hub"))
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def played(self) -> AsyncIterator[Stage]:
        """Serve, with U1, U2 and a member of U1's."""
        with self.serving as serving:
            async with (
                self.superuser() as superuser,
                httpx.AsyncClient(base_url=serving.address, trust_env=False, timeout=60) as http,
            ):
                stage = Stage(serving, http, Clock(), superuser)
                await stage.let_it_be(TODAY)
                await bootstrap(stage, self.settings | {"HUB_DATA_DIR": str(self.seen)}, self.folder.parent)
                for ref in ("U1", "U2"):
                    await stage.found(ref)
                    await stage[ref].token()
                await stage.enrol("M1")
                yield stage


@pytest.mark.attack("F06")
async def test_the_database_restarted_at_once_three_times_under_load(tmp_path: Path) -> None:
    place = Place(tmp_path / "hub")
    async with place.played() as stage:
        clients = [Client(stage, 1000 * number) for number in range(CLIENTS)]
        stopped = asyncio.Event()

        async def work(client: Client) -> None:
            while not stopped.is_set():
                await client.one_member()

        working = [asyncio.create_task(work(client)) for client in clients]
        for _ in range(RESTARTS):
            await _each_gets_on(clients, working)
            before = place.postgres_pid
            os.kill(before, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends; the hub starts it again
            await _each_gets_on(clients, working)
            assert place.postgres_pid != before
        stopped.set()
        await asyncio.gather(*working)
        assert sum(client.turned_away for client in clients) > 0
        assert place.serving.process is not None
        assert place.serving.process.poll() is None
        told = [told for client in clients for told in client.told]
        async with place.superuser() as superuser:
            await assert_whole(superuser)
            stored = await superuser.fetch(
                "select sha256 from hub.statements where membership_id <> $1", stage.members["M1"]["membershipId"]
            )
            assert sorted(b64url(row["sha256"]) for row in stored) == sorted(sha256_of(one.statement) for one in told)
        await nothing_is_lost(told[::SAMPLE])


async def _each_gets_on(clients: list[Client], working: list[asyncio.Task[None]]) -> None:
    """Wait until every client has had an act acknowledged that it had not yet sent when we began to wait."""
    enough = [len(client.told) + 2 for client in clients]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while any(len(client.told) < least for client, least in zip(clients, enough, strict=True)):
            for task in working:
                if task.done():
                    task.result()
            await asyncio.sleep(0.02)


def disk_at(folder: Path) -> list[str]:
    """Give the command that runs another with a small disk of its own at this folder, which nobody else sees."""
    folder.mkdir()
    ours = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    mount = f'mount -t tmpfs -o size={DISK_BYTES},mode=0700 tmpfs "$0" && exec "$@"'
    return ["unshare", "--mount", *ours, "sh", "-c", mount, str(folder)]


async def test_a_full_disk_stops_acts_and_no_reads_and_ends_with_room(tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    place = Place(folder, disk_at(folder))
    async with place.played() as stage:
        client = Client(stage, 0)
        await client.one_member()
        ballast = place.seen.parent / "ballast"
        _fill(ballast)
        with pytest.raises(Unavailable):
            await _without_end(client)
        await member_is_read(stage, stage.members["M1"])
        with pytest.raises(Unavailable):
            await client.one_member(patient=False)
        await nothing_is_lost(client.told)
        ballast.unlink()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await client.one_member()
        await nothing_is_lost(client.told)
        # Not even the log of what is done has room any more: PostgreSQL ends itself, and is started when there is some.
        _fill(ballast)
        await _use_up_the_log(place)
        with pytest.raises(Unavailable):
            await client.one_member(patient=False)
        await _has_said(place, "Trying again")
        ballast.unlink()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await client.one_member()
        await nothing_is_lost(client.told)
        async with place.superuser() as superuser:
            await assert_whole(superuser)


async def _has_said(place: Place, words: str) -> None:
    """Wait until the hub has written something to its log."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if words in place.serving.said:
                return
            await asyncio.sleep(0.05)


async def _without_end(client: Client) -> None:
    """Act until the hub can't. Raises: Unavailable"""
    for _ in range(2000):
        await client.one_member(patient=False)


async def _use_up_the_log(place: Place) -> None:
    """Begin new files of the write-ahead log until there is no room for the next: the server ends."""
    with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        async with place.superuser() as superuser:
            for _ in range(1000):
                await superuser.execute("select pg_logical_emit_message(false, 'test', 'x'), pg_switch_wal()")
            raise AssertionError("the log has found room for a thousand files")


def _fill(ballast: Path) -> None:
    """Take all the room that there is."""
    with ballast.open("wb", buffering=0) as file:
        block = b"\0" * 4096
        while True:
            try:
                file.write(block)
            except OSError:
                return
