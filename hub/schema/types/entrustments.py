"""Entrustments (A9), as the dispatch union and the host union see them; nobody else reaches these types."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import UNSET

from federation.encoding import b64url
from hub.schema.connections import Connection, connect
from hub.schema.context import Info
from hub.schema.enums import CoverageEnd, CoverageState, Duty, EntrustmentState
from hub.schema.fields import told
from hub.schema.ids import encode_id
from hub.schema.types.nodes import Node
from hub.schema.types.unions import Union, union_of
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import entrusting as ledger
from hub.transfers.views_entrusting import (
    AgreementStepView,
    AgreementView,
    CareView,
    CoverageView,
    DutyView,
    RevealedView,
)

__all__ = [
    "CareRecord",
    "Coverage",
    "CoverageConnection",
    "EntrustmentAgreement",
    "EntrustmentConnection",
    "Responsibility",
    "find_agreement",
]


@strawberry.type(description="协议的一个办理步骤。\nOne step of an agreement.")
class EntrustmentStep:
    """A step."""

    union_id: strawberry.Private[UUID | None]
    act: str = strawberry.field(description="办理事项。\nThe act.")
    to_state: EntrustmentState = strawberry.field(description="此后的状态。\nWhere it led.")
    at: datetime = strawberry.field(description="时间。\nWhen.")

    @classmethod
    def of(cls, view: AgreementStepView) -> "EntrustmentStep":
        """Give the step of a view."""
        return cls(union_id=view.by_union, act=view.act, to_state=EntrustmentState(view.to_state), at=view.at)

    @told("办理的工会；由日期所致的为空。", "The union that acted; null where a date did.")
    async def by(self, info: Info) -> Union | None:
        """Give the union."""
        return None if self.union_id is None else await union_of(info, self.union_id)


@strawberry.type(
    description="一名会员的委托管理；会籍始终由派遣单位工会管理、统计。\n"
    "A member's coverage by an agreement. The dispatch union holds and counts the member all the while."
)
class Coverage:
    """A coverage, as it stands when it is read."""

    view: strawberry.Private[CoverageView]
    coverage_id: UUID = strawberry.field(description="编号。\nIts id.")
    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member's global id.")
    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership's id.")
    state: CoverageState = strawberry.field(description="状态。\nWhere it stands.")
    end_reason: CoverageEnd | None = strawberry.field(description="终止的原因。\nWhy it is no more.")
    is_live: bool = strawberry.field(description="目前是否生效。\nWhether it is in effect now.")
    host_post: str = strawberry.field(description="在用工单位的岗位。\nThe post at the host enterprise.")
    dispatch_from: date = strawberry.field(description="派遣起始日。\nThe first day of the dispatch.")
    dispatch_to: date = strawberry.field(description="派遣截止日。\nThe last day of the dispatch.")
    coverage_from: date = strawberry.field(description="委托起始日。\nThe first day of the coverage.")
    coverage_to: date = strawberry.field(description="委托截止日。\nThe last day of the coverage.")
    added_at: datetime = strawberry.field(description="列入名册的时间。\nWhen the member was put on the roster.")
    covered_at: datetime | None = strawberry.field(
        description="受托工会确认的时间。\nWhen the host union took the duties."
    )
    ended_at: datetime | None = strawberry.field(description="终止的时间。\nWhen it ended.")
    member_name: str | None = strawberry.field(
        description="会员姓名；受托工会仅在委托生效期间可见。\n"
        "The member's name; the host union reads it as long as the coverage is in effect."
    )

    @classmethod
    def of(cls, view: CoverageView) -> "Coverage":
        """Give the coverage of a view."""
        return cls(
            view=view,
            coverage_id=view.coverage_id,
            member_id=strawberry.ID(encode_id("Member", view.membership_id)),
            membership_id=view.membership_id,
            state=CoverageState(view.state),
            end_reason=None if view.end_reason is None else CoverageEnd(view.end_reason),
            is_live=view.is_live,
            host_post=view.host_post,
            dispatch_from=view.dispatch_from,
            dispatch_to=view.dispatch_to,
            coverage_from=view.coverage_from,
            coverage_to=view.coverage_to,
            added_at=view.added_at,
            covered_at=view.covered_at,
            ended_at=view.ended_at,
            member_name=view.member_name,
        )

    @told("所依据的协议。", "The agreement by which it stands.")
    async def agreement(self, info: Info) -> "EntrustmentAgreement":
        """Give the agreement."""
        found = await find_agreement(info, self.view.agreement_id)
        assert found is not None, "whoever reads a coverage is a party to its agreement"
        return found

    @told("受托管理的用工单位工会。", "The host union that is entrusted.")
    async def host_union(self, info: Info) -> Union:
        """Give the host union."""
        return await union_of(info, self.view.host_union)

    @told("委托的派遣单位工会。", "The dispatch union that entrusts.")
    async def dispatch_union(self, info: Info) -> Union:
        """Give the dispatch union."""
        return await union_of(info, self.view.dispatch_union)

    @told(
        "性别；仅受托工会在权益维护条款写明用途的可读，读取记录在案。",
        "Sex: for the host union, where the clause on rights names a purpose. Reading it is logged.",
    )
    async def sex(self, info: Info) -> str | None:
        """Give the sex."""
        found = await self._revealed(info)
        return None if found is None else found.sex

    @told(
        "出生年月；仅受托工会在权益维护条款写明用途的可读，读取记录在案。",
        "Month of birth: for the host union, where the clause on rights names a purpose. Reading it is logged.",
    )
    async def birth_month(self, info: Info) -> str | None:
        """Give the month of birth."""
        found = await self._revealed(info)
        return None if found is None else found.birth_month

    async def _revealed(self, info: Info) -> RevealedView | None:
        if not self.view.is_live or self.view.host_union != info.context.caller.union_id:
            return None
        return await info.context.loads.revealed(self.view.coverage_id)


@strawberry.type(description="名册的一页。\nA page of a roster.")
class CoverageConnection(Connection[Coverage]):
    """A page of coverages."""


@strawberry.type(
    description="委托管理协议（第九条）；只有双方工会可见。\n"
    "An entrustment agreement (article 9). Only its two unions see it."
)
class EntrustmentAgreement(Node):
    """An agreement."""

    view: strawberry.Private[AgreementView]
    agreement_id: UUID = strawberry.field(description="协议编号，即文书中的 agreement_id。\nIts id in statements.")
    agreement_no: str = strawberry.field(description="协议文号。\nThe number that its parties gave it.")
    state: EntrustmentState = strawberry.field(description="状态。\nWhere it stands.")
    term_from: date = strawberry.field(description="期限的起日。\nThe first day of its term.")
    term_until: date = strawberry.field(description="期限的止日（含）。\nThe last day of its term.")
    document: str = strawberry.field(
        description="协议文本，RFC 8785 形式。\nThe text of the agreement in its RFC 8785 form."
    )
    agreement_sha256: str = strawberry.field(
        description="文本的摘要，双方签署同一摘要。\nThe SHA-256 of the text: what both sign."
    )
    roster_version: int = strawberry.field(description="名册版本，每变动一次加一。\nCounts the changes of the roster.")
    dispatch_signed_at: datetime | None = strawberry.field(
        description="派遣单位工会签署的时间。\nWhen the dispatch union signed."
    )
    host_signed_at: datetime | None = strawberry.field(
        description="用工单位工会签署的时间。\nWhen the host union signed."
    )
    in_force_from: datetime | None = strawberry.field(description="生效的时间。\nFrom when on it is in force.")
    ended_at: datetime | None = strawberry.field(description="终止的时间。\nWhen it ended.")

    @classmethod
    def of(cls, view: AgreementView) -> "EntrustmentAgreement":
        """Give the agreement of a view, which its two unions alone get."""
        return cls(
            view=view,
            id=strawberry.ID(encode_id("EntrustmentAgreement", view.agreement_id)),
            agreement_id=view.agreement_id,
            agreement_no=view.agreement_no,
            state=EntrustmentState(view.state),
            term_from=view.starts_on,
            term_until=view.ends_on,
            document=view.document,
            agreement_sha256=b64url(view.sha256),
            roster_version=view.roster_version,
            dispatch_signed_at=view.dispatch_signed_at,
            host_signed_at=view.host_signed_at,
            in_force_from=view.in_force_from,
            ended_at=view.ended_at,
        )

    @told("委托的派遣单位工会。", "The dispatch union, which entrusts and holds.")
    async def dispatch_union(self, info: Info) -> Union:
        """Give the dispatch union."""
        return await union_of(info, self.view.dispatch_union)

    @told("受托的用工单位工会。", "The host union, which is entrusted.")
    async def host_union(self, info: Info) -> Union:
        """Give the host union."""
        return await union_of(info, self.view.host_union)

    @told("起草的工会。", "The union that put the text before the other.")
    async def author(self, info: Info) -> Union:
        """Give the author."""
        return await union_of(info, self.view.author_union)

    @told("所取代的协议。", "The agreement that this one takes the place of.")
    async def supersedes(self, info: Info) -> "EntrustmentAgreement | None":
        """Give the old one."""
        return None if self.view.supersedes is None else await find_agreement(info, self.view.supersedes)

    @told("办理步骤，按先后排列。", "Its steps, the earliest first.")
    async def steps(self, info: Info) -> list[EntrustmentStep]:
        """Give the steps."""
        return [EntrustmentStep.of(v) for v in await info.context.loads.agreement_steps(self.view.agreement_id) or ()]

    @told(
        "名册；每次读取均按当时情况，委托终止的会员随即不再具名。",
        "The roster as it stands when it is read: who is covered no more is named no more.",
    )
    async def roster(
        self,
        info: Info,
        states: Annotated[
            list[CoverageState] | None,
            strawberry.argument(description="只列处于这些状态的。\nOnly those that stand in one of these states."),
        ] = UNSET,
        first: Annotated[
            int | None, strawberry.argument(description="每页条数，1 至 100。\nHow many, from 1 to 100.")
        ] = UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="上一页的 endCursor。\nThe `endCursor` of the page before.")
        ] = UNSET,
    ) -> CoverageConnection:
        """Give a page of the roster."""
        context = info.context
        wanted = sorted({state.value for state in states}) if states else None
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="roster",
            kinds=(UUID,),
            first=first,
            after=after,
            narrowed_by=f"{self.view.agreement_id};{wanted}",
        )
        (start,) = page.after or (None,)
        async with reading_as(context.hub, context.caller) as reading:
            views = await ledger.coverage_page(
                reading,
                self.view.agreement_id,
                states=wanted,
                after=start if isinstance(start, UUID) else None,
                limit=page.limit,
            )
        found: CoverageConnection = connect(
            page, views, key=lambda view: (view.coverage_id,), node=Coverage.of, into=CoverageConnection
        )
        return found


@strawberry.type(description="委托管理协议列表的一页。\nA page of entrustment agreements.")
class EntrustmentConnection(Connection[EntrustmentAgreement]):
    """A page of agreements."""


@strawberry.type(
    description="活动或维权记录；只有类别、日期和摘要。\n"
    "A record of an activity or of a rights case: a kind, a day and a hash, no words."
)
class CareRecord:
    """A record."""

    view: strawberry.Private[CareView]
    record_id: UUID = strawberry.field(description="编号。\nIts id.")
    act: str = strawberry.field(
        description="record_activity 为活动，record_rights_case 为维权。\n"
        "`record_activity` of an activity, `record_rights_case` of a rights case."
    )
    kind: str = strawberry.field(description="类别代码。\nThe code of its kind.")
    occurred_on: date = strawberry.field(description="日期。\nThe day.")
    evidence_sha256: str | None = strawberry.field(description="材料的摘要。\nThe SHA-256 of papers kept elsewhere.")
    recorded_at: datetime = strawberry.field(description="记录的时间。\nWhen it was recorded.")

    @classmethod
    def of(cls, view: CareView) -> "CareRecord":
        """Give the record of a view."""
        return cls(
            view=view,
            record_id=view.record_id,
            act=view.act,
            kind=view.kind,
            occurred_on=view.occurred_on,
            evidence_sha256=None if view.evidence_sha256 is None else b64url(view.evidence_sha256),
            recorded_at=view.at,
        )

    @told("记录的工会。", "The union that recorded it.")
    async def recorded_by(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.view.union_id)


@strawberry.type(description="一项责任目前由哪个工会承担。\nWhich union owes a duty today.")
class Responsibility:
    """A duty."""

    union_id: strawberry.Private[UUID | None]
    agreement_uuid: strawberry.Private[UUID | None]
    duty: Duty = strawberry.field(description="责任。\nThe duty.")
    is_unassigned: bool = strawberry.field(
        description="双方均未承担。\nWhether neither of the two unions has it: a gap to be closed."
    )

    @classmethod
    def of(cls, view: DutyView) -> "Responsibility":
        """Give the duty of a view."""
        return cls(
            union_id=view.union_id,
            agreement_uuid=view.agreement_id,
            duty=view.duty,
            is_unassigned=view.union_id is None,
        )

    @told("承担的工会；双方均未承担的为空。", "The union that owes it; null where neither does.")
    async def union(self, info: Info) -> Union | None:
        """Give the union."""
        return None if self.union_id is None else await union_of(info, self.union_id)

    @told("据以划分的协议；无协议的为空。", "The agreement by which it is so; null without one.")
    async def agreement(self, info: Info) -> EntrustmentAgreement | None:
        """Give the agreement."""
        return None if self.agreement_uuid is None else await find_agreement(info, self.agreement_uuid)


async def find_agreement(info: Info, agreement_id: UUID) -> EntrustmentAgreement | None:
    """Give an agreement, if the caller is a party to it."""
    view = await info.context.loads.agreement(agreement_id)
    return None if view is None else EntrustmentAgreement.of(view)
