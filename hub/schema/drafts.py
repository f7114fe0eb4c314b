"""The drafts: for each act a query that asks every rule, changes nothing, and gives the exact claims to sign."""

from typing import Annotated

import strawberry

from hub.schema.context import Info
from hub.schema.fields import told
from hub.schema.types.amendment_inputs import AmendMemberDraft, AmendUnionDraft
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import (
    AcceptForExternalDraft,
    AcceptHandoffDraft,
    GroundDraft,
    HandoffDraft,
    ImportMemberDraft,
    JoinMemberDraft,
    KeyDraft,
    KeyEndDraft,
    MergeDecisionDraft,
    MergeDraft,
    ReleaseForExternalDraft,
    ReleaseInLieuDraft,
    ReleaseMemberDraft,
    RequestHandoffDraft,
    UnionDraft,
    given_of,
)
from hub.schema.types.retention_inputs import (
    AnnulRetentionDraft,
    ChangeRetentionReasonDraft,
    RecordRetentionDraft,
    RestoreMembershipDraft,
)
from hub.transfers.desk import (
    drafting,
    drafting_amendments,
    drafting_merges,
    drafting_pulls,
    drafting_retention,
    drafting_unions,
)

__all__ = ["Drafts"]

_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class Drafts:
    """The queries that draft."""

    @told(
        "起草入会；会查询此人是否已是会员，该查询记录在案。",
        "Drafts a join. It tells whether the person is a member already, and that look-up is logged.",
    )
    async def draft_join_member(self, info: Info, asked: Annotated[JoinMemberDraft, _INPUT]) -> Draft:
        """Draft a join."""
        return Draft.of(await drafting.draft_join(info.context.hub, info.context.caller, given_of(asked)))

    @told(
        "起草会员信息的更正或更新；所填证件如属他人，该查询记录在案。",
        "Drafts an amendment of a member's data. That a number is another's is told, and that look-up is logged.",
    )
    async def draft_amend_member(self, info: Info, asked: Annotated[AmendMemberDraft, _INPUT]) -> Draft:
        """Draft an amendment of a member."""
        return Draft.of(
            await drafting_amendments.draft_amendment(info.context.hub, info.context.caller, given_of(asked))
        )

    @told(
        "起草导入入网前的会籍；此人另有有效会籍的，提交后才告知。",
        "Drafts an import. Whether the person has a live membership already is told by the signed act alone.",
    )
    async def draft_import_member(self, info: Info, asked: Annotated[ImportMemberDraft, _INPUT]) -> Draft:
        """Draft an import."""
        return Draft.of(await drafting_merges.draft_import(info.context.hub, info.context.caller, given_of(asked)))

    @told(
        "起草重复会籍的合并；双方签署同一份合并文书的摘要。",
        "Drafts the merge of two memberships of one person: both holders sign over the hash of one document.",
    )
    async def draft_merge_memberships(self, info: Info, asked: Annotated[MergeDraft, _INPUT]) -> Draft:
        """Draft a merge."""
        return Draft.of(await drafting_merges.draft_merge(info.context.hub, info.context.caller, given_of(asked)))

    @told(
        "起草对重复会籍合并的裁定；双方逾期未能一致的，由上一级工会办理。",
        "Drafts a decision between two holders who have not become one over a merge in time.",
    )
    async def draft_decide_merge(self, info: Info, asked: Annotated[MergeDecisionDraft, _INPUT]) -> Draft:
        """Draft a decision."""
        return Draft.of(await drafting_merges.draft_decision(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草保留会籍。", "Drafts a retention.")
    async def draft_record_retention(self, info: Info, asked: Annotated[RecordRetentionDraft, _INPUT]) -> Draft:
        """Draft a retention."""
        return Draft.of(
            await drafting_retention.draft_retention(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草保留会籍原因的变更。", "Drafts a change of a retention's reason.")
    async def draft_change_retention_reason(
        self, info: Info, asked: Annotated[ChangeRetentionReasonDraft, _INPUT]
    ) -> Draft:
        """Draft a change of reason."""
        return Draft.of(
            await drafting_retention.draft_reason_change(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草恢复会籍。", "Drafts a restoration.")
    async def draft_restore_membership(self, info: Info, asked: Annotated[RestoreMembershipDraft, _INPUT]) -> Draft:
        """Draft a restoration."""
        return Draft.of(
            await drafting_retention.draft_restoration(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草撤销保留会籍登记。", "Drafts the annulment of a retention.")
    async def draft_annul_retention(self, info: Info, asked: Annotated[AnnulRetentionDraft, _INPUT]) -> Draft:
        """Draft an annulment."""
        return Draft.of(
            await drafting_retention.draft_annulment(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草转出。", "Drafts a release.")
    async def draft_release_member(self, info: Info, asked: Annotated[ReleaseMemberDraft, _INPUT]) -> Draft:
        """Draft a release."""
        return Draft.of(await drafting.draft_release(info.context.hub, info.context.caller, given_of(asked)))

    @told(
        "起草接转请求；按会员身份证明查找会员，该查询记录在案，其结果只在签署提交后告知。",
        "Drafts a request, and looks for the member. The look-up is logged; what it found only the request tells.",
    )
    async def draft_request_handoff(self, info: Info, asked: Annotated[RequestHandoffDraft, _INPUT]) -> Draft:
        """Draft a request."""
        return Draft.of(await drafting_pulls.draft_request(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草代为转出。", "Drafts a release in the stead of a holder beneath.")
    async def draft_release_in_lieu(self, info: Info, asked: Annotated[ReleaseInLieuDraft, _INPUT]) -> Draft:
        """Draft a release in lieu."""
        return Draft.of(
            await drafting_pulls.draft_release_in_lieu(info.context.hub, info.context.caller, given_of(asked))
        )

    @told(
        "起草凭平台外工会的纸质转出凭证代为登记的转出。",
        "Drafts what the paper of a holder outside the hub says, for your own request.",
    )
    async def draft_release_for_external(self, info: Info, asked: Annotated[ReleaseForExternalDraft, _INPUT]) -> Draft:
        """Draft a release for a union outside the hub."""
        return Draft.of(
            await drafting_pulls.draft_release_for_external(info.context.hub, info.context.caller, given_of(asked))
        )

    @told(
        "起草凭平台外工会的纸质接收凭证代为登记的接收。",
        "Drafts what the paper of a receiver outside the hub says, for your own release.",
    )
    async def draft_accept_for_external(self, info: Info, asked: Annotated[AcceptForExternalDraft, _INPUT]) -> Draft:
        """Draft an acceptance for a union outside the hub."""
        return Draft.of(
            await drafting.draft_acceptance_for_external(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草对接转请求的异议。", "Drafts an objection to a request.")
    async def draft_object_to_request(self, info: Info, asked: Annotated[GroundDraft, _INPUT]) -> Draft:
        """Draft an objection."""
        return Draft.of(await drafting_pulls.draft_objection(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草取消接转请求。", "Drafts the cancellation of a request.")
    async def draft_cancel_request(self, info: Info, asked: Annotated[HandoffDraft, _INPUT]) -> Draft:
        """Draft a cancellation."""
        return Draft.of(await drafting_pulls.draft_cancellation(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草不予支持接转请求。", "Drafts the dismissal of a request.")
    async def draft_dismiss_request(self, info: Info, asked: Annotated[GroundDraft, _INPUT]) -> Draft:
        """Draft a dismissal."""
        return Draft.of(await drafting_pulls.draft_dismissal(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草接收。", "Drafts an acceptance.")
    async def draft_accept_handoff(self, info: Info, asked: Annotated[AcceptHandoffDraft, _INPUT]) -> Draft:
        """Draft an acceptance."""
        return Draft.of(await drafting.draft_acceptance(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草退回。", "Drafts a refusal.")
    async def draft_refuse_handoff(self, info: Info, asked: Annotated[GroundDraft, _INPUT]) -> Draft:
        """Draft a refusal."""
        return Draft.of(await drafting.draft_refusal(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草撤回转出。", "Drafts the recall of a release.")
    async def draft_recall_handoff(self, info: Info, asked: Annotated[HandoffDraft, _INPUT]) -> Draft:
        """Draft a recall."""
        return Draft.of(await drafting.draft_recall(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草下一级工会的登记。", "Drafts the registration of a union beneath yours.")
    async def draft_register_union(self, info: Info, asked: Annotated[UnionDraft, _INPUT]) -> Draft:
        """Draft the registration of a union."""
        return Draft.of(await drafting_unions.draft_union(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草下一级工会登记信息的更正。", "Drafts an amendment of a union beneath yours.")
    async def draft_amend_union(self, info: Info, asked: Annotated[AmendUnionDraft, _INPUT]) -> Draft:
        """Draft an amendment of a union."""
        return Draft.of(
            await drafting_amendments.draft_union_amendment(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草密钥登记。", "Drafts the registration of a key.")
    async def draft_register_key(self, info: Info, asked: Annotated[KeyDraft, _INPUT]) -> Draft:
        """Draft the registration of a key."""
        return Draft.of(await drafting_unions.draft_key(info.context.hub, info.context.caller, given_of(asked)))

    @told("起草密钥停用。", "Drafts the retirement of a key.")
    async def draft_retire_key(self, info: Info, asked: Annotated[KeyEndDraft, _INPUT]) -> Draft:
        """Draft the retirement of a key."""
        return Draft.of(
            await drafting_unions.draft_key_retirement(info.context.hub, info.context.caller, given_of(asked))
        )

    @told("起草密钥撤销。", "Drafts the revocation of a key.")
    async def draft_revoke_key(self, info: Info, asked: Annotated[KeyEndDraft, _INPUT]) -> Draft:
        """Draft the revocation of a key."""
        return Draft.of(
            await drafting_unions.draft_key_revocation(info.context.hub, info.context.caller, given_of(asked))
        )
