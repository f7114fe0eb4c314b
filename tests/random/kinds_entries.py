"""Acts by which a member enters a union's view: the join (A5), and the request for another union's member (A12)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from federation import acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import drafting_pulls, joining, pulling
from tests.random.calendar import end_of_term, month_later, today_of
from tests.random.kinds import FEDERATIONS, GRASSROOTS, NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said
from tests.random.model import STANDING, Case, Match, Member

if TYPE_CHECKING:
    from tests.random.model import Model
    from tests.random.stage import Stage

__all__ = ["Join", "Request"]

_AREAS = frozenset({"TOWNSHIP_SUBDISTRICT_UNION", "VILLAGE_COMMUNITY_UNION", "DEVELOPMENT_ZONE_UNION"})
_MAY_ENROL = {"ORDINARY": GRASSROOTS, "FLEXIBLE_DIRECT": GRASSROOTS | _AREAS | FEDERATIONS}
_MATCH_MINUTES = 15


class Join(Kind):
    act: ClassVar[type[acts.Join]] = acts.Join
    desk = staticmethod(joining.join)
    wrongs: ClassVar[tuple[str, ...]] = (
        "a member",
        "certificate taken",
        "card",
        "basis",
        "joined ahead",
        "dues ahead",
        "same membership",
    )

    def owner(self, model: Model, ask: Ask) -> str:
        return ask.to

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, other = stage.model, stage.model.members[ask.who]
        known = stage.fixture_of(other)
        new = stage.somebody()
        fixture = known if ask.wrong == "a member" else new
        certificate = other.certificate if ask.wrong == "certificate taken" else new.certificate
        basis = "FLEXIBLE_DIRECT" if model.unions[by].kind not in GRASSROOTS else "ORDINARY"
        tomorrow = model.today + timedelta(days=1)
        draft = await stage.drafted(
            lambda _, caller, given: stage.world.draft_join(replace(stage.actor(by), caller=caller), fixture, **given),
            by,
            {
                "holding_basis": "PLACEMENT" if ask.wrong == "basis" else basis,
                "employer_uscc": model.employer_at(by),
                "member_unit": None,
                "joined_on": tomorrow if ask.wrong == "joined ahead" else model.today - timedelta(days=ask.how % 100),
                "relation_started_on": None,
                "certificate": {"province_code": certificate[0], "number": certificate[1]},
                "certificate_issued_on": None,
                "dues_paid_through": month_later(model.today.isoformat(), 13 if ask.wrong == "dues ahead" else 0),
            },
        )
        if draft is None or draft.card is None:
            return None
        found = claims_in(draft, self)
        assert found is not None, "who gets a card gets claims"
        claims, sub = found
        text = draft.card.json.replace("13800000000", "13800000001") if ask.wrong == "card" else draft.card.json
        sub = str(other.id) if ask.wrong == "same membership" else sub
        stage.people.setdefault(sub, fixture)
        return Drawn(claims, sub, (text,), said(draft), is_right=ask.wrong != "card")

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, today = sent.claims, model.today
        kind, basis = model.unions[sent.sender].kind, claims["holding_basis"]
        joined_on, certificate = date.fromisoformat(claims["joined_on"]), claims["certificate"]
        dues, taken = (
            claims["dues_paid_through"],
            {key for member in model.members.values() for key in member.certificates},
        )
        latest = model.dues_until(sent.sender)
        return first(
            (
                (not sent.is_right, "DOCUMENT_TAMPERED"),
                (kind == "MEMBER_UNIT_BRANCH", "ISSUER_IS_JOINT_UNION"),
                (basis not in _MAY_ENROL, "INPUT_INVALID"),
                (kind not in _MAY_ENROL.get(basis, ()), "JOIN_NOT_APPROVED_BY_UNION"),
                (model.by_membership(sent.read.sub) is not None, "INPUT_INVALID"),
                *self.about_the_person(model, sent, self.known(model, sent)),
                (joined_on > today, "DATE_IN_FUTURE"),
                (not month_later(joined_on.isoformat(), -1) <= dues <= latest, "DUES_MONTH_IMPLAUSIBLE"),
                ((certificate["province_code"], certificate["number"]) in taken, "CERTIFICATE_NUMBER_DUPLICATE"),
            )
        )

    @staticmethod
    def known(model: Model, sent: Sent) -> Member | None:
        """The live membership of the person."""
        return model.live_of(json.loads(sent.more[0])["id_number"])

    def about_the_person(self, model: Model, sent: Sent, known: Member | None) -> tuple[tuple[bool, str], ...]:
        return ((known is not None, "ALREADY_MEMBER_USE_TRANSFER"),)

    def done(self, model: Model, sent: Sent) -> None:
        claims, ref = sent.claims, f"P{len(model.members) + 1}"
        certificate, number = claims["certificate"], json.loads(sent.more[0])["id_number"]
        person = ref if self.known(model, sent) is not None else model.claims.setdefault(number, ref)
        model.file_of[person] = ref
        model.members[ref] = Member(
            ref,
            UUID(sent.read.sub),
            sent.sender,
            sent.read.sha256,
            date.fromisoformat(claims["joined_on"]),
            claims["dues_paid_through"],
            claims.get("employer_uscc"),
            number,
            (certificate["province_code"], certificate["number"]),
            claims["holding_basis"],
            joined_from=json.loads(sent.more[0])["residence_division_code"],
            person=person,
        )

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


class Request(Kind):
    act, desk = acts.Request, staticmethod(pulling.request)
    wrongs = (
        *("no consent", "old consent", "no proof", "name", "birth month", "number", "by id", "another's match"),
        *("cites nothing", "OFF_JOB_STUDY", "relation ahead", "same employer", "same handoff"),
    )

    def owner(self, model: Model, ask: Ask) -> str:
        return ask.to

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, member = stage.model, stage.model.members[ask.who]
        fixture, today = stage.fixture_of(member), model.today
        every = list(member.certificates)
        shown = every[ask.how % len(every)] if ask.how % 3 == 0 else member.valid or every[-1]
        given: dict[str, Any] = {
            "certificate": {"province_code": shown[0], "number": shown[1]},
            "member_card": None,
            "id_type": None,
            "id_number": None,
            "name": fixture.name,
            "birth_month": f"{fixture.id_number[6:10]}-{fixture.id_number[10:12]}",
            "reason_code": "OFF_JOB_STUDY" if ask.wrong == "OFF_JOB_STUDY" else "CHANGE_OF_EMPLOYER",
            "employer_uscc": (ask.wrong == "same employer" and member.employer) or model.employer_at(by),
            "relation_started_on": today + timedelta(days=int(ask.wrong == "relation ahead")),
            "consent": {
                "form": "WRITTEN",
                "given_on": today - timedelta(days=ask.how % 31),
                "evidence_sha256": NO_HASH,
            },
            "appeals": self._cited(member, by, ask),
        }
        by_id = {"certificate": None, "id_type": "RESIDENT_ID", "id_number": fixture.id_number}
        otherwise: dict[str, dict[str, Any]] = {
            "no consent": {"consent": None},
            "old consent": {"consent": {**given["consent"], "given_on": today - timedelta(days=46)}},
            "no proof": {"certificate": None},
            "name": {"name": "张二"},
            "birth month": {"birth_month": "1950-01"},
            "number": {"certificate": {"province_code": "31", "number": "777777"}},
            "by id": by_id,
        }
        given |= otherwise.get(ask.wrong, {})
        draft = await stage.drafted(drafting_pulls.draft_request, by, given)
        found = None if draft is None else claims_in(draft, self)
        if found is None:
            return None  # the session has ended, or it has looked too often
        claims, sub = found
        finds = ask.wrong not in {"no proof", "name", "birth month", "number"}
        is_good = ask.wrong == "by id" or member.certificates[shown] == "VALID"
        until = model.now + timedelta(minutes=_MATCH_MINUTES)
        meant = model.live_of(fixture.id_number) if ask.wrong == "by id" else member
        found_live = meant.ref if finds and meant is not None and meant.status in {"ACTIVE", "RETAINED"} else None
        is_frozen = finds and is_good and meant is not None and meant.status == "DUPLICATE_SUSPECTED"
        is_spoiled = found_live is not None and not is_good
        model.matches[UUID(sub)] = Match(
            by, until, found_live if is_good else None, ask.wrong != "no proof", is_frozen, is_spoiled
        )
        drawn = Drawn(claims, sub)
        if ask.wrong == "another's match":
            drawn.sub = next((str(key) for key, match in model.matches.items() if match.by != by), stage.new_id())
        if ask.wrong == "cites nothing":
            drawn.claims = {**claims, "appeals_sha256": sha256_b64url(b"nothing")}
        if ask.wrong == "same handoff" and member.cases:
            drawn.claims = {**claims, "handoff_id": str(member.cases[-1].id)}
        return drawn

    @staticmethod
    def _cited(member: Member, by: str, ask: Ask) -> UUID | None:
        """Cite the latest objection, or lapse, of one's own, every other time."""
        mine = [case for case in member.cases if case.receiver == by and case.state in {"OBJECTED", "LAPSED"}]
        return mine[-1].id if mine and ask.how % 2 == 0 else None

    def _cites(self, model: Model, member: Member, sent: Sent) -> Case | None:
        hashed = sent.claims.get("appeals_sha256")
        mine = [case for case in member.cases if case.receiver == sent.sender]
        cited = next((case for case in mine if hashed in {case.objection, case.request}), None) if hashed else None
        if cited is None or cited.state != ("OBJECTED" if cited.objection == hashed else "LAPSED"):
            return None
        return cited

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, today, signer = sent.claims, model.today, model.unions[sent.sender]
        consent, employer = claims.get("consent"), claims["employer_uscc"]
        match = model.matches.get(UUID(sent.read.sub))
        good = match is not None and match.by == sent.sender and model.now < match.until
        target = model.members.get(match.member or "") if match is not None and good else None
        if target is not None and target.status not in STANDING:
            target = None  # since the draft
        given_on = date.fromisoformat(consent["given_on"]) if consent else today
        is_area = signer.kind in _AREAS and employer in signer.employers
        refused = first(
            (
                (signer.kind == "MEMBER_UNIT_BRANCH", "ISSUER_IS_JOINT_UNION"),
                (signer.kind in FEDERATIONS, "ISSUER_IS_GRASSROOTS_UNION"),
                (signer.kind not in GRASSROOTS and not is_area, "RECEIVER_CANNOT_HOLD"),
                (consent is None, "MEMBER_CONSENT_REQUIRED"),
                (
                    not today - timedelta(days=model.policy(sent.sender, "consent_days_max")) <= given_on <= today,
                    "MEMBER_CONSENT_REQUIRED",
                ),
                (match is not None and good and not match.is_proved, "PROOF_OF_MEMBERSHIP_MISSING"),
                (match is not None and good and match.is_frozen, "ALREADY_MEMBER_USE_TRANSFER"),
                (match is not None and good and match.is_spoiled, "CERTIFICATE_NOT_VALID"),
                (target is None, "PROOF_OF_MEMBERSHIP_MISMATCH"),
            )
        )
        if refused is not None or target is None:
            return refused
        cites, kept = claims.get("appeals_sha256") is not None, target.retained
        return first(
            (
                (target.holder == sent.sender, "INPUT_INVALID"),
                (kept is not None and kept.reason == "RETIREMENT", "REHIRED_RETIREE_NO_TRANSFER"),
                (kept is not None and kept.reason == "MILITARY_SERVICE", "IN_MILITARY_SERVICE"),
                (target.open is not None, "HANDOFF_ALREADY_OPEN"),
                (model.case(claims["handoff_id"]) is not None, "INPUT_INVALID"),
                (cites and self._cites(model, target, sent) is None, "DOCUMENT_TAMPERED"),
                (claims["reason_code"] != "CHANGE_OF_EMPLOYER", "STUDY_LEAVE_NO_CHANGE"),
                (date.fromisoformat(claims["relation_started_on"]) > today, "NO_LABOUR_RELATION_YET"),
                (employer == target.employer, "LABOUR_RELATION_UNCHANGED"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        found = model.matches[UUID(sent.read.sub)].member
        assert found is not None
        member, sender = model.members[found], sent.sender
        holder, cited = member.holder, self._cites(model, member, sent)
        if cited is not None and cited.version != member.version:
            cited = None  # the present holder has not been asked
        handoff_id, reason = UUID(sent.claims["handoff_id"]), sent.claims["reason_code"]
        case = Case(
            handoff_id, member.ref, member.version, holder, sender, reason, "REQUESTED", request=sent.read.sha256
        )
        case.higher = model.above_side(holder, holder, sender)
        answering = model.policy(holder, "request_working_days")
        deciding = model.policy(holder, "escalation_working_days")
        since, goes_up = model.term(working=answering), False
        if cited is not None and cited.state == "LAPSED":
            goes_up = True
            case.higher = cited.higher and (model.above(cited.higher, holder, sender) or cited.higher)
        elif cited is not None and cited.closed_at is not None:
            plain = model.policy(sender, "appeal_days", cited.closed_at)
            goes_up = model.now < end_of_term(today_of(cited.closed_at), plain=plain)
        if goes_up:
            case.state, case.deadline, since = "ESCALATED", model.term(working=deciding), model.now
        else:
            case.deadline, case.then = since, model.term(working=answering + deciding)
        if case.higher is not None:
            case.told[case.higher] = (since, "holder")
        member.cases.append(case)
