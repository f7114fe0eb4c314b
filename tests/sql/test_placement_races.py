"""The founding race (domain 3.3) on two hubs: a placement's acceptance against the founding of the union awaited."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code, Refusal
from hub.transfers.desk import drafting_unions, registering
from hub.transfers.ledger import placements
from hub.transfers.machines import PlacementState
from tests.ready import person, ready, ready_acceptance, ready_join
from tests.sql.direct import a_release, an_acceptance, call, custody_of
from tests.sql.racing import hubs, prepared
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS
from tests.worlds import connected

if TYPE_CHECKING:
    from hub.transfers.desk.opening import Hub
    from tests.ready import Ready
    from tests.world import World

__all__ = ["hubs"]

ROUNDS: Final = 40
_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _code(prefix: str, number: int) -> str:
    """Give a code with both its check characters (GB 11714, GB 32100)."""
    body = f"MD{number:06}"
    total = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    begun = f"{prefix}{body}{'0123456789X'[-total % 11]}"
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(begun))
    return begun + _ALPHABET[-total % 31]


@pytest.mark.article("A13")
async def test_the_acceptance_or_the_founding_comes_first(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u5, u9 = world.actors["U1"], world.actors["U5"], world.actors["U9"]

    async def rounds(number: int) -> tuple[str, Ready, Ready]:
        employer = _code("91310117", number)
        fixture = person(number, residence="310117001005")
        member = (await (await ready_join(world, u1, fixture)).send(world.hub)).membership_id
        case = await world.release(u1, member, u5.uri, reason_code="PLACEMENT", new_employer_uscc=employer)
        taking = {"holding_basis": "PLACEMENT", "employer_uscc": None, "relation_started_on": None}
        accepting = await ready_acceptance(world, u5, case.handoff_id, **taking)
        given = {
            "uscc": _code("81310117", number),
            "local_code": None,
            "name": f"新建工会{number}",
            "kind": "GRASSROOTS_INDEPENDENT",
            "jurisdiction_code": None,
            "employer_usccs": [employer],
            "member_units": None,
            "contains": None,
            "province_code": "31",
            "established_on": date(2025, 3, 1),
        }
        founding = ready(registering.register_union, u9, await drafting_unions.draft_union(world.hub, u9.caller, given))
        return employer, accepting, founding

    async def race(numbered: tuple[int, tuple[str, Ready, Ready]]) -> bool:
        number, (_, accepting, founding) = numbered
        first, second = (accepting, founding) if number % 2 else (founding, accepting)
        outcomes = await asyncio.gather(
            *(act.send(hub) for act, hub in zip((first, second), hubs, strict=True)), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert all(isinstance(r, Refusal) and r.code is Code.EMPLOYER_HAS_UNION for r in refused), refused
        return not refused

    made = await prepared(rounds, range(ROUNDS))
    placed = await prepared(race, enumerate(made))
    voided = await superuser.fetchval(
        "select count(*) from hub.dockets where ground = 'EMPLOYER_ORGANISED_MEANWHILE' and side = 'HOLDER'"
    )
    assert voided == ROUNDS - sum(placed)
    async with world.hub.database.as_union(u5.caller.union_id, u5.caller.kid) as reading:
        page = await placements.placement_page(reading, state=PlacementState.EXIT_DUE, after=None, limit=ROUNDS + 1)
        every = await placements.placement_page(reading, state=None, after=None, limit=ROUNDS + 1)
    # Whoever was placed is to go at once: the founding came right after.
    assert len(page) == len(every) == sum(placed)
    await assert_whole(superuser)


@pytest.mark.invariant("I5")
async def test_sql_alone_moves_nobody_whose_employer_was_organised_since(world: World, superuser: Any) -> None:
    custody = await custody_of(superuser, world.members["M3"])
    release = a_release(custody, world.actors["U5"].caller.union_id, reason_code="PLACEMENT")
    async with connected(world.app_dsn, "hub_app") as app:
        assert await call(app, release) == [1]
        organised = an_acceptance(release, unorganised=EMPLOYERS["乙"], holding_basis="PLACEMENT")
        assert await call(app, organised) == []
        free = an_acceptance(release, unorganised=EMPLOYERS["新店"], holding_basis="PLACEMENT")
        assert await call(app, free) == [1]


@pytest.mark.parametrize("status", ["WITHDRAWN", "DUPLICATE_SUSPECTED", "DECEASED"])
async def test_an_acceptance_makes_nothing_of_a_status_but_active_or_retained(
    world: World, superuser: Any, status: str
) -> None:
    custody = await custody_of(superuser, world.members["M3"])
    release = a_release(custody, world.actors["U2"].caller.union_id)
    async with connected(world.app_dsn, "hub_app") as app:
        assert await call(app, release) == [1]
        assert await call(app, an_acceptance(release, status_after=status)) == []
        assert await call(app, an_acceptance(release, status_after="RETAINED")) == [1]
    assert (await custody_of(superuser, world.members["M3"]))["status"] == "RETAINED"
