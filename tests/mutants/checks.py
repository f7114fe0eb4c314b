"""Python mutants: each `yield from check_…` of an act's order, each refusal inside a check, each step of the opening.

Which tests meet a refusal is known from a run of them all (`noticing`): a mutant is shown to those alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from tests.mutants.mutant import ROOT, Mutant, source, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

RULES: Final = "hub/transfers/rules/"
CHAPTERS: Final = sorted(path.stem for path in (ROOT / RULES).glob("*.py") if "def check_" in path.read_text())
ORDERS: Final = sorted(path.stem for path in (ROOT / RULES).glob("order*.py"))
OPENING: Final = "hub/transfers/desk/opening.py"
#: The steps of an opening that give nothing back, and so can be left out.
STEPS: Final = {"require_login", "verify_signature", "verify_signer", "verify_key_in_force"}
#: What a page of a manifest is refused for, and its leaves: every `raise` in these.
PAGES: Final = ("hub/transfers/desk/manifests.py", "federation/leaves.py")
PAGES_TESTS: Final = ("tests/desk/test_manifests.py", "tests/federation/test_leaves.py")
#: For what no refusal marks: everything that opens statements.
OPENING_TESTS: Final = ("tests/desk/test_opening.py", "tests/desk/test_registering.py")


def checks(met: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    """Give every mutant of the rules. Takes the tests that meet each refusal, by `file:line` of where it is made."""
    for order in ORDERS:
        yield from _of_order(order, met)
    for chapter in CHAPTERS:
        file = f"{RULES}{chapter}.py"
        for check, node in _refusals(chapter):
            tests = met.get(f"{file}:{_place(check, node)}", ())
            name = f"{chapter}.{check} without line {node.lineno}"
            yield Mutant("check", name, file, _silent(source(file), node), _some(tests))


def _of_order(order: str, met: Mapping[str, Sequence[str]]) -> Iterator[Mutant]:
    file = f"{RULES}{order}.py"
    text = source(file)
    for function in ast.parse(text).body:
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.YieldFrom) and isinstance(call.value, ast.Call):
                called = ast.unparse(call.value.func)
                tests = met.get(f"{file}:{call.lineno}", ())
                yield Mutant(
                    "check", f"{order}.{function.name} without {called}", file, _silent(text, call), _some(tests)
                )


def opening() -> Iterator[Mutant]:
    """Give the mutants of a statement's opening."""
    text = source(OPENING)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = ast.unparse(node.value.func).rpartition(".")[2]
            if name in STEPS:
                yield Mutant(
                    "opening", f"line {node.lineno} without {name}", OPENING, _silent(text, node, "pass"), OPENING_TESTS
                )
        elif isinstance(node, ast.Raise) and node.exc is not None:
            told = ast.unparse(node.exc)
            tests = OPENING_TESTS if "IDEMPOTENCY" in told else PAGES_TESTS if "a leaf" in told else ()
            name = f"line {node.lineno} without its refusal"
            if tests:
                yield Mutant("opening", name, OPENING, _silent(text, node, "pass"), tests)
    file = "hub/transfers/desk/joining.py"
    text = source(file)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Raise) and "DOCUMENT_TAMPERED" in ast.unparse(node):
            yield Mutant(
                "opening",
                "join without the card's hash",
                file,
                _silent(text, node, "pass"),
                ("tests/desk/test_joining.py",),
            )
    yield from _of_pages()


def _of_pages() -> Iterator[Mutant]:
    """Give the mutants of a manifest's opening: it is taken in page by page."""
    for file in PAGES:
        text = source(file)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Raise) and node.exc is not None:
                name = f"{file} line {node.lineno} without its refusal"
                yield Mutant("opening", name, file, _silent(text, node, "pass"), PAGES_TESTS)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                called = ast.unparse(node.value.func)
                if called in {"open_statement", "_check_page"}:
                    name = f"{file} line {node.lineno} without {called}"
                    yield Mutant("opening", name, file, _silent(text, node, "pass"), PAGES_TESTS)


def _refusals(chapter: str) -> Iterator[tuple[str, ast.Yield]]:
    for function in ast.parse(source(f"{RULES}{chapter}.py")).body:
        if isinstance(function, ast.FunctionDef) and function.name.startswith("check_"):
            for node in ast.walk(function):
                if isinstance(node, ast.Yield):
                    yield function.name, node


def _place(check: str, node: ast.Yield) -> int | str:
    """Give the line on which the refusal itself is made; of one that is caught and passed on, the function."""
    if node.value is None or isinstance(node.value, ast.Name):
        return check
    return node.value.lineno


def _some(tests: Sequence[str], most: int = 12) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tests))[:most]


def _silent(text: str, node: ast.AST, instead: str = "yield from ()") -> str:
    assert isinstance(node, ast.expr | ast.stmt)
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    assert node.end_lineno is not None
    start = starts[node.lineno - 1] + len(lines[node.lineno - 1].encode()[: node.col_offset].decode())
    end_line = lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()
    return without(text, start, starts[node.end_lineno - 1] + len(end_line), instead)
