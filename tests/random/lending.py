"""What A14 asks of a release of one who is lent, as the oracle has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.random.model import Member, Model

__all__ = ["LASTING", "goes_home"]

LASTING = frozenset({"AT_HOST", "RETURN_DUE"})


def goes_home(model: Model, member: Member, claims: dict[str, Any]) -> str | None:
    """Why one who is lent is not released so."""
    lent = member.lent
    if lent is None:
        return None
    if lent.stands(model, member) not in LASTING:
        is_back = bool(member.held) and member.held[-1][1] == "SECONDMENT"
        return "REASON_NOT_ALLOWED" if is_back and claims["reason_code"] == "CORRECTION" else None
    if claims["reason_code"] != "SECONDMENT_RETURN":
        return "SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST"
    return None if claims["receiving_union"] == model.unions[lent.home].uri else "REVERSION_ONLY_TO_HOME"
