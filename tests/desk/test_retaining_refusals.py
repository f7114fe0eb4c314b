"""What speaks against the acts on a retention: each refusal cites its article, and leaves nothing behind."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hub.errors import Code
from hub.transfers.desk import retaining
from tests.desk.conftest import said
from tests.ready import ABSENT, altered, ready
from tests.retaining import ACTS, draft, ready_act, retain
from tests.winding import set_state
from tests.world import EMPLOYERS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

DAY = date(2025, 3, 3)


class TestTheReason:
    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            pytest.param("INTERNAL_RETIREMENT", Code.INTERNAL_RETIREMENT_NO_CHANGE, marks=pytest.mark.article("A18")),
            pytest.param(
                "PLACED_WITHOUT_LOCAL_UNION",
                Code.PLACEMENT_IS_NOT_RETENTION,
                marks=pytest.mark.article("A13", "A21"),
            ),
            pytest.param("AWAITING_POST", Code.AWAITING_POST_NO_CHANGE, marks=pytest.mark.article("A3")),
            pytest.param("OFF_JOB_STUDY", Code.STUDY_LEAVE_NO_CHANGE, marks=pytest.mark.article("A14")),
            pytest.param("SABBATICAL", Code.REASON_NOT_ALLOWED, marks=pytest.mark.article("HUB-P17")),
        ],
    )
    async def test_what_is_none_is_answered_by_its_article(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, reason: str, code: Code
    ) -> None:
        act = await ready_act(world, "record", u1, m1, reason=reason)
        assert len(act.refusals) == 1
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (code, ("retention", "reason"))

    @pytest.mark.article("A3")
    @pytest.mark.parametrize("ended", [None, date(2025, 3, 1)])
    async def test_unemployed_is_whose_relation_has_ended(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, ended: date | None
    ) -> None:
        act = await ready_act(world, "record", u1, m1, reason="UNEMPLOYMENT", relation_ended_on=ended)
        assert (await refused(act)).code == Code.LABOUR_RELATION_UNCHANGED

    @pytest.mark.article("A13", "A19")
    async def test_and_who_works_nowhere_else(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        employer = EMPLOYERS["乙"]
        act = await ready_act(world, "record", u1, m1, reason="UNEMPLOYMENT", new_employer_uscc=employer)
        assert (await refused(act)).code == Code.REEMPLOYED_USE_TRANSFER
        slip = await draft(world, "record", u1, m1, reason="UNEMPLOYMENT", new_employer_uscc=employer[:-1] + "0")
        assert [refusal.code for refusal in slip.refusals] == [Code.REEMPLOYED_USE_TRANSFER, Code.INPUT_INVALID]

    @pytest.mark.parametrize(
        ("reason", "facts", "path"),
        [
            ("RETIREMENT", {"enlisted_on": DAY}, "enlisted_on"),
            ("RETIREMENT", {"relation_ended_on": DAY}, "relation_ended_on"),
            ("RETIREMENT", {"new_employer_uscc": EMPLOYERS["乙"]}, "new_employer_uscc"),
            ("RETIREMENT", {"retired_on": date(2025, 3, 1)}, "retired_on"),
            ("UNEMPLOYMENT", {"early": True}, "early"),
            ("UNEMPLOYMENT", {"retired_on": date(2025, 2, 1)}, "retired_on"),
            ("MILITARY_SERVICE", {"relation_ended_on": DAY}, "relation_ended_on"),
            ("MILITARY_SERVICE", {"enlisted_on": date(2025, 3, 1)}, "enlisted_on"),
            ("MILITARY_SERVICE", {"enlisted_on": date(2012, 6, 30)}, "enlisted_on"),
        ],
    )
    async def test_each_reason_has_its_own_fact(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, reason: str, facts: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_act(world, "record", u1, m1, reason=reason, **facts))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("retention", path))

    @pytest.mark.parametrize("reason", ["RETIREMENT", "MILITARY_SERVICE"])
    async def test_the_fact_itself_must_be_stated(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, reason: str
    ) -> None:
        made = await draft(world, "record", u1, m1, reason=reason)
        name = {"RETIREMENT": "retired_on", "MILITARY_SERVICE": "enlisted_on"}[reason]
        absent: dict[str, Any] = {name: ABSENT}
        bare = altered(made, **absent)
        refusal = await refused(ready(retaining.record, u1, bare))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("retention", name))


class TestTheDates:
    @pytest.mark.article("NX-3")
    async def test_nobody_has_retired_tomorrow(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        tomorrow = DAY + timedelta(days=1)
        act = await ready_act(world, "record", u1, m1, reason="RETIREMENT", retained_on=tomorrow, retired_on=tomorrow)
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("retention", "retained_on"))

    @pytest.mark.article("HUB-P06")
    @pytest.mark.parametrize("name", ["retained_on", "retired_on"])
    async def test_nor_so_long_ago(self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str) -> None:
        long_ago = DAY - timedelta(days=91)
        days = {"retired_on": long_ago} | ({"retained_on": long_ago} if name == "retained_on" else {})
        refusal = await refused(await ready_act(world, "record", u1, m1, reason="RETIREMENT", **days))
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("retention", name))
        lawful = DAY - timedelta(days=90)
        made = await draft(world, "record", u1, m1, reason="RETIREMENT", retained_on=lawful, retired_on=lawful)
        assert made.refusals == ()

    async def test_nobody_is_retained_before_having_joined(
        self, world: World, refused: Refused, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await superuser.execute("update hub.memberships set joined_on = '2025-03-01' where membership_id = $1", m1)
        refusal = await refused(await ready_act(world, "record", u1, m1, reason="UNEMPLOYMENT"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("retention", "retained_on"))

    async def test_nor_again_before_the_last_restoration(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        await (await ready_act(world, "restore", u1, m1)).send(world.hub)
        refusal = await refused(await ready_act(world, "record", u1, m1, reason="UNEMPLOYMENT"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("retention", "retained_on"))
        assert (await retain(world, u1, m1, retained_on=DAY)).status == "RETAINED"

    async def test_nor_restored_before_having_been_retained(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        early = date(2025, 2, 27)
        refusal = await refused(await ready_act(world, "restore", u1, m1, restored_on=early, relation_started_on=early))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("restoration", "restored_on"))

    @pytest.mark.article("NX-3")
    async def test_nor_restored_or_changed_tomorrow(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        tomorrow = DAY + timedelta(days=1)
        for act, given in (("restore", {"restored_on": tomorrow}), ("change", {"changed_on": tomorrow})):
            more = {"reason": "RETIREMENT", "retired_on": DAY} if act == "change" else {}
            refusal = await refused(await ready_act(world, act, u1, m1, **given, **more))
            assert (refusal.code, refusal.path[-1]) == (Code.DATE_IN_FUTURE, next(iter(given)))

    @pytest.mark.article("HUB-P06")
    async def test_a_retirement_that_follows_was_not_long_ago_either(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        given = {"reason": "RETIREMENT", "retired_on": DAY - timedelta(days=91)}
        refusal = await refused(await ready_act(world, "change", u1, m1, **given))
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("change", "retired_on"))


class TestAChangeOfReason:
    @pytest.mark.article("A17")
    async def test_a_retiree_loses_no_work(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1, "RETIREMENT")
        refusal = await refused(await ready_act(world, "change", u1, m1, reason="UNEMPLOYMENT"))
        assert (refusal.code, refusal.path) == (Code.REHIRED_RETIREE_NO_TRANSFER, ("change", "reason"))

    @pytest.mark.article("A18")
    async def test_internal_retirement_is_none(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_act(world, "change", u1, m1, reason="INTERNAL_RETIREMENT"))
        assert refusal.code == Code.INTERNAL_RETIREMENT_NO_CHANGE

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("UNEMPLOYMENT", "UNEMPLOYMENT"),
            ("UNEMPLOYMENT", "MILITARY_SERVICE"),
            ("MILITARY_SERVICE", "MILITARY_SERVICE"),
            ("MILITARY_SERVICE", "RETIREMENT"),
        ],
    )
    async def test_only_two_follow_another(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, before: str, after: str
    ) -> None:
        await retain(world, u1, m1, before)
        refusal = await refused(await ready_act(world, "change", u1, m1, reason=after))
        follows = {"UNEMPLOYMENT": "RETIREMENT", "MILITARY_SERVICE": "UNEMPLOYMENT"}[before]
        assert (refusal.code, refusal.facts["allowed"]) == (Code.REASON_NOT_ALLOWED, follows)

    @pytest.mark.article("A20")
    @pytest.mark.parametrize("discharged", [None, DAY])
    async def test_a_soldier_is_discharged_first(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, discharged: date | None
    ) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        act = await ready_act(world, "change", u1, m1, reason="UNEMPLOYMENT", discharged_on=discharged)
        assert (await refused(act)).code == Code.IN_MILITARY_SERVICE
        for name, act_name in (("change", "change"), ("restore", "restoration")):
            given = {"reason": "UNEMPLOYMENT"} if name == "change" else {}
            early = await ready_act(world, name, u1, m1, discharged_on=date(2025, 2, 1), **given)
            assert (await refused(early)).path == (act_name, "discharged_on")

    async def test_each_has_its_own_fact(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        given = {"reason": "RETIREMENT", "discharged_on": DAY}
        refusal = await refused(await ready_act(world, "change", u1, m1, **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("change", "discharged_on"))
        made = await draft(world, "change", u1, m1, reason="RETIREMENT")
        refusal = await refused(ready(retaining.change_reason, u1, altered(made, retired_on=ABSENT)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("change", "retired_on"))


class TestARestoration:
    @pytest.mark.article("A17")
    async def test_a_retiree_who_is_hired_stays_retained(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1, "RETIREMENT")
        assert (await refused(await ready_act(world, "restore", u1, m1))).code == Code.REHIRED_RETIREE_NO_TRANSFER

    @pytest.mark.article("A20")
    @pytest.mark.parametrize("discharged", [None, DAY + timedelta(days=1)])
    async def test_a_soldier_stays_retained_until_the_discharge(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, discharged: date | None
    ) -> None:
        await retain(world, u1, m1, "MILITARY_SERVICE")
        act = await ready_act(world, "restore", u1, m1, discharged_on=discharged)
        assert (await refused(act)).code == Code.IN_MILITARY_SERVICE
        done = await ready_act(world, "restore", u1, m1, discharged_on=date(2025, 3, 2))
        assert (await done.send(world.hub)).status == "ACTIVE"

    @pytest.mark.article("A13", "A20")
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"employer_uscc": None}, "employer_uscc"),
            ({"relation_started_on": None}, "relation_started_on"),
            ({"relation_started_on": DAY + timedelta(days=1)}, "relation_started_on"),
        ],
    )
    async def test_takes_a_labour_relation(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, given: dict[str, Any], path: str
    ) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_act(world, "restore", u1, m1, **given))
        assert (refusal.code, refusal.path) == (Code.NO_LABOUR_RELATION_YET, ("restoration", path))

    @pytest.mark.article("A7")
    async def test_a_flexible_worker_needs_none(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        await superuser.execute(
            "update hub.memberships set holding_basis = 'FLEXIBLE_DIRECT' where membership_id = $1", m1
        )
        await retain(world, u1, m1)
        act = await ready_act(world, "restore", u1, m1, employer_uscc=None, relation_started_on=None)
        assert (await act.send(world.hub)).status == "ACTIVE"

    @pytest.mark.article("A13", "A19")
    async def test_with_an_employer_of_this_union(
        self, world: World, refused: Refused, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        act = await ready_act(world, "restore", u1, m1, employer_uscc=EMPLOYERS["乙"])
        assert (await refused(act)).code == Code.REEMPLOYED_USE_TRANSFER
        # Where it was employed before it may come back, organised here or not.
        await superuser.execute(
            "update hub.memberships set employer_uscc = $2 where membership_id = $1", m1, EMPLOYERS["己"]
        )
        made = await draft(world, "restore", u1, m1, employer_uscc=EMPLOYERS["己"])
        assert made.refusals == ()

    async def test_states_no_discharge_of_who_was_no_soldier(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_act(world, "restore", u1, m1, discharged_on=DAY))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("restoration", "discharged_on"))

    async def test_names_an_employer_by_a_right_code(self, world: World, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        made = await draft(world, "restore", u1, m1, employer_uscc=EMPLOYERS["甲"][:-1] + "0")
        assert [refusal.code for refusal in made.refusals] == [Code.REEMPLOYED_USE_TRANSFER, Code.INPUT_INVALID]


class TestWhereItStands:
    @pytest.mark.article("HUB-P17")
    async def test_one_is_retained_once(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_act(world, "record", u1, m1, reason="RETIREMENT"))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "RETAINED")

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("act", ["change", "restore", "annul"])
    async def test_and_who_is_not_is_neither_restored_nor_annulled(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, act: str
    ) -> None:
        given = {"reason": "RETIREMENT"} if act == "change" else {}
        refusal = await refused(await ready_act(world, act, u1, m1, **given))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "ACTIVE")

    @pytest.mark.article("A3", "A8")
    async def test_a_suspected_duplicate_stands_still(
        self, world: World, refused: Refused, u2: Actor, second: Any
    ) -> None:
        act = await ready_act(world, "record", u2, second.membership_id, reason="UNEMPLOYMENT")
        assert (await refused(act)).code == Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.article("A5")
    async def test_what_has_ended_is_retained_by_nobody(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, second: Any
    ) -> None:
        await world.merge(u1, m1, survivor=True)
        await world.merge(u2, second.membership_id, survivor=False)
        act = await ready_act(world, "record", u2, second.membership_id, reason="UNEMPLOYMENT")
        assert (await refused(act)).code == Code.NOT_A_MEMBER

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("act", ["record", "change", "restore", "annul"])
    async def test_custody_is_named_as_it_stands(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, act: str
    ) -> None:
        given = {"reason": "UNEMPLOYMENT"} if act == "record" else {"reason": "RETIREMENT"} if act == "change" else {}
        if act != "record":
            await retain(world, u1, m1)
        made = await draft(world, act, u1, m1, **given)
        assert made.refusals == ()
        refusal = await refused(ready(ACTS[act][1], u1, altered(made, custody_version=2)))
        assert (refusal.code, refusal.path[-1]) == (Code.STALE_VERSION, "custody_version")

    @pytest.mark.article("HUB-P17")
    async def test_what_is_annulled_is_named(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        made = await draft(world, "annul", u1, m1)
        await (await ready_act(world, "annul", u1, m1)).send(world.hub)
        await retain(world, u1, m1)
        # The one of before means a retention that is none any more.
        refusal = await refused(ready(retaining.annul, u1, altered(made)))
        assert (refusal.code, refusal.path) == (Code.DOCUMENT_TAMPERED, ("annulment", "retention_sha256"))


class TestWhoMay:
    @pytest.mark.article("A11")
    @pytest.mark.parametrize("act", ["record", "change", "restore", "annul"])
    async def test_strangers_are_told_as_of_nobody(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, act: str
    ) -> None:
        u15 = world.actors["U15"]
        given = {"reason": "RETIREMENT"} if act in {"record", "change"} else {}
        made = await draft(world, act, u1, m1, **given)
        assert made.claims is not None
        told = []
        for sub in (m1, uuid4()):
            claims = json.loads(made.claims)
            theirs = altered(made, top={**claims, "iss": u15.uri, "sub": str(sub)})
            told.append(said(await refused(ready(ACTS[act][1], u15, theirs))))
            drafted = await draft(world, act, u15, sub, **given)
            assert (drafted.claims, drafted.card) == (None, None)
            told.append(said(drafted.refusals[0]))
        assert told[0][0] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert len(set(told)) == 1

    @pytest.mark.article("A12")
    async def test_the_ex_holder_is_told_that_it_is_one(self, world: World, refused: Refused, m1: UUID) -> None:
        """A17: the union of before records nothing for who has moved on."""
        u1, u2 = world.actors["U1"], world.actors["U2"]
        made = await draft(world, "record", u1, m1, reason="RETIREMENT")
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        assert (await refused(ready(retaining.record, u1, altered(made)))).code == Code.NOT_HOLDER

    @pytest.mark.article("A12")
    async def test_so_is_who_was_released_to(self, world: World, m1: UUID) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        await world.release(u1, m1, u2.uri)
        made = await draft(world, "record", u2, m1, reason="RETIREMENT")
        assert [refusal.code for refusal in made.refusals] == [Code.NOT_HOLDER]
        await world.set_clock(START + timedelta(days=100))
        made = await draft(world, "record", u2, m1, reason="RETIREMENT")
        assert [refusal.code for refusal in made.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"), [("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)]
    )
    async def test_who_never_signs_is_told_so_of_anybody(self, world: World, m1: UUID, ref: str, code: Code) -> None:
        for sub in (m1, uuid4()):
            made = await draft(world, "record", world.actors[ref], sub, reason="RETIREMENT")
            assert made.refusals[0].code == code

    @pytest.mark.article("HUB-P09")
    async def test_a_closed_union_acts_no_more(
        self, world: World, refused: Refused, superuser: Any, u1: Actor, m1: UUID
    ) -> None:
        await set_state(superuser, "CLOSED", u1.caller.union_id)
        act = await ready_act(world, "record", u1, m1, reason="RETIREMENT")
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE

    async def test_malformed_input_tells_a_stranger_nothing(self, world: World, m1: UUID) -> None:
        for sub in (m1, uuid4()):
            made = await draft(world, "record", world.actors["U15"], sub, reason="no code", retained_on=None)
            assert [refusal.code for refusal in made.refusals] == [Code.MEMBER_NOT_FOUND_OR_NOT_HELD]
        own = await draft(world, "record", world.actors["U1"], m1, reason="no code")
        assert [(refusal.code, refusal.path) for refusal in own.refusals] == [
            (Code.INPUT_INVALID, ("retention", "reason"))
        ]
