"""What the calls of the act functions share: their SQL text, and the acting union in what they bring."""

from __future__ import annotations

from typing import Any

from hub.transfers.facts import SignerFacts
from hub.transfers.kinds import UnionKind, UnionState

__all__ = ["function", "signer_of"]


def function(name: str, arity: int, *, select: str = "*") -> str:
    """Give the SQL text that calls a function of `hub`."""
    arguments = ", ".join(f"${number}" for number in range(1, arity + 1))
    return f"select {select} from hub.{name}({arguments})"


def signer_of(row: Any) -> SignerFacts:
    """Give the acting union of a `hub.signer`."""
    now, login_in_force, uri, name, kind, state, *rest = row
    return SignerFacts(now, login_in_force, uri, name, UnionKind(kind), UnionState(state), *rest)
