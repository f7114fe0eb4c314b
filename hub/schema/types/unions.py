"""Unions and their keys. Public organisational data."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.enums import KeyUse, UnionKind, UnionState
from hub.schema.fields import told
from hub.schema.ids import encode_id
from hub.schema.types.amendments import Amendment
from hub.schema.types.nodes import Node
from hub.transfers.views import KeyView, UnionView

__all__ = ["Union", "UnionConnection", "UnionKey", "find_union", "union_of"]


@strawberry.type(description="工会的一把密钥（公钥）。密钥只增不删。\nA public key of a union. Keys are never deleted.")
class UnionKey:
    """A key with its dates."""

    kid: str = strawberry.field(description="密钥编号，在该工会内唯一。\nThe key's name, one key's alone in its union.")
    use: KeyUse = strawberry.field(description="用途。\nWhat it is for.")
    alg: str = strawberry.field(description="算法：EdDSA 或 ES256。\nThe algorithm, EdDSA or ES256.")
    jwk: str = strawberry.field(description="公钥，JWK 的 JSON 文本。\nThe public key, a JWK as JSON text.")
    not_before: datetime = strawberry.field(description="自何时起有效。\nFrom when on it is valid.")
    retired_at: datetime | None = strawberry.field(
        description="自何时起停用；停用前的签署始终有效。\nSince when it signs no more; what it signed before stands."
    )
    revoked_at: datetime | None = strawberry.field(description="何时撤销。\nWhen it was revoked.")
    reason: str | None = strawberry.field(description="撤销原因。\nWhy it was revoked.")
    invalid_from: datetime | None = strawberry.field(
        description="自何时起不再可信，可早于撤销时间。\n"
        "Since when it is not to be trusted, if need be from earlier on."
    )

    @classmethod
    def of(cls, view: KeyView) -> "UnionKey":
        """Give the key of a view."""
        return cls(
            kid=view.kid,
            use=KeyUse(view.use),
            alg=view.alg,
            jwk=view.jwk,
            not_before=view.not_before,
            retired_at=view.retired_at,
            revoked_at=view.revoked_at,
            reason=view.reason,
            invalid_from=view.invalid_from,
        )


@strawberry.type(description="工会组织。属于公开的组织信息。\nA trade union. What stands here is public.")
class Union(Node):
    """A union."""

    view: strawberry.Private[UnionView]
    uri: str = strawberry.field(
        description="在文书中的名称：urn:union: 加统一社会信用代码，或加 local:、省份代码、内部代码。\n"
        "Its name in statements: urn:union:<uscc>, or urn:union:local:<province>:<local code>."
    )
    uscc: str | None = strawberry.field(
        description="统一社会信用代码；无法人资格的为空。\n"
        "Its unified social credit code; null if it is no legal person."
    )
    name: str = strawberry.field(description="名称，即印章上的名称。\nIts name, which is that on its seal.")
    kind: UnionKind = strawberry.field(description="类别。\nIts kind.")
    province_code: str | None = strawberry.field(description="省份代码（两位）。\nThe two digits of its province.")
    jurisdiction_code: str | None = strawberry.field(
        description="管辖区域代码，地区工会才有。\nThe division code of its area; unions of an area have one."
    )
    established_on: date | None = strawberry.field(description="成立日期。\nThe day on which it was founded.")
    closed_on: date | None = strawberry.field(description="注销日期。\nThe day on which it was closed.")
    state: UnionState = strawberry.field(
        description="状态：正常、注销中或已注销。\nWhether it is active, being wound up, or closed."
    )
    wound_up_on: date | None = strawberry.field(
        description="决定注销的日期。\nThe day on which its winding up was decided."
    )
    version: int = strawberry.field(
        description="登记信息的版本，每更正一次加一。\n"
        "Counts the amendments: one names the version that it was drafted on."
    )

    @classmethod
    def of(cls, view: UnionView) -> "Union":
        """Give the union of a view."""
        return cls(
            view=view,
            id=strawberry.ID(encode_id("Union", view.union_id)),
            uri=view.uri,
            uscc=view.uscc,
            name=view.name,
            kind=UnionKind(view.kind),
            province_code=view.province_code,
            jurisdiction_code=view.jurisdiction_code,
            established_on=view.established_on,
            closed_on=view.closed_on,
            state=UnionState(view.state),
            wound_up_on=view.wound_up_on,
            version=view.version,
        )

    @told(
        "上一级工会；全国总工会没有。",
        "The next-higher union; the root has none.",
    )
    async def parent_union(self, info: Info) -> "Union | None":
        """Give the union above."""
        parent = self.view.parent_union
        return None if parent is None else await union_of(info, parent)

    @told(
        "承接工会；没有指定的为空。",
        "The union that succeeds it; null as long as none is named.",
    )
    async def successor_union(self, info: Info) -> "Union | None":
        """Give the successor."""
        successor = self.view.successor_union
        return None if successor is None else await union_of(info, successor)

    @told(
        "历来的全部密钥，按登记先后。",
        "Every key that it ever had, in the order of registration.",
    )
    async def keys(self, info: Info) -> list[UnionKey]:
        """Give the keys."""
        return [UnionKey.of(view) for view in await info.context.loads.keys(self.view.union_id) or ()]

    @told(
        "登记信息的历次更正，按先后排列。",
        "The amendments of what is registered of it, the earliest first.",
    )
    async def amendments(self, info: Info) -> list[Amendment]:
        """Give the amendments."""
        return [Amendment.of(view) for view in await info.context.loads.union_amendments(self.view.union_id) or ()]


@strawberry.type(description="工会列表的一页，按名称排列。\nA page of unions, in the order of their names.")
class UnionConnection(Connection[Union]):
    """A page of unions."""


async def find_union(info: Info, union_id: UUID) -> Union | None:
    """Give a union, if there is one of this id."""
    view = await info.context.loads.union(union_id)
    return None if view is None else Union.of(view)


async def union_of(info: Info, union_id: UUID) -> Union:
    """Give a union that is known to be there."""
    view = await info.context.loads.union(union_id)
    assert view is not None, "a union is never deleted"
    return Union.of(view)
