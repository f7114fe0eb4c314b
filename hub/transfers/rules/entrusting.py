"""Entrustment (A9): who may agree, over what, for whom; and what it does not give the host union."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import GRASSROOTS_KINDS, STANDING, MembershipStatus, UnionState
from hub.transfers.machines import ENTRUSTMENT, EntrustmentState, Side
from hub.transfers.rules.days import day_of
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from federation import entrusting
    from hub.transfers.facts_entrusting import AgreementFacts, CareFacts, EntrustmentFacts, RosterFacts
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "COVERED",
    "LIVE_COVERAGE",
    "PENDING",
    "REMOVAL_REASONS",
    "RESPONSIBLE",
    "Entrustment",
    "act_of_signature",
    "check_answered_members",
    "check_care_is_covered",
    "check_clauses",
    "check_in_force",
    "check_is_party",
    "check_mine_to_withdraw",
    "check_not_covered",
    "check_parties",
    "check_removals",
    "check_roster",
    "check_roster_bound",
    "check_roster_days",
    "check_roster_is_some",
    "check_roster_member",
    "check_signature_is_due",
    "check_step",
    "check_successor",
    "check_superseded",
    "check_term",
    "check_text_bound",
    "check_text_may_change",
]

PENDING, COVERED = "PENDING", "COVERED"
LIVE_COVERAGE = frozenset({PENDING, COVERED})
#: Who may bear a duty by the agreement.
RESPONSIBLE = frozenset({Side.DISPATCH.value, Side.HOST.value})
#: Why the dispatch union takes a member off the roster.
REMOVAL_REASONS = frozenset({"DISPATCH_ENDED", "MOVED_TO_OTHER_HOST"})
_MAY_TERMINATE = frozenset({EntrustmentState.SCHEDULED, EntrustmentState.IN_FORCE, EntrustmentState.SUSPENDED})


@dataclass(frozen=True, slots=True)
class Entrustment:
    """An act on an agreement before the rules, with the text as proposed, or as it stands."""

    facts: EntrustmentFacts
    text: entrusting.EntrustmentText
    text_sha256: str
    under: str = "entrustment"

    @property
    def now(self) -> datetime:
        """The time of receipt."""
        return self.facts.signer.now

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.now)

    @property
    def side(self) -> Side | None:
        """Which of the two unions that the text names the signer is."""
        agreement = self.facts.agreement
        if agreement is not None and agreement.side in RESPONSIBLE and self.text_sha256 == b64url(agreement.sha256):
            return Side(agreement.side)  # in the text as it stands a successor is not named
        named: dict[str, Side] = {self.text.dispatch_union: Side.DISPATCH, self.text.host_union: Side.HOST}
        return named.get(self.facts.signer.uri)

    @property
    def completes(self) -> bool:
        """Whether the other union has signed already, so that this signature is the second."""
        agreement = self.facts.agreement
        return agreement is not None and agreement.is_signed_by_either and not agreement.signed_here

    @property
    def answers_for_members(self) -> bool:
        """Whether the roster is the signer's to be asked about: its own, or one to which its holder has signed."""
        return self.side == Side.DISPATCH or self.completes


def check_is_party(agreement: AgreementFacts | None, act: str) -> Refusals:
    """Who is none of the two unions is told the same as of no agreement. Source: A9, HUB-P09.

    Of one that is suspended the successor of a party signs, and the union above that party ends it.
    """
    if (
        agreement is None
        or (agreement.succeeds and act != "sign")
        or (agreement.side == Side.HIGHER and act != "terminate")
    ):
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)


def check_successor(question: Entrustment, agreement: AgreementFacts) -> Refusals:
    """Who takes a party's place is a union of employers as that was, and the other party goes on.

    Source: A9, HUB-P09
    """
    signer, facts = question.facts.signer, question.facts
    other, name = (facts.host, "host_union") if agreement.side == Side.DISPATCH else (facts.dispatch, "dispatch_union")
    if signer.kind not in GRASSROOTS_KINDS:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)
    if other is None or other.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=(question.under, name))
    if agreement.state != EntrustmentState.SUSPENDED:
        yield Refusal(Code.ENTRUSTMENT_NOT_IN_FORCE)


def check_parties(question: Entrustment) -> Refusals:
    """The agency's union and the enterprise's union agree, each for the employer that it organises. Source: A9."""
    text, facts = question.text, question.facts
    if text.dispatch_union == text.host_union or question.side is None:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID, path=(question.under, "host_union"))
        return
    if text.agency_uscc == text.host_uscc:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID, path=(question.under, "host_uscc"))
    for name, party in (("dispatch_union", facts.dispatch), ("host_union", facts.host)):
        path = (question.under, name)
        if party is None:
            yield Refusal(Code.UNION_NOT_FOUND, path=path)
        elif party.state != UnionState.ACTIVE:
            yield Refusal(Code.UNION_NOT_ACTIVE, path=path)
        elif party.kind not in GRASSROOTS_KINDS or not party.organises:
            yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID, path=path)


def check_text_may_change(question: Entrustment, replaces: str | None) -> Refusals:
    """A new agreement has a new id; another text comes in the place of the one that it names, between the same two.

    Source: A9
    """
    facts, agreement = question.facts, question.facts.agreement
    if replaces is None:
        if facts.is_taken:
            yield _invalid((question.under, "agreement_id"), "协议编号已被使用", "this agreement id is already in use")
        return
    if agreement is None:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)
        return
    parties = {None if party is None else party.union_id for party in (facts.dispatch, facts.host)}
    if parties != {agreement.dispatch_union, agreement.host_union} or agreement.side != question.side:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID, path=(question.under, "dispatch_union"))
    if replaces != b64url(agreement.sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(question.under, "replaces_sha256"))
    yield from check_step(agreement, "propose")


def check_clauses(question: Entrustment) -> Refusals:
    """Activities and the protection of rights must be provided for; each duty is one union's or the other's.

    Source: A9
    """
    text = question.text
    for name, mandatory in (("activities", text.activities), ("rights_protection", text.rights_protection)):
        if mandatory is None:
            yield Refusal(Code.ENTRUSTMENT_CLAUSE_MISSING, path=(question.under, name))
    for name in ("activities", "rights_protection", "dues_collection", "voting", "relief"):
        clause = getattr(text, name)
        if clause is not None and clause.responsible not in RESPONSIBLE:
            path = (question.under, name, "responsible")
            yield _invalid(path, "应为 DISPATCH 或 HOST", "it is DISPATCH or HOST")


def check_term(question: Entrustment) -> Refusals:
    """A term begins before it ends, and is not over. Source: HUB-P17."""
    text, path = question.text, (question.under, "term_until")
    if text.term_until < text.term_from:
        yield _invalid(path, "协议期限的止日早于起日", "the term ends before it begins")
    elif text.term_until < question.today:
        yield _invalid(path, "协议期限已过", "the term is over")


def check_text_bound(question: Entrustment, stated: str) -> Refusals:
    """What is signed is the hash of the text, the same for both. Source: HUB-P17."""
    if stated != question.text_sha256:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(question.under, "agreement_sha256"))


def check_superseded(question: Entrustment) -> Refusals:
    """A new version supersedes an agreement in force, of the same two unions. Source: A9."""
    if question.text.supersedes is None:
        return
    old, facts = question.facts.superseded, question.facts
    parties = {None if party is None else party.union_id for party in (facts.dispatch, facts.host)}
    path = (question.under, "supersedes")
    if old is None or {old.dispatch_union, old.host_union} != parties or old.side != question.side:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID, path=path)
    elif old.state != EntrustmentState.IN_FORCE:
        yield Refusal(Code.ENTRUSTMENT_NOT_IN_FORCE, path=path)


def check_roster(
    question: Entrustment, entries: Sequence[entrusting.RosterEntry], *, removed: frozenset[object] = frozenset()
) -> Refusals:
    """Each is the dispatch union's own member, not leaving it, covered within the dispatch and by one agreement.

    Takes: `removed`, the members whom the same change takes off this roster. Source: A9, A8, HUB-P04, HUB-P18
    """
    if len({entry.membership_id for entry in entries}) != len(entries):
        yield _invalid((question.under, "roster"), "名册中有会员重复", "a member stands on it twice")
    if not question.answers_for_members:
        return
    for place, entry in enumerate(entries):
        member = question.facts.members.get(entry.membership_id)
        path = (question.under, "roster", str(place))
        if member is None:
            yield Refusal(Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION, path=path)
            continue
        yield from check_roster_member(member, path)
        yield from check_roster_days(question, entry, path)
        yield from check_not_covered(question, entry, member, path, is_removed=entry.membership_id in removed)


def check_roster_member(member: RosterFacts, path: tuple[str, ...]) -> Refusals:
    """Nobody who is frozen, has ended, is retained or is leaving is put on it. Source: A3, A5, A9, HUB-P04."""
    if member.status == MembershipStatus.DUPLICATE_SUSPECTED:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER, path=path)
    elif member.status not in STANDING:
        yield Refusal(Code.NOT_A_MEMBER, path=path)
    elif member.status != MembershipStatus.ACTIVE:
        # Who is retained works for nobody: the dispatch is over (A9 speaks of its time alone).
        yield Refusal(Code.COVERAGE_OUTSIDE_DISPATCH, path=path)
    if member.is_released:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, path=path)


def check_roster_days(question: Entrustment, entry: entrusting.RosterEntry, path: tuple[str, ...]) -> Refusals:
    """The days lie within the dispatch and the term, and are not over. Source: A9."""
    text = question.text
    first, last = max(entry.dispatch_from, text.term_from), min(entry.dispatch_to, text.term_until)
    if not first <= entry.coverage_from <= entry.coverage_to <= last or entry.coverage_to < question.today:
        yield Refusal(Code.COVERAGE_OUTSIDE_DISPATCH, path=path)


def check_not_covered(
    question: Entrustment,
    entry: entrusting.RosterEntry,
    member: RosterFacts,
    path: tuple[str, ...],
    *,
    is_removed: bool,
) -> Refusals:
    """One agreement covers a member on a day; what is superseded or taken off counts no more. Source: HUB-P18."""
    agreement = question.facts.agreement
    aside = {question.text.supersedes}
    if is_removed and agreement is not None:
        aside.add(agreement.agreement_id)
    for by, since, until in zip(member.taken_by, member.taken_from, member.taken_to, strict=True):
        if by not in aside and since <= entry.coverage_to and entry.coverage_from <= until:
            yield Refusal(Code.ALREADY_ENTRUSTED, path=path)
            return


def check_step(agreement: AgreementFacts, act: str) -> Refusals:
    """An agreement takes the acts that the machine lists for where it stands. Source: A9."""
    try:
        ENTRUSTMENT.step(agreement.state, act, Side(agreement.side))
    except Refusal as refusal:
        yield refusal


def check_signature_is_due(question: Entrustment, agreement: AgreementFacts) -> Refusals:
    """Each of the two signs a text once, and not after its term. Source: A9."""
    if agreement.signed_here and agreement.state == EntrustmentState.SIGNED_BY_ONE:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=agreement.state, state_zh=in_chinese(agreement.state))
        return
    yield from check_step(agreement, "sign")
    if question.today > agreement.ends_on:
        yield Refusal(Code.ENTRUSTMENT_NOT_IN_FORCE)


def check_mine_to_withdraw(agreement: AgreementFacts) -> Refusals:
    """A draft is its author's to withdraw; what one has signed, that one's, before the other has. Source: A9."""
    own = agreement.dispatch_union if agreement.side == Side.DISPATCH else agreement.host_union
    mine = agreement.signed_here if agreement.is_signed_by_either else agreement.author_union == own
    if mine:
        yield from check_step(agreement, "withdraw")
    else:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)


def check_in_force(state: str | None, *, terminating: bool = False) -> Refusals:
    """Nothing is done under an agreement that is not in force; one that is to come may be terminated. Source: A9."""
    if state not in (_MAY_TERMINATE if terminating else {EntrustmentState.IN_FORCE}):
        yield Refusal(Code.ENTRUSTMENT_NOT_IN_FORCE)


def check_roster_is_some(*, is_empty: bool) -> Refusals:
    """A change of the roster changes something. Source: HUB-P17."""
    if is_empty:
        yield _invalid(("entrustment", "roster_sha256"), "名册没有变动", "the roster is not changed by it")


def check_roster_bound(
    question: Entrustment, agreement: AgreementFacts, claims: entrusting.RosterAmendment, sha256: str
) -> Refusals:
    """The roster is changed by the dispatch union, on the version that it has seen. Source: A9, HUB-P17."""
    if agreement.side != Side.DISPATCH:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)
    if claims.roster_version != agreement.roster_version:
        yield Refusal(Code.STALE_VERSION, path=(question.under, "roster_version"))
    if claims.roster_sha256 != sha256:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(question.under, "roster_sha256"))


def check_removals(question: Entrustment, removals: Sequence[entrusting.RosterRemoval]) -> Refusals:
    """Who is taken off the roster stands on it. Source: A9."""
    if len({removal.membership_id for removal in removals}) != len(removals):
        yield _invalid((question.under, "roster"), "名册中有会员重复", "a member stands on it twice")
    for place, removal in enumerate(removals):
        member = question.facts.members.get(removal.membership_id)
        path = (question.under, "remove", str(place))
        if member is None or member.coverage_state not in LIVE_COVERAGE:
            yield Refusal(Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION, path=path)
        if removal.reason not in REMOVAL_REASONS:
            yield _invalid(path, "移出名册的原因不在可选范围", "this is no reason to take a member off the roster")


def check_answered_members(question: Entrustment, claims: entrusting.CoverageAcknowledgement) -> Refusals:
    """The host union answers for members who wait for its word, and learns of nobody else's. Source: A9."""
    agreement = question.facts.agreement
    if agreement is not None and agreement.side != Side.HOST:
        yield Refusal(Code.ENTRUSTMENT_PARTY_INVALID)
        return
    if not claims.members or len(set(claims.members)) != len(claims.members):
        yield _invalid((question.under, "members"), "会员名单为空或有重复", "it names nobody, or somebody twice")
    for place, membership_id in enumerate(claims.members):
        member = question.facts.members.get(membership_id)
        if member is None or member.coverage_state != PENDING:
            path = (question.under, "members", str(place))
            yield Refusal(Code.ENTRUSTMENT_MEMBER_NOT_HELD_BY_DISPATCH_UNION, path=path)


def check_care_is_covered(facts: CareFacts, claims: entrusting.ActivityRecord) -> Refusals:
    """The holder records of its members, the host union of those whom it covers now. Source: A9, A11."""
    if facts.member_id is None:
        yield Refusal(Code.NOT_HOLDER if facts.covered_by is not None else Code.MEMBER_NOT_FOUND_OR_NOT_HELD)
    elif claims.agreement_id is None and facts.status is not None and facts.status not in STANDING:
        yield Refusal(Code.NOT_A_MEMBER)


def act_of_signature(question: Entrustment) -> str:
    """Give the step that a signature makes: the second one schedules an agreement whose term has yet to begin.

    That of a successor lets the agreement go on where it stood.
    """
    agreement = question.facts.agreement
    if agreement is not None and agreement.succeeds:
        begins = agreement.in_force_from
        return "reschedule" if begins is not None and begins > question.now else "resume"
    return "schedule" if question.completes and question.text.term_from > question.today else "sign"


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)
