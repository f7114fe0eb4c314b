"""Who sees which row, asked past Python: nobody without an acting union, and each union its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from federation.acts_certificates import CertificateLoss
from tests.endings import act
from tests.entrusting import everything_entrusted
from tests.governing import set_policy
from tests.history import everything_imported
from tests.printing import Prints
from tests.retaining import retain
from tests.seconding import everything_seconded
from tests.sql.direct import custody_of
from tests.sql.racing import members_of
from tests.sql.test_privileges import HIDDEN, PUBLIC, SEEN_BY
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, as_union, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

NOBODY: Final = UUID(int=0)


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
async def busy(world: World) -> World:
    """M1 released to U2, open; M2 moved from U1 to U2; M3's release to U2 refused; M5 entrusted, and released, to U8.

    M4 is retained, was asked for before, M2 amended, M3 works elsewhere, and a union above nobody of these has another
    name. M3 is U2's too, on paper. M6 has lost the certificate, Shanghai numbers, and has printed. One more of U3's
    was expelled, which is filed with U9.
    """
    u1, u2 = world.actors["U1"], world.actors["U2"]
    await everything_imported(world)
    await world.amend(u1, world.members["M2"], person={"sex": "9"})
    await world.amend_union(world.actors["U9"], world.actors["U15"].uri, name="某某大学工会")
    await world.release(u1, world.members["M1"], u2.uri, dues_paid_through="2025-03")
    await world.accept(u2, (await world.release(u1, world.members["M2"], u2.uri)).handoff_id)
    refused = await world.release(u1, world.members["M3"], u2.uri)
    await world.refuse(u2, refused.handoff_id, "DOCUMENT_DEFECT")
    await world.amend(u1, world.members["M3"], person={"is_rural_migrant": True}, employer_uscc=EMPLOYERS["乙"])
    await everything_entrusted(world)
    await world.release(world.actors["U7"], world.members["M5"], world.actors["U8"].uri)
    await world.request(u2, "M4")
    await world.certify(world.actors["U3"], CertificateLoss, world.members["M6"])
    await Prints(world).everything()
    await set_policy(world, world.actors["U10"], release_valid_days=60)
    await world.set_scheme(world.actors["U10"])
    await retain(world, u1, world.members["M4"])
    await everything_seconded(world)
    await world.bring_in(u2, replace(MEMBERS["M3"], employer="乙", certificate=("31", "700001")))
    (expelled,) = await members_of(world, "U3", 1)
    for name in ("propose", "expel", "file"):
        await act(world, name, world.actors["U3"], expelled.membership_id)
    await world.hub.ledger.record_already_member(u1.caller.union_id, START, uuid4(), world.members["M5"])
    return world


async def relations(superuser: Any) -> list[str]:
    """Give every table, view and foreign table there is: a new one is in it."""
    rows = await superuser.fetch(
        """select relname from pg_class where relnamespace = 'hub'::regnamespace
              and relkind in ('r', 'p', 'v', 'm', 'f') order by 1"""
    )
    return [row["relname"] for row in rows]


async def count(connection: Any, relation: str) -> int | None:
    """Count the rows that are seen; None where reading is denied."""
    try:
        async with connection.transaction():
            found: int = await connection.fetchval(f"select count(*) from hub.{relation}")
            return found
    except asyncpg.InsufficientPrivilegeError:
        return None


class TestNobody:
    @pytest.mark.attack("Z15")
    @pytest.mark.attack("Z17")
    @pytest.mark.parametrize("acting", [None, NOBODY, "", "reset"])
    async def test_without_an_acting_union_no_member_row_is_seen(
        self, busy: World, app: Any, superuser: Any, acting: UUID | str | None
    ) -> None:
        if isinstance(acting, UUID):
            await app.execute(f"set hub.acting = '{acting}'")
        elif acting == "":
            await app.execute("set hub.acting = ''")
        elif acting == "reset":
            async with as_union(app, busy.actors["U1"].caller.union_id):
                assert await count(app, "memberships") == 3
        for relation in await relations(superuser):
            seen = await count(app, relation)
            assert (seen or 0) == 0 or relation in PUBLIC, relation
            assert (seen is None) == (relation in HIDDEN), relation

    @pytest.mark.attack("Z17")
    async def test_every_table_had_something_to_see(self, busy: World, superuser: Any) -> None:
        await busy.hub.ledger.record_login(START, busy.actors["U1"].caller.union_id, "jti", START)
        empty = {name for name in await relations(superuser) if not await count(superuser, name)}
        assert empty == set()

    @pytest.mark.attack("Z17")
    @pytest.mark.parametrize("union", [None, NOBODY])
    async def test_no_function_tells_nobody_anything_of_anybody(
        self, busy: World, app: Any, superuser: Any, union: UUID | None
    ) -> None:
        needles = await _needles(superuser)
        before = await everything(superuser)
        known = await _arguments(superuser)
        functions = await app.fetch(
            """select p.oid::regproc::text as name, coalesce(p.proargnames[1:p.pronargs], '{}') as names,
                      array(select t::regtype::text from unnest(p.proargtypes) t) as types
                 from pg_proc p where p.pronamespace = 'hub'::regnamespace
                  and has_function_privilege('hub_app', p.oid, 'execute')"""
        )
        assert len(functions) > 20
        for function in functions:
            arguments = [
                _argument(known, name, kind, union)
                for name, kind in zip(function["names"], function["types"], strict=True)
            ]
            places = ", ".join(f"${n}::{kind}" for n, kind in enumerate(function["types"], 1))
            answer: list[Any] = []
            # What nobody writes has no union behind it, nobody can't begin (`set local hub.acting = NULL`), and what
            # nobody signed is no statement.
            with suppress(asyncpg.IntegrityConstraintViolationError, asyncpg.PostgresSyntaxError, asyncpg.DataError):
                answer = await app.fetch(f"select to_json(f)::text from {function['name']}({places}) f", *arguments)
            told = " ".join(str(row[0]) for row in answer)
            assert not [needle for needle in needles if needle in told], function["name"]
        # A login's jti is spent by whoever logs in: no union stands behind it yet, and no member.
        assert differing(before, await everything(superuser)) <= {"assertion_claims"}


async def _needles(superuser: Any) -> list[str]:
    """What is said of a person anywhere: names, ids, hashes, texts."""
    rows = await superuser.fetch("select name, member_id::text from hub.persons")
    found = [text for row in rows for text in row]
    for query in (
        "select membership_id::text from hub.memberships",
        "select card_salt from hub.memberships",
        "select handoff_id::text from hub.handoffs",
        r"select '\x' || encode(id_hash, 'hex') from hub.identity_claims",
        r"select '\x' || encode(sha256, 'hex') from hub.statements",
        "select jws from hub.statements",
        "select receipt from hub.statements",
    ):
        found += [row[0] for row in await superuser.fetch(query)]
    return [*found, *(member.id_number for member in MEMBERS.values()), "RELEASED", "2012-07-01"]


async def _arguments(superuser: Any) -> dict[str, list[Any]]:
    """What a caller could know and ask by: every membership, handoff, hash and number."""
    return {
        "membership": [r[0] for r in await superuser.fetch("select membership_id from hub.memberships")],
        "handoff": [r[0] for r in await superuser.fetch("select handoff_id from hub.handoffs")],
        "member": [r[0] for r in await superuser.fetch("select member_id from hub.persons")],
        "hash": [r[0] for r in await superuser.fetch("select id_hash from hub.identity_claims")],
        "jti": [r[0] for r in await superuser.fetch("select jti from hub.statement_claims")],
    }


def _argument(known: dict[str, list[Any]], name: str, kind: str, union: UUID | None) -> Any:
    """Give an argument of the right type: real ids for what is asked after, nobody for who asks."""
    name = name.removeprefix("p_").rstrip("s")
    is_array, base = kind.endswith("[]"), kind.removesuffix("[]")
    if name in {"union", "by", "iss"} and base == "uuid":
        values: list[Any] = [union] * 8
    elif name == "id_hashe":
        values = known["hash"]
    elif base == "uuid":
        values = known.get(name, known["member"])
    elif base == "bytea":
        values = known["hash"] if "hash" in name else [b"x"]
    else:
        values = [_PLAIN[base]]
    return (values * 8)[:8] if is_array else values[0]


_PLAIN: Final[dict[str, Any]] = {
    "jsonb": "[]",
    "text": "31",
    "boolean": False,
    "integer": 1,
    "smallint": 1,
    "date": START.date(),
    "timestamp with time zone": START + timedelta(hours=5),
}


class TestEachUnion:
    @pytest.mark.invariant("I16")
    @pytest.mark.parametrize("ref", ["U1", "U2", "U3", "U7", "U8", "U9", "U0"])
    async def test_sees_its_own_rows_and_no_other(self, busy: World, app: Any, superuser: Any, ref: str) -> None:
        union_id = busy.actors[ref].caller.union_id
        async with as_union(app, union_id):
            for table, column in SEEN_BY.items():
                seen = await app.fetch(f"select {column} as owner from hub.{table}")
                theirs = await superuser.fetchval(f"select count(*) from hub.{table} where {column} = $1", union_id)
                assert [row["owner"] for row in seen] == [union_id] * theirs, table

    @pytest.mark.attack("Z01")
    async def test_a_stranger_finds_nothing_through_any_reading_function(
        self, busy: World, app: Any, superuser: Any
    ) -> None:
        known = await _arguments(superuser)
        async with as_union(app, busy.actors["U9"].caller.union_id):
            for call, arguments in _reads(known):
                assert await app.fetch(call, *arguments) == [], call

    async def test_the_holder_finds_through_each_of_them(self, busy: World, app: Any, superuser: Any) -> None:
        known = await _arguments(superuser)
        async with as_union(app, busy.actors["U2"].caller.union_id):
            found = [len(await app.fetch(call, *arguments)) for call, arguments in _reads(known)]
        # Steps of four cases (1, 2, 2, 1); both holdings of M2, that of M3 on paper; the one transfer of M2; its
        # amendment; M2 and M3 by their ids, M2 by certificate.
        assert found == [6, 3, 1, 1, 0, 2, 1]

    @pytest.mark.attack("Z02")
    async def test_the_ex_holder_keeps_its_own_case_and_nothing_live(
        self, busy: World, app: Any, superuser: Any
    ) -> None:
        m2 = await custody_of(superuser, busy.members["M2"])
        u1 = busy.actors["U1"].caller.union_id
        async with as_union(app, u1):
            assert await app.fetch("select 1 from hub.memberships where membership_id = $1", m2["membership_id"]) == []
            assert await app.fetch("select 1 from hub.persons where member_id = $1", m2["member_id"]) == []
            assert await app.fetch("select * from hub.read_holdings($1)", [m2["membership_id"]]) == []
            assert await app.fetch("select * from hub.read_transfers($1)", [m2["membership_id"]]) == []
            assert await app.fetch("select * from hub.read_amendments($1)", [m2["membership_id"]]) == []
            assert len(await app.fetch("select 1 from hub.cards where member_id = $1", m2["member_id"])) == 1

    @pytest.mark.attack("Z04")
    async def test_the_receiver_of_a_closed_case_reads_no_card(self, busy: World, app: Any, superuser: Any) -> None:
        m3 = await custody_of(superuser, busy.members["M3"])
        async with as_union(app, busy.actors["U2"].caller.union_id):
            assert await app.fetch("select 1 from hub.cards where member_id = $1", m3["member_id"]) == []
            dockets = await app.fetch("select state from hub.dockets where member_id = $1", m3["member_id"])
            assert [row["state"] for row in dockets] == ["REFUSED"]

    async def test_reads_within_its_transaction_only(self, busy: World, app: Any) -> None:
        u1 = busy.actors["U1"].caller.union_id
        async with as_union(app, u1):
            assert await count(app, "memberships") == 3
        assert await count(app, "memberships") == 0
        with pytest.raises(asyncpg.DivisionByZeroError):
            async with as_union(app, u1):
                await app.execute("select 1 / 0")
        assert await count(app, "memberships") == 0

    @pytest.mark.attack("Z19")
    async def test_two_interleaved_on_one_connection_never_cross(self, busy: World, app: Any) -> None:
        pair = [busy.actors[ref].caller.union_id for ref in ("U1", "U7")]
        async with app.transaction():
            begin = await app.prepare("select now from hub.hub_begin($1, '', true)")
            read = await app.prepare("select holder_union from hub.memberships")
            for number in range(10_000):
                acting = pair[number % 2]
                await begin.fetchval(acting)
                seen = {row["holder_union"] for row in await read.fetch()}
                assert seen == {acting}


def _reads(known: dict[str, list[Any]]) -> list[tuple[str, tuple[Any, ...]]]:
    return [
        ("select * from hub.read_steps($1, $2)", (known["handoff"], START)),
        ("select * from hub.read_holdings($1)", (known["membership"],)),
        ("select * from hub.read_transfers($1)", (known["membership"],)),
        ("select * from hub.read_amendments($1)", (known["membership"],)),
        ("select * from hub.read_endings($1)", (known["membership"],)),
        ("select * from hub.find_held($1, null, null)", (known["hash"],)),
        ("select * from hub.find_held(null, '31', '000002')", ()),
    ]


class TestFacts:
    """What an act function tells the union that is its argument: Python's own check may be missing."""

    async def _release(self, app: Any, union_id: UUID, membership_id: UUID) -> Any:
        (row,) = await app.fetch(
            "select * from hub.facts_for_release("
            "true, $1, '{x}', '{x}', '{x}', array[null::uuid], '{HOLDER}', $2, $3, '{x}', '{f}', '{x}', '{x}')",
            [union_id],
            [membership_id],
            [uuid4()],
        )
        return row["membership"]

    @pytest.mark.attack("Z01")
    @pytest.mark.parametrize("ref", ["U3", "U8", "U9", "U13", "U0"])
    async def test_of_a_release_a_stranger_learns_nothing(self, busy: World, app: Any, ref: str) -> None:
        acting = busy.actors[ref].caller.union_id
        for member in ("M1", "M2", "M3", "M4"):
            assert await self._release(app, acting, busy.members[member]) is None
        assert await self._release(app, acting, uuid4()) is None

    async def test_of_a_release_a_party_learns_that_there_is_one(self, busy: World, app: Any) -> None:
        u1, u2 = (busy.actors[ref].caller.union_id for ref in ("U1", "U2"))
        for acting, member in ((u1, "M2"), (u2, "M1")):  # the ex-holder; the receiver of an open release
            found = await self._release(app, acting, busy.members[member])
            assert found["tie"] == "PARTY"
            assert [value for key, value in found.items() if key not in {"ord", "tie"} and value is not None] == []
        # Of a closed release, or one whose day has passed, its receiver is a stranger again.
        assert await self._release(app, u2, busy.members["M3"]) is None
        await busy.set_clock(START + timedelta(days=100))
        assert await self._release(app, u2, busy.members["M1"]) is None

    async def test_of_a_release_the_holder_learns_all(self, busy: World, app: Any) -> None:
        found = await self._release(app, busy.actors["U1"].caller.union_id, busy.members["M4"])
        assert (found["tie"], found["member_name"]) == ("HOLDER", MEMBERS["M4"].name)

    async def _amendment(self, app: Any, union_id: UUID, membership_id: UUID, known: dict[str, Any]) -> Any:
        (row,) = await app.fetch(
            "select * from hub.facts_for_amendment("
            "true, $1, '{x}', '{x}', '{x}', array[null::uuid], $2, $3, '{31}', '{000003}')",
            [union_id],
            [membership_id],
            [known["hash"]],
        )
        return row

    @pytest.mark.attack("Z01")
    async def test_of_an_amendment_the_holder_alone_learns(self, busy: World, app: Any) -> None:
        vault = busy.hub.vault
        known = {"hash": vault.blind_index("RESIDENT_ID", MEMBERS["M5"].id_number)}
        for ref in ("U3", "U9", "U13", "U0"):
            for sub in (busy.members["M1"], busy.members["M2"], uuid4()):
                row = await self._amendment(app, busy.actors[ref].caller.union_id, sub, known)
                assert (row["membership"], row["known_person"], row["known_membership"]) == (None, None, None)
                assert not row["certificate_taken"]
        for ref, member in (("U1", "M2"), ("U2", "M1"), ("U2", "M4")):
            row = await self._amendment(app, busy.actors[ref].caller.union_id, busy.members[member], known)
            found = row["membership"]
            assert found["tie"] == "PARTY"
            assert [value for key, value in found.items() if key not in {"ord", "tie"} and value is not None] == []
            assert (row["known_person"], row["known_membership"], row["certificate_taken"]) == (None, None, False)
        # Of a closed release, or one whose day has passed, its receiver is a stranger again.
        u2 = busy.actors["U2"].caller.union_id
        assert (await self._amendment(app, u2, busy.members["M3"], known))["membership"] is None
        row = await self._amendment(app, busy.actors["U1"].caller.union_id, busy.members["M4"], known)
        assert (row["membership"]["tie"], row["membership"]["member_name"]) == ("HOLDER", MEMBERS["M4"].name)
        assert (row["known_membership"], row["certificate_taken"]) == (busy.members["M5"], True)
        await busy.set_clock(START + timedelta(days=100))
        assert (await self._amendment(app, u2, busy.members["M1"], known))["membership"] is None

    @pytest.mark.attack("Z01")
    async def test_of_a_case_only_its_parties_learn(self, busy: World, app: Any, superuser: Any) -> None:
        cases = await superuser.fetch("select membership_id, handoff_id, from_union, to_union from hub.handoffs")
        assert len(cases) == 6
        for actor in busy.actors.values():
            acting = actor.caller.union_id
            for case in cases:
                (row,) = await app.fetch(
                    "select * from hub.facts_for_case(true, $1, '{x}', '{x}', '{x}', array[null::uuid], $2, $3)",
                    [acting],
                    [case["membership_id"]],
                    [case["handoff_id"]],
                )
                side = row["handoff"] and row["handoff"]["side"]
                assert side == {case["from_union"]: "HOLDER", case["to_union"]: "RECEIVER"}.get(acting)

    async def test_a_case_is_found_under_its_own_membership_only(self, busy: World, app: Any, superuser: Any) -> None:
        case = await superuser.fetchrow("select * from hub.handoffs where membership_id = $1", busy.members["M1"])
        (row,) = await app.fetch(
            "select * from hub.facts_for_case(true, $1, '{x}', '{x}', '{x}', array[null::uuid], $2, $3)",
            [case["from_union"]],
            [busy.members["M4"]],
            [case["handoff_id"]],
        )
        assert row["handoff"] is None

    @pytest.mark.parametrize("ref", ["U2", "U13", "U0"])
    async def test_a_number_is_revealed_to_nobody_but_the_holder(
        self, busy: World, app: Any, superuser: Any, ref: str
    ) -> None:
        before = await everything(superuser)
        reveal = "select * from hub.reveal_id_number(true, $1, $2, $3, 'why')"
        assert await app.fetch(reveal, busy.actors[ref].caller.union_id, busy.members["M4"], uuid4()) == []
        assert await everything(superuser) == before
        assert len(await app.fetch(reveal, busy.actors["U1"].caller.union_id, busy.members["M4"], uuid4())) == 1
        assert differing(before, await everything(superuser)) == {"disclosures"}

    async def test_an_earlier_use_of_a_jti_is_told_to_its_signer_alone(
        self, busy: World, app: Any, superuser: Any
    ) -> None:
        used = await superuser.fetchrow(
            "select jti, iss, receipt from hub.statements where typ like '%release+jwt' limit 1"
        )
        for actor in busy.actors.values():
            (row,) = await app.fetch(
                "select * from hub.facts_for_release("
                "true, $1, '{x}', $2, '{x}', $3, '{HOLDER}', $4, $5, '{x}', '{f}', '{x}', '{x}')",
                [actor.caller.union_id],
                [actor.uri],
                [used["jti"]],
                [uuid4()],
                [uuid4()],
            )
            told = row["signer"]["earlier_receipt"]
            assert told == (used["receipt"] if actor.caller.union_id == used["iss"] else None)
