"""The machine takes the steps that it lists, over the full product of states, acts and sides, and no other."""

from itertools import product

import pytest

from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus, UnionState
from hub.transfers.machines import (
    CERTIFICATE,
    EXPULSION,
    HANDOFF,
    MACHINES,
    MEMBERSHIP,
    OPEN_STATES,
    PLACEMENT,
    RETENTION,
    SECONDMENT,
    START,
    UNION,
    CertificateState,
    ExpulsionState,
    HandoffState,
    Machine,
    PlacementState,
    RetentionState,
    SecondmentState,
    Side,
    Step,
)

ACTS = sorted({step.act for step in HANDOFF.steps} | {"take"})
LEGAL = {
    (START, "request", "RECEIVER"): "REQUESTED",
    (START, "appeal", "RECEIVER"): "ESCALATED",
    (START, "release", "HOLDER"): "RELEASED",
    (START, "release_in_lieu", "HIGHER"): "RELEASED",
    ("REQUESTED", "release", "HOLDER"): "RELEASED",
    ("REQUESTED", "object", "HOLDER"): "OBJECTED",
    ("REQUESTED", "cancel", "RECEIVER"): "CANCELLED",
    ("REQUESTED", "escalate", "HUB"): "ESCALATED",
    ("REQUESTED", "supersede", "HUB"): "CANCELLED",
    ("REQUESTED", "void", "HUB"): "VOIDED",
    ("REQUESTED", "retain", "HUB"): "OBJECTED",
    ("ESCALATED", "release", "HOLDER"): "RELEASED",
    ("ESCALATED", "release_in_lieu", "HIGHER"): "RELEASED",
    ("REQUESTED", "release_for_external", "RECEIVER"): "RELEASED",
    ("ESCALATED", "release_for_external", "RECEIVER"): "RELEASED",
    ("RELEASED", "accept_for_external", "HOLDER"): "ACCEPTED",
    ("ESCALATED", "dismiss", "HIGHER"): "DISMISSED",
    ("ESCALATED", "cancel", "RECEIVER"): "CANCELLED",
    ("ESCALATED", "lapse", "HUB"): "LAPSED",
    ("ESCALATED", "supersede", "HUB"): "CANCELLED",
    ("ESCALATED", "void", "HUB"): "VOIDED",
    ("ESCALATED", "retain", "HUB"): "OBJECTED",
    ("REQUESTED", "wind_up", "HUB"): "CANCELLED",
    ("ESCALATED", "wind_up", "HUB"): "CANCELLED",
    ("RELEASED", "accept", "RECEIVER"): "ACCEPTED",
    ("RELEASED", "refuse", "RECEIVER"): "REFUSED",
    ("RELEASED", "recall", "HOLDER"): "RECALLED",
    ("RELEASED", "expire", "HUB"): "EXPIRED",
    ("RELEASED", "void", "HUB"): "VOIDED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *HandoffState], ACTS, Side)))
def test_only_listed_steps_are_legal(state: str, act: str, side: Side) -> None:
    target = LEGAL.get((state, act, side))
    if target is not None:
        assert HANDOFF.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        HANDOFF.step(state, act, side)
    assert (found.value.code, found.value.facts["state"]) == (Code.STEP_NOT_ALLOWED, state)


CERTIFICATE_ACTS = sorted({step.act for step in CERTIFICATE.steps} | {"lend"})
LEGAL_OF_A_CERTIFICATE = {
    (START, "issue_certificate"): "VALID",
    (START, "reissue_certificate"): "VALID",
    ("VALID", "record_loss"): "LOST",
    ("VALID", "reissue_certificate"): "SUPERSEDED",
    ("VALID", "collect_certificate"): "COLLECTED",
    ("VALID", "void_certificate"): "VOIDED",
    ("LOST", "recover_certificate"): "VALID",
    ("LOST", "reissue_certificate"): "SUPERSEDED",
    ("LOST", "void_certificate"): "VOIDED",
    ("SUPERSEDED", "recover_certificate"): "VOIDED",
}


@pytest.mark.invariant("I15")
@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *CertificateState], CERTIFICATE_ACTS, Side)))
def test_only_listed_steps_of_a_certificate_are_legal(state: str, act: str, side: Side) -> None:
    """COLLECTED and VOIDED are left by nothing, and nobody but the holder does anything."""
    target = LEGAL_OF_A_CERTIFICATE.get((state, act)) if side is Side.HOLDER else None
    if target is not None:
        assert CERTIFICATE.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        CERTIFICATE.step(state, act, side)
    assert (found.value.code, found.value.facts["state"]) == (Code.STEP_NOT_ALLOWED, state)


RETENTION_ACTS = sorted({step.act for step in RETENTION.steps} | {"take"})
LEGAL_OF_A_RETENTION = {
    (START, "record", "HOLDER"): "RECORDED",
    (START, "record", "HIGHER"): "RECORDED",
    (START, "import", "HOLDER"): "RECORDED",
    ("RECORDED", "change_reason", "HOLDER"): "RECORDED",
    ("RECORDED", "move", "RECEIVER"): "RECORDED",
    ("RECORDED", "restore", "HOLDER"): "RESTORED",
    ("RECORDED", "accept", "RECEIVER"): "RESTORED",
    ("RECORDED", "annul", "HOLDER"): "ANNULLED",
    ("RECORDED", "end", "HUB"): "ENDED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *RetentionState], RETENTION_ACTS, Side)))
def test_a_retention_takes_its_listed_steps_alone(state: str, act: str, side: Side) -> None:
    target = LEGAL_OF_A_RETENTION.get((state, act, side))
    if target is not None:
        assert RETENTION.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        RETENTION.step(state, act, side)
    assert found.value.code == Code.STEP_NOT_ALLOWED


SECONDMENT_ACTS = sorted({step.act for step in SECONDMENT.steps} | {"take"})
LEGAL_OF_A_SECONDMENT = {
    (START, "record", "HOME"): "RECORDED",
    ("RECORDED", "change_term", "HOME"): "RECORDED",
    ("RECORDED", "end_early", "HOME"): "ENDED",
    ("RECORDED", "lapse", "HUB"): "ENDED",
    ("RECORDED", "offer", "HOME"): "OFFERED",
    ("OFFERED", "accept", "RECEIVER"): "AT_HOST",
    ("OFFERED", "fall_back", "HUB"): "RECORDED",
    ("OFFERED", "close", "HUB"): "CLOSED",
    ("AT_HOST", "fall_due", "HUB"): "RETURN_DUE",
    ("AT_HOST", "end_early", "HOME"): "RETURN_DUE",
    ("AT_HOST", "extend", "HOME"): "AT_HOST",
    ("AT_HOST", "extend", "HOLDER"): "AT_HOST",
    ("RETURN_DUE", "extend", "HOME"): "AT_HOST",
    ("RETURN_DUE", "extend", "HOLDER"): "AT_HOST",
    ("AT_HOST", "convert", "HOME"): "CONVERTED",
    ("AT_HOST", "convert", "HOLDER"): "CONVERTED",
    ("RETURN_DUE", "convert", "HOME"): "CONVERTED",
    ("RETURN_DUE", "convert", "HOLDER"): "CONVERTED",
    ("AT_HOST", "end_home", "HOME"): "RELEASED_FROM_HOME",
    ("AT_HOST", "end_home", "HIGHER"): "RELEASED_FROM_HOME",
    ("RETURN_DUE", "end_home", "HOME"): "RELEASED_FROM_HOME",
    ("RETURN_DUE", "end_home", "HIGHER"): "RELEASED_FROM_HOME",
    ("AT_HOST", "retarget", "HIGHER"): "AT_HOST",
    ("RETURN_DUE", "retarget", "HIGHER"): "RETURN_DUE",
    ("RECORDED", "succeed", "RECEIVER"): "RECORDED",
    ("AT_HOST", "succeed", "RECEIVER"): "AT_HOST",
    ("RETURN_DUE", "succeed", "RECEIVER"): "RETURN_DUE",
    ("AT_HOST", "return", "RECEIVER"): "RETURNED",
    ("RETURN_DUE", "return", "RECEIVER"): "RETURNED",
    ("AT_HOST", "close", "HUB"): "CLOSED",
    ("RETURN_DUE", "close", "HUB"): "CLOSED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *SecondmentState], SECONDMENT_ACTS, Side)))
def test_a_secondment_takes_its_listed_steps_alone(state: str, act: str, side: Side) -> None:
    target = LEGAL_OF_A_SECONDMENT.get((state, act, side))
    if target is not None:
        assert SECONDMENT.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        SECONDMENT.step(state, act, side)
    assert found.value.code == Code.STEP_NOT_ALLOWED


UNION_ACTS = sorted({step.act for step in UNION.steps} | {"take"})
LEGAL_OF_A_UNION = {
    (START, "register_union", "HIGHER"): "ACTIVE",
    ("ACTIVE", "wind_up_union", "HIGHER"): "WINDING_UP",
    ("WINDING_UP", "wind_up_union", "HIGHER"): "WINDING_UP",
    ("WINDING_UP", "close_union", "HIGHER"): "CLOSED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *UnionState], UNION_ACTS, Side)))
def test_a_union_takes_its_listed_steps_alone(state: str, act: str, side: Side) -> None:
    target = LEGAL_OF_A_UNION.get((state, act, side))
    if target is not None:
        assert UNION.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        UNION.step(state, act, side)
    assert found.value.code == Code.STEP_NOT_ALLOWED


PLACEMENT_ACTS = sorted({step.act for step in PLACEMENT.steps} | {"take"})
#: Domain 3.3.
PLACEMENT_LEGAL = {
    (START, "release", "HOLDER"): "PROPOSED",
    (START, "join", "HOLDER"): "PLACED",
    (START, "restore", "HOLDER"): "PLACED",
    ("PROPOSED", "accept", "RECEIVER"): "PLACED",
    ("PROPOSED", "refuse", "RECEIVER"): "NOT_PLACED",
    ("PROPOSED", "recall", "HOLDER"): "NOT_PLACED",
    ("PROPOSED", "expire", "HUB"): "NOT_PLACED",
    ("PROPOSED", "void", "HUB"): "NOT_PLACED",
    ("PLACED", "organise", "HIGHER"): "EXIT_DUE",
    ("EXIT_DUE", "disband", "HIGHER"): "PLACED",
    ("PLACED", "exit", "RECEIVER"): "EXITED",
    ("EXIT_DUE", "exit", "RECEIVER"): "EXITED",
    ("PLACED", "move", "RECEIVER"): "PLACED",
    ("EXIT_DUE", "move", "RECEIVER"): "EXIT_DUE",
    ("PLACED", "retain", "HOLDER"): "CONVERTED",
    ("EXIT_DUE", "retain", "HOLDER"): "CONVERTED",
    ("PLACED", "end", "HOLDER"): "CLOSED",
    ("EXIT_DUE", "end", "HOLDER"): "CLOSED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(product([START, *PlacementState], PLACEMENT_ACTS, Side)))
def test_a_placement_takes_the_listed_steps_alone(state: str, act: str, side: Side) -> None:
    target = PLACEMENT_LEGAL.get((state, act, side))
    if target is not None:
        assert PLACEMENT.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        PLACEMENT.step(state, act, side)
    assert found.value.code is Code.STEP_NOT_ALLOWED


MEMBERSHIP_ACTS = sorted({step.act for step in MEMBERSHIP.steps} | {"take"})
LIVE_OR_NOT = {"ACTIVE", "RETAINED", "DUPLICATE_SUSPECTED"}
LEGAL_OF_A_MEMBERSHIP = {
    (START, "join", "HOLDER"): "ACTIVE",
    (START, "import", "HOLDER"): "DUPLICATE_SUSPECTED",
    (START, "import_retained", "HOLDER"): "RETAINED",
    ("ACTIVE", "retain", "HOLDER"): "RETAINED",
    ("ACTIVE", "retain", "HIGHER"): "RETAINED",
    ("RETAINED", "restore", "HOLDER"): "ACTIVE",
    **{(state, "withdraw", "HOLDER"): "WITHDRAWN" for state in ("ACTIVE", "RETAINED")},
    ("ACTIVE", "deem_withdrawn", "HOLDER"): "DEEMED_WITHDRAWN",
    **{(state, "expel", "HOLDER"): "EXPELLED" for state in ("ACTIVE", "RETAINED")},
    ("EXPELLED", "reverse", "HOLDER"): "ACTIVE",
    **{(state, "record_death", "HOLDER"): "DECEASED" for state in LIVE_OR_NOT},
    **{(state, "merge", "HOLDER"): "DUPLICATE_MERGED" for state in LIVE_OR_NOT},
    ("DUPLICATE_SUSPECTED", "go_on", "HUB"): "ACTIVE",
    ("DUPLICATE_SUSPECTED", "go_on_retained", "HUB"): "RETAINED",
}
EXPULSION_ACTS = sorted({step.act for step in EXPULSION.steps} | {"take"})
LEGAL_OF_AN_EXPULSION = {
    (START, "propose", "HOLDER"): "PROPOSED",
    ("PROPOSED", "drop", "HOLDER"): "DROPPED",
    **{(state, "decide", "HOLDER"): "DECIDED" for state in (START, "PROPOSED")},
    ("DECIDED", "file", "HOLDER"): "FILED",
    ("FILED", "collect", "HOLDER"): "COLLECTED",
    **{(state, "file", "HOLDER"): state for state in ("FILED", "COLLECTED")},
    **{(state, mark, "HIGHER"): state for state in ("FILED", "COLLECTED") for mark in ("acknowledge", "return")},
    **{(state, "reverse", "HOLDER"): "REVERSED" for state in ("DECIDED", "FILED", "COLLECTED")},
}


@pytest.mark.parametrize(
    ("machine", "legal", "state", "act", "side"),
    [
        *(
            (MEMBERSHIP, LEGAL_OF_A_MEMBERSHIP, *one)
            for one in product([START, *MembershipStatus], MEMBERSHIP_ACTS, Side)
        ),
        *((EXPULSION, LEGAL_OF_AN_EXPULSION, *one) for one in product([START, *ExpulsionState], EXPULSION_ACTS, Side)),
    ],
)
def test_a_membership_ends_by_its_listed_steps_alone(
    machine: Machine, legal: dict[tuple[str, str, str], str], state: str, act: str, side: Side
) -> None:
    target = legal.get((state, act, side))
    if target is not None:
        assert machine.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        machine.step(state, act, side)
    assert found.value.code == Code.STEP_NOT_ALLOWED


def test_from_an_end_one_step_alone_leads_back() -> None:
    leaving = [step for step in MEMBERSHIP.steps if step.source not in {START, *LIVE_OR_NOT}]
    assert [(step.source, step.act, step.target) for step in leaving] == [("EXPELLED", "reverse", "ACTIVE")]


def test_final_states_are_left_by_no_step() -> None:
    assert {step.source for step in HANDOFF.steps} - {START} <= OPEN_STATES
    assert {HandoffState.REQUESTED, HandoffState.ESCALATED, HandoffState.RELEASED} == OPEN_STATES


@pytest.mark.invariant("I5")
def test_a_move_is_the_receivers_or_by_the_paper_of_one_outside() -> None:
    moving = [step for step in HANDOFF.steps if step.target == HandoffState.ACCEPTED]
    assert [(step.source, step.act, step.side) for step in moving] == [
        ("RELEASED", "accept", Side.RECEIVER),
        ("RELEASED", "accept_for_external", Side.HOLDER),
    ]


def test_every_step_rests_on_something() -> None:
    steps = [step for machine in (*MACHINES, PLACEMENT) for step in machine.steps]
    assert all(step.article.startswith(("A", "N", "HUB-P")) for step in steps)


def test_a_step_told_twice_or_out_of_reach_makes_no_machine() -> None:
    begin = Step(START, "begin", Side.HOLDER, "OPEN", "A12")
    assert Machine("small", (begin,)).step(START, "begin", Side.HOLDER).target == "OPEN"
    with pytest.raises(AssertionError, match="twice"):
        Machine("twice", (begin, Step(START, "begin", Side.HOLDER, "SHUT", "A12")))
    with pytest.raises(AssertionError, match="reached"):
        Machine("apart", (begin, Step("ELSEWHERE", "end", Side.HOLDER, "SHUT", "A12")))
