"""Secondment in the schema: the acts, their drafts, and the lists of home and host (A14)."""

from typing import Annotated, Any, cast
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub.schema.arguments import Statement, fresh
from hub.schema.connections import FIRST_DEFAULT, FIRST_MAX, connect
from hub.schema.context import Info
from hub.schema.enums import SecondmentSide, SecondmentState
from hub.schema.fields import act, told
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import given_of
from hub.schema.types.secondment_inputs import (
    ChangeSecondmentTermDraft,
    ConvertSecondmentDraft,
    EndHomeRelationDraft,
    EndSecondmentEarlyDraft,
    ExtendSecondmentDraft,
    RecordSecondmentDraft,
    RetargetSecondmentDraft,
)
from hub.schema.types.secondments import Secondment, SecondmentConnection
from hub.transfers.desk import drafting_secondment as drafting
from hub.transfers.desk import seconding
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger.reads_secondment import secondment_page

__all__ = ["SecondmentDrafts", "SecondmentMutations", "SecondmentReads"]

SecondmentResult = Annotated[
    Secondment | Refusal,
    strawberry.union(
        "SecondmentResult", description="办理后的借调，或拒绝。\nThe secondment as it stands, or a refusal."
    ),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class SecondmentMutations:
    """The acts on a secondment."""

    @act("登记借调；会籍不作变动。", "Records that a member works elsewhere for a time. The membership stays.")
    async def record_secondment(self, info: Info, statement: Statement) -> SecondmentResult:
        """Record."""
        context = fresh(info)
        return Secondment.of(await seconding.record(context.hub, context.caller, statement))

    @act("更改借调期，会籍未转移的。", "Changes the term of a secondment for which the membership has not moved.")
    async def change_secondment_term(self, info: Info, statement: Statement) -> SecondmentResult:
        """Change the term."""
        context = fresh(info)
        return Secondment.of(await seconding.change_term(context.hub, context.caller, statement))

    @act(
        "所在单位工会提前结束借调；会籍已转移的，自此应转回。",
        "Ends a secondment before its term, as the home union. A member with the host is to come back.",
    )
    async def end_secondment_early(self, info: Info, statement: Statement) -> SecondmentResult:
        """End early."""
        context = fresh(info)
        return Secondment.of(await seconding.end_early(context.hub, context.caller, statement))

    @act(
        "延长借调期；双方均签署后生效，期满后转回前也可。",
        "Signs a longer term. It counts with the other union's word, also late, as long as nothing has come back.",
    )
    async def extend_secondment(self, info: Info, statement: Statement) -> SecondmentResult:
        """Extend."""
        context = fresh(info)
        return Secondment.of(await seconding.extend(context.hub, context.caller, statement))

    @act(
        "正式转入借调单位工会；双方均签署后生效，不另办接转。",
        "Signs that the member stays with the host for good. It counts with the other's word, and is no handoff.",
    )
    async def convert_secondment(self, info: Info, statement: Statement) -> SecondmentResult:
        """Convert."""
        context = fresh(info)
        return Secondment.of(await seconding.convert(context.hub, context.caller, statement))

    @act(
        "会员已脱离原单位：所在单位工会（逾期由其上一级工会）放弃转回。",
        "Signs away the right to have the member back, as the home union, or in its stead as the one above.",
    )
    async def end_home_relation(self, info: Info, statement: Statement) -> SecondmentResult:
        """End the relation at home."""
        context = fresh(info)
        return Secondment.of(await seconding.end_home_relation(context.hub, context.caller, statement))

    @act(
        "原所在单位工会注销的，由其上一级工会指定借调期满后转回的承接工会。",
        "Names the union to which the member comes back, as the one above a home union that is wound up.",
    )
    async def retarget_secondment(self, info: Info, statement: Statement) -> SecondmentResult:
        """Name another home."""
        context = fresh(info)
        return Secondment.of(await seconding.retarget(context.hub, context.caller, statement))


@strawberry.type
class SecondmentDrafts:
    """The drafts of the acts on a secondment."""

    @told("起草借调登记。", "Drafts the entry of a secondment.")
    async def draft_record_secondment(self, info: Info, asked: Annotated[RecordSecondmentDraft, _INPUT]) -> Draft:
        """Draft an entry."""
        return Draft.of(await drafting.draft_secondment(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草借调期的更改。", "Drafts a change of the term of a secondment.")
    async def draft_change_secondment_term(
        self, info: Info, asked: Annotated[ChangeSecondmentTermDraft, _INPUT]
    ) -> Draft:
        """Draft a change."""
        return Draft.of(await drafting.draft_term(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草提前结束借调。", "Drafts the end of a secondment before its term.")
    async def draft_end_secondment_early(self, info: Info, asked: Annotated[EndSecondmentEarlyDraft, _INPUT]) -> Draft:
        """Draft an end."""
        return Draft.of(await drafting.draft_early_end(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草延长借调期。", "Drafts your union's word on a longer term.")
    async def draft_extend_secondment(self, info: Info, asked: Annotated[ExtendSecondmentDraft, _INPUT]) -> Draft:
        """Draft an extension."""
        return Draft.of(await drafting.draft_extension(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草正式转入借调单位工会。", "Drafts your union's word that the member stays with the host.")
    async def draft_convert_secondment(self, info: Info, asked: Annotated[ConvertSecondmentDraft, _INPUT]) -> Draft:
        """Draft a conversion."""
        return Draft.of(await drafting.draft_conversion(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草脱离原单位。", "Drafts the end of the relation at home.")
    async def draft_end_home_relation(self, info: Info, asked: Annotated[EndHomeRelationDraft, _INPUT]) -> Draft:
        """Draft an end of the relation."""
        return Draft.of(await drafting.draft_home_relation_end(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草转回工会的改定。", "Drafts the naming of another union to come back to.")
    async def draft_retarget_secondment(self, info: Info, asked: Annotated[RetargetSecondmentDraft, _INPUT]) -> Draft:
        """Draft a naming of another home."""
        return Draft.of(await drafting.draft_retargeting(info.context.hub, info.context.caller, given_of(asked)))


@strawberry.type
class SecondmentReads:
    """The lists of secondments."""

    @told(
        "本工会的借调：作为所在单位工会（HOME）或借调单位工会（HOST）；默认各种状态。",
        "Your union's secondments, as the home union or as the host's; in all states unless told.",
    )
    async def secondments(
        self,
        info: Info,
        side: Annotated[SecondmentSide, strawberry.argument(description="哪一方。\nWhich side your union is.")],
        states: Annotated[
            list[SecondmentState] | None,
            strawberry.argument(description="只列处于这些状态的。\nOnly those that stand in one of these states."),
        ] = UNSET,
        first: Annotated[
            int | None,
            strawberry.argument(
                description=f"每页条数，1 至 {FIRST_MAX}，默认 {FIRST_DEFAULT}。\n"
                f"How many, from 1 to {FIRST_MAX}; if not given, {FIRST_DEFAULT}."
            ),
        ] = UNSET,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="上一页的 endCursor；不填从头开始。\n"
                "The `endCursor` of the page before; if not given, from the start."
            ),
        ] = UNSET,
    ) -> SecondmentConnection:
        """Give a page."""
        context = info.context
        wanted = list(SecondmentState) if states is None or states is UNSET else sorted(set(states))
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="secondments",
            kinds=(UUID, int),
            first=first,
            after=after,
            narrowed_by=f"{side.value};{','.join(wanted)}",
        )
        async with reading_as(context.hub, context.caller) as reading:
            views = await secondment_page(
                reading,
                side=side.value,
                states=wanted,
                after=cast("tuple[UUID, int] | None", page.after),
                limit=page.limit,
            )
        found: Any = connect(
            page,
            views,
            key=lambda view: (view.membership_id, view.secondment_no),
            node=Secondment.of,
            into=SecondmentConnection,
        )
        return cast("SecondmentConnection", found)
