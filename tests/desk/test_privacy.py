"""A person's data lie where they belong and nowhere else, and the hub tells nobody's apart from somebody's."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from hub.transfers.desk.revealing import reveal_id_number
from hub.vault import SealBroken
from tests.ready import person, ready_acceptance, ready_join, ready_release
from tests.sql.direct import custody_of
from tests.world import MEMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import Actor, World

PASSPORT = "E99887766"
MOBILE = "13911112222"
#: Where a person's name may stand in clear: the row of the holder's member, and the card of a case.
NAMES_STAND_IN = {("persons", "name"), ("cards", "json")}


async def columns(superuser: Any) -> list[tuple[str, str, str]]:
    """Give every column that can hold text or bytes."""
    rows = await superuser.fetch(
        """select c.relname, a.attname, a.atttypid::regtype::text
             from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relnamespace = 'hub'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
              and a.atttypid::regtype::text in ('text', 'bytea', 'json', 'jsonb', 'text[]')"""
    )
    return [tuple(row) for row in rows]


def spellings(secret: str) -> Iterator[bytes]:
    """Give what a secret looks like in clear, and in the encodings that are none."""
    raw = secret.encode()
    yield raw
    yield raw.hex().encode()
    for shift in range(3):  # base64 of a text that holds it: its letters depend on where it begins
        encoded = base64.urlsafe_b64encode(b"\0" * shift + raw)
        yield encoded[4 if shift else 0 : -4]


async def places_of(superuser: Any, secret: str) -> set[tuple[str, str]]:
    """Name the columns in which a secret stands."""
    found = set()
    for table, column, kind in await columns(superuser):
        value = f'"{column}"' if kind == "bytea" else f"convert_to(\"{column}\"::text, 'UTF8')"
        for spelling in spellings(secret):
            if await superuser.fetchval(
                f"select exists (select from hub.{table} where position($1 in {value}) > 0)", spelling
            ):
                found.add((table, column))
    return found


@pytest.fixture
async def lived_in(world: World, u1: Actor, u2: Actor, caplog: pytest.LogCaptureFixture) -> list[str]:
    """A world in which people joined, were revealed, moved and were refused. Gives the secrets in it."""
    caplog.set_level(logging.DEBUG)
    foreigner = person(1, name="Ingrid Bergström")
    act = await ready_join(
        world, u1, foreigner, person={"id_type": "PASSPORT", "id_number": PASSPORT, "mobile": f"+86{MOBILE}"}
    )
    member = await act.send(world.hub)
    await reveal_id_number(world.hub, u1.caller, member.membership_id, "to see whether it is logged")
    case = await (await ready_release(world, u1, member.membership_id, u2)).send(world.hub)
    await (await ready_acceptance(world, u2, case.handoff_id)).send(world.hub)
    await world.draft_join(u2, person(2, employer="乙"), person={"id_number": MEMBERS["M2"].id_number})
    await world.refuse(u2, (await world.release(u1, world.members["M1"], u2.uri)).handoff_id, "DOCUMENT_DEFECT")
    return [PASSPORT, MOBILE, *(m.id_number for m in MEMBERS.values())]


@pytest.mark.attack("L05")
@pytest.mark.article("A11")
async def test_no_id_number_and_no_mobile_stands_in_clear_anywhere(
    lived_in: list[str], superuser: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for secret in lived_in:
        assert await places_of(superuser, secret) == set(), secret
        assert secret not in caplog.text


@pytest.mark.attack("L05")
async def test_names_stand_with_the_member_and_on_the_card_alone(lived_in: list[str], superuser: Any) -> None:
    assert await places_of(superuser, "Ingrid Bergström") == NAMES_STAND_IN
    assert await places_of(superuser, MEMBERS["M1"].name) <= NAMES_STAND_IN


@pytest.mark.attack("L05")
async def test_what_is_looked_for_would_be_found(lived_in: list[str], superuser: Any) -> None:
    assert await places_of(superuser, "CHANGE_OF_EMPLOYER") >= {
        ("handoffs", "reason_code"),
        ("statements", "jws"),  # in base64url, inside the payload
    }


@pytest.mark.article("A11")
async def test_no_statement_and_no_receipt_says_who_it_is(lived_in: list[str], superuser: Any) -> None:
    rows = await superuser.fetch("select jws, receipt from hub.statements")
    assert len(rows) > 8
    allowed = {"iss", "aud", "sub", "jti", "iat", "exp"}
    for document in (text for row in rows for text in row):
        payload = document.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        (body,) = (value for key, value in claims.items() if key not in allowed)
        assert not body.keys() & {
            "name",
            "sex",
            "birth_month",
            "id_number",
            "ethnic_group",
            "political_status",
            "mobile",
        }


@pytest.mark.attack("L06")
async def test_a_number_copied_to_another_row_does_not_open(world: World, superuser: Any, u1: Actor) -> None:
    m1, m2 = [await custody_of(superuser, world.members[ref]) for ref in ("M1", "M2")]
    await superuser.execute(
        """update hub.person_ids p set sealed = o.sealed from hub.person_ids o
            where p.member_id = $1 and o.member_id = $2""",
        m1["member_id"],
        m2["member_id"],
    )
    with pytest.raises(SealBroken):
        await reveal_id_number(world.hub, u1.caller, world.members["M1"], "to see")


@pytest.mark.attack("L06")
@pytest.mark.parametrize("change", ["substring(sealed for length(sealed) - 1)", "set_byte(sealed, 4, 9)"])
async def test_a_number_cut_short_or_of_another_key_does_not_open(
    world: World, superuser: Any, u1: Actor, change: str
) -> None:
    await superuser.execute(f"update hub.person_ids set sealed = {change}")
    with pytest.raises(SealBroken):
        await reveal_id_number(world.hub, u1.caller, world.members["M1"], "to see")


@pytest.mark.article("A11")
async def test_an_id_is_found_by_a_keyed_hash_only(world: World, superuser: Any) -> None:
    number = MEMBERS["M1"].id_number
    hashes = {row["id_hash"] for row in await superuser.fetch("select id_hash from hub.identity_claims")}
    assert world.hub.vault.blind_index("RESIDENT_ID", number) in hashes
    for text in (number, f"RESIDENT_ID{number}", f"RESIDENT_ID\x1f{number}"):
        assert hashlib.sha256(text.encode()).digest() not in hashes
