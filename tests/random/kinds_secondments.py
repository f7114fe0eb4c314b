"""Secondment (A14): recorded, its term changed, ended; extended, converted and signed away where it lasts."""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation.acts_secondment import (
    Conversion,
    EarlyEnd,
    Extension,
    HomeRelationEnd,
    Secondment,
    SecondmentTerm,
    conversion_sha256,
    extension_sha256,
)
from hub.transfers.desk import drafting_secondment as drafting
from hub.transfers.desk import seconding
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said, structure
from tests.random.lending import LASTING as _LASTING
from tests.random.model import OPEN, STANDING, Lent

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.random.model import Member, Model
    from tests.random.stage import Stage

__all__ = ["ChangeTerm", "Convert", "EndEarly", "EndHomeRelation", "Extend", "OnSecondment", "RecordSecondment"]

_SHORT, _LONG = timedelta(days=60), timedelta(days=400)


class OnSecondment(Kind):
    """What the six share. `takes`: the states from which it goes on, by the tie to the member."""

    draft: ClassVar[Callable[..., Any]]
    takes: ClassVar[frozenset[str]]
    ties: ClassVar[frozenset[str]] = frozenset({"HOLDER", "HOME"})

    def owner(self, model: Model, ask: Ask) -> str:
        member = model.members[ask.who]
        lent = member.lent
        home = lent is not None and lent.stands(model, member) in _LASTING and ask.how % 2 == 0
        return lent.home if home and lent is not None else member.holder

    @abstractmethod
    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        """What the draft is asked for."""

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member = stage.model, stage.model.members[ask.who]
        given = self.given(model, ask, member)
        stated = {name: str(value) for name, value in given.items() if value is not None}
        drawn = Drawn({"custody_version": member.version, **self.bound(model, member, given), **stated}, str(member.id))
        draft = await stage.drafted(type(self).draft, by, {"membership_id": member.id, **given})
        if draft is not None:
            drawn.foretold = said(draft)
            drawn.claims, drawn.sub = claims_in(draft, self) or (drawn.claims, drawn.sub)
        if ask.wrong == "version":
            drawn.claims = {**drawn.claims, "custody_version": drawn.claims["custody_version"] + 1}
        return drawn

    def bound(self, model: Model, member: Member, given: dict[str, Any]) -> dict[str, Any]:
        return {}

    def refused(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        tie = None if member is None else tie_of(model, member, sent.sender)
        if member is None or tie is None or (tie in {"PARTY", "HIGHER"} and tie not in self.ties):
            refused = structure(model, sent, holds=tie == "HIGHER")
            return refused or ("NOT_HOLDER" if tie == "PARTY" else "MEMBER_NOT_FOUND_OR_NOT_HELD")
        return (
            (tie == "HIGHER" and not self.lies_above(model, member) and "NO_CASE_FOR_HIGHER_UNION")
            or first(
                (
                    (member.status not in STANDING, "NOT_A_MEMBER"),
                    (member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                    (self.is_barred(model, member), "HANDOFF_ALREADY_OPEN"),
                    (tie not in self.ties, "NOT_HOLDER"),
                    (not self.may(model, member, tie), "STEP_NOT_ALLOWED"),
                    (sent.claims["custody_version"] != member.version, "STALE_VERSION"),
                )
            )
            or self.refused_by_law(model, sent, member, tie)
        )

    def may(self, model: Model, member: Member, tie: str) -> bool:
        return standing(model, member) in self.takes

    def is_barred(self, model: Model, member: Member) -> bool:
        return False

    def lies_above(self, model: Model, member: Member) -> bool:
        return False

    @abstractmethod
    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        """What speaks against it where the secondment stands so."""

    def again(self, model: Model, sent: Sent) -> str | None:
        return None


def standing(model: Model, member: Member) -> str:
    """Where the secondment stands that goes on; `-` where none does."""
    state = None if member.lent is None else member.lent.stands(model, member)
    return state if state in {"RECORDED", *_LASTING} else "-"


def tie_of(model: Model, member: Member, ref: str) -> str | None:
    lent, state = member.lent, standing(model, member)
    if member.holder == ref:
        return "HOST" if state in _LASTING else "HOLDER"
    if lent is not None and state in _LASTING and lent.home == ref:
        return "HOME"
    above = None if lent is None or lent.host is None else model.above(lent.home, lent.home, lent.host)
    if state == "RETURN_DUE" and above == ref:
        return "HIGHER"
    return "PARTY" if member.is_party(ref) else None


def _printed(model: Model, ref: str, day: date) -> str | None:
    return first(
        (
            (day > model.today, "DATE_IN_FUTURE"),
            (not model.may_be_printed(ref, day), "BACKDATE_TOO_FAR"),
        )
    )


class RecordSecondment(OnSecondment):
    act, desk, draft = Secondment, staticmethod(seconding.record), staticmethod(drafting.draft_secondment)
    takes = frozenset({"-"})
    ties = frozenset({"HOLDER", "HOME", "HOST"})
    wrongs = ("version", "backwards", "same employer", "unknown host")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        starts = model.today - timedelta(days=ask.how)
        host = {"unknown host": "urn:union:81310117MC1D25256C"}.get(ask.wrong, model.unions[ask.to].uri)
        return {
            "host_employer_uscc": member.employer if ask.wrong == "same employer" else model.employer_at(ask.to),
            "host_union": host if ask.how % 3 or ask.wrong == "unknown host" else None,
            "starts_on": starts,
            "ends_on": starts + (-_SHORT if ask.wrong == "backwards" else _LONG if ask.how % 2 else _SHORT),
        }

    def may(self, model: Model, member: Member, tie: str) -> bool:
        return tie != "HOST" and member.status == "ACTIVE" and super().may(model, member, tie)

    def is_barred(self, model: Model, member: Member) -> bool:
        return member.open is not None and standing(model, member) not in _LASTING

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        claims = sent.claims
        host = model.by_uri(claims.get("host_union"))
        return first(
            (
                (claims["ends_on"] < claims["starts_on"], "INPUT_INVALID"),
                (claims["host_employer_uscc"] == member.employer, "INPUT_INVALID"),
                ("host_union" in claims and host is None, "UNION_NOT_FOUND"),
                (host is not None and host.ref == sent.sender, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims, member = sent.claims, model.by_membership(sent.read.sub)
        assert member is not None
        host = model.by_uri(claims.get("host_union"))
        term = (date.fromisoformat(claims["starts_on"]), date.fromisoformat(claims["ends_on"]))
        member.lent = Lent(sent.sender, None if host is None else host.ref, *term, member.version)


class _BeforeItMoved(OnSecondment):
    """What an offer that is open bars."""

    def is_barred(self, model: Model, member: Member) -> bool:
        released = member.open is not None and member.open.state == "RELEASED"
        return released and standing(model, member) not in _LASTING


class ChangeTerm(_BeforeItMoved):
    act, desk, draft = SecondmentTerm, staticmethod(seconding.change_term), staticmethod(drafting.draft_term)
    takes = frozenset({"RECORDED"})
    wrongs = ("version", "backwards")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        starts = model.today - timedelta(days=ask.how)
        return {"starts_on": starts, "ends_on": starts + (-_SHORT if ask.wrong == "backwards" else _LONG)}

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        return "INPUT_INVALID" if sent.claims["ends_on"] < sent.claims["starts_on"] else None

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        assert member.lent is not None
        member.lent.starts_on = date.fromisoformat(sent.claims["starts_on"])
        member.lent.ends_on = date.fromisoformat(sent.claims["ends_on"])


class EndEarly(_BeforeItMoved):
    act, desk, draft = EarlyEnd, staticmethod(seconding.end_early), staticmethod(drafting.draft_early_end)
    takes = frozenset({"RECORDED", "AT_HOST"})
    wrongs = ("version", "ahead", "long ago")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        away = {"ahead": -1, "long ago": 91}.get(ask.wrong, ask.how % 5)
        return {"ended_on": model.today - timedelta(days=away)}

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        return _printed(model, sent.sender, date.fromisoformat(sent.claims["ended_on"]))

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        assert member.lent is not None
        at_host = member.lent.stands(model, member) == "AT_HOST"
        member.lent.state = "RETURN_DUE" if at_host else "ENDED"
        member.lent.cut_on = date.fromisoformat(sent.claims["ended_on"])


class _OfBoth(OnSecondment):
    """What both unions sign."""

    takes = _LASTING
    ties = frozenset({"HOLDER", "HOME", "HOST"})
    under: ClassVar[str]
    wrongs = ("version",)

    @abstractmethod
    def document(self, model: Model, member: Member, ends_on: date | None) -> str:
        """The hash of what both sign."""

    def bound(self, model: Model, member: Member, given: dict[str, Any]) -> dict[str, Any]:
        lasts = member.lent is not None and member.lent.host is not None
        return {self.under: self.document(model, member, given.get("ends_on")) if lasts else NO_HASH}

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        is_it = sent.claims[self.under] == self.document(model, member, _day(sent.claims))
        return None if is_it else "DOCUMENT_TAMPERED"

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        lent = member.lent
        assert lent is not None
        other = lent.host if sent.sender == lent.home else lent.home
        word = (self.name, sent.claims[self.under])
        lent.words.add((*word, sent.sender))
        if (*word, other or "") in lent.words:
            _void_return(model, member, self.ground)
            self.both(sent, member, lent)

    ground: ClassVar[str]

    @abstractmethod
    def both(self, sent: Sent, member: Member, lent: Lent) -> None:
        """What the second word brings about."""


def _day(claims: dict[str, Any]) -> date | None:
    return date.fromisoformat(claims["ends_on"]) if "ends_on" in claims else None


def _void_return(model: Model, member: Member, ground: str) -> None:
    case = member.open
    if case is not None and case.reason == "SECONDMENT_RETURN" and case.state in OPEN:
        case.close("VOIDED", model.now, ground)


def _of(model: Model, member: Member) -> tuple[UUID, str, str, date]:
    lent = member.lent
    assert lent is not None
    assert lent.host is not None
    return member.id, model.unions[lent.home].uri, model.unions[lent.host].uri, lent.starts_on


class Extend(_OfBoth):
    act, desk, draft = Extension, staticmethod(seconding.extend), staticmethod(drafting.draft_extension)
    under, ground = "extension_sha256", "SECONDMENT_EXTENDED"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        ends = model.today if member.lent is None else member.lent.ends_on
        return {"ends_on": ends + timedelta(days=(90, 400, 0)[ask.how // 2 % 3])}

    def document(self, model: Model, member: Member, ends_on: date | None) -> str:
        return extension_sha256(*_of(model, member), ends_on or date.min)

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        lent, ends_on = member.lent, _day(sent.claims)
        assert lent is not None
        assert ends_on is not None
        return first(
            (
                (ends_on <= lent.ends_on and lent.cut_on is None, "INPUT_INVALID"),
                ((ends_on - lent.starts_on).days < 179, "SECONDMENT_TOO_SHORT"),
                (ends_on < model.today, "SECONDMENT_TERM_MISSING"),
            )
        ) or super().refused_by_law(model, sent, member, tie)

    def both(self, sent: Sent, member: Member, lent: Lent) -> None:
        lent.state, lent.cut_on, lent.ends_on = "AT_HOST", None, _day(sent.claims) or lent.ends_on


class Convert(_OfBoth):
    act, desk, draft = Conversion, staticmethod(seconding.convert), staticmethod(drafting.draft_conversion)
    under, ground = "conversion_sha256", "SECONDMENT_CONVERTED"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        return {}

    def document(self, model: Model, member: Member, ends_on: date | None) -> str:
        return conversion_sha256(*_of(model, member))

    def both(self, sent: Sent, member: Member, lent: Lent) -> None:
        lent.state, member.basis = "CONVERTED", "ORDINARY"


class EndHomeRelation(OnSecondment):
    act, desk = HomeRelationEnd, staticmethod(seconding.end_home_relation)
    draft = staticmethod(drafting.draft_home_relation_end)
    takes = _LASTING
    ties = frozenset({"HOLDER", "HOME", "HIGHER"})
    wrongs = ("version", "ahead", "long ago")

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        away = {"ahead": -1, "long ago": 91}.get(ask.wrong, ask.how % 5)
        return {"relation_ended_on": model.today - timedelta(days=away)}

    def lies_above(self, model: Model, member: Member) -> bool:
        assert member.lent is not None
        return member.lent.lies_above(model)

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        assert member.lent is not None
        expected = model.unions[member.lent.home].uri if tie == "HIGHER" else None
        if sent.claims.get("in_lieu_of") != expected:
            return "DOCUMENT_TAMPERED"
        return _printed(model, sent.sender, date.fromisoformat(sent.claims["relation_ended_on"]))

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        assert member.lent is not None
        _void_return(model, member, "HOME_RELATION_ENDED")
        member.lent.state, member.basis = "RELEASED_FROM_HOME", "ORDINARY"
