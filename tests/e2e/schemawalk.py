"""A walk over the introspected schema: every field that can be reached from a root, packed into queries that fit.

The walk knows no type and no field by name, so that a field that is added tomorrow is walked tomorrow.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from federation.encoding import EncodingError, b64url_decode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.wire import Json, Party

INTROSPECTION = """{ answer: __schema { types { kind name possibleTypes { name }
    fields { name args { name defaultValue type { kind } } type { ...named } }
    inputFields { name } } } }
    fragment named on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"""
#: Objects below the root field: handoff → member → openHandoff → steps → by → keys.
DEPTH = 6
#: What one query selects at most, the types of objects apart; the hub allows 300 fields.
FIELDS_MAX = 180


class Field(NamedTuple):
    """A field, and the type under which it is selected where that is one of several."""

    name: str
    on: str | None


Path: TypeAlias = "tuple[Field, ...]"


class Question(NamedTuple):
    """How a root field is asked: the variables declared, and its arguments, each in parentheses or nothing."""

    declared: str = ""
    arguments: str = ""


@dataclass(frozen=True)
class Leaf:
    """A value that an answer held, and whose it was."""

    type_name: str
    field: str
    value: Any


class Schema:
    """What introspection told."""

    def __init__(self, answer: Json) -> None:
        self._types = {kind["name"]: kind for kind in answer["types"]}

    @classmethod
    async def told_to(cls, party: Party) -> Schema:
        return cls(await party.ask(INTROSPECTION))

    @property
    def roots(self) -> set[str]:
        return {field["name"] for field in self._types["Query"]["fields"]}

    def type_of_root(self, name: str) -> str:
        return _named(next(field["type"] for field in self._types["Query"]["fields"] if field["name"] == name))[1]

    def is_leaf(self, name: str) -> bool:
        return self._types[name]["kind"] in {"SCALAR", "ENUM"}

    def paths(self, type_name: str, depth: int = DEPTH) -> Iterator[Path]:
        """Give the paths to every leaf below a type."""
        described = self._types[type_name]
        concrete = [kind["name"] for kind in described["possibleTypes"] or ()] or [type_name]
        for name in concrete:
            on = name if len(concrete) > 1 else None
            for field in self._types[name]["fields"]:
                needed = [arg for arg in field["args"] if arg["type"]["kind"] == "NON_NULL" and not arg["defaultValue"]]
                assert not needed, f"{name}.{field['name']} needs arguments: teach the walk to give some"
                kind, below = _named(field["type"])
                here = Field(field["name"], on)
                if kind in {"SCALAR", "ENUM"}:
                    yield (here,)
                elif depth > 1:
                    yield from ((here, *path) for path in self.paths(below, depth - 1))


def _named(kind: Json) -> tuple[str, str]:
    while kind["name"] is None:
        kind = kind["ofType"]
    return kind["kind"], kind["name"]


def selection(paths: list[Path]) -> str:
    """Write paths as one selection set, with the type of each object; nothing, where they are none."""
    if paths == [()]:
        return ""
    here: dict[Field, list[Path]] = {}
    for first, *rest in paths:
        here.setdefault(first, []).append(tuple(rest))
    parts = ["__typename"]
    for field, below in here.items():
        deeper = [path for path in below if path]
        text = f"{field.name} {selection(deeper)}" if deeper else field.name
        parts.append(f"... on {field.on} {{ {text} }}" if field.on else text)
    return "{ " + " ".join(parts) + " }"


def packed(paths: list[Path]) -> Iterator[list[Path]]:
    """Give the paths in their order, as many at a time as fit into one query."""
    pack: list[Path] = []
    size = 0
    last: Path = ()
    for path in paths:
        shared = next((n for n, (a, b) in enumerate(zip(path, last, strict=False)) if a != b), len(last))
        if pack and size + len(path) - shared > FIELDS_MAX:
            yield pack
            pack, size, shared = [], 0, 0
        pack.append(path)
        size += len(path) - shared
        last = path
    yield pack


def leaves_of(value: Any) -> Iterator[Leaf]:
    """Give the leaves of an answer that says the type of each object."""
    for item in value if isinstance(value, list) else [value]:
        for field, below in item.items() if isinstance(item, dict) else ():
            if isinstance(below, dict) or (isinstance(below, list) and below and isinstance(below[0], dict)):
                yield from leaves_of(below)
            elif field != "__typename":
                yield Leaf(item["__typename"], field, below)


async def walk(party: Party, schema: Schema, root: str, question: Question, asked: list[Json]) -> list[Any]:
    """Read all that can be reached from a root field, for each of the values asked for; give the answers as they are.

    Every document is sent for all values in a row: the hub parses it once.
    """
    found: list[Any] = []
    below = schema.type_of_root(root)
    ahead: list[list[Path]] = [[()]] if schema.is_leaf(below) else list(packed(list(schema.paths(below))))
    left = list(range(len(asked)))
    while ahead and left:
        paths = ahead.pop()
        text = f"query {question.declared} {{ answer: {root}{question.arguments} {selection(paths)} }}"
        for number in list(left):
            answer = await party.post(text, asked[number])
            if answer.status == 400 and answer.code == "LIMIT_EXCEEDED":
                assert len(paths) > 1
                ahead += [paths[: len(paths) // 2], paths[len(paths) // 2 :]]
                break
            found.append(answer.data["answer"])
            if found[-1] is None:
                left.remove(number)
    return found


def opened(text: str) -> str:
    """Give a text with all that is written in it as base64url or as JSON in a text, opened as far as it goes."""
    if text[:1] in "{[":
        try:
            return text + "".join(opened(item) for item in _texts(json.loads(text)))
        except ValueError:
            return text
    decoded = text
    for part in re.split("[.~]", text):
        try:
            decoded += opened(b64url_decode(part).decode())
        except (EncodingError, UnicodeDecodeError):
            continue
    return decoded


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    else:
        yield str(value)
