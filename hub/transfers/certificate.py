"""The certificate's column 工会组织关系接转 (NX-3): printed from the two signed statements, and never edited.

Each entry has six data. Five stand in the release and the acceptance (out date, reason, dues month, in date, and whose
seals they are); the seals are shown by the unions' names. Nothing is read from the card, so that the column still
prints when the card has been erased.

Lines of before the hub (A25) come first, as the union that brought them in has signed them; no other union has. Where
one side is outside the hub, the other has signed for both, and the seal is the one on the paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from federation import acts, statements
from federation.claims import parse
from hub.transfers.rules.reasons import REASONS
from hub.transfers.words import in_chinese

if TYPE_CHECKING:
    from datetime import date

    from hub.transfers.views import TransferView
    from hub.transfers.views_history import HistoryView

__all__ = ["TransferEntry", "entries_of_history", "entry_of", "entry_of_transfer"]

A = TypeVar("A", bound=acts.Act)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEntry:
    """One entry of the column; its second line is empty (None) as long as nobody has accepted."""

    out_date: date
    out_reason_text: str  #: what stands after 因
    dues_paid_through: str
    releasing_seal: str
    in_date: date | None = None
    receiving_seal: str | None = None
    is_legacy: bool = False  #: of before the hub: copied from paper, on the word of the union that did so
    is_unverified: bool = False  #: one side is outside the hub: the other has signed what its paper says (A25)

    @property
    def line(self) -> str:
        """Both lines as NX-3 lays them out, each with its seal; the first alone as long as there is no second."""
        first = (
            f"{_day(self.out_date)}因{self.out_reason_text}工会组织关系转出，"
            f"会费交至{_month(self.dues_paid_through)}。{_seal(self.releasing_seal)}"
        )
        if self.in_date is None or self.receiving_seal is None:
            return first
        return f"{first}\n{_day(self.in_date)}工会组织关系转入。{_seal(self.receiving_seal)}"


def entry_of(
    release_jws: str,
    releasing_seal: str,
    acceptance_jws: str | None = None,
    receiving_seal: str | None = None,
) -> TransferEntry:
    """Give the entry that a release makes and, once there is one, its acceptance.

    Takes: the statements as they were signed and received, and the names of the unions whose seals they bear.
    Source: NX-3, A12
    """
    release, acceptance = _claims(release_jws, acts.Release), None
    if acceptance_jws is not None:
        acceptance = _claims(acceptance_jws, acts.Acceptance)
    return TransferEntry(
        out_date=release.out_date,
        out_reason_text=release.reason_text,
        dues_paid_through=release.dues_paid_through,
        releasing_seal=releasing_seal,
        in_date=None if acceptance is None else acceptance.in_date,
        receiving_seal=None if acceptance is None else receiving_seal,
        is_unverified=isinstance(release, acts.ExternalRelease) or isinstance(acceptance, acts.ExternalAcceptance),
    )


def entry_of_transfer(transfer: TransferView) -> TransferEntry:
    """Give the entry of a transfer as it is kept."""
    return entry_of(transfer.release_jws, transfer.releasing_seal, transfer.acceptance_jws, transfer.receiving_seal)


def entries_of_history(history: HistoryView | None) -> list[TransferEntry]:
    """Give the entries of before the hub, the earliest first. Source: NX-3, A25."""
    if history is None:
        return []
    return [
        TransferEntry(
            out_date=line.out_date,
            out_reason_text=_reason_text(line.reason_code),
            dues_paid_through=line.dues_paid_through,
            releasing_seal=line.releasing_union,
            in_date=line.in_date,
            receiving_seal=line.receiving_union,
            is_legacy=True,
        )
        for line in _claims(history.jws, acts.History).transfers
    ]


def _reason_text(code: str) -> str:
    return REASONS[code].text if code in REASONS else in_chinese(code)


def _claims(jws: str, act: type[A]) -> A:
    """Read the act's own claims, or those of an act that does as much. The statement is not changed since (I14)."""
    statement = statements.read_any(jws)
    claims = parse(statement.act, statement.claims[statement.act.object_name], (statement.act.object_name,))
    assert isinstance(claims, act), "what is printed names its statement"
    return claims


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _month(month: str) -> str:
    return f"{int(month[:4])}年{int(month[5:])}月"


def _seal(name: str) -> str:
    return f"{name}（盖章）"
