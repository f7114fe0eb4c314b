"""The proof of a handoff: all that shows offline, under the hub's public keys alone, who signed what and when (NX-7).

It is written from what was received: the parties' statements with their receipts, the keys that signed them, and the
statements by which each of those keys was vouched for, retired or revoked, up to the root's. `federation.proof` is its
reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from federation import acts, statements
from federation import history as history_proof
from federation.claims import parse
from federation.forms import AlgName, Code, CompactJws, HubOrigin, KeyUse, Kid, UnionUri
from federation.keychain import KeyEntry, Receipted
from federation.keys import PublicKey
from federation.proof import JwkSet, Proof, write
from hub.transfers.ledger import history as histories_ledger
from hub.transfers.ledger import reads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from hub.database.pool import Reading
    from hub.transfers.desk.opening import Hub
    from hub.transfers.views import HandoffView, KeyEndView, KeyView, StepView
    from hub.transfers.views_history import HistoryView

__all__ = ["history_proofs", "proofs"]

#: From a grassroots union to the root there are five levels or so; each is one round of look-ups.
_LEVELS_MAX: Final = 16
E = TypeVar("E", acts.KeyRetirement, acts.KeyRevocation)
_ENDS: Final = (acts.KeyRetirement.typ, acts.KeyRevocation.typ)


class _Name(NamedTuple):
    """A signing key, by its union and its own name."""

    union_id: UUID
    kid: str


class _Keys(NamedTuple):
    """The keys read so far, and the statements that ended them."""

    registered: dict[_Name, KeyView]
    ended: dict[_Name, list[_End]]


class _End(NamedTuple):
    claims: acts.KeyRetirement | acts.KeyRevocation
    document: KeyEndView


async def proofs(
    hub: Hub, hub_keys: Sequence[PublicKey], reading: Reading, handoff_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Give the proofs of those cases among these to which the union is a party and in which something was signed.

    The number of statements hangs on the levels of the federation, not on the number of cases.
    """
    cases = await reads.handoffs(reading, handoff_ids)
    steps = await reads.steps(reading, list(cases))
    signed = {case_id: [step for step in steps[case_id] if step.jws is not None] for case_id in cases}
    needed = {case_id: {_signer_of(step) for step in signed[case_id]} for case_id in cases}
    keys = await _chained(reading.connection, {name for names in needed.values() for name in names})
    names = await reads.unions(reading.connection, list({name.union_id for name in keys.registered}))
    uris = {union_id: union.uri for union_id, union in names.items()}
    return {
        case_id: write(_proof(hub, hub_keys, case, signed[case_id], keys, needed[case_id], uris))
        for case_id, case in cases.items()
        if signed[case_id]
    }


async def history_proofs(
    hub: Hub, hub_keys: Sequence[PublicKey], reading: Reading, membership_ids: Sequence[UUID]
) -> dict[UUID, str]:
    """Give the proofs of the earlier lines (A25) of those members among these whom the union holds."""
    views = await histories_ledger.histories(reading, membership_ids)
    names = {
        membership_id: _Name(view.union_id, statements.read(view.jws, acts.History).kid)
        for membership_id, view in views.items()
    }
    keys = await _chained(reading.connection, set(names.values()))
    unions = await reads.unions(reading.connection, list({name.union_id for name in keys.registered}))
    uris = {union_id: union.uri for union_id, union in unions.items()}
    return {
        membership_id: history_proof.write(
            history_proof.HistoryProof(
                hub=HubOrigin(hub.origin),
                membership_id=membership_id,
                statement=_receipted(view),
                keys=_entries({names[membership_id]}, keys, uris),
                hub_keys=JwkSet(keys=tuple(hub_keys)),
            )
        )
        for membership_id, view in views.items()
    }


async def _chained(connection: Any, wanted: set[_Name]) -> _Keys:
    """Read the keys wanted and, level by level, those that vouched for them or ended them."""
    keys = _Keys({}, {})
    read: set[UUID] = set()
    for _ in range(_LEVELS_MAX):
        union_ids = list({name.union_id for name in wanted} - read)
        if not union_ids:
            break
        read.update(union_ids)
        for views in (await reads.keys(connection, union_ids)).values():
            keys.registered.update({_Name(v.union_id, v.kid): v for v in views if v.use == KeyUse.SIGNING.value})
        for ends in (await reads.key_ends(connection, union_ids, _ENDS)).values():
            for end in map(_end_of, ends):
                if end.claims.use is KeyUse.SIGNING:
                    keys.ended.setdefault(_Name(end.document.union_id, end.claims.kid), []).append(end)
        wanted = _closed_over(wanted, keys)
    return keys


def _closed_over(wanted: set[_Name], keys: _Keys) -> set[_Name]:
    """Give these keys and all whose word they stand on, as far as they have been read."""
    found: set[_Name] = set()
    ahead = list(wanted)
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _vouchers_of(name, keys)
    return found


def _vouchers_of(name: _Name, keys: _Keys) -> Iterable[_Name]:
    view = keys.registered.get(name)
    if view is not None and view.jws is not None and view.registered_by is not None:
        yield _Name(view.registered_by, statements.read(view.jws, acts.KeyRegistration).kid)
    for end in keys.ended.get(name, ()):
        yield _Name(end.document.by_union, statements.read_any(end.document.jws).kid)


def _signer_of(step: StepView) -> _Name:
    assert step.jws is not None, "only signed steps are asked for"
    assert step.by_union is not None, "who signs is a union"
    return _Name(step.by_union, statements.read_any(step.jws).kid)


def _end_of(view: KeyEndView) -> _End:
    if view.typ == acts.KeyRetirement.typ:
        return _End(_claims(view, acts.KeyRetirement), view)
    return _End(_claims(view, acts.KeyRevocation), view)


def _claims(view: KeyEndView, act: type[E]) -> E:
    return parse(act, statements.read(view.jws, act).claims[act.object_name], (act.object_name,))


def _proof(
    hub: Hub,
    hub_keys: Sequence[PublicKey],
    case: HandoffView,
    signed: Sequence[StepView],
    keys: _Keys,
    needed: set[_Name],
    uris: Mapping[UUID, str],
) -> Proof:
    return Proof(
        hub=HubOrigin(hub.origin),
        handoff_id=case.handoff_id,
        membership_id=case.membership_id,
        statements=tuple(_receipted(step) for step in signed),
        keys=_entries(needed, keys, uris),
        hub_keys=JwkSet(keys=tuple(hub_keys)),
    )


def _entries(needed: set[_Name], keys: _Keys, uris: Mapping[UUID, str]) -> tuple[KeyEntry, ...]:
    """Give the keys needed and all that vouch for them."""
    return tuple(
        _entry(keys.registered[name], keys.ended.get(name, ()), uris[name.union_id])
        for name in sorted(_closed_over(needed, keys))
    )


def _receipted(document: StepView | KeyEndView | HistoryView) -> Receipted:
    assert document.jws is not None, "only signed steps are asked for"
    assert document.receipt is not None, "what was received has its receipt"
    return Receipted(statement=CompactJws(document.jws), receipt=CompactJws(document.receipt))


def _entry(view: KeyView, ends: Iterable[_End], uri: str) -> KeyEntry:
    """Give a key with the statements that say what its row says. Of several retirements the last one counts."""
    retirement = revocation = None
    for end in ends:
        if isinstance(end.claims, acts.KeyRevocation):
            revocation = _receipted(end.document)
        elif end.claims.retired_at == view.retired_at:
            retirement = _receipted(end.document)
    return KeyEntry(
        union=UnionUri(uri),
        kid=Kid(view.kid),
        use=KeyUse(view.use),
        alg=AlgName(view.alg),
        jwk=PublicKey.stored(view.kid, view.alg, view.jwk),
        not_before=view.not_before,
        registered_at=view.registered_at,
        statement=None if view.jws is None else CompactJws(view.jws),
        receipt=None if view.receipt is None else CompactJws(view.receipt),
        retired_at=view.retired_at,
        retirement=retirement,
        revoked_at=view.revoked_at,
        reason=None if view.reason is None else Code(view.reason),
        invalid_from=view.invalid_from,
        revocation=revocation,
    )
