"""The machines of what is printed take the steps that they list, over their full products, and no other."""

from __future__ import annotations

from itertools import product

import pytest

from hub.errors import Code, Refusal
from hub.transfers.kinds import PrintReportState, SampleState, SealLoanState, StockState
from hub.transfers.machines import PRINT_REPORT, SAMPLE, SEAL_LOAN, START, STOCK, CertificateState, Machine, Side

LEGAL: dict[Machine, dict[tuple[str, str, str], str]] = {
    SAMPLE: {
        (START, "submit", "PROVINCE"): "SUBMITTED",
        ("SUBMITTED", "approve", "NATIONAL"): "APPROVED",
    },
    SEAL_LOAN: {
        (START, "request", "PROVINCE"): "REQUESTED",
        ("REQUESTED", "approve", "NATIONAL"): "APPROVED",
        ("APPROVED", "receive", "PROVINCE"): "IN_CUSTODY",
        ("IN_CUSTODY", "return", "PROVINCE"): "RETURNED",
    },
    STOCK: {
        (START, "print", "PROVINCE"): "IN_STOCK",
        (START, "issue", "HOLDER"): "VALID",
        ("IN_STOCK", "issue", "HOLDER"): "VALID",
        ("IN_STOCK", "record_spoiled", "PROVINCE"): "SPOILED",
        ("IN_STOCK", "record_missing", "PROVINCE"): "MISSING",
    },
    PRINT_REPORT: {
        (START, "fall_due", "HUB"): "DUE",
        ("DUE", "file", "PROVINCE"): "FILED",
        ("DUE", "file_late", "PROVINCE"): "FILED_LATE",
        ("FILED", "file", "PROVINCE"): "FILED",
        ("FILED", "correct", "PROVINCE"): "CORRECTED",
        ("FILED_LATE", "correct", "PROVINCE"): "CORRECTED",
        ("CORRECTED", "correct", "PROVINCE"): "CORRECTED",
        ("FILED", "acknowledge", "NATIONAL"): "FILED",
        ("FILED_LATE", "acknowledge", "NATIONAL"): "FILED_LATE",
        ("CORRECTED", "acknowledge", "NATIONAL"): "CORRECTED",
    },
}
STATES: dict[Machine, list[str]] = {
    SAMPLE: [START, *SampleState],
    SEAL_LOAN: [START, *SealLoanState],
    STOCK: [START, *StockState, CertificateState.VALID],
    PRINT_REPORT: [START, *PrintReportState],
}
ASKED = [
    (machine, state, act, side)
    for machine in LEGAL
    for state, act, side in product(STATES[machine], sorted({s.act for s in machine.steps} | {"sell"}), Side)
]


@pytest.mark.parametrize(("machine", "state", "act", "side"), ASKED, ids=lambda value: getattr(value, "name", value))
def test_only_listed_steps_are_legal(machine: Machine, state: str, act: str, side: Side) -> None:
    target = LEGAL[machine].get((state, act, side))
    if target is not None:
        assert machine.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        machine.step(state, act, side)
    assert (found.value.code, found.value.facts["state"]) == (Code.STEP_NOT_ALLOWED, state)
