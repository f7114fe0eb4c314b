"""Looking for members among those that a union holds: by the beginning of a name, by an ID number, by certificate."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from hub.transfers.kinds import IdType
from hub.transfers.ledger import reads
from hub.transfers.rules import identity
from hub.transfers.rules.codes import InvalidValue

if TYPE_CHECKING:
    from uuid import UUID

    from hub.database.pool import Reading
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import MemberView

__all__ = ["find_members"]


async def find_members(
    hub: Hub,
    reading: Reading,
    *,
    name: str | None,
    id_number: str | None,
    certificate: tuple[str, str] | None,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[MemberView]:
    """Give a page of the members held to whom all that is given applies, after a (name, membership id).

    In order of name where one is given, else in order of membership id. What can't be a number of any kind is nobody's.
    Source: A11, domain 5.3
    """
    beginning = None if name is None else unicodedata.normalize("NFC", name)
    if id_number is None and certificate is None:
        return await reads.member_page(reading, name=beginning, after=after, limit=limit)
    hashes = None if id_number is None else id_hashes(hub, id_number)
    found = await reads.find_held(reading, id_hashes=hashes, certificate=certificate)
    # One statement more, whether or not anybody was found.
    views = (await reads.members(reading, found)).values()
    named = sorted((_key(view, beginning), view) for view in views if view.name.startswith(beginning or ""))
    return [view for key, view in named if after is None or key > after][:limit]


def id_hashes(hub: Hub, id_number: str) -> list[bytes]:
    """Give the keyed hashes of a number under every kind of document that could bear it (A4)."""
    hashes = []
    for id_type in IdType:
        try:
            number = identity.normalise(id_type, id_number, date.max)
        except InvalidValue:
            continue
        if number is not None:
            hashes.append(hub.vault.blind_index(id_type, number))
    return hashes


def _key(view: MemberView, beginning: str | None) -> tuple[str, UUID]:
    return ("" if beginning is None else view.name, view.membership_id)
