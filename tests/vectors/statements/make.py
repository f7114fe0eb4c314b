"""Write the vectors anew: python -m tests.vectors.statements.make.

Keys and times are fixed, so what Ed25519 signs comes out the same each time. ECDSA draws a number for each signature:
a vector whose signing input hasn't changed keeps the bytes that it has.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from federation import acts, assertions, encoding, receipts, statements
from federation.acts import Act
from federation.forms import Code, Typ, UnionUri, Version
from federation.jws import sign_payload
from federation.keys import ALGS, PrivateKey
from tests.federation.certifying import certificate_acts
from tests.federation.endings import ENDING_ACTS
from tests.federation.histories import HISTORY_ACTS
from tests.federation.manifests import MANIFEST_ACTS
from tests.federation.parties import (
    COUNTY,
    HUB,
    NOW,
    U1,
    U2,
    U3,
    a_cancellation,
    a_dismissal,
    a_hash,
    a_join,
    a_key,
    a_key_registration,
    a_key_retirement,
    a_key_revocation,
    a_member_amendment,
    a_merge,
    a_merge_decision,
    a_recall,
    a_refusal,
    a_release,
    a_request,
    a_union_amendment,
    a_union_registration,
    a_uuid,
    agreement_acts,
    an_acceptance,
    an_external_acceptance,
    an_external_release,
    an_import,
    an_in_lieu_release,
    an_objection,
    care_acts,
    claims_of,
    forged,
    header_of,
)
from tests.federation.printings import PRINTING_ACTS
from tests.federation.retentions import RETENTION_ACTS
from tests.federation.secondments import SECONDMENT_ACTS
from tests.federation.windings import WINDING_ACTS

FOLDER = Path(__file__).parent
ACCEPTED = "ACCEPTED"
MALFORMED = "STATEMENT_MALFORMED"
SIGNATURE = "SIGNATURE_INVALID"

Vector = dict[str, Any]

KEYS = {alg: a_key("U1 signing", alg, kid=f"u1-{alg.lower()}") for alg in ALGS}
KEY = KEYS["EdDSA"]
HUB_KEY = a_key("hub", kid="hub-2025")
LOGIN_KEY = a_key("U1 login", kid="u1-login")
NEW_KEY = a_key("U1 new", kid="u1-new")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SECOND = timedelta(seconds=1)


def fixed(typ: str, key: PrivateKey, union: str) -> str:
    """Sign a union's word about itself with a fixed jti; `assertions` draws one."""
    issued = int(NOW.timestamp())
    claims = {"iss": union, "sub": union, "aud": HUB, "jti": str(a_uuid(f"{typ} {union}"))}
    return sign_payload(encoding.dumps(claims | {"iat": issued, "exp": issued + 60}).encode(), typ, key)


def acts_of_each_kind() -> dict[str, tuple[Act, UnionUri | None]]:
    """Give each act, with the union that it is about if it is about one."""
    proof = fixed(assertions.KEY_PROOF_TYP, NEW_KEY, U1)
    return {
        "join": (a_join(), None),
        "member-amendment": (a_member_amendment(), None),
        "import": (an_import(), None),
        "merge": (a_merge(), None),
        **{
            act.typ.removeprefix("unionhub.").removesuffix("+jwt"): (act, None)
            for act in (
                *(*RETENTION_ACTS, *ENDING_ACTS, *SECONDMENT_ACTS, *HISTORY_ACTS),
                *(*PRINTING_ACTS, *MANIFEST_ACTS),
            )
        },
        "merge-decision": (a_merge_decision(), None),
        "release": (a_release(), None),
        "request": (a_request(), None),
        "in-lieu-release": (an_in_lieu_release(), None),
        "external-release": (an_external_release(), None),
        "acceptance": (an_acceptance(), None),
        "external-acceptance": (an_external_acceptance(), None),
        "refusal": (a_refusal(), None),
        "recall": (a_recall(), None),
        "objection": (an_objection(), None),
        "cancellation": (a_cancellation(), None),
        "dismissal": (a_dismissal(), None),
        "union": (a_union_registration(), U3),
        "union-amendment": (a_union_amendment(), U3),
        "key": (a_key_registration(NEW_KEY, proof), U1),
        "key-retirement": (a_key_retirement("u1-old"), U1),
        "key-revocation": (a_key_revocation("u1-login"), U1),
        **{claims.typ.removeprefix("unionhub.").removesuffix("+jwt"): (claims, None) for claims in entrusted()},
        **{typ: (claims, U1 if claims.subject == "union" else None) for typ, claims in certificate_acts().items()},
        **{
            act.typ.removeprefix("unionhub.").removesuffix("+jwt"): (act, U1 if act.subject == "union" else None)
            for act in WINDING_ACTS
        },
    }


def entrusted() -> list[Act]:
    """Give the acts on entrustments: of an agreement, without a `sub`, and of a member covered."""
    return [*agreement_acts(), *care_acts()]


def signed(claims: Act, key: PrivateKey = KEY, sub: str | None = None, **times: Any) -> str:
    subject = None if claims.subject == "none" else sub or a_uuid("membership of M1")
    jti = a_uuid(f"jti {claims.typ}")
    return statements.sign(claims, key=key, iss=U1, aud=HUB, sub=subject, jti=jti, **({"iat": NOW} | times))


RELEASE = signed(a_release())
CLAIMS = claims_of(RELEASE)


def vector(name: str, jws: str, verdict: str, path: str = "", **facts: Any) -> Vector:
    """Describe one case; what isn't said is as for a release of U1 that comes in time."""
    key = facts.pop("key", KEY)
    dates = {"not_before": (NOW - timedelta(days=365)).isoformat()} | facts.pop("dates", {})
    said: Vector = {
        "id": name,
        "kind": "statement",
        "typ": acts.Release.typ,
        "key": None if key is None else {"jwk": key.public.jwk, **dates},
        "caller": U1,
        "audience": HUB,
        "now": NOW.isoformat(),
    }
    said |= facts | {"jws": jws} | decoded(jws)
    return said | {"verdict": verdict, "path": path.split(".") if path else []}


def decoded(jws: str) -> Vector:
    """Give header and claims for people to read, where they are JSON that all readers read alike."""
    parts = {}
    for name, text in zip(("header", "claims"), jws.split("."), strict=False):
        with contextlib.suppress(encoding.EncodingError):
            parts[name] = encoding.loads(encoding.b64url_decode(text))
    return parts if len(jws) <= statements.MAX_BYTES else {}


def valid() -> Iterator[Vector]:
    for name, (claims, about) in acts_of_each_kind().items():
        for alg, key in KEYS.items():
            jws = signed(claims, key, about)
            digest = encoding.sha256_b64url(jws.rpartition(".")[0].encode())
            yield vector(f"{name}-{alg.lower()}", jws, ACCEPTED, typ=claims.typ, key=key, sha256=digest)
    ends = dict.fromkeys(("retired_at", "revoked_at", "invalid_from"), (NOW + SECOND).isoformat())
    yield vector("key-in-its-last-second", RELEASE, ACCEPTED, dates=ends)
    early = NOW.isoformat()
    yield vector("key-in-its-first-instant", RELEASE, ACCEPTED, dates={"not_before": early})
    for name, offset, lifetime in (
        ("iat-59-s-ahead", 59, 60),
        ("exp-59-s-past", -159, 100),
        ("seven-days", 0, 604_800),
    ):
        jws = signed(a_release(), iat=NOW + offset * SECOND, lifetime_seconds=lifetime)
        yield vector(name, jws, ACCEPTED, attack="J18")
    spaced = json.dumps(CLAIMS, indent=1, ensure_ascii=True).encode()
    yield vector("spaces-and-escapes-in-json", forged(header_of(KEY), spaced, KEY), ACCEPTED)


def opening() -> Iterator[Vector]:
    def case(name: str, attack: str, path: str, verdict: str = MALFORMED, **changes: Any) -> Vector:
        header = {name: value for name, value in (header_of(KEY) | changes).items() if value is not ...}
        return vector(name, forged(header, CLAIMS, KEY), verdict, path, attack=attack)

    for alg in ("none", "nOnE", "HS256", "RS256", "ES384"):
        unsigned = forged(header_of(KEY) | {"alg": alg}, CLAIMS)
        yield vector(f"alg-{alg}", unsigned, SIGNATURE, "header.alg", attack="J01" if "n" in alg.lower() else "J02")
    for name, typ in (("absent", ...), ("jwt", "JWT"), ("upper", "UNIONHUB.RELEASE+JWT"), ("null", None)):
        yield case(f"typ-{name}", "J05", "header.typ", typ=typ)
    yield case("typ-application", "J05", "header.typ", typ="application/unionhub.release+jwt")
    yield case("typ-of-a-login", "J04", "header.typ", typ=assertions.CLIENT_ASSERTION_TYP)
    yield case("typ-of-an-acceptance", "J06", "header.typ", typ=acts.Acceptance.typ)
    for name, kid in (
        ("path", "../../etc/passwd"),
        ("sql", "' OR 1=1--"),
        ("nul", "\u0000"),
        ("number", 7),
        ("absent", ...),
    ):
        yield case(f"kid-{name}", "J07", "header.kid", kid=kid)
    yield case("jku", "J09", "header.jku", jku="http://127.0.0.1:9/keys")
    yield case("x5u", "J09", "header.x5u", x5u="http://127.0.0.1:9/chain")
    yield case("jwk", "J10", "header.jwk", jwk=a_key("attacker").public.jwk)
    yield case("x5c", "J10", "header.x5c", x5c=["MIIB"])
    for name, crit in (("known", ["exp"]), ("unknown", ["foo"]), ("empty", []), ("text", "b64")):
        yield case(f"crit-{name}", "J11", "header.crit", crit=crit)
    yield case("b64-false", "J11", "header.b64", b64=False)
    twice = b'{"alg":"EdDSA","kid":"u1-eddsa","kid":"u1-eddsa","typ":"unionhub.release+jwt"}'
    yield vector("header-names-a-member-twice", forged(twice, CLAIMS, KEY), MALFORMED, "header")
    text = encoding.dumps(CLAIMS)
    for name, payload in {
        "names-a-member-twice": text.replace('"iss"', '"iss":"x","iss"', 1),
        "names-a-member-twice-inside": text.replace('"articles"', '"out_date":"2025-01-01","articles"', 1),
        "is-no-object": "[]",
        "is-empty": "",
        "has-a-5000-digit-integer": text.replace(str(CLAIMS["iat"]), "9" * 5000, 1),
        "has-a-float": text.replace(str(CLAIMS["iat"]), f"{CLAIMS['iat']}.0", 1),
        "has-nan": text.replace(str(CLAIMS["iat"]), "NaN", 1),
        "is-nested-too-deeply": "[" * 2000 + "]" * 2000,
        "has-a-trailing-comma": text[:-1] + ",}",
    }.items():
        yield vector(f"payload-{name}", forged(header_of(KEY), payload, KEY), MALFORMED, "payload", attack="J22")
    yield vector("payload-is-not-utf-8", forged(header_of(KEY), b'{"x":"\xff"}', KEY), MALFORMED, "payload")
    too_long = forged(header_of(KEY), CLAIMS | {"x": "x" * 12_000}, KEY)
    yield vector("longer-than-16-kib", too_long, MALFORMED, "statement", attack="J22")
    head, payload, signature = RELEASE.split(".")
    for name, jws in {
        "empty": "",
        "two-segments": f"{head}.{payload}",
        "four-segments": f"{RELEASE}.",
        "padded-header": f"{head}=.{payload}.{signature}",
        "padded-signature": f"{RELEASE}==",
        "space-at-the-end": f"{RELEASE} ",
        "standard-base64": f"{head}.{payload}+.{signature}",
        "spare-bits": RELEASE[:-1] + chr(ord(RELEASE[-1]) + 1),
    }.items():
        yield vector(name, jws, MALFORMED, "statement")


def signatures() -> Iterator[Vector]:
    attacker, es256 = a_key("attacker", kid=KEY.kid), KEYS["ES256"]
    es_header, es_claims = header_of(es256), CLAIMS
    yield vector("no-signature", RELEASE.rpartition(".")[0] + ".", SIGNATURE, "statement", attack="J01")
    yield vector("by-another-key", forged(header_of(KEY), CLAIMS, attacker), SIGNATURE, "statement")
    yield vector("key-unknown", RELEASE, SIGNATURE, "header.kid", key=None, attack="J08")
    crossed = forged(header_of(KEY) | {"alg": "ES256"}, CLAIMS, KEY)
    yield vector("alg-is-not-the-keys", crossed, SIGNATURE, "header.alg", attack="J03")
    crossed = forged(es_header | {"alg": "EdDSA"}, es_claims, KEY)
    yield vector("alg-is-not-the-keys-es256", crossed, SIGNATURE, "header.alg", key=es256, attack="J03")
    changed = f"{RELEASE.split('.')[0]}.{forged({}, CLAIMS | {'exp': CLAIMS['exp'] + 1}).split('.')[1]}"
    yield vector("payload-changed", f"{changed}.{RELEASE.split('.')[2]}", SIGNATURE, "statement")
    for name, r, s in (("zero", 0, 0), ("r-zero", 0, 1), ("s-zero", 1, 0), ("order", P256_ORDER, P256_ORDER)):
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        jws = forged(es_header, es_claims, signature=signature)
        yield vector(f"es256-{name}", jws, SIGNATURE, "statement", key=es256, attack="J15")
    signature = encoding.b64url_decode(RELEASE.split(".")[2])
    grown = int.from_bytes(signature[32:], "little") + 2**252 + 27742317777372353535851937790883648493
    jws = forged(header_of(KEY), encoding.dumps(CLAIMS), signature=signature[:32] + grown.to_bytes(32, "little"))
    yield vector("ed25519-s-plus-order", jws, SIGNATURE, "statement", attack="J16")


def claims() -> Iterator[Vector]:
    def case(name: str, path: str, changes: Mapping[str, Any], verdict: str = MALFORMED, **facts: Any) -> Vector:
        return vector(name, forged(header_of(KEY), claims_of(RELEASE, changes), KEY), verdict, path, **facts)

    now = CLAIMS["iat"]
    yield vector("signer-is-not-the-caller", RELEASE, "SIGNER_IS_NOT_CALLER", "iss", caller=U2)
    yield case("iat-61-s-ahead", "iat", {"iat": now + 61, "exp": now + 120}, "CLOCK_SKEW", attack="J18")
    yield case("exp-61-s-past", "exp", {"iat": now - 600, "exp": now - 61}, "STATEMENT_EXPIRED", attack="J18")
    yield case("longer-than-seven-days", "exp", {"exp": now + 604_801})
    yield case("exp-before-iat", "exp", {"exp": now - 1})
    yield case("exp-as-text", "exp", {"exp": str(now + 600)}, attack="J18")
    yield case("iat-true", "iat", {"iat": True}, attack="J18")
    yield case("nbf", "nbf", {"nbf": now}, attack="J18")
    wrong: dict[str, Any] = {"list": [HUB, "https://other.example"], "list-of-one": [HUB], "prefix": HUB[:-1]}
    for name, aud in (wrong | {"slash": HUB + "/", "upper": HUB.upper(), "absent": ...}).items():
        yield case(f"aud-{name}", "aud", {"aud": aud}, attack="J19")
    wrong = {"empty": "", "number": 5, "absent": ..., "upper": str(a_uuid("jti")).upper()}
    for name, jti in wrong.items():
        yield case(f"jti-{name}", "jti", {"jti": jti}, attack="J20")
    yield case("iss-no-union", "iss", {"iss": "81310120MC0A10017G"})
    yield case("sub-no-uuid", "sub", {"sub": "M1"})
    yield case("two-objects", "recall", {"recall": {}}, attack="J06")
    yield case("no-object", "release", {"release": ...})
    release = CLAIMS["release"]
    for name, value, path in (
        ("null", {"relation_ended_on": None}, "relation_ended_on"),
        ("unknown-member", {"remark": "x"}, "remark"),
        ("member-missing", {"out_date": ...}, "out_date"),
        ("date-not-in-the-calendar", {"out_date": "2026-02-30"}, "out_date"),
        ("month-13", {"dues_paid_through": "2025-13"}, "dues_paid_through"),
        ("version-true", {"custody_version": True}, "custody_version"),
        ("version-text", {"custody_version": "1"}, "custody_version"),
        ("hash-with-spare-bits", {"card_sha256": "A" * 42 + "B"}, "card_sha256"),
        ("union-by-its-code", {"receiving_union": "81310117MC0B20021Y"}, "receiving_union"),
        ("text-not-nfc", {"reason_text": "cafe\u0301"}, "reason_text"),
        ("text-turning-direction", {"reason_text": "调\u202e动"}, "reason_text"),
        ("list-with-null", {"articles": ["A12", None]}, "articles.1"),
    ):
        changed = {claim: it for claim, it in (release | value).items() if it is not ...}
        yield case(f"release-{name}", f"release.{path}", {"release": changed})


def dates() -> Iterator[Vector]:
    for name, facts in {
        "not-yet": {"not_before": NOW + SECOND},
        "retired": {"retired_at": NOW},
        "revoked-a-second-ago": {"revoked_at": NOW - SECOND},
        "void-since-before-it-was-revoked": {"revoked_at": NOW + SECOND, "invalid_from": NOW - SECOND},
    }.items():
        texts = {fact: instant.isoformat() for fact, instant in facts.items()}
        yield vector(f"key-{name}", RELEASE, "SIGNING_KEY_NOT_VALID", "header.kid", dates=texts, attack="J23")


def others() -> Iterator[Vector]:
    """Give receipts, logins and proofs of possession: what is signed and is no statement."""
    for name, (claims_, about) in acts_of_each_kind().items():
        if name in ("release", "acceptance"):
            receipt = acts.Receipt(
                statement_sha256=a_hash(name),
                typ=Typ(claims_.typ),
                signer=U1,
                received_at=NOW + timedelta(microseconds=123_456),
                handoff_id=a_uuid("handoff"),
                state_after=Code("RELEASED" if name == "release" else "ACCEPTED"),
                custody_version_after=Version(1 if name == "release" else 2),
                release_sha256=a_hash("release"),
                acceptance_sha256=a_hash(name) if name == "acceptance" else None,
            )
            jws = receipts.sign_receipt(receipt, key=HUB_KEY, hub=HUB, sub=about or str(a_uuid("membership of M1")))
            facts: Vector = {"kind": "receipt", "typ": receipts.TYP, "key": HUB_KEY}
            yield vector(f"receipt-{name}", jws, ACCEPTED, **facts)
            late = forged(header_of(HUB_KEY, receipts.TYP), claims_of(jws, {"exp": 1}), HUB_KEY)
            yield vector(f"receipt-{name}-with-exp", late, MALFORMED, "exp", **facts)
    facts = {"kind": "login", "typ": assertions.CLIENT_ASSERTION_TYP, "key": LOGIN_KEY}
    login = fixed(assertions.CLIENT_ASSERTION_TYP, LOGIN_KEY, U1)
    yield vector("login", login, ACCEPTED, **facts)
    for name, changes, path in (
        ("longer-than-5-minutes", {"exp": int(NOW.timestamp()) + 301}, "exp"),
        ("for-another-hub", {"aud": "https://other.example"}, "aud"),
        ("sub-is-another", {"sub": U2}, "sub"),
    ):
        jws = forged(header_of(LOGIN_KEY, assertions.CLIENT_ASSERTION_TYP), claims_of(login, changes), LOGIN_KEY)
        yield vector(f"login-{name}", jws, MALFORMED, path, **facts, attack="J26")
    proof = fixed(assertions.KEY_PROOF_TYP, NEW_KEY, U1)
    facts = {"kind": "key-proof", "typ": assertions.KEY_PROOF_TYP, "key": NEW_KEY}
    yield vector("key-proof", proof, ACCEPTED, **facts)
    yield vector("key-proof-for-another-union", proof, "KEY_PROOF_INVALID", "key.proof", **facts | {"caller": COUNTY})
    yield vector("key-proof-is-a-login", login, "KEY_PROOF_INVALID", "key.proof", **facts | {"key": LOGIN_KEY})


FILES: dict[str, Callable[[], Iterator[Vector]]] = {
    "valid.json": valid,
    "opening.json": opening,
    "signatures.json": signatures,
    "claims.json": claims,
    "dates.json": dates,
    "others.json": others,
}


def steady(made: Vector, earlier: Mapping[str, Vector]) -> Vector:
    """Give a vector with the signature that it had, if what is signed hasn't changed."""
    before = earlier.get(made["id"])
    es256 = made["key"] is not None and made["key"]["jwk"]["alg"] == "ES256"
    if before is None or not es256 or before["jws"].rpartition(".")[0] != made["jws"].rpartition(".")[0]:
        return made
    return made | {"jws": before["jws"]}


def built(file: str) -> list[Vector]:
    path = FOLDER / file
    earlier = {it["id"]: it for it in json.loads(path.read_text())["vectors"]} if path.exists() else {}
    return [steady(it, earlier) for it in FILES[file]()]


def main() -> None:
    for file in FILES:
        text = json.dumps({"format": "unionhub-vectors/1", "vectors": built(file)}, ensure_ascii=False, indent=1)
        (FOLDER / file).write_text(text + "\n")


if __name__ == "__main__":
    main()
