"""The client: logs in, signs what was asked and nothing else, and gets an act done once."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from federation import acts, documents, statements
from federation.acts import Act
from federation.client import HubClient
from federation.errors import AnswerLost, HubError, Refused, StatementError
from federation.forms import KeyUse, Sha256
from tests.federation.hubs import (
    CARD,
    CARD_SHA256,
    LOGIN_KEY,
    SIGNING_KEY,
    FakeHub,
    Says,
    a_draft,
    a_refusal_answer,
    claims_text,
    failed,
    the_card,
)
from tests.federation.parties import (
    HUB,
    NOW,
    U1,
    U2,
    U3,
    a_join,
    a_key,
    a_key_registration,
    a_key_retirement,
    a_key_revocation,
    a_member_amendment,
    a_recall,
    a_refusal,
    a_release,
    a_union_amendment,
    a_union_registration,
    an_acceptance,
    changed,
    in_force,
)

HANDOFF = {"__typename": "Handoff", "id": "SGFuZG9mZjox", "state": "RELEASED"}
RELEASE = changed(a_release(), card_sha256=Sha256(CARD_SHA256))
RELEASE_INPUT = {
    "memberId": "TWVtYmVyOjE=",
    "receivingUnion": U2,
    "reasonCode": "CHANGE_OF_EMPLOYER",
    "outDate": "2025-03-03",
    "duesPaidThrough": "2025-02",
    "relationEndedOn": "2025-02-28",
    "newEmployerUscc": "91310117MC0Q15154X",
    "formCustody": "WITH_PERSONNEL_FILE",
}


def a_hub(**says: Any) -> FakeHub:
    def always(answer: Any) -> Says:
        return lambda _: answer

    return FakeHub(says={name: always(answer) for name, answer in says.items()})


def releasing_hub() -> FakeHub:
    return a_hub(DraftReleaseMember=a_draft(RELEASE, card=the_card()), ReleaseMember=dict(HANDOFF))


async def test_it_logs_in_once_and_is_known_from_then_on() -> None:
    hub = a_hub(Viewer={"kid": LOGIN_KEY.kid})
    async with hub.client() as client:
        assert await client.viewer() == {"kid": LOGIN_KEY.kid}
        await client.viewer()
    assert len(hub.logins) == 1
    assert [request.headers["authorization"] for request in hub.requests] == ["Bearer token-1"] * 2


async def test_a_token_that_the_hub_no_longer_takes_is_renewed_once() -> None:
    hub = a_hub(Viewer={"kid": "k"})
    async with hub.client() as client:
        await client.viewer()
        hub.tokens.clear()
        assert await client.viewer() == {"kid": "k"}
        assert len(hub.logins) == 2
        hub.before = [failed("UNAUTHENTICATED", 401), failed("UNAUTHENTICATED", 401)]
        with pytest.raises(HubError) as caught:
            await client.viewer()
    assert caught.value.code == "UNAUTHENTICATED"
    assert len(hub.logins) == 3


async def test_a_token_is_renewed_before_it_ends() -> None:
    hub = a_hub(Viewer={})
    hub.expires_in = 15
    async with hub.client() as client:
        await client.viewer()
        await client.viewer()
    assert len(hub.logins) == 2


async def test_a_refused_login_is_told() -> None:
    hub = FakeHub(before_login=[httpx.Response(401, json={"error": "invalid_client"})])
    async with hub.client() as client:
        with pytest.raises(HubError) as caught:
            await client.viewer()
    assert caught.value.code == "INVALID_CLIENT"
    assert len(hub.logins) == 1


async def test_an_answer_without_a_token_is_no_login() -> None:
    hub = FakeHub(before_login=[httpx.Response(200, json={"access_token": "x"}), httpx.Response(200, text="welcome")])
    async with hub.client() as client:
        for _ in range(2):
            with pytest.raises(HubError) as caught:
                await client.viewer()
            assert caught.value.code == "HTTP_200"
    assert hub.requests == []


async def test_each_try_to_log_in_has_its_own_assertion() -> None:
    hub = a_hub(Viewer={})
    hub.before_login = [httpx.ConnectError("refused"), httpx.Response(503)]
    async with hub.client() as client:
        await client.viewer()
    assert len(set(hub.logins)) == 3


async def test_the_unions_clock_dates_the_login() -> None:
    hub = a_hub(Viewer={})
    async with hub.client(now=lambda: NOW + timedelta(minutes=5)) as client:
        with pytest.raises(StatementError):  # the hub's side, which verifies in earnest
            await client.viewer()


async def test_a_draft_is_signed_as_it_is_and_handed_in() -> None:
    hub = releasing_hub()
    async with hub.client() as client:
        answer = await client.release_member(RELEASE_INPUT)
    assert answer == {"id": "SGFuZG9mZjox", "state": "RELEASED"}
    (drafted, asked), (handed_in, variables) = hub.asked
    assert (drafted, handed_in) == ("DraftReleaseMember", "ReleaseMember")
    assert asked == {"input": RELEASE_INPUT}
    assert variables.keys() == {"statement"}
    statement = statements.read(variables["statement"], acts.Release)
    claims = statements.verify(statement, key=SIGNING_KEY.public, dates=in_force(), caller=U1, audience=HUB, now=NOW)
    assert claims == RELEASE
    payload = statement.signing_input.split(b".")[1]
    assert payload == statements.sign_claims(claims_text(RELEASE), RELEASE.typ, SIGNING_KEY).split(".")[1].encode()


async def test_a_join_takes_the_person_along() -> None:
    join = changed(a_join(), card_sha256=Sha256(CARD_SHA256))
    member = {"__typename": "Member", "id": "TWVtYmVyOjE="}
    hub = a_hub(DraftJoinMember=a_draft(join, card=the_card()), JoinMember=member)
    asked = {
        "person": {"name": "张一", "sex": "1", "birthMonth": "1988-05", "idType": "RESIDENT_ID"},
        "channel": "WRITTEN",
        "joinedOn": "2012-07-01",
        "holdingBasis": "ORDINARY",
        "employerUscc": "91310120MC0P141427",
        "relationStartedOn": "2012-06-01",
        "certificate": {"provinceCode": "31", "number": "000001"},
        "certificateIssuedOn": "2012-07-02",
        "duesPaidThrough": "2025-02",
    }
    async with hub.client() as client:
        assert await client.join_member(asked) == {"id": "TWVtYmVyOjE="}
    assert hub.asked[-1][1]["person"] == CARD


async def test_an_amendment_takes_along_what_is_amended_of_the_person() -> None:
    whole = changed(a_member_amendment(), card_sha256=Sha256(CARD_SHA256))
    names = ("name", "dues_paid_through")
    for bound, card in ((Sha256(CARD_SHA256), the_card()), (None, None)):
        absent: dict[str, Any] = {field.name: None for field in fields(whole)}
        kept = {name: getattr(whole, name) for name in ("custody_version", "data_version", "is_correction")}
        amendment = changed(
            whole, **absent | kept | {"fields": names, "dues_paid_through": "2025-02", "card_sha256": bound}
        )
        member = {"__typename": "Member", "id": "TWVtYmVyOjE="}
        hub = a_hub(DraftAmendMember=a_draft(amendment, card=card), AmendMember=member)
        asked = {"memberId": "x", "isCorrection": True, "person": {"name": "张伊"}, "duesPaidThrough": "2025-02"}
        async with hub.client() as client:
            assert await client.amend_member(asked) == {"id": "TWVtYmVyOjE="}
        assert hub.asked[-1][1].get("person") == (None if card is None else CARD)


NEW_KEY = a_key("U1 new", kid="u1-new")
UNION_INPUT = {
    "uscc": "81310117MC0C30036R",
    "name": "松江小微企业联合工会",
    "kind": "GRASSROOTS_JOINT",
    "provinceCode": "31",
    "jurisdictionCode": "310117",
    "employerUsccs": ["91310117MC0R16166Y"],
    "memberUnits": [
        {"employerUscc": "91310117MC0R16166Y", "from": "2020-01-01", "until": None},
        {"employerUscc": "91310117MC0T171793", "from": "2020-01-01", "until": "2024-06-30"},
    ],
    "contains": ["urn:union:local:31:81310117MC0C30036R-01"],
    "establishedOn": "2019-12-01",
}

Do = Callable[[HubClient], Awaitable[dict[str, Any]]]


@pytest.mark.parametrize(
    ("name", "claims", "sub", "do"),
    [
        (
            "AcceptHandoff",
            an_acceptance(),
            None,
            lambda client: client.accept_handoff(
                {"handoffId": "x", "inDate": "2025-03-10", "holdingBasis": "ORDINARY", "formReceived": True}
            ),
        ),
        (
            "RefuseHandoff",
            a_refusal(),
            None,
            lambda client: client.refuse_handoff("x", "DATA_MISMATCH", ["dues_paid_through", "birthMonth"]),
        ),
        ("RefuseHandoff", changed(a_refusal(), fields=None), None, lambda c: c.refuse_handoff("x", "DATA_MISMATCH")),
        ("RecallHandoff", a_recall(), None, lambda client: client.recall_handoff("x")),
        ("RegisterUnion", a_union_registration(), U3, lambda client: client.register_union(UNION_INPUT)),
        (
            "AmendUnion",
            changed(a_union_amendment(), **dict.fromkeys(("jurisdiction_code", "member_units", "contains"))),
            U3,
            lambda client: client.amend_union(
                {"union": U3, "name": "松江小微企业工会联合会", "employerUsccs": ["91310117MC0Q15154X"]}
            ),
        ),
        (
            "RetireKey",
            a_key_retirement("old"),
            U1,
            lambda client: client.retire_key(kid="old", use=KeyUse.SIGNING, at=NOW + timedelta(days=1)),
        ),
        (
            "RevokeKey",
            a_key_revocation("old"),
            U2,
            lambda client: client.revoke_key(
                kid="old",
                use=KeyUse.LOGIN,
                reason="COMPROMISED",
                invalid_from=NOW - timedelta(hours=3),
                union=U2,
            ),
        ),
        (
            "RetireKey",
            a_key_retirement("old"),
            U2,
            lambda client: client.retire_key(kid="old", use=KeyUse.SIGNING, at=NOW + timedelta(days=1), union=U2),
        ),
        (
            "RevokeKey",
            a_key_revocation("old"),
            U1,
            lambda client: client.revoke_key(
                kid="old", use=KeyUse.LOGIN, reason="COMPROMISED", invalid_from=NOW - timedelta(hours=3)
            ),
        ),
        (
            "RegisterKey",
            a_key_registration(NEW_KEY, "e30.e30.AAAA"),
            U2,
            lambda client: client.register_key(
                union=U2, use=KeyUse.SIGNING, jwk=NEW_KEY.public.jwk_text, proof="e30.e30.AAAA"
            ),
        ),
    ],
)
async def test_every_act_has_its_method(name: str, claims: Act, sub: str | None, do: Do) -> None:
    draft = a_draft(claims, claims=claims_text(claims, sub=sub))
    hub = a_hub(**{f"Draft{name}": draft, name: {"__typename": "Handoff", "id": "1"}})
    async with hub.client() as client:
        assert await do(client) == {"id": "1"}
    assert [asked for asked, _ in hub.asked] == [f"Draft{name}", name]
    assert hub.asked[0][1]["input"].get("union", sub) == sub
    statement = statements.read(hub.asked[-1][1]["statement"], type(claims))
    statements.verify_signature(statement, SIGNING_KEY.public)
    assert statements.verify_claims(statement, HUB, NOW) == claims


async def test_a_new_key_is_registered_with_its_proof() -> None:
    def draft(variables: dict[str, Any]) -> dict[str, Any]:
        asked = variables["input"]
        claims = a_key_registration(NEW_KEY, asked["proof"])
        assert asked["notBefore"] == "2025-03-10T01:00:00+00:00"
        return a_draft(claims, claims=claims_text(claims, sub=U1))

    hub = FakeHub(says={"DraftRegisterKey": draft, "RegisterKey": lambda _: {"__typename": "Union", "id": "1"}})
    async with hub.client() as client:
        await client.register_own_key(NEW_KEY, KeyUse.SIGNING, NOW - timedelta(hours=1))
    claims = statements.read(hub.asked[-1][1]["statement"], acts.KeyRegistration)
    assert statements.verify_claims(claims, HUB, NOW).jwk == NEW_KEY.public


async def test_a_refusal_is_raised_with_all_that_it_says() -> None:
    when = "2025-04-01T00:00:00+08:00"
    refusal = a_refusal_answer(retryable=True, possibleFrom=when) | {"__typename": "Refusal"}
    hub = a_hub(DraftReleaseMember=a_draft(RELEASE, card=the_card()), ReleaseMember=refusal)
    async with hub.client() as client:
        with pytest.raises(Refused) as caught:
            await client.release_member(RELEASE_INPUT)
    error = caught.value
    assert (error.code, error.articles, error.path) == ("REASON_NOT_ALLOWED", ("A12",), ("release", "reason_code"))
    assert (error.message, error.message_en, error.next_step, error.retryable) == ("不予办理。", "Not so.", "…", True)
    assert error.possible_from == datetime(2025, 3, 31, 16, tzinfo=UTC)


async def test_what_a_draft_finds_against_the_act_is_told_and_nothing_is_signed() -> None:
    refusals = [a_refusal_answer("LABOUR_RELATION_UNCHANGED"), a_refusal_answer("DUES_MONTH_IMPLAUSIBLE")]
    hub = a_hub(DraftReleaseMember=a_draft(RELEASE, card=the_card(), refusals=refusals))
    async with hub.client() as client:
        with pytest.raises(Refused) as caught:
            await client.release_member(RELEASE_INPUT)
        shown = await client.draft(documents.RELEASE, RELEASE_INPUT)
    assert caught.value.code == "LABOUR_RELATION_UNCHANGED"
    assert [refusal.code for refusal in caught.value.also] == ["DUES_MONTH_IMPLAUSIBLE"]
    assert [refusal.code for refusal in shown.refusals] == ["LABOUR_RELATION_UNCHANGED", "DUES_MONTH_IMPLAUSIBLE"]
    assert {name for name, _ in hub.asked} == {"DraftReleaseMember"}


async def test_a_draft_that_says_something_else_is_not_signed() -> None:
    hub = a_hub(DraftReleaseMember=a_draft(changed(RELEASE, receiving_union=U3), card=the_card()))
    async with hub.client() as client:
        with pytest.raises(StatementError) as caught:
            await client.release_member(RELEASE_INPUT)
    assert caught.value.path == ("release", "receiving_union")
    assert {name for name, _ in hub.asked} == {"DraftReleaseMember"}


@pytest.mark.parametrize(
    "lost", [httpx.ReadTimeout("late"), httpx.RemoteProtocolError("cut"), httpx.Response(502), failed("INTERNAL", 500)]
)
async def test_what_got_no_answer_is_sent_again_with_the_same_bytes(lost: httpx.Response | Exception) -> None:
    hub = releasing_hub()
    async with hub.client() as client:
        draft = await client.draft(documents.RELEASE, RELEASE_INPUT)
        statement = client.sign(documents.RELEASE, draft, RELEASE_INPUT)
        hub.before = [lost, lost]
        await client.submit(documents.RELEASE, statement)
    first, *again = [request.content for request in hub.requests[1:]]
    assert again == [first, first]
    assert json.loads(first)["variables"] == {"statement": statement}


async def test_after_the_last_try_the_statement_is_given_back() -> None:
    hub = releasing_hub()
    async with hub.client() as client:
        draft = await client.draft(documents.RELEASE, RELEASE_INPUT)
        statement = client.sign(documents.RELEASE, draft, RELEASE_INPUT)
        hub.before = [httpx.ReadTimeout("late"), httpx.Response(502), httpx.Response(503), httpx.ConnectError("gone")]
        with pytest.raises(AnswerLost) as caught:
            await client.submit(documents.RELEASE, statement)
        assert caught.value.statement == statement
        # Later, the same bytes: the hub acts on them once, or has done so already.
        assert (await client.submit(documents.RELEASE, str(caught.value.statement)))["state"] == "RELEASED"
    assert len({request.content for request in hub.requests[1:]}) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (failed("BAD_USER_INPUT"), "BAD_USER_INPUT"),
        (failed("THROTTLED"), "THROTTLED"),
        (failed("INTERNAL"), "INTERNAL"),
        (failed("LIMIT_EXCEEDED", 413), "LIMIT_EXCEEDED"),
        (httpx.Response(200, json={"errors": [{"message": "x"}]}), "INTERNAL"),
        (httpx.Response(200, json={}), "HTTP_200"),
        (httpx.Response(200, json=[1]), "HTTP_200"),
        (httpx.Response(404, text="nothing here"), "HTTP_404"),
    ],
)
async def test_an_answer_outside_the_schema_is_an_error_with_its_code(answer: httpx.Response, code: str) -> None:
    hub = a_hub(Viewer={})
    async with hub.client() as client:
        await client.viewer()
        hub.before = [answer]
        with pytest.raises(HubError) as caught:
            await client.viewer()
    assert caught.value.code == code


async def test_the_hubs_keys_are_read_or_it_is_told_why_not() -> None:
    hub = FakeHub()
    async with hub.client() as client:
        assert list(await client.hub_keys()) == [a_key("hub").kid]
        hub.before_keys = [httpx.ConnectError("refused"), httpx.Response(404, json={"keys": []})]
        with pytest.raises(HubError) as caught:
            await client.hub_keys()
    assert caught.value.code == "HTTP_404"


async def test_reads_say_what_is_asked_and_leave_out_what_is_not() -> None:
    page = {"edges": [], "pageInfo": {"hasNextPage": False}}
    hub = a_hub(
        Member=None,
        Members=page,
        Handoff=None,
        Docket=page,
        Certificate=None,
        Explain=None,
        Receipt="e30.e30.AAAA",
        Proof={"proof": "{}"},
        Union={"uri": U2},
        RevealIdNumber={"__typename": "IdNumber", "idType": "RESIDENT_ID", "idNumber": "990101198805120016"},
    )
    async with hub.client() as client:
        assert await client.member("m") is None
        assert await client.members(matching={"name": "张一"}, first=10) == page
        assert await client.members() == page
        assert await client.handoff("h") is None
        assert await client.docket(side="RECEIVER", states=["RELEASED"], after="c") == page
        assert await client.certificate("m") is None
        assert await client.explain("h") is None
        assert await client.receipt("A" * 43) == "e30.e30.AAAA"
        assert await client.proof("h") == "{}"
        assert await client.find_union(uri=U2) == {"uri": U2}
        assert (await client.reveal_id_number("m", "核对"))["idNumber"] == "990101198805120016"
    assert [variables for _, variables in hub.asked] == [
        {"id": "m"},
        {"filter": {"name": "张一"}, "first": 10},
        {},
        {"id": "h"},
        {"side": "RECEIVER", "states": ["RELEASED"], "after": "c"},
        {"memberId": "m"},
        {"handoffId": "h"},
        {"sha256": "A" * 43},
        {"id": "h"},
        {"uri": U2},
        {"memberId": "m", "purpose": "核对"},
    ]
