"""Proposals to expel in SQL alone: by the holder in their turn, and what a decision then rests on (A23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import asyncpg
import pytest

from hub.transfers.ledger.ending import RECORD_ENDING, RECORD_PROPOSAL, ProposalRecord
from tests.sql.direct import NOON, custody_of
from tests.sql.test_ending import an_ending, app, ask, m1, u1
from tests.sql.wholeness import assert_whole
from tests.worlds import as_union, differing, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import World

__all__ = ["app", "m1", "u1"]

HASH: Final = bytes(range(32))
OTHER: Final = bytes(32)
LATER: Final = NOON + timedelta(hours=1)


def a_proposal(custody: Any, **changes: Any) -> ProposalRecord:
    """What the holder's group proposes, as custody stands."""
    given = {
        "at": NOON,
        "union_id": custody["holder_union"],
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "custody_version": custody["custody_version"],
        "step_no": 0,
        "from_state": "-",
        "act": "propose",
        "to_state": "PROPOSED",
        "opinion_sha256": HASH,
        "opinion_on": date(2025, 2, 20),
        "jti": uuid4(),
        "sha256": uuid4().bytes * 2,
        "typ": "unionhub.x+jwt",
        "jws": "e30.e30.e30",
        "receipt": "r",
    }
    return ProposalRecord(**{**given, **changes})


def a_drop(custody: Any, **changes: Any) -> ProposalRecord:
    dropped = {"at": LATER, "step_no": 1, "from_state": "PROPOSED", "act": "drop", "to_state": "DROPPED"}
    return a_proposal(custody, **{**dropped, **changes})


@pytest.fixture
async def custody(superuser: Any, m1: UUID) -> Any:
    return await custody_of(superuser, m1)


@pytest.mark.parametrize("name", ["union_id", "custody_version", "step_no", "membership_id", "act", "at"])
async def test_it_is_the_holder_s_in_its_turn(world: World, app: Any, superuser: Any, custody: Any, name: str) -> None:
    other = {
        "union_id": world.actors["U2"].caller.union_id,
        "custody_version": 2,
        "step_no": 1,
        "membership_id": uuid4(),
        "act": "drop",
        "at": custody["held_since"],
    }
    before = await everything(superuser)
    assert not await ask(app, RECORD_PROPOSAL, a_proposal(custody, **{name: other[name]}))
    assert differing(before, await everything(superuser)) == set()


@pytest.mark.parametrize(
    "wrong",
    [{"step_no": 0}, {"opinion_sha256": OTHER}, {"opinion_on": date(2025, 2, 21)}, {"at": NOON}, {"act": "propose"}],
)
async def test_what_is_dropped_is_what_was_proposed_once(
    app: Any, superuser: Any, custody: Any, wrong: dict[str, Any]
) -> None:
    assert await ask(app, RECORD_PROPOSAL, a_proposal(custody))
    before = await everything(superuser)
    assert not await ask(app, RECORD_PROPOSAL, a_drop(custody, **wrong))
    assert differing(before, await everything(superuser)) == set()
    assert await ask(app, RECORD_PROPOSAL, a_drop(custody))
    assert not await ask(app, RECORD_PROPOSAL, a_drop(custody, step_no=2, at=LATER + timedelta(hours=1)))


@pytest.mark.invariant("I16")
async def test_nobody_else_is_told(world: World, app: Any, custody: Any, m1: UUID) -> None:
    assert await ask(app, RECORD_PROPOSAL, a_proposal(custody))
    for ref in ("U1", "U2", "U13", "U10"):
        union, told = world.actors[ref].caller.union_id, ref == "U1"
        assert bool(await app.fetchrow("select * from hub.facts_for_proposal($1, $2)", union, m1)) is told
        async with as_union(app, union):
            assert bool(await app.fetch("select * from hub.read_expulsion_proposals($1)", [m1])) is told
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await app.fetch("select * from hub.expulsion_proposals")


async def test_a_decision_is_on_the_opinion_that_is_open(app: Any, superuser: Any, custody: Any, m1: UUID) -> None:
    assert await ask(app, RECORD_PROPOSAL, a_proposal(custody))
    before = await everything(superuser)
    for wrong in ({"opinion_sha256": OTHER}, {"opinion_sha256": None}, {"opinion_sha256": HASH, "at": NOON}):
        with pytest.raises(asyncpg.PostgresError) as raised:
            await ask(app, RECORD_ENDING, an_ending(custody, **{"at": LATER, **wrong}))
        assert raised.value.sqlstate == "HB409"
    assert differing(before, await everything(superuser)) == set()
    assert await ask(app, RECORD_ENDING, an_ending(custody, at=LATER, opinion_sha256=HASH))
    steps = await superuser.fetch("select act, at from hub.expulsion_proposals order by step_no")
    assert [tuple(step) for step in steps] == [("propose", NOON), ("decide", LATER)]
    assert not await ask(app, RECORD_PROPOSAL, a_drop(custody, step_no=2, at=LATER + timedelta(hours=1)))
    await assert_whole(superuser)


async def test_one_that_is_dropped_binds_no_decision(app: Any, superuser: Any, custody: Any) -> None:
    assert await ask(app, RECORD_PROPOSAL, a_proposal(custody))
    assert await ask(app, RECORD_PROPOSAL, a_drop(custody))
    later = LATER + timedelta(hours=1)
    assert await ask(app, RECORD_ENDING, an_ending(custody, at=later, opinion_sha256=OTHER))
    assert await superuser.fetchval("select count(*) from hub.expulsion_proposals") == 2
    await assert_whole(superuser)
