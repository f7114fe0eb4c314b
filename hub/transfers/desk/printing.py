"""What a province prints, in twelve acts of one form (N2–N5): its own, and those of the national federation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

from federation import acts_printing as acts
from federation.encoding import b64url_decode
from hub.errors import Code, Refusal
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    look_up_text,
    open_statement,
    read_statement,
    receipt_for,
    signing_of,
)
from hub.transfers.facts_printing import AskedOfPrinting
from hub.transfers.kinds import SampleState, SealLoanState, StockState
from hub.transfers.ledger import printing as ledger
from hub.transfers.ledger.groups import Claimed
from hub.transfers.machines import PRINT_REPORT, SEAL_LOAN, STOCK, Side
from hub.transfers.rules import order_printing as order
from hub.transfers.rules.printing import report_act, report_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import NamedTuple

    from federation.act import Act
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts_printing import PrintingFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["HANDLED", "act_on_printing", "asked_by"]

A = TypeVar("A", bound="Act")

#: The year that can be asked for, whatever a statement says: more digits than a date has.
_YEAR_MAX: Final = 9999


@dataclass(frozen=True, slots=True)
class Handled:
    """How an act is done: its rules, what it records of its claims, and the state that its receipt tells."""

    rules: Callable[[PrintingFacts, Any], Refusals]
    record: type[Any]
    columns: Callable[[PrintingFacts, Any], Mapping[str, Any]]


async def act_on_printing(hub: Hub, caller: Caller, jws: str, act: type[A]) -> dict[str, Any]:
    """Record an act on what a province prints. Gives its claims, with the statement's `jti`: what names the answer.

    Refuses: what `open_statement` and the rules of `order_printing` do
    Source: N2, N3, N4, N5
    """
    statement = read_statement(jws, act)
    stated = statement.claims.get(act.object_name)
    asked = asked_by(stated if isinstance(stated, dict) else {})
    for _ in range(TRIES):
        facts = await hub.ledger.printing.facts(signing_of(statement, caller), asked)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return {**statement.claims[act.object_name], "jti": statement.jti}
        first(HANDLED[act].rules(facts, claims))
        try:
            if await hub.ledger.printing.record(_record(hub, caller, statement, claims, facts)):
                return {**statement.claims[act.object_name], "jti": statement.jti}
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def asked_by(stated: Mapping[str, Any]) -> AskedOfPrinting:
    """Give what an act names, before its schema is checked: what has not the right form names nothing."""
    day, year = look_up_text(stated.get("printed_on")), stated.get("year")
    return AskedOfPrinting(
        sample_id=_uuid(stated.get("sample_id")),
        loan_id=_uuid(stated.get("loan_id")),
        run_id=_uuid(stated.get("run_id")),
        printed_on=_day(day),
        first_number=look_up_text(stated.get("first_number")),
        last_number=look_up_text(stated.get("last_number")),
        province_code=look_up_text(stated.get("province_code")),
        year=year if type(year) is int and 0 < year <= _YEAR_MAX else None,
    )


def _uuid(value: object) -> UUID | None:
    text = look_up_text(value)
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None


def _record(hub: Hub, caller: Caller, statement: Statement[A], claims: A, facts: PrintingFacts) -> NamedTuple:
    handled, now = HANDLED[statement.act], facts.signer.now
    given = dict(handled.columns(facts, claims))
    made: NamedTuple = handled.record(
        at=now,
        union_id=caller.union_id,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(hub, statement, now, state_after=given.pop("state_after")),
        **given,
    )
    return made


def _sample(facts: PrintingFacts, claims: acts.SampleSubmission) -> Mapping[str, Any]:
    return {
        "province_code": facts.province_code,
        "sample_id": claims.sample_id,
        "printer_uscc": claims.printer_uscc,
        "charter_version": claims.charter_version,
        "layout_sha256": b64url_decode(claims.layout_sha256),
        "state_after": SampleState.SUBMITTED,
    }


def _sample_approval(_: PrintingFacts, claims: acts.SampleApproval) -> Mapping[str, Any]:
    return {"sample_id": claims.sample_id, "approved_on": claims.approved_on, "state_after": SampleState.APPROVED}


def _printer(facts: PrintingFacts, claims: acts.PrinterChoice) -> Mapping[str, Any]:
    return {
        "province_code": facts.province_code,
        "sample_id": claims.sample_id,
        "chosen_on": claims.chosen_on,
        "publicised_on": claims.publicised_on,
        "decision_sha256": b64url_decode(claims.decision_sha256),
        "state_after": None,
    }


def _loan(facts: PrintingFacts, claims: acts.SealLoanRequest) -> Mapping[str, Any]:
    return {
        "province_code": facts.province_code,
        "loan_id": claims.loan_id,
        "application_sha256": b64url_decode(claims.application_sha256),
        "state_after": SealLoanState.REQUESTED,
    }


def _seal_step(facts: PrintingFacts, act: str, side: Side, day: date, custodian: str | None = None) -> dict[str, Any]:
    loan = facts.loan
    assert loan is not None, "the rules let no act pass on a loan that is none"
    target = SEAL_LOAN.step(loan.state, act, side).target
    return {
        "loan_id": loan.loan_id,
        "step_no": loan.step_no,
        "from_state": loan.state,
        "act": act,
        "to_state": target,
        "day": day,
        "custodian_sha256": None if custodian is None else b64url_decode(custodian),
        "state_after": target,
    }


def _loan_approval(facts: PrintingFacts, claims: acts.SealLoanApproval) -> Mapping[str, Any]:
    return _seal_step(facts, "approve", Side.NATIONAL, claims.approved_on)


def _custody(facts: PrintingFacts, claims: acts.SealCustody) -> Mapping[str, Any]:
    return _seal_step(facts, "receive", Side.PROVINCE, claims.received_on, claims.custodian_sha256)


def _seal_return(facts: PrintingFacts, claims: acts.SealReturn) -> Mapping[str, Any]:
    return _seal_step(facts, "return", Side.PROVINCE, claims.returned_on)


def _run(facts: PrintingFacts, claims: acts.PrintRun) -> Mapping[str, Any]:
    return {
        "province_code": facts.province_code,
        "run_id": claims.run_id,
        "sample_id": facts.printing_sample,
        "loan_id": claims.loan_id,
        "first_number": claims.first_number,
        "last_number": claims.last_number,
        "has_check": facts.scheme is not None and facts.scheme.check_rule is not None,
        "printed_count": claims.printed_count,
        "printed_on": claims.printed_on,
        "state_after": StockState.IN_STOCK,
    }


def _loss(facts: PrintingFacts, claims: acts.StockLoss) -> Mapping[str, Any]:
    assert facts.run is not None, "the rules let nothing be lost that was in no run"
    target = STOCK.step(StockState.IN_STOCK, claims.act, Side.PROVINCE).target
    return {
        "province_code": facts.province_code,
        "run_id": facts.run.run_id,
        "act": claims.act,
        "to_state": target,
        "first_number": claims.first_number,
        "last_number": claims.last_number,
        "lost_count": claims.lost_count,
        "state_after": target,
    }


def _report(facts: PrintingFacts, claims: acts.PrintReport) -> Mapping[str, Any]:
    state, act = report_state(facts.report), report_act(facts.report, claims.year, facts.signer.now)
    target = PRINT_REPORT.step(state, act, Side.PROVINCE).target
    return {
        "province_code": facts.province_code,
        "year": claims.year,
        "version": claims.version,
        "printed_count": claims.printed_count,
        "step_no": 0 if facts.report is None else facts.report.step_no,
        "from_state": state,
        "act": act,
        "to_state": target,
        "state_after": target,
    }


def _acknowledgement(facts: PrintingFacts, claims: acts.PrintReportAcknowledgement) -> Mapping[str, Any]:
    report = facts.report
    assert report is not None, "the rules let nothing be acknowledged that was not filed"
    return {
        "province_code": claims.province_code,
        "year": claims.year,
        "version": report.version,
        "step_no": report.step_no,
        "state": report.state,
        "state_after": "ACKNOWLEDGED",
    }


#: How each of these acts is done, and drafted.
HANDLED: Final[Mapping[type[Act], Handled]] = {
    acts.SampleSubmission: Handled(order.sample, ledger.SampleRecord, _sample),
    acts.SampleApproval: Handled(order.sample_approval, ledger.SampleApprovalRecord, _sample_approval),
    acts.PrinterChoice: Handled(order.printer, ledger.PrinterRecord, _printer),
    acts.SealLoanRequest: Handled(order.loan_request, ledger.LoanRecord, _loan),
    acts.SealLoanApproval: Handled(order.loan_approval, ledger.SealStepRecord, _loan_approval),
    acts.SealCustody: Handled(order.custody, ledger.SealStepRecord, _custody),
    acts.SealReturn: Handled(order.seal_return, ledger.SealStepRecord, _seal_return),
    acts.PrintRun: Handled(order.run, ledger.RunRecord, _run),
    acts.SpoiledNumbers: Handled(order.loss, ledger.LossRecord, _loss),
    acts.MissingNumbers: Handled(order.loss, ledger.LossRecord, _loss),
    acts.PrintReport: Handled(order.report, ledger.ReportRecord, _report),
    acts.PrintReportAcknowledgement: Handled(order.acknowledgement, ledger.AcknowledgementRecord, _acknowledgement),
}
