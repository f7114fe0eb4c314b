"""A draft says all that speaks against an act, in the law's order and changing nothing; the act, the first of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import Code
from hub.transfers.desk import cases, drafting, joining, releasing
from hub.transfers.views import HandoffView
from tests.desk.conftest import said
from tests.ready import person, ready
from tests.winding import set_state
from tests.world import EMPLOYERS, MEMBERS, UNIONS
from tests.worlds import differing, everything

if TYPE_CHECKING:
    from uuid import UUID

    from hub.transfers.views import Draft
    from tests.world import Actor, World

TODAY: Final = date(2025, 3, 3)
TOMORROW: Final = date(2025, 3, 4)
LONG_AGO: Final = date(2024, 11, 1)

#: The world stays the same from one example to the next: what is applied is taken back.
EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def codes(draft: Draft) -> list[Code]:
    return [refusal.code for refusal in draft.refusals]


class TestOrder:
    """Domain 2.4: the caller's structure and state, the tie, status, open handoff, then the act's own facts."""

    async def test_of_a_release_with_everything_wrong(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.release(u1, m1, u2.uri)
        await superuser.execute(
            "update hub.memberships set status = 'DUPLICATE_SUSPECTED' where membership_id = $1", m1
        )
        await set_state(superuser, "CLOSED", u1.uri, UNIONS["U9"].uri)
        before = await everything(superuser)
        draft = await world.draft_release(
            u1, m1, UNIONS["U9"].uri,
            reason_code="OFF_JOB_STUDY", out_date=TOMORROW, relation_ended_on=None, dues_paid_through="2030-01",
        )  # fmt: skip
        assert codes(draft) == [
            Code.UNION_NOT_ACTIVE,
            Code.ALREADY_MEMBER_USE_TRANSFER,
            Code.HANDOFF_ALREADY_OPEN,
            Code.STUDY_LEAVE_NO_CHANGE,
            Code.LABOUR_RELATION_UNCHANGED,
            Code.RECEIVER_CANNOT_HOLD,
            Code.UNION_NOT_ACTIVE,
            Code.DATE_IN_FUTURE,
            Code.DUES_MONTH_IMPLAUSIBLE,
        ]
        assert draft.claims is not None
        assert await everything(superuser) == before

    async def test_of_an_acceptance_with_everything_wrong(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        await set_state(superuser, "CLOSED", u1.uri)
        await superuser.execute("update hub.unions set kind = 'COUNTY_FEDERATION' where uri = $1", u2.uri)
        await superuser.execute(
            "update hub.memberships set status = 'DUPLICATE_SUSPECTED', custody_version = 2 where membership_id = $1",
            m1,
        )
        before = await everything(superuser)
        draft = await world.draft_acceptance(
            u1, case.handoff_id, in_date=date(2024, 11, 1), employer_uscc=None, relation_started_on=None,
            holding_basis="PLACEMENT",
        )  # fmt: skip
        assert codes(draft) == [
            Code.UNION_NOT_ACTIVE,
            Code.RECEIVER_MISMATCH,
            Code.NO_LABOUR_RELATION_YET,
            Code.NO_LABOUR_RELATION_YET,
            Code.INPUT_INVALID,
            Code.BACKDATE_TOO_FAR,
            Code.IN_DATE_BEFORE_OUT_DATE,
            Code.ALREADY_MEMBER_USE_TRANSFER,
            Code.STALE_VERSION,
            Code.RECEIVER_CANNOT_HOLD,
        ]
        assert await everything(superuser) == before

    async def test_of_a_refusal_and_a_recall(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        case = await world.release(u1, m1, u2.uri)
        await world.recall(u1, case.handoff_id)
        before = await everything(superuser)
        given = {"handoff_id": case.handoff_id, "ground": "ARREARS", "fields": None}
        draft = await drafting.draft_refusal(world.hub, u1.caller, given)
        assert codes(draft) == [Code.HANDOFF_NOT_OPEN, Code.RECEIVER_MISMATCH, Code.REFUSAL_GROUND_NOT_ALLOWED]
        draft = await drafting.draft_recall(world.hub, u2.caller, {"handoff_id": case.handoff_id})
        assert codes(draft) == [Code.HANDOFF_NOT_OPEN, Code.NOT_HOLDER]
        assert await everything(superuser) == before

    async def test_of_a_join_with_everything_wrong(self, world: World, superuser: Any) -> None:
        u9 = world.actors["U9"]
        await set_state(superuser, "CLOSED", u9.uri)
        joiner = person(1, employer="乙", holding_basis="PRE_ESTABLISHMENT", certificate=("99", "000002"),
                        joined_on=TOMORROW, member_unit="小店甲")  # fmt: skip
        before = await everything(superuser)
        draft = await world.draft_join(
            u9, joiner, person={"id_number": MEMBERS["M2"].id_number}, channel="PIGEON", dues_paid_through="2030-01",
            relation_started_on=TOMORROW, certificate_issued_on=TODAY,
        )  # fmt: skip
        # Who may not enrol on this basis is told so, and has no question about a person to ask.
        assert codes(draft) == [Code.JOIN_NOT_APPROVED_BY_UNION, Code.UNION_NOT_ACTIVE]
        assert differing(before, await everything(superuser)) == set()
        draft = await world.draft_join(
            world.actors["U5"], joiner, person={"id_number": MEMBERS["M2"].id_number}, channel="PIGEON",
            dues_paid_through="2030-01", relation_started_on=TOMORROW, certificate_issued_on=TODAY,
        )  # fmt: skip
        assert codes(draft) == [
            Code.ALREADY_MEMBER_USE_TRANSFER,
            Code.INPUT_INVALID,
            Code.INPUT_INVALID,
            Code.EMPLOYER_HAS_UNION,
            Code.DATE_IN_FUTURE,
            Code.DATE_IN_FUTURE,
            Code.DUES_MONTH_IMPLAUSIBLE,
            Code.CERTIFICATE_NUMBER_FORMAT,
            Code.INPUT_INVALID,
        ]
        assert differing(before, await everything(superuser)) == {"disclosures"}

    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            ({"receiving_union": "U2"}, ("release", "receiving_union")),
            ({"receiving_union": "urn:\x00"}, ("release", "receiving_union")),
            ({"reason_code": "because"}, ("release", "reason_code")),
            ({"dues_paid_through": "2025-13"}, ("release", "dues_paid_through")),
            ({"new_employer_uscc": "X"}, ("release", "new_employer_uscc")),
            ({"form_custody": "by hand"}, ("release", "form_custody")),
        ],
        ids=str,
    )
    async def test_an_input_without_form_makes_no_claims_and_tells_a_stranger_nothing(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, changes: dict[str, Any], path: tuple[str, ...]
    ) -> None:
        receiver = changes.get("receiving_union", u2.uri)
        changes = {name: value for name, value in changes.items() if name != "receiving_union"}
        draft = await world.draft_release(u1, m1, receiver, **changes)
        assert [(found.code, found.path) for found in draft.refusals] == [(Code.INPUT_INVALID, path)]
        assert (draft.claims, draft.card) == (None, None)
        strangers = [
            await world.draft_release(world.actors["U8"], subject, receiver, **changes) for subject in (m1, uuid4())
        ]
        assert [codes(found) for found in strangers] == [[Code.MEMBER_NOT_FOUND_OR_NOT_HELD]] * 2


async def act_says_the_first(world: World, draft: Draft, act: Any, actor: Actor, *more: str) -> Any:
    """Sign and send what was drafted: it is applied where nothing speaks against it, else refused for the first."""
    sent = ready(act, actor, draft, *more)
    if not draft.refusals:
        return await sent.send(world.hub)
    assert said(await sent.refused(world.hub)) == said(draft.refusals[0])
    return None


class TestDraftAndActAgree:
    @EXAMPLES
    @given(
        receiver=st.sampled_from(["U2", "U3", "U1", "U9", "U5", "U14"]),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "reason_code": st.sampled_from(["OFF_JOB_STUDY", "AWAITING_POST", "PLACEMENT"]),
                "out_date": st.sampled_from([TODAY, TOMORROW, LONG_AGO, date(2025, 2, 28), date(2012, 6, 30)]),
                "relation_ended_on": st.sampled_from([None, TODAY, TOMORROW, LONG_AGO]),
                "new_employer_uscc": st.sampled_from([None, EMPLOYERS["甲"], EMPLOYERS["新店"]]),
                "dues_paid_through": st.sampled_from(["2012-05", "2012-06", "2024-01", "2026-03", "2026-04"]),
            },
        ),
        is_open=st.booleans(),
    )
    async def test_on_releases(
        self, world: World, u1: Actor, *, receiver: str, changes: dict[str, Any], is_open: bool
    ) -> None:
        member = world.members["M1"]
        other = await world.release(u1, member, UNIONS["U3"].uri) if is_open else None
        uri = UNIONS[receiver].uri if receiver in UNIONS else "urn:union:81310117MC1D25256C"
        draft = await world.draft_release(u1, member, uri, **changes)
        opened = await act_says_the_first(world, draft, releasing.release, u1)
        for case in (opened, other):
            if isinstance(case, HandoffView):
                await world.recall(u1, case.handoff_id)

    @EXAMPLES
    @given(
        by=st.sampled_from(["U2", "U1"]),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "in_date": st.sampled_from([TODAY, TOMORROW, LONG_AGO, date(2025, 3, 2)]),
                "holding_basis": st.sampled_from(["DISPATCH_UNION", "PLACEMENT", "CUSTODIAL"]),
                "employer_uscc": st.sampled_from([None, EMPLOYERS["甲"]]),
                "relation_started_on": st.sampled_from([None, TODAY, TOMORROW]),
            },
        ),
        is_closed=st.booleans(),
    )
    async def test_on_acceptances(
        self, world: World, u1: Actor, u2: Actor, *, by: str, changes: dict[str, Any], is_closed: bool
    ) -> None:
        member = await world.join(u1, person(next(_NUMBERS)))
        case = await world.release(u1, member.membership_id, u2.uri)
        if is_closed:
            await world.recall(u1, case.handoff_id)
        draft = await world.draft_acceptance(world.actors[by], case.handoff_id, **changes)
        await act_says_the_first(world, draft, cases.accept, world.actors[by])

    @EXAMPLES
    @given(
        by=st.sampled_from(["U1", "U3", "U4", "U5", "U9", "U3a"]),
        basis=st.sampled_from(["ORDINARY", "FLEXIBLE_DIRECT", "PRE_ESTABLISHMENT", "PLACEMENT"]),
        employer=st.sampled_from(["甲", "新店", "小店甲"]),
        known=st.booleans(),
        changes=st.fixed_dictionaries(
            {},
            optional={
                "channel": st.sampled_from(["ORAL", "PIGEON"]),
                "joined_on": st.sampled_from([TODAY, TOMORROW, date(1989, 1, 1)]),
                "employer_uscc": st.none(),
                "dues_paid_through": st.sampled_from(["2012-05", "2026-04"]),
                "certificate_issued_on": st.sampled_from([None, LONG_AGO]),
            },
        ),
    )
    async def test_on_joins(
        self, world: World, *, by: str, basis: str, employer: str, known: bool, changes: dict[str, Any]
    ) -> None:
        joiner = person(next(_NUMBERS), employer=employer, holding_basis=basis)
        whose = {"person": {"id_number": MEMBERS["M1"].id_number}} if known else {}
        draft = await world.draft_join(world.actors[by], joiner, **{**whose, **changes})
        assert draft.card is not None
        await act_says_the_first(world, draft, joining.join, world.actors[by], draft.card.json)


_NUMBERS = iter(range(1000, 20_000))
