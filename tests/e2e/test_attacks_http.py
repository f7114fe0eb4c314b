"""Hostile requests at the real server: ids, GraphQL, transport (attack list Z, G, H), and what the hub keeps (L)."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from federation.encoding import b64url
from hub.database import binaries
from tests.e2e.busy import Busy
from tests.e2e.ear import log_of
from tests.e2e.forging import NO_MEMBER, made_up_release
from tests.e2e.inputs import UNIONS
from tests.e2e.schemawalk import opened
from tests.e2e.serving import Serving, a_free_port, run
from tests.e2e.wire import GRAPHQL_JSON, Clock, Party

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Answer


@pytest.fixture
async def busy(stage: Stage) -> Busy:
    return await Busy.played(stage)


async def _refused(party: Party, query: str) -> str:
    answer = await party.post(query)
    assert answer.status == 400, answer.body[:300]
    return answer.code


class TestIds:
    NODES = "query ($ids: [ID!]!) { answer: nodes(ids: $ids) { id } }"

    @pytest.mark.attack("Z09")
    async def test_no_id_is_a_number_that_one_could_guess(self, stage: Stage) -> None:
        await stage.released()
        for party in (stage["U15"], stage["U1"]):
            for hundred in range(1, 10_001, 100):
                ids = [str(number) for number in range(hundred, hundred + 100)]
                assert await party.ask(self.NODES, ids=ids) == [None] * 100
        drawn = [member["membershipId"] for member in stage.members.values()]
        assert {text[14] for text in drawn} == {"4"}  # version 4: drawn at random

    @pytest.mark.attack("Z09")
    async def test_a_changed_id_is_nobodys(self, stage: Stage) -> None:
        """Of another type, one bit off, in another spelling: as if it named nothing, also to the holder."""
        member, handoff = stage.member("M1"), (await stage.released())["id"]
        raw = base64.urlsafe_b64decode(member + "=")
        key = raw.partition(b":")[2]
        changed = [
            base64.urlsafe_b64encode(b"%s:%s" % (name, key)).decode().rstrip("=")
            for name in (b"Handoff", b"Union", b"member", b"MEMBER", b"Person", b"", b"Holding")
        ]
        changed += [
            base64.urlsafe_b64encode(b"Member:" + bytes([key[0] ^ 1]) + key[1:]).decode().rstrip("="),
            base64.urlsafe_b64encode(b"Member:" + key + b"\0").decode().rstrip("="),
            base64.urlsafe_b64encode(b"Member:" + key[:-1]).decode().rstrip("="),
            member + "=",
            f" {member}",
            f"{member}\n",
            member[:-1] + chr(ord(member[-1]) + 1),
            stage.members["M1"]["membershipId"],
            f"Member:{stage.members['M1']['membershipId']}",
            "\u0000",
            "x" * 5000,
        ]
        assert await stage["U1"].ask(self.NODES, ids=changed) == [None] * len(changed)
        assert (await stage["U1"].ask(self.NODES, ids=[member, handoff])) == [{"id": member}, {"id": handoff}]
        for wrong in changed:
            answer = await stage["U1"].post("query ($id: ID!) { answer: member(id: $id) { id } }", {"id": wrong})
            assert answer.data == {"answer": None}

    @pytest.mark.attack("Z01")
    async def test_an_act_on_an_id_of_nobodys_is_answered_like_one_on_anothers(self, busy: Busy) -> None:
        stage, strangers = busy.stage, ("U15", "U13", "U9")
        for ref in strangers:
            party = stage[ref]
            held, unknown = busy.people["P6"].member["membershipId"], str(uuid4())
            answers = []
            await party.token()
            for subject in (held, unknown):
                statement = made_up_release(party, subject, out_date="2025-06-10", valid_until="2025-07-10")
                async with stage.statements() as said:
                    answers.append((await party.hand_in("releaseMember", statement), said))
            assert answers[0] == answers[1]
            assert json.loads(answers[0][0].body)["data"]["answer"]["code"] == "MEMBER_NOT_FOUND_OR_NOT_HELD"


class TestGraphQL:
    @pytest.mark.attack("G01")
    async def test_ten_thousand_aliases(self, stage: Stage) -> None:
        text = "{" + " ".join(f"a{n}:__typename" for n in range(10_000)) + "}"
        assert await _refused(stage["U1"], text) == "LIMIT_EXCEEDED"

    @pytest.mark.attack("G02")
    @pytest.mark.attack("G05")
    async def test_repeated_fields_and_directives(self, stage: Stage) -> None:
        assert await _refused(stage["U1"], "{" + "__typename " * 10_000 + "}") == "LIMIT_EXCEEDED"
        assert await _refused(stage["U1"], "{ __typename " + "@skip(if: false) " * 8000 + "}") == "LIMIT_EXCEEDED"

    @pytest.mark.attack("G03")
    @pytest.mark.parametrize("depth", [16, 150, 2000])
    async def test_depth(self, stage: Stage, depth: int) -> None:
        up = "{ viewer { union " + "{ parentUnion " * depth + "{ name }" + "}" * depth + "} }"
        answer = await stage["U1"].post(up)
        assert (answer.status, answer.code) == (400, "LIMIT_EXCEEDED")
        assert b"recursion" not in answer.body.lower()

    @pytest.mark.attack("G04")
    async def test_nested_lists_are_refused_for_what_they_would_cost(self, stage: Stage) -> None:
        up = "union { keys { kid use alg jwk notBefore } parentUnion { keys { kid } parentUnion { keys { kid } } } }"
        text = f"{{ members(first: 100) {{ edges {{ node {{ holdings {{ {up} }} }} }} }} }}"
        assert await _refused(stage["U1"], text) == "LIMIT_EXCEEDED"
        assert (await stage["U1"].post(text.replace("100", "2"))).data

    @pytest.mark.attack("G06")
    async def test_circular_fragments(self, stage: Stage) -> None:
        text = "{ viewer { union { ...a } } } fragment a on Union { parentUnion { ...b } } fragment b on Union { ...a }"
        assert await _refused(stage["U1"], text) == "GRAPHQL_VALIDATION_FAILED"

    @pytest.mark.attack("G12")
    async def test_values_out_of_range_name_their_field(self, stage: Stage) -> None:
        for day in ("2026-02-30", "9999-12-31", "2026-11-22T00:00:00Z", "2026-1-1", ""):
            asked = {"handoffId": NO_MEMBER, "inDate": day, "holdingBasis": "ORDINARY", "formReceived": True}
            answer = await stage["U1"].post(
                "query ($input: AcceptHandoffDraft!) { answer: draftAcceptHandoff(input: $input) { typ } }",
                {"input": asked},
            )
            assert answer.code == "BAD_USER_INPUT"
            assert "inDate" in answer.json["errors"][0]["message"]

    @pytest.mark.attack("G16")
    async def test_a_fault_of_the_database_tells_nothing_of_it(self, stage: Stage) -> None:
        await stage.superuser.execute("alter table hub.dockets rename to elsewhere")
        try:
            answer = await stage["U1"].post("{ docket { edges { cursor } } }")
        finally:
            await stage.superuser.execute("alter table hub.elsewhere rename to dockets")
        assert answer.code == "INTERNAL"
        assert answer.json["errors"][0]["extensions"]["correlationId"]
        for word in (b"dockets", b"relation ", b"select", b"asyncpg", b"Traceback", b"/hub/"):
            assert word not in answer.body
        assert (await stage["U1"].post("{ docket { edges { cursor } } }")).data


class TestTransport:
    async def _headers(self, party: Party, **more: str) -> dict[str, str]:
        given = {"authorization": f"Bearer {await party.token()}", "accept": GRAPHQL_JSON}
        return given | {name.replace("_", "-"): value for name, value in more.items()}

    @pytest.mark.attack("G07")
    async def test_a_comment_of_two_megabytes(self, stage: Stage) -> None:
        answer = await stage["U1"].post("#" + "x" * 2_000_000 + "\n{ viewer { kid } }")
        assert (answer.status, answer.code) == (413, "LIMIT_EXCEEDED")

    @pytest.mark.attack("G08")
    async def test_a_batch(self, stage: Stage) -> None:
        batch = [{"query": "{ viewer { kid } }"}] * 1000
        response = await stage.http.post("/graphql", json=batch, headers=await self._headers(stage["U1"]))
        assert response.status_code == 400

    @pytest.mark.attack("G10")
    async def test_a_mutation_is_posted_as_json(self, stage: Stage) -> None:
        u1, before = stage["U1"], await stage.everything()
        text = f'mutation {{ revealIdNumber(memberId: "{stage.member("M1")}", purpose: "核对") {{ __typename }} }}'
        got = await stage.http.get("/graphql", params={"query": text}, headers=await self._headers(u1))
        assert (got.status_code, got.headers["allow"]) == (405, "POST")
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"):
            headers = await self._headers(u1, content_type=content_type)
            sent = await stage.http.post("/graphql", content=json.dumps({"query": text}), headers=headers)
            assert sent.status_code == 415
        assert await stage.everything() == before
        query = await stage.http.get("/graphql", params={"query": "{viewer{kid}}"}, headers=await self._headers(u1))
        assert query.status_code == 200

    @pytest.mark.attack("H03")
    async def test_bodies_without_measure(self, stage: Stage) -> None:
        headers = await self._headers(stage["U1"], content_type="application/json", content_length="10000000000")
        endless = (b"x" * 65_536 for _ in range(60))

        async def chunks() -> AsyncIterator[bytes]:
            for chunk in endless:
                yield chunk

        del headers["content-length"]
        answer = await stage.http.post("/graphql", content=chunks(), headers=headers)
        assert answer.status_code == 413
        packed = await stage.http.post("/graphql", content=b"\x1f\x8b", headers=headers | {"content-encoding": "gzip"})
        assert packed.status_code == 415

    @pytest.mark.attack("H05")
    async def test_a_forged_host_changes_no_name(self, stage: Stage) -> None:
        headers = {"host": "evil.test", "x-forwarded-for": "10.0.0.1", "x-forwarded-host": "evil.test"}
        metadata = (await stage.http.get("/.well-known/oauth-authorization-server", headers=headers)).json()
        assert metadata["issuer"] == stage.hub
        assert "evil" not in json.dumps(metadata)

    async def test_who_is_not_logged_in_gets_nothing_of_the_schema_read(self, stage: Stage) -> None:
        for body in (b"{}", b"nonsense", b'{"query":"{ nonsense"}'):
            response = await stage.http.post("/graphql", content=body, headers={"content-type": "application/json"})
            assert (response.status_code, b"UNAUTHENTICATED" in response.content) == (401, True)


class TestProduction:
    @pytest.fixture
    async def production(self, stage: Stage, settings: dict[str, str], tmp_path: Path) -> AsyncIterator[Party]:
        """A second server over the same database, as it would run in earnest; one union logged in by the real clock."""
        port = str(a_free_port())
        real = {**settings, "HUB_ENV": "prod", "HUB_CLOCK": "real", "HUB_PORT": port}
        with Serving(real, tmp_path / "prod.log") as serving:
            async with httpx.AsyncClient(base_url=serving.address, trust_env=False) as http:
                u1 = stage["U1"]
                yield Party(http, Clock(), serving.origin, u1.uri, signing=u1.signing, login=u1.login)

    @pytest.mark.attack("G09")
    async def test_production_shows_no_schema_and_suggests_no_name(self, production: Party, stage: Stage) -> None:
        assert (await production.ask("{ answer: viewer { kid } }"))["kid"] == production.login.kid
        for query in (
            "{ __schema { __typename } }",
            '{ __type(name: "Member") { __typename } }',
            "{ _service { sdl } }",
        ):
            refused = await production.post(query)
            codes = {error["extensions"]["code"] for error in refused.json["errors"]}
            assert (refused.status, codes) == (400, {"GRAPHQL_VALIDATION_FAILED"})
            assert (await stage["U1"].post(query)).status == 200  # in development they are answered
        for party in (production, stage["U1"]):
            answer: Answer = await party.post("{ membres { edges { cursor } } }")
            assert (answer.status, answer.code) == (400, "GRAPHQL_VALIDATION_FAILED")
            assert b"members" not in answer.body
            assert b"Did you mean" not in answer.body


class TestWhatIsKept:
    @pytest.mark.attack("L05")
    async def test_numbers_stand_nowhere_and_names_only_where_they_belong(
        self, busy: Busy, settings: dict[str, str], tmp_path: Path
    ) -> None:
        """In the whole dump, the hub's log and PostgreSQL's, statements and cards opened; after faults as well."""
        stage, person = busy.stage, busy.people["P2"]
        await self._provoke(busy)
        done = run(settings, "backup", str(tmp_path / "hub.backup"))
        assert done.returncode == 0, done.stderr
        dump = self._text_of(tmp_path / "hub.backup")
        logs = stage.serving.said + done.stdout + done.stderr + read(await log_of(stage.superuser))
        assert len(stage.serving.said) > 10_000
        everywhere = dump + logs + "".join(opened(jws) for jws in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", dump))
        for planted in busy.people.values():
            assert planted.id_number not in everywhere
            assert planted.mobile not in everywhere
            assert planted.name not in logs
            # Where the names are: the person's own row and the cards of the cases, and nowhere else.
            assert self._tables_with(planted.name, dump) <= {"persons", "cards"}
        assert self._tables_with(person.name, dump) == {"persons", "cards"}

    async def _provoke(self, busy: Busy) -> None:
        """Let data of persons go where they may turn up: into refusals, faults, and answers that fail."""
        person, u2 = busy.people["P2"], busy.stage["U2"]
        for given in ({"idNumber": [person.id_number]}, {"name": person.name, "idNumber": person.id_number, "x": 1}):
            answer = await u2.post(
                "query ($filter: MemberFilter) { answer: members(filter: $filter) { edges { cursor } } }",
                {"filter": given},
            )
            assert answer.code == "BAD_USER_INPUT"
        await u2.post(f'{{ members(filter: {{name: "{person.name}", idNumber: "{person.id_number}"}}) {{ wrong }} }}')
        await busy.stage.superuser.execute("alter table hub.persons rename to elsewhere")
        try:
            query = "query ($filter: MemberFilter) { answer: members(filter: $filter) { edges { cursor } } }"
            assert (await u2.post(query, {"filter": {"name": person.name}})).code == "INTERNAL"
        finally:
            await busy.stage.superuser.execute("alter table hub.elsewhere rename to persons")
        await u2.hand_in("joinMember", person.id_number, json.dumps({"name": person.name, "id": person.id_number}))
        await busy.stage.http.get(f"/{person.id_number}?name={person.name}")
        await busy.stage.http.post("/oauth2/token", data={"grant_type": person.id_number})

    @staticmethod
    def _text_of(backup: Path) -> str:
        command = [binaries.find().program("pg_restore"), "--file=-", str(backup)]
        return subprocess.run(command, capture_output=True, text=True, check=True, env=binaries.BARE_ENVIRONMENT).stdout

    @staticmethod
    def _tables_with(text: str, dump: str) -> set[str]:
        rows = re.findall(r"^COPY hub\.(\w+) .*?;\n(.*?)^\\\.$", dump, re.MULTILINE | re.DOTALL)
        assert len(rows) > 20
        return {table for table, copied in rows if text in opened_all(copied)}

    @pytest.mark.attack("L01")
    @pytest.mark.invariant("I14")
    async def test_the_hubs_own_role_rewrites_no_record(self, busy: Busy, settings: dict[str, str]) -> None:
        connection = await asyncpg.connect(settings["HUB_DATABASE_URL"])
        tables = ("statements", "union_statements", "steps", "handoffs", "holdings", "disclosures", "statement_claims")
        try:
            assert await connection.fetchval("select current_user") == "hub_app"
            for table in tables:
                assert await busy.stage.count(table) or table == "disclosures"
                for verb in (
                    f"delete from hub.{table}",
                    f"truncate hub.{table}",
                    f"update hub.{table} set {_ANY[table]}",
                ):
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await connection.execute(verb)
        finally:
            await connection.close()


#: An assignment that each table's columns allow.
_ANY: dict[str, Any] = {
    "statements": "receipt = ''",
    "union_statements": "receipt = ''",
    "steps": "act = 'accept'",
    "handoffs": "state = 'ACCEPTED'",
    "holdings": "custody_version = 9",
    "disclosures": "purpose = ''",
    "statement_claims": "member_id = null",
}


def read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def opened_all(copied: str) -> str:
    """Give a table's rows with every compact JWS in them opened."""
    return copied + "".join(opened(jws) for jws in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", copied))


def test_a_name_is_found_where_it_stands() -> None:
    """The search above sees into statements: one with a name in it would be told."""
    jws = ".".join(b64url(json.dumps(part, ensure_ascii=False).encode()) for part in ({"a": 1}, {"name": "东方"}, {}))
    assert "东方" in opened_all(f"x\t{jws}\ty")
    assert UNIONS["U1"].name not in opened_all(jws)
