"""What A13 asks of an area, as the oracle has it: at a release and at its acceptance."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.random.model import Case, Member, Model, Union

__all__ = ["AREA_REASONS", "VOIDING", "near", "of_area", "second_check"]

AREA_REASONS = frozenset({"PLACEMENT", "RESIDENCE_MOVE", "EMPLOYER_CLOSURE"})
#: What an acceptance is refused with, and stored: by its second check alone.
VOIDING = frozenset({"EMPLOYER_HAS_UNION", "NOT_RESIDENCE_AREA", "RECEIVER_KIND_NOT_ALLOWED"})
_LOCAL = frozenset({"TOWNSHIP_SUBDISTRICT_UNION", "VILLAGE_COMMUNITY_UNION"})
_STAND_BACK = frozenset({"DEVELOPMENT_ZONE_UNION", "COUNTY_FEDERATION"})
_NO_AREA = frozenset(
    {"GRASSROOTS_INDEPENDENT", "GRASSROOTS_JOINT", "MEMBER_UNIT_BRANCH", "REGIONAL_FEDERATION", "SECTORAL_FEDERATION"}
)
_NEVER = frozenset({"MEMBER_UNIT_BRANCH", "REGIONAL_FEDERATION", "SECTORAL_FEDERATION"})


def of_area(model: Model, member: Member, receiver: Union) -> tuple[tuple[bool, str], ...]:
    """Give what speaks against a union as that of the member's residence."""
    local = any(near(union, member) for union in model.unions.values() if union.kind in _LOCAL)
    allowed = receiver.kind in _LOCAL or (receiver.kind in _STAND_BACK and not local)
    return (
        (receiver.kind not in _NO_AREA and not near(receiver, member), "NOT_RESIDENCE_AREA"),
        (receiver.kind in _NEVER, "RECEIVER_CANNOT_HOLD"),
        (not allowed, "RECEIVER_KIND_NOT_ALLOWED"),
    )


def near(union: Union, member: Member) -> bool:
    residence, area = member.residence, union.jurisdiction
    return residence is not None and area is not None and residence.startswith(area)


def second_check(model: Model, case: Case, member: Member) -> str | None:
    """Give why a release for reasons of an area bears its acceptance no more."""
    if case.reason not in AREA_REASONS or case.reason == "EMPLOYER_CLOSURE":
        return None
    organised = case.reason == "PLACEMENT" and model.is_organised(case.new_employer)
    checks = ((organised, "EMPLOYER_HAS_UNION"), *of_area(model, member, model.unions[case.receiver]))
    return next((code for holds, code in checks if holds), None)
