"""The oracle's own reading of policies: what the nation has, what each federation has set, and whose holds when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.random.calendar import today_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

__all__ = ["NATION", "Records"]

#: Domain 2.5, by the names of the claims.
NATION: Final = {
    "release_valid_days": 90,
    "request_working_days": 15,
    "acceptance_working_days": 15,
    "backdate_days_max": 90,
    "prepaid_months_max": 12,
    "appeal_days": 30,
    "escalation_working_days": 30,
    "consent_days_max": 30,
}


@dataclass(frozen=True)
class _Version:
    at: datetime
    effective_from: date
    values: Mapping[str, int]


@dataclass
class Records:
    """Every version of every record."""

    of: dict[str, list[_Version]] = field(default_factory=dict)

    def enter(self, ref: str, at: datetime, effective_from: date, values: Mapping[str, int]) -> None:
        self.of.setdefault(ref, []).append(_Version(at, effective_from, values))

    def value(self, keeper: str | None, name: str, at: datetime) -> int:
        """Of the versions received by then and in force, the one of the latest day; of one day's, the last."""
        day, found, since = today_of(at), NATION[name], None
        for version in self.of.get(keeper or "", ()):
            holds = version.at <= at and version.effective_from <= day and name in version.values
            if holds and (since is None or version.effective_from >= since):
                found, since = version.values[name], version.effective_from
        return found
