"""Policies as everybody reads them: what holds, since which version, and who has set it (S0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

__all__ = ["PolicyValueView", "PolicyVersionView", "PolicyView"]


@dataclass(frozen=True, slots=True)
class PolicyValueView:
    """A value that a record sets, by its stored text."""

    value: str
    version: int
    effective_from: date


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What a record sets on a day, by name. What is not in it is as the nation has it."""

    day: date
    record: UUID | None  #: the federation whose record it is; None for what holds where there is none
    values: Mapping[str, PolicyValueView]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersionView:
    """One version of a record, with the statement that made it."""

    union_id: UUID
    version: int
    effective_from: date
    at: datetime
    evidence_sha256: bytes
    sha256: bytes
    names: list[str]
    set_to: list[str]  #: with `names`
    jws: str
    receipt: str
