"""Statements: signed by one, read by another, and judged in one order."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from federation import acts, encoding, statements
from federation.errors import StatementCode, StatementError
from federation.keys import ALGS, Alg, KeyDates
from tests.federation.books import CLAIMS, KEY, VALID, header
from tests.federation.certifying import certificate_acts
from tests.federation.endings import ENDING_ACTS
from tests.federation.histories import HISTORY_ACTS
from tests.federation.manifests import MANIFEST_ACTS
from tests.federation.parties import (
    HUB,
    NOW,
    U1,
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
    a_statement,
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
    changed,
    claims_of,
    forged,
    header_of,
    in_force,
)
from tests.federation.printings import PRINTING_ACTS
from tests.federation.retentions import RETENTION_ACTS
from tests.federation.secondments import SECONDMENT_ACTS
from tests.federation.windings import WINDING_ACTS

MEMBER_ACTS: list[acts.Act] = [
    *(
        a_join(),
        a_member_amendment(),
        a_request(),
        a_release(),
        an_in_lieu_release(),
        an_external_release(),
        an_external_acceptance(),
        an_acceptance(),
        a_refusal(),
        a_recall(),
    ),
    *(an_objection(), a_cancellation(), a_dismissal()),
    *(an_import(), a_merge(), a_merge_decision()),
    *care_acts(),
    *(claims for claims in certificate_acts().values() if claims.subject == "membership"),
    *HISTORY_ACTS,
    *RETENTION_ACTS,
    *ENDING_ACTS,
    *SECONDMENT_ACTS,
    *(claims for claims in WINDING_ACTS if claims.subject == "membership"),
]
AGREEMENT_ACTS = [*agreement_acts(), *PRINTING_ACTS, *MANIFEST_ACTS]
UNION_ACTS: list[acts.Act] = [
    *(claims for claims in (*certificate_acts().values(), *WINDING_ACTS) if claims.subject == "union"),
    a_union_registration(),
    a_union_amendment(),
    a_key_registration(a_key("new"), "e30.e30.AAAA"),
    a_key_retirement("old"),
    a_key_revocation("old"),
]


@pytest.mark.parametrize("alg", ALGS)
@pytest.mark.parametrize("claims", [*MEMBER_ACTS, *UNION_ACTS, *AGREEMENT_ACTS], ids=lambda claims: claims.typ)
def test_every_act_is_signed_and_read_back(claims: acts.Act, alg: Alg) -> None:
    key = a_key("U1", alg)
    sub = U3 if claims in UNION_ACTS else a_uuid("membership of M1")
    jws = a_statement(claims, key, sub=sub)
    for statement in (statements.read(jws, type(claims)), statements.read_any(jws)):
        named = "" if claims in AGREEMENT_ACTS else str(sub)
        assert (statement.iss, statement.sub, statement.jti) == (U1, named, a_uuid("jti"))
        assert (statement.alg, statement.kid, statement.typ) == (alg, key.kid, claims.typ)
        assert statement.sha256 == a_hash(jws.rpartition(".")[0])
        read = statements.verify(
            statement, key=key.public, dates=in_force(), caller=U1, audience=HUB, now=NOW + timedelta(seconds=5)
        )
        assert read == claims


def test_acts_are_told_apart_by_typ_and_by_nothing_else() -> None:
    typs = {act.typ for act in acts.ACTS.values()}
    every = (*MEMBER_ACTS, *UNION_ACTS, *AGREEMENT_ACTS)
    assert typs == {claims.typ for claims in every}
    for claims, other in itertools.product(every, repeat=2):
        jws = a_statement(claims, KEY, sub=U3 if claims in UNION_ACTS else None)
        if type(claims) is not type(other):
            with pytest.raises(StatementError) as caught:
                statements.read(jws, type(other))
            assert caught.value.path == ("header", "typ")


def test_the_subject_is_a_membership_or_the_union_acted_on() -> None:
    for claims, sub in ((a_release(), U3), (a_key_retirement("k"), str(a_uuid("m")))):
        with pytest.raises(StatementError) as caught:
            statements.read(a_statement(claims, KEY, sub=sub), type(claims))
        assert (caught.value.code, caught.value.path) == (StatementCode.STATEMENT_MALFORMED, ("sub",))


def test_an_act_on_an_agreement_has_no_subject() -> None:
    for claims in AGREEMENT_ACTS:
        for sub in (a_uuid("m"), U3):
            jws = statements.sign(claims, key=KEY, iss=U1, aud=HUB, sub=sub, iat=NOW)
            with pytest.raises(StatementError) as caught:
                statements.read(jws, type(claims))
            assert (caught.value.code, caught.value.path) == (StatementCode.STATEMENT_MALFORMED, ("sub",))
    bare = statements.sign(a_release(), key=KEY, iss=U1, aud=HUB, sub=None, iat=NOW)
    with pytest.raises(StatementError):
        statements.read(bare, acts.Release)


def test_a_union_is_registered_under_the_name_that_its_codes_give() -> None:
    union = a_union_registration()
    for wrong in (changed(union, uscc=None), changed(union, local_code="81310117MC0C30036R-01")):
        statement = statements.read(a_statement(wrong, KEY, sub=U3), acts.UnionRegistration)
        with pytest.raises(StatementError) as caught:
            statements.verify_claims(statement, HUB, NOW)
        assert caught.value.path == ("sub",)
    other = statements.read(a_statement(union, KEY, sub=U1), acts.UnionRegistration)
    with pytest.raises(StatementError):
        statements.verify_claims(other, HUB, NOW)


#: One fault for each step that can fail once the form is right, in the order of the steps.
FAULTS: list[tuple[str, dict[str, Any], StatementCode]] = [
    ("signature", {}, StatementCode.SIGNATURE_INVALID),
    ("signer", {}, StatementCode.SIGNER_IS_NOT_CALLER),
    ("times", {"iat": CLAIMS["iat"] + 3600, "exp": CLAIMS["exp"] + 3600}, StatementCode.CLOCK_SKEW),
    ("aud", {"aud": "https://other.example"}, StatementCode.STATEMENT_MALFORMED),
    ("schema", {"release": {}}, StatementCode.STATEMENT_MALFORMED),
    ("dates", {}, StatementCode.SIGNING_KEY_NOT_VALID),
]


@pytest.mark.parametrize("count", range(1, len(FAULTS) + 1))
def test_the_first_fault_in_order_is_the_one_told(count: int) -> None:
    """Every statement here has the last `count` faults at once."""
    faults = FAULTS[-count:]
    names = [name for name, _, _ in faults]
    changes = {name: value for _, fault, _ in faults for name, value in fault.items()}
    statement = statements.read(forged(header(), CLAIMS | changes, KEY), acts.Release)
    with pytest.raises(StatementError) as caught:
        statements.verify(
            statement,
            key=(a_key("other", kid=KEY.kid) if "signature" in names else KEY).public,
            dates=KeyDates(not_before=NOW + timedelta(days=1)) if "dates" in names else in_force(),
            caller=U3 if "signer" in names else U1,
            audience=HUB,
            now=NOW,
        )
    assert caught.value.code == faults[0][2]
    paths = {"aud": ("aud",), "schema": ("release", "handoff_id"), "times": ("iat",)}
    assert caught.value.path == paths.get(names[0], caught.value.path)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "jti", "iat", "exp", "release"])
def test_the_claims_are_exactly_those_of_the_act(claim: str) -> None:
    def judged(claims: dict[str, Any]) -> tuple[str, ...]:
        with pytest.raises(StatementError) as caught:
            statements.verify_claims(statements.read(forged(header(), claims, KEY), acts.Release), HUB, NOW)
        assert caught.value.code == StatementCode.STATEMENT_MALFORMED
        return caught.value.path

    assert judged(claims_of(VALID, {claim: ...})) == (claim,)
    assert judged(CLAIMS | {"note": "x"}) == ("note",)
    assert judged(CLAIMS | {"acceptance": {}}) == ("acceptance",)
    assert judged(CLAIMS | {"张一": 1}) == ("?",)


def test_a_drafts_text_is_signed_as_it_is() -> None:
    text = ' {"iss" : "urn:union:x",\n "x": 1}'
    jws = statements.sign_claims(text, acts.Release.typ, KEY)
    header_text, payload, signature = jws.split(".")
    assert encoding.b64url_decode(payload) == text.encode()
    assert encoding.loads(encoding.b64url_decode(header_text)) == header_of(KEY)
    assert KEY.public.verifies(f"{header_text}.{payload}".encode(), encoding.b64url_decode(signature))


def test_ed25519_signs_the_same_statement_the_same_way() -> None:
    assert a_statement(a_release(), KEY) == VALID
    assert statements.read(VALID, acts.Release).jti == a_uuid("jti")
    first = statements.sign(a_release(), key=KEY, iss=U1, aud=HUB, sub=a_uuid("m"), iat=NOW)
    second = statements.sign(a_release(), key=KEY, iss=U1, aud=HUB, sub=a_uuid("m"), iat=NOW)
    assert claims_of(first)["jti"] != claims_of(second)["jti"]


def test_no_refusal_repeats_what_it_refuses() -> None:
    """Errors are logged and answered; what a stranger wrote, or a member's data, is not to get there."""
    secret = "张一990101198805120016"
    for jws in (
        secret,
        forged(header(typ=secret), CLAIMS, KEY),
        forged(header(**{secret: 1}), CLAIMS, KEY),
        forged(header(kid=secret), CLAIMS, KEY),
        forged(header(alg=secret), CLAIMS, KEY),
        forged(header(), secret, KEY),
        forged(header(), CLAIMS | {"sub": secret}, KEY),
        forged(header(), CLAIMS | {secret: 1}, KEY),
        forged(header(), CLAIMS | {"aud": secret}, KEY),
        forged(header(), CLAIMS | {"release": CLAIMS["release"] | {"reason_text": secret + "\n"}}, KEY),
        forged(header(), CLAIMS | {"release": CLAIMS["release"] | {secret: 1}}, KEY),
    ):
        with pytest.raises(StatementError) as caught:
            statements.verify_claims(statements.read(jws, acts.Release), HUB, NOW)
        assert secret not in f"{caught.value} {caught.value.detail} {caught.value.path}"
