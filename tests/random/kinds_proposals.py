"""What a union group proposes, and that it is dropped: nothing changes by either (A23)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from federation import acts
from federation.encoding import sha256_b64url
from hub.transfers.desk import drafting_ending, proposing
from tests.random.kinds import NO_HASH, Ask, Sent, first
from tests.random.kinds_endings import OfHolder, open_proposal
from tests.random.model import STANDING, Proposed

if TYPE_CHECKING:
    from tests.random.model import Member, Model

__all__ = ["DropExpulsion", "ProposeExpulsion"]

_OPINIONS = (sha256_b64url(b"paper"), sha256_b64url(b"another opinion"))


class _OnProposal(OfHolder):
    is_of_an_open_one: bool

    def refused_by_law(self, model: Model, claims: dict[str, Any], member: Member) -> str | None:
        is_open = open_proposal(member) is not None
        return first(
            (
                (member.status not in STANDING, "NOT_A_MEMBER"),
                (member.status == "DUPLICATE_SUSPECTED", "ALREADY_MEMBER_USE_TRANSFER"),
                (claims["custody_version"] != member.version, "STALE_VERSION"),
                (is_open is not self.is_of_an_open_one, "STEP_NOT_ALLOWED"),
                *self.of_its_own(model, claims, member),
            )
        )

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        raise NotImplementedError


class ProposeExpulsion(_OnProposal):
    act, desk = acts.ExpulsionProposal, staticmethod(proposing.propose)
    draft = staticmethod(drafting_ending.draft_proposal)
    wrongs = ("ahead", "version")
    is_of_an_open_one = False

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        return {
            "opinion_sha256": _OPINIONS[ask.how % 2],
            "opinion_on": model.today + timedelta(days=ask.wrong == "ahead"),
        }

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        return ((date.fromisoformat(claims["opinion_on"]) > model.today, "DATE_IN_FUTURE"),)

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        claims = sent.claims
        opinion_on = date.fromisoformat(claims["opinion_on"])
        member.proposed = Proposed(sent.read.sha256, claims["opinion_sha256"], opinion_on, member.version)


class DropExpulsion(_OnProposal):
    act, desk, draft = acts.ExpulsionDrop, staticmethod(proposing.drop), staticmethod(drafting_ending.draft_drop)
    wrongs = ("ahead", "before", "version")
    is_of_an_open_one = True

    def given(self, model: Model, ask: Ask, member: Member) -> dict[str, Any]:
        shift = {"ahead": 1, "before": -4000}.get(ask.wrong, 0)
        return {"dropped_on": model.today + timedelta(days=shift)}

    def claims(self, member: Member) -> dict[str, Any]:
        proposed = open_proposal(member)
        return {**super().claims(member), "proposal_sha256": NO_HASH if proposed is None else proposed.sha256}

    def of_its_own(self, model: Model, claims: dict[str, Any], member: Member) -> tuple[tuple[bool, str], ...]:
        proposed, day = open_proposal(member), date.fromisoformat(claims["dropped_on"])
        return (
            (proposed is not None and claims["proposal_sha256"] != proposed.sha256, "DOCUMENT_TAMPERED"),
            (day > model.today, "DATE_IN_FUTURE"),
            (proposed is not None and day < proposed.on, "INPUT_INVALID"),
        )

    def done_to(self, model: Model, sent: Sent, member: Member) -> None:
        member.proposed = None
