"""The random run: all acts, by random unions, against a model after each step; then their replay into an empty hub.

`make test` does a few runs, always the same ones. `make fuzz` does FUZZ_RUNS (200) of FUZZ_STEPS (60) rules each, from
a seed that it prints; FUZZ_SEED repeats it. What fails is shrunk and printed as a script of the rules, with the acts.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from federation.acts import ACTS
from tests.random.machine import KINDS, RandomActs
from tests.random.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.databases import Cluster
    from tests.worlds import Founded

F = TypeVar("F", bound="Callable[..., Any]")

FUZZ_RUNS = int(os.environ.get("FUZZ_RUNS", "0"))
RUNS = FUZZ_RUNS or 12
RULES = int(os.environ.get("FUZZ_STEPS", "60")) if FUZZ_RUNS else 30


def _marked(*invariants: str) -> Callable[[F], F]:
    def mark(test: F) -> F:
        for invariant in invariants:
            test = pytest.mark.invariant(invariant)(test)
        return test

    return mark


@pytest.fixture
def setting(cluster: Cluster, founded: Founded, key_folder: Path) -> Iterator[Setting]:
    made = Setting(cluster, founded, key_folder)
    yield made
    made.end()


def test_every_act_is_played() -> None:
    assert {kind.act.typ for kind in KINDS} == {*ACTS}


@_marked(*("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I11", "I13", "I14", "I15", "I16", "I17", "I18"))
def test_hub_and_model_agree_and_the_statements_rebuild_it_all(
    setting: Setting, capsys: pytest.CaptureFixture[str]
) -> None:
    class Machine(RandomActs):
        """One for this test: the setting is its own."""

    Machine.setting = setting
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=RULES,
            derandomize=not FUZZ_RUNS,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    assert FUZZ_RUNS or setting.steps["accept: done"] > 0, "nobody moved"
    assert FUZZ_RUNS or setting.steps["reissue_certificate: done"] > 1, "nobody reissued anything"
    assert FUZZ_RUNS or setting.steps["merge: done"] > 1, "nobody merged anything"
    assert FUZZ_RUNS or setting.steps["accept_for_external: done"] > 0, "nobody left the hub"
    with capsys.disabled():
        sys.stdout.write(setting.report())
