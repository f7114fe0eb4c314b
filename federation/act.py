"""What all acts have in common."""

from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["Act"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """The claims of one act. `sub` of its statement names a membership, or the union acted on."""

    #: The `typ` of the statement's header.
    typ: ClassVar[str]
    #: The claim that holds the object.
    object_name: ClassVar[str]
    #: The name of the step that the act makes.
    act: ClassVar[str]
    subject: ClassVar[Literal["membership", "union"]] = "membership"
