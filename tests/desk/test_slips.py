"""Slips of the keyboard that would lose something: an employer's code with a wrong digit, a request nobody made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from federation.encoding import b64url
from hub.errors import Code
from tests.ready import altered, person, ready, ready_acceptance, ready_join, ready_release
from tests.world import EMPLOYERS

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

#: The code of 乙 with another check digit.
SLIP: Final = EMPLOYERS["乙"][:-1] + "1"


async def test_a_join_names_an_employer_that_can_be(world: World, refused: Refused, u2: Actor) -> None:
    refusal = await refused(await ready_join(world, u2, person(1, employer="乙"), employer_uscc=SLIP))
    assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("join", "employer_uscc"))


async def test_a_release_names_an_employer_that_can_be(
    world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
) -> None:
    refusal = await refused(await ready_release(world, u1, m1, u2, new_employer_uscc=SLIP))
    assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "new_employer_uscc"))


async def test_an_acceptance_names_an_employer_that_can_be(
    world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
) -> None:
    case = await world.release(u1, m1, u2.uri)
    refusal = await refused(await ready_acceptance(world, u2, case.handoff_id, employer_uscc=SLIP))
    assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "employer_uscc"))


async def test_a_release_answers_no_request_that_is_not_on_file(
    world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
) -> None:
    act = await ready_release(world, u1, m1, u2)
    made_up = altered(await world.draft_release(u1, m1, u2.uri), request_sha256=b64url(bytes(32)))
    refusal = await refused(ready(act.act, u1, made_up))
    assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("release", "request_sha256"))
