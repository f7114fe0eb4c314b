"""An employer is closed (A19): one statement retains and releases; who is retained is placed where he is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from federation.encoding import sha256_b64url
from tests.random.kinds import first
from tests.random.kinds_areas import of_area
from tests.random.kinds_placements import Place
from tests.random.kinds_releases import Release
from tests.random.kinds_retention import RestoreMembership, day_in, printed
from tests.random.kinds_unions import WAITING
from tests.random.model import Retained

if TYPE_CHECKING:
    from tests.random.kinds import Ask, Drawn, Sent
    from tests.random.model import Member, Model, Union
    from tests.random.stage import Stage

__all__ = ["CloseEmployer", "PlaceRestored"]


class CloseEmployer(Place):
    """A release for an employer's closure: of who is retained, and of who is retained by it."""

    reason = ("EMPLOYER_CLOSURE", "原单位关闭（破产）")
    articles = ("A19",)
    wrongs = (
        *("not retained", "for another reason", "re-employed", "not closed", "relation goes on", "retained ahead"),
        *("to anybody", "out_date long ago", "version", "exempt since", "reason text"),
    )

    @property
    def name(self) -> str:
        return "close_employer"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        # Whose residence is unknown goes into custody: that is for the tests of the desk.
        unknown = stage.model.members[ask.who].residence is None
        return None if unknown else await super().draw_up(stage, ask, by)

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        line = Release.line_one(self, model, ask, member)
        on = model.today + timedelta(days=1 if ask.wrong == "retained ahead" else -3)
        retained = {"reason": "RETIREMENT" if ask.wrong == "for another reason" else "UNEMPLOYMENT", "from_date": on}
        closed = {"kind": "CLOSED", "decided_on": date(2025, 2, 10), "evidence_sha256": sha256_b64url(b"ruling")}
        enters = member.status != "RETAINED" or ask.how % 7 == 6
        return {
            **line,
            "new_employer_uscc": line["new_employer_uscc"] if ask.wrong == "re-employed" else None,
            "dues_paid_through": min(line["dues_paid_through"], member.dues),
            "closure": None if ask.wrong == "not closed" else closed,
            "retention": retained if enters and ask.wrong != "not retained" else None,
        }

    def altered(self, model: Model, ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        if ask.wrong == "exempt since":
            return {"dues_exempt_since": "2001-01"}
        return super().altered(model, ask, claims)

    def retained_on(self, claims: dict[str, Any], member: Member) -> date | None:
        if member.retained is None and "retention" in claims:
            return date.fromisoformat(claims["retention"]["from_date"])
        return super().retained_on(claims, member)

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        if "closure" not in claims or claims["closure"]["decided_on"] > claims["out_date"]:
            return "EMPLOYER_NOT_CLOSED"
        return Release.refused_by_relation(self, claims, member)

    def about_the_area(
        self, model: Model, claims: dict[str, Any], member: Member, receiver: Union | None
    ) -> tuple[tuple[bool, str], ...]:
        return () if receiver is None else of_area(model, member, receiver)

    def refused_by_entry(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        if member.retained is not None or "retention" not in claims:
            return None
        on = date.fromisoformat(claims["retention"]["from_date"])
        last = max((r.restored_on for r in member.retentions if r.restored_on is not None), default=None)
        return first(
            (
                (claims["retention"]["reason"] != "UNEMPLOYMENT", "REASON_NOT_ALLOWED"),
                (claims["relation_ended_on"] > claims["retention"]["from_date"], "LABOUR_RELATION_UNCHANGED"),
                ("new_employer_uscc" in claims, "REEMPLOYED_USE_TRANSFER"),
                *printed(model, member.holder, on),
                (on < member.joined_on, "INPUT_INVALID"),
                (last is not None and on < last, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        super().done(model, sent)
        claims, member = sent.claims, model.by_membership(sent.read.sub)
        assert member is not None
        if "retention" in claims:
            retained = claims["retention"]
            on = date.fromisoformat(retained["from_date"])
            member.retentions.append(Retained(retained["reason"], on, sent.read.sha256, member.basis))
            member.status, member.cards = "RETAINED", set()
            member.data_version += 1
            member.basis = "RESIDENCE_RETENTION" if member.basis == "PLACEMENT" else member.basis


class PlaceRestored(RestoreMembership):
    """With a union of the residence: restored, and placed with it."""

    wrongs = ("organised", "waits for another", "not begun", "serves still", "restored ahead", "version")

    @property
    def name(self) -> str:
        return "place_restored"

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        employer = min(model.unions["U2"].employers) if ask.wrong == "organised" else WAITING
        awaited = min(model.unions["U1"].employers) if ask.wrong == "waits for another" else employer
        return {
            **super().given(model, ask, member),
            "employer_uscc": employer,
            "placement": {"awaiting_employer_uscc": awaited},
        }

    def of_employer(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        on, began = day_in(claims, "restored_on"), day_in(claims, "relation_started_on")
        awaited = claims["placement"]["awaiting_employer_uscc"]
        return (
            (claims.get("employer_uscc") != awaited, "INPUT_INVALID"),
            (began is None or (on is not None and began > on), "NO_LABOUR_RELATION_YET"),
            (model.is_organised(awaited), "EMPLOYER_HAS_UNION"),
            *of_area(model, member, model.unions[member.holder]),
        )

    def change(self, model: Model, sent: Sent, member: Member) -> None:
        super().change(model, sent, member)
        member.basis, member.employer = "PLACEMENT", sent.claims["placement"]["awaiting_employer_uscc"]
