"""What a hub does with a release, with few keys on its books, and counting how often it looks a key up."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from federation import acts, statements
from federation.errors import StatementCode, StatementError
from federation.keys import KeyDates, PrivateKey, PublicKey
from tests.federation.parties import HUB, NOW, U1, U2, a_key, a_release, a_statement, claims_of, header_of, in_force

MALFORMED = StatementCode.STATEMENT_MALFORMED
SIGNATURE = StatementCode.SIGNATURE_INVALID

KEY = a_key("U1 signing", kid="u1-signing")
ES256_KEY = a_key("U1 signing", "ES256", kid="u1-es256")
ATTACKER = a_key("attacker", kid="u1-signing")
VALID = a_statement(a_release(), KEY)
CLAIMS = claims_of(VALID)


@dataclass
class Books:
    """A hub's keys by (union, kid), and what was asked of them."""

    keys: dict[tuple[str, str], PrivateKey] = field(
        default_factory=lambda: {(U1, KEY.kid): KEY, (U1, ES256_KEY.kid): ES256_KEY, (U2, "u2-signing"): a_key("U2")}
    )
    dates: KeyDates = field(default_factory=in_force)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def key(self, iss: str, kid: str) -> PublicKey:
        self.asked.append((iss, kid))
        found = self.keys.get((iss, kid))
        if found is None:
            raise StatementError(SIGNATURE, ("header", "kid"), "no such key")
        return found.public


def opened(jws: str, books: Books | None = None, act: type[acts.Act] = acts.Release, now: datetime = NOW) -> acts.Act:
    books = books or Books()
    statement = statements.read(jws, act)
    key = books.key(statement.iss, statement.kid)
    return statements.verify(statement, key=key, dates=books.dates, caller=U1, audience=HUB, now=now)


def refused(jws: str, *, looked_up: bool, books: Books | None = None, now: datetime = NOW) -> StatementError:
    books = books or Books()
    with pytest.raises(StatementError) as caught:
        opened(jws, books, now=now)
    assert bool(books.asked) == looked_up
    return caught.value


def header(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (header_of(KEY) | changes).items() if value is not ...}
