"""What resolvers see as `info.context`: made once for each request, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import strawberry

from hub.schema.loads import Loads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from federation.keys import PublicKey
    from hub.authz.tokens import Caller
    from hub.schema.connections import Cursors
    from hub.transfers.desk.opening import Hub

__all__ = ["Context", "Info"]


@dataclass(slots=True)
class Context:
    """The hub, who calls, and what the fields of this request look up."""

    hub: Hub
    caller: Caller
    cursors: Cursors
    #: The public keys under which the hub's receipts verify, those of earlier days included.
    hub_keys: Sequence[PublicKey]
    loads: Loads = field(init=False)

    def __post_init__(self) -> None:
        self.loads = Loads(self.hub, self.caller, self.hub_keys)


Info: TypeAlias = strawberry.Info[Context, None]
