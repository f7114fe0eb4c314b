"""Two memberships of one person: M1, held by U1, and as U2 has it on paper; and what is signed by who may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from federation import acts, statements
from federation.merging import MergeSide, merge_sha256
from hub.transfers.desk import deciding, merging
from hub.transfers.desk.finding import find_members
from tests.ready import Ready
from tests.sql.direct import custody_of
from tests.world import MEMBERS

if TYPE_CHECKING:
    from uuid import UUID

    from tests.world import Actor, World

#: M1 as U2's papers have it: enrolled before U1's did, with another certificate.
ON_PAPER: Final = replace(MEMBERS["M1"], employer="乙", certificate=("31", "700001"), joined_on=date(2009, 5, 4))
#: Fifteen working days after 2025-03-03 have passed: the end of 2025-03-24, in Shanghai.
DECIDABLE: Final = datetime(2025, 3, 24, 16, tzinfo=UTC)

_SIDES: Final = (
    MergeSide(uuid4(), "urn:union:81310120MC0A10017G", date(2012, 7, 1)),
    MergeSide(uuid4(), "urn:union:81310117MC0B20021Y", date(2009, 5, 4)),
)


async def status_of(superuser: Any, membership_id: UUID) -> tuple[str, date]:
    custody = await custody_of(superuser, membership_id)
    return custody["status"], custody["joined_on"]


async def found_by_number(world: World, actor: Actor, number: str) -> list[UUID]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        views = await find_members(
            world.hub, reading, name=None, id_number=number, certificate=None, after=None, limit=10
        )
    return [view.membership_id for view in views]


async def forged(world: World, actor: Actor, membership_id: UUID) -> Ready:
    """Sign a merge of somebody else's."""
    claims = acts.Merge(merge_sha256=merge_sha256(*_SIDES, _SIDES[0].membership_id), survivor=True)
    jws = statements.sign(
        claims, key=actor.signing, iss=actor.uri, aud=world.hub.origin, sub=membership_id, iat=await world.now()
    )
    return Ready(merging.merge, actor, jws)


async def decided_by_hand(world: World, actor: Actor, membership_id: UUID) -> Ready:
    """Sign a decision over some document."""
    claims = acts.MergeDecision(merge_sha256=merge_sha256(*_SIDES, _SIDES[0].membership_id))
    jws = statements.sign(
        claims, key=actor.signing, iss=actor.uri, aud=world.hub.origin, sub=membership_id, iat=await world.now()
    )
    return Ready(deciding.decide_merge, actor, jws)
