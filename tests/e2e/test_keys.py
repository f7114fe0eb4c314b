"""The life of a key over HTTP: vouched for, rotated, retired, revoked, and what each means at the hub's receipt."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from federation.assertions import key_proof
from federation.encoding import b64url
from federation.keys import PrivateKey
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.documents import HANDOFF_QUERY, MEMBER_QUERY, UNION_QUERY
from tests.e2e.stage import FOUNDED, TODAY
from tests.e2e.wire import Answer

if TYPE_CHECKING:
    from datetime import datetime

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

DRAFT_RELEASE = """{ draftReleaseMember(input: {memberId: "%s", receivingUnion: "%s", duesPaidThrough: "2025-02",
    reasonCode: "CHANGE_OF_EMPLOYER", outDate: "2025-03-03"}) { typ } }"""


def text_of(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def end_of(party: Party, key: PrivateKey, at: datetime, *, use: str = "SIGNING", reason: str | None = None) -> Json:
    """Give the input of a retirement, or, with a reason, of a revocation."""
    given = {"union": party.uri, "kid": key.kid, "use": use, "at": text_of(at)}
    return given if reason is None else given | {"reason": reason}


async def _keys_of(by: Party, union: str) -> dict[str, Json]:
    found = await by.ask(UNION_QUERY, uri=union)
    return {key["kid"]: key for key in found["keys"]}


class TestRotation:
    async def test_the_old_key_signs_the_new_one_in(self, stage: Stage) -> None:
        u1, new = stage["U1"], PrivateKey.generate("ES256")
        old = u1.signing
        answer = await u1.act("registerKey", stage.key_input(u1.uri, "SIGNING", new))
        assert answer["uri"] == u1.uri
        # Both sign now.
        for key, ref in ((new, "M1"), (old, "M2")):
            u1.signing = key
            assert (await stage.released(ref))["state"] == "RELEASED"
        # The history is public, with its dates.
        keys = await _keys_of(stage["U15"], u1.uri)
        assert keys.keys() == {old.kid, new.kid, u1.login.kid}
        assert (keys[new.kid]["use"], keys[new.kid]["alg"]) == ("SIGNING", "ES256")
        assert json.loads(keys[new.kid]["jwk"])["x"] == new.public.jwk["x"]
        assert "d" not in json.loads(keys[new.kid]["jwk"])
        assert keys[old.kid]["notBefore"].startswith("2025-01-02")
        assert keys[old.kid]["retiredAt"] is None

    async def test_a_login_key_is_replaced_likewise(self, stage: Stage) -> None:
        u1, new = stage["U1"], PrivateKey.generate()
        await u1.act("registerKey", stage.key_input(u1.uri, "LOGIN", new))
        u1.login = new
        assert (await u1.ask("{ answer: viewer { kid } }"))["kid"] == new.kid

    async def test_a_branch_that_holds_nobody_keeps_its_own_keys(self, stage: Stage) -> None:
        branch, new = stage["U3a"], PrivateKey.generate()
        await branch.act("registerKey", stage.key_input(branch.uri, "SIGNING", new))
        assert new.kid in await _keys_of(branch, branch.uri)

    async def test_the_root_rotates_what_bootstrap_made(self, stage: Stage) -> None:
        root, new = stage["U0"], PrivateKey.generate()
        old = root.signing
        await root.act("registerKey", stage.key_input(root.uri, "SIGNING", new))
        root.signing = new
        await root.act("retireKey", end_of(root, old, root.clock.now()))
        assert (await _keys_of(root, root.uri))[old.kid]["retiredAt"] is not None


class TestBeginning:
    async def test_a_key_of_the_future_signs_nothing_yet(self, stage: Stage) -> None:
        u1, new = stage["U1"], PrivateKey.generate()
        begins = TODAY + timedelta(days=2)
        await u1.act("registerKey", stage.key_input(u1.uri, "SIGNING", new, notBefore=text_of(begins)))
        u1.signing = new
        for at, code in ((begins - timedelta(seconds=30), Code.SIGNING_KEY_NOT_VALID), (begins, None)):
            await stage.let_it_be(at)
            statement = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
            assert (await u1.submit("releaseMember", statement)).get("code") == code

    async def test_a_login_key_of_the_future_logs_nobody_in(self, stage: Stage) -> None:
        u1, new = stage["U1"], PrivateKey.generate()
        begins = TODAY + timedelta(days=2)
        await u1.act("registerKey", stage.key_input(u1.uri, "LOGIN", new, notBefore=text_of(begins)))
        u1.login = new
        assert (await u1.ask_for_token(u1.assertion())).status_code == 401
        await stage.let_it_be(begins)
        assert (await u1.ask_for_token(u1.assertion())).status_code == 200


class TestRetirement:
    async def test_it_ends_at_the_instant_named_and_not_before(self, stage: Stage) -> None:
        u1 = stage["U1"]
        ends = TODAY + timedelta(days=2)
        earlier = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
        await stage["U13"].act("retireKey", end_of(u1, u1.signing, ends))
        assert (await _keys_of(u1, u1.uri))[u1.signing.kid]["retiredAt"] == text_of(ends)
        await stage.let_it_be(ends - timedelta(seconds=30))
        assert (await stage.released("M2"))["state"] == "RELEASED"
        await stage.let_it_be(ends)
        # `iat` is what the signer says; the hub's receipt decides (I17).
        assert (await u1.submit("releaseMember", earlier))["code"] in {
            Code.SIGNING_KEY_NOT_VALID,
            Code.STATEMENT_EXPIRED,
        }
        late = await u1.drafted("releaseMember", inputs.release(stage.member("M3")))
        assert (await u1.submit("releaseMember", late))["code"] == Code.SIGNING_KEY_NOT_VALID

    async def test_what_it_signed_stands(self, stage: Stage) -> None:
        u1, released = stage["U1"], await stage.released()
        await stage["U13"].act("retireKey", end_of(u1, u1.signing, u1.clock.now()))
        accepted = await stage["U2"].act("acceptHandoff", inputs.acceptance(released["id"]))
        assert accepted["state"] == "ACCEPTED"

    async def test_a_retired_login_key_ends_its_tokens(self, stage: Stage) -> None:
        u1 = stage["U1"]
        ends = TODAY + timedelta(minutes=3)
        token = await u1.token()
        await u1.act("retireKey", end_of(u1, u1.login, ends, use="LOGIN"))
        assert await _statuses(stage, token) == {200}
        await stage.let_it_be(ends)
        assert await _statuses(stage, token) == {401}
        assert (await u1.ask_for_token(u1.assertion())).status_code == 401


class TestRevocation:
    @pytest.mark.attack("J23")
    async def test_it_ends_the_key_at_once_whatever_the_statement_says_of_its_time(self, stage: Stage) -> None:
        u1 = stage["U1"]
        before = await u1.drafted("releaseMember", inputs.release(stage.member("M1")))
        await stage["U13"].act("revokeKey", end_of(u1, u1.signing, u1.clock.now(), reason="COMPROMISED"))
        stored = await stage.everything()
        assert (await u1.submit("releaseMember", before))["code"] == Code.SIGNING_KEY_NOT_VALID
        assert await stage.everything() == stored

    @pytest.mark.invariant("I17")
    async def test_it_moves_nothing_even_where_it_reaches_back(self, stage: Stage) -> None:
        u1, released = stage["U1"], await stage.released()
        moved = await stage["U2"].act("acceptHandoff", inputs.acceptance(released["id"]))
        reaches_back = end_of(u1, u1.signing, FOUNDED, reason="COMPROMISED")
        await stage["U13"].act("revokeKey", reaches_back)
        key = (await _keys_of(u1, u1.uri))[u1.signing.kid]
        assert (key["reason"], key["invalidFrom"]) == ("COMPROMISED", text_of(FOUNDED))
        assert key["revokedAt"] > "2025-03-03"
        seen = await stage["U2"].ask(HANDOFF_QUERY, id=moved["id"])
        assert (seen["state"], len(seen["steps"])) == ("ACCEPTED", 2)
        assert (await stage["U2"].ask(MEMBER_QUERY, id=stage.member("M1")))["custodyVersion"] == 2

    async def test_a_revoked_login_key_is_401_at_once(self, stage: Stage) -> None:
        u1 = stage["U1"]
        token = await u1.token()
        assert await _statuses(stage, token) == {200}
        await stage["U13"].act("revokeKey", end_of(u1, u1.login, u1.clock.now(), use="LOGIN", reason="LOST"))
        assert await _statuses(stage, token) == {401}
        assert (await u1.ask_for_token(u1.assertion())).status_code == 401

    async def test_what_has_ended_ends_no_second_time(self, stage: Stage) -> None:
        u1, u13 = stage["U1"], stage["U13"]
        revocation = end_of(u1, u1.signing, u1.clock.now(), reason="COMPROMISED")
        await u13.act("revokeKey", revocation)
        for mutation, asked in (("revokeKey", revocation), ("retireKey", end_of(u1, u1.signing, u1.clock.now()))):
            refusal = await u13.refused(mutation, asked)
            assert (refusal["code"], refusal["path"]) == (Code.INPUT_INVALID, ["key", "kid"])

    async def test_a_retired_key_may_still_turn_out_to_be_compromised(self, stage: Stage) -> None:
        u1, u13 = stage["U1"], stage["U13"]
        await u13.act("retireKey", end_of(u1, u1.signing, u1.clock.now()))
        await u13.act("revokeKey", end_of(u1, u1.signing, FOUNDED, reason="COMPROMISED"))
        key = (await _keys_of(u1, u1.uri))[u1.signing.kid]
        assert None not in (key["retiredAt"], key["revokedAt"])


class TestWhoMay:
    @pytest.mark.parametrize("ref", ["U2", "U9", "U10", "U0", "U15"])
    async def test_nobody_but_the_union_and_the_one_directly_above(self, stage: Stage, ref: str) -> None:
        """U10 and U0 are above U1, but not next to it."""
        u1, other = stage["U1"], stage[ref]
        before = await stage.everything()
        for mutation, asked in (
            ("registerKey", stage.key_input(u1.uri, "SIGNING", PrivateKey.generate())),
            ("retireKey", end_of(u1, u1.signing, u1.clock.now())),
            ("revokeKey", end_of(u1, u1.signing, u1.clock.now(), reason="COMPROMISED")),
        ):
            assert (await other.refused(mutation, asked))["code"] == Code.NOT_NEXT_HIGHER_UNION
        assert await stage.everything() == before

    async def test_a_login_key_signs_no_statement(self, stage: Stage) -> None:
        u1 = stage["U1"]
        draft = await u1.draft("registerKey", stage.key_input(u1.uri, "SIGNING", PrivateKey.generate()))
        u1.signing, login = u1.login, u1.signing
        assert (await u1.submit("registerKey", u1.sign(draft)))["code"] == Code.SIGNATURE_INVALID
        assert login.kid != u1.signing.kid

    async def test_only_the_next_level_registers_a_union(self, stage: Stage) -> None:
        wanted = {
            "uscc": "81310117MC1D25256C",
            "name": "新店工会",
            "kind": "GRASSROOTS_INDEPENDENT",
            "provinceCode": "31",
            "establishedOn": "2025-03-01",
        }
        before = await stage.everything()
        for ref in ("U0", "U3", "U3a"):
            assert (await stage[ref].refused("registerUnion", wanted))["code"] == Code.NOT_NEXT_HIGHER_UNION
        assert await stage.everything() == before
        answer = await stage["U9"].act("registerUnion", wanted)
        assert (answer["name"], answer["uri"]) == ("新店工会", "urn:union:81310117MC1D25256C")
        assert (await stage["U9"].refused("registerUnion", wanted))["code"] == Code.INPUT_INVALID


class TestProofs:
    async def test_a_key_comes_with_a_fresh_proof_of_its_own_for_this_union_and_hub(self, stage: Stage) -> None:
        u1, new, now = stage["U1"], PrivateKey.generate(), stage.clock.now()
        good = stage.key_input(u1.uri, "SIGNING", new)
        before = await stage.everything()
        for proof in (
            key_proof(PrivateKey.generate(), union=u1.uri, aud=stage.hub, iat=now),
            key_proof(u1.signing, union=u1.uri, aud=stage.hub, iat=now),
            key_proof(new, union=stage["U2"].uri, aud=stage.hub, iat=now),
            key_proof(new, union=u1.uri, aud="https://another.hub", iat=now),
            key_proof(new, union=u1.uri, aud=stage.hub, iat=now - timedelta(days=8)),
            "a.b.c",
        ):
            refusal = await u1.refused("registerKey", good | {"proof": proof})
            assert (refusal["code"], refusal["path"]) == (Code.KEY_PROOF_INVALID, ["key", "proof"])
        assert await stage.everything() == before
        await u1.act("registerKey", good)

    async def test_a_kid_is_one_keys_for_ever(self, stage: Stage) -> None:
        u1 = stage["U1"]
        another = PrivateKey.from_jwk(PrivateKey.generate().jwk, kid=u1.signing.kid)
        refusal = await u1.refused("registerKey", stage.key_input(u1.uri, "SIGNING", another))
        assert (refusal["code"], refusal["path"]) == (Code.INPUT_INVALID, ["key", "kid"])
        # Another union may call its key so.
        await stage["U2"].act("registerKey", stage.key_input(stage["U2"].uri, "SIGNING", another))

    @pytest.mark.attack("J16")
    @pytest.mark.parametrize(
        "x", [bytes(32), b"\x01" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xee" + b"\xff" * 30 + b"\x7f"]
    )
    async def test_no_point_of_small_order_is_a_key(self, stage: Stage, x: bytes) -> None:
        u1 = stage["U1"]
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64url(x), "kid": "small"}
        asked = stage.key_input(u1.uri, "SIGNING", PrivateKey.generate()) | {"jwk": json.dumps(jwk)}
        draft = await u1.draft("registerKey", asked)
        assert draft["claims"] is None
        assert draft["refusals"][0]["code"] == Code.INPUT_INVALID

    async def test_a_private_key_is_refused_and_repeated_nowhere(self, stage: Stage) -> None:
        u1, new = stage["U1"], PrivateKey.generate()
        asked = stage.key_input(u1.uri, "SIGNING", new) | {"jwk": json.dumps(new.jwk)}
        draft = await u1.draft("registerKey", asked)
        assert draft["refusals"][0]["code"] == Code.INPUT_INVALID
        assert new.jwk["d"] not in json.dumps(draft)
        assert new.jwk["d"] not in stage.serving.said


async def _statuses(stage: Stage, token: str) -> set[int]:
    """Give how requests of every kind are answered with a token: reads, public ones too, drafts and acts."""
    found = set()
    for query in (
        "{ viewer { kid } }",
        '{ unions(nameContains: "工会", first: 1) { edges { cursor } } }',
        f'{{ union(uri: "{stage["U2"].uri}") {{ name }} }}',
        "{ members { edges { cursor } } }",
        "{ docket { edges { cursor } } }",
        f'{{ member(id: "{stage.member("M1")}") {{ name }} }}',
        f'{{ receipt(statementSha256: "{b64url(bytes(32))}") }}',
        f'mutation {{ revealIdNumber(memberId: "{stage.member("M1")}", purpose: "核对身份") {{ __typename }} }}',
        DRAFT_RELEASE % (stage.member("M1"), stage["U2"].uri),
    ):
        headers = {"authorization": f"Bearer {token}", "accept": "application/json"}
        response = await stage.http.post("/graphql", json={"query": query}, headers=headers)
        answer = Answer(response.status_code, response.content)
        assert (answer.code == "UNAUTHENTICATED") if answer.status == 401 else answer.data
        found.add(answer.status)
    return found
