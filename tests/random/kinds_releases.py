"""The release, pushed or in answer, by the holder or in its stead (A12, HUB-P02)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from federation import acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import drafting, drafting_pulls, releasing
from tests.random.calendar import end_of_term, month_later
from tests.random.kinds import (
    GRASSROOTS,
    NO_HASH,
    SIX,
    Ask,
    Drawn,
    Kind,
    Sent,
    claims_in,
    first,
    not_held,
    said,
    structure,
)
from tests.random.lending import goes_home
from tests.random.model import OPEN, STANDING, Case, Member

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from hub.transfers.views import Draft
    from tests.random.model import Model, Union
    from tests.random.stage import Stage

__all__ = ["Reemploy", "Release", "ReleaseInLieu"]

_DUES = ("2025-02", "2024-06", "2025-01")
_AREAS = frozenset({"TOWNSHIP_SUBDISTRICT_UNION", "VILLAGE_COMMUNITY_UNION", "DEVELOPMENT_ZONE_UNION"})
#: For what a member goes to a union outside the hub (A25).
_TO_OUTSIDE = frozenset({"CHANGE_OF_EMPLOYER", "REEMPLOYMENT_FROM_RETENTION", "FLEXIBLE_CHOICE", "CORRECTION"})
_STAYING = frozenset({"RESIDENCE_MOVE", "EMPLOYER_CLOSURE"})
_RESTORING = frozenset({"CHANGE_OF_EMPLOYER", "REEMPLOYMENT_FROM_RETENTION", "PLACEMENT"})


class Release(Kind):
    act: ClassVar[type[acts.Release]] = acts.Release
    desk = staticmethod(releasing.release)
    reason: ClassVar[tuple[str, str]] = ("CHANGE_OF_EMPLOYER", "调动")
    articles: ClassVar[tuple[str, ...]] = ("A12",)
    #: Who may be named besides an employer's union.
    others: ClassVar[frozenset[str]] = _AREAS
    wrongs: ClassVar[tuple[str, ...]] = (
        *(
            "version",
            "prev",
            "card",
            "answers nothing",
            "same handoff",
            "OFF_JOB_STUDY",
            "AWAITING_POST",
            "reason text",
        ),
        *(
            "relation goes on",
            "same employer",
            "no such receiver",
            "out_date ahead",
            "out_date long ago",
            "valid too long",
        ),
        *("dues ahead", "dues before joining"),
    )

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member = stage.model, stage.model.members[ask.who]
        receiver = "urn:union:81310117MC1D25256C" if ask.wrong == "no such receiver" else model.unions[ask.to].uri
        given = {
            "membership_id": member.id,
            "handoff_id": None,
            "receiving_union": receiver,
            "reason_code": ask.wrong if ask.wrong in {"OFF_JOB_STUDY", "AWAITING_POST"} else self.reason[0],
            "form_custody": None,
            **self.line_one(model, ask, member),
        }
        claims = {
            **{name: value for name, value in _plain(given).items() if name != "membership_id"},
            "handoff_id": stage.new_id(),
            "custody_version": member.version,
            "prev_sha256": member.held_by,
            "card_sha256": NO_HASH,
            "reason_text": self.reason[1],
            "articles": list(self.articles),
            "valid_until": self._until(model, ask).isoformat(),
            "form_custody": "WITH_PERSONNEL_FILE",
        }
        drawn = Drawn(claims, str(member.id))
        draft = await stage.drafted(drafting.draft_release, by, given)
        if draft is not None:
            drawn.foretold, found = said(draft), claims_in(draft, self)
            drawn.claims, drawn.sub = found or (claims, drawn.sub)
            member.cards |= {drawn.claims["card_sha256"]} - {NO_HASH}
        drawn.claims = {**drawn.claims, **self.altered(model, ask, drawn.claims)}
        return drawn

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        today = model.today
        out_date = {"out_date ahead": today + timedelta(days=1), "out_date long ago": today - timedelta(days=121)}
        dues = {"dues ahead": month_later(model.dues_until(member.holder), 1), "dues before joining": "2010-01"}
        return {
            "out_date": out_date.get(ask.wrong, today - timedelta(days=ask.how % 3)),
            "dues_paid_through": dues.get(ask.wrong, _DUES[ask.how % len(_DUES)]),
            "relation_ended_on": None if ask.wrong == "relation goes on" else date(2025, 2, 28),
            "new_employer_uscc": member.employer if ask.wrong == "same employer" else model.employer_at(ask.to),
        }

    @staticmethod
    def _until(model: Model, ask: Ask) -> date:
        """The last day for which a release may be good (P01)."""
        return model.today + timedelta(days=model.policy(model.members[ask.who].holder, "release_valid_days"))

    def altered(self, model: Model, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        open_case = model.members[ask.who].open
        return {
            "version": {"custody_version": claims["custody_version"] + 1},
            "prev": {"prev_sha256": NO_HASH},
            "card": {"card_sha256": NO_HASH},
            "answers nothing": {"request_sha256": NO_HASH},
            "same handoff": {"handoff_id": str(open_case.id) if open_case else claims["handoff_id"]},
            "reason text": {"reason_text": "其他"},
            "valid too long": {"valid_until": (self._until(model, ask) + timedelta(days=1)).isoformat()},
        }.get(ask.wrong, {})

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, sender = sent.claims, sent.sender
        member, tie = model.by_membership(sent.read.sub), not_held(model, sent)
        if member is None or tie is not None:
            return tie
        if member.status not in {"ACTIVE", "RETAINED"}:
            return "NOT_A_MEMBER" if member.status not in STANDING else "ALREADY_MEMBER_USE_TRANSFER"
        stays = may_not_leave(member, claims)
        if stays is not None:
            return stays
        asked, answers = member.open, claims.get("request_sha256")
        if asked is not None and asked.state == "RELEASED":
            return "HANDOFF_ALREADY_OPEN"
        named = model.case(claims["handoff_id"])
        mine = named is not None and named.member == member.ref and named.holder == sender
        if mine and named is not None and answers is not None and named.state not in OPEN:
            return "HANDOFF_NOT_OPEN"
        is_answer = asked is not None and model.unions[asked.receiver].uri == claims["receiving_union"]
        not_home = goes_home(model, member, claims)
        return first(
            (
                (not is_answer and answers is not None, "DOCUMENT_TAMPERED"),
                (is_answer and (answers is None or claims["handoff_id"] != str(asked and asked.id)), "STALE_VERSION"),
                (is_answer and answers != (asked and asked.request), "DOCUMENT_TAMPERED"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (claims["prev_sha256"] != member.held_by, "DOCUMENT_TAMPERED"),
                (answers is None and named is not None, "INPUT_INVALID"),
                (not_home is not None, not_home or ""),
                (claims["reason_code"] == "OFF_JOB_STUDY", "STUDY_LEAVE_NO_CHANGE"),
                (claims["reason_code"] == "AWAITING_POST", "AWAITING_POST_NO_CHANGE"),
                (claims["reason_text"] != self.reason[1], "STATEMENT_MALFORMED"),
                (tuple(claims["articles"]) != self.articles, "STATEMENT_MALFORMED"),
                (answers is not None and named is not None and self.reason[0] != named.reason, "DOCUMENT_TAMPERED"),
            )
        ) or self.refused_by_law(model, sent, member, member.holder)

    def refused_by_law(self, model: Model, sent: Sent, member: Member, holder: str) -> str | None:
        claims, today = sent.claims, model.today
        out_date, until = date.fromisoformat(claims["out_date"]), date.fromisoformat(claims["valid_until"])
        receiver, dues = model.by_uri(claims["receiving_union"]), claims["dues_paid_through"]
        may_hold = receiver is not None and (
            receiver.kind in GRASSROOTS
            or (receiver.kind in self.others and self.may_reach(receiver, claims))
            or (receiver.is_outside and claims["reason_code"] in _TO_OUTSIDE)
        )
        earliest = month_later(member.joined_on.isoformat(), -1)
        last = today + timedelta(days=model.policy(holder, "release_valid_days"))
        kept = member.retained
        if kept is not None and bool(claims.get("restores")) != (claims["reason_code"] in _RESTORING):
            return "INPUT_INVALID"
        retained_on = self.retained_on(claims, member)
        since = None if retained_on is None else month_later(retained_on.isoformat(), 1)
        counted = max(month_later(since or "2000-01", -1), member.dues)
        told = self.refused_by_relation(claims, member) or self.refused_by_entry(model, claims, member)
        return told or first(
            (
                (receiver is None, "UNION_NOT_FOUND"),
                *self.about_the_area(model, claims, member, receiver),
                (receiver is not None and receiver.ref == holder, "INPUT_INVALID"),
                (not may_hold, "RECEIVER_CANNOT_HOLD"),
                (out_date > today, "DATE_IN_FUTURE"),
                (not model.may_be_printed(holder, out_date), "BACKDATE_TOO_FAR"),
                (out_date < member.joined_on, "INPUT_INVALID"),
                (retained_on is not None and out_date < retained_on, "INPUT_INVALID"),
                (not today <= until <= last, "INPUT_INVALID"),
                (not earliest <= dues <= model.dues_until(holder), "DUES_MONTH_IMPLAUSIBLE"),
                (claims.get("dues_exempt_since") != since, "INPUT_INVALID"),
                (retained_on is not None and dues > counted, "DUES_EXEMPT_IN_RETENTION"),
                (claims["card_sha256"] not in member.cards, "DOCUMENT_TAMPERED"),
            )
        )

    def about_the_area(
        self, model: Model, claims: dict[str, Any], member: Member, receiver: Union | None
    ) -> tuple[tuple[bool, str], ...]:
        return ()

    def retained_on(self, claims: dict[str, Any], member: Member) -> date | None:
        """Since when the member is retained."""
        return None if member.retained is None else member.retained.retained_on

    def refused_by_entry(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        """What speaks against a retention that the release enters."""
        return None

    def may_reach(self, receiver: Union, claims: dict[str, Any]) -> bool:
        """Whether an area union may be the receiver."""
        return claims.get("new_employer_uscc") in receiver.employers

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        ended, employer = claims.get("relation_ended_on"), claims.get("new_employer_uscc")
        return first(
            (
                (ended is None or ended > claims["out_date"], "LABOUR_RELATION_UNCHANGED"),
                (employer is not None and employer == member.employer, "LABOUR_RELATION_UNCHANGED"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims, member = sent.claims, model.by_membership(sent.read.sub)
        receiver = model.by_uri(claims["receiving_union"])
        assert member is not None
        assert receiver is not None
        case = member.open
        if claims.get("request_sha256") is None:
            if case is not None:
                case.close("CANCELLED", model.now, "SUPERSEDED_BY_RELEASE")
                case.untold = True
            handoff_id, holder = UUID(claims["handoff_id"]), member.holder
            case = Case(handoff_id, member.ref, member.version, holder, receiver.ref, claims["reason_code"], "RELEASED")
            member.cases.append(case)
        assert case is not None
        case.state, case.release, case.in_lieu = "RELEASED", sent.read.sha256, sent.kind.act is acts.InLieuRelease
        case.restores = bool(claims.get("restores"))
        case.new_employer = claims.get("new_employer_uscc")
        case.out_date, case.dues = date.fromisoformat(claims["out_date"]), claims["dues_paid_through"]
        case.deadline, case.then = end_of_term(date.fromisoformat(claims["valid_until"])), None
        _tell_of_silence(model, case, case.deadline)


def may_not_leave(member: Member, claims: dict[str, Any]) -> str | None:
    """Why one who is retained, or isn't, leaves for no such reason."""
    kept, reason = member.retained, claims["reason_code"]
    if kept is None:
        alone = reason == "EMPLOYER_CLOSURE" and "retention" not in claims
        return first(
            (
                (reason == "REEMPLOYMENT_FROM_RETENTION", "REASON_NOT_ALLOWED"),
                (alone, "NOT_REEMPLOYED_USE_RETENTION"),
            )
        )
    is_listed = reason not in {"OFF_JOB_STUDY", "AWAITING_POST"}
    closes = reason == "EMPLOYER_CLOSURE"
    back = {"CORRECTION"} if member.basis == "RESIDENCE_RETENTION" else set[str]()
    return first(
        (
            ("retention" in claims, "STEP_NOT_ALLOWED"),
            (kept.reason == "RETIREMENT" and not closes, "REHIRED_RETIREE_NO_TRANSFER"),
            (kept.reason == "MILITARY_SERVICE" and not closes, "IN_MILITARY_SERVICE"),
            (reason == "CHANGE_OF_EMPLOYER" and claims.get("request_sha256") is None, "REASON_NOT_ALLOWED"),
            (is_listed and reason not in _RESTORING | _STAYING | back, "REASON_NOT_ALLOWED"),
        )
    )


def _tell_of_silence(model: Model, case: Case, expires: datetime) -> None:
    """P03: the union above the receiver will know; one that was to know of the request, and doesn't yet, never will."""
    above, at = (
        model.above_side(case.receiver, case.receiver, case.holder),
        model.term(working=model.policy(case.receiver, "acceptance_working_days")),
    )
    told = {ref: known for ref, known in case.told.items() if known[0] <= model.now}
    if above is not None and at < expires and above not in told:
        told[above] = (at, case.told[above][1] if above in case.told else "receiver")
    case.told = told


class Reemploy(Release):
    """A release of who was retained and works again."""

    reason = ("REEMPLOYMENT_FROM_RETENTION", "重新就业")
    articles = ("A19", "A20")
    wrongs = ("version", "card", "restores nobody", "exempt since", "relation goes on", "out_date ahead", "dues ahead")

    @property
    def name(self) -> str:
        return "reemploy"

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        line = super().line_one(model, ask, member)
        since = member.exempt_since
        return line if since is None else {**line, "dues_paid_through": min(line["dues_paid_through"], member.dues)}

    def altered(self, model: Model, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        wrong: dict[str, dict[str, Any]] = {
            "restores nobody": {"restores": False},
            "exempt since": {"dues_exempt_since": "2001-01"},
        }
        return wrong.get(ask.wrong) or super().altered(model, ask, claims)


class ReleaseInLieu(Release):
    act: ClassVar[type[acts.Release]] = acts.InLieuRelease
    desk = staticmethod(releasing.release_in_lieu)
    draft: ClassVar[Callable[..., Coroutine[Any, Any, Draft]]] = staticmethod(drafting_pulls.draft_release_in_lieu)
    articles = ("HUB-P02",)
    #: From where it leads on.
    takes: ClassVar[frozenset[str]] = frozenset({"ESCALATED"})
    stranger: ClassVar[str] = "NO_CASE_FOR_HIGHER_UNION"
    #: What is asked for the draft alone.
    asked: ClassVar[dict[str, str]] = {}
    wrongs: ClassVar[tuple[str, ...]] = (
        *("hash", "version", "prev", "card", "in lieu of another", "to another", "RELIGION"),
        *("relation goes on", "same employer", "out_date ahead", "dues ahead"),
    )

    def owner(self, model: Model, ask: Ask) -> str:
        case = self.case_of(model, ask)
        return model.members[ask.who].holder if case is None else case.higher or case.holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member, case = stage.model, stage.model.members[ask.who], self.case_of(stage.model, ask)
        if case is None:
            return None
        line = self.line_one(model, Ask(**{**ask.__dict__, "to": case.receiver}), member)
        given = {"handoff_id": case.id, "form_custody": None, **line, **self.beside(ask)}
        claims = {
            **_plain(given),
            "custody_version": member.version,
            "prev_sha256": member.held_by,
            "card_sha256": NO_HASH,
            "reason_code": case.reason,
            "reason_text": "调动",
            "articles": list(self.articles),
            "receiving_union": model.unions[case.receiver].uri,
            "valid_until": self._until(model, ask).isoformat(),
            "form_custody": "WITH_PERSONNEL_FILE",
            "request_sha256": case.request or NO_HASH,
            "in_lieu_of": model.unions[case.holder].uri,
        }
        drawn = Drawn(claims, str(member.id))
        draft = await stage.drafted(self.draft, by, {**given, **self.asked})
        if draft is not None:
            drawn.foretold, found = said(draft), claims_in(draft, self)
            drawn.claims, drawn.sub = found or (claims, drawn.sub)
            member.cards |= {drawn.claims["card_sha256"]} - {NO_HASH}
        drawn.claims = {**drawn.claims, **self.altered(model, ask, drawn.claims)}
        return drawn

    def beside(self, ask: Ask) -> dict[str, Any]:
        """Give what such a release states besides."""
        ground = "RELIGION" if ask.wrong == "RELIGION" else "NO_RESPONSE"
        return {"ground": ground, "evidence_sha256": sha256_b64url(b"e")}

    def altered(self, model: Model, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        return {
            "hash": {"request_sha256": NO_HASH},
            "in lieu of another": {"in_lieu_of": model.unions["U15"].uri},
            "to another": {"receiving_union": model.unions["U15"].uri},
        }.get(ask.wrong, super().altered(model, ask, claims))

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims = sent.claims
        member, case = model.by_membership(sent.read.sub), model.case(claims["handoff_id"])
        if case is not None and (
            member is None or case.member != member.ref or not self.lies_with(model, sent.sender, case)
        ):
            case = None
        tie = structure(model, sent, holds=case is not None)
        if tie is not None:
            return tie
        if member is None or case is None:
            return self.stranger
        stays = may_not_leave(member, claims)
        if stays is not None:
            return stays
        not_home = goes_home(model, member, claims)
        bound = {
            "request_sha256": case.request,
            "in_lieu_of": model.unions[case.holder].uri,
            "receiving_union": model.unions[case.receiver].uri,
            "reason_code": case.reason,
            "articles": list(self.articles),
        }
        return first(
            (
                (case.state not in OPEN, "HANDOFF_NOT_OPEN"),
                (case.state not in self.takes, "STEP_NOT_ALLOWED"),
                (any(claims[name] != value for name, value in bound.items()), "DOCUMENT_TAMPERED"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (claims["prev_sha256"] != member.held_by, "DOCUMENT_TAMPERED"),
                (not_home is not None, not_home or ""),
                (claims.get("ground") in SIX, "DISCRIMINATORY_GROUND"),
                (claims["reason_text"] != "调动", "STATEMENT_MALFORMED"),
            )
        ) or self.refused_by_law(model, sent, member, case.holder)

    def lies_with(self, model: Model, ref: str, case: Case) -> bool:
        """Whether a union has the case to decide."""
        return case.higher == ref and case.side_of(ref, model.now) == "HIGHER"


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    parts = {name: _plain(value) if isinstance(value, dict) else value for name, value in given.items()}
    written = {name: str(value) if isinstance(value, date | UUID) else value for name, value in parts.items()}
    return {name: value for name, value in written.items() if value is not None}
