"""What a union reads, under row-level security: each function takes a `Reading`, sets in, sets out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from hub.transfers.certificates import CertificateView
from hub.transfers.machines import OPEN_STATES, CertificateState, HandoffState, RetentionState, Side
from hub.transfers.rules.standing import standing_at
from hub.transfers.views import (
    AmendmentView,
    HandoffView,
    HoldingView,
    KeyEndView,
    KeyView,
    MemberView,
    RetentionStepView,
    RetentionView,
    StepView,
    TransferView,
    UnionView,
    seal_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from hub.database.pool import Reading

__all__ = [
    "amendments",
    "cards",
    "certificates",
    "docket_page",
    "find_held",
    "handoffs",
    "holdings",
    "key_ends",
    "keys",
    "member_page",
    "members",
    "merge_cases",
    "numbering_scheme",
    "own_receipt",
    "retentions",
    "steps",
    "transfers",
    "union_amendments",
    "union_of_employer",
    "union_page",
    "unions",
]

LEAST: Final = UUID(int=0)
GREATEST: Final = UUID(int=2**128 - 1)

_DOCKET: Final = (
    "d.handoff_id, d.membership_id, d.union_id, d.side, d.state, d.counterpart, d.reason_code, d.out_date, d.in_date, "
    "d.valid_until, d.dues_paid_through, d.ground, d.deadline, d.opened_at, d.requested_at, d.released_at, "
    "d.closed_at, d.request_sha256, d.objection_sha256, d.then_deadline, d.deadline_tentative, d.then_tentative, "
    "d.overdue_at, d.overdue_tentative, d.from_union, d.to_union, d.in_lieu, d.ground_articles, d.name_masked"
)
_MEMBER: Final = (
    "m.membership_id, p.name, p.sex, p.birth_month, p.ethnic_group, p.political_status, p.id_type, p.id_number_masked, "
    "p.mobile_masked, p.residence_division_code, p.is_rural_migrant, p.employment_form, m.employer_uscc, "
    "m.member_unit, m.joined_on, m.status, m.holding_basis, m.custody_version, m.data_version, m.dues_paid_through, "
    "m.certificate_province, m.certificate_number, m.certificate_issued_on, m.issuing_union, m.open_handoff, "
    "m.open_duplicate"
)
_UNION: Final = (
    "union_id, uri, uscc, name, kind, parent_union, province_code, jurisdiction_code, established_on, closed_on, "
    "state, wound_up_on, successor_union, version, "
    "array(select f.name from hub.union_former_names f where f.union_id = unions.union_id order by f.until_at) "
    "as former_names, "
    "array(select f.until_at from hub.union_former_names f where f.union_id = unions.union_id order by f.until_at) "
    "as former_until"
)

MEMBERS: Final = f"""
select {_MEMBER} from hub.memberships m join hub.persons p on p.member_id = m.member_id
 where m.holder_union = $1 and m.membership_id = any ($2::uuid[])"""

#: The keys after which a page begins stand in index conditions, also in a generic plan: `x > coalesce($n, least)`.
MEMBER_PAGE: Final = f"""
select {_MEMBER} from hub.memberships m join hub.persons p on p.member_id = m.member_id
 where m.holder_union = $1 and m.membership_id > coalesce($2, '{LEAST}'::uuid)
 order by m.membership_id limit $3"""

MEMBER_PAGE_BY_NAME: Final = f"""
select {_MEMBER} from hub.persons p
  join hub.memberships m on m.member_id = p.member_id and m.membership_id = p.membership_id
 where p.holder_union = $1 and p.name >= coalesce($3, $4) and p.name < $5
   and (p.name, p.membership_id) > (coalesce($3, ''), coalesce($2, '{LEAST}'::uuid))
 order by p.name, p.membership_id limit $6"""

HANDOFFS: Final = f"""
select {_DOCKET} from hub.dockets d where d.union_id = $1 and d.handoff_id = any ($2::uuid[])
   and (d.visible_from is null or d.visible_from <= $3)"""

#: One index scan for each (side, state), so that a page is as quick among ten million closed cases as among ten.
#: A case stands where its dates have brought it, whether or not anybody has recorded it: `lapsed`, its deadline has
#: passed, and `lapsed_again`, the one after it too; null asks nothing.
DOCKET_PAGE: Final = f"""
select x.* from unnest($2::text[], $3::text[], $4::boolean[], $5::boolean[]) w (side, state, lapsed, lapsed_again)
 cross join lateral (
    select {_DOCKET} from hub.dockets d
     where d.union_id = $1 and d.side = w.side and d.state = w.state
       and (w.lapsed is null or (d.deadline is not null and d.deadline <= $6) = w.lapsed)
       and (w.lapsed_again is null or (d.then_deadline is not null and d.then_deadline <= $6) = w.lapsed_again)
       and (d.visible_from is null or d.visible_from <= $6)
       and (d.opened_at, d.handoff_id) < (coalesce($7, 'infinity'::timestamptz), coalesce($8, '{GREATEST}'::uuid))
     order by d.opened_at desc, d.handoff_id desc limit $9) x
 order by x.opened_at desc, x.handoff_id desc limit $9"""

#: Which recorded states a case may have that stands in a state now, and which of its deadlines have passed then.
_S: Final = HandoffState
_RECORDED_AS: Final[dict[HandoffState, tuple[tuple[HandoffState, bool | None, bool | None], ...]]] = {
    _S.REQUESTED: ((_S.REQUESTED, False, None),),
    _S.ESCALATED: ((_S.ESCALATED, False, None), (_S.REQUESTED, True, False)),
    _S.LAPSED: ((_S.LAPSED, None, None), (_S.ESCALATED, True, None), (_S.REQUESTED, None, True)),
    _S.RELEASED: ((_S.RELEASED, False, None),),
    _S.EXPIRED: ((_S.EXPIRED, None, None), (_S.RELEASED, True, None)),
}

CARDS: Final = "select handoff_id, json from hub.cards where union_id = $1 and handoff_id = any ($2::uuid[])"

OWN_RECEIPT: Final = "select receipt from hub.statements where iss = $1 and sha256 = $2"

OWN_UNION_RECEIPT: Final = "select receipt from hub.union_statements where iss = $1 and sha256 = $2"

STEPS: Final = "select * from hub.read_steps($1, $2)"

HOLDINGS: Final = "select * from hub.read_holdings($1)"

TRANSFERS: Final = "select * from hub.read_transfers($1)"

RETENTIONS: Final = "select * from hub.read_retentions($1)"

AMENDMENTS: Final = "select * from hub.read_amendments($1)"

CERTIFICATES: Final = "select * from hub.read_certificates($1)"

NUMBERING_SCHEME: Final = """
select province_code, from_on, pattern, check_rule from hub.numbering_schemes
 where province_code = $1 and from_on <= $2 order by from_on desc, at desc limit 1"""

UNION_AMENDMENTS: Final = """
select union_id, version, at, sha256, fields from hub.union_amendments
 where union_id = any ($1::uuid[]) order by union_id, version"""

FIND_HELD: Final = "select membership_id from hub.find_held($1, $2, $3)"

MERGE_CASES: Final = "select * from hub.read_merge_cases($1)"

UNIONS: Final = f"select {_UNION} from hub.unions where union_id = any ($1::uuid[])"

UNION_BY_CODE: Final = f"select {_UNION} from hub.unions where uri = $1 or uscc = $2"

#: As the act functions name it (`hub.union_of_employer`): the employer's own rather than a joint one.
UNION_OF_EMPLOYER: Final = """
select n.name || ' (' || n.uri || ')' from hub.union_employers e join hub.unions n on n.union_id = e.union_id
 where e.employer_uscc = $1 and e.from_on <= ($2 at time zone 'Asia/Shanghai')::date
   and (e.until_on is null or e.until_on > ($2 at time zone 'Asia/Shanghai')::date) and n.state = 'ACTIVE'
 order by e.is_member_unit, n.uri limit 1"""

UNION_PAGE: Final = f"""
select {_UNION} from hub.unions
 where ($1::text is null or strpos(name, $1) > 0)
   and (name, union_id) > (coalesce($2, ''), coalesce($3, '{LEAST}'::uuid))
 order by name, union_id limit $4"""

KEYS: Final = """
select k.union_id, k.use, k.kid, k.alg, k.jwk, k.not_before, k.registered_at, k.retired_at, k.revoked_at,
       k.reason, k.invalid_from, s.iss as registered_by, s.jws, s.receipt
  from hub.union_keys k left join hub.union_statements s on s.union_id = k.union_id and s.sha256 = k.sha256
 where k.union_id = any ($1::uuid[]) order by k.union_id, k.registered_at, k.use, k.kid"""

KEY_ENDS: Final = """
select union_id, iss as by_union, typ, jws, receipt from hub.union_statements
 where union_id = any ($1::uuid[]) and typ = any ($2::text[]) order by union_id, received_at, sha256"""


def _handoff(row: Any, now: datetime) -> HandoffView:
    standing = standing_at(row["state"], row["deadline"], row["then_deadline"], now)
    ended = bool(standing.passed) and standing.state not in OPEN_STATES
    articles = row["ground_articles"]
    return HandoffView(
        handoff_id=row["handoff_id"],
        membership_id=row["membership_id"],
        own_union=row["union_id"],
        side=Side(row["side"]),
        state=standing.state,
        counterpart=row["counterpart"],
        reason_code=row["reason_code"],
        out_date=row["out_date"],
        in_date=row["in_date"],
        valid_until=row["valid_until"],
        dues_paid_through=row["dues_paid_through"],
        ground=row["ground"],
        deadline=standing.deadline,
        opened_at=row["opened_at"],
        requested_at=row["requested_at"],
        released_at=row["released_at"],
        closed_at=standing.passed[-1].at if ended else row["closed_at"],
        deadline_tentative=row["then_tentative"] if standing.passed else row["deadline_tentative"],
        ground_articles=() if articles is None else tuple(articles.split()),
        overdue_at=row["overdue_at"],
        overdue_tentative=row["overdue_tentative"],
        is_in_lieu=row["in_lieu"],
        from_union=row["from_union"],
        to_union=row["to_union"],
        name_masked=row["name_masked"],
        request_sha256=row["request_sha256"],
        objection_sha256=row["objection_sha256"],
        passed=standing.passed,
    )


async def members(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, MemberView]:
    """Give the members among these that the union holds."""
    rows = await reading.connection.fetch(MEMBERS, reading.union_id, membership_ids)
    return {row["membership_id"]: MemberView(**row) for row in rows}


async def member_page(
    reading: Reading, *, name: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[MemberView]:
    """Give a page of the members held, after a (name, membership id).

    Without a name in order of membership id; with one (the beginning of a name), in order of name.
    """
    after_name, after_id = after or (None, None)
    if name is None:
        rows = await reading.connection.fetch(MEMBER_PAGE, reading.union_id, after_id, limit)
    else:
        rows = await reading.connection.fetch(
            MEMBER_PAGE_BY_NAME, reading.union_id, after_id, after_name, name, name + "\U0010ffff", limit
        )
    return [MemberView(**row) for row in rows]


async def find_held(
    reading: Reading, *, id_hashes: Sequence[bytes] | None, certificate: tuple[str, str] | None
) -> list[UUID]:
    """Give the memberships held that an id (one of these hashes) and a certificate name."""
    province, number = certificate or (None, None)
    return [row["membership_id"] for row in await reading.connection.fetch(FIND_HELD, id_hashes, province, number)]


async def handoffs(reading: Reading, handoff_ids: Sequence[UUID]) -> dict[UUID, HandoffView]:
    """Give the cases among these to which the union is a party."""
    rows = await reading.connection.fetch(HANDOFFS, reading.union_id, handoff_ids, reading.now)
    return {row["handoff_id"]: _handoff(row, reading.now) for row in rows}


async def docket_page(
    reading: Reading,
    *,
    sides: Sequence[Side],
    states: Sequence[HandoffState],
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[HandoffView]:
    """Give a page of the union's cases, the newest first, after an (opened_at, handoff id)."""
    wanted = [
        (side.value, recorded.value, *lapsed)
        for side in sides
        for state in states
        for recorded, *lapsed in _RECORDED_AS.get(state, ((state, None, None),))
    ]
    columns = [list(column) for column in zip(*wanted, strict=True)] or [[], [], [], []]
    opened_at, handoff_id = after or (None, None)
    rows = await reading.connection.fetch(
        DOCKET_PAGE, reading.union_id, *columns, reading.now, opened_at, handoff_id, limit
    )
    return [_handoff(row, reading.now) for row in rows]


async def cards(reading: Reading, handoff_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Give the cards of these cases that the union may read: the exact texts."""
    rows = await reading.connection.fetch(CARDS, reading.union_id, handoff_ids)
    return {row["handoff_id"]: row["json"] for row in rows}


async def steps(reading: Reading, handoff_ids: Sequence[UUID]) -> dict[UUID, list[StepView]]:
    """Give the steps of these cases, to a party, with the statements that made them."""
    found: dict[UUID, list[StepView]] = {handoff_id: [] for handoff_id in handoff_ids}
    for row in await reading.connection.fetch(STEPS, handoff_ids, reading.now):
        found[row["handoff_id"]].append(
            StepView(
                row["act"],
                Side(row["side"]),
                HandoffState(row["to_state"]),
                row["by_union"],
                row["by_uri"],
                row["at"],
                row["sha256"],
                row["jws"],
                row["receipt"],
            )
        )
    return found


async def holdings(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[HoldingView]]:
    """Give who has held these members, to the holder."""
    found: dict[UUID, list[HoldingView]] = {membership_id: [] for membership_id in membership_ids}
    for row in await reading.connection.fetch(HOLDINGS, membership_ids):
        found[row["membership_id"]].append(HoldingView(row["holder_union"], row["from_at"], row["until_at"]))
    return found


async def transfers(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[TransferView]]:
    """Give the transfers of these members, oldest first, to the holder."""
    found: dict[UUID, list[TransferView]] = {membership_id: [] for membership_id in membership_ids}
    rows = await reading.connection.fetch(TRANSFERS, membership_ids)
    sealing = {row[name] for row in rows for name in ("releasing", "in_lieu_of", "receiving")} - {None}
    # One statement more, whether or not there was any transfer.
    by_id = await unions(reading.connection, list(sealing))
    for row in rows:
        released_at, passed_over = row["released_at"], row["in_lieu_of"]
        in_lieu_of = None if passed_over is None else by_id[passed_over].name_at(released_at)
        found[row["membership_id"]].append(
            TransferView(
                row["handoff_id"],
                row["release_jws"],
                seal_of(by_id[row["releasing"]].name_at(released_at), in_lieu_of),
                row["acceptance_jws"],
                by_id[row["receiving"]].name_at(row["accepted_at"]),
            )
        )
    return found


async def amendments(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[AmendmentView]]:
    """Give the amendments of these members' data, to the holder, the earliest first."""
    found: dict[UUID, list[AmendmentView]] = {membership_id: [] for membership_id in membership_ids}
    for row in await reading.connection.fetch(AMENDMENTS, membership_ids):
        fields = tuple(row["fields"].split())
        found[row["membership_id"]].append(AmendmentView(row["data_version"], row["at"], row["sha256"], fields))
    return found


async def certificates(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[CertificateView]]:
    """Give the certificates that members held by the acting union had before the one they have, the earliest first."""
    found: dict[UUID, list[CertificateView]] = {}
    for row in await reading.connection.fetch(CERTIFICATES, membership_ids):
        replaced_by = (row["replaced_by_province"], row["replaced_by_number"])
        view = CertificateView(
            province_code=row["province_code"],
            number=row["number"],
            state=CertificateState(row["state"]),
            issued_on=row["issued_on"],
            issuing_union=row["issuing_union"],
            since=row["since"],
            reason=row["reason"],
            replaced_by=None if row["replaced_by_number"] is None else replaced_by,
        )
        found.setdefault(row["membership_id"], []).append(view)
    return found


async def numbering_scheme(connection: Any, province_code: str, on: date) -> Any:
    """Give how a province numbers on a day: province_code, from_on, pattern, check_rule. Public."""
    return await connection.fetchrow(NUMBERING_SCHEME, province_code, on)


async def retentions(reading: Reading, membership_ids: Sequence[UUID]) -> dict[UUID, list[RetentionView]]:
    """Give the retentions of these members, the earliest first, to the holder."""
    rows = await reading.connection.fetch(RETENTIONS, membership_ids)
    # One statement more, whether or not there was any. A seal bears the name of its day (NX-4).
    by_id = await unions(reading.connection, list({row["sealed_by"] for row in rows} - {None}))
    found: dict[UUID, dict[int, RetentionView]] = {membership_id: {} for membership_id in membership_ids}
    for row in rows:
        signer = by_id.get(row["sealed_by"])
        step = RetentionStepView(
            row["act"],
            RetentionState(row["to_state"]),
            row["step_reason"],
            row["union_id"],
            None if signer is None else signer.name_at(row["at"]),
            row["at"],
            row["sha256"],
            row["jws"],
        )
        of_member, number = found[row["membership_id"]], row["retention_no"]
        before = of_member[number].steps if number in of_member else ()
        of_member[number] = RetentionView(
            RetentionState(row["state"]), row["reason"], row["retained_on"], row["restored_on"], (*before, step)
        )
    return {membership_id: list(of_member.values()) for membership_id, of_member in found.items()}


async def union_amendments(connection: Any, union_ids: Sequence[UUID]) -> dict[UUID, list[AmendmentView]]:
    """Give the amendments of these unions, the earliest first. Public."""
    found: dict[UUID, list[AmendmentView]] = {union_id: [] for union_id in union_ids}
    for row in await connection.fetch(UNION_AMENDMENTS, union_ids):
        fields = tuple(row["fields"].split())
        found[row["union_id"]].append(AmendmentView(row["version"], row["at"], row["sha256"], fields))
    return found


async def merge_cases(reading: Reading) -> list[Any]:
    """Give the pairs that lie with the union to decide, the longest waiting first, a hundred at most."""
    rows: list[Any] = await reading.connection.fetch(MERGE_CASES, reading.now)
    return rows


async def own_receipt(reading: Reading, sha256: bytes) -> str | None:
    """Give the receipt of one of the union's own statements, for after a lost answer."""
    found: str | None = await reading.connection.fetchval(OWN_RECEIPT, reading.union_id, sha256)
    if found is None:
        found = await reading.connection.fetchval(OWN_UNION_RECEIPT, reading.union_id, sha256)
    return found


async def unions(connection: Any, union_ids: Sequence[UUID]) -> dict[UUID, UnionView]:
    """Give unions. Public."""
    return {row["union_id"]: UnionView(**row) for row in await connection.fetch(UNIONS, union_ids)}


async def union_by_code(connection: Any, *, uri: str | None, uscc: str | None) -> UnionView | None:
    """Give the union of a URI or a USCC. Public."""
    row = await connection.fetchrow(UNION_BY_CODE, uri, uscc)
    return None if row is None else UnionView(**row)


async def union_of_employer(reading: Reading, employer_uscc: str) -> str | None:
    """Give the active union that organises an employer today, as a sentence names it. Public."""
    found: str | None = await reading.connection.fetchval(UNION_OF_EMPLOYER, employer_uscc, reading.now)
    return found


async def union_page(
    connection: Any, *, name_contains: str | None, after: tuple[str, UUID] | None, limit: int
) -> list[UnionView]:
    """Give a page of unions in order of name. Public."""
    name, union_id = after or (None, None)
    return [UnionView(**row) for row in await connection.fetch(UNION_PAGE, name_contains, name, union_id, limit)]


async def keys(connection: Any, union_ids: Sequence[UUID]) -> dict[UUID, list[KeyView]]:
    """Give every key that these unions ever had. Public."""
    found: dict[UUID, list[KeyView]] = {union_id: [] for union_id in union_ids}
    for row in await connection.fetch(KEYS, union_ids):
        found[row["union_id"]].append(KeyView(**row))
    return found


async def key_ends(connection: Any, union_ids: Sequence[UUID], typs: Sequence[str]) -> dict[UUID, list[KeyEndView]]:
    """Give the statements of these `typ`s that ended keys of these unions, in order of receipt. Public."""
    found: dict[UUID, list[KeyEndView]] = {union_id: [] for union_id in union_ids}
    for row in await connection.fetch(KEY_ENDS, union_ids, typs):
        found[row["union_id"]].append(KeyEndView(**row))
    return found
