"""A suspended agreement, guarded by SQL alone: the host reads and does nothing, and nobody takes a place not given."""

from __future__ import annotations

from datetime import timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import pytest

from hub.transfers.ledger import entrusting as ledger
from tests.entrusting import in_force
from tests.sql.direct import NOON
from tests.winding import wind_up
from tests.world import UNIONS
from tests.worlds import as_union, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.transfers.views_entrusting import AgreementView
    from tests.world import World

U2, U7, U8 = (UNIONS[ref].uri for ref in ("U2", "U7", "U8"))
ANSWER: Final = ledger.RECORD_COVERAGE_ANSWER


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
async def agreement(world: World) -> AgreementView:
    """Between U7 and U8, in force; U8 is wound up, and U2 succeeds to it."""
    view = await in_force(world)
    await wind_up(world, world.actors["U16"], U8, successor_union=U2)
    return view


def an_act(world: World, agreement: AgreementView, ref: str, **changes: Any) -> tuple[Any, ...]:
    given = {
        "at": NOON,
        "union_id": world.actors[ref].caller.union_id,
        "agreement_id": agreement.agreement_id,
        "step_no": 4,
        "act": "resume",
        "side": "HOST",
        "to_state": "IN_FORCE",
        **changes,
    }
    stated = ledger.Stated(uuid4(), token_bytes(32), "unionhub.entrustment+jwt", "e30.e30.x", "receipt")
    return (*ledger.SuspendedRecord(**given), *stated)


async def test_the_host_reads_nothing_and_does_nothing(world: World, app: Any, superuser: Any, agreement: Any) -> None:
    member, u8 = world.members["M5"], world.actors["U8"].caller.union_id
    covered = await superuser.fetchrow("select * from hub.coverages")
    assert not await app.fetchval(ledger.IS_ENTRUSTED_HOST, True, u8, member)
    assert await app.fetch(ledger.REVEAL_ENTRUSTED, True, u8, [covered["coverage_id"]], [uuid4()]) == []
    async with as_union(app, u8):
        (row,) = await app.fetch(ledger.READ_COVERAGES, NOON, agreement.agreement_id, None, None, 10)
        assert (row["is_live"], row["member_name"]) == (False, None)
        assert await app.fetch(ledger.READ_MEMBER_COVERAGES, NOON, [member]) == []
        assert await app.fetch(ledger.READ_CARE, NOON, [member]) == []
    before = await everything(superuser)
    stated = ledger.Stated(uuid4(), token_bytes(32), "t", "e30.e30.x", "r")
    answer = ledger.AnswerRecord(
        NOON, u8, agreement.agreement_id, "COVERED", [covered["coverage_id"]], [covered["member_id"]]
    )
    assert not await app.fetchval(ANSWER, *answer, *stated)
    care = ledger.CareRecord(
        NOON, u8, covered["member_id"], member, agreement.agreement_id, uuid4(), "record_activity", "SPORTS",
        NOON.date(), None,
    )  # fmt: skip
    assert not await app.fetchval(ledger.RECORD_CARE, *care, *stated)
    assert differing(before, await everything(superuser)) == set()


async def test_the_successor_takes_the_place(world: World, app: Any, superuser: Any, agreement: Any) -> None:
    step = await superuser.fetchval("select step_no from hub.entrustments")
    assert await app.fetchval(ledger.RECORD_ON_SUSPENDED, *an_act(world, agreement, "U2", step_no=step))
    u2 = world.actors["U2"].caller.union_id
    row = await superuser.fetchrow("select state, host_union from hub.entrustments")
    assert tuple(row) == ("IN_FORCE", u2)
    assert await app.fetchval(ledger.IS_ENTRUSTED_HOST, True, u2, world.members["M5"])
    assert not await app.fetchval(ledger.RECORD_ON_SUSPENDED, *an_act(world, agreement, "U2", step_no=step + 1))


@pytest.mark.parametrize(
    ("ref", "changes"),
    [
        ("U1", {}),
        ("U16", {}),
        ("U7", {}),
        ("U8", {}),
        ("U2", {"side": "DISPATCH"}),
        ("U2", {"side": "HIGHER", "act": "terminate", "to_state": "TERMINATED"}),
        ("U2", {"act": "terminate", "to_state": "TERMINATED"}),
        ("U2", {"act": "reschedule", "to_state": "SCHEDULED"}),
        ("U2", {"step_no": 1}),
        ("U2", {"at": NOON + timedelta(days=150)}),
        ("U2", {"agreement_id": UUID(int=7)}),
        ("U9", {"side": "HIGHER", "act": "terminate", "to_state": "TERMINATED"}),
        ("U16", {"side": "HIGHER", "act": "terminate", "to_state": "TERMINATED", "at": NOON + timedelta(days=150)}),
        ("U16", {"side": "HIGHER", "act": "resume", "to_state": "IN_FORCE"}),
    ],
)
async def test_nobody_else_and_nothing_else(
    world: World, app: Any, superuser: Any, agreement: Any, ref: str, changes: dict[str, Any]
) -> None:
    step = await superuser.fetchval("select step_no from hub.entrustments")
    before = await everything(superuser)
    record = an_act(world, agreement, ref, **{"step_no": step, **changes})
    assert not await app.fetchval(ledger.RECORD_ON_SUSPENDED, *record)
    assert differing(before, await everything(superuser)) == set()


@pytest.mark.parametrize("act", ["resume", "terminate"])
async def test_nothing_of_one_in_force(world: World, app: Any, superuser: Any, act: str) -> None:
    view = await in_force(world)
    step = await superuser.fetchval("select step_no from hub.entrustments")
    higher = {"side": "HIGHER", "act": "terminate", "to_state": "TERMINATED"}
    record = an_act(world, view, "U2", step_no=step) if act == "resume" else an_act(
        world, view, "U16", step_no=step, **higher
    )  # fmt: skip
    assert not await app.fetchval(ledger.RECORD_ON_SUSPENDED, *record)
