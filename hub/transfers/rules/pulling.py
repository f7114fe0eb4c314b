"""The pull (A12, A19; HUB-P02, P13–P15): who may ask for a member, with what proof, and what the holder may object."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from federation.encoding import b64url
from hub.errors import Code, Refusal
from hub.transfers.kinds import FEDERATION_KINDS, UnionKind, UnionState
from hub.transfers.machines import OPEN_STATES, HandoffState
from hub.transfers.rules.days import day_of, end_of
from hub.transfers.rules.reasons import (
    CORRECTION,
    EMPLOYER_UNION_KINDS,
    INADMISSIBLE_GROUNDS,
    INADMISSIBLE_REASONS,
    OBJECTION_GROUNDS,
    REASONS,
    RECEIVER_KINDS,
    Receiver,
    Relation,
)
from hub.transfers.rules.standing import standing_at
from hub.transfers.words import in_chinese, listed_in_chinese

if TYPE_CHECKING:
    from datetime import date, datetime

    from federation import acts
    from federation.act import Consent
    from hub.transfers.facts import (
        CitedFacts,
        HandoffFacts,
        MembershipFacts,
        ReleaseFacts,
        RequestFacts,
        SignerFacts,
        TargetFacts,
    )
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "CONSENT_FORMS",
    "check_answers_the_reason",
    "check_answers_the_request",
    "check_certificate_is_good",
    "check_cited",
    "check_consent",
    "check_consent_for",
    "check_consented",
    "check_external_names",
    "check_higher_case",
    "check_in_lieu_ground",
    "check_in_lieu_names",
    "check_no_open_case",
    "check_not_frozen",
    "check_not_held_here",
    "check_objection_ground",
    "check_proof_given",
    "check_proof_matches",
    "check_pushed_in_lieu",
    "check_reason",
    "check_recalls_own_release",
    "check_relation_began",
    "check_request_hash",
    "check_request_is_new",
    "check_requester",
    "check_within_limits",
    "opens_escalated",
]

#: How a member may consent, or report.
CONSENT_FORMS = frozenset({"WRITTEN", "IN_PERSON", "ELECTRONIC"})
_TARGETS = {HandoffState.OBJECTED: True, HandoffState.LAPSED: False}


def check_requester(signer: SignerFacts, employers: frozenset[str], claims: acts.Request) -> Refusals:
    """Who asks is the new employer's union, or one that the reason names, and active: a branch never signs.

    A federation holds whom it enrolled, and who has chosen it (A7).
    Source: A7, A12, A13, A15, HUB-P09
    """
    reason = REASONS.get(claims.reason_code)
    rule = Receiver.EMPLOYER if reason is None else reason.receiver
    # A placement ends with the union of the employer awaited; else whether it is the employer's, a union answers for.
    answers_for_itself = signer.kind in EMPLOYER_UNION_KINDS and not (reason is not None and reason.to_awaited)
    if signer.kind == UnionKind.MEMBER_UNIT_BRANCH:
        yield Refusal(Code.ISSUER_IS_JOINT_UNION)
    elif signer.kind in FEDERATION_KINDS and rule not in {Receiver.CHOSEN, Receiver.HOME, Receiver.BEFORE}:
        yield Refusal(Code.ISSUER_IS_GRASSROOTS_UNION)
    elif signer.kind not in RECEIVER_KINDS[rule]:
        yield Refusal(Code.RECEIVER_KIND_NOT_ALLOWED if rule is Receiver.AREA else Code.RECEIVER_CANNOT_HOLD)
    elif rule is Receiver.EMPLOYER and not (claims.employer_uscc in employers or answers_for_itself):
        yield Refusal(Code.RECEIVER_CANNOT_HOLD)
    if signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_consent(claims: acts.Request, today: date, *, policy: Policy) -> Refusals:
    """The member has consented, in one of three forms and not too long ago. Asked before the match. Source: HUB-P15."""
    yield from check_consented(claims.consent, today, policy=policy, path=("request", "consent"))


def check_consent_for(claims: acts.Release, today: date, *, policy: Policy) -> Refusals:
    """A release that rests on the member's choice has the consent, where no request has brought it. Source: HUB-P15."""
    reason = REASONS.get(claims.reason_code)
    if reason is not None and reason.needs_consent and claims.request_sha256 is None:
        yield from check_consented(claims.consent, today, policy=policy, path=("release", "consent"))


def check_consented(consent: Consent | None, today: date, *, policy: Policy, path: tuple[str, ...]) -> Refusals:
    """What a union says of a member's consent is enough, by its own policy. Source: HUB-P15."""
    if consent is None:
        yield Refusal(Code.MEMBER_CONSENT_REQUIRED, path=path)
    elif consent.form not in CONSENT_FORMS:
        yield Refusal(Code.MEMBER_CONSENT_REQUIRED, path=(*path, "form"))
    elif not today - timedelta(days=policy.consent_days_max) <= consent.given_on <= today:
        yield Refusal(Code.MEMBER_CONSENT_REQUIRED, path=(*path, "given_on"))


def check_within_limits(*, is_limited: bool) -> Refusals:
    """How often one may look for people is bounded, whatever was found. Source: HUB-P17 (domain 5.3)."""
    if is_limited:
        yield Refusal(Code.RATE_LIMITED)


def check_proof_given(outcome: str) -> Refusals:
    """A certificate, a card or an ID number proves the membership. Source: A12, A5."""
    if outcome == "MISSING":
        yield Refusal(Code.PROOF_OF_MEMBERSHIP_MISSING)


def check_not_frozen(outcome: str) -> Refusals:
    """A suspected duplicate does not move, and who has proved it is told so. Source: A3, A8."""
    if outcome == "FROZEN":
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)


def check_certificate_is_good(outcome: str) -> Refusals:
    """A certificate that was lost, replaced or void proves nothing; it is told where all else fits. Source: NX-7."""
    if outcome == "NOT_VALID":
        yield Refusal(Code.CERTIFICATE_NOT_VALID)


def check_proof_matches(facts: RequestFacts) -> Refusals:
    """Proof, name and birth month name one live membership; every other case is told in the same words.

    Source: A12, domain 5.3
    """
    if facts.outcome not in {"MISSING", "FROZEN", "NOT_VALID"} and facts.target is None:
        yield Refusal(Code.PROOF_OF_MEMBERSHIP_MISMATCH)


def check_not_held_here(target: TargetFacts) -> Refusals:
    """Whom a union holds it need not ask for. Source: A3."""
    if target.is_held_here:
        yield Refusal(
            Code.INPUT_INVALID, path=("sub",), why_zh="会籍已由本会管理", why_en="your union already holds this member"
        )


def check_no_open_case(target: TargetFacts, now: datetime) -> Refusals:
    """At most one handoff is open per membership, whoever asked first. Source: HUB-P04."""
    if target.open_handoff is None or target.open_state is None:
        return
    standing = standing_at(target.open_state, target.open_deadline, target.open_then, now)
    if standing.state in OPEN_STATES:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN)


def check_request_is_new(*, taken: bool) -> Refusals:
    """A handoff's id is the draft's new one. Source: HUB-P17."""
    if taken:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("request", "handoff_id"),
            why_zh="接转编号已被使用",
            why_en="this handoff id is already in use",
        )


def check_reason(claims: acts.Request, *, of_external: bool) -> Refusals:
    """One asks for a listed reason. Source: A12, A14, A3, A25.

    Takes: `of_external`, whether the holder is outside the hub, or may be: who was sent there by mistake is asked back.
    """
    if of_external and claims.reason_code == CORRECTION:
        return
    open_here = [name for name, reason in REASONS.items() if reason.may_be_asked]
    if claims.reason_code not in open_here:
        code = INADMISSIBLE_REASONS.get(claims.reason_code, Code.REASON_NOT_ALLOWED)
        yield Refusal(
            code, path=("request", "reason_code"), allowed=", ".join(open_here), allowed_zh=listed_in_chinese(open_here)
        )


def check_relation_began(claims: acts.Request, today: date, employer_uscc: str | None) -> Refusals:
    """The member works for the employer named, which is not the one he comes from. Source: A3, A13, A20."""
    if claims.relation_started_on > today:
        yield Refusal(
            Code.NO_LABOUR_RELATION_YET,
            path=("request", "relation_started_on"),
            possible_from=end_of(claims.relation_started_on - timedelta(days=1)),
        )
        return
    reason = REASONS.get(claims.reason_code)
    if reason is not None and reason.relation is not Relation.ENDED:
        return
    if employer_uscc is not None and claims.employer_uscc == employer_uscc:
        yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("request", "employer_uscc"))


def check_cited(claims: acts.Request, cited: CitedFacts | None, now: datetime) -> Refusals:
    """What a request cites is an objection to an earlier one of this union's, or its request that lapsed.

    Source: HUB-P13, HUB-P14
    """
    if claims.appeals_sha256 is not None and (cited is None or not _may_be_cited(cited, now)):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("request", "appeals_sha256"))


def _may_be_cited(cited: CitedFacts, now: datetime) -> bool:
    state = standing_at(cited.state, cited.deadline, cited.then_deadline, now).state
    return _TARGETS.get(state) is cited.by_objection


def opens_escalated(claims: acts.Request, cited: CitedFacts | None, now: datetime) -> bool:
    """Whether a request begins with the union above the holder: an appeal in time, or the next after a lapse.

    An objection that is cited too late leaves an ordinary request, and so does what an earlier holder did or left
    undone: the present one has not been asked. Source: HUB-P13, HUB-P14
    """
    if claims.appeals_sha256 is None or cited is None or not cited.is_of_this_custody:
        return False
    if not cited.by_objection:
        return True
    return cited.closed_at is not None and day_of(now) <= day_of(cited.closed_at) + timedelta(days=cited.appeal_days)


def check_request_hash(handoff: HandoffFacts, claims: acts.Objection | acts.Cancellation | acts.Dismissal) -> Refusals:
    """The request is bound by its hash (I6). Source: HUB-P17."""
    if handoff.request_sha256 is None or claims.request_sha256 != b64url(handoff.request_sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "request_sha256"))


def check_objection_ground(claims: acts.Objection | acts.Dismissal) -> Refusals:
    """A holder lets go unless one of the listed grounds stands; arrears are none. Source: A12, A4."""
    if claims.ground not in OBJECTION_GROUNDS:
        code = INADMISSIBLE_GROUNDS.get(claims.ground, Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED)
        # What is no ground to refuse for want of a contract is none to withhold a release either.
        code = Code.RELEASE_WITHHELD_GROUND_NOT_ALLOWED if code is Code.CONTRACT_NOT_REQUIRED else code
        yield Refusal(
            code,
            path=(claims.object_name, "ground"),
            allowed=", ".join(sorted(OBJECTION_GROUNDS)),
            allowed_zh=listed_in_chinese(OBJECTION_GROUNDS),
        )


def check_in_lieu_ground(claims: acts.InLieuRelease) -> Refusals:
    """Who releases in lieu states why, by a code; the six of article 4 are no reason for anything. Source: A4."""
    if INADMISSIBLE_GROUNDS.get(claims.ground) is Code.DISCRIMINATORY_GROUND:
        yield Refusal(Code.DISCRIMINATORY_GROUND, path=("release", "ground"))


def check_higher_case(facts: ReleaseFacts) -> Refusals:
    """Only the union above the holder, and only once the case lies with it; else as if there were none.

    Source: HUB-P02, A11
    """
    if facts.membership is None:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_answers_the_request(
    membership: MembershipFacts, claims: acts.Release, receiver: object, now: datetime
) -> Refusals:
    """A release answers the request that is open, if it goes to who asked; one that names a request answers that one.

    Source: HUB-P04, HUB-P17
    """
    named = membership.named
    if named is not None and claims.request_sha256 is not None:
        state = standing_at(named.state, named.deadline, named.then_deadline, now).state
        if state not in OPEN_STATES:
            yield Refusal(Code.HANDOFF_NOT_OPEN, state=state.value, state_zh=in_chinese(state))
            return
    path = ("release", "request_sha256")
    asked = membership.asked(now)
    if asked is None or asked.to_union != receiver:
        if claims.request_sha256 is not None:
            yield Refusal(Code.DOCUMENT_TAMPERED, path=path)
    elif claims.request_sha256 is None or claims.handoff_id != membership.open_handoff:
        # It was drafted before the request came, or for another one.
        yield Refusal(Code.STALE_VERSION, path=("release", "handoff_id"))
    elif asked.request_sha256 is None or claims.request_sha256 != b64url(asked.request_sha256):
        yield Refusal(Code.DOCUMENT_TAMPERED, path=path)


def check_answers_the_reason(membership: MembershipFacts, claims: acts.Release) -> Refusals:
    """An answer states the reason that was asked for: both sides' rows and the column say one thing.

    Source: A12, HUB-P17
    """
    named = membership.named
    if claims.request_sha256 is not None and named is not None and claims.reason_code != named.reason_code:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=("release", "reason_code"))


def check_pushed_in_lieu(facts: ReleaseFacts, claims: acts.InLieuRelease) -> Refusals:
    """A release in lieu that nobody has asked for names no request, and the holder that is wound up.

    To a union outside the hub the holder itself lets go: who signs for that one is who has released.
    Source: A25, HUB-P09, HUB-P17
    """
    if facts.receiver is not None and facts.receiver.kind is UnionKind.EXTERNAL:
        yield Refusal(Code.RECEIVER_CANNOT_HOLD, path=("release", "receiving_union"))
    bound = {
        "request_sha256": claims.request_sha256 is None,
        "in_lieu_of": claims.in_lieu_of == facts.holder_uri,
        "articles": tuple(claims.articles) == ("HUB-P09",),
    }
    for name, is_right in bound.items():
        if not is_right:
            yield Refusal(Code.DOCUMENT_TAMPERED, path=("release", name))


def check_in_lieu_names(facts: ReleaseFacts, claims: acts.InLieuRelease, now: datetime) -> Refusals:
    """A release in lieu answers the escalated request: its hash, its receiver, its reason, the holder passed over.

    Source: HUB-P02, HUB-P17
    """
    yield from _answers(facts, claims, now, frozenset({HandoffState.ESCALATED}), "HUB-P02")


def check_external_names(facts: ReleaseFacts, claims: acts.ExternalRelease, now: datetime) -> Refusals:
    """What the paper of a union outside the hub says answers the signer's own request, and names that union.

    Source: A25, HUB-P17
    """
    yield from _answers(facts, claims, now, frozenset({HandoffState.REQUESTED, HandoffState.ESCALATED}), "A25")


def _answers(
    facts: ReleaseFacts,
    claims: acts.InLieuRelease | acts.ExternalRelease,
    now: datetime,
    open_in: frozenset[HandoffState],
    article: str,
) -> Refusals:
    membership, receiver = facts.membership, facts.receiver
    named = None if membership is None else membership.named
    if membership is None or named is None:
        return
    state = standing_at(named.state, named.deadline, named.then_deadline, now).state
    if state not in OPEN_STATES:
        yield Refusal(Code.HANDOFF_NOT_OPEN, state=state.value, state_zh=in_chinese(state))
    elif state not in open_in:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=state.value, state_zh=in_chinese(state))
    bound = {
        "request_sha256": named.request_sha256 is not None and claims.request_sha256 == b64url(named.request_sha256),
        "in_lieu_of": claims.in_lieu_of == facts.holder_uri,
        "receiving_union": receiver is not None and receiver.union_id == named.to_union,
        "reason_code": claims.reason_code == named.reason_code,
        "articles": tuple(claims.articles) == (article,),
    }
    for name, is_right in bound.items():
        if not is_right:
            yield Refusal(Code.DOCUMENT_TAMPERED, path=("release", name))


def check_recalls_own_release(handoff: HandoffFacts) -> Refusals:
    """What the union above released in lieu is not the holder's to recall. Source: HUB-P02."""
    if handoff.is_in_lieu and handoff.state == HandoffState.RELEASED:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=handoff.state, state_zh=in_chinese(handoff.state))
