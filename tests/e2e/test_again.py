"""The same statement again, after a lost answer and for ever; and what is another statement under its name."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from federation.keys import PrivateKey
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import HANDOFF_QUERY, MEMBER_QUERY, RECEIPT_QUERY
from tests.e2e.forging import RELEASE_TYP, made_up_release, signed
from tests.e2e.inputs import EMPLOYERS, UNIONS
from tests.e2e.stage import TODAY, day
from tests.e2e.test_acts import CASES
from tests.e2e.wire import claims_of, person_in, sha256_of

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Party


async def _receipt(party: Party, statement: str) -> str:
    receipt: str = await party.ask(RECEIPT_QUERY, sha256=sha256_of(statement))
    return receipt


async def _rotate(stage: Stage, party: Party, *, revoke: bool) -> None:
    """Give the party a new signing key and end the one that it had."""
    old, new = party.signing, PrivateKey.generate()
    await party.act("registerKey", stage.key_input(party.uri, "SIGNING", new))
    party.signing = new
    at = party.clock.now().isoformat().replace("+00:00", "Z")
    ended = {"union": party.uri, "kid": old.kid, "use": "SIGNING", "at": at}
    if revoke:
        await party.act("revokeKey", ended | {"reason": "COMPROMISED"})
    else:
        await party.act("retireKey", ended)


@pytest.mark.attack("J20")
@pytest.mark.parametrize("mutation", CASES)
async def test_the_same_bytes_act_once_and_have_the_same_receipt_for_ever(stage: Stage, mutation: str) -> None:
    ref, asked = await CASES[mutation].prepared(stage)
    party = stage[ref]
    draft = await party.draft(mutation, asked)
    person = person_in(mutation, draft)
    statement = party.sign(draft)
    first = await party.hand_in(mutation, statement, person)
    receipt = await _receipt(party, statement)
    stored = await stage.everything()

    # At once, and when its own time and that of the key have long passed.
    assert await party.hand_in(mutation, statement, person) == first
    assert await stage.everything() == stored
    await stage.let_it_be(TODAY + timedelta(days=40))
    await _rotate(stage, party, revoke=False)
    stored = await stage.everything()
    again = await party.submit(mutation, statement, person)

    assert again["__typename"] == first.data["answer"]["__typename"]
    assert again.get("id") == first.data["answer"].get("id")
    assert await _receipt(party, statement) == receipt
    assert await stage.everything() == stored


@pytest.mark.invariant("I17")
async def test_a_revoked_key_takes_back_nothing_that_was_received(stage: Stage) -> None:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    released = await u1.submit("releaseMember", statement)
    receipt = await _receipt(u1, statement)
    await _rotate(stage, u1, revoke=True)
    await stage["U2"].act("acceptHandoff", inputs.acceptance(released["id"]))

    again = await u1.submit("releaseMember", statement)

    # The object is given as it is now: accepted meanwhile.
    assert (again["id"], again["state"], again["side"]) == (released["id"], "ACCEPTED", "HOLDER")
    assert await _receipt(u1, statement) == receipt


async def test_other_bytes_under_the_same_jti_are_a_conflict(stage: Stage) -> None:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    await u1.submit("releaseMember", statement)
    before = await stage.everything()
    for changes in ({"exp": claims_of(statement)["exp"] + 1}, {"sub": stage.members["M2"]["membershipId"]}):
        other = signed(claims_of(statement) | changes, RELEASE_TYP, u1.signing)
        assert (await u1.submit("releaseMember", other))["code"] == Code.IDEMPOTENCY_CONFLICT
    # So is an act of another kind, also when nothing else about it is in order.
    recall = {**claims_of(statement), "recall": {}}
    del recall["release"]
    answer = await u1.submit("recallHandoff", signed(recall, "unionhub.recall+jwt", u1.signing))
    assert answer["code"] == Code.IDEMPOTENCY_CONFLICT
    assert await stage.everything() == before


@pytest.mark.attack("J20")
async def test_a_jti_is_each_signers_own(stage: Stage) -> None:
    release = await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1")))
    await stage["U1"].submit("releaseMember", release)
    draft = await stage["U3"].draft("releaseMember", inputs.release(stage.member("M6")))
    same_jti = json.loads(draft["claims"]) | {"jti": claims_of(release)["jti"]}
    other = signed(same_jti, RELEASE_TYP, stage["U3"].signing)
    assert (await stage["U3"].submit("releaseMember", other))["state"] == "RELEASED"


async def test_who_it_is_comes_before_whether_it_was_seen(stage: Stage) -> None:
    """A stranger with the very bytes learns nothing of them, nor does a forged signature find the receipt."""
    u1, u2 = stage["U1"], stage["U2"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    unknown = made_up_release(u1, stage.members["M2"]["membershipId"])
    await u1.submit("releaseMember", statement)
    answers = [await u2.hand_in("releaseMember", jws) for jws in (statement, unknown)]
    assert answers[0].data["answer"]["code"] == Code.SIGNER_IS_NOT_CALLER
    assert answers[0] == answers[1]
    body, _, signature = statement.rpartition(".")
    forged = f"{body}.{signature[:-4]}{'AAAA' if signature[-4:] != 'AAAA' else 'BBBB'}"
    answer = await u1.submit("releaseMember", forged)
    assert answer["code"] in {Code.SIGNATURE_INVALID, Code.STATEMENT_MALFORMED}


async def test_a_refused_statement_leaves_nothing_and_may_be_sent_again(stage: Stage) -> None:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    other = await stage.released(receivingUnion=UNIONS["U3"].uri, newEmployerUscc=EMPLOYERS["小店乙"])
    before = await stage.everything()
    assert (await u1.submit("releaseMember", statement))["code"] == Code.HANDOFF_ALREADY_OPEN
    assert await stage.everything() == before
    assert await u1.ask(RECEIPT_QUERY, sha256=sha256_of(statement)) is None

    await u1.act("recallHandoff", {"handoffId": other["id"]})

    assert (await u1.submit("releaseMember", statement))["state"] == "RELEASED"


async def test_a_lapse_is_left_by_no_refused_statement(stage: Stage) -> None:
    await stage.released()
    await stage.let_it_be(day(6, 10))
    before = await stage.everything()
    answer = await stage["U1"].refused("releaseMember", inputs.release(stage.member("M1"), outDate="2025-06-11"))
    assert answer["code"] == Code.DATE_IN_FUTURE
    assert await stage.everything() == before


async def test_a_join_again_after_the_member_has_moved_on(stage: Stage) -> None:
    """Who enrolled the member no longer holds it: it gets its receipt, and of the member not more than an ex-holder."""
    ref, asked = await CASES["joinMember"].prepared(stage)
    u1 = stage[ref]
    draft = await u1.draft("joinMember", asked)
    statement, person = u1.sign(draft), draft["card"]["json"]
    member = await u1.submit("joinMember", statement, person)
    receipt = await _receipt(u1, statement)
    handoff = await u1.act("releaseMember", inputs.release(member["id"]))
    await stage["U2"].act("acceptHandoff", inputs.acceptance(handoff["id"]))

    again = await u1.hand_in("joinMember", statement, person)

    assert again.data["answer"]["code"] == Code.NOT_HOLDER
    assert "钱七" not in again.body.decode()
    assert await _receipt(u1, statement) == receipt


@pytest.mark.attack("F04")
async def test_fifty_at_once_are_one_effect_and_one_receipt(stage: Stage) -> None:
    u1 = stage["U1"]
    statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
    answers = await asyncio.gather(*(u1.hand_in("releaseMember", statement) for _ in range(50)))
    assert {answer.data["answer"]["state"] for answer in answers} == {"RELEASED"}
    assert len({answer.data["answer"]["id"] for answer in answers}) == 1
    seen = await u1.ask(HANDOFF_QUERY, id=answers[0].data["answer"]["id"])
    assert [step["receipt"] for step in seen["steps"]] == [await _receipt(u1, statement)]


@pytest.mark.attack("F04")
async def test_one_jti_with_fifty_contents_at_once_is_one_effect(stage: Stage) -> None:
    u1 = stage["U1"]
    claims = claims_of(await u1.drafted("releaseMember", inputs.release(stage.member("M1"))))
    others = [signed(claims | {"exp": claims["exp"] + n}, RELEASE_TYP, u1.signing) for n in range(50)]
    answers = await asyncio.gather(*(u1.submit("releaseMember", other) for other in others))
    assert sorted(answer.get("code", "done") for answer in answers) == [Code.IDEMPOTENCY_CONFLICT] * 49 + ["done"]
    assert await stage.count("handoffs") == 1


async def test_many_acceptances_at_once_are_one(stage: Stage) -> None:
    released = await stage.released()
    u2 = stage["U2"]
    statements = [await u2.drafted("acceptHandoff", inputs.acceptance(released["id"])) for _ in range(16)]
    answers = await asyncio.gather(*(u2.submit("acceptHandoff", statement) for statement in statements))
    outcomes = sorted(answer.get("code") or answer["state"] for answer in answers)
    assert outcomes == ["ACCEPTED"] + [Code.HANDOFF_NOT_OPEN] * 15
    assert len((await u2.ask(MEMBER_QUERY, id=stage.member("M1")))["holdings"]) == 2


async def test_acceptance_against_recall_has_one_winner(stage: Stage) -> None:
    for _ in range(8):
        released = await stage.released()
        acceptance = await stage["U2"].drafted("acceptHandoff", inputs.acceptance(released["id"]))
        recall = await stage["U1"].drafted("recallHandoff", {"handoffId": released["id"]})
        answers = await asyncio.gather(
            stage["U2"].submit("acceptHandoff", acceptance), stage["U1"].submit("recallHandoff", recall)
        )
        won = [answer["state"] for answer in answers if "state" in answer]
        lost = [answer["code"] for answer in answers if "code" in answer]
        assert (len(won), lost) == (1, [Code.HANDOFF_NOT_OPEN])
        if won == ["ACCEPTED"]:
            return
