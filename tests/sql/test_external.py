"""One side outside the hub (A25), by SQL alone: the other signs for it, and for no union that can sign itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from hub.transfers.ledger.records import AnswerRecord
from tests.sql.direct import NOON, SECOND, a_release, an_acceptance, call, custody_of
from tests.sql.wholeness import assert_whole
from tests.worlds import connected, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from uuid import UUID

    from hub.transfers.views import HandoffView
    from tests.world import World

pytestmark = pytest.mark.invariant("I5")


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    """A connection as hub_app, with no acting union."""
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def union(world: World) -> Callable[[str], UUID]:
    return lambda ref: world.actors[ref].caller.union_id


@pytest.fixture
async def m1(world: World, superuser: Any) -> Any:
    """The membership of M1, held by U1."""
    return await custody_of(superuser, world.members["M1"])


async def put_outside(superuser: Any, union_id: UUID) -> None:
    await superuser.execute("update hub.unions set kind = 'EXTERNAL' where union_id = $1", union_id)


async def does_nothing(app: Any, superuser: Any, record: Any) -> None:
    before = await everything(superuser)
    assert await call(app, record) == []
    assert await everything(superuser) == before


async def test_who_released_accepts_for_the_receiver_and_nobody_else(
    app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
) -> None:
    release = a_release(m1, union("U2"))
    assert await call(app, release) == [1]
    await does_nothing(app, superuser, an_acceptance(release, union_id=union("U1")))
    await put_outside(superuser, union("U2"))
    for ref in ("U2", "U3", "U9"):
        await does_nothing(app, superuser, an_acceptance(release, union_id=union(ref)))
    assert await call(app, an_acceptance(release, union_id=union("U1"))) == [1]
    custody = await custody_of(superuser, m1["membership_id"])
    assert (custody["holder_union"], custody["custody_version"]) == (union("U2"), 2)
    assert await superuser.fetchval(
        "select holder_union from hub.persons where member_id = $1", m1["member_id"]
    ) == union("U2")
    await assert_whole(superuser)


def an_answer(custody: Any, case: HandoffView, by: UUID, **changes: Any) -> AnswerRecord:
    """A release, in answer to a request, by the side of who asked."""
    release = a_release(custody, case.own_union, union_id=by, handoff_id=case.handoff_id, at=NOON + SECOND)
    return AnswerRecord(
        **{
            **{name: getattr(release, name) for name in AnswerRecord._fields if name in release._fields},
            "side": "RECEIVER",
            "step_no": 1,
            "request_sha256": case.request_sha256,
            "passed": "[]",
            **changes,
        }
    )


async def test_who_asked_releases_for_the_holder_and_nobody_else(
    world: World, app: Any, superuser: Any, m1: Any, union: Callable[[str], UUID]
) -> None:
    case = await world.request(world.actors["U2"], "M1")
    await does_nothing(app, superuser, an_answer(m1, case, union("U2")))
    await put_outside(superuser, union("U1"))
    for ref in ("U1", "U3", "U13"):
        await does_nothing(app, superuser, an_answer(m1, case, union(ref)))
    assert await call(app, an_answer(m1, case, union("U2"))) == [1]
    steps = await superuser.fetch("select act, side, union_id from hub.steps order by step_no")
    assert [tuple(step) for step in steps] == [
        ("request", "RECEIVER", union("U2")),
        ("release_for_external", "RECEIVER", union("U2")),
    ]
    await assert_whole(superuser)


@pytest.mark.attack("Z13")
async def test_only_who_has_asked_is_told_what_it_needs(
    world: World, app: Any, superuser: Any, union: Callable[[str], UUID]
) -> None:
    case = await world.request(world.actors["U2"], "M1")

    async def told(ref: str, handoff_id: UUID) -> Any:
        actor = world.actors[ref]
        row = await app.fetchrow(
            "select (f.membership).member_id from hub.facts_for_release(true, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
            "$11, $12) f",
            *([actor.caller.union_id], [actor.caller.kid], [actor.uri], [None], [None], ["RECEIVER"]),
            *([case.membership_id], [handoff_id], [actor.uri], [False], [None], [None]),
        )
        return row["member_id"]

    assert await told("U2", case.handoff_id) is None
    await put_outside(superuser, union("U1"))
    assert await told("U2", case.handoff_id) is not None
    for ref in ("U1", "U3", "U9", "U13"):
        assert await told(ref, case.handoff_id) is None
    assert await told("U2", case.membership_id) is None
    await world.cancel(world.actors["U2"], case.handoff_id)
    assert await told("U2", case.handoff_id) is None
