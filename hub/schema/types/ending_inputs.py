"""What drafts of the acts on the end of a membership are asked with. A step that was not made is left out."""

from datetime import date
from typing import Final
from uuid import UUID

import strawberry

from hub.schema.scalars import YearMonth

__all__ = [
    "AcknowledgeFilingDraft",
    "DecideExpulsionDraft",
    "DropExpulsionDraft",
    "FileExpulsionDraft",
    "ProposeExpulsionDraft",
    "RecordDeathDraft",
    "RecordDeemedWithdrawalDraft",
    "RecordWithdrawalDraft",
    "ReturnFilingDraft",
    "ReverseExpulsionDraft",
]

_MEMBER: Final = "会员的全局编号。\nThe member, by its global id."
_COLLECTED: Final = "收回会员证的日期；尚未收回的不填。\nThe day on which the certificate was taken back, if it was."
_FILED: Final = "备案所涉会籍的编号，见 filings。\nThe membership that the filing is about, as `filings` has it."


@strawberry.input(description="起草会员退会。\nTo draft a withdrawal at the member's own request.")
class RecordWithdrawalDraft:
    """What a withdrawal says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    requested_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="本人提出退会的日期。\nThe day of the member's own request."
    )
    request_sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="退会申请的 SHA-256 摘要。\nThe SHA-256 of the text of that request."
    )
    persuaded_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="做思想工作的日期。\nThe day on which the member was talked to."
    )
    discussed_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="基层工会讨论的日期。\nThe day on which the union discussed it."
    )
    announced_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="宣布日期，即会籍终止日期。\nThe day of the announcement: the end."
    )
    collected_on: date | None = strawberry.field(default=strawberry.UNSET, description=_COLLECTED)


@strawberry.input(description="起草自动退会。\nTo draft that a member is deemed to have left.")
class RecordDeemedWithdrawalDraft:
    """What a deemed withdrawal says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    unpaid_since: YearMonth | None = strawberry.field(
        default=strawberry.UNSET,
        description="未交会费的首月；不填按登记的会费月份。\n"
        "The first month without dues; if not given, as the dues on file have it.",
    )
    absent_since: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="不参加工会组织生活的起始日期。\nThe first day of taking no part in what the union does.",
    )
    proper_reason: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="正当理由（如 ILLNESS）；没有的不填。\nA proper reason, such as ILLNESS, if there was one.",
    )
    admonished_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="教育的日期。\nThe day on which the member was admonished."
    )
    refused_to_correct: bool = strawberry.field(description="是否拒不改正。\nWhether the member refused to mend.")
    resolved_on: date = strawberry.field(
        description="基层委员会决议的日期，即会籍终止日期。\nThe day of the committee's resolution: the end."
    )
    collected_on: date | None = strawberry.field(default=strawberry.UNSET, description=_COLLECTED)


@strawberry.input(
    description="起草开除会籍的决定；判决等材料只填摘要。\n"
    "To draft the decision to expel. Judgment and other papers are named by their hashes alone."
)
class DecideExpulsionDraft:
    """What a decision to expel says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    judgment_sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="判决书的 SHA-256 摘要。\nThe SHA-256 of the judgment."
    )
    effective_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="判决生效日期。\nThe day on which the judgment took effect."
    )
    opinion_sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="工会小组意见的 SHA-256 摘要。\nThe SHA-256 of the union group's opinion."
    )
    opinion_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="工会小组提出意见的日期。\nThe day of the group's opinion."
    )
    has_no_group: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="未设工会小组，会议纪要已载明。\nWhether there is no group, as the minutes say."
        " If not given, there is one.",
    )
    decision_sha256: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="基层委员会决定的 SHA-256 摘要。\nThe SHA-256 of the grassroots committee's decision.",
    )
    decided_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="决定日期，即会籍终止日期。\nThe day of the decision: the end."
    )


@strawberry.input(
    description="起草工会小组的开除会籍意见。\nTo draft what the union group proposes: to expel a member."
)
class ProposeExpulsionDraft:
    """What a proposal says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    opinion_sha256: str = strawberry.field(
        description="工会小组意见的 SHA-256 摘要。\nThe SHA-256 of the union group's opinion."
    )
    opinion_on: date = strawberry.field(description="提出意见的日期。\nThe day of the group's opinion.")


@strawberry.input(description="起草不予开除。\nTo draft that what the union group has proposed is dropped.")
class DropExpulsionDraft:
    """What the end of a proposal says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    dropped_on: date = strawberry.field(description="不予开除的日期。\nThe day on which it was dropped.")


@strawberry.input(description="起草会员去世的登记。\nTo draft the record of a death.")
class RecordDeathDraft:
    """What the record of a death says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    died_on: date = strawberry.field(description="去世日期。\nThe day of the death.")
    evidence_sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="证明材料的 SHA-256 摘要。\nThe SHA-256 of what proves it."
    )


@strawberry.input(description="起草开除会籍的备案。\nTo draft the filing of an expulsion.")
class FileExpulsionDraft:
    """What a filing says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    filed_on: date = strawberry.field(description="备案日期。\nThe day of the filing.")
    filed_with: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="备案的上一级工会的标识；不填为本会的上一级工会。\n"
        "The union that it is filed with, by its URI; if not given, the one next above yours.",
    )


@strawberry.input(description="起草收悉备案。\nTo draft the acknowledgement of a filing.")
class AcknowledgeFilingDraft:
    """What an acknowledgement says."""

    membership_id: UUID = strawberry.field(description=_FILED)


@strawberry.input(description="起草退回备案补件。\nTo draft the return of a filing for papers.")
class ReturnFilingDraft:
    """What a return says."""

    membership_id: UUID = strawberry.field(description=_FILED)
    papers: list[str] = strawberry.field(
        description="欠缺的材料：JUDGMENT 判决书、GROUP_OPINION 小组意见、COMMITTEE_DECISION 委员会决定。\n"
        "What is missed: JUDGMENT, GROUP_OPINION, COMMITTEE_DECISION."
    )


@strawberry.input(description="起草撤销开除。\nTo draft the reversal of an expulsion.")
class ReverseExpulsionDraft:
    """What a reversal says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    annulment_sha256: str = strawberry.field(
        description="撤销原判的判决书的 SHA-256 摘要。\nThe SHA-256 of the judgment that annuls the other one."
    )
    annulled_on: date = strawberry.field(description="原判撤销的日期。\nThe day of that judgment.")
