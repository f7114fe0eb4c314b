"""What an operator does with a hub on the embedded database: it keeps what it was given, whatever ends it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import httpx
import pytest

from federation.client import HubClient
from federation.keys import PrivateKey
from hub.database import embedded
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.serving import Serving, a_free_port, environment, run
from tests.e2e.stage import TODAY, Stage, bootstrap
from tests.e2e.wire import Clock

if TYPE_CHECKING:
    from tests.e2e.wire import Json, Party

#: While PostgreSQL is started again.
PATIENCE_SECONDS = (0.2,) * 100


class Place:
    """A set-up: a data directory, with a space in its name, below a folder that nobody else may enter."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.chmod(0o700)
        self.data_dir = folder / "a hub" / name
        self.log = folder / f"{name}.log"
        self.settings = environment(
            data_dir=str(self.data_dir), port=str(a_free_port()), workers="1", clock="test", log_level="warning"
        )

    def serving(self) -> Serving:
        return Serving(self.settings, self.log)

    async def superuser(self) -> asyncpg.Connection:
        address = embedded.running(self.data_dir)
        assert address is not None
        return await asyncpg.connect(address.dsn("hub"))

    @property
    def postgres_pid(self) -> int:
        return int((self.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])

    def key_files(self) -> list[Path]:
        return [self.data_dir / f"{name}-keys.json" for name in ("receipt", "master")]


async def first_member(place: Place, serving: Serving, folder: Path) -> Stage:
    """Make the root, the unions above U1, U1 itself, and its first member."""
    superuser = await place.superuser()
    async with httpx.AsyncClient(base_url=serving.address, trust_env=False) as http:
        stage = Stage(serving, http, Clock(), superuser)
        stage.clock.let_it_be(TODAY)
        await bootstrap(stage, place.settings, folder)
        await stage.found("U1")
        await stage.enrol("M1")
    await superuser.close()
    return stage


async def read_back(serving: Serving, party: Party, member: Json) -> None:
    """Read the member as the union's own client does, patient while the database is away."""
    client = HubClient(
        serving.origin, party.uri, party.login, party.signing, now=party.clock.now, retry_seconds=PATIENCE_SECONDS
    )
    async with client as union:
        found = await union.member(member["id"])
        assert found is not None
        assert (found["name"], found["membershipId"]) == (MEMBERS["M1"].name, member["membershipId"])
        revealed = await union.reveal_id_number(member["id"], "核对身份")
        assert revealed["idNumber"] == MEMBERS["M1"].id_number


async def test_what_was_given_is_kept_whatever_ends_the_hub(tmp_path: Path) -> None:
    place, other = Place(tmp_path, "da ta"), Place(tmp_path, "an other")
    with place.serving() as serving:
        assert run(place.settings, "clock", "set", "2025-03-03T10:00:00+08:00").returncode == 0
        stage = await first_member(place, serving, tmp_path)
        u1, member = stage["U1"], stage.members["M1"]
        await read_back(serving, u1, member)
        _refuses_a_second(place, serving)
    # It was stopped, and starts again.
    with place.serving() as serving:
        await read_back(serving, u1, member)
        # Its database is killed.
        before = place.postgres_pid
        os.kill(before, signal.SIGKILL)
        await read_back(serving, u1, member)
        assert place.postgres_pid != before
        # It is killed itself, in the midst of serving.
        serving.kill()
    with place.serving() as serving:
        await read_back(serving, u1, member)
        _is_private(place)
        file = _backed_up(place, tmp_path)
        _is_told_to_be_well(place)
    await _restored(file, place, other, u1, member)


async def test_the_first_call_is_the_readmes(tmp_path: Path) -> None:
    """Keys, the root, a token, a question: by the commands alone, on the real clock."""
    place = Place(tmp_path, "first")
    settings = {**place.settings, "HUB_CLOCK": "real"}
    files = {use: (tmp_path / f"root-{use}.jwk", tmp_path / f"root-{use}.public.jwk") for use in ("signing", "login")}
    for private, public in files.values():
        assert federation("new-key", "--out", str(private), "--public", str(public)).returncode == 0
    root = ("--name", "全国总工会", "--uscc", "89100000MC1G282819")
    keys = ("--signing-jwk", str(files["signing"][1]), "--login-jwk", str(files["login"][1]))
    done = run(settings, "bootstrap", *root, *keys)
    assert done.returncode == 0, done.stderr
    with Serving(settings, place.log) as serving:
        asked = ("--hub", serving.origin, "--union", "urn:union:89100000MC1G282819")
        token = federation("token", *asked, "--login-key", str(files["login"][0]))
        assert token.returncode == 0, token.stderr
        signing = federation("token", *asked, "--login-key", str(files["signing"][0]))
        assert (signing.returncode, signing.stdout) == (1, "")
        async with httpx.AsyncClient(base_url=serving.address, trust_env=False) as http:
            answer = await http.post(
                "/graphql",
                json={"query": "{ viewer { union { name uri } kid } }"},
                headers={"authorization": f"Bearer {token.stdout.strip()}"},
            )
    assert answer.json()["data"]["viewer"]["union"]["name"] == "全国总工会"


def federation(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "federation", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def _refuses_a_second(place: Place, serving: Serving) -> None:
    assert serving.process is not None
    second = run({**place.settings, "HUB_PORT": str(a_free_port())}, "serve")
    assert second.returncode == 1
    assert str(serving.process.pid) in second.stderr
    assert str(place.data_dir) in second.stderr
    assert _is_a_sentence(second.stderr)


def _is_private(place: Place) -> None:
    for file in place.key_files():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.data_dir.stat().st_mode) == 0o700
    if os.geteuid() == 0:
        assert Path(f"/proc/{place.postgres_pid}").stat().st_uid != 0


def _backed_up(place: Place, folder: Path) -> Path:
    """While it serves. The key files are named as not in it."""
    file = folder / "the hub.backup"
    done = run(place.settings, "backup", str(file))
    assert done.returncode == 0, done.stderr
    assert all(str(key_file) in done.stdout for key_file in place.key_files())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = run(place.settings, "backup", str(file))
    assert (again.returncode, _is_a_sentence(again.stderr)) == (1, True)
    full = run(place.settings, "restore", str(file))
    assert (full.returncode, _is_a_sentence(full.stderr)) == (1, True)
    return file


def _is_told_to_be_well(place: Place) -> None:
    """Beside the hub that serves, which has its port itself."""
    done = run(place.settings, "doctor", "--json")
    told = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert "this hub" in told["port"]["seen"]
    assert {"receipt keys", "master keys", "PostgreSQL", "database", "role", "migrations", "clock"} <= told.keys()


async def _restored(file: Path, place: Place, other: Place, u1: Party, member: Json) -> None:
    """Fill another, empty one; without the first one's keys it does not serve, and with them it is the same hub."""
    done = run(other.settings, "restore", str(file))
    assert done.returncode == 0, done.stderr
    refused = run(other.settings, "serve")
    assert (refused.returncode, _is_a_sentence(refused.stderr)) == (1, True)
    assert "key" in refused.stderr
    for file_of_keys, copied in zip(place.key_files(), other.key_files(), strict=True):
        shutil.copy(file_of_keys, copied)
    with other.serving() as serving:
        await read_back(serving, u1, member)


def _is_a_sentence(said: str) -> bool:
    return "Traceback" not in said and said.startswith("unionhub: ") and said.rstrip().endswith((".", "'"))


@pytest.mark.parametrize("arguments", [("migrate",), ("bootstrap",)])
def test_whoever_makes_the_database_makes_its_keys(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """A database without its keys could never be served."""
    place = Place(tmp_path, "da ta")
    if arguments == ("bootstrap",):
        arguments = (*arguments, *_root(tmp_path))
    done = run(place.settings, *arguments)
    assert done.returncode == 0, done.stderr
    assert all(file.exists() for file in place.key_files())
    assert run(place.settings, *arguments).returncode == 0


def _root(folder: Path, *, name: str = UNIONS["U0"].name, uscc: str = str(UNIONS["U0"].uscc)) -> list[str]:
    options = ["--name", name, "--uscc", uscc]
    for use in ("signing", "login"):
        file = folder / f"{use}.pub"
        file.write_text(json.dumps(PrivateKey.generate().public.jwk))
        options += [f"--{use}-jwk", str(file)]
    return options


def test_what_needs_a_database_does_not_make_one(tmp_path: Path) -> None:
    place = Place(tmp_path, "da ta")
    for arguments in (
        ("backup", str(tmp_path / "x")),
        ("clock", "set", "2025-03-03T10:00:00+08:00"),
        ("clock", "real"),
    ):
        done = run(place.settings, *arguments)
        assert (done.returncode, _is_a_sentence(done.stderr)) == (1, True), done.stderr
        assert not (place.data_dir / "postgres").exists()
    assert run(place.settings, "doctor").returncode == 0
    assert not (place.data_dir / "postgres").exists()


def test_a_port_that_is_taken_is_told_in_a_sentence_and_nothing_else(tmp_path: Path) -> None:
    place = Place(tmp_path, "second")
    with socket.create_server(("127.0.0.1", int(place.settings["HUB_PORT"]))):
        said = run(place.settings, "serve")
    assert said.returncode == 1
    assert "HUB_PORT" in said.stderr
    assert said.stderr.count("\n") == 1
    assert "/graphql" not in said.stdout, "an address at which nobody answers"


def test_without_what_a_hub_needs_the_command_says_so(tmp_path: Path) -> None:
    """As with `pip install unionhub` alone: the union's package, which has no typer."""
    for package in ("hub", "federation"):
        (tmp_path / package).symlink_to(Path(__file__).parents[2] / package)
    said = subprocess.run(
        [sys.executable, "-S", "-m", "hub"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert "unionhub[hub]" in said.stderr
    assert "Traceback" not in said.stderr
