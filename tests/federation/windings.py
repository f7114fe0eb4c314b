"""The acts of winding up, with all that they may say."""

from __future__ import annotations

from datetime import date

from federation.acts_winding import SecondmentRetargeting, UnionClosing, UnionWindingUp
from federation.forms import UnionUri, Version

SUCCESSOR = UnionUri("urn:union:81310117MC0B20021Y")

WINDING_ACTS = (
    UnionWindingUp(version=Version(1), decided_on=date(2025, 3, 3), successor_union=SUCCESSOR),
    UnionClosing(version=Version(2), closed_on=date(2025, 3, 3)),
    SecondmentRetargeting(
        custody_version=Version(2), home_union=SUCCESSOR, in_lieu_of=UnionUri("urn:union:81310120MC0A10017G")
    ),
)
