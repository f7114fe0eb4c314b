"""A whole handoff with its keys, as a hub would have recorded it, for proofs to be made of.

The root's key is from the bootstrap; it vouches for the county's; the county's for those of U1 and U2; U2 has rotated
its first key to a second and retired the first; an old key of the county was revoked.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from federation import acts, assertions, statements
from federation.forms import AlgName, Code, CompactJws, HubOrigin, KeyUse, Kid, Sha256, UnionUri, Version
from federation.keys import PrivateKey
from federation.proof import JwkSet, KeyEntry, Proof, Receipted
from federation.receipts import sign_receipt
from tests.federation.parties import (
    COUNTY,
    HUB,
    NATIONAL,
    NOW,
    U1,
    U2,
    a_key,
    a_key_registration,
    a_key_retirement,
    a_key_revocation,
    a_release,
    a_statement,
    a_uuid,
    an_acceptance,
    changed,
)

HUB_KEY = a_key("hub", kid="hub-2025")
HUB_KEYS = {HUB_KEY.kid: HUB_KEY.public}
ROOT_KEY = a_key("root", kid="root-1")
COUNTY_KEY = a_key("county", kid="county-1")
COUNTY_OLD = a_key("county old", kid="county-0")
U1_KEY = a_key("U1 signing", kid="u1-signing")
U2_FIRST = a_key("U2 first", kid="u2-first")
U2_KEY = a_key("U2 signing", "ES256", kid="u2-signing")

START = NOW - timedelta(days=100)
RELEASED_AT = NOW + timedelta(microseconds=250)
ACCEPTED_AT = NOW + timedelta(days=1)


def receipted(jws: str, at: datetime, **facts: Any) -> Receipted:
    """Give a statement with the hub's receipt for it, whatever the hub is made to say."""
    statement = statements.read_any(jws)
    said: dict[str, Any] = {"statement_sha256": statement.sha256, "typ": statement.typ, "signer": statement.iss}
    receipt = acts.Receipt(**(said | {"received_at": at} | facts))
    return Receipted(
        statement=CompactJws(jws), receipt=CompactJws(sign_receipt(receipt, key=HUB_KEY, hub=HUB, sub=statement.sub))
    )


def entry(union: UnionUri, key: PrivateKey, at: datetime, **facts: Any) -> KeyEntry:
    """Give a key's entry; without further facts, one of the root's bootstrap."""
    bare = KeyEntry(
        union=union,
        kid=Kid(key.kid),
        use=KeyUse.SIGNING,
        alg=AlgName(key.alg),
        jwk=key.public,
        not_before=at,
        registered_at=at,
    )
    return dataclasses.replace(bare, **facts)


def registered(
    union: UnionUri, key: PrivateKey, at: datetime, by: UnionUri, voucher: PrivateKey, **facts: Any
) -> KeyEntry:
    """Give a key's entry with its registration by another key."""
    proof = assertions.key_proof(key, union=union, aud=HUB, iat=at)
    claims = changed(a_key_registration(key, proof), not_before=at)
    document = receipted(a_statement(claims, voucher, iss=by, sub=union, iat=at), at)
    return entry(union, key, at, **({"statement": document.statement, "receipt": document.receipt} | facts))


def keys() -> list[KeyEntry]:
    day = timedelta(days=1)
    retired = changed(a_key_retirement(U2_FIRST.kid), retired_at=START + 30 * day)
    retirement = receipted(a_statement(retired, U2_KEY, iss=U2, sub=U2, iat=START + 29 * day), START + 29 * day)
    revoked = changed(a_key_revocation(COUNTY_OLD.kid), use=KeyUse.SIGNING, invalid_from=START + 9 * day)
    revocation = receipted(
        a_statement(revoked, ROOT_KEY, iss=NATIONAL, sub=COUNTY, iat=START + 10 * day), START + 10 * day
    )
    return [
        entry(NATIONAL, ROOT_KEY, START),
        registered(
            COUNTY,
            COUNTY_OLD,
            START + day,
            NATIONAL,
            ROOT_KEY,
            revoked_at=START + 10 * day,
            reason=revoked.reason,
            invalid_from=revoked.invalid_from,
            revocation=revocation,
        ),
        registered(COUNTY, COUNTY_KEY, START + 2 * day, NATIONAL, ROOT_KEY),
        registered(U1, U1_KEY, START + 3 * day, COUNTY, COUNTY_KEY),
        registered(
            U2, U2_FIRST, START + 3 * day, COUNTY, COUNTY_OLD, retired_at=retired.retired_at, retirement=retirement
        ),
        registered(U2, U2_KEY, START + 20 * day, U2, U2_FIRST),
    ]


RELEASE = a_statement(a_release(), U1_KEY, iat=RELEASED_AT)
RELEASE_SHA256 = Sha256(statements.read_any(RELEASE).sha256)


def released(jws: str = RELEASE, at: datetime = RELEASED_AT, **facts: Any) -> Receipted:
    handoff = {"handoff_id": a_uuid("handoff"), "state_after": Code("RELEASED"), "custody_version_after": Version(1)}
    return receipted(jws, at, **(handoff | {"release_sha256": statements.read_any(jws).sha256} | facts))


def closed(
    claims: acts.Act, key: PrivateKey = U2_KEY, iss: str = U2, at: datetime = ACCEPTED_AT, **facts: Any
) -> Receipted:
    """Give the act that closes the handoff, with a receipt that says what it should."""
    jws = a_statement(claims, key, iss=iss, iat=at)
    ends = {acts.Refusal: "REFUSED", acts.Recall: "RECALLED"}
    state = ends.get(type(claims), "ACCEPTED")
    said: dict[str, Any] = {
        "handoff_id": a_uuid("handoff"),
        "state_after": Code(state),
        "custody_version_after": Version(2 if state == "ACCEPTED" else 1),
        "release_sha256": RELEASE_SHA256,
    }
    if isinstance(claims, acts.Acceptance):
        said["acceptance_sha256"] = statements.read_any(jws).sha256
    return receipted(jws, at, **(said | facts))


def accepted(**facts: Any) -> Receipted:
    return closed(an_acceptance(RELEASE_SHA256), **facts)


def a_proof(steps: Sequence[Receipted] | None = None, entries: Sequence[KeyEntry] | None = None, **facts: Any) -> Proof:
    said: dict[str, Any] = {
        "hub": HubOrigin(HUB),
        "handoff_id": a_uuid("handoff"),
        "membership_id": a_uuid("membership of M1"),
        "statements": tuple([released(), accepted()] if steps is None else steps),
        "keys": tuple(keys() if entries is None else entries),
        "hub_keys": JwkSet(keys=(HUB_KEY.public,)),
    }
    return Proof(**(said | facts))
