"""The rules of each act in their order (domain 2.4): form and key come before, in `desk.opening`.

An act stops at the first refusal; a draft gives them all. Where the subject itself is out of reach the list ends: what
would follow speaks of nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code
from hub.transfers.kinds import JOINING_BASES, RETAINED_BASES, MembershipStatus
from hub.transfers.machines import Side
from hub.transfers.rules import (
    amending,
    columns,
    custody,
    duplicates,
    history,
    joining,
    labour,
    leaving,
    placing,
    printing,
    pulling,
    registration,
    retaining,
    seconding,
)
from hub.transfers.rules.placing import Ground
from hub.transfers.rules.reasons import REASONS, REORGANISED, Receiver
from hub.transfers.rules.stated import Stated

if TYPE_CHECKING:
    from datetime import date, datetime

    from federation import acts
    from hub.transfers.facts import (
        AmendmentFacts,
        CaseFacts,
        CitedFacts,
        HandoffFacts,
        HeldFacts,
        MatchFacts,
        ReleaseFacts,
        RequestFacts,
        UnionAmendmentFacts,
    )
    from hub.transfers.rules.questions import (
        Amendment,
        Case,
        Join,
        Merge,
        MergeDecision,
        Refusals,
        Registration,
        Release,
        Request,
    )

__all__ = [
    "acceptance",
    "amendment",
    "before_a_case",
    "before_a_release",
    "before_a_release_in_lieu",
    "before_an_amendment",
    "before_an_external_release",
    "cancellation",
    "dismissal",
    "external_acceptance",
    "external_release",
    "importing",
    "join",
    "key_end",
    "key_registration",
    "merge",
    "merge_decision",
    "objection",
    "recall",
    "refusal",
    "release",
    "release_in_lieu",
    "request",
    "request_as_drafted",
    "second_check",
    "union_amendment",
    "union_registration",
]


def join(question: Join) -> Refusals:
    """Rules of a join. Source: A2–A9, N2."""
    claims, facts, person = question.claims, question.facts, question.person
    may_not = tuple(joining.check_enrolling_union(facts.signer, claims))
    if may_not:
        # Who may not enrol on this basis has no question about a person to ask (domain 5.3).
        yield from may_not
        return
    yield from joining.check_subject_is_new(facts)
    yield from joining.check_not_yet_a_member(facts, by_id=person.id_number is not None)
    yield from _what_an_enrolment_states(question)


def importing(question: Join, claims: acts.Import) -> Refusals:
    """Rules of an import: a join's, but that the person may be a member elsewhere. Source: A2–A9, A25, N2."""
    facts, person = question.facts, question.person
    bases = RETAINED_BASES if claims.status == MembershipStatus.RETAINED.value else JOINING_BASES
    may_not = tuple(joining.check_enrolling_union(facts.signer, claims, bases))
    if may_not:
        yield from may_not
        return
    yield from joining.check_subject_is_new(facts)
    yield from duplicates.check_not_a_third(facts, person)
    yield from history.check_imported_status(claims)
    yield from duplicates.check_is_of_before(claims, question.today)
    yield from history.check_imported_retention(claims, question.today)
    yield from _what_an_enrolment_states(question)


def _what_an_enrolment_states(question: Join) -> Refusals:
    claims, facts, under = question.claims, question.facts, question.claims.object_name
    yield from joining.check_channel(claims)
    yield from joining.check_employer_named(claims, facts)
    yield from labour.check_employer_code(claims.employer_uscc, path=(under, "employer_uscc"))
    yield from joining.check_employer_without_union(claims, facts)
    yield from columns.check_not_in_future(claims.joined_on, question.today, path=(under, "joined_on"))
    yield from columns.check_not_in_future(
        claims.relation_started_on, question.today, path=(under, "relation_started_on")
    )
    yield from joining.check_joined_after_birth(claims, question.person)
    yield from columns.check_dues_month(
        claims.dues_paid_through,
        joined_on=claims.joined_on,
        today=question.today,
        policy=question.policy,
        path=(under, "dues_paid_through"),
    )
    yield from joining.check_certificate(claims, facts.scheme)
    if claims.certificate is not None:
        issued_on, path = claims.certificate.issued_on, (under, "certificate", "issued_on")
        yield from columns.check_not_in_future(issued_on, question.today, path=path)
    yield from joining.check_certificate_is_new(facts, claims)
    yield from printing.check_in_stock(facts.stock, (under, "certificate", "number"))


def merge(question: Merge) -> Refusals:
    """Rules of a holder's word on two memberships of one person. Source: A3, A11, A15."""
    claims, facts, own = question.claims, question.facts, question.facts.own
    yield from custody.check_signer_may_sign(facts.signer, holds=own is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(own, is_party=facts.is_party)
    if own is None:
        return
    yield from custody.check_membership_has_not_ended(own.status)
    yield from duplicates.check_is_one_of_a_pair(facts)
    if question.merge_sha256 is not None:
        yield from duplicates.check_merge_hash(claims, question.merge_sha256)


def merge_decision(question: MergeDecision) -> Refusals:
    """Rules of a decision between two holders. Source: A3, A15, HUB-P02, HUB-P09."""
    claims, facts, over = question.claims, question.facts, question.merge_sha256
    yield from custody.check_signer_may_sign(facts.signer, holds=False)
    yield from custody.check_signer_is_active(facts.signer)
    yield from duplicates.check_lies_with_signer(over)
    if over is not None:
        yield from duplicates.check_merge_hash(claims, over)


def before_an_amendment(facts: AmendmentFacts) -> Refusals:
    """Whether the signer may amend this membership at all. Source: A11, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(facts.membership, is_party=facts.is_party)


def amendment(question: Amendment) -> Refusals:
    """Rules of an amendment of a member's data. Source: A3, A5, A8, A11, A15, N2, NX-3."""
    claims, facts, membership = question.claims, question.facts, question.membership
    yield from before_an_amendment(facts)
    if membership is None:
        return
    yield from amending.check_not_ended(membership)
    yield from amending.check_card_not_released(question, membership)
    yield from amending.check_data_version(claims, membership)
    faulty = tuple(amending.check_fields(question))
    if faulty:
        # What is amended isn't known: what would follow speaks of nothing.
        yield from faulty
        return
    yield from amending.check_document_change(question, membership)
    yield from amending.check_document_is_nobody_elses(question, facts)
    yield from amending.check_amended_employer(question, membership, facts.employers)
    yield from labour.check_employer_code(claims.employer_uscc, path=("amendment", "employer_uscc"))
    yield from _dates_of_an_amendment(question, membership)
    yield from amending.check_amended_certificate(question, taken=facts.certificate_taken)
    yield from printing.check_in_stock(facts.stock, ("amendment", "certificate", "number"))


def _dates_of_an_amendment(question: Amendment, membership: HeldFacts) -> Refusals:
    claims, fields = question.claims, set(question.claims.fields)
    for name, day in (("joined_on", claims.joined_on), ("relation_started_on", claims.relation_started_on)):
        yield from columns.check_not_in_future(day, question.today, path=("amendment", name))
    if claims.certificate is not None:
        path = ("amendment", "certificate", "issued_on")
        yield from columns.check_not_in_future(claims.certificate.issued_on, question.today, path=path)
    if fields & {"joined_on", "birth_month"}:
        yield from amending.check_amended_joining(question, membership)
    yield from retaining.check_dues_not_exempt(question)
    yield from amending.check_amended_dues(question, membership)
    if fields & {"joined_on", "dues_paid_through"}:
        yield from columns.check_dues_month(
            question.after("dues_paid_through"),
            joined_on=question.after("joined_on"),
            today=question.today,
            policy=question.policy,
            path=("amendment", "dues_paid_through"),
        )


def before_a_release(facts: ReleaseFacts) -> Refusals:
    """Whether the signer may act on this membership at all. Source: A9, A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(
        facts.membership, is_party=facts.is_party, is_entrusted_host=facts.is_entrusted_host
    )


def before_a_request(facts: RequestFacts | MatchFacts, claims: acts.Request) -> Refusals:
    """Whether the signer may ask for anybody at all. Source: A12, A15, HUB-P09."""
    yield from pulling.check_requester(facts.signer, facts.employers, claims)


def request(question: Request, facts: RequestFacts) -> Refusals:
    """Rules of a request. Until the proof has matched, nothing is said of anybody. Source: A3, A12, A19, HUB-P15."""
    claims, target = question.claims, facts.target
    yield from before_a_request(facts, claims)
    if claims.reason_code == "SECONDMENT_RETURN":
        yield from _of_a_return(question, facts)
        return
    yield from pulling.check_consent(claims, question.today, policy=question.policy)
    yield from pulling.check_proof_given(facts.outcome)
    yield from pulling.check_not_frozen(facts.outcome)
    yield from pulling.check_certificate_is_good(facts.outcome)
    yield from pulling.check_proof_matches(facts)
    if target is None:
        return
    yield from pulling.check_not_held_here(target)
    yield from leaving.check_may_be_asked_for(claims, target)
    yield from pulling.check_no_open_case(target, question.now)
    yield from pulling.check_request_is_new(taken=facts.handoff_taken)
    yield from pulling.check_cited(claims, facts.cited, question.now)
    yield from pulling.check_reason(claims, of_external=facts.holder_is_external)
    yield from labour.check_employer_code(claims.employer_uscc, path=("request", "employer_uscc"))
    yield from pulling.check_relation_began(claims, question.today, target.employer_uscc)
    yield from placing.check_held_on(claims.reason_code, target.holding_basis, path=("request", "reason_code"))
    ground = Ground(
        claims.reason_code,
        Stated(new_employer=claims.employer_uscc, residence_refused=True),
        facts.place,
        target.residence,
        facts.signer.kind,
    )
    yield from placing.check_employer_unorganised(ground)
    yield from placing.check_area(ground)


def _of_a_return(question: Request, facts: RequestFacts) -> Refusals:
    """The home union asks for its member back: it needs neither proof nor consent. Source: A14, domain 4.5."""
    claims, target = question.claims, facts.target
    may_not = tuple(seconding.check_may_be_asked_back(facts.secondment, facts.signer.uri))
    if may_not:
        yield from may_not
        return
    yield from pulling.check_proof_matches(facts)  # drafted too long ago
    if target is None:
        return
    yield from pulling.check_no_open_case(target, question.now)
    yield from pulling.check_request_is_new(taken=facts.handoff_taken)
    yield from pulling.check_cited(claims, facts.cited, question.now)


def request_as_drafted(question: Request, facts: MatchFacts, cited: CitedFacts | None, *, is_proved: bool) -> Refusals:
    """Rules of a request as far as they ask nothing of the person looked for. Source: as of a request; HUB-P17."""
    claims = question.claims
    yield from before_a_request(facts, claims)
    yield from pulling.check_consent(claims, question.today, policy=question.policy)
    yield from pulling.check_proof_given("NONE" if is_proved else "MISSING")
    yield from pulling.check_within_limits(is_limited=facts.is_limited)
    yield from pulling.check_cited(claims, cited, question.now)
    yield from pulling.check_reason(claims, of_external=True)  # who holds is not known yet
    yield from labour.check_employer_code(claims.employer_uscc, path=("request", "employer_uscc"))
    yield from pulling.check_relation_began(claims, question.today, None)
    stated = Stated(new_employer=claims.employer_uscc, residence_refused=True)
    yield from placing.check_employer_unorganised(
        Ground(claims.reason_code, stated, facts.place, None, facts.signer.kind)
    )


def release(question: Release) -> Refusals:
    """Rules of the holder's release, pushed or in answer to a request. Source: A3, A12, A15, NX-3."""
    claims, facts, membership = question.claims, question.facts, question.membership
    yield from before_a_release(facts)
    if membership is None:
        return
    yield from custody.check_membership_has_not_ended(membership.status)
    yield from custody.check_membership_is_live(membership.status)
    yield from leaving.check_may_leave(claims, membership)
    yield from custody.check_no_open_handoff(membership, question.now)
    receiver = None if facts.receiver is None else facts.receiver.union_id
    yield from pulling.check_answers_the_request(membership, claims, receiver, question.now)
    yield from custody.check_version(
        membership,
        custody_version=claims.custody_version,
        prev_sha256=claims.prev_sha256,
        held_by=b64url(membership.held_by_sha256),
    )
    if claims.request_sha256 is None:
        yield from custody.check_handoff_is_new(taken=facts.handoff_taken)
    yield from seconding.check_goes_home(claims, facts)
    yield from labour.check_reason(claims)
    yield from pulling.check_answers_the_reason(membership, claims)
    yield from placing.check_held_on(claims.reason_code, membership.holding_basis, path=("release", "reason_code"))
    yield from pulling.check_consent_for(claims, question.today, policy=question.policy)
    yield from labour.check_correction_goes_back(claims, facts.receiver, membership.previous_union)
    yield from _facts_of_a_release(question)


def _facts_of_a_release(question: Release) -> Refusals:
    """What every release states, whoever signs it: relation, receiver, dates, dues, card."""
    claims, facts, membership = question.claims, question.facts, question.membership
    if membership is None:
        return
    yield from placing.check_placement_stated(claims)
    yield from placing.check_restores(claims, membership.status)
    yield from leaving.check_restored(claims, membership)
    yield from leaving.check_closure(claims)
    yield from labour.check_relation_ended(claims, membership.employer_uscc)
    yield from seconding.check_relation_goes_on(claims)
    yield from seconding.check_offer(
        claims, facts.receiver, facts.place, facts.holder_uri or facts.signer.uri, question.today
    )
    yield from placing.check_reemployed(claims)
    yield from leaving.check_retains(claims, membership, question.today, question.policy)
    yield from labour.check_awaited_employer(claims, membership.employer_uscc)
    yield from labour.check_employer_code(claims.new_employer_uscc, path=("release", "new_employer_uscc"))
    yield from labour.check_employer_code(claims.host_employer_uscc, path=("release", "host_employer_uscc"))
    yield from labour.check_receiver_known(facts.receiver)
    if facts.receiver is not None:
        ground = Ground(
            claims.reason_code,
            Stated.of(claims),
            facts.place,
            membership.residence,
            facts.receiver.kind,
            facts.receiver.employers,
            ("release",),
            in_custody=question.goes_into_custody,
        )
        yield from placing.check_employer_unorganised(ground)
        yield from placing.check_area(ground)
        yield from labour.check_receiver_may_hold(
            facts.receiver,
            claims,
            facts.holder_uri or facts.signer.uri,
            membership.employer_uscc,
            succeeds=facts.succeeds(claims.reason_code)
            and labour.is_of_its_sort(facts.receiver.kind, facts.signer.kind),
        )
    yield from columns.check_printed_date(
        claims.out_date, question.today, policy=question.policy, path=("release", "out_date")
    )
    yield from columns.check_release_follows_joining(claims.out_date, membership.joined_on)
    yield from leaving.check_leaves_after_retention(claims, membership)
    yield from columns.check_valid_until(claims.valid_until, question.today, policy=question.policy)
    yield from columns.check_dues_month(
        claims.dues_paid_through,
        joined_on=membership.joined_on,
        today=question.today,
        policy=question.policy,
        path=("release", "dues_paid_through"),
    )
    yield from leaving.check_exempt_since(claims, membership)
    yield from custody.check_card_hash(stated=claims.card_sha256, stored=question.card_sha256)


def before_a_release_in_lieu(facts: ReleaseFacts) -> Refusals:
    """Whether the case lies with the signer. Source: A11, A15, HUB-P02, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=False)
    yield from custody.check_signer_is_active(facts.signer)
    yield from pulling.check_higher_case(facts)


def release_in_lieu(question: Release, claims: acts.InLieuRelease) -> Refusals:
    """Rules of a release in the stead of a holder that has let a request lie. Source: A3, A12, NX-3, HUB-P02."""
    facts, membership = question.facts, question.membership
    yield from before_a_release_in_lieu(facts)
    if membership is None:
        return
    yield from custody.check_membership_is_live(membership.status)
    yield from leaving.check_may_leave(claims, membership)
    if membership.named is None:
        receiver = None if facts.receiver is None else facts.receiver.union_id
        yield from custody.check_no_open_handoff(membership, question.now)
        yield from pulling.check_answers_the_request(membership, claims, receiver, question.now)
        yield from custody.check_handoff_is_new(taken=facts.handoff_taken)
        yield from pulling.check_pushed_in_lieu(facts, claims)
    else:
        yield from pulling.check_in_lieu_names(facts, claims, question.now)
    yield from custody.check_version(
        membership,
        custody_version=claims.custody_version,
        prev_sha256=claims.prev_sha256,
        held_by=b64url(membership.held_by_sha256),
    )
    yield from seconding.check_goes_home(claims, facts)
    yield from pulling.check_in_lieu_ground(claims)
    unlisted = tuple(labour.check_reason_listed(claims))
    yield from unlisted or labour.check_reason_text(claims)
    if membership.named is None:
        yield from placing.check_held_on(claims.reason_code, membership.holding_basis, path=("release", "reason_code"))
        yield from pulling.check_consent_for(claims, question.today, policy=question.policy)
        yield from labour.check_correction_goes_back(claims, facts.receiver, membership.previous_union)
    yield from _facts_of_a_release(question)


def before_an_external_release(facts: ReleaseFacts) -> Refusals:
    """Whether the signer has asked for a member whom a union outside the hub holds. Source: A11, A15, A25."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_tie_to_member(facts.membership, is_party=False)


def external_release(question: Release, claims: acts.ExternalRelease) -> Refusals:
    """Rules of what the paper of a holder outside the hub says, signed by who asked. Source: A3, A12, A25, NX-3."""
    facts, membership = question.facts, question.membership
    yield from before_an_external_release(facts)
    if membership is None:
        return
    # Nobody is retained there, and the reason is that of the request, which has been looked at.
    yield from pulling.check_external_names(facts, claims, question.now)
    yield from custody.check_version(
        membership,
        custody_version=claims.custody_version,
        prev_sha256=claims.prev_sha256,
        held_by=b64url(membership.held_by_sha256),
    )
    yield from labour.check_reason_text(claims)
    yield from labour.check_correction_goes_back(claims, facts.receiver, membership.previous_union)
    yield from _facts_of_a_release(question)


def before_a_case(
    facts: CaseFacts, *, otherwise: Code = Code.MEMBER_NOT_FOUND_OR_NOT_HELD, accepting: bool = False
) -> Refusals:
    """Whether the signer may act on this case at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.holds or _is_chosen(facts.handoff))
    yield from custody.check_signer_is_active(facts.signer)
    if accepting:
        yield from custody.check_signer_takes_in(facts.signer)
    yield from custody.check_tie_to_case(facts.handoff, otherwise=otherwise)


def _is_chosen(handoff: HandoffFacts | None) -> bool:
    """Whether the member comes to the signer as to no employer's union: by choice (A7), back, or into custody (P09).

    Or whether the signer takes another's place, which may have been such a one (P09).
    """
    if handoff is None or handoff.side != Side.RECEIVER:
        return False
    receivers = {Receiver.CHOSEN, Receiver.BEFORE, Receiver.HOME}
    is_taken_over = handoff.stated.in_custody or handoff.reason_code == REORGANISED
    return is_taken_over or REASONS[handoff.reason_code].receiver in receivers


def _on_a_case(
    question: Case, claims: acts.Acceptance | acts.Refusal | acts.Recall, side: Side, *, accepting: bool
) -> Refusals:
    """What acceptance, refusal and recall share: up to the bound hash."""
    handoff = question.handoff
    yield from before_a_case(question.facts, accepting=accepting and side is Side.RECEIVER)
    if handoff is None:
        return
    yield from custody.check_case_is_open(handoff, question.now, accepting=accepting)
    yield from custody.check_side(handoff, side)
    yield from custody.check_step_is_legal(handoff, claims.act, side, question.now)
    yield from custody.check_release_hash(handoff, claims)


def _on_a_request(question: Case, claims: acts.Objection | acts.Cancellation, side: Side) -> Refusals:
    """What objection and cancellation share: up to the bound hash."""
    handoff = question.handoff
    yield from before_a_case(question.facts)
    if handoff is None:
        return
    yield from custody.check_case_is_open(handoff, question.now, accepting=False)
    yield from custody.check_side(handoff, side)
    yield from custody.check_step_is_legal(handoff, claims.act, side, question.now)
    yield from pulling.check_request_hash(handoff, claims)


def objection(question: Case, claims: acts.Objection) -> Refusals:
    """Rules of the holder's objection to a request. Source: A12, A4."""
    yield from _on_a_request(question, claims, Side.HOLDER)
    if question.handoff is not None:
        yield from pulling.check_objection_ground(claims)


def cancellation(question: Case, claims: acts.Cancellation) -> Refusals:
    """Rules of the cancellation of a request by who asked. Source: A12."""
    yield from _on_a_request(question, claims, Side.RECEIVER)


def dismissal(question: Case, claims: acts.Dismissal) -> Refusals:
    """Rules of a dismissal by the union above the holder. Source: A12, HUB-P02."""
    handoff = question.handoff
    if handoff is not None and handoff.side != Side.HIGHER:
        handoff = None  # a party to the case is no union above it, and is told what a stranger is
    facts = replace(question.facts, handoff=handoff)
    yield from before_a_case(facts, otherwise=Code.NO_CASE_FOR_HIGHER_UNION)
    if handoff is None:
        return
    yield from custody.check_case_is_open(handoff, question.now, accepting=False)
    yield from custody.check_step_is_legal(handoff, claims.act, Side.HIGHER, question.now)
    yield from pulling.check_request_hash(handoff, claims)
    yield from pulling.check_objection_ground(claims)


def acceptance(question: Case, claims: acts.Acceptance) -> Refusals:
    """Rules of an acceptance that leave the handoff as it is. Source: A3, A12, NX-3."""
    yield from _on_a_case(question, claims, Side.RECEIVER, accepting=True)
    yield from _what_an_acceptance_states(question, claims)


def external_acceptance(question: Case, claims: acts.ExternalAcceptance) -> Refusals:
    """Rules of what the paper of a receiver outside the hub says, signed by who released. Source: A3, A12, A25."""
    yield from _on_a_case(question, claims, Side.HOLDER, accepting=True)
    if question.handoff is not None:
        yield from labour.check_receiver_is_external(question.handoff)
    yield from _what_an_acceptance_states(question, claims)


def _what_an_acceptance_states(question: Case, claims: acts.Acceptance) -> Refusals:
    handoff = question.handoff
    if handoff is None or handoff.dues_paid_through is None:
        return
    yield from labour.check_relation_began(claims, question.today, handoff)
    yield from labour.check_employer_code(claims.employer_uscc, path=("acceptance", "employer_uscc"))
    yield from labour.check_basis(claims, handoff)
    yield from columns.check_printed_date(
        claims.in_date, question.today, policy=question.policy, path=("acceptance", "in_date")
    )
    yield from columns.check_intake_follows_release(claims.in_date, handoff.out_date)
    restored_on = claims.in_date if handoff.stated.restores else None
    yield from columns.check_next_dues_month(claims.next_dues_month, handoff.dues_paid_through, restored_on)


def second_check(handoff: HandoffFacts, today: date) -> Refusals:
    """The facts once more, at the receipt of the acceptance (domain 3.0): whoever fails here has the handoff VOIDED."""
    yield from custody.check_membership_is_live(handoff.status)
    yield from custody.check_custody_unmoved(handoff)
    if handoff.reason_code == "SECONDMENT":
        yield from seconding.check_lasts_still(handoff.stated, today)
    # Of an employer's union its own acceptance answers for who is employed where; of an area the facts do.
    ground = Ground(handoff.reason_code, handoff.stated, handoff.place, handoff.residence, handoff.receiver_kind)
    if REASONS[handoff.reason_code].area is not None and handoff.reason_code != leaving.CLOSURE:
        yield from placing.check_employer_unorganised(ground)
        yield from placing.check_area(ground)
    yield from labour.check_receiver_still_holds(handoff)


def refusal(question: Case, claims: acts.Refusal) -> Refusals:
    """Rules of a refusal. Source: A12, A4, A7."""
    yield from _on_a_case(question, claims, Side.RECEIVER, accepting=False)
    if question.handoff is not None:
        handoff = question.handoff
        in_custody = handoff.stated.in_custody
        yield from labour.check_ground(claims.ground, handoff.reason_code, question.policy, in_custody=in_custody)


def recall(question: Case, claims: acts.Recall) -> Refusals:
    """Rules of a recall. Source: A12."""
    yield from _on_a_case(question, claims, Side.HOLDER, accepting=False)
    if question.handoff is not None:
        yield from pulling.check_recalls_own_release(question.handoff)


def union_registration(
    question: Registration, claims: acts.UnionRegistration, *, wrong_codes: tuple[str, ...]
) -> Refusals:
    """Rules of a union's registration. Source: domain 4.1, 5.1, A15."""
    yield from registration.check_next_higher(claims, question.facts)
    yield from registration.check_union_is_new(question.facts)
    yield from registration.check_codes(claims, wrong=wrong_codes)
    yield from registration.check_makeup(claims, question.facts)
    yield from registration.check_listed_unions(claims, question.facts)


def union_amendment(
    claims: acts.UnionAmendment, facts: UnionAmendmentFacts, *, amended: tuple[str, ...], wrong_codes: tuple[str, ...]
) -> Refusals:
    """Rules of an amendment of a union. Source: domain 4.1, 5.1, A15."""
    yield from registration.check_union_known(facts)
    yield from amending.check_amended_by_next_higher(facts)
    if facts.about_union is None:
        return
    yield from amending.check_union_version(claims, facts)
    yield from amending.check_something_amended(claims, amended)
    yield from amending.check_amended_codes(wrong=wrong_codes)
    yield from amending.check_amended_makeup(claims, facts)
    yield from amending.check_amended_unions(claims, facts)


def key_registration(question: Registration) -> Refusals:
    """Rules of a key's registration. Source: domain 5.1, NX-7."""
    yield from registration.check_own_or_next_higher(question.facts)
    yield from registration.check_union_known(question.facts)
    yield from registration.check_acts_in_the_hub(question.facts)
    yield from registration.check_key_proof(proof_is_good=question.proof_is_good)
    yield from registration.check_key_is_new(question.facts)


def key_end(question: Registration, *, invalid_from: datetime | None) -> Refusals:
    """Rules of a key's retirement or revocation. Source: domain 5.1, NX-7."""
    yield from registration.check_own_or_next_higher(question.facts)
    yield from registration.check_union_known(question.facts)
    yield from registration.check_key_may_end(question.facts, invalid_from=invalid_from)
