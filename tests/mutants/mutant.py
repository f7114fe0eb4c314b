"""One thing taken away, and the tests that should notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
#: What the mutants are made from: a copy of the tree as it was when the run began.
_tree: list[Path] = [ROOT]


@dataclass(frozen=True)
class Mutant:
    """A file without one thing. `tests`: pytest's arguments, the likeliest first."""

    kind: str
    name: str
    file: str
    text: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


def source(file: str) -> str:
    return (_tree[0] / file).read_text(encoding="utf-8")


def take_from(tree: Path) -> None:
    """Make mutants from this tree from now on."""
    _tree[0] = tree


def without(text: str, start: int, end: int, instead: str = "") -> str:
    """Give a text with one span replaced."""
    assert text[start:end] != instead
    return text[:start] + instead + text[end:]
