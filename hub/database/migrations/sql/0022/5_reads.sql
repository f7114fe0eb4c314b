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
                and p.proname in ('read_last_retention', 'side_in_agreement', 'record_on_suspended', 'record_coverage_answer', 'answer_coverage') loop
        execute format('revoke all on function %s from public, hub_app', f);
        execute format('grant execute on function %s to hub_mover', f);
        -- The others are parts of these, no doors of their own.
        if door in ('read_last_retention', 'record_on_suspended', 'record_coverage_answer') then
            execute format('grant execute on function %s to hub_app', f);
        end if;
        execute format('alter function %s owner to hub_mover', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
