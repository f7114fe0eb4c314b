"""Two memberships of one person: the second is brought in and stands still, both holders merge the two (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from federation import acts
from federation.merging import MergeSide, merge_sha256
from hub.errors import Code, Refusal
from hub.transfers.desk.joining import (
    check_bound,
    hash_for_look_up,
    join_record,
    joined,
    member_now,
    note_hit,
    stated_in,
)
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    passed_json,
    read_statement,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import custody_time
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.history import RetainedImportRecord
from hub.transfers.ledger.records import MergeRecord, SuspectedRecord
from hub.transfers.machines import HANDOFF, OPEN_STATES, HandoffState, Side
from hub.transfers.person import read_person
from hub.transfers.rules import order
from hub.transfers.rules.days import day_of
from hub.transfers.rules.questions import Join, Merge
from hub.transfers.rules.reasons import ENDED, MERGED
from hub.transfers.rules.standing import Passed, standing_at
from hub.transfers.terms import merge_term
from hub.transfers.views import DuplicateView
from hub.transfers.workdays import CALENDAR
from hub.vault import mask_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import JoinFacts, MergeFacts, MergeRecordFacts
    from hub.transfers.ledger.records import JoinRecord
    from hub.transfers.views import MemberView

__all__ = ["duplicates_of", "end_of_case", "import_member", "kept_by", "merge", "merge_hash", "merge_question"]


async def import_member(hub: Hub, caller: Caller, jws: str, person_text: str) -> MemberView:
    """Record a membership of before the hub, which the signing union holds on paper.

    Active, or retained since before, as the statement says; where the person has a live one already, a suspected
    duplicate that stands still until it is merged.
    Takes: `person_text`, as a join does
    Refuses: what `open_statement`, `read_person` and `order.importing` do; DOCUMENT_TAMPERED for another text
    Source: A3, A25
    """
    statement = read_statement(jws, acts.Import)
    membership_id = UUID(statement.sub)
    stated, hashed = stated_in(statement), hash_for_look_up(hub, person_text)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_import(signing_of(statement, caller), membership_id, hashed, *stated)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        check_bound(claims, person_text)
        question = Join(claims, read_person(person_text, day_of(facts.signer.now)), facts)
        try:
            first(order.importing(question, claims))
        except Refusal as refusal:
            await note_hit(hub, caller, facts.live_membership, facts.signer.now, refusal)
            raise
        status = _status_of(claims, facts)
        record = join_record(hub, caller, statement, question, person_text, status=status)
        suspected = None if facts.live_membership is None else _suspected(hub, facts, record)
        try:
            if await _enter(hub, record, suspected, claims):
                return joined(record, status=status, pair_id=None if suspected is None else suspected.pair_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def _status_of(claims: acts.Import, facts: JoinFacts) -> str:
    """Give the status with which a membership comes in: beside a live one it stands still, whatever it is."""
    if facts.live_membership is not None:
        return MembershipStatus.DUPLICATE_SUSPECTED.value
    return claims.status or MembershipStatus.ACTIVE.value


async def _enter(hub: Hub, record: JoinRecord, suspected: SuspectedRecord | None, claims: acts.Import) -> bool:
    if claims.retention is not None:
        return await hub.ledger.histories.record_retained_import(
            RetainedImportRecord(
                **record._asdict(),
                reason=claims.retention.reason,
                from_date=claims.retention.from_date,
                pair_id=None if suspected is None else suspected.pair_id,
                other_member=None if suspected is None else suspected.other_member,
                other_membership=None if suspected is None else suspected.other_membership,
                disclosure_id=None if suspected is None else suspected.disclosure_id,
            )
        )
    if suspected is None:
        return await hub.ledger.record_join(record)
    return await hub.ledger.record_suspected(suspected)


def _suspected(hub: Hub, facts: JoinFacts, record: JoinRecord) -> SuspectedRecord:
    assert facts.known_person is not None, "who has a live membership is known"
    assert facts.live_membership is not None
    columns = record._asdict()
    del columns["is_known_person"]
    return SuspectedRecord(
        **columns,
        pair_id=hub.vault.derive_uuid("pair", record.membership_id),
        other_member=facts.known_person,
        other_membership=facts.live_membership,
        disclosure_id=uuid4(),
    )


async def merge(hub: Hub, caller: Caller, jws: str) -> MemberView:
    """Record one holder's word on which of two memberships goes on. With the other's over the same, it is done.

    The one that goes on has the earlier day of joining. The other ends: its holding, its open case, its certificate.
    Gives the signer's own as it stands afterwards.
    Refuses: what `open_statement` and `order.merge` do
    Source: A3
    """
    statement = read_statement(jws, acts.Merge)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_merge(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated:
            return await member_now(hub, caller, membership_id)
        first(order.merge(merge_question(claims, facts)))
        try:
            if await hub.ledger.record_merge(_merge_record(hub, caller, statement, claims, facts)):
                return await member_now(hub, caller, membership_id)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def merge_question(claims: acts.Merge, facts: MergeFacts) -> Merge:
    """Put a merge before the rules, with the document that it would have to be over."""
    return Merge(claims, facts, merge_hash(facts, survives=claims.survivor))


def merge_hash(facts: MergeFacts, *, survives: bool) -> str | None:
    """Give the hash of the document by which the signer's own goes on, or the other; None if it is none of a pair."""
    own, other = facts.own, facts.other
    if own is None or other is None:
        return None
    return merge_sha256(own.side, other.side, own.membership_id if survives else other.membership_id)


async def duplicates_of(hub: Hub, caller: Caller, membership_ids: Sequence[UUID]) -> dict[UUID, DuplicateView]:
    """Give, of those among these that the caller holds and that are one of a pair, the other one. Each is logged.

    Source: A3, A11
    """
    rows = await hub.ledger.reveal_duplicates(caller.union_id, membership_ids)
    return {row["membership_id"]: _duplicate(row) for row in rows}


def _duplicate(row: Any) -> DuplicateView:
    kept_by_us, kept_by_other = kept_by(row)
    signed = (kept_by_us, kept_by_other) != (None, None)
    return DuplicateView(
        membership_id=row["other_membership"],
        union_id=row["other_union"],
        joined_on=row["other_joined_on"],
        kept_by_us=kept_by_us,
        kept_by_other=kept_by_other,
        decide_from=row["decide_from"] if signed else None,
    )


def kept_by(row: Any) -> tuple[bool | None, bool | None]:
    """Tell of each holder of a pair whether, by its word, the first one goes on; None: no word that still holds.

    What was signed over a document that is not that of the pair any more counts for nothing.
    """
    sides = (
        MergeSide(row["membership_id"], row["holder_uri"], row["joined_on"]),
        MergeSide(row["other_membership"], row["other_uri"], row["other_joined_on"]),
    )
    kept = {digest_of(merge_sha256(*sides, side.membership_id)): side is sides[0] for side in sides}
    return kept.get(row["said_sha256"]), kept.get(row["other_said_sha256"])


def _merge_record(
    hub: Hub, caller: Caller, statement: Statement[acts.Merge], claims: acts.Merge, facts: MergeFacts
) -> MergeRecord:
    own, other = facts.own, facts.other
    assert own is not None, "the rules let nobody but the holder pass"
    assert other is not None, "the rules let nothing pass but one of a pair"
    assert facts.pair_id is not None
    received_at = custody_time(facts.signer.now, max(own.held_since, other.held_since))
    over = digest_of(claims.merge_sha256)
    completes = other.says(over) or other.holder_union == own.holder_union
    loser = other if claims.survivor else own
    passed, is_voided = end_of_case(loser, received_at) if completes else ((), False)
    # The time to agree runs from the first word; one over a document that is no more was none.
    begun = any(side.says(digest_of(text)) for side in (own, other) for text in _documents(own, other))
    return MergeRecord(
        at=received_at,
        union_id=caller.union_id,
        member_id=own.member_id,
        membership_id=own.membership_id,
        pair_id=facts.pair_id,
        other_member=other.member_id,
        other_membership=other.membership_id,
        other_holder=other.holder_union,
        survives=claims.survivor,
        joined_on=min(own.joined_on, other.joined_on),
        merge_sha256=over,
        completes=completes,
        decide_from=None if begun else merge_term(CALENDAR, day_of(received_at), facts.signer.policy).at,
        higher_union=facts.own_decider if claims.survivor else facts.other_decider,
        name_masked=mask_name(facts.member_name or ""),
        case_id=loser.open_handoff if completes else None,
        case_step=loser.open_step if completes else None,
        passed=passed_json(passed),
        ground=MERGED if is_voided else None,
        ground_told=ENDED if is_voided else None,
        jti=statement.jti,
        sha256=digest_of(statement.sha256),
        typ=statement.typ,
        jws=statement.jws,
        receipt=receipt_for(
            hub,
            statement,
            received_at,
            state_after=_status_after(own, survives=claims.survivor) if completes else own.status,
            custody_version_after=own.custody_version,
        ),
    )


def _documents(own: MergeRecordFacts, other: MergeRecordFacts) -> tuple[str, str]:
    """Give the hashes of the two documents that could be signed over this pair as it stands."""
    return merge_sha256(own.side, other.side, own.membership_id), merge_sha256(
        own.side, other.side, other.membership_id
    )


def _status_after(own: MergeRecordFacts, *, survives: bool) -> str:
    if not survives:
        return MembershipStatus.DUPLICATE_MERGED.value
    return MembershipStatus.ACTIVE.value if own.status == MembershipStatus.DUPLICATE_SUSPECTED else own.status


def end_of_case(loser: MergeRecordFacts, at: datetime) -> tuple[tuple[Passed, ...], bool]:
    """Give the last steps of the open case of a membership that ends: what its dates made, then the voiding."""
    if loser.open_state is None:
        return (), False
    standing = standing_at(loser.open_state, loser.open_deadline, loser.open_then, at)
    if standing.state not in OPEN_STATES:
        return standing.passed, False
    step = HANDOFF.step(standing.state, "void", Side.HUB)
    return (*standing.passed, Passed(step.act, standing.state, HandoffState(step.target), at)), True
