"""The acts on a retention (A17–A21): the holder's alone. Each names custody as it stands.

Why a member is retained stands in these statements and in no other that another union reads; but for who is retained by
the release with which a closed employer's union lets him go.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from federation.act import Act
from federation.forms import Code, Sha256, Uscc, Version

__all__ = ["Annulment", "ClosingRetention", "ReasonChange", "Restoration", "RestoredPlacement", "Retention"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention(Act):
    """The holder keeps the membership of one who has retired, lost work or enlisted: line 1 of NX-4 (A17, A19, A20)."""

    typ: ClassVar[str] = "unionhub.retention+jwt"
    object_name: ClassVar[str] = "retention"
    act: ClassVar[str] = "record_retention"

    custody_version: Version
    reason: Code
    #: Its month is printed; dues are not owed from the next one on.
    retained_on: date
    #: Of a retirement: since when, and whether before the statutory age.
    retired_on: date | None = None
    early: bool | None = None
    #: Of unemployment: when the labour relation ended, and where the member works by now, if anywhere.
    relation_ended_on: date | None = None
    new_employer_uscc: Uscc | None = None
    #: Of military service: since when.
    enlisted_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosingRetention:
    """Of a release for an employer's closure: that it enters the retention too, for which reason and when (A19).

    When the relation ended, the release says.
    """

    reason: Code
    #: Its month is printed, as `Retention.retained_on`.
    from_date: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonChange(Act):
    """A retention goes on for another reason: after the service without work, or from unemployment into retirement."""

    typ: ClassVar[str] = "unionhub.retention-reason+jwt"
    object_name: ClassVar[str] = "change"
    act: ClassVar[str] = "change_retention_reason"

    custody_version: Version
    reason: Code
    changed_on: date
    discharged_on: date | None = None
    retired_on: date | None = None
    early: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RestoredPlacement:
    """That one works again for an employer without a union: he stays, placed from now on, until it has one (A13)."""

    awaiting_employer_uscc: Uscc
    #: Where the employer awaited dispatches the member to (A9).
    host_employer_uscc: Uscc | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Restoration(Act):
    """The retained member works again, and stays with the union: line 2 of NX-4 (A19, A20)."""

    typ: ClassVar[str] = "unionhub.restoration+jwt"
    object_name: ClassVar[str] = "restoration"
    act: ClassVar[str] = "restore_membership"

    custody_version: Version
    #: Dues are owed from its month on.
    restored_on: date
    employer_uscc: Uscc | None = None
    relation_started_on: date | None = None
    #: Of military service: when it ended.
    discharged_on: date | None = None
    #: With a union of the residence, which places whom it has retained: no handoff, the holder stays (A13, A19).
    placement: RestoredPlacement | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Annulment(Act):
    """A retention was entered by mistake: the member never lost a right, and owes the dues of the months between."""

    typ: ClassVar[str] = "unionhub.retention-annulment+jwt"
    object_name: ClassVar[str] = "annulment"
    act: ClassVar[str] = "annul_retention"

    custody_version: Version
    #: The statement that entered it.
    retention_sha256: Sha256
