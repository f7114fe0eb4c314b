"""A manifest is kept with what was applied of it, once, and its jti is good for one text."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests.worlds import connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import Actor, World

AT = datetime(2025, 3, 3, 3, tzinfo=UTC)
ENTER = "select hub.enter_manifest($1, $2, $3, $4, $5, $6, 'unionhub.release-manifest+jwt', $7, 'receipt')"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def u1(world: World) -> Actor:
    return world.actors["U1"]


async def enter(
    app: Any,
    actor: Actor,
    *,
    done: list[int] | None,
    batch: UUID,
    jti: UUID,
    sha: bytes = bytes(32),
    jws: str = "a.b.c",
) -> Any:
    return await app.fetchval(ENTER, done, AT, actor.caller.union_id, batch, jti, sha, jws)


@pytest.mark.parametrize("done", [None, []])
async def test_where_nothing_was_applied_nothing_is_kept(
    app: Any, superuser: Any, u1: Actor, done: list[int] | None
) -> None:
    before = await everything(superuser)
    assert await enter(app, u1, done=done, batch=uuid4(), jti=uuid4()) == done
    assert differing(before, await everything(superuser)) == set()


async def test_it_is_kept_once(app: Any, superuser: Any, u1: Actor) -> None:
    batch, jti = uuid4(), uuid4()
    assert await enter(app, u1, done=[1, 2], batch=batch, jti=jti) == [1, 2]
    before = await everything(superuser)
    assert await enter(app, u1, done=[3], batch=batch, jti=jti) == [3]
    assert differing(before, await everything(superuser)) == set()
    row = await superuser.fetchrow("select iss, receipt, received_at from hub.statements where member_id = $1", batch)
    assert tuple(row) == (u1.caller.union_id, "receipt", AT)


async def test_its_jti_is_good_for_one_text_of_one_batch(app: Any, superuser: Any, u1: Actor) -> None:
    batch, jti = uuid4(), uuid4()
    await enter(app, u1, done=[1], batch=batch, jti=jti)
    before = await everything(superuser)
    for other, sha in ((batch, b"\x01" * 32), (uuid4(), bytes(32))):
        with pytest.raises(asyncpg.PostgresError) as caught:
            await enter(app, u1, done=[1], batch=other, jti=jti, sha=sha)
        assert caught.value.sqlstate == "HB409"
    assert differing(before, await everything(superuser)) == set()
