"""A manifest over a few releases of one union, and its leaves as texts that show each by itself."""

from typing import Any

from federation import acts, encoding, leaves
from federation.acts import Act
from federation.claims import dump
from federation.forms import Code, LeafCount
from tests.federation.parties import HUB, NOW, U1, U2, a_key, a_release, a_statement, a_uuid, an_acceptance, changed

KEY = a_key("U1 signing", kid="u1-signing")
MANIFEST_ACTS = (
    acts.ReleaseManifest(
        batch_id=a_uuid("batch"),
        size=LeafCount(3),
        root_sha256=leaves.root_of(["a", "b", "c"]),
        reason_code=Code("EMPLOYER_REORGANISED"),
        receiving_union=U2,
    ),
    acts.AcceptanceManifest(
        batch_id=a_uuid("batch"),
        size=LeafCount(20_000),
        root_sha256=leaves.root_of(["a"]),
        reason_code=Code("PLACEMENT_EXIT"),
    ),
)


def a_leaf(claims: Act, name: str, **top: Any) -> str:
    issued = int(NOW.timestamp())
    common = {"iss": U1, "aud": HUB, "sub": str(a_uuid(name)), "jti": str(a_uuid(f"jti {name}"))}
    times = {"iat": issued, "exp": issued + 600}
    return leaves.canonical({**common, **times, claims.object_name: dump(claims), **top})


def some_leaves(number: int = 3) -> list[str]:
    """Give releases of several members, the first one that of the fixtures."""
    names = ["membership of M1", *(f"membership {n}" for n in range(1, number))]
    handoffs = ["handoff", *(f"handoff {n}" for n in range(1, number))]
    return [
        a_leaf(changed(a_release(), handoff_id=a_uuid(handoff)), name)
        for name, handoff in zip(names, handoffs, strict=True)
    ]


def a_manifest(texts: list[str], *, act: type[acts.ReleaseManifest] = acts.ReleaseManifest, **facts: Any) -> Any:
    said: dict[str, Any] = {
        "batch_id": a_uuid("batch"),
        "size": LeafCount(len(texts)),
        "root_sha256": leaves.root_of(texts),
        "reason_code": Code("CHANGE_OF_EMPLOYER"),
        "receiving_union": U2,
    }
    return act(**(said | facts))


def shown(texts: list[str], manifest: Any = None, key: Any = KEY, **signed: Any) -> list[str]:
    """Give each leaf as a text of its own, under a manifest over all."""
    manifest = manifest or a_manifest(texts)
    jws = a_statement(manifest, key, **signed)
    return [text for page in leaves.pages_of(texts) for text in leaves.leaf_texts(jws, manifest, page)]


def an_accepted_leaf(release_sha256: Any, iat: int) -> str:
    claims = an_acceptance(release_sha256)
    return a_leaf(claims, "membership of M1", iss=U2, iat=iat, exp=iat + 600)


def parts(text: str) -> list[str]:
    return text.split("~")


def put(text: str, place: int, part: str) -> str:
    found = parts(text)
    found[place] = part
    return "~".join(found)


def b64(text: str) -> str:
    return encoding.b64url(text.encode())
