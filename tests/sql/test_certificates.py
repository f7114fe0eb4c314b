"""Certificates where Python's checks are missing or late: the function itself, and two acts at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from federation.acts_certificates import CertificateLoss, CertificateReissue
from hub.errors import Code
from hub.transfers.desk import pulling
from tests.desk.test_certifying import ready_certificate
from tests.ready import person, ready
from tests.sql.direct import custody_of
from tests.sql.racing import hubs, members_of, prepared, race, races
from tests.sql.wholeness import assert_whole
from tests.worlds import as_union, connected, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import MemberView
    from tests.ready import Ready
    from tests.world import World

__all__ = ["hubs"]

#: The parameters of `record_certificate`, in order.
_COLUMNS = (
    *("at", "union_id", "member_id", "membership_id", "custody", "data", "open", "open_step", "act", "province"),
    *("number", "from_state", "to_state", "new_province", "new_number", "new_issued_on", "new_issuer", "reason"),
    *("collected_on", "salt", "jti", "sha", "typ", "jws", "receipt"),
)
_CALL = f"select hub.record_certificate({', '.join(f'${n + 1}' for n in range(len(_COLUMNS)))})"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


async def record(world: World, app: Any, superuser: Any, **changes: Any) -> bool:
    """Record that U1 has heard of the loss of M1's certificate, or something else, with no check before it."""
    custody = await custody_of(superuser, world.members["M1"])
    given = {
        **dict.fromkeys(_COLUMNS),
        "at": await world.now(),
        "union_id": world.actors["U1"].caller.union_id,
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "custody": 1,
        "data": 1,
        "act": "record_loss",
        "province": "31",
        "number": "000001",
        "from_state": "VALID",
        "to_state": "LOST",
        "salt": "salt",
        "jti": uuid4(),
        "sha": uuid4().bytes * 2,
        **dict.fromkeys(("typ", "jws", "receipt"), "x"),
        **changes,
    }
    done: bool = await app.fetchval(_CALL, *given.values())
    return done


REISSUED = {
    "act": "reissue_certificate",
    "to_state": "SUPERSEDED",
    "new_province": "31",
    "new_number": "000101",
    "reason": "FULL",
}


class TestTheFunctionAlone:
    async def test_does_what_it_is_told_by_the_holder(self, world: World, app: Any, superuser: Any) -> None:
        assert await record(world, app, superuser)
        await assert_whole(superuser)

    @pytest.mark.attack("Z01")
    @pytest.mark.parametrize("ref", ["U2", "U15", "U13", "U0"])
    async def test_leaves_a_stranger_nothing(self, world: World, app: Any, superuser: Any, ref: str) -> None:
        before = await everything(superuser)
        assert not await record(world, app, superuser, union_id=world.actors[ref].caller.union_id)
        assert await everything(superuser) == before

    @pytest.mark.parametrize(
        "changes",
        [
            {"custody": 2},
            {"data": 2},
            {"open": UUID(int=1), "open_step": 1},
            {"membership_id": UUID(int=1)},
            {"number": "000002"},
            {"from_state": "LOST", "to_state": "VOIDED", "act": "void_certificate"},
            {"from_state": "-", "to_state": "VALID", "act": "issue_certificate", "number": "000101"},
            {"act": "collect_certificate", "to_state": "COLLECTED"},
        ],
    )
    async def test_does_nothing_where_things_stand_otherwise(
        self, world: World, app: Any, superuser: Any, changes: dict[str, Any]
    ) -> None:
        before = await everything(superuser)
        assert not await record(world, app, superuser, **changes)
        assert await everything(superuser) == before

    @pytest.mark.invariant("I15")
    async def test_never_gives_a_second_valid_one(self, world: World, app: Any, superuser: Any) -> None:
        issue = {"act": "issue_certificate", "from_state": "-", "to_state": "VALID", "number": "000101"}
        new = {"new_province": "31", "new_number": "000101"}
        assert not await record(world, app, superuser, **issue, **new)
        assert await record(world, app, superuser)
        await world.amend(world.actors["U1"], world.members["M1"], certificate={"province_code": "31", "number": "9"})
        lost = {"from_state": "LOST", "data": 3}
        assert not await record(world, app, superuser, **REISSUED, **lost)
        found = {"act": "recover_certificate", "to_state": "VALID"}
        assert not await record(world, app, superuser, **found, **lost)

    @pytest.mark.parametrize("number", ["000001", "000002"])
    async def test_gives_no_number_twice(self, world: World, app: Any, superuser: Any, number: str) -> None:
        before = await everything(superuser)
        with pytest.raises(asyncpg.PostgresError) as found:
            await record(world, app, superuser, **{**REISSUED, "new_number": number})
        assert found.value.sqlstate == "HB409"
        assert await everything(superuser) == before

    async def test_takes_no_step_that_is_not_legal(self, world: World, app: Any, superuser: Any) -> None:
        for changes in ({"act": "lend"}, {"to_state": "VALID"}, {"to_state": "COLLECTED"}):
            with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.CheckViolationError)):
                await record(world, app, superuser, **changes)

    @pytest.mark.parametrize("status", ["WITHDRAWN", "DUPLICATE_MERGED", "DECEASED"])
    async def test_gives_none_to_whose_membership_has_ended(
        self, world: World, app: Any, superuser: Any, status: str
    ) -> None:
        await superuser.execute(
            "update hub.memberships set status = $2, open_handoff = null where membership_id = $1",
            world.members["M1"],
            status,
        )
        assert not await record(world, app, superuser)
        assert not await record(world, app, superuser, **REISSUED)
        assert await record(world, app, superuser, act="void_certificate", to_state="VOIDED")

    async def test_nor_to_a_suspected_duplicate(self, world: World, app: Any, superuser: Any) -> None:
        await superuser.execute(
            "update hub.memberships set status = 'DUPLICATE_SUSPECTED' where membership_id = $1", world.members["M1"]
        )
        assert not await record(world, app, superuser, **REISSUED)

    async def test_numbers_only_for_the_provinces_own_federation(self, world: World, app: Any) -> None:
        call = "select hub.record_numbering_scheme($1, $2, $3, 'x', null, '2025-03-03', $4, $5, 'x', 'x', 'x')"
        for ref, province, is_done in (("U1", "31", False), ("U10", "32", False), ("U10", "31", True)):
            union_id = world.actors[ref].caller.union_id
            found = await app.fetchval(call, await world.now(), union_id, province, uuid4(), uuid4().bytes * 2)
            assert found is is_done


class TestReading:
    @pytest.mark.attack("Z02")
    async def test_the_holder_reads_what_became_of_them_and_nobody_else_does(self, world: World, app: Any) -> None:
        u1, u2, m1 = world.actors["U1"], world.actors["U2"], world.members["M1"]
        await world.certify(u1, CertificateLoss, m1)
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        for ref in ("U1", "U15", "U13", "U0"):
            async with as_union(app, world.actors[ref].caller.union_id):
                assert await app.fetch("select * from hub.read_certificates($1)", [m1]) == []
        async with as_union(app, u2.caller.union_id):
            (row,) = await app.fetch("select * from hub.read_certificates($1)", [m1])
        assert (row["number"], row["state"]) == ("000001", "LOST")

    @pytest.mark.attack("Z01")
    @pytest.mark.parametrize("ref", ["U2", "U15", "U13", "U0"])
    async def test_the_facts_tell_a_stranger_nothing(self, world: World, app: Any, ref: str) -> None:
        await world.certify(world.actors["U1"], CertificateLoss, world.members["M1"])
        acting = world.actors[ref].caller.union_id
        call = "select * from hub.facts_for_certificate(true, $1, 'x', 'x', 'x', null, $2, '31', '000002')"
        for sub in (world.members["M1"], uuid4()):
            (row,) = await app.fetch(call, acting, sub)
            found = {name: row[name] for name in ("membership", "certificate_taken", "provinces", "numbers", "states")}
            assert found == {
                "membership": None,
                "certificate_taken": False,
                **dict.fromkeys(("provinces", "numbers", "states")),
            }


class TestRaces:
    @pytest.mark.invariant("I15")
    async def test_of_two_reissues_at_once_one_is_done(self, world: World, hubs: list[Hub], superuser: Any) -> None:
        u1 = world.actors["U1"]
        numbers = iter(range(10**6))

        async def two(view: MemberView) -> list[Ready]:
            given = [{"certificate": f"T{next(numbers):06}", "reason": "FULL"} for _ in range(2)]
            return [await ready_certificate(world, u1, CertificateReissue, view.membership_id, **one) for one in given]

        outcomes = await races(hubs, await prepared(two, await members_of(world, "U1", 40)))
        assert {refusal.code for _, (refusal,) in outcomes} == {Code.STALE_VERSION}
        assert await superuser.fetchval("select count(*) from hub.certificates where state = 'SUPERSEDED'") == 40
        await assert_whole(superuser)

    async def test_one_number_is_given_to_one_member(self, world: World, hubs: list[Hub], superuser: Any) -> None:
        u1 = world.actors["U1"]
        views = iter(await members_of(world, "U1", 40))

        async def two(number: int) -> list[Ready]:
            given = {"certificate": f"T{number:06}", "reason": "FULL"}
            pair = (next(views), next(views))
            return [await ready_certificate(world, u1, CertificateReissue, v.membership_id, **given) for v in pair]

        outcomes = await races(hubs, [await two(number) for number in range(20)])
        assert {refusal.code for _, (refusal,) in outcomes} == {Code.CERTIFICATE_NUMBER_DUPLICATE}
        assert await superuser.fetchval("select count(*) from hub.certificates") == 20

    async def test_a_loss_or_the_reissue_wins(self, world: World, hubs: list[Hub], superuser: Any) -> None:
        u1 = world.actors["U1"]

        async def loss_and_reissue(view: MemberView) -> list[Ready]:
            given = {"certificate": f"T{view.membership_id.hex[:12].upper()}", "reason": "FULL"}
            return [
                await ready_certificate(world, u1, CertificateLoss, view.membership_id),
                await ready_certificate(world, u1, CertificateReissue, view.membership_id, **given),
            ]

        outcomes = await races(hubs, await prepared(loss_and_reissue, await members_of(world, "U1", 40)))
        assert {refusal.code for _, (refusal,) in outcomes} == {Code.STALE_VERSION}
        states = await superuser.fetch("select state, count(*) from hub.certificates group by 1")
        assert {row["state"] for row in states} == {"LOST", "SUPERSEDED"}
        assert sum(row["count"] for row in states) == 40
        await assert_whole(superuser)

    async def test_a_loss_against_a_pull(self, world: World, hubs: list[Hub], superuser: Any) -> None:
        """Both are done, in whatever order: what the draft found is good for its time."""
        u1, u2 = world.actors["U1"], world.actors["U2"]
        for number, view in enumerate(await members_of(world, "U1", 20)):
            loss = await ready_certificate(world, u1, CertificateLoss, view.membership_id)
            pull = ready(pulling.request, u2, await world.draft_request(u2, person(number)))
            answers, refused = await race(hubs, loss, pull)
            assert (len(answers), refused) == (2, [])
        await assert_whole(superuser)
