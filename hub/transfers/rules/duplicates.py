"""Two memberships of one person (A3): what may be brought in beside a live one, and what both holders sign over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.rules.policy import LIMITS

if TYPE_CHECKING:
    from datetime import date

    from federation import acts
    from hub.transfers.facts import JoinFacts, MergeFacts
    from hub.transfers.person import Person
    from hub.transfers.rules.questions import Refusals

__all__ = [
    "check_is_of_before",
    "check_is_one_of_a_pair",
    "check_lies_with_signer",
    "check_merge_hash",
    "check_not_a_third",
]


def check_not_a_third(facts: JoinFacts, person: Person) -> Refusals:
    """Beside a live membership one more may stand, until the two are merged; a third may not, nor another person's.

    A number alone makes no pair: who knows it, and neither name nor birth month, is told what a join is told. Who has
    met too many members of others is told nothing more that day. Source: A3, A8, A11
    """
    is_another = facts.live_person is not None and facts.live_person != (person.name, person.birth_month)
    if person.id_number is not None and facts.hits_today >= LIMITS.member_hits_per_day_max:
        yield Refusal(Code.RATE_LIMITED)
    elif facts.is_paired or is_another:
        yield Refusal(Code.ALREADY_MEMBER_USE_TRANSFER)


def check_is_of_before(claims: acts.Import, today: date) -> Refusals:
    """What is brought in was joined before it is: who joins now joins by a join. Source: HUB-P17."""
    if claims.joined_on == today:
        yield Refusal(
            Code.INPUT_INVALID,
            path=(claims.object_name, "joined_on"),
            why_zh="当日入会的，请办理入会",
            why_en="a member of today is enrolled by a join",
        )


def check_is_one_of_a_pair(facts: MergeFacts) -> Refusals:
    """There is a second one to merge with. Source: HUB-P17."""
    if facts.other is None:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("sub",),
            why_zh="该会籍没有待合并的重复会籍",
            why_en="no second membership of this person waits to be merged",
        )


def check_lies_with_signer(over: str | None) -> Refusals:
    """Time is up, the signer stands above the holder of the one that goes on, and one of the holders has said the same.

    Source: HUB-P02, A3
    """
    if over is None:
        yield Refusal(Code.NO_CASE_FOR_HIGHER_UNION)


def check_merge_hash(claims: acts.Merge | acts.MergeDecision, expected: str) -> Refusals:
    """What is signed is the document of this pair as it stands, with this outcome. Source: HUB-P17."""
    if claims.merge_sha256 != expected:
        yield Refusal(Code.DOCUMENT_TAMPERED, path=(claims.object_name, "merge_sha256"))
