"""What speaks against the acts on an end: each refusal cites its article, and leaves nothing behind."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hub.errors import Code
from hub.transfers.rules.ending import meets_dues_half, unpaid_months
from tests.desk.conftest import said
from tests.endings import ACTS, HASH, act, draft, endings_of, ready_act
from tests.ready import ABSENT, altered, person, ready, ready_join
from tests.retaining import retain
from tests.world import MEMBERS, UNIONS
from tests.worlds import START

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

DAY = date(2025, 3, 3)
HOLDERS = ("withdraw", "deem", "expel", "death", "file", "collect", "reverse")
INCOMPLETE, NOT_MET = Code.WITHDRAWAL_STEPS_INCOMPLETE, Code.DEEMED_WITHDRAWAL_CONDITIONS_NOT_MET


class TestWhoMayAct:
    @pytest.mark.article("A11")
    @pytest.mark.parametrize("name", HOLDERS)
    async def test_strangers_are_told_the_same_of_members_and_of_nobody(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID, name: str
    ) -> None:
        if name in {"file", "collect", "reverse"}:
            await act(world, "expel", u1, m1)
        made = await draft(world, name, u1, m1)
        answers = []
        for subject in (m1, uuid4()):
            forged = altered(made, top={"iss": u2.uri, "sub": str(subject)})
            refusal = await refused(ready(ACTS[name][1], u2, forged))
            slip = await draft(world, name, u2, subject)
            assert (slip.claims, [one.code for one in slip.refusals]) == (None, [refusal.code])
            answers.append(said(refusal))
        assert answers[0] == answers[1]
        assert answers[0][0] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD

    @pytest.mark.article("HUB-P02")
    @pytest.mark.parametrize("name", ["acknowledge", "return"])
    async def test_a_filing_is_marked_by_whom_it_was_made_with(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str
    ) -> None:
        u13, u9 = world.actors["U13"], world.actors["U9"]
        await act(world, "expel", u1, m1)
        assert [one.code for one in (await draft(world, name, u13, m1)).refusals] == [Code.NO_CASE_FOR_HIGHER_UNION]
        await act(world, "file", u1, m1)
        made = await draft(world, name, u13, m1)
        answers = []
        for actor in (u9, u1, world.actors["U10"]):
            for subject in (m1, uuid4()):
                forged = altered(made, top={"iss": actor.uri, "sub": str(subject)})
                answers.append(said(await refused(ready(ACTS[name][1], actor, forged))))
        assert {one[0] for one in answers} == {Code.NO_CASE_FOR_HIGHER_UNION}
        assert len(set(map(str, answers))) == 1

    @pytest.mark.article("A12")
    async def test_an_ex_holder_is_told_so(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        made = await draft(world, "withdraw", u1, m1)
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        assert (await refused(ready(ACTS["withdraw"][1], u1, made))).code == Code.NOT_HOLDER

    @pytest.mark.article("A15")
    async def test_a_branch_and_a_federation_sign_no_end(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        made = await draft(world, "death", u1, m1)
        for ref, code in (("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)):
            forged = altered(made, top={"iss": UNIONS[ref].uri})
            assert (await refused(ready(ACTS["death"][1], world.actors[ref], forged))).code == code

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("name", ["withdraw", "deem", "expel", "death"])
    async def test_custody_is_named_as_it_stands(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str
    ) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-06")
        made = altered(await draft(world, name, u1, m1), custody_version=2)
        assert (await refused(ready(ACTS[name][1], u1, made))).code == Code.STALE_VERSION


class TestAWithdrawal:
    @pytest.mark.article("A22")
    @pytest.mark.parametrize("name", ["requested_on", "request_sha256"])
    async def test_the_member_asks_for_it(self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str) -> None:
        refusal = await refused(await ready_act(world, "withdraw", u1, m1, **{name: None}))
        assert (refusal.code, refusal.path) == (Code.WITHDRAWAL_NOT_REQUESTED_BY_MEMBER, ("withdrawal", name))

    @pytest.mark.article("A22")
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"persuaded_on": None}, "persuaded_on"),
            ({"discussed_on": None}, "discussed_on"),
            ({"announced_on": None}, "announced_on"),
            ({"persuaded_on": None, "discussed_on": None}, "persuaded_on"),
            ({"persuaded_on": date(2025, 2, 9)}, "persuaded_on"),
            ({"discussed_on": date(2025, 2, 16)}, "discussed_on"),
            ({"announced_on": date(2025, 2, 27)}, "announced_on"),
        ],
    )
    async def test_each_step_follows_the_one_before(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, given: dict[str, Any], name: str
    ) -> None:
        refusal = await refused(await ready_act(world, "withdraw", u1, m1, **given))
        assert (refusal.code, refusal.path) == (INCOMPLETE, ("withdrawal", name))

    async def test_all_on_one_day_is_in_order(self, world: World, u1: Actor, m1: UUID) -> None:
        names = ("requested_on", "persuaded_on", "discussed_on", "announced_on", "collected_on")
        assert (await act(world, "withdraw", u1, m1, **dict.fromkeys(names, DAY))).status == "WITHDRAWN"

    @pytest.mark.article("NX-3")
    async def test_it_is_announced_by_today(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        refusal = await refused(await ready_act(world, "withdraw", u1, m1, announced_on=DAY + timedelta(days=1)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("withdrawal", "announced_on"))

    @pytest.mark.article("HUB-P06")
    async def test_and_lately(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        names = ("requested_on", "persuaded_on", "discussed_on", "announced_on")
        long_ago = dict.fromkeys(names, DAY - timedelta(days=91))
        refusal = await refused(await ready_act(world, "withdraw", u1, m1, **long_ago))
        assert (refusal.code, refusal.path) == (Code.BACKDATE_TOO_FAR, ("withdrawal", "announced_on"))
        lawful = dict.fromkeys(names, DAY - timedelta(days=90))
        assert (await draft(world, "withdraw", u1, m1, **lawful)).refusals == ()

    async def test_not_before_the_member_had_come(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        refusal = await refused(await ready_act(world, "withdraw", u2, m1))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("withdrawal", "announced_on"))
        assert (await act(world, "withdraw", u2, m1, announced_on=DAY)).status == "WITHDRAWN"

    @pytest.mark.parametrize("day", [date(2025, 2, 28), DAY + timedelta(days=1)])
    async def test_the_certificate_is_taken_back_after_it(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, day: date
    ) -> None:
        refusal = await refused(await ready_act(world, "withdraw", u1, m1, collected_on=day))
        assert refusal.path == ("withdrawal", "collected_on")
        assert refusal.code == (Code.DATE_IN_FUTURE if day > DAY else Code.INPUT_INVALID)

    async def test_no_certificate_is_taken_back_that_was_not_issued(
        self, world: World, refused: Refused, u1: Actor
    ) -> None:
        bare = {"certificate": None, "certificate_issued_on": None}
        view = await (await ready_join(world, u1, person(1), **bare)).send(world.hub)
        refusal = await refused(await ready_act(world, "withdraw", u1, view.membership_id, collected_on=DAY))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("withdrawal", "collected_on"))
        await act(world, "withdraw", u1, view.membership_id)
        (ended,) = await endings_of(world, u1, view.membership_id)
        assert not ended.is_certificate_outstanding
        (none,) = (await draft(world, "collect", u1, view.membership_id)).refusals
        assert (none.code, none.path) == (Code.INPUT_INVALID, ("collection", "certificate"))

    async def test_who_is_retained_may_leave(self, world: World, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        assert (await act(world, "withdraw", u1, m1)).status == "WITHDRAWN"

    @pytest.mark.article("HUB-P04")
    async def test_a_release_is_recalled_first(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        handoff = await world.release(u1, m1, u2.uri)
        refusal = await refused(await ready_act(world, "withdraw", u1, m1))
        assert (refusal.code, refusal.possible_from) == (Code.HANDOFF_ALREADY_OPEN, handoff.deadline)
        await world.recall(u1, handoff.handoff_id)
        assert (await act(world, "withdraw", u1, m1)).status == "WITHDRAWN"


class TestADeemedWithdrawal:
    @pytest.fixture(autouse=True)
    async def _in_arrears(self, world: World, u1: Actor, m1: UUID) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-08")

    @pytest.mark.article("A22")
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"absent_since": None}, "absent_since"),
            ({"absent_since": date(2024, 9, 2)}, "unpaid_since"),
            ({"unpaid_since": "2024-10"}, "unpaid_since"),
            ({"resolved_on": date(2025, 2, 28)}, "unpaid_since"),
            ({"proper_reason": "ILLNESS"}, "proper_reason"),
            ({"admonished_on": None}, "admonished_on"),
            ({"admonished_on": date(2025, 3, 2)}, "admonished_on"),
            ({"admonished_on": date(2024, 8, 14)}, "admonished_on"),
            ({"refused_to_correct": False}, "refused_to_correct"),
        ],
    )
    async def test_every_condition_is_met(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, given: dict[str, Any], name: str
    ) -> None:
        refusal = await refused(await ready_act(world, "deem", u1, m1, **given))
        assert (refusal.code, refusal.path) == (NOT_MET, ("deemed_withdrawal", name))

    @pytest.mark.article("A22")
    async def test_what_is_on_file_counts_where_it_is_later(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-09")
        refusal = await refused(await ready_act(world, "deem", u1, m1, unpaid_since="2024-03"))
        assert (refusal.code, refusal.path) == (NOT_MET, ("deemed_withdrawal", "unpaid_since"))

    @pytest.mark.article("A22")
    async def test_no_month_counts_in_which_a_transfer_was_under_way(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        handoff = (await world.release(u1, m1, u2.uri)).handoff_id
        refusal = await refused(await ready_act(world, "deem", u1, m1))
        assert (refusal.code, refusal.path) == (NOT_MET, ())
        await world.recall(u1, handoff)
        refusal = await refused(await ready_act(world, "deem", u1, m1))
        assert (refusal.code, refusal.path) == (NOT_MET, ("deemed_withdrawal", "unpaid_since"))
        await world.set_clock(START + timedelta(days=212))  # 2025-10-01
        late = {"admonished_on": date(2025, 9, 20)}
        refusal = await refused(await ready_act(world, "deem", u1, m1, resolved_on=date(2025, 9, 30), **late))
        assert refusal.code == NOT_MET
        assert (await act(world, "deem", u1, m1, resolved_on=date(2025, 10, 1), **late)).status == "DEEMED_WITHDRAWN"

    @pytest.mark.article("A22")
    async def test_one_that_a_date_ended_counts_up_to_that_date(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.release(u1, m1, u2.uri)  # to the 1st of June
        await world.set_clock(START + timedelta(days=273))  # 2025-12-01
        late = {"admonished_on": date(2025, 9, 20)}
        refusal = await refused(await ready_act(world, "deem", u1, m1, resolved_on=date(2025, 12, 1), **late))
        assert (refusal.code, refusal.path) == (NOT_MET, ("deemed_withdrawal", "unpaid_since"))
        await world.set_clock(START + timedelta(days=304))  # 2026-01-01
        done = await act(world, "deem", u1, m1, resolved_on=date(2026, 1, 1), **late)
        assert done.status == "DEEMED_WITHDRAWN"

    @pytest.mark.article("A21")
    async def test_who_is_retained_owes_nothing(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await retain(world, u1, m1)
        refusal = await refused(await ready_act(world, "deem", u1, m1))
        assert refusal.code == Code.DUES_EXEMPT_IN_RETENTION
        assert "2025-03" in refusal.message

    def test_the_dues_half_is_six_months_that_are_over(self) -> None:
        months = [unpaid_months("ACTIVE", "2024-08", None, date(2025, month, 28)) for month in (1, 2, 3)]
        assert months == [4, 5, 6]
        assert [meets_dues_half(number) for number in months] == [False, False, True]
        assert unpaid_months("RETAINED", "2020-01", None, DAY) == unpaid_months("ACTIVE", "2025-12", None, DAY) == 0
        assert unpaid_months("ACTIVE", "2020-01", date(2025, 1, 31), DAY) == 2


class TestAnExpulsion:
    @pytest.mark.article("A23")
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"judgment_sha256": None}, "judgment_sha256"),
            ({"effective_on": None}, "effective_on"),
            ({"effective_on": date(2025, 2, 26)}, "effective_on"),
            ({"effective_on": DAY + timedelta(days=1), "decided_on": None}, "effective_on"),
        ],
    )
    async def test_a_judgment_is_in_force(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, given: dict[str, Any], name: str
    ) -> None:
        refusal = await refused(await ready_act(world, "expel", u1, m1, **given))
        assert (refusal.code, refusal.path) == (Code.EXPULSION_NO_CRIMINAL_PUNISHMENT, ("expulsion", name))

    @pytest.mark.article("A23")
    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ({"opinion_sha256": None}, "opinion_sha256"),
            ({"opinion_on": None}, "opinion_on"),
            ({"opinion_on": date(2025, 2, 26)}, "opinion_on"),
            ({"decision_sha256": None}, "decision_sha256"),
            ({"decided_on": None}, "decided_on"),
        ],
    )
    async def test_the_group_and_then_the_committee_have_spoken(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, given: dict[str, Any], name: str
    ) -> None:
        refusal = await refused(await ready_act(world, "expel", u1, m1, **given))
        assert (refusal.code, refusal.path) == (Code.EXPULSION_STEPS_INCOMPLETE, ("expulsion", name))

    async def test_a_small_union_has_no_group(self, world: World, u1: Actor, m1: UUID) -> None:
        given = {"opinion_sha256": None, "opinion_on": None, "has_no_group": True}
        assert (await act(world, "expel", u1, m1, **given)).status == "EXPELLED"

    @pytest.mark.article("A23")
    @pytest.mark.parametrize("ref", ["U10", "U9", "U1", "U0"])
    async def test_it_is_filed_one_level_up(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, ref: str
    ) -> None:
        await act(world, "expel", u1, m1)
        refusal = await refused(await ready_act(world, "file", u1, m1, filed_with=UNIONS[ref].uri))
        assert (refusal.code, refusal.path) == (Code.FILING_TO_WRONG_LEVEL, ("filing", "filed_with"))

    @pytest.mark.invariant("I13")
    async def test_not_before_it_was_decided(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await act(world, "expel", u1, m1)
        refusal = await refused(await ready_act(world, "file", u1, m1, filed_on=date(2025, 2, 24)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("filing", "filed_on"))
        refusal = await refused(await ready_act(world, "file", u1, m1, filed_on=DAY + timedelta(days=1)))
        assert refusal.code == Code.DATE_IN_FUTURE

    async def test_of_the_decision_itself_and_once(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        u13 = world.actors["U13"]
        assert (await refused(await ready_act(world, "file", u1, m1))).code == Code.STEP_NOT_ALLOWED
        await act(world, "expel", u1, m1)
        tampered = altered(await draft(world, "file", u1, m1), expulsion_sha256=HASH)
        assert (await refused(ready(ACTS["file"][1], u1, tampered))).code == Code.DOCUMENT_TAMPERED
        await act(world, "file", u1, m1)
        assert (await refused(await ready_act(world, "file", u1, m1))).code == Code.STEP_NOT_ALLOWED
        tampered = altered(await draft(world, "acknowledge", u13, m1), filing_sha256=HASH)
        assert (await refused(ready(ACTS["acknowledge"][1], u13, tampered))).code == Code.DOCUMENT_TAMPERED
        for papers in ([], ["JUDGMENT", "JUDGMENT"], ["PHOTOGRAPH"]):
            refusal = await refused(await ready_act(world, "return", u13, m1, papers=papers))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("filing_return", "papers"))
        await act(world, "acknowledge", u13, m1)
        for name in ("acknowledge", "return"):
            assert (await refused(await ready_act(world, name, u13, m1))).code == Code.STEP_NOT_ALLOWED

    @pytest.mark.parametrize("name", ["acknowledge", "return"])
    async def test_what_was_reversed_is_marked_no_more(
        self, world: World, foretold: Refused, u1: Actor, m1: UUID, name: str
    ) -> None:
        for done in ("expel", "file", "reverse"):
            await act(world, done, u1, m1)
        refusal = await foretold(await ready_act(world, name, world.actors["U13"], m1))
        assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "REVERSED")

    @pytest.mark.article("N6")
    async def test_the_certificate_is_collected_once_it_was_filed(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        early = Code.CERTIFICATE_COLLECTED_BEFORE_FILING
        assert (await refused(await ready_act(world, "collect", u1, m1))).code == Code.STEP_NOT_ALLOWED
        await act(world, "expel", u1, m1)
        assert (await refused(await ready_act(world, "collect", u1, m1))).code == early
        await act(world, "file", u1, m1)
        refusal = await refused(await ready_act(world, "collect", u1, m1, collected_on=date(2025, 2, 28)))
        assert (refusal.code, refusal.path) == (early, ("collection", "collected_on"))
        refusal = await refused(await ready_act(world, "collect", u1, m1, collected_on=DAY + timedelta(days=1)))
        assert refusal.code == Code.DATE_IN_FUTURE
        await act(world, "collect", u1, m1, collected_on=date(2025, 3, 1))
        again = await ready_act(world, "collect", u1, m1, certificate={"province_code": "31", "number": "000001"})
        assert (await refused(again)).code == Code.STEP_NOT_ALLOWED

    async def test_of_the_dead_none_is_collected(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await act(world, "death", u1, m1)
        assert (await refused(await ready_act(world, "collect", u1, m1))).code == Code.STEP_NOT_ALLOWED

    async def test_after_a_withdrawal_not_before_it(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        await act(world, "withdraw", u1, m1)
        refusal = await refused(await ready_act(world, "collect", u1, m1, collected_on=date(2025, 2, 28)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("collection", "collected_on"))


class TestTheDay:
    """Of every end that a committee decides."""

    @pytest.mark.parametrize(
        ("name", "day", "code"),
        [
            ("deem", DAY + timedelta(days=1), Code.DATE_IN_FUTURE),
            ("expel", DAY + timedelta(days=1), Code.DATE_IN_FUTURE),
            ("expel", DAY - timedelta(days=91), Code.BACKDATE_TOO_FAR),
        ],
    )
    async def test_is_lately_past(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str, day: date, code: Code
    ) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-01")
        given = {"deem": {"resolved_on": day}, "expel": {"decided_on": day, "opinion_on": day}}[name]
        assert (await refused(await ready_act(world, name, u1, m1, **given))).code == code

    async def test_a_certificate_is_not_taken_back_before_it(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.amend(u1, m1, is_correction=True, dues_paid_through="2024-08")
        refusal = await refused(await ready_act(world, "deem", u1, m1, collected_on=date(2025, 2, 28)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("deemed_withdrawal", "collected_on"))


class TestAReversal:
    async def test_is_of_an_expulsion_alone(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        assert (await refused(await ready_act(world, "reverse", u1, m1))).code == Code.STEP_NOT_ALLOWED
        await act(world, "withdraw", u1, m1)
        assert (await refused(await ready_act(world, "reverse", u1, m1))).code == Code.STEP_NOT_ALLOWED

    async def test_names_the_decision_and_a_judgment_that_is_there(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await act(world, "expel", u1, m1)
        made = await draft(world, "reverse", u1, m1)
        tampered = altered(made, expulsion_sha256=HASH)
        assert (await refused(ready(ACTS["reverse"][1], u1, tampered))).code == Code.DOCUMENT_TAMPERED
        stale = altered(made, custody_version=2)
        assert (await refused(ready(ACTS["reverse"][1], u1, stale))).code == Code.STALE_VERSION
        refusal = await refused(await ready_act(world, "reverse", u1, m1, annulled_on=DAY + timedelta(days=1)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("reversal", "annulled_on"))
        bare = altered(made, annulment_sha256=ABSENT)
        assert (await refused(ready(ACTS["reverse"][1], u1, bare))).code == Code.STATEMENT_MALFORMED

    @pytest.mark.article("A3", "A8")
    async def test_who_has_joined_again_is_not_a_member_twice(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await act(world, "expel", u1, m1)
        made = await ready_act(world, "reverse", u1, m1)
        again = {
            "joined_on": DAY,
            "certificate": None,
            "certificate_issued_on": None,
            "employer_uscc": None,
            "relation_started_on": None,
            "holding_basis": "FLEXIBLE_DIRECT",
        }
        await (await ready_join(world, u2, MEMBERS["M1"], **again)).send(world.hub)
        assert (await refused(made)).code == Code.ALREADY_MEMBER_USE_TRANSFER
        # What is still to be done about the one that ended can be done.
        await act(world, "file", u1, m1)
        (ended,) = await endings_of(world, u1, m1)
        assert ended.filed_on == date(2025, 3, 1)


class TestADeath:
    @pytest.mark.article("NX-3")
    async def test_nobody_dies_tomorrow_but_a_death_may_be_learnt_of_late(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        refusal = await refused(await ready_act(world, "death", u1, m1, died_on=DAY + timedelta(days=1)))
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("death", "died_on"))
        refusal = await refused(await ready_act(world, "death", u1, m1, died_on=date(2012, 6, 30)))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("death", "died_on"))
        assert (await act(world, "death", u1, m1, died_on=date(2023, 1, 1))).status == "DECEASED"
