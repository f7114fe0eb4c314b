"""A hub with the fixtures in it, registered over HTTP from the root down, and put back as it was before each test."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from federation.assertions import key_proof
from federation.keys import PrivateKey
from hub.demo.fixtures import NEW_SHOP
from tests.e2e import inputs
from tests.e2e.ear import listening
from tests.e2e.inputs import MEMBERS, UNIONS
from tests.e2e.serving import Serving, run
from tests.e2e.wire import Clock, Party

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    import httpx

    from hub.demo.fixtures import UnionFixture
    from tests.e2e.wire import Json

#: When the fixtures were registered: long before anything that a test does.
FOUNDED = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
#: What day it is unless a test says otherwise: 2025-03-03, ten in the morning in Shanghai.
TODAY = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)

#: What belongs to the schema, and the clock, which is set for each test anyway.
_NOT_FIXTURES = ("clock", "legal_steps")
_TABLES = """
select relname from pg_class where relnamespace = 'hub'::regnamespace and relkind = 'r' and relname <> all ($1)
 order by relname"""
_SET_CLOCK = """
insert into hub.clock (set_to, set_at) values ($1, clock_timestamp())
on conflict (only_row) do update set set_to = excluded.set_to, set_at = excluded.set_at"""


def day(month: int, number: int, *, year: int = 2025, hour: int = 10) -> datetime:
    """Give an hour of a day in Shanghai."""
    return datetime(year, month, number, hour, tzinfo=UTC) - timedelta(hours=8)


@dataclass
class Stage:
    """The hub under test, its unions and members, and the superuser's look behind it."""

    serving: Serving
    http: httpx.AsyncClient
    clock: Clock
    superuser: Any
    parties: dict[str, Party] = field(default_factory=dict)
    #: The holder's answer to each join.
    members: dict[str, Json] = field(default_factory=dict)

    @property
    def hub(self) -> str:
        return self.serving.origin

    def __getitem__(self, ref: str) -> Party:
        return self.parties[ref]

    def member(self, ref: str) -> str:
        """Give the global id of a member."""
        found: str = self.members[ref]["id"]
        return found

    async def let_it_be(self, instant: datetime) -> None:
        """Set the test clock, as `unionhub clock set` does."""
        await self.superuser.execute(_SET_CLOCK, instant)
        self.clock.let_it_be(instant)

    async def found(self, ref: str) -> Party:
        """Register a union and what it hangs on, each with a signing and a login key of its own."""
        if ref in self.parties:
            return self.parties[ref]
        fixture = UNIONS.get(ref) or NEW_SHOP
        assert fixture.parent is not None, "the root is made by bootstrap"
        for uri in fixture.more.get("contains", ()):
            await self.found(next(other.ref for other in UNIONS.values() if other.uri == uri))
        parent = await self.found(fixture.parent)
        await parent.act("registerUnion", inputs.union(fixture))
        party = self.parties[ref] = self.party(fixture)
        for use, key in (("SIGNING", party.signing), ("LOGIN", party.login)):
            await self.register_key(parent, party.uri, use, key)
        return party

    def party(self, fixture: UnionFixture) -> Party:
        """Give a union with keys that it has just made."""
        login = PrivateKey.generate("ES256" if fixture.ref == "U2" else "EdDSA")
        signing = PrivateKey.generate("ES256" if fixture.ref in {"U3", "U15"} else "EdDSA")
        return Party(self.http, self.clock, self.hub, fixture.uri, signing=signing, login=login)

    def key_input(self, union: str, use: str, key: PrivateKey, **changes: Any) -> Json:
        """Give the input for a key's registration."""
        proof = key_proof(key, union=union, aud=self.hub, iat=self.clock.now())
        given = {"union": union, "use": use, "jwk": json.dumps(key.public.jwk), "proof": proof}
        return inputs.changed(given, changes)

    async def register_key(self, by: Party, union: str, use: str, key: PrivateKey) -> Json:
        return await by.act("registerKey", self.key_input(union, use, key))

    async def enrol(self, ref: str) -> None:
        """Have a member enrolled by its holder."""
        member = MEMBERS[ref]
        self.members[ref] = await self.parties[member.holder].act("joinMember", inputs.joining(member))

    async def released(self, ref: str = "M1", *, by: str = "U1", **changes: Any) -> Json:
        """Have a member released as in scenario 1."""
        return await self[by].act("releaseMember", inputs.release(self.member(ref), **changes))

    async def moved(self, ref: str = "M1", **changes: Any) -> Json:
        """Have a member moved from U1 to U2; gives the handoff as U2 sees it."""
        handoff = await self.released(ref, **changes)
        return await self["U2"].act("acceptHandoff", inputs.acceptance(handoff["id"]))

    async def entrusted(self, **changes: Any) -> Json:
        """Have M5 entrusted to U8 by U7, as in scenario 16; gives the agreement in force."""
        asked = inputs.entrustment(inputs.entry(self.member("M5")), **changes)
        agreement = await self["U7"].act("proposeEntrustment", asked)
        await self["U7"].act("signEntrustment", {"agreementId": agreement["id"]})
        return await self["U8"].act("signEntrustment", {"agreementId": agreement["id"]})

    # Behind the hub

    async def tables(self) -> list[str]:
        return [row["relname"] for row in await self.superuser.fetch(_TABLES, _NOT_FIXTURES)]

    async def everything(self) -> dict[str, tuple[int, str | None]]:
        """Give the number of rows of every table and a digest of them; used assertions and the clock apart."""
        found = {}
        for table in await self.tables():
            if table != "assertion_claims":
                row = await self.superuser.fetchrow(
                    f"select count(*), md5(string_agg(t::text, '|' order by t::text)) from hub.{table} t"
                )
                found[table] = (row[0], row[1])
        return found

    async def count(self, table: str) -> int:
        found: int = await self.superuser.fetchval(f"select count(*) from hub.{table}")
        return found

    @asynccontextmanager
    async def statements(self) -> AsyncIterator[list[str]]:
        """Give the SQL texts that the hub sends meanwhile, in order, once the context is left."""
        async with listening(self.superuser) as heard:
            yield heard


async def bootstrap(stage: Stage, settings: Mapping[str, str], folder: Path) -> None:
    """Make the root as an operator does."""
    root = stage.parties["U0"] = stage.party(UNIONS["U0"])
    files = []
    for name, key in (("signing", root.signing), ("login", root.login)):
        file = folder / f"root-{name}.pub"
        file.write_text(json.dumps(key.public.jwk))
        files += [f"--{name}-jwk", str(file)]
    fixture = UNIONS["U0"]
    done = run(settings, "bootstrap", "--name", fixture.name, "--uscc", str(fixture.uscc), *files)
    assert done.returncode == 0, done.stderr
