"""Rules that no database brings about today, another guard being before them: asked with facts of one's own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from federation import acts
from federation.encoding import b64url
from federation.forms import Code as Word
from federation.forms import Month, Sha256, Uscc
from hub.errors import Code
from hub.transfers.facts import CaseFacts, HandoffFacts, SignerFacts
from hub.transfers.kinds import UnionKind, UnionState
from hub.transfers.machines import HandoffState, Side
from hub.transfers.rules import custody, order
from hub.transfers.rules.days import day_of, end_of, month_of, months_after
from hub.transfers.rules.policy import NATIONAL
from hub.transfers.rules.questions import Case

NOW = datetime(2025, 3, 3, 2, tzinfo=UTC)
HASH = bytes(range(32))


def signer(**changes: Any) -> SignerFacts:
    given: dict[str, Any] = {
        "now": NOW,
        "login_in_force": True,
        "uri": "urn:union:81310117MC0B20021Y",
        "name": "乙电子公司工会",
        "kind": UnionKind.GRASSROOTS_INDEPENDENT,
        "state": UnionState.ACTIVE,
        "policy": NATIONAL,
        **dict.fromkeys(
            (
                "key_alg",
                "key_jwk",
                "key_not_before",
                "key_retired_at",
                "key_revoked_at",
                "earlier_sha256",
                "earlier_receipt",
            )
        ),
    }
    return SignerFacts(**{**given, **changes})


def handoff(**changes: Any) -> HandoffFacts:
    given: dict[str, Any] = {
        "member_id": uuid4(),
        "side": Side.RECEIVER.value,
        "state": HandoffState.RELEASED.value,
        "step_no": 1,
        "reason_code": "CHANGE_OF_EMPLOYER",
        "case_version": 1,
        "release_sha256": HASH,
        "out_date": date(2025, 3, 3),
        "dues_paid_through": "2025-02",
        "deadline": NOW + timedelta(days=90),
        "counterpart": uuid4(),
        "valid_until": date(2025, 6, 1),
        "requested_at": None,
        "released_at": NOW,
        "receiver_kind": UnionKind.GRASSROOTS_INDEPENDENT,
        "receiver_state": UnionState.ACTIVE,
        "custody_version": 1,
        "held_since": NOW,
        "status": "ACTIVE",
        "open_handoff": None,
        "employer_uscc": None,
    }
    return HandoffFacts(**{**given, **changes})


ACCEPTANCE = acts.Acceptance(
    handoff_id=UUID(int=1),
    release_sha256=Sha256(b64url(HASH)),
    in_date=date(2025, 3, 3),
    employer_uscc=Uscc("91310117MC0Q15154X"),
    relation_started_on=date(2025, 3, 1),
    holding_basis=Word("ORDINARY"),
    next_dues_month=Month("2025-03"),
    form_received=True,
)
REFUSAL = acts.Refusal(handoff_id=UUID(int=1), release_sha256=Sha256(b64url(HASH)), ground=Word("DOCUMENT_DEFECT"))
RECALL = acts.Recall(handoff_id=UUID(int=1), release_sha256=Sha256(b64url(HASH)))


def accept(facts: HandoffFacts, claims: acts.Acceptance = ACCEPTANCE) -> list[Code]:
    case = Case(claims, CaseFacts(signer=signer(), holds=False, handoff=facts))
    return [refusal.code for refusal in order.acceptance(case, claims)]


def test_a_case_in_order_is_accepted() -> None:
    assert accept(handoff()) == []


@pytest.mark.parametrize("state", [HandoffState.REQUESTED, HandoffState.ESCALATED])
def test_from_a_state_before_the_release_no_step_leads_on(state: HandoffState) -> None:
    facts = handoff(state=state.value, deadline=None, release_sha256=None)
    assert accept(facts) == [Code.STEP_NOT_ALLOWED, Code.DOCUMENT_TAMPERED]
    case = Case(REFUSAL, CaseFacts(signer=signer(), holds=False, handoff=facts))
    assert next(order.refusal(case, REFUSAL)).code == Code.STEP_NOT_ALLOWED
    holder = handoff(state=state.value, deadline=None, side=Side.HOLDER.value)
    case = Case(RECALL, CaseFacts(signer=signer(), holds=True, handoff=holder))
    assert next(order.recall(case, RECALL)).code == Code.STEP_NOT_ALLOWED


@pytest.mark.parametrize("state", [s for s in HandoffState if s not in {"RELEASED", "REQUESTED", "ESCALATED"}])
def test_a_final_state_is_told_by_its_name(state: HandoffState) -> None:
    (found,) = custody.check_case_is_open(handoff(state=state.value), NOW, accepting=False)
    assert (found.code, found.facts["state"]) == (Code.HANDOFF_NOT_OPEN, state.value)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(microseconds=1), timedelta(days=400)])
def test_a_release_ends_at_its_deadline_and_not_before(late: timedelta) -> None:
    deadline = NOW + timedelta(days=90)
    assert custody.projected_state("RELEASED", deadline, deadline + late) is HandoffState.EXPIRED
    assert custody.projected_state("RELEASED", deadline, deadline - timedelta(microseconds=1)) is HandoffState.RELEASED
    assert custody.projected_state("RELEASED", None, deadline + late) is HandoffState.RELEASED
    assert custody.projected_state("ACCEPTED", deadline, deadline + late) is HandoffState.ACCEPTED


class TestDays:
    @pytest.mark.parametrize(
        ("instant", "day"),
        [
            (datetime(2025, 3, 3, 15, 59, 59, 999999, UTC), date(2025, 3, 3)),
            (datetime(2025, 3, 3, 16, 0, tzinfo=UTC), date(2025, 3, 4)),
            (datetime(2024, 2, 28, 16, 0, tzinfo=UTC), date(2024, 2, 29)),
            (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), date(2026, 1, 1)),
        ],
    )
    def test_a_day_begins_in_shanghai(self, instant: datetime, day: date) -> None:
        assert day_of(instant) == day

    @pytest.mark.parametrize("day", [date(2025, 3, 3), date(2024, 2, 29), date(2025, 12, 31)])
    def test_a_day_ends_where_the_next_begins(self, day: date) -> None:
        assert day_of(end_of(day)) == day + timedelta(days=1)
        assert day_of(end_of(day) - timedelta(microseconds=1)) == day

    @pytest.mark.parametrize(
        ("month", "count", "found"),
        [("2025-12", 1, "2026-01"), ("2025-01", -1, "2024-12"), ("2025-03", 12, "2026-03"), ("2025-03", 0, "2025-03"),
         ("2025-03", -27, "2022-12")],
    )  # fmt: skip
    def test_months_are_counted_over_the_year(self, month: str, count: int, found: str) -> None:
        assert months_after(month, count) == found

    def test_a_month_has_two_digits(self) -> None:
        assert month_of(date(2025, 3, 9)) == "2025-03"
