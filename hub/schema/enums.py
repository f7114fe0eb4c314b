"""The closed lists of the schema: the domain's own enumerations, each value described in Chinese and in English."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import strawberry

from federation.forms import KeyUse
from hub.errors import CATALOGUE, Code
from hub.transfers import machines
from hub.transfers.kinds import (
    CoverageEnd,
    CoverageState,
    Duty,
    EmploymentForm,
    HoldingBasis,
    IdChange,
    IdType,
    MembershipStatus,
    PrintReportState,
    RetentionReason,
    SampleState,
    SealLoanState,
    StockState,
    UnionKind,
    UnionState,
    WarningCode,
)
from hub.transfers.machines import (
    CertificateState,
    EntrustmentState,
    ExpulsionState,
    HandoffState,
    RetentionState,
    SecondmentState,
)
from hub.transfers.rules.policy import ClosureHolder, ClosureIntake, PolicyUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "SIDES",
    "CertificateState",
    "ClosureHolder",
    "ClosureIntake",
    "CoverageEnd",
    "CoverageState",
    "Duty",
    "EmploymentForm",
    "EntrustmentState",
    "ExpulsionState",
    "HandoffState",
    "HoldingBasis",
    "IdChange",
    "IdType",
    "KeyUse",
    "MembershipStatus",
    "PlacementState",
    "PolicySource",
    "PolicyUnit",
    "PrintReportState",
    "RefusalCode",
    "RetentionReason",
    "RetentionState",
    "SampleState",
    "SealLoanState",
    "SecondmentSide",
    "SecondmentState",
    "Side",
    "StockState",
    "UnionKind",
    "UnionState",
    "WarningCode",
]


class Side(StrEnum):
    """Whose act a step is, as clients see it: the hub itself is nobody's side."""

    HOLDER = machines.Side.HOLDER.value
    RECEIVER = machines.Side.RECEIVER.value
    HIGHER = machines.Side.HIGHER.value


class PolicySource(StrEnum):
    """Who has set a value of a policy."""

    NATIONAL = "NATIONAL"
    PROVINCE = "PROVINCE"


class SecondmentSide(StrEnum):
    """Which of the two unions of a secondment one is."""

    HOME = "HOME"
    HOST = "HOST"


class PlacementState(StrEnum):
    """Where one stands who waits for the employer's union. The states before and after are those of handoffs."""

    PLACED = machines.PlacementState.PLACED.value
    EXIT_DUE = machines.PlacementState.EXIT_DUE.value


SIDES: Final[Mapping[machines.Side, Side]] = {machines.Side(side.value): side for side in Side}

RefusalCode = Code


def _describe(enum: type[StrEnum], description: str, values: Mapping[Any, str], *, name: str | None = None) -> None:
    """Make an enumeration part of the schema. Every value must be told of: one that is not fails the import."""
    strawberry.enum(enum, name=name, description=description)
    definition: Any = enum.__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[enum(value.value)]


_describe(
    HandoffState,
    "接转手续所处的状态；REQUESTED、ESCALATED、RELEASED 为办理中，其余为终结。\n"
    "Where a handoff stands. REQUESTED, ESCALATED and RELEASED are open, the others final.",
    {
        HandoffState.REQUESTED: "接收工会已提出接转请求。\nThe receiving union has asked for the member.",
        HandoffState.RELEASED: "转出凭证已签署，等待接收。\n"
        "The holder has released the member; nobody has accepted yet.",
        HandoffState.OBJECTED: "会籍所在工会已提出异议。\nThe holder has objected to the request.",
        HandoffState.ESCALATED: "已提交上一级工会处理。\nThe matter lies with the next-higher union.",
        HandoffState.ACCEPTED: "接收工会已签署接收，会籍已转入。\nThe receiver has accepted: the membership has moved.",
        HandoffState.REFUSED: "接收工会已退回，会籍未动。\nThe receiver has refused: the membership has not moved.",
        HandoffState.RECALLED: "转出工会已撤回。\nThe releasing union took its release back.",
        HandoffState.EXPIRED: "转出凭证已过有效期。\nThe release was not accepted in time.",
        HandoffState.CANCELLED: "请求已取消。\nThe request was cancelled.",
        HandoffState.DISMISSED: "上一级工会不予支持请求。\nThe next-higher union dismissed the request.",
        HandoffState.LAPSED: "逾期未处理，请求失效。\nNobody decided in time.",
        HandoffState.VOIDED: "复核未通过或会籍已终止，手续作废。\n"
        "Made void by a later check or by the membership's end.",
    },
)

_describe(
    CertificateState,
    "会员证的状态。\nWhat has become of a certificate.",
    {
        CertificateState.VALID: "有效。\nIt proves the membership.",
        CertificateState.LOST: "已挂失。\nThe member has reported it lost.",
        CertificateState.SUPERSEDED: "已补（换）发他证。\nAnother one was issued in its place.",
        CertificateState.COLLECTED: "已收回。\nThe union has taken it back after the membership's end.",
        CertificateState.VOIDED: "已作废。\nIt was declared void, or became so with the membership's end.",
    },
)

_describe(
    PlacementState,
    "等待所在单位建立工会的会员所处的状态。\nWhere a member stands who waits for the employer's union.",
    {
        PlacementState.PLACED: "所在单位尚未建立工会。\nThe employer has no union yet.",
        PlacementState.EXIT_DUE: "所在单位已建立工会，应及时转入。\n"
        "The employer has its union: the membership is to go there.",
    },
)

_describe(
    Side,
    "在接转手续中的一方。\nA side of a handoff.",
    {
        Side.HOLDER: "会籍所在工会（转出方）。\nThe union that holds, or held, the membership: the releasing side.",
        Side.RECEIVER: "接收工会（转入方）。\nThe union that takes the member in.",
        Side.HIGHER: "上一级工会。\nThe next-higher union.",
    },
)

_describe(
    KeyUse,
    "密钥的用途，一把密钥只有一种用途。\nWhat a key is for; a key has one use.",
    {
        KeyUse.SIGNING: "签署文书。\nSigns statements.",
        KeyUse.LOGIN: "登录平台。\nLogs in at the token endpoint.",
    },
)

_describe(
    UnionState,
    "工会的状态。\nWhere a union stands.",
    {
        UnionState.ACTIVE: "正常。\nIt is active.",
        UnionState.WINDING_UP: "注销中：不再接收会员，会员陆续转出。\n"
        "It is being wound up: nobody comes, everybody is to leave.",
        UnionState.CLOSED: "已注销。\nIt is closed.",
    },
)

_describe(
    UnionKind,
    "工会组织的类别。\nThe kind of a union.",
    {
        UnionKind.GRASSROOTS_INDEPENDENT: "单独建立的基层工会。\nA grassroots union of one employer.",
        UnionKind.GRASSROOTS_JOINT: "联合基层工会。\nA joint grassroots union of several employers.",
        UnionKind.MEMBER_UNIT_BRANCH: "联合基层工会成员单位的分会（小组），不管理会籍。\n"
        "The branch of a member unit inside a joint union; it holds nobody.",
        UnionKind.REGIONAL_FEDERATION: "区域工会联合会。\nA federation of the unions of a district.",
        UnionKind.SECTORAL_FEDERATION: "行业工会联合会。\nA federation of the unions of a trade.",
        UnionKind.TOWNSHIP_SUBDISTRICT_UNION: "乡镇（街道）工会。\nThe union of a township or subdistrict.",
        UnionKind.VILLAGE_COMMUNITY_UNION: "村（社区）工会。\nThe union of a village or community.",
        UnionKind.DEVELOPMENT_ZONE_UNION: "开发区（工业园区）工会。\n"
        "The union of a development zone or industrial park.",
        UnionKind.COUNTY_FEDERATION: "县（区）总工会。\nThe federation of a county or district.",
        UnionKind.PREFECTURE_FEDERATION: "市（地级）总工会。\nThe federation of a prefecture.",
        UnionKind.PROVINCIAL_FEDERATION: "省级总工会。\nThe federation of a province.",
        UnionKind.NATIONAL_INDUSTRIAL_UNION: "全国产业工会。\nA national industrial union.",
        UnionKind.CENTRAL_ORGAN_FEDERATION: "中直机关（中央国家机关）工会联合会。\n"
        "The federation of the Party's or the State's central organs.",
        UnionKind.NATIONAL_FEDERATION: "全国总工会。\nThe national federation, root of all.",
        UnionKind.EXTERNAL: "平台外工会：只凭纸质文书办理，不在平台签署。\n"
        "A union outside the hub: it acts on paper, and signs nothing here.",
    },
)

_describe(
    HoldingBasis,
    "会籍由该工会管理的依据。\nOn what basis a union holds a membership.",
    {
        HoldingBasis.ORDINARY: "用人单位工会的一般会员。\nAn ordinary member, at the union of the employer.",
        HoldingBasis.FLEXIBLE_DIRECT: "灵活就业人员直接入会（第七条）。\n"
        "A flexible worker who joined directly (article 7).",
        HoldingBasis.PRE_ESTABLISHMENT: "单位尚未建会，先行加入（第六条）。\n"
        "Joined before the employer has a union (article 6).",
        HoldingBasis.PLACEMENT: "新单位未建会，暂留居住地工会（第十三条）。\n"
        "Placed with the residence union, the new employer having none (article 13).",
        HoldingBasis.RESIDENCE_RETENTION: "由居住地工会保留会籍（第十三、十九条）。\n"
        "Kept by the residence union in retention (articles 13 and 19).",
        HoldingBasis.SECONDMENT: "借调期间（第十四条）。\nFor the term of a secondment (article 14).",
        HoldingBasis.DISPATCH_UNION: "劳务派遣单位工会的会员（第九条）。\n"
        "At the union of the dispatch agency (article 9).",
        HoldingBasis.DISPATCH_HOST_JOINED: "派遣工在用工单位工会入会（第九条）。\n"
        "A dispatched worker, at the union of the host enterprise (article 9).",
        HoldingBasis.CUSTODIAL: "原工会注销后代管。\nIn custody after the former union was wound up.",
    },
)

_describe(
    MembershipStatus,
    "会籍状态。\nThe status of a membership.",
    {
        MembershipStatus.ACTIVE: "正常。\nActive.",
        MembershipStatus.RETAINED: "保留会籍。\nRetained: no dues and no vote.",
        MembershipStatus.DUPLICATE_SUSPECTED: "疑似重复，待核实。\nSuspected to be a second one of the same person.",
        MembershipStatus.WITHDRAWN: "已退会。\nEnded: the member withdrew.",
        MembershipStatus.DEEMED_WITHDRAWN: "按自动退会处理。\nEnded: deemed to have withdrawn.",
        MembershipStatus.EXPELLED: "开除会籍。\nEnded: expelled.",
        MembershipStatus.DUPLICATE_MERGED: "重复会籍已合并。\nEnded: merged into the other one of the same person.",
        MembershipStatus.DECEASED: "会员已去世。\nEnded: the member has died.",
    },
)

_describe(
    RetentionReason,
    "保留会籍的原因。\nWhy a membership is retained.",
    {
        RetentionReason.RETIREMENT: "退休，含提前退休（第十七条）。\nRetired, early or not (article 17).",
        RetentionReason.UNEMPLOYMENT: "失业（第十九条）。\nWithout work (article 19).",
        RetentionReason.MILITARY_SERVICE: "服兵役（第二十条）。\nIn military service (article 20).",
    },
)

_describe(
    ExpulsionState,
    "开除会籍办理到哪一步。\nWhere an expulsion stands.",
    {
        ExpulsionState.PROPOSED: "小组已提出意见，委员会尚未决定。\nThe group has given its opinion; not decided yet.",
        ExpulsionState.DROPPED: "未作出开除决定。\nNot followed: there is no decision.",
        ExpulsionState.DECIDED: "已决定，尚待报上一级工会备案。\nDecided, and still to be filed with the union above.",
        ExpulsionState.FILED: "已报备案。\nFiled.",
        ExpulsionState.COLLECTED: "备案后已收回会员证。\nFiled, and the certificate collected.",
        ExpulsionState.REVERSED: "原判撤销，已恢复会籍。\nReversed: the judgment was annulled.",
    },
)

_describe(
    RetentionState,
    "保留会籍的状态。\nWhere a retention stands.",
    {
        RetentionState.RECORDED: "保留中。\nIt lasts.",
        RetentionState.RESTORED: "已恢复会籍。\nThe member was restored.",
        RetentionState.ENDED: "随会籍终止。\nIt ended with the membership.",
        RetentionState.ANNULLED: "登记有误，已撤销。\nIt was entered by mistake, and annulled.",
    },
)

_describe(
    WarningCode,
    "提示的代码；提示不妨碍办理。\nThe code of a warning. A warning stands against nothing.",
    {
        WarningCode.CERTIFICATE_NOT_COLLECTED: "会员证尚未收回（第二十二条）。\n"
        "The certificate is still out (article 22).",
        WarningCode.ISSUED_EXCEEDS_PRINTED: "颁发数超过已印制数（通知第四条；此前印制的仍然有效）。\n"
        "More were issued than were printed (section 4 of the notice): what was printed before stays valid.",
    },
)

_describe(
    SampleState,
    "会员证式样审核的状态。\nWhere a sample of the certificate stands.",
    {
        SampleState.SUBMITTED: "已报审，尚待全国总工会审核同意。\nSubmitted: the national federation is to approve it.",
        SampleState.APPROVED: "已审核同意，可以确定该承印单位。\nApproved: its printer may be chosen.",
    },
)

_describe(
    SealLoanState,
    "印模借用的状态。\nWhere a loan of the seal impression stands.",
    {
        SealLoanState.REQUESTED: "已申请。\nRequested.",
        SealLoanState.APPROVED: "已审核同意。\nApproved.",
        SealLoanState.IN_CUSTODY: "由指定专人保管。\nIn the hands of the custodian.",
        SealLoanState.RETURNED: "已送回。\nSent back.",
    },
)

_describe(
    StockState,
    "库存会员证的状态。\nWhat is known of numbers that were printed and not issued.",
    {
        StockState.IN_STOCK: "库存。\nIn stock.",
        StockState.SPOILED: "损毁。\nSpoiled.",
        StockState.MISSING: "缺失。\nMissing.",
    },
)

_describe(
    PrintReportState,
    "年度印制数量报备的状态。\nWhere the report of a year stands.",
    {
        PrintReportState.DUE: "待报备。\nNothing is filed yet.",
        PrintReportState.FILED: "当年 12 月 31 日前已报备。\nFiled within the year.",
        PrintReportState.FILED_LATE: "逾期报备。\nFiled after the year.",
        PrintReportState.CORRECTED: "年后更正。\nCorrected after the year.",
    },
)

_describe(
    SecondmentSide,
    "在借调中的一方。\nA side of a secondment.",
    {
        SecondmentSide.HOME: "所在单位工会。\nThe home union, to which the member comes back.",
        SecondmentSide.HOST: "借调单位工会。\nThe host union, to which the member is lent.",
    },
)

_describe(
    SecondmentState,
    "借调的状态。\nWhere a secondment stands.",
    {
        SecondmentState.RECORDED: "已登记，会籍未动。\nRecorded: the membership stays where it is.",
        SecondmentState.OFFERED: "已转出，待借调单位工会接收。\nOffered to the host union, which has not accepted yet.",
        SecondmentState.AT_HOST: "会籍在借调单位工会。\nThe host union holds the membership.",
        SecondmentState.RETURN_DUE: "借调期满（或提前结束），应转回。\nThe term is over: it is to come back.",
        SecondmentState.RETURNED: "已转回所在单位工会。\nIt has come back to the home union.",
        SecondmentState.CONVERTED: "已正式转入借调单位工会。\nIt stays with the host union for good.",
        SecondmentState.RELEASED_FROM_HOME: "已脱离原单位，不再转回。\nThe member has left the home employer.",
        SecondmentState.ENDED: "未转移会籍而终结。\nIt ended, and the membership had never moved.",
        SecondmentState.CLOSED: "随会籍终止。\nIt ended with the membership.",
    },
)

_describe(
    IdType,
    "证件类型，由工会填报，不由号码推断。\nThe kind of identity document, as stated, never guessed from its number.",
    {
        IdType.RESIDENT_ID: "居民身份证。\nThe resident identity card.",
        IdType.HMT_RESIDENCE: "港澳台居民居住证。\nThe residence permit of Hong Kong, Macao and Taiwan residents.",
        IdType.FOREIGN_PR: "外国人永久居留身份证。\nThe permanent residence card of foreigners.",
        IdType.PASSPORT: "护照。\nA passport.",
        IdType.OTHER: "其他证件，可无号码。\nAnother document; it may be without a number.",
    },
)

_describe(
    IdChange,
    "更改证件的方式；一人可有多个证件，均可据以找到本人。\n"
    "What an amendment does with a document. A person may have several, and is found by each of them.",
    {
        IdChange.FURTHER: "另有一个证件，显示的证件不变。\nOne more, beside the one that is shown.",
        IdChange.RENEWED: "换发的证件；原证件仍可据以找到本人。\n"
        "It is shown from now on; the former one still names the person.",
        IdChange.CORRECTED: "原来登记有误；原号码不再属于本人。\n"
        "The one shown was wrong: its number names this person no more.",
    },
)

_describe(
    EmploymentForm,
    "就业形式。\nThe form of employment.",
    {
        EmploymentForm.FULL: "全日制。\nFull-time.",
        EmploymentForm.PART_TIME: "非全日制。\nPart-time.",
        EmploymentForm.FLEXIBLE: "灵活就业。\nFlexible.",
        EmploymentForm.DISPATCHED: "劳务派遣。\nDispatched by an agency.",
        EmploymentForm.PLATFORM: "新就业形态（平台）。\nFor a platform.",
    },
)

_describe(
    EntrustmentState,
    "委托管理协议所处的状态；生效与终止随日期而定。\nWhere an entrustment agreement stands by now.",
    {
        EntrustmentState.DRAFT: "拟稿，双方均未签署。\nA text that neither union has signed.",
        EntrustmentState.SIGNED_BY_ONE: "一方已签署。\nSigned by one of the two.",
        EntrustmentState.SCHEDULED: "双方已签署，尚未到起始日。\nSigned by both; its term has yet to begin.",
        EntrustmentState.IN_FORCE: "生效中。\nIn force.",
        EntrustmentState.SUSPENDED: "一方注销中，协议中止。\nSuspended: one of the two is being wound up.",
        EntrustmentState.TERMINATED: "已解除。\nTerminated by one of the two.",
        EntrustmentState.EXPIRED: "期满终止。\nIts term is over.",
        EntrustmentState.SUPERSEDED: "已由新协议取代。\nA new version took its place.",
        EntrustmentState.WITHDRAWN: "签署完成前已撤回。\nTaken back before both had signed.",
        EntrustmentState.LAPSED: "期限内未由双方签署，已失效。\nIts term passed before the second signature.",
    },
)

_describe(
    CoverageState,
    "会员委托管理的状态。\nHow a member stands under an entrustment.",
    {
        CoverageState.PENDING: "待受托工会确认。\nOn the roster; the host union has not answered.",
        CoverageState.COVERED: "委托管理中，或待起始日。\nTaken on by the host union, now or from its first day on.",
        CoverageState.DECLINED: "受托工会未接受。\nThe host union did not take the member on.",
        CoverageState.ENDED: "已终止。\nEnded.",
    },
)

_describe(
    CoverageEnd,
    "委托管理终止的原因。\nWhy a coverage is no more.",
    {
        CoverageEnd.DISPATCH_ENDED: "派遣期或委托期满。\nThe days of the dispatch, or of the coverage, are over.",
        CoverageEnd.TRANSFERRED: "会籍已转出。\nThe membership has moved.",
        CoverageEnd.AGREEMENT_ENDED: "协议已终止。\nThe agreement has ended.",
        CoverageEnd.MEMBERSHIP_ENDED: "会籍已终止。\nThe membership has ended.",
        CoverageEnd.MOVED_TO_OTHER_HOST: "改派其他用工单位。\nThe member was sent to another host.",
        CoverageEnd.RETAINED: "已保留会籍。\nThe membership is retained.",
        CoverageEnd.DECLINED: "受托工会未接受。\nThe host union declined.",
        CoverageEnd.MERGED: "重复会籍已合并。\nThe membership was merged into another of the same person.",
    },
)

_describe(
    Duty,
    "工会对会员的责任。\nWhat a union owes to a member.",
    {
        Duty.MEMBERSHIP: "会籍管理与统计。\nThe membership: holding, releasing, counting.",
        Duty.ACTIVITIES: "组织活动。\nThe activities of the union.",
        Duty.RIGHTS_PROTECTION: "权益维护。\nThe protection of rights.",
        Duty.DUES_COLLECTION: "会费收缴。\nThe collection of dues.",
        Duty.VOTING: "选举、表决和参加会员大会。\nVotes and the members' congress.",
        Duty.RELIEF: "纠纷、工伤和困难帮扶。\nDisputes, injuries, and relief in need.",
    },
)

_UNTOLD: Final[defaultdict[str, str]] = defaultdict(lambda: "…")

_describe(
    Code,
    "拒绝的代码；含义不变，可据以编程。\nThe code of a refusal. Its meaning never changes: programs may rely on it.",
    {
        code: f"{entry.zh.format_map(_UNTOLD)}\n{entry.en.format_map(_UNTOLD)} ({' '.join(entry.articles)})"
        for code, entry in CATALOGUE.items()
    },
    name="RefusalCode",
)

_describe(
    ClosureHolder,
    "原单位关闭（破产）、没有承接工会时，由谁管理会籍（HUB-P07）。\n"
    "Who holds whom a closed employer leaves, if no union succeeds its own (HUB-P07).",
    {
        ClosureHolder.RESIDENCE: "居住地工会（第十九条）。\nThe union of the residence (article 19).",
        ClosureHolder.HIGHER_LEVEL: "原工会的上一级工会。\nThe union above the one that closes.",
    },
)

_describe(
    ClosureIntake,
    "居住地工会对关闭（破产）单位的会员应当接收还是可以接收（HUB-P16）。\n"
    "Whether the union of the residence must take in whom a closed employer leaves, or may (HUB-P16).",
    {
        ClosureIntake.DUTY: "应当接收，退回须有所列理由。\nIt must: it refuses on the listed grounds alone.",
        ClosureIntake.OPTION: "可以接收，也可以不予接收。\nIt may, and may decline.",
    },
)

_describe(
    PolicyUnit,
    "平台规则数值的单位。\nIn what a value of a policy is counted.",
    {
        PolicyUnit.DAYS: "日。\nDays.",
        PolicyUnit.WORKING_DAYS: "工作日。\nWorking days.",
        PolicyUnit.MONTHS: "月。\nMonths.",
        PolicyUnit.CHOICE: "从所列值中选定。\nOne of several words.",
    },
)

_describe(
    PolicySource,
    "平台规则的数值由谁所定。\nWho has set a value of a policy.",
    {
        PolicySource.NATIONAL: "全国默认值。\nIt is as the nation has it.",
        PolicySource.PROVINCE: "省级工会（全国产业工会、机关工会联合会）所定。\n"
        "The province's federation, or the industry's, or that of the central organs.",
    },
)
