"""Backup and restore: everything comes back, past row-level security, and nothing is overwritten or half-filled."""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from hub.database import backup, binaries, embedded, migrate
from hub.database.backup import BackupError
from hub.database.embedded import EmbeddedServer
from tests.sql.psql import ask

ROWS = 5000
GRANTS = ("GRANT ", "REVOKE ")
FILL = f"""
create table hub.kept (n int primary key, holder uuid not null, name text not null);
insert into hub.kept select n, '00000000-0000-4000-8000-000000000001', '会员' || n from generate_series(1, {ROWS}) n;
alter table hub.kept enable row level security;
alter table hub.kept force row level security;
create policy kept_by_holder on hub.kept for select to hub_app
  using (holder = nullif(current_setting('hub.acting', true), '')::uuid);
grant select on hub.kept to hub_app;
create function hub.kept_count() returns bigint language sql security definer set search_path = hub, pg_temp
  as 'select count(*) from kept';
grant create on schema hub to hub_mover;
alter function hub.kept_count() owner to hub_mover;
revoke create on schema hub from hub_mover;
grant execute on function hub.kept_count() to hub_app;
"""


@pytest_asyncio.fixture(scope="module", params=list(binaries.installed()), ids=lambda found: found.version)
async def full(request: pytest.FixtureRequest) -> AsyncIterator[EmbeddedServer]:
    """A migrated database with rows that no policy shows, on each PostgreSQL that is installed here."""
    with embedded.start(throwaway=True, pg_bin=None if request.param.module else request.param.folder) as server:
        await migrate.upgrade(server.dsn("hub_owner"))
        ask(server.dsn("hub"), f"set role hub_owner; {FILL}")
        yield server


@pytest_asyncio.fixture
async def empty(full: EmbeddedServer) -> AsyncIterator[str]:
    """The name of an empty database with its roles, beside the full one."""
    ask(full.dsn("hub"), "create database empty")
    await embedded.apply_roles(full.dsn("hub", "empty"))
    yield "empty"
    ask(full.dsn("hub"), "drop database empty with (force)")


@pytest.fixture(scope="module")
def file(full: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "a hub.backup"
    made = backup.backup(full.dsn("hub_backup"), path)
    assert (made.file, made.revision, made.size_bytes) == (path, migrate.head(), path.stat().st_size)
    return path


def schema_of(dsn: str) -> str:
    """Everything but the rows, as pg_dump tells it, without its random markers; grants come in any order."""
    dump = [binaries.find().program("pg_dump"), "--schema-only", dsn]
    said = subprocess.run(dump, capture_output=True, text=True, check=True, env=binaries.BARE_ENVIRONMENT).stdout
    lines = [line for line in said.splitlines() if not re.match(r"\\(un)?restrict ", line)]
    return "\n".join(line for line in lines if not line.startswith(GRANTS)) + "\n".join(
        sorted(line for line in lines if line.startswith(GRANTS))
    )


def test_everything_comes_back(full: EmbeddedServer, file: Path, empty: str) -> None:
    made = backup.restore(full.dsn("hub_owner", empty), file)
    assert made.revision == migrate.head()
    assert schema_of(full.dsn("hub", empty)) == schema_of(full.dsn("hub"))
    for question in (
        "select count(*), md5(string_agg(name, ',' order by n)) from hub.kept",
        "select count(*) from hub.legal_steps",
        "select version_num from public.alembic_version",
    ):
        assert ask(full.dsn("hub", empty), question) == ask(full.dsn("hub"), question)
    assert ask(full.dsn("hub_app", empty), "select count(*) from hub.kept") == "0"  # the policy came back too
    owner = "select proowner::regrole from pg_proc where proname = 'kept_count'"
    assert ask(full.dsn("hub", empty), owner) == "hub_mover"


def test_a_backup_is_private_and_leaves_nothing_beside_it(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_file_is_never_overwritten(full: EmbeddedServer, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    with pytest.raises(BackupError, match="exists"):
        backup.backup(full.dsn("hub_backup"), tmp_path / "there")
    assert (tmp_path / "there").read_text() == "mine"


@pytest.mark.parametrize("role", ["hub_app", "hub_owner"])
def test_a_role_that_policies_bind_makes_no_backup_with_gaps(full: EmbeddedServer, tmp_path: Path, role: str) -> None:
    with pytest.raises(BackupError) as refused:
        backup.backup(full.dsn(role), tmp_path / "file")
    if role == "hub_owner":
        assert "Connect as hub_backup" in refused.value.remedy
    assert not any(tmp_path.iterdir())


def test_the_backup_role_writes_nothing(full: EmbeddedServer) -> None:
    for attempt in ("delete from hub.kept", "create table hub.x ()", "create table public.x ()", "set role hub_owner"):
        with pytest.raises(subprocess.CalledProcessError):
            ask(full.dsn("hub_backup"), attempt)
    assert ask(full.dsn("hub_backup"), "select count(*) from hub.kept") == str(ROWS)


def test_a_database_that_holds_something_is_not_touched(full: EmbeddedServer, file: Path) -> None:
    before = schema_of(full.dsn("hub"))
    with pytest.raises(BackupError, match=r"not empty \(\d+ tables and views"):
        backup.restore(full.dsn("hub_owner"), file)
    assert schema_of(full.dsn("hub")) == before


def test_a_backup_of_a_newer_hub_is_refused(full: EmbeddedServer, file: Path, empty: str) -> None:
    with pytest.raises(BackupError, match=r"newer version of the hub\. Install that version"):
        backup.restore(full.dsn("hub_owner", empty), file, known={"0000"})
    assert migrate.head() in backup.known_revisions()


def test_what_is_no_backup_is_refused(full: EmbeddedServer, empty: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("select 1;")
    other = tmp_path / "other"
    dump = [binaries.find().program("pg_dump"), "-Fc", "-f", str(other), full.dsn("hub", "postgres")]
    subprocess.run(dump, check=True, env=binaries.BARE_ENVIRONMENT)
    for path in (tmp_path / "text", other):
        with pytest.raises(BackupError, match="is no backup of a hub"):
            backup.restore(full.dsn("hub_owner", empty), path)
    with pytest.raises(BackupError, match="There is no file"):
        backup.restore(full.dsn("hub_owner", empty), tmp_path / "none")
    with pytest.raises(BackupError, match="holds no hub yet"):
        backup.backup(full.dsn("hub", "postgres"), tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"text", "other"}


@pytest.mark.parametrize("share", [0.35, 0.6, 0.98])
def test_half_a_file_fills_nothing(full: EmbeddedServer, file: Path, empty: str, tmp_path: Path, share: float) -> None:
    half = tmp_path / "half"
    shutil.copy(file, half)
    os.truncate(half, int(file.stat().st_size * share))
    with pytest.raises(BackupError):
        backup.restore(full.dsn("hub_owner", empty), half)
    assert (
        ask(full.dsn("hub", empty), "select count(*) from pg_class where relnamespace = 'public'::regnamespace") == "0"
    )
    assert ask(full.dsn("hub", empty), "select count(*) from pg_namespace where nspname = 'hub'") == "0"


def test_a_server_that_is_not_there_is_told_in_a_sentence(tmp_path: Path) -> None:
    dsn = f"postgresql://hub_backup:s3cret@/hub?host={tmp_path}"
    with pytest.raises(BackupError, match=r"^PostgreSQL said: .*Nothing was changed") as refused:
        backup.backup(dsn, tmp_path / "file")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("dsn", "url", "password"),
    [
        ("postgresql://r:p%40ss@h:5433/hub?sslmode=require", "postgresql://r@h:5433/hub?sslmode=require", "p@ss"),
        ("postgresql://r@/hub?host=/tmp/x&password=s3", "postgresql://r@/hub?host=/tmp/x", "s3"),
        ("postgresql://r@h/hub", "postgresql://r@h/hub", None),
        ("postgresql://h/hub", "postgresql://h/hub", None),
    ],
)
def test_no_password_stands_in_the_list_of_processes(dsn: str, url: str, password: str | None) -> None:
    shown, environment = backup._without_password(dsn)
    assert shown.replace("%2F", "/") == url
    assert environment.get("PGPASSWORD") == password


def test_the_key_files_are_named_as_not_included(tmp_path: Path) -> None:
    told = backup.not_included(tmp_path / "receipt-keys.json", tmp_path / "master-keys.json")
    assert told.startswith("Not in the backup")
    assert "receipt-keys.json" in told
    assert "master-keys.json" in told
