"""The acts by which the union above winds a union up, and what becomes of its members' secondments (HUB-P09)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from federation.act import Act, Subject
from federation.forms import UnionUri, Version

__all__ = ["SecondmentRetargeting", "UnionClosing", "UnionWindingUp"]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionWindingUp(Act):
    """The next-higher union winds a union up, or names another successor of one that is being wound up."""

    typ: ClassVar[str] = "unionhub.union-winding-up+jwt"
    object_name: ClassVar[str] = "union"
    act: ClassVar[str] = "wind_up_union"
    subject: ClassVar[Subject] = "union"

    #: That of the union as it stands.
    version: Version
    decided_on: date
    #: Who takes its members over. Without one each goes where the articles send him.
    successor_union: UnionUri | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnionClosing(Act):
    """The next-higher union closes a union that was wound up, once nothing is left with it."""

    typ: ClassVar[str] = "unionhub.union-closing+jwt"
    object_name: ClassVar[str] = "union"
    act: ClassVar[str] = "close_union"
    subject: ClassVar[Subject] = "union"

    version: Version
    closed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class SecondmentRetargeting(Act):
    """The union above a home union that is wound up names the successor to which the seconded member comes back."""

    typ: ClassVar[str] = "unionhub.secondment-retargeting+jwt"
    object_name: ClassVar[str] = "retargeting"
    act: ClassVar[str] = "retarget_secondment"

    custody_version: Version
    home_union: UnionUri
    #: Whom it comes in the place of.
    in_lieu_of: UnionUri
