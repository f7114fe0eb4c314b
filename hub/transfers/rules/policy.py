"""Hub policy (domain 2.5): what no article says. One value for the whole hub until provinces record their own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["POLICY", "Policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The parameters, each by its number."""

    release_valid_days: int = 90  #: P01
    backdate_days_max: int = 90  #: P06
    prepaid_months_max: int = 12  #: P10
    member_hits_per_day_max: int = 200  #: P17: persons found to be members elsewhere, per union


POLICY = Policy()
