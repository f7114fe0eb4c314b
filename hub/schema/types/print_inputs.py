"""What drafts of the acts on printing are asked with."""

from datetime import date
from uuid import UUID

import strawberry

__all__ = [
    "AcknowledgePrintReportDraft",
    "ApproveSampleDraft",
    "ApproveSealLoanDraft",
    "ChoosePrinterDraft",
    "FilePrintReportDraft",
    "ReceiveSealDraft",
    "RecordPrintRunDraft",
    "RequestSealLoanDraft",
    "ReturnSealDraft",
    "StockLossDraft",
    "SubmitSampleDraft",
]

_TODAY = "；不填为当日。\n"
_SAMPLE = "式样编号。\nThe sample, by its id."
_LOAN = "借用编号。\nThe loan, by its id."


@strawberry.input(description="起草式样报审。\nTo draft the submission of a sample.")
class SubmitSampleDraft:
    """What a submission says."""

    printer_uscc: str = strawberry.field(
        description="印制该式样的单位（统一社会信用代码）。\nWho printed it, by its unified social credit code."
    )
    charter_version: str = strawberry.field(
        description="所附会员权利、义务依据的章程版本，如 2023。\n"
        "The charter that the rights and duties in it are taken from, such as 2023."
    )
    layout_sha256: str = strawberry.field(description="式样文件的摘要。\nThe layout, by its hash.")


@strawberry.input(description="起草同意式样。\nTo draft the approval of a sample.")
class ApproveSampleDraft:
    """What an approval says."""

    sample_id: UUID = strawberry.field(description=_SAMPLE)
    approved_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"审核同意日期{_TODAY}The day of the approval; if not given, today."
    )


@strawberry.input(description="起草确定承印单位。\nTo draft the choice of the printer.")
class ChoosePrinterDraft:
    """What a choice says."""

    sample_id: UUID = strawberry.field(description=_SAMPLE)
    publicised_on: date = strawberry.field(description="公示日期。\nThe day on which it was publicised.")
    chosen_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"确定日期{_TODAY}The day of the choice; if not given, today."
    )
    decision_sha256: str = strawberry.field(
        description="集体研究记录的摘要。\nThe minutes of the decision, by their hash."
    )


@strawberry.input(description="起草印模使用申请。\nTo draft the request of the seal impression.")
class RequestSealLoanDraft:
    """What a request says."""

    application_sha256: str = strawberry.field(description="书面申请的摘要。\nThe written application, by its hash.")


@strawberry.input(description="起草同意使用印模。\nTo draft the approval of a loan.")
class ApproveSealLoanDraft:
    """What an approval says."""

    loan_id: UUID = strawberry.field(description=_LOAN)
    approved_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"审核同意日期{_TODAY}The day of the approval; if not given, today."
    )


@strawberry.input(description="起草印模交专人保管。\nTo draft that the custodian has received the seal.")
class ReceiveSealDraft:
    """What the record says."""

    loan_id: UUID = strawberry.field(description=_LOAN)
    received_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"收到日期{_TODAY}The day of its arrival; if not given, today."
    )
    custodian_sha256: str = strawberry.field(
        description="指定保管人文件的摘要；不填姓名。\nThe paper that names the custodian, by its hash; no name."
    )


@strawberry.input(description="起草印模送回。\nTo draft that the seal has been sent back.")
class ReturnSealDraft:
    """What the record says."""

    loan_id: UUID = strawberry.field(description=_LOAN)
    returned_on: date | None = strawberry.field(
        default=strawberry.UNSET, description=f"送回日期{_TODAY}The day on which it was sent back; if not given, today."
    )


@strawberry.input(description="起草印制登记。\nTo draft the record of a print run.")
class RecordPrintRunDraft:
    """What a run says."""

    loan_id: UUID = strawberry.field(description=_LOAN)
    first_number: str = strawberry.field(description="起始编号。\nThe first number.")
    last_number: str = strawberry.field(
        description="终止编号：与起始编号等长，只有流水号不同。\n"
        "The last number: of the same length, and different in its serial alone."
    )
    printed_count: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="数量；不填由起止编号得出。\nHow many; if not given, as many as the two ends give.",
    )
    printed_on: date = strawberry.field(description="印制日期。\nThe day of printing.")


@strawberry.input(description="起草库存损毁或缺失的登记。\nTo draft that numbers in stock are spoiled, or missing.")
class StockLossDraft:
    """What a loss says."""

    first_number: str = strawberry.field(description="起始编号。\nThe first number, or the only one.")
    last_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="终止编号；只有一个的不填。\nThe last number; not given if it is one number alone.",
    )
    lost_count: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="数量；不填由起止编号得出。\nHow many; if not given, as many as the two ends give.",
    )


@strawberry.input(description="起草年度印制数量报备。\nTo draft the report of a year.")
class FilePrintReportDraft:
    """What a report says."""

    year: int = strawberry.field(description="年度。\nThe year.")
    printed_count: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="该年印制数量；不填为平台登记的数量。\n"
        "How many were printed in it; if not given, as many as the runs recorded here.",
    )
    new_version: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="是否为已报备年度的新版本。\nWhether it takes the place of the report that is filed of that year.",
    )


@strawberry.input(description="起草收悉年度报备。\nTo draft the acknowledgement of a report.")
class AcknowledgePrintReportDraft:
    """Which report is meant: the latest version of it."""

    province_code: str = strawberry.field(description="省份代码（两位）。\nThe two digits of the province.")
    year: int = strawberry.field(description="年度。\nThe year.")
