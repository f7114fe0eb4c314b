"""Drafts of an import of earlier lines and of a record of dues: the same facts and rules as the acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.acts_history import DuesRecord, History
from federation.encoding import b64url
from hub.errors import Refusal
from hub.transfers.desk.drafting import NOBODY, claims_of, plain
from hub.transfers.desk.history import is_delegated
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.rules.custody import check_signer_is_active, check_signer_may_sign
from hub.transfers.rules.dues import OnDues, check_collects, first_month_owed
from hub.transfers.rules.history import OnHistory
from hub.transfers.rules.order_history import before_a_history, dues_record, history_import
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input

__all__ = ["draft_dues", "draft_history"]

#: Of the right form, where there is nothing to tell.
_SOME_MONTH = "2000-01"


async def draft_history(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft an import of earlier lines; where some were brought in already, their correction. Source: A25."""
    membership_id = given.get("membership_id") or NOBODY
    facts = await hub.ledger.histories.facts(drafting_of(caller), membership_id)
    require_login(facts.signer)
    held, unread = facts.membership, list[Refusal]()
    stated = {
        "custody_version": 1 if held is None else held.custody_version,
        "data_version": 1 if held is None else held.data_version,
        "corrects_sha256": None if facts.stands_sha256 is None else b64url(facts.stands_sha256),
        "transfers": [_line(line) for line in given.get("transfers") or ()],
        "retentions": [_line(line) for line in given.get("retentions") or ()],
        "paper_sha256": given["paper_sha256"],
    }
    claims = claims_of(History, stated, unread)
    if claims is None:
        # Who may not act learns nothing by the form of the input.
        return Draft(History.typ, None, None, every(before_a_history(facts)) or tuple(unread))
    refusals = every(history_import(OnHistory(claims, facts)))
    if held is None:
        return Draft(History.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(History.typ, signed, None, refusals)


def _line(line: Mapping[str, Any]) -> dict[str, object]:
    return {name: plain(value) for name, value in line.items()}


async def draft_dues(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a record of dues, from the first month owed. Who covers the member need not name the agreement.

    Source: NX-6, A9
    """
    membership_id, agreement_id = given.get("membership_id") or NOBODY, given.get("agreement_id")
    unread: list[Refusal] = []
    facts = await hub.ledger.histories.facts_for_dues(drafting_of(caller), membership_id, agreement_id)
    require_login(facts.signer)
    if agreement_id is None and facts.member_id is None and facts.covered_by is not None:
        agreement_id = facts.covered_by
        facts = await hub.ledger.histories.facts_for_dues(drafting_of(caller), membership_id, agreement_id)
    owed = None if facts.paid_through is None else first_month_owed(facts.paid_through, facts.restored_on)
    stated = {
        "agreement_id": plain(agreement_id),
        "paid_from": owed or _SOME_MONTH,
        "paid_through": given["paid_through"],
    }
    claims = claims_of(DuesRecord, stated, unread)
    if claims is None:
        holds = facts.member_id is not None
        before = [*check_signer_may_sign(facts.signer, holds=holds), *check_signer_is_active(facts.signer)]
        return Draft(DuesRecord.typ, None, None, tuple(before) or tuple(unread))
    question = OnDues(claims, facts, is_delegated(facts))
    refusals = every(dues_record(question))
    # By the month owed the claims tell what was paid, which is for who collects alone.
    if facts.member_id is None or any(check_collects(question)):
        return Draft(DuesRecord.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(DuesRecord.typ, signed, None, refusals)
