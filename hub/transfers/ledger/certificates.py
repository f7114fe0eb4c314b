"""The calls of the acts on certificates and of the provinces' numbering, one act each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from hub.transfers.certificates import CertificateFacts, CertificateView
from hub.transfers.facts import HeldFacts
from hub.transfers.ledger.rows import function, under_policy
from hub.transfers.ledger.singles import Singles, signer_of
from hub.transfers.machines import CertificateState, Side
from hub.transfers.rules.numbering import Scheme

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.ledger.records import Signing

__all__ = ["CertificateRecord", "Certificates", "SchemeFacts", "SchemeRecord"]

FACTS_FOR_CERTIFICATE: Final = under_policy(
    f"select f.*, l.state as stock from ({function('facts_for_certificate', 9)}) f "
    "left join hub.facts_of_stock(array[$8::text], array[$9::text]) l on true"
)
#: Of the union that a statement is about; unions are public.
FACTS_FOR_SCHEME: Final = under_policy(
    "select f.signer, f.is_self, u.province_code "
    "from hub.facts_for_union($1, $2, $3, $4, $5, $6, $7, null, null, '{}') f left join "
    "hub.unions u on u.union_id = f.about_union"
)
RECORD_CERTIFICATE: Final = function("record_certificate", 25)
RECORD_NUMBERING_SCHEME: Final = function("record_numbering_scheme", 11)


class SchemeFacts(NamedTuple):
    """For a numbering scheme: whether the statement is about its signer, and the province of whom it is about."""

    signer: SignerFacts
    is_self: bool
    province: str | None


class CertificateRecord(NamedTuple):
    """The parameters of `record_certificate`, in order. `new_…`: of the certificate that is issued."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    data_version: int
    open_handoff: UUID | None
    open_step: int | None
    act: str
    province_code: str
    number: str
    from_state: str
    to_state: str
    new_province: str | None
    new_number: str | None
    new_issued_on: date | None
    new_issuer: str | None
    reason: str | None
    collected_on: date | None
    card_salt: str
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class SchemeRecord(NamedTuple):
    """The parameters of `record_numbering_scheme`, in order."""

    at: datetime
    union_id: UUID
    province_code: str
    pattern: str
    check_rule: str | None
    from_on: date
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class Certificates(Singles):
    """The calls, one act each."""

    async def facts(self, signing: Signing, membership_id: UUID, number: tuple[str, str] | None) -> CertificateFacts:
        """Give the facts for an act on a certificate. `number`: province and number of the one that is to be issued."""
        asked = (*self._clock, *signing, membership_id, *(number or (None, None)))
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_CERTIFICATE, *asked)
        case = row["membership"]
        columns = (row[name] or () for name in ("provinces", "numbers", "states", "issued_on", "issuing_unions"))
        return CertificateFacts(
            signer=signer_of(row),
            membership=HeldFacts(*tuple(case)[2:]) if case is not None and case["tie"] == Side.HOLDER else None,
            is_party=case is not None and case["tie"] == "PARTY",
            is_taken=row["certificate_taken"],
            kept=tuple(
                CertificateView(province, text, CertificateState(state), issued_on, issuer)
                for province, text, state, issued_on, issuer in zip(*columns, strict=True)
            ),
            signer_province=row["signer_province"],
            ended_on=row["ended_on"],
            filed_on=row["filed_on"],
            scheme=None if row["pattern"] is None else Scheme(row["pattern"], row["check_rule"]),
            stock=row["stock"],
        )

    async def facts_for_scheme(self, signing: Signing, about: str) -> SchemeFacts:
        """Give the facts for a numbering scheme (`about`, the URI of the province's federation)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_SCHEME, *self._clock, *signing, about)
        return SchemeFacts(signer_of(row), row["is_self"], row["province_code"])

    async def record(self, record: CertificateRecord) -> bool:
        """Do an act on a certificate. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_CERTIFICATE, record)

    async def record_scheme(self, record: SchemeRecord) -> bool:
        """Enter how a province numbers from a day on. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_NUMBERING_SCHEME, record)
