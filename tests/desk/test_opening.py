"""How a statement is opened by the desk: by whom, for whom, when; and what becomes of one that comes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from federation.keys import PrivateKey
from hub.authz.tokens import Unauthenticated
from hub.errors import Code
from hub.transfers.desk import releasing
from hub.transfers.ledger import reads
from tests.desk.conftest import said
from tests.desk.test_registering import draft_union, ready_end, ready_key, with_key
from tests.ready import (
    ABSENT,
    Ready,
    altered,
    person,
    ready,
    ready_acceptance,
    ready_join,
    ready_recall,
    ready_refusal,
    ready_release,
)
from tests.sql.wholeness import assert_whole
from tests.world import HUB, UNIONS
from tests.worlds import START, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World


async def signed(world: World, u1: Actor, u2: Actor, m1: UUID, **top: Any) -> Ready:
    """A release with other common claims."""
    return ready(releasing.release, u1, altered(await world.draft_release(u1, m1, u2.uri), top=top))


class TestSigner:
    async def test_a_union_hands_in_its_own_statements_only(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_release(world, u1, m1, u2)
        refusal = await refused(replace(act, actor=u2, refusals=()))
        assert (refusal.code, refusal.articles) == (Code.SIGNER_IS_NOT_CALLER, ("HUB-P17",))

    @pytest.mark.article("NX-7")
    @pytest.mark.parametrize("key", [PrivateKey.generate(), PrivateKey.generate("ES256")], ids=["EdDSA", "ES256"])
    async def test_a_key_that_nobody_vouched_for_signs_nothing(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, key: PrivateKey
    ) -> None:
        act = await ready_release(world, with_key(u1, key), m1, u2)
        assert (await refused(act)).code == Code.SIGNATURE_INVALID

    @pytest.mark.article("NX-7")
    async def test_another_key_of_the_same_name_signs_nothing(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        thief = PrivateKey.generate(kid=u1.signing.kid)
        assert (await refused(await ready_release(world, with_key(u1, thief), m1, u2))).code == Code.SIGNATURE_INVALID

    @pytest.mark.article("NX-7")
    async def test_a_changed_byte_is_seen(self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID) -> None:
        act = await ready_release(world, u1, m1, u2)
        other = await ready_release(world, u1, world.members["M2"], u2)
        head, _, signature = act.jws.split(".")
        mixed = ".".join((head, other.jws.split(".")[1], signature))
        assert (await refused(replace(act, jws=mixed, refusals=()))).code == Code.SIGNATURE_INVALID

    async def test_a_session_ends_with_its_login_key(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_release(world, u1, m1, u2)
        await superuser.execute("update hub.union_keys set retired_at = $1 where kid = $2", START, u1.login.kid)
        before = await everything(superuser)
        for attempt in (
            lambda: act.send(world.hub),
            lambda: world.draft_release(u1, m1, u2.uri),
            lambda: world.draft_acceptance(u1, uuid4()),
            lambda: world.draft_join(u1, person(1)),
            lambda: draft_union(world, u1),
        ):
            with pytest.raises(Unauthenticated):
                await attempt()
        assert await everything(superuser) == before


class TestClaims:
    @pytest.mark.attack("J19")
    @pytest.mark.parametrize("aud", [f"{HUB}/", HUB.upper(), "https://hub.example", [HUB], HUB[:-1], ""])
    async def test_it_is_for_this_hub(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, aud: Any
    ) -> None:
        refusal = await refused(await signed(world, u1, u2, m1, aud=aud))
        assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("aud",))

    @pytest.mark.attack("J18")
    @pytest.mark.attack("F09")
    async def test_it_has_its_time(self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID) -> None:
        now = int((await world.now()).timestamp())
        early = await refused(await signed(world, u1, u2, m1, iat=now + 65, exp=now + 600))
        assert (early.code, early.retryable) == (Code.CLOCK_SKEW, True)
        assert START.isoformat()[:16] in early.message
        late = await refused(await signed(world, u1, u2, m1, iat=now - 600, exp=now - 61))
        assert late.code == Code.STATEMENT_EXPIRED
        act = await signed(world, u1, u2, m1, iat=now + 55, exp=now + 600)
        assert (await act.send(world.hub)).state == "RELEASED"

    @pytest.mark.parametrize(
        ("top", "changes", "path"),
        [
            ({"nbf": 1}, {}, ("nbf",)),
            ({"exp": 4_000_000_000}, {}, ("exp",)),
            ({"iat": "1"}, {}, ("iat",)),
            ({"sub": "M1"}, {}, ("sub",)),
            ({}, {"note": "please"}, ("release", "note")),
            ({}, {"out_date": ABSENT}, ("release", "out_date")),
            ({}, {"out_date": "2025-02-30"}, ("release", "out_date")),
            ({}, {"custody_version": "1"}, ("release", "custody_version")),
            ({}, {"handoff_id": "7"}, ("release", "handoff_id")),
            ({}, {"relation_ended_on": None}, ("release", "relation_ended_on")),
            ({}, {"receiving_union": "U2\x00"}, ("release", "receiving_union")),
        ],
        ids=str,
    )
    async def test_it_has_its_form(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, top: dict[str, Any],
        changes: dict[str, Any], path: tuple[str, ...],
    ) -> None:  # fmt: skip
        draft = altered(await world.draft_release(u1, m1, u2.uri), top=top, **changes)
        refusal = await refused(ready(releasing.release, u1, draft))
        assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, path)

    @pytest.mark.attack("J06")
    async def test_it_is_taken_by_its_own_act_alone(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        release = await ready_release(world, u1, world.members["M2"], u2)
        acceptance = await ready_acceptance(world, u2, case.handoff_id)
        for act in (replace(release, act=acceptance.act), replace(acceptance, act=release.act)):
            refusal = await refused(replace(act, refusals=()))
            assert (refusal.code, refusal.path) == (Code.STATEMENT_MALFORMED, ("header", "typ"))


class TestClock:
    """The hub's clock may go back; custody goes forward all the same."""

    @pytest.mark.attack("F09")
    @pytest.mark.invariant("I2")
    async def test_back_an_hour_between_release_and_acceptance(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.set_clock(START + timedelta(hours=1))
        case = await world.release(u1, m1, u2.uri)
        await world.set_clock(START + timedelta(minutes=1))
        act = await ready_acceptance(world, u2, case.handoff_id)
        assert (await act.send(world.hub)).state == "ACCEPTED"
        await assert_whole(superuser)

    @pytest.mark.attack("F09")
    @pytest.mark.invariant("I2")
    async def test_back_before_the_holding_began(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        u3 = world.actors["U3"]
        await world.set_clock(START + timedelta(hours=1))
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        await world.set_clock(START + timedelta(minutes=1))
        case = await world.release(u2, m1, u3.uri, new_employer_uscc=None)
        await world.accept(u3, case.handoff_id)
        held = await superuser.fetch("select during from hub.holdings where membership_id = $1 order by 1", m1)
        assert [row["during"].lower < (row["during"].upper or row["during"].lower + timedelta(1)) for row in held] == [
            True
        ] * 3
        await assert_whole(superuser)


class TestAgain:
    """The same bytes give the same receipt for ever, and the object as it is now (architecture 4)."""

    async def _receipt(self, world: World, act: Ready) -> str | None:
        caller = act.actor.caller
        async with world.hub.database.as_union(caller.union_id, caller.kid) as reading:
            from federation.encoding import b64url_decode

            return await reads.own_receipt(reading, b64url_decode(act.sha256))

    @pytest.mark.attack("F04")
    @pytest.mark.parametrize("act", ["join", "release", "accept", "refuse", "recall"])
    async def test_at_once_and_after_years_and_with_its_key_ended(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID, act: str
    ) -> None:
        if act == "join":
            sent = await ready_join(world, u1, person(1))
        elif act == "release":
            sent = await ready_release(world, u1, m1, u2)
        else:
            case = await world.release(u1, m1, u2.uri)
            make = {"accept": ready_acceptance, "refuse": ready_refusal, "recall": ready_recall}[act]
            sent = await make(world, u1 if act == "recall" else u2, case.handoff_id)
        first = await sent.send(world.hub)
        receipt = await self._receipt(world, sent)
        assert receipt is not None
        before = await everything(superuser)
        assert await sent.send(world.hub) == first

        await world.set_clock(START + timedelta(days=20))  # long after its exp
        assert await sent.send(world.hub) == first
        assert await everything(superuser) == before
        await superuser.execute("update hub.union_keys set retired_at = $1 where use = 'SIGNING'", START)
        assert await sent.send(world.hub) == first
        await superuser.execute(
            "update hub.union_keys set revoked_at = $1, invalid_from = $1, reason = 'LOST' where use = 'SIGNING'", START
        )
        assert await sent.send(world.hub) == first
        assert await self._receipt(world, sent) == receipt

    async def test_the_answer_is_the_object_as_it_is_now(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        release = await ready_release(world, u1, m1, u2)
        opened = await release.send(world.hub)
        await world.refuse(u2, opened.handoff_id, "DOCUMENT_DEFECT")
        assert (await release.send(world.hub)).state == "REFUSED"
        again = await world.release(u1, m1, u2.uri)
        assert again.deadline is not None
        await world.set_clock(again.deadline)
        join = await ready_join(world, u1, person(1))
        await join.send(world.hub)
        assert (await release.send(world.hub)).state == "REFUSED"

    async def test_a_release_whose_day_has_passed_stands_expired(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        release = await ready_release(world, u1, m1, u2)
        opened = await release.send(world.hub)
        await world.set_clock(opened.deadline)
        assert (await release.send(world.hub)).state == "EXPIRED"

    @pytest.mark.article("A12")
    async def test_a_join_of_who_has_moved_on_tells_its_ex_holder_no_more_than_that(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        join = await ready_join(world, u1, person(1))
        member = await join.send(world.hub)
        await world.accept(u2, (await world.release(u1, member.membership_id, u2.uri)).handoff_id)
        assert (await refused(join)).code == Code.NOT_HOLDER

    @pytest.mark.attack("J20")
    @pytest.mark.parametrize("act", ["release", "join", "key"])
    async def test_other_bytes_under_its_jti_are_refused_and_another_union_may_use_it(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, act: str
    ) -> None:
        first = await ready_release(world, u1, m1, u2)
        await first.send(world.hub)
        if act == "release":
            second = await ready_release(world, u1, world.members["M2"], u2)
        elif act == "join":
            second = await ready_join(world, u1, person(1))
        else:
            second = await ready_key(world, u1, u1.uri, PrivateKey.generate())
        refusal = await refused(replace(second.again(first.jti), refusals=()))
        assert (refusal.code, refusal.path) == (Code.IDEMPOTENCY_CONFLICT, ("jti",))
        u7 = world.actors["U7"]
        other = (await ready_release(world, u7, world.members["M5"], u2)).again(first.jti)
        assert (await other.send(world.hub)).state == "RELEASED"

    async def test_a_refused_statement_leaves_nothing_and_may_come_again(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        open_case = await world.release(u1, m1, UNIONS["U3"].uri)
        second = await ready_release(world, u1, m1, u2)
        assert (await refused(second)).code == Code.HANDOFF_ALREADY_OPEN
        await world.recall(u1, open_case.handoff_id)
        assert (await second.send(world.hub)).state == "RELEASED"

    async def test_it_is_asked_of_the_signature_first(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        act = await ready_release(world, u1, m1, u2)
        await act.send(world.hub)
        forged = ready(releasing.release, with_key(u1, PrivateKey.generate(kid=u1.signing.kid)),
                       altered(await world.draft_release(u1, world.members["M2"], u2.uri), jti=act.jti))  # fmt: skip
        assert (await refused(forged)).code == Code.SIGNATURE_INVALID
        stolen = replace(act, actor=u2, refusals=())
        assert (await refused(stolen)).code == Code.SIGNER_IS_NOT_CALLER

    async def test_what_is_told_of_a_conflict_is_the_same_whoever_it_is_about(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        first = await ready_release(world, u1, m1, u2)
        await first.send(world.hub)
        told = []
        for subject in (world.members["M2"], world.members["M5"], uuid4()):
            draft = altered(
                await world.draft_release(u1, world.members["M2"], u2.uri), jti=first.jti, top={"sub": str(subject)}
            )
            told.append(said(await ready(releasing.release, u1, draft).refused(world.hub)))
        assert told[0] == told[1] == told[2]

    async def test_a_key_s_end_that_comes_again_is_answered_alike(self, world: World, u1: Actor) -> None:
        act = await ready_end(world, world.actors["U13"], u1.uri, u1.signing, reason="LOST")
        assert await act.send(world.hub) == await act.send(world.hub) == u1.caller.union_id
