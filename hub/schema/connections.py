"""Lists: Relay connections by keyset, with cursors that only the hub can make and read.

A cursor is the key of its row, sealed with AES-SIV: the client can neither read it (a key may hold what is never
shown) nor make one, and it opens only for the same union, list and filter. Sealing is deterministic, so that asking
for the same page twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

import orjson
import strawberry
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from strawberry.types.unset import UnsetType

from hub.schema.faults import BadUserInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FIRST_DEFAULT: Final = 20
FIRST_MAX: Final = 100
#: A cursor holds a few sort keys; a longer text is none of ours.
CURSOR_LENGTH_MAX: Final = 1024

#: What a sort key may be. None stands for a null in the ordering.
KeyValue: TypeAlias = str | int | UUID | datetime | date | None
Keys: TypeAlias = tuple[KeyValue, ...]

Node = TypeVar("Node")
Row = TypeVar("Row")

_CURSOR = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_LETTER_OF: Final[dict[type, str]] = {str: "s", int: "i", UUID: "u", datetime: "t", date: "d", type(None): "n"}
_READ: Final[dict[str, Callable[[str], KeyValue]]] = {
    "s": str,
    "i": int,
    "u": UUID,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": lambda _: None,
}


@strawberry.federation.type(shareable=True, description="本页在列表中的位置。\nWhere this page stands in its list.")
class PageInfo:
    """Relay's PageInfo, shareable: another subgraph may have connections of its own."""

    has_next_page: bool = strawberry.field(description="后面还有。\nWhether more follow.")
    has_previous_page: bool = strawberry.field(description="前面还有。\nWhether some stand before.")
    start_cursor: str | None = strawberry.field(description="本页首条的游标。\nThe cursor of the first edge.")
    end_cursor: str | None = strawberry.field(
        description="本页末条的游标，即下一页的 after。\nThe last edge's cursor; as `after` it gives the next page."
    )


@strawberry.type(description="列表中的一条。\nOne entry of a list.")
class Edge(Generic[Node]):
    """A node with its cursor."""

    cursor: str = strawberry.field(
        description="不透明的游标，仅对本工会、本列表、本筛选条件有效。\n"
        "Opaque; good only for the same union, list and filter."
    )
    node: Node = strawberry.field(description="该条的对象。\nThe object itself.")


@strawberry.type(description="列表的一页。\nOne page of a list.")
class Connection(Generic[Node]):
    """A page. `Connection[Member]` is MemberConnection; a subclass of `Connection[X]` gives another name."""

    edges: list[Edge[Node]] = strawberry.field(description="本页各条。\nThe entries of this page.")
    page_info: PageInfo = strawberry.field(description="本页的位置。\nWhere this page stands.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What a list was asked for: how many, after which keys, and the scope to which its cursors are bound."""

    first: int
    after: Keys | None
    scope: bytes
    cursors: Cursors

    @property
    def limit(self) -> int:
        """How many rows to fetch: one more than asked for, which tells whether more follow."""
        return self.first + 1


class Cursors:
    """Seals and opens cursors with a key of at least 32 bytes, the same in every process of the hub."""

    def __init__(self, key: bytes) -> None:
        if len(key) < 32:  # noqa: PLR2004
            raise ValueError("the cursor key must have at least 32 bytes")
        self._cipher = AESSIV(hmac.digest(key, b"unionhub cursor 1", hashlib.sha512))

    def seal(self, keys: Keys, scope: bytes) -> str:
        """Give the cursor of the row with these sort keys."""
        plain = orjson.dumps([_letter_of(key) + ("" if key is None else _text(key)) for key in keys])
        return urlsafe_b64encode(self._cipher.encrypt(plain, [scope])).rstrip(b"=").decode("ascii")

    def open(self, cursor: str, scope: bytes, kinds: Sequence[type]) -> Keys:
        """Give the sort keys of a cursor of this scope.

        Takes: `kinds`, the type of each key in order; a key may be None besides.
        Refuses: BadUserInput, the same for a forged cursor, another list's, filter's or union's (G14).
        """
        if len(cursor) > CURSOR_LENGTH_MAX or not _CURSOR.fullmatch(cursor):
            raise _not_a_cursor()
        try:
            sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            parts: list[str] = orjson.loads(self._cipher.decrypt(sealed, [scope]))
        except (ValueError, InvalidTag):
            raise _not_a_cursor() from None
        keys = tuple(_READ[part[0]](part[1:]) for part in parts)
        if len(keys) != len(kinds) or any(
            key is not None and type(key) is not kind for key, kind in zip(keys, kinds, strict=True)
        ):
            # Sealed by a version of the hub that ordered this list otherwise.
            raise _not_a_cursor()
        return keys

    def page(
        self,
        *,
        union_id: UUID,
        list_name: str,
        kinds: Sequence[type],
        first: int | UnsetType | None,
        after: str | UnsetType | None,
        narrowed_by: str = "",
    ) -> Page:
        """Read a list field's arguments.

        Takes: `kinds`, the types of the list's sort keys; `narrowed_by`, the filter in a canonical spelling. An
        argument declared `= UNSET` (so that the SDL prints no default) may be passed on as it comes.
        Refuses: BadUserInput for `first` outside 1 to 100 and for a cursor that is not this list's.
        """
        count = FIRST_DEFAULT if first is None or isinstance(first, UnsetType) else first
        if not 1 <= count <= FIRST_MAX:
            raise BadUserInput(f"`first` must be from 1 to {FIRST_MAX}.", argument="first")
        # The filter may hold a name or an ID number: only its hash is kept.
        scope = union_id.bytes + list_name.encode() + b"\0" + hashlib.sha256(narrowed_by.encode()).digest()
        keys = None if after is None or isinstance(after, UnsetType) else self.open(after, scope, kinds)
        return Page(first=count, after=keys, scope=scope, cursors=self)


def connect(
    page: Page,
    rows: Sequence[Row],
    *,
    key: Callable[[Row], Keys],
    node: Callable[[Row], Node],
    into: Any = Connection,
) -> Any:
    """Give the connection over `rows`, the `page.limit` (or fewer) rows that follow `page.after` in the list's order.

    Takes: `key`, a row's sort keys in the order of `kinds`; `into`, the connection's class (`Connection[Member]`).
    """
    shown = rows[: page.first]
    edges = [Edge(cursor=page.cursors.seal(key(row), page.scope), node=node(row)) for row in shown]
    return into(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(rows) > page.first,
            has_previous_page=page.after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
    )


def _letter_of(key: KeyValue) -> str:
    """Name the type of a key. A driver's own subclass (asyncpg has one of UUID) is what it is a subclass of."""
    letter = _LETTER_OF.get(type(key))
    return letter or next(letter for kind, letter in _LETTER_OF.items() if isinstance(key, kind))


def _text(key: str | int | UUID | datetime | date) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)


def _not_a_cursor() -> BadUserInput:
    return BadUserInput("`after` is not a cursor of this list.", argument="after")
