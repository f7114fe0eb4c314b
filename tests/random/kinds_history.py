"""Earlier lines of a certificate (A25), by whoever brought the member in and holds it still; and dues (NX-6)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from federation import acts_history as acts
from hub.transfers.desk import drafting_history, history
from tests.random.calendar import month_later
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, not_held, said, structure
from tests.random.model import STANDING

if TYPE_CHECKING:
    from tests.random.model import Agreement, Member, Model
    from tests.random.stage import Stage

__all__ = ["ImportHistory", "RecordDues"]

_HOST = "U8"
_PAPER = NO_HASH
_NEVER = "2999-01-01"


class ImportHistory(Kind):
    """One line, of the day of joining, which is of before the hub or the day of the entry."""

    act, desk = acts.History, staticmethod(history.import_history)
    wrongs = ("version", "data version", "over another", "reason", "early", "backwards", "to come")

    def owner(self, model: Model, ask: Ask) -> str:
        return model.members[ask.who].holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        member = stage.model.members[ask.who]
        line = self._line(ask, member)
        given = {"transfers": [line], "retentions": None, "paper_sha256": _PAPER}
        plain = {name: str(value) for name, value in line.items()}
        claims: dict[str, Any] = {
            "custody_version": member.version,
            "data_version": member.data_version,
            **({} if member.history is None else {"corrects_sha256": member.history}),
            "transfers": [plain],
            "retentions": [],
            "paper_sha256": _PAPER,
        }
        drawn = Drawn(claims, str(member.id))
        draft = await stage.drafted(drafting_history.draft_history, by, {"membership_id": member.id, **given})
        if draft is not None:
            drawn.foretold = said(draft)
            drawn.claims, drawn.sub = claims_in(draft, self) or (drawn.claims, drawn.sub)
        wrong: dict[str, dict[str, Any]] = {
            "version": {"custody_version": member.version + 1},
            "data version": {"data_version": member.data_version + 1},
            "over another": {"corrects_sha256": NO_HASH},
        }
        drawn.claims = drawn.claims | wrong.get(ask.wrong, {})
        return drawn

    @staticmethod
    def _line(ask: Ask, member: Member) -> dict[str, Any]:
        joined, eve = member.joined_on, member.joined_on - timedelta(days=1)
        out = eve if ask.wrong == "early" else joined
        return {
            "out_date": out,
            "reason_code": "GONE" if ask.wrong == "reason" else ("LEGACY", "CHANGE_OF_EMPLOYER")[ask.how % 2],
            "dues_paid_through": out.isoformat()[:7],
            "releasing_union": f"旧工会{ask.how}",
            "in_date": {"backwards": eve, "to come": _NEVER}.get(ask.wrong, out),
            "receiving_union": "新工会",
        }

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, member, tie = sent.claims, model.by_membership(sent.read.sub), not_held(model, sent)
        if member is None or tie is not None:
            return tie
        line = claims["transfers"][0]
        out, taken_in = date.fromisoformat(line["out_date"]), line["in_date"]
        return first(
            (
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (bool(member.held) and member.held[0][0] != sent.sender, "NOT_FIRST_HOLDER"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (claims["data_version"] != member.data_version, "STALE_VERSION"),
                (claims.get("corrects_sha256") != member.history, "STALE_VERSION"),
                (line["reason_code"] == "GONE", "REASON_NOT_ALLOWED"),
                (out < member.joined_on, "INPUT_INVALID"),
                (taken_in < line["out_date"], "IN_DATE_BEFORE_OUT_DATE"),
                (taken_in == _NEVER, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        member.data_version += 1
        member.history = sent.read.sha256

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


class RecordDues(Kind):
    """By the holder, or by U8 under an agreement, some of which give it the collection."""

    act, desk = acts.DuesRecord, staticmethod(history.record_dues)
    wrongs = ("from another month", "back", "far ahead")

    def owner(self, model: Model, ask: Ask) -> str:
        return _HOST if ask.how % 3 == 2 and model.agreements else model.members[ask.who].holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, agreement = stage.model, stage.model.agreements[-1] if stage.model.agreements else None
        covered = [line for line in agreement.lines if line.state == "COVERED"] if agreement is not None else []
        named = agreement if by == _HOST and ask.how % 3 == 2 else None
        member = model.members[covered[0].ref] if named is not None and covered else model.members[ask.who]
        owed = _owed(member)
        through = {"back": month_later(owed, -1), "far ahead": month_later(model.today.isoformat(), 13)}.get(
            ask.wrong, max(owed, month_later(model.today.isoformat(), ask.how % 3))
        )
        naming = {} if named is None else {"agreement_id": str(named.id)}
        drawn = Drawn({**naming, "paid_from": owed, "paid_through": through}, str(member.id))
        given = {"membership_id": member.id, "agreement_id": named and named.id, "paid_through": through}
        draft = await stage.drafted(drafting_history.draft_dues, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is not None and (found is not None or named is not None):
            drawn.foretold = said(draft)
        drawn.claims, drawn.sub = found or (drawn.claims, drawn.sub)
        if ask.wrong == "from another month":
            drawn.claims = {**drawn.claims, "paid_from": month_later(owed, 1)}
        return drawn

    def refused(self, model: Model, sent: Sent) -> str | None:
        member, by, named = model.by_membership(sent.read.sub), sent.sender, sent.claims.get("agreement_id")
        found = (a for a in model.agreements if str(a.id) == named)
        agreement = next(found, None) if by == _HOST else None
        collects = (
            _covers(model, agreement, member) if named is not None else member is not None and member.holder == by
        )
        refused = structure(model, sent, holds=collects)
        if refused is not None:
            return refused
        if named is not None and (agreement is None or agreement.state_at(model.today) != "IN_FORCE"):
            return "ENTRUSTMENT_NOT_IN_FORCE"
        if not collects:
            return self._no_collector(model, member, by, named)
        if agreement is not None and not agreement.collects:
            return "ENTRUSTED_HOST_CANNOT_ACT"
        assert member is not None
        return self._refused_by_months(model, sent, member)

    @staticmethod
    def _no_collector(model: Model, member: Member | None, by: str, named: str | None) -> str:
        lines = model.lines_of(member) if member is not None and by == _HOST and named is None else ()
        if any(line.is_live(model) for line in lines):
            return "ENTRUSTED_HOST_CANNOT_ACT"
        is_party = member is not None and (member.is_party(by) or member.holder == by)
        return "NOT_HOLDER" if is_party else "MEMBER_NOT_FOUND_OR_NOT_HELD"

    @staticmethod
    def _refused_by_months(model: Model, sent: Sent, member: Member) -> str | None:
        owed, through = _owed(member), sent.claims["paid_through"]
        latest = month_later(model.today.isoformat(), 12)
        return first(
            (
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                (member.status == "RETAINED", "DUES_EXEMPT_IN_RETENTION"),
                (member.open is not None and member.open.state == "RELEASED", "HANDOFF_ALREADY_OPEN"),
                (sent.claims["paid_from"] != owed, "STALE_VERSION"),
                (not owed <= through <= latest, "DUES_MONTH_IMPLAUSIBLE"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        member = model.by_membership(sent.read.sub)
        assert member is not None
        member.data_version += 1
        member.dues = sent.claims["paid_through"]
        member.cards = set()


def _owed(member: Member) -> str:
    restored = [r.restored_on.isoformat()[:7] for r in member.retentions if r.restored_on is not None]
    return max([month_later(member.dues, 1), *restored])


def _covers(model: Model, agreement: Agreement | None, member: Member | None) -> bool:
    if agreement is None or member is None:
        return False
    return any(line.is_live(model) for line in agreement.lines if line.ref == member.ref)
