"""Policies in the schema: what holds, since when, and who has set it. Public: whoever is bound by it must know."""

from datetime import date, datetime

import strawberry

from federation.encoding import b64url
from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import ClosureHolder, ClosureIntake, PolicySource, PolicyUnit
from hub.schema.fields import told
from hub.schema.types.unions import Union, union_of
from hub.transfers.rules.policy import NATIONAL, PARAMETERS
from hub.transfers.views_policy import PolicyValueView, PolicyVersionView, PolicyView

__all__ = ["PolicyDraft", "PolicyVersion", "PolicyVersionConnection", "ProvincePolicy"]

_SINCE = "该版本自何日起施行；默认值为空。\nFrom which day on; null for what the nation has."


@strawberry.type(description="一项平台规则的数值。\nOne value of a policy.")
class PolicyValue:
    """A value, and where it comes from."""

    rule: str = strawberry.field(description="规则编号，如 HUB-P01。\nThe number of the rule, such as HUB-P01.")
    name: str = strawberry.field(description="名称，与文书中的一致。\nIts name, which is that in the statement.")
    value: str = strawberry.field(description="数值。\nThe value.")
    unit: PolicyUnit = strawberry.field(description="单位。\nIn what it is counted.")
    source: PolicySource = strawberry.field(
        description="NATIONAL 为全国默认值；PROVINCE 为该省（产业、机关）所定。\n"
        "The nation's, or set by the federation whose record it is."
    )
    version: int | None = strawberry.field(
        description="所定的版本；默认值为空。\nThe version that set it; null for what the nation has."
    )
    effective_from: date | None = strawberry.field(description=_SINCE)
    national_value: str = strawberry.field(description="全国默认值。\nWhat the nation has.")
    minimum: int | None = strawberry.field(description="可定的最小值。\nThe least that may be set.")
    maximum: int | None = strawberry.field(description="可定的最大值。\nThe most that may be set.")
    choices: list[str] = strawberry.field(description="可选的值。\nThe words from which one is chosen.")

    @classmethod
    def of(cls, name: str, found: PolicyValueView | None) -> "PolicyValue":
        """Give a value, as it is set or as the nation has it."""
        parameter, national = PARAMETERS[name], str(getattr(NATIONAL, name))
        return cls(
            rule=parameter.rule,
            name=_camel(name),
            value=national if found is None else found.value,
            unit=parameter.unit,
            source=PolicySource.NATIONAL if found is None else PolicySource.PROVINCE,
            version=None if found is None else found.version,
            effective_from=None if found is None else found.effective_from,
            national_value=national,
            minimum=parameter.least,
            maximum=parameter.most,
            choices=[choice.value for choice in parameter.choices or ()],
        )


@strawberry.type(
    description="某日适用的平台规则。收到文书之日的规则决定其期限，其后不再变动。\n"
    "The policy of a day. That of the day on which a statement came sets its deadlines, for ever."
)
class ProvincePolicy:
    """What holds on a day."""

    view: strawberry.Private[PolicyView]
    as_of: date = strawberry.field(description="日期。\nThe day.")

    @told(
        "规则由哪一工会所定（省级工会、全国产业工会、机关工会联合会）；没有的为空，适用全国默认值。",
        "The federation whose record it is; null where there is none: then all is as the nation has it.",
    )
    async def record_of(self, info: Info) -> Union | None:
        """Give the federation."""
        return None if self.view.record is None else await union_of(info, self.view.record)

    @told("各项数值，按规则编号。", "The values, by the numbers of their rules.")
    def values(self) -> list[PolicyValue]:
        """Give the values."""
        return [PolicyValue.of(name, self.view.values.get(name)) for name in PARAMETERS]


@strawberry.type(description="一个版本所定的一项。\nOne value that a version has set.")
class PolicySetting:
    """A name, and what it was set to."""

    rule: str = strawberry.field(description="规则编号。\nThe number of the rule.")
    name: str = strawberry.field(description="名称。\nIts name.")
    value: str = strawberry.field(description="数值。\nThe value.")


@strawberry.type(description="平台规则的一个版本。\nA version of a policy: who has set what, and when.")
class PolicyVersion:
    """A version."""

    view: strawberry.Private[PolicyVersionView]
    version: int = strawberry.field(description="版本号，自 1 起。\nIts number, from 1 on.")
    effective_from: date = strawberry.field(description="自何日起施行。\nFrom which day on.")
    set_at: datetime = strawberry.field(description="平台收到的时刻。\nWhen the hub received it.")
    settings: list[PolicySetting] = strawberry.field(description="所定各项。\nWhat it sets.")
    evidence_sha256: str = strawberry.field(description="依据文件的摘要。\nThe hash of the document it rests on.")
    statement: str = strawberry.field(description="签署的文书。\nThe signed statement.")
    statement_sha256: str = strawberry.field(description="文书的摘要。\nThe statement's hash.")
    receipt: str = strawberry.field(description="平台的回执。\nThe hub's receipt.")

    @classmethod
    def of(cls, view: PolicyVersionView) -> "PolicyVersion":
        """Give the version of a view."""
        set_to = dict(zip(view.names, view.set_to, strict=True))
        return cls(
            view=view,
            version=view.version,
            effective_from=view.effective_from,
            set_at=view.at,
            settings=[
                PolicySetting(rule=parameter.rule, name=_camel(name), value=set_to[name])
                for name, parameter in PARAMETERS.items()
                if name in set_to
            ],
            evidence_sha256=b64url(view.evidence_sha256),
            statement=view.jws,
            statement_sha256=b64url(view.sha256),
            receipt=view.receipt,
        )

    @told("由哪一工会所定。", "The federation that has set it.")
    async def set_by(self, info: Info) -> Union:
        """Give the federation."""
        return await union_of(info, self.view.union_id)


@strawberry.type(
    description="平台规则各版本的一页，最近的在前。\nA page of the versions of a policy, the latest first."
)
class PolicyVersionConnection(Connection[PolicyVersion]):
    """A page."""


@strawberry.input(
    description="起草平台规则；只填要改的项，其余不变。\nTo draft a change of policy: what is not named stays as it is."
)
class PolicyDraft:
    """What a change of policy says."""

    evidence_sha256: str = strawberry.field(description="依据文件的摘要。\nThe hash of the document it rests on.")
    effective_from: date | None = strawberry.field(
        default=strawberry.UNSET,
        description="自何日起施行，不得早于当日；不填为当日。\n"
        "From which day on, and none that is over; if not given, from that of receipt.",
    )
    release_valid_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="转出凭证有效天数（HUB-P01）。\nHow long a release is good."
    )
    request_working_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="答复请求的工作日（HUB-P02）。\nFor the holder to answer a request."
    )
    acceptance_working_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="接收的工作日，逾期告知上一级工会（HUB-P03）。\n"
        "For the receiver to accept, before the union above it is told.",
    )
    secondment_reminder_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="借调期满前几日提醒（HUB-P05）。\nHow long before the end of a secondment both are reminded.",
    )
    backdate_days_max: int | None = strawberry.field(
        default=strawberry.UNSET, description="日期至多补填几日（HUB-P06）。\nHow far back a printed date may lie."
    )
    closure_holder: ClosureHolder | None = strawberry.field(
        default=strawberry.UNSET,
        description="单位关闭（破产）后由谁管理会籍（HUB-P07）。\nWho holds whom a closed employer leaves.",
    )
    exit_reminder_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="新单位工会建立后几日提醒转出（HUB-P08）。\n"
        "How long after the founding of the union awaited the holder is reminded.",
    )
    prepaid_months_max: int | None = strawberry.field(
        default=strawberry.UNSET, description="会费至多预交几个月（HUB-P10）。\nHow many months ahead dues may be paid."
    )
    card_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="办结的接转，信息卡保存天数（HUB-P11）。\nHow long the card is kept after a member has moved.",
    )
    unmoved_card_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="未成的接转，信息卡保存天数（HUB-P11）。\n"
        "How long the card is kept after a handoff that came to nothing.",
    )
    appeal_days: int | None = strawberry.field(
        default=strawberry.UNSET, description="对异议申诉的天数（HUB-P13）。\nTo appeal against an objection."
    )
    escalation_working_days: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="上一级工会处理的工作日（HUB-P14）。\nFor the next-higher union to act.",
    )
    consent_days_max: int | None = strawberry.field(
        default=strawberry.UNSET, description="本人同意的有效天数（HUB-P15）。\nHow old a member's consent may be."
    )
    closure_intake: ClosureIntake | None = strawberry.field(
        default=strawberry.UNSET,
        description="居住地工会应当还是可以接收（HUB-P16）。\n"
        "Whether the union of the residence must take them in, or may.",
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
