"""Entrustments (A9) in the schema: the acts, the reads and the drafts, parts of `Mutation` and `Query`."""

from typing import Annotated, Any, Final
from uuid import UUID

import strawberry
from strawberry import UNSET

from federation.entrusting import ActivityRecord, CoverageAcknowledgement, CoverageDeclining, RightsCaseRecord
from hub.schema.connections import connect
from hub.schema.context import Context, Info
from hub.schema.fields import act, told
from hub.schema.ids import decode_id
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.entrustment_inputs import (
    AgreementDraft,
    CareDraft,
    CoverageAnswerDraft,
    EntrustmentDraft,
    RosterDraft,
)
from hub.schema.types.entrustments import (
    CareRecord,
    EntrustmentAgreement,
    EntrustmentConnection,
    Responsibility,
    find_agreement,
)
from hub.schema.types.inputs import given_of
from hub.transfers.desk import drafting_entrustments as drafting
from hub.transfers.desk import entrusting
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import entrusting as ledger

__all__ = ["EntrustmentActs", "EntrustmentDrafts", "EntrustmentReads"]

_NOBODY: Final = UUID(int=0)

EntrustmentResult = Annotated[
    EntrustmentAgreement | Refusal,
    strawberry.union(
        "EntrustmentResult", description="办理后的协议，或拒绝。\nThe agreement after the act, or a refusal."
    ),
]
CareResult = Annotated[
    CareRecord | Refusal,
    strawberry.union("CareResult", description="记录，或拒绝。\nThe record, or a refusal."),
]
Statement = Annotated[
    str,
    strawberry.argument(
        description="以本工会签章密钥签署的文书（JWS）；同一文书可重复提交，只办理一次。\n"
        "The statement, a compact JWS signed by your union's key. The same one again acts no second time."
    ),
]
Document = Annotated[
    str,
    strawberry.argument(
        description="草稿的 document 原文，其摘要已在文书中签署。\n"
        "The draft's `document` as it is, whose hash the statement signs."
    ),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class EntrustmentActs:
    """The acts."""

    @act(
        "起草委托管理协议，供对方工会签署；双方签署前可再改，改后原签署作废。",
        "Puts the text of an entrustment agreement before the other union, or another text in its place, under which "
        "a signature that stood is dropped.",
    )
    async def propose_entrustment(self, info: Info, statement: Statement, agreement: Document) -> EntrustmentResult:
        """Propose."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.propose(context.hub, context.caller, statement, agreement))

    @act(
        "签署协议；双方就同一文本签署后生效，或待起始日生效。会籍不因此转移。中止的协议由承继工会签署后恢复。",
        "Signs an agreement. With both signatures over one text it is in force, or scheduled. No membership moves. "
        "One that is suspended goes on with the signature of the successor of the party that is wound up.",
    )
    async def sign_entrustment(self, info: Info, statement: Statement) -> EntrustmentResult:
        """Sign."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.sign(context.hub, context.caller, statement))

    @act("双方签署前撤回协议。", "Takes an agreement back before both have signed.")
    async def withdraw_entrustment(self, info: Info, statement: Statement) -> EntrustmentResult:
        """Withdraw."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.withdraw(context.hub, context.caller, statement))

    @act(
        "解除协议；受托工会的查看和记录随即终止。中止的协议，上一级工会亦可解除。",
        "Ends an agreement, and with it at once all that the host union may read and record. One that is suspended is "
        "ended by the union above the party that is wound up, too.",
    )
    async def terminate_entrustment(self, info: Info, statement: Statement) -> EntrustmentResult:
        """Terminate."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.terminate(context.hub, context.caller, statement))

    @act(
        "变动名册：列入的待受托工会确认，移出的随即终止。由派遣单位工会办理。",
        "Changes the roster, as the dispatch union: who is put on it waits for the host union, who is taken off it is "
        "covered no more at once.",
    )
    async def amend_roster(self, info: Info, statement: Statement, roster: Document) -> EntrustmentResult:
        """Amend the roster."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.amend_roster(context.hub, context.caller, statement, roster))

    @act("受托工会确认名册新增的会员。", "Takes the duties for members who were put on the roster, as the host union.")
    async def acknowledge_coverage(self, info: Info, statement: Statement) -> EntrustmentResult:
        """Acknowledge."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.acknowledge_coverage(context.hub, context.caller, statement))

    @act("受托工会不接受名册新增的会员。", "Declines members who were put on the roster, as the host union.")
    async def decline_coverage(self, info: Info, statement: Statement) -> EntrustmentResult:
        """Decline."""
        context = _fresh(info)
        return EntrustmentAgreement.of(await entrusting.decline_coverage(context.hub, context.caller, statement))

    @act(
        "记录会员参加的活动，由会籍所在工会或受托工会办理。",
        "Records that a member took part in an activity: by the holder, or by the union entrusted with the member.",
    )
    async def record_activity(self, info: Info, statement: Statement) -> CareResult:
        """Record an activity."""
        context = _fresh(info)
        return CareRecord.of(await entrusting.record_activity(context.hub, context.caller, statement))

    @act(
        "记录会员的维权事项，由会籍所在工会或受托工会办理。",
        "Records a case in which a member's rights were protected: by the holder, or by the union entrusted.",
    )
    async def record_rights_case(self, info: Info, statement: Statement) -> CareResult:
        """Record a rights case."""
        context = _fresh(info)
        return CareRecord.of(await entrusting.record_rights_case(context.hub, context.caller, statement))


@strawberry.type
class EntrustmentReads:
    """The reads."""

    @told("本工会为一方的委托管理协议。", "An entrustment agreement to which your union is a party.")
    async def entrustment(
        self,
        info: Info,
        agreement_id: Annotated[
            strawberry.ID, strawberry.argument(name="id", description="协议的全局编号。\nThe agreement's global id.")
        ],
    ) -> EntrustmentAgreement | None:
        """Give an agreement."""
        return await find_agreement(info, decode_id(agreement_id, "EntrustmentAgreement") or _NOBODY)

    @told("本工会为一方的委托管理协议，按编号排列。", "The agreements to which your union is a party, by their ids.")
    async def entrustments(
        self,
        info: Info,
        first: Annotated[
            int | None, strawberry.argument(description="每页条数，1 至 100。\nHow many, from 1 to 100.")
        ] = UNSET,
        after: Annotated[
            str | None, strawberry.argument(description="上一页的 endCursor。\nThe `endCursor` of the page before.")
        ] = UNSET,
    ) -> EntrustmentConnection:
        """Give a page of agreements."""
        context = info.context
        page = context.cursors.page(
            union_id=context.caller.union_id, list_name="entrustments", kinds=(UUID,), first=first, after=after
        )
        (start,) = page.after or (None,)
        async with reading_as(context.hub, context.caller) as reading:
            views = await ledger.agreement_page(
                reading, after=start if isinstance(start, UUID) else None, limit=page.limit
            )
        found: EntrustmentConnection = connect(
            page,
            views,
            key=lambda view: (view.agreement_id,),
            node=EntrustmentAgreement.of,
            into=EntrustmentConnection,
        )
        return found

    @told(
        "会员的各项责任目前由哪个工会承担；会籍所在工会和受托工会可查，他人为空。",
        "Which union owes which duty to a member today, for the holder and the union entrusted; empty for others.",
    )
    async def responsibilities(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID, strawberry.argument(description="会员的全局编号。\nThe member's global id.")
        ],
    ) -> list[Responsibility]:
        """Give the duties."""
        found = await info.context.loads.duties(decode_id(member_id, "Member") or _NOBODY)
        return [Responsibility.of(view) for view in found or ()]


@strawberry.type
class EntrustmentDrafts:
    """The drafts."""

    @told("起草委托管理协议。", "Drafts an entrustment agreement; its text is the draft's `document`.")
    async def draft_propose_entrustment(self, info: Info, asked: Annotated[EntrustmentDraft, _INPUT]) -> Draft:
        """Draft a proposal."""
        return Draft.of(await drafting.draft_proposal(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草对协议的签署。", "Drafts the signature under an agreement as it stands.")
    async def draft_sign_entrustment(self, info: Info, asked: Annotated[AgreementDraft, _INPUT]) -> Draft:
        """Draft a signature."""
        return Draft.of(await drafting.draft_signature(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草协议的撤回。", "Drafts the withdrawal of an agreement.")
    async def draft_withdraw_entrustment(self, info: Info, asked: Annotated[AgreementDraft, _INPUT]) -> Draft:
        """Draft a withdrawal."""
        return Draft.of(await drafting.draft_withdrawal(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草协议的解除。", "Drafts the termination of an agreement.")
    async def draft_terminate_entrustment(self, info: Info, asked: Annotated[AgreementDraft, _INPUT]) -> Draft:
        """Draft a termination."""
        return Draft.of(await drafting.draft_termination(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草名册变动。", "Drafts a change of the roster; it is the draft's `document`.")
    async def draft_amend_roster(self, info: Info, asked: Annotated[RosterDraft, _INPUT]) -> Draft:
        """Draft a change of the roster."""
        return Draft.of(await drafting.draft_roster(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草对名册新增会员的确认。", "Drafts the acknowledgement of members who were put on the roster.")
    async def draft_acknowledge_coverage(self, info: Info, asked: Annotated[CoverageAnswerDraft, _INPUT]) -> Draft:
        """Draft an acknowledgement."""
        return await _answer(info, asked, CoverageAcknowledgement)

    @told("起草对名册新增会员的不接受。", "Drafts the declining of members who were put on the roster.")
    async def draft_decline_coverage(self, info: Info, asked: Annotated[CoverageAnswerDraft, _INPUT]) -> Draft:
        """Draft a declining."""
        return await _answer(info, asked, CoverageDeclining)

    @told("起草活动记录。", "Drafts the record of an activity.")
    async def draft_record_activity(self, info: Info, asked: Annotated[CareDraft, _INPUT]) -> Draft:
        """Draft a record of an activity."""
        return await _care(info, asked, ActivityRecord)

    @told("起草维权记录。", "Drafts the record of a rights case.")
    async def draft_record_rights_case(self, info: Info, asked: Annotated[CareDraft, _INPUT]) -> Draft:
        """Draft a record of a rights case."""
        return await _care(info, asked, RightsCaseRecord)


async def _answer(info: Info, asked: CoverageAnswerDraft, kind: type[CoverageAcknowledgement]) -> Draft:
    given: dict[str, Any] = given_of(asked)
    given["member_ids"] = [decode_id(member, "Member") for member in given["member_ids"]]
    return Draft.of(await drafting.draft_answer(info.context.hub, info.context.caller, given, kind))


async def _care(info: Info, asked: CareDraft, kind: type[ActivityRecord]) -> Draft:
    return Draft.of(await drafting.draft_care(info.context.hub, info.context.caller, given_of(asked), kind))


def _fresh(info: Info) -> Context:
    """Give the context, with nothing in it that was read before this act."""
    info.context.loads.forget()
    return info.context
