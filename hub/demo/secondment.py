"""The demo's secondment (A14): lent to a host's union for nine months, and back home when they are over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from federation import documents
from hub.demo.fixtures import UNIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from federation.client import HubClient

__all__ = ["LAST_DAY", "play_secondment"]

#: On which the term ends.
LAST_DAY = date(2025, 12, 31)


async def play_secondment(
    clients: dict[str, HubClient],
    member: dict[str, Any],
    today: str,
    is_over: Callable[[], Awaitable[str]],
    say: Callable[[str], None],
) -> None:
    """Play it. Takes: M4 as U1 has enrolled it, the day, and what lets the term pass and gives the day after."""
    u1, u12 = clients["U1"], clients["U12"]
    lent = await u1.release_member(
        {
            "memberId": member["id"],
            "receivingUnion": u12.union,
            "reasonCode": "SECONDMENT",
            "outDate": today,
            "duesPaidThrough": "2025-02",
            "secondment": {"startsOn": today, "endsOn": LAST_DAY.isoformat()},
        }
    )
    await u12.accept_handoff(
        {"handoffId": lent["id"], "inDate": today, "holdingBasis": "SECONDMENT", "formReceived": True}
    )
    say(f"  {UNIONS['U12'].name} 签署接收，借调至 {LAST_DAY} · held by the host's union for the term")
    say(f"  {UNIONS['U1'].name} 仍可见 · the home union still reads: {await _seen(u1)}")
    today = await is_over()
    say(f"  {today} 借调期满，会籍不会自行转回 · the term is over; nothing moves by itself: {await _seen(u1)}")
    back = await u12.release_member(
        {
            "memberId": member["id"],
            "receivingUnion": u1.union,
            "reasonCode": "SECONDMENT_RETURN",
            "outDate": today,
            "duesPaidThrough": "2025-12",
        }
    )
    home = await u1.accept_handoff(
        {"handoffId": back["id"], "inDate": today, "holdingBasis": "ORDINARY", "formReceived": True}
    )
    say(f"  {UNIONS['U12'].name} 签署转出，{UNIONS['U1'].name} 签署接收：{home['state']} · home again")


async def _seen(client: HubClient) -> str:
    answer = await client.execute(documents.SECONDMENTS, {"side": "HOME"})
    (seen,) = [edge["node"] for edge in answer["answer"]["edges"]]
    return f"{seen['memberName']} {seen['state']}"
