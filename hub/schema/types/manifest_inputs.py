"""What manifests are drafted with, and the page of leaves that is handed in beside one."""

from datetime import date
from uuid import UUID

import strawberry

from hub.schema.enums import HoldingBasis
from hub.schema.scalars import YearMonth
from hub.schema.types.stated_inputs import StatedInput

__all__ = ["AcceptManifestDraft", "LeafMemberInput", "ManifestPage", "ReleaseManifestDraft"]


@strawberry.input(
    description="清册的一页：相邻的若干份（1 至 500 份）。任一页可先交，也可重交。\n"
    "A page of a manifest: neighbouring leaves, from 1 to 500. Any page may come first, or again."
)
class ManifestPage:
    """A page."""

    first: int = strawberry.field(description="首份的序号，从 0 起。\nThe index of its first leaf, from 0.")
    leaves: list[str] = strawberry.field(
        description="各份原文，即草稿的 leaf。\nThe leaves: the exact texts of the draft's `leaf`."
    )
    hashes: list[str] = strawberry.field(
        description="页外各子树的根（RFC 9162，由左至右，base64url）；一页即全部的为空。\n"
        "The roots of the subtrees beside the page (RFC 9162, from left to right, base64url); none where it has all."
    )


@strawberry.input(description="清册中的一名会员。\nOne member of a manifest.")
class LeafMemberInput:
    """A member, with what is not common to all."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
    receiving_union: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="此人的接收工会；不填为共同的。\nThis one's receiving union; if not given, that of all.",
    )
    dues_paid_through: YearMonth | None = strawberry.field(
        default=strawberry.UNSET,
        description="此人会费交至的月份；不填为共同的。\nThis one's month; if not given, that of all.",
    )


@strawberry.input(
    description="起草批量转出：指名的会员（至多 500 名），或原因所涉的会员，每次一页。\n"
    "To draft the release of many: of members named (500 at most), or of those whom the reason concerns, page by page."
)
class ReleaseManifestDraft(StatedInput):
    """What the releases of a manifest say."""

    members: list[LeafMemberInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="指名的会员；不填为原因所涉的全部：应转出的、保留会籍的，或全体。\n"
        "The members named; if not given, all whom the reason concerns: those whose exit is due, the retained, or all.",
    )
    receiving_union: str | None = strawberry.field(
        default=strawberry.UNSET, description="共同的接收工会。\nThe receiving union of all, by its URI."
    )
    reason_code: str = strawberry.field(description="转出原因的代码。\nThe code of the reason.")
    out_date: date = strawberry.field(description="转出日期。\nThe day of the releases.")
    dues_paid_through: YearMonth | None = strawberry.field(
        default=strawberry.UNSET,
        description="会费交至的月份；不填为各人登记的月份。\n"
        "The month to which dues are paid; if not given, the one on each member's record.",
    )
    relation_ended_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系终止日期。\nThe day on which the labour relation ended."
    )
    new_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="新用人单位的代码。\nThe new employer, by its code."
    )
    form_custody: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员登记表的去向；不填为随个人档案移交。\n"
        "Where the registration forms go; if not given, with the personnel files.",
    )
    batch_id: UUID | None = strawberry.field(
        default=strawberry.UNSET, description="批次编号；不填为新编。\nThe id of the batch; if not given, a new one."
    )


@strawberry.input(
    description="起草批量接收：指名的接转手续（至多 500 件），或待接收的，每次一页。\n"
    "To draft the acceptance of many: of handoffs named (500 at most), or of those that wait, page by page."
)
class AcceptManifestDraft:
    """What the acceptances of a manifest say."""

    handoff_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET,
        description="指名的接转手续；不填为该原因待接收的全部。\n"
        "The handoffs named, by their global ids; if not given, all of the reason that wait for your union.",
    )
    releasing_union: str | None = strawberry.field(
        default=strawberry.UNSET, description="只接收该工会转出的。\nOnly what this union released, by its URI."
    )
    reason_code: str = strawberry.field(description="转出原因的代码。\nThe code of the reason.")
    in_date: date = strawberry.field(description="转入日期。\nThe day of intake.")
    holding_basis: HoldingBasis | None = strawberry.field(
        default=strawberry.UNSET,
        description="管理会籍的依据；不填为原有的，不宜时为通常的。\n"
        "On what basis they will be held; if not given, as before where that may be, else the usual one.",
    )
    employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="用人单位的代码；所待建工会的单位和保留会籍的，无须填写。\n"
        "The employer, by its code; not needed of whom was awaited there, nor of the retained.",
    )
    relation_started_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系起始日期。\nThe day on which the labour relations began."
    )
    form_received: bool = strawberry.field(
        description="是否已收到会员登记表。\nWhether the registration forms have come."
    )
    batch_id: UUID | None = strawberry.field(
        default=strawberry.UNSET,
        description="批次编号，可与转出的相同；不填为新编。\n"
        "The id of the batch, which may be that of the release; if not given, a new one.",
    )
