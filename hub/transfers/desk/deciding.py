"""Two holders who do not become one over a pair: in time, the union above the one whose record goes on decides (A3)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from federation import acts
from federation.merging import merge_sha256
from hub.errors import Code, Refusal
from hub.transfers.desk.merging import end_of_case, kept_by
from hub.transfers.desk.opening import (
    TRIES,
    Hub,
    Repeated,
    digest_of,
    first,
    open_statement,
    passed_json,
    read_statement,
    reading_as,
    receipt_for,
    signing_of,
)
from hub.transfers.desk.releasing import custody_time
from hub.transfers.kinds import MembershipStatus
from hub.transfers.ledger import reads
from hub.transfers.ledger.groups import Claimed
from hub.transfers.ledger.records import DecisionRecord
from hub.transfers.rules import order
from hub.transfers.rules.questions import MergeDecision
from hub.transfers.rules.reasons import ENDED, MERGED
from hub.transfers.views import DecisionView, MergeCaseView

if TYPE_CHECKING:
    from federation.statements import Statement
    from hub.authz.tokens import Caller
    from hub.transfers.facts import DecisionFacts

__all__ = ["decide_merge", "decision_hash", "merge_cases"]


async def decide_merge(hub: Hub, caller: Caller, jws: str) -> DecisionView:
    """Record the decision of the union above: one goes on, the other ends, as if both holders had said so.

    Refuses: what `open_statement` and `order.merge_decision` do
    Source: A3, HUB-P02
    """
    statement = read_statement(jws, acts.MergeDecision)
    membership_id = UUID(statement.sub)
    for _ in range(TRIES):
        facts = await hub.ledger.facts_for_decision(signing_of(statement, caller), membership_id)
        try:
            claims = open_statement(statement, facts.signer, caller, hub.origin)
        except Repeated as repeated:
            return DecisionView(membership_id, repeated.receipt)
        first(order.merge_decision(MergeDecision(claims, facts, decision_hash(facts))))
        record = _record(hub, caller, statement, claims, facts)
        try:
            if await hub.ledger.record_decision(record):
                return DecisionView(membership_id, record.receipt)
        except Claimed:
            continue
    raise Refusal(Code.STALE_VERSION)


def decision_hash(facts: DecisionFacts) -> str | None:
    """Give the hash of the document by which the one named goes on; None if that is no case for the signer.

    It is one when its time has come, if one of the two holders has signed that document. Source: HUB-P02
    """
    survivor, loser = facts.survivor, facts.loser
    if survivor is None or loser is None:
        return None
    over = merge_sha256(survivor.side, loser.side, survivor.membership_id)
    said = any(side.says(digest_of(over)) for side in (survivor, loser))
    return over if said else None


def _record(
    hub: Hub,
    caller: Caller,
    statement: Statement[acts.MergeDecision],
    claims: acts.MergeDecision,
    facts: DecisionFacts,
) -> DecisionRecord:
    survivor, loser = facts.survivor, facts.loser
    assert survivor is not None, "the rules let nobody else pass"
    assert loser is not None
    assert facts.pair_id is not None
    received_at = custody_time(facts.signer.now, max(survivor.held_since, loser.held_since))
    passed, is_voided = end_of_case(loser, received_at)
    suspected = survivor.status == MembershipStatus.DUPLICATE_SUSPECTED
    return DecisionRecord(
        at=received_at,
        by_union=caller.union_id,
        member_id=survivor.member_id,
        membership_id=survivor.membership_id,
        pair_id=facts.pair_id,
        other_member=loser.member_id,
        other_membership=loser.membership_id,
        holder=survivor.holder_union,
        other_holder=loser.holder_union,
        joined_on=min(survivor.joined_on, loser.joined_on),
        merge_sha256=digest_of(claims.merge_sha256),
        case_id=loser.open_handoff,
        case_step=loser.open_step,
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
            state_after=MembershipStatus.ACTIVE.value if suspected else survivor.status,
            custody_version_after=survivor.custody_version,
        ),
    )


async def merge_cases(hub: Hub, caller: Caller) -> list[MergeCaseView]:
    """Give the pairs that lie with the caller to decide, the longest waiting first. Source: A3, domain 5.2."""
    async with reading_as(hub, caller) as reading:
        rows = await reads.merge_cases(reading)
    found = []
    for row in rows:
        by_holder, by_other = kept_by(row)
        found.append(
            MergeCaseView(
                membership_id=row["membership_id"],
                union_id=row["holder_union"],
                joined_on=row["joined_on"],
                other_membership=row["other_membership"],
                other_union=row["other_union"],
                other_joined_on=row["other_joined_on"],
                name_masked=row["name_masked"],
                decide_from=row["decide_from"],
                kept_by_holder=by_holder,
                kept_by_other=by_other,
            )
        )
    # Where neither has signed over the pair as it stands that this one goes on, there is nothing to decide.
    return [case for case in found if True in {case.kept_by_holder, case.kept_by_other}]
