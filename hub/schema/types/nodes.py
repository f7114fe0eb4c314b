"""The interface of everything that has a global id."""

import strawberry

__all__ = ["Node"]


@strawberry.interface(
    description="有全局编号、可用 node 再次读取的对象。\nWhatever has a global id and can be read again by `node`."
)
class Node:
    """Relay's Node."""

    id: strawberry.ID = strawberry.field(
        description="全局编号；不透明，请勿解析。\nThe global id. Opaque: nothing is to be read from it."
    )
