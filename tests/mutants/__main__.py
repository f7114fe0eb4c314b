"""Run `python -m tests.mutants [WORD …] [--jobs N] [--list]`: exit 1 when a mutant survives."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from hub.database import embedded
from tests.mutants import checks, statements
from tests.mutants.mutant import ROOT, Mutant, take_from

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS: Final = ("hub", "federation", "tests", "pyproject.toml")
#: Every test that a mutant is shown to, in two runs; each must pass before there is any mutant.
_HALVES: Final = (
    ("tests/desk", "tests/unit/test_rules.py"),
    (
        *("tests/sql/test_constraints.py", "tests/sql/test_custody.py", "tests/sql/test_migrations.py"),
        *("tests/sql/test_ending.py", "tests/sql/test_proposing.py", "tests/sql/test_history.py"),
        *("tests/sql/test_retained_on.py", "tests/sql/test_suspended_agreements.py"),
        *("tests/sql/test_held_keys.py", "tests/sql/test_merging.py", "tests/sql/test_merging_among_others.py"),
        *("tests/sql/test_privileges.py", "tests/sql/test_reading.py", "tests/sql/test_registers.py"),
        *("tests/sql/test_visibility.py", "tests/sql/test_pull_races.py"),
        *("tests/sql/test_certificates.py", "tests/sql/test_policies.py"),
    ),
)
#: What a mutant's tests take at most, on a busy machine.
_SECONDS: Final = 180
#: A migration that fails is no test that notices.
_BROKEN: Final = re.compile(r"hub/database/migrate\.py:\d+|error(s)? during collection|INTERNALERROR|ImportError")


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: noticed by a test, survived, or broken: not even a schema, or no tests to show it to."""

    mutant: Mutant
    verdict: str
    by: str
    seconds: float


class Copy:
    """A copy of the tree, with databases of its own on the shared server."""

    def __init__(self, original: Path, name: str, superuser_dsn: str) -> None:
        self._original = original
        self.folder = original.with_name(name)
        shutil.copytree(original, self.folder)
        environment = {**os.environ, "TEST_DATABASE_SUPERUSER_URL": superuser_dsn, "TEST_DATABASES_OF": name}
        command = [sys.executable, "-c", "import hub; print(hub.__file__)"]
        where = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=True)
        assert Path(where.stdout.strip()).is_relative_to(self.folder), f"{where.stdout} is not the copy's"
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.nursery"],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._runs = 0

    def close(self) -> None:
        assert self._nursery.stdin is not None
        self._nursery.stdin.close()
        self._nursery.wait()

    def tests(self, *arguments: str, seconds: int, **environment: str) -> tuple[int, str]:
        """Run tests until the first that fails. Gives pytest's exit status and its words."""
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        always = ("-x", "-q", "-rfE", "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=short")
        output = self.folder / "output.txt"
        job = {
            "arguments": [*always, *arguments],
            "output": str(output),
            "environment": environment,
            "seconds": seconds,
        }
        self._nursery.stdin.write(f"{json.dumps(job)}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline()), output.read_text(encoding="utf-8")

    def try_(self, mutant: Mutant) -> Outcome:
        """Put a mutant in the place of its file, run the tests, put the file back."""
        started = time.monotonic()
        file, original = self.folder / mutant.file, self._original / mutant.file
        self._runs += 1
        try:
            file.write_text(mutant.text, encoding="utf-8")
            # No two mutants of a file have one time: what Python has compiled of one is not taken for another.
            stamp = original.stat().st_mtime + 2 * self._runs
            os.utime(file, (stamp, stamp))
            verdict, by = self._verdict(mutant)
        finally:
            shutil.copy2(original, file)
        return Outcome(mutant, verdict, by, time.monotonic() - started)

    def _verdict(self, mutant: Mutant) -> tuple[str, str]:
        if not mutant.tests:
            return "survived", "no test meets it"
        status, words = self.tests(*mutant.tests, seconds=_SECONDS)
        told = re.findall(r"^(?:FAILED|ERROR) (\S+)", words, re.MULTILINE)
        if status == 0:
            return "survived", " ".join(mutant.tests)[:80]
        if status == -signal.SIGALRM:
            return "noticed", "it would not end"
        if status != 1 or not told or _BROKEN.search(words):
            return "broken", words[-1500:]
        return "noticed", told[0]


def _original(folder: Path) -> Path:
    """Copy the tree as it is now: somebody may go on working in it."""
    original = folder / "original"
    original.mkdir()
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, original / part)
        else:
            shutil.copy2(ROOT / part, original / part)
    return original


def _unharmed(copy: Copy, *tests: str) -> dict[str, list[str]]:
    """Run tests as they are: they must pass. Gives which of them meet each refusal."""
    file = copy.folder / "noticed.json"
    status, words = copy.tests(*tests, "-p", "tests.mutants.noticing", seconds=10 * _SECONDS, NOTICED=str(file))
    if status != 0:
        sys.exit(f"the tests fail without any mutant:\n{words[-3000:]}")
    met: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
    return met


#: What is tried unless words say otherwise: none of these may survive. The conditions of SQL functions (`gate`: of
#: those that move custody, `condition`: of the others) are tried by these words. They take as long again, and some say
#: what another of the same row says already.
_MUST_BE_NOTICED: Final = frozenset({"check", "opening", "policy", "constraint", "grant"})


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _sql() -> list[Mutant]:
    return [*statements.constraints(), *statements.policies(), *statements.grants(), *statements.conditions()]


def _report(outcomes: Sequence[Outcome]) -> int:
    counts = Counter((outcome.mutant.kind, outcome.verdict) for outcome in outcomes)
    kinds = sorted({kind for kind, _ in counts})
    say(f"\n{'':12} {'noticed':>8} {'survived':>9} {'broken':>7}")
    for kind in kinds:
        say(f"{kind:12} {counts[kind, 'noticed']:>8} {counts[kind, 'survived']:>9} {counts[kind, 'broken']:>7}")
    bad = [outcome for outcome in outcomes if outcome.verdict != "noticed"]
    for outcome in bad:
        say(f"\n{outcome.verdict.upper()} {outcome.mutant}\n    {outcome.by}")
    return 1 if bad else 0


def _wanted(mutants: Sequence[Mutant], words: Sequence[str]) -> list[Mutant]:
    if not words:
        return [mutant for mutant in mutants if mutant.kind in _MUST_BE_NOTICED]
    return [mutant for mutant in mutants if all(word in str(mutant) for word in words)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument(
        "words",
        nargs="*",
        help="only those whose names hold these words, like `condition record_acceptance`",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--list", action="store_true", help="name the mutants and stop")
    given = parser.parse_args()

    if given.list:
        for mutant in _wanted([*_sql(), *checks.opening(), *checks.checks({})], given.words):
            say(str(mutant))
        return 0
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hub-mutants-")))
        original = _original(folder)
        take_from(original)
        server = stack.enter_context(embedded.start(throwaway=True))
        pool = stack.enter_context(ThreadPoolExecutor(given.jobs))
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(given.jobs):
            copy = Copy(original, f"copy{number}", server.dsn("hub", "postgres"))
            stack.callback(copy.close)
            copies.put(copy)

        def try_(mutant: Mutant) -> Outcome:
            copy = copies.get()
            try:
                return copy.try_(mutant)
            finally:
                copies.put(copy)

        def unharmed(tests: tuple[str, ...]) -> dict[str, list[str]]:
            copy = copies.get()
            try:
                return _unharmed(copy, *tests)
            finally:
                copies.put(copy)

        met: dict[str, list[str]] = {}
        for found in pool.map(unharmed, _HALVES):
            for place, tests in found.items():
                met.setdefault(place, []).extend(tests)
        mutants = _wanted([*_sql(), *checks.opening(), *checks.checks(met)], given.words)
        waiting = [pool.submit(try_, mutant) for mutant in mutants]
        outcomes: list[Outcome] = []
        for done in as_completed(waiting):
            outcome = done.result()
            outcomes.append(outcome)
            by = outcome.by.replace("tests/", "") if outcome.verdict == "noticed" else ""
            say(f"{outcome.verdict:8} {outcome.seconds:5.1f}s  {outcome.mutant}  {by}")
        return _report(outcomes)


if __name__ == "__main__":
    sys.exit(main())
