"""Winding up in the schema: the acts of the union above, and their drafts (HUB-P09)."""

from typing import Annotated

import strawberry

from hub.schema.arguments import Statement, fresh
from hub.schema.context import Info
from hub.schema.fields import act, told
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import given_of
from hub.schema.types.unions import Union, union_of
from hub.schema.types.winding_inputs import CloseUnionDraft, WindUpUnionDraft
from hub.transfers.desk import drafting_winding as drafting
from hub.transfers.desk import winding

__all__ = ["UnionResult", "WindingDrafts", "WindingMutations"]

UnionResult = Annotated[
    Union | Refusal,
    strawberry.union("UnionResult", description="办理后的工会，或拒绝。\nThe union after the act, or a refusal."),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class WindingMutations:
    """The acts that end a union."""

    @act(
        "决定注销下一级工会：不再接收会员，正在转入的退回，委托管理协议中止；可指定承接工会。",
        "Winds up a union beneath yours: it takes nobody in any more, what is on its way to it goes back, and its "
        "agreements are suspended. A successor may be named, also later.",
    )
    async def wind_up_union(self, info: Info, statement: Statement) -> UnionResult:
        """Wind up."""
        context = fresh(info)
        return await union_of(info, await winding.wind_up_union(context.hub, context.caller, statement))

    @act(
        "注销下一级工会：须无在册会员及未了结事项。",
        "Closes a union beneath yours that was wound up: with it there must be nobody and nothing left.",
    )
    async def close_union(self, info: Info, statement: Statement) -> UnionResult:
        """Close."""
        context = fresh(info)
        return await union_of(info, await winding.close_union(context.hub, context.caller, statement))


@strawberry.type
class WindingDrafts:
    """The drafts of the acts that end a union."""

    @told("起草注销下一级工会的决定。", "Drafts the winding up of a union beneath yours.")
    async def draft_wind_up_union(self, info: Info, asked: Annotated[WindUpUnionDraft, _INPUT]) -> Draft:
        """Draft a winding up."""
        return Draft.of(await drafting.draft_winding_up(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草下一级工会的注销。", "Drafts the closing of a union beneath yours.")
    async def draft_close_union(self, info: Info, asked: Annotated[CloseUnionDraft, _INPUT]) -> Draft:
        """Draft a closing."""
        return Draft.of(await drafting.draft_closing(info.context.hub, info.context.caller, given_of(asked)))
