"""What the reading functions and the facts pick out, exactly, among people with several cases and memberships."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import pytest

from tests import endings
from tests.ready import person, ready_join
from tests.sql.direct import SECOND, a_closure, a_join, a_release, an_acceptance, call, custody_of
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS
from tests.worlds import START, as_union, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from hub.transfers.ledger.records import ReleaseRecord
    from tests.world import World

NOBODY: Final = UUID(int=7)
#: By the holder, each of them.
_SIDES: Final = "array_fill('HOLDER'::text, array[cardinality($6::uuid[])])"
_NOWHERE: Final = "array_fill(false, array[cardinality($6::uuid[])]), null, null"
_RELEASE: Final = f"select * from hub.facts_for_release(true, $1, $2, $3, $4, $5, {_SIDES}, $6, $7, $8, {_NOWHERE})"
_CASE: Final = "select * from hub.facts_for_case(true, $1, $2, $3, $4, $5, $6, $7)"
_JOIN: Final = "select * from hub.facts_for_join(true, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"


@pytest.fixture
async def app(world: World) -> AsyncIterator[Any]:
    async with connected(world.app_dsn, "hub_app") as connection:
        yield connection


@pytest.fixture
def union(world: World) -> Callable[[str], UUID]:
    return lambda ref: world.actors[ref].caller.union_id


@pytest.fixture
async def history(app: Any, world: World, superuser: Any, union: Callable[[str], UUID]) -> list[ReleaseRecord]:
    """M1: released to U2 and refused, to U3 and accepted, back to U1 and accepted, to U2 again and open."""
    steps: list[ReleaseRecord] = []
    for receiver, end in (("U2", "refuse"), ("U3", "accept"), ("U1", "accept"), ("U2", None)):
        m1 = await custody_of(superuser, world.members["M1"])
        at = steps[-1].at + timedelta(hours=2) if steps else START + timedelta(hours=2)
        release = a_release(m1, union(receiver), at=at, deadline=at + timedelta(days=90))
        assert await call(app, release) == [1]
        steps.append(release)
        if end == "refuse":
            assert await call(app, a_closure(release)) == [1]
        elif end == "accept":
            assert await call(app, an_acceptance(release)) == [1]
    await assert_whole(superuser)
    return steps


def asked(*unions: UUID, **columns: Any) -> list[list[Any]]:
    """Give the arrays that every facts function begins with."""
    count = len(unions)
    return [list(unions), ["x"] * count, ["x"] * count, ["x"] * count, [None] * count, *columns.values()]


class TestReads:
    async def test_steps_are_those_of_the_cases_asked_for(
        self, app: Any, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        async with as_union(app, union("U1")):
            rows = await app.fetch("select * from hub.read_steps($1, 'infinity')", [history[0].handoff_id])
            assert [(r["handoff_id"], r["act"], r["by_union"]) for r in rows] == [
                (history[0].handoff_id, "release", union("U1")),
                (history[0].handoff_id, "refuse", union("U2")),
            ]
            rows = await app.fetch(
                "select * from hub.read_steps($1, 'infinity')", [release.handoff_id for release in history]
            )
            assert [r["act"] for r in sorted(rows, key=lambda r: (r["at"], r["step_no"]))] == [
                "release", "refuse", "release", "accept", "release", "accept", "release",
            ]  # fmt: skip
            assert await app.fetch("select * from hub.read_steps($1, 'infinity')", [NOBODY]) == []
        async with as_union(app, union("U3")):  # a party to two of them
            rows = await app.fetch(
                "select * from hub.read_steps($1, 'infinity')", [release.handoff_id for release in history]
            )
            assert {r["handoff_id"] for r in rows} == {history[1].handoff_id, history[2].handoff_id}

    async def test_a_step_has_its_own_statement(
        self, app: Any, superuser: Any, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        async with as_union(app, union("U1")):
            rows = await app.fetch(
                "select * from hub.read_steps($1, 'infinity')", [release.handoff_id for release in history]
            )
        stored = {r["sha256"]: (r["jws"], r["receipt"]) for r in await superuser.fetch("select * from hub.statements")}
        assert all((row["jws"], row["receipt"]) == stored[row["sha256"]] for row in rows)

    async def test_holdings_are_those_of_the_memberships_asked_for(
        self, app: Any, world: World, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        async with as_union(app, union("U1")):
            rows = await app.fetch("select * from hub.read_holdings($1)", [world.members["M1"]])
            assert [r["holder_union"] for r in rows] == [union("U1"), union("U3"), union("U1")]
            assert {r["membership_id"] for r in rows} == {world.members["M1"]}
            rows = await app.fetch("select * from hub.read_holdings($1)", [world.members["M2"], NOBODY])
            assert [r["membership_id"] for r in rows] == [world.members["M2"]]

    async def test_transfers_are_the_accepted_ones_with_both_statements(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        ask = "select * from hub.read_transfers($1)"
        async with as_union(app, union("U1")):
            rows = await app.fetch(ask, [world.members["M1"], world.members["M2"]])
            assert [(r["handoff_id"], r["releasing"], r["in_lieu_of"], r["receiving"]) for r in rows] == [
                (history[1].handoff_id, union("U1"), None, union("U3")),
                (history[2].handoff_id, union("U3"), None, union("U1")),
            ]
            assert [r["released_at"] for r in rows] == [history[1].at, history[2].at]
            assert all(r["released_at"] < r["accepted_at"] for r in rows)
            assert {(r["release_jws"], r["acceptance_jws"]) for r in rows} == {("a release", "a acceptance")}
            assert await app.fetch(ask, [world.members["M2"]]) == []
        # A case that stands otherwise than accepted is none, whatever steps it has.
        await superuser.execute("update hub.handoffs set state = 'VOIDED' where handoff_id = $1", history[1].handoff_id)
        async with as_union(app, union("U1")):
            assert [r["handoff_id"] for r in await app.fetch(ask, [world.members["M1"]])] == [history[2].handoff_id]

    async def test_a_member_is_found_by_the_one_id_or_certificate(
        self, app: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        ask = "select membership_id from hub.find_held($1, $2, $3)"
        hashes = [world.hub.vault.blind_index("RESIDENT_ID", MEMBERS[ref].id_number) for ref in ("M2", "M5")]
        async with as_union(app, union("U1")):
            assert [r[0] for r in await app.fetch(ask, hashes, None, None)] == [world.members["M2"]]
            assert [r[0] for r in await app.fetch(ask, None, "31", "000003")] == [world.members["M3"]]
            assert await app.fetch(ask, None, "32", "000003") == []
            assert await app.fetch(ask, None, "31", "000005") == []
            assert await app.fetch(ask, hashes, "31", "000003") == []
            assert [r[0] for r in await app.fetch(ask, hashes, "31", "000002")] == [world.members["M2"]]
            assert await app.fetch(ask, [b"x" * 32], None, None) == []


class TestFacts:
    async def test_each_item_has_its_own_signer(self, app: Any, world: World, union: Callable[[str], UUID]) -> None:
        """Also beside one that is no union: nobody is answered in another's place."""
        for unions in ((uuid4(), union("U1"), union("U2")), (union("U2"), uuid4(), union("U1"))):
            rows = await app.fetch(
                _RELEASE, *asked(*unions, membership=[uuid4()] * 3, handoff=[uuid4()] * 3, receiver=["x"] * 3)
            )
            known = {actor.caller.union_id: actor.uri for actor in world.actors.values()}
            assert [row["signer"] and row["signer"]["uri"] for row in rows] == [known.get(union) for union in unions]

    async def test_a_release_is_told_of_its_own_membership_and_case(
        self, app: Any, world: World, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        members = [world.members[ref] for ref in ("M2", "M1", "M3")]
        u2 = world.actors["U2"]
        columns = {
            "membership": members,
            "handoff": [uuid4(), history[0].handoff_id, uuid4()],
            "receiver": [u2.uri] * 3,
        }
        rows = await app.fetch(_RELEASE, *asked(*[union("U1")] * 3, **columns))
        assert [row["membership"]["member_name"] for row in rows] == [MEMBERS[ref].name for ref in ("M2", "M1", "M3")]
        assert [row["membership"]["open_handoff"] for row in rows] == [None, history[3].handoff_id, None]
        assert [row["membership"]["open_state"] for row in rows] == [None, "RELEASED", None]
        assert [row["handoff_taken"] for row in rows] == [False, True, False]
        assert {row["receiver_union"] for row in rows} == {union("U2")}
        assert [row["receiver_employers"] for row in rows] == [[EMPLOYERS["乙"]]] * 3

    async def test_ties_are_told_apart_in_one_call(
        self, app: Any, world: World, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        m1 = world.members["M1"]
        asking = ["U1", "U2", "U3", "U8"]  # holder; receiver of the open case; ex-holder; nobody
        columns = {"membership": [m1] * 4, "handoff": [uuid4()] * 4, "receiver": ["x"] * 4}
        rows = await app.fetch(_RELEASE, *asked(*map(union, asking), **columns))
        assert [row["membership"] and row["membership"]["tie"] for row in rows] == ["HOLDER", "PARTY", "PARTY", None]

    @pytest.mark.parametrize("tie", ["another's card", "another person's case", "a closed case"])
    async def test_a_tie_to_another_case_is_none_to_this_one(
        self,
        app: Any,
        world: World,
        superuser: Any,
        union: Callable[[str], UUID],
        history: list[ReleaseRecord],
        tie: str,
    ) -> None:
        if tie == "another's card":
            asking, member = "U3", "M2"  # U3 held M1, not M2
        elif tie == "another person's case":
            m5 = await custody_of(superuser, world.members["M5"])
            assert await call(app, a_release(m5, union("U8"))) == [1]
            asking, member = "U8", "M1"
        else:
            assert await call(app, a_closure(history[3])) == [1]
            asking, member = "U2", "M1"
        columns = {"membership": [world.members[member]], "handoff": [uuid4()], "receiver": ["x"]}
        (row,) = await app.fetch(_RELEASE, *asked(union(asking), **columns))
        assert row["membership"] is None

    async def test_a_case_is_told_as_it_stands_on_the_asker_s_docket(
        self, app: Any, world: World, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        unions = [union(ref) for ref in ("U2", "U1", "U3", "U1")]
        handoffs = [history[n].handoff_id for n in (0, 1, 2, 3)]
        rows = await app.fetch(_CASE, *asked(*unions, membership=[world.members["M1"]] * 4, handoff=handoffs))
        told = [(row["handoff"]["side"], row["handoff"]["state"], row["handoff"]["case_version"]) for row in rows]
        assert told == [
            ("RECEIVER", "REFUSED", 1),
            ("HOLDER", "ACCEPTED", 1),
            ("HOLDER", "ACCEPTED", 2),
            ("HOLDER", "RELEASED", 3),
        ]
        assert {row["handoff"]["custody_version"] for row in rows} == {3}
        kinds = [row["handoff"]["receiver_kind"] for row in rows]
        independent, joint = "GRASSROOTS_INDEPENDENT", "GRASSROOTS_JOINT"
        assert kinds == [independent, joint, independent, independent]

    async def test_the_receiver_is_the_one_that_is_checked(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID], history: list[ReleaseRecord]
    ) -> None:
        await set_state(superuser, "WINDING_UP", union("U2"))
        for asking in ("U1", "U2"):
            columns = {"membership": [world.members["M1"]], "handoff": [history[3].handoff_id]}
            (row,) = await app.fetch(_CASE, *asked(union(asking), **columns))
            assert row["handoff"]["receiver_state"] == "WINDING_UP"

    async def test_of_a_federation_it_is_told_whether_it_holds(
        self, app: Any, world: World, union: Callable[[str], UUID]
    ) -> None:
        joiner = person(1, holder="U4", holding_basis="FLEXIBLE_DIRECT")
        held = (
            await (await ready_join(world, world.actors["U4"], joiner, employer_uscc=None)).send(world.hub)
        ).membership_id
        members = [held, world.members["M1"], NOBODY]
        rows = await app.fetch(_CASE, *asked(*[union("U4")] * 3, membership=members, handoff=[NOBODY] * 3))
        assert [row["holds"] for row in rows] == [True, False, False]

    async def test_a_join_is_told_of_the_person_and_the_claims(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        m2 = await custody_of(superuser, world.members["M2"])
        columns = {
            "membership": [world.members["M1"], uuid4()],
            "id_hash": [b"x" * 32, world.hub.vault.blind_index("RESIDENT_ID", MEMBERS["M2"].id_number)],
            "employer": [EMPLOYERS["小店甲"], EMPLOYERS["新店"]],
            "province": ["31", "32"],
            "number": ["000003", "000003"],
        }
        rows = await app.fetch(_JOIN, *asked(union("U8"), union("U1"), **columns))
        assert [row["membership_taken"] for row in rows] == [True, False]
        assert [row["known_person"] for row in rows] == [None, m2["member_id"]]
        assert [row["certificate_taken"] for row in rows] == [True, False]
        assert [row["employer_union_uri"] for row in rows] == [world.actors["U3"].uri, None]
        assert [row["employers"] for row in rows] == [[EMPLOYERS["丁"]], [EMPLOYERS["甲"]]]

    async def test_member_units_and_employers_have_their_dates(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        async def told() -> tuple[list[str], str | None, list[str]]:
            columns = {"membership": [uuid4()], "id_hash": [None], "employer": [EMPLOYERS["小店甲"]]}
            (join,) = await app.fetch(_JOIN, *asked(union("U3"), **columns, province=[None], number=[None]))
            receiver = {"membership": [uuid4()], "handoff": [uuid4()], "receiver": [world.actors["U3"].uri]}
            (release,) = await app.fetch(_RELEASE, *asked(union("U1"), **receiver))
            return sorted(join["employers"]), join["employer_union_uri"], sorted(release["receiver_employers"])

        both = sorted(EMPLOYERS[name] for name in ("小店甲", "小店乙"))
        assert await told() == (both, world.actors["U3"].uri, both)
        one = [EMPLOYERS["小店乙"]]
        change = "update hub.union_employers set from_on = $1, until_on = $2 where employer_uscc = $3"
        today = START.date()
        await superuser.execute(change, today, today + timedelta(days=1), EMPLOYERS["小店甲"])
        assert await told() == (both, world.actors["U3"].uri, both)
        await superuser.execute(change, today - timedelta(days=9), today, EMPLOYERS["小店甲"])
        assert await told() == (one, None, one)
        await superuser.execute(change, today + timedelta(days=1), None, EMPLOYERS["小店甲"])
        assert await told() == (one, None, one)

    async def test_a_closed_union_is_none_of_an_employer(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        await set_state(superuser, "CLOSED", union("U2"))
        columns = {"membership": [uuid4()], "id_hash": [None], "employer": [EMPLOYERS["乙"]]}
        (row,) = await app.fetch(_JOIN, *asked(union("U5"), **columns, province=[None], number=[None]))
        assert row["employer_union_uri"] is None

    async def test_hits_are_one_s_own_of_a_day_and_of_that_kind(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        now = await world.now()
        for number, (ref, kind, at) in enumerate(
            [
                ("U1", "ALREADY_MEMBER", now - timedelta(hours=1)),
                ("U1", "ALREADY_MEMBER", now - timedelta(hours=23)),
                ("U1", "ALREADY_MEMBER", now - timedelta(hours=25)),
                ("U1", "ALREADY_MEMBER", now + timedelta(hours=1)),  # the clock was put back
                ("U1", "ID_NUMBER", now - timedelta(hours=1)),
                ("U2", "ALREADY_MEMBER", now - timedelta(hours=1)),
            ]
        ):
            await superuser.execute(
                "insert into hub.disclosures values ($1, $2, $3, $4, $3, null)", union(ref), at, UUID(int=number), kind
            )
        columns = {"membership": [uuid4()], "id_hash": [None], "employer": [None]}
        (row,) = await app.fetch(_JOIN, *asked(union("U1"), **columns, province=[None], number=[None]))
        assert row["hits_today"] == 2


class TestTwoMemberships:
    """Who withdrew and joined anew has two; an act on the one leaves the other as it is."""

    async def test_a_handoff_of_the_one_leaves_the_other(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        await endings.act(world, "withdraw", world.actors["U1"], world.members["M1"])
        old = await custody_of(superuser, world.members["M1"])
        anew = a_join(union("U1"), member_id=old["member_id"], is_known_person=True,
                      id_hash=world.hub.vault.blind_index("RESIDENT_ID", MEMBERS["M1"].id_number))  # fmt: skip
        assert await call(app, anew) == [1]
        new = await custody_of(superuser, anew.membership_id)
        release = a_release(new, union("U2"))
        assert await call(app, release) == [1]
        assert await custody_of(superuser, world.members["M1"]) == old
        assert await call(app, an_acceptance(release)) == [1]
        assert await custody_of(superuser, world.members["M1"]) == old
        held = await superuser.fetch(
            "select holder_union, upper_inf(during) from hub.holdings where membership_id = $1", old["membership_id"]
        )
        assert [tuple(row) for row in held] == [(union("U1"), False)]
        again = a_release(
            await custody_of(superuser, anew.membership_id), union("U3"), at=release.at + timedelta(hours=2)
        )
        assert await call(app, again) == [1]
        assert await call(app, a_closure(again, "recall", at=again.at + SECOND)) == [1]
        assert await custody_of(superuser, world.members["M1"]) == old
        await assert_whole(superuser)

    async def test_the_holder_of_the_one_is_told_of_that_one(
        self, app: Any, world: World, superuser: Any, union: Callable[[str], UUID]
    ) -> None:
        old = await custody_of(superuser, world.members["M1"])
        await superuser.execute(
            "update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", old["membership_id"]
        )
        anew = a_join(union("U2"), member_id=old["member_id"], is_known_person=True,
                      id_hash=world.hub.vault.blind_index("RESIDENT_ID", MEMBERS["M1"].id_number))  # fmt: skip
        assert await call(app, anew) == [1]
        columns = {"membership": [anew.membership_id] * 2, "handoff": [uuid4()] * 2, "receiver": ["x"] * 2}
        rows = await app.fetch(_RELEASE, *asked(union("U1"), union("U2"), **columns))
        assert [row["membership"] and row["membership"]["tie"] for row in rows] == [None, "HOLDER"]
        assert rows[1]["membership"]["custody_version"] == 1
        reveal = "select * from hub.reveal_id_number(true, $1, $2, $3, 'why')"
        assert await app.fetch(reveal, union("U1"), anew.membership_id, uuid4()) == []
        assert len(await app.fetch(reveal, union("U2"), anew.membership_id, uuid4())) == 1
        async with as_union(app, union("U2")):
            rows = await app.fetch("select * from hub.read_holdings($1)", [anew.membership_id])
            assert [row["membership_id"] for row in rows] == [anew.membership_id]
