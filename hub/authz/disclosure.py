"""Who sees which field of a case (domain 5.2, 5.3): the whole matrix, as pure functions over what a side reads.

The first lock. The second is the database's: row-level security, one copy of the card for each side that may read it,
and the functions that ask `hub.acting`. A case itself reaches nobody but its parties; these say what each of them sees
of it, at the state in which it stands for them now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hub.transfers.machines import HandoffState, Side

if TYPE_CHECKING:
    from hub.transfers.views import HandoffView

__all__ = [
    "act_shown",
    "sees_card",
    "sees_dues",
    "sees_member",
    "sees_name_masked",
    "sees_proof",
    "sees_releasing_union",
    "sees_statement_of",
    "sees_transfer_entry",
    "side_of_step",
]

#: While a release is open its receiver reads the card; once it has accepted, it keeps it. Else nothing (I16, A11).
_SHOWN_TO_RECEIVER: Final = frozenset({HandoffState.RELEASED, HandoffState.ACCEPTED})

#: A step that nobody signed is shown with the side that it concerns: whose silence it was, or whose act was checked.
_SIDE_OF_UNSIGNED: Final = {
    "expire": Side.HOLDER,
    "void": Side.RECEIVER,
    "escalate": Side.HOLDER,
    "lapse": Side.HIGHER,
    "supersede": Side.HOLDER,
    "retain": Side.HOLDER,
    "wind_up": Side.RECEIVER,
}
#: What a request that ended by the holder's release elsewhere, or by a retention, is to who asked: closed, or objected
#: to, and no more (domain 3.2).
_UNTOLD: Final = {"supersede": "cancel", "retain": "object"}


def sees_releasing_union(case: HandoffView) -> bool:
    """Who holds the member is not told to a union that only asks for it, until it is released. Source: A12, 5.3."""
    return case.side is not Side.RECEIVER or case.released_at is not None


def sees_statement_of(case: HandoffView, side: Side) -> bool:
    """Whether who made a step, with what statement, is shown: the receiver's own always, another's as its name is."""
    return side is Side.RECEIVER or sees_releasing_union(case)


def sees_card(case: HandoffView) -> bool:
    """The card: the receiver's while it may accept and once it has; the releasing union's stub; nobody else's.

    Source: A11, I16
    """
    if case.side is Side.RECEIVER:
        return case.state in _SHOWN_TO_RECEIVER
    return case.side is Side.HOLDER


def sees_dues(case: HandoffView) -> bool:
    """The month to which dues are paid stands on the card, and is seen with it. Source: 5.2."""
    return sees_card(case)


def sees_member(case: HandoffView) -> bool:
    """Whether to look for the member: for the side that may hold it. That it does hold it, the look-up itself shows.

    Source: 5.2, 5.3
    """
    return case.side is Side.HOLDER or (case.side is Side.RECEIVER and case.state is HandoffState.ACCEPTED)


def sees_transfer_entry(case: HandoffView) -> bool:
    """The entry of the column: its parties', as long as the release stands.

    A release that was refused, recalled, expired or voided is crossed out and prints nothing. Source: NX-3, I16
    """
    return case.state in _SHOWN_TO_RECEIVER and case.side in {Side.HOLDER, Side.RECEIVER}


def sees_proof(case: HandoffView) -> bool:
    """The proof holds both sides' statements: for the two parties, once there is a release. Source: 5.2."""
    return case.released_at is not None and case.side in {Side.HOLDER, Side.RECEIVER}


def sees_name_masked(case: HandoffView) -> bool:
    """The union above the holder is shown whom an escalated case is about, masked; nobody else needs it so.

    Source: 5.2
    """
    return case.is_above_holder


def act_shown(case: HandoffView, act: str) -> str:
    """Give the act of a step as its reader may know it: who asked is told how the request ended, and not by what."""
    return _UNTOLD.get(act, act) if case.side is Side.RECEIVER else act


def side_of_step(act: str, side: Side) -> Side:
    """Give the side with which a step is shown; the hub is nobody's side."""
    return _SIDE_OF_UNSIGNED[act] if side is Side.HUB else side
