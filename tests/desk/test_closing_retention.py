"""An employer is closed (A19): one statement retains the member and lets him go, and both or neither come to be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest

from federation import statements
from federation.encoding import b64url
from hub.errors import Code
from hub.transfers.desk import releasing
from hub.transfers.machines import HandoffState, RetentionState, Side
from hub.transfers.retention_column import entries_of
from tests.desk.test_leaving import CLOSED, REEMPLOYED, TAKEN_OVER
from tests.desk.test_winding_in_lieu import push
from tests.manifests import ready_batch
from tests.manifests import releasing as draft_batch
from tests.ready import altered, ready, ready_acceptance, ready_release
from tests.retaining import held, ready_act, retain, retentions_of
from tests.sql.wholeness import assert_whole
from tests.winding import wind_up
from tests.world import EMPLOYERS, UNIONS
from tests.worlds import START, differing, everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.desk.conftest import Refused
    from tests.world import Actor, World

ON: Final = date(2025, 3, 1)
BOTH: Final[dict[str, Any]] = {**CLOSED, "retention": {"reason": "UNEMPLOYMENT", "from_date": ON}}


@pytest.fixture
def m3(world: World) -> UUID:
    """Of U1, living where U5 is."""
    return world.members["M3"]


@pytest.fixture
def u5(world: World) -> Actor:
    return world.actors["U5"]


class TestBoth:
    @pytest.mark.article("A19", "NX-4")
    async def test_it_retains_at_its_receipt_and_moves_at_the_acceptance(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        act = await ready_release(world, u1, m3, u5, **BOTH)
        assert act.refusals == ()
        case = await act.send(world.hub)
        assert case.state is HandoffState.RELEASED
        view = await held(world, u1, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("RETAINED", "ORDINARY")
        (kept,) = await retentions_of(world, u1, m3)
        assert (kept.state, kept.reason, kept.retained_on) == (RetentionState.RECORDED, "UNEMPLOYMENT", ON)
        assert kept.steps[0].sha256 == await superuser.fetchval("select release_sha256 from hub.handoffs")
        (entry,) = entries_of([kept])
        assert entry.line == f"2025年3月因失业保留会籍。{u1.fixture.name}（盖章）"
        await assert_whole(superuser)

        await (await ready_acceptance(world, u5, case.handoff_id, **TAKEN_OVER)).send(world.hub)
        view = await held(world, u5, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        (kept,) = await retentions_of(world, u5, m3)
        assert [(step.act, step.by_union) for step in kept.steps] == [
            ("record", u1.caller.union_id),
            ("move", u5.caller.union_id),
        ]
        assert entries_of([kept]) == [entry]
        await assert_whole(superuser)

    async def test_the_same_again_is_the_same(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        act = await ready_release(world, u1, m3, u5, **BOTH)
        case = await act.send(world.hub)
        before = await everything(superuser)
        assert (await act.send(world.hub)).handoff_id == case.handoff_id
        assert differing(before, await everything(superuser)) == set()

    @pytest.mark.article("A19")
    @pytest.mark.parametrize("end", ["recalled", "refused", "expired"])
    async def test_what_becomes_of_the_release_leaves_the_member_retained(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, u5: Actor, m3: UUID, end: str
    ) -> None:
        case = await world.release(u1, m3, u5.uri, **BOTH)
        if end == "recalled":
            await world.recall(u1, case.handoff_id)
        elif end == "refused":
            await world.refuse(u5, case.handoff_id, "DOCUMENT_DEFECT")
        else:
            await world.set_clock(START + timedelta(days=91))
        view = await held(world, u1, m3)
        assert view is not None
        assert view.status == "RETAINED"
        await assert_whole(superuser)
        # And from there on to work, as from any retention.
        day = date(2025, 3, 3) if end != "expired" else date(2025, 6, 2)
        await world.release(u1, m3, u2.uri, **REEMPLOYED, out_date=day)
        await assert_whole(superuser)

    async def test_a_wrong_entry_is_annulled_by_the_hash_of_the_release(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, u2: Actor, u5: Actor, m3: UUID
    ) -> None:
        earlier = await ready_release(world, u1, m3, u2)
        case = await world.release(u1, m3, u5.uri, **BOTH)
        assert (await refused(await ready_act(world, "annul", u1, m3))).code == Code.HANDOFF_ALREADY_OPEN
        await world.recall(u1, case.handoff_id)
        # What was drafted before the retention fits what it has made of the card no more.
        annul = await ready_act(world, "annul", u1, m3)
        assert annul.refusals == ()
        (kept,) = await retentions_of(world, u1, m3)
        assert kept.steps[0].sha256 is not None
        named = statements.read_any(annul.jws).claims["annulment"]["retention_sha256"]
        assert named == b64url(kept.steps[0].sha256)
        await annul.send(world.hub)
        assert entries_of(await retentions_of(world, u1, m3)) == []
        refusal = await refused(earlier)
        assert refusal.path == ("release", "card_sha256")
        await assert_whole(superuser)

    @pytest.mark.article("A19")
    async def test_many_at_once(self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID) -> None:
        """Of a page that names nobody: those who are not retained yet; of them the residence tells who goes there."""
        draft = await draft_batch(
            world, u1, receiving_union=u5.uri, **BOTH, out_date=date(2025, 3, 3), relation_ended_on=ON
        )
        assert {leaf.membership_id for leaf in draft.leaves} > {m3}
        good = [leaf.membership_id for leaf in draft.leaves if not leaf.refusals]
        view = await ready_batch(u1, draft).send(world)
        assert [outcome.refusal for outcome in view.outcomes] == [None] * len(good)
        assert m3 in good
        (kept,) = await retentions_of(world, u1, m3)
        (entry,) = entries_of([kept])
        assert entry.retention_seal == u1.fixture.name
        await assert_whole(superuser)


class TestInLieu:
    @pytest.mark.article("A19", "HUB-P09")
    async def test_the_union_above_a_closed_employer_s_union_does_both(
        self, world: World, superuser: Any, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        u13 = world.actors["U13"]
        await wind_up(world, u13, UNIONS["U1"].uri)
        act = await push(world, u13, m3, u5.uri, closure=CLOSED["closure"], retention=BOTH["retention"],
                         relation_ended_on=ON)  # fmt: skip
        assert act.refusals == ()
        case = await act.send(world.hub)
        (kept,) = await retentions_of(world, u1, m3)
        assert [(step.act, step.by_union) for step in kept.steps] == [("record", u13.caller.union_id)]
        assert await superuser.fetchval("select side from hub.retention_steps") == Side.HIGHER
        (entry,) = entries_of([kept])
        assert entry.retention_seal == u13.fixture.name
        await assert_whole(superuser)
        await world.accept(u5, case.handoff_id, **TAKEN_OVER)
        view = await held(world, u5, m3)
        assert view is not None
        assert (view.status, view.holding_basis) == ("RETAINED", "RESIDENCE_RETENTION")
        (entry,) = entries_of(await retentions_of(world, u5, m3))
        assert entry.retention_seal == u13.fixture.name
        await assert_whole(superuser)

    @pytest.mark.article("A13", "A19")
    async def test_and_retains_by_the_same_rules(self, world: World, refused: Refused, u5: Actor, m3: UUID) -> None:
        u13 = world.actors["U13"]
        await wind_up(world, u13, UNIONS["U1"].uri)
        alone = await push(world, u13, m3, u5.uri, closure=CLOSED["closure"])
        assert (await refused(alone)).code == Code.NOT_REEMPLOYED_USE_RETENTION
        works = {**BOTH, "new_employer_uscc": EMPLOYERS["乙"], "relation_ended_on": ON}
        assert (await refused(await push(world, u13, m3, u5.uri, **works))).code == Code.REEMPLOYED_USE_TRANSFER


class TestRefused:
    """Nothing is recorded of either: `refused` looks at every table."""

    @pytest.mark.parametrize(
        ("changes", "code", "path"),
        [
            ({"relation_ended_on": date(2025, 3, 2)}, Code.LABOUR_RELATION_UNCHANGED, "relation_ended_on"),
            ({"relation_ended_on": None}, Code.LABOUR_RELATION_UNCHANGED, "relation_ended_on"),
            ({"closure": None}, Code.EMPLOYER_NOT_CLOSED, "closure"),
        ],
    )
    async def test_what_the_two_rest_on(
        self,
        world: World,
        refused: Refused,
        u1: Actor,
        u5: Actor,
        m3: UUID,
        changes: dict[str, Any],
        code: Code,
        path: str,
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, u5, **{**BOTH, **changes}))
        assert (refusal.code, refusal.path) == (code, ("release", path))

    @pytest.mark.article("A13", "A19")
    async def test_who_works_again(self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID) -> None:
        act = await ready_release(world, u1, m3, u5, **BOTH | {"new_employer_uscc": EMPLOYERS["乙"]})
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.REEMPLOYED_USE_TRANSFER, ("release", "new_employer_uscc"))

    @pytest.mark.parametrize(
        ("reason", "code"),
        [
            ("RETIREMENT", Code.REASON_NOT_ALLOWED),
            ("MILITARY_SERVICE", Code.REASON_NOT_ALLOWED),
            pytest.param("INTERNAL_RETIREMENT", Code.INTERNAL_RETIREMENT_NO_CHANGE, marks=pytest.mark.article("A18")),
        ],
    )
    async def test_for_another_reason(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID, reason: str, code: Code
    ) -> None:
        stated = {"reason": reason, "from_date": ON}
        refusal = await refused(await ready_release(world, u1, m3, u5, **BOTH | {"retention": stated}))
        assert (refusal.code, refusal.path) == (code, ("release", "retention", "reason"))

    @pytest.mark.parametrize(
        ("on", "code"),
        [
            (date(2025, 3, 4), Code.DATE_IN_FUTURE),
            (date(2024, 11, 1), Code.BACKDATE_TOO_FAR),
        ],
    )
    async def test_on_another_day(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID, on: date, code: Code
    ) -> None:
        stated = {"reason": "UNEMPLOYMENT", "from_date": on}
        given = BOTH | {"retention": stated, "relation_ended_on": date(2024, 10, 31)}
        refusal = await refused(await ready_release(world, u1, m3, u5, **given))
        assert (refusal.code, refusal.path) == (code, ("release", "retention", "from_date"))

    async def test_after_the_release(self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID) -> None:
        given = BOTH | {"out_date": date(2025, 2, 28)}
        refusal = await refused(await ready_release(world, u1, m3, u5, **given))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "out_date"))

    async def test_before_the_last_one_ended(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await retain(world, u1, m3)
        await (await ready_act(world, "restore", u1, m3)).send(world.hub)
        refusal = await refused(await ready_release(world, u1, m3, u5, **BOTH))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "retention", "from_date"))

    async def test_who_is_retained_already(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        await retain(world, u1, m3)
        refusal = await refused(await ready_release(world, u1, m3, u5, **BOTH))
        assert (refusal.code, refusal.path) == (Code.STEP_NOT_ALLOWED, ("release", "retention"))

    async def test_with_another_reason_to_release(
        self, world: World, refused: Refused, u1: Actor, u2: Actor, m3: UUID
    ) -> None:
        refusal = await refused(await ready_release(world, u1, m3, u2, retention=BOTH["retention"]))
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("release", "retention"))

    @pytest.mark.article("A13", "A19")
    async def test_to_another_area(self, world: World, refused: Refused, u1: Actor, u5: Actor) -> None:
        act = await ready_release(world, u1, world.members["M1"], u5, **BOTH)
        assert (await refused(act)).code == Code.NOT_RESIDENCE_AREA

    @pytest.mark.article("A21")
    async def test_dues_for_months_without(
        self, world: World, refused: Refused, u1: Actor, u5: Actor, m3: UUID
    ) -> None:
        given = BOTH | {"dues_paid_through": "2025-04"}
        refusal = await refused(await ready_release(world, u1, m3, u5, **given))
        assert (refusal.code, refusal.path) == (Code.DUES_EXEMPT_IN_RETENTION, ("release", "dues_paid_through"))
        made = await world.draft_release(u1, m3, u5.uri, **BOTH)
        act = ready(releasing.release, u1, altered(made, dues_exempt_since="2025-03"))
        assert (await refused(act)).path == ("release", "dues_exempt_since")
