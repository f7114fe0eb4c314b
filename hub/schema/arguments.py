"""What every act takes: the signed statement, and for some the data that it binds by hash."""

from typing import Annotated

import strawberry

from hub.schema.context import Context, Info

__all__ = ["PersonText", "Statement", "fresh"]

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
