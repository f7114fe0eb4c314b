"""What an operator sets, by environment variables named HUB_…: the only place in `hub` that reads the environment.

A wrong value is told in one plain sentence that names the variable and what it must be; values that may hold a
password are not repeated.
"""

import difflib
import os
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from hub import failpoints

__all__ = ["Clock", "Environment", "LogLevel", "Settings", "SettingsError", "load", "unknown_variables"]

PREFIX = "HUB_"
#: More processes than this serve nobody on one machine: the database shares its cores.
WORKERS_MAX = 4
PORT = 8000
PORT_MAX = 65535
_OURS = "hub"  # the type of an error whose message is a whole sentence of ours


class Environment(StrEnum):
    """Where the hub runs; `prod` refuses what is only for trying out."""

    DEV = "dev"
    PROD = "prod"


class Clock(StrEnum):
    """Whose time it is: the database's, or the stored one that tests move."""

    REAL = "real"
    TEST = "test"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class SettingsError(Exception):
    """Settings with which the hub does not start: one sentence each."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


def _must_be(what: str) -> PydanticCustomError:
    return PydanticCustomError(_OURS, "{what}", {"what": what})


def _database_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"postgresql", "postgres"} and parts.path.strip("/") and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise _must_be("must be a URL like postgresql://hub_app@host/hub")
    return value


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        plain = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and "@" not in value
    except ValueError:
        plain = False
    if not plain or value != f"{parts.scheme}://{parts.netloc}":
        raise _must_be("must be a scheme and a host, like https://hub.example.cn, with no slash or path after it")
    return value


def _bin_folder(value: Path) -> Path:
    if not (value / "postgres").is_file():
        raise _must_be("must be a folder that holds the program postgres")
    return value.absolute()


def _absolute(value: Path) -> Path:
    return Path(os.path.expanduser(value)).absolute()  # noqa: PTH111 - Path's own raises where there is no such user


def _failpoint(value: str) -> str:
    if failpoints.FORM.fullmatch(value) is None:
        raise _must_be(f"must be one of {', '.join(failpoints.Point)}, a colon and a number, like after_commit:1")
    return value


DatabaseUrl = Annotated[str, AfterValidator(_database_url)]
FilePath = Annotated[Path, AfterValidator(_absolute)]

#: Values that may hold a password are never shown.
_UNSHOWN = frozenset({"database_url", "database_owner_url", "database_backup_url"})


def default_workers() -> int:
    """One process per core that we may use, at most four: the embedded database runs on the same cores."""
    return max(1, min(WORKERS_MAX, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1))


class Settings(BaseSettings):
    """Every setting, with its default. `load` reads them and words what is wrong."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, hide_input_in_errors=True)

    database_url: DatabaseUrl | None = Field(
        None, description="Database of the hub, as role hub_app. None: the embedded PostgreSQL below HUB_DATA_DIR."
    )
    database_owner_url: DatabaseUrl | None = Field(None, description="The same database as role hub_owner: migrations.")
    database_backup_url: DatabaseUrl | None = Field(None, description="The same database as role hub_backup: backups.")
    data_dir: FilePath = Field(Path("var"), description="Embedded database and key files.", validate_default=True)
    origin: Annotated[str, AfterValidator(_origin)] = Field(
        "", description="The hub's public origin, its name in every statement. Default: http://127.0.0.1:<port>."
    )
    env: Environment = Field(Environment.DEV, description="dev or prod.")
    clock: Clock = Field(Clock.REAL, description="real, or test (a stored clock; refused in prod).")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    port: int = Field(PORT, ge=1, le=PORT_MAX, description="Port to listen on.")
    workers: int = Field(default_factory=default_workers, ge=1, le=64, description="Processes that serve.")
    key_file: FilePath = Field(Path(), description="Keys that sign receipts. Default: in HUB_DATA_DIR.")
    master_key_file: FilePath = Field(Path(), description="Keys for personal data. Default: in HUB_DATA_DIR.")
    pg_bin: Annotated[Path, AfterValidator(_bin_folder)] | None = Field(
        None, description="Folder of PostgreSQL's programs, instead of those of the wheel."
    )
    failpoint: Annotated[str, AfterValidator(_failpoint)] | None = Field(
        None, description="Where an act ends the process, for tests of crashes; refused in prod."
    )
    log_level: LogLevel = Field(LogLevel.INFO, description="debug, info, warning or error.")

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Derive the defaults that hang on other settings."""
        data_dir = Path(values.get("data_dir", "var"))
        port = str(values.get("port", ""))
        return {
            "origin": f"http://127.0.0.1:{port if port.isdecimal() and 0 < int(port) <= PORT_MAX else PORT}",
            "key_file": data_dir / "receipt-keys.json",
            "master_key_file": data_dir / "master-keys.json",
        } | values

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.clock is Clock.TEST and self.env is Environment.PROD:
            raise _must_be("HUB_CLOCK=test is refused when HUB_ENV=prod: nobody may move the clock of a real hub.")
        if self.failpoint is not None and self.env is Environment.PROD:
            raise _must_be("HUB_FAILPOINT is refused when HUB_ENV=prod: it ends the process in the midst of an act.")
        if self.database_owner_url is not None and self.database_url is None:
            raise _must_be("HUB_DATABASE_OWNER_URL is set without HUB_DATABASE_URL: set both, or neither.")
        if self.database_url is not None and self.database_owner_url is not None:
            serving, owning = urlsplit(self.database_url).username, urlsplit(self.database_owner_url).username
            if serving == owning:
                raise _must_be(
                    "HUB_DATABASE_URL and HUB_DATABASE_OWNER_URL name the same role: row-level security binds the "
                    "hub only if it serves as another role (hub_app) than the one that owns the tables (hub_owner)."
                )
        return self

    @property
    def is_embedded(self) -> bool:
        """Whether the hub starts its own PostgreSQL."""
        return self.database_url is None


def load(**given: Any) -> Settings:
    """Read the settings from the environment; what is given (by an option of a command) goes before it.

    Refuses: SettingsError, with a sentence for each wrong value.
    """
    try:
        return Settings(**given)
    except ValidationError as error:
        raise SettingsError(_sentence(detail, given) for detail in error.errors()) from None


def unknown_variables() -> list[str]:
    """Tell of HUB_… variables that no setting reads: other programs use the prefix too, so they are no error."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    sentences = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else "."
            sentences.append(f"{name} is no setting of the hub{meant}")
    return sentences


def _sentence(detail: Any, given: Mapping[str, Any]) -> str:
    """Turn one finding of pydantic into a sentence; its own words are for programmers."""
    if not detail["loc"]:
        return str(detail["msg"])
    name = str(detail["loc"][0])
    variable = PREFIX + name.upper()
    value = given.get(name, os.environ.get(variable))
    shown = f" is {str(value)!r}; it" if value is not None and name not in _UNSHOWN else ""
    return f"{variable}{shown} {_requirement(name, detail)}."


def _requirement(name: str, detail: Any) -> str:
    if detail["type"] == _OURS:
        return str(detail["msg"])
    if detail["type"] == "enum":
        return f"must be {detail['ctx']['expected'].replace(chr(39), '')}"
    bounds = {"port": "a whole number from 1 to 65535", "workers": "a whole number from 1 to 64"}
    return f"must be {bounds.get(name, 'a text that can be read as its kind')}"
