"""A merge touches the two that it is of, and nothing of what the same people have had before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import pytest

from tests.sql.direct import NOON, a_decision, a_first_word, a_merge, call_single, custody_of, passed
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

OVER: Final = bytes(range(32))
VOID: Final = passed(("void", "RELEASED", "VOIDED", NOON))
_GIVEN: Final = "with g as (select $1::uuid[] both_of, $2::uuid handoff, $3::uuid pair) select t::text from g, "
#: What is of neither of the two memberships ($1), nor of the open case ($2), nor of the pair ($3).
OTHERS: Final = (
    "hub.memberships t where t.membership_id <> all (g.both_of)",
    "hub.holdings t where t.membership_id <> all (g.both_of) or not upper_inf(t.during)",
    "hub.handoffs t where t.handoff_id <> g.handoff",
    "hub.dockets t where t.handoff_id <> g.handoff",
    "hub.cards t where t.handoff_id <> g.handoff or t.side = 'HOLDER'",
    "hub.duplicates t where t.pair_id <> g.pair",
    "hub.person_ids t where true",
)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


async def had_before(superuser: Any, membership_id: UUID) -> None:
    """Let a person have had a membership before, from which he withdrew, with a pair of its own, long settled."""
    earlier = uuid4()
    await superuser.execute(
        "create temporary table earlier as select * from hub.memberships where membership_id = $1", membership_id
    )
    await superuser.execute(
        "update earlier set membership_id = $1, status = 'WITHDRAWN', open_handoff = null, open_step = null, "
        "open_duplicate = null, certificate_province = null, certificate_number = null",
        earlier,
    )
    names = await superuser.fetchval(
        "select string_agg(attname, ', ') from pg_attribute "
        "where attrelid = 'hub.memberships'::regclass and attnum > 0 and not attisdropped and attgenerated = ''"
    )
    await superuser.execute(f"insert into hub.memberships ({names}) select {names} from earlier")
    await superuser.execute("drop table earlier")
    await superuser.execute(
        "insert into hub.duplicates (member_id, membership_id, pair_id, other_member, other_membership, found_at, "
        "closed_at) select member_id, membership_id, $2, $3, $4, held_since, held_since from hub.memberships "
        "where membership_id = any ($1)",
        [earlier, membership_id],
        uuid4(),
        uuid4(),
        uuid4(),
    )
    await superuser.execute(
        "insert into hub.holdings (member_id, membership_id, custody_version, holder_union, during) "
        "select member_id, membership_id, custody_version, holder_union, '[2001-01-01,2002-01-01)' "
        "from hub.memberships where membership_id = $1",
        earlier,
    )


class Crowded:
    """M1 of U1 and of U2, each with a past; U1's has been released before, and is now, to U3."""

    def __init__(self, live: Any, suspected: Any, case: UUID) -> None:
        self.live, self.suspected, self.case = live, suspected, case

    @classmethod
    async def made(cls, world: World, superuser: Any) -> Crowded:
        u1, u2, u3 = (world.actors[ref] for ref in ("U1", "U2", "U3"))
        m1, give = world.members["M1"], {"new_employer_uscc": EMPLOYERS["小店甲"]}
        await world.refuse(u3, (await world.release(u1, m1, u3.uri, **give)).handoff_id, "DOCUMENT_DEFECT")
        moved = await world.release(u1, m1, u3.uri, **give)
        await world.accept(u3, moved.handoff_id, employer_uscc=EMPLOYERS["小店甲"])
        back = await world.release(u3, m1, u1.uri, new_employer_uscc=EMPLOYERS["甲"])
        await world.accept(u1, back.handoff_id, employer_uscc=EMPLOYERS["甲"])
        paper = replace(MEMBERS["M1"], employer="乙", certificate=("31", "700001"), joined_on=date(2009, 5, 4))
        second = await world.bring_in(u2, paper)
        for membership_id in (m1, second.membership_id):
            await had_before(superuser, membership_id)
        case = await world.release(u1, m1, u3.uri, **give)
        return cls(await custody_of(superuser, m1), await custody_of(superuser, second.membership_id), case.handoff_id)

    async def others(self, superuser: Any) -> list[list[str]]:
        both = [self.live["membership_id"], self.suspected["membership_id"]]
        given = (both, self.case, self.live["open_duplicate"])
        return [sorted(row[0] for row in await superuser.fetch(_GIVEN + rows, *given)) for rows in OTHERS]


@pytest.fixture
async def crowded(world: World, superuser: Any) -> Crowded:
    return await Crowded.made(world, superuser)


@pytest.mark.parametrize("suspected_stays", [True, False])
async def test_the_last_word_touches_the_two_alone(
    app: Any, superuser: Any, crowded: Crowded, *, suspected_stays: bool
) -> None:
    before = await crowded.others(superuser)
    assert all(before)
    stays, ends = (crowded.suspected, crowded.live) if suspected_stays else (crowded.live, crowded.suspected)
    first = a_first_word(ends, stays, OVER, survives=False)
    assert await call_single(app, first) is True
    assert await crowded.others(superuser) == before
    word = a_merge(stays, ends, OVER, passed=VOID if suspected_stays else "[]")
    assert await call_single(app, word) is True
    left = [] if suspected_stays else [crowded.case]
    assert [row[0] for row in await superuser.fetch("select handoff_id from hub.handoffs where is_open")] == left
    after = await crowded.others(superuser)
    assert [rows for number, rows in enumerate(after) if number != 1] == [
        rows for number, rows in enumerate(before) if number != 1
    ]
    assert set(before[1]) <= set(after[1])
    assert len(after[1]) == len(before[1]) + 1


async def test_a_decision_too(world: World, app: Any, superuser: Any, crowded: Crowded) -> None:
    first = a_first_word(crowded.suspected, crowded.live, OVER)
    assert await call_single(app, first) is True
    before = await crowded.others(superuser)
    by = world.actors["U9"].caller.union_id
    decision = a_decision(by, crowded.suspected, crowded.live, OVER, passed=VOID)
    assert await call_single(app, decision) is True
    after = await crowded.others(superuser)
    assert [rows for number, rows in enumerate(after) if number != 1] == [
        rows for number, rows in enumerate(before) if number != 1
    ]
