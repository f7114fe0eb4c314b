"""Certificates in the schema: the acts, their drafts, and how each province numbers."""

from datetime import date
from typing import Annotated

import strawberry

from federation import acts_certificates as acts
from hub.errors import Code
from hub.errors import Refusal as Refused
from hub.schema.arguments import Statement, fresh
from hub.schema.context import Info
from hub.schema.fields import act, told
from hub.schema.refusals import Refusal
from hub.schema.types.certificate_inputs import (
    CertificateDraft,
    CollectCertificateDraft,
    IssueCertificateDraft,
    NumberingSchemeDraft,
    RecordLossDraft,
    ReissueCertificateDraft,
)
from hub.schema.types.certificates import Certificate, certificates_of
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import given_of, plain_text
from hub.schema.types.numbering import NumberingScheme
from hub.transfers.certificates import CertificateView
from hub.transfers.desk import certifying, drafting_certificates, numbering
from hub.transfers.desk.opening import reading_as
from hub.transfers.ledger import reads
from hub.transfers.machines import CertificateState

__all__ = ["CertificateDrafts", "CertificateMutations", "CertificateReads"]

CertificateResult = Annotated[
    Certificate | Refusal,
    strawberry.union(
        "CertificateResult", description="办理后的会员证，或拒绝。\nThe certificate after the act, or a refusal."
    ),
]
NumberingSchemeResult = Annotated[
    NumberingScheme | Refusal,
    strawberry.union("NumberingSchemeResult", description="编号办法，或拒绝。\nThe scheme as recorded, or a refusal."),
]
_INPUT = strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say.")


@strawberry.type
class CertificateMutations:
    """The acts on certificates."""

    @act(
        "向尚无会员证的会员颁发会员证，不收取费用。",
        "Issues a certificate to a member who has none, as the union that holds the membership. Nothing is charged.",
    )
    async def issue_certificate(self, info: Info, statement: Statement) -> CertificateResult:
        """Issue."""
        return await _certified(info, statement, acts.CertificateIssue)

    @act(
        "据会员申报挂失会员证；挂失后不能证明会员身份。",
        "Records that the member has reported the certificate lost: it proves nothing from now on.",
    )
    async def record_loss(self, info: Info, statement: Statement) -> CertificateResult:
        """Record a loss."""
        return await _certified(info, statement, acts.CertificateLoss)

    @act(
        "会员证找回：补办前恢复有效，补办后作废。",
        "Records that a certificate is found: good again, or, if another was issued meanwhile, void.",
    )
    async def recover_certificate(self, info: Info, statement: Statement) -> CertificateResult:
        """Recover."""
        return await _certified(info, statement, acts.CertificateRecovery)

    @act(
        "由会籍所在工会补（换）发会员证，编号另编，入会时间和转接记录不变，不收取费用。",
        "Issues another certificate in the place of one. It has a number of its own, and the joining and the column "
        "stay as they were. Nothing is charged.",
    )
    async def reissue_certificate(self, info: Info, statement: Statement) -> CertificateResult:
        """Reissue."""
        return await _certified(info, statement, acts.CertificateReissue)

    @act("会籍终止后收回会员证。", "Records that a certificate was taken back after the membership's end.")
    async def collect_certificate(self, info: Info, statement: Statement) -> CertificateResult:
        """Collect."""
        return await _certified(info, statement, acts.CertificateCollection)

    @act("声明会员证作废。", "Declares a certificate void.")
    async def void_certificate(self, info: Info, statement: Statement) -> CertificateResult:
        """Declare void."""
        return await _certified(info, statement, acts.CertificateVoiding)

    @act("由省级工会制定会员证编号办法。", "Lays down how a province numbers its certificates, as its federation.")
    async def set_numbering_scheme(self, info: Info, statement: Statement) -> NumberingSchemeResult:
        """Set a scheme."""
        context = fresh(info)
        province, from_on = await numbering.set_numbering_scheme(context.hub, context.caller, statement)
        found = await _scheme(info, province, from_on)
        assert found is not None, "it was recorded"
        return found


@strawberry.type
class CertificateDrafts:
    """The drafts of the acts on certificates."""

    @told("起草颁发会员证。", "Drafts the issue of a certificate.")
    async def draft_issue_certificate(self, info: Info, asked: Annotated[IssueCertificateDraft, _INPUT]) -> Draft:
        """Draft an issue."""
        return await _drafted(info, asked, acts.CertificateIssue)

    @told("起草会员证挂失。", "Drafts the record of a loss.")
    async def draft_record_loss(self, info: Info, asked: Annotated[RecordLossDraft, _INPUT]) -> Draft:
        """Draft the record of a loss."""
        return await _drafted(info, asked, acts.CertificateLoss)

    @told("起草会员证找回。", "Drafts the record that a certificate is found.")
    async def draft_recover_certificate(self, info: Info, asked: Annotated[CertificateDraft, _INPUT]) -> Draft:
        """Draft a recovery."""
        return await _drafted(info, asked, acts.CertificateRecovery)

    @told("起草补（换）发会员证。", "Drafts a reissue.")
    async def draft_reissue_certificate(self, info: Info, asked: Annotated[ReissueCertificateDraft, _INPUT]) -> Draft:
        """Draft a reissue."""
        return await _drafted(info, asked, acts.CertificateReissue)

    @told("起草收回会员证。", "Drafts the collection of a certificate.")
    async def draft_collect_certificate(self, info: Info, asked: Annotated[CollectCertificateDraft, _INPUT]) -> Draft:
        """Draft a collection."""
        return await _drafted(info, asked, acts.CertificateCollection)

    @told("起草声明会员证作废。", "Drafts the declaration that a certificate is void.")
    async def draft_void_certificate(self, info: Info, asked: Annotated[CertificateDraft, _INPUT]) -> Draft:
        """Draft a declaration."""
        return await _drafted(info, asked, acts.CertificateVoiding)

    @told("起草省级编号办法。", "Drafts how a province numbers its certificates.")
    async def draft_set_numbering_scheme(self, info: Info, asked: Annotated[NumberingSchemeDraft, _INPUT]) -> Draft:
        """Draft a scheme."""
        return Draft.of(await numbering.draft_numbering_scheme(info.context.hub, info.context.caller, given_of(asked)))


@strawberry.type
class CertificateReads:
    """What is read of numbering."""

    @told(
        "一省在某日适用的会员证编号办法；未制定的为空，按通用格式。",
        "How a province numbers certificates on a day; null where it has laid nothing down: then the general form is.",
    )
    async def numbering_scheme(
        self,
        info: Info,
        province_code: Annotated[
            str, strawberry.argument(description="省份代码（两位）。\nThe two digits of the province.")
        ],
        on: Annotated[date, strawberry.argument(description="日期。\nThe day.")],
    ) -> NumberingScheme | None:
        """Give the scheme of a day."""
        return await _scheme(info, plain_text(province_code), on)


async def _scheme(info: Info, province: str, on: date) -> NumberingScheme | None:
    async with reading_as(info.context.hub, info.context.caller) as reading:
        row = await reads.numbering_scheme(reading.connection, province, on)
    return None if row is None else NumberingScheme.of(row)


async def _drafted(info: Info, asked: object, act_type: type[acts.CertificateAct]) -> Draft:
    context = info.context
    return Draft.of(
        await drafting_certificates.draft_certificate(context.hub, context.caller, given_of(asked), act_type)
    )


async def _certified(info: Info, statement: str, act_type: type[acts.CertificateAct]) -> Certificate:
    """Do an act, and give the certificate as it is now. Refuses: NOT_HOLDER, where it has moved on meanwhile."""
    context = fresh(info)
    membership_id, key = await certifying.certify(context.hub, context.caller, statement, act_type)
    view = await context.loads.member(membership_id)
    if view is None:
        raise Refused(Code.NOT_HOLDER)
    found = {one.own.key: one for one in await certificates_of(info, view)}
    # A statement that comes again may name a number that was corrected since: no certificate has it any more.
    return found.get(key) or Certificate.of(view, CertificateView(*key, CertificateState.VOIDED, None, None))
