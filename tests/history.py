"""What comes from paper, and dues: drafted and signed as a holder does; and what is seen of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from federation.encoding import sha256_b64url
from hub.transfers import certificate, retention_column
from hub.transfers.desk import drafting_history, history
from hub.transfers.ledger import history as ledger
from hub.transfers.ledger import reads
from tests.ready import Ready, ready

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft
    from hub.transfers.views_history import HistoryView
    from tests.world import Actor, World

__all__ = [
    "PAPER",
    "RETENTIONS",
    "TRANSFERS",
    "columns_of",
    "draft_dues",
    "draft_history",
    "everything_imported",
    "history_of",
    "ready_dues",
    "ready_history",
    "ready_retained",
]

PAPER: Final = sha256_b64url(b"the scan")
#: M1's certificate before U1 brought him in: from before the measures were in force, and from after.
TRANSFERS: Final[list[dict[str, Any]]] = [
    {
        "out_date": date(2014, 5, 6),
        "reason_code": "LEGACY",
        "dues_paid_through": "2014-04",
        "releasing_union": "沪东造船厂工会",
        "in_date": date(2014, 6, 1),
        "receiving_union": "奉贤纺织厂工会委员会",
    },
    {
        "out_date": date(2018, 3, 1),
        "reason_code": "CHANGE_OF_EMPLOYER",
        "dues_paid_through": "2018-02",
        "releasing_union": "奉贤纺织厂工会委员会",
        "in_date": date(2018, 3, 9),
        "receiving_union": "甲机械厂工会",
    },
]
RETENTIONS: Final[list[dict[str, Any]]] = [
    {
        "retained_month": "2016-02",
        "reason": "UNEMPLOYMENT",
        "retaining_union": "奉贤纺织厂工会委员会",
        "restored_month": "2017-01",
        "restoring_union": "奉贤纺织厂工会委员会",
    }
]


async def draft_history(world: World, actor: Actor, membership_id: UUID | None, **given: Any) -> Draft:
    asked = {
        "membership_id": membership_id,
        "transfers": TRANSFERS,
        "retentions": RETENTIONS,
        "paper_sha256": PAPER,
        **given,
    }
    return await drafting_history.draft_history(world.hub, actor.caller, asked)


async def ready_history(world: World, actor: Actor, membership_id: UUID, **given: Any) -> Ready:
    return ready(history.import_history, actor, await draft_history(world, actor, membership_id, **given))


async def draft_dues(world: World, actor: Actor, membership_id: UUID | None, month: str, **given: Any) -> Draft:
    asked = {"membership_id": membership_id, "agreement_id": None, "paid_through": month, **given}
    return await drafting_history.draft_dues(world.hub, actor.caller, asked)


async def ready_dues(world: World, actor: Actor, membership_id: UUID, month: str, **given: Any) -> Ready:
    return ready(history.record_dues, actor, await draft_dues(world, actor, membership_id, month, **given))


def ready_retained(reason: str = "UNEMPLOYMENT", since: date = date(2024, 2, 20)) -> dict[str, Any]:
    """What an import says of one who is retained already, dues paid to the month of the retention."""
    return {
        "status": "RETAINED",
        "retention": {"reason": reason, "from_date": since},
        "dues_paid_through": f"{since.year}-{since.month:02}",
    }


async def history_of(world: World, actor: Actor, membership_id: UUID) -> HistoryView | None:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await ledger.histories(reading, [membership_id])).get(membership_id)


async def columns_of(world: World, actor: Actor, membership_id: UUID) -> tuple[list[str], list[str]]:
    """Give both columns of the certificate as they are printed, the lines of before the hub marked."""
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        view = (await ledger.histories(reading, [membership_id])).get(membership_id)
        transfers = (await reads.transfers(reading, [membership_id])).get(membership_id, [])
        retentions = (await reads.retentions(reading, [membership_id])).get(membership_id, [])
    moved = [*certificate.entries_of_history(view), *map(certificate.entry_of_transfer, transfers)]
    kept = [*retention_column.entries_of_history(view), *retention_column.entries_of(retentions)]
    return (
        [f"{'*' if entry.is_legacy else ''}{entry.line}" for entry in moved],
        [f"{'*' if entry.is_legacy else ''}{entry.line}" for entry in kept],
    )


async def everything_imported(world: World) -> UUID:
    """Have a row in both tables: M1's earlier lines, and a month that he paid. Gives his membership."""
    u1, m1 = world.actors["U1"], world.members["M1"]
    await (await ready_history(world, u1, m1)).send(world.hub)
    await (await ready_dues(world, u1, m1, "2025-03")).send(world.hub)
    return m1
