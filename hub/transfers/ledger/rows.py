"""Rows that several functions of the ledger give."""

from __future__ import annotations

from typing import Any

from hub.transfers.facts import SignerFacts
from hub.transfers.kinds import UnionKind, UnionState

__all__ = ["signer_of"]


def signer_of(row: Any) -> SignerFacts:
    """Give the acting union and its key, of a `hub.signer`."""
    now, login_in_force, uri, name, kind, state, *rest = row
    return SignerFacts(now, login_in_force, uri, name, UnionKind(kind), UnionState(state), *rest)
