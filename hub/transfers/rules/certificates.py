"""Certificates: issued, reported lost, found, reissued, collected, declared void; and numbered (N2–N6, NX-7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from hub.errors import Code, Refusal
from hub.transfers.certificates import COLLECTED_AFTER
from hub.transfers.kinds import MembershipStatus, UnionKind, UnionState
from hub.transfers.machines import CERTIFICATE, START, CertificateState, HandoffState, Side
from hub.transfers.rules import columns, custody
from hub.transfers.rules.codes import InvalidValue, is_province_code, normalise_certificate_number
from hub.transfers.rules.days import day_of
from hub.transfers.rules.numbering import CHECK_RULES, is_pattern
from hub.transfers.rules.pulling import check_consented
from hub.transfers.words import in_chinese, listed_in_chinese

if TYPE_CHECKING:
    from datetime import date

    from federation import acts_certificates as acts
    from federation.act import Certificate
    from hub.transfers.certificates import CertificateFacts
    from hub.transfers.facts import HeldFacts, SignerFacts
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "Certifying",
    "check_card_is_not_released",
    "check_day_of_issue",
    "check_is_the_members",
    "check_is_the_province",
    "check_no_fee",
    "check_number",
    "check_reason_of_reissue",
    "check_report",
    "check_scheme",
    "check_status",
    "check_step",
    "check_versions",
    "is_collection",
    "is_loss",
    "is_reissue",
    "target_of",
]

#: NX-3, NX-7: why another certificate takes the place of one, and in which state this one is.
REISSUED: dict[str, CertificateState] = {
    "LOST": CertificateState.LOST,
    "DAMAGED": CertificateState.VALID,
    "FULL": CertificateState.VALID,
    "CORRECTED": CertificateState.VALID,
}


def issues(claims: acts.CertificateAct) -> TypeGuard[acts.CertificateIssue | acts.CertificateReissue]:
    """Whether the act gives out a certificate."""
    return claims.act in {"issue_certificate", "reissue_certificate"}


def is_reissue(claims: acts.CertificateAct) -> TypeGuard[acts.CertificateReissue]:
    """Whether it takes the place of another one."""
    return claims.act == "reissue_certificate"


def is_loss(claims: acts.CertificateAct) -> TypeGuard[acts.CertificateLoss]:
    """Whether a loss is recorded."""
    return claims.act == "record_loss"


def is_collection(claims: acts.CertificateAct) -> TypeGuard[acts.CertificateCollection]:
    """Whether a certificate is taken back."""
    return claims.act == "collect_certificate"


@dataclass(frozen=True, slots=True)
class Certifying:
    """An act on a certificate before the rules."""

    claims: acts.CertificateAct
    facts: CertificateFacts

    @property
    def today(self) -> date:
        """The day of receipt, in Shanghai."""
        return day_of(self.facts.signer.now)

    @property
    def policy(self) -> Policy:
        """The holder's, in force at that time."""
        return self.facts.signer.policy

    @property
    def issued(self) -> Certificate | None:
        """The certificate that the act issues, if it does."""
        is_issuing = issues(self.claims)
        return self.claims.certificate if is_issuing else None

    @property
    def subject(self) -> tuple[str, str]:
        """The certificate whose state the act changes: of a reissue the one that is replaced."""
        claims = self.claims
        named = claims.supersedes if is_reissue(claims) else claims.certificate
        return named.province_code, named.number

    @property
    def state(self) -> str:
        """Where that one stands; of an issue, the one that the member has, if any. START: there is none."""
        if self.claims.act == "issue_certificate":
            held = self.facts.latest(CertificateState.VALID, CertificateState.LOST)
            return START if held is None else self.facts.state_of(held) or START
        return self.facts.state_of(self.subject) or START


def target_of(question: Certifying) -> str:
    """Give the state in which the act leaves the certificate. Refuses: STEP_NOT_ALLOWED."""
    return CERTIFICATE.step(question.state, question.claims.act, Side.HOLDER).target


def check_status(claims: acts.CertificateAct, membership: HeldFacts) -> Refusals:
    """Certificates are those of a membership that has not ended; what was issued may be collected, or void, later.

    One that stands still as a suspected duplicate gets none. Source: A5, A3, A8, N6
    """
    if claims.act in {"collect_certificate", "void_certificate"}:
        return
    yield from custody.check_membership_has_not_ended(membership.status)
    if issues(claims):
        yield from custody.check_membership_is_live(membership.status)


def check_card_is_not_released(question: Certifying, membership: HeldFacts) -> Refusals:
    """While a release is open its card is bound, so that no other number becomes the member's. A loss waits for nobody.

    Source: HUB-P04
    """
    standing = membership.standing(question.facts.signer.now)
    is_given = issues(question.claims) or question.claims.act == "recover_certificate"
    if is_given and standing is not None and standing.state is HandoffState.RELEASED:
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_versions(claims: acts.CertificateAct, membership: HeldFacts) -> Refusals:
    """An act names custody and data as they stand: of two drafted at once the second is void. Source: HUB-P17."""
    for name in ("custody_version", "data_version"):
        if getattr(claims, name) != getattr(membership, name):
            yield Refusal(Code.STALE_VERSION, path=(claims.object_name, name))
            return


def check_reason_of_reissue(claims: acts.CertificateReissue) -> Refusals:
    """Another certificate is issued for one that is lost, damaged, full or wrong. Source: HUB-P17 (NX-3, NX-7)."""
    if claims.reason not in REISSUED:
        path = (claims.object_name, "reason")
        allowed, allowed_zh = ", ".join(sorted(REISSUED)), listed_in_chinese(REISSUED)
        yield Refusal(Code.REASON_NOT_ALLOWED, path=path, allowed=allowed, allowed_zh=allowed_zh)


def check_is_the_members(question: Certifying) -> Refusals:
    """The certificate named is one of this member's. Source: NX-7 (3): nobody uses another's."""
    if question.claims.act != "issue_certificate" and question.state == START:
        name = "supersedes" if is_reissue(question.claims) else "certificate"
        yield Refusal(
            Code.INPUT_INVALID,
            path=(question.claims.object_name, name),
            why_zh="该会员没有此会员证",
            why_en="this member has no such certificate",
        )


def check_step(question: Certifying, membership: HeldFacts) -> Refusals:
    """The machine knows the step (3.7), and no member has two valid certificates (I15). Source: HUB-P17."""
    claims, state = question.claims, question.state
    if state == START and claims.act != "issue_certificate":
        return  # it is none of the member's, and that was said
    try:
        target = target_of(question)
    except Refusal as refusal:
        yield refusal
        return
    is_other = is_reissue(claims) and REISSUED.get(claims.reason, state) != state
    gives = question.issued is not None or target == CertificateState.VALID
    is_second = gives and question.facts.current not in {None, question.subject}
    ends_too_early = is_collection(claims) and MembershipStatus(membership.status) not in COLLECTED_AFTER
    if is_other or is_second or ends_too_early:
        yield Refusal(Code.STEP_NOT_ALLOWED, state=state, state_zh=in_chinese(state))


def check_report(claims: acts.CertificateLoss, today: date, *, policy: Policy) -> Refusals:
    """A loss is the member's to report, and the union's statement says when and how. Source: HUB-P15 (NX-7)."""
    yield from check_consented(claims.consent, today, policy=policy, path=(claims.object_name, "consent"))


def check_day_of_issue(question: Certifying, issued: Certificate, membership: HeldFacts) -> Refusals:
    """A certificate is issued on a day that has come, and not before the joining. Source: NX-3, N6."""
    path = (question.claims.object_name, "certificate", "issued_on")
    yield from columns.check_not_in_future(issued.issued_on, question.today, path=path)
    if issued.issued_on is not None and issued.issued_on < membership.joined_on:
        yield Refusal(
            Code.INPUT_INVALID,
            path=path,
            why_zh="发证日期早于入会时间",
            why_en="the certificate is dated before the joining",
        )


def check_no_fee(claims: acts.CertificateAct) -> Refusals:
    """A member pays nothing for a certificate, the first or another. Source: N5."""
    if issues(claims) and claims.fee != 0:
        yield Refusal(Code.FEE_NOT_ALLOWED, path=(claims.object_name, "fee"))


def check_number(question: Certifying, issued: Certificate) -> Refusals:
    """It has the form that the issuing union's province prescribes, and nobody has, or had, the same. Source: N2."""
    facts, path = question.facts, (question.claims.object_name, "certificate")
    try:
        well_formed = normalise_certificate_number(issued.number) == issued.number
    except InvalidValue:
        well_formed = False
    is_own_province = facts.signer_province in {None, issued.province_code}
    fits = facts.scheme is None or facts.scheme.fits(issued.number)
    if not (well_formed and is_own_province and fits and is_province_code(issued.province_code)):
        yield Refusal(Code.CERTIFICATE_NUMBER_FORMAT, path=path)
    if facts.is_taken or facts.state_of((issued.province_code, issued.number)) is not None:
        yield Refusal(Code.CERTIFICATE_NUMBER_DUPLICATE, path=(*path, "number"))


def check_is_the_province(
    claims: acts.NumberingScheme, signer: SignerFacts, *, is_self: bool, province: str | None
) -> Refusals:
    """What is a province's to lay down its own federation does. Source: N4."""
    if signer.kind != UnionKind.PROVINCIAL_FEDERATION or not is_self or claims.province_code != province:
        yield Refusal(Code.NOT_PROVINCIAL_FEDERATION)
    if signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_scheme(claims: acts.NumberingScheme, today: date) -> Refusals:
    """A scheme is one that the hub can apply, and applies to nothing of the past. Source: HUB-P17 (N2)."""
    wrong = {
        "pattern": (not is_pattern(claims.pattern), "编号规则不能使用", "no pattern that the hub can apply"),
        "check": (claims.check not in {None, *CHECK_RULES}, "没有此校验规则", "no such rule of the last character"),
        "from_on": (claims.from_on < today, "不能追溯适用", "it applies to nothing before today"),
    }
    for name, (is_wrong, why_zh, why_en) in wrong.items():
        if is_wrong:
            yield Refusal(Code.INPUT_INVALID, path=("scheme", name), why_zh=why_zh, why_en=why_en)
