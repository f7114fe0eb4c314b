"""What a province prints: what each act does, in which order, and who may do it (N2–N5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation import acts_printing as acts
from federation.acts_certificates import CertificateIssue, CertificateLoss, CertificateReissue
from hub.errors import Code
from hub.transfers.desk import reading_printing as reading
from tests.desk.test_certifying import ready_certificate
from tests.printing import PAPER, Prints, acting, draft, ready_print, stock
from tests.ready import altered, person, ready
from tests.sql.wholeness import assert_whole
from tests.world import EMPLOYERS, MEMBERS

if TYPE_CHECKING:
    from federation.act import Act
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

TODAY = date(2025, 3, 3)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture
def prints(world: World) -> Prints:
    return Prints(world)


@pytest.fixture
def u0(world: World) -> Actor:
    return world.actors["U0"]


@pytest.fixture
def u10(world: World) -> Actor:
    return world.actors["U10"]


def number(text: str) -> dict[str, str]:
    return {"province_code": "31", "number": text}


class TestTheCourse:
    async def test_from_a_sample_to_a_report_that_is_read(self, world: World, prints: Prints, superuser: Any) -> None:
        await prints.everything()
        (sample,) = await reading.sample_list(world.hub, prints.province.caller)
        assert (sample.state, sample.approved_on, sample.chosen_on) == ("APPROVED", TODAY, TODAY)
        (loan,) = await reading.loan_list(world.hub, prints.province.caller)
        days = (loan.approved_on, loan.received_on, loan.returned_on)
        assert (loan.state, days) == ("RETURNED", (TODAY, TODAY, TODAY))
        (run,) = await reading.run_list(world.hub, prints.province.caller)
        assert (run.printed_count, run.charter_version, run.in_stock) == (500, "2023", 498)
        (report,) = await reading.report_list(world.hub, prints.province.caller, None, None)
        assert (report.state, report.printed_count, report.recorded_count) == ("FILED", 500, 500)
        assert report.acknowledged_at is not None
        await assert_whole(superuser)

    async def test_the_same_statement_again_acts_no_second_time(
        self, world: World, prints: Prints, superuser: Any
    ) -> None:
        await prints.everything()
        run = await ready_print(
            world, prints.province, acts.SampleSubmission, printer_uscc=EMPLOYERS["甲"], charter_version="2018"
        )
        first = await run.send(world.hub)
        assert await run.send(world.hub) == first
        assert await superuser.fetchval("select count(*) from hub.certificate_samples") == 2

    async def test_what_the_hub_knows_a_draft_says(self, world: World, prints: Prints) -> None:
        await prints.run()
        made = await draft(world, prints.province, acts.PrintReport)
        assert made.claims is not None
        assert '"printed_count":500' in made.claims
        assert '"version":1' in made.claims


class TestWhoActs:
    PROVINCES: tuple[tuple[type[Act], dict[str, Any]], ...] = (
        (acts.SampleSubmission, {}),
        (acts.PrinterChoice, {"sample_id": uuid4()}),
        (acts.SealLoanRequest, {}),
        (acts.SealCustody, {"loan_id": uuid4()}),
        (acts.SealReturn, {"loan_id": uuid4()}),
        (acts.PrintRun, {"loan_id": uuid4()}),
        (acts.SpoiledNumbers, {"first_number": "000101"}),
        (acts.MissingNumbers, {"first_number": "000101"}),
        (acts.PrintReport, {}),
    )

    @pytest.mark.article("N4")
    @pytest.mark.parametrize("ref", ["U1", "U9", "U0"])
    @pytest.mark.parametrize(("act", "given"), PROVINCES, ids=lambda value: getattr(value, "act", ""))
    async def test_what_is_the_provinces_its_own_federation_does(
        self, world: World, refused: Refused, ref: str, act: type[Act], given: dict[str, Any]
    ) -> None:
        refusal = await refused(await ready_print(world, world.actors[ref], act, **given))
        assert refusal.code == Code.NOT_PROVINCIAL_FEDERATION

    async def test_what_is_the_national_ones_nobody_else_does(
        self, world: World, refused: Refused, prints: Prints, u0: Actor
    ) -> None:
        """The province whose case it is neither, and the answer tells nobody whether there is one."""
        sample = (await prints.act(acts.SampleSubmission))["sample_id"]
        loan = (await prints.act(acts.SealLoanRequest))["loan_id"]
        await prints.act(acts.PrintReport)
        for act, given in (
            (acts.SampleApproval, {"sample_id": sample}),
            (acts.SealLoanApproval, {"loan_id": loan}),
            (acts.PrintReportAcknowledgement, {}),
        ):
            lawful = await draft(world, u0, act, **given)
            assert lawful.refusals == ()
            for ref in ("U1", "U10", "U11", "U9"):
                actor = world.actors[ref]
                by_another = altered(lawful, top={"iss": actor.uri})
                refusal = await refused(ready(acting(act), actor, by_another))
                assert refusal.code == Code.NO_CASE_FOR_HIGHER_UNION
        for act, given in (
            (acts.SampleApproval, {"sample_id": uuid4()}),
            (acts.SealLoanApproval, {"loan_id": uuid4()}),
            (acts.PrintReportAcknowledgement, {"year": 2024}),
            (acts.PrintReportAcknowledgement, {"province_code": "32"}),
        ):
            unknown = await draft(world, u0, act, **given)
            assert (unknown.claims, [r.code for r in unknown.refusals]) == (None, [Code.NO_CASE_FOR_HIGHER_UNION])

    async def test_a_province_acts_on_nothing_of_another(self, world: World, refused: Refused, prints: Prints) -> None:
        other = world.actors["U11"]
        run = await prints.run()
        for act, code, given in (
            (acts.PrinterChoice, Code.SAMPLE_NOT_APPROVED, {"sample_id": await prints.approved_sample()}),
            (acts.SealReturn, Code.INPUT_INVALID, {"loan_id": run["loan_id"]}),
            (acts.SpoiledNumbers, Code.INPUT_INVALID, {"first_number": "000101"}),
        ):
            assert (await refused(await ready_print(world, other, act, **given))).code == code

    @pytest.mark.article("HUB-P09")
    async def test_a_union_that_is_closed_prints_nothing(
        self, world: World, refused: Refused, superuser: Any, u10: Actor
    ) -> None:
        await superuser.execute("update hub.unions set state = 'WINDING_UP' where uri = $1", u10.uri)
        assert (await refused(await ready_print(world, u10, acts.PrintReport))).code == Code.UNION_NOT_ACTIVE

    @pytest.mark.article("HUB-P09")
    async def test_nor_does_it_approve(
        self, world: World, refused: Refused, superuser: Any, prints: Prints, u0: Actor
    ) -> None:
        sample = (await prints.act(acts.SampleSubmission))["sample_id"]
        await superuser.execute("update hub.unions set state = 'CLOSED' where uri = $1", u0.uri)
        refusal = await refused(await ready_print(world, u0, acts.SampleApproval, sample_id=sample))
        assert refusal.code == Code.UNION_NOT_ACTIVE


class TestSampleAndPrinter:
    @pytest.mark.article("N4")
    async def test_no_printer_before_its_sample_is_approved(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        sample = (await prints.act(acts.SampleSubmission))["sample_id"]
        refusal = await refused(await ready_print(world, u10, acts.PrinterChoice, sample_id=sample))
        assert (refusal.code, refusal.path) == (Code.SAMPLE_NOT_APPROVED, ("printer", "sample_id"))

    @pytest.mark.article("N4")
    async def test_nor_dated_before_the_approval(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        sample = await prints.approved_sample()
        given = {"sample_id": sample, "chosen_on": YESTERDAY, "publicised_on": YESTERDAY}
        refusal = await refused(await ready_print(world, u10, acts.PrinterChoice, **given))
        assert (refusal.code, refusal.path) == (Code.SAMPLE_NOT_APPROVED, ("printer", "chosen_on"))

    async def test_a_sample_is_approved_once_and_as_it_was_submitted(
        self, world: World, refused: Refused, prints: Prints, u0: Actor
    ) -> None:
        sample = (await prints.act(acts.SampleSubmission))["sample_id"]
        made = await draft(world, u0, acts.SampleApproval, sample_id=sample)
        other = ready(acting(acts.SampleApproval), u0, altered(made, sample_sha256=PAPER))
        assert (await refused(other)).code == Code.DOCUMENT_TAMPERED
        await prints.act(acts.SampleApproval, u0, sample_id=sample)
        assert (await refused(ready(acting(acts.SampleApproval), u0, made))).code == Code.STEP_NOT_ALLOWED

    async def test_publicity_comes_before_the_choice(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        sample = await prints.approved_sample()
        given = {"sample_id": sample, "publicised_on": TOMORROW}
        refusal = await refused(await ready_print(world, u10, acts.PrinterChoice, **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("printer", "publicised_on"))

    async def test_a_province_has_one_printer_at_a_time(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        """N5: another one takes its place on a later day, and prints from that day on."""
        await prints.printer()
        second = await prints.approved_sample(printer_uscc=EMPLOYERS["甲"])
        refusal = await refused(await ready_print(world, u10, acts.PrinterChoice, sample_id=second))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("printer", "chosen_on"))
        await world.set_clock(await world.now() + timedelta(days=2))
        await prints.act(acts.PrinterChoice, sample_id=second)
        loan = await prints.loan()
        await prints.act(acts.PrintRun, loan_id=loan, printed_on=TODAY + timedelta(days=2))
        (run,) = await reading.run_list(world.hub, u10.caller)
        assert run.sample_id == UUID(second)

    async def test_what_was_printed_by_one_is_not_made_anothers_afterwards(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        """Nor is a choice dated so that a run which is recorded would be by the other."""
        run = await prints.run()
        second = await prints.approved_sample(printer_uscc=EMPLOYERS["甲"])
        await world.set_clock(await world.now() + timedelta(days=4))
        numbers = {"first_number": "000601", "last_number": "000700"}
        later = TODAY + timedelta(days=3)
        await prints.act(acts.PrintRun, None, loan_id=run["loan_id"], printed_on=later, **numbers)
        for days in (1, 3):
            early = {"sample_id": second, "chosen_on": TODAY + timedelta(days=days)}
            refusal = await refused(await ready_print(world, u10, acts.PrinterChoice, **early))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("printer", "chosen_on"))
        await prints.act(acts.PrinterChoice, sample_id=second)

    async def test_the_printers_code_is_in_order(self, world: World, refused: Refused, u10: Actor) -> None:
        wrong = EMPLOYERS["乙"][:-1] + "0"
        refusal = await refused(await ready_print(world, u10, acts.SampleSubmission, printer_uscc=wrong))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sample", "printer_uscc"))

    async def test_an_id_is_of_one_thing(self, world: World, refused: Refused, prints: Prints, u10: Actor) -> None:
        sample = (await prints.act(acts.SampleSubmission))["sample_id"]
        loan = (await prints.act(acts.SealLoanRequest))["loan_id"]
        for act, taken in ((acts.SampleSubmission, {"sample_id": sample}), (acts.SealLoanRequest, {"loan_id": loan})):
            made = altered(await draft(world, u10, act), **taken)
            assert (await refused(ready(acting(act), u10, made))).code == Code.INPUT_INVALID
        # Of another province's nobody is told anything: its row is in the way, and stays as it is.
        other = world.actors["U11"]
        made = altered(await draft(world, other, acts.SampleSubmission), sample_id=sample)
        assert (await refused(ready(acting(acts.SampleSubmission), other, made))).code == Code.STALE_VERSION


class TestTheSeal:
    async def test_it_is_requested_approved_received_and_returned_in_this_order(
        self, world: World, foretold: Refused, prints: Prints, u10: Actor, u0: Actor
    ) -> None:
        loan = {"loan_id": (await prints.act(acts.SealLoanRequest))["loan_id"]}
        for act in (acts.SealCustody, acts.SealReturn):
            assert (await foretold(await ready_print(world, u10, act, **loan))).code == Code.STEP_NOT_ALLOWED
        await prints.act(acts.SealLoanApproval, u0, **loan)
        assert (await foretold(await ready_print(world, u10, acts.SealReturn, **loan))).code == Code.STEP_NOT_ALLOWED
        await prints.act(acts.SealCustody, **loan)
        await prints.act(acts.SealReturn, **loan)
        done: tuple[tuple[Actor, type[Act]], ...] = (
            *((u10, acts.SealCustody), (u10, acts.SealReturn), (u0, acts.SealLoanApproval)),
        )
        for actor, step in done:
            assert (await foretold(await ready_print(world, actor, step, **loan))).code == Code.STEP_NOT_ALLOWED

    async def test_no_step_is_dated_before_the_one_that_it_follows(
        self, world: World, refused: Refused, prints: Prints, u10: Actor, u0: Actor
    ) -> None:
        loan = {"loan_id": (await prints.act(acts.SealLoanRequest))["loan_id"]}
        made = await draft(world, u0, acts.SealLoanApproval, **loan)
        other = ready(acting(acts.SealLoanApproval), u0, altered(made, request_sha256=PAPER))
        assert (await refused(other)).code == Code.DOCUMENT_TAMPERED
        await prints.act(acts.SealLoanApproval, u0, **loan)
        early = await ready_print(world, u10, acts.SealCustody, **loan, received_on=YESTERDAY)
        assert (await refused(early)).path == ("custody", "received_on")
        await prints.act(acts.SealCustody, **loan)
        early = await ready_print(world, u10, acts.SealReturn, **loan, returned_on=YESTERDAY)
        assert (await refused(early)).path == ("seal_return", "returned_on")

    @pytest.mark.article("N3")
    async def test_nothing_is_printed_without_a_loan_that_was_approved_by_then(
        self, world: World, refused: Refused, prints: Prints, u10: Actor, u0: Actor
    ) -> None:
        await prints.printer()
        loan = (await prints.act(acts.SealLoanRequest))["loan_id"]
        for named in (uuid4(), loan):
            refusal = await refused(await ready_print(world, u10, acts.PrintRun, loan_id=named))
            assert (refusal.code, refusal.path) == (Code.PRINT_NOT_AUTHORISED, ("run", "loan_id"))
        await world.set_clock(await world.now() + timedelta(days=1))
        await prints.act(acts.SealLoanApproval, u0, loan_id=loan)
        refusal = await refused(await ready_print(world, u10, acts.PrintRun, loan_id=loan))
        assert (refusal.code, refusal.path) == (Code.PRINT_NOT_AUTHORISED, ("run", "printed_on"))
        await prints.act(acts.PrintRun, loan_id=loan, printed_on=TOMORROW)

    @pytest.mark.article("N3")
    async def test_nor_after_the_seal_has_gone_back_though_what_was_printed_before_is_recorded(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        await prints.printer()
        loan = await prints.loan()
        await prints.act(acts.SealReturn, loan_id=loan)
        await world.set_clock(await world.now() + timedelta(days=1))
        given = {"loan_id": loan, "printed_on": TOMORROW}
        assert (await refused(await ready_print(world, u10, acts.PrintRun, **given))).code == Code.PRINT_NOT_AUTHORISED
        await prints.act(acts.PrintRun, loan_id=loan)


class TestTheRun:
    @pytest.mark.article("N4")
    async def test_nothing_is_printed_before_a_printer_with_an_approved_sample_is_chosen(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        loan = await prints.loan()
        await prints.approved_sample()
        refusal = await refused(await ready_print(world, u10, acts.PrintRun, loan_id=loan))
        assert (refusal.code, refusal.path) == (Code.SAMPLE_NOT_APPROVED, ("run", "printed_on"))
        await prints.printer()
        early = await ready_print(world, u10, acts.PrintRun, loan_id=loan, printed_on=YESTERDAY)
        assert (await refused(early)).code == Code.SAMPLE_NOT_APPROVED

    @pytest.mark.article("N2")
    @pytest.mark.parametrize(
        ("first", "last"), [("000600", "000700"), ("000050", "000101"), ("000200", "000300"), ("000001", "999999")]
    )
    async def test_no_number_is_printed_twice(
        self, world: World, refused: Refused, prints: Prints, u10: Actor, first: str, last: str
    ) -> None:
        run = await prints.run()
        given = {"loan_id": run["loan_id"], "first_number": first, "last_number": last}
        refusal = await refused(await ready_print(world, u10, acts.PrintRun, **given))
        assert (refusal.code, refusal.path) == (Code.CERTIFICATE_NUMBER_DUPLICATE, ("run", "first_number"))

    async def test_but_in_another_province_or_of_another_length(self, world: World, prints: Prints) -> None:
        run = await prints.run()
        await prints.act(acts.PrintRun, loan_id=run["loan_id"], first_number="000601", last_number="000700")
        await prints.act(acts.PrintRun, loan_id=run["loan_id"], first_number="00101", last_number="00600")
        await Prints(world, "U11").run()
        assert [run.printed_count for run in await reading.run_list(world.hub, prints.province.caller)][:1] == [500]

    @pytest.mark.article("N2")
    async def test_the_numbers_have_the_form_that_the_province_prescribes(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        await world.set_scheme(u10, pattern=r"31\d{6}", check="LUHN")
        await prints.printer()
        loan = await prints.loan()
        for first, last, name in (
            ("000101", "000600", "first_number"),
            ("31000011", "31000012", "last_number"),
            ("31 00011", "31000011", "first_number"),
        ):
            given = {"loan_id": loan, "first_number": first, "last_number": last}
            refusal = await refused(await ready_print(world, u10, acts.PrintRun, **given))
            assert (refusal.code, refusal.path) == (Code.CERTIFICATE_NUMBER_FORMAT, ("run", name))
        # The last character follows from the others: from 3100001 to 3100003 they are three.
        claims = await prints.act(acts.PrintRun, loan_id=loan, first_number="31000011", last_number="31000037")
        assert claims["printed_count"] == 3

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"printed_count": 499}, "printed_count"),
            ({"last_number": "000100"}, "last_number"),
            ({"last_number": "0001011"}, "last_number"),
            ({"first_number": "A00101", "last_number": "B00600"}, "last_number"),
            ({"first_number": "00010A"}, "last_number"),
        ],
    )
    async def test_a_range_is_what_it_is_said_to_be(
        self, world: World, refused: Refused, prints: Prints, u10: Actor, changes: dict[str, Any], name: str
    ) -> None:
        await prints.printer()
        given = {"loan_id": await prints.loan(), **changes}
        refusal = await refused(await ready_print(world, u10, acts.PrintRun, **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("run", name))

    async def test_a_run_has_an_id_of_its_own(self, world: World, refused: Refused, prints: Prints, u10: Actor) -> None:
        run = await prints.run()
        made = await draft(world, u10, acts.PrintRun, loan_id=run["loan_id"], first_number="1", last_number="9")
        act = ready(acting(acts.PrintRun), u10, altered(made, run_id=run["run_id"]))
        assert (await refused(act)).path == ("run", "run_id")

    @pytest.mark.parametrize(
        ("act", "of", "name"),
        [
            (acts.SampleApproval, "sample_id", "approved_on"),
            (acts.SealLoanApproval, "loan_id", "approved_on"),
            (acts.PrinterChoice, "sample_id", "chosen_on"),
            (acts.SealCustody, "loan_id", "received_on"),
            (acts.SealReturn, "loan_id", "returned_on"),
            (acts.PrintRun, "loan_id", "printed_on"),
        ],
    )
    @pytest.mark.parametrize(("days", "code"), [(1, Code.DATE_IN_FUTURE), (-91, Code.BACKDATE_TOO_FAR)])
    async def test_what_is_dated_has_happened_and_not_long_ago(
        self, world: World, prints: Prints, act: type[Act], of: str, name: str, days: int, code: Code
    ) -> None:
        sample, loan = await prints.printer(), await prints.loan()
        by = prints.national if name == "approved_on" else prints.province
        given = {of: sample if of == "sample_id" else loan, name: TODAY + timedelta(days=days)}
        refusals = (await draft(world, by, act, **given)).refusals
        assert [(one.code, one.path[-1]) for one in refusals if one.code is code] == [(code, name)]


class TestTheStock:
    @pytest.mark.article("NX-7")
    @pytest.mark.parametrize("act", [acts.SpoiledNumbers, acts.MissingNumbers])
    async def test_what_is_spoiled_or_missing_is_issued_to_nobody(
        self, world: World, refused: Refused, prints: Prints, u1: Actor, m1: UUID, act: type[Act]
    ) -> None:
        """Neither by an issue nor by a reissue, a join, an amendment or an import."""
        await prints.run()
        await prints.act(act, first_number="000110", last_number="000119")
        gone = await ready_certificate(world, u1, CertificateReissue, m1, certificate="000115", reason="FULL")
        refusal = await refused(gone)
        assert (refusal.code, refusal.path) == (
            Code.CERTIFICATE_NOT_VALID,
            ("reissue", "certificate", "number"),
        )
        joined = {"certificate": number("000110"), "certificate_issued_on": None}
        join = await world.draft_join(u1, person(9), **joined)
        amendment = await world.draft_amendment(u1, m1, certificate=number("000119"))
        brought_in = await world.draft_import(u1, MEMBERS["M5"], **joined)
        for made, name in ((join, "join"), (amendment, "amendment"), (brought_in, "import")):
            told = [(one.code, one.path) for one in made.refusals if one.code is Code.CERTIFICATE_NOT_VALID]
            assert told == [(Code.CERTIFICATE_NOT_VALID, (name, "certificate", "number"))]
        # The numbers beside them are in stock, those of another length and another province are none of these.
        for text in ("000109", "000120"):
            made = await world.draft_certificate(u1, CertificateReissue, m1, certificate=text, reason="FULL")
            assert made.refusals == ()

    @pytest.mark.article("NX-7")
    async def test_nor_by_a_first_issue(
        self, world: World, refused: Refused, prints: Prints, u1: Actor, m1: UUID
    ) -> None:
        await prints.run()
        await prints.act(acts.MissingNumbers, first_number="000115")
        await world.amend(u1, m1, emptied=["certificate"])
        gone = await ready_certificate(world, u1, CertificateIssue, m1, certificate="000115")
        assert (await refused(gone)).code == Code.CERTIFICATE_NOT_VALID

    async def test_only_what_is_in_stock_becomes_spoiled_or_missing(
        self, world: World, foretold: Refused, prints: Prints, u1: Actor, u10: Actor, m1: UUID
    ) -> None:
        await prints.run()
        await world.certify(u1, CertificateReissue, m1, certificate="000150", reason="FULL")
        await prints.act(acts.SpoiledNumbers, first_number="000200", last_number="000209")
        for first, last, code in (
            ("000150", "000150", Code.STEP_NOT_ALLOWED),
            ("000149", "000151", Code.STEP_NOT_ALLOWED),
            ("000209", "000210", Code.STEP_NOT_ALLOWED),
            ("000100", "000101", Code.INPUT_INVALID),
            ("000600", "000601", Code.INPUT_INVALID),
            ("00200", "00201", Code.INPUT_INVALID),
            ("000111", "000110", Code.INPUT_INVALID),
        ):
            given = {"first_number": first, "last_number": last}
            assert (await foretold(await ready_print(world, u10, acts.MissingNumbers, **given))).code == code
        wrong = await ready_print(world, u10, acts.MissingNumbers, first_number="000110", lost_count=2)
        assert (await foretold(wrong)).path == ("loss", "lost_count")

    @pytest.mark.article("N4")
    async def test_the_figures_add_up_and_older_stock_is_told_apart(
        self, world: World, prints: Prints, u1: Actor, u10: Actor, m1: UUID
    ) -> None:
        before = await stock(world, u10)
        assert (before.runs, before.exceeds_printed) == ((), True)
        await prints.run()
        await prints.act(acts.SpoiledNumbers, first_number="000200", last_number="000209")
        await prints.act(acts.MissingNumbers, first_number="000300")
        await world.certify(u1, CertificateReissue, m1, certificate="000150", reason="FULL")
        # Of no run, and allowed: printed before.
        await world.certify(u1, CertificateReissue, m1, certificate="000700", reason="FULL")
        found = await stock(world, u10)
        (year,) = found.years
        assert (year.year, year.printed, year.issued, year.spoiled, year.missing) == (2025, 500, 1, 10, 1)
        assert (year.in_stock, found.total.in_stock) == (488, 488)
        assert (found.issued, found.exceeds_printed) == (before.issued + 2, False)
        # What is lost by a member was issued, and stays so.
        await world.certify(u1, CertificateLoss, m1)
        assert (await stock(world, u10)).issued == found.issued

    @pytest.mark.attack("Z01")
    async def test_nobody_else_reads_them(self, world: World, prints: Prints) -> None:
        await prints.everything()
        for ref in ("U1", "U9", "U13", "U11"):
            caller = world.actors[ref].caller
            assert await reading.sample_list(world.hub, caller) == []
            assert await reading.loan_list(world.hub, caller) == []
            assert await reading.run_list(world.hub, caller) == []
            assert await reading.loss_list(world.hub, caller) == []
            reports = await reading.report_list(world.hub, caller, None, None)
            assert [one.province_code for one in reports] == (["32"] if ref == "U11" else [])
        national = prints.national.caller
        assert len(await reading.sample_list(world.hub, national)) == 1
        assert len(await reading.loan_list(world.hub, national)) == 1
        assert await reading.run_list(world.hub, national) == []
        found = await reading.report_list(world.hub, national, None, 2025)
        assert {one.province_code: one.state.value for one in found} == {"11": "DUE", "31": "FILED", "32": "DUE"}


class TestTheReport:
    #: As 2025 ends in Shanghai.
    MIDNIGHT = datetime(2025, 12, 31, 16, tzinfo=UTC)

    @pytest.mark.article("N4")
    @pytest.mark.parametrize(("seconds", "state"), [(-30, "FILED"), (1, "FILED_LATE")])
    async def test_it_is_in_time_until_the_last_minute_of_the_year(
        self, world: World, prints: Prints, seconds: int, state: str
    ) -> None:
        await world.set_clock(self.MIDNIGHT + timedelta(seconds=seconds))
        await prints.act(acts.PrintReport, printed_count=7)
        (report,) = await reading.report_list(world.hub, prints.province.caller, None, 2025)
        assert (report.state, report.printed_count, report.version) == (state, 7, 1)
        assert report.due_at == self.MIDNIGHT

    @pytest.mark.article("N4")
    async def test_a_year_is_filed_once_unless_it_is_said_to_be_a_new_version(
        self, world: World, refused: Refused, prints: Prints, u10: Actor
    ) -> None:
        await prints.act(acts.PrintReport, printed_count=1)
        refusal = await refused(await ready_print(world, u10, acts.PrintReport, printed_count=2))
        assert (refusal.code, refusal.path) == (Code.PRINT_REPORT_EXISTS, ("report", "version"))
        await prints.act(acts.PrintReport, printed_count=2, new_version=True)
        made = await draft(world, u10, acts.PrintReport, printed_count=3, new_version=True)
        for version, code in ((2, Code.PRINT_REPORT_EXISTS), (4, Code.STALE_VERSION)):
            act = ready(acting(acts.PrintReport), u10, altered(made, version=version))
            refusal = await refused(act)
            assert (refusal.code, refusal.path) == (code, ("report", "version"))
        await world.set_clock(self.MIDNIGHT)
        for version in (3, 4):
            await prints.act(acts.PrintReport, printed_count=version, new_version=True)
        (report,) = await reading.report_list(world.hub, u10.caller, None, 2025)
        assert (report.state, report.version, report.printed_count) == ("CORRECTED", 4, 4)
        told = [
            (one.state.value, one.version)
            for day in (date(2025, 3, 2), date(2025, 3, 3), date(2025, 12, 31), date(2026, 1, 1))
            for one in await reading.report_list(world.hub, u10.caller, day, 2025)
        ]
        assert told == [("DUE", None), ("FILED", 2), ("FILED", 2), ("CORRECTED", 4)]

    @pytest.mark.article("N4")
    async def test_a_late_one_is_received_and_corrected_like_another(
        self, world: World, prints: Prints, u0: Actor
    ) -> None:
        await world.set_clock(self.MIDNIGHT + timedelta(days=20))
        (due,) = await reading.report_list(world.hub, prints.province.caller, None, 2025)
        assert (due.state, due.is_overdue, due.version) == ("DUE", True, None)
        (then,) = await reading.report_list(world.hub, prints.province.caller, date(2025, 12, 31), None)
        assert (then.year, then.state, then.is_overdue) == (2025, "DUE", False)
        await prints.act(acts.PrintReport)
        await prints.act(acts.PrintReportAcknowledgement, u0)
        await prints.act(acts.PrintReport, new_version=True, printed_count=9)
        (report,) = await reading.report_list(world.hub, prints.province.caller, None, 2025)
        assert (report.state, report.acknowledged_at) == ("CORRECTED", None)

    async def test_prints_after_the_filing_show_beside_it(self, world: World, prints: Prints) -> None:
        await prints.act(acts.PrintReport)
        await prints.run()
        (report,) = await reading.report_list(world.hub, prints.province.caller, None, 2025)
        assert (report.printed_count, report.recorded_count) == (0, 500)

    async def test_the_latest_version_is_read_once(
        self, world: World, foretold: Refused, prints: Prints, u0: Actor
    ) -> None:
        await prints.act(acts.PrintReport)
        of_the_first = await ready_print(world, u0, acts.PrintReportAcknowledgement)
        await prints.act(acts.PrintReport, new_version=True)
        assert (await of_the_first.refused(world.hub)).code == Code.DOCUMENT_TAMPERED
        await prints.act(acts.PrintReportAcknowledgement, u0)
        again = await ready_print(world, u0, acts.PrintReportAcknowledgement)
        assert (await foretold(again)).code == Code.STEP_NOT_ALLOWED

    @pytest.mark.parametrize(
        ("changes", "code", "name"),
        [
            ({"year": 2026}, Code.DATE_IN_FUTURE, "year"),
            ({"year": 2016}, Code.INPUT_INVALID, "year"),
            ({"year": 0}, Code.INPUT_INVALID, "year"),
            ({"year": 2**40}, Code.DATE_IN_FUTURE, "year"),
            ({"printed_count": 2**40}, Code.INPUT_INVALID, "printed_count"),
        ],
    )
    async def test_of_a_year_that_there_is_and_a_count_that_there_can_be(
        self, world: World, refused: Refused, u10: Actor, changes: dict[str, Any], code: Code, name: str
    ) -> None:
        act = ready(acting(acts.PrintReport), u10, altered(await draft(world, u10, acts.PrintReport), **changes))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (code, ("report", name))
