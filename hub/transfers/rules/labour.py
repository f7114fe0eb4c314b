"""Membership follows the labour relation (A3), and the receiver is a union that may hold it (A15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import (
    AREA_KINDS,
    CUSTODIAN_KINDS,
    JOINING_BASES,
    HoldingBasis,
    MembershipStatus,
    UnionKind,
    UnionState,
)
from hub.transfers.rules.codes import is_uscc
from hub.transfers.rules.policy import ClosureIntake
from hub.transfers.rules.reasons import (
    BASES_AT_AN_EMPLOYER,
    CORRECTION,
    EMPLOYER_UNION_KINDS,
    INADMISSIBLE_GROUNDS,
    INADMISSIBLE_REASONS,
    OPTION_DECLINED,
    REASONS,
    RECEIVER_KINDS,
    REORGANISED,
    TO_EXTERNAL,
    Receiver,
    Relation,
)
from hub.transfers.words import listed_in_chinese

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from federation import acts
    from hub.transfers.facts import HandoffFacts, ReceiverFacts
    from hub.transfers.rules.policy import Policy
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "bases_open",
    "check_awaited_employer",
    "check_basis",
    "check_correction_goes_back",
    "check_employer_code",
    "check_ground",
    "check_reason",
    "check_reason_listed",
    "check_reason_text",
    "check_receiver_is_external",
    "check_receiver_known",
    "check_receiver_may_hold",
    "check_receiver_still_holds",
    "check_relation_began",
    "check_relation_ended",
    "employer_after",
    "is_of_its_sort",
    "states_employer",
]


def check_reason(claims: acts.Release) -> Refusals:
    """A release rests on a listed reason, worded as listed: no free text in a statement. Source: A12, A14, A3."""
    reason = REASONS.get(claims.reason_code)
    if reason is None:
        yield from check_reason_listed(claims)
        return
    yield from check_reason_text(claims)
    if tuple(claims.articles) != reason.articles:
        yield Refusal(Code.STATEMENT_MALFORMED, path=("release", "articles"))


def check_reason_listed(claims: acts.Release) -> Refusals:
    """What people do state besides is answered with its article. Source: A12, A14, A3."""
    if claims.reason_code not in REASONS:
        code = INADMISSIBLE_REASONS.get(claims.reason_code, Code.REASON_NOT_ALLOWED)
        allowed, allowed_zh = ", ".join(sorted(REASONS)), listed_in_chinese(REASONS)
        yield Refusal(code, path=("release", "reason_code"), allowed=allowed, allowed_zh=allowed_zh)


def check_reason_text(claims: acts.Release) -> Refusals:
    """What is printed after 因 is the reason's own phrase. Source: NX-3, A12."""
    reason = REASONS.get(claims.reason_code)
    if reason is None or claims.reason_text != reason.text:
        yield Refusal(Code.STATEMENT_MALFORMED, path=("release", "reason_text"))


def check_relation_ended(claims: acts.Release, employer_uscc: str | None) -> Refusals:
    """The relation with the releasing side has ended, and the new employer is another. Source: A3, domain 4.4.

    Some reasons leave the relation as it is, or say nothing of it; an end that is stated has come all the same. A
    correction says that the relation never came to be: it names neither an end nor a new employer.
    """
    ended, reason = claims.relation_ended_on, REASONS.get(claims.reason_code)
    relation = Relation.ENDED if reason is None else reason.relation
    if relation is Relation.UNTOUCHED:
        for name in ("relation_ended_on", "new_employer_uscc"):
            if getattr(claims, name) is not None:
                yield Refusal(
                    Code.INPUT_INVALID,
                    path=("release", name),
                    why_zh="更正不注明劳动关系终止或新用人单位",
                    why_en="a correction names no end of the relation and no new employer",
                )
        return
    if relation is Relation.CONTINUES:
        return  # an end that is stated all the same, `rules.seconding` refuses
    if (ended is None and relation is Relation.ENDED) or (ended is not None and ended > claims.out_date):
        yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("release", "relation_ended_on"))
    elif (
        relation is Relation.ENDED
        and claims.new_employer_uscc is not None
        and claims.new_employer_uscc == employer_uscc
    ):
        yield Refusal(Code.LABOUR_RELATION_UNCHANGED, path=("release", "new_employer_uscc"))


def check_correction_goes_back(claims: acts.Release, receiver: ReceiverFacts | None, before: UUID | None) -> Refusals:
    """A correction gives the member back to whom it was taken over from. Source: A12, domain 4.4.

    Takes: `before`, the union that released the member to the signer; None where the signer enrolled it.
    """
    if claims.reason_code != CORRECTION or receiver is None:
        return
    if receiver.union_id != before:
        others = REASONS.keys() - {CORRECTION}
        yield Refusal(
            Code.REASON_NOT_ALLOWED,
            path=("release", "reason_code"),
            allowed=", ".join(sorted(others)),
            allowed_zh=listed_in_chinese(others),
        )


def states_employer(handoff: HandoffFacts) -> bool:
    """Whether an acceptance states where the member works: not of one whom a union takes over as he is.

    That is who is retained on, and works nowhere, and who is not held as an employer's own: placed, or lent.
    Source: A3, A17, A20, HUB-P09, domain 4.5
    """
    if _stays_as_it_is(handoff):
        return False
    return REASONS[handoff.reason_code].states_employer


def _stays_as_it_is(handoff: HandoffFacts) -> bool:
    """Whether a reorganisation takes a member over as he is: status, basis and employer unchanged (HUB-P09)."""
    if handoff.reason_code != REORGANISED:
        return False
    return handoff.status == MembershipStatus.RETAINED or handoff.holding_basis not in BASES_AT_AN_EMPLOYER


def check_relation_began(claims: acts.Acceptance, today: date, handoff: HandoffFacts) -> Refusals:
    """The acceptance states the employer and since when the member works there. Source: A3, A13, A20, domain 4.5.

    After a correction the old relation goes on, as the hub knows it; with a union of an area it is that of the release.
    """
    reason = REASONS[handoff.reason_code]
    if reason.receiver is Receiver.BEFORE:
        for name in ("employer_uscc", "relation_started_on"):
            if getattr(claims, name) is not None:
                yield Refusal(
                    Code.INPUT_INVALID,
                    path=("acceptance", name),
                    why_zh="更正后劳动关系照旧，不另填写",
                    why_en="after a correction the old relation goes on: it is not stated anew",
                )
        return
    employed = states_employer(handoff)
    if claims.employer_uscc is None and employed:
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("acceptance", "employer_uscc"))
    elif (reason.receiver is Receiver.AREA or _stays_as_it_is(handoff)) and (
        claims.employer_uscc not in {None, employer_after(claims, handoff)}
    ):
        yield Refusal(
            Code.INPUT_INVALID,
            path=("acceptance", "employer_uscc"),
            why_zh="用人单位以转出凭证所列为准",
            why_en="the employer is the one that the release names, or the one of before",
        )
    started = claims.relation_started_on
    if (started is None and employed) or (started is not None and started > today):
        yield Refusal(Code.NO_LABOUR_RELATION_YET, path=("acceptance", "relation_started_on"))


def check_basis(claims: acts.Acceptance, handoff: HandoffFacts) -> Refusals:
    """The receiver holds on a basis that the reason allows; after a correction, as it did before. Source: A9, A12."""
    if claims.holding_basis not in bases_open(handoff):
        yield Refusal(
            Code.INPUT_INVALID,
            path=("acceptance", "holding_basis"),
            why_zh="管理会籍的依据与转出原因不符",
            why_en="the basis of holding does not go with the reason of the release",
        )


def employer_after(claims: acts.Acceptance, handoff: HandoffFacts) -> str | None:
    """Give where the member is employed, as the hub knows it after the acceptance. Source: A3, A12, A13."""
    reason = REASONS[handoff.reason_code]
    if reason.receiver is Receiver.BEFORE:
        return handoff.prior_employer
    if reason.receiver is Receiver.HOME:
        return claims.employer_uscc or handoff.prior_employer
    if reason.relation is Relation.CONTINUES:
        return claims.employer_uscc or handoff.stated.new_employer or handoff.stated.host_employer
    if reason.receiver is Receiver.AREA:
        # Of who moves house it stays what it was.
        return handoff.stated.new_employer if reason.awaits_union else handoff.employer_uscc
    return handoff.employer_uscc if _stays_as_it_is(handoff) else claims.employer_uscc


def bases_open(handoff: HandoffFacts) -> frozenset[str]:
    """Give the bases on which the receiver of a case may hold. Source: A9, A12, A13, A14."""
    reason = REASONS[handoff.reason_code]
    if handoff.stated.in_custody:
        return frozenset({HoldingBasis.CUSTODIAL})
    if _stays_as_it_is(handoff):
        return frozenset({handoff.holding_basis or ""})
    if not reason.keeps_basis:
        return reason.bases
    if reason.receiver not in {Receiver.BEFORE, Receiver.HOME}:
        # Who waits for the employer's union from the start may be called placed from now on (A6, A13).
        waits = handoff.holding_basis == HoldingBasis.PRE_ESTABLISHMENT
        return frozenset({handoff.holding_basis or ""}) | ({HoldingBasis.PLACEMENT} if waits else frozenset[str]())
    if handoff.prior_basis is not None:
        return frozenset({handoff.prior_basis})
    # From before holdings kept it: what a union of its kind may hold on; outside the hub, whatever a union may.
    is_outside = handoff.receiver_kind == UnionKind.EXTERNAL
    return frozenset(basis for basis, kinds in JOINING_BASES.items() if is_outside or handoff.receiver_kind in kinds)


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


def check_receiver_known(receiver: ReceiverFacts | None) -> Refusals:
    """The union named is registered. Source: HUB-P17."""
    if receiver is None:
        yield Refusal(Code.UNION_NOT_FOUND, path=("release", "receiving_union"))


def check_receiver_is_external(handoff: HandoffFacts) -> Refusals:
    """A receiver that acts in the hub accepts by itself: no paper of it counts. Source: A12, A25."""
    if handoff.receiver_kind != UnionKind.EXTERNAL:
        yield Refusal(Code.RECEIVER_MISMATCH)


def check_receiver_may_hold(
    receiver: ReceiverFacts, claims: acts.Release, signer_uri: str, awaited: str | None, *, succeeds: bool
) -> Refusals:
    """The receiver may be an employer's union: grassroots or joint, or an area union that organises the employer.

    Whether it is the union of the very employer named, its own acceptance answers for; but a placement ends with the
    union of the employer `awaited`, and with no other. Of which area one is to be, is asked before. Who succeeds the
    holder, and is of its kind, holds whom it held. A union outside the hub holds whom its paper will name.

    Source: A6, A7, A12, A13, A15, A25, HUB-P09
    """
    path = ("release", "receiving_union")
    if claims.receiving_union == signer_uri:
        yield Refusal(
            Code.INPUT_INVALID,
            path=path,
            why_zh="接收工会就是转出工会",
            why_en="the receiver is the releasing union itself",
        )
        return
    if not succeeds and not _may_hold(receiver, claims, awaited):
        yield Refusal(Code.RECEIVER_CANNOT_HOLD, path=path)
    if receiver.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE, path=path)


def is_of_its_sort(successor: UnionKind, union: UnionKind) -> bool:
    """Whether a union may hold whom another held, by its kind: the same, or both of employers, or of areas (A15)."""
    return successor == union or any({successor, union} <= kinds for kinds in (EMPLOYER_UNION_KINDS, AREA_KINDS))


def _may_hold(receiver: ReceiverFacts, claims: acts.Release, awaited: str | None) -> bool:
    reason = REASONS.get(claims.reason_code)
    rule = Receiver.EMPLOYER if reason is None else reason.receiver
    if receiver.kind is UnionKind.EXTERNAL:
        return claims.reason_code in TO_EXTERNAL
    if rule is Receiver.AREA:
        return True  # the checks of the area have told all that there is to say
    if receiver.kind not in RECEIVER_KINDS[rule]:
        return False
    if reason is not None and reason.to_awaited:
        return awaited in receiver.employers
    organises = not receiver.employers.isdisjoint({claims.new_employer_uscc, claims.host_employer_uscc})
    # A union held on whatever basis it did; that it is the one from before, is another check's.
    return rule is not Receiver.EMPLOYER or receiver.kind in EMPLOYER_UNION_KINDS or organises


def check_awaited_employer(claims: acts.Release, employer_uscc: str | None) -> Refusals:
    """A placement ends with the employer that the member waits for; another is a change of employer. Source: A13."""
    reason, stated = REASONS.get(claims.reason_code), claims.new_employer_uscc
    if reason is not None and reason.to_awaited and stated is not None and stated != employer_uscc:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("release", "new_employer_uscc"),
            why_zh="新用人单位不是会员所在的待建工会单位；到其他单位工作的，原因为调动",
            why_en="not the employer that the member waits for; to work for another is a CHANGE_OF_EMPLOYER",
        )


def check_receiver_still_holds(handoff: HandoffFacts) -> Refusals:
    """The second check, at the receipt of the acceptance: the receiver may still hold. Source: A15, A25.

    What goes to a union that is wound up has gone back by then.
    """
    if handoff.reason_code == REORGANISED or handoff.receiver_kind == UnionKind.EXTERNAL:
        return  # its kind was looked at in the release, and does not change
    kinds = RECEIVER_KINDS[REASONS[handoff.reason_code].receiver]
    if handoff.receiver_kind not in (CUSTODIAN_KINDS if handoff.stated.in_custody else kinds):
        yield Refusal(Code.RECEIVER_CANNOT_HOLD)


def check_ground(ground: str, reason_code: str, policy: Policy, *, in_custody: bool) -> Refusals:
    """A refusal rests on a ground of its reason's row, and on no other. Source: A12, A4, A7, HUB-P16.

    Takes: `policy`, the releasing union's: whether a residence union may decline whom a closed employer leaves;
    `in_custody`, where nobody is asked where the member lives (HUB-P09).
    """
    allowed = REASONS[reason_code].grounds - ({"NOT_RESIDENT_HERE"} if in_custody else frozenset[str]())
    if reason_code == "EMPLOYER_CLOSURE" and policy.closure_intake is ClosureIntake.OPTION and not in_custody:
        allowed |= {OPTION_DECLINED}
    if ground in allowed:
        return
    code = INADMISSIBLE_GROUNDS.get(ground, Code.REFUSAL_GROUND_NOT_ALLOWED)
    if ground == "NO_LABOUR_RELATION_HERE" and REASONS[reason_code].receiver is Receiver.CHOSEN:
        code = Code.CONTRACT_NOT_REQUIRED
    told, told_zh = ", ".join(sorted(allowed)), listed_in_chinese(allowed)
    yield Refusal(code, path=("refusal", "ground"), allowed=told, allowed_zh=told_zh)
