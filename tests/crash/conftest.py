"""Servers that are there in a moment, over the database of a world of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.hatching import Hatchery
from tests.e2e.serving import environment
from tests.world import HUB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world import World


@pytest.fixture
def world(world_apart: World) -> World:
    """A database of its own: servers die over it."""
    return world_apart


@pytest.fixture
def hatchery(world: World, key_folder: Path, tmp_path: Path) -> Iterator[Hatchery]:
    """What forks servers over the world's database."""
    settings = environment(
        database_url=world.app_dsn,
        origin=HUB,
        key_file=str(key_folder / "receipts.json"),
        master_key_file=str(key_folder / "master.json"),
        clock="test",
        log_level="warning",
    )
    with Hatchery(settings, tmp_path / "hub.log") as hatchery:
        yield hatchery
