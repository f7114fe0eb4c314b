"""The pair of SQL functions of each act: `facts_for_…` brings what the rules need, `record_…` does the act."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from hub import failpoints
from hub.transfers.facts import (
    AmendmentFacts,
    CaseFacts,
    CitedFacts,
    DecisionFacts,
    HandoffFacts,
    HeldFacts,
    JoinFacts,
    MatchFacts,
    MembershipFacts,
    MergeFacts,
    MergeRecordFacts,
    OpenRequest,
    PlaceFacts,
    ReceiverFacts,
    ReleaseFacts,
    RequestFacts,
    TargetFacts,
    UnionAmendmentFacts,
    UnionFacts,
)
from hub.transfers.kinds import UnionKind, UnionState
from hub.transfers.ledger.certificates import Certificates
from hub.transfers.ledger.ending import Endings
from hub.transfers.ledger.entrusting import Entrustments
from hub.transfers.ledger.groups import Call, Groups, under_its_key
from hub.transfers.ledger.history import Histories
from hub.transfers.ledger.manifests import FactsOf, Manifests
from hub.transfers.ledger.policies import Policies
from hub.transfers.ledger.printing import Printing
from hub.transfers.ledger.records import (
    NOWHERE,
    AcceptanceRecord,
    AmendmentRecord,
    AnswerRecord,
    ClosureRecord,
    DecisionRecord,
    JoinRecord,
    KeyEndRecord,
    KeyRecord,
    MergeRecord,
    Place,
    ReleaseRecord,
    RequestRecord,
    Search,
    Signing,
    SuspectedRecord,
    UnionAmendmentRecord,
    UnionRecord,
)
from hub.transfers.ledger.retaining import RetentionActs
from hub.transfers.ledger.rows import RECEIVED, SIGNER, numbered_by, policy_of, scheme_of, under_policy
from hub.transfers.ledger.rows import function as _function
from hub.transfers.ledger.seconding import SecondmentActs, secondment_of, with_secondment
from hub.transfers.ledger.singles import kind_of, record_one, signer_of
from hub.transfers.ledger.winding import Windings
from hub.transfers.machines import Side
from hub.transfers.rules.stated import Stated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from hub.database.pool import Database
    from hub.transfers.rules.policy import Policy

__all__ = ["Ledger"]


#: The SQL text of each call; `make bench` runs the same text for its floor.
#: With what there is of retentions, whether a host has let the member go home, who succeeds a holder that is
#: wound up, and under whose policy holder and receiver stand.
_WITH_RETENTION: Final = (
    "select f.*, r.reason as retained_for, r.retained_on, r.restored_on, r.changed_at, "
    "coalesce(r.is_back, false) as is_back, "
    "coalesce(h.parent_union = f.receiver_union, false) as is_above, "
    "case when h.state = 'WINDING_UP' then h.successor_union end as successor "
    "from hub.facts_for_release($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) f "
    "left join lateral hub.read_last_retention((f.membership).holder_union, ($8::uuid[])[f.ord::integer]) r on true "
    "left join hub.unions h on h.union_id = (f.membership).holder_union"
)
FACTS_FOR_RELEASE: Final = under_policy(
    with_secondment(_WITH_RETENTION, 8, of_holder=True),
    holder_policy=f"(f.membership).holder_union, {RECEIVED}",
    receiver_policy=f"f.receiver_union, {RECEIVED}",
)
_WITH_REASON: Final = (
    "select f.*, r.reason as retained_for, coalesce(h.state = 'WINDING_UP', false) as is_wound_up, "
    "coalesce(h.kind = 'EXTERNAL', false) as is_external "
    "from hub.facts_for_request($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) f "
    "left join lateral hub.read_open_retention((f.membership).holder_union, (f.membership).membership_id) r on true "
    "left join hub.unions h on h.union_id = (f.membership).holder_union"
)
FACTS_FOR_REQUEST: Final = under_policy(
    with_secondment(_WITH_REASON, 7),
    holder_policy=f"(f.membership).holder_union, {RECEIVED}",
    policy_at_closing=f"{SIGNER}, (f.membership).cited_closed_at",
)
#: Of the releasing union, for the receiver.
_RELEASED_BY: Final = "case (f.handoff).side when 'RECEIVER' then (f.handoff).counterpart end"
FACTS_FOR_CASE: Final = under_policy(_function("facts_for_case", 8), holder_policy=f"{_RELEASED_BY}, {RECEIVED}")
FACTS_FOR_JOIN: Final = under_policy(numbered_by(_function("facts_for_join", 11), 10))
_OF_ITEM: Final = "from hub.read_exempt_spans(($2::uuid[])[f.ord::integer], ($7::uuid[])[f.ord::integer]) e"
#: With the spans of the membership's retentions: no dues are owed for their months (A21).
FACTS_FOR_AMENDMENT: Final = under_policy(
    numbered_by(
        f"select f.*, array(select e.retained_on {_OF_ITEM}) as retained, "
        f"array(select e.restored_on {_OF_ITEM}) as restored "
        "from hub.facts_for_amendment($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) f",
        9,
    )
)
FACTS_FOR_UNION_AMENDMENT: Final = under_policy(_function("facts_for_union_amendment", 8))
FACTS_FOR_IMPORT: Final = under_policy(numbered_by(_function("facts_for_import", 11), 10))
FACTS_FOR_MERGE: Final = under_policy(_function("facts_for_merge", 7))
FACTS_FOR_DECISION: Final = under_policy(_function("facts_for_decision", 7))
FACTS_FOR_UNION: Final = under_policy(
    f"select f.*, n.kind from ({_function('facts_for_union', 10)}) f "
    "left join hub.unions n on n.union_id = f.about_union"
)
RECORD_RELEASE: Final = _function("record_release", len(ReleaseRecord._fields))
RECORD_REQUEST: Final = _function("record_request", 29)
RECORD_ANSWER: Final = _function("record_answer", 25)
RECORD_MATCH: Final = under_policy(_function("record_match", 13))
RECORD_ACCEPTANCE: Final = _function("record_acceptance", 18)
RECORD_CLOSURE: Final = _function("record_closure", 19)
#: Who is wound up meanwhile takes nobody in (HUB-P09).
RECORD_JOIN: Final = f"select hub.still_active(({_function('record_join', 35)}), $2)"
RECORD_AMENDMENT: Final = _function("record_amendment", 47)
RECORD_UNION_AMENDMENT: Final = _function("record_union_amendment", 20)
RECORD_SUSPECTED: Final = f"select hub.still_active(({_function('record_suspected', 38)}), $2)"
RECORD_MERGE: Final = _function("record_merge", 25)
RECORD_DECISION: Final = _function("record_decision", 21)
RECORD_UNION: Final = _function("record_union", 21)
RECORD_KEY: Final = _function("record_key", 13)
HOLD_KEY_TO_END_IT: Final = _function("hold_key_to_end_it", 3)
RECORD_KEY_END: Final = _function("record_key_end", 13)
RECORD_DISCLOSURE: Final = _function("record_disclosure", 6)
REVEAL_ID_NUMBER: Final = _function("reveal_id_number", 5)
REVEAL_DUPLICATES: Final = _function("reveal_duplicates", 4)
FACTS_FOR_LOGIN: Final = _function("facts_for_login", 3)
RECORD_LOGIN: Final = _function("record_login", 4)


class Ledger(RetentionActs, SecondmentActs):
    """The act functions, behind the groups: two connections for facts, two for records."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        clock = self._clock
        self.entrustments = Entrustments(database)
        self._facts = Groups(database)
        self._records = Groups(database)
        self._facts_for_release = Call("facts_for_release", FACTS_FOR_RELEASE, clock)
        self._facts_for_request = Call("facts_for_request", FACTS_FOR_REQUEST, clock)
        self._facts_for_case = Call("facts_for_case", FACTS_FOR_CASE, clock)
        self._facts_for_join = Call("facts_for_join", FACTS_FOR_JOIN, clock)
        self._facts_for_amendment = Call("facts_for_amendment", FACTS_FOR_AMENDMENT, clock)
        self._facts_for_import = Call("facts_for_import", FACTS_FOR_IMPORT, clock)
        self._record_release = Call("record_release", under_its_key(RECORD_RELEASE, ReleaseRecord))
        self._record_request = Call("record_request", under_its_key(RECORD_REQUEST, RequestRecord))
        self._record_answer = Call("record_answer", under_its_key(RECORD_ANSWER, AnswerRecord))
        self._record_acceptance = Call("record_acceptance", under_its_key(RECORD_ACCEPTANCE, AcceptanceRecord))
        self._record_closure = Call("record_closure", under_its_key(RECORD_CLOSURE, ClosureRecord))
        self._record_join = Call("record_join", under_its_key(RECORD_JOIN, JoinRecord))
        self._record_amendment = Call("record_amendment", under_its_key(RECORD_AMENDMENT, AmendmentRecord))
        self._record_suspected = Call("record_suspected", under_its_key(RECORD_SUSPECTED, SuspectedRecord))
        self.certificates = Certificates(database)
        self.manifests = Manifests(
            database,
            FactsOf(FACTS_FOR_RELEASE, clock, _release_facts),
            FactsOf(FACTS_FOR_CASE, clock, _case_facts),
            {
                ReleaseRecord: RECORD_RELEASE,
                AnswerRecord: RECORD_ANSWER,
                AcceptanceRecord: RECORD_ACCEPTANCE,
                ClosureRecord: RECORD_CLOSURE,
            },
        )
        self.endings = Endings(database)
        self.windings = Windings(database)
        self.histories = Histories(database)
        self.printing = Printing(database)
        self.policies = Policies(database)

    async def close(self) -> None:
        """Stop the groups."""
        await self._facts.close()
        await self._records.close()

    async def facts_for_release(
        self,
        signing: Signing,
        membership_id: UUID,
        handoff_id: UUID | None,
        receiver_uri: str,
        place: Place = NOWHERE,
        *,
        side: Side = Side.HOLDER,
    ) -> ReleaseFacts:
        """Give the facts for a release, by the holder or (`side`) by the union above it."""
        row = await self._facts.ask(
            self._facts_for_release, (*signing, side.value, membership_id, handoff_id, receiver_uri, *place)
        )
        return _release_facts(row, side)

    async def facts_for_request(
        self,
        signing: Signing,
        match_id: UUID,
        handoff_id: UUID | None,
        appeals: bytes | None,
        place: Place = NOWHERE,
    ) -> RequestFacts:
        """Give the facts for a request: whom its match found, and the case that it cites by a hash."""
        row = await self._facts.ask(
            self._facts_for_request,
            (*signing, match_id, handoff_id, appeals, place.is_asked, place.employer_uscc),
        )
        case = row["membership"]
        found = case is not None and case["member_id"] is not None
        return RequestFacts(
            signer=signer_of(row),
            outcome=row["outcome"],
            target=replace(_target(case, signing.union_id), retained_for=row["retained_for"]) if found else None,
            cited=_cited(case, policy_of(row["policy_at_closing"]))
            if found and case["cited_state"] is not None
            else None,
            handoff_taken=row["handoff_taken"],
            employers=frozenset(row["employers"]),
            higher_union=row["higher_union"],
            further_union=row["further_union"],
            place=_place(row["place"]),
            secondment=secondment_of(row["secondment"]),
            holder_is_wound_up=row["is_wound_up"],
            holder_is_external=row["is_external"],
            holder_policy=policy_of(row["holder_policy"]),
        )

    async def record_match(self, search: Search) -> MatchFacts:
        """Look for whom a request's draft means, and keep whether anybody was found. Tells nothing of it."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(RECORD_MATCH, *self._clock, *search)
        return MatchFacts(signer_of(row), frozenset(row["employers"]), row["is_limited"])

    async def facts_for_case(self, signing: Signing, membership_id: UUID, handoff_id: UUID) -> CaseFacts:
        """Give the facts for every act on a case but a release."""
        row = await self._facts.ask(self._facts_for_case, (*signing, membership_id, handoff_id))
        return _case_facts(row)

    async def facts_for_join(
        self,
        signing: Signing,
        membership_id: UUID,
        id_hash: bytes | None,
        employer_uscc: str | None,
        certificate: tuple[str, str] | None,
    ) -> JoinFacts:
        """Give the facts for a join. `certificate`: province and number."""
        province, number = certificate or (None, None)
        row = await self._facts.ask(
            self._facts_for_join, (*signing, membership_id, id_hash, employer_uscc, province, number)
        )
        return _join_facts(row)

    async def facts_for_import(
        self,
        signing: Signing,
        membership_id: UUID,
        id_hash: bytes | None,
        employer_uscc: str | None,
        certificate: tuple[str, str] | None,
    ) -> JoinFacts:
        """Give the facts for an import: those for a join, and whether the person's membership is one of a pair."""
        province, number = certificate or (None, None)
        row = await self._facts.ask(
            self._facts_for_import, (*signing, membership_id, id_hash, employer_uscc, province, number)
        )
        live = None if row["live_name"] is None else (row["live_name"], row["live_birth_month"])
        return replace(_join_facts(row), is_paired=row["is_paired"], live_person=live)

    async def facts_for_merge(self, signing: Signing, membership_id: UUID) -> MergeFacts:
        """Give the facts for a merge: the signer's own membership, and the other one of its pair."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_MERGE, *self._clock, *signing, membership_id)
        return MergeFacts(
            signer=signer_of(row),
            own=_merge_record(row["own"]),
            is_party=row["tie"] == "PARTY",
            pair_id=row["pair_id"],
            other=_merge_record(row["other"]),
            member_name=row["member_name"],
            own_decider=row["own_decider"],
            other_decider=row["other_decider"],
        )

    async def facts_for_decision(self, signing: Signing, membership_id: UUID) -> DecisionFacts:
        """Give the facts for a decision that this membership goes on: the pair, if it lies with the signer by now."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_DECISION, *self._clock, *signing, membership_id)
        return DecisionFacts(
            signer=signer_of(row),
            pair_id=row["pair_id"],
            survivor=_merge_record(row["own"]),
            loser=_merge_record(row["other"]),
        )

    async def facts_for_amendment(
        self, signing: Signing, membership_id: UUID, id_hash: bytes | None, certificate: tuple[str, str] | None
    ) -> AmendmentFacts:
        """Give the facts for an amendment of a member's data. `certificate`: province and number."""
        province, number = certificate or (None, None)
        row = await self._facts.ask(self._facts_for_amendment, (*signing, membership_id, id_hash, province, number))
        case = row["membership"]
        return AmendmentFacts(
            signer=signer_of(row),
            membership=HeldFacts(*tuple(case)[2:]) if case is not None and case["tie"] == Side.HOLDER else None,
            is_party=case is not None and case["tie"] == "PARTY",
            known_person=row["known_person"],
            known_membership=row["known_membership"],
            certificate_taken=row["certificate_taken"],
            employers=frozenset(row["employers"]),
            hits_today=row["hits_today"],
            scheme=scheme_of(row),
            stock=row["stock"],
            exempt=tuple(zip(row["retained"], row["restored"], strict=True)),
        )

    async def facts_for_union_amendment(
        self, signing: Signing, about: str, *, listed: list[str]
    ) -> UnionAmendmentFacts:
        """Give the facts for an amendment of a union (`about`, its URI)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_UNION_AMENDMENT, *self._clock, *signing, about, listed)
        is_known = row["about_union"] is not None
        return UnionAmendmentFacts(
            signer=signer_of(row),
            about_union=row["about_union"],
            is_next_higher=row["is_next_higher"],
            kind=kind_of(row["kind"]),
            state=UnionState(row["state"]) if is_known else None,
            version=row["version"] or 0,
            employers=frozenset(row["employers"]),
            units=frozenset(row["units"]),
            listed=dict(zip(row["listed_found"], row["listed"], strict=True)),
        )

    async def facts_for_union(
        self, signing: Signing, about: str, *, use: str | None, kid: str | None, listed: list[str]
    ) -> UnionFacts:
        """Give the facts for an act on a union (`about`, its URI) or on its key (use, kid)."""
        async with self._database.connection() as connection:
            return await self._facts_for_union(connection, signing, about, use, kid, listed)

    async def _facts_for_union(self, connection: Any, signing: Signing, about: str, *asked: Any) -> UnionFacts:
        row = await connection.fetchrow(FACTS_FOR_UNION, *self._clock, *signing, about, *asked)
        return UnionFacts(
            signer=signer_of(row),
            about_union=row["about_union"],
            is_self=row["is_self"],
            is_next_higher=row["is_next_higher"],
            kind=kind_of(row["kind"]),
            key_registered=row["key_registered"],
            key_revoked=row["key_revoked"],
            key_retired_at=row["key_retired_at"],
            listed=dict(zip(row["listed_found"], row["listed"], strict=True)),
        )

    async def end_key(
        self,
        signing: Signing,
        about: str,
        key: tuple[str | None, str | None],
        judge: Callable[[UnionFacts], KeyEndRecord],
    ) -> bool:
        """End a key while nobody records by it: what was recorded was received before, what comes after is refused.

        Takes: `key`, its use and kid; `judge`, which gives the record by the facts, or raises. False: it has ended
        already. Raises: Claimed, DatabaseUnavailable
        """
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(HOLD_KEY_TO_END_IT, about, *key)
            facts = await self._facts_for_union(connection, signing, about, *key, [])
            done = await record_one(connection, RECORD_KEY_END, judge(facts))
        failpoints.reach(failpoints.Point.AFTER_COMMIT)
        return done

    async def record_release(self, record: ReleaseRecord) -> bool:
        """Open the handoff. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_release, record, person=record.member_id))

    async def record_request(self, record: RequestRecord) -> bool:
        """Open a handoff by a request. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_request, record, person=record.member_id))

    async def record_answer(self, record: AnswerRecord) -> bool:
        """Release in answer to the open request. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_answer, record, person=record.member_id))

    async def record_acceptance(self, record: AcceptanceRecord) -> bool:
        """Move the membership. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_acceptance, record, person=record.member_id))

    async def record_closure(self, record: ClosureRecord) -> bool:
        """Close the handoff without a move. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_closure, record, person=record.member_id))

    async def record_join(self, record: JoinRecord) -> bool:
        """Enter a first holding. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_join, record, person=record.member_id))

    async def record_amendment(self, record: AmendmentRecord) -> bool:
        """Put a member's data right. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_amendment, record, person=record.member_id))

    async def record_union_amendment(self, record: UnionAmendmentRecord) -> bool:
        """Put a union right. False: overtaken."""
        return await self._single(RECORD_UNION_AMENDMENT, record)

    async def record_suspected(self, record: SuspectedRecord) -> bool:
        """Enter a second membership, which stands still. False: overtaken. Raises: Claimed, DatabaseUnavailable."""
        return bool(await self._records.ask(self._record_suspected, record, person=record.other_member))

    async def record_merge(self, record: MergeRecord) -> bool:
        """Enter one holder's word on a pair; the second one merges. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_MERGE, record)

    async def record_decision(self, record: DecisionRecord) -> bool:
        """Merge a pair by the word of the union above. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_DECISION, record)

    async def record_union(self, record: UnionRecord) -> bool:
        """Enter a union. False: it is there already, or its parent is closed."""
        return await self._single(RECORD_UNION, record)

    async def record_key(self, record: KeyRecord) -> bool:
        """Enter a key. False: the kid is taken."""
        return await self._single(RECORD_KEY, record)

    async def record_already_member(
        self, union_id: UUID, at: datetime, disclosure_id: UUID, membership_id: UUID
    ) -> None:
        """Enter in the disclosure log that a union learned that a person is a member elsewhere (A11)."""
        async with self._database.connection() as connection:
            await connection.execute(
                RECORD_DISCLOSURE, union_id, at, disclosure_id, "ALREADY_MEMBER", membership_id, None
            )

    async def reveal_id_number(
        self, union_id: UUID, membership_id: UUID, disclosure_id: UUID, purpose: str
    ) -> tuple[UUID, str, bytes | None] | None:
        """Give person, id type and sealed number to the holder, and log it (A11); None for anyone else."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(
                REVEAL_ID_NUMBER, *self._clock, union_id, membership_id, disclosure_id, purpose
            )
        return None if row is None else (row["member_id"], row["id_type"], row["sealed"])

    async def reveal_duplicates(self, union_id: UUID, membership_ids: Sequence[UUID]) -> list[Any]:
        """Give the other one of each pair of which the union holds one of these, and log each reading (A3, A11)."""
        async with self._database.connection() as connection:
            rows: list[Any] = await connection.fetch(
                REVEAL_DUPLICATES, *self._clock, union_id, membership_ids, [uuid4() for _ in membership_ids]
            )
        return rows

    async def facts_for_login(self, union_uri: str, kid: str) -> Any:
        """Give union_id, alg, jwk, not_before, retired_at, revoked_at, now; all None but `now` for no such key."""
        async with self._database.connection() as connection:
            return await connection.fetchrow(FACTS_FOR_LOGIN, *self._clock, union_uri, kid)

    async def record_login(self, now: datetime, union_id: UUID, jti: str, expires_at: datetime) -> bool:
        """Spend an assertion. False: it was used before."""
        async with self._database.connection() as connection:
            return bool(await connection.fetchval(RECORD_LOGIN, now, union_id, jti, expires_at))


def _release_facts(row: Any, side: Side = Side.HOLDER) -> ReleaseFacts:
    case = row["membership"]
    return ReleaseFacts(
        signer=signer_of(row),
        membership=_membership(case, row) if case is not None and case["tie"] == side else None,
        is_party=case is not None and case["tie"] == "PARTY",
        handoff_taken=row["handoff_taken"],
        receiver=None if row["receiver_union"] is None else _receiver(row),
        # Nobody urges a receiver that is outside the hub: who registered it reads no case of it (A25, 5.3).
        overdue_union=None if row["receiver_kind"] == UnionKind.EXTERNAL else row["overdue_union"],
        holder_uri=row["holder_uri"],
        place=_place(row["place"]),
        holder_policy=policy_of(row["holder_policy"]),
        receiver_policy=policy_of(row["receiver_policy"]),
        secondment=secondment_of(row["secondment"]),
        successor=row["successor"],
    )


def _case_facts(row: Any) -> CaseFacts:
    case = row["handoff"]
    return CaseFacts(
        signer=signer_of(row),
        holds=row["holds"],
        handoff=None if case is None or case["member_id"] is None else _handoff(case, row["place"]),
        holder_policy=policy_of(row["holder_policy"]),
    )


def _join_facts(row: Any) -> JoinFacts:
    return JoinFacts(
        signer=signer_of(row),
        membership_taken=row["membership_taken"],
        known_person=row["known_person"],
        live_membership=row["live_membership"],
        certificate_taken=row["certificate_taken"],
        employers=frozenset(row["employers"]),
        employer_union_uri=row["employer_union_uri"],
        employer_union_name=row["employer_union_name"],
        hits_today=row["hits_today"],
        scheme=scheme_of(row),
        stock=row["stock"],
    )


def _merge_record(row: Any) -> MergeRecordFacts | None:
    return None if row is None or row["member_id"] is None else MergeRecordFacts(*row)


def _receiver(row: Any) -> ReceiverFacts:
    return ReceiverFacts(
        union_id=row["receiver_union"],
        kind=UnionKind(row["receiver_kind"]),
        state=UnionState(row["receiver_state"]),
        employers=frozenset(row["receiver_employers"]),
        is_above_holder=row["is_above"],
    )


def _place(row: Any) -> PlaceFacts:
    return PlaceFacts() if row is None else PlaceFacts(**{**dict(row), "areas": frozenset(row["areas"] or ())})


def _handoff(case: Any, place: Any) -> HandoffFacts:
    _, *columns, terms = tuple(case)
    return HandoffFacts(*(*columns, Stated.kept(terms), _place(place)))


#: The columns of a `release_case` up to what its holder's row says; after it, the case that the release names.
_NAMED: Final = 26


def _membership(case: Any, row: Any) -> MembershipFacts:
    _, _, *columns = tuple(case)
    state, deadline, then_deadline, request, reason, to_union, previous, basis, residence = columns[_NAMED - 2 :]
    named = None if state is None else OpenRequest(state, deadline, then_deadline, request, to_union, reason)
    return MembershipFacts(
        **dict(zip(_HELD, columns, strict=False)),
        named=named,
        previous_union=previous,
        holding_basis=basis,
        residence=residence,
        **{name: row[name] for name in _RETAINED},
    )


_RETAINED: Final = ("retained_for", "retained_on", "restored_on", "changed_at", "is_back")
_NOT_HELD: Final = {"named", "previous_union", "holding_basis", "residence", *_RETAINED}
#: The fields of a membership, in the order of the columns.
_HELD: Final = tuple(name for name in MembershipFacts.__dataclass_fields__ if name not in _NOT_HELD)


def _target(case: Any, asking: UUID) -> TargetFacts:
    return TargetFacts(
        **{name: case[name] for name in _TARGET}, name=case["member_name"], is_held_here=case["holder_union"] == asking
    )


_TARGET: Final = tuple(
    name for name in TargetFacts.__dataclass_fields__ if name not in {"name", "is_held_here", "retained_for"}
)


def _cited(case: Any, policy: Policy) -> CitedFacts:
    return CitedFacts(
        state=case["cited_state"],
        deadline=case["cited_deadline"],
        then_deadline=case["cited_then"],
        closed_at=case["cited_closed_at"],
        by_objection=bool(case["cites_objection"]),
        higher_union=case["cited_higher"],
        is_of_this_custody=case["cited_unmoved"],
        appeal_days=policy.appeal_days,
    )
