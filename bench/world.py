"""What is measured on: 64 unions, and members each of whom is released and accepted once; statements signed beforehand."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from bench.codes import id_number, province_code, union_code
from federation import statements
from federation.assertions import key_proof
from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.authz.tokens import Caller
from hub.database import embedded
from hub.database.pool import Database
from hub.keyfiles import load_master_keys, load_receipt_keys
from hub.transfers.desk import drafting, drafting_unions, joining, registering
from hub.transfers.desk.opening import Hub
from hub.transfers.ledger.acts import Ledger
from hub.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from hub.demo.host import DemoHub
    from hub.transfers.views import Draft

ROOT_CODE = "89100000MC1G282819"
UNIONS = 64
#: Acts that are prepared at a time.
_AT_ONCE = 64


@dataclass(frozen=True)
class Union:
    """A union that takes part."""

    caller: Caller
    signing: PrivateKey
    login: PrivateKey


@dataclass(frozen=True)
class Move:
    """A member's way from one union to the next, signed: what the receiver signs binds what the holder did."""

    membership_id: UUID
    holder: Union
    receiver: Union
    release: str
    acceptance: str


class World:
    """The hub under measurement, seen from inside its own database."""

    def __init__(self, hub: Hub, unions: list[Union]) -> None:
        self.hub = hub
        self.unions = unions
        self._members = 0

    @classmethod
    async def of(cls, host: DemoHub) -> World:
        """Found the unions at a running hub."""
        database = await Database.connect(dsn(host.data_dir, "hub_app"), test_clock=False)
        vault = Vault(load_master_keys(host.data_dir / "master-keys.json", may_create=False))
        receipts = load_receipt_keys(host.data_dir / "receipt-keys.json", may_create=False)
        hub = Hub(host.origin, database, Ledger(database), vault, receipts.signing)
        signing, login = PrivateKey.generate(), PrivateKey.generate()
        await host.bootstrap(name="根", uscc=ROOT_CODE, signing=signing.public, login=login.public)
        uri = f"urn:union:{ROOT_CODE}"
        root = Union(Caller(union_id=vault.derive_uuid("union", uri), union=uri, kid=login.kid), signing, login)
        province = await _found(hub, root, province_code(), "PROVINCIAL_FEDERATION")
        unions = [await _found(hub, province, union_code(n), "GRASSROOTS_INDEPENDENT") for n in range(UNIONS)]
        return cls(hub, unions)

    async def close(self) -> None:
        """Leave the database."""
        await self.hub.ledger.close()
        await self.hub.database.close()

    async def moves(self, count: int) -> list[Move]:
        """Enrol so many new members, evenly, and sign for each a release to the next union and its acceptance."""
        found: list[Move] = []
        for start in range(0, count, _AT_ONCE):
            batch = range(start, min(start + _AT_ONCE, count))
            found += await asyncio.gather(*(self._move(self._members + n) for n in batch))
        self._members += count
        return found

    async def _move(self, number: int) -> Move:
        holder, receiver = self.unions[number % UNIONS], self.unions[(number + 1) % UNIONS]
        draft = await drafting.draft_join(self.hub, holder.caller, _person(number))
        assert draft.card is not None
        assert not draft.refusals
        joined = await joining.join(self.hub, holder.caller, _sign(draft, holder), draft.card.json)
        today = date.today()  # noqa: DTZ011 - the day of the machine; a measurement does not run at midnight
        draft = await drafting.draft_release(
            self.hub,
            holder.caller,
            {
                "membership_id": joined.membership_id,
                "receiving_union": receiver.caller.union,
                "reason_code": "CHANGE_OF_EMPLOYER",
                "out_date": today,
                "dues_paid_through": "2026-01",
                "relation_ended_on": today,
            },
        )
        assert not draft.refusals, draft.refusals[0].code
        release = _sign(draft, holder)
        return Move(joined.membership_id, holder, receiver, release, _acceptance(self.hub, draft, release, receiver))


def _acceptance(hub: Hub, draft: Draft, release: str, receiver: Union) -> str:
    stated = json.loads(draft.claims or "")
    today = stated["release"]["out_date"]
    claims = {
        **{name: stated[name] for name in ("aud", "sub", "iat", "exp")},
        "iss": receiver.caller.union,
        "jti": str(hub.vault.derive_uuid("bench", release)),
        "acceptance": {
            "handoff_id": stated["release"]["handoff_id"],
            "release_sha256": statements.read_any(release).sha256,
            "in_date": today,
            "employer_uscc": "91310117MC0Q15154X",
            "relation_started_on": today,
            "holding_basis": "ORDINARY",
            "next_dues_month": "2026-02",
            "form_received": True,
        },
    }
    return statements.sign_claims(json.dumps(claims), "unionhub.acceptance+jwt", receiver.signing)


def _person(number: int) -> dict[str, Any]:
    return {
        "person": {
            "name": "张一",
            "sex": "1",
            "birth_month": "1980-01",
            "id_type": "RESIDENT_ID",
            "id_number": id_number(number),
        },
        "channel": "WRITTEN",
        "joined_on": date(2020, 1, 1),
        "holding_basis": "ORDINARY",
        "dues_paid_through": "2026-01",
    }


async def _found(hub: Hub, parent: Union, code: str, kind: str) -> Union:
    signing, login = PrivateKey.generate(), PrivateKey.generate()
    given = {
        "uscc": code,
        "name": f"工会 {code[8:16]}",
        "kind": kind,
        "province_code": "31",
        "established_on": date(2005, 1, 1),
    }
    draft = await drafting_unions.draft_union(hub, parent.caller, given)
    assert not draft.refusals, draft.refusals[0].next_step
    union_id = await registering.register_union(hub, parent.caller, _sign(draft, parent))
    uri = f"urn:union:{code}"
    now = statements.read_any(_sign(draft, parent)).claims["iat"]
    for use, key in ((KeyUse.SIGNING, signing), (KeyUse.LOGIN, login)):
        proof = key_proof(key, union=uri, aud=hub.origin, iat=datetime.fromtimestamp(now, UTC))
        given = {"union": uri, "use": use, "jwk": key.public.jwk_text, "not_before": None, "proof": proof}
        draft = await drafting_unions.draft_key(hub, parent.caller, given)
        await registering.register_key(hub, parent.caller, _sign(draft, parent))
    return Union(Caller(union_id=union_id, union=uri, kid=login.kid), signing, login)


def _sign(draft: Draft, union: Union) -> str:
    assert draft.claims is not None, draft.refusals[0].code
    return statements.sign_claims(draft.claims, draft.typ, union.signing)


def dsn(data_dir: Path, role: str) -> str:
    address = embedded.running(data_dir)
    assert address is not None
    return address.dsn(role)
