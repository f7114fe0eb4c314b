"""The calls of the act on a policy, and what everybody reads of policies: public tables, all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hub.transfers.ledger.rows import function, policy_of, under_policy
from hub.transfers.ledger.singles import Singles, signer_of
from hub.transfers.views_policy import PolicyValueView, PolicyVersionView, PolicyView

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from hub.transfers.facts import SignerFacts
    from hub.transfers.ledger.records import Signing
    from hub.transfers.rules.policy import Policy

__all__ = [
    "Policies",
    "PolicyFacts",
    "PolicyRecord",
    "in_force",
    "policy_on",
    "version_of_statement",
    "version_page",
]

#: Of the federation that a statement is about, with the latest version of its record.
FACTS_FOR_POLICY: Final = under_policy(
    "select f.signer, f.is_self, "
    "(select coalesce(max(p.version), 0) from hub.policies p where p.union_id = f.about_union) as version "
    "from hub.facts_for_union($1, $2, $3, $4, $5, $6, $7, null, null, '{}') f"
)
RECORD_POLICY: Final = function("record_policy", 12)

IN_FORCE: Final = "select hub.policy_in_force($1, $2)"

#: The record that holds for a union ($1), or for a province ($2), with what it sets on a day ($3). No row: no such
#: union.
POLICY_ON: Final = """
select hub.policy_record_of(u.union_id) as record, x.*
  from (select n.union_id from hub.unions n
         where n.union_id = $1 or (n.kind = 'PROVINCIAL_FEDERATION' and n.province_code = $2)
         order by n.registered_at limit 1) u
  left join lateral (
    select distinct on (v.name) v.name, v.value, p.version, p.effective_from
      from hub.policies p join hub.policy_values v on v.union_id = p.union_id and v.version = p.version
     where p.union_id = hub.policy_record_of(u.union_id) and p.effective_from <= $3
     order by v.name, p.effective_from desc, p.version desc) x on true"""

_VERSION: Final = """
select p.union_id, p.version, p.effective_from, p.at, p.evidence_sha256, p.sha256, s.jws, s.receipt,
       array(select v.name from hub.policy_values v where v.union_id = p.union_id and v.version = p.version
              order by v.name) as names,
       array(select v.value from hub.policy_values v where v.union_id = p.union_id and v.version = p.version
              order by v.name) as set_to
  from hub.policies p join hub.union_statements s on s.union_id = p.union_id and s.sha256 = p.sha256"""

VERSION_PAGE: Final = f"""{_VERSION}
 where p.union_id = $1 and p.version < coalesce($2, 2147483647)
 order by p.version desc limit $3"""

VERSION_OF_STATEMENT: Final = f"{_VERSION} where p.union_id = $1 and p.sha256 = $2"


class PolicyFacts(NamedTuple):
    """For a change of policy: whether the statement is about its signer, and the latest version of the record."""

    signer: SignerFacts
    is_self: bool
    version: int


class PolicyRecord(NamedTuple):
    """The parameters of `record_policy`, in order."""

    at: datetime
    union_id: UUID
    version: int
    effective_from: date
    names: list[str]
    values: list[str]
    evidence_sha256: bytes
    jti: UUID
    sha256: bytes
    typ: str
    jws: str
    receipt: str


class Policies(Singles):
    """The calls of the act."""

    async def facts(self, signing: Signing, about: str) -> PolicyFacts:
        """Give the facts for a change of policy (`about`, the URI of the federation)."""
        async with self._database.connection() as connection:
            row = await connection.fetchrow(FACTS_FOR_POLICY, *self._clock, *signing, about)
        return PolicyFacts(signer_of(row), row["is_self"], row["version"])

    async def record(self, record: PolicyRecord) -> bool:
        """Enter another version of a record. False: overtaken. Raises: Claimed."""
        return await self._single(RECORD_POLICY, record)


async def in_force(connection: Any, union_id: UUID, at: datetime) -> Policy:
    """Give the policy that held for a union at an instant."""
    return policy_of(await connection.fetchval(IN_FORCE, union_id, at))


async def policy_on(connection: Any, union_id: UUID | None, province_code: str | None, day: date) -> PolicyView | None:
    """Give what holds on a day for a union or a province, as far as it is set by now. None: there is no such union."""
    rows = await connection.fetch(POLICY_ON, union_id, province_code, day)
    if not rows:
        return None
    set_there = {
        row["name"]: PolicyValueView(row["value"], row["version"], row["effective_from"])
        for row in rows
        if row["name"] is not None
    }
    return PolicyView(day, rows[0]["record"], set_there)


async def version_page(connection: Any, record: UUID, *, before: int | None, limit: int) -> list[PolicyVersionView]:
    """Give a page of the versions of a record, the latest first."""
    return [PolicyVersionView(**row) for row in await connection.fetch(VERSION_PAGE, record, before, limit)]


async def version_of_statement(connection: Any, record: UUID, sha256: bytes) -> PolicyVersionView:
    """Give the version that a statement made, which the hub has received."""
    return PolicyVersionView(**await connection.fetchrow(VERSION_OF_STATEMENT, record, sha256))
