"""The rules of each act in their order (domain 2.4): form and key come before, in `desk.opening`.

An act stops at the first refusal; a draft gives them all. Where the subject itself is out of reach the list ends: what
would follow speaks of nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.transfers.machines import Side
from hub.transfers.rules import columns, custody, joining, labour, registration

if TYPE_CHECKING:
    from datetime import datetime

    from federation import acts
    from hub.transfers.facts import CaseFacts, HandoffFacts, ReleaseFacts
    from hub.transfers.rules.questions import Case, Join, Refusals, Registration, Release

__all__ = [
    "acceptance",
    "before_a_case",
    "before_a_release",
    "join",
    "key_end",
    "key_registration",
    "recall",
    "refusal",
    "release",
    "second_check",
    "union_registration",
]


def join(question: Join) -> Refusals:
    """Rules of a join. Source: A2–A9, N2."""
    claims, facts, person = question.claims, question.facts, question.person
    may_not = tuple(joining.check_enrolling_union(facts.signer, claims.holding_basis))
    if may_not:
        # Who may not enrol on this basis has no question about a person to ask (domain 5.3).
        yield from may_not
        return
    yield from joining.check_subject_is_new(facts)
    yield from joining.check_not_yet_a_member(facts, by_id=person.id_number is not None)
    yield from joining.check_channel(claims.channel)
    yield from joining.check_employer_named(claims, facts)
    yield from labour.check_employer_code(claims.employer_uscc, path=("join", "employer_uscc"))
    yield from joining.check_employer_without_union(claims, facts)
    yield from columns.check_not_in_future(claims.joined_on, question.today, path=("join", "joined_on"))
    yield from columns.check_not_in_future(
        claims.relation_started_on, question.today, path=("join", "relation_started_on")
    )
    yield from joining.check_joined_after_birth(claims.joined_on, person)
    yield from columns.check_dues_month(
        claims.dues_paid_through, joined_on=claims.joined_on, today=question.today, path=("join", "dues_paid_through")
    )
    yield from joining.check_certificate(claims)
    if claims.certificate is not None:
        issued_on, path = claims.certificate.issued_on, ("join", "certificate", "issued_on")
        yield from columns.check_not_in_future(issued_on, question.today, path=path)
    yield from joining.check_certificate_is_new(facts)


def before_a_release(facts: ReleaseFacts) -> Refusals:
    """Whether the signer may act on this membership at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.membership is not None)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_member(facts.membership, is_party=facts.is_party)


def release(question: Release) -> Refusals:
    """Rules of a pushed release. Source: A3, A12, A15, NX-3."""
    claims, facts, membership = question.claims, question.facts, question.membership
    yield from before_a_release(facts)
    if membership is None:
        return
    yield from custody.check_membership_is_live(membership.status)
    yield from custody.check_no_open_handoff(membership, question.now)
    yield from custody.check_version(
        membership,
        custody_version=claims.custody_version,
        prev_sha256=claims.prev_sha256,
        held_by=b64url(membership.held_by_sha256),
    )
    yield from custody.check_handoff_is_new(taken=facts.handoff_taken)
    yield from custody.check_request_hash(claims.request_sha256)
    yield from labour.check_reason(claims)
    yield from labour.check_relation_ended(claims, membership.employer_uscc)
    yield from labour.check_employer_code(claims.new_employer_uscc, path=("release", "new_employer_uscc"))
    yield from labour.check_receiver_may_hold(facts.receiver, claims, facts.signer.uri)
    yield from columns.check_printed_date(claims.out_date, question.today, path=("release", "out_date"))
    yield from columns.check_release_follows_joining(claims.out_date, membership.joined_on)
    yield from columns.check_valid_until(claims.valid_until, question.today)
    yield from columns.check_dues_month(
        claims.dues_paid_through,
        joined_on=membership.joined_on,
        today=question.today,
        path=("release", "dues_paid_through"),
    )
    yield from custody.check_card_hash(stated=claims.card_sha256, stored=question.card_sha256)


def before_a_case(facts: CaseFacts) -> Refusals:
    """Whether the signer may act on this case at all. Source: A11, A12, A15, HUB-P09."""
    yield from custody.check_signer_may_sign(facts.signer, holds=facts.holds)
    yield from custody.check_signer_is_active(facts.signer)
    yield from custody.check_tie_to_case(facts.handoff)


def _on_a_case(
    question: Case, claims: acts.Acceptance | acts.Refusal | acts.Recall, side: Side, *, accepting: bool
) -> Refusals:
    """What acceptance, refusal and recall share: up to the bound hash."""
    handoff = question.handoff
    yield from before_a_case(question.facts)
    if handoff is None:
        return
    yield from custody.check_case_is_open(handoff, question.now, accepting=accepting)
    yield from custody.check_side(handoff, side)
    yield from custody.check_step_is_legal(handoff, claims.act, side)
    yield from custody.check_release_hash(handoff, claims)


def acceptance(question: Case, claims: acts.Acceptance) -> Refusals:
    """Rules of an acceptance that leave the handoff as it is. Source: A3, A12, NX-3."""
    yield from _on_a_case(question, claims, Side.RECEIVER, accepting=True)
    handoff = question.handoff
    if handoff is None:
        return
    yield from labour.check_relation_began(claims, question.today)
    yield from labour.check_employer_code(claims.employer_uscc, path=("acceptance", "employer_uscc"))
    yield from labour.check_basis(claims, handoff.reason_code)
    yield from columns.check_printed_date(claims.in_date, question.today, path=("acceptance", "in_date"))
    yield from columns.check_intake_follows_release(claims.in_date, handoff.out_date)
    yield from columns.check_next_dues_month(claims.next_dues_month, handoff.dues_paid_through)


def second_check(handoff: HandoffFacts) -> Refusals:
    """The facts once more, at the receipt of the acceptance (domain 3.0): whoever fails here has the handoff VOIDED."""
    yield from custody.check_membership_is_live(handoff.status)
    yield from custody.check_custody_unmoved(handoff)
    yield from labour.check_receiver_still_active(handoff.receiver_kind, handoff.receiver_state)


def refusal(question: Case, claims: acts.Refusal) -> Refusals:
    """Rules of a refusal. Source: A12, A4, A7."""
    yield from _on_a_case(question, claims, Side.RECEIVER, accepting=False)
    if question.handoff is not None:
        yield from labour.check_ground(claims.ground, question.handoff.reason_code)


def recall(question: Case, claims: acts.Recall) -> Refusals:
    """Rules of a recall. Source: A12."""
    yield from _on_a_case(question, claims, Side.HOLDER, accepting=False)


def union_registration(
    question: Registration, claims: acts.UnionRegistration, *, wrong_codes: tuple[str, ...]
) -> Refusals:
    """Rules of a union's registration. Source: domain 4.1, 5.1, A15."""
    yield from registration.check_next_higher(claims, question.facts)
    yield from registration.check_union_is_new(question.facts)
    yield from registration.check_codes(claims, wrong=wrong_codes)
    yield from registration.check_makeup(claims, question.facts)
    yield from registration.check_listed_unions(claims, question.facts)


def key_registration(question: Registration) -> Refusals:
    """Rules of a key's registration. Source: domain 5.1, NX-7."""
    yield from registration.check_own_or_next_higher(question.facts)
    yield from registration.check_union_known(question.facts)
    yield from registration.check_key_proof(proof_is_good=question.proof_is_good)
    yield from registration.check_key_is_new(question.facts)


def key_end(question: Registration, *, invalid_from: datetime | None) -> Refusals:
    """Rules of a key's retirement or revocation. Source: domain 5.1, NX-7."""
    yield from registration.check_own_or_next_higher(question.facts)
    yield from registration.check_union_known(question.facts)
    yield from registration.check_key_may_end(question.facts, invalid_from=invalid_from)
