"""Data put right: a member's by the holder (A11), a union's name by the one directly above it (domain 5.1), and a
mistaken acceptance by a handoff back (A12).
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from federation import acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import amending, amending_unions, drafting_amendments
from tests.random.calendar import month_later
from tests.random.kinds import FEDERATIONS, Ask, Drawn, Kind, Sent, claims_in, first, not_held, said
from tests.random.kinds_releases import Release
from tests.random.kinds_unions import is_good_code
from tests.random.model import STANDING

if TYPE_CHECKING:
    from hub.authz.tokens import Caller
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import MemberView
    from tests.random.model import Member, Model, Union
    from tests.random.stage import Stage

__all__ = ["AmendMember", "AmendUnion", "Correct"]

_STATED = frozenset({"employer_uscc", "dues_paid_through"})
#: What the run amends of that which a card shows, or names without amending it.
_ON_CARD = frozenset({"name", "sex", "dues_paid_through"})
#: … and what a release was judged by.
_ON_RELEASE = _ON_CARD | {"employer_uscc", "residence_division_code"}
_RESIDENCES = ("310117001005", "310120001001", "320505001001")


async def _amend(hub: Hub, caller: Caller, jws: str, person_text: str | None = None) -> MemberView:
    return await amending.amend_member(hub, caller, jws, person_text)


class AmendMember(Kind):
    act, desk = acts.MemberAmendment, staticmethod(_amend)
    wrongs = (
        *("data version", "version", "another text", "field twice", "field without value"),
        *("number of another", "number known", "employer code", "dues back", "dues ahead"),
    )

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        member = stage.model.members[ask.who]
        person, stated, id_change = self._amended(stage, ask, member)
        is_correction = ask.wrong != "dues back"
        text = json.dumps({**person, "salt": stage.new_id()}) if person else None
        claims: dict[str, Any] = {
            "custody_version": member.version,
            "data_version": member.data_version,
            "is_correction": is_correction,
            "fields": [*person, *stated],
            **stated,
            **({"id_change": id_change} if id_change else {}),
            **({"card_sha256": sha256_b64url(text.encode())} if text else {}),
        }
        given = {"membership_id": member.id, "is_correction": is_correction, "id_change": id_change, "person": person}
        drawn = Drawn(claims, str(member.id))
        draft = await stage.drafted(drafting_amendments.draft_amendment, by, {**given, **stated})
        found = None if draft is None else claims_in(draft, self)
        if draft is not None:
            drawn.foretold = said(draft)
        if draft is not None and found is not None:
            drawn.claims, drawn.sub = found
            text = None if draft.card is None else draft.card.json
        if ask.wrong == "another text":
            text, drawn.is_right = (text or '{"salt":""}') + " ", False
        drawn.claims = {**drawn.claims, **self._altered(ask, drawn.claims)}
        drawn.more = () if text is None else (text,)
        return drawn

    @staticmethod
    def _amended(stage: Stage, ask: Ask, member: Member) -> tuple[dict[str, Any], dict[str, Any], str | None]:
        """Give what is amended of the person's data and of the membership, and how a document is."""
        model, how = stage.model, ask.how
        if ask.wrong in {"number of another", "number known"}:
            others = [other.id_number for other in model.members.values() if other is not member]
            number = member.id_number if ask.wrong == "number known" else others[how % len(others)]
            return {"id_type": "RESIDENT_ID", "id_number": number}, {}, "FURTHER"
        months = {
            "dues back": month_later(member.dues, -1),
            "dues ahead": month_later(model.dues_until(member.holder), 1),
        }
        if ask.wrong in months:
            return {}, {"dues_paid_through": months[ask.wrong]}, None
        employer = stage.employer_code() if how % 2 else model.employer_at(ask.to)
        if ask.wrong == "employer code":
            return {}, {"employer_uscc": employer[:-1] + ("0" if employer[-1] != "0" else "1")}, None
        ways: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
            ({"sex": "12"[how // 5 % 2]}, {}),
            ({"residence_division_code": _RESIDENCES[how % 3]}, {}),
            ({"mobile": f"+86139111122{how:02}"}, {}),
            ({"mobile": f"+86139111133{how:02}"}, {"employer_uscc": employer}),
            ({}, {"dues_paid_through": month_later(member.dues, how % 3 - 1)}),
        )
        return (*ways[how % len(ways)], None)

    @staticmethod
    def _altered(ask: Ask, claims: dict[str, Any]) -> dict[str, Any]:
        return {
            "data version": {"data_version": claims["data_version"] + 1},
            "version": {"custody_version": claims["custody_version"] + 1},
            "field twice": {"fields": claims["fields"] * 2},
            "field without value": {"fields": [*claims["fields"], "name"]},
        }.get(ask.wrong, {})

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, person = sent.claims, _person(sent)
        member, named = model.by_membership(sent.read.sub), set(claims["fields"])
        tie = not_held(model, sent)
        if not sent.is_right:
            return "DOCUMENT_TAMPERED"
        if member is None or tie is not None:
            return tie
        if member.status not in STANDING:
            return "NOT_A_MEMBER"
        given = {*person, *(claims.keys() & _STATED)}
        # A number names the one of two records that is live, and later the one that went on.
        owner, employer = model.claims.get(person.get("id_number", "")), claims.get("employer_uscc")
        dues = claims.get("dues_paid_through", member.dues)
        earliest = month_later(member.joined_on.isoformat(), -1)
        latest = model.dues_until(member.holder)
        is_released = member.open is not None and member.open.state == "RELEASED"
        return first(
            (
                (is_released and not _ON_CARD.isdisjoint(named), "HANDOFF_ALREADY_OPEN"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (claims["data_version"] != member.data_version, "STALE_VERSION"),
                (named != given or len(named) != len(claims["fields"]), "INPUT_INVALID"),
                (owner not in {None, member.person}, "ALREADY_MEMBER_USE_TRANSFER"),
                (owner is not None, "INPUT_INVALID"),
                (employer is not None and not is_good_code(employer), "INPUT_INVALID"),
                ("dues_paid_through" in named and member.is_exempt(dues), "DUES_EXEMPT_IN_RETENTION"),
                (dues < member.dues and not claims["is_correction"], "DUES_MONTH_IMPLAUSIBLE"),
                ("dues_paid_through" in named and not earliest <= dues <= latest, "DUES_MONTH_IMPLAUSIBLE"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        claims, member = sent.claims, model.by_membership(sent.read.sub)
        assert member is not None
        member.data_version += 1
        member.employer = claims.get("employer_uscc", member.employer)
        member.dues = claims.get("dues_paid_through", member.dues)
        amended = _person(sent)
        if "mobile" in amended:
            amended["mobile_masked"] = "*" * 10 + amended.pop("mobile")[-4:]
        member.amended |= amended
        if not _ON_RELEASE.isdisjoint(claims["fields"]):
            member.cards = set()

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


class Correct(Release):
    """A release with reason CORRECTION: back to the union before, or (refused) to another, `to`."""

    reason = ("CORRECTION", "更正")
    others = FEDERATIONS | {
        "TOWNSHIP_SUBDISTRICT_UNION",
        "VILLAGE_COMMUNITY_UNION",
        "DEVELOPMENT_ZONE_UNION",
        "COUNTY_FEDERATION",
    }
    wrongs = ("to another", "relation ended", "new employer", "version", "card", "answers nothing", "out_date ahead")

    @property
    def name(self) -> str:
        return "correct"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        held = stage.model.members[ask.who].held
        to = held[-1][0] if held and ask.wrong != "to another" else ask.to
        return await super().draw_up(stage, replace(ask, to=to), by)

    def line_one(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        line = super().line_one(model, ask, member)
        kept = {"relation ended": "relation_ended_on", "new employer": "new_employer_uscc"}.get(ask.wrong)
        return line | {name: None for name in ("relation_ended_on", "new_employer_uscc") if name != kept}

    def refused_by_law(self, model: Model, sent: Sent, member: Member, holder: str) -> str | None:
        receiver = model.by_uri(sent.claims["receiving_union"])
        if receiver is not None and (not member.held or member.held[-1][0] != receiver.ref):
            return "REASON_NOT_ALLOWED"
        return super().refused_by_law(model, sent, member, holder)

    def refused_by_relation(self, claims: dict[str, Any], member: Member) -> str | None:
        return "INPUT_INVALID" if {"relation_ended_on", "new_employer_uscc"} & claims.keys() else None

    def may_reach(self, receiver: Union, claims: dict[str, Any]) -> bool:
        return True


class AmendUnion(Kind):
    """A new name for `to`."""

    act, desk = acts.UnionAmendment, staticmethod(amending_unions.amend_union)
    wrongs = ("data version", "nothing", "units of none")

    def owner(self, model: Model, ask: Ask) -> str:
        return model.unions[ask.to].parent or ask.to

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        union = stage.model.unions[ask.to]
        given: dict[str, Any] = {"union": union.uri, "name": f"更名工会{ask.how}"}
        if ask.wrong == "nothing":
            del given["name"]
        if ask.wrong == "units of none":
            given["member_units"] = [{"employer_uscc": stage.employer_code(), "from": stage.model.today}]
        draft = await stage.drafted(drafting_amendments.draft_union_amendment, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or found is None:
            return None
        claims, sub = found
        if ask.wrong == "data version":
            claims = {**claims, "version": claims["version"] + 1}
        return Drawn(claims, sub, foretold=said(draft))

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, union = sent.claims, model.by_uri(sent.read.sub)
        assert union is not None
        return first(
            (
                (union.parent != sent.sender, "NOT_NEXT_HIGHER_UNION"),
                (claims["version"] != union.version, "STALE_VERSION"),
                (claims.keys() == {"version"}, "INPUT_INVALID"),
                ("member_units" in claims and union.kind != "GRASSROOTS_JOINT", "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        union = model.by_uri(sent.read.sub)
        assert union is not None
        union.version += 1


def _person(sent: Sent) -> dict[str, Any]:
    """Read the person's data that came beside an amendment."""
    content: dict[str, Any] = json.loads(sent.more[0]) if sent.more else {}
    return {name: value for name, value in content.items() if name != "salt"}
