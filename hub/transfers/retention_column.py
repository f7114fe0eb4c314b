"""The certificate's column 保留恢复会籍 (NX-4): printed from the signed statements, by the month, and never edited.

A retention that was annulled is printed nowhere: it was none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from federation import statements
from federation.acts import Acceptance, ExternalAcceptance, Import, InLieuRelease, Release
from federation.acts_history import History
from federation.acts_retention import Restoration, Retention
from federation.claims import parse
from hub.transfers.machines import RetentionState
from hub.transfers.rules.days import month_of
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from hub.transfers.views import RetentionStepView, RetentionView
    from hub.transfers.views_history import HistoryView

A = TypeVar("A", Retention, Restoration, Acceptance, ExternalAcceptance, Import, Release, InLieuRelease)

__all__ = ["RetentionEntry", "entries_of", "entries_of_history", "last_retention"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionEntry:
    """One entry of the column; its second line is empty (None) as long as the member is retained."""

    retained_month: str
    reason_text: str  #: what stands after 因
    retention_seal: str
    restored_month: str | None = None
    restoration_seal: str | None = None
    is_legacy: bool = False  #: of before the hub: copied from paper, on the word of the union that did so

    @property
    def line(self) -> str:
        """Both lines as NX-4 lays them out, each with its seal; the first alone as long as there is no second."""
        first = f"{_month(self.retained_month)}因{self.reason_text}保留会籍。{_seal(self.retention_seal)}"
        if self.restored_month is None or self.restoration_seal is None:
            return first
        return f"{first}\n{_month(self.restored_month)}恢复会籍。{_seal(self.restoration_seal)}"


def entries_of(retentions: Iterable[RetentionView]) -> list[RetentionEntry]:
    """Give the column that these retentions make. Source: NX-4, A17, A19, A20."""
    return [_entry(view) for view in retentions if view.state is not RetentionState.ANNULLED]


def entries_of_history(history: HistoryView | None) -> list[RetentionEntry]:
    """Give the entries of before the hub, the earliest first. Source: NX-4, A25."""
    if history is None:
        return []
    stated = statements.read(history.jws, History).claims[History.object_name]
    return [
        RetentionEntry(
            retained_month=line.retained_month,
            reason_text=in_chinese(line.reason),
            retention_seal=line.retaining_union,
            restored_month=line.restored_month,
            restoration_seal=line.restoring_union,
            is_legacy=True,
        )
        for line in parse(History, stated, (History.object_name,)).retentions
    ]


def last_retention(retentions: Iterable[RetentionView]) -> RetentionView | None:
    """Give the retention that counts: the latest that was not annulled."""
    return next((view for view in reversed([*retentions]) if view.state is not RetentionState.ANNULLED), None)


def _entry(view: RetentionView) -> RetentionEntry:
    printed = _entered(view.steps[0])
    if view.state is not RetentionState.RESTORED:
        return printed
    restored_on, restored_by = _restoration(view.steps[-1])
    return replace(printed, restored_month=month_of(restored_on), restoration_seal=restored_by)


def _entered(step: RetentionStepView) -> RetentionEntry:
    """Give line 1: as it was signed in the hub, or as the union that brought the member in tells of before (A25)."""
    if step.act == "import":
        brought_in, told_by = _signed(step, Import)
        kept = brought_in.retention
        assert kept is not None, "who is brought in as retained has a reason"
        return RetentionEntry(
            retained_month=month_of(kept.from_date),
            reason_text=in_chinese(kept.reason),
            retention_seal=told_by,
            is_legacy=True,
        )
    retained_on, reason, entered_by = _retained(step)
    return RetentionEntry(
        retained_month=month_of(retained_on), reason_text=in_chinese(reason), retention_seal=entered_by
    )


def _retained(step: RetentionStepView) -> tuple[date, str, str]:
    """Give when, why and under whose seal: by a statement of its own, or by a release (A19)."""
    assert step.jws is not None, "an entry is signed"
    act = statements.read_any(step.jws).act
    if act is Retention:
        entered, entered_by = _signed(step, Retention)
        return entered.retained_on, entered.reason, entered_by
    release, released_by = _signed(step, InLieuRelease) if act is InLieuRelease else _signed(step, Release)
    assert release.retention is not None, "a release that retains says so"
    return release.retention.from_date, release.retention.reason, released_by


def _restoration(step: RetentionStepView) -> tuple[date, str]:
    """Give when, and under whose seal: by the union that held all along, or by the acceptance of another (A21)."""
    if step.act == "accept":
        assert step.jws is not None, "a restoration is signed"
        act = statements.read_any(step.jws).act
        accepted, let_go_by = (
            _signed(step, ExternalAcceptance) if act is ExternalAcceptance else _signed(step, Acceptance)
        )
        return accepted.in_date, let_go_by
    restored, restored_by = _signed(step, Restoration)
    return restored.restored_on, restored_by


def _signed(step: RetentionStepView, act: type[A]) -> tuple[A, str]:
    """Read the act's own claims and whose seal they bear. The statement is not changed since (I14)."""
    assert step.jws is not None, "an entry and a restoration are signed"
    assert step.seal is not None
    return parse(act, statements.read(step.jws, act).claims[act.object_name], (act.object_name,)), step.seal


def _month(month: str) -> str:
    return f"{int(month[:4])}年{int(month[5:])}月"


def _seal(name: str) -> str:
    return f"{name}（盖章）"
