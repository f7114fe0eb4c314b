"""What drafts of the acts on a retention are asked with."""

from datetime import date

import strawberry

__all__ = [
    "AnnulRetentionDraft",
    "ChangeRetentionReasonDraft",
    "RecordRetentionDraft",
    "RestoreMembershipDraft",
    "RestoredPlacementInput",
]


@strawberry.input(description="起草保留会籍。\nTo draft a retention.")
class RecordRetentionDraft:
    """What a retention says."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
    reason: str = strawberry.field(
        description="保留原因：RETIREMENT、UNEMPLOYMENT 或 MILITARY_SERVICE。\n"
        "Why: RETIREMENT, UNEMPLOYMENT or MILITARY_SERVICE."
    )
    retained_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="保留会籍的日期；不填为退休、终止劳动关系或入伍之日。\n"
        "The day of the retention; if not given, that of the retirement, the end of the relation, or the enlistment.",
    )
    retired_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="退休日期；不填为保留会籍之日。\nThe day of the retirement; if not given, that of the retention.",
    )
    early: bool | None = strawberry.field(
        default=strawberry.UNSET, description="是否提前退休。\nWhether before the statutory age."
    )
    relation_ended_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="失业的，劳动关系终止日期。\nOf unemployment: the day on which the labour relation ended.",
    )
    new_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="已再就业的，新用人单位的代码。\nIf the member works again: the new employer, by its code.",
    )
    enlisted_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="入伍日期；不填为保留会籍之日。\nThe day of the enlistment; if not given, that of the retention.",
    )


@strawberry.input(description="起草保留会籍原因的变更。\nTo draft a change of a retention's reason.")
class ChangeRetentionReasonDraft:
    """What a change of reason says."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
    reason: str = strawberry.field(
        description="变更后的原因：退役后未就业的为 UNEMPLOYMENT，失业人员退休的为 RETIREMENT。\n"
        "The new reason: UNEMPLOYMENT after the service, RETIREMENT after unemployment."
    )
    changed_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="变更日期；不填为退休或退役之日。\n"
        "The day of the change; if not given, that of the retirement or the discharge.",
    )
    discharged_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="退役日期。\nThe day of the discharge."
    )
    retired_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="退休日期；不填为变更之日。\nThe day of the retirement; if not given, that of the change.",
    )
    early: bool | None = strawberry.field(
        default=strawberry.UNSET, description="是否提前退休。\nWhether before the statutory age."
    )


@strawberry.input(
    description="再就业单位未建工会、由居住地工会恢复会籍并暂时保留的。\n"
    "Of one who works again for an employer without a union: placed with your union, that of the residence."
)
class RestoredPlacementInput:
    """Whom the member waits for."""

    awaiting_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="待建工会的用人单位的代码；不填为用人单位。\n"
        "The employer whose union is awaited, by its code; if not given, the employer.",
    )
    host_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="用工单位的代码，用人单位为劳务派遣单位的填写。\n"
        "The host enterprise, by its code, where the employer is a dispatch agency.",
    )


@strawberry.input(
    description="起草恢复会籍，会员仍由本工会管理的。\n"
    "To draft a restoration: the member works again, and stays with you."
)
class RestoreMembershipDraft:
    """What a restoration says."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
    restored_on: date = strawberry.field(
        description="恢复会籍的日期，自该月起交纳会费。\nThe day of the restoration: dues are owed from its month on."
    )
    employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="用人单位的代码；灵活就业人员可不填。\nThe employer, by its code; a flexible worker may have none.",
    )
    relation_started_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系起始日期。\nThe day on which the labour relation began."
    )
    discharged_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="服兵役的，退役日期。\nOf military service: the day of the discharge.",
    )
    placement: RestoredPlacementInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="再就业单位未建工会的：会籍恢复，并转为暂时保留（PLACEMENT），不另办接转。\n"
        "Where the employer has no union yet: the member is restored and placed with you, by no handoff.",
    )


@strawberry.input(
    description="起草撤销有误的保留会籍登记。\nTo draft the annulment of a retention that was entered by mistake."
)
class AnnulRetentionDraft:
    """Whose retention is annulled."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
