"""What is printed, in the schema: samples, loans of the seal, runs, stock, reports. No person is anywhere in it."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from federation.encoding import b64url
from hub.schema.context import Info
from hub.schema.enums import PrintReportState, SampleState, SealLoanState, StockState, WarningCode
from hub.schema.fields import told
from hub.schema.types.unions import Union, union_of
from hub.transfers import views_printing as views

__all__ = [
    "AnnualPrintReport",
    "CertificateSample",
    "CertificateStock",
    "PrintRun",
    "SealImpressionLoan",
    "StockLoss",
    "StockYear",
]

_PROVINCE = "省份代码（两位）。\nThe two digits of the province."
_STATEMENT = "所据文书的摘要。\nThe statement of it, by its hash."


@strawberry.type(description="会员证式样的报审。\nA sample of the certificate, put before the national federation.")
class CertificateSample:
    """A sample."""

    union_id: strawberry.Private[UUID]
    sample_id: UUID = strawberry.field(description="式样编号。\nThe id of the sample.")
    province_code: str = strawberry.field(description=_PROVINCE)
    state: SampleState = strawberry.field(description="状态。\nIts state.")
    printer_uscc: str = strawberry.field(
        description="印制该式样的单位（统一社会信用代码）。\nWho printed it, by its unified social credit code."
    )
    charter_version: str = strawberry.field(
        description="所附会员权利、义务依据的章程版本。\nThe charter that the rights and duties in it are taken from."
    )
    layout_sha256: str = strawberry.field(description="式样文件的摘要。\nThe layout, by its hash.")
    submitted_at: datetime = strawberry.field(description="报审时间。\nWhen it was submitted.")
    approved_on: date | None = strawberry.field(description="审核同意日期。\nThe day of the approval.")
    publicised_on: date | None = strawberry.field(
        description="承印单位的公示日期。\nWhen the choice of its printer was publicised."
    )
    chosen_on: date | None = strawberry.field(
        description="确定为承印单位的日期（最近一次）；未确定的为空。\nWhen its printer was chosen last, if it was."
    )
    statement_sha256: str = strawberry.field(description=_STATEMENT)

    @told("报审的省级工会。", "The federation of the province.")
    async def union(self, info: Info) -> Union:
        """Give the federation."""
        return await union_of(info, self.union_id)

    @classmethod
    def of(cls, view: views.SampleView) -> "CertificateSample":
        """Give a sample."""
        return cls(
            union_id=view.union_id,
            sample_id=view.sample_id,
            province_code=view.province_code,
            state=SampleState(view.state),
            printer_uscc=view.printer_uscc,
            charter_version=view.charter_version,
            layout_sha256=b64url(view.layout_sha256),
            submitted_at=view.submitted_at,
            approved_on=view.approved_on,
            publicised_on=view.publicised_on,
            chosen_on=view.chosen_on,
            statement_sha256=b64url(view.sha256),
        )


@strawberry.type(description="全国总工会组织部印模的借用。\nA loan of the seal impression of the national department.")
class SealImpressionLoan:
    """A loan."""

    union_id: strawberry.Private[UUID]
    loan_id: UUID = strawberry.field(description="借用编号。\nThe id of the loan.")
    province_code: str = strawberry.field(description=_PROVINCE)
    state: SealLoanState = strawberry.field(description="状态。\nIts state.")
    application_sha256: str = strawberry.field(description="书面申请的摘要。\nThe written application, by its hash.")
    requested_at: datetime = strawberry.field(description="申请时间。\nWhen it was requested.")
    approved_on: date | None = strawberry.field(description="审核同意日期。\nThe day of the approval.")
    received_on: date | None = strawberry.field(
        description="交专人保管的日期。\nThe day on which the custodian received it."
    )
    custodian_sha256: str | None = strawberry.field(
        description="指定保管人文件的摘要；不登记姓名。\nThe paper that names the custodian, by its hash; no name."
    )
    returned_on: date | None = strawberry.field(description="送回日期。\nThe day on which it was sent back.")
    statement_sha256: str = strawberry.field(description=_STATEMENT)

    @told("借用的省级工会。", "The federation of the province.")
    async def union(self, info: Info) -> Union:
        """Give the federation."""
        return await union_of(info, self.union_id)

    @classmethod
    def of(cls, view: views.LoanView) -> "SealImpressionLoan":
        """Give a loan."""
        return cls(
            union_id=view.union_id,
            loan_id=view.loan_id,
            province_code=view.province_code,
            state=SealLoanState(view.state),
            application_sha256=b64url(view.application_sha256),
            requested_at=view.requested_at,
            approved_on=view.approved_on,
            received_on=view.received_on,
            custodian_sha256=None if view.custodian_sha256 is None else b64url(view.custodian_sha256),
            returned_on=view.returned_on,
            statement_sha256=b64url(view.sha256),
        )


_ISSUED = "其中已颁发的。\nHow many of them were issued."
_SPOILED = "其中损毁的。\nHow many of them are spoiled."
_MISSING = "其中缺失的。\nHow many of them are missing."
_LEFT = "其中尚可颁发的。\nHow many of them are still to be issued."


@strawberry.type(description="一批印制：一段编号。\nA print run: a range of numbers.")
class PrintRun:
    """A run."""

    run_id: UUID = strawberry.field(description="批次编号。\nThe id of the run.")
    sample_id: UUID = strawberry.field(description="依据的式样。\nThe sample that it follows.")
    loan_id: UUID = strawberry.field(description="依据的印模借用。\nThe loan under which it was printed.")
    charter_version: str = strawberry.field(
        description="所附会员权利、义务依据的章程版本。\nThe charter that the rights and duties in it are taken from."
    )
    first_number: str = strawberry.field(description="起始编号。\nThe first number.")
    last_number: str = strawberry.field(description="终止编号。\nThe last number.")
    printed_count: int = strawberry.field(description="印制数量。\nHow many were printed.")
    printed_on: date = strawberry.field(description="印制日期。\nThe day of printing.")
    recorded_at: datetime = strawberry.field(description="平台收到的时间。\nWhen the hub received it.")
    issued: int = strawberry.field(description=_ISSUED)
    spoiled: int = strawberry.field(description=_SPOILED)
    missing: int = strawberry.field(description=_MISSING)
    in_stock: int = strawberry.field(description=_LEFT)

    @classmethod
    def of(cls, view: views.RunView) -> "PrintRun":
        """Give a run."""
        return cls(
            run_id=view.run_id,
            sample_id=view.sample_id,
            loan_id=view.loan_id,
            charter_version=view.charter_version,
            first_number=view.first_number,
            last_number=view.last_number,
            printed_count=view.printed_count,
            printed_on=view.printed_on,
            recorded_at=view.at,
            issued=view.issued,
            spoiled=view.spoiled,
            missing=view.missing,
            in_stock=view.in_stock,
        )


@strawberry.type(description="库存中损毁或缺失的编号。\nNumbers that are spoiled, or missing from the stock.")
class StockLoss:
    """A loss."""

    run_id: UUID = strawberry.field(description="所在批次。\nThe run that they are of.")
    state: StockState = strawberry.field(description="SPOILED 损毁或 MISSING 缺失。\nSPOILED or MISSING.")
    first_number: str = strawberry.field(description="起始编号。\nThe first number.")
    last_number: str = strawberry.field(description="终止编号。\nThe last number.")
    lost_count: int = strawberry.field(description="数量。\nHow many they are.")
    recorded_at: datetime = strawberry.field(description="平台收到的时间。\nWhen the hub received it.")
    statement_sha256: str = strawberry.field(description=_STATEMENT)

    @classmethod
    def of(cls, view: views.LossView) -> "StockLoss":
        """Give a loss."""
        return cls(
            run_id=view.run_id,
            state=StockState(view.state),
            first_number=view.first_number,
            last_number=view.last_number,
            lost_count=view.lost_count,
            recorded_at=view.at,
            statement_sha256=b64url(view.sha256),
        )


@strawberry.type(description="某年印制的会员证现状。\nWhat has become of the certificates printed in a year.")
class StockYear:
    """The figures of a year of printing."""

    year: int = strawberry.field(description="印制年度。\nThe year of printing.")
    printed: int = strawberry.field(description="印制数量。\nHow many were printed.")
    issued: int = strawberry.field(description=_ISSUED)
    spoiled: int = strawberry.field(description=_SPOILED)
    missing: int = strawberry.field(description=_MISSING)
    in_stock: int = strawberry.field(description=_LEFT)


@strawberry.type(description="本省会员证的印制、颁发和库存。\nWhat a province has printed, issued and in stock.")
class CertificateStock:
    """The figures of a province."""

    printed: int = strawberry.field(description="登记的印制总数。\nHow many were printed, as recorded here.")
    issued: int = strawberry.field(
        description="本省编号的颁发总数，含此前印制的。\n"
        "How many numbers of the province were ever given out, those printed before among them."
    )
    issued_from_stock: int = strawberry.field(
        description="其中属于登记批次的。\nHow many of those lie in a recorded run."
    )
    issued_from_earlier_stock: int = strawberry.field(
        description="其中不属于任何登记批次的（此前印制，继续有效）。\n"
        "How many lie in no recorded run: printed before, and valid as ever."
    )
    spoiled: int = strawberry.field(description="损毁数。\nHow many are spoiled.")
    missing: int = strawberry.field(description="缺失数。\nHow many are missing.")
    in_stock: int = strawberry.field(description="库存数。\nHow many are still to be issued.")
    years: list[StockYear] = strawberry.field(
        description="按印制年度，最近的在前。\nBy the year of printing, the latest first."
    )
    losses: list[StockLoss] = strawberry.field(
        description="损毁和缺失的编号，最近的在前，至多一百项。\nWhat is lost, the latest first, a hundred at most."
    )
    warnings: list[WarningCode] = strawberry.field(
        description="提示，不妨碍颁发。\nWarnings. None stands against an issue."
    )

    @classmethod
    def of(cls, view: views.StockView) -> "CertificateStock":
        """Give the figures."""
        total = view.total
        return cls(
            printed=total.printed,
            issued=view.issued,
            issued_from_stock=total.issued,
            issued_from_earlier_stock=view.issued - total.issued,
            spoiled=total.spoiled,
            missing=total.missing,
            in_stock=total.in_stock,
            years=[
                StockYear(
                    year=one.year,
                    printed=one.printed,
                    issued=one.issued,
                    spoiled=one.spoiled,
                    missing=one.missing,
                    in_stock=one.in_stock,
                )
                for one in view.years
            ],
            losses=[StockLoss.of(loss) for loss in view.losses],
            warnings=[WarningCode.ISSUED_EXCEEDS_PRINTED] if view.exceeds_printed else [],
        )


@strawberry.type(description="一省一年的印制数量报备。\nThe report of a year by a province: how many were printed.")
class AnnualPrintReport:
    """A report, or that it is due."""

    union_id: strawberry.Private[UUID]
    province_code: str = strawberry.field(description=_PROVINCE)
    year: int = strawberry.field(description="年度。\nThe year.")
    state: PrintReportState = strawberry.field(description="状态。\nIts state.")
    due_at: datetime = strawberry.field(
        description="报备期限：当年 12 月 31 日 24:00（上海）。\nWhen it is late: as 31 December ends in Shanghai."
    )
    is_overdue: bool = strawberry.field(description="逾期未报。\nWhether it is late, and still not there.")
    version: int | None = strawberry.field(description="版本；未报的为空。\nThe version; null if nothing is filed.")
    printed_count: int | None = strawberry.field(
        description="报备的印制数量；未报的为空。\nThe count that was filed; null if nothing is."
    )
    recorded_count: int = strawberry.field(
        description="平台登记的该年印制数量；与报备不一致的，请报新版本。\n"
        "How many were printed by the runs recorded here: where the report says otherwise, a new version is called for."
    )
    filed_at: datetime | None = strawberry.field(description="收到报备的时间。\nWhen this version was received.")
    acknowledged_at: datetime | None = strawberry.field(
        description="全国总工会收悉的时间；尚未收悉的为空。\nWhen the national federation took note; null if not yet."
    )
    statement_sha256: str | None = strawberry.field(description=_STATEMENT)

    @told("报备的省级工会。", "The federation of the province.")
    async def union(self, info: Info) -> Union:
        """Give the federation."""
        return await union_of(info, self.union_id)

    @classmethod
    def of(cls, view: views.ReportView) -> "AnnualPrintReport":
        """Give a report."""
        return cls(
            union_id=view.union_id,
            province_code=view.province_code,
            year=view.year,
            state=view.state,
            due_at=view.due_at,
            is_overdue=view.is_overdue,
            version=view.version,
            printed_count=view.printed_count,
            recorded_count=view.recorded_count,
            filed_at=view.filed_at,
            acknowledged_at=view.acknowledged_at,
            statement_sha256=None if view.sha256 is None else b64url(view.sha256),
        )
