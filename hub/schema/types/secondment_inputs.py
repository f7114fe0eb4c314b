"""What the drafts of the acts on a secondment are asked with (A14)."""

from datetime import date

import strawberry

__all__ = [
    "ChangeSecondmentTermDraft",
    "ConvertSecondmentDraft",
    "EndHomeRelationDraft",
    "EndSecondmentEarlyDraft",
    "ExtendSecondmentDraft",
    "RecordSecondmentDraft",
    "RetargetSecondmentDraft",
]


@strawberry.input
class SecondmentOf:
    """Whose secondment."""

    member_id: strawberry.ID = strawberry.field(
        description="会员的全局编号，会籍已转至借调单位工会的不变。\n"
        "The member, by its global id: the same wherever the membership is."
    )


@strawberry.input(description="起草借调登记；会籍不作变动。\nTo draft the entry of a secondment: nothing moves.")
class RecordSecondmentDraft(SecondmentOf):
    """What the entry says."""

    host_employer_uscc: str = strawberry.field(description="借调单位的代码。\nThe employer lent to, by its code.")
    host_union: str | None = strawberry.field(
        default=strawberry.UNSET, description="借调单位工会；没有的不填。\nIts union, by its URI, if it has one."
    )
    starts_on: date = strawberry.field(description="开始日期。\nThe day on which it starts.")
    ends_on: date = strawberry.field(description="期满日期。\nThe day on which it ends.")


@strawberry.input(description="起草借调期的更改，会籍未转移的。\nTo draft a change of the term, before any transfer.")
class ChangeSecondmentTermDraft(SecondmentOf):
    """What the change says."""

    starts_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="开始日期；不填为不变。\nThe first day; if not given, as it is."
    )
    ends_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="期满日期；不填为不变。\nThe last day; if not given, as it is."
    )


@strawberry.input(description="起草提前结束借调。\nTo draft the end of a secondment before its term.")
class EndSecondmentEarlyDraft(SecondmentOf):
    """What the end says."""

    ended_on: date = strawberry.field(description="结束的日期。\nThe day on which it ended.")


@strawberry.input(
    description="起草延长借调期；双方签署同一份文书的摘要。\nTo draft an extension: both unions sign one hash."
)
class ExtendSecondmentDraft(SecondmentOf):
    """What the extension says."""

    ends_on: date = strawberry.field(description="延长后的期满日期。\nThe new last day.")


@strawberry.input(
    description="起草正式转入；双方签署同一份文书的摘要。\nTo draft a conversion: both unions sign one hash."
)
class ConvertSecondmentDraft(SecondmentOf):
    """What the conversion says."""


@strawberry.input(description="起草脱离原单位。\nTo draft the end of the relation at home.")
class EndHomeRelationDraft(SecondmentOf):
    """What the end says."""

    relation_ended_on: date = strawberry.field(
        description="与原单位劳动关系终止的日期。\nThe day on which the relation at home ended."
    )


@strawberry.input(
    description="起草转回工会的改定，原所在单位工会注销的。\nTo draft the naming of another union to come back to."
)
class RetargetSecondmentDraft(SecondmentOf):
    """What the naming says."""

    home_union: str = strawberry.field(
        description="承接工会，urn:union:…。\nThe union that succeeds the home union, by its URI."
    )
