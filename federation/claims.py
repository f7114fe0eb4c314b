"""Reading and writing the object of an act's own claims, by the class that describes it.

Nothing unknown, nothing missing, no null; whatever is wrong is named by its path. Reading what was written gives the
same value again.
"""

import dataclasses
import functools
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from federation.errors import StatementCode, StatementError
from federation.forms import FORMS, Form, FormError

T = TypeVar("T")

_ITEMS_MAX = 500
_ITEMS_MAX_OF = {"fields": 20, "articles": 20, "transfers": 12, "retentions": 12}
_SHOWN_LENGTH_MAX = 64


def parse(cls: type[T], value: object, path: tuple[str, ...]) -> T:
    """Read an object of claims, refusing all that its class doesn't say.

    Takes the JSON value, and the path under which faults are named. Refuses: STATEMENT_MALFORMED.
    """
    try:
        return cast("T", _schema(cast("Any", cls)).read(value))
    except FormError as error:
        raise StatementError(StatementCode.STATEMENT_MALFORMED, (*path, *error.path), error.detail) from error


def dump(claims: object) -> dict[str, Any]:
    """Write claims as the JSON object that `parse` reads to the same value."""
    return _schema(cast("Any", type(claims))).write(claims)


def form_of(cls: type[Any], name: str) -> tuple[str, Form] | None:
    """Give the field and the form of a claim of this name; None if the class has none."""
    entry = _schema(cast("Any", cls)).fields.get(name)
    return entry[:2] if entry else None


def shown(member: str) -> str:
    """Give an unknown member's name as it may stand in a path: never what a stranger likes to write there."""
    plain = member.isascii() and member.replace("_", "").isalnum() and len(member) <= _SHOWN_LENGTH_MAX
    return member if plain else "?"


@dataclass(frozen=True, slots=True)
class _Schema:
    """The forms of a class's fields, read once from its type hints."""

    make: Callable[..., Any]
    #: Claim name → (field name, form, whether it must be there)
    fields: dict[str, tuple[str, Form, bool]]

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise FormError("not a JSON object")
        if not value.keys() <= self.fields.keys():
            unknown = next(name for name in value if name not in self.fields)
            raise FormError("an unknown member", (shown(unknown),))
        read: dict[str, Any] = {}
        for name, (field, form, required) in self.fields.items():
            if name in value:
                try:
                    read[field] = form.read(value[name])
                except FormError as error:
                    raise FormError(error.detail, (name, *error.path)) from error
            elif required:
                raise FormError("missing", (name,))
        return self.make(**read)

    def write(self, claims: Any) -> dict[str, Any]:
        values = ((name, form, getattr(claims, field)) for name, (field, form, _) in self.fields.items())
        return {name: form.write(value) for name, form, value in values if value is not None}


@functools.cache
def _schema(cls: Any) -> _Schema:
    hints = typing.get_type_hints(cls)
    fields = {}
    for field in dataclasses.fields(cls):
        hint, required = hints[field.name], True
        if typing.get_origin(hint) in (typing.Union, types.UnionType):
            (hint,) = (option for option in typing.get_args(hint) if option is not types.NoneType)
            required = False
        # A trailing underscore steers clear of a Python word; the claim has none.
        fields[field.name.rstrip("_")] = (field.name, _form(hint, field.name), required)
    return _Schema(cls, fields)


def _form(hint: Any, field: str) -> Form:
    if typing.get_origin(hint) is tuple:
        return _list_of(_form(typing.get_args(hint)[0], field), _ITEMS_MAX_OF.get(field, _ITEMS_MAX))
    if hint in FORMS:
        return FORMS[hint]
    nested = _schema(hint)
    return Form(nested.read, nested.write)


def _list_of(item: Form, length_max: int) -> Form:
    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > length_max:
            raise FormError(f"not a list of at most {length_max}")
        items = []
        for index, entry in enumerate(value):
            try:
                items.append(item.read(entry))
            except FormError as error:
                raise FormError(error.detail, (str(index), *error.path)) from error
        return tuple(items)

    return Form(read, lambda items: [item.write(entry) for entry in items])
