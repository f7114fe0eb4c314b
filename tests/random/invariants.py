"""The invariants of domain 3.9 over all rows, one query each, besides those of `tests.sql.wholeness`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from tests.sql.wholeness import BROKEN

__all__ = ["Kept", "assert_invariants"]

_JSON: Final = """
convert_from(decode(rpad(translate({0}, '-_', '+/'), 4 * ceil(length({0}) / 4.0)::integer, '='), 'base64'), 'UTF8')"""
#: The part of a statement that says what is done: the payload, or the leaf of a manifest.
_SAYS: Final = "(case when {0} like '%~%' then split_part({0}, '~', 2) else split_part({0}, '.', 2) end)"
#: The claims of a statement, as SQL reads them.
_CLAIMS: Final = _JSON.format(_SAYS) + "::jsonb"
_KID: Final = _JSON.format("split_part({0}, '.', 1)") + "::jsonb"
_LEAF: Final = _JSON.format("split_part(t.jws, '~', 2)")
_B64URL: Final = "rtrim(translate(encode({0}, 'base64'), '+/', '-_'), '=')"
_DAY: Final = "({0} at time zone 'Asia/Shanghai')::date"

#: Each gives the rows that break it.
ALSO_BROKEN: Final = {
    "I1: every live membership has a holding at every instant since the first": """
        select m.membership_id from hub.memberships m
         cross join lateral (select range_agg(h.during) as held, tstzrange(min(lower(h.during)), null) as since
                               from hub.holdings h
                              where h.member_id = m.member_id and h.membership_id = m.membership_id) g
         where m.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
           and not exists (select from hub.endings e where e.membership_id = m.membership_id and e.act = 'reverse')
           and g.held is distinct from tstzmultirange(g.since)""",
    "I2: nobody is held before having joined": f"""
        select m.membership_id from hub.memberships m join hub.holdings h using (member_id, membership_id)
         where h.custody_version = 1 and m.joined_on > {_DAY.format("lower(h.during)")}""",
    "I3: one live membership per person": """
        select i.id_hash from hub.person_ids i join hub.memberships m using (member_id)
         where m.status in ('ACTIVE', 'RETAINED') group by i.id_hash having count(*) > 1""",
    "I3: a person is found by each id: as another one only where this one stood in a pair and is not live": """
        select i.id_hash from hub.person_ids i left join hub.identity_claims c using (id_hash)
         where c.member_id is null or (c.member_id <> i.member_id and (
               not exists (select from hub.duplicates d where d.member_id = i.member_id) or exists (
               select from hub.memberships m
                where m.member_id = i.member_id and m.status in ('ACTIVE', 'RETAINED'))))""",
    "A3: of two that were merged, what goes on counts since the earlier joining": """
        select d.membership_id from hub.duplicates d
          join hub.memberships m on m.membership_id = d.membership_id and m.status = 'ACTIVE'
          join hub.memberships o on o.membership_id = d.other_membership and o.status = 'DUPLICATE_MERGED'
         where m.joined_on > o.joined_on or d.closed_at is null""",
    "I4: one open handoff per membership": """
        select membership_id from hub.handoffs where is_open group by membership_id having count(*) > 1""",
    "I5: custody moved by the acceptance of the new holder; of one outside the hub who released has signed it": """
        select o.handoff_id from hub.handoffs o join hub.unions w on w.union_id = o.to_union
          left join hub.steps s on s.member_id = o.member_id and s.handoff_id = o.handoff_id
               and s.act = case w.kind when 'EXTERNAL' then 'accept_for_external' else 'accept' end
          left join hub.statements a on a.member_id = s.member_id and a.sha256 = s.sha256
         where o.state = 'ACCEPTED' and not coalesce(
               case w.kind when 'EXTERNAL' then a.iss = o.from_union and a.typ = 'unionhub.external-acceptance+jwt'
                           else a.iss = o.to_union and a.typ = 'unionhub.acceptance+jwt' end, false)""",
    "I5: and by a release of the holder, or of a union above it in its stead; of one outside by who asked": """
        with recursive above (below, union_id) as (
            select union_id, parent_union from hub.unions where parent_union is not null
            union all
            select a.below, u.parent_union from above a join hub.unions u using (union_id)
             where u.parent_union is not null)
        select o.handoff_id from hub.handoffs o join hub.unions w on w.union_id = o.from_union
          left join hub.statements r on r.member_id = o.member_id and r.sha256 = o.release_sha256
          left join above x on x.below = o.from_union and x.union_id = r.iss
         where o.release_sha256 is not null
           and not coalesce(case when w.kind = 'EXTERNAL' then r.typ = 'unionhub.external-release+jwt'
                                      and r.iss = o.to_union and not o.in_lieu and o.higher_union is null
                                 when o.in_lieu then r.typ = 'unionhub.in-lieu-release+jwt' and x.union_id is not null
                                 else r.typ = 'unionhub.release+jwt' and r.iss = o.from_union end, false)""",
    "I5: a first holding is the signer's of a join, or of an import": """
        select h.membership_id from hub.holdings h where h.custody_version = 1 and not exists (
               select from hub.statements t where t.member_id = h.member_id and t.membership_id = h.membership_id
                  and t.typ in ('unionhub.join+jwt', 'unionhub.import+jwt')
                  and t.iss = h.holder_union and t.received_at = lower(h.during))""",
    "A25: nobody acts as a union outside the hub": """
        select u.union_id from hub.unions u
         where u.kind = 'EXTERNAL'
           and (exists (select from hub.union_keys k where k.union_id = u.union_id)
             or exists (select from hub.statements t where t.iss = u.union_id)
             or exists (select from hub.union_statements t where t.iss = u.union_id)
             or exists (select from hub.steps s where s.union_id = u.union_id))""",
    "I6: what binds a release binds its signing input": f"""
        select t.handoff_id from hub.statements t join hub.handoffs o using (member_id, handoff_id)
         cross join lateral (select {_CLAIMS.format("t.jws")} as c) j
         where t.typ in ('unionhub.acceptance+jwt', 'unionhub.external-acceptance+jwt', 'unionhub.refusal+jwt',
                         'unionhub.recall+jwt')
           and coalesce(c -> 'acceptance', c -> 'refusal', c -> 'recall') ->> 'release_sha256'
               is distinct from {_B64URL.format("o.release_sha256")}""",
    "I6: what binds a request binds its signing input": f"""
        select t.handoff_id from hub.statements t join hub.handoffs o using (member_id, handoff_id)
         cross join lateral (select {_CLAIMS.format("t.jws")} as c) j
         where t.typ ~ '(objection|cancellation|dismissal|release)'
           and coalesce(c -> 'objection', c -> 'cancellation', c -> 'dismissal', c -> 'release') ->> 'request_sha256'
               is distinct from {_B64URL.format("o.request_sha256")}""",
    "I6: a statement's name is the hash of what was signed, or of the leaf": f"""
        select t.sha256 from hub.statements t
         where t.sha256 <> sha256(convert_to(case when t.jws like '%~%' then {_LEAF}
                                                  else substring(t.jws from '^[^.]+[.][^.]+') end, 'UTF8'))""",
    "a leaf is kept with its manifest": """
        select t.sha256 from hub.statements t where t.jws like '%~%' and not exists (
               select from hub.statements m where m.jws = split_part(t.jws, '~', 1) and m.typ ~ 'manifest')""",
    "I7: joined, released, taken in, received: in this order": f"""
        select d.handoff_id from hub.dockets d join hub.memberships m using (member_id, membership_id)
         where d.out_date < m.joined_on or d.in_date < d.out_date or d.out_date > {_DAY.format("d.released_at")}
            or d.in_date > {_DAY.format("d.closed_at")}""",
    "I8: dues are those of the join, the last release, or an amendment or a record since; none before the joining": """
        select m.membership_id from hub.memberships m
          left join hub.handoffs o on o.member_id = m.member_id and o.membership_id = m.membership_id
               and o.state = 'ACCEPTED' and o.custody_version = m.custody_version - 1
         where not exists (select from hub.endings e where e.membership_id = m.membership_id and e.act = 'reverse')
           and (m.dues_paid_through < to_char(m.joined_on - interval '1 month', 'YYYY-MM')
            or (m.dues_paid_through <> o.dues_paid_through and not exists (
                select from hub.amendments a where a.member_id = m.member_id and a.membership_id = m.membership_id
                   and 'dues_paid_through' = any (string_to_array(a.fields, ' ')) and a.at > m.held_since)
                and not exists (select from hub.dues d where d.member_id = m.member_id
                   and d.membership_id = m.membership_id and d.at > m.held_since))
            or (o.handoff_id is null) <> (m.custody_version = 1))""",
    "I15: a number is one certificate's, for ever, and a valid one is nothing else": """
        with every as (
            select membership_id, certificate_province as province_code, certificate_number as number
              from hub.memberships where certificate_number is not null
            union all select membership_id, province_code, number from hub.certificates)
        select e.number from every e left join hub.certificate_claims c using (province_code, number)
         group by e.province_code, e.number
        having count(*) > 1 or bool_or(c.membership_id is distinct from e.membership_id)""",
    "I15: where a certificate stands is where its last step led": """
        select k.number from hub.certificates k
         where k.state is distinct from (
               select s.to_state from hub.certificate_steps s
                where s.member_id = k.member_id and s.membership_id = k.membership_id
                  and s.province_code = k.province_code and s.number = k.number
                order by s.step_no desc limit 1)""",
    "I17: a statement counts with a key of its union that was in force at its receipt": f"""
        with all_of_them as (
            select iss, {_KID.format("jws")} ->> 'kid' as kid, received_at from hub.statements
            union all select iss, {_KID.format("jws")} ->> 'kid', received_at from hub.union_statements),
        retired as (   -- as of when the hub heard of it, however far back it is dated
            select union_id, c -> 'key' ->> 'kid' as kid, max(received_at) as heard from hub.union_statements
             cross join lateral (select {_CLAIMS.format("jws")} as c) j
             where typ = 'unionhub.key-retirement+jwt' and c -> 'key' ->> 'use' = 'SIGNING' group by 1, 2)
        select t.iss from all_of_them t
          left join hub.union_keys k on k.union_id = t.iss and k.use = 'SIGNING' and k.kid = t.kid
          left join retired e on e.union_id = k.union_id and e.kid = k.kid
         where k.kid is null or k.not_before > t.received_at or k.registered_at > t.received_at
            or greatest(k.retired_at, e.heard) < t.received_at or k.revoked_at < t.received_at""",
    "I17: who signed a statement is who handed it in": f"""
        select t.iss from hub.statements t join hub.unions u on u.union_id = t.iss
         where {_CLAIMS.format("t.jws")} ->> 'iss' <> u.uri""",
}

#: I14: statements, steps and claims on them are added to and never altered.
_APPENDED: Final = """
select 'S' || sha256::text as name, md5(t::text) as digest from hub.statements t union all
select 'U' || union_id::text || sha256::text, md5(t::text) from hub.union_statements t"""
_STEPS: Final = """
select handoff_id::text || '/' || step_no as name, md5(t::text) as digest from hub.steps t union all
select jti::text || iss::text, md5(t::text) from hub.statement_claims t"""


@dataclass(frozen=True)
class Kept:
    """What was there at the last look, by name, with a digest."""

    statements: dict[str, str]
    steps: dict[str, str]
    founded: int  #: how many statements there were at the first look


async def assert_invariants(superuser: Any, before: Kept | None) -> Kept:
    """Check every invariant over all rows, and that nothing of `before` has changed."""
    for claim, query in {**BROKEN, **ALSO_BROKEN}.items():
        assert await superuser.fetch(query) == [], claim
    statements = {row["name"]: row["digest"] for row in await superuser.fetch(_APPENDED)}
    steps = {row["name"]: row["digest"] for row in await superuser.fetch(_STEPS)}
    if before is None:
        return Kept(statements, steps, len(statements))
    assert before.statements.items() <= statements.items(), "I14: a statement was altered"
    assert before.steps.items() <= steps.items(), "I14: a step was altered"
    return Kept(statements, steps, before.founded)
