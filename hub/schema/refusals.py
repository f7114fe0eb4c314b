"""From the hub's lawful "no" to the schema's: one type, and the one place where an exception becomes an answer."""

from datetime import datetime
from typing import Any

import strawberry

from hub import errors
from hub.schema.enums import RefusalCode

__all__ = ["Refusal", "RefusalHandler"]


@strawberry.type(
    description="不予办理的答复：依据、原因和下一步怎么办。它是正常的答复，不是故障；除已注明者外，不留下任何记录。\n"
    "A lawful no: what it rests on, why, and what to do next. It is an answer, not a fault, and leaves nothing "
    "behind, except where noted."
)
class Refusal:
    """One refusal, in both languages."""

    code: RefusalCode = strawberry.field(description="代码，供程序判断。\nThe code, for programs.")
    articles: list[str] = strawberry.field(
        description="所依据的条款：A 为《工会会员会籍管理办法》，N、NX 为厅字〔2017〕4号及附件，HUB-P 为平台规则。\n"
        "What it rests on: A… of the 2016 measures, N… and NX-… of the 2017 notice and its annex, HUB-P… hub policy."
    )
    message: str = strawberry.field(description="中文说明。\nOne sentence in Chinese.")
    message_en: str = strawberry.field(description="英文说明。\nThe same in English.")
    next_step: str = strawberry.field(description="下一步怎么办，先中文后英文。\nWhat to do next, in both languages.")
    path: list[str] = strawberry.field(
        description="文书或填写内容中有问题的位置，由外到内；与具体位置无关时为空。\n"
        "Where in the statement or input the fault lies, outermost first; empty when it lies nowhere in it."
    )
    retryable: bool = strawberry.field(
        description="同一文书稍后原样再交，是否可能成功。\nWhether the same statement may succeed later, unchanged."
    )
    possible_from: datetime | None = strawberry.field(
        description="何时起可能办理；不取决于时间时为空。\nFrom when on it may be possible; null if time won't do."
    )

    @classmethod
    def of(cls, refusal: errors.Refusal) -> "Refusal":
        """Give the answer for a refusal."""
        return cls(
            code=refusal.code,
            articles=list(refusal.articles),
            message=refusal.message,
            message_en=refusal.message_en,
            next_step=refusal.next_step,
            path=list(refusal.path),
            retryable=refusal.retryable,
            possible_from=refusal.possible_from,
        )


class RefusalHandler(strawberry.ExceptionHandler[errors.Refusal, Refusal]):
    """Turns every `hub.errors.Refusal` that a field with a `… | Refusal` answer raises into that answer."""

    def handle(self, exception: errors.Refusal, *, field: Any, info: Any) -> Refusal:  # noqa: ARG002
        """Give the refusal as data."""
        return Refusal.of(exception)
