"""What a release states besides the column, kept with both sides' copies of the case for the acceptance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from federation import acts

__all__ = ["NOTHING", "Stated"]


@dataclass(frozen=True, slots=True)
class Stated:
    """What the second check, and the record of an acceptance, need of the release (domain 3.0)."""

    new_employer: str | None = None
    host_employer: str | None = None
    restores: bool = False  #: a retained member is ACTIVE again by the acceptance (A19, A20)
    residence_refused: bool = False  #: by the member: the area is that of the workplace (A13)
    starts_on: date | None = None  #: of a secondment: its agreed term (A14)
    ends_on: date | None = None
    in_custody: bool = False  #: of the union above the holder (HUB-P09)

    @classmethod
    def of(cls, claims: acts.Release) -> Stated:
        """Read it off a release."""
        placement, term = claims.placement, claims.secondment
        return cls(
            new_employer=claims.new_employer_uscc,
            host_employer=claims.host_employer_uscc,
            restores=bool(claims.restores),
            residence_refused=placement is not None and bool(placement.residence_refused_by_member),
            starts_on=None if term is None else term.starts_on,
            ends_on=None if term is None else term.ends_on,
        )

    @classmethod
    def kept(cls, text: str | None) -> Stated:
        """Read what a case has kept."""
        if text is None:
            return NOTHING
        found = orjson.loads(text)
        return cls(
            new_employer=found.get("new_employer_uscc"),
            host_employer=found.get("host_employer_uscc"),
            restores=bool(found.get("restores")),
            residence_refused=bool(found.get("placement", {}).get("residence_refused_by_member")),
            starts_on=_day(found.get("secondment", {}).get("starts_on")),
            ends_on=_day(found.get("secondment", {}).get("ends_on")),
            in_custody=bool(found.get("in_custody")),
        )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


NOTHING = Stated()
