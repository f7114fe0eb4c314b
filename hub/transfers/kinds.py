"""Closed lists of the domain (1.2, 3.1, 4.2): unions, memberships, persons, and who may hold on which basis."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "AREA_KINDS",
    "CHILDREN",
    "FEDERATION_KINDS",
    "GRASSROOTS_KINDS",
    "JOINING_BASES",
    "LIVE",
    "RETAINED_BASES",
    "STANDING",
    "WAITING",
    "CoverageEnd",
    "CoverageState",
    "Duty",
    "EmploymentForm",
    "HoldingBasis",
    "IdChange",
    "IdType",
    "JoinChannel",
    "MembershipStatus",
    "PrintReportState",
    "RetentionReason",
    "SampleState",
    "SealLoanState",
    "StockState",
    "UnionKind",
    "UnionState",
    "WarningCode",
]


class UnionKind(StrEnum):
    """What a union is."""

    GRASSROOTS_INDEPENDENT = "GRASSROOTS_INDEPENDENT"
    GRASSROOTS_JOINT = "GRASSROOTS_JOINT"
    MEMBER_UNIT_BRANCH = "MEMBER_UNIT_BRANCH"
    REGIONAL_FEDERATION = "REGIONAL_FEDERATION"
    SECTORAL_FEDERATION = "SECTORAL_FEDERATION"
    TOWNSHIP_SUBDISTRICT_UNION = "TOWNSHIP_SUBDISTRICT_UNION"
    VILLAGE_COMMUNITY_UNION = "VILLAGE_COMMUNITY_UNION"
    DEVELOPMENT_ZONE_UNION = "DEVELOPMENT_ZONE_UNION"
    COUNTY_FEDERATION = "COUNTY_FEDERATION"
    PREFECTURE_FEDERATION = "PREFECTURE_FEDERATION"
    PROVINCIAL_FEDERATION = "PROVINCIAL_FEDERATION"
    NATIONAL_INDUSTRIAL_UNION = "NATIONAL_INDUSTRIAL_UNION"
    CENTRAL_ORGAN_FEDERATION = "CENTRAL_ORGAN_FEDERATION"
    NATIONAL_FEDERATION = "NATIONAL_FEDERATION"
    EXTERNAL = "EXTERNAL"  #: what stands for a union outside the hub: it signs nothing (A25)


class UnionState(StrEnum):
    """HUB-P09."""

    ACTIVE = "ACTIVE"
    WINDING_UP = "WINDING_UP"
    CLOSED = "CLOSED"


class MembershipStatus(StrEnum):
    """Domain 3.1. ACTIVE and RETAINED are live."""

    ACTIVE = "ACTIVE"
    RETAINED = "RETAINED"
    DUPLICATE_SUSPECTED = "DUPLICATE_SUSPECTED"
    WITHDRAWN = "WITHDRAWN"
    DEEMED_WITHDRAWN = "DEEMED_WITHDRAWN"
    EXPELLED = "EXPELLED"
    DUPLICATE_MERGED = "DUPLICATE_MERGED"
    DECEASED = "DECEASED"


LIVE = frozenset({MembershipStatus.ACTIVE, MembershipStatus.RETAINED})
#: Live, or suspected to be a second one: whatever has not ended, and so has a holder (I1).
STANDING = LIVE | {MembershipStatus.DUPLICATE_SUSPECTED}


class HoldingBasis(StrEnum):
    """How the holder came to hold."""

    ORDINARY = "ORDINARY"
    FLEXIBLE_DIRECT = "FLEXIBLE_DIRECT"
    PRE_ESTABLISHMENT = "PRE_ESTABLISHMENT"
    PLACEMENT = "PLACEMENT"
    RESIDENCE_RETENTION = "RESIDENCE_RETENTION"
    SECONDMENT = "SECONDMENT"
    DISPATCH_UNION = "DISPATCH_UNION"
    DISPATCH_HOST_JOINED = "DISPATCH_HOST_JOINED"
    CUSTODIAL = "CUSTODIAL"


class RetentionReason(StrEnum):
    """Why a membership is retained (A17, A19, A20)."""

    RETIREMENT = "RETIREMENT"
    UNEMPLOYMENT = "UNEMPLOYMENT"
    MILITARY_SERVICE = "MILITARY_SERVICE"


#: Bases on which one waits for the employer's union (A6, A13).
WAITING = frozenset({HoldingBasis.PLACEMENT, HoldingBasis.PRE_ESTABLISHMENT})


class IdType(StrEnum):
    """Stated by the union, never inferred from the number (A4: whoever works in China may be a member)."""

    RESIDENT_ID = "RESIDENT_ID"
    HMT_RESIDENCE = "HMT_RESIDENCE"
    FOREIGN_PR = "FOREIGN_PR"
    PASSPORT = "PASSPORT"
    OTHER = "OTHER"


class IdChange(StrEnum):
    """What an amendment does with a document (domain 4.2): a person may have several."""

    FURTHER = "FURTHER"
    RENEWED = "RENEWED"
    CORRECTED = "CORRECTED"


class EmploymentForm(StrEnum):
    """A7–A9."""

    FULL = "FULL"
    PART_TIME = "PART_TIME"
    FLEXIBLE = "FLEXIBLE"
    DISPATCHED = "DISPATCHED"
    PLATFORM = "PLATFORM"


class WarningCode(StrEnum):
    """What is told beside an answer, and stands against nothing."""

    CERTIFICATE_NOT_COLLECTED = "CERTIFICATE_NOT_COLLECTED"
    ISSUED_EXCEEDS_PRINTED = "ISSUED_EXCEEDS_PRINTED"


class SampleState(StrEnum):
    """Where the sample of a certificate stands (N4)."""

    SUBMITTED = "SUBMITTED"
    APPROVED = "APPROVED"


class SealLoanState(StrEnum):
    """Where a loan of the seal impression stands (N3)."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    IN_CUSTODY = "IN_CUSTODY"
    RETURNED = "RETURNED"


class StockState(StrEnum):
    """What is known of numbers that a province has printed, and that nobody was issued (N2)."""

    IN_STOCK = "IN_STOCK"
    SPOILED = "SPOILED"
    MISSING = "MISSING"


class PrintReportState(StrEnum):
    """Where a province's report of a year stands (N4). DUE is nobody's act: nothing is filed yet."""

    DUE = "DUE"
    FILED = "FILED"
    FILED_LATE = "FILED_LATE"
    CORRECTED = "CORRECTED"


class JoinChannel(StrEnum):
    """A5: by word of mouth, in writing, over the internet."""

    ORAL = "ORAL"
    WRITTEN = "WRITTEN"
    ONLINE = "ONLINE"


class CoverageState(StrEnum):
    """A9: how a member stands under an entrustment."""

    PENDING = "PENDING"
    COVERED = "COVERED"
    DECLINED = "DECLINED"
    ENDED = "ENDED"


class CoverageEnd(StrEnum):
    """Why a coverage is no more."""

    DISPATCH_ENDED = "DISPATCH_ENDED"
    TRANSFERRED = "TRANSFERRED"
    AGREEMENT_ENDED = "AGREEMENT_ENDED"
    MEMBERSHIP_ENDED = "MEMBERSHIP_ENDED"
    MOVED_TO_OTHER_HOST = "MOVED_TO_OTHER_HOST"
    RETAINED = "RETAINED"
    DECLINED = "DECLINED"
    MERGED = "MERGED"


class Duty(StrEnum):
    """What is owed to a member, by the holder or by whom the holder has entrusted."""

    MEMBERSHIP = "MEMBERSHIP"
    ACTIVITIES = "ACTIVITIES"
    RIGHTS_PROTECTION = "RIGHTS_PROTECTION"
    DUES_COLLECTION = "DUES_COLLECTION"
    VOTING = "VOTING"
    RELIEF = "RELIEF"


K = UnionKind
GRASSROOTS_KINDS = frozenset({K.GRASSROOTS_INDEPENDENT, K.GRASSROOTS_JOINT})
AREA_KINDS = frozenset({K.TOWNSHIP_SUBDISTRICT_UNION, K.VILLAGE_COMMUNITY_UNION, K.DEVELOPMENT_ZONE_UNION})
#: A15: they sign for whom they themselves hold (A7), and for nobody else.
FEDERATION_KINDS = frozenset({K.REGIONAL_FEDERATION, K.SECTORAL_FEDERATION})

#: A5–A7, A9: on which basis a union of which kind may enrol. A basis that is not here is none of a first joining.
JOINING_BASES: dict[HoldingBasis, frozenset[UnionKind]] = {
    HoldingBasis.ORDINARY: GRASSROOTS_KINDS,
    HoldingBasis.FLEXIBLE_DIRECT: GRASSROOTS_KINDS | AREA_KINDS | FEDERATION_KINDS,
    HoldingBasis.PRE_ESTABLISHMENT: AREA_KINDS | {K.GRASSROOTS_JOINT},
    HoldingBasis.DISPATCH_UNION: GRASSROOTS_KINDS,
    HoldingBasis.DISPATCH_HOST_JOINED: GRASSROOTS_KINDS,
}

#: HUB-P09: who may have retained members in custody, of a union beneath that is wound up.
CUSTODIAN_KINDS = frozenset(UnionKind) - {K.MEMBER_UNIT_BRANCH, K.NATIONAL_FEDERATION, K.EXTERNAL}
#: A19, A25: on which a membership that is retained already may be brought in; a union of the residence keeps some.
RETAINED_BASES: dict[HoldingBasis, frozenset[UnionKind]] = {
    **JOINING_BASES,
    HoldingBasis.RESIDENCE_RETENTION: frozenset({K.TOWNSHIP_SUBDISTRICT_UNION, K.VILLAGE_COMMUNITY_UNION}),
}

#: A25: a federation at the county's level or above names a union outside the hub, whose seal stands on papers.
_LOCAL = GRASSROOTS_KINDS | AREA_KINDS | FEDERATION_KINDS | {K.EXTERNAL}
#: Which kinds a union may register beneath itself.
CHILDREN: dict[UnionKind, frozenset[UnionKind]] = {
    K.NATIONAL_FEDERATION: frozenset(
        {K.PROVINCIAL_FEDERATION, K.NATIONAL_INDUSTRIAL_UNION, K.CENTRAL_ORGAN_FEDERATION}
    ),
    K.PROVINCIAL_FEDERATION: frozenset({K.PREFECTURE_FEDERATION, K.COUNTY_FEDERATION}) | _LOCAL,
    K.NATIONAL_INDUSTRIAL_UNION: frozenset({K.PREFECTURE_FEDERATION, K.COUNTY_FEDERATION}) | _LOCAL,
    K.CENTRAL_ORGAN_FEDERATION: _LOCAL,
    K.PREFECTURE_FEDERATION: frozenset({K.COUNTY_FEDERATION}) | _LOCAL,
    K.COUNTY_FEDERATION: _LOCAL,
    K.TOWNSHIP_SUBDISTRICT_UNION: GRASSROOTS_KINDS | FEDERATION_KINDS | {K.VILLAGE_COMMUNITY_UNION},
    K.DEVELOPMENT_ZONE_UNION: GRASSROOTS_KINDS | FEDERATION_KINDS | {K.VILLAGE_COMMUNITY_UNION},
    K.VILLAGE_COMMUNITY_UNION: GRASSROOTS_KINDS,
    K.REGIONAL_FEDERATION: GRASSROOTS_KINDS,
    K.SECTORAL_FEDERATION: GRASSROOTS_KINDS,
    K.GRASSROOTS_JOINT: frozenset({K.MEMBER_UNIT_BRANCH}),
    K.GRASSROOTS_INDEPENDENT: GRASSROOTS_KINDS,
    K.MEMBER_UNIT_BRANCH: frozenset(),
    K.EXTERNAL: frozenset(),
}
