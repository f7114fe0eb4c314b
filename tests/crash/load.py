"""Clients that act without a pause and keep what they were told: for what happens to the database under them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import httpx

from tests.e2e import inputs
from tests.e2e.documents import MEMBER_QUERY, RECEIPT_QUERY, act_document, draft_document
from tests.e2e.wire import sha256_of
from tests.ready import person

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Answer, Json, Party

__all__ = ["Client", "Told", "Unavailable", "member_is_read", "nothing_is_lost"]

_MOMENT: Final = 0.02


class Unavailable(Exception):  # noqa: N818 - the fact
    """The hub said that it could not, and to send the same again."""


@dataclass(frozen=True)
class Told:
    """A statement that was acknowledged, and by what."""

    party: Party
    mutation: str
    statement: str
    person: str | None
    answer: Json


@dataclass
class Client:
    """One who enrols people with U1, has them released to U2 and taken in there, one after the other."""

    stage: Stage
    first: int  #: the number of the first of them
    told: list[Told] = field(default_factory=list)
    turned_away: int = 0
    _number: int = 0

    async def one_member(self, *, patient: bool = True) -> None:
        """Enrol, release, accept. Raises: Unavailable, unless patient"""
        u1, u2 = self.stage["U1"], self.stage["U2"]
        member = person(self.first + self._number)
        self._number += 1
        joined = await self._act(u1, "joinMember", inputs.joining(member), patient=patient)
        released = await self._act(u1, "releaseMember", inputs.release(joined["id"]), patient=patient)
        await self._act(u2, "acceptHandoff", inputs.acceptance(released["id"]), patient=patient)

    async def _act(self, party: Party, mutation: str, asked: Json, *, patient: bool) -> Json:
        """Do an act; who is patient sends the same again until it is acknowledged."""
        draft = await self._ask(party, draft_document(mutation), patient=patient, input=asked)
        assert draft["refusals"] == [], draft["refusals"]
        statement, given = party.sign(draft), draft["card"]["json"] if mutation == "joinMember" else None
        variables = {"statement": statement} | ({} if given is None else {"person": given})
        answer = await self._ask(party, act_document(mutation), patient=patient, **variables)
        assert answer["__typename"] != "Refusal", answer
        self.told.append(Told(party, mutation, statement, given, answer))
        return answer

    async def _ask(self, party: Party, document: str, *, patient: bool, **variables: Any) -> Json:
        while True:
            answer = await party.post(document, variables)
            if answer.status == httpx.codes.OK:
                found: Json = answer.data["answer"]
                return found
            _says_to_come_back(answer)
            self.turned_away += 1
            if not patient:
                raise Unavailable
            await asyncio.sleep(_MOMENT)


def _says_to_come_back(answer: Answer) -> None:
    """Look at an answer that is none: 503, to be sent again, and nothing of why."""
    assert answer.status == httpx.codes.SERVICE_UNAVAILABLE, answer
    for error in answer.json["errors"]:
        assert error["extensions"]["code"] == "INTERNAL", answer
        assert error["message"] == "The hub cannot reach its database; send the same again.", answer
        assert error["extensions"]["retryable"] is True, answer
    for secret in (b"Traceback", b"asyncpg", b"select", b".py", b"No space"):
        assert secret not in answer.body, answer


async def nothing_is_lost(told: list[Told]) -> None:
    """Find every acknowledged statement with its receipt, and the same when it is sent again."""
    for one in told:
        sha256 = sha256_of(one.statement)
        receipt = await one.party.ask(RECEIPT_QUERY, sha256=sha256)
        assert receipt is not None, "acknowledged, and lost"
        own = [step["receipt"] for step in one.answer.get("steps", ()) if step["statementSha256"] == sha256]
        assert own in ([], [receipt])
        again = await one.party.submit(one.mutation, one.statement, one.person)
        # Whom it has let go since is nobody to a union that once enrolled them.
        assert one.mutation == "joinMember" or again["id"] == one.answer["id"]
        assert await one.party.ask(RECEIPT_QUERY, sha256=sha256) == receipt


async def member_is_read(stage: Stage, member: Json) -> None:
    """Read a member at its holder."""
    found = await stage["U1"].ask(MEMBER_QUERY, id=member["id"])
    assert found["membershipId"] == member["membershipId"]
