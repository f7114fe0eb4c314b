"""Hub policy (domain 2.5): what no article says. A province may set most of it otherwise, from a day on.

What a province has not set is as the nation has it. What guards everybody's members alike (P17), or is the hub's own
frame (P04, P09, P12, P18, P19), is no province's to set.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from hub.transfers.kinds import UnionKind

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LIMITS",
    "NATIONAL",
    "PARAMETERS",
    "POLICY_KINDS",
    "ClosureHolder",
    "ClosureIntake",
    "Limits",
    "Parameter",
    "Policy",
    "PolicyUnit",
]


class ClosureHolder(StrEnum):
    """P07: who takes the members of a closed employer's union that has no successor (A19: 可)."""

    RESIDENCE = "RESIDENCE"
    HIGHER_LEVEL = "HIGHER_LEVEL"


class ClosureIntake(StrEnum):
    """P16: whether the residence union must take them in, or may decline as of an option."""

    DUTY = "DUTY"
    OPTION = "OPTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The parameters, each by its number."""

    release_valid_days: int = 90  #: P01
    request_working_days: int = 15  #: P02: for the holder to answer a request
    acceptance_working_days: int = 15  #: P03: for the receiver to accept, before the union above it is told
    secondment_reminder_days: int = 30  #: P05: before a secondment is due
    backdate_days_max: int = 90  #: P06
    closure_holder: ClosureHolder = ClosureHolder.RESIDENCE  #: P07
    exit_reminder_days: int = 30  #: P08: after the founding of the union for which one waits
    prepaid_months_max: int = 12  #: P10
    card_days: int = 3650  #: P11: how long card and stub are kept after a handoff by which the member moved
    unmoved_card_days: int = 90  #: P11: the same, after one that came to nothing
    appeal_days: int = 30  #: P13: to appeal against an objection
    escalation_working_days: int = 30  #: P14: for the next-higher union to act
    consent_days_max: int = 30  #: P15: how old the member's consent may be
    closure_intake: ClosureIntake = ClosureIntake.DUTY  #: P16

    @classmethod
    def of(cls, changes: Mapping[str, str] | None) -> Policy:
        """Give the policy that differs from the nation's in these values, as they are stored.

        What a newer version of the hub lets a province set, this one does not know and passes over.
        """
        known = {name: PARAMETERS[name].read(text) for name, text in (changes or {}).items() if name in PARAMETERS}
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """P17: how often one may look for people. They guard the members of every province: none sets them."""

    match_minutes: int = 15  #: P17: how long a request's draft is good
    matches_per_day_max: int = 500  #: P17: drafts of requests, per union
    matches_of_target_per_day_max: int = 20  #: P17: the same, per certificate, card or ID number
    member_hits_per_day_max: int = 200  #: P17: persons found to be members elsewhere, per union


LIMITS: Final = Limits()


class PolicyUnit(StrEnum):
    """In what a value is counted."""

    DAYS = "DAYS"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"
    CHOICE = "CHOICE"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a province may set, and within which bounds."""

    rule: str  #: HUB-P…
    unit: PolicyUnit
    least: int | None = None
    most: int | None = None
    choices: type[StrEnum] | None = None

    def read(self, text: str) -> Any:
        """Give the value of its stored text."""
        return int(text) if self.choices is None else self.choices(text)

    def allows(self, value: object) -> bool:
        """Whether a province may set this."""
        if self.choices is not None:
            return value in {choice.value for choice in self.choices}
        assert self.least is not None, "what is counted has its bounds"
        assert self.most is not None, "at both ends"
        return isinstance(value, int) and self.least <= value <= self.most

    @property
    def bounds(self) -> tuple[str, str]:
        """What it may be, in words: Chinese, English."""
        if self.choices is not None:
            return "应为 " + "、".join(self.choices), "one of " + ", ".join(self.choices)
        return f"应在 {self.least} 至 {self.most} 之间", f"from {self.least} to {self.most}"


#: What a province may set. Nothing so short that nobody could act in time, nothing that is as good as no term at all.
PARAMETERS: Final[dict[str, Parameter]] = {
    "release_valid_days": Parameter("HUB-P01", PolicyUnit.DAYS, 10, 366),
    "request_working_days": Parameter("HUB-P02", PolicyUnit.WORKING_DAYS, 3, 90),
    "acceptance_working_days": Parameter("HUB-P03", PolicyUnit.WORKING_DAYS, 3, 90),
    "secondment_reminder_days": Parameter("HUB-P05", PolicyUnit.DAYS, 0, 180),
    "backdate_days_max": Parameter("HUB-P06", PolicyUnit.DAYS, 0, 366),
    "closure_holder": Parameter("HUB-P07", PolicyUnit.CHOICE, choices=ClosureHolder),
    "exit_reminder_days": Parameter("HUB-P08", PolicyUnit.DAYS, 1, 366),
    "prepaid_months_max": Parameter("HUB-P10", PolicyUnit.MONTHS, 0, 60),
    "card_days": Parameter("HUB-P11", PolicyUnit.DAYS, 90, 18300),
    "unmoved_card_days": Parameter("HUB-P11", PolicyUnit.DAYS, 30, 3660),
    "appeal_days": Parameter("HUB-P13", PolicyUnit.DAYS, 5, 366),
    "escalation_working_days": Parameter("HUB-P14", PolicyUnit.WORKING_DAYS, 3, 180),
    "consent_days_max": Parameter("HUB-P15", PolicyUnit.DAYS, 1, 366),
    "closure_intake": Parameter("HUB-P16", PolicyUnit.CHOICE, choices=ClosureIntake),
}
assert PARAMETERS.keys() <= {field.name for field in fields(Policy)}, "each is a value of the record"

#: As it is where a province has set nothing.
NATIONAL: Final = Policy()

#: Whose record it is: that of the nearest of these at or above a union. Under none of them all is as the nation has it.
POLICY_KINDS: Final = frozenset(
    {UnionKind.PROVINCIAL_FEDERATION, UnionKind.NATIONAL_INDUSTRIAL_UNION, UnionKind.CENTRAL_ORGAN_FEDERATION}
)
