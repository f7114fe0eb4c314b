"""Hostile statements at the hub's door (attack list, J): each is refused with its code, and nothing is stored.

Each differs from a release against which nothing speaks in one thing alone.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from federation.encoding import b64url, b64url_decode
from federation.keys import PrivateKey
from hub.errors import Code
from tests.e2e import inputs
from tests.e2e.forging import RELEASE_TYP, common_claims, on_case_claims, signed
from tests.e2e.inputs import EMPLOYERS, UNIONS
from tests.e2e.wire import claims_of, compact, header_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json, Party

#: The orders of the groups of Ed25519 and P-256.
L = 2**252 + 27742317777372353535851937790883648493
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

MALFORMED, INVALID = Code.STATEMENT_MALFORMED, Code.SIGNATURE_INVALID


class Attempt:
    """The release of M1 by U1 that would be stored, taken apart."""

    def __init__(self, stage: Stage, statement: str) -> None:
        self.stage = stage
        self.party: Party = stage["U1"]
        self.good = statement
        self.header: Json = header_of(statement)
        self.claims: Json = claims_of(statement)

    def with_header(self, **changes: Any) -> str:
        """Give it with another header, signed anew; None leaves a member out."""
        header = {name: value for name, value in {**self.header, **changes}.items() if value is not None}
        return compact(header, self.claims, key=self.party.signing)

    def with_claims(self, **changes: Any) -> str:
        """Give it with other claims, signed anew; None leaves one out."""
        claims = {name: value for name, value in {**self.claims, **changes}.items() if value is not None}
        return compact(self.header, claims, key=self.party.signing)

    def with_signature(self, signature: bytes, **header: Any) -> str:
        return compact({**self.header, **header}, self.claims, signature)

    def mac(self, secret: bytes) -> str:
        unsigned = self.with_signature(b"", alg="HS256").rpartition(".")[0]
        return f"{unsigned}.{b64url(hmac.digest(secret, unsigned.encode(), hashlib.sha256))}"

    async def refused(self, statement: str, mutation: str = "releaseMember") -> Json:
        """Hand it in; nothing is stored, whatever table one looks at."""
        before = await self.stage.everything()
        answer = await self.party.submit(mutation, statement)
        assert answer["__typename"] == "Refusal", answer
        assert await self.stage.everything() == before
        return answer


@pytest.fixture
async def attempt(stage: Stage) -> Attempt:
    return Attempt(stage, await stage["U1"].drafted("releaseMember", inputs.release(stage.member("M1"))))


async def test_the_release_that_is_attacked_below_would_be_stored(attempt: Attempt) -> None:
    assert (await attempt.party.submit("releaseMember", attempt.with_header()))["state"] == "RELEASED"


@pytest.mark.attack("J01")
@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE"])
async def test_no_algorithm_is_refused_before_anything_is_looked_up(attempt: Attempt, alg: str) -> None:
    async with attempt.stage.statements() as said:
        answer = await attempt.party.submit("releaseMember", attempt.with_signature(b"", alg=alg))
    assert answer["code"] == INVALID
    assert [text for text in said if "facts_for" in text or "record_" in text] == []


@pytest.mark.attack("J02")
async def test_a_mac_under_the_public_key_is_no_signature(attempt: Attempt) -> None:
    jwk = attempt.party.signing.public.jwk
    raw = b64url_decode(jwk["x"])
    pem = b"-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % base64.b64encode(
        bytes.fromhex("302a300506032b6570032100") + raw
    )
    for secret in (pem, raw, json.dumps(jwk).encode(), jwk["x"].encode()):
        assert (await attempt.refused(attempt.mac(secret)))["code"] == INVALID


@pytest.mark.attack("J03")
async def test_the_algorithm_is_the_keys_and_not_the_headers(attempt: Attempt) -> None:
    for alg in ("ES256", "Ed25519", "EdDSA ", "HS256", "RS256", "ES256K"):
        assert (await attempt.refused(attempt.with_header(alg=alg)))["code"] == INVALID
    assert (await attempt.refused(attempt.with_header(alg=["EdDSA"])))["code"] == MALFORMED


@pytest.mark.attack("J04")
async def test_a_login_is_no_release(attempt: Attempt) -> None:
    party = attempt.party
    login = common_claims(party, party.uri)
    for claims in (login, attempt.claims):
        statement = compact(attempt.header | {"typ": "client-authentication+jwt"}, claims, key=party.signing)
        refusal = await attempt.refused(statement)
        assert (refusal["code"], refusal["path"]) == (MALFORMED, ["header", "typ"])


@pytest.mark.attack("J05")
@pytest.mark.parametrize(
    "typ",
    [None, "JWT", "", "UNIONHUB.RELEASE+JWT", "application/unionhub.release+jwt", "unionhub.release+jwt ", 1, ["JWT"]],
)
async def test_the_typ_is_compared_byte_for_byte(attempt: Attempt, typ: Any) -> None:
    assert (await attempt.refused(attempt.with_header(typ=typ)))["code"] == MALFORMED


@pytest.mark.attack("J06")
async def test_no_statement_is_taken_for_one_of_another_act(attempt: Attempt) -> None:
    for mutation in ("acceptHandoff", "refuseHandoff", "recallHandoff", "registerKey"):
        assert (await attempt.refused(attempt.good, mutation))["path"] == ["header", "typ"]
    released = await attempt.stage.released("M2")
    acceptance = await attempt.stage["U2"].drafted("acceptHandoff", inputs.acceptance(released["id"]))
    assert (await attempt.stage["U2"].submit("releaseMember", acceptance))["code"] == MALFORMED
    recast = signed(claims_of(acceptance), RELEASE_TYP, attempt.stage["U2"].signing)
    assert (await attempt.stage["U2"].submit("releaseMember", recast))["code"] == MALFORMED


@pytest.mark.attack("J07")
@pytest.mark.parametrize("kid", ["../../etc/passwd", "' OR 1=1--", "k" * 65, "", 7, "\x00", "k\n", None, ["k"], "ключ"])
async def test_a_kid_is_a_name_before_it_is_looked_up(attempt: Attempt, kid: Any) -> None:
    async with attempt.stage.statements() as said:
        answer = await attempt.party.submit("releaseMember", attempt.with_header(kid=kid))
    assert answer["code"] == MALFORMED
    assert [text for text in said if "facts_for" in text] == []


@pytest.mark.attack("J07")
async def test_a_kid_of_a_megabyte_is_not_read(attempt: Attempt) -> None:
    assert (await attempt.refused(attempt.with_header(kid="k" * 20_000)))["path"] == ["statement"]
    answer = await attempt.party.hand_in("releaseMember", attempt.with_header(kid="k" * 1_000_000))
    assert (answer.status, answer.code) == (413, "LIMIT_EXCEEDED")


@pytest.mark.attack("J08")
async def test_another_unions_genuine_key_signs_nothing_for_this_one(attempt: Attempt) -> None:
    other = attempt.stage["U13"]  # it even stands directly above
    statement = compact(attempt.header | {"kid": other.signing.kid}, attempt.claims, key=other.signing)
    assert (await attempt.refused(statement))["code"] == INVALID
    assert (await other.submit("releaseMember", statement))["code"] in {INVALID, Code.SIGNER_IS_NOT_CALLER}
    # Under the name of the union's own key it is not its signature.
    forged = compact(attempt.header, attempt.claims, key=other.signing)
    assert (await attempt.refused(forged))["code"] == INVALID


@pytest.mark.attack("J09")
@pytest.mark.parametrize("member", ["jku", "x5u"])
async def test_no_link_is_followed(attempt: Attempt, member: str) -> None:
    async with _listener() as (url, calls):
        assert (await attempt.refused(attempt.with_header(**{member: url})))["code"] == MALFORMED
        stranger = PrivateKey.generate()
        header = attempt.header | {"kid": stranger.kid, member: url}
        assert (await attempt.refused(compact(header, attempt.claims, key=stranger)))["code"] == MALFORMED
    assert calls == []


@asynccontextmanager
async def _listener() -> AsyncIterator[tuple[str, list[Any]]]:
    calls: list[Any] = []

    async def called(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(called, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks.json", calls


@pytest.mark.attack("J10")
async def test_no_key_comes_with_the_statement(attempt: Attempt) -> None:
    stranger = PrivateKey.generate()
    for member in ({"jwk": stranger.public.jwk}, {"x5c": [base64.b64encode(b"certificate").decode()]}):
        for kid in (stranger.kid, attempt.header["kid"]):
            statement = compact(attempt.header | member | {"kid": kid}, attempt.claims, key=stranger)
            assert (await attempt.refused(statement))["code"] == MALFORMED


@pytest.mark.attack("J11")
@pytest.mark.parametrize(
    "header", [{"crit": ["exp"]}, {"crit": ["foo"]}, {"crit": []}, {"crit": "b64"}, {"b64": False}, {"cty": "JWT"}]
)
async def test_nothing_critical_is_in_a_header(attempt: Attempt, header: Json) -> None:
    assert (await attempt.refused(attempt.with_header(**header)))["code"] == MALFORMED


@pytest.mark.attack("J15")
@pytest.mark.parametrize(("r", "s"), [(0, 0), (0, 1), (1, 0), (N, 1), (1, N), (N, N), (1, 1)])
async def test_a_psychic_signature_is_none(stage: Stage, r: int, s: int) -> None:
    joint = stage["U3"]
    assert joint.signing.alg == "ES256"
    statement = await joint.drafted("releaseMember", inputs.release(stage.member("M6")))
    before = await stage.everything()
    forged = compact(header_of(statement), claims_of(statement), r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert (await joint.submit("releaseMember", forged))["code"] == INVALID
    assert await stage.everything() == before


@pytest.mark.attack("J16")
async def test_a_signature_is_not_reduced_for_anybody(attempt: Attempt) -> None:
    signature = b64url_decode(attempt.good.rpartition(".")[2])
    s = int.from_bytes(signature[32:], "little") + L
    malleable = signature[:32] + s.to_bytes(32, "little")
    body = attempt.good.rpartition(".")[0]
    assert (await attempt.refused(f"{body}.{b64url(malleable)}"))["code"] == INVALID


@pytest.mark.attack("J18")
async def test_times_are_the_hubs_within_a_minute(attempt: Attempt) -> None:
    now = int(attempt.party.clock.now().timestamp())
    for changes, code in (
        ({"iat": now - 300, "exp": now - 65}, Code.STATEMENT_EXPIRED),
        ({"iat": now + 70}, Code.CLOCK_SKEW),
        ({"nbf": now}, MALFORMED),
        ({"exp": now + 8 * 24 * 3600}, MALFORMED),
        ({"exp": attempt.claims["iat"]}, MALFORMED),
        ({"iat": str(now)}, MALFORMED),
        ({"exp": now + 600.5}, MALFORMED),
        ({"exp": True}, MALFORMED),
        ({"iat": None}, MALFORMED),
        ({"exp": None}, MALFORMED),
    ):
        assert (await attempt.refused(attempt.with_claims(**changes)))["code"] == code, changes
    late = attempt.with_claims(iat=now - 300, exp=now - 50)
    assert (await attempt.party.submit("releaseMember", late))["state"] == "RELEASED"
    ahead = claims_of(await attempt.party.drafted("releaseMember", inputs.release(attempt.stage.member("M2"))))
    statement = signed(ahead | {"iat": now + 50}, RELEASE_TYP, attempt.party.signing)
    assert (await attempt.party.submit("releaseMember", statement))["state"] == "RELEASED"


@pytest.mark.attack("J19")
async def test_the_audience_is_this_hub_in_one_exact_text(attempt: Attempt) -> None:
    hub = attempt.stage.hub
    for aud in ([hub], [hub, "https://x.test"], hub + "/", hub[:-1], hub.upper(), "", "https://x.test", 1, None):
        assert (await attempt.refused(attempt.with_claims(aud=aud)))["code"] == MALFORMED, aud


@pytest.mark.attack("J20")
@pytest.mark.parametrize("jti", ["", "j" * 9000, 7, None, "not a uuid", "A0000000-0000-4000-8000-000000000000"])
async def test_a_jti_is_a_uuid(attempt: Attempt, jti: Any) -> None:
    assert (await attempt.refused(attempt.with_claims(jti=jti)))["code"] == MALFORMED


@pytest.mark.attack("J22")
async def test_what_is_too_large_is_not_decoded(attempt: Attempt) -> None:
    for size, status, code in ((10_000_000, 413, "LIMIT_EXCEEDED"), (1_100_000, 413, "LIMIT_EXCEEDED")):
        answer = await attempt.party.hand_in("releaseMember", "a" * size)
        assert (answer.status, answer.code) == (status, code)
    for text in ("a" * 16_385, "a" * 300_000, "a.b.c" + "c" * 17_000):
        assert (await attempt.refused(text))["path"] == ["statement"]


@pytest.mark.attack("J22")
@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 3000 + b"]" * 3000,
        b'{"a":' * 1500 + b"1" + b"}" * 1500,
        b'{"iat":' + b"9" * 5000 + b"}",
        b'{"exp":NaN}',
        b'{"iss":"a","iss":"b"}',
        b"\xff\xfe",
        b"",
        b"null",
        b"[]",
        b'{"jti":"\\ud800"}',
    ],
)
async def test_a_payload_that_is_no_plain_object_is_refused(attempt: Attempt, payload: bytes) -> None:
    statement = compact(attempt.header, payload, key=attempt.party.signing)
    assert (await attempt.refused(statement))["code"] == MALFORMED


async def test_the_form_of_the_whole_is_one(attempt: Attempt) -> None:
    header, payload, signature = attempt.good.split(".")
    for text in (
        "",
        ".",
        "..",
        f"{header}.{payload}",
        f"{attempt.good}.",
        f"{attempt.good}.{signature}",
        f" {attempt.good}",
        f"{attempt.good}\n",
        f"{header}.{payload}=.{signature}",
        f"{header}.{payload}.{signature}==",
        f"{header}.{payload}.{signature[:-1]}",
        json.dumps({"payload": payload, "protected": header, "signature": signature}),
        "\x00",
        "é.é.é",
    ):
        assert (await attempt.refused(text))["code"] in {MALFORMED, INVALID}, text


SCHEMA: list[tuple[str, Callable[[Json], Any]]] = [
    ("an unknown claim", lambda c: c.update(extra=1)),
    ("an unknown member", lambda c: c["release"].update(note="free text")),
    ("a member missing", lambda c: c["release"].pop("out_date")),
    ("a null", lambda c: c["release"].update(new_employer_uscc=None)),
    ("no object", lambda c: c.pop("release")),
    ("an object of another act", lambda c: c.update(acceptance=c.pop("release"))),
    ("a list for the object", lambda c: c.update(release=[])),
    ("a date with a time", lambda c: c["release"].update(out_date="2025-03-03T00:00:00Z")),
    ("a version as text", lambda c: c["release"].update(custody_version="1")),
    ("a version as boolean", lambda c: c["release"].update(custody_version=True)),
    ("a short hash", lambda c: c["release"].update(card_sha256="AAAA")),
    ("a padded hash", lambda c: c["release"].update(card_sha256=c["release"]["card_sha256"] + "=")),
    ("a receiver that is no union", lambda c: c["release"].update(receiving_union="U2")),
    ("an upper-case subject", lambda c: c.update(sub=c["sub"].upper())),
    ("another reason text", lambda c: c["release"].update(reason_text="工作需要")),
    ("another article", lambda c: c["release"].update(articles=["A13"])),
    ("a global id as subject", lambda c: c.update(sub="TWVtYmVyOgAAAAAAAEAAgAAAAAAAAAA")),
]


@pytest.mark.parametrize(("change"), [change for _, change in SCHEMA], ids=[name for name, _ in SCHEMA])
async def test_the_acts_schema_is_closed(attempt: Attempt, change: Callable[[Json], Any]) -> None:
    claims = json.loads(json.dumps(attempt.claims))
    change(claims)
    refusal = await attempt.refused(compact(attempt.header, claims, key=attempt.party.signing))
    assert refusal["code"] == MALFORMED
    assert refusal["path"]


async def test_a_bound_hash_is_that_of_what_is_stored(attempt: Attempt) -> None:
    for name in ("card_sha256", "prev_sha256"):
        claims = attempt.claims | {"release": attempt.claims["release"] | {name: b64url(bytes(32))}}
        refusal = await attempt.refused(compact(attempt.header, claims, key=attempt.party.signing))
        assert (refusal["code"], refusal["path"]) == (Code.DOCUMENT_TAMPERED, ["release", name])


async def test_other_data_than_the_join_signed_are_refused(stage: Stage) -> None:
    u1 = stage["U1"]
    person = {"name": "周九", "idType": "OTHER", "idNumber": None}
    asked = inputs.joining(inputs.MEMBERS["M1"], of=person, certificate=None, certificateIssuedOn=None)
    draft = await u1.draft("joinMember", asked)
    statement, card = u1.sign(draft), draft["card"]["json"]
    before = await stage.everything()
    for other in (card.replace("周九", "吴十"), card + " ", "", "{}", "\ud83d", json.dumps(json.loads(card))[::-1]):
        try:
            answer = await u1.hand_in("joinMember", statement, other)
        except UnicodeEncodeError:
            continue  # half a surrogate pair does not even leave the client
        assert answer.data["answer"]["code"] == Code.DOCUMENT_TAMPERED
    assert await stage.everything() == before
    assert (await u1.submit("joinMember", statement, card))["name"] == "周九"


@pytest.mark.attack("Z13")
@pytest.mark.article("A12")
async def test_a_release_is_accepted_by_the_union_it_names_and_no_other(stage: Stage) -> None:
    released = await stage.released()
    steps = (await stage["U1"].ask(_STEPS, id=released["id"]))["steps"]
    accepted = {
        "handoff_id": released["handoffId"],
        "release_sha256": steps[0]["statementSha256"],
        "in_date": "2025-03-03",
        "holding_basis": "ORDINARY",
        "employer_uscc": EMPLOYERS["乙"],
        "relation_started_on": "2025-03-01",
        "next_dues_month": "2025-03",
        "form_received": True,
    }
    subject = stage.members["M1"]["membershipId"]
    before = await stage.everything()
    for ref, code in (("U15", Code.MEMBER_NOT_FOUND_OR_NOT_HELD), ("U1", Code.RECEIVER_MISMATCH)):
        party = stage[ref]
        claims = on_case_claims(party, subject, "acceptance", **accepted)
        refusal = await party.submit("acceptHandoff", signed(claims, "unionhub.acceptance+jwt", party.signing))
        assert refusal["code"] == code
    to_oneself = inputs.release(stage.member("M2"), receivingUnion=UNIONS["U1"].uri)
    refusal = await stage["U1"].refused("releaseMember", to_oneself)
    assert (refusal["code"], refusal["path"]) == (Code.INPUT_INVALID, ["release", "receiving_union"])
    assert await stage.everything() == before
    # By the one named, the very same claims are.
    claims = on_case_claims(stage["U2"], subject, "acceptance", **accepted)
    done = await stage["U2"].submit("acceptHandoff", signed(claims, "unionhub.acceptance+jwt", stage["U2"].signing))
    assert done["state"] == "ACCEPTED"


_STEPS = "query ($id: ID!) { answer: handoff(id: $id) { steps { statementSha256 } } }"
