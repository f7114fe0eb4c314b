"""Who sets a policy, from when on, and within which bounds (domain 2.5, 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import Code, Refusal
from hub.transfers.kinds import UnionState
from hub.transfers.rules.days import day_of
from hub.transfers.rules.policy import PARAMETERS, POLICY_KINDS

if TYPE_CHECKING:
    from datetime import date

    from federation.acts_policy import PolicyChange
    from hub.transfers.facts import SignerFacts
    from hub.transfers.rules.questions import Refusals

__all__ = ["check_keeps_the_record", "check_not_backdated", "check_values", "policy_change"]


def policy_change(claims: PolicyChange, signer: SignerFacts, *, is_self: bool) -> Refusals:
    """Rules of a change of policy, in their order. Source: HUB-P01 to P16, domain 5.1."""
    yield from check_keeps_the_record(signer, is_self=is_self)
    yield from check_not_backdated(claims, day_of(signer.now))
    yield from check_values(claims)


def check_keeps_the_record(signer: SignerFacts, *, is_self: bool) -> Refusals:
    """A record is its own federation's: a province's, an industry's, the central organs'. Source: domain 5.1, N4."""
    if signer.kind not in POLICY_KINDS or not is_self:
        yield Refusal(Code.NOT_PROVINCIAL_FEDERATION)
    if signer.state != UnionState.ACTIVE:
        yield Refusal(Code.UNION_NOT_ACTIVE)


def check_not_backdated(claims: PolicyChange, today: date) -> Refusals:
    """What held when a statement came counts for ever: nothing is set for a day that is over. Source: HUB-P17."""
    if claims.effective_from < today:
        yield Refusal(
            Code.INPUT_INVALID,
            path=("policy", "effective_from"),
            why_zh="不能追溯适用",
            why_en="it applies to nothing before today",
        )


def check_values(claims: PolicyChange) -> Refusals:
    """Something is set, and each value lies within its bounds. Source: HUB-P17."""
    if not claims.changes:
        yield Refusal(Code.INPUT_INVALID, path=("policy",), why_zh="未填写任何规则", why_en="nothing is set")
    for name, value in claims.changes.items():
        parameter = PARAMETERS[name]
        if not parameter.allows(value):
            zh, en = parameter.bounds
            yield Refusal(
                Code.INPUT_INVALID,
                path=("policy", name),
                why_zh=f"{parameter.rule} {zh}",
                why_en=f"{parameter.rule} is {en}",
            )
