"""Entrustment (A9): U7 and U8 agree, over a roster of whom U7 holds; what either does ends with the agreement."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from federation import entrusting as acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import drafting_entrustments as drafting
from hub.transfers.desk import entrusting
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said, structure
from tests.random.model import STANDING, Agreement, Line

if TYPE_CHECKING:
    from tests.random.model import Member, Model
    from tests.random.stage import Stage

__all__ = [
    "Acknowledge",
    "AmendRoster",
    "Decline",
    "Propose",
    "RecordActivity",
    "RecordRightsCase",
    "Sign",
    "Terminate",
    "Withdraw",
]

D, T = "U7", "U8"
AGENCY, ENTERPRISE = "91320505MC0W19193J", "91320505MC0X20208P"
_LONG = 400


def _about(model: Model, ask: Ask) -> Agreement | None:
    """Mostly the latest one."""
    made = model.agreements
    return made[-1 - ask.how // 20 % len(made)] if made else None


def _agreement(model: Model, sent: Sent) -> Agreement | None:
    """The one of a statement, to whoever is a party."""
    known = (a for a in model.agreements if str(a.id) == sent.claims["agreement_id"])
    return next(known, None) if sent.sender in {D, T} else None


def _organises(model: Model) -> bool:
    return AGENCY in model.unions[D].employers and ENTERPRISE in model.unions[T].employers


def _line(model: Model, ask: Ask, member: Member) -> dict[str, Any]:
    today = model.today
    begins = today - timedelta(days=ask.how % 3)
    ends = today + timedelta(days=ask.how)
    return {
        "membership_id": member.id,
        "host_post": "总装车间",
        "dispatch_from": begins,
        "dispatch_to": ends - timedelta(days=1) if ask.wrong == "outside" else ends + timedelta(days=_LONG),
        "coverage_from": begins,
        "coverage_to": ends,
    }


def _roster_code(model: Model, agreement: Agreement | None, term: tuple[date, date], entries: Any) -> str | None:
    """What speaks against the first entry of a roster against which anything does."""
    for entry in entries:
        member = model.by_membership(entry["membership_id"])
        days = [date.fromisoformat(entry[name]) for name in _DAYS]
        d_from, c_from, c_to, d_to = days
        within = max(d_from, term[0]) <= c_from <= c_to <= min(d_to, term[1]) and c_to >= model.today
        if member is None or member.holder != D:
            return "ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION"
        taken = any(line.is_taken(model, c_from, c_to) for line in model.lines_of(member))
        code = first(
            (
                (member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (member.status == "RETAINED", "COVERAGE_OUTSIDE_DISPATCH"),
                (member.open is not None and member.open.state == "RELEASED", "HANDOFF_ALREADY_OPEN"),
                (not within, "COVERAGE_OUTSIDE_DISPATCH"),
                (taken, "ALREADY_ENTRUSTED"),
            )
        )
        if code is not None:
            return code
    return None


_DAYS = ("dispatch_from", "coverage_from", "coverage_to", "dispatch_to")


def _enter(model: Model, agreement: Agreement, entries: Any, state: str) -> None:
    for entry in entries:
        member = model.by_membership(entry["membership_id"])
        assert member is not None, "nobody else was let in"
        until = date.fromisoformat(entry["coverage_to"])
        agreement.lines.append(
            Line(member.ref, member.version, agreement, date.fromisoformat(entry["coverage_from"]), until, state)
        )


class Propose(Kind):
    act, desk = acts.EntrustmentProposal, staticmethod(entrusting.propose)
    wrongs = ("no clause", "outside", "another's member", "one employer", "text")

    def owner(self, model: Model, ask: Ask) -> str:
        return T if ask.how % 4 == 3 else D

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model = stage.model
        mine = [m for m in model.members.values() if (m.holder == D) != (ask.wrong == "another's member")]
        listed = mine[ask.how % 3 : ask.how % 3 + 2] or mine[:1]
        clause = {"responsible": "HOST", "text": "由用工单位工会承担。"}
        given = {
            "dispatch_union": model.unions[D].uri,
            "host_union": model.unions[T].uri,
            "agency_uscc": ENTERPRISE if ask.wrong == "one employer" else AGENCY,
            "host_uscc": ENTERPRISE,
            "agreement_no": f"{ask.how}号",
            "term_from": model.today - timedelta(days=ask.how % 3),
            "term_until": model.today + timedelta(days=ask.how),
            "activities": clause,
            "rights_protection": None if ask.wrong == "no clause" else clause,
            "dues_collection": clause if ask.how % 2 else None,
            "roster": [_line(model, ask, member) for member in listed],
        }
        draft = await stage.drafted(drafting.draft_proposal, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or draft.document is None or found is None:
            return None
        claims = found[0] | {"agreement_id": stage.new_id()}
        if ask.wrong == "text":
            claims |= {"agreement_sha256": NO_HASH}
        return Drawn(claims, "", (draft.document,), said(draft) if ask.wrong != "text" else None)

    def refused(self, model: Model, sent: Sent) -> str | None:
        text, by = json.loads(sent.more[0]), sent.sender
        term = (date.fromisoformat(text["term_from"]), date.fromisoformat(text["term_until"]))
        taken = any(str(a.id) == sent.claims["agreement_id"] for a in model.agreements)
        return (
            structure(model, sent, holds=False)
            or first(
                (
                    (by not in {D, T}, "ENTRUSTMENT_PARTY_INVALID"),
                    (text["agency_uscc"] == text["host_uscc"], "ENTRUSTMENT_PARTY_INVALID"),
                    (not _organises(model), "ENTRUSTMENT_PARTY_INVALID"),
                    (taken, "INPUT_INVALID"),
                    ("rights_protection" not in text, "ENTRUSTMENT_CLAUSE_MISSING"),
                    (term[1] < model.today, "INPUT_INVALID"),
                )
            )
            or (_roster_code(model, None, term, text["roster"]) if by == D else None)
            or first(((sha256_b64url(sent.more[0].encode()) != sent.claims["agreement_sha256"], "DOCUMENT_TAMPERED"),))
        )

    def done(self, model: Model, sent: Sent) -> None:
        text = json.loads(sent.more[0])
        term = (date.fromisoformat(text["term_from"]), date.fromisoformat(text["term_until"]))
        agreement_id = UUID(sent.claims["agreement_id"])
        sha256 = sent.claims["agreement_sha256"]
        collects = "dues_collection" in text
        model.agreements.append(Agreement(agreement_id, sha256, sent.sender, term, text["roster"], collects=collects))


class _OnAgreement(Kind):
    """What the acts on an agreement share."""

    wrongs: ClassVar[tuple[str, ...]] = ("hash",)

    def owner(self, model: Model, ask: Ask) -> str:
        agreement = _about(model, ask)
        return (T if ask.how % 2 else D) if agreement is None or D in agreement.signed else D

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        raise NotImplementedError

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        agreement = _about(stage.model, ask)
        if agreement is None:
            return None
        given = {"agreement_id": agreement.id, **self.given(stage.model, ask, agreement)}
        draft = await self._draft(stage, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None:
            return None
        foretold = said(draft)
        if found is None:
            # Who is no party is given nothing to sign, and signs what a party would.
            claims = {"agreement_id": str(agreement.id), "agreement_sha256": agreement.sha256, **self.made_up(given)}
            return None if claims.get("roster_sha256") else Drawn(claims, "", (), foretold)
        claims = found[0] | ({"agreement_sha256": NO_HASH} if ask.wrong == "hash" else {})
        more = () if draft.document is None else (draft.document,)
        return Drawn(claims, "", more, foretold if ask.wrong != "hash" else None)

    def given(self, model: Model, ask: Ask, agreement: Agreement) -> dict[str, Any]:
        return {}

    def made_up(self, given: dict[str, Any]) -> dict[str, Any]:
        return {}

    def first_of_all(self, model: Model, sent: Sent) -> str | None:
        party = _agreement(model, sent) is not None
        return structure(model, sent, holds=False) or first(((not party, "ENTRUSTMENT_PARTY_INVALID"),))

    def hash_code(self, agreement: Agreement, sent: Sent) -> str | None:
        return first(((sent.claims["agreement_sha256"] != agreement.sha256, "DOCUMENT_TAMPERED"),))


class Sign(_OnAgreement):
    act, desk = acts.EntrustmentSignature, staticmethod(entrusting.sign)

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        return await stage.drafted(drafting.draft_signature, by, given)

    def refused(self, model: Model, sent: Sent) -> str | None:
        agreement = _agreement(model, sent)
        if (code := self.first_of_all(model, sent)) is not None or agreement is None:
            return code
        by, state = sent.sender, agreement.state_at(model.today)
        answers = by == D or (bool(agreement.signed) and by not in agreement.signed)
        return (
            first(
                (
                    (state == "SIGNED_BY_ONE" and by in agreement.signed, "STEP_NOT_ALLOWED"),
                    (state not in {"DRAFT", "SIGNED_BY_ONE"}, "STEP_NOT_ALLOWED"),
                    (model.today > agreement.term[1], "ENTRUSTMENT_NOT_IN_FORCE"),
                )
            )
            or self.hash_code(agreement, sent)
            or first(((not _organises(model), "ENTRUSTMENT_PARTY_INVALID"),))
            or (_roster_code(model, agreement, agreement.term, agreement.roster) if answers else None)
        )

    def done(self, model: Model, sent: Sent) -> None:
        agreement = _agreement(model, sent)
        assert agreement is not None
        agreement.signed.add(sent.sender)
        agreement.state = "IN_FORCE" if len(agreement.signed) > 1 else "SIGNED_BY_ONE"
        if agreement.state == "IN_FORCE":
            _enter(model, agreement, agreement.roster, "COVERED")


class Withdraw(_OnAgreement):
    act, desk = acts.EntrustmentWithdrawal, staticmethod(entrusting.withdraw)

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        return await stage.drafted(drafting.draft_withdrawal, by, given)

    def refused(self, model: Model, sent: Sent) -> str | None:
        agreement = _agreement(model, sent)
        if (code := self.first_of_all(model, sent)) is not None or agreement is None:
            return code
        mine = sent.sender in agreement.signed if agreement.signed else agreement.author == sent.sender
        may = agreement.state_at(model.today) in {"DRAFT", "SIGNED_BY_ONE"}
        return first(((not mine, "ENTRUSTMENT_PARTY_INVALID"), (not may, "STEP_NOT_ALLOWED"))) or self.hash_code(
            agreement, sent
        )

    def done(self, model: Model, sent: Sent) -> None:
        agreement = _agreement(model, sent)
        assert agreement is not None
        agreement.state = "WITHDRAWN"


class Terminate(_OnAgreement):
    act, desk = acts.EntrustmentTermination, staticmethod(entrusting.terminate)

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        return await stage.drafted(drafting.draft_termination, by, given)

    def refused(self, model: Model, sent: Sent) -> str | None:
        agreement = _agreement(model, sent)
        if (code := self.first_of_all(model, sent)) is not None or agreement is None:
            return code
        ended = agreement.state_at(model.today) != "IN_FORCE"
        return first(((ended, "ENTRUSTMENT_NOT_IN_FORCE"),)) or self.hash_code(agreement, sent)

    def done(self, model: Model, sent: Sent) -> None:
        agreement = _agreement(model, sent)
        assert agreement is not None
        agreement.state = "TERMINATED"


class AmendRoster(_OnAgreement):
    act, desk = acts.RosterAmendment, staticmethod(entrusting.amend_roster)
    wrongs = ("hash", "outside", "version")

    def owner(self, model: Model, ask: Ask) -> str:
        return D

    def given(self, model: Model, ask: Ask, agreement: Agreement) -> dict[str, Any]:
        member = model.members[ask.who] if ask.how % 5 == 0 else self._own(model, ask)
        if ask.how % 3 == 0:
            return {"remove": [{"membership_id": member.id, "reason": "MOVED_TO_OTHER_HOST"}]}
        line = _line(model, ask, member)
        begins, ends = max(agreement.term[0], line["coverage_from"]), min(agreement.term[1], line["coverage_to"])
        days = {"coverage_from": begins, "coverage_to": ends, "dispatch_from": begins}
        return {"add": [line | ({} if ask.wrong == "outside" else days)]}

    @staticmethod
    def _own(model: Model, ask: Ask) -> Member:
        own = [member for member in model.members.values() if member.holder == D]
        return own[ask.how % len(own)] if own else model.members[ask.who]

    def made_up(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"roster_sha256": NO_HASH}

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        return await stage.drafted(drafting.draft_roster, by, given)

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        drawn = await super().draw_up(stage, ask, by)
        if drawn is not None and ask.wrong == "version":
            drawn.claims["roster_version"] += 1
            drawn.foretold = None
        return drawn

    def refused(self, model: Model, sent: Sent) -> str | None:
        agreement = _agreement(model, sent)
        if (code := self.first_of_all(model, sent)) is not None or agreement is None:
            return code
        change = json.loads(sent.more[0])
        gone = [self._off(model, agreement, entry["membership_id"]) for entry in change["remove"]]
        return (
            first(((agreement.state_at(model.today) != "IN_FORCE", "ENTRUSTMENT_NOT_IN_FORCE"),))
            or self.hash_code(agreement, sent)
            or first(
                (
                    (sent.sender != D, "ENTRUSTMENT_PARTY_INVALID"),
                    (sent.claims["roster_version"] != agreement.roster_version, "STALE_VERSION"),
                    (not _organises(model), "ENTRUSTMENT_PARTY_INVALID"),
                    (None in gone, "ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION"),
                )
            )
            or _roster_code(model, agreement, agreement.term, change["add"])
        )

    @staticmethod
    def _off(model: Model, agreement: Agreement, membership: str) -> Line | None:
        member = model.by_membership(membership)
        if member is None or member.holder != D:
            return None
        return next((line for line in agreement.lines if line.ref == member.ref and line.stands(model)), None)

    def done(self, model: Model, sent: Sent) -> None:
        agreement = _agreement(model, sent)
        assert agreement is not None
        change = json.loads(sent.more[0])
        agreement.roster_version += 1
        for entry in change["remove"]:
            line = self._off(model, agreement, entry["membership_id"])
            assert line is not None
            line.state = "ENDED"
        _enter(model, agreement, change["add"], "PENDING")


class Acknowledge(_OnAgreement):
    act, desk = acts.CoverageAcknowledgement, staticmethod(entrusting.acknowledge_coverage)
    to = "COVERED"

    def owner(self, model: Model, ask: Ask) -> str:
        return T

    def given(self, model: Model, ask: Ask, agreement: Agreement) -> dict[str, Any]:
        pending = [model.members[line.ref].id for line in agreement.lines if line.state == "PENDING"]
        return {"member_ids": pending[:2] if pending and ask.how % 5 else [model.members[ask.who].id]}

    def made_up(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"members": [str(member) for member in given["member_ids"]]}

    async def _draft(self, stage: Stage, by: str, given: dict[str, Any]) -> Any:
        return await stage.drafted(
            lambda hub, caller, asked: drafting.draft_answer(hub, caller, asked, self.act), by, given
        )

    def _lines(self, model: Model, agreement: Agreement, sent: Sent) -> list[Line | None]:
        found: list[Line | None] = []
        for membership in sent.claims["members"]:
            member = model.by_membership(membership)
            held = member is not None and member.holder == D
            mine = (line for line in agreement.lines if member is not None and line.ref == member.ref)
            pending = next((line for line in mine if line.state == "PENDING" and line.stands(model)), None)
            found.append(pending if held else None)
        return found

    def refused(self, model: Model, sent: Sent) -> str | None:
        agreement = _agreement(model, sent)
        if (code := self.first_of_all(model, sent)) is not None or agreement is None:
            return code
        named = sent.claims["members"]
        return (
            first(((agreement.state_at(model.today) != "IN_FORCE", "ENTRUSTMENT_NOT_IN_FORCE"),))
            or self.hash_code(agreement, sent)
            or first(
                (
                    (sent.sender != T, "ENTRUSTMENT_PARTY_INVALID"),
                    (len(set(named)) != len(named), "INPUT_INVALID"),
                    (None in self._lines(model, agreement, sent), "ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION"),
                )
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        agreement = _agreement(model, sent)
        assert agreement is not None
        for line in self._lines(model, agreement, sent):
            assert line is not None
            line.state = self.to


class Decline(Acknowledge):
    act, desk = acts.CoverageDeclining, staticmethod(entrusting.decline_coverage)
    to = "DECLINED"


class RecordActivity(Kind):
    act, desk = acts.ActivityRecord, staticmethod(entrusting.record_activity)

    def owner(self, model: Model, ask: Ask) -> str:
        return T if ask.how % 3 else model.members[ask.who].holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, agreement = stage.model, _about(stage.model, ask)
        covered = [line for line in agreement.lines if line.state == "COVERED"] if agreement is not None else []
        member = model.members[covered[0].ref] if covered and ask.how % 5 else model.members[ask.who]
        claims: dict[str, Any] = {"kind": "TRAINING", "occurred_on": model.today.isoformat()}
        if by == T and agreement is not None:
            claims["agreement_id"] = str(agreement.id)
        return Drawn(claims, str(member.id))

    def refused(self, model: Model, sent: Sent) -> str | None:
        member, by, named = model.by_membership(sent.read.sub), sent.sender, sent.claims.get("agreement_id")
        agreement = next((a for a in model.agreements if str(a.id) == named), None) if by == T else None
        if named is None:
            holds = member is not None and member.holder == by
            tied = member is not None and by == T and any(line.is_live(model) for line in model.lines_of(member))
            return structure(model, sent, holds=holds) or first(
                (
                    (not holds and tied, "NOT_HOLDER"),
                    (not holds, "MEMBER_NOT_FOUND_OR_NOT_HELD"),
                    (member is not None and member.status not in STANDING, "NOT_A_MEMBER"),
                )
            )
        in_force = agreement is not None and agreement.state_at(model.today) == "IN_FORCE"
        live = (line for line in agreement.lines if member and line.ref == member.ref) if agreement else ()
        covered = any(line.is_live(model) for line in live)
        return structure(model, sent, holds=covered) or first(
            ((not in_force, "ENTRUSTMENT_NOT_IN_FORCE"), (not covered, "MEMBER_NOT_FOUND_OR_NOT_HELD"))
        )

    def done(self, model: Model, sent: Sent) -> None:
        """What was cared for changes nothing else."""

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        reads = member is not None and (
            member.holder == sent.sender
            or (sent.sender == T and any(line.is_live(model) for line in model.lines_of(member)))
        )
        return None if reads else "MEMBER_NOT_FOUND_OR_NOT_HELD"


class RecordRightsCase(RecordActivity):
    act, desk = acts.RightsCaseRecord, staticmethod(entrusting.record_rights_case)
