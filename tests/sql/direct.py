"""Going around Python: the rows that the act functions take, made by hand, and the calls themselves."""

from __future__ import annotations

import json
from datetime import date, timedelta
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from hub.transfers.ledger import acts
from hub.transfers.ledger.records import (
    AcceptanceRecord,
    AmendmentRecord,
    AnswerRecord,
    ClosureRecord,
    DecisionRecord,
    JoinRecord,
    MergeRecord,
    ReleaseRecord,
    SuspectedRecord,
)
from tests.worlds import START

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

#: A moment after every joining of the founded world.
NOON: Final = START + timedelta(hours=2)
SECOND: Final = timedelta(seconds=1)
DUES: Final = "2025-02"
TODAY: Final = date(2025, 3, 3)


async def call(connection: Any, *records: Any) -> list[int]:
    """Send records to their function in one call. Gives the ordinals applied, sorted."""
    sql = {
        ReleaseRecord: acts.RECORD_RELEASE,
        AcceptanceRecord: acts.RECORD_ACCEPTANCE,
        ClosureRecord: acts.RECORD_CLOSURE,
        JoinRecord: acts.RECORD_JOIN,
        AmendmentRecord: acts.RECORD_AMENDMENT,
        AnswerRecord: acts.RECORD_ANSWER,
        SuspectedRecord: acts.RECORD_SUSPECTED,
    }[type(records[0])]
    columns = [list(column) for column in zip(*records, strict=True)]
    return sorted(await connection.fetchval(sql, *columns))


async def custody_of(superuser: Any, membership_id: UUID) -> Any:
    """Give the row of a membership, whoever holds it."""
    return await superuser.fetchrow("select * from hub.memberships where membership_id = $1", membership_id)


def a_join(union_id: UUID, **changes: Any) -> JoinRecord:
    """A first holding of somebody new."""
    given: dict[str, Any] = {
        **dict.fromkeys(JoinRecord._fields),
        "at": START,
        "union_id": union_id,
        "member_id": uuid4(),
        "membership_id": uuid4(),
        "is_known_person": False,
        "name": "某人",
        "sex": "1",
        "birth_month": "1990-01",
        "id_type": "PASSPORT",
        "id_sealed": token_bytes(40),
        "id_hash": token_bytes(32),
        "holding_basis": "ORDINARY",
        "joined_on": date(2012, 7, 1),
        "dues_paid_through": DUES,
        "card_salt": "salt",
        "card_sealed": b"sealed",
        **_statement("join"),
    }
    return JoinRecord(**{**given, **changes})


def a_release(custody: Mapping[str, Any], to_union: UUID, **changes: Any) -> ReleaseRecord:
    """A release by the holder of a membership (its row), as custody stands."""
    given = {
        "at": NOON,
        "union_id": custody["holder_union"],
        "member_id": custody["member_id"],
        "membership_id": custody["membership_id"],
        "handoff_id": uuid4(),
        "custody_version": custody["custody_version"],
        "receiving_union": to_union,
        "reason_code": "CHANGE_OF_EMPLOYER",
        "out_date": TODAY,
        "dues_paid_through": DUES,
        "valid_until": date(2025, 6, 1),
        "deadline": NOON + timedelta(days=90),
        "overdue_union": None,
        "overdue_at": NOON + timedelta(days=21),
        "overdue_tentative": False,
        "lapsed": None,
        "lapsed_step": None,
        "passed": "[]",
        "lapsed_ground": None,
        **_statement("release"),
        "card": json.dumps({"salt": custody["card_salt"]}),
        "terms": None,
    }
    return ReleaseRecord(**{**given, **changes})


def an_acceptance(release: ReleaseRecord, **changes: Any) -> AcceptanceRecord:
    """The named receiver's acceptance of a release, an hour later."""
    given = {
        "at": release.at + timedelta(hours=1),
        "union_id": release.receiving_union,
        "member_id": release.member_id,
        "membership_id": release.membership_id,
        "handoff_id": release.handoff_id,
        "step_no": 1,
        "in_date": TODAY,
        "holding_basis": "ORDINARY",
        "employer_uscc": None,
        "member_unit": None,
        "card_salt": "another salt",
        **_statement("acceptance"),
        "status_after": None,
        "unorganised": None,
    }
    return AcceptanceRecord(**{**given, **changes})


def a_suspected(union_id: UUID, other: Mapping[str, Any], id_hash: bytes, **changes: Any) -> SuspectedRecord:
    """A second membership of whoever has another (its row), by the hash of the ID number of both."""
    columns = a_join(union_id, id_hash=id_hash, typ="unionhub.import+jwt")._asdict()
    del columns["is_known_person"]
    given = {
        **columns,
        "pair_id": uuid4(),
        "other_member": other["member_id"],
        "other_membership": other["membership_id"],
        "disclosure_id": uuid4(),
    }
    return SuspectedRecord(**{**given, **changes})


def a_merge(own: Mapping[str, Any], other: Mapping[str, Any], over: bytes, **changes: Any) -> MergeRecord:
    """The word of the holder of one (its row) that it goes on, over some document; the other's has come already."""
    given = {
        "at": NOON,
        "union_id": own["holder_union"],
        "member_id": own["member_id"],
        "membership_id": own["membership_id"],
        "pair_id": own["open_duplicate"],
        "other_member": other["member_id"],
        "other_membership": other["membership_id"],
        "other_holder": other["holder_union"],
        "survives": True,
        "joined_on": min(own["joined_on"], other["joined_on"]),
        "merge_sha256": over,
        "completes": True,
        "decide_from": None,
        "higher_union": None,
        "name_masked": "某*",
        "case_id": other["open_handoff"],
        "case_step": other["open_step"],
        "passed": "[]",
        "ground": None,
        "ground_told": None,
        **_statement("merge"),
    }
    return MergeRecord(**{**given, **changes})


def a_first_word(own: Mapping[str, Any], other: Mapping[str, Any], over: bytes, **changes: Any) -> MergeRecord:
    """The word of the holder of one that has come before the other's; the time for both is up at noon."""
    given = {"completes": False, "decide_from": NOON, "case_id": None, "case_step": None}
    return a_merge(own, other, over, **given | changes)


def a_decision(
    by: UUID, own: Mapping[str, Any], other: Mapping[str, Any], over: bytes, **changes: Any
) -> DecisionRecord:
    """The decision of a union above that one (its row) goes on."""
    word = a_merge(own, other, over)._asdict()
    given = {name: word[name] for name in DecisionRecord._fields if name in word}
    given |= {"by_union": by, "holder": own["holder_union"], "other_holder": other["holder_union"]}
    return DecisionRecord(**{**given, **changes})


async def call_single(connection: Any, record: MergeRecord | DecisionRecord) -> bool:
    """Send a record that is never one of a group. Gives whether it was applied."""
    sql = acts.RECORD_MERGE if isinstance(record, MergeRecord) else acts.RECORD_DECISION
    return bool(await connection.fetchval(sql, *record))


def passed(*steps: tuple[str, str, str, datetime]) -> str:
    """Steps that dates have made: act, from, to, at."""
    return json.dumps([{"act": a, "from": f, "to": t, "at": at.isoformat()} for a, f, t, at in steps])


def expired(at: datetime) -> str:
    """The lapse of a release."""
    return passed(("expire", "RELEASED", "EXPIRED", at))


def a_closure(release: ReleaseRecord, act: str = "refuse", **changes: Any) -> ClosureRecord:
    """A release that ends without a move: refused by the receiver, recalled by the holder."""
    by_receiver = act == "refuse"
    given = {
        "at": release.at + timedelta(hours=1),
        "union_id": release.receiving_union if by_receiver else release.union_id,
        "side": "RECEIVER" if by_receiver else "HOLDER",
        "member_id": release.member_id,
        "membership_id": release.membership_id,
        "handoff_id": release.handoff_id,
        "step_no": 1,
        "passed": "[]",
        "act": act,
        "step_side": "RECEIVER" if by_receiver else "HOLDER",
        "to_state": {"refuse": "REFUSED", "recall": "RECALLED"}.get(act, "VOIDED"),
        "ground": None,
        "ground_told": None,
        "ground_articles": None,
        **_statement("refusal"),
    }
    return ClosureRecord(**{**given, **changes})


def _statement(kind: str) -> dict[str, Any]:
    return {
        "jti": uuid4(),
        "sha256": token_bytes(32),
        "typ": f"unionhub.{kind}+jwt",
        "jws": f"a {kind}",
        "receipt": f"receipt of a {kind}",
    }


def an_amendment(custody: Mapping[str, Any], person: Mapping[str, Any], **changes: Any) -> AmendmentRecord:
    """An amendment by the holder of a membership (its row, and the person's) that leaves all as it is."""
    stands = {**person, **custody}
    given: dict[str, Any] = {
        **dict.fromkeys(AmendmentRecord._fields),
        **{name: stands[name] for name in AmendmentRecord._fields if name in stands},
        "at": NOON,
        "union_id": custody["holder_union"],
        "fields": "sex",
        "replaces": False,
        "claims_id": False,
        "claims_number": False,
        **_statement("member-amendment"),
    }
    return AmendmentRecord(**{**given, **changes})
