"""Releases for the reasons of a placement (A13): into it, out of it, and from one union of the residence to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from tests.random.kinds_areas import near, of_area
from tests.random.kinds_releases import Release
from tests.random.kinds_unions import WAITING

if TYPE_CHECKING:
    from tests.random.kinds import Ask, Drawn, Sent
    from tests.random.model import Member, Model, Union
    from tests.random.stage import Stage

__all__ = ["Exit", "Move", "Place"]

_TO = ("U5", "U6", "U9", "U13")


class Place(Release):
    """To a union of the residence: `to`, or one of those that there are."""

    reason = ("PLACEMENT", "再就业单位未建工会")
    articles = ("A13",)
    wrongs: ClassVar[tuple[str, ...]] = (
        "not re-employed",
        "organised",
        "to anybody",
        "relation goes on",
        "same employer",
        "version",
        "reason text",
    )

    @property
    def name(self) -> str:
        return "place"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model = stage.model
        about = [ref for ref in _TO if near(model.unions[ref], model.members[ask.who])]
        meant = about if about and ask.how // 8 % 4 else _TO
        to = ask.to if ask.wrong == "to anybody" else meant[ask.how // 8 % len(meant)]
        return await super().draw_up(stage, replace(ask, to=to), by)

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        line = super().line_one(model, ask, member)
        employer = {"not re-employed": None, "organised": min(model.unions["U2"].employers)}
        if ask.wrong != "same employer":
            line["new_employer_uscc"] = employer.get(ask.wrong, WAITING)
        return line

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        refused = super().refused_by_relation(claims, member)
        return refused or ("NOT_REEMPLOYED_USE_RETENTION" if "new_employer_uscc" not in claims else None)

    def about_the_area(
        self, model: Model, claims: dict[str, Any], member: Member, receiver: Union | None
    ) -> tuple[tuple[bool, str], ...]:
        if receiver is None:
            return ()
        organised = model.is_organised(claims["new_employer_uscc"])
        return ((organised, "EMPLOYER_HAS_UNION"), *of_area(model, member, receiver))

    others = frozenset(
        {"TOWNSHIP_SUBDISTRICT_UNION", "VILLAGE_COMMUNITY_UNION", "DEVELOPMENT_ZONE_UNION", "COUNTY_FEDERATION"}
    )

    def may_reach(self, receiver: Union, claims: dict[str, Any]) -> bool:
        return True


class _OfThePlaced(Place):
    """What only one who is placed may be released for."""

    bases: ClassVar[frozenset[str]] = frozenset({"PLACEMENT"})

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        ended = {} if ask.wrong == "ended ahead" else {"relation_ended_on": None}
        line = {**super().line_one(model, ask, member), **ended, "new_employer_uscc": None}
        if ask.wrong == "ended ahead":
            line["relation_ended_on"] = model.today.replace(year=model.today.year + 1, day=1)
        return line

    def refused_by_law(self, model: Model, sent: Sent, member: Member, holder: str) -> str | None:
        if member.basis not in self.bases:
            return "REASON_NOT_ALLOWED"
        return super().refused_by_law(model, sent, member, holder)

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        ended = claims.get("relation_ended_on")
        return "LABOUR_RELATION_UNCHANGED" if ended is not None and ended > claims["out_date"] else None


class Move(_OfThePlaced):
    """To another union of the residence."""

    bases = frozenset({"PLACEMENT", "RESIDENCE_RETENTION"})
    reason = ("RESIDENCE_MOVE", "居住地变更")
    wrongs = ("to anybody", "ended ahead", "version", "reason text")

    @property
    def name(self) -> str:
        return "move"

    def about_the_area(
        self, model: Model, claims: dict[str, Any], member: Member, receiver: Union | None
    ) -> tuple[tuple[bool, str], ...]:
        return () if receiver is None else of_area(model, member, receiver)


class Exit(_OfThePlaced):
    """To the union of the employer awaited, if there is one by now."""

    reason = ("PLACEMENT_EXIT", "所在单位建立工会")
    wrongs = ("to anybody", "ended ahead", "version", "reason text")

    @property
    def name(self) -> str:
        return "exit"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        founded = [ref for ref, union in stage.model.unions.items() if WAITING in union.employers]
        to = founded[0] if founded and ask.wrong != "to anybody" else ask.to
        return await Release.draw_up(self, stage, replace(ask, to=to), by)

    def about_the_area(
        self, model: Model, claims: dict[str, Any], member: Member, receiver: Union | None
    ) -> tuple[tuple[bool, str], ...]:
        if receiver is None:
            return ()
        may_hold = receiver.kind in Release.others or receiver.kind in {"GRASSROOTS_INDEPENDENT", "GRASSROOTS_JOINT"}
        organises = may_hold and member.employer in receiver.employers
        return ((receiver.ref == member.holder, "INPUT_INVALID"), (not organises, "RECEIVER_CANNOT_HOLD"))
