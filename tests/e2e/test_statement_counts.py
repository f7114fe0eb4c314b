"""How many SQL statements an answer costs: an act two, a page the same for one row as for a hundred."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import inputs
from tests.e2e.busy import id_number
from tests.e2e.documents import (
    CARD,
    DEADLINE,
    ENTRY,
    MEMBERS_QUERY,
    PAGE_INFO,
    STEP,
    UNION_NAME,
    UNIONS_QUERY,
    arguments_of,
)
from tests.e2e.inputs import MEMBERS
from tests.e2e.test_acts import CASES
from tests.e2e.wire import person_in

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Party

ROWS = 100
#: Everything of a docket's page that is looked up: cases with their parties, cards, steps, entries, proofs, members.
NESTED = (
    "query ($first: Int) { answer: docket(first: $first) { edges { cursor node { side state "
    f"counterpart {{ {UNION_NAME} keys {{ kid }} parentUnion {{ name }} }} nextDeadline {{ {DEADLINE} }} "
    f"handoff {{ id state releasingUnion {{ {UNION_NAME} }} receivingUnion {{ {UNION_NAME} }} card {{ {CARD} }} "
    f"member {{ name holdings {{ from union {{ name }} }} certificate {{ transferColumn {{ line }} }} "
    f"openHandoff {{ id }} }} steps {{ {STEP} }} transferEntry {{ {ENTRY} }} proof }} }} }} {PAGE_INFO} }} }}"
)
#: The same, a few look-ups at a time.
PARTS = [
    f"query ($first: Int) {{ answer: docket(first: $first) {{ edges {{ node {{ {below} }} }} }} }}"
    for below in (
        "state",
        f"counterpart {{ {UNION_NAME} }}",
        f"handoff {{ card {{ {CARD} }} }}",
        "handoff { steps { act statementSha256 } }",
        "handoff { transferEntry { line } }",
        "handoff { member { name } }",
        f"handoff {{ releasingUnion {{ {UNION_NAME} }} card {{ name }} }}",
        "handoff { proof }",
    )
]
#: A proof goes up the federation, level by level; everything together is a few rounds.
STATEMENTS_MAX = 50


@pytest.fixture
async def crowd(stage: Stage) -> Stage:
    """The stage with a hundred members more at U1; all that it holds have an open release to U2.

    A page of one would else cost a look-up less, when the one happens to have none.
    """
    slots = asyncio.Semaphore(8)

    async def one(number: int) -> None:
        person = {"name": f"会员{chr(0x5000 + number)}", "idNumber": id_number(f"99010119700101{number:03}")}
        asked = inputs.joining(
            MEMBERS["M1"],
            of=person | {"birthMonth": "1970-01"},
            certificate={"provinceCode": "31", "number": f"1{number:05}"},
        )
        async with slots:
            member = await stage["U1"].act("joinMember", asked)
            await stage["U1"].act("releaseMember", inputs.release(member["id"]))

    await stage["U1"].token()
    for ref in (ref for ref, fixture in MEMBERS.items() if fixture.holder == "U1"):
        await stage.released(ref)
    await asyncio.gather(*(one(number) for number in range(ROWS)))
    return stage


async def heard_at(stage: Stage, party: Party, query: str, **variables: Any) -> tuple[int, list[str]]:
    """Give the rows of a page and the statements that it took."""
    await party.token()
    async with stage.statements() as said:
        page = await party.ask(query, **variables)
    return len(page["edges"]), said


async def test_a_page_of_a_hundred_costs_what_a_page_of_one_does(crowd: Stage) -> None:
    pages = [(ref, query, (1, 2, ROWS)) for ref in ("U1", "U2") for query in (MEMBERS_QUERY, UNIONS_QUERY, *PARTS)]
    # All of it at once costs more than one request may ask for, with a hundred rows.
    pages += [(ref, NESTED, (1, 2, 10)) for ref in ("U1", "U2")]
    for ref, query, sizes in pages:
        heard = [await heard_at(crowd, crowd[ref], query, first=first) for first in sizes]
        if query in PARTS:
            assert [rows for rows, _ in heard] == list(sizes)
        texts = [sorted(said) for _, said in heard]
        assert texts[0]
        assert texts == [texts[0]] * len(sizes), (query, [Counter(said) - Counter(texts[0]) for said in texts])
        assert len(texts[0]) <= STATEMENTS_MAX, query


_READ_AFTERWARDS = ["hub.numbering_schemes", "from hub.memberships", "hub.read_certificates"]


@pytest.mark.parametrize("mutation", CASES)
async def test_an_act_costs_two_statements(stage: Stage, mutation: str) -> None:
    """Its facts and its record. The test clock's own look, which tells whether the token is good, is not counted."""
    ref, asked = await CASES[mutation].prepared(stage)
    party = stage[ref]
    draft = await party.draft(mutation, asked)
    statement, person = party.sign(draft), person_in(mutation, draft)
    given, taken = arguments_of(mutation)
    text = f"mutation ({given}) {{ answer: {mutation}({taken}) {{ __typename }} }}"

    async with stage.statements() as said:
        answer = await party.post(text, {"statement": statement} | ({"person": person} if person else {}))

    assert answer.data["answer"]["__typename"] != "Refusal"
    # A key ends in a transaction of its own, that nobody records by it meanwhile.
    around = {"begin;", "commit;"} if mutation in {"retireKey", "revokeKey"} else set()
    heard = [text for text in said if "hub_now" not in text and text.lower() not in around]
    facts, record, *rest = [text for text in heard if "hold_key_to_end_it" not in text]
    assert ("facts_for_" in facts, "record_" in record) == (True, True), said
    if "ertificate" in mutation or mutation in {"recordLoss", "setNumberingScheme"}:
        # Answered with what is read afterwards: the member and the certificates before, or the scheme of the day.
        expected = _READ_AFTERWARDS[:1] if mutation == "setNumberingScheme" else _READ_AFTERWARDS[1:]
        assert [source for source in _READ_AFTERWARDS if any(source in text for text in rest)] == expected, said
        return
    # An act on a union is answered with the union, which is read afterwards, as is a member that an act has
    # changed; a member that enters, or a case, is known from the act.
    read = [text for text in rest if text.lstrip().startswith(("select", "with")) and "hub_begin" not in text]
    answered = answer.data["answer"]["__typename"]
    is_read = answered == "Member" and mutation not in {"joinMember", "importMember"}
    # So are a secondment and an end, which stand where the day, and other acts, have them.
    sources = {"Union": "from hub.unions where union_id", "Secondment": "read_secondments", "Ending": "read_endings"}
    # The union above a home union is told of the secondment by its act alone: it has nothing to read there.
    from_act = mutation == "retargetSecondment"
    assert len(read) == (1 if is_read or (answered in sources and not from_act) else 0), said
    assert rest == [] or sources.get(answered, "from hub.memberships") in read[0]
