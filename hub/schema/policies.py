"""Province policy in the schema: the act, its draft, what holds on a day, and every version (S0)."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

import strawberry
from strawberry import UNSET

from hub.schema.arguments import Statement, fresh
from hub.schema.connections import connect
from hub.schema.context import Info
from hub.schema.faults import BadUserInput
from hub.schema.fields import act, told
from hub.schema.ids import decode_id
from hub.schema.queries import After, First
from hub.schema.refusals import Refusal
from hub.schema.types.drafts import Draft
from hub.schema.types.inputs import given_of, plain_text
from hub.schema.types.policies import PolicyDraft, PolicyVersion, PolicyVersionConnection, ProvincePolicy
from hub.transfers.desk import governing

__all__ = ["PolicyDrafts", "PolicyMutations", "PolicyReads"]

_NOBODY: Final = UUID(int=0)

PolicyResult = Annotated[
    PolicyVersion | Refusal,
    strawberry.union("PolicyResult", description="所定的版本，或拒绝。\nThe version as recorded, or a refusal."),
]
UnionId = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="工会的全局编号。\nThe global id of the union for which it is asked."),
]
Province = Annotated[
    str | None,
    strawberry.argument(description="省份代码（两位）。\nThe two digits of the province asked about."),
]


@strawberry.type
class PolicyMutations:
    """The act on a policy."""

    @act(
        "由省级工会（全国产业工会、机关工会联合会）制定平台规则，自某日起施行。",
        "Sets values of a province's policy from a day on, as its federation; so do an industrial union and the "
        "federations of central organs for the unions below them.",
    )
    async def set_policy(self, info: Info, statement: Statement) -> PolicyResult:
        """Set a policy."""
        context = fresh(info)
        return PolicyVersion.of(await governing.set_policy(context.hub, context.caller, statement))


@strawberry.type
class PolicyDrafts:
    """The draft of the act."""

    @told("起草平台规则。", "Drafts a change of policy.")
    async def draft_set_policy(
        self,
        info: Info,
        asked: Annotated[
            PolicyDraft,
            strawberry.argument(name="input", description="拟填写的内容。\nWhat the statement is to say."),
        ],
    ) -> Draft:
        """Draft a change."""
        return Draft.of(await governing.draft_policy(info.context.hub, info.context.caller, given_of(asked)))


@strawberry.type
class PolicyReads:
    """What everybody reads of policies."""

    @told(
        "某工会、某省在某日适用的平台规则；均不填为全国默认值。没有该工会的为空。",
        "The policy that holds on a day for a union, or in a province; with neither of them, what the nation has. "
        "Null where there is no such union.",
    )
    async def policy(
        self,
        info: Info,
        union_id: UnionId = UNSET,
        province_code: Province = UNSET,
        as_of: Annotated[
            date | None,
            strawberry.argument(
                description="日期，不填为今天；将来的日期为已公布的。\n"
                "The day, today if not given; of one to come, as far as it is set by now."
            ),
        ] = UNSET,
    ) -> ProvincePolicy | None:
        """Give a policy."""
        about, province = _asked(union_id, province_code)
        view = await governing.policy_on(
            info.context.hub, info.context.caller, union_id=about, province_code=province, day=as_of or None
        )
        return None if view is None else ProvincePolicy(view=view, as_of=view.day)

    @told(
        "某工会、某省所适用的平台规则的各版本，最近的在前。",
        "Every version of the policy that holds for a union, or in a province, the latest first.",
    )
    async def policy_versions(
        self,
        info: Info,
        union_id: UnionId = UNSET,
        province_code: Province = UNSET,
        first: First = UNSET,
        after: After = UNSET,
    ) -> PolicyVersionConnection:
        """Give a page."""
        context = info.context
        about, province = _asked(union_id, province_code)
        page = context.cursors.page(
            union_id=context.caller.union_id,
            list_name="policyVersions",
            kinds=(int,),
            first=first,
            after=after,
            narrowed_by=f"{about or ''}/{province or ''}",
        )
        before = page.after[0] if page.after else None
        assert before is None or isinstance(before, int)
        views = await governing.versions_of(
            context.hub, context.caller, union_id=about, province_code=province, before=before, limit=page.limit
        )
        found: PolicyVersionConnection = connect(
            page, views, key=lambda view: (view.version,), node=PolicyVersion.of, into=PolicyVersionConnection
        )
        return found


def _asked(union_id: str | None, province_code: str | None) -> tuple[UUID | None, str | None]:
    """Give the union and the province asked for. Refuses: BadUserInput for both at once."""
    if union_id and province_code:
        raise BadUserInput("Either `unionId` or `provinceCode`.", argument="provinceCode")
    about = (decode_id(strawberry.ID(union_id), "Union") or _NOBODY) if union_id else None
    return about, plain_text(province_code) or None
