"""Unions, keys and statements for tests: the fixtures of the domain document, with keys made from their names.

No key here is anybody's secret: each seed is the SHA-256 of a label.
"""

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid5

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation import acts, encoding, entrusting, statements
from federation.acts import Act
from federation.forms import (
    Article,
    CertificateNumber,
    Code,
    DivisionCode,
    FieldName,
    KeyUse,
    Kid,
    Month,
    ProvinceCode,
    ReasonText,
    RegisterNo,
    Sha256,
    ShortJws,
    UnionName,
    UnionUri,
    Uscc,
    Version,
)
from federation.keys import Alg, KeyDates, PrivateKey

HUB = "https://hub.example"
NOW = datetime(2025, 3, 10, 2, 0, 0, tzinfo=UTC)
NATIONAL = UnionUri("urn:union:89100000MC1G282819")
COUNTY = UnionUri("urn:union:89310117MC0J90094Y")
U1 = UnionUri("urn:union:81310120MC0A10017G")
U2 = UnionUri("urn:union:81310117MC0B20021Y")
U3 = UnionUri("urn:union:81310117MC0C30036R")
BRANCH = UnionUri("urn:union:local:31:81310117MC0C30036R-01")

_NAMESPACE = UUID("7f1a4f3e-0d1b-5c55-9d0a-2f4c1a9be001")
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

A = TypeVar("A", bound=Act)


def a_uuid(label: str) -> UUID:
    return uuid5(_NAMESPACE, label)


def a_hash(label: str) -> Sha256:
    return Sha256(encoding.sha256_b64url(label.encode()))


def a_key(label: str, alg: Alg = "EdDSA", kid: str | None = None) -> PrivateKey:
    seed = hashlib.sha256(f"unionhub test key {label} {alg}".encode()).digest()
    secret = (
        Ed25519PrivateKey.from_private_bytes(seed)
        if alg == "EdDSA"
        else ec.derive_private_key(int.from_bytes(seed, "big") % (_P256_ORDER - 1) + 1, ec.SECP256R1())
    )
    pem = secret.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return PrivateKey.from_pem(pem, kid=kid)


def in_force(**ends: datetime) -> KeyDates:
    return KeyDates(not_before=NOW - timedelta(days=365), **ends)


def a_join() -> acts.Join:
    return acts.Join(
        channel=Code("WRITTEN"),
        joined_on=date(2012, 7, 1),
        holding_basis=Code("ORDINARY"),
        employer_uscc=Uscc("91310120MC0P141427"),
        relation_started_on=date(2012, 6, 1),
        certificate=acts.Certificate(
            province_code=ProvinceCode("31"), number=CertificateNumber("000001"), issued_on=date(2012, 7, 2)
        ),
        issuing_union=UnionName("甲机械厂工会"),
        dues_paid_through=Month("2025-02"),
        card_sha256=a_hash("card of M1"),
    )


def an_import() -> acts.Import:
    join = a_join()
    given = {field.name: getattr(join, field.name) for field in fields(join)}
    return acts.Import(**given | {"status": Code("ACTIVE")})


def a_merge() -> acts.Merge:
    return acts.Merge(merge_sha256=a_hash("merge"), survivor=True)


def a_merge_decision() -> acts.MergeDecision:
    return acts.MergeDecision(merge_sha256=a_hash("merge"), evidence_sha256=a_hash("evidence"))


AgreementAct = TypeVar(
    "AgreementAct",
    entrusting.EntrustmentSignature,
    entrusting.EntrustmentWithdrawal,
    entrusting.EntrustmentTermination,
)
CoverageAnswer = TypeVar("CoverageAnswer", entrusting.CoverageAcknowledgement, entrusting.CoverageDeclining)
CareRecord = TypeVar("CareRecord", entrusting.ActivityRecord, entrusting.RightsCaseRecord)


def an_entrustment_proposal() -> entrusting.EntrustmentProposal:
    return entrusting.EntrustmentProposal(
        agreement_id=a_uuid("agreement"), agreement_sha256=a_hash("agreement"), replaces_sha256=a_hash("before")
    )


def on_the_agreement(act: type[AgreementAct]) -> AgreementAct:
    return act(agreement_id=a_uuid("agreement"), agreement_sha256=a_hash("agreement"))


def a_roster_amendment() -> entrusting.RosterAmendment:
    return entrusting.RosterAmendment(
        agreement_id=a_uuid("agreement"),
        agreement_sha256=a_hash("agreement"),
        roster_version=Version(1),
        roster_sha256=a_hash("roster"),
    )


def a_coverage_answer(act: type[CoverageAnswer]) -> CoverageAnswer:
    return act(
        agreement_id=a_uuid("agreement"), agreement_sha256=a_hash("agreement"), members=(a_uuid("membership of M1"),)
    )


def a_care_record(act: type[CareRecord]) -> CareRecord:
    return act(
        agreement_id=a_uuid("agreement"),
        kind=Code("TRAINING"),
        occurred_on=date(2025, 3, 1),
        evidence_sha256=a_hash("evidence"),
    )


#: The acts that are about neither a member nor a union: their statements have no `sub`.
def agreement_acts() -> list[Act]:
    return [
        an_entrustment_proposal(),
        on_the_agreement(entrusting.EntrustmentSignature),
        on_the_agreement(entrusting.EntrustmentWithdrawal),
        on_the_agreement(entrusting.EntrustmentTermination),
        a_roster_amendment(),
        a_coverage_answer(entrusting.CoverageAcknowledgement),
        a_coverage_answer(entrusting.CoverageDeclining),
    ]


def care_acts() -> list[Act]:
    return [a_care_record(entrusting.ActivityRecord), a_care_record(entrusting.RightsCaseRecord)]


def a_release(receiving_union: UnionUri = U2) -> acts.Release:
    return acts.Release(
        handoff_id=a_uuid("handoff"),
        custody_version=Version(1),
        prev_sha256=a_hash("join of M1"),
        receiving_union=receiving_union,
        out_date=date(2025, 3, 3),
        reason_code=Code("CHANGE_OF_EMPLOYER"),
        reason_text=ReasonText("调动"),
        articles=(Article("A12"), Article("NX-3"), Article("HUB-P01")),
        dues_paid_through=Month("2025-02"),
        relation_ended_on=date(2025, 2, 28),
        valid_until=date(2025, 5, 2),
        form_custody=Code("WITH_PERSONNEL_FILE"),
        card_sha256=a_hash("card of M1"),
        new_employer_uscc=Uscc("91310117MC0Q15154X"),
    )


def a_request() -> acts.Request:
    return acts.Request(
        handoff_id=a_uuid("handoff"),
        reason_code=Code("CHANGE_OF_EMPLOYER"),
        employer_uscc=Uscc("91310117MC0Q15154X"),
        relation_started_on=date(2025, 3, 1),
        consent=acts.Consent(form=Code("WRITTEN"), given_on=date(2025, 3, 1), evidence_sha256=a_hash("consent")),
        appeals_sha256=a_hash("objection"),
    )


def an_in_lieu_release(receiving_union: UnionUri = U2, in_lieu_of: UnionUri = U1) -> acts.InLieuRelease:
    """The county's, in the stead of U1."""
    release = a_release(receiving_union)
    given = {field.name: getattr(release, field.name) for field in fields(release)}
    return acts.InLieuRelease(
        **given
        | {
            "articles": (Article("HUB-P02"),),
            "request_sha256": a_hash("request"),
            "in_lieu_of": in_lieu_of,
            "ground": Code("NO_RESPONSE"),
            "evidence_sha256": a_hash("evidence"),
        }
    )


def an_external_release(receiving_union: UnionUri = U2, in_lieu_of: UnionUri = U1) -> acts.ExternalRelease:
    """What the paper of U1 says, as if it were outside the hub."""
    release = a_release(receiving_union)
    given = {field.name: getattr(release, field.name) for field in fields(release)}
    return acts.ExternalRelease(
        **given
        | {
            "articles": (Article("A25"),),
            "request_sha256": a_hash("request"),
            "in_lieu_of": in_lieu_of,
            "paper_sha256": a_hash("paper"),
        }
    )


def an_external_acceptance() -> acts.ExternalAcceptance:
    acceptance = an_acceptance()
    given = {field.name: getattr(acceptance, field.name) for field in fields(acceptance)}
    return acts.ExternalAcceptance(**given, paper_sha256=a_hash("paper"))


def an_objection() -> acts.Objection:
    return acts.Objection(
        handoff_id=a_uuid("handoff"), request_sha256=a_hash("request"), ground=Code("RELATION_CONTINUES")
    )


def a_cancellation() -> acts.Cancellation:
    return acts.Cancellation(handoff_id=a_uuid("handoff"), request_sha256=a_hash("request"))


def a_dismissal() -> acts.Dismissal:
    return acts.Dismissal(
        handoff_id=a_uuid("handoff"),
        request_sha256=a_hash("request"),
        ground=Code("RELATION_CONTINUES"),
        evidence_sha256=a_hash("evidence"),
    )


def an_acceptance(release_sha256: Sha256 | None = None) -> acts.Acceptance:
    return acts.Acceptance(
        handoff_id=a_uuid("handoff"),
        release_sha256=release_sha256 or a_hash("release"),
        in_date=date(2025, 3, 10),
        employer_uscc=Uscc("91310117MC0Q15154X"),
        relation_started_on=date(2025, 3, 3),
        holding_basis=Code("ORDINARY"),
        intake_register_no=RegisterNo("2025-017"),
        next_dues_month=Month("2025-03"),
        form_received=True,
    )


def a_refusal(release_sha256: Sha256 | None = None) -> acts.Refusal:
    return acts.Refusal(
        handoff_id=a_uuid("handoff"),
        release_sha256=release_sha256 or a_hash("release"),
        ground=Code("DATA_MISMATCH"),
        fields=(FieldName("dues_paid_through"), FieldName("birthMonth")),
    )


def a_recall(release_sha256: Sha256 | None = None) -> acts.Recall:
    return acts.Recall(handoff_id=a_uuid("handoff"), release_sha256=release_sha256 or a_hash("release"))


def a_member_amendment() -> acts.MemberAmendment:
    """Of a name and all that may stand in the statement itself."""
    names = ("name", "joined_on", "employer_uscc", "member_unit", "relation_started_on", "certificate")
    return acts.MemberAmendment(
        custody_version=Version(1),
        data_version=Version(3),
        is_correction=True,
        fields=tuple(map(FieldName, (*names, "issuing_union", "dues_paid_through", "id_type", "id_number"))),
        id_change=Code("CORRECTED"),
        joined_on=date(2012, 7, 1),
        employer_uscc=Uscc("91310120MC0P141427"),
        member_unit=Uscc("91310120MC0P141427"),
        relation_started_on=date(2012, 6, 1),
        certificate=acts.Certificate(
            province_code=ProvinceCode("31"), number=CertificateNumber("000001"), issued_on=date(2012, 7, 2)
        ),
        issuing_union=UnionName("甲机械厂工会"),
        dues_paid_through=Month("2025-02"),
        card_sha256=a_hash("card"),
    )


def a_union_amendment() -> acts.UnionAmendment:
    return acts.UnionAmendment(
        version=Version(1),
        name=UnionName("松江小微企业工会联合会"),
        jurisdiction_code=DivisionCode("310117"),
        employer_usccs=(Uscc("91310117MC0Q15154X"),),
        member_units=(acts.MemberUnit(employer_uscc=Uscc("91310117MC0R16166Y"), from_=date(2020, 1, 1)),),
        contains=(acts.ContainedUnion(union=BRANCH, from_=date(2020, 1, 1), until=date(2025, 1, 1)),),
    )


def a_union_registration() -> acts.UnionRegistration:
    return acts.UnionRegistration(
        uscc=Uscc("81310117MC0C30036R"),
        name=UnionName("松江小微企业联合工会"),
        kind=Code("GRASSROOTS_JOINT"),
        province_code=ProvinceCode("31"),
        jurisdiction_code=DivisionCode("310117"),
        employer_usccs=(Uscc("91310117MC0R16166Y"),),
        member_units=(
            acts.MemberUnit(employer_uscc=Uscc("91310117MC0R16166Y"), from_=date(2020, 1, 1)),
            acts.MemberUnit(employer_uscc=Uscc("91310117MC0T171793"), from_=date(2020, 1, 1), until=date(2024, 6, 30)),
        ),
        contains=(BRANCH,),
        established_on=date(2019, 12, 1),
    )


def a_key_registration(key: PrivateKey, proof: str) -> acts.KeyRegistration:
    return acts.KeyRegistration(
        use=KeyUse.SIGNING, jwk=key.public, not_before=NOW - timedelta(hours=1), proof=ShortJws(proof)
    )


def a_key_retirement(kid: str) -> acts.KeyRetirement:
    return acts.KeyRetirement(kid=Kid(kid), use=KeyUse.SIGNING, retired_at=NOW + timedelta(days=1))


def a_key_revocation(kid: str) -> acts.KeyRevocation:
    return acts.KeyRevocation(
        kid=Kid(kid), use=KeyUse.LOGIN, reason=Code("COMPROMISED"), invalid_from=NOW - timedelta(hours=3)
    )


def changed(claims: A, **changes: Any) -> A:
    return dataclasses.replace(claims, **changes)


def a_statement(
    claims: Act,
    key: PrivateKey,
    *,
    iss: str = U1,
    aud: str = HUB,
    sub: str | UUID | None = None,
    iat: datetime = NOW,
    lifetime_seconds: int = 600,
    jti: UUID | None = None,
) -> str:
    return statements.sign(
        claims,
        key=key,
        iss=iss,
        aud=aud,
        sub=None if claims.subject == "none" else sub or a_uuid("membership of M1"),
        iat=iat,
        lifetime_seconds=lifetime_seconds,
        jti=jti or a_uuid("jti"),
    )


def segment(content: object) -> str:
    """Encode a segment: bytes and text as they are, anything else as JSON."""
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes):
        content = encoding.dumps(content).encode()
    return encoding.b64url(content)


def forged(header: object, payload: object, key: PrivateKey | None = None, *, signature: bytes = b"") -> str:
    """Put a JWS together by hand, signed with the key if there is one, whatever header and payload say."""
    signing_input = f"{segment(header)}.{segment(payload)}"
    made = key.sign(signing_input.encode()) if key else signature
    return f"{signing_input}.{encoding.b64url(made)}"


def header_of(key: PrivateKey, typ: str = acts.Release.typ) -> dict[str, Any]:
    return {"alg": key.alg, "kid": key.kid, "typ": typ}


def claims_of(jws: str, changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Read a statement's claims, with some of them changed; `...` takes one out."""
    claims = dict(encoding.loads(encoding.b64url_decode(jws.split(".")[1])))
    claims.update(changes or {})
    return {name: value for name, value in claims.items() if value is not ...}
