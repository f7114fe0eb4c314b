"""Manifests in the schema: what became of each leaf of a page, and the leaves that a draft gives."""

from typing import Annotated
from uuid import UUID

import strawberry

from hub.schema.connections import PageInfo
from hub.schema.refusals import Refusal
from hub.schema.types.certificates import Card
from hub.schema.types.handoffs import Handoff
from hub.transfers import views_manifests as views

__all__ = ["BatchResult", "HandoffBatch", "LeafDraft", "LeafOutcome", "ManifestDraft"]


@strawberry.type(description="清册中一份的办理结果。\nWhat became of one leaf of a manifest.")
class LeafOutcome:
    """An outcome."""

    index: int = strawberry.field(description="序号。\nThe index of the leaf.")
    membership_id: UUID | None = strawberry.field(
        description="会籍编号；原文格式不正确的为空。\nThe membership; null of a leaf that has not the right form."
    )
    handoff: Handoff | None = strawberry.field(
        description="办理后的接转手续；拒绝的为空。\nThe handoff as it stands; null where it was refused."
    )
    refusal: Refusal | None = strawberry.field(description="拒绝。\nThe refusal, if it was refused.")

    @classmethod
    def of(cls, view: views.LeafOutcome) -> "LeafOutcome":
        """Give an outcome."""
        return cls(
            index=view.index,
            membership_id=view.membership_id,
            handoff=None if view.handoff is None else Handoff.of(view.handoff),
            refusal=None if view.refusal is None else Refusal.of(view.refusal),
        )


@strawberry.type(
    description="一份清册，及所交一页中每一份的办理结果；各份分别办理，互不影响。\n"
    "A manifest, and what became of each leaf of the page. Each is an act by itself: none suffers for another."
)
class HandoffBatch:
    """A batch."""

    batch_id: UUID = strawberry.field(description="批次编号。\nThe id of the batch.")
    size: int = strawberry.field(description="清册的总份数。\nHow many leaves the manifest has in all.")
    root_sha256: str = strawberry.field(description="清册的根（RFC 9162）。\nThe root of its tree (RFC 9162).")
    reason_code: str = strawberry.field(description="转出原因的代码。\nThe code of the reason.")
    receipt: str | None = strawberry.field(
        description="平台对清册的回执；尚无一份办理的为空。\n"
        "The hub's receipt for the manifest; null as long as no leaf of it was applied."
    )
    outcomes: list[LeafOutcome] = strawberry.field(
        description="本页每一份的结果，按序号。\nThe outcome of each leaf of the page, in order."
    )

    @classmethod
    def of(cls, view: views.BatchView) -> "HandoffBatch":
        """Give a batch."""
        return cls(
            batch_id=view.batch_id,
            size=view.size,
            root_sha256=view.root_sha256,
            reason_code=view.reason_code,
            receipt=view.receipt,
            outcomes=[LeafOutcome.of(outcome) for outcome in view.outcomes],
        )


BatchResult = Annotated[
    HandoffBatch | Refusal,
    strawberry.union(
        "BatchResult",
        description="每一份的结果，或对整页的拒绝。\nThe outcome of each leaf, or a refusal of the whole page.",
    ),
]


@strawberry.type(description="可列入清册的一份草稿。\nA leaf that may stand in a manifest.")
class LeafDraft:
    """A leaf."""

    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership.")
    handoff_id: UUID | None = strawberry.field(description="在文书中的接转编号。\nThe handoff's id in statements.")
    index: int | None = strawberry.field(
        description="在本草稿的清册中的序号；不能办理的为空。\n"
        "Its index in the draft's own manifest; null where something speaks against it."
    )
    leaf: str | None = strawberry.field(
        description="原文（RFC 8785），请勿改动；找不到办理对象时为空。\n"
        "The text (RFC 8785), to be handed in as it is; null if what it is about was not found."
    )
    card: Card | None = strawberry.field(
        description="供签署人核对的会员信息。\nWhat the signer should look at of the member."
    )
    refusals: list[Refusal] = strawberry.field(
        description="不能办理的全部原因，按审查次序。\nAll that speaks against it, in the order of checking."
    )

    @classmethod
    def of(cls, view: views.LeafDraft) -> "LeafDraft":
        """Give a leaf."""
        return cls(
            membership_id=view.membership_id,
            handoff_id=view.handoff_id,
            index=view.index,
            leaf=view.leaf,
            card=None if view.card is None else Card.of(view.card),
            refusals=[Refusal.of(refusal) for refusal in view.refusals],
        )


@strawberry.type(
    description="清册草稿：每名会员一份，和包含其中可办理各份的清册。\n"
    "A draft of a manifest: a leaf for each member, and the manifest over those that nothing speaks against."
)
class ManifestDraft:
    """A draft."""

    typ: str = strawberry.field(
        description="文书的类型，写入签名头的 typ。\nThe type of the statement, for the `typ` of its header."
    )
    claims: str | None = strawberry.field(
        description="供签署的清册原文，包含有序号的各份；没有可办理的为空。多页合为一册的，由本工会自行写成。\n"
        "The manifest to sign, over the leaves that have an index; null if none has. A manifest over the leaves of "
        "several drafts the union writes itself."
    )
    leaves: list[LeafDraft] = strawberry.field(description="各份。\nThe leaves.")
    page_info: PageInfo = strawberry.field(description="本页的位置。\nWhere this page stands.")
