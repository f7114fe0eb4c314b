"""Becoming a member (A2–A9): who may enrol, on which basis, and that one joins once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import JOINING_BASES, HoldingBasis, JoinChannel, UnionKind, UnionState
from hub.transfers.rules.codes import InvalidValue, is_province_code, normalise_certificate_number
from hub.transfers.rules.days import month_of
from hub.transfers.rules.policy import LIMITS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from federation import acts
    from hub.transfers.facts import JoinFacts, SignerFacts
    from hub.transfers.person import Person
    from hub.transfers.rules.numbering import Scheme
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_certificate",
    "check_certificate_is_new",
    "check_channel",
    "check_employer_named",
    "check_employer_without_union",
    "check_enrolling_union",
    "check_joined_after_birth",
    "check_not_yet_a_member",
    "check_subject_is_new",
]


def check_enrolling_union(
    signer: SignerFacts, claims: acts.Join, bases: Mapping[HoldingBasis, Collection[UnionKind]] = JOINING_BASES
) -> Refusals:
    """A union enrols on the bases that its kind may hold on, no other. Source: A2, A5, A6, A7, A9, A15, HUB-P09."""
    path = (claims.object_name, "holding_basis")
    holding_basis: str = claims.holding_basis
    if signer.kind == UnionKind.MEMBER_UNIT_BRANCH:
        yield Refusal(Code.ISSUER_IS_JOINT_UNION)
    elif holding_basis not in HoldingBasis.__members__ or HoldingBasis(holding_basis) not in bases:
        yield Refusal(
            Code.INPUT_INVALID,
            path=path,
            why_zh="不是入会时可用的管理依据",
            why_en="not a basis on which one joins",
        )
    elif signer.kind not in bases[HoldingBasis(holding_basis)]:
        yield Refusal(Code.JOIN_NOT_APPROVED_BY_UNION, path=path)
    if signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_channel(claims: acts.Join) -> Refusals:
    """One applies by word of mouth, in writing or over the internet. Source: A5."""
    if claims.channel not in JoinChannel.__members__:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "channel"),
            why_zh="申请方式应为 ORAL、WRITTEN 或 ONLINE",
            why_en="one applies by ORAL, WRITTEN or ONLINE",
        )


def check_subject_is_new(facts: JoinFacts) -> Refusals:
    """The membership's id is the draft's new one. Source: HUB-P17."""
    if facts.membership_taken:
        yield Refusal(
            Code.INPUT_INVALID, path=("sub",), why_zh="会籍编号已被使用", why_en="this membership id is already in use"
        )


def check_not_yet_a_member(facts: JoinFacts, *, by_id: bool) -> Refusals:
    """One joins once. Whose member it is stays unsaid; who has asked too often is told nothing more that day.

    Asked at once, a few more answers than the limit may be given: they are counted when they are logged.
    Source: A3, A8, A11
    """
    if by_id and facts.hits_today >= LIMITS.member_hits_per_day_max:
        yield Refusal(Code.RATE_LIMITED)
    elif facts.live_membership is not None:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)


def check_employer_without_union(claims: acts.Join, facts: JoinFacts) -> Refusals:
    """Article 6 is for those whose employer has no union yet. Source: A6."""
    if claims.holding_basis != HoldingBasis.PRE_ESTABLISHMENT.value:
        return
    if facts.employer_union_uri is not None:
        named = f"{facts.employer_union_name} ({facts.employer_union_uri})"
        yield Refusal(Code.EMPLOYER_HAS_UNION, path=(claims.object_name, "employer_uscc"), union=named)


def check_employer_named(claims: acts.Join, facts: JoinFacts) -> Refusals:
    """A basis that rests on an employer names one; a member unit is the joint union's own. Source: A3, A6, A15."""
    if claims.employer_uscc is None and claims.holding_basis == HoldingBasis.PRE_ESTABLISHMENT.value:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "employer_uscc"),
            why_zh="须注明尚未建立工会的用人单位",
            why_en="name the employer that has no union yet",
        )
    if claims.member_unit is not None and claims.member_unit not in facts.employers:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "member_unit"),
            why_zh="不是本联合基层工会的成员单位",
            why_en="not a member unit of this joint union",
        )


def check_joined_after_birth(claims: acts.Join, person: Person) -> Refusals:
    """Nobody joins before being born. Source: HUB-P17."""
    if month_of(claims.joined_on) < person.birth_month:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "joined_on"),
            why_zh="入会时间早于出生年月",
            why_en="the date of joining is before the month of birth",
        )


def check_certificate(claims: acts.Join, scheme: Scheme | None) -> Refusals:
    """A certificate has a number as its province has it on the day of issue, and is not dated before the joining.

    Source: N2, N6
    """
    certificate = claims.certificate
    if certificate is None:
        return
    try:
        well_formed = normalise_certificate_number(certificate.number) == certificate.number
    except InvalidValue:
        well_formed = False
    fits = scheme is None or not scheme.covers(certificate.issued_on) or scheme.fits(certificate.number)
    if not (well_formed and fits and is_province_code(certificate.province_code)):
        yield Refusal(Code.CERTIFICATE_NUMBER_FORMAT, path=(claims.object_name, "certificate"))
    if certificate.issued_on is not None and certificate.issued_on < claims.joined_on:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "certificate", "issued_on"),
            why_zh="发证日期早于入会时间",
            why_en="the certificate is dated before the joining",
        )


def check_certificate_is_new(facts: JoinFacts, claims: acts.Join) -> Refusals:
    """A number is unique in its province. Source: N2."""
    if facts.certificate_taken:
        yield Refusal(Code.CERTIFICATE_NUMBER_DUPLICATE, path=(claims.object_name, "certificate", "number"))
