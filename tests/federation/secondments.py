"""The acts on a secondment, with all that they may say."""

from __future__ import annotations

from datetime import date

from federation.acts_secondment import (
    Conversion,
    EarlyEnd,
    Extension,
    HomeRelationEnd,
    Secondment,
    SecondmentTerm,
)
from federation.encoding import b64url
from federation.forms import Sha256, UnionUri, Uscc, Version

START, END = date(2025, 1, 15), date(2025, 12, 31)
HOST = UnionUri("urn:union:81110108MC0M12128C")

SECONDMENT_ACTS = (
    Secondment(
        custody_version=Version(1),
        host_employer_uscc=Uscc("91110108MC1A22220R"),
        host_union=HOST,
        starts_on=START,
        ends_on=END,
    ),
    SecondmentTerm(custody_version=Version(1), starts_on=START, ends_on=END),
    EarlyEnd(custody_version=Version(2), ended_on=END),
    Extension(custody_version=Version(2), ends_on=END, extension_sha256=Sha256(b64url(bytes(32)))),
    Conversion(custody_version=Version(2), conversion_sha256=Sha256(b64url(bytes(32)))),
    HomeRelationEnd(custody_version=Version(2), relation_ended_on=END, in_lieu_of=HOST),
)
