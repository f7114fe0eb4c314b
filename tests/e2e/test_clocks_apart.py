"""A machine whose clock is an hour from the database's: the hub's clock is the database's, so that nobody notices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import httpx
import pytest

from tests.e2e.documents import VIEWER_QUERY
from tests.e2e.serving import Serving, a_free_port, environment
from tests.e2e.wire import Clock, Party
from tests.world import HUB

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world import World

_PUT: Final = """
create or replace function hub.hub_now(p_test_clock boolean) returns timestamptz language plpgsql volatile as
$$begin return clock_timestamp() + interval '{hours} hour'; end$$"""


@pytest.fixture
def world(world_apart: World) -> World:
    """A database of its own: its clock is replaced."""
    return world_apart


@pytest.mark.attack("F09")
async def test_a_token_is_good_by_the_databases_clock(
    world: World, superuser: Any, key_folder: Path, tmp_path: Path
) -> None:
    settings = environment(
        database_url=world.app_dsn,
        origin=HUB,
        port=str(a_free_port()),
        workers="1",
        key_file=str(key_folder / "receipts.json"),
        master_key_file=str(key_folder / "master.json"),
        log_level="warning",
    )
    actor, clock = world.actors["U1"], Clock()
    with Serving(settings, tmp_path / "hub.log") as serving:
        async with httpx.AsyncClient(base_url=serving.address, trust_env=False) as http:

            def party() -> Party:
                return Party(http, clock, HUB, actor.uri, signing=actor.signing, login=actor.login)

            before = party()
            await before.ask(VIEWER_QUERY)
            for hours in (1, -1):
                await superuser.execute(_PUT.format(hours=hours))
                clock.let_it_be(datetime.now(UTC) + timedelta(hours=hours))
                later = party()
                assert (await later.ask(VIEWER_QUERY))["union"]["uri"] == actor.uri
                # As for the database a token of the hour before has ended, or is yet to come.
                token, login, _ = before._token or ("", actor.login, clock.now())
                before._token = (token, login, clock.now())
                assert (await before.post(VIEWER_QUERY)).status == httpx.codes.UNAUTHORIZED
                assert (await later.ask(VIEWER_QUERY))["kid"] == actor.login.kid
