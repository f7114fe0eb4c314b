"""A key that signs is held until its statement is recorded, and ends while nobody records by it (I17)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from federation.encoding import b64url
from tests.worlds import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import Actor, World

pytestmark = pytest.mark.invariant("I17")
HOLD = "select hub.hold_keys($1, $2, $3)"
END = "select hub.hold_key_to_end_it($1, 'SIGNING', $2)"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def u1(world: World) -> Actor:
    return world.actors["U1"]


@pytest.fixture
def u2(world: World) -> Actor:
    return world.actors["U2"]


def jws(kid: str) -> str:
    return b64url(f'{{"alg":"EdDSA","kid":"{kid}","typ":"t"}}'.encode()) + ".claims.signature"


async def holds(app: Any, world: World, actor: Actor, kid: str, **later: float) -> None:
    at = await world.now() + timedelta(**later)
    await app.fetchval(HOLD, [at], [actor.caller.union_id], [jws(kid)])


async def test_a_key_that_has_ended_or_is_not_the_signer_s_holds_nothing(
    app: Any, world: World, superuser: Any, u1: Actor, u2: Actor
) -> None:
    kid, hour = u1.signing.public.kid, timedelta(hours=1)
    await holds(app, world, u1, kid)
    with pytest.raises(asyncpg.PostgresError, match="ended"):
        await holds(app, world, u2, kid)
    with pytest.raises(asyncpg.PostgresError, match="ended"):
        await holds(app, world, u1, u1.login.public.kid)
    retired = "update hub.union_keys set retired_at = $2 where kid = $1"
    await superuser.execute(retired, kid, await world.now() + hour)
    await holds(app, world, u1, kid)
    with pytest.raises(asyncpg.PostgresError, match="ended"):
        await holds(app, world, u1, kid, hours=2)
    revoked = "update hub.union_keys set retired_at = null, revoked_at = $2, invalid_from = $2 where kid = $1"
    await superuser.execute(revoked, kid, await world.now() + hour)
    with pytest.raises(asyncpg.PostgresError, match="ended"):
        await holds(app, world, u1, kid)


async def test_one_of_several_that_has_ended_stops_them_all(
    app: Any, world: World, superuser: Any, u1: Actor, u2: Actor
) -> None:
    now, both = await world.now(), [u1, u2, u1]
    asked = ([now] * 3, [one.caller.union_id for one in both], [jws(one.signing.public.kid) for one in both])
    assert await app.fetchval(HOLD, *asked) is True
    await superuser.execute("update hub.union_keys set retired_at = $2 where kid = $1", u2.signing.public.kid, now)
    with pytest.raises(asyncpg.PostgresError, match="ended"):
        await app.fetchval(HOLD, *asked)


async def test_who_ends_a_key_waits_for_who_records_by_it_and_the_other_way_round(
    app: Any, world: World, u1: Actor, u2: Actor
) -> None:
    kid = u1.signing.public.kid
    async with connected(world.app_dsn, "hub_app") as ending:
        await ending.execute("set lock_timeout = '100ms'")
        await app.execute("set lock_timeout = '100ms'")
        async with app.transaction():
            await holds(app, world, u1, kid)
            # Others may record by it at the same time, and another's key may end.
            async with connected(world.app_dsn, "hub_app") as recording:
                await asyncio.wait_for(holds(recording, world, u1, kid), 5)
            await ending.execute(END, u2.uri, u2.signing.public.kid)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await ending.execute(END, u1.uri, kid)
        async with ending.transaction():
            await ending.execute(END, u1.uri, kid)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await holds(app, world, u1, kid)
        await holds(app, world, u1, kid)


async def test_a_key_of_the_same_name_is_left_alone(
    app: Any, world: World, superuser: Any, u1: Actor, u2: Actor
) -> None:
    """A name is the union's own: another may have given it too, and so may the union, to a key of the other use."""
    kid = u1.signing.public.kid
    namesake = """insert into hub.union_keys (union_id, use, kid, alg, jwk, not_before, registered_at)
                  select $2, $3, kid, alg, jwk, not_before, registered_at from hub.union_keys where kid = $1 limit 1"""
    await superuser.execute(namesake, kid, u2.caller.union_id, "SIGNING")
    await superuser.execute(namesake, kid, u1.caller.union_id, "LOGIN")
    free = "select union_id, use, kid from hub.union_keys for update skip locked"
    keys = {tuple(row) for row in await superuser.fetch("select union_id, use, kid from hub.union_keys")}
    async with app.transaction():
        await holds(app, world, u1, kid)
        assert keys - {tuple(row) for row in await superuser.fetch(free)} == {(u1.caller.union_id, "SIGNING", kid)}
    async with app.transaction():
        await app.execute(END, u1.uri, kid)
        assert keys - {tuple(row) for row in await superuser.fetch(free)} == {(u1.caller.union_id, "SIGNING", kid)}
