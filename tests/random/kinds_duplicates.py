"""Two memberships of one person (A3): the second is brought in, and stands still until the two are merged."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from federation import acts
from federation.merging import MergeSide, merge_sha256
from hub.transfers.desk import deciding, drafting_merges, merging
from tests.random.calendar import month_later
from tests.random.kinds import GRASSROOTS, NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said, structure
from tests.random.kinds_entries import Join
from tests.random.model import STANDING, Pair, Retained

if TYPE_CHECKING:
    from tests.random.model import Member, Model
    from tests.random.stage import Stage

__all__ = ["Decide", "Import", "Merge"]


class Import(Join):
    """Of somebody who is a member already, unless `of nobody`, which is as lawful."""

    act: ClassVar[type[acts.Import]] = acts.Import
    desk = staticmethod(merging.import_member)
    wrongs: ClassVar[tuple[str, ...]] = (
        *("of nobody", "of nobody", "certificate taken", "card", "basis", "same membership"),
        *("joined today", "joined ahead", "dues ahead", "as retained", "retained since", "retained of nobody"),
    )

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, other = stage.model, stage.model.members[ask.who]
        new = stage.somebody()
        fixture = new if ask.wrong.endswith("of nobody") else stage.fixture_of(other)
        certificate = other.certificate if ask.wrong == "certificate taken" else new.certificate
        basis = "FLEXIBLE_DIRECT" if model.unions[by].kind not in GRASSROOTS else "ORDINARY"
        days = {"joined today": 0, "joined ahead": -1}.get(ask.wrong, 1 + 120 * ask.how)
        joined_on = model.today - timedelta(days=days)
        given: dict[str, Any] = {
            "holding_basis": "PLACEMENT" if ask.wrong == "basis" else basis,
            "employer_uscc": model.employer_at(by),
            "member_unit": None,
            "joined_on": joined_on,
            "relation_started_on": None,
            "certificate": {"province_code": certificate[0], "number": certificate[1]},
            "certificate_issued_on": None,
            "dues_paid_through": month_later(model.today.isoformat(), 13 if ask.wrong == "dues ahead" else 0),
            "status": "RETAINED" if "retained" in ask.wrong else None,
        }
        if ask.wrong in {"retained since", "retained of nobody"}:
            # As lawful: from the day of joining on, to the month of which dues are paid.
            reason = ("RETIREMENT", "UNEMPLOYMENT")[ask.how % 2]
            given["retention"] = {"reason": reason, "from_date": joined_on}
            given["dues_paid_through"] = joined_on.isoformat()[:7]
        actor = stage.actor(by)
        draft = await stage.drafted(lambda *_: stage.world.draft_import(actor, fixture, **given), by, None)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or draft.card is None or found is None:
            return None
        claims, sub = found
        text = draft.card.json.replace("13800000000", "13800000001") if ask.wrong == "card" else draft.card.json
        sub = str(other.id) if ask.wrong == "same membership" else sub
        stage.people.setdefault(sub, fixture)
        return Drawn(claims, sub, (text,), said(draft), is_right=ask.wrong != "card")

    def about_the_person(self, model: Model, sent: Sent, known: Member | None) -> tuple[tuple[bool, str], ...]:
        return (
            (known is not None and known.pair is not None, "ALREADY_MEMBER_USE_TRANSFER"),
            (("status" in sent.claims) != ("retention" in sent.claims), "INPUT_INVALID"),
            (sent.claims["joined_on"] == model.today.isoformat(), "INPUT_INVALID"),
        )

    def done(self, model: Model, sent: Sent) -> None:
        live = self.known(model, sent)
        super().done(model, sent)
        second, kept = list(model.members.values())[-1], sent.claims.get("retention")
        if kept is not None:
            since = date.fromisoformat(kept["from_date"])
            second.retentions.append(Retained(kept["reason"], since, sent.read.sha256, second.basis))
            second.go_on()
        if live is not None:
            second.status, second.pair = "DUPLICATE_SUSPECTED", Pair((live.ref, second.ref))
            live.pair = second.pair


def _side(model: Model, member: Member) -> MergeSide:
    return MergeSide(member.id, model.unions[member.holder].uri, member.joined_on)


def _over(model: Model, pair: Pair, survivor: Member) -> str:
    one, other = (model.members[ref] for ref in pair.refs)
    return merge_sha256(_side(model, one), _side(model, other), survivor.id)


def _says(pair: Pair, member: Member, over: str) -> bool:
    return pair.said.get(member.ref) == (member.holder, over)


def _kept(model: Model, pair: Pair, how: int) -> Member:
    """Whom the holders mostly agree to keep: of some pairs the first, of some the second; now and then the other."""
    second = model.members[pair.refs[1]]
    return model.members[pair.refs[(second.joined_on.day + int(how % 4 == 3)) % 2]]


def _settle(model: Model, pair: Pair, survivor: Member) -> None:
    loser = model.partner(survivor)
    assert loser is not None
    if loser.open is not None:
        loser.open.close("VOIDED", model.now)
    survivor.joined_on = min(survivor.joined_on, loser.joined_on)
    if survivor.status == "DUPLICATE_SUSPECTED":
        survivor.go_on()
    loser.status, loser.into = "DUPLICATE_MERGED", survivor.ref
    survivor.pair = loser.pair = None
    model.claims[survivor.id_number] = survivor.person


class Merge(Kind):
    act, desk = acts.Merge, staticmethod(merging.merge)
    wrongs = ("hash",)

    @staticmethod
    def _own(model: Model, ask: Ask) -> Member:
        """Either of the two."""
        member = model.members[ask.who]
        return (model.partner(member) or member) if ask.how % 2 else member

    def owner(self, model: Model, ask: Ask) -> str:
        return self._own(model, ask).holder

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, own = stage.model, self._own(stage.model, ask)
        survives = own.pair is None or _kept(model, own.pair, ask.how // 2) is own
        over = NO_HASH if own.pair is None else _over(model, own.pair, _kept(model, own.pair, ask.how // 2))
        claims: dict[str, Any] = {"merge_sha256": over, "survivor": survives}
        drawn = Drawn(claims, str(own.id))
        given = {"membership_id": own.id, "survivor": survives}
        draft = await stage.drafted(drafting_merges.draft_merge, by, given)
        if draft is not None:
            drawn.foretold = said(draft)
            drawn.claims, drawn.sub = claims_in(draft, self) or (claims, drawn.sub)
        if ask.wrong == "hash":
            drawn.claims = {**drawn.claims, "merge_sha256": NO_HASH}
        return drawn

    def refused(self, model: Model, sent: Sent) -> str | None:
        own, sender = model.by_membership(sent.read.sub), sent.sender
        holds = own is not None and own.holder == sender
        tie = structure(model, sent, holds=holds)
        if tie is not None:
            return tie
        if own is None or not holds:
            return "NOT_HOLDER" if own is not None and own.is_party(sender) else "MEMBER_NOT_FOUND_OR_NOT_HELD"
        if own.pair is None:
            return "NOT_A_MEMBER" if own.status not in STANDING else "INPUT_INVALID"
        over = _over(model, own.pair, self._survivor(model, sent, own))
        return None if sent.claims["merge_sha256"] == over else "DOCUMENT_TAMPERED"

    @staticmethod
    def _survivor(model: Model, sent: Sent, own: Member) -> Member:
        other = model.partner(own)
        assert other is not None
        return own if sent.claims["survivor"] else other

    def done(self, model: Model, sent: Sent) -> None:
        own = model.by_membership(sent.read.sub)
        assert own is not None
        pair, other = own.pair, model.partner(own)
        assert pair is not None
        assert other is not None
        # The time to agree runs from the first word that was over the pair as it is now.
        if not any(_says(pair, who, _over(model, pair, kept)) for who in (own, other) for kept in (own, other)):
            pair.decide_from = model.term(working=model.policy(sent.sender, "request_working_days"))
        over, survivor = sent.claims["merge_sha256"], self._survivor(model, sent, own)
        pair.said[own.ref] = (sent.sender, over)
        if other.holder == sent.sender or _says(pair, other, over):
            _settle(model, pair, survivor)

    def again(self, model: Model, sent: Sent) -> str | None:
        member = model.by_membership(sent.read.sub)
        return "NOT_HOLDER" if member is None or member.holder != sent.sender else None


class Decide(Kind):
    act, desk = acts.MergeDecision, staticmethod(deciding.decide_merge)
    wrongs = ("hash", "for the other")

    @staticmethod
    def _goes_on(model: Model, ask: Ask) -> Member:
        member = model.members[ask.who]
        if member.pair is None:
            return member
        kept = next(
            (who for who in map(model.members.get, member.pair.refs) if who and Decide._has_word(model, who)), member
        )
        return (model.partner(kept) or kept) if ask.wrong == "for the other" else kept

    @staticmethod
    def _has_word(model: Model, survivor: Member) -> bool:
        """Whether one of the two holders has signed that this one goes on."""
        pair, other = survivor.pair, model.partner(survivor)
        if pair is None or other is None:
            return False
        over = _over(model, pair, survivor)
        return _says(pair, survivor, over) or _says(pair, other, over)

    @staticmethod
    def _decider(model: Model, survivor: Member) -> str | None:
        other = model.partner(survivor)
        above = None if other is None else model.above(survivor.holder, survivor.holder, other.holder)
        return None if above is None or model.unions[above].kind == "NATIONAL_FEDERATION" else above

    def owner(self, model: Model, ask: Ask) -> str:
        return self._decider(model, self._goes_on(model, ask)) or "U10"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        model, survivor = stage.model, self._goes_on(stage.model, ask)
        over = NO_HASH if survivor.pair is None else _over(model, survivor.pair, survivor)
        claims = {"merge_sha256": over, "evidence_sha256": NO_HASH}
        drawn = Drawn(claims, str(survivor.id))
        given = {"membership_id": survivor.id, "evidence_sha256": NO_HASH}
        draft = await stage.drafted(drafting_merges.draft_decision, by, given)
        if draft is not None:
            drawn.foretold = said(draft)
            drawn.claims, drawn.sub = claims_in(draft, self) or (claims, drawn.sub)
        if ask.wrong == "hash":
            drawn.claims = {**drawn.claims, "merge_sha256": NO_HASH}
        return drawn

    def refused(self, model: Model, sent: Sent) -> str | None:
        survivor = model.by_membership(sent.read.sub)
        tie = structure(model, sent, holds=False)
        if tie is not None:
            return tie
        if survivor is None or survivor.pair is None:
            return "NO_CASE_FOR_HIGHER_UNION"
        since = survivor.pair.decide_from
        lies_here = (
            since is not None
            and since <= model.now
            and self._decider(model, survivor) == sent.sender
            and self._has_word(model, survivor)
        )
        over = _over(model, survivor.pair, survivor)
        return first(
            (
                (not lies_here, "NO_CASE_FOR_HIGHER_UNION"),
                (sent.claims["merge_sha256"] != over, "DOCUMENT_TAMPERED"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        survivor = model.by_membership(sent.read.sub)
        assert survivor is not None
        assert survivor.pair is not None
        _settle(model, survivor.pair, survivor)
