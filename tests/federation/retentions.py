"""The acts on a retention, with all that they may say."""

from __future__ import annotations

from datetime import date

from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
from federation.encoding import b64url
from federation.forms import Code, Sha256, Uscc, Version

DAY = date(2025, 2, 28)
EMPLOYER = Uscc("91310120MC0P141427")

RETENTION_ACTS = (
    Retention(
        custody_version=Version(1),
        reason=Code("RETIREMENT"),
        retained_on=DAY,
        retired_on=DAY,
        early=True,
        relation_ended_on=DAY,
        new_employer_uscc=EMPLOYER,
        enlisted_on=DAY,
    ),
    ReasonChange(
        custody_version=Version(1),
        reason=Code("UNEMPLOYMENT"),
        changed_on=DAY,
        discharged_on=DAY,
        retired_on=DAY,
        early=False,
    ),
    Restoration(
        custody_version=Version(1),
        restored_on=DAY,
        employer_uscc=EMPLOYER,
        relation_started_on=DAY,
        discharged_on=DAY,
    ),
    Annulment(custody_version=Version(1), retention_sha256=Sha256(b64url(bytes(32)))),
)
