"""Acts on an open case by which nothing but the acceptance moves anything (A12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts
from hub.transfers.desk import cases, drafting, drafting_pulls, pulling
from tests.random.calendar import month_later
from tests.random.kinds import NO_HASH, SIX, Ask, Drawn, Kind, Sent, claims_in, first, said, structure
from tests.random.kinds_areas import AREA_REASONS, VOIDING, second_check
from tests.random.model import OPEN

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from hub.transfers.views import Draft
    from tests.random.model import Case, Member, Model
    from tests.random.stage import Stage

__all__ = ["Accept", "Cancel", "Dismiss", "Object", "Recall", "Refuse"]

_OBJECTIONS = (
    *("RELATION_CONTINUES", "NOT_OUR_MEMBER", "IDENTITY_OR_PROOF_MISMATCH", "MEMBERSHIP_ENDED"),
    *("RETIRED_RETENTION", "IN_MILITARY_SERVICE", "SECONDMENT_REVERSION"),
)
_REFUSALS = ("NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT")
_OF_AREAS = (*_REFUSALS[1:], "EMPLOYER_HAS_UNION_ALREADY", "NOT_RESIDENT_HERE")
_OF_REASONS = {
    "CORRECTION": ("IDENTITY_OR_PROOF_MISMATCH", "DOCUMENT_DEFECT"),
    "SECONDMENT": ("IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"),
    "SECONDMENT_RETURN": ("NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "DOCUMENT_DEFECT"),
    "PLACEMENT": _OF_AREAS,
    "RESIDENCE_MOVE": _OF_AREAS,
    "EMPLOYER_CLOSURE": _OF_AREAS,
}
_OF_THE_LENT = frozenset({"SECONDMENT", "SECONDMENT_RETURN"})
_ORGANISED = "EMPLOYER_ORGANISED_MEANWHILE"
_BASES = ("ORDINARY", "DISPATCH_UNION", "DISPATCH_HOST_JOINED")


class OnCase(Kind):
    """What all of them share: the case, its side, the state that it takes, the document that it binds."""

    side: ClassVar[str]
    takes: ClassVar[frozenset[str]]
    bound: ClassVar[str] = "release_sha256"
    draft: ClassVar[Callable[..., Coroutine[Any, Any, Draft]]]
    stranger: ClassVar[str] = "MEMBER_NOT_FOUND_OR_NOT_HELD"

    def owner(self, model: Model, ask: Ask) -> str:
        case, member = self.case_of(model, ask), model.members[ask.who]
        if case is None:
            return member.holder
        return {"HOLDER": case.holder, "RECEIVER": case.receiver, "HIGHER": case.higher or case.holder}[self.side]

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        case = self.case_of(stage.model, ask)
        handoff_id = stage.new_id() if case is None else str(case.id)
        given = self.given(stage.model, ask, case)
        hashed = None if case is None else case.release if self.bound == "release_sha256" else case.request
        claims = {**self.claims_of(given, case), "handoff_id": handoff_id, self.bound: hashed or NO_HASH}
        drawn = Drawn(claims, str(stage.model.members[ask.who].id))
        if case is not None:
            draft = await stage.drafted(self.draft, by, {**given, "handoff_id": case.id})
            if draft is not None:
                drawn.foretold = said(draft)
                claims, sub = claims_in(draft, self) or (claims, drawn.sub)
                drawn.claims, drawn.sub = claims, sub
        if ask.wrong == "hash":
            drawn.claims = {**drawn.claims, self.bound: NO_HASH}
        return drawn

    def given(self, model: Model, ask: Ask, case: Case | None) -> dict[str, Any]:
        return {}

    def claims_of(self, given: dict[str, Any], case: Case | None) -> dict[str, Any]:
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
        return {name: value for name, value in plain.items() if value is not None}

    def refused(self, model: Model, sent: Sent) -> str | None:
        member, case = model.by_membership(sent.read.sub), model.case(sent.claims["handoff_id"])
        if case is not None and (member is None or case.member != member.ref):
            case = None
        side = None if case is None else case.acting_side_of(sent.sender, model.now)
        holds = member is not None and member.holder == sent.sender
        is_back = side == "RECEIVER" and case is not None and case.reason in {"CORRECTION", "SECONDMENT_RETURN"}
        tie = structure(model, sent, holds=holds or is_back)
        if tie is not None:
            return tie
        if case is None or member is None or side is None or (self.side == "HIGHER" and side != "HIGHER"):
            return self.stranger
        hashed = case.release if self.bound == "release_sha256" else case.request
        late = "RELEASE_EXPIRED" if case.state == "EXPIRED" and isinstance(self, Accept) else "HANDOFF_NOT_OPEN"
        return first(
            (
                (case.state not in OPEN, late),
                (side != self.side, "RECEIVER_MISMATCH" if self.side == "RECEIVER" else "NOT_HOLDER"),
                (case.state not in self.takes, "STEP_NOT_ALLOWED"),
                (hashed is None or sent.claims[self.bound] != hashed, "DOCUMENT_TAMPERED"),
            )
        ) or self.refused_by_law(model, sent, case)

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        return None

    def done(self, model: Model, sent: Sent) -> None:
        case, member = model.case(sent.claims["handoff_id"]), model.by_membership(sent.read.sub)
        assert case is not None
        assert member is not None
        self.done_to(model, sent, case, member)

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        raise NotImplementedError


class Accept(OnCase):
    act: ClassVar[type[acts.Acceptance]] = acts.Acceptance
    desk, draft = staticmethod(cases.accept), staticmethod(drafting.draft_acceptance)
    side, takes = "RECEIVER", frozenset({"RELEASED"})
    wrongs = (
        "hash",
        "in_date ahead",
        "in_date long ago",
        "in_date before",
        "no relation",
        "relation ahead",
        "basis",
        "stated anew",
        "dues",
    )

    def given(self, model: Model, ask: Ask, case: Case | None) -> dict[str, Any]:
        today, out_date = model.today, None if case is None else case.out_date
        days = {"in_date ahead": today + timedelta(days=1), "in_date long ago": today - timedelta(days=121)}
        if out_date is not None:
            days["in_date before"] = out_date - timedelta(days=1)
        back = {} if case is None or ask.wrong == "stated anew" else self._as_before(model, case)
        if case is not None and case.reason in AREA_REASONS and ask.wrong != "stated anew":
            basis = self._in_area(case, model.members[case.member])
            back = {"employer_uscc": None, "relation_started_on": None, "holding_basis": basis}
            if ask.wrong == "basis":
                back["holding_basis"] = "ORDINARY"
        if case is not None and case.reason in _OF_THE_LENT:
            basis = self._of_the_lent(model, case)
            back = {"holding_basis": "ORDINARY" if ask.wrong == "basis" and basis != "ORDINARY" else basis}
        return {
            "in_date": days.get(ask.wrong, today),
            "employer_uscc": None
            if ask.wrong == "no relation"
            else model.employer_at(ask.to if case is None else case.receiver),
            "relation_started_on": today + timedelta(days=1) if ask.wrong == "relation ahead" else today,
            "holding_basis": "CUSTODIAL" if ask.wrong == "basis" else _BASES[ask.how % len(_BASES)],
            "intake_register_no": None,
            "form_received": True,
            **({} if ask.wrong == "basis" and case is not None and case.reason == "CORRECTION" else back),
        }

    @staticmethod
    def _of_the_lent(model: Model, case: Case) -> str:
        """Give the basis on which the host holds, or on which the home union did."""
        return "SECONDMENT" if case.reason == "SECONDMENT" else model.members[case.member].held[case.version - 2][1]

    @staticmethod
    def _in_area(case: Case, member: Member) -> str:
        """Give the basis on which a union of an area takes in."""
        if case.reason == "RESIDENCE_MOVE":
            return member.basis
        return "PLACEMENT" if case.reason == "PLACEMENT" else "RESIDENCE_RETENTION"

    @staticmethod
    def _as_before(model: Model, case: Case) -> dict[str, Any]:
        """Give what the acceptance of a correction states: no relation, and the basis of before."""
        if case.reason != "CORRECTION":
            return {}
        _, basis, _ = model.members[case.member].held[case.version - 2]
        return {"employer_uscc": None, "relation_started_on": None, "holding_basis": basis}

    def claims_of(self, given: dict[str, Any], case: Case | None) -> dict[str, Any]:
        dues = None if case is None else case.dues
        return {**super().claims_of(given, case), "next_dues_month": month_later(dues or "2000-01", 1)}

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        drawn = await super().draw_up(stage, ask, by)
        if drawn is not None and ask.wrong == "dues":
            drawn.claims = {**drawn.claims, "next_dues_month": month_later(drawn.claims["next_dues_month"], 1)}
        return drawn

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        claims, today = sent.claims, model.today
        in_date, began = date.fromisoformat(claims["in_date"]), claims.get("relation_started_on")
        assert case.dues is not None
        assert case.out_date is not None
        employer, back = claims.get("employer_uscc"), self._as_before(model, case)
        in_area, member = case.reason in AREA_REASONS, model.members[case.member]
        is_lent = case.reason in _OF_THE_LENT
        known = case.new_employer if case.reason == "PLACEMENT" else member.employer
        bases = (self._in_area(case, member),) if in_area else (back["holding_basis"],) if back else _BASES
        is_new = not back and not in_area and not is_lent
        if is_lent:
            bases = (self._of_the_lent(model, case),)
        in_area_or_lent = in_area or is_lent
        return first(
            (
                (in_area and employer not in {None, known}, "INPUT_INVALID"),
                (in_area_or_lent and began is not None and date.fromisoformat(began) > today, "NO_LABOUR_RELATION_YET"),
                (bool(back) and (employer is not None or began is not None), "INPUT_INVALID"),
                (is_new and employer is None, "NO_LABOUR_RELATION_YET"),
                (is_new and (began is None or date.fromisoformat(began) > today), "NO_LABOUR_RELATION_YET"),
                (claims["holding_basis"] not in bases, "INPUT_INVALID"),
                (in_date > today, "DATE_IN_FUTURE"),
                (not model.may_be_printed(case.holder, in_date), "BACKDATE_TOO_FAR"),
                (in_date < case.out_date, "IN_DATE_BEFORE_OUT_DATE"),
                (claims["next_dues_month"] != self._next_dues(case, in_date), "DUES_MONTH_IMPLAUSIBLE"),
            )
        ) or second_check(model, case, member)

    def is_kept(self, code: str | None) -> bool:
        return code is None or code in VOIDING

    def again(self, model: Model, sent: Sent) -> str | None:
        case = model.case(sent.claims["handoff_id"])
        ground = None if case is None or case.state != "VOIDED" else case.ground
        return "EMPLOYER_HAS_UNION" if ground == _ORGANISED else ground

    @staticmethod
    def _next_dues(case: Case, in_date: date) -> str:
        return in_date.isoformat()[:7] if case.restores else month_later(case.dues or "2000-01", 1)

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        assert case.dues is not None
        failed = second_check(model, case, member)
        if failed is not None:
            case.close("VOIDED", model.now, _ORGANISED if failed == "EMPLOYER_HAS_UNION" else failed)
            return
        if case.restores:
            member.status = "ACTIVE"
            member.retentions[-1].restored_on = date.fromisoformat(sent.claims["in_date"])
        member.former.add(member.holder)
        member.held.append((member.holder, member.basis, member.employer))
        in_date = date.fromisoformat(sent.claims["in_date"])
        member.taken_in = max(in_date, member.taken_in or in_date)
        is_back = bool(self._as_before(model, case))
        member.holder, member.version = case.receiver, member.version + 1
        member.held_by, member.dues = sent.read.sha256, case.dues
        if case.reason not in {"RESIDENCE_MOVE", "EMPLOYER_CLOSURE"}:
            stated = case.new_employer if case.reason in AREA_REASONS else sent.claims.get("employer_uscc")
            if case.reason == "SECONDMENT":
                stated = stated or case.new_employer
            if case.reason == "SECONDMENT_RETURN":
                stated = stated or member.held[case.version - 2][2]
            member.employer = member.held[case.version - 2][2] if is_back else stated
        member.basis = sent.claims["holding_basis"]
        if member.lent is not None and case.reason in _OF_THE_LENT:
            member.lent.state = "AT_HOST" if case.reason == "SECONDMENT" else "RETURNED"
        case.close("ACCEPTED", model.now)


class Refuse(OnCase):
    act, desk, draft = acts.Refusal, staticmethod(cases.refuse), staticmethod(drafting.draft_refusal)
    side, takes = "RECEIVER", frozenset({"RELEASED"})
    wrongs = ("hash", "ARREARS", "NO_CONTRACT", "RELIGION", "NOT_RESIDENT_HERE", "NO_LABOUR_RELATION_HERE")

    def given(self, model: Model, ask: Ask, case: Case | None) -> dict[str, Any]:
        ground = ask.wrong if ask.wrong in self.wrongs[1:] else _REFUSALS[ask.how % len(_REFUSALS)]
        return {"ground": ground, "fields": None}

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        ground = sent.claims["ground"]
        return first(
            (
                (ground in SIX, "DISCRIMINATORY_GROUND"),
                (ground == "NO_CONTRACT", "CONTRACT_NOT_REQUIRED"),
                (ground not in _OF_REASONS.get(case.reason, _REFUSALS), "REFUSAL_GROUND_NOT_ALLOWED"),
            )
        )

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        case.close("REFUSED", model.now, sent.claims["ground"])


class Recall(OnCase):
    act, desk, draft = acts.Recall, staticmethod(cases.recall), staticmethod(drafting.draft_recall)
    side, takes = "HOLDER", frozenset({"RELEASED"})
    wrongs = ("hash",)

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        return "STEP_NOT_ALLOWED" if case.in_lieu else None

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        case.close("RECALLED", model.now)


class OnRequest(OnCase):
    """What stands against a request, by its holder or by the union above it."""

    bound = "request_sha256"
    wrongs = ("hash", "ARREARS", "NO_CONTRACT", "SEX")

    def given(self, model: Model, ask: Ask, case: Case | None) -> dict[str, Any]:
        return {"ground": ask.wrong if ask.wrong in self.wrongs[1:] else _OBJECTIONS[ask.how % len(_OBJECTIONS)]}

    def refused_by_law(self, model: Model, sent: Sent, case: Case) -> str | None:
        ground = sent.claims["ground"]
        return first(
            (
                (ground in SIX, "DISCRIMINATORY_GROUND"),
                (ground not in _OBJECTIONS, "RELEASE_WITHHELD_GROUND_NOT_ALLOWED"),
            )
        )


class Object(OnRequest):
    act, desk, draft = acts.Objection, staticmethod(pulling.object_to), staticmethod(drafting_pulls.draft_objection)
    side, takes = "HOLDER", frozenset({"REQUESTED"})

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        case.objection = sent.read.sha256
        case.close("OBJECTED", model.now, sent.claims["ground"])


class Dismiss(OnRequest):
    act, desk, draft = acts.Dismissal, staticmethod(pulling.dismiss), staticmethod(drafting_pulls.draft_dismissal)
    side, takes = "HIGHER", frozenset({"ESCALATED"})
    stranger = "NO_CASE_FOR_HIGHER_UNION"

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        case.close("DISMISSED", model.now, sent.claims["ground"])


class Cancel(OnCase):
    act, desk, draft = acts.Cancellation, staticmethod(pulling.cancel), staticmethod(drafting_pulls.draft_cancellation)
    side, takes, bound = "RECEIVER", frozenset({"REQUESTED", "ESCALATED"}), "request_sha256"
    wrongs = ("hash",)

    def done_to(self, model: Model, sent: Sent, case: Case, member: Member) -> None:
        case.close("CANCELLED", model.now)
