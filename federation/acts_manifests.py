"""Manifests: one signature over many releases, or over many acceptances (domain 4.7).

What is signed is the root of a Merkle tree (RFC 9162) whose leaves are the claims that each act would have had alone;
`federation.leaves` writes and reads them.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from federation.act import Act, Subject
from federation.forms import Code, LeafCount, Sha256, UnionUri

__all__ = ["MANIFEST_ACTS", "AcceptanceManifest", "Manifest", "ReleaseManifest"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest(Act):
    """What manifests of both sides say."""

    object_name: ClassVar[str] = "manifest"
    subject: ClassVar[Subject] = "none"

    #: Both sides may give theirs the same one.
    batch_id: UUID
    #: How many leaves the tree has.
    size: LeafCount
    #: The root of the tree.
    root_sha256: Sha256
    #: The reason of every handoff in it.
    reason_code: Code


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseManifest(Manifest):
    """The holder lets many members go at once, for one reason."""

    typ: ClassVar[str] = "unionhub.release-manifest+jwt"
    act: ClassVar[str] = "release_manifest"

    #: The receiver of all; absent where they go to several unions, as after a closure (A19).
    receiving_union: UnionUri | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptanceManifest(Manifest):
    """The receiver takes in many members at once who were released for one reason."""

    typ: ClassVar[str] = "unionhub.acceptance-manifest+jwt"
    act: ClassVar[str] = "accept_manifest"


MANIFEST_ACTS = (ReleaseManifest, AcceptanceManifest)
