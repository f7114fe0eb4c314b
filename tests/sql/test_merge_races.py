"""Races over two memberships of one person, with two hubs on one database: one act wins, and nobody is left unheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from hub.errors import Code
from tests.ready import (
    person,
    ready_acceptance,
    ready_decision,
    ready_import,
    ready_join,
    ready_merge,
)
from tests.sql.racing import hubs, race
from tests.sql.wholeness import assert_whole

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.desk.opening import Hub
    from tests.world import MemberFixture, World

__all__ = ["hubs"]

ROUNDS: Final = 200
DECIDABLE: Final = datetime(2025, 3, 24, 16, 0, 1, tzinfo=UTC)


def on_paper(member: MemberFixture, *, employer: str = "乙", number: str = "8") -> MemberFixture:
    certificate = ("31", number + member.certificate[1][1:])
    return replace(member, employer=employer, certificate=certificate, joined_on=date(2010, 1, 1))


async def pair_of(world: World, number: int) -> tuple[UUID, UUID]:
    """A person of U1's whom U2 has too, on paper: the live one and the suspected one."""
    member = person(number)
    live = await (await ready_join(world, world.actors["U1"], member)).send(world.hub)
    second = await (await ready_import(world, world.actors["U2"], on_paper(member))).send(world.hub)
    assert second.status == "DUPLICATE_SUSPECTED"
    return live.membership_id, second.membership_id


async def statuses(superuser: Any, *memberships: UUID) -> list[str]:
    query = (
        "select status from hub.memberships where membership_id = any ($1) order by array_position($1, membership_id)"
    )
    return [row[0] for row in await superuser.fetch(query, list(memberships))]


async def test_both_press_at_once_and_it_is_done_once(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]
    for number in range(ROUNDS):
        live, second = await pair_of(world, number)
        stays = bool(number % 2)
        acts = [
            await ready_merge(world, u1, live, survivor=not stays),
            await ready_merge(world, u2, second, survivor=stays),
        ]
        answers, refused = await race(hubs, *(acts if number % 3 else reversed(acts)))
        assert (len(answers), refused) == (2, [])
        ended = ["DUPLICATE_MERGED", "ACTIVE"] if stays else ["ACTIVE", "DUPLICATE_MERGED"]
        assert await statuses(superuser, live, second) == ended
    await assert_whole(superuser)


async def test_both_press_at_once_for_themselves_and_nothing_is_done(
    world: World, hubs: list[Hub], superuser: Any
) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]
    for number in range(ROUNDS // 4):
        live, second = await pair_of(world, number)
        acts = [await ready_merge(world, u1, live, survivor=True), await ready_merge(world, u2, second, survivor=True)]
        answers, refused = await race(hubs, *acts)
        assert (len(answers), refused) == (2, [])
        assert await statuses(superuser, live, second) == ["ACTIVE", "DUPLICATE_SUSPECTED"]
    await assert_whole(superuser)


@pytest.mark.invariant("I1")
async def test_the_last_word_or_the_acceptance_of_the_loser_s_release_wins(
    world: World, hubs: list[Hub], superuser: Any
) -> None:
    u1, u2, u3 = (world.actors[ref] for ref in ("U1", "U2", "U3"))
    won = set()
    for number in range(ROUNDS):
        live, second = await pair_of(world, number)
        case = await world.release(u1, live, u3.uri)
        last_by_loser = bool(number % 2)
        if last_by_loser:
            await world.merge(u2, second, survivor=True)
            word = await ready_merge(world, u1, live, survivor=False)
        else:
            await world.merge(u1, live, survivor=False)
            word = await ready_merge(world, u2, second, survivor=True)
        accept = await ready_acceptance(world, u3, case.handoff_id)
        acts = [word, accept] if number % 4 < 2 else [accept, word]
        (answer,), (refusal,) = await race(hubs, *acts)
        now = await statuses(superuser, live, second)
        if getattr(answer, "state", None) == "ACCEPTED":
            assert refusal.code is (Code.NOT_HOLDER if last_by_loser else Code.DOCUMENT_TAMPERED)
            assert now == ["ACTIVE", "DUPLICATE_SUSPECTED"]
            won.add("acceptance")
        else:
            assert (refusal.code, refusal.facts["state"]) == (Code.HANDOFF_NOT_OPEN, "VOIDED")
            assert now == ["DUPLICATE_MERGED", "ACTIVE"]
            won.add("merge")
    assert won == {"acceptance", "merge"}
    await assert_whole(superuser)


@pytest.mark.invariant("I3")
async def test_of_two_imports_of_one_person_one_comes_in(world: World, hubs: list[Hub], superuser: Any) -> None:
    for number in range(ROUNDS // 2):
        member = person(number)
        if number % 2:
            await (await ready_join(world, world.actors["U1"], member)).send(world.hub)
        acts = [
            await ready_import(world, world.actors["U2"], on_paper(member)),
            await ready_import(world, world.actors["U3"], on_paper(member, employer="小店甲", number="7")),
        ]
        answers, refused = await race(hubs, *acts)
        if number % 2:
            assert [answer.status for answer in answers] == ["DUPLICATE_SUSPECTED"]
            assert [refusal.code for refusal in refused] == [Code.ALREADY_MEMBER_USE_TRANSFER]
        else:  # whoever comes second meets the first
            assert sorted(answer.status for answer in answers) == ["ACTIVE", "DUPLICATE_SUSPECTED"]
            assert refused == []
    await assert_whole(superuser)


async def test_the_last_word_or_the_decision_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, u2, u9 = (world.actors[ref] for ref in ("U1", "U2", "U9"))
    pairs = [await pair_of(world, number) for number in range(ROUNDS // 2)]
    for _, second in pairs:
        await world.merge(u2, second, survivor=True)
    await world.set_clock(DECIDABLE)
    won = set()
    for number, (live, second) in enumerate(pairs):
        decision = await ready_decision(world, u9, second)
        word = await ready_merge(world, u1, live, survivor=False)
        (answer,), (refusal,) = await race(hubs, *((decision, word) if number % 2 else (word, decision)))
        decided = hasattr(answer, "receipt")
        assert refusal.code is (Code.NOT_A_MEMBER if decided else Code.NO_CASE_FOR_HIGHER_UNION)
        assert await statuses(superuser, live, second) == ["DUPLICATE_MERGED", "ACTIVE"]
        won.add(decided)
    assert won == {True, False}
    await assert_whole(superuser)
