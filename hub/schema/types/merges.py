"""Pairs of memberships that two holders could not agree upon, for the union that decides (A3)."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from hub.schema.context import Info
from hub.schema.fields import told
from hub.schema.types.unions import Union, union_of
from hub.transfers.views import DecisionView, MergeCaseView

__all__ = ["MergeCase", "MergeDecision"]


@strawberry.type(
    description="双方逾期未能一致的重复会籍，由拟保留会籍所在工会的上一级工会裁定。\n"
    "Two memberships of one person over which the holders have not become one in time: for the union above to decide."
)
class MergeCase:
    """A pair, by the one that is said to go on."""

    union_id: strawberry.Private[UUID]
    other_union_id: strawberry.Private[UUID]
    membership_id: UUID = strawberry.field(
        description="拟保留的会籍的编号。\nThe membership that is said to go on, by its id."
    )
    joined_on: date = strawberry.field(description="其入会时间。\nThe day of joining that it has.")
    other_membership_id: UUID = strawberry.field(description="另一会籍的编号。\nThe other membership, by its id.")
    other_joined_on: date = strawberry.field(
        description="另一会籍的入会时间。\nThe day of joining that the other one has."
    )
    member_name_masked: str | None = strawberry.field(description="隐去名字的姓名。\nThe member's name, masked.")
    decidable_from: datetime = strawberry.field(description="自何时起可以裁定。\nFrom when on it can be decided.")
    kept_by_holder: bool | None = strawberry.field(
        description="该会籍所在工会是否签署保留该会籍；未签署的为空。\n"
        "Whether, by its holder's statement, it goes on; null if there is none."
    )
    kept_by_other: bool | None = strawberry.field(
        description="另一会籍所在工会是否签署保留该会籍；未签署的为空。\n"
        "Whether, by the other holder's statement, it goes on; null if there is none."
    )

    @classmethod
    def of(cls, view: MergeCaseView) -> "MergeCase":
        """Give the case of a view."""
        return cls(
            union_id=view.union_id,
            other_union_id=view.other_union,
            membership_id=view.membership_id,
            joined_on=view.joined_on,
            other_membership_id=view.other_membership,
            other_joined_on=view.other_joined_on,
            member_name_masked=view.name_masked,
            decidable_from=view.decide_from,
            kept_by_holder=view.kept_by_holder,
            kept_by_other=view.kept_by_other,
        )

    @told("拟保留的会籍所在工会。", "The union that holds the one that is said to go on.")
    async def union(self, info: Info) -> Union:
        """Give the holder."""
        return await union_of(info, self.union_id)

    @told("另一会籍所在工会。", "The union that holds the other one.")
    async def other_union(self, info: Info) -> Union:
        """Give the other holder."""
        return await union_of(info, self.other_union_id)


@strawberry.type(description="已收到的裁定。\nA decision that was received.")
class MergeDecision:
    """What was decided."""

    membership_id: UUID = strawberry.field(description="保留的会籍的编号。\nThe membership that goes on, by its id.")
    receipt: str = strawberry.field(description="平台的回执。\nThe hub's receipt.")

    @classmethod
    def of(cls, view: DecisionView) -> "MergeDecision":
        """Give the decision of a view."""
        return cls(membership_id=view.membership_id, receipt=view.receipt)
