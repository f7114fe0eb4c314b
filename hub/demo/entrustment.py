"""The demo's entrustment (A9): two unions agree, the host union cares for the member, the agreement ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation import documents
from federation.errors import Refused
from hub.demo.fixtures import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.client import HubClient

__all__ = ["play_entrustment"]


async def play_entrustment(
    clients: dict[str, HubClient], member: dict[str, Any], today: str, say: Callable[[str], None]
) -> None:
    """Play it. Takes: M5 as U7 has enrolled it, and the day."""
    u7, u8 = clients["U7"], clients["U8"]
    agreement = await u7.propose_entrustment(_agreement(member["id"], today))
    await u7.sign_entrustment(agreement["id"])
    agreement = await u8.sign_entrustment(agreement["id"])
    say(f"  双方就同一文本签署：{agreement['state']} · both signed one text, {agreement['agreementSha256'][:12]}…")
    say(f"  {UNIONS['U8'].name}可见 · the host union reads: {await _names(u8, agreement['id'])}")
    await u8.record_activity({"memberId": member["id"], "kind": "TRAINING", "occurredOn": today})
    say("  记录一次活动 · it records an activity")
    held = await u7.members(matching={"name": member["name"]})
    say(f"  会籍仍由{UNIONS['U7'].name}管理 · held as before: {held['edges'][0]['node']['status']}")
    agreement = await u7.terminate_entrustment(agreement["id"])
    say(
        f"  {UNIONS['U7'].name}解除协议：{agreement['state']}，随即不再可见 · ended, and at once nothing is to be read:"
    )
    say(f"    {await _names(u8, agreement['id'])}")
    try:
        await u8.record_activity(
            {"memberId": member["id"], "agreementId": agreement["id"], "kind": "TRAINING", "occurredOn": today}
        )
    except Refused as refused:
        articles = "、".join(refused.articles)
        say(f"  再记录即被拒绝 · recording is refused now: {refused.code}（{articles}）{refused.message}")
    else:
        raise AssertionError("an agreement that has ended was good for something")


async def _names(client: HubClient, agreement_id: str) -> str:
    answer = await client.execute(documents.ROSTER, {"id": agreement_id})
    names = [edge["node"]["memberName"] for edge in answer["answer"]["roster"]["edges"]]
    return "、".join(name or "—（不可见 · hidden）" for name in names)


def _agreement(member_id: str, today: str) -> dict[str, Any]:
    return {
        "dispatchUnion": UNIONS["U7"].uri,
        "hostUnion": UNIONS["U8"].uri,
        "agencyUscc": EMPLOYERS["丙"],
        "hostUscc": EMPLOYERS["丁"],
        "agreementNo": "委管〔2025〕1号",
        "termFrom": today,
        "termUntil": "2025-12-31",
        "activities": {"responsible": "HOST", "text": "会员的组织活动由用工单位工会安排。"},
        "rightsProtection": {"responsible": "HOST", "text": "会员的权益维护由用工单位工会承担。"},
        "roster": [
            {
                "memberId": member_id,
                "hostPost": "总装车间",
                "dispatchFrom": "2024-07-01",
                "dispatchTo": "2026-06-30",
                "coverageFrom": today,
                "coverageTo": "2025-12-31",
            }
        ],
    }
