"""The pair of SQL functions of the acts on a secondment, and what a release and a request ask of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from hub.transfers.facts_secondment import (
    SecondmentActFacts,
    SecondmentFacts,
    SecondmentMembership,
    SecondmentWord,
)
from hub.transfers.ledger.rows import policy_of, under_policy
from hub.transfers.ledger.singles import Singles, signer_of

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.ledger.records import Signing

__all__ = ["RetargetingRecord", "SecondmentActs", "SecondmentRecord", "secondment_of", "with_secondment"]


class SecondmentRecord(NamedTuple):
    """The columns of `record_secondment`, in order.

    `secondment_no`, `step_no`: the one that goes on, if any, and its last step. `document`: what both unions sign
    over; `is_first`, the other has not. `case_id`: the open return that ends, `passed` its last steps.
    """

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    open_handoff: UUID | None
    open_step: int | None
    secondment_no: int | None
    step_no: int
    act: str
    from_state: str
    to_state: str
    side: str
    host_union: UUID | None
    host_employer_uscc: str | None
    starts_on: date | None
    ends_on: date | None
    ended_early_on: date | None
    document: bytes | None
    is_first: bool
    holding_basis: str | None
    case_id: UUID | None
    passed: str
    ground: str | None
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class RetargetingRecord(NamedTuple):
    """The parameters of `record_retargeting`, in order."""

    at: datetime
    union_id: UUID
    member_id: UUID
    membership_id: UUID
    custody_version: int
    secondment_no: int
    step_no: int
    state: str
    home_union: UUID
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


def _function(name: str, arity: int) -> str:
    return f"select * from hub.{name}({', '.join(f'${number}' for number in range(1, arity + 1))})"


def with_secondment(facts: str, sub: int, *, of_holder: bool = False) -> str:
    """Give the text of facts with the latest secondment of each item beside them: one statement still.

    Takes: `sub`, the number of the parameter that holds the memberships; `of_holder`, whether it is what the holder of
    the membership found is told, not the signer: a union above it may sign in its stead and have no case yet (HUB-P09)
    """
    told = "array(select (g.membership).holder_union from g order by g.ord)" if of_holder else "$2"
    return (
        f"with g as materialized ({facts}) select g.*, x.secondment "
        f"from g join hub.facts_of_secondments($1, {told}, ${sub}) x on x.ord = g.ord"
    )


#: The instant at which the secondment is due: its last day is over.
_DUE: Final = (
    "(least(((f.membership).secondment).ends_on, ((f.membership).secondment).ended_early_on) + 1)::timestamp "
    "at time zone 'Asia/Shanghai'"
)
#: With the state of the home union: of one that is wound up the union above signs at once (HUB-P09); and with its
#: policy as the secondment came due: from then on it is asked for the member's return.
FACTS_FOR_SECONDMENT: Final = under_policy(
    f"select f.*, h.state as home_state, n.kind as host_kind from ({_function('facts_for_secondment', 8)}) f "
    "left join hub.unions h on h.union_id = ((f.membership).secondment).home_union "
    "left join hub.unions n on n.union_id = f.host_union",
    home_policy=f"((f.membership).secondment).home_union, {_DUE}",
)
RECORD_RETURN_MATCH: Final = under_policy(_function("record_return_match", 6))
RECORD_RETARGETING: Final = _function("record_retargeting", len(RetargetingRecord._fields))
RECORD_SECONDMENT: Final = _function("record_secondment", len(SecondmentRecord._fields))


def secondment_of(row: Any) -> SecondmentFacts | None:
    """Give a secondment from the columns of `hub.seconded`."""
    return None if row is None or row["secondment_no"] is None else SecondmentFacts(*row)


class SecondmentActs(Singles):
    """The acts on a secondment."""

    async def facts_for_secondment(
        self, signing: Signing, membership_id: UUID, *, host: str | None = None
    ) -> SecondmentActFacts:
        """Give the facts for every act on a secondment; of one to be entered, of the host named too."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_SECONDMENT, *self._clock, *signing, membership_id, host)
        return SecondmentActFacts(
            signer=signer_of(row),
            tie=row["tie"],
            membership=_membership(row["membership"]),
            host_union=row["host_union"],
            host_state=row["host_state"],
            host_kind=row["host_kind"],
            home_state=row["home_state"],
            home_policy=policy_of(row["home_policy"]),
        )

    async def record_return_match(
        self, signing: Signing, membership_id: UUID, minutes: int
    ) -> tuple[SignerFacts, SecondmentFacts | None, str | None]:
        """Let the home union ask for its member; give who asks, the secondment, and the employer at home.

        Nothing is kept, and no secondment given, where there is no right to have the member back.
        """
        async with self._database.connection() as connection:
            row = await connection.fetchrow(RECORD_RETURN_MATCH, *self._clock, *signing[:3], membership_id, minutes)
        return signer_of(row), secondment_of(row["secondment"]), row["home_employer"]

    async def record_secondment(self, record: SecondmentRecord) -> bool:
        """Enter an act on a secondment. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_SECONDMENT, record)

    async def record_retargeting(self, record: RetargetingRecord) -> bool:
        """Let a seconded member come back to another union. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_RETARGETING, record)


def _membership(row: Any) -> SecondmentMembership | None:
    if row is None or row["member_id"] is None:
        return None
    columns: dict[str, Any] = dict(row)
    words, secondment = columns.pop("words"), secondment_of(columns.pop("secondment"))
    said = tuple(
        SecondmentWord(word["act"], bytes.fromhex(word["document"]), word["union"])
        for word in orjson.loads(words or "[]")
    )
    return SecondmentMembership(**columns, secondment=secondment, words=said)
