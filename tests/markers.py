"""What the markers promise is kept: a test of an article asserts a refusal that cites it."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import CATALOGUE, Code

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTICLES_MAX = 2


def check_articles(item: pytest.Item) -> None:
    """Fail a test that names more than two articles, or one that no code it asserts cites.

    A test that names no code (what the law grants is granted) may bear any article.
    """
    marked = [article for marker in item.iter_markers("article") for article in marker.args]
    if not marked:
        return
    if len(marked) > ARTICLES_MAX:
        pytest.fail(f"a test shows at most {ARTICLES_MAX} articles")
    codes = set(_codes_of(item))
    cited = {article for code in codes for article in CATALOGUE[code].articles}
    missing = set(marked) - cited
    if codes and missing:
        pytest.fail(f"{sorted(codes)} cite {sorted(cited)}, not {sorted(missing)}")


def _codes_of(item: pytest.Item) -> Iterator[Code]:
    """Give the codes that a test names, in its body or its parameters."""
    function: Any = getattr(item, "function", None)
    names = set(_names_in(function.__code__)) if function is not None else set[str]()
    yield from (Code(name) for name in names & set(Code.__members__))
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    yield from (value for value in parameters.values() if isinstance(value, Code))


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
