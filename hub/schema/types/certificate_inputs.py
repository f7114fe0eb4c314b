"""What drafts of the acts on certificates are asked with."""

from datetime import date

import strawberry

from hub.schema.types.inputs import CertificateInput, ConsentInput

__all__ = [
    "CertificateDraft",
    "CollectCertificateDraft",
    "IssueCertificateDraft",
    "NumberingSchemeDraft",
    "RecordLossDraft",
    "ReissueCertificateDraft",
]

_MEMBER = "会员的全局编号。\nThe member, by its global id."
_WHICH = "会员证编号；不填为最近的一本。\nWhich certificate; if not given, the one that the member has, or had last."
_ISSUED_ON = "发证日期；不填为当日。\nThe day of issue; if not given, that of receipt."
_FEE = "向会员收取的费用，只能为 0；不填为 0。\nWhat the member pays for it: nothing but 0, also if not given."


@strawberry.input(description="起草颁发会员证。\nTo draft the issue of a certificate.")
class IssueCertificateDraft:
    """What an issue says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    certificate: CertificateInput = strawberry.field(description="新会员证的编号。\nIts number.")
    certificate_issued_on: date | None = strawberry.field(default=strawberry.UNSET, description=_ISSUED_ON)
    fee: int | None = strawberry.field(default=strawberry.UNSET, description=_FEE)


@strawberry.input(description="起草会员证挂失。\nTo draft the record of a loss.")
class RecordLossDraft:
    """What the record of a loss says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    certificate: CertificateInput | None = strawberry.field(default=strawberry.UNSET, description=_WHICH)
    consent: ConsentInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员本人的挂失申报。\nThe member's own report: how and when it was made, and its text by hash.",
    )


@strawberry.input(
    description="起草会员证的找回或作废。\nTo draft what is recorded of a certificate that is found, or declared void."
)
class CertificateDraft:
    """What names a certificate and no more."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    certificate: CertificateInput | None = strawberry.field(default=strawberry.UNSET, description=_WHICH)


@strawberry.input(description="起草补（换）发会员证。\nTo draft a reissue.")
class ReissueCertificateDraft:
    """What a reissue says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    certificate: CertificateInput = strawberry.field(description="新会员证的编号。\nThe number of the new one.")
    certificate_issued_on: date | None = strawberry.field(default=strawberry.UNSET, description=_ISSUED_ON)
    supersedes: CertificateInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="所替换的会员证；不填为最近的一本。\n"
        "Which one it takes the place of; if not given, the one that the member has, or had last.",
    )
    reason: str = strawberry.field(
        description="原因：LOST 遗失、DAMAGED 损坏、FULL 栏目填满、CORRECTED 内容更正。\n"
        "Why: LOST, DAMAGED, FULL (no room in a column) or CORRECTED."
    )
    fee: int | None = strawberry.field(default=strawberry.UNSET, description=_FEE)


@strawberry.input(description="起草收回会员证。\nTo draft the collection of a certificate.")
class CollectCertificateDraft:
    """What a collection says."""

    member_id: strawberry.ID = strawberry.field(description=_MEMBER)
    certificate: CertificateInput | None = strawberry.field(default=strawberry.UNSET, description=_WHICH)
    collected_on: date = strawberry.field(description="收回日期。\nThe day on which it was taken back.")


@strawberry.input(description="起草省级编号办法。\nTo draft how a province numbers its certificates.")
class NumberingSchemeDraft:
    """What a numbering scheme says."""

    province_code: str = strawberry.field(description="省份代码（两位）。\nThe two digits of the province.")
    pattern: str = strawberry.field(
        description="编号规则，如 31\\d{10}：单个字符、\\d 或 [A-Z] 一类，可加次数 {n}，至多一处为 {m,n}。\n"
        "The pattern, such as 31\\d{10}: characters, \\d or classes such as [A-Z], each with a count {n} or none, "
        "and one at most with a range {m,n}."
    )
    check: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="末位校验规则：LUHN、MOD_11_2、MOD_11_10；无校验的不填。\n"
        "How the last character follows from the others: LUHN, MOD_11_2, MOD_11_10, or nothing.",
    )
    from_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="自何日起适用；不填为当日。\nFrom which day on; if not given, from that of receipt.",
    )
