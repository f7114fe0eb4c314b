"""The reasons for which a membership moves, the phrase printed, and the grounds open to the receiver.

The table of A12 (domain 2.1) as data. A ground that is not in a reason's row is refused by the article it offends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.errors import Code
from hub.transfers.kinds import AREA_KINDS, FEDERATION_KINDS, GRASSROOTS_KINDS, JOINING_BASES, HoldingBasis, UnionKind

__all__ = [
    "BASES_AT_AN_EMPLOYER",
    "CORRECTION",
    "EMPLOYER_ORGANISED_MEANWHILE",
    "EMPLOYER_UNION_KINDS",
    "ENDED",
    "INADMISSIBLE_GROUNDS",
    "INADMISSIBLE_REASONS",
    "MERGED",
    "NOT_TRANSFERABLE",
    "OBJECTION_GROUNDS",
    "ON_MERGE",
    "OPTION_DECLINED",
    "REASONS",
    "REORGANISED",
    "TO_EXTERNAL",
    "Area",
    "Reason",
    "Receiver",
    "Relation",
    "ground_told",
]


class Receiver(StrEnum):
    """Which unions a reason may name as receiver."""

    EMPLOYER = "EMPLOYER"  #: A12: the new employer's: grassroots or joint, or an area union that organises it
    AREA = "AREA"  #: A13: of an area; which one is asked by `Area`
    CHOSEN = "CHOSEN"  #: A7: whichever the member chooses that may hold
    BEFORE = "BEFORE"  #: the one from which the member was taken over
    HOME = "HOME"  #: A14: the one that lent the member


class Relation(StrEnum):
    """What a release says of the labour relation that it rests on (A3, domain 4.4)."""

    ENDED = "ENDED"  #: with the employer that the releasing side knows
    ANY = "ANY"  #: it may go on; if it ended, the day is stated
    UNTOUCHED = "UNTOUCHED"  #: nothing is stated of it
    CONTINUES = "CONTINUES"  #: A14: it goes on at home all the while


class Area(StrEnum):
    """Of which area the receiver is to be (A6, A13)."""

    RESIDENCE = "RESIDENCE"
    WORKPLACE = "WORKPLACE"


#: Who may be named as receiver, by kind alone; what else is asked of it stands with the checks.
RECEIVER_KINDS: dict[Receiver, frozenset[UnionKind]] = {
    Receiver.EMPLOYER: GRASSROOTS_KINDS | AREA_KINDS,
    Receiver.AREA: AREA_KINDS | {UnionKind.COUNTY_FEDERATION},
    Receiver.CHOSEN: GRASSROOTS_KINDS | AREA_KINDS | FEDERATION_KINDS,
    Receiver.BEFORE: GRASSROOTS_KINDS | AREA_KINDS | FEDERATION_KINDS | {UnionKind.COUNTY_FEDERATION},
    Receiver.HOME: GRASSROOTS_KINDS | AREA_KINDS | FEDERATION_KINDS | {UnionKind.COUNTY_FEDERATION},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One row of the table."""

    text: str  #: what stands after 因 in the transfer column
    articles: tuple[str, ...]
    grounds: frozenset[str]  #: on which the receiver may refuse
    bases: frozenset[str]  #: on which the receiver may come to hold
    may_be_asked: bool = True  #: by the union that wants the member
    receiver: Receiver = Receiver.EMPLOYER
    relation: Relation = Relation.ENDED
    area: Area | None = None
    #: Whether a new employer is needed that has no union yet (A6, A13); if not, one may be named.
    awaits_union: bool = False
    #: On what basis the holder must hold; None: on any.
    held_on: frozenset[str] | None = None
    states_employer: bool = True  #: at the acceptance (domain 4.5)
    keeps_basis: bool = False  #: the receiver holds as the holder did
    to_awaited: bool = False  #: the receiver is the union of the employer that the member waits for
    needs_consent: bool = False  #: of the member, in the release or in the request that it answers


#: A12: 新的用人单位工会应予以接转登记. A duty, so the list is closed.
_GROUNDS_OF_A_DUTY = frozenset(
    {"NO_LABOUR_RELATION_HERE", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"}
)

#: The handoff back after a mistaken acceptance: no undo, a handoff of its own (A12). The relation goes on as before.
CORRECTION = "CORRECTION"

#: A13: 原则上应. A contract with the residence union's own area was never asked for.
_GROUNDS_OF_A_WORKPLACE = frozenset(
    {"EMPLOYER_HAS_UNION_ALREADY", "IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT"}
)
_GROUNDS_OF_A_RESIDENCE = _GROUNDS_OF_A_WORKPLACE | {"NOT_RESIDENT_HERE"}

#: A7: 可以申请. The union chosen may decline, and needs no reason. By some provinces' policy so may the one of the
#: residence, of those whom a closed employer leaves (HUB-P16).
OPTION_DECLINED = "OPTION_DECLINED"
_GROUNDS_OF_AN_OPTION = frozenset(
    {"IDENTITY_OR_PROOF_MISMATCH", "WRONG_UNION_LEVEL", "DOCUMENT_DEFECT", OPTION_DECLINED}
)

#: Employers merge, part, or change their form; and what takes a union's place (A3, HUB-P09).
REORGANISED = "EMPLOYER_REORGANISED"

BASES_AT_AN_EMPLOYER = frozenset(
    {HoldingBasis.ORDINARY, HoldingBasis.DISPATCH_UNION, HoldingBasis.DISPATCH_HOST_JOINED}
)
_BASES_OF_DISPATCH = frozenset({HoldingBasis.DISPATCH_UNION, HoldingBasis.DISPATCH_HOST_JOINED})
_BASES_OF_RESIDENCE = frozenset(
    {HoldingBasis.PLACEMENT, HoldingBasis.PRE_ESTABLISHMENT, HoldingBasis.RESIDENCE_RETENTION}
)

#: The ground on which a placement is voided whose employer has a union by the time of the acceptance (domain 3.3).
EMPLOYER_ORGANISED_MEANWHILE = "EMPLOYER_ORGANISED_MEANWHILE"

REASONS: dict[str, Reason] = {
    "CHANGE_OF_EMPLOYER": Reason(
        text="调动", articles=("A12",), grounds=_GROUNDS_OF_A_DUTY, bases=BASES_AT_AN_EMPLOYER
    ),
    "PLACEMENT": Reason(
        text="再就业单位未建工会",
        articles=("A13",),
        grounds=_GROUNDS_OF_A_RESIDENCE,
        bases=frozenset({HoldingBasis.PLACEMENT}),
        receiver=Receiver.AREA,
        area=Area.RESIDENCE,
        awaits_union=True,
        states_employer=False,
    ),
    "WORKPLACE_AREA": Reason(
        text="再就业单位未建工会",
        articles=("A6", "A13"),
        grounds=_GROUNDS_OF_A_WORKPLACE,
        bases=frozenset({HoldingBasis.PLACEMENT}),
        receiver=Receiver.AREA,
        area=Area.WORKPLACE,
        awaits_union=True,
        states_employer=False,
    ),
    "REEMPLOYMENT_FROM_RETENTION": Reason(
        text="重新就业", articles=("A19", "A20"), grounds=_GROUNDS_OF_A_DUTY, bases=BASES_AT_AN_EMPLOYER
    ),
    "EMPLOYER_CLOSURE": Reason(
        text="原单位关闭（破产）",
        articles=("A19",),
        grounds=_GROUNDS_OF_A_RESIDENCE,
        bases=frozenset({HoldingBasis.RESIDENCE_RETENTION}),
        may_be_asked=False,
        receiver=Receiver.AREA,
        area=Area.RESIDENCE,
        states_employer=False,
    ),
    "RESIDENCE_MOVE": Reason(
        text="居住地变更",
        articles=("A13",),
        grounds=_GROUNDS_OF_A_RESIDENCE,
        bases=_BASES_OF_RESIDENCE,
        receiver=Receiver.AREA,
        relation=Relation.ANY,
        area=Area.RESIDENCE,
        held_on=_BASES_OF_RESIDENCE,
        states_employer=False,
        keeps_basis=True,
    ),
    "PLACEMENT_EXIT": Reason(
        text="所在单位建立工会",
        articles=("A13",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=BASES_AT_AN_EMPLOYER,
        relation=Relation.ANY,
        held_on=frozenset({HoldingBasis.PLACEMENT}),
        to_awaited=True,
    ),
    "PRE_ESTABLISHMENT_EXIT": Reason(
        text="所在单位建立工会",
        articles=("A6",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=BASES_AT_AN_EMPLOYER,
        relation=Relation.ANY,
        held_on=frozenset({HoldingBasis.PRE_ESTABLISHMENT}),
        to_awaited=True,
    ),
    "DISPATCH_CHOICE": Reason(
        text="本人选择",
        articles=("A9",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=_BASES_OF_DISPATCH,
        relation=Relation.ANY,
        held_on=_BASES_OF_DISPATCH,
        needs_consent=True,
    ),
    "DISPATCH_ENDED": Reason(
        text="派遣期满",
        articles=("A9",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=_BASES_OF_DISPATCH,
        relation=Relation.ANY,
        held_on=frozenset({HoldingBasis.DISPATCH_HOST_JOINED}),
    ),
    REORGANISED: Reason(
        text="单位合并（改制）",
        articles=("A3",),
        grounds=_GROUNDS_OF_A_DUTY,
        bases=BASES_AT_AN_EMPLOYER,
        relation=Relation.ANY,
    ),
    "FLEXIBLE_CHOICE": Reason(
        text="本人选择",
        articles=("A7",),
        grounds=_GROUNDS_OF_AN_OPTION,
        bases=frozenset({HoldingBasis.FLEXIBLE_DIRECT}),
        receiver=Receiver.CHOSEN,
        relation=Relation.ANY,
        states_employer=False,
    ),
    "SECONDMENT": Reason(
        text="借调",
        articles=("A14",),
        grounds=_GROUNDS_OF_AN_OPTION,
        bases=frozenset({HoldingBasis.SECONDMENT}),
        may_be_asked=False,
        relation=Relation.CONTINUES,
        states_employer=False,
    ),
    "SECONDMENT_RETURN": Reason(
        text="借调期满",
        articles=("A14",),
        grounds=_GROUNDS_OF_A_DUTY - {"WRONG_UNION_LEVEL"},
        bases=frozenset(JOINING_BASES),
        receiver=Receiver.HOME,
        relation=Relation.CONTINUES,
        held_on=frozenset({HoldingBasis.SECONDMENT}),
        states_employer=False,
        keeps_basis=True,
    ),
    CORRECTION: Reason(
        text="更正",
        articles=("A12",),
        grounds=frozenset({"IDENTITY_OR_PROOF_MISMATCH", "DOCUMENT_DEFECT"}),
        bases=frozenset(JOINING_BASES),
        may_be_asked=False,
        receiver=Receiver.BEFORE,
        relation=Relation.UNTOUCHED,
        states_employer=False,
        keeps_basis=True,
    ),
}

#: A25: for what a member may go to a union outside the hub, which signs nothing: an area, a term, an agreement or an
#: employer awaited are facts of the hub, and nobody there could restore or discharge who is retained.
TO_EXTERNAL = frozenset({"CHANGE_OF_EMPLOYER", "REEMPLOYMENT_FROM_RETENTION", "FLEXIBLE_CHOICE", CORRECTION})

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
