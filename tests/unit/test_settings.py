"""The settings: defaults, sentences for what is wrong, and nobody else reads the environment."""

import ast
import os
from pathlib import Path

import pytest

from hub import settings
from hub.settings import Clock, Environment, SettingsError

HUB = Path(settings.__file__).parent
OURS = "postgresql://hub_app:s3cret@db/hub"
OWNERS = "postgresql://hub_owner:s3cret@db/hub"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("HUB_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def sentences(**given: object) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        settings.load(**given)
    return refused.value.sentences


def test_the_defaults_need_nothing(tmp_path: Path) -> None:
    found = settings.load()
    assert (found.host, found.port, found.origin) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert (found.env, found.clock) == (Environment.DEV, Clock.REAL)
    assert found.is_embedded
    assert found.data_dir == tmp_path / "var"
    assert found.key_file == tmp_path / "var" / "receipt-keys.json"
    assert found.master_key_file == tmp_path / "var" / "master-keys.json"
    assert 1 <= found.workers <= settings.WORKERS_MAX


def test_defaults_follow_the_settings_that_they_hang_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_PORT", "9001")
    monkeypatch.setenv("HUB_DATA_DIR", f"{tmp_path}/with space")
    found = settings.load()
    assert found.origin == "http://127.0.0.1:9001"
    assert found.key_file == tmp_path / "with space" / "receipt-keys.json"
    assert settings.load(port=9002).origin == "http://127.0.0.1:9002"


def test_a_url_wins_over_the_embedded_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", OURS)
    monkeypatch.setenv("HUB_DATABASE_OWNER_URL", OWNERS)
    assert not settings.load().is_embedded


def test_an_empty_variable_is_an_unset_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", "")
    monkeypatch.setenv("HUB_PORT", "")
    assert settings.load().port == 8000


@pytest.mark.parametrize(
    ("variable", "value", "must"),
    [
        ("HUB_PORT", "http", "must be a whole number from 1 to 65535"),
        ("HUB_PORT", "0", "must be a whole number from 1 to 65535"),
        ("HUB_PORT", "65536", "must be a whole number from 1 to 65535"),
        ("HUB_WORKERS", "0", "must be a whole number from 1 to 64"),
        ("HUB_ENV", "production", "must be dev or prod"),
        ("HUB_CLOCK", "fake", "must be real or test"),
        ("HUB_LOG_LEVEL", "loud", "must be debug, info, warning or error"),
        ("HUB_FAILPOINT", "after_lunch:1", "must be one of before_verification, between_statements, after_commit"),
        ("HUB_FAILPOINT", "after_commit:0", "a colon and a number, like after_commit:1"),
        ("HUB_ORIGIN", "https://hub.example.cn/", "no slash or path after it"),
        ("HUB_ORIGIN", "hub.example.cn", "must be a scheme and a host"),
        ("HUB_ORIGIN", "https://hub.example.cn?x=1", "must be a scheme and a host"),
        ("HUB_ORIGIN", "https://someone@hub.example.cn", "must be a scheme and a host"),
        ("HUB_ORIGIN", "https://hub.example.cn:99999", "must be a scheme and a host"),
        ("HUB_ORIGIN", "https://[::1", "must be a scheme and a host"),
        ("HUB_PG_BIN", "/", "must be a folder that holds the program postgres"),
    ],
)
def test_a_wrong_value_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, must: str
) -> None:
    name = variable.removeprefix("HUB_").lower()
    told = sentences(**{name: value})
    monkeypatch.setenv(variable, value)
    assert sentences() == told
    assert len(told) == 1
    assert told[0].startswith(f"{variable} is {value!r}; it ")
    assert must in told[0]
    assert told[0].endswith(".")


def test_each_wrong_value_has_its_own_sentence() -> None:
    assert len(sentences(port="x", env="y", workers="z")) == 3


@pytest.mark.parametrize("url", ["mysql://hub:s3cret@db/hub", "postgresql://hub:s3cret@db", "postgresql://[s3cret/hub"])
def test_a_url_is_never_shown_since_it_may_hold_a_password(url: str) -> None:
    (told,) = sentences(database_url=url)
    assert told == "HUB_DATABASE_URL must be a URL like postgresql://hub_app@host/hub."


def test_the_test_clock_is_refused_in_production() -> None:
    assert settings.load(clock="test").clock is Clock.TEST
    (told,) = sentences(clock="test", env="prod")
    assert told.startswith("HUB_CLOCK=test is refused when HUB_ENV=prod")


def test_no_failpoint_is_armed_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_FAILPOINT", "between_statements:1")
    assert settings.load().failpoint == "between_statements:1"
    monkeypatch.setenv("HUB_ENV", "prod")
    (told,) = sentences()
    assert told.startswith("HUB_FAILPOINT is refused when HUB_ENV=prod")


def test_the_hub_does_not_serve_as_the_owner_of_the_tables() -> None:
    (told,) = sentences(database_url=OURS, database_owner_url=OURS)
    assert "same role" in told
    assert "s3cret" not in told


def test_an_owner_url_alone_is_refused() -> None:
    (told,) = sentences(database_owner_url=OWNERS)
    assert told.startswith("HUB_DATABASE_OWNER_URL is set without HUB_DATABASE_URL")


def test_a_misspelt_variable_is_pointed_out_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABSE_URL", OURS)
    monkeypatch.setenv("HUB_PORT", "9001")
    settings.load()
    assert settings.unknown_variables() == ["HUB_DATABSE_URL is no setting of the hub; did you mean HUB_DATABASE_URL?"]


def test_only_settings_reads_the_environment() -> None:
    """Setting one for a library or a worker is no reading. The demo starts a hub from outside, as a user does."""
    for path in HUB.rglob("*.py"):
        if path.name == "settings.py" or path.is_relative_to(HUB / "demo"):
            continue
        nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
        written = {
            id(node.value) for node in nodes if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        }
        for node in nodes:
            named = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
            assert named not in {"environ", "getenv", "environb"} or id(node) in written, path
