"""One throwaway PostgreSQL per run, one database per worker, through the roles that production uses."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hub.database import embedded
from tests.databases import TEMPLATE, Cluster
from tests.markers import check_articles
from tests.worlds import founded, standing, superuser, world, world_apart

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["founded", "standing", "superuser", "world", "world_apart"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing them")


def pytest_runtest_setup(item: pytest.Item) -> None:
    check_articles(item)


@pytest.fixture(scope="session")
def golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--golden"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Start the server that all tests of this worker share, and make the migrated template."""
    programs = os.environ.get("TEST_PG_BIN")
    with embedded.start(throwaway=True, pg_bin=None if programs is None else Path(programs)) as server:
        made = Cluster(server.dsn("hub", "postgres"))
        asyncio.run(made.migrated(TEMPLATE))
        yield made


@pytest.fixture(scope="session")
def key_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the keys of the hubs under test lie."""
    return tmp_path_factory.mktemp("keys")
