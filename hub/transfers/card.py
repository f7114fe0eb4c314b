"""The card: what a release shows its receiver of a member (A11, NX-2): salted, and bound by its hash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from hub.transfers.facts import MembershipFacts

__all__ = ["Card", "card_of", "read_card"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card, with the exact text whose SHA-256 is signed."""

    json: str
    name: str
    sex: str
    birth_month: str
    joined_on: date
    certificate_province: str | None
    certificate_number: str | None
    issuing_union: str | None
    dues_paid_through: str


def card_of(membership: MembershipFacts, dues_paid_through: str) -> Card:
    """Give the card of a membership as a release with these dues would show it. The same facts, the same text."""
    content = {
        "birth_month": membership.birth_month,
        "certificate": None
        if membership.certificate_number is None
        else {"number": membership.certificate_number, "province_code": membership.certificate_province},
        "dues_paid_through": dues_paid_through,
        "issuing_union": membership.issuing_union,
        "joined_on": membership.joined_on.isoformat(),
        "name": membership.name,
        "salt": membership.card_salt,
        "sex": membership.sex,
    }
    return read_card(
        orjson.dumps({k: v for k, v in content.items() if v is not None}, option=orjson.OPT_SORT_KEYS).decode()
    )


def read_card(text: str) -> Card:
    """Read a card that was stored at its release."""
    content = orjson.loads(text)
    certificate = content.get("certificate") or {}
    return Card(
        json=text,
        name=content["name"],
        sex=content["sex"],
        birth_month=content["birth_month"],
        joined_on=date.fromisoformat(content["joined_on"]),
        certificate_province=certificate.get("province_code"),
        certificate_number=certificate.get("number"),
        issuing_union=content.get("issuing_union"),
        dues_paid_through=content["dues_paid_through"],
    )
