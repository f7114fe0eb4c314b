"""Members go to a union outside the hub and come back: the side that is in the hub signs what the paper says (A25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts
from hub.transfers.desk import cases, drafting, drafting_pulls, releasing
from tests.outside import FAR, PAPER
from tests.random.kinds_cases import Accept
from tests.random.kinds_releases import ReleaseInLieu
from tests.random.model import OPEN, STANDING

if TYPE_CHECKING:
    from tests.random.kinds import Ask, Sent
    from tests.random.model import Case, Model

__all__ = ["AcceptForExternal", "ReleaseForExternal"]

#: How a case ends by its date: it stays the one at hand until somebody opens another.
_BY_DATE = frozenset({"LAPSED", "EXPIRED"})


class AcceptForExternal(Accept):
    """By who released: of a case that goes to a union in the hub, it is refused."""

    act, desk = acts.ExternalAcceptance, staticmethod(cases.accept_for_external)
    draft = staticmethod(drafting.draft_acceptance_for_external)
    side = "HOLDER"

    def given(self, model: Model, ask: Ask, case: Case | None) -> dict[str, Any]:
        return {**super().given(model, ask, case), "paper_sha256": PAPER}

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        if not model.unions[case.receiver].is_outside:
            return "RECEIVER_MISMATCH"
        return super().refused_by_law(model, sent, case)


class ReleaseForExternal(ReleaseInLieu):
    """By who asked: late is not too late, for nobody else answers."""

    act, desk = acts.ExternalRelease, staticmethod(releasing.release_for_external)
    draft = staticmethod(drafting_pulls.draft_release_for_external)
    articles = ("A25",)
    takes = frozenset({"REQUESTED", "ESCALATED"})
    stranger = "MEMBER_NOT_FOUND_OR_NOT_HELD"
    asked: ClassVar[dict[str, str]] = {"releasing_union": FAR}
    wrongs: ClassVar[tuple[str, ...]] = (
        *("hash", "version", "prev", "card", "in lieu of another", "to another", "reason text"),
        *("relation goes on", "same employer", "out_date ahead", "out_date long ago", "valid too long"),
        *("dues ahead", "dues before joining"),
    )

    def owner(self, model: Model, ask: Ask) -> str:
        case = self.case_of(model, ask)
        return model.members[ask.who].holder if case is None else case.receiver

    def beside(self, ask: Ask) -> dict[str, Any]:
        return {"paper_sha256": PAPER}

    def lies_with(self, model: Model, ref: str, case: Case) -> bool:
        """Whether it is the latest request for the member, the union's own, of a holder outside the hub."""
        member = model.members[case.member]
        is_latest = case is member.cases[-1] and case.state in OPEN | _BY_DATE and member.status in STANDING
        return is_latest and case.receiver == ref and model.unions[case.holder].is_outside
