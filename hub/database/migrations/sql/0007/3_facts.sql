-- For the acts on a retention: the membership as its holder may see it, with its open case and its open retention, if any.
-- `changed_at`: since when the status is what it is; `restored_on`: the day on which the last retention ended.
create type hub.retained_case as (
    member_id uuid, custody_version integer, data_version integer, held_since timestamptz, status text, holding_basis text, joined_on date,
    employer_uscc text, changed_at timestamptz, open_handoff uuid, open_step smallint, open_state text, open_deadline timestamptz,
    open_then timestamptz, open_requested_at timestamptz, retention_no smallint, retention_step smallint, reason text, retained_on date,
    entered_sha256 bytea, prior_basis text, restored_on date);

create function hub.facts_for_retention(
    p_test_clock boolean, p_union uuid, p_login_kid text, p_iss text, p_kid text, p_jti uuid, p_membership uuid)
returns table (signer hub.signer, tie text, membership hub.retained_case, employers text[])
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_member uuid; v_tie text; v_case retained_case; v_restored date; v_now timestamptz := hub_now(p_test_clock);
        v_today date := (v_now at time zone 'Asia/Shanghai')::date;
begin
    select c.member_id into v_member from membership_claims c where c.membership_id = p_membership;
    select max(r.restored_on) into v_restored from retentions r where r.member_id = v_member and r.membership_id = p_membership;
    select 'HOLDER', m.member_id, m.custody_version, m.data_version, m.held_since, m.status, m.holding_basis, m.joined_on, m.employer_uscc,
           lower(s.during), m.open_handoff, m.open_step, o.state, o.deadline, o.then_deadline, o.opened_at,
           r.retention_no, r.step_no, r.reason, r.retained_on, r.sha256, r.prior_basis, v_restored
      into v_tie, v_case.member_id, v_case.custody_version, v_case.data_version, v_case.held_since, v_case.status, v_case.holding_basis,
           v_case.joined_on, v_case.employer_uscc, v_case.changed_at, v_case.open_handoff, v_case.open_step, v_case.open_state,
           v_case.open_deadline, v_case.open_then, v_case.open_requested_at, v_case.retention_no, v_case.retention_step, v_case.reason,
           v_case.retained_on, v_case.entered_sha256, v_case.prior_basis, v_case.restored_on
      from memberships m
      join statuses s on s.member_id = m.member_id and s.membership_id = m.membership_id and upper_inf(s.during)
      left join handoffs o on o.member_id = m.member_id and o.handoff_id = m.open_handoff
      left join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id and r.state = 'RECORDED'
     where m.member_id = v_member and m.membership_id = p_membership and m.holder_union = p_union;
    if v_tie is null then
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
           case when v_tie = 'HOLDER' then v_case end,
           array(select e.employer_uscc from union_employers e where e.union_id = p_union and e.from_on <= v_today and (e.until_on is null or e.until_on > v_today));
end$$;

-- For a release and a request: why the membership is retained, if it is, and since when; asked by its holder's name.
create function hub.read_open_retention(p_holder uuid, p_membership uuid)
returns table (reason text, retained_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.reason, r.retained_on
      from membership_claims c
      join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
     where c.membership_id = p_membership and m.holder_union = p_holder and r.state = 'RECORDED';
end$$;

-- For an amendment of dues: from when to when the months of a membership are exempt (A21), to its holder; the last may have no end.
create function hub.read_exempt_spans(p_union uuid, p_membership uuid)
returns table (retained_on date, restored_on date)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.retained_on, r.restored_on
      from membership_claims c
      join memberships m on m.member_id = c.member_id and m.membership_id = c.membership_id
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
     where c.membership_id = p_membership and m.holder_union = p_union and r.state in ('RECORDED', 'RESTORED')
     order by r.retention_no;
end$$;
