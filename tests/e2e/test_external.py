"""A union outside the hub (A25), over HTTP: a member goes there and comes back, by papers that one side signs for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from federation.keys import read_jwks
from federation.proof import verify_proof
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import EXPLAIN_QUERY, HISTORY_QUERY
from tests.e2e.inputs import EMPLOYERS, MEMBERS, UNIONS
from tests.outside import EMPLOYER, FAR, FAR_USCC, PAPER

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

FAR_UNION: Final = {"uscc": FAR_USCC, "name": "外省纺织厂工会", "kind": "EXTERNAL", "establishedOn": "2005-01-01"}
UNVERIFIED_QUERY: Final = "query ($id: ID!) { answer: handoff(id: $id) { state unverifiedCounterparty proof } }"
TAKEN: Final = {
    "holdingBasis": "ORDINARY",
    "employerUscc": EMPLOYER,
    "relationStartedOn": "2025-03-01",
    "inDate": "2025-03-03",
    "formReceived": True,
    "paperSha256": PAPER,
}
LET_GO: Final = {
    "releasingUnion": FAR,
    "outDate": "2025-03-03",
    "duesPaidThrough": "2025-02",
    "relationEndedOn": "2025-02-28",
    "newEmployerUscc": EMPLOYERS["乙"],
    "paperSha256": PAPER,
}


async def _told(stage: Stage, ref: str, case: Json) -> Any:
    return await stage[ref].ask(UNVERIFIED_QUERY, id=case["id"])


@pytest.mark.article("A25")
async def test_a_member_goes_to_a_union_outside_and_comes_back(stage: Stage) -> None:
    u1, u2, u13 = (stage[ref] for ref in ("U1", "U2", "U13"))
    union = await u13.act("registerUnion", FAR_UNION)
    assert union["kind"] == "EXTERNAL"

    out = await stage.released(receivingUnion=FAR, newEmployerUscc=EMPLOYER)
    told = await u1.ask(EXPLAIN_QUERY, id=out["id"])
    assert {act["act"] for act in told["next"]} == {"acceptForExternal", "recallHandoff"}
    moved = await u1.act("acceptForExternal", {"handoffId": out["id"], **TAKEN})
    assert (moved["state"], moved["receivingUnion"]["uri"]) == ("ACCEPTED", FAR)

    consent = {"form": "WRITTEN", "givenOn": "2025-03-02", "evidenceSha256": inputs.EVIDENCE}
    asking = inputs.asking(MEMBERS["M1"], relationStartedOn="2025-03-01", consent=consent)
    asked = await u2.act("requestHandoff", asking)
    assert asked["releasingUnion"] is None
    assert (await _told(stage, "U2", asked))["unverifiedCounterparty"] is True
    let_go = await u2.act("releaseForExternal", {"handoffId": asked["id"], **LET_GO})
    assert (let_go["state"], let_go["releasingUnion"]["uri"]) == ("RELEASED", FAR)
    home = await u2.act("acceptHandoff", inputs.acceptance(asked["id"]))
    assert home["state"] == "ACCEPTED"

    keys = read_jwks((await stage.http.get("/.well-known/jwks.json")).text)
    for ref, case in (("U1", out), ("U2", asked)):
        seen = await _told(stage, ref, case)
        assert (seen["state"], seen["unverifiedCounterparty"]) == ("ACCEPTED", True)
        assert verify_proof(seen["proof"], keys).is_unverified
        assert await _told(stage, "U15", case) is None
    column = (await u2.ask(HISTORY_QUERY, id=stage.member("M1")))["certificate"]["transferColumn"]
    assert [(line["releasingSeal"], line["receivingSeal"], line["unverifiedCounterparty"]) for line in column] == [
        (UNIONS["U1"].name, "外省纺织厂工会", True),
        ("外省纺织厂工会", UNIONS["U2"].name, True),
    ]


@pytest.mark.article("A11")
async def test_a_stranger_signs_for_neither_side(stage: Stage) -> None:
    await stage["U13"].act("registerUnion", FAR_UNION)
    out = await stage.released(receivingUnion=FAR, newEmployerUscc=EMPLOYER)
    for mutation, asked in (("acceptForExternal", TAKEN), ("releaseForExternal", LET_GO)):
        draft = await stage["U15"].draft(mutation, {"handoffId": out["id"], **asked})
        assert draft["claims"] is None
        assert draft["refusals"][0]["code"] == Code.MEMBER_NOT_FOUND_OR_NOT_HELD


async def test_between_unions_of_the_hub_nothing_is_unverified(stage: Stage) -> None:
    case = await stage.moved()
    assert (await _told(stage, "U2", case))["unverifiedCounterparty"] is False
