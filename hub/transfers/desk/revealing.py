"""The full ID number: for the holder, for a stated purpose, and never without its entry in the log (A11)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from hub.errors import Code, Refusal
from hub.transfers.desk.opening import reading_as

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub

__all__ = ["reveal_id_number"]

_PURPOSE_LENGTH = range(2, 201)


async def reveal_id_number(hub: Hub, caller: Caller, membership_id: UUID | None, purpose: str) -> tuple[str, str]:
    """Give the type and the full number of a member's identity document.

    Refuses: PURPOSE_REQUIRED, MEMBER_NOT_FOUND_OR_NOT_HELD (also for a member who has no number on file)
    Raises: Unauthenticated
    Source: A11, domain 5.2
    """
    stated = " ".join(unicodedata.normalize("NFC", purpose).split())
    if len(stated) not in _PURPOSE_LENGTH or not stated.isprintable():
        raise Refusal(Code.PURPOSE_REQUIRED, path=("purpose",))
    async with reading_as(hub, caller):
        pass  # ends a session whose login key has ended; the function below is told the union alone
    found = await hub.ledger.reveal_id_number(caller.union_id, membership_id or UUID(int=0), uuid4(), stated)
    member_id, id_type, sealed = found or (None, "", None)
    if member_id is None or sealed is None:
        raise Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    return id_type, hub.vault.open_sealed("person_ids", "sealed", member_id, sealed)
