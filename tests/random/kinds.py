"""An act of the random run: how its statement is drawn up, true or false, what the oracle says to it, what it changes.

To add an act: a subclass of `Kind` in one of the `kinds_…` modules, and a rule in `machine.py` that plays it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from federation import statements
from federation.encoding import b64url
from tests.world import HUB

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from federation.acts import Act
    from federation.statements import Statement
    from hub.transfers.views import Draft
    from tests.random.model import Case, Model
    from tests.random.stage import Stage

__all__ = [
    "AGAIN",
    "GRASSROOTS",
    "NO_HASH",
    "UNAUTHENTICATED",
    "WRONG_WITH_ANY",
    "Ask",
    "Drawn",
    "Kind",
    "Sent",
    "judge",
    "not_held",
]

#: What the oracle says of a statement that was received before, and of a session whose login key has ended.
AGAIN = "(again)"
UNAUTHENTICATED = "(unauthenticated)"
NO_HASH = b64url(bytes(32))
GRASSROOTS = frozenset({"GRASSROOTS_INDEPENDENT", "GRASSROOTS_JOINT"})
FEDERATIONS = frozenset({"REGIONAL_FEDERATION", "SECTORAL_FEDERATION"})
SIX = ("ETHNICITY", "RACE", "SEX", "OCCUPATION", "RELIGION", "EDUCATION")
#: What may be wrong with any statement, before a word of it is read as law.
WRONG_WITH_ANY = ("ended key", "another's key", "bent", "another's session", "iat ahead", "run out", "audience")
_LEEWAY = 60


@dataclass(frozen=True)
class Ask:
    """What a rule asks for. `by`: a union, or `right`, whose act it is. `old`: the member's case before the last."""

    who: str
    by: str = "right"
    to: str = "U2"
    wrong: str = ""
    old: bool = False
    how: int = 0


@dataclass
class Drawn:
    """The claims of an act, what it is about, what goes beside it, and what its draft said against it."""

    claims: dict[str, Any]
    sub: str
    more: tuple[str, ...] = ()
    foretold: tuple[str, ...] | None = None
    is_right: bool = True  #: of a hash that the model doesn't compute: card, proof of a key


@dataclass(frozen=True)
class Sent:
    """A signed statement, with who hands it in."""

    kind: Kind
    sender: str
    jws: str
    more: tuple[str, ...] = ()
    is_sound: bool = True
    is_right: bool = True
    foretold: tuple[str, ...] | None = None

    @cached_property
    def read(self) -> Statement[Any]:
        return statements.read(self.jws, self.kind.act)

    @property
    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = self.read.claims[self.kind.act.object_name]
        return claims


class Kind(ABC):
    """One act. `wrongs`: what it can be drawn up with that is not lawful."""

    act: ClassVar[type[Act]]
    desk: ClassVar[Callable[..., Coroutine[Any, Any, Any]]]
    wrongs: ClassVar[tuple[str, ...]] = ()
    #: How many statements are kept of it.
    stored: ClassVar[int] = 1

    @property
    def name(self) -> str:
        return self.act.act

    @abstractmethod
    def owner(self, model: Model, ask: Ask) -> str:
        """Whose act it is."""

    @abstractmethod
    async def draw_up(self, stage: Stage, ask: Ask, by: str) -> Drawn | None:
        """Draw up the claims, by the hub's draft where it gives any. None where there is nothing to ask."""

    @abstractmethod
    def refused(self, model: Model, sent: Sent) -> str | None:
        """Give the code with which the act is refused, once its statement is opened; None if it is accepted."""

    @abstractmethod
    def done(self, model: Model, sent: Sent) -> None:
        """Change the model as the act does."""

    def again(self, model: Model, sent: Sent) -> str | None:
        """Give what a repetition is refused with; None where it is answered with the object as it is now."""
        return None

    def is_kept(self, code: str | None) -> bool:
        """Whether the statement is stored, with this outcome."""
        return code is None

    def case_of(self, model: Model, ask: Ask) -> Case | None:
        cases = model.members[ask.who].cases
        at = 2 if ask.old and len(cases) > 1 else 1
        return cases[-at] if cases else None

    async def make(self, stage: Stage, ask: Ask) -> Sent | None:
        """Draw up and sign, with what is to be wrong."""
        model = stage.model
        by = self.owner(model, ask) if ask.by == "right" else ask.by
        if model.unions[by].is_outside:
            return None  # nobody acts as it
        drawn = await self.draw_up(stage, ask, by)
        if drawn is None:
            return None
        key = model.signing_of(by, ended=ask.wrong == "ended key") or model.any_signing_of(by)
        if ask.wrong == "another's key" or key is None:
            key = model.any_signing_of("U0" if by != "U0" else "U10")
        assert key is not None, "these two have one"
        issued = int(model.now.timestamp()) + {"iat ahead": 120, "run out": -90_000}.get(ask.wrong, 0)
        payload = {
            "iss": model.unions[by].uri,
            "aud": HUB + "/" if ask.wrong == "audience" else HUB,
            **({} if self.act.subject == "none" else {"sub": drawn.sub}),
            "jti": stage.new_id(),
            "iat": issued,
            "exp": issued + 86_400,
            self.act.object_name: drawn.claims,
        }
        jws = statements.sign_claims(json.dumps(payload, ensure_ascii=False), self.act.typ, stage.ring[key.kid])
        sent = Sent(self, by, jws, drawn.more, is_right=drawn.is_right)
        if ask.wrong == "bent":
            head, body, seal = jws.split(".")
            bent = ("A" if seal[0] != "A" else "B") + seal[1:]
            sent = replace(sent, jws=f"{head}.{body}.{bent}", is_sound=False)
        if ask.wrong == "another's session":
            sent = replace(sent, sender="U15" if by != "U15" else "U12")
        return replace(sent, foretold=drawn.foretold if ask.wrong == "" and key is model.signing_of(by) else None)


def judge(model: Model, sent: Sent) -> str | None:
    """Give what becomes of a statement that comes now: a code, AGAIN, UNAUTHENTICATED, or None for accepted."""
    statement, now = sent.read, model.now.timestamp()
    signer = model.by_uri(statement.iss)
    key = next((k for k in signer.keys if k.use == "SIGNING" and k.kid == statement.kid), None) if signer else None
    earlier = model.received.get((sent.sender, statement.jti))
    opening = (
        (not model.can_log_in(sent.sender), UNAUTHENTICATED),
        (key is None or not sent.is_sound, "SIGNATURE_INVALID"),
        (statement.iss != model.unions[sent.sender].uri, "SIGNER_IS_NOT_CALLER"),
        (earlier == statement.sha256, AGAIN),
        (earlier is not None, "IDEMPOTENCY_CONFLICT"),
        (statement.claims["iat"] > now + _LEEWAY, "CLOCK_SKEW"),
        (statement.claims["exp"] < now - _LEEWAY, "STATEMENT_EXPIRED"),
        (statement.claims["aud"] != HUB, "STATEMENT_MALFORMED"),
        (key is not None and not key.signs_at(model.now), "SIGNING_KEY_NOT_VALID"),
    )
    return first(opening) or sent.kind.refused(model, sent)


def first(checks: tuple[tuple[bool, str], ...]) -> str | None:
    """Give the first code whose condition holds."""
    return next((code for holds, code in checks if holds), None)


def structure(model: Model, sent: Sent, *, holds: bool) -> str | None:
    """What the caller's structure alone decides (A15)."""
    kind = model.unions[sent.sender].kind
    return first(
        (
            (kind == "MEMBER_UNIT_BRANCH", "ISSUER_IS_JOINT_UNION"),
            (kind in FEDERATIONS and not holds, "ISSUER_IS_GRASSROOTS_UNION"),
            (model.unions[sent.sender].state == "CLOSED", "UNION_NOT_ACTIVE"),
        )
    )


def not_held(model: Model, sent: Sent) -> str | None:
    """Why the sender may not act on the membership at all: a party to it learns more than a stranger (domain 5.3)."""
    member = model.by_membership(sent.read.sub)
    holds = member is not None and member.holder == sent.sender
    is_party = member is not None and (
        sent.sender in member.former or (member.open is not None and member.open.receiver == sent.sender)
    )
    return structure(model, sent, holds=holds) or first(
        ((not holds and is_party, "NOT_HOLDER"), (not holds, "MEMBER_NOT_FOUND_OR_NOT_HELD"))
    )


def said(draft: Draft) -> tuple[str, ...]:
    """Give the codes of what a draft says against its act."""
    return tuple(refusal.code.value for refusal in draft.refusals)


def claims_in(draft: Draft, kind: Kind) -> tuple[dict[str, Any], str] | None:
    """Give the claims and the subject of a draft, if it has any."""
    if draft.claims is None:
        return None
    whole = json.loads(draft.claims)
    return whole[kind.act.object_name], whole.get("sub", "")
