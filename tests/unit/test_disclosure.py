"""The matrix of domain 5.2 for the sides that there are so far, over the full product of side and state."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from hub.authz import disclosure
from hub.transfers.lapses import steps_as_they_stand
from hub.transfers.machines import HANDOFF, HandoffState, Side
from hub.transfers.rules.standing import Passed
from hub.transfers.views import HandoffView, StepView

NOW = datetime(2025, 3, 3, 2, tzinfo=UTC)
PARTIES = (Side.HOLDER, Side.RECEIVER)
SIDES = (*PARTIES, Side.HIGHER)
#: States that a handoff gets to without a release, by a request (domain 3.2).
UNRELEASED = (
    HandoffState.REQUESTED,
    HandoffState.OBJECTED,
    HandoffState.ESCALATED,
    HandoffState.CANCELLED,
    HandoffState.DISMISSED,
    HandoffState.LAPSED,
)
CLOSED_UNACCEPTED = (HandoffState.REFUSED, HandoffState.RECALLED, HandoffState.EXPIRED, HandoffState.VOIDED)


def a_case(side: Side, state: HandoffState, **changes: Any) -> HandoffView:
    facts: dict[str, Any] = {
        "handoff_id": UUID(int=1),
        "membership_id": UUID(int=2),
        "own_union": UUID(int=3),
        "side": side,
        "state": state,
        "counterpart": UUID(int=4),
        "reason_code": "CHANGE_OF_EMPLOYER",
        "out_date": date(2025, 3, 3),
        "in_date": None,
        "valid_until": date(2025, 6, 1),
        "dues_paid_through": "2025-02",
        "ground": None,
        "deadline": None,
        "opened_at": NOW,
        "requested_at": None,
        "released_at": None if state in UNRELEASED else NOW,
        "closed_at": None,
    }
    return HandoffView(**facts | changes)


@pytest.mark.parametrize(("side", "state"), list(product(SIDES, HandoffState)))
def test_the_card_and_the_dues_month(side: Side, state: HandoffState) -> None:
    """I16: the receiver's while the release is open, and what it has accepted; the releasing union's stub always."""
    case = a_case(side, state)
    shown = side is Side.HOLDER or (side is Side.RECEIVER and state in {HandoffState.RELEASED, HandoffState.ACCEPTED})
    assert disclosure.sees_card(case) is shown
    assert disclosure.sees_dues(case) is shown


@pytest.mark.parametrize("state", CLOSED_UNACCEPTED)
@pytest.mark.attack("Z04")
def test_a_receiver_of_a_closed_handoff_reads_nothing_of_the_person(state: HandoffState) -> None:
    case = a_case(Side.RECEIVER, state)
    assert not disclosure.sees_card(case)
    assert not disclosure.sees_dues(case)
    assert not disclosure.sees_member(case)
    assert not disclosure.sees_transfer_entry(case)


@pytest.mark.parametrize(("side", "state"), list(product(SIDES, HandoffState)))
def test_the_member_is_looked_for_only_where_the_side_may_hold(side: Side, state: HandoffState) -> None:
    may_hold = side is Side.HOLDER or (side is Side.RECEIVER and state is HandoffState.ACCEPTED)
    assert disclosure.sees_member(a_case(side, state)) is may_hold


@pytest.mark.parametrize(("side", "state"), list(product(SIDES, HandoffState)))
def test_who_holds_is_not_told_to_a_receiver_before_the_release(side: Side, state: HandoffState) -> None:
    case = a_case(side, state)
    hidden = side is Side.RECEIVER and state in UNRELEASED
    assert disclosure.sees_releasing_union(case) is not hidden
    assert disclosure.sees_statement_of(case, Side.HOLDER) is not hidden
    assert disclosure.sees_statement_of(case, Side.HIGHER) is not hidden
    assert disclosure.sees_statement_of(case, Side.RECEIVER)


@pytest.mark.parametrize(("side", "state"), list(product(SIDES, HandoffState)))
def test_the_entry_of_the_column_is_its_parties_as_long_as_the_release_stands(side: Side, state: HandoffState) -> None:
    stands = state in {HandoffState.RELEASED, HandoffState.ACCEPTED}
    assert disclosure.sees_transfer_entry(a_case(side, state)) is (side in PARTIES and stands)


@pytest.mark.parametrize(("side", "state"), list(product(SIDES, HandoffState)))
def test_the_proof_is_the_two_parties_once_there_is_a_release(side: Side, state: HandoffState) -> None:
    assert disclosure.sees_proof(a_case(side, state)) is (side in PARTIES and state not in UNRELEASED)


@pytest.mark.parametrize("step", [step for step in HANDOFF.steps if step.side is Side.HUB])
def test_what_nobody_signed_is_shown_with_the_side_that_it_concerns(step: Any) -> None:
    assert (
        disclosure.side_of_step(step.act, step.side)
        is {
            "expire": Side.HOLDER,
            "void": Side.RECEIVER,
            "escalate": Side.HOLDER,
            "lapse": Side.HIGHER,
            "supersede": Side.HOLDER,
            "retain": Side.HOLDER,
            "wind_up": Side.RECEIVER,
        }[step.act]
    )


@pytest.mark.parametrize("step", [step for step in HANDOFF.steps if step.side is not Side.HUB])
def test_a_signed_step_is_shown_with_its_own_side(step: Any) -> None:
    assert disclosure.side_of_step(step.act, step.side) is step.side


RELEASE = StepView("release", Side.HOLDER, HandoffState.RELEASED, UUID(int=3), "urn:union:x", NOW, b"", "jws", "r")


def test_a_case_that_dates_have_moved_ends_in_their_steps_though_nobody_has_recorded_them() -> None:
    lapse = Passed("expire", HandoffState.RELEASED, HandoffState.EXPIRED, NOW)
    case = a_case(Side.HOLDER, HandoffState.EXPIRED, closed_at=NOW, passed=(lapse,))
    release, step = steps_as_they_stand(case, [RELEASE])
    assert release is RELEASE
    assert (step.act, step.side, step.to_state, step.at) == ("expire", Side.HUB, HandoffState.EXPIRED, NOW)
    assert (step.by_union, step.jws) == (None, None)


def test_what_is_recorded_is_told_once() -> None:
    case = a_case(Side.HOLDER, HandoffState.EXPIRED, closed_at=NOW)
    assert steps_as_they_stand(case, [RELEASE]) == [RELEASE]


def test_a_request_superseded_is_to_who_asked_one_cancelled() -> None:
    shown = {side: disclosure.act_shown(a_case(side, HandoffState.CANCELLED), "supersede") for side in SIDES}
    assert shown == {Side.HOLDER: "supersede", Side.RECEIVER: "cancel", Side.HIGHER: "supersede"}


def test_one_that_a_retention_ended_is_to_who_asked_one_objected_to() -> None:
    shown = {side: disclosure.act_shown(a_case(side, HandoffState.OBJECTED), "retain") for side in SIDES}
    assert shown == {Side.HOLDER: "retain", Side.RECEIVER: "object", Side.HIGHER: "retain"}


@pytest.mark.parametrize("state", HandoffState)
def test_only_the_union_above_the_holder_is_shown_a_masked_name(state: HandoffState) -> None:
    holder, receiver = UUID(int=4), UUID(int=5)
    parties = {"from_union": holder, "to_union": receiver, "name_masked": "张*"}
    above_holder = a_case(Side.HIGHER, state, counterpart=holder, **parties)
    above_receiver = a_case(Side.HIGHER, state, counterpart=receiver, **parties)
    assert disclosure.sees_name_masked(above_holder)
    assert not disclosure.sees_name_masked(above_receiver)
    assert not any(disclosure.sees_name_masked(a_case(side, state)) for side in PARTIES)
