"""The functions for unions, keys and sessions, called past Python: by whom they are obeyed, and what they tell."""

from __future__ import annotations

from datetime import date, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.transfers.ledger import acts
from hub.transfers.ledger.records import KeyEndRecord, KeyRecord, UnionRecord
from tests.sql.direct import NOON
from tests.winding import set_state
from tests.worlds import START, connected, differing, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.world import World

_SIGNER: Final = "select (signer).* from hub.facts_for_union(true, $1, $2, $3, $4, $5, '', '', '', '{}')"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def union(world: World) -> Callable[[str], UUID]:
    return lambda ref: world.actors[ref].caller.union_id


def a_union(by: UUID, **changes: Any) -> UnionRecord:
    given = {
        "at": NOON,
        "by_union": by,
        "union_id": uuid4(),
        "uri": f"urn:union:{uuid4()}",
        "uscc": str(uuid4()),
        "local_code": None,
        "name": "某工会",
        "kind": "GRASSROOTS_INDEPENDENT",
        "province_code": "31",
        "jurisdiction_code": None,
        "established_on": date(2020, 1, 1),
        "employers": [],
        "are_member_units": [],
        "organised_from": [],
        "organised_until": [],
        "contains": [],
        **_statement(),
    }
    return UnionRecord(**{**given, **changes})


def a_key(by: UUID, union: UUID, **changes: Any) -> KeyRecord:
    given = {
        "at": NOON,
        "by_union": by,
        "union_id": union,
        "use": "SIGNING",
        "kid": str(uuid4()),
        "alg": "EdDSA",
        "jwk": "{}",
        "not_before": NOON,
        **_statement(),
    }
    return KeyRecord(**{**given, **changes})


def an_end(by: UUID, union: UUID, kid: str, **changes: Any) -> KeyEndRecord:
    given = {
        "at": NOON,
        "by_union": by,
        "union_id": union,
        "use": "SIGNING",
        "kid": kid,
        "retired_at": None,
        "reason": "LOST",
        "invalid_from": NOON,
        **_statement(),
    }
    return KeyEndRecord(**{**given, **changes})


def _statement() -> dict[str, Any]:
    return {
        "jti": uuid4(),
        "sha256": token_bytes(32),
        "typ": "unionhub.x+jwt",
        "jws": "a statement",
        "receipt": "its receipt",
    }


async def call(connection: Any, record: UnionRecord | KeyRecord | KeyEndRecord) -> bool:
    sql = {UnionRecord: acts.RECORD_UNION, KeyRecord: acts.RECORD_KEY, KeyEndRecord: acts.RECORD_KEY_END}[type(record)]
    done: bool = await connection.fetchval(sql, *record)
    return done


async def does_nothing(app: Any, superuser: Any, record: UnionRecord | KeyRecord | KeyEndRecord) -> None:
    before = await everything(superuser)
    assert await call(app, record) is False
    assert await everything(superuser) == before


async def fails(app: Any, superuser: Any, record: UnionRecord | KeyRecord | KeyEndRecord) -> None:
    before = await everything(superuser)
    with pytest.raises(asyncpg.PostgresError, match="claimed"):
        await call(app, record)
    assert await everything(superuser) == before


class TestUnion:
    async def test_stands_beneath_the_union_that_entered_it(
        self, app: Any, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        before, record = await everything(superuser), a_union(union("U9"))
        assert await call(app, record)
        parent = await superuser.fetchval("select parent_union from hub.unions where union_id = $1", record.union_id)
        assert parent == union("U9")
        assert differing(before, await everything(superuser)) == {"unions", "union_statements", "statement_claims"}

    @pytest.mark.parametrize("state", ["WINDING_UP", "CLOSED"])
    async def test_beneath_a_union_that_acts_no_more_does_nothing(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], state: str
    ) -> None:
        await set_state(superuser, state, union("U9"))
        await does_nothing(app, superuser, a_union(union("U9")))

    async def test_beneath_nobody_does_nothing(self, app: Any, superuser: Any) -> None:
        await does_nothing(app, superuser, a_union(uuid4()))

    @pytest.mark.parametrize("name", ["union_id", "uri", "uscc"])
    async def test_that_is_there_already_does_nothing(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], name: str
    ) -> None:
        first = a_union(union("U9"))
        assert await call(app, first)
        await does_nothing(app, superuser, a_union(union("U9"), **{name: getattr(first, name)}))

    async def test_with_a_used_jti_is_rolled_back(self, app: Any, superuser: Any, union: Callable[[str], UUID]) -> None:
        first = a_union(union("U9"))
        assert await call(app, first)
        await fails(app, superuser, a_union(union("U9"), jti=first.jti))


class TestKey:
    @pytest.mark.parametrize("ref", ["U2", "U9"])
    async def test_is_entered_by_the_union_and_by_the_one_above(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], ref: str
    ) -> None:
        before, record = await everything(superuser), a_key(union(ref), union("U2"))
        assert await call(app, record)
        owner = await superuser.fetchval("select union_id from hub.union_keys where kid = $1", record.kid)
        assert owner == union("U2")
        assert differing(before, await everything(superuser)) == {"union_keys", "union_statements", "statement_claims"}

    @pytest.mark.parametrize("ref", ["U10", "U0", "U1", "U4"])
    async def test_by_another_does_nothing(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], ref: str
    ) -> None:
        await does_nothing(app, superuser, a_key(union(ref), union("U2")))

    async def test_of_a_name_that_is_taken_does_nothing(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        await does_nothing(app, superuser, a_key(union("U2"), union("U2"), kid=world.actors["U2"].signing.kid))

    async def test_with_a_used_jti_is_rolled_back(self, app: Any, superuser: Any, union: Callable[[str], UUID]) -> None:
        first = a_key(union("U2"), union("U2"))
        assert await call(app, first)
        await fails(app, superuser, a_key(union("U2"), union("U2"), jti=first.jti))


class TestKeyEnd:
    @pytest.mark.parametrize("ref", ["U2", "U9"])
    async def test_ends_that_key_and_no_other(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID], ref: str
    ) -> None:
        kid = world.actors["U2"].signing.kid
        twin = a_key(union("U2"), union("U2"), kid=kid, use="LOGIN")  # the same name for another use
        assert await call(app, twin)
        assert await call(app, an_end(union(ref), union("U2"), kid))
        ended = await superuser.fetch("select union_id, use, kid from hub.union_keys where revoked_at is not null")
        assert [tuple(row) for row in ended] == [(union("U2"), "SIGNING", kid)]

    @pytest.mark.parametrize("ref", ["U10", "U0", "U1", "U4"])
    async def test_by_another_does_nothing(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID], ref: str
    ) -> None:
        await does_nothing(app, superuser, an_end(union(ref), union("U2"), world.actors["U2"].signing.kid))

    async def test_of_a_key_that_there_is_not_does_nothing(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        await does_nothing(app, superuser, an_end(union("U2"), union("U2"), "none"))
        await does_nothing(app, superuser, an_end(union("U2"), union("U2"), world.actors["U1"].signing.kid))

    async def test_of_another_union_s_key_by_its_name_does_nothing(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        # U9 stands above both, but the statement is about U2.
        await does_nothing(app, superuser, an_end(union("U9"), union("U2"), world.actors["U3"].signing.kid))

    async def test_of_a_retired_key_does_nothing_but_by_revocation(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        kid = world.actors["U2"].signing.kid
        retirement = an_end(union("U2"), union("U2"), kid, retired_at=NOON, reason=None, invalid_from=None)
        assert await call(app, retirement)
        later = NOON + timedelta(days=30)
        await does_nothing(app, superuser, retirement._replace(retired_at=later, **_statement()))
        assert await call(app, an_end(union("U2"), union("U2"), kid))
        row = await superuser.fetchrow("select * from hub.union_keys where kid = $1 and use = 'SIGNING'", kid)
        assert (row["retired_at"], row["revoked_at"]) == (NOON, NOON)

    async def test_of_a_revoked_key_does_nothing(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        kid = world.actors["U2"].signing.kid
        assert await call(app, an_end(union("U2"), union("U2"), kid))
        await does_nothing(app, superuser, an_end(union("U2"), union("U2"), kid))
        retirement = an_end(union("U2"), union("U2"), kid, retired_at=NOON, reason=None, invalid_from=None)
        await does_nothing(app, superuser, retirement)

    async def test_with_a_used_jti_is_rolled_back(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        first = a_key(union("U2"), union("U2"))
        assert await call(app, first)
        end = an_end(union("U2"), union("U2"), world.actors["U2"].signing.kid, jti=first.jti)
        await fails(app, superuser, end)


class TestSession:
    """Whether the login key that a session was opened with is in force still."""

    async def _asked(self, app: Any, by: UUID, kid: str) -> set[bool]:
        async with app.transaction():
            begun = await app.fetchval("select login_in_force from hub.hub_begin($1, $2, true)", by, kid)
        signer = await app.fetchrow(_SIGNER, by, kid, "", "", None)
        return {begun, signer["login_in_force"]}

    async def test_it_lasts_as_long_as_its_key(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        u1, kid = union("U1"), world.actors["U1"].login.kid
        assert await self._asked(app, u1, kid) == {True}
        assert await self._asked(app, u1, world.actors["U1"].signing.kid) == {False}
        assert await self._asked(app, u1, world.actors["U2"].login.kid) == {False}
        assert await self._asked(app, u1, "none") == {False}
        retire = "update hub.union_keys set retired_at = $1 where kid = $2"
        await superuser.execute(retire, START + timedelta(hours=1), kid)
        assert await self._asked(app, u1, kid) == {True}
        await superuser.execute(retire, START - timedelta(hours=1), kid)
        assert await self._asked(app, u1, kid) == {False}
        await superuser.execute(
            "update hub.union_keys set retired_at = null, revoked_at = $1, invalid_from = $1 where kid = $2", START, kid
        )
        assert await self._asked(app, u1, kid) == {False}

    async def test_an_assertion_is_spent_once(self, app: Any, superuser: Any, union: Callable[[str], UUID]) -> None:
        login = "select hub.record_login($1, $2, $3, $4)"
        later = START + timedelta(minutes=5)
        assert await app.fetchval(login, START, union("U1"), "a", later)
        assert not await app.fetchval(login, START, union("U1"), "a", later)
        assert await app.fetchval(login, START, union("U2"), "a", later)
        assert await app.fetchval(login, START, union("U1"), "b", later)
        # What ran out more than a day ago is forgotten, and nothing else.
        assert await app.fetchval(login, later + timedelta(hours=23), union("U1"), "c", later + timedelta(days=9))
        assert await superuser.fetchval("select count(*) from hub.assertion_claims") == 4
        assert await app.fetchval(login, later + timedelta(hours=25), union("U1"), "d", later + timedelta(days=9))
        assert await superuser.fetchval("select count(*) from hub.assertion_claims") == 2

    async def test_a_login_finds_the_union_s_own_login_key(
        self, app: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        ask = "select union_id, alg, jwk from hub.facts_for_login(true, $1, $2)"
        row = await app.fetchrow(ask, u2.uri, u2.login.kid)
        assert (row["union_id"], row["alg"], row["jwk"]) == (union("U2"), "ES256", u2.login.public.jwk_text)
        for uri, kid in (
            (u1.uri, u2.login.kid),
            (u2.uri, u2.signing.kid),
            ("urn:union:none", u2.login.kid),
            (u2.uri, ""),
        ):
            (row,) = await app.fetch(ask, uri, kid)
            assert tuple(row) == (None, None, None)


class TestSigner:
    async def test_the_key_is_the_one_that_iss_and_kid_name(
        self, app: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        row = await app.fetchrow(_SIGNER, union("U1"), "", u2.uri, u2.signing.kid, None)
        assert (row["uri"], row["name"], row["key_jwk"]) == (u1.uri, u1.fixture.name, u2.signing.public.jwk_text)
        for iss, kid in (
            (u1.uri, u2.signing.kid),
            (u2.uri, u2.login.kid),
            ("urn:union:none", u2.signing.kid),
            (u2.uri, ""),
        ):
            row = await app.fetchrow(_SIGNER, union("U1"), "", iss, kid, None)
            assert (row["uri"], row["key_jwk"]) == (u1.uri, None)

    async def test_an_earlier_use_is_that_of_the_same_union(
        self, app: Any, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        used = await superuser.fetchrow("select * from hub.statements where iss = $1 limit 1", union("U1"))
        row = await app.fetchrow(_SIGNER, union("U1"), "", "", "", used["jti"])
        assert (row["earlier_sha256"], row["earlier_receipt"]) == (used["sha256"], used["receipt"])
        row = await app.fetchrow(_SIGNER, union("U2"), "", "", "", used["jti"])
        assert (row["earlier_sha256"], row["earlier_receipt"]) == (None, None)
        row = await app.fetchrow(_SIGNER, union("U1"), "", "", "", uuid4())
        assert row["earlier_sha256"] is None
        about = await superuser.fetchrow("select * from hub.union_statements where iss = $1 limit 1", union("U9"))
        row = await app.fetchrow(_SIGNER, union("U9"), "", "", "", about["jti"])
        assert (row["earlier_sha256"], row["earlier_receipt"]) == (about["sha256"], about["receipt"])

    async def test_in_one_call_each_item_has_its_own_earlier_use(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        used = await superuser.fetchrow("select * from hub.statements where iss = $1 limit 1", union("U1"))
        rows = await app.fetch(
            """select (signer).* from hub.facts_for_case(true, $1, $2, $2, $2, $3, $4, $4) order by ord""",
            [union("U2"), union("U1"), union("U1")],
            [""] * 3,
            [used["jti"], uuid4(), used["jti"]],
            [uuid4()] * 3,
        )
        assert [row["uri"] for row in rows] == [world.actors[ref].uri for ref in ("U2", "U1", "U1")]
        assert [row["earlier_sha256"] for row in rows] == [None, None, used["sha256"]]

    async def test_of_a_union_and_a_key_it_is_told_what_there_is(
        self, app: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        u2, u9 = world.actors["U2"], world.actors["U9"]
        ask = "select * from hub.facts_for_union(true, $1, '', '', '', null, $2, $3, $4, $5)"
        row = await app.fetchrow(ask, union("U9"), u2.uri, "SIGNING", u2.signing.kid, [u9.uri, "urn:union:none"])
        assert (row["about_union"], row["is_self"], row["is_next_higher"]) == (union("U2"), False, True)
        assert (row["key_registered"], row["key_revoked"]) == (True, False)
        assert (row["listed"], row["listed_found"]) == ([union("U9")], [u9.uri])
        row = await app.fetchrow(ask, union("U2"), u2.uri, "LOGIN", u2.signing.kid, [])
        assert (row["is_self"], row["is_next_higher"], row["key_registered"]) == (True, False, False)
        row = await app.fetchrow(ask, union("U2"), u2.uri, "SIGNING", "none", [])
        assert row["key_registered"] is False
        row = await app.fetchrow(ask, union("U2"), "urn:union:none", "SIGNING", u2.signing.kid, [])
        assert (row["about_union"], row["is_self"], row["is_next_higher"], row["key_registered"]) == (
            None,
            False,
            False,
            False,
        )
