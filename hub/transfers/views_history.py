"""What is shown of earlier lines and of dues, to the holder alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

__all__ = ["DuesView", "HistoryView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """The earlier lines that stand: whose word they are, when it came, and the statement that has them."""

    membership_id: UUID
    version: int
    union_id: UUID
    seal: str  #: the name of that union on that day
    at: datetime
    sha256: bytes
    jws: str
    receipt: str


@dataclass(frozen=True, slots=True)
class DuesView:
    """Months recorded as paid, in the order of the columns of `read_dues`."""

    membership_id: UUID
    union_id: UUID
    paid_from: str
    paid_through: str
    sha256: bytes
