"""How a membership ended, for its last holder; and an expulsion's filing, for the union above."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from federation.encoding import b64url
from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import ExpulsionState, MembershipStatus, WarningCode
from hub.schema.fields import told
from hub.schema.types.unions import Union, union_of
from hub.transfers.views_ending import EndingView, FilingMarkView, FilingView, ProposalView

if TYPE_CHECKING:
    from hub.schema.types.members import Member

__all__ = ["Ending", "EndingConnection", "ExpulsionProposal", "Filing", "FilingConnection", "FilingMark"]


@strawberry.type(
    description="会籍的终止及其后续事项；只向原会籍所在工会显示。\n"
    "How a membership ended, and what is still to be done: for the union that held it last."
)
class Ending:
    """An end."""

    higher_union: strawberry.Private[UUID | None]
    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership, by its id.")
    status: MembershipStatus = strawberry.field(description="如何终止。\nHow it ended.")
    ended_on: date = strawberry.field(
        description="终止日期：宣布、决议、决定或去世之日。\n"
        "The day of the end: of the announcement, the resolution, the decision, or the death."
    )
    at: datetime = strawberry.field(description="平台收到的时间，自此生效。\nWhen the hub received it: the effect.")
    statement_sha256: str = strawberry.field(description="所据文书的摘要。\nThe statement of it, by its hash.")
    certificate_collected_on: date | None = strawberry.field(
        description="会员证收回日期；未收回或未颁发的为空。\nWhen the certificate was taken back; null if it was not."
    )
    certificate_outstanding: bool = strawberry.field(
        description="会员证应收回而尚未收回。\nWhether a certificate is still to be taken back."
    )
    warnings: list[WarningCode] = strawberry.field(
        description="提示，不影响会籍终止。\nWarnings. None of them stands against the end."
    )
    expulsion_state: ExpulsionState | None = strawberry.field(
        description="开除会籍办理到哪一步；非开除的为空。\nOf an expulsion: where it stands."
    )
    filing_overdue: bool = strawberry.field(
        description="开除决定尚待报上一级工会备案（或补件后重报）。\n"
        "Whether an expulsion is still to be filed with the union above, for the first time or with papers."
    )
    filed_on: date | None = strawberry.field(description="备案日期。\nThe day of the filing.")
    filing_mark: str | None = strawberry.field(
        description="上一级工会的标注：ACKNOWLEDGED 已收悉、RETURNED_FOR_PAPERS 退回补件；未标注的为空。\n"
        "What the union above has marked: ACKNOWLEDGED, RETURNED_FOR_PAPERS; null if nothing yet."
    )
    missing_papers: list[str] = strawberry.field(
        description="上一级工会要求补齐的材料。\nWhat the union above has missed in the filing."
    )
    reversed_at: datetime | None = strawberry.field(
        description="撤销开除的时间；未撤销的为空。\nWhen the expulsion was reversed; null if it stands."
    )

    @classmethod
    def of(cls, view: EndingView) -> "Ending":
        """Give the end of a view."""
        outstanding = view.is_certificate_outstanding
        return cls(
            higher_union=view.higher_union,
            membership_id=view.membership_id,
            status=MembershipStatus(view.status),
            ended_on=view.ended_on,
            at=view.at,
            statement_sha256=b64url(view.sha256),
            certificate_collected_on=view.collected_on,
            certificate_outstanding=outstanding,
            warnings=[WarningCode.CERTIFICATE_NOT_COLLECTED] if outstanding else [],
            expulsion_state=view.expulsion_state,
            filing_overdue=view.is_unfiled,
            filed_on=view.filed_on,
            filing_mark=view.mark,
            missing_papers=list(view.papers),
            reversed_at=view.reversed_at,
        )

    @told("会员。", "The member.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("hub.schema.types.members")] | None:
        """Give the member, to its last holder."""
        from hub.schema.types.members import find_member  # noqa: PLC0415 - each of the two leads to the other

        return await find_member(info, self.membership_id)

    @told("备案的上一级工会；未备案的为空。", "The union that an expulsion was filed with; null if it was not filed.")
    async def filed_with(self, info: Info) -> Union | None:
        """Give the union above."""
        return None if self.higher_union is None else await union_of(info, self.higher_union)


@strawberry.type(
    description="工会小组提出的开除会籍意见；委员会决定之前，会籍不受影响。\n"
    "A union group's proposal to expel a member. Until the committee decides, the membership is as it was."
)
class ExpulsionProposal:
    """A proposal."""

    state: ExpulsionState = strawberry.field(description="办理到哪一步。\nWhere it stands.")
    opinion_sha256: str = strawberry.field(description="小组意见的摘要。\nThe group's opinion, by its hash.")
    opinion_on: date = strawberry.field(description="提出意见的日期。\nThe day of the opinion.")
    proposed_at: datetime = strawberry.field(description="平台收到的时间。\nWhen the hub received it.")
    statement_sha256: str = strawberry.field(description="所据文书的摘要。\nThe statement of it, by its hash.")

    @classmethod
    def of(cls, view: ProposalView) -> "ExpulsionProposal":
        """Give the proposal of a view."""
        return cls(
            state=ExpulsionState.PROPOSED,
            opinion_sha256=b64url(view.opinion_sha256),
            opinion_on=view.opinion_on,
            proposed_at=view.at,
            statement_sha256=b64url(view.sha256),
        )


@strawberry.type(description="会籍终止列表的一页。\nOne page of ends of memberships.")
class EndingConnection(Connection[Ending]):
    """A page of ends."""


@strawberry.type(
    description="报本会备案的开除会籍决定；姓名隐去，材料只有摘要。\n"
    "An expulsion that was filed with your union: the name masked, the papers by their hashes."
)
class Filing:
    """A filing."""

    union_id: strawberry.Private[UUID]
    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership, by its id.")
    member_name_masked: str = strawberry.field(description="隐去的姓名。\nThe name, masked.")
    effective_on: date = strawberry.field(description="判决生效日期。\nWhen the judgment took effect.")
    decided_on: date = strawberry.field(description="决定日期。\nThe day of the decision.")
    filed_on: date = strawberry.field(description="备案日期。\nThe day of the filing.")
    filed_at: datetime = strawberry.field(description="平台收到的时间。\nWhen the hub received it.")
    judgment_sha256: str = strawberry.field(description="判决书的摘要。\nThe judgment, by its hash.")
    opinion_sha256: str | None = strawberry.field(
        description="小组意见的摘要；未设小组的为空。\nThe group's opinion, by its hash; null where there is no group."
    )
    decision_sha256: str = strawberry.field(description="委员会决定的摘要。\nThe decision, by its hash.")
    filing_mark: str | None = strawberry.field(
        description="本会的标注：ACKNOWLEDGED、RETURNED_FOR_PAPERS；未标注的为空。\n"
        "What your union has marked: ACKNOWLEDGED, RETURNED_FOR_PAPERS; null if nothing yet."
    )
    missing_papers: list[str] = strawberry.field(description="要求补齐的材料。\nWhat was missed.")

    @classmethod
    def of(cls, view: FilingView) -> "Filing":
        """Give the filing of a view."""
        return cls(
            union_id=view.union_id,
            membership_id=view.membership_id,
            member_name_masked=view.name_masked,
            effective_on=view.effective_on,
            decided_on=view.decided_on,
            filed_on=view.filed_on,
            filed_at=view.filed_at,
            judgment_sha256=b64url(view.judgment_sha256),
            opinion_sha256=None if view.opinion_sha256 is None else b64url(view.opinion_sha256),
            decision_sha256=b64url(view.decision_sha256),
            filing_mark=view.mark,
            missing_papers=(view.papers or "").split(),
        )

    @told("作出决定的工会。", "The union that decided, and filed it.")
    async def union(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.union_id)


@strawberry.type(description="备案列表的一页。\nOne page of filings.")
class FilingConnection(Connection[Filing]):
    """A page of filings."""


@strawberry.type(description="已收到的备案标注。\nA mark on a filing, as received.")
class FilingMark:
    """What was marked."""

    membership_id: UUID = strawberry.field(
        description="会籍编号。\nThe membership that the filing is about, by its id."
    )
    receipt: str = strawberry.field(description="平台的回执。\nThe hub's receipt.")

    @classmethod
    def of(cls, view: FilingMarkView) -> "FilingMark":
        """Give the mark of a view."""
        return cls(membership_id=view.membership_id, receipt=view.receipt)
