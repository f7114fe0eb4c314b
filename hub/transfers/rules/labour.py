"""Membership follows the labour relation (A3), and the receiver is a union that may hold it (A15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import AREA_KINDS, UnionState
from hub.transfers.rules.codes import is_uscc
from hub.transfers.rules.reasons import EMPLOYER_UNION_KINDS, INADMISSIBLE_GROUNDS, INADMISSIBLE_REASONS, REASONS
from hub.transfers.words import listed_in_chinese

if TYPE_CHECKING:
    from datetime import date

    from federation import acts
    from hub.transfers.facts import ReceiverFacts
    from hub.transfers.kinds import UnionKind
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_basis",
    "check_employer_code",
    "check_ground",
    "check_reason",
    "check_reason_text",
    "check_receiver_may_hold",
    "check_receiver_still_active",
    "check_relation_began",
    "check_relation_ended",
]


def check_reason(claims: acts.Release) -> Refusals:
    """A release rests on a listed reason, worded as listed: no free text in a statement. Source: A12, A14, A3."""
    reason = REASONS.get(claims.reason_code)
    if reason is None:
        code = INADMISSIBLE_REASONS.get(claims.reason_code, Code.REASON_NOT_ALLOWED)
        allowed, allowed_zh = ", ".join(sorted(REASONS)), listed_in_chinese(REASONS)
        yield Refusal(code, path=("release", "reason_code"), allowed=allowed, allowed_zh=allowed_zh)
        return
    yield from check_reason_text(claims)
    if tuple(claims.articles) != reason.articles:
        yield Refusal(Code.STATEMENT_MALFORMED, path=("release", "articles"))


def check_reason_text(claims: acts.Release) -> Refusals:
    """What is printed after 因 is the reason's own phrase. Source: NX-3, A12."""
    reason = REASONS.get(claims.reason_code)
    if reason is None or claims.reason_text != reason.text:
        yield Refusal(Code.STATEMENT_MALFORMED, path=("release", "reason_text"))


def check_relation_ended(claims: acts.Release, employer_uscc: str | None) -> Refusals:
    """The relation with the releasing side has ended, and the new employer is another. Source: A3."""
    ended = claims.relation_ended_on
    if ended is None or ended > claims.out_date:
        yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("release", "relation_ended_on"))
    elif claims.new_employer_uscc is not None and claims.new_employer_uscc == employer_uscc:
        yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("release", "new_employer_uscc"))


def check_relation_began(claims: acts.Acceptance, today: date) -> Refusals:
    """The acceptance states the employer and since when the member works there. Source: A3, A13, A20."""
    if claims.employer_uscc is None:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("acceptance", "employer_uscc"))
    if claims.relation_started_on is None or claims.relation_started_on > today:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("acceptance", "relation_started_on"))


def check_basis(claims: acts.Acceptance, reason_code: str) -> Refusals:
    """The receiver holds on a basis that the reason allows. Source: A9, A12."""
    if claims.holding_basis not in REASONS[reason_code].bases:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("acceptance", "holding_basis"),
            why_zh="管理会籍的依据与转出原因不符",
            why_en="the basis of holding does not go with the reason of the release",
        )


def check_employer_code(uscc: str | None, *, path: tuple[str, ...]) -> Refusals:
    """An employer's code has right check digits (GB 32100, GB 11714): a slip would lose the member's employer.

    Source: HUB-P17
    """
    if uscc is not None and not is_uscc(uscc):
        yield Refusal(
            Code.INPUT_INVALID,
            path=path,
            why_zh="统一社会信用代码校验不符",
            why_en="the check digit of the employer's code is wrong",
        )


def check_receiver_may_hold(receiver: ReceiverFacts | None, claims: acts.Release, signer_uri: str) -> Refusals:
    """The receiver may be an employer's union: grassroots or joint, or an area union that organises the employer.

    Whether it is the union of the very employer named, its own acceptance answers for.

    Source: A12, A15, HUB-P09
    """
    path = ("release", "receiving_union")
    if receiver is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=path)
        return
    if claims.receiving_union == signer_uri:
        yield Refusal(
            Code.INPUT_INVALID,
            path=path,
            why_zh="接收工会就是转出工会",
            why_en="the receiver is the releasing union itself",
        )
        return
    if not _may_hold(receiver, claims.new_employer_uscc):
        yield Refusal(Code.RECEIVER_CANNOT_HOLD, path=path)
    if receiver.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=path)


def _may_hold(receiver: ReceiverFacts, new_employer: str | None) -> bool:
    if receiver.kind in EMPLOYER_UNION_KINDS:
        return True
    return receiver.kind in AREA_KINDS and new_employer is not None and new_employer in receiver.employers


def check_receiver_still_active(kind: UnionKind, state: UnionState) -> Refusals:
    """The second check, at the receipt of the acceptance: the receiver may still hold. Source: HUB-P09, A15."""
    if state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)
    elif kind not in EMPLOYER_UNION_KINDS | AREA_KINDS:
        yield Refusal(Code.RECEIVER_CANNOT_HOLD)


def check_ground(ground: str, reason_code: str) -> Refusals:
    """A refusal rests on a ground of its reason's row, and on no other. Source: A12, A4, A7."""
    allowed = REASONS[reason_code].grounds
    if ground in allowed:
        return
    code = INADMISSIBLE_GROUNDS.get(ground, Code.REFUSAL_GROUND_NOT_ALLOWED)
    told, told_zh = ", ".join(sorted(allowed)), listed_in_chinese(allowed)
    yield Refusal(code, path=("refusal", "ground"), allowed=told, allowed_zh=told_zh)
