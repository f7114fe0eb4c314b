"""The head count: figures for a union and for those above it, and what a figure opens into for who holds."""

from datetime import date
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.types.unset import UNSET

from hub.schema.arguments import day_in_order
from hub.schema.connections import Connection, connect
from hub.schema.context import Info
from hub.schema.fields import told
from hub.schema.ids import decode_id
from hub.schema.queries import After, First
from hub.schema.refusals import Refusal
from hub.schema.types.members import Member, find_member
from hub.schema.types.unions import Union, union_of
from hub.transfers.desk import counting
from hub.transfers.ledger.counting import Count, Counted

__all__ = ["Counts"]

_NOBODY = UUID(int=0)

AsOf = Annotated[
    date,
    strawberry.argument(
        description="截至哪一日（上海时间当日 24:00；当日为此刻）。\n"
        "Of which day: as at its 24:00 in Shanghai, and of today as things stand now."
    ),
]
UnionId = Annotated[strawberry.ID, strawberry.argument(description="工会的全局编号。\nThe union's global id.")]


@strawberry.type(description="某日的会员统计。\nThe head count of a day.")
class Headcount:
    """The figures of one union (A16)."""

    count: strawberry.Private[Count]
    union: Union = strawberry.field(description="统计的工会。\nWhose figures these are.")
    as_of: date = strawberry.field(description="截至该日 24:00。\nOf this day, at its 24:00.")

    @told(
        "本级管理并统计的会员；保留会籍的、由务工地统计的不在内。",
        "The members that it holds and counts: neither those retained nor those counted where they work.",
    )
    def own(self) -> int:
        """Give its own."""
        return self.count.own

    @told("本级及以下各级合计。", "Its own and those of all unions below it.")
    def subtree(self) -> int | None:
        """Give the sum."""
        return self.count.subtree

    @told(
        "在本县（区）务工、所在工会不统计的农民工（县级总工会）；请办理接转。",
        "Migrant workers who work in its county and whom no holder counts (county federations): to be transferred.",
    )
    def unassigned(self) -> int:
        """Give who are counted by the county of their work."""
        return self.count.unassigned

    @told("同上，本级及以下合计。", "The same, with all counties below it.")
    def subtree_unassigned(self) -> int:
        """Give the sum."""
        return self.count.subtree_unassigned


@strawberry.type(description="统计在内的一名会员。\nOne member who was counted.")
class CountedMember:
    """What a figure opens into."""

    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership's id.")

    @told("会员；已不由本会管理的为空。", "The member; null where you hold the membership no more.")
    async def member(self, info: Info) -> Member | None:
        """Give the member."""
        return await find_member(info, self.membership_id)


@strawberry.type(description="统计会员列表的一页。\nA page of those who were counted.")
class CountedMemberConnection(Connection[CountedMember]):
    """A page."""


@strawberry.type(description="是否统计及原因。\nWhether a member is counted, and why not.")
class CountExplanation:
    """The answer of `explainCount`."""

    is_counted: bool = strawberry.field(description="是否由本会统计。\nWhether your union counts the member.")
    refusal: Refusal | None = strawberry.field(
        description="不统计的依据。\nWhat speaks against it; null if nothing does."
    )
    county: str | None = strawberry.field(
        description="由该县（区）工会统计：会员是农民工，在该地务工。\n"
        "The county that counts the member instead, a migrant worker who works there."
    )


@strawberry.type
class Counts:
    """The queries that count."""

    @told(
        "某工会某日的会员统计：本会的，或本会以下各级的；其他工会的为空。",
        "A union's head count of a day: your own, or that of a union below you; null for any other.",
    )
    async def headcount(self, info: Info, union_id: UnionId, as_of: AsOf) -> Headcount | None:
        """Count."""
        about = decode_id(union_id, "Union") or _NOBODY
        with day_in_order():
            found = await counting.headcount(info.context.hub, info.context.caller, about, as_of)
        union = None if found is None else await union_of(info, about)
        return None if found is None or union is None else Headcount(count=found, union=union, as_of=as_of)

    @told("本会某日统计在内的会员。", "Those whom your union counted on a day.")
    async def counted_members(
        self, info: Info, as_of: AsOf, first: First = UNSET, after: After = UNSET
    ) -> CountedMemberConnection:
        """Give a page."""
        context = info.context
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="countedMembers",
            kinds=(UUID,),
            first=first,
            after=after,
            narrowed_by=as_of.isoformat(),
        )
        last = page.after[0] if page.after else None
        assert last is None or isinstance(last, UUID)
        with day_in_order():
            rows = await counting.counted_members(context.hub, context.caller, as_of, after=last, limit=page.limit)
        connection: CountedMemberConnection = connect(
            page,
            rows,
            key=lambda row: (row.membership_id,),
            node=_counted,
            into=CountedMemberConnection,
        )
        return connection

    @told(
        "本会某日是否统计某会员，不统计的依据为何；当日不由本会管理的为空。",
        "Whether your union counted a member on a day, and why not; null if you did not hold the membership then.",
    )
    async def explain_count(
        self,
        info: Info,
        union_id: UnionId,
        member_id: Annotated[
            strawberry.ID, strawberry.argument(description="会员的全局编号。\nThe member's global id.")
        ],
        as_of: AsOf,
    ) -> CountExplanation | None:
        """Explain."""
        if decode_id(union_id, "Union") != info.context.caller.union_id:
            return None
        member = decode_id(member_id, "Member") or _NOBODY
        with day_in_order():
            found = await counting.explain_count(info.context.hub, info.context.caller, member, as_of)
        if found is None:
            return None
        refusal = None if found.refusal is None else Refusal.of(found.refusal)
        return CountExplanation(is_counted=found.is_counted, refusal=refusal, county=found.county)


def _counted(row: Counted) -> CountedMember:
    return CountedMember(membership_id=row.membership_id)
