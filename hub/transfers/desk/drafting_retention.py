"""Drafts of the acts on a retention: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.acts_retention import Annulment, ReasonChange, Restoration, Retention
from federation.encoding import b64url
from hub.errors import Refusal
from hub.transfers.desk.drafting import NO_HASH, NOBODY, claims_of, plain, storable
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.desk.releasing import with_entrustment
from hub.transfers.kinds import RetentionReason
from hub.transfers.ledger.records import NOWHERE, Place
from hub.transfers.rules import order_retention
from hub.transfers.rules.questions import OnRetention
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts import RetainedFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["draft_annulment", "draft_reason_change", "draft_restoration", "draft_retention"]

#: The day on which each reason's own fact came about: where that is all that is given, it is the day of the entry, and
#: the other way about. A relation that has ended is stated for itself (A3).
_DAY_OF = {RetentionReason.RETIREMENT: "retired_on", RetentionReason.MILITARY_SERVICE: "enlisted_on"}


async def draft_retention(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a retention. Source: A17, A18, A19, A20, NX-4."""
    stated = _stated(Retention, given)
    fact = _DAY_OF.get(given["reason"])
    if fact is not None and stated[fact] is None:
        stated[fact] = stated["retained_on"]
    days = ("retained_on", "retired_on", "relation_ended_on", "enlisted_on")
    stated["retained_on"] = next((stated[name] for name in days if stated[name] is not None), None)
    return await _draft(hub, caller, Retention, given, lambda _: stated, order_retention.retention)


async def draft_reason_change(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a change of a retention's reason. Source: A17, A20."""
    stated = _stated(ReasonChange, given)
    if given["reason"] == RetentionReason.RETIREMENT and stated["retired_on"] is None:
        stated["retired_on"] = stated["changed_on"]
    days = ("changed_on", "retired_on", "discharged_on")
    stated["changed_on"] = next((stated[name] for name in days if stated[name] is not None), None)
    return await _draft(hub, caller, ReasonChange, given, lambda _: stated, order_retention.reason_change)


async def draft_restoration(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft a restoration by the union that holds the member: into a placement, where the employer has no union.

    Source: A9, A13, A17, A19, A20, NX-4
    """
    stated, placement, place = _stated(Restoration, given), given.get("placement"), NOWHERE
    if placement is not None:
        # Whom one waits for is whom one works for: either need be entered alone.
        awaited = placement.get("awaiting_employer_uscc") or given.get("employer_uscc")
        host = placement.get("host_employer_uscc")
        stated["employer_uscc"] = given.get("employer_uscc") or awaited
        stated["placement"] = {
            "awaiting_employer_uscc": awaited,
            **({} if host is None else {"host_employer_uscc": host}),
        }
        place = Place(True, awaited and storable(awaited), host and storable(host))
    return await _draft(hub, caller, Restoration, given, lambda _: stated, order_retention.restoration, place)


async def draft_annulment(hub: Hub, caller: Caller, given: Input) -> Draft:
    """Draft the annulment of a retention that was entered by mistake. Source: A21."""

    def stated(held: RetainedFacts | None) -> dict[str, object]:
        entered = None if held is None else held.entered_sha256
        return {"retention_sha256": NO_HASH if entered is None else b64url(entered)}

    return await _draft(hub, caller, Annulment, given, stated, order_retention.annulment)


def _stated(act: type[Act], given: Input) -> dict[str, object]:
    names = act.__dataclass_fields__.keys() - {"custody_version"}
    return {name: plain(given.get(name)) for name in sorted(names)}


async def _draft(
    hub: Hub,
    caller: Caller,
    act: type[Act],
    given: Input,
    stated: Callable[[RetainedFacts | None], dict[str, object]],
    rules: Callable[[OnRetention, Any], Refusals],
    place: Place = NOWHERE,
) -> Draft:
    membership_id = given.get("membership_id") or NOBODY
    facts = await hub.ledger.facts_for_retention(drafting_of(caller), membership_id, place)
    require_login(facts.signer)
    facts = await with_entrustment(hub, caller, membership_id, facts)
    held, unread = facts.membership, list[Refusal]()
    custody = {"custody_version": 1 if held is None else held.custody_version}
    claims = claims_of(act, {**stated(held), **custody}, unread)
    if claims is None:
        # The input has no right form, so that the rules can't be asked; but who may not ask learns nothing by it.
        return Draft(act.typ, None, None, every(order_retention.before_a_retention(facts)) or tuple(unread))
    refusals = every(rules(OnRetention(claims, facts), claims))
    if held is None:
        return Draft(act.typ, None, None, refusals)
    signed = claims_text(hub, caller, claims, sub=str(membership_id), now=facts.signer.now)
    return Draft(act.typ, signed, None, refusals)
