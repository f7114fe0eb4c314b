"""Unions and keys: each enters by a statement of its next-higher union, a key also by its own union's."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from federation import statements
from federation.assertions import key_proof
from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.errors import Code
from hub.transfers.desk import drafting_unions, registering
from tests.desk.conftest import said
from tests.ready import Ready, altered, ready, ready_release
from tests.winding import set_state
from tests.world import EMPLOYERS, HUB, UNIONS, Actor
from tests.worlds import START, everything

if TYPE_CHECKING:
    from hub.transfers.views import Draft
    from tests.desk.conftest import Refused
    from tests.world import World

U14 = "81310117MC1D25256C"


@pytest.fixture
def u9(world: World) -> Actor:
    return world.actors["U9"]


async def draft_union(world: World, actor: Actor, **changes: Any) -> Draft:
    given = {
        "uscc": U14,
        "local_code": None,
        "name": "新店工会",
        "kind": "GRASSROOTS_INDEPENDENT",
        "province_code": "31",
        "jurisdiction_code": None,
        "employer_usccs": [EMPLOYERS["新店"]],
        "member_units": None,
        "contains": None,
        "established_on": date(2025, 3, 1),
        **changes,
    }
    return await drafting_unions.draft_union(world.hub, actor.caller, given)


async def ready_union(world: World, actor: Actor, **changes: Any) -> Ready:
    return ready(registering.register_union, actor, await draft_union(world, actor, **changes))


async def ready_key(
    world: World, actor: Actor, union: str, key: PrivateKey, use: KeyUse = KeyUse.SIGNING, **changes: Any
) -> Ready:
    now = await world.now()
    given = {
        "union": union,
        "use": use,
        "jwk": json.dumps(key.public.jwk),
        "not_before": None,
        "proof": key_proof(key, union=union, aud=HUB, iat=now),
        **changes,
    }
    return ready(registering.register_key, actor, await drafting_unions.draft_key(world.hub, actor.caller, given))


async def ready_end(world: World, actor: Actor, union: str, key: PrivateKey, **changes: Any) -> Ready:
    """A retirement, or with a `reason` a revocation."""
    given = {"union": union, "kid": key.kid, "use": KeyUse.SIGNING, "at": await world.now(), **changes}
    if "reason" in given:
        draft = await drafting_unions.draft_key_revocation(world.hub, actor.caller, given)
        return ready(registering.revoke_key, actor, draft)
    draft = await drafting_unions.draft_key_retirement(world.hub, actor.caller, given)
    return ready(registering.retire_key, actor, draft)


def with_key(actor: Actor, signing: PrivateKey) -> Actor:
    """The same union, signing with another key."""
    return Actor(actor.fixture, actor.caller, signing, actor.login)


class TestUnion:
    async def test_it_enters_beneath_the_union_that_signs(self, world: World, superuser: Any, u9: Actor) -> None:
        act = await ready_union(world, u9)
        assert act.refusals == ()
        union_id = await act.send(world.hub)
        row = await superuser.fetchrow("select * from hub.unions where union_id = $1", union_id)
        assert (row["uri"], row["parent_union"], row["state"]) == (f"urn:union:{U14}", u9.caller.union_id, "ACTIVE")
        organised = await superuser.fetch("select * from hub.union_employers where union_id = $1", union_id)
        assert [(r["employer_uscc"], r["is_member_unit"], r["from_on"], r["until_on"]) for r in organised] == [
            (EMPLOYERS["新店"], False, date(2025, 3, 1), None)
        ]

    @pytest.mark.article("A15")
    async def test_a_joint_union_has_dated_member_units_and_a_federation_contains_unions(
        self, world: World, superuser: Any, u9: Actor
    ) -> None:
        unit = {"employer_uscc": EMPLOYERS["新店"], "from": date(2025, 1, 1), "until": date(2026, 1, 1)}
        act = await ready_union(world, u9, kind="GRASSROOTS_JOINT", employer_usccs=None, member_units=[unit])
        joint = await act.send(world.hub)
        row = await superuser.fetchrow("select * from hub.union_employers where union_id = $1", joint)
        assert (row["is_member_unit"], row["from_on"], row["until_on"]) == (True, date(2025, 1, 1), date(2026, 1, 1))
        contained = [UNIONS["U2"].uri, f"urn:union:{U14}", UNIONS["U2"].uri]
        code = {"uscc": None, "local_code": "89310117MC0J90094Y-07"}
        act = await ready_union(world, u9, kind="REGIONAL_FEDERATION", employer_usccs=None, contains=contained, **code)
        federation = await act.send(world.hub)
        contained = await superuser.fetch(
            "select union_id from hub.union_federations where federation_id = $1", federation
        )
        assert {row["union_id"] for row in contained} == {world.actors["U2"].caller.union_id, joint}

    @pytest.mark.parametrize(
        ("ref", "kind"),
        [
            ("U0", "GRASSROOTS_INDEPENDENT"),
            ("U1", "COUNTY_FEDERATION"),
            ("U1", "MEMBER_UNIT_BRANCH"),
            ("U3", "GRASSROOTS_INDEPENDENT"),
            ("U3a", "GRASSROOTS_INDEPENDENT"),
            ("U9", "PROVINCIAL_FEDERATION"),
            ("U9", "NATIONAL_FEDERATION"),
        ],
    )
    async def test_only_the_next_higher_union_enters_it(
        self, world: World, refused: Refused, ref: str, kind: str
    ) -> None:
        refusal = await refused(await ready_union(world, world.actors[ref], kind=kind))
        assert (refusal.code, refusal.path) == (Code.NOT_NEXT_HIGHER_UNION, ("union", "kind"))

    async def test_a_kind_that_there_is_not_is_none(self, world: World, refused: Refused, u9: Actor) -> None:
        draft = altered(await draft_union(world, u9), kind="CLUB")
        refusal = await refused(ready(registering.register_union, u9, draft))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "kind"))

    @pytest.mark.parametrize("state", ["WINDING_UP", "CLOSED"])
    async def test_a_union_that_is_being_wound_up_enters_no_other(
        self, world: World, superuser: Any, refused: Refused, u9: Actor, state: str
    ) -> None:
        await set_state(superuser, state, u9.uri)
        assert (await refused(await ready_union(world, u9))).code == Code.UNION_NOT_ACTIVE

    async def test_it_enters_once(self, world: World, refused: Refused, u9: Actor) -> None:
        act = await ready_union(world, u9)
        first = await act.send(world.hub)
        assert await act.send(world.hub) == first
        refusal = await refused(await ready_union(world, u9))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"uscc": "81310117MC1D25256D"}, "uscc"),
            ({"uscc": EMPLOYERS["甲"]}, "uscc"),
            ({"uscc": None, "local_code": "81310117MC1D25256D-01"}, "local_code"),
            ({"province_code": "99"}, "province_code"),
            ({"jurisdiction_code": "310"}, "jurisdiction_code"),
            ({"employer_usccs": [EMPLOYERS["甲"], "91310120MC0P141428"]}, "employer_usccs"),
            (
                {
                    "kind": "GRASSROOTS_JOINT",
                    "employer_usccs": None,
                    "member_units": [{"employer_uscc": "91310120MC0P141428", "from": date(2025, 1, 1), "until": None}],
                },
                "member_units",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else "",
    )
    async def test_codes_have_right_check_digits(
        self, world: World, refused: Refused, u9: Actor, changes: dict[str, Any], name: str
    ) -> None:
        refusal = await refused(await ready_union(world, u9, **changes))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", name))

    @pytest.mark.article("HUB-P17")
    async def test_a_local_code_is_of_the_union_that_gives_it(self, world: World, refused: Refused, u9: Actor) -> None:
        of_another = {"uscc": None, "local_code": f"{UNIONS['U1'].uri.rpartition(':')[2]}-07"}
        refusal = await refused(await ready_union(world, u9, **of_another))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "local_code"))

    async def test_a_local_code_goes_with_its_province(self, world: World, u9: Actor) -> None:
        code = {"uscc": None, "local_code": "89310117MC0J90094Y-07"}
        draft = await draft_union(world, u9, province_code=None, **code)
        assert [(found.code.value, found.path) for found in draft.refusals] == [
            ("INPUT_INVALID", ("union", "province_code"))
        ]
        assert draft.claims is None
        assert (await draft_union(world, u9, **code)).refusals == ()

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"member_units": [{"employer_uscc": EMPLOYERS["新店"], "from": date(2025, 1, 1)}]}, "member_units"),
            ({"contains": [UNIONS["U2"].uri]}, "contains"),
            ({"kind": "VILLAGE_COMMUNITY_UNION"}, "jurisdiction_code"),
            ({"kind": "TOWNSHIP_SUBDISTRICT_UNION"}, "jurisdiction_code"),
            (
                {
                    "kind": "GRASSROOTS_JOINT",
                    "member_units": [
                        {"employer_uscc": EMPLOYERS["新店"], "from": date(2025, 1, 1), "until": date(2025, 1, 1)}
                    ],
                },
                "member_units",
            ),
            ({"employer_usccs": [EMPLOYERS["新店"], EMPLOYERS["新店"]]}, "employer_usccs"),
            (
                {
                    "kind": "GRASSROOTS_JOINT",
                    "member_units": [{"employer_uscc": EMPLOYERS["新店"], "from": date(2025, 1, 1)}],
                },
                "employer_usccs",
            ),
        ],
        ids=["units", "contains", "village", "township", "span", "twice", "unit and employer"],
    )
    async def test_what_it_is_made_of_goes_with_its_kind(
        self, world: World, refused: Refused, u9: Actor, changes: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_union(world, u9, **changes))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", path))

    async def test_it_has_been_founded(self, world: World, refused: Refused, u9: Actor) -> None:
        refusal = await refused(await ready_union(world, u9, established_on=date(2025, 3, 4)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("union", "established_on"))

    async def test_the_unions_of_a_federation_are_there(self, world: World, refused: Refused, u9: Actor) -> None:
        listed = {"kind": "REGIONAL_FEDERATION", "contains": [UNIONS["U2"].uri, f"urn:union:{U14}"]}
        refusal = await refused(await ready_union(world, u9, employer_usccs=None, uscc="89310117MC0D40040R", **listed))
        draft = await draft_union(world, u9, employer_usccs=None, uscc="89310117MC0D40040R", **listed)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("sub",))  # the code is U4's
        assert [(found.code, found.path) for found in draft.refusals[1:]] == [
            (Code.UNION_NOT_FOUND, ("union", "contains"))
        ]


class TestKey:
    @pytest.mark.parametrize("key", [PrivateKey.generate(), PrivateKey.generate("ES256")], ids=["EdDSA", "ES256"])
    @pytest.mark.parametrize("ref", ["U2", "U9"])
    async def test_the_union_itself_and_the_one_above_enter_it(
        self, world: World, superuser: Any, u2: Actor, ref: str, key: PrivateKey
    ) -> None:
        act = await ready_key(world, world.actors[ref], u2.uri, key)
        assert act.refusals == ()
        assert await act.send(world.hub) == u2.caller.union_id
        row = await superuser.fetchrow("select * from hub.union_keys where kid = $1", key.kid)
        assert (row["alg"], row["use"], json.loads(row["jwk"])) == (key.alg, "SIGNING", key.public.jwk)
        assert row["not_before"] == row["registered_at"].replace(microsecond=row["not_before"].microsecond)

    @pytest.mark.parametrize("ref", ["U10", "U0", "U1", "U13", "U4"])
    async def test_nobody_else_does(self, world: World, refused: Refused, u2: Actor, ref: str) -> None:
        refusal = await refused(await ready_key(world, world.actors[ref], u2.uri, PrivateKey.generate()))
        assert (refusal.code, refusal.articles) == (Code.NOT_NEXT_HIGHER_UNION, ("HUB-P17",))

    async def test_of_an_unknown_union_there_is_none(self, world: World, refused: Refused, u9: Actor) -> None:
        act = await ready_key(world, u9, f"urn:union:{U14}", PrivateKey.generate())
        assert (await refused(act)).code == Code.NOT_NEXT_HIGHER_UNION
        assert [(found.code, found.path) for found in act.refusals[1:]] == [(Code.UNION_NOT_FOUND, ("sub",))]
        act = await ready_end(world, u9, f"urn:union:{U14}", PrivateKey.generate())
        assert (await refused(act)).code == Code.NOT_NEXT_HIGHER_UNION
        assert act.refusals[1].code == Code.UNION_NOT_FOUND

    @pytest.mark.parametrize("wrong", ["another key", "another union", "another hub", "old", "none"])
    async def test_the_union_has_it_in_its_hands(self, world: World, refused: Refused, u2: Actor, wrong: str) -> None:
        key, now = PrivateKey.generate(), await world.now()
        proof = {
            "another key": key_proof(PrivateKey.generate(), union=u2.uri, aud=HUB, iat=now),
            "another union": key_proof(key, union=UNIONS["U1"].uri, aud=HUB, iat=now),
            "another hub": key_proof(key, union=u2.uri, aud="https://hub.example", iat=now),
            "old": key_proof(key, union=u2.uri, aud=HUB, iat=now - timedelta(days=9)),
            "none": "a.b.c",
        }[wrong]
        refusal = await refused(await ready_key(world, u2, u2.uri, key, proof=proof))
        assert (refusal.code, refusal.path) == (Code.KEY_PROOF_INVALID, ("key", "proof"))

    async def test_its_name_is_a_new_one(self, world: World, refused: Refused, u2: Actor) -> None:
        refusal = await refused(await ready_key(world, u2, u2.uri, u2.signing))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("key", "kid"))

    @pytest.mark.article("NX-7")
    async def test_the_old_one_signs_the_new_one_in_and_is_retired_by_it(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        new = PrivateKey.generate()
        await (await ready_key(world, u1, u1.uri, new)).send(world.hub)
        renewed = with_key(u1, new)
        await (await ready_end(world, renewed, u1.uri, u1.signing)).send(world.hub)
        assert (
            await refused(await ready_release(world, u1, world.members["M1"], u2))
        ).code == Code.SIGNING_KEY_NOT_VALID
        act = await ready_release(world, renewed, world.members["M1"], u2)
        assert (await act.send(world.hub)).state == "RELEASED"

    @pytest.mark.article("NX-7")
    async def test_before_its_day_it_does_not_sign(self, world: World, refused: Refused, u1: Actor, u2: Actor) -> None:
        new, day = PrivateKey.generate(), START + timedelta(days=2)
        await (await ready_key(world, u1, u1.uri, new, not_before=day)).send(world.hub)
        act = await ready_release(world, with_key(u1, new), world.members["M1"], u2)
        assert (await refused(act)).code == Code.SIGNING_KEY_NOT_VALID
        await world.set_clock(day)
        act = await ready_release(world, with_key(u1, new), world.members["M1"], u2)
        assert (await act.send(world.hub)).state == "RELEASED"

    @pytest.mark.article("NX-7")
    async def test_a_retirement_has_its_hour(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        hour = START + timedelta(hours=3)
        await (await ready_end(world, world.actors["U13"], u1.uri, u1.signing, at=hour)).send(world.hub)
        assert (await (await ready_release(world, u1, world.members["M1"], u2)).send(world.hub)).state == "RELEASED"
        await world.set_clock(hour)
        assert (
            await refused(await ready_release(world, u1, world.members["M2"], u2))
        ).code == Code.SIGNING_KEY_NOT_VALID
        row = await superuser.fetchrow("select * from hub.union_keys where kid = $1", u1.signing.kid)
        assert (row["retired_at"], row["revoked_at"], row["invalid_from"]) == (hour, None, None)

    @pytest.mark.article("NX-7")
    @pytest.mark.attack("J23")
    @pytest.mark.invariant("I17")
    async def test_once_revoked_it_signs_nothing_whatever_the_statement_says_of_its_time(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        before = await (await ready_release(world, u1, world.members["M2"], u2)).send(world.hub)
        signed_earlier = await ready_release(world, u1, world.members["M1"], u2)
        since = START - timedelta(days=3)
        act = await ready_end(world, world.actors["U13"], u1.uri, u1.signing, reason="KEY_COMPROMISE", at=since)
        await act.send(world.hub)
        await world.set_clock(START + timedelta(seconds=30))
        assert (await refused(signed_earlier)).code == Code.SIGNING_KEY_NOT_VALID
        row = await superuser.fetchrow("select * from hub.union_keys where kid = $1", u1.signing.kid)
        assert (row["reason"], row["invalid_from"], row["retired_at"]) == ("KEY_COMPROMISE", since, None)
        assert START <= row["revoked_at"] < START + timedelta(seconds=30)
        # What it had signed is flagged for inspection and moves nothing.
        assert (await world.accept(u2, before.handoff_id)).state == "ACCEPTED"

    @pytest.mark.parametrize("ref", ["U10", "U2", "U9"])
    async def test_nobody_ends_another_s_key(self, world: World, refused: Refused, u1: Actor, ref: str) -> None:
        for reason in ({}, {"reason": "SPITE"}):
            act = await ready_end(world, world.actors[ref], u1.uri, u1.signing, **reason)
            assert (await refused(act)).code == Code.NOT_NEXT_HIGHER_UNION

    async def test_only_one_that_there_is_ends(self, world: World, refused: Refused, u1: Actor) -> None:
        for reason in ({}, {"reason": "LOST"}):
            refusal = await refused(await ready_end(world, u1, u1.uri, PrivateKey.generate(), **reason))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("key", "kid"))

    async def test_a_revoked_one_has_ended(self, world: World, refused: Refused, u1: Actor) -> None:
        u13 = world.actors["U13"]
        await (await ready_end(world, u13, u1.uri, u1.signing, reason="LOST")).send(world.hub)
        for reason in ({}, {"reason": "FOUND"}):
            refusal = await refused(await ready_end(world, u13, u1.uri, u1.signing, **reason))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("key", "kid"))

    @pytest.mark.article("HUB-P17")
    async def test_a_retired_one_is_not_retired_again(self, world: World, refused: Refused, u1: Actor) -> None:
        u13 = world.actors["U13"]
        await (await ready_end(world, u13, u1.uri, u1.signing)).send(world.hub)
        later = START + timedelta(days=1)
        refusal = await refused(await ready_end(world, u13, u1.uri, u1.signing, at=later))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("key", "kid"))
        # Retired keys are stolen too.
        await (await ready_end(world, u13, u1.uri, u1.signing, reason="KEY_COMPROMISE")).send(world.hub)

    @pytest.mark.article("HUB-P17")
    async def test_nobody_knows_today_from_when_a_key_will_have_been_stolen(
        self, world: World, refused: Refused, u1: Actor
    ) -> None:
        u13, tomorrow = world.actors["U13"], START + timedelta(days=1)
        refusal = await refused(await ready_end(world, u13, u1.uri, u1.signing, reason="LOST", at=tomorrow))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("key", "invalid_from"))

    async def test_a_login_key_and_a_signing_key_are_two(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        act = await ready_release(world, with_key(u1, u1.login), world.members["M1"], u2)
        assert (await refused(act)).code == Code.SIGNATURE_INVALID

    @pytest.mark.attack("J08")
    async def test_another_union_s_key_is_none_of_one_s_own(
        self, world: World, refused: Refused, u1: Actor, u2: Actor
    ) -> None:
        act = await ready_release(world, with_key(u1, u2.signing), world.members["M1"], u2)
        assert (await refused(act)).code == Code.SIGNATURE_INVALID

    async def test_the_same_statement_again_changes_nothing(self, world: World, superuser: Any, u1: Actor) -> None:
        key = PrivateKey.generate()
        acts = [await ready_key(world, u1, u1.uri, key)]
        assert await acts[0].send(world.hub) == u1.caller.union_id
        acts.append(await ready_end(world, u1, u1.uri, key))
        assert await acts[1].send(world.hub) == u1.caller.union_id
        before = await everything(superuser)
        for act in acts:
            assert await act.send(world.hub) == u1.caller.union_id
        assert await everything(superuser) == before

    async def test_drafts_say_what_acts_say(self, world: World, u1: Actor) -> None:
        act = await ready_end(world, u1, u1.uri, PrivateKey.generate())
        refusal = await act.refused(world.hub)
        assert [said(found) for found in act.refusals] == [said(refusal)]
        claims = statements.read_any(act.jws).claims
        assert datetime.fromtimestamp(claims["iat"], UTC) <= await world.now()
