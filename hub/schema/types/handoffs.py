"""A handoff as one of its parties sees it: the case, its steps, its deadline, and its row in the docket."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, cast
from uuid import UUID

import strawberry

from federation.encoding import b64url
from hub.authz import disclosure
from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import SIDES, HandoffState, Side
from hub.schema.fields import told
from hub.schema.ids import encode_id
from hub.schema.scalars import YearMonth
from hub.schema.types.certificates import Card, TransferEntry
from hub.schema.types.nodes import Node
from hub.schema.types.unions import Union, union_of
from hub.transfers.card import read_card
from hub.transfers.certificate import entry_of
from hub.transfers.desk.explaining import CONSEQUENCES
from hub.transfers.kinds import UnionKind
from hub.transfers.lapses import steps_as_they_stand
from hub.transfers.machines import OPEN_STATES
from hub.transfers.terms import term_of
from hub.transfers.views import HandoffView, StepView, seal_of

if TYPE_CHECKING:
    from hub.schema.types.members import Member

__all__ = ["Deadline", "DocketConnection", "DocketEntry", "Handoff", "Step", "find_handoff"]


@strawberry.type(description="期限，及逾期的后果。\nA deadline, and what happens after it.")
class Deadline:
    """A deadline of hub policy; neither document of the law sets one."""

    at: datetime = strawberry.field(description="期限届满的时刻。\nThe instant at which the time is up.")
    rule: str = strawberry.field(description="所依据的平台规则。\nThe hub policy that it rests on.")
    consequence: str = strawberry.field(description="逾期的后果。\nWhat follows when it has passed.")
    days: int = strawberry.field(
        description="期限的天数，依当日适用的平台规则。\n"
        "How many days it left, by the policy of the day on which it was set."
    )
    in_working_days: bool = strawberry.field(description="是否按工作日计算。\nWhether these are working days.")
    tentative: bool = strawberry.field(
        description="是否暂定（如工作日历未公布）。\n"
        "Whether it may still be computed anew (a calendar not yet published)."
    )

    @classmethod
    def of_case(cls, case: HandoffView) -> "Deadline | None":
        """Give the deadline of an open case."""
        term = term_of(case)
        if case.deadline is None or term is None or case.state not in OPEN_STATES:
            return None
        rule, consequence = CONSEQUENCES[case.state]
        return cls(
            at=case.deadline,
            rule=rule,
            consequence=consequence,
            days=term.days,
            in_working_days=term.in_working_days,
            tentative=case.deadline_tentative,
        )


@strawberry.type(description="接转手续中的一步。\nOne step of a handoff.")
class Step:
    """A step, with the statement that made it."""

    made_by: strawberry.Private[UUID | None]
    act: str = strawberry.field(
        description="所办事项：request、appeal、release、release_in_lieu、release_for_external、object、cancel、dismiss、accept、accept_for_external、refuse、recall；"
        "escalate、lapse、expire 为到期，supersede 为转往他会，retain 为保留会籍，void 为复核未通过。\n"
        "What was done: request, appeal, release, release_in_lieu, release_for_external, object, cancel, dismiss, "
        "accept, accept_for_external, refuse, recall; `escalate`, `lapse` and `expire` are a date's doing, "
        "`supersede` a release to another union, `retain` a retention, `void` a failed check."
    )
    side: Side = strawberry.field(
        description="由哪一方办理；到期或作废的，为所涉一方。\n"
        "Whose act it is; of a lapse or a voiding, the side that it concerns."
    )
    at: datetime = strawberry.field(description="平台收到的时刻。\nWhen the hub received it, or the date took effect.")
    statement: str | None = strawberry.field(description="签署的文书（JWS）。\nThe signed statement, a compact JWS.")
    statement_sha256: str | None = strawberry.field(
        description="文书的摘要。\nThe SHA-256 of the statement's signing input."
    )
    receipt: str | None = strawberry.field(description="平台签署的回执（JWS）。\nThe hub's signed receipt.")

    @classmethod
    def of(cls, case: HandoffView, step: StepView) -> "Step":
        """Give a step as the case's reader may see it."""
        side = disclosure.side_of_step(step.act, step.side)
        shown = disclosure.sees_statement_of(case, side)
        return cls(
            made_by=step.by_union if shown else None,
            act=disclosure.act_shown(case, step.act),
            side=SIDES[side],
            at=step.at,
            statement=step.jws if shown else None,
            statement_sha256=None if step.sha256 is None else b64url(step.sha256),
            receipt=step.receipt if shown else None,
        )

    @told(
        "办理的工会；由期限引起的为空。",
        "The union that acted; null where a date did, or where it is not told.",
    )
    async def by(self, info: Info) -> Union | None:
        """Give the union that acted."""
        return None if self.made_by is None else await union_of(info, self.made_by)


@strawberry.type(
    description="一次会籍接转手续，按查询工会所处的一方显示。\nOne handoff of a membership, as the asking side sees it."
)
class Handoff(Node):
    """A case."""

    case: strawberry.Private[HandoffView]
    handoff_id: UUID = strawberry.field(description="在文书中的编号。\nIts id in statements.")
    state: HandoffState = strawberry.field(
        description="此刻的状态；期限的影响已计入。\nWhere it stands now; what dates have ended is so at once."
    )
    reason_code: str = strawberry.field(description="转出原因的代码。\nThe code of the reason.")
    side: Side = strawberry.field(description="查询工会是哪一方。\nWhich side the asking union is.")
    out_date: date | None = strawberry.field(description="转出日期。\nThe day of the release, as signed.")
    in_date: date | None = strawberry.field(description="转入日期。\nThe day of intake, as signed.")
    valid_until: date | None = strawberry.field(
        description="转出凭证有效至。\nThe last day on which it can be accepted."
    )
    dues_paid_through: YearMonth | None = strawberry.field(
        description="转出时会费交至的月份；接收工会在手续终结（未接收）后不再可见。\n"
        "To which month dues were paid at the release; not told to a receiver of a case that closed unaccepted."
    )
    ground: str | None = strawberry.field(
        description="退回、异议、不予支持或作废的理由代码；涉及会籍状态的异议理由，只告知 NOT_TRANSFERABLE。\n"
        "The code of the ground on which it was refused, objected to, dismissed or voided. Of a ground that lies in "
        "the membership's status, who asked is told NOT_TRANSFERABLE."
    )
    member_name_masked: str | None = strawberry.field(
        description="隐去名字的姓名；只有处理中的上一级工会可见。\n"
        "The member's name, masked: told to the union above the holder alone, in a case that came to it."
    )
    requested_at: datetime | None = strawberry.field(description="收到请求的时刻。\nWhen the request was received.")
    released_at: datetime | None = strawberry.field(description="收到转出凭证的时刻。\nWhen the release was received.")
    closed_at: datetime | None = strawberry.field(description="终结的时刻。\nWhen it was closed.")
    next_deadline: Deadline | None = strawberry.field(
        description="下一个期限；已终结的没有。\nThe next deadline; a closed case has none."
    )

    @classmethod
    def of(cls, case: HandoffView) -> "Handoff":
        """Give the case as its reader may see it."""
        return cls(
            case=case,
            id=strawberry.ID(encode_id("Handoff", case.handoff_id)),
            handoff_id=case.handoff_id,
            state=case.state,
            reason_code=case.reason_code,
            side=SIDES[case.side],
            out_date=case.out_date,
            in_date=case.in_date,
            valid_until=case.valid_until,
            dues_paid_through=cast("YearMonth", case.dues_paid_through) if disclosure.sees_dues(case) else None,
            ground=case.ground,
            member_name_masked=case.name_masked if disclosure.sees_name_masked(case) else None,
            requested_at=case.requested_at,
            released_at=case.released_at,
            closed_at=case.closed_at,
            next_deadline=Deadline.of_case(case),
        )

    @told(
        "转出工会；接收工会提出请求的，转出之前不告知。",
        "The union that releases; not told to a receiver that asked for the member until it is released.",
    )
    async def releasing_union(self, info: Info) -> Union | None:
        """Give the releasing union, if it is told."""
        if not disclosure.sees_releasing_union(self.case):
            return None
        union_id = self.case.releasing_union
        return None if union_id is None else await union_of(info, union_id)

    @told(
        "接收工会。",
        "The union that is to take the member in.",
    )
    async def receiving_union(self, info: Info) -> Union:
        """Give the receiving union."""
        union_id = self.case.receiving_union
        assert union_id is not None, "a handoff names its receiver"
        return await union_of(info, union_id)

    @told(
        "一方是平台外工会：由另一方凭其纸质文书代为登记，未经该工会核实。",
        "One side is outside the hub: the other signs what its paper says, and that union has verified nothing.",
    )
    async def unverified_counterparty(self, info: Info) -> bool:
        """Tell whether one side is outside the hub."""
        sides = (self.case.releasing_union, self.case.receiving_union)
        unions = [await union_of(info, union_id) for union_id in sides if union_id is not None]
        return any(union.view.kind == UnionKind.EXTERNAL for union in unions)

    @told(
        "会员；只有此刻管理会籍的工会可见。",
        "The member: told to the union that holds it now.",
    )
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("hub.schema.types.members")] | None:
        """Give the member, to its holder."""
        from hub.schema.types.members import find_member  # noqa: PLC0415 - members and handoffs show each other

        return await find_member(info, self.case.membership_id) if disclosure.sees_member(self.case) else None

    @told(
        "随转出交给接收工会的会员信息；转出工会看存根，接收工会在可接收期间及接收之后可见。",
        "The card. The releasing union reads its stub; the receiver reads it while it may accept, and once it has.",
    )
    async def card(self, info: Info) -> Card | None:
        """Give the card, if the reader may see it."""
        text = await info.context.loads.card(self.case.handoff_id) if disclosure.sees_card(self.case) else None
        return None if text is None else Card.of(read_card(text))

    @told(
        "已办理的各步，按先后排列。",
        "The steps so far, the earliest first.",
    )
    async def steps(self, info: Info) -> list[Step]:
        """Give the steps."""
        return [Step.of(self.case, step) for step in await self.read_steps(info)]

    @told(
        "“工会组织关系接转”栏的登记；转出后有第一行，接收后两行齐全，未接收而终结的没有。",
        "The entry in the certificate's column: one line once released, both once accepted, else none.",
    )
    async def transfer_entry(self, info: Info) -> TransferEntry | None:
        """Give the entry of the column."""
        if not disclosure.sees_transfer_entry(self.case):
            return None
        signed = {step.act: step for step in await self.read_steps(info) if step.jws is not None}
        release = signed.get("release") or signed.get("release_in_lieu") or signed.get("release_for_external")
        acceptance = signed.get("accept") or signed.get("accept_for_external")
        holder = self.case.releasing_union
        if release is None or release.jws is None or release.by_union is None or holder is None:
            return None
        receiver = None if acceptance is None else self.case.receiving_union
        # Of a union outside the hub the seal is the one on its paper, whoever has signed for it (A25).
        releaser = holder if release.act == "release_for_external" else release.by_union
        # A seal bears the name of its day.
        names = [
            None if step is None or union_id is None else (await union_of(info, union_id)).view.name_at(step.at)
            for union_id, step in (
                (releaser, release),
                (holder if holder != releaser else None, release),
                (receiver, acceptance),
            )
        ]
        seal = seal_of(names[0] or "", names[1])
        return TransferEntry.of(entry_of(release.jws, seal, None if acceptance is None else acceptance.jws, names[2]))

    @told(
        "可离线核验的证明（JSON）：双方文书、平台回执、所用密钥及其来历；用 federation verify-proof 核验。",
        "JSON that proves it offline: the statements, the receipts, the keys and whence they came. "
        "`federation verify-proof` reads it.",
    )
    async def proof(self, info: Info) -> str | None:
        """Give the proof, to the parties."""
        return await info.context.loads.proof(self.case.handoff_id) if disclosure.sees_proof(self.case) else None

    async def read_steps(self, info: Info) -> Sequence[StepView]:
        """Give the steps as they are kept, and the lapse that nobody has recorded yet."""
        return steps_as_they_stand(self.case, await info.context.loads.steps(self.case.handoff_id) or ())


@strawberry.type(description="本工会待办及已办接转的一项。\nOne handoff in the asking union's docket.")
class DocketEntry:
    """A row of the docket."""

    case: strawberry.Private[HandoffView]
    handoff: Handoff = strawberry.field(description="接转手续。\nThe handoff.")
    side: Side = strawberry.field(description="本工会是哪一方。\nWhich side the asking union is.")
    state: HandoffState = strawberry.field(description="此刻的状态。\nWhere it stands now.")
    next_deadline: Deadline | None = strawberry.field(description="下一个期限。\nThe next deadline.")

    @classmethod
    def of(cls, case: HandoffView) -> "DocketEntry":
        """Give the row of a case."""
        handoff = Handoff.of(case)
        return cls(
            case=case, handoff=handoff, side=handoff.side, state=handoff.state, next_deadline=handoff.next_deadline
        )

    @told(
        "对方工会；未告知的为空。本会为上一级工会的，为其下一级的一方。",
        "The other union; null where it is not told. For a union above, the side beneath it.",
    )
    async def counterpart(self, info: Info) -> Union | None:
        """Give the other side."""
        if self.case.counterpart is None or not disclosure.sees_releasing_union(self.case):
            return None
        return await union_of(info, self.case.counterpart)


@strawberry.type(description="接转列表的一页，新的在前。\nA page of the docket, the newest first.")
class DocketConnection(Connection[DocketEntry]):
    """A page of the docket."""


async def find_handoff(info: Info, handoff_id: UUID) -> Handoff | None:
    """Give a case, if the caller is a party to it."""
    case = await info.context.loads.handoff(handoff_id)
    return None if case is None else Handoff.of(case)
