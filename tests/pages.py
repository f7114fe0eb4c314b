"""The pages of `docs/` that are made from the code: what rests on each article, and the state machines drawn."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hub.errors import CATALOGUE
from hub.transfers import machines
from hub.transfers.machines import START, Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[1]
ARTICLES: Final = (
    *(f"A{number}" for number in range(1, 26)),
    *(f"N{number}" for number in range(1, 7)),
    *(f"NX-{number}" for number in range(1, 8)),
)
#: What asks nothing of a hub, and why.
NOTHING: Final = {
    "A1": "states the purpose; where the text is silent, the reading counts that keeps a member a member",
    "A10": "is about a ceremony, of which nothing is recorded",
    "A24": "leaves the reading to the national federation: each reading of ours is a rule with its source",
    "N1": "says why the notice matters",
    "NX-1": "is the cover and the first page, which hold nothing of a member",
}
_CITED: Final = re.compile(r"\b(A|N|NX-)(\d+)(?:[–-](?:A|N|NX-)?(\d+))?\b")


@dataclass
class Resting:
    """What rests on one article."""

    steps: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    tests: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __bool__(self) -> bool:
        return bool(self.steps or self.rules or self.refusals)


def all_machines() -> list[Machine]:
    """Give every state machine that there is, by name."""
    found = [value for value in vars(machines).values() if isinstance(value, Machine)]
    return sorted(found, key=lambda machine: machine.name)


def cited_in(text: str) -> Iterator[str]:
    """Give the articles that a text cites; `A2–A9` is eight."""
    for kind, begin, end in _CITED.findall(text):
        for number in range(int(begin), int(end or begin) + 1):
            yield f"{kind}{number}"


@cache
def resting() -> dict[str, Resting]:
    """Give what rests on each article, in the articles' order."""
    found = {article: Resting() for article in ARTICLES}
    for article, step in _steps():
        found[article].steps.append(step)
    for article, rule in _rules():
        found[article].rules.append(rule)
    for code, entry in CATALOGUE.items():
        for article in _known(" ".join(entry.articles)):
            found[article].refusals.append(f"`{code}`")
    for module in sorted((ROOT / "tests").rglob("test_*.py")):
        for article in _marked(module):
            if article in found:
                found[article].tests[str(module.relative_to(ROOT))] += 1
    return found


def _steps() -> Iterator[tuple[str, str]]:
    for step, name in ((step, machine.name) for machine in all_machines() for step in machine.steps):
        origin = "" if step.source == START else f"{step.source} "
        for article in _known(step.article):
            yield article, f"{name}: {origin}→ {step.target} ({step.act}, {step.side})"


def _rules() -> Iterator[tuple[str, str]]:
    for module in sorted((ROOT / "hub").rglob("*.py")):
        for name, docstring in _documented(module):
            for article in _known(docstring.partition("Source:")[2]):
                yield article, f"`{module.stem}.{name}`"


def _known(text: str) -> list[str]:
    return [article for article in dict.fromkeys(cited_in(text)) if article in ARTICLES]


def _documented(module: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, ast.get_docstring(node) or ""


def _marked(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.article"):
            yield from (str(one.value) for one in node.args if isinstance(one, ast.Constant))


def articles_page() -> str:
    """Write docs/articles.md."""
    lines = [
        "# Article by article",
        "",
        "Made by `make golden`: what each article of the 办法 (A), of the notice 厅字〔2017〕4号 (N) and of its annex",
        "(NX) has become. Steps are drawn in `docs/states.md`; rules and acts are what cites it below `hub/`.",
    ]
    for article, one in resting().items():
        lines += ["", f"## {article}", ""]
        if article in NOTHING:
            lines.append(f"Asks nothing of a hub: it {NOTHING[article]}.")
            continue
        told = {
            "Steps": one.steps,
            "Rules and acts": one.rules,
            "Refusals": one.refusals,
            "Tests": [f"{name} ({count})" for name, count in one.tests.items()],
        }
        lines += [f"- {name}: {' · '.join(dict.fromkeys(said))}" for name, said in told.items() if said]
    return "\n".join(lines) + "\n"


def states_page() -> str:
    """Write docs/states.md."""
    lines = [
        "# The state machines",
        "",
        "Made by `make golden` from `hub/transfers/machines.py`, by which hub and database go. An arrow tells the act,",
        "whose it is, and on what it rests. What is HUB's is nobody's: a date passed, or another act entails it.",
    ]
    for machine in all_machines():
        lines += ["", f"## {machine.name}", "", "```mermaid", "stateDiagram-v2"]
        for step in machine.steps:
            origin = "[*]" if step.source == START else step.source
            lines.append(f"  {origin} --> {step.target}: {step.act} ({step.side}) {step.article}")
        lines.append("```")
    return "\n".join(lines) + "\n"


PAGES: Final = {"articles.md": articles_page, "states.md": states_page}
