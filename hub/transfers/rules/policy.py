"""Hub policy (domain 2.5): what no article says. One value for the whole hub until provinces record their own."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["POLICY", "Policy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The parameters, each by its number."""

    release_valid_days: int = 90  #: P01
    request_working_days: int = 15  #: P02: for the holder to answer a request
    acceptance_working_days: int = 15  #: P03: for the receiver to accept, before the union above it is told
    backdate_days_max: int = 90  #: P06
    #: P07: who has the retained members of a closed employer: RESIDENCE, or HIGHER_LEVEL, the union above theirs.
    closure_holder: str = "RESIDENCE"
    exit_reminder_days: int = 30  #: P08: after the founding of the union for which one waits
    prepaid_months_max: int = 12  #: P10
    appeal_days: int = 30  #: P13: to appeal against an objection
    escalation_working_days: int = 30  #: P14: for the next-higher union to act
    consent_days_max: int = 30  #: P15: how old the member's consent may be
    match_minutes: int = 15  #: P17: how long a request's draft is good
    matches_per_day_max: int = 500  #: P17: drafts of requests, per union
    matches_of_target_per_day_max: int = 20  #: P17: the same, per certificate, card or ID number
    member_hits_per_day_max: int = 200  #: P17: persons found to be members elsewhere, per union


POLICY = Policy()
