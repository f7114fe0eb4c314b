"""One `unionhub serve` per worker, on the cluster that all tests share; the fixtures anew for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from hub.keyfiles import load_master_keys, load_receipt_keys
from tests.databases import TEMPLATE, WORKER, Snapshot
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.serving import Serving, a_free_port, environment
from tests.e2e.stage import FOUNDED, TODAY, Stage, bootstrap
from tests.e2e.wire import Clock
from tests.worlds import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Cluster

DATABASE = f"hub_e2e_{WORKER}"


@pytest.fixture(scope="session")
def settings(cluster: Cluster, key_folder: Path) -> dict[str, str]:
    """What the operator of the hub under test has set: a database of his own, its keys, and the test clock."""
    load_receipt_keys(key_folder / "e2e-receipts.json", may_create=True)
    load_master_keys(key_folder / "e2e-master.json", may_create=True)
    return environment(
        database_url=cluster.dsn("hub_app", DATABASE),
        database_owner_url=cluster.dsn("hub_owner", DATABASE),
        database_backup_url=cluster.dsn("hub_backup", DATABASE),
        data_dir=str(key_folder / "e2e"),
        key_file=str(key_folder / "e2e-receipts.json"),
        master_key_file=str(key_folder / "e2e-master.json"),
        clock="test",
        port=str(a_free_port()),
        workers="1",
        log_level="debug",
    )


@pytest.fixture(scope="session")
async def playing(
    cluster: Cluster, settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Stage, Snapshot]]:
    """Start the hub and register everybody, once per worker."""
    await cluster.fresh(DATABASE, template=TEMPLATE)
    folder = tmp_path_factory.mktemp("hub")
    async with (
        connected(cluster.dsn("hub", DATABASE), "hub") as superuser,
        httpx.AsyncClient(timeout=30, trust_env=False) as http,
    ):
        with Serving(settings, folder / "hub.log") as serving:
            http.base_url = serving.address
            stage = Stage(serving, http, Clock(), superuser)
            await stage.let_it_be(FOUNDED)
            await bootstrap(stage, settings, folder)
            for ref in UNIONS:
                await stage.found(ref)
            for ref in MEMBERS:
                await stage.enrol(ref)
            yield stage, await Snapshot.taken(superuser, await stage.tables())


@pytest.fixture
async def stage(playing: tuple[Stage, Snapshot]) -> Stage:
    """The hub with fresh fixtures. Keys that a test replaces are this test's own."""
    founded, snapshot = playing
    await snapshot.put_back(founded.superuser)
    parties = {ref: party.copy() for ref, party in founded.parties.items()}
    fresh = Stage(founded.serving, founded.http, founded.clock, founded.superuser, parties, dict(founded.members))
    await fresh.let_it_be(TODAY)
    return fresh
