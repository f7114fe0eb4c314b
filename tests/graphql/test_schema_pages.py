"""What reads cost: the number of statements hangs on the query alone, and not on how much there is or who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from hub.authz.tokens import Unauthenticated
from hub.schema.ids import encode_id
from tests.graphql.asking import ask, case_id, data_of, member_id
from tests.world import sign
from tests.worlds import START

if TYPE_CHECKING:
    from tests.world import World

CASE = """
id state side reasonCode duesPaidThrough nextDeadline { at }
releasingUnion { name parentUnion { name } } receivingUnion { name keys { kid } }
member { name holdings { union { name } } certificate { transferColumn { line } } openHandoff { id steps { act } } }
card { name } steps { act side by { name } } transferEntry { line } proof
"""
DOCKET = f"""query ($first: Int, $states: [HandoffState!]) {{ docket(first: $first, states: $states) {{
  edges {{ node {{ state counterpart {{ name }} handoff {{ {CASE} }} }} }} }} }}"""
MEMBERS = """query ($first: Int) { members(first: $first) { edges { node { name holdings { union { name } }
  certificate { transferColumn { line } } openHandoff { steps { by { name } } } } } } }"""


@pytest.fixture
async def released(world: World) -> World:
    """A world in which U1 has released all its members to U2, and U2 has accepted one."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    cases = [await world.release(u1, world.members[ref], u2.uri) for ref in ("M1", "M2", "M3", "M4")]
    await world.accept(u2, cases[0].handoff_id)
    return world


@pytest.mark.parametrize("union", ["U1", "U2"])
async def test_a_page_of_cases_costs_the_same_whatever_its_length(released: World, union: str) -> None:
    # Of one state, since the member of a case is looked for only where its side may hold it.
    asked = {"states": ["RELEASED"]}
    pages = [await ask(released, released.actors[union], DOCKET, first=first, **asked) for first in (1, 3, 100)]
    assert [page.errors for page in pages] == [[], [], []]
    assert [len((page.data or {})["docket"]["edges"]) for page in pages] == [1, 3, 3]
    assert pages[0].sent == pages[1].sent == pages[2].sent


async def test_a_page_of_whatever_states_costs_no_more_than_one_of_each(released: World) -> None:
    u2 = released.actors["U2"]
    of_each = [await ask(released, u2, DOCKET, first=1, states=[state]) for state in ("RELEASED", "ACCEPTED")]
    mixed = await ask(released, u2, DOCKET, first=100)
    assert len(mixed.sent) <= max(len(asked.sent) for asked in of_each)


async def test_a_page_of_members_costs_the_same_whatever_its_length(released: World) -> None:
    pages = [await ask(released, released.actors["U1"], MEMBERS, first=first) for first in (1, 2, 3)]
    assert [len((page.data or {})["members"]["edges"]) for page in pages] == [1, 2, 3]
    assert pages[0].sent == pages[1].sent == pages[2].sent


async def test_an_act_that_answers_with_scalars_reads_nothing_besides(world: World) -> None:
    u1, u2 = world.actors["U1"], world.actors["U2"]
    draft = await world.draft_release(u1, world.members["M1"], u2.uri)
    asked = await ask(
        world,
        u1,
        "mutation ($s: String!) { releaseMember(statement: $s) { ... on Handoff "
        "{ id handoffId state side reasonCode outDate validUntil duesPaidThrough releasedAt nextDeadline { at } } } }",
        s=sign(draft, u1),
    )
    assert (asked.data or {})["releaseMember"]["state"] == "RELEASED"
    assert asked.sent == []


READS = {
    "member": "query ($id: ID!) { member(id: $id) { name holdings { union { name } } } }",
    "node": "query ($id: ID!) { node(id: $id) { id ... on Member { name } } }",
    "nodes": "query ($id: ID!) { nodes(ids: [$id]) { id ... on Member { name } } }",
    "certificate": "query ($id: ID!) { certificate(memberId: $id) { number { number } transferColumn { line } } }",
}


@pytest.mark.attack("Z01")
@pytest.mark.parametrize("read", READS)
async def test_a_member_not_held_and_none_read_alike_after_the_same_statements(world: World, read: str) -> None:
    ids = [member_id(world.members["M1"]), member_id(uuid4())]
    held_by_another, unknown = [await ask(world, world.actors["U2"], READS[read], id=id_) for id_ in ids]
    assert held_by_another.errors == unknown.errors == []
    assert held_by_another.data == unknown.data
    assert held_by_another.sent == unknown.sent
    own = await data_of(world, world.actors["U1"], READS[read], id=ids[0])
    assert own[read] not in (None, [None])


FORGED = ("", "x", "TWVtYmVyOg", "../../etc", "張" * 50, encode_id("Handoff", uuid4()), encode_id("Nobody", uuid4()))


@pytest.mark.attack("Z09")
@pytest.mark.parametrize("read", READS)
async def test_a_malformed_id_reads_as_nobodys(world: World, read: str) -> None:
    u2 = world.actors["U2"]
    unknown = await ask(world, u2, READS[read], id=member_id(uuid4()))
    for forged in FORGED:
        asked = await ask(world, u2, READS[read], id=forged)
        assert (asked.errors, asked.data) == ([], unknown.data)
        assert len(asked.sent) == len(unknown.sent)
        if read in {"member", "certificate"}:
            assert asked.sent == unknown.sent


CASES = {
    "handoff": "query ($id: ID!) { handoff(id: $id) { state steps { act } proof } }",
    "explain": "query ($id: ID!) { explain(handoffId: $id) { summary steps { act } } }",
}


@pytest.mark.attack("Z01")
@pytest.mark.parametrize("read", CASES)
async def test_a_case_of_others_and_none_read_alike_after_the_same_statements(released: World, read: str) -> None:
    u1 = released.actors["U1"]
    edge = (await data_of(released, u1, "{ docket(first: 1) { edges { node { handoff { id } } } } }"))["docket"]
    theirs = edge["edges"][0]["node"]["handoff"]["id"]
    asked = [await ask(released, released.actors["U3"], CASES[read], id=i) for i in (theirs, case_id(uuid4()), "x")]
    assert [a.data for a in asked] == [{read: None}] * 3
    assert asked[0].sent == asked[1].sent == asked[2].sent
    assert (await data_of(released, u1, CASES[read], id=theirs))[read] is not None


async def test_an_answer_after_an_act_shows_what_the_act_has_done(world: World) -> None:
    """Two acts in one request: what the first one's answer has read is not kept for the second."""
    u1, u2 = world.actors["U1"], world.actors["U2"]
    release = sign(await world.draft_release(u1, world.members["M1"], u2.uri), u1)
    # The second act is a release of the same member, which the first one bars; its refusal reads nothing.
    text = """mutation ($one: String!, $key: String!) {
      one: releaseMember(statement: $one) { ... on Handoff { member { openHandoff { state } } steps { act } } }
      two: recallHandoff(statement: $key) { ... on Refusal { code } }
      again: releaseMember(statement: $one) { ... on Handoff { member { openHandoff { state } } steps { act } } }
    }"""
    done = await data_of(world, u1, text, one=release, key=release)
    assert done["one"] == {"member": {"openHandoff": {"state": "RELEASED"}}, "steps": [{"act": "release"}]}
    assert done["two"] == {"code": "STATEMENT_MALFORMED"}
    assert done["again"] == done["one"]


@pytest.mark.parametrize(
    "text",
    [
        "{ viewer { kid } }",
        '{ union(uscc: "x") { name } }',
        "{ unions { edges { cursor } } }",
        "{ members { edges { node { name } } } }",
        "{ docket { edges { node { state } } } }",
        '{ member(id: "x") { name } }',
        '{ explain(handoffId: "x") { summary } }',
        '{ receipt(statementSha256: "x") }',
        'mutation { revealIdNumber(memberId: "x", purpose: "核对身份") { __typename } }',
    ],
)
async def test_a_session_ends_with_its_login_key(world: World, text: str) -> None:
    u1 = world.actors["U1"]
    assert (await ask(world, u1, text)).errors == []
    await world.as_owner(
        lambda connection: connection.execute(
            "update hub.union_keys set retired_at = $1 where kid = $2", START, u1.login.kid
        )
    )
    errors: list[Any] = (await ask(world, u1, text)).errors
    assert [type(error.original_error) for error in errors] == [Unauthenticated]
