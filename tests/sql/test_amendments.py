"""Amendments by SQL alone: what the gate lets pass, what a release binds, and who wins a race."""

from __future__ import annotations

import json
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import asyncpg
import pytest

from hub.errors import Code
from hub.transfers.ledger import acts
from hub.transfers.ledger.records import AmendmentRecord, AnswerRecord, ReleaseRecord
from hub.transfers.views import HandoffView
from tests.ready import (
    person,
    ready_acceptance,
    ready_amendment,
    ready_join,
    ready_release,
    ready_union_amendment,
)
from tests.sql.direct import NOON, SECOND, TODAY, a_release, an_acceptance, an_amendment, call, custody_of
from tests.sql.racing import hubs, race
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import connected, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.transfers.desk.opening import Hub
    from tests.world import World

__all__ = ["hubs"]

ROUNDS: Final = 200
_HASH: Final = """
select i.id_hash from hub.person_ids i join hub.memberships m on m.member_id = i.member_id where m.membership_id = $1"""


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
async def m1(world: World, superuser: Any) -> Any:
    """The membership of M1, held by U1."""
    return await custody_of(superuser, world.members["M1"])


@pytest.fixture
async def amendment(superuser: Any, m1: Any) -> AmendmentRecord:
    """One that passes."""
    return an_amendment(m1, await _person(superuser, m1), sex="9")


async def _person(superuser: Any, custody: Any) -> Any:
    return await superuser.fetchrow("select * from hub.persons where member_id = $1", custody["member_id"])


async def does_nothing(app: Any, superuser: Any, *records: Any) -> None:
    before = await everything(superuser)
    assert await call(app, *records) == []
    assert await everything(superuser) == before


class TestGate:
    async def test_the_holder_amends_what_stands(
        self, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord
    ) -> None:
        assert await call(app, amendment) == [1]
        row = await custody_of(superuser, m1["membership_id"])
        assert (row["data_version"], (await _person(superuser, m1))["sex"]) == (2, "9")
        same = set(dict(row)) - {"data_version"}
        assert {name: row[name] for name in same} == {name: m1[name] for name in same}
        await assert_whole(superuser)

    @pytest.mark.invariant("I5")
    @pytest.mark.parametrize("name", ["custody_version", "data_version"])
    async def test_not_at_another_version(
        self, app: Any, superuser: Any, amendment: AmendmentRecord, name: str
    ) -> None:
        for version in (0, 2):
            wrong: dict[str, Any] = {name: version}
            await does_nothing(app, superuser, amendment._replace(**wrong))

    async def test_nor_by_another_union(self, world: World, app: Any, superuser: Any, amendment: Any) -> None:
        for ref in ("U2", "U13", "U0"):
            await does_nothing(app, superuser, amendment._replace(union_id=world.actors[ref].caller.union_id))

    async def test_nor_of_another_person_s_membership(
        self, world: World, app: Any, superuser: Any, amendment: AmendmentRecord
    ) -> None:
        await does_nothing(app, superuser, amendment._replace(membership_id=world.members["M2"]))
        other = await custody_of(superuser, world.members["M2"])
        await does_nothing(app, superuser, amendment._replace(member_id=other["member_id"]))

    @pytest.mark.parametrize("status", ["WITHDRAWN", "EXPELLED", "DUPLICATE_MERGED", "DECEASED"])
    async def test_nor_what_has_ended(
        self, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord, status: str
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = $1 where membership_id = $2", status, m1["membership_id"]
        )
        await does_nothing(app, superuser, amendment)

    async def test_nor_over_a_case_that_has_opened_or_gone_on(
        self, world: World, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord
    ) -> None:
        release = a_release(m1, world.actors["U2"].caller.union_id)
        assert await call(app, release) == [1]
        await does_nothing(app, superuser, amendment)
        await does_nothing(app, superuser, amendment._replace(open_handoff=release.handoff_id, open_step=2))
        await does_nothing(app, superuser, amendment._replace(open_handoff=uuid4(), open_step=1))
        assert await call(app, amendment._replace(open_handoff=release.handoff_id, open_step=1)) == [1]

    async def test_each_of_several_has_its_own_outcome(
        self, world: World, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord
    ) -> None:
        m2, m3 = [await custody_of(superuser, world.members[ref]) for ref in ("M2", "M3")]
        others = [an_amendment(row, await _person(superuser, row), name=f"某{n}") for n, row in enumerate((m2, m3))]
        assert await call(app, amendment, others[0]._replace(data_version=7), others[1]) == [1, 3]
        assert (await _person(superuser, m3))["name"] == "某1"
        assert (await custody_of(superuser, m2["membership_id"]))["data_version"] == 1

    @pytest.mark.parametrize("what", ["document", "certificate", "jti"])
    async def test_what_is_somebody_else_s_is_a_conflict(
        self, world: World, app: Any, superuser: Any, amendment: AmendmentRecord, what: str
    ) -> None:
        theirs = await superuser.fetchval(_HASH, world.members["M5"])
        used = await superuser.fetchval("select jti from hub.statement_claims where iss = $1", amendment.union_id)
        changes: dict[str, dict[str, Any]] = {
            "document": {
                "document_type": "PASSPORT", "document_sealed": b"x", "document_hash": theirs, "id_no": 2,
                "claims_id": True,
            },
            "certificate": {"certificate_province": "32", "certificate_number": "000005", "claims_number": True},
            "jti": {"jti": used},
        }  # fmt: skip
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as found:
            await call(app, amendment._replace(**changes[what]))
        assert found.value.sqlstate == "HB409"
        assert await everything(superuser) == before

    async def test_nothing_is_freed_that_is_somebody_else_s(
        self, world: World, app: Any, superuser: Any, amendment: AmendmentRecord
    ) -> None:
        theirs = await superuser.fetchval(_HASH, world.members["M5"])
        freed = {"freed": theirs, "freed_province": "32", "freed_number": "000005"}
        assert await call(app, amendment._replace(**freed)) == [1]
        assert await superuser.fetchval("select count(*) from hub.identity_claims where id_hash = $1", theirs) == 1
        assert await superuser.fetchval("select count(*) from hub.certificate_claims where number = '000005'") == 1

    async def test_the_documents_of_one_person_are_moved_and_of_nobody_else(
        self, app: Any, superuser: Any, amendment: AmendmentRecord
    ) -> None:
        before = await superuser.fetch("select * from hub.person_ids where member_id <> $1", amendment.member_id)
        for number, (kind, places) in enumerate(
            (("OTHER", {"id_no": 2}), ("PASSPORT", {"id_no": 1, "replaces": True, "kept_no": 3})), start=1
        ):
            given: dict[str, Any] = {"document_type": kind, "document_sealed": kind.encode(), **places}
            given |= {"document_hash": token_bytes(32), "claims_id": True, "data_version": number, "jti": uuid4()}
            assert await call(app, amendment._replace(**given, sha256=token_bytes(32))) == [1]
        rows = await superuser.fetch(
            "select id_no, id_type, sealed from hub.person_ids where member_id = $1 order by 1", amendment.member_id
        )
        assert [(row["id_no"], row["id_type"]) for row in rows] == [(1, "PASSPORT"), (2, "OTHER"), (3, "RESIDENT_ID")]
        assert [row["sealed"] for row in rows[:2]] == [b"PASSPORT", b"OTHER"]
        after = await superuser.fetch("select * from hub.person_ids where member_id <> $1", amendment.member_id)
        assert sorted(map(tuple, after)) == sorted(map(tuple, before))


class TestWhatABoundCardIs:
    async def test_a_release_fits_the_card_of_now_alone(
        self, world: World, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord
    ) -> None:
        release = a_release(m1, world.actors["U2"].caller.union_id)
        assert await call(app, amendment._replace(card_salt="another")) == [1]
        await does_nothing(app, superuser, release)
        await does_nothing(app, superuser, release._replace(card="{}"))
        assert await call(app, release._replace(card=json.dumps({"salt": "another"}))) == [1]

    async def test_so_does_an_answer_to_a_request(self, world: World, app: Any, superuser: Any, m1: Any) -> None:
        asked = await world.request(world.actors["U2"], "M1")
        release = a_release(m1, world.actors["U2"].caller.union_id, handoff_id=asked.handoff_id)
        answer = AnswerRecord(
            **{name: getattr(release, name) for name in AnswerRecord._fields if name in ReleaseRecord._fields},
            side="HOLDER",
            step_no=1,
            request_sha256=asked.request_sha256 or b"",
        )
        await superuser.execute("update hub.memberships set card_salt = 'another'")
        await does_nothing(app, superuser, answer)
        assert await call(app, answer._replace(card=json.dumps({"salt": "another"}))) == [1]

    async def test_an_ended_holding_keeps_how_the_member_was_held(
        self, world: World, app: Any, superuser: Any, m1: Any, amendment: AmendmentRecord
    ) -> None:
        assert await call(app, amendment._replace(employer_uscc=EMPLOYERS["丙"], member_unit=EMPLOYERS["丁"])) == [1]
        release = a_release(m1, world.actors["U2"].caller.union_id)
        assert await call(app, release) == [1]
        assert await call(app, an_acceptance(release, holding_basis="DISPATCH_UNION", member_unit="unit")) == [1]
        rows = await superuser.fetch(
            "select * from hub.holdings where membership_id = $1 order by custody_version", m1["membership_id"]
        )
        assert [(row["holding_basis"], row["employer_uscc"], row["member_unit"]) for row in rows] == [
            ("ORDINARY", EMPLOYERS["丙"], EMPLOYERS["丁"]), (None, None, None),
        ]  # fmt: skip
        row = await custody_of(superuser, m1["membership_id"])
        assert (row["holding_basis"], row["member_unit"]) == ("DISPATCH_UNION", "unit")


@pytest.mark.attack("F02")
async def test_nobody_moves_at_a_time_before_the_holder_s_last_amendment(
    app: Any, superuser: Any, world: World, m1: Any, amendment: AmendmentRecord
) -> None:
    """Its facts were read before the amendment came: who amended would not have held any more."""
    release = a_release(m1, world.actors["U2"].caller.union_id)
    amended_at = NOON + 30 * SECOND
    assert await call(app, release) == [1]
    during_it = amendment._replace(at=amended_at, open_handoff=release.handoff_id, open_step=1)
    assert await call(app, during_it) == [1]
    await does_nothing(app, superuser, an_acceptance(release, at=amended_at - SECOND))
    await does_nothing(app, superuser, an_acceptance(release, at=amended_at))
    assert await call(app, an_acceptance(release, at=amended_at + SECOND)) == [1]
    await assert_whole(superuser)


class TestUnions:
    def _arguments(self, world: World, **changes: Any) -> list[Any]:
        """The amendment of U2's name by U9, above it."""
        given = {
            "at": NOON, "by": world.actors["U9"].caller.union_id, "union": world.actors["U2"].caller.union_id,
            "version": 1, "fields": "name", "today": TODAY, "name": "乙公司工会", "jurisdiction": None,
            "employers": None, "units": None, "units_from": None, "units_until": None, "contained": None,
            "contained_from": None, "contained_until": None, "jti": uuid4(), "sha": token_bytes(32),
            "typ": "unionhub.union-amendment+jwt", "jws": "an amendment", "receipt": "its receipt",
        }  # fmt: skip
        return list({**given, **changes}.values())

    async def test_the_one_above_amends_what_stands(self, world: World, app: Any, superuser: Any) -> None:
        assert await app.fetchval(acts.RECORD_UNION_AMENDMENT, *self._arguments(world)) is True
        row = await superuser.fetchrow("select name, version from hub.unions where uri = $1", UNIONS["U2"].uri)
        assert tuple(row) == ("乙公司工会", 2)

    async def test_nobody_else_and_nothing_else(self, world: World, app: Any, superuser: Any) -> None:
        before = await everything(superuser)
        ids = {ref: world.actors[ref].caller.union_id for ref in ("U0", "U1", "U2", "U10")}
        wrong: list[dict[str, Any]] = [
            *({"by": by} for by in (*ids.values(), UUID(int=0))),
            {"version": 2}, {"version": 0}, {"union": ids["U1"]}, {"union": UUID(int=0)},
        ]  # fmt: skip
        for changes in wrong:
            arguments = self._arguments(world, **changes)
            assert await app.fetchval(acts.RECORD_UNION_AMENDMENT, *arguments) is False, changes
        assert await everything(superuser) == before

    @pytest.mark.parametrize(("ref", "state"), [("U2", "CLOSED"), ("U9", "CLOSED"), ("U9", "WINDING_UP")])
    async def test_nor_where_one_is_closed(self, world: World, app: Any, superuser: Any, ref: str, state: str) -> None:
        await set_state(superuser, state, UNIONS[ref].uri)
        assert await app.fetchval(acts.RECORD_UNION_AMENDMENT, *self._arguments(world)) is False

    async def test_a_used_jti_is_a_conflict(self, world: World, app: Any, superuser: Any) -> None:
        u9 = world.actors["U9"].caller.union_id
        used = await superuser.fetchval("select jti from hub.statement_claims where iss = $1", u9)
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as found:
            await app.fetchval(acts.RECORD_UNION_AMENDMENT, *self._arguments(world, jti=used))
        assert found.value.sqlstate == "HB409"
        assert await everything(superuser) == before

    async def test_no_other_union_s_parts_are_touched(self, world: World, app: Any, superuser: Any) -> None:
        mine = world.actors["U3"].caller.union_id
        employers = "select * from hub.union_employers where union_id <> $1"
        federations = "select * from hub.union_federations where federation_id <> $1"
        before = [sorted(map(tuple, await superuser.fetch(sql, mine))) for sql in (employers, federations)]
        lists: dict[str, list[Any]] = {name: [] for name in ("employers", "units", "units_from", "units_until")}
        spans: dict[str, list[Any]] = {name: [] for name in ("contained", "contained_from", "contained_until")}
        arguments = self._arguments(world, union=mine, name=None, **lists, **spans)
        assert await app.fetchval(acts.RECORD_UNION_AMENDMENT, *arguments) is True
        assert [sorted(map(tuple, await superuser.fetch(sql, mine))) for sql in (employers, federations)] == before


@pytest.mark.attack("F02")
async def test_of_two_amendments_one_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    u1, m1 = world.actors["U1"], world.members["M1"]
    for number in range(ROUNDS):
        changes = ({"sex": "129"[number % 3]}, {"mobile": f"+861390000{number:04}"})
        drafted = [await ready_amendment(world, u1, m1, person=change) for change in changes]
        (answer,), (refusal,) = await race(hubs, *(drafted if number % 2 else reversed(drafted)))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("amendment", "data_version"))
        assert answer.data_version == number + 2
    assert await superuser.fetchval("select count(*) from hub.amendments") == ROUNDS
    await assert_whole(superuser)


@pytest.mark.attack("F02")
@pytest.mark.invariant("I4")
async def test_a_release_or_an_amendment_of_its_card_wins(world: World, hubs: list[Hub], superuser: Any) -> None:
    """Never does a release stand whose card is not what it binds."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    won = set()
    for number in range(ROUNDS):
        member = await (await ready_join(world, u1, person(number))).send(world.hub)
        release = await ready_release(world, u1, member.membership_id, u2)
        amendment = await ready_amendment(world, u1, member.membership_id, person={"name": "某某"})
        (answer,), (refusal,) = await race(hubs, *((release, amendment) if number % 2 else (amendment, release)))
        is_released = isinstance(answer, HandoffView)
        assert refusal.code is (Code.HANDOFF_ALREADY_OPEN if is_released else Code.DOCUMENT_TAMPERED)
        won.add(is_released)
    assert won == {True, False}
    cards = await superuser.fetch(
        "select k.json, p.name, m.card_salt from hub.cards k join hub.persons p using (member_id) "
        "join hub.memberships m using (member_id)"
    )
    assert cards
    for row in cards:
        card = json.loads(row["json"])
        assert (card["name"], card["salt"]) == (row["name"], row["card_salt"])
    await assert_whole(superuser)


@pytest.mark.attack("F02")
async def test_an_acceptance_and_an_amendment_both_hold(world: World, hubs: list[Hub], superuser: Any) -> None:
    """What the holding keeps is what stood at its end; or else the amendment came too late."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    codes = set()
    for number in range(50):
        member = await (await ready_join(world, u1, person(number))).send(world.hub)
        released = await world.release(u1, member.membership_id, u2.uri)
        acceptance = await ready_acceptance(world, u2, released.handoff_id)
        amendment = await ready_amendment(world, u1, member.membership_id, employer_uscc=EMPLOYERS["丙"])
        _, refused = await race(hubs, *((acceptance, amendment) if number % 2 else (amendment, acceptance)))
        codes |= {refusal.code for refusal in refused}
        kept = await superuser.fetchval(
            "select employer_uscc from hub.holdings where membership_id = $1 and custody_version = 1",
            member.membership_id,
        )
        assert kept == EMPLOYERS["甲" if refused else "丙"]
    assert codes <= {Code.NOT_HOLDER}
    await assert_whole(superuser)


async def test_of_two_amendments_of_a_union_one_wins(world: World, hubs: list[Hub]) -> None:
    u9, u2 = world.actors["U9"], UNIONS["U2"].uri
    for number in range(20):
        names = [f"乙公司工会{number}{letter}" for letter in "甲乙"]
        drafted = [await ready_union_amendment(world, u9, u2, name=name) for name in names]
        (_,), (refusal,) = await race(hubs, *drafted)
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("union", "version"))
        await world.set_clock(NOON + (number + 1) * SECOND)
