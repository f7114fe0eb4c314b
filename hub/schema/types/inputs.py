"""What drafts and filters are asked with, and the plain dictionary that the desk takes."""

import dataclasses
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from hub.schema.enums import EmploymentForm, HoldingBasis, IdType, KeyUse, MembershipStatus, UnionKind
from hub.schema.faults import BadUserInput
from hub.schema.ids import decode_id
from hub.schema.scalars import YearMonth
from hub.schema.types.history_inputs import ImportedRetentionInput
from hub.schema.types.stated_inputs import ConsentInput, StatedInput

__all__ = [
    "AcceptForExternalDraft",
    "AcceptHandoffDraft",
    "CertificateInput",
    "ConsentInput",
    "GroundDraft",
    "HandoffDraft",
    "ImportMemberDraft",
    "JoinMemberDraft",
    "KeyDraft",
    "KeyEndDraft",
    "MemberFilter",
    "MemberUnitInput",
    "MergeDecisionDraft",
    "MergeDraft",
    "PersonInput",
    "ReleaseForExternalDraft",
    "ReleaseInLieuDraft",
    "ReleaseMemberDraft",
    "RequestHandoffDraft",
    "UnionDraft",
    "given_of",
    "plain_text",
]

#: Global ids become the ids of the ledger; one that is none of ours becomes None, as if it named nothing.
_IDS = {
    "member_id": ("membership_id", "Member"),
    "handoff_id": ("handoff_id", "Handoff"),
    "appeals": ("appeals", "Handoff"),
    "agreement_id": ("agreement_id", "EntrustmentAgreement"),
    "supersedes": ("supersedes", "EntrustmentAgreement"),
}
#: Those that an input may leave out.
_OPTIONAL_IDS = frozenset({"appeals", "agreement_id", "supersedes"})
#: What an id that is none of ours names, where to leave it out would mean something else.
_NOTHING = UUID(int=0)


def given_of(asked: Any) -> dict[str, Any]:
    """Give an input by its snake_case names, None where nothing was given.

    Refuses: BadUserInput for a text with a NUL, which no database keeps and no document has
    """
    given = {field.name.rstrip("_"): _plain(getattr(asked, field.name)) for field in dataclasses.fields(asked)}
    for name, (known_as, type_name) in _IDS.items():
        if name in given:
            global_id = given.pop(name)
            given[known_as] = None if global_id is None else decode_id(global_id, type_name)
            if name in _OPTIONAL_IDS and global_id is not None and given[known_as] is None:
                given[known_as] = _NOTHING
    return given


def plain_text(value: Any) -> Any:
    """Give a text, or None where nothing was given. Refuses: BadUserInput for a NUL."""
    if isinstance(value, str) and "\0" in value:
        raise BadUserInput("A text may not hold the character NUL.")
    return None if value is strawberry.UNSET else value


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return given_of(value) if dataclasses.is_dataclass(value) else plain_text(value)


@strawberry.input(description="会员证编号。\nThe number of a certificate.")
class CertificateInput:
    """Province and number."""

    province_code: str = strawberry.field(description="发证省份代码（两位）。\nThe two digits of the issuing province.")
    number: str = strawberry.field(description="编号。\nThe number.")


@strawberry.input(
    description="查找本工会管理的会员；所填各项须同时符合。\n"
    "Looks for members whom the asking union holds; what is given must all fit."
)
class MemberFilter:
    """A filter of members."""

    name: str | None = strawberry.field(
        default=strawberry.UNSET, description="姓名的开头。\nThe beginning of the name."
    )
    id_number: str | None = strawberry.field(
        default=strawberry.UNSET, description="完整的证件号码。\nThe whole ID number, of whatever kind."
    )
    certificate: CertificateInput | None = strawberry.field(
        default=strawberry.UNSET, description="会员证编号。\nThe number of the certificate."
    )


@strawberry.input(
    description="入会人的个人信息；只随入会提交，不写入任何文书。\n"
    "A person's data. They enter with the join alone, and no statement holds any."
)
class PersonInput:
    """A person."""

    name: str = strawberry.field(description="姓名，与证件一致。\nThe name, as on the identity document.")
    sex: str = strawberry.field(description="性别，GB/T 2261.1 代码：0、1、2、9。\nSex, by GB/T 2261.1: 0, 1, 2 or 9.")
    birth_month: YearMonth = strawberry.field(description="出生年月。\nMonth of birth.")
    ethnic_group: str | None = strawberry.field(
        default=strawberry.UNSET, description="民族，GB/T 3304 代码。\nEthnic group, by GB/T 3304."
    )
    political_status: str | None = strawberry.field(
        default=strawberry.UNSET, description="政治面貌，GB/T 4762 代码。\nPolitical status, by GB/T 4762."
    )
    id_type: IdType = strawberry.field(description="证件类型。\nThe kind of identity document.")
    id_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="证件号码；仅 OTHER 可不填。\nIts number; only a document of kind OTHER may lack one.",
    )
    mobile: str | None = strawberry.field(
        default=strawberry.UNSET, description="手机号码，E.164 格式。\nThe mobile number, in E.164."
    )
    residence_division_code: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="居住地的统计用区划代码（6、9 或 12 位）。\nThe division code of the residence, 6, 9 or 12 digits.",
    )
    is_rural_migrant: bool | None = strawberry.field(
        default=strawberry.UNSET, description="是否农民工。\nWhether a rural migrant worker."
    )
    employment_form: EmploymentForm | None = strawberry.field(
        default=strawberry.UNSET, description="就业形式。\nThe form of employment."
    )


@strawberry.input(description="起草入会。\nTo draft a join.")
class JoinMemberDraft:
    """What a join says."""

    person: PersonInput = strawberry.field(description="入会人。\nWho joins.")
    channel: str = strawberry.field(
        description="入会申请方式：ORAL、WRITTEN、ONLINE。\nHow the person applied: ORAL, WRITTEN or ONLINE."
    )
    joined_on: date = strawberry.field(description="批准入会的日期。\nThe day on which the union approved.")
    holding_basis: HoldingBasis = strawberry.field(description="管理会籍的依据。\nOn what basis it will be held.")
    employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="用人单位的统一社会信用代码。\nThe employer, by its code."
    )
    member_unit: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="在联合基层工会中所属单位的代码。\nThe employer within a joint union, by its code.",
    )
    relation_started_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系起始日期。\nThe day on which the labour relation began."
    )
    certificate: CertificateInput | None = strawberry.field(
        default=strawberry.UNSET, description="所颁发会员证的编号。\nThe number of the certificate issued."
    )
    certificate_issued_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="发证日期。\nThe day on which it was issued."
    )
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")


@strawberry.input(description="起草导入入网前的会籍。\nTo draft the import of a membership of before the hub.")
class ImportMemberDraft(JoinMemberDraft):
    """What an import says."""

    status: MembershipStatus | None = strawberry.field(
        default=strawberry.UNSET,
        description="会籍状态：ACTIVE（不填亦同）或 RETAINED。\nIts status: ACTIVE, also if not given, or RETAINED.",
    )
    retention: ImportedRetentionInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="已保留会籍的，原因和日期。\nOf one that is RETAINED: why, and since when.",
    )


@strawberry.input(description="起草重复会籍的合并。\nTo draft the merge of two memberships of one person.")
class MergeDraft:
    """Which of the two goes on."""

    member_id: strawberry.ID = strawberry.field(
        description="本工会管理的会员的全局编号。\nThe member whom your union holds, by its global id."
    )
    survivor: bool = strawberry.field(
        description="是否保留本工会管理的这一会籍；否则保留另一会籍。\n"
        "Whether the membership that your union holds goes on; if not, the other one does."
    )


@strawberry.input(
    description="起草对重复会籍合并的裁定，由拟保留会籍所在工会的上一级工会办理。\n"
    "To draft a decision between the two holders, by the union above the one whose record goes on."
)
class MergeDecisionDraft:
    """Which of the two goes on."""

    membership_id: UUID = strawberry.field(
        description="拟保留的会籍的编号，见 mergeCases。\nThe membership that goes on, as `mergeCases` has it."
    )
    evidence_sha256: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="证明材料的 SHA-256。\nThe SHA-256 of the evidence, in base64url.",
    )


@strawberry.input(description="起草转出。\nTo draft a release.")
class ReleaseMemberDraft(StatedInput):
    """What a release says."""

    member_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="会员的全局编号。\nThe member, by its global id."
    )
    handoff_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="所答复的接转请求的全局编号。\nThe handoff whose request this answers, by its global id.",
    )
    receiving_union: str = strawberry.field(
        description="接收工会，如 urn:union:<统一社会信用代码>。\nThe receiving union, by its URI."
    )
    reason_code: str = strawberry.field(
        description="转出原因的代码，如 CHANGE_OF_EMPLOYER。\nThe code of the reason, such as CHANGE_OF_EMPLOYER."
    )
    out_date: date = strawberry.field(description="转出日期。\nThe day of the release.")
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")
    relation_ended_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系终止日期。\nThe day on which the labour relation ended."
    )
    new_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="新用人单位的代码。\nThe new employer, by its code."
    )
    form_custody: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员登记表的去向；不填为随个人档案移交。\n"
        "Where the registration form goes; if not given, with the personnel file.",
    )


@strawberry.input(
    description="起草接转请求；会员证、会员卡、证件号码填其中一项。\n"
    "To draft a request; of certificate, card and ID number one is given."
)
class RequestHandoffDraft:
    """What a request says, and whom it looks for."""

    certificate: CertificateInput | None = strawberry.field(
        default=strawberry.UNSET, description="会员证编号。\nThe number of the certificate."
    )
    member_card: str | None = strawberry.field(
        default=strawberry.UNSET, description="会员卡号。\nThe number of the member's card."
    )
    id_type: IdType | None = strawberry.field(
        default=strawberry.UNSET, description="证件类型。\nThe kind of identity document."
    )
    id_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="证件号码；只用于比对，不写入请求。\nIts number: compared, and kept in no request.",
    )
    name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="姓名；请求转回借调会员的不填。\nThe member's name; not to have a seconded member back.",
    )
    birth_month: YearMonth | None = strawberry.field(
        default=strawberry.UNSET,
        description="出生年月；请求转回借调会员的不填。\nMonth of birth; not to have a seconded member back.",
    )
    reason_code: str = strawberry.field(description="接转原因的代码。\nThe code of the reason.")
    employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="新用人单位的代码；请求转回借调会员的可不填。\n"
        "The new employer, by its code; to have a seconded member back it may be left out.",
    )
    relation_started_on: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="劳动关系起始日期；请求转回借调会员的可不填。\n"
        "The day on which the labour relation began; to have a seconded member back it may be left out.",
    )
    member_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员的全局编号，仅用于请求转回借调会员（SECONDMENT_RETURN）。\n"
        "The member, by its global id: only to have a seconded member back (SECONDMENT_RETURN).",
    )
    consent: ConsentInput | None = strawberry.field(
        default=strawberry.UNSET, description="会员本人的同意。\nThe member's consent."
    )
    appeals: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="所申诉的异议或已失效请求的接转手续编号。\n"
        "The handoff that was objected to, or whose request lapsed, by its global id.",
    )


@strawberry.input(
    description="起草代为转出，由会籍所在工会的上一级工会办理。\nTo draft a release in the holder's stead."
)
class ReleaseInLieuDraft(StatedInput):
    """What a release in lieu says."""

    handoff_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="所答复的接转手续的全局编号。\nThe request that it answers, by its global id.",
    )
    member_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员的全局编号；会籍所在工会注销中的，无须先有请求。\n"
        "The member, by its global id: of a holder that is wound up, whom nobody need have asked for.",
    )
    receiving_union: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="接收工会，没有请求的填写。\nThe receiving union by its URI, where there is no request.",
    )
    reason_code: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="转出原因，没有请求的填写；不填为 EMPLOYER_CLOSURE。\n"
        "The reason, where there is no request; if not given, EMPLOYER_CLOSURE.",
    )
    out_date: date = strawberry.field(description="转出日期。\nThe day of the release.")
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")
    relation_ended_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系终止日期。\nThe day on which the labour relation ended."
    )
    new_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="新用人单位的代码。\nThe new employer, by its code."
    )
    form_custody: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员登记表的去向；不填为随个人档案移交。\n"
        "Where the registration form goes; if not given, with the personnel file.",
    )
    ground: str = strawberry.field(description="代为转出的理由代码。\nThe code of the ground.")
    evidence_sha256: str = strawberry.field(
        description="证明材料的 SHA-256。\nThe SHA-256 of the evidence, in base64url."
    )


@strawberry.input(description="起草接收。\nTo draft an acceptance.")
class AcceptHandoffDraft:
    """What an acceptance says."""

    handoff_id: strawberry.ID = strawberry.field(description="接转手续的全局编号。\nThe handoff, by its global id.")
    in_date: date = strawberry.field(description="转入日期。\nThe day of intake.")
    holding_basis: HoldingBasis = strawberry.field(description="管理会籍的依据。\nOn what basis it will be held.")
    employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="用人单位的代码。\nThe employer, by its code."
    )
    relation_started_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系起始日期。\nThe day on which the labour relation began."
    )
    intake_register_no: str | None = strawberry.field(
        default=strawberry.UNSET, description="接转登记的编号。\nThe number in the intake register."
    )
    form_received: bool = strawberry.field(
        description="是否已收到会员登记表。\nWhether the registration form has come."
    )


@strawberry.input(
    description="起草凭平台外工会的纸质接收凭证代为登记的接收。\n"
    "To draft what the paper of a receiver outside the hub says."
)
class AcceptForExternalDraft(AcceptHandoffDraft):
    """What an acceptance for a union outside the hub says."""

    paper_sha256: str = strawberry.field(
        description="纸质凭证扫描件的 SHA-256。\nThe SHA-256 of the paper as it was scanned, in base64url."
    )


@strawberry.input(
    description="起草凭平台外工会的纸质转出凭证代为登记的转出。\n"
    "To draft what the paper of a holder outside the hub says."
)
class ReleaseForExternalDraft(StatedInput):
    """What a release for a union outside the hub says."""

    handoff_id: strawberry.ID = strawberry.field(
        description="本工会所提请求的接转手续的全局编号。\nThe handoff of your own request, by its global id."
    )
    releasing_union: str = strawberry.field(
        description="纸质凭证上盖章的转出工会。\nThe union whose seal the paper bears, by its URI."
    )
    out_date: date = strawberry.field(description="转出日期。\nThe day of the release.")
    dues_paid_through: YearMonth = strawberry.field(description="会费交至的月份。\nThe month to which dues are paid.")
    relation_ended_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="劳动关系终止日期。\nThe day on which the labour relation ended."
    )
    new_employer_uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="新用人单位的代码。\nThe new employer, by its code."
    )
    form_custody: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="会员登记表的去向；不填为随个人档案移交。\n"
        "Where the registration form goes; if not given, with the personnel file.",
    )
    paper_sha256: str = strawberry.field(
        description="纸质凭证扫描件的 SHA-256。\nThe SHA-256 of the paper as it was scanned, in base64url."
    )


@strawberry.input(description="起草须说明理由的事项。\nTo draft an act that needs a ground.")
class GroundDraft:
    """A ground."""

    handoff_id: strawberry.ID = strawberry.field(description="接转手续的全局编号。\nThe handoff, by its global id.")
    ground: str = strawberry.field(description="理由的代码。\nThe code of the ground.")
    fields: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="有缺陷的栏目名称。\nThe names of the defective fields."
    )
    evidence_sha256: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="证明材料的 SHA-256。\nThe SHA-256 of the evidence, in base64url.",
    )


@strawberry.input(description="起草只须指明接转手续的事项。\nTo draft an act that names a handoff and no more.")
class HandoffDraft:
    """A handoff."""

    handoff_id: strawberry.ID = strawberry.field(description="接转手续的全局编号。\nThe handoff, by its global id.")


@strawberry.input(
    description="联合基层工会的一个成员单位，期间含起点，不含终点。\n"
    "A member unit of a joint union, for a half-open span."
)
class MemberUnitInput:
    """A member unit."""

    employer_uscc: str = strawberry.field(description="单位的代码。\nThe employer, by its code.")
    from_: date = strawberry.field(name="from", description="自何日起。\nFrom this day on.")
    until: date | None = strawberry.field(
        default=strawberry.UNSET, description="至何日止（不含）。\nUp to, and without, this day."
    )


@strawberry.input(description="起草工会登记。\nTo draft the registration of a union.")
class UnionDraft:
    """What the registration of a union says."""

    uscc: str | None = strawberry.field(
        default=strawberry.UNSET, description="统一社会信用代码。\nIts unified social credit code."
    )
    local_code: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="内部代码，无统一社会信用代码的填写。\nIts local code, if it has no code of its own.",
    )
    name: str = strawberry.field(description="名称。\nIts name.")
    kind: UnionKind = strawberry.field(description="类别。\nIts kind.")
    province_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="省份代码（两位）。\nThe two digits of its province."
    )
    jurisdiction_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="管辖区域代码。\nThe division code of its area."
    )
    employer_usccs: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="所在单位的代码。\nThe employers that it organises, by their codes."
    )
    member_units: list[MemberUnitInput] | None = strawberry.field(
        default=strawberry.UNSET, description="联合基层工会的成员单位。\nThe member units of a joint union."
    )
    contains: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="联合会所含的工会。\nThe unions inside a federation, by their URIs."
    )
    established_on: date = strawberry.field(description="成立日期。\nThe day on which it was founded.")


@strawberry.input(description="起草密钥登记。\nTo draft the registration of a key.")
class KeyDraft:
    """What the registration of a key says."""

    union: str = strawberry.field(description="密钥所属的工会。\nWhose key it is, by the union's URI.")
    use: KeyUse = strawberry.field(description="用途。\nWhat it is for.")
    jwk: str = strawberry.field(description="公钥，JWK 的 JSON 文本。\nThe public key, a JWK as JSON text.")
    not_before: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="自何时起有效；不填为即时。\nFrom when on it is valid; if not given, now."
    )
    proof: str = strawberry.field(description="密钥持有证明。\nThe new key's own proof that its union possesses it.")


@strawberry.input(description="起草密钥的停用或撤销。\nTo draft the retirement or revocation of a key.")
class KeyEndDraft:
    """What the end of a key says."""

    union: str = strawberry.field(description="密钥所属的工会。\nWhose key it is, by the union's URI.")
    kid: str = strawberry.field(description="密钥编号。\nThe key's name.")
    use: KeyUse = strawberry.field(description="用途。\nWhat it is for.")
    at: datetime = strawberry.field(
        description="自何时起停用，或自何时起不再可信。\nSince when it signs no more, or is not to be trusted."
    )
    reason: str | None = strawberry.field(
        default=strawberry.UNSET, description="撤销原因的代码。\nThe code of the reason, of a revocation."
    )
