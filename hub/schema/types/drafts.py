"""Drafts: what a union would sign, and everything that speaks against it."""

import strawberry

from hub.schema.refusals import Refusal
from hub.schema.types.certificates import Card
from hub.transfers import views

__all__ = ["Draft"]


@strawberry.type(
    description="文书草稿：供签署的原文，和目前不能办理的全部原因。起草不改变任何会籍。\n"
    "A draft: the exact text to sign, and all that speaks against the act now. Drafting moves nothing."
)
class Draft:
    """A draft."""

    typ: str = strawberry.field(
        description="文书的类型，写入签名头的 typ。\nThe type of the statement, for the `typ` of its header."
    )
    claims: str | None = strawberry.field(
        description="供签署的 JSON 原文，请勿改动；找不到办理对象时为空。\n"
        "The JSON text to sign, exactly as it is; null if what it is about was not found."
    )
    card: Card | None = strawberry.field(
        description="供签署人核对的会员信息；入会、导入时其 json 作为 person 提交。\n"
        "What the signer should look at; of a join or an import, its `json` is the `person` to hand in."
    )
    document: str | None = strawberry.field(
        description="随文书提交的协议文本或名册原文，其摘要已写入文书；没有的为空。\n"
        "The text of an agreement or a roster, to hand in beside the statement, which binds it by its hash."
    )
    refusals: list[Refusal] = strawberry.field(
        description="不能办理的全部原因，按审查次序；为空即可签署提交。\n"
        "All that speaks against it, in the order of checking; if empty, sign and hand in."
    )

    @classmethod
    def of(cls, draft: views.Draft) -> "Draft":
        """Give a draft as its signer sees it."""
        return cls(
            typ=draft.typ,
            claims=draft.claims,
            card=None if draft.card is None else Card.of(draft.card),
            document=draft.document,
            refusals=[Refusal.of(refusal) for refusal in draft.refusals],
        )
