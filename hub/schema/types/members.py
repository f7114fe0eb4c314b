"""A member, as the union that holds it sees it; nobody else reaches this type (domain 5.2, column H)."""

from asyncio import gather
from datetime import date, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry

from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import EmploymentForm, HoldingBasis, IdType, MembershipStatus
from hub.schema.fields import told
from hub.schema.ids import encode_id
from hub.schema.refusals import Refusal
from hub.schema.scalars import YearMonth
from hub.schema.types.amendments import Amendment
from hub.schema.types.certificates import Certificate, certificates_of, present_certificate
from hub.schema.types.endings import Ending, ExpulsionProposal
from hub.schema.types.entrustments import CareRecord, Coverage
from hub.schema.types.handoffs import Handoff
from hub.schema.types.histories import DuesRecord, History
from hub.schema.types.nodes import Node
from hub.schema.types.placements import Placement
from hub.schema.types.retentions import Retention, VotingRights
from hub.schema.types.secondments import Secondment
from hub.schema.types.unions import Union, union_of
from hub.transfers.certificates import certificate_warnings
from hub.transfers.kinds import WAITING
from hub.transfers.machines import OPEN_STATES
from hub.transfers.retention_column import last_retention
from hub.transfers.rules.days import day_of
from hub.transfers.rules.ending import meets_dues_half, unpaid_months
from hub.transfers.views import MemberView
from hub.transfers.views_secondment import LASTING

__all__ = ["Duplicate", "Holding", "IdNumber", "Member", "MemberConnection", "MemberResult", "find_member"]


@strawberry.type(description="一段管理会籍的期间，含起点，不含终点。\nA time during which a union held it, half-open.")
class Holding:
    """Who held, from when to when."""

    union_id: strawberry.Private[UUID]
    from_: datetime = strawberry.field(name="from", description="自何时起。\nFrom this instant on.")
    until: datetime | None = strawberry.field(
        description="至何时止；现任为空。\nUp to, and without, this instant; null for the present holder."
    )

    @told(
        "管理会籍的工会。",
        "The union that held it.",
    )
    async def union(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.union_id)


@strawberry.type(description="完整的证件号码；每次查看均记录在案。\nA full ID number; each reading of one is logged.")
class IdNumber:
    """What `revealIdNumber` answers."""

    id_type: IdType = strawberry.field(description="证件类型。\nThe kind of document.")
    id_number: str = strawberry.field(description="证件号码。\nThe number.")


@strawberry.type(
    description="同一人的另一份会籍，只向双方会籍所在工会显示；每次读取均记录在案。\n"
    "The other one of two memberships of a person: shown to the two holders alone, and each reading is logged."
)
class Duplicate:
    """The other one."""

    union_id: strawberry.Private[UUID]
    membership_id: UUID = strawberry.field(
        description="另一会籍的编号，见于合并文书。\nIts id, as the document of the merge has it."
    )
    joined_on: date = strawberry.field(description="另一会籍的入会时间。\nThe day of joining that it has.")
    kept_by_us: bool | None = strawberry.field(
        description="本工会是否已签署保留本会籍（true）或另一会籍（false）；未签署或已失效的为空。\n"
        "By your union's statement: true, yours goes on; false, the other one; null, none that still holds."
    )
    kept_by_other: bool | None = strawberry.field(
        description="对方工会是否已签署保留本会籍（true）或另一会籍（false）；未签署或已失效的为空。\n"
        "By the other union's statement: true, yours goes on; false, the other one; null, none that still holds."
    )

    decidable_from: datetime | None = strawberry.field(
        description="双方届时仍未一致的，由上一级工会裁定；尚无签署的为空。\n"
        "From then on the union above may decide, if the two holders have not; null until one has signed."
    )

    @told("另一会籍所在工会。", "The union that holds the other one.")
    async def union(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.union_id)


@strawberry.type(
    description="会员；只有管理其会籍的工会可见。\nA member. Only the union that holds the membership sees one."
)
class Member(Node):
    """A member."""

    view: strawberry.Private[MemberView]
    membership_id: UUID = strawberry.field(
        description="会籍编号，即文书中的 sub。\nThe membership's id: the `sub` of statements about it."
    )
    name: str = strawberry.field(description="姓名。\nName.")
    sex: str = strawberry.field(description="性别，GB/T 2261.1 代码。\nSex, by the code of GB/T 2261.1.")
    birth_month: YearMonth = strawberry.field(description="出生年月。\nMonth of birth.")
    ethnic_group: str | None = strawberry.field(
        description="民族，GB/T 3304 代码；外国人为空。\nEthnic group, by GB/T 3304; null for foreigners."
    )
    political_status: str | None = strawberry.field(
        description="政治面貌，GB/T 4762 代码。\nPolitical status, by GB/T 4762."
    )
    id_type: IdType | None = strawberry.field(description="证件类型。\nThe kind of identity document.")
    id_number_masked: str | None = strawberry.field(
        description="证件号码，仅显示末四位；完整号码见 revealIdNumber。\n"
        "The ID number, its last four characters shown; `revealIdNumber` tells the whole."
    )
    mobile_masked: str | None = strawberry.field(
        description="手机号码，仅显示末四位。\nThe mobile number, its last four digits shown."
    )
    residence_division_code: str | None = strawberry.field(
        description="居住地的统计用区划代码。\nThe division code of the residence."
    )
    is_rural_migrant: bool | None = strawberry.field(description="是否农民工。\nWhether a rural migrant worker.")
    employment_form: EmploymentForm | None = strawberry.field(description="就业形式。\nThe form of employment.")
    employer_uscc: str | None = strawberry.field(
        description="用人单位的统一社会信用代码。\nThe unified social credit code of the employer."
    )
    member_unit: str | None = strawberry.field(
        description="在联合基层工会中所属的单位。\nThe employer within a joint union, by its code."
    )
    joined_on: date = strawberry.field(description="入会时间。\nThe day on which the person joined.")
    status: MembershipStatus = strawberry.field(description="会籍状态。\nThe status of the membership.")
    holding_basis: HoldingBasis = strawberry.field(description="管理会籍的依据。\nOn what basis it is held.")
    custody_version: int = strawberry.field(
        description="会籍版本，每转移一次加一。\nCounts the moves: a release names the version that it was drafted on."
    )
    data_version: int = strawberry.field(
        description="信息版本，每更改一次加一。\nCounts the amendments: one names the version that it was drafted on."
    )
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")
    dues_exempt: bool = strawberry.field(
        description="是否免交会费；由会籍状态得出，不可设置。\n"
        "Whether no dues are owed: it follows from the status, and nobody sets it."
    )
    voting_rights: VotingRights = strawberry.field(
        description="选举权、被选举权、表决权。\nThe rights to elect, to be elected and to vote."
    )

    @classmethod
    def of(cls, view: MemberView) -> "Member":
        """Give the member of a view, which its holder alone gets."""
        return cls(
            view=view,
            id=strawberry.ID(encode_id("Member", view.membership_id)),
            membership_id=view.membership_id,
            name=view.name,
            sex=view.sex,
            birth_month=cast("YearMonth", view.birth_month),
            ethnic_group=view.ethnic_group,
            political_status=view.political_status,
            id_type=IdType(view.id_type),
            id_number_masked=view.id_number_masked,
            mobile_masked=view.mobile_masked,
            residence_division_code=view.residence_division_code,
            is_rural_migrant=view.is_rural_migrant,
            employment_form=None if view.employment_form is None else EmploymentForm(view.employment_form),
            employer_uscc=view.employer_uscc,
            member_unit=view.member_unit,
            joined_on=view.joined_on,
            status=MembershipStatus(view.status),
            holding_basis=HoldingBasis(view.holding_basis),
            custody_version=view.custody_version,
            data_version=view.data_version,
            dues_paid_through=cast("YearMonth", view.dues_paid_through),
            dues_exempt=view.status == MembershipStatus.RETAINED,
            voting_rights=VotingRights.of(view.status),
        )

    @told(
        "会员证，最近的一本；从未颁发的为空。",
        "The certificate that the member has, or had last; null if none was ever issued.",
    )
    async def certificate(self, info: Info) -> Certificate | None:
        """Give the certificate."""
        return await present_certificate(info, self.view)

    @told(
        "历次颁发的会员证，按先后排列，现行的在最后；有效的至多一本。",
        "Every certificate that the member had, the present one last; one of them at most is valid.",
    )
    async def certificates(self, info: Info) -> list[Certificate]:
        """Give the certificates."""
        return await certificates_of(info, self.view)

    @told(
        "须办而未办的事项，不妨碍其他手续。",
        "What is still to be done about this member. It stands in the way of nothing.",
    )
    async def warnings(self, info: Info) -> list[Refusal]:
        """Give the warnings: no certificate issued yet, for the union that enrolled (N6)."""
        has_none = await present_certificate(info, self.view) is None
        return [Refusal.of(one) for one in certificate_warnings(self.view, has_none=has_none)]

    @told(
        "正在办理的接转手续，至多一项。",
        "The open handoff; there is one at most.",
    )
    async def open_handoff(self, info: Info) -> Handoff | None:
        """Give the open handoff. One that a date has ended is open no more, recorded or not."""
        case = None if self.view.open_handoff is None else await info.context.loads.handoff(self.view.open_handoff)
        return Handoff.of(case) if case is not None and case.state in OPEN_STATES else None

    @told(
        "最近一次保留会籍，撤销的不计；从未保留的为空。",
        "The latest retention that was not annulled; null if there was none.",
    )
    async def retention(self, info: Info) -> Retention | None:
        """Give the retention that counts."""
        view = last_retention(await info.context.loads.retentions(self.view.membership_id) or ())
        return None if view is None else Retention.of(view)

    @told(
        "历次保留会籍，按先后排列，含撤销的。",
        "All retentions, the earliest first, those that were annulled among them.",
    )
    async def retentions(self, info: Info) -> list[Retention]:
        """Give the retentions."""
        return [Retention.of(view) for view in await info.context.loads.retentions(self.view.membership_id) or ()]

    @told(
        "正在进行的借调；没有的为空。",
        "The secondment that goes on, whether or not the membership has moved; null if there is none.",
    )
    async def secondment(self, info: Info) -> Secondment | None:
        """Give the secondment."""
        views = await info.context.loads.secondments(self.view.membership_id) or ()
        return Secondment.of(views[-1]) if views and views[-1].state in LASTING else None

    @told(
        "同一人的另一份有效会籍，待双方合并；没有的为空。读取记录在案。",
        "Another live membership of the same person, with which this one waits to be merged; null if there is none. "
        "Reading it is logged.",
    )
    async def duplicate(self, info: Info) -> Duplicate | None:
        """Give the other one of a pair."""
        if self.view.open_duplicate is None:
            return None
        other = await info.context.loads.duplicate(self.view.membership_id)
        if other is None:
            return None
        return Duplicate(
            union_id=other.union_id,
            membership_id=other.membership_id,
            joined_on=other.joined_on,
            kept_by_us=other.kept_by_us,
            kept_by_other=other.kept_by_other,
            decidable_from=other.decide_from,
        )

    @told(
        "所在单位尚未建立工会、暂由本会管理的情况；不属此列的为空。",
        "Where the member stands, if it waits with your union for that of the employer; else null.",
    )
    async def placement(self, info: Info) -> Placement | None:
        """Give the placement."""
        if self.view.holding_basis not in WAITING:
            return None
        view = await info.context.loads.placement(self.view.membership_id)
        return None if view is None else Placement.of(view)

    @told(
        "委托管理的现状或最近一次；从未委托的为空。",
        "How the member stands under an entrustment, or stood under the latest one; null if there was none.",
    )
    async def coverage(self, info: Info) -> Coverage | None:
        """Give the coverage."""
        ties = await info.context.loads.ties(self.view.membership_id) or ()
        found = [tie.coverage for tie in ties if tie.coverage is not None]
        # The one in effect before one that is to come, and before what has ended.
        found.sort(key=lambda coverage: (coverage.is_live, coverage.state in {"COVERED", "PENDING"}), reverse=True)
        return Coverage.of(found[0]) if found else None

    @told(
        "活动和维权记录，按先后排列。",
        "What was recorded of activities and rights cases, the earliest first.",
    )
    async def care_records(self, info: Info) -> list[CareRecord]:
        """Give the records."""
        return [CareRecord.of(view) for view in await info.context.loads.care(self.view.membership_id) or ()]

    @told(
        "历任管理会籍的工会，按先后排列，前后相接。",
        "Who has held it, the earliest first, without a gap.",
    )
    async def holdings(self, info: Info) -> list[Holding]:
        """Give the holdings."""
        views = await info.context.loads.holdings(self.view.membership_id) or ()
        return [Holding(union_id=view.holder_union, from_=view.from_at, until=view.until_at) for view in views]

    @told(
        "进入本系统以前的接转、保留记录由谁补录；未补录的为空。",
        "Whose word the certificate's lines of before the hub are; null if none were brought in.",
    )
    async def history(self, info: Info) -> History | None:
        """Give the history."""
        view = await info.context.loads.history(self.view.membership_id)
        return None if view is None else History.of(view)

    @told("历次会费登记，按先后排列。", "The records of dues paid, the earliest first.")
    async def dues_records(self, info: Info) -> list[DuesRecord]:
        """Give the records."""
        return [DuesRecord.of(view) for view in await info.context.loads.dues(self.view.membership_id) or ()]

    @told(
        "工会小组已提出、委员会尚未决定的开除会籍；没有的为空。",
        "What the union group proposes, as long as the committee has not decided; null if there is nothing.",
    )
    async def expulsion_proposal(self, info: Info) -> ExpulsionProposal | None:
        """Give the open proposal."""
        view = await info.context.loads.proposal(self.view.membership_id)
        return None if view is None else ExpulsionProposal.of(view)

    @told("会籍的终止；未终止的为空。", "How the membership ended; null as long as it has not.")
    async def ending(self, info: Info) -> Ending | None:
        """Give the end."""
        found = await info.context.loads.endings(self.view.membership_id)
        last = found.endings[-1] if found is not None and found.endings else None
        return None if last is None or last.reversed_at is not None else Ending.of(last)

    @told(
        "历次终止，按先后排列，含已撤销的开除。",
        "All ends, the earliest first: of an expulsion that was reversed, too.",
    )
    async def endings(self, info: Info) -> list[Ending]:
        """Give the ends."""
        found = await info.context.loads.endings(self.view.membership_id)
        return [] if found is None else [Ending.of(view) for view in found.endings]

    @told(
        "已过而未交会费的月数；非正常状态的为零。",
        "How many months that are over were not paid; none where no dues are owed.",
    )
    async def unpaid_months(self, info: Info) -> int:
        """Count the months."""
        return await self._unpaid(info)

    @told(
        "欠交会费是否已达自动退会所需的六个月；另须不参加组织生活，是否退会由工会决定。",
        "Whether so much is unpaid as a deemed withdrawal asks for. It asks for more, and a union decides.",
    )
    async def meets_dues_half(self, info: Info) -> bool:
        """Tell whether one of the two conditions is met."""
        return meets_dues_half(await self._unpaid(info))

    async def _unpaid(self, info: Info) -> int:
        membership_id, loads = self.view.membership_id, info.context.loads
        found, retentions = await gather(loads.endings(membership_id), loads.retentions(membership_id))
        if found is None:
            return 0
        restored = [view.restored_on for view in retentions or () if view.restored_on is not None]
        today, restored_on = day_of(found.now), max(restored, default=None)
        return unpaid_months(self.view.status, self.view.dues_paid_through, restored_on, today)

    @told(
        "信息的历次更改，按先后排列；只列栏目名称，不含原值。",
        "The amendments of the data, the earliest first: the names of the fields, never what stood there.",
    )
    async def amendments(self, info: Info) -> list[Amendment]:
        """Give the amendments."""
        return [Amendment.of(view) for view in await info.context.loads.amendments(self.view.membership_id) or ()]


MemberResult = Annotated[
    Member | Refusal,
    strawberry.union("MemberResult", description="办理后的会员，或拒绝。\nThe member after the act, or a refusal."),
]


@strawberry.type(description="会员列表的一页。\nA page of members.")
class MemberConnection(Connection[Member]):
    """A page of members."""


async def find_member(info: Info, membership_id: UUID) -> Member | None:
    """Give a member, if the caller holds it."""
    view = await info.context.loads.member(membership_id)
    return None if view is None else Member.of(view)
