"""Drafts of the acts on what a province prints: the same facts and rules as the acts, and nothing changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from federation import acts_printing as acts
from federation.encoding import b64url
from hub.errors import Refusal
from hub.transfers.desk.drafting import NO_HASH, claims_of, plain
from hub.transfers.desk.opening import Hub, claims_text, drafting_of, every, require_login
from hub.transfers.desk.printing import HANDLED, asked_by
from hub.transfers.rules import printing as rules
from hub.transfers.rules.days import day_of
from hub.transfers.rules.stock import range_of
from hub.transfers.views import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from federation.act import Act
    from hub.authz.tokens import Caller
    from hub.transfers.desk.drafting import Input
    from hub.transfers.facts_printing import PrintingFacts, SampleFacts

__all__ = ["draft_on_printing"]

_OF_NATIONAL: Final = frozenset({acts.SampleApproval, acts.SealLoanApproval, acts.PrintReportAcknowledgement})
#: The day that an act states, which is today's where none is given.
_DAYS: Final[Mapping[type[Act], str]] = {
    acts.SampleApproval: "approved_on",
    acts.PrinterChoice: "chosen_on",
    acts.SealLoanApproval: "approved_on",
    acts.SealCustody: "received_on",
    acts.SealReturn: "returned_on",
}
#: What an act makes has an id of its own.
_IDS: Final[Mapping[type[Act], str]] = {
    acts.SampleSubmission: "sample_id",
    acts.SealLoanRequest: "loan_id",
    acts.PrintRun: "run_id",
}


async def draft_on_printing(hub: Hub, caller: Caller, given: Input, act: type[Act]) -> Draft:
    """Draft an act on what a province prints. What the hub knows, hashes, counts, a version, it fills in.

    Source: N2, N3, N4, N5
    """
    stated = {name: plain(value) for name, value in given.items() if value is not None and name != "new_version"}
    if act in _IDS:
        stated[_IDS[act]] = str(uuid4())
    if issubclass(act, acts.StockLoss):
        stated.setdefault("last_number", stated["first_number"])
    facts = await hub.ledger.printing.facts(drafting_of(caller), asked_by(stated))
    require_login(facts.signer)
    if act in _DAYS:
        stated.setdefault(_DAYS[act], day_of(facts.signer.now).isoformat())
    if act in _KNOWN:
        stated = {**_KNOWN[act](facts, {**stated, "new_version": given.get("new_version")}), **stated}
    unread = list[Refusal]()
    claims = claims_of(act, stated, unread)
    if claims is None:
        who = rules.check_is_national if act in _OF_NATIONAL else rules.check_is_province
        # The rules can't be asked; but who may not ask learns nothing by the form of the input.
        return Draft(act.typ, None, None, every(who(facts)) or tuple(unread))
    refusals = every(HANDLED[act].rules(facts, claims))
    is_theirs = act not in _OF_NATIONAL or bool(facts.sample or facts.loan or facts.report)
    signed = claims_text(hub, caller, claims, sub=None, now=facts.signer.now) if is_theirs else None
    return Draft(act.typ, signed, None, refusals)


def _named(found: Any) -> str:
    return NO_HASH if found is None else b64url(found.sha256)


def _of_sample(facts: PrintingFacts, _: Mapping[str, Any]) -> dict[str, object]:
    found: SampleFacts | None = facts.sample
    return {"sample_sha256": _named(found)}


def _of_run(facts: PrintingFacts, stated: Mapping[str, Any]) -> dict[str, object]:
    has_check = facts.scheme is not None and facts.scheme.check_rule is not None
    found = range_of(stated["first_number"], stated["last_number"], has_check=has_check)
    return {"printed_count": 0 if found is None else found.count}


def _of_loss(facts: PrintingFacts, stated: Mapping[str, Any]) -> dict[str, object]:
    has_check = facts.run is not None and facts.run.has_check
    found = range_of(stated["first_number"], stated["last_number"], has_check=has_check)
    return {"lost_count": 0 if found is None else found.count}


def _of_report(facts: PrintingFacts, stated: Mapping[str, Any]) -> dict[str, object]:
    latest = facts.report.version if facts.report is not None and stated["new_version"] else 0
    return {"printed_count": facts.recorded_count, "version": latest + 1}


#: What the hub fills in, where the input says nothing of it.
_KNOWN: Final[Mapping[type[Act], Callable[[PrintingFacts, Mapping[str, Any]], dict[str, object]]]] = {
    acts.SampleApproval: _of_sample,
    acts.SealLoanApproval: lambda facts, _: {"request_sha256": _named(facts.loan)},
    acts.PrintRun: _of_run,
    acts.SpoiledNumbers: _of_loss,
    acts.MissingNumbers: _of_loss,
    acts.PrintReport: _of_report,
    acts.PrintReportAcknowledgement: lambda facts, _: {"report_sha256": _named(facts.report)},
}
