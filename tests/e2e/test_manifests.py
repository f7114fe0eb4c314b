"""Manifests over HTTP: two unions become one, the retiree and the soldier too; a homecoming; what a page costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from federation import statements
from federation.batching import ACCEPT_MANIFEST, RELEASE_MANIFEST, gather, hand_in
from federation.client import HubClient
from federation.keys import read_jwks
from federation.leaves import pages_of
from federation.proof import verify_proof
from tests.e2e import inputs
from tests.e2e.busy import id_number
from tests.e2e.documents import MEMBER_QUERY, REFUSAL
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.e2e.wire import look_at

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

LEAF = f"membershipId handoffId index leaf card {{ name }} refusals {{ {REFUSAL} }}"
BATCH = (
    "__typename ... on HandoffBatch { batchId size rootSha256 reasonCode receipt outcomes { index membershipId "
    f"handoff {{ id handoffId state reasonCode }} refusal {{ {REFUSAL} }} }} }} ... on Refusal {{ {REFUSAL} }}"
)
MERGED = {"reasonCode": "EMPLOYER_REORGANISED", "outDate": "2025-03-03"}
TAKEN_IN = {
    "reasonCode": "EMPLOYER_REORGANISED",
    "inDate": "2025-03-03",
    "employerUscc": EMPLOYERS["乙"],
    "relationStartedOn": "2025-03-01",
    "formReceived": True,
}
PROOF = "query ($id: ID!) { answer: handoff(id: $id) { proof } }"


async def drafted(party: Party, mutation: str, asked: Json, **page: Any) -> Json:
    """Give a draft of `releaseManifest` or `acceptManifest`."""
    field = f"draft{mutation[0].upper()}{mutation[1:]}"
    text = (
        f"query ($input: {mutation[0].upper()}{mutation[1:]}Draft!, $first: Int, $after: String) {{ answer: "
        f"{field}(input: $input, first: $first, after: $after) {{ typ claims leaves {{ {LEAF} }} "
        "pageInfo { hasNextPage endCursor } } }"
    )
    found: Json = await party.ask(text, input=asked, **page)
    return found


async def handed_in(party: Party, mutation: str, statement: str, page: Json) -> Json:
    text = (
        f"mutation ($statement: String!, $page: ManifestPage!) {{ answer: {mutation}(statement: $statement, "
        f"page: $page) {{ {BATCH} }} }}"
    )
    answer: Json = await party.ask(text, statement=statement, page=page)
    return look_at(answer) if answer["__typename"] == "Refusal" else answer


def whole(draft: Json) -> Json:
    """Give the one page of a draft: its leaves in their places, and no hash beside them."""
    placed = sorted((leaf["index"], leaf["leaf"]) for leaf in draft["leaves"] if leaf["index"] is not None)
    return {"first": 0, "leaves": [leaf for _, leaf in placed], "hashes": []}


async def act(party: Party, mutation: str, asked: Json, **page: Any) -> Json:
    """Draft, sign and hand in one page; nothing may speak against any leaf."""
    draft = await drafted(party, mutation, asked, **page)
    assert [leaf["refusals"] for leaf in draft["leaves"]] == [[]] * len(draft["leaves"])
    answer = await handed_in(party, mutation, party.sign(draft), whole(draft))
    assert [outcome["refusal"] for outcome in answer["outcomes"]] == [None] * len(draft["leaves"])
    return answer


async def proved(stage: Stage, party: Party, handoff_id: str) -> Any:
    """Verify the proof that a party gets, offline but for the hub's keys."""
    keys = read_jwks((await stage.http.get("/.well-known/jwks.json")).content)
    text = (await party.ask(PROOF, id=handoff_id))["proof"]
    root = stage["U0"].signing.public
    return verify_proof(text, keys, hub=stage.hub, root_keys={root.kid: root})


@pytest.mark.article("HUB-P09")
async def test_two_unions_become_one(stage: Stage) -> None:
    """U2 comes in the place of U1: it has everybody, each as he is, by one signature of each side."""
    u1, u2 = stage["U1"], stage["U2"]
    await u1.act("recordRetention", inputs.retaining(stage.member("M2")))
    await u1.act("recordRetention", inputs.retaining(stage.member("M3"), "MILITARY_SERVICE"))
    winding = {"union": UNIONS["U1"].uri, "decidedOn": "2025-03-03", "successorUnion": UNIONS["U2"].uri}
    await stage["U13"].act("windUpUnion", winding)

    released = await act(u1, "releaseManifest", {**MERGED, "receivingUnion": UNIONS["U2"].uri})
    assert (released["size"], released["reasonCode"]) == (4, "EMPLOYER_REORGANISED")
    batch = {"batchId": released["batchId"], "releasingUnion": UNIONS["U1"].uri}
    accepted = await act(u2, "acceptManifest", {**TAKEN_IN, **batch})
    assert accepted["batchId"] == released["batchId"]

    found = {ref: await u2.ask(MEMBER_QUERY, id=stage.member(ref)) for ref in ("M1", "M2", "M3", "M4")}
    assert {ref: (member["status"], member["duesExempt"]) for ref, member in found.items()} == {
        "M1": ("ACTIVE", False),
        "M2": ("RETAINED", True),
        "M3": ("RETAINED", True),
        "M4": ("ACTIVE", False),
    }
    lines = {member["certificate"]["transferColumn"][0]["outReasonText"] for member in found.values()}
    assert lines == {"单位合并（改制）"}
    for outcome in accepted["outcomes"]:
        proof = await proved(stage, u2, outcome["handoff"]["id"])
        assert (proof.state, proof.releasing_union) == ("ACCEPTED", UNIONS["U1"].uri)
    assert [await u1.ask(MEMBER_QUERY, id=stage.member(ref)) for ref in found] == [None] * 4
    await stage["U13"].act("closeUnion", {"union": UNIONS["U1"].uri, "closedOn": "2025-03-03"})


@pytest.mark.article("A13")
async def test_all_who_wait_come_home_in_one_bundle(stage: Stage) -> None:
    """U14 is founded for the new shop: U5 lets all go who wait for it, and nobody else."""
    u5 = stage["U5"]
    for ref in ("M2", "M3"):
        away = {"receivingUnion": UNIONS["U5"].uri, "reasonCode": "PLACEMENT", "newEmployerUscc": EMPLOYERS["新店"]}
        case = await stage["U1"].act("releaseMember", inputs.release(stage.member(ref), **away))
        placed = {"holdingBasis": "PLACEMENT", "employerUscc": None, "relationStartedOn": None}
        await u5.act("acceptHandoff", inputs.acceptance(case["id"], **placed))
    u14 = await stage.found("U14")
    home = {"reasonCode": "PLACEMENT_EXIT", "outDate": "2025-03-03", "receivingUnion": u14.uri}
    released = await act(u5, "releaseManifest", home)
    assert len(released["outcomes"]) == 2
    taking = {**TAKEN_IN, "reasonCode": "PLACEMENT_EXIT", "employerUscc": None}
    accepted = await act(u14, "acceptManifest", taking)
    assert [outcome["handoff"]["state"] for outcome in accepted["outcomes"]] == ["ACCEPTED"] * 2
    member = await u14.ask(MEMBER_QUERY, id=stage.member("M3"))
    assert (member["holdingBasis"], member["employerUscc"]) == ("ORDINARY", EMPLOYERS["新店"])


@pytest.mark.article("A19")
async def test_after_a_closure_each_goes_to_the_union_of_his_residence(stage: Stage) -> None:
    u1 = stage["U1"]
    await u1.act("recordRetention", inputs.retaining(stage.member("M3"), "UNEMPLOYMENT"))
    await u1.act("recordRetention", inputs.retaining(stage.member("M2"), "UNEMPLOYMENT"))
    closed = {"kind": "BANKRUPT", "decidedOn": "2025-02-28", "evidenceSha256": "A" * 43}
    asked = {
        "reasonCode": "EMPLOYER_CLOSURE",
        "outDate": "2025-03-03",
        "relationEndedOn": "2025-02-28",
        "closure": closed,
        "members": [
            {"memberId": stage.member("M3"), "receivingUnion": UNIONS["U5"].uri},
            {"memberId": stage.member("M2"), "receivingUnion": UNIONS["U6"].uri},
            {"memberId": stage.member("M1"), "receivingUnion": UNIONS["U5"].uri},
        ],
    }
    draft = await drafted(u1, "releaseManifest", asked)
    assert [[refusal["code"] for refusal in leaf["refusals"]][:1] for leaf in draft["leaves"]] == [
        [],
        [],
        ["NOT_REEMPLOYED_USE_RETENTION"],
    ]
    assert "receiving_union" not in json.loads(draft["claims"])["manifest"]
    answer = await handed_in(u1, "releaseManifest", u1.sign(draft), whole(draft))
    assert [outcome["handoff"]["state"] for outcome in answer["outcomes"]] == ["RELEASED"] * 2


async def test_a_page_is_refused_or_handed_in_again(stage: Stage) -> None:
    u1 = stage["U1"]
    given = {**MERGED, "receivingUnion": UNIONS["U2"].uri}
    draft = await drafted(u1, "releaseManifest", given)
    statement, page = u1.sign(draft), whole(draft)
    other = await handed_in(u1, "releaseManifest", statement, {**page, "leaves": page["leaves"][::-1]})
    assert (other["code"], other["path"]) == ("DOCUMENT_TAMPERED", ["manifest", "root_sha256"])
    many = await handed_in(u1, "releaseManifest", statement, {**page, "leaves": ["{}"] * 501})
    assert (many["code"], many["path"]) == ("INPUT_INVALID", ["page", "leaves"])
    first = await handed_in(u1, "releaseManifest", statement, page)
    assert await handed_in(u1, "releaseManifest", statement, page) == first
    query = "query ($sha256: String!) { answer: receipt(statementSha256: $sha256) }"
    assert await u1.ask(query, sha256=statements.read_any(statement).sha256) == first["receipt"]


async def test_the_client_gathers_signs_and_hands_in(stage: Stage) -> None:
    """By what a union installs: drafts of three at a time, one tree, and who can't go is told apart."""
    u1, u2 = stage["U1"], stage["U2"]
    await u1.act("releaseMember", inputs.release(stage.member("M2")))
    now = stage.clock.now
    async with HubClient(stage.hub, u1.uri, u1.login, u1.signing, now=now) as client:
        given = {**MERGED, "receivingUnion": UNIONS["U2"].uri}
        bundle = await gather(client, RELEASE_MANIFEST, given, u1.signing, length=3)
        assert bundle is not None
        assert [refused.code for refused in bundle.refused.values()] == ["HANDOFF_ALREADY_OPEN"]
        for _ in range(2):  # a second time is answered as the first one was
            outcomes = [outcome async for outcome in hand_in(client, bundle)]
            assert [outcome["refusal"] for outcome in outcomes] == [None] * 3
    async with HubClient(stage.hub, u2.uri, u2.login, u2.signing, now=now) as client:
        bundle = await gather(client, ACCEPT_MANIFEST, TAKEN_IN, u2.signing, length=2)
        assert bundle is not None
        outcomes = [outcome async for outcome in hand_in(client, bundle)]
        assert [outcome["handoff"]["state"] for outcome in outcomes] == ["ACCEPTED"] * 3
        assert await gather(client, ACCEPT_MANIFEST, TAKEN_IN, u2.signing) is None


@pytest.fixture
async def crowd(stage: Stage) -> Stage:
    """Sixty members more at U1."""
    for number in range(60):
        person = {"name": f"会员{chr(0x5000 + number)}", "idNumber": id_number(f"99010119700101{number:03}")}
        joined = inputs.joining(
            MEMBERS["M1"],
            of=person | {"birthMonth": "1970-01"},
            certificate={"provinceCode": "31", "number": f"1{number:05}"},
        )
        await stage["U1"].act("joinMember", joined)
    return stage


async def test_a_page_costs_what_one_leaf_does(crowd: Stage) -> None:
    """However many leaves a page has, as many statements: drafted, released, accepted, and once more."""
    u1, u2 = crowd["U1"], crowd["U2"]
    heard: dict[str, list[list[str]]] = {}

    async def listened(name: str, work: Any) -> Any:
        await u1.token()
        await u2.token()
        async with crowd.statements() as said:
            answer = await work
        heard.setdefault(name, []).append(said)
        return answer

    out = {**MERGED, "receivingUnion": UNIONS["U2"].uri}
    whole_draft = await drafted(u1, "releaseManifest", out, first=100)
    assert len(whole_draft["leaves"]) == 64
    leaves = whole(whole_draft)["leaves"]
    statement = u1.sign(whole_draft)
    few, many = pages_of(leaves, length=1)[0], pages_of(leaves, length=64)[0]
    for page in (few, many):
        given = {"first": page.first, "leaves": list(page.leaves), "hashes": list(page.hashes)}
        for name in ("release", "release again"):
            answer = await listened(name, handed_in(u1, "releaseManifest", statement, given))
            assert [outcome["refusal"] for outcome in answer["outcomes"]] == [None] * len(page.leaves)
    for first in (1, 60):
        draft = await listened("draft", drafted(u2, "acceptManifest", TAKEN_IN, first=first))
        answer = await listened("accept", handed_in(u2, "acceptManifest", u2.sign(draft), whole(draft)))
        assert [outcome["refusal"] for outcome in answer["outcomes"]] == [None] * first
    for name, (one, all_of_them) in heard.items():
        assert len(one) <= 12, (name, one)
        # Of the larger page one leaf had been received before, which is read.
        assert len(all_of_them) - len(one) <= (2 if name == "release" else 0), (name, one, all_of_them)
