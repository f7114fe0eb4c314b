"""The acts on the end of a membership, with all that they may say."""

from __future__ import annotations

from datetime import date

from federation.acts_ending import (
    Death,
    DeemedWithdrawal,
    Expulsion,
    ExpulsionDrop,
    ExpulsionFiling,
    ExpulsionProposal,
    ExpulsionReversal,
    FilingAcknowledgement,
    FilingReturn,
    Withdrawal,
)
from federation.encoding import b64url
from federation.forms import Code, Month, Sha256, UnionUri, Version

DAY = date(2025, 2, 28)
HASH = Sha256(b64url(bytes(32)))

ENDING_ACTS = (
    Withdrawal(
        custody_version=Version(1),
        requested_on=DAY,
        request_sha256=HASH,
        persuaded_on=DAY,
        discussed_on=DAY,
        announced_on=DAY,
        collected_on=DAY,
    ),
    DeemedWithdrawal(
        custody_version=Version(1),
        unpaid_since=Month("2024-08"),
        absent_since=DAY,
        proper_reason=Code("ILLNESS"),
        admonished_on=DAY,
        refused_to_correct=True,
        resolved_on=DAY,
        collected_on=DAY,
    ),
    Expulsion(
        custody_version=Version(1),
        judgment_sha256=HASH,
        effective_on=DAY,
        opinion_sha256=HASH,
        opinion_on=DAY,
        has_no_group=False,
        decision_sha256=HASH,
        decided_on=DAY,
    ),
    ExpulsionProposal(custody_version=Version(1), opinion_sha256=HASH, opinion_on=DAY),
    ExpulsionDrop(custody_version=Version(1), proposal_sha256=HASH, dropped_on=DAY),
    ExpulsionFiling(expulsion_sha256=HASH, filed_on=DAY, filed_with=UnionUri("urn:union:89310120MC0N1313X8")),
    FilingAcknowledgement(filing_sha256=HASH),
    FilingReturn(filing_sha256=HASH, papers=(Code("JUDGMENT"),)),
    ExpulsionReversal(custody_version=Version(2), expulsion_sha256=HASH, annulment_sha256=HASH, annulled_on=DAY),
    Death(custody_version=Version(1), died_on=DAY, evidence_sha256=HASH),
)
