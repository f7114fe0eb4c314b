"""The acts on a secondment (A14), of the home union or the host's, and what both sign. Each names custody as it is.

No name stands in them: home and host know whom they speak of.
"""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from federation import encoding
from federation.act import Act
from federation.forms import Sha256, UnionUri, Uscc, Version

__all__ = [
    "Conversion",
    "EarlyEnd",
    "Extension",
    "HomeRelationEnd",
    "Secondment",
    "SecondmentTerm",
    "Term",
    "conversion_sha256",
    "extension_sha256",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """What a release says of a secondment: who has the member back, and the agreed term, both days included."""

    home: UnionUri
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Secondment(Act):
    """The holder records that a member works elsewhere for a time. The membership stays where it is (A14)."""

    typ: ClassVar[str] = "unionhub.secondment+jwt"
    object_name: ClassVar[str] = "secondment"
    act: ClassVar[str] = "record_secondment"

    custody_version: Version
    #: The employer that the member is lent to.
    host_employer_uscc: Uscc
    #: Its union, if it has one.
    host_union: UnionUri | None = None
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondmentTerm(Act):
    """The home union changes the term of a secondment for which the membership has not moved."""

    typ: ClassVar[str] = "unionhub.secondment-term+jwt"
    object_name: ClassVar[str] = "secondment"
    act: ClassVar[str] = "change_secondment_term"

    custody_version: Version
    starts_on: date
    ends_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyEnd(Act):
    """The home union ends a secondment before its term: where the membership has moved, it is to come back."""

    typ: ClassVar[str] = "unionhub.secondment-end+jwt"
    object_name: ClassVar[str] = "end"
    act: ClassVar[str] = "end_secondment_early"

    custody_version: Version
    ended_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Extension(Act):
    """One of the two unions signs a longer term. It counts with the other's over the same document."""

    typ: ClassVar[str] = "unionhub.secondment-extension+jwt"
    object_name: ClassVar[str] = "extension"
    act: ClassVar[str] = "extend_secondment"

    custody_version: Version
    ends_on: date
    extension_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class Conversion(Act):
    """One of the two unions signs that the member stays with the host for good. It counts with the other's (A12)."""

    typ: ClassVar[str] = "unionhub.secondment-conversion+jwt"
    object_name: ClassVar[str] = "conversion"
    act: ClassVar[str] = "convert_secondment"

    custody_version: Version
    conversion_sha256: Sha256


@dataclass(frozen=True, kw_only=True, slots=True)
class HomeRelationEnd(Act):
    """The home union, or the one above in its stead, signs its right away: the member has left the home employer."""

    typ: ClassVar[str] = "unionhub.home-relation-end+jwt"
    object_name: ClassVar[str] = "end"
    act: ClassVar[str] = "end_home_relation"

    custody_version: Version
    relation_ended_on: date
    #: Where the union above the home union signs: whom it passes over.
    in_lieu_of: UnionUri | None = None


def extension_sha256(membership_id: UUID, home: str, host: str, starts_on: date, ends_on: date) -> Sha256:
    """Give the hash that both unions sign of an extension: of whom, between whom, and the new term in full."""
    return _sha256("extension", membership_id, home, host, starts_on.isoformat(), ends_on.isoformat())


def conversion_sha256(membership_id: UUID, home: str, host: str, starts_on: date) -> Sha256:
    """Give the hash that both unions sign of a conversion."""
    return _sha256("conversion", membership_id, home, host, starts_on.isoformat(), None)


def _sha256(what: str, membership_id: UUID, home: str, host: str, starts_on: str, ends_on: str | None) -> Sha256:
    document = {
        **({} if ends_on is None else {"ends_on": ends_on}),
        "home": home,
        "host": host,
        "membership_id": str(membership_id),
        "starts_on": starts_on,
        "what": what,
    }
    return Sha256(encoding.sha256_b64url(encoding.dumps(document).encode()))
