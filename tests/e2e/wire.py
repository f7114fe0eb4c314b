"""A union's own system, written from the contract alone: raw GraphQL, the token endpoint, and its keys.

Of our code it uses what signs (`federation`), nothing of the hub. Whatever refusal comes over this wire is looked at:
each has a code, articles, both languages and a next step.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from federation.assertions import client_assertion
from federation.encoding import b64url, b64url_decode, sha256_b64url
from federation.statements import sign_claims
from tests.e2e.documents import REFUSAL, WITH_DOCUMENT, WITH_PERSON, act_document, draft_document

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from federation.keys import PrivateKey

Json: TypeAlias = "dict[str, Any]"

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
GRAPHQL_JSON = "application/graphql-response+json"
#: Shorter than a token lives, so that none ends on its way.
TOKEN_SECONDS = 240
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ARTICLE = re.compile(r"A\d{1,2}|N\d|NX-\d|HUB-P\d\d")


class Clock:
    """The hub's clock as the unions know it: what was set, running on."""

    def __init__(self) -> None:
        self._set_to = datetime.now(UTC)
        self._set_at = time.monotonic()

    def let_it_be(self, instant: datetime) -> None:
        self._set_to, self._set_at = instant, time.monotonic()

    def now(self) -> datetime:
        return self._set_to + timedelta(seconds=time.monotonic() - self._set_at)


@dataclass(frozen=True)
class Answer:
    """What came back, to the byte."""

    status: int
    body: bytes

    @property
    def json(self) -> Json:
        answer: Json = json.loads(self.body)
        return answer

    @property
    def data(self) -> Json:
        """The data of an answer that has no errors."""
        assert self.status == httpx.codes.OK, self
        answer = self.json
        assert "errors" not in answer, answer
        data: Json = answer["data"]
        return data

    @property
    def code(self) -> str:
        """The `extensions.code` of the one error."""
        errors = self.json["errors"]
        assert len(errors) == 1, errors
        code: str = errors[0]["extensions"]["code"]
        return code


class Party:
    """One union at one hub, with its keys. They may be replaced, as in a rotation."""

    def __init__(
        self, http: httpx.AsyncClient, clock: Clock, hub: str, uri: str, *, signing: PrivateKey, login: PrivateKey
    ) -> None:
        self.http = http
        self.clock = clock
        self.hub = hub
        self.uri = uri
        self.signing = signing
        self.login = login
        self._token: tuple[str, PrivateKey, datetime] | None = None

    def copy(self) -> Party:
        """Give the same union with the same keys, logged out."""
        return Party(self.http, self.clock, self.hub, self.uri, signing=self.signing, login=self.login)

    # Login

    def assertion(self) -> str:
        return client_assertion(self.login, union=self.uri, aud=self.hub, iat=self.clock.now())

    async def ask_for_token(self, assertion: str) -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        return await self.http.post("/oauth2/token", data=form)

    async def token(self) -> str:
        """Give an access token that is still good, by this key and at the hub's time."""
        now = self.clock.now()
        if self._token is not None:
            token, login, since = self._token
            if login is self.login and since <= now < since + timedelta(seconds=TOKEN_SECONDS):
                return token
        response = await self.ask_for_token(self.assertion())
        assert response.status_code == httpx.codes.OK, response.text
        fresh: str = response.json()["access_token"]
        self._token = (fresh, self.login, now)
        return fresh

    # GraphQL

    async def post(self, query: str, variables: Mapping[str, Any] | None = None) -> Answer:
        """Send one operation and give the answer as it came."""
        headers = {"authorization": f"Bearer {await self.token()}", "accept": GRAPHQL_JSON}
        response = await self.http.post(
            "/graphql", json={"query": query, "variables": variables or {}}, headers=headers
        )
        return Answer(response.status_code, response.content)

    async def ask(self, query: str, **variables: Any) -> Any:
        """Give the field `answer` of an operation that has it."""
        return (await self.post(query, variables)).data["answer"]

    # Acts

    async def draft(self, mutation: str, asked: Mapping[str, Any]) -> Json:
        """Ask for the draft of an act."""
        draft: Json = await self.ask(draft_document(mutation), input=dict(asked))
        for refusal in draft["refusals"]:
            look_at(refusal)
        return draft

    def sign(self, draft: Mapping[str, Any]) -> str:
        """Sign a draft's claims exactly as they are."""
        assert draft["claims"] is not None, draft["refusals"]
        return sign_claims(draft["claims"], draft["typ"], self.signing)

    async def drafted(self, mutation: str, asked: Mapping[str, Any]) -> str:
        """Give the signed statement of a draft against which nothing speaks."""
        draft = await self.draft(mutation, asked)
        assert draft["refusals"] == [], draft["refusals"]
        return self.sign(draft)

    async def hand_in(self, mutation: str, statement: str, beside: str | None = None) -> Answer:
        """Hand in a statement, with what travels beside it, and give the answer as it came."""
        name = "document" if mutation in WITH_DOCUMENT else "person"
        variables = {"statement": statement} | ({} if beside is None else {name: beside})
        return await self.post(act_document(mutation), variables)

    async def submit(self, mutation: str, statement: str, person: str | None = None) -> Json:
        """Hand in a statement and give the object, or the refusal."""
        answer: Json = (await self.hand_in(mutation, statement, person)).data["answer"]
        return look_at(answer) if answer["__typename"] == "Refusal" else answer

    async def act(self, mutation: str, asked: Mapping[str, Any]) -> Json:
        """Draft, sign and hand in; nothing may speak against it."""
        draft = await self.draft(mutation, asked)
        assert draft["refusals"] == [], draft["refusals"]
        person = person_in(mutation, draft)
        answer = await self.submit(mutation, self.sign(draft), person)
        assert answer["__typename"] != "Refusal", answer
        return answer

    async def refused(self, mutation: str, asked: Mapping[str, Any]) -> Json:
        """Draft, sign and hand in what the hub refuses; the draft's first refusal and the act's are the same."""
        draft = await self.draft(mutation, asked)
        assert draft["refusals"], "nothing speaks against it"
        person = person_in(mutation, draft)
        answer = await self.submit(mutation, self.sign(draft), person)
        assert answer.pop("__typename") == "Refusal", answer
        assert answer == draft["refusals"][0]
        return answer


def person_in(mutation: str, draft: Mapping[str, Any]) -> str | None:
    """Give what an act takes beside its statement: the draft's card or its document, if it has one."""
    if mutation in WITH_DOCUMENT:
        document: str | None = draft["document"]
        return document
    return draft["card"]["json"] if mutation in WITH_PERSON and draft["card"] else None


def look_at(refusal: Json) -> Json:
    """Check that a refusal tells what each must tell, and give it."""
    assert set(REFUSAL.split()) <= refusal.keys()
    assert refusal["articles"]
    assert all(_ARTICLE.fullmatch(article) for article in refusal["articles"]), refusal
    assert _CHINESE.search(refusal["message"]), refusal
    assert refusal["messageEn"], refusal
    assert not _CHINESE.search(re.sub(r"\([^)]*\)|: .*", "", refusal["messageEn"])), refusal
    assert _CHINESE.search(refusal["nextStep"]), refusal
    assert re.search(r"[A-Za-z]{3}", refusal["nextStep"]), refusal
    assert "{" not in refusal["message"] + refusal["messageEn"] + refusal["nextStep"], refusal
    assert isinstance(refusal["retryable"], bool)
    return refusal


def claims_of(jws: str) -> Json:
    """Read a compact JWS's payload, as anyone can."""
    return _segment(jws, 1)


def header_of(jws: str) -> Json:
    return _segment(jws, 0)


def sha256_of(jws: str) -> str:
    """Give the name by which statements and receipts bind this one: the SHA-256 of its signing input."""
    return sha256_b64url(jws.rpartition(".")[0].encode())


def compact(header: Any, payload: Any, signature: bytes | None = None, *, key: PrivateKey | None = None) -> str:
    """Write a JWS of whatever header and payload, signed by a key or with the signature given."""
    parts = [b64url(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, payload)]
    signing_input = ".".join(parts)
    made = signature if key is None else key.sign(signing_input.encode())
    return f"{signing_input}.{b64url(made or b'')}"


def _segment(jws: str, number: int) -> Json:
    read: Json = json.loads(b64url_decode(jws.split(".")[number]))
    return read
