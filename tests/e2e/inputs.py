"""What the fixtures' unions ask for, by the contract's input types. Changes go on top; None leaves a field out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from federation.encoding import sha256_b64url
from hub.demo.fixtures import EMPLOYERS, MEMBERS, UNIONS, MemberFixture, UnionFixture

if TYPE_CHECKING:
    from tests.e2e.wire import Json

__all__ = [
    "EMPLOYERS",
    "MEMBERS",
    "UNIONS",
    "acceptance",
    "asking",
    "care",
    "changed",
    "deeming",
    "entrustment",
    "entry",
    "expelling",
    "history",
    "joining",
    "on_paper",
    "person",
    "release",
    "restoring",
    "retaining",
    "union",
    "withdrawing",
]

#: What a holder alone may ever read of the fixtures' members; none of it occurs anywhere else.
MOBILE = "+8613900099001"
ETHNIC_GROUP = "54"
POLITICAL_STATUS = "11"
#: The hash of some text that nobody has to see.
EVIDENCE = sha256_b64url(b"evidence")


def changed(given: Json, changes: Json) -> Json:
    """Give an input with changes; what is changed to None is left out."""
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def union(fixture: UnionFixture, **changes: Any) -> Json:
    more = {_camel(name): value for name, value in fixture.more.items()}
    units = [
        {"employerUscc": unit["employer_uscc"], "from": unit["from"].isoformat()}
        for unit in more.pop("memberUnits", ())
    ]
    given = {
        "uscc": fixture.uscc,
        "name": fixture.name,
        "kind": fixture.kind,
        "establishedOn": "2005-01-01",
        "memberUnits": units or None,
        **more,
    }
    return changed(given, changes)


def person(member: MemberFixture, **changes: Any) -> Json:
    given = {
        "name": member.name,
        "sex": member.sex,
        "birthMonth": f"{member.id_number[6:10]}-{member.id_number[10:12]}",
        "ethnicGroup": ETHNIC_GROUP,
        "politicalStatus": POLITICAL_STATUS,
        "idType": "RESIDENT_ID",
        "idNumber": member.id_number,
        "mobile": MOBILE,
        "residenceDivisionCode": member.residence,
        "isRuralMigrant": False,
        "employmentForm": "FULL",
    }
    return changed(given, changes)


def joining(member: MemberFixture, *, of: Json | None = None, **changes: Any) -> Json:
    """Give the input of a join. `of`: changes to the person's data."""
    province, number = member.certificate
    given = {
        "person": person(member, **(of or {})),
        "channel": "WRITTEN",
        "joinedOn": member.joined_on.isoformat(),
        "holdingBasis": member.holding_basis,
        "employerUscc": EMPLOYERS[member.employer],
        "memberUnit": member.member_unit and EMPLOYERS[member.member_unit],
        "relationStartedOn": member.joined_on.isoformat(),
        "certificate": {"provinceCode": province, "number": number},
        "certificateIssuedOn": member.joined_on.isoformat(),
        "duesPaidThrough": "2025-02",
    }
    return changed(given, changes)


def on_paper(member: MemberFixture, *, of: Json | None = None, **changes: Any) -> Json:
    """Give the input of an import: the membership that U2 has of this member on paper, of before the fixture's."""
    given = {
        "employerUscc": EMPLOYERS["乙"],
        "certificate": {"provinceCode": "31", "number": f"P{member.certificate[1]}"},
        "joinedOn": "2009-05-04",
        "relationStartedOn": "2009-05-04",
        "certificateIssuedOn": "2009-05-05",
        "status": "ACTIVE",
    }
    return joining(member, of=of, **given | changes)


def release(member_id: str, **changes: Any) -> Json:
    """Give the release of scenario 1: to U2, on 2025-03-03."""
    given = {
        "memberId": member_id,
        "receivingUnion": UNIONS["U2"].uri,
        "reasonCode": "CHANGE_OF_EMPLOYER",
        "outDate": "2025-03-03",
        "duesPaidThrough": "2025-02",
        "relationEndedOn": "2025-02-28",
        "newEmployerUscc": EMPLOYERS["乙"],
    }
    return changed(given, changes)


def retaining(member_id: str, reason: str = "RETIREMENT", **changes: Any) -> Json:
    """Give the retention of scenario 22, or of another reason: on 2025-02-28."""
    day = "2025-02-28"
    facts: dict[str, Json] = {
        "RETIREMENT": {"retiredOn": day, "early": True},
        "UNEMPLOYMENT": {"relationEndedOn": day},
        "MILITARY_SERVICE": {"enlistedOn": day},
    }
    return changed({"memberId": member_id, "reason": reason, "retainedOn": day, **facts.get(reason, {})}, changes)


def history(member_id: str, **changes: Any) -> Json:
    """Give two lines of before the hub, of before and after the measures, and a retention between them."""
    given = {
        "memberId": member_id,
        "transfers": [
            {
                "outDate": "2014-05-06",
                "reasonCode": "LEGACY",
                "duesPaidThrough": "2014-04",
                "releasingUnion": "沪东造船厂工会",
                "inDate": "2014-06-01",
                "receivingUnion": "奉贤纺织厂工会委员会",
            },
            {
                "outDate": "2018-03-01",
                "reasonCode": "CHANGE_OF_EMPLOYER",
                "duesPaidThrough": "2018-02",
                "releasingUnion": "奉贤纺织厂工会委员会",
                "inDate": "2018-03-09",
                "receivingUnion": "甲机械厂工会",
            },
        ],
        "retentions": [
            {
                "retainedMonth": "2016-02",
                "reason": "UNEMPLOYMENT",
                "retainingUnion": "奉贤纺织厂工会委员会",
                "restoredMonth": "2017-01",
                "restoringUnion": "奉贤纺织厂工会委员会",
            }
        ],
        "paperSha256": EVIDENCE,
    }
    return changed(given, changes)


def restoring(member_id: str, **changes: Any) -> Json:
    """Give the restoration of a member of U1 on 2025-03-03."""
    given = {
        "memberId": member_id,
        "restoredOn": "2025-03-03",
        "employerUscc": EMPLOYERS["甲"],
        "relationStartedOn": "2025-03-01",
    }
    return changed(given, changes)


def withdrawing(member_id: str, **changes: Any) -> Json:
    """Give a withdrawal with all its steps, announced on 2025-03-01."""
    given = {
        "memberId": member_id,
        "requestedOn": "2025-02-10",
        "requestSha256": EVIDENCE,
        "persuadedOn": "2025-02-17",
        "discussedOn": "2025-02-28",
        "announcedOn": "2025-03-01",
    }
    return changed(given, changes)


def deeming(member_id: str, **changes: Any) -> Json:
    """Give a deemed withdrawal, resolved on 2025-03-01; the dues on file decide."""
    given = {
        "memberId": member_id,
        "absentSince": "2024-08-15",
        "admonishedOn": "2025-02-20",
        "refusedToCorrect": True,
        "resolvedOn": "2025-03-01",
    }
    return changed(given, changes)


def expelling(member_id: str, **changes: Any) -> Json:
    """Give the decision to expel of scenario 24, three months earlier."""
    given = {
        "memberId": member_id,
        "judgmentSha256": EVIDENCE,
        "effectiveOn": "2025-02-10",
        "opinionSha256": EVIDENCE,
        "opinionOn": "2025-02-20",
        "decisionSha256": EVIDENCE,
        "decidedOn": "2025-02-25",
    }
    return changed(given, changes)


def asking(member: MemberFixture, **changes: Any) -> Json:
    """Give the request of scenario 5: by certificate, on 2025-04-02, with the consent of the day before."""
    province, number = member.certificate
    given = {
        "certificate": {"provinceCode": province, "number": number},
        "name": member.name,
        "birthMonth": f"{member.id_number[6:10]}-{member.id_number[10:12]}",
        "reasonCode": "CHANGE_OF_EMPLOYER",
        "employerUscc": EMPLOYERS["乙"],
        "relationStartedOn": "2025-04-01",
        "consent": {"form": "WRITTEN", "givenOn": "2025-04-01", "evidenceSha256": EVIDENCE},
    }
    return changed(given, changes)


def acceptance(handoff_id: str, **changes: Any) -> Json:
    """Give the acceptance of scenario 1: by U2, on the same day."""
    given = {
        "handoffId": handoff_id,
        "inDate": "2025-03-03",
        "holdingBasis": "ORDINARY",
        "employerUscc": EMPLOYERS["乙"],
        "relationStartedOn": "2025-03-01",
        "formReceived": True,
    }
    return changed(given, changes)


def entry(member_id: str, **changes: Any) -> Json:
    """Give M5's line of a roster: dispatched for two years, covered for the term of scenario 16."""
    given = {
        "memberId": member_id,
        "hostPost": "总装车间",
        "dispatchFrom": "2024-07-01",
        "dispatchTo": "2026-06-30",
        "coverageFrom": "2025-01-01",
        "coverageTo": "2025-06-30",
    }
    return changed(given, changes)


def entrustment(*roster: Json, **changes: Any) -> Json:
    """Give the agreement of scenario 16: U7 and U8, for the first half of 2025."""
    given = {
        "dispatchUnion": UNIONS["U7"].uri,
        "hostUnion": UNIONS["U8"].uri,
        "agencyUscc": EMPLOYERS["丙"],
        "hostUscc": EMPLOYERS["丁"],
        "agreementNo": "委管〔2025〕1号",
        "termFrom": "2025-01-01",
        "termUntil": "2025-06-30",
        "activities": {"responsible": "HOST", "text": "会员的组织活动由用工单位工会安排。"},
        "rightsProtection": {"responsible": "HOST", "text": "会员的权益维护由用工单位工会承担。"},
        "roster": list(roster),
    }
    return changed(given, changes)


def care(member_id: str, **changes: Any) -> Json:
    return changed({"memberId": member_id, "kind": "TRAINING", "occurredOn": "2025-03-01"}, changes)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


TERM = {"startsOn": "2025-01-15", "endsOn": "2025-12-31"}


def offering(member_id: str, **changes: Any) -> Json:
    """Give the offer of scenario 14: to U12, on 2025-03-03."""
    given = {
        "memberId": member_id,
        "receivingUnion": UNIONS["U12"].uri,
        "reasonCode": "SECONDMENT",
        "outDate": "2025-03-03",
        "duesPaidThrough": "2025-02",
        "newEmployerUscc": EMPLOYERS["戊"],
        "secondment": TERM,
    }
    return changed(given, changes)


def returning(member_id: str, on: str, **changes: Any) -> Json:
    """Give the return of scenario 14, to U1."""
    given = {
        "memberId": member_id,
        "receivingUnion": UNIONS["U1"].uri,
        "reasonCode": "SECONDMENT_RETURN",
        "outDate": on,
        "duesPaidThrough": "2025-12",
    }
    return changed(given, changes)


def taking(handoff_id: str, on: str, basis: str = "ORDINARY", **changes: Any) -> Json:
    """Give the acceptance of an offer, or of a return."""
    given = {"handoffId": handoff_id, "inDate": on, "holdingBasis": basis, "formReceived": True}
    return changed(given, changes)
