"""The pages of docs that are made from the code are those that lie there, and no article is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages import ARTICLES, NOTHING, PAGES, ROOT, cited_in, resting

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(("name", "written"), PAGES.items(), ids=list(PAGES))
def test_a_made_page_is_as_the_code_is(name: str, written: Callable[[], str], *, golden: bool) -> None:
    page = ROOT / "docs" / name
    if golden:
        page.write_text(written(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == written(), "make golden, and read the diff"


@pytest.mark.parametrize("article", ARTICLES)
def test_every_article_has_become_something_or_says_why_not(article: str) -> None:
    here = resting()[article]
    assert bool(here) or article in NOTHING, f"nothing rests on {article}"
    assert not here or article not in NOTHING, f"{article} asks nothing of a hub, and yet something rests on it"
    assert not here or here.tests, f"nothing that rests on {article} is tested as its own"


def test_articles_are_read_out_of_what_cites_them() -> None:
    assert list(cited_in("A2–A4, N6, NX-3; HUB-P12, 17")) == ["A2", "A3", "A4", "N6", "NX-3"]
    assert list(cited_in("domain 3.1")) == []
