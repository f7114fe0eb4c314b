"""Putting data right: a member's by the holder (A11, domain 5.1), a union's by the one above it (domain 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import FEDERATION_KINDS, HoldingBasis, IdChange, MembershipStatus, UnionKind, UnionState
from hub.transfers.machines import HandoffState
from hub.transfers.person import CLEARABLE, PERSONAL
from hub.transfers.rules.codes import InvalidValue, is_province_code, normalise_certificate_number
from hub.transfers.rules.days import day_of, month_of, months_after
from hub.transfers.rules.policy import LIMITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation import acts
    from hub.transfers.facts import AmendmentFacts, HeldFacts, UnionAmendmentFacts
    from hub.transfers.rules.questions import Amendment, Refusals

__all__ = [
    "ON_CARD",
    "ON_RELEASE",
    "STATED",
    "check_amended_by_next_higher",
    "check_amended_certificate",
    "check_amended_codes",
    "check_amended_dues",
    "check_amended_employer",
    "check_amended_joining",
    "check_amended_makeup",
    "check_amended_unions",
    "check_card_not_released",
    "check_data_version",
    "check_document_change",
    "check_document_is_nobody_elses",
    "check_fields",
    "check_not_ended",
    "check_something_amended",
    "check_union_version",
]

#: What an amendment may state of itself, there being nothing personal in it, and what of that may be empty.
STATED = frozenset(
    {
        "joined_on",
        "employer_uscc",
        "member_unit",
        "relation_started_on",
        "certificate",
        "issuing_union",
        "dues_paid_through",
    }
)
_STATED_CLEARABLE = STATED - {"joined_on", "dues_paid_through"}
#: What the card of a release shows.
ON_CARD = frozenset({"name", "sex", "birth_month", "joined_on", "certificate", "issuing_union", "dues_paid_through"})
#: With what the rules of a release look at besides: one that was judged by older facts fits the card of now no more.
ON_RELEASE = ON_CARD | {"employer_uscc", "residence_division_code"}
_NOT_ENDED = frozenset({MembershipStatus.ACTIVE, MembershipStatus.RETAINED, MembershipStatus.DUPLICATE_SUSPECTED})


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=path, why_zh=why_zh, why_en=why_en)


def check_not_ended(membership: HeldFacts) -> Refusals:
    """What has ended stays as it was; a suspected duplicate may be put right: that is how it is told apart.

    Source: A5, A3
    """
    if membership.status not in _NOT_ENDED:
        yield Refusal(Code.NOT_A_MEMBER)


def check_card_not_released(question: Amendment, membership: HeldFacts) -> Refusals:
    """While a release is open its card is bound: recall first. What it doesn't show may change meanwhile.

    Source: HUB-P04, domain 3.2, A12
    """
    standing = membership.standing(question.now)
    is_released = standing is not None and standing.state is HandoffState.RELEASED
    if is_released and not ON_CARD.isdisjoint(question.claims.fields):
        yield Refusal(Code.HANDOFF_ALREADY_OPEN, possible_from=membership.open_deadline)


def check_data_version(claims: acts.MemberAmendment, membership: HeldFacts) -> Refusals:
    """An amendment names custody and data as they stand: of two drafted at once the second is void. Source: HUB-P17."""
    if claims.custody_version != membership.custody_version:
        yield Refusal(Code.STALE_VERSION, path=("amendment", "custody_version"))
    elif claims.data_version != membership.data_version:
        yield Refusal(Code.STALE_VERSION, path=("amendment", "data_version"))


def check_fields(question: Amendment) -> Refusals:
    """An amendment names all that it amends, once, and nothing else; what it gives no value for may be empty.

    Source: HUB-P17, domain 4.2
    """
    claims, path = question.claims, ("amendment", "fields")
    named = set(claims.fields)
    given = {name for name in STATED if getattr(claims, name) is not None} | question.changes.keys()
    unknown = named - STATED - PERSONAL
    if unknown or not named or len(named) != len(claims.fields):
        yield _invalid(path, "应逐项列出所更改的栏目，不重复", "name what is amended, each field once")
    elif given - named:
        yield _invalid(path, "有未列明的更改", "something is amended that is not named")
    elif named - given - CLEARABLE - _STATED_CLEARABLE:
        yield _invalid(path, "该栏目不能为空", "this field may not be empty")


def check_document_change(question: Amendment, membership: HeldFacts) -> Refusals:
    """A document stands beside the one shown, follows it, or replaces one that was wrong. Source: A11, domain 4.2."""
    claims, changes = question.claims, question.changes
    if ("id_type" in changes) != (claims.id_change is not None) or (
        claims.id_change is not None and claims.id_change not in IdChange.__members__
    ):
        yield _invalid(
            ("amendment", "id_change"),
            "证件更改的方式应为 FURTHER、RENEWED 或 CORRECTED",
            "of a document say FURTHER, RENEWED or CORRECTED",
        )
    elif "id_type" in changes and changes["id_number"] is None and membership.ids:
        yield _invalid(("person", "id_number"), "须填写证件号码", "the number of the document is missing")


def check_document_is_nobody_elses(question: Amendment, facts: AmendmentFacts) -> Refusals:
    """A number belongs to one person; whose it is stays unsaid, and who asks too often is told nothing more that day.

    Source: A3, A8, A11
    """
    membership = facts.membership
    if membership is None or question.id_hash is None:
        return
    if facts.hits_today >= LIMITS.member_hits_per_day_max:
        yield Refusal(Code.RATE_LIMITED)
    elif facts.known_person is not None and facts.known_person != membership.member_id:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)
    elif facts.known_person is not None and (
        question.id_hash != membership.id_hash or question.claims.id_change != IdChange.CORRECTED.value
    ):
        yield _invalid(("person", "id_number"), "该证件已登记在本会员名下", "this document is recorded already")


def check_amended_employer(question: Amendment, membership: HeldFacts, employers: Iterable[str]) -> Refusals:
    """A member unit is the joint union's own; a basis that rests on an employer keeps one. Source: A3, A6, A15."""
    claims = question.claims
    if claims.member_unit is not None and claims.member_unit not in employers:
        yield _invalid(
            ("amendment", "member_unit"), "不是本联合基层工会的成员单位", "not a member unit of this joint union"
        )
    is_cleared = "employer_uscc" in claims.fields and claims.employer_uscc is None
    if is_cleared and membership.holding_basis == HoldingBasis.PRE_ESTABLISHMENT:
        yield _invalid(
            ("amendment", "employer_uscc"),
            "须注明尚未建立工会的用人单位",
            "name the employer that has no union yet",
        )


def check_amended_joining(question: Amendment, membership: HeldFacts) -> Refusals:
    """Nobody joins before being born, nor after the union has held the membership. Source: HUB-P17, domain 3.9 (I2)."""
    joined_on, path = question.after("joined_on"), ("amendment", "joined_on")
    if joined_on > day_of(membership.held_from):
        yield _invalid(path, "入会时间晚于会籍建立之日", "the date of joining is after the first holding began")
    if month_of(joined_on) < question.after("birth_month"):
        yield _invalid(path, "入会时间早于出生年月", "the date of joining is before the month of birth")


def check_amended_dues(question: Amendment, membership: HeldFacts) -> Refusals:
    """Dues paid go back by a correction alone (I8). Source: NX-3."""
    dues = question.claims.dues_paid_through
    if dues is not None and dues < membership.dues_paid_through and not question.claims.is_correction:
        latest = months_after(month_of(question.today), question.policy.prepaid_months_max)
        yield Refusal(
            Code.DUES_MONTH_IMPLAUSIBLE,
            path=("amendment", "dues_paid_through"),
            earliest=membership.dues_paid_through,
            latest=latest,
        )


def check_amended_certificate(question: Amendment, *, taken: bool) -> Refusals:
    """A certificate has a number of its province that is nobody else's, and is not dated before the joining.

    Source: N2, N6
    """
    certificate, path = question.claims.certificate, ("amendment", "certificate")
    if certificate is None:
        return
    try:
        well_formed = normalise_certificate_number(certificate.number) == certificate.number
    except InvalidValue:
        well_formed = False
    scheme = question.facts.scheme
    fits = scheme is None or not scheme.covers(certificate.issued_on) or scheme.fits(certificate.number)
    if not (well_formed and fits and is_province_code(certificate.province_code)):
        yield Refusal(Code.CERTIFICATE_NUMBER_FORMAT, path=path)
    if certificate.issued_on is not None and certificate.issued_on < question.after("joined_on"):
        yield _invalid((*path, "issued_on"), "发证日期早于入会时间", "the certificate is dated before the joining")
    if taken:
        yield Refusal(Code.CERTIFICATE_NUMBER_DUPLICATE, path=(*path, "number"))


def check_amended_by_next_higher(facts: UnionAmendmentFacts) -> Refusals:
    """What is registered of a union is put right by the one directly above it. Source: HUB-P17, domain 5.1."""
    if not facts.is_next_higher:
        yield Refusal(Code.NOT_NEXT_HIGHER_UNION)
    if facts.signer.state != UnionState.ACTIVE or facts.state == UnionState.CLOSED:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_union_version(claims: acts.UnionAmendment, facts: UnionAmendmentFacts) -> Refusals:
    """Of two amendments drafted at once the second is void. Source: HUB-P17."""
    if claims.version != facts.version:
        yield Refusal(Code.STALE_VERSION, path=("union", "version"))


def check_something_amended(claims: acts.UnionAmendment, amended: Iterable[str]) -> Refusals:
    """An amendment amends something. Source: HUB-P17."""
    if not tuple(amended):
        yield _invalid((claims.object_name,), "没有更改任何内容", "nothing is amended")


def check_amended_codes(*, wrong: Iterable[str]) -> Refusals:
    """Codes carry right check digits (GB 32100, GB 11714). Takes the names of the wrong ones. Source: HUB-P17."""
    for name in wrong:
        yield _invalid(("union", name), "统一社会信用代码校验不符", "the check digit of a code is wrong")


def check_amended_makeup(claims: acts.UnionAmendment, facts: UnionAmendmentFacts) -> Refusals:
    """What a union is made of goes with its kind, each part once and for a span of days. Source: A15, A25, 4.1."""
    if claims.employer_usccs is not None and facts.kind is UnionKind.EXTERNAL:
        yield _invalid(
            ("union", "employer_usccs"),
            "平台外工会不登记所属单位",
            "of a union outside the hub no employers are kept",
        )
    if claims.member_units is not None and facts.kind is not UnionKind.GRASSROOTS_JOINT:
        yield _invalid(("union", "member_units"), "只有联合基层工会有成员单位", "only a joint union has member units")
    if claims.contains is not None and facts.kind not in FEDERATION_KINDS:
        yield _invalid(
            ("union", "contains"), "只有区域（行业）工会联合会包含其他工会", "only a federation contains unions"
        )
    spans = {
        "member_units": [(unit.from_, unit.until) for unit in claims.member_units or ()],
        "contains": [(part.from_, part.until) for part in claims.contains or ()],
    }
    for name, days in spans.items():
        if any(until is not None and until <= since for since, until in days):
            yield _invalid(("union", name), "起止日期不正确", "a span ends before it begins")
    units = [unit.employer_uscc for unit in claims.member_units or ()]
    named = [*(claims.employer_usccs or ()), *units]
    # Who changes over from one list to the other leaves the one first: each employer stands in one list at a time.
    elsewhere = set(units) & facts.employers | set(claims.employer_usccs or ()) & facts.units
    if len(named) != len(set(named)) or elsewhere:
        yield _invalid(("union", "employer_usccs"), "同一单位重复填写", "an employer is named twice")
    contained = [part.union for part in claims.contains or ()]
    if len(contained) != len(set(contained)):
        yield _invalid(("union", "contains"), "同一工会重复填写", "a union is named twice")


def check_amended_unions(claims: acts.UnionAmendment, facts: UnionAmendmentFacts) -> Refusals:
    """The unions that a federation contains are registered, and others than itself. Source: A15."""
    listed = [facts.listed.get(part.union) for part in claims.contains or ()]
    if any(union_id is None or union_id == facts.about_union for union_id in listed):
        yield Refusal(Code.UNION_NOT_FOUND, path=("union", "contains"))
