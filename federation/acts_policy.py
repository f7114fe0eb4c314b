"""The act by which a province sets its policy (HUB-P01 to P16): what no article says, and the hub needs to know."""

from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar, Final, Literal

from federation.act import Act
from federation.forms import Amount, Code, Sha256

__all__ = ["POLICY_VALUES", "PolicyChange"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyChange(Act):
    """A federation sets some values of its own record from a day on. What it does not name stays as it is."""

    typ: ClassVar[str] = "unionhub.policy+jwt"
    object_name: ClassVar[str] = "policy"
    act: ClassVar[str] = "set_policy"
    #: The federation itself.
    subject: ClassVar[Literal["membership", "union"]] = "union"

    effective_from: date
    #: Of the document by which the federation has resolved it.
    evidence_sha256: Sha256
    release_valid_days: Amount | None = None  #: P01
    request_working_days: Amount | None = None  #: P02
    acceptance_working_days: Amount | None = None  #: P03
    secondment_reminder_days: Amount | None = None  #: P05
    backdate_days_max: Amount | None = None  #: P06
    closure_holder: Code | None = None  #: P07
    exit_reminder_days: Amount | None = None  #: P08
    prepaid_months_max: Amount | None = None  #: P10
    card_days: Amount | None = None  #: P11
    unmoved_card_days: Amount | None = None  #: P11
    appeal_days: Amount | None = None  #: P13
    escalation_working_days: Amount | None = None  #: P14
    consent_days_max: Amount | None = None  #: P15
    closure_intake: Code | None = None  #: P16

    @property
    def changes(self) -> dict[str, int | str]:
        """What is set, by its name."""
        return {name: value for name in POLICY_VALUES if (value := getattr(self, name)) is not None}


#: The names of what may be set.
POLICY_VALUES: Final = tuple(
    field.name for field in fields(PolicyChange) if field.name not in {"effective_from", "evidence_sha256"}
)
