"""What drafts of amendments are asked with: what is left out stays as it is."""

from datetime import date

import strawberry

from hub.schema.enums import EmploymentForm, IdChange, IdType
from hub.schema.scalars import YearMonth
from hub.schema.types.inputs import CertificateInput, MemberUnitInput

__all__ = ["AmendMemberDraft", "AmendUnionDraft", "ContainedUnionInput", "PersonAmendmentInput"]


@strawberry.input(
    description="更改后的个人信息；不填的不变，清空的另列。\n"
    "A person's data as they are to be. What is left out stays as it is; what is emptied is listed apart."
)
class PersonAmendmentInput:
    """What is amended of a person's data."""

    name: str | None = strawberry.field(default=strawberry.UNSET, description="姓名。\nThe name.")
    sex: str | None = strawberry.field(
        default=strawberry.UNSET, description="性别，GB/T 2261.1 代码。\nSex, by GB/T 2261.1."
    )
    birth_month: YearMonth | None = strawberry.field(
        default=strawberry.UNSET, description="出生年月。\nMonth of birth."
    )
    ethnic_group: str | None = strawberry.field(
        default=strawberry.UNSET, description="民族，GB/T 3304 代码。\nEthnic group, by GB/T 3304."
    )
    political_status: str | None = strawberry.field(
        default=strawberry.UNSET, description="政治面貌，GB/T 4762 代码。\nPolitical status, by GB/T 4762."
    )
    id_type: IdType | None = strawberry.field(
        default=strawberry.UNSET, description="证件类型，与证件号码同填。\nThe kind of document, with its number."
    )
    id_number: str | None = strawberry.field(default=strawberry.UNSET, description="证件号码。\nIts number.")
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


@strawberry.input(
    description="起草会员信息的更正或更新；不填的不变。\n"
    "To draft an amendment of a member's data. What is left out stays as it is."
)
class AmendMemberDraft:
    """What an amendment of a member says."""

    member_id: strawberry.ID = strawberry.field(description="会员的全局编号。\nThe member, by its global id.")
    is_correction: bool = strawberry.field(
        description="是否为更正原来的错误；会费月份只能因更正而提前。\n"
        "Whether a mistake is corrected; to an earlier month dues go back by a correction alone."
    )
    person: PersonAmendmentInput | None = strawberry.field(
        default=strawberry.UNSET, description="个人信息。\nOf the person's data."
    )
    id_change: IdChange | None = strawberry.field(
        default=strawberry.UNSET, description="所填证件如何处理。\nOf a document given: what happens to the others."
    )
    joined_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="入会时间。\nThe day on which the person joined."
    )
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
        default=strawberry.UNSET, description="会员证编号。\nThe number of the certificate."
    )
    certificate_issued_on: date | None = strawberry.field(
        default=strawberry.UNSET, description="发证日期，与编号同填。\nThe day on which it was issued, with its number."
    )
    issuing_union: str | None = strawberry.field(
        default=strawberry.UNSET, description="发证单位的名称。\nThe union that issued it, by name."
    )
    dues_paid_through: YearMonth | None = strawberry.field(
        default=strawberry.UNSET, description="会费交至的月份。\nThe month to which dues are paid."
    )
    emptied: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="清空的栏目，如 ethnic_group、member_unit。\n"
        "The fields that are emptied, by their names in statements, such as ethnic_group or member_unit.",
    )


@strawberry.input(
    description="联合会所含的一个工会，期间含起点，不含终点。\nA union inside a federation, for a half-open span."
)
class ContainedUnionInput:
    """A union inside a federation."""

    union: str = strawberry.field(description="工会的标识。\nThe union, by its URI.")
    from_: date = strawberry.field(name="from", description="自何日起。\nFrom this day on.")
    until: date | None = strawberry.field(
        default=strawberry.UNSET, description="至何日止（不含）。\nUp to, and without, this day."
    )


@strawberry.input(
    description="起草工会登记信息的更正；不填的不变，所填列表替代现行及将来的，历史保留。\n"
    "To draft an amendment of a union. What is left out stays as it is; a list takes the place of what is in force or "
    "to come, and what it leaves out ends today."
)
class AmendUnionDraft:
    """What an amendment of a union says."""

    union: str = strawberry.field(description="所更正的工会的标识。\nThe union, by its URI.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="名称。\nIts name.")
    jurisdiction_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="管辖区域代码。\nThe division code of its area."
    )
    employer_usccs: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="所在单位的代码。\nThe employers that it organises, by their codes."
    )
    member_units: list[MemberUnitInput] | None = strawberry.field(
        default=strawberry.UNSET, description="联合基层工会的成员单位。\nThe member units of a joint union."
    )
    contains: list[ContainedUnionInput] | None = strawberry.field(
        default=strawberry.UNSET, description="联合会所含的工会。\nThe unions inside a federation."
    )
