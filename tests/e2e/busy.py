"""A hub in which something has happened to everybody: cases of every state, and people with unmistakable data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.e2e import inputs
from tests.e2e.inputs import EMPLOYERS, UNIONS
from tests.e2e.stage import day

if TYPE_CHECKING:
    from tests.e2e.stage import Stage
    from tests.e2e.wire import Json

#: Later than the release of P5 is good for.
NOW = day(6, 10)

_CHECK = "10X98765432"
_NAMES = ("东方朔一", "司马光二", "诸葛亮三", "欧阳修四", "上官婉五", "夏侯惇六", "慕容复七")
#: By whom each is enrolled.
_HOLDERS = ("U1", "U1", "U1", "U1", "U7", "U3")


def id_number(seventeen: str) -> str:
    """Complete an ID number by ISO 7064 MOD 11-2."""
    return seventeen + _CHECK[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(seventeen)) % 11]


@dataclass
class Planted:
    """A person whose every datum occurs nowhere else."""

    ref: str
    name: str
    id_number: str
    birth_month: str
    joined_on: str
    mobile: str
    residence: str
    certificate: str
    #: What was amended: it stood there once.
    former: tuple[str, ...] = ()
    member: Json = field(default_factory=dict)

    @property
    def on_card(self) -> tuple[str, ...]:
        """What a card shows (domain 5.2): the named receiver's before acceptance, the ex-holder's stub."""
        return (self.name, self.birth_month, self.joined_on, self.certificate)

    @property
    def unmasked(self) -> tuple[str, ...]:
        """What no read shows, to anybody."""
        return (self.id_number, self.mobile)

    @property
    def masked(self) -> tuple[str, ...]:
        """What the holder reads, and nobody else."""
        return (self.member["idNumberMasked"], self.member["mobileMasked"], self.residence)

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.member["id"], self.member["membershipId"])


def _planted(number: int) -> Planted:
    """Make up the person of a number. The endings are letters or rare digits, so that no date or hash has them."""
    born = f"19{61 + number}-0{number}"
    return Planted(
        ref=f"P{number}",
        name=_NAMES[number - 1],
        id_number=id_number(f"990101{born.replace('-', '')}17{number}8{number}"),
        birth_month=born,
        joined_on=f"2011-1{number % 3}-1{number}",
        mobile=f"+86139009{number}7{number}6{number}",
        residence=f"3101200{number}8{number}7{number}",
        certificate=f"PLANTED{number}77",
    )


@dataclass
class Busy:
    """The stage with the planted people and the cases in it, each case by its person."""

    stage: Stage
    people: dict[str, Planted] = field(default_factory=dict)
    #: Global ids of handoffs, by person and, where there are two, number.
    handoffs: dict[str, str] = field(default_factory=dict)
    uuids: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def played(cls, stage: Stage) -> Busy:
        busy = cls(stage)
        for number, holder in enumerate(_HOLDERS, start=1):
            await busy._enrol(_planted(number), holder)
        u1, u2, u3 = stage["U1"], stage["U2"], stage["U3"]
        await busy._amend("P6", "U3")
        await busy._release("P5", "U7", "U2")
        await stage.let_it_be(NOW)
        moved = await busy._release("P1", "U1", "U2")
        await u2.act("acceptHandoff", inputs.acceptance(moved, inDate="2025-06-10"))
        await stage.let_it_be(NOW + timedelta(hours=1))
        onward = await busy._release("P1", "U2", "U3", employer="小店乙", name="P1 onward")
        onto = {"inDate": "2025-06-10", "employerUscc": EMPLOYERS["小店乙"]}
        await u3.act("acceptHandoff", inputs.acceptance(onward, **onto))
        await busy._release("P2", "U1", "U2")
        refused = await busy._release("P3", "U1", "U2")
        await u2.act(
            "refuseHandoff", {"handoffId": refused, "ground": "IDENTITY_OR_PROOF_MISMATCH", "fields": ["name"]}
        )
        recalled = await busy._release("P4", "U1", "U2")
        await u1.act("recallHandoff", {"handoffId": recalled})
        day = NOW.date().isoformat()
        retained = {"reason": "MILITARY_SERVICE", "retainedOn": day, "enlistedOn": day}
        await u1.act("recordRetention", {"memberId": busy.people["P4"].member["id"], **retained})
        return busy

    async def bring_in(self, ref: str, holder: str, *, of: Planted) -> Planted:
        """Have a union bring in, on paper, a second membership of somebody: nothing but the person is the same."""
        person = replace(
            _planted(7), ref=ref, id_number=of.id_number, name=of.name, birth_month=of.birth_month, member={}
        )
        await self._enrol(person, holder, mutation="importMember")
        return person

    async def _enrol(self, person: Planted, holder: str, *, mutation: str = "joinMember") -> None:
        basis = {"U7": "DISPATCH_UNION"}.get(holder, "ORDINARY")
        asked = {
            "person": {
                "name": person.name,
                "sex": "1",
                "birthMonth": person.birth_month,
                "ethnicGroup": inputs.ETHNIC_GROUP,
                "politicalStatus": inputs.POLITICAL_STATUS,
                "idType": "RESIDENT_ID",
                "idNumber": person.id_number,
                "mobile": person.mobile,
                "residenceDivisionCode": person.residence,
                "isRuralMigrant": True,
                "employmentForm": "PART_TIME",
            },
            "channel": "ORAL",
            "joinedOn": person.joined_on,
            "holdingBasis": basis,
            "employerUscc": EMPLOYERS[{"U1": "甲", "U7": "丙", "U3": "小店甲", "U8": "丁"}[holder]],
            "certificate": {"provinceCode": "31", "number": person.certificate},
            "duesPaidThrough": "2025-01",
        }
        person.member = await self.stage[holder].act(mutation, asked)
        self.people[person.ref] = person

    async def _amend(self, ref: str, by: str) -> None:
        """Put a person's name, document and mobile number right: what stood there before is nobody's to see."""
        person = self.people[ref]
        person.former = (person.name, person.id_number, person.mobile)
        person.name, person.mobile = "公孙策六", "+8613900867686"
        person.id_number = id_number("99010119670617988")
        changed = {"name": person.name, "idType": "RESIDENT_ID", "idNumber": person.id_number, "mobile": person.mobile}
        asked = {"memberId": person.member["id"], "isCorrection": True, "person": changed, "idChange": "CORRECTED"}
        person.member = await self.stage[by].act("amendMember", asked)

    async def _release(self, ref: str, by: str, to: str, *, employer: str = "乙", name: str = "") -> str:
        today = self.stage.clock.now().date().isoformat()
        asked = inputs.release(
            self.people[ref].member["id"],
            receivingUnion=UNIONS[to].uri,
            newEmployerUscc=EMPLOYERS[employer],
            outDate=today,
            duesPaidThrough="2025-01",
        )
        handoff = await self.stage[by].act("releaseMember", asked)
        self.handoffs[name or ref] = handoff["id"]
        self.uuids[name or ref] = handoff["handoffId"]
        return str(handoff["id"])
