"""What drafts of imported history and of dues are asked with."""

from datetime import date

import strawberry

from hub.schema.scalars import YearMonth

__all__ = ["ImportHistoryDraft", "ImportedRetentionInput", "RecordDuesDraft", "RetentionLineInput", "TransferLineInput"]

_MEMBER = "会员的全局编号。\nThe member, by its global id."


@strawberry.input(description="导入时已保留会籍的情况。\nOf a membership that is retained as it is brought in.")
class ImportedRetentionInput:
    """Why, and since when."""

    reason: str = strawberry.field(
        description="保留原因：RETIREMENT、UNEMPLOYMENT 或 MILITARY_SERVICE。\n"
        "Why: RETIREMENT, UNEMPLOYMENT or MILITARY_SERVICE."
    )
    from_date: date = strawberry.field(description="保留会籍的日期。\nThe day of the retention.")


@strawberry.input(
    description="原会员证“工会组织关系接转”栏的一次登记。\nOne entry of the transfer column, as it stands on paper."
)
class TransferLineInput:
    """Both lines of an entry."""

    out_date: date = strawberry.field(description="转出日期。\nThe day of the release.")
    reason_code: str = strawberry.field(
        description="转出原因的代码；原证所载不在其列的为 LEGACY。\n"
        "The reason, by the code of a release; LEGACY where the paper says something else."
    )
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues were paid.")
    releasing_union: str = strawberry.field(description="转出工会印章上的名称。\nThe name on the releasing seal.")
    in_date: date = strawberry.field(description="转入日期。\nThe day of the intake.")
    receiving_union: str = strawberry.field(description="转入工会印章上的名称。\nThe name on the receiving seal.")


@strawberry.input(
    description="原会员证“保留恢复会籍”栏的一次登记，已恢复的。\n"
    "One entry of the retention column, as it stands on paper; one that was restored since."
)
class RetentionLineInput:
    """Both lines of an entry."""

    retained_month: YearMonth = strawberry.field(description="保留会籍的年月。\nThe month of the retention.")
    reason: str = strawberry.field(
        description="保留原因：RETIREMENT、UNEMPLOYMENT 或 MILITARY_SERVICE。\n"
        "Why: RETIREMENT, UNEMPLOYMENT or MILITARY_SERVICE."
    )
    retaining_union: str = strawberry.field(
        description="保留会籍的工会印章上的名称。\nThe name on the seal of the retention."
    )
    restored_month: YearMonth = strawberry.field(description="恢复会籍的年月。\nThe month of the restoration.")
    restoring_union: str = strawberry.field(
        description="恢复会籍的工会印章上的名称。\nThe name on the seal of the restoration."
    )


@strawberry.input(
    description="起草补录进入本系统以前的接转、保留记录。\n"
    "To draft the import of a certificate's lines of before the hub."
)
class ImportHistoryDraft:
    """What an import of lines says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    transfers: list[TransferLineInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="接转记录，按先后排列，至多 12 条。\nThe transfers, the earliest first, 12 at most.",
    )
    retentions: list[RetentionLineInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="保留恢复记录，按先后排列，至多 12 条。\nThe retentions, the earliest first, 12 at most.",
    )
    paper_sha256: str = strawberry.field(
        description="原会员证扫描件的摘要。\nThe SHA-256 of the scan of the paper certificate."
    )


@strawberry.input(description="起草会费登记。\nTo draft a record of dues.")
class RecordDuesDraft:
    """What a record says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    agreement_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="受托收缴会费所依据的协议；不填的按目前的委托。\n"
        "Of a host union that collects: the agreement; if not given, the one by which it covers the member.",
    )
    paid_through: YearMonth = strawberry.field(description="交至哪一月。\nTo this month, which is paid.")
