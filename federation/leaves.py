"""A leaf of a manifest: an act that was signed together with others, in a text that shows it by itself.

    <the manifest's JWS>~<the leaf>~<its index>~<its path>

The leaf is what the act's own statement would have had for its payload, in RFC 8785 form, as base64url; the path is its
hashes one after the other, as base64url. It stands wherever a statement stands, and is opened by the same functions
(`federation.statements`): the signature is the manifest's, the SHA-256 is that of the leaf's own text.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from federation import encoding, jws, merkle
from federation.act import Act
from federation.acts import Acceptance, Release
from federation.acts_manifests import AcceptanceManifest, Manifest, ReleaseManifest
from federation.claims import parse
from federation.errors import StatementCode, StatementError
from federation.forms import Sha256

__all__ = [
    "PAGE_MAX",
    "Leaf",
    "Page",
    "canonical",
    "check_agrees",
    "is_leaf",
    "leaf_texts",
    "manifest_of",
    "open_leaf",
    "page_of",
    "pages_of",
    "root_of",
]

#: How many leaves are handed in together at most.
PAGE_MAX: Final = 500
#: What the leaves of a manifest are.
_LEAVES: Mapping[type[Manifest], type[Act]] = MappingProxyType(
    {ReleaseManifest: Release, AcceptanceManifest: Acceptance}
)
_MANIFESTS: Mapping[str, type[Manifest]] = MappingProxyType({manifest.typ: manifest for manifest in _LEAVES})

_MARK = "~"
_PARTS = 4
_HASH_BYTES = 32
_INDEX_DIGITS_MAX = 5


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf that has the right form and lies in the tree. Who signed the manifest, and whether, is not known yet."""

    #: The manifest's.
    envelope: jws.Envelope
    manifest: Manifest
    act: type[Act]
    claims: dict[str, Any]
    text: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """A run of neighbouring leaves, as they are handed in beside their manifest."""

    first: int
    leaves: tuple[str, ...]
    #: The roots of the subtrees beside the page, as base64url; none where the page has all leaves.
    hashes: tuple[str, ...]


def canonical(claims: Mapping[str, Any]) -> str:
    """Write claims in their RFC 8785 form: they have ASCII names, texts, whole numbers, lists and objects only."""
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def root_of(leaves: Sequence[str]) -> Sha256:
    """Give the root of the tree over these leaves, in their order, as a manifest has it."""
    return Sha256(encoding.b64url(merkle.root_of([merkle.leaf_hash(leaf.encode()) for leaf in leaves])))


def pages_of(leaves: Sequence[str], *, length: int = PAGE_MAX) -> list[Page]:
    """Give all pages of a tree, in order. Any of them may be handed in first, or again."""
    hashes = [merkle.leaf_hash(leaf.encode()) for leaf in leaves]
    return [
        Page(
            first,
            tuple(leaves[first : first + length]),
            tuple(map(encoding.b64url, merkle.beside(hashes, first, min(first + length, len(leaves))))),
        )
        for first in range(0, len(leaves), length)
    ]


def leaf_texts(manifest_jws: str, manifest: Manifest, page: Page) -> list[str]:
    """Give each leaf of a page as the text that shows it by itself. Refuses: DOCUMENT_TAMPERED, of the page."""
    try:
        hashes = [encoding.b64url_decode(found) for found in page.hashes]
        root, paths = merkle.paths_of_page(
            [merkle.leaf_hash(leaf.encode()) for leaf in page.leaves], page.first, manifest.size, hashes
        )
    except ValueError as error:  # EncodingError and UnicodeEncodeError are some
        raise _not_in_it(str(error)) from error
    if encoding.b64url(root) != manifest.root_sha256 or any(len(found) != _HASH_BYTES for found in hashes):
        raise _not_in_it("these leaves do not make up the tree that was signed")
    return [
        _MARK.join((manifest_jws, encoding.b64url(leaf.encode()), str(index), encoding.b64url(b"".join(path))))
        for index, (leaf, path) in enumerate(zip(page.leaves, paths, strict=True), page.first)
    ]


def page_of(text: str) -> tuple[str, Page]:
    """Give the manifest's JWS, and a page of this leaf alone, out of a text that shows it. Takes one that is good."""
    manifest_jws, leaf, index, _ = text.split(_MARK)
    opened = open_leaf(text, {act.typ for act in _LEAVES.values()})
    hashes = merkle.beside_path(int(index), opened.manifest.size, _path(text.split(_MARK)[3]))
    return manifest_jws, Page(int(index), (encoding.b64url_decode(leaf).decode(),), tuple(map(encoding.b64url, hashes)))


def manifest_of(act: type[Act]) -> type[Manifest]:
    """Give the kind of manifest whose leaves are of this act."""
    return next(manifest for manifest, leaf in _LEAVES.items() if leaf is act)


def is_leaf(text: str) -> bool:
    """Whether a text is that of a leaf, rather than a JWS of its own."""
    return _MARK in text


def open_leaf(text: str, typs: Collection[str]) -> Leaf:
    """Open a leaf whose act has one of these `typ`s.

    1. It is no longer than a statement may be, and has its four parts.  2. The manifest is a JWS of the right form and
    typ.  3. Leaf, index and path have their one form; the leaf is JSON in its RFC 8785 form.  4. The manifest's own
    claims are read.  5. The path leads from the leaf, at its index, to the root that the manifest states.
    Refuses: STATEMENT_MALFORMED; SIGNATURE_INVALID as of any JWS; DOCUMENT_TAMPERED where it is not in the tree.
    """
    # 1. size and parts
    if len(text) > jws.MAX_BYTES:
        raise jws.malformed(("statement",), f"longer than {jws.MAX_BYTES} bytes")
    parts = text.split(_MARK)
    if len(parts) != _PARTS:
        raise jws.malformed(("statement",), "not a manifest, a leaf, an index and a path")
    # 2. manifest
    envelope = jws.open_envelope(parts[0], [typ for typ, act in _MANIFESTS.items() if _LEAVES[act].typ in typs])
    manifest_act = _MANIFESTS[envelope.typ]
    # 3. leaf, index, path
    claims, leaf = _read(parts[1])
    index = _index(parts[2])
    path = _path(parts[3])
    # 4. what the manifest says
    manifest = parse(manifest_act, envelope.claims.get("manifest"), ("manifest",))
    # 5. in the tree
    found = merkle.root_by_path(merkle.leaf_hash(leaf), index, manifest.size, path)
    if found is None or encoding.b64url(found) != manifest.root_sha256:
        raise _not_in_it("not a leaf of the tree that was signed")
    return Leaf(envelope, manifest, _LEAVES[manifest_act], claims, leaf)


def check_agrees(leaf: Act, manifest: Manifest) -> None:
    """Check that a leaf has its manifest's reason and receiver. Refuses: DOCUMENT_TAMPERED."""
    if isinstance(leaf, Release):
        if leaf.reason_code != manifest.reason_code:
            raise StatementError(
                StatementCode.DOCUMENT_TAMPERED, ("manifest", "reason_code"), "not the reason of this leaf"
            )
        receiver = manifest.receiving_union if isinstance(manifest, ReleaseManifest) else None
        if receiver not in {None, leaf.receiving_union}:
            raise StatementError(
                StatementCode.DOCUMENT_TAMPERED, ("manifest", "receiving_union"), "not the receiver of this leaf"
            )


def _not_in_it(detail: str) -> StatementError:
    return StatementError(StatementCode.DOCUMENT_TAMPERED, ("manifest", "root_sha256"), detail)


def _read(part: str) -> tuple[dict[str, Any], bytes]:
    try:
        leaf = encoding.b64url_decode(part)
        claims = encoding.loads(leaf)
    except encoding.EncodingError as error:
        raise jws.malformed(("leaf",), str(error)) from error
    if not isinstance(claims, dict) or canonical(claims).encode("utf-8", "surrogatepass") != leaf:
        raise jws.malformed(("leaf",), "not a JSON object in its RFC 8785 form")
    return claims, leaf


def _index(part: str) -> int:
    if not (part.isascii() and part.isdigit() and len(part) <= _INDEX_DIGITS_MAX and str(int(part)) == part):
        raise jws.malformed(("index",), "not a whole number")
    return int(part)


def _path(part: str) -> list[bytes]:
    try:
        hashes = encoding.b64url_decode(part)
    except encoding.EncodingError as error:
        raise jws.malformed(("path",), str(error)) from error
    if len(hashes) % _HASH_BYTES:
        raise jws.malformed(("path",), "not whole hashes")
    return [hashes[place : place + _HASH_BYTES] for place in range(0, len(hashes), _HASH_BYTES)]
