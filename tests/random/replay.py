"""Replay (I18): the stored statements, through the same desk, into an empty hub, at the times of their receipts.

What a hub is fed with besides statements, and keeps, is taken along: the root of `bootstrap`, the person's text sealed
beside a join, an import or an amendment, and what the draft of a request found (`matches`: the statement names a match,
no person).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from federation import acts, entrusting, statements
from federation.acts_manifests import MANIFEST_ACTS
from federation.encoding import b64url_decode
from federation.keys import PublicKey
from federation.leaves import is_leaf
from hub.authz.tokens import Caller
from hub.errors import Refusal
from hub.transfers.desk import founding
from hub.transfers.ledger.founding import set_clock
from tests.random.kinds_manifests import hand_in_leaf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from federation.statements import Statement
    from tests.random.kinds import Kind
    from tests.world import World

__all__ = ["NOT_REBUILT", "replay", "tables_of"]

#: What no statement says: what the replay is given, logs of what was asked, and the clock.
NOT_REBUILT: Final = {
    "matches": "given to the replay: the look-ups of drafts, by which a request names whom it means",
    "disclosures": "who read or learned what: reads, and acts that were refused, leave no statement",
    "assertion_claims": "log-ins: no acts",
    "clock": "the time, which the replay sets itself",
}

#: Sealed under a nonce of its own each time: compared by what is in it.
_SEALED: Final = {
    ("persons", "mobile_sealed"): "mobile",
    ("person_ids", "sealed"): "sealed",
    ("join_cards", "sealed"): "sealed",
    ("amendments", "sealed"): "sealed",
}
#: Whose name a seal bears: the person's; an amendment's, its statement's.
_SEALED_FOR: Final = {
    "amendments": "(select s.jti from hub.statements s where s.member_id = t.member_id and s.sha256 = t.sha256)"
}

_STATEMENTS: Final = """
select iss, typ, jws, received_at, membership_id, member_id from hub.statements
union all select iss, typ, jws, received_at, null, null from hub.union_statements order by received_at"""

#: The test clock runs on from where it was set. In the replay it stands: a receipt has the first one's microsecond.
_STAND_STILL: Final = """
create or replace function hub.hub_now(p_test_clock boolean) returns timestamptz
language plpgsql volatile set search_path = hub, pg_temp as $$begin return (select c.set_to from clock c); end$$"""

#: What travels beside the statement, and under which hash.
_WITH_DOCUMENT: Final = {
    entrusting.EntrustmentProposal.typ: "agreement_sha256",
    entrusting.RosterAmendment.typ: "roster_sha256",
}

#: They come in with the first of their leaves.
_WITH_THEIR_LEAVES: Final = {act.typ for act in MANIFEST_ACTS}

_IS_STORED: Final = "select exists (select from hub.statements where sha256 = $1)"

_MATCH: Final = "insert into hub.matches select (jsonb_populate_record(null::hub.matches, $1::jsonb)).*"


async def replay(world: World, source: Any, target: Any, kinds: Iterable[Kind]) -> int:
    """Feed the statements of one hub (`source`: its superuser) to another that is empty, and give how many they were.

    Takes: `kinds`, the acts that there are; `world`, over the empty database, and `target`, its superuser. Both hubs
    have the same keys of their own.
    """
    desk = {kind.act.typ: kind.desk for kind in kinds}
    await target.execute(_STAND_STILL)
    await _found(world, source, target)
    matches = {
        r["match_id"]: r
        for r in await source.fetch("select union_id, match_id, to_jsonb(m)::text as row from hub.matches m")
    }
    rows = await source.fetch(_STATEMENTS)
    for row in (row for row in rows if row["typ"] not in _WITH_THEIR_LEAVES):
        await set_clock(target, row["received_at"])
        more = list[str | None]()
        statement = statements.read_any(row["jws"])
        if row["typ"] in {acts.Join.typ, acts.Import.typ}:
            more.append(await _person_text(world, source, row["member_id"], row["membership_id"]))
        if row["typ"] in _WITH_DOCUMENT:
            more.append(await _document(source, statement, _WITH_DOCUMENT[row["typ"]]))
        if row["typ"] == acts.MemberAmendment.typ:
            more.append(await _amended_text(world, source, row["member_id"], statement))
        if row["typ"] == acts.Request.typ:
            await target.execute(_MATCH, matches[UUID(statement.sub)]["row"])
        caller = Caller(
            union_id=row["iss"], union=statement.iss, kid=await _session(target, row["iss"], row["received_at"])
        )
        handed_in = hand_in_leaf if is_leaf(row["jws"]) else desk[row["typ"]]
        try:
            await handed_in(world.hub, caller, row["jws"], *more)
        except Refusal as refusal:  # an acceptance that voids its case is stored, and refused
            if not await target.fetchval(_IS_STORED, b64url_decode(statement.sha256)):
                raise AssertionError(f"not taken again: {statement.typ} of {statement.iss}") from refusal
    for row in matches.values():
        await target.execute(_MATCH + " on conflict do nothing", row["row"])
    return len(rows)


async def _found(world: World, source: Any, target: Any) -> None:
    """Enter the root as the operator of the first hub did."""
    root = await source.fetchrow(
        "select union_id, uscc, name, registered_at from hub.unions where parent_union is null"
    )
    keys = {
        row["use"]: PublicKey.stored(row["kid"], row["alg"], row["jwk"])
        for row in await source.fetch(
            "select * from hub.union_keys where union_id = $1 and sha256 is null", root["union_id"]
        )
    }
    await set_clock(target, root["registered_at"])
    await world.as_owner(
        lambda connection: founding.bootstrap(
            connection,
            world.hub.vault,
            name=root["name"],
            uscc=root["uscc"],
            signing=keys["SIGNING"],
            login=keys["LOGIN"],
            test_clock=True,
        )
    )


async def _session(target: Any, union_id: UUID, at: Any) -> str:
    """Give a login key of the union that is in force: which one it was nobody keeps, and nothing hangs on it."""
    kid: str = await target.fetchval(
        "select kid from hub.union_keys where union_id = $1 and use = 'LOGIN' and revoked_at is null"
        " and (retired_at is null or retired_at > $2) limit 1",
        union_id,
        at,
    )
    return kid


async def _person_text(world: World, source: Any, member_id: UUID, membership_id: UUID) -> str:
    sealed = await source.fetchval(
        "select sealed from hub.join_cards where member_id = $1 and membership_id = $2", member_id, membership_id
    )
    return world.hub.vault.open_sealed("join_cards", "sealed", member_id, sealed)


async def _amended_text(world: World, source: Any, member_id: UUID, statement: Statement[Any]) -> str | None:
    sealed = await source.fetchval(
        "select sealed from hub.amendments where member_id = $1 and sha256 = $2",
        member_id,
        b64url_decode(statement.sha256),
    )
    return None if sealed is None else world.hub.vault.open_sealed("amendments", "sealed", statement.jti, sealed)


async def _document(source: Any, statement: Statement[Any], name: str) -> str | None:
    """Give the text of an agreement, or the roster, that a statement binds."""
    claims = statement.claims[statement.act.object_name]
    text: str | None = await source.fetchval(
        "select document from hub.entrustment_documents where agreement_id = $1 and sha256 = $2",
        UUID(claims["agreement_id"]),
        b64url_decode(claims[name]),
    )
    return text


async def tables_of(world: World, superuser: Any) -> dict[str, list[str]]:
    """Give every row of every table, sorted, with what is sealed opened."""
    names = await superuser.fetch(
        "select c.relname from pg_class c where c.relnamespace = 'hub'::regnamespace and c.relkind in ('r', 'p')"
    )
    found = {}
    for name in sorted(row["relname"] for row in names):
        sealed = [column for table, column in _SEALED if table == name]
        owner = _SEALED_FOR.get(name, "t.member_id" if sealed else "null")
        rows = await superuser.fetch(f"select to_jsonb(t)::text as row, {owner} as sealed_for, t.* from hub.{name} t")
        found[name] = sorted(_shown(world, name, sealed, row) for row in rows)
    return found


def _shown(world: World, table: str, sealed: list[str], row: Any) -> str:
    text: str = row["row"]
    for column in sealed:
        if row[column] is not None:
            opened = world.hub.vault.open_sealed(table, _SEALED[table, column], row["sealed_for"], row[column])
            text = text.replace(f"\\\\x{row[column].hex()}", opened)
    return text
