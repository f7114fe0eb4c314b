"""Earlier lines of a certificate, dues, and the electoral roll in the schema (A21, A25, NX-6)."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub.schema.arguments import Statement, day_in_order, fresh
from hub.schema.connections import Connection, connect
from hub.schema.context import Info
from hub.schema.fields import act, told
from hub.schema.ids import decode_id
from hub.schema.queries import After, First
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.histories import DuesRecord
from hub.schema.types.history_inputs import ImportHistoryDraft, RecordDuesDraft
from hub.schema.types.inputs import given_of
from hub.schema.types.members import Member, MemberResult, find_member
from hub.transfers.desk import drafting_history, history
from hub.transfers.ledger.history import Elector as ElectorRow

__all__ = ["HistoryDrafts", "HistoryMutations", "HistoryReads"]

_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")
_NOBODY = UUID(int=0)


@strawberry.type(description="选民名册中的一名会员。\nOne member on the electoral roll.")
class Elector:
    """Who may elect, be elected and vote."""

    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership's id.")

    @told("会员；已不由本会管理的为空。", "The member; null where you hold the membership no more.")
    async def member(self, info: Info) -> Member | None:
        """Give the member."""
        return await find_member(info, self.membership_id)


@strawberry.type(description="选民名册的一页。\nA page of the electoral roll.")
class ElectorConnection(Connection[Elector]):
    """A page."""


DuesResult = Annotated[
    Member | DuesRecord | Refusal,
    strawberry.union(
        "DuesResult",
        description="登记后的会员（会籍所在工会）、登记本身（受托收缴的工会），或拒绝。\n"
        "To the holder the member as it stands; to a host union that collects, the record; or a refusal.",
    ),
]
ElectoralRollResult = Annotated[
    ElectorConnection | Refusal,
    strawberry.union("ElectoralRollResult", description="选民名册，或拒绝。\nA page of the roll, or a refusal."),
]


@strawberry.type
class HistoryMutations:
    """The acts."""

    @act(
        "补录会员证在进入本系统以前的接转、保留记录，由首个所在工会办理；再次补录即为更正。",
        "Brings in the lines of a certificate of before the hub, as the union that brought the membership in. To bring "
        "them in again corrects them.",
    )
    async def import_history(self, info: Info, statement: Statement) -> MemberResult:
        """Bring in earlier lines."""
        context = fresh(info)
        return Member.of(await history.import_history(context.hub, context.caller, statement))

    @act(
        "登记会员交纳会费至某月，由会籍所在工会或协议委托收缴的用工单位工会办理。",
        "Records to which month a member has paid dues: by the holder, or by the host union to which an agreement "
        "gives the collection.",
    )
    async def record_dues(self, info: Info, statement: Statement) -> DuesResult:
        """Record dues."""
        context = fresh(info)
        view = await history.record_dues(context.hub, context.caller, statement)
        return await find_member(info, view.membership_id) or DuesRecord.of(view)


@strawberry.type
class HistoryDrafts:
    """The drafts."""

    @told("起草补录进入本系统以前的记录。", "Drafts the import of lines of before the hub.")
    async def draft_import_history(self, info: Info, asked: Annotated[ImportHistoryDraft, _INPUT]) -> Draft:
        """Draft an import of lines."""
        return Draft.of(await drafting_history.draft_history(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草会费登记。", "Drafts a record of dues.")
    async def draft_record_dues(self, info: Info, asked: Annotated[RecordDuesDraft, _INPUT]) -> Draft:
        """Draft a record of dues."""
        return Draft.of(await drafting_history.draft_dues(info.context.hub, info.context.caller, given_of(asked)))


@strawberry.type
class HistoryReads:
    """The electoral roll."""

    @told(
        "本会某日的选民名册：会籍正常的会员；所问会员保留会籍的，予以说明。只向本会开放。",
        "Your union's electoral roll of a day: those whom it held as active. Asked about one member who is retained, "
        "it says why not. For the union itself alone; null for others, and where you did not hold the member then.",
    )
    async def electoral_roll(
        self,
        info: Info,
        union_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="本会的全局编号；可不填。\nYour union's global id; may be left out."),
        ] = UNSET,
        as_of: Annotated[
            date | None,
            strawberry.argument(
                description="截至哪一日（上海时间当日 24:00）；不填为此刻。\n"
                "Of which day, as at its 24:00 in Shanghai; if not given, as things stand now."
            ),
        ] = UNSET,
        member_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="只问该会员；可不填。\nAbout this member alone, by its global id."),
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> ElectoralRollResult | None:
        """Give a page, or say why one member is not on it."""
        context = info.context
        if union_id and decode_id(union_id, "Union") != context.caller.union_id:
            return None
        only = (decode_id(member_id, "Member") or _NOBODY) if member_id else None
        day = as_of or None
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="electoralRoll",
            kinds=(UUID,),
            first=first,
            after=after,
            narrowed_by=f"{'' if day is None else day.isoformat()} {only or ''}",
        )
        last = page.after[0] if page.after else None
        assert last is None or isinstance(last, UUID)
        with day_in_order():
            rows = await history.electoral_roll(
                context.hub, context.caller, day, only=only, after=last, limit=page.limit
            )
        if rows is None:
            return None
        connection: ElectorConnection = connect(
            page, rows, key=lambda row: (row.membership_id,), node=_elector, into=ElectorConnection
        )
        return connection


def _elector(row: ElectorRow) -> Elector:
    return Elector(membership_id=row.membership_id)
