"""Random acts (domain 3.9): Hypothesis chooses who does what, true or false, early or late; hub and model agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.random.calendar import end_of_term
from tests.random.kinds import WRONG_WITH_ANY, Ask, Kind
from tests.random.kinds_amendments import AmendMember, AmendUnion, Correct
from tests.random.kinds_cases import Accept, Cancel, Dismiss, Object, Recall, Refuse
from tests.random.kinds_certificates import Collect, FindAgain, Issue, Lose, Number, Reissue, VoidCertificate
from tests.random.kinds_closures import CloseEmployer, PlaceRestored
from tests.random.kinds_duplicates import Decide, Import, Merge
from tests.random.kinds_endings import (
    AcknowledgeFiling,
    Deem,
    Die,
    Expel,
    File,
    ReturnFiling,
    Reverse,
    WithdrawMember,
)
from tests.random.kinds_entries import Join, Request
from tests.random.kinds_entrustments import (
    Acknowledge,
    AmendRoster,
    Decline,
    Propose,
    RecordActivity,
    RecordRightsCase,
    Sign,
    Terminate,
    Withdraw,
)
from tests.random.kinds_external import AcceptForExternal, ReleaseForExternal
from tests.random.kinds_history import ImportHistory, RecordDues
from tests.random.kinds_lending import Offer, SendHome
from tests.random.kinds_manifests import AcceptByManifest, ReleaseByManifest
from tests.random.kinds_placements import Exit, Move, Place
from tests.random.kinds_policies import SetPolicy
from tests.random.kinds_prints import ON_PRINTS
from tests.random.kinds_proposals import DropExpulsion, ProposeExpulsion
from tests.random.kinds_releases import Reemploy, Release, ReleaseInLieu
from tests.random.kinds_retention import AnnulRetention, ChangeReason, RecordRetention, RestoreMembership
from tests.random.kinds_secondments import (
    ChangeTerm,
    Convert,
    EndEarly,
    EndHomeRelation,
    Extend,
    RecordSecondment,
)
from tests.random.kinds_unions import RegisterKey, RegisterUnion, RetireKey, RevokeKey
from tests.random.kinds_winding import CloseUnion, Retarget, WindUpUnion
from tests.random.lending import LASTING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from tests.random.stage import Stage

__all__ = ["KINDS", "RandomActs"]

JOIN, REQUEST, RELEASE, IN_LIEU, REEMPLOY = Join(), Request(), Release(), ReleaseInLieu(), Reemploy()
ACCEPT, REFUSE, RECALL, OBJECT, CANCEL, DISMISS = Accept(), Refuse(), Recall(), Object(), Cancel(), Dismiss()
ACCEPT_FOR, RELEASE_FOR = AcceptForExternal(), ReleaseForExternal()
UNION, KEY, RETIREMENT, REVOCATION = RegisterUnion(), RegisterKey(), RetireKey(), RevokeKey()
IMPORT, MERGE, DECIDE = Import(), Merge(), Decide()
AMENDMENT, UNION_AMENDMENT, CORRECTION = AmendMember(), AmendUnion(), Correct()
PROPOSE, SIGN, WITHDRAW, TERMINATE, ROSTER = Propose(), Sign(), Withdraw(), Terminate(), AmendRoster()
ON_AGREEMENTS = {
    kind.name: kind
    for kind in (
        PROPOSE,
        SIGN,
        WITHDRAW,
        TERMINATE,
        ROSTER,
        Acknowledge(),
        Decline(),
        RecordActivity(),
        RecordRightsCase(),
    )
}
PLACE, EXIT, MOVE, POLICY, CLOSE = Place(), Exit(), Move(), SetPolicy(), CloseEmployer()
RELEASE_MANIFEST, ACCEPT_MANIFEST = ReleaseByManifest(), AcceptByManifest()
RETENTION, REASON, RESTORATION, ANNULMENT = RecordRetention(), ChangeReason(), RestoreMembership(), AnnulRetention()
PLACE_RESTORED = PlaceRestored()
LOSS, REISSUE, COLLECT = Lose(), Reissue(), Collect()
ON_CERTIFICATES: dict[str, Kind] = {
    kind.name: kind for kind in (LOSS, FindAgain(), REISSUE, Issue(), VoidCertificate(), COLLECT)
}
ON_CASES: dict[str, Kind] = {
    kind.name: kind
    for kind in (IN_LIEU, ACCEPT, ACCEPT_MANIFEST, ACCEPT_FOR, RELEASE_FOR, REFUSE, RECALL, OBJECT, CANCEL, DISMISS)
}
WIND_UP, CLOSE_UNION = WindUpUnion(), CloseUnion()
ON_UNIONS = {
    kind.name: kind
    for kind in (UNION, UNION_AMENDMENT, KEY, RETIREMENT, REVOCATION, Number(), WIND_UP, CLOSE_UNION, POLICY)
}
ON_PAIRS: dict[str, Kind] = {kind.name: kind for kind in (IMPORT, MERGE, DECIDE)}
ON_RETENTIONS: dict[str, Kind] = {
    kind.name: kind for kind in (RETENTION, REASON, RESTORATION, PLACE_RESTORED, ANNULMENT, REEMPLOY)
}
OFFER, SEND_HOME, EXTEND, CONVERT, END_EARLY = Offer(), SendHome(), Extend(), Convert(), EndEarly()
END_HOME = EndHomeRelation()
ON_SECONDMENTS: dict[str, Kind] = {
    kind.name: kind
    for kind in (RecordSecondment(), ChangeTerm(), OFFER, SEND_HOME, END_EARLY, EXTEND, CONVERT, END_HOME, Retarget())
}
#: What may become of one who is lent.
AT_HOST: tuple[Kind, ...] = (SEND_HOME, SEND_HOME, EXTEND, EXTEND, CONVERT, END_EARLY, END_HOME, RELEASE)
HISTORY, DUES = ImportHistory(), RecordDues()
ON_PAPER: dict[str, Kind] = {kind.name: kind for kind in (HISTORY, DUES)}
ON_MEMBERS: dict[str, Kind] = (
    {
        kind.name: kind
        for kind in (JOIN, REQUEST, RELEASE, RELEASE_MANIFEST, AMENDMENT, CORRECTION, PLACE, EXIT, MOVE, CLOSE)
    }
    | ON_CASES
    | ON_PAIRS
    | ON_RETENTIONS
    | ON_SECONDMENTS
    | ON_CERTIFICATES
    | ON_PAPER
)
EXPEL, FILE, REVERSE = Expel(), File(), Reverse()
PROPOSE_EXPULSION, DROP = ProposeExpulsion(), DropExpulsion()
ENDS = {kind.name: kind for kind in (WithdrawMember(), Deem(), EXPEL, Die())}
AFTER: dict[str, Kind] = {kind.name: kind for kind in (FILE, AcknowledgeFiling(), ReturnFiling(), COLLECT, REVERSE)}
BEFORE: dict[str, Kind] = {kind.name: kind for kind in (PROPOSE_EXPULSION, DROP)}
ON_ENDS = ENDS | AFTER | BEFORE
MAY_WAIT = ON_MEMBERS | AFTER | BEFORE
KINDS = (*(ON_MEMBERS | ON_ENDS).values(), *ON_UNIONS.values(), *ON_AGREEMENTS.values(), *ON_PRINTS.values())
#: What may come next, where a case stands. None: nobody does anything until its deadline.
NEXT: dict[str | None, tuple[Kind | None, ...]] = {
    None: (RELEASE, RELEASE_MANIFEST, REQUEST, REQUEST, CORRECTION, PLACE, PLACE, EXIT, MOVE),
    "REQUESTED": (RELEASE, OBJECT, CANCEL, None, None, None),
    "ESCALATED": (IN_LIEU, IN_LIEU, RELEASE, DISMISS, CANCEL, None),
    "RELEASED": (ACCEPT, ACCEPT_MANIFEST, RECALL, REFUSE, RECALL, None),
}
#: The same where the holder is outside the hub, or the receiver.
NEXT_THERE: dict[str | None, tuple[Kind | None, ...]] = {
    None: (REQUEST,),
    "REQUESTED": (RELEASE_FOR, RELEASE_FOR, CANCEL, None),
    "ESCALATED": (RELEASE_FOR, RELEASE_FOR, RELEASE_FOR, CANCEL, None),
    "RELEASED": (ACCEPT, ACCEPT, REFUSE, None),
}
NEXT_ON_THE_WAY: dict[str | None, tuple[Kind | None, ...]] = {"RELEASED": (ACCEPT_FOR, ACCEPT_FOR, RECALL, None)}

#: Few members, so that acts meet; the newest is whom the run itself enrolled.
MEMBERS = st.sampled_from(("M1", "M1", "M1", "M2", "M2", "M6", "newest"))
#: Not M1, mostly: what has ended is not moved.
THE_LEAVING = st.sampled_from(("M2", "M6", "newest", "newest"))
EMPLOYERS_UNIONS = st.sampled_from(("U1", "U2", "U2", "U3", "U7", "newest"))
OTHERS = ("U0", "U3a", "U4", "U5", "U9", "U10", "U13", "U15", "FAR")
ANYBODY = st.sampled_from(("U1", "U2", "U3", "U7", "newest", *OTHERS))
WHOSE = st.one_of(st.just("right"), st.just("right"), st.just("right"), ANYBODY)
#: Whose keys come and go.
KEY_OWNERS = st.sampled_from(("U2", "U3a", "U7", "U15", "FAR", "newest", "newest", "newest"))
NUMBERS = st.integers(0, 59)
#: With what a union may end at the same time: the key by which another of these acts is signed.
MEANWHILE = ON_MEMBERS | ON_ENDS | {kind.name: kind for kind in (RETIREMENT, REVOCATION)}
AT_ONCE = st.tuples(
    st.sampled_from((*["the next"] * len(ON_MEMBERS), *sorted(MEANWHILE))),
    st.just("right") | WHOSE,
    st.just("asker") | EMPLOYERS_UNIONS,
    NUMBERS,
)
#: What may lie between two acts. The last ones lead to a deadline of the case at hand: to its eve, and past it.
SPANS = st.sampled_from(
    ("minutes", "a match", "a day", "working days", "an appeal", "P01", "a year", "eve", "eve", "deadline", "deadline")
)


def wrongs(*kinds: Kind) -> st.SearchStrategy[str]:
    """Mostly nothing; else what can be wrong with one of these acts, or with any statement."""
    found = dict.fromkeys([*(wrong for kind in kinds for wrong in kind.wrongs), *WRONG_WITH_ANY])
    return st.just("") | st.just("") | st.just("") | st.sampled_from(list(found))


class RandomActs(RuleBasedStateMachine):
    """One run. `setting` is given by the test: it opens a stage over a database of its own, and closes it."""

    setting: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.has_failed = False
        self.stage: Stage = self.setting.open()

    def do(self, work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        self.has_failed = True  # unless it comes back
        answer = self.setting.run(work())
        self.has_failed = False
        return answer

    def teardown(self) -> None:
        self.setting.close(self.stage, KINDS, failed=self.has_failed)

    # The acts. What Hypothesis draws reads as a script when a run fails.

    @rule(who=MEMBERS, to=ANYBODY, wrong=wrongs(JOIN), how=NUMBERS)
    def join(self, who: str, to: str, wrong: str, how: int) -> None:
        self.act(JOIN, Ask(who, to=to, wrong=wrong, how=how))

    @rule(who=MEMBERS, to=EMPLOYERS_UNIONS | ANYBODY, wrong=wrongs(REQUEST), how=NUMBERS)
    def request(self, who: str, to: str, wrong: str, how: int) -> None:
        self.act(REQUEST, Ask(who, to=to, wrong=wrong, how=how))

    @rule(who=MEMBERS, by=WHOSE, to=EMPLOYERS_UNIONS | ANYBODY | st.just("asker"), wrong=wrongs(RELEASE), how=NUMBERS)
    def release(self, who: str, by: str, to: str, wrong: str, how: int) -> None:
        self.act(RELEASE, Ask(who, by, to, wrong, how=how))

    @rule(
        who=MEMBERS,
        by=WHOSE,
        to=EMPLOYERS_UNIONS | ANYBODY | st.just("asker"),
        wrong=wrongs(RELEASE, RELEASE_MANIFEST),
        how=NUMBERS,
    )
    def release_by_manifest(self, who: str, by: str, to: str, wrong: str, how: int) -> None:
        self.act(RELEASE_MANIFEST, Ask(who, by, to, wrong, how=how))

    @rule(who=MEMBERS, by=WHOSE, to=EMPLOYERS_UNIONS, wrong=wrongs(AMENDMENT), how=NUMBERS)
    def amend(self, who: str, by: str, to: str, wrong: str, how: int) -> None:
        self.act(AMENDMENT, Ask(who, by, to, wrong, how=how))

    @rule(
        act=st.sampled_from((PLACE, EXIT, MOVE, CLOSE)),
        who=MEMBERS,
        by=WHOSE,
        to=ANYBODY,
        wrong=wrongs(PLACE, EXIT, MOVE, CLOSE),
        how=NUMBERS,
    )
    def place(self, act: Kind, who: str, by: str, to: str, wrong: str, how: int) -> None:
        """Into a placement, out of it, or to another union of the residence."""
        self.act(act, Ask(who, by, to, wrong, how=how))

    @rule(who=MEMBERS, ways=st.lists(NUMBERS, min_size=2, max_size=6))
    def wait_for_a_union(self, who: str, ways: list[int]) -> None:
        """Place a member, found the union awaited before the acceptance or after it, let the member go there."""
        for how in ways:
            case = self.stage.model.members[self._names(Ask(who)).who].open
            is_placed = self.stage.model.members[self._names(Ask(who)).who].basis == "PLACEMENT"
            if how % 3 == 2 and (is_placed or (case is not None and case.state == "RELEASED")):
                self.act(UNION, Ask("M1", how=0))
            elif case is not None and case.state == "RELEASED":
                self.act(ACCEPT, Ask(who, to="asker", how=how))
            else:
                self.act((EXIT, MOVE)[how % 3 == 1] if is_placed else PLACE, Ask(who, how=how))

    @rule(who=MEMBERS, by=WHOSE, to=EMPLOYERS_UNIONS, wrong=wrongs(CORRECTION), how=NUMBERS)
    def correct(self, who: str, by: str, to: str, wrong: str, how: int) -> None:
        self.act(CORRECTION, Ask(who, by, to, wrong, how=how))

    @rule(
        act=st.sampled_from(sorted(ON_CASES)),
        who=MEMBERS,
        by=WHOSE,
        wrong=wrongs(*ON_CASES.values()),
        old=st.booleans(),
        how=NUMBERS,
    )
    def act_on_a_case(self, act: str, who: str, by: str, wrong: str, *, old: bool, how: int) -> None:
        self.act(ON_CASES[act], Ask(who, by, wrong=wrong, old=old, how=how))

    @rule(
        act=st.sampled_from((*["a whole loan"] * len(ON_SECONDMENTS), *sorted(ON_SECONDMENTS))),
        who=MEMBERS,
        by=WHOSE,
        to=EMPLOYERS_UNIONS,
        wrong=wrongs(*ON_SECONDMENTS.values()),
        ways=st.lists(NUMBERS, min_size=3, max_size=7),
    )
    def act_on_a_secondment(self, act: str, who: str, by: str, to: str, wrong: str, ways: list[int]) -> None:
        """Do something about a secondment; or lend a member, and go on about it."""
        if act in ON_SECONDMENTS:
            self.act(ON_SECONDMENTS[act], Ask(who, by, to, wrong, how=ways[0]))
        else:
            self._lend(who, to, ways)

    def _lend(self, who: str, to: str, ways: list[int]) -> None:
        """Let a member be offered, taken over, lent for longer, kept by the host, or sent home."""
        for how in ways:
            model = self.stage.model
            member = model.members[self._names(Ask(who)).who]
            lasts = member.lent is not None and member.lent.stands(model, member) in LASTING
            if member.open is not None and member.open.state == "RELEASED":
                self.act((ACCEPT, ACCEPT, ACCEPT, REFUSE, RECALL)[how % 5], Ask(who, to="asker", how=how))
            elif lasts and how % 9 == 8:
                self.time_passes("a year", who, how)
            elif lasts:
                kind = AT_HOST[how % len(AT_HOST)]
                for one in (how, how ^ 1) if kind in {EXTEND, CONVERT} else (how,):  # both unions, or one
                    self.act(kind, Ask(who, to=to, how=one))
            else:
                self.act(OFFER, Ask(who, to="U7" if to == member.holder else to, how=how))

    @rule(
        act=st.sampled_from(sorted(ON_RETENTIONS)),
        who=MEMBERS,
        by=WHOSE,
        wrong=wrongs(*ON_RETENTIONS.values()),
        how=NUMBERS,
    )
    def act_on_a_retention(self, act: str, who: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_RETENTIONS[act], Ask(who, by, to="U2", wrong=wrong, how=how))

    @rule(who=MEMBERS, ways=st.lists(NUMBERS, min_size=1, max_size=4))
    def retain_and_restore(self, who: str, ways: list[int]) -> None:
        """Let a member be retained, and what may follow: so that runs see restorations."""
        for how in ways:
            member = self.stage.model.members[self._names(Ask(who)).who]
            nexts = (RESTORATION, REASON, REEMPLOY, ANNULMENT) if member.status == "RETAINED" else (RETENTION,)
            self.act(nexts[how % len(nexts)], Ask(who, to="U2", how=how))

    @rule(who=MEMBERS, ways=st.lists(NUMBERS, min_size=3, max_size=6))
    def lose_the_employer(self, who: str, ways: list[int]) -> None:
        """Let an employer be closed, a union of the residence take the member over, place him, retain him again."""
        for how in ways:
            member = self.stage.model.members[self._names(Ask(who)).who]
            if member.open is not None and member.open.state == "RELEASED":
                self.act((ACCEPT, ACCEPT, RECALL)[how % 3], Ask(who, to="asker", how=how))
            elif member.status == "RETAINED":
                near = member.basis == "RESIDENCE_RETENTION"
                self.act((PLACE_RESTORED, PLACE_RESTORED, MOVE)[how % 3] if near else CLOSE, Ask(who, how=how))
            else:
                self.act(RETENTION if member.basis == "PLACEMENT" and how % 2 else CLOSE, Ask(who, how=how))

    @rule(
        act=st.sampled_from(sorted(ON_UNIONS)), to=KEY_OWNERS, by=WHOSE, wrong=wrongs(*ON_UNIONS.values()), how=NUMBERS
    )
    def act_on_a_union(self, act: str, to: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_UNIONS[act], Ask("M1", by, to, wrong, how=how))

    @rule(how=NUMBERS, ways=st.lists(NUMBERS, min_size=1, max_size=4))
    def found_and_close(self, how: int, ways: list[int]) -> None:
        """Found what holds nobody, wind it up and close it."""
        self.act(UNION, Ask("M1", how=2 + how % 2))
        for way in ways:
            self.act((WIND_UP, CLOSE_UNION)[way % 2], Ask("M1", how=way))

    @rule(how=NUMBERS, again=st.integers(0, 2))
    def govern(self, how: int, again: int) -> None:
        """Let a province change its terms, once or several times on one day."""
        for way in range(again + 1):
            self.act(POLICY, Ask("M1", how=how + 5 * way))

    @rule(
        act=st.sampled_from(sorted(ON_PAIRS)),
        who=MEMBERS,
        by=WHOSE,
        to=EMPLOYERS_UNIONS,
        wrong=wrongs(*ON_PAIRS.values()),
        how=NUMBERS,
    )
    def act_on_a_pair(self, act: str, who: str, by: str, to: str, wrong: str, how: int) -> None:
        self.act(ON_PAIRS[act], Ask(who, by, to, wrong, how=how))

    @rule(
        act=st.sampled_from(sorted(ON_AGREEMENTS)),
        who=MEMBERS,
        by=st.just("right") | WHOSE,
        wrong=wrongs(*ON_AGREEMENTS.values()),
        how=NUMBERS,
    )
    def act_on_an_agreement(self, act: str, who: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_AGREEMENTS[act], Ask(who, by, wrong=wrong, how=how))

    @rule(how=NUMBERS, ways=st.lists(NUMBERS, min_size=2, max_size=6))
    def entrust(self, how: int, ways: list[int]) -> None:
        """Have an agreement signed by both, and something done under it."""
        for kind, by in ((PROPOSE, "U7"), (SIGN, "U8" if how % 2 else "U7"), (SIGN, "U7" if how % 2 else "U8")):
            self.act(kind, Ask("M1", by, how=how % 20))
        kinds = [*list(ON_AGREEMENTS.values())[4:], DUES]
        for way in ways:
            self.act(kinds[way % len(kinds)], Ask("M1", how=way % 20))

    @rule(
        act=st.sampled_from(sorted(ON_CERTIFICATES)),
        who=MEMBERS,
        by=WHOSE,
        wrong=wrongs(*ON_CERTIFICATES.values()),
        how=NUMBERS,
    )
    def act_on_a_certificate(self, act: str, who: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_CERTIFICATES[act], Ask(who, by, wrong=wrong, how=how))

    @rule(act=st.sampled_from(sorted(ON_PAPER)), who=MEMBERS, by=WHOSE, wrong=wrongs(*ON_PAPER.values()), how=NUMBERS)
    def act_on_paper(self, act: str, who: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_PAPER[act], Ask(who, by, wrong=wrong, how=how))

    @rule(act=st.sampled_from(sorted(ON_PRINTS)), by=WHOSE, wrong=wrongs(*ON_PRINTS.values()), how=NUMBERS)
    def print_something(self, act: str, by: str, wrong: str, how: int) -> None:
        self.act(ON_PRINTS[act], Ask("M1", by, wrong=wrong, how=how))

    @rule(who=MEMBERS, how=NUMBERS, ways=st.lists(NUMBERS, max_size=4))
    def print_and_issue(self, who: str, how: int, ways: list[int]) -> None:
        """Have a run printed, by all that comes before it, some of it lost, and a certificate reissued from it."""
        for kind in list(ON_PRINTS.values())[:8]:
            self.act(kind, Ask(who, how=how % 9 * 2))
        for way in ways:
            self.act(list(ON_PRINTS.values())[6 + way % 6], Ask(who, how=way % 20))
        self.act(REISSUE, Ask(who, how=how % 20 * 3))

    @rule(who=MEMBERS, to=EMPLOYERS_UNIONS, how=NUMBERS)
    def lose_and_pull(self, who: str, to: str, how: int) -> None:
        """A certificate is lost, asked by, and replaced."""
        for kind in ((LOSS, REISSUE), (LOSS, REQUEST, REISSUE), (LOSS, REQUEST))[how % 3]:
            self.act(kind, Ask(who, to=to, how=how))

    @rule(
        act=st.sampled_from(("a whole expulsion", *sorted(ON_ENDS))),
        who=THE_LEAVING,
        by=WHOSE,
        wrong=wrongs(*ON_ENDS.values()),
        ways=st.lists(NUMBERS, min_size=2, max_size=6),
    )
    def act_on_an_end(self, act: str, who: str, by: str, wrong: str, ways: list[int]) -> None:
        """Let a membership end, or go on about one that has; or expel somebody and go on to where it began."""
        if act in ON_ENDS:
            self.act(ON_ENDS[act], Ask(who, by, wrong=wrong, how=ways[0]))
            return
        for kind in ((), (PROPOSE_EXPULSION,), (PROPOSE_EXPULSION, DROP, PROPOSE_EXPULSION))[ways[0] % 3]:
            self.act(kind, Ask(who, how=ways[0]))
        self.act(EXPEL, Ask(who, how=ways[0]))
        for how in ways[1:]:
            self.act((FILE, *AFTER.values())[how % (len(AFTER) + 1)], Ask(who, how=how))
        self.act(REVERSE, Ask(who))

    @rule(who=MEMBERS, to=EMPLOYERS_UNIONS, ways=st.lists(NUMBERS, min_size=2, max_size=5))
    def become_one(self, who: str, to: str, ways: list[int]) -> None:
        """Bring a second membership in, and let both holders, or the union above, make one of the two."""
        for how in ways:
            pair = self.stage.model.members[self._names(Ask(who)).who].pair
            kind = IMPORT if pair is None else DECIDE if how % 6 == 5 else MERGE
            if kind is DECIDE and pair is not None:
                self.do(partial(self._wait_until, pair.decide_from))
            self.act(kind, Ask(who, to=to, wrong="hash" if how % 8 == 6 else "", how=how))
        for how in (0, 1) if ways[0] % 2 else ():  # both holders, of one mind
            self.act(MERGE, Ask(who, to=to, how=how))

    async def _wait_until(self, to: datetime | None) -> None:
        if to is not None and to > await self.stage.tick():
            await self.stage.pass_time(to)

    @rule(who=MEMBERS, to=EMPLOYERS_UNIONS, ways=st.lists(NUMBERS, min_size=4, max_size=8))
    def go_on(self, who: str, to: str, ways: list[int]) -> None:
        """Let a case run its course, by lawful acts and by silence: so that runs go far."""
        for how in ways:
            case = self.stage.model.members[self._names(Ask(who)).who].open
            nexts = self._nexts(who)
            kind = nexts[how % len(nexts)]
            if kind is None:
                self.time_passes("deadline", who, how)
            else:
                self.act(kind, Ask(who, to=to if case is None else "asker", how=how))

    @rule(who=MEMBERS, by=WHOSE, to=EMPLOYERS_UNIONS, slip=NUMBERS, ways=st.lists(NUMBERS, min_size=4, max_size=8))
    def go_outside(self, who: str, by: str, to: str, slip: int, ways: list[int]) -> None:
        """Let a member go to a union outside the hub, be asked for there, come back; some papers are tried in vain."""
        for how in ways:
            if how % 3 == 2:
                tried = RELEASE_FOR if self._is_outside(who) != (how % 4 == 3) else ACCEPT_FOR
                self.act(tried, Ask(who, by, wrong=tried.wrongs[(slip + how) % len(tried.wrongs)], how=how))
            member, nexts = self.stage.model.members[self._names(Ask(who)).who], self._nexts(who)
            if member.open is None and not self._is_outside(who):
                came = bool(member.held) and member.held[-1][0] == "FAR"
                leave = REEMPLOY if member.status == "RETAINED" else CORRECTION if came and how % 2 else RELEASE
                self.act(leave, Ask(who, to="FAR", how=how))
            elif (kind := nexts[how % len(nexts)]) is None:
                self.time_passes(("a day", "deadline")[how % 2], who, how)
            else:
                self.act(kind, Ask(who, to=to if member.open is None else "asker", how=how))

    def _is_outside(self, who: str) -> bool:
        """Whether a union outside the hub holds a member."""
        model = self.stage.model
        return model.unions[model.members[self._names(Ask(who)).who].holder].is_outside

    def _nexts(self, who: str) -> tuple[Kind | None, ...]:
        """Give what may come next for a member."""
        model = self.stage.model
        case = model.members[self._names(Ask(who)).who].open
        if self._is_outside(who):
            nexts = NEXT_THERE
        elif case is not None and model.unions[case.receiver].is_outside:
            nexts = NEXT_ON_THE_WAY
        else:
            nexts = NEXT
        return nexts[None if case is None else case.state]

    @rule(who=MEMBERS, to=EMPLOYERS_UNIONS, how=NUMBERS)
    def hand_over(self, who: str, to: str, how: int) -> None:
        """Release and accept, so that many move."""
        by_manifest = ((RELEASE, ACCEPT), (RELEASE_MANIFEST, ACCEPT_MANIFEST))[how % 2]
        for kind in by_manifest:
            self.act(kind, Ask(who, to=to if kind in {RELEASE, RELEASE_MANIFEST} else "asker", how=how))
        for lost in (LOSS, REISSUE) if how % 3 == 0 else ():  # and the certificate got lost on the way
            self.act(lost, Ask(who, how=how))

    # Time.

    @rule(span=SPANS, who=MEMBERS, how=NUMBERS)
    def time_passes(self, span: str, who: str, how: int) -> None:
        self.do(lambda: self._time_passes(span, self._names(Ask(who)).who, how))

    async def _time_passes(self, span: str, who: str, how: int) -> None:
        model = self.stage.model
        now = await self.stage.tick()
        case = model.members[who].open
        deadline = now if case is None or case.deadline is None else case.deadline
        to = {
            "minutes": now + timedelta(minutes=1 + how),
            "a match": now + timedelta(minutes=16),
            "a day": now + timedelta(days=1),
            "working days": end_of_term(model.today, working=1 + how % 16),
            "an appeal": end_of_term(model.today, plain=30),
            "P01": end_of_term(model.today, plain=90),
            "a year": now + timedelta(days=250 + how),
            "eve": deadline - timedelta(minutes=5),
            "deadline": deadline,
        }[span]
        if to > now:
            await self.stage.pass_time(to)
        self.stage.steps["(time passes)"] += 1
        await self.stage.look(*{case.holder, case.receiver} if case else {"U1"})

    # Statements kept back, repeated, forged, and sent at once.

    @rule(act=st.sampled_from(sorted(MAY_WAIT)), who=MEMBERS, by=WHOSE, to=EMPLOYERS_UNIONS, how=NUMBERS)
    def keep_back(self, act: str, who: str, by: str, to: str, how: int) -> None:
        """Draw a statement up and hand it in later: what it rests on may have changed by then."""
        sent = self.do(lambda: self.stage.make(MAY_WAIT[act], self._names(Ask(who, by, to, how=how))))
        if sent is not None:
            self.stage.kept.append(replace(sent, foretold=None))

    @precondition(lambda self: bool(self.stage.kept))
    @rule(which=NUMBERS)
    def hand_in(self, which: int) -> None:
        self.do(lambda: self._play(self.stage.kept.pop(which % len(self.stage.kept))))

    @precondition(lambda self: bool(self.stage.sent))
    @rule(which=NUMBERS)
    def send_again(self, which: int) -> None:
        self.do(lambda: self._play(self.stage.sent[which % len(self.stage.sent)], again=True))

    @precondition(lambda self: bool(self.stage.sent))
    @rule(which=NUMBERS)
    def send_other_bytes_under_its_jti(self, which: int) -> None:
        self.do(lambda: self._forge(which))

    async def _forge(self, which: int) -> None:
        forged = self.stage.forged(self.stage.sent[which % len(self.stage.sent)])
        if forged is not None:
            await self._play(forged)

    @rule(who=MEMBERS, other=MEMBERS, asked=st.lists(AT_ONCE, min_size=2, max_size=4))
    def at_once(self, who: str, other: str, asked: list[tuple[str, str, str, int]]) -> None:
        """Send several acts together, the last of them on another member, perhaps."""
        self.do(lambda: self._at_once([who] * (len(asked) - 1) + [other], asked))

    async def _at_once(self, whom: list[str], asked: list[tuple[str, str, str, int]]) -> None:
        made = []
        for who, (act, by, to, how) in zip(whom, asked, strict=True):
            nexts = [kind for kind in self._nexts(who) if kind is not None]
            kind = MEANWHILE.get(act, nexts[how % len(nexts)])
            made.append(await self.stage.make(kind, self._names(Ask(who, by, to, how=how))))
        several = [sent for sent in made if sent is not None]
        if any(sent.kind.name in ENDS for sent in several):
            # Of an end and an import both are accepted in either order, and come to something else in each.
            several = [sent for sent in several if sent.kind is not IMPORT]
        note(f"    {self._at} at once: {', '.join(f'{sent.kind.name} by {sent.sender}' for sent in several)}")
        await self.stage.play_at_once(several)
        await self.stage.look(*{sent.sender for sent in several})

    # How an ask becomes an act.

    def act(self, kind: Kind, ask: Ask) -> None:
        self.do(lambda: self._act(kind, self._names(ask)))

    def _names(self, ask: Ask) -> Ask:
        """Put names for `newest` and `asker`."""
        model = self.stage.model
        who = list(model.members)[-1] if ask.who == "newest" else ask.who
        while ask.how % 4 < 3 and model.members[who].into is not None:
            who = model.members[who].into or who  # mostly, the one that goes on is meant
        newest = [ref for ref, union in model.unions.items() if union.state == "ACTIVE" and not union.is_outside][-1]
        case = model.members[who].open
        asker = "U2" if case is None else case.receiver
        put = {"newest": newest, "asker": asker}
        return Ask(who, put.get(ask.by, ask.by), put.get(ask.to, ask.to), ask.wrong, old=ask.old, how=ask.how)

    @property
    def _at(self) -> str:
        return f"{self.stage.model.now:%Y-%m-%d %H:%M}Z"

    async def _act(self, kind: Kind, ask: Ask) -> None:
        sent = await self.stage.make(kind, ask)
        if sent is not None:
            await self._play(sent)

    async def _play(self, sent: Any, *, again: bool = False) -> None:
        note(f"    {self._at} {sent.kind.name} by {sent.sender}")
        outcome = await self.stage.play(sent)
        note(f"      {outcome or 'accepted'}")
        # What comes again is answered as things stand now: who has let go since is told so.
        if sent.foretold is not None and sent.kind is not REQUEST and not again:
            assert (outcome is None) == (sent.foretold == ()), f"the draft said {sent.foretold}, the act {outcome}"
            assert outcome is None or sent.foretold[0] == outcome, f"the draft said {sent.foretold}, the act {outcome}"
        member = self.stage.model.by_membership(sent.read.sub)
        case = member.cases[-1] if member is not None and member.cases else None
        seeing = {case.holder, case.receiver, *case.told} if case is not None else set[str]()
        await self.stage.look(*{sent.sender, "U15", *seeing})
