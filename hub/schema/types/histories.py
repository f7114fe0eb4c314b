"""What comes from paper, dues, and who votes, as the holder sees them (A21, A25, NX-6)."""

from datetime import datetime
from typing import cast
from uuid import UUID

import strawberry

from federation.encoding import b64url
from hub.schema.context import Info
from hub.schema.fields import told
from hub.schema.scalars import YearMonth
from hub.schema.types.unions import Union, union_of
from hub.transfers.views_history import DuesView, HistoryView

__all__ = ["DuesRecord", "History"]


@strawberry.type(
    description="进入本系统以前的接转、保留记录，由首个所在工会据原会员证补录；仅凭该工会一方所述。\n"
    "The lines of before the hub: copied from the paper certificate by the union that brought the membership in. They "
    "rest on the word of that union alone."
)
class History:
    """Whose word the earlier lines are. The lines themselves stand in the columns of the certificate."""

    view: strawberry.Private[HistoryView]
    version: int = strawberry.field(
        description="第几次补录，更正一次加一。\nHow often they were brought in: a correction is another version."
    )
    at: datetime = strawberry.field(description="平台收到的时间。\nWhen the hub received them.")
    statement_sha256: str = strawberry.field(description="所据文书的摘要。\nThe statement of it, by its hash.")

    @classmethod
    def of(cls, view: HistoryView) -> "History":
        """Give the history that stands."""
        return cls(view=view, version=view.version, at=view.at, statement_sha256=b64url(view.sha256))

    @told("补录的工会。", "The union that brought them in.")
    async def by(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.view.union_id)

    @told(
        "离线可验的证明（JSON）：证明该工会作此陈述，不证明所列其他工会的签章。",
        "JSON for an offline check (`federation.history`): that this union has said so. Of the unions that the lines "
        "name it proves nothing.",
    )
    async def proof(self, info: Info) -> str | None:
        """Give the proof."""
        return await info.context.loads.history_proof(self.view.membership_id)


@strawberry.type(description="一次会费登记。\nOne record of dues paid.")
class DuesRecord:
    """Months paid."""

    union_id: strawberry.Private[UUID]
    membership_id: UUID = strawberry.field(description="会籍编号。\nThe membership, by its id.")
    paid_from: YearMonth = strawberry.field(description="自哪一月起。\nFrom this month on.")
    paid_through: YearMonth = strawberry.field(description="交至哪一月。\nTo this month, which is paid.")
    statement_sha256: str = strawberry.field(description="所据文书的摘要。\nThe statement of it, by its hash.")

    @classmethod
    def of(cls, view: DuesView) -> "DuesRecord":
        """Give a record."""
        return cls(
            union_id=view.union_id,
            membership_id=view.membership_id,
            paid_from=cast("YearMonth", view.paid_from),
            paid_through=cast("YearMonth", view.paid_through),
            statement_sha256=b64url(view.sha256),
        )

    @told("登记的工会。", "The union that recorded it.")
    async def by(self, info: Info) -> Union:
        """Give the union."""
        return await union_of(info, self.union_id)
