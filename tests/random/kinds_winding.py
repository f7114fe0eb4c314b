"""Winding up and closing (HUB-P09): of unions that the run has founded and that hold nobody; returns that go elsewhere.

Unions that hold members are wound up in the tests of the desk.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts_winding
from hub.transfers.desk import drafting_secondment, drafting_winding, seconding, winding
from tests.random.kinds import Ask, Drawn, Kind, Sent, claims_in, first, said
from tests.random.kinds_secondments import OnSecondment

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from hub.transfers.views import Draft
    from tests.random.model import Member, Model, Union
    from tests.random.stage import Stage

__all__ = ["CloseUnion", "Retarget", "WindUpUnion"]

#: What holds nobody by its kind.
_EMPTY = ("COUNTY_FEDERATION", "MEMBER_UNIT_BRANCH")


class _OnUnion(Kind):
    """Of a union founded in this run, that above it."""

    draft: ClassVar[Callable[..., Coroutine[Any, Any, Draft]]]
    day: ClassVar[str]
    wrongs: ClassVar[tuple[str, ...]] = ("version", "ahead", "long ago")

    def owner(self, model: Model, ask: Ask) -> str:
        about = self._about(model, ask)
        return "U9" if about is None or about.parent is None else about.parent

    @staticmethod
    def _about(model: Model, ask: Ask) -> Union | None:
        found = [u for ref, u in model.unions.items() if ref.startswith("N") and u.kind in _EMPTY]
        # Mostly one of which something is to be made still.
        found = [u for u in found if u.state != "CLOSED" or ask.how % 5 == 0]
        return found[ask.how % len(found)] if found else None

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, about = stage.model, self._about(stage.model, ask)
        if about is None:
            return None
        day = model.today + timedelta(days={"ahead": 1, "long ago": -91}.get(ask.wrong, 0))
        draft = await stage.drafted(self.draft, by, {"union": about.uri, self.day: day, **self.given(model, ask)})
        found = None if draft is None else claims_in(draft, self)
        if draft is None or found is None:
            return None
        claims, sub = found
        if ask.wrong == "version":
            claims = {**claims, "version": claims["version"] + 1}
        return Drawn(claims, sub, foretold=said(draft))

    def given(self, model: Model, ask: Ask) -> dict[str, Any]:
        return {}

    def common(self, model: Model, sent: Sent, about: Union) -> str | None:
        day = date.fromisoformat(sent.claims[self.day])
        return first(
            (
                (sent.claims["version"] != about.version, "STALE_VERSION"),
                (day > model.today, "DATE_IN_FUTURE"),
                (day < model.today - timedelta(days=90), "BACKDATE_TOO_FAR"),
            )
        )

    def theirs(self, model: Model, sent: Sent) -> Union:
        about = model.by_uri(sent.read.sub)
        assert about is not None, "it is drafted of one that there is"
        return about


class WindUpUnion(_OnUnion):
    act, desk = acts_winding.UnionWindingUp, staticmethod(winding.wind_up_union)
    draft, day = staticmethod(drafting_winding.draft_winding_up), "decided_on"
    wrongs = ("version", "ahead", "long ago", "unknown successor")

    def given(self, model: Model, ask: Ask) -> dict[str, Any]:
        unknown = "urn:union:81310117MC1D25256C" if ask.wrong == "unknown successor" else None
        return {"successor_union": unknown or (model.unions["U9"].uri if ask.how % 2 else None)}

    def refused(self, model: Model, sent: Sent) -> str | None:
        about, successor = self.theirs(model, sent), sent.claims.get("successor_union")
        named = self._named(model, successor)
        return (
            first(
                (
                    (about.parent != sent.sender, "NOT_NEXT_HIGHER_UNION"),
                    (about.state == "CLOSED", "UNION_NOT_ACTIVE"),
                    (about.state == "WINDING_UP" and named == about.successor, "UNION_NOT_ACTIVE"),
                )
            )
            or self.common(model, sent, about)
            or first(((successor is not None and named is None, "UNION_NOT_FOUND"),))
        )

    @staticmethod
    def _named(model: Model, successor: str | None) -> str | None:
        found = None if successor is None else model.by_uri(successor)
        return None if found is None else found.ref

    def done(self, model: Model, sent: Sent) -> None:
        about = self.theirs(model, sent)
        about.state, about.version = "WINDING_UP", about.version + 1
        about.successor = self._named(model, sent.claims.get("successor_union"))
        about.decided_on = date.fromisoformat(sent.claims["decided_on"])


class CloseUnion(_OnUnion):
    act, desk = acts_winding.UnionClosing, staticmethod(winding.close_union)
    draft, day = staticmethod(drafting_winding.draft_closing), "closed_on"

    def refused(self, model: Model, sent: Sent) -> str | None:
        about = self.theirs(model, sent)
        decided = about.decided_on
        return (
            first(
                (
                    (about.parent != sent.sender, "NOT_NEXT_HIGHER_UNION"),
                    (about.state == "CLOSED", "UNION_NOT_ACTIVE"),
                    (about.state == "ACTIVE", "STEP_NOT_ALLOWED"),
                )
            )
            or self.common(model, sent, about)
            or first(
                ((decided is not None and date.fromisoformat(sent.claims["closed_on"]) < decided, "INPUT_INVALID"),)
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        about = self.theirs(model, sent)
        about.state, about.version = "CLOSED", about.version + 1


class Retarget(OnSecondment):
    act, desk = acts_winding.SecondmentRetargeting, staticmethod(seconding.retarget)
    draft = staticmethod(drafting_secondment.draft_retargeting)
    takes = frozenset({"AT_HOST", "RETURN_DUE"})
    ties = frozenset({"HIGHER"})
    wrongs = ("version",)

    def owner(self, model: Model, ask: Ask) -> str:
        lent = model.members[ask.who].lent
        above = None if lent is None or lent.host is None else model.above(lent.home, lent.home, lent.host)
        return above or super().owner(model, ask)

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        return {"home_union": model.unions[ask.to].uri}

    def bound(self, model: Model, member: Member, given: dict[str, Any]) -> dict[str, Any]:
        return {"in_lieu_of": model.unions["U1" if member.lent is None else member.lent.home].uri}

    def refused_by_law(self, model: Model, sent: Sent, member: Member, tie: str) -> str | None:
        return None  # no home union of the run is wound up: it comes to nobody's law

    def done(self, model: Model, sent: Sent) -> None:
        raise AssertionError("a home union of the run is active")
