"""What the drafts of entrustments take (A9)."""

from datetime import date

import strawberry

__all__ = [
    "AgreementDraft",
    "CareDraft",
    "CoverageAnswerDraft",
    "EntrustmentDraft",
    "RosterDraft",
]

_MEMBER = "会员的全局编号。\nThe member's global id."
_AGREEMENT = "协议的全局编号。\nThe agreement's global id."


@strawberry.input(description="协议的一项条款。\nA clause of the agreement.")
class ClauseInput:
    """A clause."""

    responsible: str = strawberry.field(
        description="由哪一方承担：DISPATCH 派遣单位工会，HOST 用工单位工会。\n"
        "Whose duty it is: DISPATCH, the dispatch union's, or HOST, the host union's."
    )
    text: str = strawberry.field(description="条款文字。\nThe words.")


@strawberry.input(description="权益维护条款。\nThe clause on the protection of rights.")
class RightsClauseInput:
    """The clause on rights."""

    responsible: str = strawberry.field(
        description="由哪一方承担：DISPATCH 或 HOST。\nWhose duty it is: DISPATCH or HOST."
    )
    text: str = strawberry.field(description="条款文字。\nThe words.")
    purpose: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="受托工会读取性别、出生年月的用途；不填则不可读。\n"
        "What the host union may read sex and birth month for; it may not if nothing is given.",
    )


@strawberry.input(description="名册中的一名会员。\nA member on the roster.")
class RosterEntryInput:
    """A line of the roster."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    host_post: str = strawberry.field(description="在用工单位的岗位。\nThe post at the host enterprise.")
    dispatch_from: date = strawberry.field(description="派遣起始日。\nThe first day of the dispatch.")
    dispatch_to: date = strawberry.field(description="派遣截止日（含）。\nThe last day of the dispatch.")
    coverage_from: date = strawberry.field(description="委托起始日。\nThe first day of the coverage.")
    coverage_to: date = strawberry.field(description="委托截止日（含）。\nThe last day of the coverage.")


@strawberry.input(description="移出名册的一名会员。\nA member to take off the roster.")
class RosterRemovalInput:
    """A removal."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    reason: str = strawberry.field(
        description="DISPATCH_ENDED 派遣期满，或 MOVED_TO_OTHER_HOST 改派其他单位。\n"
        "DISPATCH_ENDED or MOVED_TO_OTHER_HOST."
    )


@strawberry.input(description="起草委托管理协议。\nTo draft an entrustment agreement.")
class EntrustmentDraft:
    """What an agreement says."""

    agreement_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="修改尚未由双方签署的协议时填写。\nOf one not yet signed by both, whose text is to be another.",
    )
    dispatch_union: str = strawberry.field(description="派遣单位工会的标识。\nThe dispatch union, by its URI.")
    host_union: str = strawberry.field(description="用工单位工会的标识。\nThe host union, by its URI.")
    agency_uscc: str = strawberry.field(description="劳务派遣单位的代码。\nThe dispatch agency, by its code.")
    host_uscc: str = strawberry.field(description="用工单位的代码。\nThe host enterprise, by its code.")
    agreement_no: str = strawberry.field(description="协议文号。\nThe number of the agreement.")
    term_from: date = strawberry.field(description="期限的起日。\nThe first day of the term.")
    term_until: date = strawberry.field(description="期限的止日（含）。\nThe last day of the term.")
    activities: ClauseInput | None = strawberry.field(
        default=strawberry.UNSET, description="组织活动条款（必备）。\nOn activities; it must be there."
    )
    rights_protection: RightsClauseInput | None = strawberry.field(
        default=strawberry.UNSET, description="权益维护条款（必备）。\nOn the protection of rights; it must be there."
    )
    dues_collection: ClauseInput | None = strawberry.field(
        default=strawberry.UNSET, description="会费收缴和使用。\nOn the collection and use of dues."
    )
    voting: ClauseInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="选举、表决；不填的在派遣单位工会。\nOn votes; if not given, at the dispatch union.",
    )
    relief: ClauseInput | None = strawberry.field(
        default=strawberry.UNSET, description="纠纷、工伤、困难帮扶。\nOn disputes, injuries and relief."
    )
    information: str | None = strawberry.field(
        default=strawberry.UNSET, description="信息通报和个人信息保护。\nOn what each tells the other, and on data."
    )
    disputes: str | None = strawberry.field(
        default=strawberry.UNSET, description="双方争议的处理。\nOn disputes between the two unions."
    )
    termination: str | None = strawberry.field(
        default=strawberry.UNSET, description="解除和交回。\nOn termination and handing back."
    )
    supersedes: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="所取代的协议。\nThe agreement that it takes the place of."
    )
    roster: list[RosterEntryInput] | None = strawberry.field(
        default=strawberry.UNSET, description="名册。\nThe roster."
    )


@strawberry.input(description="起草对协议的签署、撤回或解除。\nTo draft a signature, a withdrawal or a termination.")
class AgreementDraft:
    """Which agreement."""

    agreement_id: strawberry.ID = strawberry.field(description=_AGREEMENT)


@strawberry.input(description="起草名册变动。\nTo draft a change of the roster.")
class RosterDraft:
    """What a change of the roster says."""

    agreement_id: strawberry.ID = strawberry.field(description=_AGREEMENT)
    add: list[RosterEntryInput] | None = strawberry.field(
        default=strawberry.UNSET, description="列入的会员。\nWho is put on it."
    )
    remove: list[RosterRemovalInput] | None = strawberry.field(
        default=strawberry.UNSET, description="移出的会员。\nWho is taken off it."
    )


@strawberry.input(description="起草对名册新增会员的确认或不接受。\nTo draft the host union's word on members.")
class CoverageAnswerDraft:
    """Which members."""

    agreement_id: strawberry.ID = strawberry.field(description=_AGREEMENT)
    member_ids: list[strawberry.ID] = strawberry.field(description="会员的全局编号。\nThe members' global ids.")


@strawberry.input(description="起草活动或维权记录。\nTo draft a record of an activity or of a rights case.")
class CareDraft:
    """What a record says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    agreement_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="所依据的协议；不填的按目前的委托。\n"
        "The agreement; if not given, the one by which you cover the member.",
    )
    kind: str = strawberry.field(description="类别代码。\nThe code of its kind.")
    occurred_on: date = strawberry.field(description="日期。\nThe day.")
    evidence_sha256: str | None = strawberry.field(
        default=strawberry.UNSET, description="材料的摘要。\nThe SHA-256 of papers kept elsewhere."
    )
