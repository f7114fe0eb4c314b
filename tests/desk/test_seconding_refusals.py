"""What a secondment is refused for (A14), each as its draft foretells, and nothing left behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hub.errors import Code
from hub.transfers.desk import drafting_pulls, pulling, releasing
from tests.endings import act as end
from tests.ready import altered, ready, ready_acceptance, ready_refusal, ready_release
from tests.retaining import ready_act as ready_retention
from tests.retaining import retain
from tests.seconding import ACTS as SECONDING
from tests.seconding import TERM, act, at_host, draft, noon, offer, ready_act, ready_offer, ready_return
from tests.winding import set_state
from tests.world import EMPLOYERS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft, MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World


@pytest.fixture
def m4(world: World) -> UUID:
    return world.members["M4"]


@pytest.fixture
def u12(world: World) -> Actor:
    return world.actors["U12"]


class TestAnOffer:
    @pytest.mark.scenario(12)
    @pytest.mark.article("A14")
    @pytest.mark.parametrize("ends_on", [date(2025, 4, 14), date(2025, 7, 13)])
    async def test_of_less_than_six_months(self, world: World, refused: Refused, m4: UUID, ends_on: date) -> None:
        refusal = await refused(await ready_offer(world, m4, secondment={**TERM, "ends_on": ends_on}))
        assert (refusal.code, refusal.facts["last_day"]) == (Code.SECONDMENT_TOO_SHORT, "2025-07-14")

    @pytest.mark.scenario(13)
    @pytest.mark.article("A14")
    @pytest.mark.parametrize("named", ["new_employer_uscc", "host_employer_uscc"])
    async def test_to_an_employer_without_a_union(self, world: World, refused: Refused, m4: UUID, named: str) -> None:
        offered = await ready_offer(world, m4, **{named: EMPLOYERS["新店"]})
        assert (await refused(offered)).code is Code.SECONDMENT_HOST_HAS_NO_UNION

    @pytest.mark.article("A14")
    async def test_to_a_union_that_nobody_has_registered(self, world: World, u1: Actor, m4: UUID) -> None:
        given = {"reason_code": "SECONDMENT", "relation_ended_on": None, "new_employer_uscc": None, "secondment": TERM}
        found = await world.draft_release(u1, m4, "urn:union:81310117MC1D25256C", **given)
        assert found.refusals[0].code is Code.SECONDMENT_HOST_HAS_NO_UNION

    @pytest.mark.article("A14")
    @pytest.mark.parametrize("term", [None, {}, {"starts_on": TERM["starts_on"]}, {"ends_on": TERM["ends_on"]}])
    async def test_without_its_term(
        self, world: World, refused: Refused, m4: UUID, term: dict[str, Any] | None
    ) -> None:
        assert (await refused(await ready_offer(world, m4, secondment=term))).code is Code.SECONDMENT_TERM_MISSING

    @pytest.mark.article("A14")
    async def test_whose_term_is_over(self, world: World, refused: Refused, m4: UUID) -> None:
        over = {"starts_on": date(2024, 6, 1), "ends_on": date(2025, 3, 2)}
        assert (await refused(await ready_offer(world, m4, secondment=over))).code is Code.SECONDMENT_TERM_MISSING

    @pytest.mark.article("HUB-P17")
    async def test_with_another_home_or_an_ended_relation(
        self, world: World, refused: Refused, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        ended = await refused(await ready_offer(world, m4, relation_ended_on=date(2025, 2, 28)))
        assert (ended.code, ended.path) == (Code.INPUT_INVALID, ("release", "relation_ended_on"))
        given = {"reason_code": "SECONDMENT", "relation_ended_on": None, "new_employer_uscc": None, "secondment": TERM}
        made = altered(
            await world.draft_release(u1, m4, u12.uri, **given),
            secondment={"home": u12.uri, "starts_on": "2025-01-15", "ends_on": "2025-12-31"},
        )
        elsewhere = await ready(releasing.release, u1, made).refused(world.hub)
        assert (elsewhere.code, elsewhere.path) == (Code.INPUT_INVALID, ("release", "secondment", "home"))

    @pytest.mark.article("HUB-P17")
    async def test_a_term_with_another_reason(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m4: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m4, u2, secondment=TERM))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "secondment"))

    @pytest.mark.article("A12")
    async def test_is_declined_without_a_reason_and_not_for_want_of_a_relation(
        self, world: World, refused: Refused, u12: Actor, m4: UUID
    ) -> None:
        offered = await offer(world, m4)
        refusal = await refused(await ready_refusal(world, u12, offered.handoff_id, "NO_LABOUR_RELATION_HERE"))
        assert refusal.code is Code.REFUSAL_GROUND_NOT_ALLOWED
        declined = await ready_refusal(world, u12, offered.handoff_id, "OPTION_DECLINED")
        assert declined.refusals == ()

    @pytest.mark.article("A14")
    async def test_is_void_once_its_term_is_over(self, world: World, superuser: Any, u12: Actor, m4: UUID) -> None:
        offered = await offer(world, m4, secondment={"starts_on": date(2024, 9, 1), "ends_on": date(2025, 3, 31)})
        await world.set_clock(noon(2025, 4, 1))
        late = await ready_acceptance(
            world, u12, offered.handoff_id, in_date=date(2025, 4, 1), holding_basis="SECONDMENT"
        )
        assert [refusal.code for refusal in late.refusals] == [Code.SECONDMENT_TERM_MISSING]
        assert (await late.refused(world.hub)).code is Code.SECONDMENT_TERM_MISSING
        assert (await late.refused(world.hub)).code is Code.SECONDMENT_TERM_MISSING
        state, ground = await superuser.fetchrow(
            "select state, ground from hub.dockets where handoff_id = $1 and side = 'HOLDER'", offered.handoff_id
        )
        assert (state, ground) == ("VOIDED", "SECONDMENT_TERM_MISSING")

    @pytest.mark.article("HUB-P17")
    async def test_is_accepted_as_a_secondment_alone(
        self, world: World, refused: Refused, u12: Actor, m4: UUID
    ) -> None:
        offered = await offer(world, m4)
        refusal = await refused(await ready_acceptance(world, u12, offered.handoff_id))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "holding_basis"))


class TestTheHost:
    @pytest.mark.article("A14")
    @pytest.mark.parametrize("reason", ["CHANGE_OF_EMPLOYER", "SECONDMENT", "CORRECTION", "EMPLOYER_REORGANISED"])
    async def test_releases_nowhere_else(
        self, world: World, refused: Refused, u2: Actor, u12: Actor, m4: UUID, reason: str
    ) -> None:
        await at_host(world, m4)
        refusal = await refused(await ready_release(world, u12, m4, u2, reason_code=reason))
        assert refusal.code is Code.SECONDED_MEMBER_NOT_RELEASABLE_BY_HOST

    @pytest.mark.article("A14")
    async def test_returns_to_the_home_union_alone(self, world: World, refused: Refused, u2: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        refusal = await refused(await ready_return(world, m4, date(2025, 3, 3), to=u2))
        assert refusal.code is Code.REVERSION_ONLY_TO_HOME

    @pytest.mark.article("A14", "A17")
    @pytest.mark.parametrize("reason", ["RETIREMENT", "UNEMPLOYMENT", "MILITARY_SERVICE"])
    async def test_retains_nobody(self, world: World, refused: Refused, u12: Actor, m4: UUID, reason: str) -> None:
        await at_host(world, m4)
        refusal = await refused(await ready_retention(world, "record", u12, m4, reason=reason))
        assert refusal.code is Code.SECONDMENT_RETURN_FIRST

    @pytest.mark.article("HUB-P17")
    async def test_lends_nobody_on_and_changes_no_term(
        self, world: World, refused: Refused, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        for name in ("record", "change", "end", "end_home"):
            refusal = await refused(await ready_act(world, name, u12, m4, host_employer_uscc=EMPLOYERS["乙"], **TERM))
            assert refusal.code in {Code.STEP_NOT_ALLOWED, Code.NOT_HOLDER}, name

    @pytest.mark.article("HUB-P17")
    async def test_a_return_is_corrected_by_nobody(
        self, world: World, refused: Refused, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        back = await (await ready_return(world, m4, date(2025, 3, 3))).send(world.hub)
        await world.accept(u1, back.handoff_id, employer_uscc=None, relation_started_on=None)
        given = {"reason_code": "CORRECTION", "relation_ended_on": None, "new_employer_uscc": None}
        refusal = await refused(await ready_release(world, u1, m4, u12, **given))
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("release", "reason_code"))

    @pytest.mark.article("HUB-P17")
    async def test_nobody_returns_who_was_not_lent(
        self, world: World, refused: Refused, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        given = {"reason_code": "SECONDMENT_RETURN", "relation_ended_on": None, "new_employer_uscc": None}
        refusal = await refused(await ready_release(world, u1, m4, u12, **given))
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("release", "reason_code"))

    @pytest.mark.article("HUB-P17")
    async def test_a_return_is_held_as_before(self, world: World, refused: Refused, u1: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        back = await (await ready_return(world, m4, date(2025, 3, 3))).send(world.hub)
        refusal = await refused(await ready_acceptance(world, u1, back.handoff_id, holding_basis="DISPATCH_UNION"))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("acceptance", "holding_basis"))


class TestTheActs:
    @pytest.mark.article("HUB-P04")
    async def test_nothing_is_recorded_or_changed_beside_an_offer(
        self, world: World, refused: Refused, u1: Actor, m4: UUID
    ) -> None:
        await act(world, "record", u1, m4)
        await offer(world, m4)
        for name in ("record", "change", "end"):
            assert (await refused(await ready_act(world, name, u1, m4))).code is Code.HANDOFF_ALREADY_OPEN, name

    @pytest.mark.article("HUB-P17")
    async def test_one_is_recorded_at_a_time_of_an_active_member(
        self, world: World, foretold: Refused, u1: Actor, m1: UUID, m4: UUID
    ) -> None:
        await act(world, "record", u1, m4)
        assert (await foretold(await ready_act(world, "record", u1, m4))).code is Code.STEP_NOT_ALLOWED
        await retain(world, u1, m1)
        assert (await foretold(await ready_act(world, "record", u1, m1))).code is Code.STEP_NOT_ALLOWED
        for name in ("extend", "convert", "end_home"):
            assert (await foretold(await ready_act(world, name, u1, m4))).code is Code.STEP_NOT_ALLOWED, name

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize(
        ("given", "path"),
        [
            ({"ends_on": date(2025, 1, 14)}, "ends_on"),
            ({"host_employer_uscc": EMPLOYERS["甲"]}, "host_employer_uscc"),
            ({"host_employer_uscc": EMPLOYERS["戊"][:-1] + "A"}, "host_employer_uscc"),
            ({"host_union": "urn:union:81310120MC0A10017G"}, "host_union"),
        ],
    )
    async def test_a_record_that_fits_nothing(
        self, world: World, refused: Refused, u1: Actor, m4: UUID, given: dict[str, Any], path: str
    ) -> None:
        refusal = await refused(await ready_act(world, "record", u1, m4, **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("secondment", path))

    @pytest.mark.article("HUB-P17")
    async def test_a_host_that_nobody_has_registered(self, world: World, refused: Refused, u1: Actor, m4: UUID) -> None:
        unknown = await ready_act(world, "record", u1, m4, host_union="urn:union:81310117MC1D25256C")
        assert (await refused(unknown)).code is Code.UNION_NOT_FOUND

    @pytest.mark.article("HUB-P09")
    async def test_a_host_that_winds_up(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u12: Actor, m4: UUID
    ) -> None:
        await set_state(superuser, "WINDING_UP", u12.uri)
        assert (
            await refused(await ready_act(world, "record", u1, m4, host_union=u12.uri))
        ).code is Code.UNION_NOT_ACTIVE

    @pytest.mark.article("HUB-P17")
    async def test_drafted_before_custody_moved(self, world: World, refused: Refused, u1: Actor, m4: UUID) -> None:
        before = await ready_act(world, "record", u1, m4)
        await at_host(world, m4)
        back = await (await ready_return(world, m4, date(2025, 3, 3))).send(world.hub)
        await world.accept(u1, back.handoff_id, employer_uscc=None, relation_started_on=None)
        assert (await refused(before)).code is Code.STALE_VERSION

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("name", ["extend", "convert"])
    async def test_another_document(self, world: World, u12: Actor, m4: UUID, name: str) -> None:
        await at_host(world, m4)
        under = {"extend": "extension_sha256", "convert": "conversion_sha256"}[name]
        changes: dict[str, Any] = {under: "A" * 43}
        made = altered(await draft(world, name, u12, m4), **changes)
        assert (await ready(SECONDING[name][1], u12, made).refused(world.hub)).code is Code.DOCUMENT_TAMPERED

    @pytest.mark.article("HUB-P17")
    async def test_an_extension_is_one(self, world: World, refused: Refused, u12: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        refusal = await refused(await ready_act(world, "extend", u12, m4, ends_on=TERM["ends_on"]))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("extension", "ends_on"))

    @pytest.mark.article("A14")
    async def test_an_extension_of_one_that_was_cut_short(
        self, world: World, refused: Refused, u1: Actor, m4: UUID
    ) -> None:
        await at_host(world, m4)
        await act(world, "end", u1, m4)
        short = await ready_act(world, "extend", u1, m4, ends_on=date(2025, 7, 13))
        assert (await refused(short)).code is Code.SECONDMENT_TOO_SHORT
        await world.set_clock(noon(2025, 8, 1))
        over = await ready_act(world, "extend", u1, m4, ends_on=date(2025, 7, 31))
        assert (await refused(over)).code is Code.SECONDMENT_TERM_MISSING

    @pytest.mark.article("HUB-P06")
    async def test_an_end_long_past_or_to_come(self, world: World, refused: Refused, u1: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        await world.set_clock(noon(2025, 8, 1))
        for name, under in (("end", "ended_on"), ("end_home", "relation_ended_on")):
            past = await refused(await ready_act(world, name, u1, m4, **{under: date(2025, 4, 1)}))
            assert past.code is Code.BACKDATE_TOO_FAR
            ahead = await ready_act(world, name, u1, m4, **{under: date(2025, 8, 2)})
            assert (await refused(ahead)).code is Code.DATE_IN_FUTURE

    @pytest.mark.article("HUB-P17")
    async def test_in_the_stead_of_nobody(self, world: World, u1: Actor, u12: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        made = altered(await draft(world, "end_home", u1, m4), in_lieu_of=u12.uri)
        assert (await ready(SECONDING["end_home"][1], u1, made).refused(world.hub)).code is Code.DOCUMENT_TAMPERED

    @pytest.mark.article("HUB-P17")
    async def test_where_nothing_is_recorded_the_status_is_told(
        self, world: World, foretold: Refused, u1: Actor, m4: UUID
    ) -> None:
        refusal = await foretold(await ready_act(world, "change", u1, m4, **TERM))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "ACTIVE")

    @pytest.mark.article("HUB-P17")
    async def test_a_term_is_not_changed_into_one_that_ends_before_it_starts(
        self, world: World, foretold: Refused, u1: Actor, m4: UUID
    ) -> None:
        await act(world, "record", u1, m4)
        refusal = await foretold(await ready_act(world, "change", u1, m4, ends_on=date(2025, 1, 14)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("secondment", "ends_on"))

    @pytest.mark.article("A12")
    async def test_who_once_held_is_told_so(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        released = await world.release(u1, m1, u2.uri)
        await world.accept(u2, released.handoff_id)
        for name in SECONDING:
            assert (await draft(world, name, u1, m1)).refusals[0].code is Code.NOT_HOLDER, name


@pytest.mark.parametrize("name", [name for name in SECONDING if name != "retarget"])
class TestEachAct:
    """Of the home union."""

    @pytest.fixture
    async def made(self, world: World, u1: Actor, m4: UUID, name: str) -> Draft:
        """Drafted while there is a secondment to be acted on, or none yet."""
        if name != "record":
            await act(world, "record", u1, m4)
        return await draft(world, name, u1, m4)

    @pytest.mark.article("A11")
    async def test_of_a_stranger(self, world: World, refused: Refused, u2: Actor, made: Draft, name: str) -> None:
        forged = altered(made, top={"iss": u2.uri})
        refusal = await refused(ready(SECONDING[name][1], u2, forged))
        assert refusal.code is Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"), [("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)]
    )
    async def test_of_a_branch_or_a_federation(
        self, world: World, refused: Refused, made: Draft, name: str, ref: str, code: Code
    ) -> None:
        actor = world.actors[ref]
        assert (await refused(ready(SECONDING[name][1], actor, altered(made, top={"iss": actor.uri})))).code is code

    @pytest.mark.article("A5")
    async def test_on_a_membership_that_has_ended(
        self, world: World, refused: Refused, u1: Actor, m4: UUID, made: Draft, name: str
    ) -> None:
        await end(world, "withdraw", u1, m4)
        assert (await refused(ready(SECONDING[name][1], u1, altered(made)))).code is Code.NOT_A_MEMBER

    @pytest.mark.article("A3")
    async def test_on_a_suspected_duplicate(
        self, world: World, foretold: Refused, u2: Actor, second: MemberView, name: str
    ) -> None:
        frozen = await foretold(
            await ready_act(world, name, u2, second.membership_id, **(TERM if name == "change" else {}))
        )
        assert frozen.code is Code.ALREADY_MEMBER_USE_TRANSFER


class TestTheRequest:
    @pytest.mark.article("A11")
    async def test_nobody_asks_back_whom_he_has_not_lent(self, world: World, u2: Actor, u12: Actor, m4: UUID) -> None:
        await at_host(world, m4)
        for actor in (u2, u12):
            asked = await drafting_pulls.draft_request(
                world.hub, actor.caller, {"membership_id": m4, "reason_code": "SECONDMENT_RETURN"}
            )
            assert (asked.claims, [refusal.code for refusal in asked.refusals]) == (
                None,
                [Code.MEMBER_NOT_FOUND_OR_NOT_HELD],
            )

    @pytest.fixture
    async def asking(self, world: World, u1: Actor, m4: UUID) -> Draft:
        """Drafted once the secondment is over."""
        await at_host(world, m4)
        await act(world, "end", u1, m4)
        given = {"membership_id": m4, "reason_code": "SECONDMENT_RETURN"}
        drafted = await drafting_pulls.draft_request(world.hub, u1.caller, given)
        assert drafted.refusals == ()
        return drafted

    @pytest.mark.article("A12")
    async def test_its_draft_is_good_for_a_quarter_of_an_hour(
        self, world: World, refused: Refused, u1: Actor, asking: Draft
    ) -> None:
        await world.set_clock(START + timedelta(minutes=16))
        late = ready(pulling.request, u1, altered(asking, top={"iat": int((await world.now()).timestamp())}))
        assert (await refused(late)).code is Code.PROOF_OF_MEMBERSHIP_MISMATCH

    @pytest.mark.article("HUB-P04")
    async def test_one_is_asked_for_once(self, world: World, refused: Refused, u1: Actor, asking: Draft) -> None:
        asked = ready(pulling.request, u1, asking)
        await asked.send(world.hub)
        assert (await refused(asked.again())).code is Code.HANDOFF_ALREADY_OPEN

    @pytest.mark.parametrize(
        ("name", "code"), [("handoff_id", Code.INPUT_INVALID), ("appeals_sha256", Code.DOCUMENT_TAMPERED)]
    )
    async def test_what_it_states(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, asking: Draft, name: str, code: Code
    ) -> None:
        other = await world.release(u1, m1, world.actors["U2"].uri)
        stated: dict[str, Any] = {"handoff_id": str(other.handoff_id), "appeals_sha256": "A" * 43}
        made = altered(asking, **{name: stated[name]})
        refusal = await refused(ready(pulling.request, u1, made))
        assert (refusal.code, refusal.path) == (code, ("request", name))
