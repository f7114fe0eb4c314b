"""Printing (N2–N5): U10 submits, borrows, prints, loses and files; U0 agrees and takes note; others are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts_printing as acts
from hub.transfers.desk.drafting_printing import draft_on_printing
from hub.transfers.desk.printing import act_on_printing
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said
from tests.random.prints import Loan, Report, Run, Sample
from tests.world import EMPLOYERS, UNIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import Draft
    from tests.random.model import Model
    from tests.random.stage import Stage

__all__ = ["ON_PRINTS", "issued_from"]

P, N = "U10", "U0"
_BACKDATE_DAYS = 90


def _desk(act: type[Act]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def do(hub: Hub, caller: Caller, jws: str) -> dict[str, Any]:
        return await act_on_printing(hub, caller, jws, act)

    return do


def issued_from(model: Model, province: str, how: int) -> str | None:
    """Give a number that was printed for a province; None mostly, and where nothing was."""
    runs = [run for run in model.prints.runs if UNIONS[run.owner].more["province_code"] == province]
    return f"{runs[how % len(runs)].first[:-2]}{how % 50:02}" if runs and how % 3 == 0 else None


class _OnPrints(Kind):
    """An act of the province; of the national federation, if `is_national`."""

    is_national: ClassVar[bool] = False
    new_id: ClassVar[str] = ""

    def owner(self, model: Model, ask: Ask) -> str:
        return N if self.is_national else P

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        raise NotImplementedError

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {}

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        given, act = self.given(stage.model, ask), self.act
        if given is None:
            return None

        async def drafting(hub: Hub, caller: Caller, asked: Any) -> Draft:
            return await draft_on_printing(hub, caller, asked, act)

        draft = await stage.drafted(drafting, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or found is None:
            return None
        new = {self.new_id: stage.new_id()} if self.new_id else {}
        return Drawn({**found[0], **new, **self.altered(ask)}, "", (), said(draft))

    def refused(self, model: Model, sent: Sent) -> str | None:
        kind = model.unions[sent.sender].kind
        if self.is_national:
            return "NO_CASE_FOR_HIGHER_UNION" if kind != "NATIONAL_FEDERATION" else self.against(model, sent)
        return "NOT_PROVINCIAL_FEDERATION" if kind != "PROVINCIAL_FEDERATION" else self.against(model, sent)

    def against(self, model: Model, sent: Sent) -> str | None:
        return None

    @staticmethod
    def dated(model: Model, day: str) -> tuple[tuple[bool, str], ...]:
        on = date.fromisoformat(day)
        early = on < model.today - timedelta(days=_BACKDATE_DAYS)
        return ((on > model.today, "DATE_IN_FUTURE"), (early, "BACKDATE_TOO_FAR"))


def _latest(found: list[Any], ask: Ask) -> Any:
    """Mostly the latest one."""
    return found[-1 - ask.how // 20 % len(found)] if found else None


def _sample(model: Model, sent: Sent) -> Sample | None:
    return next((one for one in model.prints.samples if one.id == sent.claims["sample_id"]), None)


def _loan(model: Model, sent: Sent) -> Loan | None:
    return next((one for one in model.prints.loans if one.id == sent.claims["loan_id"]), None)


class SubmitSample(_OnPrints):
    act, desk, new_id = acts.SampleSubmission, staticmethod(_desk(acts.SampleSubmission)), "sample_id"

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        return {"printer_uscc": EMPLOYERS["乙"], "charter_version": "2023", "layout_sha256": NO_HASH}

    def done(self, model: Model, sent: Sent) -> None:
        model.prints.samples.append(Sample(sent.claims["sample_id"], sent.sender, sent.read.sha256))


class ApproveSample(_OnPrints):
    act, desk, is_national = acts.SampleApproval, staticmethod(_desk(acts.SampleApproval)), True
    wrongs = ("hash", "ahead")

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        sample = _latest(model.prints.samples, ask)
        days = -1 if ask.wrong == "ahead" else ask.how % 3
        return sample and {"sample_id": sample.id, "approved_on": model.today - timedelta(days=days)}

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"sample_sha256": NO_HASH} if ask.wrong == "hash" else {}

    def against(self, model: Model, sent: Sent) -> str | None:
        sample = _sample(model, sent)
        if sample is None:
            return "NO_CASE_FOR_HIGHER_UNION"
        return first(
            (
                (sample.approved_on is not None, "STEP_NOT_ALLOWED"),
                (sent.claims["sample_sha256"] != sample.sha256, "DOCUMENT_TAMPERED"),
                *self.dated(model, sent.claims["approved_on"]),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        sample = _sample(model, sent)
        assert sample is not None
        sample.approved_on = date.fromisoformat(sent.claims["approved_on"])


class ChoosePrinter(_OnPrints):
    act, desk = acts.PrinterChoice, staticmethod(_desk(acts.PrinterChoice))
    wrongs = ("publicised later", "long ago")

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        sample = _latest(model.prints.samples, ask)
        chosen_on = model.today - timedelta(days=91 if ask.wrong == "long ago" else ask.how % 3)
        publicised_on = chosen_on + timedelta(days=int(ask.wrong == "publicised later"))
        days = {"chosen_on": chosen_on, "publicised_on": publicised_on}
        return sample and {"sample_id": sample.id, "decision_sha256": NO_HASH, **days}

    def against(self, model: Model, sent: Sent) -> str | None:
        claims, sample = sent.claims, _sample(model, sent)
        chosen_on = date.fromisoformat(claims["chosen_on"])
        if sample is None or sample.owner != sent.sender or sample.approved_on is None:
            return "SAMPLE_NOT_APPROVED"
        later = any(owner == sent.sender and day >= chosen_on for owner, day in model.prints.chosen)
        later |= any(run.owner == sent.sender and run.printed_on >= chosen_on for run in model.prints.runs)
        return first(
            (
                (chosen_on < sample.approved_on, "SAMPLE_NOT_APPROVED"),
                (claims["publicised_on"] > claims["chosen_on"], "INPUT_INVALID"),
                (later, "INPUT_INVALID"),
                *self.dated(model, claims["chosen_on"]),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        model.prints.chosen[sent.sender, date.fromisoformat(sent.claims["chosen_on"])] = sent.claims["sample_id"]


class RequestSealLoan(_OnPrints):
    act, desk, new_id = acts.SealLoanRequest, staticmethod(_desk(acts.SealLoanRequest)), "loan_id"

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        return {"application_sha256": NO_HASH}

    def done(self, model: Model, sent: Sent) -> None:
        model.prints.loans.append(Loan(sent.claims["loan_id"], sent.sender, sent.read.sha256))


class _OnLoan(_OnPrints):
    """A step of a loan: from which state, to which, and the day that it states."""

    before: ClassVar[str]
    after: ClassVar[str]
    day: ClassVar[str]
    more: ClassVar[dict[str, Any]] = {}

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        loan = _latest(model.prints.loans, ask)
        return loan and {"loan_id": loan.id, self.day: model.today - timedelta(days=ask.how % 2), **self.more}

    def against(self, model: Model, sent: Sent) -> str | None:
        loan = _loan(model, sent)
        if loan is None or (not self.is_national and loan.owner != sent.sender):
            return "NO_CASE_FOR_HIGHER_UNION" if self.is_national else "INPUT_INVALID"
        on = date.fromisoformat(sent.claims[self.day])
        return first(
            (
                (loan.state != self.before, "STEP_NOT_ALLOWED"),
                (self.is_national and sent.claims.get("request_sha256") != loan.sha256, "DOCUMENT_TAMPERED"),
                (not self.is_national and bool(loan.days) and on < loan.days[-1], "INPUT_INVALID"),
                *self.dated(model, sent.claims[self.day]),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        loan = _loan(model, sent)
        assert loan is not None
        loan.state = self.after
        loan.days.append(date.fromisoformat(sent.claims[self.day]))


class ApproveSealLoan(_OnLoan):
    act, desk, is_national = acts.SealLoanApproval, staticmethod(_desk(acts.SealLoanApproval)), True
    before, after, day = "REQUESTED", "APPROVED", "approved_on"
    wrongs = ("hash",)

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"request_sha256": NO_HASH} if ask.wrong == "hash" else {}


class ReceiveSeal(_OnLoan):
    act, desk = acts.SealCustody, staticmethod(_desk(acts.SealCustody))
    before, after, day = "APPROVED", "IN_CUSTODY", "received_on"
    more: ClassVar[dict[str, Any]] = {"custodian_sha256": NO_HASH}


class ReturnSeal(_OnLoan):
    act, desk = acts.SealReturn, staticmethod(_desk(acts.SealReturn))
    before, after, day = "IN_CUSTODY", "RETURNED", "returned_on"


class RecordPrintRun(_OnPrints):
    act, desk, new_id = acts.PrintRun, staticmethod(_desk(acts.PrintRun)), "run_id"
    wrongs = ("count", "ahead")

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        loan, block = _latest(model.prints.loans, ask), ask.how % 9
        on = model.today + timedelta(days=1) if ask.wrong == "ahead" else model.today - timedelta(days=ask.how % 2)
        return {
            "loan_id": NO_LOAN if loan is None else loan.id,
            "first_number": f"P{block}00",
            "last_number": f"P{block}49",
            "printed_on": on,
        }

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"printed_count": 49} if ask.wrong == "count" else {}

    def against(self, model: Model, sent: Sent) -> str | None:
        claims, prints, loan = sent.claims, model.prints, _loan(model, sent)
        on = date.fromisoformat(claims["printed_on"])
        if prints.printer(sent.sender, on) is None:
            return "SAMPLE_NOT_APPROVED"
        if loan is None or loan.owner != sent.sender or not loan.days:
            return "PRINT_NOT_AUTHORISED"
        is_out = on < loan.days[0] or (loan.state == "RETURNED" and on > loan.days[-1])
        return first(
            (
                (is_out, "PRINT_NOT_AUTHORISED"),
                *self.dated(model, claims["printed_on"]),
                (claims["printed_count"] != 50, "INPUT_INVALID"),
                (
                    prints.run_of(sent.sender, claims["first_number"], claims["last_number"]) is not None,
                    "CERTIFICATE_NUMBER_DUPLICATE",
                ),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims = sent.claims
        on = date.fromisoformat(claims["printed_on"])
        model.prints.runs.append(Run(sent.sender, claims["first_number"], claims["last_number"], on))


class _Losing(_OnPrints):
    wrongs: ClassVar[tuple[str, ...]] = ("count", "of no run")
    state: ClassVar[str]

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        run = _latest(model.prints.runs, ask)
        begun = "Q0" if run is None or ask.wrong == "of no run" else run.first[:-2]
        number = ask.how % 40
        return {"first_number": f"{begun}{number:02}", "last_number": f"{begun}{number + ask.how % 3:02}"}

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"lost_count": 4} if ask.wrong == "count" else {}

    def _numbers(self, sent: Sent) -> list[tuple[str, str]]:
        begin, end = sent.claims["first_number"], sent.claims["last_number"]
        province = UNIONS[sent.sender].more["province_code"]
        return [(province, f"{begin[:-2]}{one:02}") for one in range(int(begin[-2:]), int(end[-2:]) + 1)]

    def against(self, model: Model, sent: Sent) -> str | None:
        claims, numbers = sent.claims, self._numbers(sent)
        is_issued = any(key in member.certificates for member in model.members.values() for key in numbers)
        return first(
            (
                (
                    model.prints.run_of(sent.sender, claims["first_number"], claims["last_number"]) is None,
                    "INPUT_INVALID",
                ),
                (claims["lost_count"] != len(numbers), "INPUT_INVALID"),
                (is_issued or any(key in model.prints.lost for key in numbers), "STEP_NOT_ALLOWED"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        model.prints.lost |= dict.fromkeys(self._numbers(sent), self.state)


class RecordSpoiled(_Losing):
    act, desk, state = acts.SpoiledNumbers, staticmethod(_desk(acts.SpoiledNumbers)), "SPOILED"


class RecordMissing(_Losing):
    act, desk, state = acts.MissingNumbers, staticmethod(_desk(acts.MissingNumbers)), "MISSING"


class FilePrintReport(_OnPrints):
    act, desk = acts.PrintReport, staticmethod(_desk(acts.PrintReport))
    wrongs = ("next year", "version ahead")

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        year = model.today.year + (1 if ask.wrong == "next year" else -(ask.how % 2))
        return {"year": year, "new_version": ask.how % 3 > 0}

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"version": 99} if ask.wrong == "version ahead" else {}

    def against(self, model: Model, sent: Sent) -> str | None:
        claims = sent.claims
        report = model.prints.reports.get((sent.sender, claims["year"]))
        latest = 0 if report is None else report.version
        return first(
            (
                (claims["year"] > model.today.year, "DATE_IN_FUTURE"),
                (claims["version"] <= latest, "PRINT_REPORT_EXISTS"),
                (claims["version"] != latest + 1, "STALE_VERSION"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims, key = sent.claims, (sent.sender, sent.claims["year"])
        in_time = model.now < datetime(claims["year"], 12, 31, 16, tzinfo=UTC)
        state = "FILED" if in_time else "FILED_LATE" if claims["version"] == 1 else "CORRECTED"
        model.prints.reports[key] = Report(claims["version"], state, sent.read.sha256)


class AcknowledgePrintReport(_OnPrints):
    act, desk = acts.PrintReportAcknowledgement, staticmethod(_desk(acts.PrintReportAcknowledgement))
    is_national = True
    wrongs = ("hash",)

    def given(self, model: Model, ask: Ask) -> dict[str, Any] | None:
        return {"province_code": "31", "year": model.today.year - ask.how % 2}

    def altered(self, ask: Ask) -> dict[str, Any]:
        return {"report_sha256": NO_HASH} if ask.wrong == "hash" else {}

    def against(self, model: Model, sent: Sent) -> str | None:
        report = model.prints.reports.get((P, sent.claims["year"]))
        if report is None:
            return "NO_CASE_FOR_HIGHER_UNION"
        is_other = sent.claims["report_sha256"] != report.sha256
        return first(((report.is_read, "STEP_NOT_ALLOWED"), (is_other, "DOCUMENT_TAMPERED")))

    def done(self, model: Model, sent: Sent) -> None:
        model.prints.reports[P, sent.claims["year"]].is_read = True


#: An id that is none.
NO_LOAN = "00000000-0000-4000-8000-000000000001"

ON_PRINTS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *(SubmitSample(), ApproveSample(), ChoosePrinter()),
        *(RequestSealLoan(), ApproveSealLoan(), ReceiveSeal(), ReturnSeal()),
        *(RecordPrintRun(), RecordSpoiled(), RecordMissing(), FilePrintReport(), AcknowledgePrintReport()),
    )
}
