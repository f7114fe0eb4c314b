"""The unions, employers and members of the acceptance scenarios, registered as any union would be: by statements.

Keys are made here, per run. ID numbers have the impossible prefix 99.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg

from federation import acts, acts_certificates, statements
from federation.assertions import key_proof
from federation.encoding import sha256_b64url
from federation.forms import KeyUse
from federation.keys import PrivateKey
from hub.authz.tokens import Caller
from hub.database.pool import Database
from hub.demo.fixtures import EMPLOYERS, MEMBERS, NEW_SHOP, UNIONS, MemberFixture, UnionFixture
from hub.keyfiles import load_master_keys, load_receipt_keys
from hub.transfers.desk import (
    amending,
    amending_unions,
    cases,
    certifying,
    drafting,
    drafting_amendments,
    drafting_certificates,
    drafting_merges,
    drafting_pulls,
    drafting_unions,
    founding,
    joining,
    merging,
    numbering,
    pulling,
    registering,
    releasing,
)
from hub.transfers.desk.opening import Hub
from hub.transfers.ledger import founding as ledger_founding
from hub.transfers.ledger.acts import Ledger
from hub.transfers.rules.days import day_of
from hub.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from uuid import UUID

    from hub.transfers.views import Draft, HandoffView, MemberView

__all__ = ["DAY", "EMPLOYERS", "HUB", "MEMBERS", "UNIONS", "Actor", "MemberFixture", "World", "sign", "sign_act"]

HUB = "https://hub.test"
DAY = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@dataclass(frozen=True)
class Actor:
    """A union with its own keys."""

    fixture: UnionFixture
    caller: Caller
    signing: PrivateKey
    login: PrivateKey

    @property
    def uri(self) -> str:
        return self.fixture.uri


class World:
    """A hub in a database of its own, with the fixtures in it, driven through the desk's public functions."""

    def __init__(self, hub: Hub, owner_dsn: str, app_dsn: str) -> None:
        self.hub = hub
        self.owner_dsn = owner_dsn
        self.app_dsn = app_dsn
        self.actors: dict[str, Actor] = {}
        self.members: dict[str, UUID] = {}

    @classmethod
    async def open(cls, app_dsn: str, owner_dsn: str, keys: Path) -> World:
        """Open a hub on the test clock over a migrated database."""
        database = await Database.connect(app_dsn, test_clock=True)
        vault = Vault(load_master_keys(keys / "master.json", may_create=True))
        receipts = load_receipt_keys(keys / "receipts.json", may_create=True)
        hub = Hub(HUB, database, Ledger(database), vault, receipts.signing)
        world = cls(hub, owner_dsn, app_dsn)
        await world.set_clock(DAY)
        return world

    def anew(self) -> World:
        """Give a hub with nothing in memory, on the same connections."""
        hub = replace(self.hub, ledger=Ledger(self.hub.database))
        fresh = World(hub, self.owner_dsn, self.app_dsn)
        fresh.actors, fresh.members = dict(self.actors), dict(self.members)
        return fresh

    async def close(self) -> None:
        await self.hub.ledger.close()
        await self.hub.database.close()

    async def set_clock(self, instant: datetime) -> None:
        """Let it be this instant, from now on."""
        await self.as_owner(lambda connection: ledger_founding.set_clock(connection, instant))

    async def as_owner(self, work: Callable[[Any], Coroutine[Any, Any, Any]]) -> Any:
        """Do something on the owner's connection, as only an operator or a broken administrator could."""
        connection = await asyncpg.connect(self.owner_dsn)
        try:
            return await work(connection)
        finally:
            await connection.close()

    async def now(self) -> datetime:
        """Give the hub's time."""
        async with self.hub.database.connection() as connection:
            found: datetime = await connection.fetchval("select hub.hub_now(true)")
            return found

    async def found(self, *unions: str | UnionFixture) -> None:
        """Register these unions and all above them, each with a signing and a login key."""
        for union in unions:
            await self._found(union if isinstance(union, UnionFixture) else UNIONS.get(union) or NEW_SHOP)

    async def _found(self, union: UnionFixture) -> None:
        if union.ref in self.actors:
            return
        signing, login = PrivateKey.generate(), PrivateKey.generate("ES256" if union.ref == "U2" else "EdDSA")
        if union.parent is None:
            uscc = union.uscc or ""
            await self.as_owner(
                lambda c: founding.bootstrap(
                    c,
                    self.hub.vault,
                    name=union.name,
                    uscc=uscc,
                    signing=signing.public,
                    login=login.public,
                    test_clock=True,
                )
            )
            union_id = self.hub.vault.derive_uuid("union", union.uri)
        else:
            for uri in union.more.get("contains", ()):
                await self._found(next(u for u in UNIONS.values() if u.uri == uri))
            if union.parent not in self.actors:
                await self._found(UNIONS[union.parent])
            parent = self.actors[union.parent]
            given = {
                "uscc": union.uscc,
                "local_code": None,
                "name": union.name,
                "kind": union.kind,
                "jurisdiction_code": None,
                "employer_usccs": None,
                "member_units": None,
                "contains": None,
                "established_on": date(2005, 1, 1),
                **union.more,
            }
            draft = await drafting_unions.draft_union(self.hub, parent.caller, given)
            union_id = await registering.register_union(self.hub, parent.caller, sign(draft, parent))
            for use, key in ((KeyUse.SIGNING, signing), (KeyUse.LOGIN, login)):
                await self.register_key(parent, union.uri, use, key)
        caller = Caller(union_id=union_id, union=union.uri, kid=login.kid)
        self.actors[union.ref] = Actor(union, caller, signing, login)

    async def register_key(self, by: Actor, union: str, use: KeyUse, key: PrivateKey) -> None:
        """Register a key of a union, vouched for by another or by itself."""
        now = await self.now()
        given = {
            "union": union,
            "use": use,
            "jwk": json.dumps(key.public.jwk),
            "not_before": None,
            "proof": key_proof(key, union=union, aud=HUB, iat=now),
        }
        draft = await drafting_unions.draft_key(self.hub, by.caller, given)
        await registering.register_key(self.hub, by.caller, sign(draft, by))

    async def enrol(self, *refs: str) -> None:
        """Let these members be enrolled by their holders."""
        for ref in refs:
            member = MEMBERS[ref]
            await self.found(member.holder)
            self.members[ref] = (await self.join(self.actors[member.holder], member)).membership_id

    async def join(self, actor: Actor, member: MemberFixture, **changes: Any) -> MemberView:
        """Enrol a member by draft and statement."""
        draft = await self.draft_join(actor, member, **changes)
        assert draft.card is not None
        return await joining.join(self.hub, actor.caller, sign(draft, actor), draft.card.json)

    async def draft_import(self, actor: Actor, member: MemberFixture, **changes: Any) -> Draft:
        """Bring in a membership as one would enrol it."""
        return await drafting_merges.draft_import(self.hub, actor.caller, _enrolling(member, changes))

    async def bring_in(self, actor: Actor, member: MemberFixture, **changes: Any) -> MemberView:
        draft = await self.draft_import(actor, member, **changes)
        assert draft.card is not None
        return await merging.import_member(self.hub, actor.caller, sign(draft, actor), draft.card.json)

    async def draft_merge(self, actor: Actor, membership_id: UUID, *, survivor: bool) -> Draft:
        given = {"membership_id": membership_id, "survivor": survivor}
        return await drafting_merges.draft_merge(self.hub, actor.caller, given)

    async def merge(self, actor: Actor, membership_id: UUID, *, survivor: bool) -> MemberView:
        draft = await self.draft_merge(actor, membership_id, survivor=survivor)
        return await merging.merge(self.hub, actor.caller, sign(draft, actor))

    async def draft_decision(self, actor: Actor, membership_id: UUID) -> Draft:
        given = {"membership_id": membership_id, "evidence_sha256": sha256_b64url(b"evidence")}
        return await drafting_merges.draft_decision(self.hub, actor.caller, given)

    async def draft_join(self, actor: Actor, member: MemberFixture, **changes: Any) -> Draft:
        return await drafting.draft_join(self.hub, actor.caller, _enrolling(member, changes))

    async def draft_amendment(self, actor: Actor, membership_id: UUID, **changes: Any) -> Draft:
        """Draft an update of a member's data (`is_correction=True`: a correction)."""
        given = {"membership_id": membership_id, "is_correction": False, **changes}
        return await drafting_amendments.draft_amendment(self.hub, actor.caller, given)

    async def amend(self, actor: Actor, membership_id: UUID, **changes: Any) -> MemberView:
        draft = await self.draft_amendment(actor, membership_id, **changes)
        text = None if draft.card is None else draft.card.json
        return await amending.amend_member(self.hub, actor.caller, sign(draft, actor), text)

    async def draft_certificate(
        self, actor: Actor, act: type[acts_certificates.CertificateAct], membership_id: UUID, **given: Any
    ) -> Draft:
        """Draft an act on a certificate; a loss is reported the day before."""
        if act is acts_certificates.CertificateLoss:
            today = day_of(await self.now())
            reported = {"form": "WRITTEN", "given_on": today, "evidence_sha256": sha256_b64url(b"report")}
            given = {"consent": reported, **given}
        if "certificate" in given and isinstance(given["certificate"], str):
            given["certificate"] = {"province_code": "31", "number": given["certificate"]}
        given = {"membership_id": membership_id, **given}
        return await drafting_certificates.draft_certificate(self.hub, actor.caller, given, act)

    async def certify(
        self, actor: Actor, act: type[acts_certificates.CertificateAct], membership_id: UUID, **given: Any
    ) -> certifying.Shown:
        draft = await self.draft_certificate(actor, act, membership_id, **given)
        return await certifying.certify(self.hub, actor.caller, sign(draft, actor), act)

    async def set_scheme(self, actor: Actor, **given: Any) -> tuple[str, date]:
        """Lay down how Shanghai numbers: 31 and ten digits, unless told otherwise."""
        given = {"province_code": "31", "pattern": r"31\d{10}", **given}
        draft = await numbering.draft_numbering_scheme(self.hub, actor.caller, given)
        return await numbering.set_numbering_scheme(self.hub, actor.caller, sign(draft, actor))

    async def draft_union_amendment(self, actor: Actor, union: str, **changes: Any) -> Draft:
        return await drafting_amendments.draft_union_amendment(self.hub, actor.caller, {"union": union, **changes})

    async def amend_union(self, actor: Actor, union: str, **changes: Any) -> UUID:
        draft = await self.draft_union_amendment(actor, union, **changes)
        return await amending_unions.amend_union(self.hub, actor.caller, sign(draft, actor))

    async def draft_release(self, actor: Actor, membership_id: UUID | None, receiver: str, **changes: Any) -> Draft:
        given = {
            "membership_id": membership_id,
            "handoff_id": None,
            "receiving_union": receiver,
            "reason_code": "CHANGE_OF_EMPLOYER",
            "out_date": date(2025, 3, 3),
            "dues_paid_through": "2025-02",
            "relation_ended_on": date(2025, 2, 28),
            "new_employer_uscc": EMPLOYERS["乙"],
            "form_custody": None,
            **changes,
        }
        return await drafting.draft_release(self.hub, actor.caller, given)

    async def release(self, actor: Actor, membership_id: UUID, receiver: str, **changes: Any) -> HandoffView:
        draft = await self.draft_release(actor, membership_id, receiver, **changes)
        return await releasing.release(self.hub, actor.caller, sign(draft, actor))

    async def draft_request(self, actor: Actor, who: str | MemberFixture, **changes: Any) -> Draft:
        """Ask for a member by certificate, name and birth month, with a consent of the day before."""
        member = MEMBERS[who] if isinstance(who, str) else who
        today = day_of(await self.now())
        given = {
            "certificate": {"province_code": member.certificate[0], "number": member.certificate[1]},
            "member_card": None,
            "id_type": None,
            "id_number": None,
            "name": member.name,
            "birth_month": f"{member.id_number[6:10]}-{member.id_number[10:12]}",
            "reason_code": "CHANGE_OF_EMPLOYER",
            "employer_uscc": EMPLOYERS["乙"],
            "relation_started_on": today - timedelta(days=1),
            "consent": {
                "form": "WRITTEN",
                "given_on": today - timedelta(days=1),
                "evidence_sha256": sha256_b64url(b"consent"),
            },
            "appeals": None,
            **changes,
        }
        return await drafting_pulls.draft_request(self.hub, actor.caller, given)

    async def request(self, actor: Actor, who: str | MemberFixture, **changes: Any) -> HandoffView:
        draft = await self.draft_request(actor, who, **changes)
        return await pulling.request(self.hub, actor.caller, sign(draft, actor))

    async def answer(self, actor: Actor, handoff_id: UUID, receiver: str, **changes: Any) -> HandoffView:
        """Release in answer to a request, dated today."""
        today = day_of(await self.now())
        changes = {"out_date": today, "handoff_id": handoff_id, **changes}
        draft = await self.draft_release(actor, None, receiver, **changes)
        return await releasing.release(self.hub, actor.caller, sign(draft, actor))

    async def draft_in_lieu(self, actor: Actor, handoff_id: UUID, **changes: Any) -> Draft:
        given = {
            "handoff_id": handoff_id,
            "out_date": day_of(await self.now()),
            "dues_paid_through": "2025-02",
            "relation_ended_on": date(2025, 2, 28),
            "new_employer_uscc": EMPLOYERS["乙"],
            "form_custody": None,
            "ground": "NO_RESPONSE",
            "evidence_sha256": sha256_b64url(b"evidence"),
            **changes,
        }
        return await drafting_pulls.draft_release_in_lieu(self.hub, actor.caller, given)

    async def release_in_lieu(self, actor: Actor, handoff_id: UUID, **changes: Any) -> HandoffView:
        draft = await self.draft_in_lieu(actor, handoff_id, **changes)
        return await releasing.release_in_lieu(self.hub, actor.caller, sign(draft, actor))

    async def object_to(self, actor: Actor, handoff_id: UUID, ground: str) -> HandoffView:
        given = {"handoff_id": handoff_id, "ground": ground}
        draft = await drafting_pulls.draft_objection(self.hub, actor.caller, given)
        return await pulling.object_to(self.hub, actor.caller, sign(draft, actor))

    async def cancel(self, actor: Actor, handoff_id: UUID) -> HandoffView:
        draft = await drafting_pulls.draft_cancellation(self.hub, actor.caller, {"handoff_id": handoff_id})
        return await pulling.cancel(self.hub, actor.caller, sign(draft, actor))

    async def dismiss(self, actor: Actor, handoff_id: UUID, ground: str) -> HandoffView:
        given = {"handoff_id": handoff_id, "ground": ground, "evidence_sha256": None}
        draft = await drafting_pulls.draft_dismissal(self.hub, actor.caller, given)
        return await pulling.dismiss(self.hub, actor.caller, sign(draft, actor))

    async def draft_acceptance(self, actor: Actor, handoff_id: UUID, **changes: Any) -> Draft:
        given = {
            "handoff_id": handoff_id,
            "in_date": date(2025, 3, 3),
            "holding_basis": "ORDINARY",
            "employer_uscc": EMPLOYERS["乙"],
            "relation_started_on": date(2025, 3, 1),
            "intake_register_no": None,
            "form_received": True,
            **changes,
        }
        return await drafting.draft_acceptance(self.hub, actor.caller, given)

    async def accept(self, actor: Actor, handoff_id: UUID, **changes: Any) -> HandoffView:
        draft = await self.draft_acceptance(actor, handoff_id, **changes)
        return await cases.accept(self.hub, actor.caller, sign(draft, actor))

    async def refuse(self, actor: Actor, handoff_id: UUID, ground: str) -> HandoffView:
        draft = await drafting.draft_refusal(
            self.hub, actor.caller, {"handoff_id": handoff_id, "ground": ground, "fields": None}
        )
        return await cases.refuse(self.hub, actor.caller, sign(draft, actor))

    async def recall(self, actor: Actor, handoff_id: UUID) -> HandoffView:
        draft = await drafting.draft_recall(self.hub, actor.caller, {"handoff_id": handoff_id})
        return await cases.recall(self.hub, actor.caller, sign(draft, actor))


def _enrolling(member: MemberFixture, changes: dict[str, Any]) -> dict[str, Any]:
    """Give the input of a join or of an import."""
    birth = member.id_number[6:10] + "-" + member.id_number[10:12]
    person = {
        "name": member.name,
        "sex": member.sex,
        "birth_month": birth,
        "ethnic_group": "01",
        "political_status": "13",
        "id_type": "RESIDENT_ID",
        "id_number": member.id_number,
        "mobile": "+8613800000000",
        "residence_division_code": member.residence,
        "is_rural_migrant": False,
        "employment_form": "FULL",
    }
    return {
        "person": {**person, **changes.pop("person", {})},
        "channel": "WRITTEN",
        "joined_on": member.joined_on,
        "holding_basis": member.holding_basis,
        "employer_uscc": EMPLOYERS[member.employer],
        "member_unit": member.member_unit and EMPLOYERS[member.member_unit],
        "relation_started_on": member.joined_on,
        "certificate": {"province_code": member.certificate[0], "number": member.certificate[1]},
        "certificate_issued_on": member.joined_on,
        "dues_paid_through": "2025-02",
        **changes,
    }


def sign(draft: Draft, actor: Actor) -> str:
    """Sign a draft's claims exactly as they are."""
    assert draft.claims is not None, [str(refusal.code) for refusal in draft.refusals]
    return statements.sign_claims(draft.claims, draft.typ, actor.signing)


def sign_act(claims: acts.Act, actor: Actor, *, sub: str | UUID, now: datetime, jti: UUID | None = None) -> str:
    """Sign claims of one's own making."""
    return statements.sign(claims, key=actor.signing, iss=actor.uri, aud=HUB, sub=sub, iat=now, jti=jti)
