"""The legal steps of each state machine, as data; five readers derive from it (`legal_steps` in SQL among them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hub.errors import Code, Refusal
from hub.transfers.words import in_chinese

__all__ = [
    "HANDOFF",
    "LAPSES",
    "MACHINES",
    "OPEN_STATES",
    "RETENTION",
    "SECONDMENT",
    "START",
    "HandoffState",
    "Machine",
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


class RetentionState(StrEnum):
    """Where a retention stands (A17–A21). RECORDED goes on; the others are final."""

    RECORDED = "RECORDED"
    RESTORED = "RESTORED"
    ENDED = "ENDED"
    ANNULLED = "ANNULLED"


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
        Step(S.REQUESTED, "release", Side.HOLDER, S.RELEASED, "A12"),
        Step(S.REQUESTED, "object", Side.HOLDER, S.OBJECTED, "A12"),
        Step(S.REQUESTED, "cancel", Side.RECEIVER, S.CANCELLED, "A12"),
        Step(S.REQUESTED, "escalate", Side.HUB, S.ESCALATED, "HUB-P02"),
        Step(S.REQUESTED, "supersede", Side.HUB, S.CANCELLED, "A12"),
        Step(S.REQUESTED, "void", Side.HUB, S.VOIDED, "A12"),
        Step(S.REQUESTED, "retain", Side.HUB, S.OBJECTED, "A17"),
        Step(S.ESCALATED, "release", Side.HOLDER, S.RELEASED, "A12"),
        Step(S.ESCALATED, "release_in_lieu", Side.HIGHER, S.RELEASED, "HUB-P02"),
        Step(S.ESCALATED, "dismiss", Side.HIGHER, S.DISMISSED, "HUB-P02"),
        Step(S.ESCALATED, "cancel", Side.RECEIVER, S.CANCELLED, "A12"),
        Step(S.ESCALATED, "lapse", Side.HUB, S.LAPSED, "HUB-P14"),
        Step(S.ESCALATED, "supersede", Side.HUB, S.CANCELLED, "A12"),
        Step(S.ESCALATED, "void", Side.HUB, S.VOIDED, "A12"),
        Step(S.ESCALATED, "retain", Side.HUB, S.OBJECTED, "A17"),
        Step(S.RELEASED, "accept", Side.RECEIVER, S.ACCEPTED, "A12"),
        Step(S.RELEASED, "refuse", Side.RECEIVER, S.REFUSED, "A12"),
        Step(S.RELEASED, "recall", Side.HOLDER, S.RECALLED, "A12"),
        Step(S.RELEASED, "expire", Side.HUB, S.EXPIRED, "HUB-P01"),
        Step(S.RELEASED, "void", Side.HUB, S.VOIDED, "A12"),
    ),
)

R = RetentionState

#: domain: 3.6. The reason is no state: which may follow which, `rules.retaining` says.
RETENTION = Machine(
    "retention",
    (
        Step(START, "record", Side.HOLDER, R.RECORDED, "A17"),
        Step(R.RECORDED, "change_reason", Side.HOLDER, R.RECORDED, "A20"),
        Step(R.RECORDED, "move", Side.RECEIVER, R.RECORDED, "A19"),
        Step(R.RECORDED, "restore", Side.HOLDER, R.RESTORED, "A19"),
        Step(R.RECORDED, "accept", Side.RECEIVER, R.RESTORED, "A19"),
        Step(R.RECORDED, "annul", Side.HOLDER, R.ANNULLED, "HUB-P17"),
        Step(R.RECORDED, "end", Side.HUB, R.ENDED, "A22"),
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
        *(Step(state, "return", Side.RECEIVER, X.RETURNED, "A14") for state in _LASTING),
        *(Step(state, "close", Side.HUB, X.CLOSED, "A22") for state in _LASTING),
    ),
)

MACHINES = (HANDOFF, RETENTION, SECONDMENT)

#: The step that a state's deadline makes by itself, when it has passed.
LAPSES: dict[HandoffState, Step] = {
    S(step.source): step for step in HANDOFF.steps if step.act in {"escalate", "lapse", "expire"}
}
