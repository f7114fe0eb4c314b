"""What many fields take: the signed statement, for some acts the data that it binds by hash; and a day that is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import strawberry

from hub import errors
from hub.schema.context import Context, Info
from hub.schema.faults import BadUserInput

__all__ = ["PersonText", "Statement", "day_in_order", "fresh"]

Statement = Annotated[
    str,
    strawberry.argument(
        description="以本工会签章密钥签署的文书（JWS）。同一文书可重复提交，只办理一次。\n"
        "The statement, a compact JWS signed by your union's key. The same one again acts no second time."
    ),
]

PersonText = Annotated[
    str,
    strawberry.argument(
        description="个人信息，即草稿的 card.json 原文；其摘要已在文书中签署。\n"
        "The person's data: the exact text of the draft's `card.json`, whose hash the statement signs."
    ),
]


def fresh(info: Info) -> Context:
    """Give the context, with nothing in it that was read before this act."""
    info.context.loads.forget()
    return info.context


@contextmanager
def day_in_order() -> Iterator[None]:
    """Answer a day to come, where a read is of a day (`asOf`), as bad input: nothing is known of it yet."""
    try:
        yield
    except errors.Refusal as refusal:
        if refusal.code is not errors.Code.DATE_IN_FUTURE:
            raise
        raise BadUserInput(
            f"{refusal.message} {refusal.message_en}", argument="asOf", refusal=refusal.code.value
        ) from None
