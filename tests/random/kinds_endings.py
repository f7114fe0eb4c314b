"""The acts by which a membership ends, what follows an expulsion, and the one way back (A22, A23, N6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import drafting_ending, ending, filing
from tests.random.calendar import month_later, today_of
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, not_held, said
from tests.random.model import STANDING, Ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.random.model import Member, Model, Proposed
    from tests.random.stage import Stage

__all__ = [
    "AcknowledgeFiling",
    "Deem",
    "Die",
    "Expel",
    "File",
    "OfHolder",
    "ReturnFiling",
    "Reverse",
    "WithdrawMember",
    "open_proposal",
]

_PAPER = sha256_b64url(b"paper")


def open_proposal(member: Member) -> Proposed | None:
    """Give what is proposed and not decided, in this custody."""
    proposed = member.proposed
    return proposed if proposed is not None and proposed.version == member.version else None


def _day(claims: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(claims[name]) if name in claims else None


class OfHolder(Kind):
    """An act of the holder, or of the last one."""

    draft: ClassVar[Callable[..., Any]]

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        """What the draft is asked with."""
        raise NotImplementedError

    def claims(self, member: Member) -> dict[str, Any]:
        """What is signed where no draft gives anything to sign."""
        return {"custody_version": member.version}

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member = stage.model, stage.model.members[ask.who]
        given = self.given(model, ask, member)
        draft = await stage.drafted(type(self).draft, by, {"membership_id": member.id, **given})
        if draft is None:
            return None
        stated = {name: value for name, value in given.items() if value is not None}
        stated = {name: value.isoformat() if isinstance(value, date) else value for name, value in stated.items()}
        claims, sub = claims_in(draft, self) or ({**self.claims(member), **stated}, str(member.id))
        altered: dict[str, dict[str, Any]] = {
            "version": {"custody_version": member.version + 1},
            "hash": {"expulsion_sha256": NO_HASH},
        }
        if ask.wrong in altered and set(altered[ask.wrong]) <= set(claims):
            claims = {**claims, **altered[ask.wrong]}
        return Drawn(claims, sub, (), said(draft))

    def refused(self, model: Model, sent: Sent) -> str | None:
        member, tie = model.by_membership(sent.read.sub), not_held(model, sent)
        return tie if member is None or tie is not None else self.refused_by_law(model, sent.claims, member)

    def refused_by_law(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        raise NotImplementedError

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        self.done_to(model, sent, member)

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        raise NotImplementedError

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or not model.is_read_by(member, sent.sender) else None


class _End(OfHolder):
    """An act that ends a membership. `day`: the claim that says when."""

    day: ClassVar[str]
    status: ClassVar[str]
    even_suspected: ClassVar[bool] = False

    def refused_by_law(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        ended_on, custody = _day(claims, self.day), claims["custody_version"]
        return first(
            (
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (member.status == "DUPLICATE_SUSPECTED" and not self.even_suspected, "ALREADY_MEMBER_USE_TRANSFER"),
                *self.of_the_case(member),
                (custody != member.version, "STALE_VERSION"),
                *self.of_its_own(model, claims, member),
                *self.of_the_day(model, ended_on or model.today, member),
                *self.of_the_certificate(model, claims, ended_on or model.today, member),
            )
        )

    def of_the_case(self, member: Member) -> tuple[tuple[bool, str], ...]:
        return ()

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        return ()

    def of_the_day(self, model: Model, day: date, member: Member) -> tuple[tuple[bool, str], ...]:
        return (
            (day > model.today, "DATE_IN_FUTURE"),
            (not model.may_be_printed(member.holder, day), "BACKDATE_TOO_FAR"),
            (day < max(member.joined_on, member.taken_in or member.joined_on), "INPUT_INVALID"),
        )

    def of_the_certificate(
        self, model: Model, claims: dict[str, Any], ended_on: date, member: Member
    ) -> tuple[tuple[bool, str], ...]:
        day = _day(claims, "collected_on")
        return (
            (day is not None and day > model.today, "DATE_IN_FUTURE"),
            (day is not None and (day < ended_on or member.valid is None), "INPUT_INVALID"),
        )

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        claims = sent.claims
        if member.open is not None:
            member.open.close("VOIDED", model.now, "MEMBERSHIP_ENDED")
        ended_on = _day(claims, self.day)
        assert ended_on is not None
        if member.retained is not None:
            member.retentions.pop()  # it ended with the membership
        member.status = self.status
        member.ended = Ended(sent.read.sha256, ended_on)
        if "collected_on" in claims and member.valid is not None:
            member.certificates[member.valid] = "COLLECTED"
            member.data_version, member.cards = member.data_version + 1, set()
        partner = model.partner(member)
        if partner is not None:
            partner.pair = member.pair = None
            partner.go_on()
            model.claims[partner.id_number] = partner.person


class WithdrawMember(_End):
    act, desk, draft = acts.Withdrawal, staticmethod(ending.withdraw), staticmethod(drafting_ending.draft_withdrawal)
    wrongs = ("no request", "no persuasion", "not announced", "out of order", "ahead", "version", "collected before")
    day, status = "announced_on", "WITHDRAWN"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        today = model.today
        given: dict[str, Any] = {
            "requested_on": today - timedelta(days=ask.how % 5),
            "request_sha256": _PAPER,
            "persuaded_on": today,
            "discussed_on": today,
            "announced_on": today,
            "collected_on": today if ask.how % 3 == 0 and member.valid is not None else None,
        }
        otherwise: dict[str, dict[str, Any]] = {
            "no request": {"request_sha256": None},
            "no persuasion": {"persuaded_on": None},
            "not announced": {"announced_on": None},
            "out of order": {"discussed_on": today - timedelta(days=6)},
            "ahead": {"announced_on": today + timedelta(days=1)},
            "collected before": {"collected_on": today - timedelta(days=1)},
        }
        return given | otherwise.get(ask.wrong, {})

    def of_the_case(self, member: Member) -> tuple[tuple[bool, str], ...]:
        return ((member.open is not None and member.open.state == "RELEASED", "HANDOFF_ALREADY_OPEN"),)

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        asked = "requested_on" in claims and "request_sha256" in claims
        steps = [claims.get(f"{name}_on", "") for name in ("requested", "persuaded", "discussed", "announced")]
        return (
            (not asked, "WITHDRAWAL_NOT_REQUESTED_BY_MEMBER"),
            ("" in steps or steps != sorted(steps), "WITHDRAWAL_STEPS_INCOMPLETE"),
        )


class Deem(_End):
    act = acts.DeemedWithdrawal
    desk, draft = staticmethod(ending.deem_withdrawn), staticmethod(drafting_ending.draft_deemed_withdrawal)
    wrongs = ("a reason", "not admonished", "corrected", "lately absent", "ahead", "version")
    day, status = "resolved_on", "DEEMED_WITHDRAWN"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        today = model.today
        given: dict[str, Any] = {
            "absent_since": today - timedelta(days=400),
            "admonished_on": today,
            "refused_to_correct": True,
            "resolved_on": today,
        }
        otherwise: dict[str, dict[str, Any]] = {
            "a reason": {"proper_reason": "ILLNESS"},
            "not admonished": {"admonished_on": None},
            "corrected": {"refused_to_correct": False},
            "lately absent": {"absent_since": today - timedelta(days=100)},
            "ahead": {"resolved_on": today + timedelta(days=1)},
        }
        return given | otherwise.get(ask.wrong, {})

    def of_the_case(self, member: Member) -> tuple[tuple[bool, str], ...]:
        return (
            (member.retained is not None, "DUES_EXEMPT_IN_RETENTION"),
            (member.open is not None, "DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET"),
        )

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        absent, resolved = _day(claims, "absent_since"), date.fromisoformat(claims["resolved_on"])
        admonished = _day(claims, "admonished_on")
        restored = [one.restored_on.isoformat()[:7] for one in member.retentions if one.restored_on is not None]
        unpaid = max(month_later(member.dues, 1), claims.get("unpaid_since", ""), *restored)
        closed = [case.closed_at for case in member.cases if case.closed_at is not None]
        since = [f"{unpaid}-01", claims.get("absent_since", ""), member.joined_on.isoformat()]
        since += [f"{month_later(today_of(at).isoformat(), 1)}-01" for at in closed]
        met = (
            absent is not None
            and _half_a_year_after(max(since)) <= resolved
            and admonished is not None
            and absent <= admonished <= resolved
            and claims["refused_to_correct"]
            and "proper_reason" not in claims
        )
        return ((not met, "DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET"),)


def _half_a_year_after(day: str) -> date:
    """The first day on which six months since then are over."""
    month = month_later(day, 6)
    try:
        return date.fromisoformat(f"{month}-{day[8:]}")
    except ValueError:  # no such day: the month is the last
        return date.fromisoformat(f"{month_later(month, 1)}-01")


class Expel(_End):
    act, desk, draft = acts.Expulsion, staticmethod(ending.expel), staticmethod(drafting_ending.draft_expulsion)
    wrongs = ("no judgment", "not in force", "no opinion", "no decision", "opinion after", "ahead", "version")
    day, status = "decided_on", "EXPELLED"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        today = model.today
        given: dict[str, Any] = {
            "judgment_sha256": _PAPER,
            "effective_on": today - timedelta(days=ask.how),
            "opinion_sha256": _PAPER,
            "opinion_on": today,
            "has_no_group": False,
            "decision_sha256": _PAPER,
            "decided_on": today,
        }
        if ask.how % 4 == 0:
            given |= {"opinion_sha256": None, "opinion_on": None, "has_no_group": True}
        if open_proposal(member) is not None and ask.how % 3:
            given |= {"opinion_sha256": None, "opinion_on": None, "has_no_group": False}  # it is what was proposed
        otherwise: dict[str, dict[str, Any]] = {
            "no judgment": {"judgment_sha256": None},
            "not in force": {"effective_on": today + timedelta(days=1)},
            "no opinion": {"opinion_sha256": None, "has_no_group": False},
            "no decision": {"decision_sha256": None},
            "opinion after": {"opinion_on": today + timedelta(days=1)},
            "ahead": {"decided_on": today + timedelta(days=1)},
        }
        return given | otherwise.get(ask.wrong, {})

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        effective, opinion, decided = (_day(claims, name) for name in ("effective_on", "opinion_on", "decided_on"))
        punished = "judgment_sha256" in claims and effective is not None and effective <= (decided or model.today)
        heard = claims["has_no_group"] or ("opinion_sha256" in claims and opinion is not None)
        in_order = decided is not None and (opinion is None or opinion <= decided)
        return (
            (not punished, "EXPULSION_NO_CRIMINAL_PUNISHMENT"),
            (not (heard and "decision_sha256" in claims and in_order), "EXPULSION_STEPS_INCOMPLETE"),
            (
                (proposed := open_proposal(member)) is not None and claims.get("opinion_sha256") != proposed.opinion,
                "EXPULSION_STEPS_INCOMPLETE",
            ),
        )

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        super().done_to(model, sent, member)
        assert member.ended is not None
        member.ended.state, member.proposed = "DECIDED", None


class Die(_End):
    act, desk, draft = acts.Death, staticmethod(ending.record_death), staticmethod(drafting_ending.draft_death)
    wrongs = ("ahead", "before joining", "version")
    day, status, even_suspected = "died_on", "DECEASED", True

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        early = member.joined_on - timedelta(days=1)
        today = model.today + timedelta(days=ask.wrong == "ahead")
        return {"died_on": early if ask.wrong == "before joining" else today}

    def of_the_day(self, model: Model, day: date, member: Member) -> tuple[tuple[bool, str], ...]:
        return ((day > model.today, "DATE_IN_FUTURE"), (day < member.joined_on, "INPUT_INVALID"))


class _AfterExpulsion(OfHolder):
    def claims(self, member: Member) -> dict[str, Any]:
        return {"expulsion_sha256": NO_HASH if member.ended is None else member.ended.sha256}

    @staticmethod
    def names_another(claims: dict[str, Any], member: Member) -> bool:
        return member.ended is None or claims["expulsion_sha256"] != member.ended.sha256


class File(_AfterExpulsion):
    act, desk, draft = acts.ExpulsionFiling, staticmethod(filing.file), staticmethod(drafting_ending.draft_filing)
    wrongs = ("hash", "level", "ahead", "before")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        parent = model.unions[member.holder].parent or "U0"
        to = "U0" if parent != "U0" else "U10"
        shift = {"ahead": 1, "before": -80}.get(ask.wrong, 0)
        return {
            "filed_on": model.today + timedelta(days=shift),
            "filed_with": model.unions[to if ask.wrong == "level" else parent].uri,
        }

    def refused_by_law(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        ended, day = member.ended, date.fromisoformat(claims["filed_on"])
        parent = model.unions[member.holder].parent
        if member.status != "EXPELLED" or ended is None:
            return "STEP_NOT_ALLOWED"
        is_open = ended.state == "DECIDED" or ended.mark == "RETURNED_FOR_PAPERS"
        return first(
            (
                (not is_open, "STEP_NOT_ALLOWED"),
                (self.names_another(claims, member), "DOCUMENT_TAMPERED"),
                (parent is None or claims["filed_with"] != model.unions[parent].uri, "FILING_TO_WRONG_LEVEL"),
                (day > model.today, "DATE_IN_FUTURE"),
                (not model.may_be_printed(member.holder, day), "BACKDATE_TOO_FAR"),
                (day < ended.on, "INPUT_INVALID"),
            )
        )

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        ended = member.ended
        assert ended is not None
        ended.filed_on = ended.filed_on or date.fromisoformat(sent.claims["filed_on"])
        ended.filing, ended.mark = sent.read.sha256, None
        ended.state = "FILED" if ended.state == "DECIDED" else ended.state
        parent = model.unions[member.holder].parent
        assert parent is not None
        model.filed_with[member.ref] = (parent, sent.read.sha256)

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


class Reverse(_AfterExpulsion):
    act, desk, draft = (
        acts.ExpulsionReversal,
        staticmethod(ending.reverse),
        staticmethod(drafting_ending.draft_reversal),
    )
    wrongs = ("hash", "ahead", "version")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        return {"annulment_sha256": _PAPER, "annulled_on": model.today + timedelta(days=ask.wrong == "ahead")}

    def claims(self, member: Member) -> dict[str, Any]:
        return {"custody_version": member.version, **super().claims(member)}

    def refused_by_law(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        people = {member.person, model.claims.get(member.id_number)}
        others = [other for other in model.members.values() if other.person in people and other.status in STANDING]
        return first(
            (
                (member.status != "EXPELLED", "STEP_NOT_ALLOWED"),
                (bool(others), "ALREADY_MEMBER_USE_TRANSFER"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (self.names_another(claims, member), "DOCUMENT_TAMPERED"),
                (date.fromisoformat(claims["annulled_on"]) > model.today, "DATE_IN_FUTURE"),
            )
        )

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        member.held.append((member.holder, member.basis, member.employer))
        member.version, member.held_by = member.version + 1, sent.read.sha256
        member.status, member.ended = "ACTIVE", None
        if member.lent is not None and member.lent.state in {"AT_HOST", "RETURN_DUE"}:
            member.lent.state = "CLOSED"  # it ended with the membership, and does not come back with it
        member.cards = set()
        model.claims[member.id_number] = member.person
        model.file_of[member.person] = member.ref


class _Mark(Kind):
    """What the union above makes of a filing."""

    draft: ClassVar[Callable[..., Any]]
    mark: ClassVar[str]
    papers: ClassVar[dict[str, Any]] = {}

    def owner(self, model: Model, ask: Ask) -> str:
        return model.unions[model.members[ask.who].holder].parent or "U0"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        member = stage.model.members[ask.who]
        given = {"membership_id": member.id, **self.papers}
        draft = await stage.drafted(type(self).draft, by, given)
        if draft is None:
            return None
        filed = member.ended.filing if member.ended is not None else None
        claims, sub = claims_in(draft, self) or ({"filing_sha256": filed or NO_HASH, **self.papers}, str(member.id))
        if ask.wrong == "hash":
            claims = {**claims, "filing_sha256": NO_HASH}
        return Drawn(claims, sub, (), said(draft))

    def refused(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        above = None if member is None else model.filed_with.get(member.ref)
        if member is None or above is None or above[0] != sent.sender:
            return "NO_CASE_FOR_HIGHER_UNION"
        ended = member.ended
        return first(
            (
                (ended is None or ended.mark is not None or ended.filing != above[1], "STEP_NOT_ALLOWED"),
                (sent.claims["filing_sha256"] != above[1], "DOCUMENT_TAMPERED"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        assert member.ended is not None
        member.ended.mark = self.mark


class AcknowledgeFiling(_Mark):
    act = acts.FilingAcknowledgement
    desk, draft = staticmethod(filing.acknowledge), staticmethod(drafting_ending.draft_acknowledgement)
    wrongs = ("hash",)
    mark = "ACKNOWLEDGED"


class ReturnFiling(_Mark):
    act = acts.FilingReturn
    desk, draft = staticmethod(filing.return_for_papers), staticmethod(drafting_ending.draft_filing_return)
    wrongs = ("hash",)
    mark, papers = "RETURNED_FOR_PAPERS", {"papers": ["JUDGMENT"]}
