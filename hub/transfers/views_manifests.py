"""What is answered about a manifest: of each leaf its own outcome, and the leaves that a draft gives to be signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from hub.errors import Refusal
    from hub.transfers.card import Card
    from hub.transfers.views import HandoffView

__all__ = ["BatchView", "LeafDraft", "LeafOutcome", "ManifestDraft"]


@dataclass(frozen=True, slots=True)
class LeafOutcome:
    """What became of one leaf: the case as it stands, or the refusal."""

    index: int
    membership_id: UUID | None
    handoff: HandoffView | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A manifest, and what became of the leaves of one page."""

    batch_id: UUID
    size: int
    root_sha256: str
    reason_code: str
    receipt: str | None  #: None as long as no leaf of it was applied
    outcomes: tuple[LeafOutcome, ...]


@dataclass(frozen=True, slots=True)
class LeafDraft:
    """A leaf that may be put in a tree, with the card to show the signer, and all that speaks against it.

    `index` is its place in the tree of the draft's own manifest; None where something speaks against it.
    """

    membership_id: UUID
    handoff_id: UUID | None
    index: int | None
    leaf: str | None
    card: Card | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class ManifestDraft:
    """The leaves, and the manifest over those that nothing speaks against (None where there is none)."""

    typ: str
    claims: str | None
    leaves: tuple[LeafDraft, ...]
    after: UUID | None  #: whose leaf is the last one, if more follow
