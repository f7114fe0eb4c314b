-- For every act on the end of a membership, to its (last) holder. `since_on`: the last legal date that custody has (of joining, or of
-- the intake); `retained_on`: of the retention that lasts, `restored_on`: of the latest that ended; `case_closed_at`: when the latest of its handoffs closed; `ending_no` and what follows it: of its latest ending.
create type hub.ending_case as (
    member_id uuid, custody_version integer, held_since timestamptz, status text, joined_on date, since_on date, dues_paid_through text,
    has_certificate boolean, case_closed_at timestamptz, open_handoff uuid, open_step smallint, open_state text, open_deadline timestamptz,
    open_then timestamptz, open_since timestamptz, pair_id uuid, member_name text, ending_no smallint, ended_at timestamptz, ended_on date,
    ended_sha256 bytea, collected_on date, expulsion_state text, expulsion_step smallint, filed_on date, mark text, is_live_elsewhere boolean,
    retained_on date, restored_on date);

create function hub.facts_for_ending(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, tie text, membership hub.ending_case, parent_uri text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_member uuid; v_tie text; v_case ending_case; v_parent_uri text; numbers bytea[]; people uuid[];
        v_now timestamptz := hub_now(p_test_clock);
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select 'HOLDER' into v_tie from memberships m where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union;
    if v_tie = 'HOLDER' then
        numbers := array(select i.id_hash from person_ids i where i.member_id = v_member);
        people := array(select c.member_id from identity_claims c where c.id_hash = any (numbers)) || v_member;
        select m.member_id, m.custody_version, m.held_since, m.status, m.joined_on,
               greatest(m.joined_on, (select max(d.in_date) from dockets d where d.member_id = v_member and d.membership_id = p_membership
                                         and d.side = 'RECEIVER' and d.state = 'ACCEPTED')),
               m.dues_paid_through, m.certificate_number is not null,
               (select max(d.closed_at) from dockets d where d.member_id = v_member and d.membership_id = p_membership and d.side = 'HOLDER'),
               m.open_handoff, m.open_step, o.state, o.deadline, o.then_deadline, o.opened_at, m.open_duplicate, p.name,
               coalesce(e.ending_no, 0::smallint), e.at, e.ended_on, e.sha256, e.collected_on, e.expulsion_state, e.expulsion_step, e.filed_on, f.mark,
               exists (select from memberships l where l.member_id = any (people) and l.status in ('ACTIVE', 'RETAINED', 'DUPLICATE_SUSPECTED')
                          and l.membership_id <> p_membership),
               (select r.retained_on from retentions r where r.member_id = v_member and r.membership_id = p_membership and r.state = 'RECORDED'),
               (select max(r.restored_on) from retentions r where r.member_id = v_member and r.membership_id = p_membership)
          into v_case
          from memberships m
          join persons p on p.member_id = m.member_id
          left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
          left join endings e on e.member_id = m.member_id and e.membership_id = m.membership_id
               and e.ending_no = (select max(x.ending_no) from endings x where x.member_id = v_member and x.membership_id = p_membership)
          left join filings f on f.member_id = e.member_id and f.membership_id = e.membership_id and f.ending_no = e.ending_no
         where m.member_id = v_member and m.membership_id = p_membership;
        select a.uri into v_parent_uri from unions n join unions a on a.union_id = n.parent_union where n.union_id = p_union;
    else
        select 'PARTY' into v_tie
          from memberships m
         where m.member_id = v_member and m.membership_id = p_membership
           and (exists (select from holdings g where g.member_id = m.member_id and g.membership_id = m.membership_id and g.holder_union = p_union)
             or exists (select from dockets d where d.member_id = m.member_id and d.handoff_id = m.open_handoff and d.union_id = p_union
                           and d.side = 'RECEIVER' and d.state in ('REQUESTED', 'ESCALATED', 'RELEASED')
                           and (coalesce(d.then_deadline, d.deadline) is null or coalesce(d.then_deadline, d.deadline) > v_now)));
    end if;
    return query
    select (signers_of(v_now, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1], v_tie,
           case when v_tie = 'HOLDER' then v_case end, v_parent_uri;
end$$;

-- For the marks of the union above: a filing made with it, whose expulsion was not reversed. To anyone else nothing.
create function hub.facts_for_filing(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, member_id uuid, ending_no smallint, step_no smallint, state text, sha256 bytea, mark text, last_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_signer signer; v_member uuid; filed filings; ended endings; v_at timestamptz;
begin
    v_signer := (signers_of(hub_now(p_test_clock), array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti]))[1];
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select f.* into filed from filings f
     where f.member_id = v_member and f.membership_id = p_membership and f.higher_union = p_union order by f.ending_no desc limit 1;
    select e.* into ended from endings e
     where e.member_id = filed.member_id and e.membership_id = filed.membership_id and e.ending_no = filed.ending_no;
    select s.at into v_at from expulsion_steps s
     where s.member_id = ended.member_id and s.membership_id = ended.membership_id and s.ending_no = ended.ending_no and s.step_no = ended.expulsion_step;
    return query select v_signer, ended.member_id, ended.ending_no, ended.expulsion_step, ended.expulsion_state, filed.sha256, filed.mark, v_at;
end$$;

-- As before; and how the membership ended last: after an expulsion the certificate is collected once that was filed (N6).
drop function hub.facts_for_certificate(boolean, uuid, text, text, text, uuid, uuid, text, text);

create function hub.facts_for_certificate(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid, p_province text, p_number text)
returns table (
    signer hub.signer, membership hub.amended_case, certificate_taken boolean,
    provinces text[], numbers text[], states text[], issued_on date[], issuing_unions text[],
    signer_province text, pattern text, check_rule text, ended_on date, filed_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_today date := (hub_now(p_test_clock) at time zone 'Asia/Shanghai')::date;
begin
    return query
    select a.signer, a.membership, a.certificate_taken, k.provinces, k.numbers, k.states, k.issued_on, k.issuing_unions, n.province_code, s.pattern, s.check_rule,
           e.ended_on, e.filed_on
      from facts_for_amendment(p_test_clock, array[p_union], array[p_login_kid], array[p_iss], array[p_kid], array[p_jti], array[p_membership],
                               array[null::bytea], array[p_province], array[p_number]) a
      left join unions n on n.union_id = p_union
      left join lateral (
           select array_agg(c.province_code order by c.data_version) as provinces, array_agg(c.number order by c.data_version) as numbers,
                  array_agg(c.state order by c.data_version) as states, array_agg(c.issued_on order by c.data_version) as issued_on,
                  array_agg(c.issuing_union order by c.data_version) as issuing_unions
             from certificates c where c.member_id = (a.membership).member_id and c.membership_id = p_membership) k on true
      left join lateral (
           select x.pattern, x.check_rule from numbering_schemes x
            where x.province_code = p_province and x.from_on <= v_today order by x.from_on desc, x.at desc limit 1) s on true
      left join lateral (
           select x.ended_on, x.filed_on from endings x
            where x.member_id = (a.membership).member_id and x.membership_id = p_membership order by x.ending_no desc limit 1) e on true;
end$$;
