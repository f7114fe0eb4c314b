"""The legal steps of each state machine, as data; five readers derive from it (`legal_steps` in SQL among them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus, PrintReportState, SampleState, SealLoanState, StockState, UnionState
from hub.transfers.words import in_chinese

__all__ = [
    "CERTIFICATE",
    "ENTRUSTMENT",
    "EXPULSION",
    "HANDOFF",
    "LAPSES",
    "MACHINES",
    "MEMBERSHIP",
    "OPEN_STATES",
    "PLACEMENT",
    "PRINT_REPORT",
    "RETENTION",
    "SAMPLE",
    "SEAL_LOAN",
    "SECONDMENT",
    "START",
    "STOCK",
    "UNION",
    "CertificateState",
    "EntrustmentState",
    "ExpulsionState",
    "HandoffState",
    "Machine",
    "PlacementState",
    "RetentionState",
    "SecondmentState",
    "Side",
    "Step",
]

#: The state before the first step. A word, not NULL: a NULL would slip past the foreign key to `legal_steps`.
START = "-"


class Side(StrEnum):
    """Whose act a step is."""

    HOLDER = "HOLDER"
    RECEIVER = "RECEIVER"
    HIGHER = "HIGHER"
    HOME = "HOME"  #: the union to which a seconded member comes back (A14)
    DISPATCH = "DISPATCH"  #: of an entrustment: the union that entrusts
    HOST = "HOST"  #: … and the one that is entrusted
    PROVINCE = "PROVINCE"  #: of what is printed: the federation of the province (N2–N5)
    NATIONAL = "NATIONAL"  #: … and the national one
    HUB = "HUB"  #: nobody's: a date that passed, or a check that failed


class HandoffState(StrEnum):
    """Where a handoff stands. REQUESTED, ESCALATED and RELEASED are open; the others are final."""

    REQUESTED = "REQUESTED"
    RELEASED = "RELEASED"
    OBJECTED = "OBJECTED"
    ESCALATED = "ESCALATED"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"
    RECALLED = "RECALLED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    DISMISSED = "DISMISSED"
    LAPSED = "LAPSED"
    VOIDED = "VOIDED"


class CertificateState(StrEnum):
    """What has become of a certificate. VALID alone proves a membership (I15)."""

    VALID = "VALID"
    LOST = "LOST"
    SUPERSEDED = "SUPERSEDED"
    COLLECTED = "COLLECTED"
    VOIDED = "VOIDED"


class RetentionState(StrEnum):
    """Where a retention stands (A17–A21). RECORDED goes on; the others are final."""

    RECORDED = "RECORDED"
    RESTORED = "RESTORED"
    ENDED = "ENDED"
    ANNULLED = "ANNULLED"


class ExpulsionState(StrEnum):
    """Where an expulsion stands (A23, N6). That the union above has read it is a mark, no state."""

    PROPOSED = "PROPOSED"
    DROPPED = "DROPPED"
    DECIDED = "DECIDED"
    FILED = "FILED"
    COLLECTED = "COLLECTED"
    REVERSED = "REVERSED"


class SecondmentState(StrEnum):
    """Where a secondment stands (A14). Up to RETURN_DUE it goes on; the others are final."""

    RECORDED = "RECORDED"
    OFFERED = "OFFERED"
    AT_HOST = "AT_HOST"
    RETURN_DUE = "RETURN_DUE"
    RETURNED = "RETURNED"
    CONVERTED = "CONVERTED"
    RELEASED_FROM_HOME = "RELEASED_FROM_HOME"
    ENDED = "ENDED"
    CLOSED = "CLOSED"


OPEN_STATES = frozenset({HandoffState.REQUESTED, HandoffState.ESCALATED, HandoffState.RELEASED})


@dataclass(frozen=True, slots=True)
class Step:
    """One legal step: from `source`, by `act` of `side`, to `target`; `article` is what it rests on."""

    source: str
    act: str
    side: Side
    target: str
    article: str


@dataclass(frozen=True)
class Machine:
    """A state machine. Construction fails when a step is told twice or a state can't be reached."""

    name: str
    steps: tuple[Step, ...]
    _by_key: dict[tuple[str, str, Side], Step] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {(step.source, step.act, step.side): step for step in self.steps}
        assert len(by_key) == len(self.steps), f"{self.name}: a step stands twice"
        reached = {START}
        while more := {s.target for s in self.steps if s.source in reached} - reached:
            reached |= more
        assert reached >= {s.source for s in self.steps}, f"{self.name}: a state can't be reached"
        object.__setattr__(self, "_by_key", by_key)

    def step(self, state: str, act: str, side: Side) -> Step:
        """Give the step, or refuse with STEP_NOT_ALLOWED."""
        found = self._by_key.get((state, act, side))
        if found is None:
            raise Refusal(Code.STEP_NOT_ALLOWED, state=state, state_zh=in_chinese(state))
        return found


S = HandoffState

#: domain: 3.2.
HANDOFF = Machine(
    "handoff",
    (
        Step(START, "request", Side.RECEIVER, S.REQUESTED, "A12"),
        Step(START, "appeal", Side.RECEIVER, S.ESCALATED, "HUB-P13"),
        Step(START, "release", Side.HOLDER, S.RELEASED, "A12"),
        Step(START, "release_in_lieu", Side.HIGHER, S.RELEASED, "HUB-P09"),
        Step(S.REQUESTED, "release", Side.HOLDER, S.RELEASED, "A12"),
        Step(S.REQUESTED, "object", Side.HOLDER, S.OBJECTED, "A12"),
        Step(S.REQUESTED, "cancel", Side.RECEIVER, S.CANCELLED, "A12"),
        Step(S.REQUESTED, "escalate", Side.HUB, S.ESCALATED, "HUB-P02"),
        Step(S.REQUESTED, "supersede", Side.HUB, S.CANCELLED, "A12"),
        Step(S.REQUESTED, "void", Side.HUB, S.VOIDED, "A12"),
        Step(S.REQUESTED, "retain", Side.HUB, S.OBJECTED, "A17"),
        Step(S.ESCALATED, "release", Side.HOLDER, S.RELEASED, "A12"),
        Step(S.ESCALATED, "release_in_lieu", Side.HIGHER, S.RELEASED, "HUB-P02"),
        Step(S.REQUESTED, "release_for_external", Side.RECEIVER, S.RELEASED, "A25"),
        Step(S.ESCALATED, "release_for_external", Side.RECEIVER, S.RELEASED, "A25"),
        Step(S.ESCALATED, "dismiss", Side.HIGHER, S.DISMISSED, "HUB-P02"),
        Step(S.ESCALATED, "cancel", Side.RECEIVER, S.CANCELLED, "A12"),
        Step(S.ESCALATED, "lapse", Side.HUB, S.LAPSED, "HUB-P14"),
        Step(S.ESCALATED, "supersede", Side.HUB, S.CANCELLED, "A12"),
        Step(S.ESCALATED, "void", Side.HUB, S.VOIDED, "A12"),
        Step(S.ESCALATED, "retain", Side.HUB, S.OBJECTED, "A17"),
        Step(S.REQUESTED, "wind_up", Side.HUB, S.CANCELLED, "HUB-P09"),
        Step(S.ESCALATED, "wind_up", Side.HUB, S.CANCELLED, "HUB-P09"),
        Step(S.RELEASED, "accept", Side.RECEIVER, S.ACCEPTED, "A12"),
        Step(S.RELEASED, "accept_for_external", Side.HOLDER, S.ACCEPTED, "A25"),
        Step(S.RELEASED, "refuse", Side.RECEIVER, S.REFUSED, "A12"),
        Step(S.RELEASED, "recall", Side.HOLDER, S.RECALLED, "A12"),
        Step(S.RELEASED, "expire", Side.HUB, S.EXPIRED, "HUB-P01"),
        Step(S.RELEASED, "void", Side.HUB, S.VOIDED, "A12"),
    ),
)

C = CertificateState

#: domain: 3.7. What a province has in stock is `STOCK`: ranges, not one by one.
CERTIFICATE = Machine(
    "certificate",
    (
        Step(START, "issue_certificate", Side.HOLDER, C.VALID, "N6"),
        Step(START, "reissue_certificate", Side.HOLDER, C.VALID, "NX-7"),
        Step(C.VALID, "record_loss", Side.HOLDER, C.LOST, "NX-7"),
        Step(C.LOST, "recover_certificate", Side.HOLDER, C.VALID, "NX-7"),
        Step(C.SUPERSEDED, "recover_certificate", Side.HOLDER, C.VOIDED, "NX-7"),
        Step(C.LOST, "reissue_certificate", Side.HOLDER, C.SUPERSEDED, "NX-7"),
        Step(C.VALID, "reissue_certificate", Side.HOLDER, C.SUPERSEDED, "NX-7"),
        Step(C.VALID, "collect_certificate", Side.HOLDER, C.COLLECTED, "N6"),
        Step(C.VALID, "void_certificate", Side.HOLDER, C.VOIDED, "NX-7"),
        Step(C.LOST, "void_certificate", Side.HOLDER, C.VOIDED, "NX-7"),
    ),
)

R = RetentionState

#: domain: 3.6. The reason is no state: which may follow which, `rules.retaining` says.
RETENTION = Machine(
    "retention",
    (
        Step(START, "record", Side.HOLDER, R.RECORDED, "A17"),
        Step(START, "record", Side.HIGHER, R.RECORDED, "A19"),
        Step(START, "import", Side.HOLDER, R.RECORDED, "A25"),
        Step(R.RECORDED, "change_reason", Side.HOLDER, R.RECORDED, "A20"),
        Step(R.RECORDED, "move", Side.RECEIVER, R.RECORDED, "A19"),
        Step(R.RECORDED, "restore", Side.HOLDER, R.RESTORED, "A19"),
        Step(R.RECORDED, "accept", Side.RECEIVER, R.RESTORED, "A19"),
        Step(R.RECORDED, "annul", Side.HOLDER, R.ANNULLED, "HUB-P17"),
        Step(R.RECORDED, "end", Side.HUB, R.ENDED, "A22"),
    ),
)

#: The step that a state's deadline makes by itself, when it has passed.
LAPSES: dict[HandoffState, Step] = {
    S(step.source): step for step in HANDOFF.steps if step.act in {"escalate", "lapse", "expire"}
}


class PlacementState(StrEnum):
    """Where a placement stands (A6, A13): read off the handoff, the membership and who organises the employer."""

    PROPOSED = "PROPOSED"  #: released to a union of the area, which has not accepted yet
    NOT_PLACED = "NOT_PLACED"
    PLACED = "PLACED"
    EXIT_DUE = "EXIT_DUE"  #: the employer awaited has its union
    EXITED = "EXITED"
    CONVERTED = "CONVERTED"  #: retained by the union of the area (A17, A19, A20)
    CLOSED = "CLOSED"


P = PlacementState
_STANDING = (P.PLACED, P.EXIT_DUE)

#: Domain 3.3. Nothing of it is stored: its acts are those of handoffs, of members and of unions.
PLACEMENT = Machine(
    "placement",
    (
        Step(START, "release", Side.HOLDER, P.PROPOSED, "A13"),
        Step(START, "join", Side.HOLDER, P.PLACED, "A6"),
        Step(START, "restore", Side.HOLDER, P.PLACED, "A13"),
        Step(P.PROPOSED, "accept", Side.RECEIVER, P.PLACED, "A13"),
        Step(P.PROPOSED, "refuse", Side.RECEIVER, P.NOT_PLACED, "A12"),
        Step(P.PROPOSED, "recall", Side.HOLDER, P.NOT_PLACED, "A12"),
        Step(P.PROPOSED, "expire", Side.HUB, P.NOT_PLACED, "HUB-P01"),
        Step(P.PROPOSED, "void", Side.HUB, P.NOT_PLACED, "A13"),
        Step(P.PLACED, "organise", Side.HIGHER, P.EXIT_DUE, "A13"),
        Step(P.EXIT_DUE, "disband", Side.HIGHER, P.PLACED, "A13"),
        *(Step(state, "exit", Side.RECEIVER, P.EXITED, "A13") for state in _STANDING),
        *(Step(state, "move", Side.RECEIVER, state, "A13") for state in _STANDING),
        *(Step(state, "retain", Side.HOLDER, P.CONVERTED, "A19") for state in _STANDING),
        *(Step(state, "end", Side.HOLDER, P.CLOSED, "A22") for state in _STANDING),
    ),
)


class EntrustmentState(StrEnum):
    """Where an entrustment agreement stands."""

    DRAFT = "DRAFT"
    SIGNED_BY_ONE = "SIGNED_BY_ONE"
    SCHEDULED = "SCHEDULED"
    IN_FORCE = "IN_FORCE"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    EXPIRED = "EXPIRED"
    SUPERSEDED = "SUPERSEDED"
    WITHDRAWN = "WITHDRAWN"
    LAPSED = "LAPSED"


E = EntrustmentState


def _by_either(source: str, act: str, target: str) -> tuple[Step, ...]:
    return tuple(Step(source, act, side, target, "A9") for side in (Side.DISPATCH, Side.HOST))


#: domain: 3.5. `schedule` is the second signature under a term that has yet to begin. That a draft is its author's to
#: withdraw, and a signature its signer's, is a rule beside the table. The winding up of a party suspends.
ENTRUSTMENT = Machine(
    "entrustment",
    (
        *_by_either(START, "propose", E.DRAFT),
        *_by_either(E.DRAFT, "propose", E.DRAFT),
        *_by_either(E.DRAFT, "withdraw", E.WITHDRAWN),
        *_by_either(E.DRAFT, "sign", E.SIGNED_BY_ONE),
        *_by_either(E.SIGNED_BY_ONE, "propose", E.DRAFT),
        *_by_either(E.SIGNED_BY_ONE, "withdraw", E.WITHDRAWN),
        *_by_either(E.SIGNED_BY_ONE, "sign", E.IN_FORCE),
        *_by_either(E.SIGNED_BY_ONE, "schedule", E.SCHEDULED),
        Step(E.SIGNED_BY_ONE, "lapse", Side.HUB, E.LAPSED, "A9"),
        Step(E.SCHEDULED, "start", Side.HUB, E.IN_FORCE, "A9"),
        *_by_either(E.SCHEDULED, "terminate", E.TERMINATED),
        Step(E.SCHEDULED, "suspend", Side.HIGHER, E.SUSPENDED, "HUB-P09"),
        Step(E.IN_FORCE, "suspend", Side.HIGHER, E.SUSPENDED, "HUB-P09"),
        Step(E.IN_FORCE, "expire", Side.HUB, E.EXPIRED, "A9"),
        *_by_either(E.IN_FORCE, "terminate", E.TERMINATED),
        Step(E.IN_FORCE, "supersede", Side.HUB, E.SUPERSEDED, "A9"),
        *_by_either(E.SUSPENDED, "resume", E.IN_FORCE),
        *_by_either(E.SUSPENDED, "reschedule", E.SCHEDULED),
        *_by_either(E.SUSPENDED, "terminate", E.TERMINATED),
        Step(E.SUSPENDED, "terminate", Side.HIGHER, E.TERMINATED, "HUB-P09"),
        Step(E.SUSPENDED, "expire", Side.HUB, E.EXPIRED, "A9"),
    ),
)

X = SecondmentState
_LASTING = (X.AT_HOST, X.RETURN_DUE)
_BOTH, _OF_HOME = (Side.HOME, Side.HOLDER), (Side.HOME, Side.HIGHER)

#: domain: 3.4. Offer and acceptance are steps of a handoff too; what both unions sign is a step with the second word.
SECONDMENT = Machine(
    "secondment",
    (
        Step(START, "record", Side.HOME, X.RECORDED, "A14"),
        Step(X.RECORDED, "change_term", Side.HOME, X.RECORDED, "A14"),
        Step(X.RECORDED, "end_early", Side.HOME, X.ENDED, "A14"),
        Step(X.RECORDED, "lapse", Side.HUB, X.ENDED, "A14"),
        Step(X.RECORDED, "offer", Side.HOME, X.OFFERED, "A14"),
        Step(X.OFFERED, "accept", Side.RECEIVER, X.AT_HOST, "A14"),
        Step(X.OFFERED, "fall_back", Side.HUB, X.RECORDED, "A14"),
        Step(X.OFFERED, "close", Side.HUB, X.CLOSED, "A22"),
        Step(X.AT_HOST, "fall_due", Side.HUB, X.RETURN_DUE, "A14"),
        Step(X.AT_HOST, "end_early", Side.HOME, X.RETURN_DUE, "A14"),
        *(Step(state, "extend", side, X.AT_HOST, "A14") for state in _LASTING for side in _BOTH),
        *(Step(state, "convert", side, X.CONVERTED, "A12") for state in _LASTING for side in _BOTH),
        *(Step(state, "end_home", side, X.RELEASED_FROM_HOME, "A12") for state in _LASTING for side in _OF_HOME),
        *(Step(state, "retarget", Side.HIGHER, state, "HUB-P09") for state in _LASTING),
        # A union that takes the other's place, at home or as the host, goes on with it.
        *(Step(state, "succeed", Side.RECEIVER, state, "HUB-P09") for state in (X.RECORDED, *_LASTING)),
        *(Step(state, "return", Side.RECEIVER, X.RETURNED, "A14") for state in _LASTING),
        *(Step(state, "close", Side.HUB, X.CLOSED, "A22") for state in _LASTING),
    ),
)

M = MembershipStatus

#: domain: 3.1. By `endings` and what reads it, the steps that end a membership, and the one way back.
MEMBERSHIP = Machine(
    "membership",
    (
        Step(START, "join", Side.HOLDER, M.ACTIVE, "A5"),
        Step(START, "import", Side.HOLDER, M.DUPLICATE_SUSPECTED, "A3"),
        Step(START, "import_retained", Side.HOLDER, M.RETAINED, "A25"),
        Step(M.ACTIVE, "retain", Side.HOLDER, M.RETAINED, "A17"),
        Step(M.ACTIVE, "retain", Side.HIGHER, M.RETAINED, "A19"),
        Step(M.RETAINED, "restore", Side.HOLDER, M.ACTIVE, "A19"),
        Step(M.ACTIVE, "withdraw", Side.HOLDER, M.WITHDRAWN, "A22"),
        Step(M.RETAINED, "withdraw", Side.HOLDER, M.WITHDRAWN, "A22"),
        Step(M.ACTIVE, "deem_withdrawn", Side.HOLDER, M.DEEMED_WITHDRAWN, "A22"),
        Step(M.ACTIVE, "expel", Side.HOLDER, M.EXPELLED, "A23"),
        Step(M.RETAINED, "expel", Side.HOLDER, M.EXPELLED, "A23"),
        Step(M.EXPELLED, "reverse", Side.HOLDER, M.ACTIVE, "A23"),
        Step(M.ACTIVE, "record_death", Side.HOLDER, M.DECEASED, "HUB-P17"),
        Step(M.RETAINED, "record_death", Side.HOLDER, M.DECEASED, "HUB-P17"),
        Step(M.DUPLICATE_SUSPECTED, "record_death", Side.HOLDER, M.DECEASED, "HUB-P17"),
        Step(M.ACTIVE, "merge", Side.HOLDER, M.DUPLICATE_MERGED, "A3"),
        Step(M.RETAINED, "merge", Side.HOLDER, M.DUPLICATE_MERGED, "A3"),
        Step(M.DUPLICATE_SUSPECTED, "merge", Side.HOLDER, M.DUPLICATE_MERGED, "A3"),
        Step(M.DUPLICATE_SUSPECTED, "go_on", Side.HUB, M.ACTIVE, "A3"),
        Step(M.DUPLICATE_SUSPECTED, "go_on_retained", Side.HUB, M.RETAINED, "A3"),
    ),
)

D = ExpulsionState

#: domain: 3.8. Without a proposal of its own the decision carries the group's opinion; a move leaves a proposal behind.
#: A filing that was returned for papers is filed again.
EXPULSION = Machine(
    "expulsion",
    (
        Step(START, "propose", Side.HOLDER, D.PROPOSED, "A23"),
        Step(D.PROPOSED, "drop", Side.HOLDER, D.DROPPED, "A23"),
        Step(D.PROPOSED, "decide", Side.HOLDER, D.DECIDED, "A23"),
        Step(START, "decide", Side.HOLDER, D.DECIDED, "A23"),
        Step(D.DECIDED, "file", Side.HOLDER, D.FILED, "A23"),
        Step(D.FILED, "file", Side.HOLDER, D.FILED, "A23"),
        Step(D.COLLECTED, "file", Side.HOLDER, D.COLLECTED, "A23"),
        Step(D.FILED, "acknowledge", Side.HIGHER, D.FILED, "A23"),
        Step(D.COLLECTED, "acknowledge", Side.HIGHER, D.COLLECTED, "A23"),
        Step(D.FILED, "return", Side.HIGHER, D.FILED, "A23"),
        Step(D.COLLECTED, "return", Side.HIGHER, D.COLLECTED, "A23"),
        Step(D.FILED, "collect", Side.HOLDER, D.COLLECTED, "N6"),
        Step(D.DECIDED, "reverse", Side.HOLDER, D.REVERSED, "A23"),
        Step(D.FILED, "reverse", Side.HOLDER, D.REVERSED, "A23"),
        Step(D.COLLECTED, "reverse", Side.HOLDER, D.REVERSED, "A23"),
    ),
)

U = UnionState

#: domain: 1.2, 2.5. No steps are stored: its acts are amendments of a union. Who is wound up may get another successor.
UNION = Machine(
    "union",
    (
        Step(START, "register_union", Side.HIGHER, U.ACTIVE, "HUB-P09"),
        Step(U.ACTIVE, "wind_up_union", Side.HIGHER, U.WINDING_UP, "HUB-P09"),
        Step(U.WINDING_UP, "wind_up_union", Side.HIGHER, U.WINDING_UP, "HUB-P09"),
        Step(U.WINDING_UP, "close_union", Side.HIGHER, U.CLOSED, "HUB-P09"),
    ),
)

A, L, K, F = SampleState, SealLoanState, StockState, PrintReportState

#: domain: 4.7. What is not agreed to is not answered: another sample is submitted.
SAMPLE = Machine(
    "sample",
    (
        Step(START, "submit", Side.PROVINCE, A.SUBMITTED, "N4"),
        Step(A.SUBMITTED, "approve", Side.NATIONAL, A.APPROVED, "N4"),
    ),
)

SEAL_LOAN = Machine(
    "seal_loan",
    (
        Step(START, "request", Side.PROVINCE, L.REQUESTED, "N3"),
        Step(L.REQUESTED, "approve", Side.NATIONAL, L.APPROVED, "N3"),
        Step(L.APPROVED, "receive", Side.PROVINCE, L.IN_CUSTODY, "N3"),
        Step(L.IN_CUSTODY, "return", Side.PROVINCE, L.RETURNED, "N3"),
    ),
)

#: domain: 3.7, of numbers in ranges. What was printed before the hub, or before 2017, is issued from no range (N4).
STOCK = Machine(
    "stock",
    (
        Step(START, "print", Side.PROVINCE, K.IN_STOCK, "N3"),
        Step(START, "issue", Side.HOLDER, C.VALID, "N4"),
        Step(K.IN_STOCK, "issue", Side.HOLDER, C.VALID, "N6"),
        Step(K.IN_STOCK, "record_spoiled", Side.PROVINCE, K.SPOILED, "N2"),
        Step(K.IN_STOCK, "record_missing", Side.PROVINCE, K.MISSING, "N2"),
    ),
)

#: domain: 3.7. In its year a report may have several versions; after it they are corrections.
PRINT_REPORT = Machine(
    "print_report",
    (
        Step(START, "fall_due", Side.HUB, F.DUE, "N4"),
        Step(F.DUE, "file", Side.PROVINCE, F.FILED, "N4"),
        Step(F.DUE, "file_late", Side.PROVINCE, F.FILED_LATE, "N4"),
        Step(F.FILED, "file", Side.PROVINCE, F.FILED, "N4"),
        *(Step(state, "correct", Side.PROVINCE, F.CORRECTED, "N4") for state in (F.FILED, F.FILED_LATE, F.CORRECTED)),
        *(Step(state, "acknowledge", Side.NATIONAL, state, "N4") for state in (F.FILED, F.FILED_LATE, F.CORRECTED)),
    ),
)

#: Those whose steps are stored.
MACHINES = (
    *(HANDOFF, RETENTION, ENTRUSTMENT, CERTIFICATE, SECONDMENT, MEMBERSHIP, EXPULSION),
    *(SAMPLE, SEAL_LOAN, STOCK, PRINT_REPORT),
)
