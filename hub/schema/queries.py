"""Reads. Whatever the caller may not see reads as what does not exist: the same answer after the same statements."""

from asyncio import gather
from datetime import datetime
from typing import Annotated, Final, cast
from uuid import UUID

import orjson
import strawberry
from strawberry import UNSET

from federation.encoding import EncodingError, b64url_decode
from hub.schema.connections import FIRST_DEFAULT, FIRST_MAX, connect
from hub.schema.context import Info
from hub.schema.enums import HandoffState, PlacementState, Side
from hub.schema.faults import BadUserInput
from hub.schema.fields import told
from hub.schema.ids import decode_id, open_id
from hub.schema.types.certificates import Certificate, present_certificate
from hub.schema.types.entrustments import find_agreement
from hub.schema.types.explanations import Explanation
from hub.schema.types.handoffs import DocketConnection, DocketEntry, Handoff, find_handoff
from hub.schema.types.inputs import MemberFilter, given_of, plain_text
from hub.schema.types.members import Member, MemberConnection, find_member
from hub.schema.types.merges import MergeCase
from hub.schema.types.nodes import Node
from hub.schema.types.placements import AwaitedMembers, Placement, PlacementConnection
from hub.schema.types.unions import Union, UnionConnection, find_union
from hub.transfers import machines
from hub.transfers.desk.deciding import merge_cases
from hub.transfers.desk.explaining import explain
from hub.transfers.desk.finding import find_members
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import reads
from hub.transfers.ledger.placements import awaited, placement_page

__all__ = ["Reads", "Viewer"]

#: What an id that is none of ours is looked up as: nobody has it, and the same statement finds that out.
_NOBODY: Final = UUID(int=0)
_HASH_BYTES: Final = 32
_NODES_MAX: Final = 100

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"每页条数，1 至 {FIRST_MAX}，默认 {FIRST_DEFAULT}。\n"
        f"How many, from 1 to {FIRST_MAX}; if not given, {FIRST_DEFAULT}."
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="上一页的 endCursor；不填从头开始。\n"
        "The `endCursor` of the page before; if not given, from the start."
    ),
]
MemberId = Annotated[
    strawberry.ID, strawberry.argument(name="id", description="会员的全局编号。\nThe member's global id.")
]


@strawberry.type(description="登录的工会。\nThe union that has logged in.")
class Viewer:
    """Who asks."""

    union: Union = strawberry.field(description="登录的工会。\nThe union.")
    kid: str = strawberry.field(description="登录所用的密钥。\nThe login key that it used.")


@strawberry.type
class Reads:
    """The queries that read."""

    @told("登录的工会。", "The union that has logged in.")
    async def viewer(self, info: Info) -> Viewer:
        """Give the caller, whose login key must still be in force."""
        caller = info.context.caller
        async with reading_as(info.context.hub, caller) as reading:
            views = await reads.unions(reading.connection, [caller.union_id])
        return Viewer(union=Union.of(views[caller.union_id]), kid=caller.kid)

    @told(
        "按全局编号读取；无权查看的与不存在的同样为空。",
        "Reads an object by its global id; null alike for what you may not see and what does not exist.",
    )
    async def node(
        self,
        info: Info,
        global_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="全局编号。\nThe global id.")],
    ) -> Node | None:
        """Give the object of an id."""
        return await _node(info, global_id)

    @told(
        "按全局编号读取多个对象，次序与所给编号一致。",
        "Reads objects by their global ids, in the order of the ids given.",
    )
    async def nodes(
        self,
        info: Info,
        ids: Annotated[
            list[strawberry.ID],
            strawberry.argument(description=f"全局编号，至多 {_NODES_MAX} 个。\nThe global ids, {_NODES_MAX} at most."),
        ],
    ) -> list[Node | None]:
        """Give the objects of several ids."""
        if len(ids) > _NODES_MAX:
            raise BadUserInput(f"`ids` may hold at most {_NODES_MAX} ids.", argument="ids")
        return await gather(*(_node(info, global_id) for global_id in ids))

    @told("本工会管理会籍的会员。", "A member whom your union holds.")
    async def member(self, info: Info, member_id: MemberId) -> Member | None:
        """Give a member."""
        return await find_member(info, decode_id(member_id, "Member") or _NOBODY)

    @told(
        "本工会管理会籍的会员列表；给姓名的按姓名排列，否则按编号排列。",
        "The members whom your union holds: in the order of their names where a name is given, else of their ids.",
    )
    async def members(
        self,
        info: Info,
        wanted: Annotated[
            MemberFilter | None,
            strawberry.argument(name="filter", description="筛选条件。\nWhich ones."),
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> MemberConnection:
        """Give a page of members."""
        context = info.context
        given = given_of(wanted) if wanted else {"name": None, "id_number": None, "certificate": None}
        number, name = given["certificate"], given["name"]
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="members",
            kinds=(str, UUID),
            first=first,
            after=after,
            narrowed_by=orjson.dumps(given, option=orjson.OPT_SORT_KEYS).decode(),
        )
        async with reading_as(context.hub, context.caller) as reading:
            views = await find_members(
                context.hub,
                reading,
                name=name,
                id_number=given["id_number"],
                certificate=None if number is None else (number["province_code"], number["number"]),
                after=cast("tuple[str, UUID] | None", page.after),
                limit=page.limit,
            )
        connection: MemberConnection = connect(
            page,
            views,
            key=lambda view: ("" if name is None else view.name, view.membership_id),
            node=Member.of,
            into=MemberConnection,
        )
        return connection

    @told("本工会参与的一项接转手续。", "A handoff to which your union is a party.")
    async def handoff(
        self,
        info: Info,
        handoff_id: Annotated[
            strawberry.ID,
            strawberry.argument(name="id", description="接转手续的全局编号。\nThe handoff's global id."),
        ],
    ) -> Handoff | None:
        """Give a case."""
        return await find_handoff(info, decode_id(handoff_id, "Handoff") or _NOBODY)

    @told(
        "本工会参与的接转手续，新的在前；默认双方、各种状态。",
        "The handoffs to which your union is a party, the newest first; of all sides and states unless told.",
    )
    async def docket(
        self,
        info: Info,
        side: Annotated[
            Side | None, strawberry.argument(description="只列本工会为该方的。\nOnly those in which you are this side.")
        ] = UNSET,
        states: Annotated[
            list[HandoffState] | None,
            strawberry.argument(description="只列处于这些状态的。\nOnly those that stand in one of these states."),
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> DocketConnection:
        """Give a page of the docket."""
        context = info.context
        sides = [machines.Side(side.value)] if side else [machines.Side(known.value) for known in Side]
        wanted = list(HandoffState) if states is None or states is UNSET else sorted(set(states))
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="docket",
            kinds=(datetime, UUID),
            first=first,
            after=after,
            narrowed_by=f"{','.join(sides)};{','.join(wanted)}",
        )
        async with reading_as(context.hub, context.caller) as reading:
            cases = await reads.docket_page(
                reading,
                sides=sides,
                states=wanted,
                after=cast("tuple[datetime, UUID] | None", page.after),
                limit=page.limit,
            )
        connection: DocketConnection = connect(
            page,
            cases,
            key=lambda case: (case.opened_at, case.handoff_id),
            node=DocketEntry.of,
            into=DocketConnection,
        )
        return connection

    @told(
        "所在单位尚未建立工会、暂由本会管理的会员，按编号排列；state: EXIT_DUE 只列应转出的。",
        "Those who wait with your union for that of their employer, in the order of their ids; `state: EXIT_DUE` gives "
        "those whose employer has its union now.",
    )
    async def placements(
        self,
        info: Info,
        state: Annotated[
            PlacementState | None, strawberry.argument(description="只列处于该状态的。\nOnly those that stand there.")
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> PlacementConnection:
        """Give a page of placements."""
        context = info.context
        wanted = machines.PlacementState(state.value) if state else None
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="placements",
            kinds=(UUID,),
            first=first,
            after=after,
            narrowed_by="" if wanted is None else wanted.value,
        )
        async with reading_as(context.hub, context.caller) as reading:
            views = await placement_page(
                reading, state=wanted, after=cast("UUID | None", page.after and page.after[0]), limit=page.limit
            )
        connection: PlacementConnection = connect(
            page, views, key=lambda view: (view.membership_id,), node=Placement.of, into=PlacementConnection
        )
        return connection

    @told(
        "在其他工会等待转入本会的会员人数，按单位和工会分列，至多五百行；不含个人信息。",
        "How many wait to be transferred to your union, by employer and by the union that holds them, five hundred "
        "lines at most; no person is named.",
    )
    async def awaited_members(self, info: Info) -> list[AwaitedMembers]:
        """Give who waits for the caller, by number."""
        async with reading_as(info.context.hub, info.context.caller) as reading:
            return [AwaitedMembers.of(view) for view in await awaited(reading)]

    @told(
        "按统一社会信用代码或名称标识查工会；两者都给的须一致。",
        "A union by its code or its URI; if both are given they must agree.",
    )
    async def union(
        self,
        info: Info,
        uscc: Annotated[
            str | None, strawberry.argument(description="统一社会信用代码。\nIts unified social credit code.")
        ] = UNSET,
        uri: Annotated[
            str | None, strawberry.argument(description="urn:union:… 形式的标识。\nIts name in statements.")
        ] = UNSET,
    ) -> Union | None:
        """Give a union by what it is called."""
        if not uscc and not uri:
            raise BadUserInput("`uscc` or `uri` is needed.", argument="uri")
        code, name = plain_text(uscc) or None, plain_text(uri) or None
        async with reading_as(info.context.hub, info.context.caller) as reading:
            view = await reads.union_by_code(reading.connection, uri=name, uscc=code)
        if view is None or (code or view.uscc) != view.uscc or (name or view.uri) != view.uri:
            return None
        return Union.of(view)

    @told("工会列表，按名称排列。", "Unions, in the order of their names.")
    async def unions(
        self,
        info: Info,
        name_contains: Annotated[
            str | None, strawberry.argument(description="名称中含有的文字。\nA text that the name contains.")
        ] = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> UnionConnection:
        """Give a page of unions."""
        context = info.context
        text = plain_text(name_contains) or None
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="unions",
            kinds=(str, UUID),
            first=first,
            after=after,
            narrowed_by=text or "",
        )
        async with reading_as(context.hub, context.caller) as reading:
            views = await reads.union_page(
                reading.connection,
                name_contains=text,
                after=cast("tuple[str, UUID] | None", page.after),
                limit=page.limit,
            )
        found: UnionConnection = connect(
            page, views, key=lambda view: (view.name, view.union_id), node=Union.of, into=UnionConnection
        )
        return found

    @told("本工会会员的会员证及其接转栏。", "The certificate of a member whom your union holds, with its column.")
    async def certificate(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID, strawberry.argument(description="会员的全局编号。\nThe member's global id.")
        ],
    ) -> Certificate | None:
        """Give a certificate."""
        view = await info.context.loads.member(decode_id(member_id, "Member") or _NOBODY)
        return None if view is None else await present_certificate(info, view)

    @told(
        "待本工会裁定的重复会籍，等候最久的在前，至多一百项。",
        "Pairs of memberships that lie with your union to decide, the longest waiting first, a hundred at most.",
    )
    async def merge_cases(self, info: Info) -> list[MergeCase]:
        """Give the pairs."""
        return [MergeCase.of(view) for view in await merge_cases(info.context.hub, info.context.caller)]

    @told(
        "说明一项接转手续的现状：谁应办理、何时之前、逾期如何。",
        "Explains where a handoff stands: who must act, by when, and what happens otherwise.",
    )
    async def explain(
        self,
        info: Info,
        handoff_id: Annotated[
            strawberry.ID, strawberry.argument(description="接转手续的全局编号。\nThe handoff's global id.")
        ],
    ) -> Explanation | None:
        """Explain a case."""
        view = await explain(info.context.hub, info.context.caller, decode_id(handoff_id, "Handoff"))
        return None if view is None else Explanation.of(view)

    @told(
        "本工会所交文书的回执；未收到答复时用以查询。",
        "The receipt of one of your own statements, for when its answer was lost.",
    )
    async def receipt(
        self,
        info: Info,
        statement_sha256: Annotated[
            str,
            strawberry.argument(
                description="文书的摘要（base64url）。\nThe SHA-256 of the statement's signing input, in base64url."
            ),
        ],
    ) -> str | None:
        """Give a receipt."""
        async with reading_as(info.context.hub, info.context.caller) as reading:
            return await reads.own_receipt(reading, _digest(statement_sha256))


async def _node(info: Info, global_id: str) -> Node | None:
    type_name, key = open_id(global_id) or ("", _NOBODY)
    if type_name == "Union":
        return await find_union(info, key)
    if type_name == "Handoff":
        return await find_handoff(info, key)
    if type_name == "EntrustmentAgreement":
        return await find_agreement(info, key)
    return await find_member(info, key if type_name == "Member" else _NOBODY)


def _digest(text: str) -> bytes:
    """Read a hash; what is none is looked up as one that no statement has."""
    try:
        digest = b64url_decode(text)
    except EncodingError:
        digest = b""
    return digest if len(digest) == _HASH_BYTES else bytes(_HASH_BYTES)
