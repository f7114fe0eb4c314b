"""Certificates: what each act does to them and to the member's record, and who may do it when."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from federation.acts_certificates import (
    CertificateAct,
    CertificateCollection,
    CertificateIssue,
    CertificateLoss,
    CertificateRecovery,
    CertificateReissue,
    CertificateVoiding,
)
from federation.encoding import sha256_b64url
from hub.errors import Code, Refusal
from hub.transfers.certificates import all_certificates, certificate_warnings
from hub.transfers.desk import certifying, numbering, pulling
from hub.transfers.desk.numbering import draft_numbering_scheme
from hub.transfers.ledger import reads
from tests.desk.conftest import said
from tests.endings import act as end
from tests.ready import Ready, altered, person, ready, ready_amendment
from tests.sql.wholeness import assert_whole
from tests.winding import set_state
from tests.world import sign
from tests.worlds import everything

if TYPE_CHECKING:
    from hub.transfers.certificates import CertificateView
    from hub.transfers.views import Draft, MemberView
    from tests.desk.conftest import Refused
    from tests.world import Actor, World

ALL = (
    CertificateIssue,
    CertificateLoss,
    CertificateRecovery,
    CertificateReissue,
    CertificateCollection,
    CertificateVoiding,
)
#: What each takes besides the member, by its draft's input.
GIVEN: dict[type[CertificateAct], dict[str, Any]] = {
    CertificateIssue: {"certificate": "000101"},
    CertificateReissue: {"certificate": "000101", "reason": "LOST"},
    CertificateCollection: {"collected_on": date(2025, 3, 3)},
}


def certifying_of(act: type[CertificateAct], actor: Actor, draft: Draft) -> Ready:
    async def certify(hub: Any, caller: Any, jws: str) -> Any:
        return await certifying.certify(hub, caller, jws, act)

    return ready(certify, actor, draft)


async def ready_certificate(
    world: World, actor: Actor, act: type[CertificateAct], membership_id: UUID, **given: Any
) -> Ready:
    return certifying_of(act, actor, await world.draft_certificate(actor, act, membership_id, **given))


async def held(world: World, actor: Actor, membership_id: UUID) -> MemberView:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        return (await reads.members(reading, [membership_id]))[membership_id]


async def certificates(world: World, actor: Actor, membership_id: UUID) -> list[CertificateView]:
    async with world.hub.database.as_union(actor.caller.union_id, actor.caller.kid) as reading:
        kept = (await reads.certificates(reading, [membership_id])).get(membership_id, [])
    return all_certificates(await held(world, actor, membership_id), kept)


async def states(world: World, actor: Actor, membership_id: UUID) -> list[tuple[str, str]]:
    return [(one.number, one.state.value) for one in await certificates(world, actor, membership_id)]


class TestWhatChanges:
    @pytest.mark.invariant("I15")
    async def test_lost_found_lost_and_reissued_there_is_never_a_second_valid_one(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        before = await held(world, u1, m1)
        await world.certify(u1, CertificateLoss, m1)
        assert await states(world, u1, m1) == [("000001", "LOST")]
        assert (await held(world, u1, m1)).certificate_number is None
        await world.certify(u1, CertificateRecovery, m1)
        found = await held(world, u1, m1)
        differing = {name for name in before.__dataclass_fields__ if getattr(before, name) != getattr(found, name)}
        assert differing == {"data_version"}
        await world.certify(u1, CertificateLoss, m1)
        await world.certify(u1, CertificateReissue, m1, **GIVEN[CertificateReissue])
        old, new = await certificates(world, u1, m1)
        assert (old.number, old.state, old.reason, old.replaced_by) == ("000001", "SUPERSEDED", "LOST", new.key)
        assert (new.number, new.state, new.supersedes) == ("000101", "VALID", old.key)
        after = await held(world, u1, m1)
        assert (after.joined_on, after.custody_version, after.data_version) == (before.joined_on, 1, 5)
        # The old one turns up after all: it is handed in, and void.
        await world.certify(u1, CertificateRecovery, m1)
        assert await states(world, u1, m1) == [("000101", "VALID"), ("000001", "VOIDED")][::-1]

    async def test_the_issuing_union_and_the_day_are_the_holders(self, world: World, u1: Actor, m1: UUID) -> None:
        await world.amend(u1, m1, emptied=["certificate"])
        await world.certify(u1, CertificateIssue, m1, certificate="000101")
        view = await held(world, u1, m1)
        assert (view.certificate_number, view.issuing_union) == ("000101", u1.fixture.name)
        assert view.certificate_issued_on == date(2025, 3, 3)
        assert view.joined_on == date(2012, 7, 1)

    @pytest.mark.parametrize("reason", ["DAMAGED", "FULL", "CORRECTED"])
    async def test_a_valid_one_is_replaced_for_another_reason_than_loss(
        self, world: World, u1: Actor, m1: UUID, reason: str
    ) -> None:
        await world.certify(u1, CertificateReissue, m1, certificate="000101", reason=reason)
        assert await states(world, u1, m1) == [("000001", "SUPERSEDED"), ("000101", "VALID")]

    async def test_the_one_that_is_void_is_not_replaced_but_another_issued(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        await world.certify(u1, CertificateVoiding, m1)
        await world.certify(u1, CertificateIssue, m1, certificate="000101")
        old, new = await certificates(world, u1, m1)
        assert (old.state, new.state, new.supersedes) == ("VOIDED", "VALID", None)

    async def test_a_release_drafted_before_shows_another_card(self, world: World, u1: Actor, m1: UUID) -> None:
        """Its hash is that of the card with the number: what it binds is no more."""
        draft = await world.draft_release(u1, m1, world.actors["U2"].uri)
        await world.certify(u1, CertificateLoss, m1)
        again = await world.draft_release(u1, m1, world.actors["U2"].uri)
        assert again.card is not None
        assert draft.card is not None
        assert (draft.card.certificate_number, again.card.certificate_number) == ("000001", None)
        assert again.card.json != draft.card.json

    async def test_the_same_again_acts_no_second_time(self, world: World, superuser: Any, u1: Actor, m1: UUID) -> None:
        act = await ready_certificate(world, u1, CertificateLoss, m1)
        first = await act.send(world.hub)
        before = await everything(superuser)
        assert await act.send(world.hub) == first
        assert await everything(superuser) == before

    @pytest.mark.article("N6")
    async def test_a_member_without_one_is_an_open_task_of_the_union_that_enrolled(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        await world.amend(u1, m1, emptied=["certificate"])
        view = await held(world, u1, m1)
        (warning,) = certificate_warnings(view, has_none=True)
        assert (warning.code, warning.articles) == (Code.CERTIFICATE_NOT_ISSUED, ("N6",))
        assert certificate_warnings(view, has_none=False) == []
        u2 = world.actors["U2"]
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        assert certificate_warnings(await held(world, u2, m1), has_none=True) == []

    async def test_with_a_merge_the_losers_certificates_are_void(self, world: World, u1: Actor, u2: Actor) -> None:
        m1 = world.members["M1"]
        await world.certify(u1, CertificateLoss, m1)
        second = await world.bring_in(u2, person(7, certificate=("31", "700001"), employer="乙", holder="U2"))
        assert await states(world, u2, second.membership_id) == [("700001", "VALID")]
        view = await held(world, u1, m1)
        kept = await certificates(world, u1, m1)
        ended = all_certificates(_ended(view, "DUPLICATE_MERGED"), kept)
        assert [one.state.value for one in ended] == ["VOIDED"]
        withdrawn = all_certificates(_ended(await held(world, u2, second.membership_id), "WITHDRAWN"), ())
        assert [one.state.value for one in withdrawn] == ["VALID"]  # to be collected


def _ended(view: MemberView, status: str) -> MemberView:
    return type(view)(**{**{name: getattr(view, name) for name in view.__dataclass_fields__}, "status": status})


class TestWhoMay:
    @pytest.mark.article("A11")
    @pytest.mark.parametrize("act", ALL)
    async def test_strangers_are_told_as_of_nobody(
        self, world: World, refused: Refused, m1: UUID, act: type[CertificateAct]
    ) -> None:
        u1, u15 = world.actors["U1"], world.actors["U15"]
        if act in {CertificateIssue, CertificateRecovery}:
            await world.certify(u1, CertificateVoiding if act is CertificateIssue else CertificateLoss, m1)
        draft = await world.draft_certificate(u1, act, m1, **GIVEN.get(act, {}))
        assert draft.claims is not None
        told = []
        for sub in (m1, uuid4()):
            claims = json.loads(draft.claims) | {"iss": u15.uri, "sub": str(sub)}
            told.append(said(await refused(certifying_of(act, u15, altered(draft, top=claims)))))
            drafted = await world.draft_certificate(u15, act, sub, **GIVEN.get(act, {}))
            assert (drafted.claims, drafted.card) == (None, None)
            told.append(said(drafted.refusals[0]))
        assert told[0][0] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD
        assert len(set(told)) == 1

    @pytest.mark.attack("Z01")
    async def test_a_stranger_learns_of_no_number(self, world: World, m1: UUID) -> None:
        drafts = [
            await world.draft_certificate(world.actors["U15"], CertificateIssue, m1, certificate=number)
            for number in ("000002", "000777", "no number")
        ]
        assert {tuple(said(refusal) for refusal in draft.refusals) for draft in drafts} == {
            (said(Refusal(Code.MEMBER_NOT_FOUND_OR_NOT_HELD)),)
        }

    @pytest.mark.article("A12")
    async def test_the_ex_holder_is_told_who_may(self, world: World, refused: Refused, m1: UUID) -> None:
        u1, u2 = world.actors["U1"], world.actors["U2"]
        act = await ready_certificate(world, u1, CertificateLoss, m1)
        await world.accept(u2, (await world.release(u1, m1, u2.uri)).handoff_id)
        assert (await refused(act)).code == Code.NOT_HOLDER

    @pytest.mark.article("A15")
    @pytest.mark.parametrize(
        ("ref", "code"), [("U3a", Code.ISSUER_IS_JOINT_UNION), ("U4", Code.ISSUER_IS_GRASSROOTS_UNION)]
    )
    async def test_by_its_structure_a_branch_or_federation_may_not(
        self, world: World, m1: UUID, ref: str, code: Code
    ) -> None:
        for sub in (m1, uuid4()):
            draft = await world.draft_certificate(world.actors[ref], CertificateLoss, sub)
            assert draft.refusals[0].code == code

    @pytest.mark.article("HUB-P09")
    async def test_a_closed_union_acts_no_more(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await set_state(superuser, "CLOSED", u1.uri)
        act = await ready_certificate(world, u1, CertificateLoss, m1)
        assert (await refused(act)).code == Code.UNION_NOT_ACTIVE


class TestWhen:
    @pytest.mark.article("HUB-P04")
    async def test_while_a_release_is_open_none_is_given_but_a_loss_waits_for_nobody(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.release(u1, m1, world.actors["U2"].uri)
        full = await ready_certificate(world, u1, CertificateReissue, m1, certificate="000101", reason="FULL")
        assert (await refused(full)).code == Code.HANDOFF_ALREADY_OPEN
        await world.certify(u1, CertificateLoss, m1)
        found = await ready_certificate(world, u1, CertificateRecovery, m1)
        assert (await refused(found)).code == Code.HANDOFF_ALREADY_OPEN
        await world.certify(u1, CertificateVoiding, m1)
        issue = await ready_certificate(world, u1, CertificateIssue, m1, certificate="000101")
        assert (await refused(issue)).code == Code.HANDOFF_ALREADY_OPEN

    @pytest.mark.article("HUB-P17")
    @pytest.mark.parametrize("name", ["custody_version", "data_version"])
    async def test_it_names_custody_and_data_as_they_stand(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, name: str
    ) -> None:
        draft = await world.draft_certificate(u1, CertificateLoss, m1)
        refusal = await refused(certifying_of(CertificateLoss, u1, altered(draft, **dict[str, Any]({name: 2}))))
        assert (refusal.code, refusal.path) == (Code.STALE_VERSION, ("loss", name))

    @pytest.mark.article("HUB-P17")
    async def test_of_two_drafted_at_once_the_second_is_void(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        late = await ready_amendment(world, u1, m1, person={"sex": "9"})
        await world.certify(u1, CertificateLoss, m1)
        assert (await refused(late)).code == Code.STALE_VERSION

    @pytest.mark.article("HUB-P17")
    async def test_no_step_that_the_machine_does_not_know(
        self, world: World, foretold: Refused, u1: Actor, m1: UUID
    ) -> None:
        wrong: list[tuple[type[CertificateAct], dict[str, Any], str]] = [
            (CertificateIssue, {"certificate": "000101"}, "VALID"),
            (CertificateReissue, {"certificate": "000101", "reason": "LOST"}, "VALID"),
            (CertificateCollection, {"collected_on": date(2025, 3, 3)}, "VALID"),
        ]
        for act, given, state in wrong:
            refusal = await foretold(await ready_certificate(world, u1, act, m1, **given))
            assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, state)
        await world.certify(u1, CertificateLoss, m1)
        then: list[tuple[type[CertificateAct], dict[str, Any]]] = [
            (CertificateLoss, {}),
            (CertificateIssue, {"certificate": "000101"}),
            (CertificateReissue, {"certificate": "000101", "reason": "FULL"}),
            (CertificateCollection, {"collected_on": date(2025, 3, 3)}),
        ]
        for act, given in then:
            refusal = await foretold(await ready_certificate(world, u1, act, m1, **given))
            assert (refusal.code, refusal.facts["state"]) == (Code.STEP_NOT_ALLOWED, "LOST")

    @pytest.mark.invariant("I15")
    async def test_where_an_amendment_has_given_a_number_the_lost_one_stays_lost(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.certify(u1, CertificateLoss, m1)
        await world.amend(u1, m1, certificate={"province_code": "31", "number": "000101"})
        old = {"province_code": "31", "number": "000001"}
        second: list[tuple[type[CertificateAct], dict[str, Any]]] = [
            (CertificateRecovery, {"certificate": old}),
            (CertificateReissue, {"certificate": "000102", "supersedes": old, "reason": "LOST"}),
        ]
        for act, given in second:
            refusal = await refused(await ready_certificate(world, u1, act, m1, **given))
            assert refusal.code == Code.STEP_NOT_ALLOWED
        await world.certify(u1, CertificateVoiding, m1, certificate=old)
        assert await states(world, u1, m1) == [("000001", "VOIDED"), ("000101", "VALID")]

    @pytest.mark.article("N2")
    async def test_a_lost_number_never_becomes_good_by_an_amendment(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await world.certify(u1, CertificateLoss, m1)
        act = await ready_amendment(world, u1, m1, certificate={"province_code": "31", "number": "000001"})
        assert (await refused(act)).code == Code.CERTIFICATE_NUMBER_DUPLICATE

    @pytest.mark.article("A3")
    async def test_a_suspected_duplicate_gets_none(
        self, world: World, refused: Refused, second: MemberView, u2: Actor
    ) -> None:
        full = {"certificate": "000101", "reason": "FULL"}
        act = await ready_certificate(world, u2, CertificateReissue, second.membership_id, **full)
        assert (await refused(act)).code == Code.ALREADY_MEMBER_USE_TRANSFER

    @pytest.mark.article("A5")
    async def test_of_a_membership_that_has_ended_it_can_only_be_void(
        self, world: World, refused: Refused, second: MemberView, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.merge(u1, m1, survivor=True)
        await world.merge(u2, second.membership_id, survivor=False)
        assert await states(world, u2, second.membership_id) == [("700001", "VOIDED")]
        loss = await ready_certificate(world, u2, CertificateLoss, second.membership_id)
        assert (await refused(loss)).code == Code.NOT_A_MEMBER
        await world.certify(u2, CertificateVoiding, second.membership_id)
        assert await states(world, u2, second.membership_id) == [("700001", "VOIDED")]

    async def test_it_is_collected_when_the_membership_has_ended(self, world: World, u1: Actor, m1: UUID) -> None:
        await end(world, "withdraw", u1, m1)
        await world.certify(u1, CertificateCollection, m1, collected_on=date(2025, 3, 3))
        assert await states(world, u1, m1) == [("000001", "COLLECTED")]

    async def test_an_end_that_says_so_collects_it(
        self, world: World, superuser: Any, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await end(world, "withdraw", u1, m1, collected_on=date(2025, 3, 2))
        assert await states(world, u1, m1) == [("000001", "COLLECTED")]
        one = {"province_code": "31", "number": "000001"}
        act = await ready_certificate(
            world, u1, CertificateCollection, m1, collected_on=date(2025, 3, 3), certificate=one
        )
        assert (await refused(act)).code == Code.STEP_NOT_ALLOWED
        await assert_whole(superuser)

    async def test_the_dead_have_none_that_is_good(self, world: World, u1: Actor, m1: UUID) -> None:
        await end(world, "death", u1, m1)
        assert await states(world, u1, m1) == [("000001", "VOIDED")]

    async def test_a_lost_one_is_void_with_the_end(self, world: World, u1: Actor, m1: UUID) -> None:
        await world.certify(u1, CertificateLoss, m1)
        await end(world, "withdraw", u1, m1)
        assert await states(world, u1, m1) == [("000001", "VOIDED")]

    async def test_the_day_of_collection_is_no_later_than_today(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        await end(world, "withdraw", u1, m1)
        act = await ready_certificate(world, u1, CertificateCollection, m1, collected_on=date(2025, 3, 4))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.DATE_IN_FUTURE, ("collection", "collected_on"))


class TestWhatIsStated:
    @pytest.mark.article("HUB-P15")
    @pytest.mark.parametrize(
        ("changes", "path"),
        [
            (None, ("loss", "consent")),
            ({"form": "BY_HEARSAY"}, ("loss", "consent", "form")),
            ({"given_on": date(2025, 1, 31)}, ("loss", "consent", "given_on")),
            ({"given_on": date(2025, 3, 4)}, ("loss", "consent", "given_on")),
        ],
    )
    async def test_a_loss_is_the_members_to_report(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, changes: Any, path: tuple[str, ...]
    ) -> None:
        good = {"form": "ORAL", "given_on": date(2025, 3, 3), "evidence_sha256": sha256_b64url(b"report")}
        report = None if changes is None else {**good, "form": "WRITTEN", **changes}
        refusal = await refused(await ready_certificate(world, u1, CertificateLoss, m1, consent=report))
        assert (refusal.code, refusal.path) == (Code.MEMBER_CONSENT_REQUIRED, path)

    @pytest.mark.article("HUB-P15")
    async def test_a_report_of_thirty_days_ago_is_good_and_one_of_thirty_one_is_not(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        report = {"form": "IN_PERSON", "evidence_sha256": sha256_b64url(b"report")}
        for days, codes in ((31, [Code.MEMBER_CONSENT_REQUIRED]), (30, [])):
            given_on = date(2025, 3, 3) - timedelta(days=days)
            draft = await world.draft_certificate(u1, CertificateLoss, m1, consent={**report, "given_on": given_on})
            assert [refusal.code for refusal in draft.refusals] == codes

    @pytest.mark.article("HUB-P17")
    async def test_another_reason_is_none(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        act = await ready_certificate(world, u1, CertificateReissue, m1, certificate="000101", reason="FADED")
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.REASON_NOT_ALLOWED, ("reissue", "reason"))

    @pytest.mark.article("N5")
    async def test_nothing_is_charged_for_the_first_nor_for_another(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        act = await ready_certificate(world, u1, CertificateReissue, m1, certificate="000101", reason="FULL", fee=1)
        assert (await refused(act)).code == Code.FEE_NOT_ALLOWED
        await world.certify(u1, CertificateVoiding, m1)
        issue = await ready_certificate(world, u1, CertificateIssue, m1, certificate="000101", fee=1)
        refusal = await refused(issue)
        assert (refusal.code, refusal.path) == (Code.FEE_NOT_ALLOWED, ("issue", "fee"))

    async def test_it_is_dated_neither_ahead_nor_before_the_joining(
        self, world: World, refused: Refused, u1: Actor, m1: UUID
    ) -> None:
        for day, code in ((date(2025, 3, 4), Code.DATE_IN_FUTURE), (date(2012, 6, 30), Code.INPUT_INVALID)):
            given = {"certificate": "000101", "certificate_issued_on": day, "reason": "FULL"}
            refusal = await refused(await ready_certificate(world, u1, CertificateReissue, m1, **given))
            assert (refusal.code, refusal.path) == (code, ("reissue", "certificate", "issued_on"))

    async def test_it_is_one_of_the_members(self, world: World, refused: Refused, u1: Actor, m1: UUID) -> None:
        for act, name in ((CertificateLoss, "certificate"), (CertificateReissue, "supersedes")):
            given: dict[str, Any] = {"certificate": "000101", "reason": "FULL"} if act is CertificateReissue else {}
            draft = await world.draft_certificate(u1, act, m1, **given)
            changes: dict[str, Any] = {name: {"province_code": "31", "number": "000002"}}
            other = altered(draft, **changes)
            refusal = await refused(certifying_of(act, u1, other))
            assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, (act.object_name, name))

    async def test_without_any_there_is_nothing_to_draft(self, world: World, u1: Actor, m1: UUID) -> None:
        await world.amend(u1, m1, emptied=["certificate"])
        draft = await world.draft_certificate(u1, CertificateLoss, m1)
        assert (draft.claims, [(r.code, r.path) for r in draft.refusals]) == (
            None,
            [(Code.INPUT_INVALID, ("loss", "certificate"))],
        )


class TestNumbers:
    @pytest.mark.article("N2")
    @pytest.mark.parametrize("number", [("31", "a1"), ("31", "0 1"), ("3A", "000101"), ("32", "000101")])
    async def test_a_number_has_the_form_of_the_issuing_province(
        self, world: World, u1: Actor, m1: UUID, number: tuple[str, str]
    ) -> None:
        """In the general form, where the province has laid nothing down; and of the province of who issues it."""
        certificate = {"province_code": number[0], "number": number[1]}
        draft = await world.draft_certificate(u1, CertificateReissue, m1, certificate=certificate, reason="FULL")
        assert draft.refusals[0].code in {Code.CERTIFICATE_NUMBER_FORMAT, Code.INPUT_INVALID}
        if number[0].isdecimal():
            assert draft.refusals[0].code == Code.CERTIFICATE_NUMBER_FORMAT

    @pytest.mark.article("N2")
    @pytest.mark.parametrize("number", ["000001", "000002", "000009"])
    async def test_nobody_has_or_had_the_same(
        self, world: World, refused: Refused, u1: Actor, m1: UUID, number: str
    ) -> None:
        """One's own, another's, and one's own of before."""
        await world.certify(u1, CertificateReissue, m1, certificate="000009", reason="FULL")
        act = await ready_certificate(world, u1, CertificateReissue, m1, certificate=number, reason="FULL")
        refusal = await refused(act)
        assert (refusal.code, refusal.path[-1]) == (Code.CERTIFICATE_NUMBER_DUPLICATE, "number")

    @pytest.mark.article("N2")
    async def test_what_the_province_has_laid_down_counts_from_its_day_on(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        u10 = world.actors["U10"]
        await world.set_scheme(u10, pattern=r"31\d{6}", check="LUHN", from_on=date(2025, 3, 5))
        asked = {"certificate": "000101", "reason": "FULL"}
        assert (await world.draft_certificate(u1, CertificateReissue, m1, **asked)).refusals == ()
        await world.set_clock(await world.now() + timedelta(days=2))
        told = [
            [r.code for r in (await world.draft_certificate(u1, CertificateReissue, m1, **asked)).refusals]
            for asked["certificate"] in ("000101", "31000011", "31000018")
        ]
        assert told == [[Code.CERTIFICATE_NUMBER_FORMAT], [], [Code.CERTIFICATE_NUMBER_FORMAT]]
        # The last word for a day counts, and another province's does not.
        await world.set_scheme(u10, pattern=r"31\d{6}", from_on=date(2025, 3, 5))
        await world.set_scheme(world.actors["U11"], province_code="32", pattern="B{5}")
        for asked["certificate"] in ("31000011", "31000018"):
            assert (await world.draft_certificate(u1, CertificateReissue, m1, **asked)).refusals == ()

    @pytest.mark.article("N2")
    async def test_so_it_does_for_who_joins_and_is_amended_with_a_certificate_of_that_day(
        self, world: World, u1: Actor, m1: UUID
    ) -> None:
        """What was issued before, or nobody knows when, stands as it is (N4)."""
        await world.set_scheme(world.actors["U10"])
        for issued_on, codes in (
            (date(2025, 3, 3), [Code.CERTIFICATE_NUMBER_FORMAT]),
            (date(2025, 3, 2), []),
            (None, []),
        ):
            joined = {"joined_on": date(2025, 3, 1), "certificate_issued_on": issued_on, "dues_paid_through": "2025-02"}
            join = await world.draft_join(u1, person(9), relation_started_on=None, **joined)
            assert [refusal.code for refusal in join.refusals] == codes
            number = {"province_code": "31", "number": "700001"}
            amended = {"certificate": number, "certificate_issued_on": issued_on}
            amendment = await world.draft_amendment(u1, m1, **amended)
            assert [refusal.code for refusal in amendment.refusals] == codes
        right = {"province_code": "31", "number": "310000000001"}
        draft = await world.draft_amendment(u1, m1, certificate=right, certificate_issued_on=date(2025, 3, 3))
        assert draft.refusals == ()

    async def test_earlier_numbers_stand_and_lose_nothing(self, world: World, u1: Actor, m1: UUID) -> None:
        await world.set_scheme(world.actors["U10"])
        await world.certify(u1, CertificateLoss, m1)
        await world.certify(u1, CertificateRecovery, m1)
        assert await states(world, u1, m1) == [("000001", "VALID")]

    @pytest.mark.article("N4")
    @pytest.mark.parametrize(("ref", "province"), [("U1", "31"), ("U10", "32"), ("U0", "31"), ("U13", "31")])
    async def test_only_the_provinces_own_federation_numbers_it(self, world: World, ref: str, province: str) -> None:
        actor = world.actors[ref]
        draft = await draft_numbering_scheme(world.hub, actor.caller, {"province_code": province, "pattern": r"\d{6}"})
        assert [refusal.code for refusal in draft.refusals] == [Code.NOT_PROVINCIAL_FEDERATION]
        with pytest.raises(Refusal) as found:
            await numbering.set_numbering_scheme(world.hub, actor.caller, sign(draft, actor))
        assert found.value.code == Code.NOT_PROVINCIAL_FEDERATION

    @pytest.mark.article("N4")
    async def test_and_about_itself(self, world: World, refused: Refused) -> None:
        u10 = world.actors["U10"]
        draft = await draft_numbering_scheme(world.hub, u10.caller, {"province_code": "31", "pattern": r"\d{6}"})
        about = altered(draft, top={"sub": world.actors["U11"].uri})
        act = ready(numbering.set_numbering_scheme, u10, about)
        assert (await refused(act)).code == Code.NOT_PROVINCIAL_FEDERATION

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({"pattern": r"\d{1,9}\d{1,9}"}, "pattern"),
            ({"pattern": "[9-1]"}, "pattern"),
            ({"check": "MOD_7"}, "check"),
            ({"from_on": date(2025, 3, 2)}, "from_on"),
        ],
    )
    async def test_a_scheme_is_one_that_can_be_applied_from_today_on(
        self, world: World, refused: Refused, changes: dict[str, Any], name: str
    ) -> None:
        u10 = world.actors["U10"]
        given = {"province_code": "31", "pattern": r"\d{6}", **changes}
        act = ready(numbering.set_numbering_scheme, u10, await draft_numbering_scheme(world.hub, u10.caller, given))
        refusal = await refused(act)
        assert (refusal.code, refusal.path) == (Code.INPUT_INVALID, ("scheme", name))

    async def test_the_same_scheme_again_acts_no_second_time(self, world: World, superuser: Any) -> None:
        u10 = world.actors["U10"]
        given = {"province_code": "31", "pattern": r"\d{6}"}
        jws = sign(await draft_numbering_scheme(world.hub, u10.caller, given), u10)
        first = await numbering.set_numbering_scheme(world.hub, u10.caller, jws)
        before = await everything(superuser)
        assert await numbering.set_numbering_scheme(world.hub, u10.caller, jws) == first
        assert await everything(superuser) == before


class TestPull:
    @pytest.mark.article("NX-7")
    @pytest.mark.parametrize("after", [CertificateLoss, CertificateVoiding])
    async def test_one_that_is_good_no_more_proves_nothing_where_all_else_fits(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, after: type[CertificateAct]
    ) -> None:
        await world.certify(u1, after, m1)
        assert await _pulled(world, u2) == Code.CERTIFICATE_NOT_VALID

    @pytest.mark.article("A12")
    @pytest.mark.parametrize("wrong", [{"name": "张二"}, {"birth_month": "1950-01"}])
    async def test_and_of_whom_it_does_not_fit_no_more_is_told_than_ever(
        self, world: World, u1: Actor, u2: Actor, m1: UUID, wrong: dict[str, str]
    ) -> None:
        await world.certify(u1, CertificateLoss, m1)
        assert await _pulled(world, u2, **wrong) == Code.PROOF_OF_MEMBERSHIP_MISMATCH

    @pytest.mark.article("A12")
    async def test_nor_of_one_that_has_ended(
        self, world: World, superuser: Any, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        await world.certify(u1, CertificateLoss, m1)
        await superuser.execute("update hub.memberships set status = 'WITHDRAWN' where membership_id = $1", m1)
        assert await _pulled(world, u2) == Code.PROOF_OF_MEMBERSHIP_MISMATCH

    @pytest.mark.article("NX-7")
    async def test_what_a_draft_found_before_the_loss_is_good_for_its_quarter_of_an_hour(
        self, world: World, u1: Actor, u2: Actor, m1: UUID
    ) -> None:
        draft = await world.draft_request(u2, "M1")
        await world.certify(u1, CertificateLoss, m1)
        assert await _asked(world, u2, draft) is None
        assert await _pulled(world, world.actors["U3"]) == Code.CERTIFICATE_NOT_VALID

    async def test_another_proof_is_as_good_as_ever(self, world: World, u1: Actor, u2: Actor, m1: UUID) -> None:
        by_id = {"certificate": None, "id_type": "RESIDENT_ID", "id_number": "990101198805120016"}
        await world.certify(u1, CertificateLoss, m1)
        assert await _pulled(world, u2, **by_id) is None


async def _pulled(world: World, actor: Actor, **changes: Any) -> Code | None:
    return await _asked(world, actor, await world.draft_request(actor, "M1", **changes))


async def _asked(world: World, actor: Actor, draft: Draft) -> Code | None:
    try:
        await pulling.request(world.hub, actor.caller, sign(draft, actor))
    except Refusal as refusal:
        return refusal.code
    return None
