"""Every refusal that the hub knows can be told: in both languages, with its articles and what to do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from string import Formatter
from typing import TYPE_CHECKING, Any

import pytest
import strawberry
from strawberry.federation import Schema

from hub import errors
from hub.errors import CATALOGUE, Code
from hub.schema.refusals import Refusal, RefusalHandler

if TYPE_CHECKING:
    from hub.errors import Entry

ARTICLE = re.compile(r"A([1-9]|1\d|2[0-5])|N[1-6]|NX-[1-7]|HUB-P\d\d")
CHINESE = re.compile("[\u4e00-\u9fff]")


def facts_of(entry: Entry) -> dict[str, Any]:
    """Give a word for every gap in the sentences of a code."""
    sentences = (entry.zh, entry.en, entry.next_zh, entry.next_en)
    return {name: f"<{name}>" for text in sentences for _, name, _, _ in Formatter().parse(text) if name}


@strawberry.type
class Answer:
    done: bool


def asking(fault: Exception) -> Any:
    """Give a schema with one act, which ends in this."""

    @strawberry.type
    class Query:
        @strawberry.field
        async def act(self) -> Answer | Refusal:
            raise fault

    return Schema(query=Query, exception_handlers=[RefusalHandler()], federation_version="2.9")


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_told_in_both_languages(code: Code) -> None:
    facts = facts_of(CATALOGUE[code])
    told = Refusal.of(errors.Refusal(code, path=("release", "out_date"), **facts))
    assert told.code is code
    assert CHINESE.search(told.message)
    assert not CHINESE.search(told.message_en)
    zh, _, en = told.next_step.partition("。 ")
    assert CHINESE.search(zh)
    assert re.search("[a-z]", en)
    assert all(fact in told.message + told.message_en + told.next_step for fact in facts.values())
    assert told.articles
    assert all(ARTICLE.fullmatch(article) for article in told.articles)
    assert told.path == ["release", "out_date"]


@pytest.mark.parametrize("code", list(Code))
async def test_a_refusal_is_an_answer(code: Code) -> None:
    moment = datetime(2025, 6, 1, 16, tzinfo=UTC)
    refusal = errors.Refusal(code, path=("jti",), possible_from=moment, **facts_of(CATALOGUE[code]))
    result = await asking(refusal).execute(
        "{ act { __typename ... on Refusal { code articles message messageEn nextStep path retryable possibleFrom } } }"
    )
    assert result.errors is None
    assert result.data == {
        "act": {
            "__typename": "Refusal",
            "code": code.value,
            "articles": list(refusal.articles),
            "message": refusal.message,
            "messageEn": refusal.message_en,
            "nextStep": refusal.next_step,
            "path": ["jti"],
            "retryable": refusal.retryable,
            "possibleFrom": moment.isoformat(),
        }
    }


async def test_what_is_no_refusal_is_no_answer() -> None:
    result = await asking(ValueError("a bug")).execute("{ act { __typename } }")
    assert result.data is None
    assert len(result.errors) == 1
