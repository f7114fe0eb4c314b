"""Those who wait for their employer's union: one by one for their holder, by number for the union awaited."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import PlacementState
from hub.schema.fields import told
from hub.schema.types.unions import Union, union_of
from hub.transfers.rules.awaiting import exit_reason, remind_at
from hub.transfers.views import AwaitedView, PlacementView

if TYPE_CHECKING:
    from hub.schema.types.members import Member

__all__ = ["AwaitedMembers", "Placement", "PlacementConnection"]

_NEXT = {
    PlacementState.PLACED: (
        "会员在所在单位建立工会前由本会管理，照常享有权利、交纳会费；单位建立工会后应及时转入。 "
        "Until the employer has its union the member votes and pays dues here; then the membership goes there."
    ),
    PlacementState.EXIT_DUE: (
        "所在单位已建立工会，请以 exitReasonCode 所列原因转入 exitTo 所列工会"
        "（该工会也可凭会员证明和本人同意提出请求）。 "
        "The employer has its union: release the member to `exitTo` for the reason `exitReasonCode`; "
        "that union may ask, too, with the member's proof and consent."
    ),
}
_ASK = (
    "请联系所列工会办理转出；会员到本会出示会员证并同意的，也可由本会提出请求"
    "（PLACEMENT_EXIT 或 PRE_ESTABLISHMENT_EXIT）。 "
    "Ask that union to release them; for one who shows the certificate and consents you may sign the request yourself."
)


@strawberry.type(
    description="所在单位尚未建立工会的会员，暂由本会管理（不是保留会籍）。\n"
    "A member who waits, with your union, for the union of the employer. This is no retention."
)
class Placement:
    """Where one stands who waits."""

    view: strawberry.Private[PlacementView]
    state: PlacementState = strawberry.field(description="状态。\nWhere it stands, now.")
    awaiting_employer_uscc: str | None = strawberry.field(
        description="待建工会的用人单位。\nThe employer whose union is awaited, by its code."
    )
    since: datetime = strawberry.field(description="本会管理会籍之时起。\nSince when your union holds the membership.")
    exit_due_since: datetime | None = strawberry.field(
        description="该单位工会建立（登记）之时；尚未建立的为空。\n"
        "Since when the employer has its union; null as long as it has none."
    )
    remind_at: datetime | None = strawberry.field(
        description="届时仍未转出的予以提醒（HUB-P08）；到期会籍不自动变动。\n"
        "From then on you are reminded of an exit not yet made (HUB-P08); nothing moves by itself."
    )
    exit_reason_code: str | None = strawberry.field(
        description="应转出时的原因代码。\nThe reason to release for, once the exit is due."
    )
    next_step: str = strawberry.field(description="下一步。\nWhat is to be done.")

    @classmethod
    def of(cls, view: PlacementView) -> "Placement":
        """Give the placement of a view, which the holder alone gets."""
        state = PlacementState(view.state.value)
        return cls(
            view=view,
            state=state,
            awaiting_employer_uscc=view.awaiting_employer_uscc,
            since=view.since,
            exit_due_since=view.exit_due_since,
            remind_at=remind_at(view.exit_due_since, view.policy),
            exit_reason_code=None if view.exit_to is None else exit_reason(view.basis),
            next_step=_NEXT[state],
        )

    @told("应转入的工会；尚未建立的为空。", "The union to which the member is to go; null as long as there is none.")
    async def exit_to(self, info: Info) -> Union | None:
        """Give the union awaited."""
        return None if self.view.exit_to is None else await union_of(info, self.view.exit_to)

    @told("会员。", "The member.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("hub.schema.types.members")] | None:
        """Give the member; None for one who has left meanwhile."""
        from hub.schema.types.members import find_member  # noqa: PLC0415 - each of the two leads to the other

        return await find_member(info, self.view.membership_id)


@strawberry.type(description="待建工会会员列表的一页。\nA page of those who wait.")
class PlacementConnection(Connection[Placement]):
    """A page of placements."""


@strawberry.type(
    description="在其他工会等待转入本会的会员人数；不含个人信息。\n"
    "How many wait, with another union, to be transferred to yours. It tells of no person."
)
class AwaitedMembers:
    """What the union awaited is told."""

    union_id: strawberry.Private[UUID]
    employer_uscc: str = strawberry.field(description="所在单位。\nTheir employer, by its code.")
    members: int = strawberry.field(description="人数。\nHow many.")
    since: datetime = strawberry.field(description="其中最早一人的等待之时起。\nSince when the first of them waits.")
    next_step: str = strawberry.field(description="下一步。\nWhat is to be done.")

    @classmethod
    def of(cls, view: AwaitedView) -> "AwaitedMembers":
        """Give the line of a view."""
        return cls(
            union_id=view.holder_union,
            employer_uscc=view.employer_uscc,
            members=view.members,
            since=view.since,
            next_step=_ASK,
        )

    @told("管理其会籍的工会。", "The union that holds them.")
    async def union(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.union_id)
