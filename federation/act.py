"""What every act is: the claims of its own that a statement carries in one object."""

from dataclasses import dataclass
from typing import ClassVar, Literal, TypeAlias

__all__ = ["Act", "Subject"]

#: What `sub` of a statement names. An act on an agreement has none: the agreement is among its own claims.
Subject: TypeAlias = Literal["membership", "union", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """The claims of one act."""

    #: The `typ` of the statement's header.
    typ: ClassVar[str]
    #: The claim that holds the object.
    object_name: ClassVar[str]
    #: The name of the step that the act makes.
    act: ClassVar[str]
    subject: ClassVar[Subject] = "membership"
