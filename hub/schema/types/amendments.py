"""Amendments, of a member's data or of a union: what was amended and when, never what stood there before."""

from datetime import datetime

import strawberry

from federation.encoding import b64url
from hub.transfers.views import AmendmentView

__all__ = ["Amendment"]


@strawberry.type(description="一次更改。\nAn amendment.")
class Amendment:
    """An amendment."""

    version: int = strawberry.field(description="更改后的版本。\nThe version that it made.")
    at: datetime = strawberry.field(description="平台收到的时刻。\nWhen the hub received it.")
    statement_sha256: str = strawberry.field(description="所据文书的摘要。\nThe SHA-256 of its statement.")
    fields: list[str] = strawberry.field(description="更改的栏目。\nThe names of the fields amended.")

    @classmethod
    def of(cls, view: AmendmentView) -> "Amendment":
        """Give the amendment of a view."""
        return cls(version=view.version, at=view.at, statement_sha256=b64url(view.sha256), fields=list(view.fields))
