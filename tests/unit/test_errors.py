"""The catalogue: every code speaks both languages, cites what it rests on, and says what to do next."""

import re
import string
from datetime import UTC, datetime
from typing import Any

import pytest

from federation.errors import StatementCode
from hub.errors import CATALOGUE, Code, Entry, Refusal
from hub.transfers.words import in_chinese, status_in_chinese

ARTICLE = re.compile(r"A([1-9]|1\d|2[0-5])|N[1-6]|NX-[1-7]|HUB-P(0[1-9]|1\d)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: What a code's sentences are filled with; a code that is not here has none.
FACTS = {
    Code.HANDOFF_NOT_OPEN: {"state", "state_zh"},
    Code.REFUSAL_GROUND_NOT_ALLOWED: {"allowed", "allowed_zh"},
    Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED: {"allowed", "allowed_zh"},
    Code.REASON_NOT_ALLOWED: {"allowed", "allowed_zh"},
    Code.STEP_NOT_ALLOWED: {"state", "state_zh"},
    Code.EMPLOYER_HAS_UNION: {"union"},
    Code.DISPATCH_MUST_JOIN_HOST: {"union"},
    Code.BACKDATE_TOO_FAR: {"days"},
    Code.DUES_MONTH_IMPLAUSIBLE: {"earliest", "latest"},
    Code.CLOCK_SKEW: {"now"},
    Code.DUES_EXEMPT_IN_RETENTION: {"exempt_from"},
    Code.SECONDMENT_TOO_SHORT: {"last_day"},
    Code.UNION_STILL_HOLDS_MEMBERS: {"members", "handoffs", "agreements", "reversions", "unions"},
    Code.INPUT_INVALID: {"why_zh", "why_en"},
}


def names_in(entry: Entry) -> set[str]:
    texts = (entry.zh, entry.en, entry.next_zh, entry.next_en)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_code_has_its_entry() -> None:
    assert CATALOGUE.keys() == set(Code)


@pytest.mark.parametrize("code", list(Code))
def test_it_speaks_both_languages(code: Code) -> None:
    entry = CATALOGUE[code]
    assert CHINESE.search(entry.zh)
    assert CHINESE.search(entry.next_zh)
    assert not CHINESE.search(entry.en + entry.next_en)
    assert entry.zh.endswith("。")
    assert entry.en.endswith(".")
    assert entry.next_zh.endswith("。")
    assert entry.next_en.endswith(".")


@pytest.mark.parametrize("code", list(Code))
def test_it_cites_articles_or_hub_policy(code: Code) -> None:
    articles = CATALOGUE[code].articles
    assert articles
    assert all(ARTICLE.fullmatch(article) for article in articles)


@pytest.mark.parametrize("code", list(Code))
def test_its_sentences_are_filled_with_its_facts(code: Code) -> None:
    assert names_in(CATALOGUE[code]) == FACTS.get(code, set())
    facts: dict[str, Any] = {name: f"<{name}>" for name in FACTS.get(code, ())}
    refusal = Refusal(code, **facts)
    for text in (refusal.message, refusal.message_en, refusal.next_step):
        assert "{" not in text
    assert CHINESE.search(refusal.next_step)


def test_a_refusal_carries_where_and_when() -> None:
    when = datetime(2025, 3, 4, tzinfo=UTC)
    refusal = Refusal(Code.DATE_IN_FUTURE, path=("release", "out_date"), possible_from=when)
    assert (refusal.path, refusal.possible_from, refusal.articles) == (("release", "out_date"), when, ("NX-3",))
    assert str(refusal) == "DATE_IN_FUTURE"
    assert Refusal(Code.DATE_IN_FUTURE).path == ()


def test_what_may_succeed_later_says_so() -> None:
    assert {code for code in Code if Refusal(code).retryable} == {Code.CLOCK_SKEW, Code.RATE_LIMITED}


def test_every_fault_of_a_statement_is_a_code_of_the_hub() -> None:
    assert {code.value for code in StatementCode} <= {code.value for code in Code}


def test_who_withdrew_is_not_told_that_something_was_taken_back() -> None:
    assert (status_in_chinese("WITHDRAWN"), in_chinese("WITHDRAWN")) == ("已退会", "已撤回")
    assert status_in_chinese("RETAINED") == in_chinese("RETAINED")
