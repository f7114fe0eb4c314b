"""The random run: every act there is, by random unions, against a model; then the same statements into an empty hub.

`make fuzz` runs for long: FUZZ_RUNS runs (200) of FUZZ_STEPS steps (60), from a seed that it prints, FUZZ_SEED. Here a few, always the same.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.random.machine import RandomActs
from tests.random.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.databases import Cluster
    from tests.worlds import Founded

FUZZ_RUNS = int(os.environ.get("FUZZ_RUNS", "0"))
RUNS, STEPS = FUZZ_RUNS or 8, int(os.environ.get("FUZZ_STEPS", "60" if FUZZ_RUNS else "40"))


@pytest.fixture
def setting(cluster: Cluster, founded: Founded, key_folder: Path) -> Iterator[Setting]:
    made = Setting(cluster, founded, key_folder)
    yield made
    made.end()


def test_random(setting: Setting, capsys: pytest.CaptureFixture[str]) -> None:
    class Machine(RandomActs):
        pass

    Machine.setting = setting
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            derandomize=not FUZZ_RUNS,
            database=None,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        ),
    )
    with capsys.disabled():
        print(f"\n{setting.runs} runs, {sum(setting.steps.values())} steps, {setting.replayed} statements replayed")
        for name, count in sorted(setting.steps.items()):
            print(f"  {count:6} {name}")
