"""The hub as a plain model: what holds at an instant, eagerly (the hub records what dates have made later, lazily)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.outside import EMPLOYER
from tests.random.calendar import end_of_term, month_later, today_of
from tests.random.governing import Records
from tests.random.prints import Prints

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

__all__ = [
    "OPEN",
    "STANDING",
    "Agreement",
    "Case",
    "Ended",
    "Key",
    "Lent",
    "Line",
    "Match",
    "Member",
    "Model",
    "Pair",
    "Retained",
    "Union",
]

OPEN = frozenset({"REQUESTED", "ESCALATED", "RELEASED"})
#: What has not ended.
STANDING = frozenset({"ACTIVE", "RETAINED", "DUPLICATE_SUSPECTED"})
#: These never act for another union, and never stand above one (A15).
_NEVER_ABOVE = frozenset({"MEMBER_UNIT_BRANCH", "REGIONAL_FEDERATION", "SECTORAL_FEDERATION"})
#: Who keeps a record of policy (domain 3.0).
_KEEPERS = frozenset({"PROVINCIAL_FEDERATION", "NATIONAL_INDUSTRIAL_UNION", "CENTRAL_ORGAN_FEDERATION"})
_STATUS_GROUNDS = frozenset({"MEMBERSHIP_ENDED", "RETIRED_RETENTION", "IN_MILITARY_SERVICE"})
_BY_DATE = {"REQUESTED": "ESCALATED", "ESCALATED": "LAPSED", "RELEASED": "EXPIRED"}


@dataclass
class Key:
    use: str
    kid: str
    not_before: datetime
    retired_at: datetime | None = None
    revoked_at: datetime | None = None

    def signs_at(self, now: datetime) -> bool:
        return self.not_before <= now and all(end is None or now < end for end in (self.retired_at, self.revoked_at))


@dataclass
class Union:
    ref: str
    uri: str
    id: UUID
    kind: str
    parent: str | None
    employers: frozenset[str]
    keys: list[Key] = field(default_factory=list)
    version: int = 1
    jurisdiction: str | None = None
    state: str = "ACTIVE"
    successor: str | None = None
    decided_on: date | None = None  #: of its winding up

    @property
    def is_outside(self) -> bool:
        """Whether it is outside the hub: it has no key, and nobody acts as it (A25)."""
        return self.kind == "EXTERNAL"


@dataclass
class Match:
    """What the draft of a request found, and until when it is good."""

    by: str
    until: datetime
    member: str | None
    is_proved: bool
    is_frozen: bool = False  #: it proved one that stood still then
    is_spoiled: bool = False  #: it named a certificate that was good no more


@dataclass
class Case:
    id: UUID
    member: str
    version: int
    holder: str
    receiver: str
    reason: str
    state: str
    higher: str | None = None
    deadline: datetime | None = None
    then: datetime | None = None
    request: str | None = None
    objection: str | None = None
    release: str | None = None
    in_lieu: bool = False
    restores: bool = False
    new_employer: str | None = None
    out_date: date | None = None
    dues: str | None = None
    ground: str | None = None
    untold: bool = False  #: superseded: who asked is told that it closed, and no ground
    closed_at: datetime | None = None
    #: Unions above that know, or will know, of it: since when, and above whom.
    told: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def close(self, state: str, at: datetime, ground: str | None = None) -> None:
        self.state, self.closed_at, self.ground = state, at, ground
        self.deadline = self.then = None
        self.told = {ref: known for ref, known in self.told.items() if known[0] <= at}

    @property
    def is_voided_by_acceptance(self) -> bool:
        """Whether the second check of an acceptance ended it: that statement is kept."""
        return self.state == "VOIDED" and self.ground not in {None, "MEMBERSHIP_ENDED"}

    def let_pass(self, now: datetime) -> None:
        while self.state in OPEN and self.deadline is not None and self.deadline <= now:
            at, following = self.deadline, _BY_DATE[self.state]
            if following in OPEN:
                self.state, self.deadline, self.then = following, self.then, None
            else:
                self.close(following, at)

    def side_of(self, ref: str, now: datetime) -> str | None:
        """As what a union reads this case."""
        if ref in {self.holder, self.receiver}:
            return "HOLDER" if ref == self.holder else "RECEIVER"
        return "HIGHER" if ref in self.told and self.told[ref][0] <= now else None

    def acting_side_of(self, ref: str, now: datetime) -> str | None:
        """As what it acts: the union above the receiver reads, and does nothing."""
        side = self.side_of(ref, now)
        return None if side == "HIGHER" and self.told[ref][1] == "receiver" else side

    def ground_for(self, side: str) -> str | None:
        if self.state == "VOIDED" and self.ground is not None:
            return self.ground  # a second check, or the end of the membership
        if self.state == "VOIDED":
            return "DUPLICATE_MERGED" if side == "HOLDER" else "MEMBERSHIP_ENDED"
        if side != "RECEIVER":
            return self.ground
        return None if self.untold else "NOT_TRANSFERABLE" if self.ground in _STATUS_GROUNDS else self.ground

    def card_is_for(self, side: str) -> bool:
        """Who reads the card: the releasing side its stub, the receiver while it may accept and once it has (I16)."""
        return (side == "HOLDER" and self.release is not None) or (
            side == "RECEIVER" and self.state in {"RELEASED", "ACCEPTED"}
        )


@dataclass
class Pair:
    """Two memberships of one person, until they are merged. `said`: by whom, and over which document, of each."""

    refs: tuple[str, str]
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    decide_from: datetime | None = None


@dataclass
class Retained:
    """A retention that was not annulled."""

    reason: str
    retained_on: date
    entered: str
    prior: str  #: the basis before
    restored_on: date | None = None
    is_open: bool = True


@dataclass
class Ended:
    """How a membership ended: by which statement, on which day; of an expulsion, where it stands."""

    sha256: str
    on: date
    state: str | None = None
    filed_on: date | None = None
    filing: str | None = None
    mark: str | None = None


@dataclass
class Proposed:
    """An opinion of a union group, on which the committee of the holder of that version may decide."""

    sha256: str
    opinion: str
    on: date
    version: int


@dataclass
class Lent:
    """The latest secondment: as it was left, which dates may have changed since."""

    home: str
    host: str | None
    starts_on: date
    ends_on: date
    home_version: int
    state: str = "RECORDED"
    cut_on: date | None = None
    words: set[tuple[str, str, str]] = field(default_factory=set)  #: act, document, union
    offer: UUID | None = None  #: the handoff by which it was offered last

    def stands(self, model: Model, member: Member) -> str:
        """Where it stands today."""
        ended, over = member.status not in STANDING, self.ends_on < model.today
        if self.state == "RECORDED":
            case = member.open
            if not ended and case is not None and case.id == self.offer and case.state == "RELEASED":
                return "OFFERED"
            return "ENDED" if ended or over or self.home_version != member.version else "RECORDED"
        if self.state in {"AT_HOST", "RETURN_DUE"}:
            return "CLOSED" if ended else "RETURN_DUE" if over else self.state
        return self.state

    def lies_above(self, model: Model) -> bool:
        """Whether the home union has let the return lie (P02), by its policy as the secondment came due."""
        due = self.ends_on if self.cut_on is None else min(self.cut_on, self.ends_on)
        working = model.policy(self.home, "request_working_days", end_of_term(due))
        return model.now >= end_of_term(due, working=working)


@dataclass
class Member:
    ref: str
    id: UUID
    holder: str
    held_by: str
    joined_on: date
    dues: str
    employer: str | None
    id_number: str
    certificate: tuple[str, str]
    basis: str = "ORDINARY"
    #: The holdings that have ended: whose, on what basis, where employed.
    held: list[tuple[str, str, str | None]] = field(default_factory=list)
    version: int = 1
    data_version: int = 1
    amended: dict[str, object] = field(default_factory=dict)  #: what amendments have put of the person's data
    cards: set[str] = field(default_factory=set)  #: hashes of the cards drafted over the data of now
    former: set[str] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)
    status: str = "ACTIVE"
    pair: Pair | None = None
    into: str | None = None  #: into whom it was merged
    person: str = ""  #: whose record this is, by the ref of its first membership
    ended: Ended | None = None
    proposed: Proposed | None = None
    taken_in: date | None = None  #: the last intake, by its legal date
    retentions: list[Retained] = field(default_factory=list)
    lent: Lent | None = None
    certificates: dict[tuple[str, str], str] = field(default_factory=dict)  #: every one, and where it stands
    history: str | None = None  #: the statement of the lines of before the hub

    def go_on(self) -> None:
        """Stand still no more: active, or, where it was brought in as retained, retained."""
        is_kept = bool(self.retentions) and self.retentions[-1].restored_on is None
        self.status = "RETAINED" if is_kept else "ACTIVE"

    def __post_init__(self) -> None:
        self.certificates = {self.certificate: "VALID"}

    @property
    def valid(self) -> tuple[str, str] | None:
        """The certificate that proves the membership."""
        return next((key for key, state in self.certificates.items() if state == "VALID"), None)

    @property
    def latest(self) -> tuple[str, str]:
        return list(self.certificates)[-1]

    @property
    def retained(self) -> Retained | None:
        """The retention that lasts."""
        return self.retentions[-1] if self.status == "RETAINED" else None

    @property
    def exempt_since(self) -> str | None:
        """The first month without dues, while retained."""
        return None if self.retained is None else month_later(self.retained.retained_on.isoformat(), 1)

    def is_exempt(self, month: str) -> bool:
        """Whether no dues are owed for a month."""
        return any(
            r.retained_on.isoformat()[:7] < month and (r.restored_on is None or month < r.restored_on.isoformat()[:7])
            for r in self.retentions
        )

    joined_from: str | None = None  #: the residence as it was entered

    @property
    def residence(self) -> str | None:
        found = self.amended.get("residence_division_code", self.joined_from)
        return None if found is None else str(found)

    def is_party(self, ref: str) -> bool:
        """Whether a union that doesn't hold it knows that there is this member."""
        return ref in self.former or (self.open is not None and self.open.receiver == ref)

    @property
    def open(self) -> Case | None:
        return next((case for case in self.cases if case.state in OPEN), None)


@dataclass
class Line:
    """A member on a roster: under which holding, from when to when, and what was said of it."""

    ref: str
    version: int
    agreement: Agreement
    since: date
    until: date
    state: str

    def stands(self, model: Model) -> bool:
        """Whether nothing has ended it: custody, its days, its agreement."""
        member = model.members[self.ref]
        return (
            self.state in {"PENDING", "COVERED"}
            and (member.version, member.status) == (self.version, "ACTIVE")
            and model.today <= self.until
            and self.agreement.state_at(model.today) == "IN_FORCE"
        )

    def is_live(self, model: Model) -> bool:
        return self.state == "COVERED" and self.stands(model) and self.since <= model.today

    def is_taken(self, model: Model, since: date, until: date) -> bool:
        return self.stands(model) and self.since <= until and since <= self.until


@dataclass
class Agreement:
    id: UUID
    sha256: str
    author: str
    term: tuple[date, date]
    roster: list[dict[str, str]]
    state: str = "DRAFT"
    signed: set[str] = field(default_factory=set)
    roster_version: int = 0
    collects: bool = False  #: the host union, the dues
    lines: list[Line] = field(default_factory=list)

    def state_at(self, today: date) -> str:
        over = {"SIGNED_BY_ONE": "LAPSED", "IN_FORCE": "EXPIRED"}
        return over.get(self.state, self.state) if today > self.term[1] else self.state


@dataclass
class Model:
    now: datetime
    unions: dict[str, Union] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    matches: dict[UUID, Match] = field(default_factory=dict)
    agreements: list[Agreement] = field(default_factory=list)
    prints: Prints = field(default_factory=Prints)
    claims: dict[str, str] = field(default_factory=dict)  #: to which person's record an ID number leads
    file_of: dict[str, str] = field(default_factory=dict)  #: the membership with whose holder a person's data are
    filed_with: dict[str, tuple[str, str]] = field(default_factory=dict)  #: the union above, and the filing
    #: (signer, jti) of every statement received, and its hash.
    received: dict[tuple[str, UUID], str] = field(default_factory=dict)
    records: Records = field(default_factory=Records)  #: of policies

    @property
    def today(self) -> date:
        return today_of(self.now)

    @property
    def cases(self) -> list[Case]:
        return [case for member in self.members.values() for case in member.cases]

    def lines_of(self, member: Member) -> list[Line]:
        return [line for agreement in self.agreements for line in agreement.lines if line.ref == member.ref]

    def be(self, now: datetime) -> None:
        """Let it be this instant, with all that dates have made by then."""
        self.now = now
        for case in self.cases:
            case.let_pass(now)
        for line in (line for agreement in self.agreements for line in agreement.lines):
            # Who was retained and works again is not covered again.
            if line.state in {"PENDING", "COVERED"} and self.members[line.ref].status == "RETAINED":
                line.state = "ENDED"

    def by_uri(self, uri: object) -> Union | None:
        return next((union for union in self.unions.values() if union.uri == uri), None)

    def by_membership(self, membership: object) -> Member | None:
        return next((member for member in self.members.values() if str(member.id) == str(membership)), None)

    def is_read_by(self, member: Member, ref: str) -> bool:
        """Whether a union reads the file: it holds the membership, or held it last, and nobody has the person since."""
        return member.holder == ref and self.members[self.file_of[member.person]].holder == ref

    def live_of(self, id_number: str) -> Member | None:
        person = self.claims.get(id_number)
        mine = (member for member in self.members.values() if member.person == person)
        return next((member for member in mine if member.status in {"ACTIVE", "RETAINED"}), None)

    def partner(self, member: Member) -> Member | None:
        """The other one of its pair."""
        refs = () if member.pair is None else member.pair.refs
        return next((self.members[ref] for ref in refs if ref != member.ref), None)

    def case(self, handoff_id: object) -> Case | None:
        return next((case for case in self.cases if str(case.id) == str(handoff_id)), None)

    def is_organised(self, employer: str | None) -> bool:
        """Whether an employer has its union."""
        return any(employer in union.employers for union in self.unions.values() if union.state == "ACTIVE")

    def above(self, ref: str, *parties: str) -> str | None:
        """The next union above that may act in another's stead."""
        up = self.unions[ref].parent
        while up is not None and (up in parties or self.unions[up].kind in _NEVER_ABOVE):
            up = self.unions[up].parent
        return up

    def above_side(self, side: str, *parties: str) -> str | None:
        """The one above a holder or a receiver that is silent: above one outside the hub there is nobody (A25)."""
        return None if self.unions[side].is_outside else self.above(side, *parties)

    def policy(self, ref: str, name: str, at: datetime | None = None) -> int:
        """A value of the policy that holds for a union now, or at an instant."""
        keeper: str | None = ref
        while keeper is not None and self.unions[keeper].kind not in _KEEPERS:
            keeper = self.unions[keeper].parent
        return self.records.value(keeper, name, at or self.now)

    def may_be_printed(self, ref: str, day: date) -> bool:
        """Whether a date of a day that is over lies lately enough (P06)."""
        return day >= self.today - timedelta(days=self.policy(ref, "backdate_days_max"))

    def dues_until(self, ref: str) -> str:
        """The last month to which dues may be paid (P10)."""
        return month_later(self.today.isoformat(), self.policy(ref, "prepaid_months_max"))

    def can_log_in(self, ref: str) -> bool:
        return self.login_of(ref) is not None

    def login_of(self, ref: str) -> Key | None:
        """The newest login key that has not ended."""
        logins = [key for key in self.unions[ref].keys if key.use == "LOGIN"]
        return next((key for key in reversed(logins) if self._not_ended(key)), None)

    def _not_ended(self, key: Key) -> bool:
        return key.revoked_at is None and (key.retired_at is None or key.retired_at > self.now)

    def signing_of(self, ref: str, *, ended: bool = False) -> Key | None:
        """The newest signing key in force, or (`ended`) one that is not."""
        signing = [key for key in reversed(self.unions[ref].keys) if key.use == "SIGNING"]
        return next((key for key in signing if key.signs_at(self.now) != ended), None)

    def any_signing_of(self, ref: str) -> Key | None:
        """The newest signing key: of those in force, if there is any."""
        return self.signing_of(ref) or self.signing_of(ref, ended=True)

    def term(self, *, working: int = 0, plain: int = 0) -> datetime:
        return end_of_term(self.today, working=working, plain=plain)

    def employer_at(self, ref: str) -> str:
        """Give an employer whose union this is; where it has none, one that has no union at all."""
        if self.unions[ref].is_outside:
            return EMPLOYER
        return min(self.unions[ref].employers, default="91310117MC0U181802")
