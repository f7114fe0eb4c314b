"""Acts: one signed statement in, the object as it stands afterwards out, or the refusal.

Each is one call of the desk. A refusal is raised there and becomes the answer in `hub.schema.refusals`.
"""

from typing import Annotated
from uuid import UUID

import strawberry

from hub.schema.arguments import PersonText, Statement, fresh
from hub.schema.certificates import CertificateMutations
from hub.schema.context import Info
from hub.schema.endings import EndingMutations
from hub.schema.entrustments import EntrustmentActs
from hub.schema.enums import IdType
from hub.schema.fields import act
from hub.schema.histories import HistoryMutations
from hub.schema.ids import decode_id
from hub.schema.manifests import ManifestMutations
from hub.schema.policies import PolicyMutations
from hub.schema.prints import PrintMutations
from hub.schema.refusals import Refusal
from hub.schema.seconding import SecondmentMutations
from hub.schema.types.handoffs import Handoff
from hub.schema.types.members import IdNumber, Member, MemberResult
from hub.schema.types.merges import MergeDecision
from hub.schema.types.unions import Union, union_of
from hub.schema.winding import UnionResult, WindingMutations
from hub.transfers.desk import (
    amending,
    amending_unions,
    cases,
    deciding,
    joining,
    merging,
    pulling,
    registering,
    releasing,
    retaining,
    revealing,
)

__all__ = ["Mutation"]

HandoffResult = Annotated[
    Handoff | Refusal,
    strawberry.union(
        "HandoffResult", description="办理后的接转手续，或拒绝。\nThe handoff after the act, or a refusal."
    ),
]
IdNumberResult = Annotated[
    IdNumber | Refusal,
    strawberry.union("IdNumberResult", description="完整的证件号码，或拒绝。\nThe full ID number, or a refusal."),
]

MergeDecisionResult = Annotated[
    MergeDecision | Refusal,
    strawberry.union(
        "MergeDecisionResult", description="已收到的裁定，或拒绝。\nThe decision as received, or a refusal."
    ),
]


@strawberry.type(
    description="办理事项；每次办理须有一份签署的文书。\n"
    "The acts. Each takes one signed statement and is stored with it."
)
class Mutation(
    EndingMutations,
    EntrustmentActs,
    CertificateMutations,
    HistoryMutations,
    SecondmentMutations,
    PrintMutations,
    WindingMutations,
    ManifestMutations,
    PolicyMutations,
):
    """The acts."""

    @act("批准入会。", "Takes in a person who is nobody's member.")
    async def join_member(self, info: Info, statement: Statement, person: PersonText) -> MemberResult:
        """Join."""
        context = fresh(info)
        return Member.of(await joining.join(context.hub, context.caller, statement, person))

    @act(
        "更正或更新会员信息，由会籍所在工会办理；只记录所更改的栏目，不保留可见的原值。",
        "Puts a member's data right, or up to date, as the union that holds the membership. What is amended is kept "
        "by its name; what stood there before is shown to nobody.",
    )
    async def amend_member(
        self,
        info: Info,
        statement: Statement,
        person: Annotated[
            str | None,
            strawberry.argument(
                description="所更改的个人信息，即草稿的 card.json 原文；未更改个人信息的不填。\n"
                "What is amended of the person's data: the exact text of the draft's `card.json`, if it has a card."
            ),
        ] = strawberry.UNSET,
    ) -> MemberResult:
        """Amend a member."""
        context = fresh(info)
        return Member.of(await amending.amend_member(context.hub, context.caller, statement, person or None))

    @act(
        "导入入网前的会籍；此人另有有效会籍的，导入的会籍冻结，待双方合并。",
        "Brings in a membership of before the hub. Where the person has a live one already, it stands still until "
        "both holders merge the two.",
    )
    async def import_member(self, info: Info, statement: Statement, person: PersonText) -> MemberResult:
        """Import."""
        context = fresh(info)
        return Member.of(await merging.import_member(context.hub, context.caller, statement, person))

    @act(
        "合并一人的两份会籍：双方就同一份文书签署后，一份保留，另一份终止。",
        "Merges two memberships of one person: when both holders have signed over the same, one goes on, one ends.",
    )
    async def merge_memberships(self, info: Info, statement: Statement) -> MemberResult:
        """Merge."""
        context = fresh(info)
        return Member.of(await merging.merge(context.hub, context.caller, statement))

    @act(
        "双方逾期未能一致的，由拟保留会籍所在工会的上一级工会裁定合并。",
        "Decides a merge over which two holders have not become one in time, as the union above.",
    )
    async def decide_merge(self, info: Info, statement: Statement) -> MergeDecisionResult:
        """Decide."""
        context = fresh(info)
        return MergeDecision.of(await deciding.decide_merge(context.hub, context.caller, statement))

    @act(
        "保留会籍：会员退休、失业或服兵役的，由会籍所在工会办理。",
        "Retains a member who has retired, lost work or enlisted: no dues and no vote from now on.",
    )
    async def record_retention(self, info: Info, statement: Statement) -> MemberResult:
        """Retain."""
        context = fresh(info)
        return Member.of(await retaining.record(context.hub, context.caller, statement))

    @act(
        "变更保留会籍的原因：退役后未就业，或失业后退休。",
        "Lets a retention go on for another reason: after the service without work, or into retirement.",
    )
    async def change_retention_reason(self, info: Info, statement: Statement) -> MemberResult:
        """Change the reason."""
        context = fresh(info)
        return Member.of(await retaining.change_reason(context.hub, context.caller, statement))

    @act(
        "恢复会籍：再就业后仍由本工会管理的；退休的不恢复。",
        "Restores a retained member who works again and stays with your union; a retiree stays retained.",
    )
    async def restore_membership(self, info: Info, statement: Statement) -> MemberResult:
        """Restore."""
        context = fresh(info)
        return Member.of(await retaining.restore(context.hub, context.caller, statement))

    @act(
        "撤销有误的保留会籍登记；其间各月会费应交。",
        "Annuls a retention that was entered by mistake: the dues of the months between are owed.",
    )
    async def annul_retention(self, info: Info, statement: Statement) -> MemberResult:
        """Annul."""
        context = fresh(info)
        return Member.of(await retaining.annul(context.hub, context.caller, statement))

    @act("签署转出，会籍待指定的接收工会接收。", "Releases a member to the union that the statement names.")
    async def release_member(self, info: Info, statement: Statement) -> HandoffResult:
        """Release."""
        context = fresh(info)
        return Handoff.of(await releasing.release(context.hub, context.caller, statement))

    @act("提出接转请求，须有会员身份证明和本人同意。", "Asks for a member who has come to work with your employer.")
    async def request_handoff(self, info: Info, statement: Statement) -> HandoffResult:
        """Request."""
        context = fresh(info)
        return Handoff.of(await pulling.request(context.hub, context.caller, statement))

    @act(
        "会籍所在工会逾期未处理请求的，由其上一级工会代为转出。",
        "Releases in the stead of a holder beneath that has let a request lie.",
    )
    async def release_in_lieu(self, info: Info, statement: Statement) -> HandoffResult:
        """Release in lieu."""
        context = fresh(info)
        return Handoff.of(await releasing.release_in_lieu(context.hub, context.caller, statement))

    @act(
        "会员由平台外工会管理的，由提出请求的工会凭其纸质转出凭证代为登记转出；随后照常接收。",
        "Records, for your own request, what the paper of a holder outside the hub says. Accept it as any other then.",
    )
    async def release_for_external(self, info: Info, statement: Statement) -> HandoffResult:
        """Release for a union outside the hub."""
        context = fresh(info)
        return Handoff.of(await releasing.release_for_external(context.hub, context.caller, statement))

    @act(
        "转往平台外工会的，由转出工会凭其纸质接收凭证代为登记接收；会籍于平台收到之时转入该工会。",
        "Records that a union outside the hub took in, on paper, whom you released to it: the membership moves then.",
    )
    async def accept_for_external(self, info: Info, statement: Statement) -> HandoffResult:
        """Accept for a union outside the hub."""
        context = fresh(info)
        return Handoff.of(await cases.accept_for_external(context.hub, context.caller, statement))

    @act("对接转请求提出异议，须有准许的理由。", "Objects to a request, on a listed ground.")
    async def object_to_request(self, info: Info, statement: Statement) -> HandoffResult:
        """Object."""
        context = fresh(info)
        return Handoff.of(await pulling.object_to(context.hub, context.caller, statement))

    @act("取消本工会的接转请求。", "Takes a request of your union back.")
    async def cancel_request(self, info: Info, statement: Statement) -> HandoffResult:
        """Cancel."""
        context = fresh(info)
        return Handoff.of(await pulling.cancel(context.hub, context.caller, statement))

    @act(
        "会籍所在工会的上一级工会对接转请求不予支持，须有准许的理由。",
        "Dismisses a request that has come to your union, as the one above the holder.",
    )
    async def dismiss_request(self, info: Info, statement: Statement) -> HandoffResult:
        """Dismiss."""
        context = fresh(info)
        return Handoff.of(await pulling.dismiss(context.hub, context.caller, statement))

    @act("接收；会籍于平台收到之时转入。", "Accepts a release: the membership moves when the hub receives it.")
    async def accept_handoff(self, info: Info, statement: Statement) -> HandoffResult:
        """Accept."""
        context = fresh(info)
        return Handoff.of(await cases.accept(context.hub, context.caller, statement))

    @act("退回转出，须有准许的理由。", "Refuses a release, on a ground that its reason allows.")
    async def refuse_handoff(self, info: Info, statement: Statement) -> HandoffResult:
        """Refuse."""
        context = fresh(info)
        return Handoff.of(await cases.refuse(context.hub, context.caller, statement))

    @act("在接收之前撤回转出。", "Takes a release back, as long as nobody has accepted it.")
    async def recall_handoff(self, info: Info, statement: Statement) -> HandoffResult:
        """Recall."""
        context = fresh(info)
        return Handoff.of(await cases.recall(context.hub, context.caller, statement))

    @act("登记下一级工会。", "Registers a union beneath yours.")
    async def register_union(self, info: Info, statement: Statement) -> UnionResult:
        """Register a union."""
        context = fresh(info)
        return await _union(info, await registering.register_union(context.hub, context.caller, statement))

    @act("更正下一级工会的登记信息。", "Puts right what is registered of a union beneath yours.")
    async def amend_union(self, info: Info, statement: Statement) -> UnionResult:
        """Amend a union."""
        context = fresh(info)
        return await _union(info, await amending_unions.amend_union(context.hub, context.caller, statement))

    @act("登记密钥，由上一级工会或本工会的有效密钥签署。", "Registers a key of your union or of one beneath it.")
    async def register_key(self, info: Info, statement: Statement) -> UnionResult:
        """Register a key."""
        context = fresh(info)
        return await _union(info, await registering.register_key(context.hub, context.caller, statement))

    @act("停用密钥；此前的签署始终有效。", "Retires a key; what it signed before stands.")
    async def retire_key(self, info: Info, statement: Statement) -> UnionResult:
        """Retire a key."""
        context = fresh(info)
        return await _union(info, await registering.retire_key(context.hub, context.caller, statement))

    @act("撤销不再可信的密钥。", "Revokes a key that is not to be trusted.")
    async def revoke_key(self, info: Info, statement: Statement) -> UnionResult:
        """Revoke a key."""
        context = fresh(info)
        return await _union(info, await registering.revoke_key(context.hub, context.caller, statement))

    @act(
        "查看会员的完整证件号码；须注明用途，并记录在案。",
        "Reads a member's full ID number, for a stated purpose; each reading is logged with it.",
    )
    async def reveal_id_number(
        self,
        info: Info,
        member_id: Annotated[
            strawberry.ID, strawberry.argument(description="会员的全局编号。\nThe member's global id.")
        ],
        purpose: Annotated[
            str, strawberry.argument(description="用途，2 至 200 个字。\nThe purpose, in 2 to 200 characters.")
        ],
    ) -> IdNumberResult:
        """Reveal an ID number."""
        context = fresh(info)
        id_type, id_number = await revealing.reveal_id_number(
            context.hub, context.caller, decode_id(member_id, "Member"), purpose
        )
        return IdNumber(id_type=IdType(id_type), id_number=id_number)


async def _union(info: Info, union_id: UUID) -> Union:
    return await union_of(info, union_id)
