-- As before; but what was entered is sealed by who signed it, were it a release in lieu.
create or replace function hub.read_retentions(p_memberships uuid[])
returns table (membership_id uuid, retention_no smallint, state text, reason text, retained_on date, restored_on date,
               act text, to_state text, step_reason text, union_id uuid, sealed_by uuid, at timestamptz, sha256 bytea, jws text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.membership_id, r.retention_no, r.state, r.reason, r.retained_on, r.restored_on, s.act, s.to_state, s.reason, s.union_id,
           case s.act when 'record' then s.union_id else coalesce(h.from_union, s.union_id) end, s.at, s.sha256, t.jws
      from memberships m
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
      join retention_steps s on s.member_id = r.member_id and s.membership_id = r.membership_id and s.retention_no = r.retention_no
      left join statements t on t.member_id = s.member_id and t.sha256 = s.sha256
      left join handoffs h on h.member_id = t.member_id and h.handoff_id = t.handoff_id
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by r.membership_id, r.retention_no, s.step_no;
end$$;

-- As before; and to those who act on a suspended agreement for a party that is wound up. Whom it covers neither of them sees.
create or replace function hub.read_entrustments(p_now timestamptz, p_agreements uuid[], p_after uuid, p_limit integer)
returns table (agreement_id uuid, dispatch_union uuid, host_union uuid, author_union uuid, agreement_no text, starts_on date, ends_on date, sha256 bytea,
               document text, supersedes uuid, roster_version integer, state text, dispatch_signed_at timestamptz, host_signed_at timestamptz,
               in_force_from timestamptz, ended_at timestamptz, proposed_at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid; found uuid[];
begin
    found := array(
        select e.agreement_id from (
               select x.agreement_id from entrustments x where v_union in (x.dispatch_union, x.host_union)
               union
               select x.agreement_id from unions w join entrustments x on w.union_id in (x.dispatch_union, x.host_union)
                where v_union in (w.parent_union, w.successor_union) and w.state <> 'ACTIVE' and side_in_agreement(v_union, x) is not null) e
         where (p_agreements is null or e.agreement_id = any (p_agreements)) and (p_after is null or e.agreement_id > p_after)
         order by e.agreement_id limit p_limit);
    return query
    select e.agreement_id, e.dispatch_union, e.host_union, e.author_union, e.agreement_no, e.starts_on, e.ends_on, e.sha256, e.document, e.supersedes,
           e.roster_version, s.state, e.dispatch_signed_at, e.host_signed_at, e.in_force_from, case when s.ended_at <= p_now then s.ended_at end, e.proposed_at
      from entrustments e join entrustment_states(p_now, found) s on s.agreement_id = e.agreement_id
     where e.agreement_id = any (found) order by e.agreement_id;
end$$;

create or replace function hub.read_entrustment_steps(p_now timestamptz, p_agreements uuid[])
returns table (agreement_id uuid, step_no smallint, act text, to_state text, side text, by_union uuid, at timestamptz)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
declare v_union uuid := nullif(current_setting('hub.acting', true), '')::uuid;
begin
    return query
    select s.agreement_id, s.step_no, s.act, s.to_state, s.side, s.union_id, s.at
      from entrustment_steps s join entrustments e on e.agreement_id = s.agreement_id
     where e.agreement_id = any (p_agreements) and side_in_agreement(v_union, e) is not null and s.at <= p_now
     order by s.agreement_id, s.step_no;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure; door text;
begin
    for f, door in select p.oid, p.proname from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('read_last_retention', 'retain_released', 'record_release', 'record_pushed_in_lieu', 'release_membership',
                                  'push_in_lieu', 'read_place_of_holder', 'record_placing', 'side_in_agreement', 'record_on_suspended',
                                  'record_coverage_answer', 'answer_coverage') loop
        execute format('revoke all on function %s from public, hub_app', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door in ('read_last_retention', 'record_release', 'record_pushed_in_lieu', 'read_place_of_holder', 'record_placing',
                    'record_on_suspended', 'record_coverage_answer') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
