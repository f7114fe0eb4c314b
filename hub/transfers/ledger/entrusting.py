"""Every SQL call about entrustments (A9): what the rules need, what the acts record, and what the parties read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

import asyncpg

from hub import failpoints
from hub.transfers.facts_entrusting import AgreementFacts, CareFacts, EntrustmentFacts, PartyFacts, RosterFacts
from hub.transfers.ledger.groups import CONFLICTS, Claimed
from hub.transfers.ledger.rows import under_policy
from hub.transfers.ledger.singles import signer_of
from hub.transfers.views_entrusting import (
    AgreementStepView,
    AgreementView,
    CareView,
    CoverageView,
    RevealedView,
    TieView,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from hub.database.pool import Database, Reading
    from hub.transfers.ledger.records import Signing

__all__ = [
    "AgreementActRecord",
    "AnswerRecord",
    "CareRecord",
    "Entering",
    "Entrustments",
    "ProposalRecord",
    "RosterRecord",
    "Stated",
]


class Stated(NamedTuple):
    """The statement by which an act was done, and its receipt: the last columns of each record."""

    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class ProposalRecord(NamedTuple):
    """The columns of `record_entrustment` up to the statement, in order."""

    at: datetime
    union_id: UUID
    agreement_id: UUID
    step_no: int
    from_state: str
    side: str
    dispatch_union: UUID
    host_union: UUID
    agreement_no: str
    starts_on: date
    ends_on: date
    document_sha256: bytes
    document: str
    purpose: str | None
    supersedes: UUID | None


class Entering(NamedTuple):
    """Members who come under an agreement: columns of several records, in order."""

    coverage_ids: list[UUID]
    member_ids: list[UUID]
    membership_ids: list[UUID]
    custody_versions: list[int]
    host_posts: list[str]
    dispatch_from: list[date]
    dispatch_to: list[date]
    coverage_from: list[date]
    coverage_to: list[date]


class AgreementActRecord(NamedTuple):
    """The columns of `record_entrustment_act` up to who comes under the agreement, in order."""

    at: datetime
    union_id: UUID
    agreement_id: UUID
    step_no: int
    from_state: str
    act: str
    side: str
    to_state: str
    in_force_from: datetime | None
    closed_at: datetime | None
    superseded: UUID | None
    superseded_step: int | None


class RosterRecord(NamedTuple):
    """The columns of `record_roster` up to who comes under the agreement, in order."""

    at: datetime
    union_id: UUID
    agreement_id: UUID
    step_no: int
    version: int
    roster_sha256: bytes
    document: str
    removed: list[UUID]
    removed_members: list[UUID]
    reasons: list[str]


class AnswerRecord(NamedTuple):
    """The columns of `record_coverage_answer` up to the statement, in order."""

    at: datetime
    union_id: UUID
    agreement_id: UUID
    to_state: str
    coverage_ids: list[UUID]
    member_ids: list[UUID]


class CareRecord(NamedTuple):
    """The columns of `record_care` up to the statement, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    agreement_id: UUID | None
    record_id: UUID
    act: str
    kind: str
    occurred_on: date
    evidence_sha256: bytes | None


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


FACTS_FOR_ENTRUSTMENT: Final = under_policy(_function("facts_for_entrustment", 13))
FACTS_FOR_CARE: Final = under_policy(_function("facts_for_care", 8))
IS_ENTRUSTED_HOST: Final = _function("is_entrusted_host", 3)
RECORD_ENTRUSTMENT: Final = _function("record_entrustment", 20)
RECORD_ENTRUSTMENT_ACT: Final = _function("record_entrustment_act", 26)
RECORD_ROSTER: Final = _function("record_roster", 24)
RECORD_COVERAGE_ANSWER: Final = _function("record_coverage_answer", 11)
RECORD_CARE: Final = _function("record_care", 15)
READ_ENTRUSTMENTS: Final = _function("read_entrustments", 4)
READ_ENTRUSTMENT_STEPS: Final = _function("read_entrustment_steps", 2)
READ_COVERAGES: Final = _function("read_coverages", 5)
READ_MEMBER_COVERAGES: Final = _function("read_member_coverages", 2)
READ_CARE: Final = _function("read_care", 2)
REVEAL_ENTRUSTED: Final = _function("reveal_entrusted", 4)


def _under_its_key(sql: str, arity: int) -> str:
    """Put before a record that its statement's key is in force until it is in (I17), as `groups.under_its_key` does.

    Each record begins with its time and its union, and its text stands before its receipt.
    """
    held = f"hub.hold_keys(array[$1::timestamptz], array[$2::uuid], array[${arity - 1}::text])"
    return f"select case when {held} then ({sql}) end"


class Entrustments:
    """The functions of entrustment. Acts on agreements are few: each is a call of its own, in no group."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._clock = (database.test_clock,)

    async def facts(
        self,
        signing: Signing,
        agreement_id: UUID | None,
        *,
        parties: tuple[str, str, str, str] | None = None,
        supersedes: UUID | None = None,
        members: Sequence[UUID] | None = None,
    ) -> EntrustmentFacts:
        """Give the facts for an act on an agreement.

        Takes: `parties`, the URIs of both unions and the codes of both employers, and `supersedes` of a text that is
        proposed; `members`, who is to be looked at. What is None is read in the text of the agreement.
        """
        stated = parties or (None, None, None, None)
        given = (agreement_id, *stated, supersedes, None if members is None else list(members))
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_ENTRUSTMENT, *self._clock, *signing, *given)
        members_found = [RosterFacts(*member) for member in row["members"] or ()]
        return EntrustmentFacts(
            signer=signer_of(row),
            is_taken=row["is_taken"],
            agreement=None if row["agreement"] is None else AgreementFacts(*row["agreement"]),
            dispatch=None if row["dispatch"] is None else PartyFacts(*row["dispatch"]),
            host=None if row["host"] is None else PartyFacts(*row["host"]),
            superseded=None if row["superseded"] is None else AgreementFacts(*row["superseded"]),
            members={member.membership_id: member for member in members_found},
        )

    async def facts_for_care(self, signing: Signing, membership_id: UUID, agreement_id: UUID | None) -> CareFacts:
        """Give the facts for a record of an activity or a rights case."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_CARE, *self._clock, *signing, membership_id, agreement_id)
        _, *rest, _ = row
        return CareFacts(signer_of(row), *rest)

    async def is_host_of(self, union_id: UUID, membership_id: UUID | None) -> bool:
        """Whether a union is entrusted with this member now."""
        async with self._database.connection() as connection:
            return bool(await connection.fetchval(IS_ENTRUSTED_HOST, *self._clock, union_id, membership_id))

    async def record_proposal(self, record: ProposalRecord, stated: Stated) -> bool:
        """Put a text before the other union. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return await self._record(RECORD_ENTRUSTMENT, (*record, *stated))

    async def record_act(self, record: AgreementActRecord, entering: Entering, stated: Stated) -> bool:
        """Sign, withdraw or terminate. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return await self._record(RECORD_ENTRUSTMENT_ACT, (*record, *entering, *stated))

    async def record_roster(self, record: RosterRecord, entering: Entering, stated: Stated) -> bool:
        """Change the roster. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return await self._record(RECORD_ROSTER, (*record, *entering, *stated))

    async def record_answer(self, record: AnswerRecord, stated: Stated) -> bool:
        """Acknowledge or decline. Raises: Claimed, DatabaseUnavailable."""
        return await self._record(RECORD_COVERAGE_ANSWER, (*record, *stated))

    async def record_care(self, record: CareRecord, stated: Stated) -> bool:
        """Record an activity or a rights case. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return await self._record(RECORD_CARE, (*record, *stated))

    async def reveal(self, union_id: UUID, coverage_ids: Sequence[UUID]) -> dict[UUID, RevealedView]:
        """Give sex and birth month of covered members, where the agreement names a purpose. Each is logged."""
        ids = [uuid4() for _ in coverage_ids]
        async with self._database.connection() as connection:
            rows = await connection.fetch(REVEAL_ENTRUSTED, *self._clock, union_id, list(coverage_ids), ids)
        return {row["coverage_id"]: RevealedView(*row) for row in rows}

    async def _record(self, sql: str, columns: tuple[Any, ...]) -> bool:
        async with self._database.connection() as connection:
            try:
                failpoints.reach(failpoints.Point.BETWEEN_STATEMENTS)
                done = bool(await connection.fetchval(_under_its_key(sql, len(columns)), *columns))
            except asyncpg.PostgresError as fault:
                if fault.sqlstate in CONFLICTS:
                    raise Claimed from fault
                raise
        failpoints.reach(failpoints.Point.AFTER_COMMIT)
        return done


async def agreements(reading: Reading, agreement_ids: Sequence[UUID]) -> dict[UUID, AgreementView]:
    """Give agreements to which the acting union is a party."""
    rows = await reading.connection.fetch(READ_ENTRUSTMENTS, reading.now, list(agreement_ids), None, len(agreement_ids))
    return {row["agreement_id"]: AgreementView(*row) for row in rows}


async def agreement_page(reading: Reading, *, after: UUID | None, limit: int) -> list[AgreementView]:
    """Give a page of the acting union's agreements, in the order of their ids."""
    rows = await reading.connection.fetch(READ_ENTRUSTMENTS, reading.now, None, after, limit)
    return [AgreementView(*row) for row in rows]


async def agreement_steps(reading: Reading, agreement_ids: Sequence[UUID]) -> dict[UUID, list[AgreementStepView]]:
    """Give the steps of agreements to which the acting union is a party."""
    rows = await reading.connection.fetch(READ_ENTRUSTMENT_STEPS, reading.now, list(agreement_ids))
    found: dict[UUID, list[AgreementStepView]] = {}
    for row in rows:
        found.setdefault(row["agreement_id"], []).append(AgreementStepView(*row))
    return found


async def coverage_page(
    reading: Reading, agreement_id: UUID, *, states: list[str] | None, after: UUID | None, limit: int
) -> list[CoverageView]:
    """Give a page of whom an agreement of the acting union covers, in the order of their ids."""
    rows = await reading.connection.fetch(READ_COVERAGES, reading.now, agreement_id, states, after, limit)
    return [CoverageView(*row) for row in rows]


async def ties(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[TieView]]:
    """Give the ties of members whom the acting union holds, or covers now: the latest coverage first."""
    rows = await reading.connection.fetch(READ_MEMBER_COVERAGES, reading.now, list(membership_ids))
    found: dict[UUID, list[TieView]] = {}
    for row in rows:
        *columns, holder, document, state = row
        coverage = None if row["coverage_id"] is None else CoverageView(*columns)
        tie = TieView(row["membership_id"], holder, coverage, document, state)
        found.setdefault(row["membership_id"], []).append(tie)
    return found


async def care_of(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[CareView]]:
    """Give what was recorded of members whom the acting union holds, or, by itself, of those whom it covers now."""
    rows = await reading.connection.fetch(READ_CARE, reading.now, list(membership_ids))
    found: dict[UUID, list[CareView]] = {}
    for row in rows:
        found.setdefault(row["membership_id"], []).append(CareView(*row))
    return found
