"""Printing in the schema (N2–N5): acts of a province and of the national federation, their drafts, and the reads."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

import strawberry
from strawberry.types.unset import UNSET

from federation import acts_printing as acts
from federation.act import Act
from hub.schema.arguments import Statement, day_in_order, fresh
from hub.schema.context import Info
from hub.schema.fields import act, told
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import given_of
from hub.schema.types.print_inputs import (
    AcknowledgePrintReportDraft,
    ApproveSampleDraft,
    ApproveSealLoanDraft,
    ChoosePrinterDraft,
    FilePrintReportDraft,
    ReceiveSealDraft,
    RecordPrintRunDraft,
    RequestSealLoanDraft,
    ReturnSealDraft,
    StockLossDraft,
    SubmitSampleDraft,
)
from hub.schema.types.prints import (
    AnnualPrintReport,
    CertificateSample,
    CertificateStock,
    PrintRun,
    SealImpressionLoan,
    StockLoss,
)
from hub.schema.types.unions import union_of
from hub.transfers.desk import reading_printing as reading
from hub.transfers.desk.drafting_printing import draft_on_printing
from hub.transfers.desk.printing import act_on_printing
from hub.transfers.kinds import UnionKind

__all__ = ["PrintDrafts", "PrintMutations", "PrintReads"]

CertificateSampleResult = Annotated[
    CertificateSample | Refusal,
    strawberry.union(
        "CertificateSampleResult", description="办理后的式样，或拒绝。\nThe sample after the act, or a refusal."
    ),
]
SealImpressionLoanResult = Annotated[
    SealImpressionLoan | Refusal,
    strawberry.union(
        "SealImpressionLoanResult", description="办理后的印模借用，或拒绝。\nThe loan after the act, or a refusal."
    ),
]
PrintRunResult = Annotated[
    PrintRun | Refusal,
    strawberry.union("PrintRunResult", description="登记的印制，或拒绝。\nThe run as recorded, or a refusal."),
]
StockLossResult = Annotated[
    StockLoss | Refusal,
    strawberry.union("StockLossResult", description="登记的损毁或缺失，或拒绝。\nThe loss as recorded, or a refusal."),
]
AnnualPrintReportResult = Annotated[
    AnnualPrintReport | Refusal,
    strawberry.union("AnnualPrintReportResult", description="报备，或拒绝。\nThe report as it stands, or a refusal."),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")

T = TypeVar("T")


@strawberry.type
class PrintMutations:
    """The acts on printing."""

    @act(
        "将承印单位印制的会员证式样报审。",
        "Submits what a printer made of the certificate, as a province's federation.",
    )
    async def submit_sample(self, info: Info, statement: Statement) -> CertificateSampleResult:
        """Submit a sample."""
        return await _sampled(info, statement, acts.SampleSubmission)

    @act("审核同意会员证式样，由全国总工会办理。", "Approves a sample, as the national federation.")
    async def approve_sample(self, info: Info, statement: Statement) -> CertificateSampleResult:
        """Approve a sample."""
        return await _sampled(info, statement, acts.SampleApproval)

    @act(
        "确定一家承印单位：其式样已审核同意，并已公示。",
        "Chooses the one printer of a province: its sample was approved, and the choice publicised before.",
    )
    async def choose_printer(self, info: Info, statement: Statement) -> CertificateSampleResult:
        """Choose the printer."""
        return await _sampled(info, statement, acts.PrinterChoice)

    @act("申请使用全国总工会组织部印模。", "Asks for the seal impression, as a province's federation.")
    async def request_seal_loan(self, info: Info, statement: Statement) -> SealImpressionLoanResult:
        """Request the seal."""
        return await _lent(info, statement, acts.SealLoanRequest)

    @act("审核同意使用印模，由全国总工会办理。", "Approves a loan of the seal impression, as the national federation.")
    async def approve_seal_loan(self, info: Info, statement: Statement) -> SealImpressionLoanResult:
        """Approve a loan."""
        return await _lent(info, statement, acts.SealLoanApproval)

    @act("登记印模已交指定专人保管。", "Records that the custodian has received the seal impression.")
    async def receive_seal(self, info: Info, statement: Statement) -> SealImpressionLoanResult:
        """Receive the seal."""
        return await _lent(info, statement, acts.SealCustody)

    @act("登记印模已送回。", "Records that the seal impression has been sent back.")
    async def return_seal(self, info: Info, statement: Statement) -> SealImpressionLoanResult:
        """Return the seal."""
        return await _lent(info, statement, acts.SealReturn)

    @act(
        "登记一批印制：一段编号，自此为库存。",
        "Records a print run, a range of numbers, which are in stock from now on.",
    )
    async def record_print_run(self, info: Info, statement: Statement) -> PrintRunResult:
        """Record a run."""
        context = fresh(info)
        claims = await act_on_printing(context.hub, context.caller, statement, acts.PrintRun)
        found = await reading.run_list(context.hub, context.caller, UUID(claims["run_id"]))
        return PrintRun.of(_one(found))

    @act(
        "登记库存会员证损毁，其编号不再颁发。", "Records that numbers in stock are spoiled: they are issued to nobody."
    )
    async def record_spoiled(self, info: Info, statement: Statement) -> StockLossResult:
        """Record what is spoiled."""
        return await _lost(info, statement, acts.SpoiledNumbers)

    @act(
        "登记库存会员证缺失，其编号不再颁发。",
        "Records that numbers are missing from stock: they are issued to nobody.",
    )
    async def record_missing(self, info: Info, statement: Statement) -> StockLossResult:
        """Record what is missing."""
        return await _lost(info, statement, acts.MissingNumbers)

    @act(
        "报备年度印制数量；逾期的照收，注明逾期。",
        "Files how many were printed in a year. What comes late is received, and marked so.",
    )
    async def file_print_report(self, info: Info, statement: Statement) -> AnnualPrintReportResult:
        """File a report."""
        context = fresh(info)
        claims = await act_on_printing(context.hub, context.caller, statement, acts.PrintReport)
        return AnnualPrintReport.of(_one(await reading.report_list(context.hub, context.caller, None, claims["year"])))

    @act("收悉年度报备，由全国总工会办理；备案不是批准。", "Takes note of a report, as the national federation.")
    async def acknowledge_print_report(self, info: Info, statement: Statement) -> AnnualPrintReportResult:
        """Acknowledge a report."""
        context = fresh(info)
        claims = await act_on_printing(context.hub, context.caller, statement, acts.PrintReportAcknowledgement)
        found = await reading.report_list(context.hub, context.caller, None, claims["year"])
        return AnnualPrintReport.of(_one(one for one in found if one.province_code == claims["province_code"]))


@strawberry.type
class PrintDrafts:
    """The drafts of the acts on printing."""

    @told("起草式样报审。", "Drafts the submission of a sample.")
    async def draft_submit_sample(self, info: Info, asked: Annotated[SubmitSampleDraft, _INPUT]) -> Draft:
        """Draft a submission."""
        return await _drafted(info, asked, acts.SampleSubmission)

    @told("起草同意式样。", "Drafts the approval of a sample.")
    async def draft_approve_sample(self, info: Info, asked: Annotated[ApproveSampleDraft, _INPUT]) -> Draft:
        """Draft an approval."""
        return await _drafted(info, asked, acts.SampleApproval)

    @told("起草确定承印单位。", "Drafts the choice of the printer.")
    async def draft_choose_printer(self, info: Info, asked: Annotated[ChoosePrinterDraft, _INPUT]) -> Draft:
        """Draft a choice."""
        return await _drafted(info, asked, acts.PrinterChoice)

    @told("起草印模使用申请。", "Drafts the request of the seal impression.")
    async def draft_request_seal_loan(self, info: Info, asked: Annotated[RequestSealLoanDraft, _INPUT]) -> Draft:
        """Draft a request."""
        return await _drafted(info, asked, acts.SealLoanRequest)

    @told("起草同意使用印模。", "Drafts the approval of a loan of the seal impression.")
    async def draft_approve_seal_loan(self, info: Info, asked: Annotated[ApproveSealLoanDraft, _INPUT]) -> Draft:
        """Draft an approval."""
        return await _drafted(info, asked, acts.SealLoanApproval)

    @told("起草印模交专人保管。", "Drafts that the custodian has received the seal impression.")
    async def draft_receive_seal(self, info: Info, asked: Annotated[ReceiveSealDraft, _INPUT]) -> Draft:
        """Draft a receipt."""
        return await _drafted(info, asked, acts.SealCustody)

    @told("起草印模送回。", "Drafts that the seal impression has been sent back.")
    async def draft_return_seal(self, info: Info, asked: Annotated[ReturnSealDraft, _INPUT]) -> Draft:
        """Draft a return."""
        return await _drafted(info, asked, acts.SealReturn)

    @told("起草印制登记。", "Drafts the record of a print run.")
    async def draft_record_print_run(self, info: Info, asked: Annotated[RecordPrintRunDraft, _INPUT]) -> Draft:
        """Draft a run."""
        return await _drafted(info, asked, acts.PrintRun)

    @told("起草库存损毁登记。", "Drafts that numbers in stock are spoiled.")
    async def draft_record_spoiled(self, info: Info, asked: Annotated[StockLossDraft, _INPUT]) -> Draft:
        """Draft what is spoiled."""
        return await _drafted(info, asked, acts.SpoiledNumbers)

    @told("起草库存缺失登记。", "Drafts that numbers are missing from stock.")
    async def draft_record_missing(self, info: Info, asked: Annotated[StockLossDraft, _INPUT]) -> Draft:
        """Draft what is missing."""
        return await _drafted(info, asked, acts.MissingNumbers)

    @told("起草年度印制数量报备。", "Drafts the report of a year.")
    async def draft_file_print_report(self, info: Info, asked: Annotated[FilePrintReportDraft, _INPUT]) -> Draft:
        """Draft a report."""
        return await _drafted(info, asked, acts.PrintReport)

    @told("起草收悉年度报备。", "Drafts the acknowledgement of a report.")
    async def draft_acknowledge_print_report(
        self, info: Info, asked: Annotated[AcknowledgePrintReportDraft, _INPUT]
    ) -> Draft:
        """Draft an acknowledgement."""
        return await _drafted(info, asked, acts.PrintReportAcknowledgement)


@strawberry.type
class PrintReads:
    """What is read of printing."""

    @told(
        "会员证式样：省级工会看本省的，全国总工会看全部；最近的在前，至多一百项。",
        "Samples of the certificate: a province's own, and all for the national federation; the latest first, a "
        "hundred at most.",
    )
    async def certificate_samples(self, info: Info) -> list[CertificateSample]:
        """Give the samples."""
        found = await reading.sample_list(info.context.hub, info.context.caller)
        return [CertificateSample.of(view) for view in found]

    @told(
        "印模借用：省级工会看本省的，全国总工会看全部；最近的在前，至多一百项。",
        "Loans of the seal impression: a province's own, and all for the national federation; the latest first, a "
        "hundred at most.",
    )
    async def seal_loans(self, info: Info) -> list[SealImpressionLoan]:
        """Give the loans."""
        return [SealImpressionLoan.of(view) for view in await reading.loan_list(info.context.hub, info.context.caller)]

    @told("本省登记的印制，最近的在前。", "The print runs of your province, the latest first.")
    async def print_runs(self, info: Info) -> list[PrintRun]:
        """Give the runs."""
        return [PrintRun.of(view) for view in await reading.run_list(info.context.hub, info.context.caller)]

    @told(
        "本省会员证的印制、颁发和库存；非省级工会为空。",
        "What your province has printed, issued and in stock; null for whoever is no province's federation.",
    )
    async def certificate_stock(self, info: Info) -> CertificateStock | None:
        """Give the figures."""
        context = info.context
        union = await union_of(info, context.caller.union_id)
        if union.kind != UnionKind.PROVINCIAL_FEDERATION:
            return None
        return CertificateStock.of(await reading.stock_of(context.hub, context.caller))

    @told(
        "年度印制数量报备及待报备的年度：省级工会看本省的，全国总工会看全部。",
        "The reports of each year, and which are due: a province's own, and all for the national federation.",
    )
    async def print_reports(
        self,
        info: Info,
        as_of: Annotated[
            date | None,
            strawberry.argument(
                description="截至哪一日 24:00（上海）；不填为此刻。\nOf which day, at its 24:00; if not given, of now."
            ),
        ] = UNSET,
        year: Annotated[
            int | None, strawberry.argument(description="年度；不填为全部。\nThe year; if not given, all of them.")
        ] = UNSET,
    ) -> list[AnnualPrintReport]:
        """Give the reports."""
        context, only = info.context, year if isinstance(year, int) else None
        with day_in_order():
            found = await reading.report_list(context.hub, context.caller, as_of or None, only)
        return [AnnualPrintReport.of(view) for view in found]


async def _drafted(info: Info, asked: object, act_type: type[Act]) -> Draft:
    return Draft.of(await draft_on_printing(info.context.hub, info.context.caller, given_of(asked), act_type))


async def _sampled(info: Info, statement: str, act_type: type[Act]) -> CertificateSample:
    context = fresh(info)
    claims = await act_on_printing(context.hub, context.caller, statement, act_type)
    return CertificateSample.of(_one(await reading.sample_list(context.hub, context.caller, UUID(claims["sample_id"]))))


async def _lent(info: Info, statement: str, act_type: type[Act]) -> SealImpressionLoan:
    context = fresh(info)
    claims = await act_on_printing(context.hub, context.caller, statement, act_type)
    return SealImpressionLoan.of(_one(await reading.loan_list(context.hub, context.caller, UUID(claims["loan_id"]))))


async def _lost(info: Info, statement: str, act_type: type[Act]) -> StockLoss:
    context = fresh(info)
    claims = await act_on_printing(context.hub, context.caller, statement, act_type)
    return StockLoss.of(_one(await reading.loss_list(context.hub, context.caller, claims["jti"])))


def _one(found: Iterable[T]) -> T:
    """Give what the act has made, or changed: it is there, since nothing of it is ever deleted."""
    return next(iter(found))
