"""The legal steps of each state machine, as data; five readers derive from it (`legal_steps` in SQL among them)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from hub.errors import Code, Refusal
from hub.transfers.kinds import MembershipStatus
from hub.transfers.words import in_chinese

__all__ = [
    "EXPULSION",
    "HANDOFF",
    "LAPSES",
    "MACHINES",
    "MEMBERSHIP",
    "OPEN_STATES",
    "RETENTION",
    "START",
    "ExpulsionState",
    "HandoffState",
    "Machine",
    "RetentionState",
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


class ExpulsionState(StrEnum):
    """Where an expulsion stands, once decided (A23, N6). That the union above has read it is a mark, no state."""

    DECIDED = "DECIDED"
    FILED = "FILED"
    COLLECTED = "COLLECTED"
    REVERSED = "REVERSED"


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

M = MembershipStatus

#: domain: 3.1. By `endings` and what reads it, the steps that end a membership, and the one way back.
MEMBERSHIP = Machine(
    "membership",
    (
        Step(START, "join", Side.HOLDER, M.ACTIVE, "A5"),
        Step(START, "import", Side.HOLDER, M.DUPLICATE_SUSPECTED, "A3"),
        Step(M.ACTIVE, "retain", Side.HOLDER, M.RETAINED, "A17"),
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
    ),
)

E = ExpulsionState

#: domain: 3.8, from the decision on. A filing that was returned for papers is filed again.
EXPULSION = Machine(
    "expulsion",
    (
        Step(START, "decide", Side.HOLDER, E.DECIDED, "A23"),
        Step(E.DECIDED, "file", Side.HOLDER, E.FILED, "A23"),
        Step(E.FILED, "file", Side.HOLDER, E.FILED, "A23"),
        Step(E.COLLECTED, "file", Side.HOLDER, E.COLLECTED, "A23"),
        Step(E.FILED, "acknowledge", Side.HIGHER, E.FILED, "A23"),
        Step(E.COLLECTED, "acknowledge", Side.HIGHER, E.COLLECTED, "A23"),
        Step(E.FILED, "return", Side.HIGHER, E.FILED, "A23"),
        Step(E.COLLECTED, "return", Side.HIGHER, E.COLLECTED, "A23"),
        Step(E.FILED, "collect", Side.HOLDER, E.COLLECTED, "N6"),
        Step(E.DECIDED, "reverse", Side.HOLDER, E.REVERSED, "A23"),
        Step(E.FILED, "reverse", Side.HOLDER, E.REVERSED, "A23"),
        Step(E.COLLECTED, "reverse", Side.HOLDER, E.REVERSED, "A23"),
    ),
)

MACHINES = (EXPULSION, HANDOFF, MEMBERSHIP, RETENTION)

#: The step that a state's deadline makes by itself, when it has passed.
LAPSES: dict[HandoffState, Step] = {
    S(step.source): step for step in HANDOFF.steps if step.act in {"escalate", "lapse", "expire"}
}
