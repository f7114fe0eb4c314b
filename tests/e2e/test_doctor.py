"""`unionhub` on a database of the operator's own: what the doctor finds, and that every wrong call is a sentence."""

from __future__ import annotations

import json
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from federation.keys import PrivateKey
from hub.keyfiles import load_master_keys, load_receipt_keys
from tests.databases import WORKER
from tests.e2e.inputs import UNIONS
from tests.e2e.serving import a_free_port, run
from tests.e2e.stage import TODAY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Cluster
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

#: Nobody listens there.
UNREACHABLE = "postgresql://hub_app@127.0.0.1:1/hub"


@pytest.fixture
def own(stage: Stage, settings: dict[str, str]) -> dict[str, str]:
    """A second process's settings over the founded database: healthy, and with a port of its own."""
    assert stage.parties
    return {**settings, "HUB_PORT": str(a_free_port())}


def examined(settings: dict[str, str]) -> tuple[int, dict[str, Json]]:
    """Give the doctor's exit code and findings."""
    done = run(settings, "doctor", "--json")
    assert done.stderr == ""
    findings: list[Json] = json.loads(done.stdout)
    return done.returncode, {finding["name"]: finding for finding in findings}


def wrong_in(settings: dict[str, str]) -> dict[str, str]:
    """Give what the doctor finds wrong, by name: what it saw and what to do."""
    code, findings = examined(settings)
    wrong = {name: f"{f['seen']} {f['todo']}" for name, f in findings.items() if not f["is_good"]}
    assert code == (1 if wrong else 0)
    return wrong


class TestDoctor:
    def test_a_healthy_set_up_is_told_so(self, own: dict[str, str]) -> None:
        assert wrong_in(own) == {}
        said = run(own, "doctor")
        assert (said.returncode, "WRONG" in said.stdout) == (0, False)

    def test_an_unreachable_database(self, own: dict[str, str]) -> None:
        wrong = wrong_in({**own, "HUB_DATABASE_URL": UNREACHABLE})
        assert list(wrong) == ["database"]
        assert "HUB_DATABASE_URL" in wrong["database"]

    @pytest.mark.parametrize("role", ["hub", "hub_backup"])
    def test_another_role(self, own: dict[str, str], role: str) -> None:
        url = own["HUB_DATABASE_URL"].replace("//hub_app@", f"//{role}@")
        wrong = wrong_in({**own, "HUB_DATABASE_URL": url})
        assert role in wrong["role"]
        assert "hub_app" in wrong["role"]

    def test_the_owners_role_is_no_setting_at_all(self, own: dict[str, str]) -> None:
        done = run({**own, "HUB_DATABASE_URL": own["HUB_DATABASE_OWNER_URL"]}, "doctor")
        assert (done.returncode, "same role" in done.stderr) == (1, True)

    async def test_row_level_security_off(self, own: dict[str, str], stage: Stage) -> None:
        await stage.superuser.execute("alter table hub.cards disable row level security")
        try:
            wrong = wrong_in(own)
            ready = await stage.http.get("/readyz")
        finally:
            await stage.superuser.execute("alter table hub.cards enable row level security")
        assert list(wrong) == ["row-level security"]
        assert "cards" in wrong["row-level security"]
        assert (ready.status_code, ready.json()["failing"]) == (503, ["row_level_security"])
        assert (await stage.http.get("/readyz")).status_code == 200

    async def test_migrations_behind(self, own: dict[str, str], cluster: Cluster) -> None:
        async with _without_migrations(own, cluster) as empty:
            wrong = wrong_in(empty)
            served = run(empty, "serve")
        assert "unionhub migrate" in wrong.get("migrations", ""), wrong
        assert (served.returncode, "unionhub migrate" in served.stderr) == (1, True)

    def test_missing_and_open_key_files(self, own: dict[str, str], tmp_path: Path) -> None:
        missing = str(tmp_path / "none.json")
        for setting, name in (("HUB_KEY_FILE", "receipt keys"), ("HUB_MASTER_KEY_FILE", "master keys")):
            broken = {**own, setting: missing}
            assert missing in wrong_in(broken)[name]
            served = run(broken, "serve")
            assert (served.returncode, missing in served.stderr) == (1, True)
        load_receipt_keys(tmp_path / "open.json", may_create=True)
        (tmp_path / "open.json").chmod(0o644)
        assert "chmod 600" in wrong_in({**own, "HUB_KEY_FILE": str(tmp_path / "open.json")})["receipt keys"]

    def test_anothers_master_keys(self, own: dict[str, str], tmp_path: Path) -> None:
        load_master_keys(tmp_path / "another.json", may_create=True)
        broken = {**own, "HUB_MASTER_KEY_FILE": str(tmp_path / "another.json")}
        assert list(wrong_in(broken)) == ["master keys and database"]
        served = run(broken, "serve")
        assert (served.returncode, "HUB_MASTER_KEY_FILE" in served.stderr) == (1, True)

    def test_a_port_where_another_hub_serves(self, own: dict[str, str], settings: dict[str, str]) -> None:
        assert wrong_in(settings) == {}
        assert list(wrong_in({**settings, "HUB_ORIGIN": "https://another.example.cn"})) == ["port"]

    def test_a_taken_port(self, own: dict[str, str]) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            broken = {**own, "HUB_PORT": str(taken.getsockname()[1])}
            wrong = wrong_in(broken)
            served = run(broken, "serve")
        assert list(wrong) == ["port"]
        assert broken["HUB_PORT"] in wrong["port"]
        assert served.returncode == 1
        assert is_a_sentence(served.stderr)

    async def test_a_test_clock_that_is_stored_but_not_used(self, own: dict[str, str], stage: Stage) -> None:
        await stage.let_it_be(TODAY)
        code, findings = examined({**own, "HUB_CLOCK": "real"})
        assert code == 0
        assert "unionhub clock real" in findings["clock"]["todo"]


@asynccontextmanager
async def _without_migrations(own: dict[str, str], cluster: Cluster) -> AsyncIterator[dict[str, str]]:
    name = f"hub_bare_{WORKER}"
    await cluster.fresh(name)
    changed = {
        setting: own[setting].replace(f"/hub_e2e_{WORKER}?", f"/{name}?") for setting in own if "_URL" in setting
    }
    assert all(name in url for url in changed.values())
    yield {**own, **changed}


def is_a_sentence(said: str) -> bool:
    return said.startswith("unionhub: ") and "Traceback" not in said and 'File "' not in said


class TestRoot:
    """`unionhub bootstrap`: once, and the very same again changes nothing."""

    @pytest.fixture
    def root(self, stage: Stage, tmp_path: Path) -> dict[str, Any]:
        u0 = stage["U0"]
        for use, key in (("signing", u0.signing), ("login", u0.login)):
            (tmp_path / f"{use}.pub").write_text(json.dumps(key.public.jwk))
        return {
            "name": UNIONS["U0"].name,
            "uscc": UNIONS["U0"].uscc,
            "signing-jwk": tmp_path / "signing.pub",
            "login-jwk": tmp_path / "login.pub",
        }

    @staticmethod
    def _options(root: dict[str, Any]) -> list[str]:
        return [text for name, value in root.items() for text in (f"--{name}", str(value))]

    async def test_the_very_same_again_changes_nothing(
        self, own: dict[str, str], stage: Stage, root: dict[str, Any]
    ) -> None:
        before = await stage.everything()
        done = run(own, "bootstrap", *self._options(root), "--json")
        assert (done.returncode, json.loads(done.stdout)["created"]) == (0, False)
        assert await stage.everything() == before

    async def test_another_root_is_refused(
        self, own: dict[str, str], stage: Stage, root: dict[str, Any], tmp_path: Path
    ) -> None:
        before = await stage.everything()
        (tmp_path / "new.pub").write_text(json.dumps(PrivateKey.generate().public.jwk))
        (tmp_path / "private.jwk").write_text(json.dumps(PrivateKey.generate().jwk))
        (tmp_path / "text").write_text("no JSON")
        for changes in (
            {"name": "另一总工会"},
            {"uscc": "89110000MC1E26268D"},
            {"uscc": "89100000MC1G282818"},
            {"signing-jwk": tmp_path / "new.pub"},
            {"login-jwk": tmp_path / "new.pub"},
            {"login-jwk": tmp_path / "private.jwk"},
            {"login-jwk": tmp_path / "text"},
            {"login-jwk": tmp_path / "absent"},
        ):
            done = run(own, "bootstrap", *self._options(root | changes))
            assert (done.returncode, is_a_sentence(done.stderr)) == (1, True), (changes, done.stderr)
        assert await stage.everything() == before


#: A call that can't succeed: settings besides, and the arguments.
WRONG_CALLS: list[tuple[dict[str, str], list[str]]] = [
    ({"HUB_PORT": "http"}, ["serve"]),
    ({"HUB_PORT": "0"}, ["serve"]),
    ({"HUB_ENV": "prod"}, ["serve"]),  # with the test clock
    ({"HUB_ENV": "production"}, ["doctor"]),
    ({"HUB_ORIGIN": "https://hub.example.cn/"}, ["serve"]),
    ({"HUB_DATABASE_URL": "mysql://x/y"}, ["serve"]),
    ({"HUB_DATABASE_URL": UNREACHABLE}, ["serve"]),
    ({"HUB_DATABASE_OWNER_URL": UNREACHABLE}, ["migrate"]),
    ({"HUB_DATABASE_OWNER_URL": ""}, ["migrate"]),
    ({"HUB_DATABASE_BACKUP_URL": ""}, ["backup", "somewhere"]),
    ({"HUB_HOST": "203.0.113.1"}, ["serve"]),
    ({"HUB_CLOCK": "real"}, ["clock", "set", "2025-03-03T09:00:00+08:00"]),
    ({"HUB_CLOCK": "real"}, ["clock", "real"]),
    ({}, ["clock", "set", "yesterday"]),
    ({}, ["clock", "set", "2025-03-03"]),
    ({}, ["clock", "set", "2025-03-03T09:00:00"]),
    ({}, ["restore", "/nowhere/at/all"]),
    ({"HUB_KEY_FILE": "/nowhere/at/all"}, ["keys", "show"]),
    ({"HUB_KEY_FILE": "/nowhere/at/all"}, ["keys", "add-receipt-key"]),
    ({"HUB_MASTER_KEY_FILE": "/nowhere/at/all"}, ["keys", "add-data-key"]),
]


@pytest.mark.parametrize(("settings_besides", "arguments"), WRONG_CALLS)
async def test_a_wrong_call_is_a_sentence(
    own: dict[str, str], stage: Stage, settings_besides: dict[str, str], arguments: list[str]
) -> None:
    before = await stage.everything()
    done = run({**own, **settings_besides}, *arguments)
    assert (done.returncode, is_a_sentence(done.stderr)) == (1, True), done.stderr
    assert await stage.everything() == before


@pytest.mark.parametrize("arguments", [["nonsense"], ["bootstrap"], ["clock"], ["restore"], ["serve", "--reload"]])
def test_a_call_that_is_no_call_shows_the_usage(own: dict[str, str], arguments: list[str]) -> None:
    done = run(own, *arguments)
    assert done.returncode == 2
    assert "Usage: " in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


async def test_the_clock_is_set_and_read_by_the_hub(own: dict[str, str], stage: Stage) -> None:
    assert run(own, "clock", "set", "2031-01-02T03:04:05+08:00").returncode == 0
    now = await stage.superuser.fetchval("select hub.hub_now(true)")
    assert now.isoformat().startswith("2031-01-01T19:04:")
    assert run(own, "clock", "real").returncode == 0
    assert await stage.count("clock") == 0


def test_the_schema_is_printed(own: dict[str, str]) -> None:
    done = run(own, "sdl")
    assert done.returncode == 0
    assert "type Handoff implements Node" in done.stdout
