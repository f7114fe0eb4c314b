"""A person's data as a union states it at a join (A4, A5, A11): read strictly, and never in a statement."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from federation.encoding import EncodingError, loads
from hub.errors import Code, Refusal
from hub.transfers.kinds import EmploymentForm
from hub.transfers.rules import codes, identity
from hub.transfers.rules.days import month_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

__all__ = [
    "CLEARABLE",
    "PERSONAL",
    "PERSON_BYTES_MAX",
    "Person",
    "changes_json",
    "changes_of",
    "person_json",
    "person_of",
    "read_changes",
    "read_person",
]

PERSON_BYTES_MAX = 16_384

_MONTH = re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", re.ASCII)
_REQUIRED = frozenset({"name", "sex", "birth_month", "id_type"})
_OPTIONAL = frozenset(
    {
        "ethnic_group",
        "political_status",
        "id_number",
        "mobile",
        "residence_division_code",
        "is_rural_migrant",
        "employment_form",
    }
)


#: All that is a person's, and what of it may be empty.
PERSONAL = _REQUIRED | _OPTIONAL
CLEARABLE = _OPTIONAL - {"id_number"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Person:
    """A person's data in the one right spelling. Not shown by repr: it must not end up in a log."""

    name: str
    sex: str
    birth_month: str
    ethnic_group: str | None
    political_status: str | None
    id_type: str
    id_number: str | None
    mobile: str | None
    residence_division_code: str | None
    is_rural_migrant: bool | None
    employment_form: str | None


def person_json(person: Person, salt: str) -> str:
    """Give the text that a join binds by hash: the data with a random salt, keys in order."""
    return changes_json({name: getattr(person, name) for name in PERSONAL}, salt)


def changes_json(changes: Mapping[str, Any], salt: str) -> str:
    """Give the text that an amendment binds by hash: what is put in the place of what was, and a random salt."""
    content = {**changes, "salt": salt}
    return orjson.dumps({k: v for k, v in content.items() if v is not None}, option=orjson.OPT_SORT_KEYS).decode()


def read_person(text: str, today: date) -> Person:
    """Read the text that came beside a join. Refuses: INPUT_INVALID, with the path of what is wrong."""
    return person_of(_content_of(text), today)


def read_changes(text: str, today: date) -> dict[str, Any]:
    """Read the text that came beside an amendment. Refuses: INPUT_INVALID, with the path of what is wrong."""
    return changes_of(_content_of(text), today)


def _content_of(text: str) -> dict[str, Any]:
    if len(text.encode("utf-8", "surrogatepass")) > PERSON_BYTES_MAX:
        raise _invalid((), "个人信息过长", "longer than 16 KiB")
    try:
        content = loads(text)
    except EncodingError:
        raise _invalid((), "不是 JSON 对象", "not a JSON object") from None
    if not isinstance(content, dict):
        raise _invalid((), "不是 JSON 对象", "not a JSON object")
    salt = content.pop("salt", None)
    if not isinstance(salt, str):
        raise _invalid(("salt",), "缺少盐值", "the salt is missing")
    return content


def person_of(content: Mapping[str, Any], today: date) -> Person:
    """Read a person's data by their names. Refuses: INPUT_INVALID. Source: A4, domain 4.2, 5.4."""
    _check_types(content)
    for name in sorted(_REQUIRED):
        if content.get(name) is None:
            raise _invalid((name,), "须填写", "missing")
    return Person(**{name: _value_of(name, content, today) for name in _READ})


def changes_of(content: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Read those of a person's data that are amended; a document by kind and number. Refuses: INPUT_INVALID."""
    _check_types(content)
    for name, value in content.items():
        if value is None:
            raise _invalid((name,), "须填写", "missing")
    if "id_number" in content and "id_type" not in content:
        raise _invalid(("id_type",), "须填写", "missing")
    named = content.keys() | ({"id_number"} if "id_type" in content else set())
    return {name: _value_of(name, content, today) for name in _READ if name in named}


def _check_types(content: Mapping[str, Any]) -> None:
    for name in content.keys() - PERSONAL:
        raise _invalid((name if name in _OPTIONAL else "?",), "不收集该项信息", "this is not collected")
    for name, value in content.items():
        if value is not None and type(value) is not (bool if name == "is_rural_migrant" else str):
            raise _invalid((name,), "类型不正确", "not the right type")


def _value_of(name: str, content: Mapping[str, Any], today: date) -> Any:
    """Read one of a person's data. Refuses: INPUT_INVALID."""
    try:
        return _READ[name](content, today)
    except codes.InvalidValue as error:
        raise _invalid((error.field,), error.why_zh, error.why_en) from None


#: How each is read, and in which order they are looked at.
_READ: dict[str, Callable[[Mapping[str, Any], date], Any]] = {
    "name": lambda content, _: codes.normalise_name(content["name"]),
    "sex": lambda content, _: _one_of(content, "sex", codes.SEXES),
    "birth_month": lambda content, today: _birth_month(content["birth_month"], today),
    "ethnic_group": lambda content, _: _maybe_one_of(content, "ethnic_group", codes.ETHNIC_GROUPS),
    "political_status": lambda content, _: _maybe_one_of(content, "political_status", codes.POLITICAL_STATUSES),
    "id_type": lambda content, _: content["id_type"],
    "id_number": lambda content, today: identity.normalise(content["id_type"], content.get("id_number"), today),
    "mobile": lambda content, _: codes.normalise_mobile(content["mobile"]) if content.get("mobile") else None,
    "residence_division_code": lambda content, _: _division(content.get("residence_division_code")),
    "is_rural_migrant": lambda content, _: content.get("is_rural_migrant"),
    "employment_form": lambda content, _: _maybe_one_of(content, "employment_form", tuple(EmploymentForm.__members__)),
}


def _birth_month(text: str, today: date) -> str:
    if not _MONTH.fullmatch(text) or text > month_of(today):
        raise codes.InvalidValue("birth_month", "出生年月不正确", "not a month of birth")
    return text


def _division(text: str | None) -> str | None:
    if text is not None and not codes.is_division_code(text):
        raise codes.InvalidValue("residence_division_code", "区划代码应为 6、9 或 12 位", "6, 9 or 12 digits")
    return text


def _one_of(content: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str:
    value: str = unicodedata.normalize("NFC", content[name])
    if value not in allowed:
        raise codes.InvalidValue(name, "代码不在列表中", "not one of the codes of its standard")
    return value


def _maybe_one_of(content: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> str | None:
    return None if content.get(name) is None else _one_of(content, name, allowed)


def _invalid(path: tuple[str, ...], why_zh: str, why_en: str) -> Refusal:
    return Refusal(Code.INPUT_INVALID, path=("person", *path), why_zh=why_zh, why_en=why_en)
