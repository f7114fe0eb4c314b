"""The machine of an entrustment agreement takes the steps that it lists, over the full product, and no other."""

import itertools

import pytest

from hub.errors import Code, Refusal
from hub.transfers.machines import ENTRUSTMENT, START, EntrustmentState, Side

ACTS = sorted({step.act for step in ENTRUSTMENT.steps} | {"accept"})
EITHER = ("DISPATCH", "HOST")
LEGAL = {
    **{(START, "propose", side): "DRAFT" for side in EITHER},
    **{("DRAFT", "propose", side): "DRAFT" for side in EITHER},
    **{("DRAFT", "withdraw", side): "WITHDRAWN" for side in EITHER},
    **{("DRAFT", "sign", side): "SIGNED_BY_ONE" for side in EITHER},
    **{("SIGNED_BY_ONE", "propose", side): "DRAFT" for side in EITHER},
    **{("SIGNED_BY_ONE", "withdraw", side): "WITHDRAWN" for side in EITHER},
    **{("SIGNED_BY_ONE", "sign", side): "IN_FORCE" for side in EITHER},
    **{("SIGNED_BY_ONE", "schedule", side): "SCHEDULED" for side in EITHER},
    ("SIGNED_BY_ONE", "lapse", "HUB"): "LAPSED",
    ("SCHEDULED", "start", "HUB"): "IN_FORCE",
    **{("SCHEDULED", "terminate", side): "TERMINATED" for side in EITHER},
    ("SCHEDULED", "suspend", "HIGHER"): "SUSPENDED",
    ("IN_FORCE", "suspend", "HIGHER"): "SUSPENDED",
    ("IN_FORCE", "expire", "HUB"): "EXPIRED",
    **{("IN_FORCE", "terminate", side): "TERMINATED" for side in EITHER},
    ("IN_FORCE", "supersede", "HUB"): "SUPERSEDED",
    **{("SUSPENDED", "resume", side): "IN_FORCE" for side in EITHER},
    **{("SUSPENDED", "reschedule", side): "SCHEDULED" for side in EITHER},
    **{("SUSPENDED", "terminate", side): "TERMINATED" for side in (*EITHER, "HIGHER")},
    ("SUSPENDED", "expire", "HUB"): "EXPIRED",
}


@pytest.mark.parametrize(("state", "act", "side"), list(itertools.product([START, *EntrustmentState], ACTS, Side)))
def test_only_listed_steps_are_legal(state: str, act: str, side: Side) -> None:
    target = LEGAL.get((state, act, side.value))
    if target is not None:
        assert ENTRUSTMENT.step(state, act, side).target == target
        return
    with pytest.raises(Refusal) as found:
        ENTRUSTMENT.step(state, act, side)
    assert (found.value.code, found.value.facts["state"]) == (Code.STEP_NOT_ALLOWED, state)


def test_the_last_states_are_left_by_no_step() -> None:
    left = {step.source for step in ENTRUSTMENT.steps}
    assert left.isdisjoint({"TERMINATED", "EXPIRED", "SUPERSEDED", "WITHDRAWN", "LAPSED"})
    assert {step.target for step in ENTRUSTMENT.steps} == set(EntrustmentState)


@pytest.mark.invariant("I11")
def test_no_step_is_one_of_custody() -> None:
    """What is in force comes of two signatures, never of one union alone; what was, may go on with a successor."""
    making = [step for step in ENTRUSTMENT.steps if step.target in {"IN_FORCE", "SCHEDULED"}]
    assert {step.source for step in making if step.side in {Side.DISPATCH, Side.HOST}} == {
        "SIGNED_BY_ONE",
        "SUSPENDED",
    }
