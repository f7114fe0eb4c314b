-- The secondments of the acting union, as home or as host, in order of membership. Of the person, to whoever holds the membership, and to the
-- home union as long as the member is to come back (5.2); not a moment longer (I16). The host sees none before it has accepted.
create function hub.read_secondments(p_now timestamptz, p_side text, p_states text[], p_memberships uuid[], p_after uuid, p_after_no smallint, p_limit integer)
returns table (
    membership_id uuid, secondment_no smallint, side text, state text, home_union uuid, host_union uuid, host_employer_uscc text, starts_on date, ends_on date,
    ended_early_on date, member_name text, sex text, birth_month text, in_date date, is_live boolean, return_handoff uuid)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; v_today date := (p_now at time zone 'Asia/Shanghai')::date;
begin
    return query
    select x.membership_id, x.secondment_no, x.side, x.state, x.home_union, x.host_union, x.host_employer_uscc, x.starts_on, x.ends_on, x.ended_early_on,
           case when x.is_known then x.name end, case when x.is_known then x.sex end, case when x.is_known then x.birth_month end, x.in_date,
           case when x.is_known then x.status in ('ACTIVE', 'RETAINED') end,
           case when x.state in ('AT_HOST', 'RETURN_DUE') then x.return_handoff end
      from (select s.membership_id, s.secondment_no, case when s.home_union = v_union then 'HOME' else 'HOST' end as side, s.home_union, s.host_union,
                   s.host_employer_uscc, s.starts_on, s.ends_on, s.ended_early_on, p.name, p.sex, p.birth_month, d.in_date, m.status,
                   case when o.reason_code = 'SECONDMENT_RETURN' and o.state in ('REQUESTED', 'ESCALATED', 'RELEASED') then o.handoff_id end as return_handoff,
                   secondment_state(s, m.custody_version, m.status, coalesce(o.handoff_id = s.offer and o.state = 'RELEASED' and o.deadline > p_now, false),
                                    v_today) as state,
                   m.holder_union = v_union
                   or (s.home_union = v_union and secondment_state(s, m.custody_version, m.status, false, v_today) in ('AT_HOST', 'RETURN_DUE')) as is_known
              from secondments s
              join memberships m on m.member_id = s.member_id and m.membership_id = s.membership_id
              join persons p on p.member_id = s.member_id
              left join dockets d on d.member_id = s.member_id and d.handoff_id = s.offer and d.union_id = v_union
              left join handoffs o on o.member_id = s.member_id and o.handoff_id = m.open_handoff
             where case p_side when 'HOME' then s.home_union = v_union when 'HOST' then s.host_union = v_union and s.host_version is not null
                               else m.holder_union = v_union or s.home_union = v_union
                               or (s.host_union = v_union and s.host_version is not null) end
               and (p_memberships is null or s.membership_id = any (p_memberships))
               and (p_after is null or (s.membership_id, s.secondment_no) > (p_after, p_after_no))) x
     where p_states is null or x.state = any (p_states)
     order by x.membership_id, x.secondment_no
     limit p_limit;
end$$;

-- What was done about the secondments of these memberships: to the home union what it was a party to, to the holder all.
create function hub.read_secondment_steps(p_memberships uuid[])
returns table (membership_id uuid, secondment_no smallint, act text, to_state text, side text, union_id uuid, at timestamptz, ends_on date, sha256 bytea)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    select s.membership_id, s.secondment_no, t.act, t.to_state, t.side, t.union_id, t.at, t.ends_on, t.sha256
      from secondments s
      join memberships m on m.member_id = s.member_id and m.membership_id = s.membership_id
      join secondment_steps t on t.member_id = s.member_id and t.membership_id = s.membership_id and t.secondment_no = s.secondment_no
     where s.membership_id = any (p_memberships)
       and (m.holder_union = v_union or s.home_union = v_union or (s.host_union = v_union and s.host_version is not null))
     order by s.membership_id, s.secondment_no, t.step_no;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('secondment_state', 'facts_of_secondments', 'facts_for_secondment', 'step_secondment', 'enter_secondment', 'release_seconded',
                                  'accept_seconded', 'end_return', 'record_release', 'record_answer', 'record_acceptance', 'record_secondment', 'record_return_match',
                                  'read_secondments', 'read_secondment_steps') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
    -- Parts of the functions above, no doors of their own.
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('secondment_state', 'step_secondment', 'enter_secondment', 'release_seconded', 'accept_seconded', 'end_return',
                                  'enter_release', 'enter_answer', 'enter_acceptance') loop
        execute format('revoke all on function %s from hub_app', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
