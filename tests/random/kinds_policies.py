"""Policies: a province changes its terms while cases are open, today or for a day to come."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from federation.acts_policy import PolicyChange
from hub.transfers.desk import governing
from tests.random.governing import NATION
from tests.random.kinds import NO_HASH, Ask, Drawn, Kind, Sent, claims_in, first, said

if TYPE_CHECKING:
    from tests.random.model import Model
    from tests.random.stage import Stage

__all__ = ["SetPolicy"]

_KEEPERS = ("U10", "U11", "U18")
#: What each may be set to, lawfully.
_VALUES = {
    "release_valid_days": (20, 90, 200),
    "request_working_days": (3, 10, 15, 30),
    "acceptance_working_days": (3, 15, 40),
    "backdate_days_max": (10, 90, 120),
    "prepaid_months_max": (12, 18),
    "appeal_days": (5, 30, 60),
    "escalation_working_days": (5, 30, 45),
    "consent_days_max": (30, 45),
}
_NOBODYS = -1


class SetPolicy(Kind):
    act, desk = PolicyChange, staticmethod(governing.set_policy)
    wrongs = ("nothing", "out of bounds", "of yesterday", "holder", "another's record")

    def owner(self, model: Model, ask: Ask) -> str:
        return _KEEPERS[ask.how % 7 % len(_KEEPERS)] if ask.how % 2 else "U10"

    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        today, how = stage.model.today, ask.how
        names = list(_VALUES)
        chosen = {names[how % len(names)], names[how // 3 % len(names)]}
        given: dict[str, Any] = {name: _VALUES[name][how // 2 % len(_VALUES[name])] for name in sorted(chosen)}
        wrong: dict[str, dict[str, Any]] = {
            "nothing": dict.fromkeys(given),
            "out of bounds": {"release_valid_days": 9, "appeal_days": None},
            "of yesterday": {"effective_from": today - timedelta(days=1)},
            "holder": {"closure_holder": "NOBODY"},
        }
        given |= {"evidence_sha256": NO_HASH, "effective_from": today + timedelta(days=how % 4)}
        given |= wrong.get(ask.wrong, {})
        draft = await stage.drafted(governing.draft_policy, by, given)
        found = None if draft is None else claims_in(draft, self)
        if draft is None or found is None:
            return None
        drawn = Drawn(*found, foretold=said(draft))
        if ask.wrong == "another's record":
            drawn.sub = stage.model.unions["U11" if by != "U11" else "U10"].uri
        return drawn

    def refused(self, model: Model, sent: Sent) -> str | None:
        claims, signer = sent.claims, model.unions[sent.sender]
        values = {name: value for name, value in claims.items() if name in NATION}
        is_wrong = any(value not in _VALUES[name] for name, value in values.items())
        return first(
            (
                (signer.kind != "PROVINCIAL_FEDERATION" or sent.read.sub != signer.uri, "NOT_PROVINCIAL_FEDERATION"),
                (date.fromisoformat(claims["effective_from"]) < model.today, "INPUT_INVALID"),
                (not values or is_wrong or "closure_holder" in claims, "INPUT_INVALID"),
            )
        )

    def done(self, model: Model, sent: Sent) -> None:
        values = {name: value for name, value in sent.claims.items() if name in NATION}
        model.records.enter(sent.sender, model.now, date.fromisoformat(sent.claims["effective_from"]), values)
