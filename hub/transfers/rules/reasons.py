"""The reasons for which a membership moves, the phrase printed, and the grounds open to the receiver.

The table of A12 (domain 2.1) as data. A ground that is not in a reason's row is refused by the article it offends.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import Code
from hub.transfers.kinds import GRASSROOTS_KINDS, JOINING_BASES, HoldingBasis

__all__ = [
    "CORRECTION",
    "ENDED",
    "INADMISSIBLE_GROUNDS",
    "INADMISSIBLE_REASONS",
    "MERGED",
    "NOT_TRANSFERABLE",
    "OBJECTION_GROUNDS",
    "ON_MERGE",
    "REASONS",
    "Reason",
    "ground_told",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row of the table."""

    text: str  #: what stands after 因 in the transfer column
    articles: tuple[str, ...]
    grounds: frozenset[str]  #: on which the receiver may refuse
    bases: frozenset[str]  #: on which the receiver may come to hold
    may_be_asked: bool = True  #: by the union that wants the member


#: A12: 新的用人单位工会应予以接转登记. A duty, so the list is closed.
_GROUNDS_OF_A_DUTY = frozenset(
    {"NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"}
)

#: The handoff back after a mistaken acceptance: no undo, a handoff of its own (A12). The relation goes on as before.
CORRECTION = "CORRECTION"

REASONS: dict[str, Reason] = {
    "CHANGE_OF_EMPLOYER": Reason(
        text="调动",
        articles=("A12",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=frozenset({HoldingBasis.ORDINARY, HoldingBasis.DISPATCH_UNION, HoldingBasis.DISPATCH_HOST_JOINED}),
    ),
    CORRECTION: Reason(
        text="更正",
        articles=("A12",),
        grounds=frozenset({"IDENTITY_OR_PROOF_MISMATCH", "DOCUMENT_DEFECT"}),
        bases=frozenset(JOINING_BASES),
        may_be_asked=False,
    ),
}

#: What people do state, and the article that answers.
INADMISSIBLE_REASONS: dict[str, Code] = {
    "OFF_JOB_STUDY": Code.STUDY_LEAVE_NO_CHANGE,
    "AWAITING_POST": Code.AWAITING_POST_NO_CHANGE,
}

INADMISSIBLE_GROUNDS: dict[str, Code] = {
    **dict.fromkeys(("ETHNICITY", "RACE", "SEX", "OCCUPATION", "RELIGION", "EDUCATION"), Code.DISCRIMINATORY_GROUND),
    "NO_CONTRACT": Code.CONTRACT_NOT_REQUIRED,
}

#: A12: on which the holder may object to a request, and the article that each rests on.
OBJECTION_GROUNDS: dict[str, tuple[str, ...]] = {
    "RELATION_CONTINUES": ("A3", "A14"),
    "NOT_OUR_MEMBER": ("A12",),
    "IDENTITY_OR_PROOF_MISMATCH": ("A12",),
    "MEMBERSHIP_ENDED": ("A22", "A23"),
    "RETIRED_RETENTION": ("A17",),
    "IN_MILITARY_SERVICE": ("A20",),
    "SECONDMENT_REVERSION": ("A14",),
}

#: A12: of these three the requester is told that the membership is not transferable, the article, and no more.
_ON_STATUS = frozenset({"MEMBERSHIP_ENDED", "RETIRED_RETENTION", "IN_MILITARY_SERVICE"})
NOT_TRANSFERABLE = "NOT_TRANSFERABLE"

#: Why the open case of a membership is voided that is merged into another: its holder is told so; who was to receive
#: the member, or stands above, that it has ended (A3, A23).
MERGED, ENDED = "DUPLICATE_MERGED", "MEMBERSHIP_ENDED"
ON_MERGE = frozenset({MERGED, ENDED})


def ground_told(ground: str | None) -> tuple[str | None, tuple[str, ...]]:
    """Give what a requester is told of a ground, and the articles that go with it. Source: A12, 5.2."""
    articles = OBJECTION_GROUNDS.get(ground or "", ())
    return (NOT_TRANSFERABLE if ground in _ON_STATUS else ground), articles


#: Who is the union of an employer in the sense of A12.
EMPLOYER_UNION_KINDS = GRASSROOTS_KINDS
