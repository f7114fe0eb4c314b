-- The retentions of members and what was done about each, for the holder: the column of the certificate (NX-4) is read off the statements.
create function hub.read_retentions(p_memberships uuid[])
returns table (membership_id uuid, retention_no smallint, state text, reason text, retained_on date, restored_on date,
               act text, to_state text, step_reason text, union_id uuid, at timestamptz, sha256 bytea, jws text)
language plpgsql stable security definer set search_path = hub, pg_temp as $$
#variable_conflict use_column
begin
    return query
    select r.membership_id, r.retention_no, r.state, r.reason, r.retained_on, r.restored_on, s.act, s.to_state, s.reason, s.union_id, s.at, s.sha256, t.jws
      from memberships m
      join retentions r on r.member_id = m.member_id and r.membership_id = m.membership_id
      join retention_steps s on s.member_id = r.member_id and s.membership_id = r.membership_id and s.retention_no = r.retention_no
      left join statements t on t.member_id = s.member_id and t.sha256 = s.sha256
     where m.holder_union = nullif(current_setting('hub.acting', true), '')::uuid and m.membership_id = any (p_memberships)
     order by r.membership_id, r.retention_no, s.step_no;
end$$;

-- Ownership, as in the first revision: what is made anew here belongs to the mover, and only hub_app may call it.
grant create on schema hub to hub_mover;

do $$
declare f regprocedure;
begin
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace and p.prosecdef
                and p.proname in ('facts_for_retention', 'read_exempt_spans', 'enter_statuses', 'end_retention', 'record_join', 'record_suspected',
                                  'settle_pair', 'dissolve_pair', 'record_retention', 'read_retentions') loop
        execute format('revoke all on function %s from public', f);
        execute format('grant execute on function %s to hub_app, hub_mover', f);
        execute format('alter function %s owner to hub_mover', f);
    end loop;
    -- Parts of the functions above, no doors of their own.
    for f in select p.oid from pg_proc p where p.pronamespace = 'hub'::regnamespace
                and p.proname in ('enter_statuses', 'end_retention', 'enter_join', 'enter_suspected', 'merge_pair', 'settle_pair', 'part_pair', 'dissolve_pair') loop
        execute format('revoke all on function %s from hub_app', f);
    end loop;
end$$;

revoke create on schema hub from hub_mover;
