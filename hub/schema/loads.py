"""What fields look up, gathered: a page of a hundred cases costs as many statements as a page of one.

Whatever fields ask for waits until no more is asked for, and is then read kind by kind, one statement for each, in one
transaction as the acting union. What the answers lead to is the next round. Each request has its own look-ups, and
keeps what it has read until the next act.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from hub.transfers.desk.duties import duties_of
from hub.transfers.desk.merging import duplicates_of
from hub.transfers.desk.opening import reading_as
from hub.transfers.desk.proving import history_proofs, proofs
from hub.transfers.ledger import entrusting, history, placements, reads, reads_ending, reads_secondment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from uuid import UUID

    from federation.keys import PublicKey
    from hub.authz.tokens import Caller
    from hub.transfers.certificates import CertificateView
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import (
        AmendmentView,
        DuplicateView,
        HandoffView,
        HoldingView,
        KeyView,
        MemberView,
        PlacementView,
        RetentionView,
        StepView,
        TransferView,
        UnionView,
    )
    from hub.transfers.views_ending import EndingsView, ProposalView
    from hub.transfers.views_entrusting import (
        AgreementStepView,
        AgreementView,
        CareView,
        DutyView,
        RevealedView,
        TieView,
    )
    from hub.transfers.views_history import DuesView, HistoryView
    from hub.transfers.views_secondment import SecondmentStepView, SecondmentView

__all__ = ["Loads"]

V = TypeVar("V")

#: How many turns of the loop must pass without a new wish. Fields of one page that lie deeper come a few turns later.
_QUIET_TURNS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Kind(Generic[V]):
    """One sort of object and how a set of them is read: from a `Reading`, or, if public, from any connection."""

    read: Callable[[Any, Sequence[UUID]], Awaitable[Mapping[UUID, V]]]
    is_public: bool = False
    #: Each reading is entered in the log, so that it is none of the transaction that only reads.
    is_logged: bool = False


_UNIONS: Final[_Kind[UnionView]] = _Kind(reads.unions, is_public=True)
_KEYS: Final[_Kind[list[KeyView]]] = _Kind(reads.keys, is_public=True)
_UNION_AMENDMENTS: Final[_Kind[list[AmendmentView]]] = _Kind(reads.union_amendments, is_public=True)
_MEMBERS: Final[_Kind[MemberView]] = _Kind(reads.members)
_HANDOFFS: Final[_Kind[HandoffView]] = _Kind(reads.handoffs)
_CARDS: Final[_Kind[str]] = _Kind(reads.cards)
_STEPS: Final[_Kind[list[StepView]]] = _Kind(reads.steps)
_HOLDINGS: Final[_Kind[list[HoldingView]]] = _Kind(reads.holdings)
_AMENDMENTS: Final[_Kind[list[AmendmentView]]] = _Kind(reads.amendments)
_AGREEMENTS: Final[_Kind[AgreementView]] = _Kind(entrusting.agreements)
_AGREEMENT_STEPS: Final[_Kind[list[AgreementStepView]]] = _Kind(entrusting.agreement_steps)
_TIES: Final[_Kind[list[TieView]]] = _Kind(entrusting.ties)
_DUTIES: Final[_Kind[list[DutyView]]] = _Kind(duties_of)
_CARE: Final[_Kind[list[CareView]]] = _Kind(entrusting.care_of)
_CERTIFICATES: Final[_Kind[list[CertificateView]]] = _Kind(reads.certificates)
_RETENTIONS: Final[_Kind[list[RetentionView]]] = _Kind(reads.retentions)
_HISTORIES: Final[_Kind[HistoryView]] = _Kind(history.histories)
_DUES: Final[_Kind[list[DuesView]]] = _Kind(history.dues_of)
_SECONDMENTS: Final[_Kind[tuple[SecondmentView, ...]]] = _Kind(reads_secondment.secondments_of_members)
_SECONDMENT_STEPS: Final[_Kind[list[tuple[int, SecondmentStepView]]]] = _Kind(reads_secondment.secondment_steps)
_PLACEMENTS: Final[_Kind[PlacementView]] = _Kind(placements.placements)
_TRANSFERS: Final[_Kind[list[TransferView]]] = _Kind(reads.transfers)
_PROPOSALS: Final[_Kind[ProposalView]] = _Kind(reads_ending.proposals)
_ENDINGS: Final[_Kind[EndingsView]] = _Kind(reads_ending.endings)


class Loads:
    """The look-ups of one request. Every method gives None (or an empty list) for what the caller may not see."""

    def __init__(self, hub: Hub, caller: Caller, hub_keys: Sequence[PublicKey]) -> None:
        self._hub = hub
        self._caller = caller
        self._proofs: _Kind[str] = _Kind(partial(proofs, hub, hub_keys))
        self._history_proofs: _Kind[str] = _Kind(partial(history_proofs, hub, hub_keys))
        self._duplicates: _Kind[DuplicateView] = _Kind(
            lambda _, membership_ids: duplicates_of(hub, caller, membership_ids), is_logged=True
        )
        self._revealed: _Kind[RevealedView] = _Kind(
            lambda _, coverage_ids: hub.ledger.entrustments.reveal(caller.union_id, coverage_ids), is_logged=True
        )
        self._known: dict[tuple[_Kind[Any], UUID], asyncio.Future[Any]] = {}
        self._wanted: dict[_Kind[Any], dict[UUID, asyncio.Future[Any]]] = {}
        self._wishes = 0
        self._round: asyncio.Task[None] | None = None

    def union(self, union_id: UUID) -> Awaitable[UnionView | None]:
        """Give a union. Public."""
        return self._load(_UNIONS, union_id)

    def keys(self, union_id: UUID) -> Awaitable[list[KeyView] | None]:
        """Give every key that a union ever had. Public."""
        return self._load(_KEYS, union_id)

    def union_amendments(self, union_id: UUID) -> Awaitable[list[AmendmentView] | None]:
        """Give the amendments of a union. Public."""
        return self._load(_UNION_AMENDMENTS, union_id)

    def member(self, membership_id: UUID) -> Awaitable[MemberView | None]:
        """Give a member whom the caller holds."""
        return self._load(_MEMBERS, membership_id)

    def duplicate(self, membership_id: UUID) -> Awaitable[DuplicateView | None]:
        """Give the other membership of a person of whom the caller holds one. Logged."""
        return self._load(self._duplicates, membership_id)

    def handoff(self, handoff_id: UUID) -> Awaitable[HandoffView | None]:
        """Give a case to which the caller is a party."""
        return self._load(_HANDOFFS, handoff_id)

    def card(self, handoff_id: UUID) -> Awaitable[str | None]:
        """Give the card of a case, if there is a copy for the caller."""
        return self._load(_CARDS, handoff_id)

    def steps(self, handoff_id: UUID) -> Awaitable[list[StepView] | None]:
        """Give the steps of a case to which the caller is a party."""
        return self._load(_STEPS, handoff_id)

    def holdings(self, membership_id: UUID) -> Awaitable[list[HoldingView] | None]:
        """Give who has held a member, if the caller holds it now."""
        return self._load(_HOLDINGS, membership_id)

    def amendments(self, membership_id: UUID) -> Awaitable[list[AmendmentView] | None]:
        """Give the amendments of a member's data, if the caller holds it now."""
        return self._load(_AMENDMENTS, membership_id)

    def certificates(self, membership_id: UUID) -> Awaitable[list[CertificateView] | None]:
        """Give the certificates that a member had before, if the caller holds it now."""
        return self._load(_CERTIFICATES, membership_id)

    def retentions(self, membership_id: UUID) -> Awaitable[list[RetentionView] | None]:
        """Give the retentions of a member, if the caller holds it now."""
        return self._load(_RETENTIONS, membership_id)

    def history(self, membership_id: UUID) -> Awaitable[HistoryView | None]:
        """Give the lines of before the hub, if the caller holds the member now."""
        return self._load(_HISTORIES, membership_id)

    def history_proof(self, membership_id: UUID) -> Awaitable[str | None]:
        """Give the proof of the lines of before the hub, if the caller holds the member now."""
        return self._load(self._history_proofs, membership_id)

    def dues(self, membership_id: UUID) -> Awaitable[list[DuesView] | None]:
        """Give the months recorded as paid, if the caller holds the member now."""
        return self._load(_DUES, membership_id)

    def secondments(self, membership_id: UUID) -> Awaitable[tuple[SecondmentView, ...] | None]:
        """Give the secondments of a member whom the caller holds, or has lent."""
        return self._load(_SECONDMENTS, membership_id)

    def secondment_steps(self, membership_id: UUID) -> Awaitable[list[tuple[int, SecondmentStepView]] | None]:
        """Give what was done about them, each with the number of its secondment."""
        return self._load(_SECONDMENT_STEPS, membership_id)

    def placement(self, membership_id: UUID) -> Awaitable[PlacementView | None]:
        """Give where a member stands who waits for the employer's union, if the caller holds it now."""
        return self._load(_PLACEMENTS, membership_id)

    def transfers(self, membership_id: UUID) -> Awaitable[list[TransferView] | None]:
        """Give the transfers of a member, if the caller holds it now."""
        return self._load(_TRANSFERS, membership_id)

    def agreement(self, agreement_id: UUID) -> Awaitable[AgreementView | None]:
        """Give an entrustment agreement to which the caller is a party."""
        return self._load(_AGREEMENTS, agreement_id)

    def agreement_steps(self, agreement_id: UUID) -> Awaitable[list[AgreementStepView] | None]:
        """Give the steps of an agreement to which the caller is a party."""
        return self._load(_AGREEMENT_STEPS, agreement_id)

    def ties(self, membership_id: UUID) -> Awaitable[list[TieView] | None]:
        """Give the coverages of a member whom the caller holds, or covers now."""
        return self._load(_TIES, membership_id)

    def duties(self, membership_id: UUID) -> Awaitable[list[DutyView] | None]:
        """Give who owes what to a member whom the caller holds, or covers now."""
        return self._load(_DUTIES, membership_id)

    def care(self, membership_id: UUID) -> Awaitable[list[CareView] | None]:
        """Give what was recorded of a member whom the caller holds, or covers now."""
        return self._load(_CARE, membership_id)

    def revealed(self, coverage_id: UUID) -> Awaitable[RevealedView | None]:
        """Give sex and birth month of whom the caller covers, where the agreement names a purpose. Logged."""
        return self._load(self._revealed, coverage_id)

    def endings(self, membership_id: UUID) -> Awaitable[EndingsView | None]:
        """Give how a membership ended, if the caller holds it, or held it last."""
        return self._load(_ENDINGS, membership_id)

    def proposal(self, membership_id: UUID) -> Awaitable[ProposalView | None]:
        """Give what is proposed of a member whom the caller holds."""
        return self._load(_PROPOSALS, membership_id)

    def proof(self, handoff_id: UUID) -> Awaitable[str | None]:
        """Give the proof of a case to which the caller is a party."""
        return self._load(self._proofs, handoff_id)

    def forget(self) -> None:
        """Forget what was read: an act follows, and its answer shows things as they are after it."""
        self._known.clear()

    def _load(self, kind: _Kind[V], key: UUID) -> asyncio.Future[V | None]:
        future = self._known.get((kind, key))
        if future is None:
            loop = asyncio.get_running_loop()
            future = self._known[kind, key] = loop.create_future()
            self._wanted.setdefault(kind, {})[key] = future
            self._wishes += 1
            if self._round is None:
                self._round = loop.create_task(self._read_all())
        return future

    async def _read_all(self) -> None:
        """Read in rounds, one after the other: what the answers of a round let fields ask for is the next one's."""
        while self._wanted:
            await self._until_quiet()
            wanted, self._wanted = self._wanted, {}
            try:
                found = await self._read(wanted)
            except Exception as fault:  # noqa: BLE001 - each field that waits is told, and the border above decides
                for futures in wanted.values():
                    for future in futures.values():
                        if not future.done():
                            future.set_exception(fault)
            else:
                for kind, futures in wanted.items():
                    for key, future in futures.items():
                        if not future.done():
                            future.set_result(found[kind].get(key))
            await self._until_quiet()
        self._round = None

    async def _until_quiet(self) -> None:
        quiet, wishes = 0, self._wishes
        while quiet < _QUIET_TURNS:
            await asyncio.sleep(0)
            quiet, wishes = (quiet + 1 if wishes == self._wishes else 0), self._wishes

    async def _read(self, wanted: Mapping[_Kind[Any], Mapping[UUID, Any]]) -> dict[_Kind[Any], Mapping[UUID, Any]]:
        found: dict[_Kind[Any], Mapping[UUID, Any]] = {}
        async with reading_as(self._hub, self._caller) as reading:
            for kind, futures in wanted.items():
                if not kind.is_logged:
                    found[kind] = await kind.read(reading.connection if kind.is_public else reading, list(futures))
        for kind, futures in wanted.items():
            if kind.is_logged:
                found[kind] = await kind.read(None, list(futures))
        return found
