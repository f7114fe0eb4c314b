"""Where one goes whose employer has no union (A6, A9, A13): checked at the release, and again at the acceptance.

Order (domain 2.4): re-employment, the employer's union (A9 before A13), the residence, the receiver's kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import FEDERATION_KINDS, GRASSROOTS_KINDS, MembershipStatus, UnionKind
from hub.transfers.rules.codes import covers
from hub.transfers.rules.reasons import REASONS, Area, Receiver, Relation
from hub.transfers.words import listed_in_chinese

if TYPE_CHECKING:
    from federation import acts
    from hub.transfers.facts import PlaceFacts
    from hub.transfers.rules.questions import Refusals
    from hub.transfers.rules.reasons import Reason
    from hub.transfers.rules.stated import Stated

__all__ = [
    "Ground",
    "check_area",
    "check_employer_unorganised",
    "check_held_on",
    "check_placement_stated",
    "check_reemployed",
    "check_restores",
    "division_of",
    "lies_near",
]

K = UnionKind
#: They have no area of their own.
_WITHOUT_AREA = GRASSROOTS_KINDS | FEDERATION_KINDS | {K.MEMBER_UNIT_BRANCH}
_LOCAL = frozenset({K.TOWNSHIP_SUBDISTRICT_UNION, K.VILLAGE_COMMUNITY_UNION})
#: They take in only where there is neither a street nor a village union (A13).
_STANDING_BACK = frozenset({K.DEVELOPMENT_ZONE_UNION, K.COUNTY_FEDERATION})
_AT_WORK = _LOCAL | {K.DEVELOPMENT_ZONE_UNION}


@dataclass(frozen=True, slots=True)
class Ground:
    """What the checks look at, of a release, of a request or at an acceptance: one form for the three."""

    reason_code: str
    stated: Stated
    place: PlaceFacts
    residence: str | None
    receiver_kind: UnionKind
    receiver_employers: frozenset[str] | None = None  #: None: not asked again
    path: tuple[str, ...] = ()
    in_custody: bool = False  #: the receiver has the member in custody, of whatever area it is

    @property
    def reason(self) -> Reason | None:
        """The row of the table; None for one that is not listed."""
        return REASONS.get(self.reason_code)


def division_of(uscc: str) -> str:
    """Give the county in which an employer lies: digits 3 to 8 of its code. Source: domain 4.1 (GB 32100)."""
    return uscc[2:8]


def lies_near(jurisdiction: str, uscc: str) -> bool:
    """Whether an area is that of an employer, as far as its code tells: a street lies in the county of the code."""
    county = division_of(uscc)
    return covers(jurisdiction, county) or jurisdiction.startswith(county)


def check_held_on(reason_code: str, basis: str | None, *, path: tuple[str, ...]) -> Refusals:
    """Some reasons rest on how the member is held: who was never placed leaves no placement. Source: A6, A9, A13."""
    reason = REASONS.get(reason_code)
    if reason is None or reason.held_on is None or basis is None or basis in reason.held_on:
        return
    others = [name for name, other in REASONS.items() if other.held_on is None or basis in other.held_on]
    yield Refusal(
        Code.REASON_NOT_ALLOWED, path=path, allowed=", ".join(sorted(others)), allowed_zh=listed_in_chinese(others)
    )


def check_placement_stated(claims: acts.Release) -> Refusals:
    """What a release says of a placement goes with its reason, and with the employer that it names. Source: A13."""
    reason, placement = REASONS.get(claims.reason_code), claims.placement
    if reason is None or placement is None:
        return
    if not reason.awaits_union:
        yield _wrong(
            ("release", "placement"), "该转出原因不注明待建工会的单位", "this reason says nothing of a placement"
        )
    elif claims.new_employer_uscc is not None and placement.awaiting_employer_uscc != claims.new_employer_uscc:
        path = ("release", "placement", "awaiting_employer_uscc")
        yield _wrong(path, "待建工会的单位应为新用人单位", "the employer awaited is the new employer")


def check_restores(claims: acts.Release, status: str) -> Refusals:
    """One retained is restored by an acceptance, nobody else. Source: A13, A19, A20."""
    if claims.restores and status != MembershipStatus.RETAINED:
        yield _wrong(
            ("release", "restores"), "会员未保留会籍，无须恢复", "the member is not retained: nothing to restore"
        )


def check_reemployed(claims: acts.Release) -> Refusals:
    """Placed is who works again; who does not is retained. Source: A13, A19."""
    reason = REASONS.get(claims.reason_code)
    if reason is not None and reason.awaits_union and claims.new_employer_uscc is None:
        yield Refusal(Code.NOT_REEMPLOYED_USE_RETENTION, path=("release", "new_employer_uscc"))


def check_employer_unorganised(ground: Ground) -> Refusals:
    """The new employer has no union; a dispatched worker whose agency has none belongs with the host's.

    Source: A9, A6, A13
    """
    reason, stated, place = ground.reason, ground.stated, ground.place
    if reason is None or stated.new_employer is None:
        return
    organises_host = ground.receiver_employers is not None and stated.host_employer in ground.receiver_employers
    # Who is lent is no dispatched worker: the employer named is the host (A14).
    is_lent = reason.relation is Relation.CONTINUES
    if place.employer_union is None and place.host_union is not None and not organises_host and not is_lent:
        path = (*ground.path, "host_employer_uscc") if ground.path else ()
        yield Refusal(Code.DISPATCH_MUST_JOIN_HOST, path=path, union=place.host_union)
    if reason.awaits_union and place.employer_union is not None:
        path = (*ground.path, "new_employer_uscc") if ground.path else ()
        yield Refusal(Code.EMPLOYER_HAS_UNION, path=path, union=place.employer_union)


def check_area(ground: Ground) -> Refusals:
    """The receiver is a union of the residence, or where the member won't go there of the workplace; then its kind.

    Source: A6, A13, A15
    """
    reason = ground.reason
    if reason is None or reason.receiver is not Receiver.AREA or ground.in_custody:
        return
    path = (*ground.path, "receiving_union") if ground.path else ()
    # For want of the member's own refusal the union of the residence comes first: 原则上应.
    at_work = reason.area is Area.WORKPLACE and ground.stated.residence_refused
    if ground.receiver_kind not in _WITHOUT_AREA:
        jurisdiction, employer = ground.place.jurisdiction, ground.stated.new_employer
        if at_work:
            if jurisdiction is None or employer is None or not lies_near(jurisdiction, employer):
                yield Refusal(Code.NOT_WORKPLACE_AREA, path=path)
        elif not _covers(jurisdiction, ground.residence):
            yield Refusal(Code.NOT_RESIDENCE_AREA, path=path)
    if ground.receiver_kind in FEDERATION_KINDS | {K.MEMBER_UNIT_BRANCH}:
        yield Refusal(Code.RECEIVER_CANNOT_HOLD, path=path)
    elif not _may_take_in(ground, at_work=at_work):
        yield Refusal(Code.RECEIVER_KIND_NOT_ALLOWED, path=path)


def _covers(jurisdiction: str | None, residence: str | None) -> bool:
    return jurisdiction is not None and residence is not None and covers(jurisdiction, residence)


def _may_take_in(ground: Ground, *, at_work: bool) -> bool:
    if at_work:
        return ground.receiver_kind in _AT_WORK
    if ground.receiver_kind in _STANDING_BACK:
        return not any(_covers(area, ground.residence) for area in ground.place.areas)
    return ground.receiver_kind in _LOCAL


def _wrong(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
