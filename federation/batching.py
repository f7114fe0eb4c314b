"""Many members by one signature: the leaves drafted page by page, looked at, put in one tree, and handed in.

A page that got no answer is handed in again, by the client itself or by whoever keeps the `Bundle`: what has been done
is not done twice.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from federation import leaves, statements
from federation.acts import Acceptance, AcceptanceManifest, Release, ReleaseManifest
from federation.acts_manifests import Manifest
from federation.documents import ACCEPT_MANIFEST, RELEASE_MANIFEST, ActDocuments
from federation.drafts import Draft, check_draft
from federation.errors import Refused
from federation.forms import Code, LeafCount, UnionUri
from federation.keys import PrivateKey
from federation.leaves import Page
from federation.session import Session

__all__ = ["ACCEPT_MANIFEST", "RELEASE_MANIFEST", "Bundle", "gather", "hand_in"]

Answer = dict[str, Any]


#: As long as the leaves' own, which the hub writes.
_LIFETIME_SECONDS: Final = 24 * 3600
#: What an acceptance leaves out of who is taken over as he is.
_MAY_BE_LEFT_OUT: Final = {"employerUscc": "employer_uscc", "relationStartedOn": "relation_started_on"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """A signed manifest with all its leaves: what is kept until every page has been answered."""

    documents: ActDocuments
    statement: str
    pages: tuple[Page, ...]
    #: Of members about whom something speaks against it, by membership: they are in no leaf.
    refused: Mapping[UUID, Refused]


async def gather(
    client: Session, documents: ActDocuments, asked: Mapping[str, Any], key: PrivateKey, *, length: int = 100
) -> Bundle | None:
    """Draft all leaves, look at each, and sign one manifest over them; None where there is nothing to sign.

    Takes: a `ReleaseManifestDraft` or `AcceptManifestDraft`, and how many leaves a draft is to give at a time.
    Refuses: StatementError for a leaf that says something else than was asked.
    """
    texts, refused, after = list[str](), dict[UUID, Refused](), None
    while True:
        page = await client.execute(documents.draft, {"input": dict(asked), "first": length, "after": after})
        for leaf in page["answer"]["leaves"]:
            if leaf["refusals"]:
                refused[UUID(leaf["membershipId"])] = Refused.from_answer(leaf["refusals"][0])
            elif leaf["leaf"] is not None:
                _check(client, documents, asked, leaf)
                texts.append(leaf["leaf"])
        after = page["answer"]["pageInfo"]["endCursor"]
        if not page["answer"]["pageInfo"]["hasNextPage"]:
            break
    if not texts:
        return None
    claims = _manifest_over(texts, documents, asked)
    statement = statements.sign(
        claims,
        key=key,
        iss=client.union,
        aud=client.hub,
        sub=None,
        iat=client.now(),
        lifetime_seconds=_LIFETIME_SECONDS,
    )
    return Bundle(documents, statement, tuple(leaves.pages_of(texts)), refused)


async def hand_in(client: Session, bundle: Bundle) -> AsyncIterator[Answer]:
    """Hand in every page, and give the outcome of each leaf, in order.

    Refuses: Refused, of a whole page; AnswerLost.
    """
    for page in bundle.pages:
        given = {"first": page.first, "leaves": list(page.leaves), "hashes": list(page.hashes)}
        data = await client.execute(bundle.documents.submit, {"statement": bundle.statement, "page": given})
        answer: Answer = data["answer"]
        if answer["__typename"] == "Refusal":
            raise Refused.from_answer(answer)
        for outcome in answer["outcomes"]:
            yield outcome


def _manifest_over(texts: Sequence[str], documents: ActDocuments, asked: Mapping[str, Any]) -> Manifest:
    said: dict[str, Any] = {
        "batch_id": UUID(str(asked.get("batchId") or uuid4())),
        "size": LeafCount(len(texts)),
        "root_sha256": leaves.root_of(texts),
        "reason_code": Code(asked["reasonCode"]),
    }
    if documents is not RELEASE_MANIFEST:
        return AcceptanceManifest(**said)
    # Absent where they go to several.
    receiver = asked.get("receivingUnion")
    return ReleaseManifest(**said, receiving_union=None if receiver is None else UnionUri(receiver))


def _check(client: Session, documents: ActDocuments, asked: Mapping[str, Any], leaf: Mapping[str, Any]) -> None:
    card = None if leaf["card"] is None else leaf["card"]["json"]
    is_acceptance = documents is ACCEPT_MANIFEST
    act: type[Acceptance | Release] = Acceptance if is_acceptance else Release
    draft = Draft(act.typ, leaf["leaf"], card, ())
    left_out = {name for name, claim in _MAY_BE_LEFT_OUT.items() if is_acceptance and f'"{claim}":' not in leaf["leaf"]}
    said = {name: value for name, value in asked.items() if name not in left_out}
    check_draft(draft, act, said, union=client.union, hub=client.hub, now=client.now())
