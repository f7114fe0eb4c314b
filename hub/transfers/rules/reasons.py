"""The reasons for which a membership moves, the phrase printed, and the grounds open to the receiver.

The table of A12 (domain 2.1) as data. A ground that is not in a reason's row is refused by the article it offends.
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import Code
from hub.transfers.kinds import GRASSROOTS_KINDS, HoldingBasis

__all__ = ["INADMISSIBLE_GROUNDS", "INADMISSIBLE_REASONS", "REASONS", "Reason"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row of the table."""

    text: str  #: what stands after 因 in the transfer column
    articles: tuple[str, ...]
    grounds: frozenset[str]  #: on which the receiver may refuse
    bases: frozenset[str]  #: on which the receiver may come to hold


#: A12: 新的用人单位工会应予以接转登记. A duty, so the list is closed.
_GROUNDS_OF_A_DUTY = frozenset(
    {"NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"}
)

REASONS: dict[str, Reason] = {
    "CHANGE_OF_EMPLOYER": Reason(
        text="调动",
        articles=("A12",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=frozenset({HoldingBasis.ORDINARY, HoldingBasis.DISPATCH_UNION, HoldingBasis.DISPATCH_HOST_JOINED}),
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

#: Who is the union of an employer in the sense of A12.
EMPLOYER_UNION_KINDS = GRASSROOTS_KINDS
