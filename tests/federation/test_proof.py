"""The proof of a handoff: it proves what happened, and no part of it can be changed."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from federation import acts, proof, statements
from federation.claims import dump
from federation.errors import ProofError
from federation.forms import Code, Sha256
from federation.keys import PrivateKey
from federation.proof import Proof, ProvedHandoff, Receipted, verify_proof
from tests.federation.parties import (
    COUNTY,
    HUB,
    NOW,
    U1,
    U2,
    U3,
    a_hash,
    a_join,
    a_key,
    a_recall,
    a_refusal,
    a_release,
    a_request,
    a_statement,
    a_uuid,
    an_acceptance,
    an_external_acceptance,
    an_external_release,
    an_in_lieu_release,
    changed,
)
from tests.federation.proofs import (
    ACCEPTED_AT,
    COUNTY_KEY,
    HUB_KEY,
    HUB_KEYS,
    RELEASE_SHA256,
    RELEASED_AT,
    ROOT_KEY,
    U1_KEY,
    U2_FIRST,
    U2_KEY,
    a_proof,
    accepted,
    closed,
    receipted,
    released,
)


def verified(document: Proof, **trust: Any) -> ProvedHandoff:
    return verify_proof(proof.write(document), HUB_KEYS, **trust)


def refused(document: Proof | str, **trust: Any) -> ProofError:
    text = document if isinstance(document, str) else proof.write(document)
    with pytest.raises(ProofError) as caught:
        verify_proof(text, **({"hub_keys": HUB_KEYS} | trust))
    return caught.value


def test_a_proof_proves_who_moved_the_member_and_when() -> None:
    proved = verified(a_proof(), hub=HUB, root_keys={ROOT_KEY.kid: ROOT_KEY.public})
    assert (proved.hub, proved.handoff_id, proved.membership_id) == (HUB, a_uuid("handoff"), a_uuid("membership of M1"))
    assert (proved.state, proved.custody_version) == ("ACCEPTED", 2)
    assert (proved.releasing_union, proved.release) == (U1, a_release())
    assert proved.acceptance == an_acceptance(RELEASE_SHA256)
    assert [(step.act, step.signer, step.kid, step.received_at) for step in proved.steps] == [
        ("release", U1, U1_KEY.kid, RELEASED_AT),
        ("accept", U2, U2_KEY.kid, ACCEPTED_AT),
    ]


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        ([released()], "RELEASED"),
        ([released(), closed(a_refusal(RELEASE_SHA256))], "REFUSED"),
        ([released(), closed(a_recall(RELEASE_SHA256), U1_KEY, U1)], "RECALLED"),
        ([released(), accepted(state_after="VOIDED", custody_version_after=1)], "VOIDED"),
        ([released(), accepted(state_after="VOIDED", custody_version_after=None, acceptance_sha256=None)], "VOIDED"),
    ],
)
def test_a_handoff_that_moved_nobody_is_proved_as_that(steps: list[Receipted], state: str) -> None:
    proved = verified(a_proof(steps))
    assert (proved.state, proved.custody_version, proved.acceptance) == (state, 1, None)


def test_the_readers_trust_is_the_readers() -> None:
    text = proof.write(a_proof())
    stranger = a_key("stranger", kid=HUB_KEY.kid)
    assert refused(text, hub_keys={}).where == ("keys", "county-0", "header", "kid")
    assert refused(text, hub_keys={HUB_KEY.kid: stranger.public}).where == ("hub_keys",)
    assert refused(text, hub="https://other.example").where == ("hub",)
    assert refused(text, root_keys={}).where == ("keys",)
    assert refused(text, root_keys={ROOT_KEY.kid: a_key("x", kid=ROOT_KEY.kid).public}).where == ("keys",)
    # A key that the reader doesn't know, offered along with the proof, is of no use to a forger.
    offered = a_proof(hub_keys=proof.JwkSet(keys=(HUB_KEY.public, a_key("new hub", kid="hub-2026").public)))
    assert verified(offered).state == "ACCEPTED"


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of every member and every value."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        yield (*path, name)
        yield from leaves(child, (*path, name))


DOCUMENT = dump(a_proof())
LEAVES = list(leaves(DOCUMENT))

each_part = pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))


def rests_on(path: tuple[Any, ...]) -> bool:
    """Whether what is proved rests on this part.

    It doesn't on the hub's keys, since those that the reader brings count, nor on the dates of the root's key, which
    no statement tells, nor on what a JWK says twice.
    """
    return not (
        path[:3] == ("hub_keys", "keys", 0)
        or path in {("keys", 0, "not_before"), ("keys", 0, "registered_at")}
        or (path[-2:-1] == ("jwk",) and path[-1] in ("alg", "use"))
    )


def place_of(document: Any, path: tuple[Any, ...]) -> Any:
    for name in path[:-1]:
        document = document[name]
    return document


@each_part
def test_no_part_can_be_taken_out(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(DOCUMENT)
    del place_of(document, path)[path[-1]]
    if path == ("statements", 1):
        # The release alone is a proof too, of what it says: that the member was released.
        assert verify_proof(json.dumps(document), HUB_KEYS).state == "RELEASED"
    elif rests_on(path):
        refused(json.dumps(document))


@each_part
def test_no_part_can_be_changed(path: tuple[Any, ...]) -> None:
    document = copy.deepcopy(DOCUMENT)
    place = place_of(document, path)
    value = place[path[-1]]
    if not isinstance(value, str):
        place[path[-1]] = {"a": 1} if isinstance(value, list) else []
        refused(json.dumps(document))
        return
    for index in {0, len(value) // 3, len(value) // 2, len(value) - 1}:
        other = next(
            letter for letter in "1A2aB" if letter.isdigit() == value[index].isdigit() and letter != value[index]
        )
        place[path[-1]] = value[:index] + other + value[index + 1 :]
        if rests_on(path):
            refused(json.dumps(document))


def test_nothing_can_be_added() -> None:
    for path in [path for path in LEAVES if isinstance(place_of(DOCUMENT, path), dict)]:
        document = copy.deepcopy(DOCUMENT)
        place_of(document, path)["note"] = "x"
        refused(json.dumps(document))
    entries = a_proof().keys
    assert refused(a_proof(entries=[*entries, entries[3]])).where == ("keys",)
    for text in (
        "",
        "{}",
        "[]",
        "x" * 2_000_000,
        proof.write(a_proof())[:-1],
        '{"format":"unionhub-proof/1","format":""}',
    ):
        refused(text)


def test_a_document_of_another_form_is_refused_as_a_whole() -> None:
    for text in ("[]", "null", '"x"', "{", '{"format":1,"format":1}'):
        assert refused(text).where == ("proof",)
    assert refused("{}").detail == "missing"
    # Spaces change nothing in JSON, but there is an end to what is read.
    padded = proof.write(a_proof()) + " " * proof.MAX_CHARACTERS
    assert refused(padded).where == ("proof",)


def test_the_statements_are_of_one_handoff_and_one_member() -> None:
    other = changed(a_release(), handoff_id=a_uuid("other"))
    jws = a_statement(other, U1_KEY, iat=RELEASED_AT)
    assert refused(a_proof([released(jws)])).detail == "of another handoff"
    assert refused(a_proof([released(handoff_id=a_uuid("other"))])).detail == "of another handoff"
    assert refused(a_proof([released(handoff_id=None)])).detail == "of another handoff"
    assert refused(a_proof(handoff_id=a_uuid("other"))).where == ("statements", "0")
    assert refused(a_proof(membership_id=a_uuid("other"))).detail == "of another membership"
    swapped = Receipted(statement=accepted().statement, receipt=released().receipt)
    assert refused(a_proof([released(), swapped])).detail == "not the receipt of this statement"


def test_a_release_comes_first_and_one_act_closes_it() -> None:
    acceptance, refusal = accepted(), closed(a_refusal(RELEASE_SHA256))
    for steps in (
        [],
        [acceptance],
        [acceptance, released()],
        [released(), released()],
        [released(), acceptance, refusal],
    ):
        refused(a_proof(steps))
    early = accepted(at=RELEASED_AT - timedelta(seconds=1))
    assert refused(a_proof([released(), early])).detail == "received before the release"
    join = released(a_statement(a_join(), U1_KEY, iat=RELEASED_AT), release_sha256=None)
    assert refused(a_proof([join])).detail == "no act of a handoff"


def test_the_act_that_closes_binds_the_release_and_is_by_the_right_union() -> None:
    assert refused(a_proof([released(), accepted_of(a_hash("another release"))])).where[-1] == "release_sha256"
    by_releaser = closed(an_acceptance(RELEASE_SHA256), U1_KEY, U1)
    assert refused(a_proof([released(), by_releaser])).detail == "not the union whose act this is"
    by_receiver = closed(a_recall(RELEASE_SHA256), U2_KEY, U2)
    assert refused(a_proof([released(), by_receiver])).detail == "not the union whose act this is"
    elsewhere = a_statement(a_release(U3), U1_KEY, iat=RELEASED_AT)
    bound = a_hash(elsewhere.rpartition(".")[0])
    to_u3 = [released(elsewhere), closed(an_acceptance(bound), release_sha256=bound)]
    assert refused(a_proof(to_u3)).detail == "not the union whose act this is"


def accepted_of(release_sha256: Sha256) -> Receipted:
    return closed(an_acceptance(release_sha256))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("custody_version_after", 3),
        ("custody_version_after", 1),
        ("custody_version_after", None),
        ("release_sha256", a_hash("x")),
        ("release_sha256", None),
        ("acceptance_sha256", a_hash("x")),
        ("acceptance_sha256", None),
    ],
)
def test_the_receipt_of_an_acceptance_binds_both_hashes_and_the_version(name: str, value: Any) -> None:
    assert refused(a_proof([released(), accepted(**{name: value})])).where == ("statements", "1", "receipt", name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("custody_version_after", 2), ("release_sha256", a_hash("x")), ("acceptance_sha256", a_hash("x"))],
)
def test_the_receipt_of_a_release_says_nothing_else(name: str, value: Any) -> None:
    assert refused(a_proof([released(**{name: value})])).where == ("statements", "0", "receipt", name)


def test_a_state_is_one_that_the_act_leads_to() -> None:
    for document in (released(state_after="ACCEPTED"), released(state_after=None), released(state_after="EXPIRED")):
        assert refused(a_proof([document])).where == ("statements", "0", "receipt")
    assert refused(a_proof([released(), accepted(state_after="REFUSED")])).where == ("statements", "1", "receipt")


def test_a_receipt_is_of_its_own_statement() -> None:
    for facts in ({"statement_sha256": a_hash("x")}, {"typ": acts.Recall.typ}, {"signer": U2}):
        assert refused(a_proof([released(**facts)])).detail == "not the receipt of this statement"


def test_a_statement_must_have_been_current_and_its_key_in_force_at_receipt() -> None:
    late = released(at=RELEASED_AT + timedelta(days=1))
    assert refused(a_proof([late])).where == ("statements", "0", "exp")
    with_first = closed(an_acceptance(RELEASE_SHA256), U2_FIRST, U2)
    assert refused(a_proof([released(), with_first])).detail == "the key is not in force"
    unknown = closed(an_acceptance(RELEASE_SHA256), a_key("unknown"), U2)
    assert refused(a_proof([released(), unknown])).where == ("keys",)
    # Another union's key, though it is in the proof (J08).
    theirs = closed(an_acceptance(RELEASE_SHA256), COUNTY_KEY, U2)
    assert refused(a_proof([released(), theirs])).where == ("keys",)


@pytest.mark.attack("J08")
def test_a_key_of_another_union_signs_no_step() -> None:
    jws = a_statement(a_release(), a_key("county", kid="county-1"), iss=U1, iat=RELEASED_AT)
    assert refused(a_proof([released(jws)])).detail == "the key of a signer is not in the proof"


def test_the_hub_of_the_proof_is_the_audience_of_every_statement() -> None:
    jws = a_statement(a_release(), U1_KEY, iat=RELEASED_AT, aud="https://other.example")
    assert refused(a_proof([released(jws)])).where == ("statements", "0", "aud")


def test_time_is_no_matter_to_a_proof() -> None:
    """Nothing in the verification asks what day it is: a proof holds for ever."""
    assert verified(a_proof()).steps[0].received_at < NOW + timedelta(days=1)
    assert verified(a_proof(), root_keys={ROOT_KEY.kid: ROOT_KEY.public}).releasing_union == U1


def an_answered_request(release: acts.Release, key: PrivateKey = U2_KEY, iss: str = U2) -> list[Receipted]:
    """Give U2's request, and the release that answers it."""
    asked = receipted(
        a_statement(a_request(), U2_KEY, iss=U2, sub=str(a_uuid("match")), iat=RELEASED_AT),
        RELEASED_AT,
        handoff_id=a_uuid("handoff"),
        state_after=Code("REQUESTED"),
    )
    sha256 = Sha256(statements.read_any(asked.statement).sha256)
    jws = a_statement(changed(release, request_sha256=sha256), key, iss=iss, iat=RELEASED_AT)
    return [asked, released(jws)]


def test_one_side_outside_the_hub_is_signed_for_by_the_other() -> None:
    paper = changed(an_external_acceptance(), release_sha256=RELEASE_SHA256)
    proved = verified(a_proof([released(), closed(paper, U1_KEY, U1)]))
    assert (proved.state, proved.custody_version, proved.is_unverified) == ("ACCEPTED", 2, True)
    assert (proved.releasing_union, proved.acceptance) == (U1, paper)
    proved = verified(a_proof(an_answered_request(an_external_release())))
    assert (proved.state, proved.releasing_union, proved.is_unverified) == ("RELEASED", U1, True)
    assert not verified(a_proof()).is_unverified


def test_nobody_else_signs_for_it() -> None:
    paper = changed(an_external_acceptance(), release_sha256=RELEASE_SHA256)
    assert refused(a_proof([released(), closed(paper, U2_KEY, U2)])).where == ("statements", "1", "iss")
    asked = an_answered_request(an_external_release(), U1_KEY, U1)
    assert refused(a_proof(asked)).where == ("statements", "1", "iss")
    own = an_answered_request(an_external_release(in_lieu_of=U2))
    assert refused(a_proof(own)).where == ("statements", "1", "iss")
    # What it has signed in another's stead it doesn't take back, nor sign for the other side too.
    for opening, key, iss in ((an_external_release(), U2_KEY, U2), (an_in_lieu_release(), COUNTY_KEY, COUNTY)):
        request, release = an_answered_request(opening, key, iss)
        bound = Sha256(statements.read_any(release.statement).sha256)
        for act in (a_recall(bound), changed(an_external_acceptance(), release_sha256=bound)):
            last = closed(act, key, iss, release_sha256=bound)
            assert refused(a_proof([request, release, last])).where == ("statements", "2", "iss")
