"""Nobody else sees the person: the whole schema walked from whatever each union can reach (domain 5.2, 5.3).

The people are planted with data that occur nowhere else. What a union may not see is looked for in every byte of every
answer, statements, cards and proofs opened; what it may see must be there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.e2e import inputs
from tests.e2e.busy import Busy
from tests.e2e.documents import HANDOFF_QUERY
from tests.e2e.forging import NO_HANDOFF, NO_HASH, NO_MEMBER
from tests.e2e.inputs import UNIONS
from tests.e2e.schemawalk import Leaf, Question, Schema, leaves_of, opened, walk

if TYPE_CHECKING:
    from tests.e2e.busy import Planted
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party


@pytest.fixture
async def busy(stage: Stage) -> Busy:
    return await Busy.played(stage)


class Sight(NamedTuple):
    """What a union may see: of whom all, of whom the card, and in which cases it stands."""

    holds: str = ""
    cards: str = ""
    cases: str = ""


SIGHTS = {
    # Strangers, and the unions above the parties: the province, the districts, the root, a federation that contains U2.
    **dict.fromkeys(("U15", "U13", "U10", "U0", "U4", "U16"), Sight()),
    # Above U2, which did not accept P5 in time (HUB-P03); the other cases were closed before it was told.
    "U9": Sight(cases="P5"),
    # A branch of the joint union that holds P1 and P6.
    "U3a": Sight(),
    # Ex-holder of P1; holder of the three others, whose cases are open, refused and recalled.
    "U1": Sight(holds="P2 P3 P4", cards="P1 P2 P3 P4", cases="P1 P2 P3 P4"),
    # Took P1 in and let it go; named receiver of P2, and once of P3 (refused), P4 (recalled), P5 (expired).
    "U2": Sight(cards="P1 P2", cases="P1 P2 P3 P4 P5"),
    "U7": Sight(holds="P5", cards="P5", cases="P5"),
    "U3": Sight(holds="P1 P6", cards="P1"),
}
#: Fields of no type but Member, which the holder alone reaches.
HOLDERS_FIELDS = {
    "ethnicGroup",
    "politicalStatus",
    "idType",
    "idNumberMasked",
    "mobileMasked",
    "residenceDivisionCode",
    "isRuralMigrant",
    "employmentForm",
    "employerUscc",
    "memberUnit",
    "holdingBasis",
    "dataVersion",
}


class Seen:
    """All that a union was answered."""

    def __init__(self) -> None:
        self.answers: dict[str, list[Any]] = {}

    def add(self, root: str, answers: list[Any]) -> None:
        self.answers.setdefault(root, []).extend(answers)

    def text(self) -> str:
        """Everything, opened."""
        return opened(json.dumps(self.answers, ensure_ascii=False))

    def leaves(self) -> list[Leaf]:
        return [leaf for found in self.answers.values() for leaf in leaves_of(found)]


async def look_around(busy: Busy, ref: str, *roots: str) -> Seen:
    """Ask, as a union, for everything that there is (below these root fields), by every id that there is."""
    party = busy.stage[ref]
    schema = await Schema.told_to(party)
    seen = Seen()
    reading = {root for root in schema.roots if not root.startswith("draft")}
    assert reading == _ARGUMENTS.keys(), "a new root field: give it its arguments here"
    unions = [
        edge["node"]["id"]
        for edge in (await party.ask("{ answer: unions(first: 20) { edges { node { id } } } }"))["edges"]
    ]
    own = (await party.ask("{ answer: viewer { union { id } } }"))["union"]["id"]
    for root in sorted(roots or reading):
        asked = _asked_of(root, busy, unions, own)
        seen.add(root, await walk(party, schema, root, _question_of(root), asked))
    return seen


_ARGUMENTS = {
    "_service": "",
    "node": "(id: $any)",
    "nodes": "(ids: $ids)",
    "viewer": "",
    "members": "(first: 10)",
    "docket": "(first: 10)",
    "mergeCases": "",
    "placements": "(first: 10)",
    "awaitedMembers": "",
    "unions": "(first: 20)",
    "union": "(uri: $union)",
    "member": "(id: $member)",
    "certificate": "(memberId: $member)",
    "handoff": "(id: $handoff)",
    "explain": "(handoffId: $handoff)",
    "receipt": "(statementSha256: $sha256)",
    "numberingScheme": '(provinceCode: "31", on: "2025-03-03")',
    "policy": '(provinceCode: "31", asOf: "2025-03-03")',
    "policyVersions": '(provinceCode: "31", first: 10)',
    "headcount": '(unionId: $about, asOf: "2025-03-03")',
    "countedMembers": '(first: 10, asOf: "2025-03-03")',
    "explainCount": '(unionId: $own, memberId: $member, asOf: "2025-03-03")',
    "electoralRoll": "(unionId: $about, first: 10)",
    "entrustments": "(first: 10)",
    "secondments": "(side: HOME, first: 10)",
    "filings": "(first: 10)",
    "overdueFilings": "(first: 10)",
    "certificateSamples": "",
    "sealLoans": "",
    "printRuns": "",
    "certificateStock": "",
    "printReports": "",
    "entrustment": "(id: $member)",
    "responsibilities": "(memberId: $member)",
}


#: What a variable of `_ARGUMENTS` is.
_TYPES = {"union": "String!", "sha256": "String!", "ids": "[ID!]!"}


def _question_of(root: str) -> Question:
    arguments = _ARGUMENTS[root]
    names = dict.fromkeys(re.findall(r"[$](\w+)", arguments))
    declared = ", ".join(f"${name}: {_TYPES.get(name, 'ID!')}" for name in names)
    return Question(f"({declared})" if names else "", arguments)


def _asked_of(root: str, busy: Busy, unions: list[str], own: str) -> list[Json]:
    """Give the variables of a root field, once for each id that could stand there."""
    members = [*(person.member["id"] for person in busy.people.values()), NO_MEMBER]
    handoffs = [*busy.handoffs.values(), NO_HANDOFF]
    pools: dict[str, list[Any]] = {
        "union": [UNIONS["U1"].uri, UNIONS["U3a"].uri],
        "member": members,
        "handoff": handoffs,
        "sha256": [NO_HASH],
        # `nodes` asks for them all, by the same way.
        "any": [members[0], NO_MEMBER, handoffs[0]],
        "ids": [[*members, *handoffs]],
        "about": [own, *unions[:2]],
    }
    if root in {"member", "handoff", "explain", "responsibilities"}:
        # `nodes` asks for all of these, too: by the same resolvers.
        pools |= {"member": [members[0], *members[-2:]], "handoff": [handoffs[0], *handoffs[-2:]]}
    named = re.findall(r"[$](\w+)", _ARGUMENTS[root])
    fixed = {"own": own} if "own" in named else {}
    name = next((name for name in pools if name in named), None)
    return [fixed] if name is None else [{**fixed, name: value} for value in pools[name]]


@pytest.mark.attack("Z07")
@pytest.mark.invariant("I16")
@pytest.mark.parametrize("ref", SIGHTS)
async def test_a_union_sees_what_it_may_and_nothing_else(busy: Busy, ref: str) -> None:
    sight, seen = SIGHTS[ref], await look_around(busy, ref)
    text = seen.text()
    for person in busy.people.values():
        held = person.ref in sight.holds.split()
        shown = [value for value in person.on_card if value in text]
        assert shown == (list(person.on_card) if held or person.ref in sight.cards.split() else []), person.ref
        assert [value for value in person.unmasked if value in text] == [], "shown by a logged act alone"
        assert [value in text for value in person.masked] == [held] * len(person.masked), person.ref
        assert [value for value in person.former if value in text] == [], "amended: nobody's to see any more"
        known = any(value in text for value in person.ids)
        assert known is (held or person.ref in sight.cases.split()), person.ref
    for name, handoff in busy.handoffs.items():
        party = name in sight.cases.split() or (name, ref) in _ONWARD
        assert (handoff in text or busy.uuids[name] in text) is party, name
    look_at_types(seen, sight)


def look_at_types(seen: Seen, sight: Sight) -> None:
    """Look at whose fields were reached: the holder's of members only, and cases by their parties only."""
    leaves = seen.leaves()
    of_holder = {leaf.type_name for leaf in leaves if leaf.field in HOLDERS_FIELDS}
    assert of_holder <= {"Member", "PersonPage"}
    reached = {leaf.type_name for leaf in leaves if leaf.value is not None}
    assert ("Member" in reached) is bool(sight.holds)
    assert ("Certificate" in reached) is bool(sight.holds)
    assert ("PersonPage" in reached) is bool(sight.holds)
    assert ("Handoff" in reached) is bool(sight.cases or sight.cards)
    assert ("Card" in reached) is bool(sight.cards)
    # P6 alone was amended, and no union.
    assert ("Amendment" in reached) is ("P6" in sight.holds.split())
    if sight == Sight():
        assert reached - _OF_ONES_OWN == _PUBLIC
        for root in ("member", "node", "certificate", "handoff", "explain", "receipt"):
            assert set(seen.answers[root]) == {None}, root
        assert {node for answer in seen.answers["nodes"] for node in answer} == {None}
        for root in ("members", "docket"):
            assert [answer["edges"] for answer in seen.answers[root] if "edges" in answer][:1] == [[]]


#: Empty lists, and the figures of those below.
_OF_ONES_OWN = {
    *("MemberConnection", "DocketConnection", "PlacementConnection", "EntrustmentConnection", "SecondmentConnection"),
    *("CountedMemberConnection", "ElectorConnection", "Headcount", "EndingConnection", "FilingConnection"),
    "CertificateStock",  # counts, to the federation of the province
}
#: What everybody reaches.
_PUBLIC = {
    *("Viewer", "Union", "UnionKey", "PageInfo", "UnionEdge", "_Service"),
    *("ProvincePolicy", "PolicyValue", "PolicyVersionConnection"),
}
#: P1 went from U1 to U2 and onward to U3: the first case is of the first two, the second of the last two.
_ONWARD = {("P1 onward", "U2"), ("P1 onward", "U3")}


@pytest.mark.attack("Z07")
async def test_of_two_of_one_person_each_holder_sees_the_other_s_union_and_day_alone(busy: Busy) -> None:
    """P6 of U3 is U8's too, on paper, where everything but the person is written otherwise."""
    first = busy.people["P6"]
    second = await busy.bring_in("P7", "U8", of=first)
    unions = ("U3", "U8", "U15", "U9", "U16", "U0", "U1")
    seen = {ref: (await look_around(busy, ref, *_TELLING_OF_MEMBERS)).text() for ref in unions}
    for ref, own, other in (("U3", first, second), ("U8", second, first)):
        assert all(value in seen[ref] for value in (*own.on_card, *own.masked, *own.ids))
        # Of the other: its union, since when it counts, and its id, which stands in the document that both sign.
        told = (other.joined_on, str(other.member["membershipId"]))
        assert [value for value in told if value not in seen[ref]] == []
        hidden = (
            other.certificate,
            other.residence,
            other.member["id"],
            *other.unmasked,
        )
        assert [value for value in hidden if value in seen[ref]] == []
    assert UNIONS["U3"].uri in (duplicate := json.dumps(await _duplicate(busy, "U8", second)))
    assert UNIONS["U8"].uri not in duplicate
    for ref in ("U15", "U9", "U16", "U0", "U1"):
        assert [value for value in (*second.on_card, *second.ids, *second.unmasked) if value in seen[ref]] == [], ref
    logged = await busy.stage.superuser.fetch(
        "select distinct u.uri from hub.disclosures d join hub.unions u using (union_id) where d.kind = 'DUPLICATE'"
    )
    assert {row["uri"] for row in logged} == {UNIONS["U3"].uri, UNIONS["U8"].uri}


#: Where a person, or a union's having one, could be told; `nodes` asks for every id.
_TELLING_OF_MEMBERS = (
    *(
        "nodes",
        "members",
        "docket",
        "mergeCases",
        "filings",
        "overdueFilings",
        "placements",
        "awaitedMembers",
        "countedMembers",
    ),
    *("certificate", "explainCount", "secondments", "entrustments"),
)


async def _duplicate(busy: Busy, ref: str, person: Planted) -> Json:
    query = "query ($id: ID!) { answer: member(id: $id) { duplicate { joinedOn union { uri } } } }"
    found: Json = await busy.stage[ref].ask(query, id=person.member["id"])
    return found


@pytest.mark.attack("Z02")
async def test_the_ex_holder_keeps_its_stub_and_the_receipt_of_the_move(busy: Busy) -> None:
    """Frozen as released; of what came after, nothing: neither who holds now nor where the member works."""
    seen = await look_around(busy, "U1", "docket", "handoff", "explain")
    (case,) = (answer for answer in await _whole(busy, "U1", "P1"))
    assert (case["side"], case["state"], case["member"]) == ("HOLDER", "ACCEPTED", None)
    assert case["card"]["duesPaidThrough"] == "2025-01"
    assert (case["inDate"], case["receivingUnion"]["uri"]) == ("2025-06-10", UNIONS["U2"].uri)
    assert case["transferEntry"]["receivingSeal"] == UNIONS["U2"].name
    assert "acceptance" in opened(case["steps"][1]["statement"])
    told = seen.text()
    assert UNIONS["U2"].uri in told
    for text in (UNIONS["U3"].uri, UNIONS["U3"].name, inputs.EMPLOYERS["小店乙"]):
        assert text not in told


@pytest.mark.attack("Z03")
async def test_a_named_receiver_reads_the_card_and_no_nested_path_leads_further(busy: Busy) -> None:
    (case,) = await _whole(busy, "U2", "P2")
    assert (case["side"], case["state"], case["member"]) == ("RECEIVER", "RELEASED", None)
    card = case["card"]
    assert card["name"] == busy.people["P2"].name
    # Name, sex, birth month, joining, certificate, issuing union, dues: no field more, also in the text that is signed.
    assert json.loads(card["json"]).keys() == {
        *("name", "sex", "birth_month", "joined_on", "certificate", "issuing_union", "dues_paid_through", "salt")
    }
    # The statement has neither the card's data nor the holder's.
    told = opened(case["steps"][0]["statement"])
    person = busy.people["P2"]
    assert [value for value in (*person.on_card, *person.unmasked, *person.masked) if value in told] == []


@pytest.mark.attack("Z04")
@pytest.mark.parametrize(("name", "state"), [("P3", "REFUSED"), ("P4", "RECALLED"), ("P5", "EXPIRED")])
async def test_the_receiver_of_a_closed_case_reads_its_card_no_more(busy: Busy, name: str, state: str) -> None:
    (case,) = await _whole(busy, "U2", name)
    assert (case["side"], case["state"]) == ("RECEIVER", state)
    assert (case["card"], case["member"], case["duesPaidThrough"], case["transferEntry"]) == (None, None, None, None)
    assert case["releasingUnion"]["uri"] == UNIONS["U7" if name == "P5" else "U1"].uri
    told = opened(json.dumps(case, ensure_ascii=False))
    for value in (*busy.people[name].on_card, *busy.people[name].unmasked, *busy.people[name].masked):
        assert value not in told


@pytest.mark.attack("Z01")
async def test_not_held_and_not_existing_are_the_same_bytes_after_the_same_statements(busy: Busy) -> None:
    for ref in ("U15", "U13", "U2"):
        party = busy.stage[ref]
        await party.token()
        for query, existing, unknown in _probes(busy, ref):
            heard = []
            for value in (existing, unknown):
                async with busy.stage.statements() as said:
                    heard.append((await party.post(query, {"id": value}), said))
            assert heard[0][0] == heard[1][0], query
            assert heard[0][1] == heard[1][1], query
            assert heard[0][1], query


def _probes(busy: Busy, ref: str) -> list[tuple[str, str, str]]:
    """Give each question that names an object, with an id of somebody else's and one of nobody's."""
    member, handoff = busy.people["P6"].member["id"], busy.handoffs["P1 onward"]
    asked = [
        ("query ($id: ID!) { answer: member(id: $id) { id name certificate { issuedOn } } }", member, NO_MEMBER),
        ("query ($id: ID!) { answer: node(id: $id) { id __typename } }", member, NO_MEMBER),
        ("query ($id: ID!) { answer: nodes(ids: [$id]) { id ... on Member { name } } }", member, NO_MEMBER),
        ("query ($id: ID!) { answer: certificate(memberId: $id) { issuedOn } }", member, NO_MEMBER),
        (_REVEAL, member, NO_MEMBER),
        (
            _draft("draftAmendMember", 'memberId: $id, isCorrection: true, person: {sex: "9"}, emptied: ["mobile"]'),
            member,
            NO_MEMBER,
        ),
        (
            _draft("draftReleaseMember", f'memberId: $id, receivingUnion: "{UNIONS["U2"].uri}", {_RELEASED}'),
            member,
            NO_MEMBER,
        ),
        (_draft("draftMergeMemberships", "memberId: $id, survivor: true"), member, NO_MEMBER),
    ]
    if ref != "U2":
        asked += [
            (
                "query ($id: ID!) { answer: handoff(id: $id) { id card { name } steps { act } proof } }",
                handoff,
                NO_HANDOFF,
            ),
            ("query ($id: ID!) { answer: node(id: $id) { id } }", handoff, NO_HANDOFF),
            ("query ($id: ID!) { answer: explain(handoffId: $id) { summary } }", handoff, NO_HANDOFF),
            (_draft("draftAcceptHandoff", f"handoffId: $id, {_ACCEPTED}"), handoff, NO_HANDOFF),
            (_draft("draftRefuseHandoff", 'handoffId: $id, ground: "ARREARS"'), handoff, NO_HANDOFF),
            (_draft("draftRecallHandoff", "handoffId: $id"), handoff, NO_HANDOFF),
        ]
    return asked


_REVEAL = (
    'mutation ($id: ID!) { answer: revealIdNumber(memberId: $id, purpose: "核对") '
    "{ ... on Refusal { code message messageEn nextStep } } }"
)
_RELEASED = 'reasonCode: "CHANGE_OF_EMPLOYER", outDate: "2025-06-10", duesPaidThrough: "2025-01"'
_ACCEPTED = 'inDate: "2025-06-10", holdingBasis: ORDINARY, formReceived: true'


def _draft(field: str, given: str) -> str:
    return (
        f"query ($id: ID!) {{ answer: {field}(input: {{{given}}}) "
        "{ claims card { json } refusals { code message messageEn nextStep path } } }"
    )


async def _whole(busy: Busy, ref: str, name: str) -> list[Json]:
    """Read one case, every field of it."""
    party: Party = busy.stage[ref]
    return [await party.ask(HANDOFF_QUERY, id=busy.handoffs[name])]
