"""Ends of memberships in the schema: the acts, their drafts, and what is still to be done about them."""

from datetime import date, datetime
from typing import Annotated, cast
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub.schema.arguments import Statement, fresh
from hub.schema.connections import connect
from hub.schema.context import Info
from hub.schema.fields import act, told
from hub.schema.queries import After, First
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.ending_inputs import (
    AcknowledgeFilingDraft,
    DecideExpulsionDraft,
    DropExpulsionDraft,
    FileExpulsionDraft,
    ProposeExpulsionDraft,
    RecordDeathDraft,
    RecordDeemedWithdrawalDraft,
    RecordWithdrawalDraft,
    ReturnFilingDraft,
    ReverseExpulsionDraft,
)
from hub.schema.types.endings import Ending, EndingConnection, Filing, FilingConnection, FilingMark
from hub.schema.types.inputs import given_of
from hub.schema.types.members import Member, MemberResult
from hub.transfers.desk import drafting_ending, ending, filing, proposing

__all__ = ["EndingDrafts", "EndingMutations", "EndingReads"]

EndingResult = Annotated[
    Ending | Refusal,
    strawberry.union("EndingResult", description="会籍的终止，或拒绝。\nThe end as it stands, or a refusal."),
]
FilingMarkResult = Annotated[
    FilingMark | Refusal,
    strawberry.union("FilingMarkResult", description="已收到的标注，或拒绝。\nThe mark as received, or a refusal."),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class EndingMutations:
    """The acts on the end of a membership."""

    @act(
        "会员退会：本人提出，经思想工作仍坚持，由基层工会讨论后宣布。",
        "Ends a membership at the member's own request: talked to, insisting, discussed, and announced.",
    )
    async def record_withdrawal(self, info: Info, statement: Statement) -> MemberResult:
        """Withdraw."""
        context = fresh(info)
        return Member.of(await ending.withdraw(context.hub, context.caller, statement))

    @act(
        "自动退会：无正当理由连续六个月不交纳会费、不参加工会组织生活，经教育拒不改正。",
        "Ends the membership of one who for six months has neither paid nor taken part, and was admonished in vain.",
    )
    async def record_deemed_withdrawal(self, info: Info, statement: Statement) -> MemberResult:
        """Deem withdrawn."""
        context = fresh(info)
        return Member.of(await ending.deem_withdrawn(context.hub, context.caller, statement))

    @act(
        "决定开除会籍：会籍随决定终止，须报上一级工会备案。",
        "Decides to expel a member: the membership ends by it, and it is to be filed with the union next above.",
    )
    async def decide_expulsion(self, info: Info, statement: Statement) -> MemberResult:
        """Expel."""
        context = fresh(info)
        return Member.of(await ending.expel(context.hub, context.caller, statement))

    @act(
        "登记工会小组提出的开除会籍意见；委员会决定之前，会籍不受影响。",
        "Enters what the union group proposes: to expel a member. Until the committee decides nothing changes.",
    )
    async def propose_expulsion(self, info: Info, statement: Statement) -> MemberResult:
        """Propose to expel."""
        context = fresh(info)
        return Member.of(await proposing.propose(context.hub, context.caller, statement))

    @act(
        "不予开除：工会小组的意见未被采纳。", "Drops what the union group has proposed: there is no decision to expel."
    )
    async def drop_expulsion(self, info: Info, statement: Statement) -> MemberResult:
        """Drop a proposal."""
        context = fresh(info)
        return Member.of(await proposing.drop(context.hub, context.caller, statement))

    @act("登记会员去世，会籍终止。", "Records that a member has died: the membership ends.")
    async def record_death(self, info: Info, statement: Statement) -> MemberResult:
        """Record a death."""
        context = fresh(info)
        return Member.of(await ending.record_death(context.hub, context.caller, statement))

    @act("将开除决定报上一级工会备案。", "Files an expulsion with the union next above.")
    async def file_expulsion(self, info: Info, statement: Statement) -> EndingResult:
        """File."""
        context = fresh(info)
        return Ending.of(await filing.file(context.hub, context.caller, statement))

    @act("收悉备案，由上一级工会办理。", "Marks a filing as read, as the union above.")
    async def acknowledge_filing(self, info: Info, statement: Statement) -> FilingMarkResult:
        """Acknowledge."""
        context = fresh(info)
        return FilingMark.of(await filing.acknowledge(context.hub, context.caller, statement))

    @act(
        "将备案退回补件，由上一级工会办理；决定不受影响。",
        "Sends a filing back for papers, as the union above. What was decided stands.",
    )
    async def return_filing(self, info: Info, statement: Statement) -> FilingMarkResult:
        """Return."""
        context = fresh(info)
        return FilingMark.of(await filing.return_for_papers(context.hub, context.caller, statement))

    @act(
        "撤销开除：原判被撤销的，会籍恢复，入会时间不变。",
        "Reverses an expulsion whose judgment was annulled: in force again, with the day of joining that it had.",
    )
    async def reverse_expulsion(self, info: Info, statement: Statement) -> MemberResult:
        """Reverse."""
        context = fresh(info)
        return Member.of(await ending.reverse(context.hub, context.caller, statement))


@strawberry.type
class EndingDrafts:
    """The drafts of the acts on the end of a membership."""

    @told("起草会员退会。", "Drafts a withdrawal.")
    async def draft_record_withdrawal(self, info: Info, asked: Annotated[RecordWithdrawalDraft, _INPUT]) -> Draft:
        """Draft a withdrawal."""
        context = info.context
        return Draft.of(await drafting_ending.draft_withdrawal(context.hub, context.caller, given_of(asked)))

    @told("起草自动退会。", "Drafts a deemed withdrawal.")
    async def draft_record_deemed_withdrawal(
        self, info: Info, asked: Annotated[RecordDeemedWithdrawalDraft, _INPUT]
    ) -> Draft:
        """Draft a deemed withdrawal."""
        context = info.context
        return Draft.of(await drafting_ending.draft_deemed_withdrawal(context.hub, context.caller, given_of(asked)))

    @told("起草开除会籍的决定。", "Drafts a decision to expel.")
    async def draft_decide_expulsion(self, info: Info, asked: Annotated[DecideExpulsionDraft, _INPUT]) -> Draft:
        """Draft an expulsion."""
        context = info.context
        return Draft.of(await drafting_ending.draft_expulsion(context.hub, context.caller, given_of(asked)))

    @told("起草工会小组的开除会籍意见。", "Drafts what the union group proposes: to expel a member.")
    async def draft_propose_expulsion(self, info: Info, asked: Annotated[ProposeExpulsionDraft, _INPUT]) -> Draft:
        """Draft a proposal."""
        context = info.context
        return Draft.of(await drafting_ending.draft_proposal(context.hub, context.caller, given_of(asked)))

    @told("起草不予开除。", "Drafts that a proposal is dropped.")
    async def draft_drop_expulsion(self, info: Info, asked: Annotated[DropExpulsionDraft, _INPUT]) -> Draft:
        """Draft the end of a proposal."""
        context = info.context
        return Draft.of(await drafting_ending.draft_drop(context.hub, context.caller, given_of(asked)))

    @told("起草会员去世的登记。", "Drafts the record of a death.")
    async def draft_record_death(self, info: Info, asked: Annotated[RecordDeathDraft, _INPUT]) -> Draft:
        """Draft the record of a death."""
        context = info.context
        return Draft.of(await drafting_ending.draft_death(context.hub, context.caller, given_of(asked)))

    @told("起草开除会籍的备案。", "Drafts the filing of an expulsion.")
    async def draft_file_expulsion(self, info: Info, asked: Annotated[FileExpulsionDraft, _INPUT]) -> Draft:
        """Draft a filing."""
        context = info.context
        return Draft.of(await drafting_ending.draft_filing(context.hub, context.caller, given_of(asked)))

    @told("起草收悉备案。", "Drafts the acknowledgement of a filing.")
    async def draft_acknowledge_filing(self, info: Info, asked: Annotated[AcknowledgeFilingDraft, _INPUT]) -> Draft:
        """Draft an acknowledgement."""
        context = info.context
        return Draft.of(await drafting_ending.draft_acknowledgement(context.hub, context.caller, given_of(asked)))

    @told("起草退回备案补件。", "Drafts the return of a filing for papers.")
    async def draft_return_filing(self, info: Info, asked: Annotated[ReturnFilingDraft, _INPUT]) -> Draft:
        """Draft a return."""
        context = info.context
        return Draft.of(await drafting_ending.draft_filing_return(context.hub, context.caller, given_of(asked)))

    @told("起草撤销开除。", "Drafts the reversal of an expulsion.")
    async def draft_reverse_expulsion(self, info: Info, asked: Annotated[ReverseExpulsionDraft, _INPUT]) -> Draft:
        """Draft a reversal."""
        context = info.context
        return Draft.of(await drafting_ending.draft_reversal(context.hub, context.caller, given_of(asked)))


@strawberry.type
class EndingReads:
    """What is read of ends by others than the holder."""

    @told("报本会备案的开除会籍决定，最近的在前。", "The expulsions that were filed with your union, the latest first.")
    async def filings(self, info: Info, first: First = UNSET, after: After = UNSET) -> FilingConnection:
        """Give a page of the filings."""
        context = info.context
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="filings",
            kinds=(datetime, UUID, int),
            first=first,
            after=after,
        )
        keys = cast("tuple[datetime, UUID, int] | None", page.after)
        found: FilingConnection = connect(
            page,
            await filing.filings(context.hub, context.caller, after=keys, limit=page.limit),
            key=lambda view: (view.filed_at, view.membership_id, view.ending_no),
            node=Filing.of,
            into=FilingConnection,
        )
        return found

    @told(
        "本会尚待报上一级工会备案（含退回补件后重报）的开除会籍决定，决定最早的在前。",
        "The expulsions that your union has still to file with the union above, for the first time or with papers; the "
        "earliest decision first.",
    )
    async def overdue_filings(self, info: Info, first: First = UNSET, after: After = UNSET) -> EndingConnection:
        """Give a page of what is overdue."""
        context = info.context
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="overdueFilings",
            kinds=(date, UUID, int),
            first=first,
            after=after,
        )
        keys = cast("tuple[date, UUID, int] | None", page.after)
        found: EndingConnection = connect(
            page,
            await filing.overdue_filings(context.hub, context.caller, after=keys, limit=page.limit),
            key=lambda view: (view.ended_on, view.membership_id, view.ending_no),
            node=Ending.of,
            into=EndingConnection,
        )
        return found
