"""A secondment as home and host see it (A14): of the person no more than each may know, and no longer (5.2, I16)."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

import strawberry

from federation.encoding import b64url
from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import SecondmentSide, SecondmentState
from hub.schema.fields import told
from hub.schema.ids import encode_id
from hub.schema.scalars import YearMonth
from hub.schema.types.handoffs import Handoff
from hub.schema.types.unions import Union, union_of
from hub.transfers.rules.seconding import remind_on
from hub.transfers.views_secondment import SecondmentStepView, SecondmentView

__all__ = ["Secondment", "SecondmentConnection", "SecondmentStep"]


@strawberry.type(description="借调办理的一步。\nWhat was done about a secondment.")
class SecondmentStep:
    """A step."""

    view: strawberry.Private[SecondmentStepView]
    act: str = strawberry.field(
        description="办理事项，如 record、offer、accept、extend、return。\n"
        "What was done: record, offer, accept, extend, return, …"
    )
    state: SecondmentState = strawberry.field(description="办理后的状态。\nWhere it led.")
    ends_on: date = strawberry.field(description="此后的期满日期。\nThe end of the term from then on.")
    at: datetime = strawberry.field(description="平台收到的时刻。\nWhen the hub received it.")
    statement_sha256: str | None = strawberry.field(description="所据文书的摘要。\nThe SHA-256 of its statement.")

    @classmethod
    def of(cls, view: SecondmentStepView) -> "SecondmentStep":
        """Give the step of a view."""
        return cls(
            view=view,
            act=view.act,
            state=view.to_state,
            ends_on=view.ends_on,
            at=view.at,
            statement_sha256=None if view.sha256 is None else b64url(view.sha256),
        )

    @told(
        "办理的工会；由日期或会籍终止所致的为空。", "Who did it; null where a date did, or the end of the membership."
    )
    async def by(self, info: Info) -> Union | None:
        """Give the union."""
        return None if self.view.by_union is None else await union_of(info, self.view.by_union)


@strawberry.type(
    description="借调；会员的姓名等只向会籍所在工会显示，并在转回前向所在单位工会显示。\n"
    "A secondment. Of the person it tells the union that holds the membership, and the home union until the return."
)
class Secondment:
    """A secondment."""

    view: strawberry.Private[SecondmentView]
    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership's id.")
    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member's global id.")
    side: SecondmentSide | None = strawberry.field(
        description="本工会为哪一方；上一级工会为空。\nWhich side your union is; null for the union above."
    )
    state: SecondmentState = strawberry.field(description="状态，按今天的日期。\nWhere it stands, today's date told.")
    host_employer_uscc: str | None = strawberry.field(
        description="借调单位的代码。\nThe employer that the member is lent to, by its code."
    )
    starts_on: date = strawberry.field(description="开始日期。\nThe day on which it starts.")
    ends_on: date = strawberry.field(description="期满日期，计入借调期。\nThe last day of the term.")
    ended_early_on: date | None = strawberry.field(
        description="提前结束的日期；没有的为空。\nThe day on which it was cut short, if it was."
    )
    due_on: date = strawberry.field(
        description="应转回的日期，即期满或提前结束之日。\nThe day at whose end the member is to come back."
    )
    remind_on: date = strawberry.field(
        description="提醒日期，依所在单位工会适用的平台规则（HUB-P05）。\n"
        "The day from which both unions are reminded, by the policy of the home union (HUB-P05)."
    )
    member_name: str | None = strawberry.field(
        description="姓名；无权查看的为空。\nThe member's name, if you may know."
    )
    sex: str | None = strawberry.field(description="性别；无权查看的为空。\nSex, if you may know.")
    birth_month: YearMonth | None = strawberry.field(
        description="出生年月；无权查看的为空。\nMonth of birth, if you may know."
    )
    is_live: bool | None = strawberry.field(
        description="会籍是否仍有效；无权查看的为空。\nWhether the membership goes on, if you may know."
    )
    in_date: date | None = strawberry.field(
        description="借调单位工会的转入日期。\nThe day on which the host union took the member in, as it states."
    )

    @classmethod
    def of(cls, view: SecondmentView) -> "Secondment":
        """Give the secondment of a view."""
        return cls(
            view=view,
            membership_id=view.membership_id,
            member_id=strawberry.ID(encode_id("Member", view.membership_id)),
            side=None if view.side is None else SecondmentSide(view.side),
            state=view.state,
            host_employer_uscc=view.host_employer_uscc,
            starts_on=view.starts_on,
            ends_on=view.ends_on,
            ended_early_on=view.ended_early_on,
            due_on=view.due_on,
            remind_on=remind_on(view.due_on, view.policy),
            member_name=view.member_name,
            sex=view.sex,
            birth_month=cast("YearMonth | None", view.birth_month),
            is_live=view.is_live,
            in_date=view.in_date,
        )

    @told("所在单位工会。", "The home union.")
    async def home_union(self, info: Info) -> Union:
        """Give the home union."""
        return await union_of(info, self.view.home_union)

    @told("借调单位工会；没有的为空。", "The host union; null where the host has none.")
    async def host_union(self, info: Info) -> Union | None:
        """Give the host union."""
        return None if self.view.host_union is None else await union_of(info, self.view.host_union)

    @told("正在办理的转回；没有的为空。", "The return that is open; null if there is none.")
    async def return_handoff(self, info: Info) -> Handoff | None:
        """Give the return."""
        key = self.view.return_handoff
        case = None if key is None else await info.context.loads.handoff(key)
        return None if case is None else Handoff.of(case)

    @told("办理经过，按先后排列。", "What was done about it, the earliest first.")
    async def steps(self, info: Info) -> list[SecondmentStep]:
        """Give the steps."""
        steps = await info.context.loads.secondment_steps(self.view.membership_id) or ()
        return [SecondmentStep.of(step) for number, step in steps if number == self.view.secondment_no]


@strawberry.type(description="借调列表的一页。\nA page of secondments.")
class SecondmentConnection(Connection[Secondment]):
    """A page of secondments."""
