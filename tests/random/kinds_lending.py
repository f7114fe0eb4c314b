"""The handoffs of a secondment (A14): the offer to the host's union, and the return to the home union."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.random.kinds import FEDERATIONS, first
from tests.random.kinds_releases import Release
from tests.random.kinds_unions import WAITING
from tests.random.lending import LASTING
from tests.random.model import Lent

if TYPE_CHECKING:
    from tests.random.kinds import Ask, Drawn, Sent
    from tests.random.model import Member, Model, Union
    from tests.random.stage import Stage

__all__ = ["Offer", "SendHome"]

_AREAS = frozenset(
    {"TOWNSHIP_SUBDISTRICT_UNION", "VILLAGE_COMMUNITY_UNION", "DEVELOPMENT_ZONE_UNION", "COUNTY_FEDERATION"}
)


class _OfTheLent(Release):
    """The relation at home goes on."""

    articles = ("A14",)

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        line = super().line_one(model, ask, member)
        ended = line["relation_ended_on"] if ask.wrong == "relation ended" else None
        return {**line, "relation_ended_on": ended, "new_employer_uscc": None}

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        return "INPUT_INVALID" if "relation_ended_on" in claims else None


class Offer(_OfTheLent):
    """A member is lent for six months or more, to the union of the host."""

    reason = ("SECONDMENT", "借调")
    wrongs: ClassVar[tuple[str, ...]] = (
        *("too short", "over", "relation ended", "host without union", "no such receiver", "version", "reason text"),
        *("out_date ahead", "dues ahead"),
    )

    @property
    def name(self) -> str:
        return "offer"

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        days = 60 if ask.wrong == "too short" else (190, 400)[ask.how % 2]
        starts = model.today - timedelta(days=500 if ask.wrong == "over" else ask.how)
        line = super().line_one(model, ask, member)
        if ask.wrong == "host without union":
            line["new_employer_uscc"] = WAITING
        home = model.unions[member.holder].uri
        return {**line, "secondment": {"home": home, "starts_on": starts, "ends_on": starts + timedelta(days=days)}}

    def refused_by_entry(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        term, employer = claims["secondment"], claims.get("new_employer_uscc")
        starts, ends = (date.fromisoformat(term[name]) for name in ("starts_on", "ends_on"))
        unknown = model.by_uri(claims["receiving_union"]) is None
        return first(
            (
                (term["home"] != model.unions[member.holder].uri, "INPUT_INVALID"),
                ((ends - starts).days < 179, "SECONDMENT_TOO_SHORT"),
                (ends < model.today, "SECONDMENT_TERM_MISSING"),
                (
                    unknown or (employer is not None and not model.is_organised(employer)),
                    "SECONDMENT_HOST_HAS_NO_UNION",
                ),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims, member = sent.claims, model.by_membership(sent.read.sub)
        assert member is not None
        goes_on = member.lent is not None and member.lent.stands(model, member) == "RECORDED"
        super().done(model, sent)
        host, case = model.by_uri(claims["receiving_union"]), member.open
        assert host is not None
        assert case is not None
        starts, ends = (date.fromisoformat(claims["secondment"][name]) for name in ("starts_on", "ends_on"))
        if not goes_on or member.lent is None:
            member.lent = Lent(member.holder, host.ref, starts, ends, member.version)
        member.lent.host, member.lent.starts_on, member.lent.ends_on = host.ref, starts, ends
        member.lent.offer = case.id


class SendHome(_OfTheLent):
    """The host's union lets the member go home, or (refused) elsewhere, `to`."""

    reason = ("SECONDMENT_RETURN", "借调期满")
    wrongs = ("to another", "relation ended", "version", "card", "reason text", "out_date ahead", "dues ahead")
    others = FEDERATIONS | _AREAS

    @property
    def name(self) -> str:
        return "send_home"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        member = stage.model.members[ask.who]
        lasts = member.lent is not None and member.lent.stands(stage.model, member) in LASTING
        to = member.lent.home if lasts and member.lent is not None and ask.wrong != "to another" else ask.to
        return await super().draw_up(stage, replace(ask, to=to), by)

    def refused_by_law(self, model: Model, sent: Sent, member: Member, holder: str) -> str | None:
        if member.basis != "SECONDMENT":
            return "REASON_NOT_ALLOWED"
        return super().refused_by_law(model, sent, member, holder)

    def may_reach(self, receiver: Union, claims: dict[str, Any]) -> bool:
        return True
