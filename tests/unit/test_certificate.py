"""The column 工会组织关系接转 is printed from the two signed statements, and from nothing else (NX-3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from federation import acts, statements
from federation.claims import parse
from federation.encoding import b64url
from federation.keys import PrivateKey
from hub.transfers.certificate import entry_of, entry_of_transfer
from hub.transfers.views import TransferView

HUB = "https://hub.test"
U1, U2 = "urn:union:81310120MC0A10017G", "urn:union:81310117MC0B20021Y"
KEY = PrivateKey.generate()
RECEIVED = datetime(2025, 3, 3, 2, tzinfo=UTC)
MEMBERSHIP = UUID("00000000-0000-4000-8000-000000000001")
HANDOFF = UUID("00000000-0000-4000-8000-000000000002")


def a_release(**changes: Any) -> str:
    members = {
        "handoff_id": str(HANDOFF),
        "custody_version": 1,
        "prev_sha256": b64url(bytes(32)),
        "receiving_union": U2,
        "out_date": "2025-03-03",
        "reason_code": "CHANGE_OF_EMPLOYER",
        "reason_text": "调动",
        "articles": ["A12"],
        "dues_paid_through": "2025-02",
        "relation_ended_on": "2025-02-28",
        "valid_until": "2025-06-01",
        "form_custody": "WITH_PERSONNEL_FILE",
        "card_sha256": b64url(bytes(32)),
        **changes,
    }
    return statements.sign(
        parse(acts.Release, members, ()), key=KEY, iss=U1, aud=HUB, sub=str(MEMBERSHIP), iat=RECEIVED
    )


def an_acceptance(**changes: Any) -> str:
    members = {
        "handoff_id": str(HANDOFF),
        "release_sha256": b64url(bytes(32)),
        "in_date": "2025-03-10",
        "holding_basis": "ORDINARY",
        "next_dues_month": "2025-03",
        "form_received": True,
        **changes,
    }
    return statements.sign(
        parse(acts.Acceptance, members, ()), key=KEY, iss=U2, aud=HUB, sub=str(MEMBERSHIP), iat=RECEIVED
    )


@pytest.mark.article("NX-3")
@pytest.mark.scenario(1)
def test_the_six_data_stand_in_the_two_statements() -> None:
    entry = entry_of(a_release(), "甲机械厂工会", an_acceptance(), "乙电子公司工会")
    assert (entry.out_date, entry.out_reason_text, entry.dues_paid_through, entry.releasing_seal) == (
        date(2025, 3, 3),
        "调动",
        "2025-02",
        "甲机械厂工会",
    )
    assert (entry.in_date, entry.receiving_seal) == (date(2025, 3, 10), "乙电子公司工会")


@pytest.mark.article("NX-3")
def test_both_lines_are_laid_out_as_on_paper() -> None:
    assert entry_of(a_release(), "甲机械厂工会", an_acceptance(), "乙电子公司工会").line == (
        "2025年3月3日因调动工会组织关系转出，会费交至2025年2月。甲机械厂工会（盖章）\n"
        "2025年3月10日工会组织关系转入。乙电子公司工会（盖章）"
    )


@pytest.mark.article("NX-3")
def test_the_second_line_is_empty_until_somebody_accepts() -> None:
    entry = entry_of(a_release(), "甲机械厂工会")
    assert (entry.in_date, entry.receiving_seal) == (None, None)
    assert entry.line == "2025年3月3日因调动工会组织关系转出，会费交至2025年2月。甲机械厂工会（盖章）"


def test_a_seal_without_an_acceptance_is_no_second_line() -> None:
    assert entry_of(a_release(), "甲机械厂工会", None, "乙电子公司工会").receiving_seal is None


def test_days_and_months_are_written_without_leading_zeros() -> None:
    release = a_release(out_date="2025-12-31", dues_paid_through="2025-10")
    assert entry_of(release, "甲").line.startswith("2025年12月31日因调动工会组织关系转出，会费交至2025年10月。")


def test_a_transfer_as_it_is_kept_prints_the_same() -> None:
    transfer = TransferView(HANDOFF, a_release(), "甲机械厂工会", an_acceptance(), "乙电子公司工会")
    assert entry_of_transfer(transfer) == entry_of(
        transfer.release_jws, "甲机械厂工会", transfer.acceptance_jws, "乙电子公司工会"
    )
