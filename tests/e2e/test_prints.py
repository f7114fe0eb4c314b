"""A year of printing over HTTP (N2–N5): from the sample to the report of the last minute, and one that came late."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import (
    PRINT_REPORTS_QUERY,
    PRINT_RUNS_QUERY,
    RECEIPT_QUERY,
    SAMPLES_QUERY,
    SEAL_LOANS_QUERY,
    STOCK_QUERY,
)
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.stage import day
from tests.e2e.wire import claims_of, header_of, sha256_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

SAMPLE = {"printerUscc": EMPLOYERS["乙"], "charterVersion": "2023", "layoutSha256": inputs.EVIDENCE}
#: The last minute of 2025 in Shanghai.
LAST_MINUTE = day(12, 31, hour=23) + timedelta(minutes=59)
READS = (SAMPLES_QUERY, SEAL_LOANS_QUERY, PRINT_RUNS_QUERY, PRINT_REPORTS_QUERY)


def reissue(member: str, number: str) -> Json:
    return {"memberId": member, "certificate": {"provinceCode": "31", "number": number}, "reason": "FULL"}


async def printer(province: Party, national: Party) -> Json:
    """Have a sample approved, and its printer chosen."""
    sample = {"sampleId": (await province.act("submitSample", SAMPLE))["sampleId"]}
    await national.act("approveSample", sample)
    on = province.clock.now().date().isoformat()
    return await province.act("choosePrinter", {**sample, "publicisedOn": on, "decisionSha256": inputs.EVIDENCE})


async def seal(province: Party, national: Party) -> Json:
    """Have the seal lent, and in custody."""
    loan = {"loanId": (await province.act("requestSealLoan", {"applicationSha256": inputs.EVIDENCE}))["loanId"]}
    await national.act("approveSealLoan", loan)
    return await province.act("receiveSeal", {**loan, "custodianSha256": inputs.EVIDENCE})


async def run(province: Party, loan: Json, first: str, last: str) -> Json:
    on = province.clock.now().date().isoformat()
    asked = {"loanId": loan["loanId"], "firstNumber": first, "lastNumber": last, "printedOn": on}
    return await province.act("recordPrintRun", asked)


async def reports(party: Party, **asked: Any) -> list[tuple[str, int, str]]:
    found = await party.ask(PRINT_REPORTS_QUERY, **asked)
    return [(one["provinceCode"], one["year"], one["state"]) for one in found]


@pytest.mark.article("N4", "NX-7")
async def test_a_year_of_printing(stage: Stage) -> None:
    u10, u0, u1, m1 = stage["U10"], stage["U0"], stage["U1"], stage.member("M1")

    # The sample, and its printer; the seal, and back.
    sample = await printer(u10, u0)
    assert (sample["state"], sample["chosenOn"], sample["charterVersion"]) == ("APPROVED", "2025-03-03", "2023")
    loan = await seal(u10, u0)
    printed = await run(u10, loan, "000101", "000600")
    assert (printed["printedCount"], printed["inStock"], printed["sampleId"]) == (500, 500, sample["sampleId"])
    returned = await u10.act("returnSeal", {"loanId": loan["loanId"]})
    assert (returned["state"], returned["receivedOn"], returned["returnedOn"]) == (
        "RETURNED",
        *("2025-03-03", "2025-03-03"),
    )

    # Stock: what is lost is issued to nobody, what is in stock is, and what was printed before as well.
    spoiled = await u10.act("recordSpoiled", {"firstNumber": "000110", "lastNumber": "000119"})
    assert (spoiled["state"], spoiled["lostCount"]) == ("SPOILED", 10)
    missing = await u10.act("recordMissing", {"firstNumber": "000200"})
    assert (missing["state"], missing["lostCount"]) == ("MISSING", 1)
    for number in ("000115", "000200"):
        refusal = await u1.refused("reissueCertificate", reissue(m1, number))
        assert (refusal["code"], refusal["path"][-1]) == (Code.CERTIFICATE_NOT_VALID, "number")
    before = await u10.ask(STOCK_QUERY)
    for number in ("000120", "000700"):
        assert (await u1.act("reissueCertificate", reissue(m1, number)))["state"] == "VALID"
    stock = await u10.ask(STOCK_QUERY)
    assert stock["issued"] == before["issued"] + 2
    assert (stock["issuedFromStock"], stock["issuedFromEarlierStock"]) == (1, before["issued"] + 1)
    assert {
        name: stock["years"][0][name] for name in ("year", "printed", "issued", "spoiled", "missing", "inStock")
    } == {"year": 2025, "printed": 500, "issued": 1, "spoiled": 10, "missing": 1, "inStock": 488}
    assert (stock["warnings"], len(stock["losses"])) == ([], 2)

    # The report of the last minute, and a print in it: a new version in the same year is in time.
    await stage.let_it_be(LAST_MINUTE)
    filed = await u10.act("filePrintReport", {"year": 2025})
    assert (filed["state"], filed["version"], filed["printedCount"]) == ("FILED", 1, 500)
    await run(u10, await seal(u10, u0), "000601", "000700")
    (report,) = await u10.ask(PRINT_REPORTS_QUERY, year=2025)
    assert (report["printedCount"], report["recordedCount"]) == (500, 600)
    refusal = await u10.refused("filePrintReport", {"year": 2025})
    assert (refusal["code"], refusal["articles"]) == (Code.PRINT_REPORT_EXISTS, ["N4"])
    filed = await u10.act("filePrintReport", {"year": 2025, "newVersion": True})
    assert (filed["state"], filed["version"], filed["printedCount"]) == ("FILED", 2, 600)
    acknowledged = await u0.act("acknowledgePrintReport", {"provinceCode": "31", "year": 2025})
    assert acknowledged["acknowledgedAt"] is not None

    # The year is over: the others are late, and what is corrected is marked so.
    await stage.let_it_be(LAST_MINUTE + timedelta(minutes=1))
    assert await reports(u0, year=2025) == [("11", 2025, "DUE"), ("31", 2025, "FILED"), ("32", 2025, "DUE")]
    late = await stage["U11"].act("filePrintReport", {"year": 2025, "printedCount": 7})
    assert (late["state"], late["printedCount"], late["recordedCount"]) == ("FILED_LATE", 7, 0)
    corrected = await u10.act("filePrintReport", {"year": 2025, "newVersion": True, "printedCount": 599})
    assert (corrected["state"], corrected["version"], corrected["acknowledgedAt"]) == ("CORRECTED", 3, None)
    assert await reports(u0, year=2025) == [("11", 2025, "DUE"), ("31", 2025, "CORRECTED"), ("32", 2025, "FILED_LATE")]
    # As the year ended nobody was late yet; of the new one nothing is filed.
    assert await reports(u0, year=2025, asOf="2025-12-31") == [
        *(("11", 2025, "DUE"), ("31", 2025, "FILED"), ("32", 2025, "DUE"))
    ]
    assert await reports(u10) == [("31", 2026, "DUE"), ("31", 2025, "CORRECTED")]
    assert [one["isOverdue"] for one in await stage["U18"].ask(PRINT_REPORTS_QUERY)] == [False, True]


@pytest.mark.article("N4")
async def test_older_stock_warns_and_stands_against_nothing(stage: Stage) -> None:
    """What was issued before anything was printed here is more than nothing, and stays valid."""
    stock = await stage["U10"].ask(STOCK_QUERY)
    assert (stock["printed"], stock["issued"]) == (0, stock["issuedFromEarlierStock"])
    assert stock["warnings"] == ["ISSUED_EXCEEDS_PRINTED"]
    assert (await stage["U1"].act("reissueCertificate", reissue(stage.member("M1"), "000777")))["state"] == "VALID"


async def test_each_act_has_a_statement_without_a_sub_and_its_receipt(stage: Stage) -> None:
    """A draft changes nothing; the statement holds no person; its receipt is its signer's alone."""
    u10, u0 = stage["U10"], stage["U0"]
    await printer(u10, u0)
    loan = await seal(u10, u0)
    numbers = {"firstNumber": "000101", "lastNumber": "000600"}
    asked = {"loanId": loan["loanId"], "printedOn": "2025-03-03", **numbers}
    for mutation, given in (
        ("submitSample", SAMPLE),
        ("requestSealLoan", {"applicationSha256": inputs.EVIDENCE}),
        ("recordPrintRun", asked),
        ("recordSpoiled", {"firstNumber": "000101"}),
        ("returnSeal", {"loanId": loan["loanId"]}),
        ("filePrintReport", {"year": 2025}),
    ):
        before = await stage.everything()
        draft = await u10.draft(mutation, given)
        assert (draft["refusals"], await stage.everything()) == ([], before)
        statement = u10.sign(draft)
        assert "sub" not in claims_of(statement)
        assert not [member.name for member in MEMBERS.values() if member.name in draft["claims"]]
        first = await u10.submit(mutation, statement)
        assert await u10.submit(mutation, statement) == first
        receipt = await u10.ask(RECEIPT_QUERY, sha256=sha256_of(statement))
        assert header_of(receipt)["typ"] == "unionhub.receipt+jwt"
        assert claims_of(receipt)["receipt"]["statement_sha256"] == sha256_of(statement)
        for other in ("U0", "U11", "U1"):
            assert await stage[other].ask(RECEIPT_QUERY, sha256=sha256_of(statement)) is None


@pytest.mark.attack("Z01")
async def test_strangers_read_nothing_of_it(stage: Stage) -> None:
    """Each a list of its own, which is empty, and no figures; the national federation reads no stock."""
    u10, u0 = stage["U10"], stage["U0"]
    await printer(u10, u0)
    await run(u10, await seal(u10, u0), "000101", "000600")
    await u10.act("filePrintReport", {"year": 2025})
    for ref in ("U1", "U9", "U13", "U15"):
        assert [await stage[ref].ask(query) for query in READS] == [[], [], [], []]
        assert await stage[ref].ask(STOCK_QUERY) is None
    assert await reports(stage["U11"]) == [("32", 2025, "DUE")]
    assert [len(await u0.ask(query)) for query in READS] == [1, 1, 0, 3]
    assert await u0.ask(STOCK_QUERY) is None
    told = json.dumps([await u0.ask(query) for query in READS], ensure_ascii=False)
    assert UNIONS["U10"].uri in told


async def test_a_day_that_has_not_come_is_asked_of_in_vain(stage: Stage) -> None:
    answer = await stage["U0"].post(PRINT_REPORTS_QUERY, {"asOf": "2025-03-04"})
    assert answer.code == "BAD_USER_INPUT"
    for as_of in ("1900-01-01", "2016-12-31", "2025-01-01"):
        assert await stage["U0"].ask(PRINT_REPORTS_QUERY, asOf=as_of, year=2016) == []
