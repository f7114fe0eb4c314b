"""The hub under the random run: a database of its own, the model beside it, and all that is sent to both."""

from __future__ import annotations

import asyncio
import copy
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import TYPE_CHECKING, Any
from uuid import UUID

from federation import statements
from federation.encoding import b64url
from federation.proof import verify_proof
from hub.authz.disclosure import sees_card
from hub.authz.tokens import Caller, Unauthenticated
from hub.errors import Refusal
from hub.transfers.desk.proving import proofs
from hub.transfers.ledger import entrusting, reads
from hub.transfers.machines import HandoffState, Side
from tests.outside import FAR, register
from tests.random.invariants import Kept, assert_invariants
from tests.random.kinds import AGAIN, UNAUTHENTICATED, judge
from tests.random.kinds_unions import is_good_code
from tests.random.model import OPEN, Key, Member, Model, Union
from tests.ready import person
from tests.world import EMPLOYERS, MEMBERS, UNIONS, Actor

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from federation.keys import PrivateKey
    from hub.database.pool import Reading
    from hub.demo.fixtures import MemberFixture
    from hub.transfers.views import Draft
    from tests.random.kinds import Ask, Kind, Sent
    from tests.world import World

__all__ = ["Stage"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Stage:
    """Everything that a step needs. What it sends it has first asked the model about."""

    def __init__(self, world: World, superuser: Any, members: dict[str, UUID]) -> None:
        self.world = world
        self.superuser = superuser
        self.ring: dict[str, PrivateKey] = {}
        self.people: dict[str, MemberFixture] = {}
        self.sent: list[Sent] = []  #: accepted
        self.kept: list[Sent] = []  #: drawn up, and not handed in yet
        self.steps = Counter[str]()
        self._numbers = 0
        self._kept: Kept | None = None
        self.model = Model(now=_LONG_AGO)
        self._members = members

    @classmethod
    async def open(cls, world: World, superuser: Any) -> Stage:
        stage = cls(world, superuser, world.members)
        model = stage.model
        for ref, actor in world.actors.items():
            model.unions[ref] = stage._union(ref, actor)
            for use, key in (("SIGNING", actor.signing), ("LOGIN", actor.login)):
                stage.ring[key.kid] = key
                model.unions[ref].keys.append(Key(use, key.kid, _LONG_AGO))
        # Outside the hub, named by a federation: it has no key and signs nothing (A25).
        far = await register(world, world.actors["U13"])
        model.unions["FAR"] = Union("FAR", FAR, far, "EXTERNAL", "U13", frozenset())
        rows = await superuser.fetch("select membership_id, held_by_sha256 from hub.memberships")
        held_by = {row["membership_id"]: b64url(row["held_by_sha256"]) for row in rows}
        for ref, membership_id in world.members.items():
            fixture = MEMBERS[ref]
            stage.people[str(membership_id)] = fixture
            model.members[ref] = Member(
                ref,
                membership_id,
                fixture.holder,
                held_by[membership_id],
                fixture.joined_on,
                "2025-02",
                EMPLOYERS[fixture.employer],
                fixture.id_number,
                fixture.certificate,
                fixture.holding_basis,
                joined_from=fixture.residence,
                person=ref,
            )
            model.claims[fixture.id_number] = model.file_of[ref] = ref
        await stage.tick()
        return stage

    def _union(self, ref: str, actor: Actor) -> Union:
        fixture = UNIONS[ref]
        units = [unit["employer_uscc"] for unit in fixture.more.get("member_units", ())]
        employers = frozenset([*fixture.more.get("employer_usccs", ()), *units])
        area = fixture.more.get("jurisdiction_code")
        return Union(
            ref, fixture.uri, actor.caller.union_id, fixture.kind, fixture.parent, employers, jurisdiction=area
        )

    # What the drawing up of statements asks for.

    def new_id(self) -> str:
        """Give an id that nobody has, the same in every repetition of a run."""
        self._numbers += 1
        return str(UUID(int=(0x5EED << 112) | self._numbers, version=4))

    def somebody(self) -> MemberFixture:
        """Give a person who is nobody's member."""
        self._numbers += 1
        return person(self._numbers % 20_000)

    def union_code(self, kind: str) -> str:
        """Give a code that no union has."""
        self._numbers += 1
        prefix = "89310117" if "FEDERATION" in kind else "81310117"
        return _uscc(prefix, self._numbers)

    def employer_code(self) -> str:
        """Give a code that no employer has."""
        self._numbers += 1
        return _uscc("91310117", self._numbers)

    def fixture_of(self, member: Member) -> MemberFixture:
        return self.people[str(member.id)]

    def caller(self, ref: str) -> Caller:
        """The session of a union: by its newest login key in force, or by one that has ended."""
        union = self.model.unions[ref]
        ended = next((key for key in union.keys if key.use == "LOGIN"), None)
        key = self.model.login_of(ref) or ended
        return Caller(union_id=union.id, union=union.uri, kid="none" if key is None else key.kid)

    def actor(self, ref: str) -> Actor:
        """A union as the world's helpers take it."""
        return replace(next(iter(self.world.actors.values())), caller=self.caller(ref))

    async def drafted(self, draft: Callable[..., Coroutine[Any, Any, Draft]], by: str, given: Any) -> Draft | None:
        """Give a draft; None where the session has ended."""
        try:
            made = await draft(self.world.hub, self.caller(by), given)
        except Unauthenticated:
            assert not self.model.can_log_in(by)
            return None
        assert self.model.can_log_in(by), "a draft was given to a session that has ended"
        return made

    # What happens.

    async def tick(self) -> datetime:
        """Bring the model to the hub's time."""
        now: datetime = await self.superuser.fetchval("select hub.hub_now(true)")
        self.model.be(now)
        return now

    async def pass_time(self, to: datetime) -> None:
        """Let it be later."""
        assert to > self.model.now
        await self.world.set_clock(to)
        await self.tick()

    async def make(self, kind: Kind, ask: Ask) -> Sent | None:
        await self.tick()
        return await kind.make(self, ask)

    def forged(self, sent: Sent) -> Sent | None:
        """Give other bytes under the same jti; None where the signer has no key that would sign them."""
        key = self.model.signing_of(sent.sender)
        if key is None:
            return None
        claims = {**sent.read.claims, "exp": sent.read.claims["exp"] - 1}
        jws = statements.sign_claims(json.dumps(claims, ensure_ascii=False), sent.kind.act.typ, self.ring[key.kid])
        return replace(sent, jws=jws, foretold=None)

    async def send(self, sent: Sent) -> str | None:
        """Hand a statement in. Gives the code with which it is refused."""
        try:
            await sent.kind.desk(self.world.hub, self.caller(sent.sender), sent.jws, *sent.more)
        except Refusal as refusal:
            return refusal.code.value
        except Unauthenticated:
            return UNAUTHENTICATED
        return None

    async def play(self, sent: Sent) -> str | None:
        """Send a statement to the hub and to the model: both must say the same."""
        await self.tick()
        expected = judge(self.model, sent)
        told = sent.kind.again(self.model, sent) if expected == AGAIN else expected
        outcome = await self.send(sent)
        self.steps[f"{sent.kind.name}: {outcome or ('again' if expected == AGAIN else 'done')}"] += 1
        assert outcome == told, f"{sent.kind.name}: the hub said {outcome or 'yes'}, the model {told or 'yes'}"
        await self.tick()
        if sent.kind.is_kept(expected):
            self._did(self.model, sent)
            self.sent.append(sent)
        return outcome

    async def play_at_once(self, several: Sequence[Sent]) -> None:
        """Send statements at the same time: what comes of them is what comes of them one after the other, somehow."""
        await self.tick()
        outcomes = await asyncio.gather(*(self.send(sent) for sent in several))
        for sent, outcome in zip(several, outcomes, strict=True):
            self.steps[f"{sent.kind.name}: {outcome or 'done'}"] += 1
        self.steps["(at once)"] += 1
        now = await self.tick()
        for order in permutations(range(len(several))):
            model = copy.deepcopy(self.model)
            model.be(now)
            accepted = self._in_order(model, several, outcomes, order)
            if accepted is not None:
                self.model = model
                self.sent += accepted
                return
        raise AssertionError(
            f"no order explains {[(s.kind.name, s.sender, o) for s, o in zip(several, outcomes, strict=True)]}"
        )

    def _in_order(
        self, model: Model, several: Sequence[Sent], outcomes: Sequence[str | None], order: tuple[int, ...]
    ) -> list[Sent] | None:
        accepted = []
        for place in order:
            sent = several[place]
            expected = judge(model, sent)
            told = sent.kind.again(model, sent) if expected == AGAIN else expected
            if told != outcomes[place]:
                return None
            if sent.kind.is_kept(expected):
                self._did(model, sent)
                accepted.append(sent)
        return accepted

    def _did(self, model: Model, sent: Sent) -> None:
        model.received[sent.sender, sent.read.jti] = sent.read.sha256
        before = set(model.unions)
        sent.kind.done(model, sent)
        for ref in set(model.unions) - before:
            model.unions[ref].id = self.world.hub.vault.derive_uuid("union", model.unions[ref].uri)

    # What is looked at after each step.

    async def look(self, *refs: str) -> None:
        """Check all rows, and what these unions read (all of them, where none is named)."""
        self._kept = await assert_invariants(self.superuser, self._kept)
        stored = sum(sent.kind.stored for sent in self.sent)
        assert len(self._kept.statements) == self._kept.founded + stored, "a refusal stored something"
        for ref in refs or self.model.unions:
            if self.model.can_log_in(ref):
                await self._look_as(ref)

    async def _look_as(self, ref: str) -> None:
        model, caller = self.model, self.caller(ref)
        async with self.world.hub.database.as_union(caller.union_id, caller.kid) as reading:
            model.be(reading.now)
            members = await reads.members(reading, [member.id for member in model.members.values()])
            views = await reads.handoffs(reading, [case.id for case in model.cases])
            cards = await reads.cards(reading, list(views))
            kept = await reads.certificates(reading, list(members))
            await self._look_at_lists(ref, reading)
            await self._look_at_rosters(ref, reading)
        assert {
            key: (
                v.custody_version,
                v.data_version,
                v.dues_paid_through,
                v.employer_uscc,
                v.status,
                v.joined_on,
                v.open_duplicate is None,
                (v.certificate_province, v.certificate_number),
            )
            for key, v in members.items()
        } == {
            m.id: (
                *(m.version, m.data_version, m.dues, m.employer, m.status, m.joined_on, m.pair is None),
                m.valid or (None, None),
            )
            for m in model.members.values()
            if model.is_read_by(m, ref)
        }, f"{ref} reads the members that it holds"
        for member in (member for member in model.members.values() if member.id in members):
            ended = {key: state for key, state in member.certificates.items() if state != "VALID"}
            found = {one.key: one.state for one in kept.get(member.id, ())}
            assert found == ended, f"{ref} reads what became of the certificates"
            read = {name: getattr(members[member.id], name) for name in member.amended}
            assert read == member.amended, f"{ref} reads what was amended"
        sides = {case.id: (case, side) for case in model.cases if (side := case.side_of(ref, model.now)) is not None}
        assert {
            key: (v.side, v.state, v.ground, v.deadline, v.is_in_lieu, v.closed_at is not None)
            for key, v in views.items()
        } == {
            key: (Side(side), HandoffState(c.state), c.ground_for(side), c.deadline, c.in_lieu, c.closed_at is not None)
            for key, (c, side) in sides.items()
        }, f"{ref} reads its cases"
        shown = {key for key, view in views.items() if key in cards and sees_card(view)}
        assert shown == {key for key, (case, side) in sides.items() if case.card_is_for(side)}, f"{ref} reads its cards"

    async def _look_at_rosters(self, ref: str, reading: Reading) -> None:
        """The host union reads the names of whom it covers now, no others; a stranger reads no roster (I11, I16)."""
        for agreement in self.model.agreements:
            page = await entrusting.coverage_page(reading, agreement.id, states=None, after=None, limit=500)
            if ref not in {"U7", "U8"}:
                assert page == [], f"{ref} reads a roster"
            if ref == "U8":
                live = {self.model.members[line.ref].id for line in agreement.lines if line.is_live(self.model)}
                assert {line.membership_id for line in page if line.member_name} == live, "U8 reads who is covered"
                assert len(page) == len(agreement.lines)

    async def look_at_proofs(self) -> None:
        """Each party of a case that was released can prove it offline, whatever became of the keys (NX-7, I17)."""
        hub, model = self.world.hub, self.model
        key = hub.receipt_key.public
        for ref in filter(model.can_log_in, model.unions):
            caller = self.caller(ref)
            mine = {case.id: case for case in model.cases if ref in {case.holder, case.receiver} and case.release}
            async with hub.database.as_union(caller.union_id, caller.kid) as reading:
                texts = await proofs(hub, [key], reading, list(mine))
            assert texts.keys() == mine.keys()
            for handoff_id, text in texts.items():
                case, proved = mine[handoff_id], verify_proof(text, {key.kid: key})
                # What nobody of it has signed is not in it; an acceptance that voided it is.
                unsigned = {"EXPIRED"} if case.is_voided_by_acceptance else {"EXPIRED", "VOIDED"}
                said = "RELEASED" if case.state in unsigned else case.state
                assert (proved.state, proved.releasing_union) == (said, model.unions[case.holder].uri)

    async def _look_at_lists(self, ref: str, reading: Reading) -> None:
        """The docket finds a case by where it stands, recorded or not."""
        page = await reads.docket_page(
            reading, sides=list(Side), states=[HandoffState(state) for state in OPEN], after=None, limit=500
        )
        open_here = {c.id for c in self.model.cases if c.state in OPEN and c.side_of(ref, self.model.now) is not None}
        assert {view.handoff_id for view in page} == open_here, f"{ref} lists its open cases"


def _uscc(prefix: str, number: int) -> str:
    """Complete a code with both its check characters (GB 11714, GB 32100)."""
    body = f"MC{number:06}"
    total = sum(int(c, 36) * weight for c, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = "0123456789X"[-total % 11]
    begun = f"{prefix}{body}{check}"
    return next(code for last in _ALPHABET if is_good_code(code := begun + last))
